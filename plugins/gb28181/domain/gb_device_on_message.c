#include "gb28181/domain/gb_device_on.h"

#include "gb28181/domain/gb_catalog.h"
#include "gb28181/domain/gb_online.h"

#include <string.h>

/** Whether it could be XML: everything before the first `<` is blank or a byte order mark. */
static bool looks_like_xml(const gb_sip_request *request) {
	for(size_t i = 0; i < request->body_len; i++) {
		char c = request->body[i];
		if(c == '<')
			return true;
		if(!g_ascii_isspace(c) && !((unsigned char)c >= 0xbb && i < 3))
			return false;
	}
	return false;
}

static void dispatch(gb_device *device, const gb_sip_request *request, const gb_manscdp *message) {
	if(message->cmd == GB_CMD_KEEPALIVE) {
		gb_device_on_keepalive(device, request, message);
		return;
	}
	gb_source source = gb_online_source(device, &request->peer);
	if(source == GB_SOURCE_STRANGER) {
		device->server->counters.strangers++;
		return;
	}
	gb_online_seen(device, source);
	switch(message->cmd) {
	case GB_CMD_CATALOG:
		if(message->has_body)
			gb_catalog_on_message(device, message);
		break;
	case GB_CMD_DEVICE_INFO:
		gb_device_on_info(device, message);
		break;
	case GB_CMD_DEVICE_STATUS:
		gb_device_on_status(device, message);
		break;
	case GB_CMD_ALARM:
		gb_device_on_alarm(device, request, message);
		break;
	case GB_CMD_UNKNOWN:
	case GB_CMD_KEEPALIVE:
	case GB_CMD_MEDIA_STATUS:
	case GB_CMD_MOBILE_POSITION:
	case GB_CMD_RECORD_INFO:
	case GB_CMD_PRESET_QUERY:
	case GB_CMD_CONFIG_DOWNLOAD:
	case GB_CMD_DEVICE_CONTROL:
	case GB_CMD_DEVICE_CONFIG:
	case GB_CMD_BROADCAST:
		break;
	}
}

/** Finds the sender and answers when it may not speak to us. */
static gb_device *find_sender(gb_server *server, const gb_sip_request *request) {
	gb_device *device = gb_registry_find(server->registry, request->from_user);
	if(!device) {
		server->counters.unknown++;
		gb_sip_reply(request, 404, "Not Found", NULL);
		return NULL;
	}
	if(!device->enabled || !device->registered) {
		gb_sip_reply(request, 403, "Not Registered", NULL);
		return NULL;
	}
	return device;
}

void gb_device_on_message(gb_server *server, const gb_sip_request *request) {
	gb_device *device = find_sender(server, request);
	if(!device)
		return;
	if(!looks_like_xml(request)) {
		bool text = g_ascii_strncasecmp(request->content_type, "text/", 5) == 0;
		server->counters.malformed++;
		gb_sip_reply(request, text ? 415 : 400, text ? "Unsupported Media Type" : "Bad Body", NULL);
		return;
	}
	/* first of all: a device's next part, and its patience, wait for this */
	gb_sip_reply(request, 200, "OK", NULL);
	g_autoptr(gb_manscdp) message = NULL;
	gb_result result = gb_manscdp_parse(request->body, request->body_len, device->charset,
		server->config.utc_offset_minutes, &message);
	if(result != GB_OK) {
		server->counters.malformed++;
		gb_log(GB_LOG_DEBUG, "a body of %zu bytes cannot be read", request->body_len);
		return;
	}
	dispatch(device, request, message);
}
