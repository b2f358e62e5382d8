/* gb_glue_events.c - what changes in the core, to listeners and to Janus's event handlers. */
#include "glue/gb_glue_json.h"
#include "glue/gb_glue_listen.h"
#include "glue/gb_glue.h"

G_STATIC_ASSERT(G_N_ELEMENTS(((gb_glue *)0)->wanted) == GB_TOPICS);

/* A change on its way from the SIP thread to the API thread. */
typedef struct {
	gb_glue *glue;
	gb_topic topic;
	gb_change change;
	char *key;
	json_t *item;
} change;

static void change_free(void *data) {
	change *one = data;
	g_free(one->key);
	json_decref(one->item);
	g_free(one);
}

/* Refused: the API thread is behind by its whole mailbox. */
static void change_lost(void *data) {
	change *one = data;
	if(!g_atomic_int_get(&one->glue->stopping))
		gb_listen_lost(one->glue->listen, one->topic);
	change_free(one);
}

static bool tells_handlers(const gb_glue *glue) {
	return glue->config.events && glue->core->events_is_enabled();
}

void gb_glue_notify(gb_glue *glue, janus_plugin_session *handle, json_t *event) {
	if(tells_handlers(glue))
		glue->core->notify_event(glue->plugin, handle, event);
	else
		json_decref(event);
}

static const char *handler_event(gb_topic topic) {
	static const char *const names[GB_TOPICS] = {"device", "channel", "stream"};
	return names[topic];
}

static const char *handler_change(gb_change what) {
	static const char *const names[] = {
		"added", "updated", "removed", "online", "offline", "started", "ended"};
	return (size_t)what < G_N_ELEMENTS(names) ? names[what] : "updated";
}

/* API thread */
static void tell(void *data) {
	change *one = data;
	/* handlers are told what happens, not each refreshed counter, and nothing of a catalog's
	 * thousands */
	if(one->change != GB_CHANGE_UPDATED && one->topic != GB_TOPIC_CHANNELS &&
		tells_handlers(one->glue))
		gb_glue_notify(one->glue, NULL,
			json_pack("{s:s, s:s, s:o}", "event", handler_event(one->topic), "change",
				handler_change(one->change), handler_event(one->topic), json_copy(one->item)));
	gb_listen_change(
		one->glue->listen, one->topic, one->key, one->change, g_steal_pointer(&one->item));
	change_free(one);
}

/* SIP thread: whether anybody wants to know. */
static bool is_wanted(gb_glue *glue, gb_topic topic) {
	return g_atomic_int_get(&glue->wanted[topic]) || tells_handlers(glue);
}

/* SIP thread; takes key and item. */
static void post(gb_glue *glue, gb_topic topic, gb_change what, char *key, json_t *item) {
	change *one = g_new0(change, 1);
	one->glue = glue;
	one->topic = topic;
	one->change = what;
	one->key = key;
	one->item = item;
	(void)gb_glue_post(glue->threads, tell, one, change_lost);
}

static void on_device(void *user, gb_change what, const gb_device_info *info) {
	gb_glue *glue = user;
	if(is_wanted(glue, GB_TOPIC_DEVICES))
		post(glue, GB_TOPIC_DEVICES, what, g_strdup(info->id),
			gb_json_device(info, glue->config.server.node));
}

static void on_channel(void *user, gb_change what, const gb_channel_info *info) {
	gb_glue *glue = user;
	if(is_wanted(glue, GB_TOPIC_CHANNELS))
		post(glue, GB_TOPIC_CHANNELS, what, g_strconcat(info->device, "/", info->id, NULL),
			gb_json_channel(info));
}

static void on_stream(void *user, gb_change what, const gb_stream_info *info) {
	gb_glue *glue = user;
	if(is_wanted(glue, GB_TOPIC_STREAMS))
		post(glue, GB_TOPIC_STREAMS, what, g_strdup(info->id), gb_json_stream(info));
}

const gb_server_events gb_glue_server_events = {
	.device = on_device,
	.channel = on_channel,
	.stream = on_stream,
};
