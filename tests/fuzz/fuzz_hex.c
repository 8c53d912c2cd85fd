/* Hex: what is decoded is what is written back, up to the case of letters; every code agrees with
 * the portable one; quantities and addresses likewise. */
#include "codec/address.h"
#include "codec/hex.h"
#include "codec/hex_internal.h"
#include "os/heap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static bool same_but_for_case(tr_bytes a, const uint8_t *lower)
{
    for (size_t i = 0; i < a.len; i++) {
        uint8_t c = a.data[i] >= 'A' && a.data[i] <= 'F' ? a.data[i] | 0x20 : a.data[i];
        if (c != lower[i]) return false;
    }
    return true;
}

static void check_data(tr_arena *arena, tr_bytes text)
{
    tr_bytes bytes;
    tr_trail trail;
    tr_err err = tr_hex_decode_new(&trail, arena, text, &bytes);
    if (err != TR_OK) {
        TR_ASSERT(err != TR_E_MEMORY && trail.offset <= text.len);
        return;
    }
    tr_buf buf;
    tr_buf_init(&buf, &arena->alloc, SIZE_MAX);
    tr_hex_put(&buf, bytes);
    TR_ASSERT(tr_buf_err(&buf) == TR_OK);
    size_t skip = text.len == buf.len ? 0 : 2;
    TR_ASSERT(text.len + skip == buf.len && same_but_for_case(text, buf.data + skip));
}

static void check_codes(tr_arena *arena, tr_bytes text)
{
    static const char *const codes[] = {"avx2", "avx512"};
    size_t n = text.len & ~(size_t)1;
    uint8_t *want = tr_arena_get(arena, 2 * n + 1, 1), *got = tr_arena_get(arena, 2 * n + 1, 1);
    for (size_t i = 0; i < TR_COUNTOF(codes); i++) {
        const tr_hex_code *code = tr_hex_find(codes[i]);
        if (code == NULL || n == 0) continue;
        size_t good = tr_hex_portable.decode(text.data, n, want);
        TR_ASSERT(code->decode(text.data, n, got) == good);
        TR_ASSERT(good != n || memcmp(want, got, n / 2) == 0);
        tr_hex_portable.encode(text.data, n, want);
        code->encode(text.data, n, got);
        TR_ASSERT(memcmp(want, got, 2 * n) == 0);
    }
}

static void check_quantity(tr_bytes text)
{
    uint8_t number[32], again[32], out[66];
    uint64_t v;
    tr_err err = tr_hex_decode_quantity(NULL, text, number, sizeof(number));
    tr_err small = tr_hex_decode_u64(NULL, text, &v);
    if (err != TR_OK) {
        TR_ASSERT(small == err);
        return;
    }
    TR_ASSERT((small == TR_OK) == (tr_load64be(number) == 0 && tr_load64be(number + 8) == 0 &&
                                   tr_load64be(number + 16) == 0));
    size_t n = tr_hex_encode_quantity(TR_VIEW(number), out);
    TR_ASSERT(n <= text.len && (n == 3 || out[2] != '0'));
    TR_ASSERT(tr_hex_decode_quantity(NULL, tr_bytes_of(out, n), again, sizeof(again)) == TR_OK);
    TR_ASSERT(memcmp(number, again, sizeof(number)) == 0);
    if (small == TR_OK) TR_ASSERT(tr_hex_encode_u64(v, again) == n && memcmp(again, out, n) == 0);
}

static void check_address(tr_bytes text)
{
    tr_addr address;
    uint8_t out[TR_ADDRESS_TEXT];
    if (tr_address_parse(NULL, text, &address) != TR_OK) return;
    tr_addr again;
    tr_address_format(&address, out);
    TR_ASSERT(tr_address_parse(NULL, TR_VIEW(out), &again) == TR_OK);
    TR_ASSERT(memcmp(&address, &again, sizeof(address)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    tr_bytes text = {data, len};
    tr_arena arena;
    tr_arena_init(&arena, tr_heap(), SIZE_MAX);
    check_data(&arena, text);
    check_codes(&arena, text);
    check_quantity(text);
    check_address(text);
    tr_arena_free(&arena);
    return 0;
}
