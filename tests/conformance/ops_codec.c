/* Operations on RLP, the ABI and typed data. */
#include "codec/abi_json.h"
#include "codec/eip712.h"
#include "codec/rlp.h"
#include "ops.h"

static void put_item(tr_buf *out, const tr_rlp_tree *tree, uint32_t i)
{
    const tr_rlp_item *item = &tree->items[i];
    if (!tr_rlp_is_list(item)) {
        tr_rlp_put_bytes(out, tr_rlp_payload(tree, item));
        return;
    }
    tr_rlp_mark mark = tr_rlp_begin(out, 0);
    TR_RLP_EACH(child, tree, i) put_item(out, tree, child);
    tr_rlp_end(out, mark);
}

/* In: a document.  Out: the document, written again from what was read. */
static tr_err op_rlp(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_rlp_tree tree;
    TR_TRY(tr_rlp_decode(NULL, arena, in, &tree));
    put_item(out, &tree, 0);
    return tr_buf_err(out);
}

/* What both ABI operations begin with: the length of the types' text (4 bytes, little-endian) and
 * the text; the rest is left in *in. */
static tr_err read_types(tr_arena *arena, tr_bytes *in, const tr_abi_type **types)
{
    tr_cursor c = tr_cursor_of(*in);
    size_t len = tr_cursor_u32le(&c);
    tr_bytes text = tr_cursor_take(&c, len);
    if (c.err != TR_OK) return c.err;
    *in = tr_cursor_take(&c, tr_cursor_left(&c));
    return tr_abi_parse_types(NULL, arena, text, types);
}

/* In: types, encoding.  Out: the value as JSON. */
static tr_err decode(tr_arena *arena, tr_bytes in, tr_abi_mode mode, tr_buf *out)
{
    const tr_abi_type *types;
    tr_abi_value value;
    TR_TRY(read_types(arena, &in, &types));
    TR_TRY(tr_abi_decode(NULL, arena, types, in, mode, &value));
    tr_json_writer w = tr_json_write_to(out);
    tr_abi_to_json(&w, types, &value);
    return tr_buf_err(out);
}

static tr_err op_decode(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    return decode(arena, in, TR_ABI_STRICT, out);
}

static tr_err op_decode_lenient(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    return decode(arena, in, TR_ABI_LENIENT, out);
}

/* In: types, the value as JSON.  Out: its encoding. */
static tr_err op_encode(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    const tr_abi_type *types;
    const tr_json *json;
    tr_abi_value value;
    TR_TRY(read_types(arena, &in, &types));
    TR_TRY(tr_json_parse(NULL, arena, in, &json));
    TR_TRY(tr_abi_from_json(NULL, arena, types, json, &value));
    return tr_abi_encode(NULL, types, &value, out);
}

/* In: typed data as JSON.  Out: the digest, then what hashStruct of the message hashes. */
static tr_err op_typed_data(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    const tr_json *json;
    tr_eip712 data;
    tr_eip712_hashes hashes;
    TR_TRY(tr_json_parse(NULL, arena, in, &json));
    TR_TRY(tr_eip712_open(NULL, json, &data));
    TR_TRY(tr_eip712_hash(NULL, arena, &data, &hashes));
    tr_buf_put(out, TR_VIEW(hashes.digest.b));
    return tr_eip712_encode_data(NULL, arena, &data, out);
}

static const tr_op ops[] = {
    {"rlp.check", op_rlp},
    {"abi.decode", op_decode},
    {"abi.decode-lenient", op_decode_lenient},
    {"abi.encode", op_encode},
    {"eip712.digest", op_typed_data},
};
const tr_ops tr_ops_codec = {ops, TR_COUNTOF(ops)};
