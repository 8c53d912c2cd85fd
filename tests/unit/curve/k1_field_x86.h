/* The arithmetic of curve/k1_field_x86.h, one function at a time: for test_k1_field.c, which is
 * compiled for any processor.  Numbers are any four limbs. */
#ifndef TR_UNIT_CURVE_K1_FIELD_X86_H
#define TR_UNIT_CURVE_K1_FIELD_X86_H

#include <stdbool.h>
#include <stdint.h>

void field_mul(uint64_t out[4], const uint64_t a[4], const uint64_t b[4]);
void field_sqr(uint64_t out[4], const uint64_t a[4]);
void field_add(uint64_t out[4], const uint64_t a[4], const uint64_t b[4]);
void field_sub(uint64_t out[4], const uint64_t a[4], const uint64_t b[4]);
void field_halve(uint64_t out[4], const uint64_t a[4]);
void field_normalize(uint64_t a[4]);
bool field_is_zero(const uint64_t a[4]);
void field_invert(uint64_t out[4], const uint64_t a[4]);
bool field_root(uint64_t out[4], const uint64_t a[4]);

#endif
