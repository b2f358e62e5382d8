/* gb_glue_json.h - structs of the core as the JSON of api.md, one function each. Pure; any thread.
 *
 * All return a new reference. */
#ifndef GB_GLUE_JSON_H
#define GB_GLUE_JSON_H

#include "gb28181/domain/gb_server.h"

#include <jansson.h>

/** RFC 3339 text; null for 0. */
json_t *gb_json_time(int64_t wall_us);
/** api.md 4, `device`. */
json_t *gb_json_device(const gb_device_info *info, const char *node);
/** api.md 4, `channel`. */
json_t *gb_json_channel(const gb_channel_info *info);
/** api.md 4, `list_streams`. */
json_t *gb_json_stream(const gb_stream_info *info);
/** api.md 6: [{"step", "ms", "sip_status"?, "source"?}, ...], the steps that were reached. */
json_t *gb_json_ladder(const gb_ladder *ladder);
/** {"codec", "width", "height"}, null without video. */
json_t *gb_json_video(const gb_media_format *format);
/** {"codec"}, null without audio. */
json_t *gb_json_audio(const gb_media_format *format);
json_t *gb_json_counts(const gb_server_counts *counts);
/** An array of texts; NULL = empty. */
json_t *gb_json_texts(char *const *texts);

/** The number of the JSON API for an error of the core (api.md 3). */
int gb_json_error_code(int code);
/** The envelope of an error (api.md 3); further details may be added to it. */
json_t *gb_json_error(int code, const char *format, ...) G_GNUC_PRINTF(2, 3);
json_t *gb_json_error_of(const GError *error);
/** With `step`, `sip_status`, `sip_reason`, `limit` where there are any. */
json_t *gb_json_failure(const gb_failure *failure);

#endif
