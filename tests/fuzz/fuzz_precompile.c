/* The precompiled contracts on any input, at any fork: the first byte chooses the fork, the second
 * the contract, the rest is its input.  Gas bounds what is tried.  A run is the same twice, leaves
 * its arena with nothing but the output, has an output of a length that the contract can have, and
 * is what OpenSSL and libsecp256k1 say where they know. */
#include <openssl/evp.h>
#include <openssl/provider.h>

#include "curve/k1_internal.h"
#include "evm/precompile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { MOST_GAS = 3000000, MEMORY = 1 << 22, NUMBERS = 18, P256 = 0x100 };

static void check_digest(const char *name, tr_bytes in, tr_bytes out)
{
    static EVP_MD *ripemd, *sha;
    uint8_t want[32];
    unsigned len = 0;
    if (sha == NULL) {
        (void)OSSL_PROVIDER_load(NULL, "legacy");
        TR_ASSERT(OSSL_PROVIDER_load(NULL, "default") != NULL);
        sha = EVP_MD_fetch(NULL, "SHA256", NULL);
        ripemd = EVP_MD_fetch(NULL, "RIPEMD160", NULL);
        TR_ASSERT(sha != NULL);
    }
    const EVP_MD *md = name[0] == 'S' ? sha : ripemd;
    if (md == NULL) return; /* an OpenSSL without its old functions */
    TR_ASSERT(EVP_Digest(in.data, in.len, want, &len, md, NULL) == 1);
    TR_ASSERT(out.len == 32 && memcmp(out.data + 32 - len, want, len) == 0);
}

/* Each way to recover, over the padded input. */
static void check_recovery(tr_bytes in, tr_bytes out)
{
    static const char *const names[] = {"portable", "library", "x86",
                                        "avx512"}; /* the last stays */
    uint8_t all[128] = {0};
    tr_hash hash;
    tr_ecdsa_sig sig;
    if (in.len != 0) memcpy(all, in.data, TR_MIN(in.len, sizeof(all)));
    memcpy(hash.b, all, 32);
    memcpy(sig.r, all + 64, 32);
    memcpy(sig.s, all + 96, 32);
    sig.recovery = (uint8_t)(all[63] - 27);
    for (size_t i = 32; i < 63; i++)
        if (all[i] != 0) sig.recovery = 9;
    for (size_t i = 0; i < TR_COUNTOF(names); i++) {
        tr_pubkey key;
        if (!tr_k1_select(names[i])) continue;
        bool found = sig.recovery <= 1 && tr_ecdsa_recover(&hash, &sig, &key) == TR_OK;
        TR_ASSERT(found == (out.len == 32));
        if (!found) continue;
        tr_addr address = tr_pubkey_address(&key);
        TR_ASSERT(memcmp(out.data + 12, address.b, sizeof(address.b)) == 0);
    }
}

static bool is_length(unsigned number, tr_bytes in, size_t len)
{
    static const uint16_t lengths[NUMBERS] = {0,  0,  32,  32,  0,   0,   64, 64,  32,
                                              64, 64, 128, 128, 256, 256, 32, 128, 256};
    if (number == 1 || number == P256) return len == 0 || len == 32;
    if (number == 4) return len == in.len;
    if (number == 5) {
        uint8_t modulus[8] = {0};
        for (size_t i = 0; i < 8 && 88 + i < in.len; i++) modulus[i] = in.data[88 + i];
        return len == tr_load64be(modulus);
    }
    return len == lengths[number];
}

static bool run(const tr_evm_rules *rules, unsigned number, tr_bytes in, tr_arena *arena,
                tr_bytes *out)
{
    tr_err err;
    bool ok = tr_precompile_run(rules, number, in, arena, out, &err);
    TR_ASSERT(err == TR_OK && (ok || out->len == 0));
    TR_ASSERT(arena->used == out->len || !ok);
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static uint8_t first[MEMORY], second[MEMORY];
    tr_arena one, two;
    tr_bytes out, again;
    if (len < 2) return 0;
    const tr_evm_rules *rules = tr_evm_rules_of((tr_fork)(data[0] % TR_FORKS));
    tr_addr address = {{0}};
    unsigned number = data[1] % NUMBERS == 0 ? P256 : data[1] % NUMBERS;
    tr_store16be(address.b + 18, (uint16_t)number);
    if (tr_precompile_at(rules, &address) != number) return 0;
    tr_bytes in = tr_bytes_of(data + 2, len - 2);
    if (tr_precompile_gas(rules, number, in) > MOST_GAS) return 0;
    tr_arena_init_fixed(&one, first, sizeof(first));
    tr_arena_init_fixed(&two, second, sizeof(second));
    bool ok = run(rules, number, in, &one, &out);
    TR_ASSERT(run(rules, number, in, &two, &again) == ok && tr_bytes_eq(out, again));
    if (!ok) return 0;
    TR_ASSERT(is_length(number, in, out.len));
    if (number == 1) check_recovery(in, out);
    if (number == 2) check_digest("SHA256", in, out);
    if (number == 3) check_digest("RIPEMD160", in, out);
    if (number == 4) TR_ASSERT(tr_bytes_eq(in, out));
    return 0;
}
