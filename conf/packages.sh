#!/usr/bin/env bash
# packages.sh - installs what is missing of conf/packages.
#
#   packages.sh PURPOSE...          installs the missing packages (needs root or sudo only where one is missing)
#   packages.sh --list PURPOSE...   prints the names, for apt-get in a container
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

# names PURPOSE...: `NAME COMMAND` lines.
names() {
	awk -v wanted=" $* " '!/^#/ && NF >= 2 && index(wanted, " " $1 " ") {print $2, $3}' "$here/packages"
}

installed() {
	dpkg-query -W -f '${db:Status-Status}\n' "$1" 2>/dev/null | grep -qx installed
}

missing() {
	names "$@" | while read -r package command; do
		if [ -n "$command" ] && command -v "$command" >/dev/null 2>&1; then
			continue
		fi
		installed "$package" || echo "$package"
	done
}

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		sudo "$@"
	fi
}

install() {
	if ! command -v apt-get >/dev/null 2>&1; then
		echo "packages.sh: this is no Debian or Ubuntu; install what corresponds to: $*" >&2
		return 1
	fi
	if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null 2>&1; then
		echo "packages.sh: missing packages: $* - run as root: apt-get install $*" >&2
		return 1
	fi
	local log
	log=$(mktemp)
	echo "installing: $*"
	if ! { as_root env DEBIAN_FRONTEND=noninteractive apt-get update &&
		as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } >"$log" 2>&1 </dev/null; then
		echo "packages.sh: apt-get failed: $(grep -m1 '^E:' "$log" || tail -n 1 "$log")" >&2
		rm -f "$log"
		return 1
	fi
	rm -f "$log"
}

if [ "${1:-}" = --list ]; then
	shift
	names "$@" | cut -d' ' -f1
	exit 0
fi
wanted=$(missing "$@")
# shellcheck disable=SC2086
[ -z "$wanted" ] || install $wanted
