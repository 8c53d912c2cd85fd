#include "base/arena.h"

/* The first block is small, so that a short request costs little; later ones double up to a size
 * from which the cost of a block no longer matters. */
enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

struct tr_arena_block {
    tr_arena_block *older;
    size_t size; /* of the whole piece, this header included */
    alignas(max_align_t) uint8_t bytes[];
};

static void *arena_resize(tr_alloc *self, void *old, size_t old_size, size_t new_size)
{
    tr_arena *arena = (tr_arena *)self;
    bool newest = old != NULL && (uint8_t *)old + old_size == arena->at;
    if (new_size == 0) {
        if (newest) {
            arena->at -= old_size;
            arena->used -= old_size;
        }
        return NULL;
    }
    if (newest) {
        if (new_size <= old_size) {
            arena->at -= old_size - new_size;
            arena->used -= old_size - new_size;
            return old;
        }
        size_t more = new_size - old_size;
        if (more <= (size_t)(arena->end - arena->at) && more <= arena->limit - arena->used) {
            arena->at += more;
            arena->used += more;
            return old;
        }
    } else if (new_size <= old_size) {
        return old;
    }
    void *fresh = tr_arena_get(arena, new_size, alignof(max_align_t));
    if (fresh != NULL && old != NULL) memcpy(fresh, old, TR_MIN(old_size, new_size));
    return fresh;
}

void tr_arena_init(tr_arena *arena, tr_alloc *from, size_t limit)
{
    *arena = (tr_arena){.alloc = {arena_resize}, .from = from, .limit = limit};
}

void tr_arena_init_fixed(tr_arena *arena, void *memory, size_t size)
{
    *arena = (tr_arena){.alloc = {arena_resize}, .limit = size};
    arena->start = arena->at = memory;
    arena->end = arena->at + size;
}

/* Opens a block with room for size bytes at any alignment up to align. */
static bool open_block(tr_arena *arena, size_t size, size_t align)
{
    if (arena->from == NULL) return false;
    size_t want = arena->blocks == NULL ? FIRST_BLOCK : arena->blocks->size * 2;
    if (want > LARGEST_BLOCK) want = LARGEST_BLOCK;
    size_t need;
    if (!tr_add_size(size, sizeof(tr_arena_block) + align, &need)) return false;
    if (want < need) want = need;
    tr_arena_block *block = tr_alloc_get(arena->from, want);
    if (block == NULL && want > need) block = tr_alloc_get(arena->from, want = need);
    if (block == NULL) return false;
    block->older = arena->blocks;
    block->size = want;
    arena->blocks = block;
    arena->at = block->bytes;
    arena->end = (uint8_t *)block + want;
    return true;
}

void *tr_arena_get(tr_arena *arena, size_t size, size_t align)
{
    TR_ASSERT(align != 0 && (align & (align - 1)) == 0);
    if (size > arena->limit - arena->used) return NULL;
    size_t gap = (size_t)(-(uintptr_t)arena->at & (align - 1));
    size_t room = (size_t)(arena->end - arena->at);
    if (arena->at == NULL || gap > room || size > room - gap) {
        if (!open_block(arena, size, align)) return NULL;
        gap = (size_t)(-(uintptr_t)arena->at & (align - 1));
    }
    uint8_t *memory = arena->at + gap;
    arena->at = memory + size;
    arena->used += size;
    return memory;
}

void *tr_arena_array(tr_arena *arena, size_t count, size_t size, size_t align)
{
    size_t total;
    return tr_mul_size(count, size, &total) ? tr_arena_get(arena, total, align) : NULL;
}

tr_bytes tr_arena_copy(tr_arena *arena, tr_bytes bytes)
{
    uint8_t *to = tr_arena_get(arena, bytes.len, 1);
    if (to == NULL) return (tr_bytes){NULL, 0};
    if (bytes.len != 0) memcpy(to, bytes.data, bytes.len);
    return (tr_bytes){to, bytes.len};
}

tr_arena_mark tr_arena_save(const tr_arena *arena)
{
    return (tr_arena_mark){arena->blocks, arena->at, arena->used};
}

static void drop_newest(tr_arena *arena)
{
    tr_arena_block *block = arena->blocks;
    arena->blocks = block->older;
    tr_alloc_put(arena->from, block, block->size);
}

void tr_arena_rewind(tr_arena *arena, tr_arena_mark mark)
{
    while (arena->blocks != mark.block) drop_newest(arena);
    arena->at = mark.at;
    arena->used = mark.used;
    if (arena->blocks != NULL)
        arena->end = (uint8_t *)arena->blocks + arena->blocks->size;
    else if (arena->start == NULL)
        arena->end = NULL;
}

void tr_arena_reset(tr_arena *arena)
{
    while (arena->blocks != NULL && arena->blocks->older != NULL) {
        tr_arena_block *newest = arena->blocks;
        tr_arena_block *older = newest->older;
        newest->older = older->older;
        tr_alloc_put(arena->from, older, older->size);
    }
    arena->used = 0;
    arena->at = arena->blocks != NULL ? arena->blocks->bytes : arena->start;
}

void tr_arena_free(tr_arena *arena)
{
    while (arena->blocks != NULL) drop_newest(arena);
    arena->used = 0;
    arena->at = arena->start;
    if (arena->start == NULL) arena->end = NULL;
}
