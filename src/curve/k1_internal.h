/* What the implementations of secp256k1 share: the table through which they are chosen.
 *
 *   portable   k1_portable.c: no library below
 *   library    secp256k1_host.c: libsecp256k1
 *   x86        the library, but for one recovery k1_x86.c
 *   avx512     k1_host.c: eight lanes for many, one of the others for one
 *
 * All take and give the same on every input.  Signatures come here with r and s in range. */
#ifndef TR_CURVE_K1_INTERNAL_H
#define TR_CURVE_K1_INTERNAL_H

#include "curve/secp256k1.h"
#include "field/prime.h"

typedef struct tr_k1_code {
    const char *name;
    tr_err (*recover)(const tr_hash *hash, const tr_ecdsa_sig *sig, tr_pubkey *out);
    /* found[i] tells whether there is keys[i]; NULL: one by one. */
    void (*recover_many)(size_t n, const tr_hash *hashes, const tr_ecdsa_sig *sigs, tr_pubkey *keys,
                         bool *found);
    tr_err (*verify)(const tr_pubkey *key, const tr_hash *hash, const tr_ecdsa_sig *sig);
    tr_err (*schnorr_verify)(const uint8_t key_x[32], tr_bytes message, const uint8_t sig[64]);
    void (*schnorr_verify_many)(size_t n, const uint8_t keys[][32], const tr_bytes messages[],
                                const uint8_t sigs[][64], bool ok[]); /* NULL: one by one */
} tr_k1_code;

/* tr_k1_split gives k = first + lambda second, both below 2^129 in absolute value, where lambda
 * times a point (x, y) is (beta x, y). */
void tr_k1_split(tr_k1_fn *first, tr_k1_fn *second, const tr_k1_fn *k);

/* The hash that a BIP-340 signature signs: of its r, the key and the message. */
tr_hash tr_schnorr_challenge(const uint8_t key_x[32], tr_bytes message, const uint8_t sig[64]);

/* Is the sum of the points, of which those count that are there, factor times the generator? */
bool tr_k1_is_multiple(const tr_k1_fn *factor, size_t n, const tr_pubkey points[],
                       const bool there[]);

extern const tr_k1_code tr_k1_portable;
extern const tr_k1_code *tr_k1_chosen;

/* The library's, where the program is linked with it. */
extern const tr_k1_code tr_k1_library __attribute__((weak));

/* On the host: tr_k1_codes lists the names of the implementations that this machine has, the best
 * last, NULL after it; tr_k1_select chooses one, for tests and before threads. */
const char *tr_k1_codes(size_t i);
bool tr_k1_select(const char *name);

#endif
