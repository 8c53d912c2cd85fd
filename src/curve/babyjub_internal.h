/* Points of Baby Jubjub in extended coordinates: x = X / Z, y = Y / Z, x y = T / Z.  As 168700 is a
 * square and 168696 is none, one formula adds any two points of the curve. */
#ifndef TR_CURVE_BABYJUB_INTERNAL_H
#define TR_CURVE_BABYJUB_INTERNAL_H

#include "curve/babyjub.h"

typedef struct tr_bjj_wide {
    tr_bn_fr x, y, t, z;
} tr_bjj_wide;

void tr_bjj_widen(tr_bjj_wide *out, const tr_bjj_point *a);
bool tr_bjj_wide_is(const tr_bjj_wide *a, const tr_bjj_point *b); /* the same point */
void tr_bjj_wide_neg(tr_bjj_wide *out, const tr_bjj_wide *a);
void tr_bjj_wide_double(tr_bjj_wide *out, const tr_bjj_wide *a);

/* out = the sum of scalars[i] points[i], at most TR_BJJ_TERMS; scalars are plain limbs. */
enum { TR_BJJ_TERMS = 2 };
void tr_bjj_wide_sum(tr_bjj_wide *out, unsigned count, const tr_bjj_wide points[],
                     const uint64_t scalars[][4]);

/* out = scalar base, without a branch or an address that depends on the scalar. */
void tr_bjj_mul_secret(const tr_bjj_point *base, const uint64_t scalar[4], tr_bjj_point *out);

#endif
