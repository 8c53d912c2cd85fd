#include "codec/eip712.h"

#include "codec/abi_json.h"
#include "codec/hex.h"
#include "hash/keccak.h"

enum { MAX_DIMENSIONS = 16, ANY_COUNT = UINT32_MAX };

typedef struct record record;

/* A member of a struct, its type resolved: either plain or of is set. */
typedef struct member {
    tr_bytes name, type;
    const tr_abi_type *plain;
    record *of;
    const uint32_t *counts; /* of each [], outermost first */
    size_t dimensions;
} member;

struct record {
    tr_bytes name;
    size_t offset; /* in the document */
    member *members;
    size_t count;
    bool hashed, marked;
    tr_hash hash; /* of encodeType */
};

typedef struct context {
    tr_trail *trail;
    tr_arena *arena;
    record *records;
    size_t count;
} context;

static tr_err fail(context *c, size_t offset, const char *what, tr_bytes name)
{
    return tr_fail_at(c->trail, TR_E_TYPED_DATA, offset, "typed data: %s \"%.*s\"", what,
                      (int)TR_MIN(name.len, 80), (const char *)name.data);
}

static tr_err no_memory(context *c)
{
    return tr_fail(c->trail, TR_E_MEMORY, "typed data: out of memory");
}

static bool is_name(tr_bytes name)
{
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i];
        bool letter = ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c == '$';
        if (!letter && (i == 0 || c < '0' || c > '9')) return false;
    }
    return name.len != 0;
}

static record *find_record(context *c, tr_bytes name)
{
    for (size_t i = 0; i < c->count; i++)
        if (tr_bytes_eq(c->records[i].name, name)) return &c->records[i];
    return NULL;
}

/* Reads the [] after a type's name into m, outermost first, which is last in the text. */
static bool read_dimensions(context *c, tr_bytes text, member *m, tr_err *err)
{
    uint32_t counts[MAX_DIMENSIONS];
    size_t n = 0, i = 0;
    while (i < text.len) {
        if (text.data[i++] != '[' || n == MAX_DIMENSIONS) return false;
        uint64_t count = 0;
        size_t from = i;
        while (i < text.len && text.data[i] >= '0' && text.data[i] <= '9' && i - from < 9)
            count = count * 10 + (uint64_t)(text.data[i++] - '0');
        if (i == text.len || text.data[i] != ']' || (i - from > 1 && text.data[from] == '0'))
            return false;
        counts[n++] = i++ == from ? ANY_COUNT : (uint32_t)count;
    }
    uint32_t *kept = TR_ARENA_ARRAY(c->arena, uint32_t, n);
    if (kept == NULL) {
        *err = no_memory(c);
        return false;
    }
    for (size_t k = 0; k < n; k++) kept[k] = counts[n - 1 - k];
    m->counts = kept;
    m->dimensions = n;
    return true;
}

static tr_err resolve(context *c, member *m, size_t offset)
{
    size_t len = 0;
    while (len < m->type.len && m->type.data[len] != '[') len++;
    tr_bytes base = tr_bytes_cut(m->type, 0, len);
    tr_err err = TR_E_TYPED_DATA;
    if (!is_name(base) || !read_dimensions(c, tr_bytes_cut(m->type, len, SIZE_MAX), m, &err))
        return err == TR_E_MEMORY ? err : fail(c, offset, "not a type:", m->type);
    m->of = find_record(c, base);
    if (m->of != NULL) return TR_OK;
    err = tr_abi_parse_type(NULL, c->arena, base, &m->plain);
    if (err == TR_E_MEMORY) return no_memory(c);
    bool known = err == TR_OK && m->plain->kind != TR_ABI_FIXED &&
                 m->plain->kind != TR_ABI_UFIXED && m->plain->kind != TR_ABI_FUNCTION;
    return known ? TR_OK : fail(c, offset, "unknown type", m->type);
}

static tr_err read_members(context *c, record *r, const tr_json *list)
{
    if (list->kind != TR_JSON_ARRAY) return fail(c, list->offset, "no list of members:", r->name);
    if (list->count > TR_EIP712_MAX_MEMBERS)
        return tr_fail_at(c->trail, TR_E_LIMIT, list->offset, "typed data: too many members");
    r->members = TR_ARENA_ARRAY(c->arena, member, list->count);
    if (r->members == NULL) return no_memory(c);
    TR_JSON_EACH(item, list)
    {
        member *m = &r->members[r->count];
        *m = (member){.name = tr_json_text(tr_json_get(item, "name")),
                      .type = tr_json_text(tr_json_get(item, "type"))};
        if (!is_name(m->name)) return fail(c, item->offset, "a member without a name in", r->name);
        for (size_t i = 0; i < r->count; i++)
            if (tr_bytes_eq(r->members[i].name, m->name))
                return fail(c, item->offset, "two members are named", m->name);
        TR_TRY(resolve(c, m, item->offset));
        r->count++;
    }
    return TR_OK;
}

/* The members that a domain may have, in their order. */
static const struct {
    const char *name, *type;
} domain_members[] = {{"name", "string"},
                      {"version", "string"},
                      {"chainId", "uint256"},
                      {"verifyingContract", "address"},
                      {"salt", "bytes32"}};

static tr_err make_domain(context *c, const tr_json *domain)
{
    record *r = &c->records[c->count];
    *r = (record){.name = TR_LIT("EIP712Domain")};
    r->members = TR_ARENA_ARRAY(c->arena, member, TR_COUNTOF(domain_members));
    if (r->members == NULL) return no_memory(c);
    for (size_t i = 0; i < TR_COUNTOF(domain_members); i++) {
        if (tr_json_get(domain, domain_members[i].name) == NULL) continue;
        member *m = &r->members[r->count++];
        *m = (member){.name = tr_bytes_str(domain_members[i].name),
                      .type = tr_bytes_str(domain_members[i].type)};
        TR_TRY(resolve(c, m, 0));
    }
    c->count++;
    return TR_OK;
}

/* Reads all structs: first the names, so that members can mean any of them. */
static tr_err read_types(context *c, const tr_eip712 *data)
{
    const tr_json *types = data->types;
    if (types->count > TR_EIP712_MAX_STRUCTS)
        return tr_fail_at(c->trail, TR_E_LIMIT, types->offset, "typed data: too many structs");
    c->records = TR_ARENA_ARRAY(c->arena, record, types->count + 1);
    if (c->records == NULL) return no_memory(c);
    TR_JSON_EACH(list, types)
    {
        const tr_abi_type *plain;
        tr_arena_mark mark = tr_arena_save(c->arena);
        tr_err taken = tr_abi_parse_type(NULL, c->arena, list->key, &plain);
        tr_arena_rewind(c->arena, mark);
        if (taken == TR_E_MEMORY) return no_memory(c);
        if (taken == TR_OK || !is_name(list->key))
            return fail(c, list->offset, "no name for a struct:", list->key);
        c->records[c->count++] = (record){.name = list->key, .offset = list->offset};
    }
    size_t i = 0;
    TR_JSON_EACH(list, types)
    {
        TR_TRY(read_members(c, &c->records[i], list));
        i++;
    }
    return find_record(c, TR_LIT("EIP712Domain")) != NULL ? TR_OK : make_domain(c, data->domain);
}

static void mark_used(record *r, size_t *count)
{
    if (r->marked) return;
    r->marked = true;
    ++*count;
    for (size_t i = 0; i < r->count; i++)
        if (r->members[i].of != NULL) mark_used(r->members[i].of, count);
}

/* Where text and words go: to a hash, or to a buffer. */
typedef struct sink {
    tr_sponge sponge;
    tr_buf *out;
} sink;

static sink hash_sink(void)
{
    sink s = {.out = NULL};
    tr_keccak256_init(&s.sponge);
    return s;
}

static void put(sink *s, tr_bytes bytes)
{
    if (s->out != NULL)
        tr_buf_put(s->out, bytes);
    else
        tr_sponge_update(&s->sponge, bytes);
}

static void put_record(sink *s, const record *r)
{
    put(s, r->name);
    put(s, TR_LIT("("));
    for (size_t i = 0; i < r->count; i++) {
        if (i != 0) put(s, TR_LIT(","));
        put(s, r->members[i].type);
        put(s, TR_LIT(" "));
        put(s, r->members[i].name);
    }
    put(s, TR_LIT(")"));
}

/* The struct itself, then all that it uses in the order of their names. */
static void put_type(context *c, record *r, sink *s)
{
    size_t left = 0;
    for (size_t i = 0; i < c->count; i++) c->records[i].marked = false;
    mark_used(r, &left);
    put_record(s, r);
    r->marked = false;
    while (--left != 0) {
        record *least = NULL;
        for (size_t i = 0; i < c->count; i++) {
            record *other = &c->records[i];
            if (other->marked && (least == NULL || tr_bytes_cmp(other->name, least->name) < 0))
                least = other;
        }
        TR_ASSERT(least != NULL); /* left counts the marked ones */
        put_record(s, least);
        least->marked = false;
    }
}

static const tr_hash *type_hash(context *c, record *r)
{
    if (!r->hashed) {
        sink s = hash_sink();
        put_type(c, r, &s);
        r->hash = tr_keccak256_final(&s.sponge);
        r->hashed = true;
    }
    return &r->hash;
}

static tr_err encode_struct(context *c, record *r, const tr_json *json, sink *s);

static tr_err encode_leaf(context *c, const member *m, const tr_json *json, tr_hash *word)
{
    if (m->of != NULL) {
        sink inner = hash_sink();
        TR_TRY(encode_struct(c, m->of, json, &inner));
        *word = tr_keccak256_final(&inner.sponge);
        return TR_OK;
    }
    if (tr_abi_is_word(m->plain)) return tr_abi_word_from_json(c->trail, m->plain, json, word->b);
    tr_arena_mark mark = tr_arena_save(c->arena);
    tr_abi_value value;
    TR_TRY(tr_abi_from_json(c->trail, c->arena, m->plain, json, &value));
    *word = tr_keccak256(tr_bytes_of(value.data, value.count));
    tr_arena_rewind(c->arena, mark);
    return TR_OK;
}

/* A member's word; dimension counts the [] that are open. */
static tr_err encode_value(context *c, const member *m, size_t dimension, const tr_json *json,
                           tr_hash *word)
{
    if (dimension == m->dimensions) return encode_leaf(c, m, json, word);
    if (json->kind != TR_JSON_ARRAY)
        return fail(c, json->offset, "an array is needed for", m->name);
    uint32_t count = m->counts[dimension];
    if (count != ANY_COUNT && json->count != count)
        return fail(c, json->offset, "the wrong number of elements in", m->name);
    tr_sponge sponge;
    tr_keccak256_init(&sponge);
    TR_JSON_EACH(item, json)
    {
        TR_TRY(encode_value(c, m, dimension + 1, item, word));
        tr_sponge_update(&sponge, TR_VIEW(word->b));
    }
    *word = tr_keccak256_final(&sponge);
    return TR_OK;
}

static tr_err encode_struct(context *c, record *r, const tr_json *json, sink *s)
{
    if (json->kind != TR_JSON_OBJECT) return fail(c, json->offset, "not a value of", r->name);
    put(s, TR_VIEW(type_hash(c, r)->b));
    const tr_json *next = json->first; /* members are mostly in the order of their type */
    for (size_t i = 0; i < r->count; i++) {
        const member *m = &r->members[i];
        const tr_json *value = next;
        if (value == NULL || !tr_bytes_eq(value->key, m->name)) {
            value = json->first;
            while (value != NULL && !tr_bytes_eq(value->key, m->name)) value = value->next;
        }
        if (value == NULL) return fail(c, json->offset, "there is no value for", m->name);
        next = value->next;
        tr_hash word;
        TR_TRY(encode_value(c, m, 0, value, &word));
        put(s, TR_VIEW(word.b));
    }
    if (json->count != r->count)
        return fail(c, json->offset, "more values than members in a", r->name);
    return TR_OK;
}

static tr_err hash_struct(context *c, tr_bytes name, const tr_json *json, tr_hash *out)
{
    record *r = find_record(c, name);
    if (r == NULL) return fail(c, json->offset, "there is no struct", name);
    sink s = hash_sink();
    TR_TRY(encode_struct(c, r, json, &s));
    *out = tr_keccak256_final(&s.sponge);
    return TR_OK;
}

tr_err tr_eip712_open(tr_trail *trail, const tr_json *document, tr_eip712 *out)
{
    *out = (tr_eip712){
        .types = tr_json_get(document, "types"),
        .primary = tr_json_text(tr_json_get(document, "primaryType")),
        .domain = tr_json_get(document, "domain"),
        .message = tr_json_get(document, "message"),
    };
    context c = {.trail = trail};
    const tr_json *objects[] = {out->types, out->domain, out->message};
    static const char *const names[] = {"types", "domain", "message"};
    for (size_t i = 0; i < TR_COUNTOF(objects); i++)
        if (objects[i] == NULL || objects[i]->kind != TR_JSON_OBJECT)
            return fail(&c, document->offset, "there is no object", tr_bytes_str(names[i]));
    if (out->primary.data == NULL)
        return fail(&c, document->offset, "there is no text", TR_LIT("primaryType"));
    return TR_OK;
}

tr_err tr_eip712_hash(tr_trail *trail, tr_arena *arena, const tr_eip712 *data,
                      tr_eip712_hashes *out)
{
    context c = {.trail = trail, .arena = arena};
    TR_TRY(read_types(&c, data));
    /* Wallets differ on what a signature over the domain alone covers, so there is none. */
    if (tr_bytes_eq(data->primary, TR_LIT("EIP712Domain")))
        return fail(&c, data->message->offset, "no message can be a", data->primary);
    TR_TRY(hash_struct(&c, TR_LIT("EIP712Domain"), data->domain, &out->domain));
    TR_TRY(hash_struct(&c, data->primary, data->message, &out->message));
    uint8_t text[2 + 32 + 32] = {0x19, 0x01};
    memcpy(text + 2, out->domain.b, 32);
    memcpy(text + 34, out->message.b, 32);
    out->digest = tr_keccak256(TR_VIEW(text));
    return TR_OK;
}

tr_err tr_eip712_encode_type(tr_trail *trail, tr_arena *arena, const tr_eip712 *data, tr_bytes name,
                             tr_buf *out)
{
    context c = {.trail = trail, .arena = arena};
    TR_TRY(read_types(&c, data));
    record *r = find_record(&c, name);
    if (r == NULL) return fail(&c, data->types->offset, "there is no struct", name);
    sink s = {.out = out};
    put_type(&c, r, &s);
    return tr_buf_err(out) == TR_OK ? TR_OK : no_memory(&c);
}

tr_err tr_eip712_encode_data(tr_trail *trail, tr_arena *arena, const tr_eip712 *data, tr_buf *out)
{
    context c = {.trail = trail, .arena = arena};
    TR_TRY(read_types(&c, data));
    record *r = find_record(&c, data->primary);
    if (r == NULL) return fail(&c, data->types->offset, "there is no struct", data->primary);
    sink s = {.out = out};
    TR_TRY(encode_struct(&c, r, data->message, &s));
    return tr_buf_err(out) == TR_OK ? TR_OK : no_memory(&c);
}
