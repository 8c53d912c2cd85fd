/* BLS12-381: the curve of Ethereum's validators, blobs and newer pairing precompiles.
 *
 *   G1  y^2 = x^3 + 4 over the prime field          a subgroup, which is checked
 *   G2  y^2 = x^3 + 4 (1 + u) over its extension    a subgroup, which is checked
 *
 * Public data only, but for tr_bls_sign, which is constant-time in the secret. */
#ifndef TR_CURVE_BLS12_381_H
#define TR_CURVE_BLS12_381_H

#include "base/exec.h"
#include "field/tower.h"

/* Affine; infinity is x = y = 0. */
typedef struct tr_bls_g1 {
    tr_bls_fp x, y;
} tr_bls_g1;

typedef struct tr_bls_g2 {
    tr_bls_fp2 x, y;
} tr_bls_g2;

extern const tr_bls_g1 tr_bls_g1_generator;
extern const tr_bls_g2 tr_bls_g2_generator;

/* The compressed form of the field (48 and 96 bytes; three flag bits on top: compressed, infinity,
 * the larger y) and the uncompressed one (96, 192).  Strict: flags, coordinates below the modulus,
 * on the curve, in the subgroup.  TR_E_POINT. */
TR_NODISCARD tr_err tr_bls_g1_decompress(tr_trail *trail, const uint8_t in[48], tr_bls_g1 *out);
TR_NODISCARD tr_err tr_bls_g2_decompress(tr_trail *trail, const uint8_t in[96], tr_bls_g2 *out);
void tr_bls_g1_compress(const tr_bls_g1 *in, uint8_t out[48]);
void tr_bls_g2_compress(const tr_bls_g2 *in, uint8_t out[96]);
TR_NODISCARD tr_err tr_bls_g1_parse(tr_trail *trail, const uint8_t in[96], tr_bls_g1 *out);
TR_NODISCARD tr_err tr_bls_g2_parse(tr_trail *trail, const uint8_t in[192], tr_bls_g2 *out);
void tr_bls_g1_serialize(const tr_bls_g1 *in, uint8_t out[96]);
void tr_bls_g2_serialize(const tr_bls_g2 *in, uint8_t out[192]);

/* The form of the precompiles (EIP-2537): each coordinate 64 bytes, the top 16 zero; infinity all
 * zeros; c0 before c1.  On the curve; the subgroup only if asked for. */
TR_NODISCARD tr_err tr_bls_g1_read(tr_trail *trail, const uint8_t in[128], bool subgroup,
                                   tr_bls_g1 *out);
TR_NODISCARD tr_err tr_bls_g2_read(tr_trail *trail, const uint8_t in[256], bool subgroup,
                                   tr_bls_g2 *out);
void tr_bls_g1_write(const tr_bls_g1 *in, uint8_t out[128]);
void tr_bls_g2_write(const tr_bls_g2 *in, uint8_t out[256]);
bool tr_bls_fp_read_padded(tr_bls_fp *out, const uint8_t in[64]); /* one coordinate; false: no */

bool tr_bls_g1_is_infinity(const tr_bls_g1 *a);
bool tr_bls_g2_is_infinity(const tr_bls_g2 *a);
bool tr_bls_g1_eq(const tr_bls_g1 *a, const tr_bls_g1 *b);
bool tr_bls_g2_eq(const tr_bls_g2 *a, const tr_bls_g2 *b);
bool tr_bls_g1_on_curve(const tr_bls_g1 *a);
bool tr_bls_g2_on_curve(const tr_bls_g2 *a);
bool tr_bls_g1_in_subgroup(const tr_bls_g1 *a); /* of points on the curve */
bool tr_bls_g2_in_subgroup(const tr_bls_g2 *a);

/* Groups.  A scalar is 32 bytes big-endian, any number.  Points that are added may be any of the
 * curve; those that are multiplied must be in the subgroup, but for the functions named any. */
void tr_bls_g1_add(const tr_bls_g1 *a, const tr_bls_g1 *b, tr_bls_g1 *out);
void tr_bls_g2_add(const tr_bls_g2 *a, const tr_bls_g2 *b, tr_bls_g2 *out);
void tr_bls_g1_neg(const tr_bls_g1 *a, tr_bls_g1 *out);
void tr_bls_g2_neg(const tr_bls_g2 *a, tr_bls_g2 *out);
void tr_bls_g1_mul(const tr_bls_g1 *a, const uint8_t scalar[32], tr_bls_g1 *out);
void tr_bls_g2_mul(const tr_bls_g2 *a, const uint8_t scalar[32], tr_bls_g2 *out);
void tr_bls_g1_mul_any(const tr_bls_g1 *a, const uint8_t scalar[32], tr_bls_g1 *out);
void tr_bls_g2_mul_any(const tr_bls_g2 *a, const uint8_t scalar[32], tr_bls_g2 *out);

/* Sums of n products of points of the subgroup; scalars are field elements. */
TR_NODISCARD tr_err tr_bls_g1_msm(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, size_t n,
                                  const tr_bls_g1 points[], const tr_bls_fr scalars[],
                                  tr_bls_g1 *out);
TR_NODISCARD tr_err tr_bls_g2_msm(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, size_t n,
                                  const tr_bls_g2 points[], const tr_bls_fr scalars[],
                                  tr_bls_g2 *out);

/* Pairings, as in curve/bn254.h. */
typedef struct tr_bls_gt {
    tr_bls_fp2 c[6];
} tr_bls_gt;
void tr_bls_pairing(size_t n, const tr_bls_g1 a[], const tr_bls_g2 b[], tr_bls_gt *out);
bool tr_bls_pairing_is_one(size_t n, const tr_bls_g1 a[], const tr_bls_g2 b[]);
bool tr_bls_gt_eq(const tr_bls_gt *a, const tr_bls_gt *b);
void tr_bls_gt_mul(const tr_bls_gt *a, const tr_bls_gt *b, tr_bls_gt *out);

/* Hash to curve (RFC 9380, SHA-256, the simplified map and its isogenies), and its parts: the
 * precompiles' maps of one field element, which clear the cofactor. */
TR_NODISCARD tr_err tr_expand_message_sha256(tr_bytes message, tr_bytes tag, uint8_t *out,
                                             size_t len);
void tr_bls_hash_to_g1(tr_bytes message, tr_bytes tag, tr_bls_g1 *out);
void tr_bls_hash_to_g2(tr_bytes message, tr_bytes tag, tr_bls_g2 *out);
void tr_bls_encode_to_g1(tr_bytes message, tr_bytes tag, tr_bls_g1 *out); /* non-uniform */
void tr_bls_encode_to_g2(tr_bytes message, tr_bytes tag, tr_bls_g2 *out);
void tr_bls_map_to_g1(const tr_bls_fp *u, tr_bls_g1 *out);
void tr_bls_map_to_g2(const tr_bls_fp2 *u, tr_bls_g2 *out);

/* Signatures: public keys in G1, signatures in G2 (as Ethereum's validators have it), in the scheme
 * with proofs of possession: whoever adds up keys has checked the proof of each.  A key of infinity
 * is never valid.
 *
 * Errors: TR_E_KEY_RANGE (a secret that is none), TR_E_POINT (a key or signature is no point of its
 * group), TR_E_SIGNATURE (it does not verify), TR_E_ARGUMENT (an aggregate of nothing, too little
 * key material). */
typedef struct tr_bls_secret {
    uint8_t b[32]; /* 1 .. order - 1, big-endian */
} tr_bls_secret;

/* tr_bls_keygen makes a secret from ikm, at least 32 bytes of it, and info (HKDF).  The time of
 * pubkey, sign and prove_possession does not depend on the secret. */
TR_NODISCARD tr_err tr_bls_keygen(tr_bytes ikm, tr_bytes info, tr_bls_secret *out);
TR_NODISCARD tr_err tr_bls_pubkey(const tr_bls_secret *key, uint8_t out[48]);
TR_NODISCARD tr_err tr_bls_sign(const tr_bls_secret *key, tr_bytes message, uint8_t out[96]);
TR_NODISCARD tr_err tr_bls_verify(tr_trail *trail, const uint8_t key[48], tr_bytes message,
                                  const uint8_t signature[96]);
TR_NODISCARD tr_err tr_bls_aggregate(tr_trail *trail, size_t n, const uint8_t signatures[][96],
                                     uint8_t out[96]);
TR_NODISCARD tr_err tr_bls_aggregate_keys(tr_trail *trail, size_t n, const uint8_t keys[][48],
                                          uint8_t out[48]);

/* tr_bls_aggregate_verify: the i-th key has signed the i-th message; arena is as it was after. */
TR_NODISCARD tr_err tr_bls_aggregate_verify(tr_trail *trail, tr_arena *arena, size_t n,
                                            const uint8_t keys[][48], const tr_bytes messages[],
                                            const uint8_t signature[96]);

/* tr_bls_fast_aggregate_verify: all keys have signed one message. */
TR_NODISCARD tr_err tr_bls_fast_aggregate_verify(tr_trail *trail, size_t n,
                                                 const uint8_t keys[][48], tr_bytes message,
                                                 const uint8_t signature[96]);
TR_NODISCARD tr_err tr_bls_prove_possession(const tr_bls_secret *key, uint8_t out[96]);
TR_NODISCARD tr_err tr_bls_check_possession(tr_trail *trail, const uint8_t key[48],
                                            const uint8_t proof[96]);

/* The same for signatures of another scheme, by its tag (such as "..._NUL_"). */
TR_NODISCARD tr_err tr_bls_verify_tagged(tr_trail *trail, const uint8_t key[48], tr_bytes message,
                                         tr_bytes tag, const uint8_t signature[96]);
TR_NODISCARD tr_err tr_bls_aggregate_verify_tagged(tr_trail *trail, tr_arena *arena, size_t n,
                                                   const uint8_t keys[][48],
                                                   const tr_bytes messages[], tr_bytes tag,
                                                   const uint8_t signature[96]);

#endif
