/* play_fixture.h - a viewer who watches a recorder's channels in a domain_fixture. */
#ifndef PLAY_FIXTURE_H
#define PLAY_FIXTURE_H

#include "gb28181/domain/gb_watch.h"
#include "stubs/domain_fixture.h"

#define PLAY_HOME "10.0.0.9:5060"

/** An answer as recorders give it; the y= is filled in. */
#define PLAY_ANSWER                                                                                \
	"v=0\r\no=x 0 0 IN IP4 10.0.0.8\r\ns=Play\r\nc=IN IP4 10.0.0.8\r\nt=0 0\r\n"                   \
	"m=video 15060 RTP/AVP 96\r\na=sendonly\r\na=rtpmap:96 PS/90000\r\n"

/** CHANNEL and CHANNEL2. */
extern const char *const play_both[];

/** A viewer and what it heard. */
typedef struct {
	gb_sink sink;
	gb_watch *watch;
	char stream[24];
	unsigned playing, interrupted, ended;
	char reason[16];
	int retry_s;
	gb_failure *failure;
	gb_ladder ladder;
	gb_watch *stop_too; /**< stopped inside the event */
} play_viewer;

/** NVR online with both channels. */
void play_up(fixture *fx);
/** The failure that is known at once, else NULL. */
gb_failure *play_try_watch(fixture *fx, play_viewer *v, const char *device, const char *channel);
/** Watches a channel of NVR, ready at once; the INVITE has gone out. */
void play_watch(fixture *fx, play_viewer *v, const char *channel);
/** Watches until it plays. */
void play_playing(fixture *fx, play_viewer *v, const char *channel);
/** The newest stream gets its first packet, its format, its first picture. */
void play_media(fixture *fx);
/** NULL when there is none that is not closing. */
gb_play *play_find(fixture *fx, const char *channel);
/** Of CHANNEL. */
gb_play_state play_state(fixture *fx);
/** It has ended with this code and step, and says why in a sentence. */
void play_check_failure(const play_viewer *v, gb_error_code code, const char *step);
/** Frees what it kept. */
void play_clear(play_viewer *v);

/** How a stream that plays comes to stop. */
typedef enum { BY_BYE, BY_SILENCE, BY_OFFLINE, BY_ERROR } play_cause;
void play_strike(fixture *fx, play_cause how);

#endif
