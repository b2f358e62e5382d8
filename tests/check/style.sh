#!/bin/sh
# style.sh - banned functions, stray white space, formatting, and words that do not belong into the tree.
. "$(dirname "$0")/lib.sh"

code=$(sources 'plugins/*.c' 'plugins/*.h' 'tests/*.c' 'tests/*.h')
report "no banned function" "$(printf '%s\n' $code | xargs -r grep -nE \
	'(^|[^A-Za-z0-9_])(sprintf|vsprintf|strcpy|strcat|strncpy|strncat|strtok|atoi|atol|atof|sscanf|gets|alloca)[[:space:]]*\(' /dev/null)"
report "no GLib lock or queue in the core (ThreadSanitizer cannot see them)" "$(sources 'plugins/*.c' 'plugins/*.h' |
	xargs -r grep -nE '(^|[^A-Za-z_])(GMutex|GAsyncQueue|GRWLock|GCond|g_mutex_|g_async_queue_|g_cond_)' /dev/null |
	grep -vE '^[^:]*:[0-9]+:[[:space:]]*(/?\*|//)')"
text=$(sources '*.c' '*.h' '*.sh' '*.am' '*.ac' '*.md' '*.js' '*.mjs' '*.html' '*.css' '*.sample' '*.yml' '*.in' '*.py' | grep -v package-lock)
report "no blanks at the end of a line" "$(printf '%s\n' $text | xargs -r grep -nE '[[:blank:]]+$' /dev/null | head -20)"
report "every file ends with a line end" "$(for file in $text; do
	[ ! -s "$file" ] || [ -z "$(tail -c 1 "$file")" ] || echo "$file"
done)"
report "nothing left to do is left in the tree" "$(printf '%s\n' $text | grep -v '^tests/check/style\.sh$' |
	xargs -r grep -nE '(^|[^A-Za-z])(TODO|FIXME|XXX)([^A-Za-z]|$)' /dev/null)"
if command -v clang-format >/dev/null 2>&1; then
	report "formatted as .clang-format says (make format)" "$(printf '%s\n' $code | xargs -r clang-format --dry-run -Werror 2>&1 |
		grep -E 'error:' | head -20)"
else
	count=$((count + 1))
	echo "ok $count - formatting # SKIP no clang-format here"
fi
finish
