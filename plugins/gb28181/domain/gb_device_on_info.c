#include "gb28181/domain/gb_device_on.h"

#include "gb28181/domain/gb_persist.h"
#include "gb28181/domain/gb_query.h"

static bool set_when_said(char **field, const char *text) {
	return text && gb_text_set(field, text);
}

void gb_device_on_info(gb_device *device, const gb_manscdp *message) {
	if(message->has_body) {
		const gb_device_info_reply *info = &message->info;
		bool changed = set_when_said(&device->said_name, info->name);
		changed = set_when_said(&device->manufacturer, info->manufacturer) || changed;
		changed = set_when_said(&device->model, info->model) || changed;
		changed = set_when_said(&device->firmware, info->firmware) || changed;
		if(changed) {
			gb_persist_device(device);
			gb_core_tell_device(device, GB_CHANGE_UPDATED);
		}
	}
	gb_query *query = gb_query_find(device, GB_CMD_DEVICE_INFO, message->sn);
	if(!query)
		return;
	gb_query_result result = {.end = GB_QUERY_ANSWERED};
	gb_query_finish(query, &result);
}
