#include "codec/json.h"

#include "harness.h"

static tr_err parse(const char *text, const tr_json **out)
{
    return tr_json_parse(NULL, tr_test_arena(), tr_bytes_str(text), out);
}

static const tr_json *parsed(const char *text)
{
    const tr_json *v;
    TR_CHECK_OK(parse(text, &v));
    return v;
}

typedef struct bad {
    const char *text;
    tr_err code;
    uint64_t offset;
} bad;

static void check_bad(const bad *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const tr_json *v;
        tr_trail trail;
        tr_trail_clear(&trail);
        tr_err err = tr_json_parse(&trail, tr_test_arena(), tr_bytes_str(rows[i].text), &v);
        TR_CHECK_MSG(err == rows[i].code && trail.offset == rows[i].offset && v == NULL,
                     "%s: %s at %llu, expected %s at %llu", rows[i].text, tr_err_name(err),
                     (unsigned long long)trail.offset, tr_err_name(rows[i].code),
                     (unsigned long long)rows[i].offset);
    }
}

TR_TEST(structure_errors_and_where_they_lie)
{
    static const bad rows[] = {
        {"", TR_E_SHORT, 0},
        {" \t\r\n", TR_E_SHORT, 4},
        {"[", TR_E_SHORT, 1},
        {"{", TR_E_SHORT, 1},
        {"[1", TR_E_SHORT, 2},
        {"[1,", TR_E_SHORT, 3},
        {"{\"a\"", TR_E_SHORT, 4},
        {"{\"a\":", TR_E_SHORT, 5},
        {"{\"a\":1", TR_E_SHORT, 6},
        {"{\"a\":1,", TR_E_SHORT, 7},
        {"[,]", TR_E_SYNTAX, 1},
        {"[1,]", TR_E_SYNTAX, 3},
        {"[1,,2]", TR_E_SYNTAX, 3},
        {"[1 2]", TR_E_SYNTAX, 3},
        {"[1:2]", TR_E_SYNTAX, 2},
        {"[1}", TR_E_SYNTAX, 2},
        {"{\"a\":1]", TR_E_SYNTAX, 6},
        {"{]", TR_E_SYNTAX, 1},
        {"[}", TR_E_SYNTAX, 1},
        {"]", TR_E_SYNTAX, 0},
        {"}", TR_E_SYNTAX, 0},
        {",", TR_E_SYNTAX, 0},
        {":", TR_E_SYNTAX, 0},
        {"{1:1}", TR_E_SYNTAX, 1},
        {"{a:1}", TR_E_SYNTAX, 1},
        {"{'a':1}", TR_E_SYNTAX, 1},
        {"{\"a\" 1}", TR_E_SYNTAX, 5},
        {"{\"a\",1}", TR_E_SYNTAX, 4},
        {"{\"a\"::1}", TR_E_SYNTAX, 5},
        {"{\"a\":}", TR_E_SYNTAX, 5},
        {"{\"a\"}", TR_E_SYNTAX, 4},
        {"{,}", TR_E_SYNTAX, 1},
        {"{\"a\":1,}", TR_E_SYNTAX, 7},
        {"{null:1}", TR_E_SYNTAX, 1},
        {"1 2", TR_E_TRAILING, 2},
        {"[]]", TR_E_TRAILING, 2},
        {"{}}", TR_E_TRAILING, 2},
        {"[] x", TR_E_TRAILING, 3},
        {"\"a\"b", TR_E_TRAILING, 3},
        {"null,", TR_E_TRAILING, 4},
        {"[1]//a", TR_E_TRAILING, 3},
        {"/*a*/1", TR_E_SYNTAX, 0},
        {"[1,/*a*/2]", TR_E_SYNTAX, 3},
        {"\xef\xbb\xbf[]", TR_E_SYNTAX, 0},
        {"[\x0c]", TR_E_SYNTAX, 1},
        {"[\xc2\xa0]", TR_E_SYNTAX, 1},
        {"\v1", TR_E_SYNTAX, 0},
    };
    check_bad(rows, TR_COUNTOF(rows));
}

TR_TEST(word_errors)
{
    static const bad rows[] = {
        {"n", TR_E_SHORT, 1},          {"nul", TR_E_SHORT, 3},        {"nulL", TR_E_SYNTAX, 3},
        {"Null", TR_E_SYNTAX, 0},      {"TRUE", TR_E_SYNTAX, 0},      {"tru", TR_E_SHORT, 3},
        {"truth", TR_E_SYNTAX, 3},     {"fals", TR_E_SHORT, 4},       {"falsy", TR_E_SYNTAX, 4},
        {"truex", TR_E_TRAILING, 4},   {"NaN", TR_E_SYNTAX, 0},       {"Infinity", TR_E_SYNTAX, 0},
        {"-Infinity", TR_E_SYNTAX, 1}, {"undefined", TR_E_SYNTAX, 0}, {"nu\"l", TR_E_SYNTAX, 2},
    };
    check_bad(rows, TR_COUNTOF(rows));
}

TR_TEST(number_errors)
{
    static const bad rows[] = {
        {"-", TR_E_SHORT, 1},        {"+1", TR_E_SYNTAX, 0},           {".5", TR_E_SYNTAX, 0},
        {"1.", TR_E_SHORT, 2},       {"[1.]", TR_E_SYNTAX, 3},         {"-.5", TR_E_SYNTAX, 1},
        {"01", TR_E_TRAILING, 1},    {"[00]", TR_E_SYNTAX, 2},         {"-01", TR_E_TRAILING, 2},
        {"1e", TR_E_SHORT, 2},       {"1e+", TR_E_SHORT, 3},           {"[1e]", TR_E_SYNTAX, 3},
        {"[1e-]", TR_E_SYNTAX, 4},   {"1.e1", TR_E_SYNTAX, 2},         {"0x10", TR_E_TRAILING, 1},
        {"1_000", TR_E_TRAILING, 1}, {"1.2.3", TR_E_TRAILING, 3},      {"1e2e3", TR_E_TRAILING, 3},
        {"--1", TR_E_SYNTAX, 1},     {"- 1", TR_E_SYNTAX, 1},          {"[1 .5]", TR_E_SYNTAX, 3},
        {"1e1.5", TR_E_TRAILING, 3}, {"\xef\xbc\x91", TR_E_SYNTAX, 0},
    };
    check_bad(rows, TR_COUNTOF(rows));
}

TR_TEST(string_errors)
{
    static const bad rows[] = {
        {"\"", TR_E_SHORT, 1},
        {"\"a", TR_E_SHORT, 2},
        {"\"a\\", TR_E_SHORT, 3},
        {"\"a\\\"", TR_E_SHORT, 4},
        {"\"\\u12", TR_E_SHORT, 5},
        {"\"\\x41\"", TR_E_SYNTAX, 1},
        {"\"\\'\"", TR_E_SYNTAX, 1},
        {"\"\\u\"12345", TR_E_SYNTAX, 1},
        {"\"\\u12g4\"", TR_E_SYNTAX, 1},
        {"\"\\U0041\"", TR_E_SYNTAX, 1},
        {"\"\\u 041\"", TR_E_SYNTAX, 1},
        {"\"ab\ncd\"", TR_E_SYNTAX, 3},
        {"\"ab\tcd\"", TR_E_SYNTAX, 3},
        {"\"abcdefgh\x1f\"", TR_E_SYNTAX, 9},
        {"\"\\\n\"", TR_E_SYNTAX, 1},
        {"\"\\ud800\"", TR_E_SYNTAX, 1},
        {"\"\\udc00\"", TR_E_SYNTAX, 1},
        {"\"\\ud800x\"", TR_E_SYNTAX, 1},
        {"\"\\ud800\\n\"", TR_E_SYNTAX, 1},
        {"\"\\ud800\\u0041\"", TR_E_SYNTAX, 1},
        {"\"\\ud800\\ud800\"", TR_E_SYNTAX, 1},
        {"\"\\ud83d\\ude0\"", TR_E_SYNTAX, 1},
        {"\"\\udc00\\ud800\"", TR_E_SYNTAX, 1},
        {"\"\\ud800\\ue000\"", TR_E_SYNTAX, 1},
        {"\"\\ud800\\udbff\"", TR_E_SYNTAX, 1},
        {"\"\\udfff\\udc00\"", TR_E_SYNTAX, 1},
        {"'a'", TR_E_SYNTAX, 0},
        {"\"\x80\"", TR_E_SYNTAX, 1},
        {"\"\xc3\"", TR_E_SYNTAX, 1},
        {"\"\xc3", TR_E_SYNTAX, 1},
        {"\"\xc0\x80\"", TR_E_SYNTAX, 1},
        {"\"\xc1\xbf\"", TR_E_SYNTAX, 1},
        {"\"\xe0\x9f\xbf\"", TR_E_SYNTAX, 1},
        {"\"\xed\xa0\x80\"", TR_E_SYNTAX, 1},
        {"\"\xed\xbf\xbf\"", TR_E_SYNTAX, 1},
        {"\"\xe2\x82\"", TR_E_SYNTAX, 1},
        {"\"\xf0\x8f\xbf\xbf\"", TR_E_SYNTAX, 1},
        {"\"\xf4\x90\x80\x80\"", TR_E_SYNTAX, 1},
        {"\"\xf5\x80\x80\x80\"", TR_E_SYNTAX, 1},
        {"\"\xf0\x9f\x98\"", TR_E_SYNTAX, 1},
        {"\"\xff\"", TR_E_SYNTAX, 1},
        {"\"12345678\xf0\x9f\x98\x80\xfe\"", TR_E_SYNTAX, 13},
    };
    check_bad(rows, TR_COUNTOF(rows));
}

TR_TEST(duplicate_keys_and_where_they_lie)
{
    static const bad rows[] = {
        {"{\"a\":1,\"a\":2}", TR_E_DUPLICATE, 7},
        {"{\"\":1,\"\":2}", TR_E_DUPLICATE, 6},
        {"{\"b\":1, \"a\":2 , \"b\" : [3]}", TR_E_DUPLICATE, 16},
        {"{\"a\":1,\"\\u0061\":2}", TR_E_DUPLICATE, 7},
        {"{\"\\\\\\\"\":1,\"\\\\\\\"\" :2}", TR_E_DUPLICATE, 10},
        {"[{\"x\":{\"y\":1,\"y\":1}}]", TR_E_DUPLICATE, 13},
        {"{\"i\":1,\"h\":2,\"g\":3,\"f\":4,\"e\":5,\"d\":6,\"c\":7,\"b\":8,\"a\":9,\"e\":0}",
         TR_E_DUPLICATE, 55},
    };
    check_bad(rows, TR_COUNTOF(rows));
    /* Equal keys at different places are fine. */
    TR_CHECK_EQ(parsed("{\"a\":{\"a\":{\"a\":1}},\"A\":1,\"a \":2}")->count, 3);
    TR_CHECK_EQ(parsed("[{\"a\":1},{\"a\":1}]")->count, 2);
}

/* An object of n members in an order that is not sorted; the last key equals that of `twice`. */
static tr_bytes large_object(tr_buf *buf, uint64_t n, uint64_t twice)
{
    tr_json_writer w = tr_json_write_to(buf);
    tr_json_begin_object(&w);
    for (uint64_t i = 0; i <= n; i++) {
        uint8_t key[24];
        uint64_t number = i == n ? twice : i * 7919 % n;
        tr_buf text;
        tr_buf_init_fixed(&text, key, sizeof(key));
        tr_buf_printf(&text, "k%llu", (unsigned long long)number);
        tr_json_key_bytes(&w, tr_buf_view(&text));
        tr_json_put_u64(&w, i);
    }
    tr_json_end_object(&w);
    TR_CHECK_OK(tr_buf_err(buf));
    return tr_buf_view(buf);
}

TR_TEST(keys_of_large_objects_are_compared)
{
    enum { MEMBERS = 100000 };
    tr_buf buf;
    tr_buf_init(&buf, &tr_test_arena()->alloc, SIZE_MAX);
    const tr_json *v;
    tr_bytes fine = large_object(&buf, MEMBERS, MEMBERS);
    TR_CHECK_OK(tr_json_parse(NULL, tr_test_arena(), fine, &v));
    TR_CHECK_EQ(v->count, MEMBERS + 1);
    TR_CHECK_EQ(v->first->next->offset, 16);
    tr_buf_clear(&buf);
    tr_trail trail;
    tr_bytes twice = large_object(&buf, MEMBERS, 5 * 7919);
    TR_CHECK_ERR(tr_json_parse(&trail, tr_test_arena(), twice, &v), TR_E_DUPLICATE);
    TR_CHECK_EQ(trail.offset, twice.len - sizeof("\"k39595\":100000"));
    /* The first and the last in the order of sorting, too. */
    static const uint64_t ends[] = {0, 99999};
    for (size_t i = 0; i < TR_COUNTOF(ends); i++) {
        tr_buf_clear(&buf);
        twice = large_object(&buf, MEMBERS, ends[i]);
        TR_CHECK_ERR(tr_json_parse(NULL, tr_test_arena(), twice, &v), TR_E_DUPLICATE);
    }
}

TR_TEST(depth_is_bounded)
{
    uint8_t text[200];
    const tr_json *v;
    tr_trail trail;
    memset(text, '[', 64);
    memset(text + 64, ']', 64);
    TR_CHECK_OK(tr_json_parse(NULL, tr_test_arena(), (tr_bytes){text, 128}, &v));
    memset(text, '[', 65);
    memset(text + 65, ']', 65);
    TR_CHECK_ERR(tr_json_parse(&trail, tr_test_arena(), (tr_bytes){text, 130}, &v), TR_E_DEPTH);
    TR_CHECK_EQ(trail.offset, 64);
    for (size_t i = 0; i < 195; i += 5) memcpy(text + i, "{\"\":[", 5);
    TR_CHECK_ERR(tr_json_parse(&trail, tr_test_arena(), (tr_bytes){text, 195}, &v), TR_E_DEPTH);
    TR_CHECK_EQ(trail.offset, 32 * 5);
}

TR_TEST(tree_of_a_document)
{
    const tr_json *v = parsed(
        " { \"a\" : [ 1 , -2.5e+3 , true , false , null ] ,\n\t\"b\":{},\"c\":[],\"\":\"x\" } ");
    TR_CHECK_EQ(v->kind, TR_JSON_OBJECT);
    TR_CHECK_EQ(v->offset, 1);
    TR_CHECK_EQ(v->count, 4);
    const tr_json *a = tr_json_get(v, "a");
    TR_CHECK_EQ(a->kind, TR_JSON_ARRAY);
    TR_CHECK_EQ(a->count, 5);
    TR_CHECK_EQ(a->offset, 9);
    TR_CHECK_BYTES(a->key, TR_LIT("a"));
    TR_CHECK_BYTES(tr_json_at(a, 1)->text, TR_LIT("-2.5e+3"));
    TR_CHECK(tr_json_at(a, 2)->kind == TR_JSON_BOOL && tr_json_at(a, 2)->truth);
    TR_CHECK(tr_json_at(a, 3)->kind == TR_JSON_BOOL && !tr_json_at(a, 3)->truth);
    TR_CHECK_EQ(tr_json_at(a, 4)->kind, TR_JSON_NULL);
    TR_CHECK(tr_json_at(a, 5) == NULL && tr_json_at(v, 0) == NULL && tr_json_at(NULL, 0) == NULL);
    TR_CHECK(tr_json_get(v, "d") == NULL && tr_json_get(a, "a") == NULL);
    TR_CHECK(tr_json_get(tr_json_get(v, "none"), "a") == NULL);
    TR_CHECK(tr_json_get(v, "b")->first == NULL && tr_json_get(v, "c")->count == 0);
    TR_CHECK_BYTES(tr_json_text(tr_json_get(v, "")), TR_LIT("x"));
    TR_CHECK(tr_json_text(a).data == NULL && tr_json_text(NULL).data == NULL);
    size_t n = 0;
    TR_JSON_EACH(item, a) n++;
    TR_JSON_EACH(item, (const tr_json *)NULL) n++;
    TR_CHECK_EQ(n, 5);
}

TR_TEST(strings_are_decoded)
{
    static const char in[] =
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u20AC\\uD83D\\ude00\\u0000\\uffff\x7f"
        "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf\"";
    static const char out[] =
        "\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\0\xef\xbf\xbf\x7f"
        "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf";
    TR_CHECK_BYTES(parsed(in)->text, tr_bytes_of(out, sizeof(out) - 1));
    /* Without an escape it is a view of the input. */
    static const char plain[] = "[\"\xc3\xa9t\xc3\xa9 abcdefghijklm\"]";
    const tr_json *v = parsed(plain);
    TR_CHECK(v->first->text.data == (const uint8_t *)plain + 2);
    TR_CHECK_EQ(v->first->text.len, 19);
}

TR_TEST(integers_are_exact)
{
    static const struct {
        const char *text;
        tr_err u_err, i_err;
        uint64_t u;
        int64_t i;
    } rows[] = {
        {"0", TR_OK, TR_OK, 0, 0},
        {"-0", TR_OK, TR_OK, 0, 0},
        {"9007199254740993", TR_OK, TR_OK, 9007199254740993, 9007199254740993},
        {"9223372036854775807", TR_OK, TR_OK, INT64_MAX, INT64_MAX},
        {"9223372036854775808", TR_OK, TR_E_RANGE, 9223372036854775808u, 0},
        {"18446744073709551615", TR_OK, TR_E_RANGE, UINT64_MAX, 0},
        {"18446744073709551616", TR_E_RANGE, TR_E_RANGE, 0, 0},
        {"99999999999999999999999", TR_E_RANGE, TR_E_RANGE, 0, 0},
        {"-1", TR_E_RANGE, TR_OK, 0, -1},
        {"-9223372036854775808", TR_E_RANGE, TR_OK, 0, INT64_MIN},
        {"-9223372036854775809", TR_E_RANGE, TR_E_RANGE, 0, 0},
        {"1.0", TR_E_TYPE, TR_E_TYPE, 0, 0},
        {"1e3", TR_E_TYPE, TR_E_TYPE, 0, 0},
        {"\"1\"", TR_E_TYPE, TR_E_TYPE, 0, 0},
        {"[1]", TR_E_TYPE, TR_E_TYPE, 0, 0},
    };
    for (size_t i = 0; i < TR_COUNTOF(rows); i++) {
        uint64_t u = 0;
        int64_t s = 0;
        const tr_json *v = parsed(rows[i].text);
        TR_CHECK_ERR(tr_json_u64(v, &u), rows[i].u_err);
        TR_CHECK_ERR(tr_json_i64(v, &s), rows[i].i_err);
        TR_CHECK(u == rows[i].u && s == rows[i].i);
    }
    uint64_t u;
    TR_CHECK_ERR(tr_json_u64(NULL, &u), TR_E_TYPE);
}

/* What the header promises about the arena, on the documents that take the most. */
TR_TEST(memory_is_bounded)
{
    static const char *const shapes[] = {"1,", "[],", "{\"\":1},", "\"\\n\",",
                                         "{\"b\":1,\"a\":1},"};
    enum { LENGTH = 30000 };
    for (size_t s = 0; s < TR_COUNTOF(shapes); s++) {
        tr_bytes shape = tr_bytes_str(shapes[s]);
        uint8_t *text = tr_arena_get(tr_test_arena(), LENGTH + 32, 1);
        size_t len = 0;
        text[len++] = '[';
        while (len < LENGTH) {
            memcpy(text + len, shape.data, shape.len);
            len += shape.len;
        }
        text[len - 1] = ']';
        tr_arena arena;
        tr_arena_init(&arena, tr_test_alloc(), TR_JSON_ARENA_FACTOR * len + TR_JSON_ARENA_MORE);
        const tr_json *v;
        TR_CHECK_OK(tr_json_parse(NULL, &arena, (tr_bytes){text, len}, &v));
        tr_arena_free(&arena);
    }
}

static tr_err parse_and_write(tr_alloc *alloc, void *context)
{
    tr_arena arena;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    const tr_json *v;
    tr_buf buf;
    tr_buf_init(&buf, alloc, SIZE_MAX);
    tr_err err = tr_json_parse(NULL, &arena, *(const tr_bytes *)context, &v);
    if (err == TR_OK) {
        tr_json_writer w = tr_json_write_to(&buf);
        tr_json_put_value(&w, v);
        err = tr_buf_err(&buf);
    }
    tr_buf_free(&buf);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(out_of_memory)
{
    tr_buf buf;
    tr_buf_init(&buf, &tr_test_arena()->alloc, SIZE_MAX);
    tr_buf_put_str(&buf, "[\"\\u0041\",");
    tr_bytes doc = large_object(&buf, 3000, 3000);
    tr_buf_put_str(&buf, "]");
    doc = tr_buf_view(&buf);
    tr_test_out_of_memory(parse_and_write, &doc);
}

/* The input lies at the very end of a piece of memory, so that the sanitizers see a read beyond. */
TR_TEST(every_prefix_fails_and_reads_nothing_past_its_end)
{
    static const char text[] =
        "{\"a\":[1.5e3,true,\"\\u00e9\\ud83d\\ude00 \xe2\x82\xac\"],\"b\":null}";
    for (size_t len = 0; len < sizeof(text) - 1; len++) {
        uint8_t *copy = tr_alloc_get(tr_test_alloc(), TR_MAX(len, (size_t)1));
        memcpy(copy, text, len);
        const tr_json *v;
        tr_err err = tr_json_parse(NULL, tr_test_arena(), (tr_bytes){copy, len}, &v);
        TR_CHECK(err == TR_E_SHORT || (err == TR_E_SYNTAX && len > 25 && len < 45));
        tr_alloc_put(tr_test_alloc(), copy, TR_MAX(len, (size_t)1));
    }
    TR_CHECK_EQ(parsed(text)->count, 2);
}

TR_TEST(writer_writes_the_shortest_form)
{
    tr_buf buf;
    tr_buf_init(&buf, &tr_test_arena()->alloc, SIZE_MAX);
    tr_json_writer w = tr_json_write_to(&buf);
    tr_json_begin_object(&w);
    tr_json_key(&w, "numbers");
    tr_json_begin_array(&w);
    tr_json_put_u64(&w, UINT64_MAX);
    tr_json_put_i64(&w, INT64_MIN);
    tr_json_put_raw(&w, TR_LIT("1.50"));
    tr_json_end_array(&w);
    tr_json_key(&w, "words");
    tr_json_begin_array(&w);
    tr_json_put_bool(&w, true);
    tr_json_put_bool(&w, false);
    tr_json_put_null(&w);
    tr_json_begin_object(&w);
    tr_json_end_object(&w);
    tr_json_begin_array(&w);
    tr_json_end_array(&w);
    tr_json_end_array(&w);
    tr_json_key_bytes(&w, TR_LIT("a\"\\/\n"));
    tr_json_put_hex(&w, TR_LIT("\x00\x0a\xff"));
    tr_json_key(&w, "");
    tr_json_put_hex(&w, (tr_bytes){NULL, 0});
    tr_json_key(&w, "text");
    tr_json_string(&w, TR_LIT("\b\t\n\f\r\x01\v\x7f\0 \xc3\xa9 \xff \xe2\x82 \xed\xa0\x80."));
    tr_json_end_object(&w);
    TR_CHECK_OK(tr_buf_err(&buf));
    TR_CHECK_BYTES(
        tr_buf_view(&buf),
        TR_LIT("{\"numbers\":[18446744073709551615,-9223372036854775808,1.50],"
               "\"words\":[true,false,null,{},[]],\"a\\\"\\\\/\\n\":\"0x000aff\",\"\":\"0x\","
               "\"text\":\"\\b\\t\\n\\f\\r\\u0001\\u000b\x7f\\u0000 \xc3\xa9 \xef\xbf\xbd "
               "\xef\xbf\xbd\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd.\"}"));
}

TR_TEST(writer_is_as_deep_as_the_reader)
{
    tr_buf buf;
    tr_buf_init(&buf, &tr_test_arena()->alloc, SIZE_MAX);
    tr_json_writer w = tr_json_write_to(&buf);
    for (unsigned i = 0; i < TR_JSON_MAX_DEPTH; i++) {
        if (i % 2 == 0) {
            tr_json_begin_array(&w);
        } else {
            tr_json_begin_object(&w);
            tr_json_key(&w, "k");
        }
    }
    tr_json_put_null(&w);
    for (unsigned i = 0; i < TR_JSON_MAX_DEPTH; i++) {
        if (i % 2 == 0) {
            tr_json_end_object(&w);
        } else {
            tr_json_end_array(&w);
        }
    }
    const tr_json *v;
    TR_CHECK_OK(tr_json_parse(NULL, tr_test_arena(), tr_buf_view(&buf), &v));
}
