/* The format of a segment, and reading one through. */
#include "hash/crc32c.h"
#include "store/wal_internal.h"

static const char magic[8] = {'T', 'R', 'S', 'T', 'L', 'W', 'A', 'L'};
enum { LENGTH_BITS = 25 };
_Static_assert(TR_WAL_RECORD_MAX < 1 << LENGTH_BITS, "a length fits");
_Static_assert(TR_WAL_TYPES == 1 << (32 - LENGTH_BITS), "and so does a type");

void tr_wal_put_header(const tr_wal_header *header, uint8_t out[TR_WAL_HEADER])
{
    memset(out, 0, TR_WAL_HEADER);
    memcpy(out, magic, sizeof(magic));
    tr_store32le(out + 8, TR_WAL_VERSION);
    tr_store32le(out + 12, header->flags);
    memcpy(out + 16, header->log, sizeof(header->log));
    tr_store64le(out + 32, header->first);
    tr_store64le(out + 40, header->salt);
    tr_store32le(out + 60, tr_crc32c(0, tr_bytes_of(out, 60)));
}

tr_err tr_wal_get_header(tr_trail *trail, tr_bytes segment, tr_wal_header *out)
{
    const uint8_t *in = segment.data;
    if (segment.len < TR_WAL_HEADER || memcmp(in, magic, sizeof(magic)) != 0 ||
        tr_load32le(in + 60) != tr_crc32c(0, tr_bytes_of(in, 60)))
        return tr_fail_at(trail, TR_E_WAL_DAMAGED, 0, "it has no good header");
    if (tr_load32le(in + 8) > TR_WAL_VERSION)
        return tr_fail_at(trail, TR_E_WAL_VERSION, 8,
                          "it has version %u of the format, and this program knows version %d",
                          tr_load32le(in + 8), (int)TR_WAL_VERSION);
    out->flags = tr_load32le(in + 12);
    memcpy(out->log, in + 16, sizeof(out->log));
    out->first = tr_load64le(in + 32);
    out->salt = tr_load64le(in + 40);
    return TR_OK;
}

void tr_wal_put_head(const tr_wal_head *head, uint8_t *out)
{
    tr_store32le(out + 4, head->body_sum);
    tr_store32le(out + 8, head->length | (uint32_t)head->type << LENGTH_BITS);
    tr_store64le(out + 16, head->sequence);
}

static uint32_t head_sum(const uint8_t *head, uint64_t salt, uint64_t offset)
{
    uint8_t bytes[16 + TR_WAL_HEAD - 4];
    tr_store64le(bytes, salt);
    tr_store64le(bytes + 8, offset);
    memcpy(bytes + 16, head + 4, TR_WAL_HEAD - 4);
    return tr_crc32c(0, TR_VIEW(bytes));
}

void tr_wal_seal_head(uint8_t *head, uint64_t salt, uint64_t offset, uint64_t group)
{
    tr_store32le(head + 12, (uint32_t)group);
    tr_store32le(head, head_sum(head, salt, offset));
}

bool tr_wal_get_head(const uint8_t *head, uint64_t salt, uint64_t offset, tr_wal_head *out)
{
    uint32_t length = tr_load32le(head + 8);
    *out = (tr_wal_head){
        .body_sum = tr_load32le(head + 4),
        .length = length & ((1u << LENGTH_BITS) - 1),
        .group = tr_load32le(head + 12),
        .type = (uint8_t)(length >> LENGTH_BITS),
        .sequence = tr_load64le(head + 16),
    };
    return out->length <= TR_WAL_RECORD_MAX && out->group >= TR_WAL_HEADER &&
           out->group <= offset && out->group % 8 == 0 &&
           tr_load32le(head) == head_sum(head, salt, offset);
}

bool tr_wal_body_is_good(const tr_wal_head *head, const uint8_t *body)
{
    for (size_t i = head->length; i < tr_wal_room(head->length) - TR_WAL_HEAD; i++)
        if (body[i] != 0) return false;
    return tr_crc32c(0, tr_bytes_of(body, head->length)) == head->body_sum;
}

/* Reads the good records from the start on; false if each ended it. */
static bool scan_good(tr_bytes segment, bool (*each)(void *context, const tr_wal_record *record),
                      void *context, tr_wal_scanned *s)
{
    tr_wal_scan_report *r = &s->report;
    tr_wal_head head;
    while (segment.len - r->good >= TR_WAL_HEAD) {
        const uint8_t *at = segment.data + r->good;
        if (!tr_wal_get_head(at, s->header.salt, r->good, &head) || head.sequence != r->next ||
            (head.group != r->good && head.group != s->group) ||
            tr_wal_room(head.length) > segment.len - r->good ||
            !tr_wal_body_is_good(&head, at + TR_WAL_HEAD))
            break;
        tr_wal_record record = {head.sequence, head.type,
                                tr_bytes_of(at + TR_WAL_HEAD, head.length)};
        s->group = head.group;
        r->good += tr_wal_room(head.length);
        r->next++;
        if (each != NULL && !each(context, &record)) return false;
    }
    return true;
}

/* Where a head could be: what is cheap to see is looked at before the checksum.  The sequences of
 * records after the bad one are near. */
static bool may_be_head(const uint8_t *at, const tr_wal_scan_report *r, size_t offset)
{
    uint64_t ahead = tr_load64le(at + 16) - r->next;
    return ahead <= (offset - r->good) / TR_WAL_HEAD;
}

/* Looks behind the bad record for heads that bear witness: any at all (the tail is then torn), and
 * one whose group begins after it (then it is damage). */
static bool scan_rest(tr_bytes segment, const tr_wal_header *header, tr_wal_scan_report *r,
                      size_t used)
{
    tr_wal_head head;
    bool any = false;
    size_t end = r->good + used;
    for (size_t at = r->good; at < end && segment.len - at >= TR_WAL_HEAD; at += 8) {
        if (!may_be_head(segment.data + at, r, at) ||
            !tr_wal_get_head(segment.data + at, header->salt, at, &head))
            continue;
        any = true;
        if (head.group > r->good) {
            r->damaged = true;
            r->evidence = at;
            break;
        }
    }
    return any;
}

static bool all_zero(const uint8_t *at, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (at[i] != 0) return false;
    return true;
}

/* How many bytes there are up to the last one that is not zero. */
static size_t used_of(tr_bytes bytes)
{
    size_t len = bytes.len;
    while (len >= 8 && tr_load64le(bytes.data + len - 8) == 0) len -= 8;
    while (len > 0 && bytes.data[len - 1] == 0) len--;
    return len;
}

tr_err tr_wal_scan_more(tr_trail *trail, tr_bytes segment,
                        bool (*each)(void *context, const tr_wal_record *record), void *context,
                        tr_wal_scanned *s)
{
    *s = (tr_wal_scanned){.group = TR_WAL_HEADER};
    TR_TRY(tr_wal_get_header(trail, segment, &s->header));
    tr_wal_scan_report *r = &s->report;
    r->first = r->next = s->header.first;
    r->good = TR_WAL_HEADER;
    if (!scan_good(segment, each, context, s)) return TR_OK;
    tr_bytes rest = tr_bytes_cut(segment, r->good, SIZE_MAX);
    if (rest.len == 0) return TR_OK;
    size_t used = used_of(rest);
    bool old_content = (s->header.flags & TR_WAL_USED_BEFORE) != 0;
    bool ends = all_zero(rest.data, TR_MIN(rest.len, (size_t)TR_WAL_HEAD));
    bool any = used != 0 && scan_rest(segment, &s->header, r, used);
    r->torn = !r->damaged && (any || !ends || (used != 0 && !old_content));
    r->tail = r->torn ? used : 0;
    return TR_OK;
}

tr_err tr_wal_scan(tr_trail *trail, tr_bytes segment,
                   bool (*each)(void *context, const tr_wal_record *record), void *context,
                   tr_wal_scan_report *report)
{
    tr_wal_scanned scanned;
    TR_TRY(tr_wal_scan_more(trail, segment, each, context, &scanned));
    *report = scanned.report;
    return TR_OK;
}
