/* P-256, powers and Baby Jubjub.  What the peers read:
 *   p256-verify   64 times hash, r, s, x, y, 32 bytes each
 *   modexp-N      16 times base, exponent, modulus, power, N bits each, big-endian */
#include "cli/bench/bench.h"
#include "curve/babyjub.h"
#include "curve/p256_table.h"
#include "field/modexp.h"

enum { SIGNATURES = 64, POWERS = 16, POWER_BYTES_MAX = 256, SCRATCH = 1 << 16 };

typedef struct p256_case {
    uint8_t hash[32], r[32], s[32], x[32], y[32];
} p256_case;

static void fill(uint64_t *seed, uint8_t *out, size_t len)
{
    for (size_t i = 0; i < len; i += 8) tr_store64le(out + i, tr_bench_random(seed));
}

/* Key and nonce are odd numbers whose multiples are in the table; hash and s are of full size. */
static void sign_p256(unsigned key, unsigned nonce, p256_case *c)
{
    tr_p256_fn e, r, s, k;
    const tr_p256_point *q = &tr_p256_generator_odd[key];
    tr_p256_fn_reduce_be(&e, c->hash, sizeof(c->hash));
    tr_p256_fp_write_be(c->r, &tr_p256_generator_odd[nonce].x);
    tr_p256_fn_reduce_be(&r, c->r, sizeof(c->r));
    tr_p256_fn_write_be(c->r, &r);
    tr_p256_fn_of_u64(&k, 2 * key + 1);
    tr_p256_fn_mul(&s, &r, &k);
    tr_p256_fn_add(&s, &s, &e);
    tr_p256_fn_of_u64(&k, 2 * nonce + 1);
    tr_p256_fn_inv(&k, &k);
    tr_p256_fn_mul(&s, &s, &k);
    tr_p256_fn_write_be(c->s, &s);
    tr_p256_fp_write_be(c->x, &q->x);
    tr_p256_fp_write_be(c->y, &q->y);
}

static void *setup_p256(const tr_bench_input *input)
{
    p256_case *cases = TR_ARENA_ARRAY(input->arena, p256_case, SIGNATURES);
    uint64_t seed = 256;
    if (cases == NULL) return NULL;
    for (unsigned i = 0; i < SIGNATURES; i++) {
        p256_case *c = &cases[i];
        fill(&seed, c->hash, sizeof(c->hash));
        sign_p256(i % TR_P256_G_TABLE, (i + 1) % TR_P256_G_TABLE, c);
        if (!tr_p256_verify(c->hash, c->r, c->s, c->x, c->y)) return NULL;
        tr_buf_put(input->document, tr_bytes_of(c, sizeof(*c)));
    }
    return cases;
}

static uint64_t run_p256(void *state)
{
    const p256_case *cases = state;
    uint64_t good = 0;
    for (size_t i = 0; i < SIGNATURES; i++) {
        const p256_case *c = &cases[i];
        good += tr_p256_verify(c->hash, c->r, c->s, c->x, c->y);
    }
    return good;
}

typedef struct powers_state {
    size_t len;
    uint8_t numbers[POWERS][3][POWER_BYTES_MAX];
    uint8_t scratch[SCRATCH];
} powers_state;

static bool power(powers_state *s, size_t i, uint8_t *out)
{
    tr_arena arena;
    tr_arena_init_fixed(&arena, s->scratch, sizeof(s->scratch));
    tr_bytes base = tr_bytes_of(s->numbers[i][0], s->len);
    tr_bytes exponent = tr_bytes_of(s->numbers[i][1], s->len);
    tr_bytes modulus = tr_bytes_of(s->numbers[i][2], s->len);
    return tr_modexp(NULL, &arena, base, exponent, modulus, out) == TR_OK;
}

static void *setup_powers(const tr_bench_input *input, size_t len)
{
    powers_state *state = TR_ARENA_NEW(input->arena, powers_state);
    uint64_t seed = len;
    if (state == NULL) return NULL;
    state->len = len;
    for (size_t i = 0; i < POWERS; i++) {
        for (size_t k = 0; k < 3; k++) {
            fill(&seed, state->numbers[i][k], len);
            state->numbers[i][k][0] |= 0x80;
            state->numbers[i][k][len - 1] |= 1;
            tr_buf_put(input->document, tr_bytes_of(state->numbers[i][k], len));
        }
        uint8_t out[POWER_BYTES_MAX];
        if (!power(state, i, out)) return NULL;
        tr_buf_put(input->document, tr_bytes_of(out, len));
    }
    return state;
}

static void *setup_256(const tr_bench_input *input)
{
    return setup_powers(input, 256 / 8);
}

static void *setup_2048(const tr_bench_input *input)
{
    return setup_powers(input, 2048 / 8);
}

static uint64_t run_powers(void *state)
{
    powers_state *s = state;
    uint64_t sum = 0;
    for (size_t i = 0; i < POWERS; i++) {
        uint8_t out[POWER_BYTES_MAX];
        if (power(s, i, out)) sum += tr_load64le(out);
    }
    return sum;
}

typedef struct bjj_state {
    tr_bjj_point key, r8;
    tr_bn_fr message;
    uint8_t s[32];
} bjj_state;

static void *setup_bjj(const tr_bench_input *input)
{
    static const uint8_t key[32] = {7};
    bjj_state *state = TR_ARENA_NEW(input->arena, bjj_state);
    if (state == NULL) return NULL;
    tr_bn_fr_of_u64(&state->message, 1234);
    tr_bjj_pubkey(key, &state->key);
    if (tr_bjj_sign(TR_BJJ_POSEIDON, key, &state->message, &state->r8, state->s) != TR_OK)
        return NULL;
    return state;
}

static uint64_t run_bjj(void *state)
{
    bjj_state *s = state;
    return tr_bjj_verify(NULL, TR_BJJ_POSEIDON, &s->key, &s->message, &s->r8, s->s) == TR_OK;
}

static const tr_bench_row rows[] = {
    {.name = "p256-verify",
     .what = "P-256: ECDSA verification, one by one",
     .ops = SIGNATURES,
     .tier_ns = {60e3, 100e3, 250e3},
     .setup = setup_p256,
     .run = run_p256},
    {.name = "modexp-256",
     .what = "a power: base, exponent and odd modulus of 256 bits",
     .ops = POWERS,
     .tier_ns = {10e3, 20e3, 50e3},
     .setup = setup_256,
     .run = run_powers},
    {.name = "modexp-2048",
     .what = "a power: base, exponent and odd modulus of 2048 bits",
     .ops = POWERS,
     .tier_ns = {2e6, 4e6, 10e6},
     .setup = setup_2048,
     .run = run_powers},
    {.name = "babyjub-verify",
     .what = "Baby Jubjub: EdDSA verification with Poseidon",
     .ops = 1,
     .tier_ns = {120e3, 240e3, 600e3},
     .setup = setup_bjj,
     .run = run_bjj},
};

const tr_bench_rows tr_bench_rows_small_curves;
const tr_bench_rows tr_bench_rows_small_curves = {rows, TR_COUNTOF(rows)};
