#include "harness.h"
#include "naive_gen.h"
#include "trie/build.h"

/* An executor of three that runs its jobs backwards, in the caller's thread. */
static void run_backwards(tr_exec *self, size_t count, tr_exec_job *job, void *context)
{
    (void)self;
    while (count > 0) job(context, --count);
}

static tr_exec backwards = {3, run_backwards};

static void check_root(size_t n, const tr_trie_entry *entries, tr_exec *exec, tr_arena *arena)
{
    tr_hash root, want = naive_root(arena, n, entries);
    TR_CHECK_OK(tr_trie_build(NULL, tr_test_alloc(), exec, n, entries, &root));
    TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(want.b));
}

TR_PROP(root_by_definition)
{
    tr_trie_entry *entries;
    size_t key_len = 1 + tr_gen_below(g, tr_gen_bool(g) ? 3 : TR_TRIE_KEY_MAX);
    size_t n = naive_entries(g, 40, key_len, tr_gen_bool(g), &entries);
    check_root(n, entries, NULL, tr_gen_arena(g));
}

/* So many entries that batches are full and pieces go to several threads. */
static size_t many_entries(size_t n, size_t key_len, size_t value_len, tr_trie_entry *entries)
{
    tr_arena *arena = tr_test_arena();
    for (size_t i = 0; i < n; i++) {
        uint8_t *key = tr_arena_get(arena, key_len, 1);
        uint8_t *value = tr_arena_get(arena, value_len, 1);
        for (size_t k = 0; k < key_len; k++) key[k] = (uint8_t)tr_test_random();
        memset(value, (int)(i % 255) + 1, value_len);
        entries[i] = (tr_trie_entry){{key, key_len}, {value, 1 + i % value_len}};
    }
    return naive_sort(n, entries);
}

TR_TEST(large_tries)
{
    static tr_trie_entry entries[3000];
    for (size_t key_len = 2; key_len <= 32; key_len += 10) {
        size_t n = many_entries(TR_COUNTOF(entries), key_len, key_len == 12 ? 700 : 20, entries);
        check_root(n, entries, NULL, tr_test_arena());
        check_root(n, entries, &backwards, tr_test_arena());
    }
}

/* Nothing but branches and extensions that lie in their parents, more than a batch of them. */
TR_TEST(embedded_branches)
{
    static tr_trie_entry entries[2000];
    static uint8_t keys[2000][2];
    size_t n = 0;
    for (size_t i = 0; i < 1000; i++) {
        for (unsigned k = 0; k < 2; k++) {
            keys[n][0] = (uint8_t)(i >> 4);
            keys[n][1] = (uint8_t)(i << 4 | k << 2);
            entries[n] = (tr_trie_entry){TR_VIEW(keys[n]), TR_LIT("\x07")};
            n++;
        }
    }
    check_root(n, entries, NULL, tr_test_arena());
    check_root(n, entries, &backwards, tr_test_arena());
}

/* The deepest trie there is: each key is the one before and another byte. */
TR_TEST(deepest_trie)
{
    static uint8_t key[TR_TRIE_KEY_MAX];
    tr_trie_entry entries[TR_TRIE_KEY_MAX + 1];
    for (size_t i = 0; i <= TR_TRIE_KEY_MAX; i++)
        entries[i] = (tr_trie_entry){{key, i}, TR_LIT("a value of some length, to be hashed")};
    check_root(TR_TRIE_KEY_MAX + 1, entries, NULL, tr_test_arena());
}

/* Values beyond a buffer, in a leaf and in a branch. */
TR_TEST(large_values)
{
    static uint8_t value[3][200000];
    static const size_t sizes[] = {64000, 64800, 64900, 65000, 65536, 70000, 200000};
    for (size_t i = 0; i < sizeof(value); i++) (&value[0][0])[i] = (uint8_t)(i * i >> 7);
    for (size_t i = 0; i < TR_COUNTOF(sizes); i++) {
        tr_trie_entry entries[] = {
            {TR_LIT("a"), {value[0], sizes[i]}},
            {TR_LIT("ab"), {value[1], sizes[i] - 1}},
            {TR_LIT("b"), {value[2], 55 + i}},
        };
        check_root(3, entries, NULL, tr_test_arena());
        check_root(1, entries, NULL, tr_test_arena());
    }
}

TR_TEST(known_roots)
{
    tr_hash root;
    TR_CHECK_OK(tr_trie_build(NULL, tr_test_alloc(), NULL, 0, NULL, &root));
    TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(tr_trie_empty_root.b));
    /* Ethereum's own trie tests, "dogs" and "puppy" */
    tr_trie_entry entries[] = {
        {TR_LIT("do"), TR_LIT("verb")},
        {TR_LIT("dog"), TR_LIT("puppy")},
        {TR_LIT("doge"), TR_LIT("coin")},
        {TR_LIT("horse"), TR_LIT("stallion")},
    };
    TR_CHECK_OK(tr_trie_build(NULL, tr_test_alloc(), NULL, 4, entries, &root));
    TR_CHECK_BYTES(TR_VIEW(root.b),
                   tr_test_hex("5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84"));
}

TR_PROP(subtrees_by_definition)
{
    tr_trie_entry *entries;
    size_t n = naive_entries(g, 30, 6, true, &entries), depth = tr_gen_below(g, 13), count = 0;
    if (n == 0) return;
    size_t begin = tr_gen_below(g, n);
    for (size_t i = begin; i < n; i++, count++) {
        size_t k = 0;
        while (k < depth && naive_nibble(entries[i].key, k) == naive_nibble(entries[begin].key, k))
            k++;
        if (k < depth) break;
    }
    naive t = {.arena = tr_gen_arena(g), .entries = entries, .n = n};
    tr_trie_ref ref, want = tr_trie_ref_of(naive_node(&t, depth, begin, begin + count, NULL));
    TR_CHECK_OK(tr_trie_build_below(NULL, tr_test_alloc(), NULL, (unsigned)depth, count,
                                    entries + begin, &ref));
    TR_CHECK_BYTES(tr_bytes_of(ref.b, ref.len), tr_bytes_of(want.b, want.len));
    TR_CHECK_OK(tr_trie_build_below(NULL, tr_test_alloc(), NULL, 3, 0, NULL, &ref));
    TR_CHECK_EQ(ref.len, 0);
}

TR_TEST(refused)
{
    static uint8_t long_key[TR_TRIE_KEY_MAX + 1];
    tr_hash root;
    tr_trie_ref ref;
    tr_trie_entry entries[] = {
        {TR_LIT("ab"), TR_LIT("1")}, {TR_LIT("ac"), TR_LIT("2")}, {TR_LIT("b"), TR_LIT("3")}};
    tr_alloc *a = tr_test_alloc();
    TR_CHECK_OK(tr_trie_build_below(NULL, a, NULL, 3, 2, entries, &ref));
    TR_CHECK_ERR(tr_trie_build_below(NULL, a, NULL, 4, 2, entries, &ref), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_trie_build_below(NULL, a, NULL, 5, 1, entries, &ref), TR_E_ARGUMENT);
    entries[1].key = TR_LIT("ab");
    TR_CHECK_ERR(tr_trie_build(NULL, a, NULL, 3, entries, &root), TR_E_TRIE_ORDER);
    entries[1].key = TR_LIT("a");
    TR_CHECK_ERR(tr_trie_build(NULL, a, NULL, 3, entries, &root), TR_E_TRIE_ORDER);
    entries[1].key = TR_LIT("aa");
    TR_CHECK_ERR(tr_trie_build(NULL, a, NULL, 3, entries, &root), TR_E_TRIE_ORDER);
    entries[1] = (tr_trie_entry){TR_LIT("ac"), {NULL, 0}};
    TR_CHECK_ERR(tr_trie_build(NULL, a, NULL, 3, entries, &root), TR_E_ARGUMENT);
    entries[2].key = TR_VIEW(long_key);
    TR_CHECK_ERR(tr_trie_build(NULL, a, NULL, 1, entries + 2, &root), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_trie_build(NULL, a, NULL, SIZE_MAX / 2, entries, &root), TR_E_LIMIT);
    TR_CHECK_ERR(tr_trie_ordered_root(NULL, a, NULL, SIZE_MAX / 2, NULL, &root), TR_E_LIMIT);
}

/* With several threads the first wrong entry is told, whoever found it. */
TR_TEST(first_fault_is_told)
{
    static tr_trie_entry entries[1000];
    tr_hash root;
    tr_trail trail;
    size_t n = many_entries(TR_COUNTOF(entries), 8, 10, entries);
    entries[900].value.len = 0;
    entries[500].key = entries[499].key;
    TR_CHECK_ERR(tr_trie_build(&trail, tr_test_alloc(), &backwards, n, entries, &root),
                 TR_E_TRIE_ORDER);
    TR_CHECK_STR(trail.text, "entry 500 of a trie: its key is not above the one before");
}

/* An ordered trie's entries by their definition. */
static size_t ordered_entries(tr_arena *arena, size_t n, const tr_bytes *values,
                              tr_trie_entry *entries)
{
    for (size_t i = 0; i < n; i++) {
        tr_buf key;
        tr_buf_init(&key, &arena->alloc, 16);
        tr_rlp_put_u64(&key, i);
        entries[i] = (tr_trie_entry){tr_buf_view(&key), values[i]};
    }
    return naive_sort(n, entries);
}

TR_TEST(ordered_tries)
{
    static const size_t counts[] = {0, 1, 2, 3, 16, 127, 128, 129, 255, 256, 257, 600, 66000};
    static tr_bytes values[66000];
    static uint8_t numbers[66000][40];
    static tr_trie_entry entries[600];
    for (size_t i = 0; i < TR_COUNTOF(values); i++) {
        memset(numbers[i], 7, sizeof(numbers[i]));
        tr_store32le(numbers[i], (uint32_t)i);
        values[i] = tr_bytes_of(numbers[i], 1 + i % 40);
    }
    for (size_t c = 0; c < TR_COUNTOF(counts); c++) {
        size_t n = counts[c];
        tr_hash root, other, want;
        TR_CHECK_OK(tr_trie_ordered_root(NULL, tr_test_alloc(), NULL, n, values, &root));
        TR_CHECK_OK(tr_trie_ordered_root(NULL, tr_test_alloc(), &backwards, n, values, &other));
        TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(other.b));
        if (n > TR_COUNTOF(entries)) continue;
        ordered_entries(tr_test_arena(), n, values, entries);
        want = naive_root(tr_test_arena(), n, entries);
        TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(want.b));
    }
}

TR_PROP(ordered_proofs)
{
    size_t n = 1 + tr_gen_below(g, tr_gen_bool(g) ? 4 : 300), index = tr_gen_below(g, n);
    tr_arena *arena = tr_gen_arena(g);
    tr_bytes *values = TR_ARENA_ARRAY(arena, tr_bytes, n);
    tr_trie_entry *entries = TR_ARENA_ARRAY(arena, tr_trie_entry, n);
    size_t longest = tr_gen_bool(g) ? 2 : 60;
    for (size_t i = 0; i < n; i++) {
        values[i] = tr_gen_bytes(g, longest);
        if (values[i].len == 0) values[i] = TR_LIT("\x80");
    }
    ordered_entries(arena, n, values, entries);
    tr_hash root, want = naive_root(arena, n, entries);
    tr_trie_proof proof, other;
    TR_CHECK_OK(tr_trie_ordered_prove(NULL, arena, n, values, index, &root, &proof));
    TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(want.b));
    uint8_t key[9];
    tr_buf out;
    tr_buf_init_fixed(&out, key, sizeof(key));
    tr_rlp_put_u64(&out, index);
    other = naive_prove(arena, n, entries, tr_buf_view(&out));
    TR_CHECK_EQ(proof.count, other.count);
    for (size_t i = 0; i < proof.count; i++) TR_CHECK_BYTES(proof.nodes[i], other.nodes[i]);
    TR_CHECK_ERR(tr_trie_ordered_prove(NULL, arena, n, values, n, &root, &proof), TR_E_RANGE);
}

/* An allocator that remembers how much was held at most. */
typedef struct meter {
    tr_alloc alloc;
    size_t held, most;
} meter;

static void *meter_resize(tr_alloc *self, void *old, size_t old_size, size_t new_size)
{
    meter *m = (meter *)self;
    m->held += new_size - old_size;
    m->most = TR_MAX(m->most, m->held);
    return tr_test_alloc()->resize(tr_test_alloc(), old, old_size, new_size);
}

TR_TEST(scratch_memory_is_bounded)
{
    static tr_bytes values[2000];
    static uint8_t value[5000];
    memset(value, 9, sizeof(value));
    for (size_t i = 0; i < TR_COUNTOF(values); i++) values[i] = TR_VIEW(value);
    for (size_t n = 1; n <= TR_COUNTOF(values); n += 333) {
        for (size_t threads = 1; threads <= 3; threads += 2) {
            meter m = {.alloc = {meter_resize}};
            tr_hash root;
            tr_exec *exec = threads == 1 ? NULL : &backwards;
            TR_CHECK_OK(tr_trie_ordered_root(NULL, &m.alloc, exec, n, values, &root));
            TR_CHECK(m.most <= n * TR_TRIE_BUILD_EACH + threads * TR_TRIE_BUILD_BASE);
            TR_CHECK_EQ(m.held, 0);
        }
    }
}

static tr_err build_some(tr_alloc *alloc, void *context)
{
    tr_hash root;
    tr_bytes values[] = {TR_LIT("a"), TR_LIT("b"), TR_LIT("c")};
    (void)context;
    return tr_trie_ordered_root(NULL, alloc, NULL, TR_COUNTOF(values), values, &root);
}

static tr_err prove_some(tr_alloc *alloc, void *context)
{
    tr_hash root;
    tr_trie_proof proof;
    tr_arena arena;
    tr_bytes values[300];
    (void)context;
    for (size_t i = 0; i < TR_COUNTOF(values); i++)
        values[i] = TR_LIT("a value that is hashed.. .. .. ..");
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_err err = tr_trie_ordered_prove(NULL, &arena, 300, values, 200, &root, &proof);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(out_of_memory)
{
    tr_test_out_of_memory(build_some, NULL);
    tr_test_out_of_memory(prove_some, NULL);
}

/* An arena that ends where the nodes of a proof are copied. */
TR_TEST(arena_ends)
{
    static uint8_t memory[400 << 10];
    tr_bytes values[300];
    for (size_t i = 0; i < TR_COUNTOF(values); i++)
        values[i] = TR_LIT("a value that is hashed.. .. .. ..");
    bool ok = false;
    for (size_t size = 0; size < sizeof(memory); size += 64) {
        tr_arena arena;
        tr_hash root;
        tr_trie_proof proof;
        tr_arena_init_fixed(&arena, memory, size);
        tr_err err = tr_trie_ordered_prove(NULL, &arena, 300, values, 200, &root, &proof);
        if (!ok && err == TR_OK) ok = true;
        TR_CHECK_ERR(err, ok ? TR_OK : TR_E_MEMORY);
    }
    TR_CHECK(ok);
}
