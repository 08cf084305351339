#!/usr/bin/env bash
# demo.sh [DIST] [--pause]: runs the demo over dist/. The program itself makes the clouds, shows what it does and removes
# everything; with --pause it waits while everything is up.
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/make/need.sh"
need_jdk
dist=$root/dist
if [ $# -gt 0 ] && [ -d "$1" ]; then dist=$1; shift; fi
exec java $(cat "$dist/lib/jvm.flags") -XX:+UseSerialGC --sun-misc-unsafe-memory-access=allow -Dslf4j.internal.verbosity=ERROR \
  -cp "$dist/lib/kind-tests/*" io.wirecloset.kindtests.demo.Demo "$dist" "$@"
