/* gb_ssrc.c - two queues of free stream numbers, live and history. */
#include "gb28181/proto/gb_ssrc.h"

#include "gb28181/base/gb_str.h"

#include <string.h>

#define HISTORY_BASE 1000000000u

typedef struct {
	uint16_t free_numbers[GB_SSRC_COUNT]; /* ring */
	size_t first, count;
	bool taken[GB_SSRC_COUNT + 1];
} number_queue;

struct gb_ssrc_pool {
	uint32_t domain; /* digits 2 to 6 in their place */
	number_queue queues[2];
};

static uint32_t domain_digits(const char *server_id) {
	uint32_t digits = 0;
	size_t len = strlen(server_id);
	for(size_t i = 3; i < 8; i++) {
		int digit = i < len ? g_ascii_digit_value(server_id[i]) : 0;
		digits = digits * 10 + (uint32_t)MAX(digit, 0);
	}
	return digits * 10000;
}

gb_ssrc_pool *gb_ssrc_pool_new(const char *server_id) {
	gb_ssrc_pool *pool = g_new0(gb_ssrc_pool, 1);
	pool->domain = domain_digits(server_id);
	for(size_t kind = 0; kind < 2; kind++) {
		number_queue *queue = &pool->queues[kind];
		uint32_t start = gb_str_random_u32() % GB_SSRC_COUNT;
		queue->count = GB_SSRC_COUNT;
		for(uint32_t i = 0; i < GB_SSRC_COUNT; i++)
			queue->free_numbers[i] = (uint16_t)(1 + (start + i) % GB_SSRC_COUNT);
	}
	return pool;
}

void gb_ssrc_pool_free(gb_ssrc_pool *pool) {
	g_free(pool);
}

bool gb_ssrc_take(gb_ssrc_pool *pool, bool history, uint32_t *ret_ssrc) {
	number_queue *queue = &pool->queues[history ? 1 : 0];
	if(queue->count == 0)
		return false;
	uint16_t number = queue->free_numbers[queue->first];
	queue->first = (queue->first + 1) % GB_SSRC_COUNT;
	queue->count--;
	queue->taken[number] = true;
	*ret_ssrc = (history ? HISTORY_BASE : 0) + pool->domain + number;
	return true;
}

void gb_ssrc_give_back(gb_ssrc_pool *pool, uint32_t ssrc) {
	number_queue *queue = &pool->queues[ssrc >= HISTORY_BASE ? 1 : 0];
	uint32_t number = ssrc % 10000;
	if(ssrc % HISTORY_BASE - number != pool->domain || number == 0 || !queue->taken[number])
		return;
	queue->taken[number] = false;
	queue->free_numbers[(queue->first + queue->count) % GB_SSRC_COUNT] = (uint16_t)number;
	queue->count++;
}

const char *gb_ssrc_format(char buf[GB_SSRC_TEXT], uint32_t ssrc) {
	g_snprintf(buf, GB_SSRC_TEXT, "%010u", ssrc);
	return buf;
}
