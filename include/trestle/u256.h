/* Arithmetic of the EVM: unsigned 256-bit integers that wrap at 2^256, where division by zero gives
 * zero and signed operations read the same bits as two's complement.
 *
 * A number is four limbs of 64 bits, lowest first.  out may be one of the operands.  Only
 * tr_uint256_parse can fail; nothing here is constant-time, so keep secrets out. */
#ifndef TRESTLE_U256_H
#define TRESTLE_U256_H

#include <stddef.h>
#include <stdint.h>

#include "trestle/api.h"
#include "trestle/errors.h"

#ifdef __cplusplus
extern "C" {
#endif

TR_API void tr_uint256_add(const uint64_t a[4], const uint64_t b[4], uint64_t out[4]);
TR_API void tr_uint256_sub(const uint64_t a[4], const uint64_t b[4], uint64_t out[4]);
TR_API void tr_uint256_mul(const uint64_t a[4], const uint64_t b[4], uint64_t out[4]);

/* tr_uint256_divide gives the quotient, and the remainder unless rest is NULL. */
TR_API void tr_uint256_divide(const uint64_t a[4], const uint64_t b[4], uint64_t quotient[4],
                              uint64_t rest[4]);

/* tr_uint256_divide_signed rounds towards zero; the remainder has the sign of a. */
TR_API void tr_uint256_divide_signed(const uint64_t a[4], const uint64_t b[4], uint64_t quotient[4],
                                     uint64_t rest[4]);

/* a + b and a * b modulo m, without loss in between. */
TR_API void tr_uint256_addmod(const uint64_t a[4], const uint64_t b[4], const uint64_t m[4],
                              uint64_t out[4]);
TR_API void tr_uint256_mulmod(const uint64_t a[4], const uint64_t b[4], const uint64_t m[4],
                              uint64_t out[4]);

TR_API void tr_uint256_exp(const uint64_t base[4], const uint64_t exponent[4], uint64_t out[4]);

/* tr_uint256_parse reads len characters, decimal or with 0x hexadecimal.  TR_E_SYNTAX: no number;
 * TR_E_RANGE: 2^256 or more; out is then as it was. */
TR_API tr_err tr_uint256_parse(const char *text, size_t len, uint64_t out[4]);

/* tr_uint256_text writes the decimal digits and an ending zero byte, and returns how many digits.
 */
#define TR_UINT256_TEXT 79
TR_API size_t tr_uint256_text(const uint64_t a[4], char text[TR_UINT256_TEXT]);

#ifdef __cplusplus
}
#endif

#endif
