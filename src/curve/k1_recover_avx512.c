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

#include "curve/k1_vector_avx512.h"

enum {
    VECTORS = TR_K1_PACKET / LANES,
    PAIR_VECTORS = 8, /* vectors whose pairs share an inversion */
    PAIRS = WINDOWS + K1_FIXED_WINDOWS,
};

typedef struct packet {
    vector v[VECTORS];
    k1_fe prefix[4 * VECTORS];
    slot slots[PAIR_VECTORS][PAIRS];
    __mmask8 none[PAIR_VECTORS][PAIRS]; /* lanes whose digits are both 0 */
    size_t vectors;
    const k1_row *fixed;
} packet;

const size_t tr_k1_packet_room = sizeof(packet);

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

static void multiply_all(packet *p)
{
    for (size_t first = 0; first < p->vectors; first += PAIR_VECTORS) {
        vector *v = &p->v[first];
        size_t count = TR_MIN(p->vectors - first, (size_t)PAIR_VECTORS);
        add_pairs(p, v, count);
        add_fixed(p, v, count);
        for (size_t i = 0; i < count; i++) v[i].ask |= ladder(&v[i].sum, p->slots[i], p->none[i]);
    }
}

static void give(const vector *v, const k1_fe *z_inverse, size_t n, tr_pubkey keys[],
                 tr_k1_answer answers[])
{
    tr_pubkey made[LANES];
    k1_fe zz, zzz, t;
    k1_sqr(&zz, z_inverse);
    k1_mul(&zzz, &zz, z_inverse);
    k1_mul(&t, &v->sum.x, &zz);
    write_lanes(&t, made, offsetof(tr_pubkey, x));
    k1_mul(&t, &v->sum.y, &zzz);
    write_lanes(&t, made, offsetof(tr_pubkey, y));
    memcpy(keys, made, n * sizeof(made[0]));
    for (size_t lane = 0; lane < n; lane++)
        answers[lane] = (v->found >> lane & 1) == 0 ? TR_K1_NONE
                        : (v->ask >> lane & 1) != 0 ? TR_K1_ASK
                                                    : TR_K1_FOUND;
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
    lift_points(p->v, p->vectors);
    make_scalars(p);
    make_tables(p->v, p->vectors, p->prefix);
    multiply_all(p);
    finish(p, n, keys, answers);
}
