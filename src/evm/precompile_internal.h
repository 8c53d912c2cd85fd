/* What the files of the precompiled contracts share. */
#ifndef TR_EVM_PRECOMPILE_INTERNAL_H
#define TR_EVM_PRECOMPILE_INTERNAL_H

#include "evm/precompile.h"

typedef struct tr_precompile_call {
    const tr_evm_rules *rules;
    tr_bytes input;
    tr_arena *arena;
    tr_bytes output; /* empty before the run */
} tr_precompile_call;

/* A gas function says what an input costs; a run function sets the output.  Of the errors of a run
 * TR_E_MEMORY is the arena's, all others mean that the contract fails. */
typedef uint64_t tr_precompile_gas_function(const tr_evm_rules *rules, tr_bytes input);
typedef tr_err tr_precompile_run_function(tr_precompile_call *call);

tr_precompile_gas_function tr_precompile_modexp_gas;
tr_precompile_run_function tr_precompile_modexp;

tr_precompile_gas_function tr_precompile_bn_add_gas, tr_precompile_bn_mul_gas;
tr_precompile_gas_function tr_precompile_bn_pairing_gas;
tr_precompile_run_function tr_precompile_bn_add, tr_precompile_bn_mul, tr_precompile_bn_pairing;

tr_precompile_gas_function tr_precompile_kzg_gas;
tr_precompile_run_function tr_precompile_kzg;

tr_precompile_gas_function tr_precompile_bls_g1_add_gas, tr_precompile_bls_g1_msm_gas;
tr_precompile_gas_function tr_precompile_bls_g2_add_gas, tr_precompile_bls_g2_msm_gas;
tr_precompile_gas_function tr_precompile_bls_pairing_gas;
tr_precompile_gas_function tr_precompile_bls_map_g1_gas, tr_precompile_bls_map_g2_gas;
tr_precompile_run_function tr_precompile_bls_g1_add, tr_precompile_bls_g1_msm;
tr_precompile_run_function tr_precompile_bls_g2_add, tr_precompile_bls_g2_msm;
tr_precompile_run_function tr_precompile_bls_pairing;
tr_precompile_run_function tr_precompile_bls_map_g1, tr_precompile_bls_map_g2;

/* tr_precompile_give makes a copy of bytes the output.  TR_E_MEMORY. */
TR_NODISCARD tr_err tr_precompile_give(tr_precompile_call *call, tr_bytes bytes);

/* tr_precompile_fit copies the first len bytes of the input; zeros stand for those it lacks. */
static inline void tr_precompile_fit(tr_bytes input, uint8_t *to, size_t len)
{
    size_t have = TR_MIN(input.len, len);
    if (have != 0) memcpy(to, input.data, have);
    memset(to + have, 0, len - have);
}

#endif
