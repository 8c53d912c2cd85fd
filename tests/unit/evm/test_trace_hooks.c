/* The tracers fed by hand: limits, missing memory, odd orders of hooks; the words of failures and
 * reverts; the map; options. */
#include "evm/trace_internal.h"
#include "trace_lab.h"

static const char *const names[] = {
    "",           "callTracer",       "flatCallTracer",       "prestateTracer", "4byteTracer",
    "noopTracer", "callTracerLegacy", "prestateTracerLegacy", "erc7562Tracer",  "muxTracer",
};

/* Code that does something for each tracer: slots, hashes, logs, calls, creates, a revert. */
static const char busy[] = "6001600055 600054 50 6002600020 50 60006000a0 60d131 50 60d13b 50"
                           "6000600060046000600060d161fffff1 50 600160006000f0 50"
                           "600960016000 6000f5 50 60206000fd";
static const char callee[] = "6000600060006000 60d25af4 60d2ff";

static tr_err make(tr_trail *trail, tr_arena *arena, const char *name, tr_trace **out)
{
    static const char config[] = "{\"callTracer\":{\"withLog\":true},\"erc7562Tracer\":{},"
                                 "\"prestateTracer\":{\"diffMode\":true}}";
    const tr_json *json = NULL;
    if (name[0] == 'm') TR_TRY(tr_json_parse(trail, arena, tr_bytes_str(config), &json));
    return tr_tracer_find(trail, arena, NULL, tr_bytes_str(name), json, out);
}

typedef struct attempt {
    const char *name;
    trace_lab lab;
} attempt;

/* Everything that the tracer takes comes from alloc; the run has memory of its own. */
static tr_err trace_in(tr_alloc *alloc, void *context)
{
    attempt *a = context;
    tr_arena arena;
    tr_buf out;
    tr_trace *trace;
    tr_arena_init(&arena, alloc, 1 << 22);
    tr_buf_init(&out, alloc, 1 << 22);
    tr_err err = make(NULL, &arena, a->name, &trace);
    if (err == TR_OK) {
        lab_run(&a->lab, trace, false, (tr_bytes){NULL, 0}, 0, 400000);
        err = tr_trace_write(NULL, trace, &out);
    }
    tr_buf_free(&out);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(without_memory)
{
    for (size_t i = 0; i < TR_COUNTOF(names); i++) {
        attempt a = {.name = names[i]};
        lab_open(&a.lab, TR_CANCUN);
        lab_put(&a.lab, LAB_TO, 0, busy);
        lab_put(&a.lab, 0xd1, 9, callee);
        lab_put(&a.lab, 0xd2, 9, "6001600055");
        tr_test_out_of_memory(trace_in, &a);
        TR_CHECK_EQ(a.lab.result.status, TR_EVM_REVERT);
        lab_close(&a.lab);
    }
}

/* A tracer with little memory says so at the end; the run is the same. */
TR_TEST(limits)
{
    for (size_t i = 0; i < TR_COUNTOF(names); i++) {
        trace_lab lab;
        lab_open(&lab, TR_CANCUN);
        lab_put(&lab, LAB_TO, 0, busy);
        lab_put(&lab, 0xd1, 9, callee);
        bool has_failed = false, has_passed = false;
        uint64_t left = 0;
        for (size_t limit = 64; limit < (1 << 20) && !has_passed; limit *= 2) {
            tr_arena arena;
            tr_trace *trace;
            tr_buf out;
            tr_arena_init(&arena, tr_test_alloc(), limit);
            tr_buf_init(&out, tr_test_alloc(), 1 << 20);
            if (make(NULL, &arena, names[i], &trace) == TR_OK) {
                lab_run(&lab, trace, false, (tr_bytes){NULL, 0}, 0, 400000);
                TR_CHECK(left == 0 || left == lab.result.gas_left);
                left = lab.result.gas_left;
                tr_err err = tr_trace_write(NULL, trace, &out);
                TR_CHECK(err == TR_OK || err == TR_E_LIMIT);
                has_failed |= err == TR_E_LIMIT;
                has_passed = err == TR_OK;
            }
            tr_buf_free(&out);
            tr_arena_free(&arena);
        }
        TR_CHECK(has_passed);
        TR_CHECK(has_failed || i == 5); /* noopTracer needs nothing more */
        lab_close(&lab);
    }
}

/* System calls leave no trace. */
TR_TEST(system_calls)
{
    static const char *const nothing[] = {
        "{\"gas\":0,\"failed\":false,\"returnValue\":\"0x\",\"structLogs\":[]}",
        NULL,
        NULL,
        "{}",
        "{}",
        "{}",
        NULL,
        NULL,
        NULL,
        NULL};
    for (size_t i = 0; i < TR_COUNTOF(names); i++) {
        trace_lab lab;
        tr_trace *trace;
        lab_open(&lab, TR_CANCUN);
        lab_put(&lab, LAB_TO, 0, busy);
        TR_CHECK_OK(make(NULL, tr_test_arena(), names[i], &trace));
        trace->tracer.is_system = true;
        lab_run(&lab, trace, false, (tr_bytes){NULL, 0}, 0, 400000);
        if (nothing[i] != NULL) TR_CHECK_BYTES(lab_text(trace), tr_bytes_str(nothing[i]));
        lab_close(&lab);
    }
}

/* A tree without frames, one that is not closed, and two of them. */
TR_TEST(frames_that_do_not_fit)
{
    tr_frame_begin begin = {.depth = 1, .op = 0xf1};
    tr_frame_end end = {.depth = 1, .op = 0xf1};
    for (unsigned kind = 0; kind < 3; kind++) {
        tr_buf out;
        tr_trace *trace;
        TR_CHECK_OK(
            make(NULL, tr_test_arena(), kind == 2 ? "flatCallTracer" : "callTracer", &trace));
        tr_buf_init(&out, tr_test_alloc(), 1000);
        tr_tracer *t = &trace->tracer;
        t->leave(t, &end);
        TR_CHECK_ERR(tr_trace_write(NULL, trace, &out), TR_E_STATE);
        t->enter(t, &begin);
        TR_CHECK_ERR(tr_trace_write(NULL, trace, &out), TR_E_STATE);
        t->leave(t, &end);
        TR_CHECK_OK(tr_trace_write(NULL, trace, &out));
        t->enter(t, &begin);
        TR_CHECK_ERR(tr_trace_write(NULL, trace, &out), TR_E_STATE);
        tr_buf_free(&out);
    }
}

/* A result that is larger than its buffer may be. */
TR_TEST(result_too_large)
{
    tr_trace *trace;
    tr_buf out;
    TR_CHECK_OK(make(NULL, tr_test_arena(), "", &trace));
    tr_buf_init(&out, tr_test_alloc(), 10);
    TR_CHECK_ERR(tr_trace_write(NULL, trace, &out), TR_E_LIMIT);
    tr_buf_free(&out);
}

TR_TEST(options)
{
    static const struct {
        const char *name, *config;
        tr_err err;
    } cases[] = {
        {"callTracer", "{\"withLog\":1}", TR_E_TYPE},
        {"callTracer", "{\"withLog\":null,\"unknown\":7}", TR_OK},
        {"callTracer", "[]", TR_E_TYPE},
        {"callTracer", "null", TR_OK},
        {"", "{\"limit\":-1}", TR_E_TYPE},
        {"", "{\"limit\":\"1\"}", TR_E_TYPE},
        {"", "{\"limit\":9,\"enableMemory\":true}", TR_OK},
        {"prestateTracer", "{\"diffMode\":true,\"includeEmpty\":true}", TR_E_ARGUMENT},
        {"prestateTracer", "{\"disableCode\":\"yes\"}", TR_E_TYPE},
        {"flatCallTracer", "{\"includePrecompiles\":{}}", TR_E_TYPE},
        {"erc7562Tracer", "{\"ignoredOpcodes\":[\"0x100\"]}", TR_E_TYPE},
        {"erc7562Tracer", "{\"ignoredOpcodes\":{}}", TR_E_TYPE},
        {"erc7562Tracer", "{\"ignoredOpcodes\":null,\"stackTopItemsSize\":2}", TR_OK},
        {"erc7562Tracer", "{\"stackTopItemsSize\":true}", TR_E_TYPE},
        {"erc7562Tracer", "{\"withLog\":7}", TR_E_TYPE},
        {"muxTracer", "{\"muxTracer\":{}}", TR_E_DEPTH},
        {"muxTracer", "{\"callTracer\":{\"withLog\":1}}", TR_E_TYPE},
        {"muxTracer", "null", TR_OK},
        {"{step: function(log, db) {}, fault: function() {}, result: function() {}}", "{}",
         TR_E_UNSUPPORTED},
        {"CallTracer", "{}", TR_E_UNSUPPORTED},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        const tr_json *json;
        tr_trace *trace;
        TR_CHECK_OK(tr_json_parse(NULL, tr_test_arena(), tr_bytes_str(cases[i].config), &json));
        tr_err err =
            tr_tracer_find(NULL, tr_test_arena(), NULL, tr_bytes_str(cases[i].name), json, &trace);
        TR_CHECK_MSG(err == cases[i].err, "%s %s: %s", cases[i].name, cases[i].config,
                     tr_err_name(err));
    }
}

static const char *fault_of(tr_fork fork, tr_evm_status status, uint8_t op, uint64_t gas,
                            size_t stack_size)
{
    static char memory[200];
    tr_u256 stack[8] = {{{0}}};
    tr_step step = {.op = op, .gas = gas, .stack = stack, .stack_size = stack_size};
    tr_buf text;
    tr_buf_init_fixed(&text, memory, sizeof(memory));
    if (op == 0x51) stack[0] = TR_U256_MAX;
    if (op == 0xf0) stack[0] = tr_u256_of(50000);
    tr_trace_fault(&text, status, &step, tr_evm_rules_of(fork));
    return tr_buf_text(&text);
}

TR_TEST(words_of_failures)
{
    TR_CHECK_STR(fault_of(TR_LONDON, TR_EVM_OK, 1, 0, 0), "");
    TR_CHECK_STR(fault_of(TR_LONDON, TR_EVM_STACK_UNDERFLOW, 1, 9, 0), "stack underflow (0 <=> 2)");
    TR_CHECK_STR(fault_of(TR_LONDON, TR_EVM_STACK_OVERFLOW, 0x60, 9, 8),
                 "stack limit reached 8 (1023)");
    TR_CHECK_STR(fault_of(TR_LONDON, TR_EVM_OUT_OF_GAS, 1, 2, 2), "out of gas");
    TR_CHECK_STR(fault_of(TR_LONDON, TR_EVM_OUT_OF_GAS, 0x51, 100, 1), "gas uint64 overflow");
    TR_CHECK_STR(fault_of(TR_LONDON, TR_EVM_OUT_OF_GAS, 0x55, 2300, 2),
                 "out of gas: not enough gas for reentrancy sentry");
    TR_CHECK_STR(fault_of(TR_LONDON, TR_EVM_OUT_OF_GAS, 0x55, 2301, 2), "out of gas");
    TR_CHECK_STR(fault_of(TR_BYZANTIUM, TR_EVM_OUT_OF_GAS, 0x55, 2300, 2), "out of gas");
    TR_CHECK_STR(fault_of(TR_LONDON, TR_EVM_OUT_OF_GAS, 0xf1, 2000, 7), "out of gas: out of gas");
    TR_CHECK_STR(fault_of(TR_LONDON, TR_EVM_OUT_OF_GAS, 0xf1, 99, 7), "out of gas");
    TR_CHECK_STR(fault_of(TR_LONDON, TR_EVM_OUT_OF_GAS, 0xfa, 3000, 6), "out of gas");
    TR_CHECK_STR(fault_of(TR_PRAGUE, TR_EVM_OUT_OF_GAS, 0xfa, 3000, 6), "out of gas: out of gas");
    TR_CHECK_STR(fault_of(TR_LONDON, TR_EVM_BAD_OPCODE, 0xfe, 1, 0), "invalid opcode: INVALID");
    TR_CHECK_STR(fault_of(TR_LONDON, TR_EVM_BAD_OPCODE, 0x0c, 1, 0),
                 "invalid opcode: opcode 0xc not defined");
    TR_CHECK_STR(fault_of(TR_SHANGHAI, TR_EVM_INITCODE_SIZE, 0xf0, 1, 3),
                 "out of gas: max initcode size exceeded: code size 50000 limit 49152");
    static const struct {
        tr_evm_status status;
        const char *text;
    } plain[] = {
        {TR_EVM_REVERT, "execution reverted"},
        {TR_EVM_BAD_JUMP, "invalid jump destination"},
        {TR_EVM_STATIC, "write protection"},
        {TR_EVM_RETURNDATA, "return data out of bounds"},
        {TR_EVM_COLLISION, "contract address collision"},
        {TR_EVM_CODE_SIZE, "max code size exceeded"},
        {TR_EVM_CODE_EF, "invalid code: must not begin with 0xef"},
        {TR_EVM_CODE_GAS, "contract creation code storage out of gas"},
        {TR_EVM_DEPTH, "max call depth exceeded"},
        {TR_EVM_BALANCE, "insufficient balance for transfer"},
        {TR_EVM_NONCE, "nonce uint64 overflow"},
        {TR_EVM_ABORTED, "execution aborted"},
        {TR_EVM_OUT_OF_GAS, "out of gas"},
        {TR_EVM_STACK_UNDERFLOW, "stack underflow"},
        {TR_EVM_STACK_OVERFLOW, "stack overflow"},
        {TR_EVM_BAD_OPCODE, "invalid opcode"},
        {TR_EVM_INITCODE_SIZE, "max initcode size exceeded"},
        {TR_EVM_PRECOMPILE, "precompiled failed"},
    };
    for (size_t i = 0; i < TR_COUNTOF(plain); i++) {
        char memory[200];
        tr_buf text;
        tr_buf_init_fixed(&text, memory, sizeof(memory));
        tr_trace_fault(&text, plain[i].status, NULL, NULL);
        TR_CHECK_STR(tr_buf_text(&text), plain[i].text);
    }
}

/* What precompiled contracts say, by the size of their input. */
TR_TEST(words_of_precompiles)
{
    static const struct {
        unsigned number;
        size_t size;
        const char *text;
    } cases[] = {
        {5, 96, "one or more of base/exponent/modulus length exceeded 1024 bytes"},
        {6, 128, "bn256: malformed point"},
        {7, 96, "bn256: malformed point"},
        {8, 191, "bad elliptic curve pairing size"},
        {8, 192, "bn256: malformed point"},
        {9, 212, "invalid input length"},
        {9, 213, "invalid final flag"},
        {10, 1, "invalid input length"},
        {10, 192, "error verifying kzg proof"},
        {11, 255, "invalid input length"},
        {12, 159, "invalid input length"},
        {13, 512, "invalid point: not on curve"},
        {14, 288, "invalid point: not on curve"},
        {15, 383, "invalid input length"},
        {16, 64, "invalid field element top bytes"},
        {17, 127, "invalid input length"},
        {0x100, 1, "precompiled failed"},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_trace_fault_note note = {0};
        char scratch[TR_FAULT_TEXT];
        tr_bytes text =
            tr_trace_end_text(&note, TR_EVM_PRECOMPILE, cases[i].number, cases[i].size, scratch);
        TR_CHECK_BYTES(text, tr_bytes_str(cases[i].text));
    }
}

/* Where an operand names memory beyond 64 bits, for every kind of operand. */
TR_TEST(memory_beyond)
{
    static const struct {
        uint8_t op, words, at;
    } cases[] = {{0x20, 2, 0}, {0x37, 3, 0}, {0x3c, 4, 1}, {0x51, 1, 0},
                 {0x53, 2, 0}, {0x5e, 3, 1}, {0xf0, 3, 1}, {0xf1, 7, 3},
                 {0xf2, 7, 5}, {0xf4, 6, 4}, {0xa2, 4, 0}, {0xfd, 2, 0}};
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        for (unsigned kind = 0; kind < 3; kind++) {
            tr_u256 stack[8] = {{{0}}};
            char memory[100];
            size_t words = cases[i].words;
            for (size_t k = 0; k < words; k++) stack[k] = tr_u256_of(kind == 2 ? 0 : 1);
            stack[words - 1 - cases[i].at] = kind == 0 ? TR_U256_MAX : tr_u256_of(UINT64_MAX);
            if (kind == 2 && (cases[i].op == 0x51 || cases[i].op == 0x53)) continue;
            tr_step step = {.op = cases[i].op, .stack = stack, .stack_size = words};
            tr_buf text;
            tr_buf_init_fixed(&text, memory, sizeof(memory));
            tr_trace_fault(&text, TR_EVM_OUT_OF_GAS, &step, tr_evm_rules_of(TR_CANCUN));
            /* of size 0 no memory is meant */
            TR_CHECK_STR(tr_buf_text(&text), kind == 2 ? "out of gas" : "gas uint64 overflow");
            step.stack_size = 0;
            tr_buf_clear(&text);
            tr_trace_fault(&text, TR_EVM_OUT_OF_GAS, &step, tr_evm_rules_of(TR_CANCUN));
            TR_CHECK_STR(tr_buf_text(&text), "out of gas");
        }
    }
}

TR_TEST(costs_of_failures)
{
    const tr_evm_rules *rules = tr_evm_rules_of(TR_LONDON);
    tr_step step = {.op = 0x31, .gas = 50, .cost = 2600, .fault = TR_EVM_OUT_OF_GAS};
    TR_CHECK_EQ(tr_trace_cost(&step, rules), 100); /* not even the constant part */
    step.gas = 200;
    TR_CHECK_EQ(tr_trace_cost(&step, rules), 2600);
    TR_CHECK_EQ(tr_trace_cost(&step, NULL), 2600);
    step.fault = TR_EVM_STACK_UNDERFLOW;
    TR_CHECK_EQ(tr_trace_cost(&step, rules), 100);
    step.fault = TR_EVM_OK;
    TR_CHECK_EQ(tr_trace_cost(&step, rules), 2600);
    step = (tr_step){.op = 0x55, .gas = 2300, .cost = 5000, .fault = TR_EVM_OUT_OF_GAS};
    TR_CHECK_EQ(tr_trace_cost(&step, rules), 0);
    step.op = 0xf1;
    TR_CHECK_EQ(tr_trace_cost(&step, rules), 100);
}

TR_TEST(revert_reasons)
{
    static const struct {
        const char *output, *reason;
    } cases[] = {
        {"", NULL},
        {"08c379", NULL},
        {"08c379a0", NULL},
        {"08c379a0 0000000000000000000000000000000000000000000000000000000000000020"
         "0000000000000000000000000000000000000000000000000000000000000002 6f6b",
         "ok"},
        {"08c379a0 0000000000000000000000000000000000000000000000000000000000000020"
         "0000000000000000000000000000000000000000000000000000000000000003 6f6b",
         NULL},
        {"08c379a0 0000000000000000000000000000000000000000000000000000000000000021"
         "0000000000000000000000000000000000000000000000000000000000000000",
         NULL},
        {"08c379a0 ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
         "0000000000000000000000000000000000000000000000000000000000000000",
         NULL},
        {"4e487b71 0000000000000000000000000000000000000000000000000000000000000001",
         "assert(false)"},
        {"4e487b71 0000000000000000000000000000000000000000000000000000000000000000",
         "generic panic"},
        {"4e487b71 0000000000000000000000000000000000000000000000000000000000000012",
         "division or modulo by zero"},
        {"4e487b71 0000000000000000000000000000000000000000000000000000000000000021",
         "enum overflow"},
        {"4e487b71 0000000000000000000000000000000000000000000000000000000000000022",
         "invalid encoded storage byte array accessed"},
        {"4e487b71 0000000000000000000000000000000000000000000000000000000000000031",
         "out-of-bounds array access; popping on an empty array"},
        {"4e487b71 0000000000000000000000000000000000000000000000000000000000000032",
         "out-of-bounds access of an array or bytesN"},
        {"4e487b71 0000000000000000000000000000000000000000000000000000000000000041",
         "out of memory"},
        {"4e487b71 0000000000000000000000000000000000000000000000000000000000000051",
         "uninitialized function"},
        {"4e487b71 0000000000000000000000000000000000000000000000000000000000000099",
         "unknown panic code: 0x99"},
        {"4e487b71 ff00000000000000000000000000000000000000000000000000000000000000",
         "unknown panic code: "
         "0xff00000000000000000000000000000000000000000000000000000000000000"},
        {"4e487b71 00", NULL},
        {"12345678 00", NULL},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        char scratch[TR_REVERT_SCRATCH];
        tr_bytes reason;
        bool found = tr_revert_reason(tr_test_hex(cases[i].output), scratch, &reason);
        TR_CHECK_EQ(found, cases[i].reason != NULL);
        if (found) TR_CHECK_BYTES(reason, tr_bytes_str(cases[i].reason));
    }
}

/* The map against a list that is searched from end to end. */
TR_PROP(map_is_a_map)
{
    enum { MOST = 60 };
    tr_trace trace = {.arena = tr_gen_arena(g)};
    uint8_t keys[MOST][4];
    size_t count = 0;
    tr_trace_map map = tr_trace_map_of(4);
    tr_trace_map_sort(&map);
    TR_CHECK(map.first == NULL);
    for (size_t i = 0; i < MOST; i++) {
        uint8_t key[4];
        bool is_new, is_known = false;
        tr_gen_fill(g, key, sizeof(key));
        for (size_t k = 0; k < 4; k++) key[k] &= 0x83; /* some come twice */
        for (size_t k = 0; k < count; k++) is_known |= memcmp(keys[k], key, 4) == 0;
        TR_CHECK_EQ(tr_trace_map_find(&map, key) != NULL, is_known);
        tr_trace_item *item = tr_trace_map_add(&trace, &map, key, &is_new);
        TR_CHECK(item != NULL && is_new == !is_known);
        TR_CHECK_EQ(item->count, is_known);
        item->count = 1;
        if (!is_known) memcpy(keys[count++], key, 4);
    }
    TR_CHECK_EQ(map.count, count);
    size_t i = 0;
    for (tr_trace_item *item = map.first; item != NULL; item = item->next)
        TR_CHECK(memcmp(item->key, keys[i++], 4) == 0);
    TR_CHECK_EQ(i, count);
    tr_trace_map_sort(&map);
    i = 0;
    for (tr_trace_item *item = map.first; item != NULL; item = item->next, i++)
        TR_CHECK(item->next == NULL || memcmp(item->key, item->next->key, 4) < 0);
    TR_CHECK_EQ(i, count);
}

/* Memory behind its end is zeros, up to a mebibyte. */
TR_TEST(memory_of_a_step)
{
    tr_trace trace = {.arena = tr_test_arena()};
    tr_step step = {.memory = TR_LIT("abcd")};
    TR_CHECK_BYTES(tr_step_memory(&trace, &step, tr_u256_of(1), tr_u256_of(2)), TR_LIT("bc"));
    TR_CHECK_BYTES(tr_step_memory(&trace, &step, tr_u256_of(3), tr_u256_of(3)), TR_LIT("d\0\0"));
    TR_CHECK_BYTES(tr_step_memory(&trace, &step, tr_u256_of(9), tr_u256_of(1)), TR_LIT("\0"));
    TR_CHECK_EQ(tr_step_memory(&trace, &step, tr_u256_of(0), tr_u256_of(1 << 20)).len, 1 << 20);
    TR_CHECK(tr_step_memory(&trace, &step, tr_u256_of(0), tr_u256_of(2 << 20)).data == NULL);
    TR_CHECK(tr_step_memory(&trace, &step, TR_U256_MAX, tr_u256_of(1)).data == NULL);
    TR_CHECK(tr_step_memory(&trace, &step, tr_u256_of(1), TR_U256_MAX).data == NULL);
    TR_CHECK_EQ(trace.err, TR_OK);
}
