/* gb_device_on.h - what we do with each kind of request from a device; one file each. SIP thread.
 */
#ifndef GB_DEVICE_ON_H
#define GB_DEVICE_ON_H

#include "gb28181/domain/gb_core.h"

/** Longest registration that is granted, in seconds. */
#define GB_EXPIRES_MAX_S 2592000
/** How long a REGISTER that comes again unchanged is answered as before. */
#define GB_REGISTER_REPEAT_US (32 * GB_SECOND)

/** REGISTER: digest, bind, un-register (gb28181.md 3). */
void gb_device_on_register(gb_server *server, const gb_sip_request *request);
/** MESSAGE and NOTIFY outside a dialog: answers and hands on by CmdType. */
void gb_device_on_message(gb_server *server, const gb_sip_request *request);
/** Keepalive (gb28181.md 4); already answered. */
void gb_device_on_keepalive(
	gb_device *device, const gb_sip_request *request, const gb_manscdp *message);
/** DeviceInfo (5.3) and DeviceStatus (5.4). */
void gb_device_on_info(gb_device *device, const gb_manscdp *message);
void gb_device_on_status(gb_device *device, const gb_manscdp *message);
/** Alarm: acknowledged, and a device alarm reset (11.4); it is not kept. */
void gb_device_on_alarm(
	gb_device *device, const gb_sip_request *request, const gb_manscdp *message);

#endif
