#!/usr/bin/env bash
# quickstart.sh - the quickstart as a new user types it, on two kinds of machine: with a LAN address, and with nothing but
# loopback (there no package can be fetched either). Prints TAP.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/lib/namespace.sh
. "$here/../lib/namespace.sh"
lan=gbqsl$$
alone=gbqsa$$
trap 'namespace_drop $lan; namespace_drop $alone' EXIT
namespace_make "$lan" 10.79.0.1
ip netns add "$alone"
ip -n "$alone" link set lo up
status=0
for name in "$lan" "$alone"; do
	GB_E2E_MACHINE=$([ "$name" = "$lan" ] && echo "with a LAN address" || echo "with loopback only") \
		namespace_run "$name" timeout --kill-after=10 300 node --test-reporter=tap "$here/quickstart.mjs" || status=1
done
exit $status
