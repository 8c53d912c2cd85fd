#include "trie/proof.h"

#include "codec/rlp.h"
#include "hash/keccak.h"
#include "trie/proof_internal.h"

enum { LANES = 16 }; /* nodes hashed at a time */

/* The way to a key. */
typedef struct way {
    tr_path path;
    size_t depth;   /* nibbles gone */
    bool branch;    /* an extension came before: a branch must follow */
    bool done;      /* the key was found, or shown to be absent */
    tr_bytes child; /* when not done: how the next node is named */
    tr_bytes value; /* when done: what was found; empty: nothing */
} way;

static tr_err begin(tr_trail *trail, way *w, tr_bytes key)
{
    if (key.len > TR_TRIE_KEY_MAX)
        return tr_fail(trail, TR_E_ARGUMENT, "a key of %zu bytes is too long for a trie", key.len);
    tr_path_of(key, &w->path);
    w->depth = 0;
    w->branch = w->done = false;
    w->value = (tr_bytes){NULL, 0};
    return TR_OK;
}

static bool next_is(const way *w, const tr_path *part)
{
    return part->len <= w->path.len - w->depth &&
           memcmp(w->path.at + w->depth, part->at, part->len) == 0;
}

/* Goes through one node. */
static tr_err step(tr_trail *trail, way *w, tr_bytes encoding)
{
    tr_trie_node node;
    TR_TRY(tr_trie_node_decode(trail, encoding, &node));
    if (w->branch && node.kind != TR_TRIE_BRANCH)
        return tr_fail(trail, TR_E_TRIE_NODE, "an extension leads to a node that is no branch");
    w->branch = false;
    switch (node.kind) {
    case TR_TRIE_LEAF:
        w->done = true;
        if (node.path.len == w->path.len - w->depth && next_is(w, &node.path))
            w->value = node.value;
        return TR_OK;
    case TR_TRIE_EXTENSION:
        w->done = !next_is(w, &node.path);
        w->depth += w->done ? 0 : node.path.len;
        w->branch = true;
        w->child = node.child[0];
        return TR_OK;
    case TR_TRIE_BRANCH:
        break;
    }
    if (w->depth == w->path.len) {
        w->done = true;
        w->value = node.value;
        return TR_OK;
    }
    w->child = node.child[w->path.at[w->depth++]];
    w->done = w->child.len == 0;
    return TR_OK;
}

/* Goes through a node that has a hash, and those that lie in it. */
static tr_err pass(tr_trail *trail, way *w, tr_bytes encoding, bool root)
{
    if (!root && encoding.len < 32)
        return tr_fail(trail, TR_E_TRIE_NODE, "a node of %zu bytes is named by its hash",
                       encoding.len);
    TR_TRY(step(trail, w, encoding));
    while (!w->done && w->child.len != 32) TR_TRY(step(trail, w, w->child));
    return TR_OK;
}

static tr_err outcome(const way *w, tr_bytes *value)
{
    *value = w->value;
    return w->value.len == 0 ? TR_E_NOT_FOUND : TR_OK;
}

static bool is_empty_root(const tr_hash *root)
{
    return memcmp(root, &tr_trie_empty_root, sizeof(*root)) == 0;
}

/* Follows the nodes in their order; hashed in lanes, before anything in them is believed. */
static tr_err follow(tr_trail *trail, way *w, const tr_hash *root, size_t count,
                     const tr_bytes nodes[])
{
    tr_hash hashes[LANES];
    const uint8_t *want = root->b;
    size_t at = 0;
    for (; !w->done; at++) {
        if (at == count)
            return tr_fail(trail, TR_E_SHORT, "the proof ends after %zu nodes, before its end", at);
        if (at % LANES == 0) tr_keccak256_many(TR_MIN(count - at, LANES), nodes + at, hashes);
        if (memcmp(want, &hashes[at % LANES], 32) != 0)
            return tr_fail(trail, TR_E_TRIE_HASH, "node %zu of the proof has another hash", at);
        tr_err err = pass(trail, w, nodes[at], at == 0);
        if (err != TR_OK) return tr_because(trail, err, "in node %zu of the proof", at);
        want = w->child.data;
    }
    if (at == count) return TR_OK;
    return tr_fail(trail, TR_E_TRAILING, "the proof has %zu nodes, %zu are needed", count, at);
}

tr_err tr_trie_check(tr_trail *trail, const tr_hash *root, tr_bytes key, size_t count,
                     const tr_bytes nodes[], tr_bytes *value)
{
    way w;
    *value = (tr_bytes){NULL, 0};
    TR_TRY(begin(trail, &w, key));
    w.done = is_empty_root(root);
    TR_TRY(follow(trail, &w, root, count, nodes));
    return outcome(&w, value);
}

tr_err tr_trie_check_ordered(tr_trail *trail, const tr_hash *root, uint64_t index, size_t count,
                             const tr_bytes nodes[], tr_bytes *value)
{
    uint8_t key[9];
    tr_buf out;
    tr_buf_init_fixed(&out, key, sizeof(key));
    tr_rlp_put_u64(&out, index);
    return tr_trie_check(trail, root, tr_buf_view(&out), count, nodes, value);
}

static tr_err find_in_set(tr_trail *trail, tr_proof_set *set, const tr_hash *root, tr_bytes key,
                          tr_bytes *value)
{
    way w;
    TR_TRY(begin(trail, &w, key));
    w.done = is_empty_root(root);
    const uint8_t *want = root->b;
    while (!w.done) {
        tr_bytes node;
        TR_TRY(tr_proof_set_use(trail, set, want, &node));
        TR_TRY(pass(trail, &w, node, want == root->b));
        want = w.child.data;
    }
    *value = w.value;
    return TR_OK;
}

tr_err tr_trie_check_many(tr_trail *trail, const tr_hash *root, tr_arena *arena, size_t n,
                          const tr_bytes keys[], size_t count, const tr_bytes nodes[],
                          tr_bytes values[], bool found[])
{
    tr_proof_set set;
    for (size_t i = 0; i < n; i++) {
        values[i] = (tr_bytes){NULL, 0};
        found[i] = false;
    }
    TR_TRY(tr_proof_set_init(trail, &set, &arena->alloc, count, nodes));
    tr_err err = TR_OK;
    for (size_t i = 0; i < n && err == TR_OK; i++) {
        err = find_in_set(trail, &set, root, keys[i], &values[i]);
        if (err != TR_OK) (void)tr_because(trail, err, "looking for key %zu", i);
    }
    if (err == TR_OK) err = tr_proof_set_finish(trail, &set, false);
    tr_proof_set_free(&set);
    for (size_t i = 0; i < n; i++) {
        if (err != TR_OK) values[i] = (tr_bytes){NULL, 0};
        found[i] = values[i].len != 0;
    }
    return err;
}
