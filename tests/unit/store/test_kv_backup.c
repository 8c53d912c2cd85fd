/* Copies of a store that is in use, and the way back. */
#include "os/heap.h"
#include "os/thread.h"
#include "store/kv.h"
#include "store_dir.h"

enum { ACCOUNTS = 200, TOTAL = 1000000 };

static const char *const table_names[] = {"left", "right"};

static tr_kv *open_store(const char *path)
{
    tr_kv *kv = NULL;
    tr_trail trail;
    const tr_kv_options options = {.alloc = tr_heap(),
                                   .tables = table_names,
                                   .table_count = 2,
                                   .format = "test",
                                   .version = 1};
    tr_err err = tr_kv_open(&trail, path, &options, &kv);
    TR_CHECK_MSG(err == TR_OK, "%d %s", err, trail.text);
    return kv;
}

/* Each batch moves value from accounts of one table to accounts of the other: the sum over both
 * stays. */
static tr_err move_value(tr_kv *kv, uint64_t *random, uint64_t position)
{
    tr_kv_write *write;
    TR_TRY(tr_kv_write_begin(NULL, kv, &write));
    for (size_t i = 0; i < 20; i++) {
        *random = *random * 6364136223846793005 + 1442695040888963407;
        uint8_t from[4], to[4], bytes[8];
        tr_bytes value;
        tr_kv_table side = (tr_kv_table)(*random >> 60 & 1);
        tr_store32be(from, (uint32_t)(*random >> 20) % ACCOUNTS);
        tr_store32be(to, (uint32_t)(*random >> 40) % ACCOUNTS);
        tr_err err = tr_kv_write_get(NULL, write, side, TR_VIEW(from), &value);
        uint64_t there = err == TR_OK ? tr_load64le(value.data) : 0, amount = there / 2;
        if (err != TR_OK && err != TR_E_NOT_FOUND) return err;
        tr_store64le(bytes, there - amount);
        TR_TRY(tr_kv_put(NULL, write, side, TR_VIEW(from), TR_VIEW(bytes)));
        err = tr_kv_write_get(NULL, write, !side, TR_VIEW(to), &value);
        there = err == TR_OK ? tr_load64le(value.data) : 0;
        tr_store64le(bytes, there + amount);
        TR_TRY(tr_kv_put(NULL, write, !side, TR_VIEW(to), TR_VIEW(bytes)));
    }
    return tr_kv_write_commit(NULL, write, position);
}

static void fill(tr_kv *kv)
{
    tr_kv_write *write;
    uint8_t bytes[8];
    tr_store64le(bytes, TOTAL);
    TR_CHECK_OK(tr_kv_write_begin(NULL, kv, &write));
    TR_CHECK_OK(tr_kv_put(NULL, write, 0, TR_LIT("\0\0\0\7"), TR_VIEW(bytes)));
    TR_CHECK_OK(tr_kv_write_commit(NULL, write, 1));
}

static uint64_t sum_of(tr_kv *kv, uint64_t *position)
{
    tr_kv_snapshot *snapshot;
    tr_kv_cursor *cursor;
    tr_bytes key, value;
    uint64_t sum = 0;
    TR_CHECK_OK(tr_kv_snapshot_take(NULL, kv, &snapshot));
    *position = tr_kv_position(snapshot);
    for (tr_kv_table t = 0; t < 2; t++) {
        TR_CHECK_OK(tr_kv_cursor_open(NULL, snapshot, t, &cursor));
        while (tr_kv_next(NULL, cursor, &key, &value) == TR_OK) sum += tr_load64le(value.data);
        tr_kv_cursor_close(cursor);
    }
    tr_kv_snapshot_drop(snapshot);
    return sum;
}

typedef struct load {
    tr_kv *kv;
    _Atomic bool stop;
    _Atomic uint64_t batches;
    _Atomic tr_err err;
} load;

static void write_on(void *context)
{
    load *l = context;
    uint64_t random = 1;
    while (!l->stop && l->err == TR_OK) {
        l->err = move_value(l->kv, &random, l->batches + 2);
        l->batches++;
    }
}

TR_TEST(a_backup_under_load_is_consistent)
{
    enum { BACKUPS = 12 };
    make_dir();
    load l = {.kv = open_store(in_dir("kv"))};
    tr_thread thread;
    uint64_t last = 0, position;
    fill(l.kv);
    TR_CHECK_OK(tr_thread_start(NULL, &thread, &(tr_thread_options){0}, write_on, &l));
    for (size_t i = 0; i < BACKUPS; i++) {
        const char *copy = in_dir("copy"), *back = in_dir("back");
        uint64_t batches = l.batches;
        while (l.batches < batches + 5 && l.err == TR_OK) sched_yield();
        TR_CHECK_OK(tr_kv_backup(NULL, l.kv, copy));
        TR_CHECK_OK(tr_kv_check(NULL, l.kv));
        TR_CHECK_OK(tr_kv_restore(NULL, copy, back));
        TR_CHECK(access(in_dir("back.part"), F_OK) != 0);
        tr_kv *kv = open_store(back);
        TR_CHECK_EQ(sum_of(kv, &position), TOTAL);
        TR_CHECK(position > last);
        last = position;
        uint64_t random = i;
        TR_CHECK_OK(move_value(kv, &random, 5)); /* it can be written on */
        TR_CHECK_EQ(sum_of(kv, &position), TOTAL);
        TR_CHECK_OK(tr_kv_check(NULL, kv));
        tr_kv_close(kv);
        remove_tree(copy);
        remove_tree(back);
    }
    l.stop = true;
    tr_thread_join(&thread);
    TR_CHECK_OK(l.err);
    tr_kv_close(l.kv);
    remove_dir();
}

TR_TEST(restore_keeps_what_was_there)
{
    make_dir();
    const char *path = in_dir("kv"), *copy = in_dir("copy"), *data = in_dir("copy/data.mdb");
    tr_kv *kv = open_store(path);
    uint64_t position, random = 3;
    tr_trail trail;
    fill(kv);
    TR_CHECK_OK(tr_kv_backup(NULL, kv, copy));
    TR_CHECK_ERR(tr_kv_backup(&trail, kv, copy), TR_E_EXISTS);
    TR_CHECK_ERR(tr_kv_backup(&trail, kv, "/nowhere/at/all"), TR_E_NOT_FOUND);
    TR_CHECK_OK(move_value(kv, &random, 9));
    TR_CHECK_ERR(tr_kv_restore(&trail, copy, path), TR_E_LOCKED);
    tr_kv_close(kv);

    TR_CHECK_ERR(tr_kv_restore(&trail, in_dir("none"), path), TR_E_NOT_FOUND);
    TR_CHECK_ERR(tr_kv_restore(&trail, copy, "/nowhere/at/all"), TR_E_NOT_FOUND);
    TR_CHECK_OK(tr_kv_restore(NULL, copy, path));
    kv = open_store(path);
    TR_CHECK_EQ(sum_of(kv, &position), TOTAL);
    TR_CHECK_EQ(position, 1);
    tr_kv_close(kv);
    kv = open_store(in_dir("kv.replaced"));
    TR_CHECK_EQ(sum_of(kv, &position), TOTAL);
    TR_CHECK_EQ(position, 9);
    tr_kv_close(kv);
    TR_CHECK_ERR(tr_kv_restore(&trail, copy, path), TR_E_EXISTS);
    TR_CHECK(strstr(trail.text, "kv.replaced is in the way") != NULL);

    /* a backup that was damaged is not put anywhere */
    remove_tree(in_dir("kv.replaced"));
    tr_file file;
    TR_CHECK_OK(tr_file_open(NULL, tr_fs_system(), data, TR_OPEN_WRITE, 0, &file));
    TR_CHECK_OK(tr_file_write_at(NULL, &file, 3 * 4096 + 10, TR_LIT("\xff")));
    TR_CHECK_OK(tr_file_close(NULL, &file));
    TR_CHECK_ERR(tr_kv_restore(&trail, copy, path), TR_E_KV_DAMAGED);
    TR_CHECK(access(in_dir("kv.part"), F_OK) != 0 && access(in_dir("kv.replaced"), F_OK) != 0);
    kv = open_store(path);
    TR_CHECK_EQ(sum_of(kv, &position), TOTAL);
    tr_kv_close(kv);
    remove_dir();
}

/* What a backup that was killed left behind does not hinder the next; one at work is left alone. */
TR_TEST(an_unfinished_backup)
{
    make_dir();
    const char *part = in_dir("copy.part");
    tr_kv *kv = open_store(in_dir("kv"));
    tr_file file;
    fill(kv);
    TR_CHECK(mkdir(part, 0700) == 0);
    TR_CHECK_OK(tr_file_open(NULL, tr_fs_system(), in_dir("copy.part/data.mdb"),
                             TR_OPEN_WRITE | TR_OPEN_CREATE, 0600, &file));
    TR_CHECK_OK(tr_file_append(NULL, &file, TR_LIT("half of it")));
    TR_CHECK_OK(tr_file_close(NULL, &file));
    TR_CHECK_OK(
        tr_file_open(NULL, tr_fs_system(), part, TR_OPEN_READ | TR_OPEN_DIRECTORY, 0, &file));
    TR_CHECK_OK(tr_file_lock(NULL, &file));
    TR_CHECK_ERR(tr_kv_backup(NULL, kv, in_dir("copy")), TR_E_LOCKED);
    TR_CHECK_OK(tr_file_close(NULL, &file));
    TR_CHECK_OK(tr_kv_backup(NULL, kv, in_dir("copy")));
    tr_kv_close(kv);
    kv = open_store(in_dir("copy"));
    uint64_t position;
    TR_CHECK_EQ(sum_of(kv, &position), TOTAL);
    tr_kv_close(kv);
    remove_dir();
}
