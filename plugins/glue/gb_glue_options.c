#include "glue/gb_glue_options.h"

#include "gb28181/base/gb_addr.h"
#include "gb28181/base/gb_str.h"
#include "glue/gb_glue_words.h"

#include <string.h>

#define LIST_MAX 64

#define AT(field) offsetof(gb_glue_config, field)
#define INT(name, field, min, max)                                                                 \
	{ name, GB_OPTION_INT, AT(field), min, max, NULL, 0, NULL }
#define UINT(name, field, min, max)                                                                \
	{ name, GB_OPTION_UINT, AT(field), min, max, NULL, 0, NULL }
#define U16(name, field, min, max)                                                                 \
	{ name, GB_OPTION_U16, AT(field), min, max, NULL, 0, NULL }
#define BOOL(name, field)                                                                          \
	{ name, GB_OPTION_BOOL, AT(field), 0, 0, NULL, 0, NULL }
#define TEXT(name, field, min, max)                                                                \
	{ name, GB_OPTION_TEXT, AT(field), min, max, NULL, 0, NULL }
#define TYPED(name, kind, field)                                                                   \
	{ name, kind, AT(field), 0, 0, NULL, 0, NULL }
#define CHOICE(name, choices, built, part)                                                         \
	{ name, GB_OPTION_CHOICE, 0, 0, 0, choices, built, part }
#define NUMBER(name, min, max)                                                                     \
	{ name, GB_OPTION_NUMBER, 0, min, max, NULL, 0, NULL }
#define ABSENT(name, part)                                                                         \
	{ name, GB_OPTION_ABSENT, 0, 0, 0, NULL, 0, part }

static const char *const languages[] = {"en", "zh", NULL};
static const char *const transports[] = {"udp", "tcp-passive", "tcp-active", NULL};
static const char *const transcodings[] = {"auto", "never", NULL};
static const char *const off[] = {"false", "true", NULL};
static const char *const zero[] = {"0", NULL};
static const char *const files_url[] = {"/files/", NULL};
static const char *const http_port[] = {"8089", NULL};
static const char *const rtsp_port[] = {"8554", NULL};
static const char *const month[] = {"30", NULL};
static const char *const loopback[] = {"127.0.0.1", NULL};

static const gb_option general_options[] = {
	TEXT("admin_key", admin_key, 0, 255),
	BOOL("events", events),
	CHOICE("language", languages, 1, "sentences in this language"),
	TEXT("node", server.node, 1, 64),
};

static const gb_option sip_options[] = {
	TYPED("ip", GB_OPTION_IPS, server.sip.ips),
	U16("port", server.sip.port, 1, 65535),
	BOOL("udp", server.sip.udp),
	BOOL("tcp", server.sip.tcp),
	TYPED("advertised_ip", GB_OPTION_ADVERTISED, server.sip.advertised_ip),
	TYPED("server_id", GB_OPTION_USER, server.sip.server_id),
	TEXT("realm", server.sip.realm, 1, 64),
	TEXT("password", server.sip_password, 0, 128),
	INT("utc_offset_minutes", server.utc_offset_minutes, -720, 840),
	BOOL("allow_unknown", server.allow_unknown),
	INT("keepalive_interval_s", server.keepalive_interval_s, 5, 3600),
	INT("keepalive_misses", server.keepalive_misses, 1, 100),
	TEXT("user_agent", server.sip.user_agent, 1, 128),
};

static const gb_option media_options[] = {
	TYPED("ip", GB_OPTION_IP, server.media_ip),
	TYPED("advertised_ip", GB_OPTION_ADVERTISED, server.media_advertised_ip),
	TYPED("rtp_port_range", GB_OPTION_PORTS, server.media),
	CHOICE("transport", transports, 1, "media over TCP"),
	CHOICE("single_port", zero, 1, "one port for all streams"),
	UINT("threads", server.media.threads, 1, 16),
	INT("linger_s", server.linger_s, 0, 3600),
	INT("answer_timeout_s", server.answer_timeout_s, 1, 120),
	INT("first_packet_timeout_s", server.first_packet_timeout_s, 1, 120),
	INT("reconnect_s", server.reconnect_s, 0, 3600),
	INT("media_timeout_s", server.media_timeout_s, 1, 300),
	BOOL("gop_cache", server.media.pipeline.gop_cache),
	INT("receive_buffer_bytes", server.media.receive_buffer_bytes, 65536, 268435456),
	U16("max_packet_bytes", server.media.pipeline.max_packet_bytes, 500, 1400),
	CHOICE("transcode", transcodings, 2, NULL),
	NUMBER("transcode_max", 0, 64),
};

static const gb_option store_options[] = {
	TEXT("path", server.store_path, 1, 4096),
};

static const gb_option recordings_options[] = {
	ABSENT("path", "recording"),
	CHOICE("url", files_url, 1, "recording"),
	ABSENT("max_age_h", "recording"),
	ABSENT("max_bytes", "recording"),
	ABSENT("snapshot_keep_h", "snapshots"),
};

static const gb_option outputs_options[] = {
	CHOICE("http", off, 1, "watching over HTTP"),
	CHOICE("http_ip", loopback, 1, "watching over HTTP"),
	CHOICE("http_port", http_port, 1, "watching over HTTP"),
	CHOICE("rtsp", off, 1, "watching over RTSP"),
	CHOICE("rtsp_ip", loopback, 1, "watching over RTSP"),
	CHOICE("rtsp_port", rtsp_port, 1, "watching over RTSP"),
	ABSENT("secret", "watching over HTTP and RTSP"),
};

static const gb_option faces_options[] = {
	CHOICE("enabled", off, 1, "face recognition"),
	CHOICE("keep_days", month, 1, "face recognition"),
};

static const gb_option upload_options[] = {
	ABSENT("ip", "the place for a device's own snapshots"),
	CHOICE("port", zero, 1, "the place for a device's own snapshots"),
	ABSENT("url", "the place for a device's own snapshots"),
};

#define SECTION(name)                                                                              \
	{ #name, name##_options, G_N_ELEMENTS(name##_options) }
const gb_option_section gb_option_sections[] = {
	SECTION(general),
	SECTION(sip),
	SECTION(media),
	SECTION(store),
	SECTION(recordings),
	SECTION(outputs),
	SECTION(faces),
	SECTION(upload),
};
const size_t gb_option_section_count = G_N_ELEMENTS(gb_option_sections);

/* ---- values -------------------------------------------------------------------------------- */

/* One value on its way into the config. */
typedef struct {
	const char *section;
	const gb_option *option;
	void *field;
	GError **error;
} taking;

static bool refuse(const taking *at, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool refuse(const taking *at, const char *format, ...) {
	va_list args;
	va_start(args, format);
	g_autofree char *why = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error(
		at->error, GB_ERROR, GB_ERROR_INVALID, "%s.%s: %s", at->section, at->option->name, why);
	return false;
}

static bool take_number(const taking *at, const char *value, int64_t *ret_number) {
	const gb_option *option = at->option;
	if(gb_str_parse_int(value, option->min, option->max, ret_number))
		return true;
	return refuse(at, "'%s' is not a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, value,
		option->min, option->max);
}

static bool take_int(const taking *at, const char *value) {
	int64_t number;
	if(!take_number(at, value, &number))
		return false;
	switch(at->option->kind) {
	case GB_OPTION_INT:
		*(int *)at->field = (int)number;
		break;
	case GB_OPTION_U16:
		*(uint16_t *)at->field = (uint16_t)number;
		break;
	case GB_OPTION_UINT:
		*(unsigned *)at->field = (unsigned)number;
		break;
	default:
		break;
	}
	return true;
}

static bool take_bool(const taking *at, const char *value) {
	bool yes = gb_str_equal_nocase(value, "true") || gb_str_equal_nocase(value, "yes");
	bool no = gb_str_equal_nocase(value, "false") || gb_str_equal_nocase(value, "no");
	if(!yes && !no)
		return refuse(at, "'%s' is neither true nor false", value);
	*(bool *)at->field = yes;
	return true;
}

static void set_text(const taking *at, const char *value) {
	char **text = at->field;
	g_free(*text);
	*text = g_strdup(value);
}

static bool take_text(const taking *at, const char *value) {
	size_t len = strlen(value);
	if((int64_t)len < at->option->min || (int64_t)len > at->option->max)
		return refuse(at,
			"the text has %zu bytes; %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " are allowed", len,
			at->option->min, at->option->max);
	for(const char *c = value; *c; c++) {
		if((unsigned char)*c < 0x20 || *c == 0x7f)
			return refuse(at, "the text contains a control character");
	}
	set_text(at, value);
	return true;
}

static bool take_user(const taking *at, const char *value) {
	if(!gb_id_valid_user(value))
		return refuse(at, "'%s' is no id: 1 to 32 digits, normally 20", value);
	set_text(at, value);
	return true;
}

static bool take_ip(const taking *at, const char *value) {
	gb_addr address;
	if(!gb_addr_parse_ip(value, 0, &address))
		return refuse(at, "'%s' is no IP address", value);
	set_text(at, value);
	return true;
}

static void set_list(const taking *at, const char *const *values) {
	char ***list = at->field;
	g_strfreev(*list);
	*list = values[0] && values[0][0] ? gb_words_copy(values) : NULL;
}

static bool take_ips(const taking *at, const char *const *values) {
	gb_addr address;
	if(!values[0])
		return refuse(at, "the list is empty");
	for(size_t i = 0; values[i]; i++) {
		if(!gb_addr_parse_ip(values[i], 0, &address))
			return refuse(at, "'%s' is no IP address", values[i]);
	}
	set_list(at, values);
	return true;
}

static bool take_advertised(const taking *at, const char *const *values) {
	bool none = !values[0] || (!values[0][0] && !values[1]);
	if(!none) {
		g_autoptr(GError) why = NULL;
		g_autoptr(gb_addr_map) map = gb_addr_map_new(values, &why);
		if(!map)
			return refuse(at, "%s", why ? why->message : "not an address");
	}
	set_list(at, values);
	return true;
}

/* "30000-31999" into an even port and one that leaves room for RTCP. */
static bool take_ports(const taking *at, const char *value) {
	gb_media_config *media = at->field;
	const char *dash = strchr(value, '-');
	int64_t min, max;
	if(!dash || !gb_str_parse_int_n(value, (size_t)(dash - value), 1024, 65535, &min) ||
		!gb_str_parse_int(dash + 1, 1024, 65535, &max))
		return refuse(at, "'%s' is not of the form \"30000-31999\", from 1024 to 65535", value);
	if(min + min % 2 + 1 > max)
		return refuse(at, "'%s' has no room for a pair of ports, the first of them even", value);
	media->port_min = (uint16_t)min;
	media->port_max = (uint16_t)max;
	return true;
}

static bool take_choice(const taking *at, const char *value) {
	const gb_option *option = at->option;
	unsigned i = 0;
	while(option->choices[i] && !gb_str_equal_nocase(option->choices[i], value))
		i++;
	if(option->choices[i] && i < option->built)
		return true;
	if(option->part)
		return refuse(at, "'%s' is not possible: %s is not built yet; use \"%s\"", value,
			option->part, option->choices[0]);
	g_autofree char *all = gb_words_join(option->choices, "\", \"");
	return refuse(at, "'%s' is none of \"%s\"", value, all);
}

static bool take_absent(const taking *at, const char *value) {
	if(!value[0])
		return true;
	return refuse(at, "%s is not built yet; leave this option out", at->option->part);
}

static bool is_list(gb_option_kind kind) {
	return kind == GB_OPTION_IPS || kind == GB_OPTION_ADVERTISED;
}

bool gb_option_take(const char *section, const gb_option *option, const char *value,
	gb_glue_config *config, GError **error) {
	taking at = {section, option, (char *)config + option->offset, error};
	switch(option->kind) {
	case GB_OPTION_TEXT:
		return take_text(&at, value);
	case GB_OPTION_INT:
	case GB_OPTION_U16:
	case GB_OPTION_UINT:
	case GB_OPTION_NUMBER:
		return take_int(&at, value);
	case GB_OPTION_BOOL:
		return take_bool(&at, value);
	case GB_OPTION_IP:
		return take_ip(&at, value);
	case GB_OPTION_PORTS:
		return take_ports(&at, value);
	case GB_OPTION_USER:
		return take_user(&at, value);
	case GB_OPTION_CHOICE:
		return take_choice(&at, value);
	case GB_OPTION_ABSENT:
		return take_absent(&at, value);
	case GB_OPTION_IPS:
	case GB_OPTION_ADVERTISED:
		break;
	}
	const char *const one[] = {value, NULL};
	return gb_option_take_list(section, option, one, config, error);
}

bool gb_option_take_list(const char *section, const gb_option *option, const char *const *values,
	gb_glue_config *config, GError **error) {
	taking at = {section, option, (char *)config + option->offset, error};
	if(!is_list(option->kind))
		return refuse(&at, "takes one value, not a list");
	if(gb_words_count(values) > LIST_MAX)
		return refuse(&at, "the list has more than %d entries", LIST_MAX);
	return option->kind == GB_OPTION_IPS ? take_ips(&at, values) : take_advertised(&at, values);
}
