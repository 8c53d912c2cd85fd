/* The lanes' arithmetic against the portable fields, at the ends of what its contracts allow: limbs
 * of all ones, top limbs as large as they come. */
#include "harness.h"

#include "field/prime.h"
#include "os/cpu.h"

#if defined(__x86_64__)
#include "k1_lanes_avx512.h"

#define MASK52 0xfffffffffffffULL

static bool have(void)
{
    const tr_cpu *cpu = tr_cpu_get();
    return cpu->ifma && cpu->avx512vbmi && cpu->bmi2;
}

/* Random limbs, often all ones or zeros; the top limb at most top. */
static void any(tr_gen *g, lanes *out, uint64_t top)
{
    for (int i = 0; i < 5; i++)
        for (int lane = 0; lane < 8; lane++) {
            uint64_t most = i == 4 ? top : MASK52, kind = tr_gen_below(g, 6);
            uint64_t random = 0;
            tr_gen_fill(g, &random, sizeof(random));
            out->l[i][lane] = kind == 0 ? 0 : kind == 1 ? most : random % (most + 1);
        }
}

enum { LOOSE = 1 << 3 }; /* value below 8 p */
#define WEAK_TOP  ((1ULL << 48) + (1 << 9) - 1)
#define LOOSE_TOP ((LOOSE * (1ULL << 48)) - 1)

static void to_words(uint64_t w[5], const lanes *a, int lane)
{
    unsigned __int128 rest = 0;
    unsigned bits = 0, word = 0;
    memset(w, 0, 5 * sizeof(w[0]));
    for (int i = 0; i < 5; i++) {
        rest |= (unsigned __int128)a->l[i][lane] << bits;
        bits += i < 4 ? 52 : 64;
        while (bits >= 64) {
            w[word++] = (uint64_t)rest;
            rest >>= 64;
            bits -= 64;
        }
    }
    if (word < 5) w[word] = (uint64_t)rest;
}

static void of_words(lanes *a, int lane, const uint64_t w[4])
{
    for (unsigned i = 0; i < 5; i++) {
        unsigned at = 52 * i;
        uint64_t x = w[at / 64] >> at % 64;
        if (at % 64 > 12 && at / 64 < 3) x |= w[at / 64 + 1] << (64 - at % 64);
        a->l[i][lane] = x & MASK52;
    }
}

static tr_k1_fp p_of(const lanes *a, int lane)
{
    uint64_t w[5];
    uint8_t be[40];
    tr_k1_fp out;
    to_words(w, a, lane);
    for (int i = 0; i < 5; i++) tr_store64be(be + 8 * i, w[4 - i]);
    tr_k1_fp_reduce_be(&out, be, sizeof(be));
    return out;
}

static tr_k1_fn n_of(const lanes *a, int lane)
{
    uint64_t w[5];
    tr_k1_fn out;
    to_words(w, a, lane);
    TR_CHECK_EQ(w[4], 0);
    tr_k1_fn_of_limbs(&out, w);
    return out;
}

static void check_weak(const lanes *a)
{
    for (int lane = 0; lane < 8; lane++) {
        for (int i = 0; i < 4; i++) TR_CHECK(a->l[i][lane] <= MASK52);
        TR_CHECK(a->l[4][lane] <= WEAK_TOP);
    }
}

static bool same(const lanes *a, int lane, const tr_k1_fp *want)
{
    tr_k1_fp got = p_of(a, lane);
    return tr_k1_fp_eq(&got, want);
}

TR_PROP(products_and_sums_in_lanes)
{
    lanes a, b, c, out;
    if (!have()) return;
    any(g, &a, LOOSE_TOP);
    any(g, &b, LOOSE_TOP);
    any(g, &c, WEAK_TOP);
    for (int op = 0; op < 4; op++) {
        if (op == 0) lanes_mul(&out, &a, &b);
        if (op == 1) lanes_sqr(&out, &a);
        if (op == 2) lanes_mul_add(&out, &a, &b, &c);
        if (op == 3) lanes_sub(&out, &a, &c);
        if (op != 3) check_weak(&out);
        for (int lane = 0; lane < 8; lane++) {
            tr_k1_fp x = p_of(&a, lane), y = p_of(&b, lane), z = p_of(&c, lane);
            if (op == 0 || op == 2) tr_k1_fp_mul(&x, &x, &y);
            if (op == 1) tr_k1_fp_sqr(&x, &x);
            if (op == 2) tr_k1_fp_add(&x, &x, &z);
            if (op == 3) tr_k1_fp_sub(&x, &x, &z);
            TR_CHECK_MSG(same(&out, lane, &x), "operation %d, lane %d", op, lane);
        }
    }
}

TR_PROP(inverses_roots_and_the_one_form)
{
    lanes a, b, inverse, root, other;
    if (!have()) return;
    any(g, &a, WEAK_TOP);
    for (int lane = 0; lane < 8; lane++) {
        tr_k1_fp x = p_of(&a, lane);
        if (tr_k1_fp_is_zero(&x)) a.l[0][lane] ^= 1;
    }
    inverse = a;
    lanes_invert(&inverse);
    lanes_sqr(&root, &a);
    b = root;
    other = a;
    lanes_sqrt(&root, &other);
    for (int lane = 0; lane < 8; lane++) {
        tr_k1_fp x = p_of(&a, lane), y;
        tr_k1_fp_inv(&y, &x);
        TR_CHECK(same(&inverse, lane, &y));
        y = p_of(&root, lane);
        tr_k1_fp_sqr(&y, &y);
        TR_CHECK(same(&b, lane, &y));
    }
    lanes_canonical(&a);
    for (int lane = 0; lane < 8; lane++) {
        uint64_t w[5], plain[4];
        tr_k1_fp x = p_of(&a, lane);
        to_words(w, &a, lane);
        tr_k1_fp_to_limbs(plain, &x);
        TR_CHECK(memcmp(w, plain, sizeof(plain)) == 0 && w[4] == 0);
    }
}

TR_TEST(zero_and_the_modulus_are_zero)
{
    lanes a = {{{0}}};
    if (!have()) return;
    of_words(&a, 1, tr_k1_fp_modulus);
    of_words(&a, 2, tr_k1_fp_modulus);
    a.l[0][2] -= 1;
    a.l[4][3] = 1;
    TR_CHECK_EQ(lanes_is_zero(&a), 0xf3);
    lanes_canonical(&a);
    TR_CHECK_EQ(lanes_is_zero(&a), 0xf3);
    for (int i = 0; i < 5; i++) TR_CHECK_EQ(a.l[i][1], 0);
}

TR_PROP(numbers_modulo_the_order_in_lanes)
{
    static const uint64_t r_words[5] = {0, 0, 0, 0, 16}; /* 2^260 */
    lanes a, b, out, first, second;
    unsigned minus[2];
    tr_k1_fn r, lambda;
    static const uint64_t lambda_plain[4] = {0xdf02967c1b23bd72, 0x122e22ea20816678,
                                             0xa5261c028812645a, 0x5363ad4cc05c30e0};
    uint8_t be[40];
    if (!have()) return;
    for (int i = 0; i < 5; i++) tr_store64be(be + 8 * i, r_words[4 - i]);
    tr_k1_fn_reduce_be(&r, be, sizeof(be));
    tr_k1_fn_of_limbs(&lambda, lambda_plain);
    any(g, &a, (1ULL << 48) - 1);
    any(g, &b, (1ULL << 48) - 1);
    lanes_n_mul(&out, &a, &b);
    for (int lane = 0; lane < 8; lane++) {
        tr_k1_fn x = n_of(&a, lane), y = n_of(&b, lane), got = n_of(&out, lane);
        tr_k1_fn_mul(&x, &x, &y);
        tr_k1_fn_mul(&got, &got, &r);
        TR_CHECK(tr_k1_fn_eq(&x, &got));
        if (tr_k1_fn_is_zero(&y)) b.l[0][lane] ^= 1;
        y = n_of(&b, lane); /* below the order for what follows */
        uint64_t plain[4];
        tr_k1_fn_to_limbs(plain, &y);
        of_words(&b, lane, plain);
    }
    lanes_split(&first, &minus[0], &second, &minus[1], &b);
    out = b;
    lanes_n_invert(&out);
    for (int lane = 0; lane < 8; lane++) {
        uint64_t w[5];
        tr_k1_fn x = n_of(&b, lane), y, u = n_of(&first, lane), v = n_of(&second, lane);
        tr_k1_fn_inv(&y, &x);
        tr_k1_fn got = n_of(&out, lane);
        TR_CHECK(tr_k1_fn_eq(&got, &y));
        if ((minus[0] >> lane & 1) != 0) tr_k1_fn_neg(&u, &u);
        if ((minus[1] >> lane & 1) != 0) tr_k1_fn_neg(&v, &v);
        tr_k1_fn_mul(&v, &v, &lambda);
        tr_k1_fn_add(&u, &u, &v);
        TR_CHECK(tr_k1_fn_eq(&u, &x));
        to_words(w, &first, lane);
        TR_CHECK((w[2] | w[3] | w[4]) == 0); /* below 2^128 */
        to_words(w, &second, lane);
        TR_CHECK((w[2] | w[3] | w[4]) == 0);
    }
}

/* x z^-2, y z^-3 */
static void affine(const lane_points *p, int lane, tr_k1_fp *x, tr_k1_fp *y)
{
    tr_k1_fp z = p_of(&p->z, lane), zz;
    tr_k1_fp_inv(&z, &z);
    tr_k1_fp_sqr(&zz, &z);
    *x = p_of(&p->x, lane);
    *y = p_of(&p->y, lane);
    tr_k1_fp_mul(x, x, &zz);
    tr_k1_fp_mul(&zz, &zz, &z);
    tr_k1_fp_mul(y, y, &zz);
}

/* The formulas hold on every curve y^2 = x^3 + b, so any coordinates will do: the sum's are
 * compared with the rule of tangent and secant. */
TR_PROP(points_double_and_add_in_lanes)
{
    lane_points p, twice, sum;
    lanes x, y;
    if (!have()) return;
    any(g, &p.x, WEAK_TOP);
    any(g, &p.y, WEAK_TOP);
    any(g, &p.z, WEAK_TOP);
    any(g, &x, WEAK_TOP);
    any(g, &y, WEAK_TOP);
    twice = sum = p;
    lanes_double(&twice);
    lanes_add(&sum, &x, &y);
    check_weak(&twice.x), check_weak(&twice.y), check_weak(&twice.z);
    check_weak(&sum.x), check_weak(&sum.y), check_weak(&sum.z);
    for (int lane = 0; lane < 8; lane++) {
        tr_k1_fp z = p_of(&p.z, lane), x1, y1, x2 = p_of(&x, lane), y2 = p_of(&y, lane);
        if (tr_k1_fp_is_zero(&z)) continue;
        affine(&p, lane, &x1, &y1);
        for (int adds = 0; adds < 2; adds++) {
            tr_k1_fp top, bottom, slope, gx, gy, want, t;
            if (adds == 0) {
                x2 = adds == 0 ? x1 : x2;
                tr_k1_fp_sqr(&t, &x1);
                tr_k1_fp_double(&top, &t);
                tr_k1_fp_add(&top, &top, &t);
                tr_k1_fp_double(&bottom, &y1);
            } else {
                x2 = p_of(&x, lane);
                tr_k1_fp_sub(&top, &y2, &y1);
                tr_k1_fp_sub(&bottom, &x2, &x1);
            }
            const lane_points *got = adds == 0 ? &twice : &sum;
            t = p_of(&got->z, lane);
            TR_CHECK_EQ(tr_k1_fp_is_zero(&t), tr_k1_fp_is_zero(&bottom));
            if (tr_k1_fp_is_zero(&bottom)) continue;
            tr_k1_fp_inv(&slope, &bottom);
            tr_k1_fp_mul(&slope, &slope, &top);
            tr_k1_fp_sqr(&want, &slope);
            tr_k1_fp_sub(&want, &want, &x1);
            tr_k1_fp_sub(&want, &want, &x2);
            affine(got, lane, &gx, &gy);
            TR_CHECK(tr_k1_fp_eq(&gx, &want));
            tr_k1_fp_sub(&want, &x1, &want);
            tr_k1_fp_mul(&want, &slope, &want);
            tr_k1_fp_sub(&want, &want, &y1);
            TR_CHECK(tr_k1_fp_eq(&gy, &want));
        }
    }
}

#else
TR_TEST(no_lanes_on_this_processor)
{
    TR_CHECK(!tr_cpu_get()->ifma);
}
#endif
