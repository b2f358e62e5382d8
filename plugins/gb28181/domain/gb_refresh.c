/* gb_server_refresh(): several questions to one device, one answer to who asked. */
#include "gb28181/domain/gb_play_reasons.h"
#include "gb28181/domain/gb_query.h"

#include "gb28181/base/gb_clock.h"

/** A refresh under way; freed when its last question is over. */
typedef struct {
	gb_refresh_done done;
	void *user;
	unsigned open;
	gb_refresh_result result;
	gb_failure *failure; /**< of the first question that failed */
} gb_refresh_job;

static const char *flag_text(gb_flag flag, const char *on, const char *off) {
	if(flag == GB_FLAG_UNKNOWN)
		return NULL;
	return flag == GB_FLAG_ON ? on : off;
}

static void take_status(gb_refresh_result *result, const gb_device_status *status) {
	g_free(result->status_online);
	g_free(result->status);
	g_free(result->encode);
	g_free(result->record);
	g_free(result->device_time);
	result->status_online = g_strdup(flag_text(status->online, "ONLINE", "OFFLINE"));
	result->status = g_strdup(flag_text(status->status, "OK", "ERROR"));
	result->encode = g_strdup(flag_text(status->encode, "ON", "OFF"));
	result->record = g_strdup(flag_text(status->record, "ON", "OFF"));
	char text[GB_TIME_TEXT];
	bool known = status->device_time.present && status->device_time.us != 0;
	result->device_time = known ? g_strdup(gb_time_rfc3339(text, status->device_time.us)) : NULL;
}

static gb_failure *failure_of(const gb_device *device, const gb_query_result *result) {
	gb_failure *failure = NULL;
	switch(result->end) {
	case GB_QUERY_ANSWERED:
		break;
	case GB_QUERY_TIMEOUT:
		failure = gb_failure_new(GB_ERROR_TIMEOUT,
			"Device %s did not answer the query in time. Some devices do not know every query; "
			"otherwise its address may have changed.",
			device->id);
		break;
	case GB_QUERY_REFUSED:
		failure = gb_failure_new(GB_ERROR_REFUSED, "Device %s refused the query.", device->id);
		failure->sip_status = result->sip_status;
		failure->sip_reason = g_strdup(result->sip_reason ? result->sip_reason : "");
		break;
	case GB_QUERY_CANCELLED:
		failure = gb_play_reason_offline(device->id);
		break;
	}
	return failure;
}

static void finish(gb_refresh_job *job) {
	gb_refresh_result *result = &job->result;
	job->done(job->user, result, result->what ? NULL : job->failure);
	g_free(result->status_online);
	g_free(result->status);
	g_free(result->encode);
	g_free(result->record);
	g_free(result->device_time);
	gb_failure_free(job->failure);
	g_free(job);
}

static void answered(
	gb_device *device, const gb_query_result *result, gb_refresh_job *job, gb_refresh what) {
	gb_failure *failure = failure_of(device, result);
	if(!failure)
		job->result.what |= (unsigned)what;
	else if(!job->failure)
		job->failure = failure;
	else
		gb_failure_free(failure);
	if(result->status)
		take_status(&job->result, result->status);
	if(--job->open == 0)
		finish(job);
}

static void on_catalog(gb_device *device, const gb_query_result *result, void *user) {
	gb_refresh_job *job = user;
	job->result.catalog_complete = result->complete;
	job->result.catalog_expected = result->expected;
	job->result.catalog_received = result->received;
	answered(device, result, job, GB_REFRESH_CATALOG);
}

static void on_info(gb_device *device, const gb_query_result *result, void *user) {
	answered(device, result, user, GB_REFRESH_INFO);
}

static void on_status(gb_device *device, const gb_query_result *result, void *user) {
	answered(device, result, user, GB_REFRESH_STATUS);
}

static gb_failure *why_not(gb_server *server, const char *id, unsigned what) {
	const gb_device *device = gb_registry_find(server->registry, id);
	if(!device)
		return gb_failure_new(GB_ERROR_NOT_FOUND, "There is no device %s.", id);
	if(!what)
		return gb_failure_new(GB_ERROR_INVALID, "Nothing was asked for.");
	if(!device->online)
		return gb_play_reason_offline(id);
	if(device->peer.transport == GB_SIP_TCP && !device->peer.flow)
		return gb_play_reason_unreachable(id);
	if(device->queries_open >= GB_QUERIES_PER_DEVICE) {
		gb_failure *failure = gb_failure_new(GB_ERROR_LIMIT,
			"Device %s has not answered %u questions yet. Try again in a moment.", id,
			device->queries_open);
		failure->limit = g_strdup("queries");
		return failure;
	}
	return NULL;
}

void gb_server_refresh(
	gb_server *server, const char *device, unsigned what, gb_refresh_done done, void *user) {
	static const struct {
		gb_refresh bit;
		gb_cmd cmd;
		gb_query_done done;
	} questions[] = {
		{GB_REFRESH_INFO, GB_CMD_DEVICE_INFO, on_info},
		{GB_REFRESH_STATUS, GB_CMD_DEVICE_STATUS, on_status},
		{GB_REFRESH_CATALOG, GB_CMD_CATALOG, on_catalog},
	};
	what &= GB_REFRESH_CATALOG | GB_REFRESH_INFO | GB_REFRESH_STATUS;
	g_autoptr(gb_failure) failure = why_not(server, device, what);
	if(failure) {
		gb_refresh_result nothing = {0};
		done(user, &nothing, failure);
		return;
	}
	gb_refresh_job *job = g_new0(gb_refresh_job, 1);
	job->done = done;
	job->user = user;
	for(size_t i = 0; i < G_N_ELEMENTS(questions); i++)
		job->open += (what & (unsigned)questions[i].bit) ? 1 : 0;
	/* a question may end at once: the device is looked up anew for each */
	for(size_t i = 0; i < G_N_ELEMENTS(questions); i++) {
		if(what & (unsigned)questions[i].bit)
			gb_query_send(gb_registry_find(server->registry, device), questions[i].cmd,
				questions[i].done, job);
	}
}
