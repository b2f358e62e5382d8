/* gb_sip.h - SIP for the domain, without a Sofia type in sight.
 *
 * One thread, `gb-sip`, runs Sofia's nta layer: one agent per local address, UDP and TCP on one
 * port; out-of-dialog requests are answered statelessly (architecture-notes 6). Every function here
 * but gb_sip_new, gb_sip_mailbox and gb_sip_free belongs to that thread, and every callback comes
 * on it: the whole domain layer lives there. Other threads post to gb_sip_mailbox(). Requests leave
 * to the network address that was learned (a gb_sip_peer), never to a Contact. */
#ifndef GB_SIP_H
#define GB_SIP_H

#include "gb28181/base/gb_addr.h"
#include "gb28181/base/gb_mailbox.h"
#include "gb28181/base/gb_timers.h"

#include <glib.h>

typedef struct gb_sip gb_sip;
typedef struct gb_sip_call gb_sip_call;

typedef enum { GB_SIP_UDP, GB_SIP_TCP } gb_sip_transport;
/** "udp", "tcp". */
const char *gb_sip_transport_name(gb_sip_transport transport);

/** Where a peer is: enough to send it a request. Plain value, may be copied and stored. */
typedef struct {
	gb_sip_transport transport;
	gb_addr remote; /**< the source address on the socket */
	gb_addr local;	/**< our address at which it arrived: chooses the agent */
	uint64_t
		flow; /**< number of the TCP connection; 0 = UDP or gone. Unique in the process's life */
} gb_sip_peer;

typedef struct {
	char **
		ips; /**< NULL-terminated; "0.0.0.0" = every IPv4 address of the host, watched for change */
	uint16_t port;
	bool udp, tcp;
	char *server_id;
	char *realm;
	char *user_agent;
	/** Entries for gb_addr_map_new(): the address that our Contact names; NULL = the local one. */
	char **advertised_ip;
} gb_sip_config;

/* ---- requests that come in ----------------------------------------------------------------- */

typedef enum {
	GB_SIP_REGISTER,
	GB_SIP_MESSAGE,
	GB_SIP_NOTIFY,
	GB_SIP_SUBSCRIBE,
	GB_SIP_INVITE, /**< from a device (talk); only refusing it is possible for now */
	GB_SIP_OTHER,
} gb_sip_method;

/** A request, as far as anybody needs it. Valid during the callback. Texts are "" when absent. */
typedef struct gb_sip_request {
	gb_sip_method method;
	const char *method_name;
	const char *from_user, *to_user, *uri_user;
	const char *call_id;
	uint32_t cseq;
	const char *contact; /**< first Contact with parameters, to be echoed; "" when absent or bad */
	bool contact_star;	 /**< `Contact: *` */
	int64_t expires;	 /**< Expires, else the Contact's parameter, else -1 */
	const char *authorization; /**< the first Digest one, whole value */
	const char *user_agent;
	const char *gb_version; /**< X-GB-Ver */
	const char *content_type;
	const char *body; /**< not NUL-terminated */
	size_t body_len;
	gb_sip_peer peer;
	void *private_data; /**< of gb_sip */
} gb_sip_request;

/** Extra header lines of an answer, each without line end; NULL-terminated array or NULL. Printed
 * verbatim. */
typedef const char *const *gb_sip_headers;

/** Answers statelessly; exactly once, inside the callback (a request that nobody answers gets 500).
 */
void gb_sip_reply(
	const gb_sip_request *request, int status, const char *phrase, gb_sip_headers headers);

typedef struct {
	/** REGISTER, MESSAGE, NOTIFY, SUBSCRIBE, INVITE outside a call. OPTIONS and unknown methods are
	 * answered by gb_sip itself. */
	void (*request)(void *user, const gb_sip_request *request);
	/** A TCP connection is gone. */
	void (*flow_lost)(void *user, uint64_t flow);
} gb_sip_ops;

/* ---- life ---------------------------------------------------------------------------------- */

/** Starts the thread and opens the sockets; NULL with a clear message (which address, which port,
 * why) when one cannot be opened. */
gb_sip *gb_sip_new(const gb_sip_config *config, const gb_sip_ops *ops, void *user, GError **error);
/** Any thread: runs tasks on the SIP thread. */
gb_mailbox *gb_sip_mailbox(gb_sip *sip);
/** SIP thread: its timers. */
gb_timers *gb_sip_timers(gb_sip *sip);
/** Not the SIP thread: stops the loop from inside, destroys agents, joins. Calls still open are
 * dropped: end them before. */
void gb_sip_free(gb_sip *sip);
/** The addresses it listens at, as `udp 10.0.0.1:5060` texts (transfer full, NULL-terminated). */
char **gb_sip_listeners(gb_sip *sip);

/* ---- requests that go out ------------------------------------------------------------------ */

/** The end of a request of ours: status 200..699 from the peer (or 408 after `timeout`, 503 when it
 * cannot be sent). Once. */
typedef void (*gb_sip_done)(void *user, int status, const char *reason);

/** Sends a MESSAGE with an `Application/MANSCDP+xml` body to user `to` at `peer`. `done` may be
 * NULL. */
void gb_sip_message(gb_sip *sip, const gb_sip_peer *peer, const char *to, const char *body,
	size_t body_len, gb_sip_done done, void *user);

/** What happens in a call that we made. */
typedef struct {
	void (*progress)(void *user, int status, const char *reason); /**< 1xx */
	/** 200: the ACK has gone out to where the answer came from. `sdp` is valid during the call; ""
	 * when there was none. */
	void (*answered)(void *user, const gb_addr *source, const char *sdp, size_t len);
	/** The call failed (3xx..6xx, 408 when no final answer came within `answer_timeout_us`) or was
	 * ended by the peer (status 0, reason "bye"). Last callback but `closed`. */
	void (*ended)(void *user, int status, const char *reason);
	/** After gb_sip_call_hangup() or `ended`: all transactions are over (BYE or CANCEL answered or
	 * given up), the call object is gone after this. */
	void (*closed)(void *user);
} gb_sip_call_ops;

/** Sends INVITE. `to` = channel id, `subject` whole value, `sdp` NUL-terminated. */
gb_sip_call *gb_sip_invite(gb_sip *sip, const gb_sip_peer *peer, const char *to,
	const char *subject, const char *sdp, int64_t answer_timeout_us, const gb_sip_call_ops *ops,
	void *user);
/** Ends it in whatever state: CANCEL only after a provisional answer, else the final answer is
 * awaited and then ACK + BYE (gb28181.md 7.11); BYE when it stands. No callback any more but
 * `closed`. */
void gb_sip_call_hangup(gb_sip_call *call);
/** Moves the peer address of a standing call (the device re-registered elsewhere). */
void gb_sip_call_move(gb_sip_call *call, const gb_sip_peer *peer);

#endif
