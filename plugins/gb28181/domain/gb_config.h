/* gb_config.h - copies of a gb_server_config; defaults and clearing are in gb_server.h. Any thread.
 */
#ifndef GB_CONFIG_H
#define GB_CONFIG_H

#include "gb28181/domain/gb_server.h"

/** A deep copy; gb_server_config_clear() empties it. */
void gb_server_config_copy(gb_server_config *ret_copy, const gb_server_config *config);

#endif
