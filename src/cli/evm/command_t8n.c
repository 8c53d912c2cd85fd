/* trestle evm t8n: a state transition, its parts in files or in one document on standard input. */
#include <string.h>

#include "cli/evm/command.h"
#include "codec/hex.h"
#include "os/file.h"
#include "os/heap.h"

/* The parts that come on standard input, {alloc, env, txs, txsRlp}, are read once. */
typedef struct sources {
    evm_args *args;
    const tr_json *document;
} sources;

static const char *path_of(evm_args *args, const char *flag, const char *fallback)
{
    const char *path = evm_flag(args, flag);
    return path == NULL ? fallback : path;
}

static bool is_stdin(const char *path)
{
    return strcmp(path, "stdin") == 0;
}

/* The whole of standard input, the first time that it is asked for. */
static int read_document(sources *s)
{
    tr_bytes text;
    if (s->document != NULL) return T8N_OK;
    if (evm_read(s->args, "stdin", &text) != TR_OK) return T8N_IO;
    return tr_json_parse(&s->args->trail, s->args->arena, text, &s->document) == TR_OK ? T8N_OK
                                                                                       : T8N_JSON;
}

static int read_part(sources *s, const char *path, const char *name, const tr_json **out)
{
    tr_bytes text;
    *out = NULL;
    if (is_stdin(path)) {
        int code = read_document(s);
        if (code == T8N_OK) *out = tr_json_get(s->document, name);
        return code;
    }
    if (evm_read(s->args, path, &text) != TR_OK) return T8N_IO;
    tr_err err = tr_json_parse(&s->args->trail, s->args->arena, text, out);
    if (err == TR_OK) return T8N_OK;
    (void)tr_because(&s->args->trail, err, "in %s", path);
    return T8N_JSON;
}

/* Transactions are JSON, or an RLP list in hex. */
static int read_txs(sources *s, const char *path, const tr_json **out)
{
    int code = read_part(s, path, "txs", out);
    if (code == T8N_OK && is_stdin(path)) {
        const tr_json *rlp = tr_json_get(s->document, "txsRlp");
        if (tr_json_text(rlp).len > 0) *out = rlp;
    }
    return code;
}

static int read_input(sources *s, t8n_input *in)
{
    evm_args *args = s->args;
    const char *fork = evm_flag(args, "state.fork"), *reward = evm_flag(args, "state.reward");
    int code = read_part(s, path_of(args, "input.alloc", "alloc.json"), "alloc", &in->alloc);
    if (code == T8N_OK)
        code = read_part(s, path_of(args, "input.env", "env.json"), "env", &in->env);
    if (code == T8N_OK) code = read_txs(s, path_of(args, "input.txs", "txs.json"), &in->txs);
    if (code != T8N_OK) return code;
    in->fork = tr_bytes_str(fork == NULL ? "GrayGlacier" : fork);
    in->has_reward = reward == NULL || strcmp(reward, "-1") != 0;
    if (!evm_u64(args, "state.chainid", 1, &in->chain_id) ||
        (in->has_reward && !evm_number(args, "state.reward", 0, &in->reward))) {
        (void)tr_fail(&args->trail, TR_E_CONFIG, "--state.chainid and --state.reward are numbers");
        return T8N_CONFIG;
    }
    return T8N_OK;
}

/* Traces: a file for each transaction. */
typedef struct tracing {
    t8n_watch watch;
    evm_args *args;
    evm_tracing lines;
    const char *tracer, *folder;
    const tr_json *config;
    tr_arena arena;
    tr_trace *trace;
    char path[TR_PATH_LIMIT];
    bool failed;
} tracing;

static tr_tracer *begin_trace(t8n_watch *self, size_t index, const tr_hash *tx_hash)
{
    tracing *t = (tracing *)self;
    char hash[67] = "0x";
    tr_hex_encode(TR_VIEW(tx_hash->b), (uint8_t *)hash + 2);
    tr_arena_reset(&t->arena);
    t->trace = NULL;
    snprintf(t->path, sizeof(t->path), "%s%strace-%zu-%s.%s", t->folder,
             t->folder[0] == '\0' ? "" : "/", index, hash, t->tracer == NULL ? "jsonl" : "json");
    t->lines.file = fopen(t->path, "w");
    if (t->lines.file == NULL) {
        t->failed = true;
        return NULL;
    }
    tr_err err = t->tracer == NULL ? tr_line_tracer_new(&t->args->trail, &t->arena, &t->lines.sink,
                                                        &t->lines.options, &t->trace)
                                   : tr_tracer_find(&t->args->trail, &t->arena, NULL,
                                                    tr_bytes_str(t->tracer), t->config, &t->trace);
    t->failed |= err != TR_OK;
    return err == TR_OK ? &t->trace->tracer : NULL;
}

static void end_trace(t8n_watch *self)
{
    tracing *t = (tracing *)self;
    tr_buf out;
    if (t->lines.file == NULL) return;
    if (t->trace != NULL) {
        tr_buf_init(&out, tr_heap(), (size_t)1 << 30);
        tr_err err = tr_trace_write(&t->args->trail, t->trace, &out);
        if (err == TR_OK && out.len != 0) fwrite(out.data, 1, out.len, t->lines.file);
        t->failed |= err != TR_OK;
        tr_buf_free(&out);
    }
    t->failed |= fclose(t->lines.file) != 0;
    t->lines.file = NULL;
}

static int begin_tracing(evm_args *args, tracing *t)
{
    const char *config = evm_flag(args, "trace.jsonconfig");
    const char *folder = evm_flag(args, "output.basedir");
    *t = (tracing){.watch = {begin_trace, end_trace}, .args = args};
    if (!evm_tracing_of(args, &t->lines)) return T8N_CONFIG;
    t->tracer = evm_flag(args, "trace.tracer");
    t->folder = folder == NULL ? "" : folder;
    tr_arena_init(&t->arena, tr_heap(), (size_t)2 << 30);
    if (config == NULL) return T8N_OK;
    return tr_json_parse(&args->trail, args->arena, tr_bytes_str(config), &t->config) == TR_OK
               ? T8N_OK
               : T8N_JSON;
}

/* Output. */

/* What goes to standard output, and what to standard error, is one object each. */
typedef struct stream {
    const char *name;
    tr_buf text;
    tr_json_writer json;
    bool used;
} stream;

static int write_part(evm_args *args, stream streams[2], const char *flag, const char *fallback,
                      const char *name, tr_bytes json)
{
    const char *path = path_of(args, flag, fallback), *folder = evm_flag(args, "output.basedir");
    const tr_json *tree;
    tr_buf text;
    for (size_t i = 0; i < 2; i++) {
        if (strcmp(path, streams[i].name) != 0) continue;
        streams[i].used = true;
        tr_json_key(&streams[i].json, name);
        tr_json_put_raw(&streams[i].json, json);
        return T8N_OK;
    }
    tr_buf_init(&text, &args->arena->alloc, SIZE_MAX);
    if (tr_json_parse(&args->trail, args->arena, json, &tree) != TR_OK) return T8N_JSON;
    evm_pretty(&text, tree, 1);
    return evm_write(args, folder, path, tr_buf_view(&text)) == TR_OK ? T8N_OK : T8N_IO;
}

static int write_stream(evm_args *args, stream *s)
{
    const tr_json *tree;
    tr_buf text;
    tr_json_end_object(&s->json);
    if (!s->used) return T8N_OK;
    tr_buf_init(&text, &args->arena->alloc, SIZE_MAX);
    if (tr_json_parse(&args->trail, args->arena, tr_buf_view(&s->text), &tree) != TR_OK)
        return T8N_JSON;
    evm_pretty(&text, tree, 2);
    return evm_write(args, NULL, s->name, tr_buf_view(&text)) == TR_OK ? T8N_OK : T8N_IO;
}

static int write_output(evm_args *args, const t8n_output *out)
{
    stream streams[2] = {{.name = "stdout"}, {.name = "stderr"}};
    for (size_t i = 0; i < 2; i++) {
        tr_buf_init(&streams[i].text, &args->arena->alloc, SIZE_MAX);
        streams[i].json = tr_json_write_to(&streams[i].text);
        tr_json_begin_object(&streams[i].json);
    }
    int code = write_part(args, streams, "output.alloc", "alloc.json", "alloc", out->alloc);
    if (code == T8N_OK)
        code = write_part(args, streams, "output.result", "result.json", "result", out->result);
    if (code == T8N_OK) code = write_part(args, streams, "output.body", "", "body", out->body);
    for (size_t i = 0; i < 2 && code == T8N_OK; i++) code = write_stream(args, &streams[i]);
    return code;
}

int evm_command_t8n(evm_args *args)
{
    sources s = {.args = args};
    t8n_input in = {.has_reward = true};
    t8n_output out;
    tracing t;
    fixture *f = NULL;
    int code = read_input(&s, &in);
    if (code == T8N_OK) code = begin_tracing(args, &t);
    if (code == T8N_OK && (evm_is_set(args, "trace") || t.tracer != NULL)) in.watch = &t.watch;
    if (code == T8N_OK && fixture_new(&args->trail, tr_heap(), &f) != TR_OK) code = T8N_EVM;
    if (code == T8N_OK) code = t8n_run(&args->trail, f, args->arena, &in, &out);
    if (code == T8N_OK && in.watch != NULL && t.failed) code = T8N_IO;
    if (code == T8N_OK) code = write_output(args, &out);
    fixture_free(f);
    if (in.watch != NULL) tr_arena_free(&t.arena);
    if (code == T8N_OK) return 0;
    fprintf(stderr, "ERROR(%d): %s\n", code, args->trail.text);
    return evm_fail(args, code, "the state transition failed", "trestle evm t8n --help");
}
