/* gb_glue_listen.h - who listens to what, and merging of what there is to tell (api.md 3).
 *
 * All listeners of a topic are told the same at the same moments, at most five times a second:
 * changes of one thing between two messages become one item with its last state. The first message
 * after `listen` is the present state. What overflows is dropped as a whole: `seq` then jumps, and
 * the present state follows. Lives on the API thread; knows nothing of Janus: listeners are opaque
 * pointers, messages leave through a callback. */
#ifndef GB_GLUE_LISTEN_H
#define GB_GLUE_LISTEN_H

#include "gb28181/base/gb_timers.h"
#include "gb28181/domain/gb_server.h"

#include <jansson.h>

typedef enum { GB_TOPIC_DEVICES, GB_TOPIC_CHANNELS, GB_TOPIC_STREAMS, GB_TOPICS } gb_topic;
/** "devices", "channels", "streams". */
const char *gb_topic_name(gb_topic topic);

/** Things of one topic that may wait to be told; more are told as a new state. */
#define GB_LISTEN_PENDING_MAX 10000
/** Listeners of one topic. */
#define GB_LISTEN_LISTENERS_MAX 1000
/** Between two messages of one topic. */
#define GB_LISTEN_INTERVAL_US 200000

typedef struct gb_listen gb_listen;

typedef struct {
	/** A message for a listener; takes it. */
	void (*send)(void *user, void *listener, json_t *message);
	/** The present state of the topic is wanted: gb_listen_state() with it, sooner or later.
	 * `listener` NULL = for all that listen. */
	void (*fetch)(void *user, gb_topic topic, void *listener);
	/** The number of listeners of the topic changed from or to 0. */
	void (*wanted)(void *user, gb_topic topic, bool wanted);
} gb_listen_ops;

gb_listen *gb_listen_new(gb_timers *timers, const gb_listen_ops *ops, void *user);
void gb_listen_free(gb_listen *listen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_listen, gb_listen_free)

/** Whether it listens already, or another one may. */
bool gb_listen_has_room(gb_listen *listen, gb_topic topic, void *listener);
/** Listens from now on, or anew: the present state is fetched. False when there are too many
 * listeners. */
bool gb_listen_add(gb_listen *listen, gb_topic topic, void *listener);
void gb_listen_remove(gb_listen *listen, gb_topic topic, void *listener);
/** Removes it from all topics. */
void gb_listen_forget(gb_listen *listen, void *listener);
/** The topics that it listens to (new array). */
json_t *gb_listen_topics(gb_listen *listen, void *listener);

/** Something changed: `key` tells which thing, `item` is the object (taken) to which `event` is
 * added. */
void gb_listen_change(
	gb_listen *listen, gb_topic topic, const char *key, gb_change change, json_t *item);
/** Any thread: changes of the topic were lost on their way here; a new state follows. */
void gb_listen_lost(gb_listen *listen, gb_topic topic);
/** The present state, for one listener or (NULL) for all: an array of objects (taken). */
void gb_listen_state(gb_listen *listen, gb_topic topic, void *listener, json_t *items);

#endif
