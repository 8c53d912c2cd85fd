/* A node of a Merkle-Patricia trie as bytes: what proofs carry, what a store keeps, what is hashed.
 *
 *   leaf, extension   [hex-prefix(path), value]  or  [hex-prefix(path), child]
 *   branch            [child 0, ..., child 15, value]
 *
 * A node whose encoding is 32 bytes or more is named by its hash; a shorter one lies in its parent
 * as it is.  The root is always named by its hash. */
#ifndef TR_TRIE_NODE_H
#define TR_TRIE_NODE_H

#include "base/base.h"

enum {
    TR_TRIE_KEY_MAX = 64,                   /* bytes */
    TR_TRIE_PATH_MAX = 2 * TR_TRIE_KEY_MAX, /* nibbles */
};

/* A path from the root, one nibble in a byte. */
typedef struct tr_path {
    uint8_t len;
    uint8_t at[TR_TRIE_PATH_MAX];
} tr_path;

/* The hash of the empty string's encoding: the root of a trie without entries. */
extern const tr_hash tr_trie_empty_root;

/* tr_path_of spreads a key of at most TR_TRIE_KEY_MAX bytes. */
void tr_path_of(tr_bytes key, tr_path *out);

/* Hex-prefix: a path of nibbles as bytes, with a mark for "ends in a value".  The encoding takes
 * len / 2 + 1 bytes.  tr_path_decode is strict: TR_E_TRIE_PATH for an unknown mark, padding that
 * is not zero, or a path that is too long. */
size_t tr_path_encode(const uint8_t *nibbles, size_t len, bool leaf, uint8_t *out);
TR_NODISCARD tr_err tr_path_decode(tr_bytes in, tr_path *out, bool *leaf);

typedef enum tr_trie_kind { TR_TRIE_LEAF, TR_TRIE_EXTENSION, TR_TRIE_BRANCH } tr_trie_kind;

/* How a parent names a child: len 0 is no child, 32 a hash, anything between the child itself. */
typedef struct tr_trie_ref {
    uint8_t len;
    uint8_t b[32];
} tr_trie_ref;

/* A node taken apart.  child[0] is an extension's.  Views of the encoding: a hash is its 32 bytes,
 * an embedded node its whole encoding. */
typedef struct tr_trie_node {
    tr_trie_kind kind;
    tr_path path;   /* of a leaf or an extension */
    tr_bytes value; /* of a leaf; of a branch, where a key ends: else empty */
    tr_bytes child[16];
} tr_trie_node;

/* tr_trie_node_decode is strict: the RLP is canonical with nothing after it; an extension has a
 * path and a child; a child is empty, 32 bytes, or a list shorter than 32 bytes; a branch has at
 * least two entries; a leaf has a value.  Embedded nodes are views, not yet looked into.  The
 * offset in the trail is that of the fault. */
TR_NODISCARD tr_err tr_trie_node_decode(tr_trail *trail, tr_bytes encoding, tr_trie_node *out);

/* tr_trie_node_encode adds the encoding. */
void tr_trie_node_encode(tr_buf *out, const tr_trie_node *node);

/* tr_trie_ref_of is how a parent names the node of this encoding. */
tr_trie_ref tr_trie_ref_of(tr_bytes encoding);

#endif
