#include "harness.h"

#include "codec/json.h"
#include "keys/keystore.h"
#include "keys/scrypt.h"

#include <openssl/evp.h>

/* Of the Web3 secret storage definition's examples (password "testpassword"), with their figures.
 */
#define SCRYPT_KDF                                                                                 \
    "'kdf':'scrypt','kdfparams':{'dklen':32,'n':262144,'p':8,'r':1,"                               \
    "'salt':'ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19'}"
#define SCRYPT_REST                                                                                \
    "'cipher':'aes-128-ctr','cipherparams':{'iv':'83dbcc02d8ccb40e466191a123791e0e'},"             \
    "'ciphertext':'d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c',"             \
    "'mac':'2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097'"

/* A cheap one that go-ethereum's tests have too: n 2, password "". */
#define LIGHT_ADDRESS "45dea0fb0bba44f4fcf290bba71fd57d7117cbb8"
#define LIGHT_KDF                                                                                  \
    "'kdf':'scrypt','kdfparams':{'dklen':32,'n':2,'p':1,'r':8,"                                    \
    "'salt':'004244bbdc51cadda545b1cfa43cff9ed2ae88e08c61f1479dbb45410722f8f0'}"
#define LIGHT_CIPHER                                                                               \
    "'cipher':'aes-128-ctr','cipherparams':{'iv':'dc4926b48a105133d2f16b96833abf1e'}"
#define LIGHT_TEXT   "'ciphertext':'b87781948a1befd247bff51ef4063f716cf6c2d3481163e9a8f42e1f9bb74145'"
#define LIGHT_MAC    "'mac':'39990c1684557447940d4c69e06b1b82b2aceacb43f284df65c956daf3046b85'"
#define LIGHT_ID     "'id':'ce541d8d-c79b-40f8-9f8c-20f59616faba'"
#define LIGHT_CRYPTO "'crypto':{" LIGHT_CIPHER "," LIGHT_TEXT "," LIGHT_KDF "," LIGHT_MAC "}"
#define LIGHT        "{'address':'" LIGHT_ADDRESS "'," LIGHT_CRYPTO "," LIGHT_ID ",'version':3}"

/* JSON with ' for ". */
static tr_bytes quoted(const char *text)
{
    tr_bytes copy = tr_arena_copy(tr_test_arena(), tr_bytes_str(text));
    for (size_t i = 0; i < copy.len; i++)
        if (copy.data[i] == '\'') ((uint8_t *)(uintptr_t)copy.data)[i] = '"';
    return copy;
}

static tr_err decode(tr_trail *trail, const char *text, tr_keystore *out)
{
    return tr_keystore_decode(trail, tr_test_arena(), quoted(text), out);
}

static tr_err decrypt(const char *text, const char *password, tr_seckey *key)
{
    tr_keystore keystore;
    tr_kdf_limits limits = tr_kdf_limits_default();
    TR_CHECK_OK(decode(NULL, text, &keystore));
    return tr_keystore_decrypt(NULL, tr_test_alloc(), &keystore, &limits, tr_bytes_str(password),
                               key);
}

TR_TEST(the_example_of_the_definition)
{
    tr_seckey key;
    TR_CHECK_OK(
        decrypt("{'crypto':{" SCRYPT_REST "," SCRYPT_KDF "},'version':3}", "testpassword", &key));
    TR_CHECK_BYTES(TR_VIEW(key.b),
                   tr_test_hex("7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d"));
}

TR_TEST(what_is_in_the_file_is_in_the_keystore)
{
    tr_keystore k;
    TR_CHECK_OK(decode(NULL, LIGHT, &k));
    TR_CHECK_EQ(k.version, 3);
    TR_CHECK(k.has_address);
    TR_CHECK_BYTES(TR_VIEW(k.address.b), tr_test_hex(LIGHT_ADDRESS));
    TR_CHECK_EQ(k.kdf.kind, TR_KDF_SCRYPT);
    TR_CHECK_EQ(k.kdf.n, 2);
    TR_CHECK_EQ(k.kdf.r, 8);
    TR_CHECK_EQ(k.kdf.p, 1);
    TR_CHECK_EQ(k.kdf.key_len, 32);
    TR_CHECK_EQ(k.kdf.salt_len, 32);
    TR_CHECK_EQ(k.ciphertext_len, 32);
    TR_CHECK_BYTES(TR_VIEW(k.iv), tr_test_hex("dc4926b48a105133d2f16b96833abf1e"));
    TR_CHECK_BYTES(TR_VIEW(k.id), tr_test_hex("ce541d8dc79b40f89f8c20f59616faba"));
}

TR_TEST(the_forms_that_the_field_has)
{
    tr_seckey key;
    TR_CHECK_OK(decrypt(LIGHT, "", &key));
    TR_CHECK_OK(decrypt("{'Crypto':{" LIGHT_CIPHER "," LIGHT_TEXT "," LIGHT_KDF "," LIGHT_MAC
                        "},'version':'3','address':'0x" LIGHT_ADDRESS "','x-more':[1]}",
                        "", &key));
    TR_CHECK_OK(decrypt("{" LIGHT_CRYPTO ",'version':3,'address':'','id':null}", "", &key));
    /* the address is somebody else's */
    TR_CHECK_ERR(decrypt("{'address':'0000000000000000000000000000000000000000'," LIGHT_CRYPTO
                         ",'version':3}",
                         "", &key),
                 TR_E_KEYSTORE_ADDRESS);
    for (size_t i = 0; i < 32; i++) TR_CHECK_EQ(key.b[i], 0);
}

/* Made with Python's hashlib and PyCryptodome: the key 4646...46, and one whose padding is wrong
 * although the MAC is right. */
#define OLD(text, mac)                                                                             \
    "{'Crypto':{'cipher':'aes-128-cbc','cipherparams':{'iv':'000102030405060708090a0b0c0d0e0f'},"  \
    "'ciphertext':'d63e1922eab54418688beaf466d3ed6b498a35bd0551d43bd28026a246cebef4" text "',"     \
    "'kdf':'scrypt','kdfparams':{'dklen':32,'n':2,'r':8,'p':1,'salt':'"                            \
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'},'mac':'" mac               \
    "','version':'1'},'version':'1'}"

TR_TEST(version_1_is_read)
{
    tr_seckey key;
    TR_CHECK_OK(decrypt(OLD("ce486f5fc083fa7454f0a9a3e960935c",
                            "1770e2ab86c29e8ce4931258654847b4095ff10f9995e11407428c0e0c98f311"),
                        "pass", &key));
    for (size_t i = 0; i < 32; i++) TR_CHECK_EQ(key.b[i], 0x46);
    TR_CHECK_ERR(decrypt(OLD("37590361a4d57d4e3087179e3089789d",
                             "f9b13d134da092bd4b5907e4feb38c8f7ef37b478104b3c120d2aec37bdd6106"),
                         "pass", &key),
                 TR_E_KEYSTORE);
    for (size_t i = 0; i < 32; i++) TR_CHECK_EQ(key.b[i], 0);
    tr_keystore k;
    TR_CHECK_ERR(decode(NULL, OLD("ce", "00"), &k), TR_E_KEYSTORE); /* no whole blocks */
}

TR_TEST(a_wrong_password_or_mac_is_refused)
{
    tr_seckey key;
    tr_keystore k;
    tr_trail trail;
    tr_kdf_limits limits = tr_kdf_limits_default();
    memset(&key, 0x5a, sizeof(key));
    TR_CHECK_ERR(decrypt(LIGHT, "x", &key), TR_E_PASSWORD);
    for (size_t i = 0; i < 32; i++) TR_CHECK_EQ(key.b[i], 0);
    TR_CHECK_OK(decode(NULL, LIGHT, &k));
    for (size_t bit = 0; bit < 256; bit += 5) {
        tr_keystore bad = k;
        bad.mac.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        TR_CHECK_ERR(tr_keystore_decrypt(&trail, tr_test_alloc(), &bad, &limits, TR_LIT(""), &key),
                     TR_E_PASSWORD);
        bad = k;
        bad.ciphertext[bit / 8] ^= (uint8_t)(1u << bit % 8);
        TR_CHECK_ERR(tr_keystore_decrypt(&trail, tr_test_alloc(), &bad, &limits, TR_LIT(""), &key),
                     TR_E_PASSWORD);
    }
}

TR_TEST(files_that_are_no_keystores)
{
    static const struct {
        const char *text;
        tr_err err;
    } bad[] = {
        {"", TR_E_SHORT},
        {"[]", TR_E_KEYSTORE},
        {"{}", TR_E_KEYSTORE},
        {"{" LIGHT_CRYPTO "}", TR_E_KEYSTORE},
        {"{" LIGHT_CRYPTO ",'version':2}", TR_E_KEYSTORE_VERSION},
        {"{" LIGHT_CRYPTO ",'version':3.0}", TR_E_KEYSTORE_VERSION},
        {"{" LIGHT_CRYPTO ",'version':[3]}", TR_E_KEYSTORE_VERSION},
        {"{" LIGHT_CRYPTO ",'version':1}", TR_E_KEYSTORE_VERSION}, /* another cipher */
        {"{" LIGHT_CRYPTO ",'version':3,'version':3}", TR_E_DUPLICATE},
        {"{" LIGHT_CRYPTO ",'Crypto':{},'version':3}", TR_E_DUPLICATE},
        {"{" LIGHT_CRYPTO ",'address':'45de','version':3}", TR_E_KEYSTORE},
        {"{'crypto':7,'version':3}", TR_E_KEYSTORE_VERSION},
        {"{'crypto':{'cipher':'aes-256-gcm'},'version':3}", TR_E_KEYSTORE_VERSION},
        {"{'crypto':{" LIGHT_CIPHER "," LIGHT_KDF "," LIGHT_MAC "},'version':3}", TR_E_KEYSTORE},
        {"{'crypto':{" LIGHT_CIPHER ",'ciphertext':''," LIGHT_KDF "," LIGHT_MAC "},'version':3}",
         TR_E_KEYSTORE},
        {"{'crypto':{" LIGHT_CIPHER ",'ciphertext':'0g'," LIGHT_KDF "," LIGHT_MAC "},'version':3}",
         TR_E_KEYSTORE},
        {"{'crypto':{" LIGHT_CIPHER ",'ciphertext':'abc'," LIGHT_KDF "," LIGHT_MAC "},'version':3}",
         TR_E_KEYSTORE},
        {"{'crypto':{" LIGHT_CIPHER
         ",'ciphertext':'b87781948a1befd247bff51ef4063f716cf6c2d3481163e9a8f42e1f9bb7414500'," //
         LIGHT_KDF "," LIGHT_MAC "},'version':3}",
         TR_E_LIMIT},
        {"{'crypto':{" LIGHT_CIPHER "," LIGHT_TEXT "," LIGHT_MAC "},'version':3}", TR_E_KEYSTORE},
        {"{'crypto':{" LIGHT_CIPHER "," LIGHT_TEXT "," LIGHT_MAC
         ",'kdf':'argon2id','kdfparams':{'dklen':32,'salt':''}},'version':3}",
         TR_E_KEYSTORE_VERSION},
        {"{'crypto':{" LIGHT_CIPHER "," LIGHT_TEXT "," LIGHT_MAC
         ",'kdf':'pbkdf2','kdfparams':{'dklen':32,'salt':'','prf':'hmac-md5','c':1}},'version':3}",
         TR_E_KEYSTORE_VERSION},
        {"{'crypto':{" LIGHT_CIPHER "," LIGHT_TEXT "," LIGHT_MAC
         ",'kdf':'pbkdf2','kdfparams':{'dklen':32,'salt':'','prf':'hmac-sha256','c':-1}},"
         "'version':3}",
         TR_E_KEYSTORE},
    };
    for (size_t i = 0; i < TR_COUNTOF(bad); i++) {
        tr_keystore k;
        tr_trail trail;
        tr_trail_clear(&trail);
        tr_err err = decode(&trail, bad[i].text, &k);
        TR_CHECK_MSG(err == bad[i].err, "case %zu gives %s: %s", i, tr_err_name(err), trail.text);
        TR_CHECK_EQ(trail.code, err);
        TR_CHECK(trail.len != 0);
    }
}

TR_TEST(a_file_that_is_too_long)
{
    tr_keystore k;
    uint8_t *many = tr_arena_get(tr_test_arena(), TR_KEYSTORE_FILE_MAX + 1, 1);
    TR_CHECK(many != NULL);
    memset(many, ' ', TR_KEYSTORE_FILE_MAX + 1);
    TR_CHECK_ERR(
        tr_keystore_decode(NULL, tr_test_arena(), tr_bytes_of(many, TR_KEYSTORE_FILE_MAX + 1), &k),
        TR_E_LIMIT);
}

/* The figures are judged before anything is computed or allocated: a bomb takes no time. */
TR_TEST(figures_of_a_bomb_are_refused)
{
    static const struct {
        tr_kdf kdf;
        tr_err err;
    } cases[] = {
        {{.n = 1u << 18, .r = 8, .p = 1, .key_len = 32}, TR_OK},
        {{.n = 1u << 18, .r = 1, .p = 8, .key_len = 32}, TR_OK},
        {{.n = 1u << 19, .r = 8, .p = 1, .key_len = 32}, TR_OK},
        {{.n = 1u << 20, .r = 8, .p = 1, .key_len = 32}, TR_E_KDF_LIMIT},
        {{.n = 1u << 18, .r = 8, .p = 9, .key_len = 32}, TR_E_KDF_LIMIT},
        {{.n = 1ull << 63, .r = 8, .p = 1, .key_len = 32}, TR_E_KDF_LIMIT},
        {{.n = 2, .r = UINT64_MAX, .p = 1, .key_len = 32}, TR_E_KDF_LIMIT},
        {{.n = 2, .r = 1, .p = UINT64_MAX, .key_len = 32}, TR_E_KDF_LIMIT},
        {{.n = 2, .r = 1ull << 32, .p = 1ull << 32, .key_len = 32}, TR_E_KDF_LIMIT},
        {{.n = 0, .r = 8, .p = 1, .key_len = 32}, TR_E_KDF},
        {{.n = 1, .r = 8, .p = 1, .key_len = 32}, TR_E_KDF},
        {{.n = 3, .r = 8, .p = 1, .key_len = 32}, TR_E_KDF},
        {{.n = 2, .r = 0, .p = 1, .key_len = 32}, TR_E_KDF},
        {{.n = 2, .r = 8, .p = 0, .key_len = 32}, TR_E_KDF},
        {{.n = 2, .r = 8, .p = 1, .key_len = 31}, TR_E_KDF},
        {{.n = 2, .r = 8, .p = 1, .key_len = 65}, TR_E_KDF},
        {{.n = 2, .r = 8, .p = 1, .key_len = 32, .salt_len = 257}, TR_E_KDF},
        {{.kind = TR_KDF_PBKDF2, .rounds = 1u << 21, .key_len = 32}, TR_OK},
        {{.kind = TR_KDF_PBKDF2, .rounds = (1u << 21) + 1, .key_len = 32}, TR_E_KDF_LIMIT},
        {{.kind = TR_KDF_PBKDF2, .rounds = UINT64_MAX, .key_len = 32}, TR_E_KDF_LIMIT},
        {{.kind = TR_KDF_PBKDF2, .rounds = 0, .key_len = 32}, TR_E_KDF},
    };
    tr_kdf_limits limits = tr_kdf_limits_default();
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_trail trail;
        uint8_t key[TR_KDF_KEY_MAX];
        tr_err err = tr_kdf_check(&trail, &cases[i].kdf, &limits);
        TR_CHECK_MSG(err == cases[i].err, "case %zu gives %s", i, tr_err_name(err));
        if (err != TR_OK)
            TR_CHECK_ERR(
                tr_kdf_run(NULL, tr_test_alloc(), &cases[i].kdf, &limits, TR_LIT("x"), key), err);
    }
}

/* RFC 7914: section 12 (scrypt) and section 11 (PBKDF2), the first 64 bytes. */
TR_TEST(the_vectors_of_rfc_7914)
{
    tr_kdf_limits limits = tr_kdf_limits_default();
    uint8_t key[64];
    tr_kdf empty = {.kind = TR_KDF_SCRYPT, .n = 16, .r = 1, .p = 1, .key_len = 64};
    TR_CHECK_OK(tr_kdf_run(NULL, tr_test_alloc(), &empty, &limits, (tr_bytes){NULL, 0}, key));
    TR_CHECK_BYTES(TR_VIEW(key),
                   tr_test_hex("77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                               "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"));
    tr_kdf nacl = {.kind = TR_KDF_SCRYPT,
                   .n = 1024,
                   .r = 8,
                   .p = 16,
                   .key_len = 64,
                   .salt_len = 4,
                   .salt = "NaCl"};
    TR_CHECK_OK(tr_kdf_run(NULL, tr_test_alloc(), &nacl, &limits, TR_LIT("password"), key));
    TR_CHECK_BYTES(TR_VIEW(key),
                   tr_test_hex("fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                               "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640"));
    tr_kdf salt = {
        .kind = TR_KDF_PBKDF2, .rounds = 1, .key_len = 64, .salt_len = 4, .salt = "salt"};
    TR_CHECK_OK(tr_kdf_run(NULL, tr_test_alloc(), &salt, &limits, TR_LIT("passwd"), key));
    TR_CHECK_BYTES(TR_VIEW(key),
                   tr_test_hex("55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
                               "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"));
}

/* Where libcrypto accepts the figures it gives the same bytes. */
TR_PROP(scrypt_is_that_of_openssl)
{
    uint64_t n = 1ull << (1 + tr_gen_below(g, 6)), r = 1 + tr_gen_below(g, 9);
    uint64_t p = 1 + tr_gen_below(g, 4);
    uint8_t key[64], want[64];
    tr_bytes password = tr_gen_bytes(g, 80), salt = tr_gen_bytes(g, 80);
    TR_CHECK_OK(tr_scrypt(tr_test_alloc(), password, salt, n, r, p, key, sizeof(key)));
    TR_CHECK(EVP_PBE_scrypt(password.len == 0 ? "" : (const char *)password.data, password.len,
                            salt.data, salt.len, n, r, p, 0, want, sizeof(want)) == 1);
    TR_CHECK_BYTES(TR_VIEW(key), TR_VIEW(want));
}

static tr_err derive(tr_alloc *alloc, void *context)
{
    uint8_t key[32];
    tr_kdf_limits limits = tr_kdf_limits_default();
    tr_kdf kdf = {.kind = TR_KDF_SCRYPT, .n = 4, .r = 2, .p = 2, .key_len = 32};
    (void)context;
    return tr_kdf_run(NULL, alloc, &kdf, &limits, TR_LIT("password"), key);
}

TR_TEST(deriving_without_memory)
{
    tr_test_out_of_memory(derive, NULL);
}

TR_PROP(what_is_encrypted_is_written_read_and_decrypted)
{
    tr_random_seeded random;
    tr_kdf_limits limits = tr_kdf_limits_default();
    tr_kdf cost = tr_gen_bool(g)
                      ? (tr_kdf){.kind = TR_KDF_SCRYPT, .n = 4, .r = 2, .p = 1, .key_len = 32}
                      : (tr_kdf){.kind = TR_KDF_PBKDF2, .rounds = 3, .key_len = 40};
    tr_seckey key, back;
    tr_keystore made, read;
    tr_buf json;
    tr_random_seed(&random, tr_gen_u64(g));
    tr_bytes password = tr_gen_bytes(g, 40);
    do tr_gen_fill(g, key.b, sizeof(key.b));
    while (tr_seckey_check(&key) != TR_OK);
    TR_CHECK_OK(
        tr_keystore_encrypt(NULL, tr_test_alloc(), &key, &cost, password, &random.random, &made));
    made.has_address = tr_gen_below(g, 4) != 0;
    if (!made.has_address) memset(&made.address, 0, sizeof(made.address));
    tr_buf_init(&json, &tr_gen_arena(g)->alloc, TR_KEYSTORE_FILE_MAX);
    tr_keystore_encode(&made, &json);
    TR_CHECK_OK(tr_buf_err(&json));
    TR_CHECK_OK(tr_keystore_decode(NULL, tr_gen_arena(g), tr_buf_view(&json), &read));
    TR_CHECK_BYTES(tr_bytes_of(&read.kdf.salt, sizeof(read.kdf.salt)),
                   tr_bytes_of(&made.kdf.salt, sizeof(made.kdf.salt)));
    TR_CHECK_BYTES(TR_VIEW(read.id), TR_VIEW(made.id));
    TR_CHECK_EQ(read.has_address, made.has_address);
    TR_CHECK_OK(tr_keystore_decrypt(NULL, tr_test_alloc(), &read, &limits, password, &back));
    TR_CHECK_BYTES(TR_VIEW(back.b), TR_VIEW(key.b));
}

TR_TEST(a_key_that_is_none_is_not_encrypted)
{
    tr_random_seeded random;
    tr_kdf cost = {.kind = TR_KDF_PBKDF2, .rounds = 1, .key_len = 32};
    tr_seckey zero = {{0}};
    tr_keystore made;
    tr_random_seed(&random, 1);
    TR_CHECK_ERR(tr_keystore_encrypt(NULL, tr_test_alloc(), &zero, &cost, TR_LIT("p"),
                                     &random.random, &made),
                 TR_E_KEY_RANGE);
    cost.rounds = 0;
    zero.b[31] = 1;
    TR_CHECK_ERR(tr_keystore_encrypt(NULL, tr_test_alloc(), &zero, &cost, TR_LIT("p"),
                                     &random.random, &made),
                 TR_E_KDF);
}

static tr_err decode_in_arena(tr_alloc *alloc, void *context)
{
    (void)context;
    tr_keystore k;
    tr_arena arena;
    tr_bytes text = quoted(LIGHT);
    tr_arena_init(&arena, alloc, 1 << 20);
    tr_err err = tr_keystore_decode(NULL, &arena, text, &k);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(decoding_without_memory)
{
    tr_test_out_of_memory(decode_in_arena, NULL);
}

static tr_err encode_in_buffer(tr_alloc *alloc, void *context)
{
    tr_buf buf;
    tr_buf_init(&buf, alloc, TR_KEYSTORE_FILE_MAX);
    tr_keystore_encode(context, &buf);
    tr_err err = tr_buf_err(&buf);
    tr_buf_free(&buf);
    return err;
}

TR_TEST(encoding_without_memory)
{
    tr_keystore k;
    TR_CHECK_OK(decode(NULL, LIGHT, &k));
    tr_test_out_of_memory(encode_in_buffer, &k);
}
