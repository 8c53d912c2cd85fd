/* What the implementations of BLAKE2b's compression share. */
#ifndef TR_HASH_BLAKE2_INTERNAL_H
#define TR_HASH_BLAKE2_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

/* As tr_blake2b_f. */
typedef void tr_blake2b_function(uint32_t rounds, uint64_t h[8], const uint64_t m[16],
                                 const uint64_t t[2], bool final);

typedef struct tr_blake2b_code {
    const char *name;
    tr_blake2b_function *f;
} tr_blake2b_code;

extern const tr_blake2b_code tr_blake2b_portable;
extern const tr_blake2b_code *tr_blake2b_chosen;

tr_blake2b_function tr_blake2b_f_portable, tr_blake2b_f_avx512;

#endif
