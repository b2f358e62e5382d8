/* gb_glue_api.h - the JSON API: one table of requests, checked before anybody acts on them (api.md
 * 3).
 *
 * A synchronous request is answered on the Janus thread that brought it, after at most 2 s of
 * waiting for the SIP thread; an asynchronous one is acknowledged and answered by the API thread as
 * an event with its transaction. */
#ifndef GB_GLUE_API_H
#define GB_GLUE_API_H

#include "glue/gb_glue_session.h"

typedef enum {
	GB_PARAM_TEXT,	  /**< `min`..`max` bytes */
	GB_PARAM_DEVICE,  /**< an id that SIP can carry */
	GB_PARAM_CHANNEL, /**< 1 to 32 digits (or the device's own id) */
	GB_PARAM_INT,	  /**< `min`..`max` */
	GB_PARAM_BOOL,
	GB_PARAM_CHOICE,  /**< one of `choices` */
	GB_PARAM_CHOICES, /**< an array of them, or one alone */
	GB_PARAM_ABSENT,  /**< in the contract, but not built yet: refused by a sentence that says so */
} gb_param_type;

typedef struct {
	const char *name;
	gb_param_type type;
	bool required;
	int64_t min, max;
	const char *const *choices; /**< NULL-terminated */
	const char *const *built;	/**< those of them that are built; NULL = all */
} gb_api_param;

/** An asynchronous request on its way. */
struct gb_request {
	gb_session *session;
	char *transaction;
	json_t *body, *jsep; /**< jsep may be NULL */
};

/** Needs the administrator's key. */
#define GB_API_ADMIN 1u

typedef struct {
	const char *name;
	unsigned flags;
	const gb_api_param *params;
	size_t param_count;
	/** One of the two. `sync`: any thread of Janus's; returns the answer or an error (new
	 * reference). */
	json_t *(*sync)(gb_glue *glue, json_t *body);
	/** API thread; takes the request over: gb_request_answer() or gb_request_fail() sooner or
	 * later. */
	void (*async)(gb_request *request);
} gb_api_entry;

/** The requests of each file. */
extern const gb_api_entry gb_api_registry[];
extern const size_t gb_api_registry_count;
extern const gb_api_entry gb_api_watch[];
extern const size_t gb_api_watch_count;
extern const gb_api_entry gb_api_listen[];
extern const size_t gb_api_listen_count;

/** handle_message: takes all of its arguments but the handle over. */
janus_plugin_result *gb_api_message(
	gb_glue *glue, janus_plugin_session *handle, char *transaction, json_t *message, json_t *jsep);
/** handle_admin_message: `message` stays the caller's. */
json_t *gb_api_admin_message(gb_glue *glue, json_t *message);

/** Checks the parameters; NULL when they are fine, else the error (new reference). */
json_t *gb_api_check(const gb_api_param *params, size_t count, json_t *body);

/** Answers with `{"gb28181": "event", "result": result}`; takes both. */
void gb_request_answer(gb_request *request, json_t *result);
/** Answers with the error; takes both. */
void gb_request_fail(gb_request *request, json_t *error);
void gb_request_free(gb_request *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(gb_request, gb_request_free)

/** `{"gb28181": "event", "result": result}`; takes the result. */
json_t *gb_api_event(json_t *result);
/** The text under `key`, NULL when there is none. */
const char *gb_api_text(json_t *body, const char *key);
/** The truth under `key`. */
bool gb_api_bool(json_t *body, const char *key, bool otherwise);
int64_t gb_api_int(json_t *body, const char *key, int64_t otherwise);

#endif
