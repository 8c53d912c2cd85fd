/* Mnemonics (BIP-39): a wallet's secret as 12 to 24 English words.
 *
 *   words  <->  entropy of 16, 20, 24, 28 or 32 bytes, with a checksum
 *   words + passphrase  ->  seed of 64 bytes, from which keys/hd.h derives
 *
 * Words are taken in lower case, with white space between them and around them.  A passphrase
 * must be normalised to Unicode's form NFKD, which this file does not do: ASCII is as it is, and
 * other text is used as the bytes that it is given in. */
#ifndef TR_KEYS_MNEMONIC_H
#define TR_KEYS_MNEMONIC_H

#include "base/base.h"
#include "os/random.h"

enum {
    TR_MNEMONIC_ENTROPY_MAX = 32,
    TR_MNEMONIC_TEXT_MAX = 24 * 9, /* with a terminating zero */
    TR_MNEMONIC_SEED = 64,
    TR_MNEMONIC_PASSPHRASE_MAX = 1024,
};

/* tr_mnemonic_encode writes the words for entropy, with single spaces and a terminating zero.
 * TR_E_RANGE when entropy has another length than the five. */
TR_NODISCARD tr_err tr_mnemonic_encode(tr_bytes entropy, char text[TR_MNEMONIC_TEXT_MAX]);

/* tr_mnemonic_decode reads the words.  TR_E_MNEMONIC_COUNT, TR_E_MNEMONIC_WORD (the trail has the
 * offset and the place of the word, never the word), TR_E_MNEMONIC_CHECKSUM. */
TR_NODISCARD tr_err tr_mnemonic_decode(tr_trail *trail, tr_bytes text,
                                       uint8_t entropy[TR_MNEMONIC_ENTROPY_MAX], size_t *len);

/* tr_mnemonic_new draws fresh words: words is 12, 15, 18, 21 or 24. */
TR_NODISCARD tr_err tr_mnemonic_new(tr_trail *trail, size_t words, tr_random *random,
                                    char text[TR_MNEMONIC_TEXT_MAX]);

/* tr_mnemonic_seed checks the words as tr_mnemonic_decode does and derives the seed (2048 rounds
 * of PBKDF2 with HMAC-SHA512). */
TR_NODISCARD tr_err tr_mnemonic_seed(tr_trail *trail, tr_bytes text, tr_bytes passphrase,
                                     uint8_t seed[TR_MNEMONIC_SEED]);

#endif
