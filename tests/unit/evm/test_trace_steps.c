/* The tracers of steps: EIP-3155's lines, the forms for people, the struct logger.  What they write
 * of the code 6040 is what go-ethereum's `evm run` writes (its own expectations, in the vectors).
 */
#include "trace_lab.h"

static void run_6040(const char *form, lab_sink *sink)
{
    trace_lab lab;
    tr_trace *trace;
    lab_open(&lab, TR_LONDON);
    lab_put(&lab, LAB_TO, 0, "6040");
    tr_err err =
        form[0] == 'l'   ? tr_line_tracer_new(NULL, tr_test_arena(), &sink->sink, NULL, &trace)
        : form[0] == 't' ? tr_text_tracer_new(NULL, tr_test_arena(), &sink->sink, NULL, &trace)
                         : tr_markdown_tracer_new(NULL, tr_test_arena(), &sink->sink, NULL, &trace);
    TR_CHECK_OK(err);
    lab_run(&lab, trace, false, (tr_bytes){NULL, 0}, 0, 10000000000);
    TR_CHECK_EQ(lab_text(trace).len, 0);
    lab_close(&lab);
}

TR_TEST(lines_of_a_push)
{
    lab_sink sink = lab_sink_new();
    run_6040("lines", &sink);
    TR_CHECK_STR(tr_buf_text(&sink.text),
                 "{\"pc\":0,\"op\":96,\"gas\":\"0x2540be400\",\"gasCost\":\"0x3\",\"memSize\":0,"
                 "\"stack\":[],\"depth\":1,\"refund\":0,\"opName\":\"PUSH1\"}\n"
                 "{\"pc\":2,\"op\":0,\"gas\":\"0x2540be3fd\",\"gasCost\":\"0x0\",\"memSize\":0,"
                 "\"stack\":[\"0x40\"],\"depth\":1,\"refund\":0,\"opName\":\"STOP\"}\n"
                 "{\"output\":\"\",\"gasUsed\":\"0x3\"}\n");
}

TR_TEST(text_of_a_push)
{
    lab_sink sink = lab_sink_new();
    run_6040("text", &sink);
    TR_CHECK_STR(tr_buf_text(&sink.text), "PUSH1           pc=00000000 gas=10000000000 cost=3\n\n"
                                          "STOP            pc=00000002 gas=9999999997 cost=0\n"
                                          "Stack:\n00000000  0x40\n\n");
}

TR_TEST(markdown_of_a_push)
{
    lab_sink sink = lab_sink_new();
    run_6040("markdown", &sink);
    TR_CHECK_STR(tr_buf_text(&sink.text), "Pre-execution info:\n"
                                          "  - from: `0x000000000000000000000000000000000000aaaa`\n"
                                          "  - to: `0x000000000000000000000000000000000000CcCc`\n"
                                          "  - data: ``\n"
                                          "  - gas: `10000000000`\n"
                                          "  - value: `0` wei\n"
                                          "\n"
                                          "|  Pc   |      Op     | Cost |   Refund  |   Stack   |\n"
                                          "|-------|-------------|------|-----------|-----------|\n"
                                          "|    0  |      PUSH1  |    3 |         0 |        [] |\n"
                                          "|    2  |       STOP  |    0 |         0 |    [0x40] |\n"
                                          "\n"
                                          "Post-execution info:\n"
                                          "  - output: ``\n"
                                          "  - consumed gas: `3`\n"
                                          "  - error: `<nil>`\n");
}

static const char *lines_of(tr_fork fork, const char *code, uint64_t gas,
                            const tr_step_options *options)
{
    static char text[20000];
    trace_lab lab;
    tr_trace *trace;
    lab_sink sink = lab_sink_new();
    lab_open(&lab, fork);
    lab_put(&lab, LAB_TO, 0, code);
    TR_CHECK_OK(tr_line_tracer_new(NULL, tr_test_arena(), &sink.sink, options, &trace));
    lab_run(&lab, trace, false, (tr_bytes){NULL, 0}, 0, gas);
    (void)lab_text(trace);
    lab_close(&lab);
    TR_CHECK(sink.text.len < sizeof(text));
    memcpy(text, tr_buf_text(&sink.text), sink.text.len + 1);
    return text;
}

/* The tail of the last n lines. */
static const char *last(const char *text, int n)
{
    const char *at = text + strlen(text);
    for (; at > text && n >= 0; at--)
        if (at[-1] == '\n' && n-- == 0) break;
    return at;
}

/* What was seen to fail before it ran is one line; what fails as it runs is two, the second with
 * what is left of stack and memory. */
TR_TEST(lines_of_failures)
{
    TR_CHECK_STR(
        last(lines_of(TR_LONDON, "01", 100, NULL), 2),
        "{\"pc\":0,\"op\":1,\"gas\":\"0x64\",\"gasCost\":\"0x3\",\"memSize\":0,\"stack\":[],"
        "\"depth\":1,\"refund\":0,\"opName\":\"ADD\",\"error\":\"stack underflow (0 <=> "
        "2)\"}\n"
        "{\"output\":\"\",\"gasUsed\":\"0x64\",\"error\":\"stack underflow (0 <=> 2)\"}\n");
    TR_CHECK_STR(
        last(lines_of(TR_LONDON, "60ff56", 100, NULL), 3),
        "{\"pc\":2,\"op\":86,\"gas\":\"0x61\",\"gasCost\":\"0x8\",\"memSize\":0,"
        "\"stack\":[\"0xff\"],\"depth\":1,\"refund\":0,\"opName\":\"JUMP\"}\n"
        "{\"pc\":2,\"op\":86,\"gas\":\"0x61\",\"gasCost\":\"0x8\",\"memSize\":0,"
        "\"stack\":[],\"depth\":1,\"refund\":0,\"opName\":\"JUMP\",\"error\":\"invalid jump "
        "destination\"}\n"
        "{\"output\":\"\",\"gasUsed\":\"0x64\",\"error\":\"invalid jump destination\"}\n");
    TR_CHECK_STR(last(lines_of(TR_LONDON, "60205ffd", 100, NULL), 3),
                 "{\"pc\":2,\"op\":95,\"gas\":\"0x61\",\"gasCost\":\"0x0\",\"memSize\":0,"
                 "\"stack\":[\"0x20\"],\"depth\":1,\"refund\":0,\"opName\":\"PUSH0\"}\n"
                 "{\"pc\":2,\"op\":95,\"gas\":\"0x61\",\"gasCost\":\"0x0\",\"memSize\":0,"
                 "\"stack\":[\"0x20\"],\"depth\":1,\"refund\":0,\"opName\":\"PUSH0\",\"error\":"
                 "\"invalid opcode: PUSH0\"}\n"
                 "{\"output\":\"\",\"gasUsed\":\"0x64\",\"error\":\"invalid opcode: PUSH0\"}\n");
    TR_CHECK_STR(
        last(lines_of(TR_LONDON, "60206000fd", 100, NULL), 3),
        "{\"pc\":4,\"op\":253,\"gas\":\"0x5e\",\"gasCost\":\"0x3\",\"memSize\":0,"
        "\"stack\":[\"0x20\",\"0x0\"],\"depth\":1,\"refund\":0,\"opName\":\"REVERT\"}\n"
        "{\"pc\":4,\"op\":253,\"gas\":\"0x5e\",\"gasCost\":\"0x3\",\"memSize\":32,"
        "\"stack\":[],\"depth\":1,\"refund\":0,\"opName\":\"REVERT\",\"error\":\"execution "
        "reverted\"}\n"
        "{\"output\":\"0000000000000000000000000000000000000000000000000000000000000000\","
        "\"gasUsed\":\"0x9\",\"error\":\"execution reverted\"}\n");
    TR_CHECK_STR(
        last(lines_of(TR_LONDON, "6020600060003e", 100, NULL), 3),
        "{\"pc\":6,\"op\":62,\"gas\":\"0x5b\",\"gasCost\":\"0x9\",\"memSize\":0,"
        "\"stack\":[\"0x20\",\"0x0\",\"0x0\"],\"depth\":1,\"refund\":0,\"opName\":"
        "\"RETURNDATACOPY\"}\n"
        "{\"pc\":6,\"op\":62,\"gas\":\"0x5b\",\"gasCost\":\"0x9\",\"memSize\":32,"
        "\"stack\":[],\"depth\":1,\"refund\":0,\"opName\":\"RETURNDATACOPY\",\"error\":"
        "\"return data out of bounds\"}\n"
        "{\"output\":\"\",\"gasUsed\":\"0x64\",\"error\":\"return data out of bounds\"}\n");
}

/* A store that is given back is told with its own refund; a cold call that cannot be paid says so
 * twice (go-ethereum's expectation 8 of statetest has both). */
TR_TEST(lines_of_refund_and_call_price)
{
    TR_CHECK_STR(last(lines_of(TR_LONDON, "60016000556000600055", 30000, NULL), 3),
                 "{\"pc\":9,\"op\":85,\"gas\":\"0x1ed0\",\"gasCost\":\"0x64\",\"memSize\":0,"
                 "\"stack\":[\"0x0\",\"0x0\"],\"depth\":1,\"refund\":19900,\"opName\":\"SSTORE\"}\n"
                 "{\"pc\":10,\"op\":0,\"gas\":\"0x1e6c\",\"gasCost\":\"0x0\",\"memSize\":0,"
                 "\"stack\":[],\"depth\":1,\"refund\":19900,\"opName\":\"STOP\"}\n"
                 "{\"output\":\"\",\"gasUsed\":\"0x56c4\"}\n");
    TR_CHECK_STR(last(lines_of(TR_LONDON, "5858585858605b5af1", 2000, NULL), 2),
                 "{\"pc\":8,\"op\":241,\"gas\":\"0x7c1\",\"gasCost\":\"0x64\",\"memSize\":0,"
                 "\"stack\":[\"0x0\",\"0x1\",\"0x2\",\"0x3\",\"0x4\",\"0x5b\",\"0x7c1\"],\"depth\":"
                 "1,\"refund\":0,\"opName\":\"CALL\",\"error\":\"out of gas: out of gas\"}\n"
                 "{\"output\":\"\",\"gasUsed\":\"0x7d0\",\"error\":\"out of gas: out of gas\"}\n");
}

TR_TEST(lines_with_options)
{
    tr_step_options options = {.enable_memory = true, .disable_stack = true, .call_frames = true};
    TR_CHECK_STR(
        lines_of(TR_LONDON, "600160005300", 100, &options),
        "{\"from\":\"0x000000000000000000000000000000000000aaaa\",\"to\":"
        "\"0x000000000000000000000000000000000000cccc\",\"gas\":\"0x64\",\"value\":\"0x0\","
        "\"type\":\"CALL\"}\n"
        "{\"pc\":0,\"op\":96,\"gas\":\"0x64\",\"gasCost\":\"0x3\",\"memSize\":0,\"stack\":"
        "null,\"depth\":1,\"refund\":0,\"opName\":\"PUSH1\"}\n"
        "{\"pc\":2,\"op\":96,\"gas\":\"0x61\",\"gasCost\":\"0x3\",\"memSize\":0,\"stack\":"
        "null,\"depth\":1,\"refund\":0,\"opName\":\"PUSH1\"}\n"
        "{\"pc\":4,\"op\":83,\"gas\":\"0x5e\",\"gasCost\":\"0x6\",\"memSize\":0,\"stack\":"
        "null,\"depth\":1,\"refund\":0,\"opName\":\"MSTORE8\"}\n"
        "{\"pc\":5,\"op\":0,\"gas\":\"0x58\",\"gasCost\":\"0x0\",\"memory\":"
        "\"0x0100000000000000000000000000000000000000000000000000000000000000\","
        "\"memSize\":32,\"stack\":null,\"depth\":1,\"refund\":0,\"opName\":\"STOP\"}\n"
        "{\"output\":\"\",\"gasUsed\":\"0xc\"}\n");
    options = (tr_step_options){.limit = 1};
    TR_CHECK_STR(last(lines_of(TR_LONDON, "60016002600300", 100, &options), 2),
                 "{\"pc\":0,\"op\":96,\"gas\":\"0x64\",\"gasCost\":\"0x3\",\"memSize\":0,"
                 "\"stack\":[],\"depth\":1,\"refund\":0,\"opName\":\"PUSH1\"}\n"
                 "{\"output\":\"\",\"gasUsed\":\"0x9\"}\n");
}

/* The first transaction of block 1 in the execution-apis' dialogue trace-block-memory-encoding. */
TR_TEST(struct_log_of_a_create)
{
    trace_lab lab;
    tr_bytes code = tr_test_hex("600d380380600d6000396000f3 60004381526020014681526020014181526020"
                                "014881526020014481526020013281526020013481526020016000f3");
    tr_trace *trace = lab_tracer("", "{\"disableStack\":false,\"disableStorage\":false,"
                                     "\"enableMemory\":true,\"enableReturnData\":true}");
    lab_open(&lab, TR_LONDON);
    lab_run(&lab, trace, true, code, 0, 23644);
    tr_bytes text = lab_text(trace);
    TR_CHECK_STR(lab_at(text, "failed"), "false");
    TR_CHECK_STR(
        lab_at(text, "returnValue"),
        "0x60004381526020014681526020014181526020014881526020014481526020013281526020013481"
        "526020016000f3");
    static const char want[] =
        "\"structLogs\":[{\"pc\":0,\"op\":\"PUSH1\",\"gas\":23644,\"gasCost\":3,\"depth\":1,"
        "\"stack\":[]},{\"pc\":2,\"op\":\"CODESIZE\",\"gas\":23641,\"gasCost\":2,\"depth\":1,"
        "\"stack\":[\"0xd\"]},{\"pc\":3,\"op\":\"SUB\",\"gas\":23639,\"gasCost\":3,\"depth\":1,"
        "\"stack\":[\"0xd\",\"0x3c\"]},{\"pc\":4,\"op\":\"DUP1\",\"gas\":23636,\"gasCost\":3,"
        "\"depth\":1,\"stack\":[\"0x2f\"]},{\"pc\":5,\"op\":\"PUSH1\",\"gas\":23633,\"gasCost\":3,"
        "\"depth\":1,\"stack\":[\"0x2f\",\"0x2f\"]},{\"pc\":7,\"op\":\"PUSH1\",\"gas\":23630,"
        "\"gasCost\":3,\"depth\":1,\"stack\":[\"0x2f\",\"0x2f\",\"0xd\"]},{\"pc\":9,\"op\":"
        "\"CODECOPY\",\"gas\":23627,\"gasCost\":15,\"depth\":1,\"stack\":[\"0x2f\",\"0x2f\","
        "\"0xd\",\"0x0\"]},{\"pc\":10,\"op\":\"PUSH1\",\"gas\":23612,\"gasCost\":3,\"depth\":1,"
        "\"stack\":[\"0x2f\"],\"memory\":["
        "\"0x6000438152602001468152602001418152602001488152602001448152602001\","
        "\"0x3281526020013481526020016000f30000000000000000000000000000000000\"]},{\"pc\":12,"
        "\"op\":\"RETURN\",\"gas\":23609,\"gasCost\":0,\"depth\":1,\"stack\":[\"0x2f\",\"0x0\"],"
        "\"memory\":[\"0x6000438152602001468152602001418152602001488152602001448152602001\","
        "\"0x3281526020013481526020016000f30000000000000000000000000000000000\"]}]}";
    size_t len = sizeof(want) - 1;
    TR_CHECK(text.len > len);
    TR_CHECK_BYTES(tr_bytes_cut(text, text.len - len, len), tr_bytes_of(want, len));
    lab_close(&lab);
}

/* Each contract's slots are gathered; a failure keeps no output but a revert's. */
TR_TEST(struct_log_of_storage)
{
    trace_lab lab;
    tr_trace *trace = lab_tracer("structLogger", "{\"disableStack\":true}");
    lab_open(&lab, TR_LONDON);
    lab_put(&lab, LAB_TO, 0, "6002600155600160005560015460206000fd");
    lab_run(&lab, trace, false, (tr_bytes){NULL, 0}, 0, 100000);
    tr_bytes text = lab_text(trace);
    static const char one[] = "0x0000000000000000000000000000000000000000000000000000000000000001";
    static const char two[] = "0x0000000000000000000000000000000000000000000000000000000000000002";
    TR_CHECK_STR(lab_at(text, "failed"), "true");
    TR_CHECK_EQ(strlen(lab_at(text, "returnValue")), 66);
    TR_CHECK_STR(lab_at(text, "structLogs/2/op"), "SSTORE");
    TR_CHECK_EQ(lab_member(text, "structLogs/2/storage")->count, 1);
    TR_CHECK_EQ(lab_member(text, "structLogs/5/storage")->count, 2);
    TR_CHECK(lab_member(text, "structLogs/6/storage") == NULL);
    const tr_json *seen = lab_member(text, "structLogs/7/storage");
    TR_CHECK_BYTES(tr_json_text(tr_json_get(seen, one)), tr_bytes_str(two));
    TR_CHECK(lab_member(text, "structLogs/2/stack") == NULL);
    TR_CHECK(lab_member(text, "structLogs/10") != NULL);
    TR_CHECK(lab_member(text, "structLogs/11") == NULL);

    trace = lab_tracer("", "{\"limit\":1,\"disableStorage\":true,\"tracer\":null}");
    lab_run(&lab, trace, false, (tr_bytes){NULL, 0}, 0, 100000);
    text = lab_text(trace);
    TR_CHECK_EQ(lab_member(text, "structLogs")->count, 1);
    trace = lab_tracer("", NULL);
    lab_run(&lab, trace, false, (tr_bytes){NULL, 0}, 0, 4);
    text = lab_text(trace);
    TR_CHECK_STR(lab_at(text, "structLogs/1/error"), "out of gas");
    TR_CHECK_STR(lab_at(text, "structLogs/1/gasCost"), "3");
    TR_CHECK_STR(lab_at(text, "returnValue"), "0x");
    TR_CHECK_STR(lab_at(text, "gas"), "21004");
    lab_close(&lab);
}

static const char *page_of(bool markdown, const char *code, uint64_t gas,
                           const tr_step_options *options)
{
    trace_lab lab;
    tr_trace *trace;
    static lab_sink sink;
    sink = lab_sink_new();
    lab_open(&lab, TR_LONDON);
    lab_put(&lab, LAB_TO, 0, code);
    TR_CHECK_OK((markdown ? tr_markdown_tracer_new : tr_text_tracer_new)(
        NULL, tr_test_arena(), &sink.sink, options, &trace));
    lab_run(&lab, trace, false, (tr_bytes){NULL, 0}, 0, gas);
    lab_close(&lab);
    return tr_buf_text(&sink.text);
}

TR_TEST(text_with_everything)
{
    tr_step_options options = {.enable_memory = true, .enable_return_data = true};
    /* mem[0] = 'A'; sstore(1, 2); sload(1); call identity with 1 byte; stop */
    const char *text = page_of(
        false, "604160005360026001556001545060006000600160006000600461fffff1", 90000, &options);
    TR_CHECK(strstr(text, "Memory:\n00000000  41 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  "
                          "|A...............|\n"
                          "00000010  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  "
                          "|................|\n") != NULL);
    TR_CHECK(strstr(text, "Storage:\n"
                          "0000000000000000000000000000000000000000000000000000000000000001: "
                          "0000000000000000000000000000000000000000000000000000000000000002\n\n") !=
             NULL);
    TR_CHECK(strstr(text, "ReturnData:\n00000000  41                                               "
                          " |A|\n\n") != NULL);
    text = page_of(false, "01", 90000, NULL);
    TR_CHECK_STR(text, "ADD             pc=00000000 gas=90000 cost=3 ERROR: stack underflow (0 <=> "
                       "2)\n\n");
    options = (tr_step_options){.limit = 1};
    text = page_of(false, "600160015050", 90000, &options);
    TR_CHECK_STR(text, "PUSH1           pc=00000000 gas=90000 cost=3\n\n");
}

TR_TEST(markdown_of_failures)
{
    const char *text = page_of(true, "60ff56", 90000, NULL);
    TR_CHECK(strstr(text, "|    2  |       JUMP  |    8 |         0 |    [0xff] |\n\n"
                          "Error: at pc=2, op=JUMP: invalid jump destination\n") != NULL);
    TR_CHECK(strstr(text, "  - error: `invalid jump destination`\n") != NULL);
    text = page_of(true, "60ff0160006000fd", 90000, NULL);
    TR_CHECK(strstr(text, "    3 |         0 |    [0xff] |\nError: stack underflow (1 <=> 2)\n") !=
             NULL);
    text = page_of(true, "60ff60006000fd", 90000, NULL);
    TR_CHECK(strstr(text, "[0xff,0x0,0x0] |\n\nError: at pc=6, op=REVERT: execution reverted\n") !=
             NULL);
    tr_step_options options = {.disable_stack = true, .limit = 1};
    text = page_of(true, "600150", 90000, &options);
    TR_CHECK(strstr(text, "PUSH1") == NULL);
}

/* A sink that fails stops the lines, not the run. */
TR_TEST(a_sink_that_fails)
{
    trace_lab lab;
    tr_trace *trace;
    tr_buf out;
    lab_sink sink = lab_sink_new();
    sink.err = TR_E_IO;
    lab_open(&lab, TR_LONDON);
    lab_put(&lab, LAB_TO, 0, "600160025050");
    TR_CHECK_OK(tr_line_tracer_new(NULL, tr_test_arena(), &sink.sink, NULL, &trace));
    lab_run(&lab, trace, false, (tr_bytes){NULL, 0}, 0, 1000);
    TR_CHECK_EQ(lab.result.status, TR_EVM_OK);
    tr_buf_init(&out, tr_test_alloc(), 1000);
    TR_CHECK_ERR(tr_trace_write(NULL, trace, &out), TR_E_IO);
    tr_buf_free(&out);
    size_t lines = 0;
    for (size_t i = 0; i < sink.text.len; i++) lines += sink.text.data[i] == '\n';
    TR_CHECK_EQ(lines, 1);
    lab_close(&lab);
}
