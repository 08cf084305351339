# Any cluster of KUBECONFIG, reached by kubectl and helm alone; a kind cluster's nodes also through Docker. Sourced by run.sh.
# shellcheck shell=bash

busybox=${WIRECLOSET_BUSYBOX:-busybox:1.36}

in_kind() { command -v docker >/dev/null && docker inspect "$1" >/dev/null 2>&1; }
can() {
  case $1 in
    nodes) in_kind "$(node_names | head -n 1)" ;;
    faults) can nodes ;;
    images) command -v kind >/dev/null ;;
    helm) command -v helm >/dev/null ;;
    *) return 1 ;;
  esac
}
k() { kubectl "$@"; }
helm_() {
  local words=() w
  for w in "$@"; do [ "$w" = --timeout ] && { words+=(--timeout); continue; }; [[ ${words[-1]:-} == --timeout ]] && w=${w}s; words+=("$w"); done
  [ "$1" != install ] || words+=(--create-namespace)
  helm "${words[@]}"
}
on_node() { local n=$1; shift; docker exec "$n" "$@"; }
kill_on() { docker exec "$1" pkill -KILL -o -x "$2"; }
cut_off() { docker network disconnect kind "$1"; }
join_again() { docker network connect kind "$1"; }
power_cut() { docker kill "$1"; }
power_on() { docker start "$1"; }
load_image() { kind load image-archive "$1" --name "${KIND_CLUSTER_NAME:-kind}"; }
node_logs() { docker exec "$1" journalctl -n 800 --no-pager -u kubelet -u containerd >"$2/$1.logs.txt"; }
