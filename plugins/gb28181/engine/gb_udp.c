#include "gb28181/engine/gb_udp.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct gb_udp_batch {
	struct mmsghdr messages[GB_UDP_BATCH];
	struct iovec vectors[GB_UDP_BATCH];
	struct sockaddr_storage sources[GB_UDP_BATCH];
	uint8_t buffers[GB_UDP_BATCH][GB_UDP_DATAGRAM];
};

static int open_one(const gb_addr *ip, uint16_t port) {
	gb_addr address = *ip;
	address.port = port;
	struct sockaddr_storage storage;
	socklen_t len = gb_addr_to_sockaddr(&address, &storage);
	int fd = socket(address.family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if(fd >= 0 && bind(fd, (struct sockaddr *)&storage, len) < 0) {
		int reason = errno;
		close(fd);
		errno = reason;
		return -1;
	}
	return fd;
}

static int set_buffer(int fd, int wanted) {
	/* SO_RCVBUFFORCE works with CAP_NET_ADMIN only and is not bound by rmem_max. */
	if(setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof(wanted)) < 0) {
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof(wanted));
	}
	int given = 0;
	socklen_t len = sizeof(given);
	(void)getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &given, &len);
	return given / 2; /* the kernel reports twice the usable size: socket(7) */
}

gb_udp_result gb_udp_open(
	const gb_addr *ip, uint16_t port, int receive_buffer, gb_udp_pair *ret_pair, int *ret_buffer) {
	gb_udp_pair pair = {.rtp = open_one(ip, port), .rtcp = -1};
	if(pair.rtp >= 0) {
		pair.rtcp = open_one(ip, (uint16_t)(port + 1));
	}
	if(pair.rtp < 0 || pair.rtcp < 0) {
		int reason = errno;
		gb_udp_close(&pair);
		errno = reason;
		return reason == EADDRINUSE || reason == EACCES ? GB_UDP_BUSY : GB_UDP_FAILED;
	}
	*ret_buffer = set_buffer(pair.rtp, receive_buffer);
	*ret_pair = pair;
	return GB_UDP_OPENED;
}

void gb_udp_close(gb_udp_pair *pair) {
	if(pair->rtp >= 0) {
		close(pair->rtp);
	}
	if(pair->rtcp >= 0) {
		close(pair->rtcp);
	}
	pair->rtp = pair->rtcp = -1;
}

gb_udp_batch *gb_udp_batch_new(void) {
	gb_udp_batch *batch = g_new0(gb_udp_batch, 1);
	for(unsigned i = 0; i < GB_UDP_BATCH; i++) {
		batch->vectors[i].iov_base = batch->buffers[i];
		batch->vectors[i].iov_len = GB_UDP_DATAGRAM;
		batch->messages[i].msg_hdr.msg_iov = &batch->vectors[i];
		batch->messages[i].msg_hdr.msg_iovlen = 1;
		batch->messages[i].msg_hdr.msg_name = &batch->sources[i];
	}
	return batch;
}

void gb_udp_batch_free(gb_udp_batch *batch) {
	g_free(batch);
}

unsigned gb_udp_batch_read(gb_udp_batch *batch, int fd) {
	for(unsigned i = 0; i < GB_UDP_BATCH; i++) {
		batch->messages[i].msg_hdr.msg_namelen = sizeof(struct sockaddr_storage);
	}
	int n = recvmmsg(fd, batch->messages, GB_UDP_BATCH, MSG_DONTWAIT, NULL);
	return n > 0 ? (unsigned)n : 0;
}

void gb_udp_batch_get(const gb_udp_batch *batch, unsigned i, gb_udp_datagram *ret_datagram) {
	const struct mmsghdr *message = &batch->messages[i];
	ret_datagram->data = batch->buffers[i];
	ret_datagram->len = MIN(message->msg_len, GB_UDP_DATAGRAM);
	ret_datagram->truncated = (message->msg_hdr.msg_flags & MSG_TRUNC) != 0;
	ret_datagram->source = gb_addr_from_sockaddr((const struct sockaddr *)&batch->sources[i]);
}
