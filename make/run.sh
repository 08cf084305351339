#!/usr/bin/env bash
# One door for what the Makefile offers: checks what is needed, runs it, ends in a summary.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. make/need.sh

started=$SECONDS
results=.results; mkdir -p "$results"

maven() { mvn -B -ntp "$@"; }

build_dist() {
  say "building (log: $results/build.log)"
  touch "$results/building"
  maven -q package -DskipTests -Dspotless.check.skip >"$results/build.log" 2>&1 || { tail -40 "$results/build.log"; fail "the build failed, see $results/build.log"; }
  make/dist.sh && cp -p "$results/building" dist/made
}

# Is dist/ younger than everything it is made of? Folders tell of files that went.
dist_is_current() {
  [ -f dist/made ] && [ -z "$(find pom.xml make helm docs/samples */pom.xml */src hypervisor/pom.xml hypervisor/*/pom.xml hypervisor/*/src -newer dist/made -print -quit)" ]
}

need_dist() { if dist_is_current; then say "dist/ is up to date"; else build_dist; fi; }

# Share of lines that ran in the tests of this run, for the three modules that are the protocol; by class in the pages.
coverage() {
  local runs classes=()
  runs=$(find hypervisor -name jacoco.exec -newer "$results/started" 2>/dev/null)
  [ -n "$runs" ] || return 0
  for module in vl1 vl2 controller; do classes+=(--classfiles "hypervisor/$module/target/classes"); done
  # shellcheck disable=SC2086 # one word a file
  "$JAVA_HOME/bin/java" -jar hypervisor/target/coverage-reporter.jar report $runs "${classes[@]}" \
    --csv "$results/coverage.csv" --html "$results/coverage" --name Wirecloset --quiet >/dev/null || return 0
  awk -F, '$2 ~ /^io\.wirecloset\./ { split($2, p, "."); missed[p[3]] += $8; covered[p[3]] += $9 }
    END { for (m in covered) printf "  lines covered: %-10s %5.1f %% of %d\n", m, 100 * covered[m] / (covered[m] + missed[m]), covered[m] + missed[m] }' \
    "$results/coverage.csv" | sort
  echo "  lines covered: by class in $results/coverage/index.html"
}

# Share of deliberate faults that the tests noticed, in the classes that decide what passes (make test-all).
mutations() {
  local found
  found=$(find hypervisor -path '*/pit-reports/mutations.csv' -newer "$results/started" 2>/dev/null)
  [ -n "$found" ] || return 0
  # shellcheck disable=SC2086 # one word a file
  awk -F, '{ part = $2 ~ /^io\.wirecloset\.vl2\.rule\./ ? "filter" : $2 ~ /\.(path|network)\./ ? "gates" : "armor"
      all[part]++; if ($6 ~ /^(KILLED|TIMED_OUT)$/) noticed[part]++ }
    END { for (p in all) printf "  faults noticed: %-9s %5.1f %% of %d\n", p, 100 * noticed[p] / all[p], all[p] }' $found | sort
  echo "  faults noticed: by line in hypervisor/*/target/pit-reports/index.html"
}

# The end of every test run: what ran, what was skipped and why, from the reports alone.
summary() {
  local rc=$1
  echo
  say "Summary"
  echo "  took $((SECONDS - started)) s"
  [ ! -s "$results/measured" ] || sed 's/^/  measured: /' "$results/measured"
  coverage
  mutations
  [ ! kind-tests/target/interop.md -nt "$results/started" ] || cat kind-tests/target/interop.md
  java make/Summary.java "$rc" $(find . -path '*/target/*-reports/TEST-*.xml' -newer "$results/started" 2>/dev/null)
  return "$rc"
}

quieter() { grep --line-buffered -vE '^\[INFO\] *$|Download(ing|ed) from|^WARNING: .*(Unsafe|guava|reporting this)'; }

begin_tests() {
  need_build; need_network
  rm -f "$results/measured"; touch "$results/started"
  say "testing with $("$JAVA_HOME/bin/java" -version 2>&1 | head -1)"
  [ "$(id -u)" = 0 ] || say "not root: tests that need network namespaces will be skipped"
}

# Every module's own tests.
module_tests() { maven verify -fae -Pcoverage "$@" 2>&1 | quieter; return "${PIPESTATUS[0]}"; }

# Whole programs, over dist/.
dist_tests() {
  say "testing dist/ from outside"
  maven -pl kind-tests test-compile failsafe:integration-test failsafe:verify "$@" 2>&1 | quieter
  return "${PIPESTATUS[0]}"
}

run_tests() {
  begin_tests
  module_tests "$@" && make/dist.sh && { [ "$(id -u)" != 0 ] || make/image.sh; } && dist_tests
  summary $?
}

case "${1:-}" in
  demo)
    [ "$(id -u)" = 0 ] || fail "the demo makes network namespaces and needs root: sudo make demo"
    need_build; need_network; need_dist
    exec make/demo.sh
    ;;
  test)     run_tests ;;
  test-all) run_tests -Pall,mutation ;;
  dist)     need_build; build_dist; say "dist/ is ready"; ls dist ;;
  images)   need_build; need_network; need_dist; exec make/image.sh ;;
  interop)
    [ "$(id -u)" = 0 ] || fail "the stock client needs network namespaces, hence root"
    [ -x "${WIRECLOSET_ZEROTIER_ONE:-}" ] || fail "set WIRECLOSET_ZEROTIER_ONE to the path of a stock zerotier-one 1.14"
    begin_tests; need_dist
    dist_tests -Dit.test='**/stock/*IT'
    summary $?
    ;;
  bench)    need_build; need_network; build_dist; exec make/bench.sh ;;
  *)        fail "usage: make/run.sh demo|test|test-all|dist|images|bench|interop" ;;
esac
