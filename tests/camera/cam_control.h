/**
 * @file cam_control.h
 * Steering from outside: commands, one a line, from stdin or from clients of a Unix socket; see
 * --help.
 */
#ifndef CAM_CONTROL_H
#define CAM_CONTROL_H

#include "cam_world.h"

typedef struct cam_control cam_control;

/** Opens path, or stdin for "-". NULL when that fails; the reason is on stderr. */
cam_control *cam_control_new(cam_world *world, const char *path);
void cam_control_free(cam_control *control);

#endif
