/* Hashes.  Each function takes len bytes at data (NULL only if len is 0); only the one over a
 * field can fail.  The fastest code that the processor has is used; results are the same
 * everywhere.
 *
 * The _many forms hash n messages at once, which on a machine with AVX-512 takes a fraction of the
 * time of n calls.  All functions may be called from several threads. */
#ifndef TRESTLE_HASH_H
#define TRESTLE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "trestle/api.h"
#include "trestle/errors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* tr_hash_keccak256 and tr_hash_keccak512 are keccak as Ethereum has it (not SHA-3). */
TR_API void tr_hash_keccak256(const uint8_t *data, size_t len, uint8_t out[32]);
TR_API void tr_hash_keccak512(const uint8_t *data, size_t len, uint8_t out[64]);

/* tr_hash_sha256, tr_hash_sha512: SHA-2.  tr_hash_ripemd160: RIPEMD-160. */
TR_API void tr_hash_sha256(const uint8_t *data, size_t len, uint8_t out[32]);
TR_API void tr_hash_sha512(const uint8_t *data, size_t len, uint8_t out[64]);
TR_API void tr_hash_ripemd160(const uint8_t *data, size_t len, uint8_t out[20]);

/* tr_hash_keccak256_many and tr_hash_sha256_many hash n messages: message i is the lens[i] bytes at
 * data[i], and its hash goes to the 32 bytes at out + 32 * i, which overlap no message. */
TR_API void tr_hash_keccak256_many(size_t n, const uint8_t *const data[], const size_t lens[],
                                   uint8_t *out);
TR_API void tr_hash_sha256_many(size_t n, const uint8_t *const data[], const size_t lens[],
                                uint8_t *out);

/* tr_hash_blake2b_f is the compression function of BLAKE2b with a number of rounds (EIP-152): h is
 * changed; t is the number of bytes so far, low word first; final is not 0 for the last block. */
TR_API void tr_hash_blake2b_f(uint32_t rounds, uint64_t h[8], const uint64_t m[16],
                              const uint64_t t[2], int final);

/* tr_hash_poseidon is Poseidon over BN254's scalar field with circomlib's parameters, of 1 to 16
 * numbers of 32 bytes, most significant first, which lie one behind the other.  TR_E_ARGUMENT,
 * TR_E_RANGE: a number is not below the field's modulus. */
TR_API tr_err tr_hash_poseidon(size_t n, const uint8_t *in, uint8_t out[32]);

#ifdef __cplusplus
}
#endif

#endif
