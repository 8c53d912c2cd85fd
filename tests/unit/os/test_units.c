#include "harness.h"
#include "os/clock.h"
#include "os/config_units.h"

static void check_size(const char *text, uint64_t want)
{
    uint64_t got = 0;
    TR_CHECK_OK(tr_units_size(NULL, tr_bytes_str(text), &got));
    TR_CHECK_EQ(got, want);
}

static void check_duration(const char *text, int64_t want)
{
    int64_t got = 0;
    TR_CHECK_OK(tr_units_duration(NULL, tr_bytes_str(text), &got));
    TR_CHECK_EQ(got, want);
}

TR_TEST(sizes)
{
    check_size("0", 0);
    check_size("12", 12);
    check_size("12B", 12);
    check_size("1kB", 1000);
    check_size("1KB", 1000);
    check_size("1MB", 1000000);
    check_size("1GB", 1000000000);
    check_size("2TB", 2000000000000);
    check_size("1KiB", 1024);
    check_size("64MiB", 64u << 20);
    check_size("3GiB", 3221225472);
    check_size("1TiB", (uint64_t)1 << 40);
    check_size("1.5GiB", 1610612736);
    check_size("0.001kB", 1);
    check_size("18446744073709551615", UINT64_MAX);
    check_size("16777215TiB", 16777215 * ((uint64_t)1 << 40));
}

TR_TEST(durations)
{
    check_duration("0", 0);
    check_duration("0s", 0);
    check_duration("7ns", 7);
    check_duration("5us", 5000);
    check_duration("100ms", 100 * TR_NS_PER_MS);
    check_duration("30s", 30 * TR_NS_PER_S);
    check_duration("2m", 120 * TR_NS_PER_S);
    check_duration("24h", 86400 * TR_NS_PER_S);
    check_duration("7d", 7 * 86400 * TR_NS_PER_S);
    check_duration("1h30m", 5400 * TR_NS_PER_S);
    check_duration("1d2h3m4s5ms6us7ns", (86400 + 7200 + 180 + 4) * TR_NS_PER_S + 5006007);
    check_duration("1.5s", 1500 * TR_NS_PER_MS);
    check_duration("0.000000001s", 1);
    check_duration("9223372036854775807ns", INT64_MAX);
}

static void check_bad(tr_err (*parse)(tr_trail *, tr_bytes), const char *text, tr_err want,
                      const char *sentence)
{
    tr_trail trail;
    tr_trail_clear(&trail);
    tr_err err = parse(&trail, tr_bytes_str(text));
    TR_CHECK_MSG(err == want, "%s gives %s", text, tr_err_name(err));
    TR_CHECK_STR(trail.text, sentence);
}

static tr_err size_of(tr_trail *trail, tr_bytes text)
{
    uint64_t value;
    return tr_units_size(trail, text, &value);
}

static tr_err duration_of(tr_trail *trail, tr_bytes text)
{
    int64_t value;
    return tr_units_duration(trail, text, &value);
}

static tr_err count_of(tr_trail *trail, tr_bytes text)
{
    uint64_t value;
    return tr_units_count(trail, text, &value);
}

#define SIZE_EXPECTED     "a size is expected, such as 64MiB or 1GB"
#define DURATION_EXPECTED "a duration is expected, such as 30s, 100ms or 7d"
#define TIME_UNITS        "the units are ns, us, ms, s, m, h and d"
#define SIZE_UNITS        "the units are B, kB, MB, GB, TB, KiB, MiB, GiB and TiB"
#define TOO_FINE          "the fraction is finer than the smallest unit"

TR_TEST(bad_numbers_say_what_was_expected)
{
    check_bad(size_of, "", TR_E_SYNTAX, SIZE_EXPECTED);
    check_bad(size_of, "big", TR_E_SYNTAX, SIZE_EXPECTED);
    check_bad(size_of, "-1GB", TR_E_SYNTAX, SIZE_EXPECTED);
    check_bad(size_of, "1 GB", TR_E_SYNTAX, SIZE_EXPECTED);
    check_bad(size_of, "1.GB", TR_E_SYNTAX, SIZE_EXPECTED);
    check_bad(size_of, "1GB2MB", TR_E_SYNTAX, SIZE_EXPECTED);
    check_bad(size_of, "1gb", TR_E_CONFIG_UNIT, "unknown unit \"gb\": " SIZE_UNITS);
    check_bad(size_of, "0.5B", TR_E_SYNTAX, TOO_FINE);
    check_bad(size_of, "0.1", TR_E_SYNTAX, TOO_FINE);
    check_bad(size_of, "1.0000000000000000000GB", TR_E_SYNTAX, TOO_FINE);
    check_bad(size_of, "18446744073709551616", TR_E_RANGE, "the number is too large");
    check_bad(size_of, "16777216TiB", TR_E_RANGE, "the number is too large");
    check_bad(duration_of, "", TR_E_SYNTAX, DURATION_EXPECTED);
    check_bad(duration_of, "soon", TR_E_SYNTAX, DURATION_EXPECTED);
    check_bad(duration_of, "30", TR_E_CONFIG_UNIT, "a unit is missing: " TIME_UNITS);
    check_bad(duration_of, "1h30", TR_E_CONFIG_UNIT, "a unit is missing: " TIME_UNITS);
    check_bad(duration_of, "0h0", TR_E_CONFIG_UNIT, "a unit is missing: " TIME_UNITS);
    check_bad(duration_of, "3weeks", TR_E_CONFIG_UNIT, "unknown unit \"weeks\": " TIME_UNITS);
    check_bad(duration_of, "1m1h", TR_E_SYNTAX, "the units go from the largest down, each once");
    check_bad(duration_of, "1s1s", TR_E_SYNTAX, "the units go from the largest down, each once");
    check_bad(duration_of, "0.5ns", TR_E_SYNTAX, TOO_FINE);
    check_bad(duration_of, "106752d", TR_E_RANGE, "the number is too large");
    check_bad(duration_of, "9223372036854775808ns", TR_E_RANGE, "the number is too large");
    check_bad(duration_of, "213503d23h34m34s", TR_E_RANGE, "the number is too large");
    check_bad(count_of, "", TR_E_SYNTAX, "a whole number is expected, such as 1000");
    check_bad(count_of, "1e3", TR_E_SYNTAX, "a whole number is expected, such as 1000");
    check_bad(count_of, "0x10", TR_E_SYNTAX, "a whole number is expected, such as 1000");
    check_bad(count_of, "1.0", TR_E_SYNTAX, "a whole number is expected, such as 1000");
    check_bad(count_of, "99999999999999999999", TR_E_RANGE, "the number is too large");
}

TR_PROP(what_is_written_reads_back)
{
    char memory[64];
    tr_buf text;
    uint64_t size = tr_gen_u64(g), size_back = 0;
    int64_t ns = (int64_t)(tr_gen_u64(g) >> 1), ns_back = 0;
    if (tr_gen_bool(g)) ns = ns / TR_NS_PER_S * TR_NS_PER_S;
    tr_buf_init_fixed(&text, memory, sizeof(memory));
    tr_units_put_size(&text, size);
    TR_CHECK_OK(tr_units_size(NULL, tr_buf_view(&text), &size_back));
    TR_CHECK_EQ(size_back, size);
    tr_buf_clear(&text);
    tr_units_put_duration(&text, ns);
    TR_CHECK_OK(tr_units_duration(NULL, tr_buf_view(&text), &ns_back));
    TR_CHECK_EQ(ns_back, ns);
}

static void check_written(uint64_t size, const char *size_text, int64_t ns, const char *ns_text)
{
    char memory[64];
    tr_buf text;
    tr_buf_init_fixed(&text, memory, sizeof(memory));
    tr_units_put_size(&text, size);
    TR_CHECK_STR(tr_buf_text(&text), size_text);
    tr_buf_clear(&text);
    tr_units_put_duration(&text, ns);
    TR_CHECK_STR(tr_buf_text(&text), ns_text);
}

TR_TEST(values_are_written_short)
{
    check_written(0, "0B", 0, "0s");
    check_written(1000000000, "1GB", 30 * TR_NS_PER_S, "30s");
    check_written((uint64_t)1 << 30, "1GiB", 100 * TR_NS_PER_MS, "100ms");
    check_written(64000, "64kB", 7 * 86400 * TR_NS_PER_S, "7d");
    check_written(1001, "1001B", 5400 * TR_NS_PER_S, "90m");
    check_written(65536, "64KiB", 1, "1ns");
}

/* Anything at all is read or refused. */
TR_PROP(any_text_is_read_or_refused)
{
    static const char alphabet[] = "0123456789.nusmhdkKMGTiB ";
    uint8_t text[24];
    size_t len = tr_gen_below(g, sizeof(text));
    for (size_t i = 0; i < len; i++)
        text[i] = (uint8_t)alphabet[tr_gen_below(g, sizeof(alphabet) - 1)];
    uint64_t size;
    int64_t ns = -1;
    tr_trail trail;
    if (tr_units_size(&trail, tr_bytes_of(text, len), &size) != TR_OK) TR_CHECK(trail.len != 0);
    if (tr_units_duration(&trail, tr_bytes_of(text, len), &ns) != TR_OK)
        TR_CHECK(trail.len != 0);
    else
        TR_CHECK(ns >= 0);
}
