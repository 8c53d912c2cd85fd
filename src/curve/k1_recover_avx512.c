/* A packet of signatures: R from r, u1 = -z/r and u2 = s/r, then u1 G + u2 R in each lane.
 *
 * u2 is split in two halves of 128 bits (GLV) with digits of 4 bits, -8 to 7; u1 in two halves of
 * 128 bits with digits of 12 bits, whose tables are fixed.  All additions of table entries come
 * first, as affine additions that share their inversions: one point is left for each of the 33
 * windows, and the ladder makes 128 doublings and 32 additions.
 *
 * A lane that meets equal or opposite points is marked and given back (TR_K1_ASK).  Where
 * inversions are shared a zero is replaced by one, so that no lane can spoil another. */
#include "curve/k1_recover_avx512.h"

#include "curve/k1_scalar_avx512.h"
#include "curve/k1_table_avx512.h"

enum {
    LANES = 8,
    VECTORS = TR_K1_PACKET / LANES,
    WINDOWS = 33,
    ENTRIES = 8,
    PAIR_VECTORS = 8, /* vectors whose pairs share an inversion */
    PAIRS = WINDOWS + K1_FIXED_WINDOWS,
};

/* What a vector keeps from one step to the next. */
typedef struct vector {
    k1_affine table[ENTRIES]; /* 1 to 8 times R */
    k1_fe beta_x[ENTRIES];    /* x of lambda times that */
    k1_fe z, r, s;            /* numbers mod n */
    k1_half half[2];          /* of u2, with 8 added to every digit */
    __m512i fixed[2][3];      /* halves of z / r, with 2048 added to every digit */
    k1_fe prefix;
    __mmask8 found, odd, ask;
    k1_jacobian sum;
} vector;

/* A pair of points to be added, then their sum: x1, x2, a product of denominators; then x, y. */
typedef struct slot {
    k1_fe a, b, prefix;
} slot;

typedef struct packet {
    vector v[VECTORS];
    k1_fe prefix[4 * VECTORS];
    slot slots[PAIR_VECTORS][PAIRS];
    __mmask8 none[PAIR_VECTORS][PAIRS]; /* lanes whose digits are both 0 */
    size_t vectors;
    const k1_row *fixed;
} packet;

const size_t tr_k1_packet_room = sizeof(packet);

/* Eight numbers of 32 bytes, big-endian. */
static void read_lanes(k1_fe *out, const uint8_t *const from[LANES])
{
    uint64_t words[4][LANES] __attribute__((aligned(64)));
    __m512i w[4];
    for (int lane = 0; lane < LANES; lane++)
        for (int i = 0; i < 4; i++) words[i][lane] = tr_load64be(from[lane] + 8 * (3 - i));
    for (int i = 0; i < 4; i++) w[i] = _mm512_load_si512(words[i]);
    k1_of_words(out, w);
}

static void read_tasks(packet *p, size_t n, const tr_k1_task tasks[])
{
    for (size_t v = 0; v < p->vectors; v++) {
        const uint8_t *z[LANES], *r[LANES], *s[LANES];
        unsigned odd = 0;
        for (size_t lane = 0; lane < LANES; lane++) {
            const tr_k1_task *task = &tasks[TR_MIN(LANES * v + lane, n - 1)];
            z[lane] = task->hash->b;
            r[lane] = task->sig->r;
            s[lane] = task->sig->s;
            odd |= (unsigned)(task->sig->recovery & 1) << lane;
        }
        read_lanes(&p->v[v].z, z);
        read_lanes(&p->v[v].r, r);
        read_lanes(&p->v[v].s, s);
        p->v[v].odd = (__mmask8)odd;
        p->v[v].ask = 0;
    }
}

static const uint64_t generator[2][5] = {
    {0x2815b16f81798, 0xdb2dce28d959f, 0xe870b07029bfc, 0xbbac55a06295c, 0x79be667ef9dc},
    {0x7d08ffb10d4b8, 0x48a68554199c4, 0xe1108a8fd17b4, 0xc4655da4fbfc0, 0x483ada7726a3}};

/* y from x^3 + 7 and its root.  A lane without a point gets the generator, which does no harm. */
static void choose_y(vector *v, const k1_fe *square, k1_fe *root)
{
    k1_fe check, minus, g;
    k1_affine *point = &v->table[0];
    k1_neg_raw(&minus, square, 2);
    k1_sqr_add(&check, root, &minus);
    v->found = k1_is_zero(&check);
    k1_canonical(root);
    __mmask8 is_odd = _mm512_test_epi64_mask(root->l[0], k1_all(1));
    k1_neg_raw(&minus, root, 2);
    k1_carry(&minus);
    k1_canonical(&minus);
    k1_select(&point->y, (__mmask8)(is_odd ^ v->odd), root, &minus);
    point->x = v->r;
    k1_fe_set(&g, generator[0]);
    k1_select(&point->x, v->found, &g, &point->x);
    k1_fe_set(&g, generator[1]);
    k1_select(&point->y, v->found, &g, &point->y);
}

static void lift_points(packet *p)
{
    for (size_t i = 0; i < p->vectors; i += 2) {
        vector *v[2] = {&p->v[i], &p->v[TR_MIN(i + 1, p->vectors - 1)]};
        k1_two square, root;
        for (int k = 0; k < 2; k++) {
            k1_fe seven, t;
            for (int l = 0; l < 5; l++) seven.l[l] = _mm512_setzero_si512();
            seven.l[0] = k1_all(7);
            k1_sqr(&t, &v[k]->r);
            k1_mul_add(&square.v[k], &t, &v[k]->r, &seven);
        }
        root = square;
        k1_two_sqrt(&root);
        choose_y(v[0], &square.v[0], &root.v[0]);
        if (v[1] != v[0]) choose_y(v[1], &square.v[1], &root.v[1]);
    }
}

/* Adds 8 to each of 33 digits of 4 bits. */
static void bias_half(k1_half *half)
{
    half->l[0] = k1_add64(half->l[0], k1_all(0x8888888888888));
    half->l[1] = k1_add64(half->l[1], k1_all(0x8888888888888));
    half->l[2] = k1_add64(half->l[2], k1_all(0x8888888));
    k1_carry_signed(half->l, 3);
}

/* The halves of 128 bits of u, with 2048 added to each of 11 digits of 12 bits. */
static void bias_fixed(__m512i out[2][3], const k1_fe *u)
{
    static const uint64_t bias[3] = {0x800800800800, 0x80080080080, 0x8008008};
    const __m512i mask = k1_all(K1_MASK52);
    out[0][0] = u->l[0];
    out[0][1] = u->l[1];
    out[0][2] = _mm512_and_si512(u->l[2], k1_all((1 << 24) - 1));
    for (int i = 0; i < 3; i++) {
        out[1][i] = _mm512_srli_epi64(u->l[i + 2], 24);
        if (i < 2)
            out[1][i] = _mm512_and_si512(
                _mm512_or_si512(out[1][i], _mm512_slli_epi64(u->l[i + 3], 28)), mask);
    }
    for (int h = 0; h < 2; h++) {
        for (int i = 0; i < 3; i++) out[h][i] = k1_add64(out[h][i], k1_all(bias[i]));
        k1_carry_signed(out[h], 3);
    }
}

static void scalars_of(vector *v, const k1_fe *r_inverse)
{
    k1_fe u;
    k1_n_mul(&u, &v->z, r_inverse);
    k1_n_canonical(&u);
    bias_fixed(v->fixed, &u);
    k1_n_mul(&u, &v->s, r_inverse);
    k1_n_canonical(&u);
    k1_split(&v->half[0], &v->half[1], &u);
    bias_half(&v->half[0]);
    bias_half(&v->half[1]);
}

/* One inversion for every r of the packet; none is 0. */
static void make_scalars(packet *p)
{
    k1_fe r2, run, inverse;
    k1_fe_set(&r2, k1_n_r2);
    for (size_t i = 0; i < p->vectors; i++) {
        vector *v = &p->v[i];
        k1_n_mul(&v->prefix, &v->r, &r2);
        if (i == 0)
            run = v->prefix;
        else
            k1_n_mul(&run, &run, &v->prefix);
        p->prefix[i] = run;
    }
    k1_n_invert(&run);
    for (size_t i = p->vectors - 1; i != 0; i--) {
        k1_n_mul(&inverse, &run, &p->prefix[i - 1]);
        k1_n_mul(&run, &run, &p->v[i].prefix);
        scalars_of(&p->v[i], &inverse);
    }
    scalars_of(&p->v[0], &run);
}

/* 2 to 8 times R.  A step makes entry `to` of two others, and its denominator is 2 y of a doubling
 * or the difference of x; neither can be 0 in a group of prime order. */
typedef struct table_step {
    uint8_t to, a, b; /* multiples */
} table_step;

static void denominator_of(k1_fe *out, const vector *v, const table_step *step)
{
    const k1_affine *a = &v->table[step->a - 1], *b = &v->table[step->b - 1];
    if (a == b) {
        for (int i = 0; i < 5; i++) out->l[i] = k1_add64(a->y.l[i], a->y.l[i]);
        k1_carry(out);
    } else {
        k1_sub(out, &b->x, &a->x, 2);
    }
}

static void make_entry(vector *v, const table_step *step, const k1_fe *inverse)
{
    const k1_affine *a = &v->table[step->a - 1], *b = &v->table[step->b - 1];
    k1_fe numerator, slope;
    if (a == b) {
        k1_wide t;
        k1_wide_sqr(&t, &a->x);
        k1_reduce(&numerator, &t, 3);
    } else {
        k1_sub(&numerator, &b->y, &a->y, 2);
    }
    k1_mul(&slope, &numerator, inverse);
    k1_add_on_line(&v->table[step->to - 1], &slope, &a->x, &b->x, &a->y);
}

static void make_entries(packet *p, const table_step *steps, size_t count)
{
    k1_fe run, denominator, inverse;
    k1_fe_one(&run);
    for (size_t i = 0; i < p->vectors; i++)
        for (size_t k = 0; k < count; k++) {
            p->prefix[i * count + k] = run;
            denominator_of(&denominator, &p->v[i], &steps[k]);
            k1_mul(&run, &run, &denominator);
        }
    k1_invert(&run);
    for (size_t i = p->vectors; i-- != 0;)
        for (size_t k = count; k-- != 0;) {
            denominator_of(&denominator, &p->v[i], &steps[k]);
            k1_mul(&inverse, &run, &p->prefix[i * count + k]);
            k1_mul(&run, &run, &denominator);
            make_entry(&p->v[i], &steps[k], &inverse);
        }
}

static void make_tables(packet *p)
{
    static const table_step steps[] = {{2, 1, 1}, {3, 2, 1}, {4, 2, 2}, {5, 4, 1},
                                       {6, 3, 3}, {7, 4, 3}, {8, 4, 4}};
    static const uint64_t beta_limbs[5] = {0x96c28719501ee, 0x7512f58995c13, 0xc3434e99cf049,
                                           0x7106e64479ea, 0x7ae96a2b657c};
    k1_fe beta;
    make_entries(p, steps, 1);
    make_entries(p, steps + 1, 2);
    make_entries(p, steps + 3, 4);
    k1_fe_set(&beta, beta_limbs);
    for (size_t i = 0; i < p->vectors; i++)
        for (int k = 0; k < ENTRIES; k++) k1_mul(&p->v[i].beta_x[k], &p->v[i].table[k].x, &beta);
}

/* A digit of each lane: its absolute value and its sign. */
typedef struct digit {
    __m512i size;
    __mmask8 minus, zero;
} digit;

K1_INLINE digit digit_of_half(const k1_half *half, unsigned window)
{
    __m512i limb = half->l[window / 13];
    limb = _mm512_and_si512(_mm512_srl_epi64(limb, _mm_cvtsi32_si128((int)(4 * (window % 13)))),
                            k1_all(15));
    __m512i value = k1_sub64(limb, k1_all(8));
    digit out = {_mm512_abs_epi64(value), (__mmask8)(_mm512_movepi64_mask(value) ^ half->minus),
                 _mm512_testn_epi64_mask(value, value)};
    return out;
}

/* Picks a coordinate from the table, which has `stride` bytes from entry to entry; entry 1 for a
 * digit 0. */
K1_INLINE void pick(k1_fe *out, const k1_fe *first, size_t stride, const digit *d)
{
    *out = *first;
#pragma GCC unroll 8
    for (uint64_t k = 1; k < ENTRIES; k++) {
        const k1_fe *entry = (const k1_fe *)(const void *)((const char *)first + k * stride);
        __mmask8 mask = _mm512_cmpeq_epi64_mask(d->size, k1_all(k + 1));
#pragma GCC unroll 5
        for (int i = 0; i < 5; i++) out->l[i] = _mm512_mask_mov_epi64(out->l[i], mask, entry->l[i]);
    }
}

/* Where minus, y becomes 2 p - y: raw. */
K1_INLINE void negate_where(k1_fe *y, __mmask8 minus)
{
#pragma GCC unroll 5
    for (int i = 0; i < 5; i++)
        y->l[i] = _mm512_mask_sub_epi64(y->l[i], minus, k1_all(2 * k1_p[i]), y->l[i]);
}

K1_INLINE digit digit_of_fixed(const __m512i half[3], unsigned window)
{
    unsigned at = K1_FIXED_BITS * window, limb = at / 52, shift = at % 52;
    __m512i bits = _mm512_srl_epi64(half[limb], _mm_cvtsi32_si128((int)shift));
    if (shift + K1_FIXED_BITS > 52)
        bits = _mm512_or_si512(
            bits, _mm512_sll_epi64(half[limb + 1], _mm_cvtsi32_si128((int)(52 - shift))));
    bits = _mm512_and_si512(bits, k1_all((1 << K1_FIXED_BITS) - 1));
    __m512i value = k1_sub64(k1_all(K1_FIXED_ROWS), bits); /* of -z/r */
    digit out = {_mm512_abs_epi64(value), _mm512_movepi64_mask(value),
                 _mm512_testn_epi64_mask(value, value)};
    return out;
}

/* A coordinate from the rows of eight lanes, turned from rows into columns. */
static inline void pick_row(k1_fe *out, const k1_row *rows, const digit *d, size_t coordinate)
{
    int64_t index[LANES] __attribute__((aligned(64)));
    const __m512i even = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
    const __m512i odd = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
    __m512i r[4], t[4], w[4];
    _mm512_store_si512(index, _mm512_sub_epi64(_mm512_max_epi64(d->size, k1_all(1)), k1_all(1)));
    for (int i = 0; i < 4; i++) {
        const char *low = (const char *)&rows[index[i]] + coordinate;
        const char *high = (const char *)&rows[index[i + 4]] + coordinate;
        r[i] = _mm512_inserti64x4(
            _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)(const void *)low)),
            _mm256_loadu_si256((const __m256i *)(const void *)high), 1);
    }
    t[0] = _mm512_unpacklo_epi64(r[0], r[1]);
    t[1] = _mm512_unpackhi_epi64(r[0], r[1]);
    t[2] = _mm512_unpacklo_epi64(r[2], r[3]);
    t[3] = _mm512_unpackhi_epi64(r[2], r[3]);
    w[0] = _mm512_permutex2var_epi64(t[0], even, t[2]);
    w[1] = _mm512_permutex2var_epi64(t[1], even, t[3]);
    w[2] = _mm512_permutex2var_epi64(t[0], odd, t[2]);
    w[3] = _mm512_permutex2var_epi64(t[1], odd, t[3]);
    k1_of_words(out, w);
}

/* The two points of pair k: their digits, their x, their y (raw). */
typedef struct pair {
    digit d[2];
} pair;

static inline pair digits_of_pair(const vector *v, unsigned k)
{
    pair out;
    for (int h = 0; h < 2; h++)
        out.d[h] =
            k < WINDOWS ? digit_of_half(&v->half[h], k) : digit_of_fixed(v->fixed[h], k - WINDOWS);
    return out;
}

static inline void pair_x(k1_fe x[2], const packet *p, const vector *v, unsigned k, const pair *d)
{
    if (k < WINDOWS) {
        pick(&x[0], &v->table[0].x, sizeof(k1_affine), &d->d[0]);
        pick(&x[1], &v->beta_x[0], sizeof(k1_fe), &d->d[1]);
    } else {
        pick_row(&x[0], p->fixed, &d->d[0], offsetof(k1_row, x));
        pick_row(&x[1], p->fixed + K1_FIXED_ROWS, &d->d[1], offsetof(k1_row, x));
    }
}

static inline void pair_y(k1_fe y[2], const packet *p, const vector *v, unsigned k, const pair *d)
{
    for (int h = 0; h < 2; h++) {
        if (k < WINDOWS)
            pick(&y[h], &v->table[0].y, sizeof(k1_affine), &d->d[h]);
        else
            pick_row(&y[h], p->fixed + h * K1_FIXED_ROWS, &d->d[h], offsetof(k1_row, y));
        negate_where(&y[h], d->d[h].minus);
    }
}

/* The sums of all pairs of table entries.  No denominator is 0: small multiples of R and of lambda
 * R, and of G and 2^128 G, are neither equal nor opposite. */
static void add_pairs(packet *p, vector *v, size_t count)
{
    k1_fe run, denominator;
    k1_fe_one(&run);
    for (size_t i = 0; i < count; i++)
        for (unsigned k = 0; k < PAIRS; k++) {
            slot *s = &p->slots[i][k];
            k1_fe x[2];
            pair d = digits_of_pair(&v[i], k);
            pair_x(x, p, &v[i], k, &d);
            s->a = x[0];
            s->b = x[1];
            s->prefix = run;
            k1_sub(&denominator, &x[1], &x[0], 2);
            k1_mul(&run, &run, &denominator);
        }
    k1_invert(&run);
    for (size_t i = count; i-- != 0;)
        for (unsigned k = PAIRS; k-- != 0;) {
            slot *s = &p->slots[i][k];
            k1_fe y[2], numerator, inverse, slope, x1 = s->a, x2 = s->b;
            k1_affine sum;
            pair d = digits_of_pair(&v[i], k);
            pair_y(y, p, &v[i], k, &d);
            k1_sub(&denominator, &x2, &x1, 2);
            k1_mul(&inverse, &run, &s->prefix);
            k1_mul(&run, &run, &denominator);
            k1_sub(&numerator, &y[1], &y[0], 4);
            k1_mul(&slope, &numerator, &inverse);
            k1_add_on_line(&sum, &slope, &x1, &x2, &y[0]);
            k1_carry(&y[0]);
            k1_carry(&y[1]);
            k1_select(&sum.x, d.d[0].zero, &sum.x, &x2);
            k1_select(&sum.y, d.d[0].zero, &sum.y, &y[1]);
            k1_select(&s->a, d.d[1].zero, &sum.x, &x1);
            k1_select(&s->b, d.d[1].zero, &sum.y, &y[0]);
            p->none[i][k] = d.d[0].zero & d.d[1].zero;
        }
}

/* Every third window takes in the pair of the fixed tables.  Here an attacker can make points meet:
 * those lanes are marked, their denominator is taken as 1. */
static void add_fixed(packet *p, vector *v, size_t count)
{
    k1_fe run, denominator, one;
    k1_fe_one(&run);
    k1_fe_one(&one);
    for (size_t i = 0; i < count; i++)
        for (unsigned k = 0; k < K1_FIXED_WINDOWS; k++) {
            slot *s = &p->slots[i][3 * k], *g = &p->slots[i][WINDOWS + k];
            k1_fe next;
            g->prefix = run;
            k1_sub(&denominator, &g->a, &s->a, 2);
            k1_mul(&next, &run, &denominator);
            __mmask8 zero = k1_is_zero(&next);
            v[i].ask |= zero;
            k1_select(&run, (__mmask8)~zero, &run, &next);
            k1_select(&s->prefix, zero, &denominator, &one);
        }
    k1_invert(&run);
    for (size_t i = count; i-- != 0;)
        for (unsigned k = K1_FIXED_WINDOWS; k-- != 0;) {
            slot *s = &p->slots[i][3 * k], *g = &p->slots[i][WINDOWS + k];
            __mmask8 no_s = p->none[i][3 * k], no_g = p->none[i][WINDOWS + k];
            k1_fe numerator, inverse, slope, y;
            k1_affine sum;
            k1_mul(&inverse, &run, &g->prefix);
            k1_mul(&run, &run, &s->prefix);
            k1_sub(&numerator, &g->b, &s->b, 4);
            k1_mul(&slope, &numerator, &inverse);
            y = s->b;
            k1_add_on_line(&sum, &slope, &s->a, &g->a, &y);
            k1_select(&sum.x, no_s, &sum.x, &g->a);
            k1_select(&sum.y, no_s, &sum.y, &g->b);
            k1_select(&s->a, no_g, &sum.x, &s->a);
            k1_select(&s->b, no_g, &sum.y, &s->b);
            p->none[i][3 * k] = no_s & no_g;
        }
}

/* The windows from the top: four doublings, one addition. */
static void ladder(vector *v, const slot slots[WINDOWS], const __mmask8 none[WINDOWS])
{
    k1_fe one;
    k1_fe_one(&one);
    k1_jacobian sum = {slots[WINDOWS - 1].a, slots[WINDOWS - 1].b, one};
    __mmask8 infinite = none[WINDOWS - 1];
    for (int w = WINDOWS - 2; w >= 0; w--) {
        k1_affine q = {slots[w].a, slots[w].b};
        for (int i = 0; i < 4; i++) k1_double(&sum);
        k1_jacobian old = sum;
        k1_add_mixed(&sum, &q);
        __mmask8 keep = none[w], take = infinite & (__mmask8)~none[w];
        if ((keep | take) != 0) {
            k1_select(&sum.x, keep, &sum.x, &old.x);
            k1_select(&sum.y, keep, &sum.y, &old.y);
            k1_select(&sum.z, keep, &sum.z, &old.z);
            k1_select(&sum.x, take, &sum.x, &q.x);
            k1_select(&sum.y, take, &sum.y, &q.y);
            k1_select(&sum.z, take, &sum.z, &one);
            infinite &= none[w];
        }
    }
    v->sum = sum;
    v->ask |= infinite;
}

static void multiply_all(packet *p)
{
    for (size_t first = 0; first < p->vectors; first += PAIR_VECTORS) {
        vector *v = &p->v[first];
        size_t count = TR_MIN(p->vectors - first, (size_t)PAIR_VECTORS);
        add_pairs(p, v, count);
        add_fixed(p, v, count);
        for (size_t i = 0; i < count; i++) ladder(&v[i], p->slots[i], p->none[i]);
    }
}

static void write_lanes(const k1_fe *a, uint64_t words[4][LANES])
{
    __m512i w[4];
    k1_to_words(w, a);
    for (int i = 0; i < 4; i++) _mm512_store_si512(words[i], w[i]);
}

static void give(const vector *v, const k1_fe *z_inverse, size_t n, tr_pubkey keys[],
                 tr_k1_answer answers[])
{
    uint64_t x[4][LANES] __attribute__((aligned(64))), y[4][LANES] __attribute__((aligned(64)));
    k1_fe zz, zzz, t;
    k1_sqr(&zz, z_inverse);
    k1_mul(&zzz, &zz, z_inverse);
    k1_mul(&t, &v->sum.x, &zz);
    k1_canonical(&t);
    write_lanes(&t, x);
    k1_mul(&t, &v->sum.y, &zzz);
    k1_canonical(&t);
    write_lanes(&t, y);
    for (size_t lane = 0; lane < n; lane++) {
        for (int i = 0; i < 4; i++) {
            tr_store64be(keys[lane].x + 8 * i, x[3 - i][lane]);
            tr_store64be(keys[lane].y + 8 * i, y[3 - i][lane]);
        }
        answers[lane] = (v->found >> lane & 1) == 0 ? TR_K1_NONE
                        : (v->ask >> lane & 1) != 0 ? TR_K1_ASK
                                                    : TR_K1_FOUND;
    }
}

/* Equal or opposite points left z at 0: those lanes are marked. */
static void finish(packet *p, size_t n, tr_pubkey keys[], tr_k1_answer answers[])
{
    k1_fe run, one, inverse;
    k1_fe_one(&one);
    run = one;
    for (size_t i = 0; i < p->vectors; i++) {
        vector *v = &p->v[i];
        __mmask8 zero = k1_is_zero(&v->sum.z);
        v->ask |= zero;
        k1_select(&v->sum.z, zero, &v->sum.z, &one);
        p->prefix[i] = run;
        k1_mul(&run, &run, &v->sum.z);
    }
    k1_invert(&run);
    for (size_t i = p->vectors; i-- != 0;) {
        k1_mul(&inverse, &run, &p->prefix[i]);
        k1_mul(&run, &run, &p->v[i].sum.z);
        give(&p->v[i], &inverse, TR_MIN(n - LANES * i, (size_t)LANES), keys + LANES * i,
             answers + LANES * i);
    }
}

void tr_k1_recover_avx512(void *room, size_t n, const tr_k1_task tasks[], tr_pubkey keys[],
                          tr_k1_answer answers[])
{
    packet *p = room;
    p->vectors = (n + LANES - 1) / LANES;
    p->fixed = k1_fixed_table();
    read_tasks(p, n, tasks);
    lift_points(p);
    make_scalars(p);
    make_tables(p);
    multiply_all(p);
    finish(p, n, keys, answers);
}
