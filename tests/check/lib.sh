# lib.sh - what the check scripts share: they print TAP, one line a check, with the findings as comments before it.
top=$(cd "${srcdir:-$(dirname "$0")/../..}" && pwd)
cd "$top" || exit 99
count=0
failed=0

# report NAME FINDINGS: passes when there are no findings.
report() {
	count=$((count + 1))
	if [ -z "$2" ]; then
		echo "ok $count - $1"
	else
		printf '%s\n' "$2" | sed 's/^/# /'
		echo "not ok $count - $1"
		failed=1
	fi
}

finish() {
	echo "1..$count"
	exit $failed
}

# The files that a check is about: those that git knows, or all where there is no git (a release tarball).
sources() {
	if [ "$(git -C "$top" rev-parse --show-toplevel 2>/dev/null)" = "$top" ]; then
		git -C "$top" ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
			[ -f "$file" ] && printf '%s\n' "$file"
		done
	else
		for pattern in "$@"; do
			find . -path "./$pattern" -type f
		done | sed 's|^\./||' | grep -vE '(^|/)(node_modules|vendor|_build|_inst|build-aux|m4)/|^Makefile\.in$'
	fi
}
