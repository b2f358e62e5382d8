/* gb_leg.h - one INVITE of ours and the call that comes of it.
 *
 * A play makes a leg for each attempt; a leg that was hung up lives on without its play until its
 * BYE or CANCEL is over, and keeps its SSRC so long. SIP thread. */
#ifndef GB_LEG_H
#define GB_LEG_H

#include "gb28181/domain/gb_play.h"

struct gb_leg {
	gb_server *server;
	gb_play *play; /**< NULL once hung up or ended */
	gb_sip_call *call;
	char device[GB_ID_SIZE], channel[GB_ID_SIZE];
	uint32_t ssrc;
	bool progress; /**< a provisional answer was seen */
	bool hung_up;
};

/** Sends the INVITE for the play's stream and takes its `spare_ssrc` over. NULL when it cannot be
 * sent. */
gb_leg *gb_leg_invite(gb_play *play, const gb_device *device, const gb_addr *told);
/** Ends the call; the play hears nothing of it any more. */
void gb_leg_hangup(gb_leg *leg);
/** For the list of legs: with the SIP thread gone. */
void gb_leg_free(gb_leg *leg);

#endif
