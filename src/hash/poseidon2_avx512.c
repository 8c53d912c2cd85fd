/* Poseidon2 over KoalaBear, sixteen states at a time, in two sets of eight: element i of the states
 * of a set is one vector of 64 bits a lane.
 *
 * Elements are x 2^52 modulo p, not reduced: numbers from 0 to 2^52, the width of IFMA's factors.
 * So sums in linear layers need no reduction, and products take their results as they are.
 *
 * Products: for u below 2^104 let q = (u + 1) (-1/p) modulo 2^52, so that u + q p is -1 modulo
 * 2^52.  The lower 52 bits of u and of q p then add up to 2^52 - 1, with no carry whatever u is,
 * and high(u) + high(q p) is (u + q p + 1) / 2^52 - 1: u / 2^52 + (1 / 2^52 - 1) modulo p.  What is
 * to be added to a product begins the sum and has BIAS in it, which takes 1 / 2^52 - 1 away.  A
 * product is below u / 2^52 + p + what begins the sum. */
#include <immintrin.h>

#include "hash/poseidon2_constants.h"
#include "hash/poseidon2_constants_avx512.h"
#include "hash/poseidon2_internal.h"

typedef __m512i lanes;

enum { LANES = TR_POSEIDON2_LANES, SETS = 2, WIDEST = 24, MOST_PAIRS = 9, MOST_OTHERS = 4 };

#define INLINE static inline __attribute__((always_inline))
#define UNSET  __attribute__((uninitialized))

#define EACH_SET(k) UNROLL for (unsigned k = 0; k < SETS; k++)

/* All of a loop, or what is in arrays would be in memory. */
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 24")
#endif

#define P    ((uint64_t)TR_KOALABEAR_MODULUS)
#define NEG  UINT64_C(0xf00007effffff) /* -1/p modulo 2^52 */
#define BIAS UINT64_C(0x7effc11)       /* 1 - 1 / 2^52 */

/* A constant factor: multiplied by 2^52, and that by NEG (IFMA takes the lower 52 bits). */
typedef struct factor {
    uint64_t by, low;
} factor;
#define FACTOR(by_2_52)                                                                            \
    {                                                                                              \
        (by_2_52) % P, (by_2_52) % P *NEG                                                          \
    }
#define MINUS(by_2_52)                                                                             \
    {                                                                                              \
        P - (by_2_52) % P, (P - (by_2_52) % P) * NEG                                               \
    }

INLINE lanes all(uint64_t x)
{
    return _mm512_set1_epi64((int64_t)x);
}

INLINE lanes add(lanes a, lanes b)
{
    return _mm512_add_epi64(a, b);
}

INLINE lanes sub(lanes a, lanes b)
{
    return _mm512_sub_epi64(a, b);
}

INLINE lanes low(lanes sum, lanes a, lanes b)
{
    return _mm512_madd52lo_epu64(sum, a, b);
}

INLINE lanes high(lanes sum, lanes a, lanes b)
{
    return _mm512_madd52hi_epu64(sum, a, b);
}

/* sum - BIAS + a times the factor */
INLINE lanes times(lanes sum, lanes a, const factor *f)
{
    lanes q = low(all(NEG), a, all(f->low));
    return high(high(sum, a, all(f->by)), q, all(P));
}

/* sum - BIAS + a^3 / 2^104; both q are from a NEG. */
INLINE lanes cube(lanes sum, lanes a)
{
    lanes n = low(_mm512_setzero_si512(), a, all(NEG));
    lanes square = high(high(all(BIAS), a, a), low(all(NEG), a, n), all(P));
    return high(high(sum, square, a), low(all(NEG), square, n), all(P));
}

/* Rows of M: 2 3 1 1, 1 2 3 1, 1 1 2 3, 3 1 1 2. */
INLINE void mix_full(unsigned width, lanes *s)
{
    const lanes two = all(2);
    lanes sum[4] UNSET;
    UNROLL
    for (unsigned i = 0; i < width; i += 4) {
        lanes *x = &s[i], x0 = x[0], t01 = add(x[0], x[1]), t23 = add(x[2], x[3]);
        lanes t = add(t01, t23), t1 = add(t, x[1]), t3 = add(t, x[3]);
        x[0] = add(t1, t01);
        x[1] = low(t1, x[2], two);
        x[2] = add(t3, t23);
        x[3] = low(t3, x0, two);
        UNROLL
        for (unsigned k = 0; k < 4; k++) sum[k] = i == 0 ? x[k] : add(sum[k], x[k]);
    }
    UNROLL
    for (unsigned i = 0; i < width; i++) s[i] = add(s[i], sum[i % 4]);
}

/* Constants begin the cubes' sums: those that the matrix makes the constants of the next round.
 * Elements are below 2^41 (after partial rounds), squares below 2p, so cubes are below p + 2^21 +
 * the constants, which are below p, but between p and 2p before the partial rounds.  Rows of the
 * matrix are 35 and 49: its results are below 148p, which is below 2^39.
 *
 * One set after the other, as the registers have room for one. */
INLINE void full_rounds(unsigned width, lanes s[SETS][WIDEST], const uint64_t *constants)
{
#pragma GCC unroll 1
    for (unsigned k = 0; k < SETS; k++) {
        lanes x[WIDEST] UNSET;
        const uint64_t *next = constants;
        UNROLL
        for (unsigned i = 0; i < width; i++) x[i] = s[k][i];
#pragma GCC unroll 1
        for (unsigned round = 0; round < TR_POSEIDON2_FULL / 2; round++, next += width) {
            UNROLL
            for (unsigned i = 0; i < width; i++) x[i] = cube(all(next[i]), x[i]);
            mix_full(width, x);
        }
        UNROLL
        for (unsigned i = 0; i < width; i++) s[k][i] = x[i];
    }
}

/* Partial rounds.  With c the cube of s0 and t = c + s1 + s2 ..., element i of a diagonal d becomes
 * t + d s_i; s0, whose d is -2, becomes t - 2c, and s1, whose d is 1, t + s1.
 *
 * Most others come in pairs u, v of diagonals d and -d.  With w = (u + v) / 2, z = (u - v) / 2, w
 * becomes t + d z, and z becomes d w: w of the next round but one is t + d^2 w.  That is one
 * product for two elements, and z is needed only at the ends: before the first round it is d times
 * a w that it begins with. */
typedef struct pair {
    unsigned u, v;
    factor before, by, square; /* 1 / 2d, d, d^2 */
} pair;

typedef struct other { /* an element that is in no pair */
    unsigned i;
    factor by;
} other;

#define POWER(k)      (UINT64_C(1) << (k))
#define PAIR(u, v, k) /* of 2^-k, k above 0 */                                                     \
    {                                                                                              \
        u, v, FACTOR(POWER(52) % P << ((k)-1)), FACTOR(POWER(52 - (k))),                           \
            FACTOR(POWER(52 - 2 * (k)))                                                            \
    }
#define OVER_6 UINT64_C(0x154ff540) /* 2^52 / 6 modulo p */
#define OF_3(u, v)                                                                                 \
    {                                                                                              \
        u, v, FACTOR(OVER_6), FACTOR(3 * POWER(52)), FACTOR(9 * POWER(52))                         \
    }
#define OF_4(u, v)                                                                                 \
    {                                                                                              \
        u, v, FACTOR(POWER(49)), FACTOR(POWER(54)), FACTOR(POWER(56))                              \
    }

static const pair pairs_16[] = {OF_3(4, 7),     OF_4(5, 8),      PAIR(3, 6, 1),
                                PAIR(9, 12, 8), PAIR(10, 13, 3), PAIR(11, 15, 24)};
static const other others_16[] = {{2, FACTOR(POWER(53))}, {14, MINUS(POWER(48))}};

static const pair pairs_24[] = {OF_3(4, 7),      OF_4(5, 8),      PAIR(3, 6, 1),
                                PAIR(9, 16, 8),  PAIR(11, 17, 3), PAIR(12, 18, 4),
                                PAIR(13, 19, 5), PAIR(14, 20, 6), PAIR(15, 23, 24)};
static const other others_24[] = {{2, FACTOR(POWER(53))},
                                  {10, FACTOR(POWER(50))},
                                  {21, MINUS(POWER(45))},
                                  {22, MINUS(POWER(43))}};

static const factor one = FACTOR(POWER(52)), half = FACTOR(POWER(51));

typedef struct shape {
    unsigned width, rounds, pairs, others;
    const pair *pair;
    const other *other;
} shape;

/* What partial rounds go on with; w of this round and of the one before.  In memory, as
 * two sets together have no room in the registers; alone, a set would wait for its products. */
typedef struct middle {
    lanes s0[SETS], s1[SETS], other[MOST_OTHERS][SETS], w[2][MOST_PAIRS][SETS];
} middle;

/* From c, less takes the constant that the next round adds to s0 = rest - c, more gives it back.
 * Results of full rounds are above 35p, and s1 only grows, so that s0 is above 0.  t is below 3p,
 * all w and others below 4p from the first round on; the rest is below 2^41. */
INLINE void partial_rounds(shape sh, middle *m, const uint64_t *less, const uint64_t *more)
{
    lanes single[SETS] UNSET, twice[SETS] UNSET, t[SETS] UNSET;
    EACH_SET(k)
    {
        single[k] = m->other[0][k], twice[k] = m->w[0][0][k];
        UNROLL
        for (unsigned i = 1; i < sh.others; i++) single[k] = add(single[k], m->other[i][k]);
        UNROLL
        for (unsigned i = 1; i < sh.pairs; i++) twice[k] = add(twice[k], m->w[0][i][k]);
    }
#pragma GCC unroll 1
    for (unsigned round = 0; round < sh.rounds; round++) {
        lanes(*w)[SETS] = m->w[~round & 1];
        EACH_SET(k)
        {
            lanes rest = low(add(single[k], m->s1[k]), twice[k], all(2));
            lanes c = cube(all(less[round]), m->s0[k]);
            t[k] = times(all(more[round]), add(rest, c), &one);
            m->s0[k] = sub(rest, c);
            m->s1[k] = add(m->s1[k], t[k]);
            t[k] = add(t[k], all(BIAS));
        }
        UNROLL
        for (unsigned i = 0; i < sh.others; i++) {
            EACH_SET(k)
            {
                lanes x = m->other[i][k] = times(t[k], m->other[i][k], &sh.other[i].by);
                single[k] = i == 0 ? x : add(single[k], x);
            }
        }
        UNROLL
        for (unsigned i = 0; i < sh.pairs; i++) {
            EACH_SET(k)
            {
                lanes x = w[i][k] = times(t[k], w[i][k], &sh.pair[i].square);
                twice[k] = i == 0 ? x : add(twice[k], x);
            }
        }
    }
}

INLINE void enter(shape sh, middle *m, unsigned k, const lanes *s)
{
    m->s0[k] = s[0], m->s1[k] = s[1];
    UNROLL
    for (unsigned i = 0; i < sh.others; i++) m->other[i][k] = s[sh.other[i].i];
    UNROLL
    for (unsigned i = 0; i < sh.pairs; i++) {
        lanes u = s[sh.pair[i].u], v = s[sh.pair[i].v];
        m->w[0][i][k] = times(all(BIAS), add(u, v), &half);
        lanes minus = sub(add(u, all(256 * P)), v);
        m->w[1][i][k] = times(all(BIAS), minus, &sh.pair[i].before);
    }
}

INLINE void leave(shape sh, const middle *m, unsigned k, lanes *s, const uint64_t *constants)
{
    const lanes(*w)[SETS] = m->w[sh.rounds % 2], (*old)[SETS] = m->w[(sh.rounds + 1) % 2];
    s[0] = m->s0[k], s[1] = m->s1[k];
    UNROLL
    for (unsigned i = 0; i < sh.others; i++) s[sh.other[i].i] = m->other[i][k];
    UNROLL
    for (unsigned i = 0; i < sh.pairs; i++) {
        lanes z = times(all(BIAS), old[i][k], &sh.pair[i].by);
        s[sh.pair[i].u] = add(w[i][k], z);
        s[sh.pair[i].v] = sub(w[i][k], z);
    }
    UNROLL /* constants have 4p more, for - z */
        for (unsigned i = 1; i < sh.width; i++) s[i] = add(s[i], all(constants[i]));
}

/* Rows become columns. */
INLINE void transpose(lanes *v)
{
    lanes a[16] UNSET, b[16] UNSET;
    UNROLL
    for (unsigned i = 0; i < 16; i += 2) {
        a[i] = _mm512_unpacklo_epi32(v[i], v[i + 1]);
        a[i + 1] = _mm512_unpackhi_epi32(v[i], v[i + 1]);
    }
    UNROLL
    for (unsigned i = 0; i < 16; i += 4) {
        b[i] = _mm512_unpacklo_epi64(a[i], a[i + 2]);
        b[i + 1] = _mm512_unpackhi_epi64(a[i], a[i + 2]);
        b[i + 2] = _mm512_unpacklo_epi64(a[i + 1], a[i + 3]);
        b[i + 3] = _mm512_unpackhi_epi64(a[i + 1], a[i + 3]);
    }
    UNROLL
    for (unsigned i = 0; i < 4; i++) { /* b[4 j + i]: columns i, i + 4, ... of rows 4 j ... */
        a[i] = _mm512_shuffle_i32x4(b[i], b[4 + i], 0x88);
        a[4 + i] = _mm512_shuffle_i32x4(b[8 + i], b[12 + i], 0x88);
        a[8 + i] = _mm512_shuffle_i32x4(b[i], b[4 + i], 0xdd);
        a[12 + i] = _mm512_shuffle_i32x4(b[8 + i], b[12 + i], 0xdd);
    }
    UNROLL
    for (unsigned i = 0; i < 4; i++) {
        v[i] = _mm512_shuffle_i32x4(a[i], a[4 + i], 0x88);
        v[8 + i] = _mm512_shuffle_i32x4(a[i], a[4 + i], 0xdd);
        v[4 + i] = _mm512_shuffle_i32x4(a[8 + i], a[12 + i], 0x88);
        v[12 + i] = _mm512_shuffle_i32x4(a[8 + i], a[12 + i], 0xdd);
    }
}

/* Sixteen states between memory and vectors; of a width of 24 the last eight columns go through a
 * square of their own. */
INLINE void load(unsigned width, lanes *s, const tr_koalabear *from)
{
    UNROLL
    for (unsigned i = 0; i < LANES; i++) s[i] = _mm512_loadu_si512(from + i * width);
    transpose(s);
    if (width == 16) return;
    lanes tail[LANES] UNSET;
    UNROLL
    for (unsigned i = 0; i < LANES; i++)
        tail[i] = _mm512_maskz_loadu_epi32(0xff, from + i * width + 16);
    transpose(tail);
    UNROLL
    for (unsigned i = 16; i < width; i++) s[i] = tail[i - 16];
}

INLINE void store(unsigned width, tr_koalabear *to, lanes *s)
{
    lanes tail[LANES] UNSET;
    UNROLL
    for (unsigned i = 16; i < width; i++) tail[i - 16] = s[i];
    transpose(s);
    UNROLL
    for (unsigned i = 0; i < LANES; i++) _mm512_storeu_si512(to + i * width, s[i]);
    if (width == 16) return;
    UNROLL
    for (unsigned i = 8; i < LANES; i++) tail[i] = _mm512_setzero_si512();
    transpose(tail);
    UNROLL
    for (unsigned i = 0; i < LANES; i++)
        _mm512_mask_storeu_epi32(to + i * width + 16, 0xff, tail[i]);
}

/* Elements in memory are x 2^32; the even states of the sixteen are one set, the odd the other. */
INLINE void begin(unsigned width, lanes s[SETS][WIDEST], const tr_koalabear *states,
                  const uint64_t *constants)
{
    static const factor by_2_20 = FACTOR((UINT64_C(1) << 52) % P << 20);
    lanes both[WIDEST] UNSET;
    load(width, both, states);
    UNROLL
    for (unsigned i = 0; i < width; i++) {
        lanes even = _mm512_maskz_mov_epi32(0x5555, both[i]);
        s[0][i] = times(all(constants[i]), even, &by_2_20);
        s[1][i] = times(all(constants[i]), _mm512_srli_epi64(both[i], 32), &by_2_20);
    }
    mix_full(width, s[0]);
    mix_full(width, s[1]);
}

INLINE void end(unsigned width, lanes s[SETS][WIDEST], tr_koalabear *states)
{
    static const factor over_2_20 = FACTOR(UINT64_C(1) << 32);
    lanes both[WIDEST] UNSET;
    UNROLL
    for (unsigned i = 0; i < width; i++) {
        lanes even = times(all(BIAS), s[0][i], &over_2_20);
        lanes odd = times(all(BIAS), s[1][i], &over_2_20);
        lanes x = _mm512_mask_shuffle_epi32(even, 0xaaaa, odd, _MM_PERM_CCAA);
        /* below p + BIAS + 2^11; the smaller of two differences is the one that did not wrap around
         */
        both[i] = _mm512_min_epu32(x, _mm512_sub_epi32(x, _mm512_set1_epi32((int)P)));
    }
    store(width, states, both);
}

#define PERMUTE(width_)                                                                            \
    static __attribute__((noinline)) void permute_##width_(tr_koalabear *states)                   \
    {                                                                                              \
        const shape sh = {width_,                                                                  \
                          TR_POSEIDON2_KB##width_##_PARTIAL,                                       \
                          TR_COUNTOF(pairs_##width_),                                              \
                          TR_COUNTOF(others_##width_),                                             \
                          pairs_##width_,                                                          \
                          others_##width_};                                                        \
        lanes s[SETS][WIDEST] UNSET;                                                               \
        middle m UNSET;                                                                            \
        begin(width_, s, states, tr_poseidon2_kb##width_##_lanes.first);                           \
        full_rounds(width_, s, tr_poseidon2_kb##width_##_lanes.first + width_);                    \
        EACH_SET(k) enter(sh, &m, k, s[k]);                                                        \
        partial_rounds(sh, &m, tr_poseidon2_kb##width_##_lanes.less,                               \
                       tr_poseidon2_kb##width_##_lanes.more);                                      \
        EACH_SET(k) leave(sh, &m, k, s[k], tr_poseidon2_kb##width_##_lanes.after);                 \
        full_rounds(width_, s, tr_poseidon2_kb##width_##_lanes.last);                              \
        end(width_, s, states);                                                                    \
    }

PERMUTE(16)
PERMUTE(24)

/* What is left of a full set of states goes with others that nobody asked for. */
INLINE void many(unsigned width, size_t n, tr_koalabear *states, void (*permute)(tr_koalabear *))
{
    for (; n >= LANES; n -= LANES, states += (size_t)LANES * width) permute(states);
    if (n == 0) return;
    tr_koalabear set[LANES * WIDEST] = {{0}};
    memcpy(set, states, n * width * sizeof *set);
    permute(set);
    memcpy(states, set, n * width * sizeof *set);
}

void tr_poseidon2_kb16_many_avx512(size_t n, tr_koalabear states[][16])
{
    if (n == 1)
        tr_poseidon2_kb16(states[0]);
    else
        many(16, n, (tr_koalabear *)states, permute_16);
}

void tr_poseidon2_kb24_many_avx512(size_t n, tr_koalabear states[][24])
{
    if (n == 1)
        tr_poseidon2_kb24(states[0]);
    else
        many(24, n, (tr_koalabear *)states, permute_24);
}
