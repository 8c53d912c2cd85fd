#include "os/escape.h"

#include "base/bits.h"

static size_t room_of(const tr_buf *out)
{
    return out->limit - out->len;
}

size_t tr_utf8_at(const uint8_t *text, size_t len, uint32_t *out)
{
    uint32_t c = text[0];
    size_t need = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
    if (need == 0 || need > len) return 0;
    if (need > 1) c &= 0x7fu >> need;
    for (size_t i = 1; i < need; i++) {
        if ((text[i] & 0xc0) != 0x80) return 0;
        c = c << 6 | (text[i] & 0x3f);
    }
    if ((need == 3 && (c < 0x800 || (c >= 0xd800 && c < 0xe000))) ||
        (need == 4 && (c < 0x10000 || c > 0x10ffff)))
        return 0;
    *out = c;
    return need;
}

bool tr_utf8_is_hostile(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static size_t put_hex_digits(char *to, uint32_t value, size_t count)
{
    for (size_t i = 0; i < count; i++)
        to[i] = "0123456789abcdef"[value >> 4 * (count - 1 - i) & 15];
    return count;
}

/* The escape of one character, or of a byte that is none (len 0). */
static size_t escape(char to[8], tr_escape_style style, uint32_t c, size_t len)
{
    static const char named[] = "\n\r\t\"\\", letters[] = "nrt\"\\";
    to[0] = '\\';
    for (size_t i = 0; len != 0 && i < sizeof(named) - 1; i++) {
        if (c != (uint8_t)named[i]) continue;
        to[1] = letters[i];
        return 2;
    }
    if (len == 0 && style == TR_ESCAPE_HUMAN) {
        to[1] = 'x';
        return 2 + put_hex_digits(to + 2, c, 2);
    }
    to[1] = 'u';
    return 2 + put_hex_digits(to + 2, len == 0 ? 0xfffd : c, 4);
}

bool tr_escape_text(tr_buf *out, tr_escape_style style, tr_bytes text, size_t spare)
{
    for (size_t i = 0; i < text.len;) {
        size_t run = i;
        while (run < text.len && tr_escape_is_plain(text.data[run])) run++;
        if (run != i) {
            size_t room = room_of(out) > spare ? room_of(out) - spare : 0;
            size_t fits = TR_MIN(run - i, room);
            tr_buf_put(out, tr_bytes_cut(text, i, fits));
            if (fits < run - i) return false;
            i = run;
            continue;
        }
        uint32_t c = text.data[i];
        size_t len = tr_utf8_at(text.data + i, text.len - i, &c);
        bool as_it_is = len > 1 && !tr_utf8_is_hostile(c);
        char escaped[8];
        size_t size = as_it_is ? len : escape(escaped, style, c, len);
        if (room_of(out) < size + spare) return false;
        tr_buf_put(out, as_it_is ? tr_bytes_cut(text, i, len) : tr_bytes_of(escaped, size));
        i += len == 0 ? 1 : len;
    }
    return true;
}
