/* gb_manscdp_build.c - the MANSCDP bodies that we send. */
#include "gb28181/proto/gb_manscdp.h"

#include <string.h>

#include "gb28181/proto/gb_manscdp_body.h"

static void append_element(GString *out, const char *name, const char *value) {
	g_autofree char *escaped = g_markup_escape_text(value, -1);
	g_string_append_printf(out, "<%s>%s</%s>", name, escaped, name);
}

/** Length of the outer element's name in `Info/AlarmMethod`, 0 when there is none. */
static size_t outer_length(const char *name) {
	const char *slash = strchr(name, '/');
	return slash ? (size_t)(slash - name) : 0;
}

/** Appends the fields, opening and closing the outer elements where they change. */
static void append_fields(GString *out, const gb_manscdp_field *fields, size_t count) {
	const char *open = NULL;
	size_t open_len = 0;
	for(size_t i = 0; i < count; i++) {
		if(!fields[i].value)
			continue;
		size_t len = outer_length(fields[i].name);
		bool same = len == open_len && (len == 0 || memcmp(open, fields[i].name, len) == 0);
		if(!same && open_len)
			g_string_append_printf(out, "</%.*s>", (int)open_len, open);
		if(!same && len)
			g_string_append_printf(out, "<%.*s>", (int)len, fields[i].name);
		open = fields[i].name;
		open_len = len;
		append_element(out, fields[i].name + (len ? len + 1 : 0), fields[i].value);
	}
	if(open_len)
		g_string_append_printf(out, "</%.*s>", (int)open_len, open);
}

char *gb_manscdp_build(gb_version version, gb_manscdp_root root, gb_cmd cmd, int64_t sn,
	const char *device_id, const gb_manscdp_field *fields, size_t count) {
	GString *out = g_string_sized_new(256);
	g_string_append_printf(out, "<?xml version=\"1.0\" encoding=\"%s\"?>\r\n<%s>",
		version == GB_VERSION_2022 ? "GB18030" : "GB2312", gb_manscdp_root_name(root));
	append_element(out, "CmdType", gb_cmd_name(cmd));
	g_string_append_printf(out, "<SN>%" G_GINT64_FORMAT "</SN>", (gint64)sn);
	if(device_id)
		append_element(out, "DeviceID", device_id);
	append_fields(out, fields, count);
	g_string_append_printf(out, "</%s>\r\n", gb_manscdp_root_name(root));
	return g_string_free(out, FALSE);
}

char *gb_manscdp_build_query(gb_version version, gb_cmd cmd, int64_t sn, const char *device_id) {
	return gb_manscdp_build(version, GB_ROOT_QUERY, cmd, sn, device_id, NULL, 0);
}

char *gb_manscdp_build_key_frame(gb_version version, int64_t sn, const char *channel_id) {
	const gb_manscdp_field field = {
		.name = version == GB_VERSION_2022 ? "IFrameCmd" : "IFameCmd", .value = "Send"};
	return gb_manscdp_build(
		version, GB_ROOT_CONTROL, GB_CMD_DEVICE_CONTROL, sn, channel_id, &field, 1);
}

char *gb_manscdp_build_alarm_response(
	gb_version version, int64_t sn, const char *device_id, bool ok) {
	const gb_manscdp_field field = {.name = "Result", .value = ok ? "OK" : "ERROR"};
	return gb_manscdp_build(version, GB_ROOT_RESPONSE, GB_CMD_ALARM, sn, device_id, &field, 1);
}
