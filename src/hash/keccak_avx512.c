/* keccak-256 of eight messages at a time.
 *
 * The 25 words of eight states lie in 25 registers.  When fewer than MIN_LANES lanes are busy and
 * no message is waiting, what is left goes on in the scalar code. */
#include <immintrin.h>

#include "hash/keccak.h"
#include "hash/keccak_internal.h"
#include "hash/lanes.h"

enum { LANES = 8, WORDS = TR_KECCAK256_RATE / 8, MIN_LANES = 2 };

typedef struct lanes {
    uint64_t state[25][LANES] __attribute__((aligned(64)));
    tr_lane lane[LANES];
    unsigned busy; /* a bit for each lane */
} lanes;

#define XOR3(a, b, c) _mm512_ternarylogic_epi64(a, b, c, 0x96)
#define CHI(a, b, c)  _mm512_ternarylogic_epi64(a, b, c, 0xd2) /* a ^ (~b & c) */
#define ROTATE(x, n)  _mm512_rol_epi64(x, n)
#define ALWAYS_INLINE static inline __attribute__((always_inline))

ALWAYS_INLINE __m512i xor5(const __m512i *a)
{
    return XOR3(XOR3(a[0], a[5], a[10]), a[15], a[20]);
}

ALWAYS_INLINE void chi(__m512i *e, __m512i b0, __m512i b1, __m512i b2, __m512i b3, __m512i b4)
{
    e[0] = CHI(b0, b1, b2);
    e[1] = CHI(b1, b2, b3);
    e[2] = CHI(b2, b3, b4);
    e[3] = CHI(b3, b4, b0);
    e[4] = CHI(b4, b0, b1);
}

/* The scalar round of keccak_internal.h in vectors, but theta's two terms (c and its rotated
 * neighbour r) go straight into each word: one instruction instead of two. */
ALWAYS_INLINE void round8(const __m512i *a, __m512i *e, uint64_t constant)
{
    __m512i c0 = xor5(a), c1 = xor5(a + 1), c2 = xor5(a + 2), c3 = xor5(a + 3), c4 = xor5(a + 4);
    __m512i r0 = ROTATE(c0, 1), r1 = ROTATE(c1, 1), r2 = ROTATE(c2, 1);
    __m512i r3 = ROTATE(c3, 1), r4 = ROTATE(c4, 1);
#define THETA0(i)    XOR3(a[i], c4, r1)
#define THETA1(i, n) ROTATE(XOR3(a[i], c0, r2), n)
#define THETA2(i, n) ROTATE(XOR3(a[i], c1, r3), n)
#define THETA3(i, n) ROTATE(XOR3(a[i], c2, r4), n)
#define THETA4(i, n) ROTATE(XOR3(a[i], c3, r0), n)
    chi(e, THETA0(0), THETA1(6, 44), THETA2(12, 43), THETA3(18, 21), THETA4(24, 14));
    e[0] = _mm512_xor_si512(e[0], _mm512_set1_epi64((long long)constant));
    chi(e + 5, THETA3(3, 28), THETA4(9, 20), ROTATE(THETA0(10), 3), THETA1(16, 45), THETA2(22, 61));
    chi(e + 10, THETA1(1, 1), THETA2(7, 6), THETA3(13, 25), THETA4(19, 8), ROTATE(THETA0(20), 18));
    chi(e + 15, THETA4(4, 27), ROTATE(THETA0(5), 36), THETA1(11, 10), THETA2(17, 15),
        THETA3(23, 56));
    chi(e + 20, THETA2(2, 62), THETA3(8, 55), THETA4(14, 39), ROTATE(THETA0(15), 41),
        THETA1(21, 2));
}

static void permute8(uint64_t state[25][LANES])
{
    __m512i a[25], e[25];
#pragma GCC unroll 25
    for (unsigned i = 0; i < 25; i++) a[i] = _mm512_load_si512(state[i]);
    for (unsigned i = 0; i < 24; i += 2) {
        round8(a, e, tr_keccak_constants[i]);
        round8(e, a, tr_keccak_constants[i + 1]);
    }
#pragma GCC unroll 25
    for (unsigned i = 0; i < 25; i++) _mm512_store_si512(state[i], a[i]);
}

/* Eight rows of eight words become eight columns. */
ALWAYS_INLINE void transpose(__m512i r[8])
{
    __m512i t[8], u[8];
#pragma GCC unroll 4
    for (unsigned i = 0; i < 8; i += 2) {
        t[i] = _mm512_unpacklo_epi64(r[i], r[i + 1]);
        t[i + 1] = _mm512_unpackhi_epi64(r[i], r[i + 1]);
    }
#pragma GCC unroll 2
    for (unsigned i = 0; i < 8; i += 4) {
#pragma GCC unroll 2
        for (unsigned j = 0; j < 2; j++) {
            u[i + j] = _mm512_shuffle_i64x2(t[i + j], t[i + j + 2], 0x88);
            u[i + j + 2] = _mm512_shuffle_i64x2(t[i + j], t[i + j + 2], 0xdd);
        }
    }
#pragma GCC unroll 4
    for (unsigned j = 0; j < 4; j++) {
        r[j] = _mm512_shuffle_i64x2(u[j], u[j + 4], 0x88);
        r[j + 4] = _mm512_shuffle_i64x2(u[j], u[j + 4], 0xdd);
    }
}

/* 64 bytes of a lane's block from offset from, with what of the message and the padding byte lies
 * in them. */
ALWAYS_INLINE __m512i load_part(const tr_lane *l, size_t from)
{
    const __m512i pad = _mm512_set1_epi8(TR_KECCAK_PAD);
    __mmask64 bytes = tr_lane_mask(l->left, from);
    __mmask64 ends = tr_lane_mask(l->left + 1, from) & ~bytes;
    return _mm512_mask_mov_epi8(tr_lane_load(bytes, l->at + from), ends, pad);
}

/* The last word of a block, which ends with the bit that closes the padding. */
static uint64_t last_word(const tr_lane *l)
{
    const size_t from = 8 * (WORDS - 1);
    if (l->left >= TR_KECCAK256_RATE) return tr_load64le(l->at + from);
    uint64_t word = (uint64_t)0x80 << 56;
    if (l->left >= from) {
        size_t rest = l->left - from;
        for (size_t i = 0; i < rest; i++) word ^= (uint64_t)l->at[from + i] << (8 * i);
        word ^= (uint64_t)TR_KECCAK_PAD << (8 * rest);
    }
    return word;
}

/* Takes in the next block of each lane.  Lanes that are fresh begin with an empty state; lanes
 * that are not busy work on nothing. */
static void absorb(lanes *s, unsigned fresh)
{
    const __mmask8 keep = (__mmask8)(s->busy & ~fresh);
#pragma GCC unroll 2
    for (size_t part = 0; part < 2; part++) {
        __m512i r[LANES];
#pragma GCC unroll 8
        for (unsigned i = 0; i < LANES; i++) r[i] = load_part(&s->lane[i], 64 * part);
        transpose(r);
#pragma GCC unroll 8
        for (unsigned i = 0; i < 8; i++) {
            __m512i old = _mm512_maskz_load_epi64(keep, s->state[8 * part + i]);
            _mm512_store_si512(s->state[8 * part + i], _mm512_xor_si512(old, r[i]));
        }
    }
    uint64_t last[LANES] __attribute__((aligned(64)));
    for (unsigned i = 0; i < LANES; i++) last[i] = last_word(&s->lane[i]);
    __m512i old = _mm512_maskz_load_epi64(keep, s->state[WORDS - 1]);
    _mm512_store_si512(s->state[WORDS - 1], _mm512_xor_si512(old, _mm512_load_si512(last)));
    if (fresh != 0)
        for (unsigned i = WORDS; i < 25; i++)
            _mm512_store_si512(s->state[i], _mm512_maskz_load_epi64(keep, s->state[i]));
}

static void give_hash(const lanes *s, unsigned i, tr_hash *out)
{
    for (unsigned w = 0; w < 4; w++) tr_store64le(out->b + 8 * w, s->state[w][i]);
}

/* One block further: lanes whose message has ended give their hash and are no longer busy. */
static void advance(lanes *s, tr_hash out[])
{
    permute8(s->state);
    for (unsigned i = 0; i < LANES; i++) {
        tr_lane *l = &s->lane[i];
        if ((s->busy >> i & 1) == 0) continue;
        if (l->left >= TR_KECCAK256_RATE) {
            l->at += TR_KECCAK256_RATE;
            l->left -= TR_KECCAK256_RATE;
        } else {
            give_hash(s, i, &out[l->index]);
            s->busy &= ~(1u << i);
            l->left = 0;
        }
    }
}

/* Ends the message of a lane alone. */
static void finish_alone(const lanes *s, unsigned i, tr_hash out[])
{
    uint64_t state[25];
    const tr_lane *l = &s->lane[i];
    for (unsigned w = 0; w < 25; w++) state[w] = s->state[w][i];
    tr_keccak_absorb_last(state, tr_bytes_of(l->at, l->left), TR_KECCAK256_RATE, TR_KECCAK_PAD);
    memcpy(&out[l->index], state, sizeof(tr_hash));
}

void tr_keccak256_many_avx512(size_t n, const tr_bytes in[], tr_hash out[])
{
    lanes s;
    memset(s.lane, 0, sizeof(s.lane));
    s.busy = 0;
    size_t next = 0;
    for (;;) {
        unsigned fresh = tr_lanes_fill(s.lane, LANES, s.busy, n, in, &next);
        if (__builtin_popcount(s.busy | fresh) < MIN_LANES) {
            for (unsigned i = 0; i < LANES; i++) {
                const tr_lane *l = &s.lane[i];
                if ((fresh >> i & 1) != 0) out[l->index] = tr_keccak256(in[l->index]);
                if ((s.busy >> i & 1) != 0) finish_alone(&s, i, out);
            }
            return;
        }
        s.busy |= fresh;
        absorb(&s, fresh);
        advance(&s, out);
    }
}
