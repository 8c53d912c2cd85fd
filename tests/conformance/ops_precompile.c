/* The precompiled contracts. */
#include "evm/precompile.h"
#include "ops.h"

/* In: a fork (one byte), the number of a contract (two bytes, little-endian), its input.  Out: gas
 * (eight bytes, little-endian), whether it succeeds (one byte), its output.  TR_E_NOT_FOUND: the
 * fork has no such contract. */
static tr_err op_run(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_cursor c = tr_cursor_of(in);
    uint8_t fork = tr_cursor_u8(&c);
    uint16_t number = tr_cursor_u16le(&c);
    tr_bytes input = tr_cursor_take(&c, tr_cursor_left(&c)), output;
    tr_addr address = {{0}};
    uint8_t gas[8];
    tr_err err;
    TR_TRY(tr_cursor_finish(&c, NULL, "a call"));
    if (fork >= TR_FORKS) return TR_E_RANGE;
    const tr_evm_rules *rules = tr_evm_rules_of((tr_fork)fork);
    address.b[18] = (uint8_t)(number >> 8);
    address.b[19] = (uint8_t)number;
    if (number == 0 || tr_precompile_at(rules, &address) != number) return TR_E_NOT_FOUND;
    tr_store64le(gas, tr_precompile_gas(rules, number, input));
    bool ok = tr_precompile_run(rules, number, input, arena, &output, &err);
    TR_TRY(err);
    tr_buf_put(out, TR_VIEW(gas));
    tr_buf_put_u8(out, ok ? 1 : 0);
    tr_buf_put(out, output);
    return tr_buf_err(out);
}

static const tr_op ops[] = {{"precompile", op_run}};
const tr_ops tr_ops_precompile = {ops, TR_COUNTOF(ops)};
