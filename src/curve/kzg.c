/* Commitments, proofs and their verification: EIP-4844. */
#include "curve/kzg.h"

#include "curve/kzg_constants.h"
#include "curve/kzg_internal.h"
#include "hash/sha2.h"

enum { FIELD = 32 };

tr_err tr_kzg_get(tr_trail *trail, const tr_kzg *kzg, size_t size, void *out)
{
    void *got = tr_alloc_get(kzg->alloc, size);
    if (got == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for KZG: %zu bytes", size);
    memcpy(out, &got, sizeof(got));
    return TR_OK;
}

static tr_err read_field(tr_trail *trail, const uint8_t in[FIELD], const char *what, tr_bls_fr *out)
{
    if (tr_bls_fr_read_be(out, in)) return TR_OK;
    return tr_fail(trail, TR_E_RANGE, "%s is not below the order of the scalars", what);
}

tr_err tr_kzg_read(tr_trail *trail, const uint8_t *bytes, size_t count, tr_bls_fr out[])
{
    for (size_t i = 0; i < count; i++)
        if (!tr_bls_fr_read_be(&out[i], bytes + i * FIELD))
            return tr_fail_at(trail, TR_E_RANGE, i * FIELD,
                              "element %zu is not below the order of the scalars", i);
    return TR_OK;
}

/* out += factor times point. */
static void add_multiple(tr_bls_g1 *out, const tr_bls_g1 *point, const tr_bls_fr *factor)
{
    uint8_t scalar[FIELD];
    tr_bls_g1 product;
    tr_bls_fr_write_be(scalar, factor);
    tr_bls_g1_mul(point, scalar, &product);
    tr_bls_g1_add(out, &product, out);
}

/* e(left, the generator) = e(right, tau): with left = C - y + z proof and right = proof. */
static tr_err check(tr_trail *trail, const tr_bls_g1 *left, const tr_bls_g1 *right,
                    const tr_bls_g2 *tau)
{
    tr_bls_g1 a[2] = {*left};
    tr_bls_g2 b[2] = {tr_bls_g2_generator, *tau};
    tr_bls_g1_neg(right, &a[1]);
    if (tr_bls_pairing_is_one(2, a, b)) return TR_OK;
    return tr_fail(trail, TR_E_KZG, "the KZG proof does not prove it");
}

tr_err tr_kzg_point_check(tr_trail *trail, const uint8_t commitment[48], const uint8_t z[32],
                          const uint8_t y[32], const uint8_t proof[48])
{
    tr_bls_fr at, value;
    tr_bls_g1 left, p;
    TR_TRY(read_field(trail, z, "the point z", &at));
    TR_TRY(read_field(trail, y, "the value y", &value));
    TR_TRY(tr_bls_g1_decompress(trail, commitment, &left));
    TR_TRY(tr_bls_g1_decompress(trail, proof, &p));
    tr_bls_fr_neg(&value, &value);
    add_multiple(&left, &tr_bls_g1_generator, &value);
    add_multiple(&left, &p, &at);
    return check(trail, &left, &p, &tr_kzg_ceremony);
}

tr_hash tr_kzg_versioned_hash(const uint8_t commitment[48])
{
    tr_hash hash = tr_sha256(tr_bytes_of(commitment, TR_KZG_POINT));
    hash.b[0] = 1;
    return hash;
}

void tr_kzg_blob_challenge(const uint8_t *blob, const uint8_t commitment[48], tr_bls_fr *out)
{
    uint8_t size[16] = {0};
    tr_sha256_state sha;
    tr_store64be(size + 8, TR_KZG_BLOB_FIELDS);
    tr_sha256_init(&sha);
    tr_sha256_update(&sha, TR_LIT("FSBLOBVERIFY_V1_"));
    tr_sha256_update(&sha, TR_VIEW(size));
    tr_sha256_update(&sha, tr_bytes_of(blob, TR_KZG_BLOB));
    tr_sha256_update(&sha, tr_bytes_of(commitment, TR_KZG_POINT));
    tr_hash hash = tr_sha256_final(&sha);
    tr_bls_fr_reduce_be(out, hash.b, sizeof(hash.b));
}

/* A blob's polynomial, with what evaluating and dividing it needs. */
typedef struct opened {
    tr_bls_fr p[TR_KZG_BLOB_FIELDS];       /* values at the roots */
    tr_bls_fr inverse[TR_KZG_BLOB_FIELDS]; /* of root - z; zero where z is that root */
    tr_bls_fr q[TR_KZG_BLOB_FIELDS];       /* scratch, then the quotient */
} opened;

static tr_err open_blob(tr_trail *trail, const tr_kzg *kzg, const uint8_t *blob, opened **out)
{
    opened *o;
    TR_TRY(tr_kzg_get(trail, kzg, sizeof(*o), &o));
    tr_err err = tr_kzg_read(trail, blob, TR_KZG_BLOB_FIELDS, o->p);
    if (err != TR_OK)
        tr_alloc_put(kzg->alloc, o, sizeof(*o));
    else
        *out = o;
    return err;
}

static void close_blob(const tr_kzg *kzg, opened *o)
{
    tr_alloc_put(kzg->alloc, o, sizeof(*o));
}

/* The value at z: (1 - z^n) / n times the sum of p_i w_i / (w_i - z), or p_i where z is w_i.
 * Returns that i, or n. */
static size_t evaluate(const tr_kzg *kzg, opened *o, const tr_bls_fr *z, tr_bls_fr *y)
{
    tr_bls_fr sum = tr_bls_fr_zero, t;
    for (size_t i = 0; i < TR_KZG_BLOB_FIELDS; i++)
        tr_bls_fr_sub(&o->inverse[i], &kzg->roots[i], z);
    for (size_t i = 0; i < TR_KZG_BLOB_FIELDS; i++) {
        if (!tr_bls_fr_is_zero(&o->inverse[i])) continue;
        *y = o->p[i];
        tr_bls_fr_inv_many(TR_KZG_BLOB_FIELDS, o->inverse, o->q);
        return i;
    }
    tr_bls_fr_inv_many(TR_KZG_BLOB_FIELDS, o->inverse, o->q);
    for (size_t i = 0; i < TR_KZG_BLOB_FIELDS; i++) {
        tr_bls_fr_mul(&t, &o->p[i], &kzg->roots[i]);
        tr_bls_fr_mul(&t, &t, &o->inverse[i]);
        tr_bls_fr_add(&sum, &sum, &t);
    }
    tr_bls_fr_sqr_times(&t, z, TR_KZG_LOG);
    tr_bls_fr_sub(&t, &tr_bls_fr_one, &t);
    tr_bls_fr_mul(&sum, &sum, &t);
    tr_bls_fr_of_u64(&t, TR_KZG_BLOB_FIELDS);
    tr_bls_fr_inv(&t, &t);
    tr_bls_fr_mul(y, &sum, &t);
    return TR_KZG_BLOB_FIELDS;
}

/* (p - y) / (x - z) at the roots.  At z itself, if that is root m, the other values decide: minus
 * the sum of q_i w_i / w_m. */
static void divide(const tr_kzg *kzg, opened *o, const tr_bls_fr *z, size_t m, const tr_bls_fr *y)
{
    tr_bls_fr sum = tr_bls_fr_zero, t;
    for (size_t i = 0; i < TR_KZG_BLOB_FIELDS; i++) {
        tr_bls_fr_sub(&o->q[i], &o->p[i], y);
        tr_bls_fr_mul(&o->q[i], &o->q[i], &o->inverse[i]);
    }
    if (m == TR_KZG_BLOB_FIELDS) return;
    for (size_t i = 0; i < TR_KZG_BLOB_FIELDS; i++) {
        tr_bls_fr_mul(&t, &o->q[i], &kzg->roots[i]);
        tr_bls_fr_add(&sum, &sum, &t);
    }
    tr_bls_fr_inv(&t, z);
    tr_bls_fr_mul(&sum, &sum, &t);
    tr_bls_fr_neg(&o->q[m], &sum);
}

/* The sum of values times Lagrange points. */
static tr_err commit(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec, const tr_bls_fr values[],
                     uint8_t out[48])
{
    enum { PARTS = 16 };
    tr_bls_g1 parts[PARTS];
    size_t groups = 1;
    while (groups < PARTS && 2 * groups <= tr_exec_width(exec)) groups *= 2;
    TR_TRY(tr_kzg_sums(trail, kzg, exec, &kzg->lagrange, groups, values, parts));
    for (size_t i = 0; i < groups; i++) {
        if (kzg->backend->g1_leave != NULL) kzg->backend->g1_leave(&parts[i]);
        if (i > 0) tr_bls_g1_add(&parts[0], &parts[i], &parts[0]);
    }
    tr_bls_g1_compress(&parts[0], out);
    return TR_OK;
}

tr_err tr_kzg_commit(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec, const uint8_t *blob,
                     uint8_t commitment[48])
{
    opened *o;
    TR_TRY(open_blob(trail, kzg, blob, &o));
    tr_err err = commit(trail, kzg, exec, o->p, commitment);
    close_blob(kzg, o);
    return err;
}

static tr_err prove(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec, const uint8_t *blob,
                    const tr_bls_fr *z, uint8_t proof[48], tr_bls_fr *y)
{
    opened *o;
    TR_TRY(open_blob(trail, kzg, blob, &o));
    size_t m = evaluate(kzg, o, z, y);
    divide(kzg, o, z, m, y);
    tr_err err = commit(trail, kzg, exec, o->q, proof);
    close_blob(kzg, o);
    return err;
}

tr_err tr_kzg_prove(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec, const uint8_t *blob,
                    const uint8_t z[32], uint8_t proof[48], uint8_t y[32])
{
    tr_bls_fr at, value;
    TR_TRY(read_field(trail, z, "the point z", &at));
    TR_TRY(prove(trail, kzg, exec, blob, &at, proof, &value));
    tr_bls_fr_write_be(y, &value);
    return TR_OK;
}

tr_err tr_kzg_prove_blob(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec, const uint8_t *blob,
                         const uint8_t commitment[48], uint8_t proof[48])
{
    tr_bls_fr at, value;
    tr_bls_g1 point;
    TR_TRY(tr_bls_g1_decompress(trail, commitment, &point));
    tr_kzg_blob_challenge(blob, commitment, &at);
    return prove(trail, kzg, exec, blob, &at, proof, &value);
}

/* What a batch of blobs becomes: at z_i polynomial i has the value y_i. */
typedef struct claim {
    const uint8_t *blob, *commitment, *proof;
    tr_err err;
    tr_bls_fr z, y;
    tr_bls_g1 c, p;
} claim;

typedef struct claims {
    const tr_kzg *kzg;
    claim *each;
} claims;

static tr_err read_claim(const tr_kzg *kzg, claim *one)
{
    opened *o;
    TR_TRY(tr_bls_g1_decompress(NULL, one->commitment, &one->c));
    TR_TRY(tr_bls_g1_decompress(NULL, one->proof, &one->p));
    TR_TRY(open_blob(NULL, kzg, one->blob, &o));
    tr_kzg_blob_challenge(one->blob, one->commitment, &one->z);
    (void)evaluate(kzg, o, &one->z, &one->y);
    close_blob(kzg, o);
    return TR_OK;
}

static void read_claim_job(void *context, size_t index)
{
    const claims *all = context;
    all->each[index].err = read_claim(all->kzg, &all->each[index]);
}

/* The weight of a batch, of which each proof has a power. */
static void weigh(const claim each[], size_t n, tr_bls_fr *out)
{
    uint8_t head[16], number[FIELD];
    tr_sha256_state sha;
    tr_store64be(head, TR_KZG_BLOB_FIELDS);
    tr_store64be(head + 8, n);
    tr_sha256_init(&sha);
    tr_sha256_update(&sha, TR_LIT("RCKZGBATCH___V1_"));
    tr_sha256_update(&sha, TR_VIEW(head));
    for (size_t i = 0; i < n; i++) {
        tr_sha256_update(&sha, tr_bytes_of(each[i].commitment, TR_KZG_POINT));
        tr_bls_fr_write_be(number, &each[i].z);
        tr_sha256_update(&sha, TR_VIEW(number));
        tr_bls_fr_write_be(number, &each[i].y);
        tr_sha256_update(&sha, TR_VIEW(number));
        tr_sha256_update(&sha, tr_bytes_of(each[i].proof, TR_KZG_POINT));
    }
    tr_hash hash = tr_sha256_final(&sha);
    tr_bls_fr_reduce_be(out, hash.b, sizeof(hash.b));
}

/* Both sides of the pairing, summed with weights: the proofs; and commitments - y + z proof. */
static tr_err check_claims(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec, const claim each[],
                           size_t n)
{
    size_t points_size = (2 * n + 1) * sizeof(tr_bls_g1), size = (2 * n + 1) * sizeof(tr_bls_fr);
    tr_bls_g1 *points, left, right;
    tr_bls_fr *scalars, weight, power = tr_bls_fr_one, t;
    TR_TRY(tr_kzg_get(trail, kzg, points_size + size, &points));
    scalars = (tr_bls_fr *)(points + 2 * n + 1);
    weigh(each, n, &weight);
    points[2 * n] = tr_bls_g1_generator;
    scalars[2 * n] = tr_bls_fr_zero;
    for (size_t i = 0; i < n; i++) {
        points[i] = each[i].p;
        points[n + i] = each[i].c;
        scalars[i] = scalars[n + i] = power;
        tr_bls_fr_mul(&t, &power, &each[i].y);
        tr_bls_fr_sub(&scalars[2 * n], &scalars[2 * n], &t);
        tr_bls_fr_mul(&power, &power, &weight);
    }
    tr_err err = tr_bls_g1_msm(trail, kzg->alloc, exec, n, points, scalars, &right);
    for (size_t i = 0; i < n; i++) tr_bls_fr_mul(&scalars[i], &scalars[i], &each[i].z);
    if (err == TR_OK)
        err = tr_bls_g1_msm(trail, kzg->alloc, exec, 2 * n + 1, points, scalars, &left);
    tr_alloc_put(kzg->alloc, points, points_size + size);
    return err != TR_OK ? err : check(trail, &left, &right, &kzg->powers2[1]);
}

tr_err tr_kzg_check_blobs(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec, size_t n,
                          const uint8_t *const blobs[], const uint8_t commitments[][48],
                          const uint8_t proofs[][48])
{
    claims all = {.kzg = kzg};
    size_t size;
    if (n == 0) return TR_OK;
    if (!tr_mul_size(n, sizeof(claim), &size) || n > UINT32_MAX / 16)
        return tr_fail(trail, TR_E_LIMIT, "%zu blobs", n);
    TR_TRY(tr_kzg_get(trail, kzg, size, &all.each));
    for (size_t i = 0; i < n; i++)
        all.each[i] = (claim){.blob = blobs[i], .commitment = commitments[i], .proof = proofs[i]};
    tr_exec_run(exec, n, read_claim_job, &all);
    tr_err err = TR_OK;
    for (size_t i = 0; i < n && err == TR_OK; i++)
        if (all.each[i].err != TR_OK)
            err = tr_fail(trail, all.each[i].err, "blob %zu: %s", i, tr_err_text(all.each[i].err));
    if (err == TR_OK) err = check_claims(trail, kzg, exec, all.each, n);
    tr_alloc_put(kzg->alloc, all.each, size);
    return err;
}
