/* gb_sip_flow.c - the TCP connections that requests came by, under numbers that are never reused.
 *
 * A device behind NAT can be reached only by the connection that it opened (gb28181.md 2.1), so a
 * connection is kept from its first request on, and its end is the sign that the device is gone. */
#include "gb28181/base/gb_log.h"
#include "gb28181/engine/gb_sip_internal.h"

/** Most connections kept at once. */
#define FLOWS_MAX 16384
/** A connection that brings nothing for this long is closed; keepalives come every minute or so. */
#define SILENT_US (3600 * GB_SECOND)

typedef struct {
	uint64_t number;
	gb_sip_agent *agent;
	tport_t *tport; /**< own reference */
	int pend;		/**< number of the error watch at the tport */
	bool lost;
	gb_timer timer; /**< silence; or, when lost, the task of telling the domain */
} gb_sip_flow;

static uint64_t last_number; /* of the SIP threads; see next_number */

/** Atomic, because two engines in one process must not share numbers. */
static uint64_t next_number(void) {
	return __atomic_add_fetch(&last_number, 1, __ATOMIC_RELAXED);
}

void gb_sip_flow_free(void *data) {
	gb_sip_flow *flow = data;
	gb_timers_stop(flow->agent->sip->timers, &flow->timer);
	tport_release(flow->tport, flow->pend, NULL, NULL, flow, 0);
	tport_unref(flow->tport);
	g_free(flow);
}

/** Runs from the loop, because Sofia is in the middle of closing when it reports the end. */
static void on_timer(void *user) {
	gb_sip_flow *flow = user;
	gb_sip *sip = flow->agent->sip;
	uint64_t number = flow->number;
	if(!flow->lost) {
		tport_shutdown(flow->tport, 2);
		return;
	}
	g_hash_table_remove(sip->flows, &number);
	if(sip->ops.flow_lost != NULL)
		sip->ops.flow_lost(sip->user, number);
}

static void on_end(tp_stack_t *stack, void *client, tport_t *tport, msg_t *msg, int code) {
	(void)stack;
	(void)msg;
	gb_sip_flow *flow = client;
	gb_sip *sip = flow->agent->sip;
	if(flow->lost)
		return;
	gb_log(GB_LOG_DEBUG, "TCP connection %" G_GUINT64_FORMAT " ended: %s", flow->number,
		code ? g_strerror(code) : "closed by the peer");
	flow->lost = true;
	g_hash_table_remove(sip->tports, tport);
	gb_timers_start(sip->timers, &flow->timer, 0);
}

uint64_t gb_sip_flow_of(gb_sip_agent *agent, tport_t *tport) {
	gb_sip *sip = agent->sip;
	gb_sip_flow *flow = g_hash_table_lookup(sip->tports, tport);
	if(flow == NULL) {
		if(g_hash_table_size(sip->flows) >= FLOWS_MAX || !tport_is_clear_to_send(tport))
			return 0;
		flow = g_new0(gb_sip_flow, 1);
		flow->number = next_number();
		flow->agent = agent;
		flow->tport = tport_ref(tport);
		flow->pend = tport_pend(tport, NULL, on_end, flow);
		gb_timer_init(&flow->timer, on_timer, flow);
		g_hash_table_insert(sip->flows, &flow->number, flow);
		g_hash_table_insert(sip->tports, tport, flow);
	}
	gb_timers_start(sip->timers, &flow->timer, SILENT_US);
	return flow->number;
}

tport_t *gb_sip_flow_tport(gb_sip *sip, uint64_t number) {
	const gb_sip_flow *flow = g_hash_table_lookup(sip->flows, &number);
	if(flow == NULL || flow->lost || !tport_is_clear_to_send(flow->tport))
		return NULL;
	return flow->tport;
}

void gb_sip_flows_drop(gb_sip *sip, const gb_sip_agent *agent, bool tell) {
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(uint64_t));
	GHashTableIter iter;
	void *value;
	g_hash_table_iter_init(&iter, sip->flows);
	while(g_hash_table_iter_next(&iter, NULL, &value)) {
		const gb_sip_flow *flow = value;
		if(agent != NULL && flow->agent != agent)
			continue;
		g_array_append_val(numbers, flow->number);
		g_hash_table_remove(sip->tports, flow->tport);
		g_hash_table_iter_remove(&iter);
	}
	for(guint i = 0; tell && i < numbers->len; i++) {
		if(sip->ops.flow_lost != NULL)
			sip->ops.flow_lost(sip->user, g_array_index(numbers, uint64_t, i));
	}
}
