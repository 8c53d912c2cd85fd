#include "base/result.h"

#include <stdarg.h>

#include "base/buf.h"

static void (*assert_hook)(const char *file, int line, const char *what);

void tr_trail_clear(tr_trail *trail)
{
    if (trail == NULL) return;
    trail->code = TR_OK;
    trail->offset = TR_NO_OFFSET;
    trail->len = 0;
    trail->text[0] = '\0';
}

static void add_sentence(tr_trail *trail, const char *format, va_list args)
{
    tr_buf text;
    size_t room = sizeof(trail->text) - trail->len;
    tr_buf_init_fixed(&text, trail->text + trail->len, room);
    if (trail->len != 0) tr_buf_put_str(&text, "; ");
    tr_buf_vprintf(&text, format, args);
    /* A sentence that does not fit is cut: tr_buf_printf writes all that fits. */
    trail->len += (uint32_t)TR_MIN(text.len, room - 1);
    trail->text[trail->len] = '\0';
}

tr_err(tr_fail)(tr_trail *trail, tr_err code, const char *format, ...)
{
    if (trail == NULL) return code;
    tr_trail_clear(trail);
    trail->code = code;
    va_list args;
    va_start(args, format);
    add_sentence(trail, format, args);
    va_end(args);
    return code;
}

tr_err(tr_fail_at)(tr_trail *trail, tr_err code, uint64_t offset, const char *format, ...)
{
    if (trail == NULL) return code;
    tr_trail_clear(trail);
    trail->code = code;
    trail->offset = offset;
    va_list args;
    va_start(args, format);
    add_sentence(trail, format, args);
    va_end(args);
    return code;
}

tr_err(tr_because)(tr_trail *trail, tr_err code, const char *format, ...)
{
    if (trail == NULL) return code;
    if (trail->code == TR_OK) trail->code = code;
    va_list args;
    va_start(args, format);
    add_sentence(trail, format, args);
    va_end(args);
    return code;
}

const char *tr_err_name(tr_err code)
{
    switch (code) {
#define NAME(name, number, sentence)                                                               \
    case number:                                                                                   \
        return #name;
        TR_ERROR_LIST(NAME)
#undef NAME
    }
    return "TR_E_?";
}

const char *tr_err_text(tr_err code)
{
    switch (code) {
#define TEXT(name, number, sentence)                                                               \
    case number:                                                                                   \
        return sentence;
        TR_ERROR_LIST(TEXT)
#undef TEXT
    }
    return "unknown error";
}

void tr_assert_hook(void (*hook)(const char *file, int line, const char *what))
{
    assert_hook = hook;
}

void tr_assert_failed(const char *file, int line, const char *what)
{
    if (assert_hook != NULL) assert_hook(file, line, what);
    __builtin_trap();
}
