#include "k1_lanes_avx512.h"

#include "curve/k1_vector_avx512.h"

static k1_fe in(const lanes *a)
{
    k1_fe out;
    for (int i = 0; i < 5; i++) out.l[i] = _mm512_loadu_si512(a->l[i]);
    return out;
}

static void give(lanes *out, const k1_fe *a)
{
    for (int i = 0; i < 5; i++) _mm512_storeu_si512(out->l[i], a->l[i]);
}

void lanes_mul(lanes *out, const lanes *a, const lanes *b)
{
    k1_fe x = in(a), y = in(b);
    k1_mul(&x, &x, &y);
    give(out, &x);
}

void lanes_mul_add(lanes *out, const lanes *a, const lanes *b, const lanes *c)
{
    k1_fe x = in(a), y = in(b), z = in(c);
    k1_mul_add(&x, &x, &y, &z);
    give(out, &x);
}

void lanes_sqr(lanes *out, const lanes *a)
{
    k1_fe x = in(a);
    k1_sqr(&x, &x);
    give(out, &x);
}

void lanes_sub(lanes *out, const lanes *a, const lanes *b)
{
    k1_fe x = in(a), y = in(b);
    k1_sub(&x, &x, &y, 2);
    give(out, &x);
}

void lanes_canonical(lanes *a)
{
    k1_fe x = in(a);
    k1_canonical(&x);
    give(a, &x);
}

unsigned lanes_is_zero(const lanes *a)
{
    k1_fe x = in(a);
    return k1_is_zero(&x);
}

void lanes_invert(lanes *a)
{
    k1_fe x = in(a);
    k1_invert(&x);
    give(a, &x);
}

void lanes_sqrt(lanes *a, lanes *b)
{
    k1_two t = {{in(a), in(b)}};
    k1_two_sqrt(&t);
    give(a, &t.v[0]);
    give(b, &t.v[1]);
}

void lanes_n_mul(lanes *out, const lanes *a, const lanes *b)
{
    k1_fe x = in(a), y = in(b);
    k1_n_mul(&x, &x, &y);
    k1_n_canonical(&x);
    give(out, &x);
}

void lanes_n_invert(lanes *a)
{
    k1_fe x = in(a), r2, one;
    k1_fe_set(&r2, k1_n_r2);
    k1_fe_one(&one);
    k1_n_mul(&x, &x, &r2);
    k1_n_invert(&x);
    k1_n_mul(&x, &x, &one);
    k1_n_canonical(&x);
    give(a, &x);
}

void lanes_split(lanes *first, unsigned *first_minus, lanes *second, unsigned *second_minus,
                 const lanes *k)
{
    k1_half a, b;
    k1_fe x = in(k), t;
    k1_split(&a, &b, &x);
    for (int i = 0; i < 5; i++) t.l[i] = i < 3 ? a.l[i] : _mm512_setzero_si512();
    give(first, &t);
    for (int i = 0; i < 5; i++) t.l[i] = i < 3 ? b.l[i] : _mm512_setzero_si512();
    give(second, &t);
    *first_minus = a.minus;
    *second_minus = b.minus;
}

void lanes_double(lane_points *p)
{
    k1_jacobian q = {in(&p->x), in(&p->y), in(&p->z)};
    k1_double(&q);
    give(&p->x, &q.x);
    give(&p->y, &q.y);
    give(&p->z, &q.z);
}

void lanes_add(lane_points *p, const lanes *x, const lanes *y)
{
    k1_jacobian q = {in(&p->x), in(&p->y), in(&p->z)};
    k1_affine other = {in(x), in(y)};
    k1_add_mixed(&q, &other);
    give(&p->x, &q.x);
    give(&p->y, &q.y);
    give(&p->z, &q.z);
}
