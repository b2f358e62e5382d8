#include "stubs/stub_janus.h"

#include <rtcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

stub_janus_state stub_janus;

/* ---- log ------------------------------------------------------------------------------------ */

int janus_log_level = 4;
gboolean janus_log_timestamps = FALSE;
gboolean janus_log_colors = FALSE;
char *janus_log_global_prefix = NULL;
int refcount_debug = 0;

void janus_vprintf(const char *format, ...) {
	va_list args;
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
}

/* ---- plugin helpers ------------------------------------------------------------------------- */

janus_plugin_result *janus_plugin_result_new(
	janus_plugin_result_type type, const char *text, json_t *content) {
	janus_plugin_result *result = g_new0(janus_plugin_result, 1);
	result->type = type;
	result->text = text;
	result->content = content;
	return result;
}

void janus_plugin_result_destroy(janus_plugin_result *result) {
	json_decref(result->content);
	g_free(result);
}

void janus_plugin_rtp_extensions_reset(janus_plugin_rtp_extensions *extensions) {
	memset(extensions, 0, sizeof(*extensions));
	extensions->min_delay = -1;
	extensions->max_delay = -1;
}

void janus_plugin_rtp_reset(janus_plugin_rtp *packet) {
	memset(packet, 0, sizeof(*packet));
	packet->mindex = -1;
	janus_plugin_rtp_extensions_reset(&packet->extensions);
}

gboolean janus_rtcp_has_pli(char *packet, int len) {
	return len > 0 && packet[0] == 'P';
}

gboolean janus_rtcp_has_fir(char *packet, int len) {
	return len > 0 && packet[0] == 'F';
}

/* ---- callbacks of the core ------------------------------------------------------------------ */

static int push_event(janus_plugin_session *handle, janus_plugin *plugin, const char *transaction,
	json_t *message, json_t *jsep) {
	(void)plugin;
	if(jsep && stub_janus.push_failures > 0) {
		stub_janus.push_failures--;
		return 465;
	}
	stub_push *push = g_new0(stub_push, 1);
	push->handle = handle;
	push->transaction = g_strdup(transaction);
	push->event = json_deep_copy(message);
	push->jsep = jsep ? json_deep_copy(jsep) : NULL;
	g_queue_push_tail(&stub_janus.pushes, push);
	return 0;
}

static void relay_rtp(janus_plugin_session *handle, janus_plugin_rtp *packet) {
	(void)handle;
	stub_relayed one = {
		.mindex = packet->mindex,
		.video = packet->video,
		.min_delay = packet->extensions.min_delay,
		.max_delay = packet->extensions.max_delay,
		.len = packet->length,
	};
	memcpy(one.data, packet->buffer, MIN((size_t)packet->length, sizeof(one.data)));
	g_array_append_val(stub_janus.relayed, one);
}

static void close_pc(janus_plugin_session *handle) {
	(void)handle;
	stub_janus.close_pcs++;
}

static gboolean events_is_enabled(void) {
	return stub_janus.events_enabled;
}

static void notify_event(janus_plugin *plugin, janus_plugin_session *handle, json_t *event) {
	(void)plugin;
	(void)handle;
	stub_janus.notified++;
	json_decref(stub_janus.last_notified);
	stub_janus.last_notified = event;
}

static gboolean auth_is_signed(void) {
	return stub_janus.tokens_signed;
}

static gboolean auth_is_signature_valid(janus_plugin *plugin, const char *token) {
	(void)plugin;
	return !g_strcmp0(token, stub_janus.token);
}

static gboolean auth_signature_contains(
	janus_plugin *plugin, const char *token, const char *descriptor) {
	(void)plugin;
	return !g_strcmp0(token, stub_janus.token) && !g_strcmp0(descriptor, stub_janus.descriptor);
}

janus_callbacks stub_janus_core = {
	.push_event = push_event,
	.relay_rtp = relay_rtp,
	.close_pc = close_pc,
	.events_is_enabled = events_is_enabled,
	.notify_event = notify_event,
	.auth_is_signed = auth_is_signed,
	.auth_is_signature_valid = auth_is_signature_valid,
	.auth_signature_contains = auth_signature_contains,
};
janus_plugin stub_janus_plugin;

void stub_push_free(stub_push *push) {
	if(!push)
		return;
	g_free(push->transaction);
	json_decref(push->event);
	json_decref(push->jsep);
	g_free(push);
}

stub_push *stub_janus_take(void) {
	return g_queue_pop_head(&stub_janus.pushes);
}

void stub_janus_reset(void) {
	stub_push *push;
	while((push = stub_janus_take()))
		stub_push_free(push);
	g_clear_pointer(&stub_janus.relayed, g_array_unref);
	json_decref(stub_janus.last_notified);
	memset(&stub_janus, 0, sizeof(stub_janus));
	stub_janus.relayed = g_array_new(FALSE, TRUE, sizeof(stub_relayed));
}

/* ---- handles -------------------------------------------------------------------------------- */

static unsigned handles_freed;

static void handle_free(const janus_refcount *ref) {
	handles_freed++;
	g_free((gpointer)((uintptr_t)ref - offsetof(janus_plugin_session, ref)));
}

janus_plugin_session *stub_handle_new(void) {
	janus_plugin_session *handle = g_new0(janus_plugin_session, 1);
	janus_refcount_init(&handle->ref, handle_free);
	janus_refcount_increase(&handle->ref);
	return handle;
}

bool stub_handle_drop(janus_plugin_session *handle) {
	unsigned before = handles_freed;
	janus_refcount_decrease(&handle->ref);
	return handles_freed > before;
}

/* ---- configuration -------------------------------------------------------------------------- */

static janus_config_container *container_new(
	janus_config_type type, const char *name, const char *value) {
	janus_config_container *one = g_new0(janus_config_container, 1);
	one->type = type;
	one->name = g_strdup(name);
	one->value = g_strdup(value);
	return one;
}

static void container_free(void *data) {
	janus_config_container *one = data;
	g_list_free_full(one->list, container_free);
	/* the strings are ours, only the struct calls them const */
	g_free((gpointer)(uintptr_t)one->name);
	g_free((gpointer)(uintptr_t)one->value);
	g_free(one);
}

janus_config *stub_config_new(void) {
	return g_new0(janus_config, 1);
}

static janus_config_container *section_of(janus_config *config, const char *name) {
	for(GList *one = config->list; one; one = one->next) {
		janus_config_container *section = one->data;
		if(!g_strcmp0(section->name, name))
			return section;
	}
	janus_config_container *section = container_new(janus_config_type_category, name, NULL);
	config->list = g_list_append(config->list, section);
	return section;
}

void stub_config_set(
	janus_config *config, const char *section, const char *name, const char *value) {
	janus_config_container *to = section_of(config, section);
	to->list = g_list_append(to->list, container_new(janus_config_type_item, name, value));
}

void stub_config_set_list(
	janus_config *config, const char *section, const char *name, const char *const *values) {
	janus_config_container *to = section_of(config, section);
	janus_config_container *array = container_new(janus_config_type_array, name, NULL);
	for(; *values; values++)
		array->list =
			g_list_append(array->list, container_new(janus_config_type_item, NULL, *values));
	to->list = g_list_append(to->list, array);
}

janus_config *stub_janus_file;

janus_config *janus_config_parse(const char *path) {
	(void)path;
	return g_steal_pointer(&stub_janus_file);
}

void janus_config_destroy(janus_config *config) {
	g_list_free_full(config->list, container_free);
	g_free(config);
}
