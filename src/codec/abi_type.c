#include "codec/abi.h"
#include "codec/abi_internal.h"

/* Every padding is a window on zeros, ones, zeros. */
static const uint8_t windows[96] = {[32 ... 63] = 0xff};
static const uint8_t bool_padding[32] = {[0 ... 30] = 0xff, [31] = 0xfe};

static tr_err fail(abi_parser *p, tr_err code, const char *what)
{
    return tr_fail_at(p->trail, code, (uint64_t)(p->at - p->start), "type: %s", what);
}

static tr_err not_a_type(abi_parser *p, const uint8_t *where, const char *what)
{
    p->at = where;
    return fail(p, TR_E_ABI_TYPE, what);
}

static bool is_letter(uint8_t c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

abi_parser abi_parser_of(tr_trail *trail, tr_arena *arena, tr_bytes text)
{
    const uint8_t *at = text.len == 0 ? windows : text.data;
    return (abi_parser){trail, arena, at, at + text.len, at, 0};
}

void abi_skip_space(abi_parser *p)
{
    while (p->at != p->end && (*p->at == ' ' || *p->at == '\t' || *p->at == '\n')) p->at++;
}

bool abi_take_char(abi_parser *p, char c)
{
    if (p->at == p->end || *p->at != (uint8_t)c) return false;
    p->at++;
    return true;
}

tr_bytes abi_take_word(abi_parser *p)
{
    const uint8_t *from = p->at;
    while (p->at != p->end &&
           (is_letter(*p->at) || is_digit(*p->at) || *p->at == '_' || *p->at == '$'))
        p->at++;
    return tr_bytes_of(from, (size_t)(p->at - from));
}

/* Reads a decimal number without leading zeros, of at most 9 digits. */
static bool take_number(abi_parser *p, uint32_t *out)
{
    const uint8_t *from = p->at;
    uint32_t value = 0;
    while (p->at != p->end && is_digit(*p->at) && p->at - from < 10)
        value = value * 10 + (uint32_t)(*p->at++ - '0');
    *out = value;
    size_t digits = (size_t)(p->at - from);
    return digits != 0 && digits < 10 && (*from != '0' || digits == 1);
}

static tr_abi_type *new_type(abi_parser *p, tr_abi_kind kind)
{
    tr_abi_type *type = TR_ARENA_NEW(p->arena, tr_abi_type);
    if (type != NULL)
        *type = (tr_abi_type){.kind = kind, .depth = 1, .nodes = 1, .inner = 32, .head = 32};
    return type;
}

/* The sizes after uint, int, fixed and ufixed; none means the usual ones. */
static bool take_sizes(abi_parser *p, tr_abi_type *type, bool fixed)
{
    uint32_t bits = fixed ? 128 : 256, decimals = 18;
    if (p->at != p->end && is_digit(*p->at)) {
        if (!take_number(p, &bits)) return false;
        if (fixed && !(abi_take_char(p, 'x') && take_number(p, &decimals))) return false;
    }
    if (bits == 0 || bits > 256 || bits % 8 != 0) return false;
    if (fixed && (decimals == 0 || decimals > 80)) return false;
    type->bits = (uint16_t)bits;
    type->decimals = fixed ? (uint8_t)decimals : 0;
    type->padding = windows + bits / 8 + 32;
    return true;
}

typedef struct plain_name {
    char text[9];
    uint8_t len;
    tr_abi_kind kind;
    uint16_t bits;
    bool dynamic;
} plain_name;

static const plain_name plain_names[] = {
    {"uint", 4, TR_ABI_UINT, 0, false},           {"address", 7, TR_ABI_ADDRESS, 160, false},
    {"bytes", 5, TR_ABI_BYTES, 0, true},          {"string", 6, TR_ABI_STRING, 0, true},
    {"bool", 4, TR_ABI_BOOL, 8, false},           {"int", 3, TR_ABI_INT, 0, false},
    {"function", 8, TR_ABI_FUNCTION, 192, false}, {"ufixed", 6, TR_ABI_UFIXED, 0, false},
    {"fixed", 5, TR_ABI_FIXED, 0, false},
};

/* An elementary type.  Letters first, then what its sizes are. */
static tr_err parse_plain(abi_parser *p, tr_abi_type **out)
{
    const uint8_t *from = p->at;
    while (p->at != p->end && is_letter(*p->at)) p->at++;
    tr_bytes letters = tr_bytes_of(from, (size_t)(p->at - from));
    const plain_name *name = NULL;
    for (size_t i = 0; i < TR_COUNTOF(plain_names) && name == NULL; i++)
        if (letters.len == plain_names[i].len &&
            memcmp(from, plain_names[i].text, letters.len) == 0)
            name = &plain_names[i];
    if (name == NULL) return not_a_type(p, from, "no such type");
    tr_abi_type *type = new_type(p, name->kind);
    if (type == NULL) return fail(p, TR_E_MEMORY, "out of memory");
    type->bits = name->bits;
    type->dynamic = name->dynamic;
    bool good = true;
    uint32_t n;
    switch (name->kind) {
    case TR_ABI_UINT:
    case TR_ABI_INT:
    case TR_ABI_UFIXED:
    case TR_ABI_FIXED:
        good = take_sizes(p, type, name->kind >= TR_ABI_UFIXED);
        break;
    case TR_ABI_BYTES:
        if (p->at == p->end || !is_digit(*p->at)) break;
        good = take_number(p, &n) && n >= 1 && n <= 32;
        if (!good) break;
        type->kind = TR_ABI_FIXED_BYTES;
        type->bits = (uint16_t)(8 * n);
        type->dynamic = false;
        type->padding = windows + 32 - n;
        break;
    case TR_ABI_FUNCTION:
        type->padding = windows + 32 - 24;
        break;
    case TR_ABI_ADDRESS:
        type->padding = windows + 20 + 32;
        break;
    case TR_ABI_BOOL:
        type->padding = bool_padding;
        break;
    case TR_ABI_STRING:
    case TR_ABI_FIXED_BYTES:
    case TR_ABI_ARRAY:
    case TR_ABI_LIST:
    case TR_ABI_TUPLE:
        break;
    }
    if (good && p->at != p->end && (is_letter(*p->at) || is_digit(*p->at))) good = false;
    if (!good) return not_a_type(p, from, "no such size of this type");
    *out = type;
    return TR_OK;
}

/* Puts T[k] or T[] around what was read. */
static tr_err parse_suffix(abi_parser *p, tr_abi_type **type)
{
    const tr_abi_type *element = *type;
    const uint8_t *from = p->at - 1;
    uint32_t count = 0;
    bool fixed = p->at != p->end && is_digit(*p->at);
    if (fixed && !take_number(p, &count))
        return not_a_type(p, from, "the array's size is not valid");
    if (!abi_take_char(p, ']')) return fail(p, TR_E_ABI_TYPE, "a ] is missing");
    if (element->depth + p->depth >= TR_ABI_MAX_DEPTH)
        return fail(p, TR_E_DEPTH, "types are nested too deeply");
    if (element->hollow) return not_a_type(p, from, "elements of this array take no room");
    tr_abi_type *array = new_type(p, fixed ? TR_ABI_ARRAY : TR_ABI_LIST);
    if (array == NULL) return fail(p, TR_E_MEMORY, "out of memory");
    array->first = element;
    array->depth = (uint8_t)(element->depth + 1);
    array->nodes = element->nodes + 1;
    array->count = count;
    array->dynamic = !fixed || element->dynamic;
    if (fixed) {
        if (__builtin_mul_overflow(element->head, count, &array->inner) ||
            array->inner > INT64_MAX / 2)
            return fail(p, TR_E_LIMIT, "the array is too large");
        array->head = array->dynamic ? 32 : array->inner;
        array->hollow = array->head == 0;
    }
    *type = array;
    return TR_OK;
}

tr_err abi_parse_members(abi_parser *p, char close, const tr_abi_type **out)
{
    tr_abi_type *tuple = new_type(p, TR_ABI_TUPLE);
    if (tuple == NULL) return fail(p, TR_E_MEMORY, "out of memory");
    tuple->inner = 0;
    const tr_abi_type **link = &tuple->first;
    p->depth++;
    abi_skip_space(p);
    bool done = close == '\0' ? p->at == p->end : abi_take_char(p, close);
    while (!done) {
        tr_abi_type *member;
        TR_TRY(abi_parse_member(p, &member));
        *link = member;
        link = &member->next;
        tuple->count++;
        tuple->nodes += member->nodes;
        tuple->dynamic |= member->dynamic;
        tuple->hollow |= member->hollow;
        if (member->depth >= tuple->depth) tuple->depth = (uint8_t)(member->depth + 1);
        if (__builtin_add_overflow(tuple->inner, member->head, &tuple->inner) ||
            tuple->inner > INT64_MAX / 2)
            return fail(p, TR_E_LIMIT, "the tuple is too large");
        abi_skip_space(p);
        done = close == '\0' ? p->at == p->end : abi_take_char(p, close);
        if (!done && !abi_take_char(p, ','))
            return fail(p, TR_E_ABI_TYPE,
                        p->at == p->end ? "a ) is missing" : "a comma is missing");
    }
    p->depth--;
    tuple->head = tuple->dynamic ? 32 : tuple->inner;
    tuple->hollow |= tuple->head == 0;
    *out = tuple;
    return TR_OK;
}

static tr_err parse_type(abi_parser *p, tr_abi_type **out)
{
    static const char tuple_word[] = "tuple(";
    abi_skip_space(p);
    if (p->depth >= TR_ABI_MAX_DEPTH) return fail(p, TR_E_DEPTH, "types are nested too deeply");
    size_t left = (size_t)(p->end - p->at);
    if (left >= 6 && memcmp(p->at, tuple_word, 6) == 0) p->at += 5;
    if (abi_take_char(p, '(')) {
        const tr_abi_type *tuple;
        TR_TRY(abi_parse_members(p, ')', &tuple));
        *out = (tr_abi_type *)(uintptr_t)tuple;
    } else {
        TR_TRY(parse_plain(p, out));
    }
    while (abi_take_char(p, '[')) TR_TRY(parse_suffix(p, out));
    return TR_OK;
}

static bool is_location(tr_bytes word)
{
    return tr_bytes_eq(word, TR_LIT("memory")) || tr_bytes_eq(word, TR_LIT("calldata")) ||
           tr_bytes_eq(word, TR_LIT("storage")) || tr_bytes_eq(word, TR_LIT("payable"));
}

/* A type with what a declaration may have after it. */
tr_err abi_parse_member(abi_parser *p, tr_abi_type **out)
{
    TR_TRY(parse_type(p, out));
    tr_abi_type *member = *out;
    while (p->at != p->end && (*p->at == ' ' || *p->at == '\t' || *p->at == '\n')) {
        abi_skip_space(p);
        if (p->at == p->end || *p->at == ',' || *p->at == ')') break;
        const uint8_t *from = p->at;
        tr_bytes word = abi_take_word(p);
        if (word.len == 0 || is_digit(word.data[0]) || member->name.len != 0)
            return not_a_type(p, from, "this cannot stand after a type");
        if (tr_bytes_eq(word, TR_LIT("indexed")))
            member->indexed = true;
        else if (!is_location(word))
            member->name = word;
    }
    return TR_OK;
}

static tr_err check_length(tr_trail *trail, tr_bytes text)
{
    if (text.len <= TR_ABI_MAX_TYPE_TEXT) return TR_OK;
    return tr_fail_at(trail, TR_E_LIMIT, TR_ABI_MAX_TYPE_TEXT, "type: a text of %zu bytes",
                      text.len);
}

tr_err tr_abi_parse_types(tr_trail *trail, tr_arena *arena, tr_bytes text, const tr_abi_type **out)
{
    TR_TRY(check_length(trail, text));
    abi_parser p = abi_parser_of(trail, arena, text);
    return abi_parse_members(&p, '\0', out);
}

tr_err tr_abi_parse_type(tr_trail *trail, tr_arena *arena, tr_bytes text, const tr_abi_type **out)
{
    TR_TRY(check_length(trail, text));
    abi_parser p = abi_parser_of(trail, arena, text);
    tr_abi_type *type;
    TR_TRY(abi_parse_member(&p, &type));
    if (p.at != p.end) return fail(&p, TR_E_ABI_TYPE, "one type was expected");
    *out = type;
    return TR_OK;
}

static void print_members(tr_buf *out, const tr_abi_type *tuple)
{
    tr_buf_put_u8(out, '(');
    for (const tr_abi_type *m = tuple->first; m != NULL; m = m->next) {
        if (m != tuple->first) tr_buf_put_u8(out, ',');
        tr_abi_print(out, m);
    }
    tr_buf_put_u8(out, ')');
}

void tr_abi_print(tr_buf *out, const tr_abi_type *type)
{
    switch (type->kind) {
    case TR_ABI_UINT:
        tr_buf_printf(out, "uint%u", type->bits);
        break;
    case TR_ABI_INT:
        tr_buf_printf(out, "int%u", type->bits);
        break;
    case TR_ABI_UFIXED:
        tr_buf_printf(out, "ufixed%ux%u", type->bits, type->decimals);
        break;
    case TR_ABI_FIXED:
        tr_buf_printf(out, "fixed%ux%u", type->bits, type->decimals);
        break;
    case TR_ABI_ADDRESS:
        tr_buf_put_str(out, "address");
        break;
    case TR_ABI_BOOL:
        tr_buf_put_str(out, "bool");
        break;
    case TR_ABI_FIXED_BYTES:
        tr_buf_printf(out, "bytes%u", type->bits / 8);
        break;
    case TR_ABI_FUNCTION:
        tr_buf_put_str(out, "function");
        break;
    case TR_ABI_BYTES:
        tr_buf_put_str(out, "bytes");
        break;
    case TR_ABI_STRING:
        tr_buf_put_str(out, "string");
        break;
    case TR_ABI_TUPLE:
        print_members(out, type);
        break;
    case TR_ABI_LIST:
    case TR_ABI_ARRAY:
        tr_abi_print(out, type->first);
        if (type->kind == TR_ABI_LIST)
            tr_buf_put_str(out, "[]");
        else
            tr_buf_printf(out, "[%u]", type->count);
        break;
    }
}
