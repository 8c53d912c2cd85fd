/* The EVM's arithmetic: one operation for each opcode.  In: X and Y, 32 bytes each, most
 * significant first, Y from the top of the stack; addmod and mulmod have a third, the modulus. Out:
 * 32 bytes. */
#include "field/u256.h"
#include "ops.h"

typedef struct operands {
    tr_u256 y, x, m; /* the first, second and third that the opcode takes */
} operands;

static tr_err read_operands(tr_bytes in, unsigned count, operands *out)
{
    if (in.len != 32 * (size_t)count) return TR_E_ARGUMENT;
    out->x = tr_u256_from_be(in.data);
    out->y = tr_u256_from_be(in.data + 32);
    out->m = count == 3 ? tr_u256_from_be(in.data + 64) : TR_U256_ZERO;
    return TR_OK;
}

static tr_err write_result(tr_buf *out, tr_u256 r)
{
    uint8_t bytes[32];
    tr_u256_to_be(r, bytes);
    tr_buf_put(out, TR_VIEW(bytes));
    return tr_buf_err(out);
}

#define OP(name, count, expression)                                                                \
    static tr_err op_##name(tr_arena *arena, tr_bytes in, tr_buf *out)                             \
    {                                                                                              \
        (void)arena;                                                                               \
        operands o;                                                                                \
        TR_TRY(read_operands(in, count, &o));                                                      \
        return write_result(out, (expression));                                                    \
    }

OP(add, 2, tr_u256_add(o.y, o.x))
OP(sub, 2, tr_u256_sub(o.y, o.x))
OP(mul, 2, tr_u256_mul(o.y, o.x))
OP(div, 2, tr_u256_div(&o.y, &o.x))
OP(sdiv, 2, tr_u256_sdiv(&o.y, &o.x))
OP(mod, 2, tr_u256_mod(&o.y, &o.x))
OP(smod, 2, tr_u256_smod(&o.y, &o.x))
OP(exp, 2, tr_u256_exp(&o.y, &o.x))
OP(addmod, 3, tr_u256_addmod(&o.y, &o.x, &o.m))
OP(mulmod, 3, tr_u256_mulmod(&o.y, &o.x, &o.m))
OP(signext, 2, tr_u256_signextend(o.x, tr_u256_to_u64(o.y)))
OP(byte, 2, tr_u256_byte(o.x, tr_u256_to_u64(o.y)))
OP(shl, 2, tr_u256_shl(o.x, tr_u256_to_u64(o.y)))
OP(shr, 2, tr_u256_shr(o.x, tr_u256_to_u64(o.y)))
OP(sar, 2, tr_u256_sar(o.x, tr_u256_to_u64(o.y)))
OP(and, 2, tr_u256_and(o.y, o.x))
OP(or, 2, tr_u256_or(o.y, o.x))
OP(xor, 2, tr_u256_xor(o.y, o.x))
OP(lt, 2, tr_u256_of(tr_u256_lt(o.y, o.x)))
OP(gt, 2, tr_u256_of(tr_u256_gt(o.y, o.x)))
OP(slt, 2, tr_u256_of(tr_u256_slt(o.y, o.x)))
OP(sgt, 2, tr_u256_of(tr_u256_sgt(o.y, o.x)))
OP(eq, 2, tr_u256_of(tr_u256_eq(o.y, o.x)))

static const tr_op ops[] = {
    {"field.add", op_add},       {"field.sub", op_sub},         {"field.mul", op_mul},
    {"field.div", op_div},       {"field.sdiv", op_sdiv},       {"field.mod", op_mod},
    {"field.smod", op_smod},     {"field.exp", op_exp},         {"field.addmod", op_addmod},
    {"field.mulmod", op_mulmod}, {"field.signext", op_signext}, {"field.byte", op_byte},
    {"field.shl", op_shl},       {"field.shr", op_shr},         {"field.sar", op_sar},
    {"field.and", op_and},       {"field.or", op_or},           {"field.xor", op_xor},
    {"field.lt", op_lt},         {"field.gt", op_gt},           {"field.slt", op_slt},
    {"field.sgt", op_sgt},       {"field.eq", op_eq},
};
const tr_ops tr_ops_field = {ops, TR_COUNTOF(ops)};
