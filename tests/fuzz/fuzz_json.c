/* JSON: the tree reader and the JSON-RPC scanner accept the same texts, whatever code passes the
 * strings; what the writer writes is read as the same; neither takes more memory than it says. */
#include "codec/json.h"
#include "codec/json_lex.h"
#include "codec/jsonrpc.h"
#include "os/heap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void write_value(tr_buf *out, const tr_json *value)
{
    tr_json_writer w = tr_json_write_to(out);
    tr_json_put_value(&w, value);
    TR_ASSERT(tr_buf_err(out) == TR_OK);
}

/* An escape makes at most six bytes of one. */
static void check_written(tr_bytes in, const tr_json *value)
{
    tr_buf once, twice;
    tr_arena arena;
    tr_arena_init(&arena, tr_heap(), SIZE_MAX);
    tr_buf_init(&once, tr_heap(), 6 * in.len);
    tr_buf_init(&twice, tr_heap(), once.limit);
    write_value(&once, value);
    const tr_json *again;
    TR_ASSERT(tr_json_parse(NULL, &arena, tr_buf_view(&once), &again) == TR_OK);
    write_value(&twice, again);
    TR_ASSERT(tr_bytes_eq(tr_buf_view(&once), tr_buf_view(&twice)));
    tr_buf_free(&once);
    tr_buf_free(&twice);
    tr_arena_free(&arena);
}

static void check_calls(tr_bytes in, tr_err tree_err, const tr_trail *tree_trail)
{
    enum { MAX_CALLS = 16 };
    tr_rpc_call calls[MAX_CALLS];
    tr_rpc_body body;
    tr_trail trail;
    tr_arena arena;
    tr_arena_init(&arena, tr_heap(), TR_JSONRPC_ARENA_FACTOR * in.len);
    tr_err err = tr_jsonrpc_scan(&trail, &arena, in, calls, MAX_CALLS, &body);
    bool accepted = err == TR_OK || err == TR_E_RPC_EMPTY || err == TR_E_RPC_BATCH;
    TR_ASSERT(accepted == (tree_err == TR_OK) && err != TR_E_MEMORY);
    if (!accepted) {
        TR_ASSERT(trail.offset <= in.len);
        if (err != TR_E_DUPLICATE && tree_err != TR_E_DUPLICATE)
            TR_ASSERT(err == tree_err && trail.offset == tree_trail->offset);
    }
    for (size_t i = 0; err == TR_OK && i < body.count; i++) {
        const tr_json *v;
        tr_arena_reset(&arena);
        arena.limit = SIZE_MAX;
        TR_ASSERT(tr_json_parse(NULL, &arena, calls[i].id, &v) == TR_OK);
        if (calls[i].params.len != 0)
            TR_ASSERT(tr_json_parse(NULL, &arena, calls[i].params, &v) == TR_OK);
        TR_ASSERT(calls[i].err == TR_E_RPC_INVALID || calls[i].method.len != 0);
    }
    tr_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const char *const codes[] = {"portable", "avx2", "avx512"};
    tr_bytes in = {data, len};
    tr_arena arena;
    tr_arena_init(&arena, tr_heap(), TR_JSON_ARENA_FACTOR * len + TR_JSON_ARENA_MORE);
    for (size_t i = 0; i < TR_COUNTOF(codes); i++) {
        if (tr_json_find(codes[i]) == NULL) continue;
        tr_json_select(tr_json_find(codes[i]));
        const tr_json *value;
        tr_trail trail;
        tr_err err = tr_json_parse(&trail, &arena, in, &value);
        TR_ASSERT(err != TR_E_MEMORY && (err == TR_OK || trail.offset <= len));
        if (err == TR_OK) check_written(in, value);
        check_calls(in, err, &trail);
        tr_arena_free(&arena);
    }
    return 0;
}
