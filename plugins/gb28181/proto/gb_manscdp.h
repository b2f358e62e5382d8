/* gb_manscdp.h - MANSCDP: the XML bodies of MESSAGE, SUBSCRIBE and NOTIFY (gb28181.md 5, 10, 11).
 *
 * gb_manscdp_parse() turns the bytes of a body, in whatever charset and however broken, into one
 * owned message: a head that all messages share, and a part by command. A command that this file
 * does not know is no error; its head is there all the same. Elements are found by name without
 * regard to case, unknown ones are ignored, the text `null` counts as empty, and passwords that
 * devices send are never kept. The builders make the bodies that we send.
 *
 * Strings are valid UTF-8 and at most GB_MANSCDP_TEXT_MAX bytes; NULL where the element was absent
 * or blank, unless it says otherwise. Pure; any thread; a message belongs to who parsed it. */
#ifndef GB_MANSCDP_H
#define GB_MANSCDP_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gb28181/base/gb_charset.h"
#include "gb28181/base/gb_error.h"
#include "gb28181/base/gb_str.h"
#include "gb28181/proto/gb_id.h"

/** Largest body that is looked at, in bytes; more is GB_LIMIT. */
#define GB_MANSCDP_BODY_MAX (8u * 1024u * 1024u)
/** Largest text that is kept of one element, in bytes; the rest is cut off. */
#define GB_MANSCDP_TEXT_MAX 1024u
/** Items kept of one message (Annex M); further ones count in `dropped`. */
#define GB_MANSCDP_ITEMS_MAX 10000u
/** Faulty sub-devices kept of one keepalive, alarm inputs kept of one status. */
#define GB_MANSCDP_IDS_MAX 256u
/** Parents kept of one catalog item. */
#define GB_MANSCDP_PARENTS_MAX 8u

/** Edition of the standard that a device follows. 2011 is treated as 2016. */
typedef enum {
	GB_VERSION_2016,
	GB_VERSION_2022,
} gb_version;

typedef enum {
	GB_ROOT_CONTROL,
	GB_ROOT_QUERY,
	GB_ROOT_NOTIFY,
	GB_ROOT_RESPONSE,
} gb_manscdp_root;

/** CmdType. The comment names the member of gb_manscdp that is filled; none = the head only. */
typedef enum {
	GB_CMD_UNKNOWN,			/**< none; see `cmd_text` */
	GB_CMD_KEEPALIVE,		/**< Notify: `keepalive` */
	GB_CMD_DEVICE_INFO,		/**< Response: `info` */
	GB_CMD_DEVICE_STATUS,	/**< Response: `status` */
	GB_CMD_CATALOG,			/**< Response and Notify: `catalog` */
	GB_CMD_MEDIA_STATUS,	/**< Notify: `media` */
	GB_CMD_ALARM,			/**< Notify: `alarm` */
	GB_CMD_MOBILE_POSITION, /**< Notify: `positions` */
	GB_CMD_RECORD_INFO,		/**< Response: `records` */
	GB_CMD_PRESET_QUERY,	/**< Response: `presets` */
	GB_CMD_CONFIG_DOWNLOAD, /**< Response: `config` */
	GB_CMD_DEVICE_CONTROL,	/**< none (`result`) */
	GB_CMD_DEVICE_CONFIG,	/**< none (`result`) */
	GB_CMD_BROADCAST,		/**< none (`result`) */
} gb_cmd;

/** The element Result. */
typedef enum {
	GB_RESULT_ABSENT, /**< not there: most devices mean OK by it */
	GB_RESULT_OK,
	GB_RESULT_ERROR, /**< ERROR or any other word */
} gb_cmd_result;

/** A time in a message, device local time made UTC. `us` is 0 when absent or unreadable. */
typedef struct {
	bool present;
	int64_t us; /**< wall time in microseconds */
} gb_wire_time;

/** WGS-84 in degrees; absent when either part is missing, no number, out of range, or both are 0.
 */
typedef struct {
	bool present;
	double longitude; /**< -180..180 */
	double latitude;  /**< -90..90 */
} gb_wire_position;

/** Keepalive (4.1). */
typedef struct {
	bool status_ok; /**< Status is not ERROR */
	GPtrArray
		*faulty; /**< `char *`: ids of faulty sub-devices, at most GB_MANSCDP_IDS_MAX; never NULL */
} gb_keepalive;

/** DeviceInfo (5.3). */
typedef struct {
	char *name;
	char *manufacturer;
	char *model;
	char *firmware;
	int channels; /**< Channel, else MaxCamera; -1 when neither is there */
} gb_device_info_reply;

/** One alarm input in a DeviceStatus. */
typedef enum {
	GB_DUTY_UNKNOWN,
	GB_DUTY_ON,	   /**< ONDUTY: armed */
	GB_DUTY_OFF,   /**< OFFDUTY: disarmed */
	GB_DUTY_ALARM, /**< ALARM */
} gb_duty;

typedef struct {
	char id[GB_ID_SIZE];
	gb_duty duty;
} gb_alarm_input;

/** A switch in a message. */
typedef enum {
	GB_FLAG_UNKNOWN, /**< absent or another word */
	GB_FLAG_ON,		 /**< ON, ONLINE, OK, 1 */
	GB_FLAG_OFF,	 /**< OFF, OFFLINE, ERROR, 0 */
} gb_flag;

/** DeviceStatus (5.4). All hints: `online` off never blocks a watch. */
typedef struct {
	gb_flag online;
	gb_flag status; /**< on = works normally */
	gb_flag encode;
	gb_flag record;
	gb_wire_time device_time;
	GArray *inputs; /**< gb_alarm_input, at most GB_MANSCDP_IDS_MAX; never NULL */
} gb_device_status;

/** Status of a catalog item (5.5): a hint, too. */
typedef enum {
	GB_ITEM_UNKNOWN, /**< absent */
	GB_ITEM_ON,		 /**< ON, OK, ONLINE */
	GB_ITEM_OFF,	 /**< anything else */
	GB_ITEM_FAULT,	 /**< DEFECT, FAULT, VLOST as status; never by itself a reason to refuse */
} gb_item_status;

/** Event of a catalog item in a NOTIFY (10.3). */
typedef enum {
	GB_EVENT_NONE, /**< absent or unknown: an update of the item */
	GB_EVENT_ON,
	GB_EVENT_OFF,
	GB_EVENT_VLOST,
	GB_EVENT_DEFECT,
	GB_EVENT_ADD,
	GB_EVENT_DEL,
	GB_EVENT_UPDATE,
} gb_item_event;

/** One node of a catalog. For ON, OFF, VLOST, DEFECT, DEL usually only `id` and `event` are there.
 */
typedef struct {
	char id[GB_ID_SIZE]; /**< always valid (gb_id_valid) */
	gb_item_event event;
	gb_item_status status;
	char *name;
	char *manufacturer;
	char *model;
	char *owner;
	char *civil_code; /**< a hint: any text occurs */
	char *block;
	char *address;
	char *stream_numbers;				/**< StreamNumberList, `0/1/2` */
	char business_group_id[GB_ID_SIZE]; /**< "" when absent */
	char parents[GB_MANSCDP_PARENTS_MAX][GB_ID_SIZE];
	size_t parent_count;
	int parental;	  /**< 1 has sub-devices, 0 none, -1 absent */
	int register_way; /**< 1-4, -1 absent */
	int secrecy;	  /**< 0 or 1, -1 absent */
	int ptz_type;	  /**< 1-7 (5.5), -1 absent; other numbers as sent */
	int sub_type; /**< ResSubType, else CameraType of rule B platforms: 0 region, 90 unit, 1 camera,
					 -1 absent */
	gb_wire_position position;
} gb_catalog_item;

/** Frees one item; for those stolen from gb_catalog.items. */
void gb_catalog_item_free(gb_catalog_item *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_catalog_item, gb_catalog_item_free)

/** Catalog (5.5, 10.3). */
typedef struct {
	int64_t sum_num; /**< SumNum, -1 when absent; a hint only */
	/** gb_catalog_item; never NULL; owns its items (g_ptr_array_steal_index takes one out). */
	GPtrArray *items;
} gb_catalog;

/** MediaStatus (8.3). */
typedef struct {
	int notify_type; /**< 121 = end of the recording; -1 when absent */
} gb_media_status;

/** Alarm (11.1). Numbers are -1 when absent. */
typedef struct {
	int priority;	/**< 1 (worst) to 4 */
	int method;		/**< table 11.2 */
	int type;		/**< table 11.3 */
	int event_type; /**< 1 entering, 2 leaving */
	gb_wire_time time;
	char *description;
	gb_wire_position position;
} gb_alarm;

/** One position of a mobile device (10.5). Positions without coordinates are not reported. */
typedef struct {
	char id[GB_ID_SIZE]; /**< of the item, else of the message; "" when neither has one */
	gb_wire_time time;	 /**< CaptureTime of the item, else Time */
	gb_wire_position position;
	double speed_kmh;	  /**< NAN when absent, as the next two */
	double direction_deg; /**< clockwise from north */
	double altitude_m;
} gb_mobile_position;

/** One recording (5.6). */
typedef struct {
	char id[GB_ID_SIZE]; /**< "" when absent */
	char *name;
	char *path;
	char *address;
	char *type; /**< `time`, `alarm`, `manual` */
	char *recorder_id;
	gb_wire_time start;
	gb_wire_time end;
	int secrecy;		/**< -1 when absent */
	int64_t size_bytes; /**< -1 when absent */
} gb_record_item;

void gb_record_item_free(gb_record_item *item);

/** RecordInfo (5.6). */
typedef struct {
	int64_t sum_num; /**< -1 when absent */
	char *name;
	GPtrArray *items; /**< gb_record_item; never NULL; owns its items */
} gb_record_list;

/** One preset (5.8). */
typedef struct {
	int number; /**< 1..255, the PresetID */
	char *name;
} gb_preset;

void gb_preset_free(gb_preset *preset);

/** PresetQuery (5.8). */
typedef struct {
	int64_t sum_num;  /**< -1 when absent */
	GPtrArray *items; /**< gb_preset; never NULL; owns its items */
} gb_preset_list;

/** One setting of a ConfigDownload, in the standard's element names. */
typedef struct {
	char *type;	 /**< the ConfigType element that holds it, `BasicParam` */
	char *name;	 /**< `HeartBeatInterval`; nested ones with the path, `Item/Seq` */
	char *value; /**< "" when blank */
} gb_device_setting;

void gb_device_setting_free(gb_device_setting *value);

/** ConfigDownload (5.7). Passwords are left out. */
typedef struct {
	GPtrArray *values;		  /**< gb_device_setting in document order; never NULL; owned */
	int expiration_s;		  /**< BasicParam: Expiration, -1 when absent, as the next two */
	int heartbeat_interval_s; /**< as sent: clamp it */
	int heartbeat_count;
} gb_config_download;

/** A parsed message. The union holds what gb_cmd names for `cmd` and `root`; else nothing. */
typedef struct {
	gb_manscdp_root root;
	gb_cmd cmd;
	char *cmd_text;				/**< CmdType as sent; never NULL */
	int64_t sn;					/**< -1 when absent or no number */
	char device_id[GB_ID_SIZE]; /**< "" when absent or no id */
	gb_cmd_result result;
	char *reason;	/**< Reason beside Result */
	bool repaired;	/**< the XML was broken or cut short; what could be read is here */
	size_t dropped; /**< items left out: without a usable id, or over a cap */
	bool has_body;	/**< the union is filled */
	union {
		gb_keepalive keepalive;
		gb_device_info_reply info;
		gb_device_status status;
		gb_catalog catalog;
		gb_media_status media;
		gb_alarm alarm;
		GArray *positions; /**< gb_mobile_position */
		gb_record_list records;
		gb_preset_list presets;
		gb_config_download config;
	};
} gb_manscdp;

/** Reads a body of `len` bytes. `charset` is the device's setting or GB_CHARSET_AUTO; what the XML
 * declares is ignored. `utc_offset_minutes` is that of the device's clock (480 in China).
 * GB_BAD: no XML, a doctype, a root that is none of the four, or no CmdType. GB_LIMIT: over
 * GB_MANSCDP_BODY_MAX, 16 levels or 1,000,000 elements. `ret_message` (transfer full) is set on
 * GB_OK. */
gb_result gb_manscdp_parse(const char *body, size_t len, gb_charset charset, int utc_offset_minutes,
	gb_manscdp **ret_message) G_GNUC_WARN_UNUSED_RESULT;
void gb_manscdp_free(gb_manscdp *message);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_manscdp, gb_manscdp_free)

/** The CmdType text of a command; "" for GB_CMD_UNKNOWN. */
const char *gb_cmd_name(gb_cmd cmd);
/** Kind of a catalog item, by its id and by `sub_type` where the id is not of 20 digits. */
gb_node_kind gb_manscdp_node_kind(const gb_catalog_item *item);
/** Whether a watch may be offered for it: gb_node_kind_playable() of its kind. Status plays no
 * part. */
bool gb_manscdp_playable(const gb_catalog_item *item);

/** Bodies that we send (transfer full, never NULL): one XML document in ASCII, or in UTF-8 where a
 * text of the caller is not; gb_charset_from_utf8() then makes the bytes to send. The declaration
 * says GB2312 for 2016 and GB18030 for 2022. `sn` is the requester's, >= 1. */

/** One element after the head of a body that we send. */
typedef struct {
	const char *name; /**< `StartTime`, or `Info/AlarmMethod`: neighbours share the outer element */
	const char *value; /**< UTF-8, escaped here; NULL leaves the element out */
} gb_manscdp_field;

/** Any body: head and then `fields` in their order. `device_id` NULL leaves DeviceID out. */
char *gb_manscdp_build(gb_version version, gb_manscdp_root root, gb_cmd cmd, int64_t sn,
	const char *device_id, const gb_manscdp_field *fields, size_t count);
/** Query with nothing but the head: DeviceInfo, DeviceStatus, Catalog, PresetQuery; also the body
 * of a Catalog SUBSCRIBE. */
char *gb_manscdp_build_query(gb_version version, gb_cmd cmd, int64_t sn, const char *device_id);
/** Control that asks for a key frame: IFameCmd (sic) in 2016, IFrameCmd in 2022 (6.5). */
char *gb_manscdp_build_key_frame(gb_version version, int64_t sn, const char *channel_id);
/** Response to an Alarm with the SN and DeviceID of the notification (11.4). */
char *gb_manscdp_build_alarm_response(
	gb_version version, int64_t sn, const char *device_id, bool ok);

#endif
