/* JSON: a tree reader and a writer for general documents.  (The zero-copy scanner for the hot
 * JSON-RPC requests is codec/jsonrpc.h.)
 *
 * Strict RFC 8259: UTF-8 is checked, no comments, no trailing commas, no duplicate keys, one value
 * and nothing after it.  Numbers keep their text, so integers of any size are exact.  Depth and
 * size are bounded. */
#ifndef TR_CODEC_JSON_H
#define TR_CODEC_JSON_H

#include "base/base.h"

enum {
    TR_JSON_MAX_DEPTH = 64,
    /* Parsing takes at most TR_JSON_ARENA_FACTOR bytes of arena for each byte of input, and
     * TR_JSON_ARENA_MORE: "[1,1,1]" has a value in every two bytes. */
    TR_JSON_ARENA_FACTOR = 36,
    TR_JSON_ARENA_MORE = 8192,
};

typedef enum tr_json_kind {
    TR_JSON_NULL,
    TR_JSON_BOOL,
    TR_JSON_NUMBER,
    TR_JSON_STRING,
    TR_JSON_ARRAY,
    TR_JSON_OBJECT,
} tr_json_kind;

/* A value of the tree.  Values of an array or an object are a list: first, then next. */
typedef struct tr_json tr_json;
struct tr_json {
    tr_json_kind kind;
    bool truth;           /* of a bool */
    size_t count;         /* of values in an array or an object */
    size_t offset;        /* where the value begins in the document */
    tr_bytes text;        /* a string decoded, or a number as it was written */
    tr_bytes key;         /* decoded, when this is a member of an object */
    const tr_json *first; /* of an array or an object */
    const tr_json *next;  /* in the same array or object */
};

/* tr_json_parse reads a document into arena.  Strings without escapes are views of in, which must
 * live as long as the tree.  TR_E_SYNTAX, TR_E_DEPTH, TR_E_DUPLICATE, TR_E_SHORT, TR_E_TRAILING,
 * TR_E_MEMORY; the trail has the offset.  After an error the arena is as it was before.  Time grows
 * as the length (as n log n where the keys of a large object do not come in order), and nothing
 * recurses. */
TR_NODISCARD tr_err tr_json_parse(tr_trail *trail, tr_arena *arena, tr_bytes in,
                                  const tr_json **out);

/* tr_json_get finds a member of an object by its key: NULL if value is NULL, no object, or has no
 * such member; so that calls can be nested.  It looks at one member after another: to go through a
 * large object use TR_JSON_EACH. */
const tr_json *tr_json_get(const tr_json *value, const char *key);

/* tr_json_at is the i-th value of an array, or NULL. */
const tr_json *tr_json_at(const tr_json *value, size_t i);

/* tr_json_text is the text of a string, the empty view (data NULL) of anything else. */
tr_bytes tr_json_text(const tr_json *value);

/* tr_json_u64 reads a number that is an exact integer of 64 bits.  TR_E_TYPE for anything else,
 * numbers written with a fraction or an exponent among them; TR_E_RANGE. */
TR_NODISCARD tr_err tr_json_u64(const tr_json *value, uint64_t *out);
TR_NODISCARD tr_err tr_json_i64(const tr_json *value, int64_t *out);

#define TR_JSON_EACH(item, value)                                                                  \
    for (const tr_json *item = (value) == NULL ? NULL : (value)->first; item != NULL;              \
         item = item->next)

/* The writer puts commas and quotes where they belong.  Misuse (a key in an array, an end without
 * a begin) is our own mistake and asserts. */
typedef struct tr_json_writer {
    tr_buf *out;
    unsigned depth;
    uint64_t in_object, not_first; /* a bit for each depth */
    bool after_key;
} tr_json_writer;

tr_json_writer tr_json_write_to(tr_buf *out);
void tr_json_begin_object(tr_json_writer *w);
void tr_json_end_object(tr_json_writer *w);
void tr_json_begin_array(tr_json_writer *w);
void tr_json_end_array(tr_json_writer *w);
void tr_json_key(tr_json_writer *w, const char *key);
void tr_json_key_bytes(tr_json_writer *w, tr_bytes key);
void tr_json_string(tr_json_writer *w, tr_bytes text); /* bytes that are not UTF-8 become U+FFFD */
void tr_json_str(tr_json_writer *w, const char *text);
void tr_json_put_u64(tr_json_writer *w, uint64_t value);
void tr_json_put_i64(tr_json_writer *w, int64_t value);
void tr_json_put_bool(tr_json_writer *w, bool value);
void tr_json_put_null(tr_json_writer *w);
void tr_json_put_raw(tr_json_writer *w, tr_bytes json); /* a value that is JSON already */
void tr_json_put_hex(tr_json_writer *w, tr_bytes data); /* "0x..." */

/* tr_json_put_value writes a tree back: the shortest form, members in their order. */
void tr_json_put_value(tr_json_writer *w, const tr_json *value);

#endif
