/* What a block does beside its transactions: system calls, requests, withdrawals, rewards. */
#include "stf/system_internal.h"

#include "codec/hex.h"
#include "stf/tx_internal.h"

enum { SYSTEM_GAS = 30000000 };

static const tr_addr system_caller = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                       0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe}};
static const tr_addr beacon_roots = {{0x00, 0x0f, 0x3d, 0xf6, 0xd7, 0x32, 0x80, 0x7e, 0xf1, 0x31,
                                      0x9f, 0xb7, 0xb8, 0xbb, 0x85, 0x22, 0xd0, 0xbe, 0xac, 0x02}};
static const tr_addr block_hashes = {{0x00, 0x00, 0xf9, 0x08, 0x27, 0xf1, 0xc5, 0x3a, 0x10, 0xcb,
                                      0x7a, 0x02, 0x33, 0x5b, 0x17, 0x53, 0x20, 0x00, 0x29, 0x35}};
static const tr_addr withdrawal_requests = {{0x00, 0x00, 0x09, 0x61, 0xef, 0x48, 0x0e,
                                             0xb5, 0x5e, 0x80, 0xd1, 0x9a, 0xd8, 0x35,
                                             0x79, 0xa6, 0x4c, 0x00, 0x70, 0x02}};
static const tr_addr consolidation_requests = {{0x00, 0x00, 0xbb, 0xdd, 0xc7, 0xce, 0x48,
                                                0x86, 0x42, 0xfb, 0x57, 0x9f, 0x8b, 0x00,
                                                0xf3, 0xa5, 0x90, 0x00, 0x72, 0x51}};
/* Where the balances of the DAO and its children went. */
static const char dao_refund[] = "bf4ed7b27f1d666546e30d74d50d173d20bca754";

static bool end(tr_stf_builder *b)
{
    return tr_state_end(b->state, b->tx_env.evm.rules->clear_empty);
}

/* Calls a system contract in a transaction of its own.  result->status is TR_EVM_BALANCE when the
 * contract has no code (the call did not begin). */
static tr_err system_call(tr_trail *trail, tr_stf_builder *b, const tr_addr *to, tr_bytes input,
                          tr_tracer *tracer, tr_evm_result *result)
{
    tr_state *state = b->state;
    tr_evm_env env = b->tx_env.evm;
    tr_message message = {
        .kind = TR_CALL, .sender = system_caller, .to = *to, .gas = SYSTEM_GAS, .input = input};
    *result = (tr_evm_result){.status = TR_EVM_BALANCE};
    tr_acct *contract = tr_state_account(state, to);
    if (contract == NULL) return tr_state_error(state, trail);
    if (!contract->has_code) return TR_OK;
    env.origin = system_caller;
    env.gas_price = env.base_fee;
    env.blob_hashes = NULL;
    env.blob_count = 0;
    tr_state_begin(state);
    if (tracer != NULL) tracer->is_system = true;
    tr_evm_run(b->evm, state, &env, &message, tracer, result);
    if (tracer != NULL) tracer->is_system = false;
    if (result->status == TR_EVM_ABORTED) return stf_aborted(trail, state, tracer);
    return end(b) ? TR_OK : tr_state_error(state, trail);
}

tr_err stf_store_hashes(tr_trail *trail, tr_stf_builder *b, tr_tracer *tracer)
{
    const tr_stf_block_env *env = &b->env;
    tr_evm_result result;
    if (env->number == 0) return TR_OK;
    if (env->rules->blobs && env->has_beacon_root)
        TR_TRY(system_call(trail, b, &beacon_roots, TR_VIEW(env->beacon_root.b), tracer, &result));
    if (env->rules->requests)
        TR_TRY(system_call(trail, b, &block_hashes, TR_VIEW(env->parent_hash.b), tracer, &result));
    return TR_OK;
}

static tr_err move_all(tr_trail *trail, tr_state *state, const char *from, tr_acct *to)
{
    tr_addr address;
    size_t len;
    TR_TRY(tr_hex_decode(trail, tr_bytes_str(from), address.b, sizeof(address.b), &len));
    tr_acct *account = tr_state_account(state, &address);
    if (account == NULL) return tr_state_error(state, trail);
    tr_u256 balance = account->balance;
    if (!tr_state_set_balance(state, account, &TR_U256_ZERO) ||
        !tr_state_add_balance(state, to, &balance))
        return tr_state_error(state, trail);
    return TR_OK;
}

tr_err stf_fork_dao(tr_trail *trail, tr_stf_builder *b)
{
    tr_addr address;
    size_t len;
    tr_state *state = b->state;
    TR_TRY(tr_hex_decode(trail, tr_bytes_str(dao_refund), address.b, sizeof(address.b), &len));
    tr_state_begin(state);
    tr_acct *refund = tr_state_account(state, &address);
    if (refund == NULL) return tr_state_error(state, trail);
    for (size_t i = 0; i < STF_DAO_ACCOUNTS; i++)
        TR_TRY(move_all(trail, state, stf_dao_accounts[i], refund));
    return end(b) ? TR_OK : tr_state_error(state, trail);
}

static bool add_to(tr_state *state, const tr_addr *address, tr_u256 amount)
{
    tr_acct *account = tr_state_account(state, address);
    return account != NULL && tr_state_add_balance(state, account, &amount);
}

tr_err stf_pay_withdrawals(tr_trail *trail, tr_stf_builder *b)
{
    static const tr_u256 gwei = {{1000000000, 0, 0, 0}};
    const tr_stf_block_env *env = &b->env;
    if (env->withdrawal_count == 0) return TR_OK;
    tr_state_begin(b->state);
    for (size_t i = 0; i < env->withdrawal_count; i++) {
        const tr_withdrawal *w = &env->withdrawals[i];
        if (!add_to(b->state, &w->address, tr_u256_mul(tr_u256_of(w->amount), gwei)))
            return tr_state_error(b->state, trail);
    }
    return end(b) ? TR_OK : tr_state_error(b->state, trail);
}

/* An uncle pays its miner 7/8 of the reward and less the older it is, and who includes it 1/32. */
tr_err stf_pay_rewards(tr_trail *trail, tr_stf_builder *b)
{
    enum { SHARES = 8, INCLUDER = 32 };
    const tr_stf_block_env *env = &b->env;
    uint64_t rest;
    if (env->no_reward) return TR_OK;
    tr_u256 total = env->reward;
    tr_u256 included = tr_u256_div_u64(&env->reward, INCLUDER, &rest);
    tr_state_begin(b->state);
    for (size_t i = 0; i < env->uncle_count; i++) {
        uint64_t age = env->number - env->uncles[i].number;
        tr_u256 shares = tr_u256_of(age < SHARES ? SHARES - age : 0);
        tr_u256 all = tr_u256_mul(env->reward, shares);
        if (!add_to(b->state, &env->uncles[i].coinbase, tr_u256_div_u64(&all, SHARES, &rest)))
            return tr_state_error(b->state, trail);
        total = tr_u256_add(total, included);
    }
    if (!add_to(b->state, &env->coinbase, total)) return tr_state_error(b->state, trail);
    return end(b) ? TR_OK : tr_state_error(b->state, trail);
}

/* The deposits among the transactions' logs, in their order. */
static tr_err find_deposits(tr_trail *trail, tr_stf_builder *b, tr_bytes *out)
{
    enum { DEPOSIT = 192 };
    const tr_addr *contract = &b->env.config->deposit_contract;
    tr_buf all;
    tr_buf_init(&all, &b->arena->alloc, SIZE_MAX);
    for (size_t i = 0; i < b->receipt_count; i++) {
        const tr_list *logs = &b->receipts[i].logs;
        for (size_t k = 0; k < logs->count; k++) {
            const tr_receipt_log *log = TR_LIST_AT(tr_receipt_log, *logs, k);
            uint8_t deposit[DEPOSIT];
            bool is_deposit;
            if (memcmp(&log->address, contract, sizeof(*contract)) != 0) continue;
            TR_TRY(tr_deposit_of_log(trail, log, deposit, &is_deposit));
            if (is_deposit) tr_buf_put(&all, TR_VIEW(deposit));
        }
    }
    *out = tr_buf_view(&all);
    return tr_buf_err(&all) == TR_OK ? TR_OK
                                     : tr_fail(trail, TR_E_MEMORY, "no memory for deposits");
}

static tr_err ask(tr_trail *trail, tr_stf_builder *b, const tr_addr *contract, const char *name,
                  tr_tracer *tracer, tr_bytes *out)
{
    tr_evm_result result;
    TR_TRY(system_call(trail, b, contract, (tr_bytes){NULL, 0}, tracer, &result));
    if (result.status == TR_EVM_BALANCE)
        return tr_fail(trail, TR_E_BLOCK_SYSTEM_CONTRACT, "the contract of %s has no code", name);
    if (result.status != TR_EVM_OK)
        return tr_fail(trail, TR_E_BLOCK_SYSTEM_CALL, "the call for %s failed: %s", name,
                       tr_evm_status_text(result.status));
    *out = tr_arena_copy(b->arena, result.output);
    return out->data != NULL || out->len == 0
               ? TR_OK
               : tr_fail(trail, TR_E_MEMORY, "no memory for %s", name);
}

tr_err stf_ask_requests(tr_trail *trail, tr_stf_builder *b, tr_tracer *tracer, tr_stf_outcome *out)
{
    enum { KINDS = 3 };
    tr_bytes data[KINDS] = {{NULL, 0}};
    out->has_requests = true;
    /* An OP chain has none: what stands for them is settled below. */
    if (b->env.config->deposits) return tr_requests_hash(trail, 0, NULL, &out->requests_hash);
    TR_TRY(find_deposits(trail, b, &data[TR_REQUEST_DEPOSIT]));
    TR_TRY(ask(trail, b, &withdrawal_requests, "withdrawal requests", tracer,
               &data[TR_REQUEST_WITHDRAWAL]));
    TR_TRY(ask(trail, b, &consolidation_requests, "consolidation requests", tracer,
               &data[TR_REQUEST_CONSOLIDATION]));
    tr_request *requests = TR_ARENA_ARRAY(b->arena, tr_request, KINDS);
    if (requests == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for requests");
    size_t count = 0;
    for (unsigned i = 0; i < KINDS; i++)
        if (data[i].len != 0) requests[count++] = (tr_request){.type = (uint8_t)i, .data = data[i]};
    out->requests = requests;
    out->request_count = count;
    return tr_requests_hash(trail, count, requests, &out->requests_hash);
}
