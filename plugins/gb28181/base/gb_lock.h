/* gb_lock.h - the one kind of lock in this tree: a leaf.
 *
 * Nothing is called while a gb_lock is held but plain code of the same file, so there is no order
 * to get wrong (architecture notes 9). A pthread mutex, because ThreadSanitizer sees it. Use the
 * scoped form:
 *
 *     GB_LOCK_SCOPE(&object->lock);
 *
 * holds it until the end of the block, whichever way the block is left. */
#ifndef GB_LOCK_H
#define GB_LOCK_H

#include <glib.h>
#include <pthread.h>

typedef struct {
	pthread_mutex_t mutex;
} gb_lock;

static inline void gb_lock_init(gb_lock *lock) {
	pthread_mutex_init(&lock->mutex, NULL);
}

static inline void gb_lock_clear(gb_lock *lock) {
	pthread_mutex_destroy(&lock->mutex);
}

static inline gb_lock *gb_lock_enter(gb_lock *lock) {
	pthread_mutex_lock(&lock->mutex);
	return lock;
}

static inline void gb_lock_leave(gb_lock **lock) {
	pthread_mutex_unlock(&(*lock)->mutex);
}

#define GB_LOCK_SCOPE(lock)                                                                        \
	__attribute__((cleanup(gb_lock_leave), unused)) gb_lock *G_PASTE(gb_lock_held_, __LINE__) =    \
		gb_lock_enter(lock)

#endif
