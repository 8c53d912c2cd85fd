/* Products of long numbers, in the ways that modexp is compiled. */
#ifndef TR_FIELD_MODEXP_INTERNAL_H
#define TR_FIELD_MODEXP_INTERNAL_H

#include "field/modexp.h"

typedef struct tr_modexp_code {
    const char *name; /* "portable", "bmi2" */
    size_t step;      /* mul and sqr take multiples of so many limbs */

    /* out = a b / 2^(64 n) modulo m, which is odd, below m if a or b is; minus_inverse is that of m
     * modulo 2^64.  t is room for 2 n limbs; out may be a or b. */
    void (*mul)(size_t n, uint64_t *out, const uint64_t *a, const uint64_t *b, const uint64_t *m,
                uint64_t minus_inverse, uint64_t *t);
    void (*sqr)(size_t n, uint64_t *out, const uint64_t *a, const uint64_t *m,
                uint64_t minus_inverse, uint64_t *t);

    /* The low n limbs of a b, of any n; out is neither. */
    void (*mul_low)(size_t n, uint64_t *out, const uint64_t *a, const uint64_t *b);

    /* quotient = - a / m modulo 2^(64 n), of any n; a is lost. */
    void (*divide_low)(size_t n, uint64_t *quotient, uint64_t *a, const uint64_t *m,
                       uint64_t minus_inverse);

    /* a = a / 2^(64 n) modulo m, as mul by one would do it. */
    void (*leave)(size_t n, uint64_t *a, const uint64_t *m, uint64_t minus_inverse, uint64_t *t);

    /* The lowest n limbs of a become its remainder by d, the others zero.  a has len limbs, more
     * than n, the upper n of them below d; d has n limbs, two or more, and its top bit set;
     * minus_d is 2^(64 n) - d. */
    void (*divide)(size_t n, uint64_t *a, size_t len, const uint64_t *d, const uint64_t *minus_d);

    /* t = a b and t = a a, of 2 n limbs, of any n; t is none of them. */
    void (*wide_mul)(size_t n, uint64_t *t, const uint64_t *a, const uint64_t *b);
    void (*wide_sqr)(size_t n, uint64_t *t, const uint64_t *a);
} tr_modexp_code;

extern const tr_modexp_code tr_modexp_portable, tr_modexp_bmi2;

/* tr_modexp_find gives the code of this name, or NULL if this machine cannot run it; tr_modexp_use
 * makes tr_modexp use it. */
const tr_modexp_code *tr_modexp_find(const char *name);
void tr_modexp_use(const tr_modexp_code *code);

#endif
