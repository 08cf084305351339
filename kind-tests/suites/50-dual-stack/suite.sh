# Both families at once: pods, Services, ports of nodes. Needs a cluster whose Services have both.
# shellcheck shell=bash

ns=wc-dual
a=$(nth_node 1) b=$(nth_node 2)
clean_up() { gone $ns; }

ip6_of() { ips_of $ns "$1" | grep :; }
addresses_of() { ips_of $ns "$1" | grep -c .; }
services_have_both() { k -n $ns apply -f "$here/services.yaml"; }
cluster_ip6() { k -n $ns get service "$1" -o 'jsonpath={.spec.clusterIPs[*]}' | tr ' ' '\n' | grep :; }

need_pod_network
fresh_namespace $ns
for i in 1 2 3 4; do n=$a; [ $((i % 2)) = 1 ] || n=$b; pod $ns "p$i" "$n"; done | k apply -f - >/dev/null
check "pods are Ready" k -n $ns wait --for=condition=Ready pod --all --timeout=90s
pairs=(); for i in 1 2 3 4; do pairs+=("$(in_pod $ns "p$i" ip -6 addr show dev eth0 scope global | sed -n 's|.*inet6 \([^/]*\)/.*|\1|p')"); done
check "every pod has an address of IPv6, that follows from its node's identity" prints '^4$' bash -c "printf '%s\n' ${pairs[*]} | grep -c '^fc'"
check "ping by IPv6, every pair" all_pairs_ping $ns "${pairs[@]}"
check "TCP by IPv6, every pair" all_pairs_tcp $ns "${pairs[@]}"
check "a datagram as large as the network carries crosses the nodes whole" in_pod $ns p1 ping -c 2 -W 2 -s 2752 "${pairs[1]}"
check "control: an address that nobody has answers nothing" fails pings $ns p1 "${pairs[1]%:*}:dead"

if services_have_both >/dev/null 2>&1; then
  check "the cluster knows both addresses" prints '^2$' addresses_of p1
  check "a Service by IPv6 with its pod on the other node" prints p2 within 10 fetch $ns p1 "$(cluster_ip6 far)" ""
  check "a Service by IPv6 with its pod on the same node" prints p1 within 10 fetch $ns p3 "$(cluster_ip6 near)" ""
  check "hairpin by IPv6" prints p1 within 10 fetch $ns p1 "$(cluster_ip6 near)" ""
  check "a Service by IPv4" prints p2 within 10 fetch $ns p1 "$(k -n $ns get service far -o 'jsonpath={.spec.clusterIP}')" ""
else
  skip "Services by IPv6" "the cluster's Services have one family"
fi
