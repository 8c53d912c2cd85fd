/* The public functions about transactions, as a program that has only the header uses them. */
#include <trestle/tx.h>

#include "harness.h"
#include "tx_samples.h"

static tr_transaction *sample(size_t i)
{
    tr_transaction *out;
    size_t offset;
    tr_bytes raw = tr_test_hex(tx_samples[i].raw);
    uint8_t *copy = tr_alloc_get(tr_test_alloc(), raw.len);
    memcpy(copy, raw.data, raw.len);
    TR_CHECK_OK(tr_transaction_decode(copy, raw.len, &out, &offset));
    memset(copy, 0, raw.len); /* the handle has its own */
    tr_alloc_put(tr_test_alloc(), copy, raw.len);
    return out;
}

TR_TEST(transactions_of_mainnet)
{
    for (size_t i = 0; i < TR_COUNTOF(tx_samples); i++) {
        uint8_t hash[32], sender[20];
        size_t len;
        tr_transaction_fields fields;
        tr_transaction *t = sample(i);
        tr_transaction_hash(t, hash);
        if (tx_samples[i].hash != NULL)
            TR_CHECK_BYTES(TR_VIEW(hash), tr_test_hex(tx_samples[i].hash));
        TR_CHECK_OK(tr_transaction_sender(t, sender));
        TR_CHECK_BYTES(TR_VIEW(sender), tr_test_hex(tx_samples[i].sender));
        const uint8_t *raw = tr_transaction_encoding(t, &len);
        TR_CHECK_BYTES(tr_bytes_of(raw, len), tr_test_hex(tx_samples[i].raw));
        tr_transaction_get(t, &fields);
        TR_CHECK_EQ(fields.type, tx_samples[i].type);
        tr_transaction_free(t);
    }
    tr_transaction_free(NULL);
}

TR_TEST(fields_and_lists)
{
    uint8_t address[20];
    size_t count;
    tr_transaction_fields fields;
    tr_transaction *t = sample(5);
    tr_transaction_get(t, &fields);
    TR_CHECK_EQ(fields.chain_id, 1);
    TR_CHECK_EQ(fields.nonce, 0x441450);
    TR_CHECK_EQ(fields.gas, 0xfac8);
    TR_CHECK_EQ(fields.creates, 0);
    TR_CHECK_EQ(fields.to[0], 0x5f);
    TR_CHECK_EQ(fields.data_len, 100);
    TR_CHECK_EQ(fields.data[0], 0x96);
    TR_CHECK_BYTES(TR_VIEW(fields.max_priority),
                   tr_test_hex("000000000000000000000000000000000000000000000000000000002be7696b"));
    TR_CHECK_EQ(tr_transaction_access_count(t), 3);
    const uint8_t *slots = tr_transaction_access(t, 0, address, &count);
    TR_CHECK_EQ(count, 1);
    TR_CHECK_EQ(slots[0], 0xd2);
    TR_CHECK_EQ(address[19], 0x32);
    TR_CHECK_EQ(tr_transaction_authorization_count(t), 0);
    TR_CHECK_EQ(tr_transaction_blobs(t), 0);
    tr_transaction_free(t);

    t = sample(4);
    const uint8_t *hashes = tr_transaction_blob_hashes(t, &count);
    TR_CHECK_EQ(count, 6);
    TR_CHECK_EQ(hashes[32 * 5 + 1], 0x37);
    TR_CHECK_ERR(tr_transaction_check_blobs(t), TR_E_TX_SIDECAR); /* they are not there */
    tr_transaction_free(t);

    tr_transaction_authorization authorization;
    t = sample(6);
    TR_CHECK_EQ(tr_transaction_authorization_count(t), 1);
    tr_transaction_authorization_get(t, 0, &authorization);
    TR_CHECK_EQ(authorization.chain_id[31], 2);
    TR_CHECK_EQ(authorization.address[0], 0x43);
    TR_CHECK_EQ(authorization.parity, 1);
    TR_CHECK_EQ(authorization.r[0], 0xc6);
    TR_CHECK_EQ(authorization.s[31], 0xb7);
    TR_CHECK_OK(tr_transaction_check_blobs(t)); /* none, and none there */
    tr_transaction_free(t);
}

/* The example of EIP-155, from its fields and from JSON. */
static const char eip155[] =
    "{\"type\":\"0x0\",\"chainId\":\"0x1\",\"nonce\":\"0x9\",\"gasPrice\":\"0x4a817c800\","
    "\"gas\":\"0x5208\",\"to\":\"0x3535353535353535353535353535353535353535\","
    "\"value\":\"0xde0b6b3a7640000\",\"input\":\"0x\"}";

static tr_transaction *built(void)
{
    tr_transaction *out;
    tr_transaction_fields fields = {.chain_id = 1, .nonce = 9, .gas = 21000};
    tr_bytes price = tr_test_hex("04a817c800"), value = tr_test_hex("0de0b6b3a7640000");
    memset(fields.to, 0x35, 20);
    memcpy(fields.max_fee + 27, price.data, 5);
    memcpy(fields.value + 24, value.data, 8);
    TR_CHECK_OK(tr_transaction_new(&fields, &out));
    return out;
}

static void sign_and_compare(tr_transaction *t)
{
    uint8_t key[32], hash[32];
    size_t len;
    memset(key, 0x46, 32);
    TR_CHECK_OK(tr_transaction_signing_hash(t, hash));
    TR_CHECK_BYTES(TR_VIEW(hash),
                   tr_test_hex("daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53"));
    TR_CHECK_OK(tr_transaction_sign(t, key));
    const uint8_t *raw = tr_transaction_encoding(t, &len);
    TR_CHECK_BYTES(tr_bytes_of(raw, len),
                   tr_test_hex("f86c098504a817c800825208943535353535353535353535353535353535353535"
                               "880de0b6b3a76400008025a028ef61340bd939bc2195fe537567866003e1a15d3c"
                               "71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800ccf555c9f3dc"
                               "64214b297fb1966a3b6d83"));
}

TR_TEST(built_and_signed)
{
    uint8_t zero[32] = {0};
    tr_transaction *t = built(), *json;
    TR_CHECK_ERR(tr_transaction_sign(t, zero), TR_E_KEY_RANGE);
    sign_and_compare(t);
    tr_transaction_free(t);
    TR_CHECK_OK(tr_transaction_from_json(eip155, sizeof(eip155) - 1, &json));
    sign_and_compare(json);
    tr_transaction_free(json);
    tr_transaction_fields fields = {.type = 7};
    TR_CHECK_ERR(tr_transaction_new(&fields, &t), TR_E_TX_TYPE);
    TR_CHECK_ERR(tr_transaction_from_json("{}", 2, &t), TR_E_JSON_FIELD);
    TR_CHECK_ERR(tr_transaction_from_json("{", 1, &t), TR_E_SHORT);
}

TR_TEST(json_and_back)
{
    for (size_t i = 0; i < TR_COUNTOF(tx_samples); i++) {
        char text[8192];
        size_t len, raw_len;
        tr_transaction *t = sample(i), *back;
        TR_CHECK_OK(tr_transaction_to_json(t, text, sizeof(text), &len));
        TR_CHECK_EQ(text[len], '\0');
        TR_CHECK_OK(tr_transaction_from_json(text, len, &back));
        const uint8_t *raw = tr_transaction_encoding(back, &raw_len);
        TR_CHECK_BYTES(tr_bytes_of(raw, raw_len), tr_test_hex(tx_samples[i].raw));
        TR_CHECK_ERR(tr_transaction_to_json(t, text, len, &len), TR_E_LIMIT);
        tr_transaction_free(back);
        tr_transaction_free(t);
    }
}

TR_TEST(gas_and_checks)
{
    uint64_t gas, least;
    uint8_t hash[32];
    tr_transaction *t = sample(1);
    TR_CHECK_OK(tr_transaction_intrinsic_gas(t, "osaka", &gas, &least));
    TR_CHECK_EQ(gas, 21000);
    TR_CHECK_EQ(least, 21000);
    TR_CHECK_OK(tr_transaction_intrinsic_gas(t, "EIP158", &gas, &least));
    TR_CHECK_EQ(least, 0);
    TR_CHECK_ERR(tr_transaction_intrinsic_gas(t, "Rome", &gas, &least), TR_E_ARGUMENT);
    TR_CHECK_OK(tr_transaction_check(t, "SpuriousDragon", 1));
    TR_CHECK_ERR(tr_transaction_check(t, "Homestead", 1), TR_E_TX_V);
    TR_CHECK_ERR(tr_transaction_check(t, "Osaka", 2), TR_E_TX_CHAIN_ID);
    TR_CHECK_ERR(tr_transaction_check(t, "", 1), TR_E_ARGUMENT);
    tr_transaction_free(t);
    tr_transaction_fields deposit = {.type = 0x7e};
    uint8_t key[32] = {1};
    TR_CHECK_OK(tr_transaction_new(&deposit, &t));
    TR_CHECK_OK(tr_transaction_check(t, "Osaka", 10));
    TR_CHECK_ERR(tr_transaction_signing_hash(t, hash), TR_E_TX_TYPE);
    TR_CHECK_ERR(tr_transaction_sign(t, key), TR_E_TX_TYPE);
    tr_transaction_free(t);
}

TR_TEST(what_is_refused)
{
    size_t offset = 7;
    tr_transaction *t;
    tr_bytes raw = tr_test_hex("c9008080808080808080");
    TR_CHECK_ERR(tr_transaction_decode(raw.data, raw.len, &t, &offset), TR_E_CANONICAL);
    TR_CHECK_EQ(offset, 1);
    TR_CHECK_ERR(tr_transaction_decode(NULL, 0, &t, NULL), TR_E_SHORT);
    uint8_t address[20];
    raw = tr_test_hex("c9808080808080808080"); /* unsigned */
    TR_CHECK_OK(tr_transaction_decode(raw.data, raw.len, &t, NULL));
    TR_CHECK_ERR(tr_transaction_sender(t, address), TR_E_TX_V);
    tr_transaction_free(t);
}

TR_TEST(many)
{
    enum { N = 600 };
    static const uint8_t *data[N];
    static size_t lens[N];
    static uint8_t hashes[32 * N], senders[20 * N], zeros[32];
    static tr_err errs[N];
    for (size_t i = 0; i < N; i++) {
        tr_bytes raw = tr_test_hex(tx_samples[i % 7].raw);
        data[i] = raw.data;
        lens[i] = i % 10 == 9 ? raw.len - 1 : raw.len;
    }
    memset(hashes, 1, sizeof(hashes));
    memset(senders, 1, sizeof(senders));
    TR_CHECK_EQ(tr_transaction_read_many(N, data, lens, hashes, senders, errs), N - N / 10);
    for (size_t i = 0; i < N; i++) {
        const tx_sample *want = &tx_samples[i % 7];
        tr_bytes hash = tr_bytes_of(hashes + 32 * i, 32);
        tr_bytes sender = tr_bytes_of(senders + 20 * i, 20);
        if (i % 10 == 9) {
            TR_CHECK(errs[i] != TR_OK);
            TR_CHECK_BYTES(hash, tr_bytes_of(zeros, 32));
            TR_CHECK_BYTES(sender, tr_bytes_of(zeros, 20));
            continue;
        }
        TR_CHECK_OK(errs[i]);
        if (want->hash != NULL) TR_CHECK_BYTES(hash, tr_test_hex(want->hash));
        TR_CHECK_BYTES(sender, tr_test_hex(want->sender));
    }
    TR_CHECK_EQ(tr_transaction_read_many(3, data, lens, hashes, NULL, errs), 3);
}
