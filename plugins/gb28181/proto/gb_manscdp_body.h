/* gb_manscdp_body.h - the parts of a message by command, and readers for their fields.
 *
 * For gb_manscdp_*.c alone. Each parser fills its member of the union and never fails: what is
 * missing or unreadable is absent in the result. Each `_clear` frees what the parser made. Pure. */
#ifndef GB_MANSCDP_BODY_H
#define GB_MANSCDP_BODY_H

#include <stdbool.h>
#include <stdint.h>

#include "gb28181/proto/gb_manscdp.h"
#include "gb28181/proto/gb_xml.h"

/** What a parser works on. */
typedef struct {
	const gb_xml_node *root;
	int utc_offset_minutes;
} gb_body;

/** Name of a root element. */
const char *gb_manscdp_root_name(gb_manscdp_root root);
/** Text of a child (transfer full); NULL when absent, blank or the word `null`. */
char *gb_field_text(const gb_xml_node *node, const char *name);
/** As above, also from a child of an `Info` element: editions and vendors differ in the place. */
char *gb_field_text_or_info(const gb_xml_node *node, const char *name);
/** Number 0..`max` of a child; -1 when absent or something else. */
int64_t gb_field_int(const gb_xml_node *node, const char *name, int64_t max);
/** Number 0..G_MAXINT of a child, or of a child of `Info`; -1 likewise. */
int gb_field_int_or_info(const gb_xml_node *node, const char *name);
/** Number with fraction; NAN when absent or something else. */
double gb_field_double(const gb_xml_node *node, const char *name);
/** Id of a child; false, and "" in `buf`, when absent or not of 1 to 32 digits. */
bool gb_field_id(const gb_xml_node *node, const char *name, char buf[GB_ID_SIZE]);
gb_wire_time gb_field_time(const gb_body *body, const gb_xml_node *node, const char *name);
/** Longitude and Latitude of a node. */
gb_wire_position gb_field_position(const gb_xml_node *node);
gb_flag gb_field_flag(const gb_xml_node *node, const char *name);

/** Called for each item of a list. */
typedef void (*gb_item_fn)(const gb_body *body, const gb_xml_node *item, gb_manscdp *message);
/** Calls `fn` for each Item in each element `list` of the root, and for those that stand in the
 * root itself. */
void gb_body_each_item(const gb_body *body, const char *list, gb_manscdp *message, gb_item_fn fn);

void gb_body_keepalive(const gb_body *body, gb_manscdp *message);
void gb_body_keepalive_clear(gb_manscdp *message);
void gb_body_info(const gb_body *body, gb_manscdp *message);
void gb_body_info_clear(gb_manscdp *message);
void gb_body_status(const gb_body *body, gb_manscdp *message);
void gb_body_status_clear(gb_manscdp *message);
void gb_body_catalog(const gb_body *body, gb_manscdp *message);
void gb_body_catalog_clear(gb_manscdp *message);
void gb_body_media(const gb_body *body, gb_manscdp *message);
void gb_body_alarm(const gb_body *body, gb_manscdp *message);
void gb_body_alarm_clear(gb_manscdp *message);
void gb_body_positions(const gb_body *body, gb_manscdp *message);
void gb_body_positions_clear(gb_manscdp *message);
void gb_body_records(const gb_body *body, gb_manscdp *message);
void gb_body_records_clear(gb_manscdp *message);
void gb_body_presets(const gb_body *body, gb_manscdp *message);
void gb_body_presets_clear(gb_manscdp *message);
void gb_body_config(const gb_body *body, gb_manscdp *message);
void gb_body_config_clear(gb_manscdp *message);

#endif
