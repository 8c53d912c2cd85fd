/* A block, step by step. */
#include "stf/system_internal.h"

static tr_err no_memory(tr_trail *trail)
{
    return tr_fail(trail, TR_E_MEMORY, "no memory for a block's receipts");
}

static void fill_tx_env(tr_stf_builder *b)
{
    const tr_stf_block_env *env = &b->env;
    b->tx_env = (tr_stf_env){
        .config = env->config,
        .rules = env->rules,
        .gas_left = env->gas_limit,
        .blob_gas_left = env->rules->blobs ? env->blob_gas_max : UINT64_MAX,
        .evm = {.rules = tr_evm_rules_of(env->rules->fork),
                .chain_id = env->config->chain_id,
                .number = env->number,
                .time = env->time,
                .gas_limit = env->gas_limit,
                .coinbase = env->coinbase,
                .difficulty = env->difficulty,
                .base_fee = env->base_fee,
                .blob_base_fee = env->blob_base_fee},
    };
}

tr_err tr_stf_begin(tr_trail *trail, tr_evm *evm, tr_state *state, tr_arena *arena,
                    const tr_stf_block_env *env, tr_stf_roots *roots, tr_tracer *tracer,
                    tr_stf_builder **out)
{
    *out = NULL;
    tr_stf_builder *b = TR_ARENA_NEW(arena, tr_stf_builder);
    if (b == NULL) return no_memory(trail);
    *b = (tr_stf_builder){.evm = evm, .state = state, .arena = arena, .env = *env, .roots = roots};
    fill_tx_env(b);
    if (env->config->dao_support && env->number == env->config->dao_block)
        TR_TRY(stf_fork_dao(trail, b));
    TR_TRY(stf_store_hashes(trail, b, tracer));
    *out = b;
    return TR_OK;
}

const tr_stf_env *tr_stf_builder_env(const tr_stf_builder *builder)
{
    return &builder->tx_env;
}

static bool copy_log(tr_arena *arena, const tr_log *log, tr_receipt_log *out)
{
    tr_hash *topics = TR_ARENA_ARRAY(arena, tr_hash, log->topic_count);
    out->address = log->account->address;
    out->data = tr_arena_copy(arena, log->data);
    if (topics == NULL || (out->data.data == NULL && out->data.len != 0)) return false;
    for (uint32_t i = 0; i < log->topic_count; i++) topics[i] = log->topics[i];
    out->topics = (tr_list){topics, log->topic_count};
    return true;
}

static bool copy_logs(tr_arena *arena, size_t count, const tr_log logs[], tr_list *out)
{
    tr_receipt_log *copies = TR_ARENA_ARRAY(arena, tr_receipt_log, count);
    if (copies == NULL) return false;
    for (size_t i = 0; i < count; i++)
        if (!copy_log(arena, &logs[i], &copies[i])) return false;
    *out = (tr_list){copies, count};
    return true;
}

/* Room for one more receipt. */
static tr_receipt *next_receipt(tr_stf_builder *b)
{
    enum { FIRST_ROOM = 16 };
    if (b->receipt_count == b->receipt_room) {
        size_t room = b->receipt_room == 0 ? FIRST_ROOM : 2 * b->receipt_room;
        tr_receipt *more = TR_ARENA_ARRAY(b->arena, tr_receipt, room);
        if (more == NULL) return NULL;
        if (b->receipt_count != 0) memcpy(more, b->receipts, b->receipt_count * sizeof(tr_receipt));
        b->receipts = more;
        b->receipt_room = room;
    }
    return &b->receipts[b->receipt_count];
}

static tr_err find_root(tr_trail *trail, tr_stf_builder *b, tr_receipt *receipt)
{
    receipt->has_root = true;
    if (b->roots == NULL)
        return tr_fail(trail, TR_E_ARGUMENT,
                       "%s has state roots in its receipts, and nothing gives them",
                       b->env.rules->name);
    return b->roots->root(b->roots, trail, b->state, &receipt->root);
}

static tr_err make_receipt(tr_trail *trail, tr_stf_builder *b, const tr_tx *tx,
                           const tr_stf_result *result, tr_receipt *receipt)
{
    *receipt = (tr_receipt){.type = tx->type,
                            .success = result->success,
                            .cumulative_gas = b->gas_used + result->gas_used};
    /* Shanghai is an OP chain's Canyon. */
    if (result->has_deposit_nonce && b->env.rules->withdrawals) {
        receipt->has_deposit_nonce = receipt->has_deposit_version = true;
        receipt->deposit_nonce = result->deposit_nonce;
        receipt->deposit_version = 1;
    }
    if (result->success) {
        if (!copy_logs(b->arena, result->log_count, result->logs, &receipt->logs))
            return no_memory(trail);
        tr_bloom_of_logs(receipt->logs.count, receipt->logs.at, receipt->bloom);
    }
    return b->env.rules->status_receipts ? TR_OK : find_root(trail, b, receipt);
}

tr_err tr_stf_add(tr_trail *trail, tr_stf_builder *b, const tr_tx *tx, const tr_addr *sender,
                  const tr_tx_signers *signers, tr_tracer *tracer, tr_receipt **out)
{
    tr_stf_result result;
    *out = NULL;
    tr_receipt *receipt = next_receipt(b);
    if (receipt == NULL) return no_memory(trail);
    TR_TRY(tr_stf_run(trail, b->evm, b->state, &b->tx_env, tx, sender, signers, tracer, &result));
    TR_TRY(make_receipt(trail, b, tx, &result, receipt));
    b->gas_used += result.gas_used;
    b->blob_gas_used += result.blob_gas_used;
    tr_bloom_join(b->bloom, receipt->bloom);
    b->receipt_count++;
    *out = receipt;
    return TR_OK;
}

tr_err tr_stf_end(tr_trail *trail, tr_stf_builder *b, tr_tracer *tracer, tr_stf_outcome *out)
{
    *out = (tr_stf_outcome){.gas_used = b->gas_used,
                            .blob_gas_used = b->blob_gas_used,
                            .receipts = b->receipts,
                            .receipt_count = b->receipt_count};
    memcpy(out->bloom, b->bloom, TR_BLOOM);
    TR_TRY(stf_pay_withdrawals(trail, b));
    TR_TRY(stf_pay_rewards(trail, b));
    if (b->env.rules->requests) TR_TRY(stf_ask_requests(trail, b, tracer, out));
    return tr_receipts_root(trail, b->arena, NULL, b->receipt_count, b->receipts,
                            &out->receipts_root);
}
