/* Trees of keys (BIP-32) and the place of Ethereum's accounts in them (BIP-44).
 *
 *   seed -> master -> child -> child ...      by number; from 2^31 on hardened, written 44'
 *
 * An extended key is a key with the chain code that its children come from.  One without its
 * private key derives the public keys of children that are not hardened.  Whoever has an extended
 * public key and one private child can compute the private parent: publish addresses, not
 * extended keys. */
#ifndef TR_KEYS_HD_H
#define TR_KEYS_HD_H

#include "base/base.h"
#include "curve/secp256k1.h"
#include "keys/base58.h"

#define TR_HD_HARDENED 0x80000000u
#define TR_HD_ETHEREUM "m/44'/60'/0'/0" /* then the account's number */

typedef struct tr_hd_key {
    uint8_t depth;
    uint8_t parent[4]; /* the start of the parent's fingerprint; zero for the master */
    uint32_t number;   /* as whose child it was derived */
    uint8_t chain[32];
    bool is_private;
    tr_seckey key; /* when private */
    tr_pubkey pubkey;
} tr_hd_key;

/* tr_hd_master makes the root of a tree.  The seed has 16 to 64 bytes (TR_E_RANGE); TR_E_KEY_RANGE
 * for the one in 2^127 that gives no key. */
TR_NODISCARD tr_err tr_hd_master(tr_bytes seed, tr_hd_key *out);

/* tr_hd_child derives one child.  TR_E_HD_HARDENED: from a public key; TR_E_DEPTH: below level
 * 255; TR_E_KEY_RANGE: the number has no key (one in 2^127), take the next. */
TR_NODISCARD tr_err tr_hd_child(const tr_hd_key *parent, uint32_t number, tr_hd_key *out);

/* tr_hd_path derives along a path such as m/44'/60'/0'/0/7 (h and H are read like '). TR_E_HD_PATH
 * with the offset of what is wrong. */
TR_NODISCARD tr_err tr_hd_path(tr_trail *trail, const tr_hd_key *from, tr_bytes path,
                               tr_hd_key *out);

/* tr_hd_public is key without its private part. */
tr_hd_key tr_hd_public(const tr_hd_key *key);

/* tr_hd_encode writes xprv... or xpub..., tr_hd_decode reads them: the errors of base58, and
 * TR_E_HD_KEY, TR_E_KEY_RANGE, TR_E_POINT. */
TR_NODISCARD tr_err tr_hd_encode(const tr_hd_key *key, char text[TR_BASE58_TEXT_MAX]);
TR_NODISCARD tr_err tr_hd_decode(tr_trail *trail, tr_bytes text, tr_hd_key *out);

/* tr_hd_account is the private key and the address of account number of a wallet's seed. */
TR_NODISCARD tr_err tr_hd_account(tr_trail *trail, tr_bytes seed, uint32_t number, tr_seckey *key,
                                  tr_addr *address);

#endif
