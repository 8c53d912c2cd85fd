/* Sums of products of the setup's points.
 *
 * As in curve/msm_internal.h scalars are cut into signed digits and the points of one digit are
 * summed as a tree, all additions of a level sharing one inversion.  Here the points of all windows
 * are in a table, so that a group has one set of buckets, and many groups go side by side. */
#include "curve/kzg_internal.h"
#include "curve/msm_internal.h"

enum {
    CHUNK = 4096,          /* points that are summed together */
    SEGMENT = 16,          /* buckets that are weighed one after the other */
    LEVELS = 4,            /* of weighing: 16^4 buckets and more */
    BATCH_TERMS = 1 << 16, /* about as many as a worker takes at once */
};

typedef struct work {
    const tr_kzg *kzg;
    const tr_kzg_table *table;
    size_t groups, per_group, batch, batches, workers; /* batch: groups of a batch */
    size_t buckets;                                    /* of a group */
    const tr_bls_fr *scalars;
    tr_bls_g1 *out;
    uint8_t *memory;
    size_t share; /* of the memory: a worker's */
} work;

typedef struct worker {
    tr_bls_g1 *pool; /* the buckets of a batch, then two halves of CHUNK or what weighing needs */
    uint32_t *starts, *sorted;
    uint32_t *lens, *keys;
    tr_add_job *jobs;
    void *scratch;
} worker;

static size_t rest_of_pool(const work *w)
{
    return TR_MAX((size_t)2 * CHUNK, w->batch * w->buckets * 2 / SEGMENT + (LEVELS + 2) * w->batch);
}

static size_t jobs_most(const work *w)
{
    return TR_MAX((size_t)CHUNK, w->batch * w->buckets / SEGMENT + w->batch);
}

static void *cut(uint8_t *base, size_t *used, size_t count, size_t size)
{
    void *part = base == NULL ? NULL : base + *used;
    *used += (count * size + 63) & ~(size_t)63;
    return part;
}

static size_t lay_out(const work *w, uint8_t *base, worker *out)
{
    size_t used = 0, buckets = w->batch * w->buckets;
    size_t terms = w->batch * w->per_group * w->table->windows;
    out->pool = cut(base, &used, buckets + rest_of_pool(w), sizeof(tr_bls_g1));
    out->starts = cut(base, &used, buckets + 2, sizeof(uint32_t));
    out->sorted = cut(base, &used, terms, sizeof(uint32_t));
    out->lens = cut(base, &used, CHUNK, sizeof(uint32_t));
    out->keys = cut(base, &used, CHUNK, sizeof(uint32_t));
    out->jobs = cut(base, &used, jobs_most(w), sizeof(tr_add_job));
    out->scratch = cut(base, &used, jobs_most(w), 3 * sizeof(tr_bls_fp));
    return used;
}

/* Calls for each digit of the batch that is not zero: counting, or putting into place. */
static void sort(const work *w, worker *me, size_t first, size_t groups)
{
    const tr_msm_plan plan = {.width = w->table->width, .windows = w->table->windows};
    size_t buckets = groups * w->buckets;
    TR_ASSERT(plan.width > 1 && plan.width <= TR_MSM_WINDOW_MAX);
    memset(me->starts, 0, (buckets + 2) * sizeof(*me->starts));
    for (unsigned pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < groups * w->per_group; i++) {
            size_t point = first * w->per_group + i, group = i / w->per_group;
            uint64_t k[5] = {0};
            tr_bls_fr_to_limbs(k, &w->scalars[point]);
            tr_msm_bias(&plan, k, 5);
            for (unsigned window = 0; window < plan.windows; window++) {
                int digit = tr_msm_digit(&plan, k, 5, window);
                if (digit == 0) continue;
                size_t size = (size_t)(digit < 0 ? -digit : digit);
                uint32_t *start = &me->starts[group * w->buckets + size];
                if (pass == 0)
                    start[1]++;
                else
                    me->sorted[(*start)++] =
                        (uint32_t)(2 * (window * w->table->n + point)) | (digit < 0);
            }
        }
        if (pass != 0) break;
        for (size_t i = 1; i < buckets + 2; i++) me->starts[i] += me->starts[i - 1];
    }
}

static void gather(const work *w, tr_bls_g1 *to, const uint32_t *sorted, size_t n, size_t readable)
{
    for (size_t i = 0; i < n; i++) {
        const tr_bls_g1 *ahead =
            &w->table->points[sorted[TR_MIN(i + TR_MSM_AHEAD, readable - 1)] >> 1];
        __builtin_prefetch(ahead);
        __builtin_prefetch(&ahead->y);
        to[i] = w->table->points[sorted[i] >> 1];
        if ((sorted[i] & 1) != 0) tr_bls_fp_neg(&to[i].y, &to[i].y);
    }
}

/* Sums each run of the points at from; returns where the sums are. */
static size_t collapse(const work *w, worker *me, size_t from, size_t runs)
{
    size_t to = from + CHUNK;
    for (;;) {
        size_t n = 0, at = from, out = to;
        for (size_t run = 0; run < runs; run++) {
            size_t len = me->lens[run], half = (len + 1) / 2;
            for (size_t k = 0; k + 1 < len; k += 2)
                me->jobs[n++] = (tr_add_job){(uint32_t)(at + k), (uint32_t)(at + k + 1),
                                             (uint32_t)(out + k / 2)};
            if (len % 2 != 0) me->pool[out + half - 1] = me->pool[at + len - 1];
            at += len;
            out += half;
            me->lens[run] = (uint32_t)half;
        }
        if (n == 0) return from;
        w->kzg->backend->g1_add_many(n, me->jobs, me->pool, me->scratch);
        size_t swap = from;
        from = to;
        to = swap;
    }
}

/* The buckets' sums, in chunks of the sorted points; a bucket that a chunk leaves unfinished begins
 * the next one. */
static void fill(const work *w, worker *me, size_t groups)
{
    size_t buckets = groups * w->buckets, key = 0, pos = 0;
    const uint32_t *ends = me->starts + 1; /* sorting has moved each start to its end */
    size_t total = ends[buckets - 1];
    tr_bls_g1 *chunk = me->pool + buckets;
    bool open = false;
    memset(me->pool, 0, buckets * sizeof(*me->pool));
    while (key < buckets) {
        size_t used = open ? 1 : 0, runs = 0;
        while (key < buckets && used < CHUNK) {
            size_t take = TR_MIN(ends[key] - pos, CHUNK - used);
            size_t len = take + (open && runs == 0 ? 1 : 0);
            if (take > 0) gather(w, chunk + used, me->sorted + pos, take, total - pos);
            used += take;
            pos += take;
            if (len > 0) {
                me->keys[runs] = (uint32_t)key;
                me->lens[runs++] = (uint32_t)len;
            }
            if (pos < ends[key]) break;
            key++;
        }
        size_t sums = collapse(w, me, buckets, runs);
        open = key < buckets && runs > 0 && me->keys[runs - 1] == key;
        for (size_t i = 0; i < runs; i++) me->pool[me->keys[i]] = me->pool[sums + i];
        if (open) chunk[0] = me->pool[sums + runs - 1];
    }
}

static void add(const work *w, worker *me, size_t n)
{
    w->kzg->backend->g1_add_many(n, me->jobs, me->pool, me->scratch);
}

/* One level of weighing: of each group count buckets X at the start of the pool.  In segments of
 * len running sums go side by side: heads of the X, totals of the heads; with them the sum of (i +
 * 1) X_i is that of all totals, which goes to keep, and len times the sum of s head_s, s being a
 * segment's number: heads 1, 2, ... become the next level's X. */
static size_t weigh_level(const work *w, worker *me, size_t groups, size_t count, size_t keep)
{
    size_t len = TR_MIN(count, (size_t)SEGMENT), per = count / len, segments = groups * per;
    size_t heads = w->batch * w->buckets, totals = heads + segments;
    tr_bls_g1 *pool = me->pool;
    for (size_t s = 0; s < segments; s++)
        pool[heads + s] = pool[totals + s] = pool[s * len + len - 1];
    for (size_t k = len - 1; k-- > 0;) {
        for (size_t s = 0; s < segments; s++)
            me->jobs[s] =
                (tr_add_job){(uint32_t)(heads + s), (uint32_t)(s * len + k), (uint32_t)(heads + s)};
        add(w, me, segments);
        for (size_t s = 0; s < segments; s++)
            me->jobs[s] =
                (tr_add_job){(uint32_t)(totals + s), (uint32_t)(heads + s), (uint32_t)(totals + s)};
        add(w, me, segments);
    }
    for (size_t step = 1; step < per; step *= 2) {
        size_t n = 0;
        for (size_t s = 0; s < segments; s += 2 * step)
            me->jobs[n++] = (tr_add_job){(uint32_t)(totals + s), (uint32_t)(totals + s + step),
                                         (uint32_t)(totals + s)};
        add(w, me, n);
    }
    for (size_t g = 0; g < groups; g++) {
        pool[keep + g] = pool[totals + g * per];
        for (size_t s = 0; s + 1 < per; s++) pool[g * per + s] = pool[heads + g * per + s + 1];
        memset(&pool[g * per + per - 1], 0, sizeof(*pool));
    }
    return per;
}

/* The sum of i times the i-th bucket, of each group. */
static void weigh(const work *w, worker *me, size_t groups, tr_bls_g1 *out)
{
    size_t count = w->buckets, levels = 0, keep[LEVELS];
    size_t end = w->batch * w->buckets + rest_of_pool(w);
    while (count > 1 || levels == 0) {
        keep[levels] = end - (levels + 1) * w->batch;
        count = weigh_level(w, me, groups, count, keep[levels]);
        levels++;
    }
    for (size_t level = levels - 1; level-- > 0;) {
        size_t sum = keep[level + 1];
        for (unsigned i = 1; i < SEGMENT; i *= 2) {
            for (size_t g = 0; g < groups; g++)
                me->jobs[g] =
                    (tr_add_job){(uint32_t)(sum + g), (uint32_t)(sum + g), (uint32_t)(sum + g)};
            add(w, me, groups);
        }
        for (size_t g = 0; g < groups; g++)
            me->jobs[g] = (tr_add_job){(uint32_t)(keep[level] + g), (uint32_t)(sum + g),
                                       (uint32_t)(keep[level] + g)};
        add(w, me, groups);
    }
    memcpy(out, &me->pool[keep[0]], groups * sizeof(*out));
}

static void run(void *context, size_t index)
{
    const work *w = context;
    worker me;
    (void)lay_out(w, w->memory + index * w->share, &me);
    for (size_t batch = index; batch < w->batches; batch += w->workers) {
        size_t first = batch * w->batch, groups = TR_MIN(w->batch, w->groups - first);
        sort(w, &me, first, groups);
        fill(w, &me, groups);
        weigh(w, &me, groups, &w->out[first]);
    }
}

tr_err tr_kzg_sums(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec, const tr_kzg_table *table,
                   size_t groups, const tr_bls_fr scalars[], tr_bls_g1 out[])
{
    work w = {.kzg = kzg,
              .table = table,
              .groups = groups,
              .per_group = table->n / groups,
              .buckets = (size_t)1 << (table->width - 1),
              .scalars = scalars,
              .out = out};
    uint8_t *got;
    size_t terms = w.per_group * table->windows;
    worker unused;
    w.batch = TR_MIN(groups, TR_MAX((size_t)BATCH_TERMS / terms, (size_t)1));
    w.batches = (groups + w.batch - 1) / w.batch;
    w.workers = TR_MIN(tr_exec_width(exec), w.batches);
    w.share = lay_out(&w, NULL, &unused);
    size_t size = w.workers * w.share + 63;
    TR_TRY(tr_kzg_get(trail, kzg, size, &got));
    w.memory = got + (-(uintptr_t)got & 63);
    tr_exec_run(exec, w.workers, run, &w);
    tr_alloc_put(kzg->alloc, got, size);
    return TR_OK;
}

typedef struct growing {
    const tr_kzg *kzg;
    tr_kzg_table *table;
    const tr_bls_g1 *points;
    tr_add_job *jobs;
    uint8_t *scratch;
    size_t parts;
} growing;

/* The points of one part, doubled from window to window. */
static void grow(void *context, size_t index)
{
    const growing *g = context;
    const tr_kzg_table *table = g->table;
    size_t from = table->n * index / g->parts, to = table->n * (index + 1) / g->parts;
    tr_add_job *jobs = g->jobs + from;
    for (size_t i = from; i < to; i++) {
        table->points[i] = g->points[i];
        if (g->kzg->backend->g1_enter != NULL) g->kzg->backend->g1_enter(&table->points[i]);
    }
    for (size_t window = 1; window < table->windows; window++) {
        size_t at = window * table->n;
        for (unsigned bit = 0; bit < table->width; bit++) {
            for (size_t i = from; i < to; i++) {
                size_t source = at + i - (bit == 0 ? table->n : 0);
                jobs[i - from] =
                    (tr_add_job){(uint32_t)source, (uint32_t)source, (uint32_t)(at + i)};
            }
            g->kzg->backend->g1_add_many(to - from, jobs, table->points,
                                         g->scratch + from * 3 * sizeof(tr_bls_fp));
        }
    }
}

static size_t table_size(const tr_kzg_table *table)
{
    return table->n * table->windows * sizeof(*table->points);
}

tr_err tr_kzg_table_new(tr_trail *trail, const tr_kzg *kzg, tr_exec *exec, size_t n, unsigned width,
                        const tr_bls_g1 points[], tr_kzg_table *out)
{
    enum { PART = 512, EACH = 3 * sizeof(tr_bls_fp) + sizeof(tr_add_job) };
    tr_kzg_table table = {.n = n, .width = width, .windows = 256 / width + (256 % width != 0)};
    growing g = {.kzg = kzg, .table = &table, .points = points, .parts = (n + PART - 1) / PART};
    uint8_t *got;
    TR_TRY(tr_kzg_get(trail, kzg, table_size(&table), &table.points));
    tr_err err = tr_kzg_get(trail, kzg, n * EACH + 63, &got);
    if (err != TR_OK) {
        tr_kzg_table_free(kzg, &table);
        return err;
    }
    g.scratch = got + (-(uintptr_t)got & 63);
    g.jobs = (tr_add_job *)(g.scratch + n * 3 * sizeof(tr_bls_fp));
    tr_exec_run(exec, g.parts, grow, &g);
    tr_alloc_put(kzg->alloc, got, n * EACH + 63);
    *out = table;
    return TR_OK;
}

void tr_kzg_table_free(const tr_kzg *kzg, tr_kzg_table *table)
{
    if (table->points != NULL) tr_alloc_put(kzg->alloc, table->points, table_size(table));
    table->points = NULL;
}
