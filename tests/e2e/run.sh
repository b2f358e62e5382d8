#!/usr/bin/env bash
# run.sh - one end-to-end test file in a network namespace of its own; prints TAP.
#
#   run.sh BUILD FILE.test.mjs
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib/namespace.sh
. "$here/../lib/namespace.sh"
build=$(cd "$1" && pwd)
name=gbe2e$$
trap 'namespace_drop $name' EXIT
namespace_make "$name" 10.77.0.1 10.78.0.1
GB_BUILD=$build namespace_run "$name" timeout --kill-after=10 600 node --test-reporter=tap "$2"
