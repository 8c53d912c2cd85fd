/* The template of many multiples of one point, after curve/msm_impl.h: a table of the point's
 * multiples by each digit at each place, then affine additions of table entries, many scalars side
 * by side.  For a group G: G_multiples. */
#ifndef TR_CURVE_MULTIPLES_IMPL_H
#define TR_CURVE_MULTIPLES_IMPL_H

#include "curve/msm_internal.h"
#include "field/tower.h"

enum {
    TR_FIXED_WIDTH_MAX = 8,
    TR_FIXED_BITS = 256, /* scalars are below that */
    TR_FIXED_FEW = 1024, /* scalars that are multiplied side by side */
};

/* The width of a digit for n scalars. */
static inline unsigned tr_fixed_width(size_t n)
{
    return n < 16 ? 2 : n < 256 ? 4 : TR_FIXED_WIDTH_MAX;
}

#endif

#ifdef TR_MSM_SCALAR
#define TR_FIXED TR_G(fixed)

typedef struct TR_G(fixed_worker) {
    TR_GROUP *pool; /* the table (shared), then TR_FIXED_FEW sums */
    tr_add_job *jobs;
    void *scratch;
} TR_G(fixed_worker);

typedef struct TR_FIXED {
    const TR_KERNEL *kernel;
    unsigned width, places, workers;
    size_t n, digits; /* digits of one place: 1 .. digits */
    const TR_MSM_SCALAR *scalars;
    TR_GROUP *out;
    TR_G(fixed_worker) * each;
} TR_FIXED;

/* Row by row: entry d - 1 of a place is d times the power of the place.  Entries 2d and 2d + 1
 * follow from d, in all rows at once. */
static void TR_G(fixed_table)(const TR_FIXED *f, const TR_GROUP *base)
{
    TR_G(fixed_worker) *w = &f->each[0];
    TR_JAC power;
    TR_G(jac_of)(&power, base);
    for (unsigned place = 0; place < f->places; place++) {
        TR_GROUP *entry = &w->pool[place * f->digits];
        TR_G(to_affine)(entry, &power);
        if (f->kernel->enter != NULL) f->kernel->enter(entry);
        for (unsigned i = 0; i < f->width; i++) TR_G(jac_double)(&power, &power);
    }
    for (size_t size = 1; size < f->digits; size = 2 * size + 1) {
        for (unsigned odd = 0; odd < 2; odd++) {
            size_t n = 0;
            for (size_t place = 0; place < f->places; place++) {
                size_t row = place * f->digits;
                for (size_t d = (size + 1) / 2; d <= size; d++) {
                    size_t even = row + 2 * d - 1;
                    w->jobs[n++] =
                        odd != 0 ? (tr_add_job){(uint32_t)even, (uint32_t)row, (uint32_t)even + 1}
                                 : (tr_add_job){(uint32_t)(row + d - 1), (uint32_t)(row + d - 1),
                                                (uint32_t)even};
                }
            }
            f->kernel->add_many(n, w->jobs, w->pool, w->scratch);
        }
    }
}

/* Scalars from .. from + n - 1, at most TR_FIXED_FEW. */
static void TR_G(fixed_few)(const TR_FIXED *f, TR_G(fixed_worker) * w, size_t from, size_t n)
{
    size_t sums = f->places * f->digits;
    uint64_t k[TR_FIXED_BITS / 64];
    memset(&w->pool[sums], 0, n * sizeof(*w->pool));
    for (unsigned place = 0; place < f->places; place++) {
        size_t jobs = 0;
        for (size_t i = 0; i < n; i++) {
            TR_PASTE(TR_MSM_SCALAR, to_limbs)(k, &f->scalars[from + i]);
            size_t digit =
                (size_t)tr_scalar_bits(k, TR_FIXED_BITS / 64, place * f->width, f->width);
            if (digit == 0) continue;
            w->jobs[jobs++] =
                (tr_add_job){(uint32_t)(sums + i), (uint32_t)(place * f->digits + digit - 1),
                             (uint32_t)(sums + i)};
        }
        f->kernel->add_many(jobs, w->jobs, w->pool, w->scratch);
    }
    for (size_t i = 0; i < n; i++) {
        if (f->kernel->leave != NULL) f->kernel->leave(&w->pool[sums + i]);
        f->out[from + i] = w->pool[sums + i];
    }
}

static void TR_G(fixed_work)(void *context, size_t index)
{
    TR_FIXED *f = context;
    size_t end = f->n * (index + 1) / f->workers;
    if (index != 0)
        memcpy(f->each[index].pool, f->each[0].pool,
               f->places * f->digits * sizeof(*f->each[0].pool));
    for (size_t at = f->n * index / f->workers; at < end; at += TR_FIXED_FEW)
        TR_G(fixed_few)(f, &f->each[index], at, TR_MIN(end - at, (size_t)TR_FIXED_FEW));
}

static void TR_G(fixed_lay_out)(TR_FIXED *f, TR_G(msm_memory) * memory)
{
    size_t table = f->places * f->digits;
    size_t most = TR_MAX((size_t)TR_FIXED_FEW, table / 2 + f->places);
    f->each = TR_G(msm_cut)(memory, f->workers, sizeof(*f->each));
    for (unsigned i = 0; i < f->workers; i++) {
        TR_G(fixed_worker) w;
        w.pool = TR_G(msm_cut)(memory, table + TR_FIXED_FEW, sizeof(*w.pool));
        w.jobs = TR_G(msm_cut)(memory, most, sizeof(*w.jobs));
        w.scratch = TR_G(msm_cut)(memory, most, TR_MAX(3 * sizeof(TR_GROUP_F), 64ul));
        if (memory->base != NULL) f->each[i] = w;
    }
}

TR_FIELD_SHARED TR_NODISCARD tr_err TR_G(multiples)(tr_trail *trail, const TR_KERNEL *kernel,
                                                    tr_alloc *alloc, tr_exec *exec,
                                                    const TR_GROUP *base, size_t n,
                                                    const TR_MSM_SCALAR *scalars, TR_GROUP *out)
{
    unsigned width = tr_fixed_width(n);
    TR_FIXED f = {.kernel = kernel,
                  .width = width,
                  .places = TR_FIXED_BITS / width,
                  .workers = (unsigned)TR_MIN(tr_exec_width(exec), n / TR_FIXED_FEW + 1),
                  .n = n,
                  .digits = ((size_t)1 << width) - 1,
                  .scalars = scalars,
                  .out = out};
    TR_G(msm_memory) memory = {0};
    TR_G(fixed_lay_out)(&f, &memory);
    size_t size = memory.used + 63;
    uint8_t *got = tr_alloc_get(alloc, size);
    if (got == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a table of multiples");
    memory = (TR_G(msm_memory)){.base = got + (-(uintptr_t)got & 63)};
    TR_G(fixed_lay_out)(&f, &memory);
    TR_G(fixed_table)(&f, base);
    tr_exec_run(exec, f.workers, TR_G(fixed_work), &f);
    tr_alloc_put(alloc, got, size);
    return TR_OK;
}
#endif
