#include "codec/json.h"

#include "codec/hex.h"
#include "codec/json_lex.h"

tr_json_writer tr_json_write_to(tr_buf *out)
{
    return (tr_json_writer){.out = out};
}

static uint64_t depth_bit(const tr_json_writer *w)
{
    return w->depth == 0 ? 0 : (uint64_t)1 << (w->depth - 1);
}

/* What comes before a value: a comma, or nothing after a key. */
static void before_value(tr_json_writer *w)
{
    uint64_t bit = depth_bit(w);
    if ((w->in_object & bit) != 0) {
        TR_ASSERT(w->after_key);
        w->after_key = false;
        return;
    }
    if ((w->not_first & bit) != 0) tr_buf_put_u8(w->out, ',');
    w->not_first |= bit;
}

static void begin(tr_json_writer *w, char bracket, bool object)
{
    before_value(w);
    TR_ASSERT(w->depth < TR_JSON_MAX_DEPTH);
    w->depth++;
    uint64_t bit = depth_bit(w);
    w->in_object = object ? w->in_object | bit : w->in_object & ~bit;
    w->not_first &= ~bit;
    tr_buf_put_u8(w->out, (uint8_t)bracket);
}

static void end(tr_json_writer *w, char bracket, bool object)
{
    TR_ASSERT(w->depth != 0 && !w->after_key);
    TR_ASSERT(((w->in_object & depth_bit(w)) != 0) == object);
    w->depth--;
    tr_buf_put_u8(w->out, (uint8_t)bracket);
}

void tr_json_begin_object(tr_json_writer *w)
{
    begin(w, '{', true);
}

void tr_json_end_object(tr_json_writer *w)
{
    end(w, '}', true);
}

void tr_json_begin_array(tr_json_writer *w)
{
    begin(w, '[', false);
}

void tr_json_end_array(tr_json_writer *w)
{
    end(w, ']', false);
}

static bool is_plain(uint8_t c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* The escape of a quote, a backslash or a control character. */
static void put_escape(tr_buf *out, uint8_t c)
{
    static const char letters[] = "btn?fr"; /* 8 to 13; 11 has none */
    if (c == '"' || c == '\\') {
        uint8_t text[2] = {'\\', c};
        tr_buf_put(out, TR_VIEW(text));
    } else if (c >= 8 && c <= 13 && c != 11) {
        uint8_t text[2] = {'\\', (uint8_t)letters[c - 8]};
        tr_buf_put(out, TR_VIEW(text));
    } else {
        tr_buf_printf(out, "\\u%04x", c);
    }
}

static void put_quoted(tr_buf *out, tr_bytes text)
{
    tr_buf_put_u8(out, '"');
    if (text.len != 0) {
        const uint8_t *p = text.data, *past = text.data + text.len;
        while (p != past) {
            const uint8_t *from = p;
            while (p != past && is_plain(*p)) p++;
            tr_buf_put(out, (tr_bytes){from, (size_t)(p - from)});
            if (p == past) break;
            if (*p < 0x80) {
                put_escape(out, *p++);
                continue;
            }
            size_t len = tr_utf8_len(p, past);
            tr_buf_put(out, len == 0 ? TR_LIT("\xef\xbf\xbd") : (tr_bytes){p, len});
            p += len == 0 ? 1 : len;
        }
    }
    tr_buf_put_u8(out, '"');
}

void tr_json_key_bytes(tr_json_writer *w, tr_bytes key)
{
    uint64_t bit = depth_bit(w);
    TR_ASSERT((w->in_object & bit) != 0 && !w->after_key);
    if ((w->not_first & bit) != 0) tr_buf_put_u8(w->out, ',');
    w->not_first |= bit;
    put_quoted(w->out, key);
    tr_buf_put_u8(w->out, ':');
    w->after_key = true;
}

void tr_json_key(tr_json_writer *w, const char *key)
{
    tr_json_key_bytes(w, tr_bytes_str(key));
}

void tr_json_string(tr_json_writer *w, tr_bytes text)
{
    before_value(w);
    put_quoted(w->out, text);
}

void tr_json_str(tr_json_writer *w, const char *text)
{
    tr_json_string(w, tr_bytes_str(text));
}

void tr_json_put_u64(tr_json_writer *w, uint64_t value)
{
    before_value(w);
    tr_buf_printf(w->out, "%llu", (unsigned long long)value);
}

void tr_json_put_i64(tr_json_writer *w, int64_t value)
{
    before_value(w);
    tr_buf_printf(w->out, "%lld", (long long)value);
}

void tr_json_put_bool(tr_json_writer *w, bool value)
{
    before_value(w);
    tr_buf_put_str(w->out, value ? "true" : "false");
}

void tr_json_put_null(tr_json_writer *w)
{
    before_value(w);
    tr_buf_put_str(w->out, "null");
}

void tr_json_put_raw(tr_json_writer *w, tr_bytes json)
{
    before_value(w);
    tr_buf_put(w->out, json);
}

void tr_json_put_hex(tr_json_writer *w, tr_bytes data)
{
    before_value(w);
    tr_buf_put_u8(w->out, '"');
    tr_hex_put(w->out, data);
    tr_buf_put_u8(w->out, '"');
}

/* What a value is by itself: all of it, or the opening bracket. */
static void put_shallow(tr_json_writer *w, const tr_json *value)
{
    switch (value->kind) {
    case TR_JSON_NULL:
        tr_json_put_null(w);
        break;
    case TR_JSON_BOOL:
        tr_json_put_bool(w, value->truth);
        break;
    case TR_JSON_NUMBER:
        tr_json_put_raw(w, value->text);
        break;
    case TR_JSON_STRING:
        tr_json_string(w, value->text);
        break;
    case TR_JSON_ARRAY:
        tr_json_begin_array(w);
        break;
    case TR_JSON_OBJECT:
        tr_json_begin_object(w);
        break;
    }
}

/* The recursion is as deep as the tree, which the reader bounds. */
void tr_json_put_value(tr_json_writer *w, const tr_json *value)
{
    put_shallow(w, value);
    if (value->kind != TR_JSON_ARRAY && value->kind != TR_JSON_OBJECT) return;
    TR_JSON_EACH(item, value)
    {
        if (value->kind == TR_JSON_OBJECT) tr_json_key_bytes(w, item->key);
        tr_json_put_value(w, item);
    }
    if (value->kind == TR_JSON_ARRAY) {
        tr_json_end_array(w);
    } else {
        tr_json_end_object(w);
    }
}
