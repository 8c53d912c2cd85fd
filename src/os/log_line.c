/* The bytes of a log line. */
#include "os/escape.h"
#include "os/log_internal.h"

/* Kept free at the end of each line for the mark of a cut and for the line's end. */
enum { END_ROOM = 40 };

#define ELLIPSIS "\xe2\x80\xa6"

static tr_escape_style style_of(tr_log_format format)
{
    return format == TR_LOG_JSON ? TR_ESCAPE_JSON : TR_ESCAPE_HUMAN;
}

/* Human lines quote only what would be read wrongly without. */
static bool needs_quotes(tr_bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (!tr_escape_is_plain(text.data[i]) || text.data[i] == ' ' || text.data[i] == '=')
            return true;
    return text.len == 0;
}

static void put_u64(tr_buf *out, uint64_t value)
{
    uint8_t digits[20];
    size_t at = sizeof(digits);
    do digits[--at] = (uint8_t)('0' + value % 10);
    while ((value /= 10) != 0);
    tr_buf_put(out, tr_bytes_of(digits + at, sizeof(digits) - at));
}

static void put_i64(tr_buf *out, int64_t value)
{
    if (value < 0) tr_buf_put_u8(out, '-');
    put_u64(out, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

/* A number in units of size, with one decimal below a hundred: "21.0M", "38ms", "1.5s". */
static void put_units(tr_buf *out, uint64_t value, uint64_t size, const char *unit, bool whole_too)
{
    uint64_t whole = value / size, rest = value % size;
    put_u64(out, whole);
    if (size >= 10 && whole < 100 && (rest != 0 || whole_too)) {
        tr_buf_put_u8(out, '.');
        tr_buf_put_u8(out, (uint8_t)('0' + rest / (size / 10)));
    }
    tr_buf_put_str(out, unit);
}

static void put_count(tr_buf *out, uint64_t value)
{
    if (value < 10000)
        put_u64(out, value);
    else if (value < 1000000)
        put_units(out, value, 1000, "k", true);
    else if (value < 1000000000)
        put_units(out, value, 1000000, "M", true);
    else
        put_units(out, value, 1000000000, "G", true);
}

static void put_duration(tr_buf *out, int64_t ns)
{
    uint64_t size = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
    if (ns < 0) tr_buf_put_u8(out, '-');
    if (size < TR_NS_PER_US)
        put_units(out, size, 1, "ns", false);
    else if (size < TR_NS_PER_MS)
        put_units(out, size, TR_NS_PER_US, "us", false);
    else if (size < TR_NS_PER_S)
        put_units(out, size, TR_NS_PER_MS, "ms", false);
    else
        put_units(out, size, TR_NS_PER_S, "s", false);
}

static void put_hex(tr_buf *out, tr_bytes bytes)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.len; i++) {
        tr_buf_put_u8(out, (uint8_t)digits[bytes.data[i] >> 4]);
        tr_buf_put_u8(out, (uint8_t)digits[bytes.data[i] & 15]);
    }
}

/* Puts text in quotes where the format wants them.  A text that is too long is cut. */
static void put_quoted(tr_buf *out, tr_log_format format, tr_bytes text, bool *cut)
{
    bool quotes = format == TR_LOG_JSON || needs_quotes(text);
    if (quotes) tr_buf_put_u8(out, '"');
    if (!tr_escape_text(out, style_of(format), text, sizeof(ELLIPSIS))) {
        tr_buf_put_str(out, ELLIPSIS);
        *cut = true;
    }
    if (quotes) tr_buf_put_u8(out, '"');
}

static void put_value(tr_buf *out, tr_log_format format, const tr_log_field *field, bool *cut)
{
    bool json = format == TR_LOG_JSON;
    switch (field->kind) {
    case TR_LOG_KIND_U64:
        put_u64(out, field->value.u64);
        break;
    case TR_LOG_KIND_I64:
        put_i64(out, field->value.i64);
        break;
    case TR_LOG_KIND_BOOL:
        tr_buf_put_str(out, field->value.truth ? "true" : "false");
        break;
    case TR_LOG_KIND_TEXT:
        put_quoted(out, format, field->value.bytes, cut);
        break;
    case TR_LOG_KIND_COUNT:
        if (json)
            put_u64(out, field->value.u64);
        else
            put_count(out, field->value.u64);
        break;
    case TR_LOG_KIND_NS:
        if (json)
            put_i64(out, field->value.i64);
        else
            put_duration(out, field->value.i64);
        break;
    case TR_LOG_KIND_HEX:
    case TR_LOG_KIND_TRACE:
        if (json) tr_buf_put_u8(out, '"');
        if (field->kind == TR_LOG_KIND_HEX) tr_buf_put_str(out, "0x");
        put_hex(out, field->value.bytes);
        if (json) tr_buf_put_u8(out, '"');
        break;
    }
}

static void put_key(tr_buf *out, tr_log_format format, const tr_log_field *field, bool first)
{
    if (format == TR_LOG_JSON) {
        tr_buf_put_str(out, ",\"");
        tr_buf_put_str(out, field->key);
        tr_buf_put_str(out, field->kind == TR_LOG_KIND_NS ? "_ns\":" : "\":");
    } else {
        tr_buf_put_str(out, first ? "  " : " ");
        tr_buf_put_str(out, field->key);
        tr_buf_put_u8(out, '=');
    }
}

void tr_log_put_fields(tr_buf *out, tr_log_format format, const tr_log_field *fields, size_t count)
{
    bool cut = false;
    out->limit -= END_ROOM;
    out->cap -= END_ROOM;
    for (size_t i = 0; i < count && !cut; i++) {
        size_t before = out->len;
        put_key(out, format, &fields[i], i == 0);
        put_value(out, format, &fields[i], &cut);
        if (tr_buf_err(out) == TR_OK) continue;
        out->err = TR_OK;
        out->len = before;
        cut = true;
    }
    out->limit += END_ROOM;
    out->cap += END_ROOM;
    if (!cut) return;
    tr_buf_put_str(out, format == TR_LOG_JSON ? ",\"cut\":true" : " " ELLIPSIS);
}

void tr_log_put_time(tr_buf *out, tr_log_format format, int64_t wall)
{
    char text[TR_RFC3339_SIZE];
    size_t len = tr_rfc3339(wall, format == TR_LOG_JSON ? 9 : 3, text);
    if (format == TR_LOG_JSON) {
        tr_buf_put_str(out, "{\"ts\":\"");
        tr_buf_put(out, tr_bytes_of(text, len));
        tr_buf_put_str(out, "\",");
    } else {
        size_t date = sizeof("2026-11-21T") - 1;
        tr_buf_put(out, tr_bytes_of(text + date, len - date - 1));
        tr_buf_put_u8(out, ' ');
    }
}

static void put_level(tr_buf *out, bool colour, tr_log_level level)
{
    static const char *const names[] = {"OFF  ", "ERROR", "WARN ", "INFO ", "DEBUG", "TRACE"};
    static const char *const colours[] = {"", "31", "33", "32", "36", "90"};
    if (colour) {
        tr_buf_put_str(out, "\x1b[");
        tr_buf_put_str(out, colours[level]);
        tr_buf_put_u8(out, 'm');
    }
    tr_buf_put_str(out, names[level]);
    if (colour) tr_buf_put_str(out, "\x1b[0m");
}

void tr_log_put_body(tr_buf *out, tr_log_format format, bool colour, tr_log_level level,
                     const char *module, const char *msg, const tr_log_field *fields, size_t count,
                     size_t *head)
{
    size_t start = out->len, limit = out->limit;
    /* A quarter of the line for the module and half for the message are more than constants need;
     * so there is always room for the punctuation. */
    size_t module_spare = limit - limit / 4, msg_spare = limit / 4;
    if (format == TR_LOG_JSON) {
        tr_buf_put_str(out, "\"level\":\"");
        tr_buf_put_str(out, tr_log_level_name(level));
        tr_buf_put_str(out, "\",\"module\":\"");
        (void)tr_escape_text(out, style_of(format), tr_bytes_str(module), module_spare);
        tr_buf_put_str(out, "\",\"msg\":\"");
        (void)tr_escape_text(out, style_of(format), tr_bytes_str(msg), msg_spare);
        tr_buf_put_u8(out, '"');
    } else {
        put_level(out, colour, level);
        tr_buf_put_u8(out, ' ');
        (void)tr_escape_text(out, style_of(format), tr_bytes_str(module), module_spare);
        tr_buf_put_str(out, "  ");
        (void)tr_escape_text(out, style_of(format), tr_bytes_str(msg), msg_spare);
    }
    *head = out->len - start;
    tr_log_put_fields(out, format, fields, count);
}

void tr_log_put_end(tr_buf *out, tr_log_format format)
{
    tr_buf_put_str(out, format == TR_LOG_JSON ? "}\n" : "\n");
}
