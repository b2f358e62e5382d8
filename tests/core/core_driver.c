/* core_driver - the core without Janus: a server from the command line, watched from standard
 * input.
 *
 * For runs with real sockets (sanitizers, many cameras). Prints one JSON object a line. Commands:
 *   watch DEVICE [CHANNEL]   ready N   pause N   resume N   stop N   keyframe N
 *   refresh DEVICE   list   streams   counts   listeners   quit
 * `watch` prints the viewer's number N. With --ready viewers are ready at once. */
#include "gb28181/base/gb_clock.h"
#include "gb28181/base/gb_log.h"
#include "gb28181/domain/gb_server.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VIEWERS_MAX 4096

/** Counts what reaches it. */
typedef struct {
	gb_sink sink;
	gint packets, keyframes, formats; /**< atomic */
	unsigned number;
	gb_watch *watch; /**< SIP thread; NULL once ended */
} driver_viewer;

/** A line from standard input on its way to the SIP thread. */
typedef struct {
	char *words[4];
} driver_command;

static driver_viewer *viewers[VIEWERS_MAX];
static unsigned viewer_count;
static bool ready_at_once;
static pthread_mutex_t print_lock = PTHREAD_MUTEX_INITIALIZER;

static void print(const char *format, ...) G_GNUC_PRINTF(1, 2);
static void print(const char *format, ...) {
	va_list args;
	va_start(args, format);
	(void)pthread_mutex_lock(&print_lock);
	(void)vprintf(format, args);
	(void)putchar('\n');
	(void)fflush(stdout);
	(void)pthread_mutex_unlock(&print_lock);
	va_end(args);
}

/* ---- the sink ------------------------------------------------------------------------------ */

static void on_packet(gb_sink *sink, const gb_media_packet *packet) {
	driver_viewer *viewer = (driver_viewer *)sink;
	(void)g_atomic_int_add(&viewer->packets, 1);
	if(packet->keyframe && packet->frame_start)
		(void)g_atomic_int_add(&viewer->keyframes, 1);
}

static void on_format(gb_sink *sink, const gb_media_format *format) {
	driver_viewer *viewer = (driver_viewer *)sink;
	(void)g_atomic_int_add(&viewer->formats, 1);
	print("{\"event\":\"format\",\"viewer\":%u,\"video\":\"%s\",\"width\":%u,\"height\":%u,"
		  "\"audio\":\"%s\"}",
		viewer->number, gb_codec_name(format->video), format->width, format->height,
		gb_codec_name(format->audio));
}

static void on_free(gb_sink *sink) {
	g_free(sink);
}

static const gb_sink_ops sink_ops = {on_packet, on_format, on_free};

/* ---- events -------------------------------------------------------------------------------- */

static const char *change_name(gb_change change) {
	static const char *const names[] = {
		"added", "updated", "removed", "online", "offline", "started", "ended"};
	return names[change];
}

static void on_device(void *user, gb_change change, const gb_device_info *info) {
	char address[GB_ADDR_TEXT];
	(void)user;
	print("{\"event\":\"device\",\"change\":\"%s\",\"id\":\"%s\",\"online\":%s,\"address\":\"%s\","
		  "\"channels\":%u,\"catalog_complete\":%s}",
		change_name(change), info->id, info->online ? "true" : "false",
		gb_addr_format(address, &info->address), info->channels,
		info->catalog_complete ? "true" : "false");
}

static void on_channel(void *user, gb_change change, const gb_channel_info *info) {
	(void)user;
	print(
		"{\"event\":\"channel\",\"change\":\"%s\",\"device\":\"%s\",\"id\":\"%s\",\"name\":\"%s\"}",
		change_name(change), info->device, info->id, info->name);
}

static void on_stream(void *user, gb_change change, const gb_stream_info *info) {
	(void)user;
	print("{\"event\":\"stream\",\"change\":\"%s\",\"id\":\"%s\",\"device\":\"%s\",\"channel\":"
		  "\"%s\",\"state\":\"%s\",\"viewers\":%u}",
		change_name(change), info->id, info->device, info->channel, gb_play_state_name(info->state),
		info->viewers);
}

static void print_ladder(const gb_ladder *ladder, GString *text) {
	g_string_append(text, "[");
	for(int step = 0; step < GB_STEPS; step++) {
		if(ladder->at_us[step])
			g_string_append_printf(text, "%s\"%s:%" G_GINT64_FORMAT "\"", text->len > 1 ? "," : "",
				gb_step_name((gb_step)step), (ladder->at_us[step] - ladder->start_us) / 1000);
	}
	g_string_append(text, "]");
}

static void on_watch(gb_watch *watch, const gb_watch_event *event, void *user) {
	static const char *const kinds[] = {"playing", "interrupted", "ended"};
	driver_viewer *viewer = user;
	g_autoptr(GString) ladder = g_string_new(NULL);
	(void)watch;
	print_ladder(&event->stream->ladder, ladder);
	print("{\"event\":\"%s\",\"viewer\":%u,\"stream\":\"%s\",\"reason\":\"%s\",\"retry_s\":%d,"
		  "\"code\":%d,\"error\":\"%s\",\"step\":\"%s\",\"sip_status\":%d,\"ladder\":%s}",
		kinds[event->kind], viewer->number, event->stream->id, event->reason ? event->reason : "",
		event->retry_s, event->failure ? (int)event->failure->code : -1,
		event->failure ? event->failure->message : "",
		event->failure && event->failure->step ? event->failure->step : "",
		event->failure ? event->failure->sip_status : 0, ladder->str);
	if(event->kind == GB_WATCH_ENDED)
		viewer->watch = NULL;
}

/* ---- commands on the SIP thread ------------------------------------------------------------ */

static void watch(gb_server *server, const char *device, const char *channel) {
	g_autoptr(GError) error = NULL;
	if(!channel)
		channel = gb_server_only_channel(server, device, &error);
	if(!channel || viewer_count >= VIEWERS_MAX) {
		print("{\"event\":\"refused\",\"error\":\"%s\"}",
			error ? error->message : "too many viewers");
		return;
	}
	driver_viewer *viewer = g_new0(driver_viewer, 1);
	gb_sink_init(&viewer->sink, &sink_ops);
	viewer->number = viewer_count;
	char stream[24];
	g_autoptr(gb_failure) failure = NULL;
	viewer->watch =
		gb_server_watch(server, device, channel, &viewer->sink, on_watch, viewer, stream, &failure);
	if(!viewer->watch) {
		print("{\"event\":\"refused\",\"code\":%d,\"error\":\"%s\"}", (int)failure->code,
			failure->message);
		gb_sink_unref(&viewer->sink);
		return;
	}
	viewers[viewer_count++] = viewer;
	print("{\"event\":\"watching\",\"viewer\":%u,\"stream\":\"%s\"}", viewer->number, stream);
	if(ready_at_once)
		gb_watch_ready(viewer->watch);
}

static void viewer_command(const char *verb, const char *number) {
	int64_t at = 0;
	bool known = number && gb_str_parse_int(number, 0, (int64_t)viewer_count - 1, &at);
	driver_viewer *viewer = known ? viewers[at] : NULL;
	if(!viewer || !viewer->watch) {
		print("{\"event\":\"refused\",\"error\":\"no such viewer\"}");
		return;
	}
	if(!strcmp(verb, "ready")) {
		gb_watch_ready(viewer->watch);
	} else if(!strcmp(verb, "pause")) {
		gb_watch_pause(viewer->watch);
	} else if(!strcmp(verb, "keyframe")) {
		gb_watch_want_keyframe(viewer->watch);
	} else if(!strcmp(verb, "resume")) {
		g_autoptr(gb_failure) failure = NULL;
		if(!gb_watch_resume(viewer->watch, &failure))
			print("{\"event\":\"refused\",\"error\":\"%s\"}", failure->message);
	} else {
		gb_watch_stop(viewer->watch);
		viewer->watch = NULL;
	}
}

static void list(gb_server *server) {
	gb_list_query query = {.online = -1, .limit = 1000};
	g_autoptr(GPtrArray) items = NULL;
	unsigned total = gb_server_list_devices(server, &query, &items);
	for(guint i = 0; i < items->len; i++) {
		const gb_device_info *info = items->pdata[i];
		print("{\"device\":\"%s\",\"online\":%s,\"channels\":%u,\"name\":\"%s\",\"manufacturer\":"
			  "\"%s\"}",
			info->id, info->online ? "true" : "false", info->channels, info->name,
			info->manufacturer);
	}
	print("{\"event\":\"listed\",\"total\":%u}", total);
}

static void streams(gb_server *server) {
	g_autoptr(GPtrArray) items = NULL;
	unsigned total = gb_server_list_streams(server, &items);
	for(guint i = 0; i < items->len; i++) {
		const gb_stream_info *info = items->pdata[i];
		print(
			"{\"stream\":\"%s\",\"channel\":\"%s\",\"state\":\"%s\",\"viewers\":%u,\"invites\":%u,"
			"\"packets\":%" G_GUINT64_FORMAT ",\"lost\":%" G_GUINT64_FORMAT
			",\"strangers\":%" G_GUINT64_FORMAT ",\"bitrate_bps\":%u,\"fps\":%.1f}",
			info->id, info->channel, gb_play_state_name(info->state), info->viewers, info->invites,
			info->stats.pipeline.packets, info->stats.pipeline.lost, info->stats.strangers,
			info->stats.bitrate_bps, (double)info->stats.fps);
	}
	for(unsigned i = 0; i < viewer_count; i++) {
		if(viewers[i]->watch)
			print("{\"viewer\":%u,\"packets\":%d,\"keyframes\":%d}", i,
				g_atomic_int_get(&viewers[i]->packets), g_atomic_int_get(&viewers[i]->keyframes));
	}
	print("{\"event\":\"streams\",\"total\":%u}", total);
}

static void counts(gb_server *server) {
	gb_server_counts now;
	gb_server_get_counts(server, &now);
	print("{\"event\":\"counts\",\"devices\":%u,\"online\":%u,\"channels\":%u,\"streams\":%u,"
		  "\"viewers\":%u}",
		now.devices, now.online, now.channels, now.streams, now.viewers);
}

static void listeners(gb_server *server) {
	g_auto(GStrv) names = gb_server_listeners(server);
	g_autofree char *text = g_strjoinv(", ", names);
	print("{\"event\":\"listeners\",\"at\":\"%s\"}", text);
}

static void on_refreshed(void *user, const gb_refresh_result *result, const gb_failure *failure) {
	(void)user;
	print("{\"event\":\"refreshed\",\"what\":%u,\"complete\":%s,\"expected\":%u,\"received\":%u,"
		  "\"error\":\"%s\"}",
		result->what, result->catalog_complete ? "true" : "false", result->catalog_expected,
		result->catalog_received, failure ? failure->message : "");
}

static void free_command(void *data) {
	driver_command *command = data;
	for(size_t i = 0; i < G_N_ELEMENTS(command->words); i++)
		g_free(command->words[i]);
	g_free(command);
}

static void run_command(gb_server *server, void *data) {
	driver_command *command = data;
	const char *verb = command->words[0], *first = command->words[1];
	if(!strcmp(verb, "list"))
		list(server);
	else if(!strcmp(verb, "streams"))
		streams(server);
	else if(!strcmp(verb, "counts"))
		counts(server);
	else if(!strcmp(verb, "watch") && first)
		watch(server, first, command->words[2]);
	else if(!strcmp(verb, "listeners"))
		listeners(server);
	else if(!strcmp(verb, "refresh") && first)
		gb_server_refresh(server, first, GB_REFRESH_CATALOG | GB_REFRESH_INFO | GB_REFRESH_STATUS,
			on_refreshed, NULL);
	else
		viewer_command(verb, first);
	free_command(command);
}

/* ---- main ---------------------------------------------------------------------------------- */

static void log_line(gb_log_level level, const char *line) {
	(void)level;
	(void)fprintf(stderr, "%s\n", line);
}

static void replace(char **text, char *value) {
	if(!value)
		return;
	g_free(*text);
	*text = value;
}

static bool read_options(int *argc, char ***argv, gb_server_config *config) {
	char *ip = NULL, *password = NULL, *store = NULL, *media_ip = NULL, *server_id = NULL;
	int port = 5060, rtp_min = 30000, rtp_max = 31999, threads = 2;
	gboolean ready = FALSE, verbose = FALSE, closed = FALSE;
	GOptionEntry entries[] = {
		{"ip", 0, 0, G_OPTION_ARG_STRING, &ip, "Address to listen at", "IP"},
		{"port", 0, 0, G_OPTION_ARG_INT, &port, "SIP port", "N"},
		{"server-id", 0, 0, G_OPTION_ARG_STRING, &server_id, "Our id", "ID"},
		{"password", 0, 0, G_OPTION_ARG_STRING, &password, "Common password", "TEXT"},
		{"no-unknown", 0, 0, G_OPTION_ARG_NONE, &closed, "Only devices from the store", NULL},
		{"media-ip", 0, 0, G_OPTION_ARG_STRING, &media_ip, "Address for media", "IP"},
		{"rtp-min", 0, 0, G_OPTION_ARG_INT, &rtp_min, "First RTP port", "N"},
		{"rtp-max", 0, 0, G_OPTION_ARG_INT, &rtp_max, "Last RTP port", "N"},
		{"threads", 0, 0, G_OPTION_ARG_INT, &threads, "Media threads", "N"},
		{"store", 0, 0, G_OPTION_ARG_STRING, &store, "SQLite file", "FILE"},
		{"interval", 0, 0, G_OPTION_ARG_INT, &config->keepalive_interval_s, "Seconds", "N"},
		{"misses", 0, 0, G_OPTION_ARG_INT, &config->keepalive_misses, "Keepalives", "N"},
		{"linger", 0, 0, G_OPTION_ARG_INT, &config->linger_s, "Seconds", "N"},
		{"reconnect", 0, 0, G_OPTION_ARG_INT, &config->reconnect_s, "Seconds", "N"},
		{"answer-timeout", 0, 0, G_OPTION_ARG_INT, &config->answer_timeout_s, "Seconds", "N"},
		{"first-packet-timeout", 0, 0, G_OPTION_ARG_INT, &config->first_packet_timeout_s, "Seconds",
			"N"},
		{"media-timeout", 0, 0, G_OPTION_ARG_INT, &config->media_timeout_s, "Seconds", "N"},
		{"ready", 0, 0, G_OPTION_ARG_NONE, &ready, "Viewers are ready at once", NULL},
		{"verbose", 'v', 0, G_OPTION_ARG_NONE, &verbose, "Debug lines", NULL},
		{NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL},
	};
	GOptionContext *context = g_option_context_new("- the core of janus_gb28181 without Janus");
	g_autoptr(GError) error = NULL;
	g_option_context_add_main_entries(context, entries, NULL);
	bool read = g_option_context_parse(context, argc, argv, &error);
	g_option_context_free(context);
	if(!read) {
		(void)fprintf(stderr, "%s\n", error->message);
		return false;
	}
	if(ip) {
		g_strfreev(config->sip.ips);
		config->sip.ips = g_strsplit(ip, ",", -1);
		g_free(ip);
	}
	replace(&config->sip_password, password);
	replace(&config->store_path, store);
	replace(&config->media_ip, media_ip);
	if(server_id) {
		replace(&config->sip.realm, g_strndup(server_id, 10));
		replace(&config->sip.server_id, server_id);
	}
	config->allow_unknown = !closed;
	config->sip.port = (uint16_t)port;
	config->media.threads = (unsigned)threads;
	config->media.port_min = (uint16_t)rtp_min;
	config->media.port_max = (uint16_t)rtp_max;
	ready_at_once = ready;
	gb_log_set_sink(log_line, verbose ? GB_LOG_DEBUG : GB_LOG_INFO);
	return true;
}

static void read_commands(gb_server *server) {
	char line[512];
	while(fgets(line, sizeof(line), stdin)) {
		g_strstrip(line);
		if(!*line)
			continue;
		if(!strcmp(line, "quit"))
			break;
		driver_command *command = g_new0(driver_command, 1);
		g_auto(GStrv) words = g_strsplit(line, " ", (gint)G_N_ELEMENTS(command->words));
		for(size_t i = 0; words[i]; i++)
			command->words[i] = g_strdup(words[i]);
		(void)gb_server_post(server, run_command, command, free_command);
	}
}

int main(int argc, char **argv) {
	static const gb_server_events events = {on_device, on_channel, on_stream};
	gb_server_config config;
	gb_server_config_default(&config);
	if(!read_options(&argc, &argv, &config)) {
		gb_server_config_clear(&config);
		return 2;
	}
	g_autoptr(GError) error = NULL;
	gb_server *server = gb_server_new(&config, &events, NULL, &error);
	gb_server_config_clear(&config);
	if(!server) {
		(void)fprintf(stderr, "%s\n", error->message);
		return 1;
	}
	print("{\"event\":\"up\"}");
	read_commands(server);
	gb_server_free(server);
	for(unsigned i = 0; i < viewer_count; i++)
		gb_sink_unref(&viewers[i]->sink);
	print("{\"event\":\"down\"}");
	return 0;
}
