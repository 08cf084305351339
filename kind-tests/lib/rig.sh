# The cluster rig: real kubelets and containerds in network namespaces of this machine. Sourced by run.sh when RIG names
# its `cluster` program. What a kind of cluster offers is what `can` says.
# shellcheck shell=bash

eval "$("$RIG" env | tr ' ' '\n' | sed 's/^/rig_/')"
KUBECONFIG=$("$RIG" kubeconfig); export KUBECONFIG
busybox=${WIRECLOSET_BUSYBOX:-rig.local/busybox:1}

can() { case $1 in nodes | faults | machines | images) return 0 ;; helm) [ -d "$LAB/helm-lib" ] ;; *) return 1 ;; esac; }
k() { "${LAB:?}/bin/kubectl" "$@"; }
helm_() { "$RIG" helm "$@"; }
letter() { echo "${1##*-}"; }
on_node() { local n; n=$(letter "$1"); shift; "$RIG" node "$n" "$@"; }
kill_on() { "$RIG" kill "$(letter "$1")" "$2"; }
cut_off() { "$RIG" link "$(letter "$1")" down; }
join_again() { "$RIG" link "$(letter "$1")" up; }
power_cut() { "$RIG" node-down "$(letter "$1")"; }
power_on() { "$RIG" node-up "$(letter "$1")"; }
load_image() { "$RIG" load-image "$1"; }
node_logs() { tail -n 400 "$(dirname "$KUBECONFIG")/node-$(letter "$1")/log/"*.log >"$2/$1.logs.txt"; }
# machine NAME NUMBER [--nat]; in_machine NAME COMMAND…; machine_ip NUMBER, machine_ip6 NUMBER
machine() { "$RIG" extra "$@"; }
in_machine() { local n=$1; shift; "$RIG" in "$n" "$@"; }
no_machine() { "$RIG" extra "$1" down; }
machine_ip() { echo "$rig_FAB_NET.$1"; }
machine_ip6() { echo "$rig_FAB_NET6::$1"; }
# hidden [--random]   this cluster's machines reach the wan behind one address only; shown: by their own
hidden() { "$RIG" wan down; "$RIG" wan up --nat "$@"; }
shown() { "$RIG" wan down; "$RIG" wan up; }
on_wan() { echo "$rig_WAN_NET.$1"; }
