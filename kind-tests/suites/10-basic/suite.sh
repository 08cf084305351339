# Twenty pods on two nodes, every pair; Services, ports of nodes and hosts, probes, what kubectl does with pods, sizes, and
# the world outside.
# shellcheck shell=bash

ns=wc-basic
a=$(nth_node 1) b=$(nth_node 2)
clean_up() { gone $ns; }

special() { sed "s|NODE|$b|; s|BUSYBOX|$busybox|" "$here/special.yaml" | k -n $ns apply -f -; }
addresses() { k -n $ns get pods -l matrix=yes -o 'jsonpath={.items[*].status.podIP}'; }
cluster_ip() { k -n $ns get service "$1" -o 'jsonpath={.spec.clusterIP}'; }
# from_node NODE ADDRESS:PORT   HTTP from a node's own network
from_node() { on_node "$1" python3 -c "$http_get" "$2"; }
forwarded() {
  local p out; k -n $ns port-forward pod/p01 18099:8080 >/dev/null 2>&1 & p=$!
  out=$(within 10 python3 -c "$http_get" 127.0.0.1:18099); local rc=$?
  kill $p; wait $p 2>/dev/null; echo "$out"; [ $rc = 0 ] && grep -q p01 <<<"$out"
}
answers_of_all() { in_pod $ns p01 sh -c "for i in \$(seq 1 40); do wget -T 3 -qO- http://$(cluster_ip all)/i; done" | sort -u | wc -l; }

# in_netns_of NODE IP COMMAND…   with the node's tools in the pod's network
in_netns_of() {
  local n=$1 ip=$2; shift 2
  on_node "$n" sh -c 'ip=$1; shift; for ns in /run/netns/*; do if nsenter "--net=$ns" ip -o addr | grep -q " $ip/"; then exec nsenter "--net=$ns" "$@"; fi; done; exit 1' - "$ip" "$@"
}

need_pod_network
fresh_namespace $ns
for i in $(seq -w 1 20); do n=$a; [ $((10#$i % 2)) = 1 ] || n=$b; pod $ns "p$i" "$n" matrix=yes; done | k apply -f - >/dev/null
k -n $ns apply -f "$here/services.yaml" >/dev/null
check "twenty pods on two nodes are Ready, by HTTP probes of the kubelet" k -n $ns wait --for=condition=Ready pod -l matrix=yes --timeout=120s
mapfile -t all < <(addresses | tr ' ' '\n')
check "twenty pods have twenty addresses of the network's" prints '^20$' bash -c "printf '%s\n' ${all[*]} | grep '^$(pool)\.' | sort -u | wc -l"
check "ping, all 400 pairs" all_pairs_ping $ns "${all[@]}"
check "TCP, all 400 pairs" all_pairs_tcp $ns "${all[@]}"
special >/dev/null

check "exec" prints p01 in_pod $ns p01 hostname
check "logs" prints serving k -n $ns logs p01
check "port-forward" forwarded
check "startup, readiness and liveness probes: TCP, HTTP and a command" k -n $ns wait --for=condition=Ready pod/probed --timeout=60s

near=$(cluster_ip near) far=$(cluster_ip far)
check "a Service with its pod on the same node" prints p01 within 10 fetch $ns p03 "$near" ""
check "a Service with its pod on the other node" prints p02 within 10 fetch $ns p01 "$far" ""
check "hairpin: a pod reaches itself by its Service" prints p01 within 10 fetch $ns p01 "$near" ""
check "a Service spreads over its pods" prints '^([5-9]|1[0-9]|20)$' answers_of_all
check "who is asked by a Service sees the pod that asks" prints "$(ip_of $ns p01)" k -n $ns logs p02
check "control: a Service's address without its port answers nothing" fails fetch $ns p01 "$near" :81
check "the API server by its Service, from a pod" prints gitVersion in_pod $ns p01 sh -c 'wget -T 5 --no-check-certificate -qO- "https://$KUBERNETES_SERVICE_HOST/version"'

ip_a=$(node_ip "$a") ip_b=$(node_ip "$b")
check "a pod reaches its own node" pings $ns p01 "$ip_a"
check "a pod reaches the other node" pings $ns p01 "$ip_b"
check "a pod reaches a port of the node that its pod is on" prints p02 within 10 fetch $ns p01 "$ip_b" :30082
check "a pod reaches a port of another node, whose pod is elsewhere" prints p02 within 10 fetch $ns p01 "$ip_a" :30082
check "a pod reaches what is on a host's network" prints on-host within 30 fetch $ns p01 "$ip_b" :18090
if can nodes; then
  check "a node reaches a pod of its own" prints p01 from_node "$a" "$(ip_of $ns p01):8080"
  check "a node reaches a pod of the other node" prints p02 from_node "$a" "$(ip_of $ns p02):8080"
  check "a node reaches a Service whose pod is on the other node" prints p02 within 10 from_node "$a" "$far:80"
  check "the plugin comes first" prints '^05-wirecloset.conflist' on_node "$a" sh -c 'ls /etc/cni/net.d | sort | head -n 1'
else
  skip "what a node's own processes reach" "no way into the nodes of this cluster"
fi
check "hostPort, from a pod of the other node" prints host-port within 30 fetch $ns p01 "$ip_b" :18080

check "a datagram as large as the network carries crosses the nodes whole" in_pod $ns p01 ping -c 2 -W 2 -s 2772 "$(ip_of $ns p02)"
check "larger ones in pieces" in_pod $ns p01 ping -c 2 -W 2 -s 20000 "$(ip_of $ns p02)"
check "pods' links have the network's MTU" prints 'mtu 2800' in_pod $ns p01 ip link show eth0
if can nodes; then check "to the world outside they use the uplink's" prints 'mtu 1500' in_netns_of "$a" "$(ip_of $ns p01)" ip route show default; fi
in_pod $ns p02 dd if=/dev/zero of=/tmp/w/much bs=1M count=20 >/dev/null 2>&1
check "20 MB in one TCP stream arrive whole" prints '^20971520$' in_pod $ns p01 sh -c "wget -T 5 -qO- http://$(ip_of $ns p02):8080/much | wc -c"

if can machines; then
  machine outside 90 >/dev/null 2>&1
  server=$(mktemp)
  cat >"$server" <<'PY'
import http.server
class Who(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(("you are " + self.client_address[0] + "\n").encode() + (b"x" * 200000 if self.path == "/much" else b""))
    def log_message(self, *a): pass
http.server.ThreadingHTTPServer(("0.0.0.0", 8090), Who).serve_forever()
PY
  in_machine outside python3 "$server" & outside=$!
  from_outside() { in_machine outside python3 -c "$http_get" "$1"; }
  m=$(machine_ip 90)
  check "a pod reaches a machine outside, which sees its node's address" prints "you are $ip_a" within 10 in_pod $ns p01 wget -T 3 -qO- "http://$m:8090/"
  check "and gets more than a packet from it" prints '^20....$' in_pod $ns p01 sh -c "wget -T 5 -qO- http://$m:8090/much | wc -c"
  check "a machine outside reaches a port of a node whose pod is there" prints p02 within 10 from_outside "$ip_b:30082"
  check "a machine outside reaches a port of a node whose pod is elsewhere" prints p02 within 10 from_outside "$ip_a:30082"
  check "externalTrafficPolicy Local: on the pod's node" prints p02 within 10 from_outside "$ip_b:30083"
  check "control: and not on another" fails from_outside "$ip_a:30083"
  check "the pod sees who it is then" prints "$m" k -n $ns logs p02
  check "a machine outside reaches a hostPort" prints host-port within 10 from_outside "$ip_b:18080"
  check "control: a machine outside reaches no pod by its own address" fails from_outside "$(ip_of $ns p01):8080"
  { kill $outside; wait $outside; } 2>/dev/null; rm -f "$server"; no_machine outside
else
  skip "masquerade and ports of nodes, from a machine outside" "this cluster has no machine beside it"
fi

if can nodes; then
  off() { on_node "$a" nft add table inet wctest \; add chain inet wctest f "{ type filter hook forward priority -10; }" \; add rule inet wctest f drop; }
  on() { on_node "$a" nft delete table inet wctest; }
  off
  check "control: with the node's forwarding broken the matrix notices" fails all_pairs_ping $ns "$(ip_of $ns p01)" "$(ip_of $ns p02)"
  on
  check "and with it mended all is well again" all_pairs_ping $ns "$(ip_of $ns p01)" "$(ip_of $ns p02)"
fi
check "control: a pod that does not exist answers nothing" fails pings $ns p01 "$(pool).120.254"
