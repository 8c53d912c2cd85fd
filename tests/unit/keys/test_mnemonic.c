#include "harness.h"

#include "keys/hd.h"
#include "keys/mnemonic.h"
#include "keys/mnemonic_internal.h"

#include <openssl/sha.h>

/* Made with the Python package `mnemonic` 0.21 (Trezor), passphrase "TREZOR". */
static const struct {
    const char *entropy, *words, *seed;
} cases[] = {
    {"00000000000000000000000000000000",
     "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon "
     "about",
     "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf"
     "1"
     "41630c7a3c4ab7c81b2f001698e7463b04"},
    {"7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f",
     "legal winner thank year wave sausage worth useful legal winner thank yellow",
     "2e8905819b8723fe2c1d161860e5ee1830318dbf49a83bd451cfb8440c28bd6fa457fe1296106559a3c80937a1c10"
     "6"
     "9be3a3a5bd381ee6260e8d9739fce1f607"},
    {"ffffffffffffffffffffffffffffffff", "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong",
     "ac27495480225222079d7be181583751e86f571027b0497b5b5d11218e0a8a13332572917f0f8e5a589620c6f15b1"
     "1"
     "c61dee327651a14c34e18231052e48c069"},
    {"0123456789abcdef0123456789abcdef01234567",
     "abuse boss fly battle rubber wasp afraid hamster guide essence vibrant task banana pencil "
     "over",
     "a60c4b7b3e4b892d294e076ca860d28584937ff63db3b43a571c7433139b1192390057394e8c4d5321a4203e8909d"
     "b"
     "d1b1a577130b5612efa13d9e5f703a687b"},
    {"6610b25967cdcca9d59875f5cb50b0ea75433311869e930b",
     "gravity machine north sort system female filter attitude volume fold club stay feature "
     "office "
     "ecology stable narrow fog",
     "628c3827a8823298ee685db84f55caa34b5cc195a778e52d45f59bcf75aba68e4d7590e101dc414bc1bbd573766"
     "6fbbef35d1f1903953b66624f910feef245ac"},
    {"0123456789abcdef0123456789abcdef0123456789abcdef01234567",
     "abuse boss fly battle rubber wasp afraid hamster guide essence vibrant task banana pencil "
     "owner cube social job emotion member know",
     "b4ad5d68ce1ade768a9ceddb37260cc3a68150a2ee5a881b6e0922e34c91263c7a32ddd6b047de84da4f2149b359"
     "242073874418011376cd601f72dd2daa34f8"},
    {"68a79eaca2324873eacc50cb9c6eca8cc68ea5d936f98787c60c7ebc74e6ce7c",
     "hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy "
     "gospel tennis maple dilemma loan word shrug inflict delay length",
     "64c87cde7e12ecf6704ab95bb1408bef047c22db4cc7491c4271d170a1b213d20b385bc1588d9c7b38f1b39d41566"
     "5"
     "b8a9030c9ec653d75e65f847d8fc1fc440"},
};

TR_TEST(words_entropy_and_seeds_agree_with_trezor)
{
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        char text[TR_MNEMONIC_TEXT_MAX];
        uint8_t entropy[TR_MNEMONIC_ENTROPY_MAX], seed[TR_MNEMONIC_SEED];
        size_t len;
        tr_bytes words = tr_bytes_str(cases[i].words);
        TR_CHECK_OK(tr_mnemonic_encode(tr_test_hex(cases[i].entropy), text));
        TR_CHECK_STR(text, cases[i].words);
        TR_CHECK_OK(tr_mnemonic_decode(NULL, words, entropy, &len));
        TR_CHECK_BYTES(tr_bytes_of(entropy, len), tr_test_hex(cases[i].entropy));
        TR_CHECK_OK(tr_mnemonic_seed(NULL, words, TR_LIT("TREZOR"), seed));
        TR_CHECK_BYTES(TR_VIEW(seed), tr_test_hex(cases[i].seed));
    }
}

/* The file english.txt of the BIP ends each word with a newline. */
TR_TEST(the_list_is_that_of_the_bip)
{
    uint8_t digest[32];
    tr_buf buf;
    tr_buf_init(&buf, &tr_test_arena()->alloc, 1 << 16);
    for (size_t i = 0; i < TR_WORDS; i++) {
        tr_buf_put_str(&buf, tr_words_english[i]);
        tr_buf_put_u8(&buf, '\n');
    }
    TR_CHECK_OK(tr_buf_err(&buf));
    SHA256(buf.data, buf.len, digest);
    TR_CHECK_BYTES(TR_VIEW(digest),
                   tr_test_hex("2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"));
}

TR_TEST(the_accounts_that_every_devnet_has)
{
    static const struct {
        const char *key, *address;
    } accounts[] = {
        {"ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80",
         "f39fd6e51aad88f6f4ce6ab8827279cfffb92266"},
        {"59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d",
         "70997970c51812dc3a010c7d01b50e0d17dc79c8"},
        {"5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a",
         "3c44cdddb6a900fa2b585dd299e03d12fa4293bc"},
    };
    uint8_t seed[TR_MNEMONIC_SEED];
    TR_CHECK_OK(tr_mnemonic_seed(
        NULL, TR_LIT("test test test test test test test test test test test junk"), TR_LIT(""),
        seed));
    for (uint32_t i = 0; i < TR_COUNTOF(accounts); i++) {
        tr_seckey key;
        tr_addr address;
        TR_CHECK_OK(tr_hd_account(NULL, TR_VIEW(seed), i, &key, &address));
        TR_CHECK_BYTES(TR_VIEW(key.b), tr_test_hex(accounts[i].key));
        TR_CHECK_BYTES(TR_VIEW(address.b), tr_test_hex(accounts[i].address));
    }
}

TR_TEST(white_space_does_not_matter_and_case_does)
{
    uint8_t a[64], b[64];
    TR_CHECK_OK(tr_mnemonic_seed(NULL, tr_bytes_str(cases[2].words), TR_LIT(""), a));
    TR_CHECK_OK(tr_mnemonic_seed(
        NULL, TR_LIT("  zoo\tzoo zoo  zoo zoo zoo\nzoo zoo zoo zoo zoo\r\n wrong\n"), TR_LIT(""),
        b));
    TR_CHECK_BYTES(TR_VIEW(a), TR_VIEW(b));
    tr_trail trail;
    size_t len;
    TR_CHECK_ERR(tr_mnemonic_decode(
                     &trail, TR_LIT("zoo Zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong"), a, &len),
                 TR_E_MNEMONIC_WORD);
    TR_CHECK_EQ(trail.offset, 4);
    TR_CHECK_STR(trail.text, "word 2 is not in the list"); /* the word itself is a secret */
}

TR_TEST(bad_mnemonics_have_names)
{
    static const struct {
        const char *words;
        tr_err err;
    } bad[] = {
        {"", TR_E_MNEMONIC_COUNT},
        {"zoo zoo zoo", TR_E_MNEMONIC_COUNT},
        {"zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo", TR_E_MNEMONIC_COUNT},
        {"zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo", TR_E_MNEMONIC_COUNT},
        {"zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo "
         "zoo "
         "zoo zoo",
         TR_E_MNEMONIC_COUNT},
        {"zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo", TR_E_MNEMONIC_CHECKSUM},
        {"zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wron", TR_E_MNEMONIC_WORD},
        {"zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrongwrong", TR_E_MNEMONIC_WORD},
        {"zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo \xc3\xa9", TR_E_MNEMONIC_WORD},
    };
    for (size_t i = 0; i < TR_COUNTOF(bad); i++) {
        uint8_t out[64];
        size_t len;
        TR_CHECK_ERR(tr_mnemonic_decode(NULL, tr_bytes_str(bad[i].words), out, &len), bad[i].err);
        TR_CHECK_ERR(tr_mnemonic_seed(NULL, tr_bytes_str(bad[i].words), TR_LIT(""), out),
                     bad[i].err);
    }
    char text[TR_MNEMONIC_TEXT_MAX];
    for (size_t len = 0; len <= 40; len++) {
        uint8_t entropy[40] = {0};
        bool ok = len == 16 || len == 20 || len == 24 || len == 28 || len == 32;
        TR_CHECK_ERR(tr_mnemonic_encode(tr_bytes_of(entropy, len), text), ok ? TR_OK : TR_E_RANGE);
    }
}

TR_TEST(a_passphrase_has_its_limit)
{
    static const uint8_t many[TR_MNEMONIC_PASSPHRASE_MAX + 1];
    uint8_t seed[64];
    tr_bytes words = tr_bytes_str(cases[0].words);
    TR_CHECK_OK(tr_mnemonic_seed(NULL, words, tr_bytes_of(many, sizeof(many) - 1), seed));
    TR_CHECK_ERR(tr_mnemonic_seed(NULL, words, tr_bytes_of(many, sizeof(many)), seed), TR_E_LIMIT);
}

TR_PROP(entropy_survives_its_words)
{
    uint8_t entropy[32], back[32];
    char text[TR_MNEMONIC_TEXT_MAX];
    size_t len = 16 + 4 * tr_gen_below(g, 5), back_len;
    tr_gen_fill(g, entropy, len);
    TR_CHECK_OK(tr_mnemonic_encode(tr_bytes_of(entropy, len), text));
    TR_CHECK_OK(tr_mnemonic_decode(NULL, tr_bytes_str(text), back, &back_len));
    TR_CHECK_BYTES(tr_bytes_of(back, back_len), tr_bytes_of(entropy, len));
}

TR_TEST(fresh_words_are_good_and_differ)
{
    tr_random_seeded random;
    char a[TR_MNEMONIC_TEXT_MAX], b[TR_MNEMONIC_TEXT_MAX];
    uint8_t entropy[32];
    size_t len;
    tr_random_seed(&random, 1);
    for (size_t words = 0; words <= 27; words++) {
        bool ok = words >= 12 && words <= 24 && words % 3 == 0;
        TR_CHECK_ERR(tr_mnemonic_new(NULL, words, &random.random, a),
                     ok ? TR_OK : TR_E_MNEMONIC_COUNT);
        if (!ok) continue;
        TR_CHECK_OK(tr_mnemonic_decode(NULL, tr_bytes_str(a), entropy, &len));
        TR_CHECK_EQ(len, words * 4 / 3);
        TR_CHECK_OK(tr_mnemonic_new(NULL, words, &random.random, b));
        TR_CHECK(strcmp(a, b) != 0);
    }
}
