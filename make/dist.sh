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
for program in node agent operator; do
  mkdir "$fresh/lib/$program"
  cat "$fresh/lib/jvm.flags" make/flags/all "make/flags/$program" >"$fresh/lib/$program/java.flags"
done
cp hypervisor/node/target/lib/*.jar hypervisor/node/target/wirecloset-node-*.jar "$fresh/lib/node/"

# application MODULE PROGRAM: its jar and those that the jar names; more may lie there from earlier builds
application() {
  local target=$1/target to=$fresh/lib/$2
  mkdir -p "$to/lib"
  cp "$target"/wirecloset-*-runner.jar "$to/run.jar"
  (cd "$to" && jar --extract --file run.jar META-INF/MANIFEST.MF)
  # lines of a manifest are folded after 72 bytes
  tr -d '\r' <"$to/META-INF/MANIFEST.MF" | sed -z 's/\n //g' | sed -n 's/^Class-Path: *//p' | xargs -n1 |
    while read -r jar; do cp "$target/$jar" "$to/$jar"; done
  rm -r "$to/META-INF"
}

# the shim, the two applications, the resources
cp cni-binary/target/wirecloset "$fresh/cni/wirecloset"
application node-agent agent
application operator operator
cp crds/target/classes/META-INF/wirecloset/*.yaml "$fresh/crds/" 2>/dev/null || cp crds/target/classes/META-INF/fabric8/*.yaml "$fresh/crds/"
cp docs/samples/*.yaml "$fresh/samples/"

# The chart, and what it renders for those without Helm, whose library has a native part.
cp -r helm "$fresh/chart"; rm -r "$fresh/chart/image"
if [ "$(uname -m)" = x86_64 ]; then
  java --enable-native-access=ALL-UNNAMED -cp "operator/target/helm/*" make/Manifests.java helm "$fresh/manifests"
else
  say "no manifests: rendering takes Helm's library, which is here for x86_64 only"
fi

# what drives it from outside: the demo and the end-to-end tests
mkdir -p "$fresh/lib/kind-tests"
cp kind-tests/target/lib/*.jar kind-tests/target/wirecloset-kind-tests-*.jar "$fresh/lib/kind-tests/"

# Most jars are in two or three of the folders: one file each, under all its names.
(cd "$fresh/lib" && sha256sum node/*.jar agent/lib/*.jar operator/lib/*.jar) | while read -r sum jar; do
  first=$fresh/sum.$sum
  if [ -e "$first" ]; then ln -f "$first" "$fresh/lib/$jar"; else ln "$fresh/lib/$jar" "$first"; fi
done
rm "$fresh"/sum.*

# What every start loads and compiles, written down once: programs are online in half the time, and pods have their
# traffic back sooner after a crash. It takes namespaces to get there, for the applications root as well; without them the
# programs work as well and start slower.
mkdir -p .results
rehearse_node() {
  local as=()
  [ "$(id -u)" = 0 ] || as=(unshare --user --map-root-user --net)
  WIRECLOSET_JAVA_OPTIONS="-XX:AOTCacheOutput=$fresh/lib/node/wirecloset.aot" \
    timeout 300 "${as[@]}" "$fresh/bin/wirecloset" selftest >.results/rehearsal.log 2>&1 && [ -s "$fresh/lib/node/wirecloset.aot" ]
}
rehearse_applications() {
  [ "$(id -u)" = 0 ] && timeout 600 java $(cat "$fresh/lib/jvm.flags") -XX:+UseSerialGC --sun-misc-unsafe-memory-access=allow \
    -Dslf4j.internal.verbosity=ERROR -cp "$fresh/lib/kind-tests/*" io.wirecloset.kindtests.cluster.Rehearsal "$fresh" \
    >.results/rehearsal-applications.log 2>&1
}
rehearse_node || { rm -f "$fresh"/lib/node/wirecloset.aot*; say "no start-up cache for the plain programs, see .results/rehearsal.log: they start slower"; }
rehearse_applications || { rm -f "$fresh"/lib/{agent,operator}/wirecloset.aot*; say "no start-up cache for agent and operator (it takes root; .results/rehearsal-applications.log): they start slower"; }

rm -rf dist; mv "$fresh" dist
