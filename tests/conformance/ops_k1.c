/* Operations on secp256k1: always the portable code, here as in the guest.  An operation fails as
 * the function does. */
#include "curve/k1_internal.h"
#include "ops.h"

static void take(void *to, tr_bytes *in, size_t len)
{
    memcpy(to, in->data, len);
    *in = tr_bytes_cut(*in, len, SIZE_MAX);
}

/* In: a key (x, y), a hash, r, s. */
static tr_err op_verify(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_hash hash;
    tr_ecdsa_sig sig = {.recovery = TR_ECDSA_NO_RECOVERY};
    tr_pubkey key;
    (void)arena;
    (void)out;
    if (in.len != 160) return TR_E_RANGE;
    take(key.x, &in, 32);
    take(key.y, &in, 32);
    take(hash.b, &in, 32);
    take(sig.r, &in, 32);
    take(sig.s, &in, 32);
    TR_TRY(tr_ecdsa_check(&sig));
    return tr_k1_portable.verify(&key, &hash, &sig);
}

/* In: x of a key, a BIP-340 signature, the message. */
static tr_err op_schnorr(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    (void)out;
    if (in.len < 96) return TR_E_RANGE;
    return tr_k1_portable.schnorr_verify(in.data, tr_bytes_cut(in, 96, SIZE_MAX), in.data + 32);
}

static const tr_op ops[] = {
    {"k1.verify", op_verify},
    {"k1.schnorr-verify", op_schnorr},
};
const tr_ops tr_ops_k1 = {ops, TR_COUNTOF(ops)};
