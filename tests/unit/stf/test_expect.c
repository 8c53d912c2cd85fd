/* What is said of transactions to come. */
#include "harness.h"
#include "hash/keccak.h"
#include "state/memory.h"
#include "stf/tx.h"

enum { COUNT = 20 };

typedef struct watched_world {
    tr_world door;
    unsigned far[256], near[256]; /* how often each account was named; by its last byte */
    unsigned at[256];             /* when it was named last */
    unsigned now;
} watched_world;

static void watch(tr_world *self, const tr_addr *address, bool near)
{
    watched_world *w = (watched_world *)self;
    uint8_t who = address->b[19];
    if (near) {
        TR_CHECK(w->far[who] == 1 || who < 32); /* the first ones are near at once */
        TR_CHECK(w->far[who] == 0 || w->at[who] < w->now);
    }
    (near ? w->near : w->far)[who]++;
    w->at[who] = w->now;
}

static tr_state *new_state(tr_world *world)
{
    tr_state *state;
    tr_state_options options = {tr_test_alloc(), world, SIZE_MAX, 0};
    TR_CHECK_OK(tr_state_new(NULL, &options, &state));
    return state;
}

/* Transaction i is of account 2 * i to account 2 * i + 1, but for the last, which is a create. */
static void list(tr_tx txs[COUNT], tr_addr senders[COUNT])
{
    for (uint8_t i = 0; i < COUNT; i++) {
        senders[i] = (tr_addr){{[19] = (uint8_t)(2 * i)}};
        txs[i] = (tr_tx){.to = {.some = i != COUNT - 1, .addr = {{[19] = (uint8_t)(2 * i + 1)}}}};
    }
}

TR_TEST(each_is_named_once_far_and_once_near_before_its_turn)
{
    watched_world w = {.door = {.expect = watch}};
    tr_state *state = new_state(&w.door);
    tr_tx txs[COUNT];
    tr_addr senders[COUNT];
    list(txs, senders);
    for (size_t i = 0; i < COUNT; i++) {
        w.now = (unsigned)i;
        tr_stf_expect(state, COUNT, txs, senders, i);
        /* Nothing is said of one whose turn it is, or that is over. */
        for (size_t k = 0; k <= i; k++) TR_CHECK(w.at[2 * k] < i || i == 0);
    }
    for (size_t i = 8; i < COUNT; i++) {
        TR_CHECK(w.far[2 * i] == 1 && w.near[2 * i] == 1);
        unsigned times = i == COUNT - 1 ? 0 : 1;
        TR_CHECK(w.far[2 * i + 1] == times && w.near[2 * i + 1] == times);
    }
    TR_CHECK(w.far[2 * COUNT] == 0 && w.near[2 * COUNT] == 0);
    tr_state_free(state);
}

TR_TEST(a_world_that_makes_no_use_of_it)
{
    tr_world world = {.expect = NULL};
    tr_state *state = new_state(&world);
    tr_state_expect(state, &(tr_addr){{1}}, false);
    tr_state_expect(state, &(tr_addr){{1}}, true);
    TR_CHECK_OK(tr_state_error(state, NULL));
    tr_state_free(state);
}

TR_TEST(a_world_in_memory_stays_as_it_is)
{
    tr_memory_world *world;
    TR_CHECK_OK(tr_memory_world_new(NULL, tr_test_alloc(), SIZE_MAX, &world));
    tr_account_change account = {.address = {{7}}, .exists = true, .nonce = 3};
    account.code_hash = tr_keccak256((tr_bytes){NULL, 0});
    TR_CHECK_OK(tr_memory_world_apply(NULL, world, &(tr_changes){&account, 1}));
    tr_state *state = new_state(tr_memory_world_door(world));
    for (uint8_t i = 0; i < 16; i++) {
        tr_state_expect(state, &(tr_addr){{i}}, false);
        tr_state_expect(state, &(tr_addr){{i}}, true);
    }
    TR_CHECK_EQ(tr_memory_world_count(world), 1);
    TR_CHECK(tr_state_peek(state, &account.address) == NULL);
    TR_CHECK_EQ(tr_state_account(state, &account.address)->nonce, 3);
    tr_state_free(state);
    tr_memory_world_free(world);
}
