/* Poseidon, compiled for BMI2 and ADX. */
#include "hash/poseidon_impl.h"

const tr_poseidon_code tr_poseidon_x86 = {"x86", hash};
