/* A chain's configuration, as the member "config" of a genesis file. */
#include "eth/genesis.h"
#include "eth/json_internal.h"

/* Keys that say nothing which is not known otherwise. */
static const char *const ignored[] = {"eip150Hash", "mergeForkBlock",
                                      "terminalTotalDifficultyPassed"};

/* Names of the blob schedule, with the key that says when each begins. */
static const struct blob_name {
    const char *name, *key;
} blob_names[] = {
    {"cancun", "cancunTime"}, {"prague", "pragueTime"}, {"osaka", "osakaTime"},
    {"bpo1", "bpo1Time"},     {"bpo2", "bpo2Time"},     {"bpo3", "bpo3Time"},
    {"bpo4", "bpo4Time"},     {"bpo5", "bpo5Time"},
};

static bool is_key(tr_bytes key, const char *name)
{
    return name != NULL && tr_bytes_eq(key, tr_bytes_str(name));
}

static bool begins_with(tr_bytes key, const char *name)
{
    return tr_bytes_eq(tr_bytes_cut(key, 0, tr_bytes_str(name).len), tr_bytes_str(name));
}

static tr_err read_u64(tr_trail *trail, const tr_json *value, const char *name, uint64_t *out)
{
    *out = 0;
    uint8_t bytes[8];
    tr_err err = tr_json_quantity(trail, TR_JSON_FILE, value, bytes, sizeof(bytes));
    if (err != TR_OK) return tr_json_field_error(trail, err, "config", name, value);
    *out = tr_load64be(bytes);
    return TR_OK;
}

static tr_err read_ttd(tr_trail *trail, const tr_json *value, tr_chain_config *out)
{
    uint8_t bytes[32];
    tr_err err = tr_json_quantity(trail, TR_JSON_FILE, value, bytes, sizeof(bytes));
    if (err != TR_OK)
        return tr_json_field_error(trail, err, "config", "terminalTotalDifficulty", value);
    out->ttd = tr_u256_from_be(bytes);
    out->has_ttd = true;
    return TR_OK;
}

static tr_err read_contract(tr_trail *trail, const tr_json *config, tr_chain_config *out)
{
    static const tr_field fields[] = {{"depositContractAddress",
                                       offsetof(tr_chain_config, deposit_contract), TR_FIELD_ADDR,
                                       NULL}};
    static const tr_record record = {"config", fields, 1, sizeof(tr_chain_config)};
    uint64_t seen;
    return tr_record_from_json(trail, NULL, TR_JSON_FILE, &record, config, out, &seen);
}

/* One key; *known: it is one of ours. */
static tr_err read_key(tr_trail *trail, const tr_json *value, tr_chain_config *out, bool *known)
{
    tr_bytes key = value->key;
    *known = true;
    for (int f = 0; f < TR_FORKS; f++) {
        const char *name = tr_fork_rules_of((tr_fork)f)->config_key;
        if (is_key(key, name)) return read_u64(trail, value, name, &out->start[f]);
    }
    if (is_key(key, "chainId")) return read_u64(trail, value, "chainId", &out->chain_id);
    if (is_key(key, "eip155Block")) { /* always together with eip158Block */
        uint64_t number;
        return read_u64(trail, value, "eip155Block", &number);
    }
    if (is_key(key, "daoForkBlock")) return read_u64(trail, value, "daoForkBlock", &out->dao_block);
    if (is_key(key, "daoForkSupport")) {
        out->dao_support = value->truth;
        return TR_OK;
    }
    if (is_key(key, "terminalTotalDifficulty")) return read_ttd(trail, value, out);
    for (size_t i = 0; i < TR_COUNTOF(ignored); i++)
        if (is_key(key, ignored[i])) return TR_OK;
    for (size_t i = 0; i < TR_COUNTOF(blob_names); i++)
        if (is_key(key, blob_names[i].key)) return TR_OK;
    if (is_key(key, "blobSchedule") || is_key(key, "depositContractAddress")) return TR_OK;
    if (begins_with(key, "ethash") || begins_with(key, "clique")) return TR_OK;
    *known = false;
    return TR_OK;
}

static tr_err read_blob_params(tr_trail *trail, const tr_json *in, const char *name,
                               tr_blob_params *out)
{
    static const char *const keys[3] = {"target", "max", "baseFeeUpdateFraction"};
    uint64_t numbers[3] = {0, 0, 0};
    for (size_t i = 0; i < 3; i++) {
        const tr_json *value = tr_json_get(in, keys[i]);
        if (value == NULL)
            return tr_fail(trail, TR_E_JSON_FIELD, "config: blobSchedule: %s: %s is missing", name,
                           keys[i]);
        TR_TRY(read_u64(trail, value, keys[i], &numbers[i]));
    }
    if (numbers[0] > UINT32_MAX || numbers[1] > UINT32_MAX)
        return tr_fail(trail, TR_E_JSON_FIELD, "config: blobSchedule: %s: too many blobs", name);
    out->target = (uint32_t)numbers[0];
    out->max = (uint32_t)numbers[1];
    out->update_fraction = numbers[2];
    return TR_OK;
}

/* A schedule without a beginning is of a fork that is still to come, and counts from then on. */
static tr_err read_blobs(tr_trail *trail, const tr_json *config, tr_chain_config *out)
{
    const tr_json *schedule = tr_json_get(config, "blobSchedule");
    for (size_t i = 0; i < TR_COUNTOF(blob_names); i++) {
        const tr_json *time = tr_json_get(config, blob_names[i].key);
        const tr_json *params = tr_json_get(schedule, blob_names[i].name);
        if (time == NULL || time->kind == TR_JSON_NULL || params == NULL) continue;
        tr_blob_params *next = &out->blobs[out->blob_count];
        TR_TRY(read_blob_params(trail, params, blob_names[i].name, next));
        TR_TRY(read_u64(trail, time, blob_names[i].key, &next->time));
        bool replaces = out->blob_count != 0 && next[-1].time == next->time;
        if (replaces)
            next[-1] = *next; /* the later of two that begin together */
        else
            out->blob_count++;
    }
    return TR_OK;
}

/* Forks that a file leaves out: those before the last that it names began with the one after them,
 * and a chain with a total difficulty of zero to reach begins merged. */
static void fill_gaps(tr_chain_config *config)
{
    uint64_t *start = config->start;
    if (start[TR_FRONTIER] == TR_NEVER) start[TR_FRONTIER] = 0;
    if (start[TR_PARIS] == TR_NEVER && config->has_ttd && tr_u256_iszero(config->ttd))
        start[TR_PARIS] = 0;
    for (int f = TR_PARIS - 1; f > 0; f--)
        if (start[f] == TR_NEVER && start[f + 1] != TR_NEVER) start[f] = start[f + 1];
    for (int f = TR_OSAKA - 1; f > TR_PARIS; f--)
        if (start[f] == TR_NEVER && start[f + 1] != TR_NEVER) start[f] = start[f + 1];
}

tr_err tr_chain_config_from_json(tr_trail *trail, const tr_json *in, tr_chain_config *out)
{
    *out = (tr_chain_config){.chain_id = 0, .dao_block = TR_NEVER};
    for (int f = 0; f < TR_FORKS; f++) out->start[f] = TR_NEVER;
    if (in == NULL || in->kind != TR_JSON_OBJECT)
        return tr_fail(trail, TR_E_JSON_FIELD, "config: not an object");
    TR_JSON_EACH(value, in)
    {
        bool known;
        if (value->kind == TR_JSON_NULL) continue;
        TR_TRY(read_key(trail, value, out, &known));
        if (!known)
            return tr_fail_at(trail, TR_E_CHAIN_CONFIG, value->offset, "config: %.*s is not known",
                              (int)(value->key.len < 64 ? value->key.len : 64), value->key.data);
    }
    TR_TRY(read_contract(trail, in, out));
    TR_TRY(read_blobs(trail, in, out));
    fill_gaps(out);
    return tr_chain_config_check(trail, out);
}

/* Writing. */

static void put_number(tr_json_writer *to, const char *key, uint64_t number)
{
    if (number == TR_NEVER) return;
    tr_json_key(to, key);
    tr_json_put_u64(to, number);
}

/* The schedule's names: that of the fork which begins at the same time, else bpo1 and so on. */
static const struct blob_name *blob_name_at(const tr_chain_config *config, size_t i, size_t *bpo)
{
    enum { FIRST_BPO = 3 };
    uint64_t time = config->blobs[i].time;
    if (time == config->start[TR_OSAKA]) return &blob_names[2];
    if (time == config->start[TR_PRAGUE]) return &blob_names[1];
    if (time == config->start[TR_CANCUN]) return &blob_names[0];
    size_t at = FIRST_BPO + (*bpo)++;
    return at < TR_COUNTOF(blob_names) ? &blob_names[at] : NULL;
}

static void put_blobs(tr_json_writer *to, const tr_chain_config *config)
{
    size_t bpo = 0;
    for (size_t i = 0; i < config->blob_count; i++) {
        size_t before = bpo;
        const struct blob_name *name = blob_name_at(config, i, &bpo);
        if (name != NULL && bpo != before) put_number(to, name->key, config->blobs[i].time);
    }
    bpo = 0;
    tr_json_key(to, "blobSchedule");
    tr_json_begin_object(to);
    for (size_t i = 0; i < config->blob_count; i++) {
        const struct blob_name *name = blob_name_at(config, i, &bpo);
        if (name == NULL) continue;
        tr_json_key(to, name->name);
        tr_json_begin_object(to);
        put_number(to, "target", config->blobs[i].target);
        put_number(to, "max", config->blobs[i].max);
        put_number(to, "baseFeeUpdateFraction", config->blobs[i].update_fraction);
        tr_json_end_object(to);
    }
    tr_json_end_object(to);
}

void tr_chain_config_to_json(tr_json_writer *to, const tr_chain_config *config)
{
    tr_json_begin_object(to);
    put_number(to, "chainId", config->chain_id);
    for (int f = 0; f < TR_FORKS; f++) {
        const char *key = tr_fork_rules_of((tr_fork)f)->config_key;
        if (key == NULL) continue;
        if (f == TR_SPURIOUS) put_number(to, "eip155Block", config->start[f]);
        put_number(to, key, config->start[f]);
    }
    if (config->dao_block != TR_NEVER) {
        put_number(to, "daoForkBlock", config->dao_block);
        tr_json_key(to, "daoForkSupport");
        tr_json_put_bool(to, config->dao_support);
    }
    if (config->has_ttd) {
        char text[TR_U256_DEC_TEXT];
        tr_json_key(to, "terminalTotalDifficulty");
        tr_json_put_raw(to, tr_bytes_of(text, tr_u256_to_dec(config->ttd, text)));
    }
    tr_json_key(to, "depositContractAddress");
    tr_json_put_hex(to, TR_VIEW(config->deposit_contract.b));
    if (config->blob_count != 0) put_blobs(to, config);
    tr_json_end_object(to);
}
