#include "gb28181/engine/gb_stream.h"

void gb_sink_init(gb_sink *sink, const gb_sink_ops *ops) {
	sink->ops = ops;
	sink->refs = 1;
}

gb_sink *gb_sink_ref(gb_sink *sink) {
	g_atomic_int_inc(&sink->refs);
	return sink;
}

void gb_sink_unref(gb_sink *sink) {
	if(sink && g_atomic_int_dec_and_test(&sink->refs)) {
		sink->ops->free(sink);
	}
}
