/* The template of transforms with one number at a time: TR_NTT is the prefix of a field's names
 * (tr_bn, tr_bls); undefined at the end.  In place, without memory: decimation in frequency, whose
 * later levels stay within blocks that the cache holds, and then the order turned about. */
#ifndef TR_FIELD_NTT_IMPL_H
#define TR_FIELD_NTT_IMPL_H

#include "field/ntt_internal.h"

enum {
    TR_NTT_BLOCK_LOG = 12, /* of what is transformed by one job: 128 KiB */
    TR_NTT_CHUNK_LOG = 11, /* butterflies of one job, and numbers of one job of other passes */
};

static inline size_t tr_ntt_reverse(size_t i, unsigned bits)
{
    size_t r = 0;
    for (unsigned k = 0; k < bits; k++) r |= (i >> k & 1) << (bits - 1 - k);
    return r;
}

#endif

#ifdef TR_NTT
#define TR_N(name) TR_PASTE(TR_NTT, name)
#define TR_FR      TR_N(fr)
#define TR_R(name) TR_PASTE(TR_FR, name)

typedef struct TR_N(work) {
    const TR_N(domain) * domain;
    TR_FR *values;
    unsigned level;     /* log of the butterflies' distance */
    TR_FR base, factor; /* of scaling: values[i] *= factor base^i */
    bool back;          /* turn the order about 0 as well */
} TR_N(work);

/* root^e for e below half the size. */
static inline void TR_N(root_power)(TR_FR *out, const TR_N(domain) * domain, size_t e)
{
    size_t low = e & (((size_t)1 << domain->low_bits) - 1), high = e >> domain->low_bits;
    if (low == 0)
        *out = domain->high[high];
    else if (high == 0)
        *out = domain->low[low];
    else
        TR_R(mul)(out, &domain->high[high], &domain->low[low]);
}

/* count butterflies of a level, from the first-th on: (x, y) becomes (x + y, (x - y) w). */
static void TR_N(butterflies)(const TR_N(work) * work, unsigned level, size_t first, size_t count)
{
    size_t half = (size_t)1 << level;
    unsigned stride = work->domain->log_size - 1 - level;
    for (size_t b = first; b < first + count; b++) {
        size_t j = b & (half - 1);
        TR_FR *x = &work->values[(b - j) * 2 + j], *y = x + half, w, t;
        TR_N(root_power)(&w, work->domain, j << stride);
        TR_R(sub)(&t, x, y);
        TR_R(add)(x, x, y);
        TR_R(mul)(y, &t, &w);
    }
}

static void TR_N(level_job)(void *context, size_t index)
{
    const TR_N(work) *work = context;
    size_t all = (size_t)1 << (work->domain->log_size - 1);
    size_t count = TR_MIN(all, (size_t)1 << TR_NTT_CHUNK_LOG);
    TR_N(butterflies)(work, work->level, index * count, count);
}

/* All levels within a block. */
static void TR_N(block_job)(void *context, size_t index)
{
    const TR_N(work) *work = context;
    unsigned log = TR_MIN(work->domain->log_size, TR_NTT_BLOCK_LOG);
    size_t half = (size_t)1 << (log - 1);
    for (unsigned level = log; level-- > 0;) TR_N(butterflies)(work, level, index * half, half);
}

/* Each pair that changes places belongs to its lower index. */
static void TR_N(order_job)(void *context, size_t index)
{
    const TR_N(work) *work = context;
    unsigned log = work->domain->log_size;
    size_t all = (size_t)1 << log, count = TR_MIN(all, (size_t)1 << TR_NTT_CHUNK_LOG);
    for (size_t i = index * count; i < (index + 1) * count; i++) {
        size_t j = work->back ? (all - i) & (all - 1) : tr_ntt_reverse(i, log);
        if (i >= j) continue;
        TR_FR t = work->values[i];
        work->values[i] = work->values[j];
        work->values[j] = t;
    }
}

static void TR_N(scale_job)(void *context, size_t index)
{
    const TR_N(work) *work = context;
    size_t all = (size_t)1 << work->domain->log_size;
    size_t count = TR_MIN(all, (size_t)1 << TR_NTT_CHUNK_LOG);
    TR_FR power;
    TR_R(pow)(&power, &work->base, &(uint64_t){index * count}, 1);
    TR_R(mul)(&power, &power, &work->factor);
    for (size_t i = index * count; i < (index + 1) * count; i++) {
        TR_R(mul)(&work->values[i], &work->values[i], &power);
        TR_R(mul)(&power, &power, &work->base);
    }
}

static void TR_N(transform)(const TR_N(domain) * domain, tr_exec *exec, bool inverse,
                            const TR_FR *shift, TR_FR *values)
{
    TR_N(work) work = {.domain = domain, .values = values, .base = TR_R(one), .factor = TR_R(one)};
    unsigned log = domain->log_size;
    size_t chunks = (size_t)1 << (log > TR_NTT_CHUNK_LOG ? log - TR_NTT_CHUNK_LOG : 0);
    size_t half_chunks = TR_MAX(chunks / 2, 1);
    if (!inverse && shift != NULL) {
        work.base = *shift;
        tr_exec_run(exec, chunks, TR_N(scale_job), &work);
    }
    for (unsigned level = log; level > TR_NTT_BLOCK_LOG; level--) {
        work.level = level - 1;
        tr_exec_run(exec, half_chunks, TR_N(level_job), &work);
    }
    if (log > 0) {
        size_t blocks = (size_t)1 << (log > TR_NTT_BLOCK_LOG ? log - TR_NTT_BLOCK_LOG : 0);
        tr_exec_run(exec, blocks, TR_N(block_job), &work);
    }
    tr_exec_run(exec, chunks, TR_N(order_job), &work);
    if (!inverse) return;
    /* The inverse of the root gives the same values in the opposite order. */
    work.back = true;
    tr_exec_run(exec, chunks, TR_N(order_job), &work);
    if (shift != NULL) TR_R(inv)(&work.base, shift);
    work.factor = domain->inverse_size;
    tr_exec_run(exec, chunks, TR_N(scale_job), &work);
}

#undef TR_N
#undef TR_FR
#undef TR_R
#undef TR_NTT
#endif
