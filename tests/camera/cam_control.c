#include "cam_control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cam_call.h"
#include "cam_device.h"
#include "cam_event.h"
#include "cam_util.h"

enum { LINE_BYTES = 256 };

/** Someone who gives commands: stdin, answered on stdout, or a client of the socket. */
typedef struct client {
	struct le le;
	cam_control *control;
	int in, out;
	size_t len;
	char line[LINE_BYTES];
} client;

struct cam_control {
	cam_world *world;
	int listener; /* -1 with stdin */
	char *path;
	struct list clients;
	struct tmr vanish_timer;
};

static void client_free(client *c) {
	fd_close(c->in);
	if(c->in > STDERR_FILENO)
		close(c->in);
	list_unlink(&c->le);
	free(c);
}

static void vanish_later(void *arg) {
	cam_world_vanish(arg);
}

static unsigned reregister(cam_world *w, const char *id) {
	unsigned n = 0;
	for(int i = 0; i < w->options->count; i++) {
		if(id != NULL && strcmp(w->devices[i]->id, id) != 0)
			continue;
		cam_device_reregister(w->devices[i]);
		n++;
	}
	return n;
}

static unsigned registered(const cam_world *w) {
	unsigned n = 0;
	for(int i = 0; i < w->options->count; i++)
		n += w->devices[i]->state == CAM_REGISTERED;
	return n;
}

/** Does it. False when the command is not known; ret_count is how many streams or devices it met.
 */
static bool run(cam_control *c, const char *command, const char *id, unsigned *ret_count) {
	cam_world *w = c->world;
	*ret_count = 0;
	if(strcmp(command, "quit") == 0)
		cam_world_stop(w);
	else if(strcmp(command, "vanish") == 0)
		tmr_start(&c->vanish_timer, 0, vanish_later, w);
	else if(strcmp(command, "status") == 0)
		*ret_count = cam_call_count(w, id);
	else if(strcmp(command, "bye") == 0)
		*ret_count = w->vanished ? 0 : cam_call_end(w, id);
	else if(strcmp(command, "stop-media") == 0)
		*ret_count = cam_call_media(w, id, false);
	else if(strcmp(command, "start-media") == 0)
		*ret_count = cam_call_media(w, id, true);
	else if(strcmp(command, "keyframe") == 0)
		*ret_count = cam_call_ask_key(w, id);
	else if(strcmp(command, "reregister") == 0)
		*ret_count = w->vanished ? 0 : reregister(w, id);
	else
		return false;
	return true;
}

static void reply(const client *c, const char *command, bool ok, unsigned count) {
	const cam_world *w = c->control->world;
	cam_buf b = {0};
	cam_buf_text(&b, "{\"command\":");
	cam_event_quote(&b, command);
	cam_buf_printf(&b, ",\"ok\":%s,\"count\":%u", ok ? "true" : "false", count);
	cam_buf_printf(&b, ",\"registered\":%u,\"streams\":%u,\"invites\":%u}\n", registered(w),
		cam_call_count(w, NULL), w->invites);
	if(c->out == STDOUT_FILENO)
		(void)fwrite(b.data, 1, b.len, stdout), (void)fflush(stdout);
	else
		(void)send(c->out, b.data, b.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	cam_buf_free(&b);
}

static void execute(client *c, char *line) {
	char *command = line + strspn(line, " \t\r");
	size_t n = strcspn(command, " \t\r");
	char *id = command + n;
	if(n == 0)
		return;
	if(*id != '\0')
		*id++ = '\0';
	id += strspn(id, " \t\r");
	id[strcspn(id, " \t\r")] = '\0';
	unsigned count;
	bool ok = run(c->control, command, *id != '\0' ? id : NULL, &count);
	reply(c, command, ok, count);
}

static void take(client *c, char byte) {
	if(byte != '\n') {
		if(c->len + 1 < sizeof(c->line))
			c->line[c->len++] = byte;
		return;
	}
	c->line[c->len] = '\0';
	c->len = 0;
	execute(c, c->line);
}

static void on_input(int flags, void *arg) {
	(void)flags;
	client *c = arg;
	char bytes[LINE_BYTES];
	ssize_t n = read(c->in, bytes, sizeof(bytes));
	if(n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if(n <= 0) {
		client_free(c);
		return;
	}
	for(ssize_t i = 0; i < n; i++)
		take(c, bytes[i]);
}

static bool add_client(cam_control *control, int in, int out) {
	client *c = cam_alloc(sizeof(*c));
	c->control = control;
	c->in = in;
	c->out = out;
	list_append(&control->clients, &c->le, c);
	if(fd_listen(in, FD_READ, on_input, c) == 0)
		return true;
	client_free(c);
	return false;
}

static void on_connection(int flags, void *arg) {
	(void)flags;
	cam_control *control = arg;
	int fd = accept(control->listener, NULL, NULL);
	if(fd < 0)
		return;
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	(void)add_client(control, fd, fd);
}

static bool listen_on(cam_control *c, const char *path) {
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	if(strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	c->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if(c->listener < 0)
		return false;
	(void)unlink(path);
	if(bind(c->listener, (struct sockaddr *)&address, sizeof(address)) < 0)
		return false;
	c->path = cam_strdup(path);
	if(listen(c->listener, 8) < 0)
		return false;
	errno = fd_listen(c->listener, FD_READ, on_connection, c);
	return errno == 0;
}

cam_control *cam_control_new(cam_world *world, const char *path) {
	cam_control *c = cam_alloc(sizeof(*c));
	c->world = world;
	c->listener = -1;
	bool ok =
		strcmp(path, "-") == 0 ? add_client(c, STDIN_FILENO, STDOUT_FILENO) : listen_on(c, path);
	if(ok)
		return c;
	fprintf(stderr, "gb28181-camera: --control %s: %s\n", path, strerror(errno));
	cam_control_free(c);
	return NULL;
}

void cam_control_free(cam_control *control) {
	if(control == NULL)
		return;
	tmr_cancel(&control->vanish_timer);
	while(!list_isempty(&control->clients))
		client_free(list_head(&control->clients)->data);
	if(control->listener >= 0) {
		fd_close(control->listener);
		close(control->listener);
	}
	if(control->path != NULL)
		(void)unlink(control->path);
	free(control->path);
	free(control);
}
