# A laptop with the unmodified client, outside the cluster and behind a NAT: joins by the network's id, is let in by a
# ZeroTierMember, and meets a pod.
# shellcheck shell=bash

ns=wc-stock
stock=${WIRECLOSET_ZEROTIER_ONE:-}
home=$(mktemp -d) laptop_pid="" server_pid=""
clean_up() {
  [ -z "$server_pid" ] || kill "$server_pid"
  [ -z "$laptop_pid" ] || { kill "$laptop_pid"; wait "$laptop_pid"; }
  k -n "$namespace" delete ztm laptop; gone $ns
  no_machine laptop; rm -rf "$home"
}

client() { in_machine laptop "$stock" -q "-D$home" -p9993 "$@"; }
laptop_address() { client info | cut -d' ' -f3; }
joined() { client listnetworks | grep "$id" | grep -q " $1 "; }
laptop_ip() { client listnetworks | awk -v id="$id" '$3 == id { print $NF }' | tr ',' '\n' | sed -n 's|^\(10\.[0-9]*\.[0-9.]*\)/.*|\1|p'; }
has_ip() { [ -n "$(laptop_ip)" ]; }
is_pending() { prints "$1" k get ztn pods -o 'jsonpath={.status.pending}'; }
admit() { sed "s/ADDRESS/$1/" "$here/laptop.yaml" | k -n "$namespace" apply -f -; }
laptop_pings() { in_machine laptop ping -n -c 3 -W 2 "$1"; }
laptop_fetches() { in_machine laptop python3 -c "$http_get" "$1:8080"; }

if [ -z "$stock" ]; then skip "a stock client meets a pod" "WIRECLOSET_ZEROTIER_ONE names none"; return 0; fi
if ! can machines; then skip "a stock client meets a pod" "this cluster has no machine beside it"; return 0; fi

need_pod_network
fresh_namespace $ns
{ pod $ns near "$(nth_node 1)"; pod $ns far "$(nth_node 2)"; } | k apply -f - >/dev/null
check "pods are Ready" k -n $ns wait --for=condition=Ready pod --all --timeout=90s
id=$(network_id)
machine laptop 60 --nat >/dev/null 2>&1
planet_told | base64 -d >"$home/planet"
in_machine laptop "$stock" -U -p9993 "$home" >"$home/log" 2>&1 & laptop_pid=$!
check "the laptop's client is online by the cluster's root, from behind its NAT" within 60 prints ONLINE client info
check "it joins by the id" client join "$id"
address=$(laptop_address)
check "the network lists the stranger" within 60 is_pending "$address"
check "control: it is not let in" fails joined OK
check "a ZeroTierMember is applied" admit "$address"
check "it is let in" within 60 joined OK
check "it has an address" within 30 has_ip
for p in near far; do
  ip=$(ip_of $ns $p)
  check "the laptop pings pod $p" within 30 laptop_pings "$ip"
  check "it opens a TCP connection to pod $p" prints "$p" within 15 laptop_fetches "$ip"
  check "pod $p pings the laptop" within 30 pings $ns $p "$(laptop_ip)"
done
in_machine laptop python3 -c 'import http.server; http.server.HTTPServer(("0.0.0.0", 8080), http.server.SimpleHTTPRequestHandler).serve_forever()' >/dev/null 2>&1 & server_pid=$!
for p in near far; do check "pod $p opens a TCP connection to the laptop" within 15 in_pod $ns $p wget -T 5 -qO- "http://$(laptop_ip):8080/"; done
check "the resource says that it is online" within 90 prints True k -n "$namespace" get ztm laptop -o 'jsonpath={.status.online}{.status.conditions[?(@.type=="Ready")].status}'
check "the member is deleted" k -n "$namespace" delete ztm laptop
check "and the laptop is cut off" within 30 fails laptop_pings "$(ip_of $ns far)"
