/* geth's expectations of its tracers: a transaction on a small genesis, and the JSON that each
 * tracer gives of it. */
#include "codec/hex.h"
#include "eth/account.h"
#include "eth/genesis.h"
#include "eth/sender.h"
#include "evm/tracers.h"
#include "hash/keccak.h"
#include "os/heap.h"
#include "stf/tx.h"
#include "vectors.h"

/* A world that is a genesis, read as it lies there. */
typedef struct genesis_world {
    tr_world world;
    const tr_genesis *genesis;
} genesis_world;

static const tr_genesis_account *find(const genesis_world *w, const tr_addr *address)
{
    for (size_t i = 0; i < w->genesis->accounts.count; i++) {
        const tr_genesis_account *a = TR_LIST_AT(tr_genesis_account, w->genesis->accounts, i);
        if (memcmp(&a->address, address, sizeof(*address)) == 0) return a;
    }
    return NULL;
}

static bool has_storage(const tr_genesis_account *a)
{
    static const tr_hash zero;
    for (size_t i = 0; i < a->storage.count; i++) {
        const tr_genesis_slot *slot = TR_LIST_AT(tr_genesis_slot, a->storage, i);
        if (memcmp(&slot->value, &zero, sizeof(zero)) != 0) return true;
    }
    return false;
}

static tr_err read_account(tr_world *self, tr_trail *trail, const tr_addr *address,
                           tr_world_account *out)
{
    const tr_genesis_account *a = find((genesis_world *)self, address);
    (void)trail;
    *out = (tr_world_account){.code_hash = tr_empty_code_hash};
    if (a == NULL) return TR_OK;
    out->exists = true;
    out->has_storage = has_storage(a);
    out->nonce = a->nonce;
    out->balance = a->balance;
    if (a->code.len != 0) out->code_hash = tr_keccak256(a->code);
    return TR_OK;
}

static tr_err read_slot(tr_world *self, tr_trail *trail, const tr_addr *address, const tr_u256 *key,
                        tr_u256 *out)
{
    const tr_genesis_account *a = find((genesis_world *)self, address);
    (void)trail;
    *out = TR_U256_ZERO;
    for (size_t i = 0; a != NULL && i < a->storage.count; i++) {
        const tr_genesis_slot *slot = TR_LIST_AT(tr_genesis_slot, a->storage, i);
        if (tr_u256_eq(tr_u256_from_be(slot->key.b), *key)) *out = tr_u256_from_be(slot->value.b);
    }
    return TR_OK;
}

static tr_err read_code(tr_world *self, tr_trail *trail, const tr_addr *address,
                        const tr_hash *hash, tr_bytes *out)
{
    const tr_genesis_account *a = find((genesis_world *)self, address);
    (void)hash;
    if (a == NULL) return tr_fail(trail, TR_E_NOT_FOUND, "code of no account");
    *out = a->code;
    return TR_OK;
}

/* A number in hex or decimal text; absent: 0. */
static tr_u256 number_of(const tr_json *json)
{
    tr_u256 out = TR_U256_ZERO;
    tr_bytes text = json != NULL && json->kind == TR_JSON_NUMBER ? json->text : tr_json_text(json);
    bool is_hex = text.len > 1 && text.data[1] == 'x';
    if (text.len == 0) return out;
    if ((is_hex ? tr_u256_from_hex(NULL, text, &out) : tr_u256_from_dec(NULL, text, &out)) != TR_OK)
        return TR_U256_MAX;
    return out;
}

static uint64_t small_number_of(const tr_json *json)
{
    return tr_u256_to_u64(number_of(json));
}

/* The block that the transaction is in. */
static void read_block(const tr_json *test, const tr_genesis *genesis, tr_stf_env *out)
{
    const tr_json *context = tr_json_get(test, "context");
    bool merged = genesis->config.has_ttd && tr_u256_iszero(genesis->config.ttd);
    uint64_t number = small_number_of(tr_json_get(context, "number"));
    uint64_t time = small_number_of(tr_json_get(context, "timestamp"));
    tr_fork fork = tr_chain_fork(&genesis->config, number, time, merged);
    *out = (tr_stf_env){.config = &genesis->config,
                        .rules = tr_fork_rules_of(fork),
                        .gas_left = UINT64_MAX,
                        .blob_gas_left = UINT64_MAX};
    out->evm = (tr_evm_env){.rules = tr_evm_rules_of(fork),
                            .chain_id = genesis->config.chain_id,
                            .number = number,
                            .time = time,
                            .gas_limit = small_number_of(tr_json_get(context, "gasLimit")),
                            .difficulty = number_of(tr_json_get(context, "difficulty")),
                            .base_fee = number_of(tr_json_get(context, "baseFeePerGas")),
                            .blob_base_fee = tr_u256_of(out->rules->blobs ? 1 : 0)};
    if (merged) out->evm.difficulty = tr_u256_from_be(genesis->header.mix.b);
    const tr_json *miner = tr_json_get(context, "miner");
    if (tr_hex_decode_exact(NULL, tr_json_text(miner), out->evm.coinbase.b, 20) != TR_OK)
        out->evm.coinbase = (tr_addr){{0}};
}

/* Runs the transaction and gives the tracer's JSON. */
static tr_err trace(tr_trail *trail, const vec_file *file, tr_evm *evm, tr_state *state,
                    tr_stf_env *env, tr_trace *tracer, tr_bytes *out)
{
    tr_tx tx;
    tr_addr sender;
    tr_err err;
    tr_stf_result result;
    tr_buf text;
    tr_bytes raw = vec_hex(file, tr_json_text(tr_json_get(file->json, "input")));
    TR_TRY(tr_tx_decode(trail, file->arena, raw, &tx));
    (void)tr_tx_senders(file->arena, NULL, 1, &tx, &sender, &err);
    if (err != TR_OK) return tr_fail(trail, err, "no sender");
    size_t n = tx.authorizations.count;
    tr_addr *signers = TR_ARENA_ARRAY(file->arena, tr_addr, n + 1);
    tr_err *errs = TR_ARENA_ARRAY(file->arena, tr_err, n + 1);
    if (signers == NULL || errs == NULL) return TR_E_MEMORY;
    (void)tr_authorization_signers(file->arena, n, tx.authorizations.at, signers, errs);
    tr_tx_signers found = {signers, errs};
    TR_TRY(tr_stf_run(trail, evm, state, env, &tx, &sender, &found, &tracer->tracer, &result));
    tr_buf_init(&text, &file->arena->alloc, (size_t)1 << 28);
    TR_TRY(tr_trace_write(trail, tracer, &text));
    *out = tr_buf_view(&text);
    return TR_OK;
}

/* How much two values may differ.  geth itself reads both into structures before it compares: of
 * Parity's form members that are zero may be missing, and the place in the chain does not count; in
 * the tree of calls empty data (in the legacy set) and a log's index 0 may be missing. */
typedef struct compare_state {
    bool is_flat, is_legacy;
    char path[200];
    const char *why;
} compare_state;

static bool is_zero(const tr_json *value)
{
    if (value == NULL || value->kind == TR_JSON_NULL) return true;
    if (value->kind == TR_JSON_OBJECT) {
        TR_JSON_EACH(member, value)
        {
            if (!is_zero(member)) return false;
        }
        return true;
    }
    tr_bytes text = value->text;
    if (text.len > 1 && text.data[1] == 'x') text = tr_bytes_cut(text, 2, text.len);
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] != '0') return false;
    return true;
}

static bool is_place(tr_bytes key)
{
    static const char *const names[] = {"blockHash", "blockNumber", "transactionHash",
                                        "transactionPosition", "time"};
    for (size_t i = 0; i < TR_COUNTOF(names); i++)
        if (tr_bytes_eq(key, tr_bytes_str(names[i]))) return true;
    return false;
}

static bool may_miss(const compare_state *state, const tr_json *member)
{
    if (state->is_flat) return is_zero(member);
    if (tr_bytes_eq(member->key, TR_LIT("index"))) return is_zero(member);
    return state->is_legacy && tr_bytes_eq(member->text, TR_LIT("0x"));
}

static const tr_json *member_of(const tr_json *object, tr_bytes key)
{
    TR_JSON_EACH(member, object)
    {
        bool same = member->key.len == key.len;
        for (size_t i = 0; same && i < key.len; i++) /* addresses may have a checksum */
            same = (member->key.data[i] | 0x20) == (key.data[i] | 0x20);
        if (same) return member;
    }
    return NULL;
}

static bool same_text(const tr_json *a, const tr_json *b)
{
    bool is_hex = a->text.len > 1 && a->text.data[1] == 'x';
    if (!is_hex || a->text.len != b->text.len) return tr_bytes_eq(a->text, b->text);
    for (size_t i = 0; i < a->text.len; i++)
        if ((a->text.data[i] | 0x20) != (b->text.data[i] | 0x20)) return false;
    return true;
}

static bool differ(compare_state *state, const char *why)
{
    state->why = why;
    return false;
}

static bool equal(compare_state *state, const tr_json *want, const tr_json *got);

/* Each member of a that is one of b, or may be missing there. */
static bool members_in(compare_state *state, const tr_json *a, const tr_json *b, bool both)
{
    size_t len = strlen(state->path);
    TR_JSON_EACH(member, a)
    {
        const tr_json *other = member_of(b, member->key);
        if (state->is_flat && is_place(member->key)) continue;
        if (other == NULL && may_miss(state, member)) continue;
        tr_buf path;
        tr_buf_init_fixed(&path, state->path + len, sizeof(state->path) - len - 1);
        tr_buf_printf(&path, "/%.*s", (int)member->key.len, (const char *)member->key.data);
        state->path[len + path.len] = '\0';
        if (other == NULL) return differ(state, both ? "is missing" : "is too much");
        if (both && !equal(state, member, other)) return false;
        state->path[len] = '\0';
    }
    return true;
}

static bool equal(compare_state *state, const tr_json *want, const tr_json *got)
{
    if (want->kind != got->kind) return differ(state, "has another type");
    switch (want->kind) {
    case TR_JSON_NULL:
        return true;
    case TR_JSON_BOOL:
        return want->truth == got->truth || differ(state, "differs");
    case TR_JSON_NUMBER:
    case TR_JSON_STRING:
        return same_text(want, got) || differ(state, "differs");
    case TR_JSON_ARRAY:
        if (want->count != got->count) return differ(state, "has another length");
        for (const tr_json *a = want->first, *b = got->first; a != NULL; a = a->next, b = b->next)
            if (!equal(state, a, b)) return false;
        return true;
    case TR_JSON_OBJECT:
        return members_in(state, want, got, true) && members_in(state, got, want, false);
    }
    return false;
}

static void check(vec_run *run, const vec_file *file, tr_bytes got, const char *name)
{
    bool is_flat = strcmp(name, "flatCallTracer") == 0;
    compare_state state = {.is_flat = is_flat, .is_legacy = strstr(name, "Legacy") != NULL};
    const tr_json *json, *want = tr_json_get(file->json, "result");
    tr_trail trail;
    if (tr_json_parse(&trail, file->arena, got, &json) != TR_OK) {
        vec_fail(run, tr_bytes_str("result"), "no JSON: %s", trail.text);
        return;
    }
    vec_check(run, equal(&state, want, json), tr_bytes_str("result"), "%s %s: %.*s", state.path,
              state.why, (int)TR_MIN(got.len, 1200), (const char *)got.data);
}

/* The genesis without its configuration: some of these chains have one of their own making (forks
 * out of order, keys of other programs), of which geth reads what it knows. */
static const tr_json *without_config(const vec_file *file, const tr_json *genesis)
{
    tr_json *copy = TR_ARENA_NEW(file->arena, tr_json), *last = NULL;
    if (copy == NULL || genesis == NULL) return NULL;
    *copy = *genesis;
    copy->first = NULL;
    TR_JSON_EACH(member, genesis)
    {
        if (tr_bytes_eq(member->key, TR_LIT("config"))) continue;
        tr_json *one = TR_ARENA_NEW(file->arena, tr_json);
        if (one == NULL) return NULL;
        *one = *member;
        one->next = NULL;
        if (last == NULL)
            copy->first = one;
        else
            last->next = one;
        last = one;
    }
    return copy;
}

static tr_chain_config read_config(const tr_json *in)
{
    tr_chain_config config = tr_chain_config_at(TR_OSAKA, 1);
    for (unsigned i = 0; i < TR_FORKS; i++) {
        const char *key = tr_fork_rules_of((tr_fork)i)->config_key;
        const tr_json *start = key == NULL ? NULL : member_of(in, tr_bytes_str(key));
        config.start[i] = start == NULL ? TR_NEVER : small_number_of(start);
    }
    if (config.start[TR_PETERSBURG] == TR_NEVER)
        config.start[TR_PETERSBURG] = config.start[TR_CONSTANTINOPLE];
    config.chain_id = small_number_of(tr_json_get(in, "chainId"));
    config.has_ttd = tr_json_get(in, "terminalTotalDifficulty") != NULL;
    config.ttd = number_of(tr_json_get(in, "terminalTotalDifficulty"));
    return config;
}

static void run_case(vec_run *run, const vec_file *file, const char *name)
{
    enum { STATE_LIMIT = 1 << 28 };
    tr_trail trail;
    tr_genesis genesis;
    tr_stf_env env;
    tr_bytes got = {NULL, 0};
    tr_evm *evm = NULL;
    tr_state *state = NULL;
    tr_trace *tracer = NULL;
    tr_state_options options = {.alloc = tr_heap(), .limit = STATE_LIMIT};
    if (!vec_wants(run)) return;
    tr_trail_clear(&trail);
    const tr_json *in = tr_json_get(file->json, "genesis");
    tr_err err = tr_genesis_from_json(&trail, file->arena, without_config(file, in),
                                      &tr_chain_config_mainnet, &genesis);
    genesis.config = read_config(tr_json_get(in, "config"));
    if (err != TR_OK) {
        vec_fail(run, tr_bytes_str("genesis"), "%s: %s", tr_err_name(err), trail.text);
        return;
    }
    genesis_world world = {{read_account, read_slot, read_code, NULL, NULL}, &genesis};
    options.world = &world.world;
    read_block(file->json, &genesis, &env);
    err = tr_tracer_find(&trail, file->arena, NULL, tr_bytes_str(name),
                         tr_json_get(file->json, "tracerConfig"), &tracer);
    if (err == TR_OK) err = tr_evm_new(&trail, &(tr_evm_options){.alloc = tr_heap()}, &evm);
    if (err == TR_OK) err = tr_state_new(&trail, &options, &state);
    if (err == TR_OK) err = trace(&trail, file, evm, state, &env, tracer, &got);
    if (err != TR_OK)
        vec_fail(run, tr_bytes_str("result"), "%s: %s", tr_err_name(err), trail.text);
    else
        check(run, file, got, name);
    tr_state_free(state);
    tr_evm_free(evm);
}

#define RUNNER(function, name)                                                                     \
    static void function(vec_run *run, const vec_file *file)                                       \
    {                                                                                              \
        run_case(run, file, name);                                                                 \
    }
RUNNER(run_call, "callTracer")
RUNNER(run_call_legacy, "callTracerLegacy")
RUNNER(run_flat, "flatCallTracer")
RUNNER(run_prestate, "prestateTracer")
RUNNER(run_prestate_legacy, "prestateTracerLegacy")
RUNNER(run_erc7562, "erc7562Tracer")

static const vec_row rows[] = {
    {"tracetest/testdata/call_tracer/*.json", run_call, true},
    {"tracetest/testdata/call_tracer_withLog/*.json", run_call, true},
    {"tracetest/testdata/call_tracer_legacy/*.json", run_call_legacy, true},
    {"tracetest/testdata/call_tracer_flat/*.json", run_flat, true},
    {"tracetest/testdata/prestate_tracer/*.json", run_prestate, true},
    {"tracetest/testdata/prestate_tracer_with_diff_mode/*.json", run_prestate, true},
    {"tracetest/testdata/prestate_tracer_legacy/*.json", run_prestate_legacy, true},
    {"tracetest/testdata/erc7562_tracer/*.json", run_erc7562, true},
};
const vec_rows vec_rows_tracers = {rows, TR_COUNTOF(rows)};
