/* domain_fixture.h - a whole domain without threads and network, under a fake clock. */
#ifndef DOMAIN_FIXTURE_H
#define DOMAIN_FIXTURE_H

#include "gb28181/base/gb_clock.h"
#include "gb28181/domain/gb_core.h"
#include "gb28181/domain/gb_play.h"
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

#endif
