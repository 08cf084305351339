#!/usr/bin/env bash
# run.sh SUITE…|all [--keep]   runs suites against a real cluster; `run.sh list` names them. README.md says what each proves.
#
#   KUBECONFIG                the cluster: kind's, or any other on which nothing but this is to be the pod network
#   RIG, LAB                  instead: the cluster rig's program, and what it needs; the rig is up with `--cni none`
#   WIRECLOSET_IMAGE          image of operator and agents, repository:tag; default wirecloset:VERSION of the chart
#   WIRECLOSET_ARCHIVE        archive of it that is loaded on the nodes first
#   WIRECLOSET_BUSYBOX        image of the pods that talk to each other
#   WIRECLOSET_ZEROTIER_ONE   stock client for 70-stock-client
#   SECOND_KUBECONFIG         second cluster for 80-two-clusters, on which nothing is the pod network yet; on a rig instead
#                             SECOND_RIG_ID, SECOND_RIG_STATE, up with `--cni none` and on one wan with the first
#   HELM_SET                  further values for the chart, one a word: "agent.port=9992 logJson=true"
#
# The report of each suite is .results/kind-tests/TEST-SUITE.xml; what one needs to look into a failure is beside it.
# Suites leave nothing of their own behind, unless --keep is given. 00-install leaves the installation for the others.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
tests=$PWD/kind-tests
results=$PWD/.results; mkdir -p "$results/kind-tests"
namespace=wirecloset-system
keep=0 suites=()

usage() { sed -n '2,15s/^# \{0,1\}//p' "$tests/run.sh"; echo "Suites:"; ls "$tests/suites"; }
for word in "$@"; do
  case $word in
    --keep) keep=1 ;;
    list) ls "$tests/suites"; exit 0 ;;
    all) mapfile -t suites < <(ls "$tests/suites") ;;
    -h | --help) usage; exit 0 ;;
    *) [ -f "$tests/suites/$word/suite.sh" ] || { echo "run.sh: no suite $word" >&2; usage >&2; exit 2; }; suites+=("$word") ;;
  esac
done
[ ${#suites[@]} -gt 0 ] || { usage >&2; exit 2; }

. "$tests/lib/check.sh"
if [ -n "${RIG:-}" ]; then . "$tests/lib/rig.sh"; else . "$tests/lib/anywhere.sh"; fi
. "$tests/lib/pods.sh"
. "$tests/lib/stream.sh"
. "$tests/lib/install.sh"
. "$tests/lib/second.sh"
k version >/dev/null 2>&1 || { echo "run.sh: no API server answers; set KUBECONFIG, or RIG and LAB" >&2; exit 2; }

rm -f "$results/kind-tests/measured"
all_passed=0 all_failed=0 all_skipped=0
for suite in "${suites[@]}"; do
  passed=0 failed=0 skipped=0 cases=()
  rm -rf "${results:?}/kind-tests/$suite" "$results/kind-tests/TEST-$suite.xml"
  here=$tests/suites/$suite
  echo "$suite"
  clean_up() { :; }
  . "$here/suite.sh"
  [ $keep = 1 ] || clean_up >/dev/null 2>&1
  write_report
  all_passed=$((all_passed + passed)) all_failed=$((all_failed + failed)) all_skipped=$((all_skipped + skipped))
done
[ ! -s "$results/kind-tests/measured" ] || { echo "measured"; sed 's/^/  /' "$results/kind-tests/measured"; }
echo "$all_passed passed, $all_failed failed, $all_skipped skipped"
[ "$all_failed" = 0 ]
