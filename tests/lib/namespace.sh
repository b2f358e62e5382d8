# namespace.sh - a network namespace of the test's own: no port clashes with the machine, and nothing leaves it.
#
#   namespace_make NAME [IP...]     addresses besides loopback, each on a veth pair of its own; default 10.77.0.1
#   namespace_run NAME COMMAND...   runs a command inside
#   namespace_drop NAME             kills what is left inside, removes it
# Sourced; needs root.

namespace_make() {
	local name=$1 n=0 ip
	shift
	ip netns add "$name"
	ip -n "$name" link set lo up
	[ $# -gt 0 ] || set -- 10.77.0.1
	for ip in "$@"; do
		ip -n "$name" link add "v$n" type veth peer name "w$n"
		ip -n "$name" addr add "$ip/24" dev "v$n"
		ip -n "$name" link set "v$n" up
		ip -n "$name" link set "w$n" up
		n=$((n + 1))
	done
}

namespace_run() {
	local name=$1
	shift
	ip netns exec "$name" "$@"
}

namespace_drop() {
	local pids
	pids=$(ip netns pids "$1" 2>/dev/null) || return 0
	# shellcheck disable=SC2086
	[ -z "$pids" ] || kill -9 $pids 2>/dev/null || true
	ip netns del "$1"
}
