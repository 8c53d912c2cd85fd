/* The template of transforms in eight lanes (field/ntt_avx512.c); TR_NTT is the prefix of a field's
 * names, TR_NTT_MEMBER its name in a backend; both undefined at the end. */
#ifndef TR_FIELD_NTT_IMPL_AVX512_H
#define TR_FIELD_NTT_IMPL_AVX512_H

#include "field/lanes_avx512.h"
#include "field/ntt_internal.h"

#endif

#define TR_N(name)  TR_PASTE(TR_NTT, name)
#define TR_FR       TR_N(fr)
#define TR_R(name)  TR_PASTE(TR_FR, name)
#define TR_X        TR_R(x8)
#define TR_XF(name) TR_PASTE(TR_X, name)

/* One of R's form for all lanes. */
typedef struct TR_N(factor) {
    uint64_t l[5];
} TR_N(factor);

/* One of the two passes. */
typedef struct TR_N(pass) {
    const TR_FR *from;
    TR_FR *to;
    size_t from_lane, from_step, to_lane, to_step; /* distances, in numbers */
    size_t from_next, to_next;                     /* from one block of eight to the next */
    unsigned log;
    const TR_N(factor) * factors; /* the first half of the powers of the root of 2^log */
    bool twist;                   /* the first pass */
} TR_N(pass);

typedef struct TR_N(work) {
    const TR_N(domain) * domain;
    const TR_N(pass) * pass;
    TR_FR root, scale;           /* of the whole, and what everything is multiplied by */
    TR_X *buffers;               /* of 2^log, for each job */
    size_t buffer_len, blocks;   /* of each, and of the pass */
    size_t next;                 /* block to be done */
    TR_FR *values, base, factor; /* of scaling */
    size_t size;
} TR_N(work);

/* (x, y) becomes (x + w y, x - w y); limbs need no carry but those that are multiplied. */
static __attribute__((noinline)) void TR_N(pair)(TR_X *x, TR_X *y, const TR_N(factor) * w)
{
    TR_X a, b, t;
    TR_XF(carry)(&b, y);
    TR_XF(set)(&t, w->l);
    TR_XF(mul_raw)(&t, &b, &t);
    a = *x;
    TR_XF(add)(x, &a, &t);
    TR_XF(sub_2p)(y, &a, &t);
}

/* The first two levels, whose factors are 1 and the square root of -1.  x below 2p and carried. */
static __attribute__((noinline)) void TR_N(first_levels)(TR_X x[4], const TR_N(factor) * i)
{
    TR_X a, b, c, d, t;
    TR_XF(add)(&a, &x[0], &x[1]);
    TR_XF(sub_2p)(&b, &x[0], &x[1]);
    TR_XF(add)(&c, &x[2], &x[3]);
    TR_XF(sub_2p)(&d, &x[2], &x[3]);
    TR_XF(carry)(&d, &d);
    TR_XF(set)(&t, i->l);
    TR_XF(mul_raw)(&d, &d, &t);
    TR_XF(add)(&x[0], &a, &c);
    TR_XF(sub_4p)(&x[2], &a, &c);
    TR_XF(add)(&x[1], &b, &d);
    TR_XF(sub_2p)(&x[3], &b, &d);
}

static void TR_N(levels)(const TR_N(pass) * pass, TR_X *x)
{
    size_t n = (size_t)1 << pass->log;
    for (size_t i = 0; i < n; i += 4) TR_N(first_levels)(x + i, &pass->factors[n / 4]);
    for (size_t half = 4; half < n; half *= 2) {
        size_t step = n / 2 / half;
        for (size_t block = 0; block < n; block += 2 * half)
            for (size_t j = 0; j < half; j++)
                TR_N(pair)(&x[block + j], &x[block + half + j], &pass->factors[j * step]);
    }
}

/* x[k] is multiplied by scale root^(k column), a column for each lane, first being the first. */
static void TR_N(twist)(const TR_N(work) * work, TR_X *x, size_t n, size_t first)
{
    TR_FR powers[LANES], scales[LANES];
    TR_X step, factor, t;
    TR_R(pow)(&powers[0], &work->root, &(uint64_t){first}, 1);
    for (unsigned i = 1; i < LANES; i++) TR_R(mul)(&powers[i], &powers[i - 1], &work->root);
    for (unsigned i = 0; i < LANES; i++) scales[i] = work->scale;
    TR_XF(load)(&step, powers, 1);
    TR_XF(in)(&step, &step);
    TR_XF(load)(&factor, scales, 1);
    TR_XF(in)(&factor, &factor);
    for (size_t k = 0; k < n; k++) {
        TR_XF(carry)(&t, &x[k]);
        TR_XF(mul)(&x[k], &t, &factor);
        TR_XF(mul)(&factor, &factor, &step);
    }
}

static void TR_N(block)(const TR_N(work) * work, TR_X *x, size_t block)
{
    const TR_N(pass) *pass = work->pass;
    const TR_FR *from = pass->from + block * pass->from_next;
    TR_FR *to = pass->to + block * pass->to_next;
    size_t n = (size_t)1 << pass->log;
    unsigned reversed = 0;
    for (size_t i = 0; i < n; i++) {
        TR_XF(load)(&x[reversed], from + i * pass->from_step, pass->from_lane);
        reversed = reverse_next(reversed, pass->log);
    }
    TR_N(levels)(pass, x);
    if (pass->twist) TR_N(twist)(work, x, n, block * LANES);
    for (size_t i = 0; i < n; i++) {
        if (!pass->twist) {
            TR_XF(carry)(&x[i], &x[i]);
            TR_XF(reduce)(&x[i], &x[i]);
        }
        TR_XF(store)(to + i * pass->to_step, pass->to_lane, &x[i]);
    }
}

static void TR_N(pass_job)(void *context, size_t index)
{
    TR_N(work) *work = context;
    TR_X *buffer = work->buffers + index * work->buffer_len;
    for (;;) {
        size_t block = __atomic_fetch_add(&work->next, 1, __ATOMIC_RELAXED);
        if (block >= work->blocks) return;
        TR_N(block)(work, buffer, block);
    }
}

/* values[i] *= factor base^i */
static void TR_N(scale_job)(void *context, size_t index)
{
    const TR_N(work) *work = context;
    size_t count = TR_MIN(work->size, (size_t)4096);
    TR_FR *values = work->values + index * count, powers[LANES];
    TR_X x, step, factor;
    TR_R(pow)(&powers[0], &work->base, &(uint64_t){index * count}, 1);
    TR_R(mul)(&powers[0], &powers[0], &work->factor);
    for (unsigned i = 1; i < LANES; i++) TR_R(mul)(&powers[i], &powers[i - 1], &work->base);
    TR_XF(load)(&factor, powers, 1);
    TR_XF(in)(&factor, &factor);
    TR_R(sqr_times)(&powers[0], &work->base, 3);
    for (unsigned i = 1; i < LANES; i++) powers[i] = powers[0];
    TR_XF(load)(&step, powers, 1);
    TR_XF(in)(&step, &step);
    for (size_t i = 0; i < count; i += LANES) {
        TR_XF(load)(&x, values + i, 1);
        TR_XF(mul)(&x, &x, &factor);
        TR_XF(reduce_once)(&x, &x);
        TR_XF(store)(values + i, 1, &x);
        TR_XF(mul)(&factor, &factor, &step);
    }
}

static void TR_N(make_factors)(TR_N(factor) * out, const TR_FR *root, size_t n)
{
    TR_FR w[LANES];
    TR_X x, step;
    w[0] = TR_R(one);
    for (unsigned i = 1; i < LANES; i++) TR_R(mul)(&w[i], &w[i - 1], root);
    TR_XF(load)(&x, w, 1);
    TR_XF(in)(&x, &x);
    TR_R(mul)(&w[0], &w[LANES - 1], root);
    for (unsigned i = 1; i < LANES; i++) w[i] = w[0];
    TR_XF(load)(&step, w, 1);
    TR_XF(in)(&step, &step);
    for (size_t i = 0; i < n / 2; i += LANES) {
        for (size_t k = 0; k < LANES && i + k < n / 2; k++)
            for (unsigned l = 0; l < 5; l++) out[i + k].l[l] = (uint64_t)x.l[l][k];
        TR_XF(mul)(&x, &x, &step);
    }
}

static void TR_N(transform)(const TR_N(domain) * domain, tr_exec *exec, bool inverse,
                            const TR_FR *shift, TR_FR *values)
{
    const tr_ntt_backend *one_by_one = &tr_ntt_mulx;
    unsigned log = domain->log_size, log1 = log / 2, log2 = log - log1;
    size_t size = (size_t)1 << log, n1 = (size_t)1 << log1, n2 = (size_t)1 << log2;
    size_t jobs = TR_MIN(tr_exec_width(exec), n1 / LANES);
    size_t bytes =
        size * sizeof(TR_FR) + jobs * n2 * sizeof(TR_X) + n2 * sizeof(TR_N(factor)) + 128;
    size_t **slot = &((TR_N(domain) *)domain)->scratch, *memory = NULL;
    if (log >= LOG_MIN && log <= LOG_MAX) memory = scratch_take(domain->alloc, slot, bytes);
    if (memory == NULL) {
        one_by_one->TR_NTT_MEMBER(domain, exec, inverse, shift, values);
        return;
    }
    TR_X *buffers = (TR_X *)(((uintptr_t)(memory + 1) + 63) & ~(uintptr_t)63);
    TR_FR *scratch = (TR_FR *)(buffers + jobs * n2), root;
    TR_N(factor) *factors = (TR_N(factor) *)(scratch + size);
    TR_N(work) work = {.domain = domain, .buffers = buffers, .buffer_len = n2, .size = size};
    work.root = inverse ? domain->inverse_root : domain->root;
    work.scale = inverse ? domain->inverse_size : TR_R(one);
    work.values = values;
    work.factor = TR_R(one);
    size_t chunks = TR_MAX(size / 4096, 1);
    if (!inverse && shift != NULL) {
        work.base = *shift;
        tr_exec_run(exec, chunks, TR_N(scale_job), &work);
    }

    TR_N(pass) columns = {.from = values, .to = scratch, .from_lane = 1, .from_step = n2};
    columns.to_lane = 1, columns.to_step = n2, columns.from_next = columns.to_next = LANES;
    columns.log = log1, columns.factors = factors, columns.twist = true;
    TR_R(sqr_times)(&root, &work.root, log2);
    TR_N(make_factors)(factors, &root, n1);
    work.pass = &columns;
    work.blocks = n2 / LANES;
    tr_exec_run(exec, jobs, TR_N(pass_job), &work);

    TR_N(pass) rows = {.from = scratch, .to = values, .from_lane = n2, .from_step = 1};
    rows.to_lane = 1, rows.to_step = n1, rows.from_next = LANES * n2, rows.to_next = LANES;
    rows.log = log2, rows.factors = factors;
    TR_R(sqr_times)(&root, &work.root, log1);
    TR_N(make_factors)(factors, &root, n2);
    work.pass = &rows;
    work.blocks = n1 / LANES;
    work.next = 0;
    tr_exec_run(exec, jobs, TR_N(pass_job), &work);

    if (inverse && shift != NULL) {
        TR_R(inv)(&work.base, shift);
        tr_exec_run(exec, chunks, TR_N(scale_job), &work);
    }
    scratch_put(domain->alloc, slot, memory);
}

#undef TR_N
#undef TR_FR
#undef TR_R
#undef TR_X
#undef TR_XF
#undef TR_NTT
#undef TR_NTT_MEMBER
