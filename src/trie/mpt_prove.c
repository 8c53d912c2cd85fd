/* Proofs and ranges. */
#include "hash/keccak.h"
#include "trie/mpt_internal.h"

/* Nodes of a proof as they are found.  What is in it already is marked in the node, so that it
 * comes once; the marks are taken away at the end. */
typedef struct proving {
    tr_mpt_worker *w;
    tr_arena *arena;
    struct {
        tr_mpt_node *node;
        tr_bytes encoding;
    } * found;
    size_t count, capacity;
} proving;

static tr_err no_room(proving *p)
{
    return tr_fail(p->w->trail, TR_E_MEMORY, "no memory for a proof");
}

static tr_err add(proving *p, tr_mpt_node *node, unsigned depth)
{
    tr_bytes tail;
    uint8_t memory[TR_MPT_FRONT], *copy;
    if ((node->flags & TR_MPT_SEEN) != 0) return TR_OK;
    if (p->count == p->capacity) {
        size_t capacity = p->capacity == 0 ? 16 : 2 * p->capacity;
        void *more = tr_arena_array(p->arena, capacity, sizeof(*p->found), 8);
        if (more == NULL) return no_room(p);
        if (p->count != 0) memcpy(more, p->found, p->count * sizeof(*p->found));
        p->found = more;
        p->capacity = capacity;
    }
    tr_bytes front = tr_mpt_encode(node, depth, memory, &tail);
    copy = tr_arena_get(p->arena, front.len + tail.len, 1);
    if (copy == NULL) return no_room(p);
    memcpy(copy, front.data, front.len);
    if (tail.len != 0) memcpy(copy + front.len, tail.data, tail.len);
    node->flags |= TR_MPT_SEEN;
    p->found[p->count].node = node;
    p->found[p->count++].encoding = tr_bytes_of(copy, front.len + tail.len);
    return TR_OK;
}

/* Adds the nodes on the way to a key that is used as it is. */
static tr_err add_way(proving *p, tr_bytes key)
{
    tr_mpt_inner *at = &p->w->trie->root;
    unsigned n = 0, depth = 0, end = 2 * (unsigned)key.len;
    while (tr_mpt_has(at, n)) {
        if (*tr_mpt_child(at, n) == NULL) TR_TRY(tr_mpt_load(p->w, at, n, key.data, depth));
        tr_mpt_node *node = *tr_mpt_child(at, n);
        node->flags |= TR_MPT_USED;
        if ((at->embedded >> n & 1) == 0) TR_TRY(add(p, node, depth));
        if (node->kind == TR_MPT_LEAF) break;
        at = (tr_mpt_inner *)node;
        n = 0;
        if (node->kind == TR_MPT_EXTENSION) {
            if (end < at->end ||
                tr_mpt_common(key.data, tr_mpt_path(at), depth, at->end) != at->end - depth)
                break;
            depth = at->end;
        } else {
            if (depth == end) break;
            n = tr_mpt_nibble(key.data, depth++);
        }
    }
    return TR_OK;
}

static tr_err finish(proving *p, tr_err err, tr_trie_proof *out)
{
    for (size_t i = 0; i < p->count; i++)
        p->found[i].node->flags = (uint8_t)(p->found[i].node->flags & ~TR_MPT_SEEN);
    if (err != TR_OK) return err;
    tr_bytes *nodes = TR_ARENA_ARRAY(p->arena, tr_bytes, p->count);
    if (nodes == NULL) return no_room(p);
    for (size_t i = 0; i < p->count; i++) nodes[i] = p->found[i].encoding;
    *out = (tr_trie_proof){nodes, p->count};
    return TR_OK;
}

static tr_err add_ways(proving *p, size_t n, const tr_bytes keys[])
{
    for (size_t i = 0; i < n; i++) {
        tr_hash hash;
        tr_bytes key = keys[i];
        if (p->w->trie->secure) {
            hash = tr_keccak256(key);
            key = TR_VIEW(hash.b);
        } else if (key.len > TR_TRIE_KEY_MAX) {
            return tr_fail(p->w->trail, TR_E_ARGUMENT, "a trie's key of %zu bytes: at most %d",
                           key.len, TR_TRIE_KEY_MAX);
        }
        TR_TRY(add_way(p, key));
    }
    return TR_OK;
}

tr_err tr_trie_prove_many(tr_trail *trail, tr_trie *trie, tr_arena *arena, size_t n,
                          const tr_bytes keys[], tr_trie_proof *out)
{
    TR_TRY(tr_mpt_ready(trail, trie, true));
    proving p = {.w = &trie->main, .arena = arena};
    trie->main.trail = trail;
    return finish(&p, add_ways(&p, n, keys), out);
}

tr_err tr_trie_prove(tr_trail *trail, tr_trie *trie, tr_arena *arena, tr_bytes key,
                     tr_trie_proof *out)
{
    return tr_trie_prove_many(trail, trie, arena, 1, &key, out);
}

/* Ranges. */
typedef struct ranging {
    tr_mpt_worker *w;
    tr_arena *arena;
    tr_bytes first, last;
    size_t max_count, max_bytes, bytes;
    tr_trie_entry *entries;
    size_t count, capacity;
    bool full, more;
} ranging;

/* Gives an entry that is not before first; when it lies beyond last or nothing more is wanted, the
 * range ends. */
static tr_err give(ranging *r, tr_bytes key, tr_bytes value)
{
    if (tr_bytes_cmp(key, r->first) < 0) return TR_OK;
    if (r->full || tr_bytes_cmp(key, r->last) > 0) {
        r->more = true;
        return TR_OK;
    }
    if (r->count == r->capacity) {
        size_t capacity = r->capacity == 0 ? 16 : 2 * r->capacity;
        tr_trie_entry *more = TR_ARENA_ARRAY(r->arena, tr_trie_entry, capacity);
        if (more == NULL) return tr_fail(r->w->trail, TR_E_MEMORY, "no memory for a range");
        if (r->count != 0) memcpy(more, r->entries, r->count * sizeof(*more));
        r->entries = more;
        r->capacity = capacity;
    }
    tr_trie_entry entry = {tr_arena_copy(r->arena, key), tr_arena_copy(r->arena, value)};
    if ((entry.key.data == NULL && key.len != 0) || entry.value.data == NULL)
        return tr_fail(r->w->trail, TR_E_MEMORY, "no memory for a range");
    r->entries[r->count++] = entry;
    r->bytes += key.len + value.len;
    r->full = r->count >= r->max_count || r->bytes >= r->max_bytes;
    return TR_OK;
}

/* Where the keys that begin with a packed path of len nibbles lie: all before bound (-1), all
 * behind it (1), or (0) some may be on each side. */
static int side(const uint8_t *path, unsigned len, tr_bytes bound)
{
    unsigned end = TR_MIN(len, 2 * (unsigned)bound.len);
    unsigned same = tr_mpt_common(path, bound.data, 0, end);
    if (same < end) return tr_mpt_nibble(path, same) < tr_mpt_nibble(bound.data, same) ? -1 : 1;
    return len > end ? 1 : 0;
}

static tr_err range_below(ranging *r, tr_mpt_inner *p, uint8_t path[TR_TRIE_KEY_MAX],
                          unsigned depth);

/* The subtree at a place, whose path is given. */
static tr_err range_at(ranging *r, tr_mpt_inner *p, unsigned n, uint8_t *path, unsigned depth)
{
    if (side(path, depth, r->first) < 0) return TR_OK;
    if (r->full || side(path, depth, r->last) > 0) { /* and it holds a key */
        r->more = true;
        return TR_OK;
    }
    if (*tr_mpt_child(p, n) == NULL) TR_TRY(tr_mpt_load(r->w, p, n, path, depth));
    tr_mpt_node *node = *tr_mpt_child(p, n);
    node->flags |= TR_MPT_USED;
    if (node->kind == TR_MPT_LEAF) {
        const tr_mpt_leaf *leaf = (const tr_mpt_leaf *)node;
        return give(r, tr_mpt_leaf_key(leaf), tr_mpt_leaf_value(leaf));
    }
    return range_below(r, (tr_mpt_inner *)node, path, depth);
}

static tr_err range_below(ranging *r, tr_mpt_inner *p, uint8_t path[TR_TRIE_KEY_MAX],
                          unsigned depth)
{
    uint8_t longer[TR_TRIE_KEY_MAX] = {0};
    if (p->node.kind == TR_MPT_EXTENSION) {
        memcpy(longer, tr_mpt_path(p), ((size_t)p->end + 1) / 2);
        return range_at(r, p, 0, longer, p->end);
    }
    if (p->value != NULL)
        TR_TRY(give(r, tr_bytes_of(path, depth / 2), tr_bytes_of(p->value->data, p->value->len)));
    memcpy(longer, path, (depth + 1) / 2);
    TR_MPT_EACH(n, p->present)
    {
        if (r->more) break;
        if ((depth & 1) != 0)
            longer[depth / 2] = (uint8_t)((longer[depth / 2] & 0xf0) | n);
        else
            longer[depth / 2] = (uint8_t)(n << 4);
        TR_TRY(range_at(r, p, n, longer, depth + 1));
    }
    return TR_OK;
}

tr_err tr_trie_get_range(tr_trail *trail, tr_trie *trie, tr_arena *arena, tr_bytes first,
                         tr_bytes last, size_t max_count, size_t max_bytes, tr_trie_range *out)
{
    TR_TRY(tr_mpt_ready(trail, trie, true));
    if (first.len > TR_TRIE_KEY_MAX || last.len > TR_TRIE_KEY_MAX || max_count == 0 ||
        tr_bytes_cmp(first, last) > 0)
        return tr_fail(trail, TR_E_ARGUMENT, "not a range of a trie");
    ranging r = {.w = &trie->main,
                 .arena = arena,
                 .first = first,
                 .last = last,
                 .max_count = max_count,
                 .max_bytes = max_bytes};
    uint8_t path[TR_TRIE_KEY_MAX] = {0};
    trie->main.trail = trail;
    if (trie->root.present != 0) TR_TRY(range_at(&r, &trie->root, 0, path, 0));
    proving p = {.w = &trie->main, .arena = arena};
    tr_err err = add_way(&p, first);
    if (err == TR_OK) err = add_way(&p, r.count == 0 ? last : r.entries[r.count - 1].key);
    *out = (tr_trie_range){.entries = r.entries, .count = r.count, .more = r.more};
    return finish(&p, err, &out->proof);
}
