/* Tries whose nodes lie in the key-value store. */
#include "hash/keccak.h"
#include "os/thread.h"
#include "store/trie_nodes.h"
#include "store_dir.h"
#include "trie/build.h"
#include "trie/nodes.h"

enum { MOST = 150 };

static const char *const table_names[] = {"nodes"};

static tr_kv *open_store(void)
{
    tr_kv *kv = NULL;
    tr_trail trail;
    const tr_kv_options options = {.alloc = tr_test_alloc(),
                                   .tables = table_names,
                                   .table_count = 1,
                                   .format = "test",
                                   .version = 1};
    tr_err err = tr_kv_open(&trail, in_dir("kv"), &options, &kv);
    TR_CHECK_MSG(err == TR_OK, "%d %s", err, trail.text);
    return kv;
}

/* What the trie should hold: value i under key i, or nothing. */
typedef struct account {
    uint8_t key[32];
    uint8_t value[70];
    uint8_t len;
} account;

static account accounts[MOST];

static size_t begin_accounts(tr_gen *g)
{
    size_t n = 1 + tr_gen_below(g, MOST);
    for (size_t i = 0; i < n; i++) {
        tr_gen_fill(g, accounts[i].key, sizeof(accounts[i].key));
        accounts[i].len = 0;
        if (i == 0 || tr_gen_below(g, 4) != 0) continue;
        /* a long way together with another */
        size_t same = tr_gen_below(g, sizeof(accounts[i].key) - 1);
        memcpy(accounts[i].key, accounts[tr_gen_below(g, i)].key, same);
    }
    return n;
}

static int by_key(const void *a, const void *b)
{
    const tr_trie_entry *x = a, *y = b;
    return tr_bytes_cmp(x->key, y->key);
}

static tr_hash expected_root(size_t n)
{
    static tr_trie_entry entries[MOST];
    size_t count = 0;
    tr_hash root;
    for (size_t i = 0; i < n; i++)
        if (accounts[i].len != 0)
            entries[count++] = (tr_trie_entry){TR_VIEW(accounts[i].key),
                                               tr_bytes_of(accounts[i].value, accounts[i].len)};
    qsort(entries, count, sizeof(entries[0]), by_key);
    TR_CHECK_OK(tr_trie_build(NULL, tr_test_alloc(), NULL, count, entries, &root));
    return root;
}

static void change(tr_gen *g, tr_trie *trie, size_t n)
{
    static tr_trie_change changes[MOST];
    size_t count = 1 + tr_gen_below(g, n);
    uint64_t removed = tr_gen_below(g, 4); /* of 3 */
    for (size_t c = 0; c < count; c++) {
        account *a = &accounts[tr_gen_below(g, n)];
        a->len = tr_gen_below(g, 3) < removed ? 0 : (uint8_t)(1 + tr_gen_below(g, 70));
        tr_gen_fill(g, a->value, a->len);
        changes[c].key = TR_VIEW(a->key);
    }
    for (size_t c = 0; c < count; c++) { /* a key that is there twice has its last value */
        const account *a = (const account *)(const void *)changes[c].key.data;
        changes[c].value = tr_bytes_of(a->value, a->len);
    }
    TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, count, changes));
}

static tr_trie *open_trie(tr_trie_source *source, const tr_hash *root)
{
    tr_trie *trie;
    tr_trie_options options = {
        .alloc = tr_test_alloc(), .source = source, .root = *root, .limit = (size_t)1 << 28};
    TR_CHECK_OK(tr_trie_new(NULL, &options, &trie));
    return trie;
}

static void commit(tr_kv *kv, tr_trie *trie, tr_bytes name, uint64_t position)
{
    tr_kv_write *write;
    tr_trie_kv_sink sink;
    TR_CHECK_OK(tr_kv_write_begin(NULL, kv, &write));
    tr_trie_kv_sink_init(&sink, write, 0, name);
    TR_CHECK_OK(tr_trie_commit(NULL, trie, &sink.sink));
    TR_CHECK_OK(tr_kv_write_commit(NULL, write, position));
}

/* How many nodes a trie of the same entries has that was made at once. */
static uint64_t fresh_count(size_t n)
{
    tr_trie_memory *memory;
    tr_hash root;
    TR_CHECK_OK(tr_trie_memory_new(NULL, tr_test_alloc(), &memory));
    tr_trie *trie = open_trie(NULL, &tr_trie_empty_root);
    static tr_trie_change changes[MOST];
    for (size_t i = 0; i < n; i++)
        changes[i] = (tr_trie_change){TR_VIEW(accounts[i].key),
                                      tr_bytes_of(accounts[i].value, accounts[i].len)};
    TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, n, changes));
    TR_CHECK_OK(tr_trie_root(NULL, trie, NULL, &root));
    TR_CHECK_OK(tr_trie_commit(NULL, trie, tr_trie_memory_sink(memory)));
    uint64_t count = tr_trie_memory_count(memory);
    tr_trie_free(trie);
    tr_trie_memory_free(memory);
    return count;
}

static uint64_t count_nodes(tr_kv *kv)
{
    tr_kv_snapshot *snapshot;
    uint64_t count;
    TR_CHECK_OK(tr_kv_snapshot_take(NULL, kv, &snapshot));
    TR_CHECK_OK(tr_kv_count(NULL, snapshot, 0, &count));
    tr_kv_snapshot_drop(snapshot);
    return count;
}

static void check_entries(tr_trie *trie, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        tr_bytes value;
        tr_err err = tr_trie_get(NULL, trie, TR_VIEW(accounts[i].key), &value);
        TR_CHECK_ERR(err, accounts[i].len == 0 ? TR_E_NOT_FOUND : TR_OK);
        if (err == TR_OK) TR_CHECK_BYTES(value, tr_bytes_of(accounts[i].value, accounts[i].len));
    }
}

TR_PROP(a_trie_goes_on_from_the_store_without_garbage)
{
    make_dir();
    tr_kv *kv = open_store();
    tr_hash root = tr_trie_empty_root, want;
    tr_bytes name = tr_gen_bool(g) ? TR_LIT("") : TR_LIT("an account's hash, as it were.32");
    size_t n = begin_accounts(g), batches = 1 + tr_gen_below(g, 4);
    for (size_t b = 0; b < batches; b++) {
        tr_kv_snapshot *snapshot;
        tr_trie_kv_source source;
        TR_CHECK_OK(tr_kv_snapshot_take(NULL, kv, &snapshot));
        tr_trie_kv_source_init(&source, snapshot, 0, name);
        tr_trie *trie = open_trie(&source.source, &root);
        if (tr_gen_bool(g)) check_entries(trie, n);
        change(g, trie, n);
        TR_CHECK_OK(tr_trie_root(NULL, trie, NULL, &root));
        want = expected_root(n);
        TR_CHECK_BYTES(TR_VIEW(root.b), TR_VIEW(want.b));
        commit(kv, trie, name, b);
        tr_trie_free(trie);
        tr_kv_snapshot_drop(snapshot);
        TR_CHECK_EQ(count_nodes(kv), fresh_count(n));
        if (!tr_gen_bool(g)) continue;
        tr_kv_close(kv);
        kv = open_store();
    }
    tr_kv_close(kv);
    remove_dir();
}

/* Tries beside each other in one table, one name the beginning of another. */
TR_TEST(tries_do_not_meet)
{
    static const char *const names[] = {"", "a", "ab", "b"};
    static uint8_t longest[255];
    make_dir();
    tr_kv *kv = open_store();
    tr_kv_write *write;
    tr_hash roots[TR_COUNTOF(names) + 1];
    uint64_t counts[TR_COUNTOF(names) + 1], before = 0;
    for (size_t t = 0; t <= TR_COUNTOF(names); t++) {
        tr_bytes name = t < TR_COUNTOF(names) ? tr_bytes_str(names[t]) : TR_VIEW(longest);
        tr_trie *trie = open_trie(NULL, &tr_trie_empty_root);
        for (uint8_t i = 0; i < 40; i++) {
            uint8_t key[TR_TRIE_KEY_MAX] = {(uint8_t)(i * 37), i};
            uint8_t value[40] = {(uint8_t)(t + 1), i};
            tr_trie_change c = {TR_VIEW(key), TR_VIEW(value)};
            TR_CHECK_OK(tr_trie_update(NULL, trie, NULL, 1, &c));
        }
        TR_CHECK_OK(tr_trie_root(NULL, trie, NULL, &roots[t]));
        commit(kv, trie, name, t);
        tr_trie_free(trie);
        counts[t] = count_nodes(kv) - before;
        before += counts[t];
        TR_CHECK(counts[t] > 40);
    }
    TR_CHECK_OK(tr_kv_write_begin(NULL, kv, &write));
    TR_CHECK_OK(tr_trie_kv_remove(NULL, write, 0, TR_LIT("a")));
    TR_CHECK_OK(tr_trie_kv_remove(NULL, write, 0, TR_VIEW(longest)));
    TR_CHECK_OK(tr_kv_write_commit(NULL, write, 9));
    TR_CHECK_EQ(count_nodes(kv), before - counts[1] - counts[4]);
    tr_kv_snapshot *snapshot;
    TR_CHECK_OK(tr_kv_snapshot_take(NULL, kv, &snapshot));
    for (size_t t = 0; t < TR_COUNTOF(names); t++) {
        tr_trie_kv_source source;
        tr_bytes value;
        tr_trail trail;
        uint8_t key[TR_TRIE_KEY_MAX] = {37, 1};
        tr_trie_kv_source_init(&source, snapshot, 0, tr_bytes_str(names[t]));
        tr_trie *trie = open_trie(&source.source, &roots[t]);
        tr_err err = tr_trie_get(&trail, trie, TR_VIEW(key), &value);
        TR_CHECK_ERR(err, t == 1 ? TR_E_TRIE_MISSING : TR_OK);
        if (t != 1) TR_CHECK_EQ(value.data[0], t + 1);
        tr_trie_free(trie);
    }
    tr_kv_snapshot_drop(snapshot);
    tr_kv_close(kv);
    remove_dir();
}

typedef struct reader {
    tr_trie_kv_source *source;
    const tr_path *path;
    const tr_hash *hash;
    tr_bytes want;
    bool right;
} reader;

static void load_often(void *context)
{
    reader *r = context;
    for (size_t i = 0; i < 2000 && r->right; i++) {
        tr_bytes got;
        r->right =
            r->source->source.load(&r->source->source, NULL, r->path, r->hash, &got) == TR_OK &&
            tr_bytes_eq(got, r->want);
    }
}

TR_TEST(nodes_are_checked_when_loaded_by_any_thread)
{
    enum { THREADS = 4 };
    make_dir();
    tr_kv *kv = open_store();
    tr_kv_write *write;
    tr_kv_snapshot *snapshot;
    tr_trie_kv_sink sink;
    tr_trie_kv_source source;
    tr_path path = {.len = 3, .at = {1, 2, 15}}, other = {.len = 2, .at = {1, 2}};
    tr_bytes node = TR_LIT("a node"), got;
    tr_hash hash = tr_keccak256(node);
    tr_trail trail;
    TR_CHECK_OK(tr_kv_write_begin(NULL, kv, &write));
    tr_trie_kv_sink_init(&sink, write, 0, TR_LIT("t"));
    TR_CHECK_OK(sink.sink.put(&sink.sink, NULL, &path, &hash, node));
    TR_CHECK_OK(sink.sink.put(&sink.sink, NULL, &other, &hash, TR_LIT("a n0de")));
    TR_CHECK_OK(tr_kv_write_commit(NULL, write, 1));

    TR_CHECK_OK(tr_kv_snapshot_take(NULL, kv, &snapshot));
    tr_trie_kv_source_init(&source, snapshot, 0, TR_LIT("t"));
    reader readers[THREADS];
    tr_thread threads[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        readers[i] = (reader){&source, &path, &hash, node, true};
        TR_CHECK_OK(
            tr_thread_start(NULL, &threads[i], &(tr_thread_options){0}, load_often, &readers[i]));
    }
    for (size_t i = 0; i < THREADS; i++) tr_thread_join(&threads[i]);
    for (size_t i = 0; i < THREADS; i++) TR_CHECK(readers[i].right);
    TR_CHECK_ERR(source.source.load(&source.source, &trail, &other, &hash, &got),
                 TR_E_TRIE_MISSING);
    TR_CHECK_STR(trail.text, "the store has another node at a path of 2 nibbles");
    other.at[0] = 2;
    TR_CHECK_ERR(source.source.load(&source.source, &trail, &other, &hash, &got),
                 TR_E_TRIE_MISSING);
    TR_CHECK_STR(trail.text, "the store has no node at a path of 2 nibbles");
    tr_kv_snapshot_drop(snapshot);

    TR_CHECK_OK(tr_kv_write_begin(NULL, kv, &write));
    tr_trie_kv_sink_init(&sink, write, 0, TR_LIT("t"));
    TR_CHECK_OK(sink.sink.remove(&sink.sink, NULL, &path));
    TR_CHECK_OK(tr_kv_write_commit(NULL, write, 2));
    TR_CHECK_EQ(count_nodes(kv), 1);
    tr_kv_close(kv);
    remove_dir();
}
