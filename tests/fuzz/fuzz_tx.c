/* Transactions: what is accepted is the one encoding of what it says, alone, as an item of a list
 * and sealed anew; the same with blobs; and whatever it says can be checked. */
#include "eth/tx.h"
#include "os/heap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_encoding(tr_arena *arena, tr_tx tx, tr_bytes in)
{
    tr_buf out;
    tr_tx item;
    tr_buf_init(&out, tr_heap(), 2 * in.len + 64);
    tr_tx_encode(&out, &tx);
    TR_ASSERT(tr_buf_err(&out) == TR_OK && tr_bytes_eq(tr_buf_view(&out), in));
    TR_ASSERT(tr_bytes_eq(tx.encoding, in));
    tr_buf_clear(&out);
    tr_tx_write(&out, &tx);
    TR_ASSERT(out.len == tr_tx_write_size(&tx));
    tr_rlp r = tr_rlp_open(tr_buf_view(&out));
    tr_tx_read(&r, arena, &item);
    TR_ASSERT(tr_rlp_finish(&r, NULL, "item") == TR_OK);
    TR_ASSERT(tr_bytes_eq(item.encoding, in) && tr_bytes_eq(item.to_sign, tx.to_sign));
    tr_buf_free(&out);
    tr_bytes to_sign = tx.to_sign;
    TR_ASSERT(tr_tx_seal(NULL, arena, &tx) == TR_OK);
    TR_ASSERT(tr_bytes_eq(tx.encoding, in) && tr_bytes_eq(tx.to_sign, to_sign));
}

static void check_meaning(tr_arena *arena, const tr_tx *tx)
{
    tr_u256 fee = tr_u256_of(1000000000);
    tr_hash hashes[2];
    tr_ecdsa_sig sig;
    for (unsigned fork = 0; fork < TR_FORKS; fork++) {
        const tr_fork_rules *rules = tr_fork_rules_of((tr_fork)fork);
        tr_tx_context context = {.rules = rules,
                                 .chain_id = tx->chain_id,
                                 .deposits = fork % 2 == 0,
                                 .gas_left = UINT64_MAX,
                                 .blob_gas_left = UINT64_MAX,
                                 .base_fee = fork % 3 == 0 ? &fee : NULL,
                                 .blob_fee = fork % 4 == 0 ? &fee : NULL};
        tr_err err = tr_tx_check(NULL, tx, &context);
        TR_ASSERT(tx->type == TR_TX_DEPOSIT || err != TR_OK ||
                  (tx->gas >= tr_tx_intrinsic_gas(tx, rules) &&
                   tr_tx_signature(NULL, tx, rules, &sig) == TR_OK));
    }
    tr_tx_hash_many(1, tx, &hashes[0]);
    TR_ASSERT(tr_tx_signing_hash_many(NULL, arena, 1, tx, &hashes[1]) == TR_OK);
    TR_ASSERT(memcmp(hashes[0].b, hashes[1].b, 32) != 0);
}

static void check_wrapped(tr_arena *arena, const tr_tx *tx, const tr_blob_sidecar *sidecar,
                          tr_bytes in)
{
    tr_buf out;
    tr_tx alone;
    TR_ASSERT(tx->type == TR_TX_BLOB);
    tr_buf_init(&out, tr_heap(), 2 * in.len + 64);
    tr_tx_encode_wrapped(&out, tx, sidecar);
    TR_ASSERT(tr_buf_err(&out) == TR_OK && tr_bytes_eq(tr_buf_view(&out), in));
    tr_buf_free(&out);
    TR_ASSERT(tr_tx_decode(NULL, arena, tx->encoding, &alone) == TR_OK);
    TR_ASSERT(tr_bytes_eq(alone.to_sign, tx->to_sign));
    tr_err fits = tr_blob_sidecar_check(NULL, tx, sidecar);
    TR_ASSERT(fits == TR_OK || fits == TR_E_TX_SIDECAR);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    tr_bytes in = {data, len};
    tr_arena arena;
    tr_tx tx, wrapped;
    tr_blob_sidecar sidecar;
    tr_trail trail;
    tr_arena_init(&arena, tr_heap(), (size_t)TR_RECORD_FACTOR * len + 4096);
    tr_err err = tr_tx_decode(&trail, &arena, in, &tx);
    TR_ASSERT(err != TR_E_MEMORY);
    TR_ASSERT(err == TR_OK || trail.offset <= len);
    tr_arena_free(&arena);
    tr_arena_init(&arena, tr_heap(), (size_t)4 * TR_RECORD_FACTOR * len + 4096);
    if (err == TR_OK) {
        TR_ASSERT(tr_tx_decode(NULL, &arena, in, &tx) == TR_OK);
        check_encoding(&arena, tx, in);
        check_meaning(&arena, &tx);
    }
    tr_err pool = tr_tx_decode_wrapped(&trail, &arena, in, &wrapped, &sidecar);
    TR_ASSERT(pool == TR_OK || trail.offset <= len);
    if (err == TR_OK) {
        TR_ASSERT(pool == TR_OK && tr_bytes_eq(wrapped.encoding, in) && sidecar.count == 0);
    } else if (pool == TR_OK) {
        TR_ASSERT(err == TR_E_TX_WRAPPED);
        check_wrapped(&arena, &wrapped, &sidecar, in);
    }
    tr_arena_free(&arena);
    return 0;
}
