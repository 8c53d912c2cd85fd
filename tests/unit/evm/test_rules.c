/* The table of forks against the tables of the reference (EIP numbers beside). */
#include "evm/ops.h"
#include "evm/rules.h"
#include "harness.h"

static const tr_evm_rules *of(unsigned fork)
{
    return tr_evm_rules_of((tr_fork)fork);
}

static unsigned gas(unsigned fork, uint8_t op)
{
    return of(fork)->ops[op].gas;
}

/* The first fork of each opcode that Frontier lacks. */
TR_TEST(opcodes_by_fork)
{
    static const struct {
        uint8_t op;
        tr_fork first;
    } later[] = {
        {0xf4, TR_HOMESTEAD},      {0xfd, TR_BYZANTIUM},      {0x3d, TR_BYZANTIUM},
        {0x3e, TR_BYZANTIUM},      {0xfa, TR_BYZANTIUM},      {0x1b, TR_CONSTANTINOPLE},
        {0x1c, TR_CONSTANTINOPLE}, {0x1d, TR_CONSTANTINOPLE}, {0xf5, TR_CONSTANTINOPLE},
        {0x3f, TR_CONSTANTINOPLE}, {0x46, TR_ISTANBUL},       {0x47, TR_ISTANBUL},
        {0x48, TR_LONDON},         {0x5f, TR_SHANGHAI},       {0x49, TR_CANCUN},
        {0x4a, TR_CANCUN},         {0x5c, TR_CANCUN},         {0x5d, TR_CANCUN},
        {0x5e, TR_CANCUN},         {0x1e, TR_OSAKA},
    };
    unsigned frontier = 0;
    for (unsigned op = 0; op < 256; op++) frontier += of(TR_FRONTIER)->ops[op].defined;
    TR_CHECK_EQ(frontier, 129);
    for (unsigned fork = 0; fork < TR_FORKS; fork++) {
        unsigned count = frontier;
        TR_CHECK_EQ(of(fork)->fork, fork);
        for (size_t i = 0; i < TR_COUNTOF(later); i++) {
            bool there = fork >= later[i].first;
            count += there;
            TR_CHECK_EQ(of(fork)->ops[later[i].op].defined, there);
        }
        for (unsigned op = 0; op < 256; op++) {
            count -= of(fork)->ops[op].defined;
            if (of(fork)->ops[op].defined) TR_CHECK(tr_op_name((uint8_t)op) != NULL);
        }
        TR_CHECK_EQ(count, 0);
        TR_CHECK(!of(fork)->ops[0xfe].defined);
    }
}

/* Section 1.2: the constant part of each opcode's gas. */
TR_TEST(constant_gas)
{
    static const struct {
        unsigned gas;
        const char *ops;
    } rows[] = {
        {0, "00 f3 fd 55"},
        {1, "5b"},
        {2, "30 32 33 34 36 38 3a 41 42 43 44 45 46 3d 48 4a 50 58 59 5a 5f"},
        {3, "01 03 19 10 11 12 13 14 15 16 17 18 1a 1b 1c 1d 35 51 52 53 49 37 39 3e 5e"},
        {3, "60 61 6f 7f 80 81 8f 90 9f"},
        {5, "02 04 05 06 07 0b 47 1e"},
        {8, "08 09 56"},
        {10, "57 0a"},
        {20, "40"},
        {30, "20"},
        {100, "5c 5d"},
        {375, "a0 a1 a2 a3 a4"},
        {32000, "f0 f5"},
    };
    for (size_t i = 0; i < TR_COUNTOF(rows); i++) {
        tr_bytes ops = tr_test_hex(rows[i].ops);
        for (size_t j = 0; j < ops.len; j++)
            TR_CHECK_MSG(gas(TR_OSAKA, ops.data[j]) == rows[i].gas, "opcode %02x costs %u",
                         ops.data[j], gas(TR_OSAKA, ops.data[j]));
    }
}

/* Section 1.3: what state access costs. */
TR_TEST(access_gas)
{
    static const struct {
        tr_fork fork;
        unsigned sload, balance, ext, hash, call, destroy;
    } rows[] = {
        {TR_FRONTIER, 50, 20, 20, 0, 40, 0},
        {TR_HOMESTEAD, 50, 20, 20, 0, 40, 0},
        {TR_TANGERINE, 200, 400, 700, 0, 700, 5000},
        {TR_SPURIOUS, 200, 400, 700, 0, 700, 5000},
        {TR_CONSTANTINOPLE, 200, 400, 700, 400, 700, 5000},
        {TR_PETERSBURG, 200, 400, 700, 400, 700, 5000},
        {TR_ISTANBUL, 800, 700, 700, 700, 700, 5000},
        {TR_BERLIN, 0, 0, 0, 0, 0, 5000},
        {TR_OSAKA, 0, 0, 0, 0, 0, 5000},
    };
    for (size_t i = 0; i < TR_COUNTOF(rows); i++) {
        unsigned fork = rows[i].fork;
        TR_CHECK_EQ(gas(fork, TR_OP_SLOAD), rows[i].sload);
        TR_CHECK_EQ(gas(fork, TR_OP_BALANCE), rows[i].balance);
        TR_CHECK_EQ(gas(fork, TR_OP_EXTCODESIZE), rows[i].ext);
        TR_CHECK_EQ(gas(fork, TR_OP_EXTCODECOPY), rows[i].ext);
        TR_CHECK_EQ(gas(fork, TR_OP_EXTCODEHASH), rows[i].hash);
        TR_CHECK_EQ(gas(fork, TR_OP_CALL), rows[i].call);
        TR_CHECK_EQ(gas(fork, TR_OP_CALLCODE), rows[i].call);
        TR_CHECK_EQ(gas(fork, TR_OP_SELFDESTRUCT), rows[i].destroy);
        bool sets = fork >= TR_BERLIN;
        TR_CHECK_EQ(of(fork)->has_access_sets, sets);
        TR_CHECK_EQ(of(fork)->cold_account, sets ? 2600 : 0);
        TR_CHECK_EQ(of(fork)->warm_account, sets ? 100 : 0);
        TR_CHECK_EQ(of(fork)->cold_slot, sets ? 2100 : 0);
        TR_CHECK_EQ(of(fork)->warm_slot, sets ? 100 : 0);
    }
}

TR_TEST(storage_gas)
{
    static const struct {
        tr_fork fork;
        tr_sstore_kind kind;
        unsigned sentry, set, reset, same;
        int clear, undo_set, undo_reset, destroy;
        unsigned divisor;
    } rows[] = {
        {TR_FRONTIER, TR_SSTORE_PLAIN, 0, 20000, 5000, 5000, 15000, 0, 0, 24000, 2},
        {TR_BYZANTIUM, TR_SSTORE_PLAIN, 0, 20000, 5000, 5000, 15000, 0, 0, 24000, 2},
        {TR_CONSTANTINOPLE, TR_SSTORE_NET, 0, 20000, 5000, 200, 15000, 19800, 4800, 24000, 2},
        {TR_PETERSBURG, TR_SSTORE_PLAIN, 0, 20000, 5000, 5000, 15000, 0, 0, 24000, 2},
        {TR_ISTANBUL, TR_SSTORE_NET, 2300, 20000, 5000, 800, 15000, 19200, 4200, 24000, 2},
        {TR_BERLIN, TR_SSTORE_NET_COLD, 2300, 20000, 2900, 100, 15000, 19900, 2800, 24000, 2},
        {TR_LONDON, TR_SSTORE_NET_COLD, 2300, 20000, 2900, 100, 4800, 19900, 2800, 0, 5},
        {TR_OSAKA, TR_SSTORE_NET_COLD, 2300, 20000, 2900, 100, 4800, 19900, 2800, 0, 5},
    };
    for (size_t i = 0; i < TR_COUNTOF(rows); i++) {
        const tr_evm_rules *r = of(rows[i].fork);
        TR_CHECK_EQ(r->sstore, rows[i].kind);
        TR_CHECK_EQ(r->sstore_sentry, rows[i].sentry);
        TR_CHECK_EQ(r->sstore_set, rows[i].set);
        TR_CHECK_EQ(r->sstore_reset, rows[i].reset);
        TR_CHECK_EQ(r->sstore_same, rows[i].same);
        TR_CHECK_EQ(r->refund_clear, rows[i].clear);
        TR_CHECK_EQ(r->refund_undo_set, rows[i].undo_set);
        TR_CHECK_EQ(r->refund_undo_reset, rows[i].undo_reset);
        TR_CHECK_EQ(r->refund_destroy, rows[i].destroy);
        TR_CHECK_EQ(r->refund_divisor, rows[i].divisor);
    }
}

TR_TEST(rules_that_change)
{
    for (unsigned fork = 0; fork < TR_FORKS; fork++) {
        const tr_evm_rules *r = of(fork);
        TR_CHECK_EQ(r->create_needs_deposit, fork >= TR_HOMESTEAD);
        TR_CHECK_EQ(r->keep_one_64th, fork >= TR_TANGERINE);
        TR_CHECK_EQ(r->destroy_new_account, fork >= TR_TANGERINE ? 25000 : 0);
        TR_CHECK_EQ(r->exp_byte, fork >= TR_SPURIOUS ? 50 : 10);
        TR_CHECK_EQ(r->new_account_if_dead, fork >= TR_SPURIOUS);
        TR_CHECK_EQ(r->create_nonce_one, fork >= TR_SPURIOUS);
        TR_CHECK_EQ(r->clear_empty, fork >= TR_SPURIOUS);
        TR_CHECK_EQ(r->code_max, fork >= TR_SPURIOUS ? 24576 : 0);
        TR_CHECK_EQ(r->refuse_ef, fork >= TR_LONDON);
        TR_CHECK_EQ(r->warm_coinbase, fork >= TR_SHANGHAI);
        TR_CHECK_EQ(r->initcode_max, fork >= TR_SHANGHAI ? 49152 : 0);
        TR_CHECK_EQ(r->initcode_word, fork >= TR_SHANGHAI ? 2 : 0);
        TR_CHECK_EQ(r->destroy_only_created, fork >= TR_CANCUN);
        TR_CHECK_EQ(r->delegations, fork >= TR_PRAGUE);
        TR_CHECK_EQ(r->p256, fork >= TR_OSAKA);
        TR_CHECK_EQ(r->p256_gas, fork >= TR_OSAKA ? 6900 : 0);
        TR_CHECK_EQ(r->precompiles, fork >= TR_PRAGUE      ? 17
                                    : fork >= TR_CANCUN    ? 10
                                    : fork >= TR_ISTANBUL  ? 9
                                    : fork >= TR_BYZANTIUM ? 8
                                                           : 4);
        TR_CHECK_EQ(r->call_value, 9000);
        TR_CHECK_EQ(r->call_stipend, 2300);
        TR_CHECK_EQ(r->new_account, 25000);
        TR_CHECK_EQ(r->keccak_word, 6);
        TR_CHECK_EQ(r->copy_word, 3);
        TR_CHECK_EQ(r->log_topic, 375);
        TR_CHECK_EQ(r->log_byte, 8);
        TR_CHECK_EQ(r->create_data_byte, 200);
    }
}

TR_TEST(names)
{
    uint8_t op;
    TR_CHECK_STR(tr_op_name(0x00), "STOP");
    TR_CHECK_STR(tr_op_name(0x20), "KECCAK256");
    TR_CHECK_STR(tr_op_name(0x7f), "PUSH32");
    TR_CHECK_STR(tr_op_name(0xff), "SELFDESTRUCT");
    TR_CHECK(tr_op_name(0x0c) == NULL);
    TR_CHECK(tr_op_by_name(TR_LIT("SWAP16"), &op));
    TR_CHECK_EQ(op, 0x9f);
    TR_CHECK(!tr_op_by_name(TR_LIT("SWAP17"), &op));
}

/* What a row says of the stack: PUSH gives one, DUPn wants n, SWAPn n + 1. */
TR_TEST(stack_use)
{
    const tr_op_rule *ops = of(TR_OSAKA)->ops;
    for (unsigned n = 1; n <= 16; n++) {
        TR_CHECK(ops[0x7f + n].need == n && ops[0x7f + n].growth == 1);
        TR_CHECK(ops[0x8f + n].need == n + 1 && ops[0x8f + n].growth == 0);
    }
    for (unsigned n = 0; n <= 32; n++)
        TR_CHECK(ops[0x5f + n].need == 0 && ops[0x5f + n].growth == 1);
    for (unsigned n = 0; n <= 4; n++)
        TR_CHECK(ops[0xa0 + n].need == n + 2 && ops[0xa0 + n].growth == -(int)(n + 2));
    TR_CHECK(ops[TR_OP_CALL].need == 7 && ops[TR_OP_CALL].growth == -6);
    TR_CHECK(ops[TR_OP_STATICCALL].need == 6 && ops[TR_OP_STATICCALL].growth == -5);
    TR_CHECK(ops[TR_OP_CREATE2].need == 4 && ops[TR_OP_CREATE2].growth == -3);
    TR_CHECK(ops[TR_OP_MULMOD].need == 3 && ops[TR_OP_MULMOD].growth == -2);
}
