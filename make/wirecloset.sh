#!/bin/sh
# wirecloset node|root|controller|selftest|idtool …   the plain programs
# wirecloset agent|operator …                         the applications for Kubernetes
set -eu
self=$(readlink -f "$0")
lib=$(dirname "$(dirname "$self")")/lib

# The first JDK or JRE of feature 25 or newer: JAVA_HOME, the usual folders, the path.
java=
for candidate in "${JAVA_HOME:-/nonexistent}/bin/java" /usr/lib/jvm/*25*/bin/java /opt/java/*/bin/java "$(command -v java || true)"; do
    [ -x "$candidate" ] || continue
    release=$(dirname "$(dirname "$(readlink -f "$candidate")")")/release
    feature=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$release" 2>/dev/null || true)
    if [ "${feature:-0}" -ge 25 ]; then java=$candidate; break; fi
done
if [ -z "$java" ]; then
    echo "wirecloset: no Java 25 or newer found; set JAVA_HOME to one" >&2
    exit 1
fi

case "${1:-}" in agent|operator) program=$1 ;; *) program=node ;; esac
# The C library has a heap for each of the first threads otherwise, and none gives back what is free.
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"
flags="@$lib/$program/java.flags ${WIRECLOSET_JAVA_OPTIONS:-}"
# What starts load and compile, written down at the build. A cache that does not fit this JVM is passed over silently.
cache=$lib/$program/wirecloset.aot
if [ -s "$cache" ]; then flags="-XX:AOTCache=$cache -Xlog:aot*=off -Xlog:cds*=off $flags"; fi
case $program in
    # Sorted, as the cache holds only for the same class path.
    node) exec "$java" $flags -cp "$(printf '%s:' "$lib"/node/*.jar)" io.wirecloset.node.Main "$@" ;;
    *)    shift; exec "$java" $flags -jar "$lib/$program/run.jar" "$@" ;;
esac
