#!/bin/sh
# symbols.sh - the plugin exports create() and nothing else; the core needs neither Janus nor Jansson.
# Expects the build folder in the environment: `builddir`.
build=$(cd "${builddir:-.}" && pwd)
. "$(dirname "$0")/lib.sh"

plugin=$build/.libs/libjanus_gb28181.so
core=$build/.libs/libgbcore.a
if [ -f "$plugin" ]; then
	report "the plugin exports create only" "$(nm -D --defined-only "$plugin" | awk '{print $3}' |
		grep -vE '^(create|__asan_.*|__odr_asan.*|__ubsan.*|__gcov.*|mangle_path|_init|_fini)$')"
	report "the plugin exports create" "$(nm -D --defined-only "$plugin" | grep -qE ' create$' || echo missing)"
fi
report "the core refers to neither Janus nor Jansson" "$(nm --undefined-only "$core" 2>/dev/null |
	awk '{print $NF}' | grep -E '^(janus_|json_|jansson)')"
report "every symbol of the core begins with gb_" "$(nm --defined-only --extern-only "$core" 2>/dev/null |
	awk 'NF == 3 {print $3}' | grep -vE '^(gb_|__(odr_)?asan|__tsan|__ubsan|__gcov|__sanitizer)')"
finish
