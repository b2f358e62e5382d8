/* gb_glue_config.h - janus.plugin.gb28181.jcfg into structs, with defaults and range checks (api.md
 * 2).
 *
 * One table holds every option. An unknown key, a value out of range, and a value whose part is not
 * built yet are errors that name `section.option`; nothing starts half-configured. Any thread. */
#ifndef GB_GLUE_CONFIG_H
#define GB_GLUE_CONFIG_H

#include "gb28181/domain/gb_server.h"

#include <config.h>

/** What the file says; texts are owned by the struct. */
typedef struct {
	char *admin_key; /**< NULL or "" = none */
	bool events;	 /**< tell Janus's event handlers */
	char *language;	 /**< of our sentences: "en" */
	gb_server_config server;
} gb_glue_config;

/** Reads `janus.plugin.gb28181.jcfg` in the folder. False with GB_ERROR_INVALID. */
bool gb_glue_config_load(const char *folder, gb_glue_config *ret_config, GError **error);
/** The same from a parsed file. */
bool gb_glue_config_read(const janus_config *file, gb_glue_config *ret_config, GError **error);
/** Empties it; a config of zeros is fine. */
void gb_glue_config_clear(gb_glue_config *config);

#endif
