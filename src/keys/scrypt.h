/* scrypt (RFC 7914).
 *
 * libcrypto has it too, but holds to the RFC's rule that n be below 2 to the power of 16 r, which
 * the example in the definition of keystores breaks (n 262144 with r 1), and so do files in the
 * field.  Where both accept the figures they agree; a test compares them. */
#ifndef TR_KEYS_SCRYPT_H
#define TR_KEYS_SCRYPT_H

#include "base/base.h"

/* tr_scrypt writes len bytes to key.  n is a power of two above 1; the caller has bounded all
 * figures.  It takes 128 * r * (n + p + 2) bytes from alloc and wipes them.  TR_E_MEMORY. */
TR_NODISCARD tr_err tr_scrypt(tr_alloc *alloc, tr_bytes password, tr_bytes salt, uint64_t n,
                              uint64_t r, uint64_t p, uint8_t *key, size_t len);

#endif
