/* Number-theoretic transforms over the scalar fields of BN254 and BLS12-381: radix 2 in size,
 * blocked for the cache, on several threads if an executor is given.
 *
 * A domain holds the roots of unity of one size and lives long; it is shared by any number of
 * transforms at once.  Values are in place, in natural order on both sides.  Where vectors are used
 * a transform takes as much memory again from the domain's allocator, which must be safe in all
 * threads that use the domain, and leaves it there for the next; without memory it is only slower.
 */
#ifndef TR_FIELD_NTT_H
#define TR_FIELD_NTT_H

#include "base/exec.h"
#include "field/prime.h"

typedef struct tr_bn_domain tr_bn_domain;
typedef struct tr_bls_domain tr_bls_domain;

/* tr_bn_domain_new makes a domain of 2 to the power of log_size, at most the field's two-adicity
 * (28, 32).  TR_E_RANGE, TR_E_MEMORY. */
TR_NODISCARD tr_err tr_bn_domain_new(tr_trail *trail, tr_alloc *alloc, unsigned log_size,
                                     tr_bn_domain **out);
void tr_bn_domain_free(tr_bn_domain *domain);

/* The root of unity that generates the domain. */
tr_bn_fr tr_bn_domain_root(const tr_bn_domain *domain);

/* tr_bn_ntt evaluates a polynomial at the domain's points (at shift times them, if shift is not
 * NULL); tr_bn_ntt_inverse finds the polynomial through values there. */
void tr_bn_ntt(const tr_bn_domain *domain, tr_exec *exec, const tr_bn_fr *shift, tr_bn_fr values[]);
void tr_bn_ntt_inverse(const tr_bn_domain *domain, tr_exec *exec, const tr_bn_fr *shift,
                       tr_bn_fr values[]);

TR_NODISCARD tr_err tr_bls_domain_new(tr_trail *trail, tr_alloc *alloc, unsigned log_size,
                                      tr_bls_domain **out);
void tr_bls_domain_free(tr_bls_domain *domain);
tr_bls_fr tr_bls_domain_root(const tr_bls_domain *domain);
void tr_bls_ntt(const tr_bls_domain *domain, tr_exec *exec, const tr_bls_fr *shift,
                tr_bls_fr values[]);
void tr_bls_ntt_inverse(const tr_bls_domain *domain, tr_exec *exec, const tr_bls_fr *shift,
                        tr_bls_fr values[]);

#endif
