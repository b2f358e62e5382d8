#!/bin/sh
# headers.sh - each header compiles alone, and is guarded by its own name.
. "$(dirname "$0")/lib.sh"

cflags="-std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Iplugins -Itests -Itests/camera ${GB_CHECK_CFLAGS:-$(pkg-config --cflags glib-2.0 sofia-sip-ua jansson libxml-2.0 sqlite3 2>/dev/null) -isystem /usr/include/janus -isystem /usr/include}"
for header in $(sources 'plugins/*.h' 'tests/camera/*.h' 'tests/stubs/*.h'); do
	case $header in
	tests/camera/*) extra=$(pkg-config --cflags libre libavcodec 2>/dev/null) ;;
	*) extra= ;;
	esac
	findings=$(${CC:-cc} $cflags $extra -Werror -fsyntax-only -x c "$header" 2>&1 | head -5)
	guard=$(basename "$header" .h | tr 'a-z.-' 'A-Z__')_H
	grep -q "^#ifndef $guard\$" "$header" || findings="$findings
no guard $guard"
	report "$header" "$(printf '%s' "$findings" | sed '/^$/d')"
done
finish
