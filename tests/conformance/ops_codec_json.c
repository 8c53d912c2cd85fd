/* Operations on JSON, hex, addresses and SSZ. */
#include "codec/address.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "codec/jsonrpc.h"
#include "codec/ssz.h"
#include "ops.h"

/* In: a document.  Out: the document in its shortest form. */
static tr_err op_json_rewrite(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    const tr_json *value;
    TR_TRY(tr_json_parse(NULL, arena, in, &value));
    tr_json_writer w = tr_json_write_to(out);
    tr_json_put_value(&w, value);
    return tr_buf_err(out);
}

/* In: a JSON-RPC body.  Out: a line for each call. */
static tr_err op_json_calls(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    enum { MAX_CALLS = 100 };
    tr_rpc_body body;
    tr_rpc_call *calls = TR_ARENA_ARRAY(arena, tr_rpc_call, MAX_CALLS);
    if (calls == NULL) return TR_E_MEMORY;
    TR_TRY(tr_jsonrpc_scan(NULL, arena, in, calls, MAX_CALLS, &body));
    for (size_t i = 0; i < body.count; i++) {
        const tr_rpc_call *c = &calls[i];
        tr_buf_printf(out, "%d %d %zu %zu ", (int)c->err, c->notification, c->args, c->first.len);
        tr_buf_put(out, c->id);
        tr_buf_put_u8(out, ' ');
        tr_buf_put(out, c->method);
        tr_buf_put_u8(out, ' ');
        tr_buf_put(out, c->params);
        tr_buf_put_u8(out, '\n');
    }
    return tr_buf_err(out);
}

/* In: digits with or without "0x".  Out: bytes. */
static tr_err op_hex_decode(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_bytes bytes;
    TR_TRY(tr_hex_decode_new(NULL, arena, in, &bytes));
    tr_buf_put(out, bytes);
    return tr_buf_err(out);
}

/* In: bytes.  Out: "0x" and digits. */
static tr_err op_hex_encode(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    tr_hex_put(out, in);
    return tr_buf_err(out);
}

/* In: an address as text.  Out: the same with its checksum. */
static tr_err op_address_format(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_addr address;
    uint8_t text[TR_ADDRESS_TEXT];
    (void)arena;
    TR_TRY(tr_address_parse(NULL, in, &address));
    tr_address_format(&address, text);
    tr_buf_put(out, TR_VIEW(text));
    return tr_buf_err(out);
}

static tr_err ssz_root(tr_arena *arena, const tr_ssz_type *type, tr_bytes in, tr_buf *out)
{
    tr_ssz value;
    tr_hash root;
    TR_TRY(tr_ssz_decode(NULL, arena, type, in, &value));
    TR_TRY(tr_ssz_root(NULL, arena, &value, &root));
    tr_buf_put(out, TR_VIEW(root.b));
    return tr_ssz_encode(NULL, &value, out);
}

/* In: a BeaconBlockHeader.  Out: its root, and its encoding again. */
static tr_err op_ssz_header(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    static const tr_ssz_field fields[] = {
        {"slot", &tr_ssz_u64},
        {"proposer_index", &tr_ssz_u64},
        {"parent_root", &tr_ssz_bytes32},
        {"state_root", &tr_ssz_bytes32},
        {"body_root", &tr_ssz_bytes32},
    };
    static const tr_ssz_type header = TR_SSZ_CONTAINER_OF(fields);
    return ssz_root(arena, &header, in, out);
}

/* In: a list of at most 2^20 transactions of at most 2^30 bytes (execution payloads).  Out: its
 * root, and its encoding again. */
static tr_err op_ssz_transactions(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    static const tr_ssz_type transaction = TR_SSZ_LIST_OF(&tr_ssz_u8, 1 << 30);
    static const tr_ssz_type transactions = TR_SSZ_LIST_OF(&transaction, 1 << 20);
    return ssz_root(arena, &transactions, in, out);
}

static const tr_op ops[] = {
    {"json.rewrite", op_json_rewrite},
    {"json.calls", op_json_calls},
    {"hex.decode", op_hex_decode},
    {"hex.encode", op_hex_encode},
    {"address.format", op_address_format},
    {"ssz.header", op_ssz_header},
    {"ssz.transactions", op_ssz_transactions},
};
const tr_ops tr_ops_codec_json;
const tr_ops tr_ops_codec_json = {ops, TR_COUNTOF(ops)};
