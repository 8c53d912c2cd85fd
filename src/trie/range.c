/* Range proofs, from the root down.  Every node that is looked into has the hash that its parent
 * names, so nothing in the proof is believed on its word.
 *
 * A node whose path begins one of the two edges is on an edge: it must be in the proof, and its
 * children are looked at.  The others lie on one side: all of the node is inside the range, then it
 * must be the one that the entries below it build; or all of it is outside, then nothing is asked
 * of it.  Only two nodes at a time wait to be looked at: one on each edge. */
#include "hash/keccak.h"
#include "trie/build.h"
#include "trie/proof.h"
#include "trie/proof_internal.h"

/* A node on an edge. */
typedef struct edge {
    tr_bytes child;    /* how its parent names it: 32 bytes are a hash */
    size_t depth;      /* nibbles that lead to it */
    size_t begin, end; /* the entries that begin with these nibbles */
    bool left, right;  /* on which edges it is */
    bool branch;       /* an extension leads to it */
    bool root;
} edge;

typedef struct checker {
    tr_alloc *alloc;
    tr_proof_set set;
    const tr_trie_entry *entries;
    tr_path first, last;
    edge waiting[2];
    size_t waiting_count;
    bool more;
} checker;

static tr_err differs(tr_trail *trail)
{
    return tr_fail(trail, TR_E_TRIE_PROOF, "the entries are not those of the trie in this range");
}

static unsigned nibble(tr_bytes key, size_t i)
{
    return i % 2 == 0 ? key.data[i / 2] >> 4 : key.data[i / 2] & 15u;
}

/* Whether the entries are well formed and lie in the range, in their order. */
static tr_err check_entries(tr_trail *trail, tr_bytes first, tr_bytes last, size_t n,
                            const tr_trie_entry entries[])
{
    for (size_t i = 0; i < n; i++) {
        tr_bytes key = entries[i].key;
        if (key.len != first.len || entries[i].value.len == 0)
            return tr_fail(trail, TR_E_ARGUMENT,
                           "entry %zu has a key of another length or no value", i);
        if (i > 0 && tr_bytes_cmp(entries[i - 1].key, key) >= 0)
            return tr_fail(trail, TR_E_TRIE_ORDER,
                           "the key of entry %zu is not above the one before", i);
    }
    if (n != 0 &&
        (tr_bytes_cmp(first, entries[0].key) > 0 || tr_bytes_cmp(entries[n - 1].key, last) > 0))
        return tr_fail(trail, TR_E_RANGE, "an entry lies outside of the range");
    return TR_OK;
}

/* Whether a node, all of it inside, is what the entries build. */
static tr_err check_inside(tr_trail *trail, checker *c, tr_bytes child, size_t depth, size_t begin,
                           size_t end)
{
    tr_trie_ref ref;
    TR_TRY(tr_trie_build_below(trail, c->alloc, NULL, (unsigned)depth, end - begin,
                               begin == end ? NULL : c->entries + begin, &ref));
    return tr_bytes_eq(child, (tr_bytes){ref.b, ref.len}) ? TR_OK : differs(trail);
}

/* Where a node lies whose path goes on with part: *left and *right tell whether it is still on the
 * edges.  -1: before the range; 1: beyond it; 0: neither. */
static int side_of(const checker *c, const edge *e, const tr_path *part, bool *left, bool *right)
{
    int low = e->left ? memcmp(part->at, c->first.at + e->depth, part->len) : 1;
    int high = e->right ? memcmp(part->at, c->last.at + e->depth, part->len) : -1;
    *left = low == 0;
    *right = high == 0;
    if (low < 0) return -1;
    return high > 0 ? 1 : 0;
}

static tr_err check_leaf(tr_trail *trail, checker *c, const edge *e, const tr_trie_node *node)
{
    bool left, right;
    if (node->path.len != c->first.len - e->depth)
        return tr_fail(trail, TR_E_TRIE_PROOF, "a key in the trie has another length");
    int side = side_of(c, e, &node->path, &left, &right);
    size_t n = e->end - e->begin;
    if (side != 0) {
        c->more |= side > 0;
        return n == 0 ? TR_OK : differs(trail);
    }
    if (n != 1) return differs(trail);
    const tr_trie_entry *entry = &c->entries[e->begin];
    for (size_t i = 0; i < node->path.len; i++)
        if (nibble(entry->key, e->depth + i) != node->path.at[i]) return differs(trail);
    return tr_bytes_eq(entry->value, node->value) ? TR_OK : differs(trail);
}

static bool begins_with(tr_bytes key, size_t depth, const tr_path *part)
{
    for (size_t i = 0; i < part->len; i++)
        if (nibble(key, depth + i) != part->at[i]) return false;
    return true;
}

static tr_err check_extension(tr_trail *trail, checker *c, const edge *e, const tr_trie_node *node)
{
    edge next = *e;
    if (node->path.len >= c->first.len - e->depth)
        return tr_fail(trail, TR_E_TRIE_PROOF, "a key in the trie has another length");
    int side = side_of(c, e, &node->path, &next.left, &next.right);
    size_t n = e->end - e->begin;
    if (side != 0) {
        c->more |= side > 0;
        return n == 0 ? TR_OK : differs(trail);
    }
    /* Sorted: when the first and the last go this way, all do. */
    if (n != 0 && (!begins_with(c->entries[e->begin].key, e->depth, &node->path) ||
                   !begins_with(c->entries[e->end - 1].key, e->depth, &node->path)))
        return differs(trail);
    next.depth += node->path.len;
    if (!next.left && !next.right)
        return check_inside(trail, c, node->child[0], next.depth, e->begin, e->end);
    next.child = node->child[0];
    next.branch = true;
    next.root = false;
    c->waiting[c->waiting_count++] = next;
    return TR_OK;
}

static tr_err check_branch(tr_trail *trail, checker *c, const edge *e, const tr_trie_node *node)
{
    if (e->depth >= c->first.len || node->value.len != 0)
        return tr_fail(trail, TR_E_TRIE_PROOF, "a key in the trie has another length");
    unsigned low = e->left ? c->first.at[e->depth] : 0, high = e->right ? c->last.at[e->depth] : 15;
    size_t begin = e->begin, end;
    for (unsigned i = 0; i < 16; i++, begin = end) {
        tr_bytes child = node->child[i];
        for (end = begin; end < e->end && nibble(c->entries[end].key, e->depth) == i;) end++;
        if (i < low) continue;
        if (i > high) {
            c->more |= child.len != 0;
            continue;
        }
        edge next = {child, e->depth + 1, begin, end, e->left && i == low, e->right && i == high,
                     false, false};
        if (!next.left && !next.right)
            TR_TRY(check_inside(trail, c, child, next.depth, begin, end));
        else if (child.len != 0)
            c->waiting[c->waiting_count++] = next;
        else if (begin != end)
            return differs(trail);
    }
    return TR_OK;
}

static tr_err check_edge(tr_trail *trail, checker *c, const edge *e)
{
    tr_bytes encoding = e->child;
    tr_trie_node node;
    if (e->child.len == 32) TR_TRY(tr_proof_set_use(trail, &c->set, e->child.data, &encoding));
    if (e->child.len == 32 && encoding.len < 32 && !e->root)
        return tr_fail(trail, TR_E_TRIE_NODE, "a node of %zu bytes is named by its hash",
                       encoding.len);
    TR_TRY(tr_trie_node_decode(trail, encoding, &node));
    if (e->branch && node.kind != TR_TRIE_BRANCH)
        return tr_fail(trail, TR_E_TRIE_NODE, "an extension leads to a node that is no branch");
    switch (node.kind) {
    case TR_TRIE_LEAF:
        return check_leaf(trail, c, e, &node);
    case TR_TRIE_EXTENSION:
        return check_extension(trail, c, e, &node);
    case TR_TRIE_BRANCH:
        break;
    }
    return check_branch(trail, c, e, &node);
}

static tr_err check_all(tr_trail *trail, tr_alloc *alloc, const tr_hash *root, size_t n,
                        const tr_trie_entry entries[])
{
    tr_hash built;
    TR_TRY(tr_trie_build(trail, alloc, NULL, n, entries, &built));
    return memcmp(&built, root, sizeof(built)) == 0 ? TR_OK : differs(trail);
}

tr_err tr_trie_check_range(tr_trail *trail, tr_alloc *alloc, const tr_hash *root, tr_bytes first,
                           tr_bytes last, size_t n, const tr_trie_entry entries[], size_t count,
                           const tr_bytes nodes[], bool *more)
{
    *more = false;
    if (first.len > TR_TRIE_KEY_MAX || first.len != last.len || tr_bytes_cmp(first, last) > 0)
        return tr_fail(trail, TR_E_ARGUMENT, "the edges of the range are not in order");
    TR_TRY(check_entries(trail, first, last, n, entries));
    if (count == 0) return check_all(trail, alloc, root, n, entries);
    checker c = {.alloc = alloc, .entries = entries};
    tr_path_of(first, &c.first);
    tr_path_of(last, &c.last);
    TR_TRY(tr_proof_set_init(trail, &c.set, alloc, count, nodes));
    c.waiting[c.waiting_count++] =
        (edge){.child = TR_VIEW(root->b), .end = n, .left = true, .right = true, .root = true};
    tr_err err = TR_OK;
    while (c.waiting_count > 0 && err == TR_OK) {
        edge e = c.waiting[--c.waiting_count];
        err = check_edge(trail, &c, &e);
    }
    if (err == TR_OK) err = tr_proof_set_finish(trail, &c.set, true);
    tr_proof_set_free(&c.set);
    if (err == TR_OK) *more = c.more;
    return err;
}
