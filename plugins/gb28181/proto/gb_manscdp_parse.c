/* gb_manscdp_parse.c - MANSCDP bodies to messages: the head, and a table of one parser a command.
 */
#include "gb28181/proto/gb_manscdp.h"

#include "gb28181/proto/gb_manscdp_body.h"
#include "gb28181/proto/gb_xml.h"

/** Levels of elements in the deepest known body (VideoRecordPlan) are 5. */
#define DEPTH_MAX 16u
#define ELEMENTS_MAX 1000000u

/** What fills and empties the union for a command, by root. NULL where there is only a head. */
typedef struct {
	const char *name;
	void (*notify)(const gb_body *body, gb_manscdp *message);
	void (*response)(const gb_body *body, gb_manscdp *message);
	void (*clear)(gb_manscdp *message);
} command;

static const command commands[] = {
	[GB_CMD_UNKNOWN] = {"", NULL, NULL, NULL},
	[GB_CMD_KEEPALIVE] = {"Keepalive", gb_body_keepalive, NULL, gb_body_keepalive_clear},
	[GB_CMD_DEVICE_INFO] = {"DeviceInfo", NULL, gb_body_info, gb_body_info_clear},
	[GB_CMD_DEVICE_STATUS] = {"DeviceStatus", NULL, gb_body_status, gb_body_status_clear},
	[GB_CMD_CATALOG] = {"Catalog", gb_body_catalog, gb_body_catalog, gb_body_catalog_clear},
	[GB_CMD_MEDIA_STATUS] = {"MediaStatus", gb_body_media, NULL, NULL},
	[GB_CMD_ALARM] = {"Alarm", gb_body_alarm, NULL, gb_body_alarm_clear},
	[GB_CMD_MOBILE_POSITION] = {"MobilePosition", gb_body_positions, NULL, gb_body_positions_clear},
	[GB_CMD_RECORD_INFO] = {"RecordInfo", NULL, gb_body_records, gb_body_records_clear},
	[GB_CMD_PRESET_QUERY] = {"PresetQuery", NULL, gb_body_presets, gb_body_presets_clear},
	[GB_CMD_CONFIG_DOWNLOAD] = {"ConfigDownload", NULL, gb_body_config, gb_body_config_clear},
	[GB_CMD_DEVICE_CONTROL] = {"DeviceControl", NULL, NULL, NULL},
	[GB_CMD_DEVICE_CONFIG] = {"DeviceConfig", NULL, NULL, NULL},
	[GB_CMD_BROADCAST] = {"Broadcast", NULL, NULL, NULL},
};

static const char *const root_names[] = {
	[GB_ROOT_CONTROL] = "Control",
	[GB_ROOT_QUERY] = "Query",
	[GB_ROOT_NOTIFY] = "Notify",
	[GB_ROOT_RESPONSE] = "Response",
};

const char *gb_manscdp_root_name(gb_manscdp_root root) {
	return root_names[root];
}

const char *gb_cmd_name(gb_cmd cmd) {
	return commands[cmd].name;
}

static gb_cmd cmd_of(const char *text) {
	for(size_t i = GB_CMD_UNKNOWN + 1; i < G_N_ELEMENTS(commands); i++) {
		if(gb_str_equal_nocase(text, commands[i].name))
			return (gb_cmd)i;
	}
	return GB_CMD_UNKNOWN;
}

static bool root_of(const gb_xml_node *node, gb_manscdp_root *ret_root) {
	for(size_t i = 0; i < G_N_ELEMENTS(root_names); i++) {
		if(gb_xml_is(node, root_names[i])) {
			*ret_root = (gb_manscdp_root)i;
			return true;
		}
	}
	return false;
}

/** Fills the head; false when there is no CmdType. */
static bool parse_head(const gb_xml_node *root, gb_manscdp *message) {
	message->cmd_text = gb_field_text(root, "CmdType");
	if(!message->cmd_text)
		return false;
	message->cmd = cmd_of(message->cmd_text);
	message->sn = gb_field_int(root, "SN", G_MAXINT64);
	g_autofree char *id = gb_field_text(root, "DeviceID");
	if(id && gb_id_valid_user(id))
		(void)gb_str_copy(message->device_id, sizeof(message->device_id), id);
	g_autofree char *result = gb_field_text(root, "Result");
	if(result)
		message->result = gb_str_equal_nocase(result, "OK") ? GB_RESULT_OK : GB_RESULT_ERROR;
	message->reason = gb_field_text(root, "Reason");
	return true;
}

static void parse_body(const gb_xml_node *root, int utc_offset_minutes, gb_manscdp *message) {
	const command *c = &commands[message->cmd];
	const gb_body body = {.root = root, .utc_offset_minutes = utc_offset_minutes};
	void (*parse)(const gb_body *body, gb_manscdp *message) = message->root == GB_ROOT_NOTIFY
		? c->notify
		: message->root == GB_ROOT_RESPONSE ? c->response
											: NULL;
	if(!parse)
		return;
	parse(&body, message);
	message->has_body = true;
}

gb_result gb_manscdp_parse(const char *body, size_t len, gb_charset charset, int utc_offset_minutes,
	gb_manscdp **ret_message) {
	const gb_xml_options options = {
		/* A body of GB18030 grows by at most a half, one of broken bytes by three, as UTF-8. */
		.max_bytes = 3u * GB_MANSCDP_BODY_MAX,
		.max_depth = DEPTH_MAX,
		.max_elements = ELEMENTS_MAX,
		.whole = "Item",
	};
	if(len > GB_MANSCDP_BODY_MAX)
		return GB_LIMIT;
	size_t text_len = 0;
	g_autofree char *text = gb_charset_to_utf8(body, len, charset, &text_len);
	g_autoptr(gb_xml) xml = NULL;
	gb_result result = gb_xml_parse(text, text_len, &options, &xml);
	if(result != GB_OK)
		return result;
	g_autoptr(gb_manscdp) message = g_new0(gb_manscdp, 1);
	if(!root_of(gb_xml_root(xml), &message->root) || !parse_head(gb_xml_root(xml), message))
		return GB_BAD;
	message->repaired = gb_xml_repaired(xml);
	parse_body(gb_xml_root(xml), utc_offset_minutes, message);
	*ret_message = g_steal_pointer(&message);
	return GB_OK;
}

void gb_manscdp_free(gb_manscdp *message) {
	if(!message)
		return;
	if(message->has_body && commands[message->cmd].clear)
		commands[message->cmd].clear(message);
	g_free(message->cmd_text);
	g_free(message->reason);
	g_free(message);
}
