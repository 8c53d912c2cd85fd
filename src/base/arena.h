/* Arenas: a unit of work (a request, a batch, a block) takes its memory here, and everything made
 * for it dies with it.  An arena is itself an allocator (&arena->alloc), so that a buffer can grow
 * in it.  It never gives out more than its limit. */
#ifndef TR_BASE_ARENA_H
#define TR_BASE_ARENA_H

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "base/bytes.h"

typedef struct tr_arena_block tr_arena_block;

typedef struct tr_arena {
    tr_alloc alloc;         /* this arena as an allocator; giving back the newest piece frees it */
    tr_alloc *from;         /* where blocks come from; NULL: only the memory given at the start */
    tr_arena_block *blocks; /* newest first */
    uint8_t *at, *end;      /* the free part of the newest block */
    uint8_t *start;         /* of the first piece, if the caller gave it */
    size_t used, limit;     /* bytes taken in all blocks, and how many may be */
} tr_arena;

typedef struct tr_arena_mark {
    tr_arena_block *block;
    uint8_t *at;
    size_t used;
} tr_arena_mark;

/* tr_arena_init makes an empty arena over from; limit bounds the sum of all requests. */
void tr_arena_init(tr_arena *arena, tr_alloc *from, size_t limit);

/* tr_arena_init_fixed makes an arena in memory that the caller supplies and keeps; it never asks
 * for more. */
void tr_arena_init_fixed(tr_arena *arena, void *memory, size_t size);

/* tr_arena_get gives size bytes at the alignment (a power of two), not cleared, or NULL when the
 * limit or the memory is at its end.  A size of 0 gives a pointer that may not be read. */
void *tr_arena_get(tr_arena *arena, size_t size, size_t align);

/* tr_arena_array is tr_arena_get for count things; NULL too if the product overflows. */
void *tr_arena_array(tr_arena *arena, size_t count, size_t size, size_t align);

#define TR_ARENA_NEW(arena, type) ((type *)tr_arena_get((arena), sizeof(type), alignof(type)))
#define TR_ARENA_ARRAY(arena, type, count)                                                         \
    ((type *)tr_arena_array((arena), (count), sizeof(type), alignof(type)))

/* tr_arena_copy copies bytes into the arena; the view has data NULL when there is no room. */
tr_bytes tr_arena_copy(tr_arena *arena, tr_bytes bytes);

/* tr_arena_save and tr_arena_rewind take back everything given out between the two. */
tr_arena_mark tr_arena_save(const tr_arena *arena);
void tr_arena_rewind(tr_arena *arena, tr_arena_mark mark);

/* tr_arena_reset forgets everything given out and keeps the newest block for the next use. */
void tr_arena_reset(tr_arena *arena);

/* tr_arena_free gives all blocks back.  The arena is empty and can be used again. */
void tr_arena_free(tr_arena *arena);

#endif
