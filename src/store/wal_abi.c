#include "trestle/wal.h"

#include "os/heap.h"
#include "store/wal.h"

_Static_assert((int)TR_WRITE_LOG_RECORD == (int)TR_WAL_RECORD_MAX, "the longest record");
_Static_assert((int)TR_WRITE_LOG_TYPES == (int)TR_WAL_TYPES, "the types");

/* The handles are those inside under another name. */
static tr_wal *of(tr_write_log *log)
{
    return (tr_wal *)log;
}

static tr_err open_log(const char *directory, const tr_wal_options *options, tr_write_log **out,
                       tr_write_log_range *range, char *why, size_t why_size)
{
    tr_trail trail;
    tr_wal_report report;
    tr_wal *wal;
    tr_trail_clear(&trail);
    tr_err err = tr_wal_open(&trail, directory, options, &wal, &report);
    if (err != TR_OK) {
        size_t len = why_size == 0 ? 0 : TR_MIN((size_t)trail.len, why_size - 1);
        if (why != NULL && why_size != 0) {
            memcpy(why, trail.text, len);
            why[len] = '\0';
        }
        return err;
    }
    *out = (tr_write_log *)wal;
    if (range != NULL) *range = (tr_write_log_range){report.first, report.next, report.cut_bytes};
    return TR_OK;
}

tr_err tr_write_log_open(const char *directory, uint64_t first, tr_write_log **out,
                         tr_write_log_range *range, char *why, size_t why_size)
{
    tr_wal_options options = {.alloc = tr_heap(), .first = first};
    return open_log(directory, &options, out, range, why, why_size);
}

tr_err tr_write_log_look(const char *directory, tr_write_log **out, tr_write_log_range *range,
                         char *why, size_t why_size)
{
    tr_wal_options options = {.alloc = tr_heap(), .read_only = true};
    return open_log(directory, &options, out, range, why, why_size);
}

tr_err tr_write_log_close(tr_write_log *log)
{
    return log == NULL ? TR_OK : tr_wal_close(NULL, of(log));
}

tr_err tr_write_log_append(tr_write_log *log, uint8_t type, const uint8_t *data, size_t len,
                           uint64_t *sequence)
{
    tr_wal_record record = {.type = type, .body = tr_bytes_of(data, len)};
    return tr_wal_append(NULL, of(log), 1, &record, sequence);
}

tr_err tr_write_log_append_many(tr_write_log *log, size_t n, const uint8_t types[],
                                const uint8_t *const data[], const size_t lens[], uint64_t *first)
{
    tr_alloc *heap = tr_heap();
    tr_wal_record *records = tr_alloc_array(heap, TR_MAX(n, (size_t)1), sizeof(*records));
    if (records == NULL) return TR_E_MEMORY;
    for (size_t i = 0; i < n; i++)
        records[i] = (tr_wal_record){.type = types == NULL ? 0 : types[i],
                                     .body = tr_bytes_of(data[i], lens[i])};
    tr_err err = tr_wal_append(NULL, of(log), n, records, first);
    tr_alloc_put(heap, records, TR_MAX(n, (size_t)1) * sizeof(*records));
    return err;
}

tr_err tr_write_log_sync(tr_write_log *log, uint64_t next)
{
    return tr_wal_sync(NULL, of(log), next);
}

uint64_t tr_write_log_durable(tr_write_log *log)
{
    return tr_wal_durable(of(log));
}

tr_err tr_write_log_prune(tr_write_log *log, uint64_t sequence)
{
    return tr_wal_prune(NULL, of(log), sequence);
}

tr_err tr_write_log_reader_new(tr_write_log *log, uint64_t sequence, tr_write_log_reader **out)
{
    tr_wal_cursor *cursor;
    TR_TRY(tr_wal_seek(NULL, of(log), sequence, &cursor));
    *out = (tr_write_log_reader *)cursor;
    return TR_OK;
}

tr_err tr_write_log_reader_next(tr_write_log_reader *reader, uint64_t *sequence, uint8_t *type,
                                const uint8_t **data, size_t *len)
{
    tr_wal_record record;
    TR_TRY(tr_wal_next(NULL, (tr_wal_cursor *)reader, &record));
    *sequence = record.sequence;
    *type = record.type;
    *data = record.body.data;
    *len = record.body.len;
    return TR_OK;
}

void tr_write_log_reader_free(tr_write_log_reader *reader)
{
    tr_wal_cursor_free((tr_wal_cursor *)reader);
}
