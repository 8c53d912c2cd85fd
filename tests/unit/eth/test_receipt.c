/* Receipts of each type, and what is no receipt. */
#include "eth/receipt.h"
#include "eth/tx.h"
#include "eth_constants.h"
#include "harness.h"
#include "hash/keccak.h"

static tr_bytes encode(const tr_receipt *receipt)
{
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
    tr_receipt_encode(&out, receipt);
    TR_CHECK_OK(tr_buf_err(&out));
    TR_CHECK_EQ(out.len, tr_receipt_size(receipt));
    return tr_buf_view(&out);
}

static tr_bytes write(const tr_receipt *receipt)
{
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
    tr_receipt_write(&out, receipt);
    TR_CHECK_OK(tr_buf_err(&out));
    return tr_buf_view(&out);
}

static tr_err decode(tr_bytes raw, tr_receipt *out)
{
    return tr_receipt_decode(NULL, tr_test_arena(), raw, out);
}

/* A receipt with two logs. */
static tr_receipt some_receipt(uint8_t type)
{
    static const tr_hash topics[4] = {{{1}}, {{2}}, {{3}}, {{4}}};
    static const tr_receipt_log logs[2] = {
        {.address = {{9}}, .topics = {topics, 4}},
        {.address = {{8}}, .topics = {NULL, 0}, .data = {(const uint8_t *)"data", 4}},
    };
    tr_receipt receipt = {
        .type = type, .success = true, .cumulative_gas = 21000, .logs = {logs, 2}};
    tr_bloom_of_logs(2, logs, receipt.bloom);
    return receipt;
}

TR_TEST(known)
{
    tr_receipt receipt;
    tr_bytes raw = tr_test_hex(known_receipt);
    TR_CHECK_OK(decode(raw, &receipt));
    TR_CHECK_EQ(receipt.type, TR_TX_FEE_MARKET);
    TR_CHECK(receipt.success && !receipt.has_root);
    TR_CHECK_EQ(receipt.cumulative_gas, 0x6fce49);
    TR_CHECK_EQ(receipt.logs.count, 1);
    TR_CHECK_EQ(TR_LIST_AT(tr_receipt_log, receipt.logs, 0)->data.len, 576);
    TR_CHECK_BYTES(encode(&receipt), raw);
}

TR_TEST(each_type)
{
    static const uint8_t types[] = {0, 1, 2, 3, 4, TR_TX_DEPOSIT};
    for (size_t i = 0; i < sizeof(types); i++) {
        tr_receipt receipt = some_receipt(types[i]), again;
        for (unsigned success = 0; success < 2; success++) {
            receipt.success = success != 0;
            tr_bytes raw = encode(&receipt);
            TR_CHECK_EQ(raw.data[0] == types[i], types[i] != 0);
            TR_CHECK_OK(decode(raw, &again));
            TR_CHECK_EQ(again.type, types[i]);
            TR_CHECK_EQ(again.success, success);
            TR_CHECK(!again.has_root && !again.has_deposit_nonce && !again.has_deposit_version);
            TR_CHECK_EQ(TR_LIST_AT(tr_receipt_log, again.logs, 0)->topics.count, 4);
            TR_CHECK_BYTES(encode(&again), raw);
        }
    }
}

TR_TEST(other_types)
{
    tr_receipt receipt = some_receipt(5), again;
    TR_CHECK_ERR(decode(encode(&receipt), &again), TR_E_TX_TYPE);
    receipt.type = 0x7f;
    TR_CHECK_ERR(decode(encode(&receipt), &again), TR_E_TX_TYPE);
    /* A legacy receipt has no type byte. */
    TR_CHECK_ERR(decode(TR_LIT("\0\xc0"), &again), TR_E_TX_TYPE);
    TR_CHECK_ERR(decode(TR_LIT(""), &again), TR_E_SHORT);
}

TR_TEST(root_instead_of_a_status)
{
    tr_receipt receipt = some_receipt(0), again;
    receipt.has_root = true;
    receipt.root.b[5] = 7;
    TR_CHECK_OK(decode(encode(&receipt), &again));
    TR_CHECK(again.has_root && !again.success);
    TR_CHECK_BYTES(TR_VIEW(again.root.b), TR_VIEW(receipt.root.b));
    TR_CHECK_BYTES(encode(&again), encode(&receipt));
    receipt.type = 1; /* never before Byzantium */
    TR_CHECK_ERR(decode(encode(&receipt), &again), TR_E_RECEIPT_STATUS);
}

/* A receipt without logs whose first field is given. */
static tr_err decode_with_status(const char *status)
{
    uint8_t zeros[TR_BLOOM] = {0};
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
    tr_rlp_mark mark = tr_rlp_begin(&out, 300);
    tr_buf_put(&out, tr_test_hex(status));
    tr_rlp_put_u64(&out, 21000);
    tr_rlp_put_bytes(&out, TR_VIEW(zeros));
    tr_rlp_put_list(&out, 0);
    tr_rlp_end(&out, mark);
    tr_receipt receipt;
    return decode(tr_buf_view(&out), &receipt);
}

TR_TEST(neither_status_nor_root)
{
    TR_CHECK_OK(decode_with_status("80"));
    TR_CHECK_OK(decode_with_status("01"));
    TR_CHECK_ERR(decode_with_status("00"), TR_E_RECEIPT_STATUS);
    TR_CHECK_ERR(decode_with_status("02"), TR_E_RECEIPT_STATUS);
    TR_CHECK_ERR(decode_with_status("8180"), TR_E_RECEIPT_STATUS);
    TR_CHECK_ERR(decode_with_status("820001"), TR_E_RECEIPT_STATUS);
    TR_CHECK_ERR(decode_with_status("c0"), TR_E_TYPE);
}

TR_TEST(deposits)
{
    tr_receipt receipt = some_receipt(TR_TX_DEPOSIT), again;
    receipt.has_deposit_nonce = true;
    receipt.deposit_nonce = 4012991;
    TR_CHECK_OK(decode(encode(&receipt), &again));
    TR_CHECK(again.has_deposit_nonce && !again.has_deposit_version);
    TR_CHECK_EQ(again.deposit_nonce, 4012991);
    receipt.has_deposit_version = true;
    receipt.deposit_version = 1;
    TR_CHECK_OK(decode(encode(&receipt), &again));
    TR_CHECK(again.has_deposit_nonce && again.has_deposit_version);
    TR_CHECK_EQ(again.deposit_version, 1);
    TR_CHECK_BYTES(encode(&again), encode(&receipt));
    receipt.type = 2; /* has no such fields */
    TR_CHECK_ERR(decode(encode(&receipt), &again), TR_E_TRAILING);
}

TR_TEST(bloom_is_that_of_the_logs)
{
    tr_receipt receipt = some_receipt(2), again;
    receipt.bloom[0] ^= 1;
    TR_CHECK_ERR(decode(encode(&receipt), &again), TR_E_RECEIPT_BLOOM);
    memset(receipt.bloom, 0, sizeof(receipt.bloom));
    TR_CHECK_ERR(decode(encode(&receipt), &again), TR_E_RECEIPT_BLOOM);
    receipt.logs.count = 0;
    TR_CHECK_OK(decode(encode(&receipt), &again));
}

TR_TEST(topics_are_four_at_most)
{
    static const tr_hash topics[5] = {{{1}}};
    tr_receipt_log log = {.topics = {topics, 5}};
    tr_receipt receipt = {.logs = {&log, 1}}, again;
    tr_bloom_of_logs(1, &log, receipt.bloom);
    TR_CHECK_ERR(decode(encode(&receipt), &again), TR_E_RANGE);
    log.topics.count = 4;
    TR_CHECK_OK(decode(encode(&receipt), &again));
}

TR_TEST(cut_short_or_long)
{
    tr_bytes raw = tr_test_hex(known_receipt);
    tr_receipt receipt;
    for (size_t len = 0; len < raw.len; len++)
        TR_CHECK(decode((tr_bytes){raw.data, len}, &receipt) != TR_OK);
    uint8_t *longer = TR_ARENA_ARRAY(tr_test_arena(), uint8_t, raw.len + 1);
    memcpy(longer, raw.data, raw.len);
    longer[raw.len] = 0xc0;
    tr_trail trail;
    TR_CHECK_ERR(
        tr_receipt_decode(&trail, tr_test_arena(), (tr_bytes){longer, raw.len + 1}, &receipt),
        TR_E_TRAILING);
    TR_CHECK_EQ(trail.offset, raw.len);
}

TR_TEST(as_items_of_a_list)
{
    static const uint8_t types[] = {0, 2, TR_TX_DEPOSIT, 0, 4};
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
    tr_rlp_mark mark = tr_rlp_begin(&out, 3000);
    for (size_t i = 0; i < sizeof(types); i++) {
        tr_receipt receipt = some_receipt(types[i]);
        tr_buf_put(&out, write(&receipt));
    }
    tr_rlp_end(&out, mark);
    tr_rlp r = tr_rlp_open(tr_buf_view(&out)), list = tr_rlp_list(&r);
    for (size_t i = 0; i < sizeof(types); i++) {
        tr_receipt receipt, want = some_receipt(types[i]);
        tr_receipt_read(&list, tr_test_arena(), &receipt);
        TR_CHECK_OK(list.err);
        TR_CHECK_BYTES(encode(&receipt), encode(&want));
    }
    tr_rlp_leave(&r, &list);
    TR_CHECK_OK(tr_rlp_finish(&r, NULL, "receipts"));
}

static tr_err read_item(const char *hex, size_t *offset)
{
    tr_rlp r = tr_rlp_open(tr_test_hex(hex));
    tr_receipt receipt;
    tr_trail trail;
    tr_receipt_read(&r, tr_test_arena(), &receipt);
    tr_err err = tr_rlp_finish(&r, &trail, "receipt");
    *offset = (size_t)trail.offset;
    return err;
}

/* Offsets are those of the whole document, in a typed receipt too. */
TR_TEST(items_that_are_none)
{
    size_t offset;
    TR_CHECK_ERR(read_item("80", &offset), TR_E_SHORT);
    TR_CHECK_ERR(read_item("02", &offset), TR_E_SHORT);
    TR_CHECK_ERR(read_item("8205c0", &offset), TR_E_TX_TYPE);
    TR_CHECK_EQ(offset, 1);
    TR_CHECK_ERR(read_item("81c0", &offset), TR_E_TX_TYPE);
    TR_CHECK_ERR(read_item("8302c180", &offset), TR_E_SHORT);
    TR_CHECK_EQ(offset, 4);
    TR_CHECK_ERR(read_item("8302c200", &offset), TR_E_SHORT);
    TR_CHECK_ERR(read_item("8402c10000", &offset), TR_E_RECEIPT_STATUS);
    TR_CHECK_EQ(offset, 3);
}

TR_TEST(hash_of_logs)
{
    tr_hash hash;
    TR_CHECK_OK(tr_logs_hash(NULL, tr_test_arena(), 0, NULL, &hash));
    /* keccak(rlp([])), as in every state test without logs */
    TR_CHECK_BYTES(TR_VIEW(hash.b),
                   tr_test_hex("1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"));
    tr_receipt receipt = some_receipt(0);
    tr_bytes raw = encode(&receipt);
    tr_rlp r = tr_rlp_open(raw), list = tr_rlp_list(&r);
    for (unsigned i = 0; i < 3; i++) tr_rlp_skip(&list);
    tr_hash want = tr_keccak256(tr_rlp_raw(&list));
    TR_CHECK_OK(tr_logs_hash(NULL, tr_test_arena(), 2, receipt.logs.at, &hash));
    TR_CHECK_BYTES(TR_VIEW(hash.b), TR_VIEW(want.b));
}

static tr_err decode_in(tr_alloc *alloc, void *context)
{
    tr_arena arena;
    tr_receipt receipt;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_err err = tr_receipt_decode(NULL, &arena, *(tr_bytes *)context, &receipt);
    tr_hash hash;
    if (err == TR_OK) err = tr_logs_hash(NULL, &arena, receipt.logs.count, receipt.logs.at, &hash);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(out_of_memory)
{
    tr_receipt receipt = some_receipt(2);
    tr_bytes raw = encode(&receipt);
    tr_test_out_of_memory(decode_in, &raw);
}

/* Of many items that are no logs none gets memory. */
TR_TEST(memory_is_bounded_by_the_input)
{
    enum { LEN = 300000 };
    uint8_t zeros[TR_BLOOM] = {0}, *many = TR_ARENA_ARRAY(tr_test_arena(), uint8_t, LEN);
    memset(many, 0xc0, LEN);
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
    tr_rlp_mark mark = tr_rlp_begin(&out, LEN);
    tr_rlp_put_u64(&out, 1);
    tr_rlp_put_u64(&out, 21000);
    tr_rlp_put_bytes(&out, TR_VIEW(zeros));
    tr_rlp_put_list(&out, LEN);
    tr_buf_put(&out, (tr_bytes){many, LEN});
    tr_rlp_end(&out, mark);
    tr_arena arena;
    tr_receipt receipt;
    tr_arena_init(&arena, tr_test_alloc(), (size_t)TR_RECORD_FACTOR * out.len);
    TR_CHECK_ERR(tr_receipt_decode(NULL, &arena, tr_buf_view(&out), &receipt), TR_E_SHORT);
    tr_arena_free(&arena);
}
