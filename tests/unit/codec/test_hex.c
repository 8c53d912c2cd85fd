#include "codec/hex.h"

#include "codec/hex_internal.h"
#include "harness.h"

static const char *const codes[] = {"portable", "avx2", "avx512"};

typedef struct row {
    const char *text;
    tr_err err;
    uint64_t offset;
} row;

static void check_rows(const row *rows, size_t n, bool prefix)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t out[8];
        size_t len;
        tr_trail trail;
        tr_trail_clear(&trail);
        tr_bytes text = tr_bytes_str(rows[i].text);
        tr_err err = prefix ? tr_hex_decode_0x(&trail, text, out, sizeof(out), &len)
                            : tr_hex_decode(&trail, text, out, sizeof(out), &len);
        TR_CHECK_MSG(err == rows[i].err && trail.offset == rows[i].offset,
                     "\"%s\": %s at %lld, expected %s at %lld", rows[i].text, tr_err_name(err),
                     (long long)trail.offset, tr_err_name(rows[i].err), (long long)rows[i].offset);
        if (err != TR_OK) TR_CHECK_EQ(len, 0);
    }
}

TR_TEST(data_with_prefix)
{
    static const row rows[] = {
        {"0x", TR_OK, TR_NO_OFFSET},
        {"0x00fF", TR_OK, TR_NO_OFFSET},
        {"0x0011223344556677", TR_OK, TR_NO_OFFSET},
        {"0x001122334455667788", TR_E_LIMIT, 18},
        {"", TR_E_HEX_PREFIX, 0},
        {"0", TR_E_HEX_PREFIX, 0},
        {"00", TR_E_HEX_PREFIX, 0},
        {"0X00", TR_E_HEX_PREFIX, 0},
        {"x0", TR_E_HEX_PREFIX, 0},
        {" 0x00", TR_E_HEX_PREFIX, 0},
        {"0x0", TR_E_HEX_ODD, 3},
        {"0x123", TR_E_HEX_ODD, 5},
        {"0x0g", TR_E_HEX_DIGIT, 3},
        {"0xg0", TR_E_HEX_DIGIT, 2},
        {"0x00 ", TR_E_HEX_DIGIT, 4},
        {"0x0x00", TR_E_HEX_DIGIT, 3},
        {"0x00/0", TR_E_HEX_DIGIT, 4},
        {"0x00:0", TR_E_HEX_DIGIT, 4},
        {"0x00@0", TR_E_HEX_DIGIT, 4},
        {"0x00G0", TR_E_HEX_DIGIT, 4},
        {"0x00`0", TR_E_HEX_DIGIT, 4},
        {"0x00\xb0\xb0", TR_E_HEX_DIGIT, 4},
    };
    check_rows(rows, TR_COUNTOF(rows), true);
}

TR_TEST(data_without_prefix)
{
    static const row rows[] = {
        {"", TR_OK, TR_NO_OFFSET},         {"ab", TR_OK, TR_NO_OFFSET}, {"abc", TR_E_HEX_ODD, 3},
        {"0x00", TR_E_HEX_DIGIT, 1},       {"a-", TR_E_HEX_DIGIT, 1},   {"abc-", TR_E_HEX_DIGIT, 3},
        {"ab\xc3\xa9", TR_E_HEX_DIGIT, 2},
    };
    check_rows(rows, TR_COUNTOF(rows), false);
}

TR_TEST(known_bytes)
{
    uint8_t out[8], text[32];
    size_t len;
    TR_CHECK_OK(tr_hex_decode_0x(NULL, TR_LIT("0x0123456789aBcDeF"), out, 8, &len));
    TR_CHECK_EQ(len, 8);
    TR_CHECK_EQ(tr_load64be(out), 0x0123456789abcdef);
    tr_hex_encode(TR_VIEW(out), text);
    TR_CHECK_BYTES(tr_bytes_of(text, 16), TR_LIT("0123456789abcdef"));
    tr_buf buf;
    tr_buf_init_fixed(&buf, text, 18);
    tr_hex_put(&buf, TR_VIEW(out));
    TR_CHECK_BYTES(tr_buf_view(&buf), TR_LIT("0x0123456789abcdef"));
    tr_buf_init_fixed(&buf, text, 17);
    tr_hex_put(&buf, TR_VIEW(out));
    TR_CHECK_ERR(tr_buf_err(&buf), TR_E_LIMIT);
    TR_CHECK_EQ(buf.len, 0);
}

TR_TEST(exact_sizes)
{
    uint8_t out[2];
    tr_trail trail;
    TR_CHECK_OK(tr_hex_decode_exact(NULL, TR_LIT("0xabcd"), out, 2));
    TR_CHECK_EQ(tr_load16be(out), 0xabcd);
    TR_CHECK_ERR(tr_hex_decode_exact(&trail, TR_LIT("0xab"), out, 2), TR_E_HEX_LENGTH);
    TR_CHECK_EQ(trail.offset, 4);
    TR_CHECK_ERR(tr_hex_decode_exact(&trail, TR_LIT("0xabcdef"), out, 2), TR_E_HEX_LENGTH);
    TR_CHECK_EQ(trail.offset, 6);
    TR_CHECK_ERR(tr_hex_decode_exact(NULL, TR_LIT("0xabcde"), out, 2), TR_E_HEX_LENGTH);
    TR_CHECK_ERR(tr_hex_decode_exact(NULL, TR_LIT("abcd"), out, 2), TR_E_HEX_PREFIX);
    TR_CHECK_ERR(tr_hex_decode_exact(NULL, TR_LIT("0xabcx"), out, 2), TR_E_HEX_DIGIT);
}

TR_TEST(into_an_arena)
{
    tr_bytes out;
    tr_trail trail;
    TR_CHECK_OK(tr_hex_decode_new(NULL, tr_test_arena(), TR_LIT("0xabcd"), &out));
    TR_CHECK_BYTES(out, TR_LIT("\xab\xcd"));
    TR_CHECK_OK(tr_hex_decode_new(NULL, tr_test_arena(), TR_LIT("ABCD"), &out));
    TR_CHECK_BYTES(out, TR_LIT("\xab\xcd"));
    TR_CHECK_OK(tr_hex_decode_new(NULL, tr_test_arena(), TR_LIT(""), &out));
    TR_CHECK_EQ(out.len, 0);
    TR_CHECK_ERR(tr_hex_decode_new(&trail, tr_test_arena(), TR_LIT("0xabx"), &out), TR_E_HEX_DIGIT);
    TR_CHECK(trail.offset == 4 && out.data == NULL);
}

static tr_err decode_new(tr_alloc *alloc, void *context)
{
    (void)context;
    tr_arena arena;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_bytes out;
    tr_err err = tr_hex_decode_new(NULL, &arena, TR_LIT("0xabcd"), &out);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(out_of_memory)
{
    tr_test_out_of_memory(decode_new, NULL);
}

TR_TEST(quantities_in)
{
    static const struct {
        const char *text;
        tr_err err;
        uint64_t value;
    } rows[] = {
        {"0x0", TR_OK, 0},
        {"0x1", TR_OK, 1},
        {"0x0001f", TR_OK, 31},
        {"0xFfffffffffffffff", TR_OK, UINT64_MAX},
        {"0x000ffffffffffffffff", TR_OK, UINT64_MAX},
        {"0x10000000000000000", TR_E_RANGE, 0},
        {"0x", TR_E_SHORT, 0},
        {"", TR_E_HEX_PREFIX, 0},
        {"1f", TR_E_HEX_PREFIX, 0},
        {"0X1", TR_E_HEX_PREFIX, 0},
        {"-0x1", TR_E_HEX_PREFIX, 0},
        {"0x-1", TR_E_HEX_DIGIT, 0},
        {"0x1.", TR_E_HEX_DIGIT, 0},
        {"0x1 ", TR_E_HEX_DIGIT, 0},
        {"0x100000000000000000g", TR_E_HEX_DIGIT, 0},
    };
    for (size_t i = 0; i < TR_COUNTOF(rows); i++) {
        uint64_t v = 0;
        TR_CHECK_ERR(tr_hex_decode_u64(NULL, tr_bytes_str(rows[i].text), &v), rows[i].err);
        TR_CHECK_EQ(v, rows[i].value);
    }
    uint8_t wide[3];
    TR_CHECK_OK(tr_hex_decode_quantity(NULL, TR_LIT("0x12345"), wide, 3));
    TR_CHECK_BYTES(TR_VIEW(wide), TR_LIT("\x01\x23\x45"));
    TR_CHECK_ERR(tr_hex_decode_quantity(NULL, TR_LIT("0x1234567"), wide, 3), TR_E_RANGE);
    TR_CHECK_OK(tr_hex_decode_quantity(NULL, TR_LIT("0x00"), NULL, 0));
}

TR_TEST(quantities_out)
{
    static const struct {
        uint64_t value;
        const char *text;
    } rows[] = {
        {0, "0x0"},
        {1, "0x1"},
        {15, "0xf"},
        {16, "0x10"},
        {255, "0xff"},
        {256, "0x100"},
        {0xabcdef, "0xabcdef"},
        {UINT64_MAX, "0xffffffffffffffff"},
    };
    for (size_t i = 0; i < TR_COUNTOF(rows); i++) {
        uint8_t text[TR_HEX_U64_MAX], number[8];
        size_t n = tr_hex_encode_u64(rows[i].value, text);
        TR_CHECK_BYTES(tr_bytes_of(text, n), tr_bytes_str(rows[i].text));
        tr_store64be(number, rows[i].value);
        n = tr_hex_encode_quantity(TR_VIEW(number), text);
        TR_CHECK_BYTES(tr_bytes_of(text, n), tr_bytes_str(rows[i].text));
    }
    uint8_t text[3];
    TR_CHECK_EQ(tr_hex_encode_quantity((tr_bytes){NULL, 0}, text), 3);
    TR_CHECK_BYTES(TR_VIEW(text), TR_LIT("0x0"));
}

/* Every code gives what the portable one gives, also at which byte it stops, and writes nothing
 * beyond its room. */
TR_PROP(codes_agree)
{
    tr_bytes data = tr_gen_bytes(g, 300);
    size_t n = 2 * data.len;
    uint8_t *text = tr_arena_get(tr_gen_arena(g), n + 1, 1);
    uint8_t *back = tr_arena_get(tr_gen_arena(g), data.len + 1, 1);
    uint8_t *want = tr_arena_get(tr_gen_arena(g), n + 1, 1);
    tr_hex_portable.encode(data.data, data.len, want);
    for (size_t i = 0; i < n; i += 1 + tr_gen_below(g, 9))
        if (want[i] >= 'a' && tr_gen_bool(g)) want[i] -= 32;
    size_t bad_at = n != 0 && tr_gen_bool(g) ? tr_gen_below(g, n) : n;
    for (size_t c = 0; c < TR_COUNTOF(codes); c++) {
        const tr_hex_code *code = tr_hex_find(codes[c]);
        if (code == NULL) continue;
        text[n] = back[data.len] = 0x77;
        code->encode(data.data, data.len, text);
        for (size_t i = 0; i < n; i++) TR_CHECK(text[i] == (want[i] | 0x20));
        TR_CHECK_EQ(code->decode(want, n, back), n);
        TR_CHECK_BYTES(tr_bytes_of(back, data.len), data);
        if (bad_at != n) {
            uint8_t good = want[bad_at], bad;
            do {
                bad = (uint8_t)tr_gen_below(g, 256);
                if (tr_hex_value[bad] < 16) bad = 'g';
            } while (tr_hex_value[bad] < 16);
            want[bad_at] = bad;
            TR_CHECK_EQ(code->decode(want, n, back), bad_at);
            want[bad_at] = good;
        }
        TR_CHECK(text[n] == 0x77 && back[data.len] == 0x77);
    }
}

/* All 256 bytes in each of two places, against a rule written another way. */
TR_TEST(every_byte_in_every_code)
{
    for (size_t c = 0; c < TR_COUNTOF(codes); c++) {
        const tr_hex_code *code = tr_hex_find(codes[c]);
        if (code == NULL) continue;
        for (unsigned b = 0; b < 256; b++) {
            uint8_t text[64], out[32];
            memset(text, '5', sizeof(text));
            text[37] = (uint8_t)b;
            bool digit = b != 0 && strchr("0123456789abcdefABCDEF", (int)b) != NULL;
            TR_CHECK_EQ(code->decode(text, 64, out), digit ? 64 : 37);
            if (digit) TR_CHECK_EQ(out[18], 0x50 | (b > '9' ? (b | 32) - 'a' + 10 : b - '0'));
        }
    }
}
