# What happens to nodes: the agent replaced and killed, containerd and the kubelet killed, the fabric cut, the power cut.
# Pods keep their connections through all of it but the last. KILLS sets how often the agent is killed (3).
# shellcheck shell=bash

ns=wc-life
a=$(nth_node 1) b=$(nth_node 2)
clean_up() { gone $ns; }

addresses() { k -n $ns get pods -o 'jsonpath={.items[*].status.podIP}'; }
# shellcheck disable=SC2046 # one word an address
all_talk() { all_pairs_ping $ns $(addresses) && all_pairs_tcp $ns $(addresses); }
keeps_address() { [ "$(ip_of $ns a1)" = "$address" ] && prints a1 in_pod $ns a1 hostname; }
node_is() { prints "^$2" k get node "$1" --no-headers -o 'custom-columns=R:.status.conditions[?(@.type=="Ready")].status'; }
restarted() { [ "$(restarts_of $ns a1)" -gt "$1" ] && in_pod $ns a1 hostname; }
flips() { k get nodes -o 'jsonpath={range .items[*]}{.status.conditions[?(@.type=="Ready")].lastTransitionTime}{" "}{end}'; }
same_flips() { [ "$before" = "$(flips)" ]; }
agent_process() { on_node "$1" pgrep -n -f '^[^ ]*java .*/opt/wirecloset/(lib/)?(node-)?agent'; }
kill_agent() { on_node "$1" kill -KILL "$(agent_process "$1")"; }
another_agent() { local p; p=$(agent_process "$1") && [ "$p" != "$2" ]; }
gaps=$(mktemp)
record_gap() { local g; g=$(stream_gap $ns b1 "$mark") || { echo "$g"; return 1; }; echo "$g ms"; echo "$g" >>"$gaps"; }
gap_list() { tr '\n' ' ' <"$gaps" | sed 's/ $//'; }

need_pod_network
fresh_namespace $ns
{ pod $ns a1 "$a"; pod $ns a2 "$a"; pod $ns b1 "$b"; pod $ns b2 "$b"; } | k apply -f - >/dev/null
check "pods are Ready" k -n $ns wait --for=condition=Ready pod --all --timeout=90s
check "all talk" all_talk
address=$(ip_of $ns a1) before=$(flips)
check "a connection from node to node runs" stream_start $ns a1 b1 "$(ip_of $ns b1)" || return 0

mark=$(stream_last $ns b1)
: >"$gaps"
check "an upgrade by the chart: the next agents start beside the old ones and take over" eval 'k -n "$namespace" rollout restart daemonset/wirecloset-agent && agents_are_ready 180'
check "the connection goes on" stream_goes_on $ns b1 30
check "not a byte of it is lost" record_gap
measured "agents upgraded, one after the other: longest silence in a TCP connection $(gap_list) ms"
check "no node changed its condition" same_flips

mark=$(stream_last $ns b1)
: >"$gaps"
k -n "$namespace" delete pod -l app.kubernetes.io/component=agent --wait=true >/dev/null
check "agents are replaced, both at once" agents_are_ready
check "the connection goes on" stream_goes_on $ns b1 60
check "not a byte of it is lost" record_gap
measured "agents deleted and made anew: longest silence in a TCP connection $(gap_list) ms"
check "pods keep their addresses and talk" all_talk
check "no node changed its condition" same_flips

if can faults; then
  : >"$gaps"
  for round in $(seq 1 "${KILLS:-3}"); do
    # a pod of its own for each kill: the kubelet waits longer each time a container of one pod ends
    if [ "$round" -gt 1 ]; then k -n "$namespace" delete pod "$(agent_on "$a")" --wait=true >/dev/null; agents_are_ready >/dev/null; stream_goes_on $ns b1 60 >/dev/null; fi
    mark=$(stream_last $ns b1) old=$(agent_process "$a")
    check "the agent is killed ($round)" kill_agent "$a"
    check "another takes its place" within 60 another_agent "$a" "$old"
    check "the connection goes on" stream_goes_on $ns b1 60
    check "not a byte of it is lost" record_gap
  done
  measured "agent killed: longest silence in a TCP connection, median of $(wc -l <"$gaps"): $(median $(gap_list)) ms ($(gap_list))"
  check "agents are ready" agents_are_ready
  check "no node changed its condition" same_flips

  mark=$(stream_last $ns b1)
  : >"$gaps"
  check "containerd is killed" kill_on "$a" containerd
  check "the pod keeps its address, exec works" within 30 keeps_address
  check "the kubelet is killed" kill_on "$a" kubelet
  check "exec works again" within 30 keeps_address
  check "the connection goes on" stream_goes_on $ns b1 10
  check "not a byte of it is lost" record_gap
  measured "containerd and kubelet killed: longest silence in a TCP connection $(gap_list) ms"
  check "no node changed its condition" same_flips
  stream_stop $ns a1 b1

  check "a node is cut off: it is not Ready any more" eval 'cut_off "$b" && within 90 node_is "$b" "(False|Unknown)"'
  check "control: its pods are not reached" fails pings $ns a1 "$(ip_of $ns b1)"
  check "a pod that comes meanwhile is attached" eval 'pod $ns late "$a" | k apply -f - && k -n $ns wait --for=condition=Ready pod/late --timeout=30s'
  check "it is joined again: Ready" eval 'join_again "$b" && within 90 nodes_are_ready'
  check "all talk again" within 60 all_talk

  count=$(restarts_of $ns a1)
  power_cut "$a"; sleep 1
  check "a node comes back after a power cut" power_on "$a"
  check "its pods run again in new sandboxes" within 120 restarted "$count"
  check "every node is Ready" within 90 nodes_are_ready
  check "every agent is ready" agents_are_ready
  check "all talk" within 60 all_talk
  check "nothing is left of the sandboxes from before" within 60 prints '^ok$' on_node "$a" sh -c '
    links=$(ip -o link show | grep -cE "^[0-9]+: wc[0-9a-f]{12}[@:]"); records=$(grep -l ATTACHED /run/wirecloset/attachments/* | wc -l)
    [ "$links" = "$records" ] && echo ok || echo "$links links, $records records"'
else
  skip "killing and cutting" "no way into the nodes of this cluster"
fi
