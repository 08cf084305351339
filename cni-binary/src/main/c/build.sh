#!/bin/sh
# Compiles the shim: build.sh <source> <binary> <version>. Static, so that it starts in a millisecond and runs on any
# host's C library; where no static libc is installed, dynamic, for hosts like the one it was built on.
set -eu
source=$1 binary=$2 version=$3
flags="-std=c17 -O2 -Wall -Wextra -Wshadow -Wconversion -Werror -DWIRECLOSET_VERSION=\"$version\""
mkdir -p "$(dirname "$binary")"
cc=${CC:-cc}
probe=$(mktemp)
if echo 'int main(void) { return 0; }' | $cc -static -x c -o "$probe" - 2>/dev/null; then
    link=-static
else
    link=
    echo "NOTE: no static C library for '$cc': $binary is linked dynamically and needs this machine's libc where it runs" >&2
    echo "      (Debian: apt-get install libc6-dev; Fedora: dnf install glibc-static)" >&2
fi
rm -f "$probe"
# shellcheck disable=SC2086
$cc $flags $link -s -o "$binary" "$source"
