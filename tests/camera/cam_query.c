#include "cam_query.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cam_call.h"
#include "cam_catalog.h"
#include "cam_event.h"
#include "cam_xml.h"

/** An answer on its way: one document, or a catalog in many. */
typedef struct job {
	struct le le;
	char to[64]; /* who asked */
	cam_buf xml;
	cam_catalog *catalog;
} job;

/** What a message says, as text. */
typedef struct request {
	const char *xml;
	size_t len;
	char root[32], cmd[48], sn[32], target[32];
} request;

static void job_free(job *j) {
	list_unlink(&j->le);
	cam_buf_free(&j->xml);
	cam_catalog_free(j->catalog);
	free(j);
}

static void run_jobs(cam_device *d);

static void on_part_answer(int err, const struct sip_msg *msg, void *arg) {
	if(err == 0 && msg != NULL && msg->scode < 200)
		return;
	run_jobs(arg);
}

static bool next_part(cam_device *d, job *j, cam_buf *part) {
	if(j->catalog != NULL)
		return cam_catalog_next(j->catalog, d, part);
	if(j->xml.len == 0)
		return false;
	cam_buf_put(part, j->xml.data, j->xml.len);
	cam_buf_clear(&j->xml);
	return true;
}

static void event_failed(const cam_device *d, size_t bytes, int err) {
	cam_event e;
	cam_event_begin(&e, "message_failed", d->id);
	cam_event_int(&e, "bytes", (int64_t)bytes);
	cam_event_str(&e, "reason", strerror(err));
	cam_event_end(&e);
}

/** Sends the next part of the first answer; called again when it was confirmed. */
static void run_jobs(cam_device *d) {
	while(d->sip != NULL && d->job_request == NULL && !list_isempty(&d->jobs)) {
		job *j = list_head(&d->jobs)->data;
		cam_buf part = {0};
		if(!next_part(d, j, &part)) {
			job_free(j);
			continue;
		}
		int err = cam_device_message(d, &d->job_request, j->to, &part, on_part_answer, d);
		if(err != 0) { /* above all a document too long for a datagram */
			event_failed(d, part.len, err);
			job_free(j);
		}
		cam_buf_free(&part);
	}
}

void cam_query_drop(cam_device *device) {
	device->job_request = mem_deref(device->job_request);
	while(!list_isempty(&device->jobs))
		job_free(list_head(&device->jobs)->data);
}

static job *add_job(cam_device *d, const char *to) {
	job *j = cam_alloc(sizeof(*j));
	snprintf(j->to, sizeof(j->to), "%s", to);
	list_append(&d->jobs, &j->le, j);
	return j;
}

static void begin(const cam_device *d, const request *r, cam_buf *xml) {
	cam_device_xml(d, xml);
	cam_buf_text(xml, "<Response>\r\n");
	cam_xml_element(xml, "CmdType", r->cmd);
	cam_xml_element(xml, "SN", r->sn);
	cam_xml_element(xml, "DeviceID", r->target);
}

static void device_info(const cam_device *d, const request *r, cam_buf *xml) {
	const cam_options *o = d->world->options;
	begin(d, r, xml);
	cam_xml_element(xml, "DeviceName", o->name);
	cam_xml_element(xml, "Result", "OK");
	cam_xml_element(xml, "Manufacturer", o->manufacturer);
	cam_xml_element(xml, "Model", o->model);
	cam_xml_element(xml, "Firmware", "V1.0");
	cam_xml_element_int(xml, "Channel", o->channels);
	cam_buf_text(xml, "</Response>\r\n");
}

static void device_status(const cam_device *d, const request *r, cam_buf *xml) {
	char text[32];
	cam_time now = cam_time_at(cam_wall_ms(), d->world->options->utc_offset_minutes);
	cam_time_format(&now, text, sizeof(text));
	begin(d, r, xml);
	cam_xml_element(xml, "Result", "OK");
	cam_xml_element(xml, "Online", "ONLINE");
	cam_xml_element(xml, "Status", "OK");
	cam_xml_element(xml, "Encode", "ON");
	cam_xml_element(xml, "Record", "OFF");
	cam_xml_element(xml, "DeviceTime", text);
	cam_buf_text(xml, "<Alarmstatus Num=\"0\"/>\r\n</Response>\r\n");
}

static void config_download(const cam_device *d, const request *r, cam_buf *xml) {
	const cam_options *o = d->world->options;
	char type[128] = "";
	(void)cam_xml_find(r->xml, r->len, "ConfigType", type, sizeof(type));
	begin(d, r, xml);
	if(strstr(type, "BasicParam") == NULL) {
		cam_xml_element(xml, "Result", "ERROR");
	} else {
		cam_xml_element(xml, "Result", "OK");
		cam_buf_text(xml, "<BasicParam>\r\n");
		cam_xml_element(xml, "Name", o->name);
		cam_xml_element_int(xml, "Expiration", o->expires_s);
		cam_xml_element_int(xml, "HeartBeatInterval", o->keepalive_s);
		cam_xml_element_int(xml, "HeartBeatCount", 3);
		cam_buf_text(xml, "</BasicParam>\r\n");
	}
	cam_buf_text(xml, "</Response>\r\n");
}

static void result_ok(const cam_device *d, const request *r, cam_buf *xml) {
	begin(d, r, xml);
	cam_xml_element(xml, "Result", "OK");
	cam_buf_text(xml, "</Response>\r\n");
}

/** Sub-commands of DeviceControl, and which of them the standard answers with a Response. */
static const struct {
	const char *name;
	bool answered;
} controls[] = {{"PTZCmd", false}, {"IFameCmd", false}, {"IFrameCmd", false}, {"TeleBoot", false},
	{"RecordCmd", true}, {"GuardCmd", true}, {"AlarmCmd", true}, {"DragZoomIn", false},
	{"DragZoomOut", false}, {"HomePosition", true}};

static int control_of(const request *r, char *ret_value, size_t size) {
	for(size_t i = 0; i < sizeof(controls) / sizeof(controls[0]); i++) {
		if(cam_xml_find(r->xml, r->len, controls[i].name, ret_value, size))
			return (int)i;
	}
	return -1;
}

static void key_frame(cam_device *d, const request *r) {
	unsigned streams = cam_call_key_frame(d, r->target);
	cam_event e;
	cam_event_begin(&e, "keyframe_request", d->id);
	cam_event_str(&e, "channel", r->target);
	cam_event_int(&e, "streams", streams);
	cam_event_end(&e);
}

static void device_control(cam_device *d, const request *r, const char *from) {
	char value[128];
	int control = control_of(r, value, sizeof(value));
	if(control < 0)
		return;
	if(strcmp(controls[control].name, "IFameCmd") == 0 ||
		strcmp(controls[control].name, "IFrameCmd") == 0)
		key_frame(d, r);
	if(controls[control].answered)
		result_ok(d, r, &add_job(d, from)->xml);
}

static void query(cam_device *d, const request *r, const char *from) {
	static const struct {
		const char *cmd;
		void (*write)(const cam_device *, const request *, cam_buf *);
	} answers[] = {{"DeviceInfo", device_info}, {"DeviceStatus", device_status},
		{"ConfigDownload", config_download}};
	if(strcmp(r->cmd, "Catalog") == 0)
		add_job(d, from)->catalog = cam_catalog_new(d, r->sn, r->target);
	for(size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		if(strcmp(r->cmd, answers[i].cmd) == 0)
			answers[i].write(d, r, &add_job(d, from)->xml);
	}
}

static void event_message(const cam_device *d, const request *r) {
	char value[128];
	cam_event e;
	cam_event_begin(&e, "message", d->id);
	cam_event_str(&e, "root", r->root);
	cam_event_str(&e, "cmd", r->cmd);
	cam_event_str(&e, "sn", r->sn);
	cam_event_str(&e, "target", r->target);
	int control = strcmp(r->root, "Control") == 0 ? control_of(r, value, sizeof(value)) : -1;
	if(control >= 0) {
		cam_event_str(&e, "control", controls[control].name);
		cam_event_str(&e, "value", value);
	}
	cam_event_end(&e);
}

static bool read_request(const struct sip_msg *msg, request *ret_request) {
	request r = {.xml = (const char *)mbuf_buf(msg->mb), .len = mbuf_get_left(msg->mb)};
	if(r.len == 0 || !cam_xml_root(r.xml, r.len, r.root, sizeof(r.root)) ||
		!cam_xml_find(r.xml, r.len, "CmdType", r.cmd, sizeof(r.cmd)))
		return false;
	(void)cam_xml_find(r.xml, r.len, "SN", r.sn, sizeof(r.sn));
	(void)cam_xml_find(r.xml, r.len, "DeviceID", r.target, sizeof(r.target));
	*ret_request = r;
	return true;
}

void cam_query_message(cam_device *d, const struct sip_msg *msg) {
	struct sip *stack = cam_sip_stack(d->sip);
	char from[64];
	request r;
	if(!read_request(msg, &r)) {
		(void)sip_treply(NULL, stack, msg, 400, "Bad Request");
		return;
	}
	(void)sip_treply(NULL, stack, msg, 200, "OK");
	event_message(d, &r);
	cam_sip_text(&msg->from.uri.user, from, sizeof(from));
	if(strcmp(r.root, "Query") == 0)
		query(d, &r, from);
	else if(strcmp(r.cmd, "DeviceControl") == 0)
		device_control(d, &r, from);
	else if(strcmp(r.cmd, "DeviceConfig") == 0)
		result_ok(d, &r, &add_job(d, from)->xml);
	run_jobs(d);
}
