#include "trie/sparse_internal.h"

/* What has to be hashed, by depth: the nodes whose hash or top is out of date. */
typedef struct plan {
    const tr_sparse_form *form;
    tr_sparse_node *at[TR_SPARSE_MAX_DEPTH + 1];
    size_t count;
} plan;

/* A node that hangs with its top at top_depth. */
static void gather(plan *p, tr_sparse_node *node, unsigned top_depth)
{
    if (!node->dirty && node->raised && node->top_depth == top_depth) return;
    node->top_depth = (uint16_t)top_depth;
    node->raised = false;
    node->work = p->at[node->depth];
    p->at[node->depth] = node;
    p->count++;
    if (!node->dirty || node->depth == p->form->depth) return;
    gather(p, node->u.child[0], node->depth + 1u);
    gather(p, node->u.child[1], node->depth + 1u);
}

/* Pairs on their way to the hash function, and where the results go. */
typedef struct piece {
    tr_merkle_hash *hash;
    size_t count;
    tr_hash pairs[2 * TR_SPARSE_PIECE];
    tr_hash *to[TR_SPARSE_PIECE];
} piece;

static void flush(piece *p)
{
    tr_hash out[TR_SPARSE_PIECE];
    if (p->count != 0) p->hash(p->count, p->pairs, out);
    for (size_t i = 0; i < p->count; i++) *p->to[i] = out[i];
    p->count = 0;
}

static void put(piece *p, const tr_hash *left, const tr_hash *right, tr_hash *to)
{
    p->pairs[2 * p->count] = *left;
    p->pairs[2 * p->count + 1] = *right;
    p->to[p->count++] = to;
    if (p->count == TR_SPARSE_PIECE) flush(p);
}

static void hash_nodes(const tr_sparse_form *form, tr_sparse_node *nodes, unsigned depth)
{
    piece p = {.hash = depth == form->depth ? form->leaf : form->hash};
    for (tr_sparse_node *node = nodes; node != NULL; node = node->work) {
        if (!node->dirty) continue;
        if (depth < form->depth) {
            put(&p, &node->u.child[0]->top, &node->u.child[1]->top, &node->hash);
        } else if (form->leaf != NULL) {
            put(&p, &node->key, &node->u.value, &node->hash);
        } else {
            node->hash = node->u.value;
        }
        node->dirty = false;
    }
    flush(&p);
}

/* Keeps those nodes that are not yet where they hang. */
static size_t sift(size_t count, tr_sparse_node *rising[], unsigned depth)
{
    size_t to = 0;
    for (size_t i = 0; i < count; i++) {
        rising[i]->raised = rising[i]->top_depth == depth;
        if (!rising[i]->raised) rising[to++] = rising[i];
    }
    return to;
}

static void hash_all(plan *p, tr_sparse_node *rising[])
{
    size_t count = 0;
    for (unsigned depth = p->form->depth;; depth--) {
        hash_nodes(p->form, p->at[depth], depth);
        for (tr_sparse_node *node = p->at[depth]; node != NULL; node = node->work) {
            node->top = node->hash;
            rising[count++] = node;
        }
        count = sift(count, rising, depth);
        if (depth == 0) return;
        piece up = {.hash = p->form->hash};
        const tr_hash *empty = &p->form->empty[depth];
        for (size_t i = 0; i < count; i++) {
            tr_hash *top = &rising[i]->top;
            bool right = tr_sparse_bit(&rising[i]->key, depth - 1) != 0;
            put(&up, right ? empty : top, right ? top : empty, top);
        }
        flush(&up);
        count = sift(count, rising, depth - 1);
    }
}

tr_err tr_sparse_root(tr_trail *trail, tr_sparse *tree, tr_hash *out)
{
    *out = tree->form->empty[0];
    if (tree->root == NULL) return TR_OK;
    plan p = {.form = tree->form};
    gather(&p, tree->root, 0);
    if (p.count != 0) {
        tr_sparse_node **rising = tr_alloc_array(tree->alloc, p.count, sizeof(void *));
        if (rising == NULL)
            return tr_fail(trail, TR_E_MEMORY, "no memory to hash %zu nodes", p.count);
        hash_all(&p, rising);
        tr_alloc_put(tree->alloc, rising, p.count * sizeof(void *));
    }
    *out = tree->root->top;
    return TR_OK;
}
