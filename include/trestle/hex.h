/* Hex text, and addresses with the checksum of EIP-55.
 *
 * Reading is strict: "0x", then an even number of digits of either case and nothing else.  Lengths
 * of text do not count a terminating zero. */
#ifndef TRESTLE_HEX_H
#define TRESTLE_HEX_H

#include <stddef.h>
#include <stdint.h>

#include "trestle/api.h"
#include "trestle/errors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Characters that "0x", the digits of len bytes and a terminating zero take. */
#define TR_HEX_TEXT_SIZE(len) (2 * (size_t)(len) + 3)
#define TR_ADDRESS_TEXT_SIZE  43

/* tr_hex_write writes "0x", the digits of the len bytes at data in lower case and a zero to out,
 * which has room for room characters.  TR_E_LIMIT: room is less than TR_HEX_TEXT_SIZE(len);
 * nothing is written. */
TR_API tr_err tr_hex_write(const uint8_t *data, size_t len, char *out, size_t room);

/* tr_hex_read reads the len characters at text into out, which has room for room bytes, and stores
 * how many bytes there were.  TR_E_HEX_PREFIX, TR_E_HEX_ODD, TR_E_HEX_DIGIT, TR_E_LIMIT; then
 * fault_offset, unless it is NULL, gets the place of the fault in text. */
TR_API tr_err tr_hex_read(const char *text, size_t len, uint8_t *out, size_t room, size_t *out_len,
                          size_t *fault_offset);

/* tr_address_write writes an address with its checksum and a zero. */
TR_API void tr_address_write(const uint8_t address[20], char out[TR_ADDRESS_TEXT_SIZE]);

/* tr_address_read reads "0x" and 40 digits.  Letters of both cases must have the checksum:
 * TR_E_ADDRESS_CHECKSUM; letters of one case carry none.  TR_E_HEX_PREFIX, TR_E_HEX_LENGTH,
 * TR_E_HEX_DIGIT.  fault_offset as in tr_hex_read. */
TR_API tr_err tr_address_read(const char *text, size_t len, uint8_t out[20], size_t *fault_offset);

#ifdef __cplusplus
}
#endif

#endif
