/* KZG commitments to blobs: EIP-4844 (blobs and their proofs) and EIP-7594 (cells).
 *
 * A blob has 131,072 bytes, 4,096 numbers below the order of BLS12-381; a commitment and a proof 48
 * bytes; a cell 2,048, of which an extended blob has 128.  What works with blobs needs the points
 * of the public ceremony, a setup, which several threads may use at once.
 *
 * Errors: TR_E_RANGE (a number is not below the order), TR_E_POINT (a commitment or a proof is no
 * point of the group), TR_E_KZG (a proof does not prove it), TR_E_KZG_SETUP, TR_E_ARGUMENT,
 * TR_E_MEMORY, TR_E_LIMIT (too many at once), and of the setup's file what reading a file can
 * give. */
#ifndef TRESTLE_KZG_H
#define TRESTLE_KZG_H

#include <stddef.h>
#include <stdint.h>

#include "trestle/api.h"
#include "trestle/errors.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TR_KZG_SETUP_BLOB  131072
#define TR_KZG_SETUP_CELL  2048
#define TR_KZG_SETUP_CELLS 128

typedef struct tr_kzg_setup tr_kzg_setup;

/* tr_kzg_setup_open reads and checks a setup (some seconds); path NULL: the one of Ethereum's
 * ceremony that is installed with Trestle, looked for beside the program, beside the library, and
 * in /usr/local and /usr.  threads: how many the functions below may use, at most 256, 0 or 1 for
 * the caller's alone.  tr_kzg_setup_close gives it back; setup may be NULL. */
TR_API tr_err tr_kzg_setup_open(const char *path, unsigned threads, tr_kzg_setup **out);
TR_API void tr_kzg_setup_close(tr_kzg_setup *setup);

/* tr_kzg_setup_commit computes a blob's commitment. */
TR_API tr_err tr_kzg_setup_commit(const tr_kzg_setup *setup, const uint8_t *blob,
                                  uint8_t commitment[48]);

/* tr_kzg_setup_prove_blob proves that a commitment is its blob's, tr_kzg_setup_prove_point that the
 * blob's polynomial has the value y, which it gives, at z. */
TR_API tr_err tr_kzg_setup_prove_blob(const tr_kzg_setup *setup, const uint8_t *blob,
                                      const uint8_t commitment[48], uint8_t proof[48]);
TR_API tr_err tr_kzg_setup_prove_point(const tr_kzg_setup *setup, const uint8_t *blob,
                                       const uint8_t z[32], uint8_t proof[48], uint8_t y[32]);

/* tr_kzg_setup_check_blobs checks n blobs with their commitments and proofs, each kind one behind
 * the other. */
TR_API tr_err tr_kzg_setup_check_blobs(const tr_kzg_setup *setup, size_t n, const uint8_t *blobs,
                                       const uint8_t *commitments, const uint8_t *proofs);

/* tr_kzg_setup_cells makes all 128 cells of a blob, 262,144 bytes, with their proofs, 6,144 bytes
 * (NULL: cells only). */
TR_API tr_err tr_kzg_setup_cells(const tr_kzg_setup *setup, const uint8_t *blob, uint8_t *cells,
                                 uint8_t *proofs);

/* tr_kzg_setup_check_cells checks n cells, of any blobs: the i-th is cell indexes[i] of the blob of
 * the i-th commitment. */
TR_API tr_err tr_kzg_setup_check_cells(const tr_kzg_setup *setup, size_t n,
                                       const uint8_t *commitments, const uint64_t *indexes,
                                       const uint8_t *cells, const uint8_t *proofs);

/* tr_kzg_setup_recover gives all cells of a blob, and their proofs (or NULL), from n of them, at
 * least 64, whose indexes rise. */
TR_API tr_err tr_kzg_setup_recover(const tr_kzg_setup *setup, size_t n, const uint64_t *indexes,
                                   const uint8_t *cells, uint8_t *all_cells, uint8_t *proofs);

/* Without a setup: tr_kzg_check_point checks that the polynomial of a commitment has the value y at
 * z (the precompile at address 10); tr_kzg_hash gives a commitment's versioned hash. */
TR_API tr_err tr_kzg_check_point(const uint8_t commitment[48], const uint8_t z[32],
                                 const uint8_t y[32], const uint8_t proof[48]);
TR_API void tr_kzg_hash(const uint8_t commitment[48], uint8_t hash[32]);

#ifdef __cplusplus
}
#endif

#endif
