#!/usr/bin/env bash
# run.sh - the SIP engine against SIPp and raw sockets, in a network namespace of its own.
#
#   tests/sip/run.sh BUILD-FOLDER     BUILD-FOLDER/sip_driver is the program under test
#
# Prints TAP. Needs root (namespace) and SIPp.
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
driver=$(cd "$1" && pwd)/sip_driver
# shellcheck source=tests/lib/namespace.sh
. "$here/../lib/namespace.sh"

space=gbsip$$
work=$(mktemp -d)
log=$work/driver.log
device=34020000001320000001
address=10.77.0.9
port=5080
count=0
bad=0
mark=1

finish() {
	namespace_drop "$space" 2>/dev/null
	rm -rf "$work"
}
trap finish EXIT

command -v sipp >/dev/null || {
	echo "1..0 # SKIP SIPp is not installed"
	exit 0
}

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
	sed -n "$mark,\$p" "$log" | tail -n 20 | sed 's/^/# driver: /'
	tail -qn 25 "$work"/sipp*.err 2>/dev/null | sed 's/^/# sipp: /'
}

# ---- the driver -------------------------------------------------------------------------------

inside() {
	namespace_run "$space" "$@"
}

start_driver() {
	mkfifo "$work/commands"
	# Without a quarantine, so that AddressSanitizer does not hide whether memory grows.
	ASAN_OPTIONS=quarantine_size_mb=0:${ASAN_OPTIONS:-} inside "$driver" 5060 0.0.0.0 \
		<"$work/commands" >"$log" 2>"$work/driver.err" &
	driver_pid=$!
	exec 9>"$work/commands"
	expect '^ready' 20
}

tell() {
	mark=$(($(wc -l <"$log") + 1))
	echo "$*" >&9
}

# expect PATTERN [SECONDS]: a line since the last mark.
expect() {
	local until=$((SECONDS + ${2:-6}))
	while ! sed -n "$mark,\$p" "$log" | grep -qE "$1"; do
		[ $SECONDS -lt $until ] || return 1
		sleep 0.05
	done
}

# absent PATTERN: no such line since the last mark.
absent() {
	! sed -n "$mark,\$p" "$log" | grep -qE "$1"
}

# from_here: the next expectations look at what comes after this.
from_here() {
	mark=$(($(wc -l <"$log") + 1))
}

stop_driver() {
	tell quit
	expect '^freed' 20 || return 1
	wait "$driver_pid" && ! grep -vE '^(info|warning): \[sip\] (SIP listens at|Address)' "$work/driver.err" >"$work/said" && return
	sed 's/^/# /' "$work/said"
	return 1
}

# ---- the device -------------------------------------------------------------------------------

# play SCENARIO [OPTION...]: SIPp in the foreground; the status says whether the scenario went as written.
play() {
	local scenario=$1
	shift
	inside sipp -sf "$here/$scenario.xml" -i "$address" -p "$port" -s "$device" -m 1 -nostdin \
		-timeout 30s -timeout_error "$@" 10.77.0.1:5060 \
		>"$work/sipp.out" 2>"$work/sipp.err" </dev/null
}

# answer_with SCENARIO: SIPp waits for a request, in the background; finished() gives its status.
answer_with() {
	inside sipp -sf "$here/$1.xml" -i "$address" -p "$port" -m 1 -nostdin -timeout 30s -timeout_error \
		-trace_err -error_file "$work/sipp-trace.err" >"$work/sipp.out" 2>"$work/sipp.err" </dev/null &
	sipp_pid=$!
	local until=$((SECONDS + 5))
	while ! inside ss -Hlnu "src $address:$port" | grep -q .; do
		[ $SECONDS -lt $until ] || return 1
		sleep 0.02
	done
}

finished() {
	wait "$sipp_pid"
}

register_text() {
	printf '%s\r\n' "REGISTER sip:34020000002000000001@3402000000 SIP/2.0" \
		"Via: SIP/2.0/$1 $address:$port;branch=z9hG4bK$RANDOM$RANDOM" \
		"From: <sip:$device@3402000000>;tag=1" "To: <sip:$device@3402000000>" "Call-ID: $RANDOM$RANDOM" \
		"CSeq: 1 REGISTER" "Contact: $2" "Expires: 3600" "Content-Length: 0" ""
}

# ---- requests in ------------------------------------------------------------------------------

registers_over() {
	from_here
	play register -t "$1"1 && expect "^register $device $2 $address:$port at 10.77.0.1:5060 flow=$3 expires=3600 \
star=0 contact=<sip:$device@192.168.1.64:5060>;vendor=\"a, b\" agent=IP Camera ver=3.0"
}

# A datagram as one write; bash would cut it at its buffer.
datagram() {
	inside bash -c "exec 3<>/dev/udp/${2:-10.77.0.1}/5060; dd bs=70000 count=1 if='$1' status=none >&3"
}

garbage() {
	local n
	for n in '\r\n\r\n' 'jaK\0' '\0\0\0\0' 'x' 'REGISTER\r\n\r\n' 'SIP/2.0 200 OK\r\n\r\n' \
		'REGISTER sip:a SIP/2.0\r\nVia: SIP/2.0/UDP a\r\n\r\n' '\377\376\375\374\373\372'; do
		printf "$n" >"$work/garbage"
		datagram "$work/garbage" || return 1
	done
	for n in 1 2 3 4 5 6 7 8; do
		head -c "$((n * 700))" /dev/urandom >"$work/garbage"
		datagram "$work/garbage" || return 1
	done
	play register && [ ! -s "$work/driver.err" ]
}

bad_headers() {
	register_text UDP '<<;;sip:nonsense' |
		sed 's/^Expires.*/Expires: soon\r\nDate: 2026-01-02T03:04:05\r\nEvent:\r/' >"$work/bad"
	from_here
	datagram "$work/bad" && expect '^register .* expires=-1 star=0 contact= '
}

star() {
	register_text UDP '*' | sed 's/^Expires.*/Expires: 0\r/' >"$work/star"
	from_here
	datagram "$work/star" && expect '^register .* expires=0 star=1 contact=\* '
}

big_message() {
	{
		register_text UDP '<sip:1@2>' | sed '/^Content-Length/,$d; s/REGISTER/MESSAGE/'
		printf 'Content-Type: text/xml\r\nContent-Length: 60000\r\n\r\n'
		head -c 60000 /dev/zero | tr '\0' a
	} >"$work/big"
	from_here
	datagram "$work/big" && expect "^message $device to=$device type=text/xml bytes=60000"
}

# status_of METHOD: what a request without a dialog is answered.
status_of() {
	register_text UDP '<sip:1@2>' | sed "s/REGISTER/$1/" >"$work/request"
	inside bash -c "exec 3<>/dev/udp/10.77.0.1/5060; dd bs=70000 count=1 if='$work/request' status=none >&3
		timeout 3 dd bs=70000 count=1 status=none <&3" | tr -d '\r' >"$work/answer"
	head -n 1 "$work/answer" | cut -d ' ' -f 2
}

answers() {
	[ "$(status_of "$1")" = "$2" ] || {
		echo "# $1: $(head -n 1 "$work/answer")"
		return 1
	}
}

stateless_answers() {
	answers OPTIONS 200 && grep -q '^Allow: .*MESSAGE' "$work/answer" &&
		answers PUBLISH 405 && grep -q '^Allow: ' "$work/answer" && answers BYE 481 &&
		answers INFO 481 && answers CANCEL 481 && answers INVITE 403 && answers NOTIFY 200 &&
		answers SUBSCRIBE 500 && answers register 200
}

resident_kb() {
	local pid
	for pid in $(ip netns pids "$space"); do
		[ "$(cat "/proc/$pid/comm")" != sip_driver ] || awk '/^VmRSS/ {print $2}' "/proc/$pid/status"
	done
}

# The first run fills pools and tables; after it the answers to 10,000 must cost nothing.
keepalives_cost_nothing() {
	local before after
	play keepalive -m 3000 -r 2000 -l 500 || return 1
	before=$(resident_kb)
	play keepalive -m 10000 -r 2000 -l 500 || return 1
	after=$(resident_kb)
	echo "# resident: $before kB, after 10,000 keepalives $after kB"
	[ $((after - before)) -lt 1024 ]
}

# ---- calls ------------------------------------------------------------------------------------

call_with_lying_contact() {
	answer_with call-lying && tell "invite lying $device 4000" &&
		expect '^lying progress 101' && expect '^lying progress 183' &&
		expect "^lying answered from $address:$port bytes=[1-9]" || return 1
	tell hangup lying
	expect '^lying closed' && finished && absent '^lying ended'
}

call_without_headers() {
	answer_with call-bare && tell "invite bare $device 4000" &&
		expect "^bare answered from $address:$port bytes=0:0" || return 1
	tell hangup bare
	expect '^bare closed' && finished
}

call_refused() {
	answer_with call-refused && tell "invite refused $device 4000" &&
		expect '^refused ended 486 Busy Here' && expect '^refused closed' && finished &&
		[ "$(grep -c '^refused closed' "$log")" = 1 ]
}

call_unanswered_then_late() {
	answer_with call-late && tell "invite late $device 700" &&
		expect '^late ended 408' 2 && expect '^late closed' 6 && finished &&
		absent '^late answered' && [ "$(grep -c '^late closed' "$log")" = 1 ]
}

hangup_before_the_answer() {
	answer_with call-late && tell "invite early $device 9000" && expect '^early invited' || return 1
	echo "hangup early" >&9
	expect '^early closed' && finished && absent '^early (ended|answered)'
}

call_cancelled() {
	answer_with call-cancelled && tell "invite cancelled $device 9000" &&
		expect '^cancelled progress 180' || return 1
	echo "hangup cancelled" >&9
	expect '^cancelled closed' 2 && finished && absent '^cancelled (ended|answered)'
}

cancel_after_timeout() {
	answer_with call-cancelled && tell "invite slow $device 500" &&
		expect '^slow ended 408' 2 && expect '^slow closed' 2 && finished
}

cancel_crosses_answer() {
	answer_with call-crossed && tell "invite crossed $device 9000" &&
		expect '^crossed progress 180' || return 1
	echo "hangup crossed" >&9
	expect '^crossed closed' 2 && finished && absent '^crossed answered'
}

call_ended_by_peer() {
	answer_with call-peer-ends && tell "invite ended $device 4000" &&
		expect '^ended answered' && expect "^message $device " && expect '^ended ended 0 bye' &&
		expect '^ended closed' && finished
}

device_gone() {
	tell "invite gone $device 4000"
	expect '^gone ended 503' 2 && expect '^gone closed' 2
}

# ---- MESSAGE ----------------------------------------------------------------------------------

message_answered() {
	answer_with message-answered && tell "message $device <Query/>" && expect '^done 200 OK' && finished
}

message_refused() {
	answer_with message-refused && tell "message $device <Query/>" && expect '^done 404 Not Found' && finished
}

message_ignored() {
	answer_with message-ignored && tell "message $device <Query/>" && expect '^done 408 timeout' 10 && finished
	[ "$(sed -n "$mark,\$p" "$log" | grep -c '^done')" = 1 ]
}

message_to_nobody() {
	tell "message nobody <Query/>"
	expect '^done 503 local address gone'
}

# ---- addresses --------------------------------------------------------------------------------

# A connected socket takes datagrams of that one address only.
leaves_from_the_right_address() {
	from_here
	register_text UDP '<sip:1@2>' >"$work/request"
	inside bash -c "exec 3<>/dev/udp/10.77.0.2/5060; dd bs=70000 count=1 if='$work/request' status=none >&3
		timeout 3 dd bs=70000 count=1 status=none <&3 >/dev/null
		timeout 5 dd bs=70000 count=1 status=none <&3" >"$work/invite" &
	local reader=$!
	expect "^register $device udp .* at 10.77.0.2:5060" || return 1
	tell "invite second $device 1000"
	wait $reader
	grep -q '^INVITE sip:' "$work/invite" && grep -q '^Contact: <sip:34020000002000000001@10.77.0.2:5060>' "$work/invite" &&
		grep -q '^Via: SIP/2.0/UDP 10.77.0.2[:;]' "$work/invite" && expect '^second ended' && expect '^second closed' 7
}

# listens yes|no TEXT: waits until the list of listeners has it, or has not.
listens() {
	local until=$((SECONDS + 8)) has
	while [ $SECONDS -lt $until ]; do
		tell listeners
		expect '^listeners ' || return 1
		absent "$2" && has=no || has=yes
		[ $has = "$1" ] && return
		sleep 0.1
	done
	return 1
}

address_comes_and_goes() {
	ip -n "$space" addr add 10.77.0.3/24 dev v0
	listens yes 'udp 10.77.0.3:5060, tcp 10.77.0.3:5060' || return 1
	from_here
	register_text UDP '<sip:1@2>' >"$work/request"
	# The socket stays open, or the INVITE would fail by ICMP and not by the loss of the address.
	inside bash -c "exec 3<>/dev/udp/10.77.0.3/5060; dd bs=70000 count=1 if='$work/request' status=none >&3
		timeout 8 cat <&3 >/dev/null" &
	expect "^register $device udp .* at 10.77.0.3:5060" || return 1
	tell "invite homeless $device 9000"
	expect '^homeless invited' || return 1
	ip -n "$space" addr del 10.77.0.3/24 dev v0
	expect '^homeless ended 503' && expect '^homeless closed' && listens no 10.77.0.3
}

# ---- TCP --------------------------------------------------------------------------------------

# The device of one connection: registers, answers what comes, closes. $1 = folder for what it saw.
cat >"$work/tcp-device.sh" <<'DEVICE'
exec 3<>/dev/tcp/10.77.0.1/5060
# a keepalive and a request in one segment
{
	printf '\r\n\r\n'
	cat "$1/request"
} >"$1/first"
dd bs=70000 count=1 if="$1/first" status=none >&3
sip_read() {
	local line length=0
	message=
	while IFS= read -r -t 6 line <&3; do
		line=${line%$'\r'}
		message+=$line$'\n'
		case $line in
		Content-Length:*) length=${line#*: } ;;
		'')
			[ "${message//$'\n'/}" = "" ] && message= && continue
			[ "$length" = 0 ] || IFS= read -r -N "$length" -t 6 line <&3
			return 0 ;;
		esac
	done
	return 1
}
sip_answer() {
	{
		echo "SIP/2.0 $1"
		grep -E '^(Via|From|Call-ID|CSeq|To):' <<<"$message" | sed "s/^\(To: [^;]*\)$/\1;tag=9/"
		echo "Contact: <sip:$2@192.0.2.1:9>"
		echo "Content-Length: 0"
		echo
	} | sed 's/$/\r/' >&3
}
while sip_read; do
	head -n 1 <<<"$message" >>"$1/seen"
	case $message in
	INVITE*)
		sip_answer "200 OK" 34020000001180000001
		sip_answer "200 OK" 34020000001180000001 ;;
	BYE* | MESSAGE*) sip_answer "200 OK" x ;;
	esac
	[[ $message != MESSAGE* ]] || break
done
DEVICE

calls_over_one_connection() {
	local before after
	: >"$work/seen"
	register_text TCP '<sip:1@2>' >"$work/request"
	from_here
	inside bash "$work/tcp-device.sh" "$work" &
	local device_pid=$!
	expect "^register $device tcp .* at 10.77.0.1:5060 flow=[1-9]" || return 1
	tell "invite tcp $device 4000"
	expect '^tcp answered' || return 1
	before=$SECONDS
	until [ "$(grep -c '^ACK sip:34020000001180000001@' "$work/seen")" = 2 ]; do
		after=$SECONDS
		[ $((after - before)) -lt 5 ] || return 1
		sleep 0.05
	done
	tell "hangup tcp"
	expect '^tcp closed' 3 && grep -q '^BYE sip:34020000001180000001@' "$work/seen" || return 1
	tell "message $device <Query/>"
	expect '^done 200' && expect '^flow_lost [0-9]+' && wait $device_pid
}

nothing_without_the_connection() {
	tell "message $device <Query/>"
	expect '^done 503 flow gone' 2 || return 1
	tell "invite lost $device 4000"
	expect '^lost ended 503 flow gone' 2 && expect '^lost closed' 2
}

# ---- all --------------------------------------------------------------------------------------

namespace_make "$space" 10.77.0.1 10.77.0.2 $address
: >"$log"
check "the driver listens at every address" start_driver
check "REGISTER over UDP: Contact echoed, GB Date, received and rport" registers_over u udp 0
check "garbage is dropped without a word" garbage
check "bad Contact, Expires, Date and Event do not spoil a REGISTER" bad_headers
check "Contact: *" star
check "a datagram of 60 kB" big_message
check "stateless answers of the engine" stateless_answers
check "registered again" registers_over u udp 0
check "a lying Contact: ACK, its repetition and BYE go to the source" call_with_lying_contact
check "a 200 without Contact, To tag and SDP" call_without_headers
check "486" call_refused
check "no answer: 408, no CANCEL; a late 200 is ended" call_unanswered_then_late
check "hung up before any answer: no CANCEL; the 200 is ended" hangup_before_the_answer
check "CANCEL after a provisional answer" call_cancelled
check "CANCEL when the answer is given up" cancel_after_timeout
check "200 to CANCEL and to INVITE" cancel_crosses_answer
check "MESSAGE, INFO, INVITE and BYE of the camera in the dialog" call_ended_by_peer
check "a port that is closed: 503 at once" device_gone
check "MESSAGE answered" message_answered
check "MESSAGE refused" message_refused
check "MESSAGE ignored: 408, once" message_ignored
check "MESSAGE to nowhere" message_to_nobody
check "requests leave from the address registered at" leaves_from_the_right_address
check "an address of the host comes and goes" address_comes_and_goes
check "REGISTER over TCP" registers_over t tcp '[1-9][0-9]*'
check "a call and a MESSAGE over one connection; its end is told" calls_over_one_connection
check "nothing is sent when the connection is gone" nothing_without_the_connection
check "10,000 keepalives cost no memory" keepalives_cost_nothing
check "the end is clean" stop_driver
echo "1..$count"
[ $bad = 0 ]
