#!/usr/bin/env bash
# run.sh - builds the images and runs the containers for real, without a hub; prints TAP.
#
# The base image is made of Debian's packages from the host's own apt sources. The engine is one of its own, with socket and
# data in a folder of its own, so that no engine, image or container of the machine is touched; it builds in the machine's
# network and then runs in a network namespace of its own, which is the containers' host network. Skipped only where no engine can run.
# Needs root. Logs: build/tests/containers-*.log
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source=tests/lib/namespace.sh
. "$top/tests/lib/namespace.sh"
release=bookworm
logs=$top/build/tests
net=gbdock$$
camera=34020000001320000001
outer=203.0.113.9
work=
engine_pid=
number=0
failed=0

# ---- TAP --------------------------------------------------------------------------------------

# check NAME COMMAND...: one test that passes when the command does; what it said is shown when it does not.
check() {
	local name=$1 said
	shift
	number=$((number + 1))
	if said=$("$@" 2>&1); then
		echo "ok $number - $name"
		return 0
	fi
	failed=1
	echo "not ok $number - $name"
	printf '%s\n' "$said" | tail -n 25 | sed 's/^/# /'
	return 1
}

skip() {
	echo "ok 1 - containers # SKIP $1"
	echo 1..1
	exit 0
}

finish() {
	echo "1..$number"
	exit $failed
}

# until_true SECONDS COMMAND...
until_true() {
	local deadline=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $deadline ] || return 1
		sleep 0.2
	done
}

# ---- the engine -------------------------------------------------------------------------------

# Another client may stand before the engine's own in the PATH.
client=/usr/bin/docker
[ -x $client ] || client=docker

docker() {
	command $client "$@"
}

answers() {
	docker version >/dev/null 2>&1
}

answers_or_ended() {
	answers || ! kill -0 "$engine_pid" 2>/dev/null
}

# engine_start [PREFIX...]: PREFIX is a command that puts it into a namespace.
engine_start() {
	"$@" dockerd -H "$DOCKER_HOST" --data-root "$work/data" --exec-root "$work/exec" -p "$work/docker.pid" \
		--storage-driver="$storage" --exec-opt native.cgroupdriver=cgroupfs --cgroup-parent="/$net" \
		--bridge=none --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false \
		>>"$logs/containers-engine.log" 2>&1 </dev/null &
	engine_pid=$!
	until_true 30 answers_or_ended && answers
}

engine_stop() {
	[ -n "$engine_pid" ] || return 0
	kill "$engine_pid" 2>/dev/null
	wait "$engine_pid" 2>/dev/null
	engine_pid=
}

# Processes that name our folder: what an engine that was killed leaves behind.
ours() {
	grep -lF -f <(echo "$work/") /proc/[0-9]*/cmdline 2>/dev/null | cut -d/ -f3
}

mounts() {
	awk -v under="$work/" 'index($5, under) == 1 {print $5}' /proc/self/mountinfo | sort -r
}

cleanup() {
	local status=$? pids path
	trap - EXIT INT TERM HUP
	[ -n "$work" ] || exit $status
	if [ -n "$engine_pid" ] && answers; then
		docker ps -aq | xargs -r $client rm -f >/dev/null 2>&1
	fi
	engine_stop
	namespace_drop "$net"
	pids=$(ours)
	# shellcheck disable=SC2086
	[ -z "$pids" ] || kill -9 $pids 2>/dev/null
	for path in $(mounts); do
		umount -l "$path"
	done
	find /sys/fs/cgroup -depth -type d -path "*/$net*" -exec rmdir {} \; 2>/dev/null
	rm -rf --one-file-system "$work"
	exit $status
}

# ---- the base image -----------------------------------------------------------------------------

# The host's sources files that hold the release.
sources() {
	find /etc/apt/sources.list /etc/apt/sources.list.d -type f \( -name '*.list' -o -name '*.sources' \) \
		-exec grep -lE "^[^#]*\b$release\b" {} + 2>/dev/null
}

# Its options that concern fetching, one a line as apt.conf wants them.
fetch_options() {
	apt-config dump | sed 's/:: "/ "/' |
		grep -E '^Acquire::(http|https|ForceIPv[46]|Retries|Check-Date|Check-Valid-Until|Languages)\b.*[^"]";$'
}

# policy-rc.d, as the images of the hub have it: nothing is started by the installation of a package.
base_make() {
	local options=() line
	while read -r line; do
		options+=(--aptopt="$line")
	done < <(fetch_options)
	# As in the images of the hub: no fsync after each file, no documentation.
	options+=(--dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*'
		--dpkgopt='path-exclude=/usr/share/doc/*')
	# With usrmerge the base would carry a whole Perl, which hides what the Dockerfile forgets.
	# shellcheck disable=SC2016,SC2046
	mmdebstrap --variant=minbase --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr "${options[@]}" \
		--customize-hook='printf "#!/bin/sh\nexit 101\n" >"$1/usr/sbin/policy-rc.d" && chmod 755 "$1/usr/sbin/policy-rc.d"' \
		--customize-hook='[ ! -e /etc/ssl/certs/ca-certificates.crt ] || {
			mkdir -p "$1/etc/ssl/certs" && cp /etc/ssl/certs/ca-certificates.crt "$1/etc/ssl/certs/"; }' \
		$release "$work/base.tar" $(sources) >"$logs/containers-base.log" 2>&1 || {
		tail -n 5 "$logs/containers-base.log"
		return 1
	}
	docker import -c 'CMD ["bash"]' "$work/base.tar" debian:bookworm-slim
}

# ---- compose ----------------------------------------------------------------------------------

compose() {
	local program=(docker-compose)
	type -P docker-compose >/dev/null || program=(docker compose)
	"${program[@]}" --env-file "$work/env" -f "$top/docker/docker-compose.yml" "$@"
}

# The build's network is the machine's own, since this engine has no bridge.
build() {
	cat >"$work/build.yml" <<-YML
		services:
		  janus: {build: {network: host}}
		  page: {build: {network: host}}
		  camera: {build: {network: host}}
	YML
	compose -f "$work/build.yml" --profile demo build >"$logs/containers-build.log" 2>&1 || {
		tail -n 25 "$logs/containers-build.log"
		return 1
	}
}

up() {
	compose --profile demo up -d --no-build
}

states() {
	docker ps -a --format '{{.Label "com.docker.compose.service"}} {{.Status}}'
}

# Two services are watched by health checks; the camera has none.
all_up() {
	[ "$(states | grep -c ' Up ')" = 3 ] && [ "$(states | grep -c '(healthy)')" = 2 ]
}

stays_up() {
	until_true 40 all_up || {
		states
		compose --profile demo logs --tail 15
		return 1
	}
}

inside() {
	namespace_run "$net" "$@"
}

# page_has PATH TEXT: what is fetched is kept first, since curl fails when grep has seen enough.
page_has() {
	local said
	said=$(inside curl -sSf --noproxy '*' -m 5 "http://127.0.0.1:8080$1") && grep -qF "$2" <<<"$said"
}

page_answers() {
	page_has / '<script' && page_has /vendor/janus.js Janus
}

plugin_listed() {
	page_has /janus/info '"janus.plugin.gb28181"'
}

not_root() {
	local id
	for id in $(docker ps -q); do
		[ "$(docker exec "$id" id -u)" != 0 ] || return 1
	done
}

janus_log() {
	compose logs --no-color janus 2>&1
}

generated_password() {
	janus_log | sed -n 's/.*, password \([0-9a-f]*\)$/\1/p' | tail -n 1
}

password_told() {
	[ -n "$(generated_password)" ] || {
		janus_log
		return 1
	}
}

same_password() {
	[ "$(generated_password)" = "$1" ]
}

client() {
	inside timeout --kill-after=5 90 node "$here/client.mjs" "$@" || {
		compose --profile demo logs --tail 10
		return 1
	}
}

exit_codes() {
	docker ps -aq | while read -r id; do
		docker inspect -f '{{index .Config.Labels "com.docker.compose.service"}} {{.State.ExitCode}}' "$id"
	done
}

stops_in_order() {
	compose --profile demo stop || return 1
	[ "$(exit_codes | grep -c ' 0$')" = 3 ] || {
		exit_codes
		janus_log | tail -n 10
		return 1
	}
}

nothing_left() {
	compose --profile demo down || return 1
	if [ -n "$(docker ps -aq)" ] || [ -n "$(inside ss -Hlnut)" ]; then
		states
		inside ss -lnut
		return 1
	fi
}

# ---- the run ----------------------------------------------------------------------------------

prepare() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	local program
	for program in dockerd docker mmdebstrap ip node; do
		type -P $program >/dev/null || skip "$program is not installed"
	done
	type -P docker-compose >/dev/null || docker compose version >/dev/null 2>&1 || skip "docker-compose is not installed"
	[ -n "$(sources)" ] || skip "the apt sources of this machine do not hold $release"
	mkdir -p "$logs"
	work=$(mktemp -d /var/tmp/gb28181-docker.XXXXXX)
	trap cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	: >"$logs/containers-engine.log"
	export DOCKER_HOST=unix://$work/docker.sock DOCKER_CONFIG=$work/config COMPOSE_PROJECT_NAME=gb28181test
	unset COMPOSE_FILE COMPOSE_PROFILES DOCKER_CONTEXT "${!GB_@}"
	: >"$work/env"
	storage=vfs
	! grep -qw overlay /proc/filesystems || storage=overlay2
	engine_start || skip "no container engine runs here: $(tail -n 1 "$logs/containers-engine.log")"
	[ -d "$top/tests/e2e/node_modules" ] ||
		(cd "$top/tests/e2e" && npm ci --ignore-scripts --no-audit --no-fund >/dev/null 2>&1)
}

without_settings() {
	check 'containers start without any setting' up || return
	check 'all are up and healthy' stays_up || return
	check 'none runs as root' not_root
	check 'the page answers' page_answers
	check 'Janus behind it lists the plugin' plugin_listed
	check 'a password was made and is told in the log' password_told
	check 'the simulated cameras register' client registered 3
	check 'the picture of one plays in the browser' client play "$camera"
}

with_address() {
	local password
	password=$(generated_password)
	echo "GB_ADVERTISED_IP=$outer" >"$work/env"
	check 'started again with an advertised address' up || return
	check 'all are up again' stays_up || return
	check 'the password is the same' same_password "$password"
	check 'browsers are offered the advertised address' client offered "$camera" $outer
	check 'a picture plays all the same' client play "$camera"
}

main() {
	prepare
	check 'base image from the sources of this machine' base_make || finish
	check 'images are built' build || finish
	engine_stop
	namespace_make "$net"
	check 'the engine starts again in a network of its own' engine_start nsenter --net="/run/netns/$net" || finish
	without_settings
	check 'containers end in order' stops_in_order
	with_address
	check 'down leaves nothing' nothing_left
	finish
}

main "$@"
