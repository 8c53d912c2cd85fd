/* JSON and hex. */
#include "cli/bench/bench.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "codec/jsonrpc.h"

enum { CALLS = 100, TX_SIZE = 117, HEX_ROUNDS = 1000, BLOCKS = 44, BLOCK_TXS = 60 };

typedef struct json_state {
    tr_arena arena; /* emptied before each document */
    tr_bytes document;
    tr_rpc_call calls[CALLS];
    uint8_t data[TX_SIZE], text[2 * TX_SIZE];
} json_state;

static json_state *new_state(const tr_bench_input *input, uint64_t *seed)
{
    json_state *state = TR_ARENA_NEW(input->arena, json_state);
    if (state == NULL) return NULL;
    tr_arena_init(&state->arena, input->alloc, SIZE_MAX);
    for (size_t i = 0; i < TX_SIZE; i++) state->data[i] = (uint8_t)tr_bench_random(seed);
    tr_hex_encode(TR_VIEW(state->data), state->text);
    return state;
}

static void *keep_document(const tr_bench_input *input, json_state *state)
{
    state->document = tr_arena_copy(input->arena, tr_buf_view(input->document));
    if (tr_buf_err(input->document) != TR_OK || state->document.data == NULL) return NULL;
    return state;
}

static void *setup_batch(const tr_bench_input *input)
{
    uint64_t seed = 0x6a736f6e;
    json_state *state = new_state(input, &seed);
    if (state == NULL) return NULL;
    tr_json_writer w = tr_json_write_to(input->document);
    tr_json_begin_array(&w);
    for (uint64_t i = 1; i <= CALLS; i++) {
        for (size_t k = 0; k < TX_SIZE; k++) state->data[k] = (uint8_t)tr_bench_random(&seed);
        tr_json_begin_object(&w);
        tr_json_key(&w, "jsonrpc");
        tr_json_str(&w, "2.0");
        tr_json_key(&w, "id");
        tr_json_put_u64(&w, i);
        tr_json_key(&w, "method");
        tr_json_str(&w, "eth_sendRawTransaction");
        tr_json_key(&w, "params");
        tr_json_begin_array(&w);
        tr_json_put_hex(&w, TR_VIEW(state->data));
        tr_json_end_array(&w);
        tr_json_end_object(&w);
    }
    tr_json_end_array(&w);
    return keep_document(input, state);
}

static uint64_t run_batch(void *context)
{
    json_state *state = context;
    tr_rpc_body body;
    tr_arena_reset(&state->arena);
    if (tr_jsonrpc_scan(NULL, &state->arena, state->document, state->calls, CALLS, &body) != TR_OK)
        return 0;
    uint64_t sum = 0;
    for (size_t i = 0; i < body.count; i++) {
        const tr_rpc_call *c = &state->calls[i];
        sum += c->id.data[0] + c->method.len + c->first.len + (uint64_t)c->err;
    }
    return sum;
}

static void put_hex_member(tr_json_writer *w, const char *key, uint64_t *seed, size_t size)
{
    uint8_t bytes[256];
    for (size_t i = 0; i < size; i++) bytes[i] = (uint8_t)tr_bench_random(seed);
    tr_json_key(w, key);
    tr_json_put_hex(w, tr_bytes_of(bytes, size));
}

static void put_tx(tr_json_writer *w, uint64_t *seed, uint64_t i)
{
    tr_json_begin_object(w);
    put_hex_member(w, "hash", seed, 32);
    put_hex_member(w, "from", seed, 20);
    put_hex_member(w, "to", seed, 20);
    put_hex_member(w, "input", seed, tr_bench_random(seed) % 69);
    tr_json_key(w, "nonce");
    tr_json_put_u64(w, tr_bench_random(seed) % 1000);
    tr_json_key(w, "fee");
    tr_json_put_raw(w, TR_LIT("1.25e-9"));
    tr_json_key(w, "success");
    tr_json_put_bool(w, i % 5 != 0);
    tr_json_key(w, "contract");
    tr_json_put_null(w);
    tr_json_key(w, "note");
    tr_json_str(w, i % 7 == 0 ? "a \"quoted\" line\n with caf\xc3\xa9 \xe2\x82\xac" : "plain");
    tr_json_key(w, "logs");
    tr_json_begin_array(w);
    for (uint64_t k = 0; k < i % 4; k++) tr_json_put_u64(w, tr_bench_random(seed) >> (16 * k));
    tr_json_end_array(w);
    tr_json_end_object(w);
}

/* About 1 MB: blocks with transactions as an explorer would give them. */
static void *setup_tree(const tr_bench_input *input)
{
    uint64_t seed = 0x74726565;
    json_state *state = new_state(input, &seed);
    if (state == NULL) return NULL;
    tr_json_writer w = tr_json_write_to(input->document);
    tr_json_begin_array(&w);
    for (uint64_t i = 0; i < BLOCKS; i++) {
        tr_json_begin_object(&w);
        tr_json_key(&w, "number");
        tr_json_put_u64(&w, 1000000 + i);
        put_hex_member(&w, "parentHash", &seed, 32);
        put_hex_member(&w, "logsBloom", &seed, 256);
        tr_json_key(&w, "transactions");
        tr_json_begin_array(&w);
        for (uint64_t k = 0; k < BLOCK_TXS; k++) put_tx(&w, &seed, k);
        tr_json_end_array(&w);
        tr_json_end_object(&w);
    }
    tr_json_end_array(&w);
    return keep_document(input, state);
}

static uint64_t run_tree(void *context)
{
    json_state *state = context;
    const tr_json *tree;
    tr_arena_reset(&state->arena);
    if (tr_json_parse(NULL, &state->arena, state->document, &tree) != TR_OK) return 0;
    uint64_t sum = tree->count;
    TR_JSON_EACH(block, tree) sum += tr_json_get(block, "transactions")->count;
    return sum;
}

static void *setup_hex(const tr_bench_input *input)
{
    uint64_t seed = 0x686578;
    json_state *state = new_state(input, &seed);
    if (state != NULL) tr_buf_put(input->document, TR_VIEW(state->text));
    return state;
}

/* Keeps the compiler from moving work out of a loop: memory may have changed. */
static inline void forget(void)
{
    __asm__ volatile("" ::: "memory");
}

static uint64_t run_hex_decode(void *context)
{
    json_state *state = context;
    uint64_t sum = 0;
    for (int i = 0; i < HEX_ROUNDS; i++) {
        size_t len;
        forget();
        if (tr_hex_decode(NULL, TR_VIEW(state->text), state->data, TX_SIZE, &len) != TR_OK)
            return 0;
        sum += len + state->data[i % TX_SIZE];
    }
    return sum;
}

static uint64_t run_hex_encode(void *context)
{
    json_state *state = context;
    uint64_t sum = 0;
    for (int i = 0; i < HEX_ROUNDS; i++) {
        forget();
        tr_hex_encode(TR_VIEW(state->data), state->text);
        sum += state->text[i % (2 * TX_SIZE)];
    }
    return sum;
}

static const tr_bench_row rows[] = {
    {.name = "json-rpc-batch-100",
     .what = "JSON-RPC: a batch of 100 eth_sendRawTransaction, checked; id, method and hex of each",
     .ops = 1,
     .bytes = 0,
     .tier_ns = {8e3, 16e3, 60e3},
     .setup = setup_batch,
     .run = run_batch},
    {.name = "json-tree",
     .what = "JSON: a mixed document of 1 MB, read into a tree",
     .ops = 1,
     .bytes = 0,
     .tier_ns = {1e6, 2e6, 8e6},
     .setup = setup_tree,
     .run = run_tree},
    {.name = "hex-decode-234",
     .what = "hex: 234 digits to bytes",
     .ops = HEX_ROUNDS,
     .bytes = 2 * TX_SIZE,
     .tier_ns = {20, 60, 300},
     .setup = setup_hex,
     .run = run_hex_decode},
    {.name = "hex-encode-117",
     .what = "hex: 117 bytes to digits",
     .ops = HEX_ROUNDS,
     .bytes = TX_SIZE,
     .tier_ns = {15, 40, 200},
     .setup = setup_hex,
     .run = run_hex_encode},
};

const tr_bench_rows tr_bench_rows_json;
const tr_bench_rows tr_bench_rows_json = {rows, TR_COUNTOF(rows)};
