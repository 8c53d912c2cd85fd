#include "trestle/rlp.h"

#include "codec/rlp.h"
#include "os/heap.h"

enum { MAX_OPEN = 64 };

struct tr_rlp_document {
    tr_arena arena;
    tr_rlp_tree tree;
};

struct tr_rlp_writer {
    tr_buf out;
    tr_rlp_mark open[MAX_OPEN];
    size_t depth;
    tr_err err;
};

tr_err tr_rlp_document_new(const uint8_t *data, size_t len, tr_rlp_document **out, size_t *offset)
{
    tr_trail trail;
    tr_rlp_document *document = tr_alloc_get(tr_heap(), sizeof(*document));
    if (document == NULL) return TR_E_MEMORY;
    tr_arena_init(&document->arena, tr_heap(), SIZE_MAX);
    tr_err err = tr_rlp_decode(&trail, &document->arena, tr_bytes_of(data, len), &document->tree);
    if (err != TR_OK) {
        if (offset != NULL) *offset = trail.offset == TR_NO_OFFSET ? 0 : (size_t)trail.offset;
        tr_rlp_document_free(document);
        return err;
    }
    *out = document;
    return TR_OK;
}

void tr_rlp_document_free(tr_rlp_document *document)
{
    if (document == NULL) return;
    tr_arena_free(&document->arena);
    tr_alloc_put(tr_heap(), document, sizeof(*document));
}

size_t tr_rlp_document_size(const tr_rlp_document *document)
{
    return document->tree.count;
}

static const tr_rlp_item *item_at(const tr_rlp_document *document, size_t item)
{
    TR_ASSERT(item < document->tree.count);
    return &document->tree.items[item];
}

int tr_rlp_item_is_list(const tr_rlp_document *document, size_t item)
{
    return tr_rlp_is_list(item_at(document, item));
}

const uint8_t *tr_rlp_item_bytes(const tr_rlp_document *document, size_t item, size_t *len)
{
    tr_bytes payload = tr_rlp_payload(&document->tree, item_at(document, item));
    *len = payload.len;
    return payload.data;
}

size_t tr_rlp_item_children(const tr_rlp_document *document, size_t item)
{
    return tr_rlp_item_count(item_at(document, item));
}

size_t tr_rlp_item_next(const tr_rlp_document *document, size_t item)
{
    return item_at(document, item)->next;
}

tr_err tr_rlp_writer_new(uint8_t *memory, size_t size, tr_rlp_writer **out)
{
    tr_rlp_writer *writer = tr_alloc_get(tr_heap(), sizeof(*writer));
    if (writer == NULL) return TR_E_MEMORY;
    tr_buf_init_fixed(&writer->out, memory, size);
    writer->depth = 0;
    writer->err = TR_OK;
    *out = writer;
    return TR_OK;
}

void tr_rlp_writer_free(tr_rlp_writer *writer)
{
    tr_alloc_put(tr_heap(), writer, sizeof(*writer));
}

void tr_rlp_writer_bytes(tr_rlp_writer *writer, const uint8_t *data, size_t len)
{
    tr_rlp_put_bytes(&writer->out, tr_bytes_of(data, len));
}

void tr_rlp_writer_u64(tr_rlp_writer *writer, uint64_t value)
{
    tr_rlp_put_u64(&writer->out, value);
}

void tr_rlp_writer_begin_list(tr_rlp_writer *writer)
{
    if (writer->depth == MAX_OPEN) writer->err = TR_E_DEPTH;
    if (writer->err == TR_OK) writer->open[writer->depth++] = tr_rlp_begin(&writer->out, 0);
}

void tr_rlp_writer_end_list(tr_rlp_writer *writer)
{
    if (writer->depth == 0 && writer->err == TR_OK) writer->err = TR_E_STATE;
    if (writer->err == TR_OK) tr_rlp_end(&writer->out, writer->open[--writer->depth]);
}

tr_err tr_rlp_writer_finish(tr_rlp_writer *writer, size_t *len)
{
    TR_TRY(writer->err);
    TR_TRY(tr_buf_err(&writer->out));
    if (writer->depth != 0) return TR_E_STATE;
    *len = writer->out.len;
    return TR_OK;
}
