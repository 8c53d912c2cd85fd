/* Calls on a state of which only proofs are there: what a prover asked a node for, run here. */
#include "run_call.h"

#include "cli/evm/fixture.h"
#include "eth/account.h"
#include "eth/json.h"
#include "os/heap.h"

/* The accounts are those of the answers to eth_getProof, with the code of eth_getCode.  No answer
 * has a slot, so a call that reads one fails: that none does is what the empty access lists say. */
typedef struct proved_world {
    tr_world door;
    const vec_file *file;
    const tr_json *requests;
    tr_addr miner; /* touched by every transaction, and not asked for */
} proved_world;

static tr_bytes text_of(const tr_json *value, const char *key)
{
    return tr_json_text(tr_json_get(value, key));
}

/* The result of this method for this address in one answer, or in a list of them. */
static const tr_json *result_in(const tr_json *payload, const tr_json *response, const char *method,
                                const tr_addr *who)
{
    tr_addr asked;
    if (payload == NULL || response == NULL) return NULL;
    if (payload->kind == TR_JSON_ARRAY) {
        const tr_json *answer = response->first, *found = NULL;
        TR_JSON_EACH(one, payload)
        {
            if (found == NULL) found = result_in(one, answer, method, who);
            answer = answer == NULL ? NULL : answer->next;
        }
        return found;
    }
    if (!tr_bytes_eq(text_of(payload, "method"), tr_bytes_str(method))) return NULL;
    tr_bytes address = tr_json_text(tr_json_at(tr_json_get(payload, "params"), 0));
    if (!fixture_exact(address, asked.b, sizeof(asked.b)) ||
        memcmp(&asked, who, sizeof(asked)) != 0)
        return NULL;
    return tr_json_get(response, "result");
}

static const tr_json *result_of(const proved_world *w, const char *method, const tr_addr *who)
{
    const tr_json *found = NULL;
    TR_JSON_EACH(one, w->requests)
    {
        if (found == NULL)
            found =
                result_in(tr_json_get(one, "payload"), tr_json_get(one, "response"), method, who);
    }
    return found;
}

static tr_err read_account(tr_world *self, tr_trail *trail, const tr_addr *who,
                           tr_world_account *out)
{
    const proved_world *w = (const proved_world *)(const void *)self;
    const tr_json *proof = result_of(w, "eth_getProof", who);
    *out = (tr_world_account){.code_hash = tr_empty_code_hash};
    if (proof == NULL && memcmp(who, &w->miner, sizeof(*who)) == 0) return TR_OK;
    out->exists = true;
    if (!fixture_u64(tr_json_get(proof, "nonce"), &out->nonce) ||
        !fixture_number(tr_json_get(proof, "balance"), &out->balance) ||
        !fixture_exact(text_of(proof, "codeHash"), out->code_hash.b, sizeof(out->code_hash.b)))
        return tr_fail(trail, TR_E_NOT_FOUND, "an account that no proof is there for");
    return TR_OK;
}

static tr_err read_slot(tr_world *self, tr_trail *trail, const tr_addr *who, const tr_u256 *key,
                        tr_u256 *out)
{
    (void)self, (void)who, (void)key, (void)out;
    return tr_fail(trail, TR_E_NOT_FOUND, "a slot that no proof is there for");
}

static tr_err read_code(tr_world *self, tr_trail *trail, const tr_addr *who, const tr_hash *hash,
                        tr_bytes *out)
{
    const proved_world *w = (const proved_world *)(const void *)self;
    const tr_json *code = result_of(w, "eth_getCode", who);
    (void)hash; /* that the code is the proved one is a case of its own */
    *out = vec_hex(w->file, tr_json_text(code));
    return code == NULL ? tr_fail(trail, TR_E_NOT_FOUND, "a code that no answer has") : TR_OK;
}

static tr_err read_call(const vec_file *file, const tr_json *in, uint64_t gas, tr_tx *tx,
                        tr_addr *sender)
{
    tr_bytes from = text_of(in, "from"), data = text_of(in, "data");
    const tr_json *value = tr_json_get(in, "value"), *limit = tr_json_get(in, "gas");
    *tx = (tr_tx){.type = TR_TX_LEGACY, .gas = gas, .to = {.some = true}};
    *sender = (tr_addr){{0}};
    if (!fixture_exact(text_of(in, "to"), tx->to.addr.b, sizeof(tx->to.addr.b)) ||
        (from.data != NULL && !fixture_exact(from, sender->b, sizeof(sender->b))) ||
        (data.data != NULL && !fixture_bytes(file->arena, data, &tx->data)) ||
        (value != NULL && !fixture_number(value, &tx->value)) ||
        (limit != NULL && !fixture_u64(limit, &tx->gas)))
        return TR_E_JSON_FIELD;
    return TR_OK;
}

/* The block that the state is of, as a call on it sees it. */
static tr_err read_block(const vec_file *file, const tr_json *block, tr_stf_env *out)
{
    tr_header header;
    TR_TRY(tr_header_from_json(NULL, file->arena, TR_JSON_RPC, block, &header));
    const tr_chain_config *config = &tr_chain_config_mainnet;
    tr_fork fork = tr_chain_fork(config, header.number, header.time, true);
    *out = (tr_stf_env){.config = config,
                        .rules = tr_fork_rules_of(fork),
                        .gas_left = UINT64_MAX,
                        .blob_gas_left = UINT64_MAX,
                        .no_base_fee = true};
    out->evm = (tr_evm_env){.rules = tr_evm_rules_of(fork),
                            .chain_id = config->chain_id,
                            .number = header.number,
                            .time = header.time,
                            .gas_limit = header.gas_limit,
                            .coinbase = header.coinbase,
                            .difficulty = tr_u256_from_be(header.mix.b),
                            .blob_base_fee = tr_u256_of(out->rules->blobs ? 1 : 0)};
    return TR_OK;
}

static const char *compare(const vec_file *file, tr_bytes method, const tr_json *want,
                           const tr_stf_result *got)
{
    const tr_json *gas = want;
    uint64_t number;
    if (!got->success) return tr_evm_status_text(got->status);
    if (tr_bytes_eq(method, TR_LIT("eth_call")))
        return tr_bytes_eq(got->output, vec_hex(file, tr_json_text(want))) ? NULL
                                                                           : "another output";
    if (tr_bytes_eq(method, TR_LIT("eth_createAccessList"))) {
        const tr_json *list = tr_json_get(want, "accessList");
        if (list == NULL || list->count != 0) return "an access list that is not empty";
        gas = tr_json_get(want, "gasUsed");
    }
    return fixture_u64(gas, &number) && number == got->gas_used ? NULL : "other gas";
}

const char *call_check(const vec_file *file, const tr_json *block, const tr_json *payload,
                       const tr_json *result, const tr_json *requests)
{
    tr_tx tx;
    tr_addr sender;
    tr_stf_env env;
    tr_stf_result got;
    tr_trail trail;
    proved_world world = {.door = {.account = read_account, .slot = read_slot, .code = read_code},
                          .file = file,
                          .requests = requests};
    tr_state_options options = {.alloc = tr_heap(), .world = &world.door, .limit = SIZE_MAX};
    tr_evm_options evm_options = {.alloc = tr_heap()};
    tr_state *state = NULL;
    tr_evm *evm = NULL;
    const tr_json *in = tr_json_at(tr_json_get(payload, "params"), 0);
    if (read_block(file, block, &env) != TR_OK ||
        read_call(file, in, env.evm.gas_limit, &tx, &sender) != TR_OK)
        return "not a call";
    world.miner = env.evm.coinbase;
    tr_err err = tr_state_new(&trail, &options, &state);
    if (err == TR_OK) err = tr_evm_new(&trail, &evm_options, &evm);
    if (err == TR_OK) err = tr_stf_run(&trail, evm, state, &env, &tx, &sender, NULL, NULL, &got);
    const char *fault =
        err != TR_OK ? tr_err_name(err) : compare(file, text_of(payload, "method"), result, &got);
    tr_evm_free(evm);
    tr_state_free(state);
    return fault;
}
