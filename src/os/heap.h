/* The C library's heap as an allocator. */
#ifndef TR_OS_HEAP_H
#define TR_OS_HEAP_H

#include "base/alloc.h"

/* tr_heap is the process's allocator; it is never freed and any thread may use it. */
tr_alloc *tr_heap(void);

#endif
