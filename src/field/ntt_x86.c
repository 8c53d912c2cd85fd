/* Transforms once more with MULX arithmetic. */
#define TR_NTT tr_bn
#include "field/ntt_impl.h"
#define TR_NTT tr_bls
#include "field/ntt_impl.h"

const tr_ntt_backend tr_ntt_mulx = {"mulx", tr_bn_transform, tr_bls_transform};
