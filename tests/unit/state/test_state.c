#include "state/state.h"

#include "harness.h"
#include "state/memory.h"
#include "state/state_internal.h"

#define CHECK(x) TR_CHECK(x)
#include "model.h"

static uint64_t gen_below(void *context, uint64_t n)
{
    return tr_gen_below(context, n);
}

static void random_world(model *m)
{
    for (size_t i = 0; i < MODEL_ACCOUNTS; i++) {
        model_account *a = &m->world.accounts[i];
        if (model_below(m, 3) == 0) continue;
        a->exists = true;
        a->nonce = model_below(m, 3);
        a->balance = model_below(m, 3);
        a->code = model_below(m, MODEL_CODES);
        for (size_t k = 0; k < MODEL_SLOTS; k++) a->slots[k] = model_below(m, 3);
    }
    memcpy(m->now.accounts, m->world.accounts, sizeof(m->now.accounts));
    model_begin_again(m);
}

static tr_state *new_state(tr_world *world)
{
    tr_state *state;
    tr_state_options options = {tr_test_alloc(), world, SIZE_MAX, 0};
    TR_CHECK_OK(tr_state_new(NULL, &options, &state));
    return state;
}

TR_PROP(does_what_a_copying_model_does)
{
    model_source source = {gen_below, g, SIZE_MAX};
    model *m = TR_ARENA_NEW(tr_gen_arena(g), model);
    memset(m, 0, sizeof(*m));
    m->source = &source;
    m->arena = tr_gen_arena(g);
    model_world_init(&m->world);
    random_world(m);
    m->state = new_state(&m->world.door);
    for (uint64_t blocks = 1 + tr_gen_below(g, 4); blocks > 0; blocks--) {
        tr_changes changes;
        for (uint64_t txs = tr_gen_below(g, 5); txs > 0; txs--) model_transaction(m);
        model_check_changes(m, &changes);
        if (tr_gen_below(g, 4) == 0) continue;
        model_check_reads(m);
        model_apply_changes(m, &changes);
        if (tr_gen_bool(g)) {
            tr_state_settle(m->state);
        } else {
            tr_state_clear(m->state, &m->world.door);
            model_begin_again(m);
        }
        model_check_changes(m, &changes);
        TR_CHECK_EQ(changes.count, 0);
    }
    tr_state_free(m->state);
}

/* Errors of the world end everything, and stay. */
TR_TEST(an_error_of_the_world_is_the_states)
{
    model_world world;
    model_world_init(&world);
    for (size_t i = 0; i < 3; i++)
        world.accounts[i] = (model_account){.exists = true, .code = 1, .slots = {1, 2}};
    tr_addr first = model_address(0), second = model_address(1), third = model_address(2);
    tr_u256 key = model_key(0), other = model_key(1);
    tr_hash hash;
    tr_trail trail;
    tr_state *state = new_state(&world.door);
    tr_acct *a = tr_state_account(state, &first);
    tr_slot *slot = tr_state_slot(state, a, &key);
    TR_CHECK(a != NULL && slot != NULL);
    TR_CHECK(tr_state_block_hash(state, 7, &hash) && hash.b[0] == 7);
    static const tr_err want[] = {TR_E_IO, TR_E_TRIE_MISSING, TR_E_WITNESS_CODE,
                                  TR_E_WITNESS_HEADER};
    for (size_t i = 0; i < TR_COUNTOF(want); i++) {
        tr_state_clear(state, &world.door);
        world.fails = false;
        model_forget_asked(&world);
        TR_CHECK_OK(tr_state_error(state, NULL));
        a = tr_state_account(state, &first);
        TR_CHECK(a != NULL && tr_state_peek(state, &second) == NULL);
        world.fails = true;
        if (i == 0) TR_CHECK(tr_state_account(state, &second) == NULL);
        if (i == 1) TR_CHECK(tr_state_slot(state, a, &key) == NULL);
        if (i == 2) TR_CHECK(!tr_state_code(state, a));
        if (i == 3) TR_CHECK(!tr_state_block_hash(state, 7, &hash));
        TR_CHECK_ERR(tr_state_error(state, &trail), want[i]);
        TR_CHECK_STR(trail.text, "the disk is gone");
        world.fails = false; /* too late */
        TR_CHECK(tr_state_account(state, &third) == NULL);
        TR_CHECK(tr_state_slot(state, a, &other) == NULL);
        TR_CHECK(!tr_state_code(state, a) && !tr_state_block_hash(state, 8, &hash));
        TR_CHECK(!tr_state_end(state, true));
        tr_changes changes;
        TR_CHECK_ERR(tr_state_changes(NULL, state, tr_test_arena(), &changes), want[i]);
        TR_CHECK_ERR(tr_state_reads(NULL, state, tr_test_arena(), &changes), want[i]);
    }
    tr_state_free(state);
}

/* Block hashes are asked for once, each. */
TR_TEST(block_hashes_are_kept)
{
    model_world world;
    tr_hash hash;
    model_world_init(&world);
    tr_state *state = new_state(&world.door);
    for (uint64_t round = 0; round < 2; round++) {
        for (uint64_t number = 5; number < 9; number++) {
            world.asked_hash = false;
            TR_CHECK(tr_state_block_hash(state, number, &hash) && hash.b[0] == number);
            TR_CHECK_EQ(world.asked_hash, round == 0);
        }
    }
    TR_CHECK(tr_state_block_hash(state, 5 + 256, &hash) && hash.b[0] == 5);
    world.door.block_hash = NULL;
    TR_CHECK(tr_state_block_hash(state, 5, &hash) && hash.b[0] == 0);
    tr_state_free(state);
}

/* Numbers of transactions begin again after the last one; nothing old is then taken for new. */
TR_TEST(stamps_outlive_their_numbers)
{
    model_world world;
    tr_addr address = model_address(1);
    tr_u256 key = model_key(1), value = model_value(4);
    model_world_init(&world);
    tr_state *state = new_state(&world.door);
    tr_state_begin(state);
    tr_acct *a = tr_state_account(state, &address);
    TR_CHECK(tr_state_warm_account(state, a) && tr_state_create(state, a));
    tr_slot *slot = tr_state_slot(state, a, &key);
    TR_CHECK(tr_state_warm_slot(state, slot) && tr_state_set_slot(state, slot, &value));
    TR_CHECK(tr_state_set_nonce(state, a, 1) && tr_state_end(state, true));
    state->tx = UINT32_MAX;
    tr_state_begin(state);
    TR_CHECK_EQ(tr_state_tx(state), 1);
    TR_CHECK(!tr_acct_is_warm(a, 1) && a->created_tx != 1 && slot->warm_tx != 1);
    TR_CHECK(tr_state_slot(state, a, &key) == slot && tr_u256_eq(slot->value, value));
    TR_CHECK(slot->original_tx != 1);
    TR_CHECK(tr_state_warm_account(state, a) && tr_state_warm_slot(state, slot));
    TR_CHECK(tr_state_end(state, true) && a->exists);
    tr_state_free(state);
}

/* A slot that was first looked at in a storage that a create had emptied, and the create was
 * undone: what the world holds is still to be asked for, also after a settle. */
TR_TEST(a_slot_seen_only_in_what_was_undone)
{
    model_world world;
    tr_addr address = model_address(0);
    tr_u256 key = model_key(0);
    model_world_init(&world);
    world.accounts[0] = (model_account){.exists = true, .balance = 1, .slots = {2}};
    for (int settle = 0; settle < 2; settle++) {
        model_forget_asked(&world);
        tr_state *state = new_state(&world.door);
        tr_state_begin(state);
        tr_acct *a = tr_state_account(state, &address);
        TR_CHECK(a != NULL && tr_state_create(state, a));
        tr_slot *slot = tr_state_slot(state, a, &key);
        TR_CHECK(slot != NULL && tr_u256_iszero(slot->value));
        TR_CHECK(!world.asked_slots[0][0]);
        tr_state_revert(state, 0);
        TR_CHECK(tr_state_end(state, true));
        if (settle != 0) tr_state_settle(state);
        TR_CHECK(tr_state_slot(state, a, &key) == slot);
        TR_CHECK(tr_u256_eq(slot->value, model_value(2)) && world.asked_slots[0][0]);
        tr_changes changes;
        TR_CHECK_OK(tr_state_changes(NULL, state, tr_test_arena(), &changes));
        TR_CHECK_EQ(changes.count, 0);
        tr_state_free(state);
    }
}

/* Everything that takes memory, for the test of its end and of limits. */
static tr_err take_memory(tr_alloc *alloc, size_t limit)
{
    enum { MANY = 100 };
    model_world world;
    tr_state *state;
    tr_changes changes;
    tr_arena arena;
    tr_state_options options = {alloc, &world.door, limit, 0};
    model_world_init(&world);
    TR_TRY(tr_state_new(NULL, &options, &state));
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_state_begin(state);
    bool ok = true;
    tr_checkpoint before = tr_state_checkpoint(state);
    for (uint64_t i = 0; ok && i < MANY; i++) {
        tr_addr address = model_address(i % MODEL_ACCOUNTS);
        tr_u256 key = model_key(i % MODEL_SLOTS), value = tr_u256_of(i + 1);
        tr_hash hash;
        tr_acct *a = tr_state_account(state, &address);
        tr_slot *slot = a == NULL ? NULL : tr_state_slot(state, a, &key);
        ok = slot != NULL && tr_state_add_balance(state, a, &value) &&
             tr_state_set_nonce(state, a, i) && tr_state_set_code(state, a, TR_VIEW(key.w)) &&
             tr_state_set_slot(state, slot, &value) && tr_state_create(state, a) &&
             tr_state_set_slot(state, slot, &value) && tr_state_destroy(state, a) &&
             tr_state_set_transient(state, a, &key, &value) && tr_state_touch_for_good(state, a) &&
             tr_state_log(state, a, 0, NULL, TR_VIEW(address.b)) &&
             tr_state_block_hash(state, i, &hash);
        if (ok) (void)tr_state_warm_account(state, a);
        if (ok) (void)tr_state_warm_slot(state, slot);
        tr_state_add_refund(state, 1);
        if (i % 32 == 31) tr_state_revert(state, before); /* also after a failure: it must hold */
    }
    ok = tr_state_end(state, true) && ok;
    tr_err err = ok ? TR_OK : tr_state_error(state, NULL);
    if (err == TR_OK) err = tr_state_changes(NULL, state, &arena, &changes);
    if (err == TR_OK) err = tr_state_reads(NULL, state, &arena, &changes);
    TR_CHECK(limit == SIZE_MAX || tr_state_memory(state) <= limit);
    tr_arena_free(&arena);
    tr_state_free(state);
    return err;
}

static tr_err take_all(tr_alloc *alloc, void *context)
{
    (void)context;
    return take_memory(alloc, SIZE_MAX);
}

TR_TEST(the_end_of_memory)
{
    tr_test_out_of_memory(take_all, NULL);
}

TR_TEST(the_limit_holds)
{
    size_t failed = 0;
    for (size_t limit = 0; limit < 250000; limit += 2500) {
        tr_err err = take_memory(tr_test_alloc(), limit);
        TR_CHECK(err == TR_OK || err == TR_E_LIMIT);
        failed += err != TR_OK;
    }
    TR_CHECK_MSG(failed > 10 && failed < 90, "%zu of 100 limits were too low", failed);
}

/* Warm before it is read; undone with the rest; low addresses always. */
TR_TEST(warm_and_unread)
{
    tr_memory_world *world;
    tr_state *state;
    tr_addr named = {{9}}, low = {{[19] = 4}}, other = {{[18] = 1}}, beyond = {{[19] = 6}};
    tr_u256 key = tr_u256_of(3);
    TR_CHECK_OK(tr_memory_world_new(NULL, tr_test_alloc(), SIZE_MAX, &world));
    tr_state_options options = {
        .alloc = tr_test_alloc(), .world = tr_memory_world_door(world), .limit = SIZE_MAX};
    TR_CHECK_OK(tr_state_new(NULL, &options, &state));
    tr_state_begin(state);
    tr_state_warm_low(state, 5, 0x100);
    TR_CHECK(tr_state_is_warm(state, &low) && tr_state_is_warm(state, &other));
    TR_CHECK(!tr_state_is_warm(state, &beyond) && !tr_state_is_warm(state, &named));
    TR_CHECK(!tr_state_warm_account(state, tr_state_account(state, &low)));
    tr_checkpoint start = tr_state_checkpoint(state);
    TR_CHECK(tr_state_warm_address(state, &named) && tr_state_warm_key(state, &named, &key));
    TR_CHECK(tr_state_is_warm(state, &named) && tr_state_peek(state, &named) == NULL);
    tr_acct *account = tr_state_account(state, &named);
    TR_CHECK(tr_acct_is_warm(account, tr_state_tx(state)) && !account->exists);
    TR_CHECK(tr_state_slot(state, account, &key)->warm_tx == tr_state_tx(state));
    tr_state_revert(state, start);
    TR_CHECK(!tr_state_is_warm(state, &named));
    TR_CHECK(tr_state_slot(state, account, &key)->warm_tx != tr_state_tx(state));
    TR_CHECK(tr_state_is_warm(state, &low));
    TR_CHECK(tr_state_end(state, true));
    tr_state_begin(state);
    TR_CHECK(tr_state_is_warm(state, &low));
    tr_state_warm_low(state, 3, 0);
    TR_CHECK(!tr_state_is_warm(state, &low) && !tr_state_is_warm(state, &other));
    tr_state_warm_low(state, 6, 0);
    TR_CHECK(tr_state_is_warm(state, &low) && tr_state_is_warm(state, &beyond));
    tr_state_free(state);
    tr_memory_world_free(world);
}
