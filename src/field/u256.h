/* 256-bit integers as the EVM has them: unsigned, wrapping at 2^256, division by zero gives zero.
 * Signed operations read the same bits as two's complement.
 *
 * w[0] is the lowest limb.  What is inline takes and gives values; what is a call takes pointers,
 * which may all be the same.  Nothing here fails but the readers of text, nothing takes memory, and
 * nothing is constant-time: these are not for secrets. */
#ifndef TR_FIELD_U256_H
#define TR_FIELD_U256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

typedef struct tr_u256 {
    uint64_t w[4];
} tr_u256;

typedef struct tr_u512 {
    uint64_t w[8];
} tr_u512;

#define TR_U256_ZERO ((tr_u256){{0, 0, 0, 0}})
#define TR_U256_ONE  ((tr_u256){{1, 0, 0, 0}})
#define TR_U256_MAX  ((tr_u256){{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}})

/* One limb of a sum or a difference; carry and borrow are 0 or 1. */
static inline uint64_t tr_limb_add(uint64_t a, uint64_t b, uint64_t *carry)
{
#if defined(__clang__)
    unsigned long long out;
    uint64_t sum = __builtin_addcll(a, b, *carry, &out);
    *carry = out;
    return sum;
#elif defined(__x86_64__)
    unsigned long long sum;
    *carry = __builtin_ia32_addcarryx_u64((unsigned char)*carry, a, b, &sum);
    return sum;
#else
    uint64_t sum, all;
    uint64_t first = __builtin_add_overflow(a, b, &sum);
    uint64_t second = __builtin_add_overflow(sum, *carry, &all);
    *carry = first | second;
    return all;
#endif
}

static inline uint64_t tr_limb_sub(uint64_t a, uint64_t b, uint64_t *borrow)
{
#if defined(__clang__)
    unsigned long long out;
    uint64_t difference = __builtin_subcll(a, b, *borrow, &out);
    *borrow = out;
    return difference;
#elif defined(__x86_64__)
    unsigned long long difference;
    *borrow = __builtin_ia32_sbb_u64((unsigned char)*borrow, a, b, &difference);
    return difference;
#else
    uint64_t difference, all;
    uint64_t first = __builtin_sub_overflow(a, b, &difference);
    uint64_t second = __builtin_sub_overflow(difference, *borrow, &all);
    *borrow = first | second;
    return all;
#endif
}

/* tr_limb_mul_add is a * b + c + *carry: the low limb; the high one goes to carry. */
static inline uint64_t tr_limb_mul_add(uint64_t a, uint64_t b, uint64_t c, uint64_t *carry)
{
    unsigned __int128 t = (unsigned __int128)a * b + c + *carry;
    *carry = (uint64_t)(t >> 64);
    return (uint64_t)t;
}

/* Small numbers and the question whether one is small. */
static inline tr_u256 tr_u256_of(uint64_t x)
{
    return (tr_u256){{x, 0, 0, 0}};
}

static inline bool tr_u256_is_u64(tr_u256 a)
{
    return (a.w[1] | a.w[2] | a.w[3]) == 0;
}

/* tr_u256_to_u64 is the value, or UINT64_MAX when it does not fit. */
static inline uint64_t tr_u256_to_u64(tr_u256 a)
{
    return tr_u256_is_u64(a) ? a.w[0] : UINT64_MAX;
}

/* Comparison. */
static inline bool tr_u256_iszero(tr_u256 a)
{
    return (a.w[0] | a.w[1] | a.w[2] | a.w[3]) == 0;
}

static inline bool tr_u256_eq(tr_u256 a, tr_u256 b)
{
    return ((a.w[0] ^ b.w[0]) | (a.w[1] ^ b.w[1]) | (a.w[2] ^ b.w[2]) | (a.w[3] ^ b.w[3])) == 0;
}

static inline bool tr_u256_lt(tr_u256 a, tr_u256 b)
{
    uint64_t borrow = 0;
    for (unsigned i = 0; i < 4; i++) (void)tr_limb_sub(a.w[i], b.w[i], &borrow);
    return borrow != 0;
}

static inline bool tr_u256_gt(tr_u256 a, tr_u256 b)
{
    return tr_u256_lt(b, a);
}

static inline bool tr_u256_is_negative(tr_u256 a)
{
    return a.w[3] >> 63 != 0;
}

static inline bool tr_u256_slt(tr_u256 a, tr_u256 b)
{
    a.w[3] ^= (uint64_t)1 << 63;
    b.w[3] ^= (uint64_t)1 << 63;
    return tr_u256_lt(a, b);
}

static inline bool tr_u256_sgt(tr_u256 a, tr_u256 b)
{
    return tr_u256_slt(b, a);
}

/* tr_u256_cmp is below, equal to or above 0 as a is to b. */
static inline int tr_u256_cmp(tr_u256 a, tr_u256 b)
{
    return (int)tr_u256_lt(b, a) - (int)tr_u256_lt(a, b);
}

/* Sums.  The _carry and _borrow forms say whether the true result lies outside 256 bits. */
static inline tr_u256 tr_u256_add_carry(tr_u256 a, tr_u256 b, bool *carry)
{
    uint64_t c = 0;
    for (unsigned i = 0; i < 4; i++) a.w[i] = tr_limb_add(a.w[i], b.w[i], &c);
    *carry = c != 0;
    return a;
}

static inline tr_u256 tr_u256_sub_borrow(tr_u256 a, tr_u256 b, bool *borrow)
{
    uint64_t c = 0;
    for (unsigned i = 0; i < 4; i++) a.w[i] = tr_limb_sub(a.w[i], b.w[i], &c);
    *borrow = c != 0;
    return a;
}

static inline tr_u256 tr_u256_add(tr_u256 a, tr_u256 b)
{
    bool carry;
    return tr_u256_add_carry(a, b, &carry);
}

static inline tr_u256 tr_u256_sub(tr_u256 a, tr_u256 b)
{
    bool borrow;
    return tr_u256_sub_borrow(a, b, &borrow);
}

static inline tr_u256 tr_u256_neg(tr_u256 a)
{
    return tr_u256_sub(TR_U256_ZERO, a);
}

/* Products: the low 256 bits, and all 512. */
static inline tr_u256 tr_u256_mul(tr_u256 a, tr_u256 b)
{
    typedef unsigned __int128 two;
    two p00 = (two)a.w[0] * b.w[0], p01 = (two)a.w[0] * b.w[1], p10 = (two)a.w[1] * b.w[0];
    two high = (two)a.w[0] * b.w[2] + (two)a.w[1] * b.w[1] + (two)a.w[2] * b.w[0];
    uint64_t top = a.w[0] * b.w[3] + a.w[1] * b.w[2] + a.w[2] * b.w[1] + a.w[3] * b.w[0];
    two middle = (p00 >> 64) + (uint64_t)p01 + (uint64_t)p10;
    high += (p01 >> 64) + (p10 >> 64) + (middle >> 64) + ((two)top << 64);
    return (tr_u256){{(uint64_t)p00, (uint64_t)middle, (uint64_t)high, (uint64_t)(high >> 64)}};
}

static inline tr_u512 tr_u256_mul_full(tr_u256 a, tr_u256 b)
{
    tr_u512 r = {{0}};
    for (unsigned i = 0; i < 4; i++) {
        uint64_t c = 0;
        for (unsigned j = 0; j < 4; j++)
            r.w[i + j] = tr_limb_mul_add(a.w[i], b.w[j], r.w[i + j], &c);
        r.w[i + 4] = c;
    }
    return r;
}

/* Bits. */
static inline tr_u256 tr_u256_and(tr_u256 a, tr_u256 b)
{
    for (unsigned i = 0; i < 4; i++) a.w[i] &= b.w[i];
    return a;
}

static inline tr_u256 tr_u256_or(tr_u256 a, tr_u256 b)
{
    for (unsigned i = 0; i < 4; i++) a.w[i] |= b.w[i];
    return a;
}

static inline tr_u256 tr_u256_xor(tr_u256 a, tr_u256 b)
{
    for (unsigned i = 0; i < 4; i++) a.w[i] ^= b.w[i];
    return a;
}

static inline tr_u256 tr_u256_not(tr_u256 a)
{
    for (unsigned i = 0; i < 4; i++) a.w[i] = ~a.w[i];
    return a;
}

/* tr_u256_bit_length is the place of the highest bit set, counted from 1; 0 for zero. */
static inline unsigned tr_u256_bit_length(tr_u256 a)
{
    for (unsigned i = 4; i-- > 0;)
        if (a.w[i] != 0) return 64 * i + 64 - tr_clz64(a.w[i]);
    return 0;
}

/* tr_u256_clz counts leading zeros; 256 for zero. */
static inline unsigned tr_u256_clz(tr_u256 a)
{
    return 256 - tr_u256_bit_length(a);
}

static inline bool tr_u256_bit(tr_u256 a, unsigned n)
{
    return n < 256 && (a.w[n / 64] >> (n % 64) & 1) != 0;
}

/* Shifts by any count; from 256 on every bit is shifted out.  For a count that is a tr_u256 itself
 * use tr_u256_to_u64. */
static inline tr_u256 tr_u256_shl(tr_u256 a, uint64_t n)
{
    if (TR_UNLIKELY(n >= 256)) return TR_U256_ZERO;
    uint64_t from[9] = {0, 0, 0, 0, 0, a.w[0], a.w[1], a.w[2], a.w[3]};
    const uint64_t *at = from + 5 - n / 64;
    unsigned bits = n % 64;
    for (unsigned i = 0; i < 4; i++) a.w[i] = at[i] << bits | (at[(int)i - 1] >> 1) >> (63 - bits);
    return a;
}

/* The limbs of a with fill above them, shifted down by n < 256. */
static inline tr_u256 tr_u256_shift_down_(tr_u256 a, unsigned n, uint64_t fill)
{
    uint64_t from[9] = {a.w[0], a.w[1], a.w[2], a.w[3], fill, fill, fill, fill, fill};
    const uint64_t *at = from + n / 64;
    unsigned bits = n % 64;
    for (unsigned i = 0; i < 4; i++) a.w[i] = at[i] >> bits | (at[i + 1] << 1) << (63 - bits);
    return a;
}

static inline tr_u256 tr_u256_shr(tr_u256 a, uint64_t n)
{
    return TR_UNLIKELY(n >= 256) ? TR_U256_ZERO : tr_u256_shift_down_(a, (unsigned)n, 0);
}

/* tr_u256_sar shifts the sign in from above. */
static inline tr_u256 tr_u256_sar(tr_u256 a, uint64_t n)
{
    uint64_t sign = (uint64_t)0 - (a.w[3] >> 63);
    if (TR_UNLIKELY(n >= 256)) return (tr_u256){{sign, sign, sign, sign}};
    return tr_u256_shift_down_(a, (unsigned)n, sign);
}

/* tr_u256_byte is byte i of a counted from the most significant one; 0 beyond the 32nd. */
static inline tr_u256 tr_u256_byte(tr_u256 a, uint64_t i)
{
    if (i >= 32) return TR_U256_ZERO;
    return tr_u256_of(a.w[3 - i / 8] >> (8 * (7 - i % 8)) & 0xff);
}

/* tr_u256_signextend reads the lowest i + 1 bytes of a as a signed number; from i = 31 on that is
 * a itself. */
static inline tr_u256 tr_u256_signextend(tr_u256 a, uint64_t i)
{
    if (i >= 31) return a;
    unsigned above = 8 * (31 - (unsigned)i);
    return tr_u256_sar(tr_u256_shl(a, above), above);
}

/* Bytes, most significant first. */
static inline tr_u256 tr_u256_from_be(const uint8_t from[32])
{
    return (tr_u256){
        {tr_load64be(from + 24), tr_load64be(from + 16), tr_load64be(from + 8), tr_load64be(from)}};
}

static inline void tr_u256_to_be(tr_u256 a, uint8_t to[32])
{
    for (unsigned i = 0; i < 4; i++) tr_store64be(to + 8 * i, a.w[3 - i]);
}

/* tr_u256_from_be_short reads at most 32 bytes; of more it takes the last 32. */
tr_u256 tr_u256_from_be_short(tr_bytes from);

/* tr_u256_to_be_short writes the bytes without leading zeros and says how many: 0 for zero. */
unsigned tr_u256_to_be_short(tr_u256 a, uint8_t to[32]);

/* Division.  By zero everything is zero.  sdiv rounds towards zero, smod takes the sign of a;
 * the lowest number divided by -1 is itself. */
tr_u256 tr_u256_div(const tr_u256 *a, const tr_u256 *b);
tr_u256 tr_u256_mod(const tr_u256 *a, const tr_u256 *b);
tr_u256 tr_u256_sdiv(const tr_u256 *a, const tr_u256 *b);
tr_u256 tr_u256_smod(const tr_u256 *a, const tr_u256 *b);
tr_u256 tr_u256_divmod(const tr_u256 *a, const tr_u256 *b, tr_u256 *rest);

/* tr_u256_div_u64 divides by one limb, which must not be 0. */
tr_u256 tr_u256_div_u64(const tr_u256 *a, uint64_t b, uint64_t *rest);

/* a + b and a * b modulo m, without loss; zero when m is. */
tr_u256 tr_u256_addmod(const tr_u256 *a, const tr_u256 *b, const tr_u256 *m);
tr_u256 tr_u256_mulmod(const tr_u256 *a, const tr_u256 *b, const tr_u256 *m);

/* tr_u512_mod is the rest of 512 bits. */
tr_u256 tr_u512_mod(const tr_u512 *a, const tr_u256 *m);

/* tr_u256_exp is base to the power of exponent modulo 2^256; 1 when the exponent is 0. */
tr_u256 tr_u256_exp(const tr_u256 *base, const tr_u256 *exponent);

/* Text.  The readers take digits only (tr_u256_from_hex also a 0x before them), at least one, with
 * any number of leading zeros.  TR_E_SYNTAX: something else; TR_E_RANGE: 2^256 or more.  The trail
 * gets the offset. */
enum {
    TR_U256_DEC_TEXT = 79, /* 78 digits and the ending zero */
    TR_U256_HEX_TEXT = 67, /* 0x, 64 digits and the ending zero */
};
TR_NODISCARD tr_err tr_u256_from_dec(tr_trail *trail, tr_bytes text, tr_u256 *out);
TR_NODISCARD tr_err tr_u256_from_hex(tr_trail *trail, tr_bytes text, tr_u256 *out);

/* The writers end the text with a zero byte and return its length.  Hex begins with 0x and has no
 * leading zeros ("0x0" for zero), the form of JSON-RPC quantities. */
size_t tr_u256_to_dec(tr_u256 a, char text[TR_U256_DEC_TEXT]);
size_t tr_u256_to_hex(tr_u256 a, char text[TR_U256_HEX_TEXT]);

#endif
