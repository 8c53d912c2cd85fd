/* The tracers of calls and of state: what geth's own cases (run_tracers.c) do not show. */
#include "trace_lab.h"

/* LAB_TO calls 0xd1 with its input's first 32 bytes as selector and goes on. */
static const char caller[] = "600035600052 6000600060046000600060d161fffff1 00";

static tr_bytes traced(const char *name, const char *config, const char *callee, tr_bytes input)
{
    trace_lab lab;
    tr_trace *trace = lab_tracer(name, config);
    lab_open(&lab, TR_CANCUN);
    lab_put(&lab, LAB_TO, 5, caller);
    lab_put(&lab, 0xd1, 5, callee);
    lab_run(&lab, trace, false, input, 3, 90000);
    tr_bytes text = lab_text(trace);
    lab_close(&lab);
    return text;
}

TR_TEST(calls_and_reasons)
{
    /* revert(Panic(0x11)) */
    tr_bytes text = traced("callTracer", NULL, "634e487b7160e01b600052601160045260246000fd",
                           (tr_bytes){NULL, 0});
    TR_CHECK_STR(lab_at(text, "type"), "CALL");
    TR_CHECK_STR(lab_at(text, "gas"), "0x1b198");
    TR_CHECK_STR(lab_at(text, "value"), "0x3");
    TR_CHECK_STR(lab_at(text, "error"), "none");
    TR_CHECK_STR(lab_at(text, "calls/0/error"), "execution reverted");
    TR_CHECK_STR(lab_at(text, "calls/0/revertReason"), "arithmetic underflow or overflow");
    TR_CHECK_STR(lab_at(text, "calls/0/input"), "0x00000000");
    TR_CHECK_STR(lab_at(text, "calls/0/to"), "0x00000000000000000000000000000000000000d1");
    text = traced("callTracer", "{\"onlyTopCall\":true}", "00", (tr_bytes){NULL, 0});
    TR_CHECK(lab_member(text, "calls") == NULL);
}

/* Logs of what fails are dropped, and their numbers are given again. */
TR_TEST(logs_of_calls)
{
    /* log0(0,0); callee; log0(0,1) */
    static const char logs[] = "60006000a0 6000600060006000600060d161fffff1 60016000a0 00";
    static const char *const callees[] = {"60006000a000", "60006000a0fe"};
    static const char *const index[] = {"0x2", "0x1"};
    for (unsigned i = 0; i < 2; i++) {
        trace_lab lab;
        tr_trace_context context = {.first_log = 0};
        tr_call_options options = {.with_log = true};
        tr_trace *trace;
        TR_CHECK_OK(tr_call_tracer_new(NULL, tr_test_arena(), &context, &options, &trace));
        lab_open(&lab, TR_CANCUN);
        lab_put(&lab, LAB_TO, 5, logs);
        lab_put(&lab, 0xd1, 5, callees[i]);
        lab_run(&lab, trace, false, (tr_bytes){NULL, 0}, 0, 200000);
        tr_bytes text = lab_text(trace);
        TR_CHECK_STR(lab_at(text, "logs/0/index"), "0x0");
        TR_CHECK_STR(lab_at(text, "logs/0/position"), "0x0");
        TR_CHECK_STR(lab_at(text, "logs/1/index"), index[i]);
        TR_CHECK_STR(lab_at(text, "logs/1/position"), "0x1");
        TR_CHECK_STR(lab_at(text, "logs/1/data"), "0x00");
        TR_CHECK_STR(lab_at(text, "calls/0/logs/0/index"), i == 0 ? "0x1" : "none");
        TR_CHECK_STR(lab_at(text, "calls/0/error"), i == 0 ? "none" : "invalid opcode: INVALID");

        options.only_top_call = true;
        context.first_log = 7;
        TR_CHECK_OK(tr_call_tracer_new(NULL, tr_test_arena(), &context, &options, &trace));
        lab_run(&lab, trace, false, (tr_bytes){NULL, 0}, 0, 200000);
        text = lab_text(trace);
        TR_CHECK_STR(lab_at(text, "logs/0/index"), "0x7");
        TR_CHECK_STR(lab_at(text, "logs/1/index"), i == 0 ? "0x9" : "0x8");
        TR_CHECK(lab_member(text, "calls") == NULL);
        lab_close(&lab);
    }
}

TR_TEST(selectors)
{
    uint8_t input[32] = {0xde, 0xad, 0xbe, 0xef};
    tr_bytes text = traced("4byteTracer", NULL, "00", TR_VIEW(input));
    TR_CHECK_STR(lab_at(text, "0xdeadbeef-28"), "1");
    TR_CHECK_STR(lab_at(text, "0xdeadbeef-0"), "1");
    TR_CHECK_EQ(lab_member(text, "")->count, 2);
}

TR_TEST(several_at_once)
{
    tr_bytes text = traced("muxTracer",
                           "{\"callTracer\":{\"onlyTopCall\":true},\"noopTracer\":{},"
                           "\"4byteTracer\":null,\"structLogger\":{}}",
                           "00", (tr_bytes){NULL, 0});
    TR_CHECK_STR(lab_at(text, "callTracer/type"), "CALL");
    TR_CHECK_EQ(lab_member(text, "noopTracer")->count, 0);
    TR_CHECK_STR(lab_at(text, "4byteTracer/0x00000000-0"), "1");
    TR_CHECK_STR(lab_at(text, "structLogger/structLogs/0/op"), "PUSH1");
}

TR_TEST(flat_with_its_place)
{
    trace_lab lab;
    tr_hash block = {{1}}, tx = {{2}};
    tr_trace_context context = {
        .block_hash = &block, .tx_hash = &tx, .block_number = 9, .tx_index = 4};
    tr_flat_options options = {.convert_parity_errors = true};
    tr_trace *trace;
    TR_CHECK_OK(tr_flat_tracer_new(NULL, tr_test_arena(), &context, &options, &trace));
    lab_open(&lab, TR_CANCUN);
    lab_put(&lab, LAB_TO, 5, caller);
    lab_put(&lab, 0xd1, 5, "60ff56");
    lab_run(&lab, trace, false, (tr_bytes){NULL, 0}, 3, 90000);
    tr_bytes text = lab_text(trace);
    TR_CHECK_STR(lab_at(text, "0/blockNumber"), "9");
    TR_CHECK_STR(lab_at(text, "1/transactionPosition"), "4");
    TR_CHECK_STR(lab_at(text, "1/transactionHash"),
                 "0x0200000000000000000000000000000000000000000000000000000000000000");
    TR_CHECK_STR(lab_at(text, "0/subtraces"), "1");
    TR_CHECK_STR(lab_at(text, "1/error"), "Bad jump destination");
    TR_CHECK_STR(lab_at(text, "1/traceAddress/0"), "0");
    TR_CHECK(lab_member(text, "1/result") == NULL);
    lab_close(&lab);
}

/* What a transaction did, before and after, a created and a destroyed account among it. */
TR_TEST(differences)
{
    trace_lab lab;
    tr_trace *trace = lab_tracer("prestateTracer", "{\"diffMode\":true}");
    lab_open(&lab, TR_LONDON);
    /* sstore(0, 7); sload(1); balance(0xd2); destroyed 0xd1 is called */
    lab_put(&lab, LAB_TO, 0, "6007600055 60015450 60d23150 6000600060006000600060d161fffff1 00");
    lab_put(&lab, 0xd1, 5, "60e1ff");
    lab_put(&lab, 0xd2, 6, "00");
    lab_run(&lab, trace, false, (tr_bytes){NULL, 0}, 3, 200000);
    tr_bytes text = lab_text(trace);
    static const char to[] = "0x000000000000000000000000000000000000cccc";
    static const char gone[] = "0x00000000000000000000000000000000000000d1";
    static const char heir[] = "0x00000000000000000000000000000000000000e1";
    const tr_json *pre = lab_member(text, "pre"), *post = lab_member(text, "post");
    TR_CHECK_BYTES(tr_json_text(tr_json_get(tr_json_get(post, to), "balance")), TR_LIT("0x3"));
    TR_CHECK_EQ(tr_json_get(tr_json_get(post, to), "storage")->count, 1);
    TR_CHECK(tr_json_get(tr_json_get(pre, to), "storage") == NULL);
    TR_CHECK(tr_json_get(pre, "0x00000000000000000000000000000000000000d2") == NULL);
    TR_CHECK_BYTES(tr_json_text(tr_json_get(tr_json_get(pre, gone), "code")), TR_LIT("0x60e1ff"));
    TR_CHECK(tr_json_get(post, gone) == NULL);
    TR_CHECK(tr_json_get(pre, heir) == NULL);
    TR_CHECK_BYTES(tr_json_text(tr_json_get(tr_json_get(post, heir), "balance")), TR_LIT("0x5"));
    lab_close(&lab);
}

/* Created contracts are known before they are: by CREATE and by CREATE2 (its address is that of
 * EIP-1014: keccak256 of 0xff, the sender, the salt and the hash of the code). */
TR_TEST(created_accounts)
{
    trace_lab lab;
    tr_trace *trace = lab_tracer("prestateTracer", "{\"diffMode\":true,\"disableStorage\":true}");
    lab_open(&lab, TR_CANCUN);
    /* initcode 32 ff (ORIGIN SELFDESTRUCT) is at 0; create2 with salt 9, create with 00 */
    lab_put(&lab, LAB_TO, 0, "6132ff600052 60096002601e6000f550 600160006000f050 00");
    lab_run(&lab, trace, false, (tr_bytes){NULL, 0}, 3, 300000);
    tr_bytes text = lab_text(trace);
    const tr_json *pre = lab_member(text, "pre"), *post = lab_member(text, "post");
    TR_CHECK_EQ(pre->count, 2);  /* the sender and LAB_TO */
    TR_CHECK_EQ(post->count, 3); /* and the one that CREATE made; CREATE2's is gone again */
    TR_CHECK(tr_json_get(post, "0x000000000000000000000000000000000000cccc") != NULL);
    lab_close(&lab);
}

TR_TEST(erc7562_notes)
{
    trace_lab lab;
    tr_trace *trace = lab_tracer("erc7562Tracer", "{\"withLog\":true,\"stackTopItemsSize\":1,"
                                                  "\"ignoredOpcodes\":[\"0x60\",\"0x50\"]}");
    lab_open(&lab, TR_CANCUN);
    /* extcodesize(0xd1), tload, tstore, gas then pop, keccak of 2 bytes twice, log, call */
    lab_put(&lab, LAB_TO, 0,
            "60d13b50 60015c50 60026001 5d 5a50 6002600020506002600020 5060006000a0"
            "6000600060006000600060d161fffff1 00");
    lab_put(&lab, 0xd1, 5, "60016000556000545b600856");
    lab_run(&lab, trace, false, (tr_bytes){NULL, 0}, 3, 200000);
    tr_bytes text = lab_text(trace);
    TR_CHECK_STR(lab_at(text, "extCodeAccessInfo/0"), "0x00000000000000000000000000000000000000d1");
    TR_CHECK_STR(
        lab_at(text, "contractSize/0x00000000000000000000000000000000000000d1/contractSize"), "12");
    TR_CHECK_STR(lab_at(text, "contractSize/0x00000000000000000000000000000000000000d1/opcode"),
                 "59");
    TR_CHECK_STR(lab_at(text, "usedOpcodes/0x5a"), "1");
    TR_CHECK_STR(lab_at(text, "usedOpcodes/0x50"), "none");
    TR_CHECK_STR(lab_at(text, "usedOpcodes/0x20"), "2");
    TR_CHECK_STR(lab_at(text, "keccak/0"), "0x0000");
    TR_CHECK_EQ(lab_member(text, "keccak")->count, 1);
    TR_CHECK_EQ(lab_member(text, "accessedSlots/transientReads")->count, 1);
    TR_CHECK_EQ(lab_member(text, "accessedSlots/transientWrites")->count, 1);
    TR_CHECK_EQ(lab_member(text, "logs")->count, 1);
    TR_CHECK_STR(lab_at(text, "calls/0/error"), "out of gas");
    TR_CHECK_STR(lab_at(text, "calls/0/outOfGas"), "true");
    TR_CHECK_EQ(lab_member(text, "calls/0/accessedSlots/writes")->count, 1);
    TR_CHECK_EQ(lab_member(text, "calls/0/accessedSlots/reads")->count, 0);
    lab_close(&lab);
}

/* Without a transaction around it (an `evm run`) the first frame tells its own gas. */
TR_TEST(a_message_alone)
{
    trace_lab lab;
    tr_trace *trace = lab_tracer("callTracer", NULL);
    tr_message message = {.kind = TR_STATICCALL,
                          .sender = lab_address(LAB_SENDER),
                          .to = lab_address(LAB_TO),
                          .gas = 5000};
    lab_open(&lab, TR_CANCUN);
    lab_put(&lab, LAB_TO, 0, "6001600155");
    tr_state_begin(lab.state);
    tr_evm_run(lab.evm, lab.state, &lab.env, &message, &trace->tracer, &lab.result);
    TR_CHECK(tr_state_end(lab.state, true));
    tr_bytes text = lab_text(trace);
    TR_CHECK_STR(lab_at(text, "gas"), "0x1388");
    TR_CHECK_STR(lab_at(text, "gasUsed"), "0x1388");
    TR_CHECK_STR(lab_at(text, "type"), "STATICCALL");
    TR_CHECK_STR(lab_at(text, "value"), "none");
    TR_CHECK_STR(lab_at(text, "error"), "write protection");
    lab_close(&lab);
}
