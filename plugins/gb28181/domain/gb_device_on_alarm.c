#include "gb28181/domain/gb_device_on.h"

#include "gb28181/domain/gb_query.h"

#include <string.h>

/** AlarmMethod of the alarm inputs of a device (gb28181.md 11.2). */
#define DEVICE_ALARM 2

static void send_body(gb_device *device, const char *body) {
	gb_sip_message(device->server->sip, &device->peer, device->id, body, strlen(body), NULL, NULL);
}

/** A device tells no further alarm of this method until the last one is reset (11.4). */
static void reset(gb_device *device, const char *source) {
	static const gb_manscdp_field fields[] = {
		{"AlarmCmd", "ResetAlarm"}, {"Info/AlarmMethod", G_STRINGIFY(DEVICE_ALARM)}};
	g_autofree char *body =
		gb_manscdp_build(gb_device_version(device), GB_ROOT_CONTROL, GB_CMD_DEVICE_CONTROL,
			gb_query_next_sn(device->server), source, fields, G_N_ELEMENTS(fields));
	send_body(device, body);
}

void gb_device_on_alarm(
	gb_device *device, const gb_sip_request *request, const gb_manscdp *message) {
	if(message->root != GB_ROOT_NOTIFY || message->sn < 1)
		return;
	const char *source = *message->device_id ? message->device_id : device->id;
	/* The 200 is enough for one that came in a NOTIFY (11.4). */
	if(request->method == GB_SIP_MESSAGE) {
		g_autofree char *body =
			gb_manscdp_build_alarm_response(gb_device_version(device), message->sn, source, true);
		send_body(device, body);
	}
	if(message->has_body && message->alarm.method == DEVICE_ALARM)
		reset(device, source);
}
