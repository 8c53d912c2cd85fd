/* Cursors: reading what is on disk, beside appending and pruning. */
#include "store/wal_internal.h"

enum { READ_AHEAD = 256 << 10 };

struct tr_wal_cursor {
    tr_wal *wal;
    uint64_t wanted; /* the record that comes next */
    bool open;
    tr_file file;
    tr_wal_segment segment;
    uint64_t until;    /* first sequence of the next segment */
    uint64_t sequence; /* of the record at offset */
    uint64_t offset;
    tr_buf buf; /* what was read, from read_from on, when all below read_durable was on disk */
    uint64_t read_from, read_durable;
};

tr_err tr_wal_seek(tr_trail *trail, tr_wal *wal, uint64_t sequence, tr_wal_cursor **out)
{
    tr_wal_segment segment;
    uint64_t until;
    pthread_mutex_lock(&wal->lock);
    uint64_t next = wal->next;
    pthread_mutex_unlock(&wal->lock);
    if (sequence > next)
        return tr_fail(trail, TR_E_RANGE, "the log ends before record %llu",
                       (unsigned long long)sequence);
    if (sequence < next && tr_wal_durable(wal) > sequence &&
        tr_wal_find_segment(wal, sequence, &segment, &until) != TR_OK)
        return tr_fail(trail, TR_E_NOT_FOUND, "record %llu is not in the log any more",
                       (unsigned long long)sequence);
    tr_wal_cursor *cursor = tr_alloc_get(wal->options.alloc, sizeof(*cursor));
    if (cursor == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a cursor");
    *cursor = (tr_wal_cursor){.wal = wal, .wanted = sequence};
    tr_buf_init(&cursor->buf, wal->options.alloc, SIZE_MAX);
    *out = cursor;
    return TR_OK;
}

void tr_wal_cursor_free(tr_wal_cursor *cursor)
{
    if (cursor == NULL) return;
    if (cursor->open) (void)tr_file_close(NULL, &cursor->file);
    tr_buf_free(&cursor->buf);
    tr_alloc_put(cursor->wal->options.alloc, cursor, sizeof(*cursor));
}

/* Bad bytes, or a file that is gone: pruned meanwhile, or damaged. */
static tr_err lost(tr_trail *trail, const tr_wal_cursor *c, tr_err err)
{
    tr_wal_segment segment;
    uint64_t until;
    if (tr_wal_find_segment(c->wal, c->wanted, &segment, &until) != TR_OK)
        return tr_fail(trail, TR_E_NOT_FOUND, "record %llu is not in the log any more",
                       (unsigned long long)c->wanted);
    if (err != TR_OK) return err;
    return tr_fail_at(trail, TR_E_WAL_DAMAGED, c->offset,
                      "the log is damaged: %s: at offset %llu is a bad record", c->file.name,
                      (unsigned long long)c->offset);
}

static tr_err open_segment(tr_trail *trail, tr_wal_cursor *c)
{
    char name[TR_WAL_NAME], path[TR_PATH_LIMIT];
    if (c->open) (void)tr_file_close(NULL, &c->file);
    c->open = false;
    if (tr_wal_find_segment(c->wal, c->wanted, &c->segment, &c->until) != TR_OK)
        return lost(trail, c, TR_OK);
    tr_wal_name(c->segment.first, name);
    TR_TRY(tr_wal_path(trail, c->wal->directory, name, path));
    tr_err err = tr_file_open(trail, c->wal->options.fs, path, TR_OPEN_READ, 0, &c->file);
    if (err != TR_OK) return lost(trail, c, err);
    c->open = true;
    c->sequence = c->segment.first;
    c->offset = TR_WAL_HEADER;
    tr_buf_clear(&c->buf);
    return TR_OK;
}

/* The bytes from the cursor's offset on, at least n of them; NULL data: the file has not so many.
 */
static tr_err bytes_at(tr_trail *trail, tr_wal_cursor *c, size_t n, tr_bytes *out)
{
    uint64_t skip = c->offset - c->read_from;
    if (c->read_durable <= c->sequence || c->buf.len == 0 || c->offset < c->read_from ||
        skip > c->buf.len || n > c->buf.len - skip) {
        tr_buf_clear(&c->buf);
        c->read_durable = tr_wal_durable(c->wal);
        c->read_from = c->offset;
        size_t want = TR_MAX(n, (size_t)READ_AHEAD), got;
        uint8_t *to = tr_buf_reserve(&c->buf, want);
        if (to == NULL) {
            tr_buf_clear(&c->buf);
            return tr_fail(trail, TR_E_MEMORY, "no memory to read the log");
        }
        TR_TRY(tr_file_read_some(trail, &c->file, c->offset, to, want, &got));
        c->buf.len = got;
        skip = 0;
    }
    *out = tr_bytes_cut(tr_buf_view(&c->buf), (size_t)skip, SIZE_MAX);
    if (out->len < n) out->data = NULL;
    return TR_OK;
}

/* The record at the cursor's offset, which is on disk; the cursor goes past it. */
static tr_err read_record(tr_trail *trail, tr_wal_cursor *c, tr_wal_record *out)
{
    tr_bytes bytes;
    tr_wal_head head;
    TR_TRY(bytes_at(trail, c, TR_WAL_HEAD, &bytes));
    if (bytes.data == NULL || !tr_wal_get_head(bytes.data, c->segment.salt, c->offset, &head) ||
        head.sequence != c->sequence)
        return lost(trail, c, TR_OK);
    size_t room = tr_wal_room(head.length);
    if (c->sequence >= c->wanted) { /* what comes before is only gone past */
        TR_TRY(bytes_at(trail, c, room, &bytes));
        if (bytes.data == NULL || !tr_wal_body_is_good(&head, bytes.data + TR_WAL_HEAD))
            return lost(trail, c, TR_OK);
    }
    *out = (tr_wal_record){head.sequence, head.type,
                           tr_bytes_of(bytes.data + TR_WAL_HEAD, head.length)};
    c->offset += room;
    c->sequence++;
    return TR_OK;
}

tr_err tr_wal_next(tr_trail *trail, tr_wal_cursor *c, tr_wal_record *out)
{
    tr_wal *wal = c->wal;
    if (c->wanted >= tr_wal_durable(wal)) return TR_E_EMPTY;
    /* The segment may have got a successor since it was opened. */
    if (c->open && c->until == UINT64_MAX &&
        atomic_load_explicit(&wal->active_first, memory_order_acquire) != c->segment.first) {
        tr_wal_segment segment;
        if (tr_wal_find_segment(wal, c->segment.first, &segment, &c->until) != TR_OK)
            c->until = c->wanted; /* gone; so is the record, or it is in another one */
    }
    if (!c->open || c->wanted >= c->until) TR_TRY(open_segment(trail, c));
    do TR_TRY(read_record(trail, c, out));
    while (out->sequence < c->wanted);
    c->wanted++;
    return TR_OK;
}
