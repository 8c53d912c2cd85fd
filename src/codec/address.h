/* Addresses as text, with the checksum of EIP-55: the case of each letter is a bit of the hash of
 * the address in lower case. */
#ifndef TR_CODEC_ADDRESS_H
#define TR_CODEC_ADDRESS_H

#include "base/base.h"

enum { TR_ADDRESS_TEXT = 42 }; /* "0x" and 40 digits */

/* tr_address_format writes an address with its checksum, without a zero at the end. */
void tr_address_format(const tr_addr *address, uint8_t out[TR_ADDRESS_TEXT]);

/* tr_address_parse reads "0x" and 40 digits.  Letters all of one case carry no checksum; else each
 * must have the case that tr_address_format gives it: TR_E_ADDRESS_CHECKSUM, with the offset of the
 * first that has not.  TR_E_HEX_PREFIX, TR_E_HEX_LENGTH, TR_E_HEX_DIGIT. */
TR_NODISCARD tr_err tr_address_parse(tr_trail *trail, tr_bytes text, tr_addr *out);

#endif
