#include "trie/nodes.h"

#include "hash/keccak.h"

enum { PIECE = 64, FIRST_SLOTS = 64 };

/* A table of encodings by hash: open addressing, a power of two, at most half full. */
typedef struct tr_trie_slot {
    tr_hash hash;
    tr_bytes encoding; /* data NULL: free */
} slot;

static slot *find_slot(slot *slots, size_t capacity, const tr_hash *hash)
{
    size_t at = (size_t)tr_load64le(hash->b) & (capacity - 1);
    while (slots[at].encoding.data != NULL && memcmp(&slots[at].hash, hash, sizeof(*hash)) != 0)
        at = (at + 1) & (capacity - 1);
    return &slots[at];
}

static slot *new_slots(tr_arena *arena, size_t capacity)
{
    slot *slots = TR_ARENA_ARRAY(arena, slot, capacity);
    if (slots != NULL) memset(slots, 0, capacity * sizeof(*slots));
    return slots;
}

static tr_err missing(tr_trail *trail, const tr_path *path)
{
    return tr_fail(trail, TR_E_TRIE_MISSING, "the trie node at a path of %u nibbles is not there",
                   path->len);
}

static tr_err witness_load(tr_trie_source *self, tr_trail *trail, const tr_path *path,
                           const tr_hash *hash, tr_bytes *out)
{
    const tr_trie_witness *witness = (const tr_trie_witness *)self;
    *out = find_slot(witness->slots, witness->capacity, hash)->encoding;
    return out->data == NULL ? missing(trail, path) : TR_OK;
}

tr_err tr_trie_witness_init(tr_trail *trail, tr_trie_witness *witness, tr_arena *arena, size_t n,
                            const tr_bytes encodings[])
{
    size_t capacity = FIRST_SLOTS;
    while (capacity / 2 < n && capacity <= SIZE_MAX / 4) capacity *= 2;
    slot *slots = new_slots(arena, capacity);
    if (slots == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a witness");
    *witness = (tr_trie_witness){{witness_load}, arena, slots, capacity, 0};
    for (size_t from = 0; from < n; from += PIECE) {
        tr_hash hashes[PIECE];
        size_t count = TR_MIN(n - from, (size_t)PIECE);
        tr_keccak256_many(count, encodings + from, hashes);
        for (size_t i = 0; i < count; i++) {
            slot *s = find_slot(slots, capacity, &hashes[i]);
            if (s->encoding.data != NULL || encodings[from + i].len == 0) continue;
            *s = (slot){hashes[i], encodings[from + i]};
            witness->count++;
        }
    }
    return TR_OK;
}

/* The recorder.  Several threads may load; they take turns where something is written down. */
static void lock(tr_trie_recorder *recorder)
{
#if __STDC_HOSTED__
    while (__atomic_test_and_set(&recorder->lock, __ATOMIC_ACQUIRE)) {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
    }
#else
    (void)recorder;
#endif
}

static void unlock(tr_trie_recorder *recorder)
{
#if __STDC_HOSTED__
    __atomic_clear(&recorder->lock, __ATOMIC_RELEASE);
#else
    (void)recorder;
#endif
}

static bool make_room(tr_trie_recorder *r)
{
    if (r->count < r->capacity / 2) return true;
    slot *slots = new_slots(r->arena, 2 * r->capacity);
    if (slots == NULL) return false;
    for (size_t i = 0; i < r->capacity; i++) {
        const slot *s = &r->slots[i];
        if (s->encoding.data != NULL) *find_slot(slots, 2 * r->capacity, &s->hash) = *s;
    }
    r->slots = slots;
    r->capacity *= 2;
    return true;
}

static bool record(tr_trie_recorder *r, const tr_hash *hash, tr_bytes encoding)
{
    if (!make_room(r)) return false;
    slot *s = find_slot(r->slots, r->capacity, hash);
    if (s->encoding.data != NULL) return true;
    tr_bytes copy = tr_arena_copy(r->arena, encoding);
    if (copy.data == NULL) return false;
    *s = (slot){*hash, copy};
    r->count++;
    return true;
}

static tr_err load_recorded(tr_trie_recorder *recorder, tr_trie_source *from, tr_trail *trail,
                            const tr_path *path, const tr_hash *hash, tr_bytes *out)
{
    TR_TRY(from->load(from, trail, path, hash, out));
    lock(recorder);
    bool recorded = record(recorder, hash, *out);
    unlock(recorder);
    return recorded ? TR_OK : tr_fail(trail, TR_E_MEMORY, "no memory to record a trie node");
}

static tr_err recorder_load(tr_trie_source *self, tr_trail *trail, const tr_path *path,
                            const tr_hash *hash, tr_bytes *out)
{
    tr_trie_recorder *recorder = (tr_trie_recorder *)self;
    return load_recorded(recorder, recorder->from, trail, path, hash, out);
}

static tr_err door_load(tr_trie_source *self, tr_trail *trail, const tr_path *path,
                        const tr_hash *hash, tr_bytes *out)
{
    const tr_trie_recorder_door *door = (const tr_trie_recorder_door *)self;
    return load_recorded(door->recorder, door->from, trail, path, hash, out);
}

void tr_trie_recorder_open(tr_trie_recorder *recorder, tr_trie_source *from,
                           tr_trie_recorder_door *out)
{
    *out = (tr_trie_recorder_door){{door_load}, from, recorder};
}

tr_err tr_trie_recorder_init(tr_trail *trail, tr_trie_recorder *recorder, tr_trie_source *from,
                             tr_arena *arena)
{
    slot *slots = new_slots(arena, FIRST_SLOTS);
    if (slots == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a recorder");
    *recorder = (tr_trie_recorder){{recorder_load}, from, arena, slots, FIRST_SLOTS, 0, false};
    return TR_OK;
}

/* Sinks the node at i in a heap of n, the largest on top. */
static void sink_down(tr_bytes *nodes, size_t n, size_t i)
{
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= n) return;
        if (child + 1 < n && tr_bytes_cmp(nodes[child], nodes[child + 1]) < 0) child++;
        if (tr_bytes_cmp(nodes[i], nodes[child]) >= 0) return;
        tr_bytes node = nodes[i];
        nodes[i] = nodes[child];
        nodes[child] = node;
        i = child;
    }
}

tr_err tr_trie_recorder_get(tr_trail *trail, const tr_trie_recorder *recorder, tr_arena *arena,
                            tr_trie_proof *out)
{
    size_t n = 0;
    tr_bytes *nodes = TR_ARENA_ARRAY(arena, tr_bytes, recorder->count);
    if (nodes == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for what was recorded");
    for (size_t i = 0; i < recorder->capacity; i++)
        if (recorder->slots[i].encoding.data != NULL) nodes[n++] = recorder->slots[i].encoding;
    for (size_t i = n / 2; i-- > 0;) sink_down(nodes, n, i);
    for (size_t left = n; left > 1; left--) {
        tr_bytes largest = nodes[0];
        nodes[0] = nodes[left - 1];
        nodes[left - 1] = largest;
        sink_down(nodes, left - 1, 0);
    }
    *out = (tr_trie_proof){nodes, n};
    return TR_OK;
}

/* The memory store: a table of nodes by path; chains, so that a node can be taken out. */
typedef struct stored {
    struct stored *next;
    uint64_t mark; /* of the path */
    tr_hash hash;
    size_t len;
    uint8_t path_len;
    uint8_t bytes[]; /* path, encoding */
} stored;

struct tr_trie_memory {
    tr_trie_source source;
    tr_trie_sink sink;
    tr_alloc *alloc;
    stored **heads;
    size_t capacity, count;
};

#define MEMORY_OF(self, member)                                                                    \
    ((tr_trie_memory *)(void *)((uint8_t *)(self)-offsetof(tr_trie_memory, member)))

static uint64_t mark_of(const tr_path *path)
{
    uint64_t mark = 0xcbf29ce484222325;
    for (unsigned i = 0; i < path->len; i++) mark = (mark ^ path->at[i]) * 0x100000001b3;
    return mark ^ mark >> 32;
}

static stored **find_stored(const tr_trie_memory *m, uint64_t mark, const tr_path *path)
{
    stored **at = &m->heads[mark & (m->capacity - 1)];
    for (; *at != NULL; at = &(*at)->next)
        if ((*at)->mark == mark && (*at)->path_len == path->len &&
            memcmp((*at)->bytes, path->at, path->len) == 0)
            break;
    return at;
}

static void free_stored(tr_trie_memory *m, stored *s)
{
    tr_alloc_put(m->alloc, s, sizeof(*s) + s->path_len + s->len);
}

static bool grow(tr_trie_memory *m)
{
    size_t capacity = 2 * m->capacity;
    stored **heads = tr_alloc_array(m->alloc, capacity, sizeof(stored *));
    if (heads == NULL) return false;
    memset(heads, 0, capacity * sizeof(stored *));
    for (size_t i = 0; i < m->capacity; i++) {
        for (stored *s = m->heads[i], *next; s != NULL; s = next) {
            next = s->next;
            s->next = heads[s->mark & (capacity - 1)];
            heads[s->mark & (capacity - 1)] = s;
        }
    }
    tr_alloc_put(m->alloc, m->heads, m->capacity * sizeof(stored *));
    m->heads = heads;
    m->capacity = capacity;
    return true;
}

static tr_err memory_load(tr_trie_source *self, tr_trail *trail, const tr_path *path,
                          const tr_hash *hash, tr_bytes *out)
{
    const tr_trie_memory *m = MEMORY_OF(self, source);
    const stored *s = *find_stored(m, mark_of(path), path);
    if (s == NULL || memcmp(&s->hash, hash, sizeof(*hash)) != 0) return missing(trail, path);
    *out = tr_bytes_of(s->bytes + s->path_len, s->len);
    return TR_OK;
}

static tr_err memory_put(tr_trie_sink *self, tr_trail *trail, const tr_path *path,
                         const tr_hash *hash, tr_bytes encoding)
{
    tr_trie_memory *m = MEMORY_OF(self, sink);
    stored *s = NULL;
    size_t size;
    if (tr_add_size(sizeof(*s) + path->len, encoding.len, &size) &&
        (m->count < m->capacity || grow(m)))
        s = tr_alloc_get(m->alloc, size);
    if (s == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory to keep a trie node");
    *s = (stored){NULL, mark_of(path), *hash, encoding.len, path->len};
    memcpy(s->bytes, path->at, path->len);
    memcpy(s->bytes + path->len, encoding.data, encoding.len);
    stored **at = find_stored(m, s->mark, path), *old = *at;
    if (old == NULL) {
        m->count++;
    } else {
        s->next = old->next;
        free_stored(m, old);
    }
    *at = s;
    return TR_OK;
}

static tr_err memory_remove(tr_trie_sink *self, tr_trail *trail, const tr_path *path)
{
    (void)trail;
    tr_trie_memory *m = MEMORY_OF(self, sink);
    stored **at = find_stored(m, mark_of(path), path), *old = *at;
    if (old == NULL) return TR_OK;
    *at = old->next;
    free_stored(m, old);
    m->count--;
    return TR_OK;
}

tr_err tr_trie_memory_new(tr_trail *trail, tr_alloc *alloc, tr_trie_memory **out)
{
    tr_trie_memory *m = tr_alloc_get(alloc, sizeof(*m));
    stored **heads = m == NULL ? NULL : tr_alloc_array(alloc, FIRST_SLOTS, sizeof(stored *));
    if (heads == NULL) {
        tr_alloc_put(alloc, m, sizeof(*m));
        return tr_fail(trail, TR_E_MEMORY, "no memory for a store of trie nodes");
    }
    memset(heads, 0, FIRST_SLOTS * sizeof(stored *));
    *m = (tr_trie_memory){{memory_load}, {memory_put, memory_remove}, alloc, heads, FIRST_SLOTS, 0};
    *out = m;
    return TR_OK;
}

void tr_trie_memory_free(tr_trie_memory *m)
{
    if (m == NULL) return;
    for (size_t i = 0; i < m->capacity; i++) {
        for (stored *s = m->heads[i], *next; s != NULL; s = next) {
            next = s->next;
            free_stored(m, s);
        }
    }
    tr_alloc_put(m->alloc, m->heads, m->capacity * sizeof(stored *));
    tr_alloc_put(m->alloc, m, sizeof(*m));
}

tr_trie_source *tr_trie_memory_source(tr_trie_memory *m)
{
    return &m->source;
}

tr_trie_sink *tr_trie_memory_sink(tr_trie_memory *m)
{
    return &m->sink;
}

size_t tr_trie_memory_count(const tr_trie_memory *m)
{
    return m->count;
}
