#include "harness.h"

#include "keys/key.h"

TR_TEST(keys_in_hex)
{
    static const struct {
        const char *text;
        tr_err err;
    } cases[] = {
        {"4646464646464646464646464646464646464646464646464646464646464646", TR_OK},
        {"0x4646464646464646464646464646464646464646464646464646464646464646", TR_OK},
        {" \t0X4646464646464646464646464646464646464646464646464646464646464646\r\n", TR_OK},
        {"", TR_E_SYNTAX},
        {"0x", TR_E_SYNTAX},
        {" \n", TR_E_SYNTAX},
        {"464646464646464646464646464646464646464646464646464646464646464", TR_E_SYNTAX},
        {"46464646464646464646464646464646464646464646464646464646464646467", TR_E_SYNTAX},
        {"46464646464646464646464646464646 4646464646464646464646464646464", TR_E_SYNTAX},
        {"464646464646464646464646464646464646464646464646464646464646464g", TR_E_SYNTAX},
        {"0x464646464646464646464646464646464646464646464646464646464646464", TR_E_SYNTAX},
        {"0000000000000000000000000000000000000000000000000000000000000000", TR_E_KEY_RANGE},
        {"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", TR_E_KEY_RANGE},
        {"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140", TR_OK},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_seckey key;
        tr_trail trail;
        memset(&key, 0x5a, sizeof(key));
        tr_err err = tr_key_parse(&trail, tr_bytes_str(cases[i].text), &key);
        TR_CHECK_MSG(err == cases[i].err, "case %zu gives %s", i, tr_err_name(err));
        if (err == TR_OK) continue;
        for (size_t k = 0; k < sizeof(key.b); k++) TR_CHECK_EQ(key.b[k], 0);
        TR_CHECK(strstr(trail.text, "4646") == NULL); /* no part of a secret in a message */
    }
}

TR_TEST(the_address_of_a_key)
{
    tr_seckey key = {{0}};
    tr_addr address;
    TR_CHECK_ERR(tr_key_address(&key, &address), TR_E_KEY_RANGE);
    memset(key.b, 0x46, sizeof(key.b)); /* of EIP-155 */
    TR_CHECK_OK(tr_key_address(&key, &address));
    TR_CHECK_BYTES(TR_VIEW(address.b), tr_test_hex("9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"));
}

/* A source that gives what a test wants: bytes of one value for a number of times, then another. */
typedef struct scripted {
    tr_random random;
    int bad_draws, draws;
    tr_err err;
} scripted;

static tr_err scripted_fill(tr_random *self, tr_trail *trail, void *out, size_t len)
{
    scripted *s = (scripted *)self;
    (void)trail;
    memset(out, s->draws++ < s->bad_draws ? 0xff : 0x46, len);
    return s->err;
}

TR_TEST(a_fresh_key_is_never_out_of_range)
{
    tr_seckey key;
    scripted unlucky = {{scripted_fill}, 1, 0, TR_OK};
    TR_CHECK_OK(tr_key_new(NULL, &unlucky.random, &key));
    TR_CHECK_EQ(unlucky.draws, 2);
    TR_CHECK_EQ(key.b[0], 0x46);

    scripted broken = {{scripted_fill}, 1000, 0, TR_OK};
    TR_CHECK_ERR(tr_key_new(NULL, &broken.random, &key), TR_E_KEY_RANGE);
    TR_CHECK_EQ(key.b[0], 0);

    scripted none = {{scripted_fill}, 0, 0, TR_E_IO};
    TR_CHECK_ERR(tr_key_new(NULL, &none.random, &key), TR_E_IO);
}

TR_TEST(two_fresh_keys_differ)
{
    tr_seckey a, b;
    TR_CHECK_OK(tr_key_new(NULL, tr_random_system(), &a));
    TR_CHECK_OK(tr_key_new(NULL, tr_random_system(), &b));
    TR_CHECK(memcmp(&a, &b, sizeof(a)) != 0);
}
