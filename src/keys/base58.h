/* Base58 with a checksum (four bytes of a double SHA-256): the text form of extended keys. */
#ifndef TR_KEYS_BASE58_H
#define TR_KEYS_BASE58_H

#include "base/base.h"

enum {
    TR_BASE58_BYTES_MAX = 124, /* without the checksum */
    TR_BASE58_TEXT_MAX = 176,  /* with a terminating zero */
};

/* tr_base58check_encode writes bytes and their checksum.  TR_E_LIMIT: too many bytes. */
TR_NODISCARD tr_err tr_base58check_encode(tr_bytes bytes, char text[TR_BASE58_TEXT_MAX]);

/* tr_base58check_decode reads them again.  TR_E_SYNTAX for a character that is none of the 58 (the
 * trail has its offset), TR_E_LIMIT for a text that is too long, TR_E_SHORT for one that is too
 * short, TR_E_CHECKSUM. */
TR_NODISCARD tr_err tr_base58check_decode(tr_trail *trail, tr_bytes text,
                                          uint8_t bytes[TR_BASE58_BYTES_MAX], size_t *len);

#endif
