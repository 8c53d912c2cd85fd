#include "os/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static tr_err code_of(int error)
{
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return TR_E_NOT_FOUND;
    case EEXIST:
    case ENOTEMPTY:
        return TR_E_EXISTS;
    case EACCES:
    case EPERM:
    case EROFS:
        return TR_E_PERMISSION;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return TR_E_FULL;
    case ENOMEM:
        return TR_E_MEMORY;
    default:
        return TR_E_IO;
    }
}

tr_err tr_file_error(tr_trail *trail, int error, const char *doing, const char *name)
{
    const char *reason = strerrordesc_np(error);
    return tr_fail(trail, code_of(error), "%s %s: %s", doing, name,
                   reason == NULL ? "unknown error" : reason);
}

static tr_err fail(tr_trail *trail, int64_t result, const char *doing, const tr_file *file)
{
    return tr_file_error(trail, (int)-result, doing, file->name);
}

/* The end of a long path says more than its beginning. */
static void keep_name(tr_file *file, const char *path)
{
    size_t len = strlen(path), room = sizeof(file->name) - 1;
    if (len > room) {
        memcpy(file->name, "...", 3);
        memcpy(file->name + 3, path + len - (room - 3), room - 3);
        len = room;
    } else {
        memcpy(file->name, path, len);
    }
    file->name[len] = '\0';
}

tr_err tr_file_open(tr_trail *trail, tr_fs *fs, const char *path, int flags, unsigned mode,
                    tr_file *out)
{
    int handle;
    do handle = fs->open(fs, path, flags, mode);
    while (handle == -EINTR);
    keep_name(out, path);
    if (handle < 0) return fail(trail, handle, "cannot open", out);
    out->fs = fs;
    out->handle = handle;
    return TR_OK;
}

tr_err tr_file_close(tr_trail *trail, tr_file *file)
{
    int result = file->fs->close(file->fs, file->handle);
    file->handle = -1;
    return result < 0 ? fail(trail, result, "cannot close", file) : TR_OK;
}

tr_err tr_file_read_some(tr_trail *trail, tr_file *file, uint64_t offset, void *to, size_t len,
                         size_t *got)
{
    *got = 0;
    while (*got < len) {
        int64_t n = file->fs->read_at(file->fs, file->handle, (uint8_t *)to + *got, len - *got,
                                      offset + *got);
        if (n == -EINTR) continue;
        if (n < 0) return fail(trail, n, "cannot read", file);
        if (n == 0) break;
        *got += (size_t)n;
    }
    return TR_OK;
}

tr_err tr_file_read_at(tr_trail *trail, tr_file *file, uint64_t offset, void *to, size_t len)
{
    size_t got;
    TR_TRY(tr_file_read_some(trail, file, offset, to, len, &got));
    if (got == len) return TR_OK;
    return tr_fail_at(trail, TR_E_SHORT, offset + got, "cannot read %s: the file ends too early",
                      file->name);
}

/* Writes all of bytes, at offset or, if that is UINT64_MAX, at the end. */
static tr_err write_all(tr_trail *trail, tr_file *file, uint64_t offset, tr_bytes bytes)
{
    for (size_t done = 0; done < bytes.len;) {
        const uint8_t *from = bytes.data + done;
        size_t left = bytes.len - done;
        int64_t n = offset == UINT64_MAX
                        ? file->fs->append(file->fs, file->handle, from, left)
                        : file->fs->write_at(file->fs, file->handle, from, left, offset + done);
        if (n == -EINTR) continue;
        if (n == 0) n = -EIO; /* nothing written and no reason: do not turn for ever */
        if (n < 0) return fail(trail, n, "cannot write", file);
        done += (size_t)n;
    }
    return TR_OK;
}

tr_err tr_file_write_at(tr_trail *trail, tr_file *file, uint64_t offset, tr_bytes bytes)
{
    TR_ASSERT(offset <= (uint64_t)INT64_MAX - bytes.len);
    return write_all(trail, file, offset, bytes);
}

tr_err tr_file_append(tr_trail *trail, tr_file *file, tr_bytes bytes)
{
    return write_all(trail, file, UINT64_MAX, bytes);
}

static tr_err sync_file(tr_trail *trail, tr_file *file, bool data_only)
{
    int result;
    do result = file->fs->sync(file->fs, file->handle, data_only);
    while (result == -EINTR);
    if (result == 0) return TR_OK;
    (void)fail(trail, result, "cannot sync", file);
    if (trail != NULL) trail->code = TR_E_SYNC;
    return TR_E_SYNC;
}

tr_err tr_file_sync(tr_trail *trail, tr_file *file)
{
    return sync_file(trail, file, true);
}

tr_err tr_file_sync_all(tr_trail *trail, tr_file *file)
{
    return sync_file(trail, file, false);
}

tr_err tr_file_truncate(tr_trail *trail, tr_file *file, uint64_t size)
{
    int result;
    do result = file->fs->truncate(file->fs, file->handle, size);
    while (result == -EINTR);
    return result < 0 ? fail(trail, result, "cannot set the size of", file) : TR_OK;
}

tr_err tr_file_allocate(tr_trail *trail, tr_file *file, uint64_t size)
{
    int result;
    do result = file->fs->allocate(file->fs, file->handle, size);
    while (result == -EINTR);
    return result < 0 ? fail(trail, result, "cannot make room for", file) : TR_OK;
}

tr_err tr_file_lock(tr_trail *trail, tr_file *file)
{
    int result;
    do result = file->fs->lock(file->fs, file->handle);
    while (result == -EINTR);
    if (result == -EWOULDBLOCK)
        return tr_fail(trail, TR_E_LOCKED, "%s is in use by another process", file->name);
    return result < 0 ? fail(trail, result, "cannot lock", file) : TR_OK;
}

tr_err tr_file_get_info(tr_trail *trail, tr_file *file, tr_file_info *out)
{
    int result;
    do result = file->fs->info(file->fs, file->handle, out);
    while (result == -EINTR);
    return result < 0 ? fail(trail, result, "cannot look at", file) : TR_OK;
}

/* How much is asked for at a time: a file that does not know its size grows the buffer by steps. */
enum { READ_STEP = 1 << 16 };

static tr_err read_into(tr_trail *trail, tr_file *file, size_t limit, tr_buf *out)
{
    for (uint64_t offset = 0;;) {
        size_t want = TR_MIN((size_t)READ_STEP, limit - (size_t)offset), got;
        uint8_t beyond, *to = &beyond;
        if (want != 0) {
            to = tr_buf_reserve(out, want);
            if (to == NULL) return tr_fail(trail, tr_buf_err(out), "no memory for %s", file->name);
        }
        TR_TRY(tr_file_read_some(trail, file, offset, to, want == 0 ? 1 : want, &got));
        if (want == 0 && got != 0)
            return tr_fail_at(trail, TR_E_LIMIT, limit, "%s is longer than %zu bytes", file->name,
                              limit);
        out->len += want == 0 ? 0 : got;
        offset += got;
        if (want == 0 || got < want) return TR_OK;
    }
}

tr_err tr_file_read_all(tr_trail *trail, tr_fs *fs, const char *path, size_t limit, tr_buf *out)
{
    tr_file file;
    TR_TRY(tr_file_open(trail, fs, path, TR_OPEN_READ, 0, &file));
    tr_err err = read_into(trail, &file, limit, out);
    (void)tr_file_close(NULL, &file);
    return err;
}

static tr_err write_new(tr_trail *trail, tr_fs *fs, const char *path, tr_bytes bytes, unsigned mode)
{
    tr_file file;
    TR_TRY(
        tr_file_open(trail, fs, path, TR_OPEN_WRITE | TR_OPEN_NEW | TR_OPEN_NO_LINK, mode, &file));
    tr_err err = tr_file_write_at(trail, &file, 0, bytes);
    if (err == TR_OK) err = tr_file_sync_all(trail, &file);
    tr_err closed = tr_file_close(err == TR_OK ? trail : NULL, &file);
    return err == TR_OK ? closed : err;
}

/* The directory that path lies in. */
static void parent_of(const char *path, char out[TR_PATH_LIMIT])
{
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 1 : slash == path ? 1 : (size_t)(slash - path);
    memcpy(out, slash == NULL ? "." : path, len);
    out[len] = '\0';
}

tr_err tr_file_write_atomic(tr_trail *trail, tr_fs *fs, const char *path, tr_bytes bytes,
                            unsigned mode)
{
    char temporary[TR_PATH_LIMIT], parent[TR_PATH_LIMIT];
    size_t len = strlen(path);
    if (len == 0 || len + sizeof(".tmp") > sizeof(temporary))
        return tr_fail(trail, TR_E_ARGUMENT, "the path is empty or too long");
    memcpy(temporary, path, len);
    memcpy(temporary + len, ".tmp", sizeof(".tmp"));
    /* What an earlier crash left behind. */
    tr_err err = tr_file_remove(trail, fs, temporary);
    if (err != TR_OK && err != TR_E_NOT_FOUND) return err;
    err = write_new(trail, fs, temporary, bytes, mode);
    if (err == TR_OK) err = tr_file_rename(trail, fs, temporary, path);
    if (err != TR_OK) {
        if (err != TR_E_EXISTS) (void)fs->remove(fs, temporary);
        return err;
    }
    parent_of(path, parent);
    return tr_dir_sync(trail, fs, parent);
}

tr_err tr_file_rename(tr_trail *trail, tr_fs *fs, const char *from, const char *to)
{
    int result;
    do result = fs->rename(fs, from, to);
    while (result == -EINTR);
    return result < 0 ? tr_file_error(trail, -result, "cannot rename", from) : TR_OK;
}

tr_err tr_file_remove(tr_trail *trail, tr_fs *fs, const char *path)
{
    int result;
    do result = fs->remove(fs, path);
    while (result == -EINTR);
    return result < 0 ? tr_file_error(trail, -result, "cannot remove", path) : TR_OK;
}

tr_err tr_dir_make(tr_trail *trail, tr_fs *fs, const char *path, unsigned mode)
{
    int result;
    do result = fs->make_dir(fs, path, mode);
    while (result == -EINTR);
    return result < 0 ? tr_file_error(trail, -result, "cannot make the directory", path) : TR_OK;
}

tr_err tr_dir_sync(tr_trail *trail, tr_fs *fs, const char *path)
{
    tr_file dir;
    TR_TRY(tr_file_open(trail, fs, path, TR_OPEN_READ | TR_OPEN_DIRECTORY, 0, &dir));
    tr_err err = tr_file_sync_all(trail, &dir);
    (void)tr_file_close(NULL, &dir);
    return err;
}

typedef struct name_list {
    tr_arena *arena;
    const char **at;
    size_t count, cap;
    bool no_memory;
} name_list;

static bool add_name(void *context, const char *name)
{
    name_list *list = context;
    if (list->count == list->cap) {
        size_t cap = list->cap == 0 ? 16 : list->cap * 2;
        const char **at = TR_ARENA_ARRAY(list->arena, const char *, cap);
        if (at != NULL && list->count != 0) memcpy(at, list->at, list->count * sizeof(*at));
        list->no_memory = at == NULL;
        if (list->no_memory) return false;
        list->at = at;
        list->cap = cap;
    }
    tr_bytes copy = tr_arena_copy(list->arena, tr_bytes_of(name, strlen(name) + 1));
    list->no_memory = copy.data == NULL;
    if (list->no_memory) return false;
    list->at[list->count++] = (const char *)copy.data;
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

tr_err tr_dir_list(tr_trail *trail, tr_fs *fs, const char *path, tr_arena *arena, tr_names *out)
{
    name_list list = {.arena = arena};
    int result;
    do {
        list.count = 0;
        result = fs->list(fs, path, add_name, &list);
    } while (result == -EINTR);
    if (list.no_memory) return tr_fail(trail, TR_E_MEMORY, "no memory for the names in %s", path);
    if (result < 0) return tr_file_error(trail, -result, "cannot list", path);
    if (list.count > 1) qsort(list.at, list.count, sizeof(*list.at), by_name);
    *out = (tr_names){list.at, list.count};
    return TR_OK;
}
