/**
 * @file cam_link.h
 * The way that media packets take to the platform. Packets are collected and go out together at a
 * flush, which saves most of the system calls of many streams.
 */
#ifndef CAM_LINK_H
#define CAM_LINK_H

#include <stddef.h>
#include <stdint.h>

typedef struct cam_link cam_link;

enum { CAM_PACKET_MAX = 1500 };

/**
 * Opens a UDP socket.
 * @param local  address to bind, IPv4 in text
 * @param peer   receiver's address and port
 * @return NULL with errno set
 */
cam_link *cam_link_udp(const char *local, const char *peer, uint16_t peer_port);
void cam_link_free(cam_link *link);

/** Local media port. */
uint16_t cam_link_port(const cam_link *link);

/** Takes a packet of at most CAM_PACKET_MAX bytes; it is copied. */
void cam_link_write(cam_link *link, const uint8_t *packet, size_t len);

/** Sends what was written. What the system does not take is lost, and counted. */
void cam_link_flush(cam_link *link);

/** Packets that left the machine, and those that the system refused. */
uint64_t cam_link_sent(const cam_link *link);
uint64_t cam_link_refused(const cam_link *link);

#endif
