/* The public functions of trestle/json.h. */
#include "trestle/json.h"

#include "harness.h"

static tr_json_document *document_of(const char *text)
{
    tr_json_document *document = NULL;
    TR_CHECK_OK(tr_json_document_new(text, strlen(text), SIZE_MAX, &document, NULL));
    return document;
}

static const tr_json_value *member(const tr_json_value *object, const char *key)
{
    return tr_json_value_member(object, key, strlen(key));
}

static void check_text(const tr_json_value *value, const char *want)
{
    size_t len;
    const char *text = tr_json_value_text(value, &len);
    TR_CHECK(text != NULL);
    TR_CHECK_BYTES(tr_bytes_of(text, len), tr_bytes_str(want));
}

TR_TEST(every_kind)
{
    static const struct {
        const char *text, *inside;
        int kind;
    } cases[] = {
        {"null", NULL, TR_JSON_KIND_NULL}, {"false", NULL, TR_JSON_KIND_BOOL},
        {"true", NULL, TR_JSON_KIND_BOOL}, {"-1.50e2", "-1.50e2", TR_JSON_KIND_NUMBER},
        {"\"\"", "", TR_JSON_KIND_STRING}, {"\"\\u00e9\\n\"", "\u00e9\n", TR_JSON_KIND_STRING},
        {"[1]", NULL, TR_JSON_KIND_ARRAY}, {"{\"a\":1}", NULL, TR_JSON_KIND_OBJECT},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_json_document *document = document_of(cases[i].text);
        const tr_json_value *root = tr_json_document_root(document);
        size_t len = 9;
        TR_CHECK_EQ(tr_json_value_kind(root), cases[i].kind);
        TR_CHECK_EQ(tr_json_value_is_true(root), i == 2);
        TR_CHECK_EQ(tr_json_value_count(root), i >= 6);
        TR_CHECK((tr_json_value_first(root) != NULL) == (i >= 6));
        TR_CHECK(tr_json_value_next(root) == NULL);
        if (cases[i].inside != NULL) {
            check_text(root, cases[i].inside);
        } else {
            TR_CHECK(tr_json_value_text(root, &len) == NULL);
            TR_CHECK_EQ(len, 0);
        }
        tr_json_document_free(document);
    }
    tr_json_document_free(NULL);
}

TR_TEST(a_document_is_walked)
{
    static const char text[] =
        " {\"list\": [10, \"x\", []], \"a\\u0000b\": true, \"\": {\"n\": -7}}";
    tr_json_document *document = document_of(text);
    const tr_json_value *root = tr_json_document_root(document);
    TR_CHECK_EQ(tr_json_value_count(root), 3);
    TR_CHECK_EQ(tr_json_value_offset(root), 1);

    const tr_json_value *list = member(root, "list");
    TR_CHECK_EQ(tr_json_value_kind(list), TR_JSON_KIND_ARRAY);
    TR_CHECK_EQ(tr_json_value_offset(list), strchr(text, '[') - text);
    TR_CHECK_EQ(tr_json_value_count(list), 3);
    check_text(tr_json_value_item(list, 0), "10");
    check_text(tr_json_value_item(list, 1), "x");
    TR_CHECK_EQ(tr_json_value_count(tr_json_value_item(list, 2)), 0);
    TR_CHECK(tr_json_value_item(list, 3) == NULL);
    TR_CHECK(tr_json_value_first(list) == tr_json_value_item(list, 0));
    TR_CHECK(tr_json_value_next(tr_json_value_item(list, 0)) == tr_json_value_item(list, 1));
    TR_CHECK(tr_json_value_next(tr_json_value_item(list, 2)) == NULL);

    /* A key may hold a zero, and be empty; a part of a key is none. */
    TR_CHECK_EQ(tr_json_value_is_true(tr_json_value_member(root, "a\0b", 3)), 1);
    TR_CHECK(tr_json_value_member(root, "a", 1) == NULL);
    TR_CHECK_EQ(tr_json_value_kind(tr_json_value_member(root, NULL, 0)), TR_JSON_KIND_OBJECT);
    int64_t n = 0;
    TR_CHECK_OK(tr_json_value_i64(member(member(root, ""), "n"), &n));
    TR_CHECK(n == -7);
    tr_json_document_free(document);
}

TR_TEST(keys)
{
    tr_json_document *document = document_of("{\"one\":[1],\"t\\u0077o\":2,\"\":3}");
    const tr_json_value *root = tr_json_document_root(document);
    static const char *const want[] = {"one", "two", ""};
    size_t i = 0, len = 9;
    TR_CHECK(tr_json_value_key(root, &len) == NULL);
    TR_CHECK_EQ(len, 0);
    const tr_json_value *v = tr_json_value_first(root);
    TR_CHECK(tr_json_value_key(tr_json_value_item(v, 0), &len) == NULL);
    for (; v != NULL; v = tr_json_value_next(v)) {
        const char *key = tr_json_value_key(v, &len);
        TR_CHECK(key != NULL && i < TR_COUNTOF(want));
        TR_CHECK_BYTES(tr_bytes_of(key, len), tr_bytes_str(want[i++]));
    }
    TR_CHECK_EQ(i, 3);
    tr_json_document_free(document);
}

TR_TEST(what_is_not_there)
{
    tr_json_document *document = document_of("{\"a\":[1]}");
    const tr_json_value *root = tr_json_document_root(document);
    size_t len = 9;
    uint64_t u;
    int64_t s;
    TR_CHECK(member(member(root, "b"), "c") == NULL);
    TR_CHECK(member(member(root, "a"), "a") == NULL);
    TR_CHECK(member(member(root, "a"), "") == NULL);
    TR_CHECK(tr_json_value_item(root, 0) == NULL);
    TR_CHECK(tr_json_value_item(NULL, 0) == NULL);
    TR_CHECK(tr_json_value_first(NULL) == NULL && tr_json_value_next(NULL) == NULL);
    TR_CHECK(tr_json_value_kind(NULL) == TR_JSON_KIND_NONE);
    TR_CHECK_EQ(tr_json_value_count(NULL) + tr_json_value_offset(NULL), 0);
    TR_CHECK_EQ(tr_json_value_is_true(NULL), 0);
    TR_CHECK(tr_json_value_key(NULL, &len) == NULL && len == 0);
    len = 9;
    TR_CHECK(tr_json_value_text(NULL, &len) == NULL && len == 0);
    TR_CHECK_ERR(tr_json_value_u64(NULL, &u), TR_E_TYPE);
    TR_CHECK_ERR(tr_json_value_i64(NULL, &s), TR_E_TYPE);
    tr_json_document_free(document);
}

TR_TEST(exact_integers)
{
    tr_json_document *document =
        document_of("[18446744073709551615, 18446744073709551616, -9223372036854775808,"
                    " -9223372036854775809, 9223372036854775807, 1.0, \"1\"]");
    const tr_json_value *v[7];
    uint64_t u;
    int64_t s;
    for (size_t i = 0; i < 7; i++) v[i] = tr_json_value_item(tr_json_document_root(document), i);
    TR_CHECK_OK(tr_json_value_u64(v[0], &u));
    TR_CHECK_EQ(u, UINT64_MAX);
    TR_CHECK_ERR(tr_json_value_i64(v[0], &s), TR_E_RANGE);
    TR_CHECK_ERR(tr_json_value_u64(v[1], &u), TR_E_RANGE);
    check_text(v[1], "18446744073709551616");
    TR_CHECK_OK(tr_json_value_i64(v[2], &s));
    TR_CHECK(s == INT64_MIN);
    TR_CHECK_ERR(tr_json_value_u64(v[2], &u), TR_E_RANGE);
    TR_CHECK_ERR(tr_json_value_i64(v[3], &s), TR_E_RANGE);
    TR_CHECK_OK(tr_json_value_i64(v[4], &s));
    TR_CHECK(s == INT64_MAX);
    TR_CHECK_ERR(tr_json_value_u64(v[5], &u), TR_E_TYPE);
    TR_CHECK_ERR(tr_json_value_i64(v[6], &s), TR_E_TYPE);
    tr_json_document_free(document);
}

TR_TEST(documents_that_are_refused)
{
    static const struct {
        const char *text;
        tr_err err;
        size_t offset;
    } cases[] = {
        {"", TR_E_SHORT, 0},          {"[1,", TR_E_SHORT, 3},
        {"[1,]", TR_E_SYNTAX, 3},     {"1 2", TR_E_TRAILING, 2},
        {"\"\xff\"", TR_E_SYNTAX, 1}, {"{\"a\":1, \"a\":2}", TR_E_DUPLICATE, 8},
    };
    tr_json_document *document = NULL;
    size_t offset;
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        const char *text = cases[i].text;
        offset = 99;
        TR_CHECK_ERR(tr_json_document_new(text, strlen(text), SIZE_MAX, &document, &offset),
                     cases[i].err);
        TR_CHECK_EQ(offset, cases[i].offset);
        TR_CHECK_ERR(tr_json_document_new(text, strlen(text), SIZE_MAX, &document, NULL),
                     cases[i].err);
    }
    TR_CHECK_ERR(tr_json_document_new(NULL, 0, SIZE_MAX, &document, &offset), TR_E_SHORT);
    char deep[130];
    memset(deep, '[', 65);
    memset(deep + 65, ']', 65);
    TR_CHECK_ERR(tr_json_document_new(deep, 130, SIZE_MAX, &document, &offset), TR_E_DEPTH);
    TR_CHECK_EQ(offset, 64);
    TR_CHECK(document == NULL);
    TR_CHECK_OK(tr_json_document_new(deep + 1, 128, SIZE_MAX, &document, &offset));
    tr_json_document_free(document);
}

/* A document that fits in its limit gives the same tree; one that does not says where it stood. */
TR_TEST(memory_is_bounded)
{
    enum { VALUES = 5000 };
    static char text[2 * VALUES + 1];
    tr_json_document *document = NULL;
    size_t offset = 99;
    for (size_t i = 0; i < VALUES; i++) memcpy(text + 2 * i, i == 0 ? "[1" : ",1", 2);
    text[2 * VALUES] = ']';
    TR_CHECK_ERR(tr_json_document_new(text, sizeof(text), 0, &document, &offset), TR_E_LIMIT);
    TR_CHECK_EQ(offset, 0);
    TR_CHECK_ERR(tr_json_document_new(text, sizeof(text), 100000, &document, NULL), TR_E_LIMIT);
    TR_CHECK_ERR(tr_json_document_new(text, sizeof(text), 100000, &document, &offset), TR_E_LIMIT);
    TR_CHECK(offset > 1000 && offset < sizeof(text));
    TR_CHECK(document == NULL);
    TR_CHECK_OK(tr_json_document_new(text, sizeof(text), 4000000, &document, &offset));
    TR_CHECK_EQ(tr_json_value_count(tr_json_document_root(document)), VALUES);
    tr_json_document_free(document);
}
