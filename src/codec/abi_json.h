/* Values of the ABI as JSON, for people: the command line, tests, typed data.
 *
 *   numbers           text in decimal ("-12", and "1.5" of a fixed-point type)
 *   address, bytesN   "0x..." of exactly their size; bytes: of any
 *   bool, string      true, "text"
 *   arrays, tuples    [ ... ]
 *
 * Read are also JSON's own integers, hex integers ("0xff", "-0xff"), and for a tuple whose members
 * are all named an object.  The checksum in the case of an address is not checked here. */
#ifndef TR_CODEC_ABI_JSON_H
#define TR_CODEC_ABI_JSON_H

#include "codec/abi.h"
#include "codec/json.h"

/* tr_abi_from_json makes a value of the type in arena.  TR_E_TYPE: another kind of JSON value, or
 * the wrong number of members; TR_E_RANGE; TR_E_SYNTAX: text that is no number; hex errors.  The
 * trail has the offset in the JSON document. */
TR_NODISCARD tr_err tr_abi_from_json(tr_trail *trail, tr_arena *arena, const tr_abi_type *type,
                                     const tr_json *json, tr_abi_value *out);

/* tr_abi_word_from_json is that for a type of one word. */
TR_NODISCARD tr_err tr_abi_word_from_json(tr_trail *trail, const tr_abi_type *type,
                                          const tr_json *json, uint8_t word[32]);

/* tr_abi_to_json writes a value that has the type's shape.  Bytes of a string that are not UTF-8
 * become U+FFFD. */
void tr_abi_to_json(tr_json_writer *w, const tr_abi_type *type, const tr_abi_value *value);

#endif
