/* Affine additions in BN254's G1, eight at a time: two chains of products, so that one does not
 * wait for its last multiplication while the other has work, and one inversion.
 *
 * A point is read as it lies, x and y in eight words, and turned with seven others into registers
 * of one limb each.  No point has x = 0 (3 is no square), so that infinity is known by its x. */
#include "curve/bn254_internal.h"
#include "field/lanes_avx512.h"

enum { CHAINS = 2, LANES = 8 };

/* What is kept for eight additions between the two passes. */
typedef struct group {
    tr_bn_fp_x8 divisor, before;
} group;

typedef struct points {
    tr_bn_fp_x8 x, y;
} points;

/* Rows to columns, which is also the way back. */
static TR_FIELD_INLINE void turn(__m512i *r)
{
    __m512i t[8], u[8];
#pragma GCC unroll 4
    for (unsigned i = 0; i < 8; i += 2) {
        t[i] = _mm512_unpacklo_epi64(r[i], r[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi64(r[i], r[i + 1]);
    }
#pragma GCC unroll 2
    for (unsigned i = 0; i < 2; i++) {
        u[4 * i] = _mm512_shuffle_i64x2(t[4 * i], t[4 * i + 2], 0x88);
        u[4 * i + 1] = _mm512_shuffle_i64x2(t[4 * i + 1], t[4 * i + 3], 0x88);
        u[4 * i + 2] = _mm512_shuffle_i64x2(t[4 * i], t[4 * i + 2], 0xdd);
        u[4 * i + 3] = _mm512_shuffle_i64x2(t[4 * i + 1], t[4 * i + 3], 0xdd);
    }
#pragma GCC unroll 4
    for (unsigned i = 0; i < 4; i++) {
        r[i] = _mm512_shuffle_i64x2(u[i], u[i + 4], 0x88);
        r[i + 4] = _mm512_shuffle_i64x2(u[i], u[i + 4], 0xdd);
    }
}

static TR_FIELD_INLINE void read_points(points *out, const tr_bn_g1 *const at[LANES])
{
    __m512i r[LANES];
#pragma GCC unroll 8
    for (unsigned i = 0; i < LANES; i++) r[i] = _mm512_loadu_si512(at[i]);
    turn(r);
    tr_lanes_split(4, 5, out->x.l, r);
    tr_lanes_split(4, 5, out->y.l, r + 4);
}

static TR_FIELD_INLINE void read_x(tr_bn_fp_x8 *out, const tr_bn_g1 *const at[LANES])
{
    const __m512i low = _mm512_setr_epi64(0, 4, 8, 12, 1, 5, 9, 13);
    const __m512i high = _mm512_setr_epi64(2, 6, 10, 14, 3, 7, 11, 15);
    __m512i pair[4], word[4];
#pragma GCC unroll 4
    for (unsigned i = 0; i < 4; i++) pair[i] = tr_lanes_pair(at[2 * i]->x.w, at[2 * i + 1]->x.w);
    __m512i first = _mm512_permutex2var_epi64(pair[0], low, pair[1]);
    __m512i second = _mm512_permutex2var_epi64(pair[2], low, pair[3]);
    word[0] = _mm512_shuffle_i64x2(first, second, 0x44);
    word[1] = _mm512_shuffle_i64x2(first, second, 0xee);
    first = _mm512_permutex2var_epi64(pair[0], high, pair[1]);
    second = _mm512_permutex2var_epi64(pair[2], high, pair[3]);
    word[2] = _mm512_shuffle_i64x2(first, second, 0x44);
    word[3] = _mm512_shuffle_i64x2(first, second, 0xee);
    tr_lanes_split(4, 5, out->l, word);
}

static TR_FIELD_INLINE __mmask8 equal(const tr_bn_fp_x8 *a, const tr_bn_fp_x8 *b)
{
    __mmask8 same = 0xff;
#pragma GCC unroll 5
    for (unsigned i = 0; i < 5; i++) same = _mm512_mask_cmpeq_epi64_mask(same, a->l[i], b->l[i]);
    return same;
}

/* a - b + 2p */
static TR_FIELD_INLINE void subtract(tr_bn_fp_x8 *out, const tr_bn_fp_x8 *a, const tr_bn_fp_x8 *b)
{
    tr_bn_fp_x8_sub_2p(out, a, b);
    tr_bn_fp_x8_carry(out, out);
}

/* The places of eight additions; where there are fewer the last one stands for those missing. */
typedef struct places {
    const tr_bn_g1 *a[LANES], *b[LANES];
} places;

static TR_FIELD_INLINE void find(places *out, const tr_add_job *jobs, size_t n,
                                 const tr_bn_g1 *pool)
{
#pragma GCC unroll 8
    for (size_t i = 0; i < LANES; i++) {
        const tr_add_job *job = &jobs[i < n ? i : n - 1];
        out->a[i] = &pool[job->a];
        out->b[i] = &pool[job->b];
    }
}

/* Lanes that the formula for two different points does not do. */
typedef struct special {
    __mmask8 any, a_none, b_none, twice, opposite;
} special;

static TR_FIELD_INLINE __mmask8 special_x(const tr_bn_fp_x8 *ax, const tr_bn_fp_x8 *bx)
{
    return equal(ax, bx) | tr_bn_fp_x8_is_zero(ax) | tr_bn_fp_x8_is_zero(bx);
}

static special classify(const points *a, const points *b)
{
    special s = {.any = special_x(&a->x, &b->x),
                 .a_none = tr_bn_fp_x8_is_zero(&a->x),
                 .b_none = tr_bn_fp_x8_is_zero(&b->x)};
    __mmask8 met = equal(&a->x, &b->x) & (__mmask8)~s.a_none;
    s.twice = met & equal(&a->y, &b->y);
    s.opposite = met & (__mmask8)~s.twice;
    return s;
}

static __attribute__((noinline)) void special_divisor(tr_bn_fp_x8 *divisor, const places *at)
{
    points a, b;
    tr_bn_fp_x8 one, twice;
    read_points(&a, at->a);
    read_points(&b, at->b);
    special s = classify(&a, &b);
    tr_bn_fp_x8_set(&one, tr_bn_fp_x8_one);
    tr_bn_fp_x8_add(&twice, &a.y, &a.y);
    tr_bn_fp_x8_carry(&twice, &twice);
    tr_bn_fp_x8_select(divisor, divisor, &one, s.any);
    tr_bn_fp_x8_select(divisor, divisor, &twice, s.twice);
}

/* 3 x^2 for the lanes that are doubled. */
static __attribute__((noinline)) void special_slope(tr_bn_fp_x8 *slope, const points *a,
                                                    const points *b)
{
    tr_bn_fp_x8 x, xx;
    special s = classify(a, b);
    tr_bn_fp_x8_sqr(&xx, &a->x);
    tr_bn_fp_x8_add(&x, &xx, &xx);
    tr_bn_fp_x8_add(&x, &x, &xx);
    tr_bn_fp_x8_carry(&x, &x);
    tr_bn_fp_x8_select(slope, slope, &x, s.twice);
}

static __attribute__((noinline)) void special_sum(points *sum, const points *a, const points *b)
{
    points none;
    special s = classify(a, b);
    memset(&none, 0, sizeof(none));
    tr_bn_fp_x8_select(&sum->x, &sum->x, &b->x, s.a_none);
    tr_bn_fp_x8_select(&sum->y, &sum->y, &b->y, s.a_none);
    tr_bn_fp_x8_select(&sum->x, &sum->x, &a->x, s.b_none);
    tr_bn_fp_x8_select(&sum->y, &sum->y, &a->y, s.b_none);
    tr_bn_fp_x8_select(&sum->x, &sum->x, &none.x, s.opposite);
    tr_bn_fp_x8_select(&sum->y, &sum->y, &none.y, s.opposite);
}

static TR_FIELD_INLINE void multiply_in(group *g, tr_bn_fp_x8 *product, const tr_add_job *jobs,
                                        size_t n, const tr_bn_g1 *pool)
{
    tr_bn_fp_x8 ax, bx;
    places at;
    find(&at, jobs, n, pool);
    read_x(&ax, at.a);
    read_x(&bx, at.b);
    subtract(&g->divisor, &bx, &ax);
    if (TR_UNLIKELY(special_x(&ax, &bx) != 0)) special_divisor(&g->divisor, &at);
    g->before = *product;
    tr_bn_fp_x8_mul(product, product, &g->divisor);
}

/* The inverses of the lanes of each chain's product. */
static void invert(tr_bn_fp_x8 product[CHAINS])
{
    tr_bn_fp each[LANES], scratch[LANES], up;
    tr_bn_fp_x8 both, inverse;
    tr_bn_fp_x8_mul(&both, &product[0], &product[1]);
    tr_bn_fp_x8_reduce_once(&both, &both);
    tr_bn_fp_x8_store(each, 1, &both);
    tr_bn_fp_inv_many(LANES, each, scratch);
    tr_bn_fp_of_u64(&up, 256); /* v 2^260 is to this inversion 16 v, so that 2^252 / v comes out */
    for (unsigned i = 0; i < LANES; i++) tr_bn_fp_mul(&each[i], &each[i], &up);
    tr_bn_fp_x8_load(&inverse, each, 1);
    both = product[0];
    tr_bn_fp_x8_mul(&product[0], &inverse, &product[1]);
    tr_bn_fp_x8_mul(&product[1], &inverse, &both);
}

static TR_FIELD_INLINE void write_points(const tr_add_job *jobs, size_t n, tr_bn_g1 *pool,
                                         const points *sum)
{
    __m512i r[LANES];
    tr_lanes_join(4, 5, r, sum->x.l);
    tr_lanes_join(4, 5, r + 4, sum->y.l);
    turn(r);
    if (TR_LIKELY(n >= LANES)) {
#pragma GCC unroll 8
        for (unsigned i = 0; i < LANES; i++) _mm512_storeu_si512(&pool[jobs[i].out], r[i]);
        return;
    }
    tr_bn_g1 some[LANES];
    for (unsigned i = 0; i < LANES; i++) _mm512_storeu_si512(&some[i], r[i]);
    for (size_t i = 0; i < n; i++) pool[jobs[i].out] = some[i];
}

static TR_FIELD_INLINE void add_group(const group *g, tr_bn_fp_x8 *rest, const tr_add_job *jobs,
                                      size_t n, tr_bn_g1 *pool)
{
    tr_bn_fp_x8 inverse, slope, t;
    points a, b, sum;
    places at;
    tr_bn_fp_x8_mul(&inverse, rest, &g->before);
    tr_bn_fp_x8_mul(rest, rest, &g->divisor);
    find(&at, jobs, n, pool);
    read_points(&a, at.a);
    read_points(&b, at.b);
    subtract(&slope, &b.y, &a.y);
    bool rare = special_x(&a.x, &b.x) != 0;
    if (TR_UNLIKELY(rare)) special_slope(&slope, &a, &b);
    tr_bn_fp_x8_mul(&slope, &slope, &inverse);
    tr_bn_fp_x8_sqr(&sum.x, &slope);
    tr_bn_fp_x8_sub_2p(&sum.x, &sum.x, &a.x);
    tr_bn_fp_x8_sub_2p(&sum.x, &sum.x, &b.x);
    tr_bn_fp_x8_carry(&sum.x, &sum.x);
    tr_bn_fp_x8_reduce(&sum.x, &sum.x);
    subtract(&t, &a.x, &sum.x);
    tr_bn_fp_x8_mul_raw(&sum.y, &t, &slope);
    subtract(&sum.y, &sum.y, &a.y);
    tr_bn_fp_x8_reduce(&sum.y, &sum.y);
    if (TR_UNLIKELY(rare)) special_sum(&sum, &a, &b);
    write_points(jobs, n, pool, &sum);
}

void tr_bn_g1_lanes_add_many(size_t n, const tr_add_job *jobs, tr_bn_g1 *pool, void *scratch)
{
    group *groups = scratch;
    tr_bn_fp_x8 product[CHAINS];
    size_t count = (n + LANES - 1) / LANES;
    for (unsigned i = 0; i < CHAINS; i++) tr_bn_fp_x8_set(&product[i], tr_bn_fp_x8_one);
    size_t i = 0;
    for (; i + 1 < count; i += 2) {
        multiply_in(&groups[i], &product[0], jobs + LANES * i, LANES, pool);
        multiply_in(&groups[i + 1], &product[1], jobs + LANES * (i + 1), n - LANES * (i + 1), pool);
    }
    if (i < count) multiply_in(&groups[i], &product[0], jobs + LANES * i, n - LANES * i, pool);
    if (count == 0) return;
    invert(product);
    for (i = count; i-- > 0;)
        add_group(&groups[i], &product[i % 2], jobs + LANES * i, n - LANES * i, pool);
}
