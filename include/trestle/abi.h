/* Solidity's ABI, with values as JSON, and EIP-712.
 *
 * Types are text such as "uint256,(address,bytes)[]".  Values are a JSON array with a member for
 * each type: numbers and numbers in text, "0x..." for addresses and bytes, arrays for arrays and
 * tuples.  Text and JSON are bytes with a length; JSON that is written ends with a zero that is not
 * counted.  Where a function takes offset (it may be NULL), an error sets it to the place of the
 * fault in the input. */
#ifndef TRESTLE_ABI_H
#define TRESTLE_ABI_H

#include <stddef.h>
#include <stdint.h>

#include "trestle/api.h"
#include "trestle/errors.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TR_ABI_DECODE_STRICT  0 /* exactly what an encoder writes */
#define TR_ABI_DECODE_LENIENT 1 /* what contracts accept */

typedef struct tr_abi_types tr_abi_types;

/* tr_abi_types_new reads a list of types; free the result with tr_abi_types_free.  TR_E_ABI_TYPE,
 * TR_E_DEPTH, TR_E_LIMIT, TR_E_MEMORY.  Types do not change and may be used by many threads. */
TR_API tr_err tr_abi_types_new(const char *text, size_t len, tr_abi_types **out, size_t *offset);
TR_API void tr_abi_types_free(tr_abi_types *types);

/* tr_abi_encode_json encodes values into the size bytes at out and gives the length.  TR_E_LIMIT:
 * size is too small; TR_E_TYPE, TR_E_RANGE: a value does not fit its type; TR_E_SYNTAX and others:
 * the JSON is not well formed. */
TR_API tr_err tr_abi_encode_json(const tr_abi_types *types, const char *json, size_t json_len,
                                 uint8_t *out, size_t size, size_t *len, size_t *offset);

/* tr_abi_decode_json decodes data and writes the values to json, which has room for size bytes
 * with the terminating zero.  mode is TR_ABI_DECODE_STRICT or TR_ABI_DECODE_LENIENT.  TR_E_SHORT,
 * TR_E_TRAILING, TR_E_ABI_OFFSET, TR_E_ABI_PADDING, TR_E_ABI_BOMB: data is no such encoding;
 * TR_E_LIMIT: size is too small; TR_E_ARGUMENT: no such mode. */
TR_API tr_err tr_abi_decode_json(const tr_abi_types *types, const uint8_t *data, size_t data_len,
                                 int mode, char *json, size_t size, size_t *len, size_t *offset);

/* tr_abi_signature_hash hashes the canonical form of a signature, such as "transfer(address to,
 * uint256)" or "event E(bool)": an event's topic, whose first 4 bytes are a function's selector.
 * TR_E_ABI_TYPE and others as above. */
TR_API tr_err tr_abi_signature_hash(const char *text, size_t len, uint8_t out[32], size_t *offset);

/* tr_abi_typed_data hashes a document of EIP-712 {types, primaryType, domain, message}: digest is
 * what is signed, domain the domain separator.  TR_E_TYPED_DATA and others as above. */
TR_API tr_err tr_abi_typed_data(const char *json, size_t len, uint8_t domain[32],
                                uint8_t digest[32], size_t *offset);

#ifdef __cplusplus
}
#endif

#endif
