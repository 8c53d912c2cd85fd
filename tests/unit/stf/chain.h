/* A block on top of another, made by the steps of stf/block.h. */
#ifndef TR_TESTS_CHAIN_H
#define TR_TESTS_CHAIN_H

#include "eth/sender.h"
#include "lab.h"
#include "system_code.h"
#include "trie/node.h"

enum { CHAIN_TXS = 16, CHAIN_UNCLES = 2 };

typedef struct chain {
    tr_chain_config config;
    const tr_fork_rules *rules;
    tr_evm *evm;
    tr_header parent;
    tr_tx txs[CHAIN_TXS];
    tr_header uncles[CHAIN_UNCLES];
    tr_withdrawal withdrawals[4];
    tr_block block;
    tr_ancestry ancestry;
    tr_stf_parent place;
    tr_stf_outcome out;
    tr_trail trail;
} chain;

static inline tr_seckey chain_key(unsigned n)
{
    tr_seckey key = {{[30] = 7}};
    key.b[31] = (uint8_t)(n + 1);
    return key;
}

static inline tr_addr chain_sender(unsigned n)
{
    tr_pubkey pubkey;
    tr_seckey key = chain_key(n);
    TR_CHECK_OK(tr_pubkey_of(&key, &pubkey));
    return tr_pubkey_address(&pubkey);
}

static inline tr_addr chain_address(const char *hex)
{
    tr_addr out;
    tr_bytes bytes = tr_test_hex(hex);
    memcpy(out.b, bytes.data, 20);
    return out;
}

/* A parent that was half full, whose child has the same base fee and, of proof of work, a
 * difficulty one step higher. */
static inline tr_header chain_parent(tr_fork fork)
{
    const tr_fork_rules *rules = tr_fork_rules_of(fork);
    tr_header header = {.fields = rules->header_fields,
                        .uncles_hash = tr_no_uncles_hash,
                        .state_root = tr_trie_empty_root,
                        .transactions_root = tr_trie_empty_root,
                        .receipts_root = tr_trie_empty_root,
                        .withdrawals_root = tr_trie_empty_root,
                        .number = 999,
                        .gas_limit = 30000000,
                        .gas_used = 15000000,
                        .time = 9995};
    if (rules->difficulty != TR_DIFFICULTY_NONE) header.difficulty = tr_u256_of(1 << 20);
    if (rules->base_fee) header.base_fee = tr_u256_of(LAB_BASE_FEE);
    return header;
}

static inline tr_header chain_child(tr_fork fork, const tr_header *parent)
{
    tr_header child = *parent;
    child.parent_hash = tr_header_hash(parent);
    child.number++;
    child.time += 5;
    child.coinbase = lab_addr(LAB_COINBASE);
    child.gas_used = 0;
    if (tr_fork_rules_of(fork)->difficulty != TR_DIFFICULTY_NONE)
        child.difficulty = tr_u256_of(parent->difficulty.w[0] + parent->difficulty.w[0] / 2048);
    return child;
}

static inline void chain_open(chain *c, tr_fork fork)
{
    memset(c, 0, sizeof(*c));
    c->config = tr_chain_config_at(fork, 1);
    c->rules = tr_fork_rules_of(fork);
    c->parent = chain_parent(fork);
    c->block.header = chain_child(fork, &c->parent);
    c->block.has_withdrawals = c->rules->withdrawals;
    c->block.txs.at = c->txs;
    c->block.uncles.at = c->uncles;
    c->block.withdrawals.at = c->withdrawals;
    tr_evm_options evm = {.alloc = tr_test_alloc()};
    TR_CHECK_OK(tr_evm_new(NULL, &evm, &c->evm));
}

static inline void chain_close(chain *c)
{
    tr_evm_free(c->evm);
}

/* The parent's hash follows from what it holds, its state's root among them. */
static inline void chain_place(chain *c)
{
    tr_hash hash = tr_header_hash(&c->parent);
    c->block.header.parent_hash = hash;
    c->place = (tr_stf_parent){.config = &c->config,
                               .header = &c->parent,
                               .hash = hash,
                               .merged = c->rules->difficulty == TR_DIFFICULTY_NONE,
                               .ancestry = c->ancestry.count != 0 ? &c->ancestry : NULL};
}

static inline void chain_add(chain *c, tr_tx tx, unsigned signer)
{
    tr_seckey key = chain_key(signer);
    TR_CHECK(c->block.txs.count < CHAIN_TXS);
    TR_CHECK_OK(tr_tx_sign(NULL, tr_test_arena(), &tx, &key));
    c->txs[c->block.txs.count++] = tx;
}

static inline tr_stf_block_env chain_env(const chain *c)
{
    const tr_header *header = &c->block.header;
    bool stake = c->rules->difficulty == TR_DIFFICULTY_NONE;
    tr_stf_block_env env = {.config = &c->config,
                            .rules = c->rules,
                            .number = header->number,
                            .time = header->time,
                            .gas_limit = header->gas_limit,
                            .coinbase = header->coinbase,
                            .difficulty =
                                stake ? tr_u256_from_be(header->mix.b) : header->difficulty,
                            .base_fee = header->base_fee,
                            .blob_base_fee = tr_u256_of(c->rules->blobs ? 1 : 0),
                            .blob_gas_max = 786432,
                            .has_beacon_root = c->rules->blobs,
                            .beacon_root = header->beacon_root,
                            .parent_hash = header->parent_hash,
                            .no_reward = stake,
                            .reward = tr_u256_of(c->rules->reward),
                            .uncles = c->uncles,
                            .uncle_count = c->block.uncles.count,
                            .withdrawals = c->withdrawals,
                            .withdrawal_count = c->block.withdrawals.count};
    return env;
}

/* One transaction with its own signers; true when it was good. */
static inline bool chain_step(chain *c, tr_stf_builder *builder, const tr_tx *tx)
{
    tr_addr sender, *signers = NULL;
    tr_err err, *errs = NULL;
    tr_receipt *receipt;
    size_t n = tx->authorizations.count;
    TR_CHECK_EQ(tr_tx_senders(tr_test_arena(), c->rules, 1, tx, &sender, &err), 1);
    if (n != 0) {
        signers = TR_ARENA_ARRAY(tr_test_arena(), tr_addr, n);
        errs = TR_ARENA_ARRAY(tr_test_arena(), tr_err, n);
        (void)tr_authorization_signers(tr_test_arena(), n, tx->authorizations.at, signers, errs);
    }
    tr_tx_signers all = {signers, errs};
    return tr_stf_add(&c->trail, builder, tx, &sender, &all, NULL, &receipt) == TR_OK;
}

/* Runs the block's transactions on state, leaves out those that are not valid, and fills in the
 * header, but for the state's root. */
static inline void chain_seal(chain *c, tr_state *state, tr_stf_roots *roots)
{
    tr_arena *arena = tr_test_arena();
    tr_header *header = &c->block.header;
    tr_stf_builder *builder;
    size_t good = 0;
    chain_place(c);
    tr_stf_block_env env = chain_env(c);
    TR_CHECK_OK(tr_stf_begin(&c->trail, c->evm, state, arena, &env, roots, NULL, &builder));
    for (size_t i = 0; i < c->block.txs.count; i++)
        if (chain_step(c, builder, &c->txs[i])) c->txs[good++] = c->txs[i];
    c->block.txs.count = good;
    tr_err err = tr_stf_end(&c->trail, builder, NULL, &c->out);
    TR_CHECK_MSG(err == TR_OK, "%s", c->trail.text);
    header->gas_used = c->out.gas_used;
    header->blob_gas_used = c->out.blob_gas_used;
    header->receipts_root = c->out.receipts_root;
    header->requests_hash = c->out.requests_hash;
    memcpy(header->bloom, c->out.bloom, TR_BLOOM);
    TR_CHECK_OK(tr_transactions_root(NULL, arena, NULL, good, c->txs, &header->transactions_root));
    TR_CHECK_OK(
        tr_uncles_hash(NULL, arena, c->block.uncles.count, c->uncles, &header->uncles_hash));
    if (c->block.has_withdrawals)
        TR_CHECK_OK(tr_withdrawals_root(NULL, arena, NULL, c->block.withdrawals.count,
                                        c->withdrawals, &header->withdrawals_root));
}

#endif
