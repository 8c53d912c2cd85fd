#include "hash/crc32c.h"

#include "hash/crc32c_internal.h"

/* Eight bytes at a time: table[k][b] is what the byte b does to the sum when k more bytes follow
 * it. The sum is linear, so each table is made of what its eight single bits do. */
#define ENTRY(i, b0, b1, b2, b3, b4, b5, b6, b7)                                                   \
    (((i)&1u ? (b0) : 0u) ^ ((i)&2u ? (b1) : 0u) ^ ((i)&4u ? (b2) : 0u) ^ ((i)&8u ? (b3) : 0u) ^   \
     ((i)&16u ? (b4) : 0u) ^ ((i)&32u ? (b5) : 0u) ^ ((i)&64u ? (b6) : 0u) ^                       \
     ((i)&128u ? (b7) : 0u))
#define FOUR(i, ...)                                                                               \
    ENTRY(i, __VA_ARGS__), ENTRY((i) + 1, __VA_ARGS__), ENTRY((i) + 2, __VA_ARGS__),               \
        ENTRY((i) + 3, __VA_ARGS__)
#define SIXTEEN(i, ...)                                                                            \
    FOUR(i, __VA_ARGS__), FOUR((i) + 4, __VA_ARGS__), FOUR((i) + 8, __VA_ARGS__),                  \
        FOUR((i) + 12, __VA_ARGS__)
#define SIXTY_FOUR(i, ...)                                                                         \
    SIXTEEN(i, __VA_ARGS__), SIXTEEN((i) + 16, __VA_ARGS__), SIXTEEN((i) + 32, __VA_ARGS__),       \
        SIXTEEN((i) + 48, __VA_ARGS__)
#define TABLE(...)                                                                                 \
    {                                                                                              \
        SIXTY_FOUR(0u, __VA_ARGS__), SIXTY_FOUR(64u, __VA_ARGS__), SIXTY_FOUR(128u, __VA_ARGS__),  \
            SIXTY_FOUR(192u, __VA_ARGS__)                                                          \
    }

static const uint32_t table[8][256] = {
    TABLE(0xf26b8303, 0xe13b70f7, 0xc79a971f, 0x8ad958cf, 0x105ec76f, 0x20bd8ede, 0x417b1dbc,
          0x82f63b78),
    TABLE(0x13a29877, 0x274530ee, 0x4e8a61dc, 0x9d14c3b8, 0x3fc5f181, 0x7f8be302, 0xff17c604,
          0xfbc3faf9),
    TABLE(0xa541927e, 0x4f6f520d, 0x9edea41a, 0x38513ec5, 0x70a27d8a, 0xe144fb14, 0xc76580d9,
          0x8b277743),
    TABLE(0xdd45aab8, 0xbf672381, 0x7b2231f3, 0xf64463e6, 0xe964b13d, 0xd725148b, 0xaba65fe7,
          0x52a0c93f),
    TABLE(0x38116fac, 0x7022df58, 0xe045beb0, 0xc5670b91, 0x8f2261d3, 0x1ba8b557, 0x37516aae,
          0x6ea2d55c),
    TABLE(0xef306b19, 0xdb8ca0c3, 0xb2f53777, 0x6006181f, 0xc00c303e, 0x85f4168d, 0x0e045beb,
          0x1c08b7d6),
    TABLE(0x68032cc8, 0xd0065990, 0xa5e0c5d1, 0x4e2dfd53, 0x9c5bfaa6, 0x3d5b83bd, 0x7ab7077a,
          0xf56e0ef4),
    TABLE(0x493c7d27, 0x9278fa4e, 0x211d826d, 0x423b04da, 0x847609b4, 0x0d006599, 0x1a00cb32,
          0x34019664),
};

uint32_t tr_crc32c_update_portable(uint32_t sum, const uint8_t *in, size_t len)
{
    for (; len >= 8; len -= 8, in += 8) {
        uint64_t v = tr_load64le(in) ^ sum;
        sum = table[7][v & 0xff] ^ table[6][v >> 8 & 0xff] ^ table[5][v >> 16 & 0xff] ^
              table[4][v >> 24 & 0xff] ^ table[3][v >> 32 & 0xff] ^ table[2][v >> 40 & 0xff] ^
              table[1][v >> 48 & 0xff] ^ table[0][v >> 56];
    }
    for (; len != 0; len--, in++) sum = sum >> 8 ^ table[0][(sum ^ *in) & 0xff];
    return sum;
}

const tr_crc32c_code tr_crc32c_portable = {"portable", tr_crc32c_update_portable};
const tr_crc32c_code *tr_crc32c_chosen = &tr_crc32c_portable;

uint32_t tr_crc32c(uint32_t before, tr_bytes bytes)
{
    return ~tr_crc32c_chosen->update(~before, bytes.data, bytes.len);
}
