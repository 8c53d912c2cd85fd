#include "k1_field_x86.h"

#include "curve/k1_field_x86.h"

static k1x_fe in(const uint64_t a[4])
{
    return (k1x_fe){{a[0], a[1], a[2], a[3]}};
}

static void give(uint64_t out[4], const k1x_fe *a)
{
    memcpy(out, a->v, sizeof(a->v));
}

void field_mul(uint64_t out[4], const uint64_t a[4], const uint64_t b[4])
{
    k1x_fe x = in(a), y = in(b);
    k1x_mul(&x, &x, &y);
    give(out, &x);
}

void field_add(uint64_t out[4], const uint64_t a[4], const uint64_t b[4])
{
    k1x_fe x = in(a), y = in(b);
    k1x_add(&x, &x, &y);
    give(out, &x);
}

void field_sub(uint64_t out[4], const uint64_t a[4], const uint64_t b[4])
{
    k1x_fe x = in(a), y = in(b);
    k1x_sub(&x, &x, &y);
    give(out, &x);
}

void field_sqr(uint64_t out[4], const uint64_t a[4])
{
    k1x_fe x = in(a);
    k1x_sqr(&x, &x);
    give(out, &x);
}

void field_halve(uint64_t out[4], const uint64_t a[4])
{
    k1x_fe x = in(a);
    k1x_halve(&x, &x);
    give(out, &x);
}

void field_invert(uint64_t out[4], const uint64_t a[4])
{
    k1x_fe x = in(a);
    k1x_invert(&x, &x);
    give(out, &x);
}

void field_normalize(uint64_t a[4])
{
    k1x_fe x = in(a);
    k1x_normalize(&x);
    give(a, &x);
}

bool field_is_zero(const uint64_t a[4])
{
    k1x_fe x = in(a);
    return k1x_is_zero(&x);
}

bool field_root(uint64_t out[4], const uint64_t a[4])
{
    k1x_fe x = in(a), root;
    bool is_square = k1x_root(&root, &x);
    give(out, &root);
    return is_square;
}
