/* gb_udp.h - the sockets of a stream: RTP on an even port, RTCP on the odd one after. Pure system
 * calls; any thread. */
#ifndef GB_UDP_H
#define GB_UDP_H

#include "gb28181/base/gb_addr.h"

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Largest datagram that is taken; longer ones are counted and dropped (MSG_TRUNC). RTP payloads in
 * the field stay under 1,500. */
#define GB_UDP_DATAGRAM 2048
/** Datagrams taken by one system call. */
#define GB_UDP_BATCH 32

/** Both sockets, non-blocking; -1 = not open. */
typedef struct {
	int rtp, rtcp;
} gb_udp_pair;

/** What opening a pair said. */
typedef enum {
	GB_UDP_OPENED,
	GB_UDP_BUSY,   /**< somebody else has the port: try the next one */
	GB_UDP_FAILED, /**< no use trying other ports; errno tells why */
} gb_udp_result;

/** Binds `ip`:`port` and `port` + 1. `receive_buffer` is asked for on the RTP socket; `ret_buffer`
 * gets what the kernel gave. */
gb_udp_result gb_udp_open(
	const gb_addr *ip, uint16_t port, int receive_buffer, gb_udp_pair *ret_pair, int *ret_buffer);
void gb_udp_close(gb_udp_pair *pair);

/** One datagram of a batch. */
typedef struct {
	const uint8_t *data; /**< in the batch's own buffers; valid until the next call */
	size_t len;
	bool truncated; /**< it was longer */
	gb_addr source;
} gb_udp_datagram;

/** Buffers for one batch; one per thread is enough. */
typedef struct gb_udp_batch gb_udp_batch;
gb_udp_batch *gb_udp_batch_new(void);
void gb_udp_batch_free(gb_udp_batch *batch);
/** Reads what waits, up to GB_UDP_BATCH; returns how many, 0 = nothing (more). */
unsigned gb_udp_batch_read(gb_udp_batch *batch, int fd);
/** Datagram `i` of the last read. */
void gb_udp_batch_get(const gb_udp_batch *batch, unsigned i, gb_udp_datagram *ret_datagram);

#endif
