# A TCP connection between two pods that says a number every 100 ms; the other end writes down when each came, by the
# kernel's clock. What breaks it shows as a gap, or as its end. Sourced by run.sh.
# shellcheck shell=bash

# stream_start NAMESPACE FROM TO ADDRESS
stream_start() {
  local ns=$1 from=$2 to=$3 address=$4
  in_pod "$ns" "$to" sh -c 'rm -f /tmp/came; (sleep 7200 | nc -l -p 9100 | while read -r n; do read -r u r </proc/uptime; echo "$n $u"; done >/tmp/came) >/dev/null 2>&1 </dev/null &'
  sleep 0.5
  in_pod "$ns" "$from" sh -c '(i=0; while :; do i=$((i+1)); echo $i; usleep 100000; done | nc "$0" 9100; echo ended >/tmp/ended) >/dev/null 2>&1 </dev/null &' "$address"
  within 10 stream_said "$ns" "$to" 5
}

stream_last() { in_pod "$1" "$2" sh -c 'tail -n 1 /tmp/came | cut -d" " -f1' | grep . || echo 0; }
stream_said() { [ "$(stream_last "$1" "$2")" -ge "$3" ]; }

# stream_goes_on NAMESPACE TO SECONDS   it says twenty numbers more
stream_goes_on() {
  local more=$(($(stream_last "$1" "$2") + 20))
  within "$3" stream_said "$1" "$2" "$more"
}

# stream_gap NAMESPACE TO FROM-NUMBER   the longest silence since, in milliseconds; fails when a number is missing
stream_gap() {
  in_pod "$1" "$2" awk -v from="$3" '
    $1 < from { last = $2; n = $1; next }
    n != "" && $1 != n + 1 { print "number " n + 1 " is missing"; exit 1 }
    { if (last != "" && $2 - last > gap) gap = $2 - last; last = $2; n = $1 }
    END { if (n == "" || n <= from) { print "nothing came"; exit 1 } printf "%d\n", gap * 1000 }' /tmp/came
}

stream_stop() { in_pod "$1" "$2" sh -c 'killall nc sleep; true' >/dev/null 2>&1; in_pod "$1" "$3" sh -c 'killall nc sleep; true' >/dev/null 2>&1; }

# median NUMBER…
median() { printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : int((v[NR / 2] + v[NR / 2 + 1]) / 2) }'; }
