/* Changes, put in the order of their keys.
 *
 * Keys are spread into buckets by their first bits, about one for each; what is in a bucket is put
 * in order by insertion, or merged when it is much (keys with a common beginning). */
#include "hash/keccak.h"
#include "trie/mpt_internal.h"

enum { MOST_BITS = 16, BY_INSERTION = 24, PIECE = 64, CHUNK = 4096, AHEAD = 16 };

/* The key's bytes after the first eight decide. */
static int compare_rest(const tr_mpt_item *a, const tr_mpt_item *b)
{
    size_t a_len = a->len / 2, b_len = b->len / 2;
    if (a_len > 8 && b_len > 8) {
        int c = memcmp(a->key + 8, b->key + 8, TR_MIN(a_len, b_len) - 8);
        if (c != 0) return c;
    }
    return (a_len > b_len) - (a_len < b_len);
}

static inline bool before(const tr_mpt_item *a, const tr_mpt_item *b)
{
    if (TR_LIKELY(a->head != b->head)) return a->head < b->head;
    return compare_rest(a, b) < 0;
}

static void insertion_sort(tr_mpt_item *items, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (!before(&items[i], &items[i - 1])) continue;
        tr_mpt_item x = items[i];
        size_t j = i;
        do {
            items[j] = items[j - 1];
            j--;
        } while (j > 0 && before(&x, &items[j - 1]));
        items[j] = x;
    }
}

/* Stable, with room for n items in other. */
static void merge_sort(tr_mpt_item *items, tr_mpt_item *other, size_t n)
{
    if (n <= BY_INSERTION) {
        insertion_sort(items, n);
        return;
    }
    size_t half = n / 2, a = 0, b = half, to = 0;
    merge_sort(items, other, half);
    merge_sort(items + half, other + half, n - half);
    memcpy(other, items, n * sizeof(*items));
    while (a < half && b < n) items[to++] = before(&other[b], &other[a]) ? other[b++] : other[a++];
    while (a < half) items[to++] = other[a++];
    while (b < n) items[to++] = other[b++];
}

/* From items to other by the first bits, then each bucket in order; items serves as scratch. */
static void sort(tr_mpt_item *items, tr_mpt_item *other, uint32_t *starts, unsigned bits, size_t n)
{
    size_t buckets = (size_t)1 << bits;
    unsigned shift = 64 - bits;
    memset(starts, 0, (buckets + 1) * sizeof(*starts));
    for (size_t i = 0; i < n; i++) starts[(items[i].head >> shift) + 1]++;
    for (size_t b = 0; b < buckets; b++) starts[b + 1] += starts[b];
    for (size_t i = 0; i < n; i++) other[starts[items[i].head >> shift]++] = items[i];
    size_t from = 0;
    for (size_t b = 0; b < buckets; b++) {
        size_t to = starts[b]; /* moved on to the bucket's end */
        if (to - from > 1) merge_sort(other + from, items + from, to - from);
        from = to;
    }
}

typedef struct filling {
    const tr_trie_change *changes;
    tr_mpt_item *items;
    tr_hash *hashes; /* of the keys, in a secure trie */
    size_t n;
} filling;

static uint64_t head_of(const uint8_t *key, size_t len)
{
    uint8_t first[8] = {0};
    if (len >= 8) return tr_load64be(key);
    if (len != 0) memcpy(first, key, len);
    return tr_load64be(first);
}

static void hash_keys(const filling *f, size_t from, size_t to)
{
    tr_bytes keys[PIECE];
    for (size_t i = from; i < to; i += PIECE) {
        size_t count = TR_MIN(to - i, (size_t)PIECE);
        for (size_t k = 0; k < count; k++) keys[k] = f->changes[i + k].key;
        tr_keccak256_many(count, keys, f->hashes + i);
    }
}

static void fill_chunk(void *context, size_t index)
{
    const filling *f = context;
    size_t from = index * CHUNK, to = TR_MIN(from + CHUNK, f->n);
    if (f->hashes != NULL) hash_keys(f, from, to);
    for (size_t i = from; i < to; i++) {
        tr_bytes key = f->changes[i].key, value = f->changes[i].value;
        if (f->hashes != NULL)
            key = TR_VIEW(f->hashes[i].b);
        else if (i + AHEAD < to)
            __builtin_prefetch(f->changes[i + AHEAD].key.data);
        f->items[i] = (tr_mpt_item){head_of(key.data, key.len), key.data, value.data,
                                    (uint32_t)value.len, (uint8_t)(2 * key.len)};
    }
}

static tr_err check(tr_trail *trail, const tr_trie *trie, size_t n, const tr_trie_change changes[])
{
    for (size_t i = 0; i < n; i++) {
        if (changes[i].key.len > TR_TRIE_KEY_MAX && !trie->secure)
            return tr_fail(trail, TR_E_ARGUMENT, "a trie's key of %zu bytes: at most %d",
                           changes[i].key.len, TR_TRIE_KEY_MAX);
        if (changes[i].value.len > INT32_MAX)
            return tr_fail(trail, TR_E_ARGUMENT, "a trie's value of %zu bytes",
                           changes[i].value.len);
    }
    return TR_OK;
}

/* Of equal keys the last stays. */
static size_t unique(tr_mpt_item *items, size_t n)
{
    size_t to = 0;
    for (size_t i = 0; i < n; i++) {
        if (to != 0 && !before(&items[to - 1], &items[i])) to--;
        items[to++] = items[i];
    }
    return to;
}

static void *sorting_memory(tr_trie *trie, size_t size)
{
    if (size > trie->sorting_size) {
        tr_alloc_put(trie->alloc, trie->sorting, trie->sorting_size);
        trie->sorting = tr_alloc_get(trie->alloc, size);
        trie->sorting_size = trie->sorting == NULL ? 0 : size;
    }
    return trie->sorting;
}

tr_err tr_mpt_sort(tr_trail *trail, tr_trie *trie, tr_exec *exec, size_t n,
                   const tr_trie_change changes[], tr_mpt_item **items, size_t *count)
{
    TR_TRY(check(trail, trie, n, changes));
    unsigned bits = 1;
    while (bits < MOST_BITS && (size_t)1 << bits < n) bits++;
    size_t each = 2 * sizeof(tr_mpt_item) + (trie->secure ? sizeof(tr_hash) : 0);
    size_t starts = (((size_t)1 << bits) + 1) * sizeof(uint32_t), size;
    uint8_t *memory = NULL;
    if (n <= UINT32_MAX && tr_mul_size(n, each, &size) && tr_add_size(size, starts, &size))
        memory = sorting_memory(trie, size);
    if (memory == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory to sort %zu changes", n);
    filling f = {changes, (tr_mpt_item *)memory, NULL, n};
    tr_mpt_item *other = f.items + n;
    if (trie->secure) f.hashes = (tr_hash *)(other + n);
    tr_exec_run(exec, (n + CHUNK - 1) / CHUNK, fill_chunk, &f);
    if (n <= BY_INSERTION) {
        insertion_sort(f.items, n);
        *items = f.items;
    } else {
        sort(f.items, other, (uint32_t *)(memory + n * each), bits, n);
        *items = other;
    }
    *count = unique(*items, n);
    return TR_OK;
}
