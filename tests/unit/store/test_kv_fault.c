/* The key-value store on a disk that fails and a machine that loses power.
 *
 * LMDB writes through the C library, so the calls are defined here: what the program defines comes
 * before the C library's, for the library too.  The real file plays the part of the kernel's cache;
 * beside it lies an image of what is on the disk.  A sector that is written is uncertain until a
 * sync; a sync that fails leaves some sectors as they were, and the kernel forgets about them.  At
 * a loss of power the disk holds its image and any part of what is uncertain. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "os/heap.h"
#include "store/kv.h"
#include "store_dir.h"

enum { SECTOR = 512, DISK = 4 << 20, SECTORS = DISK / SECTOR, KEYS = 48, TABLES = 2 };

/* What the batches should have made: a version of each entry, 0 for none. */
typedef struct content {
    uint64_t position;
    uint32_t version[TABLES][KEYS];
} content;

typedef enum fault_kind { NO_FAULT, FULL, SHORT_AND_FULL, FAILS, FAULT_KINDS } fault_kind;

static struct {
    bool on;
    dev_t dev;
    ino_t ino;
    int cache; /* the file, to be read */
    uint8_t disk[DISK];
    uint8_t unsure[SECTORS]; /* written, not yet synced */
    size_t disk_size;        /* of the file, as far as it is on the disk */

    uint64_t random;
    unsigned op, fault_at, fault_ops, capture_at;
    fault_kind fault;
    bool full, faulted;

    content acked, flying; /* flying.position 0: no batch is being committed */

    bool captured;
    uint8_t image[DISK];
    size_t image_size;
    content image_acked, image_flying;
} sim;

static uint64_t draw(uint64_t below)
{
    sim.random = sim.random * 6364136223846793005 + 1442695040888963407;
    return (sim.random >> 33) % below;
}

static size_t cache_size(void)
{
    struct stat info;
    return fstat(sim.cache, &info) == 0 ? (size_t)info.st_size : 0;
}

static bool is_watched(int fd)
{
    struct stat info;
    return sim.on && fstat(fd, &info) == 0 && info.st_dev == sim.dev && info.st_ino == sim.ino;
}

static void read_cache(size_t sector, uint8_t to[SECTOR])
{
    memset(to, 0, SECTOR);
    (void)!pread(sim.cache, to, SECTOR, (off_t)(sector * SECTOR));
}

/* What is on the disk when the power goes now. */
static void capture(void)
{
    size_t size = cache_size(), durable = sim.disk_size;
    if (size > DISK) abort();
    sim.captured = true;
    memcpy(sim.image, sim.disk, DISK);
    if (size < durable) durable = size;
    sim.image_size = draw(2) ? size : durable + draw(size - durable + 1);
    uint64_t chance = draw(4); /* few, half, most or all of what is uncertain */
    for (size_t i = 0; i < SECTORS; i++) {
        if (sim.unsure[i] == 0 || draw(4) > chance) continue;
        read_cache(i, sim.image + i * SECTOR);
        size_t end = TR_MIN((i + 1) * SECTOR, size);
        if (end > sim.image_size) sim.image_size = end;
    }
    sim.image_acked = sim.acked;
    sim.image_flying = sim.flying;
}

static void count_op(void)
{
    if (sim.op++ == sim.capture_at) capture();
}

static bool fault_now(void)
{
    if (sim.op - 1 < sim.fault_at || sim.op - 1 >= sim.fault_at + sim.fault_ops) return false;
    sim.faulted = true;
    return sim.fault != NO_FAULT;
}

static void mark(size_t offset, size_t len)
{
    if (offset + len > DISK) abort();
    for (size_t i = offset / SECTOR; len != 0 && i <= (offset + len - 1) / SECTOR; i++)
        sim.unsure[i] = 1;
}

static void settle_sectors(size_t first, size_t last, bool fails)
{
    for (size_t i = first; i <= last && i < SECTORS; i++) {
        if (sim.unsure[i] == 0) continue;
        sim.unsure[i] = 0;
        if (!fails || draw(2)) read_cache(i, sim.disk + i * SECTOR);
    }
}

static void settle_size(void)
{
    sim.disk_size = TR_MAX(sim.disk_size, cache_size());
}

/* How much of a write is done before the fault, and which errno it is. */
static int fault_of_write(size_t *len)
{
    switch (sim.fault) {
    case FULL:
        sim.full = true;
        *len = 0;
        return ENOSPC;
    case SHORT_AND_FULL:
        sim.full = true;
        *len = *len <= SECTOR ? 0 : (1 + draw(*len / SECTOR - 1)) * SECTOR;
        return *len == 0 ? ENOSPC : 0;
    case FAILS:
        if (draw(2)) *len = 0; /* or it is in the cache all the same */
        return EIO;
    case NO_FAULT:
    case FAULT_KINDS:
        break;
    }
    return 0;
}

static ssize_t write_watched(int fd, const void *from, size_t len, off_t offset)
{
    count_op();
    size_t done = len;
    int error = fault_now() ? fault_of_write(&done) : 0;
    ssize_t put = done == 0 ? 0 : syscall(SYS_pwrite64, fd, from, done, offset);
    if (put > 0) mark((size_t)offset, (size_t)put);
    if ((fcntl(fd, F_GETFL) & O_DSYNC) != 0) {
        count_op();
        if (fault_now() && sim.fault == FAILS) error = EIO;
        if (put > 0)
            settle_sectors((size_t)offset / SECTOR, (size_t)(offset + put - 1) / SECTOR,
                           error == EIO);
        if (error == 0) settle_size();
    }
    if (error == 0) return put;
    errno = error;
    return -1;
}

/* Both names that a call can have, whatever the width of offsets is called. */
#define SEEN(result, function, name, ...)                                                          \
    __attribute__((visibility("default"), alias(#function)))                                       \
    result as_##name(__VA_ARGS__) __asm__(#name);

ssize_t sim_pwrite(int fd, const void *from, size_t len, off_t offset);
ssize_t sim_pwrite(int fd, const void *from, size_t len, off_t offset)
{
    if (is_watched(fd)) return write_watched(fd, from, len, offset);
    return syscall(SYS_pwrite64, fd, from, len, offset);
}

ssize_t sim_writev(int fd, const struct iovec *parts, int count);
ssize_t sim_writev(int fd, const struct iovec *parts, int count)
{
    static uint8_t joined[DISK];
    size_t len = 0;
    if (!is_watched(fd)) return syscall(SYS_writev, fd, parts, count);
    for (int i = 0; i < count; i++) {
        if (len + parts[i].iov_len > sizeof(joined)) abort();
        memcpy(joined + len, parts[i].iov_base, parts[i].iov_len);
        len += parts[i].iov_len;
    }
    off_t at = lseek(fd, 0, SEEK_CUR);
    ssize_t put = write_watched(fd, joined, len, at);
    if (put > 0) lseek(fd, at + put, SEEK_SET);
    return put;
}

int sim_fdatasync(int fd);
int sim_fdatasync(int fd)
{
    if (!is_watched(fd)) return (int)syscall(SYS_fdatasync, fd);
    count_op();
    bool fails = fault_now() && sim.fault == FAILS;
    settle_sectors(0, SECTORS - 1, fails);
    if (!fails) settle_size();
    errno = fails ? EIO : errno;
    return fails ? -1 : 0;
}

int sim_ftruncate(int fd, off_t size);
int sim_ftruncate(int fd, off_t size)
{
    if (is_watched(fd)) count_op();
    return (int)syscall(SYS_ftruncate, fd, size);
}

int sim_posix_fallocate(int fd, off_t offset, off_t len);
int sim_posix_fallocate(int fd, off_t offset, off_t len)
{
    if (is_watched(fd) && sim.full) return ENOSPC;
    return syscall(SYS_fallocate, fd, 0, offset, len) == 0 ? 0 : errno;
}

SEEN(ssize_t, sim_pwrite, pwrite, int fd, const void *from, size_t len, off_t offset)
SEEN(ssize_t, sim_pwrite, pwrite64, int fd, const void *from, size_t len, off_t offset)
SEEN(ssize_t, sim_writev, writev, int fd, const struct iovec *parts, int count)
SEEN(int, sim_fdatasync, fdatasync, int fd)
SEEN(int, sim_ftruncate, ftruncate, int fd, off_t size)
SEEN(int, sim_ftruncate, ftruncate64, int fd, off_t size)
SEEN(int, sim_posix_fallocate, posix_fallocate, int fd, off_t offset, off_t len)
SEEN(int, sim_posix_fallocate, posix_fallocate64, int fd, off_t offset, off_t len)

/* The store and its entries. */
static const char *const table_names[] = {"one", "two"};

static tr_err try_open(tr_trail *trail, const char *path, tr_kv **out)
{
    const tr_kv_options options = {.alloc = tr_heap(),
                                   .tables = table_names,
                                   .table_count = TABLES,
                                   .format = "test",
                                   .version = 1};
    return tr_kv_open(trail, path, &options, out);
}

static tr_kv *open_store(const char *path)
{
    tr_kv *kv = NULL;
    tr_trail trail;
    tr_err err = try_open(&trail, path, &kv);
    TR_CHECK_MSG(err == TR_OK, "%d %s", err, trail.text);
    return kv;
}

static tr_bytes value_of(size_t table, size_t key, uint32_t version)
{
    static uint8_t bytes[16000];
    uint64_t seed = version * 2654435761u + table * 977 + key;
    size_t len = seed % 23 == 0 ? 4000 + seed % 12000 : seed % 150;
    memset(bytes, (int)(seed >> 8), len);
    if (len >= 8) tr_store64le(bytes, seed);
    return tr_bytes_of(bytes, len);
}

static void check_content(tr_kv *kv, const content *want)
{
    tr_kv_snapshot *snapshot;
    TR_CHECK_OK(tr_kv_snapshot_take(NULL, kv, &snapshot));
    TR_CHECK_EQ(tr_kv_position(snapshot), want->position);
    for (size_t t = 0; t < TABLES; t++) {
        uint64_t count, there = 0;
        for (size_t k = 0; k < KEYS; k++) {
            uint8_t key = (uint8_t)(k + 1);
            tr_bytes value;
            tr_err err = tr_kv_get(NULL, snapshot, (tr_kv_table)t, tr_bytes_of(&key, 1), &value);
            uint32_t version = want->version[t][k];
            TR_CHECK_ERR(err, version == 0 ? TR_E_NOT_FOUND : TR_OK);
            if (version == 0) continue;
            TR_CHECK_BYTES(value, value_of(t, k, version));
            there++;
        }
        TR_CHECK_OK(tr_kv_count(NULL, snapshot, (tr_kv_table)t, &count));
        TR_CHECK_EQ(count, there);
    }
    tr_kv_snapshot_drop(snapshot);
}

/* Whichever of the two it is; *now is set to it. */
static void check_either(tr_kv *kv, const content *acked, const content *flying, content *now)
{
    tr_kv_snapshot *snapshot;
    TR_CHECK_OK(tr_kv_snapshot_take(NULL, kv, &snapshot));
    uint64_t position = tr_kv_position(snapshot);
    tr_kv_snapshot_drop(snapshot);
    *now = position == flying->position ? *flying : *acked;
    check_content(kv, now);
}

/* One batch.  TR_OK or the error; sim.acked is up to date after TR_OK. */
static tr_err one_batch(tr_kv *kv, tr_trail *trail)
{
    tr_kv_write *write;
    content next = sim.acked;
    next.position++;
    tr_err err = tr_kv_write_begin(trail, kv, &write);
    if (err != TR_OK) return err;
    size_t changes = 1 + draw(30);
    for (size_t i = 0; i < changes && err == TR_OK; i++) {
        size_t t = draw(TABLES), k = draw(KEYS);
        uint8_t key = (uint8_t)(k + 1);
        uint32_t version = draw(4) == 0 ? 0 : (uint32_t)next.position * 100 + (uint32_t)i;
        next.version[t][k] = version;
        err = version == 0 ? tr_kv_remove(trail, write, (tr_kv_table)t, tr_bytes_of(&key, 1))
                           : tr_kv_put(trail, write, (tr_kv_table)t, tr_bytes_of(&key, 1),
                                       value_of(t, k, version));
    }
    TR_CHECK_OK(err); /* nothing is written before the commit of so small a batch */
    sim.flying = next;
    err = tr_kv_write_commit(trail, write, next.position);
    if (err != TR_OK) return err; /* flying stays: it may be there */
    sim.acked = next;
    sim.flying.position = 0;
    return TR_OK;
}

/* The image as a store: opens, has the acknowledged batches, and can be written on. */
static void check_image(void)
{
    const char *path = in_dir("after"), *data = in_dir("after/data.mdb");
    content acked = sim.acked, flying = sim.flying, now;
    bool on = sim.on;
    sim.on = false;
    remove_tree(path);
    TR_CHECK(mkdir(path, 0700) == 0);
    tr_file file;
    TR_CHECK_OK(
        tr_file_open(NULL, tr_fs_system(), data, TR_OPEN_WRITE | TR_OPEN_CREATE, 0600, &file));
    TR_CHECK_OK(tr_file_write_at(NULL, &file, 0, tr_bytes_of(sim.image, sim.image_size)));
    TR_CHECK_OK(tr_file_close(NULL, &file));
    tr_kv *kv = open_store(path);
    check_either(kv, &sim.image_acked, &sim.image_flying, &now);
    TR_CHECK_OK(tr_kv_check(NULL, kv));
    sim.acked = now;
    for (size_t i = 0; i < 2; i++) TR_CHECK_OK(one_batch(kv, NULL));
    check_content(kv, &sim.acked);
    TR_CHECK_OK(tr_kv_check(NULL, kv));
    tr_kv_close(kv);
    sim.acked = acked;
    sim.flying = flying;
    sim.on = on;
    sim.captured = false;
}

static void watch(const char *data)
{
    struct stat info;
    int fd = open(data, O_RDONLY | O_CLOEXEC);
    TR_CHECK(fd >= 0 && fstat(fd, &info) == 0 && info.st_size <= DISK);
    memset(sim.disk, 0, DISK);
    memset(sim.unsure, 0, SECTORS);
    TR_CHECK(pread(fd, sim.disk, DISK, 0) == info.st_size);
    sim.disk_size = (size_t)info.st_size;
    sim.dev = info.st_dev;
    sim.ino = info.st_ino;
    sim.cache = fd;
    sim.on = true;
}

/* After an error of a batch: what the store promises then.  Gives the store to go on with. */
static tr_kv *after_error(tr_kv *kv, const char *path, tr_err err, const tr_trail *trail)
{
    content now;
    tr_kv_write *write;
    bool full = sim.fault == FULL || sim.fault == SHORT_AND_FULL;
    TR_CHECK_MSG(sim.faulted, "%d %s", err, trail->text);
    sim.full = false;
    sim.fault = NO_FAULT;
    if (full && err == TR_E_FULL) { /* usable, with the content that it had */
        check_content(kv, &sim.acked);
        sim.flying.position = 0;
        TR_CHECK_OK(tr_kv_check(NULL, kv));
        return kv;
    }
    TR_CHECK_MSG(err == TR_E_SYNC || (!full && err == TR_E_IO), "%d %s", err, trail->text);
    TR_CHECK_ERR(tr_kv_write_begin(NULL, kv, &write), TR_E_STATE);
    tr_kv_close(kv);
    if (draw(2)) { /* the power goes, or the process begins again on the same machine */
        capture();
        check_image();
    }
    kv = open_store(path);
    check_either(kv, &sim.acked, &sim.flying, &now);
    sim.acked = now;
    sim.flying.position = 0;
    return kv;
}

TR_PROP(acknowledged_batches_outlive_faults_and_power)
{
    make_dir();
    char path[128], data[128];
    snprintf(path, sizeof(path), "%s", in_dir("kv"));
    snprintf(data, sizeof(data), "%s", in_dir("kv/data.mdb"));
    sim.on = false;
    sim.random = tr_gen_u64(g);
    memset(&sim.acked, 0, sizeof(sim.acked));
    sim.flying.position = 0;
    sim.full = sim.faulted = sim.captured = false;
    sim.fault = NO_FAULT;
    sim.op = 0;
    sim.capture_at = UINT32_MAX;
    tr_kv_close(open_store(path));
    watch(data);
    sim.fault = (fault_kind)tr_gen_below(g, FAULT_KINDS);
    sim.fault_at = (unsigned)tr_gen_below(g, 50);
    sim.fault_ops = 1 + (unsigned)tr_gen_below(g, 4);
    tr_kv *kv = NULL;
    tr_trail trail;
    tr_trail_clear(&trail);
    tr_err err = try_open(&trail, path, &kv);
    if (err != TR_OK) { /* the first writes of all were those that failed */
        TR_CHECK_MSG(sim.faulted, "%d %s", err, trail.text);
        sim.fault = NO_FAULT;
        sim.full = false;
        kv = open_store(path);
    }
    size_t batches = 3 + tr_gen_below(g, 10);
    for (size_t b = 0; b < batches; b++) {
        sim.capture_at = draw(2) ? UINT32_MAX : sim.op + (unsigned)draw(8);
        err = one_batch(kv, &trail);
        if (sim.captured) check_image();
        if (err != TR_OK) kv = after_error(kv, path, err, &trail);
    }
    check_content(kv, &sim.acked);
    tr_kv_close(kv);
    capture();
    TR_CHECK_EQ(sim.image_flying.position, 0);
    check_image();
    sim.on = false;
    close(sim.cache);
    remove_dir();
}
