#include "trestle/json.h"

#include "codec/json.h"
#include "os/heap.h"

_Static_assert((int)TR_JSON_KIND_NULL == (int)TR_JSON_NULL &&
                   (int)TR_JSON_KIND_BOOL == (int)TR_JSON_BOOL &&
                   (int)TR_JSON_KIND_NUMBER == (int)TR_JSON_NUMBER &&
                   (int)TR_JSON_KIND_STRING == (int)TR_JSON_STRING &&
                   (int)TR_JSON_KIND_ARRAY == (int)TR_JSON_ARRAY &&
                   (int)TR_JSON_KIND_OBJECT == (int)TR_JSON_OBJECT,
               "the public kinds are the true ones");

struct tr_json_document {
    tr_alloc limited; /* the heap, as far as left goes */
    size_t left;
    bool refused;
    tr_arena arena;
    const tr_json *root;
};

static void *resize_within_limit(tr_alloc *self, void *old, size_t old_size, size_t new_size)
{
    tr_json_document *document = (tr_json_document *)self;
    size_t left = document->left + old_size;
    if (new_size > left) {
        document->refused = true;
        return NULL;
    }
    void *memory = tr_heap()->resize(tr_heap(), old, old_size, new_size);
    if (memory != NULL || new_size == 0) document->left = left - new_size;
    return memory;
}

tr_err tr_json_document_new(const char *text, size_t len, size_t memory, tr_json_document **out,
                            size_t *offset)
{
    tr_trail trail;
    tr_trail_clear(&trail);
    tr_json_document *document = tr_alloc_get(tr_heap(), sizeof(*document));
    if (document == NULL) return TR_E_MEMORY;
    *document = (tr_json_document){.limited = {resize_within_limit}, .left = memory};
    tr_arena_init(&document->arena, &document->limited, SIZE_MAX);
    tr_err err = tr_json_parse(&trail, &document->arena, tr_bytes_of(text, len), &document->root);
    if (err != TR_OK) {
        if (err == TR_E_MEMORY && document->refused) err = TR_E_LIMIT;
        if (offset != NULL) *offset = trail.offset == TR_NO_OFFSET ? 0 : (size_t)trail.offset;
        tr_json_document_free(document);
        return err;
    }
    *out = document;
    return TR_OK;
}

void tr_json_document_free(tr_json_document *document)
{
    if (document == NULL) return;
    tr_arena_free(&document->arena);
    tr_alloc_put(tr_heap(), document, sizeof(*document));
}

/* A public value is a value of the tree under another name. */
static const tr_json *inside(const tr_json_value *value)
{
    return (const tr_json *)value;
}

static const tr_json_value *outside(const tr_json *value)
{
    return (const tr_json_value *)value;
}

const tr_json_value *tr_json_document_root(const tr_json_document *document)
{
    return outside(document->root);
}

int tr_json_value_kind(const tr_json_value *value)
{
    return value == NULL ? TR_JSON_KIND_NONE : (int)inside(value)->kind;
}

size_t tr_json_value_offset(const tr_json_value *value)
{
    return value == NULL ? 0 : inside(value)->offset;
}

size_t tr_json_value_count(const tr_json_value *value)
{
    return value == NULL ? 0 : inside(value)->count;
}

const tr_json_value *tr_json_value_member(const tr_json_value *object, const char *key, size_t len)
{
    if (tr_json_value_kind(object) != TR_JSON_KIND_OBJECT) return NULL;
    TR_JSON_EACH(member, inside(object))
    {
        if (tr_bytes_eq(member->key, tr_bytes_of(key, len))) return outside(member);
    }
    return NULL;
}

const tr_json_value *tr_json_value_item(const tr_json_value *array, size_t index)
{
    return outside(tr_json_at(inside(array), index));
}

const tr_json_value *tr_json_value_first(const tr_json_value *value)
{
    return value == NULL ? NULL : outside(inside(value)->first);
}

const tr_json_value *tr_json_value_next(const tr_json_value *value)
{
    return value == NULL ? NULL : outside(inside(value)->next);
}

static const char *view(tr_bytes text, size_t *len)
{
    *len = text.len;
    return (const char *)text.data;
}

const char *tr_json_value_key(const tr_json_value *value, size_t *len)
{
    return view(value == NULL ? (tr_bytes){NULL, 0} : inside(value)->key, len);
}

const char *tr_json_value_text(const tr_json_value *value, size_t *len)
{
    return view(value == NULL ? (tr_bytes){NULL, 0} : inside(value)->text, len);
}

int tr_json_value_is_true(const tr_json_value *value)
{
    return value != NULL && inside(value)->truth;
}

tr_err tr_json_value_u64(const tr_json_value *value, uint64_t *out)
{
    return tr_json_u64(inside(value), out);
}

tr_err tr_json_value_i64(const tr_json_value *value, int64_t *out)
{
    return tr_json_i64(inside(value), out);
}
