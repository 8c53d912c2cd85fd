/* RLP, the serialization of Ethereum's chain, strict in both directions.
 *
 * A document is read as a whole into a flat list of items, each list before what is in it; bytes
 * are views of the caller's memory, which must stay as it is while the document is used.  The
 * writer fills memory of the caller. */
#ifndef TRESTLE_RLP_H
#define TRESTLE_RLP_H

#include <stddef.h>
#include <stdint.h>

#include "trestle/api.h"
#include "trestle/errors.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tr_rlp_document tr_rlp_document;
typedef struct tr_rlp_writer tr_rlp_writer;

/* tr_rlp_document_new reads the len bytes at data; free the result with tr_rlp_document_free.
 * TR_E_SHORT, TR_E_TRAILING, TR_E_CANONICAL: the document is not well formed, at *offset (offset
 * may be NULL); TR_E_DEPTH, TR_E_LIMIT, TR_E_MEMORY. */
TR_API tr_err tr_rlp_document_new(const uint8_t *data, size_t len, tr_rlp_document **out,
                                  size_t *offset);
TR_API void tr_rlp_document_free(tr_rlp_document *document);

/* tr_rlp_document_size is how many items there are, at least 1; item 0 is the document itself.
 * The functions below take an index below that. */
TR_API size_t tr_rlp_document_size(const tr_rlp_document *document);

/* tr_rlp_item_is_list is 1 for a list and 0 for a string of bytes. */
TR_API int tr_rlp_item_is_list(const tr_rlp_document *document, size_t item);

/* tr_rlp_item_bytes gives where an item's payload lies and its length: a string's bytes, or all
 * that is encoded in a list. */
TR_API const uint8_t *tr_rlp_item_bytes(const tr_rlp_document *document, size_t item, size_t *len);

/* The items of a list begin at the index after its own; tr_rlp_item_children is how many there
 * are, and tr_rlp_item_next the index of the item that follows one and all that is in it. */
TR_API size_t tr_rlp_item_children(const tr_rlp_document *document, size_t item);
TR_API size_t tr_rlp_item_next(const tr_rlp_document *document, size_t item);

/* tr_rlp_writer_new makes a writer to the size bytes at memory, tr_rlp_writer_free ends it;
 * TR_E_MEMORY. */
TR_API tr_err tr_rlp_writer_new(uint8_t *memory, size_t size, tr_rlp_writer **out);
TR_API void tr_rlp_writer_free(tr_rlp_writer *writer);

/* tr_rlp_writer_bytes and tr_rlp_writer_u64 write an item, tr_rlp_writer_begin_list and
 * tr_rlp_writer_end_list what is around items.  What goes wrong is remembered and told by
 * tr_rlp_writer_finish. */
TR_API void tr_rlp_writer_bytes(tr_rlp_writer *writer, const uint8_t *data, size_t len);
TR_API void tr_rlp_writer_u64(tr_rlp_writer *writer, uint64_t value);
TR_API void tr_rlp_writer_begin_list(tr_rlp_writer *writer);
TR_API void tr_rlp_writer_end_list(tr_rlp_writer *writer);

/* tr_rlp_writer_finish gives the length of what was written.  TR_E_LIMIT: the memory is too small;
 * TR_E_DEPTH: more than 64 lists within lists; TR_E_STATE: a list is open, or none was. */
TR_API tr_err tr_rlp_writer_finish(tr_rlp_writer *writer, size_t *len);

#ifdef __cplusplus
}
#endif

#endif
