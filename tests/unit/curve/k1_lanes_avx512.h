/* The arithmetic of the lanes, one function at a time, on plain numbers: for test_k1_lanes.c, which
 * is compiled for any processor.  Numbers are five limbs of 52 bits, eight of them. */
#ifndef TR_UNIT_CURVE_K1_LANES_AVX512_H
#define TR_UNIT_CURVE_K1_LANES_AVX512_H

#include <stdbool.h>
#include <stdint.h>

typedef struct lanes {
    uint64_t l[5][8];
} lanes;

typedef struct lane_points {
    lanes x, y, z;
} lane_points;

void lanes_mul(lanes *out, const lanes *a, const lanes *b);
void lanes_mul_add(lanes *out, const lanes *a, const lanes *b, const lanes *c);
void lanes_sqr(lanes *out, const lanes *a);
void lanes_sub(lanes *out, const lanes *a, const lanes *b); /* b weak */
void lanes_canonical(lanes *a);
unsigned lanes_is_zero(const lanes *a);
void lanes_invert(lanes *a);
void lanes_sqrt(lanes *a, lanes *b);
void lanes_n_mul(lanes *out, const lanes *a, const lanes *b);
void lanes_n_invert(lanes *a);
void lanes_split(lanes *first, unsigned *first_minus, lanes *second, unsigned *second_minus,
                 const lanes *k);
void lanes_double(lane_points *p);
void lanes_add(lane_points *p, const lanes *x, const lanes *y);

#endif
