#!/usr/bin/env bash
# Builds dist/images/wirecloset.tar, an OCI archive that containerd, podman, skopeo and Docker read, from dist/ and what
# this machine has: no daemon, no base image, no network. Called by run.sh.
#
# The image holds a runtime cut down to what is used, the C libraries it needs, and the programs; no shell and no other
# program. Its layers: system, programs, start-up caches. The first two come out the same, byte by byte, from the same
# dist/, JDK and libraries. WIRECLOSET_IMAGE names the image. `image.sh --root FOLDER` leaves its files there instead.
set -euo pipefail
cd "$(dirname "$0")/.."
. make/need.sh

version=$(sed -n 's|^  <version>\(.*\)</version>|\1|p' pom.xml | head -1)
name=${WIRECLOSET_IMAGE:-wirecloset:$version}
case $name in */*) full=$name ;; *) full=docker.io/library/$name ;; esac # as runtimes complete it
built=$(date -d "$(sed -n 's|.*<project.build.outputTimestamp>\(.*\)</.*|\1|p' pom.xml)" +%s)
work=$PWD/target/image root=$PWD/target/image/root
case $(uname -m) in x86_64) architecture=amd64 ;; aarch64) architecture=arm64 ;; *) fail "no image for $(uname -m)" ;; esac
. make/image-modules

rm -rf "$work"; mkdir -p "$root"/{dev,etc,opt,proc,run,sys,tmp,var}

# --- layer 1: runtime, libraries, the few files of /etc that libraries read
"$JAVA_HOME/bin/jlink" --add-modules "$modules" --strip-debug --no-man-pages --no-header-files --output "$root/opt/java"
rm -f "$root"/opt/java/bin/{keytool,rmiregistry,jrunscript,jwebserver}
# What programs open by name, and what those name: libnftables, and glibc's look-up of hosts.
libraries() { ldd "$@" 2>/dev/null | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\/.*ld-linux/ { print $1 }'; }
opened=$(ldconfig -p | awk '/libnftables\.so\.1 |libnss_(files|dns)\.so\.2 / && /x86-64|AArch64/ { print $NF }')
case $opened in *libnftables*) ;; *) fail "libnftables.so.1 is not on this machine: install libnftables1" ;; esac
# shellcheck disable=SC2046,SC2086 # one word a file
{ libraries $(find "$root/opt/java" -name '*.so') "$root/opt/java/bin/java" $opened; printf '%s\n' $opened; } | sort -u |
  grep -v "^$root" | while read -r file; do
    mkdir -p "$root${file%/*}"
    install -m 755 "$(readlink -f "$file")" "$root$file"
  done
ln -s ../run "$root/var/run"
chmod 1777 "$root/tmp"
printf '%s\n' root:x:0:0::/:/none wirecloset:x:65532:65532::/tmp:/none >"$root/etc/passwd"
printf '%s\n' root:x:0: wirecloset:x:65532: >"$root/etc/group"
echo "hosts: files dns" >"$root/etc/nsswitch.conf"
# libnftables knows protocols by the names in this file.
printf '%s\n' "ip 0" "icmp 1" "igmp 2" "tcp 6" "udp 17" "dccp 33" "gre 47" "esp 50" "ah 51" "ipv6-icmp 58" \
  "ospf 89" "sctp 132" "udplite 136" >"$root/etc/protocols"

# --- layer 2: the programs. `java @/opt/wirecloset/agent` starts the agent.
programs=$root/opt/wirecloset
mkdir -p "$programs/lib"
cp -a dist/cni "$programs/cni"
cp -a dist/lib/{node,agent,operator} "$programs/lib/"
rm -f "$programs"/lib/*/wirecloset.aot
jars=(); for jar in "$programs"/lib/node/*.jar; do jars+=("${jar#"$root"}"); done

# arguments PROGRAM: the file that starts it, with its cache if there is one
arguments() {
  local lib=/opt/wirecloset/lib/$1
  {
    cat "$programs/lib/$1/java.flags"
    [ ! -s "$root$lib/wirecloset.aot" ] || printf '%s\n' "-XX:AOTCache=$lib/wirecloset.aot" "-Xlog:aot*=off" "-Xlog:cds*=off"
    if [ "$1" = node ]; then (IFS=:; printf '%s\n' -cp "${jars[*]}" io.wirecloset.node.Main); else printf '%s\n' -jar "$lib/run.jar"; fi
  } >"$programs/$1"
}
for program in node agent operator; do arguments "$program"; done
# Files and times as they will be unpacked: a start-up cache knows jars and runtime by them.
find "$root" -exec touch -h -d "@$built" {} +
chmod -R go+rX,go-w "$root/opt"

# --- layer 3: start-up caches, made by the runtime of the image with the paths of the image
if [ "$(id -u)" = 0 ] && timeout 600 java $(cat dist/lib/jvm.flags) -XX:+UseSerialGC --sun-misc-unsafe-memory-access=allow \
  -Dslf4j.internal.verbosity=ERROR -cp "dist/lib/kind-tests/*" io.wirecloset.kindtests.cluster.Rehearsal dist "$root" \
  >.results/rehearsal-image.log 2>&1; then
  for program in agent operator; do arguments "$program"; done
else
  say "no start-up caches (they take root; .results/rehearsal-image.log): agent and operator of this image start slower"
fi

if [ "${1:-}" = --root ]; then
  mkdir -p "$2"; cp -a "$root/." "$2/"; rm -rf "$work"
  exit
fi

# --- the archive
archive=$work/archive; mkdir -p "$archive/blobs/sha256"
sum() { sha256sum "$1" | cut -d' ' -f1; }
# blob FILE MEDIATYPE: moves it to the blobs, prints its descriptor
blob() {
  local digest size; digest=$(sum "$1"); size=$(stat -c %s "$1")
  mv "$1" "$archive/blobs/sha256/$digest"
  printf '{"mediaType":"application/vnd.oci.image.%s","digest":"sha256:%s","size":%s}' "$2" "$digest" "$size"
}
bundle() { tar --sort=name --mtime="@$built" --owner=0 --group=0 --numeric-owner --format=gnu -C "$1" -cf "$2" "${@:3}"; }

layers=() diffs=()
# layer TAR_ARGUMENT…
layer() {
  bundle "$root" "$work/layer.tar" "$@"
  diffs+=("\"sha256:$(sum "$work/layer.tar")\"")
  gzip -n "$work/layer.tar"
  layers+=("$(blob "$work/layer.tar.gz" layer.v1.tar+gzip)")
}
layer --exclude=./opt/wirecloset .
layer --exclude=wirecloset.aot --exclude=./opt/wirecloset/agent --exclude=./opt/wirecloset/operator ./opt/wirecloset
caches=(); for file in "$programs"/lib/*/wirecloset.aot; do [ ! -e "$file" ] || caches+=(".${file#"$root"}"); done
layer ./opt/wirecloset/agent ./opt/wirecloset/operator "${caches[@]}"

comma() { local IFS=,; printf '%s' "$*"; }
created=$(date -u -d "@$built" +%Y-%m-%dT%H:%M:%SZ)
cat >"$work/config" <<JSON
{"created":"$created","architecture":"$architecture","os":"linux","config":{"User":"65532:65532","WorkingDir":"/","Env":["PATH=/opt/java/bin","JAVA_HOME=/opt/java","LANG=C.UTF-8"],"Entrypoint":["/opt/java/bin/java"],"Cmd":["@/opt/wirecloset/node"],"Labels":{"org.opencontainers.image.title":"Wirecloset","org.opencontainers.image.version":"$version","org.opencontainers.image.licenses":"Apache-2.0"}},"rootfs":{"type":"layers","diff_ids":[$(comma "${diffs[@]}")]}}
JSON
configuration=$(sum "$work/config")
described=$(blob "$work/config" config.v1+json)
printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s,"layers":[%s]}' \
  "$described" "$(comma "${layers[@]}")" >"$work/manifest"
manifest=$(blob "$work/manifest" manifest.v1+json)
printf '{"schemaVersion":2,"manifests":[%s,"platform":{"architecture":"%s","os":"linux"},"annotations":{"io.containerd.image.name":"%s","org.opencontainers.image.ref.name":"%s"}}]}' \
  "${manifest%\}}" "$architecture" "$full" "${name##*:}" >"$archive/index.json"
printf '{"imageLayoutVersion":"1.0.0"}' >"$archive/oci-layout"
# For `docker load` before version 25.
files=(); for digest in "${layers[@]}"; do digest=${digest#*sha256:}; files+=("\"blobs/sha256/${digest%%\"*}\""); done
printf '[{"Config":"blobs/sha256/%s","RepoTags":["%s"],"Layers":[%s]}]' "$configuration" "$name" "$(comma "${files[@]}")" >"$archive/manifest.json"

mkdir -p dist/images
bundle "$archive" dist/images/wirecloset.tar .
say "dist/images/wirecloset.tar: $name, $(du -m dist/images/wirecloset.tar | cut -f1) MB, unpacked $(du -sm "$root" | cut -f1) MB"
rm -rf "$work"
