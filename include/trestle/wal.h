/* A write-ahead log: records that are on disk before anybody is told, in segment files with
 * checksums.  Any number of threads append; those that wait for the disk share one write.
 *
 * A log is a directory.  One process may have it open for writing; a crash may tear its end, which
 * is cut off when it is opened; anything else that is bad is damage, and the log does not open.
 * All functions may be called by any thread, but closing and a reader, which is used by one. */
#ifndef TRESTLE_WAL_H
#define TRESTLE_WAL_H

#include <stddef.h>
#include <stdint.h>

#include "trestle/api.h"
#include "trestle/errors.h"

#ifdef __cplusplus
extern "C" {
#endif

/* No record is longer. */
#define TR_WRITE_LOG_RECORD 16777216

/* The types of records go from 0 to 127 and mean what the caller likes. */
#define TR_WRITE_LOG_TYPES 128

typedef struct tr_write_log tr_write_log;
typedef struct tr_write_log_reader tr_write_log_reader;

/* What a log holds: the records from first on, below next; and how many bytes of a torn end were
 * cut off (or would be, in a log that is only looked at). */
typedef struct tr_write_log_range {
    uint64_t first, next, cut;
} tr_write_log_range;

/* tr_write_log_open opens the log in a directory, or makes one whose first record has the number
 * first.  tr_write_log_look opens it to be read only, also while another process has it.  range
 * may be NULL.  When they fail and why is not NULL, a sentence about it of at most why_size - 1
 * bytes and a zero are there.  TR_E_LOCKED, TR_E_WAL_DAMAGED, TR_E_WAL_VERSION, TR_E_NOT_FOUND,
 * TR_E_PERMISSION, TR_E_FULL, TR_E_IO, TR_E_MEMORY. */
TR_API tr_err tr_write_log_open(const char *directory, uint64_t first, tr_write_log **out,
                                tr_write_log_range *range, char *why, size_t why_size);
TR_API tr_err tr_write_log_look(const char *directory, tr_write_log **out,
                                tr_write_log_range *range, char *why, size_t why_size);

/* tr_write_log_close writes and syncs what is waiting and frees the log, whatever the result.  Free
 * its readers first. */
TR_API tr_err tr_write_log_close(tr_write_log *log);

/* tr_write_log_append copies a record to the end of the log and does not wait for the disk;
 * *sequence is its number.  tr_write_log_append_many does so with n records, one after the other,
 * whose first has the number *first; types may be NULL for all 0.  After a crash a first part of
 * them is there, or all.  TR_E_LIMIT: too long; TR_E_ARGUMENT: no such type; TR_E_STATE: the log is
 * only looked at.  Once a write or sync has failed, that error is the answer for ever. */
TR_API tr_err tr_write_log_append(tr_write_log *log, uint8_t type, const uint8_t *data, size_t len,
                                  uint64_t *sequence);
TR_API tr_err tr_write_log_append_many(tr_write_log *log, size_t n, const uint8_t types[],
                                       const uint8_t *const data[], const size_t lens[],
                                       uint64_t *first);

/* tr_write_log_sync returns when all records below next are on disk.  TR_E_RANGE: there are no such
 * records; TR_E_SYNC, TR_E_IO, TR_E_FULL: they are not, and the log has ended. */
TR_API tr_err tr_write_log_sync(tr_write_log *log, uint64_t next);

/* tr_write_log_durable is the number below which all records are on disk. */
TR_API uint64_t tr_write_log_durable(tr_write_log *log);

/* tr_write_log_prune removes files whose records all lie below sequence. */
TR_API tr_err tr_write_log_prune(tr_write_log *log, uint64_t sequence);

/* tr_write_log_reader_new makes a reader whose first record is sequence; free it with
 * tr_write_log_reader_free.  tr_write_log_reader_next gives the next record that is on disk; its
 * bytes are there until the reader's next call.  TR_E_EMPTY: there is none yet; TR_E_NOT_FOUND: it
 * was pruned; TR_E_RANGE: the log ends before. */
TR_API tr_err tr_write_log_reader_new(tr_write_log *log, uint64_t sequence,
                                      tr_write_log_reader **out);
TR_API tr_err tr_write_log_reader_next(tr_write_log_reader *reader, uint64_t *sequence,
                                       uint8_t *type, const uint8_t **data, size_t *len);
TR_API void tr_write_log_reader_free(tr_write_log_reader *reader);

#ifdef __cplusplus
}
#endif

#endif
