#include <stdio.h>
#include <string.h>

#include "cli/input.h"
#include "cli/verb.h"
#include "cli/verbs.h"
#include "codec/abi_json.h"
#include "codec/eip712.h"
#include "codec/hex.h"
#include "os/file.h"
#include "os/heap.h"

static const size_t MOST_INPUT = (size_t)1 << 28;

/* Parts that a lenient value shares are printed as often as they occur. */
static const size_t MOST_OUTPUT = (size_t)1 << 31;

typedef struct request {
    tr_arena arena;
    tr_trail trail;
    tr_buf out;
    bool lenient, packed;
    char *words[3]; /* what was typed beside the flags: the action and its arguments */
    size_t count;
} request;

static tr_err encode(request *r)
{
    const tr_abi_type *types;
    const tr_json *json;
    tr_abi_value value;
    tr_bytes in;
    tr_buf raw;
    tr_buf_init(&raw, &r->arena.alloc, SIZE_MAX);
    TR_TRY(tr_abi_parse_types(&r->trail, &r->arena, tr_bytes_str(r->words[1]), &types));
    TR_TRY(tr_cli_read(&r->trail, &r->arena, r->words[2], MOST_INPUT, &in));
    TR_TRY(tr_json_parse(&r->trail, &r->arena, in, &json));
    TR_TRY(tr_abi_from_json(&r->trail, &r->arena, types, json, &value));
    if (r->packed)
        TR_TRY(tr_abi_encode_packed(&r->trail, types, &value, &raw));
    else
        TR_TRY(tr_abi_encode(&r->trail, types, &value, &raw));
    tr_hex_put(&r->out, tr_buf_view(&raw));
    tr_buf_put_u8(&r->out, '\n');
    return TR_OK;
}

static tr_err decode(request *r)
{
    const tr_abi_type *types;
    tr_abi_value value;
    tr_bytes in;
    TR_TRY(tr_abi_parse_types(&r->trail, &r->arena, tr_bytes_str(r->words[1]), &types));
    TR_TRY(tr_cli_read_hex(&r->trail, &r->arena, r->words[2], MOST_INPUT, &in));
    TR_TRY(tr_abi_decode(&r->trail, &r->arena, types, in,
                         r->lenient ? TR_ABI_LENIENT : TR_ABI_STRICT, &value));
    tr_json_writer w = tr_json_write_to(&r->out);
    tr_abi_to_json(&w, types, &value);
    tr_buf_put_u8(&r->out, '\n');
    return TR_OK;
}

static tr_err selector(request *r)
{
    tr_abi_entry entry;
    TR_TRY(tr_abi_parse_entry(&r->trail, &r->arena, tr_bytes_str(r->words[1]), &entry));
    tr_hex_put(&r->out,
               entry.kind == TR_ABI_ENTRY_EVENT ? TR_VIEW(entry.hash.b) : TR_VIEW(entry.selector));
    tr_buf_put_u8(&r->out, '\n');
    return TR_OK;
}

static void put_hash(tr_buf *out, const char *name, const tr_hash *hash)
{
    tr_buf_printf(out, "%-8s ", name);
    tr_hex_put(out, TR_VIEW(hash->b));
    tr_buf_put_u8(out, '\n');
}

static tr_err typed_data(request *r)
{
    tr_bytes in;
    const tr_json *json;
    tr_eip712 data;
    tr_eip712_hashes hashes;
    tr_buf file;
    tr_buf_init(&file, &r->arena.alloc, MOST_INPUT);
    if (strcmp(r->words[1], "-") == 0) {
        TR_TRY(tr_cli_read(&r->trail, &r->arena, r->words[1], MOST_INPUT, &in));
    } else {
        TR_TRY(tr_file_read_all(&r->trail, tr_fs_system(), r->words[1], MOST_INPUT, &file));
        in = tr_buf_view(&file);
    }
    TR_TRY(tr_json_parse(&r->trail, &r->arena, in, &json));
    TR_TRY(tr_eip712_open(&r->trail, json, &data));
    TR_TRY(tr_eip712_hash(&r->trail, &r->arena, &data, &hashes));
    put_hash(&r->out, "domain", &hashes.domain);
    put_hash(&r->out, "message", &hashes.message);
    put_hash(&r->out, "digest", &hashes.digest);
    return TR_OK;
}

static const struct action {
    const char *name;
    size_t words;
    tr_err (*run)(request *r);
    const char *failure, *attempt;
} actions[] = {
    {"encode", 3, encode, "this cannot be encoded",
     "trestle abi encode 'address,uint256' '[\"0x...\", \"1000\"]'"},
    {"decode", 3, decode, "this cannot be decoded",
     "the types of the encoding, without a selector before it; --lenient for foreign encoders"},
    {"selector", 2, selector, "this is no signature",
     "trestle abi selector 'transfer(address,uint256)'"},
    {"typed-data", 2, typed_data, "the typed data has no hash",
     "a JSON document with types, primaryType, domain and message (EIP-712)"},
};

static int run(request *r, const struct action *action)
{
    int code = 0;
    tr_arena_init(&r->arena, tr_heap(), SIZE_MAX);
    tr_buf_init(&r->out, tr_heap(), MOST_OUTPUT);
    tr_trail_clear(&r->trail);
    tr_err err = action->run(r);
    if (err == TR_OK) err = tr_buf_err(&r->out);
    if (err == TR_OK) {
        fputs(tr_buf_text(&r->out), stdout);
    } else {
        if (r->trail.code == TR_OK) (void)tr_fail(&r->trail, err, "%s", tr_err_text(err));
        code = tr_cli_failed(action->failure, &r->trail, action->attempt);
    }
    tr_buf_free(&r->out);
    tr_arena_free(&r->arena);
    return code;
}

int tr_cli_abi(int argc, char **argv)
{
    request r = {.count = 0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--lenient") == 0)
            r.lenient = true;
        else if (strcmp(argv[i], "--packed") == 0)
            r.packed = true;
        else if (r.count < TR_COUNTOF(r.words))
            r.words[r.count++] = argv[i];
        else
            r.count = SIZE_MAX / 2;
    }
    for (size_t i = 0; i < TR_COUNTOF(actions) && r.count != 0; i++)
        if (strcmp(actions[i].name, r.words[0]) == 0 && actions[i].words == r.count)
            return run(&r, &actions[i]);
    tr_cli_error("abi needs encode, decode, selector or typed-data and what to work on",
                 "encode takes types and JSON, decode types and hex, selector a signature, "
                 "typed-data a file",
                 "trestle abi decode 'uint256,(address,bytes)[]' 0x...");
    return 2;
}
