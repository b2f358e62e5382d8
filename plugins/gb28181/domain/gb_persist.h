/* gb_persist.h - between the registry and the store. SIP thread; never waits for the disk but in
 * gb_persist_load(), which runs before there is a SIP thread. */
#ifndef GB_PERSIST_H
#define GB_PERSIST_H

#include "gb28181/domain/gb_device.h"

/** Brings devices, registrations that have not expired, and channels back. Such a device counts as
 * online until its silence or expiry says otherwise: devices do not know that we were away
 * (gb28181.md 3.8). */
bool gb_persist_load(gb_server *server, GError **error);

void gb_persist_device(gb_device *device);
void gb_persist_remove_device(gb_device *device);
void gb_persist_registration(gb_device *device);
void gb_persist_drop_registration(gb_device *device);
/** All channels of the device as they are now. */
void gb_persist_channels(gb_device *device);
void gb_persist_channel(gb_device *device, const gb_channel *channel);
void gb_persist_remove_channel(gb_device *device, const char *channel);

#endif
