# Pods that talk to each other. Sourced by run.sh.
# shellcheck shell=bash

node_names() { k get nodes -o 'jsonpath={range .items[*]}{.metadata.name}{"\n"}{end}'; }
nth_node() { node_names | sed -n "${1}p"; }
node_ip() { k get node "$1" -o 'jsonpath={.status.addresses[?(@.type=="InternalIP")].address}' | cut -d' ' -f1; }
# The nodes have no IPv4, so neither have Services and pods.
ipv6_alone() { case $(node_ip "$(nth_node 1)") in *:*) return 0 ;; *) return 1 ;; esac; }
ready_nodes() { k get nodes -o 'jsonpath={range .items[*]}{.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}' | awk '$1 == "True" { n++ } END { print n + 0 }'; }
nodes_are_ready() { local all; all=$(node_names | wc -l); prints "^$all\$" ready_nodes; }

# A namespace of the suite's own, with everything in it removed by `gone`.
fresh_namespace() {
  k create namespace "$1" >/dev/null
  within 20 k -n "$1" get serviceaccount default >/dev/null
}
gone() { k delete namespace "$1" --wait=false; within 90 fails k get namespace "$1"; }

# pod NAMESPACE NAME NODE [LABEL=VALUE…]   prints a pod that answers HTTP on 8080 with its name
pod() {
  local ns=$1 name=$2 node=$3 labels="" l; shift 3
  for l in "$@"; do labels+=", ${l%%=*}: \"${l#*=}\""; done
  cat <<POD
apiVersion: v1
kind: Pod
metadata: {name: $name, namespace: $ns, labels: {app: $name$labels}}
spec:
  nodeName: $node
  terminationGracePeriodSeconds: 1
  tolerations: [{operator: Exists}]
  containers:
    - name: c
      image: $busybox
      imagePullPolicy: IfNotPresent
      command: [/bin/sh, -c, 'mkdir -p /tmp/w; hostname > /tmp/w/i; echo serving; exec httpd -f -v -p 8080 -h /tmp/w']
      ports: [{containerPort: 8080}]
      readinessProbe: {httpGet: {path: /i, port: 8080}, periodSeconds: 1}
---
POD
}

ip_of() { k -n "$1" get pod "$2" -o 'jsonpath={.status.podIP}'; }
ips_of() { k -n "$1" get pod "$2" -o 'jsonpath={range .status.podIPs[*]}{.ip}{"\n"}{end}'; }
restarts_of() { k -n "$1" get pod "$2" -o 'jsonpath={.status.containerStatuses[0].restartCount}'; }
in_pod() { local ns=$1 name=$2; shift 2; k -n "$ns" exec "$name" -- "$@"; }
bracketed() { case $1 in *:*) echo "[$1]" ;; *) echo "$1" ;; esac; }
fetch() { in_pod "$1" "$2" wget -T 3 -qO- "http://$(bracketed "$3")${4-:8080}/i"; }
# What a machine without wget runs by python3 -c, with ADDRESS:PORT, to get the same.
http_get='import sys, urllib.request; print(urllib.request.urlopen("http://%s/i" % sys.argv[1], timeout=3).read().decode())'
pings() { in_pod "$1" "$2" ping -c "${4:-2}" -W 2 "$3"; }

# from_all NAMESPACE SCRIPT ARGUMENT…   runs a script in every pod of the namespace at once; prints what any of them says
from_all() {
  local ns=$1 script=$2 p dir; shift 2
  dir=$(mktemp -d)
  for p in $(k -n "$ns" get pods -o 'jsonpath={.items[*].metadata.name}'); do
    { k -n "$ns" exec "$p" -- sh -c "$script" "$p" "$@" || echo "$p: the script ended with $?"; } >"$dir/$p" 2>&1 &
    while [ "$(jobs -rp | wc -l)" -ge 4 ]; do sleep 0.1; done
  done
  wait
  cat "$dir"/*; rm -rf "$dir"
}

# every pair of these addresses, both ways: silence is success
all_pairs_ping() {
  local ns=$1 out; shift
  out=$(from_all "$ns" 'for ip in "$@"; do ping -c 1 -W 2 "$ip" >/dev/null 2>&1 || ping -c 1 -W 2 "$ip" >/dev/null 2>&1 || echo "$0 does not reach $ip"; done' "$@")
  [ -z "$out" ] || { echo "$out"; return 1; }
}
all_pairs_tcp() {
  local ns=$1 out a args=(); shift
  for a in "$@"; do args+=("$(bracketed "$a")"); done
  out=$(from_all "$ns" 'for ip in "$@"; do wget -T 3 -qO- "http://$ip:8080/i" >/dev/null 2>&1 || echo "$0 gets nothing from $ip"; done' "${args[@]}")
  [ -z "$out" ] || { echo "$out"; return 1; }
}
