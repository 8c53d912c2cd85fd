/* Powers: three lengths, then base, exponent and modulus; the result is OpenSSL's, in each code. */
#include <openssl/bn.h>

#include "field/modexp_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { EXPONENT_MAX = 48, MODULUS_MAX = 255 };

static void by_openssl(tr_bytes base, tr_bytes exponent, tr_bytes modulus, uint8_t *out)
{
    BN_CTX *context = BN_CTX_new();
    BIGNUM *b = BN_bin2bn(base.data, (int)base.len, NULL);
    BIGNUM *e = BN_bin2bn(exponent.data, (int)exponent.len, NULL);
    BIGNUM *m = BN_bin2bn(modulus.data, (int)modulus.len, NULL), *r = BN_new();
    BN_zero(r);
    if (!BN_is_zero(m)) TR_ASSERT(BN_mod_exp(r, b, e, m, context));
    TR_ASSERT(BN_bn2binpad(r, out, (int)modulus.len) == (int)modulus.len);
    BIGNUM *all[] = {b, e, m, r};
    for (size_t i = 0; i < TR_COUNTOF(all); i++) BN_free(all[i]);
    BN_CTX_free(context);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const char *const names[] = {"portable", "bmi2"};
    static uint8_t memory[1 << 17];
    uint8_t want[MODULUS_MAX], got[MODULUS_MAX];
    if (len < 3) return 0;
    tr_bytes in = tr_bytes_of(data, len);
    tr_bytes base = tr_bytes_cut(in, 3, data[0]);
    tr_bytes exponent = tr_bytes_cut(in, 3 + base.len, data[1] % (EXPONENT_MAX + 1));
    tr_bytes modulus = tr_bytes_cut(in, 3 + base.len + exponent.len, data[2]);
    by_openssl(base, exponent, modulus, want);
    for (size_t i = 0; i < TR_COUNTOF(names); i++) {
        tr_arena arena;
        if (tr_modexp_find(names[i]) == NULL) continue;
        tr_modexp_use(tr_modexp_find(names[i]));
        tr_arena_init_fixed(&arena, memory, sizeof(memory));
        TR_ASSERT(tr_modexp(NULL, &arena, base, exponent, modulus, got) == TR_OK);
        TR_ASSERT(tr_bytes_eq(tr_bytes_of(got, modulus.len), tr_bytes_of(want, modulus.len)));
    }
    return 0;
}
