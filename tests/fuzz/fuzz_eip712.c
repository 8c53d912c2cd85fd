/* Typed data: any JSON document gives hashes or an error with an offset in it, and the same
 * document written in its shortest form gives the same. */
#include "codec/eip712.h"
#include "os/heap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static tr_err hash(tr_arena *arena, const tr_json *json, size_t len, tr_eip712_hashes *out)
{
    tr_eip712 parts;
    tr_trail trail;
    *out = (tr_eip712_hashes){.digest = {{0}}};
    tr_err err = tr_eip712_open(&trail, json, &parts);
    if (err == TR_OK) err = tr_eip712_hash(&trail, arena, &parts, out);
    TR_ASSERT(err == TR_OK || (trail.code == err && trail.len != 0 && trail.offset <= len));
    return err;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    tr_arena arena;
    const tr_json *json;
    tr_eip712_hashes first, second;
    tr_arena_init(&arena, tr_heap(), 256 * len + (1 << 16));
    if (tr_json_parse(NULL, &arena, tr_bytes_of(data, len), &json) == TR_OK) {
        tr_err err = hash(&arena, json, len, &first);
        TR_ASSERT(err != TR_E_MEMORY);
        tr_buf text;
        tr_buf_init(&text, tr_heap(), SIZE_MAX);
        tr_json_writer w = tr_json_write_to(&text);
        tr_json_put_value(&w, json);
        TR_ASSERT(tr_json_parse(NULL, &arena, tr_buf_view(&text), &json) == TR_OK);
        TR_ASSERT(hash(&arena, json, text.len, &second) == err);
        if (err == TR_OK) {
            TR_ASSERT(tr_bytes_eq(TR_VIEW(first.digest.b), TR_VIEW(second.digest.b)));
            TR_ASSERT(tr_bytes_eq(TR_VIEW(first.message.b), TR_VIEW(second.message.b)));
        }
        tr_buf_free(&text);
    }
    tr_arena_free(&arena);
    return 0;
}
