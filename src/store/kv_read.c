/* Snapshots and cursors. */
#include "os/clock.h"
#include "store/kv_internal.h"

static tr_err check_alive(tr_trail *trail, tr_kv *kv)
{
    /* Only without its map can a store not be read. */
    if (atomic_load(&kv->dead) != TR_E_MEMORY) return TR_OK;
    return tr_fail(trail, TR_E_STATE, "the store in %s lost its memory map: close it", kv->path);
}

/* A snapshot that somebody dropped, or a new one.  The readers' lock is held. */
static tr_err renew(tr_trail *trail, tr_kv *kv, tr_kv_snapshot **out)
{
    tr_kv_snapshot *snapshot = kv->idle;
    int rc;
    if (kv->held >= TR_KV_SNAPSHOTS_MAX) return tr_kv_fail(trail, kv, MDB_READERS_FULL, "reading");
    if (snapshot != NULL) {
        rc = mdb_txn_renew(snapshot->txn);
        if (rc != 0) return tr_kv_fail(trail, kv, rc, "cannot read");
        kv->idle = snapshot->next;
        kv->idle_count--;
    } else {
        snapshot = tr_alloc_get(kv->alloc, sizeof(*snapshot));
        if (snapshot == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a snapshot");
        snapshot->kv = kv;
        rc = mdb_txn_begin(kv->env, NULL, MDB_RDONLY, &snapshot->txn);
        if (rc != 0) {
            tr_alloc_put(kv->alloc, snapshot, sizeof(*snapshot));
            return tr_kv_fail(trail, kv, rc, "cannot read");
        }
    }
    *out = snapshot;
    return TR_OK;
}

tr_err tr_kv_snapshot_take(tr_trail *trail, tr_kv *kv, tr_kv_snapshot **out)
{
    tr_kv_snapshot *snapshot = NULL;
    int64_t now = tr_clock_monotonic(tr_clock_system());
    pthread_mutex_lock(&kv->readers);
    tr_err err = check_alive(trail, kv);
    if (err == TR_OK) err = renew(trail, kv, &snapshot);
    if (snapshot != NULL) {
        snapshot->taken = now;
        snapshot->known = 0;
        snapshot->previous = kv->newest;
        snapshot->next = NULL;
        *(kv->newest == NULL ? &kv->oldest : &kv->newest->next) = snapshot;
        kv->newest = snapshot;
        kv->held++;
        *out = snapshot;
    }
    pthread_mutex_unlock(&kv->readers);
    return err;
}

void tr_kv_snapshot_drop(tr_kv_snapshot *snapshot)
{
    if (snapshot == NULL) return;
    tr_kv *kv = snapshot->kv;
    pthread_mutex_lock(&kv->readers);
    *(snapshot->previous == NULL ? &kv->oldest : &snapshot->previous->next) = snapshot->next;
    *(snapshot->next == NULL ? &kv->newest : &snapshot->next->previous) = snapshot->previous;
    kv->held--;
    bool keep = kv->idle_count < TR_KV_IDLE_MAX;
    if (keep) {
        mdb_txn_reset(snapshot->txn);
        snapshot->next = kv->idle;
        kv->idle = snapshot;
        kv->idle_count++;
    } else {
        mdb_txn_abort(snapshot->txn);
        tr_alloc_put(kv->alloc, snapshot, sizeof(*snapshot));
    }
    pthread_mutex_unlock(&kv->readers);
}

uint64_t tr_kv_position(const tr_kv_snapshot *snapshot)
{
    tr_kv_state state = {0};
    tr_err err = tr_kv_get_state(NULL, snapshot->kv, snapshot->txn, &state);
    TR_ASSERT(err == TR_OK); /* opening has read it, and every batch writes it */
    return state.position;
}

static tr_err read_failed(tr_trail *trail, const tr_kv *kv, int error, tr_bytes key)
{
    if (error == MDB_NOTFOUND && key.len <= TR_KV_KEY_MAX) return TR_E_NOT_FOUND;
    return tr_kv_fail(trail, kv, error == MDB_NOTFOUND ? MDB_BAD_VALSIZE : error, "cannot read");
}

tr_err tr_kv_get_slowly(tr_trail *trail, tr_kv_snapshot *snapshot, tr_kv_table table, tr_bytes key,
                        tr_bytes *out)
{
    const tr_kv *kv = snapshot->kv;
    MDB_val k = {key.len, (void *)(uintptr_t)key.data}, v;
    int rc = mdb_get(snapshot->txn, kv->tables[table], &k, &v);
    if (rc != 0) return read_failed(trail, kv, rc, key);
    *out = tr_bytes_of(v.mv_data, v.mv_size);
    return TR_OK;
}

static bool know_root(tr_kv_snapshot *snapshot, tr_kv_table table)
{
    uint64_t bit = (uint64_t)1 << table;
    TR_ASSERT(table < snapshot->kv->table_count);
    if (TR_LIKELY((snapshot->known & bit) != 0)) return true;
    if (!tr_kv_find_root(snapshot, table, &snapshot->roots[table])) return false;
    snapshot->known |= bit;
    return true;
}

tr_err tr_kv_get(tr_trail *trail, tr_kv_snapshot *snapshot, tr_kv_table table, tr_bytes key,
                 tr_bytes *out)
{
    if (TR_UNLIKELY(!know_root(snapshot, table) || key.len - 1 >= TR_KV_KEY_MAX))
        return tr_kv_get_slowly(trail, snapshot, table, key, out);
    tr_err err = tr_kv_find(&snapshot->roots[table], key, out);
    if (TR_UNLIKELY(err == TR_E_KV_DAMAGED))
        return tr_fail(trail, err, "the store in %s is damaged", snapshot->kv->path);
    return err;
}

tr_err tr_kv_count(tr_trail *trail, tr_kv_snapshot *snapshot, tr_kv_table table, uint64_t *out)
{
    MDB_stat stat;
    (void)know_root(snapshot, table);
    int rc = mdb_stat(snapshot->txn, snapshot->kv->tables[table], &stat);
    if (rc != 0) return tr_kv_fail(trail, snapshot->kv, rc, "cannot read");
    *out = stat.ms_entries;
    return TR_OK;
}

tr_err tr_kv_cursor_open(tr_trail *trail, tr_kv_snapshot *snapshot, tr_kv_table table,
                         tr_kv_cursor **out)
{
    tr_kv *kv = snapshot->kv;
    TR_ASSERT(table < kv->table_count);
    tr_kv_cursor *cursor = tr_alloc_get(kv->alloc, sizeof(*cursor));
    if (cursor == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a cursor");
    *cursor = (tr_kv_cursor){.snapshot = snapshot, .where = TR_KV_FRESH};
    int rc = mdb_cursor_open(snapshot->txn, kv->tables[table], &cursor->cursor);
    if (rc == 0) {
        *out = cursor;
        return TR_OK;
    }
    tr_alloc_put(kv->alloc, cursor, sizeof(*cursor));
    return tr_kv_fail(trail, kv, rc, "cannot read");
}

void tr_kv_cursor_close(tr_kv_cursor *cursor)
{
    if (cursor == NULL) return;
    mdb_cursor_close(cursor->cursor);
    tr_alloc_put(cursor->snapshot->kv->alloc, cursor, sizeof(*cursor));
}

/* Moves; end is where the cursor is when there is nothing. */
static tr_err move(tr_trail *trail, tr_kv_cursor *cursor, MDB_cursor_op op, unsigned end, MDB_val k,
                   tr_bytes *key, tr_bytes *value)
{
    MDB_val v;
    int rc = mdb_cursor_get(cursor->cursor, &k, &v, op);
    if (rc == MDB_NOTFOUND) {
        cursor->where = end;
        return TR_E_NOT_FOUND;
    }
    if (rc != 0) return tr_kv_fail(trail, cursor->snapshot->kv, rc, "cannot read");
    cursor->where = TR_KV_AT;
    *key = tr_bytes_of(k.mv_data, k.mv_size);
    *value = tr_bytes_of(v.mv_data, v.mv_size);
    return TR_OK;
}

tr_err tr_kv_seek(tr_trail *trail, tr_kv_cursor *cursor, tr_bytes key, tr_bytes *found,
                  tr_bytes *value)
{
    MDB_val k = {key.len, (void *)(uintptr_t)key.data};
    return move(trail, cursor, key.len == 0 ? MDB_FIRST : MDB_SET_RANGE, TR_KV_AFTER, k, found,
                value);
}

tr_err tr_kv_next(tr_trail *trail, tr_kv_cursor *cursor, tr_bytes *key, tr_bytes *value)
{
    if (cursor->where == TR_KV_AFTER) return TR_E_NOT_FOUND;
    MDB_cursor_op op = cursor->where == TR_KV_AT ? MDB_NEXT : MDB_FIRST;
    return move(trail, cursor, op, TR_KV_AFTER, (MDB_val){0}, key, value);
}

tr_err tr_kv_previous(tr_trail *trail, tr_kv_cursor *cursor, tr_bytes *key, tr_bytes *value)
{
    if (cursor->where == TR_KV_BEFORE) return TR_E_NOT_FOUND;
    MDB_cursor_op op = cursor->where == TR_KV_AT ? MDB_PREV : MDB_LAST;
    return move(trail, cursor, op, TR_KV_BEFORE, (MDB_val){0}, key, value);
}

tr_err tr_kv_last(tr_trail *trail, tr_kv_cursor *cursor, tr_bytes *key, tr_bytes *value)
{
    return move(trail, cursor, MDB_LAST, TR_KV_BEFORE, (MDB_val){0}, key, value);
}
