/* Private keys on their own: fresh ones, and ones in hex. */
#ifndef TR_KEYS_KEY_H
#define TR_KEYS_KEY_H

#include "base/base.h"
#include "curve/secp256k1.h"
#include "os/random.h"

/* tr_key_new draws a key. */
TR_NODISCARD tr_err tr_key_new(tr_trail *trail, tr_random *random, tr_seckey *out);

/* tr_key_parse reads 64 hex digits, with 0x before them or not, and with white space around them.
 * TR_E_SYNTAX for anything else, TR_E_KEY_RANGE for a number that is no key.  No part of the text
 * gets into the trail. */
TR_NODISCARD tr_err tr_key_parse(tr_trail *trail, tr_bytes text, tr_seckey *out);

/* tr_key_address is the address of a good key's account. */
TR_NODISCARD tr_err tr_key_address(const tr_seckey *key, tr_addr *out);

#endif
