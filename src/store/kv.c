/* Opening a store: who may, what it is, and the way from an older version. */
#include "store/kv.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "os/clock.h"
#include "store/kv_internal.h"

enum { LAYOUT = 1, FORMAT_MAX = 255 };

static const char DATA[] = "/data.mdb", NEW[] = "/new.mdb";

tr_err tr_kv_path_of(tr_trail *trail, const char *directory, const char *tail,
                     char out[TR_PATH_LIMIT])
{
    int len = snprintf(out, TR_PATH_LIMIT, "%s%s", directory, tail);
    if (len < 0 || len >= TR_PATH_LIMIT)
        return tr_fail(trail, TR_E_ARGUMENT, "the path of the store is too long");
    return TR_OK;
}

tr_err tr_kv_fail(tr_trail *trail, const tr_kv *kv, int error, const char *doing)
{
    const char *path = kv->path;
    switch (error) {
    case MDB_NOTFOUND:
        return tr_fail(trail, TR_E_NOT_FOUND, "%s %s: not found", doing, path);
    case MDB_MAP_FULL:
        return tr_fail(trail, TR_E_FULL, "%s %s: the store has reached its size limit", doing,
                       path);
    case MDB_TXN_FULL:
        return tr_fail(trail, TR_E_LIMIT, "%s %s: the batch is too large", doing, path);
    case MDB_READERS_FULL:
        return tr_fail(trail, TR_E_LIMIT, "%s %s: more than %d snapshots are held", doing, path,
                       TR_KV_SNAPSHOTS_MAX);
    case MDB_BAD_VALSIZE:
        return tr_fail(trail, TR_E_ARGUMENT, "%s %s: a key has 1 to %d bytes", doing, path,
                       TR_KV_KEY_MAX);
    case MDB_PANIC:
    case MDB_BAD_TXN:
        return tr_fail(trail, TR_E_STATE, "%s %s: not after a write that failed", doing, path);
    default:
        if (error > 0) return tr_file_error(trail, error, doing, path);
        return tr_fail(trail, TR_E_KV_DAMAGED, "%s %s: %s", doing, path, mdb_strerror(error));
    }
}

bool tr_kv_is_network(uint64_t magic)
{
    static const uint32_t magics[] = {
        0x6969,     /* NFS */
        0x517b,     /* SMB */
        0xff534d42, /* CIFS */
        0xfe534d42, /* SMB 2 */
        0x5346414f, /* AFS */
        0x6b414653, /* AFS in the kernel */
        0x73757245, /* Coda */
        0x564c,     /* NCP */
        0x01021997, /* 9P */
        0x00c36400, /* Ceph */
        0x0bd00bd0, /* Lustre */
    };
    for (size_t i = 0; i < TR_COUNTOF(magics); i++)
        if (magics[i] == magic) return true;
    return false;
}

tr_err tr_kv_lock(tr_trail *trail, const char *directory, tr_file *out)
{
    struct stat opened, named;
    TR_TRY(
        tr_file_open(trail, tr_fs_system(), directory, TR_OPEN_READ | TR_OPEN_DIRECTORY, 0, out));
    tr_err err = tr_file_lock(trail, out);
    if (err == TR_E_LOCKED)
        err = tr_fail(trail, err, "the store in %s is open in another process", directory);
    /* Between opening and locking another directory may have come in its place. */
    if (err == TR_OK && (fstat(out->handle, &opened) != 0 || stat(directory, &named) != 0 ||
                         opened.st_ino != named.st_ino || opened.st_dev != named.st_dev))
        err = tr_fail(trail, TR_E_LOCKED, "the store in %s was just replaced", directory);
    if (err != TR_OK) tr_file_close(NULL, out);
    return err;
}

static tr_err check_file_system(tr_trail *trail, const tr_file *directory)
{
    struct statfs info;
    if (fstatfs(directory->handle, &info) == 0 && tr_kv_is_network((uint64_t)info.f_type))
        return tr_fail(trail, TR_E_UNSUPPORTED,
                       "a store cannot lie in %s: it is on a network file system", directory->name);
    return TR_OK;
}

/* The records about the store itself. */
static int get_u32(MDB_txn *txn, MDB_dbi self, const char *name, uint32_t *out)
{
    MDB_val key = {strlen(name), (void *)(uintptr_t)name}, value;
    int rc = mdb_get(txn, self, &key, &value);
    if (rc == 0 && value.mv_size != 4) rc = MDB_CORRUPTED;
    if (rc == 0) *out = tr_load32le(value.mv_data);
    return rc;
}

static int put_record(MDB_txn *txn, MDB_dbi self, const char *name, const void *data, size_t len)
{
    MDB_val key = {strlen(name), (void *)(uintptr_t)name};
    MDB_val value = {len, (void *)(uintptr_t)data};
    return mdb_put(txn, self, &key, &value, 0);
}

static int put_u32(MDB_txn *txn, MDB_dbi self, const char *name, uint32_t number)
{
    uint8_t bytes[4];
    tr_store32le(bytes, number);
    return put_record(txn, self, name, bytes, sizeof(bytes));
}

tr_err tr_kv_get_state(tr_trail *trail, tr_kv *kv, MDB_txn *txn, tr_kv_state *out)
{
    MDB_val key = {5, (void *)(uintptr_t) "state"}, value;
    int rc = mdb_get(txn, kv->self, &key, &value);
    if (rc == 0 && value.mv_size != 16) rc = MDB_CORRUPTED;
    if (rc != 0) return tr_kv_fail(trail, kv, rc, "cannot read the position of");
    *out = (tr_kv_state){tr_load64le(value.mv_data), tr_load64le((uint8_t *)value.mv_data + 8)};
    return TR_OK;
}

static tr_err open_tables(tr_trail *trail, tr_kv *kv, MDB_txn *txn, const tr_kv_options *options,
                          unsigned flags)
{
    for (size_t i = 0; i < options->table_count; i++) {
        snprintf(kv->names[i], sizeof(kv->names[i]), "t/%s", options->tables[i]);
        int rc = mdb_dbi_open(txn, kv->names[i], flags, &kv->tables[i]);
        if (rc == MDB_NOTFOUND)
            return tr_fail(trail, TR_E_NOT_FOUND, "the store in %s has no table %s", kv->path,
                           options->tables[i]);
        if (rc != 0) return tr_kv_fail(trail, kv, rc, "cannot open a table of");
    }
    kv->table_count = options->table_count;
    return TR_OK;
}

/* A new store is made under another name, so that it is there wholly or not at all. */
static tr_err fill_new(tr_trail *trail, tr_kv *kv, const tr_kv_options *options)
{
    MDB_txn *txn;
    uint8_t state[16] = {0};
    int rc = mdb_txn_begin(kv->env, NULL, 0, &txn);
    if (rc != 0) return tr_kv_fail(trail, kv, rc, "cannot make");
    tr_store64le(state + 8, mdb_txn_id(txn));
    rc = mdb_dbi_open(txn, TR_KV_SELF_TABLE, MDB_CREATE, &kv->self);
    if (rc == 0) rc = put_u32(txn, kv->self, "layout", LAYOUT);
    if (rc == 0) rc = put_u32(txn, kv->self, "version", options->version);
    if (rc == 0) rc = put_record(txn, kv->self, "format", options->format, strlen(options->format));
    if (rc == 0) rc = put_record(txn, kv->self, "state", state, sizeof(state));
    if (rc == 0)
        rc = mdb_txn_commit(txn);
    else
        mdb_txn_abort(txn);
    return rc == 0 ? TR_OK : tr_kv_fail(trail, kv, rc, "cannot make");
}

static tr_err sync_file(tr_trail *trail, const char *path)
{
    tr_file file;
    TR_TRY(tr_file_open(trail, tr_fs_system(), path, TR_OPEN_READ, 0, &file));
    tr_err err = tr_file_sync_all(trail, &file);
    tr_file_close(NULL, &file);
    return err;
}

static tr_err make_store(tr_trail *trail, tr_kv *kv, const tr_kv_options *options)
{
    char made[TR_PATH_LIMIT], data[TR_PATH_LIMIT];
    TR_TRY(tr_kv_path_of(trail, kv->path, NEW, made));
    TR_TRY(tr_kv_path_of(trail, kv->path, DATA, data));
    tr_file_remove(NULL, tr_fs_system(), made);
    tr_err err = tr_kv_map_open(trail, kv, made, MDB_NOSUBDIR | MDB_NOLOCK, 0);
    if (err == TR_OK) err = fill_new(trail, kv, options);
    mdb_env_close(kv->env);
    kv->env = NULL;
    if (err == TR_OK) err = sync_file(trail, made);
    if (err == TR_OK) err = tr_file_rename(trail, tr_fs_system(), made, data);
    if (err == TR_OK) return tr_file_sync_all(trail, &kv->directory);
    tr_file_remove(NULL, tr_fs_system(), made);
    return err;
}

typedef struct file_pages {
    tr_kv_pages pages;
    tr_file file;
} file_pages;

static tr_err read_file(tr_kv_pages *self, tr_trail *trail, uint64_t offset, void *to, size_t len)
{
    return tr_file_read_at(trail, &((file_pages *)self)->file, offset, to, len);
}

tr_err tr_kv_check_file(tr_trail *trail, tr_alloc *alloc, const char *path, bool deep,
                        tr_kv_pages_report *out)
{
    file_pages f = {.pages = {.read = read_file}};
    tr_file_info info;
    TR_TRY(tr_file_open(trail, tr_fs_system(), path, TR_OPEN_READ, 0, &f.file));
    tr_err err = tr_file_get_info(trail, &f.file, &info);
    f.pages.size = info.size;
    if (err == TR_OK) err = tr_kv_pages_check(trail, alloc, &f.pages, 0, deep, out);
    /* The last pages of a whole store may be missing if they are free; reading a page that was
     * cut off would be a SIGBUS. */
    if (err == TR_OK && out->cut && !deep)
        err = tr_kv_pages_check(trail, alloc, &f.pages, 0, true, out);
    tr_file_close(NULL, &f.file);
    if (err == TR_E_MEMORY) return tr_fail(trail, err, "no memory to look at %s", path);
    return err == TR_OK ? TR_OK : tr_because(trail, err, "the store is %s", path);
}

static tr_err check_upgrades(tr_trail *trail, const tr_kv_options *options, uint32_t from)
{
    for (uint32_t version = from; version < options->version; version++) {
        bool found = false;
        for (size_t i = 0; i < options->upgrade_count; i++)
            found = found || options->upgrades[i].from == version;
        if (!found)
            return tr_fail(trail, TR_E_UNSUPPORTED,
                           "the store is of version %u, and there is no way from %u to %u", from,
                           version, version + 1);
    }
    if (options->read_only)
        return tr_fail(trail, TR_E_UNSUPPORTED,
                       "the store is of version %u: read-only it cannot be brought to %u", from,
                       options->version);
    return TR_OK;
}

/* What the store says of itself, against what the caller wants. */
static tr_err identify(tr_trail *trail, tr_kv *kv, MDB_txn *txn, const tr_kv_options *options,
                       uint32_t *version)
{
    MDB_val key = {6, (void *)(uintptr_t) "format"}, value;
    uint32_t layout = 0;
    int rc = mdb_dbi_open(txn, TR_KV_SELF_TABLE, 0, &kv->self);
    if (rc == 0) rc = get_u32(txn, kv->self, "layout", &layout);
    if (rc != 0) return tr_kv_fail(trail, kv, rc, "cannot read the version of");
    if (layout > LAYOUT)
        return tr_fail(trail, TR_E_KV_VERSION, "the store in %s was written by a newer version",
                       kv->path);
    rc = mdb_get(txn, kv->self, &key, &value);
    if (rc == 0) rc = get_u32(txn, kv->self, "version", version);
    if (rc != 0) return tr_kv_fail(trail, kv, rc, "cannot read the version of");
    tr_bytes format = tr_bytes_of(value.mv_data, value.mv_size);
    if (!tr_bytes_eq(format, tr_bytes_str(options->format)))
        return tr_fail(trail, TR_E_KV_FORMAT, "the store in %s is for %.*s, not for %s", kv->path,
                       (int)format.len, (const char *)format.data, options->format);
    if (*version > options->version)
        return tr_fail(trail, TR_E_KV_VERSION, "the store in %s is of version %u; this is %u",
                       kv->path, *version, options->version);
    return *version < options->version ? check_upgrades(trail, options, *version) : TR_OK;
}

/* A meta page has no checksum; the number of its transaction is also in what it names.  A fresh
 * copy begins again with transaction 1. */
static tr_err check_transaction(tr_trail *trail, tr_kv *kv, MDB_txn *txn)
{
    tr_kv_state state;
    uint64_t id = mdb_txn_id(txn);
    TR_TRY(tr_kv_get_state(trail, kv, txn, &state));
    if (id != state.transaction && id != 1)
        return tr_fail(trail, TR_E_KV_DAMAGED,
                       "the store in %s is damaged: transaction %llu is named %llu", kv->path,
                       (unsigned long long)state.transaction, (unsigned long long)id);
    return TR_OK;
}

static tr_err read_self(tr_trail *trail, tr_kv *kv, const tr_kv_options *options, uint32_t *version,
                        bool *missing)
{
    MDB_txn *txn;
    int rc = mdb_txn_begin(kv->env, NULL, MDB_RDONLY, &txn);
    if (rc != 0) return tr_kv_fail(trail, kv, rc, "cannot read");
    tr_err err = identify(trail, kv, txn, options, version);
    if (err == TR_OK) err = check_transaction(trail, kv, txn);
    if (err == TR_OK) {
        err = open_tables(trail, kv, txn, options, 0);
        *missing = err == TR_E_NOT_FOUND;
        if (*missing && !kv->read_only) err = TR_OK;
    }
    if (err == TR_OK)
        (void)mdb_txn_commit(txn); /* keeps the tables open, and cannot fail */
    else
        mdb_txn_abort(txn);
    return err;
}

static tr_err upgrade(tr_trail *trail, tr_kv_write *write, const tr_kv_options *options,
                      uint32_t version)
{
    for (; version < options->version; version++) {
        for (size_t i = 0; i < options->upgrade_count; i++) {
            if (options->upgrades[i].from != version) continue;
            tr_err err = options->upgrades[i].run(trail, write);
            if (err != TR_OK)
                return tr_because(trail, err, "the upgrade of the store from version %u failed",
                                  version);
            break;
        }
    }
    int rc = put_u32(write->txn, write->kv->self, "version", options->version);
    return rc == 0 ? write->err : tr_kv_fail(trail, write->kv, rc, "cannot upgrade");
}

/* Opens the tables; makes those that are missing, and upgrades, all in one transaction. */
static tr_err settle(tr_trail *trail, tr_kv *kv, const tr_kv_options *options, uint32_t version)
{
    tr_kv_write *write;
    tr_kv_state state = {0};
    if (version < options->version) {
        char tail[24], copy[TR_PATH_LIMIT];
        snprintf(tail, sizeof(tail), ".v%u", version);
        TR_TRY(tr_kv_path_of(trail, kv->path, tail, copy));
        tr_err err = tr_kv_copy(trail, kv, copy);
        if (err != TR_OK)
            return tr_because(trail, err, "the store must be copied before upgrading");
    }
    TR_TRY(tr_kv_write_start(trail, kv, &write));
    tr_err err = open_tables(trail, kv, write->txn, options, MDB_CREATE);
    if (err == TR_OK && version < options->version) err = upgrade(trail, write, options, version);
    if (err == TR_OK) err = tr_kv_get_state(trail, kv, write->txn, &state);
    if (err == TR_OK) return tr_kv_write_finish(trail, write, state);
    tr_kv_write_drop(write);
    return err;
}

/* After a write that failed the kernel may show bytes that are not on disk and that it will never
 * write.  Of pages that count this can be true of the meta pages alone: they are written again. */
static tr_err renew_metas(tr_trail *trail, const char *data, uint32_t page_size)
{
    enum { HEAD = 512 }; /* one sector: written whole or not */
    uint8_t head[HEAD];
    tr_file file;
    TR_TRY(tr_file_open(trail, tr_fs_system(), data, TR_OPEN_READ | TR_OPEN_WRITE, 0, &file));
    tr_err err = TR_OK;
    for (uint64_t at = 0; at <= page_size && err == TR_OK; at += page_size) {
        err = tr_file_read_at(trail, &file, at, head, sizeof(head));
        if (err == TR_OK) err = tr_file_write_at(trail, &file, at, TR_VIEW(head));
    }
    if (err == TR_OK) err = tr_file_sync(trail, &file);
    tr_file_close(NULL, &file);
    return err;
}

static tr_err open_data(tr_trail *trail, tr_kv *kv, const tr_kv_options *options)
{
    char data[TR_PATH_LIMIT];
    tr_kv_pages_report report;
    uint32_t version = 0;
    bool missing = false;
    int dead;
    TR_TRY(tr_kv_path_of(trail, kv->path, DATA, data));
    struct stat info;
    if (stat(data, &info) != 0) {
        if (kv->read_only)
            return tr_fail(trail, TR_E_KV_FORMAT, "there is no store in %s", kv->path);
        TR_TRY(make_store(trail, kv, options));
    }
    TR_TRY(tr_kv_check_file(trail, kv->alloc, data, false, &report));
    if (!kv->read_only) TR_TRY(renew_metas(trail, data, report.page_size));
    uint64_t needed = (report.last_page + 1) * report.page_size;
    TR_TRY(tr_kv_map_open(trail, kv, kv->path, kv->read_only ? MDB_RDONLY : 0, needed));
    (void)mdb_reader_check(kv->env, &dead);
    if (report.page_size <= (uint64_t)sysconf(_SC_PAGESIZE)) kv->page_size = report.page_size;
    TR_TRY(read_self(trail, kv, options, &version, &missing));
    return missing || version < options->version ? settle(trail, kv, options, version) : TR_OK;
}

static tr_err check_options(tr_trail *trail, const char *directory, const tr_kv_options *options)
{
    size_t format = strlen(options->format);
    if (options->table_count > TR_KV_TABLES_MAX || format == 0 || format > FORMAT_MAX)
        return tr_fail(trail, TR_E_ARGUMENT, "a store has at most %d tables and a format",
                       TR_KV_TABLES_MAX);
    for (size_t i = 0; i < options->table_count; i++) {
        size_t len = strlen(options->tables[i]);
        if (len == 0 || len > TR_KV_NAME_MAX)
            return tr_fail(trail, TR_E_ARGUMENT, "a table's name has 1 to %d bytes",
                           TR_KV_NAME_MAX);
    }
    size_t len = strlen(directory);
    if (len == 0 || directory[len - 1] == '/')
        return tr_fail(trail, TR_E_ARGUMENT, "a store's directory is named without a / at its end");
    return TR_OK;
}

static tr_err make_directory(tr_trail *trail, const char *directory)
{
    char parent[TR_PATH_LIMIT];
    tr_err err = tr_dir_make(trail, tr_fs_system(), directory, 0700);
    if (err == TR_E_EXISTS) return TR_OK;
    TR_TRY(err);
    TR_TRY(tr_kv_path_of(trail, directory, "", parent));
    char *slash = strrchr(parent, '/');
    if (slash == NULL) return tr_dir_sync(trail, tr_fs_system(), ".");
    slash[slash == parent] = '\0';
    return tr_dir_sync(trail, tr_fs_system(), parent);
}

static tr_err open_in(tr_trail *trail, tr_kv *kv, const tr_kv_options *options)
{
    if (!kv->read_only) TR_TRY(make_directory(trail, kv->path));
    tr_err err = tr_kv_lock(trail, kv->path, &kv->directory);
    if (err != TR_OK) {
        kv->directory.handle = -1;
        if (err == TR_E_NOT_FOUND)
            return tr_fail(trail, TR_E_KV_FORMAT, "there is no store in %s", kv->path);
        return err;
    }
    TR_TRY(check_file_system(trail, &kv->directory));
    return open_data(trail, kv, options);
}

tr_err tr_kv_open(tr_trail *trail, const char *directory, const tr_kv_options *options, tr_kv **out)
{
    TR_TRY(check_options(trail, directory, options));
    tr_kv *kv = tr_alloc_get(options->alloc, sizeof(*kv));
    if (kv == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a store");
    memset(kv, 0, sizeof(*kv));
    kv->alloc = options->alloc;
    kv->read_only = options->read_only;
    kv->limit = options->size_limit;
    kv->write.kv = kv;
    kv->directory.handle = -1;
    pthread_mutexattr_t checked;
    pthread_mutexattr_init(&checked);
    pthread_mutexattr_settype(&checked, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&kv->writer, &checked);
    pthread_mutexattr_destroy(&checked);
    pthread_mutex_init(&kv->readers, NULL);
    tr_err err = tr_kv_path_of(trail, directory, "", kv->path);
    if (err == TR_OK) err = open_in(trail, kv, options);
    if (err == TR_OK)
        *out = kv;
    else
        tr_kv_close(kv);
    return err;
}

void tr_kv_close(tr_kv *kv)
{
    if (kv == NULL) return;
    TR_ASSERT(kv->held == 0 && kv->write.txn == NULL);
    while (kv->idle != NULL) {
        tr_kv_snapshot *snapshot = kv->idle;
        kv->idle = snapshot->next;
        mdb_txn_abort(snapshot->txn);
        tr_alloc_put(kv->alloc, snapshot, sizeof(*snapshot));
    }
    if (kv->env != NULL) mdb_env_close(kv->env);
    if (kv->directory.handle >= 0) tr_file_close(NULL, &kv->directory);
    pthread_mutex_destroy(&kv->writer);
    pthread_mutex_destroy(&kv->readers);
    tr_alloc_put(kv->alloc, kv, sizeof(*kv));
}
