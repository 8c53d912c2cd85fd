/* P-256: the ways in which it is computed, one source compiled for the portable processor and for
 * BMI2 and ADX. */
#ifndef TR_CURVE_P256_INTERNAL_H
#define TR_CURVE_P256_INTERNAL_H

#include "curve/p256.h"
#include "field/prime.h"

enum {
    TR_P256_G_WIDTH = 8, /* digits of the generator's scalar, whose multiples are in a table */
    TR_P256_G_TABLE = 1 << (TR_P256_G_WIDTH - 2),
    TR_P256_Q_WIDTH = 5, /* digits of the public key's */
    TR_P256_Q_TABLE = 1 << (TR_P256_Q_WIDTH - 2),
    TR_P256_DIGITS = 257, /* of 256 bits and a carry */
};

/* An affine point; infinity is none. */
typedef struct tr_p256_point {
    tr_p256_fp x, y;
} tr_p256_point;

typedef struct tr_p256_code {
    const char *name; /* "portable", "bmi2" */
    bool (*verify)(const uint8_t hash[32], const uint8_t r[32], const uint8_t s[32],
                   const uint8_t x[32], const uint8_t y[32]);
} tr_p256_code;

extern const tr_p256_code tr_p256_portable, tr_p256_bmi2;

/* tr_p256_find gives the code of this name, or NULL if this machine cannot run it; tr_p256_use
 * makes tr_p256_verify use it. */
const tr_p256_code *tr_p256_find(const char *name);
void tr_p256_use(const tr_p256_code *code);

#endif
