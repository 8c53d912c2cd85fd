#include "for_each_code.h"
#include "harness.h"
#include "hash/blake2.h"
#include "hash/ripemd.h"

/* The test values of RIPEMD-160's authors. */
TR_TEST(ripemd160_known_answers)
{
    static const struct {
        const char *in, *want;
    } cases[] = {
        {"", "9c1185a5c5e9fc54612808977ee8f548b2258d31"},
        {"a", "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe"},
        {"abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"},
        {"message digest", "5d0689ef49d2fae572b881b123a85ffa21595f36"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "12a053384a9c0c88e405a06c27dcf49ada62eb2b"},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
         "b0e20b6e3116640286ed3a87a5713079b21f5189"},
        {"1234567890123456789012345678901234567890"
         "1234567890123456789012345678901234567890",
         "9b752e45573d4b39f4dbd3323cab82bf63326bfb"},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        uint8_t out[20];
        tr_ripemd160(tr_bytes_str(cases[i].in), out);
        TR_CHECK_BYTES(TR_VIEW(out), tr_test_hex(cases[i].want));
    }
}

/* BLAKE2b-512 of "abc" as RFC 7693, appendix A, goes through it: one block. */
static void abc(uint32_t rounds, bool final, uint64_t h[8])
{
    static const uint64_t start[8] = {
        0x6a09e667f3bcc908 ^ 0x01010040,
        0xbb67ae8584caa73b,
        0x3c6ef372fe94f82b,
        0xa54ff53a5f1d36f1,
        0x510e527fade682d1,
        0x9b05688c2b3e6c1f,
        0x1f83d9abfb41bd6b,
        0x5be0cd19137e2179,
    };
    uint64_t m[16] = {0x636261}, t[2] = {3, 0};
    memcpy(h, start, sizeof(start));
    tr_blake2b_f(rounds, h, m, t, final);
}

static void check_blake2b(void)
{
    uint64_t h[8];
    abc(TR_BLAKE2B_ROUNDS, true, h);
    TR_CHECK_BYTES(TR_VIEW(h),
                   tr_test_hex("ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                               "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"));
    /* EIP-152's vectors 4, 6 and 7 for the same block: no round, not final, one round. */
    abc(0, true, h);
    TR_CHECK_BYTES(TR_VIEW(h),
                   tr_test_hex("08c9bcf367e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5"
                               "d282e6ad7f520e511f6c3e2b8c68059b9442be0454267ce079217e1319cde05b"));
    abc(TR_BLAKE2B_ROUNDS, false, h);
    TR_CHECK_BYTES(TR_VIEW(h),
                   tr_test_hex("75ab69d3190a562c51aef8d88f1c2775876944407270c42c9844252c26d28752"
                               "98743e7f6d5ea2f2d3e8d226039cd31b4e426ac4f2d3d666a610c2116fde4735"));
    abc(1, true, h);
    TR_CHECK_BYTES(TR_VIEW(h),
                   tr_test_hex("b63a380cb2897d521994a85234ee2c181b5f844d2c624c002677e9703449d2fb"
                               "a551b3a8333bcdf5f2f7e08993d53923de3d64fcc68c034e717b9293fed7a421"));
}

TR_TEST(blake2b_known_answers)
{
    FOR_EACH_CODE(code) check_blake2b();
}

/* Every number of rounds up to some turns through the ten orders; words and counters of any value.
 */
TR_PROP(every_code_compresses_alike)
{
    uint64_t h[8], m[16], t[2], want[8], got[8];
    uint32_t rounds = (uint32_t)tr_gen_below(g, 64);
    bool final = tr_gen_bool(g);
    tr_gen_fill(g, h, sizeof(h));
    tr_gen_fill(g, m, sizeof(m));
    tr_gen_fill(g, t, sizeof(t));
    TR_CHECK(tr_hash_select("portable"));
    memcpy(want, h, sizeof(h));
    tr_blake2b_f(rounds, want, m, t, final);
    FOR_EACH_CODE(code)
    {
        memcpy(got, h, sizeof(h));
        tr_blake2b_f(rounds, got, m, t, final);
        TR_CHECK_BYTES(TR_VIEW(got), TR_VIEW(want));
    }
}
