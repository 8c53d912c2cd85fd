/* Whole batches of signatures over secp256k1.  The document of ecdsa-recover-1000: the number of
 * signatures (4 bytes, little-endian), then for each a hash (32 bytes), r and s (64), the recovery
 * id (1) and the x of the key that signed (32).  That of schnorr-verify-512: the number (4 bytes),
 * then for each the key (x, 32 bytes), the message (32) and the signature (64). */
#include "cli/bench/bench.h"
#include "curve/secp256k1.h"

enum { RECOVERED = 1000, VERIFIED = 512 };

typedef struct recover_state {
    tr_hash hashes[RECOVERED];
    tr_ecdsa_sig sigs[RECOVERED];
    tr_addr addresses[RECOVERED];
    bool ok[RECOVERED];
} recover_state;

static void fill(uint64_t *seed, uint8_t out[32])
{
    for (size_t i = 0; i < 32; i += 8) tr_store64le(out + i, tr_bench_random(seed));
}

static void put_count(tr_buf *out, uint32_t count)
{
    uint8_t le[4];
    tr_store32le(le, count);
    tr_buf_put(out, TR_VIEW(le));
}

static void *setup_recover(const tr_bench_input *input)
{
    recover_state *s = TR_ARENA_NEW(input->arena, recover_state);
    uint64_t seed = 60;
    if (s == NULL) return NULL;
    put_count(input->document, RECOVERED);
    for (size_t i = 0; i < RECOVERED; i++) {
        tr_seckey key;
        tr_pubkey public;
        fill(&seed, key.b);
        fill(&seed, s->hashes[i].b);
        if (tr_pubkey_of(&key, &public) != TR_OK ||
            tr_ecdsa_sign(&key, &s->hashes[i], &s->sigs[i]) != TR_OK)
            return NULL;
        tr_buf_put(input->document, TR_VIEW(s->hashes[i].b));
        tr_buf_put(input->document, TR_VIEW(s->sigs[i].r));
        tr_buf_put(input->document, TR_VIEW(s->sigs[i].s));
        tr_buf_put_u8(input->document, s->sigs[i].recovery);
        tr_buf_put(input->document, TR_VIEW(public.x));
    }
    return s;
}

static uint64_t run_recover(void *state)
{
    recover_state *s = state;
    uint64_t sum = tr_ecdsa_recover_many(RECOVERED, s->hashes, s->sigs, s->addresses, s->ok);
    for (size_t i = 0; i < RECOVERED; i++) sum += tr_load64le(s->addresses[i].b);
    return sum;
}

typedef struct verify_state {
    uint8_t keys[VERIFIED][32], sigs[VERIFIED][64];
    tr_hash hashes[VERIFIED];
    tr_bytes messages[VERIFIED];
    bool ok[VERIFIED];
} verify_state;

static void *setup_verify(const tr_bench_input *input)
{
    verify_state *s = TR_ARENA_NEW(input->arena, verify_state);
    uint64_t seed = 61;
    if (s == NULL) return NULL;
    put_count(input->document, VERIFIED);
    for (size_t i = 0; i < VERIFIED; i++) {
        tr_seckey key;
        tr_pubkey public;
        fill(&seed, key.b);
        fill(&seed, s->hashes[i].b);
        s->messages[i] = TR_VIEW(s->hashes[i].b);
        if (tr_pubkey_of(&key, &public) != TR_OK ||
            tr_schnorr_sign(&key, s->messages[i], NULL, s->sigs[i]) != TR_OK)
            return NULL;
        memcpy(s->keys[i], public.x, 32);
        tr_buf_put(input->document, TR_VIEW(s->keys[i]));
        tr_buf_put(input->document, s->messages[i]);
        tr_buf_put(input->document, TR_VIEW(s->sigs[i]));
    }
    return s;
}

static uint64_t run_verify(void *state)
{
    verify_state *s = state;
    return tr_schnorr_verify_many(VERIFIED, (const uint8_t(*)[32])s->keys, s->messages,
                                  (const uint8_t(*)[64])s->sigs, s->ok);
}

static const tr_bench_row rows[] = {
    {.name = "ecdsa-recover-1000",
     .what = "secp256k1: the addresses that signed 1,000 hashes, in one call",
     .ops = RECOVERED,
     .tier_ns = {7.2e3, 40e3, 60e3},
     .setup = setup_recover,
     .run = run_recover},
    {.name = "schnorr-verify-512",
     .what = "secp256k1: 512 BIP-340 signatures verified together",
     .ops = VERIFIED,
     .tier_ns = {8e3, 36e3, 55e3},
     .setup = setup_verify,
     .run = run_verify},
};

const tr_bench_rows tr_bench_rows_recover;
const tr_bench_rows tr_bench_rows_recover = {rows, TR_COUNTOF(rows)};
