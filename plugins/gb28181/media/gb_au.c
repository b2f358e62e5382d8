#include "gb28181/media/gb_au.h"

#include "gb28181/media/gb_nal_split.h"
#include "gb28181/media/gb_sps.h"

#include <string.h>

/** NAL units that have to agree before a codec is believed, or believed no longer. */
#define VOTES_NEEDED 2

typedef enum {
	MODE_DROP,	/**< the NAL unit in progress is of no interest */
	MODE_PASS,	/**< a slice that is passed on */
	MODE_PARAM, /**< a parameter set that is collected */
} nal_mode;

struct gb_au {
	gb_au_ops ops;
	void *user;
	uint32_t frame_bytes;
	gb_nal_split *split;

	gb_codec hint;
	gb_codec codec;
	gb_codec candidate; /**< what the last vote was for while `codec` is something else */
	unsigned votes;

	bool accept_intra;
	bool running;	/**< the first key frame has come */
	bool open;		/**< a NAL unit of the present access unit has come */
	bool has_slice; /**< ... and a slice too */
	bool dropping;	/**< its slices are not passed on */
	bool flushed;	/**< it was ended by gb_au_flush() */
	bool key;
	uint32_t bytes;	 /**< of it, passed on */
	int64_t pes_pts; /**< of the present PES, until a unit takes it */
	int64_t pts;	 /**< of the present unit */

	nal_mode mode;
	gb_nal_class param_class;
	size_t param_len; /**< > GB_PARAMS_BYTES: too large */
	uint8_t param[GB_PARAMS_BYTES];
	gb_params params;
	uint16_t width, height;
	gb_au_stats stats;
};

/* ---- access units ---- */

static void forget_unit(gb_au *au) {
	au->open = false;
	au->has_slice = false;
	au->dropping = false;
	au->flushed = false;
	au->mode = MODE_DROP;
}

static void end_unit(gb_au *au) {
	if(au->has_slice && !au->dropping && !au->flushed) {
		au->ops.end(au->user);
	}
	forget_unit(au);
}

static void abort_unit(gb_au *au) {
	if(au->has_slice && !au->dropping && !au->flushed) {
		au->ops.abort(au->user);
	}
	au->dropping = true;
	au->mode = MODE_DROP;
}

static void open_unit(gb_au *au) {
	au->open = true;
	au->pts = au->pes_pts;
	au->pes_pts = GB_PTS_NONE;
}

static void note_sent(gb_au *au) {
	for(size_t i = 0; i < au->params.count; i++) {
		au->params.sets[i].fresh = false;
	}
}

static void begin_unit(gb_au *au) {
	gb_au_info info = {
		.codec = au->codec, .keyframe = au->key, .pts = au->pts, .params = &au->params};
	au->running = true;
	au->bytes = 0;
	au->ops.begin(au->user, &info);
	note_sent(au);
}

/** The first slice of a unit decides what becomes of it. */
static void first_slice(gb_au *au, const gb_nal_info *info) {
	au->has_slice = true;
	au->key = info->random_access || (au->accept_intra && info->intra);
	if(au->pts == GB_PTS_NONE) {
		au->pts = au->pes_pts;
		au->pes_pts = GB_PTS_NONE;
	}
	if(!info->first_slice) {
		au->dropping = true;
		return;
	}
	au->stats.frames++;
	au->stats.key_frames += au->key;
	bool can_start = au->key && gb_params_complete(&au->params, au->codec);
	au->dropping = !au->running && !can_start;
	if(!au->dropping) {
		begin_unit(au);
	}
}

static void slice(gb_au *au, const gb_nal_info *info, const uint8_t *head, size_t len) {
	if(!au->has_slice) {
		first_slice(au, info);
	} else if(au->flushed && !au->dropping) {
		au->flushed = false;
		au->ops.flushed_early(au->user, false);
	}
	if(!au->dropping) {
		au->mode = MODE_PASS;
		au->ops.nal(au->user, head, len);
	}
}

/* ---- which codec ---- */

static void set_codec(gb_au *au, gb_codec codec) {
	au->codec = codec;
	au->votes = 0;
	au->running = false;
	au->width = au->height = 0;
	abort_unit(au);
	forget_unit(au);
	gb_params_clear(&au->params);
	au->ops.format(au->user);
}

/** Counts what the NAL units say; the map's hint is worth one vote. A settled codec is given up
 * only for parameter sets of another. */
static void vote(gb_au *au, const uint8_t *head, size_t len) {
	gb_codec codec = GB_CODEC_NONE;
	gb_nal_weight weight = gb_nal_vote(head, len, &codec);
	if(weight == GB_NAL_VOTE_NONE || (au->codec != GB_CODEC_NONE && weight == GB_NAL_VOTE_WEAK)) {
		return;
	}
	if(codec == au->codec) {
		au->votes = 0;
		return;
	}
	au->votes = codec == au->candidate ? au->votes + 1 : 1;
	au->candidate = codec;
	bool first = au->codec == GB_CODEC_NONE;
	bool agreed = first && (weight == GB_NAL_VOTE_STRONG || codec == au->hint);
	if(agreed || au->votes >= VOTES_NEEDED) {
		set_codec(au, codec);
	}
}

/* ---- NAL units ---- */

static void add_param(gb_au *au, const uint8_t *data, size_t len) {
	if(au->param_len + len > GB_PARAMS_BYTES) {
		au->param_len = GB_PARAMS_BYTES + 1;
		return;
	}
	memcpy(au->param + au->param_len, data, len);
	au->param_len += len;
}

static void on_begin(void *user, const uint8_t *head, size_t len) {
	gb_au *au = user;
	au->mode = MODE_DROP;
	vote(au, head, len);
	if(au->codec != GB_CODEC_H264 && au->codec != GB_CODEC_H265) {
		return;
	}
	gb_nal_info info = gb_nal_classify(au->codec, head, len);
	if(au->has_slice && (info.opens || info.first_slice)) {
		au->ops.next(au->user);
		end_unit(au);
	}
	if(!au->open) {
		open_unit(au);
	}
	if(info.nal_class == GB_NAL_SLICE) {
		slice(au, &info, head, len);
	} else if(info.nal_class != GB_NAL_OTHER) {
		au->mode = MODE_PARAM;
		au->param_class = info.nal_class;
		au->param_len = 0;
		add_param(au, head, len);
	}
}

static void on_data(void *user, const uint8_t *data, size_t len) {
	gb_au *au = user;
	if(au->mode == MODE_PARAM) {
		add_param(au, data, len);
	} else if(au->mode == MODE_PASS) {
		if(len > au->frame_bytes - au->bytes) {
			au->stats.oversize++;
			abort_unit(au);
			return;
		}
		au->bytes += (uint32_t)len;
		au->ops.data(au->user, data, len);
	}
}

static void store_param(gb_au *au) {
	gb_sps sps;
	gb_params_result result =
		gb_params_put(&au->params, au->codec, au->param_class, au->param, au->param_len);
	if(result == GB_PARAMS_REFUSED) {
		au->stats.oversize++;
	}
	if(result != GB_PARAMS_CHANGED) {
		return;
	}
	if(au->param_class == GB_NAL_SPS && gb_sps_parse(au->codec, au->param, au->param_len, &sps)) {
		au->width = sps.width;
		au->height = sps.height;
	}
	au->ops.format(au->user);
}

static void on_end(void *user) {
	gb_au *au = user;
	if(au->mode == MODE_PARAM) {
		store_param(au);
	} else if(au->mode == MODE_PASS) {
		au->ops.nal_end(au->user);
	}
	au->mode = MODE_DROP;
}

static void on_stray(void *user, size_t len) {
	gb_au *au = user;
	(void)len;
	if(au->flushed && !au->dropping) {
		au->dropping = true;
		au->ops.flushed_early(au->user, true);
	}
}

/* ---- public ---- */

gb_au *gb_au_new(uint32_t frame_bytes, const gb_au_ops *ops, void *user) {
	static const gb_nal_split_ops split_ops = {on_begin, on_data, on_end, on_stray};
	gb_au *au = g_new0(gb_au, 1);
	au->ops = *ops;
	au->user = user;
	au->frame_bytes = frame_bytes;
	au->split = gb_nal_split_new(&split_ops, au);
	au->pes_pts = GB_PTS_NONE;
	return au;
}

void gb_au_free(gb_au *au) {
	if(!au) {
		return;
	}
	gb_nal_split_free(au->split);
	g_free(au);
}

void gb_au_set_hint(gb_au *au, gb_codec codec) {
	au->hint = codec;
}

void gb_au_pes(gb_au *au, int64_t pts) {
	au->pes_pts = pts;
}

void gb_au_feed(gb_au *au, const uint8_t *data, size_t len) {
	gb_nal_split_feed(au->split, data, len);
}

bool gb_au_flush(gb_au *au) {
	if(!au->has_slice || au->flushed) {
		return false;
	}
	gb_nal_split_end(au->split);
	if(!au->dropping) {
		au->ops.end(au->user);
	}
	au->flushed = true;
	return true;
}

bool gb_au_in_picture(const gb_au *au) {
	return au->has_slice && !au->flushed;
}

bool gb_au_gap(gb_au *au) {
	bool passed = au->has_slice && !au->dropping && !au->flushed;
	gb_nal_split_reset(au->split);
	abort_unit(au);
	forget_unit(au);
	au->pes_pts = GB_PTS_NONE;
	return passed;
}

void gb_au_accept_intra(gb_au *au, bool accept) {
	au->accept_intra = accept;
}

void gb_au_restart(gb_au *au) {
	(void)gb_au_gap(au);
	gb_params_clear(&au->params);
	au->hint = au->codec = au->candidate = GB_CODEC_NONE;
	au->votes = 0;
	au->running = false;
	au->accept_intra = false;
	au->width = au->height = 0;
}

gb_codec gb_au_codec(const gb_au *au) {
	return au->codec;
}

void gb_au_size(const gb_au *au, uint16_t *ret_width, uint16_t *ret_height) {
	*ret_width = au->width;
	*ret_height = au->height;
}

void gb_au_get_stats(const gb_au *au, gb_au_stats *ret_stats) {
	*ret_stats = au->stats;
}
