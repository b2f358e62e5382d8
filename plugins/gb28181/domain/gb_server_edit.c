/* What administrators do: create, edit, destroy devices. */
#include "gb28181/domain/gb_catalog.h"
#include "gb28181/domain/gb_interview.h"
#include "gb28181/domain/gb_online.h"
#include "gb28181/domain/gb_persist.h"
#include "gb28181/domain/gb_play.h"

#include <string.h>

/** Longest name and password that are taken, in bytes. */
#define NAME_MAX_BYTES 256u
#define PASSWORD_MAX_BYTES 128u

static bool check_text(const char *what, const char *text, size_t max, GError **error) {
	if(!text)
		return true;
	if(strlen(text) > max || !g_utf8_validate(text, -1, NULL)) {
		g_set_error(error, GB_ERROR, GB_ERROR_INVALID, "'%s' must be UTF-8 of at most %zu bytes.",
			what, max);
		return false;
	}
	return true;
}

static bool check_edit(const gb_device_edit *edit, GError **error) {
	return check_text("name", edit->name, NAME_MAX_BYTES, error) &&
		check_text("password", edit->password, PASSWORD_MAX_BYTES, error);
}

static void set_enabled(gb_device *device, bool enabled) {
	if(device->enabled == enabled)
		return;
	device->enabled = enabled;
	if(enabled)
		return;
	g_autoptr(gb_failure) failure =
		gb_failure_new(GB_ERROR_OFFLINE, "Device %s was disabled by an administrator.", device->id);
	gb_plays_end_device(device, failure);
	gb_online_unregistered(device);
	device->register_mark_us = 0;
}

static void apply(gb_device *device, const gb_device_edit *edit) {
	if(edit->name)
		(void)gb_text_set(&device->name, edit->name);
	if(edit->password) {
		g_free(device->password);
		device->password = g_strdup(edit->password);
		device->register_mark_us = 0;
	}
	if(edit->enabled >= 0)
		set_enabled(device, edit->enabled != 0);
}

static gb_device *find(gb_server *server, const char *id, GError **error) {
	gb_device *device = gb_registry_find(server->registry, id);
	if(!device)
		g_set_error(error, GB_ERROR, GB_ERROR_NOT_FOUND, "There is no device %s.", id);
	return device;
}

bool gb_server_create_device(
	gb_server *server, const char *device, const gb_device_edit *edit, GError **error) {
	if(!gb_id_valid_user(device)) {
		g_set_error(error, GB_ERROR, GB_ERROR_INVALID,
			"A device id is 1 to 32 digits, or the SIP user of a softphone.");
		return false;
	}
	if(!check_edit(edit, error))
		return false;
	if(gb_registry_find(server->registry, device)) {
		g_set_error(error, GB_ERROR, GB_ERROR_EXISTS, "Device %s exists already.", device);
		return false;
	}
	gb_device *added = gb_registry_add(server->registry, server, device);
	if(!added) {
		g_set_error(
			error, GB_ERROR, GB_ERROR_LIMIT, "There are %u devices already.", GB_DEVICES_MAX);
		return false;
	}
	added->created = true;
	apply(added, edit);
	gb_persist_device(added);
	gb_core_tell_device(added, GB_CHANGE_ADDED);
	gb_catalog_settle(added);
	return true;
}

bool gb_server_edit_device(
	gb_server *server, const char *device, const gb_device_edit *edit, GError **error) {
	gb_device *found = find(server, device, error);
	if(!found || !check_edit(edit, error))
		return false;
	apply(found, edit);
	gb_persist_device(found);
	gb_core_tell_device(found, GB_CHANGE_UPDATED);
	return true;
}

bool gb_server_destroy_device(gb_server *server, const char *device, GError **error) {
	gb_device *found = find(server, device, error);
	if(!found)
		return false;
	g_autoptr(gb_failure) failure =
		gb_failure_new(GB_ERROR_NOT_FOUND, "Device %s was removed by an administrator.", device);
	gb_plays_end_device(found, failure);
	found->registered = false;
	gb_online_set_offline(found, "it was removed");
	gb_interview_cancel(found);
	gb_timers_stop(server->timers, &found->timer);
	gb_persist_remove_device(found);
	gb_core_tell_device(found, GB_CHANGE_REMOVED);
	server->channels -= gb_device_channel_count(found);
	gb_registry_remove(server->registry, found);
	return true;
}
