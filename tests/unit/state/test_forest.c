#include "state/forest.h"

#include "eth/account.h"
#include "harness.h"
#include "os/heap.h"
#include "os/pool.h"
#include "state/memory.h"
#include "state/state.h"
#include "trie/proof.h"

#define CHECK(x) TR_CHECK(x)
#include "model.h"
#include "store.h"

/* Three worlds that must be one: the model's, the one in memory, and the tries over a store. */
typedef struct three_worlds {
    tr_world door;
    tr_world *model, *memory, *forest;
} three_worlds;

static tr_err three_account(tr_world *self, tr_trail *trail, const tr_addr *address,
                            tr_world_account *out)
{
    three_worlds *w = (three_worlds *)self;
    tr_world_account others[2];
    TR_TRY(w->model->account(w->model, trail, address, out));
    TR_TRY(w->memory->account(w->memory, trail, address, &others[0]));
    TR_TRY(w->forest->account(w->forest, trail, address, &others[1]));
    for (size_t i = 0; i < 2; i++) {
        const tr_world_account *o = &others[i];
        TR_CHECK(o->exists == out->exists && o->has_storage == out->has_storage);
        TR_CHECK(o->nonce == out->nonce && tr_u256_eq(o->balance, out->balance));
        TR_CHECK_BYTES(TR_VIEW(o->code_hash.b), TR_VIEW(out->code_hash.b));
    }
    return TR_OK;
}

static tr_err three_slot(tr_world *self, tr_trail *trail, const tr_addr *address,
                         const tr_u256 *key, tr_u256 *out)
{
    three_worlds *w = (three_worlds *)self;
    tr_u256 others[2];
    TR_TRY(w->model->slot(w->model, trail, address, key, out));
    TR_TRY(w->memory->slot(w->memory, trail, address, key, &others[0]));
    TR_TRY(w->forest->slot(w->forest, trail, address, key, &others[1]));
    TR_CHECK(tr_u256_eq(others[0], *out) && tr_u256_eq(others[1], *out));
    return TR_OK;
}

static tr_err three_code(tr_world *self, tr_trail *trail, const tr_addr *address,
                         const tr_hash *code_hash, tr_bytes *out)
{
    three_worlds *w = (three_worlds *)self;
    tr_bytes others[2];
    TR_TRY(w->model->code(w->model, trail, address, code_hash, out));
    TR_TRY(w->memory->code(w->memory, trail, address, code_hash, &others[0]));
    TR_TRY(w->forest->code(w->forest, trail, address, code_hash, &others[1]));
    TR_CHECK_BYTES(others[0], *out);
    TR_CHECK_BYTES(others[1], *out);
    return TR_OK;
}

typedef struct fixture {
    tr_memory_world *memory;
    tr_forest *stored, *in_memory;
    store store;
    tr_exec *exec;
} fixture;

static void open_stored(fixture *f, const tr_hash *root)
{
    tr_forest_options options = {tr_test_alloc(), &f->store.source, *root, SIZE_MAX};
    TR_CHECK_OK(tr_forest_new(NULL, &options, &f->stored));
}

static void open_fixture(fixture *f, tr_exec *exec)
{
    memset(f, 0, sizeof(*f));
    tr_forest_options options = {.alloc = tr_test_alloc(), .limit = SIZE_MAX};
    TR_CHECK_OK(tr_memory_world_new(NULL, tr_test_alloc(), SIZE_MAX, &f->memory));
    store_init(&f->store, tr_test_alloc(), tr_memory_world_door(f->memory));
    TR_CHECK_OK(tr_forest_new(NULL, &options, &f->in_memory));
    open_stored(f, &tr_trie_empty_root);
    f->exec = exec;
}

static void free_fixture(fixture *f)
{
    tr_forest_free(f->stored);
    tr_forest_free(f->in_memory);
    tr_memory_world_free(f->memory);
    store_free(&f->store);
}

static tr_hash root_of_all(fixture *f, tr_arena *arena)
{
    tr_changes all;
    tr_hash root;
    TR_CHECK_OK(tr_memory_world_all(NULL, f->memory, arena, &all));
    TR_CHECK_EQ(all.count, tr_memory_world_count(f->memory));
    TR_CHECK_OK(tr_state_root(NULL, arena, f->exec, &all, &root));
    return root;
}

/* Gives changes to all of them; the roots must be one. */
static tr_hash apply(fixture *f, tr_arena *arena, const tr_changes *changes)
{
    tr_hash roots[2], want;
    TR_CHECK_OK(tr_memory_world_apply(NULL, f->memory, changes));
    TR_CHECK_OK(tr_forest_apply(NULL, f->stored, f->exec, changes));
    TR_CHECK_OK(tr_forest_apply(NULL, f->in_memory, NULL, changes));
    TR_CHECK_OK(tr_forest_root(NULL, f->stored, f->exec, &roots[0]));
    TR_CHECK_OK(tr_forest_root(NULL, f->in_memory, NULL, &roots[1]));
    want = root_of_all(f, arena);
    TR_CHECK_BYTES(TR_VIEW(roots[0].b), TR_VIEW(want.b));
    TR_CHECK_BYTES(TR_VIEW(roots[1].b), TR_VIEW(want.b));
    return want;
}

/* The store has the nodes that a forest of the same state puts there, and no others. */
static void check_store(fixture *f, tr_arena *arena)
{
    tr_changes all;
    tr_forest *fresh;
    store other;
    tr_hash root;
    tr_forest_options options = {.alloc = tr_test_alloc(), .limit = SIZE_MAX};
    store_init(&other, tr_test_alloc(), NULL);
    TR_CHECK_OK(tr_memory_world_all(NULL, f->memory, arena, &all));
    TR_CHECK_OK(tr_forest_new(NULL, &options, &fresh));
    TR_CHECK_OK(tr_forest_apply(NULL, fresh, NULL, &all));
    TR_CHECK_OK(tr_forest_root(NULL, fresh, NULL, &root));
    TR_CHECK_OK(tr_forest_commit(NULL, fresh, &other.sink));
    TR_CHECK_EQ(store_count(&f->store), store_count(&other));
    tr_forest_free(fresh);
    store_free(&other);
}

/* Commits, prunes and opens again, by chance; the forest then knows of nothing else. */
static void shake(fixture *f, tr_gen *g, const tr_hash *root)
{
    uint64_t what = tr_gen_below(g, 8);
    if (what < 5) {
        TR_CHECK_OK(tr_forest_commit(NULL, f->stored, &f->store.sink));
        check_store(f, tr_gen_arena(g));
    }
    if (what < 2) {
        tr_forest_free(f->stored);
        open_stored(f, root);
    } else if (what != 7) {
        tr_forest_prune(f->stored, (unsigned)tr_gen_below(g, 3));
        tr_forest_prune(f->in_memory, 0);
    }
}

static void check_proofs(fixture *f, tr_gen *g, const tr_hash *root)
{
    tr_addr address = model_address(tr_gen_below(g, MODEL_ACCOUNTS));
    tr_u256 keys[MODEL_SLOTS];
    tr_trie_proof account_proof, slot_proofs[MODEL_SLOTS];
    tr_account account;
    bool exists;
    for (uint64_t k = 0; k < MODEL_SLOTS; k++) keys[k] = model_key(k);
    TR_CHECK_OK(tr_forest_prove(NULL, f->stored, tr_gen_arena(g), &address, MODEL_SLOTS, keys,
                                &account_proof, slot_proofs));
    TR_CHECK_OK(tr_account_check(NULL, root, &address, account_proof.count, account_proof.nodes,
                                 &account, &exists));
    tr_hash storage_root;
    TR_CHECK_OK(tr_forest_storage_root(NULL, f->in_memory, &address, &storage_root));
    TR_CHECK_BYTES(TR_VIEW(account.storage_root.b), TR_VIEW(storage_root.b));
    for (uint64_t k = 0; k < MODEL_SLOTS; k++) {
        tr_hash key;
        tr_u256 value, want;
        tr_u256_to_be(keys[k], key.b);
        tr_world *world = tr_memory_world_door(f->memory);
        TR_CHECK_OK(world->slot(world, NULL, &address, &keys[k], &want));
        TR_CHECK_OK(tr_storage_check(NULL, &storage_root, &key, slot_proofs[k].count,
                                     slot_proofs[k].nodes, &value));
        TR_CHECK(tr_u256_eq(value, want));
    }
}

static uint64_t gen_below(void *context, uint64_t n)
{
    return tr_gen_below(context, n);
}

TR_PROP(worlds_are_one_and_so_are_roots)
{
    model_source source = {gen_below, g, SIZE_MAX};
    model *m = TR_ARENA_NEW(tr_gen_arena(g), model);
    fixture f;
    tr_hash root = tr_trie_empty_root;
    open_fixture(&f, NULL);
    memset(m, 0, sizeof(*m));
    m->source = &source;
    m->arena = tr_gen_arena(g);
    model_world_init(&m->world);
    three_worlds worlds = {{three_account, three_slot, three_code, NULL, NULL},
                           &m->world.door,
                           tr_memory_world_door(f.memory),
                           tr_forest_world(f.stored)};
    tr_state_options options = {tr_test_alloc(), &worlds.door, SIZE_MAX, 1};
    TR_CHECK_OK(tr_state_new(NULL, &options, &m->state));
    for (uint64_t blocks = 1 + tr_gen_below(g, 6); blocks > 0; blocks--) {
        tr_changes changes;
        for (uint64_t txs = tr_gen_below(g, 3); txs > 0; txs--) model_transaction(m);
        model_check_changes(m, &changes);
        model_apply_changes(m, &changes);
        root = apply(&f, m->arena, &changes);
        check_proofs(&f, g, &root);
        shake(&f, g, &root);
        worlds.forest = tr_forest_world(f.stored);
        if (tr_gen_bool(g)) {
            tr_state_settle(m->state);
        } else {
            tr_state_clear(m->state, &worlds.door);
            model_begin_again(m);
        }
    }
    tr_state_free(m->state);
    free_fixture(&f);
}

/* Many accounts and slots, in batches that make branches and take them away again. */
enum { MANY = 300, MANY_SLOTS = 40 };

static void random_batch(tr_gen *g, tr_state *state, unsigned round, bool everything_goes)
{
    tr_state_begin(state);
    for (uint64_t i = 0; i < MANY; i++) {
        tr_addr address = {{(uint8_t)(i >> 4), 0, (uint8_t)i}};
        if (!everything_goes && tr_gen_below(g, 4) == 0) continue;
        tr_acct *a = tr_state_account(state, &address);
        TR_CHECK(a != NULL);
        if (a->exists && (everything_goes || tr_gen_below(g, 5) == 0)) {
            TR_CHECK(tr_state_destroy(state, a));
            continue;
        }
        tr_u256 balance = tr_u256_of(i + round);
        TR_CHECK(tr_state_set_balance(state, a, &balance));
        if (i % 7 == 0) TR_CHECK(tr_state_set_code(state, a, TR_VIEW(address.b)));
        uint64_t slots = i % 3 == 0 ? tr_gen_below(g, i == 0 ? 3000 : MANY_SLOTS) : 0;
        for (uint64_t k = 0; k < slots; k++) {
            tr_u256 key = tr_u256_of(k), value = tr_u256_of(tr_gen_below(g, 4) * (round + 40));
            tr_slot *slot = tr_state_slot(state, a, &key);
            TR_CHECK(slot != NULL && tr_state_set_slot(state, slot, &value));
        }
    }
    TR_CHECK(tr_state_end(state, true));
}

static void many(tr_gen *g, tr_exec *exec)
{
    enum { ROUNDS = 5 };
    fixture f;
    open_fixture(&f, exec);
    tr_state *state;
    tr_state_options options = {tr_test_alloc(), tr_memory_world_door(f.memory), SIZE_MAX, 2};
    TR_CHECK_OK(tr_state_new(NULL, &options, &state));
    for (unsigned round = 0; round < ROUNDS; round++) {
        tr_changes changes;
        random_batch(g, state, round, round == ROUNDS - 1);
        TR_CHECK_OK(tr_state_changes(NULL, state, tr_gen_arena(g), &changes));
        tr_hash root = apply(&f, tr_gen_arena(g), &changes);
        shake(&f, g, &root);
        tr_state_settle(state);
    }
    tr_state_free(state);
    free_fixture(&f);
}

TR_PROP(batches_of_many_accounts)
{
    if (tr_gen_below(g, 8) != 0) return; /* it takes long */
    tr_pool *pool = NULL;
    tr_pool_options options = {.workers = 2, .name = "test"};
    bool parallel = tr_gen_bool(g);
    if (parallel) TR_CHECK_OK(tr_pool_new(NULL, tr_heap(), &options, &pool));
    many(g, parallel ? tr_pool_exec(pool) : NULL);
    tr_pool_free(pool);
}

/* A store that refuses the n-th node: nothing then counts as committed, and all can be given again
 * to a store that begins empty. */
typedef struct refusing {
    tr_forest_sink sink;
    tr_trie_sink door;
    tr_trie_sink *to;
    store *store;
    size_t left;
} refusing;

static tr_err refusing_put(tr_trie_sink *self, tr_trail *trail, const tr_path *path,
                           const tr_hash *hash, tr_bytes encoding)
{
    refusing *r = (refusing *)(void *)((uint8_t *)self - offsetof(refusing, door));
    if (r->left-- == 0) return tr_fail(trail, TR_E_FULL, "the disk is full");
    return r->to->put(r->to, trail, path, hash, encoding);
}

static tr_err refusing_remove(tr_trie_sink *self, tr_trail *trail, const tr_path *path)
{
    refusing *r = (refusing *)(void *)((uint8_t *)self - offsetof(refusing, door));
    return r->to->remove(r->to, trail, path);
}

static tr_trie_sink *refusing_trie(tr_forest_sink *self, const tr_hash *owner)
{
    refusing *r = (refusing *)self;
    r->to = store_sink(&r->store->sink, owner);
    return &r->door;
}

TR_TEST(a_commit_can_be_given_again)
{
    fixture f;
    tr_account_change accounts[20];
    tr_slot_change slots[5];
    for (uint64_t k = 0; k < 5; k++)
        slots[k] = (tr_slot_change){tr_u256_of(k), tr_u256_of(k + 1), {{0}}};
    for (uint8_t i = 0; i < 20; i++)
        accounts[i] = (tr_account_change){.address = {{i}},
                                          .exists = true,
                                          .code_hash = tr_empty_code_hash,
                                          .slots = slots,
                                          .slot_count = i % 5u};
    open_fixture(&f, NULL);
    tr_hash root = apply(&f, tr_test_arena(), &(tr_changes){accounts, 20});
    size_t refused = 0;
    for (;; refused++) {
        store half;
        store_init(&half, tr_test_alloc(), NULL);
        refusing r = {{refusing_trie, NULL}, {refusing_put, refusing_remove}, NULL, &half, refused};
        tr_err err = tr_forest_commit(NULL, f.stored, &r.sink);
        TR_CHECK(err == TR_OK || err == TR_E_FULL);
        if (err != TR_OK) {
            store_free(&half);
            continue;
        }
        /* Taken: everything can be read from there. */
        tr_forest *again;
        tr_forest_options options = {tr_test_alloc(), &half.source, root, SIZE_MAX};
        TR_CHECK_OK(tr_forest_new(NULL, &options, &again));
        for (size_t i = 0; i < 20; i++) {
            tr_world *world = tr_forest_world(again);
            tr_u256 value;
            for (size_t k = 0; k < 5; k++) {
                TR_CHECK_OK(world->slot(world, NULL, &accounts[i].address, &slots[k].key, &value));
                TR_CHECK(tr_u256_eq(value, k < i % 5 ? slots[k].value : TR_U256_ZERO));
            }
        }
        tr_forest_free(again);
        store_free(&half);
        break;
    }
    TR_CHECK(refused > 40);
    free_fixture(&f);
}

/* A forest in memory has neither codes nor block hashes. */
TR_TEST(a_forest_without_a_source)
{
    tr_forest *forest;
    tr_forest_options options = {.alloc = tr_test_alloc(), .limit = SIZE_MAX};
    TR_CHECK_OK(tr_forest_new(NULL, &options, &forest));
    tr_world *world = tr_forest_world(forest);
    tr_addr address = {{1}};
    tr_hash hash = {{1}}, root;
    tr_bytes code;
    tr_u256 key = tr_u256_of(1), value;
    tr_trie_proof proof, slot_proof;
    TR_CHECK_ERR(world->code(world, NULL, &address, &hash, &code), TR_E_NOT_FOUND);
    TR_CHECK_OK(world->block_hash(world, NULL, 1, &hash));
    TR_CHECK_EQ(hash.b[0], 0);
    TR_CHECK_OK(world->slot(world, NULL, &address, &key, &value));
    TR_CHECK(tr_u256_iszero(value));
    TR_CHECK_OK(tr_forest_apply(NULL, forest, NULL, &(tr_changes){NULL, 0}));
    TR_CHECK_OK(tr_forest_root(NULL, forest, NULL, &root));
    TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(tr_trie_empty_root.b));
    TR_CHECK_OK(
        tr_forest_prove(NULL, forest, tr_test_arena(), &address, 1, &key, &proof, &slot_proof));
    TR_CHECK(proof.count == 0 && slot_proof.count == 0);
    tr_forest_free(forest);
}
