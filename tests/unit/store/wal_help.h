/* What the tests of the log share: a log in the fault layer's memory, and records of text. */
#ifndef TR_UNIT_STORE_WAL_HELP_H
#define TR_UNIT_STORE_WAL_HELP_H

#include <stdio.h>

#include "fault_fs.h"
#include "harness.h"
#include "store/wal.h"

enum { SEGMENT = 4096 };

static inline tr_wal_options wal_options(tr_fault_fs *fault)
{
    return (tr_wal_options){.fs = tr_fault_fs_of(fault),
                            .alloc = tr_test_alloc(),
                            .segment = SEGMENT,
                            .alone = true,
                            .first = 1};
}

static inline tr_wal *wal_open(const tr_wal_options *options, tr_wal_report *report)
{
    tr_wal *wal = NULL;
    tr_trail trail;
    tr_trail_clear(&trail);
    tr_err err = tr_wal_open(&trail, "/log", options, &wal, report);
    TR_CHECK_MSG(err == TR_OK, "%s", trail.text);
    return wal;
}

static inline tr_bytes wal_text(uint64_t sequence)
{
    char text[64];
    int len = snprintf(text, sizeof(text), "record %llu", (unsigned long long)sequence);
    return tr_arena_copy(tr_test_arena(), tr_bytes_of(text, (size_t)len));
}

/* Appends the texts of count records, one by one, and syncs after each `every`. */
static inline void wal_fill(tr_wal *wal, uint64_t count, uint64_t every)
{
    uint64_t first;
    for (uint64_t i = 1; i <= count; i++) {
        uint64_t next;
        TR_CHECK_OK(tr_wal_append(NULL, wal, 0, NULL, &next));
        tr_wal_record record = {.type = (uint8_t)(next % 100), .body = wal_text(next)};
        TR_CHECK_OK(tr_wal_append(NULL, wal, 1, &record, &first));
        TR_CHECK_EQ(first, next);
        if (i % every == 0) TR_CHECK_OK(tr_wal_sync(NULL, wal, first + 1));
    }
}

/* The cursor gives the texts from sequence on, below next, and then nothing. */
static inline void wal_check_texts(tr_wal *wal, uint64_t sequence, uint64_t next)
{
    tr_wal_cursor *cursor;
    tr_wal_record record;
    TR_CHECK_OK(tr_wal_seek(NULL, wal, sequence, &cursor));
    for (; sequence < next; sequence++) {
        TR_CHECK_OK(tr_wal_next(NULL, cursor, &record));
        TR_CHECK_EQ(record.sequence, sequence);
        TR_CHECK_EQ(record.type, sequence % 100);
        TR_CHECK_BYTES(record.body, wal_text(sequence));
    }
    TR_CHECK_ERR(tr_wal_next(NULL, cursor, &record), TR_E_EMPTY);
    tr_wal_cursor_free(cursor);
}

static inline size_t wal_count_files(tr_fault_fs *fault)
{
    tr_names names;
    size_t count = 0;
    TR_CHECK_OK(tr_dir_list(NULL, tr_fault_fs_of(fault), "/log", tr_test_arena(), &names));
    for (size_t i = 0; i < names.count; i++) count += strstr(names.at[i], ".wal") != NULL;
    return count;
}

static inline tr_bytes wal_file(tr_fault_fs *fault, const char *path)
{
    tr_buf buf;
    tr_buf_init(&buf, &tr_test_arena()->alloc, SIZE_MAX);
    TR_CHECK_OK(tr_file_read_all(NULL, tr_fault_fs_of(fault), path, 1 << 20, &buf));
    return tr_buf_view(&buf);
}

#endif
