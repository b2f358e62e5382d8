/* gb_glue_api_watch.c - the requests of api.md 6 that are built: watch, start, pause, stop. */
#include "glue/gb_glue_api.h"
#include "glue/gb_glue_json.h"
#include "glue/gb_glue_watch.h"

enum { NOT_PLAYABLE = 484, INVALID_ELEMENT = 454 };

/* Whether the browser decodes what we send. Without `codecs` it is taken for granted. */
static bool decodes_h264(json_t *codecs) {
	if(!json_is_array(codecs))
		return !codecs || json_is_null(codecs) || !g_strcmp0(json_string_value(codecs), "h264");
	for(size_t i = 0; i < json_array_size(codecs); i++) {
		if(!g_strcmp0(json_string_value(json_array_get(codecs, i)), "h264"))
			return true;
	}
	return false;
}

static void watch(gb_request *request) {
	if(!decodes_h264(json_object_get(request->body, "codecs"))) {
		json_t *error =
			gb_json_error(NOT_PLAYABLE, "Only H.264 is sent so far: name h264 among the codecs");
		json_object_set_new(error, "codec", json_string("h264"));
		gb_request_fail(request, error);
	} else if(gb_api_bool(request->body, "adapt", false)) {
		gb_request_fail(request,
			gb_json_error(
				INVALID_ELEMENT, "Invalid element (adapt is not built yet; leave it out)"));
	} else {
		gb_watching_watch(request);
	}
}

static const char *const streams_all[] = {"main", "sub", NULL};
static const char *const streams_built[] = {"main", NULL};
static const char *const transports_all[] = {"udp", "tcp-passive", "tcp-active", NULL};
static const char *const transports_built[] = {"udp", NULL};
static const char *const codecs_all[] = {"h264", "h265", "vp8", "vp9", "av1", NULL};

static const gb_api_param watch_params[] = {
	{"device", GB_PARAM_DEVICE, true, 0, 0, NULL, NULL},
	{"channel", GB_PARAM_CHANNEL, false, 0, 0, NULL, NULL},
	{"stream", GB_PARAM_CHOICE, false, 0, 0, streams_all, streams_built},
	{"codecs", GB_PARAM_CHOICES, false, 0, 16, codecs_all, NULL},
	{"audio", GB_PARAM_BOOL, false, 0, 0, NULL, NULL},
	{"media_transport", GB_PARAM_CHOICE, false, 0, 0, transports_all, transports_built},
	{"adapt", GB_PARAM_BOOL, false, 0, 0, NULL, NULL},
	{"token", GB_PARAM_TEXT, false, 0, 4096, NULL, NULL},
};

const gb_api_entry gb_api_watch[] = {
	{"watch", 0, watch_params, G_N_ELEMENTS(watch_params), NULL, watch},
	{"start", 0, NULL, 0, NULL, gb_watching_start},
	{"pause", 0, NULL, 0, NULL, gb_watching_pause},
	{"stop", 0, NULL, 0, NULL, gb_watching_stop},
};
const size_t gb_api_watch_count = G_N_ELEMENTS(gb_api_watch);
