/* Powers modulo any number against OpenSSL's, in each code that this machine runs. */
#include <openssl/bn.h>

#include "field/modexp_internal.h"
#include "harness.h"

static const char *const names[] = {"portable", "bmi2"};

static tr_bytes by_openssl(tr_bytes base, tr_bytes exponent, tr_bytes modulus)
{
    BN_CTX *context = BN_CTX_new();
    BIGNUM *b = BN_bin2bn(base.data, (int)base.len, NULL);
    BIGNUM *e = BN_bin2bn(exponent.data, (int)exponent.len, NULL);
    BIGNUM *m = BN_bin2bn(modulus.data, (int)modulus.len, NULL), *r = BN_new();
    uint8_t *out = tr_arena_get(tr_test_arena(), modulus.len, 1);
    TR_CHECK(out != NULL && r != NULL);
    BN_zero(r);
    if (!BN_is_zero(m)) TR_CHECK(BN_mod_exp(r, b, e, m, context));
    TR_CHECK(BN_bn2binpad(r, out, (int)modulus.len) == (int)modulus.len);
    BIGNUM *all[] = {b, e, m, r};
    for (size_t i = 0; i < TR_COUNTOF(all); i++) BN_free(all[i]);
    BN_CTX_free(context);
    return tr_bytes_of(out, modulus.len);
}

static void check(tr_bytes base, tr_bytes exponent, tr_bytes modulus, tr_bytes want)
{
    uint8_t *out = tr_arena_get(tr_test_arena(), modulus.len + 1, 1);
    for (size_t i = 0; i < TR_COUNTOF(names); i++) {
        const tr_modexp_code *code = tr_modexp_find(names[i]);
        if (code == NULL) continue;
        tr_modexp_use(code);
        size_t used = tr_test_arena()->used;
        memset(out, 0xa5, modulus.len + 1);
        TR_CHECK_OK(tr_modexp(NULL, tr_test_arena(), base, exponent, modulus, out));
        TR_CHECK_EQ(tr_test_arena()->used, used);
        TR_CHECK_BYTES(tr_bytes_of(out, modulus.len), want);
        TR_CHECK_EQ(out[modulus.len], 0xa5);
    }
}

/* Bytes of any kind, of zeros or ones at the upper or the lower end. */
static tr_bytes number(tr_gen *g, size_t max)
{
    size_t len = (size_t)tr_gen_below(g, max + 1);
    uint8_t *out = tr_arena_get(tr_test_arena(), len, 1);
    tr_gen_fill(g, out, len);
    size_t cut = (size_t)tr_gen_below(g, len + 1);
    uint8_t fill = tr_gen_bool(g) ? 0xff : 0;
    switch (tr_gen_below(g, 4)) {
    case 0:
        memset(out, fill, cut);
        break;
    case 1:
        memset(out + cut, fill, len - cut);
        break;
    default:
        break;
    }
    return tr_bytes_of(out, len);
}

static void check_with_openssl(tr_bytes base, tr_bytes exponent, tr_bytes modulus)
{
    check(base, exponent, modulus, by_openssl(base, exponent, modulus));
}

TR_PROP(short_numbers_as_openssl)
{
    tr_bytes base = number(g, 48), exponent = number(g, 12), modulus = number(g, 40);
    check_with_openssl(base, exponent, modulus);
}

TR_PROP(long_numbers_as_openssl)
{
    tr_bytes base = number(g, 300), exponent = number(g, tr_gen_below(g, 8) == 0 ? 120 : 9);
    check_with_openssl(base, exponent, number(g, 200));
}

/* odd * 2^k for every place of the lowest one, bases even and odd. */
TR_PROP(even_moduli_as_openssl)
{
    uint8_t modulus[41] = {0}, odd[8], base[41];
    size_t k = (size_t)tr_gen_below(g, 300);
    uint64_t part = tr_gen_u64(g) | 1;
    if (k >= 257) part = 1;
    tr_gen_fill(g, odd, sizeof(odd));
    for (unsigned i = 0; i < 64; i++) {
        size_t bit = k + i;
        if (bit < 8 * sizeof(modulus) && (part >> i & 1) != 0)
            modulus[sizeof(modulus) - 1 - bit / 8] |= (uint8_t)(1 << (bit % 8));
    }
    tr_gen_fill(g, base, sizeof(base));
    base[sizeof(base) - 1] = (uint8_t)(base[sizeof(base) - 1] << tr_gen_below(g, 4));
    check_with_openssl(TR_VIEW(base), number(g, 50), TR_VIEW(modulus));
    check_with_openssl(TR_VIEW(base), TR_LIT("\x03"), TR_VIEW(modulus));
    check_with_openssl(TR_VIEW(base), TR_LIT("\x05"), TR_VIEW(modulus));
}

/* Exponents that need no Montgomery form, with zeros before them. */
TR_PROP(least_exponents_as_openssl)
{
    uint8_t exponent[3] = {0, 0, (uint8_t)tr_gen_below(g, 5)};
    size_t zeros = (size_t)tr_gen_below(g, 3);
    tr_bytes base = number(g, tr_gen_bool(g) ? 300 : 40), modulus = number(g, 200);
    check_with_openssl(base, tr_bytes_of(exponent + zeros, 3 - zeros), modulus);
}

TR_TEST(long_exponents_and_moduli)
{
    uint8_t base[256], exponent[256], modulus[256];
    uint64_t state = tr_test_random();
    for (size_t len = 8; len <= 256; len += 31) {
        for (size_t i = 0; i < len; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            base[i] = (uint8_t)(state >> 56);
            exponent[i] = (uint8_t)(state >> 48);
            modulus[i] = (uint8_t)(state >> 40);
        }
        modulus[len - 1] |= 1;
        tr_bytes b = tr_bytes_of(base, len), e = tr_bytes_of(exponent, len);
        check_with_openssl(b, e, tr_bytes_of(modulus, len));
        memset(modulus + len / 2, 0, len - len / 2); /* half of it a power of two */
        check_with_openssl(b, e, tr_bytes_of(modulus, len));
    }
}

TR_TEST(edges)
{
    static const struct {
        const char *base, *exponent, *modulus, *want;
    } cases[] = {
        {"", "", "", ""},
        {"05", "02", "", ""},
        {"05", "02", "00", "00"},
        {"05", "02", "000000", "000000"},
        {"05", "02", "000001", "000000"},
        {"05", "", "01", "00"},
        {"05", "", "02", "01"},
        {"00", "00", "0007", "0001"},
        {"", "", "07", "01"},
        {"", "01", "07", "00"},
        {"0000", "000001", "0007", "0000"},
        {"05", "02", "07", "04"},
        {"05", "02", "0000000000000000000007", "0000000000000000000004"},
        {"05", "0002", "08", "01"},
        {"06", "02", "08", "04"},
        {"06", "03", "08", "00"},
        {"06", "010000000000000000", "08", "00"},
        {"03", "010000000000000000", "0c", "09"},
        {"02", "3f", "8000000000000000", "0000000000000000"},
        {"02", "3e", "8000000000000000", "4000000000000000"},
        {"02", "40", "00010000000000000001", "00010000000000000000"},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++)
        check(tr_test_hex(cases[i].base), tr_test_hex(cases[i].exponent),
              tr_test_hex(cases[i].modulus), tr_test_hex(cases[i].want));
}

static tr_err try_power(tr_alloc *alloc, void *context)
{
    const tr_bytes *exponent = context;
    static const uint8_t modulus[64] = {[0 ... 63] = 0x42};
    uint8_t out[64];
    tr_arena arena;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_err err = tr_modexp(NULL, &arena, TR_LIT("base"), *exponent, TR_VIEW(modulus), out);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(memory_runs_out)
{
    tr_bytes exponents[] = {TR_LIT("exponent"), TR_LIT("\x02")};
    for (size_t i = 0; i < TR_COUNTOF(exponents); i++)
        tr_test_out_of_memory(try_power, &exponents[i]);
}

TR_TEST(codes_are_found_by_name)
{
    TR_CHECK(tr_modexp_find("portable") == &tr_modexp_portable);
    TR_CHECK(tr_modexp_find("other") == NULL);
}
