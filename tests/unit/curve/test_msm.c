/* Sums of products over BN254: Pippenger's against one multiplication after the other. */
#include "bn254_choices.h"
#include "os/pool.h"

enum { MANY = 1000, MOST = 5000 };

typedef struct sums {
    size_t n;
    tr_bn_g1 p[MOST];
    tr_bn_g2 q[MANY];
    tr_bn_fr k[MOST];
} sums;

static sums *sums_new(void)
{
    sums *s = TR_ARENA_NEW(tr_test_arena(), sums);
    TR_CHECK(s != NULL);
    return s;
}

static void random_fr(tr_bn_fr *out)
{
    uint8_t wide[64];
    for (size_t i = 0; i < sizeof(wide); i += 8) tr_store64le(wide + i, tr_test_random());
    tr_bn_fr_reduce_be(out, wide, sizeof(wide));
}

/* Points G, 2G, ... times a random start, made by additions. */
static void fill(sums *s, size_t n)
{
    uint8_t k[32];
    s->n = n;
    for (size_t i = 0; i < n; i++) {
        random_fr(&s->k[i]);
        if (i == 0) {
            tr_bn_fr_write_be(k, &s->k[i]);
            tr_bn_g1_mul(&tr_bn_g1_generator, k, &s->p[0]);
            tr_bn_g2_mul(&tr_bn_g2_generator, k, &s->q[0]);
            continue;
        }
        tr_bn_g1_add(&s->p[i - 1], &tr_bn_g1_generator, &s->p[i]);
        if (i < MANY) tr_bn_g2_add(&s->q[i - 1], &tr_bn_g2_generator, &s->q[i]);
    }
}

static tr_bn_g1 naive_g1(const sums *s)
{
    tr_bn_g1 sum, product;
    uint8_t k[32];
    memset(&sum, 0, sizeof(sum));
    for (size_t i = 0; i < s->n; i++) {
        tr_bn_fr_write_be(k, &s->k[i]);
        tr_bn_g1_mul(&s->p[i], k, &product);
        tr_bn_g1_add(&sum, &product, &sum);
    }
    return sum;
}

static tr_bn_g2 naive_g2(const sums *s)
{
    tr_bn_g2 sum, product;
    uint8_t k[32];
    memset(&sum, 0, sizeof(sum));
    for (size_t i = 0; i < s->n; i++) {
        tr_bn_fr_write_be(k, &s->k[i]);
        tr_bn_g2_mul(&s->q[i], k, &product);
        tr_bn_g2_add(&sum, &product, &sum);
    }
    return sum;
}

static void check(const sums *s, tr_exec *exec, const char *what)
{
    tr_bn_g1 want = naive_g1(s), got;
    BN_EACH(name)
    {
        memset(&got, 1, sizeof(got));
        TR_CHECK_OK(tr_bn_g1_msm(NULL, tr_test_alloc(), exec, s->n, s->p, s->k, &got));
        TR_CHECK_MSG(bn_g1_eq(&got, &want), "G1, %s, %zu %s", name, s->n, what);
    }
    if (s->n > 64) return;
    tr_bn_g2 wanted = naive_g2(s), result;
    BN_EACH(name)
    {
        TR_CHECK_OK(tr_bn_g2_msm(NULL, tr_test_alloc(), exec, s->n, s->q, s->k, &result));
        TR_CHECK_MSG(bn_g2_eq(&result, &wanted), "G2, %s, %zu %s", name, s->n, what);
    }
}

TR_TEST(few)
{
    sums *s = sums_new();
    for (size_t n = 0; n <= 40; n++) {
        fill(s, n);
        check(s, NULL, "random");
    }
}

TR_TEST(special_scalars)
{
    sums *s = sums_new();
    fill(s, 60);
    for (size_t i = 0; i < s->n; i++)
        if (i % 2 == 0) s->k[i] = tr_bn_fr_zero;
    check(s, NULL, "half zero");
    for (size_t i = 0; i < s->n; i++) s->k[i] = tr_bn_fr_one;
    check(s, NULL, "ones");
    for (size_t i = 0; i < s->n; i++) tr_bn_fr_neg(&s->k[i], &tr_bn_fr_one);
    check(s, NULL, "minus ones");
    for (size_t i = 0; i < s->n; i++) tr_bn_fr_of_u64(&s->k[i], i % 4);
    check(s, NULL, "small");
    for (size_t i = 0; i < s->n; i++) s->k[i] = tr_bn_fr_zero;
    check(s, NULL, "zero");
}

/* Equal points, opposite points, infinity, and scalars that lead to one bucket: what an affine
 * addition cannot do by its formula. */
TR_TEST(special_points)
{
    sums *s = sums_new();
    for (size_t n = 2; n <= 50; n += 16) {
        fill(s, n);
        for (size_t i = 1; i < n; i++) s->p[i] = s->p[0], s->q[i] = s->q[0];
        check(s, NULL, "equal points");
        for (size_t i = 1; i < n; i++) s->k[i] = s->k[0];
        check(s, NULL, "equal points and scalars");
        for (size_t i = 1; i < n; i += 2) {
            tr_bn_g1_neg(&s->p[0], &s->p[i]);
            tr_bn_g2_neg(&s->q[0], &s->q[i]);
        }
        check(s, NULL, "opposite points");
        for (size_t i = 0; i < n; i += 3) {
            memset(&s->p[i], 0, sizeof(s->p[i]));
            memset(&s->q[i], 0, sizeof(s->q[i]));
        }
        check(s, NULL, "with infinity");
    }
}

TR_TEST(many)
{
    sums *s = sums_new();
    fill(s, MANY);
    check(s, NULL, "random");
    for (size_t i = 0; i < s->n; i++) s->k[i] = s->k[i % 2];
    check(s, NULL, "two scalars");
    /* more in one bucket than a chunk has */
    fill(s, MOST);
    for (size_t i = 0; i < s->n; i++) tr_bn_fr_of_u64(&s->k[i], 5);
    tr_bn_g1 sum, got;
    uint8_t five[32] = {[31] = 5};
    memset(&sum, 0, sizeof(sum));
    for (size_t i = 0; i < s->n; i++) tr_bn_g1_add(&sum, &s->p[i], &sum);
    tr_bn_g1_mul(&sum, five, &sum);
    BN_EACH(name)
    {
        TR_CHECK_OK(tr_bn_g1_msm(NULL, tr_test_alloc(), NULL, s->n, s->p, s->k, &got));
        TR_CHECK(bn_g1_eq(&got, &sum));
    }
}

TR_TEST(threads_give_the_same)
{
    for (size_t workers = 1; workers <= 4; workers += 3) {
        tr_pool *pool;
        tr_pool_options options = {.workers = workers, .name = "sums"};
        TR_CHECK_OK(tr_pool_new(NULL, tr_test_alloc(), &options, &pool));
        sums *s = sums_new();
        for (size_t n = 1; n < MANY; n = 4 * n + 3) {
            fill(s, n);
            check(s, tr_pool_exec(pool), "with threads");
        }
        tr_pool_free(pool);
    }
}

static void check_multiples(const sums *s, tr_exec *exec)
{
    static tr_bn_g1 out[MOST];
    static tr_bn_g2 out2[MANY];
    BN_EACH(name)
    {
        TR_CHECK_OK(tr_bn_g1_mul_many(NULL, tr_test_alloc(), exec, &s->p[0], s->n, s->k, out));
        TR_CHECK_OK(tr_bn_g2_mul_many(NULL, tr_test_alloc(), exec, &s->q[0],
                                      TR_MIN(s->n, (size_t)40), s->k, out2));
        for (size_t i = 0; i < s->n; i += TR_MAX(s->n / 64, (size_t)1)) {
            uint8_t k[32];
            tr_bn_g1 p;
            tr_bn_g2 q;
            tr_bn_fr_write_be(k, &s->k[i]);
            tr_bn_g1_mul(&s->p[0], k, &p);
            TR_CHECK_MSG(bn_g1_eq(&p, &out[i]), "%s: %zu of %zu", name, i, s->n);
            if (i >= 40) continue;
            tr_bn_g2_mul(&s->q[0], k, &q);
            TR_CHECK_MSG(bn_g2_eq(&q, &out2[i]), "%s: %zu of %zu in G2", name, i, s->n);
        }
    }
}

TR_TEST(multiples_of_one_point)
{
    static const size_t counts[] = {0, 1, 2, 15, 16, 17, 256, 1025, 3000};
    sums *s = sums_new();
    for (size_t i = 0; i < TR_COUNTOF(counts); i++) {
        fill(s, counts[i]);
        if (counts[i] > 3) {
            s->k[1] = tr_bn_fr_zero;
            s->k[2] = tr_bn_fr_one;
            tr_bn_fr_neg(&s->k[3], &tr_bn_fr_one);
        }
        check_multiples(s, NULL);
    }
    tr_pool *pool;
    tr_pool_options options = {.workers = 2, .name = "multiples"};
    TR_CHECK_OK(tr_pool_new(NULL, tr_test_alloc(), &options, &pool));
    check_multiples(s, tr_pool_exec(pool));
    tr_pool_free(pool);
    memset(&s->p[0], 0, sizeof(s->p[0])); /* infinity has multiples too */
    memset(&s->q[0], 0, sizeof(s->q[0]));
    s->n = 20;
    check_multiples(s, NULL);
}

static tr_err sum_with(tr_alloc *alloc, void *context)
{
    sums *s = context;
    tr_bn_g1 p;
    tr_bn_g2 q;
    TR_TRY(tr_bn_g1_msm(NULL, alloc, NULL, s->n, s->p, s->k, &p));
    TR_TRY(tr_bn_g2_msm(NULL, alloc, NULL, s->n, s->q, s->k, &q));
    TR_TRY(tr_bn_g1_mul_many(NULL, alloc, NULL, &s->p[0], s->n, s->k, s->p));
    return tr_bn_g2_mul_many(NULL, alloc, NULL, &s->q[0], s->n, s->k, s->q);
}

TR_TEST(without_memory)
{
    sums *s = sums_new();
    fill(s, 10);
    tr_test_out_of_memory(sum_with, s);
    tr_trail trail;
    tr_trail_clear(&trail);
    TR_CHECK_ERR(tr_bn_g1_msm(&trail, tr_test_alloc(), NULL, UINT32_MAX, s->p, s->k, &s->p[0]),
                 TR_E_LIMIT);
    TR_CHECK_EQ(trail.code, TR_E_LIMIT);
}
