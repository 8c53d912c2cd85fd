/* Files behind one interface, so that a test can supply short writes, failing syncs, a full disk
 * or a crash at the n-th call.
 *
 * The interface, tr_fs, is at the level of system calls: it may do less than it was asked and may
 * be interrupted.  The functions below it (tr_file_..., tr_dir_...) do all of what they were asked
 * or fail, and say in the trail which file and why.  Nothing here follows a plan of its own: no
 * cache, no thread, no retry after an error. */
#ifndef TR_OS_FILE_H
#define TR_OS_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base.h"

enum {
    TR_OPEN_READ = 1,
    TR_OPEN_WRITE = 2,
    TR_OPEN_APPEND = 4 | TR_OPEN_WRITE,
    TR_OPEN_CREATE = 8,     /* make the file if it is not there */
    TR_OPEN_NEW = 16 | 8,   /* make it, and fail if it is there */
    TR_OPEN_TRUNCATE = 32,  /* empty it */
    TR_OPEN_DIRECTORY = 64, /* a directory, to sync or lock it */
    TR_OPEN_NO_LINK = 128,  /* fail if the last part of the path is a symbolic link */
};

typedef enum tr_file_kind {
    TR_FILE_REGULAR,
    TR_FILE_DIRECTORY,
    TR_FILE_OTHER,
} tr_file_kind;

typedef struct tr_file_info {
    tr_file_kind kind;
    unsigned mode; /* permission bits */
    unsigned owner;
    uint64_t size;
    int64_t changed; /* wall time of the last change of content, ns */
} tr_file_info;

/* What a file system can do.  Each returns a value of 0 or more, or minus an errno; open returns a
 * handle.  Reads and writes may be short; any call may give -EINTR and is then made again. */
typedef struct tr_fs tr_fs;
struct tr_fs {
    int (*open)(tr_fs *fs, const char *path, int flags, unsigned mode);
    int (*close)(tr_fs *fs, int handle);
    int64_t (*read_at)(tr_fs *fs, int handle, void *to, size_t len, uint64_t offset);
    int64_t (*write_at)(tr_fs *fs, int handle, const void *from, size_t len, uint64_t offset);
    int64_t (*append)(tr_fs *fs, int handle, const void *from, size_t len);
    int (*sync)(tr_fs *fs, int handle, bool data_only);
    int (*truncate)(tr_fs *fs, int handle, uint64_t size);
    int (*allocate)(tr_fs *fs, int handle, uint64_t size); /* room for size bytes from 0 on */
    int (*lock)(tr_fs *fs, int handle); /* for this open file alone, or -EWOULDBLOCK */
    int (*info)(tr_fs *fs, int handle, tr_file_info *out);
    int (*rename)(tr_fs *fs, const char *from, const char *to);
    int (*remove)(tr_fs *fs, const char *path); /* a file or an empty directory */
    int (*make_dir)(tr_fs *fs, const char *path, unsigned mode);
    /* list calls each for every name but "." and "..", in any order, until it gives false. */
    int (*list)(tr_fs *fs, const char *path, bool (*each)(void *context, const char *name),
                void *context);
};

/* tr_fs_system is this machine's file system; any thread may use it and it is never freed. */
tr_fs *tr_fs_system(void);

enum { TR_FILE_NAME = 96, TR_PATH_LIMIT = 4096 };

/* An open file.  Any thread may use it; two that write the same place get what they ask for. */
typedef struct tr_file {
    tr_fs *fs;
    int handle;
    char name[TR_FILE_NAME]; /* the end of the path, for messages */
} tr_file;

/* tr_file_open opens a file; mode is for one that is made.  TR_E_NOT_FOUND, TR_E_EXISTS,
 * TR_E_PERMISSION, TR_E_FULL, TR_E_IO.  The program's children do not inherit it. */
TR_NODISCARD tr_err tr_file_open(tr_trail *trail, tr_fs *fs, const char *path, int flags,
                                 unsigned mode, tr_file *out);

/* tr_file_close ends the use of a file, error or not.  It says nothing about what is on disk. */
tr_err tr_file_close(tr_trail *trail, tr_file *file);

/* tr_file_read_at reads exactly len bytes; TR_E_SHORT when the file ends before. */
TR_NODISCARD tr_err tr_file_read_at(tr_trail *trail, tr_file *file, uint64_t offset, void *to,
                                    size_t len);

/* tr_file_read_some reads up to len bytes; fewer only at the end of the file. */
TR_NODISCARD tr_err tr_file_read_some(tr_trail *trail, tr_file *file, uint64_t offset, void *to,
                                      size_t len, size_t *got);

/* tr_file_write_at and tr_file_append write all of bytes.  After an error a part of them may be in
 * the file.  TR_E_FULL: the disk, the quota or the size limit is at its end. */
TR_NODISCARD tr_err tr_file_write_at(tr_trail *trail, tr_file *file, uint64_t offset,
                                     tr_bytes bytes);
TR_NODISCARD tr_err tr_file_append(tr_trail *trail, tr_file *file, tr_bytes bytes);

/* tr_file_sync waits until content and size are on disk, tr_file_sync_all until times and mode are
 * too.  TR_E_SYNC is final: the kernel may have dropped what it could not write, so that a second
 * try that succeeds proves nothing. */
TR_NODISCARD tr_err tr_file_sync(tr_trail *trail, tr_file *file);
TR_NODISCARD tr_err tr_file_sync_all(tr_trail *trail, tr_file *file);

TR_NODISCARD tr_err tr_file_truncate(tr_trail *trail, tr_file *file, uint64_t size);

/* tr_file_allocate makes room on disk for size bytes from the start; the file grows with zeros. */
TR_NODISCARD tr_err tr_file_allocate(tr_trail *trail, tr_file *file, uint64_t size);

/* tr_file_lock keeps other processes (and other opens of the same file) out until the file is
 * closed.  TR_E_LOCKED: somebody else has it; this never waits. */
TR_NODISCARD tr_err tr_file_lock(tr_trail *trail, tr_file *file);

TR_NODISCARD tr_err tr_file_get_info(tr_trail *trail, tr_file *file, tr_file_info *out);

/* tr_file_read_all adds a whole file of at most limit bytes to out.  TR_E_LIMIT when it is longer;
 * nothing beyond the limit is then read.  The file need not know its size (a pipe, /proc). */
TR_NODISCARD tr_err tr_file_read_all(tr_trail *trail, tr_fs *fs, const char *path, size_t limit,
                                     tr_buf *out);

/* tr_file_write_atomic gives path the content of bytes so that a crash at any moment leaves the
 * old content or the new one whole: a file path.tmp is written, synced and renamed, then the
 * directory is synced.  One writer of a path at a time.  After an error the old file is as it was,
 * but for TR_E_SYNC of the directory: then the new content is there and may not outlive a crash. */
TR_NODISCARD tr_err tr_file_write_atomic(tr_trail *trail, tr_fs *fs, const char *path,
                                         tr_bytes bytes, unsigned mode);

TR_NODISCARD tr_err tr_file_rename(tr_trail *trail, tr_fs *fs, const char *from, const char *to);

/* tr_file_remove removes a file or an empty directory.  Whoever cleans up after another error need
 * not look at the result. */
tr_err tr_file_remove(tr_trail *trail, tr_fs *fs, const char *path);

/* tr_dir_make makes a directory.  TR_E_EXISTS when something of that name is there. */
TR_NODISCARD tr_err tr_dir_make(tr_trail *trail, tr_fs *fs, const char *path, unsigned mode);

/* tr_dir_sync makes the names in a directory durable: after files were made, renamed, removed. */
TR_NODISCARD tr_err tr_dir_sync(tr_trail *trail, tr_fs *fs, const char *path);

/* tr_dir_list gives the names in a directory, sorted, in arena; names and the list die with it. */
typedef struct tr_names {
    const char **at;
    size_t count;
} tr_names;
TR_NODISCARD tr_err tr_dir_list(tr_trail *trail, tr_fs *fs, const char *path, tr_arena *arena,
                                tr_names *out);

/* tr_file_error turns an errno into a tr_err with a sentence "<doing> <name>: <reason>". */
tr_err tr_file_error(tr_trail *trail, int error, const char *doing, const char *name);

#endif
