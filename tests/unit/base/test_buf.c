#include "harness.h"

TR_TEST(buffer_grows_up_to_its_limit)
{
    tr_buf buf;
    tr_buf_init(&buf, tr_test_alloc(), 100);
    for (int i = 0; i < 100; i++) tr_buf_put_u8(&buf, (uint8_t)i);
    TR_CHECK_OK(tr_buf_err(&buf));
    tr_buf_put_u8(&buf, 1);
    TR_CHECK_ERR(tr_buf_err(&buf), TR_E_LIMIT);
    TR_CHECK_EQ(buf.len, 100);
    TR_CHECK_EQ(buf.data[99], 99);
    tr_buf_free(&buf);
}

TR_TEST(fixed_buffer_never_leaves_its_memory)
{
    uint8_t memory[5] = {9, 9, 9, 9, 9};
    tr_buf buf;
    tr_buf_init_fixed(&buf, memory, 4);
    tr_buf_put(&buf, TR_LIT("abc"));
    tr_buf_put(&buf, TR_LIT("de"));
    TR_CHECK_ERR(tr_buf_err(&buf), TR_E_LIMIT);
    TR_CHECK_BYTES(tr_buf_view(&buf), TR_LIT("abc"));
    TR_CHECK_EQ(memory[4], 9);
}

TR_TEST(empty_writes_to_an_empty_buffer_are_no_error)
{
    tr_buf buf;
    tr_buf_init_fixed(&buf, NULL, 0);
    tr_buf_put(&buf, (tr_bytes){NULL, 0});
    tr_buf_put_zeros(&buf, 0);
    TR_CHECK_OK(tr_buf_err(&buf));
    tr_buf_put_u8(&buf, 0);
    TR_CHECK_ERR(tr_buf_err(&buf), TR_E_LIMIT);
}

static tr_err fill(tr_alloc *alloc, void *context)
{
    (void)context;
    tr_buf buf;
    tr_buf_init(&buf, alloc, SIZE_MAX);
    for (int i = 0; i < 1000; i++) tr_buf_put(&buf, TR_LIT("twelve bytes"));
    tr_err err = tr_buf_err(&buf);
    tr_buf_free(&buf);
    return err;
}

TR_TEST(buffer_without_memory_remembers_it)
{
    tr_test_out_of_memory(fill, NULL);
}

static void check_format(const char *want, const char *format, ...)
{
    tr_buf buf;
    char memory[200];
    va_list args;
    va_start(args, format);
    tr_buf_init_fixed(&buf, memory, sizeof(memory));
    tr_buf_vprintf(&buf, format, args);
    va_end(args);
    TR_CHECK_STR(tr_buf_text(&buf), want);
}

TR_TEST(printf_formats)
{
    check_format("-7 7 ff FF", "%d %u %x %X", -7, 7u, 255u, 255u);
    check_format("  42|42  |0042", "%4d|%-4d|%04d", 42, 42, 42);
    check_format("-042", "%04d", -42);
    check_format("18446744073709551615 -9223372036854775808", "%zu %lld", SIZE_MAX,
                 (long long)INT64_MIN);
    check_format("ab|  ab|a%", "%s|%4s|%.*s%%", "ab", "ab", 1, "ab");
    check_format("x-(null)", "%c-%s", 'x', (char *)NULL);
    check_format("255 65535 -1", "%hhu %hu %hhd", 0x1ff, 0x1ffff, 0xff);
    check_format("0x10", "%p", (void *)16);
}

TR_TEST(printf_cuts_what_does_not_fit)
{
    tr_buf buf;
    char memory[6];
    tr_buf_init_fixed(&buf, memory, sizeof(memory));
    tr_buf_printf(&buf, "%s", "too long for this");
    TR_CHECK_BYTES(tr_buf_view(&buf), TR_LIT("too lo"));
    TR_CHECK_ERR(tr_buf_err(&buf), TR_E_LIMIT);
}
