# Nodes behind NATs of their own: two clusters, each hidden behind a router, on one network. The only machine that anybody
# reaches is a root on the internet between them, to which both are moved: own-roots.md and two-clusters.md as they are to
# be typed.
# shellcheck shell=bash

ns=wc-nat
work=$(mktemp -d) root_pid="" admitted=()
program=$tests/../dist/bin/wirecloset
clean_up() {
  gone $ns; second gone $ns
  second_gone "${admitted[@]}"
  moved
  [ -z "$root_pid" ] || { kill "$root_pid"; wait "$root_pid"; }
  no_machine root; shown; second shown; rm -rf "$work"
}

root_runs() { in_machine root python3 -c 'import urllib.request; urllib.request.urlopen("http://127.0.0.1:9993/health", timeout=2)'; }
start_root() { in_machine root "$program" root --home "$work/root" --endpoint "$(on_wan 70)/9993" >>"$work/log" 2>&1 & root_pid=$!; }
# moved VALUE…   the first cluster uses the roots of these values: the operator tells, and agents start with them
moved() {
  local before; before=$(planet_told)
  chart_do upgrade "$@" && operator_is_ready && within 90 tells_another "$before" || return 1
  k -n "$namespace" rollout restart daemonset/wirecloset-agent && agents_are_ready 180
}
tells_another() { [ "$(planet_told)" != "$1" ]; }
# paths NODE ADDRESS   how the node reaches a peer: direct or relayed
paths() {
  on_node "$1" python3 -c '
import json, sys, urllib.request
token = open("/var/lib/wirecloset/agent/authtoken.secret").read().strip()
ask = urllib.request.Request("http://127.0.0.1:9993/peer/" + sys.argv[1], headers={"X-ZT1-Auth": token})
peer = json.load(urllib.request.urlopen(ask, timeout=3))
print("direct" if any(p["active"] and not p["expired"] for p in peer["paths"]) else "relayed")' "$2"
}
both_ways() { pings $ns first "$(second ip_of $ns second)" 3 && second pings $ns second "$(ip_of $ns first)" 3; }
by_tcp() { prints second fetch $ns first "$(second ip_of $ns second)" && prints first second fetch $ns second "$(ip_of $ns first)"; }

if ! has_second || ! can machines; then skip "nodes behind two NATs meet" "it needs a second rig: SECOND_RIG_ID"; return 0; fi

need_pod_network
check "the second cluster answers, and has no pod network" prints '^0$' second ready_nodes || return 0
if [ -n "${WIRECLOSET_ARCHIVE:-}" ]; then check "the image is on its nodes" second load_image "$WIRECLOSET_ARCHIVE"; fi
{ hidden; second hidden; } >/dev/null 2>&1
machine root 70 --wan >/dev/null 2>&1
start_root
check "a root runs on the internet" within 60 root_runs || return 0
roots=(ownRoot=false "planet=$(base64 -w0 "$work/root/planet")")
check "control: no node reaches the other cluster's" fails on_node "$(nth_node 1)" ping -c 1 -W 2 "$(second node_ip "$(second nth_node 1)")"
check "the first, its own root so far, is moved to it" moved "${roots[@]}"
check "the second is installed with it" second chart_do install "${roots[@]}" || return 0
check "its operator is ready" second operator_is_ready
# nodes that another installation left with other roots take to these when their agents start
check "its agents start anew with it" second k -n "$namespace" rollout restart daemonset/wirecloset-agent
check "it joins the first one's network" second_joins "$here/network.yaml"
check "the first one's controller is heard through it: nobody is admitted" within 120 prints AccessDenied second_said Ready reason
mapfile -t admitted < <(second_members)
check "the first admits its nodes" admit_second
check "the second's nodes are Ready" within 120 second nodes_are_ready
a=$(nth_node 1) b=$(second nth_node 1)
fresh_namespace $ns; second fresh_namespace $ns
pod $ns first "$a" | k apply -f - >/dev/null; pod $ns second "$b" | second k apply -f - >/dev/null
check "pods are Ready" eval 'k -n $ns wait --for=condition=Ready pod --all --timeout=90s && second k -n $ns wait --for=condition=Ready pod --all --timeout=90s'
check "pods behind two NATs ping each other" within 60 both_ways
check "and by TCP" within 15 by_tcp
check "the nodes have found a direct path" within 60 prints direct paths "$a" "$(second k get ztnode "$b" -o 'jsonpath={.status.address}')"
check "in both directions" within 60 prints direct second paths "$b" "$(k get ztnode "$a" -o 'jsonpath={.status.address}')"
kill "$root_pid"; wait "$root_pid" 2>/dev/null; root_pid=""
check "the root is away: pods talk" eval 'both_ways && by_tcp'
start_root
{ hidden --random; second hidden --random; } >/dev/null 2>&1
check "routers that choose another port for each destination: pods talk again" within 180 both_ways
check "and by TCP, through the root" within 30 by_tcp
