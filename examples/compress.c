/* A text in three formats, and what happens when the room is too small.
 *
 *     cc compress.c $(pkg-config --cflags --libs trestle) -o compress && ./compress */
#include <stdio.h>
#include <string.h>

#include <trestle/compress.h>

int main(void)
{
    static const char *const names[] = {"zlib", "brotli", "zstd"};
    static const int levels[] = {9, 9, 19};
    static uint8_t text[10000], packed[11000], back[10000];
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (uint8_t) "a trestle carries a track "[i % 26];
    for (int format = TR_FORMAT_ZLIB; format <= TR_FORMAT_ZSTD; format++) {
        size_t packed_len = sizeof(packed), len = sizeof(back);
        tr_err err =
            tr_compress_bytes(format, levels[format], text, sizeof(text), packed, &packed_len);
        if (err == TR_OK) err = tr_decompress_bytes(format, packed, packed_len, back, &len, NULL);
        if (err != TR_OK || len != sizeof(text) || memcmp(text, back, len) != 0) return 1;
        printf("%-6s %zu bytes become %zu\n", names[format], len, packed_len);

        uint64_t fault;
        len = 100;
        err = tr_decompress_bytes(format, packed, packed_len, back, &len, &fault);
        if (err != TR_E_LIMIT || len != 100) return 1;
    }
    return 0;
}
