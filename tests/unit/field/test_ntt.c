/* Transforms against the definition, against each other, and there and back; by every way that this
 * machine has. */
#include "field/ntt_internal.h"
#include "harness.h"
#include "os/heap.h"
#include "os/pool.h"

static const char *const ways[] = {"portable", "mulx", "ifma"};

static uint64_t next_number; /* of the inputs: a splitmix64 stream */

static uint64_t number(void)
{
    uint64_t z = next_number += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static void fill(uint8_t *to, size_t len)
{
    for (size_t i = 0; i < len; i += 8) tr_store64le(to + i, number());
}

static tr_exec *threads(tr_pool **pool)
{
    tr_pool_options options = {.workers = 2, .name = "ntt"};
    TR_CHECK_OK(tr_pool_new(NULL, tr_test_alloc(), &options, pool));
    return tr_pool_exec(*pool);
}

#define TESTS(prefix)                                                                              \
    static prefix##_fr *prefix##_numbers(size_t n)                                                 \
    {                                                                                              \
        prefix##_fr *out = TR_ARENA_ARRAY(tr_test_arena(), prefix##_fr, n);                        \
        uint8_t bytes[32];                                                                         \
        for (size_t i = 0; i < n; i++) {                                                           \
            fill(bytes, sizeof(bytes));                                                            \
            prefix##_fr_reduce_be(&out[i], bytes, sizeof(bytes));                                  \
        }                                                                                          \
        if (n > 2) { /* and the largest number */                                                  \
            memcpy(&out[1], prefix##_fr_modulus, sizeof(out[1]));                                  \
            out[1].w[0]--;                                                                         \
        }                                                                                          \
        return out;                                                                                \
    }                                                                                              \
                                                                                                   \
    /* The polynomial's value at x, by Horner. */                                                  \
    static prefix##_fr prefix##_value(size_t n, const prefix##_fr *a, const prefix##_fr *x)        \
    {                                                                                              \
        prefix##_fr sum = prefix##_fr_zero;                                                        \
        for (size_t i = n; i-- > 0;) {                                                             \
            prefix##_fr_mul(&sum, &sum, x);                                                        \
            prefix##_fr_add(&sum, &sum, &a[i]);                                                    \
        }                                                                                          \
        return sum;                                                                                \
    }                                                                                              \
                                                                                                   \
    static void prefix##_check_size(unsigned log, tr_exec *exec, bool all_values)                  \
    {                                                                                              \
        size_t n = (size_t)1 << log, bytes = n * sizeof(prefix##_fr);                              \
        prefix##_domain *domain;                                                                   \
        TR_CHECK_OK(prefix##_domain_new(NULL, tr_test_alloc(), log, &domain));                     \
        prefix##_fr root = prefix##_domain_root(domain), x, y;                                     \
        prefix##_fr *a = prefix##_numbers(n), *values = prefix##_numbers(n);                       \
        prefix##_fr shift = prefix##_numbers(4)[3];                                                \
        prefix##_fr_sqr_times(&x, &root, log);                                                     \
        TR_CHECK(prefix##_fr_eq(&x, &prefix##_fr_one));                                            \
        if (log > 0) {                                                                             \
            prefix##_fr_sqr_times(&x, &root, log - 1);                                             \
            TR_CHECK(!prefix##_fr_eq(&x, &prefix##_fr_one));                                       \
        }                                                                                          \
        for (unsigned coset = 0; coset < 2; coset++) {                                             \
            memcpy(values, a, bytes);                                                              \
            prefix##_ntt(domain, exec, coset != 0 ? &shift : NULL, values);                        \
            x = coset != 0 ? shift : prefix##_fr_one;                                              \
            for (size_t i = 0; i < n; i++) {                                                       \
                if (all_values || i < 3 || i + 2 > n) {                                            \
                    y = prefix##_value(n, a, &x);                                                  \
                    TR_CHECK(prefix##_fr_eq(&y, &values[i]));                                      \
                }                                                                                  \
                prefix##_fr_mul(&x, &x, &root);                                                    \
            }                                                                                      \
            prefix##_ntt_inverse(domain, exec, coset != 0 ? &shift : NULL, values);                \
            TR_CHECK(memcmp(values, a, bytes) == 0);                                               \
        }                                                                                          \
        prefix##_domain_free(domain);                                                              \
    }                                                                                              \
                                                                                                   \
    TR_TEST(prefix##_values_of_polynomials)                                                        \
    {                                                                                              \
        tr_pool *pool;                                                                             \
        tr_exec *exec = threads(&pool);                                                            \
        next_number = tr_test_random();                                                            \
        for (unsigned w = 0; w < TR_COUNTOF(ways); w++) {                                          \
            if (tr_ntt_find(ways[w]) == NULL) continue;                                            \
            tr_ntt_use(tr_ntt_find(ways[w]));                                                      \
            for (unsigned log = 0; log < 9; log++) prefix##_check_size(log, NULL, true);           \
            for (unsigned log = 0; log < 9; log++) prefix##_check_size(log, exec, true);           \
            for (unsigned log = 9; log < 16; log += 2) prefix##_check_size(log, exec, false);      \
            prefix##_check_size(16, NULL, false);                                                  \
        }                                                                                          \
        tr_pool_free(pool);                                                                        \
    }                                                                                              \
                                                                                                   \
    TR_TEST(prefix##_ways_agree)                                                                   \
    {                                                                                              \
        next_number = tr_test_random();                                                            \
        size_t n = (size_t)1 << 13;                                                                \
        prefix##_domain *domain;                                                                   \
        TR_CHECK_OK(prefix##_domain_new(NULL, tr_test_alloc(), 13, &domain));                      \
        prefix##_fr *a = prefix##_numbers(n), *b = prefix##_numbers(n), *c = prefix##_numbers(n);  \
        for (unsigned w = 0; w < TR_COUNTOF(ways); w++) {                                          \
            if (tr_ntt_find(ways[w]) == NULL) continue;                                            \
            memcpy(b, a, n * sizeof(*a));                                                          \
            tr_ntt_use(tr_ntt_find(ways[w]));                                                      \
            prefix##_ntt(domain, NULL, NULL, b);                                                   \
            if (w == 0) memcpy(c, b, n * sizeof(*a));                                              \
            TR_CHECK(memcmp(b, c, n * sizeof(*a)) == 0);                                           \
        }                                                                                          \
        prefix##_domain_free(domain);                                                              \
    }                                                                                              \
                                                                                                   \
    static tr_err prefix##_make(tr_alloc *alloc, void *context)                                    \
    {                                                                                              \
        prefix##_domain *domain;                                                                   \
        TR_TRY(prefix##_domain_new(NULL, alloc, *(unsigned *)context, &domain));                   \
        prefix##_domain_free(domain);                                                              \
        return TR_OK;                                                                              \
    }                                                                                              \
                                                                                                   \
    TR_TEST(prefix##_domains)                                                                      \
    {                                                                                              \
        unsigned log = 5;                                                                          \
        tr_test_out_of_memory(prefix##_make, &log);                                                \
        prefix##_domain *domain;                                                                   \
        TR_CHECK_ERR(                                                                              \
            prefix##_domain_new(NULL, tr_test_alloc(), prefix##_fr_two_adicity + 1, &domain),      \
            TR_E_RANGE);                                                                           \
        TR_CHECK_OK(prefix##_domain_new(NULL, tr_test_alloc(), prefix##_fr_two_adicity, &domain)); \
        prefix##_fr root = prefix##_domain_root(domain);                                           \
        TR_CHECK(prefix##_fr_eq(&root, &prefix##_fr_root_of_unity));                               \
        prefix##_domain_free(domain);                                                              \
        prefix##_domain_free(NULL);                                                                \
    }

TESTS(tr_bn)
TESTS(tr_bls)

/* Gives memory once. */
typedef struct once {
    tr_alloc alloc;
    unsigned given;
} once;

static void *once_resize(tr_alloc *self, void *old, size_t old_size, size_t new_size)
{
    once *o = (once *)self;
    if (new_size != 0 && o->given++ > 0) return NULL;
    return tr_test_alloc()->resize(tr_test_alloc(), old, old_size, new_size);
}

TR_TEST(transforms_need_no_memory)
{
    next_number = tr_test_random();
    once poor = {{once_resize}, 0};
    tr_bn_domain *domain;
    TR_CHECK_OK(tr_bn_domain_new(NULL, &poor.alloc, 9, &domain));
    tr_bn_fr *a = tr_bn_numbers(512), *b = tr_bn_numbers(512);
    memcpy(b, a, 512 * sizeof(*a));
    for (unsigned w = 0; w < TR_COUNTOF(ways); w++) {
        if (tr_ntt_find(ways[w]) == NULL) continue;
        tr_ntt_use(tr_ntt_find(ways[w]));
        tr_bn_ntt(domain, NULL, NULL, a);
        tr_bn_fr sum = tr_bn_value(512, b, &tr_bn_fr_one);
        TR_CHECK(tr_bn_fr_eq(&a[0], &sum));
        tr_bn_ntt_inverse(domain, NULL, NULL, a);
        TR_CHECK(memcmp(a, b, 512 * sizeof(*a)) == 0);
    }
    tr_bn_domain_free(domain);
}

/* One domain in several transforms at once. */
typedef struct shared {
    const tr_bn_domain *domain;
    tr_bn_fr *values[6];
} shared;

static void shared_job(void *context, size_t index)
{
    shared *s = context;
    tr_bn_ntt(s->domain, NULL, NULL, s->values[index]);
}

TR_TEST(domains_are_shared)
{
    next_number = tr_test_random();
    tr_pool *pool;
    tr_exec *exec = threads(&pool);
    tr_bn_domain *domain;
    TR_CHECK_OK(tr_bn_domain_new(NULL, tr_heap(), 10, &domain));
    for (unsigned w = 0; w < TR_COUNTOF(ways); w++) {
        if (tr_ntt_find(ways[w]) == NULL) continue;
        tr_ntt_use(tr_ntt_find(ways[w]));
        shared s = {.domain = domain};
        tr_bn_fr *a = tr_bn_numbers(1024);
        for (unsigned i = 0; i < 6; i++) {
            s.values[i] = tr_bn_numbers(1024);
            memcpy(s.values[i], a, 1024 * sizeof(*a));
        }
        tr_exec_run(exec, 6, shared_job, &s);
        tr_bn_ntt(domain, NULL, NULL, a);
        for (unsigned i = 0; i < 6; i++) TR_CHECK(memcmp(s.values[i], a, 1024 * sizeof(*a)) == 0);
    }
    tr_bn_domain_free(domain);
    tr_pool_free(pool);
}

TR_TEST(unknown_ways)
{
    TR_CHECK(tr_ntt_find("abacus") == NULL);
}
