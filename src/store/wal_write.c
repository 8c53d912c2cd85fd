/* Appending, and group commit.
 *
 * Whoever waits for a record that nobody writes yet leads: waits until the disk is free, takes all
 * that is pending, writes and syncs it, and wakes those who waited for it.  The others sleep once
 * and are woken once.  Before it takes what is pending, a leader gives those whom the last group
 * woke a moment to come back with their next record: otherwise the first of them would sync alone
 * while all others wait, each second time. */
#include "hash/crc32c.h"
#include "os/clock.h"
#include "store/wal_internal.h"

enum {
    SUMS = 64,           /* checksums of so many bodies are made before the lock is taken */
    GROW_MIN = 64 << 10, /* how far ahead a segment that is no spare is filled with zeros */
    GROW_MAX = 8 << 20,
    KEEP = 8 << 20, /* memory of a group that is kept for the next */
};
#define GATHER_MAX (TR_NS_PER_MS)

void tr_wal_die(tr_wal *wal, tr_err err, const tr_trail *trail)
{
    pthread_mutex_lock(&wal->lock);
    if (!atomic_load(&wal->dead)) {
        if (trail != NULL && trail->code == err)
            wal->reason = *trail;
        else
            (void)tr_fail(&wal->reason, err, "the log stopped: %s", tr_err_text(err));
        atomic_store_explicit(&wal->dead, true, memory_order_release);
    }
    pthread_mutex_unlock(&wal->lock);
    tr_event_signal(&wal->done[0]);
    tr_event_signal(&wal->done[1]);
    tr_event_signal(&wal->idle);
    tr_event_signal(&wal->gathered);
}

tr_err tr_wal_dead_err(tr_trail *trail, tr_wal *wal)
{
    if (trail != NULL) *trail = wal->reason;
    return wal->reason.code;
}

static bool is_dead(tr_wal *wal)
{
    return atomic_load_explicit(&wal->dead, memory_order_acquire);
}

uint64_t tr_wal_durable(tr_wal *wal)
{
    return atomic_load_explicit(&wal->durable, memory_order_acquire);
}

/* Appending. */
static tr_err check_records(tr_trail *trail, tr_wal *wal, size_t n, const tr_wal_record records[],
                            size_t *room)
{
    *room = 0;
    if (wal->options.read_only)
        return tr_fail(trail, TR_E_STATE, "the log was opened to be read only");
    for (size_t i = 0; i < n; i++) {
        if (records[i].type >= TR_WAL_TYPES)
            return tr_fail(trail, TR_E_ARGUMENT, "record %zu has the type %u; types end at %d", i,
                           records[i].type, TR_WAL_TYPES - 1);
        if (records[i].body.len > TR_WAL_RECORD_MAX)
            return tr_fail(trail, TR_E_LIMIT, "record %zu has %zu bytes; it may have %d", i,
                           records[i].body.len, (int)TR_WAL_RECORD_MAX);
        if (!tr_add_size(*room, tr_wal_room(records[i].body.len), room) || *room > SIZE_MAX / 2)
            return tr_fail(trail, TR_E_LIMIT, "the records are too long together");
    }
    return TR_OK;
}

/* Puts a record where it goes in memory; its sum too, while the body is in the cache. */
static uint8_t *put_record(uint8_t *to, const tr_wal_record *record, uint64_t sequence,
                           const uint32_t *sum)
{
    size_t len = record->body.len, room = tr_wal_room(len);
    tr_wal_head head = {
        .body_sum = sum != NULL ? *sum : tr_crc32c(0, record->body),
        .length = (uint32_t)len,
        .type = record->type,
        .sequence = sequence,
    };
    tr_wal_put_head(&head, to);
    if (len != 0) memcpy(to + TR_WAL_HEAD, record->body.data, len);
    memset(to + TR_WAL_HEAD + len, 0, room - TR_WAL_HEAD - len);
    return to + room;
}

/* Under the lock: waits until the records may be pending. */
static tr_err wait_for_room(tr_trail *trail, tr_wal *wal, size_t room)
{
    while (!is_dead(wal) && wal->pending.len != 0 &&
           (room > wal->options.pending || wal->pending.len > wal->options.pending - room)) {
        uint64_t next = wal->next;
        pthread_mutex_unlock(&wal->lock);
        tr_err err = tr_wal_sync(trail, wal, next);
        pthread_mutex_lock(&wal->lock);
        TR_TRY(err);
    }
    return is_dead(wal) ? tr_wal_dead_err(trail, wal) : TR_OK;
}

static tr_err append(tr_trail *trail, tr_wal *wal, size_t n, const tr_wal_record records[],
                     size_t room, const uint32_t *sums, uint64_t *first)
{
    TR_TRY(wait_for_room(trail, wal, room));
    if (n > UINT64_MAX - wal->next)
        return tr_fail(trail, TR_E_RANGE, "the sequence numbers are at their end");
    *first = wal->next;
    if (n == 0) return TR_OK;
    uint8_t *to = tr_buf_reserve(&wal->pending, room + TR_WAL_HEAD);
    if (to == NULL) {
        wal->pending.err = TR_OK; /* what is in it stays good */
        return tr_fail(trail, TR_E_MEMORY, "no memory for records that wait to be written");
    }
    for (size_t i = 0; i < n; i++)
        to = put_record(to, &records[i], wal->next + i, sums == NULL ? NULL : sums + i);
    wal->pending.len += room;
    wal->next += n;
    return TR_OK;
}

tr_err tr_wal_append(tr_trail *trail, tr_wal *wal, size_t n, const tr_wal_record records[],
                     uint64_t *first)
{
    uint32_t sums[SUMS];
    size_t room;
    TR_TRY(check_records(trail, wal, n, records, &room));
    if (n <= SUMS)
        for (size_t i = 0; i < n; i++) sums[i] = tr_crc32c(0, records[i].body);
    pthread_mutex_lock(&wal->lock);
    tr_err err = append(trail, wal, n, records, room, n <= SUMS ? sums : NULL, first);
    pthread_mutex_unlock(&wal->lock);
    return err;
}

/* Writing a group.  By one thread at a time, without the lock. */
static size_t room_at(const uint8_t *head)
{
    return tr_wal_room(tr_load32le(head + 8) & ((1u << 25) - 1));
}

/* How many of the bytes, whole records, go into the active segment. */
static size_t what_fits(const tr_wal *wal, tr_bytes records)
{
    size_t fits = 0, left = wal->has_active ? (size_t)(wal->capacity - wal->at) : 0;
    if (records.len <= left) return records.len;
    while (fits < records.len && room_at(records.data + fits) <= left - fits)
        fits += room_at(records.data + fits);
    return fits;
}

/* Fills the segment with zeros to some way behind the end of what will be written. */
static tr_err grow(tr_trail *trail, tr_wal *wal, uint64_t end)
{
    if (end <= wal->zeroed) return TR_OK;
    uint64_t ahead = TR_MAX(TR_MIN(end, (uint64_t)GROW_MAX), (uint64_t)GROW_MIN);
    uint64_t to = TR_MIN(wal->capacity, end + ahead);
    TR_TRY(tr_wal_write_zeros(trail, &wal->active, end, to));
    wal->zeroed = to;
    return TR_OK;
}

/* Writes and syncs records that fit.  Behind them there is room for a head of zeros, which the
 * caller has put there. */
static tr_err write_piece(tr_trail *trail, tr_wal *wal, uint8_t *records, size_t len,
                          uint64_t *count)
{
    uint64_t group = wal->at;
    *count = 0;
    for (size_t at = 0; at < len; at += room_at(records + at), ++*count)
        tr_wal_seal_head(records + at, wal->salt, group + at, group);
    size_t zeros = (size_t)TR_MIN(wal->capacity - group - len, (uint64_t)TR_WAL_HEAD);
    uint8_t behind[TR_WAL_HEAD];
    memcpy(behind, records + len, zeros);
    memset(records + len, 0, zeros);
    tr_err err = grow(trail, wal, group + len + zeros);
    if (err == TR_OK)
        err = tr_file_write_at(trail, &wal->active, group, tr_bytes_of(records, len + zeros));
    memcpy(records + len, behind, zeros);
    if (err == TR_OK) err = tr_file_sync(trail, &wal->active);
    if (err == TR_OK) wal->at += len;
    return err;
}

static tr_err write_group(tr_trail *trail, tr_wal *wal, uint64_t first, tr_event *done)
{
    uint8_t *records = wal->writing.data;
    size_t len = wal->writing.len - TR_WAL_HEAD;
    for (size_t at = 0; at < len;) {
        size_t fits = what_fits(wal, tr_bytes_of(records + at, len - at));
        if (fits == 0) {
            size_t room = room_at(records + at);
            if (wal->has_active && wal->at == TR_WAL_HEADER) /* the name is taken: by this one */
                wal->capacity = TR_WAL_HEADER + room;
            else
                TR_TRY(tr_wal_new_segment(trail, wal, first, room));
            continue;
        }
        uint64_t count;
        TR_TRY(write_piece(trail, wal, records + at, fits, &count));
        first += count;
        at += fits;
        atomic_store_explicit(&wal->durable, first, memory_order_release);
        if (at < len) tr_event_signal(done);
    }
    if (wal->at > wal->capacity / 2) tr_wal_want_spare(wal);
    return TR_OK;
}

/* Waiting. */
typedef struct waiting {
    tr_wal *wal;
    uint64_t next;
} waiting;

static bool is_over(void *context)
{
    const waiting *w = context;
    return tr_wal_durable(w->wal) >= w->next || is_dead(w->wal);
}

static bool is_idle(void *context)
{
    tr_wal *wal = context;
    return !atomic_load_explicit(&wal->busy, memory_order_acquire) || is_dead(wal);
}

static bool has_gathered(void *context)
{
    tr_wal *wal = context;
    return atomic_load_explicit(&wal->waiters, memory_order_acquire) >= wal->expected ||
           is_dead(wal);
}

/* Waits for as many as waited for the last group, at most half of what a group takes. */
static void gather(tr_wal *wal)
{
    if (wal->expected < 2 || has_gathered(wal)) return;
    int64_t patience = TR_MIN(wal->sync_ns / 2, GATHER_MAX);
    (void)tr_event_sleep(&wal->gathered, has_gathered, wal,
                         tr_clock_deadline(tr_clock_system(), patience));
}

/* Under the lock, which is not held while it waits and writes. */
static void lead(tr_wal *wal)
{
    tr_trail trail;
    tr_trail_clear(&trail);
    wal->led = true;
    atomic_fetch_add(&wal->waiters, 1);
    pthread_mutex_unlock(&wal->lock);
    (void)tr_event_wait(&wal->idle, is_idle, wal, TR_NS_FOREVER);
    gather(wal);

    pthread_mutex_lock(&wal->lock);
    wal->led = false;
    if (is_dead(wal)) return;
    tr_event *done = &wal->done[wal->group & 1];
    uint64_t first = wal->pending_first;
    tr_buf taken = wal->pending;
    taken.len += TR_WAL_HEAD; /* append has made room for it */
    wal->pending = wal->writing;
    wal->writing = taken;
    wal->pending_first = wal->next;
    wal->group++;
    wal->expected = atomic_exchange(&wal->waiters, 0);
    atomic_store(&wal->busy, true);
    pthread_mutex_unlock(&wal->lock);

    int64_t start = tr_clock_monotonic(tr_clock_system());
    tr_err err = write_group(&trail, wal, first, done);
    wal->sync_ns += (tr_clock_monotonic(tr_clock_system()) - start - wal->sync_ns) / 8;
    if (wal->writing.cap > KEEP) tr_buf_free(&wal->writing);
    tr_buf_clear(&wal->writing);
    if (err != TR_OK) tr_wal_die(wal, err, &trail);
    atomic_store_explicit(&wal->busy, false, memory_order_release);
    tr_event_signal(&wal->idle);
    tr_event_signal(done);
    pthread_mutex_lock(&wal->lock);
}

tr_err tr_wal_sync(tr_trail *trail, tr_wal *wal, uint64_t next)
{
    waiting w = {wal, next};
    if (tr_wal_durable(wal) >= next) return TR_OK;
    pthread_mutex_lock(&wal->lock);
    if (next > wal->next) {
        pthread_mutex_unlock(&wal->lock);
        return tr_fail(trail, TR_E_RANGE, "the log does not have the records to sync");
    }
    bool pending = next > wal->pending_first;
    tr_event *done = &wal->done[(pending ? wal->group : wal->group - 1) & 1];
    if (pending && !wal->led && !is_over(&w))
        lead(wal);
    else if (pending && atomic_fetch_add(&wal->waiters, 1) + 1 == wal->expected)
        tr_event_signal(&wal->gathered);
    pthread_mutex_unlock(&wal->lock);
    (void)tr_event_sleep(done, is_over, &w, TR_NS_FOREVER);
    return tr_wal_durable(wal) >= next ? TR_OK : tr_wal_dead_err(trail, wal);
}
