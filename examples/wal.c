/* A log that survives the program: each run adds three records and reads all that are there.
 *
 *     cc wal.c $(pkg-config --cflags --libs trestle) -o wal && ./wal && ./wal */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <trestle/wal.h>

int main(int argc, char **argv)
{
    const char *directory = argc > 1 ? argv[1] : "wal-example";
    char why[300], text[64];
    tr_write_log *log;
    tr_write_log_range range;
    uint64_t sequence = 0;

    if (tr_write_log_open(directory, 1, &log, &range, why, sizeof(why)) != TR_OK) {
        fprintf(stderr, "%s\n", why);
        return 1;
    }
    printf("%s has %" PRIu64 " records; %" PRIu64 " bytes of a torn end were cut off\n", directory,
           range.next - range.first, range.cut);

    for (int i = 0; i < 3; i++) {
        int len = snprintf(text, sizeof(text), "transfer %d of run %" PRIu64, i + 1,
                           (range.next - range.first) / 3 + 1);
        if (tr_write_log_append(log, 7, (const uint8_t *)text, (size_t)len, &sequence) != TR_OK)
            return 1;
    }
    if (tr_write_log_sync(log, sequence + 1) != TR_OK) return 1; /* now they may be acknowledged */

    tr_write_log_reader *reader;
    const uint8_t *data;
    size_t len;
    uint8_t type;
    tr_err err;
    if (tr_write_log_reader_new(log, range.first, &reader) != TR_OK) return 1;
    while ((err = tr_write_log_reader_next(reader, &sequence, &type, &data, &len)) == TR_OK)
        printf("%4" PRIu64 "  type %u  %.*s\n", sequence, type, (int)len, (const char *)data);
    tr_write_log_reader_free(reader);
    if (err != TR_E_EMPTY) return 1;
    if (tr_write_log_close(log) != TR_OK) return 1;

    /* To look at a log changes nothing: it says whether all of it is good. */
    if (tr_write_log_look(directory, &log, &range, why, sizeof(why)) != TR_OK) return 1;
    printf("whole: records %" PRIu64 " to %" PRIu64 "\n", range.first, range.next - 1);
    return tr_write_log_close(log) == TR_OK ? 0 : 1;
}
