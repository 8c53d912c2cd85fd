/* The doors of transforms, and their portable twin. */
#include "field/ntt.h"
#include "field/ntt_internal.h"

#define TR_NTT tr_bn
#include "field/ntt_impl.h"
#define TR_NTT tr_bls
#include "field/ntt_impl.h"

const tr_ntt_backend tr_ntt_portable = {"portable", tr_bn_transform, tr_bls_transform};

static const tr_ntt_backend *backend = &tr_ntt_portable;

void tr_ntt_use(const tr_ntt_backend *use)
{
    backend = use;
}

/* Up to this size all powers of the root are in the table low. */
enum { FLAT_LOG = 14 };

#define DOORS(prefix, transform)                                                                   \
    tr_err prefix##_domain_new(tr_trail *trail, tr_alloc *alloc, unsigned log_size,                \
                               prefix##_domain **out)                                              \
    {                                                                                              \
        if (log_size > prefix##_fr_two_adicity)                                                    \
            return tr_fail(trail, TR_E_RANGE, "2^%u is more than the field has roots of unity",    \
                           log_size);                                                              \
        unsigned bits = log_size == 0 ? 0 : log_size - 1;                                          \
        unsigned low_bits = log_size <= FLAT_LOG ? bits : bits / 2;                                \
        size_t low = (size_t)1 << low_bits, high = (size_t)1 << (bits - low_bits);                 \
        size_t size = sizeof(prefix##_domain) + (low + high) * sizeof(prefix##_fr);                \
        prefix##_domain *domain = tr_alloc_get(alloc, size);                                       \
        if (domain == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a domain");          \
        domain->alloc = alloc;                                                                     \
        domain->size = size;                                                                       \
        domain->scratch = NULL;                                                                    \
        domain->log_size = log_size;                                                               \
        domain->low_bits = low_bits;                                                               \
        domain->low = (prefix##_fr *)(domain + 1);                                                 \
        domain->high = domain->low + low;                                                          \
        prefix##_fr_sqr_times(&domain->root, &prefix##_fr_root_of_unity,                           \
                              prefix##_fr_two_adicity - log_size);                                 \
        prefix##_fr_inv(&domain->inverse_root, &domain->root);                                     \
        prefix##_fr_of_u64(&domain->inverse_size, (uint64_t)1 << log_size);                        \
        prefix##_fr_inv(&domain->inverse_size, &domain->inverse_size);                             \
        prefix##_fr step;                                                                          \
        prefix##_fr_sqr_times(&step, &domain->root, low_bits);                                     \
        domain->low[0] = domain->high[0] = prefix##_fr_one;                                        \
        for (size_t i = 1; i < low; i++)                                                           \
            prefix##_fr_mul(&domain->low[i], &domain->low[i - 1], &domain->root);                  \
        for (size_t i = 1; i < high; i++)                                                          \
            prefix##_fr_mul(&domain->high[i], &domain->high[i - 1], &step);                        \
        *out = domain;                                                                             \
        return TR_OK;                                                                              \
    }                                                                                              \
                                                                                                   \
    void prefix##_domain_free(prefix##_domain *domain)                                             \
    {                                                                                              \
        if (domain == NULL) return;                                                                \
        if (domain->scratch != NULL)                                                               \
            tr_alloc_put(domain->alloc, domain->scratch, *domain->scratch);                        \
        tr_alloc_put(domain->alloc, domain, domain->size);                                         \
    }                                                                                              \
                                                                                                   \
    prefix##_fr prefix##_domain_root(const prefix##_domain *domain)                                \
    {                                                                                              \
        return domain->root;                                                                       \
    }                                                                                              \
                                                                                                   \
    void prefix##_ntt(const prefix##_domain *domain, tr_exec *exec, const prefix##_fr *shift,      \
                      prefix##_fr values[])                                                        \
    {                                                                                              \
        backend->transform(domain, exec, false, shift, values);                                    \
    }                                                                                              \
                                                                                                   \
    void prefix##_ntt_inverse(const prefix##_domain *domain, tr_exec *exec,                        \
                              const prefix##_fr *shift, prefix##_fr values[])                      \
    {                                                                                              \
        backend->transform(domain, exec, true, shift, values);                                     \
    }

DOORS(tr_bn, bn)
DOORS(tr_bls, bls)
