# The operator away, killed, and asked for the impossible: nothing that was served stops.
# shellcheck shell=bash

ns=wc-operator
a=$(nth_node 1) b=$(nth_node 2)
clean_up() {
  k -n "$namespace" scale deployment/wirecloset-operator --replicas="${replicas:-1}"
  k delete ztn second --timeout=60s; gone $ns
}
condition() { k get ztn "$1" -o "jsonpath={.status.conditions[?(@.type==\"$2\")].$3}"; }
network() { sed "s/NAME/$1/; s|RANGE|$2|; s/PRIMARY/$3/" "$here/network.yaml"; }
# denied PATTERN RANGE PRIMARY   the API server refuses to take it and says why
denied() { local out; out=$(network second "$2" "$3" | k apply -f - 2>&1) && return 1; echo "$out"; grep -Eq "$1" <<<"$out"; }
says() { prints "$4" condition "$1" "$2" "$3"; }
forget_peers() { on_node "$1" rm -rf /var/lib/wirecloset/agent/peers.d; }
no_operator() { prints '^$' k -n "$namespace" get pods -l app.kubernetes.io/component=operator -o name; }

need_pod_network
replicas=$(k -n "$namespace" get deployment wirecloset-operator -o 'jsonpath={.spec.replicas}')
id=$(network_id)
fresh_namespace $ns
{ pod $ns p1 "$a"; pod $ns p2 "$b"; } | k apply -f - >/dev/null
check "pods are Ready" k -n $ns wait --for=condition=Ready pod --all --timeout=90s
check "pods talk" within 10 pings $ns p1 "$(ip_of $ns p2)"

check "a second primary network is refused when it is written, with the name of the first" denied 'network "pods" is the primary one' 10.90 true
check "an overlapping range is refused" denied 'pods|overlap' "$(pool)" false
check "a network beside the first is served" eval 'network second 10.90 false | k apply -f - && within 30 says second Ready status True'
check "the nodes keep it apart: no way from pods to it" fails pings $ns p1 10.90.0.1
check "an id of another controller is refused, and what was served goes on" eval 'k patch ztn second --type=merge -p "{\"spec\":{\"networkId\":\"0123456789abcdef\"}}" && within 20 says second Ready reason ForeignNetworkId && [ "$(network_id second)" != 0123456789abcdef ]'
check "once written it cannot be changed" fails k patch ztn second --type=merge -p '{"spec":{"networkId":"0123456789abcdee"}}'
check "it goes again" k delete ztn second --timeout=60s

check "the operator is away" eval 'k -n "$namespace" scale deployment/wirecloset-operator --replicas=0 && within 60 no_operator'
check "pods talk" pings $ns p1 "$(ip_of $ns p2)"
check "a pod that comes meanwhile is attached" eval '{ pod $ns p3 "$a"; } | k apply -f - && k -n $ns wait --for=condition=Ready pod/p3 --timeout=30s'
check "and talks across the nodes" pings $ns p3 "$(ip_of $ns p2)"
check "agents that start meanwhile serve pods from what is on disk" eval 'k -n "$namespace" delete pod -l app.kubernetes.io/component=agent --wait=true && agents_are_ready'
check "pods of one node talk" within 30 pings $ns p1 "$(ip_of $ns p3)"
check "and across the nodes" within 30 pings $ns p1 "$(ip_of $ns p2)"
if can nodes; then
  check "nodes that all start anew, and forgot whom they met" eval 'forget_peers "$a" && forget_peers "$b" && k -n "$namespace" delete pod -l app.kubernetes.io/component=agent --wait=true && agents_are_ready'
  check "find each other though the only root is away" within 30 pings $ns p1 "$(ip_of $ns p2)"
else
  skip "nodes that forgot whom they met" "no way into the nodes of this cluster"
fi
check "the operator is back" eval 'k -n "$namespace" scale deployment/wirecloset-operator --replicas=$replicas && operator_is_ready'
check "with the same network" prints "^$id\$" network_id
check "pods talk" within 30 pings $ns p1 "$(ip_of $ns p2)"
