#include "gb28181/domain/gb_leg.h"

#include "gb28181/base/gb_clock.h"
#include "gb28181/domain/gb_play_reasons.h"
#include "gb28181/proto/gb_sdp.h"

#include <string.h>

static void on_progress(void *user, int status, const char *reason) {
	gb_leg *leg = user;
	(void)reason;
	leg->progress = true;
	if(!leg->play)
		return;
	leg->play->ladder.sip_status = status;
	gb_ladder_reach(&leg->play->ladder, GB_STEP_TRYING, gb_clock_us());
}

/** Tells the stream whom to listen to. False when the device declined the media line. */
static bool take_answer(gb_leg *leg, const gb_addr *source, const char *sdp, size_t len) {
	gb_play *play = leg->play;
	gb_sdp_answer answer = {0};
	/* without a readable description: agreement with the offer (gb28181.md 7.2) */
	bool read = len > 0 && gb_sdp_parse(sdp, len, &answer) == GB_OK;
	if(read && answer.has_media && answer.media.port == 0)
		return false;
	play->source.ssrc = read && answer.has_ssrc ? answer.ssrc : leg->ssrc;
	play->source.allowed[0] = *source;
	play->source.allowed[1] = answer.media;
	gb_stream_expect(play->stream, &play->source);
	return true;
}

static void on_answered(void *user, const gb_addr *source, const char *sdp, size_t len) {
	gb_leg *leg = user;
	gb_play *play = leg->play;
	if(!play)
		return;
	int64_t now = gb_clock_us();
	play->ladder.sip_status = 200;
	gb_ladder_reach(&play->ladder, GB_STEP_ANSWERED, now);
	gb_ladder_reach(&play->ladder, GB_STEP_ACK_SENT, now);
	if(take_answer(leg, source, sdp, len)) {
		gb_play_step(play, GB_PLAY_ON_ANSWERED, NULL);
		return;
	}
	g_autoptr(gb_failure) failure = gb_play_reason_declined();
	gb_play_step(play, GB_PLAY_ON_FAILED, failure);
}

static void on_ended(void *user, int status, const char *reason) {
	gb_leg *leg = user;
	gb_play *play = leg->play;
	if(!play)
		return;
	leg->play = NULL;
	play->leg = NULL;
	if(status == 0) {
		gb_play_step(play, GB_PLAY_ON_BYE, NULL);
		return;
	}
	play->ladder.sip_status = status;
	g_autoptr(gb_failure) failure = gb_play_reason_sip(status, reason, leg->progress);
	gb_play_step(play, GB_PLAY_ON_FAILED, failure);
}

static void on_closed(void *user) {
	gb_leg *leg = user;
	gb_server *server = leg->server;
	if(leg->play)
		leg->play->leg = NULL;
	gb_ssrc_give_back(server->ssrcs, leg->ssrc);
	g_ptr_array_remove_fast(server->plays->legs, leg);
	gb_plays_leg_closed(server, leg);
	gb_leg_free(leg);
}

gb_leg *gb_leg_invite(gb_play *play, const gb_device *device, const gb_addr *told) {
	static const gb_sip_call_ops ops = {on_progress, on_answered, on_ended, on_closed};
	gb_server *server = play->server;
	gb_sdp_offer offer = {
		.kind = GB_SDP_PLAY,
		.user = play->channel,
		.media = *told,
		.transport = GB_SDP_UDP,
		.ssrc = play->spare_ssrc,
	};
	g_autofree char *sdp = gb_sdp_build(&offer);
	if(!sdp)
		return NULL;
	gb_leg *leg = g_new0(gb_leg, 1);
	leg->server = server;
	leg->play = play;
	leg->ssrc = play->spare_ssrc;
	(void)gb_str_copy(leg->device, sizeof(leg->device), play->device);
	(void)gb_str_copy(leg->channel, sizeof(leg->channel), play->channel);
	g_ptr_array_add(server->plays->legs, leg);
	play->leg = leg;
	char ssrc[GB_SSRC_TEXT];
	g_autofree char *subject = g_strdup_printf(
		"%s:%s,%s:0", play->channel, gb_ssrc_format(ssrc, leg->ssrc), server->config.sip.server_id);
	gb_sip_call *call = gb_sip_invite(server->sip, &device->peer, play->channel, subject, sdp,
		server->config.answer_timeout_s * GB_SECOND, &ops, leg);
	if(!call) {
		play->leg = NULL;
		g_ptr_array_remove_fast(server->plays->legs, leg);
		gb_leg_free(leg);
		return NULL;
	}
	leg->call = call;
	play->spare_ssrc = 0;
	return leg;
}

void gb_leg_hangup(gb_leg *leg) {
	if(leg->play)
		leg->play->leg = NULL;
	leg->play = NULL;
	leg->hung_up = true;
	gb_sip_call_hangup(leg->call);
}

void gb_leg_free(gb_leg *leg) {
	g_free(leg);
}
