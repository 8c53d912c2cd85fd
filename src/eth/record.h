/* One description of a structure, for every form it has.
 *
 * Ethereum's structures are lists of fields.  A tr_record says which, in the order of RLP, where
 * each lies in the C structure and what JSON calls it.  Reading and writing RLP, sizes, and reading
 * and writing JSON (eth/json.h) go by that one table, so that they cannot drift apart. */
#ifndef TR_ETH_RECORD_H
#define TR_ETH_RECORD_H

#include "codec/rlp.h"
#include "field/u256.h"

/* How a field lies in its structure. */
typedef enum tr_field_kind {
    TR_FIELD_U64,    /* uint64_t */
    TR_FIELD_U8,     /* uint8_t: an integer below 256 */
    TR_FIELD_BOOL,   /* bool */
    TR_FIELD_U256,   /* tr_u256 */
    TR_FIELD_WORD,   /* uint8_t[32]: an integer too, as the curve wants it */
    TR_FIELD_ADDR,   /* tr_addr */
    TR_FIELD_TO,     /* tr_to */
    TR_FIELD_HASH,   /* tr_hash */
    TR_FIELD_BYTES,  /* tr_bytes */
    TR_FIELD_FIXED8, /* uint8_t[8]: a header's nonce */
    TR_FIELD_BLOOM,  /* uint8_t[256] */
    TR_FIELD_HASHES, /* tr_list of tr_hash */
    TR_FIELD_LIST,   /* tr_list of structures with a record of their own */
} tr_field_kind;

typedef struct tr_record tr_record;

typedef struct tr_field {
    const char *json; /* name in JSON; NULL: it has none there */
    uint16_t offset;
    uint8_t kind;
    const tr_record *of; /* of a TR_FIELD_LIST */
} tr_field;

struct tr_record {
    const char *name; /* for messages: "header" */
    const tr_field *fields;
    uint16_t count;
    uint16_t size; /* of the structure */
};

/* An address, or the empty string that stands for "creates a contract". */
typedef struct tr_to {
    bool some;
    tr_addr addr;
} tr_to;

/* An array of structures (or of tr_hash) in an arena. */
typedef struct tr_list {
    const void *at;
    size_t count;
} tr_list;

#define TR_LIST_AT(type, list, i) (&((const type *)(list).at)[i])

/* tr_record_read fills in the first count fields from the inside of a list, and leaves r after
 * them; errors stick in r.  Lists go to arena: their structures take at most TR_RECORD_FACTOR bytes
 * for each byte of input.  Strings are views of the document. */
enum { TR_RECORD_FACTOR = 160 };
void tr_record_read(tr_rlp *r, const tr_record *record, size_t count, tr_arena *arena, void *out);

/* tr_record_size is the size of the first count fields when written, without a header of the list;
 * tr_record_write writes them. */
size_t tr_record_size(const tr_record *record, size_t count, const void *in);
void tr_record_write(tr_buf *out, const tr_record *record, size_t count, const void *in);

#endif
