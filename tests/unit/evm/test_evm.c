/* Code that does one thing, and what has to come of it: in the plain and in the fast loop. */
#include "evm/evm_internal.h"
#include "evm_world.h"

typedef struct expected {
    const char *what;
    const char *code, *output; /* hex; output NULL: none is looked at */
    tr_evm_status status;
    uint64_t gas; /* that it uses; 0: is not looked at */
    tr_fork fork;
} expected;

static void check_case(const expected *e, uint64_t hot)
{
    test_world w;
    test_run r;
    const uint64_t gas = 200000;
    world_init(&w);
    world_add(&w, 2, tr_test_hex(e->code));
    world_add(&w, 3, tr_test_hex("5f35 6001 01 5f52 6020 5ff3")); /* returns input + 1 */
    world_add(&w, 4, tr_test_hex("602a 5f52 6020 5ffd"));         /* reverts with 42 */
    world_add(&w, 5, tr_test_hex("6001 6001 55 00"));             /* stores */
    run_new(&r, &w);
    tr_evm_set_hot(r.evm, hot);
    run_call(&r, e->fork, 2, gas, tr_test_hex("00112233445566778899aabbccddeeff"), NULL);
    TR_CHECK_MSG(r.result.status == e->status, "%s: %s", e->what,
                 tr_evm_status_text(r.result.status));
    if (e->output != NULL)
        TR_CHECK_MSG(tr_bytes_eq(r.result.output, tr_test_hex(e->output)), "%s: another output",
                     e->what);
    if (e->gas != 0)
        TR_CHECK_MSG(gas - r.result.gas_left == e->gas, "%s: gas %llu", e->what,
                     (unsigned long long)(gas - r.result.gas_left));
    run_free(&r);
}

static void check_cases(size_t n, const expected cases[])
{
    for (size_t i = 0; i < n; i++) {
        check_case(&cases[i], UINT64_MAX);
        check_case(&cases[i], 0);
    }
}

#define ZEROS_31 "00000000000000000000000000000000000000000000000000000000000000"
#define WORD(b)  ZEROS_31 b
#define RETURN   "5f52 6020 5ff3"
#define ALL_ONES "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
#define LOWEST   "80" ZEROS_31

TR_TEST(words)
{
    static const expected cases[] = {
        {"add", "6003 6004 01" RETURN, WORD("07"), TR_EVM_OK, 22, TR_OSAKA},
        {"sub: top minus next", "6003 600a 03" RETURN, WORD("07"), TR_EVM_OK, 22, TR_OSAKA},
        {"mul", "6003 600a 02" RETURN, WORD("1e"), TR_EVM_OK, 24, TR_OSAKA},
        {"div by zero", "5f 600a 04" RETURN, WORD("00"), TR_EVM_OK, 0, TR_OSAKA},
        {"sdiv lowest by -1", "5f19 7f" LOWEST "05" RETURN, LOWEST, TR_EVM_OK, 0, TR_OSAKA},
        {"smod sign", "6003 6007 5f03 07" RETURN, ALL_ONES, TR_EVM_OK, 0, TR_OSAKA},
        {"addmod full width", "6002 5f19 5f19 08" RETURN, WORD("00"), TR_EVM_OK, 0, TR_OSAKA},
        {"mulmod by zero", "5f 5f19 5f19 09" RETURN, WORD("00"), TR_EVM_OK, 0, TR_OSAKA},
        {"exp, two bytes", "610100 6002 0a" RETURN, WORD("00"), TR_EVM_OK, 129, TR_OSAKA},
        {"signextend", "60ff 5f 0b" RETURN, ALL_ONES, TR_EVM_OK, 0, TR_OSAKA},
        {"signextend at 32", "60ff 6020 0b" RETURN, WORD("ff"), TR_EVM_OK, 0, TR_OSAKA},
        {"byte 31", "60ab 601f 1a" RETURN, WORD("ab"), TR_EVM_OK, 0, TR_OSAKA},
        {"byte 32", "60ab 6020 1a" RETURN, WORD("00"), TR_EVM_OK, 0, TR_OSAKA},
        {"shl", "6001 6004 1b" RETURN, WORD("10"), TR_EVM_OK, 0, TR_OSAKA},
        {"sar by 256", "5f19 610100 1d" RETURN, ALL_ONES, TR_EVM_OK, 0, TR_OSAKA},
        {"shr by 2^64", "5f19 680100000000000000001c" RETURN, WORD("00"), TR_EVM_OK, 0, TR_OSAKA},
        {"clz", "6001 1e" RETURN, WORD("ff"), TR_EVM_OK, 0, TR_OSAKA},
        {"clz before Osaka", "6001 1e" RETURN, "", TR_EVM_BAD_OPCODE, 200000, TR_PRAGUE},
        {"slt", "5f 5f19 12" RETURN, WORD("01"), TR_EVM_OK, 0, TR_OSAKA},
        {"gt iszero", "6001 6002 11 15" RETURN, WORD("00"), TR_EVM_OK, 0, TR_OSAKA},
        {"dup, swap", "6001 6002 6003 82 91 03 03 01" RETURN, NULL, TR_EVM_OK, 0, TR_OSAKA},
        {"pc", "5050", "", TR_EVM_STACK_UNDERFLOW, 200000, TR_OSAKA},
        {"pc after push", "6001 50 58" RETURN, WORD("03"), TR_EVM_OK, 0, TR_OSAKA},
        {"keccak of nothing", "5f 5f 20" RETURN,
         "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470", TR_EVM_OK, 0,
         TR_OSAKA},
    };
    check_cases(TR_COUNTOF(cases), cases);
}

TR_TEST(memory_and_data)
{
    static const expected cases[] = {
        {"msize counts reads", "6020 51 50 59" RETURN, WORD("40"), TR_EVM_OK, 0, TR_OSAKA},
        {"mload across the end", "6001 6020 52 6001 51" RETURN, WORD("00"), TR_EVM_OK, 0, TR_OSAKA},
        {"mstore8", "61abcd 601f 53 6020 5ff3", WORD("cd"), TR_EVM_OK, 0, TR_OSAKA},
        {"far memory", "6001 7f" ALL_ONES "52", "", TR_EVM_OUT_OF_GAS, 200000, TR_OSAKA},
        {"size 0 touches nothing", "5f 7f" ALL_ONES "20 59" RETURN, WORD("00"), TR_EVM_OK, 0,
         TR_OSAKA},
        {"calldataload past the end", "6008 35" RETURN,
         "8899aabbccddeeff000000000000000000000000000000000000000000000000", TR_EVM_OK, 0,
         TR_OSAKA},
        {"calldatacopy far away", "6020 7f" ALL_ONES "5f 37 6020 5ff3", WORD("00"), TR_EVM_OK, 0,
         TR_OSAKA},
        {"codecopy", "6004 5f 5f 39 6004 5ff3", "60045f5f", TR_EVM_OK, 0, TR_OSAKA},
        {"mcopy onto itself",
         "7f000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f 5f52"
         "601f 5f 6001 5e 6020 5ff3",
         "00000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e", TR_EVM_OK, 0,
         TR_OSAKA},
        {"returndatacopy past its end", "6001 5f 5f 3e", "", TR_EVM_RETURNDATA, 200000, TR_OSAKA},
        {"with size 0 too", "5f 6001 5f 3e", "", TR_EVM_RETURNDATA, 200000, TR_OSAKA},
        {"returndatasize before a call", "3d" RETURN, WORD("00"), TR_EVM_OK, 0, TR_OSAKA},
        {"push past the end", "5f 5f 55 7f01", "", TR_EVM_OK, 0, TR_OSAKA},
    };
    check_cases(TR_COUNTOF(cases), cases);
}

TR_TEST(jumps)
{
    static const expected cases[] = {
        {"jump", "6004 56 fe 5b 6001" RETURN, WORD("01"), TR_EVM_OK, 0, TR_OSAKA},
        {"into push data", "6004 56 60 5b 5b 5b 00", "", TR_EVM_BAD_JUMP, 200000, TR_OSAKA},
        {"beyond 2^64", "68 010000000000000000 56 5b", "", TR_EVM_BAD_JUMP, 200000, TR_OSAKA},
        {"jumpi not taken goes nowhere bad", "5f 60ff 57 6001" RETURN, WORD("01"), TR_EVM_OK, 0,
         TR_OSAKA},
        {"jumpi taken", "6001 6007 57 00 00 5b 6001" RETURN, WORD("01"), TR_EVM_OK, 0, TR_OSAKA},
        {"a loop", "600a 5b 6001 90 03 80 6002 57 5a 50 6007" RETURN, WORD("07"), TR_EVM_OK, 0,
         TR_OSAKA},
        {"computed target", "6003 6004 01 56 fe fe 00", "", TR_EVM_BAD_JUMP, 200000, TR_OSAKA},
        {"rows of jumpdests", "6005 56 5b 5b 5b 5b 5b 6001" RETURN, WORD("01"), TR_EVM_OK, 30,
         TR_OSAKA},
        {"invalid", "fe", "", TR_EVM_BAD_OPCODE, 200000, TR_OSAKA},
        {"push0 before Shanghai", "5f", "", TR_EVM_BAD_OPCODE, 200000, TR_PARIS},
    };
    check_cases(TR_COUNTOF(cases), cases);
}

/* PUSH0 or PUSH1 0 for the words of a call: out len, out at, in len, in at. */
#define NO_RANGES "5f 5f 5f 5f"
#define TO(last)  "73 aa000000000000000000000000000000000000" last
TR_TEST(calls)
{
    static const expected cases[] = {
        {"call and its output", "6009 5f52 6020 6020 6020 5f 5f" TO("03") "5a f1 50 6020 51" RETURN,
         WORD("0a"), TR_EVM_OK, 0, TR_OSAKA},
        {"status of a revert", NO_RANGES "5f" TO("04") "5a f1" RETURN, WORD("00"), TR_EVM_OK, 0,
         TR_OSAKA},
        {"data of a revert", NO_RANGES TO("04") "5a fa 50 3d 5f 5f 3e 6020 5ff3", WORD("2a"),
         TR_EVM_OK, 0, TR_OSAKA},
        {"static store fails", NO_RANGES TO("05") "615000 fa" RETURN, WORD("00"), TR_EVM_OK, 0,
         TR_OSAKA},
        {"store by delegatecall is ours", NO_RANGES TO("05") "5a f4 50 6001 54" RETURN, WORD("01"),
         TR_EVM_OK, 0, TR_OSAKA},
        {"store by call is not", NO_RANGES "5f" TO("05") "5a f1 50 6001 54" RETURN, WORD("00"),
         TR_EVM_OK, 0, TR_OSAKA},
        {"more value than there is", NO_RANGES "61ffff" TO("03") "5a f1" RETURN, WORD("00"),
         TR_EVM_OK, 0, TR_OSAKA},
        {"value moves", NO_RANGES "6005" TO("03") "5a f1 50" TO("03") "31" RETURN,
         "00000000000000000000000000000000000000000000000000000000000003ed", TR_EVM_OK, 0,
         TR_OSAKA},
        {"identity", "6007 5f52 6020 6020 6020 5f 6004 5a fa 50 6020 51" RETURN, WORD("07"),
         TR_EVM_OK, 0, TR_OSAKA},
        {"no more gas than there is, before 63/64",
         "6000 6000 6000 6000 6000 " TO("03") "62ffffff f1", "", TR_EVM_OUT_OF_GAS, 200000,
         TR_HOMESTEAD},
        {"create: code is kept", "62 60005f 60e81b 5f52 6003 5f 5f f0 3b" RETURN, WORD("00"),
         TR_EVM_OK, 0, TR_OSAKA},
        {"create with 5 bytes", "67 60056000f300 0000 5f52 6006 6018 5f f0 3b" RETURN, WORD("05"),
         TR_EVM_OK, 0, TR_OSAKA},
    };
    check_cases(TR_COUNTOF(cases), cases);
}

TR_TEST(prices)
{
    static const expected cases[] = {
        {"cold and warm sload", "5f54 50 5f54", NULL, TR_EVM_OK, 2 + 2100 + 2 + 2 + 100, TR_OSAKA},
        {"sload of Istanbul", "6000 54", NULL, TR_EVM_OK, 803, TR_ISTANBUL},
        {"sload of Frontier", "6000 54", NULL, TR_EVM_OK, 53, TR_FRONTIER},
        {"set a slot", "6001 5f 55", NULL, TR_EVM_OK, 3 + 2 + 22100, TR_OSAKA},
        {"set it back", "6001 5f 55 5f 5f 55", NULL, TR_EVM_OK, 5 + 22100 + 4 + 100, TR_OSAKA},
        {"cold balance", "60ee 31", NULL, TR_EVM_OK, 2603, TR_OSAKA},
        {"own balance", "30 31", NULL, TR_EVM_OK, 102, TR_OSAKA},
        {"log with a topic", "6001 6020 5f a1", NULL, TR_EVM_OK, 3 + 3 + 2 + 375 + 375 + 8 * 32 + 3,
         TR_OSAKA},
        {"keccak of 33 bytes", "6021 5f 20", NULL, TR_EVM_OK, 3 + 2 + 30 + 12 + 6, TR_OSAKA},
        {"memory of 1,024 words", "617fe0 51", NULL, TR_EVM_OK, 3 + 3 + 3072 + 2048, TR_OSAKA},
        {"call of nobody", NO_RANGES "5f 60ee 5a f1", NULL, TR_EVM_OK, 15 + 2600, TR_OSAKA},
        {"call of nobody with value", NO_RANGES "6001 60ee 5f f1", NULL, TR_EVM_OK,
         8 + 3 + 3 + 2 + 2600 + 9000 + 25000 - 2300, TR_OSAKA},
        {"tstore, tload", "6001 5f 5d 5f 5c", NULL, TR_EVM_OK, 3 + 2 + 100 + 2 + 100, TR_OSAKA},
        {"selfdestruct to nobody", "60ee ff", NULL, TR_EVM_OK, 3 + 5000 + 2600 + 25000, TR_OSAKA},
        {"create of nothing", "5f 5f 5f f0", NULL, TR_EVM_OK, 6 + 32000, TR_OSAKA},
        {"create2 of 32 bytes", "5f 6020 5f 5f f5", NULL, TR_EVM_OK, 9 + 32000 + 3 + 6 + 2,
         TR_OSAKA},
    };
    check_cases(TR_COUNTOF(cases), cases);
}

static unsigned deepest;
static void watch_depth(tr_tracer *self, const tr_frame_begin *frame)
{
    (void)self;
    if (frame->depth > 0 && (unsigned)frame->depth > deepest) deepest = (unsigned)frame->depth;
}

/* A contract that calls itself: frames 1 to 1,025 run, the 1,026th call is refused. */
TR_TEST(a_thousand_calls_deep)
{
    test_world w;
    world_init(&w);
    world_add(&w, 2, tr_test_hex("5f 5f 5f 5f 5f 30 5a f1 00"));
    for (unsigned i = 0; i < 3; i++) {
        test_run r;
        tr_tracer tracer = {.enter = watch_depth};
        run_new(&r, &w);
        tr_evm_set_hot(r.evm, i == 0 ? 0 : UINT64_MAX);
        deepest = 0;
        run_call(&r, TR_HOMESTEAD, 2, 1, (tr_bytes){NULL, 0}, NULL); /* too little for anything */
        TR_CHECK_EQ(r.result.status, TR_EVM_BAD_OPCODE);             /* no PUSH0 then */
        run_call(&r, TR_OSAKA, 2, UINT64_C(1) << 50, (tr_bytes){NULL, 0}, i == 2 ? &tracer : NULL);
        TR_CHECK_EQ(r.result.status, TR_EVM_OK);
        if (i == 2) TR_CHECK_EQ(deepest, 1026);
        run_free(&r);
    }
}

TR_TEST(full_stack)
{
    test_world w;
    uint8_t code[1026];
    memset(code, TR_OP_PUSH0, sizeof(code));
    world_init(&w);
    code[1024] = TR_OP_STOP;
    world_add(&w, 2, tr_bytes_of(code, 1025));
    for (unsigned i = 0; i < 2; i++) {
        test_run r;
        run_new(&r, &w);
        tr_evm_set_hot(r.evm, i == 0 ? 0 : UINT64_MAX);
        run_call(&r, TR_OSAKA, 2, 100000, (tr_bytes){NULL, 0}, NULL);
        TR_CHECK_EQ(r.result.status, TR_EVM_OK);
        run_free(&r);
        code[1024] = TR_OP_PUSH0;
        run_new(&r, &w);
        tr_evm_set_hot(r.evm, i == 0 ? 0 : UINT64_MAX);
        run_call(&r, TR_OSAKA, 2, 100000, (tr_bytes){NULL, 0}, NULL);
        TR_CHECK_EQ(r.result.status, TR_EVM_STACK_OVERFLOW);
        code[1024] = TR_OP_STOP;
        run_free(&r);
    }
}

/* Codes come and go; what is run stays. */
TR_TEST(a_small_cache)
{
    test_world w;
    world_init(&w);
    world_add(&w, 2, tr_test_hex(NO_RANGES TO("03") "5a f4 " NO_RANGES TO("04") "5a f4 01" RETURN));
    world_add(&w, 3, tr_test_hex(NO_RANGES TO("05") "5a f4 50 00"));
    world_add(&w, 4, tr_test_hex(NO_RANGES TO("05") "5a f4 50 00 00"));
    world_add(&w, 5, tr_test_hex("00 01 02 03"));
    for (size_t limit = 1; limit < 1500; limit += 70) {
        test_run r;
        run_new(&r, &w);
        tr_evm_free(r.evm);
        tr_evm_options options = {.alloc = tr_test_alloc(), .cache_limit = limit};
        TR_CHECK_OK(tr_evm_new(NULL, &options, &r.evm));
        for (unsigned i = 0; i < 3; i++) {
            tr_evm_set_hot(r.evm, i == 1 ? 0 : UINT64_MAX);
            run_call(&r, TR_OSAKA, 2, 100000, (tr_bytes){NULL, 0}, NULL);
            TR_CHECK_EQ(r.result.status, TR_EVM_OK);
            TR_CHECK_EQ(r.result.output.data[31], 2);
        }
        run_free(&r);
    }
}

TR_TEST(delegations)
{
    tr_addr to;
    tr_bytes code = tr_test_hex("ef0100 aa00000000000000000000000000000000000003");
    tr_addr want = world_address(3);
    TR_CHECK(tr_code_delegate(code, &to));
    TR_CHECK_BYTES(TR_VIEW(to.b), TR_VIEW(want.b));
    TR_CHECK(!tr_code_delegate(tr_bytes_cut(code, 0, 22), &to));
    TR_CHECK(
        !tr_code_delegate(tr_test_hex("ef0101 aa00000000000000000000000000000000000003"), &to));

    test_world w;
    test_run r;
    world_init(&w);
    world_add(&w, 2, code);
    world_add(&w, 3, tr_test_hex("38 5f52 " TO("02") "3b 6020 52 6040 5ff3"));
    run_new(&r, &w);
    run_call(&r, TR_OSAKA, 2, 100000, (tr_bytes){NULL, 0}, NULL);
    TR_CHECK_EQ(r.result.status, TR_EVM_OK);
    TR_CHECK_EQ(r.result.output.len, 64);
    TR_CHECK_EQ(r.result.output.data[31], 32); /* CODESIZE: the delegate's */
    TR_CHECK_EQ(r.result.output.data[63], 23); /* EXTCODESIZE: the mark's */
    run_call(&r, TR_CANCUN, 2, 100000, (tr_bytes){NULL, 0}, NULL);
    TR_CHECK_EQ(r.result.status, TR_EVM_BAD_OPCODE);
    run_free(&r);
}

static tr_err make_and_run(tr_alloc *alloc, void *context)
{
    tr_evm_options options = {.alloc = alloc, .memory_limit = 1 << 20};
    tr_evm *evm;
    TR_TRY(tr_evm_new(NULL, &options, &evm));
    tr_evm_set_hot(evm, 0);
    test_run r;
    run_new(&r, context);
    tr_evm_env env = world_env(TR_OSAKA);
    tr_message message = {
        .kind = TR_CALL, .sender = world_address(1), .to = world_address(2), .gas = 1000000};
    tr_state_begin(r.state);
    tr_evm_run(evm, r.state, &env, &message, NULL, &r.result);
    tr_evm_status status = r.result.status;
    run_free(&r);
    tr_evm_free(evm);
    return status == TR_EVM_ABORTED ? TR_E_MEMORY : TR_OK;
}

/* A call that returns data, memory that grows over it, a create, a precompile. */
TR_TEST(no_memory)
{
    test_world w;
    world_init(&w);
    world_add(&w, 2,
              tr_test_hex("5f 5f 61fff0 5f" TO(
                  "03") "5a fa 50 6101ff 6207fff0 52"
                        "5f 5f 5f 5f 6004 5a fa 50 5f 5f 5f f0 50 3d 5f 5f 3e"));
    world_add(&w, 3, tr_test_hex("36 5f 5f 37 36 5ff3"));
    tr_test_out_of_memory(make_and_run, &w);
}

TR_TEST(texts)
{
    TR_CHECK_STR(tr_evm_status_text(TR_EVM_OUT_OF_GAS), "out of gas");
    for (unsigned i = 0; i <= TR_EVM_ABORTED; i++)
        TR_CHECK(tr_evm_status_text((tr_evm_status)i)[0] != '\0');
}
