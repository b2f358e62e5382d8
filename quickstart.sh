#!/usr/bin/env bash
# quickstart.sh - from a fresh clone to a moving picture with one command.
#
# Installs what is missing (Debian 12 or 13, Ubuntu), builds below build/, starts Janus with the plugin, the page and a simulated
# camera, prints the page's address and what to type into a real camera, and ends everything on Ctrl-C. Uses
# configuration, ports and a folder (run/) of its own: a Janus or nginx of the system is left alone.
set -euo pipefail
top=$(cd "$(dirname "$0")" && pwd)
build=$top/build
export GB_RUN=$top/run

cameras=1
listen=127.0.0.1
page_port=8080
sip_port=5060
rtp_range=30000-31999
lan_ip=
verbose=
started=0
interface=
camera_pid=

usage() {
	cat <<TXT
usage: ./quickstart.sh [options]

  --no-camera        no simulated camera: real ones only
  --cameras N        N simulated cameras (1)
  --listen IP[:PORT] where the page listens (127.0.0.1:8080); 0.0.0.0 lets the LAN in: there is no login
  --sip-port PORT    where cameras register, UDP and TCP (5060)
  --rtp-ports A-B    where cameras send their media, UDP ($rtp_range)
  --ip IP            the address that real cameras are told (the first one of this machine)
  --verbose          show what the build prints
  --help             this text

Ctrl-C ends everything. State (passwords, devices) stays in run/; delete it to begin anew.
TXT
}

fail() {
	echo "quickstart: $*" >&2
	exit 1
}

wrong() {
	echo "quickstart: $* (see --help)" >&2
	exit 2
}

is_port() {
	[[ $1 =~ ^[0-9]{1,5}$ ]] && ((10#$1 >= 1 && 10#$1 <= 65535))
}

parse() {
	while [ $# -gt 0 ]; do
		case $1 in
		--no-camera) cameras=0 ;;
		--verbose) verbose=1 ;;
		--help | -h)
			usage
			exit 0
			;;
		--cameras | --listen | --sip-port | --rtp-ports | --ip)
			[ $# -ge 2 ] || wrong "$1 needs a value"
			option "$1" "$2"
			shift
			;;
		*) wrong "unknown option $1" ;;
		esac
		shift
	done
}

option() {
	case $1 in
	--cameras)
		[[ $2 =~ ^[0-9]{1,4}$ ]] || wrong "--cameras takes a number, not $2"
		cameras=$((10#$2))
		;;
	--listen)
		listen=${2%:*}
		if [[ $2 == *:* ]]; then
			page_port=${2##*:}
		fi
		is_port "$page_port" || wrong "--listen takes IP or IP:PORT, not $2"
		[[ $listen =~ ^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$ ]] || wrong "--listen takes an IPv4 address, not $listen"
		;;
	--sip-port)
		is_port "$2" || wrong "--sip-port takes 1..65535, not $2"
		sip_port=$2
		;;
	--rtp-ports)
		[[ $2 =~ ^[0-9]{1,5}-[0-9]{1,5}$ ]] || wrong "--rtp-ports takes A-B, not $2"
		rtp_range=$2
		;;
	--ip)
		[[ $2 =~ ^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$ ]] || wrong "--ip takes an IPv4 address, not $2"
		lan_ip=$2
		;;
	esac
}

# ---- everything that was started is ended -----------------------------------------------------

cleanup() {
	local status=$?
	trap - EXIT INT TERM HUP
	if [ -n "$camera_pid" ]; then
		kill "$camera_pid" 2>/dev/null || true
		wait "$camera_pid" 2>/dev/null || true
	fi
	if [ $started = 1 ]; then
		"$top/conf/stack.sh" stop
	fi
	if [ -n "$interface" ]; then
		ip link del "$interface" 2>/dev/null || true
	fi
	exit $status
}

# ---- packages and build -------------------------------------------------------------------------

quiet() {
	local log=$build/quickstart.log
	if [ -n "$verbose" ]; then
		"$@"
	elif ! "$@" >"$log" 2>&1 </dev/null; then
		tail -n 20 "$log" >&2
		fail "'$*' failed; the whole log is in build/quickstart.log"
	fi
}

build_all() {
	mkdir -p "$build"
	[ -x "$top/configure" ] && [ "$top/configure" -nt "$top/configure.ac" ] || {
		echo "preparing the build"
		quiet "$top/autogen.sh"
	}
	cd "$build"
	[ -f Makefile ] || {
		echo "configuring"
		quiet "$top/configure"
	}
	echo "building (a minute on a small machine)"
	quiet make -j"$(nproc)"
	"$top/html/fetch-vendor.sh"
	cd "$top"
}

# ---- addresses and ports ----------------------------------------------------------------------

in_use() {
	[ -n "$(ss -Hln "$1" "sport = :$2" 2>/dev/null)" ]
}

check_port() {
	! in_use "$1" "$2" || fail "port $2 is in use by another program: choose another one with $3"
}

free_port() {
	local port=$1
	while in_use -t "$port"; do
		port=$((port + 1))
	done
	echo "$port"
}

addresses() {
	ip -4 -o addr show up scope global | awk '{sub("/.*", "", $4); print $4}'
}

# Janus offers browsers no candidate on a loopback interface, so a machine that has nothing else gets a virtual one.
need_interface() {
	[ -z "$(addresses)" ] || return 0
	[ "$(id -u)" = 0 ] || fail "this machine has no address but loopback, and WebRTC needs another one: run as root (a virtual interface is made then), or: sudo ip link add gb28181 type dummy && sudo ip addr add 198.18.181.1/32 dev gb28181 && sudo ip link set gb28181 up"
	ip link add gb28181 type dummy 2>/dev/null || ip link add gb28181 type veth peer name gb28181p ||
		fail "this machine has no address but loopback, and the kernel lets no virtual interface be made"
	interface=gb28181
	ip addr add 198.18.181.1/32 dev gb28181
	ip link set gb28181 up
	if ip link show gb28181p >/dev/null 2>&1; then
		ip link set gb28181p up
	fi
	echo "this machine has no address but loopback: a virtual interface 198.18.181.1 was made for WebRTC, until this ends"
}

# A password is made once and kept, so that real cameras still know it tomorrow.
secret() {
	local file=$GB_RUN/$1
	[ -s "$file" ] || (
		umask 077
		od -An -N"$2" -tx1 /dev/urandom | tr -d ' \n' >"$file"
	)
	cat "$file"
}

settings() {
	mkdir -p "$GB_RUN"
	GB_PASSWORD=$(secret password 6)
	GB_ADMIN_KEY=$(secret admin_key 16)
	GB_HTTP_PORT=$(free_port 18088)
	GB_WS_PORT=$(free_port 18188)
	GB_ADMIN_PORT=$(free_port 17088)
	export GB_PASSWORD GB_ADMIN_KEY GB_HTTP_PORT GB_WS_PORT GB_ADMIN_PORT
	export GB_PLUGIN=$build/.libs/libjanus_gb28181.so GB_PAGE=$listen:$page_port GB_SIP_PORT=$sip_port
	export GB_RTP_RANGE=$rtp_range GB_SERVER_ID=34020000002000000001 GB_ADVERTISED_IP=$lan_ip
}

# ---- the camera -------------------------------------------------------------------------------

start_camera() {
	[ "$cameras" -gt 0 ] || return 0
	"$build/gb28181-camera" --server 127.0.0.1:"$sip_port" --server-id "$GB_SERVER_ID" --id 34020000001320000001 \
		--password "$GB_PASSWORD" --count "$cameras" --audio pcma >"$GB_RUN/camera.log" 2>&1 </dev/null &
	camera_pid=$!
	local deadline=$((SECONDS + 15))
	until grep -q '"registered"' "$GB_RUN/camera.log"; do
		kill -0 $camera_pid 2>/dev/null || fail "the simulated camera ended: $(tail -n 1 "$GB_RUN/camera.log")"
		[ $SECONDS -lt $deadline ] || fail "the simulated camera does not register: $(tail -n 1 "$GB_RUN/camera.log")"
		sleep 0.1
	done
}

tell() {
	local ip=${lan_ip:-$(addresses | head -n 1)}
	cat <<TXT

  Page             http://$([ "$listen" = 0.0.0.0 ] && echo "${ip:-127.0.0.1}" || echo "$listen"):$page_port/

  In a real camera (GB/T 28181, 国标平台接入):
    SIP server ID    $GB_SERVER_ID      SIP 服务器编号
    SIP domain       ${GB_SERVER_ID:0:10}                SIP 域
    SIP server IP    ${ip:-127.0.0.1}	SIP 服务器地址
    SIP port         $sip_port                      SIP 端口 (UDP, TCP)
    Password         $GB_PASSWORD              密码
    Device ID        its own 20 digits, such as 34020000001320000101
  Open in a firewall: $sip_port UDP+TCP, $rtp_range UDP (cameras), 40000-49999 UDP (browsers)

  Ctrl-C ends everything.
TXT
}

watch_over() {
	local names="janus nginx" name
	while true; do
		for name in $names; do
			kill -0 "$(<"$GB_RUN/$name.pid")" 2>/dev/null || fail "$name ended: $(tail -n 1 "$GB_RUN/$name.log")"
		done
		[ -z "$camera_pid" ] || kill -0 "$camera_pid" 2>/dev/null || fail "the simulated camera ended: $(tail -n 1 "$GB_RUN/camera.log")"
		sleep 1 &
		wait $! || true
	done
}

main() {
	parse "$@"
	"$top/conf/packages.sh" run build camera
	check_port -t "$page_port" --listen
	check_port -u "$sip_port" --sip-port
	check_port -t "$sip_port" --sip-port
	build_all
	trap cleanup EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	need_interface
	settings
	"$top/conf/stack.sh" config
	started=1
	"$top/conf/stack.sh" start
	start_camera
	tell
	watch_over
}

main "$@"
