#include "hash/keccak.h"

#include "hash/keccak_internal.h"

const uint64_t tr_keccak_constants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

static void permute_portable(uint64_t state[25])
{
    tr_keccak_rounds(state);
}

const tr_keccak_code tr_keccak_portable = {"portable", permute_portable, NULL};
const tr_keccak_code *tr_keccak_chosen = &tr_keccak_portable;

/* The last len bytes before end as a word, len below 8; nothing before begin is read. */
static uint64_t load_tail(const uint8_t *begin, const uint8_t *end, size_t len)
{
    if (len == 0) return 0;
    if (end - begin >= 8) return tr_load64le(end - 8) >> (64 - 8 * len);
    uint64_t word = 0;
    for (size_t i = 0; i < len; i++) word |= (uint64_t)(end - len)[i] << (8 * i);
    return word;
}

static inline void take_words(uint64_t *state, const uint8_t *in, size_t n)
{
    for (size_t i = 0; i < n; i++) state[i] ^= tr_load64le(in + 8 * i);
}

void tr_keccak_absorb_last(uint64_t state[25], tr_bytes in, unsigned rate, uint8_t pad)
{
    void (*permute)(uint64_t *) = tr_keccak_chosen->permute;
    const uint8_t *at = in.data;
    size_t left = in.len;
    for (; left >= rate; left -= rate, at += rate) {
        take_words(state, at, rate / 8);
        permute(state);
    }
    size_t words = left / 8, tail = left % 8;
    take_words(state, at, words);
    if (left != 0) state[words] ^= load_tail(in.data, at + left, tail);
    state[words] ^= (uint64_t)pad << (8 * tail);
    state[rate / 8 - 1] ^= (uint64_t)0x80 << 56;
    permute(state);
}

tr_hash tr_keccak256(tr_bytes in)
{
    uint64_t state[25] = {0};
    tr_hash out;
    tr_keccak_absorb_last(state, in, TR_KECCAK256_RATE, TR_KECCAK_PAD);
    memcpy(&out, state, sizeof(out));
    return out;
}

void tr_keccak512(tr_bytes in, uint8_t out[64])
{
    uint64_t state[25] = {0};
    tr_keccak_absorb_last(state, in, TR_KECCAK512_RATE, TR_KECCAK_PAD);
    memcpy(out, state, 64);
}

void tr_keccak256_many(size_t n, const tr_bytes in[], tr_hash out[])
{
    if (tr_keccak_chosen->many != NULL && n > 1) {
        tr_keccak_chosen->many(n, in, out);
    } else {
        for (size_t i = 0; i < n; i++) out[i] = tr_keccak256(in[i]);
    }
}

void tr_sponge_init(tr_sponge *sponge, unsigned rate, uint8_t pad)
{
    TR_ASSERT(rate % 8 == 0 && rate > 0 && rate < 200);
    memset(sponge, 0, sizeof(*sponge));
    sponge->rate = (uint8_t)rate;
    sponge->pad = pad;
}

static void xor_into(tr_sponge *sponge, const uint8_t *from, size_t n)
{
    uint8_t *to = (uint8_t *)sponge->state + sponge->at;
    for (size_t i = 0; i < n; i++) to[i] ^= from[i];
    sponge->at = (uint8_t)(sponge->at + n);
}

void tr_sponge_update(tr_sponge *sponge, tr_bytes in)
{
    TR_ASSERT(!sponge->squeezing);
    const uint8_t *at = in.data;
    for (size_t left = in.len; left != 0;) {
        size_t rate = sponge->rate, n = TR_MIN(left, rate - sponge->at);
        if (n == rate) {
            take_words(sponge->state, at, rate / 8);
            sponge->at = sponge->rate;
        } else {
            xor_into(sponge, at, n);
        }
        at += n;
        left -= n;
        if (sponge->at == rate) {
            tr_keccak_chosen->permute(sponge->state);
            sponge->at = 0;
        }
    }
}

static void pad_and_turn(tr_sponge *sponge)
{
    uint8_t last = 0x80;
    xor_into(sponge, &sponge->pad, 1);
    sponge->at = (uint8_t)(sponge->rate - 1);
    xor_into(sponge, &last, 1);
    sponge->squeezing = true; /* at is at the block's end: the next byte needs a permutation */
}

void tr_sponge_squeeze(tr_sponge *sponge, void *out, size_t len)
{
    if (!sponge->squeezing) pad_and_turn(sponge);
    for (uint8_t *to = out; len != 0;) {
        if (sponge->at == sponge->rate) {
            tr_keccak_chosen->permute(sponge->state);
            sponge->at = 0;
        }
        size_t n = TR_MIN(len, (size_t)(sponge->rate - sponge->at));
        memcpy(to, (const uint8_t *)sponge->state + sponge->at, n);
        sponge->at = (uint8_t)(sponge->at + n);
        to += n;
        len -= n;
    }
}
