#include "glue/gb_glue_json.h"

#include "gb28181/base/gb_clock.h"

#include <math.h>

static void set(json_t *object, const char *key, json_t *value) {
	json_object_set_new(object, key, value);
}

static void set_text(json_t *object, const char *key, const char *text) {
	/* text from devices was made valid UTF-8 where it came in; json_string() would refuse other */
	json_t *value = json_string(text ? text : "");
	set(object, key, value ? value : json_string(""));
}

static void set_count(json_t *object, const char *key, uint64_t count) {
	set(object, key, json_integer((json_int_t)count));
}

static void set_address(json_t *object, const char *key, const gb_addr *address) {
	char text[GB_ADDR_TEXT];
	if(address->family)
		set_text(object, key, gb_addr_format(text, address));
	else
		set(object, key, json_null());
}

json_t *gb_json_time(int64_t wall_us) {
	char text[GB_TIME_TEXT];
	return wall_us ? json_string(gb_time_rfc3339(text, wall_us)) : json_null();
}

json_t *gb_json_texts(char *const *texts) {
	json_t *array = json_array();
	for(size_t i = 0; texts && texts[i]; i++)
		json_array_append_new(array, json_string(texts[i]));
	return array;
}

static const char *kind_name(gb_device_kind kind) {
	static const char *const names[] = {"device", "platform", "user"};
	return (size_t)kind < G_N_ELEMENTS(names) ? names[kind] : "device";
}

static void set_device_life(json_t *object, const gb_device_info *info) {
	set(object, "online", json_boolean(info->online));
	set(object, "enabled", json_boolean(info->enabled));
	set(object, "registered_at", gb_json_time(info->registered_at));
	set(object, "expires_s", json_integer(info->expires_s));
	set(object, "last_seen", gb_json_time(info->last_seen));
	set_text(object, "transport", gb_sip_transport_name(info->transport));
	set_address(object, "address", &info->address);
	set_count(object, "keepalives", info->keepalives);
	set_count(object, "address_moves", info->address_moves);
}

json_t *gb_json_device(const gb_device_info *info, const char *node) {
	json_t *object = json_object();
	set_text(object, "id", info->id);
	set_text(object, "kind", kind_name(info->kind));
	set_text(object, "name", info->name);
	set_text(object, "node", node);
	set_device_life(object, info);
	set_text(object, "user_agent", info->user_agent);
	set_text(object, "manufacturer", info->manufacturer);
	set_text(object, "model", info->model);
	set_text(object, "firmware", info->firmware);
	set(object, "channels", json_integer(info->channels));
	set(object, "channels_online", json_integer(info->channels_online));
	set_text(object, "media_transport", "udp");
	set_text(object, "charset", info->charset);
	set_text(object, "version", info->version);
	set(object, "has_password", json_boolean(info->has_password));
	set(object, "created", json_boolean(info->created));
	set(object, "catalog_complete", json_boolean(info->catalog_complete));
	set(object, "catalog_expected", json_integer(info->catalog_expected));
	set(object, "catalog_received", json_integer(info->catalog_received));
	return object;
}

static const char *status_name(gb_channel_status status) {
	static const char *const names[] = {"unknown", "on", "off", "fault"};
	return (size_t)status < G_N_ELEMENTS(names) ? names[status] : "unknown";
}

static json_t *degrees(const gb_channel_info *info, double value) {
	return info->has_position ? json_real(value) : json_null();
}

json_t *gb_json_channel(const gb_channel_info *info) {
	json_t *object = json_object();
	set_text(object, "device", info->device);
	set_text(object, "id", info->id);
	set_text(object, "name", info->name);
	set_text(object, "status", status_name(info->status));
	set(object, "online", json_boolean(info->online));
	set(object, "playable", json_boolean(info->playable));
	set_text(object, "type", info->type);
	set(object, "parents", gb_json_texts(info->parents));
	set_text(object, "group", info->group);
	set_text(object, "manufacturer", info->manufacturer);
	set_text(object, "model", info->model);
	set(object, "ptz_type", json_integer(info->ptz_type));
	set_text(object, "civil_code", info->civil_code);
	set_text(object, "address", info->address);
	set(object, "longitude", degrees(info, info->longitude));
	set(object, "latitude", degrees(info, info->latitude));
	set(object, "viewers", json_integer(info->viewers));
	return object;
}

/* ---- streams ------------------------------------------------------------------------------- */

static void set_ladder_details(json_t *rung, const gb_ladder *ladder, gb_step step) {
	if(step == GB_STEP_ANSWERED && ladder->sip_status)
		set(rung, "sip_status", json_integer(ladder->sip_status));
	if(step == GB_STEP_FIRST_PACKET && ladder->source.family)
		set_address(rung, "source", &ladder->source);
}

json_t *gb_json_ladder(const gb_ladder *ladder) {
	json_t *array = json_array();
	for(int step = 0; step < GB_STEPS; step++) {
		if(!ladder->at_us[step])
			continue;
		json_t *rung = json_object();
		set_text(rung, "step", gb_step_name((gb_step)step));
		set(rung, "ms", json_integer(MAX(ladder->at_us[step] - ladder->start_us, 0) / GB_MS));
		set_ladder_details(rung, ladder, (gb_step)step);
		json_array_append_new(array, rung);
	}
	return array;
}

json_t *gb_json_video(const gb_media_format *format) {
	if(format->video == GB_CODEC_NONE)
		return json_null();
	json_t *video = json_object();
	set_text(video, "codec", gb_codec_name(format->video));
	set(video, "width", json_integer(format->width));
	set(video, "height", json_integer(format->height));
	return video;
}

json_t *gb_json_audio(const gb_media_format *format) {
	if(format->audio == GB_CODEC_NONE)
		return json_null();
	json_t *audio = json_object();
	set_text(audio, "codec", gb_codec_name(format->audio));
	return audio;
}

static json_t *codecs(const gb_media_format *format) {
	json_t *array = json_array();
	if(format->video != GB_CODEC_NONE)
		json_array_append_new(array, json_string(gb_codec_name(format->video)));
	if(format->audio != GB_CODEC_NONE)
		json_array_append_new(array, json_string(gb_codec_name(format->audio)));
	return array;
}

static void set_stream_format(json_t *object, const gb_media_format *format) {
	set(object, "codecs", codecs(format));
	set(object, "video", gb_json_video(format));
	set(object, "audio", gb_json_audio(format));
	set(object, "width", json_integer(format->width));
	set(object, "height", json_integer(format->height));
}

static void set_stream_counters(json_t *object, const gb_stream_stats *stats) {
	const gb_pipeline_stats *in = &stats->pipeline;
	const struct {
		const char *key;
		uint64_t count;
	} counters[] = {
		{"packets", in->packets},
		{"bytes", in->bytes},
		{"lost", in->lost},
		{"reordered", in->reordered},
		{"duplicates", in->duplicates},
		{"malformed", in->malformed},
		{"frames", in->video_frames},
		{"key_frames", in->key_frames},
		{"damaged_frames", in->damaged_frames},
		{"resyncs", in->resyncs},
		{"time_jumps", in->time_jumps},
		{"oversize", in->oversize},
		{"strangers", stats->strangers},
		{"truncated", stats->truncated},
		{"rtcp", stats->rtcp},
	};
	for(size_t i = 0; i < G_N_ELEMENTS(counters); i++)
		set_count(object, counters[i].key, counters[i].count);
}

json_t *gb_json_stream(const gb_stream_info *info) {
	json_t *object = json_object();
	const gb_stream_stats *stats = &info->stats;
	set_text(object, "id", info->id);
	set_text(object, "stream", info->id);
	set_text(object, "device", info->device);
	set_text(object, "channel", info->channel);
	set_text(object, "kind", "live");
	set_text(object, "state", gb_play_state_name(info->state));
	set_text(object, "transport", "udp");
	set_stream_format(object, &stats->format);
	set(object, "fps", json_real(round((double)stats->fps * 100) / 100));
	set_count(object, "bitrate_bps", stats->bitrate_bps);
	set_stream_counters(object, stats);
	set(object, "viewers", json_integer(info->viewers));
	set(object, "paused_viewers", json_integer(info->paused_viewers));
	set(object, "port", json_integer(info->port));
	set_address(object, "source", &stats->source);
	set_count(object, "ssrc", stats->ssrc);
	set(object, "started_at", gb_json_time(info->started_at));
	set(object, "invites", json_integer(info->invites));
	set(object, "ladder", gb_json_ladder(&info->ladder));
	return object;
}

json_t *gb_json_counts(const gb_server_counts *counts) {
	json_t *object = json_object();
	set(object, "devices", json_integer(counts->devices));
	set(object, "online", json_integer(counts->online));
	set(object, "channels", json_integer(counts->channels));
	set(object, "streams", json_integer(counts->streams));
	set(object, "viewers", json_integer(counts->viewers));
	return object;
}

/* ---- errors -------------------------------------------------------------------------------- */

int gb_json_error_code(int code) {
	static const int numbers[] = {
		[GB_ERROR_FAILED] = 499,
		[GB_ERROR_BUSY] = 499,
		[GB_ERROR_INVALID] = 454,
		[GB_ERROR_NOT_FOUND] = 455,
		[GB_ERROR_EXISTS] = 456,
		[GB_ERROR_UNAUTHORIZED] = 457,
		[GB_ERROR_STATE] = 460,
		[GB_ERROR_OFFLINE] = 480,
		[GB_ERROR_REFUSED] = 481,
		[GB_ERROR_TIMEOUT] = 482,
		[GB_ERROR_NO_MEDIA] = 483,
		[GB_ERROR_CODEC] = 484,
		[GB_ERROR_NO_PORT] = 485,
		[GB_ERROR_LIMIT] = 486,
		[GB_ERROR_MISSING] = 453,
	};
	return code >= 0 && (size_t)code < G_N_ELEMENTS(numbers) ? numbers[code] : 499;
}

static json_t *envelope(int code, const char *text) {
	json_t *error = json_object();
	set_text(error, "gb28181", "event");
	set(error, "error_code", json_integer(code));
	set_text(error, "error", text);
	return error;
}

json_t *gb_json_error(int code, const char *format, ...) {
	va_list args;
	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	return envelope(code, text);
}

json_t *gb_json_error_of(const GError *error) {
	if(!error)
		return envelope(499, "It did not work, and nobody said why.");
	int code = error->domain == GB_ERROR ? gb_json_error_code(error->code) : 499;
	return envelope(code, error->message);
}

json_t *gb_json_failure(const gb_failure *failure) {
	if(!failure)
		return gb_json_error_of(NULL);
	json_t *error = envelope(gb_json_error_code((int)failure->code), failure->message);
	if(failure->step)
		set_text(error, "step", failure->step);
	if(failure->sip_status)
		set(error, "sip_status", json_integer(failure->sip_status));
	if(failure->sip_reason)
		set_text(error, "sip_reason", failure->sip_reason);
	if(failure->limit)
		set_text(error, "limit", failure->limit);
	return error;
}
