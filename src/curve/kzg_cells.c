/* Cells of extended blobs and their proofs: EIP-7594.
 *
 * A blob's polynomial f is extended to the 8192 roots of unity, in reversed order; cell c has the
 * values on a coset h <w>, h = root^(reverse of c), w of order 64.  Its proof is f divided by X^64
 * - h^64 at the secret: the sum over k of h^(64 k) H_k, H_k being f shifted down by 64 (k + 1). All
 * of them are one transform of H, and H is 64 correlations of every 64th coefficient with every
 * 64th power of the secret, which are products of transforms of twice the length (D. Feist and D.
 * Khovratovich, "Fast amortized KZG proofs").  The transforms of the powers are in a table. */
#include "curve/kzg_internal.h"
#include "hash/sha2.h"

enum {
    HALF = TR_KZG_CELLS / 2,
    FIELD = 32,
    FIELDS = TR_KZG_CELL_FIELDS,
};

/* Of group g, point i: the transform of the powers i, 64 + i, 128 + i ... backwards, at the root's
 * power reverse(g). */
tr_err tr_kzg_toeplitz_new(tr_trail *trail, tr_kzg *kzg, tr_exec *exec)
{
    size_t size = (size_t)TR_KZG_CELLS * FIELDS * sizeof(tr_bls_g1);
    tr_bls_g1 *powers, *points;
    TR_TRY(tr_kzg_get(trail, kzg, 2 * size, &powers));
    points = powers + (size_t)TR_KZG_CELLS * FIELDS;
    memset(powers, 0, size);
    for (size_t i = 0; i < FIELDS; i++) {
        for (size_t t = 0; t + 1 < HALF; t++) {
            tr_bls_g1 *point = &powers[i * TR_KZG_CELLS + t];
            *point = kzg->monomial[t * FIELDS + i];
            if (kzg->backend->g1_enter != NULL) kzg->backend->g1_enter(point);
        }
    }
    tr_err err = tr_kzg_points_forward(trail, kzg, FIELDS, powers);
    for (size_t g = 0; g < TR_KZG_CELLS; g++) {
        size_t back = (TR_KZG_CELLS - tr_kzg_reverse(g, TR_KZG_CELLS_LOG)) % TR_KZG_CELLS;
        size_t from = tr_kzg_reverse(back, TR_KZG_CELLS_LOG);
        for (size_t i = 0; i < FIELDS; i++) {
            tr_bls_g1 *point = &points[g * FIELDS + i];
            *point = powers[i * TR_KZG_CELLS + from];
            if (kzg->backend->g1_leave != NULL) kzg->backend->g1_leave(point);
        }
    }
    if (err == TR_OK)
        err = tr_kzg_table_new(trail, kzg, exec, (size_t)TR_KZG_CELLS * FIELDS, 8, points,
                               &kzg->toeplitz);
    tr_alloc_put(kzg->alloc, powers, 2 * size);
    return err;
}

/* Swaps values into the opposite order of index bits, from natural order to a blob's or back. */
static void reorder(tr_bls_fr values[], unsigned log)
{
    for (size_t i = 0; i < (size_t)1 << log; i++) {
        size_t j = tr_kzg_reverse(i, log);
        if (i >= j) continue;
        tr_bls_fr t = values[i];
        values[i] = values[j];
        values[j] = t;
    }
}

typedef struct extension {
    tr_bls_fr f[TR_KZG_BLOB_FIELDS]; /* coefficients */
    union {
        tr_bls_fr values[TR_KZG_BLOB_FIELDS];
        tr_bls_fr scalars[TR_KZG_CELLS * TR_KZG_CELL_FIELDS];
    };
    tr_bls_fr column[TR_KZG_CELLS];
    tr_bls_g1 points[TR_KZG_CELLS];
} extension;

/* The values on the half of the roots that the blob does not have. */
static void extend(const tr_kzg *kzg, tr_exec *exec, extension *e, uint8_t *cells)
{
    memcpy(e->values, e->f, sizeof(e->values));
    tr_bls_ntt(kzg->blob, exec, &kzg->extended[1], e->values);
    for (size_t i = 0; i < TR_KZG_BLOB_FIELDS; i++)
        tr_bls_fr_write_be(cells + TR_KZG_BLOB + i * FIELD,
                           &e->values[tr_kzg_reverse(i, TR_KZG_LOG)]);
}

static tr_err prove_cells(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec, extension *e,
                          uint8_t proofs[][48])
{
    tr_bls_fr over;
    tr_bls_fr_of_u64(&over, TR_KZG_CELLS);
    tr_bls_fr_inv(&over, &over);
    for (size_t i = 0; i < FIELDS; i++) {
        memset(e->column, 0, sizeof(e->column));
        for (size_t u = 0; u + 1 < HALF; u++)
            tr_bls_fr_mul(&e->column[u], &e->f[(u + 1) * FIELDS + i], &over);
        tr_bls_ntt(kzg->cells, NULL, NULL, e->column);
        for (size_t g = 0; g < TR_KZG_CELLS; g++)
            e->scalars[g * FIELDS + i] = e->column[tr_kzg_reverse(g, TR_KZG_CELLS_LOG)];
    }
    TR_TRY(tr_kzg_sums(trail, kzg, exec, &kzg->toeplitz, TR_KZG_CELLS, e->scalars, e->points));
    TR_TRY(tr_kzg_points_inverse(trail, kzg, 1, e->points));
    TR_TRY(tr_kzg_points_forward(trail, kzg, 1, e->points));
    for (size_t c = 0; c < TR_KZG_CELLS; c++) {
        if (kzg->backend->g1_leave != NULL) kzg->backend->g1_leave(&e->points[c]);
        tr_bls_g1_compress(&e->points[c], proofs[c]);
    }
    return TR_OK;
}

tr_err tr_kzg_cells(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec, const uint8_t *blob,
                    uint8_t *cells, uint8_t proofs[][48])
{
    extension *e;
    TR_TRY(tr_kzg_get(trail, kzg, sizeof(*e), &e));
    tr_err err = tr_kzg_read(trail, blob, TR_KZG_BLOB_FIELDS, e->f);
    if (err == TR_OK) {
        memmove(cells, blob, TR_KZG_BLOB);
        reorder(e->f, TR_KZG_LOG);
        tr_bls_ntt_inverse(kzg->blob, exec, NULL, e->f);
        extend(kzg, exec, e, cells);
        if (proofs != NULL) err = prove_cells(trail, kzg, exec, e, proofs);
    }
    tr_alloc_put(kzg->alloc, e, sizeof(*e));
    return err;
}

/* What checking a batch of cells needs. */
typedef struct batch {
    size_t n, distinct;
    uint64_t *which; /* of a cell: the place of its commitment among the distinct ones */
    const uint8_t **commitments; /* distinct */
    tr_bls_g1 *points;           /* proofs, commitments, powers of the secret */
    tr_bls_fr *scalars, *powers; /* powers: of the challenge, for each cell */
    tr_bls_fr *columns;          /* for each cell index the weighed sum of its cells */
    tr_err *errs;                /* of points */
    uint8_t *memory;
    size_t size;
} batch;

static void *cut(uint8_t *base, size_t *used, size_t count, size_t size)
{
    void *part = base == NULL ? NULL : base + *used;
    *used += (count * size + 15) & ~(size_t)15;
    return part;
}

static size_t lay_out(batch *b, uint8_t *base)
{
    size_t used = 0, n = b->n;
    b->points = cut(base, &used, 2 * n + FIELDS, sizeof(*b->points));
    b->scalars = cut(base, &used, 2 * n + FIELDS, sizeof(*b->scalars));
    b->powers = cut(base, &used, n, sizeof(*b->powers));
    b->columns = cut(base, &used, TR_KZG_CELLS * FIELDS, sizeof(*b->columns));
    b->which = cut(base, &used, n, sizeof(*b->which));
    b->commitments = cut(base, &used, n, sizeof(*b->commitments));
    b->errs = cut(base, &used, 2 * n, sizeof(*b->errs));
    return used;
}

/* The distinct commitments in the order of their first cells.  Cells of one blob mostly come
 * together, or in the same order each time: the search goes on where it found the last one. */
static void find_distinct(batch *b, const uint8_t *const commitments[])
{
    size_t at = 0;
    for (size_t i = 0; i < b->n; i++) {
        size_t tries = 0;
        while (tries < b->distinct && b->commitments[at] != commitments[i] &&
               memcmp(b->commitments[at], commitments[i], TR_KZG_POINT) != 0) {
            at = at + 1 < b->distinct ? at + 1 : 0;
            tries++;
        }
        if (tries == b->distinct) {
            at = b->distinct++;
            b->commitments[at] = commitments[i];
        }
        b->which[i] = at;
    }
}

void tr_kzg_cells_challenge(size_t commitment_count, const uint8_t *const commitments[], size_t n,
                            const uint64_t which[], const uint64_t indexes[],
                            const uint8_t *const cells[], const uint8_t proofs[][48],
                            tr_bls_fr *out)
{
    uint8_t head[32];
    tr_sha256_state sha;
    tr_store64be(head, TR_KZG_BLOB_FIELDS);
    tr_store64be(head + 8, FIELDS);
    tr_store64be(head + 16, commitment_count);
    tr_store64be(head + 24, n);
    tr_sha256_init(&sha);
    tr_sha256_update(&sha, TR_LIT("RCKZGCBATCH__V1_"));
    tr_sha256_update(&sha, TR_VIEW(head));
    for (size_t i = 0; i < commitment_count; i++)
        tr_sha256_update(&sha, tr_bytes_of(commitments[i], TR_KZG_POINT));
    for (size_t i = 0; i < n; i++) {
        tr_store64be(head, which[i]);
        tr_store64be(head + 8, indexes[i]);
        tr_sha256_update(&sha, tr_bytes_of(head, 16));
        tr_sha256_update(&sha, tr_bytes_of(cells[i], TR_KZG_CELL));
        tr_sha256_update(&sha, tr_bytes_of(proofs[i], TR_KZG_POINT));
    }
    tr_hash hash = tr_sha256_final(&sha);
    tr_bls_fr_reduce_be(out, hash.b, sizeof(hash.b));
}

typedef struct points_job {
    const batch *b;
    const uint8_t (*proofs)[48];
} points_job;

static void read_point(void *context, size_t index)
{
    const points_job *job = context;
    const batch *b = job->b;
    const uint8_t *bytes = index < b->n ? job->proofs[index] : b->commitments[index - b->n];
    b->errs[index] = tr_bls_g1_decompress(NULL, bytes, &b->points[index]);
}

static tr_err read_points(tr_trail *trail, tr_exec *exec, const batch *b,
                          const uint8_t proofs[][48])
{
    points_job job = {.b = b, .proofs = proofs};
    tr_exec_run(exec, b->n + b->distinct, read_point, &job);
    for (size_t i = 0; i < b->n + b->distinct; i++)
        if (b->errs[i] != TR_OK)
            return tr_fail(trail, b->errs[i], "%s %zu is no point of the subgroup",
                           i < b->n ? "proof" : "commitment", i < b->n ? i : i - b->n);
    return TR_OK;
}

/* Adds each cell, times its power of the challenge, to the column of its index. */
static tr_err weigh_cells(tr_trail *trail, const batch *b, const uint64_t indexes[],
                          const uint8_t *const cells[])
{
    tr_bls_fr values[FIELDS], t;
    memset(b->columns, 0, TR_KZG_CELLS * FIELDS * sizeof(*b->columns));
    for (size_t i = 0; i < b->n; i++) {
        tr_err err = tr_kzg_read(trail, cells[i], FIELDS, values);
        if (err != TR_OK) return tr_because(trail, err, "It is in cell %zu of the batch.", i);
        tr_bls_fr *column = &b->columns[indexes[i] * FIELDS];
        for (size_t k = 0; k < FIELDS; k++) {
            tr_bls_fr_mul(&t, &values[k], &b->powers[i]);
            tr_bls_fr_add(&column[k], &column[k], &t);
        }
    }
    return TR_OK;
}

/* The sum of the columns' polynomials, which have values at h w^0, h w^1, ... in reversed order:
 * coefficients, negative, to out. */
static void interpolate(const tr_kzg *kzg, const batch *b, tr_bls_fr out[FIELDS])
{
    tr_bls_fr t;
    memset(out, 0, FIELDS * sizeof(*out));
    for (size_t c = 0; c < TR_KZG_CELLS; c++) {
        tr_bls_fr *column = &b->columns[c * FIELDS];
        size_t h = tr_kzg_reverse(c, TR_KZG_CELLS_LOG);
        bool any = false;
        for (size_t k = 0; k < FIELDS; k++) any = any || !tr_bls_fr_is_zero(&column[k]);
        if (!any) continue;
        reorder(column, TR_KZG_CELL_LOG);
        tr_bls_ntt_inverse(kzg->cell, NULL, NULL, column);
        for (size_t k = 0; k < FIELDS; k++) {
            tr_bls_fr_mul(&t, &column[k], &kzg->extended[(TR_KZG_ALL - h * k) % TR_KZG_ALL]);
            tr_bls_fr_sub(&out[k], &out[k], &t);
        }
    }
}

/* The sum of r^i proof_i, at the secret's 64th power, is that of r^i (commitment - polynomial of
 * the cell + h^64 proof_i). */
static tr_err check_batch(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec, const batch *b,
                          const uint64_t indexes[])
{
    tr_bls_g1 side[2], right;
    tr_bls_g2 fixed[2] = {tr_bls_g2_generator, kzg->powers2[FIELDS]};
    size_t n = b->n, all = n + b->distinct;
    tr_bls_fr *weights = b->scalars + n;
    TR_TRY(tr_bls_g1_msm(trail, kzg->alloc, exec, n, b->points, b->powers, &right));
    memset(weights, 0, b->distinct * sizeof(*weights));
    for (size_t i = 0; i < n; i++) {
        size_t h = tr_kzg_reverse(indexes[i], TR_KZG_CELLS_LOG);
        tr_bls_fr_mul(&b->scalars[i], &b->powers[i], &kzg->extended[h * FIELDS]);
        tr_bls_fr_add(&weights[b->which[i]], &weights[b->which[i]], &b->powers[i]);
    }
    interpolate(kzg, b, b->scalars + all);
    memcpy(b->points + all, kzg->monomial, FIELDS * sizeof(*b->points));
    TR_TRY(tr_bls_g1_msm(trail, kzg->alloc, exec, all + FIELDS, b->points, b->scalars, &side[0]));
    tr_bls_g1_neg(&right, &side[1]);
    if (tr_bls_pairing_is_one(2, side, fixed)) return TR_OK;
    return tr_fail(trail, TR_E_KZG, "the proofs do not prove the cells");
}

static tr_err read_batch(tr_trail *trail, tr_exec *exec, batch *b,
                         const uint8_t *const commitments[], const uint64_t indexes[],
                         const uint8_t *const cells[], const uint8_t proofs[][48])
{
    tr_bls_fr r;
    find_distinct(b, commitments);
    TR_TRY(read_points(trail, exec, b, proofs));
    tr_kzg_cells_challenge(b->distinct, b->commitments, b->n, b->which, indexes, cells, proofs, &r);
    b->powers[0] = tr_bls_fr_one;
    for (size_t i = 1; i < b->n; i++) tr_bls_fr_mul(&b->powers[i], &b->powers[i - 1], &r);
    return weigh_cells(trail, b, indexes, cells);
}

tr_err tr_kzg_check_cells(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec, size_t n,
                          const uint8_t *const commitments[], const uint64_t indexes[],
                          const uint8_t *const cells[], const uint8_t proofs[][48])
{
    batch b = {.n = n};
    if (n == 0) return TR_OK;
    if (n > UINT32_MAX / 64) return tr_fail(trail, TR_E_LIMIT, "%zu cells", n);
    for (size_t i = 0; i < n; i++)
        if (indexes[i] >= TR_KZG_CELLS)
            return tr_fail(trail, TR_E_ARGUMENT, "there is no cell %llu",
                           (unsigned long long)indexes[i]);
    b.size = lay_out(&b, NULL);
    TR_TRY(tr_kzg_get(trail, kzg, b.size, &b.memory));
    (void)lay_out(&b, b.memory);
    tr_err err = read_batch(trail, exec, &b, commitments, indexes, cells, proofs);
    if (err == TR_OK) err = check_batch(trail, kzg, exec, &b, indexes);
    tr_alloc_put(kzg->alloc, b.memory, b.size);
    return err;
}

typedef struct recovery {
    tr_bls_fr values[TR_KZG_ALL];
    tr_bls_fr z[TR_KZG_CELLS], shifted[TR_KZG_CELLS];
    extension e;
} recovery;

/* The polynomial Z(Y) that is zero at h^64 of the missing cells, as values on the cells' own h^64,
 * and the inverses of its values where nothing is zero. */
static void find_vanishing(const tr_kzg *kzg, recovery *r, const bool have[TR_KZG_CELLS],
                           const tr_bls_fr *shift)
{
    tr_bls_fr t;
    size_t degree = 0;
    memset(r->z, 0, sizeof(r->z));
    r->z[0] = tr_bls_fr_one;
    for (size_t c = 0; c < TR_KZG_CELLS; c++) {
        if (have[c]) continue;
        const tr_bls_fr *root = &kzg->extended[tr_kzg_reverse(c, TR_KZG_CELLS_LOG) * FIELDS];
        for (size_t i = degree + 2; i-- > 0;) {
            tr_bls_fr_mul(&t, &r->z[i], root);
            tr_bls_fr_sub(&r->z[i], i == 0 ? &tr_bls_fr_zero : &r->z[i - 1], &t);
        }
        degree++;
    }
    memcpy(r->shifted, r->z, sizeof(r->z));
    tr_bls_fr_sqr_times(&t, shift, TR_KZG_CELL_LOG);
    tr_bls_ntt(kzg->cells, NULL, NULL, r->z);
    tr_bls_ntt(kzg->cells, NULL, &t, r->shifted);
    tr_bls_fr_inv_many(TR_KZG_CELLS, r->shifted, r->e.column);
}

/* The coefficients of the polynomial that has the given values: with zeros for the others it is f Z
 * at all roots, and dividing by Z is possible away from the roots. */
static void find_coefficients(const tr_kzg *kzg, tr_exec *exec, recovery *r, const tr_bls_fr *shift)
{
    for (size_t i = 0; i < TR_KZG_ALL; i++)
        tr_bls_fr_mul(&r->values[i], &r->values[i], &r->z[i % TR_KZG_CELLS]);
    tr_bls_ntt_inverse(kzg->all, exec, NULL, r->values);
    tr_bls_ntt(kzg->all, exec, shift, r->values);
    for (size_t i = 0; i < TR_KZG_ALL; i++)
        tr_bls_fr_mul(&r->values[i], &r->values[i], &r->shifted[i % TR_KZG_CELLS]);
    tr_bls_ntt_inverse(kzg->all, exec, shift, r->values);
}

static tr_err check_indexes(tr_trail *trail, size_t n, const uint64_t indexes[])
{
    for (size_t i = 0; i < n; i++)
        if (indexes[i] >= TR_KZG_CELLS || (i > 0 && indexes[i] <= indexes[i - 1]))
            return tr_fail(trail, TR_E_ARGUMENT, "indexes of cells rise and are below %u",
                           TR_KZG_CELLS);
    if (n < HALF)
        return tr_fail(trail, TR_E_ARGUMENT, "%zu cells: it takes %u to recover", n, HALF);
    return TR_OK;
}

static tr_err recover(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec, recovery *r, size_t n,
                      const uint64_t indexes[], const uint8_t *const cells[], uint8_t *all_cells,
                      uint8_t proofs[][48])
{
    bool have[TR_KZG_CELLS] = {false};
    tr_bls_fr shift;
    tr_bls_fr_of_u64(&shift, tr_bls_fr_generator);
    memset(r->values, 0, sizeof(r->values));
    for (size_t i = 0; i < n; i++) {
        TR_TRY(tr_kzg_read(trail, cells[i], FIELDS, &r->values[indexes[i] * FIELDS]));
        have[indexes[i]] = true;
    }
    reorder(r->values, TR_KZG_ALL_LOG);
    find_vanishing(kzg, r, have, &shift);
    find_coefficients(kzg, exec, r, &shift);
    for (size_t i = TR_KZG_BLOB_FIELDS; i < TR_KZG_ALL; i++)
        if (!tr_bls_fr_is_zero(&r->values[i]))
            return tr_fail(trail, TR_E_KZG, "the cells do not belong to one blob");
    memcpy(r->e.f, r->values, sizeof(r->e.f));
    memcpy(r->e.values, r->e.f, sizeof(r->e.values));
    tr_bls_ntt(kzg->blob, exec, NULL, r->e.values);
    for (size_t i = 0; i < TR_KZG_BLOB_FIELDS; i++)
        tr_bls_fr_write_be(all_cells + i * FIELD, &r->e.values[tr_kzg_reverse(i, TR_KZG_LOG)]);
    extend(kzg, exec, &r->e, all_cells);
    return proofs == NULL ? TR_OK : prove_cells(trail, kzg, exec, &r->e, proofs);
}

tr_err tr_kzg_recover(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec, size_t n,
                      const uint64_t indexes[], const uint8_t *const cells[], uint8_t *all_cells,
                      uint8_t proofs[][48])
{
    recovery *r;
    TR_TRY(check_indexes(trail, n, indexes));
    TR_TRY(tr_kzg_get(trail, kzg, sizeof(*r), &r));
    tr_err err = recover(trail, kzg, exec, r, n, indexes, cells, all_cells, proofs);
    tr_alloc_put(kzg->alloc, r, sizeof(*r));
    return err;
}
