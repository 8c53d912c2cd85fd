/* The memory of a trie: blocks, cut into pieces that are kept in lists by size. */
#include "trie/mpt_internal.h"

enum { SMALL_BLOCK = 1024, GROWING = 256 << 10, LARGEST_BLOCK = 64 << 20 };

struct tr_mpt_block {
    alignas(TR_MPT_UNIT) tr_mpt_block *next;
    size_t size;
};

struct tr_mpt_large {
    alignas(TR_MPT_UNIT) tr_mpt_large *next, *previous;
    size_t size;
};

/* Workers run in threads only on a host; there they take turns here. */
static void lock(tr_trie *trie)
{
#if __STDC_HOSTED__
    while (__atomic_test_and_set(&trie->lock, __ATOMIC_ACQUIRE)) {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    }
#else
    (void)trie;
#endif
}

static void unlock(tr_trie *trie)
{
#if __STDC_HOSTED__
    __atomic_clear(&trie->lock, __ATOMIC_RELEASE);
#else
    (void)trie;
#endif
}

static unsigned class_of(size_t size)
{
    if (size <= TR_MPT_FINE) return (unsigned)((size + TR_MPT_UNIT - 1) / TR_MPT_UNIT) - 1;
    return (unsigned)(TR_MPT_FINE / TR_MPT_UNIT +
                      (size - TR_MPT_FINE + TR_MPT_COARSE - 1) / TR_MPT_COARSE - 1);
}

size_t tr_mpt_class_size(size_t size)
{
    size_t step = size <= TR_MPT_FINE ? TR_MPT_UNIT : TR_MPT_COARSE;
    if (size > TR_MPT_LARGE) return size;
    return (size + step - 1) / step * step;
}

tr_err tr_mpt_no_memory(tr_mpt_worker *w, size_t size)
{
    const tr_trie *trie = w->trie;
    size_t left = trie->limit - trie->reserved;
    if (size >= left || left - size < sizeof(tr_mpt_large) + TR_MPT_UNIT)
        return tr_fail(w->trail, TR_E_LIMIT, "a trie has reached its limit of %zu bytes",
                       trie->limit);
    return tr_fail(w->trail, TR_E_MEMORY, "no memory for a trie's nodes");
}

/* Takes memory within the limit; the lock is held. */
static void *reserve(tr_trie *trie, size_t size)
{
    if (size > trie->limit - trie->reserved) return NULL;
    void *memory = tr_alloc_get(trie->alloc, size);
    if (memory != NULL) trie->reserved += size;
    return memory;
}

/* A block for the worker, of at least size bytes.  Blocks grow with the trie. */
static bool take_block(tr_mpt_worker *w, size_t size)
{
    tr_trie *trie = w->trie;
    lock(trie);
    size_t least = size + sizeof(tr_mpt_block), left = trie->limit - trie->reserved;
    size_t share = w == &trie->main ? 8 : 4 * TR_MPT_WAYS;
    size_t wanted = TR_MAX(TR_MIN(trie->reserved, (size_t)GROWING), (size_t)SMALL_BLOCK);
    wanted = TR_MAX(wanted, TR_MIN(trie->reserved / share, (size_t)LARGEST_BLOCK));
    wanted = TR_MAX(TR_MIN(wanted, left), least) & ~(size_t)(TR_MPT_UNIT - 1);
    tr_mpt_block *block = reserve(trie, wanted);
    if (block != NULL) {
        *block = (tr_mpt_block){trie->blocks, wanted};
        trie->blocks = block;
        w->at = (uint8_t *)(block + 1);
        w->end = (uint8_t *)block + wanted;
    }
    unlock(trie);
    return block != NULL;
}

static void *take_large(tr_mpt_worker *w, size_t size)
{
    tr_trie *trie = w->trie;
    size_t total;
    if (!tr_add_size(size, sizeof(tr_mpt_large), &total)) return NULL;
    lock(trie);
    tr_mpt_large *large = reserve(trie, total);
    if (large != NULL) {
        *large = (tr_mpt_large){trie->large, NULL, total};
        if (trie->large != NULL) trie->large->previous = large;
        trie->large = large;
    }
    unlock(trie);
    return large == NULL ? NULL : large + 1;
}

static void give_large(tr_mpt_worker *w, void *memory)
{
    tr_trie *trie = w->trie;
    tr_mpt_large *large = (tr_mpt_large *)memory - 1;
    lock(trie);
    if (large->next != NULL) large->next->previous = large->previous;
    if (large->previous != NULL)
        large->previous->next = large->next;
    else
        trie->large = large->next;
    trie->reserved -= large->size;
    tr_alloc_put(trie->alloc, large, large->size);
    unlock(trie);
}

void *tr_mpt_get(tr_mpt_worker *w, size_t size)
{
    void *memory;
    size_t taken = tr_mpt_class_size(size);
    if (TR_UNLIKELY(size > TR_MPT_LARGE)) {
        memory = take_large(w, size);
    } else {
        void **list = &w->free[class_of(size)];
        memory = *list;
        if (memory != NULL) {
            memcpy(list, memory, sizeof(void *));
        } else {
            if (taken > (size_t)(w->end - w->at) && !take_block(w, taken)) return NULL;
            memory = w->at;
            w->at += taken;
        }
    }
    if (memory != NULL) w->bytes += (int64_t)taken;
    return memory;
}

void tr_mpt_put(tr_mpt_worker *w, void *memory, size_t size)
{
    w->bytes -= (int64_t)tr_mpt_class_size(size);
    if (TR_UNLIKELY(size > TR_MPT_LARGE)) {
        give_large(w, memory);
        return;
    }
    void **list = &w->free[class_of(size)];
    memcpy(memory, list, sizeof(void *));
    *list = memory;
}

void *tr_mpt_scratch(tr_trie *trie, void *old, size_t old_size, size_t new_size)
{
    lock(trie);
    void *memory = trie->alloc->resize(trie->alloc, old, old_size, new_size);
    unlock(trie);
    return memory;
}

tr_err tr_mpt_workers(tr_trail *trail, tr_trie *trie)
{
    if (trie->others == NULL) {
        size_t size = TR_MPT_WAYS * sizeof(tr_mpt_worker);
        trie->others = tr_alloc_get(trie->alloc, size);
        if (trie->others == NULL)
            return tr_fail(trail, TR_E_MEMORY, "no memory for a trie's workers");
        memset(trie->others, 0, size);
    }
    for (size_t i = 0; i < TR_MPT_WAYS; i++) {
        tr_mpt_worker *w = &trie->others[i];
        w->trie = trie;
        w->trail = trail == NULL ? NULL : &w->own_trail;
    }
    return TR_OK;
}

static void forget_pieces(tr_mpt_worker *w)
{
    memset(w->free, 0, sizeof(w->free));
    w->at = w->end = NULL;
    w->gone = NULL;
    w->bytes = w->nodes = w->leaves = 0;
}

static void give_blocks(tr_trie *trie)
{
    while (trie->blocks != NULL) {
        tr_mpt_block *block = trie->blocks;
        trie->blocks = block->next;
        tr_alloc_put(trie->alloc, block, block->size);
    }
    while (trie->large != NULL) {
        tr_mpt_large *large = trie->large;
        trie->large = large->next;
        tr_alloc_put(trie->alloc, large, large->size);
    }
    trie->reserved = 0;
}

static void give_scratch(tr_mpt_worker *w)
{
    tr_alloc *alloc = w->trie->alloc;
    tr_alloc_put(alloc, w->tasks, w->task_capacity * sizeof(tr_mpt_task));
    tr_alloc_put(alloc, w->encodings, w->encodings_size);
    w->tasks = NULL;
    w->encodings = NULL;
    w->task_capacity = w->encodings_size = 0;
}

void tr_mpt_trim(tr_trie *trie)
{
    int64_t bytes = trie->main.bytes;
    give_scratch(&trie->main);
    for (size_t i = 0; i < TR_MPT_WAYS && trie->others != NULL; i++) {
        bytes += trie->others[i].bytes;
        give_scratch(&trie->others[i]);
    }
    tr_alloc_put(trie->alloc, trie->sorting, trie->sorting_size);
    trie->sorting = NULL;
    trie->sorting_size = 0;
    if (bytes != 0) return;
    give_blocks(trie);
    forget_pieces(&trie->main);
    for (size_t i = 0; i < TR_MPT_WAYS && trie->others != NULL; i++)
        forget_pieces(&trie->others[i]);
}

void tr_mpt_release(tr_trie *trie)
{
    give_blocks(trie);
    give_scratch(&trie->main);
    for (size_t i = 0; i < TR_MPT_WAYS && trie->others != NULL; i++) give_scratch(&trie->others[i]);
    tr_alloc_put(trie->alloc, trie->others, TR_MPT_WAYS * sizeof(tr_mpt_worker));
    tr_alloc_put(trie->alloc, trie->sorting, trie->sorting_size);
}
