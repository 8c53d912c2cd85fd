#include "os/config_units.h"

#include "os/clock.h"

typedef struct unit {
    const char *name;
    uint64_t size;
} unit;

/* From the largest down, so that the first that divides a value is the one to write it in. */
static const unit times[] = {
    {"d", UINT64_C(86400000000000)},
    {"h", UINT64_C(3600000000000)},
    {"m", UINT64_C(60000000000)},
    {"s", TR_NS_PER_S},
    {"ms", TR_NS_PER_MS},
    {"us", TR_NS_PER_US},
    {"ns", 1},
};

static const unit sizes[] = {
    {"TiB", UINT64_C(1) << 40}, {"TB", UINT64_C(1000000000000)},
    {"GiB", UINT64_C(1) << 30}, {"GB", UINT64_C(1000000000)},
    {"MiB", UINT64_C(1) << 20}, {"MB", UINT64_C(1000000)},
    {"KiB", UINT64_C(1) << 10}, {"kB", UINT64_C(1000)},
    {"KB", UINT64_C(1000)},     {"B", 1},
};

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static size_t digits_at(tr_bytes text, size_t at)
{
    size_t n = 0;
    while (at + n < text.len && is_digit(text.data[at + n])) n++;
    return n;
}

/* The digits of text from at on; false when the number has more than 64 bits. */
static bool number_of(tr_bytes text, size_t at, size_t count, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        if (__builtin_mul_overflow(value, 10u, &value)) return false;
        if (__builtin_add_overflow(value, (uint64_t)(text.data[at + i] - '0'), &value))
            return false;
    }
    *out = value;
    return true;
}

static tr_err too_large(tr_trail *trail)
{
    return tr_fail(trail, TR_E_RANGE, "the number is too large");
}

tr_err tr_units_count(tr_trail *trail, tr_bytes text, uint64_t *out)
{
    if (text.len == 0 || digits_at(text, 0) != text.len)
        return tr_fail(trail, TR_E_SYNTAX, "a whole number is expected, such as 1000");
    return number_of(text, 0, text.len, out) ? TR_OK : too_large(trail);
}

/* What a family of units says about a text that does not fit. */
typedef struct family {
    const unit *units;
    size_t count;
    const char *expected, *names;
} family;

static const family time_family = {times, TR_COUNTOF(times),
                                   "a duration is expected, such as 30s, 100ms or 7d",
                                   "ns, us, ms, s, m, h and d"};
static const family size_family = {sizes, TR_COUNTOF(sizes),
                                   "a size is expected, such as 64MiB or 1GB",
                                   "B, kB, MB, GB, TB, KiB, MiB, GiB and TiB"};

static tr_err find_unit(tr_trail *trail, const family *f, tr_bytes name, const unit **out)
{
    for (size_t i = 0; i < f->count; i++) {
        if (!tr_bytes_eq(name, tr_bytes_str(f->units[i].name))) continue;
        *out = &f->units[i];
        return TR_OK;
    }
    bool letters = name.len <= 8;
    for (size_t i = 0; i < name.len; i++)
        letters = letters && (name.data[i] | 0x20) >= 'a' && (name.data[i] | 0x20) <= 'z';
    if (!letters) return tr_fail(trail, TR_E_SYNTAX, "%s", f->expected);
    return tr_fail(trail, TR_E_CONFIG_UNIT, "unknown unit \"%.*s\": the units are %s",
                   (int)name.len, (const char *)name.data, f->names);
}

/* whole and fraction (of digits decimals) times the unit, if that is a whole number that fits. */
static tr_err scale(tr_trail *trail, const unit *u, uint64_t whole, uint64_t fraction,
                    size_t digits, uint64_t *out)
{
    uint64_t power = 1;
    for (size_t i = 0; i < digits; i++) power *= 10;
    unsigned __int128 part = (unsigned __int128)fraction * u->size;
    if (part % power != 0)
        return tr_fail(trail, TR_E_SYNTAX, "the fraction is finer than the smallest unit");
    unsigned __int128 all = (unsigned __int128)whole * u->size + part / power;
    if (all > UINT64_MAX) return too_large(trail);
    *out = (uint64_t)all;
    return TR_OK;
}

/* One number with its unit; *at moves behind it.  *used is NULL if there is no unit. */
static tr_err read_part(tr_trail *trail, const family *f, tr_bytes text, size_t *at,
                        const unit **used, uint64_t *out)
{
    uint64_t whole, fraction = 0;
    size_t count = digits_at(text, *at), decimals = 0;
    if (count == 0) return tr_fail(trail, TR_E_SYNTAX, "%s", f->expected);
    if (!number_of(text, *at, count, &whole)) return too_large(trail);
    *at += count;
    if (*at < text.len && text.data[*at] == '.') {
        decimals = digits_at(text, *at + 1);
        if (decimals == 0) return tr_fail(trail, TR_E_SYNTAX, "%s", f->expected);
        if (decimals > 18)
            return tr_fail(trail, TR_E_SYNTAX, "the fraction is finer than the smallest unit");
        (void)number_of(text, *at + 1, decimals, &fraction);
        *at += 1 + decimals;
    }
    size_t end = *at;
    while (end < text.len && !is_digit(text.data[end])) end++;
    *used = NULL;
    if (end == *at) {
        static const unit none = {"", 1};
        return scale(trail, &none, whole, fraction, decimals, out);
    }
    TR_TRY(find_unit(trail, f, tr_bytes_cut(text, *at, end - *at), used));
    *at = end;
    return scale(trail, *used, whole, fraction, decimals, out);
}

tr_err tr_units_size(tr_trail *trail, tr_bytes text, uint64_t *out)
{
    size_t at = 0;
    const unit *used;
    TR_TRY(read_part(trail, &size_family, text, &at, &used, out));
    if (at != text.len) return tr_fail(trail, TR_E_SYNTAX, "%s", size_family.expected);
    return TR_OK;
}

tr_err tr_units_duration(tr_trail *trail, tr_bytes text, int64_t *out)
{
    uint64_t total = 0, part, last = UINT64_MAX;
    size_t at = 0;
    do {
        const unit *used;
        TR_TRY(read_part(trail, &time_family, text, &at, &used, &part));
        if (used == NULL && (part != 0 || at != text.len || last != UINT64_MAX))
            return tr_fail(trail, TR_E_CONFIG_UNIT, "a unit is missing: the units are %s",
                           time_family.names);
        if (used != NULL && used->size >= last)
            return tr_fail(trail, TR_E_SYNTAX, "the units go from the largest down, each once");
        if (used != NULL) last = used->size;
        if (__builtin_add_overflow(total, part, &total)) return too_large(trail);
    } while (at != text.len);
    if (total > INT64_MAX) return too_large(trail);
    *out = (int64_t)total;
    return TR_OK;
}

static size_t decimal_length(uint64_t value)
{
    size_t n = 1;
    while ((value /= 10) != 0) n++;
    return n;
}

static void put_shortest(tr_buf *out, const family *f, uint64_t value)
{
    const unit *best = NULL;
    size_t best_len = SIZE_MAX;
    for (size_t i = 0; i < f->count; i++) {
        const unit *u = &f->units[i];
        if (value % u->size != 0 || (value == 0 && u->size != 1)) continue;
        size_t len = decimal_length(value / u->size) + __builtin_strlen(u->name);
        if (len >= best_len) continue;
        best = u;
        best_len = len;
    }
    TR_ASSERT(best != NULL);
    tr_buf_printf(out, "%llu%s", (unsigned long long)(value / best->size), best->name);
}

void tr_units_put_size(tr_buf *out, uint64_t bytes)
{
    put_shortest(out, &size_family, bytes);
}

void tr_units_put_duration(tr_buf *out, int64_t ns)
{
    TR_ASSERT(ns >= 0);
    if (ns == 0)
        tr_buf_put_str(out, "0s");
    else
        put_shortest(out, &time_family, (uint64_t)ns);
}
