/* Numbers that look for trouble: few limbs, limbs of all ones and single bits, and now and then a
 * plain random one. */
#ifndef TR_TESTS_UNIT_FIELD_NUMBERS_H
#define TR_TESTS_UNIT_FIELD_NUMBERS_H

#include "field/u256.h"
#include "harness.h"

static inline tr_u256 number(tr_gen *g)
{
    tr_u256 a = TR_U256_ZERO;
    uint64_t limbs = 1 + tr_gen_below(g, 4);
    bool even = tr_gen_bool(g);
    for (uint64_t i = 0; i < limbs; i++) {
        if (even)
            tr_gen_fill(g, &a.w[i], 8);
        else
            a.w[i] = tr_gen_u64(g);
    }
    return a;
}

/* A pair whose quotient and rest are special: a is b times something, plus at most b - 1. */
static inline tr_u256 multiple_of(tr_gen *g, tr_u256 b)
{
    tr_u256 a = tr_u256_mul(number(g), b);
    switch (tr_gen_below(g, 4)) {
    case 0:
        return a;
    case 1:
        return tr_u256_sub(a, TR_U256_ONE);
    case 2:
        return tr_u256_add(a, TR_U256_ONE);
    default:
        return number(g);
    }
}

#define CHECK_U256(got, want) check_u256(__FILE__, __LINE__, #got, (got), (want))
static inline void check_u256(const char *file, int line, const char *text, tr_u256 got,
                              tr_u256 want)
{
    if (tr_u256_eq(got, want)) return;
    char a[TR_U256_HEX_TEXT], b[TR_U256_HEX_TEXT];
    (void)tr_u256_to_hex(got, a);
    (void)tr_u256_to_hex(want, b);
    tr_test_fail(file, line, "%s is %s, not %s", text, a, b);
}

#endif
