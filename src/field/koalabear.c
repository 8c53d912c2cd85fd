/* KoalaBear beyond sums and products. */
#include "field/koalabear.h"

static const tr_koalabear one = {0x01fffffe};       /* 2^32 */
static const tr_koalabear r_squared = {0x17f7efe4}; /* 2^64 */

tr_koalabear tr_kb_of(uint32_t plain)
{
    return tr_kb_reduce((uint64_t)plain * r_squared.v);
}

uint32_t tr_kb_to(tr_koalabear a)
{
    return tr_kb_reduce(a.v).v;
}

tr_koalabear tr_kb_pow(tr_koalabear a, uint64_t exponent)
{
    tr_koalabear x = one;
    for (unsigned i = exponent == 0 ? 0 : 64 - tr_clz64(exponent); i-- > 0;) {
        x = tr_kb_mul(x, x);
        if ((exponent >> i & 1) != 0) x = tr_kb_mul(x, a);
    }
    return x;
}

tr_koalabear tr_kb_inv(tr_koalabear a)
{
    return tr_kb_pow(a, TR_KOALABEAR_MODULUS - 2);
}

void tr_kb_inv_many(size_t n, tr_koalabear a[], tr_koalabear scratch[])
{
    tr_koalabear product = one;
    for (size_t i = 0; i < n; i++) {
        scratch[i] = product;
        if (a[i].v != 0) product = tr_kb_mul(product, a[i]);
    }
    product = tr_kb_inv(product);
    for (size_t i = n; i-- > 0;) {
        if (a[i].v == 0) continue;
        tr_koalabear here = tr_kb_mul(product, scratch[i]);
        product = tr_kb_mul(product, a[i]);
        a[i] = here;
    }
}
