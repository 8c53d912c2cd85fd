/* Between the doors of Poseidon2 and the ways to compute it. */
#ifndef TR_HASH_POSEIDON2_INTERNAL_H
#define TR_HASH_POSEIDON2_INTERNAL_H

#include "hash/once_internal.h"
#include "hash/poseidon.h"

enum {
    TR_POSEIDON2_FULL = 8, /* full rounds, half of them at each end */
    TR_POSEIDON2_LANES = 16,
    TR_POSEIDON2_BN_WIDTH = 4, /* the largest */
    TR_POSEIDON2_BN_PARTIAL = 56,
    TR_POSEIDON2_BN_CONSTANTS = TR_POSEIDON2_FULL * TR_POSEIDON2_BN_WIDTH + TR_POSEIDON2_BN_PARTIAL,
};

/* Over BN254, at most 4 wide: the constants in the order of their use, and for a width of 4 what is
 * added to a matrix of ones. */
typedef struct tr_poseidon2_table {
    tr_bn_fr constants[TR_POSEIDON2_BN_CONSTANTS];
    tr_bn_fr diagonal[TR_POSEIDON2_BN_WIDTH];
} tr_poseidon2_table;

/* tr_poseidon2_table_of makes the table of a width of 2, 3 or 4 at its first use. */
const tr_poseidon2_table *tr_poseidon2_table_of(size_t width);

typedef struct tr_poseidon2_code {
    const char *name;
    void (*bn)(const tr_poseidon2_table *table, size_t width, tr_bn_fr *state);
    void (*kb16_many)(size_t n, tr_koalabear states[][16]);
    void (*kb24_many)(size_t n, tr_koalabear states[][24]);
} tr_poseidon2_code;

extern const tr_poseidon2_code tr_poseidon2_portable;
extern const tr_poseidon2_code *tr_poseidon2_chosen;

void tr_poseidon2_bn_x86(const tr_poseidon2_table *table, size_t width, tr_bn_fr *state);
void tr_poseidon2_kb16_many_avx512(size_t n, tr_koalabear states[][16]);
void tr_poseidon2_kb24_many_avx512(size_t n, tr_koalabear states[][24]);

#endif
