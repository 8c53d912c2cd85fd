/* trestle evm statetest and blocktest: fixtures, and a list of how each went. */
#include <regex.h>
#include <string.h>

#include "cli/evm/command.h"
#include "codec/hex.h"
#include "os/clock.h"
#include "os/heap.h"

/* Memory is counted for --bench. */
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

typedef struct session {
    evm_args *args;
    fixture *f;
    counting memory;
    regex_t pattern;
    bool has_pattern, bench, human, dump;
    const char *fork;
    uint64_t index; /* UINT64_MAX: all */
    evm_tracing tracing;
    tr_arena trace_arena;
    tr_buf report;
    tr_json_writer json;
    tr_buf dumped; /* of the last case */
    size_t passed, failed;
} session;

static bool matches(const session *s, tr_bytes name)
{
    char text[1024];
    size_t len = TR_MIN(name.len, sizeof(text) - 1);
    if (!s->has_pattern) return true;
    memcpy(text, name.data, len);
    text[len] = '\0';
    return regexec(&s->pattern, text, 0, NULL, 0) == 0;
}

static void put_text(session *s, const char *key, tr_bytes text)
{
    tr_json_key(&s->json, key);
    tr_json_string(&s->json, text);
}

static void put_bench(session *s, int64_t ns, const fixture_outcome *outcome)
{
    tr_json_key(&s->json, "benchStats");
    tr_json_begin_object(&s->json);
    tr_json_key(&s->json, "time");
    tr_json_put_u64(&s->json, (uint64_t)ns);
    tr_json_key(&s->json, "allocs");
    tr_json_put_u64(&s->json, s->memory.count);
    tr_json_key(&s->json, "bytesAllocated");
    tr_json_put_u64(&s->json, s->memory.bytes);
    tr_json_key(&s->json, "gasUsed");
    tr_json_put_u64(&s->json, outcome->gas_used);
    tr_json_end_object(&s->json);
}

/* One entry of the list. */
static void report(session *s, tr_bytes name, tr_bytes fork, const fixture_outcome *outcome,
                   const char *error, bool has_root, int64_t ns)
{
    if (outcome->pass)
        s->passed++;
    else
        s->failed++;
    if (s->human) {
        /* our own sentence says more than the one that drivers look for */
        const char *why = outcome->why[0] != '\0' ? outcome->why : error;
        printf("%s %.*s [%.*s]%s%s\n", outcome->pass ? "PASS" : "FAIL", (int)name.len,
               (const char *)name.data, (int)fork.len, (const char *)fork.data,
               outcome->pass ? "" : ": ", outcome->pass ? "" : why);
        return;
    }
    tr_json_begin_object(&s->json);
    put_text(s, "name", name);
    tr_json_key(&s->json, "pass");
    tr_json_put_bool(&s->json, outcome->pass);
    if (has_root) {
        tr_json_key(&s->json, "stateRoot");
        tr_json_put_hex(&s->json, TR_VIEW(outcome->root.b));
    }
    put_text(s, "fork", fork);
    if (!outcome->pass) put_text(s, "error", tr_bytes_str(error));
    if (s->dumped.len != 0) {
        tr_json_key(&s->json, "state");
        tr_json_put_raw(&s->json, tr_buf_view(&s->dumped));
    }
    if (s->bench) put_bench(s, ns, outcome);
    tr_json_end_object(&s->json);
}

static void put_digits(tr_buf *to, tr_bytes bytes)
{
    uint8_t *at = tr_buf_reserve(to, 2 * bytes.len);
    if (at == NULL) return;
    tr_hex_encode(bytes, at);
    to->len += 2 * bytes.len;
}

/* What drivers expect to read when a root or the logs are others. */
static const char *error_of(const tr_json *post, const fixture_outcome *outcome, char text[],
                            size_t size)
{
    tr_hash want;
    tr_buf to;
    if (outcome->err != TR_OK && fixture_text(post, "expectException").len == 0)
        return outcome->why;
    tr_buf_init_fixed(&to, text, size - 1);
    bool root = fixture_exact(fixture_text(post, "hash"), want.b, sizeof(want.b)) &&
                memcmp(&want, &outcome->root, sizeof(want)) != 0;
    bool logs = !root && fixture_exact(fixture_text(post, "logs"), want.b, sizeof(want.b)) &&
                memcmp(&want, &outcome->logs_hash, sizeof(want)) != 0;
    if (!root && !logs) return outcome->why;
    tr_buf_put_str(&to,
                   root ? "post state root mismatch: got " : "post state logs hash mismatch: got ");
    put_digits(&to, root ? TR_VIEW(outcome->root.b) : TR_VIEW(outcome->logs_hash.b));
    tr_buf_put_str(&to, ", want ");
    put_digits(&to, TR_VIEW(want.b));
    text[to.len] = '\0';
    return text;
}

static void keep_dump(void *context, const tr_changes *all)
{
    session *s = context;
    tr_json_writer w = tr_json_write_to(&s->dumped);
    fixture_alloc_write(&w, all);
}

static void run_case(session *s, tr_bytes name, tr_bytes fork, const tr_json *post)
{
    fixture_outcome outcome;
    tr_trace *trace = NULL;
    char text[FIXTURE_WHY];
    fixture_watch watch = {.post = s->dump ? keep_dump : NULL, .context = s};
    tr_arena_reset(&s->trace_arena);
    tr_buf_clear(&s->dumped);
    if (evm_tracer_new(&s->args->trail, &s->trace_arena, &s->tracing, &trace) == TR_OK &&
        trace != NULL)
        watch.tracer = &trace->tracer;
    s->memory.count = s->memory.bytes = 0;
    int64_t start = tr_clock_monotonic(tr_clock_system());
    fixture_state_run(s->f, fork, post, &watch, &outcome);
    int64_t ns = tr_clock_monotonic(tr_clock_system()) - start;
    char root[67] = "0x";
    tr_hex_encode(TR_VIEW(outcome.root.b), (uint8_t *)root + 2);
    fprintf(stderr, "{\"stateRoot\": \"%s\"}\n", root);
    report(s, name, fork, &outcome, error_of(post, &outcome, text, sizeof(text)), true, ns);
}

static void run_test(session *s, const tr_json *test)
{
    fixture_outcome broken = {.pass = false};
    const tr_json *post = tr_json_get(test, "post");
    if (!matches(s, test->key)) return;
    if (fixture_state_begin(&s->args->trail, s->f, test) != TR_OK) {
        report(s, test->key, TR_LIT(""), &broken, s->args->trail.text, false, 0);
        return;
    }
    TR_JSON_EACH(fork, post)
    {
        uint64_t index = 0;
        if (s->fork != NULL && !tr_bytes_eq(fork->key, tr_bytes_str(s->fork))) continue;
        TR_JSON_EACH(one, fork)
        {
            if (s->index == UINT64_MAX || s->index == index) run_case(s, test->key, fork->key, one);
            index++;
        }
    }
    fixture_state_end(s->f);
}

static void run_chain(session *s, const tr_json *test)
{
    fixture_outcome outcome;
    tr_trace *trace = NULL;
    fixture_watch watch = {.post = NULL};
    if (!matches(s, test->key)) return;
    tr_arena_reset(&s->trace_arena);
    if (evm_tracer_new(&s->args->trail, &s->trace_arena, &s->tracing, &trace) == TR_OK &&
        trace != NULL)
        watch.tracer = &trace->tracer;
    s->memory.count = s->memory.bytes = 0;
    int64_t start = tr_clock_monotonic(tr_clock_system());
    fixture_block_run(s->f, test, &watch, &outcome);
    int64_t ns = tr_clock_monotonic(tr_clock_system()) - start;
    report(s, test->key, fixture_text(test, "network"), &outcome, outcome.why, outcome.pass, ns);
}

static int run_file(session *s, const char *path, void (*run)(session *s, const tr_json *test))
{
    const tr_json *document;
    tr_arena_mark mark = tr_arena_save(s->args->arena);
    if (evm_read_json(s->args, path, &document) != TR_OK)
        return evm_fail(s->args, 1, "the fixture cannot be read", "trestle evm statetest FILE");
    TR_JSON_EACH(test, document) run(s, test);
    tr_arena_rewind(s->args->arena, mark);
    return 0;
}

static bool begin(evm_args *args, session *s)
{
    const char *pattern = evm_flag(args, "run"), *fork = evm_flag(args, "statetest.fork");
    *s = (session){.args = args, .memory = {.alloc = {count_resize}}};
    s->bench = evm_is_set(args, "bench");
    s->human = evm_is_set(args, "human");
    s->dump = evm_is_set(args, "dump");
    s->fork = fork != NULL ? fork : evm_flag(args, "fork");
    tr_buf_init(&s->report, tr_heap(), SIZE_MAX);
    tr_buf_init(&s->dumped, tr_heap(), SIZE_MAX);
    tr_arena_init(&s->trace_arena, tr_heap(), (size_t)2 << 30);
    if (!evm_tracing_of(args, &s->tracing)) return false;
    if (!evm_u64(args, "statetest.index", UINT64_MAX, &s->index)) {
        (void)tr_fail(&args->trail, TR_E_ARGUMENT, "--statetest.index is no number");
        return false;
    }
    s->has_pattern = pattern != NULL;
    if (s->has_pattern && regcomp(&s->pattern, pattern, REG_EXTENDED | REG_NOSUB) != 0) {
        s->has_pattern = false;
        (void)tr_fail(&args->trail, TR_E_ARGUMENT, "--run is no regular expression");
        return false;
    }
    return fixture_new(&args->trail, &s->memory.alloc, &s->f) == TR_OK;
}

static int finish(session *s, int code)
{
    const tr_json *tree;
    tr_buf text;
    tr_buf_init(&text, tr_heap(), SIZE_MAX);
    if (s->human && code == 0) {
        printf("%zu passed, %zu failed\n", s->passed, s->failed);
    } else if (code == 0) {
        tr_json_end_array(&s->json);
        if (tr_json_parse(&s->args->trail, s->args->arena, tr_buf_view(&s->report), &tree) == TR_OK)
            evm_pretty(&text, tree, 2);
        printf("%s\n", tr_buf_text(&text));
    }
    tr_buf_free(&text);
    if (code == 0 && s->failed != 0 && evm_is_set(s->args, "check")) code = 7;
    fixture_free(s->f);
    if (s->has_pattern) regfree(&s->pattern);
    tr_buf_free(&s->report);
    tr_buf_free(&s->dumped);
    tr_arena_free(&s->trace_arena);
    return code;
}

static int state_file(void *context, const char *path)
{
    return run_file(context, path, run_test);
}

static int block_file(void *context, const char *path)
{
    return run_file(context, path, run_chain);
}

static int run_files(evm_args *args, int (*each)(void *context, const char *path))
{
    session s;
    if (!begin(args, &s)) {
        (void)finish(&s, 1);
        return evm_fail(args, 2, "the tests cannot be run", "trestle evm --help");
    }
    s.json = tr_json_write_to(&s.report);
    tr_json_begin_array(&s.json);
    return finish(&s, evm_each_file(args, 1, each, &s));
}

int evm_command_statetest(evm_args *args)
{
    return run_files(args, state_file);
}

int evm_command_blocktest(evm_args *args)
{
    return run_files(args, block_file);
}
