/* What the tests of BLS12-381 share: its backends, one after the other, and random points. */
#ifndef TR_TESTS_BLS_CHOICES_H
#define TR_TESTS_BLS_CHOICES_H

#include "curve/bls12_381_internal.h"
#include "harness.h"

static const char *const bls_names[] = {"portable", "bmi2"};

/* The statement that follows runs with each backend that this machine has; the last is the fastest,
 * which stays chosen. */
#define BLS_EACH(name)                                                                             \
    for (size_t bls_at = 0; bls_at < TR_COUNTOF(bls_names); bls_at++)                              \
        for (const char *name = bls_choose(bls_names[bls_at]); name != NULL; name = NULL)

static inline const char *bls_choose(const char *name)
{
    const tr_bls_backend *backend = tr_bls_find(name);
    if (backend == NULL) return NULL;
    tr_bls_use(backend);
    return name;
}

/* One case of a few: for properties that take long. */
static inline bool bls_now_and_then(tr_gen *g)
{
    return tr_gen_below(g, 5) == 1;
}

/* The order of the subgroups: x^4 - x^2 + 1. */
static inline const uint8_t *bls_order(void)
{
    return tr_test_hex("73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001").data;
}

static inline void bls_gen_scalar(tr_gen *g, uint8_t out[32])
{
    memset(out, 0, 32);
    if (tr_gen_bool(g))
        tr_gen_fill(g, out, 32);
    else
        tr_store64be(out + 8 * tr_gen_below(g, 4), tr_gen_u64(g));
}

static inline tr_bls_g1 bls_gen_g1(tr_gen *g)
{
    uint8_t k[32];
    tr_bls_g1 out;
    bls_gen_scalar(g, k);
    tr_bls_g1_mul(&tr_bls_g1_generator, k, &out);
    return out;
}

static inline tr_bls_g2 bls_gen_g2(tr_gen *g)
{
    uint8_t k[32];
    tr_bls_g2 out;
    bls_gen_scalar(g, k);
    tr_bls_g2_mul(&tr_bls_g2_generator, k, &out);
    return out;
}

static inline void bls_gen_fp(tr_gen *g, tr_bls_fp *out)
{
    uint8_t bytes[64];
    tr_gen_fill(g, bytes, sizeof(bytes));
    tr_bls_fp_reduce_be(out, bytes, sizeof(bytes));
}

/* Points of the whole curves, most of them outside of the subgroups. */
static inline tr_bls_g1 bls_gen_any_g1(tr_gen *g)
{
    tr_bls_g1 out;
    bls_gen_fp(g, &out.x);
    while (!tr_bls_chosen->g1_lift(&out, true)) tr_bls_fp_add(&out.x, &out.x, &tr_bls_fp_one);
    return out;
}

static inline tr_bls_g2 bls_gen_any_g2(tr_gen *g)
{
    tr_bls_g2 out;
    bls_gen_fp(g, &out.x.c0);
    bls_gen_fp(g, &out.x.c1);
    while (!tr_bls_chosen->g2_lift(&out, true)) tr_bls_fp_add(&out.x.c0, &out.x.c0, &tr_bls_fp_one);
    return out;
}

#endif
