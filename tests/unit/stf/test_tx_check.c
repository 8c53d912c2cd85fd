/* What makes a transaction invalid: each cause alone, and which of two is told. */
#include "lab.h"

typedef struct subject {
    lab l;
    tr_tx tx;
    tr_hash blobs[7];
    tr_authorization authorization;
} subject;

static uint8_t calldata[49153];
static const char plenty[] = "0de0b6b3a7640000"; /* one ether */

static void make_good(subject *s, unsigned type)
{
    memset(s, 0, sizeof(*s));
    lab_open(&s->l, TR_OSAKA);
    lab_put_at(&s->l, lab_addr(LAB_SENDER), 5, tr_u256_from_be_short(tr_test_hex(plenty)),
               tr_test_hex(""));
    s->tx = lab_tx(type);
    s->tx.nonce = 5;
    s->tx.gas = 10000000;
    for (size_t i = 0; i < TR_COUNTOF(s->blobs); i++) s->blobs[i].b[0] = 1;
    if (type == TR_TX_BLOB) {
        s->tx.blob_hashes = (tr_list){s->blobs, 6};
        s->tx.max_blob_fee = tr_u256_of(100);
    }
    if (type == TR_TX_SET_CODE) s->tx.authorizations = (tr_list){&s->authorization, 1};
}

static void fault_type(subject *s)
{
    s->l.env.rules = tr_fork_rules_of(TR_FRONTIER);
}

static void fault_intrinsic(subject *s)
{
    s->tx.gas = 20999;
}

static void fault_floor(subject *s)
{
    memset(calldata, 1, 4000);
    s->tx.data = (tr_bytes){calldata, 4000};
    s->tx.gas = 150000;
}

static void fault_nonce_max(subject *s)
{
    s->tx.nonce = UINT64_MAX;
}

static void fault_initcode(subject *s)
{
    s->tx.to.some = false;
    s->tx.data = (tr_bytes){calldata, 49153};
}

static void fault_gas_max(subject *s)
{
    s->tx.gas = 16777217;
}

static void fault_block_gas(subject *s)
{
    s->l.env.gas_left = s->tx.gas - 1;
}

static void fault_block_blob_gas(subject *s)
{
    s->l.env.blob_gas_left = tr_tx_blob_gas(&s->tx) - 1;
}

static void fault_chain_id(subject *s)
{
    s->l.config.chain_id = 2;
}

static void fault_v(subject *s)
{
    s->tx.v = s->tx.type == TR_TX_LEGACY ? 49 : 2;
}

static void fault_range(subject *s)
{
    memset(s->tx.r, 0, 32);
}

static void fault_high_s(subject *s)
{
    memset(s->tx.s, 0x7f, 32);
    s->tx.s[0] = 0x80;
}

static void fault_priority(subject *s)
{
    s->tx.max_priority = tr_u256_add(s->tx.max_fee, TR_U256_ONE);
}

static void fault_fee(subject *s)
{
    s->l.env.evm.base_fee = tr_u256_add(s->tx.max_fee, TR_U256_ONE);
}

static void fault_no_blobs(subject *s)
{
    s->tx.blob_hashes.count = 0;
}

static void fault_blob_count(subject *s)
{
    s->tx.blob_hashes.count = 7;
    s->l.env.blob_gas_left = UINT64_MAX;
}

static void fault_blob_version(subject *s)
{
    s->blobs[5].b[0] = 2;
}

static void fault_blob_fee(subject *s)
{
    s->l.env.evm.blob_base_fee = tr_u256_of(101);
}

static void fault_create(subject *s)
{
    s->tx.to.some = false;
}

static void fault_no_authorizations(subject *s)
{
    s->tx.authorizations.count = 0;
}

static void fault_cost(subject *s)
{
    s->tx.max_fee = tr_u256_shl(TR_U256_ONE, 255);
}

static void fault_nonce_low(subject *s)
{
    s->tx.nonce = 4;
}

static void fault_nonce_high(subject *s)
{
    s->tx.nonce = 6;
}

static void fault_funds(subject *s)
{
    s->tx.value = TR_U256_MAX;
}

static void fault_code(subject *s)
{
    lab_put_at(&s->l, lab_addr(LAB_SENDER), 5, tr_u256_from_be_short(tr_test_hex(plenty)),
               tr_test_hex("00"));
}

enum { ALL = 0x1f, TYPED = 0x1e, PRICED = 0x1c, BLOB = 0x08, SET_CODE = 0x10 };

/* In the order in which they are to be found. */
static const struct {
    tr_err err;
    unsigned types;
    void (*apply)(subject *s);
} faults[] = {
    {TR_E_TX_TYPE_FORK, TYPED, fault_type},
    {TR_E_TX_INTRINSIC_GAS, ALL, fault_intrinsic},
    {TR_E_TX_FLOOR_GAS, ALL, fault_floor},
    {TR_E_TX_NONCE_MAX, ALL, fault_nonce_max},
    {TR_E_TX_INITCODE, ALL, fault_initcode},
    {TR_E_TX_GAS_MAX, ALL, fault_gas_max},
    {TR_E_TX_BLOCK_GAS, ALL, fault_block_gas},
    {TR_E_TX_BLOCK_BLOB_GAS, BLOB, fault_block_blob_gas},
    {TR_E_TX_CHAIN_ID, ALL, fault_chain_id},
    {TR_E_TX_V, ALL, fault_v},
    {TR_E_SIGNATURE_RANGE, ALL, fault_range},
    {TR_E_SIGNATURE_HIGH_S, ALL, fault_high_s},
    {TR_E_TX_PRIORITY_FEE, PRICED, fault_priority},
    {TR_E_TX_FEE, ALL, fault_fee},
    {TR_E_TX_BLOBS_NONE, BLOB, fault_no_blobs},
    {TR_E_TX_BLOBS_COUNT, BLOB, fault_blob_count},
    {TR_E_TX_BLOB_VERSION, BLOB, fault_blob_version},
    {TR_E_TX_BLOB_FEE, BLOB, fault_blob_fee},
    {TR_E_TX_BLOB_CREATE, BLOB, fault_create},
    {TR_E_TX_SET_CODE_CREATE, SET_CODE, fault_create},
    {TR_E_TX_AUTHORIZATIONS_NONE, SET_CODE, fault_no_authorizations},
    {TR_E_TX_COST, ALL, fault_cost},
    {TR_E_TX_NONCE_LOW, ALL, fault_nonce_low},
    {TR_E_TX_NONCE_HIGH, ALL, fault_nonce_high},
    {TR_E_TX_FUNDS, ALL, fault_funds},
    {TR_E_TX_SENDER_CODE, ALL, fault_code},
};

/* Runs it, and sees that an invalid transaction changes nothing. */
static tr_err run(subject *s)
{
    static const tr_addr signer;
    static const tr_err unsigned_one = TR_E_SIGNATURE;
    tr_tx_signers signers = {&signer, &unsigned_one};
    tr_stf_result result;
    tr_changes changes;
    uint64_t gas = s->l.env.gas_left, blob_gas = s->l.env.blob_gas_left;
    tr_trail_clear(&s->l.trail);
    tr_err err = lab_run_signed(&s->l, &s->tx, &signers, &result);
    if (err == TR_OK) return err;
    TR_CHECK(s->l.trail.code == err && s->l.trail.len != 0);
    TR_CHECK(s->l.env.gas_left == gas && s->l.env.blob_gas_left == blob_gas);
    TR_CHECK_OK(tr_state_changes(NULL, s->l.state, tr_test_arena(), &changes));
    TR_CHECK_EQ(changes.count, 0);
    return err;
}

TR_TEST(each_fault_alone)
{
    for (unsigned type = 0; type <= TR_TX_SET_CODE; type++) {
        subject s;
        make_good(&s, type);
        TR_CHECK_OK(run(&s));
        lab_close(&s.l);
        for (size_t i = 0; i < TR_COUNTOF(faults); i++) {
            if ((faults[i].types >> type & 1) == 0) continue;
            make_good(&s, type);
            faults[i].apply(&s);
            tr_err err = run(&s);
            TR_CHECK_MSG(err == faults[i].err, "type %u, %s: %s", type, tr_err_name(faults[i].err),
                         tr_err_name(err));
            lab_close(&s.l);
        }
    }
}

/* Two faults of one field cannot be there together. */
static bool may_be_together(tr_err a, tr_err b)
{
    if (a == TR_E_TX_BLOCK_BLOB_GAS) return b != TR_E_TX_BLOBS_NONE && b != TR_E_TX_BLOBS_COUNT;
    if (a == TR_E_TX_NONCE_MAX) return b != TR_E_TX_NONCE_LOW && b != TR_E_TX_NONCE_HIGH;
    return !(a == TR_E_TX_NONCE_LOW && b == TR_E_TX_NONCE_HIGH);
}

TR_TEST(the_first_fault_wins)
{
    for (unsigned type = 0; type <= TR_TX_SET_CODE; type++) {
        for (size_t i = 0; i < TR_COUNTOF(faults); i++) {
            for (size_t k = i + 1; k < TR_COUNTOF(faults); k++) {
                if ((faults[i].types & faults[k].types & 1u << type) == 0) continue;
                if (!may_be_together(faults[i].err, faults[k].err)) continue;
                subject s;
                make_good(&s, type);
                faults[k].apply(&s);
                faults[i].apply(&s);
                tr_err err = run(&s);
                TR_CHECK_MSG(err == faults[i].err, "type %u, %s and %s: %s", type,
                             tr_err_name(faults[i].err), tr_err_name(faults[k].err),
                             tr_err_name(err));
                lab_close(&s.l);
            }
        }
    }
}

/* The sender must have the most that it may cost, to the last wei. */
TR_TEST(funds_to_the_wei)
{
    subject s;
    for (unsigned missing = 0; missing < 2; missing++) {
        make_good(&s, TR_TX_BLOB);
        s.tx.value = tr_u256_of(12345);
        tr_u256 most = tr_u256_of(10000000ull * 1000 + 6ull * 131072 * 100 + 12345 - missing);
        lab_put_at(&s.l, lab_addr(LAB_SENDER), 5, most, tr_test_hex(""));
        TR_CHECK_ERR(run(&s), missing == 0 ? TR_OK : TR_E_TX_FUNDS);
        lab_close(&s.l);
    }
    /* Sums beyond 2^256 do not wrap. */
    make_good(&s, TR_TX_FEE_MARKET);
    s.tx.max_fee = tr_u256_div_u64(&TR_U256_MAX, s.tx.gas, &(uint64_t){0});
    s.tx.value = TR_U256_MAX;
    lab_put_at(&s.l, lab_addr(LAB_SENDER), 5, TR_U256_MAX, tr_test_hex(""));
    TR_CHECK_ERR(run(&s), TR_E_TX_FUNDS);
    TR_CHECK(strstr(s.l.trail.text, "2^256") != NULL);
    lab_close(&s.l);
}

/* Who has delegated may still send, from Prague on. */
TR_TEST(a_delegation_is_no_code)
{
    static const char code[] = "ef0100a000000000000000000000000000000000000002";
    for (tr_fork fork = TR_CANCUN; fork <= TR_OSAKA; fork++) {
        lab l;
        tr_stf_result result;
        lab_open(&l, fork);
        lab_put(&l, LAB_SENDER, 0, 1000000000, code);
        tr_tx tx = lab_tx(TR_TX_FEE_MARKET);
        TR_CHECK_ERR(lab_run(&l, &tx, &result), fork == TR_CANCUN ? TR_E_TX_SENDER_CODE : TR_OK);
        lab_close(&l);
    }
}

/* A call without signature, nonce and price. */
TR_TEST(calls_are_asked_less)
{
    lab l;
    tr_stf_result result;
    lab_open(&l, TR_OSAKA);
    lab_put(&l, LAB_SENDER, UINT64_MAX, 1000, "00");
    tr_tx tx = lab_tx(TR_TX_FEE_MARKET);
    tx.max_fee = tx.max_priority = TR_U256_ZERO;
    memset(tx.r, 0, 32);
    tx.gas = 20000000;
    tx.value = tr_u256_of(1000);
    TR_CHECK(lab_run(&l, &tx, &result) != TR_OK);
    l.env.no_base_fee = true;
    TR_CHECK_OK(lab_run(&l, &tx, &result));
    TR_CHECK(result.success && result.gas_used == 21000);
    TR_CHECK_EQ(lab_balance(&l, LAB_TO), 1000);
    TR_CHECK_EQ(lab_balance(&l, LAB_SENDER), 0);
    TR_CHECK(!lab_get(&l, LAB_COINBASE)->exists);
    /* Value and gas limit are asked all the same; and so is a price, once there is one. */
    TR_CHECK_ERR(lab_run(&l, &tx, &result), TR_E_TX_FUNDS);
    tx.value = TR_U256_ZERO;
    tx.max_fee = tr_u256_of(LAB_BASE_FEE - 1);
    TR_CHECK_ERR(lab_run(&l, &tx, &result), TR_E_TX_FEE);
    tx.gas = 20999;
    TR_CHECK_ERR(lab_run(&l, &tx, &result), TR_E_TX_INTRINSIC_GAS);
    lab_close(&l);
}
