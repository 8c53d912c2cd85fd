/* trestle evm run: code as it is, on a state made for it; and trestle evm bench, the same over and
 * over. */
#include <string.h>

#include "cli/evm/command.h"
#include "cli/evm/fixture_internal.h"
#include "codec/hex.h"
#include "eth/genesis.h"
#include "hash/keccak.h"
#include "os/clock.h"
#include "os/heap.h"

static const tr_addr default_sender = {
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 's', 'e', 'n', 'd', 'e', 'r'}};
static const tr_addr default_receiver = {
    {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'r', 'e', 'c', 'e', 'i', 'v', 'e', 'r'}};

/* Memory is counted. */
typedef struct counting {
    tr_alloc alloc;
    size_t count, bytes;
} counting;

static void *count_resize(tr_alloc *self, void *old, size_t old_size, size_t new_size)
{
    counting *c = (counting *)self;
    if (new_size > old_size) {
        c->count++;
        c->bytes += new_size - old_size;
    }
    return tr_heap()->resize(tr_heap(), old, old_size, new_size);
}

typedef struct code_run {
    evm_args *args;
    counting memory;
    fixture *f;
    tr_chain_config config;
    tr_header genesis;
    tr_changes pre;
    tr_evm_env env;
    tr_message message;
    tr_bytes code;
    tr_evm_result result;
    uint64_t gas_used;
    int64_t ns;
    size_t rounds;
    evm_tracing tracing;
    tr_arena trace_arena;
} code_run;

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static tr_err hex_of(evm_args *args, tr_bytes text, const char *what, tr_bytes *out)
{
    while (text.len > 0 && is_space(text.data[text.len - 1])) text.len--;
    while (text.len > 0 && is_space(text.data[0])) text = tr_bytes_cut(text, 1, SIZE_MAX);
    if (fixture_bytes(args->arena, text, out)) return TR_OK;
    return tr_fail(&args->trail, TR_E_HEX_DIGIT, "the %s is no hex text", what);
}

/* Bytes by a flag, by a file that another flag names, or by fallback. */
static tr_err read_bytes(evm_args *args, const char *flag, const char *file_flag,
                         const char *fallback, tr_bytes *out)
{
    const char *text = evm_flag(args, flag), *path = evm_flag(args, file_flag);
    tr_bytes file;
    if (path != NULL) {
        TR_TRY(evm_read(args, path, &file));
        return hex_of(args, file, flag, out);
    }
    if (text == NULL) text = fallback == NULL ? "" : fallback;
    return hex_of(args, tr_bytes_str(text), flag, out);
}

static tr_err read_address(evm_args *args, const char *flag, const tr_addr *fallback, tr_addr *out)
{
    const char *text = evm_flag(args, flag);
    *out = *fallback;
    if (text == NULL || fixture_exact(tr_bytes_str(text), out->b, sizeof(out->b))) return TR_OK;
    return tr_fail(&args->trail, TR_E_ARGUMENT, "--%s is no address", flag);
}

/* The genesis is a file, or an empty chain of the fork that was asked for. */
static tr_err read_genesis(code_run *r)
{
    evm_args *args = r->args;
    const char *path = evm_flag(args, "prestate"), *fork = evm_flag(args, "fork");
    const tr_json *document;
    tr_genesis genesis;
    if (fork == NULL) fork = evm_flag(args, "state.fork");
    TR_TRY(fixture_network(&args->trail, tr_bytes_str(fork == NULL ? "Osaka" : fork), NULL, 1,
                           &r->config));
    r->genesis = (tr_header){.gas_limit = INT64_MAX};
    if (path == NULL) return TR_OK;
    TR_TRY(evm_read_json(args, path, &document));
    const tr_json *alloc = tr_json_get(document, "alloc");
    TR_TRY(fixture_alloc(&args->trail, &r->f->arena, alloc == NULL ? document : alloc, &r->pre));
    if (alloc == NULL) return TR_OK;
    TR_TRY(tr_genesis_from_json(&args->trail, args->arena, document, &r->config, &genesis));
    if (fork == NULL) r->config = genesis.config;
    r->genesis = genesis.header;
    return TR_OK;
}

static tr_err read_request(code_run *r)
{
    evm_args *args = r->args;
    tr_u256 price;
    const char *word = args->word_count > 1 ? args->words[1] : NULL;
    r->message = (tr_message){.kind = evm_is_set(args, "create") ? TR_CREATE : TR_CALL};
    TR_TRY(read_bytes(args, "code", "codefile", word, &r->code));
    TR_TRY(read_bytes(args, "input", "inputfile", NULL, &r->message.input));
    TR_TRY(read_address(args, "sender", &default_sender, &r->message.sender));
    TR_TRY(read_address(args, "receiver", &default_receiver, &r->message.to));
    if (!evm_u64(args, "gas", UINT64_C(10000000000), &r->message.gas) ||
        !evm_number(args, "value", 0, &r->message.value) || !evm_number(args, "price", 0, &price))
        return tr_fail(&args->trail, TR_E_ARGUMENT, "--gas, --value and --price are numbers");
    TR_TRY(read_genesis(r));
    bool merged = r->config.has_ttd && tr_u256_iszero(r->config.ttd);
    tr_fork fork = tr_chain_fork(&r->config, r->genesis.number, r->genesis.time, merged);
    r->env = (tr_evm_env){.rules = tr_evm_rules_of(fork),
                          .chain_id = r->config.chain_id,
                          .number = r->genesis.number,
                          .time = r->genesis.time,
                          .gas_limit = r->genesis.gas_limit,
                          .coinbase = r->genesis.coinbase,
                          .difficulty =
                              merged ? tr_u256_from_be(r->genesis.mix.b) : r->genesis.difficulty,
                          .base_fee = r->genesis.base_fee,
                          .blob_base_fee = TR_U256_ONE,
                          .origin = r->message.sender,
                          .gas_price = price};
    return TR_OK;
}

static tr_err no_hash(fixture_door *self, tr_trail *trail, uint64_t number, tr_hash *out)
{
    (void)self;
    (void)trail;
    (void)number;
    *out = (tr_hash){{0}};
    return TR_OK;
}

static bool warm(tr_state *state, const tr_addr *address)
{
    tr_acct *account = tr_state_account(state, address);
    if (account == NULL) return false;
    (void)tr_state_warm_account(state, account);
    return true;
}

static bool warm_all(code_run *r)
{
    tr_state *state = r->f->state;
    tr_addr address = {{0}};
    if (!r->env.rules->has_access_sets) return true;
    for (unsigned i = 1; i <= r->env.rules->precompiles; i++) {
        address.b[19] = (uint8_t)i;
        if (!warm(state, &address)) return false;
    }
    address = (tr_addr){.b[18] = 1};
    return warm(state, &r->message.sender) && warm(state, &r->message.to) &&
           (!r->env.rules->p256 || warm(state, &address)) &&
           (!r->env.rules->warm_coinbase || warm(state, &r->env.coinbase));
}

/* The accounts that the message is between. */
static bool set_accounts(code_run *r)
{
    tr_state *state = r->f->state;
    tr_acct *sender = tr_state_account(state, &r->message.sender);
    if (sender == NULL) return false;
    if (r->message.kind == TR_CREATE) {
        r->message.to = tr_tx_create_address(&r->message.sender, sender->nonce);
        return tr_state_set_nonce(state, sender, sender->nonce + 1);
    }
    tr_acct *receiver = tr_state_account(state, &r->message.to);
    if (receiver == NULL) return false;
    return r->code.len == 0 || tr_state_set_code(state, receiver, r->code);
}

static tr_err fail_state(code_run *r)
{
    tr_err err = tr_state_error(r->f->state, &r->args->trail);
    return err == TR_OK ? tr_fail(&r->args->trail, TR_E_MEMORY, "the state has no memory") : err;
}

static void tell_begin(code_run *r, tr_trace *trace)
{
    if (trace == NULL || trace->tracer.tx_begin == NULL) return;
    const tr_tx_begin tx = {.state = r->f->state,
                            .env = &r->env,
                            .from = r->message.sender,
                            .to = r->message.to,
                            .is_create = r->message.kind == TR_CREATE,
                            .value = r->message.value,
                            .gas = r->message.gas,
                            .input = r->message.input};
    trace->tracer.tx_begin(&trace->tracer, &tx);
}

static void tell_end(code_run *r, tr_trace *trace)
{
    if (trace == NULL || trace->tracer.tx_end == NULL) return;
    const tr_tx_end tx = {.state = r->f->state,
                          .gas_used = r->gas_used,
                          .status = (int)r->result.status,
                          .output = r->result.output};
    trace->tracer.tx_end(&trace->tracer, &tx);
}

/* One run; what it did is there afterwards. */
static tr_err run_once(code_run *r, tr_trace *trace)
{
    tr_state *state = r->f->state;
    tr_state_begin(state);
    if (!set_accounts(r) || !warm_all(r)) return fail_state(r);
    tr_message message = r->message;
    if (message.kind == TR_CREATE && r->code.len != 0) {
        tr_buf all;
        tr_buf_init(&all, &r->args->arena->alloc, SIZE_MAX);
        tr_buf_put(&all, r->code);
        tr_buf_put(&all, message.input);
        message.input = tr_buf_view(&all);
    }
    tell_begin(r, trace);
    int64_t start = tr_clock_monotonic(tr_clock_system());
    tr_evm_run(r->f->evm, state, &r->env, &message, trace == NULL ? NULL : &trace->tracer,
               &r->result);
    r->ns += tr_clock_monotonic(tr_clock_system()) - start;
    r->rounds++;
    r->gas_used = message.gas - r->result.gas_left;
    tell_end(r, trace);
    if (r->result.status == TR_EVM_ABORTED) return fail_state(r);
    return TR_OK;
}

/* Runs it again until a second is over, each time on the state as it was. */
static tr_err run_often(code_run *r)
{
    while (r->ns < TR_NS_PER_S && r->rounds < 1000000) {
        tr_state_clear(r->f->state, &r->f->door.world);
        TR_TRY(run_once(r, NULL));
    }
    return TR_OK;
}

static void put_stats(const code_run *r)
{
    double us = (double)r->ns / 1000 / (double)r->rounds;
    fprintf(stderr,
            "EVM gas used:    %llu\nexecution time:  %.3f%s\nallocations:     %zu\n"
            "allocated bytes: %zu\n",
            (unsigned long long)r->gas_used, us >= 1000 ? us / 1000 : us, us >= 1000 ? "ms" : "µs",
            r->memory.count / r->rounds, r->memory.bytes / r->rounds);
}

/* The state after the run. */

static void put_hash_text(tr_json_writer *w, const char *key, const tr_hash *hash, bool prefix)
{
    char text[67] = "0x";
    tr_hex_encode(TR_VIEW(hash->b), (uint8_t *)text + 2);
    tr_json_key(w, key);
    tr_json_str(w, prefix ? text : text + 2);
}

static tr_err put_account(code_run *r, tr_json_writer *w, const tr_account_change *a)
{
    char text[TR_U256_DEC_TEXT];
    tr_hash root;
    TR_TRY(tr_forest_storage_root(&r->args->trail, r->f->forest, &a->address, &root));
    uint8_t name[42] = {'0', 'x'};
    tr_hex_encode(TR_VIEW(a->address.b), name + 2);
    tr_json_key_bytes(w, TR_VIEW(name));
    tr_json_begin_object(w);
    tr_u256_to_dec(a->balance, text);
    tr_json_key(w, "balance");
    tr_json_str(w, text);
    tr_json_key(w, "nonce");
    tr_json_put_u64(w, a->nonce);
    put_hash_text(w, "root", &root, true);
    put_hash_text(w, "codeHash", &a->code_hash, true);
    if (a->code.len != 0) {
        tr_json_key(w, "code");
        tr_json_put_hex(w, a->code);
    }
    if (a->slot_count != 0) {
        tr_json_key(w, "storage");
        tr_json_begin_object(w);
        for (size_t i = 0; i < a->slot_count; i++) {
            uint8_t key[66] = {'0', 'x'}, be[32], digits[64];
            tr_u256_to_be(a->slots[i].key, be);
            tr_hex_encode(TR_VIEW(be), key + 2);
            tr_json_key_bytes(w, TR_VIEW(key));
            unsigned len = tr_u256_to_be_short(a->slots[i].value, be);
            tr_hex_encode(tr_bytes_of(be, len), digits);
            tr_json_string(w, tr_bytes_of(digits, 2 * (size_t)len));
        }
        tr_json_end_object(w);
    }
    tr_json_key(w, "address");
    tr_json_put_hex(w, TR_VIEW(a->address.b));
    tr_hash key = tr_keccak256(TR_VIEW(a->address.b));
    put_hash_text(w, "key", &key, true);
    tr_json_end_object(w);
    return TR_OK;
}

static tr_err dump(code_run *r)
{
    fixture *f = r->f;
    tr_changes changes, all;
    tr_hash root;
    tr_buf json, text;
    const tr_json *tree;
    tr_trail *trail = &r->args->trail;
    tr_buf_init(&json, &r->args->arena->alloc, SIZE_MAX);
    tr_buf_init(&text, &r->args->arena->alloc, SIZE_MAX);
    if (!tr_state_end(f->state, r->env.rules->clear_empty)) return fail_state(r);
    TR_TRY(fixture_plant(trail, f, &r->pre));
    TR_TRY(fixture_take(trail, f, &changes));
    TR_TRY(tr_forest_root(trail, f->forest, NULL, &root));
    TR_TRY(tr_memory_world_all(trail, f->world, r->args->arena, &all));
    tr_json_writer w = tr_json_write_to(&json);
    tr_json_begin_object(&w);
    put_hash_text(&w, "root", &root, false);
    tr_json_key(&w, "accounts");
    tr_json_begin_object(&w);
    for (size_t i = 0; i < all.count; i++) TR_TRY(put_account(r, &w, &all.accounts[i]));
    tr_json_end_object(&w);
    tr_json_end_object(&w);
    TR_TRY(tr_json_parse(trail, r->args->arena, tr_buf_view(&json), &tree));
    evm_pretty(&text, tree, 4);
    printf("%s\n", tr_buf_text(&text));
    return TR_OK;
}

static void put_result(const code_run *r)
{
    tr_buf text;
    tr_buf_init(&text, tr_heap(), SIZE_MAX);
    tr_hex_put(&text, r->result.output);
    printf("%s\n", tr_buf_text(&text));
    if (r->result.status != TR_EVM_OK) printf(" error: %s\n", tr_evm_status_text(r->result.status));
    tr_buf_free(&text);
}

static tr_err run_and_tell(code_run *r, bool often)
{
    tr_trace *trace = NULL;
    evm_args *args = r->args;
    TR_TRY(fixture_new(&args->trail, &r->memory.alloc, &r->f));
    TR_TRY(read_request(r));
    TR_TRY(fixture_ground(&args->trail, r->f, &r->pre));
    r->f->door.hash_of = no_hash;
    TR_TRY(evm_tracer_new(&args->trail, &r->trace_arena, &r->tracing, &trace));
    r->memory.count = r->memory.bytes = 0;
    TR_TRY(often ? run_often(r) : run_once(r, trace));
    if (often || evm_is_set(args, "statdump")) put_stats(r);
    if (trace == NULL) put_result(r);
    return evm_is_set(args, "dump") ? dump(r) : TR_OK;
}

static int run_code(evm_args *args, bool often)
{
    code_run r = {.args = args, .memory = {.alloc = {count_resize}}};
    if (!evm_tracing_of(args, &r.tracing)) return 2;
    tr_arena_init(&r.trace_arena, tr_heap(), (size_t)2 << 30);
    tr_err err = run_and_tell(&r, often);
    int code = err == TR_OK ? 0 : 1;
    if (err != TR_OK) (void)evm_fail(args, code, "the code cannot be run", "trestle evm run 6040");
    tr_arena_free(&r.trace_arena);
    fixture_free(r.f);
    return code;
}

int evm_command_run(evm_args *args)
{
    return run_code(args, evm_is_set(args, "bench"));
}

int evm_command_bench(evm_args *args)
{
    return run_code(args, true);
}
