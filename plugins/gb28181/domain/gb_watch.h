/* gb_watch.h - one viewer's wish, and what its play tells it. The public half is in gb_server.h.
 * SIP thread. */
#ifndef GB_WATCH_H
#define GB_WATCH_H

#include "gb28181/domain/gb_play.h"

struct gb_watch {
	gb_server *server;
	unsigned refs;
	char device[GB_ID_SIZE], channel[GB_ID_SIZE];
	gb_play *play; /**< NULL: paused, and its play is over; borrowed: a play lets its watches go
					  when it ends */
	gb_sink *sink;
	gb_watch_fn event;
	void *user;
	bool ready; /**< the sink may be attached */
	bool paused;
	bool gone; /**< stopped or ended: no event any more */
};

void gb_watch_unref(gb_watch *watch);

/** The stream handed the first packet to this sink. */
void gb_watches_started(gb_play *play, const gb_sink *sink);
void gb_watches_interrupted(gb_play *play, const char *reason, int retry_s);
/** The play is over, its stream closed: paused watches are parked, the others end; all of them for
 * `everybody`. */
void gb_watches_end(gb_play *play, const gb_failure *failure, bool everybody);
/** Ends the watches that have no play. */
void gb_watches_end_parked(gb_server *server, const gb_failure *failure);

#endif
