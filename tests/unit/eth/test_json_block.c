/* Headers, blocks, receipts and logs as JSON. */
#include <stdio.h>

#include "eth/json.h"
#include "harness.h"

static const tr_json *parse(tr_bytes text)
{
    const tr_json *json;
    TR_CHECK_OK(tr_json_parse(NULL, tr_test_arena(), text, &json));
    return json;
}

static void make_header(tr_gen *g, tr_header *out)
{
    static const uint8_t counts[] = {TR_HEADER_FRONTIER, TR_HEADER_LONDON, TR_HEADER_SHANGHAI,
                                     TR_HEADER_CANCUN, TR_HEADER_PRAGUE};
    tr_header header = {.fields = counts[tr_gen_below(g, sizeof(counts))]};
    tr_gen_fill(g, header.parent_hash.b, 32);
    tr_gen_fill(g, header.coinbase.b, 20);
    tr_gen_fill(g, header.state_root.b, 32);
    tr_gen_fill(g, header.bloom, sizeof(header.bloom));
    tr_gen_fill(g, header.nonce, sizeof(header.nonce));
    header.number = tr_gen_u64(g);
    header.time = tr_gen_u64(g);
    header.difficulty = tr_u256_of(tr_gen_u64(g));
    header.extra = tr_gen_bytes(g, 32);
    if (header.fields >= TR_HEADER_LONDON) header.base_fee = tr_u256_of(tr_gen_u64(g));
    if (header.fields >= TR_HEADER_CANCUN) header.excess_blob_gas = tr_gen_u64(g);
    *out = header;
}

static tr_bytes write_block(tr_arena *arena, const tr_block *block, const tr_hash *hash,
                            const tr_hash *uncles)
{
    tr_buf out;
    tr_buf_init(&out, &arena->alloc, SIZE_MAX);
    tr_json_writer w = tr_json_write_to(&out);
    tr_block_to_json(&w, block, hash, 1, true, NULL, NULL, uncles);
    TR_CHECK_OK(tr_buf_err(&out));
    return tr_buf_view(&out);
}

TR_PROP(a_block_without_transactions_comes_back)
{
    tr_arena *arena = tr_gen_arena(g);
    tr_block block = {.has_withdrawals = tr_gen_bool(g)}, again;
    make_header(g, &block.header);
    tr_withdrawal *withdrawals = TR_ARENA_ARRAY(arena, tr_withdrawal, 3);
    for (size_t i = 0; i < 3; i++)
        withdrawals[i] = (tr_withdrawal){tr_gen_u64(g), tr_gen_u64(g), {{1}}, tr_gen_u64(g)};
    if (block.has_withdrawals) block.withdrawals = (tr_list){withdrawals, tr_gen_below(g, 4)};
    tr_hash hash = tr_header_hash(&block.header), uncle = {{7}};
    const tr_json *json;
    TR_CHECK_OK(tr_json_parse(NULL, arena, write_block(arena, &block, &hash, &uncle), &json));
    TR_CHECK_OK(tr_block_from_json(NULL, arena, TR_JSON_RPC, json, &again));
    tr_hash other = tr_header_hash(&again.header);
    TR_CHECK_BYTES(TR_VIEW(other.b), TR_VIEW(hash.b));
    TR_CHECK_EQ(again.header.fields, block.header.fields);
    TR_CHECK_EQ(again.has_withdrawals, block.has_withdrawals);
    TR_CHECK_EQ(again.withdrawals.count, block.withdrawals.count);
    for (size_t i = 0; i < again.withdrawals.count; i++)
        TR_CHECK_EQ(TR_LIST_AT(tr_withdrawal, again.withdrawals, i)->amount, withdrawals[i].amount);
}

static tr_bytes header_text(tr_header *header, const tr_hash *hash)
{
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
    tr_json_writer w = tr_json_write_to(&out);
    tr_json_begin_object(&w);
    tr_header_to_json(&w, header, hash);
    tr_json_end_object(&w);
    return tr_buf_view(&out);
}

TR_TEST(a_block_that_is_being_built)
{
    tr_header header = {.fields = TR_HEADER_LONDON, .number = 7}, again;
    const tr_json *json = parse(header_text(&header, NULL));
    TR_CHECK(tr_json_get(json, "hash")->kind == TR_JSON_NULL);
    TR_CHECK(tr_json_get(json, "nonce")->kind == TR_JSON_NULL);
    TR_CHECK(tr_json_get(json, "miner")->kind == TR_JSON_NULL);
    TR_CHECK_OK(tr_header_from_json(NULL, tr_test_arena(), TR_JSON_RPC, json, &again));
    TR_CHECK_EQ(again.number, 7);
}

/* Takes one member out, and says what is missing. */
TR_TEST(a_missing_field_is_named)
{
    static const char *const names[] = {"parentHash", "stateRoot", "nonce", "baseFeePerGas",
                                        "excessBlobGas"};
    tr_header header = {.fields = TR_HEADER_PRAGUE}, again;
    tr_hash hash = {{1}};
    tr_bytes text = header_text(&header, &hash);
    for (size_t i = 0; i < TR_COUNTOF(names); i++) {
        char key[64], *copy = (char *)tr_arena_get(tr_test_arena(), text.len + 1, 1);
        memcpy(copy, text.data, text.len);
        copy[text.len] = '\0';
        snprintf(key, sizeof(key), "\"%s\"", names[i]);
        strstr(copy, key)[1] = '_';
        tr_trail trail;
        tr_trail_clear(&trail);
        TR_CHECK_ERR(tr_header_from_json(&trail, tr_test_arena(), TR_JSON_RPC,
                                         parse(tr_bytes_str(copy)), &again),
                     TR_E_JSON_FIELD);
        TR_CHECK_MSG(strstr(trail.text, names[i]) != NULL, "%s: %s", names[i], trail.text);
    }
}

TR_TEST(files_of_tests_have_other_names)
{
    tr_header header = {.fields = TR_HEADER_FRONTIER, .number = 9, .coinbase = {{5}}}, again;
    tr_hash hash = {{1}};
    tr_bytes text = header_text(&header, &hash);
    char *copy = (char *)tr_arena_get(tr_test_arena(), text.len + 64, 1);
    static const char *const pairs[][2] = {{"\"miner\"", "\"coinbase\""}};
    copy[0] = '\0';
    const char *from = (const char *)tr_arena_copy(tr_test_arena(), text).data;
    const char *at = strstr(from, pairs[0][0]);
    snprintf(copy, text.len + 64, "%.*s%s%.*s", (int)(at - from), from, pairs[0][1],
             (int)(text.len - (size_t)(at - from) - strlen(pairs[0][0])), at + strlen(pairs[0][0]));
    const tr_json *json = parse(tr_bytes_str(copy));
    TR_CHECK_OK(tr_header_from_json(NULL, tr_test_arena(), TR_JSON_FILE, json, &again));
    TR_CHECK_EQ(again.coinbase.b[0], 5);
    TR_CHECK_ERR(tr_header_from_json(NULL, tr_test_arena(), TR_JSON_RPC, json, &again),
                 TR_E_JSON_FIELD);
}

static tr_bytes receipt_text(const tr_json_receipt *receipt)
{
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
    tr_json_writer w = tr_json_write_to(&out);
    tr_receipt_to_json(&w, receipt);
    return tr_buf_view(&out);
}

TR_TEST(receipts)
{
    tr_hash topics[2] = {{{1}}, {{2}}};
    tr_receipt_log logs[2] = {{{{9}}, {topics, 2}, TR_LIT("data")}, {{{8}}, {NULL, 0}, {NULL, 0}}};
    tr_receipt receipt = {.type = 2, .success = true, .cumulative_gas = 50, .logs = {logs, 2}};
    tr_tx tx = {.type = 2};
    tr_addr created = {{4}};
    uint64_t number = 5, index = 3;
    tr_json_receipt whole = {
        .receipt = &receipt,
        .tx = &tx,
        .created = &created,
        .first_log = 11,
        .place = {NULL, &number, NULL, &index, NULL},
    };
    tr_receipt again;
    const tr_json *json = parse(receipt_text(&whole));
    TR_CHECK_OK(tr_receipt_from_json(NULL, tr_test_arena(), TR_JSON_RPC, json, &again));
    TR_CHECK(again.success && !again.has_root);
    TR_CHECK_EQ(again.logs.count, 2);
    TR_CHECK_EQ(TR_LIST_AT(tr_receipt_log, again.logs, 0)->topics.count, 2);
    TR_CHECK_BYTES(TR_LIST_AT(tr_receipt_log, again.logs, 0)->data, TR_LIT("data"));
    const tr_json *second = tr_json_at(tr_json_get(json, "logs"), 1);
    TR_CHECK_BYTES(tr_json_text(tr_json_get(second, "logIndex")), TR_LIT("0xc"));
    TR_CHECK_BYTES(tr_json_text(tr_json_get(second, "transactionIndex")), TR_LIT("0x3"));
    TR_CHECK(!tr_json_get(second, "removed")->truth);
    TR_CHECK(tr_json_get(json, "to")->kind == TR_JSON_NULL);
    receipt.has_root = true;
    receipt.has_deposit_nonce = receipt.has_deposit_version = true;
    receipt.deposit_nonce = 77;
    receipt.root.b[0] = 6;
    TR_CHECK_OK(tr_receipt_from_json(NULL, tr_test_arena(), TR_JSON_RPC,
                                     parse(receipt_text(&whole)), &again));
    TR_CHECK(again.has_root && again.root.b[0] == 6 && again.deposit_nonce == 77);
}

static void receipt_refused(const char *text, const char *why)
{
    tr_receipt receipt;
    tr_trail trail;
    tr_trail_clear(&trail);
    TR_CHECK_ERR(tr_receipt_from_json(&trail, tr_test_arena(), TR_JSON_FILE,
                                      parse(tr_bytes_str(text)), &receipt),
                 TR_E_JSON_FIELD);
    TR_CHECK_MSG(strstr(trail.text, why) != NULL, "%s: %s", text, trail.text);
}

TR_TEST(receipts_that_lack_something)
{
    receipt_refused("{}", "cumulativeGasUsed");
    receipt_refused("{\"cumulativeGasUsed\":\"0x1\"}", "logsBloom");
    receipt_refused("{\"cumulativeGasUsed\":\"0x1\",\"logsBloom\":\"0x00\"}", "status");
    receipt_refused("{\"cumulativeGasUsed\":\"0x1\",\"logsBloom\":\"0x00\",\"status\":\"0x1\"}",
                    "logs");
    receipt_refused("{\"cumulativeGasUsed\":\"0x1\",\"logsBloom\":\"0x00\",\"status\":\"0x1\","
                    "\"logs\":[{\"topics\":[],\"data\":\"0x\"}]}",
                    "address");
    receipt_refused("{\"cumulativeGasUsed\":\"0x1\",\"logsBloom\":\"0x00\",\"status\":\"0x1\","
                    "\"logs\":[{\"address\":\"0x00\",\"topics\":[\"1\",\"1\",\"1\",\"1\",\"1\"],"
                    "\"data\":\"0x\"}]}",
                    "5 topics");
}

TR_TEST(bodies_that_are_wrong)
{
    tr_header header = {.fields = TR_HEADER_FRONTIER};
    tr_hash hash = {{1}};
    tr_bytes text = header_text(&header, &hash);
    static const char *const members[] = {
        "\"transactions\":{}", "\"transactions\":[{}]", "\"withdrawals\":3",
        "\"withdrawals\":[{\"index\":\"0x1\"}]", "\"uncleHeaders\":[{}]"};
    for (size_t i = 0; i < TR_COUNTOF(members); i++) {
        char *copy = (char *)tr_arena_get(tr_test_arena(), text.len + 100, 1);
        snprintf(copy, text.len + 100, "%.*s,%s}", (int)text.len - 1, (const char *)text.data,
                 members[i]);
        tr_block block;
        TR_CHECK_ERR(tr_block_from_json(NULL, tr_test_arena(), TR_JSON_FILE,
                                        parse(tr_bytes_str(copy)), &block),
                     TR_E_JSON_FIELD);
    }
}
