#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness.h"
#include "os/clock.h"
#include "os/file.h"

/* A directory for one test, removed with all in it by remove_dir. */
static char dir[64];

static void make_dir(void)
{
    strcpy(dir, "/tmp/trestle-test-XXXXXX");
    TR_CHECK(mkdtemp(dir) != NULL);
}

static const char *in_dir(const char *name)
{
    static char paths[4][128];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
    return path;
}

static void remove_dir(void)
{
    tr_names names;
    TR_CHECK_OK(tr_dir_list(NULL, tr_fs_system(), dir, tr_test_arena(), &names));
    for (size_t i = 0; i < names.count; i++)
        TR_CHECK_OK(tr_file_remove(NULL, tr_fs_system(), in_dir(names.at[i])));
    TR_CHECK_OK(tr_file_remove(NULL, tr_fs_system(), dir));
}

static tr_bytes content(tr_fs *fs, const char *path)
{
    tr_buf buf;
    tr_buf_init(&buf, &tr_test_arena()->alloc, SIZE_MAX);
    TR_CHECK_OK(tr_file_read_all(NULL, fs, path, 1 << 20, &buf));
    return tr_buf_view(&buf);
}

TR_TEST(read_write_append_truncate)
{
    make_dir();
    tr_fs *fs = tr_fs_system();
    tr_file file;
    const char *path = in_dir("a");
    TR_CHECK_OK(
        tr_file_open(NULL, fs, path, TR_OPEN_READ | TR_OPEN_WRITE | TR_OPEN_NEW, 0640, &file));
    TR_CHECK_OK(tr_file_write_at(NULL, &file, 3, TR_LIT("world")));
    TR_CHECK_OK(tr_file_write_at(NULL, &file, 0, TR_LIT("the")));
    uint8_t bytes[9] = "........";
    size_t got;
    TR_CHECK_OK(tr_file_read_at(NULL, &file, 2, bytes, 6));
    TR_CHECK_STR((char *)bytes, "eworld..");
    tr_trail trail;
    TR_CHECK_ERR(tr_file_read_at(&trail, &file, 2, bytes, 7), TR_E_SHORT);
    TR_CHECK_EQ(trail.offset, 8);
    TR_CHECK_OK(tr_file_read_some(NULL, &file, 2, bytes, 7, &got));
    TR_CHECK_EQ(got, 6);
    TR_CHECK_OK(tr_file_sync(NULL, &file));
    TR_CHECK_OK(tr_file_truncate(NULL, &file, 4));
    tr_file_info info;
    TR_CHECK_OK(tr_file_get_info(NULL, &file, &info));
    TR_CHECK_EQ(info.size, 4);
    TR_CHECK_EQ(info.kind, TR_FILE_REGULAR);
    TR_CHECK_EQ(info.mode & 0700, 0600);
    TR_CHECK_EQ(info.owner, getuid());
    int64_t now = tr_clock_wall(tr_clock_system());
    TR_CHECK(info.changed <= now + TR_NS_PER_S && info.changed > now - 600 * TR_NS_PER_S);
    TR_CHECK_OK(tr_file_close(NULL, &file));
    TR_CHECK_OK(tr_file_open(NULL, fs, path, TR_OPEN_APPEND, 0, &file));
    TR_CHECK_OK(tr_file_append(NULL, &file, TR_LIT("!")));
    TR_CHECK_OK(tr_file_append(NULL, &file, TR_LIT("")));
    TR_CHECK_OK(tr_file_close(NULL, &file));
    TR_CHECK_BYTES(content(fs, path), TR_LIT("thew!"));
    TR_CHECK_OK(tr_file_open(NULL, fs, path, TR_OPEN_WRITE | TR_OPEN_TRUNCATE, 0, &file));
    TR_CHECK_OK(tr_file_allocate(NULL, &file, 10000));
    TR_CHECK_OK(tr_file_get_info(NULL, &file, &info));
    TR_CHECK_EQ(info.size, 10000);
    TR_CHECK_OK(tr_file_close(NULL, &file));
    remove_dir();
}

static void check_open(const char *path, int flags, tr_err want, const char *text)
{
    tr_file file;
    tr_trail trail;
    TR_CHECK_ERR(tr_file_open(&trail, tr_fs_system(), path, flags, 0600, &file), want);
    TR_CHECK_STR(trail.text, text);
}

TR_TEST(errors_name_the_file_and_the_reason)
{
    check_open("/nowhere/at/all", TR_OPEN_READ, TR_E_NOT_FOUND,
               "cannot open /nowhere/at/all: No such file or directory");
    check_open("/dev/null/x", TR_OPEN_READ, TR_E_NOT_FOUND,
               "cannot open /dev/null/x: Not a directory");
    check_open("/tmp", TR_OPEN_WRITE, TR_E_IO, "cannot open /tmp: Is a directory");
    make_dir();
    TR_CHECK(symlink("/tmp", in_dir("link")) == 0);
    tr_file file;
    TR_CHECK_ERR(tr_file_open(NULL, tr_fs_system(), in_dir("link"), TR_OPEN_READ | TR_OPEN_NO_LINK,
                              0, &file),
                 TR_E_IO);
    TR_CHECK_ERR(tr_dir_make(NULL, tr_fs_system(), dir, 0700), TR_E_EXISTS);
    TR_CHECK_ERR(tr_file_remove(NULL, tr_fs_system(), in_dir("none")), TR_E_NOT_FOUND);
    TR_CHECK_ERR(tr_file_remove(NULL, tr_fs_system(), dir), TR_E_EXISTS);
    TR_CHECK_ERR(tr_file_rename(NULL, tr_fs_system(), in_dir("none"), in_dir("x")), TR_E_NOT_FOUND);
    tr_names names;
    TR_CHECK_ERR(tr_dir_list(NULL, tr_fs_system(), in_dir("none"), tr_test_arena(), &names),
                 TR_E_NOT_FOUND);
    remove_dir();
    tr_trail trail;
    TR_CHECK_ERR(tr_file_error(&trail, ENOSPC, "cannot write", "x"), TR_E_FULL);
    TR_CHECK_STR(trail.text, "cannot write x: No space left on device");
    TR_CHECK_ERR(tr_file_error(&trail, EACCES, "cannot write", "x"), TR_E_PERMISSION);
    TR_CHECK_ERR(tr_file_error(&trail, ENOMEM, "cannot write", "x"), TR_E_MEMORY);
    TR_CHECK_ERR(tr_file_error(&trail, 12345, "cannot write", "x"), TR_E_IO);
    TR_CHECK_STR(trail.text, "cannot write x: unknown error");
}

TR_TEST(long_paths_keep_their_end_in_messages)
{
    char path[200];
    memset(path, 'a', sizeof(path));
    memcpy(path, "/nowhere/", 9);
    strcpy(path + 190, "/the-end");
    tr_file file;
    TR_CHECK_ERR(tr_file_open(NULL, tr_fs_system(), path, TR_OPEN_READ, 0, &file), TR_E_NOT_FOUND);
    TR_CHECK_EQ(strlen(file.name), TR_FILE_NAME - 1);
    TR_CHECK(strncmp(file.name, "...aaa", 6) == 0 && strstr(file.name, "/the-end") != NULL);
}

TR_TEST(only_one_has_the_lock)
{
    make_dir();
    tr_file a, b;
    const char *path = in_dir("lock");
    tr_fs *fs = tr_fs_system();
    TR_CHECK_OK(tr_file_open(NULL, fs, path, TR_OPEN_WRITE | TR_OPEN_CREATE, 0600, &a));
    TR_CHECK_OK(tr_file_open(NULL, fs, path, TR_OPEN_WRITE | TR_OPEN_CREATE, 0600, &b));
    TR_CHECK_OK(tr_file_lock(NULL, &a));
    TR_CHECK_ERR(tr_file_lock(NULL, &b), TR_E_LOCKED);
    TR_CHECK_OK(tr_file_close(NULL, &a));
    TR_CHECK_OK(tr_file_lock(NULL, &b));
    TR_CHECK_OK(tr_file_close(NULL, &b));
    remove_dir();
}

TR_TEST(names_are_sorted)
{
    make_dir();
    tr_names names;
    TR_CHECK_OK(tr_dir_list(NULL, tr_fs_system(), dir, tr_test_arena(), &names));
    TR_CHECK_EQ(names.count, 0);
    char name[8];
    for (unsigned i = 0; i < 50; i++) {
        snprintf(name, sizeof(name), "f%02u", i * 37 % 50);
        tr_file file;
        TR_CHECK_OK(tr_file_open(NULL, tr_fs_system(), in_dir(name), TR_OPEN_WRITE | TR_OPEN_CREATE,
                                 0600, &file));
        TR_CHECK_OK(tr_file_close(NULL, &file));
    }
    TR_CHECK_OK(tr_dir_list(NULL, tr_fs_system(), dir, tr_test_arena(), &names));
    TR_CHECK_EQ(names.count, 50);
    for (unsigned i = 0; i < 50; i++) {
        snprintf(name, sizeof(name), "f%02u", i);
        TR_CHECK_STR(names.at[i], name);
    }
    remove_dir();
}

TR_TEST(a_file_over_the_limit_is_not_read)
{
    make_dir();
    tr_fs *fs = tr_fs_system();
    const char *path = in_dir("big");
    tr_bytes big = {tr_arena_get(tr_test_arena(), 200000, 1), 200000};
    memset((void *)(uintptr_t)big.data, 'x', big.len);
    TR_CHECK_OK(tr_file_write_atomic(NULL, fs, path, big, 0600));
    tr_buf buf;
    tr_buf_init(&buf, tr_test_alloc(), SIZE_MAX);
    TR_CHECK_ERR(tr_file_read_all(NULL, fs, path, 199999, &buf), TR_E_LIMIT);
    TR_CHECK_EQ(buf.len, 199999);
    tr_buf_clear(&buf);
    TR_CHECK_OK(tr_file_read_all(NULL, fs, path, 200000, &buf));
    TR_CHECK_BYTES(tr_buf_view(&buf), big);
    tr_buf_clear(&buf);
    TR_CHECK_OK(tr_file_read_all(NULL, fs, "/proc/self/status", 1 << 20, &buf));
    TR_CHECK(buf.len > 100);
    tr_buf_free(&buf);
    remove_dir();
}

static tr_err read_it(tr_alloc *alloc, void *context)
{
    tr_buf buf;
    tr_buf_init(&buf, alloc, SIZE_MAX);
    tr_err err = tr_file_read_all(NULL, tr_fs_system(), context, 1 << 20, &buf);
    tr_buf_free(&buf);
    return err;
}

static tr_err list_it(tr_alloc *alloc, void *context)
{
    tr_arena arena;
    tr_arena_init(&arena, alloc, SIZE_MAX);
    tr_names names;
    tr_err err = tr_dir_list(NULL, tr_fs_system(), context, &arena, &names);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(reading_without_memory_is_an_error)
{
    tr_test_out_of_memory(read_it, (void *)(uintptr_t) "/proc/self/status");
    tr_test_out_of_memory(list_it, (void *)(uintptr_t) "/proc/self");
}

/* A file system that bends the calls of the real one. */
typedef struct bent {
    tr_fs fs;
    int calls;
    int fail_at, error;  /* the call that fails, and how */
    size_t short_to;     /* reads and writes move at most this much; 0: all */
    int interrupt_every; /* every n-th call gives -EINTR first */
    bool zero;           /* writes move nothing */
} bent;

static int bend(bent *b)
{
    b->calls++;
    if (b->interrupt_every != 0 && b->calls % b->interrupt_every == 0) return -EINTR;
    return b->fail_at != 0 && b->calls == b->fail_at ? -b->error : 0;
}

static size_t shorter(const bent *b, size_t len)
{
    return b->short_to != 0 && len > b->short_to ? b->short_to : len;
}

#define BEND(fs)                                                                                   \
    bent *b = (bent *)(fs);                                                                        \
    int bent_error = bend(b);                                                                      \
    if (bent_error != 0) return bent_error;                                                        \
    tr_fs *real = tr_fs_system()

static int bent_open(tr_fs *fs, const char *path, int flags, unsigned mode)
{
    BEND(fs);
    return real->open(real, path, flags, mode);
}

static int bent_close(tr_fs *fs, int handle)
{
    (void)fs;
    return tr_fs_system()->close(tr_fs_system(), handle);
}

static int64_t bent_read_at(tr_fs *fs, int handle, void *to, size_t len, uint64_t offset)
{
    BEND(fs);
    return real->read_at(real, handle, to, shorter(b, len), offset);
}

static int64_t bent_write_at(tr_fs *fs, int handle, const void *from, size_t len, uint64_t offset)
{
    BEND(fs);
    if (b->zero) return 0;
    return real->write_at(real, handle, from, shorter(b, len), offset);
}

static int64_t bent_append(tr_fs *fs, int handle, const void *from, size_t len)
{
    BEND(fs);
    return real->append(real, handle, from, shorter(b, len));
}

static int bent_sync(tr_fs *fs, int handle, bool data_only)
{
    BEND(fs);
    return real->sync(real, handle, data_only);
}

static int bent_truncate(tr_fs *fs, int handle, uint64_t size)
{
    BEND(fs);
    return real->truncate(real, handle, size);
}

static int bent_allocate(tr_fs *fs, int handle, uint64_t size)
{
    BEND(fs);
    return real->allocate(real, handle, size);
}

static int bent_lock(tr_fs *fs, int handle)
{
    BEND(fs);
    return real->lock(real, handle);
}

static int bent_info(tr_fs *fs, int handle, tr_file_info *out)
{
    BEND(fs);
    return real->info(real, handle, out);
}

static int bent_rename(tr_fs *fs, const char *from, const char *to)
{
    BEND(fs);
    return real->rename(real, from, to);
}

static int bent_remove(tr_fs *fs, const char *path)
{
    BEND(fs);
    return real->remove(real, path);
}

static int bent_make_dir(tr_fs *fs, const char *path, unsigned mode)
{
    BEND(fs);
    return real->make_dir(real, path, mode);
}

static int bent_list(tr_fs *fs, const char *path, bool (*each)(void *context, const char *name),
                     void *context)
{
    BEND(fs);
    return real->list(real, path, each, context);
}

static bent bent_fs(void)
{
    return (bent){.fs = {bent_open, bent_close, bent_read_at, bent_write_at, bent_append, bent_sync,
                         bent_truncate, bent_allocate, bent_lock, bent_info, bent_rename,
                         bent_remove, bent_make_dir, bent_list}};
}

/* All kinds of calls once. */
static tr_err use_everything(tr_fs *fs)
{
    tr_file file;
    tr_file_info info;
    tr_names names;
    tr_buf buf;
    uint8_t bytes[30];
    const char *path = in_dir("all");
    TR_TRY(
        tr_file_open(NULL, fs, path, TR_OPEN_READ | TR_OPEN_APPEND | TR_OPEN_CREATE, 0600, &file));
    tr_err err = tr_file_truncate(NULL, &file, 0);
    if (err == TR_OK) err = tr_file_allocate(NULL, &file, 4);
    if (err == TR_OK) err = tr_file_lock(NULL, &file);
    if (err == TR_OK) err = tr_file_append(NULL, &file, TR_LIT("twelve bytes, and some more..."));
    if (err == TR_OK) err = tr_file_sync(NULL, &file);
    if (err == TR_OK) err = tr_file_get_info(NULL, &file, &info);
    if (err == TR_OK) err = tr_file_read_at(NULL, &file, 4, bytes, sizeof(bytes));
    (void)tr_file_close(NULL, &file);
    TR_TRY(err);
    tr_buf_init(&buf, &tr_test_arena()->alloc, SIZE_MAX);
    TR_TRY(tr_file_read_all(NULL, fs, path, 1000, &buf));
    TR_TRY(tr_file_rename(NULL, fs, path, in_dir("moved")));
    TR_TRY(tr_dir_make(NULL, fs, in_dir("sub"), 0700));
    TR_TRY(tr_dir_list(NULL, fs, dir, tr_test_arena(), &names));
    TR_TRY(tr_file_remove(NULL, fs, in_dir("sub")));
    TR_TRY(tr_file_remove(NULL, fs, in_dir("moved")));
    bool right = info.size == 34 && names.count == 2 && buf.len == 34 &&
                 memcmp(bytes, "twelve bytes, and some more...", 30) == 0;
    return right ? TR_OK : TR_E_STATE;
}

TR_TEST(interrupted_and_short_calls_are_made_whole)
{
    make_dir();
    for (int every = 2; every < 5; every++) {
        bent b = bent_fs();
        b.interrupt_every = every;
        b.short_to = 1 + (size_t)every;
        TR_CHECK_OK(use_everything(&b.fs));
    }
    remove_dir();
}

TR_TEST(every_call_that_fails_is_an_error)
{
    make_dir();
    bent count = bent_fs();
    TR_CHECK_OK(use_everything(&count.fs));
    TR_CHECK(count.calls > 14);
    for (int n = 1; n <= count.calls; n++) {
        bent b = bent_fs();
        b.fail_at = n;
        b.error = EIO;
        tr_err err = use_everything(&b.fs);
        TR_CHECK_MSG(err == TR_E_IO || err == TR_E_SYNC, "call %d: %s", n, tr_err_name(err));
        remove_dir();
        TR_CHECK(mkdir(dir, 0700) == 0);
    }
    bent b = bent_fs();
    b.zero = true;
    tr_file file;
    TR_CHECK_OK(
        tr_file_open(NULL, &b.fs, in_dir("z"), TR_OPEN_WRITE | TR_OPEN_CREATE, 0600, &file));
    TR_CHECK_ERR(tr_file_write_at(NULL, &file, 0, TR_LIT("x")), TR_E_IO);
    TR_CHECK_OK(tr_file_close(NULL, &file));
    remove_dir();
}

TR_TEST(atomic_write_leaves_the_old_or_the_new)
{
    make_dir();
    const char *path = in_dir("config");
    tr_bytes old = TR_LIT("the old content"), new = TR_LIT("and the new one, which is longer");
    TR_CHECK_OK(tr_file_write_atomic(NULL, tr_fs_system(), path, old, 0600));
    bent count = bent_fs();
    TR_CHECK_OK(tr_file_write_atomic(NULL, &count.fs, path, new, 0600));
    TR_CHECK_BYTES(content(tr_fs_system(), path), new);
    TR_CHECK_EQ(count.calls, 7);
    for (int n = 1; n <= count.calls; n++) {
        TR_CHECK_OK(tr_file_write_atomic(NULL, tr_fs_system(), path, old, 0600));
        bent b = bent_fs();
        b.fail_at = n;
        b.error = ENOSPC;
        b.short_to = 100;
        tr_trail trail;
        tr_err err = tr_file_write_atomic(&trail, &b.fs, path, new, 0600);
        bool sync = n == 4 || n == 7; /* remove, open, write, sync, rename, open, sync */
        TR_CHECK_ERR(err, sync ? TR_E_SYNC : TR_E_FULL);
        TR_CHECK_EQ(trail.code, (uint64_t)err);
        TR_CHECK_BYTES(content(tr_fs_system(), path), n >= 6 ? new : old);
        tr_names names;
        TR_CHECK_OK(tr_dir_list(NULL, tr_fs_system(), dir, tr_test_arena(), &names));
        TR_CHECK_EQ(names.count, 1);
    }
    remove_dir();
}

TR_TEST(atomic_write_replaces_what_a_crash_left)
{
    make_dir();
    tr_fs *fs = tr_fs_system();
    TR_CHECK_OK(tr_file_write_atomic(NULL, fs, in_dir("k.tmp"), TR_LIT("half"), 0666));
    TR_CHECK_OK(tr_file_write_atomic(NULL, fs, in_dir("k"), TR_LIT("whole"), 0600));
    TR_CHECK_BYTES(content(fs, in_dir("k")), TR_LIT("whole"));
    struct stat info;
    TR_CHECK(stat(in_dir("k"), &info) == 0);
    TR_CHECK_EQ(info.st_mode & 0777, 0600);
    remove_dir();
    char path[TR_PATH_LIMIT + 1];
    memset(path, 'a', sizeof(path));
    path[TR_PATH_LIMIT] = '\0';
    TR_CHECK_ERR(tr_file_write_atomic(NULL, fs, path, TR_LIT("x"), 0600), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_file_write_atomic(NULL, fs, "", TR_LIT("x"), 0600), TR_E_ARGUMENT);
}

TR_TEST(atomic_write_without_a_directory_in_the_path)
{
    make_dir();
    char before[4096];
    TR_CHECK(getcwd(before, sizeof(before)) != NULL && chdir(dir) == 0);
    TR_CHECK_OK(tr_file_write_atomic(NULL, tr_fs_system(), "plain", TR_LIT("x"), 0600));
    TR_CHECK(chdir(before) == 0);
    TR_CHECK_BYTES(content(tr_fs_system(), in_dir("plain")), TR_LIT("x"));
    remove_dir();
}
