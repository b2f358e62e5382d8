#include "gb28181/media/gb_nal_split.h"

#include <string.h>

struct gb_nal_split {
	gb_nal_split_ops ops;
	void *user;
	bool open;	  /**< a start code was seen, the unit has not ended */
	bool begun;	  /**< ... and its begin() was called */
	size_t zeros; /**< zeros at the end of what came, not yet passed on */
	uint8_t head[GB_NAL_HEAD_MAX];
	size_t head_len;
};

gb_nal_split *gb_nal_split_new(const gb_nal_split_ops *ops, void *user) {
	gb_nal_split *split = g_new0(gb_nal_split, 1);
	split->ops = *ops;
	split->user = user;
	return split;
}

void gb_nal_split_free(gb_nal_split *split) {
	g_free(split);
}

static void open_unit(gb_nal_split *split) {
	split->open = true;
	split->begun = false;
	split->head_len = 0;
}

static void begin_unit(gb_nal_split *split) {
	split->begun = true;
	split->ops.begin(split->user, split->head, split->head_len);
}

static void close_unit(gb_nal_split *split) {
	if(split->open && !split->begun && split->head_len > 0) {
		begin_unit(split);
	}
	if(split->open && split->begun) {
		split->ops.end(split->user);
	}
	split->open = false;
}

/** Bytes that are known to belong to the unit in progress. */
static void pass(gb_nal_split *split, const uint8_t *data, size_t len) {
	if(len == 0) {
		return;
	}
	if(!split->open) {
		split->ops.stray(split->user, len);
		return;
	}
	if(!split->begun) {
		size_t take = MIN(len, GB_NAL_HEAD_MAX - split->head_len);
		memcpy(split->head + split->head_len, data, take);
		split->head_len += take;
		if(split->head_len < GB_NAL_HEAD_MAX) {
			return;
		}
		begin_unit(split);
		data += take;
		len -= take;
	}
	if(len > 0) {
		split->ops.data(split->user, data, len);
	}
}

static void pass_zeros(gb_nal_split *split) {
	static const uint8_t zero[64];
	while(split->zeros > 0) {
		size_t len = MIN(split->zeros, sizeof(zero));
		split->zeros -= len;
		pass(split, zero, len);
	}
}

/** Settles what the zeros at the end of the last piece were. Returns the bytes used. */
static size_t settle_zeros(gb_nal_split *split, const uint8_t *data, size_t len) {
	size_t used = 0;
	while(used < len && data[used] == 0) {
		used++;
	}
	split->zeros += used;
	if(used == len) {
		return used;
	}
	if(split->zeros >= 2 && data[used] == 1) {
		split->zeros = 0;
		close_unit(split);
		open_unit(split);
		return used + 1;
	}
	pass_zeros(split);
	return used;
}

void gb_nal_split_feed(gb_nal_split *split, const uint8_t *data, size_t len) {
	if(split->zeros > 0) {
		size_t used = settle_zeros(split, data, len);
		data += used;
		len -= used;
	}
	while(len > 0) {
		size_t start = gb_nal_find_start(data, len);
		size_t end = start;
		while(end > 0 && data[end - 1] == 0) {
			end--;
		}
		pass(split, data, end);
		if(start == len) {
			split->zeros = len - end;
			return;
		}
		close_unit(split);
		open_unit(split);
		data += start + 3;
		len -= start + 3;
	}
}

void gb_nal_split_end(gb_nal_split *split) {
	split->zeros = 0;
	close_unit(split);
}

void gb_nal_split_reset(gb_nal_split *split) {
	split->zeros = 0;
	split->open = false;
}
