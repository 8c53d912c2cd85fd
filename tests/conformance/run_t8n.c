/* geth's `evm` tool: state transitions, transactions and blocks in JSON, and EIP-3155 traces.  The
 * data does not hold the arguments; the table below does, by folder. */
#include "cli/evm/command.h"
#include "codec/hex.h"
#include "os/heap.h"
#include "vectors.h"

/* t8n: an expected file (or a trace) beside alloc, env and txs. */
static const struct transition {
    const char *folder, *txs, *env, *fork, *expected;
    const char *reward; /* NULL: 0 */
    int code;
} transitions[] = {
    {"1", "txs.json", "env.json", "Frontier+1346", NULL, NULL, T8N_CONFIG},
    {"1", "txs.json", "env.json", "Byzantium", "exp.json", NULL, 0},
    {"3", "txs.json", "env.json", "Berlin", "exp.json", NULL, 0},
    {"4", "txs.json", "env.json", "Berlin", NULL, NULL, T8N_BLOCK_HASH},
    {"5", "txs.json", "env.json", "Byzantium", "exp.json", "0x80", 0},
    {"13", "txs.json", "env.json", "London", "exp.json", NULL, 0},
    {"13", "signed_txs.rlp", "env.json", "London", "exp2.json", NULL, 0},
    {"14", "txs.json", "env.json", "London", "exp.json", NULL, 0},
    {"14", "txs.json", "env.uncles.json", "London", "exp2.json", NULL, 0},
    {"14", "txs.json", "env.uncles.json", "Berlin", "exp_berlin.json", NULL, 0},
    {"19", "txs.json", "env.json", "London", "exp_london.json", NULL, 0},
    {"19", "txs.json", "env.json", "ArrowGlacier", "exp_arrowglacier.json", NULL, 0},
    {"19", "txs.json", "env.json", "GrayGlacier", "exp_grayglacier.json", NULL, 0},
    {"23", "txs.json", "env.json", "Berlin", "exp.json", NULL, 0},
    {"24", "txs.json", "env.json", "Merge", "exp.json", NULL, 0},
    {"24", "txs.json", "env-missingrandom.json", "Merge", NULL, NULL, T8N_CONFIG},
    {"25", "txs.json", "env.json", "Merge", "exp.json", NULL, 0},
    {"26", "txs.json", "env.json", "Shanghai", "exp.json", NULL, 0},
    {"28", "txs.rlp", "env.json", "Cancun", "exp.json", NULL, 0},
    {"29", "txs.json", "env.json", "Cancun", "exp.json", NULL, 0},
    {"30", "txs_more.rlp", "env.json", "Cancun", "exp.json", NULL, 0},
    {"33", "txs.json", "env.json", "Prague", "exp.json", NULL, 0},
    {"34", "txs.json", "env.json", "Osaka", "exp.json", NULL, 0},
    {"31", "txs.json", "env.json", "Cancun", "*.jsonl", NULL, 0},
    {"32", "txs.json", "env.json", "Paris", "*.jsonl", NULL, 0},
};

/* Files beside the one at hand. */
static tr_bytes beside(vec_run *run, const vec_file *file, const char *folder, const char *name)
{
    char path[128];
    tr_buf text;
    tr_buf_init_fixed(&text, path, sizeof(path) - 1);
    tr_buf_printf(&text, "cmd/evm/testdata/%s/%s", folder, name);
    path[text.len] = '\0';
    return vec_sibling(run, file, path);
}

static const tr_json *json_beside(vec_run *run, const vec_file *file, const char *folder,
                                  const char *name)
{
    const tr_json *out = NULL;
    tr_bytes text = beside(run, file, folder, name);
    if (text.data == NULL || tr_json_parse(NULL, file->arena, text, &out) != TR_OK) return NULL;
    return out;
}

/* Two documents are the same, whatever the order of members. */
static bool same(const tr_json *a, const tr_json *b)
{
    if (a == NULL || b == NULL || a->kind != b->kind || a->count != b->count) return false;
    const tr_json *other = b->first;
    switch (a->kind) {
    case TR_JSON_NULL:
        return true;
    case TR_JSON_BOOL:
        return a->truth == b->truth;
    case TR_JSON_NUMBER:
    case TR_JSON_STRING:
        return tr_bytes_eq(a->text, b->text);
    case TR_JSON_ARRAY:
    case TR_JSON_OBJECT:
        break;
    }
    TR_JSON_EACH(item, a)
    {
        if (a->kind == TR_JSON_OBJECT)
            for (other = b->first; other != NULL && !tr_bytes_eq(other->key, item->key);)
                other = other->next;
        if (!same(item, other)) return false;
        other = other->next;
    }
    return true;
}

/* The first member that is not as it should be, for the message. */
static void find_difference(const tr_json *got, const tr_json *want, tr_buf *path)
{
    if (got == NULL || want == NULL || got->kind != want->kind ||
        (want->kind != TR_JSON_OBJECT && want->kind != TR_JSON_ARRAY)) {
        tr_buf_put_str(path, " is ");
        tr_json_writer w = tr_json_write_to(path);
        if (got != NULL) tr_json_put_value(&w, got);
        tr_buf_put_str(path, ", expected ");
        w = tr_json_write_to(path);
        if (want != NULL) tr_json_put_value(&w, want);
        return;
    }
    size_t index = 0;
    TR_JSON_EACH(item, want)
    {
        const tr_json *other = tr_json_at(got, index++);
        if (want->kind == TR_JSON_OBJECT)
            for (other = got->first; other != NULL && !tr_bytes_eq(other->key, item->key);)
                other = other->next;
        if (same(other, item)) continue;
        tr_buf_put_u8(path, '.');
        if (want->kind == TR_JSON_OBJECT)
            tr_buf_put(path, item->key);
        else
            tr_buf_printf(path, "%zu", index - 1);
        find_difference(other, item, path);
        return;
    }
    tr_buf_put_str(path, " has more than it should");
}

static void compare(vec_run *run, const vec_file *file, tr_bytes name, tr_bytes got,
                    const tr_json *want)
{
    const tr_json *tree = NULL;
    tr_buf where;
    tr_buf_init(&where, &file->arena->alloc, SIZE_MAX);
    if (want == NULL || tr_json_parse(NULL, file->arena, got, &tree) != TR_OK) {
        vec_fail(run, name, "there is nothing to compare");
        return;
    }
    bool equal = same(tree, want);
    if (!equal) find_difference(tree, want, &where);
    if (where.len > 600) where.len = 600;
    vec_check(run, equal, name, "%s", tr_buf_text(&where));
}

/* Only the parts that the expected file has are asked for. */
static tr_bytes join_parts(const vec_file *file, const t8n_output *out, const tr_json *want)
{
    tr_buf text;
    tr_buf_init(&text, &file->arena->alloc, SIZE_MAX);
    tr_json_writer w = tr_json_write_to(&text);
    const struct {
        const char *name;
        tr_bytes json;
    } parts[] = {{"alloc", out->alloc}, {"result", out->result}, {"body", out->body}};
    tr_json_begin_object(&w);
    for (size_t i = 0; i < TR_COUNTOF(parts); i++) {
        if (tr_json_get(want, parts[i].name) == NULL) continue;
        tr_json_key(&w, parts[i].name);
        tr_json_put_raw(&w, parts[i].json);
    }
    tr_json_end_object(&w);
    return tr_buf_view(&text);
}

/* Lines of a trace are compared with a file's, one after another, field by field. */
typedef struct trace_check {
    t8n_watch watch;
    tr_trace_sink sink;
    vec_run *run;
    const vec_file *file;
    const struct transition *at;
    tr_arena arena;
    tr_trace *trace;
    tr_buf lines;
    tr_bytes name, want;
} trace_check;

static tr_err keep_line(tr_trace_sink *self, tr_bytes text)
{
    trace_check *c = (trace_check *)((char *)self - offsetof(trace_check, sink));
    tr_buf_put(&c->lines, text);
    return tr_buf_err(&c->lines);
}

static tr_tracer *begin_trace(t8n_watch *self, size_t index, const tr_hash *hash)
{
    trace_check *c = (trace_check *)self;
    char name[128];
    char digits[65] = "";
    tr_hex_encode(TR_VIEW(hash->b), (uint8_t *)digits);
    tr_buf text;
    tr_buf_init_fixed(&text, name, sizeof(name) - 1);
    tr_buf_printf(&text, "trace-%zu-0x%s.jsonl", index, digits);
    name[text.len] = '\0';
    c->want = beside(c->run, c->file, c->at->folder, name);
    c->name = tr_arena_copy(c->file->arena, tr_buf_view(&text));
    tr_arena_reset(&c->arena);
    tr_buf_init(&c->lines, tr_heap(), (size_t)64 << 20);
    /* 32 was made with a line for each frame that begins */
    tr_step_options options = {.call_frames = c->at->folder[1] == '2'};
    c->trace = NULL;
    if (tr_line_tracer_new(NULL, &c->arena, &c->sink, &options, &c->trace) != TR_OK) return NULL;
    return &c->trace->tracer;
}

static tr_bytes next_line(tr_bytes *text)
{
    size_t len = 0;
    while (len < text->len && text->data[len] != '\n') len++;
    tr_bytes line = tr_bytes_cut(*text, 0, len);
    *text = tr_bytes_cut(*text, len + 1, SIZE_MAX);
    return line;
}

static void end_trace(t8n_watch *self)
{
    trace_check *c = (trace_check *)self;
    tr_bytes got = tr_buf_view(&c->lines), want = c->want;
    size_t number = 0;
    bool equal = want.len != 0;
    tr_bytes a = {NULL, 0}, b = {NULL, 0};
    while (equal && (got.len != 0 || want.len != 0)) {
        const tr_json *left, *right;
        a = next_line(&got);
        b = next_line(&want);
        number++;
        equal = tr_json_parse(NULL, c->file->arena, a, &left) == TR_OK &&
                tr_json_parse(NULL, c->file->arena, b, &right) == TR_OK && same(left, right);
    }
    vec_check(c->run, equal, c->name, "line %zu: %.*s, expected %.*s", number,
              (int)TR_MIN(a.len, (size_t)300), a.len == 0 ? "" : (const char *)a.data,
              (int)TR_MIN(b.len, (size_t)300), b.len == 0 ? "" : (const char *)b.data);
    tr_buf_free(&c->lines);
}

static tr_bytes case_name(const vec_file *file, const char *kind, const char *folder,
                          const char *what, const char *fork)
{
    tr_buf text;
    tr_buf_init(&text, &file->arena->alloc, 512);
    tr_buf_printf(&text, "%s %s %s %s", kind, folder, what, fork);
    return tr_buf_view(&text);
}

static void run_transition(vec_run *run, const vec_file *file, fixture *f,
                           const struct transition *at)
{
    t8n_input in = {.chain_id = 1, .has_reward = true};
    t8n_output out;
    tr_trail trail;
    tr_bytes name =
        case_name(file, "t8n", at->folder, at->expected == NULL ? at->env : at->expected, at->fork);
    trace_check check = {
        .watch = {begin_trace, end_trace}, .sink = {keep_line}, .run = run, .file = file, .at = at};
    bool traced = at->expected != NULL && at->expected[0] == '*';
    tr_trail_clear(&trail);
    in.alloc = json_beside(run, file, at->folder, "alloc.json");
    in.env = json_beside(run, file, at->folder, at->env);
    in.txs = json_beside(run, file, at->folder, at->txs);
    in.fork = tr_bytes_str(at->fork);
    if (in.alloc == NULL || in.env == NULL || in.txs == NULL) {
        vec_fail(run, name, "files are missing");
        return;
    }
    tr_json reward = {.kind = TR_JSON_STRING,
                      .text = tr_bytes_str(at->reward == NULL ? "0" : at->reward)};
    (void)fixture_number(&reward, &in.reward);
    tr_arena_init(&check.arena, tr_heap(), (size_t)1 << 30);
    if (traced) in.watch = &check.watch;
    int code = t8n_run(&trail, f, file->arena, &in, &out);
    tr_arena_free(&check.arena);
    if (code != at->code || at->expected == NULL || traced) {
        vec_check(run, code == at->code, name, "exit code %d (%s), expected %d", code, trail.text,
                  at->code);
        return;
    }
    const tr_json *want = json_beside(run, file, at->folder, at->expected);
    compare(run, file, name, join_parts(file, &out, want), want);
}

/* t9n: transactions, without a state. */
static const struct check_of_txs {
    const char *folder, *txs, *fork, *expected; /* expected NULL: it must be refused */
} checks_of_txs[] = {
    {"15", "signed_txs.rlp", "Homestead", "exp.json"},
    {"15", "signed_txs.rlp", "London", "exp2.json"},
    {"15", "blockheader.rlp", "London", "exp3.json"},
    {"16", "signed_txs.rlp", "London", "exp.json"},
    {"17", "signed_txs.rlp", "London", "exp.json"},
    {"18", "invalid.rlp", "London", NULL},
};

static void run_check_of_txs(vec_run *run, const vec_file *file, const struct check_of_txs *at)
{
    tr_trail trail;
    tr_fork fork;
    tr_bytes raw, out = {NULL, 0};
    tr_bytes name = case_name(file, "t9n", at->folder, at->txs, at->fork);
    const tr_json *txs = json_beside(run, file, at->folder, at->txs);
    bool good = txs != NULL && fixture_bytes(file->arena, tr_json_text(txs), &raw) &&
                tr_fork_find(tr_bytes_str(at->fork), &fork);
    tr_err err = good ? evm_t9n(&trail, file->arena, raw, NULL, tr_fork_rules_of(fork), 1, &out)
                      : TR_E_NOT_FOUND;
    if (at->expected == NULL)
        vec_check(run, err != TR_OK && txs != NULL, name, "it should have been refused");
    else if (err != TR_OK)
        vec_fail(run, name, "%s", good ? trail.text : "files are missing");
    else
        compare(run, file, name, out, json_beside(run, file, at->folder, at->expected));
}

/* b11r: blocks put together. */
static const struct build {
    const char *folder, *clique, *withdrawals, *expected;
} builds[] = {
    {"20", NULL, NULL, "exp.json"},
    {"21", NULL, NULL, "exp.json"},
    {"21", "clique.json", NULL, "exp-clique.json"},
    {"22", NULL, NULL, "exp.json"},
    {"27", NULL, "withdrawals.json", "exp.json"},
};

static void run_build(vec_run *run, const vec_file *file, const struct build *at)
{
    tr_trail trail;
    tr_bytes out;
    tr_bytes name = case_name(file, "b11r", at->folder, at->expected, "");
    const tr_json *txs = json_beside(run, file, at->folder, "txs.rlp");
    evm_b11r_input in = {.header = json_beside(run, file, at->folder, "header.json"),
                         .ommers = json_beside(run, file, at->folder, "ommers.json")};
    if (at->clique != NULL) in.clique = json_beside(run, file, at->folder, at->clique);
    if (at->withdrawals != NULL)
        in.withdrawals = json_beside(run, file, at->folder, at->withdrawals);
    if (in.header == NULL || txs == NULL ||
        !fixture_bytes(file->arena, tr_json_text(txs), &in.txs)) {
        vec_fail(run, name, "files are missing");
        return;
    }
    tr_err err = evm_b11r(&trail, file->arena, &in, &out);
    if (err != TR_OK)
        vec_fail(run, name, "%s", trail.text);
    else
        compare(run, file, name, out, json_beside(run, file, at->folder, at->expected));
}

/* All of it hangs on one file of the archive. */
static void run_tool(vec_run *run, const vec_file *file)
{
    fixture *f;
    tr_trail trail;
    if (vec_is_guest(run)) return;
    if (fixture_new(&trail, tr_heap(), &f) != TR_OK) {
        vec_fail(run, TR_LIT("file"), "%s", trail.text);
        return;
    }
    for (size_t i = 0; i < TR_COUNTOF(transitions); i++)
        if (vec_wants(run)) run_transition(run, file, f, &transitions[i]);
    for (size_t i = 0; i < TR_COUNTOF(checks_of_txs); i++)
        if (vec_wants(run)) run_check_of_txs(run, file, &checks_of_txs[i]);
    for (size_t i = 0; i < TR_COUNTOF(builds); i++)
        if (vec_wants(run)) run_build(run, file, &builds[i]);
    fixture_free(f);
}

static const vec_row rows[] = {
    {"cmd/evm/testdata/1/alloc.json", run_tool, false},
    {"cmd/evm/testdata/*/*", vec_part, false},
};
const vec_rows vec_rows_t8n = {rows, TR_COUNTOF(rows)};
