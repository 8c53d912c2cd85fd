/* One ladder for all terms (Straus): in each lane the entries that the digits of a window ask for
 * are added up as affine points, with inversions shared by all windows, over any number of terms;
 * 128 doublings at the end are for all.
 *
 * Equal points are usual here (one signer has many signatures), so these additions are complete. */
#include "curve/k1_combine_avx512.h"

#include "curve/k1_vector_avx512.h"

enum { VECTORS = TR_K1_TERMS / LANES };

/* A point for each window. */
typedef struct windows {
    slot p[WINDOWS];
} windows;

typedef struct combine {
    vector v[2 * VECTORS]; /* all R, then all P */
    k1_fe prefix[4 * 2 * VECTORS];
    windows item[3 * VECTORS], sum;
    __mmask8 none[3 * VECTORS][WINDOWS], sum_none[WINDOWS];
    __mmask8 same[VECTORS * WINDOWS], opposite[VECTORS * WINDOWS];
} combine;

const size_t tr_k1_combine_room = sizeof(combine);

/* Where x is equal: which lanes have the same point and which the opposite.  The denominator
 * becomes 2 y or 1. */
static __attribute__((noinline)) void meet(const slot *a, const slot *b, __mmask8 zero,
                                           k1_fe *denominator, __mmask8 *same, __mmask8 *opposite)
{
    k1_fe one, t;
    k1_fe_one(&one);
    for (int i = 0; i < 5; i++) t.l[i] = k1_add64(a->b.l[i], b->b.l[i]);
    k1_carry(&t);
    k1_mul(&t, &t, &one);
    *opposite = zero & k1_is_zero(&t);
    *same = zero & (__mmask8) ~*opposite;
    for (int i = 0; i < 5; i++) t.l[i] = k1_add64(a->b.l[i], a->b.l[i]);
    k1_carry(&t);
    k1_select(denominator, *same, denominator, &t);
    k1_select(denominator, *opposite, denominator, &one);
}

static void add_one(slot *a, const slot *b, const k1_fe *inverse, __mmask8 same)
{
    k1_fe numerator, slope;
    k1_affine sum;
    k1_sub(&numerator, &b->b, &a->b, 2);
    if (same != 0) {
        k1_fe tangent;
        k1_wide t;
        k1_wide_sqr(&t, &a->a);
        k1_reduce(&tangent, &t, 3);
        k1_select(&numerator, same, &numerator, &tangent);
    }
    k1_mul(&slope, &numerator, inverse);
    k1_add_on_line(&sum, &slope, &a->a, &b->a, &a->b);
    a->a = sum.x;
    a->b = sum.y;
}

/* a[i] += b[i], with one inversion; the points of both are weak. */
static void add_all(combine *c, size_t n, slot a[], __mmask8 a_none[], slot b[],
                    const __mmask8 b_none[])
{
    k1_fe run, next, denominator, inverse;
    k1_fe_one(&run);
    for (size_t i = 0; i < n; i++) {
        k1_sub(&denominator, &b[i].a, &a[i].a, 2);
        k1_mul(&next, &run, &denominator);
        __mmask8 zero = k1_is_zero(&next);
        c->same[i] = c->opposite[i] = 0;
        if (zero != 0) {
            meet(&a[i], &b[i], zero, &denominator, &c->same[i], &c->opposite[i]);
            k1_mul(&next, &run, &denominator);
        }
        a[i].prefix = run;
        b[i].prefix = denominator;
        run = next;
    }
    k1_invert(&run);
    for (size_t i = n; i-- != 0;) {
        slot old = a[i];
        k1_mul(&inverse, &run, &a[i].prefix);
        k1_mul(&run, &run, &b[i].prefix);
        add_one(&a[i], &b[i], &inverse, c->same[i]);
        __mmask8 keep = b_none[i] | c->opposite[i], take = a_none[i];
        k1_select(&a[i].a, keep, &a[i].a, &old.a);
        k1_select(&a[i].b, keep, &a[i].b, &old.b);
        k1_select(&a[i].a, take, &a[i].a, &b[i].a);
        k1_select(&a[i].b, take, &a[i].b, &b[i].b);
        a_none[i] = (a_none[i] & b_none[i]) |
                    (c->opposite[i] & (__mmask8)~a_none[i] & (__mmask8)~b_none[i]);
    }
}

static void read_scalar(k1_fe *out, size_t n, const tr_k1_term terms[], bool of_key)
{
    uint64_t words[4][LANES] __attribute__((aligned(64))) = {{0}};
    __m512i w[4];
    for (size_t lane = 0; lane < LANES; lane++) {
        const tr_k1_term *t = &terms[TR_MIN(lane, n - 1)];
        for (size_t i = 0; i < (of_key ? 4 : 2); i++) words[i][lane] = of_key ? t->b[i] : t->a[i];
    }
    for (int i = 0; i < 4; i++) w[i] = _mm512_load_si512(words[i]);
    k1_of_words(out, w);
}

/* The vectors of R and of P of up to eight terms; lanes beyond n repeat the last. */
static void read_terms(vector *r, vector *p, size_t n, const tr_k1_term terms[])
{
    const uint8_t *of_r[LANES], *of_p[LANES];
    k1_fe scalar;
    for (size_t lane = 0; lane < LANES; lane++) {
        of_r[lane] = terms[TR_MIN(lane, n - 1)].r;
        of_p[lane] = terms[TR_MIN(lane, n - 1)].key;
    }
    read_lanes(&r->r, of_r);
    read_lanes(&p->r, of_p);
    r->odd = p->odd = 0;
    read_scalar(&scalar, n, terms, false);
    for (int i = 0; i < 3; i++) r->half[0].l[i] = scalar.l[i];
    r->half[0].minus = 0;
    bias_half(&r->half[0]);
    read_scalar(&scalar, n, terms, true);
    k1_split(&p->half[0], &p->half[1], &scalar);
    bias_half(&p->half[0]);
    bias_half(&p->half[1]);
}

/* The table entries that a half asks for; lanes that are left out have none. */
static void pick_windows(windows *out, __mmask8 none[WINDOWS], const vector *v, int h,
                         __mmask8 left_out)
{
    for (unsigned k = 0; k < WINDOWS; k++) {
        digit d = digit_of_half(&v->half[h], k);
        slot *s = &out->p[k];
        if (h == 0)
            pick(&s->a, &v->table[0].x, sizeof(k1_affine), &d);
        else
            pick(&s->a, &v->beta_x[0], sizeof(k1_fe), &d);
        pick(&s->b, &v->table[0].y, sizeof(k1_affine), &d);
        negate_where(&s->b, d.minus);
        k1_carry(&s->b);
        k1_canonical(&s->b);
        none[k] = d.zero | left_out;
    }
}

static void add_items(combine *c, size_t to, size_t from, size_t count)
{
    add_all(c, count * WINDOWS, c->item[to].p, c->none[to], c->item[from].p, c->none[from]);
}

void tr_k1_combine_begin(void *room)
{
    combine *c = room;
    for (unsigned k = 0; k < WINDOWS; k++) {
        k1_fe_set(&c->sum.p[k].a, generator[0]);
        k1_fe_set(&c->sum.p[k].b, generator[1]);
        c->sum_none[k] = 0xff;
    }
}

void tr_k1_combine_add(void *room, size_t n, const tr_k1_term terms[], bool lifted[])
{
    combine *c = room;
    size_t vectors = (n + LANES - 1) / LANES;
    vector *r = c->v, *p = c->v + vectors;
    for (size_t i = 0; i < vectors; i++) read_terms(&r[i], &p[i], n - LANES * i, terms + LANES * i);
    lift_points(c->v, 2 * vectors);
    make_tables(c->v, 2 * vectors, c->prefix);
    for (size_t i = 0; i < vectors; i++) {
        __mmask8 good = r[i].found & p[i].found;
        size_t lanes = TR_MIN(n - LANES * i, (size_t)LANES);
        __mmask8 out = (__mmask8) ~(good & ((1u << lanes) - 1));
        pick_windows(&c->item[i], c->none[i], &p[i], 0, out);
        pick_windows(&c->item[vectors + i], c->none[vectors + i], &p[i], 1, out);
        pick_windows(&c->item[2 * vectors + i], c->none[2 * vectors + i], &r[i], 0, out);
        for (size_t lane = 0; lane < lanes; lane++)
            lifted[LANES * i + lane] = (good >> lane & 1) != 0;
    }
    add_items(c, 0, vectors, vectors);
    add_items(c, 0, 2 * vectors, vectors);
    for (size_t left = vectors; left > 1;) {
        size_t half = left / 2;
        add_items(c, 0, left - half, half);
        left -= half;
    }
    add_all(c, WINDOWS, c->sum.p, c->sum_none, c->item[0].p, c->none[0]);
}

bool tr_k1_combine_end(void *room, tr_pubkey parts[TR_K1_SUMS], bool there[TR_K1_SUMS])
{
    combine *c = room;
    k1_jacobian sum;
    k1_fe inverse, zz, t, one;
    k1_fe_one(&one);
    __mmask8 infinite = ladder(&sum, c->sum.p, c->sum_none);
    __mmask8 zero = k1_is_zero(&sum.z);
    if ((zero & (__mmask8)~infinite) != 0) return false;
    k1_select(&inverse, zero, &sum.z, &one);
    k1_invert(&inverse);
    k1_sqr(&zz, &inverse);
    k1_mul(&t, &sum.x, &zz);
    write_lanes(&t, parts, offsetof(tr_pubkey, x));
    k1_mul(&zz, &zz, &inverse);
    k1_mul(&t, &sum.y, &zz);
    write_lanes(&t, parts, offsetof(tr_pubkey, y));
    for (int lane = 0; lane < LANES; lane++) there[lane] = (infinite >> lane & 1) == 0;
    return true;
}
