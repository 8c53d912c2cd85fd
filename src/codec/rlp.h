/* RLP, the serialization of Ethereum's chain: a document is one item, an item a string of bytes or
 * a list of items.  Strict on both sides: a value has exactly one encoding, and anything else is an
 * error with its offset.  Three doors, for three kinds of caller:
 *
 *   tr_rlp        pulls typed fields out of a document whose shape is known
 *   tr_rlp_tree   one pass over any document, which leaves a flat array of items
 *   tr_rlp_put_*  writes to a buffer; a list is opened and closed, or its size is told before
 *
 * Nothing here copies: what is read are views of the document. */
#ifndef TR_CODEC_RLP_H
#define TR_CODEC_RLP_H

#include "base/base.h"

enum { TR_RLP_MAX_DEPTH = 1024 };               /* lists within lists */
#define TR_RLP_MAX_DOCUMENT ((size_t)INT32_MAX) /* bytes in a document for a tree */

/* The pull reader.  As with tr_cursor, the first read that fails sticks, later ones give zeros, and
 * tr_rlp_finish tells.  TR_E_SHORT: an item goes beyond its list or the document; TR_E_CANONICAL:
 * not the shortest form, or an integer with leading zeros; TR_E_TYPE: a list where a string is
 * read or the reverse; TR_E_RANGE: a string of the wrong size; TR_E_TRAILING; TR_E_DEPTH. */
typedef struct tr_rlp {
    const uint8_t *at, *end, *start; /* start: of the document, from which offsets count */
    size_t err_offset;
    tr_err err;
    uint32_t depth;
} tr_rlp;

tr_rlp tr_rlp_open(tr_bytes document);

/* tr_rlp_more is true while the list (or the sequence that a document is) has items left. */
static inline bool tr_rlp_more(const tr_rlp *r)
{
    return r->at != r->end;
}

/* tr_rlp_next_is_list tells what the next item is; false at the end. */
static inline bool tr_rlp_next_is_list(const tr_rlp *r)
{
    return r->at != r->end && *r->at >= 0xc0;
}

/* tr_rlp_list reads the header of a list and gives a reader of its inside; tr_rlp_leave takes
 * that reader back: it must be at its end, and its error becomes r's. */
tr_rlp tr_rlp_list(tr_rlp *r);
void tr_rlp_leave(tr_rlp *r, const tr_rlp *inside);

/* tr_rlp_count is how many items are left; it looks at their headers only, and an item whose
 * header is wrong counts as the last. */
size_t tr_rlp_count(const tr_rlp *r);

tr_bytes tr_rlp_bytes(tr_rlp *r);               /* a string */
tr_bytes tr_rlp_raw(tr_rlp *r);                 /* an item with its header, its inside unread */
tr_bytes tr_rlp_int(tr_rlp *r, size_t max_len); /* an integer: big-endian, no leading zeros */
uint64_t tr_rlp_u64(tr_rlp *r);
void tr_rlp_u256be(tr_rlp *r, uint8_t out[32]);
bool tr_rlp_bool(tr_rlp *r);
void tr_rlp_fixed(tr_rlp *r, void *to, size_t len); /* a string of exactly len bytes */
tr_addr tr_rlp_addr(tr_rlp *r);
tr_hash tr_rlp_hash(tr_rlp *r);

/* tr_rlp_addr_or_none reads an address or the empty string, for which it returns false. */
bool tr_rlp_addr_or_none(tr_rlp *r, tr_addr *out);

void tr_rlp_skip(tr_rlp *r);

/* tr_rlp_fail makes the reader remember an error of the caller's own, at the present offset. */
void tr_rlp_fail(tr_rlp *r, tr_err code);

/* tr_rlp_finish gives the first error, or TR_E_TRAILING when items are left. */
TR_NODISCARD tr_err tr_rlp_finish(tr_rlp *r, tr_trail *trail, const char *what);

/* The tree: items in the order of the document, each list before what is in it. */
typedef struct tr_rlp_item {
    uint32_t offset; /* of the payload in the document */
    uint32_t len;    /* of the payload */
    uint32_t next;   /* index of the first item after this one and all that is in it */
    uint32_t tag;    /* bit 0: a list; above: how many items it has */
} tr_rlp_item;

typedef struct tr_rlp_tree {
    tr_bytes document;
    const tr_rlp_item *items; /* items[0] is the document's own item */
    uint32_t count;
} tr_rlp_tree;

/* tr_rlp_decode reads a whole document.  The items take 16 bytes of arena each; with
 * what growing leaves behind, at most 24 for each byte of input.  TR_E_LIMIT: longer than
 * TR_RLP_MAX_DOCUMENT; the rest as above. */
TR_NODISCARD tr_err tr_rlp_decode(tr_trail *trail, tr_arena *arena, tr_bytes document,
                                  tr_rlp_tree *out);

static inline bool tr_rlp_is_list(const tr_rlp_item *item)
{
    return (item->tag & 1) != 0;
}

static inline uint32_t tr_rlp_item_count(const tr_rlp_item *list)
{
    return list->tag >> 1;
}

static inline tr_bytes tr_rlp_payload(const tr_rlp_tree *tree, const tr_rlp_item *item)
{
    return (tr_bytes){tree->document.data + item->offset, item->len};
}

/* tr_rlp_header_len is how long the header before the payload is: 0 for a single byte below 0x80.
 */
uint32_t tr_rlp_header_len(const tr_rlp_tree *tree, const tr_rlp_item *item);

/* TR_RLP_EACH goes through the items of a list by their index. */
#define TR_RLP_EACH(i, tree, list)                                                                 \
    for (uint32_t i = (list) + 1; i < (tree)->items[list].next; i = (tree)->items[i].next)

/* The writer.  Errors stick in the buffer. */
void tr_rlp_put_bytes(tr_buf *out, tr_bytes bytes);
void tr_rlp_put_u64(tr_buf *out, uint64_t value);
void tr_rlp_put_int(tr_buf *out, tr_bytes big_endian); /* leading zeros are left out */

/* tr_rlp_begin opens a list and tr_rlp_end closes it.  expect is a guess at the size of what comes
 * between (0: none): when the guess needs a header as long as the truth does, closing moves no
 * bytes. */
typedef struct tr_rlp_mark {
    size_t payload;
    uint32_t header; /* bytes left free for the header */
} tr_rlp_mark;

TR_NODISCARD tr_rlp_mark tr_rlp_begin(tr_buf *out, size_t expect);
void tr_rlp_end(tr_buf *out, tr_rlp_mark mark);

/* tr_rlp_put_list writes the header of a list whose payload has exactly this size. */
void tr_rlp_put_list(tr_buf *out, size_t payload);

/* How long things are when written. */
static inline size_t tr_rlp_list_size(size_t payload)
{
    return payload + (payload < 56 ? 1 : 1 + tr_be_len(payload));
}

static inline size_t tr_rlp_bytes_size(tr_bytes bytes)
{
    return bytes.len == 1 && bytes.data[0] < 0x80 ? 1 : tr_rlp_list_size(bytes.len);
}

static inline size_t tr_rlp_u64_size(uint64_t value)
{
    return value < 0x80 ? 1 : 1 + (size_t)tr_be_len(value);
}

#endif
