#!/usr/bin/env bash
# run.sh - one benchmark in a network namespace of its own; prints a table.
#
#   run.sh BUILD NAME [OPTION...]     BUILD/ holds the plugin and the camera; NAME is bench_devices or bench_first_picture
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib/namespace.sh
. "$here/../lib/namespace.sh"
build=$(cd "$1" && pwd)
script=$here/$2.mjs
shift 2
name=gbbench$$
trap 'namespace_drop $name' EXIT
# A connection and a socket for each device.
ulimit -n "$(ulimit -Hn)"
namespace_make "$name" 10.77.0.1
GB_BUILD=$build namespace_run "$name" timeout --kill-after=10 3600 node "$script" "$@"
