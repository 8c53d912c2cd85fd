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

/* Shapes around a branch: none, one, two and sixteen children, with a value and without, above
 * leaves, branches and extensions; from each to each. */
TR_TEST(each_shape_becomes_each_other)
{
    enum { SHAPES = 9 };
    static const char *const keys[] = {"\x12",     "\x12\x34\x01",     "\x12\x34\x02",
                                       "\x12\x50", "\x12\x51\x11\x11", "\x12\x51\x11\x22",
                                       "\x99"};
    static const unsigned masks[SHAPES] = {0, 1, 2, 3, 6, 7, 0x3f, 0x70, 0x7f};
    for (unsigned from = 0; from < SHAPES; from++) {
        for (unsigned to = 0; to < SHAPES; to++) {
            for (unsigned many = 0; many < 4; many++) { /* bit 0: before, bit 1: after */
                shadow *s = TR_ARENA_NEW(tr_test_arena(), shadow);
                tr_trie *trie = new_trie(NULL, NULL);
                s->count = 0;
                for (unsigned step = 0; step < 2; step++) {
                    tr_trie_change changes[32];
                    size_t n = 0;
                    unsigned mask = masks[step == 0 ? from : to];
                    for (unsigned i = 0; i < TR_COUNTOF(keys); i++) {
                        tr_bytes value = (mask >> i & 1) != 0 ? TR_LIT("v") : (tr_bytes){NULL, 0};
                        if (step == 1 && i % 2 == 0 && value.len != 0) value = TR_LIT("other");
                        changes[n++] = (tr_trie_change){tr_bytes_str(keys[i]), value};
                    }
                    for (uint8_t i = 0; i < 16; i++) {
                        uint8_t *key = tr_arena_get(tr_test_arena(), 2, 1);
                        key[0] = 0x12;
                        key[1] = (uint8_t)(i << 4 | 7);
                        bool in = (many >> step & 1) != 0;
                        changes[n++] = (tr_trie_change){
                            tr_bytes_of(key, 2), in ? TR_LIT("sixteen") : (tr_bytes){NULL, 0}};
                    }
                    for (size_t i = 0; i < n; i++)
                        shadow_change(s, changes[i].key, changes[i].value);
                    TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, n, changes));
                    check_root(trie, NULL, s);
                }
                tr_trie_free(trie);
                tr_arena_reset(tr_test_arena());
            }
        }
    }
}

TR_TEST(of_several_changes_the_last_holds)
{
    shadow *s = TR_ARENA_NEW(tr_test_arena(), shadow);
    tr_trie *trie = new_trie(NULL, NULL);
    tr_trie_change changes[90];
    s->count = 0;
    for (size_t i = 0; i < 90; i++) {
        static const char *const keys[] = {"one", "two", "three and more bytes", "four"};
        uint8_t *value = tr_arena_get(tr_test_arena(), 1, 1);
        *value = (uint8_t)i;
        bool out = i == 88 || i % 7 == 0;
        changes[i] = (tr_trie_change){tr_bytes_str(keys[i % 4]), tr_bytes_of(value, out ? 0 : 1)};
        shadow_change(s, changes[i].key, changes[i].value);
    }
    TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, 90, changes));
    check_root(trie, NULL, s);
    TR_CHECK_EQ(tr_trie_get_usage(trie).leaves, 3);
    tr_trie_free(trie);
}

/* Many keys with a common beginning: the sort and the branches deep down. */
TR_TEST(keys_that_differ_at_their_ends)
{
    enum { KEYS = 1000 };
    shadow *s = TR_ARENA_NEW(tr_test_arena(), shadow);
    tr_trie *trie = new_trie(NULL, NULL);
    tr_trie_change changes[KEYS];
    s->count = 0;
    for (uint32_t i = 0; i < KEYS; i++) {
        uint8_t *key = tr_arena_get(tr_test_arena(), 64, 1);
        memset(key, 7, 64);
        tr_store32be(key + 60 - i % 2, i * 2654435761u);
        changes[i] = (tr_trie_change){tr_bytes_of(key, 64), TR_LIT("v")};
        shadow_change(s, changes[i].key, changes[i].value);
    }
    TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, KEYS, changes));
    check_root(trie, NULL, s);
    tr_trie_free(trie);
}

TR_TEST(what_is_too_large_is_refused)
{
    uint8_t key[TR_TRIE_KEY_MAX + 1] = {0};
    tr_trie *trie = new_trie(NULL, NULL);
    tr_bytes value;
    tr_trie_change change = {TR_VIEW(key), TR_LIT("v")};
    TR_CHECK_ERR(tr_trie_update(NULL, trie, NULL, 1, &change), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_trie_get(NULL, trie, change.key, &value), TR_E_NOT_FOUND);
    change = (tr_trie_change){TR_LIT("k"), tr_bytes_of(key, (size_t)INT32_MAX + 1)};
    TR_CHECK_ERR(tr_trie_update(NULL, trie, NULL, 1, &change), TR_E_ARGUMENT);
    change.value = TR_LIT("v"); /* nothing had happened to the trie */
    TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, 1, &change));
    TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, 0, NULL));
    tr_trie_free(trie);
    tr_trie_free(NULL);
}

/* Memory does not go beyond the limit, whatever the sizes of what is put. */
TR_TEST(a_limit_holds)
{
    static uint8_t value[20000];
    for (size_t limit = 2000; limit < 300000; limit += limit / 3) {
        for (size_t size = 1; size < sizeof(value); size *= 9) {
            tr_trie *trie;
            tr_trie_options options = {.alloc = tr_test_alloc(), .limit = limit};
            tr_err err = TR_OK;
            TR_CHECK_OK(tr_trie_new(NULL, &options, &trie));
            for (uint32_t i = 0; err == TR_OK; i++) {
                tr_trie_change change = {tr_bytes_of(&i, 4), tr_bytes_of(value, size)};
                err = tr_trie_update(NULL, trie, NULL, 1, &change);
                TR_CHECK(tr_trie_get_usage(trie).bytes <= limit);
            }
            TR_CHECK_ERR(err, TR_E_LIMIT);
            tr_trie_free(trie);
        }
    }
}

/* Values of all sizes that there are lists for, and beyond, come and go: nothing is lost. */
TR_TEST(memory_is_used_again)
{
    static uint8_t value[9000];
    tr_trie *trie = new_trie(NULL, NULL);
    tr_trie_change changes[3] = {{TR_LIT("a"), {value, 1}}, {TR_LIT("b"), {value, 1}}};
    changes[2] = (tr_trie_change){{NULL, 0}, {value, 1}}; /* on the branch */
    for (size_t size = 1; size < sizeof(value); size += 17) {
        tr_hash root, want;
        for (size_t i = 0; i < 3; i++) changes[i].value.len = TR_MAX(size / (i + 1), (size_t)1);
        TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, 3, changes));
        TR_CHECK_OK(tr_trie_root(NULL, trie, NULL, &root));
        if (size % 10 != 0) continue;
        tr_trie_entry entries[3] = {{changes[2].key, changes[2].value},
                                    {changes[0].key, changes[0].value},
                                    {changes[1].key, changes[1].value}};
        TR_CHECK_OK(tr_trie_build(NULL, tr_heap(), NULL, 3, entries, &want));
        TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(want.b));
    }
    for (size_t i = 0; i < 3; i++) changes[i].value.len = 0;
    TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, 3, changes));
    TR_CHECK_EQ(tr_trie_get_usage(trie).bytes, 0);
    tr_trie_prune(trie, 0);
    changes[0].value.len = 5;
    TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, 3, changes));
    TR_CHECK_EQ(tr_trie_get_usage(trie).leaves, 1);
    tr_trie_free(trie);
}

/* Threads load at once, through a recorder too; a node that lacks is told, whoever misses it. */
TR_TEST(an_executor_loads_what_it_needs)
{
    enum { KEYS = 900 };
    tr_pool *pool = new_pool(3);
    tr_exec *exec = tr_pool_exec(pool);
    tr_trie_memory *memory;
    tr_arena *arena = tr_test_arena();
    tr_trie_change *changes = tr_arena_array(arena, KEYS, sizeof(*changes), 8);
    tr_hash *keys = tr_arena_array(arena, KEYS, sizeof(*keys), 1), root, want, got;
    for (size_t i = 0; i < KEYS; i++) {
        keys[i] = tr_keccak256(tr_bytes_of(&i, sizeof(i)));
        changes[i] = (tr_trie_change){TR_VIEW(keys[i].b), TR_VIEW(keys[i].b)};
    }
    TR_CHECK_OK(tr_trie_memory_new(NULL, tr_test_alloc(), &memory));
    tr_trie *trie = new_trie(NULL, NULL);
    TR_CHECK_OK(tr_trie_update(NULL, trie, exec, KEYS, changes));
    TR_CHECK_OK(tr_trie_root(NULL, trie, exec, &root));
    TR_CHECK_OK(tr_trie_commit(NULL, trie, tr_trie_memory_sink(memory)));
    for (size_t i = 0; i < KEYS; i++)
        changes[i].value = i % 3 == 0 ? (tr_bytes){NULL, 0} : TR_VIEW(keys[KEYS - 1 - i].b);
    TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, KEYS, changes));
    TR_CHECK_OK(tr_trie_root(NULL, trie, NULL, &want));
    tr_trie_free(trie);
    tr_trie_recorder recorder;
    TR_CHECK_OK(tr_trie_recorder_init(NULL, &recorder, tr_trie_memory_source(memory), arena));
    trie = new_trie(&recorder.source, &root);
    TR_CHECK_OK(tr_trie_update(NULL, trie, exec, KEYS, changes));
    TR_CHECK_OK(tr_trie_root(NULL, trie, exec, &got));
    TR_CHECK_BYTES(TR_VIEW(got.b), TR_VIEW(want.b));
    TR_CHECK_EQ(recorder.count, tr_trie_memory_count(memory));
    TR_CHECK_OK(tr_trie_commit(NULL, trie, tr_trie_memory_sink(memory)));
    tr_trie_free(trie);
    tr_trie_proof nodes;
    tr_trie_witness witness;
    tr_trail trail;
    TR_CHECK_OK(tr_trie_recorder_get(NULL, &recorder, arena, &nodes));
    TR_CHECK_OK(tr_trie_witness_init(NULL, &witness, arena, nodes.count - 100, nodes.nodes + 100));

    trie = new_trie(&witness.source, &root); /* it lacks leaves, which come first as bytes */
    tr_trail_clear(&trail);
    TR_CHECK_ERR(tr_trie_update(&trail, trie, exec, KEYS, changes), TR_E_TRIE_MISSING);
    TR_CHECK_EQ(trail.code, TR_E_TRIE_MISSING);
    TR_CHECK_ERR(tr_trie_update(&trail, trie, NULL, 1, changes), TR_E_STATE);
    tr_trie_free(trie);
    tr_trie_memory_free(memory);
    tr_pool_free(pool);
}

/* So many changes that the work is cut into subtrees, below a root that is an extension. */
TR_TEST(many_changes_below_one_way)
{
    enum { KEYS = 6000 };
    tr_pool *pool = new_pool(2);
    tr_arena *arena = tr_test_arena();
    tr_trie_change *changes = tr_arena_array(arena, KEYS, sizeof(*changes), 8);
    tr_trie_entry *entries = tr_arena_array(arena, KEYS, sizeof(*entries), 8);
    uint8_t(*keys)[6] = tr_arena_array(arena, KEYS, sizeof(*keys), 1);
    for (uint32_t i = 0; i < KEYS; i++) { /* they rise, and are given from the last to the first */
        memset(keys[i], 0x11, 2);
        tr_store32be(keys[i] + 2, (uint32_t)((uint64_t)i * UINT32_MAX / KEYS));
        entries[i] = (tr_trie_entry){TR_VIEW(keys[i]), TR_LIT("a value, the same for all of them")};
        changes[KEYS - 1 - i] = (tr_trie_change){entries[i].key, entries[i].value};
    }
    tr_hash root, want;
    for (size_t way = 0; way < 2; way++) {
        tr_exec *exec = way == 0 ? NULL : tr_pool_exec(pool);
        tr_trie *trie = new_trie(NULL, NULL);
        TR_CHECK_OK(tr_trie_update(NULL, trie, exec, KEYS, changes));
        TR_CHECK_OK(tr_trie_root(NULL, trie, exec, &root));
        TR_CHECK_OK(tr_trie_build(NULL, tr_heap(), NULL, KEYS, entries, &want));
        TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(want.b));
        for (size_t i = 0; i < KEYS; i++) changes[i].value = TR_VIEW(keys[i]);
        TR_CHECK_OK(tr_trie_update(NULL, trie, exec, KEYS, changes));
        TR_CHECK_OK(tr_trie_root(NULL, trie, exec, &root));
        for (size_t i = 0; i < KEYS; i++) entries[KEYS - 1 - i].value = changes[i].value;
        TR_CHECK_OK(tr_trie_build(NULL, tr_heap(), NULL, KEYS, entries, &want));
        TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(want.b));
        tr_trie_free(trie);
    }
    tr_pool_free(pool);
}

/* An executor in name: each job in turn. */
static void run_in_turn(tr_exec *self, size_t count, tr_exec_job *job, void *context)
{
    (void)self;
    for (size_t i = 0; i < count; i++) job(context, i);
}

static tr_err use_in_parallel(tr_alloc *alloc, void *context)
{
    enum { KEYS = 700 };
    const tr_hash *keys = context;
    tr_exec exec = {2, run_in_turn};
    tr_trie_options options = {.alloc = alloc, .limit = SIZE_MAX};
    tr_trie_change changes[KEYS];
    tr_trie *trie;
    tr_hash root;
    tr_trail trail;
    tr_trail_clear(&trail);
    tr_err err = tr_trie_new(&trail, &options, &trie);
    if (err != TR_OK) return err;
    for (size_t round = 0; round < 4 && err == TR_OK; round++) {
        for (size_t i = 0; i < KEYS; i++) {
            tr_bytes key = i == 0 ? (tr_bytes){NULL, 0} : TR_VIEW(keys[i].b); /* on the root, too */
            bool in = round % 3 != 0; /* the first round takes away what is not there */
            changes[i] = (tr_trie_change){key, {keys[i].b, in ? 20 + round : 0}};
        }
        err = tr_trie_update(&trail, trie, &exec, KEYS, changes);
        if (err == TR_OK) err = tr_trie_root(&trail, trie, &exec, &root);
        if (err == TR_OK && round % 3 == 0) {
            TR_CHECK_EQ(tr_trie_get_usage(trie).bytes, 0);
            tr_trie_prune(trie, 0);
        }
    }
    TR_CHECK_EQ(trail.code, err);
    tr_trie_free(trie);
    return err;
}

TR_TEST(without_memory_an_executor_ends_cleanly)
{
    tr_hash *keys = tr_arena_array(tr_test_arena(), 700, sizeof(*keys), 1);
    for (size_t i = 0; i < 700; i++) keys[i] = tr_keccak256(tr_bytes_of(&i, sizeof(i)));
    tr_test_out_of_memory(use_in_parallel, keys);
}
