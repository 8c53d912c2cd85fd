#include "harness.h"
#include "naive_gen.h"
#include "trie/proof.h"

/* A trie, a range of it and its proof. */
typedef struct range {
    tr_hash root;
    const tr_trie_entry *all;
    size_t all_count;
    tr_bytes first, last;
    tr_trie_entry *entries;
    size_t n;
    tr_bytes *nodes; /* each once */
    size_t count;
    bool more;
} range;

static tr_err check(const range *r, bool *more)
{
    return tr_trie_check_range(NULL, tr_test_alloc(), &r->root, r->first, r->last, r->n, r->entries,
                               r->count, r->nodes, more);
}

static void add_proof(tr_arena *arena, range *r, tr_bytes key)
{
    tr_trie_proof one = naive_prove(arena, r->all_count, r->all, key);
    for (size_t i = 0; i < one.count; i++) {
        size_t same = 0;
        while (same < r->count && !tr_bytes_eq(r->nodes[same], one.nodes[i])) same++;
        if (same == r->count) r->nodes[r->count++] = one.nodes[i];
    }
}

/* Fills in what follows from the trie and the edges. */
static void prove(tr_arena *arena, range *r)
{
    r->entries = TR_ARENA_ARRAY(arena, tr_trie_entry, r->all_count + 2);
    r->nodes = TR_ARENA_ARRAY(arena, tr_bytes, 2 * TR_TRIE_PATH_MAX + 8);
    r->n = r->count = 0;
    r->more = false;
    for (size_t i = 0; i < r->all_count; i++) {
        if (tr_bytes_cmp(r->all[i].key, r->last) > 0)
            r->more = true;
        else if (tr_bytes_cmp(r->first, r->all[i].key) <= 0)
            r->entries[r->n++] = r->all[i];
    }
    r->root = naive_root(arena, r->all_count, r->all);
    add_proof(arena, r, r->first);
    add_proof(arena, r, r->last);
}

/* An edge: a key of the trie, one beside it, the lowest or highest of all, or any. */
static tr_bytes some_edge(tr_gen *g, size_t n, const tr_trie_entry *all, size_t key_len)
{
    uint64_t kind = tr_gen_below(g, 8);
    uint8_t *key = tr_arena_get(tr_gen_arena(g), key_len, 1);
    if (kind == 0) {
        memset(key, tr_gen_bool(g) ? 0 : 0xff, key_len);
        return (tr_bytes){key, key_len};
    }
    if (kind < 3 || n == 0) return naive_key(g, key_len, true);
    memcpy(key, all[tr_gen_below(g, n)].key.data, key_len);
    size_t at = key_len - 1;
    if (kind == 3)
        while (++key[at] == 0 && at > 0) at--;
    if (kind == 4)
        while (key[at]-- == 0 && at > 0) at--;
    return (tr_bytes){key, key_len};
}

static range some_range(tr_gen *g, size_t max)
{
    range r = {0};
    tr_trie_entry *all;
    size_t key_len = tr_gen_below(g, 8) == 0 ? 32 : 1 + tr_gen_below(g, 3);
    r.all_count = naive_entries(g, max, key_len, true, &all);
    r.all = all;
    r.first = some_edge(g, r.all_count, all, key_len);
    r.last = tr_gen_below(g, 6) == 0 ? r.first : some_edge(g, r.all_count, all, key_len);
    if (tr_bytes_cmp(r.first, r.last) > 0) {
        tr_bytes other = r.first;
        r.first = r.last;
        r.last = other;
    }
    prove(tr_gen_arena(g), &r);
    return r;
}

TR_PROP(ranges_are_accepted)
{
    range r = some_range(g, 40);
    bool more;
    TR_CHECK_OK(check(&r, &more));
    TR_CHECK_EQ(more, r.more);
    for (size_t i = 0; i < r.count; i++) { /* in any order */
        size_t at = tr_gen_below(g, r.count);
        tr_bytes other = r.nodes[at];
        r.nodes[at] = r.nodes[i];
        r.nodes[i] = other;
    }
    if (r.count != 0 && tr_gen_bool(g)) { /* and repeated */
        r.nodes[r.count] = r.nodes[tr_gen_below(g, r.count)];
        r.nodes[r.count + 1] = r.nodes[tr_gen_below(g, r.count)];
        r.count += 2;
    }
    TR_CHECK_OK(check(&r, &more));
    TR_CHECK_EQ(more, r.more);
}

/* The range ends with the last key that is given: what a server answers. */
TR_PROP(ranges_that_were_cut)
{
    range r = some_range(g, 40);
    bool more;
    if (r.n == 0) return;
    r.last = r.entries[tr_gen_below(g, r.n)].key;
    prove(tr_gen_arena(g), &r);
    TR_CHECK_OK(check(&r, &more));
    TR_CHECK_EQ(more, r.more);
}

TR_PROP(whole_tries)
{
    range r = {0};
    tr_trie_entry *all;
    r.all_count = r.n = naive_entries(g, 40, 2, true, &all);
    r.all = r.entries = all;
    r.first = TR_LIT("\0\0");
    r.last = TR_LIT("\xff\xff");
    r.root = naive_root(tr_gen_arena(g), r.n, all);
    bool more = true;
    TR_CHECK_OK(check(&r, &more));
    TR_CHECK(!more);
    if (r.n == 0) return;
    r.n--;
    TR_CHECK_ERR(check(&r, &more), TR_E_TRIE_PROOF);
}

static tr_bytes flipped(tr_gen *g, tr_bytes bytes)
{
    uint8_t *copy = tr_arena_get(tr_gen_arena(g), bytes.len, 1);
    memcpy(copy, bytes.data, bytes.len);
    copy[tr_gen_below(g, bytes.len)] ^= (uint8_t)(1 << tr_gen_below(g, 8));
    return (tr_bytes){copy, bytes.len};
}

static void mutate_nodes(tr_gen *g, range *r)
{
    size_t at = tr_gen_below(g, r->count);
    uint64_t what = tr_gen_below(g, 4);
    if (what == 0 && r->count > 1)
        r->nodes[at] = r->nodes[--r->count];
    else if (what == 1)
        r->nodes[r->count++] = flipped(g, r->nodes[at]);
    else
        r->nodes[at] = flipped(g, r->nodes[at]);
}

/* An entry less, one more, another key or another value. */
static void mutate_entries(tr_gen *g, range *r)
{
    uint64_t what = tr_gen_below(g, 4);
    size_t at = r->n == 0 ? 0 : tr_gen_below(g, r->n);
    if (what == 0 && r->n != 0) {
        memmove(r->entries + at, r->entries + at + 1, (r->n - at - 1) * sizeof(*r->entries));
        r->n--;
    } else if (what == 1 && r->n != 0) {
        r->entries[at].value = flipped(g, r->entries[at].value);
    } else if (what == 2 && r->n != 0) {
        r->entries[at].key = flipped(g, r->entries[at].key);
    } else {
        tr_bytes key = some_edge(g, r->n, r->entries, r->first.len);
        r->entries[r->n++] = (tr_trie_entry){key, TR_LIT("x")};
        size_t n = r->n;
        r->n = naive_sort(n, r->entries);
        if (r->n == n) return;
        r->entries[tr_gen_below(g, r->n)].value = TR_LIT("not what the trie has there");
    }
}

/* One change for each case.  Other edges may be accepted, when what is said of them is true. */
TR_PROP(mutations_are_refused)
{
    range r = some_range(g, 12);
    bool more = true;
    uint64_t what = tr_gen_below(g, 8);
    if (what == 0) {
        range other = r;
        if (tr_gen_bool(g))
            r.first = flipped(g, r.first);
        else
            r.last = flipped(g, r.last);
        if (check(&r, &more) != TR_OK) return;
        other.first = r.first;
        other.last = r.last;
        prove(tr_gen_arena(g), &other);
        if (r.count != 0) TR_CHECK_EQ(more, other.more);
        TR_CHECK_EQ(r.n, other.n);
        for (size_t i = 0; i < r.n; i++) TR_CHECK_BYTES(r.entries[i].key, other.entries[i].key);
        return;
    }
    if (what == 1)
        r.root.b[tr_gen_below(g, 32)] ^= (uint8_t)(1 << tr_gen_below(g, 8));
    else if (what < 5 && r.count != 0)
        mutate_nodes(g, &r);
    else
        mutate_entries(g, &r);
    TR_CHECK(check(&r, &more) != TR_OK);
    TR_CHECK(!more);
}

/* Every range of a small trie, with every set of entries: just one of them is right. */
TR_TEST(every_claim_about_a_small_trie)
{
    static const uint8_t keys[] = {0x00, 0x01, 0x10, 0x12, 0x20, 0xf0};
    static const uint8_t edges[] = {0x00, 0x01, 0x02, 0x10, 0x11, 0x12,
                                    0x13, 0x20, 0x80, 0xf0, 0xff};
    tr_trie_entry all[5], claim[6];
    tr_arena *arena = tr_test_arena();
    for (size_t skip = 0; skip < 6; skip++) {
        size_t kept = 0;
        for (size_t i = 0; i < 6; i++)
            if (i != skip) all[kept++] = (tr_trie_entry){{&keys[i], 1}, TR_LIT("a value")};
        for (size_t a = 0; a < TR_COUNTOF(edges); a++) {
            for (size_t b = a; b < TR_COUNTOF(edges); b++) {
                range r = {
                    .all = all, .all_count = 5, .first = {&edges[a], 1}, .last = {&edges[b], 1}};
                prove(arena, &r);
                unsigned right = 0;
                for (unsigned set = 0; set < 64; set++) {
                    size_t n = 0;
                    bool more;
                    for (size_t i = 0; i < 6; i++)
                        if ((set >> i & 1) != 0)
                            claim[n++] = (tr_trie_entry){{&keys[i], 1}, TR_LIT("a value")};
                    tr_err err = tr_trie_check_range(NULL, tr_test_alloc(), &r.root, r.first,
                                                     r.last, n, claim, r.count, r.nodes, &more);
                    if (err != TR_OK) continue;
                    right++;
                    TR_CHECK_EQ(n, r.n);
                    TR_CHECK_EQ(more, r.more);
                    for (size_t i = 0; i < n; i++) TR_CHECK_BYTES(claim[i].key, r.entries[i].key);
                }
                TR_CHECK_EQ(right, 1);
            }
        }
    }
}

static tr_err check_edges(tr_bytes first, tr_bytes last, size_t n, const tr_trie_entry *entries)
{
    bool more;
    return tr_trie_check_range(NULL, tr_test_alloc(), &tr_trie_empty_root, first, last, n, entries,
                               0, NULL, &more);
}

TR_TEST(arguments)
{
    static const uint8_t long_key[TR_TRIE_KEY_MAX + 1];
    tr_bytes a = TR_LIT("a"), b = TR_LIT("b"), c = TR_LIT("c");
    tr_trie_entry entries[] = {{b, a}, {b, a}};
    TR_CHECK_OK(check_edges(a, b, 0, NULL));
    TR_CHECK_OK(check_edges(a, a, 0, NULL));
    TR_CHECK_ERR(check_edges(b, a, 0, NULL), TR_E_ARGUMENT);
    TR_CHECK_ERR(check_edges(a, TR_LIT("bb"), 0, NULL), TR_E_ARGUMENT);
    TR_CHECK_ERR(check_edges(TR_VIEW(long_key), TR_VIEW(long_key), 0, NULL), TR_E_ARGUMENT);
    TR_CHECK_ERR(check_edges(a, c, 1, entries), TR_E_TRIE_PROOF);
    TR_CHECK_ERR(check_edges(a, c, 2, entries), TR_E_TRIE_ORDER);
    TR_CHECK_ERR(check_edges(a, a, 1, entries), TR_E_RANGE);
    TR_CHECK_ERR(check_edges(c, c, 1, entries), TR_E_RANGE);
    entries[0].value.len = 0;
    TR_CHECK_ERR(check_edges(a, c, 1, entries), TR_E_ARGUMENT);
    entries[0] = (tr_trie_entry){TR_LIT("bb"), a};
    TR_CHECK_ERR(check_edges(a, c, 1, entries), TR_E_ARGUMENT);
}

/* The proof is that of the trie; its keys are not of one length, or its shape is none. */
static void refuse(size_t n, const tr_trie_entry *all, tr_bytes first, tr_bytes last, tr_err code)
{
    range r = {.all = all, .all_count = n, .first = first, .last = last};
    bool more;
    prove(tr_test_arena(), &r);
    r.n = 0;
    TR_CHECK_ERR(check(&r, &more), code);
}

TR_TEST(keys_of_other_lengths)
{
    tr_bytes v = TR_LIT("a value of some length, to be hashed");
    tr_trie_entry all[] = {
        {TR_LIT("a"), v}, {TR_LIT("ab"), v}, {TR_LIT("abc"), v}, {TR_LIT("b"), v}};
    refuse(4, all, TR_LIT("aa"), TR_LIT("aa"), TR_E_TRIE_PROOF);
    refuse(4, all, TR_LIT("a"), TR_LIT("a"), TR_E_TRIE_PROOF);
    refuse(2, all + 2, TR_LIT("b"), TR_LIT("b"), TR_E_TRIE_PROOF);
    refuse(1, all + 2, TR_LIT("a"), TR_LIT("b"), TR_E_TRIE_PROOF);
    refuse(2, all + 1, TR_LIT("a"), TR_LIT("b"), TR_E_TRIE_PROOF);
    refuse(2, all + 1, TR_LIT("ab"), TR_LIT("ac"), TR_E_TRIE_PROOF);
}

static void check_root_node(const char *root_node, const char *second, tr_err code)
{
    tr_bytes nodes[2] = {tr_test_hex(root_node), tr_test_hex(second)};
    range r = {.root = tr_keccak256(nodes[0]), .first = TR_LIT("\x11"), .last = TR_LIT("\x11")};
    bool more;
    r.nodes = nodes;
    r.count = nodes[1].len == 0 ? 1 : 2;
    TR_CHECK_ERR(check(&r, &more), code);
}

TR_TEST(shapes_that_no_trie_has)
{
    check_root_node("c411c23107", "", TR_E_TRIE_NODE); /* an extension, then a leaf */
    check_root_node("80", "", TR_E_TYPE);
    /* the second is named by its hash, though it is short */
    tr_hash hash = tr_keccak256(tr_test_hex("c23107"));
    tr_trie_node branch = {.kind = TR_TRIE_BRANCH};
    branch.child[1] = branch.child[2] = TR_VIEW(hash.b);
    tr_buf out;
    tr_buf_init(&out, &tr_test_arena()->alloc, 600);
    tr_trie_node_encode(&out, &branch);
    tr_bytes nodes[2] = {tr_buf_view(&out), tr_test_hex("c23107")};
    range r = {.root = tr_keccak256(nodes[0]), .first = TR_LIT("\x11"), .last = TR_LIT("\x11")};
    bool more;
    r.nodes = nodes;
    r.count = 2;
    TR_CHECK_ERR(check(&r, &more), TR_E_TRIE_NODE);
    r.count = 1;
    TR_CHECK_ERR(check(&r, &more), TR_E_SHORT);
}

static tr_err check_some(tr_alloc *alloc, void *context)
{
    const range *r = context;
    bool more;
    return tr_trie_check_range(NULL, alloc, &r->root, r->first, r->last, r->n, r->entries, r->count,
                               r->nodes, &more);
}

TR_TEST(out_of_memory)
{
    static const uint8_t keys[] = {0x11, 0x22, 0x33, 0x44, 0x55};
    tr_trie_entry all[5];
    for (size_t i = 0; i < 5; i++) all[i] = (tr_trie_entry){{&keys[i], 1}, TR_LIT("value")};
    range r = {.all = all, .all_count = 5, .first = {keys, 1}, .last = {keys + 3, 1}};
    prove(tr_test_arena(), &r);
    tr_test_out_of_memory(check_some, &r);
    r.n = r.all_count;
    r.last = (tr_bytes){keys + 4, 1};
    r.entries = all;
    r.count = 0;
    tr_test_out_of_memory(check_some, &r);
}
