/* Opening and closing: every segment is read through, a torn end is cut off. */

#include "store/wal_internal.h"

static const uint64_t MOST_FILE = (uint64_t)TR_WAL_SEGMENT_MAX + 2 * TR_WAL_RECORD_MAX;

/* What opening keeps while it reads. */
typedef struct opening {
    tr_wal *wal;
    tr_arena arena; /* of names */
    uint64_t *firsts;
    size_t count;
    bool leftovers;
    tr_buf bytes; /* of one segment */
    tr_wal_scanned last;
    char name[TR_WAL_NAME]; /* of that segment */
} opening;

static tr_err new_wal(tr_trail *trail, const char *directory, const tr_wal_options *options,
                      tr_wal **out)
{
    tr_alloc *alloc = options->alloc;
    size_t len = strlen(directory) + 1;
    if (options->segment > TR_WAL_SEGMENT_MAX ||
        (options->segment != 0 && options->segment < (size_t)2 * TR_WAL_HEADER))
        return tr_fail(trail, TR_E_ARGUMENT, "a segment has %d to %d bytes", 2 * TR_WAL_HEADER,
                       (int)TR_WAL_SEGMENT_MAX);
    tr_wal *wal = tr_alloc_get(alloc, sizeof(*wal));
    char *copy = tr_alloc_get(alloc, len);
    if (wal == NULL || copy == NULL) {
        tr_alloc_put(alloc, wal, sizeof(*wal));
        tr_alloc_put(alloc, copy, len);
        return tr_fail(trail, TR_E_MEMORY, "no memory for a log");
    }
    *wal = (tr_wal){.options = *options, .directory = copy, .directory_size = len};
    memcpy(copy, directory, len);
    if (wal->options.fs == NULL) wal->options.fs = tr_fs_system();
    if (wal->options.random == NULL) wal->options.random = tr_random_system();
    if (wal->options.segment == 0) wal->options.segment = TR_WAL_SEGMENT;
    wal->options.segment &= ~(size_t)7;
    if (wal->options.pending == 0) wal->options.pending = TR_WAL_SEGMENT;
    pthread_mutex_init(&wal->lock, NULL);
    pthread_mutex_init(&wal->files, NULL);
    tr_buf_init(&wal->pending, alloc, SIZE_MAX);
    tr_buf_init(&wal->writing, alloc, SIZE_MAX);
    wal->group = 1;
    *out = wal;
    return TR_OK;
}

static void free_wal(tr_wal *wal)
{
    tr_alloc *alloc = wal->options.alloc;
    if (wal->has_active) (void)tr_file_close(NULL, &wal->active);
    if (wal->locked) (void)tr_file_close(NULL, &wal->lock_file);
    tr_buf_free(&wal->pending);
    tr_buf_free(&wal->writing);
    tr_alloc_put(alloc, wal->segments, wal->segment_cap * sizeof(*wal->segments));
    pthread_mutex_destroy(&wal->lock);
    pthread_mutex_destroy(&wal->files);
    tr_alloc_put(alloc, wal->directory, wal->directory_size);
    tr_alloc_put(alloc, wal, sizeof(*wal));
}

/* Makes the directory if it is not there, and takes the lock. */
static tr_err take_directory(tr_trail *trail, tr_wal *wal)
{
    char path[TR_PATH_LIMIT];
    if (wal->options.read_only) return TR_OK;
    TR_TRY(tr_wal_path(trail, wal->directory, tr_wal_lock_name, path));
    tr_err err = tr_dir_make(trail, wal->options.fs, wal->directory, 0755);
    if (err != TR_OK && err != TR_E_EXISTS) return err;
    TR_TRY(tr_file_open(trail, wal->options.fs, path, TR_OPEN_WRITE | TR_OPEN_CREATE, 0644,
                        &wal->lock_file));
    wal->locked = true;
    err = tr_file_lock(trail, &wal->lock_file);
    if (err == TR_E_LOCKED)
        return tr_fail(trail, err, "the log %s is in use by another process", wal->directory);
    return err;
}

static tr_err find_segments(tr_trail *trail, opening *o)
{
    tr_names names;
    TR_TRY(tr_dir_list(trail, o->wal->options.fs, o->wal->directory, &o->arena, &names));
    o->firsts = TR_ARENA_ARRAY(&o->arena, uint64_t, names.count);
    if (o->firsts == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for names of segments");
    for (size_t i = 0; i < names.count; i++) {
        uint64_t first;
        const char *name = names.at[i];
        if (tr_wal_name_is(name, &first)) o->firsts[o->count++] = first; /* the order of names */
        if (strcmp(name, tr_wal_new_name) == 0 || strcmp(name, tr_wal_spare_name) == 0)
            o->leftovers = true;
    }
    return TR_OK;
}

static tr_err read_segment(tr_trail *trail, opening *o, uint64_t first)
{
    char path[TR_PATH_LIMIT];
    tr_file file;
    tr_file_info info;
    size_t got = 0;
    tr_wal_name(first, o->name);
    TR_TRY(tr_wal_path(trail, o->wal->directory, o->name, path));
    TR_TRY(tr_file_open(trail, o->wal->options.fs, path, TR_OPEN_READ, 0, &file));
    tr_err err = tr_file_get_info(trail, &file, &info);
    if (err == TR_OK && info.size > MOST_FILE)
        err = tr_fail_at(trail, TR_E_WAL_DAMAGED, MOST_FILE, "%s is longer than any segment",
                         o->name);
    tr_buf_clear(&o->bytes);
    if (err == TR_OK && info.size != 0) {
        uint8_t *to = tr_buf_reserve(&o->bytes, (size_t)info.size);
        err = to == NULL ? tr_fail(trail, TR_E_MEMORY, "no memory to read %s", o->name)
                         : tr_file_read_some(trail, &file, 0, to, (size_t)info.size, &got);
        o->bytes.len = got;
    }
    (void)tr_file_close(NULL, &file);
    return err;
}

/* What every error of damage says. */
static tr_err damaged(tr_trail *trail, const opening *o, uint64_t offset, const char *what)
{
    return tr_fail_at(
        trail, TR_E_WAL_DAMAGED, offset,
        "the log %s is damaged: %s: at offset %llu %s; `trestle wal check` shows more",
        o->wal->directory, o->name, (unsigned long long)offset, what);
}

static tr_err scan_segment(tr_trail *trail, opening *o, size_t i)
{
    tr_wal *wal = o->wal;
    tr_trail why;
    tr_trail_clear(&why);
    TR_TRY(read_segment(trail, o, o->firsts[i]));
    tr_err err = tr_wal_scan_more(&why, tr_buf_view(&o->bytes), NULL, NULL, &o->last);
    if (err == TR_E_WAL_DAMAGED) return damaged(trail, o, 0, "there is no good header");
    if (err != TR_OK) return tr_fail(trail, err, "%s: %s", o->name, why.text);
    const tr_wal_scan_report *r = &o->last.report;
    if (i == 0) memcpy(wal->log, o->last.header.log, sizeof(wal->log));
    if (memcmp(wal->log, o->last.header.log, sizeof(wal->log)) != 0)
        return damaged(trail, o, 16, "is the name of another log");
    if (o->last.header.first != o->firsts[i])
        return damaged(trail, o, 32, "is another number than in the name of the file");
    if (r->damaged) return damaged(trail, o, r->good, "is a bad record, and later ones are good");
    if (i + 1 < o->count && r->next != o->firsts[i + 1])
        return damaged(trail, o, r->good,
                       r->next < o->firsts[i + 1] ? "records are missing"
                                                  : "are records that the next file has too");
    return tr_wal_add_segment(trail, wal, (tr_wal_segment){r->first, o->last.header.salt});
}

/* Cuts the torn tail off, and writes the last group again: what a sync that failed left in the
 * system's cache, or a process that was killed, becomes durable now. */
static tr_err mend(tr_trail *trail, opening *o)
{
    tr_wal *wal = o->wal;
    const tr_wal_scan_report *r = &o->last.report;
    char path[TR_PATH_LIMIT];
    TR_TRY(tr_wal_path(trail, wal->directory, o->name, path));
    TR_TRY(tr_file_open(trail, wal->options.fs, path, TR_OPEN_WRITE, 0, &wal->active));
    wal->has_active = true;
    wal->salt = o->last.header.salt;
    wal->at = r->good;
    wal->zeroed = r->torn ? r->good : o->bytes.len;
    wal->capacity = TR_MAX(wal->options.segment, (uint64_t)r->good);
    if (r->torn) TR_TRY(tr_file_truncate(trail, &wal->active, r->good));
    size_t group = r->good == TR_WAL_HEADER ? 0 : o->last.group;
    TR_TRY(tr_file_write_at(trail, &wal->active, group,
                            tr_bytes_of(o->bytes.data + group, r->good - group)));
    return tr_file_sync_all(trail, &wal->active);
}

/* Files that were to become segments are removed; then the names that there are become durable, and
 * that of the directory before its first segment. */
static tr_err clean(tr_trail *trail, opening *o)
{
    const char *const names[] = {tr_wal_new_name, tr_wal_spare_name};
    char path[TR_PATH_LIMIT];
    for (size_t i = 0; o->leftovers && i < TR_COUNTOF(names); i++) {
        TR_TRY(tr_wal_path(trail, o->wal->directory, names[i], path));
        tr_err err = tr_file_remove(trail, o->wal->options.fs, path);
        if (err != TR_OK && err != TR_E_NOT_FOUND) return err;
    }
    if (o->count == 0) {
        TR_TRY(tr_wal_path(trail, o->wal->directory, "..", path));
        TR_TRY(tr_dir_sync(trail, o->wal->options.fs, path));
    }
    return tr_dir_sync(trail, o->wal->options.fs, o->wal->directory);
}

static tr_err read_log(tr_trail *trail, opening *o, tr_wal_report *report)
{
    tr_wal *wal = o->wal;
    const tr_wal_scan_report *r = &o->last.report;
    TR_TRY(take_directory(trail, wal));
    TR_TRY(find_segments(trail, o));
    for (size_t i = 0; i < o->count; i++) TR_TRY(scan_segment(trail, o, i));
    if (!wal->options.read_only) {
        TR_TRY(clean(trail, o));
        if (o->count != 0) TR_TRY(mend(trail, o));
    }
    uint64_t next = o->count == 0 ? wal->options.first : r->next;
    *report = (tr_wal_report){
        .first = o->count == 0 ? next : o->firsts[0], .next = next, .segments = o->count};
    if (o->count != 0 && r->torn) {
        report->cut_bytes = r->tail;
        report->cut_offset = r->good;
        memcpy(report->cut_file, o->name, sizeof(o->name));
    }
    wal->next = wal->pending_first = next;
    atomic_store(&wal->durable, next);
    if (o->count != 0) return TR_OK;
    return tr_random_fill(trail, wal->options.random, wal->log, sizeof(wal->log));
}

tr_err tr_wal_open(tr_trail *trail, const char *directory, const tr_wal_options *options,
                   tr_wal **out, tr_wal_report *report)
{
    opening o = {0};
    tr_wal_report unread;
    TR_TRY(new_wal(trail, directory, options, &o.wal));
    tr_arena_init(&o.arena, options->alloc, SIZE_MAX);
    tr_buf_init(&o.bytes, options->alloc, SIZE_MAX);
    tr_err err = read_log(trail, &o, report == NULL ? &unread : report);
    tr_buf_free(&o.bytes);
    tr_arena_free(&o.arena);
    if (err != TR_OK)
        free_wal(o.wal);
    else
        *out = o.wal;
    return err;
}

tr_err tr_wal_close(tr_trail *trail, tr_wal *wal)
{
    tr_err err = tr_wal_sync(trail, wal, wal->next);
    if (err == TR_OK && atomic_load(&wal->dead)) err = tr_wal_dead_err(trail, wal);
    tr_wal_stop_helper(wal);
    free_wal(wal);
    return err;
}
