/* Hashes over fields.  The documents: for each hash two elements and the result, 32 bytes each,
 * most significant first; all states of KoalaBear and then what they become, as plain numbers of 4
 * bytes, least significant first. */
#include "cli/bench/bench.h"
#include "hash/poseidon.h"

enum { HASHES = 32, STATES = 256 };

typedef struct pairs {
    tr_bn_fr in[HASHES][2];
} pairs;

typedef struct states {
    tr_koalabear narrow[STATES][16], wide[STATES][24];
} states;

static void put_element(tr_buf *out, const tr_bn_fr *a)
{
    uint8_t bytes[32];
    tr_bn_fr_write_be(bytes, a);
    tr_buf_put(out, TR_VIEW(bytes));
}

static void *setup_pairs(const tr_bench_input *input, bool second)
{
    uint64_t seed = 0x706f73;
    pairs *p = TR_ARENA_NEW(input->arena, pairs);
    if (p == NULL) return NULL;
    for (size_t i = 0; i < HASHES; i++) {
        for (size_t k = 0; k < 2; k++) {
            uint64_t limbs[4];
            for (size_t j = 0; j < 4; j++) limbs[j] = tr_bench_random(&seed);
            tr_bn_fr_of_limbs(&p->in[i][k], limbs);
            put_element(input->document, &p->in[i][k]);
        }
        tr_bn_fr out[3] = {tr_bn_fr_zero, p->in[i][0], p->in[i][1]};
        if ((second ? tr_poseidon2_bn(3, out) : tr_poseidon(2, p->in[i], out)) != TR_OK)
            return NULL;
        put_element(input->document, out);
    }
    return p;
}

static void *setup_poseidon(const tr_bench_input *input)
{
    return setup_pairs(input, false);
}

static void *setup_poseidon2(const tr_bench_input *input)
{
    return setup_pairs(input, true);
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

static void put_states(tr_buf *out, const tr_koalabear *all, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t bytes[4];
        tr_store32le(bytes, tr_kb_to(all[i]));
        tr_buf_put(out, TR_VIEW(bytes));
    }
}

static void *setup_states(const tr_bench_input *input, bool wide)
{
    uint64_t seed = 0x6b62;
    states *s = TR_ARENA_NEW(input->arena, states);
    if (s == NULL) return NULL;
    tr_koalabear *to = wide ? s->wide[0] : s->narrow[0];
    size_t n = (size_t)STATES * (wide ? 24 : 16);
    for (size_t i = 0; i < n; i++) to[i] = tr_kb_of((uint32_t)tr_bench_random(&seed));
    put_states(input->document, to, n);
    if (wide)
        tr_poseidon2_kb24_many(STATES, s->wide);
    else
        tr_poseidon2_kb16_many(STATES, s->narrow);
    put_states(input->document, to, n);
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
     .setup = setup_poseidon,
     .run = run_poseidon},
    {.name = "poseidon2-bn3",
     .what = "Poseidon2 over BN254, width 3",
     .ops = HASHES,
     .bytes = 0,
     .tier_ns = {6000, 12000, 30000},
     .setup = setup_poseidon2,
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
