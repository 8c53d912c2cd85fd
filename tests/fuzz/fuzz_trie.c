/* A trie under a stream of operations against a sorted list and tr_trie_build of it; its store
 * holds the nodes of the present trie and no others. */
#include "os/heap.h"
#include "trie/build.h"
#include "trie/nodes.h"
#include "trie/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { MOST = 256, BATCH = 16, MOST_OPS = 200 };

typedef struct model {
    tr_arena arena;
    tr_trie_entry entries[MOST];
    size_t count;
    tr_trie *trie;
    tr_trie_memory *memory;
} model;

static void set(model *m, tr_bytes key, tr_bytes value)
{
    size_t i = 0;
    while (i < m->count && tr_bytes_cmp(m->entries[i].key, key) < 0) i++;
    bool has = i < m->count && tr_bytes_eq(m->entries[i].key, key);
    tr_trie_entry *e = &m->entries[i];
    size_t rest = (m->count - i) * sizeof(*e);
    if (has && value.len != 0) {
        e->value = value;
    } else if (has) {
        memmove(e, e + 1, rest - sizeof(*e));
        m->count--;
    } else if (value.len != 0) {
        memmove(e + 1, e, rest);
        *e = (tr_trie_entry){key, value};
        m->count++;
    }
}

/* A key of a length and a few nibbles, or one of 32 bytes. */
static tr_bytes take_key(model *m, tr_cursor *c)
{
    uint8_t shape = tr_cursor_u8(c);
    size_t len = shape < 0xf0 ? shape % 5u : 32;
    uint8_t *key = tr_arena_get(&m->arena, len + 1, 1), mask = shape & 0x20 ? 0xff : 0x33;
    TR_ASSERT(key != NULL);
    memset(key, 0, len);
    for (size_t i = 0; i < TR_MIN(len, (size_t)4); i++) key[i] = tr_cursor_u8(c) & mask;
    return tr_bytes_of(key, len);
}

static tr_bytes take_value(model *m, tr_cursor *c)
{
    uint8_t shape = tr_cursor_u8(c);
    size_t len = shape < 0xc0 ? shape % 8u : (shape - 0xbfu) * (shape == 0xff ? 100u : 1u);
    uint8_t *value = tr_arena_get(&m->arena, len + 1, 1);
    TR_ASSERT(value != NULL);
    memset(value, len == 0 ? 0 : tr_cursor_u8(c), len);
    return tr_bytes_of(value, len);
}

static void update(model *m, tr_cursor *c, size_t n)
{
    tr_trie_change changes[BATCH];
    for (size_t i = 0; i < n; i++) {
        changes[i].key = take_key(m, c);
        changes[i].value = m->count + n < MOST ? take_value(m, c) : (tr_bytes){NULL, 0};
        set(m, changes[i].key, changes[i].value);
    }
    TR_ASSERT(tr_trie_update(NULL, m->trie, NULL, n, changes) == TR_OK);
}

static tr_hash check_root(model *m)
{
    tr_hash root, want;
    TR_ASSERT(tr_trie_root(NULL, m->trie, NULL, &root) == TR_OK);
    TR_ASSERT(tr_trie_build(NULL, tr_heap(), NULL, m->count, m->entries, &want) == TR_OK);
    TR_ASSERT(memcmp(&root, &want, sizeof(root)) == 0);
    return root;
}

static void commit(model *m)
{
    (void)check_root(m);
    TR_ASSERT(tr_trie_commit(NULL, m->trie, tr_trie_memory_sink(m->memory)) == TR_OK);
    /* A fresh trie of the same entries has the same nodes. */
    tr_trie_memory *fresh;
    tr_trie *trie;
    tr_trie_change changes[MOST];
    tr_hash root;
    tr_trie_options options = {.alloc = tr_heap(), .limit = SIZE_MAX};
    for (size_t i = 0; i < m->count; i++)
        changes[i] = (tr_trie_change){m->entries[i].key, m->entries[i].value};
    TR_ASSERT(tr_trie_memory_new(NULL, tr_heap(), &fresh) == TR_OK);
    TR_ASSERT(tr_trie_new(NULL, &options, &trie) == TR_OK);
    TR_ASSERT(tr_trie_update(NULL, trie, NULL, m->count, changes) == TR_OK);
    TR_ASSERT(tr_trie_root(NULL, trie, NULL, &root) == TR_OK);
    TR_ASSERT(tr_trie_commit(NULL, trie, tr_trie_memory_sink(fresh)) == TR_OK);
    TR_ASSERT(tr_trie_memory_count(fresh) == tr_trie_memory_count(m->memory));
    tr_trie_free(trie);
    tr_trie_memory_free(fresh);
}

static void open(model *m, const tr_hash *root)
{
    tr_trie_options options = {.alloc = tr_heap(),
                               .source = tr_trie_memory_source(m->memory),
                               .root = *root,
                               .limit = SIZE_MAX};
    TR_ASSERT(tr_trie_new(NULL, &options, &m->trie) == TR_OK);
}

static void reload(model *m)
{
    commit(m);
    tr_hash root = check_root(m);
    tr_trie_free(m->trie);
    open(m, &root);
}

static void look_up(model *m, tr_cursor *c)
{
    tr_bytes key = take_key(m, c), value, proved;
    tr_trie_proof proof;
    tr_hash root = check_root(m);
    tr_err err = tr_trie_get(NULL, m->trie, key, &value);
    TR_ASSERT(err == TR_OK || err == TR_E_NOT_FOUND);
    TR_ASSERT(tr_trie_prove(NULL, m->trie, &m->arena, key, &proof) == TR_OK);
    TR_ASSERT(tr_trie_check(NULL, &root, key, proof.count, proof.nodes, &proved) == err);
    TR_ASSERT(tr_bytes_eq(proved, value));
    for (size_t i = 0; i < m->count; i++)
        if (tr_bytes_eq(m->entries[i].key, key))
            TR_ASSERT(tr_bytes_eq(m->entries[i].value, value) && value.len != 0);
}

static void range(model *m, tr_cursor *c)
{
    tr_bytes first = take_key(m, c), last = take_key(m, c);
    size_t max = 1u + tr_cursor_u8(c) % 8u, from = 0, count = 0;
    tr_trie_range got;
    (void)check_root(m);
    if (tr_bytes_cmp(first, last) > 0) return;
    TR_ASSERT(tr_trie_get_range(NULL, m->trie, &m->arena, first, last, max, SIZE_MAX, &got) ==
              TR_OK);
    while (from < m->count && tr_bytes_cmp(m->entries[from].key, first) < 0) from++;
    while (from + count < m->count && count < max &&
           tr_bytes_cmp(m->entries[from + count].key, last) <= 0)
        count++;
    TR_ASSERT(got.count == count && got.more == (from + count < m->count));
    for (size_t i = 0; i < count; i++) {
        TR_ASSERT(tr_bytes_eq(got.entries[i].key, m->entries[from + i].key));
        TR_ASSERT(tr_bytes_eq(got.entries[i].value, m->entries[from + i].value));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static model m;
    tr_cursor c = tr_cursor_of((tr_bytes){data, len});
    tr_arena_init(&m.arena, tr_heap(), (size_t)1 << 26);
    TR_ASSERT(tr_trie_memory_new(NULL, tr_heap(), &m.memory) == TR_OK);
    m.count = 0;
    open(&m, &tr_trie_empty_root);
    for (size_t i = 0; i < MOST_OPS && tr_cursor_left(&c) != 0; i++) {
        uint8_t op = tr_cursor_u8(&c);
        if (op < 0x80)
            update(&m, &c, 1 + op % BATCH);
        else if (op < 0x90)
            (void)check_root(&m);
        else if (op < 0xa0)
            commit(&m);
        else if (op < 0xb0)
            tr_trie_prune(m.trie, op % 4u);
        else if (op < 0xc0)
            reload(&m);
        else if (op < 0xe0)
            look_up(&m, &c);
        else
            range(&m, &c);
    }
    commit(&m);
    tr_trie_free(m.trie);
    tr_trie_memory_free(m.memory);
    tr_arena_free(&m.arena);
    return 0;
}
