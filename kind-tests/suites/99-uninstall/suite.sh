# Everything is removed, and the nodes are as they were.
# shellcheck shell=bash

uninstalled() { helm_ uninstall wirecloset -n "$namespace"; }
clean() { local out; out=$(left_on "$1"); [ -z "$out" ] || { echo "$out"; return 1; }; }

for ns in $(k get namespaces -o name | grep -E '/wc-' || true); do k delete "$ns" --timeout=120s >/dev/null; done
if can nodes; then
  for n in $(node_names); do check "control: something of ours is on $n" fails clean "$n"; done
fi
check "the agents clean their nodes" chart_do upgrade cleanup=true
check "they are done" agents_are_ready 180
if can nodes; then
  for n in $(node_names); do check "$n is clean" within 30 clean "$n"; done
else
  skip "nodes are clean" "no way into the nodes of this cluster"
fi
check "the network is deleted" k delete ztn --all --timeout=60s
check "the chart is uninstalled" uninstalled
check "no pod of it is left" within 60 prints '^$' k -n "$namespace" get pods -o name
check "without a pod network no node stays ready" within 60 prints '^0$' ready_nodes
check "what is to be kept is: the resource definitions" k get crd zerotiernetworks.wirecloset.io
check "what is to be kept is: the controller's identity" k -n "$namespace" get secret wirecloset-controller-identity
