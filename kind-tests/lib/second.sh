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
