/* One side of tests/peers/abi-ethers.mjs: checks the cases on stdin, which ethers encoded, then
 * writes as many of our own. */
#include <stdio.h>
#include <stdlib.h>

#include "codec/abi_json.h"
#include "codec/hex.h"
#include "os/heap.h"

static uint64_t state;

static uint64_t random64(void)
{
    uint64_t z = (state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t below(uint64_t n)
{
    return random64() % n;
}

__attribute__((noreturn)) static void give_up(tr_bytes line, const char *why, const tr_trail *trail)
{
    fprintf(stderr, "%s: %s\n%.*s\n", why, trail->text, (int)line.len, (const char *)line.data);
    exit(1);
}

static tr_bytes json_of(tr_arena *arena, const tr_abi_type *types, const tr_abi_value *value)
{
    tr_buf out;
    tr_buf_init(&out, &arena->alloc, SIZE_MAX);
    tr_json_writer w = tr_json_write_to(&out);
    tr_abi_to_json(&w, types, value);
    return tr_buf_view(&out);
}

/* A case of ethers: what we decode is its value, and what we encode from its value is its bytes. */
static void check(tr_arena *arena, tr_bytes line)
{
    tr_trail trail = {.text = ""};
    const tr_json *doc;
    const tr_abi_type *types;
    tr_abi_value value, decoded;
    tr_bytes data;
    if (tr_json_parse(&trail, arena, line, &doc) != TR_OK) give_up(line, "JSON", &trail);
    const tr_json *v = tr_json_get(doc, "v");
    if (tr_abi_parse_types(&trail, arena, tr_json_text(tr_json_get(doc, "t")), &types) != TR_OK ||
        tr_hex_decode_new(&trail, arena, tr_json_text(tr_json_get(doc, "d")), &data) != TR_OK)
        give_up(line, "the types or the bytes", &trail);
    if (tr_abi_from_json(&trail, arena, types, v, &value) != TR_OK)
        give_up(line, "the value", &trail);
    tr_buf out;
    tr_buf_init(&out, &arena->alloc, SIZE_MAX);
    if (tr_abi_encode(&trail, types, &value, &out) != TR_OK) give_up(line, "encoding", &trail);
    if (!tr_bytes_eq(tr_buf_view(&out), data)) give_up(line, "another encoding", &trail);
    tr_buf text;
    tr_buf_init(&text, &arena->alloc, SIZE_MAX);
    tr_json_writer w = tr_json_write_to(&text);
    tr_json_put_value(&w, v);
    for (tr_abi_mode mode = TR_ABI_STRICT; mode <= TR_ABI_LENIENT; mode++) {
        if (tr_abi_decode(&trail, arena, types, data, mode, &decoded) != TR_OK)
            give_up(line, "decoding", &trail);
        if (!tr_bytes_eq(json_of(arena, types, &decoded), tr_buf_view(&text)))
            give_up(line, "another value", &trail);
    }
}

static void random_type(tr_buf *out, unsigned depth)
{
    switch (below(depth == 0 ? 7 : 11)) {
    case 0:
        tr_buf_printf(out, "uint%u", 8 * (1 + (unsigned)below(32)));
        break;
    case 1:
        tr_buf_printf(out, "int%u", 8 * (1 + (unsigned)below(32)));
        break;
    case 2:
        tr_buf_put_str(out, "address");
        break;
    case 3:
        tr_buf_put_str(out, "bool");
        break;
    case 4:
        tr_buf_printf(out, "bytes%u", 1 + (unsigned)below(32));
        break;
    case 5:
        tr_buf_put_str(out, "bytes");
        break;
    case 6:
        tr_buf_put_str(out, "string");
        break;
    case 7:
        random_type(out, depth - 1);
        tr_buf_put_str(out, "[]");
        break;
    case 8:
        random_type(out, depth - 1);
        tr_buf_printf(out, "[%u]", 1 + (unsigned)below(3));
        break;
    default:
        tr_buf_put_u8(out, '(');
        for (uint64_t n = 1 + below(4); n > 0; n--) {
            random_type(out, depth - 1);
            tr_buf_put_u8(out, n == 1 ? ')' : ',');
        }
    }
}

static const uint8_t *random_word(tr_arena *arena, const tr_abi_type *type)
{
    uint8_t *word = tr_arena_get(arena, 32, 1);
    uint64_t choice = below(4);
    for (size_t i = 0; i < 32; i++)
        word[i] = choice == 0 ? 0 : choice == 1 ? 0xff : (uint8_t)random64();
    if (type->kind == TR_ABI_BOOL) word[31] &= 1;
    /* Clear what lies outside of the type, or for a negative number set it. */
    size_t size = type->bits / 8;
    bool left = type->kind == TR_ABI_FIXED_BYTES;
    bool negative = type->kind == TR_ABI_INT && word[32 - size] >= 0x80;
    memset(left ? word + size : word, negative ? 0xff : 0, 32 - size);
    return word;
}

static tr_bytes random_text(tr_arena *arena)
{
    static const char *const letters[] = {"a", "Z", "0", " ", "\"", "\\", "\n", "é", "€", "🚀"};
    tr_buf out;
    tr_buf_init(&out, &arena->alloc, SIZE_MAX);
    for (uint64_t n = below(50); n > 0; n--) tr_buf_put_str(&out, letters[below(10)]);
    return tr_buf_view(&out);
}

static void random_value(tr_arena *arena, const tr_abi_type *type, tr_abi_value *out)
{
    if (tr_abi_is_word(type)) {
        *out = (tr_abi_value){.data = random_word(arena, type), .count = 32};
        return;
    }
    if (type->kind == TR_ABI_STRING) {
        tr_bytes text = random_text(arena);
        *out = (tr_abi_value){.data = text.data, .count = text.len};
        return;
    }
    size_t count = type->kind == TR_ABI_BYTES  ? below(80)
                   : type->kind == TR_ABI_LIST ? below(4)
                                               : type->count;
    if (type->kind == TR_ABI_BYTES) {
        uint8_t *data = tr_arena_get(arena, count, 1);
        for (size_t i = 0; i < count; i++) data[i] = (uint8_t)random64();
        *out = (tr_abi_value){.data = data, .count = count};
        return;
    }
    tr_abi_value *items = TR_ARENA_ARRAY(arena, tr_abi_value, count);
    *out = (tr_abi_value){.items = items, .count = count};
    const tr_abi_type *item = type->first;
    for (size_t i = 0; i < count; i++) {
        random_value(arena, item, &items[i]);
        if (type->kind == TR_ABI_TUPLE) item = item->next;
    }
}

/* A case of our own. */
static void make(tr_arena *arena)
{
    tr_trail trail = {.text = ""};
    tr_buf text, data, line;
    tr_buf_init(&text, &arena->alloc, SIZE_MAX);
    tr_buf_init(&data, &arena->alloc, SIZE_MAX);
    tr_buf_init(&line, &arena->alloc, SIZE_MAX);
    for (uint64_t n = 1 + below(3); n > 0; n--) {
        random_type(&text, 3);
        if (n != 1) tr_buf_put_u8(&text, ',');
    }
    const tr_abi_type *types;
    tr_abi_value value;
    if (tr_abi_parse_types(&trail, arena, tr_buf_view(&text), &types) != TR_OK)
        give_up(tr_buf_view(&text), "our types", &trail);
    random_value(arena, types, &value);
    if (tr_abi_encode(&trail, types, &value, &data) != TR_OK)
        give_up(tr_buf_view(&text), "our value", &trail);
    tr_json_writer w = tr_json_write_to(&line);
    tr_json_begin_object(&w);
    tr_json_key(&w, "t");
    tr_json_string(&w, tr_buf_view(&text));
    tr_json_key(&w, "v");
    tr_abi_to_json(&w, types, &value);
    tr_json_key(&w, "d");
    tr_json_put_hex(&w, tr_buf_view(&data));
    tr_json_end_object(&w);
    printf("%s\n", tr_buf_text(&line));
}

int main(int argc, char **argv)
{
    if (argc != 3) return 2;
    state = strtoull(argv[1], NULL, 10);
    size_t count = (size_t)strtoull(argv[2], NULL, 10), seen = 0, cap = 0;
    char *line = NULL;
    ssize_t len;
    tr_arena arena;
    tr_arena_init(&arena, tr_heap(), SIZE_MAX);
    while ((len = getline(&line, &cap, stdin)) > 0) {
        check(&arena, tr_bytes_of(line, (size_t)len));
        tr_arena_reset(&arena);
        seen++;
    }
    free(line);
    if (seen != count) {
        fprintf(stderr, "%zu cases came in instead of %zu\n", seen, count);
        return 1;
    }
    for (size_t i = 0; i < count; i++) {
        make(&arena);
        tr_arena_reset(&arena);
    }
    tr_arena_free(&arena);
    return 0;
}
