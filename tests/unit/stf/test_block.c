/* Whole blocks: what is made by the steps is accepted, and each thing that is wrong has its code.
 */
#include "chain.h"

enum { ENOUGH = 1000000000, DELEGATE = 40 };

typedef struct subject {
    lab l; /* its world and its state */
    chain c;
} subject;

static void put(subject *s, tr_addr address, uint64_t nonce, uint64_t balance, const char *code)
{
    lab_put_at(&s->l, address, nonce, tr_u256_of(balance), tr_test_hex(code));
}

static void put_system(subject *s)
{
    static const system_contract *const all[] = {&beacon_roots_contract, &block_hashes_contract,
                                                 &withdrawal_requests_contract,
                                                 &consolidation_requests_contract};
    for (size_t i = 0; i < TR_COUNTOF(all); i++)
        put(s, chain_address(all[i]->address), 1, 0, all[i]->code);
}

/* Logs one topic and a word. */
static const char logs[] = "600760005260aa60206000a1";

static void clear(subject *s)
{
    tr_state_clear(s->l.state, tr_memory_world_door(s->l.world));
}

/* A block of two or three transactions by two senders, one of them logging. */
static void make(subject *s, tr_fork fork)
{
    memset(s, 0, sizeof(*s));
    lab_open(&s->l, fork);
    chain_open(&s->c, fork);
    put_system(s);
    put(s, lab_addr(LAB_TO), 1, 0, logs);
    for (unsigned i = 0; i < 4; i++) put(s, chain_sender(i), 0, ENOUGH, "");
    tr_tx tx = lab_tx(TR_TX_LEGACY);
    tx.value = tr_u256_of(9);
    chain_add(&s->c, tx, 0);
    tx.nonce = 1;
    tx.to.addr = lab_addr(LAB_OTHER);
    chain_add(&s->c, tx, 0);
    if (fork >= TR_LONDON) chain_add(&s->c, lab_tx(TR_TX_FEE_MARKET), 1);
    if (fork >= TR_SHANGHAI) {
        s->c.withdrawals[0] = (tr_withdrawal){.index = 4, .address = lab_addr(50), .amount = 6};
        s->c.block.withdrawals.count = 1;
    }
}

static void seal(subject *s)
{
    chain_seal(&s->c, s->l.state, NULL);
    clear(s);
}

static tr_err run(subject *s)
{
    chain_place(&s->c);
    tr_trail_clear(&s->c.trail);
    return tr_stf_block(&s->c.trail, s->c.evm, s->l.state, tr_test_arena(), &s->c.place,
                        &s->c.block, NULL, NULL, &s->c.out);
}

static void close_all(subject *s)
{
    chain_close(&s->c);
    lab_close(&s->l);
}

TR_TEST(good_blocks_of_every_fork)
{
    for (tr_fork fork = TR_BYZANTIUM; fork <= TR_OSAKA; fork++) {
        subject s;
        make(&s, fork);
        seal(&s);
        size_t count = fork >= TR_LONDON ? 3 : 2;
        TR_CHECK_EQ(s.c.block.txs.count, count);
        uint64_t gas = s.c.out.gas_used;
        TR_CHECK_OK(run(&s));
        TR_CHECK_EQ(s.c.out.gas_used, gas);
        TR_CHECK_EQ(s.c.out.receipt_count, count);
        TR_CHECK_EQ(lab_balance(&s.l, LAB_OTHER), 9);
        TR_CHECK_EQ(lab_balance(&s.l, 50), fork >= TR_SHANGHAI ? 6000000000 : 0);
        close_all(&s);
    }
}

static void another_parent(subject *s)
{
    s->c.parent.extra = TR_LIT("x");
    s->c.place.hash = tr_header_hash(&s->c.parent);
}

static void no_such_time(subject *s)
{
    s->c.block.header.time = s->c.parent.time;
}

static void no_such_withdrawal(subject *s)
{
    s->c.withdrawals[0].amount++;
}

static void other_transactions(subject *s)
{
    s->c.block.header.transactions_root.b[8] ^= 1;
}

static void less_gas(subject *s)
{
    s->c.block.header.gas_used--;
}

static void other_receipts(subject *s)
{
    s->c.block.header.receipts_root.b[0] ^= 1;
}

static void other_bloom(subject *s)
{
    s->c.block.header.bloom[9] ^= 1;
}

static void other_requests(subject *s)
{
    s->c.block.header.requests_hash.b[31] ^= 1;
}

static void blobs_of_nobody(subject *s)
{
    s->c.block.header.blob_gas_used = 131072;
}

static void an_uncle(subject *s)
{
    s->c.uncles[0] = s->c.parent;
    s->c.block.uncles.count = 1;
}

TR_TEST(each_fault_of_a_block)
{
    static const struct {
        tr_err err;
        void (*apply)(subject *s);
    } faults[] = {
        {TR_E_HEADER_PARENT, another_parent},
        {TR_E_HEADER_TIME, no_such_time},
        {TR_E_BLOCK_WITHDRAWALS, no_such_withdrawal},
        {TR_E_BLOCK_TRANSACTIONS, other_transactions},
        {TR_E_BLOCK_UNCLES, an_uncle},
        {TR_E_BLOCK_BLOB_GAS, blobs_of_nobody},
        {TR_E_BLOCK_GAS_USED, less_gas},
        {TR_E_BLOCK_RECEIPTS, other_receipts},
        {TR_E_BLOCK_BLOOM, other_bloom},
        {TR_E_BLOCK_REQUESTS_HASH, other_requests},
    };
    for (size_t i = 0; i < TR_COUNTOF(faults); i++) {
        subject s;
        make(&s, TR_OSAKA);
        seal(&s);
        chain_place(&s.c);
        faults[i].apply(&s);
        tr_err err = tr_stf_block(&s.c.trail, s.c.evm, s.l.state, tr_test_arena(), &s.c.place,
                                  &s.c.block, NULL, NULL, &s.c.out);
        TR_CHECK_MSG(err == faults[i].err && s.c.trail.code == err, "%s: %s",
                     tr_err_name(faults[i].err), tr_err_name(err));
        close_all(&s);
    }
}

/* Puts a transaction at the end of a sealed block, as if it were good. */
static void append(subject *s, tr_tx tx)
{
    s->c.txs[s->c.block.txs.count++] = tx;
    TR_CHECK_OK(tr_transactions_root(NULL, tr_test_arena(), NULL, s->c.block.txs.count, s->c.txs,
                                     &s->c.block.header.transactions_root));
}

/* The fault of a transaction is the block's, and it is said which one it was. */
TR_TEST(a_bad_transaction)
{
    subject s;
    make(&s, TR_OSAKA);
    seal(&s);
    tr_tx tx = lab_tx(TR_TX_FEE_MARKET);
    tr_seckey key = chain_key(0);
    tx.nonce = 3;
    TR_CHECK_OK(tr_tx_sign(NULL, tr_test_arena(), &tx, &key));
    append(&s, tx);
    TR_CHECK_ERR(run(&s), TR_E_TX_NONCE_HIGH);
    TR_CHECK(strstr(s.c.trail.text, "in transaction 3") != NULL);
    close_all(&s);
}

TR_TEST(senders_that_nobody_is)
{
    static const struct {
        tr_err err;
        uint64_t gas;
        uint8_t r, s0;
    } cases[] = {
        {TR_E_SIGNATURE, 100000, 5, 0}, /* r = 5 is the x of no point */
        {TR_E_SIGNATURE_RANGE, 100000, 0, 0},
        {TR_E_SIGNATURE_HIGH_S, 100000, 1, 0x80},
        {TR_E_TX_INTRINSIC_GAS, 20999, 5, 0}, /* what comes first */
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        subject s;
        make(&s, TR_OSAKA);
        seal(&s);
        tr_tx tx = lab_tx(TR_TX_FEE_MARKET);
        tx.gas = cases[i].gas;
        tx.r[31] = cases[i].r;
        tx.s[0] = cases[i].s0;
        TR_CHECK_OK(tr_tx_seal(NULL, tr_test_arena(), &tx));
        append(&s, tx);
        TR_CHECK_ERR(run(&s), cases[i].err);
        close_all(&s);
    }
}

/* Each transaction has its own part of the signers, which are found all at once. */
TR_TEST(authorizations_of_a_block)
{
    subject s;
    tr_authorization lists[3][2];
    make(&s, TR_OSAKA);
    for (unsigned t = 0; t < 3; t++) {
        for (unsigned i = 0; i < 2; i++) {
            tr_seckey key = chain_key(10 + 2 * t + i);
            lists[t][i] = (tr_authorization){.chain_id = TR_U256_ONE,
                                             .address = lab_addr(DELEGATE + 2 * t + i)};
            TR_CHECK_OK(tr_authorization_sign(NULL, &lists[t][i], &key));
        }
        tr_tx tx = lab_tx(TR_TX_SET_CODE);
        tx.authorizations = (tr_list){lists[t], 2};
        tx.nonce = t;
        chain_add(&s.c, tx, 2);
        chain_add(&s.c,
                  (tr_tx){.type = TR_TX_FEE_MARKET,
                          .chain_id = 1,
                          .nonce = t,
                          .gas = 21000,
                          .max_fee = tr_u256_of(1000),
                          .to.some = true},
                  3);
    }
    seal(&s);
    TR_CHECK_EQ(s.c.block.txs.count, 9);
    TR_CHECK_OK(run(&s));
    for (unsigned n = 0; n < 6; n++) {
        tr_addr delegate, want = lab_addr(DELEGATE + n);
        tr_acct *account = lab_at(&s.l, chain_sender(10 + n));
        TR_CHECK(tr_state_code(s.l.state, account));
        TR_CHECK(tr_code_delegate(account->code, &delegate));
        TR_CHECK_BYTES(TR_VIEW(delegate.b), TR_VIEW(want.b));
    }
    close_all(&s);
}

/* A block of proof of work that includes an uncle: its miner is paid, its rules are asked. */
TR_TEST(uncles)
{
    subject s;
    tr_header ancestors[2];
    make(&s, TR_BERLIN);
    ancestors[1] = chain_parent(TR_BERLIN);
    ancestors[0] = chain_child(TR_BERLIN, &ancestors[1]);
    ancestors[0].gas_used = ancestors[0].gas_limit / 2;
    s.c.parent = ancestors[0];
    s.c.block.header = chain_child(TR_BERLIN, &s.c.parent);
    s.c.ancestry = (tr_ancestry){.count = 2, .ancestors = ancestors};
    s.c.uncles[0] = chain_child(TR_BERLIN, &ancestors[1]);
    s.c.uncles[0].coinbase = lab_addr(60);
    s.c.block.uncles.count = 1;
    seal(&s);
    TR_CHECK_OK(run(&s));
    TR_CHECK_EQ(lab_balance(&s.l, 60), 2000000000000000000 / 8 * 7);
    clear(&s);
    s.c.ancestry.count = 1;
    TR_CHECK_ERR(run(&s), TR_E_BLOCK_UNCLES);
    s.c.ancestry.count = 0;
    TR_CHECK_ERR(run(&s), TR_E_BLOCK_UNCLES);
    close_all(&s);
}

/* Gas that is promised beyond the block's is refused, though less was used. */
TR_TEST(the_blocks_gas)
{
    subject s;
    make(&s, TR_OSAKA);
    seal(&s);
    tr_tx tx = lab_tx(TR_TX_FEE_MARKET);
    tr_seckey key = chain_key(3);
    tx.gas = 16000000;
    TR_CHECK_OK(tr_tx_sign(NULL, tr_test_arena(), &tx, &key));
    append(&s, tx);
    tx.nonce = 1;
    TR_CHECK_OK(tr_tx_sign(NULL, tr_test_arena(), &tx, &key));
    append(&s, tx);
    /* Both would fit, if the first took little. */
    TR_CHECK_ERR(run(&s), TR_E_TX_FUNDS);
    put(&s, chain_sender(3), 0, ENOUGH * 100ull, "");
    clear(&s);
    TR_CHECK_ERR(run(&s), TR_E_BLOCK_GAS_USED);
    s.c.block.header.gas_limit = s.c.parent.gas_limit = 16000000;
    s.c.parent.gas_used = 8000000;
    clear(&s);
    TR_CHECK_ERR(run(&s), TR_E_TX_BLOCK_GAS);
    close_all(&s);
}

static tr_err whole_block(tr_alloc *alloc, void *context)
{
    subject *s = context;
    tr_arena arena;
    clear(s);
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_err err = tr_stf_block(NULL, s->c.evm, s->l.state, &arena, &s->c.place, &s->c.block, NULL,
                              NULL, &s->c.out);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(without_memory)
{
    subject s;
    tr_authorization list;
    tr_seckey key = chain_key(12);
    make(&s, TR_OSAKA);
    list = (tr_authorization){.chain_id = TR_U256_ONE, .address = lab_addr(DELEGATE)};
    TR_CHECK_OK(tr_authorization_sign(NULL, &list, &key));
    tr_tx tx = lab_tx(TR_TX_SET_CODE);
    tx.authorizations = (tr_list){&list, 1};
    chain_add(&s.c, tx, 2);
    seal(&s);
    TR_CHECK_EQ(s.c.block.txs.count, 4);
    chain_place(&s.c);
    tr_test_out_of_memory(whole_block, &s);
    close_all(&s);
}
