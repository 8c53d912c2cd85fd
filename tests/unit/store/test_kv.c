/* The key-value store against a sorted array. */
#include "store/kv.h"
#include "store/kv_internal.h"

#include <pthread.h>

#include "os/thread.h"
#include "store_dir.h"

enum { TABLES = 3, MOST = 4096 };
static const char *const table_names[] = {"one", "two", "three"};

static tr_kv_options options_of(tr_alloc *alloc)
{
    return (tr_kv_options){.alloc = alloc,
                           .tables = table_names,
                           .table_count = TABLES,
                           .format = "test",
                           .version = 1};
}

static tr_kv *open_store(const char *path)
{
    tr_kv *kv = NULL;
    tr_trail trail;
    tr_kv_options options = options_of(tr_test_alloc());
    tr_err err = tr_kv_open(&trail, path, &options, &kv);
    TR_CHECK_MSG(err == TR_OK, "%d %s", err, trail.text);
    return kv;
}

/* The shadow: sorted entries of each table. */
typedef struct entry {
    tr_bytes key, value;
} entry;

typedef struct shadow {
    entry at[TABLES][MOST];
    size_t count[TABLES];
    uint64_t position;
} shadow;

static size_t find(const shadow *s, size_t t, tr_bytes key, bool *exact)
{
    size_t low = 0, high = s->count[t];
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (tr_bytes_cmp(s->at[t][middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *exact = low < s->count[t] && tr_bytes_eq(s->at[t][low].key, key);
    return low;
}

static void shadow_put(shadow *s, size_t t, tr_bytes key, tr_bytes value)
{
    bool exact;
    size_t at = find(s, t, key, &exact);
    if (!exact) {
        TR_CHECK(s->count[t] < MOST);
        memmove(&s->at[t][at + 1], &s->at[t][at], (s->count[t] - at) * sizeof(entry));
        s->count[t]++;
    }
    s->at[t][at] = (entry){key, value};
}

static void shadow_cut(shadow *s, size_t t, size_t from, size_t to)
{
    memmove(&s->at[t][from], &s->at[t][to], (s->count[t] - to) * sizeof(entry));
    s->count[t] -= to - from;
}

static void shadow_remove_range(shadow *s, size_t t, tr_bytes first, tr_bytes last)
{
    bool exact;
    size_t from = find(s, t, first, &exact);
    size_t to = last.len == 0 ? s->count[t] : find(s, t, last, &exact);
    if (from < to) shadow_cut(s, t, from, to);
}

/* Keys that meet each other often, of all lengths. */
static tr_bytes some_key(tr_gen *g)
{
    size_t len =
        tr_gen_below(g, 16) == 0 ? 1 + tr_gen_below(g, TR_KV_KEY_MAX) : 1 + tr_gen_below(g, 3);
    uint8_t *key = tr_arena_get(tr_gen_arena(g), len, 1);
    TR_CHECK(key != NULL);
    for (size_t i = 0; i < len; i++)
        key[i] = i < 3 ? (uint8_t)(tr_gen_below(g, 24) * 11) : (uint8_t)i;
    return tr_bytes_of(key, len);
}

static tr_bytes some_value(tr_gen *g)
{
    static const size_t most[] = {0, 8, 100, 100, 100, 600, 3000, 20000};
    return tr_gen_bytes(g, most[tr_gen_below(g, TR_COUNTOF(most))]);
}

static void check_cursor(tr_kv_snapshot *snapshot, const shadow *s, size_t t)
{
    tr_kv_cursor *cursor;
    tr_bytes key, value;
    TR_CHECK_OK(tr_kv_cursor_open(NULL, snapshot, (tr_kv_table)t, &cursor));
    for (size_t i = 0; i < s->count[t]; i++) {
        TR_CHECK_OK(tr_kv_next(NULL, cursor, &key, &value));
        TR_CHECK_BYTES(key, s->at[t][i].key);
        TR_CHECK_BYTES(value, s->at[t][i].value);
    }
    TR_CHECK_ERR(tr_kv_next(NULL, cursor, &key, &value), TR_E_NOT_FOUND);
    TR_CHECK_ERR(tr_kv_next(NULL, cursor, &key, &value), TR_E_NOT_FOUND);
    for (size_t i = s->count[t]; i-- > 0;) {
        TR_CHECK_OK(tr_kv_previous(NULL, cursor, &key, &value));
        TR_CHECK_BYTES(key, s->at[t][i].key);
    }
    TR_CHECK_ERR(tr_kv_previous(NULL, cursor, &key, &value), TR_E_NOT_FOUND);
    TR_CHECK_ERR(tr_kv_previous(NULL, cursor, &key, &value), TR_E_NOT_FOUND);
    if (s->count[t] != 0) {
        TR_CHECK_OK(tr_kv_next(NULL, cursor, &key, &value));
        TR_CHECK_BYTES(key, s->at[t][0].key);
        TR_CHECK_OK(tr_kv_last(NULL, cursor, &key, &value));
        TR_CHECK_BYTES(key, s->at[t][s->count[t] - 1].key);
    } else {
        TR_CHECK_ERR(tr_kv_last(NULL, cursor, &key, &value), TR_E_NOT_FOUND);
    }
    tr_kv_cursor_close(cursor);
}

static void check_seeks(tr_gen *g, tr_kv_snapshot *snapshot, const shadow *s, size_t t)
{
    tr_kv_cursor *cursor;
    tr_bytes key, value;
    bool exact;
    TR_CHECK_OK(tr_kv_cursor_open(NULL, snapshot, (tr_kv_table)t, &cursor));
    for (size_t i = 0; i < 10; i++) {
        tr_bytes want = i == 0 ? TR_LIT("") : some_key(g);
        size_t at = find(s, t, want, &exact);
        tr_err err = tr_kv_seek(NULL, cursor, want, &key, &value);
        TR_CHECK_ERR(err, at < s->count[t] ? TR_OK : TR_E_NOT_FOUND);
        if (err == TR_OK) TR_CHECK_BYTES(key, s->at[t][at].key);
        if (err == TR_OK) TR_CHECK_BYTES(value, s->at[t][at].value);
        bool back = tr_gen_bool(g);
        err = back ? tr_kv_previous(NULL, cursor, &key, &value)
                   : tr_kv_next(NULL, cursor, &key, &value);
        size_t to = back ? at - 1 : at + 1; /* below 0 is beyond the end too */
        TR_CHECK_ERR(err, to < s->count[t] ? TR_OK : TR_E_NOT_FOUND);
        if (err == TR_OK) TR_CHECK_BYTES(key, s->at[t][to].key);
        if (want.len == 0) continue;
        err = tr_kv_get(NULL, snapshot, (tr_kv_table)t, want, &value);
        TR_CHECK_ERR(err, exact ? TR_OK : TR_E_NOT_FOUND);
        if (exact) TR_CHECK_BYTES(value, s->at[t][at].value);
        err = tr_kv_get_slowly(NULL, snapshot, (tr_kv_table)t, want, &key);
        TR_CHECK_ERR(err, exact ? TR_OK : TR_E_NOT_FOUND);
        if (exact) TR_CHECK(key.data == value.data && key.len == value.len);
    }
    for (size_t i = 0; i < s->count[t]; i++) {
        TR_CHECK_OK(tr_kv_get(NULL, snapshot, (tr_kv_table)t, s->at[t][i].key, &value));
        TR_CHECK_BYTES(value, s->at[t][i].value);
    }
    tr_kv_cursor_close(cursor);
}

static void check_all(tr_gen *g, tr_kv_snapshot *snapshot, const shadow *s)
{
    for (size_t t = 0; t < TABLES; t++) {
        uint64_t count;
        TR_CHECK_OK(tr_kv_count(NULL, snapshot, (tr_kv_table)t, &count));
        TR_CHECK_EQ(count, s->count[t]);
        check_cursor(snapshot, s, t);
        check_seeks(g, snapshot, s, t);
    }
    TR_CHECK_EQ(tr_kv_position(snapshot), s->position);
}

static void put_sorted(tr_gen *g, tr_kv_write *write, shadow *s, size_t t)
{
    size_t n = tr_gen_below(g, 200);
    uint16_t at = (uint16_t)tr_gen_below(g, 60000);
    for (size_t i = 0; i < n; i++, at = (uint16_t)(at + 1 + tr_gen_below(g, 9))) {
        uint8_t *key = tr_arena_get(tr_gen_arena(g), 2, 1);
        TR_CHECK(key != NULL);
        tr_store16be(key, at);
        tr_bytes value = tr_gen_bytes(g, 60);
        TR_CHECK_OK(tr_kv_put(NULL, write, (tr_kv_table)t, tr_bytes_of(key, 2), value));
        shadow_put(s, t, tr_bytes_of(key, 2), value);
    }
}

static void change(tr_gen *g, tr_kv_write *write, shadow *s)
{
    size_t t = tr_gen_below(g, TABLES);
    tr_bytes key = some_key(g), last = tr_gen_bool(g) ? some_key(g) : TR_LIT(""), value;
    bool exact;
    switch (tr_gen_below(g, 20)) {
    case 0:
        if (tr_gen_below(g, 8) == 0) key = TR_LIT("");
        TR_CHECK_OK(tr_kv_remove_range(NULL, write, (tr_kv_table)t, key, last));
        shadow_remove_range(s, t, key, last);
        break;
    case 1:
        put_sorted(g, write, s, t);
        break;
    case 2:
    case 3:
    case 4:
    case 5: {
        TR_CHECK_OK(tr_kv_remove(NULL, write, (tr_kv_table)t, key));
        size_t at = find(s, t, key, &exact);
        if (exact) shadow_cut(s, t, at, at + 1);
        break;
    }
    case 6: {
        size_t at = find(s, t, key, &exact);
        tr_err err = tr_kv_write_get(NULL, write, (tr_kv_table)t, key, &value);
        TR_CHECK_ERR(err, exact ? TR_OK : TR_E_NOT_FOUND);
        if (exact) TR_CHECK_BYTES(value, s->at[t][at].value);
        break;
    }
    default:
        value = some_value(g);
        TR_CHECK_OK(tr_kv_put(NULL, write, (tr_kv_table)t, key, value));
        shadow_put(s, t, key, value);
    }
}

static shadow now, before, held;

TR_PROP(does_what_a_sorted_array_does)
{
    make_dir();
    const char *path = in_dir("kv");
    tr_kv *kv = open_store(path);
    tr_kv_snapshot *old = NULL, *snapshot;
    memset(&now, 0, sizeof(now));
    size_t batches = 1 + tr_gen_below(g, 8);
    for (size_t b = 0; b < batches; b++) {
        tr_kv_write *write;
        before = now;
        TR_CHECK_OK(tr_kv_write_begin(NULL, kv, &write));
        size_t n = tr_gen_below(g, 60);
        for (size_t i = 0; i < n; i++) change(g, write, &now);
        if (tr_gen_below(g, 4) == 0) {
            tr_kv_write_drop(write);
            now = before;
        } else {
            now.position = tr_gen_u64(g);
            TR_CHECK_OK(tr_kv_write_commit(NULL, write, now.position));
        }
        TR_CHECK_OK(tr_kv_snapshot_take(NULL, kv, &snapshot));
        check_all(g, snapshot, &now);
        if (old != NULL) check_all(g, old, &held);
        if (tr_gen_below(g, 3) == 0) { /* hold this one from now on */
            tr_kv_snapshot_drop(old);
            old = snapshot;
            held = now;
        } else {
            tr_kv_snapshot_drop(snapshot);
        }
        TR_CHECK_OK(tr_kv_check(NULL, kv));
        if (old == NULL && tr_gen_below(g, 3) == 0) {
            tr_kv_close(kv);
            kv = open_store(path);
        }
    }
    if (old != NULL) check_all(g, old, &held);
    tr_kv_snapshot_drop(old);
    tr_kv_close(kv);
    remove_dir();
}

TR_TEST(keys_and_values_have_bounds)
{
    make_dir();
    tr_kv *kv = open_store(in_dir("kv"));
    tr_kv_write *write;
    tr_kv_snapshot *snapshot;
    tr_trail trail;
    tr_bytes value;
    uint8_t key[TR_KV_KEY_MAX + 1] = {1};
    tr_bytes longest = tr_bytes_of(key, TR_KV_KEY_MAX), longer = TR_VIEW(key);
    TR_CHECK_OK(tr_kv_write_begin(NULL, kv, &write));
    TR_CHECK_OK(tr_kv_put(NULL, write, 0, longest, TR_LIT("")));
    TR_CHECK_OK(tr_kv_put(NULL, write, 0, TR_LIT("x"), (tr_bytes){0}));
    TR_CHECK_OK(tr_kv_write_commit(NULL, write, 7));

    const tr_bytes bad[] = {longer, TR_LIT("")};
    for (size_t i = 0; i < TR_COUNTOF(bad); i++) {
        TR_CHECK_OK(tr_kv_write_begin(NULL, kv, &write));
        TR_CHECK_ERR(tr_kv_put(&trail, write, 0, bad[i], TR_LIT("v")), TR_E_ARGUMENT);
        TR_CHECK(strstr(trail.text, "a key has 1 to 511 bytes") != NULL);
        TR_CHECK_ERR(tr_kv_put(NULL, write, 0, TR_LIT("k"), TR_LIT("v")), TR_E_ARGUMENT);
        TR_CHECK_ERR(tr_kv_write_get(NULL, write, 0, TR_LIT("k"), &value), TR_E_ARGUMENT);
        TR_CHECK_ERR(tr_kv_remove_range(NULL, write, 0, TR_LIT("k"), bad[1]), TR_E_ARGUMENT);
        TR_CHECK_ERR(tr_kv_write_commit(NULL, write, 9), TR_E_ARGUMENT);
        TR_CHECK_OK(tr_kv_write_begin(NULL, kv, &write));
        TR_CHECK_ERR(tr_kv_remove(NULL, write, 0, bad[i]), TR_E_ARGUMENT);
        tr_kv_write_drop(write);
        TR_CHECK_OK(tr_kv_write_begin(NULL, kv, &write));
        TR_CHECK_ERR(tr_kv_write_get(NULL, write, 0, bad[i], &value), TR_E_ARGUMENT);
        tr_kv_write_drop(write);
    }
    TR_CHECK_OK(tr_kv_write_begin(NULL, kv, &write));
    tr_bytes huge = {key, (size_t)TR_KV_VALUE_MAX + 1};
    TR_CHECK_ERR(tr_kv_put(NULL, write, 0, TR_LIT("k"), huge), TR_E_ARGUMENT);
    tr_kv_write_drop(write);

    TR_CHECK_OK(tr_kv_snapshot_take(NULL, kv, &snapshot));
    TR_CHECK_ERR(tr_kv_get(NULL, snapshot, 0, longer, &value), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_kv_get(NULL, snapshot, 0, TR_LIT(""), &value), TR_E_ARGUMENT);
    TR_CHECK_OK(tr_kv_get(NULL, snapshot, 0, longest, &value));
    TR_CHECK_EQ(value.len, 0);
    TR_CHECK_EQ(tr_kv_position(snapshot), 7);
    tr_kv_snapshot_drop(snapshot);
    tr_kv_snapshot_drop(NULL);
    tr_kv_cursor_close(NULL);
    tr_kv_write_drop(NULL);
    tr_kv_close(NULL);
    tr_kv_close(kv);
    remove_dir();
}

TR_TEST(one_batch_at_a_time)
{
    make_dir();
    tr_kv *kv = open_store(in_dir("kv"));
    tr_kv_write *write, *second;
    tr_trail trail;
    TR_CHECK_OK(tr_kv_write_begin(NULL, kv, &write));
    TR_CHECK_ERR(tr_kv_write_begin(&trail, kv, &second), TR_E_STATE);
    TR_CHECK_STR(trail.text, "this thread has a batch open already");
    TR_CHECK_ERR(tr_kv_check(NULL, kv), TR_E_STATE);
    TR_CHECK_OK(tr_kv_write_commit(NULL, write, 1));
    tr_kv_close(kv);
    remove_dir();
}

TR_TEST(snapshots_are_counted)
{
    enum { HELD = 1000 };
    static tr_kv_snapshot *held_now[HELD];
    make_dir();
    tr_kv *kv = open_store(in_dir("kv"));
    tr_kv_snapshot *more;
    tr_kv_usage usage;
    tr_trail trail;
    TR_CHECK_OK(tr_kv_get_usage(NULL, kv, &usage));
    TR_CHECK_EQ(usage.snapshots, 0);
    TR_CHECK_EQ(usage.oldest_snapshot_ns, 0);
    TR_CHECK(usage.used_bytes <= usage.file_bytes && usage.used_bytes > 0);
    TR_CHECK(usage.limit_bytes > usage.file_bytes);
    for (size_t i = 0; i < HELD; i++) TR_CHECK_OK(tr_kv_snapshot_take(NULL, kv, &held_now[i]));
    TR_CHECK_ERR(tr_kv_snapshot_take(&trail, kv, &more), TR_E_LIMIT);
    TR_CHECK(strstr(trail.text, "more than 1000 snapshots are held") != NULL);
    for (size_t i = 0; i < HELD; i += 2) tr_kv_snapshot_drop(held_now[i]);
    TR_CHECK_OK(tr_kv_get_usage(NULL, kv, &usage));
    TR_CHECK_EQ(usage.snapshots, HELD / 2);
    TR_CHECK(usage.oldest_snapshot_ns > 0);
    for (size_t i = 1; i < HELD; i += 2) tr_kv_snapshot_drop(held_now[i]);
    tr_kv_close(kv);
    remove_dir();
}

/* A writer changes two tables together; readers look whether they ever differ. */
typedef struct shared {
    tr_kv *kv;
    _Atomic bool stop;
    _Atomic uint64_t looked, wrong;
} shared;

static void read_on(void *context)
{
    shared *s = context;
    while (!s->stop) {
        tr_kv_snapshot *snapshot;
        tr_bytes a, b;
        if (tr_kv_snapshot_take(NULL, s->kv, &snapshot) != TR_OK) {
            s->wrong++;
            return;
        }
        tr_err err = tr_kv_get(NULL, snapshot, 0, TR_LIT("n"), &a);
        tr_err other = tr_kv_get(NULL, snapshot, 1, TR_LIT("n"), &b);
        bool same = err == TR_OK && other == TR_OK && tr_bytes_eq(a, b) &&
                    tr_load64le(a.data) == tr_kv_position(snapshot);
        if (!same) s->wrong++;
        s->looked++;
        tr_kv_snapshot_drop(snapshot);
    }
}

static void write_both(tr_kv *kv, uint64_t n)
{
    tr_kv_write *write;
    uint8_t bytes[8];
    tr_store64le(bytes, n);
    TR_CHECK_OK(tr_kv_write_begin(NULL, kv, &write));
    TR_CHECK_OK(tr_kv_put(NULL, write, 0, TR_LIT("n"), TR_VIEW(bytes)));
    TR_CHECK_OK(tr_kv_put(NULL, write, 1, TR_LIT("n"), TR_VIEW(bytes)));
    TR_CHECK_OK(tr_kv_write_commit(NULL, write, n));
}

TR_TEST(readers_see_whole_batches)
{
    enum { READERS = 3, BATCHES = 200 };
    make_dir();
    shared s = {.kv = open_store(in_dir("kv"))};
    tr_thread threads[READERS];
    write_both(s.kv, 1);
    for (size_t i = 0; i < READERS; i++)
        TR_CHECK_OK(tr_thread_start(NULL, &threads[i], &(tr_thread_options){0}, read_on, &s));
    for (uint64_t n = 2; n < BATCHES || s.looked < 1000; n++) write_both(s.kv, n);
    s.stop = true;
    for (size_t i = 0; i < READERS; i++) tr_thread_join(&threads[i]);
    TR_CHECK_EQ(s.wrong, 0);
    tr_kv_close(s.kv);
    remove_dir();
}

static tr_err use_store(tr_alloc *alloc, void *context)
{
    tr_kv *kv;
    tr_kv_snapshot *snapshot;
    tr_kv_cursor *cursor;
    tr_bytes key, value;
    tr_kv_options options = options_of(alloc);
    TR_TRY(tr_kv_open(NULL, context, &options, &kv));
    tr_err err = tr_kv_snapshot_take(NULL, kv, &snapshot);
    if (err == TR_OK) {
        err = tr_kv_cursor_open(NULL, snapshot, 0, &cursor);
        if (err == TR_OK) {
            TR_CHECK_ERR(tr_kv_next(NULL, cursor, &key, &value), TR_E_NOT_FOUND);
            tr_kv_cursor_close(cursor);
        }
        tr_kv_snapshot_drop(snapshot);
    }
    if (err == TR_OK) err = tr_kv_check(NULL, kv);
    tr_kv_close(kv);
    return err;
}

TR_TEST(out_of_memory)
{
    make_dir();
    tr_test_out_of_memory(use_store, (void *)(uintptr_t)in_dir("kv"));
    remove_dir();
}
