/* gb_sip_internal.h - what the files of gb_sip share; nobody else includes it.
 *
 *   gb_sip.c         the thread: root, mailbox, timers, life
 *   gb_sip_agents.c  one nta agent per local address; watch of the host's addresses
 *   gb_sip_flow.c    TCP connections that requests came by, under numbers
 *   gb_sip_uas.c     requests that come in, stateless answers
 *   gb_sip_uac.c     the way to a peer, requests that go out, MESSAGE
 *   gb_sip_call.c    INVITE, ACK, CANCEL, BYE
 *
 * nta legs are not used: calls are found by Call-ID in a table of ours, so that an answer or a BYE
 * that nta has no transaction for is still served, and no request is ever sent by a Contact.
 * Everything here belongs to the SIP thread. */
#ifndef GB_SIP_INTERNAL_H
#define GB_SIP_INTERNAL_H

#include "gb28181/base/gb_clock.h"
#include "gb28181/engine/gb_sip.h"

#include <pthread.h>

struct gb_sip_agent;
#define NTA_AGENT_MAGIC_T struct gb_sip_agent
#define NTA_OUTGOING_MAGIC_T void
#define TP_CLIENT_T void
#define SU_WAKEUP_ARG_T struct gb_sip
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_stateless.h>
#include <sofia-sip/nta_tport.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/su_wait.h>
#include <sofia-sip/tport.h>
#include <sofia-sip/tport_tag.h>

/** Longest Request-URI or route text that is built: `sip:` id `@` address and parameters. */
#define GB_SIP_URI_SIZE 192

/** One local address. */
typedef struct gb_sip_agent {
	gb_sip *sip;
	gb_addr local; /**< with the port */
	nta_agent_t *nta;
} gb_sip_agent;

struct gb_sip {
	gb_sip_config config;	 /**< own copies */
	gb_addr_map *advertised; /**< of config.advertised_ip; NULL = none */
	gb_sip_ops ops;
	void *user;
	pthread_t thread;
	gb_mailbox *mailbox;
	gb_timers *timers;
	int stopping; /**< atomic */

	su_root_t *root;
	su_wait_t mailbox_wait;
	GPtrArray *agents; /**< of gb_sip_agent, owned */
	int netlink;	   /**< socket, or -1 */
	su_wait_t netlink_wait;
	gb_timer rescan; /**< collects a burst of address changes */

	GHashTable *flows;	  /**< number → gb_sip_flow, owned */
	GHashTable *tports;	  /**< tport_t → gb_sip_flow */
	GHashTable *calls;	  /**< Call-ID → gb_sip_call, owned */
	GHashTable *messages; /**< set of gb_sip_outgoing, owned */
	uint32_t cseq;		  /**< of the last MESSAGE */
};

/* ---- gb_sip_agents.c ---- */

/** Opens the sockets of every configured address. */
bool gb_sip_agents_open(gb_sip *sip, GError **error);
/** Ends what goes over the agents, then destroys them. */
void gb_sip_agents_close(gb_sip *sip);
/** The agent of a local address; NULL when it is not (or no longer) one of ours. */
gb_sip_agent *gb_sip_agent_at(gb_sip *sip, const gb_addr *local);

/* ---- gb_sip_flow.c ---- */

/** The number of a TCP connection, new for one not seen before; 0 when there are too many. */
uint64_t gb_sip_flow_of(gb_sip_agent *agent, tport_t *tport);
/** The connection of a number; NULL when it is gone or cannot be written to any more. */
tport_t *gb_sip_flow_tport(gb_sip *sip, uint64_t number);
/** Forgets the flows of an agent (NULL = all) and tells the domain when `tell`. */
void gb_sip_flows_drop(gb_sip *sip, const gb_sip_agent *agent, bool tell);
/** Frees a gb_sip_flow. */
void gb_sip_flow_free(void *flow);

/* ---- gb_sip_uas.c ---- */

/** nta's callback for every message that no transaction of ours takes. */
int gb_sip_on_message(gb_sip_agent *agent, nta_agent_t *nta, msg_t *msg, sip_t *sip);
/** Where a message came from. */
gb_sip_peer gb_sip_source(gb_sip_agent *agent, msg_t *msg);

/* ---- gb_sip_uac.c ---- */

/** How a request reaches a peer. */
typedef struct {
	gb_sip_agent *agent;
	tport_t *tport;				 /**< the connection; NULL over UDP */
	char host[GB_ADDR_TEXT];	 /**< `ip:port` of the peer, for the Request-URI */
	char route[GB_SIP_URI_SIZE]; /**< where it is sent, whatever the Request-URI says */
} gb_sip_way;

/** False with a reason when the peer cannot be reached: address or connection gone. */
bool gb_sip_way_to(
	gb_sip *sip, const gb_sip_peer *peer, gb_sip_way *ret_way, const char **ret_reason);
/** A request with the headers that all have in common; `ident` names both ends. */
typedef struct {
	sip_method_t method;
	const char *method_name;
	const char *uri_user; /**< user of the Request-URI */
	const char *to_user;
	const char *from_tag;
	const char *to_tag; /**< NULL outside a dialog */
	const char *call_id;
	uint32_t cseq;
} gb_sip_outline;
msg_t *gb_sip_request_new(gb_sip *sip, const gb_sip_way *way, const gb_sip_outline *outline);
/** Sends it in a transaction; takes `msg` over. `branch`: NULL = a new one. NULL when it failed. */
nta_outgoing_t *gb_sip_send(
	const gb_sip_way *way, msg_t *msg, const char *branch, nta_response_f *callback, void *user);
/** Sends an ACK, which is no transaction; takes `msg` over. */
void gb_sip_send_ack(const gb_sip_way *way, msg_t *msg, const char *branch);
/** Ends the messages in flight over an agent (NULL = all): 503, or silently. */
void gb_sip_messages_drop(gb_sip *sip, const gb_sip_agent *agent, bool tell);
/** Frees a gb_sip_outgoing. */
void gb_sip_outgoing_free(void *outgoing);

/* ---- gb_sip_call.c ---- */

/** An answer to an INVITE that no transaction takes: late, repeated, or over TCP. */
void gb_sip_call_on_answer(gb_sip_agent *agent, msg_t *msg, sip_t *sip);
/** Whether a request belongs to a call of ours that stands. */
bool gb_sip_call_known(gb_sip *sip, const char *call_id);
/** BYE from the peer: false when there is no such call. The 200 has been sent already. */
bool gb_sip_call_on_bye(gb_sip *sip, const char *call_id);
/** Ends the calls over an agent whose address is gone (NULL = all, silently). */
void gb_sip_calls_drop(gb_sip *sip, const gb_sip_agent *agent);
/** Frees a gb_sip_call. */
void gb_sip_call_free(void *call);

#endif
