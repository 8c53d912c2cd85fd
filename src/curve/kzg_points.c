/* Transforms of points: sums with the powers of a root of unity.  All butterflies of a stage go
 * side by side, so that each addition's division is one inversion for all of them. */
#include "curve/kzg_internal.h"

enum {
    SIZE = TR_KZG_CELLS,
    LANES = 512, /* butterflies side by side */
    /* What a lane has: odd multiples of a point and their images, with either sign, and the
     * multiple that is being computed; or the two points of a butterfly. */
    ODD = 0,
    IMAGES = 2 * TR_WNAF_TABLE,
    SUM = 4 * TR_WNAF_TABLE,
    LANE,
};

typedef struct work {
    const tr_bls_backend *backend;
    const tr_kzg_twiddle *twiddles;
    bool inverse;
    size_t m; /* of the stage: distance of the points of a butterfly */
    size_t n; /* butterflies that wait */
    tr_bls_g1 *low[LANES], *high[LANES];
    uint8_t power[LANES];
    tr_bls_g1 pool[LANES * LANE];
    tr_add_job jobs[2 * LANES];
    _Alignas(64) tr_bls_fp scratch[2 * LANES * 3];
} work;

static void add(work *w, size_t n)
{
    w->backend->g1_add_many(n, w->jobs, w->pool, w->scratch);
}

/* In every lane out = a + b. */
static void add_lanes(work *w, size_t n, unsigned a, unsigned b, unsigned out)
{
    for (uint32_t i = 0; i < n; i++)
        w->jobs[i] = (tr_add_job){i * LANE + a, i * LANE + b, i * LANE + out};
    add(w, n);
}

static void image(const work *w, tr_bls_g1 *out, const tr_bls_g1 *a)
{
    tr_bls_g1 plain = *a;
    if (w->backend->g1_leave != NULL) w->backend->g1_leave(&plain);
    w->backend->g1_image(out, &plain, 1);
    if (w->backend->g1_enter != NULL) w->backend->g1_enter(out);
}

/* The multiples of n points, in place. */
static void multiply(work *w, size_t n, tr_bls_g1 *const at[], const uint8_t power[])
{
    for (size_t i = 0; i < n; i++) w->pool[i * LANE] = *at[i];
    if (n == 0) return;
    add_lanes(w, n, ODD, ODD, SUM);
    for (unsigned k = 1; k < TR_WNAF_TABLE; k++) add_lanes(w, n, ODD + k - 1, SUM, ODD + k);
    for (size_t i = 0; i < n; i++) {
        tr_bls_g1 *lane = &w->pool[i * LANE];
        for (unsigned k = 0; k < TR_WNAF_TABLE; k++) {
            image(w, &lane[IMAGES + k], &lane[ODD + k]);
            tr_bls_g1_neg(&lane[ODD + k], &lane[ODD + TR_WNAF_TABLE + k]);
            tr_bls_g1_neg(&lane[IMAGES + k], &lane[IMAGES + TR_WNAF_TABLE + k]);
        }
        memset(&lane[SUM], 0, sizeof(lane[SUM]));
    }
    for (unsigned place = TR_KZG_DIGITS; place-- > 0;) {
        if (place + 1 < TR_KZG_DIGITS) add_lanes(w, n, SUM, SUM, SUM);
        for (unsigned half = 0; half < 2; half++) {
            size_t jobs = 0;
            for (uint32_t i = 0; i < n; i++) {
                int digit = (int)w->twiddles[power[i]].digits[half][place];
                if (digit == 0) continue;
                uint32_t entry = (uint32_t)(digit < 0 ? TR_WNAF_TABLE - digit / 2 : digit / 2);
                w->jobs[jobs++] =
                    (tr_add_job){i * LANE + SUM, i * LANE + half * IMAGES + entry, i * LANE + SUM};
            }
            if (jobs > 0) add(w, jobs);
        }
    }
    for (size_t i = 0; i < n; i++) *at[i] = w->pool[i * LANE + SUM];
}

static void multiply_high(work *w)
{
    tr_bls_g1 *at[LANES];
    uint8_t power[LANES];
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++) {
        if (w->power[i] == 0) continue;
        at[n] = w->high[i];
        power[n++] = w->power[i];
    }
    multiply(w, n, at, power);
}

/* low + high and low - high; in the last stage of the inverse only the first. */
static void add_and_subtract(work *w)
{
    size_t jobs = 0;
    bool both = !(w->inverse && w->m == SIZE / 2);
    for (uint32_t i = 0; i < w->n; i++) {
        tr_bls_g1 *lane = &w->pool[i * LANE];
        lane[0] = *w->low[i];
        lane[1] = *w->high[i];
        tr_bls_g1_neg(&lane[1], &lane[2]);
        w->jobs[jobs++] = (tr_add_job){i * LANE, i * LANE + 1, i * LANE + 3};
        if (both) w->jobs[jobs++] = (tr_add_job){i * LANE, i * LANE + 2, i * LANE + 4};
    }
    add(w, jobs);
    for (size_t i = 0; i < w->n; i++) {
        *w->low[i] = w->pool[i * LANE + 3];
        if (both) *w->high[i] = w->pool[i * LANE + 4];
    }
}

static void flush(work *w)
{
    if (w->n == 0) return;
    if (w->inverse) {
        multiply_high(w);
        add_and_subtract(w);
    } else {
        if (w->m < SIZE / 2)
            add_and_subtract(w);
        else /* the upper half is infinity */
            for (size_t i = 0; i < w->n; i++) *w->high[i] = *w->low[i];
        multiply_high(w);
    }
    w->n = 0;
}

static void stage(work *w, size_t m, size_t count, tr_bls_g1 points[])
{
    w->m = m;
    for (size_t at = 0; at < count * SIZE; at += 2 * m) {
        for (size_t k = 0; k < m; k++) {
            size_t power = SIZE / (2 * m) * k;
            if (w->inverse) power = (SIZE - power) % SIZE;
            w->low[w->n] = &points[at + k];
            w->high[w->n] = &points[at + k + m];
            w->power[w->n++] = (uint8_t)power;
            if (w->n == LANES) flush(w);
        }
    }
    flush(w);
}

static tr_err transform(tr_trail *trail, const tr_kzg *kzg, bool inverse, size_t count,
                        tr_bls_g1 points[])
{
    uint8_t *got;
    TR_TRY(tr_kzg_get(trail, kzg, sizeof(work) + 63, &got));
    work *w = (work *)(got + (-(uintptr_t)got & 63));
    w->backend = kzg->backend;
    w->twiddles = kzg->twiddles;
    w->inverse = inverse;
    w->n = 0;
    for (unsigned log = 0; log < TR_KZG_CELLS_LOG; log++)
        stage(w, (size_t)1 << (inverse ? log : TR_KZG_CELLS_LOG - 1 - log), count, points);
    tr_alloc_put(kzg->alloc, got, sizeof(work) + 63);
    return TR_OK;
}

tr_err tr_kzg_points_forward(tr_trail *trail, const tr_kzg *kzg, size_t count, tr_bls_g1 points[])
{
    return transform(trail, kzg, false, count, points);
}

tr_err tr_kzg_points_inverse(tr_trail *trail, const tr_kzg *kzg, size_t count, tr_bls_g1 points[])
{
    return transform(trail, kzg, true, count, points);
}
