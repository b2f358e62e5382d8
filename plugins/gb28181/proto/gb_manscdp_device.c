/* gb_manscdp_device.c - bodies about one device: Keepalive, DeviceInfo, DeviceStatus, MediaStatus,
 * Alarm, MobilePosition. */
#include "gb28181/proto/gb_manscdp_body.h"

/** Adds the ids of one Info element. */
static void add_faulty(const gb_xml_node *info, gb_manscdp *message) {
	for(const gb_xml_node *node = gb_xml_first(info); node; node = gb_xml_next(node)) {
		g_autofree char *id = gb_xml_is(node, "DeviceID") ? gb_xml_text(node, GB_ID_SIZE) : NULL;
		if(!id)
			continue;
		if(!gb_id_valid(id) || message->keepalive.faulty->len >= GB_MANSCDP_IDS_MAX)
			message->dropped++;
		else
			g_ptr_array_add(message->keepalive.faulty, g_steal_pointer(&id));
	}
}

void gb_body_keepalive(const gb_body *body, gb_manscdp *message) {
	message->keepalive.status_ok = gb_field_flag(body->root, "Status") != GB_FLAG_OFF;
	message->keepalive.faulty = g_ptr_array_new_with_free_func(g_free);
	for(const gb_xml_node *node = gb_xml_first(body->root); node; node = gb_xml_next(node)) {
		if(gb_xml_is(node, "Info"))
			add_faulty(node, message);
	}
}

void gb_body_keepalive_clear(gb_manscdp *message) {
	g_ptr_array_unref(message->keepalive.faulty);
}

void gb_body_info(const gb_body *body, gb_manscdp *message) {
	gb_device_info_reply *info = &message->info;
	info->name = gb_field_text(body->root, "DeviceName");
	info->manufacturer = gb_field_text(body->root, "Manufacturer");
	info->model = gb_field_text(body->root, "Model");
	info->firmware = gb_field_text(body->root, "Firmware");
	info->channels = (int)gb_field_int(body->root, "Channel", G_MAXINT);
	if(info->channels < 0)
		info->channels = (int)gb_field_int(body->root, "MaxCamera", G_MAXINT);
}

void gb_body_info_clear(gb_manscdp *message) {
	g_free(message->info.name);
	g_free(message->info.manufacturer);
	g_free(message->info.model);
	g_free(message->info.firmware);
}

static gb_duty duty_of(const gb_xml_node *item) {
	g_autofree char *text = gb_field_text(item, "DutyStatus");
	if(!text)
		return GB_DUTY_UNKNOWN;
	if(gb_str_equal_nocase(text, "ONDUTY"))
		return GB_DUTY_ON;
	if(gb_str_equal_nocase(text, "OFFDUTY"))
		return GB_DUTY_OFF;
	return gb_str_equal_nocase(text, "ALARM") ? GB_DUTY_ALARM : GB_DUTY_UNKNOWN;
}

static void add_input(const gb_body *body, const gb_xml_node *item, gb_manscdp *message) {
	gb_alarm_input input = {.duty = duty_of(item)};
	(void)body;
	if(!gb_field_id(item, "DeviceID", input.id) ||
		message->status.inputs->len >= GB_MANSCDP_IDS_MAX)
		message->dropped++;
	else
		g_array_append_val(message->status.inputs, input);
}

void gb_body_status(const gb_body *body, gb_manscdp *message) {
	gb_device_status *status = &message->status;
	status->online = gb_field_flag(body->root, "Online");
	status->status = gb_field_flag(body->root, "Status");
	status->encode = gb_field_flag(body->root, "Encode");
	status->record = gb_field_flag(body->root, "Record");
	status->device_time = gb_field_time(body, body->root, "DeviceTime");
	status->inputs = g_array_new(FALSE, FALSE, sizeof(gb_alarm_input));
	gb_body_each_item(body, "Alarmstatus", message, add_input);
}

void gb_body_status_clear(gb_manscdp *message) {
	g_array_unref(message->status.inputs);
}

void gb_body_media(const gb_body *body, gb_manscdp *message) {
	message->media.notify_type = (int)gb_field_int(body->root, "NotifyType", G_MAXINT);
}

/** EventType stands in AlarmTypeParam, and that in Info or in the root. */
static int event_type_of(const gb_xml_node *root) {
	int64_t value = gb_field_int(gb_xml_child(root, "AlarmTypeParam"), "EventType", G_MAXINT);
	for(const gb_xml_node *node = gb_xml_first(root); node && value < 0; node = gb_xml_next(node)) {
		if(gb_xml_is(node, "Info"))
			value = gb_field_int(gb_xml_child(node, "AlarmTypeParam"), "EventType", G_MAXINT);
	}
	return (int)value;
}

void gb_body_alarm(const gb_body *body, gb_manscdp *message) {
	gb_alarm *alarm = &message->alarm;
	alarm->priority = (int)gb_field_int(body->root, "AlarmPriority", G_MAXINT);
	alarm->method = (int)gb_field_int(body->root, "AlarmMethod", G_MAXINT);
	alarm->type = gb_field_int_or_info(body->root, "AlarmType");
	alarm->event_type = event_type_of(body->root);
	alarm->time = gb_field_time(body, body->root, "AlarmTime");
	alarm->description = gb_field_text(body->root, "AlarmDescription");
	alarm->position = gb_field_position(body->root);
}

void gb_body_alarm_clear(gb_manscdp *message) {
	g_free(message->alarm.description);
}

/** Adds the position that stands in `node`, the root or an item of it. */
static void add_position(const gb_body *body, const gb_xml_node *node, gb_manscdp *message) {
	gb_mobile_position position = {
		.time = gb_field_time(body, node, "CaptureTime"),
		.position = gb_field_position(node),
		.speed_kmh = gb_field_double(node, "Speed"),
		.direction_deg = gb_field_double(node, "Direction"),
		.altitude_m = gb_field_double(node, "Altitude"),
	};
	if(!position.position.present || message->positions->len >= GB_MANSCDP_ITEMS_MAX) {
		message->dropped++;
		return;
	}
	if(!position.time.present)
		position.time = gb_field_time(body, node, "Time");
	if(!position.time.present)
		position.time = gb_field_time(body, body->root, "Time");
	if(!gb_field_id(node, "DeviceID", position.id))
		(void)gb_str_copy(position.id, sizeof(position.id), message->device_id);
	g_array_append_val(message->positions, position);
}

void gb_body_positions(const gb_body *body, gb_manscdp *message) {
	message->positions = g_array_new(FALSE, FALSE, sizeof(gb_mobile_position));
	if(gb_xml_child(body->root, "Longitude"))
		add_position(body, body->root, message);
	gb_body_each_item(body, "DeviceList", message, add_position);
}

void gb_body_positions_clear(gb_manscdp *message) {
	g_array_unref(message->positions);
}
