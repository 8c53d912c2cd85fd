/* Blobs that travel with a transaction. */
#include "eth/tx.h"

#include "harness.h"
#include "tx_samples.h"

enum { BLOBS = 2 };

/* The commitment to a blob of zeros is the point at infinity; EIP-4844's tests have its versioned
 * hash. */
static const char infinity_hash[] =
    "010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014";

typedef struct wrapped {
    tr_tx tx;
    tr_blob_sidecar sidecar;
    tr_hash hashes[BLOBS];
    uint8_t commitment[48], proof[48];
    tr_bytes blobs[BLOBS], commitments[BLOBS], proofs[BLOBS * TR_CELL_PROOFS];
} wrapped;

static uint8_t blob[TR_BLOB_SIZE];

/* A transaction with two blobs of zeros. */
static void make(wrapped *w, uint8_t version)
{
    tr_bytes hash = tr_test_hex(infinity_hash);
    memset(w, 0, sizeof(*w));
    w->commitment[0] = w->proof[0] = 0xc0;
    for (size_t i = 0; i < BLOBS; i++) {
        memcpy(w->hashes[i].b, hash.data, 32);
        w->blobs[i] = TR_VIEW(blob);
        w->commitments[i] = TR_VIEW(w->commitment);
    }
    for (size_t i = 0; i < TR_COUNTOF(w->proofs); i++) w->proofs[i] = TR_VIEW(w->proof);
    w->tx = (tr_tx){.type = TR_TX_BLOB, .chain_id = 1, .blob_hashes = {w->hashes, BLOBS}};
    w->tx.to.some = true;
    w->sidecar = (tr_blob_sidecar){.version = version,
                                   .count = BLOBS,
                                   .blobs = {w->blobs, BLOBS},
                                   .commitments = {w->commitments, BLOBS},
                                   .proofs = {w->proofs, version == 0 ? BLOBS : BLOBS * 128}};
    TR_CHECK_OK(tr_tx_seal(NULL, tr_test_arena(), &w->tx));
}

static tr_bytes encode(const wrapped *w)
{
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
    tr_tx_encode_wrapped(&out, &w->tx, &w->sidecar);
    TR_CHECK_OK(tr_buf_err(&out));
    return tr_buf_view(&out);
}

TR_TEST(both_versions)
{
    for (uint8_t version = 0; version < 2; version++) {
        wrapped w, back;
        make(&w, version);
        tr_bytes raw = encode(&w);
        TR_CHECK_EQ(raw.data[0], 3);
        TR_CHECK_OK(tr_tx_decode_wrapped(NULL, tr_test_arena(), raw, &back.tx, &back.sidecar));
        TR_CHECK_EQ(back.sidecar.version, version);
        TR_CHECK_EQ(back.sidecar.count, BLOBS);
        TR_CHECK_EQ(back.sidecar.proofs.count, version == 0 ? BLOBS : BLOBS * 128);
        TR_CHECK_BYTES(back.tx.encoding, w.tx.encoding);
        TR_CHECK_BYTES(back.tx.to_sign, w.tx.to_sign);
        TR_CHECK_BYTES(*TR_LIST_AT(tr_bytes, back.sidecar.blobs, 1), TR_VIEW(blob));
        TR_CHECK_OK(tr_blob_sidecar_check(NULL, &back.tx, &back.sidecar));
        TR_CHECK_BYTES(encode(&back), raw);
        /* It is no consensus form. */
        tr_tx tx;
        TR_CHECK_ERR(tr_tx_decode(NULL, tr_test_arena(), raw, &tx), TR_E_TX_WRAPPED);
    }
}

/* The form written out by hand: [tx, blobs, commitments, proofs], and in version 1 a 1 before the
 * blobs. */
TR_TEST(the_forms_by_hand)
{
    for (uint8_t version = 0; version < 2; version++) {
        wrapped w;
        tr_buf out;
        make(&w, version);
        tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
        tr_buf_put_u8(&out, 3);
        tr_rlp_mark all = tr_rlp_begin(&out, 0);
        tr_buf_put(&out, tr_bytes_cut(w.tx.encoding, 1, SIZE_MAX));
        if (version == 1) tr_rlp_put_u64(&out, 1);
        const tr_list *lists[] = {&w.sidecar.blobs, &w.sidecar.commitments, &w.sidecar.proofs};
        for (size_t i = 0; i < 3; i++) {
            tr_rlp_mark list = tr_rlp_begin(&out, 0);
            for (size_t k = 0; k < lists[i]->count; k++)
                tr_rlp_put_bytes(&out, *TR_LIST_AT(tr_bytes, *lists[i], k));
            tr_rlp_end(&out, list);
        }
        tr_rlp_end(&out, all);
        TR_CHECK_BYTES(encode(&w), tr_buf_view(&out));
    }
}

/* Every other type, and a blob transaction without its blobs, goes through as it is. */
TR_TEST(without_a_sidecar)
{
    for (size_t i = 0; i < TR_COUNTOF(tx_samples); i++) {
        wrapped w;
        tr_bytes raw = tr_test_hex(tx_samples[i].raw);
        TR_CHECK_OK(tr_tx_decode_wrapped(NULL, tr_test_arena(), raw, &w.tx, &w.sidecar));
        TR_CHECK_EQ(w.sidecar.count, 0);
        TR_CHECK_BYTES(w.tx.encoding, raw);
        if (w.tx.type != TR_TX_BLOB) TR_CHECK_BYTES(encode(&w), raw);
    }
    wrapped w;
    TR_CHECK_ERR(
        tr_tx_decode_wrapped(NULL, tr_test_arena(), (tr_bytes){NULL, 0}, &w.tx, &w.sidecar),
        TR_E_SHORT);
}

TR_TEST(cut_or_lengthened)
{
    wrapped w;
    make(&w, 1);
    tr_bytes raw = encode(&w);
    for (size_t len = 0; len < raw.len; len += len < 300 || len + 60 > raw.len ? 1 : 4001) {
        tr_tx tx;
        tr_blob_sidecar sidecar;
        uint8_t *piece = tr_alloc_get(tr_test_alloc(), len + 1);
        memcpy(piece, raw.data, len);
        TR_CHECK(tr_tx_decode_wrapped(NULL, tr_test_arena(), (tr_bytes){piece, len}, &tx,
                                      &sidecar) != TR_OK);
        TR_CHECK_EQ(tx.encoding.len + sidecar.count, 0);
        tr_alloc_put(tr_test_alloc(), piece, len + 1);
    }
    uint8_t *longer = tr_arena_get(tr_test_arena(), raw.len + 1, 1);
    memcpy(longer, raw.data, raw.len);
    longer[raw.len] = 0;
    TR_CHECK_ERR(tr_tx_decode_wrapped(NULL, tr_test_arena(), (tr_bytes){longer, raw.len + 1}, &w.tx,
                                      &w.sidecar),
                 TR_E_TRAILING);
}

TR_TEST(forms_that_are_not_known)
{
    static const struct {
        const char *after; /* what follows the transaction */
        tr_err err;
    } cases[] = {
        {"c0c0c0", TR_OK},
        {"01c0c0c0", TR_OK},
        {"02c0c0c0", TR_E_TX_SIDECAR},
        {"80c0c0c0", TR_E_TX_SIDECAR},
        {"00c0c0c0", TR_E_CANONICAL},
        {"01c0c0", TR_E_SHORT},
        {"c0c0", TR_E_SHORT},
        {"c0c0c0c0", TR_E_TRAILING},
        {"c0c080", TR_E_TYPE},
        {"c0c1c0c0", TR_E_TYPE},
        {"c0c28101c0", TR_E_CANONICAL},
        {"", TR_E_SHORT},
    };
    wrapped w;
    make(&w, 0);
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_buf out;
        tr_tx tx;
        tr_blob_sidecar sidecar;
        tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
        tr_buf_put_u8(&out, 3);
        tr_rlp_mark all = tr_rlp_begin(&out, 0);
        tr_buf_put(&out, tr_bytes_cut(w.tx.encoding, 1, SIZE_MAX));
        tr_buf_put(&out, tr_test_hex(cases[i].after));
        tr_rlp_end(&out, all);
        tr_err err = tr_tx_decode_wrapped(NULL, tr_test_arena(), tr_buf_view(&out), &tx, &sidecar);
        TR_CHECK_MSG(err == cases[i].err, "%s: %s", cases[i].after, tr_err_name(err));
    }
}

static void expect_fault(const wrapped *w)
{
    tr_trail trail;
    TR_CHECK_ERR(tr_blob_sidecar_check(&trail, &w->tx, &w->sidecar), TR_E_TX_SIDECAR);
    TR_CHECK(trail.len != 0);
}

TR_TEST(sidecars_that_do_not_fit)
{
    wrapped w;
    for (uint8_t version = 0; version < 2; version++) {
        make(&w, version);
        w.sidecar.count = 1;
        expect_fault(&w);
        make(&w, version);
        w.sidecar.blobs.count = 1;
        expect_fault(&w);
        make(&w, version);
        w.sidecar.commitments.count = 1;
        expect_fault(&w);
        make(&w, version);
        w.sidecar.proofs.count--;
        expect_fault(&w);
        make(&w, version);
        w.tx.blob_hashes.count = 1;
        expect_fault(&w);
        make(&w, version);
        w.blobs[1].len--;
        expect_fault(&w);
        make(&w, version);
        w.commitments[0].len--;
        expect_fault(&w);
        make(&w, version);
        w.proofs[1].len--;
        expect_fault(&w);
        make(&w, version);
        w.commitment[47] = 1;
        expect_fault(&w);
        make(&w, version);
        w.hashes[1].b[0] = 2;
        expect_fault(&w);
        make(&w, version);
        w.hashes[1].b[31] ^= 1;
        expect_fault(&w);
    }
    make(&w, 0);
    w.sidecar.version = 2;
    expect_fault(&w);
    make(&w, 1);
    w.sidecar.version = 0;
    expect_fault(&w);
}

static tr_err decode_in(tr_alloc *alloc, void *context)
{
    tr_arena arena;
    tr_tx tx;
    tr_blob_sidecar sidecar;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_err err = tr_tx_decode_wrapped(NULL, &arena, *(tr_bytes *)context, &tx, &sidecar);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(without_memory)
{
    static tr_hash many[200];
    wrapped w;
    make(&w, 1);
    w.tx.blob_hashes = (tr_list){many, 200};
    tr_bytes raw = encode(&w);
    tr_test_out_of_memory(decode_in, &raw);
}
