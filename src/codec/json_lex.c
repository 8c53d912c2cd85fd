#include "codec/json_lex.h"

bool tr_json_lex_fail(tr_json_lex *lex, const uint8_t *at, tr_err err, const char *why)
{
    lex->at = at;
    lex->err = err;
    lex->why = why;
    return false;
}

static inline bool is_special(uint8_t c)
{
    return c < 0x20 || c == '"' || c == '\\' || c >= 0x80;
}

size_t tr_utf8_len(const uint8_t *p, const uint8_t *end)
{
    size_t left = (size_t)(end - p);
    if (left == 0) return 0;
    uint8_t c = p[0];
    if (c < 0x80) return 1;
    if (c < 0xc2 || c > 0xf4) return 0;
    size_t len = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    if (left < len) return 0;
    uint8_t low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
    uint8_t high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
    if (p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i < len; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
    }
    return len;
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads four hex digits; the caller knows that they are all there. */
static int32_t hex4(const uint8_t *p)
{
    int32_t v = 0;
    for (int i = 0; i < 4; i++) {
        int d = hex_digit(p[i]);
        if (d < 0) return -1;
        v = v << 4 | d;
    }
    return v;
}

/* An escape, with at on its backslash. */
static bool lex_escape(tr_json_lex *lex)
{
    const uint8_t *p = lex->at;
    size_t left = (size_t)(lex->end - p);
    if (left < 2) return tr_json_lex_fail(lex, lex->end, TR_E_SHORT, "a string has no end");
    switch (p[1]) {
    case '"':
    case '\\':
    case '/':
    case 'b':
    case 'f':
    case 'n':
    case 'r':
    case 't':
        lex->at = p + 2;
        return true;
    case 'u':
        break;
    default:
        return tr_json_lex_fail(lex, p, TR_E_SYNTAX, "an unknown escape");
    }
    if (left < 6) return tr_json_lex_fail(lex, lex->end, TR_E_SHORT, "a string has no end");
    int32_t v = hex4(p + 2);
    if (v < 0) return tr_json_lex_fail(lex, p, TR_E_SYNTAX, "\\u without four hex digits");
    if (v < 0xd800 || v > 0xdfff) {
        lex->at = p + 6;
        return true;
    }
    if (v > 0xdbff || left < 12 || p[6] != '\\' || p[7] != 'u')
        return tr_json_lex_fail(lex, p, TR_E_SYNTAX, "half of a surrogate pair");
    v = hex4(p + 8);
    if (v < 0xdc00 || v > 0xdfff)
        return tr_json_lex_fail(lex, p, TR_E_SYNTAX, "half of a surrogate pair");
    lex->at = p + 12;
    return true;
}

static const uint8_t *skip_plain_portable(const uint8_t *at, const uint8_t *end)
{
    while (end - at >= 8) {
        uint64_t marks = tr_json_special_bytes(tr_load64le(at));
        if (marks != 0) return at + (unsigned)__builtin_ctzll(marks) / 8;
        at += 8;
    }
    while (at != end && !is_special(*at)) at++;
    return at;
}

const tr_json_code tr_json_portable = {"portable", skip_plain_portable};

static const tr_json_code *code = &tr_json_portable;

void tr_json_select(const tr_json_code *chosen)
{
    code = chosen;
}

const tr_json_code *tr_json_chosen(void)
{
    return code;
}

/* Characters that are not ASCII, as many as follow. */
static bool lex_wide(tr_json_lex *lex)
{
    const uint8_t *p = lex->at;
    while (p != lex->end && *p >= 0x80) {
        size_t len = tr_utf8_len(p, lex->end);
        if (len == 0) return tr_json_lex_fail(lex, p, TR_E_SYNTAX, "not UTF-8");
        p += len;
    }
    lex->at = p;
    return true;
}

bool tr_json_lex_string_rest(tr_json_lex *lex, bool *escaped)
{
    for (;;) {
        const uint8_t *p = lex->at = code->skip_plain(lex->at, lex->end);
        if (p == lex->end) return tr_json_lex_fail(lex, p, TR_E_SHORT, "a string has no end");
        if (*p == '"') {
            lex->at = p + 1;
            return true;
        }
        if (*p < 0x20)
            return tr_json_lex_fail(lex, p, TR_E_SYNTAX, "a control character in a string");
        if (*p == '\\') {
            *escaped = true;
            if (!lex_escape(lex)) return false;
        } else if (!lex_wide(lex)) {
            return false;
        }
    }
}

static const uint8_t *skip_digits(const uint8_t *p, const uint8_t *end)
{
    while (p != end && (uint8_t)(*p - '0') < 10) p++;
    return p;
}

/* At least one digit must come here. */
static bool lex_digits(tr_json_lex *lex, const uint8_t *p)
{
    const uint8_t *past = skip_digits(p, lex->end);
    if (past == p && p == lex->end)
        return tr_json_lex_fail(lex, p, TR_E_SHORT, "a number has no end");
    if (past == p) return tr_json_lex_fail(lex, p, TR_E_SYNTAX, "a number needs a digit here");
    lex->at = past;
    return true;
}

bool tr_json_lex_number(tr_json_lex *lex)
{
    const uint8_t *p = lex->at, *end = lex->end;
    if (p != end && *p == '-') p++;
    if (p != end && *p == '0') {
        lex->at = p + 1;
    } else if (!lex_digits(lex, p)) {
        return false;
    }
    if (lex->at != end && *lex->at == '.' && !lex_digits(lex, lex->at + 1)) return false;
    p = lex->at;
    if (p != end && (*p | 0x20) == 'e') {
        p++;
        if (p != end && (*p == '+' || *p == '-')) p++;
        return lex_digits(lex, p);
    }
    return true;
}

bool tr_json_lex_literal(tr_json_lex *lex, const char *word)
{
    const uint8_t *p = lex->at;
    for (; *word != '\0'; word++, p++) {
        if (p == lex->end) return tr_json_lex_fail(lex, p, TR_E_SHORT, "a word has no end");
        if (*p != (uint8_t)*word) return tr_json_lex_fail(lex, p, TR_E_SYNTAX, "an unknown word");
    }
    lex->at = p;
    return true;
}

static size_t put_utf8(uint8_t *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (uint8_t)(0xc0 | c >> 6);
        out[1] = (uint8_t)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (uint8_t)(0xe0 | c >> 12);
        out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
        out[2] = (uint8_t)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (uint8_t)(0xf0 | c >> 18);
    out[1] = (uint8_t)(0x80 | (c >> 12 & 0x3f));
    out[2] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
    out[3] = (uint8_t)(0x80 | (c & 0x3f));
    return 4;
}

static uint8_t short_escape(uint8_t c)
{
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return c;
    }
}

size_t tr_json_unescape(tr_bytes raw, uint8_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < raw.len;) {
        uint8_t c = raw.data[i];
        if (c != '\\') {
            out[n++] = c;
            i++;
        } else if (raw.data[i + 1] != 'u') {
            out[n++] = short_escape(raw.data[i + 1]);
            i += 2;
        } else {
            uint32_t v = (uint32_t)hex4(raw.data + i + 2);
            i += 6;
            if (v >= 0xd800 && v <= 0xdbff) {
                uint32_t low = (uint32_t)hex4(raw.data + i + 2);
                v = 0x10000 + ((v - 0xd800) << 10) + (low - 0xdc00);
                i += 6;
            }
            n += put_utf8(out + n, v);
        }
    }
    return n;
}
