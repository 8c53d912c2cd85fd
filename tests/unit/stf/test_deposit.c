/* Deposits (type 0x7e): no fee, no refusal, and what was minted stays. */
#include "lab.h"

enum { GAS = 100000 };

static tr_tx deposit(uint64_t mint, uint64_t value)
{
    return (tr_tx){.type = TR_TX_DEPOSIT,
                   .to = {true, lab_addr(LAB_TO)},
                   .gas = GAS,
                   .mint = tr_u256_of(mint),
                   .value = tr_u256_of(value),
                   .from = lab_addr(LAB_SENDER)};
}

static void open_op(lab *l, tr_fork fork)
{
    lab_open(l, fork);
    l->config.deposits = true;
}

TR_TEST(only_on_such_a_chain)
{
    lab l;
    tr_stf_result result;
    lab_open(&l, TR_CANCUN);
    tr_tx tx = deposit(5, 5);
    TR_CHECK_ERR(lab_run(&l, &tx, &result), TR_E_TX_TYPE_FORK);
    lab_close(&l);
}

TR_TEST(mints_and_moves)
{
    lab l;
    tr_stf_result result;
    open_op(&l, TR_CANCUN);
    lab_put(&l, LAB_SENDER, 4, 10, "");
    tr_tx tx = deposit(1000, 900);
    TR_CHECK_OK(lab_run(&l, &tx, &result));
    TR_CHECK(result.success && result.has_deposit_nonce);
    TR_CHECK_EQ(result.deposit_nonce, 4);
    TR_CHECK_EQ(result.gas_used, 21000);
    TR_CHECK_EQ(lab_balance(&l, LAB_SENDER), 110);
    TR_CHECK_EQ(lab_balance(&l, LAB_TO), 900);
    TR_CHECK_EQ(lab_get(&l, LAB_SENDER)->nonce, 5);
    TR_CHECK(!lab_get(&l, LAB_COINBASE)->exists);
    TR_CHECK_EQ(l.env.gas_left, 30000000 - 21000);
    lab_close(&l);
}

/* No signature, no nonce, no price; a contract may be the sender.  GASPRICE is 0. */
TR_TEST(asks_nothing_of_its_sender)
{
    lab l;
    tr_stf_result result;
    open_op(&l, TR_CANCUN);
    lab_put(&l, LAB_SENDER, 4, 0, "00");
    lab_put(&l, LAB_TO, 1, 0, "60013a015f55"); /* slot 0 = 1 + price */
    tr_tx tx = deposit(0, 0);
    TR_CHECK_OK(lab_run(&l, &tx, &result));
    TR_CHECK(result.success);
    TR_CHECK_EQ(lab_slot(&l, LAB_TO, 0), 1);
    lab_close(&l);
}

static void too_little_gas(tr_tx *tx)
{
    tx->gas = 20999;
}

static void too_much_value(tr_tx *tx)
{
    tx->value = tr_u256_of(1001);
}

static void of_the_system(tr_tx *tx)
{
    tx->system = true;
}

static void long_initcode(tr_tx *tx)
{
    static uint8_t zeros[49153];
    tx->to.some = false;
    tx->gas = 2000000;
    tx->data = TR_VIEW(zeros);
}

/* What cannot begin has failed with all its gas; the mint and the nonce stay. */
TR_TEST(what_cannot_run_has_failed)
{
    static void (*const faults[])(tr_tx *) = {too_little_gas, too_much_value, of_the_system,
                                              long_initcode};
    for (size_t i = 0; i < TR_COUNTOF(faults); i++) {
        lab l;
        tr_stf_result result;
        open_op(&l, TR_CANCUN);
        tr_tx tx = deposit(1000, 0);
        faults[i](&tx);
        TR_CHECK_OK(lab_run(&l, &tx, &result));
        TR_CHECK(!result.success && !result.created && result.log_count == 0);
        TR_CHECK_EQ(result.gas_used, tx.gas);
        TR_CHECK_EQ(lab_balance(&l, LAB_SENDER), 1000);
        TR_CHECK_EQ(lab_get(&l, LAB_SENDER)->nonce, 1);
        TR_CHECK_EQ(l.env.gas_left, 30000000 - tx.gas);
        lab_close(&l);
    }
}

/* One that reverts pays what it used, and keeps its mint. */
TR_TEST(what_reverts)
{
    lab l;
    tr_stf_result result;
    open_op(&l, TR_CANCUN);
    lab_put(&l, LAB_TO, 1, 0, "5f5ffd");
    tr_tx tx = deposit(1000, 1000);
    TR_CHECK_OK(lab_run(&l, &tx, &result));
    TR_CHECK(!result.success && result.status == TR_EVM_REVERT);
    TR_CHECK_EQ(result.gas_used, 21004);
    TR_CHECK_EQ(lab_balance(&l, LAB_SENDER), 1000);
    TR_CHECK_EQ(lab_balance(&l, LAB_TO), 0);
    lab_close(&l);
}

/* Before Regolith all gas counts, and none of the system's. */
TR_TEST(before_regolith)
{
    for (int system = 0; system < 2; system++) {
        lab l;
        tr_stf_result result;
        open_op(&l, TR_PARIS);
        l.config.regolith = l.env.evm.time + 1;
        l.env.gas_left = system != 0 ? 0 : GAS;
        tr_tx tx = deposit(10, 10);
        tx.system = system != 0;
        TR_CHECK_OK(lab_run(&l, &tx, &result));
        TR_CHECK(result.success);
        TR_CHECK_EQ(result.gas_used, system != 0 ? 0 : GAS);
        TR_CHECK_EQ(l.env.gas_left, 0);
        lab_close(&l);
    }
}

/* It shares the block's gas. */
TR_TEST(the_blocks_gas)
{
    lab l;
    tr_stf_result result;
    open_op(&l, TR_CANCUN);
    l.env.gas_left = GAS - 1;
    tr_tx tx = deposit(10, 10);
    TR_CHECK_ERR(lab_run(&l, &tx, &result), TR_E_TX_BLOCK_GAS);
    TR_CHECK(!lab_get(&l, LAB_SENDER)->exists);
    lab_close(&l);
}

TR_TEST(a_create)
{
    lab l;
    tr_stf_result result;
    open_op(&l, TR_CANCUN);
    lab_put(&l, LAB_SENDER, 9, 0, "");
    tr_tx tx = deposit(0, 0);
    tx.to.some = false;
    tx.data = tr_test_hex("60016000f3");
    TR_CHECK_OK(lab_run(&l, &tx, &result));
    TR_CHECK(result.success && result.created);
    tr_addr sender = lab_addr(LAB_SENDER);
    tr_addr want = tr_tx_create_address(&sender, 9);
    TR_CHECK_BYTES(TR_VIEW(result.contract.b), TR_VIEW(want.b));
    lab_close(&l);
}
