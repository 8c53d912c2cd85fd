/* Changing a trie: one way against another. */
#include "hash/keccak.h"
#include "os/pool.h"
#include "shadow.h"

enum { BATCH = 48 };

static tr_pool *new_pool(size_t workers)
{
    tr_pool *pool;
    tr_pool_options options = {.workers = workers, .name = "trie"};
    TR_CHECK_OK(tr_pool_new(NULL, tr_heap(), &options, &pool));
    return pool;
}

TR_PROP(batches_give_the_root_of_what_they_leave)
{
    key_style style = some_style(g);
    shadow *s = TR_ARENA_NEW(tr_gen_arena(g), shadow);
    tr_trie_change changes[BATCH];
    s->count = 0;
    tr_trie *trie = new_trie(NULL, NULL);
    size_t batches = 1 + tr_gen_below(g, 6);
    for (size_t b = 0; b < batches; b++) {
        size_t n = some_batch(g, &style, s, BATCH, changes);
        TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, n, changes));
        if (tr_gen_below(g, 3) != 0) check_root(trie, NULL, s);
    }
    check_root(trie, NULL, s);
    TR_CHECK_EQ(tr_trie_get_usage(trie).leaves <= s->count, true);
    for (size_t i = 0; i < 10; i++) {
        tr_bytes key = some_key_of(g, &style, s), value, want = shadow_get(s, key);
        tr_err err = tr_trie_get(NULL, trie, key, &value);
        TR_CHECK_ERR(err, want.len == 0 ? TR_E_NOT_FOUND : TR_OK);
        TR_CHECK_BYTES(value, want);
    }
    tr_trie_free(trie);
}

TR_PROP(one_by_one_and_backwards)
{
    key_style style = some_style(g);
    shadow *s = TR_ARENA_NEW(tr_gen_arena(g), shadow);
    tr_trie_change changes[BATCH];
    tr_hash want, root;
    s->count = 0;
    size_t n = some_batch(g, &style, s, BATCH, changes);
    tr_trie *one = new_trie(NULL, NULL), *all = new_trie(NULL, NULL);
    for (size_t i = 0; i < n; i++) TR_CHECK_OK(tr_trie_update(NULL, one, NULL, 1, &changes[i]));
    TR_CHECK_OK(tr_trie_update(NULL, all, NULL, n, changes));
    TR_CHECK_OK(tr_trie_root(NULL, one, NULL, &want));
    TR_CHECK_OK(tr_trie_root(NULL, all, NULL, &root));
    TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(want.b));
    /* all that is there is put again in the other order, some of it after it was taken out */
    tr_trie_usage before = tr_trie_get_usage(all);
    for (size_t i = s->count; i-- > 0;) {
        tr_trie_change out = {s->entries[i].key, {NULL, 0}};
        tr_trie_change in = {s->entries[i].key, s->entries[i].value};
        if (i % 2 == 0) TR_CHECK_OK(tr_trie_update(NULL, all, NULL, 1, &out));
        TR_CHECK_OK(tr_trie_update(NULL, all, NULL, 1, &in));
    }
    TR_CHECK_OK(tr_trie_root(NULL, all, NULL, &root));
    TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(want.b));
    TR_CHECK_EQ(tr_trie_get_usage(all).nodes, before.nodes);
    for (size_t i = 0; i < s->count; i++) {
        tr_trie_change out = {s->entries[i].key, {NULL, 0}};
        TR_CHECK_OK(tr_trie_update(NULL, all, NULL, 1, &out));
    }
    TR_CHECK_EQ(tr_trie_get_usage(all).bytes, 0);
    TR_CHECK_OK(tr_trie_root(NULL, all, NULL, &root));
    TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(tr_trie_empty_root.b));
    tr_trie_free(one);
    tr_trie_free(all);
}

/* Batches that are worth an executor, with many accounts that come and go. */
static void in_parallel(size_t workers, uint64_t seed)
{
    enum { KEYS = 3000, ROUNDS = 6 };
    tr_pool *pool = new_pool(workers);
    tr_exec *exec = tr_pool_exec(pool);
    tr_trie *serial = new_trie(NULL, NULL), *parallel = new_trie(NULL, NULL);
    static uint8_t keys[KEYS][8];
    static uint64_t values[KEYS];
    tr_trie_change *changes = tr_arena_array(tr_test_arena(), KEYS, sizeof(*changes), 8);
    for (size_t i = 0; i < KEYS; i++) {
        tr_hash hash = tr_keccak256(tr_bytes_of(&seed, sizeof(seed)));
        seed = tr_load64le(hash.b);
        memcpy(keys[i], hash.b + 8, 8);
        if (i % 3 == 0) keys[i][0] = 0x70; /* a crowded way */
    }
    for (size_t round = 0; round < ROUNDS; round++) {
        size_t n = 0;
        for (size_t i = 0; i < KEYS; i++) {
            bool out = round == ROUNDS - 1 || (i * 7 + round) % 3 == 0;
            values[i] = seed + i * round;
            if ((i + round) % 5 == 0 && round != ROUNDS - 1) continue;
            tr_bytes value = out ? (tr_bytes){NULL, 0} : tr_bytes_of(&values[i], sizeof(values[i]));
            changes[n++] = (tr_trie_change){TR_VIEW(keys[i]), value};
        }
        tr_hash want, root;
        TR_CHECK_OK(tr_trie_update(NULL, serial, NULL, n, changes));
        TR_CHECK_OK(tr_trie_update(NULL, parallel, exec, n, changes));
        TR_CHECK_OK(tr_trie_root(NULL, serial, NULL, &want));
        TR_CHECK_OK(tr_trie_root(NULL, parallel, exec, &root));
        TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(want.b));
        TR_CHECK_EQ(tr_trie_get_usage(parallel).nodes, tr_trie_get_usage(serial).nodes);
    }
    TR_CHECK_EQ(tr_trie_get_usage(parallel).bytes, 0);
    tr_trie_free(serial);
    tr_trie_free(parallel);
    tr_pool_free(pool);
}

TR_TEST(an_executor_gives_the_same_bits)
{
    for (size_t workers = 1; workers <= 3; workers++) in_parallel(workers, tr_test_random());
}
