/* Records as JSON: the strict form of RPC, the lenient form of files, each kind of field. */
#include <stdio.h>

#include "eth/json.h"
#include "harness.h"

typedef struct inner {
    tr_addr address;
    tr_list keys;
} inner;

typedef struct outer {
    uint64_t number;
    uint8_t small;
    bool flag;
    tr_u256 wide;
    uint8_t word[32];
    tr_addr address;
    tr_to to;
    tr_hash hash;
    tr_bytes bytes;
    uint8_t nonce[8];
    uint8_t bloom[256];
    tr_list hashes;
    tr_list inners;
    uint64_t hidden;
} outer;

#define FIELD(type, name_, member_, kind_, of_)                                                    \
    {                                                                                              \
        .json = (name_), .offset = offsetof(type, member_), .kind = (kind_), .of = (of_)           \
    }

static const tr_field inner_fields[] = {
    FIELD(inner, "address", address, TR_FIELD_ADDR, NULL),
    FIELD(inner, "storageKeys", keys, TR_FIELD_HASHES, NULL),
};
static const tr_record inner_record = {"inner", inner_fields, 2, sizeof(inner)};

static const tr_field outer_fields[] = {
    FIELD(outer, "number", number, TR_FIELD_U64, NULL),
    FIELD(outer, "small", small, TR_FIELD_U8, NULL),
    FIELD(outer, "flag", flag, TR_FIELD_BOOL, NULL),
    FIELD(outer, "wide", wide, TR_FIELD_U256, NULL),
    FIELD(outer, "word", word, TR_FIELD_WORD, NULL),
    FIELD(outer, "address", address, TR_FIELD_ADDR, NULL),
    FIELD(outer, "to", to, TR_FIELD_TO, NULL),
    FIELD(outer, "hash", hash, TR_FIELD_HASH, NULL),
    FIELD(outer, "input", bytes, TR_FIELD_BYTES, NULL),
    FIELD(outer, "nonce", nonce, TR_FIELD_FIXED8, NULL),
    FIELD(outer, "logsBloom", bloom, TR_FIELD_BLOOM, NULL),
    FIELD(outer, "hashes", hashes, TR_FIELD_HASHES, NULL),
    FIELD(outer, "inners", inners, TR_FIELD_LIST, &inner_record),
    FIELD(outer, NULL, hidden, TR_FIELD_U64, NULL),
};
enum { FIELDS = TR_COUNTOF(outer_fields) };
static const tr_record outer_record = {"outer", outer_fields, FIELDS, sizeof(outer)};

static tr_err read_text(tr_trail *trail, tr_arena *arena, tr_json_form form, const char *text,
                        outer *out, uint64_t *seen)
{
    const tr_json *json;
    TR_TRY(tr_json_parse(trail, arena, tr_bytes_str(text), &json));
    *out = (outer){.number = 0};
    return tr_record_from_json(trail, arena, form, &outer_record, json, out, seen);
}

/* Reads one member; true when it is taken. */
static bool takes(tr_json_form form, const char *member, const char *value, outer *out)
{
    char text[1024];
    uint64_t seen = 0;
    snprintf(text, sizeof(text), "{\"%s\":%s}", member, value);
    tr_err err = read_text(NULL, tr_test_arena(), form, text, out, &seen);
    TR_CHECK_MSG(err == TR_OK || err == TR_E_JSON_FIELD, "%s: %s", text, tr_err_name(err));
    if (err == TR_OK) TR_CHECK_MSG(seen != 0, "%s was not seen", text);
    return err == TR_OK;
}

TR_TEST(quantities_of_rpc)
{
    outer o;
    static const char *const bad[] = {"\"\"",
                                      "\"0x\"",
                                      "\"0x01\"",
                                      "\"0x00\"",
                                      "\"1\"",
                                      "1",
                                      "\"0xg\"",
                                      "true",
                                      "[]",
                                      "\"x1\"",
                                      "\"0X\"",
                                      "\"0x1 \"",
                                      "\"0x10000000000000000\""};
    for (size_t i = 0; i < TR_COUNTOF(bad); i++)
        TR_CHECK_MSG(!takes(TR_JSON_RPC, "number", bad[i], &o), "%s was taken", bad[i]);
    TR_CHECK(takes(TR_JSON_RPC, "number", "\"0x0\"", &o));
    TR_CHECK_EQ(o.number, 0);
    TR_CHECK(takes(TR_JSON_RPC, "number", "\"0xffffffffffffffff\"", &o));
    TR_CHECK_EQ(o.number, UINT64_MAX);
    TR_CHECK(takes(TR_JSON_RPC, "small", "\"0xff\"", &o));
    TR_CHECK_EQ(o.small, 255);
    TR_CHECK(!takes(TR_JSON_RPC, "small", "\"0x100\"", &o));
    TR_CHECK(takes(TR_JSON_RPC, "wide", "\"0x10000000000000001\"", &o));
    TR_CHECK_EQ(o.wide.w[0], 1);
    TR_CHECK_EQ(o.wide.w[1], 1);
    TR_CHECK(takes(TR_JSON_RPC, "flag", "true", &o) && o.flag);
    TR_CHECK(takes(TR_JSON_RPC, "flag", "\"0x1\"", &o) && o.flag);
    TR_CHECK(!takes(TR_JSON_RPC, "flag", "\"0x2\"", &o));
}

TR_TEST(quantities_of_files)
{
    outer o;
    TR_CHECK(takes(TR_JSON_FILE, "number", "\"0x001f\"", &o));
    TR_CHECK_EQ(o.number, 31);
    TR_CHECK(takes(TR_JSON_FILE, "number", "\"31\"", &o));
    TR_CHECK_EQ(o.number, 31);
    TR_CHECK(takes(TR_JSON_FILE, "number", "31", &o));
    TR_CHECK_EQ(o.number, 31);
    TR_CHECK(takes(TR_JSON_FILE, "number", "\"0x\"", &o));
    TR_CHECK_EQ(o.number, 0);
    TR_CHECK(takes(TR_JSON_FILE, "number", "\"\"", &o));
    TR_CHECK(!takes(TR_JSON_FILE, "number", "\"18446744073709551616\"", &o));
    TR_CHECK(!takes(TR_JSON_FILE, "number", "1.5", &o));
    TR_CHECK(!takes(TR_JSON_FILE, "number", "-1", &o));
}

TR_TEST(data_of_both_forms)
{
    outer o;
    TR_CHECK(takes(TR_JSON_RPC, "input", "\"0x\"", &o));
    TR_CHECK_EQ(o.bytes.len, 0);
    TR_CHECK(takes(TR_JSON_RPC, "input", "\"0x0aFf\"", &o));
    TR_CHECK_BYTES(o.bytes, tr_test_hex("0aff"));
    TR_CHECK(!takes(TR_JSON_RPC, "input", "\"0xaff\"", &o));
    TR_CHECK(!takes(TR_JSON_RPC, "input", "\"0aff\"", &o));
    TR_CHECK(takes(TR_JSON_FILE, "input", "\"0xaff\"", &o));
    TR_CHECK_BYTES(o.bytes, tr_test_hex("0aff"));
    TR_CHECK(takes(TR_JSON_FILE, "input", "\"0aff\"", &o));
    TR_CHECK(takes(TR_JSON_RPC, "data", "\"0x01\"", &o)); /* the other name that RPC has, too */
    TR_CHECK_EQ(o.bytes.len, 1);
    TR_CHECK(takes(TR_JSON_FILE, "hash", "\"0x07\"", &o));
    TR_CHECK_EQ(o.hash.b[31], 7);
    TR_CHECK(!takes(TR_JSON_RPC, "hash", "\"0x07\"", &o));
    TR_CHECK(takes(TR_JSON_FILE, "nonce", "\"0x0\"", &o));
    TR_CHECK(!takes(TR_JSON_FILE, "nonce", "\"0x010203040506070809\"", &o));
    TR_CHECK(takes(TR_JSON_FILE, "bloom", "\"0x00\"", &o));
}

TR_TEST(where_to)
{
    outer o;
    TR_CHECK(takes(TR_JSON_RPC, "to", "\"0x00000000000000000000000000000000000000aa\"", &o));
    TR_CHECK(o.to.some);
    TR_CHECK_EQ(o.to.addr.b[19], 0xaa);
    TR_CHECK(takes(TR_JSON_RPC, "to", "\"\"", &o));
    TR_CHECK(!o.to.some);
    TR_CHECK(!takes(TR_JSON_RPC, "to", "\"0x\"", &o));
    TR_CHECK(takes(TR_JSON_FILE, "to", "\"0x\"", &o) && !o.to.some);
    uint64_t seen = 1;
    TR_CHECK_OK(read_text(NULL, tr_test_arena(), TR_JSON_RPC, "{\"to\":null}", &o, &seen));
    TR_CHECK(!o.to.some && seen == 0);
}

TR_TEST(lists)
{
    outer o;
    uint64_t seen;
    TR_CHECK_OK(
        read_text(NULL, tr_test_arena(), TR_JSON_RPC,
                  "{\"inners\":[{\"address\":\"0x00000000000000000000000000000000000000aa\","
                  "\"storageKeys\":[]}]}",
                  &o, &seen));
    TR_CHECK_EQ(o.inners.count, 1);
    TR_CHECK_EQ(TR_LIST_AT(inner, o.inners, 0)->address.b[19], 0xaa);
    tr_trail trail;
    tr_trail_clear(&trail);
    TR_CHECK_ERR(read_text(&trail, tr_test_arena(), TR_JSON_RPC,
                           "{\"inners\":[{\"storageKeys\":[]}]}", &o, &seen),
                 TR_E_JSON_FIELD);
    TR_CHECK_MSG(strstr(trail.text, "address is missing") != NULL, "%s", trail.text);
    TR_CHECK_ERR(read_text(NULL, tr_test_arena(), TR_JSON_RPC, "{\"inners\":{}}", &o, &seen),
                 TR_E_JSON_FIELD);
    TR_CHECK_ERR(read_text(NULL, tr_test_arena(), TR_JSON_RPC, "{\"hashes\":[1]}", &o, &seen),
                 TR_E_JSON_FIELD);
    TR_CHECK_ERR(read_text(NULL, tr_test_arena(), TR_JSON_RPC, "[]", &o, &seen), TR_E_JSON_FIELD);
}

TR_TEST(errors_name_the_field_and_its_place)
{
    outer o;
    uint64_t seen;
    tr_trail trail;
    tr_trail_clear(&trail);
    TR_CHECK_ERR(
        read_text(&trail, tr_test_arena(), TR_JSON_RPC, "{\"number\":\"0x01\"}", &o, &seen),
        TR_E_JSON_FIELD);
    TR_CHECK_MSG(strstr(trail.text, "outer: number") != NULL, "%s", trail.text);
    TR_CHECK_EQ(trail.offset, 10);
}

static void make_inner(tr_gen *g, inner *in)
{
    tr_gen_fill(g, in->address.b, sizeof(in->address.b));
    size_t n = tr_gen_below(g, 3);
    tr_hash *keys = TR_ARENA_ARRAY(tr_gen_arena(g), tr_hash, n);
    tr_gen_fill(g, keys, n * sizeof(*keys));
    in->keys = (tr_list){keys, n};
}

static void make_outer(tr_gen *g, outer *o)
{
    tr_arena *arena = tr_gen_arena(g);
    *o = (outer){.number = tr_gen_u64(g), .small = (uint8_t)tr_gen_u64(g), .flag = tr_gen_bool(g)};
    for (int i = 0; i < 4; i++) o->wide.w[i] = tr_gen_u64(g);
    tr_gen_fill(g, o->word, sizeof(o->word));
    tr_gen_fill(g, o->address.b, sizeof(o->address.b));
    o->to.some = tr_gen_bool(g);
    if (o->to.some) tr_gen_fill(g, o->to.addr.b, sizeof(o->to.addr.b));
    tr_gen_fill(g, o->hash.b, sizeof(o->hash.b));
    o->bytes = tr_gen_bytes(g, 40);
    tr_gen_fill(g, o->nonce, sizeof(o->nonce));
    tr_gen_fill(g, o->bloom, sizeof(o->bloom));
    size_t n = tr_gen_below(g, 4);
    tr_hash *hashes = TR_ARENA_ARRAY(arena, tr_hash, n);
    tr_gen_fill(g, hashes, n * sizeof(*hashes));
    o->hashes = (tr_list){hashes, n};
    n = tr_gen_below(g, 4);
    inner *inners = TR_ARENA_ARRAY(arena, inner, n);
    for (size_t i = 0; i < n; i++) make_inner(g, &inners[i]);
    o->inners = (tr_list){inners, n};
}

static tr_bytes written(tr_arena *arena, const outer *o)
{
    tr_buf out;
    tr_buf_init(&out, &arena->alloc, SIZE_MAX);
    tr_json_writer w = tr_json_write_to(&out);
    tr_json_begin_object(&w);
    tr_record_to_json(&w, &outer_record, FIELDS, o);
    tr_json_end_object(&w);
    TR_CHECK_OK(tr_buf_err(&out));
    return tr_buf_view(&out);
}

static tr_bytes as_rlp(tr_arena *arena, const outer *o)
{
    tr_buf out;
    tr_buf_init(&out, &arena->alloc, SIZE_MAX);
    tr_record_write(&out, &outer_record, FIELDS, o);
    TR_CHECK_OK(tr_buf_err(&out));
    return tr_buf_view(&out);
}

/* What is written is read again in either form: the same JSON, the same RLP. */
TR_PROP(round_trip)
{
    tr_arena *arena = tr_gen_arena(g);
    outer o, again = {.number = 0};
    make_outer(g, &o);
    tr_bytes text = written(arena, &o);
    const tr_json *json;
    uint64_t seen;
    tr_json_form form = tr_gen_bool(g) ? TR_JSON_RPC : TR_JSON_FILE;
    TR_CHECK_OK(tr_json_parse(NULL, arena, text, &json));
    TR_CHECK_OK(tr_record_from_json(NULL, arena, form, &outer_record, json, &again, &seen));
    TR_CHECK_EQ(seen, o.to.some ? 0x1fff : 0x1fff & ~(1u << 6));
    TR_CHECK_BYTES(written(arena, &again), text);
    TR_CHECK_BYTES(as_rlp(arena, &again), as_rlp(arena, &o));
}

static tr_err read_once(tr_alloc *alloc, void *context)
{
    tr_arena arena;
    outer o;
    uint64_t seen;
    const tr_json *json;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_err err = tr_json_parse(NULL, &arena, tr_bytes_str(context), &json);
    o = (outer){.number = 0};
    if (err == TR_OK)
        err = tr_record_from_json(NULL, &arena, TR_JSON_RPC, &outer_record, json, &o, &seen);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(out_of_memory)
{
    static char text[80000];
    char *at = text + sprintf(text, "{\"input\":\"0x");
    memset(at, '0', 60000); /* longer than the arena's blocks, so that it asks again */
    strcpy(at + 60000, "\",\"hashes\":[],\"inners\":[]}");
    tr_test_out_of_memory(read_once, text);
}
