#include "gb28181/engine/gb_ports.h"

/* What a pair's `free_at` says while it is in use. */
#define IN_USE INT64_MAX

struct gb_ports {
	uint16_t first; /**< even */
	unsigned total; /**< pairs */
	unsigned used;
	unsigned next;	  /**< where the search starts: the least recently used come first */
	int64_t *free_at; /**< per pair: when it may be taken, or IN_USE */
	int64_t quarantine_us;
};

gb_ports *gb_ports_new(uint16_t min, uint16_t max, int64_t quarantine_us) {
	unsigned first = min + (min & 1u);
	if(first == 0 || first + 1 > max) {
		return NULL;
	}
	gb_ports *ports = g_new0(gb_ports, 1);
	ports->first = (uint16_t)first;
	ports->total = (max - first + 1) / 2;
	ports->free_at = g_new0(int64_t, ports->total);
	ports->quarantine_us = quarantine_us;
	for(unsigned i = 0; i < ports->total; i++) {
		ports->free_at[i] = INT64_MIN;
	}
	return ports;
}

void gb_ports_free(gb_ports *ports) {
	if(ports) {
		g_free(ports->free_at);
		g_free(ports);
	}
}

uint16_t gb_ports_take(gb_ports *ports, int64_t now_us) {
	for(unsigned tried = 0; tried < ports->total; tried++) {
		unsigned i = (ports->next + tried) % ports->total;
		if(ports->free_at[i] <= now_us) {
			ports->free_at[i] = IN_USE;
			ports->next = (i + 1) % ports->total;
			ports->used++;
			return (uint16_t)(ports->first + 2 * i);
		}
	}
	return 0;
}

void gb_ports_release(gb_ports *ports, uint16_t port, int64_t now_us) {
	unsigned i = ((unsigned)port - ports->first) / 2;
	if(port < ports->first || i >= ports->total || ports->free_at[i] != IN_USE) {
		return;
	}
	ports->free_at[i] = now_us + ports->quarantine_us;
	ports->used--;
}

unsigned gb_ports_total(const gb_ports *ports) {
	return ports->total;
}

unsigned gb_ports_used(const gb_ports *ports) {
	return ports->used;
}
