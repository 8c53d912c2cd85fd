/* JSON, read strictly (RFC 8259) into a tree: UTF-8 is checked, and there are no comments, no
 * trailing commas and no key twice in an object.
 *
 * A document owns its values.  Text is a view of the document's memory or of the caller's, which
 * must stay as it is while the document is used; no zero ends it.  Wherever a value is asked for,
 * NULL stands for one that is not there, so that calls can be nested. */
#ifndef TRESTLE_JSON_H
#define TRESTLE_JSON_H

#include <stddef.h>
#include <stdint.h>

#include "trestle/api.h"
#include "trestle/errors.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TR_JSON_KIND_NONE   (-1) /* no value */
#define TR_JSON_KIND_NULL   0
#define TR_JSON_KIND_BOOL   1
#define TR_JSON_KIND_NUMBER 2
#define TR_JSON_KIND_STRING 3
#define TR_JSON_KIND_ARRAY  4
#define TR_JSON_KIND_OBJECT 5

typedef struct tr_json_document tr_json_document;
typedef struct tr_json_value tr_json_value;

/* tr_json_document_new reads the len bytes at text; free the result with tr_json_document_free.
 * The tree takes at most memory bytes of the heap; SIZE_MAX is no limit.  TR_E_SYNTAX,
 * TR_E_SHORT, TR_E_TRAILING, TR_E_DUPLICATE, TR_E_DEPTH (more than 64 arrays and objects within
 * each other), TR_E_LIMIT (memory is not enough), TR_E_MEMORY; an error of the text sets
 * *offset to its place (offset may be NULL). */
TR_API tr_err tr_json_document_new(const char *text, size_t len, size_t memory,
                                   tr_json_document **out, size_t *offset);
TR_API void tr_json_document_free(tr_json_document *document);

/* tr_json_document_root is the value that the document is.  A document does not change: many
 * threads may walk it. */
TR_API const tr_json_value *tr_json_document_root(const tr_json_document *document);

/* tr_json_value_kind is one of TR_JSON_KIND_.... */
TR_API int tr_json_value_kind(const tr_json_value *value);

/* tr_json_value_offset is where a value begins in the document, 0 for none. */
TR_API size_t tr_json_value_offset(const tr_json_value *value);

/* tr_json_value_count is how many values are in an array or an object, 0 for any other kind. */
TR_API size_t tr_json_value_count(const tr_json_value *value);

/* tr_json_value_member finds the value of a key in an object, tr_json_value_item the value at an
 * index of an array; NULL where there is none.  Both look at one value after the other. */
TR_API const tr_json_value *tr_json_value_member(const tr_json_value *object, const char *key,
                                                 size_t len);
TR_API const tr_json_value *tr_json_value_item(const tr_json_value *array, size_t index);

/* tr_json_value_first is the first value in an array or an object, tr_json_value_next the one that
 * follows it there; NULL after the last. */
TR_API const tr_json_value *tr_json_value_first(const tr_json_value *value);
TR_API const tr_json_value *tr_json_value_next(const tr_json_value *value);

/* tr_json_value_key is the key of a value in an object, tr_json_value_text the text of a string,
 * without its escapes, or a number as it was written.  NULL and a length of 0 for anything else. */
TR_API const char *tr_json_value_key(const tr_json_value *value, size_t *len);
TR_API const char *tr_json_value_text(const tr_json_value *value, size_t *len);

/* tr_json_value_is_true is 1 for true and 0 for anything else. */
TR_API int tr_json_value_is_true(const tr_json_value *value);

/* tr_json_value_u64 and tr_json_value_i64 read exact integers.  TR_E_TYPE: no number, or one with
 * a fraction or an exponent; TR_E_RANGE: more than 64 bits, or the wrong sign. */
TR_API tr_err tr_json_value_u64(const tr_json_value *value, uint64_t *out);
TR_API tr_err tr_json_value_i64(const tr_json_value *value, int64_t *out);

#ifdef __cplusplus
}
#endif

#endif
