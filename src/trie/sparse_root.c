#include "trie/sparse_internal.h"

/* What has to be hashed, by depth: the nodes whose hash or top is out of date. */
typedef struct plan {
    const tr_sparse_form *form;
    tr_sparse_node *at[TR_SPARSE_MAX_DEPTH + 1];
} plan;

/* A node that hangs with its top at top_depth. */
static void gather(plan *p, tr_sparse_node *node, unsigned top_depth)
{
    if (!node->dirty && node->raised && node->top_depth == top_depth) return;
    node->top_depth = (uint16_t)top_depth;
    node->raised = false;
    node->work = p->at[node->depth];
    p->at[node->depth] = node;
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

/* The nodes of one depth go up to where they hang.  As many as are hashed at a time are on the way
 * together; one that arrives makes room for the next, so that the lanes stay full and all that is
 * worked on stays near. */
static void raise_nodes(const tr_sparse_form *form, tr_sparse_node *nodes)
{
    struct {
        tr_sparse_node *node;
        unsigned depth;
    } way[TR_SPARSE_PIECE];
    tr_hash pairs[2 * TR_SPARSE_PIECE], out[TR_SPARSE_PIECE];
    for (size_t count = 0;;) {
        for (; count < TR_SPARSE_PIECE && nodes != NULL; nodes = nodes->work) {
            nodes->top = nodes->hash;
            nodes->raised = nodes->top_depth == nodes->depth;
            if (nodes->raised) continue;
            way[count].node = nodes;
            way[count++].depth = nodes->depth;
        }
        if (count == 0) return;
        for (size_t i = 0; i < count; i++) {
            const tr_sparse_node *node = way[i].node;
            unsigned right = tr_sparse_bit(&node->key, way[i].depth - 1);
            pairs[2 * i + right] = node->top;
            pairs[2 * i + 1 - right] = form->empty[way[i].depth];
        }
        form->hash(count, pairs, out);
        size_t to = 0;
        for (size_t i = 0; i < count; i++) {
            tr_sparse_node *node = way[i].node;
            node->top = out[i];
            node->raised = --way[i].depth == node->top_depth;
            if (!node->raised) way[to++] = way[i];
        }
        count = to;
    }
}

tr_hash tr_sparse_root(tr_sparse *tree)
{
    if (tree->root == NULL) return tree->form->empty[0];
    plan p = {.form = tree->form};
    gather(&p, tree->root, 0);
    for (unsigned depth = tree->form->depth + 1; depth-- > 0;) {
        hash_nodes(tree->form, p.at[depth], depth);
        raise_nodes(tree->form, p.at[depth]);
    }
    return tree->root->top;
}
