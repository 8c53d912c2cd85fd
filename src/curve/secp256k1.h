/* secp256k1: the signatures of Ethereum's accounts.  ECDSA that recovers its signer, BIP-340
 * Schnorr, Diffie-Hellman, and the sums of keys that derivation needs.
 *
 * Points and scalars travel as big-endian bytes.  A private key is a number from 1 to the order
 * of the curve less 1; every function that takes one checks that.  Functions that take arrays are
 * the ones for a block's or a batch's signatures.
 *
 * What is checked where: recovery and verification accept any s from 1 to the order less 1, as
 * the precompile at address 1 does.  A transaction must also pass tr_ecdsa_is_low_s (EIP-2), or
 * anyone could give it a second hash.
 *
 * Signing, and sums of keys, are libsecp256k1's (secp256k1_host.c).  Recovery and verification work
 * on public data and exist three times, with the same results: portable, which belongs to the guest
 * closure; the library's; and eight at a time in vector lanes. */
#ifndef TR_CURVE_SECP256K1_H
#define TR_CURVE_SECP256K1_H

#include "base/base.h"

typedef struct tr_seckey {
    uint8_t b[32];
} tr_seckey;

typedef struct tr_pubkey {
    uint8_t x[32], y[32];
} tr_pubkey;

/* recovery says which of the at most four points with this r signed: bit 0 is the parity of its
 * y, bit 1 is set in the rare case that its x is r plus the order.  Ethereum allows 0 and 1. */
typedef struct tr_ecdsa_sig {
    uint8_t r[32], s[32];
    uint8_t recovery;
} tr_ecdsa_sig;

enum {
    TR_ECDSA_NO_RECOVERY = 0xff, /* of a signature that came without */
    TR_ECDSA_DER_MAX = 72,
    TR_PUBKEY_COMPRESSED = 33,
    TR_PUBKEY_UNCOMPRESSED = 65,
};

/* Keys.  tr_seckey_check: TR_E_KEY_RANGE for zero and for numbers not below the order. */
TR_NODISCARD tr_err tr_seckey_check(const tr_seckey *key);
TR_NODISCARD tr_err tr_pubkey_of(const tr_seckey *key, tr_pubkey *out);

/* tr_seckey_add and tr_pubkey_add add a public number to a key, and its multiple of the generator
 * to a public key.  TR_E_KEY_RANGE: the number is not below the order, or the sum is zero. */
TR_NODISCARD tr_err tr_seckey_add(const tr_seckey *key, const uint8_t number[32], tr_seckey *out);
TR_NODISCARD tr_err tr_pubkey_add(const tr_pubkey *key, const uint8_t number[32], tr_pubkey *out);

/* tr_pubkey_parse reads 33 bytes (02 or 03, x) or 65 (04, x, y); nothing else, no hybrid form.
 * TR_E_POINT when they are no point of the curve. */
TR_NODISCARD tr_err tr_pubkey_parse(tr_bytes in, tr_pubkey *out);
void tr_pubkey_compress(const tr_pubkey *key, uint8_t out[TR_PUBKEY_COMPRESSED]);

/* tr_pubkey_address is the last 20 bytes of the keccak-256 of x and y. */
tr_addr tr_pubkey_address(const tr_pubkey *key);

/* Signatures.  tr_ecdsa_check: TR_E_SIGNATURE_RANGE unless r and s are from 1 to the order less
 * 1.  tr_ecdsa_is_low_s: s is at most half the order. */
TR_NODISCARD tr_err tr_ecdsa_check(const tr_ecdsa_sig *sig);
bool tr_ecdsa_is_low_s(const tr_ecdsa_sig *sig);

/* tr_ecdsa_parse_der reads strict DER: shortest lengths, no negative number, nothing after it;
 * and checks the range.  The signature comes without recovery.  tr_ecdsa_write_der gives the
 * length. */
TR_NODISCARD tr_err tr_ecdsa_parse_der(tr_bytes der, tr_ecdsa_sig *out);
size_t tr_ecdsa_write_der(const tr_ecdsa_sig *sig, uint8_t out[TR_ECDSA_DER_MAX]);

/* tr_ecdsa_sign signs with the nonce of RFC 6979: the same key and hash give the same signature,
 * s is low, recovery is set. */
TR_NODISCARD tr_err tr_ecdsa_sign(const tr_seckey *key, const tr_hash *hash, tr_ecdsa_sig *out);

/* tr_ecdsa_verify: TR_E_SIGNATURE when it is not key's signature of hash. */
TR_NODISCARD tr_err tr_ecdsa_verify(const tr_pubkey *key, const tr_hash *hash,
                                    const tr_ecdsa_sig *sig);

/* tr_ecdsa_recover finds the key that signed.  TR_E_SIGNATURE_RANGE, or TR_E_SIGNATURE when there
 * is none. */
TR_NODISCARD tr_err tr_ecdsa_recover(const tr_hash *hash, const tr_ecdsa_sig *sig, tr_pubkey *out);

/* tr_ecdsa_recover_many finds the addresses of n signers and returns how many it found; where
 * ok[i] is false the address is zero.  On a machine with AVX512-IFMA eight are worked on at a time,
 * which is seven times as fast; a batch of 128 or more is best.  Every result is that of
 * tr_ecdsa_recover.  Public data only: time depends on values. */
size_t tr_ecdsa_recover_many(size_t n, const tr_hash *hashes, const tr_ecdsa_sig *sigs,
                             tr_addr *addresses, bool *ok);

/* BIP-340.  A public key is x alone (the y that belongs to it is even).  aux is 32 random bytes
 * that protect the signing against side channels, or NULL for none. */
TR_NODISCARD tr_err tr_schnorr_sign(const tr_seckey *key, tr_bytes message, const uint8_t *aux,
                                    uint8_t out[64]);
TR_NODISCARD tr_err tr_schnorr_verify(const uint8_t key_x[32], tr_bytes message,
                                      const uint8_t sig[64]);

/* tr_schnorr_verify_many verifies n signatures, sets ok[i] to what tr_schnorr_verify says of each,
 * and returns how many are good.  Good ones are verified together by one equation, with weights of
 * 128 bits that depend on all of the input; bad ones are looked for by halves and cost more. Public
 * data only. */
size_t tr_schnorr_verify_many(size_t n, const uint8_t keys[][32], const tr_bytes messages[],
                              const uint8_t sigs[][64], bool ok[]);

/* Diffie-Hellman.  tr_ecdh_x gives the x of the shared point as it is, tr_ecdh_sha256 the SHA-256
 * of the point in compressed form. */
TR_NODISCARD tr_err tr_ecdh_x(const tr_seckey *key, const tr_pubkey *other, uint8_t out[32]);
TR_NODISCARD tr_err tr_ecdh_sha256(const tr_seckey *key, const tr_pubkey *other, uint8_t out[32]);

#endif
