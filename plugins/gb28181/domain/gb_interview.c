#include "gb28181/domain/gb_interview.h"

#include "gb28181/base/gb_clock.h"
#include "gb28181/domain/gb_query.h"

/** Least delay, so that the answer to its REGISTER is through; spread for each device that waits,
 * and its cap. */
#define DELAY_US (100 * GB_MS)
#define SPREAD_US (2 * GB_MS)
#define SPREAD_MAX_US (20 * GB_SECOND)

struct gb_interviews {
	GQueue ready; /**< gb_device whose delay is over */
	unsigned waiting, running;
	bool pumping; /**< a question that fails at once must not recurse through the queue */
};

static void pump(gb_server *server);

gb_interviews *gb_interviews_new(void) {
	gb_interviews *interviews = g_new0(gb_interviews, 1);
	g_queue_init(&interviews->ready);
	return interviews;
}

void gb_interviews_free(gb_interviews *interviews) {
	if(!interviews)
		return;
	g_queue_clear(&interviews->ready);
	g_free(interviews);
}

unsigned gb_interviews_running(const gb_interviews *interviews) {
	return interviews->running;
}

/** Gives its place to the next one. */
static void leave(gb_device *device) {
	gb_interviews *interviews = device->server->interviews;
	if(device->interview != GB_INTERVIEW_RUNNING)
		return;
	device->interview = GB_INTERVIEW_NONE;
	gb_timers_stop(device->server->timers, &device->interview_timer);
	interviews->running--;
	pump(device->server);
}

void gb_interview_release(gb_device *device) {
	leave(device);
}

static void on_answer(gb_device *device, const gb_query_result *result, void *user) {
	(void)result;
	(void)user;
	if(device->interview_open)
		device->interview_open--;
	if(!device->interview_open)
		leave(device);
}

static void on_hold_over(void *user) {
	leave(user);
}

static void begin(gb_device *device) {
	device->interview = GB_INTERVIEW_RUNNING;
	device->asked = true;
	device->interview_open += 2;
	gb_timer_init(&device->interview_timer, on_hold_over, device);
	gb_timers_start(device->server->timers, &device->interview_timer, GB_INTERVIEW_HOLD_US);
	gb_query_send(device, GB_CMD_DEVICE_INFO, on_answer, NULL);
	gb_query_send(device, GB_CMD_CATALOG, on_answer, NULL);
}

static void pump(gb_server *server) {
	gb_interviews *interviews = server->interviews;
	if(interviews->pumping)
		return;
	interviews->pumping = true;
	while(server->running && interviews->running < GB_INTERVIEWS_AT_ONCE) {
		gb_device *device = g_queue_pop_head(&interviews->ready);
		if(!device)
			break;
		interviews->waiting--;
		interviews->running++;
		begin(device);
	}
	interviews->pumping = false;
}

static void on_delay_over(void *user) {
	gb_device *device = user;
	g_queue_push_tail(&device->server->interviews->ready, device);
	pump(device->server);
}

void gb_interview_want(gb_device *device) {
	gb_server *server = device->server;
	if(!server->running || device->interview != GB_INTERVIEW_NONE || device->kind == GB_DEVICE_USER)
		return;
	gb_interviews *interviews = server->interviews;
	device->interview = GB_INTERVIEW_WAITING;
	interviews->waiting++;
	int64_t spread = MIN(interviews->waiting * SPREAD_US, SPREAD_MAX_US);
	int64_t delay = DELAY_US + (int64_t)(gb_str_random_u32() % (uint32_t)spread);
	gb_timer_init(&device->interview_timer, on_delay_over, device);
	gb_timers_start(server->timers, &device->interview_timer, delay);
}

void gb_interview_cancel(gb_device *device) {
	gb_interviews *interviews = device->server->interviews;
	if(device->interview == GB_INTERVIEW_WAITING) {
		if(gb_timer_running(&device->interview_timer))
			gb_timers_stop(device->server->timers, &device->interview_timer);
		else
			g_queue_remove(&interviews->ready, device);
		interviews->waiting--;
		device->interview = GB_INTERVIEW_NONE;
	} else {
		leave(device);
	}
}
