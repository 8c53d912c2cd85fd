#include <stdlib.h>

#include "harness.h"
#include "hash/merkle.h"
#include "trie/sparse.h"

enum { LIMIT = 64 << 20 };

static tr_sparse_form some_form(tr_gen *g, unsigned depth)
{
    tr_hash empty;
    tr_gen_fill(g, &empty, sizeof(empty));
    bool leaf = tr_gen_bool(g);
    tr_sparse_form form;
    TR_CHECK_OK(tr_sparse_form_init(
        NULL, &form, tr_gen_bool(g) ? tr_merkle_sha256 : tr_merkle_keccak256,
        leaf ? tr_merkle_keccak256 : NULL, depth, leaf && tr_gen_bool(g) ? &empty : NULL));
    return form;
}

/* A key of a few bits: the index of a leaf of a small tree. */
static tr_hash key_of(unsigned depth, size_t i)
{
    tr_hash key = {{0}};
    for (unsigned k = 0; k < depth; k++)
        if ((i >> (depth - 1 - k) & 1) != 0) key.b[k / 8] |= (uint8_t)(0x80 >> k % 8);
    return key;
}

/* The whole tree, every leaf spelt out: nothing like the code. */
static tr_hash naive(const tr_sparse_form *form, const tr_hash *empty, unsigned depth, size_t index,
                     const tr_hash *values)
{
    static const tr_hash zero;
    tr_hash pair[2], out;
    if (depth == form->depth) {
        if (memcmp(&values[index], &zero, sizeof(zero)) == 0) return *empty;
        if (form->leaf == NULL) return values[index];
        pair[0] = key_of(depth, index);
        pair[1] = values[index];
        form->leaf(1, pair, &out);
        return out;
    }
    pair[0] = naive(form, empty, depth + 1, 2 * index, values);
    pair[1] = naive(form, empty, depth + 1, 2 * index + 1, values);
    form->hash(1, pair, &out);
    return out;
}

static void check_root(tr_sparse *tree, const tr_hash *want)
{
    tr_hash root;
    root = tr_sparse_root(tree);
    TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(want->b));
}

static tr_sparse *new_tree(const tr_sparse_form *form)
{
    tr_sparse *tree;
    TR_CHECK_OK(tr_sparse_new(NULL, tr_test_alloc(), form, LIMIT, &tree));
    return tree;
}

/* Batches of changes and removals, the root asked for now and then, against the whole tree. */
TR_PROP(small_trees_are_those_of_the_definition)
{
    enum { DEPTH = 5, LEAVES = 1 << DEPTH };
    tr_sparse_form form = some_form(g, DEPTH);
    tr_hash values[LEAVES] = {{{0}}}, want;
    tr_sparse *tree = new_tree(&form);
    for (size_t batch = 0; batch < 6; batch++) {
        tr_sparse_change changes[20];
        size_t n = tr_gen_below(g, 20), count = 0;
        for (size_t i = 0; i < n; i++) {
            size_t at = tr_gen_below(g, LEAVES);
            memset(&values[at], 0, sizeof(tr_hash));
            if (tr_gen_bool(g)) values[at].b[31] = (uint8_t)tr_gen_below(g, 3);
            changes[i] = (tr_sparse_change){key_of(DEPTH, at), values[at]};
        }
        TR_CHECK_OK(tr_sparse_update(NULL, tree, n, changes));
        for (size_t i = 0; i < LEAVES; i++) {
            tr_hash key = key_of(DEPTH, i), got = tr_sparse_get(tree, &key);
            TR_CHECK_BYTES(TR_VIEW(got.b), TR_VIEW(values[i].b));
            count += values[i].b[31] != 0;
        }
        TR_CHECK_EQ(tr_sparse_count(tree), count);
        if (tr_gen_bool(g)) continue;
        want = naive(&form, &form.empty[DEPTH], 0, 0, values);
        check_root(tree, &want);
        check_root(tree, &want);
    }
    tr_sparse_free(tree);
}

/* Keys that share many bits with each other, so that they part at any depth. */
static void some_changes(tr_gen *g, size_t n, tr_sparse_change changes[])
{
    for (size_t i = 0; i < n; i++) {
        tr_gen_fill(g, &changes[i], sizeof(changes[i]));
        changes[i].value.b[0] |= 1;
        if (i == 0 || tr_gen_below(g, 3) == 0) continue;
        changes[i].key = changes[tr_gen_below(g, i)].key;
        changes[i].key.b[tr_gen_below(g, 32)] ^= (uint8_t)(1u << tr_gen_below(g, 8));
    }
}

static int by_key(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(tr_hash));
}

/* One after another, all at once in another order, and with detours: the same root. */
TR_PROP(order_and_detours_do_not_matter)
{
    enum { MOST = 40 };
    size_t n = 1 + tr_gen_below(g, MOST);
    tr_sparse_change changes[MOST], shuffled[2 * MOST], one;
    tr_sparse_form form = some_form(g, 256);
    some_changes(g, n, changes);
    tr_sparse *a = new_tree(&form), *b = new_tree(&form);
    tr_hash root;
    for (size_t i = 0; i < n; i++) {
        TR_CHECK_OK(tr_sparse_update(NULL, a, 1, &changes[i]));
        if (tr_gen_bool(g)) root = tr_sparse_root(a);
    }
    /* Others come in the same batch and in one before, and go again. */
    tr_sparse_change others[MOST];
    some_changes(g, n, others);
    TR_CHECK_OK(tr_sparse_update(NULL, b, n, others));
    if (tr_gen_bool(g)) root = tr_sparse_root(b);
    memcpy(shuffled, others, n * sizeof(one));
    for (size_t i = 0; i < n; i++) memset(&shuffled[i].value, 0, sizeof(tr_hash));
    memcpy(shuffled + n, changes, n * sizeof(one));
    TR_CHECK_OK(tr_sparse_update(NULL, b, 2 * n, shuffled));
    TR_CHECK_EQ(tr_sparse_count(a), tr_sparse_count(b));
    root = tr_sparse_root(a);
    check_root(b, &root);
    /* Remove and set again. */
    for (size_t i = 0; i < n; i++) {
        one = (tr_sparse_change){changes[i].key, {{0}}};
        TR_CHECK_OK(tr_sparse_update(NULL, a, 1, &one));
    }
    TR_CHECK_EQ(tr_sparse_count(a), 0);
    check_root(a, &form.empty[0]);
    TR_CHECK_OK(tr_sparse_update(NULL, a, n, changes));
    check_root(a, &root);
    tr_sparse_free(a);
    tr_sparse_free(b);
}

/* A chain of hashes for one key, by its definition. */
TR_TEST(one_key)
{
    tr_sparse_form form;
    TR_CHECK_OK(tr_sparse_form_init(NULL, &form, tr_merkle_sha256, NULL, 256, NULL));
    tr_sparse_change change = {{{0x80, 1}}, {{42}}};
    tr_hash node = change.value, zero = {{0}};
    for (unsigned i = 256; i-- > 0;) {
        bool right = (change.key.b[i / 8] >> (7 - i % 8) & 1) != 0;
        tr_hash pair[2] = {right ? zero : node, right ? node : zero};
        tr_merkle_sha256(1, pair, &node);
        pair[0] = pair[1] = zero;
        tr_merkle_sha256(1, pair, &zero);
    }
    tr_sparse *tree = new_tree(&form);
    check_root(tree, &zero);
    TR_CHECK_OK(tr_sparse_update(NULL, tree, 1, &change));
    check_root(tree, &node);
    tr_sparse_free(tree);
}

typedef struct proving {
    tr_sparse_form form;
    tr_sparse *tree;
    tr_hash root, keys[12], values[12];
    size_t n;
    tr_sparse_proof proof;
    tr_hash *words; /* those of proof, to be bent */
} proving;

/* A tree, and the proof of some of its keys and of some that are absent. */
static void some_proof(tr_gen *g, unsigned depth, proving *p)
{
    enum { MOST = 30 };
    tr_sparse_change changes[MOST + 12];
    size_t have = tr_gen_below(g, MOST + 1);
    p->form = some_form(g, depth);
    p->n = 1 + tr_gen_below(g, 12);
    some_changes(g, have + p->n, changes);
    if (depth < 256)
        for (size_t i = 0; i < have + p->n; i++) {
            tr_hash key = key_of(depth, 255 & changes[i].key.b[3]);
            changes[i].key = key;
        }
    for (size_t i = 0; i < p->n && have != 0; i++)
        if (tr_gen_bool(g)) changes[have + i].key = changes[tr_gen_below(g, have)].key;
    p->tree = new_tree(&p->form);
    TR_CHECK_OK(tr_sparse_update(NULL, p->tree, have, changes));
    for (size_t i = 0; i < p->n; i++) p->keys[i] = changes[have + i].key;
    qsort(p->keys, p->n, sizeof(tr_hash), by_key);
    size_t to = 1;
    for (size_t i = 1; i < p->n; i++)
        if (memcmp(&p->keys[i], &p->keys[to - 1], sizeof(tr_hash)) != 0) p->keys[to++] = p->keys[i];
    p->n = to;
    for (size_t i = 0; i < to; i++) p->values[i] = tr_sparse_get(p->tree, &p->keys[i]);
    p->root = tr_sparse_root(p->tree);
    TR_CHECK_OK(tr_sparse_prove(NULL, p->tree, tr_gen_arena(g), p->n, p->keys, &p->proof));
    p->words = TR_ARENA_ARRAY(tr_gen_arena(g), tr_hash, p->proof.count + 1);
    memcpy(p->words, p->proof.words, p->proof.count * sizeof(tr_hash));
    p->proof.words = p->words;
}

static tr_err check(tr_gen *g, const proving *p)
{
    return tr_sparse_check(NULL, &p->form, tr_gen_arena(g), &p->root, p->n, p->keys, p->values,
                           &p->proof);
}

TR_PROP(proofs_hold_and_only_they)
{
    proving p;
    some_proof(g, tr_gen_bool(g) ? 256 : 8, &p);
    TR_CHECK_OK(check(g, &p));
    size_t count = p.proof.count;
    p.proof.count = count + 1;
    p.words[count] = p.words[0];
    TR_CHECK(check(g, &p) != TR_OK);
    p.proof.count = count - 1;
    TR_CHECK(check(g, &p) != TR_OK);
    p.proof.count = count;
    for (size_t i = 0; i < 8; i++) {
        tr_hash *where[] = {&p.words[tr_gen_below(g, count)], &p.words[tr_gen_below(g, p.n)],
                            &p.values[tr_gen_below(g, p.n)], &p.root};
        tr_hash *h = where[tr_gen_below(g, 4)];
        uint8_t *byte = &h->b[tr_gen_below(g, 32)], bit = (uint8_t)(1u << tr_gen_below(g, 8));
        *byte ^= bit;
        TR_CHECK(check(g, &p) != TR_OK);
        *byte ^= bit;
    }
    TR_CHECK_OK(check(g, &p));
    tr_sparse_free(p.tree);
}

/* Every single bit of a proof in a small tree; in most cases some of them. */
TR_PROP(every_bit_counts)
{
    proving p;
    some_proof(g, 8, &p);
    size_t stride = tr_gen_below(g, 16) == 0 ? 1 : 61;
    uint8_t *bytes = (uint8_t *)p.words;
    for (size_t i = 0; i < 8 * 32 * p.proof.count; i += stride) {
        bytes[i / 8] ^= (uint8_t)(1u << i % 8);
        TR_CHECK(check(g, &p) != TR_OK);
        bytes[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    TR_CHECK_OK(check(g, &p));
    tr_sparse_free(p.tree);
}

/* A node given for many keys is given for one of them alone. */
TR_PROP(many_at_once_hold_no_more_than_each_alone)
{
    proving p;
    some_proof(g, 256, &p);
    tr_sparse_proof one[12];
    for (size_t i = 0; i < p.n; i++) {
        TR_CHECK_OK(tr_sparse_prove(NULL, p.tree, tr_gen_arena(g), 1, &p.keys[i], &one[i]));
        TR_CHECK_OK(tr_sparse_check(NULL, &p.form, tr_gen_arena(g), &p.root, 1, &p.keys[i],
                                    &p.values[i], &one[i]));
    }
    for (size_t k = p.n; k < p.proof.count; k++) {
        bool found = false;
        for (size_t i = 0; i < p.n; i++)
            for (size_t j = 1; j < one[i].count; j++)
                found |= memcmp(&one[i].words[j], &p.words[k], sizeof(tr_hash)) == 0;
        TR_CHECK(found);
    }
    tr_sparse_free(p.tree);
}

TR_TEST(what_is_not_in_order)
{
    tr_trail trail;
    tr_sparse_form form;
    tr_hash empty = {{1}};
    TR_CHECK_ERR(tr_sparse_form_init(&trail, &form, tr_merkle_sha256, NULL, 0, NULL),
                 TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_sparse_form_init(&trail, &form, tr_merkle_sha256, NULL, 257, NULL),
                 TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_sparse_form_init(&trail, &form, tr_merkle_sha256, NULL, 8, &empty),
                 TR_E_ARGUMENT);
    TR_CHECK_OK(tr_sparse_form_init(&trail, &form, tr_merkle_sha256, NULL, 12, NULL));
    tr_sparse *tree = new_tree(&form);
    tr_sparse_change changes[2] = {{{{0x12, 0x30}}, {{1}}}, {{{0x12, 0x38}}, {{1}}}};
    TR_CHECK_ERR(tr_sparse_update(&trail, tree, 2, changes), TR_E_RANGE);
    TR_CHECK_EQ(tr_sparse_count(tree), 0);
    changes[1].key = (tr_hash){{0x12, 0x40, 1}};
    TR_CHECK_ERR(tr_sparse_update(&trail, tree, 2, changes), TR_E_RANGE);
    TR_CHECK_OK(tr_sparse_update(&trail, tree, 1, changes));
    tr_hash keys[2] = {changes[0].key, changes[0].key}, values[2] = {{{1}}, {{1}}}, root;
    tr_sparse_proof proof;
    tr_arena *arena = tr_test_arena();
    root = tr_sparse_root(tree);
    TR_CHECK_ERR(tr_sparse_prove(&trail, tree, arena, 0, keys, &proof), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_sparse_prove(&trail, tree, arena, 2, keys, &proof), TR_E_TRIE_ORDER);
    TR_CHECK_OK(tr_sparse_prove(&trail, tree, arena, 1, keys, &proof));
    TR_CHECK_EQ(proof.count, 1); /* an only key needs no other node */
    TR_CHECK_OK(tr_sparse_check(&trail, &form, arena, &root, 1, keys, values, &proof));
    TR_CHECK_ERR(tr_sparse_check(&trail, &form, arena, &root, 0, keys, values, &proof),
                 TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_sparse_check(&trail, &form, arena, &root, 2, keys, values, &proof),
                 TR_E_TRIE_ORDER);
    keys[0] = (tr_hash){{0}};
    TR_CHECK_ERR(tr_sparse_check(&trail, &form, arena, &root, 2, keys, values, &proof), TR_E_SHORT);
    tr_hash words[2] = {{{0x80}}, form.empty[1]}; /* an empty node must not be given */
    proof = (tr_sparse_proof){words, 2};
    keys[0] = changes[0].key;
    TR_CHECK_ERR(tr_sparse_check(&trail, &form, arena, &root, 1, keys, values, &proof),
                 TR_E_CANONICAL);
    words[0] = (tr_hash){{0, 0x08}}; /* beyond the depth */
    TR_CHECK_ERR(tr_sparse_check(&trail, &form, arena, &root, 1, keys, values, &proof),
                 TR_E_CANONICAL);
    words[0] = (tr_hash){{0}};
    TR_CHECK_ERR(tr_sparse_check(&trail, &form, arena, &root, 1, keys, values, &proof),
                 TR_E_TRAILING);
    tr_sparse_free(tree);
    tr_sparse_free(NULL);
}

static tr_err work(tr_alloc *alloc, void *context)
{
    const tr_sparse_form *form = context;
    tr_sparse *tree = NULL;
    TR_TRY(tr_sparse_new(NULL, alloc, form, LIMIT, &tree));
    tr_arena arena;
    tr_arena_init(&arena, alloc, LIMIT);
    tr_sparse_change changes[3] = {{{{1}}, {{1}}}, {{{2}}, {{2}}}, {{{3}}, {{3}}}};
    tr_hash keys[2] = {{{1}}, {{4}}}, values[2] = {{{1}}, {{0}}}, root;
    tr_sparse_proof proof;
    tr_err err = tr_sparse_update(NULL, tree, 3, changes);
    TR_CHECK_EQ(tr_sparse_count(tree), err == TR_OK ? 3 : 0);
    root = tr_sparse_root(tree);
    if (err == TR_OK) err = tr_sparse_prove(NULL, tree, &arena, 2, keys, &proof);
    if (err == TR_OK) err = tr_sparse_check(NULL, form, &arena, &root, 2, keys, values, &proof);
    tr_arena_free(&arena);
    tr_sparse_free(tree);
    return err;
}

TR_TEST(no_memory)
{
    tr_sparse_form form;
    TR_CHECK_OK(tr_sparse_form_init(NULL, &form, tr_merkle_sha256, NULL, 256, NULL));
    tr_test_out_of_memory(work, &form);
}

/* A tree in little memory refuses a batch and stays as it was. */
TR_TEST(a_limit_leaves_the_tree_as_it_was)
{
    tr_sparse_form form;
    tr_sparse *tree;
    TR_CHECK_OK(tr_sparse_form_init(NULL, &form, tr_merkle_sha256, NULL, 256, NULL));
    TR_CHECK_OK(tr_sparse_new(NULL, tr_test_alloc(), &form, 4096, &tree));
    tr_sparse_change changes[100];
    for (size_t i = 0; i < 100; i++) {
        memset(&changes[i], 0, sizeof(changes[i]));
        changes[i].key.b[0] = (uint8_t)i;
        changes[i].value.b[0] = 1;
    }
    tr_hash root, same;
    TR_CHECK_OK(tr_sparse_update(NULL, tree, 3, changes));
    root = tr_sparse_root(tree);
    TR_CHECK_ERR(tr_sparse_update(NULL, tree, 100, changes), TR_E_MEMORY);
    TR_CHECK_EQ(tr_sparse_count(tree), 3);
    same = tr_sparse_root(tree);
    TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(same.b));
    tr_sparse_free(tree);
}
