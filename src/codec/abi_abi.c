#include "trestle/abi.h"

#include "codec/abi_json.h"
#include "codec/eip712.h"
#include "os/heap.h"

_Static_assert((int)TR_ABI_DECODE_STRICT == (int)TR_ABI_STRICT &&
                   (int)TR_ABI_DECODE_LENIENT == (int)TR_ABI_LENIENT,
               "the public modes are the true ones");

struct tr_abi_types {
    tr_arena arena;
    const tr_abi_type *types;
};

/* What most functions here begin and end with: memory that dies with the call, and the place of a
 * fault for the caller. */
typedef struct call {
    tr_arena arena;
    tr_trail trail;
} call;

static void begin(call *c)
{
    tr_arena_init(&c->arena, tr_heap(), SIZE_MAX);
    tr_trail_clear(&c->trail);
}

static tr_err end(call *c, tr_err err, size_t *offset)
{
    bool known = c->trail.offset != TR_NO_OFFSET;
    if (err != TR_OK && offset != NULL) *offset = known ? (size_t)c->trail.offset : 0;
    tr_arena_free(&c->arena);
    return err;
}

tr_err tr_abi_types_new(const char *text, size_t len, tr_abi_types **out, size_t *offset)
{
    tr_trail trail;
    tr_trail_clear(&trail);
    tr_abi_types *types = tr_alloc_get(tr_heap(), sizeof(*types));
    if (types == NULL) return TR_E_MEMORY;
    tr_arena_init(&types->arena, tr_heap(), SIZE_MAX);
    /* Names are views of the text, which the caller may change: the types get a copy. */
    tr_bytes copy = tr_arena_copy(&types->arena, tr_bytes_of(text, len));
    tr_err err = copy.data == NULL ? TR_E_MEMORY
                                   : tr_abi_parse_types(&trail, &types->arena, copy, &types->types);
    if (err != TR_OK) {
        if (offset != NULL) *offset = trail.offset == TR_NO_OFFSET ? 0 : (size_t)trail.offset;
        tr_abi_types_free(types);
        return err;
    }
    *out = types;
    return TR_OK;
}

void tr_abi_types_free(tr_abi_types *types)
{
    if (types == NULL) return;
    tr_arena_free(&types->arena);
    tr_alloc_put(tr_heap(), types, sizeof(*types));
}

static tr_err encode(call *c, const tr_abi_type *types, tr_bytes json, tr_buf *out)
{
    const tr_json *document;
    tr_abi_value value;
    TR_TRY(tr_json_parse(&c->trail, &c->arena, json, &document));
    TR_TRY(tr_abi_from_json(&c->trail, &c->arena, types, document, &value));
    return tr_abi_encode(&c->trail, types, &value, out);
}

tr_err tr_abi_encode_json(const tr_abi_types *types, const char *json, size_t json_len,
                          uint8_t *out, size_t size, size_t *len, size_t *offset)
{
    call c;
    tr_buf buf;
    begin(&c);
    tr_buf_init_fixed(&buf, out, size);
    tr_err err = encode(&c, types->types, tr_bytes_of(json, json_len), &buf);
    if (err == TR_OK) *len = buf.len;
    return end(&c, err, offset);
}

tr_err tr_abi_decode_json(const tr_abi_types *types, const uint8_t *data, size_t data_len, int mode,
                          char *json, size_t size, size_t *len, size_t *offset)
{
    call c;
    tr_buf buf;
    tr_abi_value value;
    if (mode != TR_ABI_DECODE_STRICT && mode != TR_ABI_DECODE_LENIENT) return TR_E_ARGUMENT;
    begin(&c);
    tr_buf_init_fixed(&buf, json, size);
    tr_err err =
        tr_abi_decode(&c.trail, &c.arena, types->types, tr_bytes_of(data, data_len),
                      mode == TR_ABI_DECODE_STRICT ? TR_ABI_STRICT : TR_ABI_LENIENT, &value);
    if (err == TR_OK) {
        tr_json_writer w = tr_json_write_to(&buf);
        tr_abi_to_json(&w, types->types, &value);
        (void)tr_buf_text(&buf);
        err = tr_buf_err(&buf);
    }
    if (err == TR_OK) *len = buf.len;
    return end(&c, err, offset);
}

tr_err tr_abi_signature_hash(const char *text, size_t len, uint8_t out[32], size_t *offset)
{
    call c;
    tr_abi_entry entry;
    begin(&c);
    tr_err err = tr_abi_parse_entry(&c.trail, &c.arena, tr_bytes_of(text, len), &entry);
    if (err == TR_OK) memcpy(out, entry.hash.b, sizeof(entry.hash.b));
    return end(&c, err, offset);
}

static tr_err typed_data(call *c, tr_bytes json, tr_eip712_hashes *out)
{
    const tr_json *document;
    tr_eip712 data;
    TR_TRY(tr_json_parse(&c->trail, &c->arena, json, &document));
    TR_TRY(tr_eip712_open(&c->trail, document, &data));
    return tr_eip712_hash(&c->trail, &c->arena, &data, out);
}

tr_err tr_abi_typed_data(const char *json, size_t len, uint8_t domain[32], uint8_t digest[32],
                         size_t *offset)
{
    call c;
    tr_eip712_hashes hashes;
    begin(&c);
    tr_err err = typed_data(&c, tr_bytes_of(json, len), &hashes);
    if (err == TR_OK) {
        memcpy(domain, hashes.domain.b, sizeof(hashes.domain.b));
        memcpy(digest, hashes.digest.b, sizeof(hashes.digest.b));
    }
    return end(&c, err, offset);
}
