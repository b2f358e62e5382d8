/**
 * @file cam_options.h
 * The command line of gb28181-camera. All values are checked here, so that the rest need not doubt
 * them.
 */
#ifndef CAM_OPTIONS_H
#define CAM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "cam_id.h"

enum cam_ssrc_mode { CAM_SSRC_SAME, CAM_SSRC_OTHER, CAM_SSRC_NONE, CAM_SSRC_ZERO };
enum cam_picture_mode { CAM_PICTURE_AUTO, CAM_PICTURE_OWN, CAM_PICTURE_SHARED };

typedef struct cam_options {
	/* platform */
	char server_host[256];
	int server_port;
	const char *server_id;
	const char *domain; /**< NULL: the first ten digits of server_id */
	/* device */
	const char *id;
	int count;
	const char *password;
	const char *user_agent;
	const char *gb_version; /**< X-GB-Ver */
	const char *local;		/**< address to bind; NULL: the one that leads to the server */
	int local_port;
	bool tcp;
	bool own_sockets;
	int expires_s;
	int keepalive_s;
	int retry_s;
	int register_rate; /**< first registrations a second */
	int utc_offset_minutes;
	/* channels */
	const char *channel_id; /**< first channel; NULL: from the device's id */
	int channels;
	const char *name;
	const char *manufacturer;
	const char *model;
	int ptz_type;
	const char *charset;
	const char *xml_encoding; /**< what the XML declares; NULL: from charset */
	int catalog_batch;
	bool catalog_shuffle, catalog_repeat, catalog_wrong_sum, catalog_drop_last;
	bool status_off;
	/* picture and sound */
	int width, height, fps, gop, bitrate;
	const char *profile;
	const char *file;
	enum cam_picture_mode picture;
	bool audio;
	/* calls */
	int max_streams;
	int invite_status;	 /**< 0: accept */
	int invite_refusals; /**< how many INVITEs get invite_status; 0: all */
	int answer_delay_ms;
	bool no_answer, no_media, contact_lie;
	enum cam_ssrc_mode answer_ssrc, rtp_ssrc;
	int vanish_after_s, bye_after_s; /**< 0: never */
	/* media */
	double loss_percent, reorder_percent, dup_percent;
	int seed;
	bool no_marker, no_psm;
	/* steering */
	const char *control;
	bool quiet;
	bool trace;
} cam_options;

enum cam_options_result { CAM_OPTIONS_RUN, CAM_OPTIONS_HELP, CAM_OPTIONS_BAD };

/** Reads the command line. With CAM_OPTIONS_BAD one line on stderr says what is wrong. */
enum cam_options_result cam_options_parse(int argc, char **argv, cam_options *ret_options);

/** The text of --help. */
void cam_options_help(void);

#endif
