/* Opening a store: who may, what it is, what is wrong with it. */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "store/kv.h"
#include "store/kv_internal.h"
#include "store_dir.h"

static const char *const table_names[] = {"one", "two", "three"};

static tr_kv_options options_of(uint32_t version)
{
    return (tr_kv_options){.alloc = tr_test_alloc(),
                           .tables = table_names,
                           .table_count = 2,
                           .format = "test",
                           .version = version};
}

static tr_kv *open_with(const char *path, const tr_kv_options *options)
{
    tr_kv *kv = NULL;
    tr_trail trail;
    tr_err err = tr_kv_open(&trail, path, options, &kv);
    TR_CHECK_MSG(err == TR_OK, "%d %s", err, trail.text);
    return kv;
}

static tr_kv *open_store(const char *path)
{
    tr_kv_options options = options_of(1);
    return open_with(path, &options);
}

static void check_refused(const char *path, const tr_kv_options *options, tr_err want,
                          const char *text)
{
    tr_kv *kv;
    tr_trail trail;
    TR_CHECK_ERR(tr_kv_open(&trail, path, options, &kv), want);
    TR_CHECK_MSG(strstr(trail.text, text) != NULL, "%s", trail.text);
}

static void put(tr_kv *kv, tr_kv_table table, const char *key, tr_bytes value, uint64_t position)
{
    tr_kv_write *write;
    TR_CHECK_OK(tr_kv_write_begin(NULL, kv, &write));
    TR_CHECK_OK(tr_kv_put(NULL, write, table, tr_bytes_str(key), value));
    TR_CHECK_OK(tr_kv_write_commit(NULL, write, position));
}

static void check_value(tr_kv *kv, tr_kv_table table, const char *key, const char *value)
{
    tr_kv_snapshot *snapshot;
    tr_bytes got;
    TR_CHECK_OK(tr_kv_snapshot_take(NULL, kv, &snapshot));
    tr_err err = tr_kv_get(NULL, snapshot, table, tr_bytes_str(key), &got);
    TR_CHECK_ERR(err, value == NULL ? TR_E_NOT_FOUND : TR_OK);
    if (value != NULL) TR_CHECK_BYTES(got, tr_bytes_str(value));
    tr_kv_snapshot_drop(snapshot);
}

TR_TEST(bad_options)
{
    tr_kv_options options = options_of(1);
    check_refused("", &options, TR_E_ARGUMENT, "without a /");
    check_refused("/tmp/x/", &options, TR_E_ARGUMENT, "without a /");
    check_refused("/nowhere/at/all", &options, TR_E_NOT_FOUND, "/nowhere/at/all");
    options.format = "";
    check_refused("/tmp/x", &options, TR_E_ARGUMENT, "a format");
    options = options_of(1);
    options.table_count = TR_KV_TABLES_MAX + 1;
    check_refused("/tmp/x", &options, TR_E_ARGUMENT, "at most 64 tables");
    static const char *const nameless[] = {""};
    options = options_of(1);
    options.tables = nameless;
    options.table_count = 1;
    check_refused("/tmp/x", &options, TR_E_ARGUMENT, "1 to 200 bytes");
    static char long_path[TR_PATH_LIMIT + 10];
    memset(long_path, 'x', sizeof(long_path) - 1);
    options = options_of(1);
    check_refused(long_path, &options, TR_E_ARGUMENT, "too long");
}

TR_TEST(a_second_opening_is_refused)
{
    make_dir();
    const char *path = in_dir("kv");
    tr_kv_options options = options_of(1);
    tr_kv *kv = open_store(path);
    char text[256];
    snprintf(text, sizeof(text), "the store in %s is open in another process", path);
    check_refused(path, &options, TR_E_LOCKED, text);
    options.read_only = true;
    check_refused(path, &options, TR_E_LOCKED, text);
    tr_kv_close(kv);

    int ready[2];
    TR_CHECK(pipe(ready) == 0);
    pid_t child = fork();
    if (child == 0) {
        options.read_only = false;
        char ok = tr_kv_open(NULL, path, &options, &kv) == TR_OK ? 'y' : 'n';
        (void)!write(ready[1], &ok, 1);
        for (;;) pause();
    }
    char ok = 0;
    TR_CHECK(read(ready[0], &ok, 1) == 1 && ok == 'y');
    options.read_only = false;
    check_refused(path, &options, TR_E_LOCKED, text);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(ready[0]);
    close(ready[1]);
    kv = open_store(path); /* what the dead process left is no hindrance */
    put(kv, 0, "k", TR_LIT("v"), 1);
    tr_kv_close(kv);
    remove_dir();
}

TR_TEST(read_only)
{
    make_dir();
    const char *path = in_dir("kv");
    tr_kv_options options = options_of(1);
    options.read_only = true;
    tr_kv_write *write;
    tr_trail trail;
    check_refused(path, &options, TR_E_KV_FORMAT, "there is no store in");
    TR_CHECK(mkdir(path, 0700) == 0);
    check_refused(path, &options, TR_E_KV_FORMAT, "there is no store in");
    tr_kv *kv = open_store(path);
    put(kv, 1, "k", TR_LIT("v"), 5);
    tr_kv_close(kv);
    kv = open_with(path, &options);
    check_value(kv, 1, "k", "v");
    TR_CHECK_ERR(tr_kv_write_begin(&trail, kv, &write), TR_E_STATE);
    TR_CHECK(strstr(trail.text, "read only") != NULL);
    TR_CHECK_OK(tr_kv_check(NULL, kv));
    tr_kv_close(kv);
    options.table_count = 3;
    check_refused(path, &options, TR_E_NOT_FOUND, "has no table three");
    options.read_only = false;
    kv = open_with(path, &options); /* makes it */
    check_value(kv, 1, "k", "v");
    check_value(kv, 2, "k", NULL);
    tr_kv_close(kv);
    remove_dir();
}

static tr_err upgrade_1(tr_trail *trail, tr_kv_write *write)
{
    TR_TRY(tr_kv_put(trail, write, 0, TR_LIT("one"), TR_LIT("1")));
    return tr_kv_remove(trail, write, 0, TR_LIT("old"));
}

static tr_err upgrade_2(tr_trail *trail, tr_kv_write *write)
{
    tr_bytes value;
    TR_TRY(tr_kv_write_get(trail, write, 0, TR_LIT("one"), &value));
    return tr_kv_put(trail, write, 2, TR_LIT("two"), TR_LIT("2"));
}

static tr_err upgrade_fails(tr_trail *trail, tr_kv_write *write)
{
    TR_TRY(tr_kv_put(trail, write, 0, TR_LIT("half"), TR_LIT("done")));
    return tr_fail(trail, TR_E_SYNTAX, "an entry makes no sense");
}

TR_TEST(versions)
{
    static const tr_kv_upgrade fails[] = {{1, upgrade_1}, {2, upgrade_fails}};
    static const tr_kv_upgrade works[] = {{2, upgrade_2}, {1, upgrade_1}};
    make_dir();
    const char *path = in_dir("kv"), *copy = in_dir("kv.v1");
    tr_kv *kv = open_store(path);
    put(kv, 0, "old", TR_LIT("v"), 77);
    tr_kv_close(kv);

    tr_kv_options options = options_of(3);
    options.table_count = 3;
    check_refused(path, &options, TR_E_UNSUPPORTED, "there is no way from 1 to 2");
    options.upgrades = works;
    options.upgrade_count = 1;
    check_refused(path, &options, TR_E_UNSUPPORTED, "there is no way from 1 to 2");
    TR_CHECK(access(copy, F_OK) != 0);
    options.upgrade_count = 2;
    options.read_only = true;
    check_refused(path, &options, TR_E_UNSUPPORTED, "read-only it cannot be brought to 3");
    options.read_only = false;
    options.upgrades = fails;
    check_refused(path, &options, TR_E_SYNTAX, "the upgrade of the store from version 2 failed");

    kv = open_store(path); /* still of version 1, with nothing of what failed */
    check_value(kv, 0, "old", "v");
    check_value(kv, 0, "half", NULL);
    tr_kv_close(kv);
    options.upgrades = works;
    kv = open_with(path, &options); /* also where a copy lies already */
    check_value(kv, 0, "old", NULL);
    check_value(kv, 0, "one", "1");
    check_value(kv, 2, "two", "2");
    tr_kv_snapshot *snapshot;
    TR_CHECK_OK(tr_kv_snapshot_take(NULL, kv, &snapshot));
    TR_CHECK_EQ(tr_kv_position(snapshot), 77);
    tr_kv_snapshot_drop(snapshot);
    tr_kv_close(kv);
    kv = open_with(path, &options);
    tr_kv_close(kv);

    options = options_of(1);
    check_refused(path, &options, TR_E_KV_VERSION, "is of version 3; this is 1");
    kv = open_store(copy);
    check_value(kv, 0, "old", "v");
    tr_kv_close(kv);
    options.format = "another";
    check_refused(path, &options, TR_E_KV_FORMAT, "is for test, not for another");
    remove_dir();
}

static void write_file(const char *path, tr_bytes bytes)
{
    tr_file file;
    TR_CHECK_OK(tr_file_open(NULL, tr_fs_system(), path,
                             TR_OPEN_WRITE | TR_OPEN_CREATE | TR_OPEN_TRUNCATE, 0600, &file));
    TR_CHECK_OK(tr_file_write_at(NULL, &file, 0, bytes));
    TR_CHECK_OK(tr_file_close(NULL, &file));
}

static tr_bytes read_file(const char *path, tr_alloc *alloc)
{
    tr_buf buf;
    tr_buf_init(&buf, alloc, SIZE_MAX);
    TR_CHECK_OK(tr_file_read_all(NULL, tr_fs_system(), path, (size_t)1 << 30, &buf));
    return tr_buf_view(&buf);
}

static void lmdb_of_another(const char *path, const char *name)
{
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    MDB_val k = {1, "k"}, v = {1, "v"};
    TR_CHECK(mkdir(path, 0700) == 0);
    TR_CHECK(mdb_env_create(&env) == 0 && mdb_env_set_maxdbs(env, 4) == 0);
    TR_CHECK(mdb_env_open(env, path, 0, 0600) == 0);
    TR_CHECK(mdb_txn_begin(env, NULL, 0, &txn) == 0);
    TR_CHECK(mdb_dbi_open(txn, name, MDB_CREATE | (name == NULL ? 0 : MDB_DUPSORT), &dbi) == 0);
    TR_CHECK(mdb_put(txn, dbi, &k, &v, 0) == 0 && mdb_txn_commit(txn) == 0);
    mdb_env_close(env);
}

TR_TEST(what_is_no_store)
{
    make_dir();
    const char *path = in_dir("kv"), *data = in_dir("kv/data.mdb");
    tr_kv_options options = options_of(1);
    TR_CHECK(mkdir(path, 0700) == 0);
    write_file(data, TR_LIT("#!/bin/sh\n"));
    check_refused(path, &options, TR_E_KV_FORMAT, "not a store");
    static uint8_t zeros[20000];
    write_file(data, TR_VIEW(zeros));
    check_refused(path, &options, TR_E_KV_FORMAT, "not a store");
    write_file(data, TR_LIT(""));
    check_refused(path, &options, TR_E_KV_DAMAGED, "not a store: the file has only 0 bytes");
    lmdb_of_another(in_dir("a"), NULL);
    check_refused(in_dir("a"), &options, TR_E_KV_FORMAT, "a store of another program");
    lmdb_of_another(in_dir("b"), "table");
    check_refused(in_dir("b"), &options, TR_E_KV_FORMAT, "a store of another program");
    write_file(in_dir("file"), TR_LIT("x"));
    check_refused(in_dir("file"), &options, TR_E_KV_FORMAT, "there is no store in");
    remove_dir();
    TR_CHECK(tr_kv_is_network(0x6969) && tr_kv_is_network(0xff534d42));
    TR_CHECK(!tr_kv_is_network(0xef53) && !tr_kv_is_network(0x01021994));
}

/* A store with all kinds of pages, and its state as one number for each of the last two batches. */
static uint64_t content_of(tr_kv *kv)
{
    tr_kv_snapshot *snapshot;
    tr_kv_cursor *cursor;
    tr_bytes key, value;
    uint64_t sum = 0;
    TR_CHECK_OK(tr_kv_snapshot_take(NULL, kv, &snapshot));
    sum = tr_kv_position(snapshot);
    for (tr_kv_table t = 0; t < 2; t++) {
        TR_CHECK_OK(tr_kv_cursor_open(NULL, snapshot, t, &cursor));
        while (tr_kv_next(NULL, cursor, &key, &value) == TR_OK) {
            for (size_t i = 0; i < key.len; i++) sum = (sum ^ key.data[i]) * 0x100000001b3;
            for (size_t i = 0; i < value.len; i++) sum = (sum ^ value.data[i]) * 0x100000001b3;
        }
        tr_kv_cursor_close(cursor);
    }
    tr_kv_snapshot_drop(snapshot);
    return sum;
}

static void fill(tr_kv *kv, tr_gen *g, uint64_t position)
{
    static uint8_t value[9000];
    tr_kv_write *write;
    TR_CHECK_OK(tr_kv_write_begin(NULL, kv, &write));
    size_t n = 20 + tr_gen_below(g, 300);
    for (size_t i = 0; i < n; i++) {
        uint8_t key[3] = {(uint8_t)tr_gen_below(g, 5), (uint8_t)tr_gen_below(g, 256)};
        size_t len = tr_gen_below(g, 30) == 0 ? tr_gen_below(g, sizeof(value)) : 50;
        memset(value, (int)i, sizeof(value));
        tr_kv_table t = (tr_kv_table)tr_gen_below(g, 2);
        if (tr_gen_below(g, 3) == 0)
            TR_CHECK_OK(tr_kv_remove(NULL, write, t, TR_VIEW(key)));
        else
            TR_CHECK_OK(tr_kv_put(NULL, write, t, TR_VIEW(key), tr_bytes_of(value, len)));
    }
    TR_CHECK_OK(tr_kv_write_commit(NULL, write, position));
}

/* A flip in a meta page or a cut, anywhere: a named error or the right content, also after more
 * batches.  One flip there is that makes the store older by one batch: of the bit in the number of
 * the last transaction that turns it into the one before the other meta page's. */
TR_PROP(damaged_meta_pages_and_cut_files_are_found)
{
    enum { OPENINGS = 2, TRANSACTION = 16 + 128 };
    make_dir();
    const char *path = in_dir("kv"), *data = in_dir("kv/data.mdb");
    tr_kv *kv = open_store(path);
    size_t batches = 1 + tr_gen_below(g, 5);
    uint64_t last = 0, before = 0;
    for (size_t i = 0; i < batches; i++) {
        fill(kv, g, i + 1);
        before = last;
        last = content_of(kv);
    }
    tr_kv_close(kv);
    tr_bytes file = read_file(data, &tr_gen_arena(g)->alloc);
    for (size_t i = 0; i < OPENINGS; i++) {
        tr_bytes bad = tr_arena_copy(tr_gen_arena(g), file);
        size_t at = tr_gen_below(g, 2) * 4096 + tr_gen_below(g, 152);
        if (tr_gen_below(g, 4) == 0)
            bad.len = tr_gen_below(g, file.len + 1);
        else
            ((uint8_t *)(uintptr_t)bad.data)[at] ^= (uint8_t)(1 << tr_gen_below(g, 8));
        write_file(data, bad);
        tr_kv_options options = options_of(1);
        tr_trail trail;
        tr_err err = tr_kv_open(&trail, path, &options, &kv);
        TR_CHECK_MSG(err == TR_OK || err == TR_E_KV_DAMAGED || err == TR_E_KV_FORMAT ||
                         err == TR_E_KV_VERSION,
                     "%d %s", err, trail.text);
        if (err != TR_OK) continue;
        uint64_t content = content_of(kv);
        bool older = at % 4096 >= TRANSACTION && content == before;
        TR_CHECK_MSG(content == last || older, "byte %zu of %zu", at, bad.len);
        TR_CHECK_OK(tr_kv_check(NULL, kv));
        for (uint64_t more = 0; more < 3; more++) fill(kv, g, more);
        TR_CHECK_OK(tr_kv_check(NULL, kv));
        tr_kv_close(kv);
    }
    remove_dir();
}

/* Anywhere in the file: opening and the check of all pages never read outside of it. */
TR_PROP(the_check_reads_damaged_pages_safely)
{
    static size_t found, cases; /* it is not blind either */
    make_dir();
    const char *path = in_dir("kv"), *data = in_dir("kv/data.mdb");
    tr_kv_pages_report report;
    tr_kv *kv = open_store(path);
    for (uint64_t i = 0; i < 3; i++) fill(kv, g, i);
    tr_kv_close(kv);
    TR_CHECK_OK(tr_kv_check_file(NULL, tr_test_alloc(), data, true, &report));
    TR_CHECK(report.is_ours && report.tables == 3);
    tr_bytes file = read_file(data, &tr_gen_arena(g)->alloc);
    for (size_t i = 0; i < 6; i++) {
        tr_bytes bad = tr_arena_copy(tr_gen_arena(g), file);
        size_t flips = 1 + tr_gen_below(g, 4);
        for (size_t f = 0; f < flips; f++) {
            /* the heads of pages, where everything is that leads on */
            size_t at = tr_gen_below(g, file.len / 4096) * 4096 +
                        tr_gen_below(g, tr_gen_bool(g) ? 4096 : 40);
            ((uint8_t *)(uintptr_t)bad.data)[at] ^= (uint8_t)(1 << tr_gen_below(g, 8));
        }
        write_file(data, bad);
        tr_trail trail;
        tr_err err = tr_kv_check_file(&trail, tr_test_alloc(), data, true, &report);
        TR_CHECK_MSG(err == TR_OK || err == TR_E_KV_DAMAGED || err == TR_E_KV_FORMAT ||
                         err == TR_E_KV_VERSION,
                     "%d %s", err, trail.text);
        found += err != TR_OK;
    }
    cases++;
    TR_CHECK(found >= cases / 2);
    remove_dir();
}

/* Point reads go through pages without the library: whatever these hold, a read ends with an entry,
 * none, or a named error, and what it gives lies in the file. */
TR_PROP(reads_of_damaged_pages_stay_in_the_file)
{
    enum { FLIPS = 40 };
    make_dir();
    const char *path = in_dir("kv"), *data = in_dir("kv/data.mdb");
    tr_kv *kv = open_store(path);
    for (uint64_t i = 0; i < 3; i++) fill(kv, g, i);
    tr_kv_close(kv);
    tr_bytes file = read_file(data, &tr_gen_arena(g)->alloc);
    uint64_t sum = 0;
    for (size_t round = 0; round < 4; round++) {
        tr_bytes bad = tr_arena_copy(tr_gen_arena(g), file);
        for (size_t f = 0; f < FLIPS; f++) { /* heads, lists of nodes, and the nodes at the end */
            size_t page = 2 + tr_gen_below(g, file.len / 4096 - 2), kind = tr_gen_below(g, 3);
            size_t at = kind == 0 ? tr_gen_below(g, 40) : tr_gen_below(g, 4096);
            uint8_t *byte = (uint8_t *)(uintptr_t)bad.data + page * 4096 + at;
            *byte = kind == 2 ? 0xff : (uint8_t)(*byte ^ 1 << tr_gen_below(g, 8));
        }
        write_file(data, bad);
        tr_kv_options options = options_of(1);
        tr_kv_snapshot *snapshot;
        if (tr_kv_open(NULL, path, &options, &kv) != TR_OK) continue;
        TR_CHECK_OK(tr_kv_snapshot_take(NULL, kv, &snapshot));
        for (size_t i = 0; i < 400; i++) {
            uint8_t key[3] = {(uint8_t)tr_gen_below(g, 5), (uint8_t)tr_gen_below(g, 256)};
            tr_kv_root root;
            tr_bytes value;
            if (!tr_kv_find_root(snapshot, (tr_kv_table)tr_gen_below(g, 2), &root)) break;
            tr_err err = tr_kv_find(&root, TR_VIEW(key), &value);
            TR_CHECK_MSG(err == TR_OK || err == TR_E_NOT_FOUND || err == TR_E_KV_DAMAGED, "%d",
                         err);
            for (size_t j = 0; err == TR_OK && j < value.len; j++) sum += value.data[j];
        }
        tr_kv_snapshot_drop(snapshot);
        tr_kv_close(kv);
    }
    TR_CHECK(sum != 1); /* the values have been read */
    remove_dir();
}

TR_TEST(a_size_limit)
{
    make_dir();
    static uint8_t value[100000];
    const char *path = in_dir("kv");
    tr_kv_options options = options_of(1);
    options.size_limit = 1 << 20;
    tr_kv *kv = open_with(path, &options);
    tr_kv_write *write;
    tr_kv_usage usage;
    tr_trail trail;
    put(kv, 0, "k", TR_LIT("v"), 1);
    TR_CHECK_OK(tr_kv_write_begin(NULL, kv, &write));
    tr_err err = TR_OK;
    for (uint8_t i = 0; i < 20 && err == TR_OK; i++)
        err = tr_kv_put(&trail, write, 1, tr_bytes_of(&i, 1), TR_VIEW(value));
    TR_CHECK_ERR(err, TR_E_FULL);
    TR_CHECK(strstr(trail.text, "limit") != NULL);
    TR_CHECK_ERR(tr_kv_write_commit(NULL, write, 2), TR_E_FULL);
    check_value(kv, 0, "k", "v");
    put(kv, 0, "k", TR_LIT("w"), 3);
    TR_CHECK_OK(tr_kv_get_usage(NULL, kv, &usage));
    TR_CHECK_EQ(usage.limit_bytes, 1 << 20);
    TR_CHECK_EQ(usage.position, 3);
    tr_kv_close(kv);
    kv = open_store(path); /* without a limit there is room */
    put(kv, 1, "long", TR_VIEW(value), 4);
    for (uint8_t i = 0; i < 20; i++) put(kv, 1, (char[]){(char)(i + 'a'), 0}, TR_VIEW(value), i);
    tr_kv_close(kv);
    kv = open_with(path, &options); /* one that is below the store's size keeps it as it is */
    check_value(kv, 0, "k", "w");
    tr_kv_close(kv);
    remove_dir();
}

TR_TEST(a_full_disk)
{
    make_dir();
    static uint8_t value[200000];
    const char *path = in_dir("kv");
    tr_kv *kv = open_store(path);
    tr_kv_write *write;
    tr_trail trail;
    struct rlimit was, limit;
    put(kv, 0, "k", TR_LIT("v"), 1);
    TR_CHECK(getrlimit(RLIMIT_FSIZE, &was) == 0);
    signal(SIGXFSZ, SIG_IGN);
    limit = was;
    for (rlim_t at = 20000; at < 400000; at += 17001) {
        limit.rlim_cur = at;
        TR_CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
        TR_CHECK_OK(tr_kv_write_begin(NULL, kv, &write));
        TR_CHECK_OK(tr_kv_put(NULL, write, 1, TR_LIT("a"), TR_VIEW(value)));
        TR_CHECK_OK(tr_kv_put(NULL, write, 1, TR_LIT("b"), TR_VIEW(value)));
        TR_CHECK_OK(tr_kv_put(NULL, write, 0, TR_LIT("k"), TR_LIT("w")));
        tr_err err = tr_kv_write_commit(&trail, write, 2);
        TR_CHECK(setrlimit(RLIMIT_FSIZE, &was) == 0);
        TR_CHECK_MSG(err == TR_E_FULL, "%d %s", err, trail.text);
        check_value(kv, 0, "k", "v");
        check_value(kv, 1, "a", NULL);
    }
    put(kv, 0, "k", TR_LIT("w"), 3); /* now there is room */
    TR_CHECK_OK(tr_kv_check(NULL, kv));
    tr_kv_close(kv);
    kv = open_store(path);
    check_value(kv, 0, "k", "w");
    tr_kv_close(kv);
    remove_dir();
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif

/* In a process with few addresses the map is small, and grows between batches. */
#ifndef SANITIZED
static int grow_in_little_space(const char *path)
{
    static uint8_t value[1 << 20];
    struct rlimit limit = {400u << 20, 400u << 20};
    tr_kv_options options = options_of(1);
    tr_kv_usage usage;
    tr_kv *kv;
    if (setrlimit(RLIMIT_AS, &limit) != 0) return 1;
    if (tr_kv_open(NULL, path, &options, &kv) != TR_OK) return 2;
    if (tr_kv_get_usage(NULL, kv, &usage) != TR_OK || usage.limit_bytes >= limit.rlim_cur) return 3;
    uint64_t first = usage.limit_bytes;
    tr_err err = TR_OK;
    for (uint32_t i = 0; i < 300 && err == TR_OK; i++) {
        tr_kv_write *write;
        err = tr_kv_write_begin(NULL, kv, &write);
        if (err == TR_OK)
            err =
                tr_kv_put(NULL, write, 0, TR_VIEW(((uint8_t[]){1, (uint8_t)i, (uint8_t)(i >> 8)})),
                          TR_VIEW(value));
        if (err == TR_OK) err = tr_kv_write_commit(NULL, write, i);
    }
    if (err != TR_E_FULL) return 4;
    if (tr_kv_get_usage(NULL, kv, &usage) != TR_OK) return 5;
    return usage.file_bytes > first / 2 ? 0 : 6;
}
#endif

TR_TEST(a_map_that_grows)
{
#ifdef SANITIZED
    TR_SKIP("a sanitizer needs its addresses");
#else
    make_dir();
    const char *path = in_dir("kv");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) _exit(grow_in_little_space(path));
    int status;
    waitpid(child, &status, 0);
    TR_CHECK(WIFEXITED(status));
    TR_CHECK_EQ(WEXITSTATUS(status), 0);
    remove_dir();
#endif
}
