#!/usr/bin/env bash
# run.sh - every test of the tree, from a fresh clone, in one command.
#
#   tests/run.sh             installs what is missing, builds, runs all
#   tests/run.sh STEP...     only these steps (see --list)
#
# Prints `skipped: NAME (reason)` for what cannot run here, and closes with the line `N passed, N failed`.
# Logs are left in build/tests/.
set -uo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)
logs=$top/build/tests
jobs=$(nproc)
passed=0
failed=0
skips=()
cd "$top" || exit 1
# shellcheck source=tests/lib/namespace.sh
. "$top/tests/lib/namespace.sh"

steps=(unit clang sanitize threads valgrind sip browser quickstart containers dist)

say() {
	printf '\n== %s\n' "$*"
}

# ---- counting ---------------------------------------------------------------------------------

# count NAME FILE STATUS: adds up a TAP file; a program that fails without a `not ok` line is one failure.
count() {
	local good bad
	good=$(grep -cE '^ok ' "$2")
	bad=$(grep -cE '^not ok ' "$2")
	good=$((good - $(grep -ciE '^ok .*# SKIP' "$2")))
	while read -r line; do
		skips+=("$line")
	done < <(sed -nE 's/^ok [0-9]+ -? ?(.*) # SKIP ?(.*)$/\1 (\2)/Ip' "$2")
	grep -E '^not ok ' "$2" | sed "s|^|$1: |"
	if [ "$3" != 0 ] && [ "$bad" = 0 ]; then
		echo "$1: ended with status $3:"
		tail -n 15 "$2" | sed 's/^/    /'
		bad=1
	fi
	passed=$((passed + good))
	failed=$((failed + bad))
}

# tap NAME COMMAND...: runs a program that prints TAP.
tap() {
	local name=$1
	shift
	"$@" >"$logs/$name.tap" 2>"$logs/$name.err" </dev/null
	local status=$?
	[ $status = 0 ] || tail -n 15 "$logs/$name.err" | sed 's/^/    /'
	count "$name" "$logs/$name.tap" $status
}

# must NAME COMMAND...: one test that passes when the command does.
must() {
	local name=$1
	shift
	if "$@" >"$logs/$name.log" 2>&1 </dev/null; then
		passed=$((passed + 1))
		return 0
	fi
	failed=$((failed + 1))
	echo "$name failed:"
	tail -n 20 "$logs/$name.log" | sed 's/^/    /'
	return 1
}

skip() {
	skips+=("$1 ($2)")
}

# ---- building ---------------------------------------------------------------------------------

# build FOLDER CONFIGURE-OPTION...: out of tree, warnings are errors.
build() {
	local folder=$top/$1
	shift
	mkdir -p "$folder"
	(
		cd "$folder" || exit 1
		[ -f Makefile ] || "$top/configure" --enable-werror "$@" || exit 1
		make -j"$jobs"
	)
}

# check_in FOLDER NAME: make check there, counted test by test.
check_in() {
	make -C "$top/$1" -j"$jobs" check >"$logs/$2.log" 2>&1 </dev/null
	local status=$? file
	cat /dev/null >"$logs/$2.tap"
	while read -r file; do
		grep -hE '^(not )?ok |^Bail out' "$file" | grep -v "^ok .*make check" >>"$logs/$2.tap"
	done < <(find "$top/$1" -name '*.trs' | sed 's/trs$/log/')
	[ -s "$logs/$2.tap" ] || tail -n 30 "$logs/$2.log"
	count "$2" "$logs/$2.tap" $status
}

# ---- the steps --------------------------------------------------------------------------------

step_unit() {
	must build build build || return
	check_in build unit
}

step_clang() {
	must build-clang build build-clang CC=clang
}

step_sanitize() {
	must build-asan build build-asan --enable-asan || return
	UBSAN_OPTIONS=print_stacktrace=1 check_in build-asan unit-asan
}

step_threads() {
	must build-tsan build build-tsan --enable-tsan --disable-plugin || return
	check_in build-tsan unit-tsan
	[ ! -x tests/core/run.sh ] || tap core-tsan tests/core/run.sh "$top/build-tsan"
}

step_valgrind() {
	must valgrind make -C "$top/build" check-valgrind
}

step_sip() {
	[ ! -x tests/sip/run.sh ] || tap sip tests/sip/run.sh "$top/build-asan"
}

# The plugin runs under AddressSanitizer and UBSan here, inside Debian's Janus.
step_browser() {
	(cd tests/e2e && must npm-ci npm ci --ignore-scripts --no-audit --no-fund)
	local file
	for file in tests/e2e/*.test.mjs; do
		tap "e2e-$(basename "$file" .test.mjs)" tests/e2e/run.sh "$top/build-asan" "$file"
	done
}

step_quickstart() {
	tap quickstart tests/e2e/quickstart.sh
}

step_containers() {
	tap containers tests/docker/run.sh
}

step_dist() {
	must distcheck make -C "$top/build" distcheck
}

finish() {
	echo
	local line
	for line in "${skips[@]}"; do
		echo "skipped: $line"
	done
	echo "$passed passed, $failed failed"
	[ "$failed" = 0 ]
	exit
}

main() {
	if [ "${1:-}" = --list ]; then
		printf '%s\n' "${steps[@]}"
		exit 0
	fi
	mkdir -p "$logs"
	say packages
	"$top/conf/packages.sh" run build camera test docker || {
		failed=1
		finish
	}
	[ -x configure ] && [ configure -nt configure.ac ] || must autogen ./autogen.sh || finish
	must vendor html/fetch-vendor.sh
	local step
	for step in ${*:-"${steps[@]}"}; do
		say "$step"
		"step_$step"
	done
	finish
}

main "$@"
