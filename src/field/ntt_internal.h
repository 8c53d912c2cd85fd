/* Between the doors of transforms and the ways to do them. */
#ifndef TR_FIELD_NTT_INTERNAL_H
#define TR_FIELD_NTT_INTERNAL_H

#include "field/ntt.h"

/* w = root: its powers below n / 2 are products of one of low (w^i, i < 2^low_bits) and one of high
 * (w^(i 2^low_bits)). */
#define TR_NTT_DOMAIN(prefix)                                                                      \
    struct prefix##_domain {                                                                       \
        tr_alloc *alloc;                                                                           \
        size_t size; /* of this structure and its tables */                                        \
        /* Memory for a transform, kept for the next one; NULL while one has it.  Its size is in   \
         * its first word. */                                                                                    \
        size_t *scratch;                                                                           \
        unsigned log_size, low_bits;                                                               \
        prefix##_fr root, inverse_root, inverse_size;                                              \
        prefix##_fr *low, *high;                                                                   \
    }
TR_NTT_DOMAIN(tr_bn);
TR_NTT_DOMAIN(tr_bls);
#undef TR_NTT_DOMAIN

/* A way to transform.  The domain's root is what the points are powers of, or with inverse what the
 * values are made from; shift is NULL or not zero. */
typedef struct tr_ntt_backend {
    const char *name;
    void (*bn)(const tr_bn_domain *domain, tr_exec *exec, bool inverse, const tr_bn_fr *shift,
               tr_bn_fr *values);
    void (*bls)(const tr_bls_domain *domain, tr_exec *exec, bool inverse, const tr_bls_fr *shift,
                tr_bls_fr *values);
} tr_ntt_backend;

extern const tr_ntt_backend tr_ntt_portable, tr_ntt_mulx, tr_ntt_ifma;

/* tr_ntt_find gives a backend that this machine can run by its name, or NULL; tr_ntt_use makes it
 * the one that the doors call. */
const tr_ntt_backend *tr_ntt_find(const char *name);
void tr_ntt_use(const tr_ntt_backend *backend);

#endif
