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

# What every start of the plain programs loads and compiles, written down once: they are online in half the time. It
# takes namespaces to get there; without them the programs work as well and start slower.
rehearse() {
  local cache=$fresh/lib/node/wirecloset.aot as=()
  [ "$(id -u)" = 0 ] || as=(unshare --user --map-root-user --net)
  WIRECLOSET_JAVA_OPTIONS="-XX:AOTCacheOutput=$cache" timeout 300 "${as[@]}" "$fresh/bin/wirecloset" selftest >.results/rehearsal.log 2>&1 && [ -s "$cache" ]
}
mkdir -p .results
rehearse || { rm -f "$fresh"/lib/node/wirecloset.aot*; say "no start-up cache, see .results/rehearsal.log: the programs start slower"; }

rm -rf dist; mv "$fresh" dist
