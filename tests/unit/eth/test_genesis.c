/* Genesis files: what is read, what is refused, and the state root by hand. */
#include <stdio.h>

#include "eth/account.h"
#include "eth/genesis.h"
#include "harness.h"
#include "hash/keccak.h"
#include "trie/build.h"

static const tr_json *parse(const char *text)
{
    const tr_json *json;
    TR_CHECK_OK(tr_json_parse(NULL, tr_test_arena(), tr_bytes_str(text), &json));
    return json;
}

static tr_err read_genesis(tr_trail *trail, const char *text, tr_genesis *out)
{
    return tr_genesis_from_json(trail, tr_test_arena(), parse(text), NULL, out);
}

#define CONFIG(more) "\"config\":{\"chainId\":5,\"homesteadBlock\":0,\"londonBlock\":0" more "}"

TR_TEST(a_small_file)
{
    tr_genesis genesis;
    TR_CHECK_OK(read_genesis(
        NULL,
        "{" CONFIG("") ",\"nonce\":\"0x42\",\"gasLimit\":\"0x1388\","
                       "\"difficulty\":\"0x20000\",\"timestamp\":\"7\",\"extraData\":\"0xff\","
                       "\"alloc\":{\"bb00000000000000000000000000000000000000\":"
                       "{\"balance\":\"12\"},"
                       "\"0xaa00000000000000000000000000000000000000\":{\"balance\":\"0x1\","
                       "\"nonce\":\"0x3\",\"code\":\"0x60\",\"storage\":"
                       "{\"0x01\":\"0x02\",\"0x2\":\"0x0\"}}}}",
        &genesis));
    TR_CHECK_EQ(genesis.config.chain_id, 5);
    TR_CHECK_EQ(genesis.config.start[TR_BERLIN], 0); /* left out, and before one that is there */
    TR_CHECK_EQ(genesis.config.start[TR_PARIS], TR_NEVER);
    TR_CHECK_EQ(genesis.header.fields, TR_HEADER_LONDON);
    TR_CHECK_EQ(genesis.header.nonce[7], 0x42);
    TR_CHECK_EQ(genesis.header.time, 7);
    TR_CHECK_EQ(genesis.header.base_fee.w[0], 1000000000);
    TR_CHECK_EQ(genesis.accounts.count, 2);
    const tr_genesis_account *first = TR_LIST_AT(tr_genesis_account, genesis.accounts, 0);
    TR_CHECK_EQ(first->address.b[0], 0xaa);
    TR_CHECK_EQ(first->nonce, 3);
    TR_CHECK_EQ(first->code.len, 1);
    TR_CHECK_EQ(first->storage.count, 2);
    TR_CHECK_EQ(TR_LIST_AT(tr_genesis_slot, first->storage, 0)->value.b[31], 2);
    TR_CHECK_EQ(first[1].balance.w[0], 12);
}

static void refused(const char *text, tr_err code, const char *why)
{
    tr_genesis genesis;
    tr_trail trail;
    tr_trail_clear(&trail);
    TR_CHECK_ERR(read_genesis(&trail, text, &genesis), code);
    TR_CHECK_MSG(strstr(trail.text, why) != NULL, "%s: %s", text, trail.text);
}

#define ADDRESS "\"0xaa00000000000000000000000000000000000000\""

TR_TEST(what_is_wrong_is_named)
{
    refused("[]", TR_E_JSON_FIELD, "not an object");
    refused("{}", TR_E_JSON_FIELD, "config is missing");
    refused("{\"config\":[]}", TR_E_JSON_FIELD, "config");
    refused("{\"config\":{\"newBlock\":1}}", TR_E_CHAIN_CONFIG, "newBlock");
    refused("{\"config\":{\"londonBlock\":5,\"berlinBlock\":6}}", TR_E_CHAIN_CONFIG, "");
    refused("{" CONFIG("") ",\"gasLimit\":\"x\"}", TR_E_JSON_FIELD, "gasLimit");
    refused("{" CONFIG("") ",\"alloc\":[]}", TR_E_JSON_FIELD, "alloc");
    refused("{" CONFIG("") ",\"alloc\":{\"0xzz\":{}}}", TR_E_JSON_FIELD, "address");
    refused("{" CONFIG("") ",\"alloc\":{" ADDRESS ":{\"balance\":\"-1\"}}}", TR_E_JSON_FIELD,
            "balance");
    refused("{" CONFIG("") ",\"alloc\":{" ADDRESS ":{\"storage\":[]}}}", TR_E_JSON_FIELD,
            "storage");
    refused("{" CONFIG("") ",\"alloc\":{" ADDRESS ":{\"storage\":{\"0x1\":null}}}}",
            TR_E_JSON_FIELD, "slot");
    refused("{" CONFIG("") ",\"alloc\":{" ADDRESS ":{},"
                           "\"aa00000000000000000000000000000000000000\":{}}}",
            TR_E_DUPLICATE, "twice");
    refused("{" CONFIG(",\"cancunTime\":5,\"shanghaiTime\":4,\"terminalTotalDifficulty\":0,"
                       "\"blobSchedule\":{\"cancun\":{\"target\":3,\"max\":6}}") "}",
            TR_E_JSON_FIELD, "baseFeeUpdateFraction is missing");
}

TR_TEST(the_blob_schedule)
{
    tr_genesis genesis;
    TR_CHECK_OK(read_genesis(
        NULL,
        "{\"config\":{\"chainId\":1,\"terminalTotalDifficulty\":0,\"shanghaiTime\":1,"
        "\"cancunTime\":2,\"pragueTime\":3,\"osakaTime\":4,\"bpo1Time\":9,\"ethash\":{},"
        "\"blobSchedule\":{\"prague\":{\"target\":6,\"max\":9,\"baseFeeUpdateFraction\":5007716},"
        "\"cancun\":{\"target\":3,\"max\":6,\"baseFeeUpdateFraction\":3338477},"
        "\"osaka\":{\"target\":6,\"max\":9,\"baseFeeUpdateFraction\":5007716},"
        "\"bpo1\":{\"target\":10,\"max\":15,\"baseFeeUpdateFraction\":8346193}}}}",
        &genesis));
    TR_CHECK_EQ(genesis.config.start[TR_PARIS], 0);
    TR_CHECK_EQ(genesis.config.blob_count, 4);
    TR_CHECK_EQ(tr_chain_blobs(&genesis.config, 2)->max, 6);
    TR_CHECK_EQ(tr_chain_blobs(&genesis.config, 8)->max, 9);
    TR_CHECK_EQ(tr_chain_blobs(&genesis.config, 9)->max, 15);
    TR_CHECK(tr_chain_blobs(&genesis.config, 1) == NULL);
}

static bool same_config(const tr_chain_config *a, const tr_chain_config *b)
{
    for (size_t f = 0; f < TR_FORKS; f++)
        if (a->start[f] != b->start[f]) return false;
    for (size_t i = 0; i < a->blob_count && i < b->blob_count; i++)
        if (a->blobs[i].time != b->blobs[i].time || a->blobs[i].target != b->blobs[i].target ||
            a->blobs[i].max != b->blobs[i].max ||
            a->blobs[i].update_fraction != b->blobs[i].update_fraction)
            return false;
    return a->chain_id == b->chain_id && a->blob_count == b->blob_count &&
           a->dao_block == b->dao_block && a->dao_support == b->dao_support &&
           a->has_ttd == b->has_ttd && tr_u256_eq(a->ttd, b->ttd) &&
           memcmp(&a->deposit_contract, &b->deposit_contract, sizeof(tr_addr)) == 0;
}

static void comes_back(const tr_chain_config *config)
{
    tr_chain_config again;
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
    tr_json_writer w = tr_json_write_to(&out);
    tr_chain_config_to_json(&w, config);
    TR_CHECK_OK(tr_buf_err(&out));
    const char *text = tr_buf_text(&out);
    TR_CHECK_OK(tr_chain_config_from_json(NULL, parse(text), &again));
    TR_CHECK_MSG(same_config(config, &again), "%s", text);
}

TR_TEST(configurations_are_written_and_read)
{
    comes_back(&tr_chain_config_mainnet);
    for (int f = 0; f < TR_FORKS; f++) {
        tr_chain_config config = tr_chain_config_at((tr_fork)f, 77);
        comes_back(&config);
    }
}

/* The root of many accounts, some with storage, against sorted entries put together by hand. */
enum { ACCOUNTS = 40 };

typedef struct pair {
    tr_hash key;
    uint8_t value[TR_ACCOUNT_MAX];
    size_t len;
} pair;

static void sort_pairs(pair *pairs, size_t n)
{
    for (size_t i = 1; i < n; i++)
        for (size_t k = i; k > 0 && memcmp(&pairs[k - 1].key, &pairs[k].key, 32) > 0; k--) {
            pair other = pairs[k];
            pairs[k] = pairs[k - 1];
            pairs[k - 1] = other;
        }
}

static tr_hash root_of(pair *pairs, size_t n)
{
    tr_trie_entry entries[ACCOUNTS];
    tr_hash root;
    sort_pairs(pairs, n);
    for (size_t i = 0; i < n; i++)
        entries[i] = (tr_trie_entry){TR_VIEW(pairs[i].key.b), {pairs[i].value, pairs[i].len}};
    TR_CHECK_OK(tr_trie_build(NULL, tr_test_alloc(), NULL, n, entries, &root));
    return root;
}

TR_TEST(the_state_root)
{
    static tr_genesis_account accounts[ACCOUNTS];
    static pair pairs[ACCOUNTS];
    tr_genesis_slot slots[2] = {{{{1}}, {{0}}}, {{{2}}, {{0}}}}; /* the second is empty */
    slots[0].value.b[31] = 9;
    pair slot = {.key = tr_keccak256(TR_VIEW(slots[0].key.b)), .value = {9}, .len = 1};
    for (size_t i = 0; i < ACCOUNTS; i++) {
        accounts[i] = (tr_genesis_account){
            .address = {{(uint8_t)i}}, .nonce = i, .balance = tr_u256_of(i * i)};
        tr_account account = {i, tr_u256_of(i * i), tr_trie_empty_root, tr_empty_code_hash};
        if (i % 2 != 0) {
            accounts[i].code = TR_LIT("code");
            account.code_hash = tr_keccak256(TR_LIT("code"));
        }
        if (i % 3 == 0) {
            accounts[i].storage = (tr_list){slots, 2};
            account.storage_root = root_of(&slot, 1);
        }
        pairs[i].key = tr_keccak256(TR_VIEW(accounts[i].address.b));
        pairs[i].len = tr_account_encode(&account, pairs[i].value);
    }
    tr_hash want = root_of(pairs, ACCOUNTS), got;
    TR_CHECK_OK(tr_genesis_state_root(NULL, tr_test_arena(), NULL, ACCOUNTS, accounts, &got));
    TR_CHECK_BYTES(TR_VIEW(got.b), TR_VIEW(want.b));
    TR_CHECK_OK(tr_genesis_state_root(NULL, tr_test_arena(), NULL, 0, NULL, &got));
    TR_CHECK_BYTES(TR_VIEW(got.b), TR_VIEW(tr_trie_empty_root.b));
}

static tr_err whole(tr_alloc *alloc, void *context)
{
    tr_arena arena;
    tr_genesis genesis;
    tr_header header;
    const tr_json *json;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_err err = tr_json_parse(NULL, &arena, tr_bytes_str(context), &json);
    if (err == TR_OK) err = tr_genesis_from_json(NULL, &arena, json, NULL, &genesis);
    if (err == TR_OK) err = tr_genesis_block(NULL, &arena, NULL, &genesis, &header);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(out_of_memory)
{
    static char text[20000];
    char *at = text + sprintf(text, "{" CONFIG("") ",\"alloc\":{");
    for (int i = 0; i < 60; i++) /* not sorted */
        at += sprintf(at, "%s\"0x%038d%02x\":{\"balance\":\"1\",\"storage\":{\"1\":\"1\"}}",
                      i == 0 ? "" : ",", 0, (i * 37) % 61);
    strcpy(at, "}}");
    tr_test_out_of_memory(whole, text);
}
