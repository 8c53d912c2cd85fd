/* The ABI.  The input is a line with types, then bytes.  What strict decoding accepts is the one
 * encoding of its value; lenient decoding accepts more, and what it makes can be encoded; values
 * survive JSON; the text of types is read as it is printed. */
#include "codec/abi_json.h"
#include "os/heap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static tr_bytes encode(tr_arena *arena, const tr_abi_type *types, const tr_abi_value *value)
{
    tr_buf out;
    tr_buf_init(&out, &arena->alloc, SIZE_MAX);
    TR_ASSERT(tr_abi_encode(NULL, types, value, &out) == TR_OK);
    return tr_buf_view(&out);
}

static tr_bytes print(tr_arena *arena, const tr_abi_type *types)
{
    tr_buf out;
    tr_buf_init(&out, &arena->alloc, SIZE_MAX);
    tr_abi_print(&out, types);
    return tr_buf_view(&out);
}

static bool has_text(const tr_abi_type *type)
{
    if (type->kind == TR_ABI_STRING) return true;
    for (const tr_abi_type *t = type->first; t != NULL; t = t->next)
        if (has_text(t)) return true;
    return false;
}

/* Bytes that are not UTF-8 do not survive in a string, all else does. */
static void check_json(tr_arena *arena, const tr_abi_type *types, const tr_abi_value *value)
{
    tr_buf text;
    const tr_json *json;
    tr_abi_value again;
    tr_buf_init(&text, &arena->alloc, SIZE_MAX);
    tr_json_writer w = tr_json_write_to(&text);
    tr_abi_to_json(&w, types, value);
    TR_ASSERT(tr_json_parse(NULL, arena, tr_buf_view(&text), &json) == TR_OK);
    TR_ASSERT(tr_abi_from_json(NULL, arena, types, json, &again) == TR_OK);
    tr_bytes a = encode(arena, types, value), b = encode(arena, types, &again);
    TR_ASSERT(has_text(types) || tr_bytes_eq(a, b));
}

static void check_value(tr_arena *arena, const tr_abi_type *types, tr_bytes in)
{
    tr_abi_value strict, lenient, clean;
    tr_trail trail;
    tr_arena_mark mark = tr_arena_save(arena);
    size_t before = arena->used;
    tr_err loose = tr_abi_decode(&trail, arena, types, in, TR_ABI_LENIENT, &lenient);
    TR_ASSERT(loose != TR_E_MEMORY && (loose == TR_OK || trail.offset <= in.len));
    TR_ASSERT(arena->used - before <= 2 * 16 * (in.len + types->nodes + 64));
    if (loose == TR_OK) {
        /* Parts that overlap come apart when they are written, so the encoding may be longer. */
        tr_bytes out = encode(arena, types, &lenient);
        TR_ASSERT(tr_abi_decode(NULL, arena, types, out, TR_ABI_STRICT, &clean) == TR_OK);
        TR_ASSERT(tr_bytes_eq(encode(arena, types, &clean), out));
        check_json(arena, types, &clean);
        tr_buf packed;
        tr_buf_init(&packed, &arena->alloc, SIZE_MAX);
        tr_err err = tr_abi_encode_packed(NULL, types, &clean, &packed);
        TR_ASSERT(err == TR_OK || err == TR_E_UNSUPPORTED);
    }
    tr_err err = tr_abi_decode(&trail, arena, types, in, TR_ABI_STRICT, &strict);
    TR_ASSERT(err == TR_OK || trail.offset <= in.len);
    if (err == TR_OK) {
        TR_ASSERT(loose == TR_OK);
        TR_ASSERT(tr_bytes_eq(encode(arena, types, &strict), in));
        TR_ASSERT(tr_bytes_eq(encode(arena, types, &lenient), in));
    }
    tr_arena_rewind(arena, mark);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    size_t line = 0;
    while (line < len && data[line] != '\n') line++;
    tr_bytes text = {data, line};
    tr_bytes in = tr_bytes_cut(tr_bytes_of(data, len), line + 1, SIZE_MAX);
    tr_arena arena;
    tr_arena_init(&arena, tr_heap(), (size_t)1 << 28);
    const tr_abi_type *types, *again;
    tr_abi_entry entry;
    tr_trail trail;
    tr_err err = tr_abi_parse_types(&trail, &arena, text, &types);
    TR_ASSERT(err == TR_OK || trail.offset <= text.len);
    if (err == TR_OK) {
        TR_ASSERT(types->depth <= TR_ABI_MAX_DEPTH);
        tr_bytes canonical = print(&arena, types);
        TR_ASSERT(tr_abi_parse_types(NULL, &arena, tr_bytes_cut(canonical, 1, canonical.len - 2),
                                     &again) == TR_OK);
        TR_ASSERT(tr_bytes_eq(print(&arena, again), canonical));
        check_value(&arena, types, in);
    } else if (tr_abi_parse_entry(&trail, &arena, text, &entry) != TR_OK) {
        TR_ASSERT(trail.offset <= text.len);
    }
    tr_arena_free(&arena);
    return 0;
}
