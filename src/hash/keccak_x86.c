/* The scalar permutation with the instructions ANDN and RORX: the compilers make nothing better
 * from intrinsics or by hand, so this is the portable text under other flags. */
#include "hash/keccak_internal.h"

void tr_keccak_permute_bmi2(uint64_t state[25])
{
    tr_keccak_rounds(state);
}
