/* KZG commitments to blobs: EIP-4844 (blobs and their proofs) and EIP-7594 (cells).
 *
 * A setup is the public ceremony's points; it is read from its file, checked (which takes seconds),
 * and shared by any number of threads, as the allocator that it was made with must be: what the
 * functions need for a while comes from there.  Tables of the points' multiples make up its 35 MB.
 * Verification of one proof (the precompile at address 10) needs two points of it only and is part
 * of the guest closure: tr_kzg_point_check. */
#ifndef TR_CURVE_KZG_H
#define TR_CURVE_KZG_H

#include "base/exec.h"
#include "curve/bls12_381.h"

enum {
    TR_KZG_BLOB_FIELDS = 4096,
    TR_KZG_BLOB = 131072,
    TR_KZG_POINT = 48,
    TR_KZG_CELLS = 128, /* of an extended blob */
    TR_KZG_CELL = 2048, /* bytes */
    TR_KZG_CELL_FIELDS = 64,
};

/* tr_kzg_point_check: does the polynomial of the commitment have the value y at z?  All four
 * strict. TR_E_POINT, TR_E_RANGE (z or y not below the order), TR_E_KZG (it does not). */
TR_NODISCARD tr_err tr_kzg_point_check(tr_trail *trail, const uint8_t commitment[48],
                                       const uint8_t z[32], const uint8_t y[32],
                                       const uint8_t proof[48]);

/* tr_kzg_versioned_hash is 01 and the rest of the SHA-256 of a commitment. */
tr_hash tr_kzg_versioned_hash(const uint8_t commitment[48]);

typedef struct tr_kzg tr_kzg;

/* tr_kzg_new reads the ceremony's text (trusted_setup.txt: 4096, 65, points in hex: Lagrange G1,
 * monomial G2, monomial G1) and checks it: counts, every point in its subgroup, generators first,
 * consecutive powers of one secret (by pairings over random combinations), Lagrange points that
 * belong to the monomial ones.  TR_E_KZG_SETUP. */
TR_NODISCARD tr_err tr_kzg_new(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, tr_bytes text,
                               tr_kzg **out);
void tr_kzg_free(tr_kzg *kzg);

/* tr_kzg_load reads the setup from a file; path NULL: the ceremony's, which comes with Trestle
 * (share/trestle/kzg/trusted_setup.txt, found from the program's or the library's place).  On
 * hosts. */
TR_NODISCARD tr_err tr_kzg_load(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, const char *path,
                                tr_kzg **out);

/* Blobs.  TR_E_RANGE: a field element is not below the order.  TR_E_POINT, TR_E_KZG (a proof does
 * not prove its blob). */
TR_NODISCARD tr_err tr_kzg_commit(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec,
                                  const uint8_t *blob, uint8_t commitment[48]);
TR_NODISCARD tr_err tr_kzg_prove(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec,
                                 const uint8_t *blob, const uint8_t z[32], uint8_t proof[48],
                                 uint8_t y[32]);
TR_NODISCARD tr_err tr_kzg_prove_blob(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec,
                                      const uint8_t *blob, const uint8_t commitment[48],
                                      uint8_t proof[48]);
TR_NODISCARD tr_err tr_kzg_check_blobs(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec, size_t n,
                                       const uint8_t *const blobs[],
                                       const uint8_t commitments[][48], const uint8_t proofs[][48]);

/* Cells.  cells is TR_KZG_CELLS of TR_KZG_CELL bytes; proofs may be NULL (cells only).  Of cells
 * that are checked commitments, indexes and proofs are one for each; the same commitment may come
 * often, and so may a cell.  TR_E_ARGUMENT: an index is not below TR_KZG_CELLS. */
TR_NODISCARD tr_err tr_kzg_cells(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec,
                                 const uint8_t *blob, uint8_t *cells, uint8_t proofs[][48]);
TR_NODISCARD tr_err tr_kzg_check_cells(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec, size_t n,
                                       const uint8_t *const commitments[], const uint64_t indexes[],
                                       const uint8_t *const cells[], const uint8_t proofs[][48]);
/* From any half of them or more; indexes rise (TR_E_ARGUMENT).  TR_E_KZG: more than half, and no
 * blob has them all. */
TR_NODISCARD tr_err tr_kzg_recover(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec, size_t n,
                                   const uint64_t indexes[], const uint8_t *const cells[],
                                   uint8_t *all_cells, uint8_t proofs[][48]);

#endif
