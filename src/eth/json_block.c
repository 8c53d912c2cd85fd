/* Headers, withdrawals and blocks as JSON. */
#include "eth/json_internal.h"

void tr_header_to_json(tr_json_writer *to, const tr_header *header, const tr_hash *hash)
{
    /* What a block that is being built has not yet is null. */
    const tr_record *record = &tr_header_record;
    tr_json_key(to, "hash");
    if (hash != NULL)
        tr_json_put_hex(to, TR_VIEW(hash->b));
    else
        tr_json_put_null(to);
    for (size_t i = 0; i < header->fields; i++) {
        const tr_field *field = &record->fields[i];
        bool unknown = field->offset == offsetof(tr_header, coinbase) ||
                       field->offset == offsetof(tr_header, nonce);
        if (hash == NULL && unknown) {
            tr_json_key(to, field->json);
            tr_json_put_null(to);
        } else {
            tr_record one = {record->name, field, 1, record->size};
            tr_record_to_json(to, &one, 1, header);
        }
    }
}

static bool is_null_member(const tr_json *in, const char *name)
{
    const tr_json *value = tr_json_get(in, name);
    return value != NULL && value->kind == TR_JSON_NULL;
}

tr_err tr_header_from_json(tr_trail *trail, tr_arena *arena, tr_json_form form, const tr_json *in,
                           tr_header *out)
{
    *out = (tr_header){.fields = 0};
    const tr_record *record = &tr_header_record;
    uint64_t seen;
    TR_TRY(tr_record_from_json(trail, arena, form, record, in, out, &seen));
    bool pending = is_null_member(in, "hash");
    for (size_t i = 0; pending && i < record->count; i++)
        if (is_null_member(in, record->fields[i].json)) seen |= UINT64_C(1) << i;
    size_t count = 0;
    while (count < record->count && (seen >> count & 1) != 0) count++;
    bool known = count == TR_HEADER_FRONTIER || count == TR_HEADER_LONDON ||
                 count == TR_HEADER_SHANGHAI || count == TR_HEADER_CANCUN ||
                 count == TR_HEADER_PRAGUE;
    if (!known || seen >> count != 0)
        return tr_fail(trail, TR_E_JSON_FIELD, "header: %s is missing",
                       count < record->count ? record->fields[count].json : "a field");
    out->fields = (uint8_t)count;
    return TR_OK;
}

void tr_withdrawal_to_json(tr_json_writer *to, const tr_withdrawal *withdrawal)
{
    tr_json_begin_object(to);
    tr_record_to_json(to, &tr_withdrawal_record, tr_withdrawal_record.count, withdrawal);
    tr_json_end_object(to);
}

/* Every field that a record names must have been there. */
static tr_err all_seen(tr_trail *trail, const tr_record *record, uint64_t seen)
{
    for (size_t i = 0; i < record->count; i++)
        if ((seen >> i & 1) == 0 && record->fields[i].json != NULL)
            return tr_fail(trail, TR_E_JSON_FIELD, "%s: %s is missing", record->name,
                           record->fields[i].json);
    return TR_OK;
}

tr_err tr_withdrawal_from_json(tr_trail *trail, tr_json_form form, const tr_json *in,
                               tr_withdrawal *out)
{
    *out = (tr_withdrawal){.index = 0};
    uint64_t seen;
    TR_TRY(tr_record_from_json(trail, NULL, form, &tr_withdrawal_record, in, out, &seen));
    return all_seen(trail, &tr_withdrawal_record, seen);
}

/* Blocks. */

static void put_transactions(tr_json_writer *to, const tr_block *block, const tr_hash *hash,
                             bool full, const tr_hash tx_hashes[], const tr_addr froms[])
{
    const tr_header *header = &block->header;
    tr_json_key(to, "transactions");
    tr_json_begin_array(to);
    for (size_t i = 0; i < block->txs.count; i++) {
        if (!full) {
            tr_json_put_hex(to, TR_VIEW(tx_hashes[i].b));
            continue;
        }
        uint64_t index = i;
        tr_json_place place = {
            .block_hash = hash,
            .block_number = &header->number,
            .block_time = &header->time,
            .index = &index,
            .base_fee = header->fields >= TR_HEADER_LONDON ? &header->base_fee : NULL,
        };
        tr_tx_to_json(to, TR_LIST_AT(tr_tx, block->txs, i), &tx_hashes[i], &froms[i], &place);
    }
    tr_json_end_array(to);
}

void tr_block_to_json(tr_json_writer *to, const tr_block *block, const tr_hash *hash, uint64_t size,
                      bool full, const tr_hash tx_hashes[], const tr_addr froms[],
                      const tr_hash uncle_hashes[])
{
    tr_json_begin_object(to);
    tr_header_to_json(to, &block->header, hash);
    tr_json_key(to, "size");
    tr_json_put_quantity(to, size);
    put_transactions(to, block, hash, full, tx_hashes, froms);
    tr_json_key(to, "uncles");
    tr_json_begin_array(to);
    for (size_t i = 0; i < block->uncles.count; i++)
        tr_json_put_hex(to, TR_VIEW(uncle_hashes[i].b));
    tr_json_end_array(to);
    if (block->has_withdrawals) {
        tr_json_key(to, "withdrawals");
        tr_json_begin_array(to);
        for (size_t i = 0; i < block->withdrawals.count; i++)
            tr_withdrawal_to_json(to, TR_LIST_AT(tr_withdrawal, block->withdrawals, i));
        tr_json_end_array(to);
    }
    tr_json_end_object(to);
}

static tr_err array_of(tr_trail *trail, tr_arena *arena, const tr_json *in, const char *name,
                       size_t size, const tr_json **array, void **out)
{
    const tr_json *value = tr_json_get(in, name);
    *array = value;
    *out = NULL;
    if (value == NULL || value->kind == TR_JSON_NULL) {
        *array = NULL;
        return TR_OK;
    }
    if (value->kind != TR_JSON_ARRAY)
        return tr_fail_at(trail, TR_E_JSON_FIELD, value->offset, "block: %s is no array", name);
    *out = tr_arena_array(arena, value->count, size, alignof(max_align_t));
    if (*out == NULL)
        return tr_fail(trail, TR_E_MEMORY, "no memory for %zu %s", value->count, name);
    return TR_OK;
}

static tr_err read_transactions(tr_trail *trail, tr_arena *arena, tr_json_form form,
                                const tr_json *in, tr_list *out)
{
    const tr_json *array;
    void *memory;
    TR_TRY(array_of(trail, arena, in, "transactions", sizeof(tr_tx), &array, &memory));
    tr_tx *tx = memory;
    if (array == NULL) return TR_OK;
    *out = (tr_list){tx, array->count};
    TR_JSON_EACH(item, array)
    {
        tr_err err = tr_tx_from_json(trail, arena, form, item, tx++);
        if (err != TR_OK) return tr_because(trail, err, "in a block");
    }
    return TR_OK;
}

/* Files of tests give uncles whole, RPC their hashes only. */
static tr_err read_uncles(tr_trail *trail, tr_arena *arena, tr_json_form form, const tr_json *in,
                          tr_list *out)
{
    const tr_json *array;
    void *memory;
    TR_TRY(array_of(trail, arena, in, "uncleHeaders", sizeof(tr_header), &array, &memory));
    tr_header *header = memory;
    if (array == NULL) return TR_OK;
    *out = (tr_list){header, array->count};
    TR_JSON_EACH(item, array) TR_TRY(tr_header_from_json(trail, arena, form, item, header++));
    return TR_OK;
}

static tr_err read_withdrawals(tr_trail *trail, tr_arena *arena, tr_json_form form,
                               const tr_json *in, tr_block *block)
{
    const tr_json *array;
    void *memory;
    TR_TRY(array_of(trail, arena, in, "withdrawals", sizeof(tr_withdrawal), &array, &memory));
    tr_withdrawal *withdrawal = memory;
    block->has_withdrawals = array != NULL;
    if (array == NULL) return TR_OK;
    block->withdrawals = (tr_list){withdrawal, array->count};
    TR_JSON_EACH(item, array) TR_TRY(tr_withdrawal_from_json(trail, form, item, withdrawal++));
    return TR_OK;
}

tr_err tr_block_from_json(tr_trail *trail, tr_arena *arena, tr_json_form form, const tr_json *in,
                          tr_block *out)
{
    *out = (tr_block){.has_withdrawals = false};
    const tr_json *header = tr_json_get(in, "blockHeader"); /* as fixtures have it */
    if (header == NULL || form == TR_JSON_RPC) header = in;
    TR_TRY(tr_header_from_json(trail, arena, form, header, &out->header));
    TR_TRY(read_transactions(trail, arena, form, in, &out->txs));
    TR_TRY(read_uncles(trail, arena, form, in, &out->uncles));
    return read_withdrawals(trail, arena, form, in, out);
}
