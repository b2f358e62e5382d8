/* gb_sip_agents.c - one nta agent per local address, and the watch of the host's addresses.
 *
 * Bound to 0.0.0.0, Sofia sends from the first address that it found, not from the one that the
 * device registered at. So every address gets an agent of its own, and a request leaves through the
 * agent of the peer's local address. */
#include "gb28181/base/gb_error.h"
#include "gb28181/base/gb_log.h"
#include "gb28181/engine/gb_sip_internal.h"

#include <errno.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/** Largest message taken from TCP: 10,000 catalog items are about 6 MB (gb28181.md 2.7). */
#define MESSAGE_MAX (8u << 20)
/** Receive buffer of a UDP socket: a burst of catalog parts from many recorders at once. */
#define UDP_BUFFER (4u << 20)
/** A connection that never brought a valid request is closed after this time. */
#define IDLE_MS 120000u
/** A message must be complete within this time. */
#define PARTIAL_MS 60000u
/** Only a bit that no header has: a bad Contact, Date, Expires or Event must not spoil a message.
 * Zero would mean all headers for answers. */
#define NO_HEADER_MASK (1u << 31)
/** How long the addresses of the host must be quiet before they are read again. */
#define RESCAN_US (1 * GB_SECOND)

static bool add_transport(gb_sip_agent *agent, const char *transport) {
	char host[GB_ADDR_TEXT], url[GB_SIP_URI_SIZE];
	g_snprintf(
		url, sizeof url, "sip:%s;transport=%s", gb_addr_format(host, &agent->local), transport);
	return nta_agent_add_tport(agent->nta, (url_string_t *)url, TPTAG_UDP_RMEM(UDP_BUFFER),
			   TPTAG_SDWN_ERROR(1), TPTAG_IDLE(IDLE_MS), TPTAG_TIMEOUT(PARTIAL_MS),
			   TPTAG_PONG2PING(1), TPTAG_STUN_SERVER(0), TAG_END()) == 0;
}

static void agent_free(gb_sip_agent *agent) {
	if(agent == NULL)
		return;
	if(agent->nta != NULL)
		nta_agent_destroy(agent->nta);
	g_free(agent);
}

static bool fail(const gb_sip_agent *agent, const char *transport, int code, GError **error) {
	char host[GB_ADDR_TEXT];
	g_set_error(error, GB_ERROR, GB_ERROR_FAILED, "Cannot open SIP %s %s: %s", transport,
		gb_addr_format(host, &agent->local), g_strerror(code));
	return false;
}

static bool open_transports(gb_sip_agent *agent, GError **error) {
	agent->nta = nta_agent_create(agent->sip->root, (url_string_t *)-1, gb_sip_on_message, agent,
		NTATAG_UDP_MTU(65535), NTATAG_SERVER_RPORT(2), NTATAG_CLIENT_RPORT(1), NTATAG_MERGE_482(0),
		NTATAG_MAXSIZE(MESSAGE_MAX), NTATAG_BAD_REQ_MASK(NO_HEADER_MASK),
		NTATAG_BAD_RESP_MASK(NO_HEADER_MASK), NTATAG_UA(0), NTATAG_USE_NAPTR(0), NTATAG_USE_SRV(0),
		TAG_END());
	if(agent->nta == NULL)
		return fail(agent, "agent", errno, error);
	if(agent->sip->config.udp && !add_transport(agent, "udp"))
		return fail(agent, "udp", su_errno(), error);
	if(agent->sip->config.tcp && !add_transport(agent, "tcp"))
		return fail(agent, "tcp", su_errno(), error);
	return true;
}

static bool open_agent(gb_sip *sip, const gb_addr *ip, GError **error) {
	gb_sip_agent *agent = g_new0(gb_sip_agent, 1);
	agent->sip = sip;
	agent->local = *ip;
	agent->local.port = sip->config.port;
	if(!open_transports(agent, error)) {
		agent_free(agent);
		return false;
	}
	g_ptr_array_add(sip->agents, agent);
	return true;
}

static void close_agent(gb_sip *sip, gb_sip_agent *agent, bool tell) {
	gb_sip_messages_drop(sip, agent, tell);
	gb_sip_calls_drop(sip, agent);
	gb_sip_flows_drop(sip, agent, tell);
	g_ptr_array_remove(sip->agents, agent);
	agent_free(agent);
}

gb_sip_agent *gb_sip_agent_at(gb_sip *sip, const gb_addr *local) {
	for(guint i = 0; i < sip->agents->len; i++) {
		gb_sip_agent *agent = g_ptr_array_index(sip->agents, i);
		if(gb_addr_equal_ip(&agent->local, local))
			return agent;
	}
	return NULL;
}

/* ---- 0.0.0.0: the addresses of the host ---- */

/** The IPv4 addresses that the host has now: an array of gb_addr. */
static GArray *host_addresses(void) {
	GArray *found = g_array_new(FALSE, FALSE, sizeof(gb_addr));
	struct ifaddrs *list = NULL;
	if(getifaddrs(&list) < 0)
		return found;
	for(const struct ifaddrs *at = list; at != NULL; at = at->ifa_next) {
		if(at->ifa_addr == NULL || at->ifa_addr->sa_family != AF_INET)
			continue;
		gb_addr ip = gb_addr_from_sockaddr(at->ifa_addr);
		g_array_append_val(found, ip);
	}
	freeifaddrs(list);
	return found;
}

static bool contains_ip(const GArray *addresses, const gb_addr *ip) {
	for(guint i = 0; i < addresses->len; i++) {
		if(gb_addr_equal_ip(&g_array_index(addresses, gb_addr, i), ip))
			return true;
	}
	return false;
}

static void close_vanished(gb_sip *sip, const GArray *addresses) {
	for(guint i = sip->agents->len; i > 0; i--) {
		gb_sip_agent *agent = g_ptr_array_index(sip->agents, i - 1);
		char host[GB_ADDR_TEXT];
		if(contains_ip(addresses, &agent->local))
			continue;
		gb_log(GB_LOG_WARNING, "Address %s is gone: SIP stops there",
			gb_addr_format(host, &agent->local));
		close_agent(sip, agent, true);
	}
}

static void open_appeared(gb_sip *sip, const GArray *addresses) {
	for(guint i = 0; i < addresses->len; i++) {
		const gb_addr *ip = &g_array_index(addresses, gb_addr, i);
		char host[GB_ADDR_TEXT];
		if(gb_sip_agent_at(sip, ip) != NULL)
			continue;
		g_autoptr(GError) error = NULL;
		if(open_agent(sip, ip, &error))
			gb_log(GB_LOG_INFO, "SIP listens at the new address %s", gb_addr_format_ip(host, ip));
		else
			gb_log(GB_LOG_WARNING, "%s", error->message);
	}
}

static void rescan(void *user) {
	gb_sip *sip = user;
	GArray *addresses = host_addresses();
	if(addresses->len > 0) {
		close_vanished(sip, addresses);
		open_appeared(sip, addresses);
	}
	g_array_unref(addresses);
}

static int on_netlink(su_root_magic_t *magic, su_wait_t *wait, struct gb_sip *sip) {
	(void)magic;
	(void)wait;
	char drained[8192];
	/* What changed is not read: after a lost message only a full look at the host is right. */
	while(recv(sip->netlink, drained, sizeof drained, MSG_DONTWAIT) > 0 || errno == EINTR)
		;
	gb_timers_start(sip->timers, &sip->rescan, RESCAN_US);
	return 0;
}

static bool open_netlink(gb_sip *sip) {
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_IPV4_IFADDR};
	gb_timer_init(&sip->rescan, rescan, sip);
	sip->netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	return sip->netlink >= 0 &&
		bind(sip->netlink, (struct sockaddr *)&address, sizeof address) == 0 &&
		su_wait_create(&sip->netlink_wait, sip->netlink, SU_WAIT_IN) == 0 &&
		su_root_register(sip->root, &sip->netlink_wait, on_netlink, sip, 0) >= 0;
}

static bool open_every_address(gb_sip *sip, GError **error) {
	/* The watch comes first, so that no change falls between it and the list. */
	if(!open_netlink(sip))
		gb_log(GB_LOG_WARNING,
			"Cannot watch the addresses of the host (%s): a new one needs a "
			"restart",
			g_strerror(errno));
	GArray *addresses = host_addresses();
	bool opened = true;
	for(guint i = 0; opened && i < addresses->len; i++) {
		const gb_addr *ip = &g_array_index(addresses, gb_addr, i);
		if(gb_sip_agent_at(sip, ip) == NULL)
			opened = open_agent(sip, ip, error);
	}
	if(opened && sip->agents->len == 0) {
		g_set_error(error, GB_ERROR, GB_ERROR_FAILED, "The host has no IPv4 address");
		opened = false;
	}
	g_array_unref(addresses);
	return opened;
}

/* ---- all ---- */

bool gb_sip_agents_open(gb_sip *sip, GError **error) {
	for(char **text = sip->config.ips; *text != NULL; text++) {
		gb_addr ip;
		if(!gb_addr_parse_ip(*text, 0, &ip)) {
			g_set_error(error, GB_ERROR, GB_ERROR_INVALID, "\"%s\" is no IP address", *text);
			return false;
		}
		if(gb_addr_is_any(&ip))
			return open_every_address(sip, error);
	}
	for(char **text = sip->config.ips; *text != NULL; text++) {
		gb_addr ip;
		if(gb_addr_parse_ip(*text, 0, &ip) && gb_sip_agent_at(sip, &ip) == NULL &&
			!open_agent(sip, &ip, error))
			return false;
	}
	return true;
}

void gb_sip_agents_close(gb_sip *sip) {
	if(sip->netlink >= 0) {
		su_root_unregister(sip->root, &sip->netlink_wait, on_netlink, sip);
		close(sip->netlink);
		sip->netlink = -1;
	}
	gb_timers_stop(sip->timers, &sip->rescan);
	gb_sip_messages_drop(sip, NULL, false);
	gb_sip_calls_drop(sip, NULL);
	gb_sip_flows_drop(sip, NULL, false);
	while(sip->agents->len > 0)
		close_agent(sip, g_ptr_array_index(sip->agents, sip->agents->len - 1), false);
}

char **gb_sip_listeners(gb_sip *sip) {
	GPtrArray *texts = g_ptr_array_new();
	for(guint i = 0; i < sip->agents->len; i++) {
		const gb_sip_agent *agent = g_ptr_array_index(sip->agents, i);
		char host[GB_ADDR_TEXT];
		gb_addr_format(host, &agent->local);
		if(sip->config.udp)
			g_ptr_array_add(texts, g_strdup_printf("udp %s", host));
		if(sip->config.tcp)
			g_ptr_array_add(texts, g_strdup_printf("tcp %s", host));
	}
	g_ptr_array_add(texts, NULL);
	return (char **)g_ptr_array_free(texts, FALSE);
}
