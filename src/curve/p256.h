/* P-256 (secp256r1): verification of signatures, with the semantics of EIP-7951: any s, a public
 * key that is on the curve and not infinity, and x of the point compared modulo the order. */
#ifndef TR_CURVE_P256_H
#define TR_CURVE_P256_H

#include "base/base.h"

/* tr_p256_verify: all numbers 32 bytes big-endian. */
bool tr_p256_verify(const uint8_t hash[32], const uint8_t r[32], const uint8_t s[32],
                    const uint8_t x[32], const uint8_t y[32]);

#endif
