#!/bin/sh
# Fills html/vendor/ with the two scripts of others that the page needs: janus.js and webrtc-adapter.
#
# Debian's packages come first (libjs-janus-gateway, libjs-webrtc-adapter): they are built from the same source as
# Debian's Janus, are cared for by its security team, and need neither npm nor node. Where they are not installed the
# npm packages of package-lock.json are taken instead. Does nothing when the files are already up to date.
#
#   fetch-vendor.sh            Debian's files where present, otherwise npm
#   fetch-vendor.sh --debian   only Debian's files
#   fetch-vendor.sh --npm      only npm
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
vendor=$here/vendor
share=${GB_JAVASCRIPT_DIR:-/usr/share/javascript}
from=${1:-auto}

fail() {
	echo "fetch-vendor.sh: $*" >&2
	exit 1
}

# take FILE NAME: copies FILE to vendor/NAME unless it is there already; the copy appears in one piece.
take() {
	if ! cmp -s "$1" "$vendor/$2"; then
		cp "$1" "$vendor/$2.new" || fail "cannot write $vendor/$2"
		mv "$vendor/$2.new" "$vendor/$2" || fail "cannot write $vendor/$2"
	fi
}

has_debian() {
	[ -r "$share/janus-gateway/janus.js" ] && [ -r "$share/webrtc-adapter/adapter.js" ]
}

from_debian() {
	take "$share/janus-gateway/janus.js" janus.js
	take "$share/webrtc-adapter/adapter.js" adapter.js
	rm -f "$vendor/npm.lock"
}

# npm works in a scratch folder, so that the tree never holds a node_modules that a web server could serve.
from_npm() {
	lock=$(cksum <"$here/package-lock.json")
	if [ -r "$vendor/janus.js" ] && [ -r "$vendor/adapter.js" ] &&
		[ "$(cat "$vendor/npm.lock" 2>/dev/null)" = "$lock" ]; then
		return
	fi
	command -v npm >/dev/null 2>&1 ||
		fail "install libjs-janus-gateway and libjs-webrtc-adapter (Debian), or npm"
	scratch=$(mktemp -d)
	trap 'rm -rf "$scratch"' EXIT
	cp "$here/package.json" "$here/package-lock.json" "$scratch/"
	(cd "$scratch" && npm ci --ignore-scripts --no-audit --no-fund >npm.log 2>&1) ||
		fail "npm ci failed: $(grep -m1 -i -E 'err|error' "$scratch/npm.log" || echo 'no reason given')"
	take "$scratch/node_modules/janus-gateway/npm/src/janus.js" janus.js
	take "$scratch/node_modules/webrtc-adapter/out/adapter.js" adapter.js
	echo "$lock" >"$vendor/npm.lock"
}

mkdir -p "$vendor" || fail "cannot create $vendor"
case $from in
auto) if has_debian; then from_debian; else from_npm; fi ;;
--debian)
	has_debian || fail "install libjs-janus-gateway and libjs-webrtc-adapter"
	from_debian
	;;
--npm) from_npm ;;
*) fail "unknown option $from (--debian or --npm)" ;;
esac
