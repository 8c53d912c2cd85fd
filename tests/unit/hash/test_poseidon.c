/* Poseidon and MiMC-7 against what their first implementations print, and against the definition.
 */
#include "hash/poseidon_internal.h"

#include "for_each_code.h"
#include "harness.h"
#include "os/thread.h"

/* Values of go-iden3-crypto's and circomlibjs's tests. */
static const struct {
    unsigned n;
    uint64_t in[TR_POSEIDON_INPUTS];
    const char *out;
} known[] = {
    {1, {1}, "29176100eaa962bdc1fe6c654d6a3c130e96a4d1168b33848b897dc502820133"},
    {2, {1, 2}, "115cc0f5e7d690413df64c6b9662e9cf2a3617f2743245519e19607a4417189a"},
    {5, {1, 2, 0, 0, 0}, "024058dd1e168f34bac462b6fffe58fd69982807e9884c1c6148182319cee427"},
    {6, {1, 2, 0, 0, 0, 0}, "21e82f465e00a15965e97a44fe3c30f3bf5279d8bf37d4e65765b6c2550f42a1"},
    {5, {3, 4, 0, 0, 0}, "0cd93f1bab9e8c9166ef00f2a1b0e1d66d6a4145e596abe0526247747cc71214"},
    {6, {3, 4, 0, 0, 0, 0}, "1b1caddfc5ea47e09bb445a7447eb9694b8d1b75a97fff58e884398c6b22825a"},
    {6, {1, 2, 3, 4, 5, 6}, "2d1a03850084442813c8ebf094dea47538490a68b05f2239134a4cca2f6302e1"},
    {14,
     {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14},
     "1278779aaafc5ca58bf573151005830cdb4683fb26591c85a7464d4f0e527776"},
    {14,
     {1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0, 0, 0},
     "0c3fbfb4d3f583df4124b4b3ac94ca3a0a1948a89fef727204d89de1c4d35693"},
    {16,
     {1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 0, 0, 0, 0, 0, 0},
     "1a456f8563b98c9649877f38b7e36534b241c29d457d307c481cbd12b69bb721"},
    {16,
     {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16},
     "16159a551cbb66108281a48099fff949ae08afd7f1f2ec06de2ffb96b919b765"},
};

static const char *hex_of(const tr_bn_fr *x, char text[65])
{
    uint8_t bytes[32];
    tr_bn_fr_write_be(bytes, x);
    for (unsigned i = 0; i < 64; i++)
        text[i] = "0123456789abcdef"[bytes[i / 2] >> (i % 2 == 0 ? 4 : 0) & 15];
    text[64] = 0;
    return text;
}

static void numbers(unsigned n, const uint64_t *in, tr_bn_fr *out)
{
    for (unsigned i = 0; i < n; i++) tr_bn_fr_of_u64(&out[i], in[i]);
}

/* Threads that come at the same time to tables that are not there yet.  This is the first test of
 * the program. */
enum { THREADS = 4, RACED_INPUTS = 12 };

static void race(void *context)
{
    tr_bn_fr in[RACED_INPUTS], *out = context;
    for (unsigned i = 0; i < RACED_INPUTS; i++) tr_bn_fr_of_u64(&in[i], i);
    if (tr_poseidon(RACED_INPUTS, in, out) != TR_OK) *out = tr_bn_fr_zero;
}

TR_TEST(poseidon_first_used_by_threads)
{
    tr_thread threads[THREADS];
    tr_bn_fr out[THREADS], again;
    for (unsigned i = 0; i < THREADS; i++)
        TR_CHECK_OK(tr_thread_start(NULL, &threads[i], &(tr_thread_options){.name = "poseidon"},
                                    race, &out[i]));
    for (unsigned i = 0; i < THREADS; i++) tr_thread_join(&threads[i]);
    race(&again);
    TR_CHECK(!tr_bn_fr_is_zero(&again));
    for (unsigned i = 0; i < THREADS; i++) TR_CHECK(tr_bn_fr_eq(&out[i], &again));
}

TR_TEST(poseidon_of_known_inputs)
{
    FOR_EACH_CODE(code)
    {
        for (size_t i = 0; i < TR_COUNTOF(known); i++) {
            tr_bn_fr in[TR_POSEIDON_INPUTS], out;
            char text[65];
            numbers(known[i].n, known[i].in, in);
            TR_CHECK_OK(tr_poseidon(known[i].n, in, &out));
            TR_CHECK_STR(hex_of(&out, text), known[i].out);
        }
    }
}

/* The rounds as they are defined, on the published constants. */
static void by_definition(unsigned t, const tr_bn_fr *constants, const tr_bn_fr *matrix,
                          tr_bn_fr *state)
{
    unsigned rounds = TR_POSEIDON_FULL + tr_poseidon_rounds(t);
    for (unsigned r = 0; r < rounds; r++) {
        bool full = r < TR_POSEIDON_FULL / 2 || r >= rounds - TR_POSEIDON_FULL / 2;
        tr_bn_fr next[TR_POSEIDON_WIDTH] = {{{0}}}, x;
        for (unsigned i = 0; i < t; i++) {
            tr_bn_fr_add(&state[i], &state[i], &constants[r * t + i]);
            if (i > 0 && !full) continue;
            tr_bn_fr_sqr_times(&x, &state[i], 2);
            tr_bn_fr_mul(&state[i], &state[i], &x);
        }
        for (unsigned i = 0; i < t * t; i++) {
            tr_bn_fr_mul(&x, &matrix[i], &state[i % t]);
            tr_bn_fr_add(&next[i / t], &next[i / t], &x);
        }
        memcpy(state, next, t * sizeof *state);
    }
}

TR_PROP(poseidon_is_its_definition)
{
    tr_bn_fr constants[TR_POSEIDON_WIDTH * (TR_POSEIDON_FULL + TR_POSEIDON_PARTIAL)], out;
    tr_bn_fr matrix[TR_POSEIDON_WIDTH * TR_POSEIDON_WIDTH], state[TR_POSEIDON_WIDTH];
    tr_bn_fr in[TR_POSEIDON_INPUTS];
    unsigned n = 1 + (unsigned)tr_gen_below(g, TR_POSEIDON_INPUTS);
    for (unsigned i = 0; i < n; i++) {
        uint64_t limbs[4] = {tr_gen_u64(g), tr_gen_u64(g), tr_gen_u64(g), tr_gen_u64(g)};
        tr_bn_fr_of_limbs(&in[i], limbs);
        if (tr_gen_below(g, 8) == 0) tr_bn_fr_neg(&in[i], &tr_bn_fr_one);
    }
    state[0] = tr_bn_fr_zero;
    memcpy(&state[1], in, n * sizeof *in);
    tr_poseidon_constants(n + 1, constants, matrix);
    by_definition(n + 1, constants, matrix, state);
    FOR_EACH_CODE(code)
    {
        TR_CHECK_OK(tr_poseidon(n, in, &out));
        TR_CHECK(tr_bn_fr_eq(&out, &state[0]));
    }
}

TR_TEST(poseidon_takes_1_to_16_elements)
{
    tr_bn_fr in[TR_POSEIDON_INPUTS + 1] = {{{0}}}, out;
    uint8_t bytes[32 * (TR_POSEIDON_INPUTS + 1)] = {0}, digest[32];
    TR_CHECK_ERR(tr_poseidon(0, in, &out), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_poseidon(TR_POSEIDON_INPUTS + 1, in, &out), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_poseidon_bytes(0, bytes, digest), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_poseidon_bytes(TR_POSEIDON_INPUTS + 1, bytes, digest), TR_E_ARGUMENT);
}

TR_TEST(poseidon_takes_numbers_below_the_modulus)
{
    uint8_t bytes[64], digest[32], want[32];
    tr_bn_fr in[2], out;
    tr_bn_fr_of_u64(&in[0], 1);
    tr_bn_fr_neg(&in[1], &in[0]);
    tr_bn_fr_write_be(bytes, &in[0]);
    tr_bn_fr_write_be(bytes + 32, &in[1]);
    TR_CHECK_OK(tr_poseidon(2, in, &out));
    tr_bn_fr_write_be(want, &out);
    TR_CHECK_OK(tr_poseidon_bytes(2, bytes, digest));
    TR_CHECK_BYTES(TR_VIEW(digest), TR_VIEW(want));
    bytes[63]++; /* the modulus */
    TR_CHECK_ERR(tr_poseidon_bytes(2, bytes, digest), TR_E_RANGE);
    memset(bytes + 32, 0xff, 32);
    TR_CHECK_ERR(tr_poseidon_bytes(2, bytes, digest), TR_E_RANGE);
}

/* Values of circomlib's tests. */
TR_TEST(mimc7_of_known_inputs)
{
    static const struct {
        unsigned n;
        uint64_t in[3];
        const char *out;
    } cases[] = {
        {1, {12}, "237c92644dbddb86d8a259e0e923aaab65a93f1ec5758b8799988894ac0958fd"},
        {3, {1, 2, 3}, "25f5a6429a9764564be3955e6f56b0b9143c571528fd30a80ae6c27dc8b4a40c"},
    };
    tr_bn_fr in[3], key, out, sum;
    char text[65];
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        numbers(cases[i].n, cases[i].in, in);
        tr_mimc7(cases[i].n, in, &tr_bn_fr_zero, &out);
        TR_CHECK_STR(hex_of(&out, text), cases[i].out);
    }
    /* hash(x, k) alone: what the sponge adds to k and x */
    tr_bn_fr_of_u64(&in[0], 1);
    tr_bn_fr_of_u64(&key, 2);
    tr_mimc7(1, in, &key, &out);
    tr_bn_fr_of_u64(&sum, 3);
    tr_bn_fr_sub(&out, &out, &sum);
    TR_CHECK_STR(hex_of(&out, text),
                 "176c6eefc3fdf8d6136002d8e6f7a885bbd1c4e3957b93ddc1ec3ae7859f1a08");
    tr_mimc7(0, in, &key, &out);
    TR_CHECK(tr_bn_fr_eq(&out, &key));
}
