/* gb_query.h - questions to devices and what became of them (gb28181.md 5.1).
 *
 * A question is a MESSAGE; the answer comes in a MESSAGE of its own with the same SN, or never. SNs
 * are ours alone, rising from a random start, so that one number names a question. Lives on the SIP
 * thread. */
#ifndef GB_QUERY_H
#define GB_QUERY_H

#include "gb28181/domain/gb_core.h"

/** How long the answer may take; a catalog's first part may take GB_QUERY_CATALOG_US. */
#define GB_QUERY_US (10 * GB_SECOND)
#define GB_QUERY_CATALOG_US (30 * GB_SECOND)
/** A catalog that has begun ends after so long without another part. */
#define GB_QUERY_IDLE_US (7 * GB_SECOND)
/** A catalog whose SumNum is reached ends so much later: some count too low (gb28181.md 5.5). */
#define GB_QUERY_SETTLE_US (300 * GB_MS)

/** Most questions of one device that wait for an answer; gb_server_refresh() asks no further. */
#define GB_QUERIES_PER_DEVICE 16u

typedef enum {
	GB_QUERY_ANSWERED,
	GB_QUERY_TIMEOUT,
	GB_QUERY_REFUSED,	/**< by a SIP status, or `Result` ERROR (sip_status 200) */
	GB_QUERY_CANCELLED, /**< the device went away */
} gb_query_end;

typedef struct {
	gb_query_end end;
	int sip_status; /**< of REFUSED */
	const char *sip_reason;
	bool complete; /**< catalog */
	unsigned expected, received;
	const gb_device_status *status; /**< DeviceStatus; else NULL */
} gb_query_result;

/** Once for each question. */
typedef void (*gb_query_done)(gb_device *device, const gb_query_result *result, void *user);

typedef struct gb_query {
	gb_server *server;
	gb_device *device; /**< NULL when finished */
	uint32_t sn;
	gb_cmd cmd;
	gb_query_done done;
	void *user;
	gb_timer timer;
	bool sip_over; /**< our MESSAGE is answered or given up */
	/* a catalog on its way */
	GHashTable *channels; /**< id -> gb_channel; NULL until the first part */
	int64_t expected;	  /**< SumNum, the largest said; -1 = not said */
} gb_query;

gb_queries *gb_queries_new(void);
void gb_queries_free(gb_queries *queries);

/** Asks; the device must be reachable or `done` will hear that it was not. */
void gb_query_send(gb_device *device, gb_cmd cmd, gb_query_done done, void *user);
/** The open question of this device, command and number; NULL when there is none. */
gb_query *gb_query_find(const gb_device *device, gb_cmd cmd, int64_t sn);
/** Ends it and calls `done`. */
void gb_query_finish(gb_query *query, const gb_query_result *result);
/** Ends all open questions of the device as GB_QUERY_CANCELLED. */
void gb_query_cancel_device(gb_device *device);
/** A number for a message that awaits no answer. */
uint32_t gb_query_next_sn(gb_server *server);
/** How many are open. */
unsigned gb_queries_open(const gb_queries *queries);

#endif
