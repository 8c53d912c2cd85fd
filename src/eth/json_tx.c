/* Transactions as JSON. */
#include "codec/hex.h"
#include "eth/json_internal.h"

/* Fields that JSON has in another way than the record: both v and yParity, and a deposit's. */
static bool is_special(const tr_field *field)
{
    return field->offset == offsetof(tr_tx, v) || field->offset == offsetof(tr_tx, from) ||
           field->offset == offsetof(tr_tx, mint) || field->offset == offsetof(tr_tx, system);
}

static void put_optional_hash(tr_json_writer *to, const char *key, const tr_hash *hash)
{
    tr_json_key(to, key);
    if (hash != NULL)
        tr_json_put_hex(to, TR_VIEW(hash->b));
    else
        tr_json_put_null(to);
}

static void put_optional_u64(tr_json_writer *to, const char *key, const uint64_t *number)
{
    tr_json_key(to, key);
    if (number != NULL)
        tr_json_put_quantity(to, *number);
    else
        tr_json_put_null(to);
}

void tr_json_put_place(tr_json_writer *to, const tr_json_place *place)
{
    static const tr_json_place nowhere = {NULL, NULL, NULL, NULL, NULL};
    if (place == NULL) place = &nowhere;
    put_optional_hash(to, "blockHash", place->block_hash);
    put_optional_u64(to, "blockNumber", place->block_number);
    put_optional_u64(to, "transactionIndex", place->index);
}

static void put_prices(tr_json_writer *to, const tr_tx *tx, const tr_json_place *place)
{
    if (tx->type < TR_TX_FEE_MARKET) return; /* gasPrice is a field of the record */
    tr_u256 price = tx->max_fee;
    if (place != NULL && place->base_fee != NULL)
        price = tr_tx_effective_price(tx, place->base_fee);
    tr_json_key(to, "gasPrice");
    tr_json_put_number(to, &price);
}

static void put_signature_v(tr_json_writer *to, const tr_tx *tx)
{
    tr_json_key(to, "v");
    tr_json_put_quantity(to, tx->v);
    if (tx->type == TR_TX_LEGACY || tx->type == TR_TX_DEPOSIT) return;
    tr_json_key(to, "yParity");
    tr_json_put_quantity(to, tx->v);
}

static void put_deposit(tr_json_writer *to, const tr_tx *tx)
{
    if (!tr_u256_iszero(tx->mint)) {
        tr_json_key(to, "mint");
        tr_json_put_number(to, &tx->mint);
    }
    if (tx->system) {
        tr_json_key(to, "isSystemTx");
        tr_json_put_bool(to, true);
    }
    static const char *const zeros[] = {"nonce", "gasPrice", "r", "s"};
    for (size_t i = 0; i < TR_COUNTOF(zeros); i++) {
        tr_json_key(to, zeros[i]);
        tr_json_put_quantity(to, 0);
    }
}

void tr_tx_to_json(tr_json_writer *to, const tr_tx *tx, const tr_hash *hash, const tr_addr *from,
                   const tr_json_place *place)
{
    size_t signed_count;
    const tr_record *record = tr_tx_record(tx->type, &signed_count);
    TR_ASSERT(record != NULL);
    tr_json_begin_object(to);
    tr_json_put_place(to, place);
    if (place != NULL && place->block_time != NULL) {
        tr_json_key(to, "blockTimestamp");
        tr_json_put_quantity(to, *place->block_time);
    }
    tr_json_key(to, "type");
    tr_json_put_quantity(to, tx->type);
    if (hash != NULL) put_optional_hash(to, "hash", hash);
    if (tx->type == TR_TX_DEPOSIT) from = &tx->from;
    if (from != NULL) {
        tr_json_key(to, "from");
        tr_json_put_hex(to, TR_VIEW(from->b));
    }
    if (tx->type == TR_TX_LEGACY && tx->chain_id != 0) {
        tr_json_key(to, "chainId");
        tr_json_put_quantity(to, tx->chain_id);
    }
    for (size_t i = 0; i < record->count; i++) {
        if (is_special(&record->fields[i])) continue;
        tr_record one = {record->name, &record->fields[i], 1, record->size};
        tr_record_to_json(to, &one, 1, tx);
    }
    if (tx->type == TR_TX_DEPOSIT)
        put_deposit(to, tx);
    else
        put_prices(to, tx, place);
    put_signature_v(to, tx);
    tr_json_end_object(to);
}

/* Reading. */

static bool has(const tr_json *in, const char *name)
{
    const tr_json *value = tr_json_get(in, name);
    return value != NULL && value->kind != TR_JSON_NULL;
}

/* Without a type the fields tell: the newest of those that a field belongs to. */
static tr_err find_type(tr_trail *trail, tr_json_form form, const tr_json *in, uint8_t *out)
{
    if (has(in, "type")) {
        const tr_json *value = tr_json_get(in, "type");
        tr_err err = tr_json_quantity(trail, form, value, out, 1);
        return err == TR_OK ? TR_OK : tr_json_field_error(trail, err, "transaction", "type", value);
    }
    if (has(in, "authorizationList"))
        *out = TR_TX_SET_CODE;
    else if (has(in, "blobVersionedHashes"))
        *out = TR_TX_BLOB;
    else if (has(in, "maxFeePerGas") || has(in, "maxPriorityFeePerGas"))
        *out = TR_TX_FEE_MARKET;
    else if (has(in, "accessList"))
        *out = TR_TX_ACCESS_LIST;
    else if (has(in, "sourceHash"))
        *out = TR_TX_DEPOSIT;
    else
        *out = TR_TX_LEGACY;
    return TR_OK;
}

/* What may be missing: the receiver (a contract is created), the access list, the signature. */
static bool may_be_missing(const tr_tx *tx, const tr_field *field)
{
    return field->json == NULL || field->offset == offsetof(tr_tx, to) ||
           field->offset == offsetof(tr_tx, access_list) || field->offset == offsetof(tr_tx, v) ||
           field->offset == offsetof(tr_tx, r) || field->offset == offsetof(tr_tx, s) ||
           (tx->type == TR_TX_DEPOSIT &&
            (field->offset == offsetof(tr_tx, mint) || field->offset == offsetof(tr_tx, system)));
}

static tr_err read_u64_member(tr_trail *trail, tr_json_form form, const tr_json *in,
                              const char *name, uint64_t *out)
{
    const tr_json *value = tr_json_get(in, name);
    uint8_t bytes[8];
    tr_err err = tr_json_quantity(trail, form, value, bytes, sizeof(bytes));
    if (err != TR_OK) return tr_json_field_error(trail, err, "transaction", name, value);
    *out = tr_load64be(bytes);
    return TR_OK;
}

/* v and yParity say the same in a typed transaction. */
static tr_err read_v(tr_trail *trail, tr_json_form form, const tr_json *in, tr_tx *tx)
{
    bool typed = tx->type != TR_TX_LEGACY;
    bool v = has(in, "v"), parity = typed && has(in, "yParity");
    uint64_t other = 0;
    if (v) TR_TRY(read_u64_member(trail, form, in, "v", &tx->v));
    if (parity) TR_TRY(read_u64_member(trail, form, in, "yParity", &other));
    if (v && parity && tx->v != other)
        return tr_fail(trail, TR_E_JSON_FIELD, "transaction: v and yParity differ");
    if (parity) tx->v = other;
    if (typed) return TR_OK;
    if (tx->v >= 35)
        tx->chain_id = (tx->v - 35) / 2;
    else if (tx->v == 0 && has(in, "chainId")) /* not signed yet */
        return read_u64_member(trail, form, in, "chainId", &tx->chain_id);
    return TR_OK;
}

/* RPC callers may say input, data, or both alike. */
static tr_err check_input(tr_trail *trail, const tr_json *in)
{
    if (!has(in, "input") || !has(in, "data")) return TR_OK;
    if (tr_bytes_eq(tr_json_text(tr_json_get(in, "input")), tr_json_text(tr_json_get(in, "data"))))
        return TR_OK;
    return tr_fail(trail, TR_E_JSON_FIELD, "transaction: input and data differ");
}

tr_err tr_tx_from_json(tr_trail *trail, tr_arena *arena, tr_json_form form, const tr_json *in,
                       tr_tx *out)
{
    *out = (tr_tx){.type = TR_TX_LEGACY};
    if (in == NULL || in->kind != TR_JSON_OBJECT)
        return tr_fail(trail, TR_E_JSON_FIELD, "transaction: not an object");
    TR_TRY(find_type(trail, form, in, &out->type));
    size_t signed_count;
    const tr_record *record = tr_tx_record(out->type, &signed_count);
    if (record == NULL)
        return tr_fail(trail, TR_E_TX_TYPE, "transaction: type %u is not known", out->type);
    TR_TRY(check_input(trail, in));
    uint64_t seen;
    TR_TRY(tr_record_from_json(trail, arena, form, record, in, out, &seen));
    for (size_t i = 0; i < record->count; i++)
        if ((seen >> i & 1) == 0 && !may_be_missing(out, &record->fields[i]))
            return tr_fail(trail, TR_E_JSON_FIELD, "transaction of type %u: %s is missing",
                           out->type, record->fields[i].json);
    if (out->type < TR_TX_FEE_MARKET) out->max_priority = out->max_fee;
    if (out->type == TR_TX_DEPOSIT)
        out->v = 0;
    else
        TR_TRY(read_v(trail, form, in, out));
    return tr_tx_seal(trail, arena, out);
}
