/* gb_device.h - a registered device and its channels, as the domain keeps them.
 *
 * Lives on the SIP thread; owned by the registry. A device without catalog costs less than 4 kB,
 * texts included (GB_DEVICE_BYTES_MAX is asserted for the struct itself). What other threads get
 * are copies. */
#ifndef GB_DEVICE_H
#define GB_DEVICE_H

#include "gb28181/base/gb_charset.h"
#include "gb28181/base/gb_str.h"
#include "gb28181/domain/gb_rhythm.h"
#include "gb28181/domain/gb_server.h"
#include "gb28181/engine/gb_sip.h"
#include "gb28181/proto/gb_manscdp.h"

/** Most channels that are kept of one device; further ones are left out and counted. */
#define GB_CHANNELS_MAX 50000u
/** Bound of sizeof(gb_device). */
#define GB_DEVICE_BYTES_MAX 1024u

/** A node of a device's catalog. Texts are never NULL. */
typedef struct gb_channel {
	char id[GB_ID_SIZE];
	gb_node_kind node;
	gb_channel_status status;
	bool playable;
	bool assumed; /**< not listed: the device's own id, because nothing listed can be played */
	bool faulty;  /**< named in the last keepalive (gb28181.md 4.1) */
	char *name, *manufacturer, *model, *owner, *civil_code, *block, *address, *stream_numbers;
	char *group;											 /**< id of the business group */
	char *parents;											 /**< ids, separated by `/` */
	int parental, register_way, secrecy, ptz_type, sub_type; /**< -1 absent */
	bool has_position;
	double longitude, latitude;
} gb_channel;

/** Edition of the standard by X-GB-Ver (gb28181.md 2.5). */
typedef enum {
	GB_EDITION_2016,
	GB_EDITION_2011,
	GB_EDITION_2022,
} gb_edition;

/** Where a device stands with being asked for its info and catalog (gb_interview.h). */
typedef enum {
	GB_INTERVIEW_NONE,
	GB_INTERVIEW_WAITING, /**< its random delay runs, or its turn has not come */
	GB_INTERVIEW_RUNNING,
} gb_interview_state;

typedef struct gb_device gb_device;
struct gb_device {
	char id[GB_ID_SIZE];
	gb_server *server;
	gb_device_kind kind;
	bool enabled, created;
	bool registered; /**< a registration that has not expired */
	bool online;
	bool catalog_complete;
	bool any_faulty; /**< a channel is marked so */
	gb_edition edition;
	gb_charset charset;
	char *name;		 /**< given by an administrator, else "" */
	char *password;	 /**< NULL: the common one */
	char *said_name; /**< of DeviceInfo, else "" */
	char *manufacturer, *model, *firmware, *user_agent;

	gb_sip_peer peer; /**< where requests to it go */
	char *contact, *call_id;
	int expires_s;
	int64_t registered_at;	   /**< wall; 0 = never */
	int64_t expires_us;		   /**< end of the registration */
	uint8_t register_mark[16]; /**< digest of the last REGISTER that was accepted */
	int64_t register_mark_us;  /**< when; 0 = none */

	int64_t last_seen;	  /**< wall */
	int64_t last_seen_us; /**< any message */
	int64_t peer_seen_us; /**< a message from `peer` itself */
	int64_t flow_lost_us; /**< since when its TCP connection is gone; 0 = it is not */
	gb_rhythm rhythm;
	gb_timer timer; /**< silence or expiry, whatever comes first */
	uint64_t keepalives, address_moves;

	GTree *channels; /**< id -> gb_channel; NULL = none */
	unsigned channels_on;
	unsigned catalog_expected, catalog_received;
	uint64_t channels_refused; /**< over GB_CHANNELS_MAX */

	bool asked; /**< its catalog was asked for since we started */
	gb_interview_state interview;
	gb_timer interview_timer;
	unsigned interview_open; /**< questions that are not answered yet */
	unsigned queries_open;	 /**< questions of any kind; of gb_query.c */

	gb_device *flow_next, *flow_prev; /**< devices that share a TCP connection; of the registry */
};

gb_device *gb_device_new(gb_server *server, const char *id);
/** Its timers must be stopped. */
void gb_device_free(gb_device *device);
/** By the id alone: not all digits is a user, type codes 200-299 are platforms. */
gb_device_kind gb_device_kind_of(const char *id);
/** "2011", "2016", "2022". */
const char *gb_edition_name(gb_edition edition);
/** From X-GB-Ver; an absent or unknown one leaves `edition` as it is. */
gb_edition gb_edition_from_header(const char *version, gb_edition edition);
/** From "2011", "2016", "2022". */
gb_edition gb_edition_from_name(const char *name);
/** The edition that messages to it are written in. */
gb_version gb_device_version(const gb_device *device);
/** Replaces `*field`; NULL counts as "". True when it is another text now. */
bool gb_text_set(char **field, const char *text);

gb_channel *gb_device_find_channel(const gb_device *device, const char *id);
unsigned gb_device_channel_count(const gb_device *device);
/** Adds it (transfer full); replaces one of the same id. False when there are too many: it was
 * freed. */
bool gb_device_put_channel(gb_device *device, gb_channel *channel);
void gb_device_drop_channel(gb_device *device, const char *id);
/** Counts anew how many channels are on; after their status changed. */
void gb_device_recount(gb_device *device);

gb_channel *gb_channel_new(const char *id);
/** The channel that a catalog item describes. */
gb_channel *gb_channel_from_item(const gb_catalog_item *item);
/** The device itself as its only channel. */
gb_channel *gb_channel_assumed(const gb_device *device);
/** Sets node and `playable` from the id, and from `sub_type` where the id is not of 20 digits. */
void gb_channel_classify(gb_channel *channel);
void gb_channel_free(gb_channel *channel);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_channel, gb_channel_free)
/** Whether anything but `faulty` differs. */
bool gb_channel_differs(const gb_channel *a, const gb_channel *b);

#endif
