/* Batches. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/kv_internal.h"

/* LMDB calls a write that the disk took only in part EIO.  Whether it was full is asked of the file
 * itself, beyond all pages: a quota and a limit on file sizes answer too. */
static bool is_full(const tr_kv *kv)
{
    mdb_filehandle_t fd;
    struct stat info;
    if (mdb_env_get_fd(kv->env, &fd) != 0 || fstat(fd, &info) != 0) return false;
    int error = posix_fallocate(fd, info.st_size, 1 << 20);
    if (ftruncate(fd, info.st_size) != 0) return false;
    return error == ENOSPC || error == EFBIG || error == EDQUOT;
}

/* After a meta page that could not be written LMDB refuses everything. */
static bool is_lost(tr_kv *kv)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(kv->env, NULL, MDB_RDONLY, &txn);
    if (rc == 0) mdb_txn_abort(txn);
    return rc == MDB_PANIC;
}

static tr_err write_failed(tr_trail *trail, tr_kv_write *write, int rc)
{
    static const char doing[] = "cannot write";
    tr_kv *kv = write->kv;
    if (rc == MDB_MAP_FULL) kv->wants_room = true;
    if (rc == EIO && is_full(kv)) rc = ENOSPC;
    write->err = tr_kv_fail(trail, kv, rc, doing);
    if (write->err == TR_E_IO || write->err == TR_E_KV_DAMAGED) atomic_store(&kv->dead, write->err);
    return write->err;
}

tr_err tr_kv_lock_writer(tr_trail *trail, tr_kv *kv)
{
    if (pthread_mutex_lock(&kv->writer) == 0) return TR_OK;
    return tr_fail(trail, TR_E_STATE, "this thread has a batch open already");
}

tr_err tr_kv_write_start(tr_trail *trail, tr_kv *kv, tr_kv_write **out)
{
    tr_kv_write *write = &kv->write;
    TR_TRY(tr_kv_lock_writer(trail, kv));
    tr_kv_map_grow(kv);
    tr_err dead = atomic_load(&kv->dead);
    if (dead != TR_OK) {
        pthread_mutex_unlock(&kv->writer);
        return tr_fail(trail, TR_E_STATE, "the store in %s must be closed: a write failed before",
                       kv->path);
    }
    int rc = mdb_txn_begin(kv->env, NULL, 0, &write->txn);
    if (rc != 0) {
        write->txn = NULL;
        pthread_mutex_unlock(&kv->writer);
        return tr_kv_fail(trail, kv, rc, "cannot write");
    }
    write->err = TR_OK;
    for (size_t i = 0; i < TR_KV_TABLES_MAX; i++) write->tables[i].cursor = NULL;
    *out = write;
    return TR_OK;
}

tr_err tr_kv_write_begin(tr_trail *trail, tr_kv *kv, tr_kv_write **out)
{
    if (kv->read_only)
        return tr_fail(trail, TR_E_STATE, "the store in %s was opened to be read only", kv->path);
    return tr_kv_write_start(trail, kv, out);
}

static void end_write(tr_kv_write *write)
{
    write->txn = NULL; /* its cursors went with it */
    pthread_mutex_unlock(&write->kv->writer);
}

void tr_kv_write_drop(tr_kv_write *write)
{
    if (write == NULL) return;
    mdb_txn_abort(write->txn);
    end_write(write);
}

/* A table's cursor, and where the table ends. */
static tr_err use_table(tr_trail *trail, tr_kv_write *write, tr_kv_table table,
                        tr_kv_write_table **out)
{
    tr_kv_write_table *t = &write->tables[table];
    TR_ASSERT(table < write->kv->table_count);
    *out = t;
    if (write->err != TR_OK)
        return tr_fail(trail, write->err, "the batch failed before and can only be dropped");
    if (TR_LIKELY(t->cursor != NULL)) return TR_OK;
    MDB_val key, value;
    int rc = mdb_cursor_open(write->txn, write->kv->tables[table], &t->cursor);
    if (rc == 0) rc = mdb_cursor_get(t->cursor, &key, &value, MDB_LAST);
    t->end_len = 0;
    if (rc == 0) {
        t->end_len = key.mv_size;
        memcpy(t->end, key.mv_data, key.mv_size);
    }
    return rc == 0 || rc == MDB_NOTFOUND ? TR_OK : write_failed(trail, write, rc);
}

static tr_err check_key(tr_trail *trail, tr_kv_write *write, tr_bytes key)
{
    if (TR_LIKELY(key.len - 1 < TR_KV_KEY_MAX)) return TR_OK;
    return write_failed(trail, write, MDB_BAD_VALSIZE);
}

tr_err tr_kv_put(tr_trail *trail, tr_kv_write *write, tr_kv_table table, tr_bytes key,
                 tr_bytes value)
{
    tr_kv_write_table *t;
    TR_TRY(use_table(trail, write, table, &t));
    TR_TRY(check_key(trail, write, key));
    if (value.len > TR_KV_VALUE_MAX) {
        write->err = TR_E_ARGUMENT;
        return tr_fail(trail, TR_E_ARGUMENT, "a value has at most %d bytes", TR_KV_VALUE_MAX);
    }
    MDB_val k = {key.len, (void *)(uintptr_t)key.data};
    MDB_val v = {value.len,
                 value.len == 0 ? (void *)(uintptr_t) "" : (void *)(uintptr_t)value.data};
    bool beyond = tr_bytes_cmp(key, tr_bytes_of(t->end, t->end_len)) > 0;
    int rc = mdb_cursor_put(t->cursor, &k, &v, beyond ? MDB_APPEND : 0);
    if (TR_UNLIKELY(rc != 0)) return write_failed(trail, write, rc);
    if (beyond) {
        memcpy(t->end, key.data, key.len);
        t->end_len = key.len;
    }
    return TR_OK;
}

tr_err tr_kv_remove(tr_trail *trail, tr_kv_write *write, tr_kv_table table, tr_bytes key)
{
    tr_kv_write_table *t;
    TR_TRY(use_table(trail, write, table, &t));
    TR_TRY(check_key(trail, write, key));
    MDB_val k = {key.len, (void *)(uintptr_t)key.data}, v;
    int rc = mdb_cursor_get(t->cursor, &k, &v, MDB_SET);
    if (rc == MDB_NOTFOUND) return TR_OK;
    if (rc == 0) rc = mdb_cursor_del(t->cursor, 0);
    return rc == 0 ? TR_OK : write_failed(trail, write, rc);
}

tr_err tr_kv_remove_range(tr_trail *trail, tr_kv_write *write, tr_kv_table table, tr_bytes first,
                          tr_bytes last)
{
    tr_kv_write_table *t;
    TR_TRY(use_table(trail, write, table, &t));
    if (first.len == 0 && last.len == 0) {
        int rc = mdb_drop(write->txn, write->kv->tables[table], 0);
        t->end_len = 0;
        return rc == 0 ? TR_OK : write_failed(trail, write, rc);
    }
    MDB_val k = {first.len, (void *)(uintptr_t)first.data}, v;
    int rc = mdb_cursor_get(t->cursor, &k, &v, first.len == 0 ? MDB_FIRST : MDB_SET_RANGE);
    while (rc == 0) {
        if (last.len != 0 && tr_bytes_cmp(tr_bytes_of(k.mv_data, k.mv_size), last) >= 0) break;
        rc = mdb_cursor_del(t->cursor, 0);
        /* After a removal the next entry is where the removed one was. */
        if (rc == 0) rc = mdb_cursor_get(t->cursor, &k, &v, MDB_NEXT);
    }
    return rc == 0 || rc == MDB_NOTFOUND ? TR_OK : write_failed(trail, write, rc);
}

tr_err tr_kv_write_get(tr_trail *trail, tr_kv_write *write, tr_kv_table table, tr_bytes key,
                       tr_bytes *out)
{
    MDB_val k = {key.len, (void *)(uintptr_t)key.data}, v;
    TR_ASSERT(table < write->kv->table_count);
    if (write->err != TR_OK)
        return tr_fail(trail, write->err, "the batch failed before and can only be dropped");
    TR_TRY(check_key(trail, write, key));
    int rc = mdb_get(write->txn, write->kv->tables[table], &k, &v);
    if (rc == MDB_NOTFOUND) return TR_E_NOT_FOUND;
    if (rc != 0) return write_failed(trail, write, rc);
    *out = tr_bytes_of(v.mv_data, v.mv_size);
    return TR_OK;
}

/* Pages at the end that were used and freed within one batch are never written.  The file is made
 * as long as the store says, so that a file that is shorter is a file that was cut. */
static void fill_up(const tr_kv *kv)
{
    MDB_envinfo info;
    MDB_stat env;
    mdb_filehandle_t fd;
    struct stat file;
    if (mdb_env_info(kv->env, &info) != 0 || mdb_env_stat(kv->env, &env) != 0 ||
        mdb_env_get_fd(kv->env, &fd) != 0 || fstat(fd, &file) != 0)
        return;
    off_t wanted = (off_t)((info.me_last_pgno + 1) * env.ms_psize);
    /* If it fails the next opening looks at every page, and finds that nothing is missing. */
    if (file.st_size < wanted && ftruncate(fd, wanted) != 0) return;
}

static tr_err commit_failed(tr_trail *trail, tr_kv_write *write, int rc)
{
    tr_kv *kv = write->kv;
    tr_err err = write_failed(trail, write, rc);
    if (!is_lost(kv)) return err;
    atomic_store(&kv->dead, TR_E_SYNC);
    return tr_fail(trail, TR_E_SYNC,
                   "cannot write %s: the last step of a batch failed; it may be there or not",
                   kv->path);
}

tr_err tr_kv_write_finish(tr_trail *trail, tr_kv_write *write, tr_kv_state state)
{
    uint8_t bytes[16];
    tr_kv *kv = write->kv;
    MDB_val key = {5, (void *)(uintptr_t) "state"}, value = {sizeof(bytes), bytes};
    tr_store64le(bytes, state.position);
    tr_store64le(bytes + 8, mdb_txn_id(write->txn));
    tr_err err;
    int rc = mdb_put(write->txn, kv->self, &key, &value, 0);
    if (rc == 0) {
        rc = mdb_txn_commit(write->txn);
        err = rc == 0 ? TR_OK : commit_failed(trail, write, rc);
    } else {
        err = write_failed(trail, write, rc);
        mdb_txn_abort(write->txn);
    }
    if (err == TR_OK) fill_up(kv);
    end_write(write);
    return err;
}

tr_err tr_kv_write_commit(tr_trail *trail, tr_kv_write *write, uint64_t position)
{
    tr_err err = write->err;
    if (err == TR_OK) return tr_kv_write_finish(trail, write, (tr_kv_state){position, 0});
    tr_kv_write_drop(write);
    return tr_fail(trail, err, "the batch failed before and was dropped");
}
