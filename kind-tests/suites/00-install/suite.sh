# From a cluster without any pod network to one whose only pod network is this, by the chart. Stays for the other suites.
# shellcheck shell=bash

refused() { local out; out=$(k apply --dry-run=server -f "$1" 2>&1) && return 1; grep "must not overlap" <<<"$out"; }

check "without a pod network no node is ready" prints '^0$' ready_nodes
if [ -n "${WIRECLOSET_ARCHIVE:-}" ]; then check "the image is on the nodes" load_image "$WIRECLOSET_ARCHIVE"; fi
check "control: the chart refuses a value that is misspelt" fails chart_do install agent.prot=1
started=$SECONDS
check "the chart installs" chart_do install || return 0
check "the operator runs on the host network, before any pod network is there" operator_is_ready || return 0
check "control: without a network the nodes stay NotReady" prints '^0$' ready_nodes
check "control: a network whose pools overlap is refused at once" refused "$here/overlapping.yaml"
if ipv6_alone; then
  check "a network is applied" k apply -f "$here/network6.yaml"
else
  check "a network is applied" eval 'sed "s/POOL/$(pool)/" "$here/network.yaml" | k apply -f -'
fi
check "the network is served" within 60 network_is pods True
check "every node is Ready" within 120 nodes_are_ready
measured "from the chart to nodes that are Ready: $((SECONDS - started)) s"
check "every agent is ready, and has been for half a minute" agents_are_ready
ipv6_alone || check "every node has a block" fails prints '<none>' k get ztnode -o 'custom-columns=B:.spec.networks[0].block' --no-headers
