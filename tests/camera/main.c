/* gb28181-camera: a simulated GB/T 28181 camera. See --help. */
#include <signal.h>
#include <stdio.h>

#include <libavutil/log.h>

#include "cam_control.h"
#include "cam_event.h"
#include "cam_options.h"
#include "cam_re.h"
#include "cam_world.h"

static cam_world *world;

static void on_signal(int sig) {
	(void)sig;
	cam_world_stop(world);
}

static int run(const cam_options *options) {
	cam_control *control = NULL;
	cam_event e;
	world = cam_world_new(options);
	if(world == NULL)
		return 1;
	if(options->control != NULL) {
		control = cam_control_new(world, options->control);
		if(control == NULL) {
			cam_world_free(world);
			return 1;
		}
	}
	cam_world_start(world);
	int err = re_main(on_signal);
	cam_control_free(control);
	cam_world_free(world);
	cam_event_begin(&e, "stopped", NULL);
	cam_event_end(&e);
	if(err != 0 && err != EINTR) {
		fprintf(stderr, "gb28181-camera: event loop failed\n");
		return 1;
	}
	return 0;
}

int main(int argc, char **argv) {
	static cam_options options;
	switch(cam_options_parse(argc, argv, &options)) {
	case CAM_OPTIONS_HELP:
		cam_options_help();
		return 0;
	case CAM_OPTIONS_BAD:
		return 2;
	default:
		break;
	}
	if(options.quiet)
		cam_event_silence();
	av_log_set_level(AV_LOG_ERROR);
	(void)signal(SIGPIPE, SIG_IGN);
	if(libre_init() != 0) {
		fputs("gb28181-camera: libre does not start\n", stderr);
		return 1;
	}
	int status = run(&options);
	libre_close();
	return status;
}
