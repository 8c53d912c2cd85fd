/* Transforms eight numbers at a time.  2^log numbers are a matrix of n1 rows and n2 columns:
 *
 *   1  each column is transformed, eight columns beside each other in the lanes, multiplied by
 *      root^(row column) and left in scratch memory as it lay
 *   2  each row of that is transformed, eight rows beside each other, and written as columns
 *
 * so that memory is gone through twice whatever the size, and within a transform all lanes have
 * the same factors.  Numbers stay in limbs of 52 bits there, and are not reduced: a level adds less
 * than 2p to what may be 35p. */
#include "field/lanes_avx512.h"
#include "field/ntt_internal.h"

enum { LANES = 8, LOG_MIN = 6, LOG_MAX = 28 };

static unsigned reverse_next(unsigned r, unsigned log)
{
    unsigned bit = 1u << log >> 1;
    while ((r & bit) != 0) {
        r ^= bit;
        bit >>= 1;
    }
    return r | bit;
}

/* What another transform left in the slot, if it is large enough, or new memory. */
static size_t *scratch_take(tr_alloc *alloc, size_t **slot, size_t size)
{
    size_t *had = __atomic_exchange_n(slot, NULL, __ATOMIC_ACQUIRE);
    if (had != NULL && *had >= size) return had;
    size_t *new = tr_alloc_get(alloc, size);
    if (had != NULL) tr_alloc_put(alloc, had, *had);
    if (new != NULL) *new = size;
    return new;
}

static void scratch_put(tr_alloc *alloc, size_t **slot, size_t *memory)
{
    size_t *had = __atomic_exchange_n(slot, memory, __ATOMIC_RELEASE);
    if (had != NULL) tr_alloc_put(alloc, had, *had);
}

#define TR_NTT        tr_bn
#define TR_NTT_MEMBER bn
#include "field/ntt_impl_avx512.h"
#define TR_NTT        tr_bls
#define TR_NTT_MEMBER bls
#include "field/ntt_impl_avx512.h"

const tr_ntt_backend tr_ntt_ifma = {"ifma", tr_bn_transform, tr_bls_transform};
