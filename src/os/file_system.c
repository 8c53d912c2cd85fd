/* The file system of this machine. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/file.h"

/* One call never moves more than this; the kernel itself stops a little below 2 GiB. */
enum { ONE_CALL = 1 << 30 };

static int result_of(int64_t value)
{
    return value < 0 ? -errno : (int)value;
}

static int system_open(tr_fs *fs, const char *path, int flags, unsigned mode)
{
    (void)fs;
    int how = O_CLOEXEC | O_NOCTTY;
    bool reads = (flags & TR_OPEN_READ) != 0, writes = (flags & TR_OPEN_WRITE) != 0;
    how |= writes ? (reads ? O_RDWR : O_WRONLY) : O_RDONLY;
    if ((flags & TR_OPEN_APPEND) == TR_OPEN_APPEND) how |= O_APPEND;
    if ((flags & TR_OPEN_CREATE) != 0) how |= O_CREAT;
    if ((flags & TR_OPEN_NEW) == TR_OPEN_NEW) how |= O_EXCL;
    if ((flags & TR_OPEN_TRUNCATE) != 0) how |= O_TRUNC;
    if ((flags & TR_OPEN_DIRECTORY) != 0) how |= O_DIRECTORY;
    if ((flags & TR_OPEN_NO_LINK) != 0) how |= O_NOFOLLOW;
    return result_of(open(path, how, mode));
}

static int system_close(tr_fs *fs, int handle)
{
    (void)fs;
    /* On Linux the handle is gone even when close was interrupted. */
    int result = result_of(close(handle));
    return result == -EINTR ? 0 : result;
}

static int64_t system_read_at(tr_fs *fs, int handle, void *to, size_t len, uint64_t offset)
{
    (void)fs;
    if (len > ONE_CALL) len = ONE_CALL;
    ssize_t got = pread(handle, to, len, (off_t)offset);
    /* Pipes and terminals have no offset: what is read next is what comes next. */
    if (got < 0 && errno == ESPIPE) got = read(handle, to, len);
    return got < 0 ? -errno : got;
}

static int64_t system_write_at(tr_fs *fs, int handle, const void *from, size_t len, uint64_t offset)
{
    (void)fs;
    ssize_t put = pwrite(handle, from, len > ONE_CALL ? ONE_CALL : len, (off_t)offset);
    return put < 0 ? -errno : put;
}

static int64_t system_append(tr_fs *fs, int handle, const void *from, size_t len)
{
    (void)fs;
    ssize_t put = write(handle, from, len > ONE_CALL ? ONE_CALL : len);
    return put < 0 ? -errno : put;
}

static int system_sync(tr_fs *fs, int handle, bool data_only)
{
    (void)fs;
    return result_of(data_only ? fdatasync(handle) : fsync(handle));
}

static int system_truncate(tr_fs *fs, int handle, uint64_t size)
{
    (void)fs;
    return result_of(ftruncate(handle, (off_t)size));
}

static int system_allocate(tr_fs *fs, int handle, uint64_t size)
{
    (void)fs;
    return -posix_fallocate(handle, 0, (off_t)size);
}

static int system_lock(tr_fs *fs, int handle)
{
    (void)fs;
    return result_of(flock(handle, LOCK_EX | LOCK_NB));
}

static int system_info(tr_fs *fs, int handle, tr_file_info *out)
{
    (void)fs;
    struct stat info;
    if (fstat(handle, &info) != 0) return -errno;
    *out = (tr_file_info){
        .kind = S_ISREG(info.st_mode)   ? TR_FILE_REGULAR
                : S_ISDIR(info.st_mode) ? TR_FILE_DIRECTORY
                                        : TR_FILE_OTHER,
        .mode = info.st_mode & 07777,
        .owner = info.st_uid,
        .size = (uint64_t)info.st_size,
        .changed = info.st_mtim.tv_sec * TR_NS_PER_S + info.st_mtim.tv_nsec,
    };
    return 0;
}

static int system_rename(tr_fs *fs, const char *from, const char *to)
{
    (void)fs;
    return result_of(rename(from, to));
}

static int system_remove(tr_fs *fs, const char *path)
{
    (void)fs;
    return result_of(remove(path));
}

static int system_make_dir(tr_fs *fs, const char *path, unsigned mode)
{
    (void)fs;
    return result_of(mkdir(path, mode));
}

static int system_list(tr_fs *fs, const char *path, bool (*each)(void *context, const char *name),
                       void *context)
{
    (void)fs;
    DIR *dir = opendir(path);
    if (dir == NULL) return -errno;
    int result = 0;
    for (bool more = true; more;) {
        errno = 0;
        const struct dirent *entry = readdir(dir);
        if (entry == NULL) {
            result = -errno;
            break;
        }
        const char *name = entry->d_name;
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0) more = each(context, name);
    }
    closedir(dir);
    return result;
}

tr_fs *tr_fs_system(void)
{
    static tr_fs system = {
        .open = system_open,
        .close = system_close,
        .read_at = system_read_at,
        .write_at = system_write_at,
        .append = system_append,
        .sync = system_sync,
        .truncate = system_truncate,
        .allocate = system_allocate,
        .lock = system_lock,
        .info = system_info,
        .rename = system_rename,
        .remove = system_remove,
        .make_dir = system_make_dir,
        .list = system_list,
    };
    return &system;
}
