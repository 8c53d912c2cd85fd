/* What the files of KZG share. */
#ifndef TR_CURVE_KZG_INTERNAL_H
#define TR_CURVE_KZG_INTERNAL_H

#include "curve/bls12_381_internal.h"
#include "curve/kzg.h"
#include "field/ntt.h"

enum {
    TR_KZG_LOG = 12,      /* of the elements of a blob */
    TR_KZG_CELL_LOG = 6,  /* of the elements of a cell */
    TR_KZG_CELLS_LOG = 7, /* of the cells */
    TR_KZG_ALL_LOG = TR_KZG_LOG + 1,
    TR_KZG_ALL = 2 * TR_KZG_BLOB_FIELDS, /* elements of an extended blob */
    TR_KZG_G2 = 65,                      /* powers in G2 */
    TR_KZG_DIGITS = 129,                 /* of a half of a scalar */
};

/* Sums of products of points that stay: for each window of a digit the points times 2 to the power
 * of its place, in the backend's form, so that all windows share one set of buckets. */
typedef struct tr_kzg_table {
    size_t n;
    unsigned width, windows;
    tr_bls_g1 *points; /* window by window */
} tr_kzg_table;

/* The halves of a power of the root of order TR_KZG_CELLS, in digits. */
typedef struct tr_kzg_twiddle {
    int8_t digits[2][TR_KZG_DIGITS];
} tr_kzg_twiddle;

struct tr_kzg {
    tr_alloc *alloc;
    const tr_bls_backend *backend;
    tr_bls_domain *blob, *cell, *cells, *all; /* of 4096, 64, 128 and 8192 roots */
    tr_bls_fr *roots;                         /* 4096, in the order of a blob */
    tr_bls_fr *extended;                      /* the powers of the root of order 8192 */
    tr_bls_g1 *monomial;                      /* 4096 powers in G1 */
    tr_bls_g2 powers2[TR_KZG_G2];
    tr_kzg_twiddle *twiddles; /* of the powers 0 .. 127 */
    tr_kzg_table lagrange;    /* in the order of a blob */
    tr_kzg_table toeplitz;    /* of 128 groups of 64 points (kzg_cells.c) */
};

/* i with its log lowest bits in the opposite order. */
static inline size_t tr_kzg_reverse(size_t i, unsigned log)
{
    size_t out = 0;
    for (unsigned bit = 0; bit < log; bit++) out |= (i >> bit & 1) << (log - 1 - bit);
    return out;
}

/* tr_kzg_table_new: points times powers of two; points are plain.  tr_kzg_sums: for each of groups
 * equal parts of the table's points the sum of its products, side by side; scalars lie as the
 * points do. */
TR_NODISCARD tr_err tr_kzg_table_new(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec, size_t n,
                                     unsigned width, const tr_bls_g1 points[], tr_kzg_table *out);
void tr_kzg_table_free(const tr_kzg *kzg, tr_kzg_table *table);
TR_NODISCARD tr_err tr_kzg_sums(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec,
                                const tr_kzg_table *table, size_t groups, const tr_bls_fr scalars[],
                                tr_bls_g1 out[]);

/* Transforms of points, count times 128 of them side by side, in the backend's form; those of index
 * 64 and above are infinity before the first and not computed by the second.
 *   forward   natural order in, reversed order out: sums with the powers of the root
 *   inverse   reversed order in, natural order out: with those of its inverse, not divided */
TR_NODISCARD tr_err tr_kzg_points_forward(tr_trail *trail, const tr_kzg *kzg, size_t count,
                                          tr_bls_g1 points[]);
TR_NODISCARD tr_err tr_kzg_points_inverse(tr_trail *trail, const tr_kzg *kzg, size_t count,
                                          tr_bls_g1 points[]);

/* tr_kzg_toeplitz_new makes the table toeplitz. */
TR_NODISCARD tr_err tr_kzg_toeplitz_new(tr_trail *trail, tr_kzg *kzg, tr_exec *exec);

/* The challenges (Fiat and Shamir's), for tests too. */
void tr_kzg_blob_challenge(const uint8_t *blob, const uint8_t commitment[48], tr_bls_fr *out);
/* commitments: each once; which: the place there of each cell's. */
void tr_kzg_cells_challenge(size_t commitment_count, const uint8_t *const commitments[], size_t n,
                            const uint64_t which[], const uint64_t indexes[],
                            const uint8_t *const cells[], const uint8_t proofs[][48],
                            tr_bls_fr *out);

/* count elements of 32 bytes.  TR_E_RANGE. */
TR_NODISCARD tr_err tr_kzg_read(tr_trail *trail, const uint8_t *bytes, size_t count,
                                tr_bls_fr out[]);

/* tr_kzg_find looks for the ceremony's file from the program's place on; false: not there.  On
 * hosts. */
bool tr_kzg_find(char *path, size_t size);

/* Memory; TR_E_MEMORY. */
TR_NODISCARD tr_err tr_kzg_get(tr_trail *trail, const tr_kzg *kzg, size_t size, void *out);

#endif
