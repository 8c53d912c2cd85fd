/* The public functions of trestle/wal.h. */
#include "trestle/wal.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness.h"
#include "os/file.h"

static char directory[] = "/tmp/trestle-wal-abi-XXXXXX", inner[64];

static void begin(void)
{
    strcpy(directory + sizeof(directory) - 7, "XXXXXX");
    TR_CHECK(mkdtemp(directory) != NULL);
    snprintf(inner, sizeof(inner), "%s/log", directory);
}

static void end(void)
{
    char path[200];
    tr_names names;
    TR_CHECK_OK(tr_dir_list(NULL, tr_fs_system(), inner, tr_test_arena(), &names));
    for (size_t i = 0; i < names.count; i++) {
        snprintf(path, sizeof(path), "%s/%s", inner, names.at[i]);
        TR_CHECK_OK(tr_file_remove(NULL, tr_fs_system(), path));
    }
    TR_CHECK_OK(tr_file_remove(NULL, tr_fs_system(), inner));
    TR_CHECK_OK(tr_file_remove(NULL, tr_fs_system(), directory));
}

TR_TEST(a_log_through_the_library)
{
    begin();
    tr_write_log *log, *looked;
    tr_write_log_range range;
    tr_write_log_reader *reader;
    char why[200];
    uint64_t sequence, first;
    uint8_t type;
    const uint8_t *data;
    size_t len;
    TR_CHECK_ERR(tr_write_log_look(inner, &log, &range, why, sizeof(why)), TR_E_NOT_FOUND);
    TR_CHECK(strncmp(why, "cannot list ", 12) == 0);
    TR_CHECK_OK(tr_write_log_open(inner, 10, &log, &range, why, sizeof(why)));
    TR_CHECK(range.first == 10 && range.next == 10 && range.cut == 0);
    TR_CHECK_ERR(tr_write_log_open(inner, 10, &looked, NULL, why, sizeof(why)), TR_E_LOCKED);
    TR_CHECK(strstr(why, "is in use by another process") != NULL);
    TR_CHECK_ERR(tr_write_log_open(inner, 10, &looked, NULL, why, 8), TR_E_LOCKED);
    TR_CHECK_STR(why, "the log");
    TR_CHECK_ERR(tr_write_log_open(inner, 10, &looked, NULL, NULL, 0), TR_E_LOCKED);

    const uint8_t *bodies[] = {(const uint8_t *)"one", (const uint8_t *)"three", NULL};
    const size_t lens[] = {3, 5, 0};
    const uint8_t types[] = {1, 127, 0};
    TR_CHECK_OK(tr_write_log_append(log, 7, bodies[0], 3, &sequence));
    TR_CHECK_EQ(sequence, 10);
    TR_CHECK_OK(tr_write_log_append_many(log, 3, types, bodies, lens, &first));
    TR_CHECK_EQ(first, 11);
    TR_CHECK_OK(tr_write_log_append_many(log, 0, NULL, NULL, NULL, &first));
    TR_CHECK_OK(tr_write_log_append_many(log, 1, NULL, bodies, lens, &first));
    TR_CHECK_EQ(first, 14);
    TR_CHECK_ERR(tr_write_log_append(log, 128, bodies[0], 3, &sequence), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_write_log_sync(log, 16), TR_E_RANGE);
    TR_CHECK_OK(tr_write_log_sync(log, 14));
    TR_CHECK(tr_write_log_durable(log) >= 14);
    TR_CHECK_OK(tr_write_log_prune(log, 14));

    TR_CHECK_ERR(tr_write_log_reader_new(log, 16, &reader), TR_E_RANGE);
    TR_CHECK_OK(tr_write_log_reader_new(log, 12, &reader));
    TR_CHECK_OK(tr_write_log_reader_next(reader, &sequence, &type, &data, &len));
    TR_CHECK(sequence == 12 && type == 127);
    TR_CHECK_BYTES(tr_bytes_of(data, len), TR_LIT("three"));
    tr_write_log_reader_free(reader);
    TR_CHECK_OK(tr_write_log_close(log));

    TR_CHECK_OK(tr_write_log_look(inner, &log, &range, NULL, 0));
    TR_CHECK(range.first == 10 && range.next == 15);
    TR_CHECK_ERR(tr_write_log_append(log, 1, bodies[0], 3, &sequence), TR_E_STATE);
    TR_CHECK_OK(tr_write_log_reader_new(log, 14, &reader));
    TR_CHECK_OK(tr_write_log_reader_next(reader, &sequence, &type, &data, &len));
    TR_CHECK_EQ(type, 0);
    TR_CHECK_ERR(tr_write_log_reader_next(reader, &sequence, &type, &data, &len), TR_E_EMPTY);
    tr_write_log_reader_free(reader);
    tr_write_log_reader_free(NULL);
    TR_CHECK_OK(tr_write_log_close(log));
    TR_CHECK_OK(tr_write_log_close(NULL));
    end();
}
