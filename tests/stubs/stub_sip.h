/* stub_sip.h - stands in for engine/gb_sip: records what would be sent, lets a test be the devices.
 *
 * Made by stub_sip_new() it has no thread and the test runs its timers; made by gb_sip_new() it has
 * one. */
#ifndef STUB_SIP_H
#define STUB_SIP_H

#include "gb28181/engine/gb_sip.h"

/** The answer to a request that was fed in. */
typedef struct {
	unsigned count; /**< how often it was answered; 1 is right */
	int status;
	char *headers; /**< lines, each with `\n`; never NULL */
} stub_reply;

/** A MESSAGE that left. */
typedef struct {
	char *to, *body;
	gb_sip_peer peer;
	gb_sip_done done;
	void *user;
} stub_message;

/** A call that was made. */
struct gb_sip_call {
	char *to, *subject, *sdp;
	gb_sip_peer peer;
	int64_t answer_timeout_us;
	gb_sip_call_ops ops;
	void *user;
	bool hung_up, ended, closed;
	unsigned moves;
};

/** What a device could see of us. */
typedef struct {
	stub_reply reply;
	GPtrArray *messages; /**< stub_message */
	GPtrArray *calls;	 /**< gb_sip_call; kept after `closed` */
} stub_sip_record;

gb_sip *stub_sip_new(const gb_sip_ops *ops, void *user);
void stub_sip_free(gb_sip *sip);
stub_sip_record *stub_sip_seen(gb_sip *sip);

/** Feeds a request in; the record's `reply` is the answer. */
void stub_sip_request(gb_sip *sip, gb_sip_request *request);
void stub_sip_lose_flow(gb_sip *sip, uint64_t flow);
/** Answers a MESSAGE of ours. */
void stub_message_answer(stub_message *message, int status);
/** Forgets the messages that were seen. */
void stub_sip_clear_messages(gb_sip *sip);

void stub_call_progress(gb_sip_call *call, int status);
/** 200 from `source` with this description. */
void stub_call_answer(gb_sip_call *call, const char *source, const char *sdp);
/** Fails, or BYE with status 0; then closed, as the engine does. */
void stub_call_end(gb_sip_call *call, int status);
/** The end of the transactions of a call that was hung up. */
void stub_call_close(gb_sip_call *call);

#endif
