/* Every tracer, on code that really runs and on hooks in any order with any values: none crashes,
 * what is written is JSON, and the run is the one that nobody watches. */
#include "evm/tracers.h"
#include "os/heap.h"
#include "state/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { ACCOUNTS = 3, GAS = 200000, MOST_STEPS = 300, TRACE_LIMIT = 1 << 22, TEXT_LIMIT = 1 << 24 };

static const char *const names[] = {
    "",
    "callTracer",
    "flatCallTracer",
    "prestateTracer",
    "4byteTracer",
    "erc7562Tracer",
    "callTracerLegacy",
    "prestateTracerLegacy",
    "muxTracer",
};
/* Every option of every tracer. */
static const char config_text[] =
    "{\"enableMemory\":true,\"enableReturnData\":true,\"withLog\":true,\"diffMode\":true,"
    "\"convertParityErrors\":true,\"includePrecompiles\":true}";
static const char mux_text[] = "{\"callTracer\":{\"onlyTopCall\":true,\"withLog\":true},\"\":{},"
                               "\"prestateTracer\":{\"includeEmpty\":true},\"erc7562Tracer\":{}}";

typedef struct field {
    tr_memory_world *world;
    tr_state *state;
    tr_evm *evm;
    tr_arena arena;
    tr_evm_env env;
    tr_addr accounts[ACCOUNTS];
} field;

static void open_field(field *f, tr_fork fork, tr_bytes code)
{
    *f = (field){.env = {.rules = tr_evm_rules_of(fork), .gas_limit = 30000000}};
    tr_evm_options options = {.alloc = tr_heap()};
    tr_err err = tr_memory_world_new(NULL, tr_heap(), 1 << 24, &f->world);
    TR_ASSERT(err == TR_OK);
    tr_state_options state = {tr_heap(), tr_memory_world_door(f->world), 1 << 26, 3};
    err = tr_state_new(NULL, &state, &f->state);
    if (err == TR_OK) err = tr_evm_new(NULL, &options, &f->evm);
    TR_ASSERT(err == TR_OK);
    tr_arena_init(&f->arena, tr_heap(), TRACE_LIMIT);
    tr_state_begin(f->state);
    for (unsigned i = 0; i < ACCOUNTS; i++) {
        tr_u256 balance = tr_u256_of(1000);
        f->accounts[i].b[19] = (uint8_t)(0xc0 + i);
        tr_acct *account = tr_state_account(f->state, &f->accounts[i]);
        size_t third = code.len / ACCOUNTS;
        bool ok = account != NULL && tr_state_set_balance(f->state, account, &balance) &&
                  tr_state_set_code(f->state, account, tr_bytes_cut(code, i * third, third));
        TR_ASSERT(ok);
    }
    TR_ASSERT(tr_state_end(f->state, false));
}

static void close_field(field *f)
{
    tr_arena_free(&f->arena);
    tr_evm_free(f->evm);
    tr_state_free(f->state);
    tr_memory_world_free(f->world);
}

typedef struct line_sink {
    tr_trace_sink sink;
    tr_arena *arena;
    bool is_json;
} line_sink;

static void check_json(tr_bytes text)
{
    const tr_json *json;
    tr_arena arena;
    tr_arena_init(&arena, tr_heap(), (size_t)1 << 30);
    tr_err err = tr_json_parse(NULL, &arena, text, &json);
    TR_ASSERT(err == TR_OK || err == TR_E_DEPTH); /* calls may be nested deeper than it reads */
    tr_arena_free(&arena);
}

static tr_err put_line(tr_trace_sink *self, tr_bytes text)
{
    if (((line_sink *)self)->is_json) check_json(text);
    return TR_OK;
}

static tr_trace *make(field *f, uint8_t which, line_sink *sink)
{
    const tr_json *config = NULL;
    tr_trace *trace = NULL;
    tr_step_options options = {
        .enable_memory = which & 16, .enable_return_data = which & 32, .call_frames = which & 64};
    unsigned kind = which % (TR_COUNTOF(names) + 3);
    tr_err err;
    *sink = (struct line_sink){{put_line}, &f->arena, kind == TR_COUNTOF(names)};
    if (kind < TR_COUNTOF(names)) {
        bool is_mux = kind == TR_COUNTOF(names) - 1;
        if (is_mux || which & 128) {
            tr_bytes text = tr_bytes_str(is_mux ? mux_text : config_text);
            err = tr_json_parse(NULL, &f->arena, text, &config);
            TR_ASSERT(err == TR_OK);
        }
        err = tr_tracer_find(NULL, &f->arena, NULL, tr_bytes_str(names[kind]), config, &trace);
    } else if (kind == TR_COUNTOF(names)) {
        err = tr_line_tracer_new(NULL, &f->arena, &sink->sink, &options, &trace);
    } else if (kind == TR_COUNTOF(names) + 1) {
        err = tr_text_tracer_new(NULL, &f->arena, &sink->sink, &options, &trace);
    } else {
        err = tr_markdown_tracer_new(NULL, &f->arena, &sink->sink, &options, &trace);
    }
    TR_ASSERT(err == TR_OK);
    return trace;
}

static void write_result(tr_trace *trace)
{
    tr_buf out;
    tr_buf_init(&out, tr_heap(), TEXT_LIMIT);
    tr_err err = tr_trace_write(NULL, trace, &out);
    TR_ASSERT(err == TR_OK || err == TR_E_LIMIT || err == TR_E_STATE || err == TR_E_DEPTH);
    if (err == TR_OK && out.len != 0) check_json(tr_buf_view(&out));
    tr_buf_free(&out);
}

static tr_evm_result run(field *f, tr_tracer *tracer, tr_bytes input)
{
    tr_evm_result result;
    tr_message message = {.kind = TR_CALL,
                          .sender = f->accounts[1],
                          .to = f->accounts[0],
                          .value = tr_u256_of(input.len),
                          .gas = GAS,
                          .input = input};
    tr_tx_begin begin = {.state = f->state,
                         .env = &f->env,
                         .from = message.sender,
                         .to = message.to,
                         .gas = GAS,
                         .input = input};
    tr_state_begin(f->state);
    if (tracer != NULL && tracer->tx_begin != NULL) tracer->tx_begin(tracer, &begin);
    tr_evm_run(f->evm, f->state, &f->env, &message, tracer, &result);
    TR_ASSERT(result.status != TR_EVM_ABORTED);
    tr_tx_end end = {.state = f->state,
                     .gas_used = GAS - result.gas_left,
                     .status = (int)result.status,
                     .output = result.output};
    if (tracer != NULL && tracer->tx_end != NULL) tracer->tx_end(tracer, &end);
    TR_ASSERT(tr_state_end(f->state, true));
    return result;
}

/* Code that runs, watched and not watched. */
static void run_code(uint8_t which, tr_fork fork, tr_bytes code)
{
    field watched, plain;
    line_sink sink;
    tr_bytes input = tr_bytes_cut(code, 0, 40);
    open_field(&watched, fork, code);
    open_field(&plain, fork, code);
    tr_trace *trace = make(&watched, which, &sink);
    tr_evm_result a = run(&watched, &trace->tracer, input), b = run(&plain, NULL, input);
    TR_ASSERT(a.status == b.status && a.gas_left == b.gas_left);
    TR_ASSERT(tr_bytes_eq(a.output, b.output));
    write_result(trace);
    close_field(&watched);
    close_field(&plain);
}

static tr_u256 take_word(tr_cursor *c)
{
    uint8_t shape = tr_cursor_u8(c);
    tr_u256 word = tr_u256_of(shape & 0x3f);
    if (shape & 0x40) word = tr_u256_of(tr_cursor_u64be(c));
    if (shape & 0x80) word = tr_u256_neg(word);
    return word;
}

static void call_step(field *f, tr_tracer *t, tr_cursor *c)
{
    tr_u256 stack[8];
    uint8_t shape = tr_cursor_u8(c);
    size_t size = shape % 9u;
    for (size_t i = 0; i < size; i++) stack[i] = take_word(c);
    tr_step step = {.state = f->state,
                    .pc = shape,
                    .gas = tr_cursor_u16be(c),
                    .cost = shape,
                    .op = tr_cursor_u8(c),
                    .depth = shape % 5,
                    .account = tr_state_account(f->state, &f->accounts[shape % ACCOUNTS]),
                    .stack = stack,
                    .stack_size = size,
                    .memory = tr_cursor_take(c, shape % 40u),
                    .return_data = tr_cursor_take(c, shape % 3u),
                    .refund = (int64_t)shape - 100,
                    .fault = tr_cursor_u8(c) % (TR_EVM_ABORTED + 1),
                    .is_repeat = shape > 240};
    t->step(t, &step);
}

static void call_enter(field *f, tr_tracer *t, tr_cursor *c)
{
    static const uint8_t ops[] = {0xf0, 0xf1, 0xf2, 0xf4, 0xf5, 0xfa, 0xff, 0x00};
    uint8_t shape = tr_cursor_u8(c);
    tr_u256 value = take_word(c);
    tr_bytes input = tr_cursor_take(c, shape % 50u);
    tr_frame_begin begin = {.state = f->state,
                            .depth = shape % 4,
                            .op = ops[shape % 8u],
                            .from = f->accounts[shape % ACCOUNTS],
                            .to = f->accounts[(shape >> 2) % ACCOUNTS],
                            .precompile = shape > 200 ? shape & 0x1fu : 0,
                            .input = input,
                            .code = input,
                            .gas = shape,
                            .value = shape & 1 ? &value : NULL};
    t->enter(t, &begin);
}

static void call_leave(field *f, tr_tracer *t, tr_cursor *c)
{
    uint8_t shape = tr_cursor_u8(c);
    tr_frame_end end = {.state = f->state,
                        .depth = shape % 4,
                        .status = shape % (TR_EVM_ABORTED + 1),
                        .gas_used = shape,
                        .output = tr_cursor_take(c, shape % 80u)};
    t->leave(t, &end);
}

static void call_log(field *f, tr_tracer *t, tr_cursor *c)
{
    uint8_t shape = tr_cursor_u8(c);
    tr_log log = {.account = tr_state_account(f->state, &f->accounts[shape % ACCOUNTS]),
                  .topic_count = shape % 5u,
                  .data = tr_cursor_take(c, shape % 9u)};
    t->log(t, &log, shape % 4);
}

/* Hooks in any order. */
static void run_hooks(uint8_t which, tr_fork fork, tr_bytes data)
{
    field f;
    line_sink sink;
    tr_cursor c = tr_cursor_of(data);
    open_field(&f, fork, data);
    tr_trace *trace = make(&f, which, &sink);
    tr_tracer *t = &trace->tracer;
    tr_tx_begin begin = {.state = f.state,
                         .env = &f.env,
                         .from = f.accounts[0],
                         .to = f.accounts[1],
                         .is_create = which & 1,
                         .authorities = f.accounts,
                         .authority_count = 2};
    tr_tx_end end = {.state = f.state, .gas_used = 5};
    tr_state_begin(f.state);
    for (int i = 0; i < MOST_STEPS && tr_cursor_left(&c) != 0; i++) {
        uint8_t kind = tr_cursor_u8(&c);
        if (kind < 0x80 && t->step != NULL) call_step(&f, t, &c);
        if (kind >= 0x80 && kind < 0xb0 && t->enter != NULL) call_enter(&f, t, &c);
        if (kind >= 0xb0 && kind < 0xe0 && t->leave != NULL) call_leave(&f, t, &c);
        if (kind >= 0xe0 && kind < 0xf8 && t->log != NULL) call_log(&f, t, &c);
        if (kind >= 0xf8 && kind < 0xfc && t->tx_begin != NULL) t->tx_begin(t, &begin);
        if (kind >= 0xfc && kind < 0xfe && t->tx_end != NULL) t->tx_end(t, &end);
        t->is_system = kind == 0xff;
    }
    write_result(trace);
    close_field(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len < 3 || len > 4096) return 0;
    tr_fork fork = (tr_fork)(data[1] % TR_FORKS);
    tr_bytes rest = {data + 3, len - 3};
    if (data[2] & 1)
        run_hooks(data[0], fork, rest);
    else
        run_code(data[0], fork, rest);
    return 0;
}
