/* Baby Jubjub: the twisted Edwards curve 168700 x^2 + y^2 = 1 + 168696 x^2 y^2 over BN254's scalar
 * field, and EdDSA over it with Poseidon or MiMC-7 as its hash: signatures that circuits check. */
#ifndef TR_CURVE_BABYJUB_H
#define TR_CURVE_BABYJUB_H

#include "field/prime.h"

typedef struct tr_bjj_point {
    tr_bn_fr x, y;
} tr_bjj_point;

extern const tr_bjj_point
    tr_bjj_base; /* generates the subgroup of prime order (circomlib's Base8) */

/* Sums and multiples of points on the curve, the neutral one (0, 1) included. */
bool tr_bjj_on_curve(const tr_bjj_point *a);
bool tr_bjj_in_subgroup(const tr_bjj_point *a);
void tr_bjj_add(const tr_bjj_point *a, const tr_bjj_point *b, tr_bjj_point *out);
void tr_bjj_mul(const tr_bjj_point *a, const uint8_t scalar[32],
                tr_bjj_point *out); /* big-endian */

/* Packed: y little-endian, the sign of x in the top bit.  Strict.  TR_E_POINT. */
TR_NODISCARD tr_err tr_bjj_unpack(tr_trail *trail, const uint8_t in[32], tr_bjj_point *out);
void tr_bjj_pack(const tr_bjj_point *in, uint8_t out[32]);

typedef enum tr_bjj_hash { TR_BJJ_POSEIDON, TR_BJJ_MIMC7 } tr_bjj_hash;

/* A private key is 32 bytes; BLAKE-512 spreads it, as circomlib's JavaScript does.  Public keys and
 * signatures are made in a time that does not depend on the key, checked in one that depends on
 * everything.  s is big-endian.
 *
 * tr_bjj_verify multiplies the key by 8, as all verifiers of these signatures do: key and r8 may be
 * any points of the curve.  TR_E_POINT: one is not on it; TR_E_SIGNATURE_RANGE: s is not below the
 * order; TR_E_SIGNATURE: it is not this key's signature of message. */
void tr_bjj_pubkey(const uint8_t key[32], tr_bjj_point *out);
TR_NODISCARD tr_err tr_bjj_sign(tr_bjj_hash hash, const uint8_t key[32], const tr_bn_fr *message,
                                tr_bjj_point *r8, uint8_t s[32]);
TR_NODISCARD tr_err tr_bjj_verify(tr_trail *trail, tr_bjj_hash hash, const tr_bjj_point *key,
                                  const tr_bn_fr *message, const tr_bjj_point *r8,
                                  const uint8_t s[32]);

#endif
