/* The files of a log: their names, making a segment, spares, pruning.
 *
 * Why segments are full of zeros before they are used: a sync of bytes that lie in written blocks
 * of the file writes those bytes and nothing else.  Where the file grows, or its blocks were only
 * reserved (fallocate), the file system's journal has to be written too; 1 MiB then took 7.6 to 9.9
 * ms instead of 4.9 on ext4.  So a helper thread fills the next segment with zeros while this one
 * is used, and a segment that was pruned is taken again as it is. */
#include <stdio.h>

#include "os/clock.h"
#include "store/wal_internal.h"

enum {
    ZEROS = 64 << 10,
    STEP =
        4 << 20, /* what the helper writes between two syncs, so that others' syncs get through */
};
static const uint8_t zeros[ZEROS];

const char tr_wal_new_name[] = "new", tr_wal_spare_name[] = "spare", tr_wal_lock_name[] = "lock";

tr_err tr_wal_path(tr_trail *trail, const char *directory, const char *name,
                   char out[TR_PATH_LIMIT])
{
    int len = snprintf(out, TR_PATH_LIMIT, "%s/%s", directory, name);
    if (len < 0 || len >= TR_PATH_LIMIT)
        return tr_fail(trail, TR_E_ARGUMENT, "the path of the log is too long");
    return TR_OK;
}

void tr_wal_name(uint64_t first, char out[TR_WAL_NAME])
{
    snprintf(out, TR_WAL_NAME, "%020llu.wal", (unsigned long long)first);
}

bool tr_wal_name_is(const char *name, uint64_t *first)
{
    char again[TR_WAL_NAME];
    uint64_t number = 0;
    for (int i = 0; i < TR_WAL_NAME_DIGITS; i++) {
        if (name[i] < '0' || name[i] > '9') return false;
        number = number * 10 + (uint64_t)(name[i] - '0');
    }
    tr_wal_name(number, again); /* a number beyond 64 bits comes out as another */
    *first = number;
    return strcmp(name, again) == 0;
}

tr_err tr_wal_write_zeros(tr_trail *trail, tr_file *file, uint64_t from, uint64_t to)
{
    while (from < to) {
        size_t n = (size_t)TR_MIN(to - from, (uint64_t)ZEROS);
        TR_TRY(tr_file_write_at(trail, file, from, tr_bytes_of(zeros, n)));
        from += n;
    }
    return TR_OK;
}

tr_err tr_wal_add_segment(tr_trail *trail, tr_wal *wal, tr_wal_segment segment)
{
    tr_err err = TR_OK;
    pthread_mutex_lock(&wal->files);
    if (wal->segment_count == wal->segment_cap) {
        size_t size = sizeof(segment), cap = TR_MAX(wal->segment_cap * 2, (size_t)16);
        void *more = wal->options.alloc->resize(wal->options.alloc, wal->segments,
                                                wal->segment_cap * size, cap * size);
        if (more == NULL) {
            err = tr_fail(trail, TR_E_MEMORY, "no memory for the list of segments");
        } else {
            wal->segments = more;
            wal->segment_cap = cap;
        }
    }
    if (err == TR_OK) {
        wal->segments[wal->segment_count++] = segment;
        atomic_store_explicit(&wal->active_first, segment.first, memory_order_release);
    }
    pthread_mutex_unlock(&wal->files);
    return err;
}

tr_err tr_wal_find_segment(tr_wal *wal, uint64_t sequence, tr_wal_segment *out, uint64_t *until)
{
    pthread_mutex_lock(&wal->files);
    size_t low = 0, high = wal->segment_count; /* the last with first <= sequence is below high */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (wal->segments[middle].first <= sequence)
            low = middle + 1;
        else
            high = middle;
    }
    if (low != 0) {
        *out = wal->segments[low - 1];
        *until = low < wal->segment_count ? wal->segments[low].first : UINT64_MAX;
    }
    pthread_mutex_unlock(&wal->files);
    return low != 0 ? TR_OK : TR_E_NOT_FOUND;
}

/* Takes the spare if there is one: gives it the name of a new segment, so that the name of a spare
 * is free for what is pruned meanwhile. */
static tr_err take_spare(tr_trail *trail, tr_wal *wal, const char *path, bool *taken,
                         bool *used_before)
{
    char spare[TR_PATH_LIMIT];
    TR_TRY(tr_wal_path(trail, wal->directory, tr_wal_spare_name, spare));
    pthread_mutex_lock(&wal->files);
    *taken = wal->spare_ready;
    *used_before = wal->spare_ready && wal->spare_used_before;
    tr_err err = *taken ? tr_file_rename(trail, wal->options.fs, spare, path) : TR_OK;
    wal->spare_ready = false;
    wal->spare_failed = false;
    pthread_mutex_unlock(&wal->files);
    return err;
}

static tr_err write_header(tr_trail *trail, tr_wal *wal, tr_file *file, uint64_t first,
                           bool used_before, uint64_t *salt)
{
    uint8_t bytes[TR_WAL_HEADER];
    tr_wal_header header = {.flags = used_before ? TR_WAL_USED_BEFORE : 0, .first = first};
    memcpy(header.log, wal->log, sizeof(header.log));
    TR_TRY(tr_random_u64(trail, wal->options.random, &header.salt));
    tr_wal_put_header(&header, bytes);
    TR_TRY(tr_file_write_at(trail, file, 0, TR_VIEW(bytes)));
    *salt = header.salt;
    return tr_file_sync(trail, file);
}

/* Opens what was the spare, or a new file, with its header on disk. */
static tr_err prepare(tr_trail *trail, tr_wal *wal, uint64_t first, const char *path, tr_file *file,
                      uint64_t *size)
{
    bool spare, used_before;
    uint64_t salt;
    TR_TRY(take_spare(trail, wal, path, &spare, &used_before));
    int how = TR_OPEN_WRITE | (spare ? 0 : TR_OPEN_CREATE | TR_OPEN_TRUNCATE);
    TR_TRY(tr_file_open(trail, wal->options.fs, path, how, 0644, file));
    tr_err err = write_header(trail, wal, file, first, used_before, &salt);
    if (err != TR_OK) {
        (void)tr_file_close(NULL, file);
        return err;
    }
    wal->salt = salt;
    *size = spare ? wal->options.segment : TR_WAL_HEADER;
    return TR_OK;
}

tr_err tr_wal_new_segment(tr_trail *trail, tr_wal *wal, uint64_t first, size_t room)
{
    char from[TR_PATH_LIMIT], to[TR_PATH_LIMIT], name[TR_WAL_NAME];
    tr_file file;
    uint64_t size;
    tr_wal_name(first, name);
    TR_TRY(tr_wal_path(trail, wal->directory, name, to));
    TR_TRY(tr_wal_path(trail, wal->directory, tr_wal_new_name, from));
    TR_TRY(prepare(trail, wal, first, from, &file, &size));
    tr_err err = tr_file_rename(trail, wal->options.fs, from, to);
    if (err == TR_OK) err = tr_dir_sync(trail, wal->options.fs, wal->directory);
    if (err == TR_OK) err = tr_wal_add_segment(trail, wal, (tr_wal_segment){first, wal->salt});
    if (err != TR_OK) {
        (void)tr_file_close(NULL, &file);
        return err;
    }
    if (wal->has_active) (void)tr_file_close(NULL, &wal->active);
    wal->active = file;
    (void)snprintf(wal->active.name, sizeof(wal->active.name), "%s", name);
    wal->has_active = true;
    wal->at = TR_WAL_HEADER;
    wal->zeroed = size;
    wal->capacity = TR_MAX(wal->options.segment, TR_WAL_HEADER + room);
    return TR_OK;
}

/* The helper.  A spare that cannot be made is no error: the log makes its segments itself then, and
 * says what is wrong. */
static bool is_stopped(tr_wal *wal)
{
    return atomic_load_explicit(&wal->stop, memory_order_acquire);
}

static tr_err fill_spare(tr_wal *wal, tr_file *file)
{
    for (uint64_t at = 0; at < wal->options.segment; at += STEP) {
        if (is_stopped(wal)) return TR_E_CLOSED;
        TR_TRY(tr_wal_write_zeros(NULL, file, at, TR_MIN(at + STEP, wal->options.segment)));
        TR_TRY(tr_file_sync(NULL, file));
    }
    return TR_OK;
}

static tr_err make_spare(tr_wal *wal)
{
    char path[TR_PATH_LIMIT];
    tr_file file;
    TR_TRY(tr_wal_path(NULL, wal->directory, tr_wal_spare_name, path));
    TR_TRY(tr_file_open(NULL, wal->options.fs, path,
                        TR_OPEN_WRITE | TR_OPEN_CREATE | TR_OPEN_TRUNCATE, 0644, &file));
    tr_err err = fill_spare(wal, &file);
    (void)tr_file_close(NULL, &file);
    if (err != TR_OK) (void)tr_file_remove(NULL, wal->options.fs, path);
    return err;
}

static bool is_called(void *context)
{
    tr_wal *wal = context;
    pthread_mutex_lock(&wal->files);
    bool wanted = wal->spare_wanted;
    pthread_mutex_unlock(&wal->files);
    return wanted || is_stopped(wal);
}

static void help(void *context)
{
    tr_wal *wal = context;
    for (;;) {
        (void)tr_event_sleep(&wal->call_helper, is_called, wal, TR_NS_FOREVER);
        if (is_stopped(wal)) return;
        tr_err err = make_spare(wal);
        pthread_mutex_lock(&wal->files);
        wal->spare_wanted = false;
        wal->spare_ready = err == TR_OK;
        wal->spare_used_before = false;
        wal->spare_failed = err != TR_OK;
        pthread_mutex_unlock(&wal->files);
    }
}

void tr_wal_want_spare(tr_wal *wal)
{
    if (wal->options.alone) return;
    pthread_mutex_lock(&wal->files);
    bool wants = !wal->spare_ready && !wal->spare_wanted && !wal->spare_failed;
    if (wants && !wal->helping) {
        tr_thread_options how = {.name = "log helper"};
        wal->helping = tr_thread_start(NULL, &wal->helper, &how, help, wal) == TR_OK;
        wal->spare_failed = !wal->helping;
        wants = wal->helping;
    }
    if (wants) wal->spare_wanted = true;
    pthread_mutex_unlock(&wal->files);
    if (wants) tr_event_signal(&wal->call_helper);
}

void tr_wal_stop_helper(tr_wal *wal)
{
    if (!wal->helping) return;
    atomic_store_explicit(&wal->stop, true, memory_order_release);
    tr_event_signal(&wal->call_helper);
    tr_thread_join(&wal->helper);
    wal->helping = false;
}

/* Whether a segment can be the spare: there is none, and it has the size. */
static bool can_be_spare(tr_wal *wal, const char *path)
{
    tr_file file;
    tr_file_info info = {0};
    if (wal->spare_ready || wal->spare_wanted) return false;
    if (tr_file_open(NULL, wal->options.fs, path, TR_OPEN_READ, 0, &file) != TR_OK) return false;
    tr_err err = tr_file_get_info(NULL, &file, &info);
    (void)tr_file_close(NULL, &file);
    return err == TR_OK && info.size == wal->options.segment;
}

/* Removes the oldest segment.  Its name is off the disk before the next one is touched: otherwise a
 * crash could leave an older one and a gap after it. */
static tr_err prune_one(tr_trail *trail, tr_wal *wal)
{
    char path[TR_PATH_LIMIT], spare[TR_PATH_LIMIT], name[TR_WAL_NAME];
    tr_wal_name(wal->segments[0].first, name);
    TR_TRY(tr_wal_path(trail, wal->directory, name, path));
    TR_TRY(tr_wal_path(trail, wal->directory, tr_wal_spare_name, spare));
    bool kept = can_be_spare(wal, path);
    if (kept)
        TR_TRY(tr_file_rename(trail, wal->options.fs, path, spare));
    else
        TR_TRY(tr_file_remove(trail, wal->options.fs, path));
    memmove(wal->segments, wal->segments + 1, (wal->segment_count - 1) * sizeof(*wal->segments));
    wal->segment_count--;
    tr_err err = tr_dir_sync(trail, wal->options.fs, wal->directory);
    /* Its name may come back: to write into it now could damage what is then there. */
    if (err != TR_OK) tr_wal_die(wal, err, trail);
    if (err == TR_OK && kept) wal->spare_ready = wal->spare_used_before = true;
    return err;
}

tr_err tr_wal_prune(tr_trail *trail, tr_wal *wal, uint64_t sequence)
{
    if (wal->options.read_only)
        return tr_fail(trail, TR_E_STATE, "the log was opened to be read only");
    tr_err err = TR_OK;
    pthread_mutex_lock(&wal->files);
    while (err == TR_OK && wal->segment_count > 1 && wal->segments[1].first <= sequence) {
        err = atomic_load(&wal->dead) ? tr_wal_dead_err(trail, wal) : prune_one(trail, wal);
    }
    pthread_mutex_unlock(&wal->files);
    return err;
}
