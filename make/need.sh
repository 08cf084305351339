# Finds or installs what a build and a run need. Sourced by run.sh; sets JAVA_HOME and PATH.
# need_jdk, need_tools PACKAGE:COMMAND …, need_library NAME:PACKAGE

say()  { printf '\033[1m==\033[0m %s\n' "$*"; }
fail() { printf '\033[1mwirecloset: %s\033[0m\n' "$*" >&2; exit 1; }

# The feature number of a JDK folder, or nothing when it holds none.
jdk_feature() { [ -x "$1/bin/javac" ] && "$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p'; }

need_jdk() {
  local dir feature
  for dir in "${JAVA_HOME:-}" /usr/lib/jvm/*25* /usr/lib/jvm/* /opt/java/* "$HOME"/.sdkman/candidates/java/*; do
    [ -n "$dir" ] && [ -d "$dir" ] || continue
    feature=$(jdk_feature "$dir")
    if [ -n "$feature" ] && [ "$feature" -ge 25 ]; then
      export JAVA_HOME=$dir PATH=$dir/bin:$PATH
      return
    fi
  done
  if [ "$(id -u)" = 0 ] && command -v apt-cache >/dev/null && apt-cache show openjdk-25-jdk-headless >/dev/null 2>&1; then
    say "installing openjdk-25-jdk-headless"
    apt-get install -y -qq openjdk-25-jdk-headless >/dev/null && need_jdk && return
  fi
  fail "no JDK 25 found. JAVA_HOME is '${JAVA_HOME:-not set}' and /usr/lib/jvm holds none.
  Install one (Temurin 25, or your distribution's openjdk-25-jdk) and set JAVA_HOME to its folder."
}

# Installs distribution packages when root on a Debian-like system, else says what is missing.
install_packages() {
  [ $# -gt 0 ] || return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing $*"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null 2>&1 && return
    DEBIAN_FRONTEND=noninteractive apt-get update -qq >/dev/null 2>&1
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null 2>&1 && return
    fail "could not install: $*. Install them by hand and run again."
  fi
  fail "missing: $*. Install these packages (on Debian: apt-get install $*) or run as root."
}

# need_tools COMMAND:PACKAGE …
need_tools() {
  local pair missing=()
  for pair in "$@"; do command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}"); done
  install_packages "${missing[@]}"
}

# need_files GLOB:PACKAGE …  for libraries, which have no command
need_files() {
  local pair missing=()
  for pair in "$@"; do compgen -G "${pair%%:*}" >/dev/null || missing+=("${pair##*:}"); done
  install_packages "${missing[@]}"
}

need_build() {
  need_tools mvn:maven cc:gcc
  need_files '/usr/lib/*/libc.a:libc6-dev'
  need_jdk
}

# What agents and namespaces tests use; only root can run those, and tests say so when they are skipped.
need_network() {
  [ "$(id -u)" = 0 ] || return 0
  need_tools ip:iproute2 ping:iputils-ping nft:nftables
  need_files '/usr/lib/*/libnftables.so.1:libnftables1'
  [ -c /dev/net/tun ] || { mkdir -p /dev/net && mknod /dev/net/tun c 10 200 2>/dev/null || true; }
}
