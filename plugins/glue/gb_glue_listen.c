#include "glue/gb_glue_listen.h"

#include "gb28181/base/gb_clock.h"

typedef struct {
	void *who;
	uint64_t seq; /* of its last message */
	bool ready;	  /* the present state was sent */
} listener;

/* A thing that changed since the last message. */
typedef struct {
	gb_change change;
	json_t *item;
} pending;

typedef struct {
	gb_listen *listen;
	gb_topic topic;
	GHashTable *listeners; /* who -> listener */
	GHashTable *pending;   /* key -> pending */
	GQueue order;		   /* the keys, oldest first; owned by `pending` */
	gb_timer timer;
	int64_t last_us; /* of the last message */
	bool overflowed;
	gint lost; /* atomic */
} topic_state;

struct gb_listen {
	gb_timers *timers;
	gb_listen_ops ops;
	void *user;
	topic_state topics[GB_TOPICS];
};

const char *gb_topic_name(gb_topic topic) {
	static const char *const names[GB_TOPICS] = {"devices", "channels", "streams"};
	return topic < GB_TOPICS ? names[topic] : "";
}

static const char *change_name(gb_change change) {
	static const char *const names[] = {
		[GB_CHANGE_ADDED] = "added",
		[GB_CHANGE_UPDATED] = "updated",
		[GB_CHANGE_REMOVED] = "removed",
		[GB_CHANGE_ONLINE] = "online",
		[GB_CHANGE_OFFLINE] = "offline",
		[GB_CHANGE_STARTED] = "started",
		[GB_CHANGE_ENDED] = "ended",
	};
	return (size_t)change < G_N_ELEMENTS(names) ? names[change] : "updated";
}

static void pending_free(void *data) {
	pending *one = data;
	json_decref(one->item);
	g_free(one);
}

static void on_timer(void *user);

gb_listen *gb_listen_new(gb_timers *timers, const gb_listen_ops *ops, void *user) {
	gb_listen *listen = g_new0(gb_listen, 1);
	listen->timers = timers;
	listen->ops = *ops;
	listen->user = user;
	for(int i = 0; i < GB_TOPICS; i++) {
		topic_state *topic = &listen->topics[i];
		topic->listen = listen;
		topic->topic = (gb_topic)i;
		topic->listeners = g_hash_table_new_full(NULL, NULL, NULL, g_free);
		topic->pending = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, pending_free);
		g_queue_init(&topic->order);
		gb_timer_init(&topic->timer, on_timer, topic);
	}
	return listen;
}

void gb_listen_free(gb_listen *listen) {
	if(!listen)
		return;
	for(int i = 0; i < GB_TOPICS; i++) {
		topic_state *topic = &listen->topics[i];
		gb_timers_stop(listen->timers, &topic->timer);
		g_queue_clear(&topic->order);
		g_hash_table_destroy(topic->listeners);
		g_hash_table_destroy(topic->pending);
	}
	g_free(listen);
}

/* ---- messages ------------------------------------------------------------------------------ */

static void send_items(topic_state *topic, listener *to, json_t *items, bool state) {
	json_t *message = json_pack("{s:s, s:s, s:I, s:O}", "gb28181", "event", "notify",
		gb_topic_name(topic->topic), "seq", (json_int_t)++to->seq, "items", items);
	if(state)
		json_object_set_new(message, "event", json_string("state"));
	topic->listen->ops.send(topic->listen->user, to->who, message);
}

static void forget_pending(topic_state *topic) {
	g_queue_clear(&topic->order);
	g_hash_table_remove_all(topic->pending);
}

static json_t *take_items(topic_state *topic) {
	json_t *items = json_array();
	for(const GList *key = topic->order.head; key; key = key->next) {
		pending *one = g_hash_table_lookup(topic->pending, key->data);
		json_object_set_new(one->item, "event", json_string(change_name(one->change)));
		json_array_append(items, one->item);
	}
	forget_pending(topic);
	return items;
}

static void flush(topic_state *topic) {
	GHashTableIter iter;
	void *value;
	topic->last_us = gb_clock_us();
	if(topic->overflowed || g_atomic_int_get(&topic->lost)) {
		topic->overflowed = false;
		g_atomic_int_set(&topic->lost, 0);
		forget_pending(topic);
		topic->listen->ops.fetch(topic->listen->user, topic->topic, NULL);
		return;
	}
	json_t *items = take_items(topic);
	g_hash_table_iter_init(&iter, topic->listeners);
	while(g_hash_table_iter_next(&iter, NULL, &value)) {
		listener *to = value;
		if(to->ready)
			send_items(topic, to, items, false);
	}
	json_decref(items);
}

static void on_timer(void *user) {
	flush(user);
}

/* Now, or as soon as the rate allows. */
static void flush_soon(topic_state *topic) {
	int64_t wait_us = topic->last_us + GB_LISTEN_INTERVAL_US - gb_clock_us();
	if(gb_timer_running(&topic->timer))
		return;
	/* even when nothing was said for long: what changes together is told together */
	gb_timers_start(topic->listen->timers, &topic->timer, CLAMP(wait_us, 0, GB_LISTEN_INTERVAL_US));
}

/* ---- listeners ----------------------------------------------------------------------------- */

bool gb_listen_has_room(gb_listen *listen, gb_topic which, void *who) {
	const topic_state *topic = &listen->topics[which];
	return g_hash_table_contains(topic->listeners, who) ||
		g_hash_table_size(topic->listeners) < GB_LISTEN_LISTENERS_MAX;
}

bool gb_listen_add(gb_listen *listen, gb_topic which, void *who) {
	topic_state *topic = &listen->topics[which];
	listener *known = g_hash_table_lookup(topic->listeners, who);
	guint before = g_hash_table_size(topic->listeners);
	if(!gb_listen_has_room(listen, which, who))
		return false;
	if(!known) {
		known = g_new0(listener, 1);
		known->who = who;
		g_hash_table_insert(topic->listeners, who, known);
	}
	known->ready = false;
	if(before == 0)
		listen->ops.wanted(listen->user, which, true);
	listen->ops.fetch(listen->user, which, who);
	return true;
}

void gb_listen_remove(gb_listen *listen, gb_topic which, void *who) {
	topic_state *topic = &listen->topics[which];
	if(!g_hash_table_remove(topic->listeners, who))
		return;
	if(g_hash_table_size(topic->listeners) > 0)
		return;
	gb_timers_stop(listen->timers, &topic->timer);
	forget_pending(topic);
	listen->ops.wanted(listen->user, which, false);
}

void gb_listen_forget(gb_listen *listen, void *who) {
	for(int i = 0; i < GB_TOPICS; i++)
		gb_listen_remove(listen, (gb_topic)i, who);
}

json_t *gb_listen_topics(gb_listen *listen, void *who) {
	json_t *topics = json_array();
	for(int i = 0; i < GB_TOPICS; i++) {
		if(g_hash_table_contains(listen->topics[i].listeners, who))
			json_array_append_new(topics, json_string(gb_topic_name((gb_topic)i)));
	}
	return topics;
}

/* ---- changes ------------------------------------------------------------------------------- */

/* What to call two changes of one thing that are told as one. */
static gb_change merge(gb_change before, gb_change after) {
	return after == GB_CHANGE_UPDATED ? before : after;
}

void gb_listen_change(
	gb_listen *listen, gb_topic which, const char *key, gb_change change, json_t *item) {
	topic_state *topic = &listen->topics[which];
	pending *known = g_hash_table_lookup(topic->pending, key);
	if(g_hash_table_size(topic->listeners) == 0 || topic->overflowed) {
		json_decref(item);
		return;
	}
	if(known) {
		json_decref(known->item);
		known->item = item;
		known->change = merge(known->change, change);
	} else if(g_hash_table_size(topic->pending) >= GB_LISTEN_PENDING_MAX) {
		json_decref(item);
		topic->overflowed = true;
	} else {
		char *own = g_strdup(key);
		known = g_new0(pending, 1);
		known->change = change;
		known->item = item;
		g_hash_table_insert(topic->pending, own, known);
		g_queue_push_tail(&topic->order, own);
	}
	flush_soon(topic);
}

void gb_listen_lost(gb_listen *listen, gb_topic which) {
	g_atomic_int_set(&listen->topics[which].lost, 1);
}

static void send_state(topic_state *topic, listener *to, json_t *items, bool gap) {
	/* a number left out is what tells the listener that something was */
	if(gap)
		to->seq++;
	to->ready = true;
	send_items(topic, to, items, true);
}

void gb_listen_state(gb_listen *listen, gb_topic which, void *who, json_t *items) {
	topic_state *topic = &listen->topics[which];
	GHashTableIter iter;
	void *value;
	for(size_t i = 0; i < json_array_size(items); i++)
		json_object_set_new(json_array_get(items, i), "event", json_string("state"));
	if(who) {
		listener *to = g_hash_table_lookup(topic->listeners, who);
		if(to)
			send_state(topic, to, items, false);
	} else {
		topic->last_us = gb_clock_us();
		g_hash_table_iter_init(&iter, topic->listeners);
		while(g_hash_table_iter_next(&iter, NULL, &value))
			send_state(topic, value, items, true);
	}
	json_decref(items);
}
