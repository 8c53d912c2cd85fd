/* What the files of the key-value store share. */
#ifndef TR_STORE_KV_INTERNAL_H
#define TR_STORE_KV_INTERNAL_H

#include <lmdb.h>
#include <pthread.h>
#include <stdatomic.h>

#include "os/file.h"
#include "store/kv.h"
#include "store/kv_pages.h"

enum {
    TR_KV_SNAPSHOTS_MAX = 1000, /* held at once */
    TR_KV_IDLE_MAX = 64,        /* kept for the next who takes one */
    TR_KV_NAME_MAX = 200,       /* of a table */
};

/* One table as a batch sees it.  Keys beyond end are put by appending, which fills pages to the
 * top and splits none. */
typedef struct tr_kv_write_table {
    MDB_cursor *cursor; /* NULL: not used in this batch */
    size_t end_len;
    uint8_t end[TR_KV_KEY_MAX]; /* no key of the table is above it; empty: there is none */
} tr_kv_write_table;

struct tr_kv_write {
    tr_kv *kv;
    MDB_txn *txn;
    tr_err err; /* the first one; the batch can then only be dropped */
    tr_kv_write_table tables[TR_KV_TABLES_MAX];
};

/* A table's tree in the memory map. */
typedef struct tr_kv_root {
    const uint8_t *base; /* page 0 */
    uint32_t page_size;
    unsigned depth;
    uint64_t number, last_page;
} tr_kv_root;

struct tr_kv_snapshot {
    tr_kv *kv;
    MDB_txn *txn;
    uint64_t known; /* a bit for each table whose root is known */
    tr_kv_root roots[TR_KV_TABLES_MAX];
    tr_kv_snapshot *previous, *next; /* in the list of those held, or of those idle */
    int64_t taken;
};

struct tr_kv_cursor {
    tr_kv_snapshot *snapshot;
    MDB_cursor *cursor;
    enum { TR_KV_FRESH, TR_KV_AT, TR_KV_BEFORE, TR_KV_AFTER } where;
};

struct tr_kv {
    tr_alloc *alloc;
    MDB_env *env;
    tr_file directory; /* its lock keeps other processes out */
    bool read_only;
    size_t limit; /* of the caller; 0: none */
    MDB_dbi self, tables[TR_KV_TABLES_MAX];
    char names[TR_KV_TABLES_MAX][TR_KV_NAME_MAX + 3];
    size_t table_count;
    uint32_t page_size; /* 0: pages are not where tr_kv_find needs them */

    pthread_mutex_t writer;
    _Atomic tr_err dead; /* why nothing can be written any more */
    bool wants_room;     /* a batch did not fit the map */
    tr_kv_write write;   /* the one batch at a time */

    pthread_mutex_t readers; /* over what follows, and taken when no snapshot may be */
    tr_kv_snapshot *oldest, *newest, *idle;
    uint32_t held, idle_count;

    char path[TR_PATH_LIMIT];
};

/* tr_kv_state is what is committed with each batch. */
typedef struct tr_kv_state {
    uint64_t position;
    uint64_t transaction; /* the batch's own number: binds the meta page to what it names */
} tr_kv_state;
TR_NODISCARD tr_err tr_kv_get_state(tr_trail *trail, tr_kv *kv, MDB_txn *txn, tr_kv_state *out);

/* tr_kv_fail turns an error of LMDB into one of ours. */
tr_err tr_kv_fail(tr_trail *trail, const tr_kv *kv, int error, const char *doing);

/* tr_kv_path_of writes "<directory><tail>". */
TR_NODISCARD tr_err tr_kv_path_of(tr_trail *trail, const char *directory, const char *tail,
                                  char out[TR_PATH_LIMIT]);

/* tr_kv_lock opens a directory and locks it.  TR_E_LOCKED, TR_E_NOT_FOUND. */
TR_NODISCARD tr_err tr_kv_lock(tr_trail *trail, const char *directory, tr_file *out);

/* tr_kv_is_network tells whether this is the statfs magic of a file system behind a network. */
bool tr_kv_is_network(uint64_t magic);

/* tr_kv_check_file looks at a store's file before LMDB maps it.  A file that ends early is looked
 * at deeply, whatever deep says. */
TR_NODISCARD tr_err tr_kv_check_file(tr_trail *trail, tr_alloc *alloc, const char *path, bool deep,
                                     tr_kv_pages_report *out);

/* tr_kv_map_open opens the environment with as much address space as the limit or the system
 * allows: at least twice what the file needs. */
TR_NODISCARD tr_err tr_kv_map_open(tr_trail *trail, tr_kv *kv, const char *path, unsigned flags,
                                   uint64_t needed);

/* tr_kv_map_grow doubles a map that is half full or was too small for a batch, if nobody reads at
 * the moment.  The writer's lock
 * is held. */
void tr_kv_map_grow(tr_kv *kv);

/* tr_kv_copy is tr_kv_backup, also where no snapshot can be taken yet. */
TR_NODISCARD tr_err tr_kv_copy(tr_trail *trail, tr_kv *kv, const char *to);

/* tr_kv_find_root asks LMDB where a table begins; false: it cannot be read without LMDB. */
bool tr_kv_find_root(tr_kv_snapshot *snapshot, tr_kv_table table, tr_kv_root *out);

/* tr_kv_find looks a key up.  TR_E_NOT_FOUND, TR_E_KV_DAMAGED. */
TR_NODISCARD tr_err tr_kv_find(const tr_kv_root *root, tr_bytes key, tr_bytes *out);

/* tr_kv_get_slowly is tr_kv_get through LMDB. */
TR_NODISCARD tr_err tr_kv_get_slowly(tr_trail *trail, tr_kv_snapshot *snapshot, tr_kv_table table,
                                     tr_bytes key, tr_bytes *out);

/* tr_kv_lock_writer waits for the batch that is open.  TR_E_STATE: it is this thread's. */
TR_NODISCARD tr_err tr_kv_lock_writer(tr_trail *trail, tr_kv *kv);

/* tr_kv_write_start begins a batch without asking whether the tables are open; finish commits it
 * and ends it, error or not. */
TR_NODISCARD tr_err tr_kv_write_start(tr_trail *trail, tr_kv *kv, tr_kv_write **out);
TR_NODISCARD tr_err tr_kv_write_finish(tr_trail *trail, tr_kv_write *write, tr_kv_state state);

#endif
