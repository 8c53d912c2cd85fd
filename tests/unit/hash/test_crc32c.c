#include "for_each_code.h"
#include "harness.h"
#include "hash/crc32c.h"

/* The answers of RFC 3720, appendix B.4, and the usual check of the polynomial. */
TR_TEST(known_answers)
{
    uint8_t zeros[32] = {0}, ones[32], up[32], down[32];
    memset(ones, 0xff, sizeof(ones));
    for (uint8_t i = 0; i < 32; i++) {
        up[i] = i;
        down[i] = (uint8_t)(31 - i);
    }
    tr_bytes command = tr_test_hex("01c00000 00000000 00000000 00000000 14000000 00000400 00000014"
                                   "00000018 28000000 00000000 02000000 00000000");
    FOR_EACH_CODE(code)
    {
        TR_CHECK_EQ(tr_crc32c(0, TR_VIEW(zeros)), 0x8a9136aa);
        TR_CHECK_EQ(tr_crc32c(0, TR_VIEW(ones)), 0x62a8ab43);
        TR_CHECK_EQ(tr_crc32c(0, TR_VIEW(up)), 0x46dd794e);
        TR_CHECK_EQ(tr_crc32c(0, TR_VIEW(down)), 0x113fdb5c);
        TR_CHECK_EQ(tr_crc32c(0, command), 0xd9963a56);
        TR_CHECK_EQ(tr_crc32c(0, TR_LIT("123456789")), 0xe3069283);
        TR_CHECK_EQ(tr_crc32c(0, tr_bytes_of(NULL, 0)), 0);
        TR_CHECK_EQ(tr_crc32c(0xe3069283, tr_bytes_of(NULL, 0)), 0xe3069283);
    }
}

/* The definition, bit by bit. */
static uint32_t by_the_bit(uint32_t before, tr_bytes bytes)
{
    uint32_t sum = ~before;
    for (size_t i = 0; i < bytes.len; i++) {
        sum ^= bytes.data[i];
        for (int bit = 0; bit < 8; bit++) sum = sum >> 1 ^ ((sum & 1) != 0 ? 0x82f63b78 : 0);
    }
    return ~sum;
}

TR_PROP(every_code_gives_the_sum)
{
    enum { MOST = 3000 };
    uint8_t *pool = tr_arena_get(tr_gen_arena(g), MOST, 1);
    uint64_t state = tr_gen_u64(g);
    for (size_t i = 0; i < MOST; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        pool[i] = (uint8_t)(state >> 56);
    }
    size_t from = tr_gen_below(g, 16);
    tr_bytes all = {pool + from, tr_gen_below(g, tr_gen_bool(g) ? 64 : MOST - 16)};
    tr_bytes head = tr_bytes_cut(all, 0, tr_gen_below(g, all.len + 1));
    tr_bytes tail = tr_bytes_cut(all, head.len, SIZE_MAX);
    uint32_t before = (uint32_t)tr_gen_u64(g), want = by_the_bit(before, all);
    FOR_EACH_CODE(code)
    {
        TR_CHECK_EQ(tr_crc32c(before, all), want);
        TR_CHECK_EQ(tr_crc32c(tr_crc32c(before, head), tail), want);
    }
}
