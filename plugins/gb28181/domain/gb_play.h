/* gb_play.h - one camera being watched: the INVITE, its stream and those who look at it.
 *
 * One play per (device, channel) at a time, whatever the number of viewers. It is a state machine
 * (gb_play_step()) fed by the SIP call (gb_leg.h), the stream, timers, viewers and the registry;
 * illegal pairs are counted and ignored. Lives on the SIP thread; owned by gb_plays. Referenced
 * while a callback of it runs, because viewers may leave in any callback. */
#ifndef GB_PLAY_H
#define GB_PLAY_H

#include "gb28181/domain/gb_core.h"

/** Most streams at a time. */
#define GB_PLAYS_MAX 10000u
/** How long ending calls are waited for before an INVITE that needs their room goes out. */
#define GB_PLAY_CLEAR_US (3 * GB_SECOND)
/** A stream that flows but shows no picture for so long has failed. */
#define GB_PLAY_PICTURE_US (20 * GB_SECOND)
/** Least time between two key-frame requests of a stream (gb28181.md 6.5). */
#define GB_PLAY_KEYFRAME_US (2 * GB_SECOND)
/** A stream that ran for so long starts its reconnect time anew when it stops. */
#define GB_PLAY_STABLE_US (10 * GB_SECOND)
/** Longest pause between two attempts, in seconds. */
#define GB_PLAY_BACKOFF_MAX_S 16

typedef enum {
	GB_PLAY_ON_WANTED,	 /**< a viewer that is not paused came */
	GB_PLAY_ON_UNWANTED, /**< the last such viewer left or paused */
	GB_PLAY_ON_TIMER,	 /**< the state's timer */
	GB_PLAY_ON_LINGERED, /**< nobody came back for linger_s */
	GB_PLAY_ON_CLEAR,	 /**< the calls that were waited for are over */
	GB_PLAY_ON_ANSWERED, /**< 200 with a usable description */
	GB_PLAY_ON_FAILED,	 /**< the call failed, or its description is of no use: `failure` */
	GB_PLAY_ON_BYE,		 /**< the device ended the call */
	GB_PLAY_ON_MEDIA,	 /**< the first packet of this INVITE */
	GB_PLAY_ON_SILENCE,	 /**< no packet for media_timeout_s */
	GB_PLAY_ON_UNUSABLE, /**< media that nobody can read */
	GB_PLAY_ON_OFFLINE,	 /**< the device went offline */
	GB_PLAY_ON_ONLINE,	 /**< it is back */
	GB_PLAY_ON_MOVED,	 /**< it registered anew during our INVITE */
	GB_PLAY_ON_STOP,	 /**< end it, whatever its state: `failure` tells why */
	GB_PLAY_EVENTS,
} gb_play_event;

typedef struct gb_leg gb_leg;

typedef struct gb_play {
	gb_server *server;
	unsigned refs;
	char id[24];
	char device[GB_ID_SIZE], channel[GB_ID_SIZE];
	gb_play_state state;
	GPtrArray *watches; /**< gb_watch, borrowed */

	gb_leg *leg;			   /**< the call that stands or is being made; NULL = none */
	const gb_leg *closing_leg; /**< CLOSING: the call whose end is awaited; compare only */
	uint32_t spare_ssrc;	   /**< taken for an INVITE that is not sent yet; 0 = none */
	bool waiting;			   /**< INVITING, for other calls to be over */
	bool made_room;			   /**< others of the device were ended for it, after 486 */
	bool has_waited;		   /**< does not wait again for the channel's last call */
	unsigned invites;

	gb_stream *stream; /**< NULL once CLOSING */
	gb_stream_source source;
	bool media_seen; /**< packets came before the answer */
	gb_stream_stats last_stats;
	uint16_t port;

	gb_timer timer;			 /**< of the state */
	gb_timer linger_timer;	 /**< runs while no viewer wants packets */
	gb_timer keyframe_timer; /**< a request that must wait for its turn */
	int64_t keyframe_us;	 /**< of the last request */

	gb_ladder ladder;
	int64_t started_at;		/**< wall */
	int64_t playing_us;		/**< since when media flows */
	int64_t retry_until_us; /**< end of the reconnect time; 0 = it has not been interrupted */
	unsigned attempt;		/**< of reconnecting */
	gb_failure *last_failure;
} gb_play;

/** Opens the stream and lets the INVITE follow from the loop. NULL with `ret_failure` (transfer
 * full). */
gb_play *gb_play_open(gb_device *device, const char *channel, gb_failure **ret_failure);
gb_play *gb_play_ref(gb_play *play);
void gb_play_unref(gb_play *play);
void gb_play_step(gb_play *play, gb_play_event event, const gb_failure *failure);
/** Asks the device for a key frame, not too often. */
void gb_play_want_keyframe(gb_play *play);
/** Viewers that are not paused. */
unsigned gb_play_active_viewers(const gb_play *play);
/** A copy for the outside (transfer full). */
gb_stream_info *gb_play_info(const gb_play *play);
void gb_play_tell(gb_play *play, gb_change change);

/* ---- inside a play: its parts call each other ------------------------------------------------ */

/** Sends the INVITE, or waits for room. False with `ret_failure` (transfer full). */
bool gb_play_invite(gb_play *play, gb_failure **ret_failure);
/** Events of its stream (gb_play_media.c). */
void gb_play_on_stream(const gb_stream_event *event, void *play);
/** Where the camera shall send to, as it stands when asked: address to bind and to tell. */
void gb_play_addresses(const gb_device *device, gb_addr *ret_bind, gb_addr *ret_told);
/** Opens or re-opens the stream for a fresh SSRC. */
bool gb_play_open_stream(gb_play *play, const gb_device *device, gb_failure **ret_failure);

/* ---- all plays (gb_plays.c) ------------------------------------------------------------------ */

struct gb_plays {
	GHashTable *by_key; /**< "device/channel" -> gb_play that is not closing */
	GPtrArray *all;		/**< gb_play, a reference each; in order of their ids */
	GPtrArray *legs;	/**< gb_leg, owned, until they are closed */
	GPtrArray *watches; /**< gb_watch, a reference each */
	uint64_t next_id;
	unsigned waiting; /**< plays that wait for calls to be over */
	bool draining;
};

gb_plays *gb_plays_new(void);
void gb_plays_free(gb_plays *plays);
/** The one that is not closing; NULL = none. */
gb_play *gb_plays_find(gb_server *server, const char *device, const char *channel);
void gb_plays_add(gb_server *server, gb_play *play);
/** No new viewer will find it. */
void gb_plays_hide(gb_play *play);
/** It is over and leaves the list. */
void gb_plays_remove(gb_play *play);
unsigned gb_plays_viewers(gb_server *server, const char *device, const char *channel);
void gb_plays_count(gb_server *server, unsigned *ret_streams, unsigned *ret_viewers);
/** Other plays of the same device that are not closing. */
unsigned gb_plays_others(const gb_play *play);
/** Ends lingering plays of the same device; whether calls of the device are on their way to end. */
bool gb_plays_make_room(gb_play *play);
/** Whether calls that the play waits for are still ending. */
bool gb_plays_must_wait(const gb_play *play);
/** A call is over for good, and not among the legs any more. */
void gb_plays_leg_closed(gb_server *server, const gb_leg *leg);

void gb_plays_device_offline(gb_device *device);
void gb_plays_device_online(gb_device *device);
/** How a device's address or registration changed. */
typedef enum {
	GB_MOVE_ROAMED,				  /**< another address, told by a keepalive */
	GB_MOVE_REGISTERED_AGAIN,	  /**< the same address, a new Call-ID: perhaps it was restarted */
	GB_MOVE_REGISTERED_ELSEWHERE, /**< another address or connection */
} gb_move;
/** Standing calls follow; an INVITE that went to nowhere is sent again. */
void gb_plays_device_moved(gb_device *device, gb_move move);
/** Ends all plays of the device. */
void gb_plays_end_device(gb_device *device, const gb_failure *failure);
/** Ends everything and takes nothing new. */
void gb_plays_drain(gb_server *server);
/** Whether calls are still ending. */
bool gb_plays_busy(gb_server *server);

#endif
