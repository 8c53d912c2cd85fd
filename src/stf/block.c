/* A whole block against its parent and the state before it. */
#include "stf/block.h"

#include "eth/sender.h"
#include "stf/system_internal.h"

/* A block on trial. */
typedef struct trial {
    tr_trail *trail;
    tr_evm *evm;
    tr_state *state;
    tr_arena *arena;
    const tr_stf_parent *parent;
    const tr_block *block;
    const tr_fork_rules *rules;
    tr_addr *senders; /* of its transactions */
    tr_err *errs;
    tr_addr *signers; /* of all their authorizations, one after another */
    tr_err *signer_errs;
} trial;

static tr_err no_memory(const trial *t)
{
    return tr_fail(t->trail, TR_E_MEMORY, "no memory for a block of %zu transactions",
                   t->block->txs.count);
}

static tr_err find_senders(trial *t)
{
    size_t n = t->block->txs.count;
    t->senders = TR_ARENA_ARRAY(t->arena, tr_addr, n);
    t->errs = TR_ARENA_ARRAY(t->arena, tr_err, n);
    if (t->senders == NULL || t->errs == NULL) return no_memory(t);
    (void)tr_tx_senders(t->arena, t->rules, n, t->block->txs.at, t->senders, t->errs);
    for (size_t i = 0; i < n; i++)
        if (t->errs[i] == TR_E_MEMORY) return no_memory(t);
    return TR_OK;
}

/* All authorizations of the block are put together, so that they are recovered together. */
static tr_err find_signers(trial *t)
{
    size_t n = 0, at = 0;
    const tr_list *txs = &t->block->txs;
    for (size_t i = 0; i < txs->count; i++) n += TR_LIST_AT(tr_tx, *txs, i)->authorizations.count;
    if (n == 0) return TR_OK;
    t->signers = TR_ARENA_ARRAY(t->arena, tr_addr, n);
    t->signer_errs = TR_ARENA_ARRAY(t->arena, tr_err, n);
    tr_arena_mark mark = tr_arena_save(t->arena);
    tr_authorization *all = TR_ARENA_ARRAY(t->arena, tr_authorization, n);
    if (t->signers == NULL || t->signer_errs == NULL || all == NULL) return no_memory(t);
    for (size_t i = 0; i < txs->count; i++) {
        const tr_list *list = &TR_LIST_AT(tr_tx, *txs, i)->authorizations;
        for (size_t k = 0; k < list->count; k++)
            all[at++] = *TR_LIST_AT(tr_authorization, *list, k);
    }
    (void)tr_authorization_signers(t->arena, n, all, t->signers, t->signer_errs);
    tr_arena_rewind(t->arena, mark);
    for (size_t i = 0; i < n; i++)
        if (t->signer_errs[i] == TR_E_MEMORY) return no_memory(t);
    return TR_OK;
}

static tr_stf_block_env env_of(const trial *t)
{
    static const tr_blob_params no_blobs = {.update_fraction = 1};
    const tr_header *header = &t->block->header;
    bool stake = t->rules->difficulty == TR_DIFFICULTY_NONE;
    tr_stf_block_env env = {
        .config = t->parent->config,
        .rules = t->rules,
        .number = header->number,
        .time = header->time,
        .gas_limit = header->gas_limit,
        .coinbase = header->coinbase,
        .difficulty = stake ? tr_u256_from_be(header->mix.b) : header->difficulty,
        .base_fee = header->base_fee,
        .has_beacon_root = t->rules->blobs,
        .beacon_root = header->beacon_root,
        .parent_hash = header->parent_hash,
        .no_reward = stake,
        .reward = tr_u256_of(t->rules->reward),
        .uncles = t->block->uncles.at,
        .uncle_count = t->block->uncles.count,
        .withdrawals = t->block->withdrawals.at,
        .withdrawal_count = t->block->withdrawals.count,
    };
    if (t->rules->blobs) {
        const tr_blob_params *params = tr_chain_blobs(env.config, header->time);
        if (params == NULL) params = &no_blobs;
        env.blob_gas_max = (uint64_t)params->max * TR_BLOB_GAS;
        env.blob_base_fee = tr_blob_fee(params, header->excess_blob_gas);
    }
    return env;
}

/* A transaction whose sender was not found is not valid; but what tr_tx_check looks at before
 * the signature comes first. */
static tr_err refuse(const trial *t, const tr_stf_builder *builder, const tr_tx *tx, tr_err err)
{
    tr_tx_context context = tr_stf_tx_context(tr_stf_builder_env(builder), tx);
    TR_TRY(tr_tx_check(t->trail, tx, &context));
    return tr_fail(t->trail, err, "%s", tr_err_text(err));
}

static tr_err run_all(const trial *t, tr_stf_builder *builder, tr_tracer *tracer)
{
    size_t at = 0;
    for (size_t i = 0; i < t->block->txs.count; i++) {
        const tr_tx *tx = TR_LIST_AT(tr_tx, t->block->txs, i);
        tr_tx_signers signers = {t->signers, t->signer_errs};
        tr_receipt *receipt;
        if (at != 0) {
            signers.signers += at;
            signers.errs += at;
        }
        at += tx->authorizations.count;
        tr_stf_expect(t->state, t->block->txs.count, t->block->txs.at, t->senders, i);
        tr_err err = t->errs[i] == TR_OK ? tr_stf_add(t->trail, builder, tx, &t->senders[i],
                                                      &signers, tracer, &receipt)
                                         : refuse(t, builder, tx, t->errs[i]);
        if (err != TR_OK) return tr_because(t->trail, err, "in transaction %zu", i);
    }
    return TR_OK;
}

static tr_err compare(const trial *t, const tr_stf_outcome *out)
{
    const tr_header *header = &t->block->header;
    if (out->gas_used != header->gas_used)
        return tr_fail(t->trail, TR_E_BLOCK_GAS_USED,
                       "the transactions use %llu gas, and the header says %llu",
                       (unsigned long long)out->gas_used, (unsigned long long)header->gas_used);
    TR_TRY(tr_block_check(t->trail, t->arena, NULL, t->rules, t->block));
    TR_TRY(stf_same_hash(t->trail, TR_E_BLOCK_RECEIPTS, "root of the receipts", &out->receipts_root,
                         &header->receipts_root));
    if (memcmp(out->bloom, header->bloom, TR_BLOOM) != 0)
        return tr_fail(t->trail, TR_E_BLOCK_BLOOM,
                       "the logs of %zu receipts make another bloom than the header's",
                       out->receipt_count);
    if (!out->has_requests) return TR_OK;
    return stf_same_hash(t->trail, TR_E_BLOCK_REQUESTS_HASH, "hash of the requests",
                         &out->requests_hash, &header->requests_hash);
}

static tr_err check(trial *t)
{
    static const tr_ancestry nobody;
    const tr_stf_parent *parent = t->parent;
    const tr_header *header = &t->block->header;
    TR_TRY(tr_header_check(t->trail, parent->config, parent->header, &parent->hash, header,
                           parent->merged));
    TR_TRY(tr_block_check_size(t->trail, t->rules, t->block));
    return tr_uncles_check(t->trail, parent->config, t->block,
                           parent->ancestry != NULL ? parent->ancestry : &nobody);
}

tr_err tr_stf_block(tr_trail *trail, tr_evm *evm, tr_state *state, tr_arena *arena,
                    const tr_stf_parent *parent, const tr_block *block, tr_stf_roots *roots,
                    tr_tracer *tracer, tr_stf_outcome *out)
{
    const tr_header *header = &block->header;
    tr_fork fork = tr_chain_fork(parent->config, header->number, header->time, parent->merged);
    trial t = {.trail = trail,
               .evm = evm,
               .state = state,
               .arena = arena,
               .parent = parent,
               .block = block,
               .rules = tr_fork_rules_of(fork)};
    tr_stf_builder *builder;
    *out = (tr_stf_outcome){0};
    TR_TRY(check(&t));
    TR_TRY(find_senders(&t));
    TR_TRY(find_signers(&t));
    tr_stf_block_env env = env_of(&t);
    TR_TRY(tr_stf_begin(trail, evm, state, arena, &env, roots, tracer, &builder));
    TR_TRY(run_all(&t, builder, tracer));
    TR_TRY(tr_stf_end(trail, builder, tracer, out));
    return compare(&t, out);
}
