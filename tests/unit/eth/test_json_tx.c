/* Transactions as JSON: the shapes that wallets see, both ways; every type through both forms. */
#include <stdio.h>

#include "eth/json.h"
#include "harness.h"

static const tr_json *parse(const char *text)
{
    const tr_json *json;
    TR_CHECK_OK(tr_json_parse(NULL, tr_test_arena(), tr_bytes_str(text), &json));
    return json;
}

static tr_err read_tx(tr_trail *trail, const char *text, tr_tx *tx)
{
    return tr_tx_from_json(trail, tr_test_arena(), TR_JSON_RPC, parse(text), tx);
}

static const char *write_tx(tr_arena *arena, const tr_tx *tx, const tr_hash *hash,
                            const tr_addr *from, const tr_json_place *place)
{
    tr_buf out;
    tr_buf_init(&out, &arena->alloc, SIZE_MAX);
    tr_json_writer w = tr_json_write_to(&out);
    tr_tx_to_json(&w, tx, hash, from, place);
    TR_CHECK_OK(tr_buf_err(&out));
    return tr_buf_text(&out);
}

#define FIELDS                                                                                     \
    "\"nonce\":\"0x1\",\"gas\":\"0x5208\",\"to\":\"0x00000000000000000000000000000000000000aa\","  \
    "\"value\":\"0x2\",\"input\":\"0x\""
#define SIGNATURE ",\"r\":\"0x3\",\"s\":\"0x4\""

TR_TEST(the_type_follows_from_the_fields)
{
    static const struct {
        const char *text;
        uint8_t type;
    } cases[] = {
        {"{" FIELDS ",\"gasPrice\":\"0x9\"}", TR_TX_LEGACY},
        {"{" FIELDS ",\"gasPrice\":\"0x9\",\"chainId\":\"0x1\",\"accessList\":[]}",
         TR_TX_ACCESS_LIST},
        {"{" FIELDS ",\"maxFeePerGas\":\"0x9\",\"maxPriorityFeePerGas\":\"0x1\","
         "\"chainId\":\"0x1\",\"accessList\":[]}",
         TR_TX_FEE_MARKET},
        {"{" FIELDS ",\"maxFeePerGas\":\"0x9\",\"maxPriorityFeePerGas\":\"0x1\","
         "\"chainId\":\"0x1\",\"accessList\":[],\"maxFeePerBlobGas\":\"0x1\","
         "\"blobVersionedHashes\":[]}",
         TR_TX_BLOB},
        {"{" FIELDS ",\"maxFeePerGas\":\"0x9\",\"maxPriorityFeePerGas\":\"0x1\","
         "\"chainId\":\"0x1\",\"accessList\":[],\"authorizationList\":[]}",
         TR_TX_SET_CODE},
        /* An empty access list need not be written. */
        {"{" FIELDS ",\"type\":\"0x1\",\"gasPrice\":\"0x9\",\"chainId\":\"0x1\"}",
         TR_TX_ACCESS_LIST},
        {"{" FIELDS ",\"maxFeePerGas\":\"0x9\",\"maxPriorityFeePerGas\":\"0x1\","
         "\"chainId\":\"0x1\"}",
         TR_TX_FEE_MARKET},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_tx tx;
        tr_trail trail;
        tr_trail_clear(&trail);
        tr_err err = read_tx(&trail, cases[i].text, &tx);
        TR_CHECK_MSG(err == TR_OK, "%s: %s", cases[i].text, trail.text);
        TR_CHECK_EQ(tx.type, cases[i].type);
        TR_CHECK_EQ(tx.nonce, 1);
        TR_CHECK_EQ(tx.encoding.len != 0, true);
    }
}

static void refused(const char *text, tr_err code, const char *why)
{
    tr_tx tx;
    tr_trail trail;
    tr_trail_clear(&trail);
    TR_CHECK_ERR(read_tx(&trail, text, &tx), code);
    TR_CHECK_MSG(strstr(trail.text, why) != NULL, "%s: %s", text, trail.text);
}

TR_TEST(what_is_missing_or_wrong_is_named)
{
    refused("{\"nonce\":\"0x1\",\"gasPrice\":\"0x1\"}", TR_E_JSON_FIELD, "gas is missing");
    refused("{" FIELDS "}", TR_E_JSON_FIELD, "gasPrice is missing");
    refused("{" FIELDS ",\"type\":\"0x2\",\"chainId\":\"0x1\"}", TR_E_JSON_FIELD, "is missing");
    refused("{" FIELDS ",\"type\":\"0x5\"}", TR_E_TX_TYPE, "type 5");
    refused("{" FIELDS ",\"type\":\"0x100\"}", TR_E_JSON_FIELD, "type");
    refused("{" FIELDS ",\"gasPrice\":\"0x9\",\"data\":\"0x01\"}", TR_E_JSON_FIELD, "differ");
    refused("{" FIELDS ",\"gasPrice\":\"0x9\",\"chainId\":\"0x1\",\"accessList\":[],"
            "\"v\":\"0x1\",\"yParity\":\"0x0\"}",
            TR_E_JSON_FIELD, "v and yParity");
    refused("[]", TR_E_JSON_FIELD, "not an object");
}

TR_TEST(v_tells_the_chain_of_a_legacy_transaction)
{
    tr_tx tx;
    TR_CHECK_OK(
        read_tx(NULL, "{" FIELDS ",\"gasPrice\":\"0x9\",\"v\":\"0x25\"" SIGNATURE "}", &tx));
    TR_CHECK_EQ(tx.chain_id, 1);
    TR_CHECK_OK(
        read_tx(NULL, "{" FIELDS ",\"gasPrice\":\"0x9\",\"v\":\"0x1b\"" SIGNATURE "}", &tx));
    TR_CHECK_EQ(tx.chain_id, 0);
    TR_CHECK_OK(read_tx(NULL, "{" FIELDS ",\"gasPrice\":\"0x9\",\"chainId\":\"0x7\"}", &tx));
    TR_CHECK_EQ(tx.chain_id, 7);
    TR_CHECK_OK(
        read_tx(NULL, "{" FIELDS ",\"gasPrice\":\"0x9\",\"chainId\":\"0x7\",\"v\":\"0x0\"}", &tx));
    TR_CHECK_EQ(tx.chain_id, 7); /* a signature of zeros is none */
}

TR_TEST(a_mined_transaction_as_rpc_gives_it)
{
    tr_tx tx;
    TR_CHECK_OK(read_tx(NULL,
                        "{" FIELDS ",\"maxFeePerGas\":\"0x64\",\"maxPriorityFeePerGas\":\"0x1\","
                        "\"chainId\":\"0x1\",\"accessList\":[{\"address\":"
                        "\"0x00000000000000000000000000000000000000bb\",\"storageKeys\":[]}],"
                        "\"v\":\"0x1\",\"yParity\":\"0x1\"" SIGNATURE "}",
                        &tx));
    tr_hash hash = {{1}}, block = {{2}};
    tr_addr from = {{3}};
    uint64_t number = 5, time = 6, index = 0;
    tr_u256 base_fee = tr_u256_of(10);
    tr_json_place place = {&block, &number, &time, &index, &base_fee};
    TR_CHECK_STR(
        write_tx(tr_test_arena(), &tx, &hash, &from, &place),
        "{\"blockHash\":\"0x0200000000000000000000000000000000000000000000000000000000000000\","
        "\"blockNumber\":\"0x5\",\"transactionIndex\":\"0x0\",\"blockTimestamp\":\"0x6\","
        "\"type\":\"0x2\","
        "\"hash\":\"0x0100000000000000000000000000000000000000000000000000000000000000\","
        "\"from\":\"0x0300000000000000000000000000000000000000\",\"chainId\":\"0x1\","
        "\"nonce\":\"0x1\",\"maxPriorityFeePerGas\":\"0x1\",\"maxFeePerGas\":\"0x64\","
        "\"gas\":\"0x5208\",\"to\":\"0x00000000000000000000000000000000000000aa\","
        "\"value\":\"0x2\",\"input\":\"0x\",\"accessList\":[{\"address\":"
        "\"0x00000000000000000000000000000000000000bb\",\"storageKeys\":[]}],"
        "\"r\":\"0x3\",\"s\":\"0x4\",\"gasPrice\":\"0xb\",\"v\":\"0x1\",\"yParity\":\"0x1\"}");
}

TR_TEST(a_pending_transaction_is_nowhere)
{
    tr_tx tx;
    TR_CHECK_OK(
        read_tx(NULL, "{" FIELDS ",\"gasPrice\":\"0x9\",\"v\":\"0x25\"" SIGNATURE "}", &tx));
    tr_hash hash = {{1}};
    tr_addr from = {{3}};
    const tr_json *json = parse(write_tx(tr_test_arena(), &tx, &hash, &from, NULL));
    static const char *const nulls[] = {"blockHash", "blockNumber", "transactionIndex"};
    for (size_t i = 0; i < TR_COUNTOF(nulls); i++)
        TR_CHECK(tr_json_get(json, nulls[i])->kind == TR_JSON_NULL);
    TR_CHECK_BYTES(tr_json_text(tr_json_get(json, "chainId")), TR_LIT("0x1"));
    TR_CHECK(tr_json_get(json, "yParity") == NULL);
}

TR_TEST(a_deposit)
{
    tr_tx tx;
    TR_CHECK_OK(read_tx(
        NULL,
        "{\"type\":\"0x7e\",\"sourceHash\":"
        "\"0x0100000000000000000000000000000000000000000000000000000000000000\","
        "\"from\":\"0x0300000000000000000000000000000000000000\",\"to\":null,\"mint\":\"0x5\","
        "\"value\":\"0x2\",\"gas\":\"0x5208\",\"isSystemTx\":true,\"input\":\"0x00\"}",
        &tx));
    TR_CHECK(tx.system && !tx.to.some);
    TR_CHECK_EQ(tx.mint.w[0], 5);
    const tr_json *json = parse(write_tx(tr_test_arena(), &tx, NULL, NULL, NULL));
    TR_CHECK_BYTES(tr_json_text(tr_json_get(json, "mint")), TR_LIT("0x5"));
    TR_CHECK_BYTES(tr_json_text(tr_json_get(json, "from")),
                   TR_LIT("0x0300000000000000000000000000000000000000"));
    TR_CHECK(tr_json_get(json, "isSystemTx")->truth);
    TR_CHECK(tr_json_get(json, "to")->kind == TR_JSON_NULL);
}

/* Any transaction, by its type's record. */
static void fill_list(tr_gen *g, const tr_field *field, tr_list *out);

static void fill_record(tr_gen *g, const tr_record *record, void *out)
{
    for (size_t i = 0; i < record->count; i++) {
        const tr_field *field = &record->fields[i];
        void *to = (uint8_t *)out + field->offset;
        tr_bytes bytes;
        tr_to *where = to;
        switch ((tr_field_kind)field->kind) {
        case TR_FIELD_U64:
            *(uint64_t *)to = tr_gen_u64(g);
            break;
        case TR_FIELD_U8:
            *(uint8_t *)to = (uint8_t)tr_gen_u64(g);
            break;
        case TR_FIELD_BOOL:
            *(bool *)to = tr_gen_bool(g);
            break;
        case TR_FIELD_U256:
            for (int k = 0; k < 4; k++) ((tr_u256 *)to)->w[k] = tr_gen_u64(g);
            break;
        case TR_FIELD_WORD:
            tr_gen_fill(g, to, 32);
            break;
        case TR_FIELD_ADDR:
            tr_gen_fill(g, to, 20);
            break;
        case TR_FIELD_TO:
            where->some = tr_gen_bool(g);
            if (where->some) tr_gen_fill(g, where->addr.b, 20);
            break;
        case TR_FIELD_HASH:
            tr_gen_fill(g, to, 32);
            break;
        case TR_FIELD_BYTES:
            bytes = tr_gen_bytes(g, 60);
            *(tr_bytes *)to = bytes;
            break;
        case TR_FIELD_FIXED8:
            tr_gen_fill(g, to, 8);
            break;
        case TR_FIELD_BLOOM:
            tr_gen_fill(g, to, 256);
            break;
        case TR_FIELD_HASHES:
        case TR_FIELD_LIST:
            fill_list(g, field, to);
            break;
        }
    }
}

static void fill_list(tr_gen *g, const tr_field *field, tr_list *out)
{
    size_t n = tr_gen_below(g, 3);
    size_t size = field->kind == TR_FIELD_HASHES ? sizeof(tr_hash) : field->of->size;
    uint8_t *at = tr_arena_array(tr_gen_arena(g), n, size, 16);
    memset(at, 0, n * size);
    for (size_t i = 0; i < n; i++) {
        if (field->kind == TR_FIELD_HASHES)
            tr_gen_fill(g, at + i * size, size);
        else
            fill_record(g, field->of, at + i * size);
    }
    *out = (tr_list){at, n};
}

TR_PROP(every_type_survives_both_forms)
{
    static const uint8_t types[] = {0, 1, 2, 3, 4, TR_TX_DEPOSIT};
    tr_arena *arena = tr_gen_arena(g);
    tr_tx tx = {.type = types[tr_gen_below(g, sizeof(types))]}, read, again;
    size_t signed_count;
    fill_record(g, tr_tx_record(tx.type, &signed_count), &tx);
    if (tx.type == TR_TX_LEGACY) tx.v = tr_gen_bool(g) ? 27 + tx.v % 2 : 35 + tx.v % 1000;
    TR_CHECK_OK(tr_tx_seal(NULL, arena, &tx));
    TR_CHECK_OK(tr_tx_decode(NULL, arena, tx.encoding, &read));
    const tr_json *json;
    TR_CHECK_OK(
        tr_json_parse(NULL, arena, tr_bytes_str(write_tx(arena, &read, NULL, NULL, NULL)), &json));
    tr_json_form form = tr_gen_bool(g) ? TR_JSON_RPC : TR_JSON_FILE;
    TR_CHECK_OK(tr_tx_from_json(NULL, arena, form, json, &again));
    TR_CHECK_BYTES(again.encoding, tx.encoding);
    TR_CHECK_BYTES(again.to_sign, read.to_sign);
    TR_CHECK_EQ(again.chain_id, read.chain_id);
    TR_CHECK(tr_u256_eq(again.max_priority, read.max_priority));
}
