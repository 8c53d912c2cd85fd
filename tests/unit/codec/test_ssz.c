#include "codec/ssz.h"

#include "harness.h"
#include "ssz_constants.h"

static const tr_ssz_type vector_u16 = TR_SSZ_VECTOR_OF(&tr_ssz_u16, 20);
static const tr_ssz_type list_u64 = TR_SSZ_LIST_OF(&tr_ssz_u64, 1000);
static const tr_ssz_type list_deep = TR_SSZ_LIST_OF(&tr_ssz_u8, (uint64_t)1 << 40);
static const tr_ssz_type bitvector_10 = TR_SSZ_BITS(10);
static const tr_ssz_type bitlist_300 = TR_SSZ_BITS_UP_TO(300);
static const tr_ssz_type bitlist_8 = TR_SSZ_BITS_UP_TO(8);
static const tr_ssz_type bitlist_2048 = TR_SSZ_BITS_UP_TO(2048);
static const tr_ssz_type list_bool = TR_SSZ_LIST_OF(&tr_ssz_bool, 4);
static const tr_ssz_field checkpoint_fields[] = {{"epoch", &tr_ssz_u64}, {"root", &tr_ssz_bytes32}};
static const tr_ssz_type checkpoint = TR_SSZ_CONTAINER_OF(checkpoint_fields);
static const tr_ssz_field pair_fields[] = {{"x", &tr_ssz_u8}, {"y", &tr_ssz_bytes32}};
static const tr_ssz_type pair = TR_SSZ_CONTAINER_OF(pair_fields);
static const tr_ssz_type two_pairs = TR_SSZ_VECTOR_OF(&pair, 2);
static const tr_ssz_type pairs = TR_SSZ_LIST_OF(&pair, 16);
static const tr_ssz_type list_4 = TR_SSZ_LIST_OF(&tr_ssz_u16, 4);
static const tr_ssz_type lists = TR_SSZ_LIST_OF(&list_4, 3);
static const tr_ssz_type two_lists = TR_SSZ_VECTOR_OF(&list_4, 2);
static const tr_ssz_type bytes_100 = TR_SSZ_LIST_OF(&tr_ssz_u8, 100);
static const tr_ssz_field everything_fields[] = {
    {"a", &tr_ssz_u16},  {"b", &bytes_100}, {"c", &two_pairs},    {"d", &lists},
    {"e", &tr_ssz_bool}, {"f", &bitlist_8}, {"g", &bitvector_10},
};
static const tr_ssz_type everything = TR_SSZ_CONTAINER_OF(everything_fields);

static const struct known {
    const tr_ssz_type *type;
    const char *encoding, *root;
} known[] = {
    {&tr_ssz_u64, SSZ_U64, SSZ_U64_ROOT},
    {&tr_ssz_u256, SSZ_U256, SSZ_U256_ROOT},
    {&tr_ssz_bool, SSZ_TRUE, SSZ_TRUE_ROOT},
    {&vector_u16, SSZ_VECTOR_U16, SSZ_VECTOR_U16_ROOT},
    {&list_u64, SSZ_LIST_U64, SSZ_LIST_U64_ROOT},
    {&list_u64, SSZ_LIST_EMPTY, SSZ_LIST_EMPTY_ROOT},
    {&list_deep, SSZ_LIST_DEEP, SSZ_LIST_DEEP_ROOT},
    {&bitvector_10, SSZ_BITVECTOR, SSZ_BITVECTOR_ROOT},
    {&bitlist_300, SSZ_BITLIST, SSZ_BITLIST_ROOT},
    {&bitlist_8, SSZ_BITLIST_FULL_BYTE, SSZ_BITLIST_FULL_BYTE_ROOT},
    {&bitlist_2048, SSZ_BITLIST_EMPTY, SSZ_BITLIST_EMPTY_ROOT},
    {&checkpoint, SSZ_CHECKPOINT, SSZ_CHECKPOINT_ROOT},
    {&pairs, SSZ_LIST_CONTAINER, SSZ_LIST_CONTAINER_ROOT},
    {&lists, SSZ_LIST_VARIABLE, SSZ_LIST_VARIABLE_ROOT},
    {&lists, SSZ_LIST_VARIABLE_EMPTY, SSZ_LIST_VARIABLE_EMPTY_ROOT},
    {&everything, SSZ_EVERYTHING, SSZ_EVERYTHING_ROOT},
};

static tr_ssz decoded(const tr_ssz_type *type, const char *hex)
{
    tr_ssz v;
    TR_CHECK_OK(tr_ssz_decode(NULL, tr_test_arena(), type, tr_test_hex(hex), &v));
    return v;
}

TR_TEST(known_encodings_and_roots)
{
    for (size_t i = 0; i < TR_COUNTOF(known); i++) {
        tr_ssz v = decoded(known[i].type, known[i].encoding);
        tr_hash root;
        TR_CHECK_OK(tr_ssz_root(NULL, tr_test_arena(), &v, &root));
        TR_CHECK_BYTES(TR_VIEW(root.b), tr_test_hex(known[i].root));
        tr_buf buf;
        tr_buf_init(&buf, &tr_test_arena()->alloc, SIZE_MAX);
        tr_buf_put_u8(&buf, 9); /* offsets count from the value, not from the buffer */
        TR_CHECK_OK(tr_ssz_encode(NULL, &v, &buf));
        TR_CHECK_BYTES(tr_bytes_cut(tr_buf_view(&buf), 1, buf.len), tr_test_hex(known[i].encoding));
    }
}

TR_TEST(values_are_what_was_written)
{
    tr_ssz v = decoded(&everything, SSZ_EVERYTHING);
    TR_CHECK_EQ(tr_ssz_length(&v), 7);
    TR_CHECK_EQ(tr_ssz_number(&v.items[0]), 0x1234);
    TR_CHECK_BYTES(v.items[1].bytes, TR_LIT("\x01\x02\x03\xfa"));
    TR_CHECK_EQ(tr_ssz_length(&v.items[1]), 4);
    TR_CHECK_EQ(tr_ssz_number(&v.items[2].items[1].items[0]), 8);
    TR_CHECK_EQ(tr_ssz_length(&v.items[3]), 3);
    TR_CHECK_EQ(tr_ssz_length(&v.items[3].items[0]), 2);
    TR_CHECK_EQ(tr_ssz_length(&v.items[3].items[1]), 0);
    TR_CHECK_EQ(tr_ssz_number(&v.items[4]), 1);
    TR_CHECK_EQ(tr_ssz_length(&v.items[5]), 3);
    TR_CHECK(tr_ssz_bit(&v.items[5], 0) && !tr_ssz_bit(&v.items[5], 1) &&
             tr_ssz_bit(&v.items[5], 2) && !tr_ssz_bit(&v.items[5], 3));
    TR_CHECK_EQ(tr_ssz_length(&v.items[6]), 10);
    TR_CHECK(tr_ssz_bit(&v.items[6], 9) && !tr_ssz_bit(&v.items[6], 8));
}

TR_TEST(what_is_no_encoding)
{
    static const struct {
        const tr_ssz_type *type;
        const char *hex;
        tr_err err;
        uint64_t offset;
    } rows[] = {
        {&tr_ssz_u64, "00000000000000", TR_E_SSZ_LENGTH, 0},
        {&tr_ssz_u64, "000000000000000000", TR_E_SSZ_LENGTH, 0},
        {&tr_ssz_u64, "", TR_E_SSZ_LENGTH, 0},
        {&tr_ssz_bool, "02", TR_E_SSZ_BOOL, 0},
        {&list_bool, "000102", TR_E_SSZ_BOOL, 2},
        {&list_bool, "0001000100", TR_E_LIMIT, 0},
        {&bitvector_10, "0004", TR_E_SSZ_BITS, 1},
        {&bitvector_10, "00", TR_E_SSZ_LENGTH, 0},
        {&bitvector_10, "000000", TR_E_SSZ_LENGTH, 0},
        {&bitlist_8, "", TR_E_SSZ_LENGTH, 0},
        {&bitlist_8, "00", TR_E_SSZ_BITS, 0},
        {&bitlist_8, "ff00", TR_E_SSZ_BITS, 1},
        {&bitlist_8, "0002", TR_E_LIMIT, 0},
        {&list_u64, "01020304050607", TR_E_SSZ_LENGTH, 0},
        {&list_4, "01000200030004000500", TR_E_LIMIT, 0},
        {&list_4, "010002", TR_E_SSZ_LENGTH, 0},
        {&vector_u16, "0000", TR_E_SSZ_LENGTH, 0},
        {&checkpoint, "00", TR_E_SSZ_LENGTH, 0},
        {&checkpoint, SSZ_CHECKPOINT "00", TR_E_SSZ_LENGTH, 40},
        {&pairs, "00", TR_E_SSZ_LENGTH, 0},
        {&lists, "040000", TR_E_SSZ_LENGTH, 0},
        {&lists, "00000000", TR_E_SSZ_OFFSET, 0},
        {&lists, "05000000ff", TR_E_SSZ_OFFSET, 0},
        {&lists, "08000000", TR_E_SSZ_OFFSET, 0},
        {&lists, "ffffffff", TR_E_SSZ_OFFSET, 0},
        {&lists, "0800000009000000", TR_E_SSZ_OFFSET, 4},
        {&lists, "0800000007000000", TR_E_SSZ_OFFSET, 4},
        {&lists, "0c0000000e0000000c0000000100", TR_E_SSZ_OFFSET, 8},
        {&lists, "10000000100000001000000010000000", TR_E_LIMIT, 0},
        {&lists, "0400000001", TR_E_SSZ_LENGTH, 4},
        {&two_lists, "04000000", TR_E_SSZ_LENGTH, 0},
        {&two_lists, "0c0000000c0000000c000000", TR_E_SSZ_LENGTH, 0},
        {&two_lists, "", TR_E_SSZ_LENGTH, 0},
    };
    for (size_t i = 0; i < TR_COUNTOF(rows); i++) {
        tr_ssz v;
        tr_trail trail;
        tr_trail_clear(&trail);
        tr_err err =
            tr_ssz_decode(&trail, tr_test_arena(), rows[i].type, tr_test_hex(rows[i].hex), &v);
        TR_CHECK_MSG(err == rows[i].err && trail.offset == rows[i].offset, "row %zu %s: %s at %lld",
                     i, rows[i].hex, tr_err_name(err), (long long)trail.offset);
    }
}

TR_TEST(a_container_begins_its_parts_where_its_head_ends)
{
    /* Each of the three offsets of `everything`, moved by one. */
    static const size_t places[] = {2, 72, 77};
    for (size_t i = 0; i < TR_COUNTOF(places); i++) {
        for (int delta = -1; delta <= 1; delta += 2) {
            tr_bytes in = tr_test_hex(SSZ_EVERYTHING);
            uint8_t *bytes = (uint8_t *)(uintptr_t)in.data;
            tr_ssz v;
            tr_store32le(bytes + places[i], tr_load32le(bytes + places[i]) + (uint32_t)delta);
            TR_CHECK(tr_ssz_decode(NULL, tr_test_arena(), &everything, in, &v) != TR_OK);
        }
    }
}

TR_TEST(hand_made_values_are_checked)
{
    tr_buf buf;
    tr_buf_init(&buf, &tr_test_arena()->alloc, SIZE_MAX);
    tr_ssz items[4] = {
        {.type = &tr_ssz_u8, .bytes = TR_LIT("\x07")},
        {.type = &tr_ssz_bytes32, .bytes = TR_LIT("0123456789abcdef0123456789abcdef")},
    };
    tr_ssz v = {.type = &pair, .items = items, .count = 2};
    TR_CHECK_OK(tr_ssz_encode(NULL, &v, &buf));
    TR_CHECK_BYTES(tr_buf_view(&buf), TR_LIT("\x07"
                                             "0123456789abcdef0123456789abcdef"));
    v.count = 1;
    TR_CHECK_ERR(tr_ssz_encode(NULL, &v, &buf), TR_E_SSZ_LENGTH);
    v.count = 2;
    items[0].bytes = TR_LIT("");
    TR_CHECK_ERR(tr_ssz_encode(NULL, &v, &buf), TR_E_SSZ_LENGTH);
    items[0].type = &tr_ssz_bool;
    TR_CHECK_ERR(tr_ssz_encode(NULL, &v, &buf), TR_E_TYPE);
    tr_ssz four[4] = {{.type = &list_4}, {.type = &list_4}, {.type = &list_4}, {.type = &list_4}};
    tr_ssz many = {.type = &lists, .items = four, .count = 4};
    tr_hash root;
    TR_CHECK_ERR(tr_ssz_encode(NULL, &many, &buf), TR_E_LIMIT);
    TR_CHECK_ERR(tr_ssz_root(NULL, tr_test_arena(), &many, &root), TR_E_RANGE);
    tr_buf_init_fixed(&buf, NULL, 0);
    many.count = 3;
    TR_CHECK_ERR(tr_ssz_encode(NULL, &many, &buf), TR_E_LIMIT);
}

/* Whatever is accepted is given back byte for byte. */
TR_PROP(encoding_is_canonical)
{
    const struct known *k = &known[tr_gen_below(g, TR_COUNTOF(known))];
    tr_bytes good = tr_test_hex(k->encoding);
    size_t len = good.len + tr_gen_below(g, 3);
    uint8_t *bytes = tr_alloc_get(tr_test_alloc(), len + 1);
    memset(bytes, 0, len + 1);
    memcpy(bytes, good.data, good.len);
    for (uint64_t n = tr_gen_below(g, 3); n != 0 && len != 0; n--) {
        size_t at = (size_t)tr_gen_below(g, TR_MIN(len, (size_t)100));
        bytes[at] = tr_gen_bool(g) ? (uint8_t)tr_gen_below(g, 32) : (uint8_t)tr_gen_u64(g);
    }
    tr_ssz v;
    if (tr_ssz_decode(NULL, tr_gen_arena(g), k->type, (tr_bytes){bytes, len}, &v) == TR_OK) {
        tr_buf buf;
        tr_hash root;
        tr_buf_init(&buf, &tr_gen_arena(g)->alloc, SIZE_MAX);
        TR_CHECK_OK(tr_ssz_encode(NULL, &v, &buf));
        TR_CHECK_BYTES(tr_buf_view(&buf), tr_bytes_of(bytes, len));
        TR_CHECK_OK(tr_ssz_root(NULL, tr_gen_arena(g), &v, &root));
    }
    tr_alloc_put(tr_test_alloc(), bytes, len + 1);
}

static tr_err all_of_it(tr_alloc *alloc, void *context)
{
    tr_arena arena;
    tr_buf buf;
    tr_ssz v;
    tr_hash root;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_buf_init(&buf, alloc, SIZE_MAX);
    tr_err err = tr_ssz_decode(NULL, &arena, &everything, *(const tr_bytes *)context, &v);
    if (err == TR_OK) err = tr_ssz_root(NULL, &arena, &v, &root);
    if (err == TR_OK) err = tr_ssz_encode(NULL, &v, &buf);
    tr_buf_free(&buf);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(out_of_memory)
{
    tr_bytes in = tr_test_hex(SSZ_EVERYTHING);
    tr_test_out_of_memory(all_of_it, &in);
    /* And the arena's own limit, at every place. */
    for (size_t limit = 0;; limit += 32) {
        tr_arena arena;
        tr_ssz v;
        tr_hash root;
        tr_arena_init(&arena, tr_test_alloc(), limit);
        tr_err err = tr_ssz_decode(NULL, &arena, &everything, in, &v);
        if (err == TR_OK) err = tr_ssz_root(NULL, &arena, &v, &root);
        tr_arena_free(&arena);
        if (err == TR_OK) break;
        TR_CHECK_ERR(err, TR_E_MEMORY);
    }
}
