/**
 * @file cam_catalog.h
 * The answer to a catalog query, part by part; with the faults that the options ask for.
 */
#ifndef CAM_CATALOG_H
#define CAM_CATALOG_H

#include "cam_device.h"

typedef struct cam_catalog cam_catalog;

/** sn and target are those of the query and come back in each part. */
cam_catalog *cam_catalog_new(const cam_device *device, const char *sn, const char *target);
void cam_catalog_free(cam_catalog *catalog);

/** Writes the next part, a whole document in UTF-8. False when there is none. */
bool cam_catalog_next(cam_catalog *catalog, const cam_device *device, cam_buf *part);

#endif
