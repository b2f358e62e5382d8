#include "cam_sip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct cam_sip {
	struct sip *stack;
	struct sip_lsnr *listener;
	struct sa local;
	enum sip_transp transport;
	cam_sip_request_h *handler;
	void *arg;
};

static bool on_request(const struct sip_msg *msg, void *arg) {
	cam_sip *sip = arg;
	sip->handler(sip, msg, sip->arg);
	return true;
}

static void trace(bool tx, enum sip_transp tp, const struct sa *src, const struct sa *dst,
	const uint8_t *pkt, size_t len, void *arg) {
	(void)tp;
	(void)arg;
	(void)re_fprintf(
		stderr, "%s %J %s %J\n%b\n", tx ? "sent" : "received", src, "to", dst, pkt, len);
}

cam_sip *cam_sip_new(const cam_sip_config *config, cam_sip_request_h *handler, void *arg) {
	cam_sip *sip = cam_alloc(sizeof(*sip));
	sip->transport = config->tcp ? SIP_TRANSP_TCP : SIP_TRANSP_UDP;
	sip->handler = handler;
	sip->arg = arg;
	int err = sip_alloc(
		&sip->stack, NULL, config->hash_size, config->hash_size, 4, config->software, NULL, NULL);
	if(err == 0)
		err = sip_transp_add(sip->stack, sip->transport, &config->local);
	if(err == 0)
		err = sip_transp_laddr(sip->stack, &sip->local, sip->transport, &config->local);
	if(err == 0)
		err = sip_listen(&sip->listener, sip->stack, true, on_request, sip);
	if(err != 0) {
		cam_sip_free(sip);
		errno = err;
		return NULL;
	}
	if(config->trace)
		sip_set_trace_handler(sip->stack, trace);
	return sip;
}

void cam_sip_free(cam_sip *sip) {
	if(sip == NULL)
		return;
	mem_deref(sip->listener);
	mem_deref(sip->stack);
	free(sip);
}

struct sip *cam_sip_stack(const cam_sip *sip) {
	return sip->stack;
}

const struct sa *cam_sip_local(const cam_sip *sip) {
	return &sip->local;
}

int cam_sip_request(cam_sip *sip, struct sip_request **request, const struct sa *to,
	const char *method, const char *uri, const cam_buf *rest, sip_resp_h *handler, void *arg) {
	char text[96];
	struct pl pl;
	struct uri route;
	(void)re_snprintf(text, sizeof(text), "sip:%J;transport=%s", to,
		sip->transport == SIP_TRANSP_TCP ? "tcp" : "udp");
	pl_set_str(&pl, text);
	int err = uri_decode(&route, &pl);
	if(err != 0)
		return err;
	return sip_requestf(request, sip->stack, true, method, uri, &route, NULL, NULL, handler, arg,
		"%b", rest->data, rest->len);
}

struct sip_msg *cam_sip_keep(const struct sip_msg *msg) {
	return mem_ref((void *)(uintptr_t)msg);
}

void cam_sip_text(const struct pl *pl, char *ret_text, size_t size) {
	size_t n = pl->p == NULL ? 0 : pl->l < size ? pl->l : size - 1;
	memcpy(ret_text, n > 0 ? pl->p : "", n);
	ret_text[n] = '\0';
}
