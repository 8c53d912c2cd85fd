/* Where memory comes from: one function, behind which may stand the C library's heap, an arena,
 * a fixed piece, or a test that lets the n-th request fail. */
#ifndef TR_BASE_ALLOC_H
#define TR_BASE_ALLOC_H

#include <stddef.h>

#include "base/bits.h"
#include "base/result.h"

typedef struct tr_alloc tr_alloc;
struct tr_alloc {
    /* resize gives, grows, shrinks and takes back memory: old is NULL (and old_size 0) to ask
     * for new memory, new_size is 0 to give it back.  Returns NULL when there is none; old is
     * then untouched.  Memory is aligned for any type and not cleared. */
    void *(*resize)(tr_alloc *self, void *old, size_t old_size, size_t new_size);
};

static inline void *tr_alloc_get(tr_alloc *a, size_t size)
{
    return a->resize(a, NULL, 0, size);
}

static inline void tr_alloc_put(tr_alloc *a, void *memory, size_t size)
{
    if (memory != NULL) (void)a->resize(a, memory, size, 0);
}

/* tr_alloc_array is tr_alloc_get for count things of one size, NULL if the product overflows. */
static inline void *tr_alloc_array(tr_alloc *a, size_t count, size_t size)
{
    size_t total;
    return tr_mul_size(count, size, &total) ? tr_alloc_get(a, total) : NULL;
}

#endif
