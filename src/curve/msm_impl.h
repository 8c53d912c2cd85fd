/* The template of sums of products (curve/msm_internal.h says how), after curve/group_impl.h.
 *
 *   TR_MSM_SCALAR   the scalars' field: tr_bn_fr
 *   TR_MSM_PARTS    parts that a scalar is split into
 *   TR_MSM_BITS     bits of a part at most
 *   TR_MSM_SPLIT    void (tr_scalar_part parts[TR_MSM_PARTS], const TR_MSM_SCALAR *)
 *   TR_MSM_IMAGE    void (TR_GROUP *out, const TR_GROUP *, unsigned part): the point that belongs
 *                   to a part
 *
 * For a group G: G_kernel, G_kernel_plain, G_sum_products, G_multiples. */
#ifndef TR_CURVE_MSM_IMPL_H
#define TR_CURVE_MSM_IMPL_H

#include "curve/msm_internal.h"
#include "field/tower.h"

#endif

#ifdef TR_MSM_SCALAR
#define TR_MSM_LIMBS ((TR_MSM_BITS + 1 + 63) / 64)
#define TR_KERNEL    TR_G(kernel)
#define TR_MSM       TR_G(msm_state)

/* How affine points are added, many at a time.  enter and leave change the form of a coordinate
 * pair, negation being the same in both forms; NULL: there is no other form.  scratch is for each
 * addition at least 3 coordinates, and 64 bytes, aligned to 64. */
typedef struct TR_KERNEL {
    void (*add_many)(size_t n, const tr_add_job *jobs, TR_GROUP *pool, void *scratch);
    void (*enter)(TR_GROUP *point);
    void (*leave)(TR_GROUP *point);
} TR_KERNEL;

/* What a worker has for itself. */
typedef struct TR_G(msm_worker) {
    TR_GROUP *pool;   /* buckets, then two halves of TR_MSM_CHUNK */
    uint32_t *starts; /* where the points of a bucket begin in sorted, and where those end */
    uint32_t *sorted; /* 2 index + sign */
    uint32_t *lens, *buckets; /* of the runs of one chunk */
    tr_add_job *jobs;
    void *scratch;
} TR_G(msm_worker);

typedef struct TR_MSM {
    const TR_KERNEL *kernel;
    tr_msm_plan plan;
    size_t n, terms;
    const TR_GROUP *points;
    const TR_MSM_SCALAR *scalars;
    TR_GROUP *images;                 /* of all points, part by part, for non-negative scalars */
    uint64_t (*digits)[TR_MSM_LIMBS]; /* biased */
    TR_G(msm_worker) * workers;
    TR_JAC *sums; /* of the tasks: windows of the first split, of the second, ... */
} TR_MSM;

static inline void TR_G(msm_prepare_one)(TR_MSM *msm, size_t i)
{
    tr_scalar_part parts[TR_MSM_PARTS];
    bool none = TR_G(is_inf)(&msm->points[i]);
    TR_MSM_SPLIT(parts, &msm->scalars[i]);
    for (unsigned part = 0; part < TR_MSM_PARTS; part++) {
        size_t at = part * msm->n + i;
        TR_GROUP *image = &msm->images[at];
        TR_MSM_IMAGE(image, &msm->points[i], part);
        if (parts[part].negative) TR_G(flip)(image, image);
        if (msm->kernel->enter != NULL) msm->kernel->enter(image);
        for (unsigned k = 0; k < TR_MSM_LIMBS; k++)
            msm->digits[at][k] = none ? 0 : parts[part].w[k];
        tr_msm_bias(&msm->plan, msm->digits[at], TR_MSM_LIMBS);
    }
}

static void TR_G(msm_prepare)(void *context, size_t index)
{
    TR_MSM *msm = context;
    size_t end = msm->n * (index + 1) / msm->plan.workers;
    for (size_t i = msm->n * index / msm->plan.workers; i < end; i++) TR_G(msm_prepare_one)(msm, i);
}

/* Sorts the terms from .. to - 1 by the size of their digit in one window. */
static void TR_G(msm_sort)(const TR_MSM *msm, TR_G(msm_worker) * w, unsigned window, size_t from,
                           size_t to)
{
    const tr_msm_plan *plan = &msm->plan;
    uint32_t *starts = w->starts;
    memset(starts, 0, (plan->buckets + 3) * sizeof(*starts));
    for (size_t i = from; i < to; i++) {
        int digit = tr_msm_digit(plan, msm->digits[i], TR_MSM_LIMBS, window);
        starts[(digit < 0 ? -digit : digit) + 2]++;
    }
    starts[2] = 0; /* digits that are zero are left out */
    for (size_t i = 3; i < plan->buckets + 3; i++) starts[i] += starts[i - 1];
    for (size_t i = from; i < to; i++) {
        int digit = tr_msm_digit(plan, msm->digits[i], TR_MSM_LIMBS, window);
        if (digit == 0) continue;
        size_t bucket = (size_t)(digit < 0 ? -digit : digit);
        w->sorted[starts[bucket + 1]++] = (uint32_t)(2 * i) | (digit < 0);
    }
}

static void TR_G(msm_gather)(const TR_MSM *msm, TR_GROUP *to, const uint32_t *sorted, size_t n,
                             size_t readable)
{
    for (size_t i = 0; i < n; i++) {
        size_t ahead = TR_MIN(i + TR_MSM_AHEAD, readable - 1);
        __builtin_prefetch(&msm->images[sorted[ahead] >> 1]);
        to[i] = msm->images[sorted[i] >> 1];
        if ((sorted[i] & 1) != 0) TR_GF(neg)(&to[i].y, &to[i].y);
    }
}

/* Sums each run of the points at from, level by level between the halves of the pool; returns where
 * the sums are. */
static size_t TR_G(msm_collapse)(const TR_MSM *msm, TR_G(msm_worker) * w, size_t runs)
{
    size_t from = msm->plan.buckets, to = from + TR_MSM_CHUNK;
    for (;;) {
        size_t n = 0, at = from, out = to;
        for (size_t run = 0; run < runs; run++) {
            size_t len = w->lens[run];
            for (size_t k = 0; k + 1 < len; k += 2)
                w->jobs[n++] = (tr_add_job){(uint32_t)(at + k), (uint32_t)(at + k + 1),
                                            (uint32_t)(out + k / 2)};
            if (len % 2 != 0) w->pool[out + len / 2] = w->pool[at + len - 1];
            at += len;
            out += (len + 1) / 2;
            w->lens[run] = (uint32_t)((len + 1) / 2);
        }
        if (n == 0) return from;
        msm->kernel->add_many(n, w->jobs, w->pool, w->scratch);
        size_t swap = from;
        from = to;
        to = swap;
    }
}

/* The buckets' sums, into the first part of the pool, from the sorted points. */
static void TR_G(msm_fill)(const TR_MSM *msm, TR_G(msm_worker) * w)
{
    size_t buckets = msm->plan.buckets, bucket = 1, pos = 0, total = w->starts[buckets + 1];
    const uint32_t *ends = w->starts + 1; /* sorting has moved each start to its end */
    TR_GROUP *chunk = w->pool + buckets;
    bool open = false; /* the first point of the chunk is what its bucket has so far */
    memset(w->pool, 0, buckets * sizeof(*w->pool));
    while (bucket <= buckets) {
        size_t used = open ? 1 : 0, runs = 0;
        while (bucket <= buckets && used < TR_MSM_CHUNK) {
            size_t take = TR_MIN(ends[bucket] - pos, TR_MSM_CHUNK - used);
            size_t len = take + (open && runs == 0 ? 1 : 0);
            if (take > 0) TR_G(msm_gather)(msm, chunk + used, w->sorted + pos, take, total - pos);
            used += take;
            pos += take;
            if (len > 0) {
                w->buckets[runs] = (uint32_t)bucket;
                w->lens[runs++] = (uint32_t)len;
            }
            if (pos < ends[bucket]) break;
            bucket++;
        }
        size_t sums = TR_G(msm_collapse)(msm, w, runs);
        open = bucket <= buckets && runs > 0 && w->buckets[runs - 1] == bucket;
        for (size_t i = 0; i < runs; i++) w->pool[w->buckets[i] - 1] = w->pool[sums + i];
        if (open) chunk[0] = w->pool[sums + runs - 1];
    }
}

/* The sum of i times the i-th bucket.  The buckets lie in segments of equal length; running sums
 * from the upper end of each go side by side: heads of the buckets, totals of the heads. */
static void TR_G(msm_weigh)(const TR_MSM *msm, TR_G(msm_worker) * w, TR_JAC *out)
{
    size_t buckets = msm->plan.buckets, len = TR_MAX(buckets / TR_MSM_SEGMENTS, (size_t)1);
    size_t segments = buckets / len, heads = buckets, totals = heads + TR_MSM_CHUNK;
    if (buckets >= 256 && len < 8) {
        len = 8;
        segments = buckets / len;
    }
    for (size_t s = 0; s < segments; s++)
        w->pool[heads + s] = w->pool[totals + s] = w->pool[s * len + len - 1];
    for (size_t k = len - 1; k-- > 0;) {
        for (size_t s = 0; s < segments; s++)
            w->jobs[s] =
                (tr_add_job){(uint32_t)(heads + s), (uint32_t)(s * len + k), (uint32_t)(heads + s)};
        msm->kernel->add_many(segments, w->jobs, w->pool, w->scratch);
        for (size_t s = 0; s < segments; s++)
            w->jobs[s] =
                (tr_add_job){(uint32_t)(totals + s), (uint32_t)(heads + s), (uint32_t)(totals + s)};
        msm->kernel->add_many(segments, w->jobs, w->pool, w->scratch);
    }
    TR_JAC head, weighed, total;
    memset(&head, 0, sizeof(head));
    weighed = total = head;
    for (size_t s = segments; s-- > 0;) {
        if (msm->kernel->leave != NULL) {
            msm->kernel->leave(&w->pool[heads + s]);
            msm->kernel->leave(&w->pool[totals + s]);
        }
        TR_G(jac_add_affine)(&total, &total, &w->pool[totals + s]);
        if (s == 0) break;
        TR_G(jac_add_affine)(&head, &head, &w->pool[heads + s]);
        TR_G(jac_add)(&weighed, &weighed, &head);
    }
    for (size_t i = 1; i < len; i *= 2) TR_G(jac_double)(&weighed, &weighed);
    TR_G(jac_add)(out, &weighed, &total);
}

static void TR_G(msm_work)(void *context, size_t index)
{
    TR_MSM *msm = context;
    const tr_msm_plan *plan = &msm->plan;
    for (size_t task = index; task < plan->windows * plan->splits; task += plan->workers) {
        size_t split = task / plan->windows;
        TR_G(msm_worker) *w = &msm->workers[index];
        TR_G(msm_sort)
        (msm, w, (unsigned)(task % plan->windows), msm->terms * split / plan->splits,
         msm->terms * (split + 1) / plan->splits);
        TR_G(msm_fill)(msm, w);
        TR_G(msm_weigh)(msm, w, &msm->sums[task]);
    }
}

/* The windows' sums joined, the highest first. */
static void TR_G(msm_join)(const TR_MSM *msm, TR_GROUP *out)
{
    const tr_msm_plan *plan = &msm->plan;
    TR_JAC sum;
    memset(&sum, 0, sizeof(sum));
    for (size_t window = plan->windows; window-- > 0;) {
        for (unsigned i = 0; i < plan->width; i++) TR_G(jac_double)(&sum, &sum);
        for (size_t split = 0; split < plan->splits; split++)
            TR_G(jac_add)(&sum, &sum, &msm->sums[split * plan->windows + window]);
    }
    TR_G(to_affine)(out, &sum);
}

/* A piece of memory cut into aligned parts; with base NULL it only counts. */
typedef struct TR_G(msm_memory) {
    uint8_t *base;
    size_t used;
} TR_G(msm_memory);

static void *TR_G(msm_cut)(TR_G(msm_memory) * memory, size_t count, size_t size)
{
    void *part = memory->base == NULL ? NULL : memory->base + memory->used;
    memory->used += (count * size + 63) & ~(size_t)63;
    return part;
}

static void TR_G(msm_lay_out)(TR_MSM *msm, TR_G(msm_memory) * memory)
{
    const tr_msm_plan *plan = &msm->plan;
    size_t share = msm->terms / plan->splits + 1, pool = plan->buckets + 2 * TR_MSM_CHUNK;
    msm->images = TR_G(msm_cut)(memory, msm->terms, sizeof(TR_GROUP));
    msm->digits = TR_G(msm_cut)(memory, msm->terms, sizeof(*msm->digits));
    msm->sums = TR_G(msm_cut)(memory, (size_t)plan->windows * plan->splits, sizeof(TR_JAC));
    msm->workers = TR_G(msm_cut)(memory, plan->workers, sizeof(*msm->workers));
    for (unsigned i = 0; i < plan->workers; i++) {
        TR_G(msm_worker) w;
        w.pool = TR_G(msm_cut)(memory, pool, sizeof(*w.pool));
        w.starts = TR_G(msm_cut)(memory, plan->buckets + 3, sizeof(*w.starts));
        w.sorted = TR_G(msm_cut)(memory, share, sizeof(*w.sorted));
        w.lens = TR_G(msm_cut)(memory, TR_MSM_CHUNK, sizeof(*w.lens));
        w.buckets = TR_G(msm_cut)(memory, TR_MSM_CHUNK, sizeof(*w.buckets));
        w.jobs = TR_G(msm_cut)(memory, TR_MSM_CHUNK, sizeof(*w.jobs));
        w.scratch = TR_G(msm_cut)(memory, TR_MSM_CHUNK, TR_MAX(3 * sizeof(TR_GROUP_F), 64ul));
        if (memory->base != NULL) msm->workers[i] = w;
    }
}

TR_FIELD_SHARED TR_NODISCARD tr_err TR_G(sum_products)(tr_trail *trail, const TR_KERNEL *kernel,
                                                       tr_alloc *alloc, tr_exec *exec, size_t n,
                                                       const TR_GROUP *points,
                                                       const TR_MSM_SCALAR *scalars, TR_GROUP *out)
{
    if (n > UINT32_MAX / (4 * TR_MSM_PARTS))
        return tr_fail(trail, TR_E_LIMIT, "a sum of %zu products", n);
    TR_MSM msm = {.kernel = kernel,
                  .plan = tr_msm_choose(n * TR_MSM_PARTS, TR_MSM_BITS, tr_exec_width(exec)),
                  .n = n,
                  .terms = n * TR_MSM_PARTS,
                  .points = points,
                  .scalars = scalars};
    TR_G(msm_memory) memory = {0};
    TR_G(msm_lay_out)(&msm, &memory);
    size_t size = memory.used + 63;
    uint8_t *got = tr_alloc_get(alloc, size);
    if (got == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a sum of %zu products", n);
    memory = (TR_G(msm_memory)){.base = got + (-(uintptr_t)got & 63)};
    TR_G(msm_lay_out)(&msm, &memory);
    tr_exec_run(exec, msm.plan.workers, TR_G(msm_prepare), &msm);
    tr_exec_run(exec, msm.plan.workers, TR_G(msm_work), &msm);
    TR_G(msm_join)(&msm, out);
    tr_alloc_put(alloc, got, size);
    return TR_OK;
}
#endif
