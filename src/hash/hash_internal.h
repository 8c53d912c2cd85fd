/* For tests and benchmarks: which implementation is used. */
#ifndef TR_HASH_HASH_INTERNAL_H
#define TR_HASH_HASH_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

/* tr_hash_codes gives the i-th name that tr_hash_select knows on this machine, NULL after the
 * last: "portable" first, the one chosen at the start last. */
const char *tr_hash_codes(size_t i);

/* tr_hash_select chooses implementations by name: "portable", "x86" (BMI2, SHA-NI, SSE4.2 with
 * carry-less products), "avx512".
 * False, and nothing changes, when this machine has none of that name.  Not while another thread
 * hashes. */
bool tr_hash_select(const char *name);

#endif
