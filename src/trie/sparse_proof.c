#include <limits.h>

#include "trie/sparse_internal.h"

static void set_bit(tr_hash *word, unsigned i)
{
    word->b[i / 8] |= (uint8_t)(0x80 >> i % 8);
}

/* How many of the keys, which rise and agree before bit i, have it zero. */
static size_t split(size_t n, const tr_hash keys[], unsigned i)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (tr_sparse_bit(&keys[middle], i) == 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* A proof is made in two rounds: the first counts the nodes of each depth, the second puts each in
 * its place. */
typedef struct making {
    const tr_sparse_form *form;
    const tr_hash *keys;
    tr_hash *words;                         /* NULL: the first round */
    size_t next[TR_SPARSE_MAX_DEPTH + 1];   /* the place of the next node of a depth */
    size_t counts[TR_SPARSE_MAX_DEPTH + 1]; /* nodes of a depth */
} making;

/* The node of a subtree, led up to a depth above its own. */
static tr_hash raise(const tr_sparse_form *form, const tr_sparse_node *node, unsigned depth)
{
    tr_hash out = node->hash;
    for (unsigned i = node->depth; i > depth; i--) {
        bool right = tr_sparse_bit(&node->key, i - 1) != 0;
        tr_hash pair[2] = {right ? form->empty[i] : out, right ? out : form->empty[i]};
        form->hash(1, pair, &out);
    }
    return out;
}

static void give(making *m, size_t first, const tr_sparse_node *node, unsigned depth)
{
    if (m->words == NULL) {
        m->counts[depth]++;
        return;
    }
    set_bit(&m->words[first], depth - 1);
    bool hangs_here = node->raised && node->top_depth == depth;
    m->words[m->next[depth]++] = hangs_here ? node->top : raise(m->form, node, depth);
}

/* The keys from first on, n of them, lie in the same subtree as at. */
static void make(making *m, const tr_sparse_node *at, size_t first, size_t n)
{
    const tr_hash *keys = m->keys + first;
    unsigned depth = tr_sparse_common(&keys[0], &at->key, at->depth);
    depth = tr_sparse_common(&keys[n - 1], &at->key, depth);
    if (depth == m->form->depth) return; /* the key's own leaf */
    size_t left = split(n, keys, depth);
    if (depth < at->depth) { /* at is on one side only; the keys on the other are absent */
        bool right = tr_sparse_bit(&at->key, depth) != 0;
        size_t beside = right ? n - left : left;
        if (beside == 0) {
            give(m, first, at, depth + 1);
        } else {
            make(m, at, right ? first + left : first, beside);
        }
        return;
    }
    if (left == 0) give(m, first, at->u.child[0], depth + 1);
    if (left == n) give(m, first, at->u.child[1], depth + 1);
    if (left != 0) make(m, at->u.child[0], first, left);
    if (left != n) make(m, at->u.child[1], first + left, n - left);
}

tr_err tr_sparse_prove(tr_trail *trail, tr_sparse *tree, tr_arena *arena, size_t n,
                       const tr_hash keys[], tr_sparse_proof *out)
{
    TR_TRY(tr_sparse_check_keys(trail, tree->form, n, keys));
    (void)tr_sparse_root(tree); /* every node hashed */
    making m = {.form = tree->form, .keys = keys};
    if (tree->root != NULL) make(&m, tree->root, 0, n);
    size_t total = n;
    for (unsigned i = tree->form->depth; i > 0; i--) {
        m.next[i] = total;
        total += m.counts[i];
    }
    m.words = TR_ARENA_ARRAY(arena, tr_hash, total);
    if (m.words == NULL)
        return tr_fail(trail, TR_E_MEMORY, "no memory for a proof of %zu nodes", total);
    memset(m.words, 0, n * sizeof(tr_hash));
    if (tree->root != NULL) make(&m, tree->root, 0, n);
    *out = (tr_sparse_proof){m.words, total};
    return TR_OK;
}

/* A subtree on the way up, the keys in it named by their first. */
typedef struct group {
    tr_hash node;
    size_t first;
    unsigned parts; /* the depth at which its first key parts from the one before it */
} group;

typedef struct checking {
    const tr_sparse_form *form;
    const tr_hash *keys, *words;
    group *groups;
    size_t count;
    const tr_hash *given; /* the nodes of the proof that are left */
    size_t left;
    /* Pairs on their way to the hash function, and the groups that take the results. */
    size_t waiting;
    tr_hash pairs[2 * TR_SPARSE_PIECE];
    size_t to[TR_SPARSE_PIECE];
} checking;

static void flush(checking *c)
{
    tr_hash out[TR_SPARSE_PIECE];
    if (c->waiting != 0) c->form->hash(c->waiting, c->pairs, out);
    for (size_t i = 0; i < c->waiting; i++) c->groups[c->to[i]].node = out[i];
    c->waiting = 0;
}

static bool is_empty(const checking *c, const tr_hash *node, unsigned depth)
{
    return memcmp(node, &c->form->empty[depth], sizeof(*node)) == 0;
}

/* Group to takes the place of what stands on the left and on the right at depth. */
static void join(checking *c, const tr_hash *left, const tr_hash *right, unsigned depth, size_t to)
{
    if (is_empty(c, left, depth) && is_empty(c, right, depth)) {
        c->groups[to].node = c->form->empty[depth - 1];
        return;
    }
    c->pairs[2 * c->waiting] = *left;
    c->pairs[2 * c->waiting + 1] = *right;
    c->to[c->waiting++] = to;
    if (c->waiting == TR_SPARSE_PIECE) flush(c);
}

static tr_err beside(tr_trail *trail, checking *c, const group *g, unsigned depth,
                     const tr_hash **out)
{
    *out = &c->form->empty[depth];
    if (tr_sparse_bit(&c->words[g->first], depth - 1) == 0) return TR_OK;
    if (c->left == 0) return tr_fail(trail, TR_E_SHORT, "a node of the proof is missing");
    if (is_empty(c, c->given, depth))
        return tr_fail(trail, TR_E_CANONICAL, "the proof holds an empty node at depth %u", depth);
    *out = c->given++;
    c->left--;
    return TR_OK;
}

/* All groups go up from depth by one. */
static tr_err check_level(tr_trail *trail, checking *c, unsigned depth)
{
    size_t to = 0;
    for (size_t i = 0; i < c->count; to++) {
        group g = c->groups[i];
        const tr_hash *other;
        bool both = i + 1 < c->count && c->groups[i + 1].parts == depth - 1;
        if (both) {
            if (tr_sparse_bit(&c->words[g.first], depth - 1) != 0)
                return tr_fail(trail, TR_E_CANONICAL, "a node that follows from the keys is given");
            tr_hash right = c->groups[i + 1].node;
            join(c, &g.node, &right, depth, to);
        } else {
            TR_TRY(beside(trail, c, &g, depth, &other));
            bool right = tr_sparse_bit(&c->keys[g.first], depth - 1) != 0;
            join(c, right ? other : &g.node, right ? &g.node : other, depth, to);
        }
        c->groups[to].first = g.first;
        c->groups[to].parts = g.parts;
        i += both ? 2 : 1;
    }
    flush(c);
    c->count = to;
    return TR_OK;
}

/* The leaves, and the bits that may not be set in any proof of these keys. */
static tr_err begin(tr_trail *trail, checking *c, size_t n, const tr_hash values[])
{
    unsigned depth = c->form->depth;
    for (size_t i = 0; i < n; i++) {
        group *g = &c->groups[i];
        *g = (group){.first = i, .parts = UINT_MAX};
        unsigned shared = 0; /* bits that belong to the word of an earlier key, or to none */
        if (i != 0) {
            g->parts = tr_sparse_common(&c->keys[i - 1], &c->keys[i], depth);
            shared = g->parts + 1;
        }
        for (unsigned k = 0; k < shared; k++)
            if (tr_sparse_bit(&c->words[i], k) != 0)
                return tr_fail(trail, TR_E_CANONICAL, "a node is given for two keys");
        if (tr_sparse_check_key(NULL, c->form, &c->words[i]) != TR_OK)
            return tr_fail(trail, TR_E_CANONICAL, "a node beyond depth %u is given", depth);
        if (tr_sparse_is_zero(&values[i])) {
            g->node = c->form->empty[depth];
        } else if (c->form->leaf == NULL) {
            g->node = values[i];
        }
    }
    if (c->form->leaf == NULL) return TR_OK;
    for (size_t i = 0; i < n;) {
        size_t used = 0;
        for (; i < n && used < TR_SPARSE_PIECE; i++) {
            if (tr_sparse_is_zero(&values[i])) continue;
            c->pairs[2 * used] = c->keys[i];
            c->pairs[2 * used + 1] = values[i];
            c->to[used++] = i;
        }
        tr_hash out[TR_SPARSE_PIECE];
        if (used != 0) c->form->leaf(used, c->pairs, out);
        for (size_t k = 0; k < used; k++) c->groups[c->to[k]].node = out[k];
    }
    return TR_OK;
}

static tr_err check(tr_trail *trail, checking *c, size_t n, const tr_hash values[],
                    const tr_hash *root)
{
    TR_TRY(begin(trail, c, n, values));
    for (unsigned depth = c->form->depth; depth > 0; depth--) TR_TRY(check_level(trail, c, depth));
    if (c->left != 0)
        return tr_fail(trail, TR_E_TRAILING, "%zu nodes of the proof are not needed", c->left);
    if (memcmp(&c->groups[0].node, root, sizeof(*root)) == 0) return TR_OK;
    return tr_fail(trail, TR_E_TRIE_PROOF, "the proof leads to another root");
}

tr_err tr_sparse_check(tr_trail *trail, const tr_sparse_form *form, tr_arena *arena,
                       const tr_hash *root, size_t n, const tr_hash keys[], const tr_hash values[],
                       const tr_sparse_proof *proof)
{
    TR_TRY(tr_sparse_check_keys(trail, form, n, keys));
    if (proof->count < n) return tr_fail(trail, TR_E_SHORT, "a proof of %zu keys is cut short", n);
    tr_arena_mark mark = tr_arena_save(arena);
    checking c = {.form = form, .keys = keys, .words = proof->words, .count = n};
    c.given = proof->words + n;
    c.left = proof->count - n;
    c.groups = TR_ARENA_ARRAY(arena, group, n);
    tr_err err = c.groups == NULL
                     ? tr_fail(trail, TR_E_MEMORY, "no memory to check a proof of %zu keys", n)
                     : check(trail, &c, n, values, root);
    tr_arena_rewind(arena, mark);
    return err;
}
