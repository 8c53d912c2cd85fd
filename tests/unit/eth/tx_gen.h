/* Transactions of chance. */
#ifndef TR_TESTS_TX_GEN_H
#define TR_TESTS_TX_GEN_H

#include "eth/tx.h"
#include "harness.h"

static inline tr_list gen_hashes(tr_gen *g, size_t most)
{
    size_t count = tr_gen_below(g, most + 1);
    tr_hash *hashes = TR_ARENA_ARRAY(tr_gen_arena(g), tr_hash, count);
    tr_gen_fill(g, hashes, count * sizeof(*hashes));
    return (tr_list){hashes, count};
}

static inline tr_u256 gen_u256(tr_gen *g)
{
    tr_u256 value = TR_U256_ZERO;
    size_t limbs = tr_gen_below(g, 5);
    for (size_t i = 0; i < limbs; i++) value.w[i] = tr_gen_u64(g);
    return value;
}

/* r and s may have any length. */
static inline void gen_word(tr_gen *g, uint8_t word[32])
{
    size_t len = tr_gen_bool(g) ? 32 : tr_gen_below(g, 33);
    memset(word, 0, 32);
    tr_gen_fill(g, word + 32 - len, len);
}

static inline tr_list gen_access(tr_gen *g)
{
    size_t count = tr_gen_below(g, 4);
    tr_access *access = TR_ARENA_ARRAY(tr_gen_arena(g), tr_access, count);
    for (size_t i = 0; i < count; i++) {
        tr_gen_fill(g, access[i].address.b, 20);
        access[i].keys = gen_hashes(g, 3);
    }
    return (tr_list){access, count};
}

static inline tr_list gen_authorizations(tr_gen *g)
{
    size_t count = tr_gen_below(g, 4);
    tr_authorization *all = TR_ARENA_ARRAY(tr_gen_arena(g), tr_authorization, count);
    for (size_t i = 0; i < count; i++) {
        all[i] = (tr_authorization){.chain_id = gen_u256(g), .nonce = tr_gen_u64(g)};
        all[i].parity = (uint8_t)tr_gen_u64(g);
        tr_gen_fill(g, all[i].address.b, 20);
        gen_word(g, all[i].r);
        gen_word(g, all[i].s);
    }
    return (tr_list){all, count};
}

/* As one that was decoded would be: no field that its type does not have. */
static inline tr_tx gen_tx(tr_gen *g)
{
    static const uint8_t types[] = {0, 1, 2, 3, 4, TR_TX_DEPOSIT};
    tr_tx tx = {.type = types[tr_gen_below(g, TR_COUNTOF(types))], .gas = tr_gen_u64(g)};
    tx.value = gen_u256(g);
    tx.data = tr_gen_bytes(g, tr_gen_bool(g) ? 4 : 500);
    tx.to.some = tr_gen_bool(g);
    if (tx.to.some) tr_gen_fill(g, tx.to.addr.b, 20);
    if (tx.type == TR_TX_DEPOSIT) {
        tr_gen_fill(g, tx.source.b, 32);
        tr_gen_fill(g, tx.from.b, 20);
        tx.mint = gen_u256(g);
        tx.system = tr_gen_bool(g);
        return tx;
    }
    tx.nonce = tr_gen_u64(g);
    tx.max_fee = tx.max_priority = gen_u256(g);
    gen_word(g, tx.r);
    gen_word(g, tx.s);
    if (tx.type == TR_TX_LEGACY) {
        tx.chain_id = tr_gen_u64(g) >> 1;
        tx.v =
            tr_gen_below(g, 2) +
            (tx.chain_id == 0 || tx.chain_id > (UINT64_MAX - 36) / 2 ? 27 : 35 + 2 * tx.chain_id);
        if (tx.v < 35) tx.chain_id = 0;
        return tx;
    }
    tx.chain_id = tr_gen_u64(g);
    tx.v = tr_gen_u64(g);
    tx.access_list = gen_access(g);
    if (tx.type >= TR_TX_FEE_MARKET) tx.max_priority = gen_u256(g);
    if (tx.type == TR_TX_BLOB) {
        tx.max_blob_fee = gen_u256(g);
        tx.blob_hashes = gen_hashes(g, 6);
    }
    if (tx.type == TR_TX_SET_CODE) tx.authorizations = gen_authorizations(g);
    return tx;
}

#endif
