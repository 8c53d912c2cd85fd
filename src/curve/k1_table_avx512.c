#include "curve/k1_table_avx512.h"

#include <pthread.h>

#include "curve/k1_scalar_avx512.h"
#include "field/prime.h"

/* Lane i of the result is lane i ^ 1, i ^ 2 or i ^ 4 of a. */
static inline k1_fe swap_lanes(const k1_fe *a, int distance)
{
    static const int64_t lanes[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    __m512i from = _mm512_xor_si512(_mm512_loadu_si512(lanes), k1_all((uint64_t)distance));
    k1_fe out;
    for (int i = 0; i < 5; i++) out.l[i] = _mm512_permutexvar_epi64(from, a->l[i]);
    return out;
}

typedef void multiply(k1_fe *out, const k1_fe *a, const k1_fe *b);
typedef void scalar_inverse(uint64_t out[4], const uint64_t a[4]);

static void mul_p(k1_fe *out, const k1_fe *a, const k1_fe *b)
{
    k1_mul(out, a, b);
}

static void mul_n(k1_fe *out, const k1_fe *a, const k1_fe *b)
{
    k1_n_mul(out, a, b);
}

/* The product of all lanes is inverted once; each lane's inverse is that of the product, times the
 * other lanes. */
static void invert_lanes(k1_fe *a, multiply *mul, void canonical(k1_fe *), scalar_inverse *inverse)
{
    k1_fe other1 = swap_lanes(a, 1), pair, other2, four, other4, all;
    uint64_t words[4][8], in[4], out[4];
    __m512i w[4];
    mul(&pair, a, &other1);
    other2 = swap_lanes(&pair, 2);
    mul(&four, &pair, &other2);
    other4 = swap_lanes(&four, 4);
    mul(&all, &four, &other4);
    canonical(&all);
    k1_to_words(w, &all);
    for (int i = 0; i < 4; i++) {
        _mm512_storeu_si512(words[i], w[i]);
        in[i] = words[i][0];
    }
    inverse(out, in);
    for (int i = 0; i < 4; i++) w[i] = k1_all(out[i]);
    k1_of_words(&all, w);
    mul(&all, &all, &other4);
    mul(&all, &all, &other2);
    mul(a, &all, &other1);
}

static void inverse_p(uint64_t out[4], const uint64_t a[4])
{
    tr_limbs_inverse(4, out, a, tr_k1_fp_modulus, tr_k1_fp_montgomery[4]);
}

static void inverse_n(uint64_t out[4], const uint64_t a[4])
{
    tr_limbs_inverse(4, out, a, tr_k1_fn_modulus, tr_k1_fn_montgomery[4]);
}

static void canonical_p(k1_fe *a)
{
    k1_canonical(a);
}

static void canonical_n(k1_fe *a)
{
    k1_n_canonical(a);
}

void k1_invert(k1_fe *a)
{
    invert_lanes(a, mul_p, canonical_p, inverse_p);
}

/* Montgomery: the inverse of x 2^260 is (1/x) 2^-260, and has to be multiplied by 2^520 twice. */
void k1_n_invert(k1_fe *a)
{
    k1_fe r2;
    invert_lanes(a, mul_n, canonical_n, inverse_n);
    k1_fe_set(&r2, k1_n_r2);
    k1_n_mul(a, a, &r2);
    k1_n_mul(a, a, &r2);
}

static k1_row fixed[2 * K1_FIXED_ROWS] __attribute__((aligned(64)));

static const uint64_t bases[2][2][5] = {
    {{0x2815b16f81798, 0xdb2dce28d959f, 0xe870b07029bfc, 0xbbac55a06295c, 0x79be667ef9dc},
     {0x7d08ffb10d4b8, 0x48a68554199c4, 0xe1108a8fd17b4, 0xc4655da4fbfc0, 0x483ada7726a3}},
    {{0xb444c9ec4c0da, 0x78723ea3351b7, 0x81f162ee88c56, 0x5f339239c1ad9, 0x8f68b9d2f63b},
     {0xcbf79501fff82, 0xfe95510bfdf23, 0x6be215dbbea2c, 0x3986de1d90c2b, 0x662a9f2dba06}}};

/* Affine sums and doublings with an inversion of their own. */
static void add(k1_affine *out, const k1_affine *a, const k1_affine *b)
{
    k1_fe numerator, denominator, slope, one;
    k1_fe_one(&one);
    k1_sub(&numerator, &b->y, &a->y, 2);
    k1_sub(&denominator, &b->x, &a->x, 2);
    k1_mul(&denominator, &denominator, &one); /* weak */
    k1_invert(&denominator);
    k1_mul(&slope, &numerator, &denominator);
    k1_add_on_line(out, &slope, &a->x, &b->x, &a->y);
}

static void twice(k1_affine *out, const k1_affine *a)
{
    k1_fe numerator, denominator, slope, one;
    k1_wide t;
    k1_fe_one(&one);
    k1_wide_sqr(&t, &a->x);
    k1_reduce(&numerator, &t, 3);
    k1_wide_zero(&t);
    k1_wide_mul(&t, &a->y, &one);
    k1_reduce(&denominator, &t, 2);
    k1_invert(&denominator);
    k1_mul(&slope, &numerator, &denominator);
    k1_add_on_line(out, &slope, &a->x, &a->x, &a->y);
}

static void take_lane(k1_affine *to, int lane, const k1_affine *from)
{
    __mmask8 mask = (__mmask8)(1 << lane);
    k1_select(&to->x, mask, &to->x, &from->x);
    k1_select(&to->y, mask, &to->y, &from->y);
}

static void store(k1_row *rows, const k1_affine *p)
{
    k1_fe x = p->x, y = p->y;
    __m512i w[8];
    uint64_t words[8][8];
    k1_canonical(&x);
    k1_canonical(&y);
    k1_to_words(w, &x);
    k1_to_words(w + 4, &y);
    for (int i = 0; i < 8; i++) _mm512_storeu_si512(words[i], w[i]);
    for (int lane = 0; lane < 8; lane++)
        for (int i = 0; i < 4; i++) {
            rows[lane].x[i] = words[i][lane];
            rows[lane].y[i] = words[i + 4][lane];
        }
}

/* Eight rows at a time, each the eight before it plus 8 times the base.  The first such step would
 * double in its last lane (8 + 8): that lane adds 7 to 9 instead. */
static void make_rows(k1_row *rows, const k1_affine *base)
{
    k1_affine many[10], eight, step;
    many[1] = *base;
    twice(&many[2], base);
    for (int i = 3; i < 10; i++) add(&many[i], &many[i - 1], base);
    for (int i = 1; i < 9; i++) take_lane(&eight, i - 1, &many[i]);
    store(rows, &eight);
    step = many[8];
    take_lane(&eight, 7, &many[9]);
    take_lane(&step, 7, &many[7]);
    for (int i = 8; i < K1_FIXED_ROWS; i += 8) {
        add(&eight, &eight, &step);
        store(rows + i, &eight);
        step = many[8];
    }
}

static void make_fixed(void)
{
    for (int i = 0; i < 2; i++) {
        k1_affine base;
        k1_fe_set(&base.x, bases[i][0]);
        k1_fe_set(&base.y, bases[i][1]);
        make_rows(fixed + i * K1_FIXED_ROWS, &base);
    }
}

const k1_row *k1_fixed_table(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_fixed);
    return fixed;
}
