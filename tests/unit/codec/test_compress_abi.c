/* The public functions of trestle/compress.h. */
#include "trestle/compress.h"

#include "compressible.h"
#include "harness.h"

TR_TEST(there_and_back)
{
    tr_bytes data = compressible_of(tr_test_arena(), 4, 5000, 1);
    for (int format = TR_FORMAT_ZLIB; format <= TR_FORMAT_ZSTD; format++) {
        uint8_t packed[6000], back[5000];
        size_t packed_len = sizeof(packed), len = sizeof(back);
        TR_CHECK_OK(tr_compress_bytes(format, 5, data.data, data.len, packed, &packed_len));
        TR_CHECK_OK(tr_decompress_bytes(format, packed, packed_len, back, &len, NULL));
        TR_CHECK_BYTES(tr_bytes_of(back, len), data);

        len = 1000;
        uint64_t fault = 0;
        TR_CHECK_ERR(tr_decompress_bytes(format, packed, packed_len, back, &len, &fault),
                     TR_E_LIMIT);
        TR_CHECK_BYTES(tr_bytes_of(back, len), tr_bytes_cut(data, 0, 1000));
        TR_CHECK(fault > 0 && fault <= packed_len);

        len = sizeof(back);
        TR_CHECK_ERR(tr_decompress_bytes(format, packed, packed_len - 1, back, &len, &fault),
                     TR_E_SHORT);
        TR_CHECK_EQ(fault, packed_len - 1);
        size_t little = packed_len - 1;
        TR_CHECK_ERR(tr_compress_bytes(format, 5, data.data, data.len, packed, &little),
                     TR_E_LIMIT);
    }
}

TR_TEST(nothing_at_all)
{
    for (int format = TR_FORMAT_ZLIB; format <= TR_FORMAT_ZSTD; format++) {
        uint8_t packed[64];
        size_t packed_len = sizeof(packed), len = 0;
        TR_CHECK_OK(tr_compress_bytes(format, 1, NULL, 0, packed, &packed_len));
        TR_CHECK_OK(tr_decompress_bytes(format, packed, packed_len, NULL, &len, NULL));
        TR_CHECK_EQ(len, 0);
    }
}

TR_TEST(unknown_formats)
{
    uint8_t room[8];
    size_t len = sizeof(room);
    for (int format = -1; format <= 3; format += 4) {
        TR_CHECK_ERR(tr_compress_bytes(format, 1, room, 1, room, &len), TR_E_ARGUMENT);
        TR_CHECK_ERR(tr_decompress_bytes(format, room, 1, room, &len, NULL), TR_E_ARGUMENT);
    }
    TR_CHECK_EQ(len, sizeof(room));
}
