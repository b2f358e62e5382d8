/* stub_janus.h - link-time stand-in for the few symbols and callbacks of Janus that the glue uses.
 *
 * Records what the glue hands to Janus, and lets a test build a configuration file in memory. */
#ifndef STUB_JANUS_H
#define STUB_JANUS_H

#include <config.h>
#include <glib.h>
#include <jansson.h>
#include <plugins/plugin.h>
#include <stdbool.h>

/** An event that was pushed. */
typedef struct {
	janus_plugin_session *handle;
	char *transaction;
	json_t *event, *jsep;
} stub_push;

/** A packet that was relayed. */
typedef struct {
	int mindex;
	bool video;
	int16_t min_delay, max_delay;
	size_t len;
	uint8_t data[64];
} stub_relayed;

typedef struct {
	GQueue pushes;	   /* stub_push */
	GArray *relayed;   /* stub_relayed */
	int push_failures; /* so many of the next pushes with an offer fail */
	unsigned close_pcs;
	unsigned notified;
	json_t *last_notified;
	bool events_enabled;
	bool tokens_signed;
	const char *token, *descriptor; /* the only pair that is allowed */
} stub_janus_state;

extern stub_janus_state stub_janus;
extern janus_callbacks stub_janus_core;
extern janus_plugin stub_janus_plugin;

void stub_janus_reset(void);
/** The oldest push that was not taken yet, NULL when there is none. */
stub_push *stub_janus_take(void);
void stub_push_free(stub_push *push);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(stub_push, stub_push_free)

/** A handle as Janus makes it: two references, one of them the plugin's. */
janus_plugin_session *stub_handle_new(void);
/** Janus drops its own reference; true when that was the last one. */
bool stub_handle_drop(janus_plugin_session *handle);

/** What janus_config_parse() will return; taken by it. */
extern janus_config *stub_janus_file;

/** A parsed file; values are texts, as Janus hands them over. */
janus_config *stub_config_new(void);
/** Adds `name = value` to a section. */
void stub_config_set(
	janus_config *config, const char *section, const char *name, const char *value);
/** Adds `name = [ values ]`. */
void stub_config_set_list(
	janus_config *config, const char *section, const char *name, const char *const *values);

#endif
