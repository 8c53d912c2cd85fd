/* tr_buf_printf: the part of printf that messages need, without a C library below. */
#include "base/buf.h"

typedef struct spec {
    bool left, zero;
    size_t width;
    size_t precision; /* SIZE_MAX: none given */
    int longs;        /* -2 for hh up to 2 for ll; 3 for z, j and t, all 64 bits wide here */
} spec;

/* Text that does not fit a fixed buffer is cut, and the buffer remembers TR_E_LIMIT: a message that
 * is too long is still worth reading. */
static void put_cut(tr_buf *buf, const void *data, size_t len)
{
    if (buf->err != TR_OK) return;
    size_t room = buf->limit - buf->len;
    size_t fits = TR_MIN(len, room);
    tr_buf_put(buf, tr_bytes_of(data, fits));
    if (buf->err == TR_OK && fits < len) buf->err = TR_E_LIMIT;
}

static void put_repeated(tr_buf *buf, char c, size_t count)
{
    for (size_t i = 0; i < count && buf->err == TR_OK; i++) put_cut(buf, &c, 1);
}

static void put_padded(tr_buf *buf, const spec *s, const char *sign, const char *text, size_t len)
{
    size_t sign_len = sign == NULL ? 0 : 1;
    size_t pad = s->width > len + sign_len ? s->width - len - sign_len : 0;
    if (!s->left && !s->zero) put_repeated(buf, ' ', pad);
    put_cut(buf, sign, sign_len);
    if (!s->left && s->zero) put_repeated(buf, '0', pad);
    put_cut(buf, text, len);
    if (s->left) put_repeated(buf, ' ', pad);
}

static void put_number(tr_buf *buf, const spec *s, const char *sign, uint64_t value, unsigned radix,
                       const char *digits)
{
    char text[20]; /* 2^64 - 1 has twenty decimal digits */
    size_t at = sizeof(text);
    do {
        text[--at] = digits[value % radix];
        value /= radix;
    } while (value != 0);
    put_padded(buf, s, sign, text + at, sizeof(text) - at);
}

static int64_t signed_of(const spec *s, va_list *args)
{
    switch (s->longs) {
    case -2:
        return (signed char)va_arg(*args, int);
    case -1:
        return (short)va_arg(*args, int);
    case 0:
        return va_arg(*args, int);
    case 1:
        return va_arg(*args, long);
    default:
        return va_arg(*args, long long);
    }
}

static uint64_t unsigned_of(const spec *s, va_list *args)
{
    switch (s->longs) {
    case -2:
        return (unsigned char)va_arg(*args, unsigned);
    case -1:
        return (unsigned short)va_arg(*args, unsigned);
    case 0:
        return va_arg(*args, unsigned);
    case 1:
        return va_arg(*args, unsigned long);
    default:
        return va_arg(*args, unsigned long long);
    }
}

static const char *parse_number(const char *f, size_t *out, va_list *args)
{
    if (*f == '*') {
        int given = va_arg(*args, int);
        *out = given < 0 ? 0 : (size_t)given;
        return f + 1;
    }
    *out = 0;
    for (; *f >= '0' && *f <= '9'; f++) *out = TR_MIN(*out * 10 + (size_t)(*f - '0'), (size_t)4096);
    return f;
}

static const char *parse_spec(const char *f, spec *s, va_list *args)
{
    for (;; f++) {
        if (*f == '-')
            s->left = true;
        else if (*f == '0')
            s->zero = true;
        else
            break;
    }
    f = parse_number(f, &s->width, args);
    if (*f == '.') f = parse_number(f + 1, &s->precision, args);
    for (;; f++) {
        if (*f == 'l')
            s->longs++;
        else if (*f == 'h')
            s->longs--;
        else if (*f == 'z' || *f == 'j' || *f == 't')
            s->longs = 3;
        else
            break;
    }
    return f;
}

static const char *put_spec(tr_buf *buf, const char *f, va_list *args)
{
    static const char lower[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
    spec s = {.precision = SIZE_MAX};
    f = parse_spec(f, &s, args);
    switch (*f) {
    case 'd':
    case 'i': {
        int64_t v = signed_of(&s, args);
        put_number(buf, &s, v < 0 ? "-" : NULL, v < 0 ? -(uint64_t)v : (uint64_t)v, 10, lower);
        break;
    }
    case 'u':
        put_number(buf, &s, NULL, unsigned_of(&s, args), 10, lower);
        break;
    case 'x':
        put_number(buf, &s, NULL, unsigned_of(&s, args), 16, lower);
        break;
    case 'X':
        put_number(buf, &s, NULL, unsigned_of(&s, args), 16, upper);
        break;
    case 'p':
        put_cut(buf, "0x", 2);
        put_number(buf, &s, NULL, (uintptr_t)va_arg(*args, void *), 16, lower);
        break;
    case 'c': {
        char c = (char)va_arg(*args, int);
        put_padded(buf, &s, NULL, &c, 1);
        break;
    }
    case 's': {
        const char *text = va_arg(*args, const char *);
        if (text == NULL) text = "(null)";
        size_t len = 0;
        while (len < s.precision && text[len] != '\0') len++;
        s.zero = false;
        put_padded(buf, &s, NULL, text, len);
        break;
    }
    case '%':
        put_cut(buf, "%", 1);
        break;
    default:
        tr_assert_failed(__FILE__, __LINE__, "a known conversion");
    }
    return f + 1;
}

void tr_buf_vprintf(tr_buf *buf, const char *format, va_list args)
{
    va_list rest;
    va_copy(rest, args);
    const char *f = format;
    while (*f != '\0') {
        const char *text = f;
        while (*f != '\0' && *f != '%') f++;
        put_cut(buf, text, (size_t)(f - text));
        if (*f == '%') f = put_spec(buf, f + 1, &rest);
    }
    va_end(rest);
}

void tr_buf_printf(tr_buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    tr_buf_vprintf(buf, format, args);
    va_end(args);
}
