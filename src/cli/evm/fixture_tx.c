/* The transaction of a state test: one of those that its lists of data, gas limits and values make.
 */
#include "cli/evm/fixture.h"
#include "eth/sender.h"

static tr_err bad(tr_trail *trail, const tr_json *at, const char *what)
{
    return tr_fail_at(trail, TR_E_JSON_FIELD, at == NULL ? TR_NO_OFFSET : at->offset,
                      "the transaction's %s is missing or not valid", what);
}

/* A number that the transaction must have room for. */
static tr_err read_number(tr_trail *trail, const tr_json *in, const char *name, tr_u256 *out)
{
    return fixture_number(in, out) ? TR_OK : bad(trail, in, name);
}

static tr_err read_u64(tr_trail *trail, const tr_json *in, const char *name, uint64_t *out)
{
    return fixture_u64(in, out) ? TR_OK : bad(trail, in, name);
}

static tr_err read_hashes(tr_trail *trail, tr_arena *arena, const tr_json *in, tr_list *out)
{
    *out = (tr_list){NULL, 0};
    if (in == NULL || in->count == 0) return TR_OK;
    tr_hash *hashes = TR_ARENA_ARRAY(arena, tr_hash, in->count);
    if (hashes == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for hashes");
    size_t n = 0;
    TR_JSON_EACH(item, in)
    if (!fixture_exact(tr_json_text(item), hashes[n++].b, 32)) return bad(trail, item, "hash");
    *out = (tr_list){hashes, n};
    return TR_OK;
}

static tr_err read_access_list(tr_trail *trail, tr_arena *arena, const tr_json *in, tr_list *out)
{
    *out = (tr_list){NULL, 0};
    if (in == NULL || in->count == 0) return TR_OK;
    tr_access *list = TR_ARENA_ARRAY(arena, tr_access, in->count);
    if (list == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for an access list");
    size_t n = 0;
    TR_JSON_EACH(item, in)
    {
        if (!fixture_exact(fixture_text(item, "address"), list[n].address.b, 20))
            return bad(trail, item, "access list");
        TR_TRY(read_hashes(trail, arena, tr_json_get(item, "storageKeys"), &list[n].keys));
        n++;
    }
    *out = (tr_list){list, n};
    return TR_OK;
}

static tr_err read_authorization(tr_trail *trail, const tr_json *in, tr_authorization *out)
{
    uint64_t parity;
    const tr_json *v = tr_json_get(in, "yParity");
    *out = (tr_authorization){.nonce = 0};
    TR_TRY(read_number(trail, tr_json_get(in, "chainId"), "authorization", &out->chain_id));
    TR_TRY(read_u64(trail, tr_json_get(in, "nonce"), "authorization", &out->nonce));
    TR_TRY(read_u64(trail, v != NULL ? v : tr_json_get(in, "v"), "authorization", &parity));
    if (parity > UINT8_MAX || !fixture_exact(fixture_text(in, "address"), out->address.b, 20) ||
        !fixture_exact(fixture_text(in, "r"), out->r, 32) ||
        !fixture_exact(fixture_text(in, "s"), out->s, 32))
        return bad(trail, in, "authorization");
    out->parity = (uint8_t)parity;
    return TR_OK;
}

static tr_err read_authorizations(tr_trail *trail, tr_arena *arena, const tr_json *in, tr_list *out)
{
    *out = (tr_list){NULL, 0};
    if (in == NULL || in->count == 0) return TR_OK;
    tr_authorization *list = TR_ARENA_ARRAY(arena, tr_authorization, in->count);
    if (list == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for authorizations");
    size_t n = 0;
    TR_JSON_EACH(item, in) TR_TRY(read_authorization(trail, item, &list[n++]));
    *out = (tr_list){list, n};
    return TR_OK;
}

/* The type by what there is. */
static uint8_t type_of(const tr_json *in, const tr_json *access_list)
{
    if (tr_json_get(in, "authorizationList") != NULL) return TR_TX_SET_CODE;
    if (tr_json_get(in, "blobVersionedHashes") != NULL) return TR_TX_BLOB;
    if (tr_json_get(in, "maxFeePerGas") != NULL) return TR_TX_FEE_MARKET;
    return access_list != NULL && access_list->kind == TR_JSON_ARRAY ? TR_TX_ACCESS_LIST
                                                                     : TR_TX_LEGACY;
}

static tr_err read_prices(tr_trail *trail, const tr_json *in, tr_tx *out)
{
    if (out->type < TR_TX_FEE_MARKET) {
        TR_TRY(read_number(trail, tr_json_get(in, "gasPrice"), "gasPrice", &out->max_fee));
        out->max_priority = out->max_fee;
        return TR_OK;
    }
    TR_TRY(read_number(trail, tr_json_get(in, "maxFeePerGas"), "maxFeePerGas", &out->max_fee));
    return read_number(trail, tr_json_get(in, "maxPriorityFeePerGas"), "maxPriorityFeePerGas",
                       &out->max_priority);
}

static tr_err read_fields(tr_trail *trail, tr_arena *arena, const tr_json *in,
                          const fixture_indexes *at, tr_tx *out)
{
    const tr_json *access_list = tr_json_at(tr_json_get(in, "accessLists"), at->data);
    tr_bytes to = fixture_text(in, "to");
    out->type = type_of(in, access_list);
    TR_TRY(read_prices(trail, in, out));
    TR_TRY(read_u64(trail, tr_json_get(in, "nonce"), "nonce", &out->nonce));
    TR_TRY(read_u64(trail, tr_json_at(tr_json_get(in, "gasLimit"), at->gas), "gas", &out->gas));
    TR_TRY(
        read_number(trail, tr_json_at(tr_json_get(in, "value"), at->value), "value", &out->value));
    const tr_json *data = tr_json_at(tr_json_get(in, "data"), at->data);
    if (data == NULL || !fixture_bytes(arena, tr_json_text(data), &out->data))
        return bad(trail, data, "data");
    out->to.some = to.len > 2;
    if (out->to.some && !fixture_exact(to, out->to.addr.b, 20)) return bad(trail, in, "to");
    TR_TRY(read_access_list(trail, arena, access_list, &out->access_list));
    TR_TRY(read_hashes(trail, arena, tr_json_get(in, "blobVersionedHashes"), &out->blob_hashes));
    const tr_json *blob_fee = tr_json_get(in, "maxFeePerBlobGas");
    if (out->type == TR_TX_BLOB)
        TR_TRY(read_number(trail, blob_fee, "maxFeePerBlobGas", &out->max_blob_fee));
    return read_authorizations(trail, arena, tr_json_get(in, "authorizationList"),
                               &out->authorizations);
}

tr_err fixture_tx_from_json(tr_trail *trail, tr_arena *arena, const tr_json *in,
                            const fixture_indexes *indexes, uint64_t chain_id, tr_tx *out)
{
    static const uint8_t none[32];
    tr_seckey key;
    tr_bytes secret = fixture_text(in, "secretKey");
    *out = (tr_tx){.type = TR_TX_LEGACY};
    TR_TRY(read_fields(trail, arena, in, indexes, out));
    out->chain_id = chain_id;
    if (out->type != TR_TX_LEGACY && chain_id == 0) out->chain_id = 1;
    if (!fixture_exact(secret, key.b, sizeof(key.b))) return bad(trail, in, "secretKey");
    if (memcmp(key.b, none, sizeof(none)) == 0)
        return tr_fail(trail, TR_E_NOT_FOUND, "there is no secret key to sign with");
    return tr_tx_sign(trail, arena, out, &key);
}
