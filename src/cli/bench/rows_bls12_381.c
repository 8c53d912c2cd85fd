/* BLS12-381: pairings, multiples and hashes to G2.
 *
 * A peer's document has uncompressed points of 96 and 192 bytes and scalars of 32 bytes,
 * big-endian: for bls-pairing pairs of points with the first coordinate of their pairing (48
 * bytes), for bls-g1-mul and bls-g2-mul points with their scalars and products; for bls-hash-to-g2
 * it has messages of 32 bytes, each with its point.  All results are affine. */
#include <stdlib.h>

#include "cli/bench/bench.h"
#include "curve/bls12_381.h"

enum { PAIRINGS = 4, MULTIPLES = 32, MESSAGES = 32, MESSAGE = 32 };

#define TAG TR_LIT("BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_")

typedef struct bls_state {
    size_t n;
    tr_bls_g1 *points;
    tr_bls_g2 *twists;
    uint8_t (*scalars)[32];
} bls_state;

/* Points that nobody knows a relation of, and scalars below 2^254. */
static bls_state *make(const tr_bench_input *input, size_t n, uint64_t seed)
{
    bls_state *s = TR_ARENA_NEW(input->arena, bls_state);
    if (s == NULL) return NULL;
    s->n = n;
    s->points = TR_ARENA_ARRAY(input->arena, tr_bls_g1, n);
    s->twists = TR_ARENA_ARRAY(input->arena, tr_bls_g2, n);
    s->scalars = tr_arena_get(input->arena, n * sizeof(*s->scalars), 1);
    if (s->points == NULL || s->twists == NULL || s->scalars == NULL) return NULL;
    for (size_t i = 0; i < n; i++) {
        uint8_t message[8];
        for (size_t k = 0; k < 32; k += 8) tr_store64be(s->scalars[i] + k, tr_bench_random(&seed));
        s->scalars[i][0] &= 0x3f;
        tr_store64le(message, tr_bench_random(&seed));
        tr_bls_hash_to_g1(TR_VIEW(message), TAG, &s->points[i]);
        tr_bls_hash_to_g2(TR_VIEW(message), TAG, &s->twists[i]);
    }
    return s;
}

static void put_g1(tr_buf *out, const tr_bls_g1 *a)
{
    uint8_t bytes[96];
    tr_bls_g1_serialize(a, bytes);
    tr_buf_put(out, TR_VIEW(bytes));
}

static void put_g2(tr_buf *out, const tr_bls_g2 *a)
{
    uint8_t bytes[192];
    tr_bls_g2_serialize(a, bytes);
    tr_buf_put(out, TR_VIEW(bytes));
}

static void *setup_pairing(const tr_bench_input *input)
{
    bls_state *s = make(input, PAIRINGS, 0x706169);
    for (size_t i = 0; s != NULL && i < s->n; i++) {
        uint8_t bytes[48];
        tr_bls_gt out;
        tr_bls_pairing(1, &s->points[i], &s->twists[i], &out);
        tr_bls_fp_write_be(bytes, &out.c[0].c0);
        put_g1(input->document, &s->points[i]);
        put_g2(input->document, &s->twists[i]);
        tr_buf_put(input->document, TR_VIEW(bytes));
    }
    return s;
}

static uint64_t run_pairing(void *state)
{
    bls_state *s = state;
    uint64_t sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        tr_bls_gt out;
        tr_bls_pairing(1, &s->points[i], &s->twists[i], &out);
        sum += out.c[0].c0.w[0];
    }
    return sum;
}

static void *setup_g1_mul(const tr_bench_input *input)
{
    bls_state *s = make(input, MULTIPLES, 0x6731);
    for (size_t i = 0; s != NULL && i < s->n; i++) {
        tr_bls_g1 out;
        tr_bls_g1_mul(&s->points[i], s->scalars[i], &out);
        put_g1(input->document, &s->points[i]);
        tr_buf_put(input->document, TR_VIEW(s->scalars[i]));
        put_g1(input->document, &out);
    }
    return s;
}

static uint64_t run_g1_mul(void *state)
{
    bls_state *s = state;
    uint64_t sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        tr_bls_g1 out;
        tr_bls_g1_mul(&s->points[i], s->scalars[i], &out);
        sum += out.x.w[0];
    }
    return sum;
}

static void *setup_g2_mul(const tr_bench_input *input)
{
    bls_state *s = make(input, MULTIPLES, 0x6732);
    for (size_t i = 0; s != NULL && i < s->n; i++) {
        tr_bls_g2 out;
        tr_bls_g2_mul(&s->twists[i], s->scalars[i], &out);
        put_g2(input->document, &s->twists[i]);
        tr_buf_put(input->document, TR_VIEW(s->scalars[i]));
        put_g2(input->document, &out);
    }
    return s;
}

static uint64_t run_g2_mul(void *state)
{
    bls_state *s = state;
    uint64_t sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        tr_bls_g2 out;
        tr_bls_g2_mul(&s->twists[i], s->scalars[i], &out);
        sum += out.x.c0.w[0];
    }
    return sum;
}

static void *setup_hash(const tr_bench_input *input)
{
    uint8_t(*messages)[MESSAGE] = tr_arena_get(input->arena, MESSAGES * sizeof(*messages), 1);
    uint64_t seed = 0x68617368;
    for (size_t i = 0; messages != NULL && i < MESSAGES; i++) {
        for (size_t k = 0; k < MESSAGE; k += 8)
            tr_store64le(messages[i] + k, tr_bench_random(&seed));
        tr_bls_g2 out;
        tr_bls_hash_to_g2(TR_VIEW(messages[i]), TAG, &out);
        tr_buf_put(input->document, TR_VIEW(messages[i]));
        put_g2(input->document, &out);
    }
    return messages;
}

static uint64_t run_hash(void *state)
{
    uint8_t(*messages)[MESSAGE] = state;
    uint64_t sum = 0;
    for (size_t i = 0; i < MESSAGES; i++) {
        tr_bls_g2 out;
        tr_bls_hash_to_g2(TR_VIEW(messages[i]), TAG, &out);
        sum += out.x.c0.w[0];
    }
    return sum;
}

static const tr_bench_row rows[] = {
    {.name = "bls-pairing",
     .what = "BLS12-381: pairings, each with its final exponentiation",
     .ops = PAIRINGS,
     .tier_ns = {700e3, 1000e3, 2000e3},
     .setup = setup_pairing,
     .run = run_pairing},
    {.name = "bls-g1-mul",
     .what = "BLS12-381: multiples in G1 by scalars of 254 bits",
     .ops = MULTIPLES,
     .tier_ns = {80e3, 120e3, 240e3},
     .setup = setup_g1_mul,
     .run = run_g1_mul},
    {.name = "bls-g2-mul",
     .what = "BLS12-381: multiples in G2 by scalars of 254 bits",
     .ops = MULTIPLES,
     .tier_ns = {140e3, 220e3, 440e3},
     .setup = setup_g2_mul,
     .run = run_g2_mul},
    {.name = "bls-hash-to-g2",
     .what = "BLS12-381: hashes of 32-byte messages to G2",
     .ops = MESSAGES,
     .tier_ns = {140e3, 220e3, 440e3},
     .setup = setup_hash,
     .run = run_hash},
};

const tr_bench_rows tr_bench_rows_bls12_381;
const tr_bench_rows tr_bench_rows_bls12_381 = {rows, TR_COUNTOF(rows)};
