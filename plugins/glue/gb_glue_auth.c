/* gb_glue_auth.c - who may do what: the administrator's key, and Janus's signed tokens (api.md 3).
 */
#include "glue/gb_glue.h"

#include "gb28181/base/gb_str.h"

#include <string.h>

/* Longest "watch/DEVICE/CHANNEL" */
#define DESCRIPTOR_SIZE (16 + 2 * GB_ID_SIZE)
/* Both are compared in one fixed length, so that the time does not tell the key's length either. */
#define KEY_SIZE 256

bool gb_glue_auth_admin(const gb_glue *glue, const char *given) {
	char want[KEY_SIZE] = "", have[KEY_SIZE] = "";
	const char *key = glue->config.admin_key;
	if(!key || !key[0] || !given)
		return false;
	bool fits = g_strlcpy(want, key, sizeof(want)) < sizeof(want) &&
		g_strlcpy(have, given, sizeof(have)) < sizeof(have);
	return gb_str_equal_secret(want, have, sizeof(want)) && fits;
}

static bool contains(const gb_glue *glue, const char *token, const char *descriptor) {
	return glue->core->auth_signature_contains(glue->plugin, token, descriptor);
}

bool gb_glue_auth_allows(const gb_glue *glue, const char *token, const char *what,
	const char *device, const char *channel) {
	char descriptor[DESCRIPTOR_SIZE];
	if(!glue->core->auth_is_signed())
		return true;
	if(!token)
		return false;
	if(contains(glue, token, "*"))
		return true;
	g_snprintf(descriptor, sizeof(descriptor), "%s/%s/*", what, device);
	if(contains(glue, token, descriptor))
		return true;
	if(!channel)
		return false;
	g_snprintf(descriptor, sizeof(descriptor), "%s/%s/%s", what, device, channel);
	return contains(glue, token, descriptor);
}
