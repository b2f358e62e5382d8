#include "cam_options.h"

#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum kind { FLAG, INTEGER, PERCENT, TEXT, DIGITS, CHOICE, SPECIAL };

enum special { NOT_SPECIAL, SERVER, SIZE, AUDIO, TRANSPORT, VERSION, HELP };

/** One long option: where its value goes and what it may be. */
typedef struct rule {
	const char *name;
	enum kind kind;
	size_t offset; /* into cam_options */
	long min, max; /* INTEGER */
	const char *
		choices; /* CHOICE: "a|b|c", stored as the number of the choice, or as text when min is 1 */
	enum special special;
} rule;

#define AT(member) offsetof(cam_options, member)

static const rule rules[] = {
	{"server", SPECIAL, 0, 0, 0, NULL, SERVER},
	{"server-id", DIGITS, AT(server_id), 0, 0, NULL, NOT_SPECIAL},
	{"domain", TEXT, AT(domain), 0, 0, NULL, NOT_SPECIAL},
	{"id", DIGITS, AT(id), 0, 0, NULL, NOT_SPECIAL},
	{"count", INTEGER, AT(count), 1, 20000, NULL, NOT_SPECIAL},
	{"password", TEXT, AT(password), 0, 0, NULL, NOT_SPECIAL},
	{"user-agent", TEXT, AT(user_agent), 0, 0, NULL, NOT_SPECIAL},
	{"gb-version", SPECIAL, 0, 0, 0, NULL, VERSION},
	{"local", TEXT, AT(local), 0, 0, NULL, NOT_SPECIAL},
	{"local-port", INTEGER, AT(local_port), 0, 65535, NULL, NOT_SPECIAL},
	{"sip-transport", SPECIAL, 0, 0, 0, NULL, TRANSPORT},
	{"own-sockets", FLAG, AT(own_sockets), 0, 0, NULL, NOT_SPECIAL},
	{"expires", INTEGER, AT(expires_s), 5, 864000, NULL, NOT_SPECIAL},
	{"keepalive", INTEGER, AT(keepalive_s), 0, 86400, NULL, NOT_SPECIAL},
	{"retry", INTEGER, AT(retry_s), 1, 3600, NULL, NOT_SPECIAL},
	{"register-rate", INTEGER, AT(register_rate), 1, 10000, NULL, NOT_SPECIAL},
	{"utc-offset", INTEGER, AT(utc_offset_minutes), -840, 840, NULL, NOT_SPECIAL},
	{"channel-id", DIGITS, AT(channel_id), 0, 0, NULL, NOT_SPECIAL},
	{"channels", INTEGER, AT(channels), 0, 100000, NULL, NOT_SPECIAL},
	{"name", TEXT, AT(name), 0, 0, NULL, NOT_SPECIAL},
	{"manufacturer", TEXT, AT(manufacturer), 0, 0, NULL, NOT_SPECIAL},
	{"model", TEXT, AT(model), 0, 0, NULL, NOT_SPECIAL},
	{"ptz-type", INTEGER, AT(ptz_type), 0, 7, NULL, NOT_SPECIAL},
	{"charset", CHOICE, AT(charset), 1, 0, "gb18030|gbk|gb2312|utf-8", NOT_SPECIAL},
	{"xml-encoding", TEXT, AT(xml_encoding), 0, 0, NULL, NOT_SPECIAL},
	{"catalog-batch", INTEGER, AT(catalog_batch), 1, 10000, NULL, NOT_SPECIAL},
	{"catalog-shuffle", FLAG, AT(catalog_shuffle), 0, 0, NULL, NOT_SPECIAL},
	{"catalog-repeat", FLAG, AT(catalog_repeat), 0, 0, NULL, NOT_SPECIAL},
	{"catalog-wrong-sum", FLAG, AT(catalog_wrong_sum), 0, 0, NULL, NOT_SPECIAL},
	{"catalog-drop-last", FLAG, AT(catalog_drop_last), 0, 0, NULL, NOT_SPECIAL},
	{"status-off", FLAG, AT(status_off), 0, 0, NULL, NOT_SPECIAL},
	{"size", SPECIAL, 0, 0, 0, NULL, SIZE},
	{"fps", INTEGER, AT(fps), 1, 60, NULL, NOT_SPECIAL},
	{"gop", INTEGER, AT(gop), 1, 10000, NULL, NOT_SPECIAL},
	{"bitrate", INTEGER, AT(bitrate), 10000, 100000000, NULL, NOT_SPECIAL},
	{"profile", CHOICE, AT(profile), 1, 0, "baseline|main|high", NOT_SPECIAL},
	{"file", TEXT, AT(file), 0, 0, NULL, NOT_SPECIAL},
	{"picture", CHOICE, AT(picture), 0, 0, "auto|own|shared", NOT_SPECIAL},
	{"audio", SPECIAL, 0, 0, 0, NULL, AUDIO},
	{"max-streams", INTEGER, AT(max_streams), 0, 100000, NULL, NOT_SPECIAL},
	{"invite-status", INTEGER, AT(invite_status), 300, 699, NULL, NOT_SPECIAL},
	{"invite-refusals", INTEGER, AT(invite_refusals), 0, 1000000, NULL, NOT_SPECIAL},
	{"answer-delay", INTEGER, AT(answer_delay_ms), 0, 120000, NULL, NOT_SPECIAL},
	{"no-answer", FLAG, AT(no_answer), 0, 0, NULL, NOT_SPECIAL},
	{"no-media", FLAG, AT(no_media), 0, 0, NULL, NOT_SPECIAL},
	{"contact-lie", FLAG, AT(contact_lie), 0, 0, NULL, NOT_SPECIAL},
	{"answer-ssrc", CHOICE, AT(answer_ssrc), 0, 0, "same|other|none|zero", NOT_SPECIAL},
	{"rtp-ssrc", CHOICE, AT(rtp_ssrc), 0, 0, "same|other||zero", NOT_SPECIAL},
	{"vanish-after", INTEGER, AT(vanish_after_s), 0, 86400, NULL, NOT_SPECIAL},
	{"bye-after", INTEGER, AT(bye_after_s), 0, 86400, NULL, NOT_SPECIAL},
	{"loss", PERCENT, AT(loss_percent), 0, 0, NULL, NOT_SPECIAL},
	{"reorder", PERCENT, AT(reorder_percent), 0, 0, NULL, NOT_SPECIAL},
	{"dup", PERCENT, AT(dup_percent), 0, 0, NULL, NOT_SPECIAL},
	{"seed", INTEGER, AT(seed), 0, 2147483647, NULL, NOT_SPECIAL},
	{"no-marker", FLAG, AT(no_marker), 0, 0, NULL, NOT_SPECIAL},
	{"no-psm", FLAG, AT(no_psm), 0, 0, NULL, NOT_SPECIAL},
	{"control", TEXT, AT(control), 0, 0, NULL, NOT_SPECIAL},
	{"quiet", FLAG, AT(quiet), 0, 0, NULL, NOT_SPECIAL},
	{"sip-trace", FLAG, AT(trace), 0, 0, NULL, NOT_SPECIAL},
	{"help", SPECIAL, 0, 0, 0, NULL, HELP},
};

enum { RULES = sizeof(rules) / sizeof(rules[0]) };

static bool bad(const char *option, const char *value, const char *what) {
	fprintf(stderr, "gb28181-camera: --%s %s: %s (try --help)\n", option, value, what);
	return false;
}

static bool read_long(const char *text, long min, long max, long *ret_value) {
	char *end;
	if(*text == '\0')
		return false;
	long v = strtol(text, &end, 10);
	if(*end != '\0' || v < min || v > max)
		return false;
	*ret_value = v;
	return true;
}

static bool set_integer(const rule *r, const char *value, void *to) {
	long v;
	char what[64];
	if(!read_long(value, r->min, r->max, &v)) {
		snprintf(what, sizeof(what), "a number from %ld to %ld is needed", r->min, r->max);
		return bad(r->name, value, what);
	}
	*(int *)to = (int)v;
	return true;
}

static bool set_percent(const rule *r, const char *value, void *to) {
	char *end;
	double v = strtod(value, &end);
	if(end == value || *end != '\0' || !(v >= 0 && v <= 100))
		return bad(r->name, value, "a percentage from 0 to 100 is needed");
	*(double *)to = v;
	return true;
}

static bool set_choice(const rule *r, const char *value, void *to) {
	int index = 0;
	for(const char *p = r->choices;; index++) {
		size_t n = strcspn(p, "|");
		if(n > 0 && strlen(value) == n && strncasecmp(p, value, n) == 0) {
			if(r->min)
				*(const char **)to = value;
			else
				*(int *)to = index;
			return true;
		}
		if(p[n] == '\0')
			break;
		p += n + 1;
	}
	char what[96];
	snprintf(what, sizeof(what), "must be one of %s", r->choices);
	return bad(r->name, value, what);
}

static bool set_server(const char *value, cam_options *o) {
	const char *colon = strrchr(value, ':');
	size_t n = colon != NULL ? (size_t)(colon - value) : strlen(value);
	long port = 5060;
	if(n == 0 || n >= sizeof(o->server_host) || (colon && !read_long(colon + 1, 1, 65535, &port)))
		return bad("server", value, "ADDRESS:PORT is needed");
	memcpy(o->server_host, value, n);
	o->server_host[n] = '\0';
	o->server_port = (int)port;
	return true;
}

static bool set_size(const char *value, cam_options *o) {
	char width[8];
	size_t n = strcspn(value, "x");
	long w, h;
	if(n == 0 || n >= sizeof(width) || value[n] != 'x')
		return bad("size", value, "WIDTHxHEIGHT is needed");
	memcpy(width, value, n);
	width[n] = '\0';
	if(!read_long(width, 320, 4096, &w) || !read_long(value + n + 1, 240, 2304, &h) || w % 2 ||
		h % 2)
		return bad("size", value, "even numbers from 320x240 to 4096x2304 are needed");
	o->width = (int)w;
	o->height = (int)h;
	return true;
}

static bool set_version(const char *value, cam_options *o) {
	static const char *const known[][2] = {{"2011", "1.0"}, {"2016", "2.0"}, {"2022", "3.0"}};
	for(size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if(strcmp(known[i][0], value) == 0) {
			o->gb_version = known[i][1];
			return true;
		}
	}
	return bad("gb-version", value, "must be one of 2011|2016|2022");
}

static bool set_special(const rule *r, const char *value, cam_options *o) {
	switch(r->special) {
	case SERVER:
		return set_server(value, o);
	case SIZE:
		return set_size(value, o);
	case VERSION:
		return set_version(value, o);
	case AUDIO:
		o->audio = strcmp(value, "pcma") == 0;
		return o->audio || strcmp(value, "none") == 0 ||
			bad("audio", value, "must be one of none|pcma");
	case TRANSPORT:
		o->tcp = strcmp(value, "tcp") == 0;
		return o->tcp || strcmp(value, "udp") == 0 ||
			bad("sip-transport", value, "must be one of udp|tcp");
	default:
		return false;
	}
}

static bool set(const rule *r, const char *value, cam_options *o) {
	void *to = (char *)o + r->offset;
	switch(r->kind) {
	case FLAG:
		*(bool *)to = true;
		return true;
	case INTEGER:
		return set_integer(r, value, to);
	case PERCENT:
		return set_percent(r, value, to);
	case CHOICE:
		return set_choice(r, value, to);
	case DIGITS:
		if(!cam_id_valid(value))
			return bad(r->name, value, "1 to 20 digits are needed");
		*(const char **)to = value;
		return true;
	case TEXT:
		*(const char **)to = value;
		return true;
	default:
		return set_special(r, value, o);
	}
}

static const cam_options defaults = {
	.count = 1,
	.password = "",
	.user_agent = "gb28181-camera",
	.gb_version = "2.0",
	.expires_s = 3600,
	.keepalive_s = 60,
	.retry_s = 10,
	.register_rate = 200,
	.utc_offset_minutes = 480,
	.channels = 1,
	.name = "Camera",
	.manufacturer = "gb28181-camera",
	.model = "SIM-1",
	.ptz_type = 1,
	.charset = "gb18030",
	.catalog_batch = 1,
	.width = 1280,
	.height = 720,
	.fps = 25,
	.gop = 50,
	.bitrate = 2000000,
	.profile = "baseline",
	.max_streams = 100000,
	.seed = 1,
};

static bool missing(const char *option) {
	fprintf(stderr, "gb28181-camera: --%s is missing (try --help)\n", option);
	return false;
}

static bool check(const cam_options *o) {
	if(o->server_host[0] == '\0')
		return missing("server");
	if(o->server_id == NULL)
		return missing("server-id");
	if(o->id == NULL)
		return missing("id");
	if(o->own_sockets && o->local_port != 0 && o->local_port + o->count > 65536)
		return bad("local-port", "with --own-sockets", "not enough ports above it");
	return true;
}

enum cam_options_result cam_options_parse(int argc, char **argv, cam_options *ret_options) {
	struct option table[RULES + 1] = {0};
	cam_options o = defaults;
	for(int i = 0; i < RULES; i++) {
		bool flag = rules[i].kind == FLAG || rules[i].special == HELP;
		table[i] = (struct option){rules[i].name, flag ? no_argument : required_argument, NULL, i};
	}
	for(int c; (c = getopt_long(argc, argv, "h", table, NULL)) != -1;) {
		if(c == 'h' || (c >= 0 && c < RULES && rules[c].special == HELP))
			return CAM_OPTIONS_HELP;
		if(c < 0 || c >= RULES || !set(&rules[c], optarg, &o))
			return CAM_OPTIONS_BAD;
	}
	if(optind < argc) {
		fprintf(stderr, "gb28181-camera: '%s' is not an option (try --help)\n", argv[optind]);
		return CAM_OPTIONS_BAD;
	}
	if(!check(&o))
		return CAM_OPTIONS_BAD;
	*ret_options = o;
	return CAM_OPTIONS_RUN;
}
