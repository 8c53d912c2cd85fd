/* The Solidity ABI: nested tuples, their type given as text and parsed in each operation. */
#include "cli/bench/bench.h"
#include "codec/abi.h"

enum { ORDERS = 16, ITEMS = 5 };

/* A list of orders: who, how much, what was bought, a remark, and three quotes. */
static const char type_text[] =
    "(address,uint256,(uint8,bytes32,bytes)[],string,(uint64,int128,bool)[3],address[])[]";

typedef struct abi_state {
    tr_arena arena; /* emptied before each operation */
    tr_buf out;
    tr_bytes payload;
    const tr_abi_value *value;
} abi_state;

/* A word with random bytes at its end. */
static tr_abi_value word(const tr_bench_input *in, uint64_t *seed, size_t from, size_t to)
{
    uint8_t *data = tr_arena_get(in->arena, 32, 1);
    memset(data, 0, 32);
    for (size_t i = from; i < to; i++) data[i] = (uint8_t)tr_bench_random(seed);
    return (tr_abi_value){.data = data, .count = 32};
}

static tr_abi_value bytes(const tr_bench_input *in, uint64_t *seed, size_t len)
{
    uint8_t *data = tr_arena_get(in->arena, len, 1);
    for (size_t i = 0; i < len; i++) data[i] = 'a' + (uint8_t)(tr_bench_random(seed) % 26);
    return (tr_abi_value){.data = data, .count = len};
}

static tr_abi_value *items(const tr_bench_input *in, tr_abi_value *list, size_t count)
{
    tr_abi_value *all = TR_ARENA_ARRAY(in->arena, tr_abi_value, count);
    *list = (tr_abi_value){.items = all, .count = count};
    return all;
}

static void make_order(const tr_bench_input *in, uint64_t *seed, tr_abi_value *order)
{
    tr_abi_value *member = items(in, order, 6);
    member[0] = word(in, seed, 12, 32);
    member[1] = word(in, seed, 20, 32);
    tr_abi_value *bought = items(in, &member[2], ITEMS);
    for (size_t i = 0; i < ITEMS; i++) {
        tr_abi_value *part = items(in, &bought[i], 3);
        part[0] = word(in, seed, 31, 32);
        part[1] = word(in, seed, 0, 32);
        part[2] = bytes(in, seed, tr_bench_random(seed) % 100);
    }
    member[3] = bytes(in, seed, 20 + tr_bench_random(seed) % 40);
    tr_abi_value *quotes = items(in, &member[4], 3);
    for (size_t i = 0; i < 3; i++) {
        tr_abi_value *part = items(in, &quotes[i], 3);
        part[0] = word(in, seed, 24, 32);
        part[1] = word(in, seed, 20, 32);
        part[2] = word(in, seed, 32, 32);
    }
    tr_abi_value *who = items(in, &member[5], 4);
    for (size_t i = 0; i < 4; i++) who[i] = word(in, seed, 12, 32);
}

/* The document is the length of the type's text (4 bytes, little-endian), the text, the bytes. */
static void *setup_abi(const tr_bench_input *input)
{
    abi_state *state = TR_ARENA_NEW(input->arena, abi_state);
    uint64_t seed = 0x616269;
    tr_abi_value list, *value = TR_ARENA_NEW(input->arena, tr_abi_value);
    tr_abi_value *orders = items(input, &list, ORDERS);
    for (size_t i = 0; i < ORDERS; i++) make_order(input, &seed, &orders[i]);
    items(input, value, 1)[0] = list;
    state->value = value;
    const tr_abi_type *types;
    tr_bytes text = tr_bytes_str(type_text);
    if (tr_abi_parse_types(NULL, input->arena, text, &types) != TR_OK) return NULL;
    uint8_t size[4];
    tr_store32le(size, (uint32_t)text.len);
    tr_buf_put(input->document, TR_VIEW(size));
    tr_buf_put(input->document, text);
    size_t head = input->document->len;
    if (tr_abi_encode(NULL, types, value, input->document) != TR_OK) return NULL;
    state->payload =
        tr_arena_copy(input->arena, tr_bytes_cut(tr_buf_view(input->document), head, SIZE_MAX));
    tr_arena_init(&state->arena, input->alloc, SIZE_MAX);
    tr_buf_init(&state->out, input->alloc, SIZE_MAX);
    return state->payload.data == NULL ? NULL : state;
}

/* Adds up parts of every order, so that nothing of the result can be left out. */
static uint64_t sum_orders(const tr_abi_value *value)
{
    const tr_abi_value *orders = &value->items[0];
    uint64_t sum = orders->count;
    for (size_t i = 0; i < orders->count; i++) {
        const tr_abi_value *member = orders->items[i].items;
        sum += member[1].data[31] + member[2].count + member[3].count + member[5].count;
        for (size_t k = 0; k < member[2].count; k++) sum += member[2].items[k].items[2].count;
    }
    return sum;
}

static uint64_t decode(abi_state *state, tr_abi_mode mode)
{
    const tr_abi_type *types;
    tr_abi_value value;
    tr_arena_reset(&state->arena);
    if (tr_abi_parse_types(NULL, &state->arena, tr_bytes_str(type_text), &types) != TR_OK ||
        tr_abi_decode(NULL, &state->arena, types, state->payload, mode, &value) != TR_OK)
        return 0;
    return sum_orders(&value);
}

static uint64_t run_decode(void *context)
{
    return decode(context, TR_ABI_STRICT);
}

static uint64_t run_decode_lenient(void *context)
{
    return decode(context, TR_ABI_LENIENT);
}

static uint64_t run_encode(void *context)
{
    abi_state *state = context;
    const tr_abi_type *types;
    tr_arena_reset(&state->arena);
    tr_buf_clear(&state->out);
    if (tr_abi_parse_types(NULL, &state->arena, tr_bytes_str(type_text), &types) != TR_OK ||
        tr_abi_encode(NULL, types, state->value, &state->out) != TR_OK)
        return 0;
    return state->out.len + state->out.data[state->out.len - 1];
}

static const tr_bench_row rows[] = {
    {.name = "abi-decode-nested",
     .what = "ABI: 16 nested tuples decoded strictly, with their type's text",
     .ops = 1,
     .tier_ns = {4e3, 10e3, 50e3},
     .setup = setup_abi,
     .run = run_decode},
    {.name = "abi-decode-lenient",
     .what = "ABI: the same, decoded leniently",
     .ops = 1,
     .tier_ns = {4e3, 10e3, 50e3},
     .setup = setup_abi,
     .run = run_decode_lenient},
    {.name = "abi-encode-nested",
     .what = "ABI: the same, encoded",
     .ops = 1,
     .tier_ns = {4e3, 10e3, 50e3},
     .setup = setup_abi,
     .run = run_encode},
};

const tr_bench_rows tr_bench_rows_abi = {rows, TR_COUNTOF(rows)};
