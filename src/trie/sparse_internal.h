/* What the files of the sparse tree share: bits of keys, and the node. */
#ifndef TR_TRIE_SPARSE_INTERNAL_H
#define TR_TRIE_SPARSE_INTERNAL_H

#include "trie/sparse.h"

/* As many pairs as are put to the hash function at a time. */
enum { TR_SPARSE_PIECE = 64 };

/* A node that is not empty: a leaf, at the tree's depth, or a place where keys part. */
typedef struct tr_sparse_node tr_sparse_node;
struct tr_sparse_node {
    tr_hash key;  /* the leaf's, or that of some leaf that was below: bits before depth count */
    tr_hash hash; /* of the subtree at depth, unless dirty */
    tr_hash top;  /* of the subtree at top_depth, to which empty siblings lead up */
    union {
        tr_hash value;
        tr_sparse_node *child[2];
        tr_sparse_node *next; /* in the list of free nodes */
    } u;
    tr_sparse_node *work; /* the next of the same depth that is to be hashed */
    uint16_t depth, top_depth;
    bool dirty;  /* hash is out of date, and so it is in all nodes above */
    bool raised; /* top is up to date */
};

struct tr_sparse {
    const tr_sparse_form *form;
    tr_alloc *alloc;
    tr_arena arena;
    tr_sparse_node *root, *free;
    size_t count, free_count;
};

static inline unsigned tr_sparse_bit(const tr_hash *key, unsigned i)
{
    return key->b[i / 8] >> (7 - i % 8) & 1;
}

/* tr_sparse_common is how many bits two keys begin with in common, at most most. */
static inline unsigned tr_sparse_common(const tr_hash *a, const tr_hash *b, unsigned most)
{
    for (unsigned i = 0; i < 4; i++) {
        uint64_t x = tr_load64be(a->b + 8 * i) ^ tr_load64be(b->b + 8 * i);
        if (x != 0) return TR_MIN(most, 64 * i + tr_clz64(x));
    }
    return most;
}

static inline bool tr_sparse_is_zero(const tr_hash *h)
{
    static const tr_hash zero;
    return memcmp(h, &zero, sizeof(zero)) == 0;
}

/* tr_sparse_check_key: the key is not longer than the depth; _keys: there are some, none is, and
 * they rise. */
TR_NODISCARD tr_err tr_sparse_check_key(tr_trail *trail, const tr_sparse_form *form,
                                        const tr_hash *key);
TR_NODISCARD tr_err tr_sparse_check_keys(tr_trail *trail, const tr_sparse_form *form, size_t n,
                                         const tr_hash keys[]);

#endif
