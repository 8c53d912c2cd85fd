/* 256-bit arithmetic on random operands of full width, unless the row says otherwise.  The document
 * is the operands, four limbs of eight bytes each, lowest first: a, b and for the modular ones m,
 * one set after the other. */
#include "cli/bench/bench.h"
#include "field/u256.h"

enum { SETS = 1024, POWERS = 64 };

typedef struct operands {
    tr_u256 a, b, m;
} operands;

static tr_u256 random_number(uint64_t *seed)
{
    tr_u256 a;
    for (unsigned i = 0; i < 4; i++) a.w[i] = tr_bench_random(seed);
    return a;
}

static void *make(const tr_bench_input *input, size_t sets, unsigned limbs_of_b, bool modulus)
{
    uint64_t seed = 0x75323536;
    operands *all = TR_ARENA_ARRAY(input->arena, operands, sets);
    if (all == NULL) return NULL;
    for (size_t i = 0; i < sets; i++) {
        all[i] = (operands){random_number(&seed), random_number(&seed), random_number(&seed)};
        for (unsigned k = limbs_of_b; k < 4; k++) all[i].b.w[k] = 0;
        tr_buf_put(input->document, TR_VIEW(all[i].a.w));
        tr_buf_put(input->document, TR_VIEW(all[i].b.w));
        if (modulus) tr_buf_put(input->document, TR_VIEW(all[i].m.w));
    }
    return all;
}

static void *setup_modular(const tr_bench_input *input)
{
    return make(input, SETS, 4, true);
}

static void *setup_pairs(const tr_bench_input *input)
{
    return make(input, SETS, 4, false);
}

static void *setup_half(const tr_bench_input *input)
{
    return make(input, SETS, 2, false);
}

static void *setup_limb(const tr_bench_input *input)
{
    return make(input, SETS, 1, false);
}

static void *setup_powers(const tr_bench_input *input)
{
    return make(input, POWERS, 4, false);
}

/* Each row's loop, with the operation inlined or called as a program would. */
#define RUN(name, sets, expression)                                                                \
    static uint64_t run_##name(void *state)                                                        \
    {                                                                                              \
        const operands *all = state;                                                               \
        uint64_t sum = 0;                                                                          \
        for (size_t i = 0; i < (sets); i++) {                                                      \
            const operands *o = &all[i];                                                           \
            tr_u256 r = (expression);                                                              \
            sum ^= r.w[0] ^ r.w[1] ^ r.w[2] ^ r.w[3];                                              \
        }                                                                                          \
        return sum;                                                                                \
    }

RUN(mul, SETS, tr_u256_mul(o->a, o->b))
RUN(div, SETS, tr_u256_div(&o->a, &o->b))
RUN(addmod, SETS, tr_u256_addmod(&o->a, &o->b, &o->m))
RUN(mulmod, SETS, tr_u256_mulmod(&o->a, &o->b, &o->m))
RUN(exp, POWERS, tr_u256_exp(&o->a, &o->b))

static const tr_bench_row rows[] = {
    {.name = "u256-mul",
     .what = "a * b modulo 2^256",
     .ops = SETS,
     .bytes = 0,
     .tier_ns = {5, 10, 30},
     .setup = setup_pairs,
     .run = run_mul},
    {.name = "u256-div",
     .what = "a / b, both of 256 bits",
     .ops = SETS,
     .bytes = 0,
     .tier_ns = {8, 16, 80},
     .setup = setup_pairs,
     .run = run_div},
    {.name = "u256-div-128",
     .what = "a / b, b of 128 bits",
     .ops = SETS,
     .bytes = 0,
     .tier_ns = {25, 50, 150},
     .setup = setup_half,
     .run = run_div},
    {.name = "u256-div-64",
     .what = "a / b, b of 64 bits",
     .ops = SETS,
     .bytes = 0,
     .tier_ns = {15, 40, 120},
     .setup = setup_limb,
     .run = run_div},
    {.name = "u256-addmod",
     .what = "(a + b) % m",
     .ops = SETS,
     .bytes = 0,
     .tier_ns = {13, 26, 100},
     .setup = setup_modular,
     .run = run_addmod},
    {.name = "u256-mulmod",
     .what = "a * b % m",
     .ops = SETS,
     .bytes = 0,
     .tier_ns = {45, 90, 300},
     .setup = setup_modular,
     .run = run_mulmod},
    {.name = "u256-exp",
     .what = "a to the power of b",
     .ops = POWERS,
     .bytes = 0,
     .tier_ns = {1000, 2500, 8000},
     .setup = setup_powers,
     .run = run_exp},
};

const tr_bench_rows tr_bench_rows_field;
const tr_bench_rows tr_bench_rows_field = {rows, TR_COUNTOF(rows)};
