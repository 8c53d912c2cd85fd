/* Reading the ceremony's points, checking them, and the tables that follow from them. */
#include "curve/kzg_internal.h"
#include "hash/sha2.h"

enum {
    N = TR_KZG_BLOB_FIELDS,
    LAGRANGE_WIDTH = 13,
    POINTS_OF_JOB = 64,
    G1_JOBS = 2 * N / POINTS_OF_JOB,
};

/* The text as it is, and what it says. */
typedef struct reader {
    tr_bytes text;
    size_t at;
} reader;

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static tr_bytes next_word(reader *in)
{
    while (in->at < in->text.len && is_space(in->text.data[in->at])) in->at++;
    size_t start = in->at;
    while (in->at < in->text.len && !is_space(in->text.data[in->at])) in->at++;
    return tr_bytes_cut(in->text, start, in->at - start);
}

static tr_err bad(tr_trail *trail, const reader *in, const char *what)
{
    return tr_fail_at(trail, TR_E_KZG_SETUP, in->at, "the KZG setup: %s", what);
}

static bool nibble(uint8_t c, uint8_t *out)
{
    if (c >= '0' && c <= '9')
        *out = (uint8_t)(c - '0');
    else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        *out = (uint8_t)((c | 0x20) - 'a' + 10);
    else
        return false;
    return true;
}

/* count points of size bytes each. */
static tr_err read_points(tr_trail *trail, reader *in, size_t count, size_t size, uint8_t *out)
{
    for (size_t i = 0; i < count; i++) {
        tr_bytes word = next_word(in);
        if (word.len != 2 * size) return bad(trail, in, "a point has another length");
        for (size_t k = 0; k < size; k++) {
            uint8_t high, low;
            if (!nibble(word.data[2 * k], &high) || !nibble(word.data[2 * k + 1], &low))
                return bad(trail, in, "a point with something that is no hex digit");
            *out++ = (uint8_t)(high << 4 | low);
        }
    }
    return TR_OK;
}

typedef struct points {
    uint8_t lagrange1[N][48], monomial2[TR_KZG_G2][96], monomial1[N][48]; /* as in the file */
    tr_bls_g1 lagrange[N], ordered[N];
    tr_bls_fr weights[N], values[N];
    tr_bls_g1 *monomial;
    tr_bls_g2 *powers2;
    bool wrong[G1_JOBS + 1]; /* what each job saw */
} points;

static tr_err read_text(tr_trail *trail, tr_bytes text, points *p)
{
    reader in = {text, 0};
    if (!tr_bytes_eq(next_word(&in), TR_LIT("4096"))) return bad(trail, &in, "not 4096 points");
    if (!tr_bytes_eq(next_word(&in), TR_LIT("65"))) return bad(trail, &in, "not 65 points of G2");
    TR_TRY(read_points(trail, &in, N, 48, p->lagrange1[0]));
    TR_TRY(read_points(trail, &in, TR_KZG_G2, 96, p->monomial2[0]));
    TR_TRY(read_points(trail, &in, N, 48, p->monomial1[0]));
    if (next_word(&in).len != 0) return bad(trail, &in, "more than its points");
    return TR_OK;
}

static void decompress_job(void *context, size_t index)
{
    points *p = context;
    tr_err err = TR_OK;
    if (index == G1_JOBS) {
        for (size_t i = 0; i < TR_KZG_G2 && err == TR_OK; i++)
            err = tr_bls_g2_decompress(NULL, p->monomial2[i], &p->powers2[i]);
    } else {
        bool second = index >= G1_JOBS / 2;
        const uint8_t(*bytes)[48] = second ? p->monomial1 : p->lagrange1;
        tr_bls_g1 *out = second ? p->monomial : p->lagrange;
        size_t from = index % (G1_JOBS / 2) * POINTS_OF_JOB;
        for (size_t i = from; i < from + POINTS_OF_JOB && err == TR_OK; i++)
            err = tr_bls_g1_decompress(NULL, bytes[i], &out[i]);
    }
    p->wrong[index] = err != TR_OK;
}

static tr_err wrong(tr_trail *trail, const char *what)
{
    return tr_fail(trail, TR_E_KZG_SETUP, "the KZG setup: %s", what);
}

/* Numbers that nobody who makes a setup can choose: hashes of all of it. */
static void make_weights(tr_bytes text, tr_bls_fr weights[N])
{
    uint8_t seed[40];
    tr_hash hash = tr_sha256(text);
    memcpy(seed, hash.b, sizeof(hash.b));
    for (size_t i = 0; i < N; i++) {
        tr_store64le(seed + sizeof(hash.b), i);
        tr_hash one = tr_sha256(TR_VIEW(seed));
        tr_bls_fr_reduce_be(&weights[i], one.b, sizeof(one.b));
    }
}

/* e(a, b) = e(c, d) */
static bool pairings_agree(const tr_bls_g1 *a, const tr_bls_g2 *b, const tr_bls_g1 *c,
                           const tr_bls_g2 *d)
{
    tr_bls_g1 left[2] = {*a};
    tr_bls_g2 right[2] = {*b, *d};
    tr_bls_g1_neg(c, &left[1]);
    return tr_bls_pairing_is_one(2, left, right);
}

/* Each power in G2 is the one before times the secret that the second power in G1 has. */
static tr_err check_powers2(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, const points *p)
{
    tr_bls_g2 these, next;
    TR_TRY(tr_bls_g2_msm(trail, alloc, exec, TR_KZG_G2 - 1, p->powers2, p->weights, &these));
    TR_TRY(tr_bls_g2_msm(trail, alloc, exec, TR_KZG_G2 - 1, p->powers2 + 1, p->weights, &next));
    if (pairings_agree(&p->monomial[1], &these, &p->monomial[0], &next)) return TR_OK;
    return wrong(trail, "its points of G2 are no powers of the secret");
}

/* The same in G1; and a random polynomial is the same in both forms. */
static tr_err check_powers1(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec, points *p)
{
    tr_bls_g1 these, next, other, last;
    uint8_t scalar[32];
    TR_TRY(tr_bls_g1_msm(trail, kzg->alloc, exec, N, p->monomial, p->weights, &these));
    TR_TRY(tr_bls_g1_msm(trail, kzg->alloc, exec, N - 1, p->monomial + 1, p->weights, &next));
    memcpy(p->values, p->weights, sizeof(p->values));
    tr_bls_ntt(kzg->blob, exec, NULL, p->values);
    TR_TRY(tr_bls_g1_msm(trail, kzg->alloc, exec, N, p->lagrange, p->values, &other));
    if (!tr_bls_g1_eq(&these, &other))
        return wrong(trail, "its Lagrange points do not belong to the others");
    tr_bls_fr_write_be(scalar, &p->weights[N - 1]);
    tr_bls_g1_mul(&p->monomial[N - 1], scalar, &last);
    tr_bls_g1_neg(&last, &last);
    tr_bls_g1_add(&these, &last, &these);
    if (pairings_agree(&these, &p->powers2[1], &next, &p->powers2[0])) return TR_OK;
    return wrong(trail, "its points of G1 are no powers of the secret");
}

static tr_err check_points(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec, points *p)
{
    if (!tr_bls_g1_eq(&p->monomial[0], &tr_bls_g1_generator) ||
        !tr_bls_g2_eq(&p->powers2[0], &tr_bls_g2_generator))
        return wrong(trail, "it does not begin with the generators");
    if (tr_bls_g1_is_infinity(&p->monomial[1])) return wrong(trail, "its secret is zero");
    TR_TRY(check_powers2(trail, kzg->alloc, exec, p));
    return check_powers1(trail, kzg, exec, p);
}

static tr_err make_field_tables(tr_trail *trail, tr_kzg *kzg)
{
    tr_alloc *alloc = kzg->alloc;
    TR_TRY(tr_bls_domain_new(trail, alloc, TR_KZG_LOG, &kzg->blob));
    TR_TRY(tr_bls_domain_new(trail, alloc, TR_KZG_CELL_LOG, &kzg->cell));
    TR_TRY(tr_bls_domain_new(trail, alloc, TR_KZG_CELLS_LOG, &kzg->cells));
    TR_TRY(tr_bls_domain_new(trail, alloc, TR_KZG_ALL_LOG, &kzg->all));
    TR_TRY(tr_kzg_get(trail, kzg, N * sizeof(*kzg->roots), &kzg->roots));
    TR_TRY(tr_kzg_get(trail, kzg, TR_KZG_ALL * sizeof(*kzg->extended), &kzg->extended));
    TR_TRY(tr_kzg_get(trail, kzg, N * sizeof(*kzg->monomial), &kzg->monomial));
    TR_TRY(tr_kzg_get(trail, kzg, TR_KZG_CELLS * sizeof(*kzg->twiddles), &kzg->twiddles));
    tr_bls_fr root = tr_bls_domain_root(kzg->all);
    kzg->extended[0] = tr_bls_fr_one;
    for (size_t i = 1; i < TR_KZG_ALL; i++)
        tr_bls_fr_mul(&kzg->extended[i], &kzg->extended[i - 1], &root);
    for (size_t i = 0; i < N; i++) kzg->roots[i] = kzg->extended[2 * tr_kzg_reverse(i, TR_KZG_LOG)];
    for (size_t i = 0; i < TR_KZG_CELLS; i++) {
        tr_scalar_part parts[2];
        kzg->backend->g1_split(parts, &kzg->extended[i * TR_KZG_CELL_FIELDS]);
        for (unsigned half = 0; half < 2; half++) {
            int8_t *digits = kzg->twiddles[i].digits[half];
            tr_wnaf(digits, TR_KZG_DIGITS, parts[half].w, 4);
            for (size_t k = 0; parts[half].negative && k < TR_KZG_DIGITS; k++)
                digits[k] = (int8_t)-digits[k];
        }
    }
    return TR_OK;
}

static tr_err make(tr_trail *trail, tr_kzg *kzg, tr_exec *exec, tr_bytes text, points *p)
{
    TR_TRY(read_text(trail, text, p));
    TR_TRY(make_field_tables(trail, kzg));
    p->monomial = kzg->monomial;
    p->powers2 = kzg->powers2;
    tr_exec_run(exec, G1_JOBS + 1, decompress_job, p);
    for (size_t i = 0; i < G1_JOBS + 1; i++)
        if (p->wrong[i]) return wrong(trail, "something that is no point of the subgroup");
    make_weights(text, p->weights);
    TR_TRY(check_points(trail, kzg, exec, p));
    for (size_t i = 0; i < N; i++) p->ordered[i] = p->lagrange[tr_kzg_reverse(i, TR_KZG_LOG)];
    TR_TRY(tr_kzg_table_new(trail, kzg, exec, N, LAGRANGE_WIDTH, p->ordered, &kzg->lagrange));
    return tr_kzg_toeplitz_new(trail, kzg, exec);
}

tr_err tr_kzg_new(tr_trail *trail, tr_alloc *alloc, tr_exec *exec, tr_bytes text, tr_kzg **out)
{
    tr_kzg *kzg = tr_alloc_get(alloc, sizeof(*kzg));
    points *p = tr_alloc_get(alloc, sizeof(*p));
    tr_err err = TR_E_MEMORY;
    if (kzg != NULL) {
        memset(kzg, 0, sizeof(*kzg));
        kzg->alloc = alloc;
        kzg->backend = tr_bls_chosen;
    }
    if (kzg != NULL && p != NULL)
        err = make(trail, kzg, exec, text, p);
    else
        err = tr_fail(trail, err, "no memory for a KZG setup");
    tr_alloc_put(alloc, p, sizeof(*p));
    if (err != TR_OK)
        tr_kzg_free(kzg);
    else
        *out = kzg;
    return err;
}

void tr_kzg_free(tr_kzg *kzg)
{
    if (kzg == NULL) return;
    tr_alloc *alloc = kzg->alloc;
    if (kzg->blob != NULL) tr_bls_domain_free(kzg->blob);
    if (kzg->cell != NULL) tr_bls_domain_free(kzg->cell);
    if (kzg->cells != NULL) tr_bls_domain_free(kzg->cells);
    if (kzg->all != NULL) tr_bls_domain_free(kzg->all);
    tr_alloc_put(alloc, kzg->roots, N * sizeof(*kzg->roots));
    tr_alloc_put(alloc, kzg->extended, TR_KZG_ALL * sizeof(*kzg->extended));
    tr_alloc_put(alloc, kzg->monomial, N * sizeof(*kzg->monomial));
    tr_alloc_put(alloc, kzg->twiddles, TR_KZG_CELLS * sizeof(*kzg->twiddles));
    tr_kzg_table_free(kzg, &kzg->lagrange);
    tr_kzg_table_free(kzg, &kzg->toeplitz);
    tr_alloc_put(alloc, kzg, sizeof(*kzg));
}
