/* RLP.  The fixed cases are those of the Ethereum yellow paper's appendix B, worked by hand. */
#include "codec/rlp.h"
#include "harness.h"

static tr_err decode(tr_bytes in, tr_rlp_tree *tree)
{
    return tr_rlp_decode(NULL, tr_test_arena(), in, tree);
}

/* Writes a tree back through the writer; the shape comes from the items alone. */
static void encode_item(tr_buf *out, const tr_rlp_tree *tree, uint32_t i)
{
    const tr_rlp_item *item = &tree->items[i];
    if (!tr_rlp_is_list(item)) {
        tr_rlp_put_bytes(out, tr_rlp_payload(tree, item));
        return;
    }
    tr_rlp_mark mark = tr_rlp_begin(out, 0);
    TR_RLP_EACH(child, tree, i) encode_item(out, tree, child);
    tr_rlp_end(out, mark);
}

static tr_bytes encode_tree(tr_arena *arena, const tr_rlp_tree *tree)
{
    tr_buf out;
    tr_buf_init(&out, &arena->alloc, SIZE_MAX);
    encode_item(&out, tree, 0);
    TR_CHECK_OK(tr_buf_err(&out));
    return tr_buf_view(&out);
}

TR_TEST(fixed_encodings)
{
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
    tr_rlp_put_bytes(&out, TR_LIT("dog"));
    TR_CHECK_BYTES(tr_buf_view(&out), tr_test_hex("83646f67"));
    tr_buf_clear(&out);
    tr_rlp_mark list = tr_rlp_begin(&out, 0);
    tr_rlp_put_bytes(&out, TR_LIT("cat"));
    tr_rlp_put_bytes(&out, TR_LIT("dog"));
    tr_rlp_end(&out, list);
    TR_CHECK_BYTES(tr_buf_view(&out), tr_test_hex("c88363617483646f67"));
    tr_buf_clear(&out);
    for (uint64_t v = 0; v <= 0x80; v += 0x40) tr_rlp_put_u64(&out, v);
    tr_rlp_put_u64(&out, 1024);
    tr_rlp_put_u64(&out, UINT64_MAX);
    tr_rlp_put_int(&out, tr_test_hex("00000f"));
    tr_rlp_put_int(&out, tr_test_hex("0000"));
    TR_CHECK_BYTES(tr_buf_view(&out), tr_test_hex("80 40 8180 820400 88ffffffffffffffff 0f 80"));
}

TR_TEST(sizes_around_the_long_form)
{
    static const struct {
        size_t len;
        const char *string, *list;
    } cases[] = {
        {55, "b7", "f7"},          {56, "b838", "f838"},        {255, "b8ff", "f8ff"},
        {256, "b90100", "f90100"}, {65535, "b9ffff", "f9ffff"}, {65536, "ba010000", "fa010000"}};
    uint8_t *zeros = tr_arena_get(tr_test_arena(), 65536, 1);
    memset(zeros, 0, 65536);
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_buf out;
        tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
        tr_bytes body = {zeros, cases[i].len};
        tr_bytes head = tr_test_hex(cases[i].string);
        tr_rlp_put_bytes(&out, body);
        TR_CHECK_EQ(out.len, tr_rlp_bytes_size(body));
        TR_CHECK_BYTES(tr_bytes_cut(tr_buf_view(&out), 0, head.len), head);
        /* The list, closed with every guess, is always the same. */
        static const size_t guesses[] = {0, 56, 300, 70000, 1 << 24};
        for (size_t g = 0; g < TR_COUNTOF(guesses); g++) {
            tr_buf_clear(&out);
            tr_buf_put_u8(&out, 0x2a);
            tr_rlp_mark mark = tr_rlp_begin(&out, guesses[g]);
            tr_buf_put(&out, body);
            tr_rlp_end(&out, mark);
            head = tr_test_hex(cases[i].list);
            TR_CHECK_EQ(out.len, 1 + head.len + body.len);
            TR_CHECK_BYTES(tr_bytes_cut(tr_buf_view(&out), 1, head.len), head);
            TR_CHECK_BYTES(tr_bytes_cut(tr_buf_view(&out), 1 + head.len, SIZE_MAX), body);
        }
        tr_rlp_tree tree;
        TR_CHECK_OK(decode(tr_bytes_cut(tr_buf_view(&out), 1, SIZE_MAX), &tree));
        TR_CHECK_EQ(tree.count, 1 + body.len);
        TR_CHECK_EQ(tr_rlp_item_count(&tree.items[0]), body.len);
    }
}

/* Each wrong document with its error and the offset of the fault. */
TR_TEST(what_is_refused)
{
    static const struct {
        const char *hex;
        tr_err err;
        uint64_t offset;
    } cases[] = {
        {"", TR_E_SHORT, 0},
        {"8100", TR_E_CANONICAL, 0},
        {"817f", TR_E_CANONICAL, 0},
        {"c2817f", TR_E_CANONICAL, 1},
        {"c3 01 8100", TR_E_CANONICAL, 2},
        {"b800", TR_E_CANONICAL, 0},
        {"b837", TR_E_CANONICAL, 0},
        {"b838", TR_E_SHORT, 0},
        {"f800", TR_E_CANONICAL, 0},
        {"b90038", TR_E_CANONICAL, 0},
        {"bf00000000000000ff", TR_E_CANONICAL, 0},
        {"bfffffffffffffffff", TR_E_SHORT, 0},
        {"ffffffffffffffffff", TR_E_SHORT, 0},
        {"bf7fffffffffffffff00", TR_E_SHORT, 0},
        {"b9", TR_E_SHORT, 0},
        {"b901", TR_E_SHORT, 0},
        {"81", TR_E_SHORT, 0},
        {"c1", TR_E_SHORT, 0},
        {"8080", TR_E_TRAILING, 1},
        {"c00000", TR_E_TRAILING, 1},
        {"c182 00", TR_E_TRAILING, 2},
        {"c3 c2 8200", TR_E_SHORT, 2},
        {"c2 c201", TR_E_SHORT, 1},
        {"c4 c3 01 8201", TR_E_SHORT, 3},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_rlp_tree tree;
        tr_trail trail;
        tr_err err = tr_rlp_decode(&trail, tr_test_arena(), tr_test_hex(cases[i].hex), &tree);
        TR_CHECK_MSG(err == cases[i].err && trail.offset == cases[i].offset && trail.code == err,
                     "%s gives %s at %llu", cases[i].hex, tr_err_name(err),
                     (unsigned long long)trail.offset);
    }
    tr_rlp_tree tree;
    TR_CHECK_ERR(decode((tr_bytes){(const uint8_t *)"", TR_RLP_MAX_DOCUMENT + 1}, &tree),
                 TR_E_LIMIT);
}

static tr_bytes nested(tr_arena *arena, size_t depth)
{
    tr_buf out;
    tr_buf_init(&out, &arena->alloc, SIZE_MAX);
    tr_rlp_mark *marks = TR_ARENA_ARRAY(tr_test_arena(), tr_rlp_mark, depth);
    for (size_t i = 0; i < depth; i++) marks[i] = tr_rlp_begin(&out, 0);
    for (size_t i = depth; i-- > 0;) tr_rlp_end(&out, marks[i]);
    return tr_buf_view(&out);
}

static tr_err walk(tr_rlp *r)
{
    while (tr_rlp_more(r)) {
        if (tr_rlp_next_is_list(r)) {
            tr_rlp inside = tr_rlp_list(r);
            (void)walk(&inside);
            tr_rlp_leave(r, &inside);
        } else {
            (void)tr_rlp_bytes(r);
        }
    }
    return r->err;
}

TR_TEST(depth_is_bounded)
{
    tr_rlp_tree tree;
    tr_bytes fits = nested(tr_test_arena(), TR_RLP_MAX_DEPTH);
    TR_CHECK_OK(decode(fits, &tree));
    TR_CHECK_EQ(tree.count, TR_RLP_MAX_DEPTH);
    tr_rlp r = tr_rlp_open(fits);
    TR_CHECK_OK(walk(&r));
    tr_bytes deeper = nested(tr_test_arena(), TR_RLP_MAX_DEPTH + 1);
    TR_CHECK_ERR(decode(deeper, &tree), TR_E_DEPTH);
    r = tr_rlp_open(deeper);
    TR_CHECK_ERR(walk(&r), TR_E_DEPTH);
}

TR_TEST(the_reader_pulls_fields)
{
    tr_bytes in =
        tr_test_hex("f8 4c 05 82 0400 80 01 94 000102030405060708090a0b0c0d0e0f10111213"
                    "80 a0 202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f"
                    "c3 8200ff c0 c20102 83616263 82ffff");
    tr_rlp document = tr_rlp_open(in);
    tr_rlp r = tr_rlp_list(&document);
    TR_CHECK_EQ(tr_rlp_count(&r), 12);
    TR_CHECK_EQ(tr_rlp_u64(&r), 5);
    TR_CHECK_EQ(tr_rlp_u64(&r), 1024);
    TR_CHECK(!tr_rlp_bool(&r));
    TR_CHECK(tr_rlp_bool(&r));
    tr_addr addr = tr_rlp_addr(&r);
    TR_CHECK_EQ(addr.b[19], 0x13);
    TR_CHECK(!tr_rlp_addr_or_none(&r, &addr));
    TR_CHECK_EQ(addr.b[19], 0);
    tr_hash hash = tr_rlp_hash(&r);
    TR_CHECK_EQ(hash.b[31], 0x3f);
    tr_rlp list = tr_rlp_list(&r);
    TR_CHECK_BYTES(tr_rlp_bytes(&list), tr_test_hex("00ff"));
    tr_rlp_leave(&r, &list);
    TR_CHECK(tr_rlp_next_is_list(&r));
    TR_CHECK_BYTES(tr_rlp_raw(&r), tr_test_hex("c0"));
    tr_rlp_skip(&r);
    TR_CHECK_BYTES(tr_rlp_bytes(&r), TR_LIT("abc"));
    uint8_t word[32];
    tr_rlp_u256be(&r, word);
    TR_CHECK(word[30] == 0xff && word[31] == 0xff && word[29] == 0);
    tr_rlp_leave(&document, &r);
    TR_CHECK_OK(tr_rlp_finish(&document, NULL, "fields"));
}

/* A reader that wants something else, at offset 1 of a list. */
TR_TEST(the_reader_refuses)
{
    static const struct {
        const char *hex;
        char want; /* b: bytes, l: list, i: u64, w: u256, a: addr, o: bool, n: addr or none, x: end
                    */
        tr_err err;
    } cases[] = {
        {"c1c0", 'b', TR_E_TYPE},
        {"c101", 'l', TR_E_TYPE},
        {"c0", 'l', TR_E_SHORT},
        {"c0", 'b', TR_E_SHORT},
        {"c100", 'i', TR_E_CANONICAL},
        {"c3820001", 'i', TR_E_CANONICAL},
        {"ca89010000000000000000", 'i', TR_E_RANGE},
        {"e2a1010000000000000000000000000000000000000000000000000000000000000000", 'w', TR_E_RANGE},
        {"c3820102", 'a', TR_E_RANGE},
        {"c3820102", 'n', TR_E_RANGE},
        {"c102", 'o', TR_E_RANGE},
        {"c100", 'o', TR_E_CANONICAL},
        {"c101", 'x', TR_E_TRAILING},
        {"c28101", 'b', TR_E_CANONICAL},
        {"c182", 'b', TR_E_SHORT},
        {"c1f8", 'l', TR_E_SHORT},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_trail trail;
        tr_addr addr;
        uint8_t word[32];
        tr_rlp document = tr_rlp_open(tr_test_hex(cases[i].hex));
        tr_rlp r = tr_rlp_list(&document);
        switch (cases[i].want) {
        case 'b':
            (void)tr_rlp_bytes(&r);
            break;
        case 'i':
            (void)tr_rlp_u64(&r);
            break;
        case 'w':
            tr_rlp_u256be(&r, word);
            break;
        case 'a':
            (void)tr_rlp_addr(&r);
            break;
        case 'n':
            (void)tr_rlp_addr_or_none(&r, &addr);
            break;
        case 'o':
            (void)tr_rlp_bool(&r);
            break;
        case 'l': {
            tr_rlp inside = tr_rlp_list(&r);
            TR_CHECK(!tr_rlp_more(&inside));
            tr_rlp_leave(&r, &inside);
            break;
        }
        }
        tr_rlp_leave(&document, &r);
        tr_err err = tr_rlp_finish(&document, &trail, "case");
        TR_CHECK_MSG(err == cases[i].err && trail.offset == 1, "%s gives %s at %llu", cases[i].hex,
                     tr_err_name(err), (unsigned long long)trail.offset);
        /* What failed stays failed, and reads as nothing. */
        TR_CHECK_EQ(tr_rlp_u64(&document), 0);
        TR_CHECK_ERR(tr_rlp_finish(&document, NULL, "case"), cases[i].err);
    }
}

/* Writes random items; returns nothing, because the document itself is what is compared. */
static void write_random(tr_gen *g, tr_buf *out, unsigned depth)
{
    if (depth == 0 || tr_gen_below(g, 3) == 0) {
        tr_rlp_put_bytes(out, tr_gen_bytes(g, tr_gen_below(g, 8) == 0 ? 400 : 60));
        return;
    }
    tr_rlp_mark mark = tr_rlp_begin(out, tr_gen_below(g, 400));
    for (uint64_t n = tr_gen_below(g, 6); n > 0; n--) write_random(g, out, depth - 1);
    tr_rlp_end(out, mark);
}

static tr_bytes random_document(tr_gen *g)
{
    tr_buf out;
    tr_buf_init(&out, &tr_gen_arena(g)->alloc, SIZE_MAX);
    write_random(g, &out, 5);
    return tr_buf_view(&out);
}

TR_PROP(what_is_written_is_read)
{
    tr_bytes in = random_document(g);
    tr_rlp_tree tree;
    TR_CHECK_OK(tr_rlp_decode(NULL, tr_gen_arena(g), in, &tree));
    TR_CHECK_BYTES(encode_tree(tr_gen_arena(g), &tree), in);
    for (uint32_t i = 0; i < tree.count; i++) {
        uint32_t children = 0;
        TR_RLP_EACH(child, &tree, i) children++;
        TR_CHECK_EQ(children, tr_rlp_item_count(&tree.items[i]));
        TR_CHECK(tr_rlp_header_len(&tree, &tree.items[i]) <= tree.items[i].offset);
    }
    tr_rlp r = tr_rlp_open(in);
    TR_CHECK_OK(walk(&r));
}

/* A changed document is refused, or it is again the one encoding of what it says.  Both readers
 * agree on which. */
TR_PROP(only_what_the_writer_writes_is_accepted)
{
    tr_bytes valid = random_document(g);
    uint8_t *in = (uint8_t *)(uintptr_t)tr_arena_copy(tr_gen_arena(g), valid).data;
    size_t len = valid.len;
    for (uint64_t n = 1 + tr_gen_below(g, 3); n > 0; n--)
        in[tr_gen_below(g, len)] = (uint8_t)tr_gen_u64(g);
    if (tr_gen_below(g, 4) == 0) len = (size_t)tr_gen_below(g, len + 1);
    tr_rlp_tree tree;
    tr_err err = tr_rlp_decode(NULL, tr_gen_arena(g), (tr_bytes){in, len}, &tree);
    if (err == TR_OK) TR_CHECK_BYTES(encode_tree(tr_gen_arena(g), &tree), tr_bytes_of(in, len));
    tr_rlp r = tr_rlp_open((tr_bytes){in, len});
    bool one = len != 0;
    tr_rlp_skip(&r);
    if (one) one = !tr_rlp_more(&r);
    r = tr_rlp_open((tr_bytes){in, len});
    TR_CHECK_EQ(walk(&r) == TR_OK && one, err == TR_OK);
}

static tr_err decode_in(tr_alloc *alloc, void *context)
{
    tr_arena arena;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_rlp_tree tree;
    tr_err err = tr_rlp_decode(NULL, &arena, *(tr_bytes *)context, &tree);
    tr_arena_free(&arena);
    return err;
}

static tr_err encode_in(tr_alloc *alloc, void *context)
{
    tr_buf out;
    tr_buf_init(&out, alloc, SIZE_MAX);
    tr_rlp_mark mark = tr_rlp_begin(&out, 0);
    for (int i = 0; i < 40; i++) tr_rlp_put_bytes(&out, *(tr_bytes *)context);
    tr_rlp_put_list(&out, 0);
    tr_rlp_end(&out, mark);
    tr_err err = tr_buf_err(&out);
    tr_buf_free(&out);
    return err;
}

TR_TEST(memory_runs_out)
{
    /* Many small items, so that the first guess at their number is wrong and grows. */
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
    tr_rlp_put_list(&out, 4000);
    tr_buf_put_zeros(&out, 4000);
    tr_bytes in = tr_buf_view(&out);
    tr_test_out_of_memory(decode_in, &in);
    in = TR_LIT("some text of thirty bytes or so");
    tr_test_out_of_memory(encode_in, &in);
}

TR_TEST(memory_is_bounded_by_the_input)
{
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, SIZE_MAX);
    tr_rlp_put_list(&out, 100000);
    tr_buf_put_zeros(&out, 100000);
    tr_arena arena;
    tr_arena_init(&arena, tr_test_alloc(), SIZE_MAX);
    tr_rlp_tree tree;
    TR_CHECK_OK(tr_rlp_decode(NULL, &arena, tr_buf_view(&out), &tree));
    TR_CHECK_EQ(tree.count, 100001);
    TR_CHECK(arena.used <= 24 * (out.len + 64));
    tr_arena_free(&arena);
    /* A header that promises much takes nothing. */
    tr_arena_init(&arena, tr_test_alloc(), 4096);
    TR_CHECK_ERR(tr_rlp_decode(NULL, &arena, tr_test_hex("fa7fffff"), &tree), TR_E_SHORT);
    TR_CHECK_EQ(arena.used, 0);
    tr_arena_free(&arena);
}
