/* What a transaction costs, to the wei, and who gets it. */
#include "lab.h"

enum { ENOUGH = 1000000000 };

/* Base fee 100, 10 for who makes the block; the base fee vanishes. */
TR_TEST(a_transfer)
{
    lab l;
    tr_stf_result result;
    lab_open(&l, TR_OSAKA);
    lab_put(&l, LAB_SENDER, 0, ENOUGH, "");
    tr_tx tx = lab_tx(TR_TX_FEE_MARKET);
    tx.value = tr_u256_of(77);
    TR_CHECK_OK(lab_run(&l, &tx, &result));
    TR_CHECK(result.success && !result.created && result.status == TR_EVM_OK);
    TR_CHECK_EQ(result.gas_used, 21000);
    TR_CHECK_EQ(result.gas_peak, 21000);
    TR_CHECK_EQ(result.gas_refunded, 0);
    TR_CHECK_EQ(lab_balance(&l, LAB_SENDER), ENOUGH - 77 - 21000 * 110);
    TR_CHECK_EQ(lab_get(&l, LAB_SENDER)->nonce, 1);
    TR_CHECK_EQ(lab_balance(&l, LAB_TO), 77);
    TR_CHECK_EQ(lab_balance(&l, LAB_COINBASE), 21000 * 10);
    TR_CHECK_EQ(l.env.gas_left, 30000000 - 21000);
    lab_close(&l);
}

/* Prices by type and fork: what a unit of gas pays, and what of it the coinbase gets. */
TR_TEST(prices)
{
    static const struct {
        tr_fork fork;
        unsigned type;
        uint64_t max, priority, pays, gets;
    } cases[] = {
        {TR_FRONTIER, TR_TX_LEGACY, 50, 50, 50, 50},
        {TR_BERLIN, TR_TX_ACCESS_LIST, 50, 50, 50, 50},
        {TR_LONDON, TR_TX_LEGACY, 150, 150, 150, 50},
        {TR_LONDON, TR_TX_LEGACY, 100, 100, 100, 0},
        {TR_LONDON, TR_TX_FEE_MARKET, 150, 20, 120, 20},
        {TR_LONDON, TR_TX_FEE_MARKET, 110, 20, 110, 10},
        {TR_LONDON, TR_TX_FEE_MARKET, 150, 0, 100, 0},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        lab l;
        tr_stf_result result;
        lab_open(&l, cases[i].fork);
        lab_put(&l, LAB_SENDER, 0, ENOUGH, "");
        tr_tx tx = lab_tx(cases[i].type);
        tx.max_fee = tr_u256_of(cases[i].max);
        tx.max_priority = tr_u256_of(cases[i].priority);
        if (cases[i].fork == TR_FRONTIER) {
            tx.v = 27;
            tx.chain_id = 0;
        }
        TR_CHECK_OK(lab_run(&l, &tx, &result));
        TR_CHECK_EQ(lab_balance(&l, LAB_SENDER), ENOUGH - 21000 * cases[i].pays);
        TR_CHECK_EQ(lab_balance(&l, LAB_COINBASE), 21000 * cases[i].gets);
        lab_close(&l);
    }
}

/* An empty coinbase that gets nothing is taken away from EIP-161 on, and made before. */
TR_TEST(the_coinbase_is_touched)
{
    for (tr_fork fork = TR_TANGERINE; fork <= TR_SPURIOUS; fork++) {
        for (int there = 0; there < 2; there++) {
            lab l;
            tr_stf_result result;
            lab_open(&l, fork);
            lab_put(&l, LAB_SENDER, 0, ENOUGH, "");
            if (there != 0) lab_put(&l, LAB_COINBASE, 0, 0, "");
            tr_tx tx = lab_tx(TR_TX_LEGACY);
            tx.v = 27;
            tx.chain_id = 0;
            tx.max_fee = tx.max_priority = TR_U256_ZERO;
            TR_CHECK_OK(lab_run(&l, &tx, &result));
            TR_CHECK_EQ(lab_get(&l, LAB_COINBASE)->exists, fork == TR_TANGERINE);
            lab_close(&l);
        }
    }
}

/* The blobs' price is paid beside the gas's, and not given back when the call reverts. */
TR_TEST(blobs)
{
    static const tr_hash hashes[2] = {{{1}}, {{1}}};
    for (int reverts = 0; reverts < 2; reverts++) {
        lab l;
        tr_stf_result result;
        lab_open(&l, TR_OSAKA);
        lab_put(&l, LAB_SENDER, 0, ENOUGH, "");
        lab_put(&l, LAB_TO, 1, 0, reverts != 0 ? "5f5ffd" : "00");
        tr_tx tx = lab_tx(TR_TX_BLOB);
        tx.max_blob_fee = tr_u256_of(1000);
        tx.blob_hashes = (tr_list){hashes, 2};
        TR_CHECK_OK(lab_run(&l, &tx, &result));
        TR_CHECK_EQ(result.success, reverts == 0);
        TR_CHECK_EQ(result.blob_gas_used, 262144);
        TR_CHECK_EQ(l.env.blob_gas_left, 786432 - 262144);
        TR_CHECK_EQ(lab_balance(&l, LAB_SENDER), ENOUGH - result.gas_used * 110 - 262144 * 7);
        lab_close(&l);
    }
}

/* Calldata of 1,000 bytes that are not zero: 16,000 before, but at least 40,000 in the end. */
TR_TEST(the_floor)
{
    static uint8_t data[1000];
    static const struct {
        tr_fork fork;
        const char *code;
        uint64_t used;
    } cases[] = {
        {TR_CANCUN, "00", 37000},
        {TR_PRAGUE, "00", 61000},
        {TR_PRAGUE, "60015f55", 61000}, /* 22,105 more: under the floor */
        {TR_PRAGUE, "6001805f556001556001600255", 21000 + 16000 + 6 * 3 + 2 + 3 * 22100 - 1},
    };
    memset(data, 1, sizeof(data));
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        lab l;
        tr_stf_result result;
        lab_open(&l, cases[i].fork);
        lab_put(&l, LAB_SENDER, 0, ENOUGH, "");
        lab_put(&l, LAB_TO, 1, 0, cases[i].code);
        tr_tx tx = lab_tx(TR_TX_FEE_MARKET);
        tx.data = TR_VIEW(data);
        tx.gas = 200000;
        TR_CHECK_OK(lab_run(&l, &tx, &result));
        TR_CHECK(result.success);
        if (i < 3)
            TR_CHECK_EQ(result.gas_used, cases[i].used);
        else
            TR_CHECK(result.gas_used > 61000);
        TR_CHECK_EQ(lab_balance(&l, LAB_SENDER), ENOUGH - result.gas_used * 110);
        TR_CHECK_EQ(lab_balance(&l, LAB_COINBASE), result.gas_used * 10);
        lab_close(&l);
    }
}

/* Clearing a slot gives back 15,000 of at most half the gas before London, 4,800 of a fifth after
 * it.  The code is PUSH1 0, PUSH1 0, SSTORE. */
TR_TEST(refunds)
{
    static const struct {
        tr_fork fork;
        uint64_t before, refund;
    } cases[] = {
        {TR_BYZANTIUM, 21000 + 6 + 5000, 13003},
        {TR_BERLIN, 21000 + 6 + 5000, 13003},
        {TR_LONDON, 21000 + 6 + 5000, 4800},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        lab l;
        tr_stf_result result;
        lab_open(&l, cases[i].fork);
        lab_put(&l, LAB_SENDER, 0, ENOUGH, "");
        lab_put_slot(&l, LAB_TO, 1, 0, "6000600055", 0, 9);
        tr_tx tx = lab_tx(TR_TX_LEGACY);
        TR_CHECK_OK(lab_run(&l, &tx, &result));
        TR_CHECK_EQ(result.gas_peak, cases[i].before);
        TR_CHECK_EQ(result.gas_refunded, cases[i].refund);
        TR_CHECK_EQ(result.gas_used, cases[i].before - cases[i].refund);
        TR_CHECK_EQ(lab_balance(&l, LAB_SENDER), ENOUGH - result.gas_used * 1000);
        TR_CHECK_EQ(lab_slot(&l, LAB_TO, 0), 0);
        lab_close(&l);
    }
}

/* What fails takes all of its gas, what reverts what it used; no refund counts, no log stays. */
TR_TEST(failures)
{
    static const struct {
        const char *code; /* clears slot 0, logs, and fails */
        tr_evm_status status;
    } cases[] = {
        {"600060005560006000a0fe", TR_EVM_BAD_OPCODE},
        {"600060005560006000a060006000fd", TR_EVM_REVERT},
        {"600060005560006000a0600056", TR_EVM_BAD_JUMP},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        lab l;
        tr_stf_result result;
        lab_open(&l, TR_OSAKA);
        lab_put(&l, LAB_SENDER, 0, ENOUGH, "");
        lab_put_slot(&l, LAB_TO, 1, 0, cases[i].code, 0, 9);
        tr_tx tx = lab_tx(TR_TX_FEE_MARKET);
        tx.value = tr_u256_of(5);
        TR_CHECK_OK(lab_run(&l, &tx, &result));
        TR_CHECK(!result.success && result.log_count == 0 && result.gas_refunded == 0);
        TR_CHECK_EQ(result.status, cases[i].status);
        uint64_t used = cases[i].status == TR_EVM_REVERT ? 21000 + 4 * 3 + 5000 + 375 + 6 : 100000;
        TR_CHECK_EQ(result.gas_used, used);
        TR_CHECK_EQ(lab_balance(&l, LAB_SENDER), ENOUGH - used * 110);
        TR_CHECK_EQ(lab_slot(&l, LAB_TO, 0), 9);
        TR_CHECK_EQ(lab_get(&l, LAB_SENDER)->nonce, 1);
        lab_close(&l);
    }
}

/* A create: initcode that gives one byte of code, 0x00 (MSTORE8 it, RETURN it). */
TR_TEST(creates)
{
    lab l;
    tr_stf_result result;
    lab_open(&l, TR_OSAKA);
    lab_put(&l, LAB_SENDER, 7, ENOUGH, "");
    tr_tx tx = lab_tx(TR_TX_FEE_MARKET);
    tx.nonce = 7;
    tx.to.some = false;
    tx.value = tr_u256_of(3);
    tx.data = tr_test_hex("60016000f3");
    TR_CHECK_OK(lab_run(&l, &tx, &result));
    TR_CHECK(result.success && result.created);
    tr_addr sender = lab_addr(LAB_SENDER);
    tr_addr want = tr_tx_create_address(&sender, 7);
    TR_CHECK_BYTES(TR_VIEW(result.contract.b), TR_VIEW(want.b));
    TR_CHECK_EQ(result.gas_used, 53000 + 4 * 16 + 4 + 2 + 6 + 3 + 200);
    tr_acct *made = lab_at(&l, want);
    TR_CHECK(made->exists && made->has_code && made->nonce == 1);
    TR_CHECK_EQ(tr_u256_to_u64(made->balance), 3);
    TR_CHECK_EQ(lab_get(&l, LAB_SENDER)->nonce, 8);
    /* Where something is already, all gas goes, and the nonce stays counted. */
    want = tr_tx_create_address(&sender, 8);
    lab_put_at(&l, want, 1, TR_U256_ZERO, tr_test_hex(""));
    tx.nonce = 8;
    uint64_t before = lab_balance(&l, LAB_SENDER);
    TR_CHECK_OK(lab_run(&l, &tx, &result));
    TR_CHECK(!result.success && !result.created && result.status == TR_EVM_COLLISION);
    TR_CHECK_EQ(result.gas_used, 100000);
    TR_CHECK_EQ(lab_balance(&l, LAB_SENDER), before - 100000 * 110);
    TR_CHECK_EQ(lab_get(&l, LAB_SENDER)->nonce, 9);
    lab_close(&l);
}

/* What is warm when the code begins: BALANCE of each costs 100, of others 2,600.  The code is
 * PUSH20 address, BALANCE. */
TR_TEST(warm_at_the_start)
{
    tr_hash key = {{[31] = 5}};
    tr_access access = {.address = lab_addr(20), .keys = {&key, 1}};
    tr_addr precompile = {{[19] = 17}}, p256 = {{[18] = 1}}, zero = {{0}};
    struct {
        tr_fork fork;
        tr_addr address;
        bool warm;
    } cases[] = {
        {TR_OSAKA, lab_addr(LAB_SENDER), true},
        {TR_OSAKA, lab_addr(LAB_TO), true},
        {TR_OSAKA, lab_addr(LAB_COINBASE), true},
        {TR_PARIS, lab_addr(LAB_COINBASE), false},
        {TR_OSAKA, lab_addr(20), true},
        {TR_OSAKA, lab_addr(21), false},
        {TR_OSAKA, precompile, true},
        {TR_CANCUN, precompile, false},
        {TR_OSAKA, p256, true},
        {TR_PRAGUE, p256, false},
        {TR_OSAKA, zero, false},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        lab l;
        tr_stf_result result;
        uint8_t code[22] = {0x73};
        memcpy(code + 1, cases[i].address.b, 20);
        code[21] = 0x31;
        lab_open(&l, cases[i].fork);
        lab_put(&l, LAB_SENDER, 0, ENOUGH, "");
        lab_put_at(&l, lab_addr(LAB_TO), 1, TR_U256_ZERO, TR_VIEW(code));
        tr_tx tx = lab_tx(TR_TX_FEE_MARKET);
        tx.access_list = (tr_list){&access, 1};
        TR_CHECK_OK(lab_run(&l, &tx, &result));
        uint64_t want = 21000 + 2400 + 1900 + 3 + (cases[i].warm ? 100 : 2600);
        TR_CHECK_MSG(result.gas_used == want, "case %zu: %llu", i,
                     (unsigned long long)result.gas_used);
        lab_close(&l);
    }
    /* A slot of the access list: SLOAD of 5 and of 6. */
    for (unsigned slot = 5; slot < 7; slot++) {
        lab l;
        tr_stf_result result;
        uint8_t code[3] = {0x60, (uint8_t)slot, 0x54};
        lab_open(&l, TR_OSAKA);
        lab_put(&l, LAB_SENDER, 0, ENOUGH, "");
        lab_put_at(&l, lab_addr(LAB_TO), 1, TR_U256_ZERO, TR_VIEW(code));
        access.address = lab_addr(LAB_TO);
        tr_tx tx = lab_tx(TR_TX_FEE_MARKET);
        tx.access_list = (tr_list){&access, 1};
        TR_CHECK_OK(lab_run(&l, &tx, &result));
        TR_CHECK_EQ(result.gas_used, 21000 + 2400 + 1900 + 3 + (slot == 5 ? 100 : 2100));
        lab_close(&l);
    }
}

/* What is only named is not read: neither precompiled contracts, nor accounts and slots of the
 * access list that the code does not look at. */
TR_TEST(what_is_warm_is_not_read)
{
    tr_hash key = {{[31] = 5}};
    tr_access access[2] = {{.address = lab_addr(20), .keys = {&key, 1}},
                           {.address = lab_addr(LAB_TO), .keys = {&key, 1}}};
    lab l;
    tr_stf_result result;
    tr_changes reads;
    lab_open(&l, TR_OSAKA);
    lab_put(&l, LAB_SENDER, 0, ENOUGH, "");
    lab_put_slot(&l, LAB_TO, 1, 0, "00", 5, 9);
    tr_tx tx = lab_tx(TR_TX_FEE_MARKET);
    tx.access_list = (tr_list){access, 2};
    TR_CHECK_OK(lab_run(&l, &tx, &result));
    TR_CHECK_OK(tr_state_reads(NULL, l.state, tr_test_arena(), &reads));
    TR_CHECK_EQ(reads.count, 3); /* sender, called account, coinbase */
    for (size_t i = 0; i < reads.count; i++) TR_CHECK_EQ(reads.accounts[i].slot_count, 0);
    /* What was named and not read is read when it is asked for. */
    TR_CHECK(tr_state_peek(l.state, &access[0].address) == NULL);
    TR_CHECK_EQ(lab_slot(&l, LAB_TO, 5), 9);
    TR_CHECK(!lab_get(&l, 20)->exists);
    lab_close(&l);
}

/* What the code is told of the transaction: ORIGIN and GASPRICE, stored in slots 0 and 1. */
TR_TEST(what_the_code_is_told)
{
    lab l;
    tr_stf_result result;
    lab_open(&l, TR_OSAKA);
    lab_put(&l, LAB_SENDER, 0, ENOUGH, "");
    lab_put(&l, LAB_TO, 1, 0, "325f553a600155");
    tr_tx tx = lab_tx(TR_TX_FEE_MARKET);
    TR_CHECK_OK(lab_run(&l, &tx, &result));
    TR_CHECK(result.success);
    TR_CHECK_EQ(lab_slot(&l, LAB_TO, 1), 110);
    tr_u256 zero = TR_U256_ZERO;
    tr_slot *slot = tr_state_slot(l.state, lab_get(&l, LAB_TO), &zero);
    uint8_t be[32];
    tr_u256_to_be(slot->value, be);
    tr_addr sender = lab_addr(LAB_SENDER);
    TR_CHECK_BYTES(tr_bytes_of(be + 12, 20), TR_VIEW(sender.b));
    lab_close(&l);
}

/* A watcher is told of begin and end. */
typedef struct watcher {
    tr_tracer tracer;
    unsigned begins, ends;
    tr_tx_begin begin;
    uint64_t gas_used, sender_balance, sender_nonce;
} watcher;

static void on_begin(tr_tracer *self, const tr_tx_begin *tx)
{
    watcher *w = (watcher *)self;
    w->begins++;
    w->begin = *tx;
    const tr_acct *sender = tr_state_peek(tx->state, &tx->from);
    w->sender_balance = tr_u256_to_u64(sender->balance);
    w->sender_nonce = sender->nonce;
}

static void on_end(tr_tracer *self, const tr_tx_end *tx)
{
    watcher *w = (watcher *)self;
    w->ends++;
    w->gas_used = tx->gas_used;
    TR_CHECK_EQ(tx->status, TR_EVM_OK);
}

TR_TEST(tracing)
{
    lab l;
    tr_stf_result result;
    watcher w = {.tracer = {.tx_begin = on_begin, .tx_end = on_end}};
    lab_open(&l, TR_OSAKA);
    lab_put(&l, LAB_SENDER, 0, ENOUGH, "");
    tr_tx tx = lab_tx(TR_TX_FEE_MARKET);
    tr_addr sender = lab_addr(LAB_SENDER);
    TR_CHECK_OK(tr_stf_run(NULL, l.evm, l.state, &l.env, &tx, &sender, NULL, &w.tracer, &result));
    TR_CHECK(w.begins == 1 && w.ends == 1);
    TR_CHECK_EQ(w.sender_balance, ENOUGH);
    TR_CHECK_EQ(w.sender_nonce, 0);
    TR_CHECK_EQ(w.begin.intrinsic_gas, 21000);
    TR_CHECK_EQ(w.begin.gas, 100000);
    TR_CHECK_EQ(w.gas_used, 21000);
    /* An invalid one is not seen. */
    TR_CHECK_ERR(tr_stf_run(NULL, l.evm, l.state, &l.env, &tx, &sender, NULL, &w.tracer, &result),
                 TR_E_TX_NONCE_LOW);
    TR_CHECK(w.begins == 1 && w.ends == 1);
    lab_close(&l);
}

static bool stop_now(tr_tracer *self)
{
    (void)self;
    return true;
}

TR_TEST(a_watcher_may_stop_it)
{
    lab l;
    tr_stf_result result;
    tr_tracer tracer = {.stop = stop_now};
    lab_open(&l, TR_OSAKA);
    lab_put(&l, LAB_SENDER, 0, ENOUGH, "");
    lab_put(&l, LAB_TO, 1, 0, "5b5f56"); /* for ever */
    tr_tx tx = lab_tx(TR_TX_FEE_MARKET);
    tr_addr sender = lab_addr(LAB_SENDER);
    TR_CHECK_ERR(tr_stf_run(NULL, l.evm, l.state, &l.env, &tx, &sender, NULL, &tracer, &result),
                 TR_E_TIMEOUT);
    lab_close(&l);
}
