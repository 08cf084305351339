#!/usr/bin/env bash
# Puts together dist/ from what the modules built. Called by run.sh; dist/ is made anew each time.
set -euo pipefail
cd "$(dirname "$0")/.."
. make/need.sh

fresh=dist.new; rm -rf "$fresh"; mkdir -p "$fresh"/{bin,lib,cni,crds,samples}

# bin/wirecloset and the plain programs behind it
cp make/wirecloset.sh "$fresh/bin/wirecloset"; chmod 755 "$fresh/bin/wirecloset"
sed -n 's|.*<wirecloset.jvm.flags>\(.*\)</wirecloset.jvm.flags>.*|\1|p' pom.xml >"$fresh/lib/jvm.flags"
[ -s "$fresh/lib/jvm.flags" ] || fail "pom.xml has no wirecloset.jvm.flags"
mkdir -p "$fresh/lib/node"
cp hypervisor/node/target/lib/*.jar hypervisor/node/target/wirecloset-node-*.jar "$fresh/lib/node/"

# the shim, the two applications, the resources
cp cni-binary/target/wirecloset "$fresh/cni/wirecloset"
for app in node-agent operator; do cp -r "$app/target/quarkus-app" "$fresh/lib/$app"; done
cp crds/target/classes/META-INF/wirecloset/*.yaml "$fresh/crds/" 2>/dev/null || cp crds/target/classes/META-INF/fabric8/*.yaml "$fresh/crds/"
cp docs/samples/*.yaml "$fresh/samples/"

# what drives it from outside: the demo and the end-to-end tests
mkdir -p "$fresh/lib/kind-tests"
cp kind-tests/target/lib/*.jar kind-tests/target/wirecloset-kind-tests-*.jar "$fresh/lib/kind-tests/"

rm -rf dist; mv "$fresh" dist
