#include "cam_id.h"

#include <string.h>

bool cam_id_valid(const char *id) {
	size_t len = strlen(id);
	return len >= 1 && len < CAM_ID_SIZE && strspn(id, "0123456789") == len;
}

static void copy(const char *id, char ret_id[CAM_ID_SIZE]) {
	size_t len = strnlen(id, CAM_ID_SIZE - 1);
	memmove(ret_id, id, len);
	ret_id[len] = '\0';
}

void cam_id_add(const char *id, uint32_t n, char ret_id[CAM_ID_SIZE]) {
	copy(id, ret_id);
	for(size_t i = strlen(ret_id); i-- > 0 && n > 0;) {
		uint32_t sum = (uint32_t)(ret_id[i] - '0') + n % 10;
		ret_id[i] = (char)('0' + sum % 10);
		n = n / 10 + sum / 10;
	}
}

static unsigned __int128 value(const char *id) {
	unsigned __int128 v = 0;
	for(; *id != '\0'; id++)
		v = v * 10 + (unsigned)(*id - '0');
	return v;
}

bool cam_id_distance(const char *first, const char *id, uint32_t *ret_distance) {
	if(!cam_id_valid(id) || strlen(first) != strlen(id))
		return false;
	unsigned __int128 a = value(first), b = value(id);
	if(b < a || b - a > UINT32_MAX)
		return false;
	*ret_distance = (uint32_t)(b - a);
	return true;
}

void cam_id_first_channel(const char *device_id, char ret_id[CAM_ID_SIZE]) {
	copy(device_id, ret_id);
	if(strlen(ret_id) == 20)
		memcpy(ret_id + 10, "131", 3);
}
