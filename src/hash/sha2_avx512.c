/* SHA-256 of sixteen messages at a time, a lane of 32 bits for each.  When fewer than MIN_LANES
 * lanes are busy and no message is waiting, what is left goes on in the code for one message. */
#include <immintrin.h>

#include "hash/lanes.h"
#include "hash/sha2.h"
#include "hash/sha2_internal.h"

enum { LANES = 16, MIN_LANES = 8 };

typedef struct lanes {
    uint32_t h[8][LANES] __attribute__((aligned(64)));
    tr_lane lane[LANES];
    unsigned busy; /* a bit for each lane */
} lanes;

#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define ADD(a, b)     _mm512_add_epi32(a, b)
#define XOR3(a, b, c) _mm512_ternarylogic_epi32(a, b, c, 0x96)
#define CH(x, y, z)   _mm512_ternarylogic_epi32(x, y, z, 0xca)
#define MAJ(x, y, z)  _mm512_ternarylogic_epi32(x, y, z, 0xe8)
#define ROT(x, n)     _mm512_ror_epi32(x, n)
#define BIG0(x)       XOR3(ROT(x, 2), ROT(x, 13), ROT(x, 22))
#define BIG1(x)       XOR3(ROT(x, 6), ROT(x, 11), ROT(x, 25))
#define SMALL0(x)     XOR3(ROT(x, 7), ROT(x, 18), _mm512_srli_epi32(x, 3))
#define SMALL1(x)     XOR3(ROT(x, 17), ROT(x, 19), _mm512_srli_epi32(x, 10))

/* One round; the words stay where they are and change their names, as in sha2.c. */
ALWAYS_INLINE void round16(__m512i s[8], unsigned turn, uint32_t constant, __m512i w)
{
#define S(i) s[((i)-turn) & 7]
    __m512i t = ADD(ADD(S(7), BIG1(S(4))),
                    ADD(CH(S(4), S(5), S(6)), ADD(w, _mm512_set1_epi32((int)constant))));
    S(3) = ADD(S(3), t);
    S(7) = ADD(t, ADD(BIG0(S(0)), MAJ(S(0), S(1), S(2))));
#undef S
}

static void compress16(uint32_t h[8][LANES], __m512i w[16])
{
    __m512i s[8];
#pragma GCC unroll 8
    for (unsigned i = 0; i < 8; i++) s[i] = _mm512_load_si512(h[i]);
#pragma GCC unroll 16
    for (unsigned i = 0; i < 16; i++) round16(s, i, tr_sha256_constants[i], w[i]);
    for (unsigned t = 16; t < 64; t += 16) {
#pragma GCC unroll 16
        for (unsigned i = 0; i < 16; i++) {
            w[i] = ADD(ADD(w[i], SMALL1(w[(i + 14) & 15])),
                       ADD(w[(i + 9) & 15], SMALL0(w[(i + 1) & 15])));
            round16(s, i, tr_sha256_constants[t + i], w[i]);
        }
    }
#pragma GCC unroll 8
    for (unsigned i = 0; i < 8; i++) _mm512_store_si512(h[i], ADD(s[i], _mm512_load_si512(h[i])));
}

/* Sixteen rows of sixteen words become sixteen columns. */
ALWAYS_INLINE void transpose(__m512i r[16])
{
    __m512i t[16];
#pragma GCC unroll 4
    for (unsigned i = 0; i < 16; i += 4) {
        __m512i a = _mm512_unpacklo_epi32(r[i], r[i + 1]);
        __m512i b = _mm512_unpackhi_epi32(r[i], r[i + 1]);
        __m512i c = _mm512_unpacklo_epi32(r[i + 2], r[i + 3]);
        __m512i d = _mm512_unpackhi_epi32(r[i + 2], r[i + 3]);
        t[i] = _mm512_unpacklo_epi64(a, c);
        t[i + 1] = _mm512_unpackhi_epi64(a, c);
        t[i + 2] = _mm512_unpacklo_epi64(b, d);
        t[i + 3] = _mm512_unpackhi_epi64(b, d);
    }
#pragma GCC unroll 4
    for (unsigned j = 0; j < 4; j++) {
        __m512i a = _mm512_shuffle_i64x2(t[j], t[j + 4], 0x88);
        __m512i b = _mm512_shuffle_i64x2(t[j], t[j + 4], 0xdd);
        __m512i c = _mm512_shuffle_i64x2(t[j + 8], t[j + 12], 0x88);
        __m512i d = _mm512_shuffle_i64x2(t[j + 8], t[j + 12], 0xdd);
        r[j] = _mm512_shuffle_i64x2(a, c, 0x88);
        r[j + 8] = _mm512_shuffle_i64x2(a, c, 0xdd);
        r[j + 4] = _mm512_shuffle_i64x2(b, d, 0x88);
        r[j + 12] = _mm512_shuffle_i64x2(b, d, 0xdd);
    }
}

/* A lane's next block but for the length at its end. */
ALWAYS_INLINE __m512i load_block(const tr_lane *l)
{
    const __m512i swap =
        _mm512_broadcast_i32x4(_mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
    __mmask64 bytes = tr_lane_mask(l->left, 0);
    __mmask64 ends = l->padded || l->left >= 64 ? 0 : (__mmask64)1 << l->left;
    __m512i block = tr_lane_load(bytes, l->at);
    block = _mm512_mask_mov_epi8(block, ends, _mm512_set1_epi8((char)0x80));
    return _mm512_shuffle_epi8(block, swap);
}

/* Is the next block of the lane its last, the one with the length? */
ALWAYS_INLINE bool is_last(const tr_lane *l)
{
    return l->left < 56;
}

static void advance(lanes *s, const tr_bytes in[], tr_hash out[])
{
    __m512i w[16];
    uint32_t high[LANES] __attribute__((aligned(64))), low[LANES] __attribute__((aligned(64)));
    unsigned last = 0;
#pragma GCC unroll 16
    for (unsigned i = 0; i < LANES; i++) w[i] = load_block(&s->lane[i]);
    for (unsigned i = 0; i < LANES; i++) {
        bool ends = (s->busy >> i & 1) != 0 && is_last(&s->lane[i]);
        uint64_t bits = ends ? (uint64_t)in[s->lane[i].index].len * 8 : 0;
        last |= (unsigned)ends << i;
        high[i] = (uint32_t)(bits >> 32);
        low[i] = (uint32_t)bits;
    }
    transpose(w);
    w[14] = _mm512_or_si512(w[14], _mm512_load_si512(high));
    w[15] = _mm512_or_si512(w[15], _mm512_load_si512(low));
    compress16(s->h, w);

    for (unsigned i = 0; i < LANES; i++) {
        tr_lane *l = &s->lane[i];
        if ((last >> i & 1) != 0) {
            for (unsigned k = 0; k < 8; k++) tr_store32be(out[l->index].b + 4 * k, s->h[k][i]);
            l->left = 0;
        } else if (l->left >= 64) {
            l->at += 64;
            l->left -= 64;
        } else {
            l->padded = true;
            l->left = 0;
        }
    }
    s->busy &= ~last;
}

/* Ends the message of a lane alone. */
static void finish_alone(const lanes *s, unsigned i, const tr_bytes in[], tr_hash out[])
{
    uint32_t h[8];
    const tr_lane *l = &s->lane[i];
    for (unsigned k = 0; k < 8; k++) h[k] = s->h[k][i];
    uint64_t total = in[l->index].len;
    if (l->padded) {
        uint8_t block[64] = {0};
        tr_store64be(block + 56, total * 8);
        tr_sha256_chosen->blocks(h, block, 1);
        for (unsigned k = 0; k < 8; k++) tr_store32be(out[l->index].b + 4 * k, h[k]);
    } else {
        out[l->index] = tr_sha256_last(h, tr_bytes_of(l->at, l->left), total);
    }
}

void tr_sha256_many_avx512(size_t n, const tr_bytes in[], tr_hash out[])
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
                if ((fresh >> i & 1) != 0) out[l->index] = tr_sha256(in[l->index]);
                if ((s.busy >> i & 1) != 0) finish_alone(&s, i, in, out);
            }
            return;
        }
        for (unsigned k = 0; k < 8; k++) {
            __m512i start = _mm512_set1_epi32((int)tr_sha256_start[k]);
            _mm512_store_si512(s.h[k],
                               _mm512_mask_load_epi32(start, (__mmask16)(s.busy & ~fresh), s.h[k]));
        }
        s.busy |= fresh;
        advance(&s, in, out);
    }
}
