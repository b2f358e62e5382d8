/* gb_glue_hub.h - ties gb_listen to handles and to the core. API thread. */
#ifndef GB_GLUE_HUB_H
#define GB_GLUE_HUB_H

#include "glue/gb_glue_listen.h"
#include "glue/gb_glue_session.h"

gb_listen *gb_hub_new(gb_glue *glue);
/** Whether the handle may listen to these topics (indexed by gb_topic). */
bool gb_hub_has_room(gb_session *session, const bool named[GB_TOPICS]);
/** The names of these topics (new array). */
json_t *gb_hub_names(const bool named[GB_TOPICS]);

#endif
