/* Operations on the Merkle trees of trie/, and on ICS-23 proofs. */
#include "hash/hash.h"
#include "ops.h"
#include "trie/frontier.h"
#include "trie/ics23.h"

static void put_hash(tr_buf *out, const tr_hash *hash)
{
    tr_buf_put(out, TR_VIEW(hash->b));
}

/* What the operations on trees begin with: the hash (0 keccak-256, 1 SHA-256) and the depth. */
static tr_merkle_rule read_rule(tr_cursor *c)
{
    tr_merkle_rule rule = {tr_merkle_keccak256, TR_MERKLE_ZEROS, false, 0};
    if (tr_cursor_u8(c) == 1) rule.hash = tr_merkle_sha256;
    rule.depth = tr_cursor_u8(c);
    return rule;
}

/* The rest of the input as hashes, in arena. */
static tr_err read_hashes(tr_arena *arena, tr_cursor *c, size_t *n, tr_hash **out)
{
    if (c->err != TR_OK) return c->err;
    *n = tr_cursor_left(c) / sizeof(tr_hash);
    *out = TR_ARENA_ARRAY(arena, tr_hash, *n);
    if (*out == NULL) return TR_E_MEMORY;
    tr_bytes bytes = tr_cursor_take(c, *n * sizeof(tr_hash));
    if (*n != 0) memcpy(*out, bytes.data, bytes.len);
    return tr_cursor_finish(c, NULL, "hashes");
}

/* In: rule, leaves.  Out: the root, once the edge and the tree that keeps its nodes agree on it,
 * and the root with the count. */
static tr_err op_root(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_cursor c = tr_cursor_of(in);
    tr_merkle_rule rule = read_rule(&c);
    size_t n;
    tr_hash *leaves, root, same;
    TR_TRY(read_hashes(arena, &c, &n, &leaves));
    tr_frontier edge;
    tr_append_tree tree;
    TR_TRY(tr_frontier_init(NULL, &edge, &rule));
    tr_append_tree_init(&tree, &arena->alloc, &edge);
    TR_TRY(tr_append_tree_append(NULL, &tree, n, leaves));
    TR_TRY(tr_append_tree_root(NULL, &tree, n, &root));
    TR_TRY(tr_frontier_append(NULL, &edge, n, leaves));
    same = tr_frontier_root(&edge);
    if (memcmp(&root, &same, sizeof(root)) != 0) return TR_E_STATE;
    put_hash(out, &root);
    root = tr_frontier_mix(&rule, &root, n);
    put_hash(out, &root);
    return tr_buf_err(out);
}

/* In: rule, index (8 bytes, little-endian), leaves.  Out: the siblings. */
static tr_err op_prove(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_cursor c = tr_cursor_of(in);
    tr_merkle_rule rule = read_rule(&c);
    uint64_t index = tr_cursor_u64le(&c);
    size_t n;
    tr_hash *leaves, proof[TR_MERKLE_MAX_DEPTH];
    TR_TRY(read_hashes(arena, &c, &n, &leaves));
    tr_frontier edge;
    tr_append_tree tree;
    TR_TRY(tr_frontier_init(NULL, &edge, &rule));
    tr_append_tree_init(&tree, &arena->alloc, &edge);
    TR_TRY(tr_append_tree_append(NULL, &tree, n, leaves));
    TR_TRY(tr_append_tree_prove(NULL, &tree, index, n, proof));
    tr_buf_put(out, tr_bytes_of(proof, rule.depth * sizeof(tr_hash)));
    return tr_buf_err(out);
}

/* In: rule, index, root, leaf, siblings.  Out: nothing, or TR_E_TRIE_PROOF. */
static tr_err op_check(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)out;
    tr_cursor c = tr_cursor_of(in);
    tr_merkle_rule rule = read_rule(&c);
    uint64_t index = tr_cursor_u64le(&c);
    size_t n;
    tr_hash *hashes;
    TR_TRY(read_hashes(arena, &c, &n, &hashes));
    if (n < 2) return TR_E_SHORT;
    if (rule.depth == 0 || rule.depth > 32) return TR_E_RANGE;
    bool right = tr_merkle_check(&rule, (size_t)1 << rule.depth, index, &hashes[1], hashes + 2,
                                 n - 2, &hashes[0]);
    return right ? TR_OK : TR_E_TRIE_PROOF;
}

/* In: how many deposits there were (8 bytes), and if any their root and the hashes of the snapshot;
 * then the next deposit.  Out: the root and the hashes of the snapshot after it. */
static tr_err op_deposit(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    static const tr_merkle_rule rule = {tr_merkle_sha256, TR_MERKLE_ZEROS, false, 32};
    tr_cursor c = tr_cursor_of(in);
    uint64_t count = tr_cursor_u64le(&c);
    size_t n;
    tr_hash *hashes;
    TR_TRY(read_hashes(arena, &c, &n, &hashes));
    if (n == 0) return TR_E_SHORT;
    tr_frontier tree;
    tr_deposit_snapshot snapshot = {.deposit_count = count};
    TR_TRY(tr_frontier_init(NULL, &tree, &rule));
    if (count != 0) {
        if (n < 2 || n - 2 > TR_COUNTOF(snapshot.finalized)) return TR_E_RANGE;
        snapshot.deposit_root = hashes[0];
        snapshot.finalized_count = n - 2;
        memcpy(snapshot.finalized, hashes + 1, (n - 2) * sizeof(tr_hash));
        TR_TRY(tr_deposit_snapshot_restore(NULL, &rule, &snapshot, &tree));
    }
    TR_TRY(tr_frontier_append(NULL, &tree, 1, &hashes[n - 1]));
    tr_deposit_snapshot_get(&tree, &snapshot);
    put_hash(out, &snapshot.deposit_root);
    tr_buf_put(out, tr_bytes_of(snapshot.finalized, snapshot.finalized_count * sizeof(tr_hash)));
    return tr_buf_err(out);
}

/* A part of the input: its length (4 bytes, little-endian), then itself. */
static tr_bytes take_part(tr_cursor *c)
{
    return tr_cursor_take(c, tr_cursor_u32le(c));
}

static tr_err put_digest(tr_buf *out, const tr_ics23_digest *digest)
{
    tr_buf_put(out, tr_ics23_view(digest));
    return tr_buf_err(out);
}

/* In: the hash (1 byte), a message.  Out: its hash. */
static tr_err op_hash(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    if (in.len == 0 || in.data[0] > TR_ICS23_BLAKE3) return TR_E_RANGE;
    tr_ics23_digest digest;
    TR_TRY(tr_ics23_do_hash(NULL, (tr_ics23_hash)in.data[0], tr_bytes_cut(in, 1, in.len), &digest));
    return put_digest(out, &digest);
}

/* In: an ExistenceProof.  Out: the root that it leads to. */
static tr_err op_exist(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_ics23_exist exist;
    tr_ics23_digest digest;
    TR_TRY(tr_ics23_decode_exist(NULL, arena, in, &exist));
    TR_TRY(tr_ics23_root(NULL, arena, NULL, &exist, &digest));
    return put_digest(out, &digest);
}

/* In: parts: an InnerOp, a child.  Out: what the step gives. */
static tr_err op_step(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_cursor c = tr_cursor_of(in);
    tr_bytes op = take_part(&c), child = take_part(&c);
    TR_TRY(tr_cursor_finish(&c, NULL, "parts"));
    tr_ics23_inner_op inner;
    tr_ics23_digest digest;
    TR_TRY(tr_ics23_decode_inner_op(NULL, op, &inner));
    TR_TRY(tr_ics23_step(NULL, arena, &inner, child, &digest));
    return put_digest(out, &digest);
}

/* In: parts: the LeafOp of a specification, a LeafOp. */
static tr_err op_check_leaf(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    (void)out;
    tr_cursor c = tr_cursor_of(in);
    tr_bytes spec_bytes = take_part(&c), op_bytes = take_part(&c);
    TR_TRY(tr_cursor_finish(&c, NULL, "parts"));
    tr_ics23_leaf_op spec, op;
    TR_TRY(tr_ics23_decode_leaf_op(NULL, spec_bytes, &spec));
    TR_TRY(tr_ics23_decode_leaf_op(NULL, op_bytes, &op));
    return tr_ics23_check_leaf_op(NULL, &spec, &op);
}

/* In: parts: a ProofSpec, an ExistenceProof. */
static tr_err op_check_spec(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)out;
    tr_cursor c = tr_cursor_of(in);
    tr_bytes spec_bytes = take_part(&c), exist_bytes = take_part(&c);
    TR_TRY(tr_cursor_finish(&c, NULL, "parts"));
    tr_ics23_spec spec;
    tr_ics23_exist exist;
    TR_TRY(tr_ics23_decode_spec(NULL, arena, spec_bytes, &spec));
    TR_TRY(tr_ics23_decode_exist(NULL, arena, exist_bytes, &exist));
    return tr_ics23_check_spec(NULL, &spec, &exist);
}

/* In: parts: a ProofSpec, an InnerOp.  Out: whether its left, its right branches are empty. */
static tr_err op_sides(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_cursor c = tr_cursor_of(in);
    tr_bytes spec_bytes = take_part(&c), op_bytes = take_part(&c);
    TR_TRY(tr_cursor_finish(&c, NULL, "parts"));
    tr_ics23_spec spec;
    tr_ics23_inner_op op;
    TR_TRY(tr_ics23_decode_spec(NULL, arena, spec_bytes, &spec));
    TR_TRY(tr_ics23_decode_inner_op(NULL, op_bytes, &op));
    tr_buf_put_u8(out, tr_ics23_left_empty(&spec.inner, &op));
    tr_buf_put_u8(out, tr_ics23_right_empty(&spec.inner, &op));
    return tr_buf_err(out);
}

/* In: the tree (0 IAVL, 1 Tendermint, 2 SMT); parts: root, key, value (empty: it is absent), a
 * CommitmentProof. */
static tr_err op_proof(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    static const tr_ics23_spec *const specs[] = {&tr_ics23_iavl, &tr_ics23_tendermint,
                                                 &tr_ics23_smt};
    (void)out;
    tr_cursor c = tr_cursor_of(in);
    unsigned tree = tr_cursor_u8(&c);
    tr_bytes root = take_part(&c), key = take_part(&c), value = take_part(&c);
    tr_bytes bytes = take_part(&c);
    TR_TRY(tr_cursor_finish(&c, NULL, "parts"));
    if (tree >= TR_COUNTOF(specs)) return TR_E_RANGE;
    tr_ics23_proof proof;
    TR_TRY(tr_ics23_decode(NULL, arena, bytes, &proof));
    if (value.len == 0) return tr_ics23_check_absent(NULL, arena, specs[tree], root, &proof, key);
    return tr_ics23_check_member(NULL, arena, specs[tree], root, &proof, key, value);
}

static const tr_op ops[] = {
    {"merkle.append-root", op_root},
    {"merkle.append-prove", op_prove},
    {"merkle.check", op_check},
    {"merkle.deposit", op_deposit},
    {"ics23.hash", op_hash},
    {"ics23.exist", op_exist},
    {"ics23.step", op_step},
    {"ics23.check-leaf", op_check_leaf},
    {"ics23.check-spec", op_check_spec},
    {"ics23.sides", op_sides},
    {"ics23.proof", op_proof},
};
const tr_ops tr_ops_merkle = {ops, TR_COUNTOF(ops)};
