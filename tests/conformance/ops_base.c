/* Operations on base/: that what a decoder reads and what a message says is the same everywhere. */
#include "ops.h"

/* In: bytes.  Out: each integer that a cursor reads from them, as text. */
static tr_err op_cursor(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    tr_cursor c = tr_cursor_of(in);
    while (c.err == TR_OK && tr_cursor_left(&c) != 0)
        tr_buf_printf(out, "%u %x %lld %llu\n", (unsigned)tr_cursor_u8(&c), tr_cursor_u16be(&c),
                      (long long)tr_cursor_u64be(&c), (unsigned long long)tr_cursor_u64le(&c));
    tr_buf_printf(out, "%s at %zu\n", tr_err_name(c.err), c.err_offset);
    return tr_buf_err(out);
}

static const tr_op ops[] = {
    {"base.cursor", op_cursor},
};
const tr_ops tr_ops_base = {ops, TR_COUNTOF(ops)};
