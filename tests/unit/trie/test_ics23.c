#include <stdlib.h>

#include "harness.h"
#include "hash/hash.h"
#include "ics23_write.h"

enum { MOST = 12, STEPS = 48 };

/* A tree of one of the three kinds, made here from its definition, with the path of each leaf. */
typedef enum kind { IAVL, TENDERMINT, SMT } kind;

static const tr_ics23_spec *spec_of(kind k)
{
    return k == IAVL ? &tr_ics23_iavl : k == TENDERMINT ? &tr_ics23_tendermint : &tr_ics23_smt;
}

typedef struct leaf {
    tr_hash place; /* SMT: the key as it is compared */
    uint8_t key[5], value[6];
    tr_ics23_inner_op steps[STEPS];
    const tr_ics23_inner_op *path[STEPS];
    tr_ics23_exist exist;
} leaf;

typedef struct tree {
    kind kind;
    tr_arena *arena;
    size_t n;
    leaf leaves[MOST];
    tr_hash root;
} tree;

static tr_bytes joined(tr_arena *arena, size_t n, const tr_bytes parts[])
{
    tr_buf out = ics23_begin(arena);
    for (size_t i = 0; i < n; i++) tr_buf_put(&out, parts[i]);
    return tr_buf_view(&out);
}

static void add_step(tree *t, size_t from, size_t n, tr_bytes prefix, tr_bytes suffix)
{
    for (size_t i = from; i < from + n; i++) {
        tr_ics23_exist *e = &t->leaves[i].exist;
        TR_CHECK(e->steps < STEPS);
        t->leaves[i].steps[e->steps] = (tr_ics23_inner_op){TR_ICS23_SHA256, prefix, suffix};
        t->leaves[i].path[e->steps] = &t->leaves[i].steps[e->steps];
        e->steps++;
    }
}

static tr_hash hash_leaf(tree *t, leaf *l)
{
    static const uint8_t iavl[] = {0, 2, 0x8a, 0x01}, plain[] = {0};
    tr_hash key = tr_sha256(TR_VIEW(l->key)), value = tr_sha256(TR_VIEW(l->value));
    tr_bytes prefix = t->kind == IAVL ? TR_VIEW(iavl) : TR_VIEW(plain);
    l->exist = (tr_ics23_exist){.key = TR_VIEW(l->key),
                                .value = TR_VIEW(l->value),
                                .has_leaf = true,
                                .leaf = spec_of(t->kind)->leaf,
                                .path = l->path};
    l->exist.leaf.prefix = tr_arena_copy(t->arena, prefix);
    if (t->kind == SMT)
        return tr_sha256(
            joined(t->arena, 3, (tr_bytes[]){prefix, TR_VIEW(key.b), TR_VIEW(value.b)}));
    return tr_sha256(joined(
        t->arena, 5,
        (tr_bytes[]){prefix, TR_LIT("\5"), TR_VIEW(l->key), TR_LIT("\x20"), TR_VIEW(value.b)}));
}

/* The subtree of n leaves, split anywhere (SMT: where the bit at depth changes). */
static tr_hash grow(tr_gen *g, tree *t, size_t from, size_t n, unsigned depth, uint8_t *height)
{
    tr_hash none = {{0}}, left, right;
    *height = 0;
    if (n == 0) return none;
    if (n == 1) return hash_leaf(t, &t->leaves[from]);
    size_t cut = 1 + tr_gen_below(g, n - 1);
    if (t->kind == SMT)
        for (cut = 0; cut < n; cut++)
            if ((t->leaves[from + cut].place.b[depth / 8] >> (7 - depth % 8) & 1) != 0) break;
    uint8_t lower[2];
    left = grow(g, t, from, cut, depth + 1, &lower[0]);
    right = grow(g, t, from + cut, n - cut, depth + 1, &lower[1]);
    *height = (uint8_t)(1 + TR_MAX(lower[0], lower[1]));
    const uint8_t iavl[] = {(uint8_t)(2 * *height), (uint8_t)(2 * n), 0x90, 0x03};
    tr_bytes begin = t->kind == IAVL ? tr_arena_copy(t->arena, TR_VIEW(iavl)) : TR_LIT("\1");
    tr_bytes size = t->kind == IAVL ? TR_LIT("\x20") : TR_LIT("");
    tr_bytes parts[] = {begin, size, TR_VIEW(left.b), size, TR_VIEW(right.b)};
    add_step(t, from, cut, joined(t->arena, 2, parts), joined(t->arena, 2, parts + 3));
    add_step(t, from + cut, n - cut, joined(t->arena, 4, parts), (tr_bytes){NULL, 0});
    return tr_sha256(joined(t->arena, 5, parts));
}

static int by_place(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(tr_hash));
}

/* Keys are even numbers, so that there is one that is absent beside each. */
static void make_key(tree *t, leaf *l, uint32_t number)
{
    memset(&l->place, 0, sizeof(l->place));
    memcpy(l->key, "k\0\0\0", 5);
    l->key[3] = (uint8_t)(number >> 8);
    l->key[4] = (uint8_t)number;
    memcpy(l->place.b, l->key, sizeof(l->key));
    if (t->kind == SMT) l->place = tr_sha256(TR_VIEW(l->key));
}

static tree *some_tree(tr_gen *g, tr_arena *arena, size_t least)
{
    tree *t = TR_ARENA_NEW(arena, tree);
    memset(t, 0, sizeof(*t));
    t->arena = arena;
    t->kind = (kind)tr_gen_below(g, 3);
    t->n = least + tr_gen_below(g, MOST + 1 - least);
    uint32_t number = 0;
    for (size_t i = 0; i < t->n; i++) {
        number += 2 + 2 * (uint32_t)tr_gen_below(g, 100);
        make_key(t, &t->leaves[i], number);
        tr_gen_fill(g, t->leaves[i].value, sizeof(t->leaves[i].value));
    }
    qsort(t->leaves, t->n, sizeof(leaf), by_place);
    uint8_t height;
    t->root = grow(g, t, 0, t->n, 0, &height);
    return t;
}

/* A key that the tree lacks, and its neighbours. */
static void some_absent(tr_gen *g, tree *t, leaf *key, tr_ics23_nonexist *out)
{
    make_key(t, key, 1 + 2 * (uint32_t)tr_gen_below(g, 1300));
    size_t at = 0;
    while (at < t->n && memcmp(&t->leaves[at].place, &key->place, sizeof(tr_hash)) < 0) at++;
    *out = (tr_ics23_nonexist){.key = TR_VIEW(key->key)};
    if (at > 0) out->left = &t->leaves[at - 1].exist;
    if (at < t->n) out->right = &t->leaves[at].exist;
}

static tr_err decode(tr_arena *arena, tr_bytes wire, tr_ics23_proof *out)
{
    return tr_ics23_decode(NULL, arena, wire, out);
}

static tr_err member(tree *t, tr_bytes wire, const leaf *l, tr_bytes value)
{
    tr_ics23_proof proof;
    TR_TRY(decode(t->arena, wire, &proof));
    return tr_ics23_check_member(NULL, t->arena, spec_of(t->kind), TR_VIEW(t->root.b), &proof,
                                 TR_VIEW(l->key), value);
}

static tr_err absent(tree *t, tr_bytes wire, const leaf *key)
{
    tr_ics23_proof proof;
    TR_TRY(decode(t->arena, wire, &proof));
    return tr_ics23_check_absent(NULL, t->arena, spec_of(t->kind), TR_VIEW(t->root.b), &proof,
                                 TR_VIEW(key->key));
}

static tr_bytes wire_of(tree *t, const tr_ics23_exist *exist, const tr_ics23_nonexist *nonexist)
{
    tr_buf out = ics23_begin(t->arena);
    ics23_put_entry(&out, t->arena, &(tr_ics23_entry){exist, nonexist}, NULL);
    return tr_buf_view(&out);
}

TR_PROP(what_is_there)
{
    tree *t = some_tree(g, tr_gen_arena(g), 1);
    leaf other;
    make_key(t, &other, 1);
    for (size_t i = 0; i < t->n; i++) {
        const leaf *l = &t->leaves[i];
        tr_bytes wire = wire_of(t, &l->exist, NULL), value = TR_VIEW(l->value);
        TR_CHECK_OK(member(t, wire, l, value));
        TR_CHECK_ERR(member(t, wire, l, TR_LIT("something else")), TR_E_TRIE_PROOF);
        TR_CHECK_ERR(member(t, wire, &other, value), TR_E_TRIE_PROOF);
        TR_CHECK_ERR(absent(t, wire, l), TR_E_TRIE_PROOF);
    }
}

TR_PROP(what_is_not_there)
{
    tree *t = some_tree(g, tr_gen_arena(g), 1);
    leaf key;
    tr_ics23_nonexist nonexist, wrong;
    some_absent(g, t, &key, &nonexist);
    TR_CHECK_OK(absent(t, wire_of(t, NULL, &nonexist), &key));
    TR_CHECK_ERR(member(t, wire_of(t, NULL, &nonexist), &key, TR_LIT("v")), TR_E_TRIE_PROOF);
    /* One side left out, unless the other is the outermost. */
    wrong = nonexist;
    if (wrong.left != NULL) wrong.right = NULL;
    if (wrong.right != nonexist.right)
        TR_CHECK_ERR(absent(t, wire_of(t, NULL, &wrong), &key), TR_E_TRIE_PROOF);
    wrong = nonexist;
    wrong.left = NULL;
    if (nonexist.left != NULL)
        TR_CHECK_ERR(absent(t, wire_of(t, NULL, &wrong), &key), TR_E_TRIE_PROOF);
    /* A key that is there, between neighbours that leave it out. */
    if (t->n < 3) return;
    size_t at = 1 + tr_gen_below(g, t->n - 2);
    wrong = (tr_ics23_nonexist){.key = TR_VIEW(t->leaves[at].key),
                                .left = &t->leaves[at - 1].exist,
                                .right = &t->leaves[at + 1].exist};
    TR_CHECK_ERR(absent(t, wire_of(t, NULL, &wrong), &t->leaves[at]), TR_E_TRIE_PROOF);
    /* The two in the wrong order, or both the same. */
    wrong.left = &t->leaves[at + 1].exist;
    wrong.right = &t->leaves[at - 1].exist;
    TR_CHECK_ERR(absent(t, wire_of(t, NULL, &wrong), &t->leaves[at]), TR_E_TRIE_PROOF);
    wrong.left = wrong.right = &t->leaves[at].exist;
    TR_CHECK_ERR(absent(t, wire_of(t, NULL, &wrong), &t->leaves[at]), TR_E_TRIE_PROOF);
}

/* One bit of the proof, anywhere. */
TR_PROP(every_bit_counts)
{
    tree *t = some_tree(g, tr_gen_arena(g), 1);
    tr_ics23_nonexist nonexist;
    leaf key;
    const leaf *l = &t->leaves[tr_gen_below(g, t->n)];
    bool there = tr_gen_bool(g);
    some_absent(g, t, &key, &nonexist);
    tr_bytes wire = there ? wire_of(t, &l->exist, NULL) : wire_of(t, NULL, &nonexist);
    uint8_t *bytes = TR_ARENA_ARRAY(t->arena, uint8_t, wire.len);
    memcpy(bytes, wire.data, wire.len);
    wire.data = bytes;
    size_t stride = tr_gen_below(g, 8) == 0 ? 1 : 29;
    for (size_t i = tr_gen_below(g, stride); i < 8 * wire.len; i += stride) {
        tr_arena_mark mark = tr_arena_save(t->arena);
        bytes[i / 8] ^= (uint8_t)(1u << i % 8);
        tr_err err = there ? member(t, wire, l, TR_VIEW(l->value)) : absent(t, wire, &key);
        TR_CHECK_MSG(err != TR_OK, "bit %zu of %zu bytes", i, wire.len);
        bytes[i / 8] ^= (uint8_t)(1u << i % 8);
        tr_arena_rewind(t->arena, mark);
    }
    TR_CHECK_OK(there ? member(t, wire, l, TR_VIEW(l->value)) : absent(t, wire, &key));
    for (size_t len = 0; len < wire.len; len++) {
        tr_err err = there ? member(t, tr_bytes_cut(wire, 0, len), l, TR_VIEW(l->value))
                           : absent(t, tr_bytes_cut(wire, 0, len), &key);
        TR_CHECK(err != TR_OK);
    }
}

/* All leaves and some absent keys in one batch, plain and compressed. */
TR_PROP(batches)
{
    tree *t = some_tree(g, tr_gen_arena(g), 1);
    tr_ics23_entry entries[2 * MOST];
    tr_ics23_nonexist nonexist[MOST];
    leaf *keys = TR_ARENA_ARRAY(t->arena, leaf, MOST);
    size_t count = 0;
    for (size_t i = 0; i < t->n; i++) {
        entries[count++] = (tr_ics23_entry){&t->leaves[i].exist, NULL};
        some_absent(g, t, &keys[i], &nonexist[i]);
        entries[count++] = (tr_ics23_entry){NULL, &nonexist[i]};
    }
    ics23_table table = {TR_ARENA_ARRAY(t->arena, const tr_ics23_inner_op *, 3 * MOST * STEPS), 0};
    tr_ics23_proof proof = {count, entries};
    tr_buf out = ics23_begin(t->arena);
    ics23_put_batch(&out, t->arena, &proof, tr_gen_bool(g) ? &table : NULL);
    tr_bytes wire = tr_buf_view(&out);
    for (size_t i = 0; i < t->n; i++) {
        const leaf *l = &t->leaves[i];
        TR_CHECK_OK(member(t, wire, l, TR_VIEW(l->value)));
        TR_CHECK_OK(absent(t, wire, &keys[i]));
        TR_CHECK_ERR(absent(t, wire, l), TR_E_TRIE_PROOF);
        TR_CHECK_ERR(member(t, wire, &keys[i], TR_LIT("v")), TR_E_TRIE_PROOF);
    }
}

TR_PROP(another_tree_is_refused)
{
    tree *t = some_tree(g, tr_gen_arena(g), 2);
    leaf *l = &t->leaves[0];
    tr_bytes wire = wire_of(t, &l->exist, NULL);
    kind real = t->kind;
    for (unsigned k = 0; k < 3; k++) {
        t->kind = (kind)k;
        TR_CHECK_ERR(member(t, wire, l, TR_VIEW(l->value)),
                     t->kind == real ? TR_OK : TR_E_PROOF_SPEC);
    }
}

static void refused(const char *hex, tr_err code)
{
    tr_ics23_proof proof;
    TR_CHECK_ERR(tr_ics23_decode(NULL, tr_test_arena(), tr_test_hex(hex), &proof), code);
}

TR_TEST(one_encoding)
{
    tr_ics23_proof proof;
    TR_CHECK_OK(tr_ics23_decode(NULL, tr_test_arena(), tr_test_hex("0a060a016b120176"), &proof));
    TR_CHECK_EQ(proof.count, 1);
    TR_CHECK_BYTES(proof.entries[0].exist->key, TR_LIT("k"));
    refused("", TR_E_SYNTAX); /* nothing */
    refused("0a060a016b1201760a060a016b120176", TR_E_DUPLICATE);
    refused("0a060a016b1201761200", TR_E_SYNTAX);          /* two proofs */
    refused("0a061201760a016b", TR_E_CANONICAL);           /* the value before the key */
    refused("0a060a016b0a016b", TR_E_DUPLICATE);           /* two keys */
    refused("0a020a00", TR_E_CANONICAL);                   /* an empty key */
    refused("0a041a020800", TR_E_CANONICAL);               /* a hash of 0 */
    refused("0a041a02080a", TR_E_UNSUPPORTED);             /* a hash that there is not */
    refused("0a041a022009", TR_E_UNSUPPORTED);             /* a length that there is not */
    refused("0a0d1a0b08ffffffffffffffffff01", TR_E_RANGE); /* a hash of -1 */
    refused("0a042a026b6b", TR_E_UNSUPPORTED);             /* a field that there is not */
    refused("0a042200230a", TR_E_UNSUPPORTED);             /* a group */
    refused("0a04220022", TR_E_SHORT);
    refused("2a00", TR_E_UNSUPPORTED);           /* a proof of exclusion */
    refused("1a020a00", TR_E_SYNTAX);            /* a batch with nothing in its entry */
    refused("1a021200", TR_E_UNSUPPORTED);       /* a table in a plain batch */
    refused("22080a060a0422020001", TR_E_RANGE); /* steps beyond the table */
    refused("220a0a060a042202000012", TR_E_SHORT);
    refused("220a0a060a042202000012000a00", TR_E_CANONICAL);
    refused("22060a040a022200", TR_E_CANONICAL); /* an empty path */
}

TR_TEST(specifications)
{
    tr_arena *arena = tr_test_arena();
    tr_ics23_spec spec;
    tr_bytes iavl = tr_test_hex("0a090801180120012a0100 120c0a020001102118042 00c3001");
    TR_CHECK_OK(tr_ics23_decode_spec(NULL, arena, iavl, &spec));
    TR_CHECK_EQ(spec.inner.child_size, 33);
    TR_CHECK_EQ(spec.inner.max_prefix, 12);
    TR_CHECK_EQ(spec.inner.children, 2);
    TR_CHECK_EQ(spec.leaf.length, TR_ICS23_VAR_PROTO);
    TR_CHECK_OK(tr_ics23_decode_spec(NULL, arena, tr_test_hex("1880022005 2801"), &spec));
    TR_CHECK_EQ(spec.max_depth, 256);
    TR_CHECK_EQ(spec.min_depth, 5);
    TR_CHECK(spec.prehash_compared_key);
    TR_CHECK_ERR(tr_ics23_decode_spec(NULL, arena, tr_test_hex("3001"), &spec), TR_E_UNSUPPORTED);
    TR_CHECK_ERR(tr_ics23_decode_spec(NULL, arena, tr_test_hex("12023800"), &spec),
                 TR_E_UNSUPPORTED);
    TR_CHECK_ERR(tr_ics23_decode_spec(NULL, arena, tr_test_hex("12030a0120"), &spec), TR_E_RANGE);
    /* Specifications under which a child could stand in two places, or in none. */
    static const uint32_t twice[] = {0, 0}, beyond[] = {0, 2};
    tr_ics23_exist exist = {.has_leaf = true, .leaf = tr_ics23_smt.leaf};
    TR_CHECK_OK(tr_ics23_check_spec(NULL, &tr_ics23_smt, &exist));
    for (size_t i = 0; i < 6; i++) {
        spec = tr_ics23_smt;
        if (i == 0) spec.inner.child_order = twice;
        if (i == 1) spec.inner.child_order = beyond;
        if (i == 2) spec.inner.children = 0;
        if (i == 3) spec.inner.child_size = 0;
        if (i == 4) spec.inner.max_prefix = spec.inner.min_prefix + 32;
        if (i == 5) spec.inner.min_prefix = 2;
        TR_CHECK_ERR(tr_ics23_check_spec(NULL, &spec, &exist), TR_E_ARGUMENT);
    }
}

/* A tree of three children in the order 0, 2, 1, as merk has it: which sides are empty. */
TR_TEST(children_in_another_order)
{
    static const uint32_t order[] = {0, 2, 1};
    tr_ics23_inner_spec spec = {3, order, 2, 1, 1, TR_LIT("--"), TR_ICS23_SHA256};
    const struct {
        const char *prefix, *suffix;
        bool left, right;
    } cases[] = {
        {"p", "----", false, true},   {"p", "--xx", false, false}, {"p", "xx--", false, false},
        {"p--", "--", true, false},   {"p--", "xx", false, false}, {"pxx", "--", false, false},
        {"p----", "", true, true},    {"pxx--", "", false, true},  {"p--xx", "", true, false},
        {"pp", "----", false, false}, {"p", "--", false, false},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_ics23_inner_op op = {TR_ICS23_SHA256, tr_bytes_str(cases[i].prefix),
                                tr_bytes_str(cases[i].suffix)};
        TR_CHECK_MSG(tr_ics23_left_empty(&spec, &op) == cases[i].left, "left %zu", i);
        TR_CHECK_MSG(tr_ics23_right_empty(&spec, &op) == cases[i].right, "right %zu", i);
    }
}

/* Keys and values of a length that is asked for, and what is not supported. */
TR_TEST(lengths_and_hashes)
{
    uint8_t bytes[64] = {1};
    tr_ics23_digest digest;
    tr_arena *arena = tr_test_arena();
    tr_ics23_exist exist = {
        .key = tr_bytes_of(bytes, 32), .value = tr_bytes_of(bytes, 32), .has_leaf = true};
    exist.leaf = (tr_ics23_leaf_op){.hash = TR_ICS23_SHA256, .length = TR_ICS23_REQUIRE_32_BYTES};
    TR_CHECK_OK(tr_ics23_root(NULL, arena, NULL, &exist, &digest));
    tr_hash want = tr_sha256(joined(arena, 2, (tr_bytes[]){exist.key, exist.value}));
    TR_CHECK_BYTES(tr_ics23_view(&digest), TR_VIEW(want.b));
    exist.value.len = 31;
    TR_CHECK_ERR(tr_ics23_root(NULL, arena, NULL, &exist, &digest), TR_E_PROOF_SPEC);
    exist.leaf.length = TR_ICS23_REQUIRE_64_BYTES;
    exist.key.len = exist.value.len = 64;
    TR_CHECK_OK(tr_ics23_root(NULL, arena, NULL, &exist, &digest));
    exist.key.len = 32;
    TR_CHECK_ERR(tr_ics23_root(NULL, arena, NULL, &exist, &digest), TR_E_PROOF_SPEC);
    exist.leaf.length = TR_ICS23_VAR_RLP;
    TR_CHECK_ERR(tr_ics23_root(NULL, arena, NULL, &exist, &digest), TR_E_UNSUPPORTED);
    exist.leaf.length = TR_ICS23_NO_PREFIX;
    exist.leaf.hash = TR_ICS23_BLAKE3;
    TR_CHECK_ERR(tr_ics23_root(NULL, arena, NULL, &exist, &digest), TR_E_UNSUPPORTED);
    exist.leaf.hash = TR_ICS23_NO_HASH;
    TR_CHECK_ERR(tr_ics23_root(NULL, arena, NULL, &exist, &digest), TR_E_UNSUPPORTED);
    exist.leaf.hash = TR_ICS23_KECCAK256;
    exist.leaf.prehash_key = TR_ICS23_BLAKE3;
    TR_CHECK_ERR(tr_ics23_root(NULL, arena, NULL, &exist, &digest), TR_E_UNSUPPORTED);
    exist.leaf.prehash_key = TR_ICS23_SHA512;
    exist.value = TR_LIT("");
    TR_CHECK_ERR(tr_ics23_root(NULL, arena, NULL, &exist, &digest), TR_E_TRIE_PROOF);
    exist.has_leaf = false;
    TR_CHECK_ERR(tr_ics23_root(NULL, arena, NULL, &exist, &digest), TR_E_PROOF_SPEC);
    TR_CHECK_ERR(tr_ics23_check_spec(NULL, &tr_ics23_smt, &exist), TR_E_PROOF_SPEC);
    /* A step that gives more than a child has. */
    tr_ics23_inner_op op = {TR_ICS23_SHA512, TR_LIT("\1"), TR_LIT("")};
    const tr_ics23_inner_op *path[] = {&op};
    exist = (tr_ics23_exist){.key = TR_LIT("k"),
                             .value = TR_LIT("v"),
                             .has_leaf = true,
                             .leaf = tr_ics23_smt.leaf,
                             .steps = 1,
                             .path = path};
    TR_CHECK_OK(tr_ics23_root(NULL, arena, NULL, &exist, &digest));
    TR_CHECK_EQ(digest.len, 64);
    TR_CHECK_ERR(tr_ics23_root(NULL, arena, &tr_ics23_smt, &exist, &digest), TR_E_PROOF_SPEC);
    TR_CHECK_ERR(tr_ics23_step(NULL, arena, &op, TR_LIT(""), &digest), TR_E_TRIE_PROOF);
    tr_ics23_proof proof = {0, NULL};
    TR_CHECK_ERR(tr_ics23_check_absent(NULL, arena, &tr_ics23_smt, TR_LIT(""), &proof, TR_LIT("k")),
                 TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_ics23_check_member(NULL, arena, &tr_ics23_smt, TR_LIT("r"), &proof, TR_LIT(""),
                                       TR_LIT("v")),
                 TR_E_ARGUMENT);
    tr_ics23_nonexist none = {.key = TR_LIT("k")};
    tr_ics23_entry entry = {NULL, &none};
    proof = (tr_ics23_proof){1, &entry};
    TR_CHECK_ERR(
        tr_ics23_check_absent(NULL, arena, &tr_ics23_iavl, TR_LIT("r"), &proof, TR_LIT("k")),
        TR_E_TRIE_PROOF);
}

/* What a step may look like in each tree. */
TR_TEST(steps_by_their_tree)
{
    uint8_t bytes[80] = {1};
    tr_ics23_inner_op op = {TR_ICS23_SHA256, tr_bytes_of(bytes, 33), {NULL, 0}};
    const tr_ics23_inner_op *path[] = {&op};
    tr_ics23_exist exist = {.has_leaf = true, .steps = 1, .path = path};
    exist.leaf = tr_ics23_tendermint.leaf;
    TR_CHECK_OK(tr_ics23_check_spec(NULL, &tr_ics23_tendermint, &exist));
    op.prefix.len = 32;
    TR_CHECK_ERR(tr_ics23_check_spec(NULL, &tr_ics23_tendermint, &exist), TR_E_PROOF_SPEC);
    op = (tr_ics23_inner_op){TR_ICS23_SHA256, tr_bytes_of(bytes, 1), tr_bytes_of(bytes, 32)};
    TR_CHECK_OK(tr_ics23_check_spec(NULL, &tr_ics23_tendermint, &exist));
    op.suffix.len = 64;
    TR_CHECK_ERR(tr_ics23_check_spec(NULL, &tr_ics23_tendermint, &exist), TR_E_PROOF_SPEC);
    exist.leaf = tr_ics23_smt.leaf;
    TR_CHECK_OK(tr_ics23_check_spec(NULL, &tr_ics23_smt, &exist));
    op.suffix.len = 31;
    TR_CHECK_ERR(tr_ics23_check_spec(NULL, &tr_ics23_smt, &exist), TR_E_PROOF_SPEC);
    op = (tr_ics23_inner_op){TR_ICS23_SHA256, tr_bytes_of(bytes, 34), {NULL, 0}};
    TR_CHECK_ERR(tr_ics23_check_spec(NULL, &tr_ics23_smt, &exist), TR_E_PROOF_SPEC);
    op.prefix.len = 0;
    TR_CHECK_ERR(tr_ics23_check_spec(NULL, &tr_ics23_smt, &exist), TR_E_PROOF_SPEC);
    op.prefix = TR_LIT("\0x");
    TR_CHECK_ERR(tr_ics23_check_spec(NULL, &tr_ics23_smt, &exist), TR_E_PROOF_SPEC);
    /* IAVL: numbers that end, are not negative, and a height of the layer at least. */
    exist.leaf = tr_ics23_iavl.leaf;
    exist.leaf.prefix = TR_LIT("\0\2\2");
    static const struct {
        tr_bytes prefix;
        tr_err want;
    } cases[] = {
        {TR_LIT("\2\4\6\x20"), TR_OK},           {TR_LIT("\1\4\6\x20"), TR_E_PROOF_SPEC},
        {TR_LIT("\2\3\6\x20"), TR_E_PROOF_SPEC}, {TR_LIT("\2\4\5\x20"), TR_E_PROOF_SPEC},
        {TR_LIT("\0\4\6\x20"), TR_E_PROOF_SPEC}, {TR_LIT("\2\4\6\x20\x20"), TR_E_PROOF_SPEC},
        {TR_LIT("\2\4\x86"), TR_E_PROOF_SPEC},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        op.prefix = cases[i].prefix;
        TR_CHECK_ERR(tr_ics23_check_spec(NULL, &tr_ics23_iavl, &exist), cases[i].want);
    }
    exist.steps = 0;
    exist.leaf.prefix = TR_LIT("\0\2\2\2");
    TR_CHECK_ERR(tr_ics23_check_spec(NULL, &tr_ics23_iavl, &exist), TR_E_PROOF_SPEC);
}

/* Python's hashlib, of "food". */
TR_TEST(hashes)
{
    static const struct {
        tr_ics23_hash hash;
        const char *want;
    } cases[] = {
        {TR_ICS23_SHA256, "c1f026582fe6e8cb620d0c85a72fe421ddded756662a8ec00ed4c297ad10676b"},
        {TR_ICS23_SHA512, "c235548cfe84fc87678ff04c9134e060cdcd7512d09ed726192151a995541ed8"
                          "db9fda5204e72e7ac268214c322c17787c70530513c59faede52b7dd9ce64331"},
        {TR_ICS23_RIPEMD160, "b1ab9988c7c7c5ec4b2b291adfeeee10e77cdd46"},
        {TR_ICS23_BITCOIN, "0bcb587dfb4fc10b36d57f2bba1878f139b75d24"},
        {TR_ICS23_SHA512_256, "5b3a452a6acbf1fc1e553a40c501585d5bd3cca176d562e0a0e19a3c43804e88"},
        {TR_ICS23_BLAKE2B_512, "b1f115361afc179415d93d4f58dc2fc7d8fa434192d7cb9b65fca592f6aa9041"
                               "03d1f12b28655c2355478e10908ab002c418dc52a4367d8e645309cd25e3a504"},
        {TR_ICS23_BLAKE2S_256, "5a1ec796f11f3dfc7e8ca5de13828edf2e910eb7dd41caaac356a4acbefb1758"},
    };
    tr_ics23_digest digest;
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        TR_CHECK_OK(tr_ics23_do_hash(NULL, cases[i].hash, TR_LIT("food"), &digest));
        TR_CHECK_BYTES(tr_ics23_view(&digest), tr_test_hex(cases[i].want));
    }
    tr_hash want = tr_keccak256(TR_LIT("food"));
    TR_CHECK_OK(tr_ics23_do_hash(NULL, TR_ICS23_KECCAK256, TR_LIT("food"), &digest));
    TR_CHECK_BYTES(tr_ics23_view(&digest), TR_VIEW(want.b));
}

/* The forms of lengths, the preimage spelt out. */
TR_TEST(lengths_before_key_and_value)
{
    static const struct {
        tr_ics23_length length;
        tr_bytes preimage;
    } cases[] = {
        {TR_ICS23_NO_PREFIX, TR_LIT("pkeyvalue")},
        {TR_ICS23_VAR_PROTO, TR_LIT("p\3key\5value")},
        {TR_ICS23_FIXED32_BIG, TR_LIT("p\0\0\0\3key\0\0\0\5value")},
        {TR_ICS23_FIXED32_LITTLE, TR_LIT("p\3\0\0\0key\5\0\0\0value")},
        {TR_ICS23_FIXED64_BIG, TR_LIT("p\0\0\0\0\0\0\0\3key\0\0\0\0\0\0\0\5value")},
        {TR_ICS23_FIXED64_LITTLE, TR_LIT("p\3\0\0\0\0\0\0\0key\5\0\0\0\0\0\0\0value")},
    };
    tr_ics23_digest digest;
    tr_ics23_exist exist = {.key = TR_LIT("key"), .value = TR_LIT("value"), .has_leaf = true};
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        exist.leaf = (tr_ics23_leaf_op){
            .hash = TR_ICS23_SHA256, .length = cases[i].length, .prefix = TR_LIT("p")};
        TR_CHECK_OK(tr_ics23_root(NULL, tr_test_arena(), NULL, &exist, &digest));
        tr_hash want = tr_sha256(cases[i].preimage);
        TR_CHECK_BYTES(tr_ics23_view(&digest), TR_VIEW(want.b));
    }
    /* A length of two bytes. */
    uint8_t long_value[200] = {7};
    exist.value = TR_VIEW(long_value);
    exist.leaf.length = TR_ICS23_VAR_PROTO;
    TR_CHECK_OK(tr_ics23_root(NULL, tr_test_arena(), NULL, &exist, &digest));
    tr_hash want =
        tr_sha256(joined(tr_test_arena(), 2, (tr_bytes[]){TR_LIT("p\3key\xc8\1"), exist.value}));
    TR_CHECK_BYTES(tr_ics23_view(&digest), TR_VIEW(want.b));
}

/* The messages that are read on their own. */
TR_TEST(parts_of_a_proof)
{
    tr_ics23_leaf_op leaf_op;
    tr_ics23_inner_op inner;
    tr_ics23_exist exist;
    TR_CHECK_OK(tr_ics23_decode_leaf_op(NULL, tr_test_hex("0801100218032005 2a0170"), &leaf_op));
    TR_CHECK_EQ(leaf_op.prehash_value, TR_ICS23_KECCAK256);
    TR_CHECK_EQ(leaf_op.length, TR_ICS23_FIXED64_BIG);
    TR_CHECK_ERR(tr_ics23_decode_leaf_op(NULL, tr_test_hex("3001"), &leaf_op), TR_E_UNSUPPORTED);
    TR_CHECK_OK(tr_ics23_decode_inner_op(NULL, tr_test_hex("0807120170 1a0173"), &inner));
    TR_CHECK_EQ(inner.hash, TR_ICS23_BLAKE2B_512);
    TR_CHECK_BYTES(inner.suffix, TR_LIT("s"));
    TR_CHECK_ERR(tr_ics23_decode_inner_op(NULL, tr_test_hex("2001"), &inner), TR_E_UNSUPPORTED);
    TR_CHECK_OK(tr_ics23_decode_exist(NULL, tr_test_arena(), tr_test_hex("0a016b 2203120170 2200"),
                                      &exist));
    TR_CHECK_EQ(exist.steps, 2);
    TR_CHECK(!exist.has_leaf);
    TR_CHECK_BYTES(exist.path[0]->prefix, TR_LIT("p"));
    refused("1205220161", TR_E_SHORT);
    refused("120422020000", TR_E_UNSUPPORTED); /* a fourth field of a proof of absence */
}

static tr_err work(tr_alloc *alloc, void *context)
{
    static const tr_ics23_inner_op step = {
        TR_ICS23_SHA256,
        {(const uint8_t *)"\1", 1},
        {(const uint8_t *)"0123456789abcdef0123456789abcdef", 32}};
    const tr_ics23_inner_op *path[] = {&step}, *ops[4];
    tr_ics23_exist exist = {.key = TR_LIT("k"),
                            .value = TR_LIT("v"),
                            .has_leaf = true,
                            .leaf = tr_ics23_smt.leaf,
                            .steps = 1,
                            .path = path};
    tr_ics23_nonexist nonexist = {.key = TR_LIT("k"), .left = &exist};
    tr_ics23_entry entries[] = {{&exist, NULL}, {NULL, &nonexist}};
    tr_ics23_proof proof = {2, entries}, got = {0, NULL};
    ics23_table table = {ops, 0};
    tr_buf wire = ics23_begin(tr_test_arena());
    ics23_put_batch(&wire, tr_test_arena(), &proof, context != NULL ? &table : NULL);
    tr_arena arena;
    tr_arena_init(&arena, alloc, 1 << 16);
    tr_ics23_digest root;
    tr_ics23_spec spec;
    tr_err err = tr_ics23_decode_spec(NULL, &arena, tr_test_hex("12040a020001"), &spec);
    if (err == TR_OK) {
        tr_arena_free(&arena); /* so that the next block is asked for anew */
        err = tr_ics23_decode(NULL, &arena, tr_buf_view(&wire), &got);
    }
    if (err == TR_OK) err = tr_ics23_root(NULL, tr_test_arena(), NULL, &exist, &root);
    if (err == TR_OK)
        err = tr_ics23_check_member(NULL, &arena, &tr_ics23_smt, tr_ics23_view(&root), &got,
                                    TR_LIT("k"), TR_LIT("v"));
    tr_arena_free(&arena);
    return err;
}

TR_TEST(no_memory)
{
    tr_test_out_of_memory(work, NULL);
    tr_test_out_of_memory(work, "compressed");
}

/* An arena that ends at any point of the work. */
TR_TEST(little_memory)
{
    static const tr_ics23_inner_op step = {
        TR_ICS23_SHA256,
        {(const uint8_t *)"\1", 1},
        {(const uint8_t *)"0123456789abcdef0123456789abcdef", 32}};
    const tr_ics23_inner_op *path[] = {&step}, *ops[4];
    tr_ics23_exist exist = {.key = TR_LIT("k"),
                            .value = TR_LIT("v"),
                            .has_leaf = true,
                            .leaf = tr_ics23_smt.leaf,
                            .steps = 1,
                            .path = path};
    tr_ics23_nonexist nonexist = {.key = TR_LIT("k"), .left = &exist};
    tr_ics23_entry entries[] = {{&exist, NULL}, {NULL, &nonexist}};
    tr_ics23_proof proof = {2, entries}, got;
    for (unsigned form = 0; form < 4; form++) {
        ics23_table table = {ops, 0};
        tr_buf wire = ics23_begin(tr_test_arena());
        if (form < 2) {
            ics23_put_batch(&wire, tr_test_arena(), &proof, form == 0 ? &table : NULL);
        } else {
            ics23_put_entry(&wire, tr_test_arena(), &entries[form - 2], NULL);
        }
        alignas(max_align_t) uint8_t memory[2048];
        size_t size = 0;
        for (tr_err err = TR_E_MEMORY; err != TR_OK; size += 16) {
            tr_arena arena;
            TR_CHECK(size <= sizeof(memory));
            tr_arena_init_fixed(&arena, memory, size);
            err = tr_ics23_decode(NULL, &arena, tr_buf_view(&wire), &got);
            TR_CHECK(err == TR_OK || err == TR_E_MEMORY);
        }
        TR_CHECK(size > 100);
    }
}
