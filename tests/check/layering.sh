#!/bin/sh
# layering.sh - includes go one way, and each third-party library stays behind its fence.
#
# janus_gb28181.c -> glue -> domain -> engine -> {proto, media} -> base
. "$(dirname "$0")/lib.sh"

# forbidden FOLDER PATTERN: include lines under FOLDER that match PATTERN.
forbidden() {
	sources "$1/*.c" "$1/*.h" | xargs -r grep -nE "^[[:space:]]*#[[:space:]]*include[[:space:]]+[<\"]($2)" /dev/null
}

core=plugins/gb28181
report "base includes no other layer" "$(forbidden $core/base 'gb28181/(proto|media|engine|domain)/|glue/')"
report "proto includes base only" "$(forbidden $core/proto 'gb28181/(media|engine|domain)/|glue/')"
report "media includes base only" "$(forbidden $core/media 'gb28181/(proto|engine|domain)/|glue/')"
report "engine includes proto, media and base only" "$(forbidden $core/engine 'gb28181/domain/|glue/')"
report "domain does not include the glue" "$(forbidden $core/domain 'glue/')"
report "signalling and media of the engine do not see each other" "$(
	sources "$core/engine/gb_sip*" | xargs -r grep -nE 'include "gb28181/(media/|engine/gb_(stream|media|udp|ports|latch))' /dev/null
	sources "$core/engine/gb_stream*" "$core/engine/gb_media*" "$core/engine/gb_udp*" | xargs -r grep -nE 'include "gb28181/(proto/|engine/gb_sip)' /dev/null)"

# fence NAME PATTERN ALLOWED: only files that match ALLOWED may include PATTERN.
fence() {
	report "$1 only in its own files" "$(sources 'plugins/*.c' 'plugins/*.h' |
		xargs -r grep -nE "^[[:space:]]*#[[:space:]]*include[[:space:]]+[<\"]($2)" /dev/null | grep -vE "^($3)")"
}
fence Janus 'plugins/plugin\.h|(apierror|config|debug|ip-utils|log|mutex|record|refcount|rtcp|rtp|rtpsrtp|sdp-utils|text2pcap|utils)\.h' \
	'plugins/glue/|plugins/janus_gb28181\.c'
fence Jansson 'jansson' 'plugins/glue/|plugins/janus_gb28181\.c'
fence Sofia-SIP 'sofia-sip/' "$core/engine/gb_sip"
fence libxml2 'libxml/' "$core/proto/gb_xml"
fence SQLite 'sqlite3' "$core/domain/gb_store_sqlite"
fence "FFmpeg's libraries" 'libav|libsw' 'plugins/helper/'

report "the simulated camera shares no code with the plugin" "$(
	sources 'tests/camera/*' | xargs -r grep -nE 'include "(gb28181|glue)/|sofia-sip/|libxml/' /dev/null)"
finish
