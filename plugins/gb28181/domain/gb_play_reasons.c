#include "gb28181/domain/gb_play_reasons.h"

typedef struct {
	int status;
	const char *text;
} gb_status_text;

/** gb28181.md 7.10 and 15. */
static const gb_status_text statuses[] = {
	{400,
		"The device calls the request malformed. Usually the server id or domain that is "
		"configured "
		"in the device differs from ours: compare both."},
	{401,
		"The device wants to be authenticated with, which platforms do not do. Look for a "
		"setting of the device that asks the platform for a password."},
	{403,
		"The device refuses this platform. Usually it does not regard itself as registered here: "
		"let it register again, and compare the server id configured in it."},
	{404,
		"The device does not know this channel. Refresh its catalog, and compare the channel id "
		"configured in the device."},
	{415,
		"The device does not understand the session description. Look for a firmware update, or "
		"for a setting of its stream format."},
	{480,
		"The device says that the channel is not available. Usually the camera behind a recorder "
		"is switched off or not connected."},
	{481, "The device does not know the call any more. Try again."},
	{486,
		"The device says that it is busy: it cannot send more streams. End other viewers of the "
		"device, also those of other platforms, or raise its stream limit."},
	{487,
		"The device ended the request. Some recorders do so when their own id or channel ids are "
		"configured wrongly: compare them."},
	{488,
		"The device cannot satisfy the session description. Look at the codec and transport "
		"settings of its stream."},
	{500,
		"The device reports an internal error. Usually the camera behind it is offline or its "
		"resources are exhausted: try again later."},
	{503,
		"The device cannot be reached at its address, or is not able to take the request: it was "
		"switched off, the camera behind it is offline, or its resources are exhausted. Look at "
		"its "
		"power and network, and try again later."},
};

static const char *text_of(int status) {
	for(size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
		if(statuses[i].status == status)
			return statuses[i].text;
	}
	return "The device refused to send the stream. Its log may tell why.";
}

static gb_failure *at_step(gb_error_code code, gb_step step, const char *text) {
	gb_failure *failure = gb_failure_new(code, "%s", text);
	failure->step = g_strdup(gb_step_name(step));
	return failure;
}

static gb_failure *no_answer(bool progress) {
	if(progress) {
		return at_step(GB_ERROR_TIMEOUT, GB_STEP_ANSWERED,
			"The device has received the INVITE but did not accept it in time. It may be starting "
			"up, or the camera behind it does not answer: try again, or raise answer_timeout_s.");
	}
	return at_step(GB_ERROR_TIMEOUT, GB_STEP_ANSWERED,
		"The device did not answer the INVITE. Usually its address behind a router is no longer "
		"valid: shorten its keepalive interval or let it register over TCP.");
}

gb_failure *gb_play_reason_sip(int status, const char *reason, bool progress) {
	if(status == 408)
		return no_answer(progress);
	gb_failure *failure = at_step(GB_ERROR_REFUSED, GB_STEP_ANSWERED, text_of(status));
	failure->sip_status = status;
	failure->sip_reason = g_strdup(reason ? reason : "");
	return failure;
}

gb_failure *gb_play_reason_device_streams(unsigned others) {
	gb_failure *failure = gb_failure_new(GB_ERROR_LIMIT,
		"The device sends no more streams at a time, and %u of its channels are being watched "
		"here. "
		"End one of them, or raise the device's stream limit.",
		others);
	failure->sip_status = 486;
	failure->step = g_strdup(gb_step_name(GB_STEP_ANSWERED));
	failure->limit = g_strdup("device_streams");
	return failure;
}

gb_failure *gb_play_reason_declined(void) {
	gb_failure *failure = at_step(GB_ERROR_NO_MEDIA, GB_STEP_FIRST_PACKET,
		"The device accepted the call but declined to send media (port 0). Usually its transport "
		"or "
		"codec settings do not fit: look at the stream settings of the device.");
	failure->sip_status = 200;
	return failure;
}

gb_failure *gb_play_reason_step(const gb_ladder *ladder) {
	gb_step step = gb_ladder_missing(ladder);
	switch(step) {
	case GB_STEP_FIRST_PACK:
		return at_step(GB_ERROR_NO_MEDIA, step,
			"Packets arrive, but no program stream begins in them. Set the device's stream format "
			"to "
			"PS (program stream).");
	case GB_STEP_CODEC:
		return at_step(GB_ERROR_NO_MEDIA, step,
			"A program stream arrives, but nothing in it tells its codec. Set the device's video "
			"codec to H.264.");
	case GB_STEP_FIRST_KEYFRAME:
		return at_step(GB_ERROR_NO_MEDIA, step,
			"Media arrives, but no key frame. Shorten the device's key frame interval, and look "
			"for "
			"lost packets on the way.");
	case GB_STEP_FIRST_RELAY:
		return at_step(GB_ERROR_NO_MEDIA, step, "Media arrives, but no viewer could take it yet.");
	case GB_STEP_INVITE_SENT:
	case GB_STEP_TRYING:
	case GB_STEP_ANSWERED:
	case GB_STEP_ACK_SENT:
	case GB_STEP_FIRST_PACKET:
	case GB_STEPS:
		break;
	}
	return at_step(GB_ERROR_NO_MEDIA, GB_STEP_FIRST_PACKET,
		"The device accepted the call, but no packet arrived. Usually a firewall blocks the media "
		"ports, or the device was told an address that it cannot reach: check the media port range "
		"and media.advertised_ip.");
}

gb_failure *gb_play_reason_unknown_media(void) {
	return at_step(GB_ERROR_NO_MEDIA, GB_STEP_FIRST_PACK,
		"Packets arrive, but they hold neither a program stream nor anything else that is known: a "
		"private format. Set the device's stream format to PS (program stream).");
}

gb_failure *gb_play_reason_bye(void) {
	return at_step(GB_ERROR_NO_MEDIA, GB_STEP_FIRST_PACKET,
		"The device ended the call by itself. It may have been restarted, or have reached its "
		"stream "
		"limit.");
}

gb_failure *gb_play_reason_silence(void) {
	return at_step(GB_ERROR_NO_MEDIA, GB_STEP_FIRST_PACKET,
		"The media of the device stopped. Look at its network connection.");
}

gb_failure *gb_play_reason_offline(const char *device) {
	return gb_failure_new(GB_ERROR_OFFLINE,
		"Device %s is offline: it is not registered, or nothing was heard of it. Look at its power "
		"and "
		"network, and at the server address configured in it.",
		device);
}

gb_failure *gb_play_reason_unreachable(const char *device) {
	return gb_failure_new(GB_ERROR_OFFLINE,
		"The TCP connection of device %s is closed; it can be reached again once it connects anew.",
		device);
}
