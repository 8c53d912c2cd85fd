/* The environment of a transition: what is given, and what follows from it. */
#include "cli/evm/t8n_internal.h"

static const tr_json *get(const tr_json *value, const char *key)
{
    const tr_json *found = tr_json_get(value, key);
    return found != NULL && found->kind == TR_JSON_NULL ? NULL : found;
}

static int lacks(tr_trail *trail, const char *what)
{
    (void)tr_fail(trail, TR_E_CONFIG, "%s", what);
    return T8N_CONFIG;
}

static int not_json(tr_trail *trail, const char *name)
{
    (void)tr_fail(trail, TR_E_JSON_FIELD, "env.%s is missing or not valid", name);
    return T8N_JSON;
}

/* A member that may be missing; -1: it is there and not valid. */
static int number_of(const tr_json *in, const char *name, tr_u256 *out)
{
    const tr_json *value = get(in, name);
    *out = TR_U256_ZERO;
    if (value == NULL) return 0;
    return fixture_number(value, out) ? 1 : -1;
}

static int u64_of(const tr_json *in, const char *name, uint64_t *out)
{
    tr_u256 value;
    int there = number_of(in, name, &value);
    *out = value.w[0];
    return there == 1 && !tr_u256_is_u64(value) ? -1 : there;
}

bool t8n_find_hash(const tr_json *hashes, uint64_t number, tr_hash *out)
{
    TR_JSON_EACH(item, hashes)
    {
        uint64_t at;
        tr_json key = {.kind = TR_JSON_STRING, .text = item->key};
        if (fixture_u64(&key, &at) && at == number)
            return fixture_exact(tr_json_text(item), out->b, sizeof(out->b));
    }
    return false;
}

static int read_base(tr_trail *trail, const tr_json *in, t8n_env *out)
{
    tr_u256 limit;
    tr_stf_block_env *b = &out->block;
    tr_bytes coinbase = fixture_text(in, "currentCoinbase");
    if (coinbase.len < 2 || !fixture_exact(coinbase, b->coinbase.b, 20))
        return not_json(trail, "currentCoinbase");
    if (number_of(in, "currentGasLimit", &limit) != 1) return not_json(trail, "currentGasLimit");
    b->gas_limit = tr_u256_to_u64(limit);
    if (u64_of(in, "currentNumber", &b->number) != 1) return not_json(trail, "currentNumber");
    if (u64_of(in, "currentTimestamp", &b->time) != 1) return not_json(trail, "currentTimestamp");
    out->hashes = get(in, "blockHashes");
    if (b->number != 0) (void)t8n_find_hash(out->hashes, b->number - 1, &b->parent_hash);
    return T8N_OK;
}

static int read_base_fee(tr_trail *trail, const tr_json *in, t8n_env *out)
{
    tr_header parent = {.fields = TR_HEADER_LONDON};
    int there = number_of(in, "currentBaseFee", &out->base_fee);
    if (there < 0) return not_json(trail, "currentBaseFee");
    out->has_base_fee = there == 1 || out->block.rules->base_fee;
    if (!out->block.rules->base_fee) return T8N_OK;
    out->block.base_fee = out->base_fee;
    if (there == 1) return T8N_OK;
    if (number_of(in, "parentBaseFee", &parent.base_fee) != 1 || out->block.number == 0)
        return lacks(trail, "EIP-1559 config but missing 'parentBaseFee' in env section");
    if (u64_of(in, "parentGasUsed", &parent.gas_used) < 0 ||
        u64_of(in, "parentGasLimit", &parent.gas_limit) < 0)
        return not_json(trail, "parentGasUsed or parentGasLimit");
    parent.number = out->block.number - 1;
    out->block.base_fee = out->base_fee = tr_base_fee(&parent);
    return T8N_OK;
}

/* Proof of work: the difficulty is given or worked out from the parent's. */
static int read_difficulty(tr_trail *trail, const tr_json *in, t8n_env *out)
{
    tr_stf_block_env *b = &out->block;
    tr_u256 parent;
    tr_hash uncles = tr_no_uncles_hash;
    uint64_t parent_time;
    int there = number_of(in, "currentDifficulty", &b->difficulty);
    out->has_difficulty = true;
    if (there < 0) return not_json(trail, "currentDifficulty");
    if (there == 1) return T8N_OK;
    if (number_of(in, "parentDifficulty", &parent) != 1)
        return lacks(trail, "currentDifficulty was not provided, and cannot be calculated due to "
                            "missing parentDifficulty");
    if (b->number == 0)
        return lacks(trail, "currentDifficulty needs to be provided for block number 0");
    if (u64_of(in, "parentTimestamp", &parent_time) < 0) return not_json(trail, "parentTimestamp");
    if (b->time <= parent_time)
        return lacks(trail, "currentDifficulty cannot be calculated -- currentTime needs to be "
                            "after parent time");
    tr_bytes text = fixture_text(in, "parentUncleHash");
    if (text.len != 0 && !fixture_exact(text, uncles.b, 32))
        return not_json(trail, "parentUncleHash");
    static const tr_hash none;
    bool has_uncles =
        memcmp(&uncles, &tr_no_uncles_hash, 32) != 0 && memcmp(&uncles, &none, 32) != 0;
    b->difficulty = tr_difficulty(b->rules, b->number, b->time, parent_time, &parent, has_uncles);
    return T8N_OK;
}

static int read_random(tr_trail *trail, const tr_json *in, t8n_env *out)
{
    tr_u256 difficulty;
    if (number_of(in, "currentDifficulty", &difficulty) < 0)
        return not_json(trail, "currentDifficulty");
    if (number_of(in, "currentRandom", &out->block.difficulty) != 1)
        return lacks(trail, "post-merge requires currentRandom to be defined in env");
    if (!tr_u256_iszero(difficulty))
        return lacks(trail, "post-merge difficulty must be zero (or omitted) in env");
    return T8N_OK;
}

static int read_withdrawals(tr_trail *trail, tr_arena *arena, const tr_json *in, t8n_env *out)
{
    tr_stf_block_env *b = &out->block;
    const tr_json *list = get(in, "withdrawals");
    if (!b->rules->withdrawals) return T8N_OK;
    if (list == NULL)
        return lacks(trail, "Shanghai config but missing 'withdrawals' in env section");
    tr_withdrawal *all = TR_ARENA_ARRAY(arena, tr_withdrawal, list->count + 1);
    if (all == NULL) return not_json(trail, "withdrawals");
    size_t n = 0;
    TR_JSON_EACH(item, list)
    {
        tr_withdrawal *one = &all[n++];
        if (u64_of(item, "index", &one->index) != 1 ||
            u64_of(item, "validatorIndex", &one->validator) != 1 ||
            u64_of(item, "amount", &one->amount) != 1 ||
            !fixture_exact(fixture_text(item, "address"), one->address.b, 20))
            return not_json(trail, "withdrawals");
    }
    b->withdrawals = all;
    b->withdrawal_count = n;
    return T8N_OK;
}

/* What is known of uncles: how much older they are, and who mined them. */
static int read_uncles(tr_trail *trail, tr_arena *arena, const tr_json *in, t8n_env *out)
{
    const tr_json *list = get(in, "ommers");
    size_t count = list == NULL ? 0 : list->count, n = 0;
    if (count == 0) return T8N_OK;
    tr_header *all = TR_ARENA_ARRAY(arena, tr_header, count);
    if (all == NULL) return not_json(trail, "ommers");
    TR_JSON_EACH(item, list)
    {
        uint64_t delta;
        if (u64_of(item, "delta", &delta) != 1 ||
            !fixture_exact(fixture_text(item, "address"), all[n].coinbase.b, 20))
            return not_json(trail, "ommers");
        all[n++].number = out->block.number - delta; /* may go below 0: the age is what counts */
    }
    out->block.uncles = all;
    out->block.uncle_count = n;
    return T8N_OK;
}

static int read_blobs(tr_trail *trail, const tr_json *in, const tr_chain_config *config,
                      t8n_env *out)
{
    tr_stf_block_env *b = &out->block;
    tr_header parent = {.fields = TR_HEADER_CANCUN};
    if (!b->rules->blobs) return T8N_OK;
    const tr_blob_params *params = tr_chain_blobs(config, b->time);
    tr_bytes root = fixture_text(in, "parentBeaconBlockRoot");
    b->has_beacon_root = root.len > 2 && fixture_exact(root, b->beacon_root.b, 32);
    if (!b->has_beacon_root)
        return lacks(trail, "post-cancun env requires parentBeaconBlockRoot to be set");
    if (params == NULL) return lacks(trail, "the network has no blob schedule");
    b->blob_gas_max = (uint64_t)params->max * TR_BLOB_GAS;
    int given = u64_of(in, "currentExcessBlobGas", &out->excess_blob_gas);
    int excess = u64_of(in, "parentExcessBlobGas", &parent.excess_blob_gas);
    int used = u64_of(in, "parentBlobGasUsed", &parent.blob_gas_used);
    if (given < 0 || excess < 0 || used < 0 || number_of(in, "parentBaseFee", &parent.base_fee) < 0)
        return not_json(trail, "currentExcessBlobGas, parentExcessBlobGas or parentBlobGasUsed");
    if (given == 0 && excess == 1 && used == 1)
        out->excess_blob_gas = tr_excess_blob_gas(b->rules, params, &parent);
    out->has_excess = given == 1 || (excess == 1 && used == 1);
    b->blob_base_fee = tr_blob_fee(params, out->excess_blob_gas);
    return T8N_OK;
}

int t8n_read_env(tr_trail *trail, tr_arena *arena, const tr_json *in, const tr_chain_config *config,
                 t8n_env *out)
{
    *out = (t8n_env){.block = {.config = config}};
    if (in == NULL || in->kind != TR_JSON_OBJECT) {
        (void)tr_fail(trail, TR_E_JSON_FIELD, "env is no object");
        return T8N_JSON;
    }
    int code = read_base(trail, in, out);
    if (code != T8N_OK) return code;
    bool merged = config->has_ttd && tr_u256_iszero(config->ttd);
    tr_stf_block_env *b = &out->block;
    b->rules = tr_fork_rules_of(tr_chain_fork(config, b->number, b->time, merged));
    code = read_base_fee(trail, in, out);
    if (code == T8N_OK) code = read_withdrawals(trail, arena, in, out);
    if (code == T8N_OK)
        code = b->rules->difficulty == TR_DIFFICULTY_NONE ? read_random(trail, in, out)
                                                          : read_difficulty(trail, in, out);
    if (code == T8N_OK) code = read_blobs(trail, in, config, out);
    return code == T8N_OK ? read_uncles(trail, arena, in, out) : code;
}
