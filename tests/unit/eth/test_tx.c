/* Transactions: their forms and hashes. */
#include "eth/tx.h"

#include "harness.h"
#include "hash/keccak.h"
#include "tx_gen.h"
#include "tx_samples.h"

static tr_buf buffer(tr_arena *arena)
{
    tr_buf out;
    tr_buf_init(&out, &arena->alloc, SIZE_MAX);
    return out;
}

static tr_bytes encoded(tr_arena *arena, const tr_tx *tx)
{
    tr_buf out = buffer(arena);
    tr_tx_encode(&out, tx);
    TR_CHECK_OK(tr_buf_err(&out));
    return tr_buf_view(&out);
}

TR_TEST(transactions_of_mainnet)
{
    tr_arena *arena = tr_test_arena();
    for (size_t i = 0; i < TR_COUNTOF(tx_samples); i++) {
        tr_tx tx, again;
        tr_hash hash;
        tr_bytes raw = tr_test_hex(tx_samples[i].raw);
        TR_CHECK_OK(tr_tx_decode(NULL, arena, raw, &tx));
        TR_CHECK_EQ(tx.type, tx_samples[i].type);
        TR_CHECK_BYTES(tx.encoding, raw);
        TR_CHECK_BYTES(encoded(arena, &tx), raw);
        tr_tx_hash_many(1, &tx, &hash);
        if (tx_samples[i].hash != NULL)
            TR_CHECK_BYTES(TR_VIEW(hash.b), tr_test_hex(tx_samples[i].hash));
        again = tx;
        again.encoding = again.to_sign = (tr_bytes){NULL, 0};
        TR_CHECK_OK(tr_tx_seal(NULL, arena, &again));
        TR_CHECK_BYTES(again.encoding, raw);
        TR_CHECK_BYTES(again.to_sign, tx.to_sign);
    }
}

TR_TEST(what_a_transaction_says)
{
    tr_tx tx;
    tr_arena *arena = tr_test_arena();
    TR_CHECK_OK(tr_tx_decode(NULL, arena, tr_test_hex(tx_samples[5].raw), &tx));
    TR_CHECK_EQ(tx.chain_id, 1);
    TR_CHECK_EQ(tx.nonce, 0x441450);
    TR_CHECK_EQ(tx.gas, 0xfac8);
    TR_CHECK(tr_u256_eq(tx.max_priority, tr_u256_of(0x2be7696b)));
    TR_CHECK(tr_u256_eq(tx.max_fee, tr_u256_of(0x746a528800)));
    TR_CHECK(tx.to.some && tx.to.addr.b[0] == 0x5f && tx.to.addr.b[19] == 0x32);
    TR_CHECK_EQ(tx.data.len, 100);
    TR_CHECK_EQ(tx.v, 1);
    TR_CHECK_EQ(tx.access_list.count, 3);
    TR_CHECK_EQ(TR_LIST_AT(tr_access, tx.access_list, 0)->keys.count, 1);
    TR_CHECK_EQ(TR_LIST_AT(tr_access, tx.access_list, 2)->keys.count, 0);
    TR_CHECK_EQ(TR_LIST_AT(tr_access, tx.access_list, 2)->address.b[0], 0x39);
    /* One price stands for both. */
    TR_CHECK_OK(tr_tx_decode(NULL, arena, tr_test_hex(tx_samples[1].raw), &tx));
    TR_CHECK(tr_u256_eq(tx.max_priority, tx.max_fee));
    TR_CHECK_EQ(tx.chain_id, 1);
    TR_CHECK_OK(tr_tx_decode(NULL, arena, tr_test_hex(tx_samples[0].raw), &tx));
    TR_CHECK_EQ(tx.chain_id, 0);
    TR_CHECK_OK(tr_tx_decode(NULL, arena, tr_test_hex(tx_samples[6].raw), &tx));
    TR_CHECK_EQ(tx.authorizations.count, 1);
    TR_CHECK(
        tr_u256_eq(TR_LIST_AT(tr_authorization, tx.authorizations, 0)->chain_id, tr_u256_of(2)));
}

/* The example of EIP-155. */
TR_TEST(what_is_signed)
{
    tr_arena *arena = tr_test_arena();
    tr_hash hash;
    tr_tx tx = {.chain_id = 1,
                .nonce = 9,
                .gas = 21000,
                .max_fee = tr_u256_of(20000000000),
                .max_priority = tr_u256_of(20000000000),
                .to.some = true,
                .value = tr_u256_of(1000000000000000000)};
    memset(tx.to.addr.b, 0x35, 20);
    tr_buf out = buffer(arena);
    tr_tx_encode_to_sign(&out, &tx);
    TR_CHECK_BYTES(tr_buf_view(&out),
                   tr_test_hex("ec098504a817c80082520894353535353535353535353535353535353535353588"
                               "0de0b6b3a764000080018080"));
    TR_CHECK_OK(tr_tx_seal(NULL, arena, &tx));
    TR_CHECK_OK(tr_tx_signing_hash_many(NULL, arena, 1, &tx, &hash));
    TR_CHECK_BYTES(TR_VIEW(hash.b),
                   tr_test_hex("daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"));
    /* Signed, it asks for the same; signed without a chain id, for another. */
    tx.v = 37;
    TR_CHECK_OK(tr_tx_signing_hash_many(NULL, arena, 1, &tx, &hash));
    TR_CHECK_EQ(hash.b[0], 0xda);
    tx.v = 27;
    out.len = 0;
    tr_tx_encode_to_sign(&out, &tx);
    TR_CHECK_EQ(out.len, 1 + 41);
}

TR_PROP(built_read_and_written_again)
{
    tr_arena *arena = tr_gen_arena(g);
    tr_tx tx = gen_tx(g), back, item;
    TR_CHECK_OK(tr_tx_seal(NULL, arena, &tx));
    TR_CHECK_BYTES(encoded(arena, &tx), tx.encoding);
    TR_CHECK_OK(tr_tx_decode(NULL, arena, tx.encoding, &back));
    TR_CHECK_BYTES(back.encoding, tx.encoding);
    TR_CHECK_BYTES(back.to_sign, tx.to_sign);
    TR_CHECK_BYTES(encoded(arena, &back), tx.encoding);
    TR_CHECK_EQ(back.chain_id, tx.chain_id);
    TR_CHECK(tr_u256_eq(back.max_priority, tx.max_priority));
    /* As an item between others. */
    tr_buf list = buffer(arena);
    tr_buf_put_u8(&list, 0x01);
    tr_tx_write(&list, &tx);
    TR_CHECK_EQ(list.len, 1 + tr_tx_write_size(&tx));
    tr_buf_put_u8(&list, 0x02);
    tr_rlp r = tr_rlp_open(tr_buf_view(&list));
    TR_CHECK_EQ(tr_rlp_u64(&r), 1);
    tr_tx_read(&r, arena, &item);
    TR_CHECK_EQ(tr_rlp_u64(&r), 2);
    TR_CHECK_OK(tr_rlp_finish(&r, NULL, "list"));
    TR_CHECK_BYTES(item.encoding, tx.encoding);
    TR_CHECK_BYTES(item.to_sign, tx.to_sign);
}

TR_PROP(hashes_one_by_one)
{
    enum { MOST = 20 };
    tr_arena *arena = tr_gen_arena(g);
    size_t n = 1 + tr_gen_below(g, MOST);
    tr_tx txs[MOST];
    tr_hash hashes[MOST], signing[MOST];
    for (size_t i = 0; i < n; i++) {
        txs[i] = gen_tx(g);
        TR_CHECK_OK(tr_tx_seal(NULL, arena, &txs[i]));
    }
    tr_tx_hash_many(n, txs, hashes);
    TR_CHECK_OK(tr_tx_signing_hash_many(NULL, arena, n, txs, signing));
    for (size_t i = 0; i < n; i++) {
        tr_hash one = tr_keccak256(txs[i].encoding), zero = {{0}};
        TR_CHECK_BYTES(TR_VIEW(hashes[i].b), TR_VIEW(one.b));
        tr_buf out = buffer(arena);
        tr_tx_encode_to_sign(&out, &txs[i]);
        if (txs[i].type == TR_TX_DEPOSIT) {
            TR_CHECK_ERR(tr_buf_err(&out), TR_E_TX_TYPE);
            TR_CHECK_BYTES(TR_VIEW(signing[i].b), TR_VIEW(zero.b));
        } else {
            one = tr_keccak256(tr_buf_view(&out));
            TR_CHECK_BYTES(TR_VIEW(signing[i].b), TR_VIEW(one.b));
        }
    }
}

/* Cut anywhere it is an error; with anything behind it too; changed anywhere it is an error or
 * another transaction. */
TR_PROP(damage)
{
    tr_arena *arena = tr_gen_arena(g);
    tr_tx tx = gen_tx(g), back;
    TR_CHECK_OK(tr_tx_seal(NULL, arena, &tx));
    size_t len = tx.encoding.len;
    /* In memory of its own, so that a read beyond its end is seen. */
    size_t cut = tr_gen_below(g, len);
    uint8_t *piece = tr_alloc_get(tr_test_alloc(), cut + 1);
    memcpy(piece, tx.encoding.data, cut);
    TR_CHECK(tr_tx_decode(NULL, arena, (tr_bytes){piece, cut}, &back) != TR_OK);
    TR_CHECK_EQ(back.encoding.len, 0);
    tr_alloc_put(tr_test_alloc(), piece, cut + 1);

    uint8_t *copy = tr_arena_get(arena, len + 1, 1);
    memcpy(copy, tx.encoding.data, len);
    copy[len] = (uint8_t)tr_gen_u64(g);
    TR_CHECK_ERR(tr_tx_decode(NULL, arena, (tr_bytes){copy, len + 1}, &back), TR_E_TRAILING);
    copy[tr_gen_below(g, len)] = (uint8_t)tr_gen_u64(g);
    if (tr_tx_decode(NULL, arena, (tr_bytes){copy, len}, &back) == TR_OK)
        TR_CHECK_BYTES(encoded(arena, &back), ((tr_bytes){copy, len}));
}

TR_TEST(every_prefix_of_the_samples)
{
    for (size_t i = 0; i < TR_COUNTOF(tx_samples); i++) {
        tr_bytes raw = tr_test_hex(tx_samples[i].raw);
        for (size_t len = 0; len < raw.len; len++) {
            tr_tx tx;
            uint8_t *piece = tr_alloc_get(tr_test_alloc(), len + 1);
            memcpy(piece, raw.data, len);
            TR_CHECK(tr_tx_decode(NULL, tr_test_arena(), (tr_bytes){piece, len}, &tx) != TR_OK);
            tr_alloc_put(tr_test_alloc(), piece, len + 1);
        }
    }
}

TR_TEST(what_is_refused)
{
    static const struct {
        const char *hex;
        tr_err err;
        uint64_t offset;
    } cases[] = {
        {"", TR_E_SHORT, 0},
        {"00", TR_E_TX_TYPE, 0},
        {"00c0", TR_E_TX_TYPE, 0},
        {"05c0", TR_E_TX_TYPE, 0},
        {"7d", TR_E_TX_TYPE, 0},
        {"7fc0", TR_E_TX_TYPE, 0},
        {"80", TR_E_TX_TYPE, 0},
        {"b7", TR_E_TX_TYPE, 0},
        {"bf", TR_E_TX_TYPE, 0},
        {"c0", TR_E_SHORT, 1},
        {"01", TR_E_SHORT, 1},
        {"0180", TR_E_TYPE, 1},
        {"01c0", TR_E_SHORT, 2},
        {"7ec0", TR_E_SHORT, 2},
        {"03c1c0", TR_E_TX_WRAPPED, 2},
        /* nine fields, the tenth is too much */
        {"ca80808080808080808080", TR_E_TRAILING, 10},
        {"c9808080808080808080", TR_OK, 0},
        {"c8808080808080808080", TR_E_SHORT, 9},
        /* v of nine bytes, r of 33 */
        {"d2808080808080 89010000000000000000 8080", TR_E_RANGE, 7},
        {"ea80808080808080 a1010000000000000000000000000000000000000000000000000000000000000000 80",
         TR_E_RANGE, 8},
        {"c9008080808080808080", TR_E_CANONICAL, 1},
        {"c9c08080808080808080", TR_E_TYPE, 1},
        /* to: 19 and 21 bytes */
        {"dc808080 93ffffffffffffffffffffffffffffffffffffff 8080808080", TR_E_RANGE, 4},
        {"de808080 95ffffffffffffffffffffffffffffffffffffffffff 8080808080", TR_E_RANGE, 4},
        /* a list of 9 bytes with its length in the long form */
        {"f809808080808080808080", TR_E_CANONICAL, 0},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_tx tx;
        tr_trail trail;
        tr_trail_clear(&trail);
        trail.offset = 0;
        tr_err err = tr_tx_decode(&trail, tr_test_arena(), tr_test_hex(cases[i].hex), &tx);
        TR_CHECK_MSG(err == cases[i].err && trail.offset == cases[i].offset,
                     "case %zu (%s): %s at %u", i, cases[i].hex, tr_err_name(err),
                     (unsigned)trail.offset);
    }
}

/* In a list each type has the clothes of its own. */
TR_TEST(items_of_a_list)
{
    static const struct {
        const char *hex;
        tr_err err;
    } cases[] = {
        {"c9808080808080808080", TR_OK},
        {"8ac9808080808080808080", TR_E_TX_TYPE}, /* a legacy one in a string */
        {"80", TR_E_SHORT},
        {"8101", TR_E_CANONICAL},
        {"01", TR_E_SHORT},
        {"8205c0", TR_E_TX_TYPE},
        {"8301c0ff", TR_E_SHORT},
        {"8d01cb80808080808080c0808080", TR_OK},
        {"8e01cc80808080808080c080808080", TR_E_TRAILING},
        {"", TR_E_SHORT},
        {"82", TR_E_SHORT},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_tx tx;
        tr_rlp r = tr_rlp_open(tr_test_hex(cases[i].hex));
        tr_tx_read(&r, tr_test_arena(), &tx);
        tr_err err = tr_rlp_finish(&r, NULL, "item");
        TR_CHECK_MSG(err == cases[i].err, "case %zu: %s", i, tr_err_name(err));
        TR_CHECK_EQ(tx.encoding.len == 0, err != TR_OK);
    }
}

TR_TEST(many_with_errors)
{
    tr_bytes raw[] = {tr_test_hex(tx_samples[0].raw), tr_test_hex("05c0"),
                      tr_test_hex(tx_samples[2].raw), tr_test_hex("c0")};
    tr_tx txs[4];
    tr_err errs[4];
    TR_CHECK_EQ(tr_tx_decode_many(tr_test_arena(), 4, raw, txs, errs), 2);
    TR_CHECK_OK(errs[0]);
    TR_CHECK_ERR(errs[1], TR_E_TX_TYPE);
    TR_CHECK_OK(errs[2]);
    TR_CHECK_ERR(errs[3], TR_E_SHORT);
    TR_CHECK_EQ(txs[2].type, 2);
    TR_CHECK_EQ(tr_tx_decode_many(tr_test_arena(), 4, raw, txs, NULL), 1);
    TR_CHECK_EQ(tr_tx_decode_many(tr_test_arena(), 0, NULL, NULL, NULL), 0);
}

/* More than go through at once, by number and by bytes. */
TR_TEST(large_batches)
{
    enum { N = 700 };
    tr_arena *arena = tr_test_arena();
    tr_tx *txs = TR_ARENA_ARRAY(arena, tr_tx, N);
    tr_hash *hashes = TR_ARENA_ARRAY(arena, tr_hash, N),
            *signing = TR_ARENA_ARRAY(arena, tr_hash, N);
    uint8_t *data = tr_arena_get(arena, 300000, 1);
    memset(data, 7, 300000);
    for (size_t i = 0; i < N; i++) {
        txs[i] = (tr_tx){.type = (uint8_t)(i % 5), .nonce = i, .chain_id = 1, .v = 37};
        txs[i].data = (tr_bytes){data, i % 100 == 3 ? 300000 : i};
        TR_CHECK_OK(tr_tx_seal(NULL, arena, &txs[i]));
    }
    tr_tx_hash_many(N, txs, hashes);
    size_t used = arena->used;
    TR_CHECK_OK(tr_tx_signing_hash_many(NULL, arena, N, txs, signing));
    TR_CHECK_EQ(arena->used, used);
    for (size_t i = 0; i < N; i++) {
        tr_hash one = tr_keccak256(txs[i].encoding);
        TR_CHECK_BYTES(TR_VIEW(hashes[i].b), TR_VIEW(one.b));
        tr_arena_mark mark = tr_arena_save(arena);
        tr_buf out = buffer(arena);
        tr_tx_encode_to_sign(&out, &txs[i]);
        one = tr_keccak256(tr_buf_view(&out));
        TR_CHECK_BYTES(TR_VIEW(signing[i].b), TR_VIEW(one.b));
        tr_arena_rewind(arena, mark);
    }
}

TR_TEST(types_that_are_not_known)
{
    tr_tx tx = {.type = 5};
    size_t signed_count;
    tr_buf out = buffer(tr_test_arena());
    TR_CHECK(tr_tx_record(5, &signed_count) == NULL);
    TR_CHECK(tr_tx_record(0xff, &signed_count) == NULL);
    tr_tx_encode(&out, &tx);
    TR_CHECK_ERR(tr_buf_err(&out), TR_E_TX_TYPE);
    tr_buf_clear(&out);
    tr_tx_write(&out, &tx);
    TR_CHECK_ERR(tr_buf_err(&out), TR_E_TX_TYPE);
    tr_buf_clear(&out);
    tr_tx_encode_to_sign(&out, &tx);
    TR_CHECK_ERR(tr_buf_err(&out), TR_E_TX_TYPE);
    TR_CHECK_ERR(tr_tx_seal(NULL, tr_test_arena(), &tx), TR_E_TX_TYPE);
}

/* keccak-256 of 0x05 and the list of chain id, address and nonce, put together by hand. */
TR_TEST(what_authorizations_sign)
{
    enum { N = 70 };
    tr_authorization all[N];
    tr_hash hashes[N];
    memset(all, 0, sizeof(all));
    for (size_t i = 0; i < N; i++) {
        all[i].chain_id = i % 2 == 0 ? tr_u256_of(i) : TR_U256_MAX;
        all[i].nonce = i % 3 == 0 ? UINT64_MAX : i;
        memset(all[i].address.b, (int)i, 20);
    }
    tr_authorization_hash_many(N, all, hashes);
    for (size_t i = 0; i < N; i++) {
        tr_buf out = buffer(tr_test_arena());
        uint8_t ones[32];
        memset(ones, 0xff, 32);
        tr_buf_put_u8(&out, 0x05);
        tr_rlp_mark list = tr_rlp_begin(&out, 0);
        if (i % 2 == 0)
            tr_rlp_put_u64(&out, i);
        else
            tr_rlp_put_bytes(&out, TR_VIEW(ones));
        tr_rlp_put_bytes(&out, TR_VIEW(all[i].address.b));
        tr_rlp_put_u64(&out, all[i].nonce);
        tr_rlp_end(&out, list);
        tr_hash one = tr_keccak256(tr_buf_view(&out));
        TR_CHECK_BYTES(TR_VIEW(hashes[i].b), TR_VIEW(one.b));
    }
}

static tr_err work_in(tr_alloc *alloc, void *context)
{
    tr_arena arena;
    tr_tx tx;
    tr_hash hash;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_err err = tr_tx_decode(NULL, &arena, *(tr_bytes *)context, &tx);
    if (err == TR_OK) err = tr_tx_seal(NULL, &arena, &tx);
    if (err == TR_OK) err = tr_tx_signing_hash_many(NULL, &arena, 1, &tx, &hash);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(without_memory)
{
    /* Data and lists of more than an arena's first block. */
    static uint8_t zeros[9000];
    static tr_authorization authorizations[100];
    static tr_hash keys[300];
    tr_access access = {.keys = {keys, 300}};
    tr_tx tx = {.type = TR_TX_SET_CODE,
                .data = {zeros, sizeof(zeros)},
                .access_list = {&access, 1},
                .authorizations = {authorizations, 100}};
    TR_CHECK_OK(tr_tx_seal(NULL, tr_test_arena(), &tx));
    tr_test_out_of_memory(work_in, &tx.encoding);
}

/* What a decoded transaction takes in memory is paid for by its bytes. */
TR_TEST(lists_take_what_their_bytes_pay_for)
{
    enum { LEN = 60000 };
    static uint8_t raw[LEN];
    tr_arena arena;
    tr_tx tx;
    memset(raw, 0xc0, sizeof(raw));
    const uint8_t head[] = {
        0x04, 0xf9, (LEN - 4) >> 8, (uint8_t)(LEN - 4), 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
        0x80, 0xf9};
    memcpy(raw, head, sizeof(head));
    raw[sizeof(head)] = (LEN - 20) >> 8;
    raw[sizeof(head) + 1] = (uint8_t)(LEN - 20);
    tr_arena_init(&arena, tr_test_alloc(), (size_t)LEN * TR_RECORD_FACTOR);
    TR_CHECK_ERR(tr_tx_decode(NULL, &arena, (tr_bytes){raw, sizeof(raw)}, &tx), TR_E_SHORT);
    TR_CHECK(arena.used < (size_t)LEN * 8);
    tr_arena_free(&arena);
}
