/* What can be said of a transaction without state: gas, prices, and each check in its place. */
#include "eth/tx.h"

#include "harness.h"

typedef struct subject {
    tr_tx tx;
    tr_tx_context context;
    tr_u256 base_fee, blob_fee;
    tr_hash blobs[7];
    tr_authorization authorization;
} subject;

static uint8_t calldata[50000];

/* A transaction of the type with which nothing is wrong in Osaka. */
static void make_good(subject *s, unsigned type)
{
    memset(s, 0, sizeof(*s));
    s->tx = (tr_tx){.type = (uint8_t)type,
                    .chain_id = 1,
                    .gas = 10000000,
                    .max_fee = tr_u256_of(1000),
                    .max_priority = tr_u256_of(10),
                    .to.some = true,
                    .v = type == TR_TX_LEGACY ? 37 : 0};
    if (type <= TR_TX_ACCESS_LIST) s->tx.max_priority = s->tx.max_fee;
    s->tx.r[31] = s->tx.s[31] = 1;
    for (size_t i = 0; i < TR_COUNTOF(s->blobs); i++) s->blobs[i].b[0] = 1;
    if (type == TR_TX_BLOB) {
        s->tx.blob_hashes = (tr_list){s->blobs, 6};
        s->tx.max_blob_fee = tr_u256_of(100);
    }
    if (type == TR_TX_SET_CODE) s->tx.authorizations = (tr_list){&s->authorization, 1};
    s->base_fee = tr_u256_of(1000);
    s->blob_fee = tr_u256_of(100);
    s->context = (tr_tx_context){.rules = tr_fork_rules_of(TR_OSAKA),
                                 .chain_id = 1,
                                 .gas_left = UINT64_MAX,
                                 .blob_gas_left = UINT64_MAX,
                                 .base_fee = &s->base_fee,
                                 .blob_fee = &s->blob_fee};
}

static void fault_type(subject *s)
{
    s->context.rules = tr_fork_rules_of(TR_FRONTIER);
}

static void fault_intrinsic(subject *s)
{
    s->tx.gas = 20999;
}

/* 4,000 bytes cost 64,000 before and at least 160,000 in the end. */
static void fault_floor(subject *s)
{
    memset(calldata, 1, 4000);
    s->tx.data = (tr_bytes){calldata, 4000};
    s->tx.gas = 150000;
}

static void fault_nonce(subject *s)
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
    s->context.gas_left = s->tx.gas - 1;
}

static void fault_block_blob_gas(subject *s)
{
    s->context.blob_gas_left = tr_tx_blob_gas(&s->tx) - 1;
}

static void fault_chain_id(subject *s)
{
    s->context.chain_id = 2;
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
    s->base_fee = tr_u256_add(s->tx.max_fee, TR_U256_ONE);
}

static void fault_no_blobs(subject *s)
{
    s->tx.blob_hashes.count = 0;
}

static void fault_blob_count(subject *s)
{
    s->tx.blob_hashes.count = 7;
}

static void fault_blob_version(subject *s)
{
    s->blobs[5].b[0] = 2;
}

static void fault_blob_fee(subject *s)
{
    s->blob_fee = tr_u256_of(101);
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
    {TR_E_TX_NONCE_MAX, ALL, fault_nonce},
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
};

TR_TEST(each_fault_alone)
{
    for (unsigned type = 0; type <= TR_TX_SET_CODE; type++) {
        subject s;
        make_good(&s, type);
        TR_CHECK_OK(tr_tx_check(NULL, &s.tx, &s.context));
        for (size_t i = 0; i < TR_COUNTOF(faults); i++) {
            if ((faults[i].types >> type & 1) == 0) continue;
            tr_trail trail;
            make_good(&s, type);
            faults[i].apply(&s);
            tr_err err = tr_tx_check(&trail, &s.tx, &s.context);
            TR_CHECK_MSG(err == faults[i].err && trail.code == err && trail.len != 0,
                         "type %u, %s: %s", type, tr_err_name(faults[i].err), tr_err_name(err));
        }
    }
}

/* Of two faults the first in the order is told.  The later one is made first, so that the earlier
 * is there in any case; one pair cannot be: no blobs have no gas. */
TR_TEST(the_first_fault_wins)
{
    for (unsigned type = 0; type <= TR_TX_SET_CODE; type++) {
        for (size_t i = 0; i < TR_COUNTOF(faults); i++) {
            for (size_t k = i + 1; k < TR_COUNTOF(faults); k++) {
                if ((faults[i].types & faults[k].types & 1u << type) == 0) continue;
                if (faults[i].err == TR_E_TX_BLOCK_BLOB_GAS && faults[k].err == TR_E_TX_BLOBS_NONE)
                    continue;
                subject s;
                make_good(&s, type);
                faults[k].apply(&s);
                faults[i].apply(&s);
                tr_err err = tr_tx_check(NULL, &s.tx, &s.context);
                TR_CHECK_MSG(err == faults[i].err, "type %u, %s and %s: %s", type,
                             tr_err_name(faults[i].err), tr_err_name(faults[k].err),
                             tr_err_name(err));
            }
        }
    }
}

TR_TEST(bounds_that_are_still_good)
{
    subject s;
    make_good(&s, TR_TX_FEE_MARKET);
    s.tx.gas = 21000;
    TR_CHECK_OK(tr_tx_check(NULL, &s.tx, &s.context));
    s.tx.gas = 16777216;
    s.context.gas_left = 16777216;
    s.tx.nonce = UINT64_MAX - 1;
    s.tx.to.some = false;
    s.tx.data = (tr_bytes){calldata, 49152};
    s.tx.max_priority = s.tx.max_fee;
    TR_CHECK_OK(tr_tx_check(NULL, &s.tx, &s.context));
    s.tx.max_fee = s.tx.max_priority = tr_u256_shl(TR_U256_ONE, 231);
    s.tx.value = TR_U256_MAX; /* which the balance will not cover: not our matter */
    TR_CHECK_OK(tr_tx_check(NULL, &s.tx, &s.context));
    s.tx.max_fee = tr_u256_shl(TR_U256_ONE, 232);
    TR_CHECK_ERR(tr_tx_check(NULL, &s.tx, &s.context), TR_E_TX_COST);
    make_good(&s, TR_TX_BLOB);
    s.context.blob_gas_left = 6 * 131072;
    TR_CHECK_OK(tr_tx_check(NULL, &s.tx, &s.context));
    s.tx.max_blob_fee = TR_U256_MAX;
    TR_CHECK_ERR(tr_tx_check(NULL, &s.tx, &s.context), TR_E_TX_COST);
    /* Nothing is asked where the context does not say. */
    make_good(&s, TR_TX_BLOB);
    s.context.base_fee = s.context.blob_fee = NULL;
    s.tx.max_fee = s.tx.max_priority = s.tx.max_blob_fee = TR_U256_ZERO;
    TR_CHECK_OK(tr_tx_check(NULL, &s.tx, &s.context));
}

TR_TEST(legacy_signatures_by_fork)
{
    subject s;
    tr_ecdsa_sig sig;
    make_good(&s, TR_TX_LEGACY);
    s.context.rules = tr_fork_rules_of(TR_TANGERINE);
    TR_CHECK_ERR(tr_tx_check(NULL, &s.tx, &s.context), TR_E_TX_V);
    s.tx.v = 28;
    s.tx.chain_id = 0;
    TR_CHECK_OK(tr_tx_check(NULL, &s.tx, &s.context));
    TR_CHECK_OK(tr_tx_signature(NULL, &s.tx, NULL, &sig));
    TR_CHECK_EQ(sig.recovery, 1);
    s.context.rules = tr_fork_rules_of(TR_OSAKA);
    s.context.chain_id = 77;
    TR_CHECK_OK(tr_tx_check(NULL, &s.tx, &s.context));
    fault_high_s(&s);
    TR_CHECK_OK(tr_tx_signature(NULL, &s.tx, NULL, &sig));
    TR_CHECK_OK(tr_tx_signature(NULL, &s.tx, tr_fork_rules_of(TR_FRONTIER), &sig));
    TR_CHECK_ERR(tr_tx_signature(NULL, &s.tx, tr_fork_rules_of(TR_HOMESTEAD), &sig),
                 TR_E_SIGNATURE_HIGH_S);
    static const uint64_t no_parity[] = {0, 1, 2, 26, 29, 34};
    for (size_t i = 0; i < TR_COUNTOF(no_parity); i++) {
        s.tx.v = no_parity[i];
        TR_CHECK_ERR(tr_tx_signature(NULL, &s.tx, NULL, &sig), TR_E_TX_V);
    }
    s.tx.v = UINT64_MAX;
    s.tx.chain_id = (UINT64_MAX - 35) / 2;
    TR_CHECK_OK(tr_tx_signature(NULL, &s.tx, NULL, &sig));
    TR_CHECK_EQ(sig.recovery, 0);
    memset(s.tx.s, 0xff, 32);
    TR_CHECK_ERR(tr_tx_signature(NULL, &s.tx, NULL, &sig), TR_E_SIGNATURE_RANGE);
}

TR_TEST(deposits)
{
    subject s;
    tr_ecdsa_sig sig;
    make_good(&s, TR_TX_LEGACY);
    s.tx = (tr_tx){.type = TR_TX_DEPOSIT};
    TR_CHECK_ERR(tr_tx_check(NULL, &s.tx, &s.context), TR_E_TX_TYPE_FORK);
    s.context.deposits = true;
    TR_CHECK_OK(tr_tx_check(NULL, &s.tx, &s.context));
    TR_CHECK_ERR(tr_tx_signature(NULL, &s.tx, NULL, &sig), TR_E_TX_V);
    s.tx.type = 5;
    TR_CHECK_ERR(tr_tx_check(NULL, &s.tx, &s.context), TR_E_TX_TYPE_FORK);
}

/* Sums by hand from the yellow paper and the EIPs. */
TR_TEST(intrinsic_gas_by_fork)
{
    static const uint8_t data[70] = {1, 0, 2, 0, 0, 0, 0, 0, 0, 0x80, [69] = 9};
    static const tr_access access[2] = {{.keys = {NULL, 3}}, {.keys = {NULL, 0}}};
    tr_tx call = {.to.some = true, .data = TR_VIEW(data)}, create = {.data = TR_VIEW(data)};
    call.access_list = (tr_list){access, 2};
    call.authorizations = (tr_list){NULL, 2};
    static const struct {
        tr_fork fork;
        uint64_t call, create, floor;
    } cases[] = {
        {TR_FRONTIER, 21000 + 4 * 68 + 66 * 4, 21000 + 4 * 68 + 66 * 4, 0},
        {TR_HOMESTEAD, 21000 + 4 * 68 + 66 * 4, 53000 + 4 * 68 + 66 * 4, 0},
        {TR_ISTANBUL, 21000 + 4 * 16 + 66 * 4, 53000 + 4 * 16 + 66 * 4, 0},
        {TR_BERLIN, 21000 + 4 * 16 + 66 * 4 + 2 * 2400 + 3 * 1900, 53000 + 4 * 16 + 66 * 4, 0},
        {TR_SHANGHAI, 21000 + 4 * 16 + 66 * 4 + 2 * 2400 + 3 * 1900, 53000 + 4 * 16 + 66 * 4 + 6,
         0},
        {TR_PRAGUE, 21000 + 4 * 16 + 66 * 4 + 2 * 2400 + 3 * 1900 + 50000,
         53000 + 4 * 16 + 66 * 4 + 6, 21000 + 10 * (66 + 16)},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        const tr_fork_rules *rules = tr_fork_rules_of(cases[i].fork);
        TR_CHECK_EQ(tr_tx_intrinsic_gas(&call, rules), cases[i].call);
        TR_CHECK_EQ(tr_tx_intrinsic_gas(&create, rules), cases[i].create);
        TR_CHECK_EQ(tr_tx_floor_gas(&call, rules), cases[i].floor);
    }
    /* More than there can be does not wrap. */
    call.authorizations.count = SIZE_MAX;
    TR_CHECK_EQ(tr_tx_intrinsic_gas(&call, tr_fork_rules_of(TR_PRAGUE)), UINT64_MAX);
}

TR_PROP(zero_bytes_are_counted)
{
    tr_bytes data = tr_gen_bytes(g, 300);
    tr_tx tx = {.to.some = true, .data = data};
    uint64_t gas = 21000;
    for (size_t i = 0; i < data.len; i++) gas += data.data[i] == 0 ? 4 : 16;
    TR_CHECK_EQ(tr_tx_intrinsic_gas(&tx, tr_fork_rules_of(TR_LONDON)), gas);
}

TR_TEST(effective_prices)
{
    tr_u256 base = tr_u256_of(100);
    tr_tx tx = {.max_fee = tr_u256_of(150), .max_priority = tr_u256_of(20)};
    TR_CHECK_EQ(tr_tx_effective_price(&tx, &base).w[0], 120);
    tx.max_priority = tr_u256_of(70);
    TR_CHECK_EQ(tr_tx_effective_price(&tx, &base).w[0], 150);
    tx.max_priority = TR_U256_MAX;
    TR_CHECK_EQ(tr_tx_effective_price(&tx, &base).w[0], 150);
    TR_CHECK_EQ(tr_tx_effective_price(&tx, NULL).w[0], 150);
}

/* go-ethereum's TestNewContractAddress. */
TR_TEST(create_addresses)
{
    static const char *const want[] = {"333c3310824b7c685133f2bedb2ca4b8b4df633d",
                                       "8bda78331c916a08481428e4b07c96d3e916d165",
                                       "c9ddedf451bc62ce88bf9292afb13df35b670699"};
    tr_bytes hex = tr_test_hex("970e8128ab834e8eac17ab8e3812f010678cf791");
    tr_addr sender;
    memcpy(sender.b, hex.data, 20);
    for (uint64_t nonce = 0; nonce < 3; nonce++) {
        tr_addr made = tr_tx_create_address(&sender, nonce);
        TR_CHECK_BYTES(TR_VIEW(made.b), tr_test_hex(want[nonce]));
    }
}
