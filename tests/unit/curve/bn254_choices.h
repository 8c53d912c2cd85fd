/* What the tests of BN254 share: its backends, one after the other, and random points. */
#ifndef TR_TESTS_BN254_CHOICES_H
#define TR_TESTS_BN254_CHOICES_H

#include "curve/bn254_internal.h"
#include "harness.h"

static const char *const bn_names[] = {"portable", "bmi2", "ifma"};

/* The statement that follows runs with each backend that this machine has; the last is the fastest,
 * which stays chosen. */
#define BN_EACH(name)                                                                              \
    for (size_t bn_at = 0; bn_at < TR_COUNTOF(bn_names); bn_at++)                                  \
        for (const char *name = bn_choose(bn_names[bn_at]); name != NULL; name = NULL)

static inline const char *bn_choose(const char *name)
{
    const tr_bn_backend *backend = tr_bn_find(name);
    if (backend == NULL) return NULL;
    tr_bn_use(backend);
    return name;
}

/* True in one case of n: what takes milliseconds is not done a thousand times. */
static inline bool bn_one_in(tr_gen *g, uint64_t n)
{
    return tr_gen_below(g, n) == 0;
}

static inline void bn_gen_scalar(tr_gen *g, uint8_t out[32])
{
    memset(out, 0, 32);
    if (tr_gen_bool(g))
        tr_gen_fill(g, out, 32);
    else
        tr_store64be(out + 8 * tr_gen_below(g, 4), tr_gen_u64(g));
}

static inline tr_bn_g1 bn_gen_g1(tr_gen *g)
{
    uint8_t k[32];
    tr_bn_g1 out;
    bn_gen_scalar(g, k);
    tr_bn_g1_mul(&tr_bn_g1_generator, k, &out);
    return out;
}

static inline tr_bn_g2 bn_gen_g2(tr_gen *g)
{
    uint8_t k[32];
    tr_bn_g2 out;
    bn_gen_scalar(g, k);
    tr_bn_g2_mul(&tr_bn_g2_generator, k, &out);
    return out;
}

static inline bool bn_g1_eq(const tr_bn_g1 *a, const tr_bn_g1 *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

static inline bool bn_g2_eq(const tr_bn_g2 *a, const tr_bn_g2 *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

/* Multiples by doubling and adding, one bit after the other. */
static inline tr_bn_g1 bn_slow_g1_mul(const tr_bn_g1 *a, const uint8_t k[32])
{
    tr_bn_g1 sum;
    memset(&sum, 0, sizeof(sum));
    for (unsigned i = 0; i < 256; i++) {
        tr_bn_g1_add(&sum, &sum, &sum);
        if ((k[i / 8] >> (7 - i % 8) & 1) != 0) tr_bn_g1_add(&sum, a, &sum);
    }
    return sum;
}

static inline tr_bn_g2 bn_slow_g2_mul(const tr_bn_g2 *a, const uint8_t k[32])
{
    tr_bn_g2 sum;
    memset(&sum, 0, sizeof(sum));
    for (unsigned i = 0; i < 256; i++) {
        tr_bn_g2_add(&sum, &sum, &sum);
        if ((k[i / 8] >> (7 - i % 8) & 1) != 0) tr_bn_g2_add(&sum, a, &sum);
    }
    return sum;
}

#endif
