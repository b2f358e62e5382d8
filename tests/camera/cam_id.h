/**
 * @file cam_id.h
 * GB/T 28181 identifiers as decimal strings: counting up, and the ids of a device's channels.
 */
#ifndef CAM_ID_H
#define CAM_ID_H

#include <stdbool.h>
#include <stdint.h>

/** Room for an id of up to 20 digits with its NUL. */
#define CAM_ID_SIZE 21

/** True for 1 to 20 decimal digits. */
bool cam_id_valid(const char *id);

/** ret_id = id + n with as many digits as id (counting past the last one starts again at zeros). */
void cam_id_add(const char *id, uint32_t n, char ret_id[CAM_ID_SIZE]);

/** How far id lies above first. False when it lies below, has another length, or is too far for 32
 * bits. */
bool cam_id_distance(const char *first, const char *id, uint32_t *ret_distance);

/**
 * Default id of the first channel of a device: for 20 digits the device's with the type code
 * (digits 11 to 13) 131, network camera, so that 34020000001320000001 has the channel
 * 34020000001310000001; otherwise the device's own id.
 */
void cam_id_first_channel(const char *device_id, char ret_id[CAM_ID_SIZE]);

#endif
