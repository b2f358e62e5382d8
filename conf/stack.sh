#!/usr/bin/env bash
# stack.sh - Janus with the plugin, and nginx with the page, out of one run folder: used by the quickstart, the tests and the containers.
#
#   stack.sh config       writes configuration and folders below $GB_RUN from the templates beside this file
#   stack.sh start        starts Janus and nginx in the background, waits until both answer; pids in $GB_RUN/*.pid
#   stack.sh stop         ends what `start` started (by these pids), and nothing else
#   stack.sh janus        runs Janus in the foreground (containers, tests)
#   stack.sh nginx        runs nginx in the foreground (containers)
#
# Settings, all from the environment:
#   GB_RUN           the run folder; must be given
#   GB_PLUGIN        libjanus_gb28181.so; must be given for `config`
#   GB_HTML          folder of the page, default ../html
#   GB_PAGE          address and port of the page, default 127.0.0.1:8080
#   GB_SIP_IP, GB_SIP_PORT, GB_SERVER_ID, GB_REALM, GB_PASSWORD, GB_ADMIN_KEY, GB_ADVERTISED_IP, GB_RTP_RANGE, GB_STORE   as in the plugin's jcfg
#   GB_ICE_RANGE     UDP ports of the browsers' side, default 40000-49999
#   GB_ICE_IP        the only addresses offered to browsers, comma separated (Janus: ice_enforce_list)
#   GB_NAT_IP        an outer address that is mapped 1:1 to ours (Janus: nat_1_1_mapping); the inner one is offered too
#   GB_HTTP_PORT, GB_WS_PORT, GB_ADMIN_PORT   Janus's own ports on loopback, default 18088, 18188, 17088
#   GB_DEBUG_LEVEL   Janus's, default 4
#   GB_EVENTS        true: Janus's event handlers get events (each is configured in $GB_RUN/conf); default false
#   GB_SIP_MORE, GB_MEDIA_MORE, GB_GENERAL_MORE   further lines for these sections of the plugin's jcfg
#   GB_JANUS_ENV     further environment of Janus, as NAME=VALUE words
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
run=${GB_RUN:?GB_RUN must name the run folder}

fail() {
	echo "stack.sh: $*" >&2
	exit 1
}

nat_lines() {
	if [ -n "${GB_ICE_IP:-}" ]; then
		echo "	ice_enforce_list = \"$GB_ICE_IP\""
	fi
	if [ -n "${GB_NAT_IP:-}" ]; then
		printf '	nat_1_1_mapping = "%s"\n	keep_private_host = true\n' "$GB_NAT_IP"
	fi
}

# The address that cameras are told, as the plugin's jcfg wants it: a list where `network/prefix=address` occurs.
advertised() {
	case ${GB_ADVERTISED_IP:-} in
	*=*) echo "[ \"${GB_ADVERTISED_IP//, /\", \"}\" ]" ;;
	*) echo "\"${GB_ADVERTISED_IP:-}\"" ;;
	esac
}

event_loops() {
	local cores
	cores=$(nproc)
	echo $((cores < 4 ? cores : 4))
}

random_hex() {
	od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

# The worker processes of an nginx that root starts must still be able to read the page.
nginx_user() {
	if [ "$(id -u)" = 0 ]; then
		echo "user $(stat -c %U "$1");"
	fi
}

# put NAME VALUE: one more placeholder for expand().
declare -A values
put() {
	values[$1]=$2
}

expand() {
	local text name
	text=$(<"$1")
	for name in "${!values[@]}"; do
		text=${text//"@$name@"/"${values[$name]}"}
	done
	printf '%s\n' "$text"
}

collect() {
	local html=${GB_HTML:-$here/../html}
	local server_id=${GB_SERVER_ID:-34020000002000000001}
	put RUN "$run"
	put HTML "$(cd "$html" && pwd)"
	put USER "$(nginx_user "$html")"
	put LISTEN "${GB_PAGE:-127.0.0.1:8080}"
	put JANUS_HTTP "127.0.0.1:${GB_HTTP_PORT:-18088}"
	put JANUS_WS "127.0.0.1:${GB_WS_PORT:-18188}"
	put HTTP_PORT "${GB_HTTP_PORT:-18088}"
	put WS_PORT "${GB_WS_PORT:-18188}"
	put ADMIN_PORT "${GB_ADMIN_PORT:-17088}"
	put ADMIN_SECRET "${GB_ADMIN_SECRET:-$(random_hex)}"
	put ADMIN_KEY "${GB_ADMIN_KEY:-$(random_hex)}"
	put DEBUG_LEVEL "${GB_DEBUG_LEVEL:-4}"
	put EVENTS "${GB_EVENTS:-false}"
	put EVENT_LOOPS "${GB_EVENT_LOOPS:-$(event_loops)}"
	put ICE_RANGE "${GB_ICE_RANGE:-40000-49999}"
	put NAT "$(nat_lines)"
	put SIP_IP "${GB_SIP_IP:-0.0.0.0}"
	put SIP_PORT "${GB_SIP_PORT:-5060}"
	put SERVER_ID "$server_id"
	put REALM "${GB_REALM:-${server_id:0:10}}"
	put PASSWORD "${GB_PASSWORD:-}"
	put ADVERTISED_IP "$(advertised)"
	put RTP_RANGE "${GB_RTP_RANGE:-30000-31999}"
	put STORE "${GB_STORE:-$run/gb28181.sqlite}"
	put GENERAL_MORE "${GB_GENERAL_MORE:-}"
	put SIP_MORE "${GB_SIP_MORE:-}"
	put MEDIA_MORE "${GB_MEDIA_MORE:-}"
}

write_config() {
	[ -f "${GB_PLUGIN:?GB_PLUGIN must name libjanus_gb28181.so}" ] || fail "no plugin at $GB_PLUGIN"
	mkdir -p "$run/conf" "$run/plugins" "$run/nginx"
	ln -sf "$(readlink -f "$GB_PLUGIN")" "$run/plugins/libjanus_gb28181.so"
	collect
	umask 077
	for name in janus janus.transport.http janus.transport.websockets janus.plugin.gb28181; do
		expand "$here/$name.jcfg.in" >"$run/conf/$name.jcfg"
	done
	umask 022
	expand "$here/nginx.conf.in" >"$run/nginx.conf"
	printf 'http=%s\nadmin=%s\nadmin_secret=%s\nadmin_key=%s\npage=%s\n' "${values[JANUS_HTTP]}" \
		"127.0.0.1:${values[ADMIN_PORT]}" "${values[ADMIN_SECRET]}" "${values[ADMIN_KEY]}" "${values[LISTEN]}" >"$run/endpoints"
	chmod 600 "$run/endpoints"
}

endpoint() {
	sed -n "s/^$1=//p" "$run/endpoints"
}

run_janus() {
	# A device over TCP takes one descriptor, a stream two, a viewer more: Debian's 1,024 are soon used up.
	ulimit -n "$(ulimit -Hn)"
	# shellcheck disable=SC2086
	exec env ${GB_JANUS_ENV:-} janus -F "$run/conf" -C "$run/conf/janus.jcfg"
}

run_nginx() {
	exec nginx -p "$run/nginx" -c "$run/nginx.conf" -g 'daemon off;'
}

# answers URL TEXT: whether the page at URL contains TEXT.
answers() {
	curl -s --noproxy '*' -m 2 "$1" 2>/dev/null | grep -q "$2"
}

# await NAME URL TEXT: until it answers, its process dies, or 20 s are over.
await() {
	local pid deadline=$((SECONDS + 20))
	pid=$(<"$run/$1.pid")
	until answers "$2" "$3"; do
		kill -0 "$pid" 2>/dev/null || fail "$1 ended at once: $(reason "$1")"
		[ $SECONDS -lt $deadline ] || fail "$1 does not answer at $2: $(reason "$1")"
		sleep 0.1
	done
}

# The line of the log that says most.
reason() {
	grep -E '\[(ERR|FATAL)\]|\[emerg\]|rror:' "$run/$1.log" | tail -n 1 | grep . || tail -n 1 "$run/$1.log"
}

start() {
	"$0" janus >"$run/janus.log" 2>&1 </dev/null &
	echo $! >"$run/janus.pid"
	await janus "http://$(endpoint http)/janus/info" janus.plugin.gb28181
	"$0" nginx >"$run/nginx.log" 2>&1 </dev/null &
	echo $! >"$run/nginx.pid"
	await nginx "http://$(endpoint page)/janus/info" janus.plugin.gb28181
}

stop_one() {
	local pid deadline=$((SECONDS + 5))
	[ -f "$run/$1.pid" ] || return 0
	pid=$(<"$run/$1.pid")
	rm -f "$run/$1.pid"
	kill "$pid" 2>/dev/null || return 0
	while kill -0 "$pid" 2>/dev/null; do
		if [ $SECONDS -ge $deadline ]; then
			kill -9 "$pid" 2>/dev/null || true
			break
		fi
		sleep 0.1
	done
}

case ${1:-} in
config) write_config ;;
start) start ;;
stop)
	stop_one nginx
	stop_one janus
	;;
janus) run_janus ;;
nginx) run_nginx ;;
*) fail "say config, start, stop, janus or nginx" ;;
esac
