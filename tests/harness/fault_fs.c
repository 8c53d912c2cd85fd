#include "fault_fs.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "os/random.h"

enum { SECTOR = 512, NAMES = 256, NAME = 200, HANDLES = 128, PENDING = 256 };

/* A file or a directory, without a name. */
typedef struct inode inode;
struct inode {
    inode *next;
    bool is_dir, locked;
    uint8_t *seen, *disk;
    uint64_t size, disk_size, cap;
    uint8_t *dirty; /* of each sector: not on disk as it is seen */
};

typedef struct entry {
    char path[NAME];
    inode *file; /* NULL: free */
} entry;

/* A change of names that is not on disk: from (may be empty) goes away, to (may be empty) becomes
 * file. */
typedef struct change {
    char from[NAME], to[NAME];
    inode *file;
} change;

typedef struct handle {
    inode *file; /* NULL: free */
    char path[NAME];
    bool reads, writes, has_lock;
} handle;

struct tr_fault_fs {
    tr_fs fs;
    pthread_mutex_t lock;
    tr_random_seeded random;
    inode *inodes;
    entry seen[NAMES], disk[NAMES];
    change changes[PENDING];
    size_t change_count;
    handle handles[HANDLES];
    tr_fault_plan plan;
    uint64_t calls, syncs;
    bool crashed;
};

static void *must(void *memory)
{
    if (memory == NULL) abort();
    return memory;
}

static uint64_t below(tr_fault_fs *f, uint64_t n)
{
    return tr_random_next_below(&f->random, n);
}

static bool chance(tr_fault_fs *f, unsigned of_100)
{
    return of_100 != 0 && below(f, 100) < of_100;
}

/* Names. */
static entry *find(entry *table, const char *path)
{
    for (size_t i = 0; i < NAMES; i++)
        if (table[i].file != NULL && strcmp(table[i].path, path) == 0) return &table[i];
    return NULL;
}

static void put_name(entry *table, const char *path, inode *file)
{
    entry *e = find(table, path);
    for (size_t i = 0; e == NULL && i < NAMES; i++)
        if (table[i].file == NULL) e = &table[i];
    must(e);
    strcpy(e->path, path);
    e->file = file;
}

static void drop_name(entry *table, const char *path)
{
    entry *e = find(table, path);
    if (e != NULL) e->file = NULL;
}

/* Paths without "//", "/." and "/..", and none at the end. */
static bool clean_path(const char *path, char out[NAME])
{
    size_t len = 0;
    while (*path != '\0') {
        while (*path == '/') path++;
        size_t n = strcspn(path, "/");
        if (n == 0) break;
        if (n == 2 && memcmp(path, "..", 2) == 0) {
            while (len > 0 && out[--len] != '/') continue;
        } else if (!(n == 1 && *path == '.')) {
            if (len + n + 2 > NAME) return false;
            out[len++] = '/';
            memcpy(out + len, path, n);
            len += n;
        }
        path += n;
    }
    out[len] = '\0';
    return true;
}

static void parent_of(const char *path, char out[NAME])
{
    strcpy(out, path);
    *strrchr(out, '/') = '\0';
}

static bool is_in(const char *path, const char *directory)
{
    char parent[NAME];
    if (path[0] == '\0') return false;
    parent_of(path, parent);
    return strcmp(parent, directory) == 0;
}

static bool has_parent(entry *table, const char *path)
{
    char parent[NAME];
    if (path[0] == '\0') return true;
    parent_of(path, parent);
    const entry *e = find(table, parent);
    return e != NULL && e->file->is_dir;
}

static void apply(entry *table, const change *c)
{
    if (c->from[0] != '\0') drop_name(table, c->from);
    if (c->to[0] != '\0') put_name(table, c->to, c->file);
}

static void remember(tr_fault_fs *f, const char *from, const char *to, inode *file)
{
    if (f->change_count == PENDING) abort();
    change *c = &f->changes[f->change_count++];
    strcpy(c->from, from);
    strcpy(c->to, to);
    c->file = file;
    apply(f->seen, c);
}

/* Content. */
static inode *new_inode(tr_fault_fs *f, bool is_dir)
{
    inode *n = must(calloc(1, sizeof(*n)));
    n->is_dir = is_dir;
    n->next = f->inodes;
    f->inodes = n;
    return n;
}

static void *grown(void *old, uint64_t from, uint64_t to)
{
    uint8_t *memory = must(realloc(old, to));
    memset(memory + from, 0, to - from);
    return memory;
}

/* Memory for so many bytes; what is beyond a size is always zero. */
static void make_room(inode *n, uint64_t size)
{
    uint64_t cap = TR_MAX(n->cap, (uint64_t)4 * SECTOR);
    while (cap < size) cap *= 2;
    if (cap == n->cap) return;
    n->seen = grown(n->seen, n->cap, cap);
    n->disk = grown(n->disk, n->cap, cap);
    n->dirty = grown(n->dirty, n->cap / SECTOR, cap / SECTOR);
    n->cap = cap;
}

static void sector_to_disk(inode *n, uint64_t sector)
{
    memcpy(n->disk + sector * SECTOR, n->seen + sector * SECTOR, SECTOR);
    n->dirty[sector] = 0;
}

/* Some of the sectors go to disk of themselves. */
static void write_back(tr_fault_fs *f, inode *n, uint64_t from, uint64_t to)
{
    for (uint64_t s = from / SECTOR; s * SECTOR < to; s++) {
        if (n->dirty[s] && below(f, 2) == 0) {
            sector_to_disk(n, s);
            n->dirty[s] = 1; /* whether it stays so is not known before the next sync */
        }
    }
}

static void mark(inode *n, uint64_t from, uint64_t to)
{
    for (uint64_t s = from / SECTOR; s * SECTOR < to; s++) n->dirty[s] = 1;
}

static void set_size(inode *n, uint64_t size)
{
    make_room(n, size);
    if (size < n->size) {
        memset(n->seen + size, 0, n->size - size);
        mark(n, size, n->size);
    }
    n->size = size;
}

static void all_to_disk(inode *n)
{
    for (uint64_t s = 0; s * SECTOR < n->cap; s++)
        if (n->dirty[s]) sector_to_disk(n, s);
    n->disk_size = n->size;
}

/* Calls. */
static int enter(tr_fault_fs *f)
{
    pthread_mutex_lock(&f->lock);
    if (f->crashed) return -EIO;
    return chance(f, f->plan.interrupted) ? -EINTR : 0;
}

static int64_t leave(tr_fault_fs *f, int64_t result)
{
    pthread_mutex_unlock(&f->lock);
    return result;
}

/* Counts a call that changes something: an error, or 0.  *begun: it ends in the middle. */
static int count(tr_fault_fs *f, bool *begun)
{
    f->calls++;
    *begun = f->calls == f->plan.crash;
    f->crashed = *begun;
    return f->calls == f->plan.fail_call ? -EIO : 0;
}

/* For calls that are done or not done at all. */
static int enter_change(tr_fault_fs *f)
{
    int result = enter(f);
    bool begun;
    if (result == 0) result = count(f, &begun);
    if (result == 0 && begun && below(f, 2) == 0) result = -EIO;
    return result;
}

static handle *handle_at(tr_fault_fs *f, int number)
{
    return number >= 0 && number < HANDLES && f->handles[number].file != NULL ? &f->handles[number]
                                                                              : NULL;
}

static int open_locked(tr_fault_fs *f, const char *given, int flags)
{
    char path[NAME];
    if (!clean_path(given, path)) return -ENAMETOOLONG;
    const entry *e = find(f->seen, path);
    int at = 0;
    while (at < HANDLES && f->handles[at].file != NULL) at++;
    if (at == HANDLES) return -EMFILE;
    if (e != NULL && (flags & TR_OPEN_NEW) == TR_OPEN_NEW) return -EEXIST;
    if (e == NULL && ((flags & TR_OPEN_CREATE) == 0 || !has_parent(f->seen, path))) return -ENOENT;
    if (e != NULL && (flags & TR_OPEN_DIRECTORY) != 0 && !e->file->is_dir) return -ENOTDIR;
    if (e != NULL && (flags & TR_OPEN_WRITE) != 0 && e->file->is_dir) return -EISDIR;
    if (e == NULL || (flags & TR_OPEN_TRUNCATE) != 0) {
        bool begun;
        int result = count(f, &begun);
        if (result != 0 || begun) return result != 0 ? result : -EIO;
    }
    if (e == NULL) remember(f, "", path, new_inode(f, false));
    e = find(f->seen, path);
    if ((flags & TR_OPEN_TRUNCATE) != 0) set_size(e->file, 0);
    f->handles[at] = (handle){.file = e->file,
                              .reads = (flags & TR_OPEN_READ) != 0 || (flags & 2) == 0,
                              .writes = (flags & TR_OPEN_WRITE) != 0};
    strcpy(f->handles[at].path, path);
    return at;
}

static int fault_open(tr_fs *fs, const char *path, int flags, unsigned mode)
{
    tr_fault_fs *f = (tr_fault_fs *)fs;
    (void)mode;
    int result = enter(f);
    return (int)leave(f, result != 0 ? result : open_locked(f, path, flags));
}

static int fault_close(tr_fs *fs, int number)
{
    tr_fault_fs *f = (tr_fault_fs *)fs;
    pthread_mutex_lock(&f->lock);
    handle *h = handle_at(f, number);
    if (h == NULL) return (int)leave(f, -EBADF);
    if (h->has_lock) h->file->locked = false;
    h->file = NULL;
    return (int)leave(f, 0);
}

static int64_t fault_read_at(tr_fs *fs, int number, void *to, size_t len, uint64_t offset)
{
    tr_fault_fs *f = (tr_fault_fs *)fs;
    int result = enter(f);
    if (result != 0) return leave(f, result);
    const handle *h = handle_at(f, number);
    if (h == NULL || !h->reads) return leave(f, -EBADF);
    if (h->file->is_dir) return leave(f, -EISDIR);
    if (offset >= h->file->size) return leave(f, 0);
    len = (size_t)TR_MIN(len, h->file->size - offset);
    if (len > 1 && chance(f, f->plan.shortened)) len = 1 + (size_t)below(f, len);
    if (len != 0) memcpy(to, h->file->seen + offset, len);
    return leave(f, (int64_t)len);
}

/* How many of len bytes at offset there is room for. */
static size_t what_fits(tr_fault_fs *f, const inode *n, uint64_t offset, size_t len)
{
    if (f->plan.room == 0 || offset + len <= n->size) return len;
    uint64_t end = n->size + (f->plan.room - 1); /* 1 stands for a disk that is full */
    return end <= offset ? 0 : (size_t)TR_MIN(len, end - offset);
}

static int64_t write_locked(tr_fault_fs *f, inode *n, const void *from, size_t len, uint64_t offset)
{
    bool begun;
    int result = count(f, &begun);
    if (result != 0) return result;
    if (len > 1 && (begun || chance(f, f->plan.shortened))) len = (size_t)below(f, len + 1);
    if (len == 0) return begun ? -EIO : -EINTR;
    len = what_fits(f, n, offset, len);
    if (len == 0) return -ENOSPC;
    make_room(n, offset + len);
    /* What was there before may have gone to disk, and what is written now may. */
    if (chance(f, f->plan.writeback)) write_back(f, n, offset, offset + len);
    if (offset + len > n->size) {
        if (f->plan.room != 0) f->plan.room -= offset + len - n->size;
        n->size = offset + len;
    }
    memcpy(n->seen + offset, from, len);
    mark(n, offset, offset + len);
    if (chance(f, f->plan.writeback)) write_back(f, n, offset, offset + len);
    return begun ? -EIO : (int64_t)len;
}

static int64_t fault_write_at(tr_fs *fs, int number, const void *from, size_t len, uint64_t offset)
{
    tr_fault_fs *f = (tr_fault_fs *)fs;
    int result = enter(f);
    if (result != 0) return leave(f, result);
    const handle *h = handle_at(f, number);
    if (h == NULL || !h->writes) return leave(f, -EBADF);
    return leave(f, len == 0 ? 0 : write_locked(f, h->file, from, len, offset));
}

static int64_t fault_append(tr_fs *fs, int number, const void *from, size_t len)
{
    tr_fault_fs *f = (tr_fault_fs *)fs;
    int result = enter(f);
    if (result != 0) return leave(f, result);
    const handle *h = handle_at(f, number);
    if (h == NULL || !h->writes) return leave(f, -EBADF);
    return leave(f, len == 0 ? 0 : write_locked(f, h->file, from, len, h->file->size));
}

static void sync_names(tr_fault_fs *f, const char *directory)
{
    size_t kept = 0;
    for (size_t i = 0; i < f->change_count; i++) {
        const change *c = &f->changes[i];
        if (is_in(c->to, directory) || is_in(c->from, directory))
            apply(f->disk, c);
        else
            f->changes[kept++] = *c;
    }
    f->change_count = kept;
}

/* Each sector is on disk or never gets there, and nobody can see which. */
static void fail_sync(tr_fault_fs *f, inode *n)
{
    for (uint64_t s = 0; s * SECTOR < n->cap; s++) {
        if (n->dirty[s] && below(f, 2) == 0) sector_to_disk(n, s);
        n->dirty[s] = 0;
    }
}

static int fault_sync(tr_fs *fs, int number, bool data_only)
{
    tr_fault_fs *f = (tr_fault_fs *)fs;
    bool begun = false;
    (void)data_only;
    int result = enter(f);
    if (result == 0) result = count(f, &begun);
    const handle *h = handle_at(f, number);
    if (result == 0 && h == NULL) result = -EBADF;
    if (result != 0) return (int)leave(f, result);
    if (++f->syncs == f->plan.fail_sync) {
        fail_sync(f, h->file);
        return (int)leave(f, -EIO);
    }
    if (begun) {
        write_back(f, h->file, 0, h->file->cap);
        return (int)leave(f, -EIO);
    }
    if (h->file->is_dir)
        sync_names(f, h->path);
    else
        all_to_disk(h->file);
    return (int)leave(f, 0);
}

static int fault_truncate(tr_fs *fs, int number, uint64_t size)
{
    tr_fault_fs *f = (tr_fault_fs *)fs;
    int result = enter_change(f);
    const handle *h = handle_at(f, number);
    if (result == 0 && (h == NULL || !h->writes)) result = -EBADF;
    if (result == 0) set_size(h->file, size);
    return (int)leave(f, result);
}

static int fault_allocate(tr_fs *fs, int number, uint64_t size)
{
    tr_fault_fs *f = (tr_fault_fs *)fs;
    int result = enter_change(f);
    const handle *h = handle_at(f, number);
    if (result == 0 && (h == NULL || !h->writes)) result = -EBADF;
    if (result == 0 && size > h->file->size) {
        uint64_t more = size - h->file->size;
        if (f->plan.room != 0 && more >= f->plan.room)
            result = -ENOSPC;
        else
            set_size(h->file, size);
        if (result == 0 && f->plan.room != 0) f->plan.room -= more;
    }
    return (int)leave(f, result);
}

static int fault_lock(tr_fs *fs, int number)
{
    tr_fault_fs *f = (tr_fault_fs *)fs;
    int result = enter(f);
    handle *h = handle_at(f, number);
    if (result == 0 && h == NULL) result = -EBADF;
    if (result == 0 && h->file->locked && !h->has_lock) result = -EWOULDBLOCK;
    if (result == 0) h->has_lock = h->file->locked = true;
    return (int)leave(f, result);
}

static int fault_info(tr_fs *fs, int number, tr_file_info *out)
{
    tr_fault_fs *f = (tr_fault_fs *)fs;
    int result = enter(f);
    const handle *h = handle_at(f, number);
    if (result == 0 && h == NULL) result = -EBADF;
    if (result == 0)
        *out = (tr_file_info){.kind = h->file->is_dir ? TR_FILE_DIRECTORY : TR_FILE_REGULAR,
                              .mode = 0600,
                              .size = h->file->size};
    return (int)leave(f, result);
}

static int fault_rename(tr_fs *fs, const char *from, const char *to)
{
    tr_fault_fs *f = (tr_fault_fs *)fs;
    char clean_from[NAME], clean_to[NAME];
    int result = enter_change(f);
    if (result == 0 && !(clean_path(from, clean_from) && clean_path(to, clean_to)))
        result = -ENAMETOOLONG;
    if (result == 0) {
        const entry *e = find(f->seen, clean_from);
        if (e == NULL || !has_parent(f->seen, clean_to))
            result = -ENOENT;
        else if (e->file->is_dir)
            result = -ENOSYS; /* the names in it would have to go with it */
        else
            remember(f, clean_from, clean_to, e->file);
    }
    return (int)leave(f, result);
}

static int fault_remove(tr_fs *fs, const char *path)
{
    tr_fault_fs *f = (tr_fault_fs *)fs;
    char clean[NAME];
    int result = enter_change(f);
    if (result == 0 && !clean_path(path, clean)) result = -ENAMETOOLONG;
    if (result == 0 && find(f->seen, clean) == NULL) result = -ENOENT;
    for (size_t i = 0; result == 0 && i < NAMES; i++)
        if (f->seen[i].file != NULL && is_in(f->seen[i].path, clean)) result = -ENOTEMPTY;
    if (result == 0) remember(f, clean, "", NULL);
    return (int)leave(f, result);
}

static int fault_make_dir(tr_fs *fs, const char *path, unsigned mode)
{
    tr_fault_fs *f = (tr_fault_fs *)fs;
    char clean[NAME];
    (void)mode;
    int result = enter_change(f);
    if (result == 0 && !clean_path(path, clean)) result = -ENAMETOOLONG;
    if (result == 0 && find(f->seen, clean) != NULL) result = -EEXIST;
    if (result == 0 && !has_parent(f->seen, clean)) result = -ENOENT;
    if (result == 0) remember(f, "", clean, new_inode(f, true));
    return (int)leave(f, result);
}

static int fault_list(tr_fs *fs, const char *path, bool (*each)(void *context, const char *name),
                      void *context)
{
    tr_fault_fs *f = (tr_fault_fs *)fs;
    char clean[NAME];
    int result = enter(f);
    if (result == 0 && !clean_path(path, clean)) result = -ENAMETOOLONG;
    const entry *directory = result == 0 ? find(f->seen, clean) : NULL;
    if (result == 0 && directory == NULL) result = -ENOENT;
    if (result == 0 && !directory->file->is_dir) result = -ENOTDIR;
    for (size_t i = 0; result == 0 && i < NAMES; i++) {
        const entry *e = &f->seen[i];
        if (e->file != NULL && is_in(e->path, clean) && !each(context, strrchr(e->path, '/') + 1))
            break;
    }
    return (int)leave(f, result);
}

tr_fault_fs *tr_fault_new(uint64_t seed)
{
    tr_fault_fs *f = must(calloc(1, sizeof(*f)));
    f->fs = (tr_fs){
        .open = fault_open,
        .close = fault_close,
        .read_at = fault_read_at,
        .write_at = fault_write_at,
        .append = fault_append,
        .sync = fault_sync,
        .truncate = fault_truncate,
        .allocate = fault_allocate,
        .lock = fault_lock,
        .info = fault_info,
        .rename = fault_rename,
        .remove = fault_remove,
        .make_dir = fault_make_dir,
        .list = fault_list,
    };
    pthread_mutex_init(&f->lock, NULL);
    tr_random_seed(&f->random, seed);
    inode *root = new_inode(f, true);
    put_name(f->seen, "", root);
    put_name(f->disk, "", root);
    return f;
}

void tr_fault_free(tr_fault_fs *f)
{
    while (f->inodes != NULL) {
        inode *n = f->inodes;
        f->inodes = n->next;
        free(n->seen);
        free(n->disk);
        free(n->dirty);
        free(n);
    }
    pthread_mutex_destroy(&f->lock);
    free(f);
}

tr_fs *tr_fault_fs_of(tr_fault_fs *f)
{
    return &f->fs;
}

void tr_fault_set(tr_fault_fs *f, const tr_fault_plan *plan)
{
    pthread_mutex_lock(&f->lock);
    f->plan = *plan;
    f->calls = f->syncs = 0;
    pthread_mutex_unlock(&f->lock);
}

bool tr_fault_crashed(tr_fault_fs *f)
{
    pthread_mutex_lock(&f->lock);
    bool crashed = f->crashed;
    pthread_mutex_unlock(&f->lock);
    return crashed;
}

uint64_t tr_fault_calls(tr_fault_fs *f)
{
    pthread_mutex_lock(&f->lock);
    uint64_t calls = f->calls;
    pthread_mutex_unlock(&f->lock);
    return calls;
}

void tr_fault_kill(tr_fault_fs *f)
{
    for (inode *n = f->inodes; n != NULL; n = n->next) n->locked = false;
    memset(f->handles, 0, sizeof(f->handles));
    f->plan = (tr_fault_plan){0};
    f->calls = f->syncs = 0;
    f->crashed = false;
}

static void lose(tr_fault_fs *f, inode *n)
{
    uint64_t size = n->disk_size;
    make_room(n, TR_MAX(size, n->size));
    if (size != n->size) {
        uint64_t low = TR_MIN(size, n->size), high = TR_MAX(size, n->size);
        uint64_t which = below(f, 3);
        size = which == 0 ? low : which == 1 ? high : low + below(f, high - low + 1);
    }
    for (uint64_t s = 0; s * SECTOR < n->cap; s++)
        if (n->dirty[s] && below(f, 2) == 0) sector_to_disk(n, s);
    if (n->cap != 0) {
        memset(n->dirty, 0, n->cap / SECTOR);
        memset(n->disk + size, 0, n->cap - size);
        memcpy(n->seen, n->disk, n->cap);
    }
    n->size = n->disk_size = size;
}

void tr_fault_power_loss(tr_fault_fs *f)
{
    for (size_t i = 0; i < f->change_count; i++)
        if (below(f, 2) == 0) apply(f->disk, &f->changes[i]);
    f->change_count = 0;
    for (bool again = true; again;) { /* what lay in a directory that is gone */
        again = false;
        for (size_t i = 0; i < NAMES; i++) {
            entry *e = &f->disk[i];
            if (e->file == NULL || has_parent(f->disk, e->path)) continue;
            e->file = NULL;
            again = true;
        }
    }
    memcpy(f->seen, f->disk, sizeof(f->seen));
    for (inode *n = f->inodes; n != NULL; n = n->next) lose(f, n);
    tr_fault_kill(f);
}

void tr_fault_damage(tr_fault_fs *f, const char *path, uint64_t offset, uint8_t flip)
{
    char clean[NAME];
    if (!clean_path(path, clean)) abort();
    const entry *e = must(find(f->seen, clean));
    if (offset >= e->file->size) abort();
    e->file->seen[offset] ^= flip;
    e->file->disk[offset] ^= flip;
}

void tr_fault_put(tr_fault_fs *f, const char *path, tr_bytes content)
{
    char clean[NAME];
    if (!clean_path(path, clean) || !has_parent(f->seen, clean)) abort();
    inode *n = new_inode(f, false);
    set_size(n, content.len);
    if (content.len != 0) memcpy(n->seen, content.data, content.len);
    mark(n, 0, content.len);
    all_to_disk(n);
    put_name(f->seen, clean, n);
    put_name(f->disk, clean, n);
}

unsigned tr_fault_open_files(tr_fault_fs *f)
{
    unsigned open = 0;
    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < HANDLES; i++) open += f->handles[i].file != NULL;
    pthread_mutex_unlock(&f->lock);
    return open;
}
