#include "trie/ics23.h"

#include "hash/hash.h"

static const uint32_t two_children[] = {0, 1};
static const uint8_t zeros[32];

#define LEAF_OF(prehash, length_op)                                                                \
    {                                                                                              \
        TR_ICS23_SHA256, prehash, TR_ICS23_SHA256, length_op,                                      \
        {                                                                                          \
            zeros, 1                                                                               \
        }                                                                                          \
    }

const tr_ics23_spec tr_ics23_iavl = {
    .leaf = LEAF_OF(TR_ICS23_NO_HASH, TR_ICS23_VAR_PROTO),
    .inner = {2, two_children, 33, 4, 12, {NULL, 0}, TR_ICS23_SHA256},
};

const tr_ics23_spec tr_ics23_tendermint = {
    .leaf = LEAF_OF(TR_ICS23_NO_HASH, TR_ICS23_VAR_PROTO),
    .inner = {2, two_children, 32, 1, 1, {NULL, 0}, TR_ICS23_SHA256},
};

const tr_ics23_spec tr_ics23_smt = {
    .leaf = LEAF_OF(TR_ICS23_SHA256, TR_ICS23_NO_PREFIX),
    .inner = {2, two_children, 32, 1, 1, {zeros, 32}, TR_ICS23_SHA256},
    .max_depth = 256,
    .prehash_compared_key = true,
};

static void put_digest(tr_ics23_digest *out, const void *bytes, size_t len)
{
    memcpy(out->bytes, bytes, len);
    out->len = len;
}

tr_err tr_ics23_do_hash(tr_trail *trail, tr_ics23_hash hash, tr_bytes in, tr_ics23_digest *out)
{
    tr_hash half = {{0}};
    switch (hash) {
    case TR_ICS23_SHA512:
        tr_sha512(in, out->bytes);
        out->len = 64;
        return TR_OK;
    case TR_ICS23_BLAKE2B_512:
        tr_blake2b(in, out->bytes);
        out->len = 64;
        return TR_OK;
    case TR_ICS23_RIPEMD160:
        tr_ripemd160(in, out->bytes);
        out->len = 20;
        return TR_OK;
    case TR_ICS23_BITCOIN:
        half = tr_sha256(in);
        tr_ripemd160(TR_VIEW(half.b), out->bytes);
        out->len = 20;
        return TR_OK;
    case TR_ICS23_SHA256:
        half = tr_sha256(in);
        break;
    case TR_ICS23_KECCAK256:
        half = tr_keccak256(in);
        break;
    case TR_ICS23_SHA512_256:
        half = tr_sha512_256(in);
        break;
    case TR_ICS23_BLAKE2S_256:
        half = tr_blake2s(in);
        break;
    case TR_ICS23_NO_HASH:
    case TR_ICS23_BLAKE3:
        return tr_fail(trail, TR_E_UNSUPPORTED, "hash %u of an ICS-23 proof", (unsigned)hash);
    }
    put_digest(out, &half, sizeof(half));
    return TR_OK;
}

static tr_err put_length(tr_trail *trail, tr_buf *out, tr_ics23_length length, uint64_t len)
{
    uint8_t bytes[10];
    size_t size = 0;
    switch (length) {
    case TR_ICS23_NO_PREFIX:
        break;
    case TR_ICS23_VAR_PROTO:
        for (uint64_t rest = len; rest >= 0x80; rest >>= 7) bytes[size++] = (uint8_t)(rest | 0x80);
        bytes[size] = (uint8_t)(len >> (7 * size));
        size++;
        break;
    case TR_ICS23_FIXED32_BIG:
        tr_store32be(bytes, (uint32_t)len);
        size = 4;
        break;
    case TR_ICS23_FIXED32_LITTLE:
        tr_store32le(bytes, (uint32_t)len);
        size = 4;
        break;
    case TR_ICS23_FIXED64_BIG:
        tr_store64be(bytes, len);
        size = 8;
        break;
    case TR_ICS23_FIXED64_LITTLE:
        tr_store64le(bytes, len);
        size = 8;
        break;
    case TR_ICS23_REQUIRE_32_BYTES:
    case TR_ICS23_REQUIRE_64_BYTES:
        if (len == (length == TR_ICS23_REQUIRE_32_BYTES ? 32u : 64u)) break;
        return tr_fail(trail, TR_E_PROOF_SPEC, "a key or value of %llu bytes in an ICS-23 leaf",
                       (unsigned long long)len);
    case TR_ICS23_VAR_RLP:
        return tr_fail(trail, TR_E_UNSUPPORTED, "lengths as RLP in an ICS-23 leaf");
    }
    if (len > UINT32_MAX && size == 4)
        return tr_fail(trail, TR_E_RANGE, "a key or value too long for its length");
    tr_buf_put(out, tr_bytes_of(bytes, size));
    return TR_OK;
}

/* A key or a value as it enters the leaf: hashed, if so, and with its length. */
static tr_err put_part(tr_trail *trail, tr_buf *out, tr_ics23_hash prehash, tr_ics23_length length,
                       tr_bytes part)
{
    tr_ics23_digest digest;
    if (part.len == 0)
        return tr_fail(trail, TR_E_TRIE_PROOF, "an ICS-23 leaf with no key or value");
    if (prehash != TR_ICS23_NO_HASH) {
        TR_TRY(tr_ics23_do_hash(trail, prehash, part, &digest));
        part = tr_ics23_view(&digest);
    }
    TR_TRY(put_length(trail, out, length, part.len));
    tr_buf_put(out, part);
    return TR_OK;
}

static tr_err hash_all_of(tr_trail *trail, tr_ics23_hash hash, const tr_buf *in,
                          tr_ics23_digest *out)
{
    if (tr_buf_err(in) != TR_OK)
        return tr_fail(trail, tr_buf_err(in), "no memory for what an ICS-23 proof hashes");
    return tr_ics23_do_hash(trail, hash, tr_buf_view(in), out);
}

static tr_err hash_leaf(tr_trail *trail, tr_arena *arena, const tr_ics23_leaf_op *op, tr_bytes key,
                        tr_bytes value, tr_ics23_digest *out)
{
    tr_arena_mark mark = tr_arena_save(arena);
    tr_buf in;
    tr_buf_init(&in, &arena->alloc, SIZE_MAX);
    tr_buf_put(&in, op->prefix);
    tr_err err = put_part(trail, &in, op->prehash_key, op->length, key);
    if (err == TR_OK) err = put_part(trail, &in, op->prehash_value, op->length, value);
    if (err == TR_OK) err = hash_all_of(trail, op->hash, &in, out);
    tr_arena_rewind(arena, mark);
    return err;
}

tr_err tr_ics23_step(tr_trail *trail, tr_arena *arena, const tr_ics23_inner_op *op, tr_bytes child,
                     tr_ics23_digest *out)
{
    if (child.len == 0) return tr_fail(trail, TR_E_TRIE_PROOF, "an ICS-23 step without a child");
    tr_arena_mark mark = tr_arena_save(arena);
    tr_buf in;
    tr_buf_init(&in, &arena->alloc, SIZE_MAX);
    tr_buf_put(&in, op->prefix);
    tr_buf_put(&in, child);
    tr_buf_put(&in, op->suffix);
    tr_err err = hash_all_of(trail, op->hash, &in, out);
    tr_arena_rewind(arena, mark);
    return err;
}

tr_err tr_ics23_root(tr_trail *trail, tr_arena *arena, const tr_ics23_spec *spec,
                     const tr_ics23_exist *exist, tr_ics23_digest *out)
{
    if (!exist->has_leaf) return tr_fail(trail, TR_E_PROOF_SPEC, "an ICS-23 proof without a leaf");
    TR_TRY(hash_leaf(trail, arena, &exist->leaf, exist->key, exist->value, out));
    for (size_t i = 0; i < exist->steps; i++) {
        tr_ics23_digest child = *out;
        TR_TRY(tr_ics23_step(trail, arena, exist->path[i], tr_ics23_view(&child), out));
        if (spec != NULL && spec->inner.child_size >= 32 && out->len > spec->inner.child_size)
            return tr_fail(trail, TR_E_PROOF_SPEC, "step %zu gives more than a child has", i);
    }
    return TR_OK;
}

static bool begins_with(tr_bytes bytes, tr_bytes with)
{
    return tr_bytes_eq(tr_bytes_cut(bytes, 0, with.len), with);
}

tr_err tr_ics23_check_leaf_op(tr_trail *trail, const tr_ics23_leaf_op *spec,
                              const tr_ics23_leaf_op *op)
{
    const char *what = op->hash != spec->hash                     ? "hash"
                       : op->prehash_key != spec->prehash_key     ? "hash of the key"
                       : op->prehash_value != spec->prehash_value ? "hash of the value"
                       : op->length != spec->length               ? "form of lengths"
                       : !begins_with(op->prefix, spec->prefix)   ? "prefix"
                                                                  : NULL;
    if (what == NULL) return TR_OK;
    return tr_fail(trail, TR_E_PROOF_SPEC, "the leaf has another %s than its specification", what);
}

/* What two specifications must have in common for the rules of one tree to hold for the other. */
static bool alike(const tr_ics23_spec *a, const tr_ics23_spec *b)
{
    return a->leaf.hash == b->leaf.hash && a->leaf.prehash_key == b->leaf.prehash_key &&
           a->leaf.prehash_value == b->leaf.prehash_value && a->leaf.length == b->leaf.length &&
           a->inner.hash == b->inner.hash && a->inner.min_prefix == b->inner.min_prefix &&
           a->inner.max_prefix == b->inner.max_prefix &&
           a->inner.child_size == b->inner.child_size && a->inner.children == b->inner.children;
}

/* A signed number as IAVL writes it, zigzag; false if there is none or it is negative. */
static bool take_number(tr_bytes *in, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < in->len && i < 9; i++) {
        value |= (uint64_t)(in->data[i] & 0x7f) << (7 * i);
        if (in->data[i] >= 0x80) continue;
        *in = tr_bytes_cut(*in, i + 1, in->len);
        *out = value >> 1;
        return value % 2 == 0;
    }
    return false;
}

/* The prefix of an IAVL node: height (that of the layer or more), size and version; then, in inner
 * nodes, the length of the child, or the left child with its length and then that. */
static bool is_iavl_prefix(tr_bytes prefix, size_t layer)
{
    uint64_t height, size, version;
    if (!take_number(&prefix, &height) || height < layer) return false;
    if (!take_number(&prefix, &size) || !take_number(&prefix, &version)) return false;
    return layer == 0 ? prefix.len == 0 : prefix.len == 1 || prefix.len == 34;
}

/* A node of Tendermint's simple tree: 1, and the other child on one side. */
static bool is_tendermint_step(const tr_ics23_inner_op *op)
{
    if (op->prefix.len == 0 || op->prefix.data[0] != 1) return false;
    return op->suffix.len == 0 ? op->prefix.len == 33 : op->prefix.len == 1 && op->suffix.len == 32;
}

static tr_err check_step(tr_trail *trail, const tr_ics23_spec *spec, const tr_ics23_inner_op *op,
                         size_t layer)
{
    const tr_ics23_inner_spec *inner = &spec->inner;
    uint64_t left = (uint64_t)inner->child_size * (inner->children - 1);
    const char *what = NULL;
    if (op->hash != inner->hash) {
        what = "has another hash";
    } else if (alike(spec, &tr_ics23_iavl) && !is_iavl_prefix(op->prefix, layer)) {
        what = "is none of an IAVL tree";
    } else if (alike(spec, &tr_ics23_tendermint) && !is_tendermint_step(op)) {
        what = "is none of a Tendermint tree";
    } else if (begins_with(op->prefix, spec->leaf.prefix)) {
        what = "could be a leaf";
    } else if (op->prefix.len < inner->min_prefix) {
        what = "has too short a prefix";
    } else if (op->prefix.len > inner->max_prefix + left) {
        what = "has too long a prefix";
    } else if (op->suffix.len % inner->child_size != 0) {
        what = "has a suffix that is not made of children";
    }
    if (what == NULL) return TR_OK;
    return tr_fail(trail, TR_E_PROOF_SPEC, "step %zu of the proof %s", layer, what);
}

/* A specification under which the place of a child can be told from the prefix. */
static tr_err check_sense(tr_trail *trail, const tr_ics23_inner_spec *spec)
{
    bool fine = spec->children > 0 && spec->children <= TR_ICS23_MAX_CHILDREN &&
                spec->child_size > 0 && spec->min_prefix <= spec->max_prefix &&
                spec->max_prefix - spec->min_prefix < spec->child_size;
    uint64_t seen = 0;
    for (size_t i = 0; fine && i < spec->children; i++) {
        fine = spec->child_order[i] < spec->children && (seen >> spec->child_order[i] & 1) == 0;
        seen |= (uint64_t)1 << (spec->child_order[i] & 63);
    }
    if (fine) return TR_OK;
    return tr_fail(trail, TR_E_ARGUMENT, "an ICS-23 specification that makes no sense");
}

tr_err tr_ics23_check_spec(tr_trail *trail, const tr_ics23_spec *spec, const tr_ics23_exist *exist)
{
    TR_TRY(check_sense(trail, &spec->inner));
    if (!exist->has_leaf) return tr_fail(trail, TR_E_PROOF_SPEC, "an ICS-23 proof without a leaf");
    TR_TRY(tr_ics23_check_leaf_op(trail, &spec->leaf, &exist->leaf));
    if (alike(spec, &tr_ics23_iavl) && !is_iavl_prefix(exist->leaf.prefix, 0))
        return tr_fail(trail, TR_E_PROOF_SPEC, "the leaf is none of an IAVL tree");
    size_t most = spec->max_depth != 0 ? spec->max_depth : (size_t)TR_ICS23_MAX_DEPTH;
    if (exist->steps < spec->min_depth || exist->steps > most)
        return tr_fail(trail, TR_E_PROOF_SPEC, "a proof of %zu steps, not of %u to %zu",
                       exist->steps, spec->min_depth, most);
    for (size_t i = 0; i < exist->steps; i++)
        TR_TRY(check_step(trail, spec, exist->path[i], i + 1));
    return TR_OK;
}

/* The place of the child of a step among all children; false if the step has none. */
static bool place_of(const tr_ics23_inner_spec *spec, const tr_ics23_inner_op *op, size_t *place)
{
    for (size_t i = 0; i < spec->children; i++) {
        uint64_t before = (uint64_t)spec->child_size * i;
        uint64_t after = (uint64_t)spec->child_size * (spec->children - 1 - i);
        if (op->prefix.len < before + spec->min_prefix ||
            op->prefix.len > before + spec->max_prefix || op->suffix.len != after)
            continue;
        *place = i;
        return true;
    }
    return false;
}

/* Whether all branches before the child's own (or after it) are empty. */
static bool side_empty(const tr_ics23_inner_spec *spec, const tr_ics23_inner_op *op, bool before)
{
    size_t place;
    if (!place_of(spec, op, &place)) return false;
    uint32_t own = spec->child_order[place];
    for (size_t i = 0; i < spec->children; i++) {
        uint32_t branch = spec->child_order[i];
        if (before ? branch >= own : branch <= own) continue;
        tr_bytes other =
            i < place
                ? tr_bytes_cut(op->prefix, op->prefix.len - (place - i) * spec->child_size,
                               spec->child_size)
                : tr_bytes_cut(op->suffix, (i - place - 1) * spec->child_size, spec->child_size);
        if (!tr_bytes_eq(other, spec->empty_child)) return false;
    }
    return true;
}

/* The branch of a step; children if it has none. */
static size_t branch_of(const tr_ics23_inner_spec *spec, const tr_ics23_inner_op *op)
{
    size_t place;
    return place_of(spec, op, &place) ? spec->child_order[place] : spec->children;
}

bool tr_ics23_left_empty(const tr_ics23_inner_spec *spec, const tr_ics23_inner_op *op)
{
    return branch_of(spec, op) != 0 && side_empty(spec, op, true);
}

bool tr_ics23_right_empty(const tr_ics23_inner_spec *spec, const tr_ics23_inner_op *op)
{
    return branch_of(spec, op) + 1 != spec->children && side_empty(spec, op, false);
}

static bool is_outermost(const tr_ics23_inner_spec *spec, size_t steps,
                         const tr_ics23_inner_op *const path[], bool left)
{
    for (size_t i = 0; i < steps; i++)
        if (!side_empty(spec, path[i], left)) return false;
    return true;
}

/* Both lead to one root: from there down they go together, then part to two branches that are next
 * to each other, and below keep to the inner side. */
static bool are_neighbours(const tr_ics23_inner_spec *spec, const tr_ics23_exist *left,
                           const tr_ics23_exist *right)
{
    size_t l = left->steps, r = right->steps;
    const tr_ics23_inner_op *a, *b;
    do {
        if (l == 0 || r == 0) return false;
        a = left->path[--l];
        b = right->path[--r];
    } while (tr_bytes_eq(a->prefix, b->prefix) && tr_bytes_eq(a->suffix, b->suffix));
    size_t from = branch_of(spec, a), to = branch_of(spec, b);
    if (from >= spec->children || to >= spec->children || from + 1 != to) return false;
    return is_outermost(spec, l, left->path, false) && is_outermost(spec, r, right->path, true);
}

static tr_err check_exist(tr_trail *trail, tr_arena *arena, const tr_ics23_spec *spec,
                          tr_bytes root, const tr_ics23_exist *exist)
{
    tr_ics23_digest got;
    TR_TRY(tr_ics23_check_spec(trail, spec, exist));
    TR_TRY(tr_ics23_root(trail, arena, spec, exist, &got));
    if (tr_bytes_eq(root, tr_ics23_view(&got))) return TR_OK;
    return tr_fail(trail, TR_E_TRIE_PROOF, "the ICS-23 proof leads to another root");
}

static tr_err check_question(tr_trail *trail, tr_bytes root, tr_bytes key)
{
    if (root.len != 0 && key.len != 0) return TR_OK;
    return tr_fail(trail, TR_E_ARGUMENT, "an ICS-23 proof for an empty root or key");
}

tr_err tr_ics23_check_member(tr_trail *trail, tr_arena *arena, const tr_ics23_spec *spec,
                             tr_bytes root, const tr_ics23_proof *proof, tr_bytes key,
                             tr_bytes value)
{
    TR_TRY(check_question(trail, root, key));
    for (size_t i = 0; i < proof->count; i++) {
        const tr_ics23_exist *exist = proof->entries[i].exist;
        if (exist == NULL || !tr_bytes_eq(exist->key, key)) continue;
        if (!tr_bytes_eq(exist->value, value))
            return tr_fail(trail, TR_E_TRIE_PROOF, "the ICS-23 proof is of another value");
        return check_exist(trail, arena, spec, root, exist);
    }
    return tr_fail(trail, TR_E_TRIE_PROOF, "the ICS-23 proof is of no such key");
}

/* A key as the tree compares it: hashed, if so, into digest. */
static tr_err compared(tr_trail *trail, const tr_ics23_spec *spec, tr_bytes *key,
                       tr_ics23_digest *digest)
{
    if (!spec->prehash_compared_key || spec->leaf.prehash_key == TR_ICS23_NO_HASH) return TR_OK;
    TR_TRY(tr_ics23_do_hash(trail, spec->leaf.prehash_key, *key, digest));
    *key = tr_ics23_view(digest);
    return TR_OK;
}

static tr_err compare(tr_trail *trail, const tr_ics23_spec *spec, tr_bytes a, tr_bytes b, int *out)
{
    tr_ics23_digest hashed[2];
    TR_TRY(compared(trail, spec, &a, &hashed[0]));
    TR_TRY(compared(trail, spec, &b, &hashed[1]));
    *out = tr_bytes_cmp(a, b);
    return TR_OK;
}

static tr_err check_between(tr_trail *trail, const tr_ics23_spec *spec,
                            const tr_ics23_nonexist *between, tr_bytes key)
{
    int order = 0;
    if (between->left != NULL) {
        TR_TRY(compare(trail, spec, between->left->key, key, &order));
        if (order >= 0)
            return tr_fail(trail, TR_E_TRIE_PROOF, "the key does not come after its neighbour");
    }
    if (between->right != NULL) {
        TR_TRY(compare(trail, spec, key, between->right->key, &order));
        if (order >= 0)
            return tr_fail(trail, TR_E_TRIE_PROOF, "the key does not come before its neighbour");
    }
    return TR_OK;
}

static tr_err check_nonexist(tr_trail *trail, tr_arena *arena, const tr_ics23_spec *spec,
                             tr_bytes root, const tr_ics23_nonexist *between, tr_bytes key)
{
    const tr_ics23_exist *left = between->left, *right = between->right;
    if (left == NULL && right == NULL)
        return tr_fail(trail, TR_E_TRIE_PROOF, "a proof of absence without neighbours");
    if (left != NULL) TR_TRY(check_exist(trail, arena, spec, root, left));
    if (right != NULL) TR_TRY(check_exist(trail, arena, spec, root, right));
    TR_TRY(check_between(trail, spec, between, key));
    bool next = left == NULL    ? is_outermost(&spec->inner, right->steps, right->path, true)
                : right == NULL ? is_outermost(&spec->inner, left->steps, left->path, false)
                                : are_neighbours(&spec->inner, left, right);
    if (next) return TR_OK;
    return tr_fail(trail, TR_E_TRIE_PROOF, "something may lie between the neighbours of the key");
}

tr_err tr_ics23_check_absent(tr_trail *trail, tr_arena *arena, const tr_ics23_spec *spec,
                             tr_bytes root, const tr_ics23_proof *proof, tr_bytes key)
{
    tr_ics23_digest digest;
    tr_bytes hashed = key;
    TR_TRY(check_question(trail, root, key));
    TR_TRY(compared(trail, spec, &hashed, &digest));
    for (size_t i = 0; i < proof->count; i++) {
        const tr_ics23_nonexist *between = proof->entries[i].nonexist;
        if (between == NULL) continue;
        if (tr_bytes_eq(between->key, key) || tr_bytes_eq(between->key, hashed))
            return check_nonexist(trail, arena, spec, root, between, key);
    }
    return tr_fail(trail, TR_E_TRIE_PROOF, "the ICS-23 proof is of no such key's absence");
}
