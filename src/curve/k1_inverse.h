/* Inverses modulo secp256k1's two primes, by divsteps (Bernstein and Yang, 2019).  Time depends on
 * the number: public data only. */
#ifndef TR_CURVE_K1_INVERSE_H
#define TR_CURVE_K1_INVERSE_H

#include <stdint.h>

/* Numbers are four words, least significant first, below the prime; the inverse of 0 is 0. */
void tr_k1_inverse_p(uint64_t out[4], const uint64_t a[4]);
void tr_k1_inverse_n(uint64_t out[4], const uint64_t a[4]);

#endif
