/* Every hash that OpenSSL's libcrypto has too, on random messages: another author's code. */
#include <openssl/evp.h>

#include "for_each_code.h"
#include "harness.h"
#include "hash/hash.h"

static void libcrypto(const char *name, tr_bytes in, uint8_t *out, size_t len)
{
    EVP_MD *md = EVP_MD_fetch(NULL, name, NULL);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (md == NULL || ctx == NULL) tr_test_skip("libcrypto lacks a hash");
    bool xof = (EVP_MD_get_flags(md) & EVP_MD_FLAG_XOF) != 0;
    bool ok = EVP_DigestInit_ex2(ctx, md, NULL) == 1 && EVP_DigestUpdate(ctx, in.data, in.len) == 1;
    ok = ok && (xof ? EVP_DigestFinalXOF(ctx, out, len) : EVP_DigestFinal_ex(ctx, out, NULL)) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_MD_free(md);
    TR_CHECK_MSG(ok, "libcrypto cannot do %s", name);
}

/* A message of any length up to a few blocks, often at a border of one of the block sizes. */
static tr_bytes some_message(tr_gen *g)
{
    static const size_t blocks[] = {64, 72, 104, 128, 136, 144, 168};
    size_t len = tr_gen_below(g, 600);
    if (tr_gen_bool(g))
        len =
            blocks[tr_gen_below(g, TR_COUNTOF(blocks))] * tr_gen_below(g, 4) + tr_gen_below(g, 20);
    uint8_t *data = tr_arena_get(tr_gen_arena(g), len, 1);
    tr_gen_fill(g, data, len);
    return tr_bytes_of(data, len);
}

TR_PROP(sha3_and_shake_share_the_sponge)
{
    static const struct {
        const char *name;
        unsigned rate;
        uint8_t pad;
        size_t len;
    } cases[] = {
        {"SHA3-224", 144, TR_SHA3_PAD, 28}, {"SHA3-256", 136, TR_SHA3_PAD, 32},
        {"SHA3-384", 104, TR_SHA3_PAD, 48}, {"SHA3-512", 72, TR_SHA3_PAD, 64},
        {"SHAKE128", 168, 0x1f, 500},       {"SHAKE256", 136, 0x1f, 500},
    };
    tr_bytes in = some_message(g);
    size_t k = tr_gen_below(g, TR_COUNTOF(cases)), first = tr_gen_below(g, cases[k].len + 1);
    uint8_t want[500], got[500];
    libcrypto(cases[k].name, in, want, cases[k].len);
    FOR_EACH_CODE(code)
    {
        tr_sponge sponge;
        tr_sponge_init(&sponge, cases[k].rate, cases[k].pad);
        tr_sponge_update(&sponge, in);
        tr_sponge_squeeze(&sponge, got, first);
        tr_sponge_squeeze(&sponge, got + first, cases[k].len - first);
        TR_CHECK_BYTES(tr_bytes_of(got, cases[k].len), tr_bytes_of(want, cases[k].len));
    }
}

TR_PROP(sha2_and_ripemd)
{
    tr_bytes in = some_message(g);
    uint8_t want[64], got[64];
    libcrypto("SHA256", in, want, 32);
    FOR_EACH_CODE(code)
    {
        tr_hash hash = tr_sha256(in);
        TR_CHECK_BYTES(TR_VIEW(hash.b), tr_bytes_of(want, 32));
    }
    libcrypto("SHA512", in, want, 64);
    tr_sha512(in, got);
    TR_CHECK_BYTES(TR_VIEW(got), TR_VIEW(want));
    libcrypto("RIPEMD160", in, want, 20);
    tr_ripemd160(in, got);
    TR_CHECK_BYTES(tr_bytes_of(got, 20), tr_bytes_of(want, 20));
}

TR_PROP(blake2_and_sha512_256)
{
    tr_bytes in = some_message(g);
    uint8_t want[64], got[64];
    libcrypto("BLAKE2B-512", in, want, 64);
    tr_blake2b(in, got);
    TR_CHECK_BYTES(TR_VIEW(got), TR_VIEW(want));
    tr_hash half = tr_blake2s(in);
    libcrypto("BLAKE2S-256", in, want, 32);
    TR_CHECK_BYTES(TR_VIEW(half.b), tr_bytes_of(want, 32));
    half = tr_sha512_256(in);
    libcrypto("SHA512-256", in, want, 32);
    TR_CHECK_BYTES(TR_VIEW(half.b), tr_bytes_of(want, 32));
}
