# No IPv4 anywhere: nodes, Services and pods. Needs a cluster made so (clusters/ipv6.yaml), with 00-install run on it.
# shellcheck shell=bash

if ! ipv6_alone; then
  skip "pods, Services and nodes without IPv4" "the nodes of this cluster have IPv4"
  return 0
fi
ns=wc-six
a=$(nth_node 1) b=$(nth_node 2)
clean_up() { k delete namespace $ns --wait=false; within 90 fails k get namespace $ns; }

service() { k -n $ns get service "$1" -o 'jsonpath={.spec.clusterIP}'; }
node_port() { k -n $ns get service "$1" -o 'jsonpath={.spec.ports[0].nodePort}'; }
asks='import sys,urllib.request; print(urllib.request.urlopen("http://%s/i" % sys.argv[1], timeout=3).read().decode())'

need_pod_network
fresh_namespace $ns
{
  for i in 1 2 3 4; do n=$a; [ $((i % 2)) = 1 ] || n=$b; pod $ns "p$i" "$n"; done
  pod $ns host-port "$b" | sed 's/containerPort: 8080/containerPort: 8080, hostPort: 18080/'
} | k apply -f - >/dev/null
k -n $ns apply -f "$here/services.yaml" >/dev/null
check "pods are Ready, by HTTP probes of the kubelet" k -n $ns wait --for=condition=Ready pod --all --timeout=90s
pairs=(); for i in 1 2 3 4; do pairs+=("$(ip_of $ns "p$i")"); done
check "every pod's only address follows from its node's identity" prints '^4$' bash -c "printf '%s\n' ${pairs[*]} | grep -c '^fc'"
check "no pod has an address of IPv4" prints '^0$' in_pod $ns p1 sh -c 'ip -4 addr show dev eth0 | grep -c inet; true'
check "ping, every pair" all_pairs_ping $ns "${pairs[@]}"
check "TCP, every pair" all_pairs_tcp $ns "${pairs[@]}"
check "a datagram as large as the network carries crosses the nodes whole" in_pod $ns p1 ping -c 2 -W 2 -s 2752 "${pairs[1]}"
check "larger ones in pieces" in_pod $ns p1 ping -c 2 -W 2 -s 20000 "${pairs[1]}"
check "control: an address that nobody has answers nothing" fails pings $ns p1 "${pairs[1]%:*}:dead"
check "exec" prints p1 in_pod $ns p1 hostname
check "logs" prints serving k -n $ns logs p1

check "a Service with its pod on the other node" prints p2 within 10 fetch $ns p1 "$(service far)" ""
check "a Service with its pod on the same node" prints p1 within 10 fetch $ns p3 "$(service near)" ""
check "hairpin" prints p1 within 10 fetch $ns p1 "$(service near)" ""
check "the API server by its Service, from a pod" prints gitVersion in_pod $ns p1 sh -c 'wget -T 5 --no-check-certificate -qO- "https://[$KUBERNETES_SERVICE_HOST]/version"'
ip_a=$(node_ip "$a") ip_b=$(node_ip "$b")
check "a pod reaches its own node" pings $ns p1 "$ip_a"
check "a pod reaches the other node" pings $ns p1 "$ip_b"
check "a pod reaches a port of a node whose pod is elsewhere" prints p2 within 10 fetch $ns p1 "$ip_a" ":$(node_port far)"
check "a pod reaches a hostPort" prints host-port within 30 fetch $ns p1 "$ip_b" :18080
if can nodes; then
  check "a node reaches a pod of the other node" prints p2 on_node "$a" python3 -c "$asks" "[${pairs[1]}]:8080"
  check "a node reaches a Service whose pod is on the other node" prints p2 within 10 on_node "$a" python3 -c "$asks" "[$(service far)]:80"
fi
if can machines; then
  machine outside 90 >/dev/null 2>&1
  m=$(machine_ip6 90)
  check "a pod reaches a machine outside" pings $ns p1 "$m"
  check "a machine outside reaches a port of a node whose pod is elsewhere" prints p2 within 10 in_machine outside python3 -c "$asks" "[$ip_a]:$(node_port far)"
  check "externalTrafficPolicy Local: on the pod's node" prints p2 within 10 in_machine outside python3 -c "$asks" "[$ip_b]:$(node_port local)"
  check "control: and not on another" fails in_machine outside python3 -c "$asks" "[$ip_a]:$(node_port local)"
  check "the pod sees who it is then" prints "$m" k -n $ns logs p2
  check "a machine outside reaches a hostPort" prints host-port within 10 in_machine outside python3 -c "$asks" "[$ip_b]:18080"
  no_machine outside
else
  skip "masquerade and ports of nodes, from a machine outside" "this cluster has no machine beside it"
fi
