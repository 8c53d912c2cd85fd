/* Poseidon2 over BN254, compiled for BMI2 and ADX. */
#include "hash/poseidon2_bn_impl.h"

void tr_poseidon2_bn_x86(const tr_poseidon2_table *table, size_t width, tr_bn_fr *state)
{
    permute(table, width, state);
}
