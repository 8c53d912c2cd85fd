/* Copies of a store: made while it is used, checked, put back. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/heap.h"
#include "store/kv_internal.h"

static const char DATA[] = "/data.mdb";

static bool is_there(const char *path)
{
    struct stat info;
    return lstat(path, &info) == 0;
}

static tr_err sync_parent(tr_trail *trail, const char *path)
{
    char parent[TR_PATH_LIMIT];
    TR_TRY(tr_kv_path_of(trail, path, "", parent));
    char *slash = strrchr(parent, '/');
    if (slash == NULL) return tr_dir_sync(trail, tr_fs_system(), ".");
    slash[slash == parent] = '\0';
    return tr_dir_sync(trail, tr_fs_system(), parent);
}

/* A directory for a copy that is not yet whole: one that a crash left is used again. */
typedef struct copy {
    char directory[TR_PATH_LIMIT], data[TR_PATH_LIMIT];
    tr_file lock, file;
} copy;

static tr_err begin_copy(tr_trail *trail, const char *to, copy *out)
{
    tr_fs *fs = tr_fs_system();
    TR_TRY(tr_kv_path_of(trail, to, ".part", out->directory));
    TR_TRY(tr_kv_path_of(trail, out->directory, DATA, out->data));
    tr_err err = tr_dir_make(trail, fs, out->directory, 0700);
    if (err != TR_OK && err != TR_E_EXISTS) return err;
    TR_TRY(tr_kv_lock(trail, out->directory, &out->lock));
    err = tr_file_open(trail, fs, out->data,
                       TR_OPEN_READ | TR_OPEN_WRITE | TR_OPEN_CREATE | TR_OPEN_TRUNCATE, 0600,
                       &out->file);
    if (err != TR_OK) tr_file_close(NULL, &out->lock);
    return err;
}

/* Syncs what was written; after an error nothing stays. */
static tr_err end_copy(tr_trail *trail, copy *c, tr_err err)
{
    tr_fs *fs = tr_fs_system();
    if (err == TR_OK) err = tr_file_sync_all(trail, &c->file);
    tr_file_close(NULL, &c->file);
    if (err == TR_OK) err = tr_file_sync_all(trail, &c->lock);
    if (err != TR_OK) {
        tr_file_remove(NULL, fs, c->data);
        tr_file_remove(NULL, fs, c->directory);
    }
    tr_file_close(NULL, &c->lock);
    return err;
}

static tr_err write_copy(tr_trail *trail, tr_kv *kv, copy *c)
{
    int rc = mdb_env_copyfd2(kv->env, c->file.handle, MDB_CP_COMPACT);
    if (rc == MDB_INCOMPATIBLE) { /* its count of pages is off: a plain copy does not count */
        TR_TRY(tr_file_truncate(trail, &c->file, 0));
        if (lseek(c->file.handle, 0, SEEK_SET) != 0)
            return tr_file_error(trail, errno, "cannot copy to", c->file.name);
        rc = mdb_env_copyfd2(kv->env, c->file.handle, 0);
    }
    return rc == 0 ? TR_OK : tr_kv_fail(trail, kv, rc, "cannot copy");
}

tr_err tr_kv_copy(tr_trail *trail, tr_kv *kv, const char *to)
{
    copy c;
    TR_TRY(begin_copy(trail, to, &c));
    TR_TRY(end_copy(trail, &c, write_copy(trail, kv, &c)));
    if (is_there(to)) { /* a copy of the same store, of an upgrade that did not come to its end */
        char old[TR_PATH_LIMIT];
        TR_TRY(tr_kv_path_of(trail, to, DATA, old));
        tr_file_remove(NULL, tr_fs_system(), old);
        TR_TRY(tr_kv_path_of(trail, to, "/lock.mdb", old));
        tr_file_remove(NULL, tr_fs_system(), old);
        TR_TRY(tr_file_remove(trail, tr_fs_system(), to));
    }
    TR_TRY(tr_file_rename(trail, tr_fs_system(), c.directory, to));
    return sync_parent(trail, to);
}

tr_err tr_kv_backup(tr_trail *trail, tr_kv *kv, const char *to)
{
    tr_kv_snapshot *snapshot;
    if (is_there(to)) return tr_fail(trail, TR_E_EXISTS, "%s is there already", to);
    TR_TRY(tr_kv_snapshot_take(trail, kv, &snapshot)); /* so that the map stays where it is */
    tr_err err = tr_kv_copy(trail, kv, to);
    tr_kv_snapshot_drop(snapshot);
    return err;
}

static tr_err copy_file(tr_trail *trail, const char *from, copy *c)
{
    enum { PIECE = 1 << 20 };
    tr_file source;
    uint8_t *piece = tr_alloc_get(tr_heap(), PIECE);
    if (piece == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory to copy %s", from);
    tr_err err = tr_file_open(trail, tr_fs_system(), from, TR_OPEN_READ, 0, &source);
    if (err == TR_OK) {
        size_t got = PIECE;
        for (uint64_t at = 0; err == TR_OK && got == PIECE; at += got) {
            err = tr_file_read_some(trail, &source, at, piece, PIECE, &got);
            if (err == TR_OK) err = tr_file_write_at(trail, &c->file, at, tr_bytes_of(piece, got));
        }
        tr_file_close(NULL, &source);
    }
    tr_alloc_put(tr_heap(), piece, PIECE);
    return err;
}

/* The copy of a backup, checked, in the directory of c. */
static tr_err copy_backup(tr_trail *trail, const char *from, copy *c)
{
    char data[TR_PATH_LIMIT];
    tr_kv_pages_report report;
    tr_file lock;
    TR_TRY(tr_kv_path_of(trail, from, DATA, data));
    TR_TRY(tr_kv_lock(trail, from, &lock));
    tr_err err = copy_file(trail, data, c);
    tr_file_close(NULL, &lock);
    TR_TRY(err);
    return tr_kv_check_file(trail, tr_heap(), c->data, true, &report);
}

/* One step where the file system can: at no moment is there no store. */
static tr_err exchange(tr_trail *trail, const char *made, const char *directory, const char *old)
{
    tr_fs *fs = tr_fs_system();
    if (renameat2(AT_FDCWD, made, AT_FDCWD, directory, RENAME_EXCHANGE) == 0)
        return tr_file_rename(trail, fs, made, old);
    if (errno != EINVAL && errno != ENOSYS)
        return tr_file_error(trail, errno, "cannot replace", directory);
    TR_TRY(tr_file_rename(trail, fs, directory, old));
    return tr_file_rename(trail, fs, made, directory);
}

tr_err tr_kv_restore(tr_trail *trail, const char *from, const char *directory)
{
    char old[TR_PATH_LIMIT];
    tr_file lock = {.handle = -1};
    copy c;
    TR_TRY(tr_kv_path_of(trail, directory, ".replaced", old));
    if (is_there(old)) return tr_fail(trail, TR_E_EXISTS, "%s is in the way", old);
    bool replaces = is_there(directory);
    if (replaces) TR_TRY(tr_kv_lock(trail, directory, &lock));
    tr_err err = begin_copy(trail, directory, &c);
    if (err == TR_OK) err = end_copy(trail, &c, copy_backup(trail, from, &c));
    if (err == TR_OK)
        err = replaces ? exchange(trail, c.directory, directory, old)
                       : tr_file_rename(trail, tr_fs_system(), c.directory, directory);
    if (err == TR_OK) err = sync_parent(trail, directory);
    if (replaces) tr_file_close(NULL, &lock);
    return err;
}

/* The pages of an open store.  Both meta pages are read while nothing is written: between two
 * batches they agree. */
typedef struct env_pages {
    tr_kv_pages pages;
    tr_file file;
    uint8_t *metas;
    size_t metas_size;
} env_pages;

static tr_err read_env(tr_kv_pages *self, tr_trail *trail, uint64_t offset, void *to, size_t len)
{
    env_pages *e = (env_pages *)self;
    if (offset + len > e->metas_size) return tr_file_read_at(trail, &e->file, offset, to, len);
    memcpy(to, e->metas + offset, len);
    return TR_OK;
}

static tr_err check_snapshot(tr_trail *trail, tr_kv *kv, env_pages *e)
{
    tr_kv_pages_report report;
    tr_kv_snapshot *snapshot = NULL;
    tr_file_info info;
    TR_TRY(tr_kv_lock_writer(trail, kv));
    tr_err err = tr_kv_snapshot_take(trail, kv, &snapshot);
    if (err == TR_OK) err = tr_file_read_at(trail, &e->file, 0, e->metas, e->metas_size);
    if (err == TR_OK) err = tr_file_get_info(trail, &e->file, &info);
    pthread_mutex_unlock(&kv->writer);
    if (err == TR_OK) {
        e->pages.size = info.size;
        uint64_t id = mdb_txn_id(snapshot->txn);
        err = tr_kv_pages_check(trail, kv->alloc, &e->pages, id, true, &report);
    }
    tr_kv_snapshot_drop(snapshot);
    return err;
}

tr_err tr_kv_check(tr_trail *trail, tr_kv *kv)
{
    env_pages e = {.pages = {.read = read_env}, .file = {.fs = tr_fs_system()}};
    mdb_filehandle_t fd;
    MDB_stat stat;
    int rc = mdb_env_get_fd(kv->env, &fd);
    if (rc == 0) rc = mdb_env_stat(kv->env, &stat);
    if (rc != 0) return tr_kv_fail(trail, kv, rc, "cannot read");
    e.file.handle = fd;
    snprintf(e.file.name, sizeof(e.file.name), "data.mdb");
    e.metas_size = (size_t)2 * stat.ms_psize;
    e.metas = tr_alloc_get(kv->alloc, e.metas_size);
    tr_err err = e.metas == NULL ? TR_E_MEMORY : check_snapshot(trail, kv, &e);
    tr_alloc_put(kv->alloc, e.metas, e.metas_size);
    return err == TR_E_MEMORY ? tr_fail(trail, err, "no memory to check %s", kv->path) : err;
}

/* The pages in the list of free ones. */
static int count_free(MDB_txn *txn, uint64_t *out)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    *out = 0;
    int rc = mdb_cursor_open(txn, 0, &cursor);
    if (rc != 0) return rc;
    while ((rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0)
        *out += tr_load64le(value.mv_data);
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

static tr_err measure(tr_trail *trail, tr_kv *kv, const tr_kv_snapshot *snapshot, tr_kv_usage *out)
{
    MDB_envinfo info;
    MDB_stat env;
    mdb_filehandle_t fd;
    struct stat file;
    uint64_t free_pages;
    int rc = mdb_env_info(kv->env, &info);
    if (rc == 0) rc = mdb_env_stat(kv->env, &env);
    if (rc == 0) rc = mdb_env_get_fd(kv->env, &fd);
    if (rc == 0) rc = count_free(snapshot->txn, &free_pages);
    if (rc == 0 && fstat(fd, &file) != 0) rc = errno;
    if (rc != 0) return tr_kv_fail(trail, kv, rc, "cannot measure");
    out->file_bytes = (uint64_t)file.st_size;
    out->used_bytes = (info.me_last_pgno + 1 - free_pages) * env.ms_psize;
    out->limit_bytes = info.me_mapsize;
    out->position = tr_kv_position(snapshot);
    return TR_OK;
}

tr_err tr_kv_get_usage(tr_trail *trail, tr_kv *kv, tr_kv_usage *out)
{
    tr_kv_snapshot *snapshot;
    int64_t now = tr_clock_monotonic(tr_clock_system());
    *out = (tr_kv_usage){0};
    pthread_mutex_lock(&kv->readers);
    out->snapshots = kv->held;
    if (kv->oldest != NULL) out->oldest_snapshot_ns = TR_MAX(now - kv->oldest->taken, (int64_t)0);
    pthread_mutex_unlock(&kv->readers);
    TR_TRY(tr_kv_snapshot_take(trail, kv, &snapshot));
    tr_err err = measure(trail, kv, snapshot, out);
    tr_kv_snapshot_drop(snapshot);
    return err;
}
