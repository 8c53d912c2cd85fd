#include "cli/input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/verb.h"
#include "codec/hex.h"

static tr_err read_stdin(tr_trail *trail, tr_arena *arena, size_t limit, tr_bytes *out)
{
    tr_buf buf;
    tr_buf_init(&buf, &arena->alloc, limit);
    for (;;) {
        enum { PIECE = 1 << 16 };
        uint8_t piece[PIECE];
        ssize_t n = read(STDIN_FILENO, piece, sizeof(piece));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return tr_fail(trail, TR_E_IO, "standard input: %s", strerror(errno));
        if (n == 0) break;
        tr_buf_put(&buf, tr_bytes_of(piece, (size_t)n));
    }
    if (tr_buf_err(&buf) != TR_OK)
        return tr_fail(trail, tr_buf_err(&buf), "standard input has more than %zu bytes", limit);
    *out = tr_buf_view(&buf);
    return TR_OK;
}

tr_err tr_cli_read(tr_trail *trail, tr_arena *arena, const char *argument, size_t limit,
                   tr_bytes *out)
{
    if (strcmp(argument, "-") == 0) return read_stdin(trail, arena, limit, out);
    *out = tr_bytes_str(argument);
    return TR_OK;
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

tr_err tr_cli_read_hex(tr_trail *trail, tr_arena *arena, const char *argument, size_t limit,
                       tr_bytes *out)
{
    tr_bytes text;
    TR_TRY(tr_cli_read(trail, arena, argument, limit, &text));
    if (text.data == NULL) text = TR_LIT("");
    while (text.len > 0 && is_space(text.data[text.len - 1])) text.len--;
    while (text.len > 0 && is_space(text.data[0])) text = tr_bytes_cut(text, 1, SIZE_MAX);
    return tr_hex_decode_new(trail, arena, text, out);
}

int tr_cli_failed(const char *what, const tr_trail *trail, const char *attempt)
{
    char because[TR_TRAIL_TEXT + 64];
    if (trail->offset == TR_NO_OFFSET)
        snprintf(because, sizeof(because), "%s (%s)", trail->text, tr_err_name(trail->code));
    else
        snprintf(because, sizeof(because), "%s, at byte %llu (%s)", trail->text,
                 (unsigned long long)trail->offset, tr_err_name(trail->code));
    tr_cli_error(what, because, attempt);
    return 1;
}
