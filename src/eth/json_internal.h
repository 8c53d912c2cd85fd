/* What the files of JSON forms share. */
#ifndef TR_ETH_JSON_INTERNAL_H
#define TR_ETH_JSON_INTERNAL_H

#include "eth/json.h"

enum { TR_JSON_FIXED_MAX = 256 }; /* bytes of the longest string of a fixed size: a bloom */

/* tr_json_member finds a member by its name or, as the form allows, by another name for it. */
const tr_json *tr_json_member(const tr_json *in, tr_json_form form, const char *name);

/* tr_json_quantity reads a number into size bytes (at most 32), big-endian; tr_json_data data of
 * any length into arena. */
TR_NODISCARD tr_err tr_json_quantity(tr_trail *trail, tr_json_form form, const tr_json *value,
                                     uint8_t *to, size_t size);
TR_NODISCARD tr_err tr_json_data(tr_trail *trail, tr_arena *arena, tr_json_form form,
                                 const tr_json *value, tr_bytes *out);

/* tr_json_field_error is TR_E_JSON_FIELD with the name in the trail, for an error of reading it. */
tr_err tr_json_field_error(tr_trail *trail, tr_err err, const char *what, const char *name,
                           const tr_json *value);

/* Hex quantities. */
void tr_json_put_quantity(tr_json_writer *to, uint64_t number);
void tr_json_put_number(tr_json_writer *to, const tr_u256 *number);

/* tr_json_put_place writes block hash, block number and index of a transaction. */
void tr_json_put_place(tr_json_writer *to, const tr_json_place *place);

#endif
