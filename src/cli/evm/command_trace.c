/* trestle evm trace: a transaction on a genesis, and what a tracer says of it.  The file is
 * {genesis, context, input}, as tracers are tested with in the field. */
#include <string.h>

#include "cli/evm/command.h"
#include "cli/evm/fixture_internal.h"
#include "eth/genesis.h"
#include "eth/sender.h"
#include "os/heap.h"

typedef struct trace_run {
    evm_args *args;
    fixture *f;
    tr_chain_config config;
    tr_stf_env env;
    tr_tx tx;
    tr_addr sender;
    tr_tx_signers signers;
    tr_arena arena; /* of the tracer */
    tr_trace *trace;
} trace_run;

static tr_err no_hash(fixture_door *self, tr_trail *trail, uint64_t number, tr_hash *out)
{
    (void)self;
    (void)trail;
    (void)number;
    *out = (tr_hash){{0}};
    return TR_OK;
}

static tr_u256 number_of(const tr_json *in, const char *key)
{
    tr_u256 value;
    return fixture_number(tr_json_get(in, key), &value) ? value : TR_U256_ZERO;
}

/* The block: context says what of it counts. */
static void set_env(trace_run *r, const tr_json *document)
{
    const tr_json *context = tr_json_get(document, "context");
    const tr_json *genesis = tr_json_get(document, "genesis");
    uint64_t number = tr_u256_to_u64(number_of(context, "number"));
    uint64_t time = tr_u256_to_u64(number_of(context, "timestamp"));
    bool merged = r->config.has_ttd && tr_u256_iszero(r->config.ttd);
    tr_fork fork = tr_chain_fork(&r->config, number, time, merged);
    uint8_t mix[32];
    r->env = (tr_stf_env){.config = &r->config,
                          .rules = tr_fork_rules_of(fork),
                          .gas_left = UINT64_MAX,
                          .blob_gas_left = UINT64_MAX};
    r->env.evm = (tr_evm_env){.rules = tr_evm_rules_of(fork),
                              .chain_id = r->config.chain_id,
                              .number = number,
                              .time = time,
                              .gas_limit = tr_u256_to_u64(number_of(context, "gasLimit")),
                              .difficulty = number_of(context, "difficulty"),
                              .base_fee = number_of(context, "baseFeePerGas"),
                              .blob_base_fee = tr_u256_of(r->env.rules->blobs ? 1 : 0)};
    (void)fixture_exact(fixture_text(context, "miner"), r->env.evm.coinbase.b, 20);
    if (merged && fixture_exact(fixture_text(genesis, "mixHash"), mix, sizeof(mix)))
        r->env.evm.difficulty = tr_u256_from_be(mix);
}

static tr_err read_tx(trace_run *r, const tr_json *document)
{
    tr_err err;
    tr_bytes raw;
    evm_args *args = r->args;
    if (!fixture_bytes(args->arena, fixture_text(document, "input"), &raw))
        return tr_fail(&args->trail, TR_E_JSON_FIELD, "input is no transaction in hex");
    TR_TRY(tr_tx_decode(&args->trail, args->arena, raw, &r->tx));
    (void)tr_tx_senders(args->arena, NULL, 1, &r->tx, &r->sender, &err);
    if (err != TR_OK) return tr_fail(&args->trail, err, "no sender: %s", tr_err_text(err));
    size_t n = r->tx.authorizations.count;
    tr_addr *signers = TR_ARENA_ARRAY(args->arena, tr_addr, n + 1);
    tr_err *errs = TR_ARENA_ARRAY(args->arena, tr_err, n + 1);
    if (signers == NULL || errs == NULL)
        return tr_fail(&args->trail, TR_E_MEMORY, "no memory for signers");
    if (n != 0)
        (void)tr_authorization_signers(args->arena, n, r->tx.authorizations.at, signers, errs);
    r->signers = (tr_tx_signers){signers, errs};
    return TR_OK;
}

static tr_err make_tracer(trace_run *r, const tr_json *document)
{
    evm_args *args = r->args;
    const char *name = evm_flag(args, "tracer"), *text = evm_flag(args, "config");
    const tr_json *config = tr_json_get(document, "tracerConfig");
    if (name == NULL) name = evm_flag(args, "trace.tracer");
    if (text == NULL) text = evm_flag(args, "trace.jsonconfig");
    if (text != NULL) TR_TRY(tr_json_parse(&args->trail, args->arena, tr_bytes_str(text), &config));
    return tr_tracer_find(&args->trail, &r->arena, NULL, tr_bytes_str(name == NULL ? "" : name),
                          config, &r->trace);
}

static tr_err trace_document(trace_run *r, const tr_json *document, tr_buf *out)
{
    tr_changes pre;
    tr_stf_result result;
    tr_trail *trail = &r->args->trail;
    const tr_json *genesis = tr_json_get(document, "genesis");
    TR_TRY(fixture_new(trail, tr_heap(), &r->f));
    TR_TRY(tr_chain_config_from_json(trail, tr_json_get(genesis, "config"), &r->config));
    TR_TRY(fixture_alloc(trail, &r->f->arena, tr_json_get(genesis, "alloc"), &pre));
    set_env(r, document);
    TR_TRY(read_tx(r, document));
    TR_TRY(make_tracer(r, document));
    TR_TRY(fixture_ground(trail, r->f, &pre));
    r->f->door.hash_of = no_hash;
    TR_TRY(tr_stf_run(trail, r->f->evm, r->f->state, &r->env, &r->tx, &r->sender, &r->signers,
                      &r->trace->tracer, &result));
    return tr_trace_write(trail, r->trace, out);
}

static int trace_file(void *context, const char *path)
{
    trace_run r = {.args = context};
    const tr_json *document, *tree;
    tr_buf out, text;
    tr_arena_init(&r.arena, tr_heap(), (size_t)2 << 30);
    tr_buf_init(&out, tr_heap(), SIZE_MAX);
    tr_buf_init(&text, tr_heap(), SIZE_MAX);
    tr_err err = evm_read_json(r.args, path, &document);
    if (err == TR_OK) err = trace_document(&r, document, &out);
    if (err == TR_OK) err = tr_json_parse(&r.args->trail, r.args->arena, tr_buf_view(&out), &tree);
    if (err == TR_OK) {
        evm_pretty(&text, tree, 2);
        printf("%s\n", tr_buf_text(&text));
    }
    fixture_free(r.f);
    tr_buf_free(&text);
    tr_buf_free(&out);
    tr_arena_free(&r.arena);
    if (err == TR_OK) return 0;
    return evm_fail(r.args, 1, "the transaction cannot be traced",
                    "trestle evm trace --tracer callTracer FILE");
}

int evm_command_trace(evm_args *args)
{
    return evm_each_file(args, 1, trace_file, args);
}
