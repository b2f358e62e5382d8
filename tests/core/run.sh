#!/usr/bin/env bash
# run.sh - the core without Janus, driven by simulated cameras, in network namespaces of its own.
#
#   tests/core/run.sh BUILD-FOLDER     BUILD-FOLDER/core_driver is the program under test
#
# Meant for builds with ThreadSanitizer (--enable-tsan --disable-plugin) or AddressSanitizer; works with any. What a sanitizer says
# is printed and fails the test. Prints TAP. Needs root (namespaces).
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "$1" && pwd)
driver=$build/core_driver
camera=$build/gb28181-camera
# shellcheck source=tests/lib/namespace.sh
. "$here/../lib/namespace.sh"

space=gbcore$$
alone=gbcorelo$$
work=$(mktemp -d)
log=$work/driver.log
server_id=34020000002000000001
password=core-secret
count=0
bad=0
mark=1
viewer=
inside=$space
export TSAN_OPTIONS="log_path=$work/sanitizer exitcode=66 second_deadlock_stack=1 history_size=4 ${TSAN_OPTIONS:-}"
export ASAN_OPTIONS="log_path=$work/sanitizer detect_leaks=1 exitcode=66 ${ASAN_OPTIONS:-}"
export UBSAN_OPTIONS="print_stacktrace=1 ${UBSAN_OPTIONS:-}"

finish() {
	namespace_drop "$space" 2>/dev/null
	namespace_drop "$alone" 2>/dev/null
	rm -rf "$work"
}
trap finish EXIT

# check NAME COMMAND...
check() {
	local name=$1
	shift
	count=$((count + 1))
	if "$@"; then
		echo "ok $count - $name"
		return
	fi
	echo "not ok $count - $name"
	bad=$((bad + 1))
	sed -n "$mark,\$p" "$log" | tail -n 15 | cut -c 1-300 | sed 's/^/# driver: /'
	tail -qn 3 "$work"/*.err | cut -c 1-300 | sed 's/^/# said: /'
}

# ---- the driver -------------------------------------------------------------------------------

# start_driver [OPTION...]
start_driver() {
	rm -f "$work/commands"
	mkfifo "$work/commands"
	: >"$log"
	mark=1
	namespace_run "$inside" "$driver" --server-id $server_id --password $password --threads 3 --linger 1 --reconnect 4 \
		--media-timeout 1 --answer-timeout 4 --first-packet-timeout 4 --interval 5 "$@" \
		<"$work/commands" >"$log" 2>>"$work/driver.err" &
	driver_pid=$!
	exec 9>"$work/commands"
	expect '"event":"up"' 20
}

from_here() {
	mark=$(($(wc -l <"$log") + 1))
}

# tell COMMAND: the next expectations look at what comes after it.
tell() {
	from_here
	echo "$*" >&9
}

# expect PATTERN [SECONDS] [TIMES]: so many lines since the last mark.
expect() {
	local until=$((SECONDS + ${2:-10}))
	while [ "$(sed -n "$mark,\$p" "$log" | grep -cE "$1")" -lt "${3:-1}" ]; do
		[ $SECONDS -lt $until ] || return 1
		sleep 0.05
	done
}

absent() {
	! sed -n "$mark,\$p" "$log" | grep -qE "$1"
}

# counted PATTERN [SECONDS]: the counts become so.
counted() {
	local until=$((SECONDS + ${2:-10}))
	while tell counts && expect '"event":"counts"'; do
		absent "$1" || return 0
		[ $SECONDS -lt $until ] || return 1
		sleep 0.1
	done
	return 1
}

# stop_driver [SECONDS]: in order, in time, and without a word of a sanitizer.
stop_driver() {
	local begun=$SECONDS status
	tell quit
	expect '"event":"down"' "${1:-10}"
	wait "$driver_pid"
	status=$?
	exec 9>&-
	echo "# ended with $status after $((SECONDS - begun)) s"
	[ $status = 0 ] && [ $((SECONDS - begun)) -le "${1:-10}" ]
}

sanitizer_is_silent() {
	local file quiet=0
	for file in "$work"/sanitizer.*; do
		[ -s "$file" ] || continue
		quiet=1
		head -n 60 "$file" | cut -c 1-200 | sed 's/^/# /'
		rm "$file"
	done
	return $quiet
}

# ---- the cameras ------------------------------------------------------------------------------

declare -A camera_fd camera_pid

# start_camera NAME FIRST COUNT SERVER [OPTION...]: devices 34020000001320000000 + FIRST and so on.
start_camera() {
	local name=$1 id fd
	id=$(device "$2")
	mkfifo "$work/$name.commands"
	exec {fd}<>"$work/$name.commands"
	camera_fd[$name]=$fd
	# exec, so that the process to be killed is the camera and no shell that waits for it
	(exec ip netns exec "$inside" "$camera" --server "$4:5060" --server-id $server_id --password $password --id "$id" --count "$3" \
		--keepalive 1 --retry 1 --size 320x240 --fps 15 --gop 15 --bitrate 200000 --picture shared --control - "${@:5}" \
		<"$work/$name.commands" >"$work/$name.log" 2>"$work/$name.err") &
	camera_pid[$name]=$!
}

# steer NAME COMMAND
steer() {
	echo "${*:2}" >&"${camera_fd[$1]}"
}

kill_camera() {
	kill -9 "${camera_pid[$1]}"
	wait "${camera_pid[$1]}" 2>/dev/null
}

device() {
	printf '340200000013200%05d' "$1"
}

# ---- watching ---------------------------------------------------------------------------------

# view DEVICE-NUMBER: a viewer that is ready; its number is in $viewer.
view() {
	tell "watch $(device "$1")"
	expect '"event":"watching"' || return 1
	viewer=$(sed -n "$mark,\$p" "$log" | sed -nE 's/.*"event":"watching","viewer":([0-9]+).*/\1/p' | head -n 1)
	echo "ready $viewer" >&9
}

plays() {
	expect "\"event\":\"playing\",\"viewer\":$1," "${2:-10}"
}

packets_of() {
	tell streams
	expect '"event":"streams"' || return 1
	sed -n "$mark,\$p" "$log" | sed -nE "s/.*\"viewer\":$1,\"packets\":([0-9]+).*/\1/p" | head -n 1
}

# flows VIEWER: it gets more packets than it had.
flows() {
	local before now until=$((SECONDS + 10))
	before=$(packets_of "$1")
	now=$before
	while [ "${now:-0}" -le "${before:-0}" ]; do
		[ $SECONDS -lt $until ] || return 1
		sleep 0.1
		now=$(packets_of "$1")
	done
}

# ---- the tests --------------------------------------------------------------------------------

# listens IP...: at these addresses, UDP and TCP, and at no others; the sockets are there as well.
listens() {
	local ip wanted=() open
	for ip in "$@"; do
		wanted+=("udp $ip:5060" "tcp $ip:5060")
	done
	tell listeners
	expect '"event":"listeners"' || return 1
	open=$(sed -n "$mark,\$p" "$log" | sed -nE 's/.*"at":"(.*)"\}/\1/p' | sed 's/, /\n/g' | sort)
	[ "$open" = "$(printf '%s\n' "${wanted[@]}" | sort)" ] || return 1
	open=$(namespace_run "$inside" ss -Hlntu 'sport = 5060' | awk '{print $1, $5}' | sort -u)
	[ "$open" = "$(printf '%s\n' "${wanted[@]}" | sort)" ]
}

devices_register() {
	start_camera udp 1 12 10.77.0.1
	start_camera tcp 101 8 10.77.0.1 --sip-transport tcp
	start_camera own 201 6 10.78.0.1 --own-sockets --audio pcma
	expect '"catalog_complete":true' 30 26 && counted '"devices":26,"online":26,"channels":26,' 20
}

several_are_watched() {
	local number
	for number in 1 2 3 101 102 103 201 202; do
		view $number || return 1
		plays "$viewer" || return 1
		flows "$viewer" || return 1
	done
	counted '"streams":8,"viewers":8'
}

second_viewer_shares() {
	view 1 && plays "$viewer" && flows "$viewer" && counted '"streams":8,"viewers":9' &&
		[ "$(grep -c '"event":"invite"' "$work/udp.log")" = 3 ]
}

pause_and_resume() {
	tell "pause 3"
	expect '"change":"ended".*"device":"'"$(device 101)" || return 1
	tell "resume 3"
	plays 3 && flows 3 && tell "keyframe 3" && flows 3
}

stopped_and_watched_again() {
	from_here
	for viewer in 1 2 5; do
		echo "stop $viewer" >&9
	done
	expect '"event":"stream","change":"ended"' 10 3 || return 1
	view 2 && plays "$viewer" && flows "$viewer" && view 103 && plays "$viewer" && flows "$viewer"
}

watched_again_within_linger() {
	view 3 && plays "$viewer" || return 1
	tell "stop $viewer"
	expect '"change":"updated"|"state":"lingering"' 1
	view 3 && plays "$viewer" 3 && flows "$viewer"
}

# Watched and stopped at every moment of an INVITE.
churn() {
	local n
	for n in 1 2 3 4 5 6 7 8 9 10; do
		view 4 || return 1
		[ $((n % 3)) = 0 ] || sleep "0.0$n"
		tell "stop $viewer"
		view 104 || return 1
		echo "pause $viewer" >&9
		sleep "0.0$n"
		tell "stop $viewer"
	done
	view 4 && plays "$viewer" && flows "$viewer"
}

refreshed_while_playing() {
	local n
	from_here
	for n in 1 2 101 102 201 202; do
		echo "refresh $(device $n)" >&9
	done
	expect '"event":"refreshed".*"complete":true' 15 6
}

registered_again_while_playing() {
	from_here
	steer udp reregister
	steer tcp reregister
	flows 0 && flows 4 && absent '"change":"offline"'
}

camera_says_bye() {
	from_here
	steer udp bye
	expect '"event":"interrupted","viewer":0,.*"reason":"bye"' && plays 0 15 && flows 0
}

media_stops() {
	from_here
	steer own stop-media
	expect '"event":"interrupted","viewer":6,.*"reason":"no_media"' || return 1
	steer own start-media
	plays 6 15 && flows 6
}

camera_vanishes() {
	start_camera gone 301 2 10.77.0.1
	expect '"catalog_complete":true' 10 2 && counted '"online":28,"channels":28,' || return 1
	view 301 && plays "$viewer" || return 1
	from_here
	steer gone vanish
	expect '"event":"interrupted","viewer":'"$viewer," && expect '"event":"ended","viewer":'"$viewer," 20 &&
		expect '"change":"offline"' 40 2
}

camera_unregisters() {
	start_camera left 311 2 10.77.0.1 --sip-transport tcp
	expect '"catalog_complete":true' 10 2 && counted '"online":28,"channels":30,' || return 1
	view 311 && plays "$viewer" || return 1
	from_here
	steer left quit
	expect '"change":"offline"' 10 2 && expect '"event":"ended","viewer":'"$viewer," 20
}

connection_breaks() {
	start_camera broken 321 2 10.77.0.1 --sip-transport tcp
	expect '"catalog_complete":true' 10 2 && counted '"online":28,"channels":32,' || return 1
	view 321 && plays "$viewer" || return 1
	from_here
	kill_camera broken
	expect '"event":"ended","viewer":'"$viewer," 20 && expect '"change":"offline"' 60 2
}

nobody_falsely_offline() {
	counted '"online":26,' && ! grep '"change":"offline"' "$log" | grep -qE "$(device 0 | cut -c 1-17)[012]..\""
}

streams_are_open() {
	tell streams
	expect '"state":"playing"' 5 5
}

store_is_back() {
	start_driver --store "$work/store.sqlite" && counted '"devices":32,.*"channels":32,'
}

# Ended while 300 devices register and calls are in every state.
start_storm() {
	start_camera mute 1001 1 10.77.0.1 --no-answer
	start_camera blank 1002 1 10.77.0.1 --no-media
	expect '"catalog_complete":true' 10 2 || return 1
	view 1001 && view 1002 || return 1
	start_camera crowd 2001 300 10.77.0.1
	start_camera queue 3001 100 10.78.0.1 --sip-transport tcp
	expect '"change":"online"' 20 60
}

end_cameras() {
	local name
	for name in "${!camera_pid[@]}"; do
		kill "${camera_pid[$name]}" 2>/dev/null && wait "${camera_pid[$name]}"
		eval "exec ${camera_fd[$name]}>&-"
	done
	camera_pid=()
	camera_fd=()
}

plays_on_loopback() {
	start_camera near 1 2 127.0.0.1 --sip-transport tcp
	expect '"catalog_complete":true' 20 2 && view 1 && plays "$viewer" && flows "$viewer"
}

namespace_make "$space" 10.77.0.1 10.78.0.1
check "starts" start_driver --store "$work/store.sqlite"
check "listens at both addresses and on loopback, by UDP and TCP" listens 127.0.0.1 10.77.0.1 10.78.0.1
check "26 devices register over UDP and TCP, at both addresses" devices_register
[ $bad = 0 ] || {
	echo "Bail out! no devices"
	exit 1
}
check "eight are watched" several_are_watched
check "a second viewer shares the stream: no second INVITE" second_viewer_shares
check "pause lets the camera go, resume invites it again" pause_and_resume
check "stopped streams end, and are watched again" stopped_and_watched_again
check "watched again while the stream lingers" watched_again_within_linger
check "watched and stopped at every moment" churn
check "catalogs are asked for while streams play" refreshed_while_playing
check "devices register anew while streams play" registered_again_while_playing
check "BYE of the camera: interrupted, invited again, playing" camera_says_bye
check "silence of the camera: interrupted, playing" media_stops
check "a camera vanishes: its viewer is told, its devices are offline" camera_vanishes
check "a camera un-registers while it is watched" camera_unregisters
check "a TCP camera dies while it is watched" connection_breaks
check "nobody else was taken for offline" nobody_falsely_offline
check "streams are open" streams_are_open
check "ends in time with streams open" stop_driver
check "the sanitizer has nothing to say" sanitizer_is_silent
end_cameras
check "a second start knows all devices from the store" store_is_back
check "400 devices register, calls without answer and without media" start_storm
check "ends in time amid it" stop_driver
end_cameras
check "the sanitizer has still nothing to say" sanitizer_is_silent
inside=$alone
ip netns add "$alone"
ip -n "$alone" link set lo up
check "starts where there is only loopback" start_driver
check "listens on loopback" listens 127.0.0.1
check "plays on loopback" plays_on_loopback
check "ends in time" stop_driver
end_cameras
check "and the sanitizer has nothing to say" sanitizer_is_silent
echo "1..$count"
[ $bad = 0 ]
