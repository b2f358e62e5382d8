/* gb_ladder.h - the steps from INVITE to picture, when each was reached, and what a failure was.
 *
 * A stream's ladder is what tells a technician why a camera does not play (api.md 6). Plain values;
 * any thread. */
#ifndef GB_LADDER_H
#define GB_LADDER_H

#include "gb28181/base/gb_addr.h"
#include "gb28181/base/gb_error.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
	GB_STEP_INVITE_SENT,
	GB_STEP_TRYING,
	GB_STEP_ANSWERED,
	GB_STEP_ACK_SENT,
	GB_STEP_FIRST_PACKET,
	GB_STEP_FIRST_PACK,
	GB_STEP_CODEC,
	GB_STEP_FIRST_KEYFRAME,
	GB_STEP_FIRST_RELAY,
	GB_STEPS,
} gb_step;

/** "invite_sent", ...: the words of the JSON API. */
const char *gb_step_name(gb_step step);

typedef struct {
	int64_t start_us;		 /**< gb_clock_us() of the request that opened the stream */
	int64_t at_us[GB_STEPS]; /**< 0 = not reached */
	int sip_status;			 /**< of `answered` or `trying`: last status seen */
	gb_addr source;			 /**< of `first_packet` */
} gb_ladder;

void gb_ladder_start(gb_ladder *ladder, int64_t now_us);
/** Notes the step the first time it is reached. */
void gb_ladder_reach(gb_ladder *ladder, gb_step step, int64_t now_us);
/** The first step that was not reached (TRYING is optional and never named); GB_STEPS when all
 * were. */
gb_step gb_ladder_missing(const gb_ladder *ladder);

/** Why something failed, in the words of api.md 3. */
typedef struct {
	gb_error_code code;
	char *message;	  /**< a sentence that says what to do */
	int sip_status;	  /**< 0 = none */
	char *sip_reason; /**< NULL = none */
	char *step;		  /**< name of the step that did not come; NULL = none */
	char *limit;	  /**< "streams", "device_streams", ...; NULL = none */
} gb_failure;

gb_failure *gb_failure_new(gb_error_code code, const char *format, ...) G_GNUC_PRINTF(2, 3);
gb_failure *gb_failure_copy(const gb_failure *failure);
void gb_failure_free(gb_failure *failure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_failure, gb_failure_free)

#endif
