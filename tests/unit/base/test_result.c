#include "harness.h"

TR_TEST(trail_tells_what_and_where_and_why)
{
    tr_trail t;
    TR_CHECK_ERR(tr_fail_at(&t, TR_E_SHORT, 17, "list of %u bytes", 9u), TR_E_SHORT);
    TR_CHECK_ERR(tr_because(&t, TR_E_SHORT, "in transaction %d", 3), TR_E_SHORT);
    TR_CHECK_EQ(t.code, TR_E_SHORT);
    TR_CHECK_EQ(t.offset, 17);
    TR_CHECK_STR(t.text, "list of 9 bytes; in transaction 3");
    tr_fail(&t, TR_E_RANGE, "afresh");
    TR_CHECK_STR(t.text, "afresh");
    TR_CHECK_EQ(t.offset, TR_NO_OFFSET);
    TR_CHECK_ERR(tr_fail(NULL, TR_E_TYPE, "nobody reads"), TR_E_TYPE);
}

TR_TEST(trail_cuts_a_long_story)
{
    tr_trail t;
    tr_fail(&t, TR_E_RANGE, "%0300d", 1);
    tr_because(&t, TR_E_RANGE, "%0300d", 2);
    tr_because(&t, TR_E_RANGE, "%0300d", 3);
    TR_CHECK_EQ(strlen(t.text), TR_TRAIL_TEXT - 1);
    TR_CHECK_EQ(t.len, TR_TRAIL_TEXT - 1);
}

TR_TEST(every_code_has_a_name_of_its_own)
{
    static const tr_err codes[] = {
#define CODE(name, number, sentence) number,
        TR_ERROR_LIST(CODE)
#undef CODE
    };
    for (size_t i = 0; i < TR_COUNTOF(codes); i++) {
        TR_CHECK(tr_err_text(codes[i])[0] != '\0');
        for (size_t k = 0; k < i; k++) {
            TR_CHECK(codes[k] != codes[i]);
            TR_CHECK(strcmp(tr_err_name(codes[k]), tr_err_name(codes[i])) != 0);
        }
    }
    TR_CHECK_STR(tr_err_name(-1), "TR_E_?");
    TR_CHECK_STR(tr_err_text(-1), "unknown error");
}

TR_TEST(cursor_never_passes_its_end)
{
    tr_cursor c = tr_cursor_of(tr_test_hex("01 0203 04050607 08"));
    TR_CHECK_EQ(tr_cursor_u8(&c), 1);
    TR_CHECK_EQ(tr_cursor_u16be(&c), 0x0203);
    TR_CHECK_EQ(tr_cursor_u32le(&c), 0x07060504);
    TR_CHECK_EQ(tr_cursor_u16be(&c), 0);
    TR_CHECK_EQ(tr_cursor_u8(&c), 0); /* the first failure sticks */
    tr_trail t;
    TR_CHECK_ERR(tr_cursor_finish(&c, &t, "thing"), TR_E_SHORT);
    TR_CHECK_EQ(t.offset, 7);
    c = tr_cursor_of(tr_test_hex("0102"));
    TR_CHECK_EQ(tr_cursor_u8(&c), 1);
    TR_CHECK_ERR(tr_cursor_finish(&c, &t, "thing"), TR_E_TRAILING);
    TR_CHECK_EQ(t.offset, 1);
}

TR_TEST(bytes_compare_and_cut)
{
    TR_CHECK(tr_bytes_cmp(TR_LIT("ab"), TR_LIT("abc")) < 0);
    TR_CHECK(tr_bytes_cmp(TR_LIT("b"), TR_LIT("abc")) > 0);
    TR_CHECK_EQ(tr_bytes_cmp(TR_LIT("x"), TR_LIT("x")), 0);
    TR_CHECK_BYTES(tr_bytes_cut(TR_LIT("abcdef"), 2, 3), TR_LIT("cde"));
    TR_CHECK_BYTES(tr_bytes_cut(TR_LIT("abc"), 2, 30), TR_LIT("c"));
    TR_CHECK_BYTES(tr_bytes_cut(TR_LIT("abc"), 20, 30), TR_LIT(""));
    TR_CHECK(tr_bytes_eq_secret("abcd", "abcd", 4));
    TR_CHECK(!tr_bytes_eq_secret("abcd", "abcx", 4));
    char secret[4] = "key";
    tr_wipe(secret, sizeof(secret));
    TR_CHECK_EQ(secret[0] | secret[1] | secret[2], 0);
}
