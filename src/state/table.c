#include "state/table.h"

enum { FIRST_PLACES = 32, FIRST_ENTRIES = 8, MOST_ENTRIES = 4096 };

/* Threads exist only on a host; there they take turns here. */
static void lock(tr_counted *memory)
{
#if __STDC_HOSTED__
    while (__atomic_test_and_set(&memory->lock, __ATOMIC_ACQUIRE)) {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    }
#else
    (void)memory;
#endif
}

static void unlock(tr_counted *memory)
{
#if __STDC_HOSTED__
    __atomic_clear(&memory->lock, __ATOMIC_RELEASE);
#else
    (void)memory;
#endif
}

static void *counted_resize(tr_alloc *self, void *old, size_t old_size, size_t new_size)
{
    tr_counted *memory = (tr_counted *)self;
    void *fresh = NULL;
    lock(memory);
    if (new_size > old_size && new_size - old_size > memory->limit - memory->used) {
        memory->full = true;
    } else {
        fresh = memory->from->resize(memory->from, old, old_size, new_size);
        if (fresh != NULL || new_size == 0) memory->used += new_size - old_size;
        memory->full = false;
    }
    unlock(memory);
    return fresh;
}

void tr_counted_init(tr_counted *memory, tr_alloc *from, size_t limit)
{
    *memory = (tr_counted){.alloc = {counted_resize}, .from = from, .limit = limit};
}

tr_err(tr_counted_fail)(tr_trail *trail, const tr_counted *memory, const char *what)
{
    if (memory->full)
        return tr_fail(trail, TR_E_LIMIT, "%s: the limit of %zu bytes is reached", what,
                       memory->limit);
    return tr_fail(trail, TR_E_MEMORY, "%s: no memory", what);
}

static tr_chunk *new_chunk(tr_chunks *chunks, tr_alloc *alloc)
{
    size_t count = chunks->at == NULL ? FIRST_ENTRIES : TR_MIN(2 * chunks->at->count, MOST_ENTRIES);
    size_t size = sizeof(tr_chunk) + TR_CACHE_LINE + count * chunks->each;
    tr_chunk *chunk = tr_alloc_get(alloc, size);
    if (chunk == NULL) return NULL;
    uint8_t *entries = (uint8_t *)(chunk + 1);
    entries += -(uintptr_t)entries & (TR_CACHE_LINE - 1);
    *chunk = (tr_chunk){NULL, entries, count, size};
    if (chunks->at == NULL)
        chunks->first = chunk;
    else
        chunks->at->next = chunk;
    return chunk;
}

void *tr_chunks_more(tr_chunks *chunks, tr_alloc *alloc)
{
    tr_chunk *next = chunks->at == NULL ? chunks->first : chunks->at->next;
    if (next == NULL) next = new_chunk(chunks, alloc);
    if (next == NULL) return NULL;
    chunks->at = next;
    chunks->used = 1;
    return next->entries;
}

void tr_chunks_reset(tr_chunks *chunks)
{
    chunks->at = NULL;
    chunks->used = 0;
}

void tr_chunks_free(tr_chunks *chunks, tr_alloc *alloc)
{
    for (tr_chunk *chunk = chunks->first, *next; chunk != NULL; chunk = next) {
        next = chunk->next;
        tr_alloc_put(alloc, chunk, chunk->size);
    }
    chunks->first = NULL;
    tr_chunks_reset(chunks);
}

static tr_place *new_places(tr_alloc *alloc, size_t capacity)
{
    tr_place *places = tr_alloc_array(alloc, capacity, sizeof(*places));
    if (places != NULL) memset(places, 0, capacity * sizeof(*places));
    return places;
}

bool tr_table_init(tr_table *table, tr_alloc *alloc)
{
    *table = (tr_table){new_places(alloc, FIRST_PLACES), FIRST_PLACES, 0, 1};
    return table->places != NULL;
}

void tr_table_free(tr_table *table, tr_alloc *alloc)
{
    tr_alloc_put(alloc, table->places, table->capacity * sizeof(tr_place));
    *table = (tr_table){0};
}

void tr_table_clear(tr_table *table)
{
    table->count = 0;
    if (++table->epoch != 0) return;
    memset(table->places, 0, table->capacity * sizeof(tr_place));
    table->epoch = 1;
}

bool tr_table_grow(tr_table *table, tr_alloc *alloc)
{
    if (table->capacity > UINT32_MAX) return false; /* marks could tell no more of them apart */
    tr_table bigger = {new_places(alloc, 2 * table->capacity), 2 * table->capacity, 0, 1};
    if (bigger.places == NULL) return false;
    for (size_t i = 0; i < table->capacity; i++) {
        const tr_place *place = &table->places[i];
        if (place->epoch == table->epoch) tr_table_put(&bigger, place->mark, place->entry);
    }
    tr_table_free(table, alloc);
    *table = bigger;
    return true;
}

void tr_table_remove(tr_table *table, uint32_t mark, const void *entry)
{
    size_t mask = table->capacity - 1, hole = mark & mask;
    while (table->places[hole].entry != entry || table->places[hole].epoch != table->epoch)
        hole = (hole + 1) & mask;
    /* What comes behind moves up, unless it would then lie before where it begins to be sought. */
    for (size_t at = (hole + 1) & mask; table->places[at].epoch == table->epoch;
         at = (at + 1) & mask) {
        size_t home = table->places[at].mark & mask;
        if (((at - home) & mask) < ((at - hole) & mask)) continue;
        table->places[hole] = table->places[at];
        hole = at;
    }
    table->places[hole] = (tr_place){0};
    table->count--;
}

tr_seed tr_seed_of(uint64_t number, const void *place)
{
    tr_seed seed;
    uint64_t x = number ^ (uint64_t)(uintptr_t)place * 0x9e3779b97f4a7c15;
    for (unsigned i = 0; i < 4; i++) {
        x += 0x9e3779b97f4a7c15;
        uint64_t y = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
        y = (y ^ y >> 27) * 0x94d049bb133111eb;
        seed.s[i] = (y ^ y >> 31) | (i == 2); /* a factor, in one of its uses */
    }
    return seed;
}

/* Items go to buckets by their first bits, and each bucket is put in order by itself. */
enum { BUCKET_BITS = 8, FEW = 24 };

static bool before(const tr_sorted *a, const tr_sorted *b, tr_tie *tie)
{
    return a->head != b->head ? a->head < b->head : tie(a->entry, b->entry) < 0;
}

static void insertion_sort(size_t n, tr_sorted items[], tr_tie *tie)
{
    for (size_t i = 1; i < n; i++) {
        tr_sorted x = items[i];
        size_t j = i;
        for (; j > 0 && before(&x, &items[j - 1], tie); j--) items[j] = items[j - 1];
        items[j] = x;
    }
}

static void merge_sort(size_t n, tr_sorted items[], tr_sorted other[], tr_tie *tie)
{
    if (n <= FEW) {
        insertion_sort(n, items, tie);
        return;
    }
    size_t half = n / 2, a = 0, b = half, to = 0;
    merge_sort(half, items, other, tie);
    merge_sort(n - half, items + half, other + half, tie);
    if (!before(&items[half], &items[half - 1], tie)) return;
    memcpy(other, items, n * sizeof(*items));
    while (a < half && b < n)
        items[to++] = before(&other[b], &other[a], tie) ? other[b++] : other[a++];
    while (a < half) items[to++] = other[a++];
    while (b < n) items[to++] = other[b++];
}

static void bucket_sort(size_t n, tr_sorted items[], tr_sorted other[], unsigned shift, tr_tie *tie)
{
    uint32_t ends[1 << BUCKET_BITS] = {0};
    size_t from = 0;
    if (n <= FEW * 4 || n > UINT32_MAX) {
        merge_sort(n, items, other, tie);
        return;
    }
    for (size_t i = 0; i < n; i++) ends[items[i].head >> shift & ((1 << BUCKET_BITS) - 1)]++;
    for (size_t b = 0; b < TR_COUNTOF(ends); b++) {
        if (ends[b] == n) { /* one bucket: these bits tell nothing */
            merge_sort(n, items, other, tie);
            return;
        }
        size_t count = ends[b];
        ends[b] = (uint32_t)from;
        from += count;
    }
    for (size_t i = 0; i < n; i++)
        other[ends[items[i].head >> shift & ((1 << BUCKET_BITS) - 1)]++] = items[i];
    memcpy(items, other, n * sizeof(*items));
    from = 0;
    for (size_t b = 0; b < TR_COUNTOF(ends); b++) {
        size_t count = ends[b] - from;
        if (count > 1 && shift == 64 - BUCKET_BITS)
            bucket_sort(count, items + from, other + from, shift - BUCKET_BITS, tie);
        else if (count > 1)
            merge_sort(count, items + from, other + from, tie);
        from = ends[b];
    }
}

void tr_sort_entries(size_t n, tr_sorted items[], tr_tie *tie)
{
    bucket_sort(n, items, items + n, 64 - BUCKET_BITS, tie);
}
