#include "codec/jsonrpc.h"

#include "codec/json.h"
#include "codec/json_lex.h"

/* Keys of all objects that are open at one time; for more the arena is asked. */
enum { OPEN_KEYS = 48 };

typedef enum member {
    MEMBER_JSONRPC,
    MEMBER_ID,
    MEMBER_METHOD,
    MEMBER_PARAMS,
    MEMBER_OTHER
} member;

typedef struct scanner {
    tr_json_lex lex;
    const uint8_t *start;
    tr_arena *arena;
    unsigned depth;
    size_t open_keys, room; /* how many there are in keys, and can be */
    tr_json_name *keys, own_keys[OPEN_KEYS];
} scanner;

static bool scan_value(scanner *s);

static bool fail(scanner *s, tr_err err, const char *why)
{
    return tr_json_lex_fail(&s->lex, s->lex.at, err, why);
}

static bool fail_unexpected(scanner *s, const char *why)
{
    if (s->lex.at == s->lex.end) return fail(s, TR_E_SHORT, "the document ends too early");
    return fail(s, TR_E_SYNTAX, why);
}

/* Goes past blanks, and says whether something comes after them. */
static inline bool skip_space(scanner *s)
{
    if (TR_LIKELY(s->lex.at != s->lex.end && *s->lex.at > ' ')) return true;
    s->lex.at = tr_json_skip_space(s->lex.at, s->lex.end);
    return s->lex.at != s->lex.end;
}

static inline bool next_is(scanner *s, uint8_t c)
{
    if (!skip_space(s) || *s->lex.at != c) return false;
    s->lex.at++;
    return true;
}

static bool unescape(scanner *s, tr_bytes *text)
{
    uint8_t *to = tr_arena_get(s->arena, text->len, 1);
    if (to == NULL) return fail(s, TR_E_MEMORY, "no memory for a string");
    *text = (tr_bytes){to, tr_json_unescape(*text, to)};
    return true;
}

/* A string that is likely to be long, with at on its opening quote. */
static inline bool scan_long_string(scanner *s, tr_bytes *raw, bool *escaped)
{
    const uint8_t *from = ++s->lex.at;
    *escaped = false;
    if (!tr_json_lex_string_rest(&s->lex, escaped)) return false;
    *raw = (tr_bytes){from, (size_t)(s->lex.at - from) - 1};
    return true;
}

static bool enter(scanner *s)
{
    if (s->depth == TR_JSON_MAX_DEPTH) return fail(s, TR_E_DEPTH, "nested more than 64 deep");
    s->depth++;
    s->lex.at++;
    return true;
}

static bool more_room(scanner *s)
{
    tr_json_name *keys = TR_ARENA_ARRAY(s->arena, tr_json_name, 2 * s->room);
    if (keys == NULL) return fail(s, TR_E_MEMORY, "no memory for keys");
    memcpy(keys, s->keys, s->room * sizeof(*keys));
    s->keys = keys;
    s->room *= 2;
    return true;
}

/* A key and its colon; its text is decoded and remembered. */
static bool scan_key(scanner *s)
{
    bool escaped;
    tr_bytes text;
    if (!skip_space(s) || *s->lex.at != '"') return fail_unexpected(s, "a key must come here");
    size_t offset = (size_t)(s->lex.at - s->start);
    if (!tr_json_lex_text(&s->lex, &text, &escaped)) return false;
    if (escaped && !unescape(s, &text)) return false;
    if (s->open_keys == s->room && !more_room(s)) return false;
    s->keys[s->open_keys++] = (tr_json_name){text, offset};
    if (!next_is(s, ':')) return fail_unexpected(s, "a colon must come after a key");
    return true;
}

/* At the end of an object whose keys begin at first: forgets them, if they all differ. */
static bool close_keys(scanner *s, size_t first)
{
    tr_json_name *scratch = NULL;
    size_t n = s->open_keys - first;
    s->open_keys = first;
    if (n < 2) return true;
    tr_arena_mark mark = tr_arena_save(s->arena);
    if (n > TR_JSON_FEW_KEYS) {
        scratch = TR_ARENA_ARRAY(s->arena, tr_json_name, n);
        if (scratch == NULL) return fail(s, TR_E_MEMORY, "no memory to compare keys");
    }
    size_t twice = tr_json_keys_twice(s->keys + first, scratch, n);
    tr_arena_rewind(s->arena, mark);
    if (twice == SIZE_MAX) return true;
    s->lex.at = s->start + twice;
    return fail(s, TR_E_DUPLICATE, "a key that the object has already");
}

/* After a value: a comma, or the end of its array or object. */
static inline bool scan_more(scanner *s, uint8_t close, bool *more)
{
    if (TR_UNLIKELY(!skip_space(s))) return fail_unexpected(s, "");
    uint8_t c = *s->lex.at;
    if (TR_UNLIKELY(c != ',' && c != close))
        return fail(s, TR_E_SYNTAX, "a comma or the end must come here");
    s->lex.at++;
    *more = c == ',';
    if (!*more) s->depth--;
    return true;
}

/* After an opening bracket: true if its closing one follows at once. */
static inline bool ends_at_once(scanner *s, uint8_t close)
{
    if (!next_is(s, close)) return false;
    s->depth--;
    return true;
}

static bool scan_object(scanner *s)
{
    size_t first = s->open_keys;
    if (!enter(s)) return false;
    bool more = !ends_at_once(s, '}');
    while (more) {
        if (!scan_key(s) || !scan_value(s) || !scan_more(s, '}', &more)) return false;
    }
    return close_keys(s, first);
}

static bool scan_array(scanner *s)
{
    if (!enter(s)) return false;
    bool more = !ends_at_once(s, ']');
    while (more) {
        if (!scan_value(s) || !scan_more(s, ']', &more)) return false;
    }
    return true;
}

/* Any value, checked and passed.  The recursion is at most as deep as the depth allowed. */
static bool scan_value(scanner *s)
{
    tr_bytes raw;
    bool escaped;
    if (!skip_space(s)) return fail_unexpected(s, "");
    switch (*s->lex.at) {
    case '{':
        return scan_object(s);
    case '[':
        return scan_array(s);
    case '"':
        return tr_json_lex_text(&s->lex, &raw, &escaped);
    case 't':
        return tr_json_lex_literal(&s->lex, "true");
    case 'f':
        return tr_json_lex_literal(&s->lex, "false");
    case 'n':
        return tr_json_lex_literal(&s->lex, "null");
    default:
        if (*s->lex.at != '-' && (uint8_t)(*s->lex.at - '0') > 9)
            return fail(s, TR_E_SYNTAX, "no value begins like this");
        return tr_json_lex_number(&s->lex);
    }
}

/* A value and the view of it. */
static bool view_value(scanner *s, tr_bytes *raw)
{
    if (!skip_space(s)) return fail_unexpected(s, "");
    const uint8_t *from = s->lex.at;
    if (!scan_value(s)) return false;
    *raw = (tr_bytes){from, (size_t)(s->lex.at - from)};
    return true;
}

/* An id that is a number of at most 15 digits. */
static inline bool scan_short_id(scanner *s, tr_rpc_call *call)
{
    if (!skip_space(s) || s->lex.end - s->lex.at < 16) return false;
    const uint8_t *p = s->lex.at;
    size_t n = 0;
    if (p[0] < '1' || p[0] > '9') return false;
    while (n < 16 && (uint8_t)(p[n] - '0') < 10) n++;
    if (n == 16 || p[n] == '.' || (p[n] | 0x20) == 'e') return false;
    call->id = (tr_bytes){p, n};
    s->lex.at += n;
    return true;
}

static bool scan_id(scanner *s, tr_rpc_call *call)
{
    tr_bytes raw;
    if (scan_short_id(s, call)) return true;
    if (!view_value(s, &raw)) return false;
    uint8_t c = raw.data[0];
    bool usable = c == '"' || c == 'n' || c == '-' || (uint8_t)(c - '0') < 10;
    if (c == '-' || (uint8_t)(c - '0') < 10) {
        for (size_t i = 1; i < raw.len; i++) usable &= (uint8_t)(raw.data[i] - '0') < 10;
    }
    if (usable) {
        call->id = raw;
    } else {
        call->err = TR_E_RPC_INVALID;
    }
    return true;
}

/* A string as its text, or a view without data for any other value. */
static bool scan_text(scanner *s, tr_bytes *text)
{
    bool escaped;
    *text = (tr_bytes){NULL, 0};
    if (!skip_space(s) || *s->lex.at != '"') return scan_value(s);
    if (!tr_json_lex_text(&s->lex, text, &escaped)) return false;
    return !escaped || unescape(s, text);
}

static bool scan_version(scanner *s, bool *right)
{
    tr_bytes text;
    if (!scan_text(s, &text)) return false;
    *right = tr_bytes_eq(text, TR_LIT("2.0"));
    return true;
}

static bool scan_args(scanner *s, tr_rpc_call *call)
{
    if (!enter(s)) return false;
    bool more = !ends_at_once(s, ']');
    for (size_t i = 1; more; i++) {
        bool escaped = true;
        tr_bytes raw;
        if (!skip_space(s)) return fail_unexpected(s, "");
        bool null = *s->lex.at == 'n';
        if (*s->lex.at != '"') {
            if (!scan_value(s)) return false;
        } else if (!scan_long_string(s, &raw, &escaped)) {
            return false;
        }
        if (!null) call->args = i;
        if (i == 1 && !escaped) call->first = raw;
        if (!scan_more(s, ']', &more)) return false;
    }
    return true;
}

static bool scan_params(scanner *s, tr_rpc_call *call)
{
    if (!skip_space(s)) return fail_unexpected(s, "");
    const uint8_t *from = s->lex.at;
    if (*from == 'n') return scan_value(s);
    if (*from == '[') {
        if (!scan_args(s, call)) return false;
    } else {
        if (!scan_value(s)) return false;
        if (call->err == TR_OK) call->err = TR_E_RPC_PARAMS;
    }
    call->params = (tr_bytes){from, (size_t)(s->lex.at - from)};
    return true;
}

static member member_of(tr_bytes key)
{
    if (tr_bytes_eq(key, TR_LIT("jsonrpc"))) return MEMBER_JSONRPC;
    if (tr_bytes_eq(key, TR_LIT("id"))) return MEMBER_ID;
    if (tr_bytes_eq(key, TR_LIT("method"))) return MEMBER_METHOD;
    if (tr_bytes_eq(key, TR_LIT("params"))) return MEMBER_PARAMS;
    return MEMBER_OTHER;
}

/* A key of a call and its colon.  The four known ones are told by one or two comparisons, in the
 * way they are nearly always written; their duplicates by the bits of seen. */
static inline bool scan_call_key(scanner *s, unsigned *seen, member *which)
{
    (void)skip_space(s);
    const uint8_t *p = s->lex.at;
    size_t len = 0;
    if (TR_LIKELY(s->lex.end - p >= 16)) {
        uint64_t word = tr_load64le(p);
        if (word == tr_load64le("\"jsonrpc") && p[8] == '"') {
            *which = MEMBER_JSONRPC;
            len = 9;
        } else if ((uint32_t)word == tr_load32le("\"id\"")) {
            *which = MEMBER_ID;
            len = 4;
        } else if (word == tr_load64le("\"method\"")) {
            *which = MEMBER_METHOD;
            len = 8;
        } else if (word == tr_load64le("\"params\"")) {
            *which = MEMBER_PARAMS;
            len = 8;
        }
    }
    if (TR_UNLIKELY(len == 0)) {
        if (!scan_key(s)) return false;
        *which = member_of(s->keys[s->open_keys - 1].text);
    } else {
        s->lex.at += len;
        if (!next_is(s, ':')) return fail_unexpected(s, "a colon must come after a key");
    }
    unsigned bit = *which == MEMBER_OTHER ? 0 : 1u << *which;
    if (TR_UNLIKELY((*seen & bit) != 0))
        return tr_json_lex_fail(&s->lex, p, TR_E_DUPLICATE, "a key that the object has already");
    *seen |= bit;
    return true;
}

static bool scan_members(scanner *s, tr_rpc_call *call, unsigned *seen, bool *right_version)
{
    size_t first = s->open_keys;
    if (!enter(s)) return false;
    bool more = !ends_at_once(s, '}'), fine = true;
    while (more) {
        member which;
        if (!scan_call_key(s, seen, &which)) return false;
        switch (which) {
        case MEMBER_JSONRPC:
            fine = scan_version(s, right_version);
            break;
        case MEMBER_ID:
            fine = scan_id(s, call);
            break;
        case MEMBER_METHOD:
            fine = scan_text(s, &call->method);
            break;
        case MEMBER_PARAMS:
            fine = scan_params(s, call);
            break;
        case MEMBER_OTHER:
            fine = scan_value(s);
            break;
        }
        if (!fine || !scan_more(s, '}', &more)) return false;
    }
    return close_keys(s, first);
}

/* One entry: what it is goes to call, what is wrong with it as a request to call->err. */
static bool scan_call(scanner *s, tr_rpc_call *call)
{
    *call = (tr_rpc_call){.id = TR_LIT("null")};
    if (!skip_space(s)) return fail_unexpected(s, "");
    if (*s->lex.at != '{') {
        call->err = TR_E_RPC_INVALID;
        return scan_value(s);
    }
    unsigned seen = 0;
    bool right_version = false;
    if (!scan_members(s, call, &seen, &right_version)) return false;
    if (!right_version || call->method.len == 0) call->err = TR_E_RPC_INVALID;
    call->notification = call->err != TR_E_RPC_INVALID && (seen & 1u << MEMBER_ID) == 0;
    return true;
}

static bool scan_batch(scanner *s, tr_rpc_call *calls, size_t max, tr_rpc_body *body)
{
    tr_rpc_call beyond;
    body->batch = true;
    if (!enter(s)) return false;
    bool more = !ends_at_once(s, ']');
    while (more) {
        if (!scan_call(s, body->count < max ? &calls[body->count] : &beyond)) return false;
        body->count++;
        if (!scan_more(s, ']', &more)) return false;
    }
    return true;
}

static bool scan_body(scanner *s, tr_rpc_call *calls, size_t max, tr_rpc_body *body)
{
    if (!skip_space(s)) return fail_unexpected(s, "");
    if (*s->lex.at == '[') {
        if (!scan_batch(s, calls, max, body)) return false;
    } else {
        tr_rpc_call beyond;
        body->count = 1;
        if (!scan_call(s, max == 0 ? &beyond : calls)) return false;
    }
    if (skip_space(s)) return fail(s, TR_E_TRAILING, "something comes after the document");
    return true;
}

tr_err tr_jsonrpc_scan(tr_trail *trail, tr_arena *arena, tr_bytes in, tr_rpc_call *calls,
                       size_t max, tr_rpc_body *body)
{
    if (in.len == 0) in.data = (const uint8_t *)"";
    scanner s;
    s.lex = (tr_json_lex){.at = in.data, .end = in.data + in.len};
    s.start = in.data;
    s.arena = arena;
    s.keys = s.own_keys;
    s.room = OPEN_KEYS;
    s.depth = 0;
    s.open_keys = 0;
    *body = (tr_rpc_body){false, 0};
    if (!scan_body(&s, calls, max, body))
        return tr_fail_at(trail, s.lex.err, (uint64_t)(s.lex.at - in.data), "JSON: %s", s.lex.why);
    if (body->batch && body->count == 0)
        return tr_fail(trail, TR_E_RPC_EMPTY, "JSON-RPC: the batch is empty");
    if (body->count > max)
        return tr_fail(trail, TR_E_RPC_BATCH, "JSON-RPC: %zu calls in a batch, at most %zu allowed",
                       body->count, max);
    return TR_OK;
}
