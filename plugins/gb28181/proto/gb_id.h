/* gb_id.h - what an id says about the node that it names (gb28181.md 1.1, 1.2, 5.5).
 *
 * Ids stay text; whether one is well formed says gb_id_valid() of gb_str.h. Vendors use wrong type
 * codes, so a code that is not known to be something else counts as something that may be played.
 * Pure; any thread. */
#ifndef GB_ID_H
#define GB_ID_H

#include <stdbool.h>

/** What a node of a catalog is. */
typedef enum {
	GB_NODE_OTHER,	   /**< a type code that says nothing (extension ranges, private codes) */
	GB_NODE_CAMERA,	   /**< 131, 132, and main devices 111-130, which list themselves as channels */
	GB_NODE_ALARM,	   /**< 134, 135, 140: alarm inputs and outputs */
	GB_NODE_VOICE,	   /**< 136, 137: voice inputs and outputs */
	GB_NODE_ACCESSORY, /**< 133, 141-143: displays, gates, doors, readers */
	GB_NODE_GROUP,	   /**< 215: business group */
	GB_NODE_ORGANISATION, /**< 216: virtual organisation; unit of rule B */
	GB_NODE_REGION,		  /**< administrative region: up to eight digits, or rule B */
	GB_NODE_PLATFORM,	  /**< 200-299 but groups: a system, or a server of one */
	GB_NODE_USER,		  /**< 300-599: users, terminals, servers beside the platform */
} gb_node_kind;

/** Type code, digits 11 to 13 of a 20-digit id; -1 when it has another length or other characters.
 */
int gb_id_type(const char *id);
/** Kind by the id alone. 18 digits are rule B, told by the last two (99 region, 90 unit, 20
 * platform); NULL or malformed is GB_NODE_OTHER. */
gb_node_kind gb_id_kind(const char *id);
/** Whether a node of this kind may be asked for video: cameras and what is not known. */
bool gb_node_kind_playable(gb_node_kind kind);
/** Word of the JSON API: `camera`, `alarm`, `voice`, `accessory`, `group`, `organisation`,
 * `region`, `platform`, `user`, `other`. */
const char *gb_node_kind_name(gb_node_kind kind);

#endif
