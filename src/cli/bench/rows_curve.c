/* Signatures over secp256k1.  A peer's document is, 64 times, a hash (32 bytes), a signature (r, s,
 * recovery: 65), the public key (x, y: 64), the private key (32), then a BIP-340 signature of the
 * hash by that key (64). */
#include "cli/bench/bench.h"
#include "curve/secp256k1.h"

enum { SIGNATURES = 64 };

typedef struct curve_case {
    tr_hash hash;
    tr_ecdsa_sig sig;
    tr_pubkey pubkey;
    tr_seckey key;
    uint8_t schnorr[64];
} curve_case;

typedef struct curve_state {
    curve_case cases[SIGNATURES];
    tr_hash hashes[SIGNATURES];
    tr_ecdsa_sig sigs[SIGNATURES];
} curve_state;

static void fill(uint64_t *seed, uint8_t out[32])
{
    for (size_t i = 0; i < 32; i += 8) tr_store64le(out + i, tr_bench_random(seed));
}

static void put_case(tr_buf *out, const curve_case *c)
{
    tr_buf_put(out, TR_VIEW(c->hash.b));
    tr_buf_put(out, TR_VIEW(c->sig.r));
    tr_buf_put(out, TR_VIEW(c->sig.s));
    tr_buf_put_u8(out, c->sig.recovery);
    tr_buf_put(out, TR_VIEW(c->pubkey.x));
    tr_buf_put(out, TR_VIEW(c->pubkey.y));
    tr_buf_put(out, TR_VIEW(c->key.b));
    tr_buf_put(out, TR_VIEW(c->schnorr));
}

static void *setup(const tr_bench_input *input)
{
    curve_state *state = TR_ARENA_NEW(input->arena, curve_state);
    uint64_t seed = 6;
    if (state == NULL) return NULL;
    for (size_t i = 0; i < SIGNATURES; i++) {
        curve_case *c = &state->cases[i];
        fill(&seed, c->key.b);
        fill(&seed, c->hash.b);
        if (tr_pubkey_of(&c->key, &c->pubkey) != TR_OK ||
            tr_ecdsa_sign(&c->key, &c->hash, &c->sig) != TR_OK ||
            tr_schnorr_sign(&c->key, TR_VIEW(c->hash.b), NULL, c->schnorr) != TR_OK)
            return NULL;
        state->hashes[i] = c->hash;
        state->sigs[i] = c->sig;
        put_case(input->document, c);
    }
    return state;
}

static uint64_t run_recover(void *state)
{
    curve_state *s = state;
    tr_addr addresses[SIGNATURES];
    bool ok[SIGNATURES];
    uint64_t sum = tr_ecdsa_recover_many(SIGNATURES, s->hashes, s->sigs, addresses, ok);
    for (size_t i = 0; i < SIGNATURES; i++) sum += tr_load64le(addresses[i].b);
    return sum;
}

static uint64_t run_verify(void *state)
{
    curve_state *s = state;
    uint64_t good = 0;
    for (size_t i = 0; i < SIGNATURES; i++) {
        const curve_case *c = &s->cases[i];
        good += tr_ecdsa_verify(&c->pubkey, &c->hash, &c->sig) == TR_OK;
    }
    return good;
}

static uint64_t run_sign(void *state)
{
    curve_state *s = state;
    uint64_t sum = 0;
    for (size_t i = 0; i < SIGNATURES; i++) {
        tr_ecdsa_sig sig;
        sum += tr_ecdsa_sign(&s->cases[i].key, &s->cases[i].hash, &sig) == TR_OK;
        sum += tr_load64le(sig.s);
    }
    return sum;
}

static uint64_t run_schnorr(void *state)
{
    curve_state *s = state;
    uint64_t good = 0;
    for (size_t i = 0; i < SIGNATURES; i++) {
        const curve_case *c = &s->cases[i];
        good += tr_schnorr_verify(c->pubkey.x, TR_VIEW(c->hash.b), c->schnorr) == TR_OK;
    }
    return good;
}

static const tr_bench_row rows[] = {
    {.name = "ecdsa-recover",
     .what = "secp256k1: the address that signed a hash, 64 in one call",
     .ops = SIGNATURES,
     .tier_ns = {10e3, 40e3, 60e3},
     .setup = setup,
     .run = run_recover},
    {.name = "ecdsa-verify",
     .what = "secp256k1: ECDSA verification, one by one",
     .ops = SIGNATURES,
     .tier_ns = {10e3, 36e3, 55e3},
     .setup = setup,
     .run = run_verify},
    {.name = "ecdsa-sign",
     .what = "secp256k1: deterministic ECDSA signing in constant time",
     .ops = SIGNATURES,
     .tier_ns = {15e3, 30e3, 45e3},
     .setup = setup,
     .run = run_sign},
    {.name = "schnorr-verify",
     .what = "secp256k1: BIP-340 verification, one by one",
     .ops = SIGNATURES,
     .tier_ns = {16e3, 36e3, 55e3},
     .setup = setup,
     .run = run_schnorr},
};

const tr_bench_rows tr_bench_rows_curve;
const tr_bench_rows tr_bench_rows_curve = {rows, TR_COUNTOF(rows)};
