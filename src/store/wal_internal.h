/* What the parts of the log share: the format of a segment, and the log itself.
 *
 * A segment: a header of 64 bytes, zeros up to 512, records, zeros.  All numbers are little-endian.
 *
 *   header    0  magic "TRSTLWAL"         record   0  checksum of salt, offset, bytes 4 to 24
 *             8  version                           4  checksum of the body
 *            12  flags                             8  length, and from bit 25 on the type
 *            16  id of the log                    12  offset in the segment where its group begins
 *            32  sequence of the first record     16  sequence
 *            40  salt                             24  body, then zeros up to a multiple of 8
 *            48  zeros
 *            60  checksum of bytes 0 to 60
 *
 * After the last record of a group come 24 zero bytes, written with it: in a segment that was used
 * before, these and not the old content say that the log ends there.  The layout of the header is
 * the same in all versions, so that a newer one is never taken for damage. */
#ifndef TR_STORE_WAL_INTERNAL_H
#define TR_STORE_WAL_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "os/event.h"
#include "os/thread.h"
#include "store/wal.h"

enum {
    TR_WAL_VERSION = 1,
    TR_WAL_HEADER = TR_WAL_SEGMENT_OVERHEAD,
    TR_WAL_HEADER_USED = 64,
    TR_WAL_HEAD = TR_WAL_RECORD_OVERHEAD,
    TR_WAL_USED_BEFORE = 1, /* flag: old content may follow the records */
    TR_WAL_NAME = 32,       /* of a segment's file, with its zero byte */
    TR_WAL_NAME_DIGITS = 20,
};

typedef struct tr_wal_header {
    uint32_t flags;
    uint8_t log[16];
    uint64_t first, salt;
} tr_wal_header;

void tr_wal_put_header(const tr_wal_header *header, uint8_t out[TR_WAL_HEADER]);
TR_NODISCARD tr_err tr_wal_get_header(tr_trail *trail, tr_bytes segment, tr_wal_header *out);

/* tr_wal_room is how many bytes a record takes in a segment. */
static inline size_t tr_wal_room(size_t body)
{
    return (TR_WAL_HEAD + body + 7) & ~(size_t)7;
}

/* A record's head as it is in the file. */
typedef struct tr_wal_head {
    uint32_t body_sum, length, group;
    uint8_t type;
    uint64_t sequence;
} tr_wal_head;

/* tr_wal_put_head writes a head whose group and checksum are set later, by tr_wal_seal_head. */
void tr_wal_put_head(const tr_wal_head *head, uint8_t *out);
void tr_wal_seal_head(uint8_t *head, uint64_t salt, uint64_t offset, uint64_t group);

/* tr_wal_get_head reads the head at offset of a segment; false if it is not good. */
bool tr_wal_get_head(const uint8_t *head, uint64_t salt, uint64_t offset, tr_wal_head *out);

/* tr_wal_body_is_good looks at the body and the padding behind a good head. */
bool tr_wal_body_is_good(const tr_wal_head *head, const uint8_t *body);

/* tr_wal_scan, and what only opening wants to know. */
typedef struct tr_wal_scanned {
    tr_wal_header header;
    tr_wal_scan_report report;
    size_t group; /* where the group of the last good record begins */
} tr_wal_scanned;
TR_NODISCARD tr_err tr_wal_scan_more(tr_trail *trail, tr_bytes segment,
                                     bool (*each)(void *context, const tr_wal_record *record),
                                     void *context, tr_wal_scanned *out);

typedef struct tr_wal_segment {
    uint64_t first, salt;
} tr_wal_segment;

struct tr_wal {
    tr_wal_options options;
    char *directory;
    size_t directory_size;
    tr_file lock_file;
    bool locked;
    uint8_t log[16];

    /* What waits.  Groups are numbered; those who wait for one sleep on done[its number & 1]. */
    pthread_mutex_t lock;
    tr_buf pending;
    uint64_t pending_first, next; /* sequences of the first record in it, and after the last */
    uint64_t group;               /* number of the group that it becomes */
    bool led;                     /* one of those who wait will write it */
    _Atomic size_t waiters;       /* who wait for it, or for an earlier one while it came up */
    size_t expected;              /* how many waited for the group before */
    tr_event done[2], idle, gathered;
    _Atomic bool busy; /* somebody writes */
    _Atomic bool dead;
    tr_trail reason; /* written before dead is */
    _Atomic uint64_t durable;

    /* Of the one who writes. */
    tr_buf writing;
    tr_file active;
    bool has_active;
    uint64_t salt, at, zeroed, capacity; /* of the active segment; zeros from at to zeroed, or what
                                          * was there before */
    int64_t sync_ns;                     /* what a group takes, on average */

    /* Files.  A spare is a segment made ahead of time. */
    pthread_mutex_t files;
    tr_wal_segment *segments;
    size_t segment_count, segment_cap;
    _Atomic uint64_t active_first; /* of the last of them */
    bool spare_ready, spare_used_before, spare_wanted, spare_failed;
    bool helping; /* the thread was started */
    _Atomic bool stop;
    tr_thread helper;
    tr_event call_helper;
};

/* tr_wal_path gives the path of a name in the log's directory. */
TR_NODISCARD tr_err tr_wal_path(tr_trail *trail, const char *directory, const char *name,
                                char out[TR_PATH_LIMIT]);
void tr_wal_name(uint64_t first, char out[TR_WAL_NAME]);
bool tr_wal_name_is(const char *name, uint64_t *first);

extern const char tr_wal_new_name[], tr_wal_spare_name[], tr_wal_lock_name[];

/* tr_wal_add_segment puts a segment at the end of the list. */
TR_NODISCARD tr_err tr_wal_add_segment(tr_trail *trail, tr_wal *wal, tr_wal_segment segment);

/* tr_wal_find_segment gives the segment that has the record, and the first sequence of the next one
 * (UINT64_MAX: there is none).  TR_E_NOT_FOUND says nothing in a trail. */
tr_err tr_wal_find_segment(tr_wal *wal, uint64_t sequence, tr_wal_segment *out, uint64_t *until);

/* tr_wal_new_segment makes the segment that begins with the record first the active one; that
 * record takes room bytes.  All before must be on disk.  By the one who writes. */
TR_NODISCARD tr_err tr_wal_new_segment(tr_trail *trail, tr_wal *wal, uint64_t first, size_t room);

/* tr_wal_want_spare has the helper make a spare if there is none. */
void tr_wal_want_spare(tr_wal *wal);
void tr_wal_stop_helper(tr_wal *wal);

TR_NODISCARD tr_err tr_wal_write_zeros(tr_trail *trail, tr_file *file, uint64_t from, uint64_t to);

/* tr_wal_die makes the log dead for the reason in trail, and wakes everybody. */
void tr_wal_die(tr_wal *wal, tr_err err, const tr_trail *trail);

/* tr_wal_dead_err gives that reason again. */
tr_err tr_wal_dead_err(tr_trail *trail, tr_wal *wal);

#endif
