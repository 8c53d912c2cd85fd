/* RLP and ABI of ethereum-tests, typed data of go-ethereum. */
#include "codec/rlp.h"
#include "vectors.h"

/* "#123" is an integer of any size. */
static void put_integer(tr_buf *out, tr_bytes digits)
{
    uint8_t number[64] = {0};
    for (size_t i = 0; i < digits.len; i++) {
        unsigned carry = digits.data[i] - '0';
        for (size_t k = sizeof(number); k-- > 0;) {
            carry += number[k] * 10u;
            number[k] = (uint8_t)carry;
            carry >>= 8;
        }
    }
    tr_rlp_put_int(out, TR_VIEW(number));
}

/* Writes what a case says in JSON. */
static void put_json(tr_buf *out, const tr_json *json)
{
    if (json->kind == TR_JSON_ARRAY) {
        tr_rlp_mark mark = tr_rlp_begin(out, 0);
        TR_JSON_EACH(item, json) put_json(out, item);
        tr_rlp_end(out, mark);
    } else if (json->kind == TR_JSON_NUMBER) {
        put_integer(out, json->text);
    } else if (json->text.len != 0 && json->text.data[0] == '#') {
        put_integer(out, tr_bytes_cut(json->text, 1, SIZE_MAX));
    } else {
        tr_rlp_put_bytes(out, json->text);
    }
}

/* {name: {in: what it says, or "VALID" or "INVALID", out: hex}} */
static void run_rlp(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(test, file->json)
    {
        if (!vec_wants(run)) continue;
        const tr_json *in = tr_json_get(test, "in");
        tr_bytes out = vec_hex(file, tr_json_text(tr_json_get(test, "out"))), again = {NULL, 0};
        if (in == NULL || (out.data == NULL && tr_json_text(tr_json_get(test, "out")).len != 0)) {
            vec_fail(run, test->key, "not a case");
            continue;
        }
        tr_err err = vec_op(run, file, "rlp.check", out, &again);
        if (tr_bytes_eq(tr_json_text(in), TR_LIT("INVALID"))) {
            vec_check(run, err != TR_OK, test->key, "accepted");
            continue;
        }
        if (err != TR_OK || !tr_bytes_eq(again, out)) {
            vec_fail(run, test->key, "read: %s", tr_err_name(err));
            continue;
        }
        tr_buf written;
        tr_buf_init(&written, &file->arena->alloc, SIZE_MAX);
        if (tr_bytes_eq(tr_json_text(in), TR_LIT("VALID")))
            tr_buf_put(&written, out);
        else
            put_json(&written, in);
        vec_check(run, tr_bytes_eq(tr_buf_view(&written), out), test->key, "written otherwise");
    }
}

/* Our form of an argument: numbers are text, and the text of bytesN is its bytes. */
static void put_argument(tr_json_writer *w, const tr_json *argument, tr_bytes type)
{
    if (argument->kind == TR_JSON_ARRAY) {
        tr_json_begin_array(w);
        TR_JSON_EACH(item, argument) put_argument(w, item, type);
        tr_json_end_array(w);
    } else if (type.len >= 5 && memcmp(type.data, "bytes", 5) == 0) {
        tr_json_put_hex(w, argument->text);
    } else {
        tr_json_string(w, argument->text);
    }
}

/* The input of an ABI operation. */
static tr_bytes with_types(const vec_file *file, tr_bytes types, tr_bytes rest)
{
    tr_buf out;
    uint8_t len[4];
    tr_buf_init(&out, &file->arena->alloc, SIZE_MAX);
    tr_store32le(len, (uint32_t)types.len);
    tr_buf_put(&out, TR_VIEW(len));
    tr_buf_put(&out, types);
    tr_buf_put(&out, rest);
    return tr_buf_view(&out);
}

/* {name: {types: [text], args: [value], result: hex}} */
static void run_abi(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(test, file->json)
    {
        if (!vec_wants(run)) continue;
        const tr_json *args = tr_json_get(test, "args");
        tr_bytes result = vec_hex(file, tr_json_text(tr_json_get(test, "result")));
        tr_buf types, values;
        tr_buf_init(&types, &file->arena->alloc, SIZE_MAX);
        tr_buf_init(&values, &file->arena->alloc, SIZE_MAX);
        tr_json_writer w = tr_json_write_to(&values);
        tr_json_begin_array(&w);
        size_t i = 0;
        TR_JSON_EACH(type, tr_json_get(test, "types"))
        {
            const tr_json *argument = tr_json_at(args, i);
            if (i++ != 0) tr_buf_put_u8(&types, ',');
            tr_buf_put(&types, tr_json_text(type));
            if (argument != NULL) put_argument(&w, argument, tr_json_text(type));
        }
        tr_json_end_array(&w);
        tr_bytes json = {NULL, 0}, encoded = {NULL, 0};
        tr_bytes type_text = tr_buf_view(&types);
        tr_err err = vec_op(run, file, "abi.decode", with_types(file, type_text, result), &json);
        if (err != TR_OK || !tr_bytes_eq(json, tr_buf_view(&values))) {
            vec_fail(run, test->key, "decoded: %s, %.*s", tr_err_name(err), (int)json.len,
                     (const char *)json.data);
            continue;
        }
        err = vec_op(run, file, "abi.encode", with_types(file, type_text, json), &encoded);
        vec_check(run, err == TR_OK && tr_bytes_eq(encoded, result), test->key, "encoded: %s",
                  tr_err_name(err));
    }
}

/* [{name, types, primaryType, domain, data, encoded, digest}] */
static void run_typed_data(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(test, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_buf text, want;
        tr_buf_init(&text, &file->arena->alloc, SIZE_MAX);
        tr_buf_init(&want, &file->arena->alloc, SIZE_MAX);
        tr_json_writer w = tr_json_write_to(&text);
        tr_json_begin_object(&w);
        static const char *const members[][2] = {{"types", "types"},
                                                 {"primaryType", "primaryType"},
                                                 {"domain", "domain"},
                                                 {"data", "message"}};
        for (size_t i = 0; i < TR_COUNTOF(members); i++) {
            const tr_json *value = tr_json_get(test, members[i][0]);
            if (value == NULL) continue;
            tr_json_key(&w, members[i][1]);
            tr_json_put_value(&w, value);
        }
        tr_json_end_object(&w);
        tr_buf_put(&want, vec_hex(file, tr_json_text(tr_json_get(test, "digest"))));
        tr_buf_put(&want, vec_hex(file, tr_json_text(tr_json_get(test, "encoded"))));
        tr_bytes got = {NULL, 0};
        tr_err err = vec_op(run, file, "eip712.digest", tr_buf_view(&text), &got);
        vec_check(run, err == TR_OK && want.len > 32 && tr_bytes_eq(got, tr_buf_view(&want)),
                  tr_json_text(tr_json_get(test, "name")), "%s", tr_err_name(err));
    }
}

static const vec_row rows[] = {
    {"RLPTests/*.json", run_rlp, true},
    {"RLPTests/RandomRLPTests/*.json", run_rlp, true},
    {"ABITests/*.json", run_abi, true},
    {"typed-data*.json", run_typed_data, true},
};
const vec_rows vec_rows_codec = {rows, TR_COUNTOF(rows)};
