/* ICS-23: proofs of what a Merkle tree of another chain holds, or does not hold, described by what
 * is hashed with what.  A proof is data from outside; a specification is the verifier's own and
 * says what such a proof may look like, so that every byte of it enters a hash in one way only.
 *
 *   a leaf     hash(prefix . length . key . length . value), key and value maybe hashed before
 *   a step up  hash(prefix . child . suffix): the siblings hide in prefix and suffix
 *
 * That a key is absent is shown by its two neighbours, which must be next to each other, or by one
 * that is the outermost.  Proofs come in the wire form of cosmos.ics23.v1, of which only the one
 * encoding that its encoders write is accepted: fields in order, no defaults, none unknown. */
#ifndef TR_TRIE_ICS23_H
#define TR_TRIE_ICS23_H

#include "base/base.h"

typedef enum tr_ics23_hash {
    TR_ICS23_NO_HASH,
    TR_ICS23_SHA256,
    TR_ICS23_SHA512,
    TR_ICS23_KECCAK256,
    TR_ICS23_RIPEMD160,
    TR_ICS23_BITCOIN, /* ripemd160(sha256) */
    TR_ICS23_SHA512_256,
    TR_ICS23_BLAKE2B_512,
    TR_ICS23_BLAKE2S_256,
    TR_ICS23_BLAKE3, /* not supported */
} tr_ics23_hash;

typedef enum tr_ics23_length {
    TR_ICS23_NO_PREFIX,
    TR_ICS23_VAR_PROTO,
    TR_ICS23_VAR_RLP, /* not supported */
    TR_ICS23_FIXED32_BIG,
    TR_ICS23_FIXED32_LITTLE,
    TR_ICS23_FIXED64_BIG,
    TR_ICS23_FIXED64_LITTLE,
    TR_ICS23_REQUIRE_32_BYTES,
    TR_ICS23_REQUIRE_64_BYTES,
} tr_ics23_length;

typedef struct tr_ics23_leaf_op {
    tr_ics23_hash hash, prehash_key, prehash_value;
    tr_ics23_length length;
    tr_bytes prefix;
} tr_ics23_leaf_op;

typedef struct tr_ics23_inner_op {
    tr_ics23_hash hash;
    tr_bytes prefix, suffix;
} tr_ics23_inner_op;

typedef struct tr_ics23_exist {
    tr_bytes key, value;
    bool has_leaf;
    tr_ics23_leaf_op leaf;
    size_t steps;
    const tr_ics23_inner_op *const *path; /* from the leaf up */
} tr_ics23_exist;

typedef struct tr_ics23_nonexist {
    tr_bytes key;                       /* as it is, or as the tree compares it */
    const tr_ics23_exist *left, *right; /* one of them may be NULL */
} tr_ics23_nonexist;

/* One of the two is not NULL. */
typedef struct tr_ics23_entry {
    const tr_ics23_exist *exist;
    const tr_ics23_nonexist *nonexist;
} tr_ics23_entry;

/* A proof of one entry or a batch, compressed or not. */
typedef struct tr_ics23_proof {
    size_t count;
    const tr_ics23_entry *entries;
} tr_ics23_proof;

typedef struct tr_ics23_inner_spec {
    size_t children;
    const uint32_t *child_order; /* [i]: the branch that stands at place i; counts from 0 */
    uint32_t child_size, min_prefix, max_prefix;
    tr_bytes empty_child;
    tr_ics23_hash hash;
} tr_ics23_inner_spec;

typedef struct tr_ics23_spec {
    tr_ics23_leaf_op leaf; /* its prefix: with what the leaf's must begin */
    tr_ics23_inner_spec inner;
    uint32_t min_depth, max_depth; /* 0: none, TR_ICS23_MAX_DEPTH */
    bool prehash_compared_key;
} tr_ics23_spec;

enum { TR_ICS23_MAX_DEPTH = 128, TR_ICS23_MAX_CHILDREN = 32 };

/* Those of IAVL trees, of Tendermint's simple trees, of the sparse trees of Celestia's smt. */
extern const tr_ics23_spec tr_ics23_iavl, tr_ics23_tendermint, tr_ics23_smt;

/* tr_ics23_decode reads a CommitmentProof; the rest read the messages of their names.  What is
 * read are views of in; arrays come from arena, at most 64 bytes for each byte of in.
 * TR_E_UNSUPPORTED: an unknown field, hash or length, or an ExclusionProof; TR_E_CANONICAL,
 * TR_E_DUPLICATE; TR_E_RANGE: an index beyond the table of a compressed batch; the errors of
 * tr_proto. */
TR_NODISCARD tr_err tr_ics23_decode(tr_trail *trail, tr_arena *arena, tr_bytes in,
                                    tr_ics23_proof *out);
TR_NODISCARD tr_err tr_ics23_decode_exist(tr_trail *trail, tr_arena *arena, tr_bytes in,
                                          tr_ics23_exist *out);
TR_NODISCARD tr_err tr_ics23_decode_leaf_op(tr_trail *trail, tr_bytes in, tr_ics23_leaf_op *out);
TR_NODISCARD tr_err tr_ics23_decode_inner_op(tr_trail *trail, tr_bytes in, tr_ics23_inner_op *out);
TR_NODISCARD tr_err tr_ics23_decode_spec(tr_trail *trail, tr_arena *arena, tr_bytes in,
                                         tr_ics23_spec *out);

/* tr_ics23_check_member: the proof has an entry for key that shows, by the specification, that the
 * tree with this root holds value there.  tr_ics23_check_absent: ... that it holds no such key.
 * TR_E_PROOF_SPEC: the specification does not allow the proof; TR_E_TRIE_PROOF: it proves something
 * else or nothing; TR_E_UNSUPPORTED; TR_E_ARGUMENT: an empty root or key, or a specification that
 * makes no sense.  Of a batch only the entry asked for is looked at.  Scratch comes from arena and
 * goes back. */
TR_NODISCARD tr_err tr_ics23_check_member(tr_trail *trail, tr_arena *arena,
                                          const tr_ics23_spec *spec, tr_bytes root,
                                          const tr_ics23_proof *proof, tr_bytes key,
                                          tr_bytes value);
TR_NODISCARD tr_err tr_ics23_check_absent(tr_trail *trail, tr_arena *arena,
                                          const tr_ics23_spec *spec, tr_bytes root,
                                          const tr_ics23_proof *proof, tr_bytes key);

/* The parts. */
typedef struct tr_ics23_digest {
    uint8_t bytes[64];
    size_t len;
} tr_ics23_digest;

static inline tr_bytes tr_ics23_view(const tr_ics23_digest *digest)
{
    return (tr_bytes){digest->bytes, digest->len};
}

/* tr_ics23_do_hash: TR_E_UNSUPPORTED for one that there is not, and for none. */
TR_NODISCARD tr_err tr_ics23_do_hash(tr_trail *trail, tr_ics23_hash hash, tr_bytes in,
                                     tr_ics23_digest *out);

/* tr_ics23_step hashes a child with what stands around it.  An empty child: TR_E_TRIE_PROOF. */
TR_NODISCARD tr_err tr_ics23_step(tr_trail *trail, tr_arena *arena, const tr_ics23_inner_op *op,
                                  tr_bytes child, tr_ics23_digest *out);

/* tr_ics23_root works out the root that a proof of existence leads to.  With a specification
 * (NULL: none) no step may give more bytes than a child has. */
TR_NODISCARD tr_err tr_ics23_root(tr_trail *trail, tr_arena *arena, const tr_ics23_spec *spec,
                                  const tr_ics23_exist *exist, tr_ics23_digest *out);

/* tr_ics23_check_leaf_op: a leaf of this kind is allowed.  tr_ics23_check_spec: a whole proof. */
TR_NODISCARD tr_err tr_ics23_check_leaf_op(tr_trail *trail, const tr_ics23_leaf_op *spec,
                                           const tr_ics23_leaf_op *op);
TR_NODISCARD tr_err tr_ics23_check_spec(tr_trail *trail, const tr_ics23_spec *spec,
                                        const tr_ics23_exist *exist);

/* tr_ics23_left_empty: there are branches to the left of the child, all of them empty. */
bool tr_ics23_left_empty(const tr_ics23_inner_spec *spec, const tr_ics23_inner_op *op);
bool tr_ics23_right_empty(const tr_ics23_inner_spec *spec, const tr_ics23_inner_op *op);

#endif
