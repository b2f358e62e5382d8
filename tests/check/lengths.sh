#!/bin/sh
# lengths.sh - no function over 100 lines, no file over 800.
# lengths.allow names exceptions as `file function lines` or `file - lines`; the list only shrinks.
. "$(dirname "$0")/lib.sh"

allow=tests/check/lengths.allow
# allowed FILE FUNCTION LINES: whether the list permits this length.
allowed() {
	[ -f $allow ] && awk -v f="$1" -v n="$2" -v l="$3" '$1 == f && $2 == n && l <= $3 {found = 1} END {exit !found}' $allow
}

files=$(sources 'plugins/*.c' 'plugins/*.h' 'tests/*.c' 'tests/*.h' 'html/js/*')
findings=$(for file in $files; do
	lines=$(wc -l <"$file")
	[ "$lines" -le 800 ] || allowed "$file" - "$lines" || echo "$file: $lines lines"
done)
report "no file over 800 lines" "$findings"

# The code is formatted: a function's body ends at a brace in the first column.
long=$(for file in $(printf '%s\n' $files | grep '\.c$'); do
	awk -v file="$file" '
		/^[A-Za-z_].*\($|^[A-Za-z_].*\(.*[^;]$/ && !/^(typedef|struct|enum|union)/ {head = FNR; name = $0; sub(/\(.*/, "", name); sub(/.*[ *]/, "", name)}
		/^}/ {if(head && FNR - head + 1 > 100) {print file, name, FNR - head + 1} head = 0}' "$file"
done | while read -r file name lines; do
	allowed "$file" "$name" "$lines" || echo "$file: $name(): $lines lines"
done)
report "no function over 100 lines" "$long"
finish
