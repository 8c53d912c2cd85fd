/* KoalaBear against plain arithmetic with the processor's remainder. */
#include "field/koalabear.h"
#include "harness.h"

static const uint64_t p = TR_KOALABEAR_MODULUS;

TR_TEST(koalabear_constants)
{
    TR_CHECK_EQ(TR_KOALABEAR_MODULUS, (UINT32_C(1) << 31) - (UINT32_C(1) << 24) + 1);
    TR_CHECK_EQ((uint32_t)(TR_KOALABEAR_MODULUS * TR_KOALABEAR_INVERSE), UINT32_MAX);
    TR_CHECK_EQ(tr_kb_of(1).v, (UINT64_C(1) << 32) % p);
    TR_CHECK_EQ(tr_kb_to(tr_kb_of(UINT32_MAX)), UINT32_MAX % p);
    TR_CHECK_EQ(tr_kb_inv((tr_koalabear){0}).v, 0);
}

TR_PROP(koalabear_is_arithmetic_modulo_p)
{
    uint32_t x = (uint32_t)tr_gen_u64(g), y = (uint32_t)tr_gen_u64(g);
    if (tr_gen_below(g, 8) == 0) x = (uint32_t)p - 1;
    if (tr_gen_below(g, 8) == 0) y = (uint32_t)p - 1;
    tr_koalabear a = tr_kb_of(x), b = tr_kb_of(y);
    uint64_t left = x % p, right = y % p, power = 1;
    TR_CHECK(a.v < p && b.v < p);
    TR_CHECK_EQ(tr_kb_to(a), left);
    TR_CHECK_EQ(tr_kb_to(tr_kb_add(a, b)), (left + right) % p);
    TR_CHECK_EQ(tr_kb_to(tr_kb_sub(a, b)), (left + p - right) % p);
    TR_CHECK_EQ(tr_kb_to(tr_kb_mul(a, b)), left * right % p);
    TR_CHECK_EQ(tr_kb_to(tr_kb_mul(a, tr_kb_inv(a))), left != 0);
    uint64_t exponent = tr_gen_u64(g);
    for (unsigned i = 64; i-- > 0;) {
        power = power * power % p;
        if ((exponent >> i & 1) != 0) power = power * left % p;
    }
    TR_CHECK_EQ(tr_kb_to(tr_kb_pow(a, exponent)), power);
}

TR_PROP(koalabear_inverts_many)
{
    tr_koalabear a[20], many[20], scratch[20];
    size_t n = (size_t)tr_gen_below(g, TR_COUNTOF(a) + 1);
    for (size_t i = 0; i < n; i++)
        many[i] = a[i] = tr_kb_of(tr_gen_below(g, 5) == 0 ? 0 : (uint32_t)tr_gen_u64(g));
    tr_kb_inv_many(n, many, scratch);
    for (size_t i = 0; i < n; i++) TR_CHECK_EQ(many[i].v, tr_kb_inv(a[i]).v);
}
