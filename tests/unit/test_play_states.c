/* The state machine of a play: every pair of state and event. */
#include "stubs/domain_fixture.h"

#include "gb28181/domain/gb_play_reasons.h"

#include <string.h>

/* ---- every pair ---------------------------------------------------------------------------- */

#define BAD 100 /* counted as illegal, the state stays */

/** The state after the event; GB_PLAY_CLOSING = the play has ended. One viewer, none while
 * lingering. */
static const int pairs[GB_PLAY_CLOSING + 1][GB_PLAY_EVENTS] = {
	[GB_PLAY_INVITING] =
		{
			[GB_PLAY_ON_WANTED] = GB_PLAY_INVITING,
			[GB_PLAY_ON_UNWANTED] = GB_PLAY_INVITING,
			[GB_PLAY_ON_TIMER] = GB_PLAY_INVITING,
			[GB_PLAY_ON_LINGERED] = GB_PLAY_INVITING,
			[GB_PLAY_ON_CLEAR] = GB_PLAY_INVITING,
			[GB_PLAY_ON_ANSWERED] = GB_PLAY_WAITING_MEDIA,
			[GB_PLAY_ON_FAILED] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_BYE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_MEDIA] = GB_PLAY_INVITING,
			[GB_PLAY_ON_SILENCE] = GB_PLAY_INVITING,
			[GB_PLAY_ON_UNUSABLE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_OFFLINE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_ONLINE] = GB_PLAY_INVITING,
			[GB_PLAY_ON_MOVED] = GB_PLAY_INVITING,
			[GB_PLAY_ON_STOP] = GB_PLAY_CLOSING,
		},
	[GB_PLAY_WAITING_MEDIA] =
		{
			[GB_PLAY_ON_WANTED] = GB_PLAY_WAITING_MEDIA,
			[GB_PLAY_ON_UNWANTED] = GB_PLAY_WAITING_MEDIA,
			[GB_PLAY_ON_TIMER] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_LINGERED] = GB_PLAY_WAITING_MEDIA,
			[GB_PLAY_ON_CLEAR] = GB_PLAY_WAITING_MEDIA + BAD,
			[GB_PLAY_ON_ANSWERED] = GB_PLAY_WAITING_MEDIA + BAD,
			[GB_PLAY_ON_FAILED] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_BYE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_MEDIA] = GB_PLAY_PLAYING,
			[GB_PLAY_ON_SILENCE] = GB_PLAY_WAITING_MEDIA + BAD,
			[GB_PLAY_ON_UNUSABLE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_OFFLINE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_ONLINE] = GB_PLAY_WAITING_MEDIA,
			[GB_PLAY_ON_MOVED] = GB_PLAY_WAITING_MEDIA,
			[GB_PLAY_ON_STOP] = GB_PLAY_CLOSING,
		},
	[GB_PLAY_PLAYING] =
		{
			[GB_PLAY_ON_WANTED] = GB_PLAY_PLAYING,
			[GB_PLAY_ON_UNWANTED] = GB_PLAY_LINGERING,
			[GB_PLAY_ON_TIMER] = GB_PLAY_PLAYING, /* there is a picture */
			[GB_PLAY_ON_LINGERED] = GB_PLAY_PLAYING,
			[GB_PLAY_ON_CLEAR] = GB_PLAY_PLAYING + BAD,
			[GB_PLAY_ON_ANSWERED] = GB_PLAY_PLAYING + BAD,
			[GB_PLAY_ON_FAILED] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_BYE] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_MEDIA] = GB_PLAY_PLAYING,
			[GB_PLAY_ON_SILENCE] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_UNUSABLE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_OFFLINE] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_ONLINE] = GB_PLAY_PLAYING,
			[GB_PLAY_ON_MOVED] = GB_PLAY_PLAYING,
			[GB_PLAY_ON_STOP] = GB_PLAY_CLOSING,
		},
	[GB_PLAY_INTERRUPTED] =
		{
			[GB_PLAY_ON_WANTED] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_UNWANTED] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_TIMER] = GB_PLAY_INVITING,
			[GB_PLAY_ON_LINGERED] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_CLEAR] = GB_PLAY_INTERRUPTED + BAD,
			[GB_PLAY_ON_ANSWERED] = GB_PLAY_INTERRUPTED + BAD,
			[GB_PLAY_ON_FAILED] = GB_PLAY_INTERRUPTED + BAD,
			[GB_PLAY_ON_BYE] = GB_PLAY_INTERRUPTED + BAD,
			[GB_PLAY_ON_MEDIA] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_SILENCE] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_UNUSABLE] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_OFFLINE] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_ONLINE] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_MOVED] = GB_PLAY_INTERRUPTED,
			[GB_PLAY_ON_STOP] = GB_PLAY_CLOSING,
		},
	[GB_PLAY_LINGERING] =
		{
			[GB_PLAY_ON_WANTED] = GB_PLAY_PLAYING,
			[GB_PLAY_ON_UNWANTED] = GB_PLAY_LINGERING,
			[GB_PLAY_ON_TIMER] = GB_PLAY_LINGERING,
			[GB_PLAY_ON_LINGERED] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_CLEAR] = GB_PLAY_LINGERING + BAD,
			[GB_PLAY_ON_ANSWERED] = GB_PLAY_LINGERING + BAD,
			[GB_PLAY_ON_FAILED] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_BYE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_MEDIA] = GB_PLAY_LINGERING,
			[GB_PLAY_ON_SILENCE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_UNUSABLE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_OFFLINE] = GB_PLAY_CLOSING,
			[GB_PLAY_ON_ONLINE] = GB_PLAY_LINGERING,
			[GB_PLAY_ON_MOVED] = GB_PLAY_LINGERING,
			[GB_PLAY_ON_STOP] = GB_PLAY_CLOSING,
		},
};

/** Brings a play into the state. */
static gb_play *reach(fixture *fx, play_viewer *v, gb_play_state wanted) {
	play_watch(fx, v, CHANNEL);
	gb_play *play = gb_play_ref(play_find(fx, CHANNEL));
	if(wanted == GB_PLAY_INVITING)
		return play;
	stub_call_answer(fixture_call(fx), PLAY_HOME, PLAY_ANSWER);
	if(wanted == GB_PLAY_WAITING_MEDIA)
		return play;
	play_media(fx);
	if(wanted == GB_PLAY_INTERRUPTED)
		play_strike(fx, BY_BYE);
	if(wanted == GB_PLAY_LINGERING || wanted == GB_PLAY_CLOSING)
		gb_watch_stop(v->watch);
	if(wanted == GB_PLAY_CLOSING)
		fixture_advance(fx, 11 * GB_SECOND);
	return play;
}

static void check_pair(gb_play_state from, gb_play_event event) {
	play_viewer v;
	fixture fx;
	play_up(&fx);
	gb_play *play = reach(&fx, &v, from);
	g_assert_cmpint(play->state, ==, from);
	g_autoptr(gb_failure) failure = gb_play_reason_sip(404, "Not Found", false);
	uint64_t illegal = fx.server->counters.illegal_play_events;
	gb_play_step(play, event, failure);
	int expected = from == GB_PLAY_CLOSING ? GB_PLAY_CLOSING + BAD : pairs[from][event];
	g_assert_cmpint(play->state, ==, expected % BAD);
	g_assert_cmpuint(fx.server->counters.illegal_play_events - illegal, ==, expected >= BAD);
	/* and nothing is left over afterwards */
	fixture_advance(&fx, 200 * GB_SECOND);
	gb_play_unref(play);
	fixture_down(&fx);
	play_clear(&v);
}

static void test_every_pair(void) {
	for(int from = 0; from <= GB_PLAY_CLOSING; from++) {
		for(int event = 0; event < GB_PLAY_EVENTS; event++)
			check_pair((gb_play_state)from, (gb_play_event)event);
	}
}

int main(int argc, char **argv) {
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/play_states/every_pair", test_every_pair);
	return g_test_run();
}
