#include "harness.h"
#include "hash/keccak.h"
#include "trie/node.h"

/* The empty string's encoding is one byte: its hash, and the codes of hex-prefix with an odd and
 * an even path, are those of the Yellow Paper's definitions. */
TR_TEST(known_values)
{
    static const uint8_t nibbles[] = {15, 1, 12, 11, 8};
    uint8_t out[4];
    tr_hash empty = tr_keccak256(TR_LIT("\x80"));
    TR_CHECK_BYTES(TR_VIEW(tr_trie_empty_root.b), TR_VIEW(empty.b));
    TR_CHECK_EQ(tr_path_encode(nibbles, 0, false, out), 1);
    TR_CHECK_EQ(out[0], 0);
    TR_CHECK_EQ(tr_path_encode(nibbles, 0, true, out), 1);
    TR_CHECK_EQ(out[0], 0x20);
    TR_CHECK_EQ(tr_path_encode(nibbles, 5, true, out), 3);
    TR_CHECK_BYTES(tr_bytes_of(out, 3), tr_test_hex("3f1cb8"));
    TR_CHECK_EQ(tr_path_encode(nibbles + 1, 4, false, out), 3);
    TR_CHECK_BYTES(tr_bytes_of(out, 3), tr_test_hex("001cb8"));
}

TR_PROP(path_round_trip)
{
    tr_path path, back;
    bool leaf = tr_gen_bool(g), back_leaf = !leaf;
    uint8_t out[TR_TRIE_PATH_MAX / 2 + 2];
    path.len = (uint8_t)tr_gen_below(g, TR_TRIE_PATH_MAX + 1);
    for (size_t i = 0; i < path.len; i++) path.at[i] = (uint8_t)tr_gen_below(g, 16);
    size_t n = tr_path_encode(path.at, path.len, leaf, out);
    TR_CHECK_EQ(n, path.len / 2u + 1);
    TR_CHECK_OK(tr_path_decode(tr_bytes_of(out, n), &back, &back_leaf));
    TR_CHECK_EQ(back_leaf, leaf);
    TR_CHECK_BYTES(tr_bytes_of(back.at, back.len), tr_bytes_of(path.at, path.len));
}

TR_TEST(path_is_strict)
{
    tr_path path;
    bool leaf;
    uint8_t longest[66] = {0};
    TR_CHECK_ERR(tr_path_decode(TR_LIT(""), &path, &leaf), TR_E_TRIE_PATH);
    for (unsigned first = 0; first < 256; first++) {
        uint8_t in[2] = {(uint8_t)first, 0x12};
        bool right = first == 0 || first == 0x20 || first >> 4 == 1 || first >> 4 == 3;
        tr_err err = tr_path_decode(TR_VIEW(in), &path, &leaf);
        TR_CHECK_ERR(err, right ? TR_OK : TR_E_TRIE_PATH);
    }
    TR_CHECK_OK(tr_path_decode(tr_bytes_of(longest, 65), &path, &leaf));
    TR_CHECK_EQ(path.len, TR_TRIE_PATH_MAX);
    TR_CHECK_ERR(tr_path_decode(tr_bytes_of(longest, 66), &path, &leaf), TR_E_TRIE_PATH);
    longest[0] = 0x10;
    TR_CHECK_OK(tr_path_decode(tr_bytes_of(longest, 64), &path, &leaf));
    TR_CHECK_ERR(tr_path_decode(tr_bytes_of(longest, 65), &path, &leaf), TR_E_TRIE_PATH);
}

TR_TEST(path_of_key)
{
    tr_path path;
    tr_path_of(tr_test_hex("0af3"), &path);
    TR_CHECK_BYTES(tr_bytes_of(path.at, path.len), tr_test_hex("000a0f03"));
    tr_path_of((tr_bytes){NULL, 0}, &path);
    TR_CHECK_EQ(path.len, 0);
}

static tr_bytes some_child(tr_gen *g, bool must)
{
    uint64_t kind = tr_gen_below(g, must ? 2 : 3);
    uint8_t *b = tr_arena_get(tr_gen_arena(g), 32, 1);
    tr_gen_fill(g, b, 32);
    if (kind == 0) return (tr_bytes){b, 32};
    if (kind == 2) return (tr_bytes){NULL, 0};
    size_t payload = 1 + tr_gen_below(g, 30);
    b[0] = (uint8_t)(0xc0 + payload);
    return (tr_bytes){b, 1 + payload};
}

static tr_bytes some_value(tr_gen *g)
{
    tr_bytes value = tr_gen_bytes(g, 300);
    return value.len == 0 ? TR_LIT("v") : value;
}

static tr_trie_node some_node(tr_gen *g)
{
    tr_trie_node node = {.kind = (tr_trie_kind)tr_gen_below(g, 3)};
    if (node.kind == TR_TRIE_BRANCH) {
        for (size_t i = 0; i < 16; i++) node.child[i] = some_child(g, i == 3);
        if (tr_gen_bool(g)) node.value = some_value(g);
        if (node.value.len == 0) node.child[9] = some_child(g, true);
        return node;
    }
    bool leaf = node.kind == TR_TRIE_LEAF;
    node.path.len = (uint8_t)(tr_gen_below(g, TR_TRIE_PATH_MAX) + (leaf ? 0 : 1));
    for (size_t i = 0; i < node.path.len; i++) node.path.at[i] = (uint8_t)tr_gen_below(g, 16);
    if (leaf)
        node.value = some_value(g);
    else
        node.child[0] = some_child(g, true);
    return node;
}

static tr_bytes encoded(tr_gen *g, const tr_trie_node *node)
{
    tr_buf out;
    tr_buf_init(&out, &tr_gen_arena(g)->alloc, 4096);
    tr_trie_node_encode(&out, node);
    TR_CHECK_OK(tr_buf_err(&out));
    return tr_buf_view(&out);
}

TR_PROP(node_round_trip)
{
    tr_trie_node node = some_node(g), back;
    tr_bytes in = encoded(g, &node);
    TR_CHECK_OK(tr_trie_node_decode(NULL, in, &back));
    TR_CHECK_EQ(back.kind, node.kind);
    TR_CHECK_BYTES(back.value, node.value);
    if (node.kind != TR_TRIE_BRANCH)
        TR_CHECK_BYTES(tr_bytes_of(back.path.at, back.path.len),
                       tr_bytes_of(node.path.at, node.path.len));
    for (size_t i = 0; i < 16; i++) TR_CHECK_BYTES(back.child[i], node.child[i]);
}

/* Whatever is accepted is the one encoding of what it says; an error names a place inside. */
TR_PROP(node_has_one_encoding)
{
    tr_trie_node node = some_node(g), back;
    tr_bytes in = encoded(g, &node);
    uint8_t *copy = tr_arena_get(tr_gen_arena(g), in.len + 1, 1);
    memcpy(copy, in.data, in.len);
    for (uint64_t i = 1 + tr_gen_below(g, 3); i > 0; i--)
        copy[tr_gen_below(g, in.len)] = (uint8_t)tr_gen_u64(g);
    size_t len = tr_gen_bool(g) ? in.len : tr_gen_below(g, in.len + 2);
    copy[in.len] = 0;
    tr_trail trail;
    tr_trail_clear(&trail);
    tr_err err = tr_trie_node_decode(&trail, tr_bytes_of(copy, len), &back);
    if (err == TR_OK) {
        TR_CHECK_BYTES(encoded(g, &back), tr_bytes_of(copy, len));
    } else {
        TR_CHECK_EQ(trail.code, err);
        TR_CHECK(trail.offset <= len);
    }
}

static void refuse(const char *hex, tr_err code, uint64_t offset)
{
    tr_trie_node node;
    tr_trail trail;
    tr_trail_clear(&trail);
    TR_CHECK_ERR(tr_trie_node_decode(&trail, tr_test_hex(hex), &node), code);
    TR_CHECK_EQ(trail.offset, offset);
}

TR_TEST(node_refused)
{
    refuse("", TR_E_SHORT, 0);
    refuse("80", TR_E_TYPE, 0);
    refuse("c0", TR_E_SHORT, 1);
    refuse("c120", TR_E_SHORT, 2);         /* one item */
    refuse("c22001 00", TR_E_TRAILING, 3); /* something after a leaf */
    refuse("c3200101", TR_E_TRIE_NODE, 1); /* neither two items nor a child */
    refuse("c22080", TR_E_TRIE_NODE, 2);   /* a leaf without a value */
    refuse("c220c0", TR_E_TYPE, 2);        /* a leaf whose value is a list */
    refuse("c23180", TR_E_TRIE_NODE, 2);   /* the same, odd */
    refuse("c22180", TR_E_TRIE_PATH, 1);   /* padding that is not zero */
    refuse("c24180", TR_E_TRIE_PATH, 1);   /* an unknown mark */
    refuse("c28001", TR_E_TRIE_PATH, 1);   /* an empty path string */
    refuse("c2c001", TR_E_TYPE, 1);        /* a list as path */
    refuse("c200c0", TR_E_TRIE_PATH, 1);   /* an extension without a path */
    refuse("c21180", TR_E_TRIE_NODE, 2);   /* an extension without a child */
    refuse("c21101", TR_E_TRIE_NODE, 2);   /* a child of one byte */
    refuse("c3118101", TR_E_CANONICAL, 2); /* not the shortest form */
    refuse("c3812001", TR_E_CANONICAL, 1); /* the same, in the path */
    refuse("f8022001", TR_E_CANONICAL, 0); /* and in the list's header */
    refuse("c32001", TR_E_SHORT, 0);       /* shorter than it says */
    refuse("d1 80808080 80808080 80808080 80808080 80", TR_E_TRIE_NODE, 1); /* no entries */
    refuse("d1 80808080 80808080 80808080 80808080 01", TR_E_TRIE_NODE, 1); /* one */
    refuse("d2 c0808080 80808080 80808080 80808080 01 80", TR_E_TRAILING, 18);
    refuse("d1 c0808080 80808080 80808080 80808080 c0", TR_E_TYPE, 17);
    refuse("d1 01808080 80808080 80808080 80808080 01", TR_E_TRIE_NODE, 1);
    refuse("d6 80808080 80808080 80808080 808080a0 1111111111 81", TR_E_SHORT, 16);
    refuse("d2 80808080 80808080 80808080 808080c5 8001 80", TR_E_SHORT, 16);
}

/* A list of 31 bytes may lie in its parent, one of 32 must not. */
TR_TEST(embedded_sizes)
{
    uint8_t in[40] = {0};
    tr_trie_node node;
    in[0] = 0xc0 + 32;
    in[1] = 0x11;
    in[2] = 0xc0 + 30;
    TR_CHECK_OK(tr_trie_node_decode(NULL, tr_bytes_of(in, 33), &node));
    TR_CHECK_EQ(node.child[0].len, 31);
    in[0]++;
    in[2]++;
    TR_CHECK_ERR(tr_trie_node_decode(NULL, tr_bytes_of(in, 34), &node), TR_E_TRIE_NODE);
}

TR_TEST(references)
{
    uint8_t in[32] = {1, 2, 3};
    tr_trie_ref ref = tr_trie_ref_of(tr_bytes_of(in, 31));
    TR_CHECK_BYTES(tr_bytes_of(ref.b, ref.len), tr_bytes_of(in, 31));
    ref = tr_trie_ref_of(tr_bytes_of(in, 32));
    tr_hash hash = tr_keccak256(TR_VIEW(in));
    TR_CHECK_BYTES(tr_bytes_of(ref.b, ref.len), TR_VIEW(hash.b));
    ref = tr_trie_ref_of((tr_bytes){NULL, 0});
    TR_CHECK_EQ(ref.len, 0);
}
