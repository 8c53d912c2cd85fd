/* Hashes over fields.  The documents: two elements of 32 bytes, most significant first, for each
 * hash; states of KoalaBear as plain numbers of 4 bytes, least significant first. */
#include "cli/bench/bench.h"
#include "hash/poseidon.h"

enum { HASHES = 32, STATES = 256 };

typedef struct pairs {
    tr_bn_fr in[HASHES][2];
} pairs;

typedef struct states {
    tr_koalabear narrow[STATES][16], wide[STATES][24];
} states;

static void *setup_pairs(const tr_bench_input *input)
{
    uint64_t seed = 0x706f73;
    pairs *p = TR_ARENA_NEW(input->arena, pairs);
    if (p == NULL) return NULL;
    for (size_t i = 0; i < HASHES; i++) {
        for (size_t k = 0; k < 2; k++) {
            uint64_t limbs[4];
            uint8_t bytes[32];
            for (size_t j = 0; j < 4; j++) limbs[j] = tr_bench_random(&seed);
            tr_bn_fr_of_limbs(&p->in[i][k], limbs);
            tr_bn_fr_write_be(bytes, &p->in[i][k]);
            tr_buf_put(input->document, TR_VIEW(bytes));
        }
    }
    return p;
}

static uint64_t run_poseidon(void *state)
{
    const pairs *p = state;
    uint64_t sum = 0;
    for (size_t i = 0; i < HASHES; i++) {
        tr_bn_fr out;
        if (tr_poseidon(2, p->in[i], &out) != TR_OK) return 0;
        sum ^= out.w[0];
    }
    return sum;
}

static uint64_t run_poseidon2(void *state)
{
    const pairs *p = state;
    uint64_t sum = 0;
    for (size_t i = 0; i < HASHES; i++) {
        tr_bn_fr s[3] = {tr_bn_fr_zero, p->in[i][0], p->in[i][1]};
        if (tr_poseidon2_bn(3, s) != TR_OK) return 0;
        sum ^= s[0].w[0];
    }
    return sum;
}

static void *setup_states(const tr_bench_input *input, bool wide)
{
    uint64_t seed = 0x6b62;
    states *s = TR_ARENA_NEW(input->arena, states);
    if (s == NULL) return NULL;
    tr_koalabear *to = wide ? s->wide[0] : s->narrow[0];
    for (size_t i = 0; i < (size_t)STATES * (wide ? 24 : 16); i++) {
        uint8_t bytes[4];
        to[i] = tr_kb_of((uint32_t)tr_bench_random(&seed));
        tr_store32le(bytes, tr_kb_to(to[i]));
        tr_buf_put(input->document, TR_VIEW(bytes));
    }
    return s;
}

static void *setup_narrow(const tr_bench_input *input)
{
    return setup_states(input, false);
}

static void *setup_wide(const tr_bench_input *input)
{
    return setup_states(input, true);
}

static uint64_t run_narrow(void *state)
{
    states *s = state;
    tr_poseidon2_kb16_many(STATES, s->narrow);
    return s->narrow[0][0].v;
}

static uint64_t run_wide(void *state)
{
    states *s = state;
    tr_poseidon2_kb24_many(STATES, s->wide);
    return s->wide[0][0].v;
}

static uint64_t run_one(void *state)
{
    states *s = state;
    for (size_t i = 0; i < STATES; i++) tr_poseidon2_kb16(s->narrow[i]);
    return s->narrow[0][0].v;
}

static const tr_bench_row rows[] = {
    {.name = "poseidon-2",
     .what = "Poseidon of 2 elements of BN254 (circomlib's)",
     .ops = HASHES,
     .bytes = 0,
     .tier_ns = {8000, 15000, 40000},
     .setup = setup_pairs,
     .run = run_poseidon},
    {.name = "poseidon2-bn3",
     .what = "Poseidon2 over BN254, width 3",
     .ops = HASHES,
     .bytes = 0,
     .tier_ns = {6000, 12000, 30000},
     .setup = setup_pairs,
     .run = run_poseidon2},
    {.name = "poseidon2-kb16",
     .what = "Poseidon2 over KoalaBear, width 16, one state",
     .ops = STATES,
     .bytes = 0,
     .tier_ns = {1500, 3000, 6000},
     .setup = setup_narrow,
     .run = run_one},
    {.name = "poseidon2-kb16-many",
     .what = "Poseidon2 over KoalaBear, width 16, 256 states",
     .ops = STATES,
     .bytes = 0,
     .tier_ns = {120, 300, 2000},
     .setup = setup_narrow,
     .run = run_narrow},
    {.name = "poseidon2-kb24-many",
     .what = "Poseidon2 over KoalaBear, width 24, 256 states",
     .ops = STATES,
     .bytes = 0,
     .tier_ns = {200, 500, 3500},
     .setup = setup_wide,
     .run = run_wide},
};

const tr_bench_rows tr_bench_rows_poseidon;
const tr_bench_rows tr_bench_rows_poseidon = {rows, TR_COUNTOF(rows)};
