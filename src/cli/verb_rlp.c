#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/input.h"
#include "cli/verb.h"
#include "cli/verbs.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "codec/rlp.h"
#include "os/heap.h"

static const size_t MOST_INPUT = (size_t)1 << 28;

static tr_err put_json(tr_trail *trail, tr_json_writer *w, const tr_rlp_tree *tree, uint32_t i,
                       unsigned depth)
{
    const tr_rlp_item *item = &tree->items[i];
    if (!tr_rlp_is_list(item)) {
        tr_json_put_hex(w, tr_rlp_payload(tree, item));
        return TR_OK;
    }
    if (depth == TR_JSON_MAX_DEPTH)
        return tr_fail_at(trail, TR_E_DEPTH, item->offset, "JSON goes %d levels deep", (int)depth);
    tr_json_begin_array(w);
    TR_RLP_EACH(child, tree, i) TR_TRY(put_json(trail, w, tree, child, depth + 1));
    tr_json_end_array(w);
    return TR_OK;
}

static tr_err decode(tr_trail *trail, tr_arena *arena, const char *argument, tr_buf *out)
{
    tr_bytes in;
    tr_rlp_tree tree;
    TR_TRY(tr_cli_read_hex(trail, arena, argument, MOST_INPUT, &in));
    TR_TRY(tr_rlp_decode(trail, arena, in, &tree));
    tr_json_writer w = tr_json_write_to(out);
    TR_TRY(put_json(trail, &w, &tree, 0, 0));
    return tr_buf_err(out);
}

/* "0x..." is bytes, other text its characters; a number is an integer. */
static tr_err put_rlp(tr_trail *trail, tr_arena *arena, const tr_json *json, tr_buf *out)
{
    tr_bytes bytes = json->text;
    uint64_t number;
    tr_rlp_mark mark;
    switch (json->kind) {
    case TR_JSON_ARRAY:
        mark = tr_rlp_begin(out, 0);
        TR_JSON_EACH(item, json) TR_TRY(put_rlp(trail, arena, item, out));
        tr_rlp_end(out, mark);
        return tr_buf_err(out);
    case TR_JSON_NUMBER:
        if (tr_json_u64(json, &number) != TR_OK)
            return tr_fail_at(trail, TR_E_RANGE, json->offset,
                              "a number must be an integer of 64 bits; write others in hex");
        tr_rlp_put_u64(out, number);
        return tr_buf_err(out);
    case TR_JSON_STRING:
        if (bytes.len >= 2 && memcmp(bytes.data, "0x", 2) == 0) {
            tr_err err = tr_hex_decode_new(trail, arena, bytes, &bytes);
            if (err != TR_OK) return tr_fail_at(trail, err, json->offset, "%s", tr_err_text(err));
        }
        tr_rlp_put_bytes(out, bytes);
        return tr_buf_err(out);
    case TR_JSON_NULL:
    case TR_JSON_BOOL:
    case TR_JSON_OBJECT:
        break;
    }
    return tr_fail_at(trail, TR_E_TYPE, json->offset, "RLP has text, integers and lists only");
}

static tr_err encode(tr_trail *trail, tr_arena *arena, const char *argument, tr_buf *out)
{
    tr_bytes in;
    const tr_json *json;
    tr_buf raw;
    tr_buf_init(&raw, &arena->alloc, SIZE_MAX);
    TR_TRY(tr_cli_read(trail, arena, argument, MOST_INPUT, &in));
    TR_TRY(tr_json_parse(trail, arena, in, &json));
    tr_err err = put_rlp(trail, arena, json, &raw);
    if (err == TR_OK) tr_hex_put(out, tr_buf_view(&raw));
    return err;
}

int tr_cli_rlp(int argc, char **argv)
{
    bool decoding = argc == 3 && strcmp(argv[1], "decode") == 0;
    if (!decoding && (argc != 3 || strcmp(argv[1], "encode") != 0)) {
        tr_cli_error("rlp needs decode or encode and what to work on",
                     "decode takes hex text, encode JSON; - stands for standard input",
                     "trestle rlp decode 0xc88363617483646f67");
        return 2;
    }
    tr_arena arena;
    tr_trail trail;
    tr_buf out;
    int code = 0;
    tr_arena_init(&arena, tr_heap(), SIZE_MAX);
    tr_buf_init(&out, tr_heap(), SIZE_MAX);
    tr_trail_clear(&trail);
    tr_err err =
        decoding ? decode(&trail, &arena, argv[2], &out) : encode(&trail, &arena, argv[2], &out);
    if (err != TR_OK) {
        if (trail.code == TR_OK) (void)tr_fail(&trail, err, "%s", tr_err_text(err));
        code = tr_cli_failed(decoding ? "the document cannot be decoded" : "this cannot be encoded",
                             &trail,
                             decoding ? "one item in hex, in its canonical form"
                                      : "trestle rlp encode '[\"0x01\", \"text\", 1000, []]'");
    } else {
        printf("%s\n", tr_buf_text(&out));
    }
    tr_buf_free(&out);
    tr_arena_free(&arena);
    return code;
}
