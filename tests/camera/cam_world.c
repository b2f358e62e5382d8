#include "cam_world.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cam_call.h"
#include "cam_device.h"
#include "cam_event.h"
#include "cam_query.h"
#include "cam_util.h"

enum { STOP_MS = 1700, SHARED_HASH = 1024, OWN_HASH = 4 };

static bool fail(const char *what, const char *why) {
	fprintf(stderr, "gb28181-camera: %s: %s\n", what, why);
	return false;
}

void cam_world_channel_id(
	const cam_world *world, uint32_t device, uint32_t number, char ret_id[CAM_ID_SIZE]) {
	uint32_t channels = (uint32_t)world->options->channels;
	cam_id_add(world->first_channel, device * channels + number, ret_id);
}

bool cam_world_find_channel(
	const cam_world *world, const char *id, uint32_t *ret_device, uint32_t *ret_number) {
	uint32_t n, channels = (uint32_t)world->options->channels;
	if(channels == 0 || !cam_id_distance(world->first_channel, id, &n) ||
		n / channels >= (uint32_t)world->options->count)
		return false;
	*ret_device = n / channels;
	*ret_number = n % channels;
	return true;
}

static cam_device *find_device(const cam_world *w, const char *id) {
	uint32_t n;
	if(!cam_id_distance(w->options->id, id, &n) || n >= (uint32_t)w->options->count)
		return NULL;
	return w->devices[n];
}

/** The device that an INVITE is for: the owner of the channel, or the device itself. */
static cam_device *find_callee(const cam_world *w, const char *id) {
	uint32_t device, number;
	if(cam_world_find_channel(w, id, &device, &number))
		return w->devices[device];
	return find_device(w, id);
}

static void on_invite(cam_world *w, cam_sip *sip, const char *user, const struct sip_msg *msg) {
	cam_device *d = find_callee(w, user);
	if(d == NULL || d->sip != sip)
		(void)sip_treply(NULL, cam_sip_stack(sip), msg, 404, "Not Found");
	else
		cam_call_invite(d, user, msg);
}

static void on_message(cam_world *w, cam_sip *sip, const char *user, const struct sip_msg *msg) {
	cam_device *d = find_device(w, user);
	if(d == NULL)
		d = find_callee(w, user);
	if(d == NULL || d->sip != sip)
		(void)sip_treply(NULL, cam_sip_stack(sip), msg, 404, "Not Found");
	else
		cam_query_message(d, msg);
}

static void on_other(struct sip *stack, const struct sip_msg *msg) {
	static const char allow[] = "Allow: INVITE, ACK, INFO, CANCEL, BYE, OPTIONS, MESSAGE\r\n"
								"Content-Length: 0\r\n\r\n";
	if(pl_strcmp(&msg->met, "OPTIONS") == 0)
		(void)sip_treplyf(NULL, NULL, stack, msg, false, 200, "OK", "%s", allow);
	else if(pl_strcmp(&msg->met, "CANCEL") == 0)
		(void)sip_reply(stack, msg, 481, "Call/Transaction Does Not Exist");
	else
		(void)sip_treplyf(NULL, NULL, stack, msg, false, 405, "Method Not Allowed", "%s", allow);
}

static void on_request(cam_sip *sip, const struct sip_msg *msg, void *arg) {
	cam_world *w = arg;
	char user[64];
	cam_sip_text(&msg->uri.user, user, sizeof(user));
	if(pl_strcmp(&msg->met, "INVITE") == 0)
		on_invite(w, sip, user, msg);
	else if(pl_strcmp(&msg->met, "MESSAGE") == 0)
		on_message(w, sip, user, msg);
	else if(pl_strcmp(&msg->met, "ACK") == 0)
		cam_call_ack(w, msg);
	else if(pl_strcmp(&msg->met, "BYE") == 0)
		cam_call_bye(w, cam_sip_stack(sip), msg);
	else if(pl_strcmp(&msg->met, "INFO") == 0)
		cam_call_info(w, cam_sip_stack(sip), msg);
	else
		on_other(cam_sip_stack(sip), msg);
}

/** The local address of packets to the server. */
static int source_address(const struct sa *server, struct sa *ret_local) {
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = 0;
	struct sockaddr_in own;
	socklen_t len = sizeof(own);
	if(fd < 0)
		return errno;
	if(connect(fd, &server->u.sa, server->len) != 0 ||
		getsockname(fd, (struct sockaddr *)&own, &len) != 0)
		err = errno;
	else
		err = sa_set_sa(ret_local, (struct sockaddr *)&own);
	close(fd);
	return err;
}

static bool find_addresses(cam_world *w) {
	const cam_options *o = w->options;
	struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM}, *found = NULL;
	int err = getaddrinfo(o->server_host, NULL, &hints, &found);
	if(err != 0)
		return fail(o->server_host, gai_strerror(err));
	err = sa_set_sa(&w->server, found->ai_addr);
	freeaddrinfo(found);
	sa_set_port(&w->server, (uint16_t)o->server_port);
	if(err == 0 && o->local != NULL)
		err = sa_set_str(&w->local, o->local, 0);
	else if(err == 0)
		err = source_address(&w->server, &w->local);
	if(err != 0)
		return fail(o->local != NULL ? o->local : o->server_host, "no local address for it");
	sa_set_port(&w->local, 0);
	(void)re_snprintf(w->local_text, sizeof(w->local_text), "%j", &w->local);
	return true;
}

static cam_sip *open_endpoint(cam_world *w, unsigned index, unsigned hash_size) {
	const cam_options *o = w->options;
	cam_sip_config config = {w->local, o->tcp, o->trace, o->user_agent, hash_size};
	if(o->local_port != 0)
		sa_set_port(&config.local, (uint16_t)(o->local_port + (int)index));
	cam_sip *sip = cam_sip_new(&config, on_request, w);
	if(sip == NULL)
		(void)fail("SIP socket", strerror(errno));
	return sip;
}

/** With TCP each device has its own connection, and so an endpoint, as soon as there are several.
 */
static bool has_own_endpoints(const cam_options *o) {
	return o->own_sockets || (o->tcp && o->count > 1);
}

static bool open_devices(cam_world *w) {
	const cam_options *o = w->options;
	bool own = has_own_endpoints(o);
	w->devices = cam_alloc((size_t)o->count * sizeof(cam_device *));
	if(!own && (w->shared = open_endpoint(w, 0, SHARED_HASH)) == NULL)
		return false;
	for(uint32_t i = 0; i < (uint32_t)o->count; i++) {
		w->devices[i] = cam_device_new(w, i);
		w->devices[i]->sip = own ? open_endpoint(w, i, OWN_HASH) : w->shared;
		if(w->devices[i]->sip == NULL)
			return false;
	}
	return true;
}

static bool open_sources(cam_world *w) {
	const cam_options *o = w->options;
	bool shared = o->picture == CAM_PICTURE_AUTO ? o->count > 1 : o->picture == CAM_PICTURE_SHARED;
	cam_source_config config = {.video = {o->width, o->height, o->fps, o->gop, o->bitrate,
									o->profile, o->utc_offset_minutes},
		.file = o->file,
		.shared = shared,
		.shared_id = w->first_channel,
		.tone = o->audio};
	w->sources = cam_sources_new(&config);
	return w->sources != NULL;
}

static void set_names(cam_world *w) {
	const cam_options *o = w->options;
	if(o->domain != NULL)
		snprintf(w->domain, sizeof(w->domain), "%s", o->domain);
	else
		snprintf(w->domain, sizeof(w->domain), "%.10s", o->server_id);
	if(o->channel_id != NULL)
		cam_id_add(o->channel_id, 0, w->first_channel);
	else
		cam_id_first_channel(o->id, w->first_channel);
}

/** Room for a socket or two for each device and each stream. */
static bool allow_sockets(void) {
	struct rlimit limit;
	if(getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return fail("file limit", strerror(errno));
	if(limit.rlim_max == RLIM_INFINITY || limit.rlim_max > 65536)
		limit.rlim_max = 65536;
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	int err = fd_setsize((int)limit.rlim_cur);
	return err == 0 || fail("file limit", strerror(err));
}

cam_world *cam_world_new(const cam_options *options) {
	cam_world *w = cam_alloc(sizeof(*w));
	w->options = options;
	set_names(w);
	if(allow_sockets() && find_addresses(w) && open_sources(w) && open_devices(w))
		return w;
	cam_world_free(w);
	return NULL;
}

void cam_world_free(cam_world *world) {
	if(world == NULL)
		return;
	tmr_cancel(&world->stop_timer);
	cam_call_drop_all(world);
	for(int i = 0; world->devices != NULL && i < world->options->count; i++)
		cam_device_free(world->devices[i]);
	free(world->devices);
	cam_sip_free(world->shared);
	cam_sources_free(world->sources);
	free(world);
}

void cam_world_start(cam_world *world) {
	const cam_options *o = world->options;
	char address[64];
	cam_event e;
	(void)re_snprintf(address, sizeof(address), "%J", cam_sip_local(world->devices[0]->sip));
	cam_event_begin(&e, "started", o->id);
	cam_event_int(&e, "devices", o->count);
	cam_event_int(&e, "channels", o->channels);
	cam_event_str(&e, "first_channel", world->first_channel);
	cam_event_str(&e, "address", address);
	cam_event_end(&e);
	for(int i = 0; i < o->count; i++)
		cam_device_start(world->devices[i], (uint64_t)i * 1000 / (uint64_t)o->register_rate);
}

static void stop_now(void *arg) {
	(void)arg;
	re_cancel();
}

void cam_world_device_stopped(cam_world *world) {
	if(!world->stopping)
		return;
	for(int i = 0; i < world->options->count; i++) {
		if(world->devices[i]->state != CAM_GONE)
			return;
	}
	/* a moment for the BYEs' answers */
	tmr_start(&world->stop_timer, 50, stop_now, NULL);
}

void cam_world_stop(cam_world *world) {
	if(world->stopping || world->vanished) {
		re_cancel();
		return;
	}
	world->stopping = true;
	tmr_start(&world->stop_timer, STOP_MS, stop_now, NULL);
	(void)cam_call_end(world, NULL);
	for(int i = 0; i < world->options->count; i++)
		cam_device_stop(world->devices[i]);
}

void cam_world_vanish(cam_world *world) {
	if(world->vanished)
		return;
	world->vanished = true;
	cam_call_drop_all(world);
	for(int i = 0; i < world->options->count; i++)
		cam_device_silence(world->devices[i]);
	cam_sip_free(world->shared);
	world->shared = NULL;
	cam_event e;
	cam_event_begin(&e, "vanished", NULL);
	cam_event_end(&e);
}
