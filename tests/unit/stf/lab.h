/* A small chain to run transactions on: a world in memory, a state, a machine. */
#ifndef TR_TESTS_LAB_H
#define TR_TESTS_LAB_H

#include "eth/account.h"
#include "harness.h"
#include "hash/keccak.h"
#include "state/memory.h"
#include "stf/block.h"

typedef struct lab {
    tr_memory_world *world;
    tr_state *state;
    tr_evm *evm;
    tr_chain_config config;
    tr_stf_env env;
    tr_trail trail;
} lab;

/* Addresses that are nothing else's. */
static inline tr_addr lab_addr(unsigned n)
{
    tr_addr out = {{0xa0}};
    out.b[18] = (uint8_t)(n >> 8);
    out.b[19] = (uint8_t)n;
    return out;
}

enum { LAB_SENDER = 1, LAB_TO = 2, LAB_COINBASE = 3, LAB_OTHER = 4, LAB_BASE_FEE = 100 };

static inline void lab_open(lab *l, tr_fork fork)
{
    memset(l, 0, sizeof(*l));
    TR_CHECK_OK(tr_memory_world_new(NULL, tr_test_alloc(), SIZE_MAX, &l->world));
    tr_state_options state = {
        .alloc = tr_test_alloc(), .world = tr_memory_world_door(l->world), .limit = SIZE_MAX};
    TR_CHECK_OK(tr_state_new(NULL, &state, &l->state));
    tr_evm_options evm = {.alloc = tr_test_alloc()};
    TR_CHECK_OK(tr_evm_new(NULL, &evm, &l->evm));
    l->config = tr_chain_config_at(fork, 1);
    const tr_fork_rules *rules = tr_fork_rules_of(fork);
    l->env = (tr_stf_env){
        .config = &l->config,
        .rules = rules,
        .gas_left = 30000000,
        .blob_gas_left = 786432,
        .evm = {.rules = tr_evm_rules_of(fork),
                .chain_id = 1,
                .number = 1000,
                .time = 10000,
                .gas_limit = 30000000,
                .coinbase = lab_addr(LAB_COINBASE),
                .base_fee = tr_u256_of(rules->base_fee ? LAB_BASE_FEE : 0),
                .blob_base_fee = tr_u256_of(rules->blobs ? 7 : 0)},
    };
}

static inline void lab_close(lab *l)
{
    tr_evm_free(l->evm);
    tr_state_free(l->state);
    tr_memory_world_free(l->world);
}

/* Puts an account into the world, as if it had been there from the start. */
static inline void lab_put_at(lab *l, tr_addr address, uint64_t nonce, tr_u256 balance,
                              tr_bytes code)
{
    tr_account_change change = {.address = address,
                                .exists = true,
                                .code_changed = code.len != 0,
                                .nonce = nonce,
                                .balance = balance,
                                .code_hash =
                                    code.len != 0 ? tr_keccak256(code) : tr_empty_code_hash,
                                .code = code};
    tr_changes changes = {&change, 1};
    TR_CHECK_OK(tr_memory_world_apply(NULL, l->world, &changes));
}

static inline void lab_put(lab *l, unsigned n, uint64_t nonce, uint64_t balance, const char *code)
{
    lab_put_at(l, lab_addr(n), nonce, tr_u256_of(balance), tr_test_hex(code));
}

static inline void lab_put_slot(lab *l, unsigned n, uint64_t nonce, uint64_t balance,
                                const char *code, uint64_t key, uint64_t value)
{
    tr_bytes bytes = tr_test_hex(code);
    tr_slot_change slot = {.key = tr_u256_of(key), .value = tr_u256_of(value)};
    tr_account_change change = {.address = lab_addr(n),
                                .exists = true,
                                .code_changed = bytes.len != 0,
                                .nonce = nonce,
                                .balance = tr_u256_of(balance),
                                .code_hash =
                                    bytes.len != 0 ? tr_keccak256(bytes) : tr_empty_code_hash,
                                .code = bytes,
                                .slots = &slot,
                                .slot_count = 1};
    tr_changes changes = {&change, 1};
    TR_CHECK_OK(tr_memory_world_apply(NULL, l->world, &changes));
}

static inline tr_acct *lab_at(lab *l, tr_addr address)
{
    tr_acct *account = tr_state_account(l->state, &address);
    TR_CHECK(account != NULL);
    return account;
}

static inline tr_acct *lab_get(lab *l, unsigned n)
{
    return lab_at(l, lab_addr(n));
}

static inline uint64_t lab_balance(lab *l, unsigned n)
{
    return tr_u256_to_u64(lab_get(l, n)->balance);
}

static inline uint64_t lab_slot(lab *l, unsigned n, uint64_t key)
{
    tr_u256 word = tr_u256_of(key);
    tr_slot *slot = tr_state_slot(l->state, lab_get(l, n), &word);
    TR_CHECK(slot != NULL);
    return tr_u256_to_u64(slot->value);
}

/* A call of LAB_TO by LAB_SENDER, with a signature that has the form of one. */
static inline tr_tx lab_tx(unsigned type)
{
    tr_tx tx = {.type = (uint8_t)type,
                .chain_id = 1,
                .gas = 100000,
                .max_fee = tr_u256_of(1000),
                .max_priority = tr_u256_of(type <= TR_TX_ACCESS_LIST ? 1000 : 10),
                .to = {true, lab_addr(LAB_TO)},
                .v = type == TR_TX_LEGACY ? 37 : 0};
    tx.r[31] = tx.s[31] = 1;
    return tx;
}

static inline tr_err lab_run_signed(lab *l, const tr_tx *tx, const tr_tx_signers *signers,
                                    tr_stf_result *out)
{
    tr_addr sender = lab_addr(LAB_SENDER);
    return tr_stf_run(&l->trail, l->evm, l->state, &l->env, tx, &sender, signers, NULL, out);
}

static inline tr_err lab_run(lab *l, const tr_tx *tx, tr_stf_result *out)
{
    return lab_run_signed(l, tx, NULL, out);
}

#endif
