/* BN254: pairing checks, multiples, and sums of products on two threads.
 *
 * A peer's document has points as the precompiles have them (64 and 128 bytes) and scalars of 32
 * bytes, big-endian: for bn-pairing-2 a pair and a second one, whose product is 1; for bn-g1-mul 64
 * times a point, a scalar and their product; for bn-g1-msm-N all points, all scalars, the sum. */
#include <stdlib.h>

#include "cli/bench/bench.h"
#include "curve/bn254.h"

enum { MULTIPLES = 64 };

typedef struct bn_state {
    tr_alloc *alloc;
    size_t n;
    tr_bn_g1 *points;
    tr_bn_g2 *twists;
    tr_bn_fr *scalars;
    uint8_t (*bytes)[32]; /* the scalars once more */
} bn_state;

static void random_scalars(uint64_t seed, size_t n, tr_bn_fr *out)
{
    uint8_t wide[64];
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < sizeof(wide); k += 8) tr_store64le(wide + k, tr_bench_random(&seed));
        tr_bn_fr_reduce_be(&out[i], wide, sizeof(wide));
    }
}

/* n points that nobody knows a relation of, and as many scalars. */
static bn_state *make(const tr_bench_input *input, size_t n, uint64_t seed)
{
    bn_state *s = TR_ARENA_NEW(input->arena, bn_state);
    if (s == NULL) return NULL;
    s->alloc = input->alloc;
    s->n = n;
    s->points = TR_ARENA_ARRAY(input->arena, tr_bn_g1, n);
    s->twists = TR_ARENA_ARRAY(input->arena, tr_bn_g2, 2);
    s->scalars = TR_ARENA_ARRAY(input->arena, tr_bn_fr, n);
    s->bytes = tr_arena_get(input->arena, n * sizeof(*s->bytes), 1);
    if (s->points == NULL || s->twists == NULL || s->scalars == NULL || s->bytes == NULL)
        return NULL;
    random_scalars(seed, n, s->scalars);
    if (tr_bn_g1_mul_many(NULL, input->alloc, NULL, &tr_bn_g1_generator, n, s->scalars,
                          s->points) != TR_OK)
        return NULL;
    random_scalars(seed + 1, n, s->scalars);
    for (size_t i = 0; i < n; i++) tr_bn_fr_write_be(s->bytes[i], &s->scalars[i]);
    return s;
}

static void put_point(tr_buf *out, const tr_bn_g1 *p)
{
    uint8_t bytes[64];
    tr_bn_g1_write(p, bytes);
    tr_buf_put(out, TR_VIEW(bytes));
}

/* e(a P, b Q) e(-ab P, Q) = 1 */
static void *setup_pairing(const tr_bench_input *input)
{
    bn_state *s = make(input, 2, 0x70616972);
    uint8_t bytes[128];
    tr_bn_fr product;
    if (s == NULL) return NULL;
    tr_bn_g1 base = s->points[1];
    tr_bn_fr_mul(&product, &s->scalars[0], &s->scalars[1]);
    tr_bn_fr_neg(&product, &product);
    tr_bn_fr_write_be(bytes, &product);
    tr_bn_g1_mul(&base, s->bytes[0], &s->points[0]);
    tr_bn_g1_mul(&base, bytes, &s->points[1]);
    s->twists[1] = tr_bn_g2_generator;
    tr_bn_g2_mul(&s->twists[1], s->bytes[1], &s->twists[0]);
    for (size_t i = 0; i < 2; i++) {
        put_point(input->document, &s->points[i]);
        tr_bn_g2_write(&s->twists[i], bytes);
        tr_buf_put(input->document, TR_VIEW(bytes));
    }
    return s;
}

static uint64_t run_pairing(void *state)
{
    bn_state *s = state;
    if (!tr_bn_pairing_is_one(2, s->points, s->twists)) abort();
    return 1;
}

static void *setup_mul(const tr_bench_input *input)
{
    bn_state *s = make(input, MULTIPLES, 0x6d756c);
    for (size_t i = 0; s != NULL && i < s->n; i++) {
        tr_bn_g1 product;
        tr_bn_g1_mul(&s->points[i], s->bytes[i], &product);
        put_point(input->document, &s->points[i]);
        tr_buf_put(input->document, TR_VIEW(s->bytes[i]));
        put_point(input->document, &product);
    }
    return s;
}

static uint64_t run_mul(void *state)
{
    bn_state *s = state;
    uint64_t sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        tr_bn_g1 product;
        tr_bn_g1_mul(&s->points[i], s->bytes[i], &product);
        sum += product.x.w[0];
    }
    return sum;
}

static void *setup_msm(const tr_bench_input *input, size_t n)
{
    bn_state *s = make(input, n, 0x6d736d);
    tr_bn_g1 sum;
    if (s == NULL || tr_bn_g1_msm(NULL, s->alloc, NULL, n, s->points, s->scalars, &sum) != TR_OK)
        return NULL;
    input->manner->wall = true;
    for (size_t i = 0; i < n; i++) put_point(input->document, &s->points[i]);
    tr_buf_put(input->document, tr_bytes_of(s->bytes, n * sizeof(*s->bytes)));
    put_point(input->document, &sum);
    return s;
}

static void *setup_msm_65536(const tr_bench_input *input)
{
    return setup_msm(input, 65536);
}

static void *setup_msm_262144(const tr_bench_input *input)
{
    return setup_msm(input, 262144);
}

static uint64_t run_msm(void *state)
{
    bn_state *s = state;
    tr_bn_g1 sum;
    if (tr_bn_g1_msm(NULL, s->alloc, tr_bench_two_threads(), s->n, s->points, s->scalars, &sum) !=
        TR_OK)
        abort();
    return sum.x.w[0];
}

static const tr_bench_row rows[] = {
    {.name = "bn-pairing-2",
     .what = "BN254: is the product of two pairings 1",
     .ops = 1,
     .tier_ns = {400e3, 700e3, 1500e3},
     .setup = setup_pairing,
     .run = run_pairing},
    {.name = "bn-g1-mul",
     .what = "BN254: multiples in G1 by scalars of 254 bits",
     .ops = MULTIPLES,
     .tier_ns = {35e3, 60e3, 120e3},
     .setup = setup_mul,
     .run = run_mul},
    {.name = "bn-g1-msm-65536",
     .what = "BN254: a sum of 2^16 products in G1, two threads, by the wall's clock",
     .ops = 1,
     .tier_ns = {80e6, 160e6, 400e6},
     .setup = setup_msm_65536,
     .run = run_msm},
    {.name = "bn-g1-msm-262144",
     .what = "BN254: a sum of 2^18 products in G1, two threads, by the wall's clock",
     .ops = 1,
     .tier_ns = {300e6, 600e6, 1500e6},
     .setup = setup_msm_262144,
     .run = run_msm},
};

const tr_bench_rows tr_bench_rows_bn254;
const tr_bench_rows tr_bench_rows_bn254 = {rows, TR_COUNTOF(rows)};
