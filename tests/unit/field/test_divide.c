/* The parts of division, each against its definition.  On x86-64 the rooms use the processor's
 * division for the reciprocal; here its portable twin is put beside it. */
#include "field/divide_internal.h"
#include "harness.h"

static uint64_t normalized(tr_gen *g)
{
    uint64_t d = tr_gen_u64(g);
    return d << (tr_clz64(d) & 63) | (uint64_t)1 << 63;
}

/* v = floor((2^128 - 1) / d) - 2^64: so (2^64 + v) d fits in 128 bits and one d more does not. */
static void check_reciprocal(uint64_t d, uint64_t v)
{
    tr_two_limbs product = (tr_two_limbs)v * d + tr_limb_pair(d, 0);
    TR_CHECK(product >= tr_limb_pair(d, 0));
    TR_CHECK((tr_two_limbs)0 - 1 - product < d);
}

TR_PROP(reciprocals)
{
    uint64_t d = normalized(g);
    check_reciprocal(d, tr_limb_reciprocal_portable(d));
    check_reciprocal(d, tr_limb_reciprocal(d));
}

TR_PROP(two_limbs_by_one)
{
    uint64_t d = normalized(g), q = tr_gen_u64(g), r = tr_gen_u64(g) % d, rest;
    tr_two_limbs n = (tr_two_limbs)q * d + r;
    TR_CHECK_EQ(tr_limb_div_2by1(tr_limb_high(n), (uint64_t)n, d, tr_limb_reciprocal(d), &rest), q);
    TR_CHECK_EQ(rest, r);
}

TR_PROP(three_limbs_by_two)
{
    uint64_t d1 = normalized(g), d0 = tr_gen_u64(g), q = tr_gen_u64(g);
    tr_two_limbs d = tr_limb_pair(d1, d0), r = tr_limb_pair(tr_gen_u64(g), tr_gen_u64(g)), rest;
    if (r >= d) r -= d;
    tr_two_limbs low = (tr_two_limbs)q * d0, high = (tr_two_limbs)q * d1 + tr_limb_high(low);
    low = (uint64_t)low + (tr_two_limbs)(uint64_t)r;
    high += tr_limb_high(r) + tr_limb_high(low);
    uint64_t v = tr_limb_reciprocal_2(d1, d0);
    TR_CHECK_EQ(tr_limb_div_3by2(high, (uint64_t)low, d1, d0, v, &rest), q);
    TR_CHECK(rest == r);
}
