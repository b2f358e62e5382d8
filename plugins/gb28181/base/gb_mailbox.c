/* gb_mailbox.c - task queue between threads: an array under a mutex, an eventfd as the bell. */
#include "gb28181/base/gb_mailbox.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define DEFAULT_CAPACITY 65536
#define FIRST_SIZE 64
#define KEEP_SIZE 4096 /* an array that a burst made larger than this is given back */

typedef struct {
	gb_task_fn run;
	void *data;
	GDestroyNotify drop;
} task;

typedef struct {
	task *tasks;
	size_t used, size;
} task_list;

struct gb_mailbox {
	pthread_mutex_t lock; /* guards all but `fd` and `capacity` */
	task_list queue;
	task_list spare; /* empty array of the last run, for the next */
	size_t capacity;
	uint64_t refused;
	bool closed;
	int fd;
};

gb_mailbox *gb_mailbox_new(size_t capacity) {
	gb_mailbox *mailbox = g_new0(gb_mailbox, 1);
	pthread_mutex_init(&mailbox->lock, NULL);
	mailbox->capacity = capacity > 0 ? capacity : DEFAULT_CAPACITY;
	mailbox->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if(mailbox->fd < 0)
		g_error("eventfd: %s", g_strerror(errno));
	return mailbox;
}

void gb_mailbox_free(gb_mailbox *mailbox) {
	if(!mailbox)
		return;
	for(size_t i = 0; i < mailbox->queue.used; i++) {
		task *one = &mailbox->queue.tasks[i];
		if(one->drop)
			one->drop(one->data);
	}
	g_free(mailbox->queue.tasks);
	g_free(mailbox->spare.tasks);
	close(mailbox->fd);
	pthread_mutex_destroy(&mailbox->lock);
	g_free(mailbox);
}

static void ring(gb_mailbox *mailbox) {
	uint64_t one = 1;
	while(write(mailbox->fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

static void silence(gb_mailbox *mailbox) {
	uint64_t count;
	while(read(mailbox->fd, &count, sizeof(count)) < 0 && errno == EINTR)
		;
}

static void append(task_list *list, task one) {
	if(list->used == list->size) {
		list->size = list->size > 0 ? list->size * 2 : FIRST_SIZE;
		list->tasks = g_renew(task, list->tasks, list->size);
	}
	list->tasks[list->used++] = one;
}

bool gb_mailbox_post(gb_mailbox *mailbox, gb_task_fn run, void *data, GDestroyNotify drop) {
	task one = {run, data, drop};
	pthread_mutex_lock(&mailbox->lock);
	bool full = mailbox->queue.used >= mailbox->capacity;
	bool queued = !full && !mailbox->closed;
	if(queued) {
		append(&mailbox->queue, one);
		if(mailbox->queue.used == 1)
			ring(mailbox);
	} else if(!mailbox->closed) {
		mailbox->refused++;
	}
	pthread_mutex_unlock(&mailbox->lock);
	if(!queued && drop)
		drop(data);
	return queued;
}

int gb_mailbox_fd(const gb_mailbox *mailbox) {
	return mailbox->fd;
}

static task_list take_queue(gb_mailbox *mailbox) {
	pthread_mutex_lock(&mailbox->lock);
	task_list list = mailbox->queue;
	mailbox->queue = mailbox->spare;
	memset(&mailbox->spare, 0, sizeof(mailbox->spare));
	if(list.used > 0)
		silence(mailbox);
	pthread_mutex_unlock(&mailbox->lock);
	return list;
}

static void give_back(gb_mailbox *mailbox, task_list list) {
	task *unwanted = list.tasks;
	list.used = 0;
	pthread_mutex_lock(&mailbox->lock);
	if(!mailbox->spare.tasks && list.size <= KEEP_SIZE) {
		mailbox->spare = list;
		unwanted = NULL;
	}
	pthread_mutex_unlock(&mailbox->lock);
	g_free(unwanted);
}

size_t gb_mailbox_run(gb_mailbox *mailbox) {
	task_list list = take_queue(mailbox);
	size_t count = list.used;
	for(size_t i = 0; i < count; i++)
		list.tasks[i].run(list.tasks[i].data);
	give_back(mailbox, list);
	return count;
}

void gb_mailbox_close(gb_mailbox *mailbox) {
	pthread_mutex_lock(&mailbox->lock);
	mailbox->closed = true;
	pthread_mutex_unlock(&mailbox->lock);
}

uint64_t gb_mailbox_refused(gb_mailbox *mailbox) {
	pthread_mutex_lock(&mailbox->lock);
	uint64_t refused = mailbox->refused;
	pthread_mutex_unlock(&mailbox->lock);
	return refused;
}
