/* A small world for the tests of the machine, and one way to run code on it. */
#ifndef TR_TESTS_EVM_WORLD_H
#define TR_TESTS_EVM_WORLD_H

#include "eth/account.h"
#include "evm/evm.h"
#include "evm/ops.h"
#include "harness.h"
#include "hash/keccak.h"

enum { WORLD_ACCOUNTS = 8, WORLD_SLOTS = 16 };

typedef struct world_account {
    tr_addr address;
    uint64_t nonce;
    tr_u256 balance;
    tr_bytes code;
} world_account;

typedef struct test_world {
    tr_world door;
    world_account accounts[WORLD_ACCOUNTS];
    size_t count;
    struct {
        tr_addr address;
        tr_u256 key, value;
    } slots[WORLD_SLOTS];
    size_t slot_count;
} test_world;

static inline tr_addr world_address(uint8_t last)
{
    return (tr_addr){{[0] = 0xaa, [19] = last}};
}

static inline tr_err world_read_account(tr_world *self, tr_trail *trail, const tr_addr *who,
                                        tr_world_account *out)
{
    (void)trail;
    const test_world *w = (const test_world *)(const void *)self;
    *out = (tr_world_account){.code_hash = tr_empty_code_hash};
    for (size_t i = 0; i < w->count; i++) {
        const world_account *a = &w->accounts[i];
        if (memcmp(&a->address, who, sizeof(*who)) != 0) continue;
        *out = (tr_world_account){.exists = true, .nonce = a->nonce, .balance = a->balance};
        out->code_hash = tr_keccak256(a->code);
    }
    for (size_t i = 0; i < w->slot_count; i++)
        if (memcmp(&w->slots[i].address, who, sizeof(*who)) == 0) out->has_storage = true;
    return TR_OK;
}

static inline tr_err world_read_slot(tr_world *self, tr_trail *trail, const tr_addr *who,
                                     const tr_u256 *key, tr_u256 *out)
{
    (void)trail;
    const test_world *w = (const test_world *)(const void *)self;
    *out = TR_U256_ZERO;
    for (size_t i = 0; i < w->slot_count; i++)
        if (memcmp(&w->slots[i].address, who, sizeof(*who)) == 0 &&
            tr_u256_eq(w->slots[i].key, *key))
            *out = w->slots[i].value;
    return TR_OK;
}

static inline tr_err world_read_code(tr_world *self, tr_trail *trail, const tr_addr *who,
                                     const tr_hash *hash, tr_bytes *out)
{
    (void)trail, (void)hash;
    const test_world *w = (const test_world *)(const void *)self;
    *out = (tr_bytes){NULL, 0};
    for (size_t i = 0; i < w->count; i++)
        if (memcmp(&w->accounts[i].address, who, sizeof(*who)) == 0) *out = w->accounts[i].code;
    return TR_OK;
}

static inline tr_err world_read_hash(tr_world *self, tr_trail *trail, uint64_t number, tr_hash *out)
{
    (void)self, (void)trail;
    *out = tr_keccak256(tr_bytes_of(&number, sizeof(number)));
    return TR_OK;
}

/* world_init makes a world with a rich caller, number 1. */
static inline void world_init(test_world *w)
{
    *w = (test_world){
        .door = {world_read_account, world_read_slot, world_read_code, world_read_hash, NULL}};
    w->accounts[w->count++] = (world_account){
        .address = world_address(1), .nonce = 7, .balance = tr_u256_of(UINT64_C(1) << 60)};
}

static inline void world_add(test_world *w, uint8_t last, tr_bytes code)
{
    w->accounts[w->count++] = (world_account){
        .address = world_address(last), .nonce = 1, .balance = tr_u256_of(1000), .code = code};
}

static inline tr_evm_env world_env(tr_fork fork)
{
    return (tr_evm_env){.rules = tr_evm_rules_of(fork),
                        .chain_id = 77,
                        .number = 1000,
                        .time = 1234567,
                        .gas_limit = 30000000,
                        .coinbase = world_address(0xcb),
                        .difficulty = {{5, 6, 7, 8}},
                        .base_fee = tr_u256_of(9),
                        .blob_base_fee = tr_u256_of(3),
                        .origin = world_address(1),
                        .gas_price = tr_u256_of(10)};
}

/* A machine and a state over a world, until run_free. */
typedef struct test_run {
    tr_state *state;
    tr_evm *evm;
    tr_evm_result result;
} test_run;

static inline void run_new(test_run *r, test_world *w)
{
    tr_state_options state_options = {
        .alloc = tr_test_alloc(), .world = &w->door, .limit = 256 << 20};
    tr_evm_options evm_options = {.alloc = tr_test_alloc(), .memory_limit = 64 << 20};
    *r = (test_run){0};
    TR_CHECK_OK(tr_state_new(NULL, &state_options, &r->state));
    TR_CHECK_OK(tr_evm_new(NULL, &evm_options, &r->evm));
}

static inline void run_free(test_run *r)
{
    tr_evm_free(r->evm);
    tr_state_free(r->state);
}

/* Calls account last with a message from account 1, in a transaction of its own. */
static inline void run_call(test_run *r, tr_fork fork, uint8_t last, uint64_t gas, tr_bytes input,
                            tr_tracer *tracer)
{
    tr_evm_env env = world_env(fork);
    tr_message message = {.kind = TR_CALL,
                          .sender = world_address(1),
                          .to = world_address(last),
                          .gas = gas,
                          .input = input};
    tr_state_begin(r->state);
    if (env.rules->has_access_sets) {
        (void)tr_state_warm_account(r->state, tr_state_account(r->state, &message.sender));
        (void)tr_state_warm_account(r->state, tr_state_account(r->state, &message.to));
    }
    tr_evm_run(r->evm, r->state, &env, &message, tracer, &r->result);
}

#endif
