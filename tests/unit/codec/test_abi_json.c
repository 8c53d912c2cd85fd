/* Values of the ABI as JSON. */
#include "codec/abi_json.h"
#include "harness.h"
#include "random_abi.h"

static const tr_abi_type *type_of(tr_arena *arena, const char *text)
{
    const tr_abi_type *type;
    TR_CHECK_OK(tr_abi_parse_type(NULL, arena, tr_bytes_str(text), &type));
    return type;
}

static tr_err read(tr_trail *trail, const char *type, const char *json, tr_abi_value *out)
{
    const tr_json *doc;
    TR_CHECK_OK(tr_json_parse(NULL, tr_test_arena(), tr_bytes_str(json), &doc));
    return tr_abi_from_json(trail, tr_test_arena(), type_of(tr_test_arena(), type), doc, out);
}

static tr_bytes print(tr_arena *arena, const tr_abi_type *type, const tr_abi_value *value)
{
    tr_buf out;
    tr_buf_init(&out, &arena->alloc, SIZE_MAX);
    tr_json_writer w = tr_json_write_to(&out);
    tr_abi_to_json(&w, type, value);
    TR_CHECK_OK(tr_buf_err(&out));
    return tr_buf_view(&out);
}

/* The largest numbers, in decimal: 2^256 - 1 and 2^255. */
#define MAX_UINT "115792089237316195423570985008687907853269984665640564039457584007913129639935"
#define MIN_INT  "57896044618658097711785492504343953926634992332820282019728792003956564819968"

TR_TEST(what_is_read_and_how_it_is_printed)
{
    static const char *const cases[][3] = {
        {"uint8", "255", "\"255\""},
        {"uint8", "\"0xff\"", "\"255\""},
        {"uint8", "\"0\"", "\"0\""},
        {"uint8", "\"-0\"", "\"0\""},
        {"uint256", "\"1000000000\"", "\"1000000000\""},
        {"uint256", "1000000000000000000000000000", "\"1000000000000000000000000000\""},
        {"uint256", "\"" MAX_UINT "\"", "\"" MAX_UINT "\""},
        {"int256", "\"-" MIN_INT "\"", "\"-" MIN_INT "\""},
        {"int8", "-128", "\"-128\""},
        {"int8", "\"-0x80\"", "\"-128\""},
        {"int8", "127", "\"127\""},
        {"ufixed128x18", "\"1.5\"", "\"1.5\""},
        {"ufixed128x18", "2", "\"2\""},
        {"ufixed128x18", "\"0.000000000000000001\"", "\"0.000000000000000001\""},
        {"fixed64x2", "\"-0.05\"", "\"-0.05\""},
        {"fixed64x2", "\"-12345.60\"", "\"-12345.6\""},
        {"ufixed8x80", "0", "\"0\""},
        {"bool", "true", "true"},
        {"address", "\"0x000102030405060708090A0B0C0D0E0F10111213\"",
         "\"0x000102030405060708090a0b0c0d0e0f10111213\""},
        {"bytes2", "\"0x0102\"", "\"0x0102\""},
        {"function", "\"0x000102030405060708090a0b0c0d0e0f1011121314151617\"",
         "\"0x000102030405060708090a0b0c0d0e0f1011121314151617\""},
        {"bytes", "\"0x\"", "\"0x\""},
        {"string", "\"a\\n\\u00e9\"", "\"a\\n\xc3\xa9\""},
        {"(uint8 a,bool b)[]", "[[1,true],{\"b\":false,\"a\":2}]", "[[\"1\",true],[\"2\",false]]"},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_abi_value value;
        tr_trail trail;
        tr_err err = read(&trail, cases[i][0], cases[i][1], &value);
        TR_CHECK_MSG(err == TR_OK, "%s %s: %s", cases[i][0], cases[i][1], trail.text);
        TR_CHECK_BYTES(print(tr_test_arena(), type_of(tr_test_arena(), cases[i][0]), &value),
                       tr_bytes_str(cases[i][2]));
    }
}

TR_TEST(what_is_refused)
{
    static const struct {
        const char *type, *json;
        tr_err err;
        uint64_t offset;
    } cases[] = {
        {"uint8", "256", TR_E_RANGE, 0},
        {"uint8", "-1", TR_E_RANGE, 0},
        {"int8", "128", TR_E_RANGE, 0},
        {"int8", "-129", TR_E_RANGE, 0},
        {"int256", "\"" MIN_INT "\"", TR_E_RANGE, 0},
        {"int256", "\"-" MAX_UINT "\"", TR_E_RANGE, 0},
        {"uint256",
         "\"115792089237316195423570985008687907853269984665640564039457584007913129639936\"",
         TR_E_RANGE, 0},
        {"uint8", "1.0", TR_E_SYNTAX, 0},
        {"uint8", "1e2", TR_E_SYNTAX, 0},
        {"uint8", "\"\"", TR_E_SYNTAX, 0},
        {"uint8", "\"-\"", TR_E_SYNTAX, 0},
        {"uint8", "\"0x\"", TR_E_SYNTAX, 0},
        {"uint8", "\"0xg\"", TR_E_SYNTAX, 0},
        {"uint8", "true", TR_E_TYPE, 0},
        {"ufixed128x2", "\"1.234\"", TR_E_RANGE, 0},
        {"ufixed128x2", "\"1.\"", TR_E_SYNTAX, 0},
        {"ufixed128x2", "\".5\"", TR_E_SYNTAX, 0},
        {"ufixed128x2", "\"1.2.3\"", TR_E_SYNTAX, 0},
        {"ufixed8x80", "1", TR_E_RANGE, 0},
        {"bool", "1", TR_E_TYPE, 0},
        {"bool[]", "[true, 0]", TR_E_TYPE, 7},
        {"address", "\"0x00\"", TR_E_HEX_LENGTH, 0},
        {"address", "5", TR_E_TYPE, 0},
        {"bytes", "\"00\"", TR_E_HEX_PREFIX, 0},
        {"bytes", "[]", TR_E_TYPE, 0},
        {"string", "7", TR_E_TYPE, 0},
        {"bool[2]", "[true]", TR_E_TYPE, 0},
        {"bool[]", "{}", TR_E_TYPE, 0},
        {"(bool a,bool b)", "{\"a\":true,\"c\":true}", TR_E_TYPE, 0},
        {"(bool)", "{\"a\":true}", TR_E_TYPE, 0},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_abi_value value;
        tr_trail trail;
        tr_err err = read(&trail, cases[i].type, cases[i].json, &value);
        TR_CHECK_MSG(err == cases[i].err && trail.offset == cases[i].offset,
                     "%s %s gives %s at %llu", cases[i].type, cases[i].json, tr_err_name(err),
                     (unsigned long long)trail.offset);
    }
}

/* What is printed is read as the same value. */
TR_PROP(printing_and_reading)
{
    const tr_abi_type *types = random_abi_types(g);
    tr_abi_value value, again;
    random_abi_value(g, types, &value);
    tr_bytes text = print(tr_gen_arena(g), types, &value);
    const tr_json *doc;
    TR_CHECK_OK(tr_json_parse(NULL, tr_gen_arena(g), text, &doc));
    TR_CHECK_OK(tr_abi_from_json(NULL, tr_gen_arena(g), types, doc, &again));
    TR_CHECK_BYTES(random_abi_encode(g, types, &again), random_abi_encode(g, types, &value));
}

static tr_err read_in(tr_alloc *alloc, void *context)
{
    tr_arena arena;
    tr_abi_value value;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    const tr_abi_type *type = type_of(tr_test_arena(), "(bytes,uint8)[]");
    tr_err err = tr_abi_from_json(NULL, &arena, type, context, &value);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(memory_runs_out)
{
    tr_buf text;
    tr_buf_init(&text, &tr_test_arena()->alloc, SIZE_MAX);
    for (size_t i = 0; i < 200; i++) tr_buf_put_str(&text, i == 0 ? "[" : "[\"0x0102\",3],");
    tr_buf_put_str(&text, "[\"0x\",4]]");
    const tr_json *doc;
    TR_CHECK_OK(tr_json_parse(NULL, tr_test_arena(), tr_buf_view(&text), &doc));
    tr_test_out_of_memory(read_in, (void *)(uintptr_t)doc);
}
