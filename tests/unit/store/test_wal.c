#include "store/wal.h"

#include <stdlib.h>
#include <unistd.h>

#include "harness.h"
#include "wal_help.h"

TR_TEST(records_come_back)
{
    tr_fault_fs *fault = tr_fault_new(1);
    tr_wal_options options = wal_options(fault);
    tr_wal_report report;
    tr_wal *wal = wal_open(&options, &report);
    TR_CHECK_EQ(report.first, 1);
    TR_CHECK_EQ(report.next, 1);
    TR_CHECK_EQ(report.segments, 0);
    wal_fill(wal, 20, 7);
    TR_CHECK_EQ(tr_wal_durable(wal), 15);
    wal_check_texts(wal, 1, 15);
    TR_CHECK_OK(tr_wal_sync(NULL, wal, 21));
    TR_CHECK_EQ(tr_wal_durable(wal), 21);
    wal_check_texts(wal, 1, 21);
    wal_check_texts(wal, 13, 21);
    wal_check_texts(wal, 21, 21);
    TR_CHECK_ERR(tr_wal_sync(NULL, wal, 22), TR_E_RANGE);
    wal_fill(wal, 5, 100);
    TR_CHECK_OK(tr_wal_close(NULL, wal)); /* syncs what is waiting */
    TR_CHECK_EQ(tr_fault_open_files(fault), 0);
    tr_fault_power_loss(fault);
    options.first = 777; /* only for a new log */
    wal = wal_open(&options, &report);
    TR_CHECK_EQ(report.first, 1);
    TR_CHECK_EQ(report.next, 26);
    TR_CHECK_EQ(report.cut_bytes, 0);
    wal_check_texts(wal, 1, 26);
    wal_fill(wal, 10, 1);
    wal_check_texts(wal, 1, 36);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_fault_free(fault);
}

TR_TEST(many_at_once_and_of_all_sizes)
{
    tr_fault_fs *fault = tr_fault_new(1);
    tr_wal_options options = wal_options(fault);
    tr_wal *wal = wal_open(&options, NULL);
    enum { N = 300 };
    static uint8_t bytes[N];
    tr_wal_record records[N], record;
    uint64_t first;
    for (size_t i = 0; i < N; i++) {
        bytes[i] = (uint8_t)(i * 31);
        records[i] = (tr_wal_record){.type = (uint8_t)(i % TR_WAL_TYPES), .body = {bytes, i}};
    }
    TR_CHECK_OK(tr_wal_append(NULL, wal, N, records, &first));
    TR_CHECK_EQ(first, 1);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    wal = wal_open(&options, NULL);
    TR_CHECK(wal_count_files(fault) > 10);
    tr_wal_cursor *cursor;
    TR_CHECK_OK(tr_wal_seek(NULL, wal, 1, &cursor));
    for (size_t i = 0; i < N; i++) {
        TR_CHECK_OK(tr_wal_next(NULL, cursor, &record));
        TR_CHECK_EQ(record.type, i % TR_WAL_TYPES);
        TR_CHECK_BYTES(record.body, records[i].body);
    }
    tr_wal_cursor_free(cursor);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_fault_free(fault);
}

TR_TEST(a_record_larger_than_a_segment)
{
    tr_fault_fs *fault = tr_fault_new(1);
    tr_wal_options options = wal_options(fault);
    tr_wal *wal = wal_open(&options, NULL);
    tr_bytes big = {tr_arena_get(tr_test_arena(), 5 * SEGMENT, 1), 5 * SEGMENT};
    memset((void *)(uintptr_t)big.data, 0x55, big.len);
    tr_wal_record record = {.type = 3, .body = big}, got;
    uint64_t first;
    tr_wal_report report;
    wal_fill(wal, 3, 1);
    for (int i = 0; i < 3; i++) TR_CHECK_OK(tr_wal_append(NULL, wal, 1, &record, &first));
    wal_fill(wal, 3, 1);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    wal = wal_open(&options, &report);
    TR_CHECK_EQ(report.next, 10);
    tr_wal_cursor *cursor;
    TR_CHECK_OK(tr_wal_seek(NULL, wal, 6, &cursor));
    TR_CHECK_OK(tr_wal_next(NULL, cursor, &got));
    TR_CHECK_EQ(got.sequence, 6);
    TR_CHECK_BYTES(got.body, big);
    tr_wal_cursor_free(cursor);
    wal_check_texts(wal, 7, 10);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_fault_free(fault);
}

TR_TEST(what_the_caller_must_not_do)
{
    tr_fault_fs *fault = tr_fault_new(1);
    tr_wal_options options = wal_options(fault);
    tr_wal *wal;
    uint64_t first;
    tr_trail trail;
    tr_wal_cursor *cursor;
    options.segment = 1000;
    TR_CHECK_ERR(tr_wal_open(NULL, "/log", &options, &wal, NULL), TR_E_ARGUMENT);
    options.segment = (size_t)TR_WAL_SEGMENT_MAX + 1;
    TR_CHECK_ERR(tr_wal_open(NULL, "/log", &options, &wal, NULL), TR_E_ARGUMENT);
    options = wal_options(fault);
    options.first = UINT64_MAX - 3;
    wal = wal_open(&options, NULL);
    tr_wal_record records[] = {{.type = 5}, {.type = 128}};
    TR_CHECK_ERR(tr_wal_append(&trail, wal, 2, records, &first), TR_E_ARGUMENT);
    TR_CHECK_STR(trail.text, "record 1 has the type 128; types end at 127");
    records[1] = (tr_wal_record){.body = {NULL, TR_WAL_RECORD_MAX + 1}};
    TR_CHECK_ERR(tr_wal_append(&trail, wal, 2, records, &first), TR_E_LIMIT);
    TR_CHECK_STR(trail.text, "record 1 has 16777217 bytes; it may have 16777216");
    tr_wal_record many[4] = {{.type = 0}};
    TR_CHECK_ERR(tr_wal_append(NULL, wal, 4, many, &first), TR_E_RANGE);
    TR_CHECK_ERR(tr_wal_seek(NULL, wal, UINT64_MAX - 2, &cursor), TR_E_RANGE);
    TR_CHECK_OK(tr_wal_append(NULL, wal, 3, many, &first));
    TR_CHECK_ERR(tr_wal_append(NULL, wal, 1, many, &first), TR_E_RANGE);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    char path[TR_PATH_LIMIT + 10];
    memset(path, 'a', sizeof(path));
    path[sizeof(path) - 1] = '\0';
    TR_CHECK_ERR(tr_wal_open(NULL, path, &options, &wal, NULL), TR_E_ARGUMENT);
    options.read_only = true;
    TR_CHECK_ERR(tr_wal_open(NULL, "/none", &options, &wal, NULL), TR_E_NOT_FOUND);
    wal = wal_open(&options, NULL);
    TR_CHECK_ERR(tr_wal_append(NULL, wal, 1, many, &first), TR_E_STATE);
    TR_CHECK_ERR(tr_wal_prune(NULL, wal, 1), TR_E_STATE);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_fault_free(fault);
}

TR_TEST(one_process_has_it)
{
    tr_fault_fs *fault = tr_fault_new(1);
    tr_wal_options options = wal_options(fault);
    tr_wal *wal = wal_open(&options, NULL), *second;
    tr_trail trail;
    TR_CHECK_ERR(tr_wal_open(&trail, "/log", &options, &second, NULL), TR_E_LOCKED);
    TR_CHECK_STR(trail.text, "the log /log is in use by another process");
    wal_fill(wal, 3, 3);
    options.read_only = true; /* to look is allowed */
    tr_wal_report report;
    second = wal_open(&options, &report);
    TR_CHECK_EQ(report.next, 4);
    wal_check_texts(second, 1, 4);
    TR_CHECK_OK(tr_wal_close(NULL, second));
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_fault_free(fault);
}

TR_TEST(pruning_removes_whole_segments)
{
    tr_fault_fs *fault = tr_fault_new(1);
    tr_wal_options options = wal_options(fault);
    tr_wal *wal = wal_open(&options, NULL);
    tr_wal_cursor *old, *gone;
    tr_wal_record record;
    tr_wal_report report;
    wal_fill(wal, 400, 10);
    size_t files = wal_count_files(fault);
    TR_CHECK(files >= 5);
    TR_CHECK_OK(tr_wal_prune(NULL, wal, 1));
    TR_CHECK_EQ(wal_count_files(fault), files);
    TR_CHECK_OK(tr_wal_seek(NULL, wal, 1, &old));
    TR_CHECK_OK(tr_wal_next(NULL, old, &record));
    TR_CHECK_OK(tr_wal_seek(NULL, wal, 2, &gone));
    TR_CHECK_OK(tr_wal_prune(NULL, wal, 200));
    TR_CHECK(wal_count_files(fault) < files);
    wal_check_texts(wal, 200, 401);
    /* Old content lies in the file of the next segment, which has other checksums. */
    wal_fill(wal, 400, 4);
    wal_check_texts(wal, 200, 801);
    tr_trail trail;
    TR_CHECK_ERR(tr_wal_next(&trail, gone, &record), TR_E_NOT_FOUND);
    TR_CHECK_STR(trail.text, "record 2 is not in the log any more");
    tr_err err = TR_OK; /* the one that had read ahead comes to the end of that */
    for (uint64_t i = 2; err == TR_OK; i++) {
        err = tr_wal_next(NULL, old, &record);
        if (err == TR_OK) TR_CHECK_BYTES(record.body, wal_text(i));
    }
    TR_CHECK_ERR(err, TR_E_NOT_FOUND);
    TR_CHECK_ERR(tr_wal_seek(NULL, wal, 1, &(tr_wal_cursor *){NULL}), TR_E_NOT_FOUND);
    tr_wal_cursor_free(old);
    tr_wal_cursor_free(gone);
    TR_CHECK_OK(tr_wal_prune(NULL, wal, UINT64_MAX));
    TR_CHECK_EQ(wal_count_files(fault), 1); /* the last one keeps the number */
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_fault_power_loss(fault);
    wal = wal_open(&options, &report);
    TR_CHECK(report.first > 700);
    TR_CHECK_EQ(report.next, 801);
    wal_check_texts(wal, report.first, 801);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_fault_free(fault);
}

TR_TEST(a_cursor_follows_the_end)
{
    tr_fault_fs *fault = tr_fault_new(1);
    tr_wal_options options = wal_options(fault);
    tr_wal *wal = wal_open(&options, NULL);
    tr_wal_cursor *cursor;
    tr_wal_record record;
    uint64_t expected = 1;
    TR_CHECK_OK(tr_wal_seek(NULL, wal, 1, &cursor));
    TR_CHECK_ERR(tr_wal_next(NULL, cursor, &record), TR_E_EMPTY);
    for (uint64_t i = 0; i < 300; i++) {
        uint64_t next;
        wal_fill(wal, 1 + i % 4, 5);
        TR_CHECK_ERR(tr_wal_next(NULL, cursor, &record), TR_E_EMPTY);
        TR_CHECK_OK(tr_wal_append(NULL, wal, 0, NULL, &next));
        TR_CHECK_OK(tr_wal_sync(NULL, wal, next));
        while (tr_wal_next(NULL, cursor, &record) == TR_OK) {
            TR_CHECK_EQ(record.sequence, expected);
            TR_CHECK_BYTES(record.body, wal_text(expected));
            expected++;
        }
        TR_CHECK_EQ(expected, next);
    }
    TR_CHECK(expected > 700);
    tr_wal_cursor_free(cursor);
    tr_wal_cursor_free(NULL);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_fault_free(fault);
}

TR_TEST(a_dead_log_stays_dead)
{
    tr_fault_fs *fault = tr_fault_new(1);
    tr_wal_options options = wal_options(fault);
    tr_wal *wal = wal_open(&options, NULL);
    tr_trail trail;
    uint64_t first;
    wal_fill(wal, 5, 1);
    tr_fault_plan plan = {.fail_sync = 1};
    tr_fault_set(fault, &plan);
    tr_wal_record record = {.body = TR_LIT("never")};
    TR_CHECK_OK(tr_wal_append(NULL, wal, 1, &record, &first));
    const char *text = "cannot sync 00000000000000000001.wal: Input/output error";
    TR_CHECK_ERR(tr_wal_sync(&trail, wal, first + 1), TR_E_SYNC);
    TR_CHECK_STR(trail.text, text);
    TR_CHECK_ERR(tr_wal_sync(&trail, wal, first + 1), TR_E_SYNC); /* there is no second try */
    TR_CHECK_STR(trail.text, text);
    TR_CHECK_ERR(tr_wal_append(&trail, wal, 1, &record, &first), TR_E_SYNC);
    TR_CHECK_STR(trail.text, text);
    TR_CHECK_EQ(tr_wal_durable(wal), 6);
    wal_check_texts(wal, 1, 6);
    TR_CHECK_ERR(tr_wal_close(&trail, wal), TR_E_SYNC);
    tr_fault_free(fault);
}

TR_TEST(a_full_disk_says_so)
{
    tr_fault_fs *fault = tr_fault_new(1);
    tr_wal_options options = wal_options(fault);
    tr_wal *wal = wal_open(&options, NULL);
    tr_trail trail;
    uint64_t first;
    tr_err err = TR_OK;
    tr_fault_plan plan = {.room = 1 + 3 * SEGMENT};
    tr_fault_set(fault, &plan);
    uint64_t acked = 1;
    for (int i = 0; i < 1000 && err == TR_OK; i++) {
        tr_wal_record record = {.type = (uint8_t)(acked % 100), .body = wal_text(acked)};
        err = tr_wal_append(&trail, wal, 1, &record, &first);
        if (err == TR_OK) err = tr_wal_sync(&trail, wal, first + 1);
        if (err == TR_OK) acked = first + 1;
    }
    TR_CHECK_ERR(err, TR_E_FULL);
    TR_CHECK(strstr(trail.text, "No space left on device") != NULL);
    TR_CHECK(acked > 200);
    TR_CHECK_ERR(tr_wal_close(NULL, wal), TR_E_FULL);
    plan.room = 0;
    tr_fault_set(fault, &plan);
    wal = wal_open(&options, NULL);
    wal_check_texts(wal, 1, acked);
    wal_fill(wal, 100, 1);
    wal_check_texts(wal, 1, acked + 100);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_fault_free(fault);
}

/* No thread, and little that may wait: append writes by itself. */
TR_TEST(what_is_pending_is_bounded)
{
    tr_fault_fs *fault = tr_fault_new(1);
    tr_wal_options options = wal_options(fault);
    options.pending = 1000;
    tr_wal *wal = wal_open(&options, NULL);
    wal_fill(wal, 200, 1000);
    TR_CHECK(tr_wal_durable(wal) > 150);
    tr_bytes big = {tr_arena_get(tr_test_arena(), 3000, 1), 3000};
    memset((void *)(uintptr_t)big.data, 1, big.len);
    tr_wal_record record = {.body = big}; /* more than may be pending, but alone */
    uint64_t first;
    TR_CHECK_OK(tr_wal_append(NULL, wal, 1, &record, &first));
    TR_CHECK_EQ(tr_wal_durable(wal), 201);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_fault_free(fault);
}

static tr_err use_log(tr_alloc *alloc, void *context)
{
    tr_fault_fs *fault = context;
    tr_wal_options options = wal_options(fault);
    options.alloc = alloc;
    tr_wal *wal;
    tr_wal_cursor *cursor = NULL;
    tr_wal_record record = {.body = TR_LIT("x")};
    uint64_t first = 0;
    TR_TRY(tr_wal_open(NULL, "/log", &options, &wal, NULL));
    tr_err err = TR_OK;
    for (int i = 0; i < 30 && err == TR_OK; i++) {
        tr_wal_record big = {.body = {(const uint8_t *)fault, 2000}};
        err = tr_wal_append(NULL, wal, 1, &big, &first);
        if (err == TR_OK) err = tr_wal_sync(NULL, wal, first + 1);
    }
    if (err == TR_OK) err = tr_wal_seek(NULL, wal, 1, &cursor);
    if (err == TR_OK) err = tr_wal_next(NULL, cursor, &record);
    tr_wal_cursor_free(cursor);
    tr_err closed = tr_wal_close(NULL, wal);
    return err == TR_OK ? closed : err;
}

TR_TEST(out_of_memory)
{
    tr_fault_fs *fault = tr_fault_new(1);
    tr_test_out_of_memory(use_log, fault);
    tr_fault_free(fault);
}

/* On this machine's file system, with the helper's spares and files that are used again. */
TR_TEST(on_a_real_disk)
{
    char directory[] = "/tmp/trestle-wal-XXXXXX", path[100];
    TR_CHECK(mkdtemp(directory) != NULL);
    tr_wal_options options = {.alloc = tr_test_alloc(), .segment = 64 << 10, .first = 1};
    tr_wal *wal, *second;
    tr_trail trail;
    tr_wal_report report;
    TR_CHECK_OK(tr_wal_open(NULL, directory, &options, &wal, NULL));
    TR_CHECK_ERR(tr_wal_open(&trail, directory, &options, &second, NULL), TR_E_LOCKED);
    for (uint64_t i = 1; i <= 10; i++) {
        wal_fill(wal, 1000, 50);
        if (i % 2 == 0) TR_CHECK_OK(tr_wal_prune(NULL, wal, i * 1000 - 500));
    }
    wal_check_texts(wal, 9500, 10001);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    TR_CHECK_OK(tr_wal_open(NULL, directory, &options, &wal, &report));
    TR_CHECK_EQ(report.next, 10001);
    TR_CHECK(report.first > 8000);
    wal_check_texts(wal, report.first, 10001);
    TR_CHECK_OK(tr_wal_close(NULL, wal));
    tr_names names;
    TR_CHECK_OK(tr_dir_list(NULL, tr_fs_system(), directory, tr_test_arena(), &names));
    for (size_t i = 0; i < names.count; i++) {
        snprintf(path, sizeof(path), "%s/%s", directory, names.at[i]);
        TR_CHECK_OK(tr_file_remove(NULL, tr_fs_system(), path));
    }
    TR_CHECK_OK(tr_file_remove(NULL, tr_fs_system(), directory));
}
