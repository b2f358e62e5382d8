#include "glue/gb_glue_hub.h"

#include "glue/gb_glue_json.h"

#define PAGE 1000

/* ---- the present state --------------------------------------------------------------------- */

/* A listing of the SIP thread's on its way to one listener, or to all. */
typedef struct {
	gb_glue *glue;
	gb_topic topic;
	gb_session *listener; /* a reference, or NULL */
	GPtrArray *pages;	  /* GPtrArray of copies each */
} snapshot;

static void snapshot_free(void *data) {
	snapshot *one = data;
	gb_session_unref(one->listener);
	g_ptr_array_unref(one->pages);
	g_free(one);
}

static json_t *to_json(const snapshot *one, const void *info) {
	switch(one->topic) {
	case GB_TOPIC_DEVICES:
		return gb_json_device(info, one->glue->config.server.node);
	case GB_TOPIC_CHANNELS:
		return gb_json_channel(info);
	default:
		return gb_json_stream(info);
	}
}

/* API thread */
static void deliver(void *data) {
	snapshot *one = data;
	json_t *items = json_array();
	for(guint i = 0; i < one->pages->len; i++) {
		const GPtrArray *page = g_ptr_array_index(one->pages, i);
		for(guint j = 0; j < page->len; j++)
			json_array_append_new(items, to_json(one, g_ptr_array_index(page, j)));
	}
	gb_listen_state(one->glue->listen, one->topic, one->listener, items);
	snapshot_free(one);
}

static unsigned list(gb_server *server, gb_topic topic, unsigned offset, GPtrArray **ret_page) {
	gb_list_query query = {.online = -1, .offset = offset, .limit = PAGE};
	if(topic == GB_TOPIC_DEVICES)
		return gb_server_list_devices(server, &query, ret_page);
	if(topic == GB_TOPIC_CHANNELS)
		return gb_server_list_channels(server, &query, ret_page);
	return gb_server_list_streams(server, ret_page);
}

/* SIP thread: all in one go, so that a change comes either with it or after it. */
static void take_snapshot(gb_server *server, void *data) {
	snapshot *one = data;
	unsigned total = 0, got = 0;
	do {
		GPtrArray *page = NULL;
		total = list(server, one->topic, got, &page);
		guint len = page ? page->len : 0;
		if(page)
			g_ptr_array_add(one->pages, page);
		got += len;
		if(len == 0)
			break;
	} while(one->topic != GB_TOPIC_STREAMS && got < total);
	(void)gb_glue_post(one->glue->threads, deliver, one, snapshot_free);
}

static void on_fetch(void *user, gb_topic topic, void *listener) {
	gb_glue *glue = user;
	snapshot *one = g_new0(snapshot, 1);
	one->glue = glue;
	one->topic = topic;
	one->listener = listener ? gb_session_ref(listener) : NULL;
	one->pages = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
	(void)gb_server_post(glue->server, take_snapshot, one, snapshot_free);
}

/* ---- the hub ------------------------------------------------------------------------------- */

static void on_send(void *user, void *listener, json_t *message) {
	(void)user;
	gb_session_push(listener, NULL, message, NULL, NULL);
}

static void on_wanted(void *user, gb_topic topic, bool wanted) {
	gb_glue *glue = user;
	g_atomic_int_set(&glue->wanted[topic], wanted);
}

gb_listen *gb_hub_new(gb_glue *glue) {
	static const gb_listen_ops ops = {on_send, on_fetch, on_wanted};
	return gb_listen_new(gb_glue_timers(glue->threads), &ops, glue);
}

bool gb_hub_has_room(gb_session *session, const bool named[GB_TOPICS]) {
	for(int i = 0; i < GB_TOPICS; i++) {
		if(named[i] && !gb_listen_has_room(session->glue->listen, (gb_topic)i, session))
			return false;
	}
	return true;
}

json_t *gb_hub_names(const bool named[GB_TOPICS]) {
	json_t *names = json_array();
	for(int i = 0; i < GB_TOPICS; i++) {
		if(named[i])
			json_array_append_new(names, json_string(gb_topic_name((gb_topic)i)));
	}
	return names;
}
