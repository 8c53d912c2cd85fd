/* Senders and signing. */
#include "eth/sender.h"

#include "harness.h"
#include "tx_gen.h"
#include "tx_samples.h"

static tr_bytes sample_sender(size_t i)
{
    return tr_test_hex(tx_samples[i].sender);
}

TR_TEST(senders_of_mainnet)
{
    enum { N = TR_COUNTOF(tx_samples) };
    tr_tx txs[N];
    tr_addr senders[N];
    tr_err errs[N];
    tr_arena *arena = tr_test_arena();
    for (size_t i = 0; i < N; i++)
        TR_CHECK_OK(tr_tx_decode(NULL, arena, tr_test_hex(tx_samples[i].raw), &txs[i]));
    size_t used = arena->used;
    TR_CHECK_EQ(tr_tx_senders(arena, tr_fork_rules_of(TR_OSAKA), N, txs, senders, errs), N);
    TR_CHECK_EQ(arena->used, used);
    for (size_t i = 0; i < N; i++) {
        TR_CHECK_OK(errs[i]);
        TR_CHECK_BYTES(TR_VIEW(senders[i].b), sample_sender(i));
    }
}

/* Good and bad ones together, more than go through at once. */
TR_TEST(good_and_bad_together)
{
    enum { N = 600 };
    static tr_tx txs[N];
    static tr_addr senders[N];
    static tr_err errs[N];
    tr_arena *arena = tr_test_arena();
    tr_addr zero = {{0}};
    for (size_t i = 0; i < N; i++) {
        TR_CHECK_OK(tr_tx_decode(NULL, arena, tr_test_hex(tx_samples[i % 7].raw), &txs[i]));
        if (i % 5 == 1) txs[i].v = 7;
        if (i % 5 == 2) memset(txs[i].r, 0xff, 32);
        if (i % 5 == 3) {
            /* An x beyond the field's prime less the order, of which no point is made. */
            memset(txs[i].r, 0, 32);
            txs[i].r[31] = 5;
        }
        if (i % 50 == 4) {
            txs[i] = (tr_tx){.type = TR_TX_DEPOSIT};
            memset(txs[i].from.b, (int)i, 20);
            TR_CHECK_OK(tr_tx_seal(NULL, arena, &txs[i]));
        }
    }
    size_t good = 0;
    size_t found = tr_tx_senders(arena, NULL, N, txs, senders, errs);
    for (size_t i = 0; i < N; i++) {
        if (i % 50 == 4) {
            TR_CHECK_OK(errs[i]);
            TR_CHECK_BYTES(TR_VIEW(senders[i].b), TR_VIEW(txs[i].from.b));
        } else if (i % 5 == 0 || i % 5 == 4) {
            TR_CHECK_OK(errs[i]);
            TR_CHECK_BYTES(TR_VIEW(senders[i].b), sample_sender(i % 7));
        } else {
            tr_err want[] = {TR_OK, TR_E_TX_V, TR_E_SIGNATURE_RANGE, TR_E_SIGNATURE};
            TR_CHECK_ERR(errs[i], want[i % 5]);
            TR_CHECK_BYTES(TR_VIEW(senders[i].b), TR_VIEW(zero.b));
        }
        good += errs[i] == TR_OK;
    }
    TR_CHECK_EQ(found, good);
    TR_CHECK_EQ(tr_tx_senders(arena, NULL, 0, NULL, NULL, NULL), 0);
}

static tr_seckey gen_key(tr_gen *g)
{
    tr_seckey key;
    tr_gen_fill(g, key.b, 32);
    key.b[0] &= 0x7f;
    key.b[31] |= 1;
    return key;
}

static tr_addr address_of(const tr_seckey *key)
{
    tr_pubkey pubkey;
    TR_CHECK_OK(tr_pubkey_of(key, &pubkey));
    return tr_pubkey_address(&pubkey);
}

TR_PROP(signed_by_whom_it_says)
{
    tr_arena *arena = tr_gen_arena(g);
    tr_tx tx = gen_tx(g), back;
    tr_seckey key = gen_key(g);
    tr_addr sender, want = address_of(&key);
    tr_err err;
    if (tx.type == TR_TX_DEPOSIT) {
        TR_CHECK_ERR(tr_tx_sign(NULL, arena, &tx, &key), TR_E_TX_TYPE);
        return;
    }
    TR_CHECK_OK(tr_tx_sign(NULL, arena, &tx, &key));
    TR_CHECK_OK(tr_tx_decode(NULL, arena, tx.encoding, &back));
    TR_CHECK_EQ(back.chain_id, tx.chain_id);
    TR_CHECK_EQ(tr_tx_senders(arena, tr_fork_rules_of(TR_OSAKA), 1, &back, &sender, &err), 1);
    TR_CHECK_BYTES(TR_VIEW(sender.b), TR_VIEW(want.b));
}

/* The example of EIP-155. */
TR_TEST(signing_with_a_chain_id)
{
    tr_seckey key;
    memset(key.b, 0x46, 32);
    tr_tx tx = {.chain_id = 1,
                .nonce = 9,
                .gas = 21000,
                .max_fee = tr_u256_of(20000000000),
                .to.some = true,
                .value = tr_u256_of(1000000000000000000)};
    memset(tx.to.addr.b, 0x35, 20);
    TR_CHECK_OK(tr_tx_sign(NULL, tr_test_arena(), &tx, &key));
    TR_CHECK_EQ(tx.v, 37);
    TR_CHECK_BYTES(tx.encoding,
                   tr_test_hex("f86c098504a817c800825208943535353535353535353535353535353535353535"
                               "880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c"
                               "71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc"
                               "64214b297fb1966a3b6d83"));
}

TR_TEST(what_cannot_be_signed)
{
    tr_seckey key = {{0}};
    tr_tx tx = {.chain_id = UINT64_MAX};
    tr_trail trail;
    TR_CHECK_ERR(tr_tx_sign(&trail, tr_test_arena(), &tx, &key), TR_E_TX_CHAIN_ID);
    tx.chain_id = 1;
    TR_CHECK_ERR(tr_tx_sign(&trail, tr_test_arena(), &tx, &key), TR_E_KEY_RANGE);
    TR_CHECK_EQ(trail.code, TR_E_KEY_RANGE);
    TR_CHECK_EQ(tx.encoding.len, 0);
    tx.type = 9;
    TR_CHECK_ERR(tr_tx_sign(&trail, tr_test_arena(), &tx, &key), TR_E_TX_TYPE);
    tr_authorization authorization = {.nonce = 1};
    TR_CHECK_ERR(tr_authorization_sign(&trail, &authorization, &key), TR_E_KEY_RANGE);
}

TR_TEST(an_authority_of_a_fixture)
{
    tr_tx tx;
    tr_addr signer;
    tr_err err;
    TR_CHECK_OK(tr_tx_decode(NULL, tr_test_arena(), tr_test_hex(tx_samples[6].raw), &tx));
    TR_CHECK_EQ(tr_authorization_signers(tr_test_arena(), 1, tx.authorizations.at, &signer, &err),
                1);
    TR_CHECK_OK(err);
    TR_CHECK_BYTES(TR_VIEW(signer.b), tr_test_hex(tx_sample_authority));
}

TR_TEST(authorities)
{
    enum { N = 300 };
    static tr_authorization all[N];
    static tr_addr signers[N];
    static tr_err errs[N];
    tr_seckey key = {{0}};
    key.b[5] = 1;
    tr_addr want = address_of(&key), zero = {{0}};
    for (size_t i = 0; i < N; i++) {
        all[i] = (tr_authorization){.chain_id = tr_u256_of(i), .nonce = i};
        TR_CHECK_OK(tr_authorization_sign(NULL, &all[i], &key));
        if (i % 4 == 1) all[i].parity = 2;
        if (i % 4 == 2) memset(all[i].s, 0x80, 32);
        if (i % 4 == 3) memset(all[i].r, 0, 32);
    }
    static const tr_err outcome[] = {TR_OK, TR_E_SIGNATURE_RANGE, TR_E_SIGNATURE_HIGH_S,
                                     TR_E_SIGNATURE_RANGE};
    TR_CHECK_EQ(tr_authorization_signers(tr_test_arena(), N, all, signers, errs), N / 4);
    for (size_t i = 0; i < N; i++) {
        TR_CHECK_ERR(errs[i], outcome[i % 4]);
        TR_CHECK_BYTES(TR_VIEW(signers[i].b), i % 4 == 0 ? TR_VIEW(want.b) : TR_VIEW(zero.b));
    }
}

static tr_err senders_in(tr_alloc *alloc, void *context)
{
    tr_arena arena;
    tr_addr sender;
    tr_err err;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    size_t found = tr_tx_senders(&arena, NULL, 1, context, &sender, &err);
    tr_arena_free(&arena);
    TR_CHECK_EQ(found, err == TR_OK);
    return err;
}

static tr_err signers_in(tr_alloc *alloc, void *context)
{
    tr_arena arena;
    tr_addr signer;
    tr_err err;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    (void)tr_authorization_signers(&arena, 1, context, &signer, &err);
    tr_arena_free(&arena);
    return err;
}

static tr_err sign_in(tr_alloc *alloc, void *context)
{
    tr_arena arena;
    tr_tx tx = *(tr_tx *)context;
    tr_seckey key = {{1}};
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_err err = tr_tx_sign(NULL, &arena, &tx, &key);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(without_memory)
{
    static uint8_t zeros[9000];
    tr_seckey key = {{1}};
    tr_tx tx = {.type = TR_TX_FEE_MARKET, .data = {zeros, sizeof(zeros)}};
    tr_authorization authorization = {.nonce = 1};
    TR_CHECK_OK(tr_authorization_sign(NULL, &authorization, &key));
    TR_CHECK_OK(tr_tx_sign(NULL, tr_test_arena(), &tx, &key));
    tr_test_out_of_memory(senders_in, &tx);
    tr_test_out_of_memory(signers_in, &authorization);
    tr_test_out_of_memory(sign_in, &tx);
}
