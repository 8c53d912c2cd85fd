#include "eth/tx_internal.h"

#include "hash/keccak.h"

enum { CHUNK = 256 }; /* transactions whose views lie on the stack together */

/* How large the parts of an encoding are. */
typedef struct form {
    const tr_record *record; /* NULL: the type is not known */
    size_t signed_count;
    size_t payload; /* of the list */
    size_t size;    /* of the consensus form */
} form;

static form form_of(const tr_tx *tx)
{
    form f = {0};
    f.record = tr_tx_record(tx->type, &f.signed_count);
    if (f.record == NULL) return f;
    f.payload = tr_record_size(f.record, f.record->count, tx);
    f.size = tr_rlp_list_size(f.payload) + (tx->type != TR_TX_LEGACY);
    return f;
}

static void put_form(tr_buf *out, const tr_tx *tx, const form *f)
{
    if (f->record == NULL) {
        if (out->err == TR_OK) out->err = TR_E_TX_TYPE;
        return;
    }
    if (tx->type != TR_TX_LEGACY) tr_buf_put_u8(out, tx->type);
    tr_rlp_put_list(out, f->payload);
    tr_record_write(out, f->record, f->record->count, tx);
}

void tr_tx_encode(tr_buf *out, const tr_tx *tx)
{
    form f = form_of(tx);
    put_form(out, tx, &f);
}

size_t tr_tx_write_size(const tr_tx *tx)
{
    form f = form_of(tx);
    return tx->type == TR_TX_LEGACY ? f.size : tr_rlp_list_size(f.size);
}

void tr_tx_write(tr_buf *out, const tr_tx *tx)
{
    form f = form_of(tx);
    if (tx->type != TR_TX_LEGACY && f.record != NULL) {
        /* The header of a string is that of a list, 0x40 lower. */
        size_t at = out->len;
        tr_rlp_put_list(out, f.size);
        if (out->err == TR_OK) out->data[at] = (uint8_t)(out->data[at] - 0x40);
    }
    put_form(out, tx, &f);
}

/* What follows the fields in what is signed: the chain id and two empty strings of EIP-155. */
static size_t suffix_size(const tr_tx *tx)
{
    return tx_protected(tx) ? tr_rlp_u64_size(tx->chain_id) + 2 : 0;
}

static void put_suffix(tr_buf *out, const tr_tx *tx)
{
    if (!tx_protected(tx)) return;
    tr_rlp_put_u64(out, tx->chain_id);
    tr_buf_put_u8(out, 0x80);
    tr_buf_put_u8(out, 0x80);
}

static void put_sign_header(tr_buf *out, const tr_tx *tx, size_t fields)
{
    if (tx->type != TR_TX_LEGACY) tr_buf_put_u8(out, tx->type);
    tr_rlp_put_list(out, fields + suffix_size(tx));
}

void tr_tx_encode_to_sign(tr_buf *out, const tr_tx *tx)
{
    size_t signed_count;
    const tr_record *record = tr_tx_record(tx->type, &signed_count);
    if (record == NULL || tx->type == TR_TX_DEPOSIT) {
        if (out->err == TR_OK) out->err = TR_E_TX_TYPE;
        return;
    }
    put_sign_header(out, tx, tr_record_size(record, signed_count, tx));
    tr_record_write(out, record, signed_count, tx);
    put_suffix(out, tx);
}

tr_err tr_tx_seal(tr_trail *trail, tr_arena *arena, tr_tx *tx)
{
    form f = form_of(tx);
    if (f.record == NULL)
        return tr_fail(trail, TR_E_TX_TYPE, "no transaction type %u is known", tx->type);
    uint8_t *memory = tr_arena_get(arena, f.size, 1);
    if (memory == NULL)
        return tr_fail(trail, TR_E_MEMORY, "no memory for a transaction of %zu bytes", f.size);
    tr_buf out;
    tr_buf_init_fixed(&out, memory, f.size);
    put_form(&out, tx, &f);
    TR_ASSERT(out.err == TR_OK && out.len == f.size);
    tx->encoding = tr_buf_view(&out);
    tx->to_sign =
        (tr_bytes){memory + f.size - f.payload, tr_record_size(f.record, f.signed_count, tx)};
    return TR_OK;
}

void tr_tx_hash_many(size_t n, const tr_tx txs[], tr_hash out[])
{
    tr_bytes views[CHUNK];
    while (n != 0) {
        size_t count = TR_MIN(n, (size_t)CHUNK);
        for (size_t i = 0; i < count; i++) views[i] = txs[i].encoding;
        tr_keccak256_many(count, views, out);
        n -= count;
        txs += count;
        out += count;
    }
}

/* Puts together what transactions sign, until there are CHUNK of them or they fill the room that is
 * usual (one always fits); views go to views.  Returns how many, 0 when there is no memory. */
static size_t gather_to_sign(tr_arena *arena, size_t n, const tr_tx txs[], tr_bytes views[CHUNK])
{
    enum { USUAL_ROOM = 1 << 18 };
    size_t count = 0, room = 0;
    for (; count < n && count < CHUNK; count++) {
        size_t more = txs[count].to_sign.len + TX_TO_SIGN_EXTRA;
        if (count != 0 && room + more > USUAL_ROOM) break;
        room += more;
    }
    uint8_t *memory = tr_arena_get(arena, room, 1);
    if (memory == NULL) return 0;
    tr_buf out;
    tr_buf_init_fixed(&out, memory, room);
    for (size_t i = 0; i < count; i++) {
        const tr_tx *tx = &txs[i];
        size_t at = out.len;
        if (tx->type != TR_TX_DEPOSIT) {
            put_sign_header(&out, tx, tx->to_sign.len);
            tr_buf_put(&out, tx->to_sign);
            put_suffix(&out, tx);
        }
        views[i] = (tr_bytes){memory + at, out.len - at};
    }
    TR_ASSERT(out.err == TR_OK);
    return count;
}

tr_err tr_tx_signing_hash_many(tr_trail *trail, tr_arena *arena, size_t n, const tr_tx txs[],
                               tr_hash out[])
{
    tr_bytes views[CHUNK];
    while (n != 0) {
        tr_arena_mark mark = tr_arena_save(arena);
        size_t count = gather_to_sign(arena, n, txs, views);
        if (count == 0) return tr_fail(trail, TR_E_MEMORY, "no memory for what transactions sign");
        tr_keccak256_many(count, views, out);
        tr_arena_rewind(arena, mark);
        for (size_t i = 0; i < count; i++)
            if (txs[i].type == TR_TX_DEPOSIT) out[i] = (tr_hash){{0}};
        n -= count;
        txs += count;
        out += count;
    }
    return TR_OK;
}

void tr_authorization_hash_many(size_t n, const tr_authorization authorizations[], tr_hash out[])
{
    enum { MAGIC = 0x05, SIGNED_FIELDS = 3, LARGEST = 2 + 33 + 21 + 9, AT_ONCE = 32 };
    uint8_t memory[AT_ONCE * LARGEST];
    tr_bytes views[AT_ONCE];
    while (n != 0) {
        size_t count = TR_MIN(n, (size_t)AT_ONCE);
        tr_buf buf;
        tr_buf_init_fixed(&buf, memory, sizeof(memory));
        for (size_t i = 0; i < count; i++) {
            const tr_record *record = &tr_authorization_record;
            size_t at = buf.len;
            tr_buf_put_u8(&buf, MAGIC);
            tr_rlp_put_list(&buf, tr_record_size(record, SIGNED_FIELDS, &authorizations[i]));
            tr_record_write(&buf, record, SIGNED_FIELDS, &authorizations[i]);
            views[i] = (tr_bytes){memory + at, buf.len - at};
        }
        TR_ASSERT(buf.err == TR_OK);
        tr_keccak256_many(count, views, out);
        n -= count;
        authorizations += count;
        out += count;
    }
}
