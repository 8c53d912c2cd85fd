/* Data of several kinds for the compression tests, and damage done to compressed data. */
#ifndef TR_TESTS_UNIT_CODEC_COMPRESSIBLE_H
#define TR_TESTS_UNIT_CODEC_COMPRESSIBLE_H

#include "harness.h"

enum { COMPRESSIBLE_KINDS = 6 };

static inline uint64_t next_random(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Kinds: noise, one byte, words of a text, a short period, records with few bytes that change, and
 * bytes of a skewed distribution (long codes). */
static inline tr_bytes compressible_of(tr_arena *arena, int kind, size_t len, uint64_t seed)
{
    static const char text[] =
        "The time of the transaction and the value that was left over from before are not the same "
        "as those which the people of the country have been given by their own government.\n";
    uint8_t *to = tr_arena_get(arena, len, 1);
    TR_CHECK(to != NULL);
    size_t period = 1 + next_random(&seed) % 40;
    for (size_t i = 0; i < len; i++) {
        uint64_t r = next_random(&seed);
        switch (kind) {
        case 0:
            to[i] = (uint8_t)r;
            break;
        case 1:
            to[i] = (uint8_t)period;
            break;
        case 2: {
            size_t from = r % (sizeof(text) - 12), n = 3 + (r >> 32) % 9;
            for (size_t k = 0; k < n && i < len; k++) to[i++] = (uint8_t)text[from + k];
            i--;
            break;
        }
        case 3:
            to[i] = i < period ? (uint8_t)r : to[i - period];
            break;
        case 4:
            to[i] = i % 32 < 28 && i >= 32 ? to[i - 32] : (uint8_t)r;
            break;
        default:
            to[i] = (uint8_t)__builtin_ctzll(r | UINT64_C(1) << 40);
            break;
        }
    }
    return tr_bytes_of(to, len);
}

static inline tr_bytes compressible(tr_gen *g, size_t len)
{
    return compressible_of(tr_gen_arena(g), (int)tr_gen_below(g, COMPRESSIBLE_KINDS), len,
                           tr_gen_u64(g));
}

/* A copy of data with some bits turned, bytes replaced, a piece cut out, or its end cut off. */
static inline tr_bytes mutated(tr_gen *g, tr_bytes data)
{
    if (data.len == 0) return data;
    uint8_t *copy = tr_arena_get(tr_gen_arena(g), data.len, 1);
    TR_CHECK(copy != NULL);
    memcpy(copy, data.data, data.len);
    size_t len = data.len;
    size_t changes = 1 + tr_gen_below(g, 3);
    for (size_t i = 0; i < changes && len != 0; i++) {
        size_t at = tr_gen_bool(g) ? tr_gen_below(g, len) : tr_gen_below(g, len < 40 ? len : 40);
        switch (tr_gen_below(g, 5)) {
        case 0:
        case 1:
            copy[at] ^= (uint8_t)(1u << tr_gen_below(g, 8));
            break;
        case 2:
            copy[at] = (uint8_t)tr_gen_u64(g);
            break;
        case 3: {
            size_t n = tr_gen_below(g, 4);
            if (n > len - at) n = len - at;
            memmove(copy + at, copy + at + n, len - at - n);
            len -= n;
            break;
        }
        default:
            len = at;
            break;
        }
    }
    return tr_bytes_of(copy, len);
}

#endif
