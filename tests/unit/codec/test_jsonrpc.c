#include "codec/jsonrpc.h"

#include "codec/json.h"
#include "codec/json_lex.h"
#include "json_gen.h"

enum { MAX_CALLS = 8 };

static tr_err scan(tr_bytes text, tr_rpc_call *calls, tr_rpc_body *body)
{
    return tr_jsonrpc_scan(NULL, tr_test_arena(), text, calls, MAX_CALLS, body);
}

/* One request on its own. */
static tr_rpc_call single(const char *text)
{
    tr_rpc_call calls[MAX_CALLS];
    tr_rpc_body body;
    TR_CHECK_OK(scan(tr_bytes_str(text), calls, &body));
    TR_CHECK(!body.batch && body.count == 1);
    return calls[0];
}

TR_TEST(a_request_as_it_is_usually_written)
{
    tr_rpc_call c = single("{\"jsonrpc\":\"2.0\",\"id\":42,\"method\":\"eth_sendRawTransaction\","
                           "\"params\":[\"0x02f8\"]}");
    TR_CHECK_OK(c.err);
    TR_CHECK(!c.notification);
    TR_CHECK_BYTES(c.id, TR_LIT("42"));
    TR_CHECK_BYTES(c.method, TR_LIT("eth_sendRawTransaction"));
    TR_CHECK_BYTES(c.params, TR_LIT("[\"0x02f8\"]"));
    TR_CHECK_BYTES(c.first, TR_LIT("0x02f8"));
    TR_CHECK_EQ(c.args, 1);
}

TR_TEST(members_in_any_order_and_with_blanks)
{
    tr_rpc_call c = single(" {\n\"params\" : [ 1 , [ ] ] , \"x\":{\"id\":9},\t\"method\" : \"m\" "
                           ",\"id\" : \"a\\\"b\" ,"
                           "\"jsonrpc\" : \"2.0\" } \r\n");
    TR_CHECK_OK(c.err);
    TR_CHECK_BYTES(c.id, TR_LIT("\"a\\\"b\""));
    TR_CHECK_BYTES(c.method, TR_LIT("m"));
    TR_CHECK_BYTES(c.params, TR_LIT("[ 1 , [ ] ]"));
    TR_CHECK(c.first.data == NULL);
    TR_CHECK_EQ(c.args, 2);
}

TR_TEST(names_written_with_escapes)
{
    tr_rpc_call c = single("{\"\\u006aso\\u006erpc\":\"2.\\u0030\",\"i\\u0064\":1,"
                           "\"\\u006d\\u0065\\u0074\\u0068\\u006f\\u0064\":\"eth\\u005fcall\"}");
    TR_CHECK_OK(c.err);
    TR_CHECK_BYTES(c.id, TR_LIT("1"));
    TR_CHECK_BYTES(c.method, TR_LIT("eth_call"));
}

TR_TEST(kinds_of_params)
{
    static const struct {
        const char *params;
        tr_err err;
        size_t args;
        const char *raw, *first;
    } rows[] = {
        {"", TR_OK, 0, "", NULL},
        {",\"params\":null", TR_OK, 0, "", NULL},
        {",\"params\":[]", TR_OK, 0, "[]", NULL},
        {",\"params\":[ ]", TR_OK, 0, "[ ]", NULL},
        {",\"params\":[null]", TR_OK, 0, "[null]", NULL},
        {",\"params\":[null,1,null]", TR_OK, 2, "[null,1,null]", NULL},
        {",\"params\":[\"0x\",null,null]", TR_OK, 1, "[\"0x\",null,null]", "0x"},
        {",\"params\":[\"0x\",{}]", TR_OK, 2, "[\"0x\",{}]", "0x"},
        {",\"params\":[\"\"]", TR_OK, 1, "[\"\"]", ""},
        {",\"params\":[\"\\u0030x\"]", TR_OK, 1, "[\"\\u0030x\"]", NULL},
        {",\"params\":[[\"0x\"]]", TR_OK, 1, "[[\"0x\"]]", NULL},
        {",\"params\":{}", TR_E_RPC_PARAMS, 0, "{}", NULL},
        {",\"params\":{\"a\":[1]}", TR_E_RPC_PARAMS, 0, "{\"a\":[1]}", NULL},
        {",\"params\":\"0x\"", TR_E_RPC_PARAMS, 0, "\"0x\"", NULL},
        {",\"params\":0", TR_E_RPC_PARAMS, 0, "0", NULL},
        {",\"params\":true", TR_E_RPC_PARAMS, 0, "true", NULL},
    };
    for (size_t i = 0; i < TR_COUNTOF(rows); i++) {
        uint8_t text[200];
        tr_buf buf;
        tr_buf_init_fixed(&buf, text, sizeof(text));
        tr_buf_printf(&buf, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"%s}", rows[i].params);
        tr_rpc_call c = single(tr_buf_text(&buf));
        TR_CHECK_ERR(c.err, rows[i].err);
        TR_CHECK_EQ(c.args, rows[i].args);
        TR_CHECK_BYTES(c.params, tr_bytes_str(rows[i].raw));
        TR_CHECK((c.first.data == NULL) == (rows[i].first == NULL));
        if (rows[i].first != NULL) TR_CHECK_BYTES(c.first, tr_bytes_str(rows[i].first));
        TR_CHECK_BYTES(c.id, TR_LIT("1"));
    }
}

TR_TEST(kinds_of_id)
{
    static const struct {
        const char *id;
        bool fine;
    } rows[] = {
        {"0", true},
        {"7", true},
        {"-1", true},
        {"123456789012345", true},
        {"1234567890123456", true},
        {"99999999999999999999999999999999999999", true},
        {"\"\"", true},
        {"\"\xc3\xa9\\n\"", true},
        {"null", true},
        {"1.5", false},
        {"1e3", false},
        {"12E1", false},
        {"123456789012345.0", false},
        {"0.0", false},
        {"true", false},
        {"false", false},
        {"[]", false},
        {"{}", false},
        {"[1]", false},
    };
    for (size_t i = 0; i < TR_COUNTOF(rows); i++) {
        uint8_t text[200];
        tr_buf buf;
        tr_buf_init_fixed(&buf, text, sizeof(text));
        for (int more = 0; more < 2; more++) {
            /* With little behind it, and with enough for the fast way. */
            tr_buf_clear(&buf);
            tr_buf_printf(&buf, "{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\": %s %s}", rows[i].id,
                          more == 0 ? "" : ",\"params\" : [\"0x00\"]");
            tr_rpc_call c = single(tr_buf_text(&buf));
            TR_CHECK_ERR(c.err, rows[i].fine ? TR_OK : TR_E_RPC_INVALID);
            TR_CHECK_BYTES(c.id, tr_bytes_str(rows[i].fine ? rows[i].id : "null"));
            TR_CHECK(!c.notification);
        }
    }
}

TR_TEST(what_is_no_request)
{
    static const struct {
        const char *text, *id;
    } rows[] = {
        {"1", "null"},
        {"null", "null"},
        {"\"text\"", "null"},
        {"{}", "null"},
        {"{\"id\":1}", "1"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1}", "1"},
        {"{\"id\":1,\"method\":\"m\"}", "1"},
        {"{\"jsonrpc\":\"2.1\",\"id\":1,\"method\":\"m\"}", "1"},
        {"{\"jsonrpc\":\"2.00\",\"id\":1,\"method\":\"m\"}", "1"},
        {"{\"jsonrpc\":2.0,\"id\":1,\"method\":\"m\"}", "1"},
        {"{\"jsonrpc\":[\"2.0\"],\"id\":1,\"method\":\"m\"}", "1"},
        {"{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":7}", "\"x\""},
        {"{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"\"}", "\"x\""},
        {"{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":null}", "\"x\""},
        {"{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"Method\":\"m\"}", "\"x\""},
        {"{\"method\":\"m\",\"params\":3}", "null"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x\"}", "1"},
    };
    for (size_t i = 0; i < TR_COUNTOF(rows); i++) {
        tr_rpc_call c = single(rows[i].text);
        TR_CHECK_MSG(c.err == TR_E_RPC_INVALID, "%s: %s", rows[i].text, tr_err_name(c.err));
        TR_CHECK_BYTES(c.id, tr_bytes_str(rows[i].id));
        TR_CHECK(!c.notification);
    }
}

TR_TEST(notifications)
{
    tr_rpc_call c = single("{\"jsonrpc\":\"2.0\",\"method\":\"m\"}");
    TR_CHECK(c.err == TR_OK && c.notification);
    c = single("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{}}");
    TR_CHECK(c.err == TR_E_RPC_PARAMS && c.notification);
    c = single("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"id\":null}");
    TR_CHECK(c.err == TR_OK && !c.notification);
}

TR_TEST(batches)
{
    tr_rpc_call calls[MAX_CALLS];
    tr_rpc_body body;
    static const char mixed[] =
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\",\"params\":[\"x\"]},55 ,"
        "{\"foo\":\"bar\"}, {\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"b\"},[]]";
    TR_CHECK_OK(scan(TR_LIT("[1]"), calls, &body));
    TR_CHECK(body.batch && body.count == 1 && calls[0].err == TR_E_RPC_INVALID);
    TR_CHECK_OK(scan(tr_bytes_str(mixed), calls, &body));
    TR_CHECK(body.batch && body.count == 5);
    TR_CHECK(calls[0].err == TR_OK && calls[3].err == TR_OK);
    TR_CHECK(calls[1].err == TR_E_RPC_INVALID && calls[2].err == TR_E_RPC_INVALID &&
             calls[4].err == TR_E_RPC_INVALID);
    TR_CHECK_BYTES(calls[0].first, TR_LIT("x"));
    TR_CHECK_BYTES(calls[3].method, TR_LIT("b"));
    TR_CHECK(calls[3].first.data == NULL && calls[3].params.len == 0);
    TR_CHECK_ERR(scan(TR_LIT(" [ ] "), calls, &body), TR_E_RPC_EMPTY);
}

TR_TEST(batch_limit)
{
    tr_rpc_call calls[MAX_CALLS + 1];
    tr_rpc_body body;
    memset(&calls[MAX_CALLS], 0x77, sizeof(calls[0]));
    TR_CHECK_OK(scan(TR_LIT("[1,2,3,4,5,6,7,8]"), calls, &body));
    TR_CHECK_EQ(body.count, 8);
    static const char nine[] = "[{\"id\":5,\"jsonrpc\":\"2.0\",\"method\":\"m\"},2,3,4,5,6,7,8,9]";
    TR_CHECK_ERR(scan(tr_bytes_str(nine), calls, &body), TR_E_RPC_BATCH);
    TR_CHECK(body.batch && body.count == 9);
    TR_CHECK_BYTES(calls[0].id, TR_LIT("5"));
    TR_CHECK_EQ(calls[MAX_CALLS].args, 0x7777777777777777);
    /* What comes beyond the limit is checked all the same. */
    TR_CHECK_ERR(scan(TR_LIT("[1,2,3,4,5,6,7,8,9,tru]"), calls, &body), TR_E_SYNTAX);
    TR_CHECK_ERR(tr_jsonrpc_scan(NULL, tr_test_arena(), TR_LIT("{}"), NULL, 0, &body),
                 TR_E_RPC_BATCH);
}

TR_TEST(errors_and_where_they_lie)
{
    static const struct {
        const char *text;
        tr_err err;
        uint64_t offset;
    } rows[] = {
        {"", TR_E_SHORT, 0},
        {"[", TR_E_SHORT, 1},
        {"[1,]", TR_E_SYNTAX, 3},
        {"{\"id\":1,}", TR_E_SYNTAX, 8},
        {"{\"id\":1,\"id\":2}", TR_E_DUPLICATE, 8},
        {"{\"id\":1,\"\\u0069d\":2}              ", TR_E_DUPLICATE, 8},
        {"{\"params\":[{\"to\":1,\"to\":2}]}", TR_E_DUPLICATE, 19},
        {"{\"params\":[{\"to\":1,\"t\\u006f\":2}]}", TR_E_DUPLICATE, 19},
        {"{\"method\":\"a\nb\"}", TR_E_SYNTAX, 12},
        {"{\"params\":[\"0x\xff\"]}", TR_E_SYNTAX, 14},
        {"{\"id\":01}           ", TR_E_SYNTAX, 7},
        {"{\"id\":-}           ", TR_E_SYNTAX, 7},
        {"{} {}", TR_E_TRAILING, 3},
        {"[1] ,", TR_E_TRAILING, 4},
    };
    for (size_t i = 0; i < TR_COUNTOF(rows); i++) {
        tr_rpc_call calls[MAX_CALLS];
        tr_rpc_body body;
        tr_trail trail;
        tr_trail_clear(&trail);
        tr_err err = tr_jsonrpc_scan(&trail, tr_test_arena(), tr_bytes_str(rows[i].text), calls,
                                     MAX_CALLS, &body);
        TR_CHECK_MSG(err == rows[i].err && trail.offset == rows[i].offset, "%s: %s at %llu",
                     rows[i].text, tr_err_name(err), (unsigned long long)trail.offset);
    }
}

TR_TEST(depth_is_that_of_the_tree_reader)
{
    for (size_t depth = 60; depth < 70; depth++) {
        uint8_t text[400];
        tr_buf buf;
        tr_buf_init_fixed(&buf, text, sizeof(text));
        tr_buf_put_str(&buf, "[{\"params\":");
        for (size_t i = 2; i < depth; i++) tr_buf_put_u8(&buf, '[');
        for (size_t i = 2; i < depth; i++) tr_buf_put_u8(&buf, ']');
        tr_buf_put_str(&buf, "}]");
        tr_rpc_call calls[MAX_CALLS];
        tr_rpc_body body;
        const tr_json *tree;
        TR_CHECK_ERR(scan(tr_buf_view(&buf), calls, &body), depth <= 64 ? TR_OK : TR_E_DEPTH);
        TR_CHECK_ERR(tr_json_parse(NULL, tr_test_arena(), tr_buf_view(&buf), &tree),
                     depth <= 64 ? TR_OK : TR_E_DEPTH);
    }
}

/* A body that has objects of many keys within each other, the last key of each the same as its
 * first if twice says so. */
static void many_keys(tr_buf *buf, unsigned objects, unsigned keys, bool twice)
{
    tr_buf_put_str(buf, "{\"params\":[");
    for (unsigned i = 0; i < objects; i++) {
        tr_buf_put_u8(buf, '{');
        for (unsigned k = 0; k < keys; k++) tr_buf_printf(buf, "\"%u\":%u,", k * 7919 % keys, k);
        tr_buf_printf(buf, "\"%u\":", twice ? 0 : keys);
    }
    tr_buf_put_str(buf, "\"\\n\"");
    for (unsigned i = 0; i < objects; i++) tr_buf_put_u8(buf, '}');
    tr_buf_put_str(buf, "]}");
    TR_CHECK_OK(tr_buf_err(buf));
}

TR_TEST(objects_of_many_keys)
{
    static const unsigned sizes[][2] = {{1, 7},  {1, 8},  {1, 47},   {1, 48},
                                        {1, 49}, {5, 30}, {20, 1000}};
    for (size_t i = 0; i < TR_COUNTOF(sizes); i++) {
        tr_rpc_call calls[MAX_CALLS];
        tr_rpc_body body;
        for (int twice = 0; twice < 2; twice++) {
            tr_buf buf;
            tr_buf_init(&buf, &tr_test_arena()->alloc, SIZE_MAX);
            many_keys(&buf, sizes[i][0], sizes[i][1], twice);
            TR_CHECK_ERR(scan(tr_buf_view(&buf), calls, &body), twice ? TR_E_DUPLICATE : TR_OK);
        }
    }
}

static tr_err scan_many_keys(tr_alloc *alloc, void *context)
{
    tr_arena arena;
    tr_rpc_call calls[MAX_CALLS];
    tr_rpc_body body;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_err err = tr_jsonrpc_scan(NULL, &arena, *(const tr_bytes *)context, calls, MAX_CALLS, &body);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(out_of_memory)
{
    tr_buf buf;
    tr_buf_init(&buf, &tr_test_arena()->alloc, SIZE_MAX);
    many_keys(&buf, 3, 5000, false);
    tr_bytes text = tr_buf_view(&buf);
    tr_test_out_of_memory(scan_many_keys, &text);
    tr_bytes escaped = TR_LIT("{\"\\u0069d\":1}");
    tr_test_out_of_memory(scan_many_keys, &escaped);
    tr_bytes method = TR_LIT("{\"method\":\"\\n\"}");
    tr_test_out_of_memory(scan_many_keys, &method);
}

/* What the header promises about the arena, on bodies that take the most. */
TR_TEST(memory_is_bounded)
{
    for (int shape = 0; shape < 2; shape++) {
        tr_buf buf;
        tr_buf_init(&buf, &tr_test_arena()->alloc, SIZE_MAX);
        tr_buf_put_u8(&buf, '{');
        for (unsigned i = 40000; i != 0; i--)
            tr_buf_printf(&buf, shape == 0 ? "\"%x\":1%s" : "\"\\u%04x\":1%s", i % 40000 + 1000,
                          i == 1 ? "}" : ",");
        tr_bytes text = tr_buf_view(&buf);
        tr_arena arena;
        tr_arena_init(&arena, tr_test_alloc(), TR_JSONRPC_ARENA_FACTOR * text.len);
        tr_rpc_call calls[MAX_CALLS];
        tr_rpc_body body;
        TR_CHECK_OK(tr_jsonrpc_scan(NULL, &arena, text, calls, MAX_CALLS, &body));
        tr_arena_free(&arena);
    }
}

/* Where the value lies in the text that the view shows, or UINT64_MAX. */
static uint64_t offset_in(tr_bytes text, tr_bytes view)
{
    return view.data < text.data || view.data >= text.data + text.len
               ? UINT64_MAX
               : (uint64_t)(view.data - text.data);
}

/* What the scanner must say of one entry, told from its tree. */
static void check_call(const tr_rpc_call *c, const tr_json *v, tr_bytes text)
{
    const tr_json *id = tr_json_get(v, "id"), *params = tr_json_get(v, "params");
    tr_bytes method = tr_json_text(tr_json_get(v, "method"));
    bool valid = tr_bytes_eq(tr_json_text(tr_json_get(v, "jsonrpc")), TR_LIT("2.0"));
    valid = valid && method.len != 0;
    bool id_fine = id == NULL || id->kind == TR_JSON_STRING || id->kind == TR_JSON_NULL;
    if (id != NULL && id->kind == TR_JSON_NUMBER) {
        id_fine = true;
        for (size_t i = 0; i < id->text.len; i++)
            if (strchr("-0123456789", id->text.data[i]) == NULL) id_fine = false;
    }
    tr_err want = !valid || !id_fine ? TR_E_RPC_INVALID : TR_OK;
    if (want == TR_OK && params != NULL && params->kind != TR_JSON_NULL &&
        params->kind != TR_JSON_ARRAY)
        want = TR_E_RPC_PARAMS;
    TR_CHECK_ERR(c->err, want);
    TR_CHECK(c->notification == (want != TR_E_RPC_INVALID && id == NULL));
    if (id != NULL && id_fine) {
        TR_CHECK_EQ(offset_in(text, c->id), id->offset);
    } else {
        TR_CHECK_BYTES(c->id, TR_LIT("null"));
    }
    TR_CHECK(tr_bytes_eq(c->method, method));
    size_t args = 0, i = 0;
    if (params != NULL && params->kind == TR_JSON_ARRAY) TR_JSON_EACH(item, params)
        {
            i++;
            if (item->kind != TR_JSON_NULL) args = i;
        }
    TR_CHECK_EQ(c->args, args);
    bool has = params != NULL && params->kind != TR_JSON_NULL;
    if (has) {
        const tr_json *again;
        TR_CHECK_EQ(offset_in(text, c->params), params->offset);
        TR_CHECK_OK(tr_json_parse(NULL, tr_test_arena(), c->params, &again));
        TR_CHECK(again->kind == params->kind && again->count == params->count);
    } else {
        TR_CHECK_EQ(c->params.len, 0);
    }
    const tr_json *first = tr_json_at(params, 0);
    if (c->first.data != NULL) {
        TR_CHECK_BYTES(c->first, tr_json_text(first));
    } else {
        TR_CHECK(first == NULL || first->kind != TR_JSON_STRING ||
                 offset_in(text, first->text) == UINT64_MAX || first->text.len == 0);
    }
}

/* Scanner and tree reader accept the same texts and see the same in them, whatever code runs. */
TR_PROP(scanner_agrees_with_the_tree)
{
    static const char *const codes[] = {"portable", "avx2", "avx512"};
    tr_bytes text = gen_document(g);
    for (size_t k = 0; k < TR_COUNTOF(codes); k++) {
        if (tr_json_find(codes[k]) == NULL) continue;
        tr_json_select(tr_json_find(codes[k]));
        tr_rpc_call calls[MAX_CALLS];
        tr_rpc_body body;
        const tr_json *tree;
        tr_trail a, b;
        tr_trail_clear(&a);
        tr_trail_clear(&b);
        tr_err want = tr_json_parse(&a, tr_test_arena(), text, &tree);
        tr_err got = tr_jsonrpc_scan(&b, tr_test_arena(), text, calls, MAX_CALLS, &body);
        if (want != TR_OK) {
            TR_CHECK_MSG(got != TR_OK && got < TR_E_RPC_INVALID, "%.*s", (int)text.len, text.data);
            /* Only which of two errors comes first may differ: keys are compared at the end. */
            if (want != TR_E_DUPLICATE && got != TR_E_DUPLICATE) {
                TR_CHECK_EQ(got, want);
                TR_CHECK_EQ(b.offset, a.offset);
            }
        } else if (tree->kind == TR_JSON_ARRAY && (tree->count == 0 || tree->count > MAX_CALLS)) {
            TR_CHECK_ERR(got, tree->count == 0 ? TR_E_RPC_EMPTY : TR_E_RPC_BATCH);
            TR_CHECK_EQ(body.count, tree->count);
        } else {
            TR_CHECK_MSG(got == TR_OK, "%s: %.*s", tr_err_name(got), (int)text.len, text.data);
            TR_CHECK_EQ(body.batch, tree->kind == TR_JSON_ARRAY);
            TR_CHECK_EQ(body.count, body.batch ? tree->count : 1);
            for (size_t i = 0; i < body.count; i++)
                check_call(&calls[i], body.batch ? tr_json_at(tree, i) : tree, text);
        }
    }
    gen_free(text);
}

/* The vector loops against the portable one, at every length and place of the byte that ends it. */
TR_TEST(codes_stop_at_the_same_byte)
{
    static const char *const codes[] = {"avx2", "avx512"};
    enum { LENGTH = 300 };
    uint8_t *text = tr_alloc_get(tr_test_alloc(), LENGTH);
    for (size_t k = 0; k < TR_COUNTOF(codes); k++) {
        const tr_json_code *code = tr_json_find(codes[k]);
        if (code == NULL) continue;
        for (unsigned b = 0; b < 256; b++) {
            memset(text, 'x', LENGTH);
            size_t at = b * 7 % LENGTH;
            text[at] = (uint8_t)b;
            bool plain = b >= 0x20 && b < 0x80 && b != '"' && b != '\\';
            for (size_t from = 0; from <= LENGTH; from++) {
                const uint8_t *want = text + (plain || from > at ? LENGTH : at);
                TR_CHECK(tr_json_portable.skip_plain(text + from, text + LENGTH) == want);
                TR_CHECK(code->skip_plain(text + from, text + LENGTH) == want);
            }
        }
    }
    tr_alloc_put(tr_test_alloc(), text, LENGTH);
}
