#!/usr/bin/env bash
# Runs the demo over dist/. The program itself makes the clouds, shows what it does and removes everything.
set -uo pipefail
cd "$(dirname "$0")/.."
. make/need.sh
need_jdk
exec java $(cat dist/lib/jvm.flags) -cp "dist/lib/kind-tests/*" io.wirecloset.kindtests.demo.Demo "$PWD/dist" "$@"
