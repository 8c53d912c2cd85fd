/* The log.  The first byte says what the rest is:
 *
 *   even   a segment: scanning it stays in it and gives the same twice
 *   odd    a directory of up to four segments (first number, length in 16 bits, bytes): looking at
 *          it and opening it say the same; what opens goes on as a log, without damage
 *
 * Checksums are made right where the byte's higher bits ask for it, or nothing would come past
 * them. */
#include "fault_fs.h"
#include "hash/crc32c.h"
#include "os/heap.h"
#include "store/wal_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { MOST = 1 << 16, FILES = 4 };

typedef struct seen {
    tr_bytes segment;
    uint64_t next, sum;
    bool begun;
} seen;

static bool see(void *context, const tr_wal_record *record)
{
    seen *s = context;
    const uint8_t *body = record->body.data;
    TR_ASSERT(body >= s->segment.data + TR_WAL_HEADER + TR_WAL_HEAD);
    TR_ASSERT(record->body.len <= (size_t)(s->segment.data + s->segment.len - body));
    TR_ASSERT(!s->begun || record->sequence == s->next);
    s->begun = true;
    s->next = record->sequence + 1;
    for (size_t i = 0; i < record->body.len; i++) s->sum = s->sum * 31 + body[i];
    return true;
}

static void scan(tr_bytes segment)
{
    seen once = {.segment = segment}, twice = once;
    tr_wal_scan_report a, b;
    tr_err err = tr_wal_scan(NULL, segment, see, &once, &a);
    TR_ASSERT(err == tr_wal_scan(NULL, segment, see, &twice, &b));
    TR_ASSERT(err == TR_OK || err == TR_E_WAL_DAMAGED || err == TR_E_WAL_VERSION);
    TR_ASSERT(once.sum == twice.sum && once.next == twice.next);
    if (err != TR_OK) return;
    TR_ASSERT(a.good == b.good && a.torn == b.torn && a.damaged == b.damaged && a.next == b.next);
    TR_ASSERT(a.good <= segment.len && a.tail <= segment.len - a.good);
    TR_ASSERT(!(a.torn && a.damaged) && (a.torn || a.tail == 0));
    TR_ASSERT(!a.damaged || (a.evidence >= a.good && a.evidence < segment.len));
    TR_ASSERT(a.next == (once.begun ? once.next : a.first));
}

/* Makes the checksums right: of the header, of heads, of bodies. */
static void seal(uint8_t *bytes, size_t len, uint8_t what)
{
    if (len < TR_WAL_HEADER) return;
    if ((what & 2) != 0) {
        memcpy(bytes, "TRSTLWAL", 8);
        tr_store32le(bytes + 8, (uint32_t)(bytes[8] & 1) + 1);
        tr_store32le(bytes + 60, tr_crc32c(0, tr_bytes_of(bytes, 60)));
    }
    uint64_t salt = tr_load64le(bytes + 40);
    for (size_t at = TR_WAL_HEADER; len - at >= TR_WAL_HEAD;) {
        size_t body = tr_load32le(bytes + at + 8) & 0x1ffffff, room = tr_wal_room(body);
        if (room > len - at) break;
        if ((what & 8) != 0)
            tr_store32le(bytes + at + 4, tr_crc32c(0, tr_bytes_of(bytes + at + TR_WAL_HEAD, body)));
        if ((what & 4) != 0) tr_wal_seal_head(bytes + at, salt, at, tr_load32le(bytes + at + 12));
        at += room;
    }
}

static tr_err look(const tr_wal_options *options, tr_wal_report *report)
{
    tr_wal *wal;
    tr_wal_cursor *cursor;
    tr_wal_record record;
    tr_trail trail;
    tr_err err = tr_wal_open(&trail, "/log", options, &wal, report);
    if (err != TR_OK) return err;
    uint64_t next = report->first;
    TR_ASSERT(tr_wal_seek(NULL, wal, report->first, &cursor) == TR_OK);
    while ((err = tr_wal_next(&trail, cursor, &record)) == TR_OK)
        TR_ASSERT(record.sequence == next++);
    TR_ASSERT(err == TR_E_EMPTY && next == report->next);
    tr_wal_cursor_free(cursor);
    TR_ASSERT(tr_wal_close(NULL, wal) == TR_OK);
    return TR_OK;
}

/* What opens is a log like any other. */
static void go_on(tr_fault_fs *fault, const tr_wal_options *options, const tr_wal_report *looked)
{
    tr_wal *wal;
    tr_wal_report report;
    uint64_t first;
    TR_ASSERT(tr_wal_open(NULL, "/log", options, &wal, &report) == TR_OK);
    TR_ASSERT(memcmp(&report, looked, sizeof(report)) == 0);
    tr_wal_record record = {.type = 1, .body = TR_LIT("one more")};
    tr_err err = tr_wal_append(NULL, wal, 1, &record, &first);
    TR_ASSERT(err == TR_OK || report.next == UINT64_MAX);
    TR_ASSERT(tr_wal_close(NULL, wal) == TR_OK);
    tr_fault_power_loss(fault);
    uint64_t next = report.next + (err == TR_OK);
    TR_ASSERT(look(options, &report) == TR_OK);
    TR_ASSERT(report.next == next && report.cut_bytes == 0);
}

static void open_files(const uint8_t *data, size_t len, uint8_t what)
{
    tr_fault_fs *fault = tr_fault_new(len);
    tr_wal_options options = {
        .fs = tr_fault_fs_of(fault), .alloc = tr_heap(), .segment = 2048, .alone = true};
    static uint8_t copy[MOST];
    char path[64] = "/log/", name[TR_WAL_NAME];
    TR_ASSERT(tr_dir_make(NULL, options.fs, "/log", 0700) == TR_OK);
    TR_ASSERT(tr_dir_sync(NULL, options.fs, "/") == TR_OK);
    for (int i = 0; i < FILES && len >= 3; i++) {
        size_t n = TR_MIN((size_t)tr_load16le(data + 1), len - 3);
        tr_wal_name(data[0], name);
        strcpy(path + 5, name);
        memcpy(copy, data + 3, n);
        seal(copy, n, what);
        tr_fault_put(fault, path, tr_bytes_of(copy, n));
        data += 3 + n;
        len -= 3 + n;
    }
    tr_wal_report report;
    options.read_only = true;
    tr_err err = look(&options, &report);
    options.read_only = false;
    if (err == TR_OK) {
        go_on(fault, &options, &report);
    } else {
        tr_wal *wal;
        TR_ASSERT(err == TR_E_WAL_DAMAGED || err == TR_E_WAL_VERSION);
        TR_ASSERT(tr_wal_open(NULL, "/log", &options, &wal, NULL) == err);
    }
    TR_ASSERT(tr_fault_open_files(fault) == 0);
    tr_fault_free(fault);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len == 0 || len > MOST) return 0;
    if ((data[0] & 1) != 0) {
        open_files(data + 1, len - 1, data[0]);
        return 0;
    }
    uint8_t *segment = tr_alloc_get(tr_heap(), len);
    memcpy(segment, data + 1, len - 1);
    scan(tr_bytes_of(segment, len - 1));
    seal(segment, len - 1, data[0]);
    scan(tr_bytes_of(segment, len - 1));
    tr_alloc_put(tr_heap(), segment, len);
    return 0;
}
