/* base ^ exponent modulo any number, of any length: the precompile at address 5. */
#ifndef TR_FIELD_MODEXP_H
#define TR_FIELD_MODEXP_H

#include "base/base.h"

/* tr_modexp writes the result, big-endian and as long as modulus.  A modulus of 0 gives zeros, of 1
 * gives zero, an exponent of 0 gives 1 (modulo the modulus).  Odd moduli go by Montgomery
 * multiplication, even ones as an odd part and a power of two.  Scratch, in proportion to the
 * lengths, comes from arena and goes back.  TR_E_MEMORY. */
TR_NODISCARD tr_err tr_modexp(tr_trail *trail, tr_arena *arena, tr_bytes base, tr_bytes exponent,
                              tr_bytes modulus, uint8_t *out);

#endif
