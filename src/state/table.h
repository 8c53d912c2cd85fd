/* What the room's tables are made of: memory that is counted, entries that stay where they are, and
 * places that find them by a mark. */
#ifndef TR_STATE_TABLE_H
#define TR_STATE_TABLE_H

#include "base/base.h"
#include "field/u256.h"

/* An allocator that counts what is taken through it and stops at a limit.  Threads may share it;
 * the one below is then called by one of them at a time. */
typedef struct tr_counted {
    tr_alloc alloc;
    tr_alloc *from;
    size_t used, limit;
    bool full; /* the last request was refused for the limit */
    bool lock;
} tr_counted;
void tr_counted_init(tr_counted *memory, tr_alloc *from, size_t limit);

/* tr_counted_fail says why a request was refused: TR_E_LIMIT or TR_E_MEMORY. */
TR_NODISCARD tr_err tr_counted_fail(tr_trail *trail, const tr_counted *memory, const char *what);
#ifdef __clang_analyzer__ /* as in base/result.h: never TR_OK */
#define tr_counted_fail(trail, memory, what) (tr_counted_fail(trail, memory, what), TR_E_MEMORY)
#endif

/* Entries of one size, in chunks that grow.  They begin at a cache line when their size is a
 * multiple of one.  A reset keeps the memory. */
enum { TR_CACHE_LINE = 64 };
typedef struct tr_chunk tr_chunk;
struct tr_chunk {
    tr_chunk *next;
    uint8_t *entries;
    size_t count, size; /* size: bytes of it all */
};
typedef struct tr_chunks {
    tr_chunk *first, *at;
    size_t each, used; /* used: entries of at */
} tr_chunks;
void *tr_chunks_more(tr_chunks *chunks, tr_alloc *alloc);
void tr_chunks_reset(tr_chunks *chunks);
void tr_chunks_free(tr_chunks *chunks, tr_alloc *alloc);

/* tr_chunks_get gives an entry, not cleared, or NULL. */
static inline void *tr_chunks_get(tr_chunks *chunks, tr_alloc *alloc)
{
    if (TR_UNLIKELY(chunks->at == NULL || chunks->used == chunks->at->count))
        return tr_chunks_more(chunks, alloc);
    return chunks->at->entries + chunks->used++ * chunks->each;
}

/* How many entries of a chunk are in use. */
static inline size_t tr_chunks_used(const tr_chunks *chunks, const tr_chunk *chunk)
{
    return chunk == chunks->at ? chunks->used : chunk->count;
}

#define TR_CHUNKS_EACH(chunk, chunks)                                                              \
    for (const tr_chunk *chunk = (chunks)->at == NULL ? NULL : (chunks)->first; chunk != NULL;     \
         chunk = chunk == (chunks)->at ? NULL : chunk->next)

/* A table: open addressing, a power of two of places, at most half of them taken.  A place that is
 * not of the table's epoch is free, so that emptying the table is counting the epoch up. */
typedef struct tr_place {
    uint32_t mark, epoch;
    void *entry;
} tr_place;
typedef struct tr_table {
    tr_place *places;
    size_t capacity, count;
    uint32_t epoch;
} tr_table;
TR_NODISCARD bool tr_table_init(tr_table *table, tr_alloc *alloc);
void tr_table_free(tr_table *table, tr_alloc *alloc);
void tr_table_clear(tr_table *table);
TR_NODISCARD bool tr_table_grow(tr_table *table, tr_alloc *alloc);

/* tr_table_reserve makes room for one more. */
TR_NODISCARD static inline bool tr_table_reserve(tr_table *table, tr_alloc *alloc)
{
    return TR_LIKELY(table->count < table->capacity / 2) || tr_table_grow(table, alloc);
}

/* tr_table_put adds an entry that is not there; there is room. */
static inline void tr_table_put(tr_table *table, uint32_t mark, void *entry)
{
    size_t at = mark & (table->capacity - 1);
    while (table->places[at].epoch == table->epoch) at = (at + 1) & (table->capacity - 1);
    table->places[at] = (tr_place){mark, table->epoch, entry};
    table->count++;
}

/* tr_table_remove takes an entry out that is there. */
void tr_table_remove(tr_table *table, uint32_t mark, const void *entry);

/* A loop over the places that may hold what has this mark; it ends at the first free one. */
#define TR_TABLE_EACH(place, table, its_mark)                                                      \
    for (const tr_place *place = &(table)->places[(its_mark) & ((table)->capacity - 1)];           \
         place->epoch == (table)->epoch;                                                           \
         place = place + 1 == (table)->places + (table)->capacity ? (table)->places : place + 1)   \
        if (place->mark == (its_mark))

/* Marks.  The seed keeps who chooses keys from choosing where they collide. */
typedef struct tr_seed {
    uint64_t s[4];
} tr_seed;
tr_seed tr_seed_of(uint64_t number, const void *place);

static inline uint64_t tr_mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint32_t tr_address_mark(const tr_seed *seed, const tr_addr *address)
{
    uint64_t low = tr_load64le(address->b), high = tr_load64le(address->b + 8);
    uint64_t x = tr_mix(low ^ seed->s[0], high ^ seed->s[1]);
    x = tr_mix(x ^ tr_load32le(address->b + 16), seed->s[2]);
    return (uint32_t)(x ^ x >> 32);
}

static inline uint32_t tr_slot_mark(const tr_seed *seed, uint32_t owner, const tr_u256 *key)
{
    uint64_t x = tr_mix(key->w[0] ^ seed->s[0], key->w[1] ^ seed->s[1]);
    x += tr_mix(key->w[2] ^ seed->s[2], key->w[3] ^ seed->s[3] ^ owner);
    return (uint32_t)(x ^ x >> 32);
}

static inline bool tr_address_eq(const tr_addr *a, const tr_addr *b)
{
    return ((tr_load64le(a->b) ^ tr_load64le(b->b)) |
            (tr_load64le(a->b + 8) ^ tr_load64le(b->b + 8)) |
            (tr_load32le(a->b + 16) ^ tr_load32le(b->b + 16))) == 0;
}

/* Sorting by the first 64 bits, then as tie says. */
typedef struct tr_sorted {
    uint64_t head;
    const void *entry;
} tr_sorted;
typedef int tr_tie(const void *a, const void *b);

/* tr_sort_entries puts n items in order, with room for n more behind them. */
void tr_sort_entries(size_t n, tr_sorted items[], tr_tie *tie);

#endif
