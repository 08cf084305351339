#!/usr/bin/env bash
# Measures over what dist built: the pieces by JMH, and the whole way beside a stock client when
# WIRECLOSET_ZEROTIER_ONE names one (root). Results go to .results/. Called by run.sh.
#   BENCH=<regex>     which micro benchmarks (default all; "none" for none)
#   BENCH_ARGS=…      more arguments for JMH; the default takes a few minutes
#   BENCH_ROUNDS, BENCH_SECONDS   of the side-by-side run (5 and 5)
set -uo pipefail
cd "$(dirname "$0")/.."
. make/need.sh
need_jdk

flags=$(cat dist/lib/jvm.flags)
results=.results; mkdir -p "$results"
path="$(ls bench/target/wirecloset-bench-*.jar | head -1):bench/target/lib/*"

# shellcheck disable=SC2086  # flags and arguments are lists of words
micro() {
  [ "${BENCH:-}" != none ] || return 0
  say "micro benchmarks (the lane's allocation per frame is to be 0)"
  "$JAVA_HOME/bin/java" $flags -cp "$path" org.openjdk.jmh.Main "${BENCH:-.}" -jvmArgs "$flags" -prof gc \
    -rf json -rff "$results/jmh.json" ${BENCH_ARGS:--f 1 -wi 3 -w 1 -i 5 -r 1} | tee "$results/jmh.log" |
    grep --line-buffered -E '^# (Benchmark|Parameters):|^Benchmark |^[A-Z][A-Za-z]*Benchmark\.' |
    grep --line-buffered -vE 'gc\.(alloc\.rate |count|time)'
  [ "${PIPESTATUS[0]}" = 0 ] || fail "JMH failed, see $results/jmh.log"
}

# shellcheck disable=SC2086
side_by_side() {
  [ -n "${WIRECLOSET_ZEROTIER_ONE:-}" ] || { say "no side-by-side run: WIRECLOSET_ZEROTIER_ONE names no stock client"; return; }
  [ -x "$WIRECLOSET_ZEROTIER_ONE" ] || fail "WIRECLOSET_ZEROTIER_ONE=$WIRECLOSET_ZEROTIER_ONE is no program"
  [ "$(id -u)" = 0 ] || fail "the side-by-side run makes network namespaces and needs root"
  need_tools iperf3:iperf3 ping:iputils-ping
  say "two of our nodes beside two stock ones, in turn (${BENCH_ROUNDS:-5} rounds)"
  "$JAVA_HOME/bin/java" $flags -cp "$path" io.wirecloset.bench.path.SideBySide dist "$results/side-by-side.md" \
    "${BENCH_ROUNDS:-5}" "${BENCH_SECONDS:-5}" || fail "the side-by-side run failed"
}

micro
side_by_side
say "results are in $results"
