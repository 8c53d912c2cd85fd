/* Signatures over secp256k1: ECDSA as Ethereum has it, BIP-340 Schnorr, Diffie-Hellman.
 *
 * Numbers are big-endian bytes.  A private key has 32 bytes; a public key 64, x and y; a signature
 * 64, r and s, or 65 with a last byte that says which of the possible keys signed (0 or 1; in
 * theory 2 and 3).  All functions may be called from several threads; none keeps a key. */
#ifndef TRESTLE_SIGNATURE_H
#define TRESTLE_SIGNATURE_H

#include <stddef.h>
#include <stdint.h>

#include "trestle/api.h"
#include "trestle/errors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* tr_signature_public_key computes the public key of a private one.  TR_E_KEY_RANGE: it is zero or
 * not below the order of the curve. */
TR_API tr_err tr_signature_public_key(const uint8_t key[32], uint8_t public_key[64]);

/* tr_signature_parse_key reads a public key of 33 or 65 bytes, tr_signature_compress_key writes the
 * form of 33.  TR_E_POINT: it is no point of the curve. */
TR_API tr_err tr_signature_parse_key(const uint8_t *data, size_t len, uint8_t public_key[64]);
TR_API void tr_signature_compress_key(const uint8_t public_key[64], uint8_t out[33]);

/* tr_signature_address is the address of a public key's account. */
TR_API void tr_signature_address(const uint8_t public_key[64], uint8_t address[20]);

/* tr_signature_sign signs a hash, always in the same way (RFC 6979), with a low s.
 * TR_E_KEY_RANGE. */
TR_API tr_err tr_signature_sign(const uint8_t key[32], const uint8_t hash[32],
                                uint8_t signature[65]);

/* tr_signature_verify: TR_E_SIGNATURE when public_key did not sign the hash, TR_E_SIGNATURE_RANGE,
 * TR_E_POINT.  A high s is accepted: see tr_signature_is_low_s. */
TR_API tr_err tr_signature_verify(const uint8_t public_key[64], const uint8_t hash[32],
                                  const uint8_t signature[64]);

/* tr_signature_is_low_s is 1 when s is at most half the order, which Ethereum asks of transactions,
 * so that nobody can turn a signature into a second one; else 0. */
TR_API int tr_signature_is_low_s(const uint8_t signature[64]);

/* tr_signature_recover finds the address that signed, tr_signature_recover_key the public key. */
TR_API tr_err tr_signature_recover(const uint8_t hash[32], const uint8_t signature[65],
                                   uint8_t address[20]);
TR_API tr_err tr_signature_recover_key(const uint8_t hash[32], const uint8_t signature[65],
                                       uint8_t public_key[64]);

/* tr_signature_recover_many finds n addresses: hashes of 32 bytes, signatures of 65 and addresses
 * of 20 lie one behind the other.  ok[i] is 1 where one was found; where it is 0 the address is
 * zero.  Returns how many were found. */
TR_API size_t tr_signature_recover_many(size_t n, const uint8_t *hashes, const uint8_t *signatures,
                                        uint8_t *addresses, uint8_t *ok);

/* tr_signature_schnorr_sign makes a BIP-340 signature of a message of any length; aux is 32 random
 * bytes or NULL.  tr_signature_schnorr_verify checks one; a public key is x alone. */
TR_API tr_err tr_signature_schnorr_sign(const uint8_t key[32], const uint8_t *message, size_t len,
                                        const uint8_t *aux, uint8_t signature[64]);
TR_API tr_err tr_signature_schnorr_verify(const uint8_t public_x[32], const uint8_t *message,
                                          size_t len, const uint8_t signature[64]);

/* tr_signature_schnorr_verify_many verifies n of them together, several times as fast as one after
 * the other: keys of 32 bytes and signatures of 64 lie one behind the other, message i is lens[i]
 * bytes at messages[i].  ok[i] is 1 where one is good, else 0; returns how many are. */
TR_API size_t tr_signature_schnorr_verify_many(size_t n, const uint8_t *public_xs,
                                               const uint8_t *const messages[], const size_t lens[],
                                               const uint8_t *signatures, uint8_t *ok);

/* tr_signature_p256_verify checks a signature over P-256 (secp256r1), as passkeys make them and the
 * precompile at address 0x100 takes them: TR_E_SIGNATURE when it is not public_key's. */
TR_API tr_err tr_signature_p256_verify(const uint8_t public_key[64], const uint8_t hash[32],
                                       const uint8_t signature[64]);

/* tr_signature_shared_x is the x of the point that key and the owner of public_key share. */
TR_API tr_err tr_signature_shared_x(const uint8_t key[32], const uint8_t public_key[64],
                                    uint8_t shared[32]);

#ifdef __cplusplus
}
#endif

#endif
