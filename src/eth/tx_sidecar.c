#include "eth/tx_internal.h"

#include "hash/sha2.h"

enum { COMMITMENT = 48, PROOF = 48, HASH_VERSION = 0x01 };

/* A list of strings, as views.  An item takes 16 bytes of arena for each byte of input at most. */
static void read_strings(tr_rlp *r, tr_arena *arena, tr_list *out)
{
    *out = (tr_list){NULL, 0};
    tr_rlp in = tr_rlp_list(r);
    size_t count = tr_rlp_count(&in);
    tr_bytes *items = NULL;
    if (count != 0) {
        items = TR_ARENA_ARRAY(arena, tr_bytes, count);
        if (items == NULL) tr_rlp_fail(&in, TR_E_MEMORY);
    }
    for (size_t i = 0; i < count && in.err == TR_OK; i++) items[i] = tr_rlp_bytes(&in);
    tr_rlp_leave(r, &in);
    if (r->err == TR_OK) *out = (tr_list){items, count};
}

/* Reads what follows the transaction: in version 1 a number, then three lists. */
static void read_sidecar(tr_rlp *r, tr_arena *arena, tr_blob_sidecar *out)
{
    if (tr_rlp_more(r) && !tr_rlp_next_is_list(r)) {
        const uint8_t *at = r->at;
        if (tr_rlp_u64(r) != 1 && r->err == TR_OK) {
            r->at = at;
            tr_rlp_fail(r, TR_E_TX_SIDECAR);
        }
        out->version = 1;
    }
    read_strings(r, arena, &out->blobs);
    read_strings(r, arena, &out->commitments);
    read_strings(r, arena, &out->proofs);
    out->count = out->blobs.count;
}

/* The consensus form of the transaction within: its type byte lies elsewhere in the document. */
static tr_bytes consensus_form(tr_arena *arena, tr_bytes list)
{
    uint8_t *to = tr_arena_get(arena, list.len + 1, 1);
    if (to == NULL) return (tr_bytes){NULL, 0};
    to[0] = TR_TX_BLOB;
    memcpy(to + 1, list.data, list.len);
    return (tr_bytes){to, list.len + 1};
}

static bool is_wrapped(tr_bytes raw)
{
    if (raw.len == 0 || raw.data[0] != TR_TX_BLOB) return false;
    tr_rlp r = tr_rlp_open((tr_bytes){raw.data + 1, raw.len - 1});
    tr_rlp in = tr_rlp_list(&r);
    return r.err == TR_OK && tr_rlp_next_is_list(&in);
}

tr_err tr_tx_decode_wrapped(tr_trail *trail, tr_arena *arena, tr_bytes raw, tr_tx *out,
                            tr_blob_sidecar *sidecar)
{
    *sidecar = (tr_blob_sidecar){0};
    if (!is_wrapped(raw)) return tr_tx_decode(trail, arena, raw, out);
    tr_rlp r = tr_rlp_open(raw);
    r.at++;
    tr_rlp in = tr_rlp_list(&r);
    const uint8_t *begin = in.at;
    tx_read_fields(&in, arena, TR_TX_BLOB, out);
    tr_bytes list = {begin, (size_t)(in.at - begin)};
    read_sidecar(&in, arena, sidecar);
    if (in.err == TR_OK) {
        out->encoding = consensus_form(arena, list);
        if (out->encoding.data == NULL) tr_rlp_fail(&in, TR_E_MEMORY);
    }
    tr_rlp_leave(&r, &in);
    tr_err err = tr_rlp_finish(&r, trail, "transaction with blobs");
    if (err != TR_OK) {
        *out = (tr_tx){0};
        *sidecar = (tr_blob_sidecar){0};
    }
    return err;
}

static size_t strings_payload(tr_list list)
{
    size_t size = 0;
    for (size_t i = 0; i < list.count; i++)
        size += tr_rlp_bytes_size(*TR_LIST_AT(tr_bytes, list, i));
    return size;
}

static void put_strings(tr_buf *out, tr_list list)
{
    tr_rlp_put_list(out, strings_payload(list));
    for (size_t i = 0; i < list.count; i++) tr_rlp_put_bytes(out, *TR_LIST_AT(tr_bytes, list, i));
}

void tr_tx_encode_wrapped(tr_buf *out, const tr_tx *tx, const tr_blob_sidecar *sidecar)
{
    if (tx->type != TR_TX_BLOB) {
        tr_tx_encode(out, tx);
        return;
    }
    size_t signed_count;
    const tr_record *record = tr_tx_record(TR_TX_BLOB, &signed_count);
    size_t fields = tr_record_size(record, record->count, tx);
    size_t payload = tr_rlp_list_size(fields) + (sidecar->version != 0);
    payload += tr_rlp_list_size(strings_payload(sidecar->blobs));
    payload += tr_rlp_list_size(strings_payload(sidecar->commitments));
    payload += tr_rlp_list_size(strings_payload(sidecar->proofs));
    tr_buf_put_u8(out, TR_TX_BLOB);
    tr_rlp_put_list(out, payload);
    tr_rlp_put_list(out, fields);
    tr_record_write(out, record, record->count, tx);
    if (sidecar->version != 0) tr_rlp_put_u64(out, sidecar->version);
    put_strings(out, sidecar->blobs);
    put_strings(out, sidecar->commitments);
    put_strings(out, sidecar->proofs);
}

static tr_err check_sizes(tr_trail *trail, const char *what, tr_list list, size_t count,
                          size_t size)
{
    if (list.count != count)
        return tr_fail(trail, TR_E_TX_SIDECAR, "%zu %s where there must be %zu", list.count, what,
                       count);
    for (size_t i = 0; i < count; i++) {
        size_t len = TR_LIST_AT(tr_bytes, list, i)->len;
        if (len != size)
            return tr_fail(trail, TR_E_TX_SIDECAR, "%s: number %zu has %zu bytes, not %zu", what, i,
                           len, size);
    }
    return TR_OK;
}

static tr_err check_hashes(tr_trail *trail, const tr_tx *tx, const tr_blob_sidecar *sidecar)
{
    enum { AT_ONCE = 16 };
    tr_hash hashes[AT_ONCE];
    const tr_bytes *commitments = sidecar->commitments.at;
    for (size_t at = 0; at < sidecar->count; at += AT_ONCE) {
        size_t n = TR_MIN(sidecar->count - at, (size_t)AT_ONCE);
        tr_sha256_many(n, commitments + at, hashes);
        for (size_t i = 0; i < n; i++) {
            hashes[i].b[0] = HASH_VERSION;
            if (memcmp(hashes[i].b, TR_LIST_AT(tr_hash, tx->blob_hashes, at + i)->b, 32) != 0)
                return tr_fail(trail, TR_E_TX_SIDECAR,
                               "the versioned hash of blob %zu is not its commitment's", at + i);
        }
    }
    return TR_OK;
}

tr_err tr_blob_sidecar_check(tr_trail *trail, const tr_tx *tx, const tr_blob_sidecar *sidecar)
{
    size_t count = tx->blob_hashes.count;
    size_t proofs = count;
    if (sidecar->count != count)
        return tr_fail(trail, TR_E_TX_SIDECAR, "%zu blobs where there must be %zu", sidecar->count,
                       count);
    if (sidecar->version > 1)
        return tr_fail(trail, TR_E_TX_SIDECAR, "no version %u is known", sidecar->version);
    if (sidecar->version == 1 && !tr_mul_size(count, TR_CELL_PROOFS, &proofs))
        return tr_fail(trail, TR_E_TX_SIDECAR, "%zu blobs are too many", count);
    TR_TRY(check_sizes(trail, "blobs", sidecar->blobs, count, TR_BLOB_SIZE));
    TR_TRY(check_sizes(trail, "commitments", sidecar->commitments, count, COMMITMENT));
    TR_TRY(check_sizes(trail, "proofs", sidecar->proofs, proofs, PROOF));
    return check_hashes(trail, tx, sidecar);
}
