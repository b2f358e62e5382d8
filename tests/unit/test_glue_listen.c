/* test_glue_listen.c - first the state, then merged changes at most five times a second, then gaps.
 */
#include "glue/gb_glue_listen.h"

#include "gb28181/base/gb_clock.h"

#include <string.h>

typedef struct {
	gb_timers *timers;
	gb_listen *listen;
	GQueue sent; /* json_t, with "to" added */
	unsigned fetches, fetches_for_all;
	bool wanted[GB_TOPICS];
} fixture;

static void on_send(void *user, void *listener, json_t *message) {
	fixture *f = user;
	json_object_set_new(message, "to", json_string(listener));
	g_queue_push_tail(&f->sent, message);
}

static void on_fetch(void *user, gb_topic topic, void *listener) {
	fixture *f = user;
	(void)topic;
	if(listener)
		f->fetches++;
	else
		f->fetches_for_all++;
}

static void on_wanted(void *user, gb_topic topic, bool wanted) {
	fixture *f = user;
	f->wanted[topic] = wanted;
}

static void start(fixture *f) {
	static const gb_listen_ops ops = {on_send, on_fetch, on_wanted};
	memset(f, 0, sizeof(*f));
	gb_clock_fake(100 * GB_SECOND, 100 * GB_SECOND);
	f->timers = gb_timers_new();
	f->listen = gb_listen_new(f->timers, &ops, f);
}

static void end(fixture *f) {
	g_assert_null(g_queue_peek_head(&f->sent));
	gb_listen_free(f->listen);
	gb_timers_free(f->timers);
	gb_clock_real();
}

static void pass(fixture *f, int64_t us) {
	gb_clock_fake_advance(us);
	gb_timers_run(f->timers);
}

static json_t *thing(const char *id, int value) {
	return json_pack("{s:s, s:i}", "id", id, "value", value);
}

static void change(fixture *f, const char *id, gb_change what, int value) {
	gb_listen_change(f->listen, GB_TOPIC_DEVICES, id, what, thing(id, value));
}

static json_t *one(const char *id, int value) {
	return json_pack("[o]", thing(id, value));
}

/* The next message as text: who, seq, then each item as event:id=value. */
static void expect(fixture *f, const char *expected) {
	json_t *message = g_queue_pop_head(&f->sent);
	if(!message) {
		g_assert_null(expected);
		return;
	}
	g_autoptr(GString) text = g_string_new(NULL);
	g_string_append_printf(text, "%s %d", json_string_value(json_object_get(message, "to")),
		(int)json_integer_value(json_object_get(message, "seq")));
	json_t *items = json_object_get(message, "items");
	for(size_t i = 0; i < json_array_size(items); i++) {
		json_t *item = json_array_get(items, i);
		g_string_append_printf(text, " %s:%s=%d", json_string_value(json_object_get(item, "event")),
			json_string_value(json_object_get(item, "id")),
			(int)json_integer_value(json_object_get(item, "value")));
	}
	g_assert_cmpstr(json_string_value(json_object_get(message, "gb28181")), ==, "event");
	g_assert_cmpstr(json_string_value(json_object_get(message, "notify")), ==, "devices");
	g_assert_cmpstr(text->str, ==, expected);
	json_decref(message);
}

static char alice[] = "alice", bob[] = "bob";

static void join(fixture *f, char *who) {
	g_assert_true(gb_listen_add(f->listen, GB_TOPIC_DEVICES, who));
	gb_listen_state(f->listen, GB_TOPIC_DEVICES, who, one("a", 1));
}

static void test_state_first(void) {
	fixture f;
	start(&f);
	g_assert_true(gb_listen_add(f.listen, GB_TOPIC_DEVICES, alice));
	g_assert_true(f.wanted[GB_TOPIC_DEVICES]);
	g_assert_cmpuint(f.fetches, ==, 1);
	change(&f, "a", GB_CHANGE_UPDATED, 2);
	pass(&f, GB_SECOND);
	expect(&f, NULL); /* nothing before the state */
	gb_listen_state(f.listen, GB_TOPIC_DEVICES, alice, one("a", 2));
	expect(&f, "alice 1 state:a=2");
	change(&f, "b", GB_CHANGE_ADDED, 1);
	pass(&f, GB_LISTEN_INTERVAL_US);
	expect(&f, "alice 2 added:b=1");
	gb_listen_forget(f.listen, alice);
	g_assert_false(f.wanted[GB_TOPIC_DEVICES]);
	change(&f, "b", GB_CHANGE_REMOVED, 1);
	pass(&f, GB_SECOND);
	end(&f);
}

static void test_merging(void) {
	fixture f;
	start(&f);
	join(&f, alice);
	join(&f, bob);
	expect(&f, "alice 1 state:a=1");
	expect(&f, "bob 1 state:a=1");
	change(&f, "c", GB_CHANGE_ONLINE, 1);
	change(&f, "d", GB_CHANGE_ADDED, 1);
	change(&f, "c", GB_CHANGE_UPDATED, 2); /* stays what happened, with the last state */
	change(&f, "d", GB_CHANGE_REMOVED, 3);
	pass(&f, 0);
	for(int i = 0; i < 2; i++) {
		json_t *message = g_queue_peek_head(&f.sent);
		bool first = !strcmp(json_string_value(json_object_get(message, "to")), "alice");
		expect(&f, first ? "alice 2 online:c=2 removed:d=3" : "bob 2 online:c=2 removed:d=3");
	}
	gb_listen_forget(f.listen, alice);
	gb_listen_forget(f.listen, bob);
	end(&f);
}

static void test_rate(void) {
	fixture f;
	start(&f);
	join(&f, alice);
	expect(&f, "alice 1 state:a=1");
	unsigned messages = 0;
	for(int ms = 0; ms < 2000; ms += 10) {
		change(&f, "a", GB_CHANGE_UPDATED, ms);
		pass(&f, 10 * GB_MS);
		while(!g_queue_is_empty(&f.sent)) {
			json_decref(g_queue_pop_head(&f.sent));
			messages++;
		}
	}
	g_assert_cmpuint(messages, >=, 9);
	g_assert_cmpuint(messages, <=, 11);
	pass(&f, GB_SECOND);
	json_decref(g_queue_pop_head(&f.sent));
	gb_listen_forget(f.listen, alice);
	end(&f);
}

static void test_overflow(void) {
	fixture f;
	start(&f);
	join(&f, alice);
	expect(&f, "alice 1 state:a=1");
	for(int i = 0; i <= GB_LISTEN_PENDING_MAX; i++) {
		g_autofree char *id = g_strdup_printf("%d", i);
		change(&f, id, GB_CHANGE_ADDED, i);
	}
	pass(&f, GB_SECOND);
	expect(&f, NULL);
	g_assert_cmpuint(f.fetches_for_all, ==, 1);
	gb_listen_state(f.listen, GB_TOPIC_DEVICES, NULL, one("z", 9));
	expect(&f, "alice 3 state:z=9"); /* 2 is missing: something was left out */
	change(&f, "z", GB_CHANGE_OFFLINE, 8);
	pass(&f, GB_SECOND);
	expect(&f, "alice 4 offline:z=8");
	/* lost on the way here: the same */
	gb_listen_lost(f.listen, GB_TOPIC_DEVICES);
	change(&f, "z", GB_CHANGE_ONLINE, 8);
	pass(&f, GB_SECOND);
	g_assert_cmpuint(f.fetches_for_all, ==, 2);
	gb_listen_forget(f.listen, alice);
	end(&f);
}

static void test_again(void) {
	fixture f;
	start(&f);
	join(&f, alice);
	expect(&f, "alice 1 state:a=1");
	join(&f, alice);
	expect(&f, "alice 2 state:a=1");
	gb_listen_forget(f.listen, alice);
	end(&f);
}

static void test_room(void) {
	fixture f;
	static char many[GB_LISTEN_LISTENERS_MAX + 1];
	start(&f);
	for(int i = 0; i < GB_LISTEN_LISTENERS_MAX; i++)
		g_assert_true(gb_listen_add(f.listen, GB_TOPIC_STREAMS, &many[i]));
	g_assert_false(gb_listen_add(f.listen, GB_TOPIC_STREAMS, &many[GB_LISTEN_LISTENERS_MAX]));
	g_assert_true(gb_listen_add(f.listen, GB_TOPIC_STREAMS, &many[0]));
	json_t *topics = gb_listen_topics(f.listen, &many[0]);
	g_assert_cmpstr(json_string_value(json_array_get(topics, 0)), ==, "streams");
	json_decref(topics);
	end(&f);
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/glue/listen/state-first", test_state_first);
	g_test_add_func("/glue/listen/merging", test_merging);
	g_test_add_func("/glue/listen/rate", test_rate);
	g_test_add_func("/glue/listen/overflow", test_overflow);
	g_test_add_func("/glue/listen/again", test_again);
	g_test_add_func("/glue/listen/room", test_room);
	return g_test_run();
}
