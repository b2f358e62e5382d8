/**
 * @file cam_re.h
 * libre's headers with what they need before them.
 */
#ifndef CAM_RE_H
#define CAM_RE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include <re.h>

#endif
