/* For tests of tries: what a trie should hold, as a sorted list, and its root by tr_trie_build,
 * which knows nothing of the code that is tested. */
#ifndef TR_TESTS_UNIT_TRIE_SHADOW_H
#define TR_TESTS_UNIT_TRIE_SHADOW_H

#include "harness.h"
#include "os/heap.h"
#include "trie/build.h"
#include "trie/nodes.h"
#include "trie/trie.h"

enum { SHADOW_MAX = 1024 };

typedef struct shadow {
    tr_trie_entry entries[SHADOW_MAX]; /* views of memory that lives as long as the case */
    size_t count;
} shadow;

static inline size_t shadow_at(const shadow *s, tr_bytes key)
{
    size_t i = 0;
    while (i < s->count && tr_bytes_cmp(s->entries[i].key, key) < 0) i++;
    return i;
}

static inline bool shadow_has(const shadow *s, tr_bytes key)
{
    size_t i = shadow_at(s, key);
    return i < s->count && tr_bytes_eq(s->entries[i].key, key);
}

static inline tr_bytes shadow_get(const shadow *s, tr_bytes key)
{
    return shadow_has(s, key) ? s->entries[shadow_at(s, key)].value : (tr_bytes){NULL, 0};
}

static inline void shadow_change(shadow *s, tr_bytes key, tr_bytes value)
{
    size_t i = shadow_at(s, key), rest = (s->count - i) * sizeof(tr_trie_entry);
    bool has = shadow_has(s, key);
    tr_trie_entry *e = &s->entries[i];
    if (has && value.len != 0) {
        e->value = value;
    } else if (has) {
        memmove(e, e + 1, rest - sizeof(*e));
        s->count--;
    } else if (value.len != 0) {
        TR_ASSERT(s->count < SHADOW_MAX);
        memmove(e + 1, e, rest);
        *e = (tr_trie_entry){key, value};
        s->count++;
    }
}

static inline tr_hash shadow_root(const shadow *s)
{
    tr_hash root;
    TR_CHECK_OK(tr_trie_build(NULL, tr_heap(), NULL, s->count, s->entries, &root));
    return root;
}

static inline void check_root(tr_trie *trie, tr_exec *exec, const shadow *s)
{
    tr_hash root, want = shadow_root(s);
    TR_CHECK_OK(tr_trie_root(NULL, trie, exec, &root));
    TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(want.b));
}

/* How the keys of a case look: of many lengths, with few different nibbles (so that they share
 * ways and end in branches), or of one length. */
typedef struct key_style {
    size_t min_len, max_len;
    unsigned nibbles; /* how many different ones */
} key_style;

static inline key_style some_style(tr_gen *g)
{
    static const key_style styles[] = {{0, 3, 2}, {1, 1, 16}, {2, 2, 4},    {0, 4, 3},
                                       {4, 4, 2}, {1, 2, 16}, {32, 32, 16}, {3, 64, 1}};
    return styles[tr_gen_below(g, TR_COUNTOF(styles))];
}

static inline tr_bytes some_key(tr_gen *g, const key_style *style)
{
    size_t len = style->min_len + tr_gen_below(g, style->max_len - style->min_len + 1);
    uint8_t *key = tr_arena_get(tr_gen_arena(g), len + 1, 1);
    for (size_t i = 0; i < len; i++) {
        uint64_t high = tr_gen_below(g, style->nibbles), low = tr_gen_below(g, style->nibbles);
        key[i] = (uint8_t)(high << 4 | low);
    }
    return tr_bytes_of(key, len);
}

/* A value: short ones, which make embedded nodes, often; a long one at times. */
static inline tr_bytes some_value(tr_gen *g)
{
    size_t kind = tr_gen_below(g, 16);
    size_t len = 1 + tr_gen_below(g, kind == 0 ? 700 : kind < 6 ? 60 : 4);
    if (kind == 1) len += tr_gen_below(g, 6000);
    uint8_t *value = tr_arena_get(tr_gen_arena(g), len, 1);
    uint64_t seed = tr_gen_below(g, kind % 2 == 0 ? 3 : 200);
    memset(value, (int)seed, len);
    return tr_bytes_of(value, len);
}

/* A key: one that is there or a new one. */
static inline tr_bytes some_key_of(tr_gen *g, const key_style *style, const shadow *s)
{
    if (s->count != 0 && tr_gen_below(g, 2) == 0) return s->entries[tr_gen_below(g, s->count)].key;
    return some_key(g, style);
}

/* A batch, which is made in the shadow too. */
static inline size_t some_batch(tr_gen *g, const key_style *style, shadow *s, size_t max,
                                tr_trie_change *changes)
{
    size_t n = tr_gen_below(g, max + 1);
    unsigned removals = (unsigned)tr_gen_below(g, 5); /* of four */
    for (size_t i = 0; i < n; i++) {
        tr_bytes key = some_key_of(g, style, s), value = some_value(g);
        if (tr_gen_below(g, 4) < removals) value = (tr_bytes){NULL, 0};
        changes[i] = (tr_trie_change){key, value};
        shadow_change(s, key, value);
    }
    return n;
}

static inline tr_trie *new_trie(tr_trie_source *source, const tr_hash *root)
{
    tr_trie *trie;
    tr_trie_options options = {.alloc = tr_test_alloc(), .source = source, .limit = SIZE_MAX};
    if (root != NULL) options.root = *root;
    TR_CHECK_OK(tr_trie_new(NULL, &options, &trie));
    return trie;
}

#endif
