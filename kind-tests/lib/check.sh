# Checks and their report. Sourced by run.sh; a suite is a list of `check "what holds" command…`.
# shellcheck shell=bash

passed=0 failed=0 skipped=0
cases=()

escape() { sed -e 's/\x1b\[[0-9;]*m//g' -e 's/&/\&amp;/g' -e 's/</\&lt;/g' -e 's/>/\&gt;/g' -e 's/"/\&quot;/g' | tr -cd '\11\12\15\40-\176'; }

# record NAME MILLISECONDS passed|failed|skipped [TEXT]
record() {
  local name; name=$(escape <<<"$1")
  local open="<testcase classname=\"kind-tests.$suite\" name=\"$name\" time=\"$(printf '%d.%03d' $(($2 / 1000)) $(($2 % 1000)))\""
  case $3 in
    passed) passed=$((passed + 1)); cases+=("$open/>") ;;
    skipped) skipped=$((skipped + 1)); cases+=("$open><skipped message=\"$(escape <<<"$4")\"/></testcase>") ;;
    failed) failed=$((failed + 1)); cases+=("$open><failure message=\"$name\">$(escape <<<"$4")</failure></testcase>") ;;
  esac
}

now_ms() { date +%s%3N; }

# check WHAT COMMAND…   one line, one test case; what the command printed is shown only when it failed
check() {
  local what=$1 from out; shift
  from=$(now_ms)
  if out=$("$@" 2>&1); then
    echo "  ok    $what ($((($(now_ms) - from) / 1000)) s)"; record "$what" $(($(now_ms) - from)) passed
  else
    echo "  FAIL  $what ($((($(now_ms) - from) / 1000)) s)"; tail -n 8 <<<"$out" | sed 's/^/          /'
    record "$what" $(($(now_ms) - from)) failed "$out"; bundle "$what"; return 1
  fi
}

# skip WHAT WHY   what this cluster cannot show, by name
skip() { echo "  skip  $1: $2"; record "$1" 0 skipped "$2"; }

# fails COMMAND…   the control: it holds when the command does not
fails() { ! "$@"; }

# within SECONDS COMMAND…
within() {
  local until=$((SECONDS + $1)) out=""; shift
  while :; do
    if out=$("$@" 2>&1); then echo "$out"; return 0; fi
    [ $SECONDS -lt $until ] || { echo "$out"; return 1; }
    sleep 0.5
  done
}

# prints PATTERN COMMAND…   the command succeeds and what it prints matches
prints() {
  local want=$1 out; shift
  out=$("$@" 2>&1) || { echo "$out"; return 1; }
  echo "$out"; grep -Eq -- "$want" <<<"$out"
}

# measured TEXT   a number for the summary; fails nothing
measured() { echo "  is    $1"; echo "$suite: $1" >>"$results/kind-tests/measured"; }

write_report() {
  local file=$results/kind-tests/TEST-$suite.xml
  {
    echo '<?xml version="1.0" encoding="UTF-8"?>'
    echo "<testsuite name=\"kind-tests.$suite\" tests=\"$((passed + failed + skipped))\" failures=\"$failed\" skipped=\"$skipped\">"
    printf '%s\n' "${cases[@]}"
    echo '</testsuite>'
  } >"$file"
}

# What one needs to look into a failure, once per suite.
bundle() {
  local dir=$results/kind-tests/$suite n p
  [ ! -e "$dir/why" ] || { echo "$1" >>"$dir/why"; return 0; }
  mkdir -p "$dir"; echo "$1" >"$dir/why"
  k get nodes,pods,services,wirecloset -A -o wide >"$dir/objects.txt" 2>&1
  k get wirecloset -A -o yaml >"$dir/ours.yaml" 2>&1
  k get events -A --sort-by=.lastTimestamp >"$dir/events.txt" 2>&1
  k describe pods -A >"$dir/pods.txt" 2>&1
  for p in $(k -n "$namespace" get pods -o name 2>/dev/null); do
    k -n "$namespace" logs --tail=2000 "$p" >"$dir/${p##*/}.log" 2>&1
    k -n "$namespace" logs --tail=500 --previous "$p" >"$dir/${p##*/}.previous.log" 2>/dev/null || rm -f "$dir/${p##*/}.previous.log"
  done
  if can nodes; then
    for n in $(node_names); do
      on_node "$n" sh -c 'for c in "ip addr" "ip route" "ip -6 route" "ip neigh" "ls -la /etc/cni/net.d /opt/cni/bin /run/wirecloset" "nft list ruleset"; do echo "# $c"; $c; done' >"$dir/$n.txt" 2>&1
      node_logs "$n" "$dir" 2>/dev/null
    done
  fi
  return 0
}
