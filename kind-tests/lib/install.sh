# The installation under test. Sourced by run.sh.
# shellcheck shell=bash

chart=$tests/../helm
image=${WIRECLOSET_IMAGE:-wirecloset:$(sed -n 's/^appVersion: *"\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' "$chart/Chart.yaml")}

# chart_do install|upgrade VALUE=…
chart_do() {
  local verb=$1 set=() v; shift
  for v in image.repository="${image%:*}" image.tag="${image##*:}" ownRoot=true ${HELM_SET:-} "$@"; do set+=(--set "$v"); done
  helm_ "$verb" wirecloset "$chart" -n "$namespace" --timeout 180 "${set[@]}"
}

rolled_out() { k -n "$namespace" rollout status "$1" --timeout="${2:-120}s"; }
agents_are_ready() { rolled_out daemonset/wirecloset-agent "$@"; }
operator_is_ready() { rolled_out deployment/wirecloset-operator "$@"; }
agent_on() { k -n "$namespace" get pods -l app.kubernetes.io/component=agent --field-selector "spec.nodeName=$1" -o 'jsonpath={.items[0].metadata.name}'; }
network_is() { prints "^$2\$" k get ztn "$1" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}'; }
planet_told() { k -n "$namespace" get configmap wirecloset-cluster -o 'jsonpath={.data.planet}'; }
network_id() { k get ztn "${1:-pods}" -o 'jsonpath={.status.networkId}'; }

# What suites need that do not install anything themselves.
need_pod_network() { check "the pod network is there (run 00-install first)" within 60 nodes_are_ready; }

# What a node must not keep: links, routes, tables of the packet filter, files.
left_on() {
  on_node "$1" sh -c '
    ip -o link show | grep -E "^[0-9]+: (wc[0-9a-f]{12}|zw[a-z2-7]{13})[@:]"
    ip route show proto 150; ip -6 route show proto 150
    nft list tables 2>/dev/null | grep wirecloset
    ls /etc/cni/net.d/*wirecloset* /opt/cni/bin/wirecloset /run/wirecloset/* 2>/dev/null
    true'
}

# The first two numbers of the range that the cluster means for pods, if it says so: then kube-proxy knows pods by it.
pool() {
  local cidr; cidr=$(k get nodes -o 'jsonpath={.items[0].spec.podCIDR}')
  case $cidr in *.*.*.*/*) echo "$cidr" | cut -d. -f1,2 ;; *) echo 10.80 ;; esac
}
