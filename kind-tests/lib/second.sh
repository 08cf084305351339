# A second cluster beside the one under test, for suites about both. Sourced by run.sh.
# shellcheck shell=bash

# Another cluster of KUBECONFIG's kind, or another rig of the same program.
has_second() { [ -n "${SECOND_KUBECONFIG:-}${SECOND_RIG_ID:-}" ]; }

# second COMMAND…   the same words as for the first cluster, about the second
second() (
  if [ -n "${SECOND_RIG_ID:-}" ]; then
    export RIG_ID=$SECOND_RIG_ID
    unset RIG_NAME RIG_STATE RIG_PORT
    [ -z "${SECOND_RIG_STATE:-}" ] || export RIG_STATE=$SECOND_RIG_STATE
    KUBECONFIG=$("$RIG" kubeconfig)
  else
    KUBECONFIG=$SECOND_KUBECONFIG
  fi
  export KUBECONFIG
  "$@"
)

# second_network FILE   the first one's network as the second joins it; second_joins FILE
second_network() { sed "s/NETWORK/$(network_id)/; s/POOL/$(pool)/" "$1"; }
second_joins() { second_network "$1" | second k apply -f -; }
second_said() { second k get ztn pods -o "jsonpath={.status.conditions[?(@.type==\"$1\")].$2}"; }

# What the first applies to admit every node of the second, by its full identity.
second_identities() { second k get ztnode -o 'jsonpath={range .items[*]}{.metadata.name} {.status.identity}{"\n"}{end}'; }
second_members() { second_identities | sed 's/^\([^ ]*\) .*/second-\1/'; }
admit_second() {
  local name identity
  while read -r name identity; do
    k apply -f - <<MEMBER || return 1
apiVersion: wirecloset.io/v1alpha1
kind: ZeroTierMember
metadata: {name: second-$name, namespace: $namespace}
spec: {network: pods, identity: "$identity", name: second-$name}
MEMBER
  done < <(second_identities)
}

# Nothing of ours is left on the second, nor of it on the first. Members by name.
second_gone() {
  local m; for m in "$@"; do k -n "$namespace" delete ztm "$m"; done
  second k delete ztn pods --timeout=60s
  second chart_do upgrade cleanup=true; second agents_are_ready 180
  second helm_ uninstall wirecloset -n "$namespace"
}
