# A second cluster, with an API server and an operator of its own, joins the network of the first: docs/two-clusters.md as
# it is to be typed. Nothing of ours is on the second before, and nothing afterwards.
# shellcheck shell=bash

ns=wc-two
admitted=()
clean_up() {
  gone $ns; second gone $ns
  second_gone "${admitted[@]}"
}

addresses() { second k get ztnode -o 'jsonpath={range .items[*]}{.status.address}{"\n"}{end}'; }
names_all_nodes() { local a; for a in $(addresses); do prints "$a" second_said Ready message || return 1; done; }
# six COMMAND…   the pod's address of 6PLANE, which a cluster of one family does not show; COMMAND runs in the pod
six() { "$@" sh -c 'ip -o -6 addr show dev eth0 scope global | sed "s|.*inet6 \([^/]*\)/.*|\1|"'; }

if ! has_second; then skip "pods of two clusters talk" "SECOND_KUBECONFIG or SECOND_RIG_ID names no second cluster"; return 0; fi

need_pod_network
check "the second cluster answers, and has no pod network" prints '^0$' second ready_nodes || return 0
if [ -n "${WIRECLOSET_ARCHIVE:-}" ]; then check "the image is on its nodes" second load_image "$WIRECLOSET_ARCHIVE"; fi
started=$SECONDS
check "the chart installs there, with the planet of the first" second chart_do install ownRoot=false planet="$(planet_told)" || return 0
check "its operator runs" second operator_is_ready || return 0
check "control: without spec.controller the network is refused as another's" eval 'second_network "$here/network.yaml" | sed "/controller:/d" | second k apply -f - && within 30 prints ForeignNetworkId second_said Ready reason && second k delete ztn pods --timeout=60s'
check "control: rules of a joined network are refused when they are written" fails eval 'second_network "$here/network.yaml" | sed "s/^spec:/spec:\n  rules: accept;/" | second k apply --dry-run=server -f -'
check "the network is joined by its id" second_joins "$here/network.yaml"
check "control: nobody admitted its nodes, and the network says so" within 90 prints AccessDenied second_said Ready reason
check "with the address of every node" within 60 names_all_nodes
check "in an event too" within 30 prints AccessDenied second k get events -n default
check "control: its nodes stay NotReady" prints '^0$' second ready_nodes
check "the first lists who asked" within 60 prints "$(addresses | head -n 1)" k get ztn pods -o 'jsonpath={.status.pending}'
mapfile -t admitted < <(second_members)
check "the first admits them by their identities" admit_second
check "the second's network is Ready" within 120 prints True second_said Ready status
check "its ranges agree with the first's" within 30 prints RangesAgree second_said PodsReachable reason
check "the second's nodes are Ready" within 120 second nodes_are_ready
measured "from the chart to nodes of the second cluster that are Ready: $((SECONDS - started)) s"

fresh_namespace $ns; second fresh_namespace $ns
{ pod $ns first "$(nth_node 1)"; } | k apply -f - >/dev/null
theirs=$(second node_names | head -n 2)
for n in $theirs; do pod $ns "second-$n" "$n"; done | second k apply -f - >/dev/null
check "pods of the first are Ready" k -n $ns wait --for=condition=Ready pod --all --timeout=90s
check "pods of the second are Ready" second k -n $ns wait --for=condition=Ready pod --all --timeout=90s
ours=$(ip_of $ns first) ours6=$(six in_pod $ns first)
for n in $theirs; do
  p=second-$n ip=$(second ip_of $ns "second-$n") ip6=$(six second in_pod $ns "second-$n")
  check "$p has an address of the second's part" prints "^$(pool)\.1(2[89]|[3-8][0-9]|9[01])\." echo "$ip"
  check "a pod of the first pings $p" within 30 pings $ns first "$ip"
  check "$p pings it" within 30 second pings $ns "$p" "$ours"
  check "the first opens a TCP connection to $p" prints "$p" within 15 fetch $ns first "$ip"
  check "$p opens one to the first" prints first within 15 second fetch $ns "$p" "$ours"
  check "the same by IPv6, there" prints "$p" within 30 fetch $ns first "$ip6"
  check "and back" prints first within 30 second fetch $ns "$p" "$ours6"
done
one=$(echo "$theirs" | head -n 1)
check "a node's member is deleted" k -n "$namespace" delete ztm "second-$one"
check "and its pods are cut off" within 60 fails pings $ns first "$(second ip_of $ns "second-$one")"
check "the second says which node" within 180 prints "AccessDenied.*$one" eval 'echo "$(second_said Ready reason) $(second_said Ready message)"'
check "admitted again, its pods are back" eval 'admit_second && within 180 pings $ns first "$(second ip_of $ns "second-$one")"'
check "the second's nodes were Ready all the time" second nodes_are_ready
