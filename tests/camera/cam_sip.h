/**
 * @file cam_sip.h
 * A SIP endpoint on libre: one local address, requests to the platform, and a handler for what
 * comes in. One endpoint may serve all devices, or each device has its own.
 */
#ifndef CAM_SIP_H
#define CAM_SIP_H

#include <stdbool.h>

#include "cam_re.h"

#include "cam_util.h"

typedef struct cam_sip cam_sip;

/** Gets every request that belongs to no transaction, ACK to a 2xx included; must see to the
 * answer. */
typedef void cam_sip_request_h(cam_sip *sip, const struct sip_msg *msg, void *arg);

typedef struct cam_sip_config {
	struct sa local; /**< port 0: any free one */
	bool tcp;
	bool trace;			  /**< messages on stderr */
	const char *software; /**< in Server */
	unsigned hash_size;	  /**< for transactions, a power of two */
} cam_sip_config;

/** NULL with errno set. */
cam_sip *cam_sip_new(const cam_sip_config *config, cam_sip_request_h *handler, void *arg);

/** Drops everything at once, without a message to anybody; not from within a handler of it. */
void cam_sip_free(cam_sip *sip);

struct sip *cam_sip_stack(const cam_sip *sip);

/** Address and port that it listens on. */
const struct sa *cam_sip_local(const cam_sip *sip);

/**
 * Sends a request to an address over the transport of the endpoint; whatever host the URI names.
 * rest is what follows Via and Max-Forwards: headers, empty line, body.
 * @param request  set while the request is under way, NULL otherwise; may be NULL
 * @return 0 or an error number; the handler is not called then
 */
int cam_sip_request(cam_sip *sip, struct sip_request **request, const struct sa *to,
	const char *method, const char *uri, const cam_buf *rest, sip_resp_h *handler, void *arg);

/** A reference to a message, to keep it; mem_deref() gives it up. */
struct sip_msg *cam_sip_keep(const struct sip_msg *msg);

/** Copies pl, cut to the size. */
void cam_sip_text(const struct pl *pl, char *ret_text, size_t size);

#endif
