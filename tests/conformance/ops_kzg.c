/* Operations on KZG proofs. */
#include "curve/kzg.h"
#include "ops.h"

/* In: commitment, point, value, proof.  Out: nothing. */
static tr_err op_point(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    (void)out;
    if (in.len != 48 + 32 + 32 + 48) return TR_E_ARGUMENT;
    return tr_kzg_point_check(NULL, in.data, in.data + 48, in.data + 80, in.data + 112);
}

static const tr_op ops[] = {
    {"kzg.point", op_point},
};
const tr_ops tr_ops_kzg = {ops, TR_COUNTOF(ops)};
