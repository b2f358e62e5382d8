#include "stubs/stub_server.h"

#include <string.h>

struct gb_server {
	gb_mailbox *mailbox;
};

struct gb_watch {
	gb_sink *sink;
	gb_watch_fn event;
	void *user;
};

stub_server_state stub_server;
static gb_server *the_server;

/* ---- copies --------------------------------------------------------------------------------- */

const char *gb_play_state_name(gb_play_state state) {
	return state == GB_PLAY_PLAYING ? "playing" : "inviting";
}

void gb_device_info_free(gb_device_info *info) {
	if(!info)
		return;
	g_free(info->name);
	g_free(info->user_agent);
	g_free(info->manufacturer);
	g_free(info->model);
	g_free(info->firmware);
	g_free(info->charset);
	g_free(info->version);
	g_free(info);
}

void gb_channel_info_free(gb_channel_info *info) {
	if(!info)
		return;
	g_free(info->name);
	g_strfreev(info->parents);
	g_free(info->group);
	g_free(info->manufacturer);
	g_free(info->model);
	g_free(info->civil_code);
	g_free(info->address);
	g_free(info);
}

void gb_stream_info_free(gb_stream_info *info) {
	g_free(info);
}

static gb_device_info *device_new(const char *id, const char *name, bool online) {
	gb_device_info *info = g_new0(gb_device_info, 1);
	g_strlcpy(info->id, id, sizeof(info->id));
	info->name = g_strdup(name);
	info->online = online;
	info->enabled = true;
	info->user_agent = g_strdup("");
	info->manufacturer = g_strdup("");
	info->model = g_strdup("");
	info->firmware = g_strdup("");
	info->charset = g_strdup("auto");
	info->version = g_strdup("2016");
	return info;
}

static gb_channel_info *channel_new(const char *device, const char *id) {
	gb_channel_info *info = g_new0(gb_channel_info, 1);
	g_strlcpy(info->device, device, sizeof(info->device));
	g_strlcpy(info->id, id, sizeof(info->id));
	info->name = g_strdup("Gate");
	info->playable = true;
	info->type = "camera";
	info->parents = g_new0(char *, 1);
	info->group = g_strdup("");
	info->manufacturer = g_strdup("");
	info->model = g_strdup("");
	info->civil_code = g_strdup("");
	info->address = g_strdup("");
	return info;
}

void stub_server_add_device(const char *id, bool online) {
	g_ptr_array_add(stub_server.devices, device_new(id, "Recorder", online));
}

void stub_server_add_channel(const char *device, const char *id) {
	g_ptr_array_add(stub_server.channels, channel_new(device, id));
}

static const gb_device_info *find_device(const char *id) {
	for(guint i = 0; i < stub_server.devices->len; i++) {
		const gb_device_info *info = g_ptr_array_index(stub_server.devices, i);
		if(!strcmp(info->id, id))
			return info;
	}
	return NULL;
}

/* ---- life ----------------------------------------------------------------------------------- */

gb_server *stub_server_new(void) {
	memset(&stub_server, 0, sizeof(stub_server));
	stub_server.devices = g_ptr_array_new_with_free_func((GDestroyNotify)gb_device_info_free);
	stub_server.channels = g_ptr_array_new_with_free_func((GDestroyNotify)gb_channel_info_free);
	the_server = g_new0(gb_server, 1);
	the_server->mailbox = gb_mailbox_new(0);
	return the_server;
}

static void watch_free(gb_watch *watch) {
	gb_sink_unref(watch->sink);
	g_free(watch);
	if(stub_server.watch == watch)
		stub_server.watch = NULL;
}

void stub_server_free(gb_server *server) {
	if(!server)
		return;
	stub_server.deaf = false;
	while(stub_server_run() > 0)
		continue;
	if(stub_server.watch)
		watch_free(stub_server.watch);
	gb_mailbox_free(server->mailbox);
	g_free(server);
	the_server = NULL;
	g_ptr_array_unref(stub_server.devices);
	g_ptr_array_unref(stub_server.channels);
	gb_failure_free(stub_server.refuse_watch);
	gb_failure_free(stub_server.refuse_resume);
	gb_failure_free(stub_server.refuse_refresh);
	g_free(stub_server.created_name);
	g_free(stub_server.created_password);
}

gb_server *gb_server_new(
	const gb_server_config *config, const gb_server_events *events, void *user, GError **error) {
	(void)config;
	(void)events;
	(void)user;
	(void)error;
	return stub_server_new();
}

void gb_server_free(gb_server *server) {
	stub_server_free(server);
}

typedef struct {
	void (*fn)(gb_server *server, void *data);
	void *data;
	GDestroyNotify drop;
} task;

static void task_run(void *data) {
	task *one = data;
	one->fn(the_server, one->data);
	g_free(one);
}

static void task_drop(void *data) {
	task *one = data;
	if(one->drop)
		one->drop(one->data);
	g_free(one);
}

bool gb_server_post(
	gb_server *server, void (*fn)(gb_server *server, void *data), void *data, GDestroyNotify drop) {
	task *one = g_new0(task, 1);
	one->fn = fn;
	one->data = data;
	one->drop = drop;
	return gb_mailbox_post(server->mailbox, task_run, one, task_drop);
}

size_t stub_server_run(void) {
	return stub_server.deaf ? 0 : gb_mailbox_run(the_server->mailbox);
}

/* ---- registry ------------------------------------------------------------------------------- */

unsigned gb_server_list_devices(
	gb_server *server, const gb_list_query *query, GPtrArray **ret_items) {
	(void)server;
	*ret_items = g_ptr_array_new_with_free_func((GDestroyNotify)gb_device_info_free);
	for(guint i = query->offset; i < stub_server.devices->len && i < query->offset + query->limit;
		i++) {
		const gb_device_info *info = g_ptr_array_index(stub_server.devices, i);
		g_ptr_array_add(*ret_items, device_new(info->id, info->name, info->online));
	}
	return stub_server.devices->len;
}

unsigned gb_server_list_channels(
	gb_server *server, const gb_list_query *query, GPtrArray **ret_items) {
	(void)server;
	*ret_items = g_ptr_array_new_with_free_func((GDestroyNotify)gb_channel_info_free);
	for(guint i = query->offset; i < stub_server.channels->len && i < query->offset + query->limit;
		i++) {
		const gb_channel_info *info = g_ptr_array_index(stub_server.channels, i);
		g_ptr_array_add(*ret_items, channel_new(info->device, info->id));
	}
	return stub_server.channels->len;
}

static gb_stream_info *stream_new(void) {
	gb_stream_info *info = g_new0(gb_stream_info, 1);
	g_strlcpy(info->id, "7", sizeof(info->id));
	g_strlcpy(info->device, "34020000001320000001", sizeof(info->device));
	g_strlcpy(info->channel, "34020000001310000001", sizeof(info->channel));
	info->state = GB_PLAY_PLAYING;
	return info;
}

unsigned gb_server_list_streams(gb_server *server, GPtrArray **ret_items) {
	(void)server;
	*ret_items = g_ptr_array_new_with_free_func((GDestroyNotify)gb_stream_info_free);
	if(stub_server.opened)
		g_ptr_array_add(*ret_items, stream_new());
	return (*ret_items)->len;
}

gb_device_info *gb_server_get_device(gb_server *server, const char *device) {
	(void)server;
	const gb_device_info *info = find_device(device);
	return info ? device_new(info->id, info->name, info->online) : NULL;
}

gb_channel_info *gb_server_get_channel(gb_server *server, const char *device, const char *channel) {
	(void)server;
	for(guint i = 0; i < stub_server.channels->len; i++) {
		const gb_channel_info *info = g_ptr_array_index(stub_server.channels, i);
		if(!strcmp(info->device, device) && !strcmp(info->id, channel))
			return channel_new(device, channel);
	}
	return NULL;
}

gb_stream_info *gb_server_get_stream(gb_server *server, const char *id) {
	(void)server;
	(void)id;
	return stub_server.watch ? stream_new() : NULL;
}

void gb_server_get_counts(gb_server *server, gb_server_counts *ret_counts) {
	(void)server;
	memset(ret_counts, 0, sizeof(*ret_counts));
	ret_counts->devices = stub_server.devices->len;
	ret_counts->uptime_s = 12;
}

char **gb_server_listeners(gb_server *server) {
	(void)server;
	return g_strsplit("udp 10.0.0.1:5060", ",", -1);
}

const char *gb_server_only_channel(gb_server *server, const char *device, GError **error) {
	(void)server;
	const char *found = NULL;
	unsigned count = 0;
	for(guint i = 0; i < stub_server.channels->len; i++) {
		const gb_channel_info *info = g_ptr_array_index(stub_server.channels, i);
		if(strcmp(info->device, device))
			continue;
		found = info->id;
		count++;
	}
	if(count == 1)
		return found;
	g_set_error(
		error, GB_ERROR, count ? GB_ERROR_MISSING : GB_ERROR_NOT_FOUND, "%u channels", count);
	return NULL;
}

bool gb_server_create_device(
	gb_server *server, const char *device, const gb_device_edit *edit, GError **error) {
	(void)server;
	if(find_device(device)) {
		g_set_error(error, GB_ERROR, GB_ERROR_EXISTS, "exists");
		return false;
	}
	g_free(stub_server.created_name);
	g_free(stub_server.created_password);
	stub_server.created_name = g_strdup(edit->name);
	stub_server.created_password = g_strdup(edit->password);
	stub_server_add_device(device, false);
	return true;
}

bool gb_server_edit_device(
	gb_server *server, const char *device, const gb_device_edit *edit, GError **error) {
	(void)server;
	(void)edit;
	if(find_device(device))
		return true;
	g_set_error(error, GB_ERROR, GB_ERROR_NOT_FOUND, "no such device");
	return false;
}

bool gb_server_destroy_device(gb_server *server, const char *device, GError **error) {
	(void)server;
	(void)error;
	for(guint i = 0; i < stub_server.devices->len; i++) {
		const gb_device_info *info = g_ptr_array_index(stub_server.devices, i);
		if(!strcmp(info->id, device)) {
			g_ptr_array_remove_index(stub_server.devices, i);
			return true;
		}
	}
	return false;
}

void gb_server_refresh(
	gb_server *server, const char *device, unsigned what, gb_refresh_done done, void *user) {
	(void)server;
	(void)device;
	stub_server.refreshed = what;
	gb_refresh_result result = {
		.what = what,
		.catalog_complete = true,
		.catalog_expected = 3,
		.catalog_received = 3,
	};
	done(user, stub_server.refuse_refresh ? NULL : &result, stub_server.refuse_refresh);
}

/* ---- watching ------------------------------------------------------------------------------- */

gb_watch *gb_server_watch(gb_server *server, const char *device, const char *channel, gb_sink *sink,
	gb_watch_fn event, void *user, char ret_stream_id[24], gb_failure **ret_failure) {
	(void)server;
	(void)device;
	(void)channel;
	if(stub_server.refuse_watch) {
		*ret_failure = g_steal_pointer(&stub_server.refuse_watch);
		return NULL;
	}
	gb_watch *watch = g_new0(gb_watch, 1);
	watch->sink = gb_sink_ref(sink);
	watch->event = event;
	watch->user = user;
	g_strlcpy(ret_stream_id, "7", 24);
	stub_server.watch = watch;
	stub_server.opened++;
	return watch;
}

void gb_watch_ready(gb_watch *watch) {
	(void)watch;
	stub_server.ready++;
}

void gb_watch_pause(gb_watch *watch) {
	(void)watch;
	stub_server.paused++;
}

bool gb_watch_resume(gb_watch *watch, gb_failure **ret_failure) {
	(void)watch;
	stub_server.resumed++;
	*ret_failure = g_steal_pointer(&stub_server.refuse_resume);
	return *ret_failure == NULL;
}

void gb_watch_stop(gb_watch *watch) {
	stub_server.stopped++;
	watch_free(watch);
}

void gb_watch_want_keyframe(gb_watch *watch) {
	(void)watch;
	stub_server.keyframes++;
}

void stub_server_tell(const gb_watch_event *event) {
	gb_watch *watch = stub_server.watch;
	watch->event(watch, event, watch->user);
	if(event->kind == GB_WATCH_ENDED)
		watch_free(watch);
}

gb_sink *stub_server_sink(void) {
	return stub_server.watch->sink;
}
