/* Results: an error code that travels by return value, and a trail of plain sentences that says
 * what happened, where in the input, and why, for the person who will read it.
 *
 * The trail lives in the caller's context and is passed as the first parameter; NULL means that
 * nobody will read it.  The deepest function that knows what is wrong calls tr_fail (or
 * tr_fail_at, with the offset in the input); each caller above may add one sentence with
 * tr_because.  There is no thread-local state. */
#ifndef TR_BASE_RESULT_H
#define TR_BASE_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trestle/errors.h"

#define TR_NODISCARD         __attribute__((warn_unused_result))
#define TR_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define TR_LIKELY(x)         __builtin_expect(!!(x), 1)
#define TR_UNLIKELY(x)       __builtin_expect(!!(x), 0)

/* TR_TRY passes an error up. */
#define TR_TRY(x)                                                                                  \
    do {                                                                                           \
        tr_err tr_try_err_ = (x);                                                                  \
        if (TR_UNLIKELY(tr_try_err_ != TR_OK)) return tr_try_err_;                                 \
    } while (0)

/* TR_ASSERT is for our own mistakes only: no input can make it fail. */
#define TR_ASSERT(x) (TR_LIKELY(x) ? (void)0 : tr_assert_failed(__FILE__, __LINE__, #x))

enum { TR_TRAIL_TEXT = 480 };
#define TR_NO_OFFSET UINT64_MAX

typedef struct tr_trail {
    tr_err code;
    uint32_t len;
    uint64_t offset; /* of the fault in the input, or TR_NO_OFFSET */
    char text[TR_TRAIL_TEXT];
} tr_trail;

/* tr_trail_clear empties a trail: code TR_OK, no offset, no text. */
void tr_trail_clear(tr_trail *trail);

/* tr_fail starts the trail afresh with code and a sentence, and returns code.  The format knows
 * what tr_buf_printf knows. */
tr_err tr_fail(tr_trail *trail, tr_err code, const char *format, ...) TR_PRINTF(3, 4);

/* tr_fail_at is tr_fail with the offset of the fault in the input. */
tr_err tr_fail_at(tr_trail *trail, tr_err code, uint64_t offset, const char *format, ...)
    TR_PRINTF(4, 5);

/* tr_because adds a sentence to a trail that an inner function began, and returns code. */
tr_err tr_because(tr_trail *trail, tr_err code, const char *format, ...) TR_PRINTF(3, 4);

#ifdef __clang_analyzer__ /* it sees one file at a time, and may know what these return */
#define tr_fail(trail, code, ...)            (tr_fail(trail, code, __VA_ARGS__), (code))
#define tr_fail_at(trail, code, offset, ...) (tr_fail_at(trail, code, offset, __VA_ARGS__), (code))
#define tr_because(trail, code, ...)         (tr_because(trail, code, __VA_ARGS__), (code))
#endif

/* tr_assert_failed reports through the hook, if one is set, and stops the program. */
__attribute__((noreturn)) void tr_assert_failed(const char *file, int line, const char *what);
void tr_assert_hook(void (*hook)(const char *file, int line, const char *what));

#endif
