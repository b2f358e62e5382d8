/* domain_fixture.h - a whole domain without threads and network, under a fake clock. */
#ifndef DOMAIN_FIXTURE_H
#define DOMAIN_FIXTURE_H

#include "gb28181/base/gb_clock.h"
#include "gb28181/domain/gb_core.h"
#include "gb28181/domain/gb_watch.h"
#include "stubs/stub_sip.h"
#include "stubs/stub_store.h"
#include "stubs/stub_stream.h"

#define CAMERA "34020000001320000001"
#define CHANNEL "34020000001310000001"
#define CHANNEL2 "34020000001310000002"
#define NVR "34020000001180000001"

typedef struct {
	gb_server_config config;
	gb_server *server;
	gb_sip *sip;
	gb_media *media;
	GString *events; /**< `device online ID\n`, `channel added DEVICE ID\n`, `stream ended ID\n` */
	unsigned cseq;
} fixture;

/** Starts with an empty store. */
void fixture_up(fixture *fx);
/** As above, after the test has changed `fx->config` (fixture_config() first). */
void fixture_config(fixture *fx);
void fixture_start(fixture *fx);
void fixture_stop(fixture *fx);
/** Ends everything. */
void fixture_down(fixture *fx);
/** Stops and starts again on the same store; `away_us` passes meanwhile. */
void fixture_restart(fixture *fx, int64_t away_us);

/** Lets time pass, timer by timer. */
void fixture_advance(fixture *fx, int64_t us);
/** True when the text stands in the recorded events; they are forgotten then. */
bool fixture_saw(fixture *fx, const char *event);

gb_sip_peer fixture_udp(const char *address);
gb_sip_peer fixture_tcp(const char *address, uint64_t flow);

/** A REGISTER without credentials; returns the status of the answer. */
int fixture_register(fixture *fx, const char *device, const char *address, int expires);
/** A request as set up by the test; Call-ID, CSeq and the like are filled in where absent. */
int fixture_request(fixture *fx, gb_sip_request *request);
/** A MESSAGE with this body; returns the status of the answer. */
int fixture_message(fixture *fx, const char *device, const char *address, const char *body);
int fixture_keepalive(fixture *fx, const char *device, const char *address);
/** A Response Catalog with these items (ids, NULL-terminated). */
int fixture_catalog(fixture *fx, const char *device, const char *address, int64_t sn, int sum,
	const char *const *ids);
/** The SN of the newest MESSAGE with this CmdType to the device; 0 = none. */
int64_t fixture_asked(fixture *fx, const char *device, const char *cmd);
/** Device online at 10.0.0.9:5060 with these channels, all of them cameras. */
void fixture_device(fixture *fx, const char *device, const char *const *channels);

stub_reply *fixture_reply(fixture *fx);
/** The newest call and stream. */
gb_sip_call *fixture_call(fixture *fx);
unsigned fixture_calls(fixture *fx);
gb_stream *fixture_stream(fixture *fx);
gb_device *fixture_find(fixture *fx, const char *device);

/* ---- a viewer who watches a recorder's channels -----------------------------------------------
 */

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
