/* The key-value store: the checkpoint behind the log.  Tables of sorted keys, snapshots that stop
 * nobody, batches that are there wholly or not at all.
 *
 * One process has a store open.  One thread writes at a time; any number read.  A batch carries the
 * position of the log that it reaches, so that after a crash the log is replayed from there. */
#ifndef TR_STORE_KV_H
#define TR_STORE_KV_H

#include "base/base.h"

enum {
    TR_KV_KEY_MAX = 511,
    TR_KV_VALUE_MAX = 1 << 30,
    TR_KV_TABLES_MAX = 64,
};

typedef struct tr_kv tr_kv;
typedef uint32_t tr_kv_table; /* index into the names given at the opening */

/* An upgrade takes a store of format version `from` to from + 1, within the one transaction that
 * all upgrades of an opening share. */
typedef struct tr_kv_write tr_kv_write;
typedef struct tr_kv_upgrade {
    uint32_t from;
    tr_err (*run)(tr_trail *trail, tr_kv_write *write);
} tr_kv_upgrade;

typedef struct tr_kv_options {
    tr_alloc *alloc;
    const char *const *tables; /* names; missing ones are made */
    size_t table_count;
    const char *format; /* what the store is for: a store of another kind is refused */
    uint32_t version;   /* of the caller's format */
    const tr_kv_upgrade *upgrades;
    size_t upgrade_count;
    bool read_only;
    size_t size_limit; /* bytes on disk; 0: as far as the disk goes.  Removing takes room too. */
} tr_kv_options;

/* tr_kv_open opens the store in a directory, or makes one.  TR_E_LOCKED: another process has it.
 * TR_E_FULL.  TR_E_KV_FORMAT: a store of another kind, or no store.  TR_E_KV_VERSION: of a newer
 * version.  An older one is first copied to <directory>.v<its version> and then upgraded in place;
 * TR_E_UNSUPPORTED when there is no upgrade.  TR_E_KV_DAMAGED.  TR_E_UNSUPPORTED too on a network
 * file system, where locks and mappings do not hold.  A store that is only read is locked like any
 * other: one process has it.  read_only makes nothing: TR_E_NOT_FOUND names a missing table. */
TR_NODISCARD tr_err tr_kv_open(tr_trail *trail, const char *directory, const tr_kv_options *options,
                               tr_kv **out);
void tr_kv_close(tr_kv *kv);

/* Reading.  A snapshot is what the store was when it was taken, for as long as it is held: keep it
 * short, or the file grows.  Views live as long as the snapshot.  A snapshot may go from thread to
 * thread but is used by one at a time; tr_kv_get alone may be called by several at once, on a table
 * whose tr_kv_count was asked before.  At most 1,000 are held at once (TR_E_LIMIT). */
typedef struct tr_kv_snapshot tr_kv_snapshot;
TR_NODISCARD tr_err tr_kv_snapshot_take(tr_trail *trail, tr_kv *kv, tr_kv_snapshot **out);
void tr_kv_snapshot_drop(tr_kv_snapshot *snapshot);

/* tr_kv_position is the log position of the last batch in the snapshot; 0 in a new store. */
uint64_t tr_kv_position(const tr_kv_snapshot *snapshot);

/* tr_kv_get: TR_E_NOT_FOUND says nothing in the trail. */
TR_NODISCARD tr_err tr_kv_get(tr_trail *trail, tr_kv_snapshot *snapshot, tr_kv_table table,
                              tr_bytes key, tr_bytes *out);

/* Cursors go through a table in the order of keys.  One is closed before its snapshot is dropped.
 * Before anything else next gives the first entry and previous the last; after the end of the table
 * was met the other way leads back into it. */
typedef struct tr_kv_cursor tr_kv_cursor;
TR_NODISCARD tr_err tr_kv_cursor_open(tr_trail *trail, tr_kv_snapshot *snapshot, tr_kv_table table,
                                      tr_kv_cursor **out);
void tr_kv_cursor_close(tr_kv_cursor *cursor);

/* tr_kv_seek goes to the first key that is not below key (which may be empty); next and previous go
 * on from there, last to the end.  TR_E_NOT_FOUND: there is none. */
TR_NODISCARD tr_err tr_kv_seek(tr_trail *trail, tr_kv_cursor *cursor, tr_bytes key, tr_bytes *found,
                               tr_bytes *value);
TR_NODISCARD tr_err tr_kv_next(tr_trail *trail, tr_kv_cursor *cursor, tr_bytes *key,
                               tr_bytes *value);
TR_NODISCARD tr_err tr_kv_previous(tr_trail *trail, tr_kv_cursor *cursor, tr_bytes *key,
                                   tr_bytes *value);
TR_NODISCARD tr_err tr_kv_last(tr_trail *trail, tr_kv_cursor *cursor, tr_bytes *key,
                               tr_bytes *value);

/* Writing.  begin waits for the one writer before; TR_E_STATE when that is the same thread.  A
 * batch stays in the thread that began it.  Keys have 1 to TR_KV_KEY_MAX bytes (TR_E_ARGUMENT).
 * Puts and removals are seen by nobody else until commit returns, which is when they are on disk
 * together with position.  Sorted keys are written fastest.  After an error of any of them the
 * batch can only be dropped.  TR_E_FULL leaves the store as it was, usable; TR_E_SYNC and TR_E_IO
 * end the writing (and it may be the reading): the store must be closed.  After TR_E_SYNC the batch
 * may be there or not. */
TR_NODISCARD tr_err tr_kv_write_begin(tr_trail *trail, tr_kv *kv, tr_kv_write **out);
TR_NODISCARD tr_err tr_kv_put(tr_trail *trail, tr_kv_write *write, tr_kv_table table, tr_bytes key,
                              tr_bytes value);
TR_NODISCARD tr_err tr_kv_remove(tr_trail *trail, tr_kv_write *write, tr_kv_table table,
                                 tr_bytes key); /* no error when it is not there */
/* tr_kv_remove_range removes first <= key < last; an empty last is the end of the table. */
TR_NODISCARD tr_err tr_kv_remove_range(tr_trail *trail, tr_kv_write *write, tr_kv_table table,
                                       tr_bytes first, tr_bytes last);
/* The view of tr_kv_write_get lives until the next change. */
TR_NODISCARD tr_err tr_kv_write_get(tr_trail *trail, tr_kv_write *write, tr_kv_table table,
                                    tr_bytes key, tr_bytes *out); /* with the changes so far */
/* tr_kv_write_commit ends the batch, error or not. */
TR_NODISCARD tr_err tr_kv_write_commit(tr_trail *trail, tr_kv_write *write, uint64_t position);
void tr_kv_write_drop(tr_kv_write *write);

/* tr_kv_backup copies a snapshot into a new directory while others read and write; the copy is
 * compact, synced, and appears under its name only when it is whole.  tr_kv_restore puts a backup
 * (which it checks) in the place of a store that nobody has open; the old one stays beside it as
 * <directory>.replaced.  Both work in <name>.part, which a crash may leave and the next call uses
 * again.  TR_E_EXISTS: to, or <directory>.replaced, is there.  TR_E_LOCKED: somebody has the store,
 * the backup or the .part open. */
TR_NODISCARD tr_err tr_kv_backup(tr_trail *trail, tr_kv *kv, const char *to);
TR_NODISCARD tr_err tr_kv_restore(tr_trail *trail, const char *from, const char *directory);

/* tr_kv_check reads every page of every table, beside other readers and, but for its first moment,
 * the writer. */
TR_NODISCARD tr_err tr_kv_check(tr_trail *trail, tr_kv *kv);

typedef struct tr_kv_usage {
    uint64_t file_bytes, used_bytes, limit_bytes; /* limit: what is mapped, which may grow */
    uint64_t position;
    uint32_t snapshots;         /* held now */
    int64_t oldest_snapshot_ns; /* age */
} tr_kv_usage;
TR_NODISCARD tr_err tr_kv_get_usage(tr_trail *trail, tr_kv *kv, tr_kv_usage *out);

/* tr_kv_count is how many entries a table has. */
TR_NODISCARD tr_err tr_kv_count(tr_trail *trail, tr_kv_snapshot *snapshot, tr_kv_table table,
                                uint64_t *out);

#endif
