#include "os/heap.h"

#include <stdlib.h>

static void *heap_resize(tr_alloc *self, void *old, size_t old_size, size_t new_size)
{
    (void)self;
    (void)old_size;
    if (new_size == 0) {
        free(old);
        return NULL;
    }
    return realloc(old, new_size);
}

tr_alloc *tr_heap(void)
{
    static tr_alloc heap = {heap_resize};
    return &heap;
}
