/* Authorizations (EIP-7702): which count, what they cost, what they leave. */
#include "lab.h"

enum { ENOUGH = 1000000000, SIGNER = 30, DELEGATE = 31, MOST = 4 };

typedef struct subject {
    lab l;
    tr_tx tx;
    tr_authorization list[MOST];
    tr_addr signers[MOST];
    tr_err errs[MOST];
    tr_stf_result result;
} subject;

static void make(subject *s, size_t count)
{
    memset(s, 0, sizeof(*s));
    lab_open(&s->l, TR_OSAKA);
    lab_put(&s->l, LAB_SENDER, 0, ENOUGH, "");
    s->tx = lab_tx(TR_TX_SET_CODE);
    s->tx.gas = 200000;
    s->tx.authorizations = (tr_list){s->list, count};
    for (size_t i = 0; i < MOST; i++) {
        s->list[i] = (tr_authorization){.chain_id = TR_U256_ONE, .address = lab_addr(DELEGATE)};
        s->signers[i] = lab_addr(SIGNER);
    }
}

static void run(subject *s)
{
    tr_tx_signers signers = {s->signers, s->errs};
    TR_CHECK_OK(lab_run_signed(&s->l, &s->tx, &signers, &s->result));
}

static bool delegates(subject *s, unsigned who, unsigned to)
{
    tr_addr delegate, want = lab_addr(to);
    tr_acct *account = lab_get(&s->l, who);
    TR_CHECK(tr_state_code(s->l.state, account));
    return account->has_code && tr_code_delegate(account->code, &delegate) &&
           memcmp(&delegate, &want, sizeof(want)) == 0;
}

/* A new account: 25,000 and no refund. */
TR_TEST(of_a_new_account)
{
    subject s;
    make(&s, 1);
    run(&s);
    TR_CHECK(s.result.success && delegates(&s, SIGNER, DELEGATE));
    TR_CHECK_EQ(lab_get(&s.l, SIGNER)->nonce, 1);
    TR_CHECK_EQ(s.result.gas_used, 46000);
    lab_close(&s.l);
}

/* One that is there gets 12,500 back, of at most a fifth. */
TR_TEST(of_a_known_account)
{
    subject s;
    make(&s, 1);
    lab_put(&s.l, SIGNER, 0, 1, "");
    run(&s);
    TR_CHECK(delegates(&s, SIGNER, DELEGATE));
    TR_CHECK_EQ(s.result.gas_peak, 46000);
    TR_CHECK_EQ(s.result.gas_used, 46000 - 9200);
    lab_close(&s.l);
    make(&s, 2);
    lab_put(&s.l, SIGNER, 0, 1, "");
    s.list[1].nonce = 1;
    s.list[1].address = lab_addr(DELEGATE + 1);
    run(&s);
    TR_CHECK(delegates(&s, SIGNER, DELEGATE + 1)); /* the last one holds */
    TR_CHECK_EQ(s.result.gas_used, 71000 - 14200);
    TR_CHECK_EQ(lab_get(&s.l, SIGNER)->nonce, 2);
    lab_close(&s.l);
}

static void other_chain(subject *s)
{
    s->list[0].chain_id = tr_u256_of(2);
}

static void wide_chain(subject *s)
{
    s->list[0].chain_id = tr_u256_shl(TR_U256_ONE, 64);
}

static void nonce_max(subject *s)
{
    s->list[0].nonce = UINT64_MAX;
    lab_put(&s->l, SIGNER, UINT64_MAX, 1, "");
}

static void bad_signature(subject *s)
{
    s->errs[0] = TR_E_SIGNATURE;
}

static void has_code(subject *s)
{
    lab_put(&s->l, SIGNER, 0, 1, "00");
}

static void nonce_low(subject *s)
{
    lab_put(&s->l, SIGNER, 1, 1, "");
}

static void nonce_high(subject *s)
{
    s->list[0].nonce = 1;
}

/* Each fault alone makes it be skipped; the transaction goes on, and nothing is given back. */
TR_TEST(what_is_skipped)
{
    static void (*const faults[])(subject *) = {other_chain, wide_chain, nonce_max, bad_signature,
                                                has_code,    nonce_low,  nonce_high};
    for (size_t i = 0; i < TR_COUNTOF(faults); i++) {
        subject s;
        make(&s, 1);
        faults[i](&s);
        uint64_t nonce = lab_get(&s.l, SIGNER)->nonce;
        run(&s);
        TR_CHECK(s.result.success && !delegates(&s, SIGNER, DELEGATE));
        TR_CHECK_EQ(lab_get(&s.l, SIGNER)->nonce, nonce);
        TR_CHECK_EQ(s.result.gas_used, 46000);
        lab_close(&s.l);
    }
}

/* A signer is warm as soon as it is known, even if its authorization does not fit.  The code is
 * PUSH20 address, BALANCE. */
TR_TEST(signers_are_warm)
{
    static void (*const faults[])(subject *) = {NULL, other_chain, nonce_max, has_code, nonce_low};
    static const bool warm[] = {true, false, false, true, true};
    for (size_t i = 0; i < TR_COUNTOF(faults); i++) {
        subject s;
        uint8_t code[22] = {0x73};
        tr_addr signer = lab_addr(SIGNER);
        make(&s, 1);
        memcpy(code + 1, signer.b, 20);
        code[21] = 0x31;
        lab_put_at(&s.l, lab_addr(LAB_TO), 1, TR_U256_ZERO, TR_VIEW(code));
        if (faults[i] != NULL) faults[i](&s);
        run(&s);
        TR_CHECK_EQ(s.result.gas_used, 46000 + 3 + (warm[i] ? 100 : 2600));
        lab_close(&s.l);
    }
}

/* Chain id 0 is any; the zero address takes the delegation away. */
TR_TEST(any_chain_and_no_delegate)
{
    subject s;
    make(&s, 2);
    s.list[0].chain_id = TR_U256_ZERO;
    s.list[1].nonce = 1;
    s.list[1].address = (tr_addr){{0}};
    run(&s);
    TR_CHECK_EQ(lab_get(&s.l, SIGNER)->nonce, 2);
    TR_CHECK(!lab_get(&s.l, SIGNER)->has_code);
    lab_close(&s.l);
}

/* The sender may be its own signer: its nonce has been counted up by then. */
TR_TEST(signed_by_the_sender)
{
    for (uint64_t nonce = 0; nonce < 2; nonce++) {
        subject s;
        make(&s, 1);
        s.signers[0] = lab_addr(LAB_SENDER);
        s.list[0].nonce = nonce;
        run(&s);
        TR_CHECK_EQ(delegates(&s, LAB_SENDER, DELEGATE), nonce == 1);
        TR_CHECK_EQ(lab_get(&s.l, LAB_SENDER)->nonce, nonce == 1 ? 2 : 1);
        lab_close(&s.l);
    }
}

/* Called at once, the signer runs its delegate's code, with its own storage; delegations stay when
 * the call reverts. */
TR_TEST(the_delegate_runs_or_reverts)
{
    subject s;
    make(&s, 1);
    s.tx.to.addr = lab_addr(SIGNER);
    lab_put(&s.l, DELEGATE, 1, 0, "602a5f55");
    run(&s);
    TR_CHECK_EQ(lab_slot(&s.l, SIGNER, 0), 42);
    TR_CHECK_EQ(lab_slot(&s.l, DELEGATE, 0), 0);
    TR_CHECK_EQ(s.result.gas_used, 46000 + 3 + 2 + 22100);
    lab_close(&s.l);
    make(&s, 1);
    s.tx.to.addr = lab_addr(SIGNER);
    lab_put(&s.l, DELEGATE, 1, 0, "602a5f555f5ffd");
    run(&s);
    TR_CHECK(!s.result.success && s.result.status == TR_EVM_REVERT);
    TR_CHECK_EQ(lab_slot(&s.l, SIGNER, 0), 0);
    TR_CHECK(delegates(&s, SIGNER, DELEGATE));
    TR_CHECK_EQ(lab_get(&s.l, SIGNER)->nonce, 1);
    lab_close(&s.l);
}

/* The delegate of the called account is warm.  Its code asks for its own balance at cost 100:
 * PUSH20 address, BALANCE. */
TR_TEST(the_delegate_is_warm)
{
    subject s;
    uint8_t code[22] = {0x73};
    tr_addr delegate = lab_addr(DELEGATE);
    make(&s, 1);
    s.tx.to.addr = lab_addr(SIGNER);
    memcpy(code + 1, delegate.b, 20);
    code[21] = 0x31;
    lab_put_at(&s.l, delegate, 1, TR_U256_ZERO, TR_VIEW(code));
    run(&s);
    TR_CHECK_EQ(s.result.gas_used, 46000 + 3 + 100);
    lab_close(&s.l);
}

/* A tracer is told who signed, but for those whose signature is none. */
typedef struct watcher {
    tr_tracer tracer;
    size_t count;
    tr_addr first;
} watcher;

static void on_begin(tr_tracer *self, const tr_tx_begin *tx)
{
    watcher *w = (watcher *)self;
    w->count = tx->authority_count;
    w->first = tx->authorities[0];
}

TR_TEST(tracers_are_told)
{
    subject s;
    watcher w = {.tracer = {.tx_begin = on_begin}};
    make(&s, 3);
    s.errs[0] = TR_E_SIGNATURE;
    s.signers[1] = lab_addr(SIGNER + 7);
    tr_tx_signers signers = {s.signers, s.errs};
    tr_addr sender = lab_addr(LAB_SENDER);
    TR_CHECK_OK(tr_stf_run(NULL, s.l.evm, s.l.state, &s.l.env, &s.tx, &sender, &signers, &w.tracer,
                           &s.result));
    TR_CHECK_EQ(w.count, 2);
    TR_CHECK_BYTES(TR_VIEW(w.first.b), TR_VIEW(s.signers[1].b));
    lab_close(&s.l);
}
