#!/usr/bin/env bash
# entrypoint.sh - what runs in the containers: `janus`, `page` or `camera`, each as the only process group, so that it gets the signals.
# The settings are those of docker/.env, handed over by docker-compose.yml.
set -euo pipefail
state=/var/lib/gb28181
stack=/opt/gb28181/conf/stack.sh
export GB_RUN=/run/gb28181
export GB_PLUGIN=/opt/gb28181/plugins/libjanus_gb28181.so

fail() {
	echo "gb28181: $*" >&2
	exit 1
}

# secret NAME BYTES: a secret that nobody has set is made once and kept in the volume, so that cameras still know it tomorrow.
secret() {
	local file=$state/$1
	[ -s "$file" ] || (
		umask 077
		od -An -N"$2" -tx1 /dev/urandom | tr -d ' \n' >"$file.new"
		mv "$file.new" "$file"
	)
	cat "$file"
}

is_ours() {
	ip -4 -o addr show | grep -qF " inet $1/"
}

# One address for cameras and browsers. One that is not this machine's own is a router's: browsers are offered it as well as our own, and a
# camera on this machine, which could not come back in through the router, is told loopback.
advertise() {
	local ip=${GB_ADVERTISED_IP:-}
	[ -n "$ip" ] || return 0
	[[ $ip =~ ^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "GB_ADVERTISED_IP takes one IPv4 address, not $ip"
	if ! is_ours "$ip"; then
		export GB_NAT_IP=$ip
		export GB_ADVERTISED_IP="127.0.0.0/8=127.0.0.1, 0.0.0.0/0=$ip"
	fi
}

tell() {
	cat <<TXT
gb28181: page at http://$GB_PAGE/; cameras register with server id $GB_SERVER_ID, port $GB_SIP_PORT (UDP, TCP), password $GB_PASSWORD
gb28181: the admin key is GB_ADMIN_KEY of docker/.env or, when that is empty, in $state/admin_key
TXT
}

run_janus() {
	GB_PASSWORD=${GB_PASSWORD:-$(secret password 6)}
	GB_ADMIN_KEY=${GB_ADMIN_KEY:-$(secret admin_key 16)}
	export GB_PASSWORD GB_ADMIN_KEY GB_STORE=$state/gb28181.sqlite
	advertise
	"$stack" config
	tell
	exec "$stack" janus
}

run_page() {
	"$stack" config
	exec "$stack" nginx
}

# GB_CAMERA_OPTIONS is a list of words.
run_camera() {
	local password=${GB_PASSWORD:-$(cat "$state/password")}
	# shellcheck disable=SC2086
	exec gb28181-camera --server 127.0.0.1:"$GB_SIP_PORT" --server-id "$GB_SERVER_ID" --id 34020000001320000001 \
		--password "$password" --count "$GB_CAMERAS" --audio pcma ${GB_CAMERA_OPTIONS:-}
}

case ${1:-} in
janus | page | camera) "run_$1" ;;
*) exec "$@" ;;
esac
