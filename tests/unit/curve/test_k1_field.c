/* The one-at-a-time field of secp256k1 against the portable one, with limbs at the ends of what
 * they can be: all sums and folds that carry once more than usual. */
#include "harness.h"

#include "field/prime.h"
#include "os/cpu.h"

#if defined(__x86_64__)
#include "k1_field_x86.h"

static bool have(void)
{
    const tr_cpu *cpu = tr_cpu_get();
    return cpu->bmi2 && cpu->adx;
}

/* Random limbs, or numbers around 0, p, 2^256 and the fold. */
static void any(tr_gen *g, uint64_t out[4])
{
    static const uint64_t low[] = {0,
                                   1,
                                   2,
                                   0x1000003d0,
                                   0x1000003d1,
                                   0x1000003d2,
                                   0xfffffffefffffc2e,
                                   0xfffffffefffffc2f,
                                   0xfffffffefffffc30,
                                   UINT64_MAX};
    uint64_t kind = tr_gen_below(g, 4);
    tr_gen_fill(g, out, 4 * sizeof(*out));
    if (kind == 0) return;
    for (unsigned i = 1; i < 4; i++)
        if (kind != 3 || tr_gen_bool(g)) out[i] = kind == 1 || tr_gen_bool(g) ? UINT64_MAX : 0;
    if (kind != 3 || tr_gen_bool(g)) out[0] = low[tr_gen_below(g, TR_COUNTOF(low))];
}

/* The residue of any four limbs. */
static tr_k1_fp residue(const uint64_t a[4])
{
    uint8_t raw[32];
    tr_k1_fp out;
    for (unsigned i = 0; i < 4; i++) tr_store64be(raw + 8 * i, a[3 - i]);
    tr_k1_fp_reduce_be(&out, raw, sizeof(raw));
    return out;
}

static void check(const char *what, uint64_t got[4], const tr_k1_fp *want)
{
    uint64_t plain[4];
    tr_k1_fp_to_limbs(plain, want);
    TR_CHECK_EQ(field_is_zero(got), tr_k1_fp_is_zero(want));
    field_normalize(got);
    TR_CHECK_MSG(memcmp(got, plain, sizeof(plain)) == 0, "%s gives something else", what);
}

static void check_results(tr_gen *g)
{
    uint64_t a[4], b[4], got[4];
    any(g, a);
    any(g, b);
    tr_k1_fp x = residue(a), y = residue(b), want;
    tr_k1_fp_mul(&want, &x, &y);
    field_mul(got, a, b);
    check("mul", got, &want);
    tr_k1_fp_sqr(&want, &x);
    field_sqr(got, a);
    check("sqr", got, &want);
    tr_k1_fp_add(&want, &x, &y);
    field_add(got, a, b);
    check("add", got, &want);
    tr_k1_fp_sub(&want, &x, &y);
    field_sub(got, a, b);
    check("sub", got, &want);
    tr_k1_fp_halve(&want, &x);
    field_halve(got, a);
    check("halve", got, &want);
}

TR_PROP(results_are_those_of_the_portable_field)
{
    for (unsigned i = 0; i < 200 && have(); i++) check_results(g);
}

TR_PROP(inverses_and_roots_are_those_of_the_portable_field)
{
    uint64_t a[4], got[4];
    if (!have()) return;
    any(g, a);
    tr_k1_fp x = residue(a), want, square;
    tr_k1_fp_inv(&want, &x);
    field_invert(got, a);
    check("invert", got, &want);
    bool is_square = field_root(got, a);
    TR_CHECK_EQ(is_square, tr_k1_fp_is_square(&x));
    if (!is_square) return;
    want = residue(got);
    tr_k1_fp_sqr(&square, &want);
    TR_CHECK(tr_k1_fp_eq(&square, &x));
}

#else
TR_TEST(no_such_field_on_this_processor)
{
    TR_CHECK(!tr_cpu_get()->adx);
}
#endif
