/* gb_interview.h - asking devices that came online for their info and catalog, not all at once.
 *
 * When a site's power returns thousands register within seconds (gb28181.md 3.4): each waits a
 * random time, and at most GB_INTERVIEWS_AT_ONCE are asked at a time, the rest in the order they
 * came. SIP thread. */
#ifndef GB_INTERVIEW_H
#define GB_INTERVIEW_H

#include "gb28181/domain/gb_core.h"

#define GB_INTERVIEWS_AT_ONCE 32u
/** A device that is silent does not hold its place longer than this. */
#define GB_INTERVIEW_HOLD_US (4 * GB_SECOND)

gb_interviews *gb_interviews_new(void);
void gb_interviews_free(gb_interviews *interviews);
/** Nothing happens when it waits or is being asked already, or is a user. */
void gb_interview_want(gb_device *device);
void gb_interview_cancel(gb_device *device);
/** Its catalog is there but for the time that late parts are given: others may have its place. */
void gb_interview_release(gb_device *device);
/** How many devices are being asked. */
unsigned gb_interviews_running(const gb_interviews *interviews);

#endif
