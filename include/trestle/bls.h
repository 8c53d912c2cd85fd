/* BLS signatures over BLS12-381, as Ethereum's validators have them: public keys of 48 bytes in G1,
 * signatures of 96 in G2, messages of any length, the scheme with proofs of possession.
 *
 * A private key is a number from 1 to the order less 1, 32 bytes, big-endian.  Whoever adds up keys
 * must have checked the proof of possession of each.  Errors: TR_E_KEY_RANGE (a private key that is
 * none), TR_E_POINT (a key or a signature is no point of its group, or the key is infinity),
 * TR_E_SIGNATURE (it does not verify), TR_E_ARGUMENT (nothing to add up, too little to make a key
 * of), TR_E_MEMORY.  All functions may be called from several threads; none keeps a key. */
#ifndef TRESTLE_BLS_H
#define TRESTLE_BLS_H

#include <stddef.h>
#include <stdint.h>

#include "trestle/api.h"
#include "trestle/errors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* tr_bls12_make_key makes a private key of at least 32 secret bytes, and info, which may be empty
 * (EIP-2333's and the standard's HKDF); tr_bls12_public_key computes its public key. */
TR_API tr_err tr_bls12_make_key(const uint8_t *secret, size_t len, const uint8_t *info,
                                size_t info_len, uint8_t key[32]);
TR_API tr_err tr_bls12_public_key(const uint8_t key[32], uint8_t public_key[48]);

/* tr_bls12_sign signs a message, always in the same way; tr_bls12_verify: TR_E_SIGNATURE when it is
 * not public_key's. */
TR_API tr_err tr_bls12_sign(const uint8_t key[32], const uint8_t *message, size_t len,
                            uint8_t signature[96]);
TR_API tr_err tr_bls12_verify(const uint8_t public_key[48], const uint8_t *message, size_t len,
                              const uint8_t signature[96]);

/* tr_bls12_add_signatures adds up n signatures, tr_bls12_add_keys n public keys, which lie one
 * behind the other. */
TR_API tr_err tr_bls12_add_signatures(size_t n, const uint8_t *signatures, uint8_t out[96]);
TR_API tr_err tr_bls12_add_keys(size_t n, const uint8_t *public_keys, uint8_t out[48]);

/* tr_bls12_verify_same: the owners of all n keys have signed one message, and the signature is the
 * sum.  tr_bls12_verify_each: the owner of the i-th key has signed the i-th message. */
TR_API tr_err tr_bls12_verify_same(size_t n, const uint8_t *public_keys, const uint8_t *message,
                                   size_t len, const uint8_t signature[96]);
TR_API tr_err tr_bls12_verify_each(size_t n, const uint8_t *public_keys,
                                   const uint8_t *const messages[], const size_t lens[],
                                   const uint8_t signature[96]);

/* tr_bls12_prove_possession proves that whoever names a public key has its private one;
 * tr_bls12_check_possession checks that. */
TR_API tr_err tr_bls12_prove_possession(const uint8_t key[32], uint8_t proof[96]);
TR_API tr_err tr_bls12_check_possession(const uint8_t public_key[48], const uint8_t proof[96]);

#ifdef __cplusplus
}
#endif

#endif
