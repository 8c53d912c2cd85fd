/* From an encoding to a node in memory, and looking a key up. */
#include "trie/mpt_internal.h"

/* Packs path (packed, depth nibbles) and more nibbles behind it. */
static void join(const uint8_t *path, unsigned depth, const tr_path *more, uint8_t *out)
{
    memset(out, 0, TR_TRIE_KEY_MAX);
    memcpy(out, path, (depth + 1) / 2);
    if ((depth & 1) != 0) out[depth / 2] &= 0xf0;
    for (unsigned i = 0; i < more->len; i++) {
        unsigned at = depth + i;
        out[at / 2] |= (uint8_t)((at & 1) != 0 ? more->at[i] : more->at[i] << 4);
    }
}

static void set_name(tr_mpt_inner *p, unsigned n, tr_bytes name)
{
    p->present |= (uint16_t)(1u << n);
    if (name.len != 32) p->embedded |= (uint16_t)(1u << n);
    memcpy(tr_mpt_name(p, n), name.data, name.len);
    *tr_mpt_child(p, n) = NULL;
}

static tr_err make_branch(tr_mpt_worker *w, const tr_trie_node *in, tr_mpt_node **out)
{
    tr_mpt_inner *p;
    unsigned children = 0;
    for (unsigned n = 0; n < 16; n++) children += in->child[n].len != 0;
    TR_TRY(tr_mpt_new_branch(w, children, &p));
    for (unsigned n = 0; n < 16; n++)
        if (in->child[n].len != 0) set_name(p, n, in->child[n]);
    *out = &p->node;
    if (in->value.len == 0) return TR_OK;
    tr_err err = tr_mpt_new_value(w, in->value, &p->value);
    if (err != TR_OK) tr_mpt_free_node(w, &p->node);
    return err;
}

static tr_err make(tr_mpt_worker *w, const tr_trie_node *in, const uint8_t *path, unsigned depth,
                   tr_mpt_node **out)
{
    uint8_t joined[TR_TRIE_KEY_MAX];
    unsigned end = depth + in->path.len;
    if (end > TR_TRIE_PATH_MAX)
        return tr_fail(w->trail, TR_E_TRIE_PATH, "a trie's path is longer than %d nibbles",
                       TR_TRIE_PATH_MAX);
    if (in->kind == TR_TRIE_BRANCH) return make_branch(w, in, out);
    join(path, depth, &in->path, joined);
    if (in->kind == TR_TRIE_LEAF)
        return tr_mpt_new_leaf(w, tr_bytes_of(joined, end / 2), in->value, out);
    tr_mpt_inner *p;
    TR_TRY(tr_mpt_new_extension(w, joined, end, &p));
    set_name(p, 0, in->child[0]);
    *out = &p->node;
    return TR_OK;
}

/* A node may be right by itself and not at its place. */
static bool fits(const tr_trie *trie, const tr_mpt_inner *parent, const tr_trie_node *in,
                 unsigned depth)
{
    bool ends = in->value.len != 0; /* a key of whole bytes ends here */
    if (ends && (depth + in->path.len) % 2 != 0) return false;
    if (parent->node.kind == TR_MPT_EXTENSION && parent != &trie->root &&
        in->kind != TR_TRIE_BRANCH)
        return false;
    return in->kind != TR_TRIE_BRANCH || depth < TR_TRIE_PATH_MAX;
}

static tr_err encoding_of(tr_mpt_worker *w, const tr_mpt_inner *parent, unsigned n,
                          const uint8_t *path, unsigned depth, tr_bytes *out)
{
    const uint8_t *name = tr_mpt_name(parent, n);
    tr_trie_source *source = w->trie->source;
    if ((parent->embedded >> n & 1) != 0) {
        *out = tr_bytes_of(name, (size_t)name[0] - 0xc0 + 1);
        return TR_OK;
    }
    if (source == NULL)
        return tr_fail(w->trail, TR_E_TRIE_MISSING, "a trie without a source lacks a node");
    tr_path nibbles;
    tr_hash hash;
    nibbles.len = (uint8_t)depth;
    for (unsigned i = 0; i < depth; i++) nibbles.at[i] = (uint8_t)tr_mpt_nibble(path, i);
    memcpy(&hash, name, sizeof(hash));
    return source->load(source, w->trail, &nibbles, &hash, out);
}

tr_err tr_mpt_load(tr_mpt_worker *w, tr_mpt_inner *parent, unsigned n, const uint8_t *path,
                   unsigned depth)
{
    tr_bytes encoding;
    tr_trie_node in;
    tr_mpt_node *node = NULL;
    TR_TRY(encoding_of(w, parent, n, path, depth, &encoding));
    TR_TRY(tr_trie_node_decode(w->trail, encoding, &in));
    if (!fits(w->trie, parent, &in, depth))
        return tr_fail(w->trail, TR_E_TRIE_NODE, "a trie node that cannot be at depth %u", depth);
    TR_TRY(make(w, &in, path, depth, &node));
    if ((parent->embedded >> n & 1) == 0) node->flags |= TR_MPT_STORED;
    *tr_mpt_child(parent, n) = node;
    return TR_OK;
}

static tr_err found(const tr_mpt_inner *p, tr_bytes *value)
{
    if (p->value == NULL) return TR_E_NOT_FOUND;
    *value = tr_bytes_of(p->value->data, p->value->len);
    return TR_OK;
}

tr_err tr_mpt_find(tr_mpt_worker *w, tr_bytes key, tr_bytes *value)
{
    tr_mpt_inner *p = &w->trie->root;
    unsigned n = 0, depth = 0, end = 2 * (unsigned)key.len;
    *value = (tr_bytes){NULL, 0};
    while (tr_mpt_has(p, n)) {
        if (*tr_mpt_child(p, n) == NULL) TR_TRY(tr_mpt_load(w, p, n, key.data, depth));
        tr_mpt_node *node = *tr_mpt_child(p, n);
        node->flags |= TR_MPT_USED;
        if (node->kind == TR_MPT_LEAF) {
            const tr_mpt_leaf *leaf = (const tr_mpt_leaf *)node;
            if (!tr_bytes_eq(tr_mpt_leaf_key(leaf), key)) return TR_E_NOT_FOUND;
            *value = tr_mpt_leaf_value(leaf);
            return TR_OK;
        }
        p = (tr_mpt_inner *)node;
        n = 0;
        if (node->kind == TR_MPT_EXTENSION) {
            if (end < p->end ||
                tr_mpt_common(key.data, tr_mpt_path(p), depth, p->end) != p->end - depth)
                return TR_E_NOT_FOUND;
            depth = p->end;
        } else {
            if (depth == end) return found(p, value);
            n = tr_mpt_nibble(key.data, depth++);
        }
    }
    return TR_E_NOT_FOUND;
}
