#!/usr/bin/env bash
# Measures over what dist built: the pieces by JMH, and the whole way beside a stock client when
# WIRECLOSET_ZEROTIER_ONE names one (root). Results go to .results/. Called by run.sh.
#   BENCH=<regex>     which micro benchmarks (default all)
#   BENCH_ARGS=…      more arguments for JMH; the default takes a few minutes
set -uo pipefail
cd "$(dirname "$0")/.."
. make/need.sh
need_jdk

flags=$(cat dist/lib/jvm.flags)
results=.results; mkdir -p "$results"
path="$(ls bench/target/wirecloset-bench-*.jar | head -1):bench/target/lib/*"

say "micro benchmarks (the lane's allocation per frame is to be 0)"
# shellcheck disable=SC2086  # flags and arguments are lists of words
"$JAVA_HOME/bin/java" $flags -cp "$path" org.openjdk.jmh.Main ${BENCH:-.} -jvmArgs "$flags" -prof gc \
  -rf json -rff "$results/jmh.json" ${BENCH_ARGS:--f 1 -wi 3 -w 1 -i 5 -r 1} | tee "$results/jmh.log" |
  grep --line-buffered -E '^# (Benchmark|Parameters):|^Iteration|^Benchmark |^[A-Z][A-Za-z]*Benchmark\.' |
  grep --line-buffered -vE 'Iteration|gc\.(alloc\.rate |count|time)'
[ "${PIPESTATUS[0]}" = 0 ] || fail "JMH failed, see $results/jmh.log"
