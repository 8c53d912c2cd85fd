#include "eth/tx_internal.h"

/* Reads the list of a type's fields, which r stands before. */
static void read_list(tr_rlp *r, tr_arena *arena, const tr_record *record, size_t signed_count,
                      tr_tx *out)
{
    tr_rlp in = tr_rlp_list(r);
    const uint8_t *begin = in.at;
    if (TR_UNLIKELY(out->type == TR_TX_BLOB && tr_rlp_next_is_list(&in)))
        tr_rlp_fail(&in, TR_E_TX_WRAPPED);
    tr_record_read(&in, record, signed_count, arena, out);
    out->to_sign = (tr_bytes){begin, (size_t)(in.at - begin)};
    if (signed_count != record->count) {
        tr_record signature = {.fields = record->fields + signed_count};
        tr_record_read(&in, &signature, record->count - signed_count, arena, out);
    }
    tr_rlp_leave(r, &in);
    if (out->type <= TR_TX_ACCESS_LIST) out->max_priority = out->max_fee;
    if (out->type == TR_TX_LEGACY && out->v >= 35) out->chain_id = (out->v - 35) / 2;
}

void tx_read_fields(tr_rlp *r, tr_arena *arena, uint8_t type, tr_tx *out)
{
    size_t signed_count;
    const tr_record *record = tr_tx_record(type, &signed_count);
    *out = (tr_tx){.type = type};
    if (TR_UNLIKELY(record == NULL)) {
        tr_rlp_fail(r, TR_E_TX_TYPE);
    } else {
        read_list(r, arena, record, signed_count, out);
    }
}

/* Reads the consensus form; r is at its first byte and ends where it ends. */
static void read_consensus(tr_rlp *r, tr_arena *arena, tr_tx *out)
{
    const uint8_t *begin = r->at;
    if (r->at != r->end && *r->at < 0xc0) {
        uint8_t type = *r->at;
        size_t signed_count;
        /* A type of 0 is never written. */
        if (type == TR_TX_LEGACY || tr_tx_record(type, &signed_count) == NULL) {
            *out = (tr_tx){0};
            tr_rlp_fail(r, TR_E_TX_TYPE);
            return;
        }
        r->at++;
        tx_read_fields(r, arena, type, out);
    } else {
        tx_read_fields(r, arena, TR_TX_LEGACY, out);
    }
    out->encoding = (tr_bytes){begin, (size_t)(r->at - begin)};
    if (r->err == TR_OK && tr_rlp_more(r)) tr_rlp_fail(r, TR_E_TRAILING);
    if (TR_UNLIKELY(r->err != TR_OK)) *out = (tr_tx){0};
}

tr_err tr_tx_decode(tr_trail *trail, tr_arena *arena, tr_bytes raw, tr_tx *out)
{
    tr_rlp r = tr_rlp_open(raw);
    read_consensus(&r, arena, out);
    return tr_rlp_finish(&r, trail, "transaction");
}

size_t tr_tx_decode_many(tr_arena *arena, size_t n, const tr_bytes raw[], tr_tx out[],
                         tr_err errs[])
{
    size_t good = 0;
    for (size_t i = 0; i < n; i++) {
        tr_err err = tr_tx_decode(NULL, arena, raw[i], &out[i]);
        if (errs != NULL) {
            errs[i] = err;
        } else if (err != TR_OK) {
            break;
        }
        good += err == TR_OK;
    }
    return good;
}

void tr_tx_read(tr_rlp *r, tr_arena *arena, tr_tx *out)
{
    if (tr_rlp_next_is_list(r)) {
        const uint8_t *begin = r->at;
        tx_read_fields(r, arena, TR_TX_LEGACY, out);
        out->encoding = (tr_bytes){begin, (size_t)(r->at - begin)};
        if (r->err != TR_OK) *out = (tr_tx){0};
        return;
    }
    tr_bytes inside = tr_rlp_bytes(r);
    if (r->err != TR_OK) {
        *out = (tr_tx){0};
        return;
    }
    tr_rlp in = {.at = inside.data,
                 .end = inside.data + inside.len,
                 .start = r->start,
                 .depth = r->depth + 1};
    /* A list within the string would be a legacy transaction in clothes that it never wears. */
    if (tr_rlp_next_is_list(&in)) tr_rlp_fail(&in, TR_E_TX_TYPE);
    read_consensus(&in, arena, out);
    tr_rlp_leave(r, &in);
}
