/* Prime fields and transforms.
 *
 * What the peers read (numbers plain, little-endian, 32 or 48 bytes):
 *   bn-fp-mul, bls-fp-mul   a and b, one pair after the other; pairs do not wait for each other
 *   bn-fp-inv               numbers, each inverted by itself
 *   ntt-bn-20               log2 of the size in one byte, the root of unity, and what the numbers
 *                           1 + i^2 become: the second and the last.  Natural order on both sides
 */
#define TR_FIELD_ASSUME_MULX /* the rows ask the processor */
#include "cli/bench/bench.h"
#include "field/ntt.h"
#include "field/prime.h"
#include "os/cpu.h"
#include "os/heap.h"

enum { PAIRS = 512, INVERSES = 64, NTT_LOG = 20 };

static bool has_mulx(void)
{
#if defined(__x86_64__)
    const tr_cpu *cpu = tr_cpu_get();
    return cpu->bmi2 && cpu->adx;
#else
    return true;
#endif
}

#define FIELD_ROWS(F)                                                                              \
    static F *F##_numbers(const tr_bench_input *input, size_t n)                                   \
    {                                                                                              \
        uint64_t seed = 0x7072696d65;                                                              \
        uint8_t bytes[sizeof(F)];                                                                  \
        F *all = has_mulx() ? TR_ARENA_ARRAY(input->arena, F, n) : NULL;                           \
        for (size_t i = 0; all != NULL && i < n; i++) {                                            \
            for (size_t k = 0; k < sizeof(F); k += 8)                                              \
                tr_store64le(bytes + k, tr_bench_random(&seed));                                   \
            F##_reduce_be(&all[i], bytes, sizeof(bytes));                                          \
            F##_write_le(bytes, &all[i]);                                                          \
            tr_buf_put(input->document, TR_VIEW(bytes));                                           \
        }                                                                                          \
        return all;                                                                                \
    }                                                                                              \
                                                                                                   \
    static void *F##_setup_pairs(const tr_bench_input *input)                                      \
    {                                                                                              \
        return F##_numbers(input, 2 * PAIRS);                                                      \
    }                                                                                              \
                                                                                                   \
    static uint64_t F##_run_mul(void *state)                                                       \
    {                                                                                              \
        const F *all = state;                                                                      \
        uint64_t sum = 0;                                                                          \
        F r;                                                                                       \
        for (size_t i = 0; i < PAIRS; i++) {                                                       \
            F##_mul(&r, &all[2 * i], &all[2 * i + 1]);                                             \
            sum ^= r.w[0];                                                                         \
        }                                                                                          \
        return sum;                                                                                \
    }

FIELD_ROWS(tr_bn_fp)
FIELD_ROWS(tr_bls_fp)

static void *setup_inverses(const tr_bench_input *input)
{
    return tr_bn_fp_numbers(input, INVERSES);
}

static uint64_t run_inv(void *state)
{
    const tr_bn_fp *all = state;
    uint64_t sum = 0;
    tr_bn_fp r;
    for (size_t i = 0; i < INVERSES; i++) {
        tr_bn_fp_inv(&r, &all[i]);
        sum ^= r.w[0];
    }
    return sum;
}

typedef struct transform {
    tr_bn_domain *domain;
    tr_bn_fr *values;
} transform;

static void put_number(tr_buf *out, const tr_bn_fr *a)
{
    uint8_t bytes[32];
    tr_bn_fr_write_le(bytes, a);
    tr_buf_put(out, TR_VIEW(bytes));
}

/* The domain lives as long as the program. */
static void *setup_ntt(const tr_bench_input *input)
{
    static tr_bn_domain *domain;
    size_t n = (size_t)1 << NTT_LOG;
    transform *t = TR_ARENA_NEW(input->arena, transform);
    tr_bn_fr *values = tr_arena_array(input->arena, n, sizeof(*values), 64);
    if (t == NULL || values == NULL) return NULL;
    if (domain == NULL && tr_bn_domain_new(NULL, tr_heap(), NTT_LOG, &domain) != TR_OK) return NULL;
    for (size_t i = 0; i < n; i++) tr_bn_fr_of_u64(&values[i], i * i + 1);
    tr_bn_ntt(domain, NULL, NULL, values);
    tr_bn_fr root = tr_bn_domain_root(domain);
    tr_buf_put_u8(input->document, NTT_LOG);
    put_number(input->document, &root);
    put_number(input->document, &values[1]);
    put_number(input->document, &values[n - 1]);
    input->manner->wall = true;
    *t = (transform){domain, values};
    return t;
}

static uint64_t run_ntt(void *state)
{
    transform *t = state;
    tr_bn_ntt(t->domain, tr_bench_two_threads(), NULL, t->values);
    return t->values[1].w[0];
}

static const tr_bench_row rows[] = {
    {"bn-fp-mul",
     "a * b modulo the prime of BN254's coordinates",
     PAIRS,
     0,
     {14, 20, 40},
     tr_bn_fp_setup_pairs,
     tr_bn_fp_run_mul},
    {"bls-fp-mul",
     "a * b modulo the prime of BLS12-381's coordinates",
     PAIRS,
     0,
     {32, 45, 80},
     tr_bls_fp_setup_pairs,
     tr_bls_fp_run_mul},
    {"bn-fp-inv",
     "1 / a modulo the prime of BN254's coordinates",
     INVERSES,
     0,
     {1500, 2500, 8000},
     setup_inverses,
     run_inv},
    {"ntt-bn-20",
     "transform of 2^20 numbers modulo BN254's order, two threads, by the wall's clock",
     1,
     0,
     {40e6, 80e6, 250e6},
     setup_ntt,
     run_ntt},
};

const tr_bench_rows tr_bench_rows_prime;
const tr_bench_rows tr_bench_rows_prime = {rows, TR_COUNTOF(rows)};
