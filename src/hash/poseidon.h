/* Hashes over fields, which circuits and STARKs can afford: Poseidon over BN254's scalar field with
 * circomlib's parameters, Poseidon2 over it and over KoalaBear.
 *
 * Tables over BN254 are made when they are first used, by the published procedures: the first hash
 * of a width takes longer, and up to 80 kB of stack.  Any thread may be the first. */
#ifndef TR_HASH_POSEIDON_H
#define TR_HASH_POSEIDON_H

#include "field/koalabear.h"
#include "field/prime.h"

enum { TR_POSEIDON_INPUTS = 16 };

/* tr_poseidon hashes 1 to 16 field elements (circomlib's poseidon([...])); TR_E_ARGUMENT else. */
TR_NODISCARD tr_err tr_poseidon(size_t n, const tr_bn_fr in[], tr_bn_fr *out);

/* tr_poseidon_bytes is the same on numbers of 32 bytes, most significant first; TR_E_RANGE if one
 * is not below the modulus. */
TR_NODISCARD tr_err tr_poseidon_bytes(size_t n, const uint8_t in[], uint8_t out[32]);

/* tr_poseidon2_bn permutes 2, 3 or 4 elements; TR_E_ARGUMENT else.  tr_poseidon2_bn_bytes does so
 * with numbers of 32 bytes as tr_poseidon_bytes; in and out may be the same. */
TR_NODISCARD tr_err tr_poseidon2_bn(size_t width, tr_bn_fr state[]);
TR_NODISCARD tr_err tr_poseidon2_bn_bytes(size_t width, const uint8_t in[], uint8_t out[]);

/* tr_mimc7 is circomlib's multiHash of MiMC-7 with 91 rounds; key is zero where there is none. */
void tr_mimc7(size_t n, const tr_bn_fr in[], const tr_bn_fr *key, tr_bn_fr *out);

/* Poseidon2 over KoalaBear: one state, and n states (16 at a time with AVX-512). */
void tr_poseidon2_kb16(tr_koalabear state[16]);
void tr_poseidon2_kb24(tr_koalabear state[24]);
void tr_poseidon2_kb16_many(size_t n, tr_koalabear states[][16]);
void tr_poseidon2_kb24_many(size_t n, tr_koalabear states[][24]);

#endif
