/* Hex text as JSON-RPC writes it: data ("0x00ff") and quantities ("0x1f").  (Addresses with the
 * checksum of EIP-55 are in codec/address.h.)
 *
 * Reading is strict: an even number of digits for data, digits of either case, nothing else, and
 * the trail has the offset of the first byte that is wrong.  Writing is in lower case.  All of it
 * works in the caller's memory; vector code is chosen by the processor. */
#ifndef TR_CODEC_HEX_H
#define TR_CODEC_HEX_H

#include "base/base.h"

enum { TR_HEX_U64_MAX = 18 }; /* characters of the longest 64-bit quantity, "0x" among them */

/* tr_hex_encode writes the 2 * data.len digits of data to out, without "0x". */
void tr_hex_encode(tr_bytes data, uint8_t *out);

/* tr_hex_put adds "0x" and the digits of data to a buffer. */
void tr_hex_put(tr_buf *buf, tr_bytes data);

/* tr_hex_decode reads digits without "0x" into out, which has room for room bytes, and gives how
 * many bytes there were.  TR_E_HEX_ODD, TR_E_HEX_DIGIT, TR_E_LIMIT (more bytes than room; nothing
 * is written then).  After TR_E_HEX_DIGIT the first room bytes of out have no particular value. */
TR_NODISCARD tr_err tr_hex_decode(tr_trail *trail, tr_bytes digits, uint8_t *out, size_t room,
                                  size_t *len);

/* tr_hex_decode_0x is tr_hex_decode for text that must begin with "0x"; TR_E_HEX_PREFIX. */
TR_NODISCARD tr_err tr_hex_decode_0x(tr_trail *trail, tr_bytes text, uint8_t *out, size_t room,
                                     size_t *len);

/* tr_hex_decode_exact reads "0x" and exactly size bytes (a hash, an address); TR_E_HEX_LENGTH. */
TR_NODISCARD tr_err tr_hex_decode_exact(tr_trail *trail, tr_bytes text, uint8_t *out, size_t size);

/* tr_hex_decode_new reads digits with or without "0x" into memory of the arena; TR_E_MEMORY. */
TR_NODISCARD tr_err tr_hex_decode_new(tr_trail *trail, tr_arena *arena, tr_bytes text,
                                      tr_bytes *out);

/* Quantities.  Written in the shortest form, "0x0" for zero.  Read with "0x" and at least one
 * digit; leading zeros are fine.  TR_E_HEX_PREFIX, TR_E_HEX_DIGIT, TR_E_SHORT (no digit),
 * TR_E_RANGE. */

/* tr_hex_encode_u64 returns how many characters it wrote, at most TR_HEX_U64_MAX. */
size_t tr_hex_encode_u64(uint64_t value, uint8_t *out);
TR_NODISCARD tr_err tr_hex_decode_u64(tr_trail *trail, tr_bytes text, uint64_t *out);

/* tr_hex_encode_quantity writes a big-endian number (at most 2 + 2 * number.len characters, three
 * at least) and returns how many characters that were. */
size_t tr_hex_encode_quantity(tr_bytes number, uint8_t *out);

/* tr_hex_decode_quantity reads a number into size bytes, big-endian. */
TR_NODISCARD tr_err tr_hex_decode_quantity(tr_trail *trail, tr_bytes text, uint8_t *out,
                                           size_t size);

#endif
