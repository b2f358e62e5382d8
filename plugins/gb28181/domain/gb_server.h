/* gb_server.h - the whole core behind one door: registrations, catalog, plays.
 *
 * The glue (or a test, or a tool) makes one gb_server and speaks to it only through this header.
 * The server lives on the SIP thread: functions marked (SIP thread) may be called only there, that
 * is inside a task posted by gb_server_post() or inside a callback of the server; all else says
 * "any thread". Objects never leave the thread: what comes out are copies (gb_device_info ...). */
#ifndef GB_SERVER_H
#define GB_SERVER_H

#include "gb28181/base/gb_error.h"
#include "gb28181/base/gb_mailbox.h"
#include "gb28181/base/gb_str.h"
#include "gb28181/domain/gb_ladder.h"
#include "gb28181/engine/gb_sip.h"
#include "gb28181/engine/gb_stream.h"

#include <glib.h>

/* ---- configuration ------------------------------------------------------------------------- */

/** api.md 2; the glue fills it from the jcfg file after range checks. Texts are owned by the
 * struct. */
typedef struct {
	gb_sip_config sip;
	char *sip_password; /**< common password; "" = no digest asked; NULL is not allowed */
	bool allow_unknown;
	int utc_offset_minutes;	  /**< -720..840 */
	int keepalive_interval_s; /**< 5..3600 */
	int keepalive_misses;	  /**< 1..100 */
	gb_media_config media;
	char *media_ip; /**< "0.0.0.0": the address that the device registered at */
	char **media_advertised_ip;
	int linger_s, answer_timeout_s, first_packet_timeout_s, reconnect_s, media_timeout_s;
	char *store_path; /**< SQLite file or ":memory:" */
	char *node;
} gb_server_config;

void gb_server_config_default(gb_server_config *ret_config);
void gb_server_config_clear(gb_server_config *config);

/* ---- what there is (copies) ---------------------------------------------------------------- */

typedef enum { GB_DEVICE_DEVICE, GB_DEVICE_PLATFORM, GB_DEVICE_USER } gb_device_kind;

/** api.md 4, `device`. Times are wall microseconds, 0 = never. Texts are never NULL. */
typedef struct {
	char id[GB_ID_SIZE];
	gb_device_kind kind;
	char *name;
	bool online, enabled;
	int64_t registered_at, last_seen;
	int expires_s;
	gb_sip_transport transport;
	gb_addr address;
	char *user_agent, *manufacturer, *model, *firmware;
	unsigned channels, channels_online;
	char *charset;	   /**< setting: "auto", "utf-8", "gb18030" */
	char *version;	   /**< "2011", "2016", "2022" */
	bool has_password; /**< one of its own */
	bool created;	   /**< by an administrator, not by registering */
	bool catalog_complete;
	unsigned catalog_expected, catalog_received;
	uint64_t keepalives, address_moves; /**< counters since start */
} gb_device_info;

typedef enum {
	GB_STATUS_UNKNOWN,
	GB_STATUS_ON,
	GB_STATUS_OFF,
	GB_STATUS_FAULT,
} gb_channel_status;

/** api.md 4, `channel`. */
typedef struct {
	char device[GB_ID_SIZE], id[GB_ID_SIZE];
	char *name;
	gb_channel_status status;
	bool online; /**< its device is online */
	bool playable;
	const char *type; /**< "camera", "alarm", "voice", "group", "organisation", "region",
						 "platform", "other"; static */
	char **parents;	  /**< NULL-terminated */
	char *group, *manufacturer, *model, *civil_code, *address;
	int ptz_type; /**< gb28181.md 5.5; 0 = not said */
	bool has_position;
	double longitude, latitude;
	unsigned viewers;
} gb_channel_info;

typedef enum {
	GB_PLAY_INVITING,
	GB_PLAY_WAITING_MEDIA,
	GB_PLAY_PLAYING,
	GB_PLAY_INTERRUPTED,
	GB_PLAY_LINGERING,
	GB_PLAY_CLOSING,
} gb_play_state;
/** The word in the JSON: "inviting", "waiting_media", ... */
const char *gb_play_state_name(gb_play_state state);

/** api.md 4, `list_streams`. */
typedef struct {
	char id[24];
	char device[GB_ID_SIZE], channel[GB_ID_SIZE];
	gb_play_state state;
	gb_stream_stats stats;
	unsigned viewers, paused_viewers;
	gb_ladder ladder;
	uint16_t port;
	int64_t started_at; /**< wall microseconds */
	unsigned invites;	/**< INVITEs sent for it, restarts included */
} gb_stream_info;

void gb_device_info_free(gb_device_info *info);
void gb_channel_info_free(gb_channel_info *info);
void gb_stream_info_free(gb_stream_info *info);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_device_info, gb_device_info_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_channel_info, gb_channel_info_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_stream_info, gb_stream_info_free)

/** A page of a list. */
typedef struct {
	const char *device;		/**< channels only: of this device; NULL = all */
	int online;				/**< 1, 0, or -1 = all */
	const char *search;		/**< part of id or name, without regard to case; NULL = all */
	unsigned offset, limit; /**< limit 1..1000 */
} gb_list_query;

typedef struct {
	unsigned devices, online, channels, streams, viewers;
	int64_t uptime_s;
} gb_server_counts;

/* ---- life ---------------------------------------------------------------------------------- */

typedef enum {
	GB_CHANGE_ADDED,
	GB_CHANGE_UPDATED,
	GB_CHANGE_REMOVED,
	GB_CHANGE_ONLINE,
	GB_CHANGE_OFFLINE,
	GB_CHANGE_STARTED,
	GB_CHANGE_ENDED,
} gb_change;

/** What changed, for `listen` and Janus's event handlers; on the SIP thread; the pointers are valid
 * during the call. `info` of a removed thing is its last state. */
typedef struct {
	void (*device)(void *user, gb_change change, const gb_device_info *info);
	void (*channel)(void *user, gb_change change, const gb_channel_info *info);
	void (*stream)(void *user, gb_change change, const gb_stream_info *info);
} gb_server_events;

typedef struct gb_server gb_server;

/** Opens the store, loads it, starts media and SIP threads. NULL with an error that names the
 * option. Any thread. */
gb_server *gb_server_new(
	const gb_server_config *config, const gb_server_events *events, void *user, GError **error);
/** Orderly end: refuses new plays, BYE to every dialog with a deadline of 2 s, closes media, SIP,
 * store; joins. Not the SIP thread. */
void gb_server_free(gb_server *server);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_server, gb_server_free)

/** Any thread: runs `fn(server, data)` on the SIP thread; false when it is closing or its queue is
 * full (then `drop(data)` was called). */
bool gb_server_post(
	gb_server *server, void (*fn)(gb_server *server, void *data), void *data, GDestroyNotify drop);

/* ---- registry (SIP thread) ----------------------------------------------------------------- */

/** Fills `ret_items` with gb_device_info* (the array frees them), sorted by id; returns the total
 * before offset and limit. */
unsigned gb_server_list_devices(
	gb_server *server, const gb_list_query *query, GPtrArray **ret_items);
unsigned gb_server_list_channels(
	gb_server *server, const gb_list_query *query, GPtrArray **ret_items);
unsigned gb_server_list_streams(gb_server *server, GPtrArray **ret_items);
/** NULL when there is none (transfer full). */
gb_device_info *gb_server_get_device(gb_server *server, const char *device);
gb_channel_info *gb_server_get_channel(gb_server *server, const char *device, const char *channel);
/** NULL when there is none (transfer full). */
gb_stream_info *gb_server_get_stream(gb_server *server, const char *id);
void gb_server_get_counts(gb_server *server, gb_server_counts *ret_counts);
char **gb_server_listeners(gb_server *server);
/** The only playable channel of the device, when `channel` was left out (api.md 1): its id, or NULL
 * with GB_ERROR_NOT_FOUND / GB_ERROR_INVALID. */
const char *gb_server_only_channel(gb_server *server, const char *device, GError **error);

/** NULL or -1 = leave as it is. */
typedef struct {
	const char *name;
	const char *password;
	int enabled;
} gb_device_edit;
/** Errors: GB_ERROR_EXISTS, GB_ERROR_NOT_FOUND, GB_ERROR_INVALID. Answered after it was handed to
 * the store. */
bool gb_server_create_device(
	gb_server *server, const char *device, const gb_device_edit *edit, GError **error);
bool gb_server_edit_device(
	gb_server *server, const char *device, const gb_device_edit *edit, GError **error);
bool gb_server_destroy_device(gb_server *server, const char *device, GError **error);

/* ---- questions to a device (SIP thread) ---------------------------------------------------- */

typedef enum { GB_REFRESH_CATALOG = 1, GB_REFRESH_INFO = 2, GB_REFRESH_STATUS = 4 } gb_refresh;

/** What the device said. */
typedef struct {
	unsigned what; /**< gb_refresh bits that were answered */
	bool catalog_complete;
	unsigned catalog_expected, catalog_received;
	char *status_online, *status, *encode, *record,
		*device_time; /**< DeviceStatus as the device wrote it; NULL = not said */
} gb_refresh_result;

/** Exactly once, on the SIP thread; `failure` is NULL on success. Both are borrowed. */
typedef void (*gb_refresh_done)(
	void *user, const gb_refresh_result *result, const gb_failure *failure);
void gb_server_refresh(
	gb_server *server, const char *device, unsigned what, gb_refresh_done done, void *user);

/* ---- watching (SIP thread) ----------------------------------------------------------------- */

/** One viewer's wish to see one channel. Owned by the server from gb_server_watch() until its
 * GB_WATCH_ENDED or gb_watch_stop(). */
typedef struct gb_watch gb_watch;

typedef enum {
	GB_WATCH_PLAYING,	  /**< the first packet was handed to this viewer: `stream`. Again after an
							 interruption or a pause */
	GB_WATCH_INTERRUPTED, /**< `reason`, `retry_s`: the plugin invites again by itself */
	GB_WATCH_ENDED,		  /**< `failure`; the watch is gone after this callback */
} gb_watch_event_kind;

typedef struct {
	gb_watch_event_kind kind;
	const gb_stream_info *stream; /**< the stream's present state, ladder included; never NULL */
	const char *reason;			  /**< "bye", "offline", "no_media", "sip_error" */
	int retry_s;
	const gb_failure *failure;
} gb_watch_event;

typedef void (*gb_watch_fn)(gb_watch *watch, const gb_watch_event *event, void *user);

/** Joins or opens the play of (device, channel); the sink is not attached before gb_watch_ready().
 * Immediate failures: NULL and `ret_failure` (transfer full) with 455, 480, 485, 486.
 * `ret_stream_id` gets the stream's id. */
gb_watch *gb_server_watch(gb_server *server, const char *device, const char *channel, gb_sink *sink,
	gb_watch_fn event, void *user, char ret_stream_id[24], gb_failure **ret_failure);
/** The viewer can take packets: attach its sink. */
void gb_watch_ready(gb_watch *watch);
/** No packets, and the camera is not held for it (api.md 6). */
void gb_watch_pause(gb_watch *watch);
/** After a pause; INVITEs again if need be. False with an error like gb_server_watch(). */
bool gb_watch_resume(gb_watch *watch, gb_failure **ret_failure);
/** The viewer leaves; no event any more. The sink's reference is dropped when its stream has let it
 * go. */
void gb_watch_stop(gb_watch *watch);
/** A viewer lost a picture (PLI, FIR): asks the device for a key frame, limited per stream. */
void gb_watch_want_keyframe(gb_watch *watch);

#endif
