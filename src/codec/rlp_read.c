#include "codec/rlp_internal.h"

tr_rlp tr_rlp_open(tr_bytes document)
{
    static const uint8_t nothing;
    const uint8_t *at = document.len == 0 ? &nothing : document.data;
    return (tr_rlp){.at = at, .end = at + document.len, .start = at};
}

static void fail_at(tr_rlp *r, tr_err code, const uint8_t *where)
{
    if (r->err != TR_OK) return;
    r->err = code;
    r->err_offset = (size_t)(where - r->start);
    r->at = r->end;
}

void tr_rlp_fail(tr_rlp *r, tr_err code)
{
    fail_at(r, code, r->at);
}

/* Reads the next header and goes past the item; false after an error. */
static bool take(tr_rlp *r, rlp_header *h)
{
    if (TR_UNLIKELY(r->at == r->end)) {
        tr_rlp_fail(r, TR_E_SHORT);
        return false;
    }
    tr_err err = rlp_any_header(r->at, (size_t)(r->end - r->at), h);
    if (TR_UNLIKELY(err != TR_OK)) {
        tr_rlp_fail(r, err);
        return false;
    }
    r->at += h->header + h->len;
    return true;
}

/* The item just taken was not what was asked for: its offset is that of its header. */
static void reject(tr_rlp *r, tr_err code, rlp_header h)
{
    fail_at(r, code, r->at - h.header - h.len);
}

tr_rlp tr_rlp_list(tr_rlp *r)
{
    rlp_header h;
    tr_rlp none = {.at = r->end, .end = r->end, .start = r->start, .depth = r->depth + 1};
    if (!tr_rlp_next_is_list(r)) {
        tr_rlp_fail(r, tr_rlp_more(r) ? TR_E_TYPE : TR_E_SHORT);
    } else if (r->depth >= TR_RLP_MAX_DEPTH) {
        tr_rlp_fail(r, TR_E_DEPTH);
    } else if (take(r, &h)) {
        none.at = r->at - h.len;
        none.end = r->at;
        return none;
    }
    none.at = none.end = r->at;
    none.err = r->err;
    none.err_offset = r->err_offset;
    return none;
}

void tr_rlp_leave(tr_rlp *r, const tr_rlp *inside)
{
    if (inside->err != TR_OK) {
        fail_at(r, inside->err, r->start + inside->err_offset);
    } else if (inside->at != inside->end) {
        fail_at(r, TR_E_TRAILING, inside->at);
    }
}

size_t tr_rlp_count(const tr_rlp *r)
{
    size_t count = 0;
    rlp_header h;
    for (const uint8_t *at = r->at; at != r->end; at += h.header + h.len) {
        count++;
        if (rlp_any_header(at, (size_t)(r->end - at), &h) != TR_OK) break;
    }
    return count;
}

/* A string's header and payload; sets *h even after an error, for which the view is empty. */
static tr_bytes take_string(tr_rlp *r, rlp_header *h)
{
    *h = (rlp_header){0, 0};
    if (tr_rlp_next_is_list(r)) {
        tr_rlp_fail(r, TR_E_TYPE);
        return (tr_bytes){NULL, 0};
    }
    if (!take(r, h)) return (tr_bytes){NULL, 0};
    return (tr_bytes){r->at - h->len, h->len};
}

tr_bytes tr_rlp_bytes(tr_rlp *r)
{
    rlp_header h;
    return take_string(r, &h);
}

tr_bytes tr_rlp_raw(tr_rlp *r)
{
    rlp_header h;
    if (!take(r, &h)) return (tr_bytes){NULL, 0};
    return (tr_bytes){r->at - h.len - h.header, h.header + h.len};
}

void tr_rlp_skip(tr_rlp *r)
{
    (void)tr_rlp_raw(r);
}

tr_bytes tr_rlp_int(tr_rlp *r, size_t max_len)
{
    rlp_header h;
    tr_bytes v = take_string(r, &h);
    if (v.len != 0 && v.data[0] == 0) {
        reject(r, TR_E_CANONICAL, h);
        return (tr_bytes){NULL, 0};
    }
    if (v.len > max_len) {
        reject(r, TR_E_RANGE, h);
        return (tr_bytes){NULL, 0};
    }
    return v;
}

uint64_t tr_rlp_u64(tr_rlp *r)
{
    tr_bytes v = tr_rlp_int(r, 8);
    uint64_t value = 0;
    for (size_t i = 0; i < v.len; i++) value = value << 8 | v.data[i];
    return value;
}

void tr_rlp_u256be(tr_rlp *r, uint8_t out[32])
{
    tr_bytes v = tr_rlp_int(r, 32);
    memset(out, 0, 32);
    if (v.len != 0) memcpy(out + 32 - v.len, v.data, v.len);
}

bool tr_rlp_bool(tr_rlp *r)
{
    rlp_header h;
    tr_bytes v = take_string(r, &h);
    if (r->err != TR_OK) return false;
    if (v.len == 0) return false;
    if (v.len == 1 && v.data[0] == 1) return true;
    reject(r, v.len == 1 && v.data[0] == 0 ? TR_E_CANONICAL : TR_E_RANGE, h);
    return false;
}

void tr_rlp_fixed(tr_rlp *r, void *to, size_t len)
{
    rlp_header h;
    tr_bytes v = take_string(r, &h);
    if (r->err == TR_OK && v.len != len) reject(r, TR_E_RANGE, h);
    if (r->err != TR_OK) {
        memset(to, 0, len);
    } else if (len != 0) {
        memcpy(to, v.data, len);
    }
}

tr_addr tr_rlp_addr(tr_rlp *r)
{
    tr_addr addr;
    tr_rlp_fixed(r, addr.b, sizeof(addr.b));
    return addr;
}

tr_hash tr_rlp_hash(tr_rlp *r)
{
    tr_hash hash;
    tr_rlp_fixed(r, hash.b, sizeof(hash.b));
    return hash;
}

bool tr_rlp_addr_or_none(tr_rlp *r, tr_addr *out)
{
    *out = (tr_addr){0};
    if (r->at != r->end && *r->at == 0x80) {
        r->at++;
        return false;
    }
    *out = tr_rlp_addr(r);
    return r->err == TR_OK;
}

tr_err tr_rlp_finish(tr_rlp *r, tr_trail *trail, const char *what)
{
    if (r->err == TR_OK && r->at != r->end) tr_rlp_fail(r, TR_E_TRAILING);
    if (TR_LIKELY(r->err == TR_OK)) return TR_OK;
    return tr_fail_at(trail, r->err, r->err_offset, "%s: %s", what, tr_err_text(r->err));
}
