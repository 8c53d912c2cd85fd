/* The tree reader against jansson: both accept the same texts and read the same from them. */
#include <jansson.h>

#include "codec/json.h"
#include "json_gen.h"

static void check_same(const tr_json *v, const json_t *j);

static void check_same_items(const tr_json *v, json_t *j)
{
    const tr_json *item = v->first;
    if (v->kind == TR_JSON_ARRAY) {
        TR_CHECK_EQ(v->count, json_array_size(j));
        for (size_t i = 0; i < v->count; i++, item = item->next)
            check_same(item, json_array_get(j, i));
    } else {
        TR_CHECK_EQ(v->count, json_object_size(j));
        for (void *at = json_object_iter(j); at != NULL; at = json_object_iter_next(j, at)) {
            TR_CHECK_BYTES(item->key,
                           tr_bytes_of(json_object_iter_key(at), json_object_iter_key_len(at)));
            check_same(item, json_object_iter_value(at));
            item = item->next;
        }
    }
    TR_CHECK(item == NULL);
}

static void check_same(const tr_json *v, const json_t *j)
{
    int64_t number;
    switch (v->kind) {
    case TR_JSON_NULL:
        TR_CHECK(json_is_null(j));
        break;
    case TR_JSON_BOOL:
        TR_CHECK(v->truth ? json_is_true(j) : json_is_false(j));
        break;
    case TR_JSON_NUMBER:
        if (json_is_integer(j)) {
            TR_CHECK_OK(tr_json_i64(v, &number));
            TR_CHECK_EQ(number, json_integer_value(j));
        } else {
            TR_CHECK(json_is_real(j));
            TR_CHECK_ERR(tr_json_i64(v, &number), TR_E_TYPE);
        }
        break;
    case TR_JSON_STRING:
        TR_CHECK_BYTES(v->text, tr_bytes_of(json_string_value(j), json_string_length(j)));
        break;
    case TR_JSON_ARRAY:
    case TR_JSON_OBJECT:
        check_same_items(v, (json_t *)(uintptr_t)j);
        break;
    }
}

TR_PROP(reads_what_jansson_reads)
{
    tr_bytes text = gen_document(g);
    json_error_t error;
    json_t *j = json_loadb((const char *)text.data, text.len,
                           JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    const tr_json *v;
    tr_err err = tr_json_parse(NULL, tr_test_arena(), text, &v);
    if (j != NULL) {
        TR_CHECK_MSG(err == TR_OK, "%s: %.*s", tr_err_name(err), (int)text.len, text.data);
        check_same(v, j);
        json_decref(j);
    } else if (err == TR_OK) {
        /* Numbers beyond its types and zero bytes in keys are limits of jansson. */
        enum json_error_code code = json_error_code(&error);
        TR_CHECK_MSG(code == json_error_numeric_overflow || code == json_error_null_byte_in_key,
                     "%s: %.*s", error.text, (int)text.len, text.data);
    }
    gen_free(text);
}

/* What the writer writes is read back as the same tree, and written again the same. */
TR_PROP(writing_and_reading_are_inverse)
{
    tr_bytes text = gen_document(g);
    const tr_json *v, *again;
    if (tr_json_parse(NULL, tr_test_arena(), text, &v) == TR_OK) {
        tr_buf once, twice;
        tr_buf_init(&once, &tr_test_arena()->alloc, SIZE_MAX);
        tr_buf_init(&twice, &tr_test_arena()->alloc, SIZE_MAX);
        tr_json_writer w = tr_json_write_to(&once);
        tr_json_put_value(&w, v);
        TR_CHECK_OK(tr_buf_err(&once));
        TR_CHECK(once.len <= 6 * text.len);
        TR_CHECK_OK(tr_json_parse(NULL, tr_test_arena(), tr_buf_view(&once), &again));
        w = tr_json_write_to(&twice);
        tr_json_put_value(&w, again);
        TR_CHECK_BYTES(tr_buf_view(&twice), tr_buf_view(&once));
        json_error_t error;
        json_t *j =
            json_loadb((const char *)once.data, once.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
        if (j != NULL) {
            check_same(v, j);
            json_decref(j);
        } else {
            TR_CHECK(json_error_code(&error) == json_error_numeric_overflow);
        }
    }
    gen_free(text);
}
