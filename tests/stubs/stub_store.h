/* stub_store.h - what a test may ask of the disk in memory behind gb_store.h. */
#ifndef STUB_STORE_H
#define STUB_STORE_H

#include "gb28181/domain/gb_store.h"

typedef struct {
	unsigned writes; /**< changes that were handed to it */
} stub_store_counts;

/** An empty disk. */
void stub_store_format(void);
/** Frees it at the end of a test. */
void stub_store_forget(void);
const stub_store_counts *stub_store_counted(void);
unsigned stub_store_registrations(void);

#endif
