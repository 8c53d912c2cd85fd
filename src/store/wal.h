/* The write-ahead log: what was acknowledged is here, on disk, before anybody was told.
 *
 * A log is a directory of segments, one file each, named by the sequence number of its first
 * record.  A record is bytes of the caller's with a type of the caller's; it has a sequence number,
 * rising by one, and a checksum over all of it.  Many threads append; one of those that wait writes
 * and syncs for all (group commit).
 *
 * Opening reads the log through.  A bad record with nothing good after it is the tail that a crash
 * tore: it is cut off, and how much is told.  A bad record with good ones after it is damage: the
 * log does not open, and the error names the file and the offset. */
#ifndef TR_STORE_WAL_H
#define TR_STORE_WAL_H

#include "os/file.h"

enum {
    TR_WAL_RECORD_MAX = 16 << 20, /* bytes in a record */
    TR_WAL_SEGMENT = 64 << 20,    /* bytes in a segment, unless a single record needs more */
    TR_WAL_TYPES = 128,           /* types below are the caller's */
};

typedef struct tr_wal tr_wal;

typedef struct tr_wal_options {
    tr_fs *fs; /* NULL: the system's */
    tr_alloc *alloc;
    size_t segment; /* bytes; 0: TR_WAL_SEGMENT */
    size_t pending; /* bytes that may wait for a write before append waits; 0: 64 MiB */
    bool read_only; /* to look at: takes no lock, cuts nothing, counts what it would cut */
    uint64_t first; /* sequence number of the first record of a new log */
} tr_wal_options;

typedef struct tr_wal_report {
    uint64_t first, next; /* the log holds the records from first on, below next */
    uint64_t cut_bytes;   /* how much of a torn tail was cut off */
    char cut_file[TR_FILE_NAME];
    uint64_t cut_offset;
} tr_wal_report;

/* tr_wal_open opens the log in a directory, or makes one.  TR_E_LOCKED: another process has it.
 * TR_E_WAL_DAMAGED: see above.  TR_E_WAL_VERSION: written by a newer version.  report may be NULL.
 */
TR_NODISCARD tr_err tr_wal_open(tr_trail *trail, const char *directory,
                                const tr_wal_options *options, tr_wal **out, tr_wal_report *report);

/* tr_wal_close writes and syncs what is waiting; the log is closed whatever the result. */
tr_err tr_wal_close(tr_trail *trail, tr_wal *wal);

typedef struct tr_wal_record {
    uint64_t sequence; /* set by the log */
    uint8_t type;
    tr_bytes body;
} tr_wal_record;

/* tr_wal_append puts n records at the end, in one piece and in order: after a crash either a first
 * part of them is there or all are.  It copies them and does not wait for the disk.  *first is the
 * sequence number of the first one.  After a failed write or sync the log is dead: everything
 * that waits and all later calls get that error. */
TR_NODISCARD tr_err tr_wal_append(tr_trail *trail, tr_wal *wal, size_t n,
                                  const tr_wal_record records[], uint64_t *first);

/* tr_wal_sync returns when all records below next are on disk. */
TR_NODISCARD tr_err tr_wal_sync(tr_trail *trail, tr_wal *wal, uint64_t next);

/* tr_wal_durable is the sequence number below which everything is on disk. */
uint64_t tr_wal_durable(tr_wal *wal);

/* tr_wal_prune removes the segments whose records all lie below sequence. */
TR_NODISCARD tr_err tr_wal_prune(tr_trail *trail, tr_wal *wal, uint64_t sequence);

/* Reading, from any thread, beside appending: a cursor goes through the records that are on disk.
 * The body lives until the cursor's next call.  TR_E_EMPTY: no further record yet.  TR_E_NOT_FOUND:
 * the record was pruned. */
typedef struct tr_wal_cursor tr_wal_cursor;
TR_NODISCARD tr_err tr_wal_seek(tr_trail *trail, tr_wal *wal, uint64_t sequence,
                                tr_wal_cursor **out);
TR_NODISCARD tr_err tr_wal_next(tr_trail *trail, tr_wal_cursor *cursor, tr_wal_record *out);
void tr_wal_cursor_free(tr_wal_cursor *cursor);

/* One segment as bytes, for the tool that looks at a damaged log and for the fuzzer: each calls for
 * every good record; the report is what opening would find.  Reads nothing outside of bytes. */
typedef struct tr_wal_scan_report {
    uint64_t first, next;
    size_t good;  /* bytes up to the end of the last good record */
    bool torn;    /* what follows is a torn tail */
    bool damaged; /* a good record comes after a bad one, whose offset is good */
} tr_wal_scan_report;
TR_NODISCARD tr_err tr_wal_scan(tr_trail *trail, tr_bytes segment,
                                bool (*each)(void *context, const tr_wal_record *record),
                                void *context, tr_wal_scan_report *report);

#endif
