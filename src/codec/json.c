#include "codec/json.h"

#include "codec/json_lex.h"

enum { NODE_RUN = 64 };

/* An array or object that is not closed yet, and where its next value goes. */
typedef struct level {
    tr_json *value;
    const tr_json **tail;
} level;

typedef struct reader {
    tr_json_lex lex;
    const uint8_t *start;
    tr_arena *arena;
    tr_json *nodes, *nodes_end; /* taken from the arena and not used yet */
    unsigned depth;
    const tr_json *root;
    level levels[TR_JSON_MAX_DEPTH];
    tr_json_name few[TR_JSON_FEW_KEYS];
} reader;

static bool fail(reader *r, const uint8_t *at, tr_err err, const char *why)
{
    return tr_json_lex_fail(&r->lex, at, err, why);
}

static bool fail_unexpected(reader *r, const char *why)
{
    if (r->lex.at == r->lex.end)
        return fail(r, r->lex.at, TR_E_SHORT, "the document ends too early");
    return fail(r, r->lex.at, TR_E_SYNTAX, why);
}

/* Takes nodes by the run, but never more than the rest of the document can need: two bytes are the
 * least that a value takes, with the comma or the bracket before it. */
static tr_json *new_node(reader *r)
{
    if (r->nodes == r->nodes_end) {
        size_t most = (size_t)(r->lex.end - r->lex.at) / 2 + 1;
        size_t n = TR_MIN(most, (size_t)NODE_RUN);
        r->nodes = TR_ARENA_ARRAY(r->arena, tr_json, n);
        if (r->nodes == NULL) {
            r->nodes_end = NULL;
            (void)fail(r, r->lex.at, TR_E_MEMORY, "no memory for a value");
            return NULL;
        }
        r->nodes_end = r->nodes + n;
    }
    tr_json *v = r->nodes++;
    *v = (tr_json){.offset = (size_t)(r->lex.at - r->start)};
    return v;
}

/* A string, with at on its opening quote. */
static bool read_string(reader *r, tr_bytes *out)
{
    bool escaped;
    if (!tr_json_lex_text(&r->lex, out, &escaped)) return false;
    if (!escaped) return true;
    uint8_t *text = tr_arena_get(r->arena, out->len, 1);
    if (text == NULL) return fail(r, out->data, TR_E_MEMORY, "no memory for a string");
    *out = (tr_bytes){text, tr_json_unescape(*out, text)};
    return true;
}

static bool read_number(reader *r, tr_bytes *out)
{
    const uint8_t *from = r->lex.at;
    if (!tr_json_lex_number(&r->lex)) return false;
    *out = (tr_bytes){from, (size_t)(r->lex.at - from)};
    return true;
}

static bool open_level(reader *r, tr_json *v, tr_json_kind kind)
{
    if (r->depth == TR_JSON_MAX_DEPTH)
        return fail(r, r->lex.at, TR_E_DEPTH, "nested more than 64 deep");
    v->kind = kind;
    r->lex.at++;
    r->levels[r->depth++] = (level){.value = v, .tail = &v->first};
    return true;
}

/* Reads the value at hand; of an array or object only its bracket. */
static bool read_value(reader *r, tr_json *v)
{
    switch (*r->lex.at) {
    case '{':
        return open_level(r, v, TR_JSON_OBJECT);
    case '[':
        return open_level(r, v, TR_JSON_ARRAY);
    case '"':
        v->kind = TR_JSON_STRING;
        return read_string(r, &v->text);
    case 't':
        v->kind = TR_JSON_BOOL;
        v->truth = true;
        return tr_json_lex_literal(&r->lex, "true");
    case 'f':
        v->kind = TR_JSON_BOOL;
        return tr_json_lex_literal(&r->lex, "false");
    case 'n':
        return tr_json_lex_literal(&r->lex, "null");
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9':
        v->kind = TR_JSON_NUMBER;
        return read_number(r, &v->text);
    default:
        return fail(r, r->lex.at, TR_E_SYNTAX, "no value begins like this");
    }
}

/* Where the key of a value begins: back over the colon and the closing quote to
 * the nearest quote that no backslash escapes. */
static const uint8_t *key_start(const reader *r, size_t value_offset)
{
    const uint8_t *p = r->start + value_offset;
    do {
        p--;
    } while (*p != '"');
    for (;;) {
        do {
            p--;
        } while (*p != '"');
        size_t slashes = 0;
        while (p[-1 - (ptrdiff_t)slashes] == '\\') slashes++;
        if (slashes % 2 == 0) return p;
    }
}

static bool check_keys(reader *r, const tr_json *object)
{
    tr_json_name *keys = r->few, *scratch = NULL;
    size_t n = object->count, i = 0;
    tr_arena_mark mark = tr_arena_save(r->arena);
    if (n > TR_JSON_FEW_KEYS) {
        keys = TR_ARENA_ARRAY(r->arena, tr_json_name, n);
        scratch = TR_ARENA_ARRAY(r->arena, tr_json_name, n);
        if (keys == NULL || scratch == NULL)
            return fail(r, r->lex.at, TR_E_MEMORY, "no memory to compare keys");
    }
    TR_JSON_EACH(member, object)
    {
        keys[i++] = (tr_json_name){member->key, member->offset};
    }
    size_t twice = tr_json_keys_twice(keys, scratch, n);
    if (keys != r->few) tr_arena_rewind(r->arena, mark);
    if (twice == SIZE_MAX) return true;
    return fail(r, key_start(r, twice), TR_E_DUPLICATE, "a key that the object has already");
}

/* A key and its colon. */
static bool read_key(reader *r, tr_bytes *key)
{
    tr_json_lex *lex = &r->lex;
    lex->at = tr_json_skip_space(lex->at, lex->end);
    if (lex->at == lex->end || *lex->at != '"') return fail_unexpected(r, "a key must come here");
    if (!read_string(r, key)) return false;
    lex->at = tr_json_skip_space(lex->at, lex->end);
    if (lex->at == lex->end || *lex->at != ':')
        return fail_unexpected(r, "a colon must come after a key");
    lex->at++;
    return true;
}

/* A value and, in an object, its key before it; hung into the array or object at hand. */
static bool read_member(reader *r)
{
    tr_json_lex *lex = &r->lex;
    tr_bytes key = {NULL, 0};
    level *l = r->depth == 0 ? NULL : &r->levels[r->depth - 1];
    if (l != NULL && l->value->kind == TR_JSON_OBJECT && !read_key(r, &key)) return false;
    lex->at = tr_json_skip_space(lex->at, lex->end);
    if (lex->at == lex->end) return fail_unexpected(r, "");
    tr_json *v = new_node(r);
    if (v == NULL) return false;
    v->key = key;
    if (l == NULL) {
        r->root = v;
    } else {
        *l->tail = v;
        l->tail = &v->next;
        l->value->count++;
    }
    return read_value(r, v);
}

/* After a value: closes what ends here.  Then more says whether another value must come. */
static bool read_ends(reader *r, bool *more)
{
    tr_json_lex *lex = &r->lex;
    while (r->depth != 0) {
        level *l = &r->levels[r->depth - 1];
        bool object = l->value->kind == TR_JSON_OBJECT;
        lex->at = tr_json_skip_space(lex->at, lex->end);
        if (lex->at == lex->end) return fail_unexpected(r, "");
        if (*lex->at == (object ? '}' : ']')) {
            if (object && l->value->count > 1 && !check_keys(r, l->value)) return false;
            lex->at++;
            r->depth--;
        } else if (l->value->count == 0) {
            break; /* just opened: its first value comes */
        } else if (*lex->at == ',') {
            lex->at++;
            break;
        } else {
            return fail(r, lex->at, TR_E_SYNTAX,
                        object ? "a comma or } must come here" : "a comma or ] must come here");
        }
    }
    *more = r->depth != 0;
    return true;
}

static bool read_document(reader *r)
{
    for (bool more = true; more;) {
        if (!read_member(r) || !read_ends(r, &more)) return false;
    }
    r->lex.at = tr_json_skip_space(r->lex.at, r->lex.end);
    if (r->lex.at != r->lex.end)
        return fail(r, r->lex.at, TR_E_TRAILING, "something comes after the document");
    return true;
}

tr_err tr_json_parse(tr_trail *trail, tr_arena *arena, tr_bytes in, const tr_json **out)
{
    *out = NULL;
    if (in.len == 0) in.data = (const uint8_t *)"";
    reader r;
    r.lex = (tr_json_lex){.at = in.data, .end = in.data + in.len};
    r.start = in.data;
    r.arena = arena;
    r.nodes = r.nodes_end = NULL;
    r.depth = 0;
    r.root = NULL;
    tr_arena_mark mark = tr_arena_save(arena);
    if (read_document(&r)) {
        *out = r.root;
        return TR_OK;
    }
    tr_arena_rewind(arena, mark);
    return tr_fail_at(trail, r.lex.err, (uint64_t)(r.lex.at - in.data), "JSON: %s", r.lex.why);
}

const tr_json *tr_json_get(const tr_json *value, const char *key)
{
    if (value == NULL || value->kind != TR_JSON_OBJECT) return NULL;
    tr_bytes name = tr_bytes_str(key);
    TR_JSON_EACH(member, value)
    {
        if (tr_bytes_eq(member->key, name)) return member;
    }
    return NULL;
}

const tr_json *tr_json_at(const tr_json *value, size_t i)
{
    if (value == NULL || value->kind != TR_JSON_ARRAY || i >= value->count) return NULL;
    const tr_json *item = value->first;
    for (; i != 0; i--) item = item->next;
    return item;
}

tr_bytes tr_json_text(const tr_json *value)
{
    return value == NULL || value->kind != TR_JSON_STRING ? (tr_bytes){NULL, 0} : value->text;
}

/* The digits of an integer; any other number is of the wrong type. */
static tr_err magnitude(const tr_json *value, bool *negative, uint64_t *out)
{
    if (value == NULL || value->kind != TR_JSON_NUMBER) return TR_E_TYPE;
    tr_bytes text = value->text;
    bool fits = true;
    size_t i = *negative = text.data[0] == '-';
    for (*out = 0; i < text.len; i++) {
        uint8_t digit = (uint8_t)(text.data[i] - '0');
        if (digit > 9) return TR_E_TYPE;
        if (__builtin_mul_overflow(*out, 10, out) || __builtin_add_overflow(*out, digit, out))
            fits = false;
    }
    return fits ? TR_OK : TR_E_RANGE;
}

tr_err tr_json_u64(const tr_json *value, uint64_t *out)
{
    bool negative;
    uint64_t v;
    TR_TRY(magnitude(value, &negative, &v));
    if (negative && v != 0) return TR_E_RANGE;
    *out = v;
    return TR_OK;
}

tr_err tr_json_i64(const tr_json *value, int64_t *out)
{
    bool negative;
    uint64_t v;
    TR_TRY(magnitude(value, &negative, &v));
    if (v > (uint64_t)INT64_MAX + negative) return TR_E_RANGE;
    *out = negative ? (int64_t)(0 - v) : (int64_t)v;
    return TR_OK;
}
