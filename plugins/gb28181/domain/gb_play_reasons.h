/* gb_play_reasons.h - why a camera does not play, as sentences that say what usually causes it and
 * what to do. All results are (transfer full). Pure. */
#ifndef GB_PLAY_REASONS_H
#define GB_PLAY_REASONS_H

#include "gb28181/domain/gb_ladder.h"

#include <stdbool.h>

/** The INVITE ended with this status. `progress`: the device had sent a provisional answer. */
gb_failure *gb_play_reason_sip(int status, const char *reason, bool progress);
/** 486, and we hold `others` streams of the device. */
gb_failure *gb_play_reason_device_streams(unsigned others);
/** The device accepted with port 0. */
gb_failure *gb_play_reason_declined(void);
/** Media did not come as far as it should: the ladder names the step. `source` in it tells from
 * where it came. */
gb_failure *gb_play_reason_step(const gb_ladder *ladder);
/** What came is neither a program stream nor anything else known. */
gb_failure *gb_play_reason_unknown_media(void);
/** The device said BYE. */
gb_failure *gb_play_reason_bye(void);
/** Packets flowed and then stopped. */
gb_failure *gb_play_reason_silence(void);
gb_failure *gb_play_reason_offline(const char *device);
/** Its TCP connection is gone and it has not come back yet. */
gb_failure *gb_play_reason_unreachable(const char *device);

#endif
