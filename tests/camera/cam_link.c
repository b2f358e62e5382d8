#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sendmmsg */
#endif
#include "cam_link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cam_util.h"

enum { BATCH = 64, SEND_BUFFER_BYTES = 2 * 1024 * 1024 };

struct cam_link {
	int fd;
	struct sockaddr_in peer;
	uint16_t port;
	uint64_t sent;
	uint64_t refused;
};

/* One batch for all links: whoever writes flushes before another one writes. */
static struct {
	cam_link *owner;
	unsigned count;
	size_t len[BATCH];
	uint8_t bytes[BATCH][CAM_PACKET_MAX];
} batch;

static int open_socket(const char *local) {
	struct sockaddr_in address = {.sin_family = AF_INET};
	if(inet_pton(AF_INET, local, &address.sin_addr) != 1) {
		errno = EINVAL;
		return -1;
	}
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if(fd < 0)
		return -1;
	int size = SEND_BUFFER_BYTES;
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	if(bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		int error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

cam_link *cam_link_udp(const char *local, const char *peer, uint16_t peer_port) {
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(peer_port)};
	if(inet_pton(AF_INET, peer, &to.sin_addr) != 1) {
		errno = EINVAL;
		return NULL;
	}
	int fd = open_socket(local);
	if(fd < 0)
		return NULL;
	struct sockaddr_in own;
	socklen_t len = sizeof(own);
	(void)getsockname(fd, (struct sockaddr *)&own, &len);
	cam_link *link = cam_alloc(sizeof(*link));
	link->fd = fd;
	link->peer = to;
	link->port = ntohs(own.sin_port);
	return link;
}

void cam_link_free(cam_link *link) {
	if(link == NULL)
		return;
	cam_link_flush(link);
	close(link->fd);
	free(link);
}

uint16_t cam_link_port(const cam_link *link) {
	return link->port;
}

void cam_link_write(cam_link *link, const uint8_t *packet, size_t len) {
	if(batch.owner != link || batch.count == BATCH) {
		if(batch.owner != NULL)
			cam_link_flush(batch.owner);
		batch.owner = link;
	}
	memcpy(batch.bytes[batch.count], packet, len);
	batch.len[batch.count++] = len;
}

void cam_link_flush(cam_link *link) {
	if(batch.owner != link)
		return;
	struct mmsghdr messages[BATCH];
	struct iovec vectors[BATCH];
	memset(messages, 0, sizeof(messages));
	for(unsigned i = 0; i < batch.count; i++) {
		vectors[i] = (struct iovec){batch.bytes[i], batch.len[i]};
		messages[i].msg_hdr.msg_iov = &vectors[i];
		messages[i].msg_hdr.msg_iovlen = 1;
		messages[i].msg_hdr.msg_name = &link->peer;
		messages[i].msg_hdr.msg_namelen = sizeof(link->peer);
	}
	unsigned done = 0;
	while(done < batch.count) {
		int n = sendmmsg(link->fd, messages + done, batch.count - done, 0);
		if(n < 0) {
			link->refused++; /* this packet is lost, the ones behind it may still go */
			n = 1;
		} else {
			link->sent += (unsigned)n;
		}
		done += (unsigned)n;
	}
	batch.count = 0;
	batch.owner = NULL;
}

uint64_t cam_link_sent(const cam_link *link) {
	return link->sent;
}

uint64_t cam_link_refused(const cam_link *link) {
	return link->refused;
}
