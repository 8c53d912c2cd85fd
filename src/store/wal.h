/* The write-ahead log: what was acknowledged is here, on disk, before anybody was told.
 *
 * A log is a directory of segments, one file each, named by the sequence number of its first
 * record.  A record is bytes of the caller's with a type of the caller's; it has a sequence number,
 * rising by one, and a checksum over all of it.  Many threads append; one of those that wait writes
 * and syncs for all (group commit).
 *
 * Opening reads the log through.  A crash may tear the end of a log; that is cut off, and how much
 * is told.  Anything else that is bad is damage: the log does not open, and the error names the
 * file and the offset.  The two are told apart by what must have been on disk:
 *
 *   - What is written between two syncs is a group.  A group is written only after the sync of the
 *     one before, so at each moment at most one group is not yet safe on disk.  At power loss any
 * of its sectors may be old or new: a bad record may have good ones of the same group after it.
 *   - Each record says at which offset of its segment its group begins.  So each good record (its
 *     header is enough, which has a checksum of its own) bears witness that everything before that
 *     offset was on disk before it was written.
 *   - Hence: a bad record below the beginning of a later good record's group is damage.  One that
 *     no later record bears witness against is the torn end, and everything from it on was
 *     acknowledged to nobody; it goes, good records after it too.
 *   - A segment comes into being under another name, with its header synced, and is named only when
 *     all before it is on disk.  So every segment but the last must be whole, a segment without a
 *     good header is damage, and so is a number that is missing.
 *
 * What is cut off never comes back: the file is made shorter and synced before anything is
 * appended. Checksums cover a random number of the segment and the record's offset in it, so that
 * neither what an earlier life of the file left there nor bytes inside of a record pass for one.
 * The last group is written once more at opening, since after a sync that failed the system may
 * show pages that the disk never got. */
#ifndef TR_STORE_WAL_H
#define TR_STORE_WAL_H

#include "os/file.h"
#include "os/random.h"

enum {
    TR_WAL_RECORD_MAX = 16 << 20, /* bytes in a record */
    TR_WAL_SEGMENT = 64 << 20,    /* bytes in a segment, unless a single record needs more */
    TR_WAL_SEGMENT_MAX = 1 << 30, /* bytes that may be asked for as the size of a segment */
    TR_WAL_TYPES = 128,           /* types below are the caller's */
    TR_WAL_RECORD_OVERHEAD = 24,  /* bytes in the file beside a record's own, before padding to 8 */
    TR_WAL_SEGMENT_OVERHEAD = 512, /* bytes in front of the first record */
};

typedef struct tr_wal tr_wal;

typedef struct tr_wal_options {
    tr_fs *fs; /* NULL: the system's */
    tr_alloc *alloc;
    tr_random *random; /* NULL: the system's */
    size_t segment;    /* bytes; 0: TR_WAL_SEGMENT */
    size_t pending;    /* bytes that may wait for a write before append waits; 0: 64 MiB */
    bool read_only;    /* to look at: takes no lock, cuts nothing, counts what it would cut */
    bool alone;        /* starts no thread of its own: each segment grows as it fills */
    uint64_t first;    /* sequence number of the first record of a new log */
} tr_wal_options;

typedef struct tr_wal_report {
    uint64_t first, next; /* the log holds the records from first on, below next */
    uint64_t segments;
    uint64_t cut_bytes; /* how much of a torn tail was cut off */
    char cut_file[TR_FILE_NAME];
    uint64_t cut_offset;
} tr_wal_report;

/* tr_wal_open opens the log in a directory, or makes one.  TR_E_LOCKED: another process has it.
 * TR_E_WAL_DAMAGED: see above.  TR_E_WAL_VERSION: written by a newer version.  report may be NULL.
 */
TR_NODISCARD tr_err tr_wal_open(tr_trail *trail, const char *directory,
                                const tr_wal_options *options, tr_wal **out, tr_wal_report *report);

/* tr_wal_close writes and syncs what is waiting; the log is closed whatever the result.  Nobody may
 * use the log or a cursor of it any more. */
tr_err tr_wal_close(tr_trail *trail, tr_wal *wal);

typedef struct tr_wal_record {
    uint64_t sequence; /* set by the log */
    uint8_t type;
    tr_bytes body;
} tr_wal_record;

/* tr_wal_append puts n records at the end, in one piece and in order: after a crash either a first
 * part of them is there or all are.  It copies them and does not wait for the disk, unless more
 * than may be pending already waits for it.  *first is the sequence number of the first one.
 * TR_E_LIMIT: a record is too long.  After a failed write or sync the log is dead: everything that
 * waits and all later calls get that error. */
TR_NODISCARD tr_err tr_wal_append(tr_trail *trail, tr_wal *wal, size_t n,
                                  const tr_wal_record records[], uint64_t *first);

/* tr_wal_sync returns when all records below next are on disk.  TR_E_RANGE: there are no such
 * records. */
TR_NODISCARD tr_err tr_wal_sync(tr_trail *trail, tr_wal *wal, uint64_t next);

/* tr_wal_durable is the sequence number below which everything is on disk. */
uint64_t tr_wal_durable(tr_wal *wal);

/* tr_wal_prune removes the segments whose records all lie below sequence, oldest first; the one
 * that is being written stays.  One of them may be kept to be used again. */
TR_NODISCARD tr_err tr_wal_prune(tr_trail *trail, tr_wal *wal, uint64_t sequence);

/* Reading, from any thread, beside appending: a cursor goes through the records that are on disk.
 * The body lives until the cursor's next call.  TR_E_EMPTY: no further record yet.  TR_E_NOT_FOUND:
 * the record was pruned. */
typedef struct tr_wal_cursor tr_wal_cursor;
TR_NODISCARD tr_err tr_wal_seek(tr_trail *trail, tr_wal *wal, uint64_t sequence,
                                tr_wal_cursor **out);
TR_NODISCARD tr_err tr_wal_next(tr_trail *trail, tr_wal_cursor *cursor, tr_wal_record *out);
void tr_wal_cursor_free(tr_wal_cursor *cursor);

/* One segment as bytes, for the tool that looks at a damaged log and for the fuzzer: each (which
 * may be NULL, and ends the scan there with false) is called for every good record; the report is
 * what opening would find if this were the last segment.  Reads nothing outside of bytes.
 * TR_E_WAL_DAMAGED, TR_E_WAL_VERSION: the header. */
typedef struct tr_wal_scan_report {
    uint64_t first, next;
    size_t good;     /* bytes up to the end of the last good record */
    size_t tail;     /* bytes after it up to the last one that is not zero, if torn */
    bool torn;       /* what follows is a torn tail */
    bool damaged;    /* the bad record at offset good was on disk when a later one was written */
    size_t evidence; /* if damaged: where that one is */
} tr_wal_scan_report;
TR_NODISCARD tr_err tr_wal_scan(tr_trail *trail, tr_bytes segment,
                                bool (*each)(void *context, const tr_wal_record *record),
                                void *context, tr_wal_scan_report *report);

#endif
