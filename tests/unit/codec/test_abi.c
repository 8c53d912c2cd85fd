/* The Solidity ABI.  Fixed encodings and selectors are the examples of its specification; random
 * cases against ethers are in tests/peers/abi-ethers.mjs. */
#include "codec/abi.h"
#include "harness.h"
#include "random_abi.h"

static const tr_abi_type *types_of(const char *text)
{
    const tr_abi_type *types;
    tr_trail trail;
    tr_err err = tr_abi_parse_types(&trail, tr_test_arena(), tr_bytes_str(text), &types);
    TR_CHECK_MSG(err == TR_OK, "%s: %s", text, trail.text);
    return types;
}

static tr_err decode(const char *types, tr_bytes in, tr_abi_mode mode, tr_abi_value *out)
{
    return tr_abi_decode(NULL, tr_test_arena(), types_of(types), in, mode, out);
}

/* Words written short: each space-separated part is one word, given by its last bytes in hex; what
 * begins with = is a word given by its first bytes. */
static tr_bytes words(const char *text)
{
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
    while (*text != '\0') {
        char hex[65] = "";
        size_t len = 0;
        bool left = *text == '=';
        if (left) text++;
        while (*text != '\0' && *text != ' ') hex[len++] = *text++;
        while (*text == ' ') text++;
        tr_bytes part = tr_test_hex(hex);
        if (!left) tr_buf_put_zeros(&out, 32 - part.len);
        tr_buf_put(&out, part);
        if (left) tr_buf_put_zeros(&out, 32 - part.len);
    }
    return tr_buf_view(&out);
}

static void check_round_trip(const char *types, tr_bytes in, tr_abi_value *value)
{
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
    TR_CHECK_OK(decode(types, in, TR_ABI_LENIENT, value));
    TR_CHECK_OK(decode(types, in, TR_ABI_STRICT, value));
    TR_CHECK_OK(tr_abi_encode(NULL, types_of(types), value, &out));
    TR_CHECK_BYTES(tr_buf_view(&out), in);
}

TR_TEST(types_print_as_their_canonical_text)
{
    static const char *const cases[][2] = {
        {"", "()"},
        {"uint", "(uint256)"},
        {" int , uint8 ", "(int256,uint8)"},
        {"fixed,ufixed,fixed8x80", "(fixed128x18,ufixed128x18,fixed8x80)"},
        {"(uint256,(address,bytes)[],string)[2]", "((uint256,(address,bytes)[],string)[2])"},
        {"tuple(uint a, tuple(bool b) c)[] d", "((uint256,(bool))[])"},
        {"address payable to, uint256[2][] calldata amounts", "(address,uint256[2][])"},
        {"function f, bytes32, bytes, string[0]", "(function,bytes32,bytes,string[0])"},
        {"uint256[0],()", "(uint256[0],())"},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_buf out;
        tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
        tr_abi_print(&out, types_of(cases[i][0]));
        TR_CHECK_STR(tr_buf_text(&out), cases[i][1]);
    }
    const tr_abi_type *type;
    TR_CHECK_OK(tr_abi_parse_type(NULL, tr_test_arena(), TR_LIT("uint8[3] x"), &type));
    TR_CHECK(type->kind == TR_ABI_ARRAY && type->count == 3 && type->head == 96 && !type->dynamic);
    TR_CHECK_BYTES(type->name, TR_LIT("x"));
}

TR_TEST(what_is_no_type)
{
    static const struct {
        const char *text;
        tr_err err;
        uint64_t offset;
    } cases[] = {
        {"uint7", TR_E_ABI_TYPE, 0},
        {"uint264", TR_E_ABI_TYPE, 0},
        {"uint0", TR_E_ABI_TYPE, 0},
        {"uint08", TR_E_ABI_TYPE, 0},
        {"bool,byte", TR_E_ABI_TYPE, 5},
        {"bytes33", TR_E_ABI_TYPE, 0},
        {"bytes0", TR_E_ABI_TYPE, 0},
        {"fixed128", TR_E_ABI_TYPE, 0},
        {"fixed128x0", TR_E_ABI_TYPE, 0},
        {"fixed128x81", TR_E_ABI_TYPE, 0},
        {"address20", TR_E_ABI_TYPE, 0},
        {"bool,", TR_E_ABI_TYPE, 5},
        {",bool", TR_E_ABI_TYPE, 0},
        {"(bool", TR_E_ABI_TYPE, 5},
        {"bool)", TR_E_ABI_TYPE, 4},
        {"bool[", TR_E_ABI_TYPE, 5},
        {"bool[-1]", TR_E_ABI_TYPE, 5},
        {"bool[01]", TR_E_ABI_TYPE, 4},
        {"bool[9999999999]", TR_E_ABI_TYPE, 4},
        {"bool a b", TR_E_ABI_TYPE, 7},
        {"bool 1", TR_E_ABI_TYPE, 5},
        {"uint256x", TR_E_ABI_TYPE, 0},
        {"()[]", TR_E_ABI_TYPE, 2},
        {"uint[0][]", TR_E_ABI_TYPE, 7},
        {"(uint,uint[0])[3]", TR_E_ABI_TYPE, 14},
        {"string\xff", TR_E_ABI_TYPE, 6},
        {"uint[999999999][999999999][999999999]", TR_E_LIMIT, 26},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        const tr_abi_type *types;
        tr_trail trail;
        tr_err err =
            tr_abi_parse_types(&trail, tr_test_arena(), tr_bytes_str(cases[i].text), &types);
        TR_CHECK_MSG(err == cases[i].err && trail.offset == cases[i].offset, "%s gives %s at %llu",
                     cases[i].text, tr_err_name(err), (unsigned long long)trail.offset);
    }
    tr_abi_entry entry;
    tr_bytes long_signature = {(const uint8_t *)"", TR_ABI_MAX_TYPE_TEXT + 1};
    TR_CHECK_ERR(tr_abi_parse_entry(NULL, tr_test_arena(), long_signature, &entry), TR_E_LIMIT);
    const tr_abi_type *type;
    TR_CHECK_ERR(tr_abi_parse_type(NULL, tr_test_arena(), TR_LIT("bool,bool"), &type),
                 TR_E_ABI_TYPE);
    tr_bytes long_text = {(const uint8_t *)"", TR_ABI_MAX_TYPE_TEXT + 1};
    TR_CHECK_ERR(tr_abi_parse_types(NULL, tr_test_arena(), long_text, &type), TR_E_LIMIT);
}

TR_TEST(depth_is_bounded)
{
    char text[600] = "";
    const tr_abi_type *types;
    for (size_t tuples = 0; tuples <= TR_ABI_MAX_DEPTH; tuples++) {
        for (size_t arrays = 0; arrays <= TR_ABI_MAX_DEPTH; arrays++) {
            size_t at = 0;
            for (size_t i = 0; i < tuples; i++) text[at++] = '(';
            memcpy(text + at, "bool", 4);
            at += 4;
            for (size_t i = 0; i < arrays; i++, at += 2) memcpy(text + at, "[]", 2);
            for (size_t i = 0; i < tuples; i++) text[at++] = ')';
            tr_err err = tr_abi_parse_types(NULL, tr_test_arena(), tr_bytes_of(text, at), &types);
            /* The list of types and the bool count as well. */
            TR_CHECK_ERR(err, tuples + arrays + 2 <= TR_ABI_MAX_DEPTH ? TR_OK : TR_E_DEPTH);
            if (err == TR_OK) TR_CHECK_EQ(types->depth, tuples + arrays + 2);
        }
    }
}

TR_TEST(the_examples_of_the_specification)
{
    tr_abi_value value;
    check_round_trip("bytes,bool,uint256[]", words("60 01 a0 04 =64617665 03 01 02 03"), &value);
    TR_CHECK_EQ(value.items[0].count, 4);
    TR_CHECK(memcmp(value.items[0].data, "dave", 4) == 0);
    TR_CHECK(tr_abi_bool(&value.items[1]));
    uint64_t n;
    TR_CHECK_OK(tr_abi_u64(&value.items[2].items[2], &n));
    TR_CHECK_EQ(n, 3);
    check_round_trip("uint256,uint32[],bytes10,bytes",
                     words("0123 80 =31323334353637383930 e0 02 0456 0789 0d "
                           "=48656c6c6f2c20776f726c6421"),
                     &value);
    check_round_trip("uint256[][],string[]",
                     words("40 0140 02 40 a0 02 01 02 01 03 03 60 a0 e0 03 =6f6e65 03 =74776f 05 "
                           "=7468726565"),
                     &value);
    TR_CHECK_EQ(value.items[1].items[2].count, 5);
    check_round_trip("uint32,bool", words("45 01"), &value);
    check_round_trip("bytes3[2]", words("=616263 =646566"), &value);
}

TR_TEST(corner_cases_of_layout)
{
    tr_abi_value value;
    check_round_trip("", (tr_bytes){NULL, 0}, &value);
    check_round_trip("()", (tr_bytes){NULL, 0}, &value);
    check_round_trip("uint256[0]", (tr_bytes){NULL, 0}, &value);
    check_round_trip("bytes", words("20 00"), &value);
    check_round_trip("string[0]", words("20"), &value);
    check_round_trip("string[0],bool", words("40 01"), &value);
    check_round_trip("string[]", words("20 00"), &value);
    /* A static tuple lies in the head as it is; a dynamic one behind its offset. */
    check_round_trip("(uint8,bool)[2],bytes", words("05 01 06 00 a0 01 =ff"), &value);
    check_round_trip("(uint8,bytes)", words("20 05 40 01 =ff"), &value);
    check_round_trip("(uint8,bytes)[2]", words("20 40 c0 05 40 01 =ff 06 40 00"), &value);
}

/* Each error with its offset, in strict and in lenient mode. */
TR_TEST(what_is_refused)
{
    static const struct {
        const char *types, *in;
        tr_err strict, lenient;
        uint64_t offset;
    } cases[] = {
        {"uint8", "0100", TR_E_ABI_PADDING, TR_OK, 0},
        {"bool", "02", TR_E_ABI_PADDING, TR_OK, 0},
        {"uint8,int8", "01 80", TR_E_ABI_PADDING, TR_OK, 32},
        {"address", "01000000000000000000000000000000000000000000", TR_E_ABI_PADDING, TR_OK, 0},
        {"bytes2", "=010203", TR_E_ABI_PADDING, TR_OK, 0},
        {"function", "01", TR_E_ABI_PADDING, TR_OK, 0},
        {"uint8", "", TR_E_SHORT, TR_E_SHORT, 0},
        {"uint8,uint8", "01", TR_E_SHORT, TR_E_SHORT, 32},
        {"uint8", "01 02", TR_E_TRAILING, TR_OK, 32},
        {"bytes", "20 01 =0001", TR_E_ABI_PADDING, TR_OK, 65},
        {"bytes", "40 00 01 =ff", TR_E_ABI_OFFSET, TR_OK, 0},
        {"bytes", "20 00 00", TR_E_TRAILING, TR_OK, 64},
        {"bytes", "20", TR_E_SHORT, TR_E_SHORT, 32},
        {"bytes", "21 00", TR_E_ABI_OFFSET, TR_E_SHORT, 0},
        {"bytes", "20 01", TR_E_SHORT, TR_E_SHORT, 32},
        {"bytes", "010000000000000000 00", TR_E_SHORT, TR_E_SHORT, 0},
        {"bytes", "20 010000000000000000", TR_E_SHORT, TR_E_SHORT, 32},
        {"bytes", "20 ffffffffffffffff", TR_E_SHORT, TR_E_SHORT, 32},
        {"uint8[]", "20 02 01", TR_E_SHORT, TR_E_SHORT, 32},
        {"uint8[]", "20 ffffffffffffffff 01", TR_E_SHORT, TR_E_SHORT, 32},
        {"uint8[9][]", "20 01 01", TR_E_SHORT, TR_E_SHORT, 64},
        {"uint8[999999999][]", "20 01 01", TR_E_SHORT, TR_E_SHORT, 64},
        {"uint8[999999999][99999999][]", "20 02 01 01", TR_E_SHORT, TR_E_SHORT, 64},
        {"string[999999999]", "20 01", TR_E_SHORT, TR_E_SHORT, 32},
        {"bytes,bytes", "40 40 00", TR_E_ABI_OFFSET, TR_OK, 32},
        {"bytes,bytes", "60 40 00 00", TR_E_ABI_OFFSET, TR_OK, 0},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_abi_value value;
        tr_trail trail;
        tr_bytes in = words(cases[i].in);
        const tr_abi_type *types = types_of(cases[i].types);
        tr_err err = tr_abi_decode(&trail, tr_test_arena(), types, in, TR_ABI_STRICT, &value);
        TR_CHECK_MSG(err == cases[i].strict && trail.offset == cases[i].offset,
                     "%s of %s gives %s at %llu", cases[i].types, cases[i].in, tr_err_name(err),
                     (unsigned long long)trail.offset);
        err = tr_abi_decode(&trail, tr_test_arena(), types, in, TR_ABI_LENIENT, &value);
        TR_CHECK_MSG(err == cases[i].lenient, "%s of %s gives %s", cases[i].types, cases[i].in,
                     tr_err_name(err));
        if (err != TR_OK) TR_CHECK(trail.code == err && trail.offset <= in.len);
    }
}

TR_TEST(lenient_values_are_clean)
{
    static const struct {
        const char *type, *in, *clean;
    } cases[] = {
        {"uint8", "=ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff07", "07"},
        {"int8", "ff80", "=ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff80"},
        {"int8", "=ff0000000000000000000000000000000000000000000000000000000000007f", "7f"},
        {"bool", "0100", "01"},
        {"bytes2", "=010203", "=0102"},
        {"address", "=ffffffffffffffffffffffff000102030405060708090a0b0c0d0e0f10111213",
         "000102030405060708090a0b0c0d0e0f10111213"},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_abi_value value;
        TR_CHECK_OK(decode(cases[i].type, words(cases[i].in), TR_ABI_LENIENT, &value));
        TR_CHECK_BYTES(tr_bytes_of(value.items[0].data, 32), words(cases[i].clean));
    }
    /* Bytes may end with the input, without padding. */
    tr_abi_value value;
    tr_bytes in = words("20 03 =616263");
    TR_CHECK_OK(decode("bytes", tr_bytes_cut(in, 0, 67), TR_ABI_LENIENT, &value));
    TR_CHECK_EQ(value.items[0].count, 3);
    TR_CHECK_ERR(decode("bytes", tr_bytes_cut(in, 0, 67), TR_ABI_STRICT, &value), TR_E_SHORT);
    TR_CHECK_ERR(decode("bytes", tr_bytes_cut(in, 0, 66), TR_ABI_LENIENT, &value), TR_E_SHORT);
}

/* Lists whose elements all point to the same list: seven levels of 64 would be 64^7 values. */
TR_TEST(a_bomb_stays_small)
{
    enum { WIDTH = 64, LEVELS = 7 };
    tr_buf in;
    tr_buf_init(&in, &tr_test_arena()->alloc, SIZE_MAX);
    uint8_t word[32] = {0};
    word[31] = 32;
    tr_buf_put(&in, TR_VIEW(word));
    for (size_t level = 0; level < LEVELS; level++) {
        word[31] = WIDTH;
        word[30] = 0;
        tr_buf_put(&in, TR_VIEW(word));
        /* Offsets count from after the list's count: all lead to the next list. */
        tr_store16be(word + 30, WIDTH * 32);
        for (size_t i = 0; i < WIDTH; i++) tr_buf_put(&in, TR_VIEW(word));
    }
    word[30] = word[31] = 0;
    tr_buf_put(&in, TR_VIEW(word));
    tr_arena arena;
    tr_arena_init(&arena, tr_test_alloc(), SIZE_MAX);
    tr_abi_value value;
    tr_trail trail;
    const tr_abi_type *types = types_of("uint256[][][][][][][][]");
    TR_CHECK_ERR(tr_abi_decode(&trail, &arena, types, tr_buf_view(&in), TR_ABI_LENIENT, &value),
                 TR_E_ABI_BOMB);
    TR_CHECK(arena.used <= 2 * 16 * (in.len + 64));
    TR_CHECK(trail.offset < in.len);
    TR_CHECK_ERR(tr_abi_decode(NULL, &arena, types, tr_buf_view(&in), TR_ABI_STRICT, &value),
                 TR_E_ABI_OFFSET);
    tr_arena_free(&arena);
}

/* The canonical encoding that needs the most values for its size. */
TR_TEST(no_canonical_encoding_is_a_bomb)
{
    char text[80] = "";
    size_t around = TR_ABI_MAX_DEPTH - 3;
    for (size_t i = 0; i < around; i++) text[i] = '(';
    memcpy(text + around, "bool", 4);
    for (size_t i = 0; i < around; i++) text[around + 4 + i] = ')';
    memcpy(text + 2 * around + 4, "[]", 3);
    tr_buf in;
    tr_buf_init(&in, &tr_test_arena()->alloc, SIZE_MAX);
    tr_buf_put(&in, words("20 03e8"));
    tr_buf_put_zeros(&in, 32 * 1000);
    tr_abi_value value;
    check_round_trip(text, tr_buf_view(&in), &value);
    TR_CHECK_EQ(value.items[0].count, 1000);
}

TR_TEST(what_does_not_encode)
{
    uint8_t word[32] = {[30] = 1};
    tr_abi_value item = {.data = word, .count = 32}, two[2] = {item, item};
    tr_abi_value one = {.items = &item, .count = 1}, pair = {.items = two, .count = 2};
    tr_abi_value short_word = {.data = word, .count = 31};
    tr_abi_value in_list = {.items = &pair, .count = 1};
    tr_abi_value bad = {.items = &short_word, .count = 1};
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
    tr_buf_put_u8(&out, 1);
    tr_trail trail;
    TR_CHECK_ERR(tr_abi_encode(&trail, types_of("uint8"), &one, &out), TR_E_RANGE);
    TR_CHECK_STR(trail.text, "ABI: a word does not fit its type; in member 0");
    TR_CHECK_ERR(tr_abi_encode(&trail, types_of("uint16[][]"), &in_list, &out), TR_E_TYPE);
    TR_CHECK_ERR(tr_abi_encode(NULL, types_of("uint16,uint16"), &one, &out), TR_E_TYPE);
    TR_CHECK_ERR(tr_abi_encode(NULL, types_of("uint16[3]"), &in_list, &out), TR_E_TYPE);
    TR_CHECK_ERR(tr_abi_encode(&trail, types_of("uint16"), &bad, &out), TR_E_TYPE);
    TR_CHECK_STR(trail.text, "ABI: a value of 31 parts for the type uint16; in member 0");
    TR_CHECK_ERR(tr_abi_encode_packed(&trail, types_of("uint8"), &one, &out), TR_E_RANGE);
    TR_CHECK_ERR(tr_abi_encode_packed(NULL, types_of("uint16,uint16"), &one, &out), TR_E_TYPE);
    TR_CHECK_ERR(tr_abi_encode_packed(NULL, types_of("(uint16,uint16)"), &in_list, &out),
                 TR_E_UNSUPPORTED);
    TR_CHECK_ERR(tr_abi_encode_packed(NULL, types_of("uint16[][]"), &in_list, &out),
                 TR_E_UNSUPPORTED);
    TR_CHECK_ERR(tr_abi_encode_packed(NULL, types_of("uint16[3]"), &in_list, &out), TR_E_TYPE);
    TR_CHECK_ERR(tr_abi_encode_packed(NULL, types_of("uint8[]"), &in_list, &out), TR_E_RANGE);
    /* Nothing of a failed value was written. */
    TR_CHECK_EQ(out.len, 1);
    TR_CHECK_OK(tr_buf_err(&out));
    /* A value that promises more elements than there can be. */
    tr_abi_value many = {.items = &item, .count = SIZE_MAX / 2};
    tr_abi_value lists = {.items = &many, .count = 1};
    TR_CHECK_ERR(tr_abi_encode(NULL, types_of("uint16[]"), &lists, &out), TR_E_LIMIT);
    TR_CHECK_ERR(tr_abi_encode(NULL, types_of("bytes"), &lists, &out), TR_E_LIMIT);
}

/* The specification's example, and an array, whose elements are whole words. */
TR_TEST(packed)
{
    tr_abi_value value;
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
    tr_bytes in = words("=ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff =42 03 "
                        "80 0d =48656c6c6f2c20776f726c6421");
    TR_CHECK_OK(decode("int16,bytes1,uint16,string", in, TR_ABI_STRICT, &value));
    TR_CHECK_OK(tr_abi_encode_packed(NULL, types_of("int16,bytes1,uint16,string"), &value, &out));
    TR_CHECK_BYTES(tr_buf_view(&out), tr_test_hex("ffff42000348656c6c6f2c20776f726c6421"));
    tr_buf_clear(&out);
    in = words("01 1122 02 03");
    const char *types = "bool,address,uint8[2]";
    TR_CHECK_OK(decode(types, in, TR_ABI_STRICT, &value));
    TR_CHECK_OK(tr_abi_encode_packed(NULL, types_of(types), &value, &out));
    TR_CHECK_EQ(out.len, 1 + 20 + 64);
    TR_CHECK_BYTES(tr_bytes_cut(tr_buf_view(&out), 21, 64), words("02 03"));
    TR_CHECK_EQ(tr_abi_addr(&value.items[1]).b[19], 0x22);
}

TR_TEST(signatures)
{
    static const struct {
        const char *text, *selector, *canonical;
    } cases[] = {
        {"baz(uint32,bool)", "cdcd77c0", "(uint32,bool)"},
        {"bar(bytes3[2])", "fce353f6", "(bytes3[2])"},
        {"sam(bytes,bool,uint256[])", "a5643bf2", "(bytes,bool,uint256[])"},
        {"f(uint256,uint32[],bytes10,bytes)", "8be65246", "(uint256,uint32[],bytes10,bytes)"},
        {"g(uint256[][],string[])", "2289b18c", "(uint256[][],string[])"},
        {"sam(bytes a, bool b, uint[] memory c)", "a5643bf2", "(bytes,bool,uint256[])"},
        {"function transfer(address to, uint256 amount) external returns (bool);", "a9059cbb",
         "(address,uint256)"},
        {"event Transfer(address indexed from, address indexed to, uint256 value)", "ddf252ad",
         "(address,address,uint256)"},
        {"event Transfer(address,address,uint256) anonymous", "ddf252ad",
         "(address,address,uint256)"},
        {"error Error(string)", "08c379a0", "(string)"},
        {" totalSupply ( ) ", "18160ddd", "()"},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_abi_entry entry;
        tr_trail trail;
        tr_buf out;
        tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
        tr_err err =
            tr_abi_parse_entry(&trail, tr_test_arena(), tr_bytes_str(cases[i].text), &entry);
        TR_CHECK_MSG(err == TR_OK, "%s: %s", cases[i].text, trail.text);
        TR_CHECK_BYTES(TR_VIEW(entry.selector), tr_test_hex(cases[i].selector));
        tr_abi_print(&out, entry.inputs);
        TR_CHECK_STR(tr_buf_text(&out), cases[i].canonical);
        TR_CHECK_EQ(entry.outputs != NULL, i == 6);
        TR_CHECK_EQ(entry.anonymous, i == 8);
        TR_CHECK_EQ(entry.kind, i == 7 || i == 8 ? TR_ABI_ENTRY_EVENT
                                : i == 9         ? TR_ABI_ENTRY_ERROR
                                                 : TR_ABI_ENTRY_FUNCTION);
        if (i == 7)
            TR_CHECK(entry.inputs->first->indexed && !entry.inputs->first->next->next->indexed);
    }
    static const struct {
        const char *text;
        uint64_t offset;
    } wrong[] = {{"", 0},
                 {"f", 1},
                 {"(uint)", 0},
                 {"f(uint", 6},
                 {"f(uintx)", 2},
                 {"f() a", 4},
                 {"event f() view", 10},
                 {"1f()", 2},
                 {"f() returns", 11},
                 {"f() returns () returns ()", 15},
                 {"thing f()", 6}};
    for (size_t i = 0; i < TR_COUNTOF(wrong); i++) {
        tr_abi_entry entry;
        tr_trail trail;
        tr_err err =
            tr_abi_parse_entry(&trail, tr_test_arena(), tr_bytes_str(wrong[i].text), &entry);
        TR_CHECK_MSG(err == TR_E_ABI_TYPE && trail.offset == wrong[i].offset, "%s gives %s at %llu",
                     wrong[i].text, tr_err_name(err), (unsigned long long)trail.offset);
    }
}

static bool same(const tr_abi_type *type, const tr_abi_value *a, const tr_abi_value *b)
{
    if (a->count != b->count) return false;
    if (type->kind < TR_ABI_ARRAY)
        return tr_bytes_eq(tr_bytes_of(a->data, a->count), tr_bytes_of(b->data, b->count));
    const tr_abi_type *item = type->first;
    for (size_t i = 0; i < a->count; i++) {
        if (!same(item, &a->items[i], &b->items[i])) return false;
        if (type->kind == TR_ABI_TUPLE) item = item->next;
    }
    return true;
}

TR_PROP(what_is_encoded_is_decoded)
{
    const tr_abi_type *types = random_abi_types(g);
    tr_abi_value value, decoded;
    random_abi_value(g, types, &value);
    tr_bytes in = random_abi_encode(g, types, &value);
    for (tr_abi_mode mode = TR_ABI_STRICT; mode <= TR_ABI_LENIENT; mode++) {
        TR_CHECK_OK(tr_abi_decode(NULL, tr_gen_arena(g), types, in, mode, &decoded));
        TR_CHECK(same(types, &value, &decoded));
    }
    /* The text of the type says all there is to say about it. */
    tr_buf text;
    tr_buf_init(&text, &tr_gen_arena(g)->alloc, SIZE_MAX);
    tr_abi_print(&text, types);
    const tr_abi_type *again;
    TR_CHECK_OK(tr_abi_parse_type(NULL, tr_gen_arena(g), tr_buf_view(&text), &again));
    TR_CHECK_OK(tr_abi_decode(NULL, tr_gen_arena(g), again, in, TR_ABI_STRICT, &decoded));
    TR_CHECK(same(types, &value, &decoded));
}

/* A changed encoding is refused, or it is the one encoding of another value.  What strict decoding
 * accepts, lenient decoding accepts with the same value; and what lenient decoding makes of
 * anything else can be encoded. */
TR_PROP(strict_decoding_accepts_only_what_is_encoded)
{
    const tr_abi_type *types = random_abi_types(g);
    tr_abi_value value, strict, lenient;
    random_abi_value(g, types, &value);
    tr_bytes valid = random_abi_encode(g, types, &value);
    size_t len = valid.len;
    uint8_t *in = (uint8_t *)(uintptr_t)tr_arena_copy(tr_gen_arena(g), valid).data;
    for (uint64_t n = 1 + tr_gen_below(g, 3); n > 0 && len != 0; n--) {
        size_t at = (size_t)tr_gen_below(g, len);
        /* Mostly the last byte of a word: that is where offsets and counts are. */
        if (tr_gen_bool(g)) at |= 31;
        in[at] = tr_gen_bool(g) ? (uint8_t)(32 * tr_gen_below(g, 8)) : (uint8_t)tr_gen_u64(g);
    }
    if (tr_gen_below(g, 4) == 0) len = (size_t)tr_gen_below(g, len + 1);
    tr_bytes changed = {in, len};
    tr_trail trail;
    tr_err err = tr_abi_decode(&trail, tr_gen_arena(g), types, changed, TR_ABI_STRICT, &strict);
    tr_err loose = tr_abi_decode(NULL, tr_gen_arena(g), types, changed, TR_ABI_LENIENT, &lenient);
    if (err == TR_OK) {
        TR_CHECK_BYTES(random_abi_encode(g, types, &strict), changed);
        TR_CHECK_OK(loose);
        TR_CHECK(same(types, &strict, &lenient));
    } else {
        TR_CHECK(trail.offset <= len);
    }
    if (loose == TR_OK) {
        tr_bytes clean = random_abi_encode(g, types, &lenient);
        TR_CHECK_OK(tr_abi_decode(NULL, tr_gen_arena(g), types, clean, TR_ABI_STRICT, &strict));
        TR_CHECK(same(types, &strict, &lenient));
    }
}

static tr_err everything(tr_alloc *alloc, void *context)
{
    (void)context;
    tr_arena arena;
    tr_buf out;
    tr_abi_entry entry;
    tr_abi_value value;
    tr_bytes in = words("40 02 02 40 80 01 =ff 01 =ee");
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_buf_init(&out, alloc, SIZE_MAX);
    tr_err err = tr_abi_parse_entry(NULL, &arena, TR_LIT("f(bytes[],uint8)"), &entry);
    if (err == TR_OK) err = tr_abi_decode(NULL, &arena, entry.inputs, in, TR_ABI_LENIENT, &value);
    if (err == TR_OK) err = tr_abi_encode(NULL, entry.inputs, &value, &out);
    tr_buf_free(&out);
    tr_arena_free(&arena);
    return err;
}

static tr_err many_types(tr_alloc *alloc, void *context)
{
    tr_arena arena;
    const tr_abi_type *types;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_err err = tr_abi_parse_types(NULL, &arena, *(tr_bytes *)context, &types);
    tr_arena_free(&arena);
    return err;
}

/* Each word is dirty, so that lenient decoding takes memory again and again. */
static tr_err many_words(tr_alloc *alloc, void *context)
{
    tr_arena arena;
    tr_abi_value value;
    tr_buf out;
    const tr_abi_type *types = types_of("uint8[]");
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_buf_init(&out, alloc, SIZE_MAX);
    tr_err err = tr_abi_decode(NULL, &arena, types, *(tr_bytes *)context, TR_ABI_LENIENT, &value);
    if (err == TR_OK) err = tr_abi_encode(NULL, types, &value, &out);
    if (err == TR_OK) err = tr_abi_encode_packed(NULL, types, &value, &out);
    tr_buf_free(&out);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(memory_runs_out)
{
    tr_test_out_of_memory(everything, NULL);
    tr_buf text;
    tr_buf_init(&text, &tr_test_arena()->alloc, SIZE_MAX);
    for (size_t i = 0; i < 300; i++) tr_buf_put_str(&text, i == 0 ? "bool" : ",(bool[],int)[2]");
    tr_bytes view = tr_buf_view(&text);
    tr_test_out_of_memory(many_types, &view);
    tr_buf in;
    tr_buf_init(&in, &tr_test_arena()->alloc, SIZE_MAX);
    tr_buf_put(&in, words("20 03e8"));
    uint8_t dirty[32];
    memset(dirty, 0x11, sizeof(dirty));
    for (size_t i = 0; i < 1000; i++) tr_buf_put(&in, TR_VIEW(dirty));
    view = tr_buf_view(&in);
    tr_test_out_of_memory(many_words, &view);
}
