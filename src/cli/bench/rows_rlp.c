/* RLP: block bodies, taken apart and written. */
#include "cli/bench/bench.h"
#include "codec/rlp.h"

enum { BODIES = 8, TXS = 160, WITHDRAWALS = 16 };

typedef struct rlp_tx {
    bool typed;
    uint8_t nonce, value, calldata; /* sizes */
    uint64_t gas_price, gas;
    uint8_t to[20], amount[16], r[32], s[32];
    uint8_t data[256];
} rlp_tx;

typedef struct rlp_withdrawal {
    uint64_t index, validator, amount;
    uint8_t to[20];
} rlp_withdrawal;

typedef struct rlp_body {
    rlp_tx txs[TXS];
    rlp_withdrawal withdrawals[WITHDRAWALS];
    bool uncle;
    uint8_t noise[256];
} rlp_body;

typedef struct rlp_state {
    tr_arena arena; /* emptied before each decoding */
    tr_buf out;
    tr_bytes document;
    rlp_body *bodies;
} rlp_state;

static void fill(uint64_t *seed, uint8_t *to, size_t len)
{
    for (size_t i = 0; i < len; i++) to[i] = (uint8_t)tr_bench_random(seed);
}

/* Transfers without calldata, token transfers of 68 bytes and longer calls, as they are mixed in
 * real blocks; two in three are typed. */
static void make_body(uint64_t *seed, rlp_body *body)
{
    for (size_t i = 0; i < TXS; i++) {
        rlp_tx *tx = &body->txs[i];
        uint64_t choice = tr_bench_random(seed);
        tx->typed = choice % 3 != 0;
        tx->nonce = (uint8_t)(choice >> 8 & 3);
        tx->value = (uint8_t)((choice >> 16) % 3 * 5);
        static const uint8_t calldata[4] = {0, 68, 68, 228};
        tx->calldata = calldata[choice >> 24 & 3];
        tx->gas_price = 1000000000 + (tr_bench_random(seed) >> 30);
        tx->gas = 21000 + (tr_bench_random(seed) >> 46);
        fill(seed, tx->to, sizeof(tx->to));
        fill(seed, tx->amount, sizeof(tx->amount));
        fill(seed, tx->r, sizeof(tx->r));
        fill(seed, tx->s, sizeof(tx->s));
        fill(seed, tx->data, sizeof(tx->data));
    }
    for (size_t i = 0; i < WITHDRAWALS; i++) {
        rlp_withdrawal *w = &body->withdrawals[i];
        w->index = 40000000 + i;
        w->validator = tr_bench_random(seed) >> 44;
        w->amount = 10000000 + (tr_bench_random(seed) >> 45);
        fill(seed, w->to, sizeof(w->to));
    }
    body->uncle = tr_bench_random(seed) % 4 == 0;
    fill(seed, body->noise, sizeof(body->noise));
}

static void put_legacy(tr_buf *out, const rlp_tx *tx)
{
    tr_rlp_mark list = tr_rlp_begin(out, 100 + (size_t)tx->calldata);
    tr_rlp_put_int(out, (tr_bytes){tx->amount, tx->nonce});
    tr_rlp_put_u64(out, tx->gas_price);
    tr_rlp_put_u64(out, tx->gas);
    tr_rlp_put_bytes(out, TR_VIEW(tx->to));
    tr_rlp_put_int(out, (tr_bytes){tx->amount, tx->value});
    tr_rlp_put_bytes(out, (tr_bytes){tx->data, tx->calldata});
    tr_rlp_put_u64(out, 37 + (tx->nonce & 1));
    tr_rlp_put_int(out, TR_VIEW(tx->r));
    tr_rlp_put_int(out, TR_VIEW(tx->s));
    tr_rlp_end(out, list);
}

/* The size of an integer as tr_rlp_put_int writes it. */
static size_t int_size(tr_bytes v)
{
    while (v.len != 0 && v.data[0] == 0) v.data++, v.len--;
    return tr_rlp_bytes_size(v);
}

static void put_typed(tr_buf *out, const rlp_tx *tx)
{
    tr_bytes nonce = {tx->amount, tx->nonce}, value = {tx->amount, tx->value};
    tr_bytes data = {tx->data, tx->calldata};
    size_t fields = 1 + int_size(nonce) + 2 * tr_rlp_u64_size(tx->gas_price) +
                    tr_rlp_u64_size(tx->gas) + 21 + int_size(value) + tr_rlp_bytes_size(data) + 2 +
                    int_size(TR_VIEW(tx->r)) + int_size(TR_VIEW(tx->s));
    size_t size = 1 + tr_rlp_list_size(fields);
    if (size < 56) {
        tr_buf_put_u8(out, (uint8_t)(0x80 + size));
    } else {
        unsigned n = tr_be_len(size);
        tr_buf_put_u8(out, (uint8_t)(0xb7 + n));
        for (unsigned i = n; i-- > 0;) tr_buf_put_u8(out, (uint8_t)(size >> (8 * i)));
    }
    tr_buf_put_u8(out, 2);
    tr_rlp_put_list(out, fields);
    tr_rlp_put_u64(out, 1);
    tr_rlp_put_int(out, nonce);
    tr_rlp_put_u64(out, tx->gas_price);
    tr_rlp_put_u64(out, tx->gas_price);
    tr_rlp_put_u64(out, tx->gas);
    tr_rlp_put_bytes(out, TR_VIEW(tx->to));
    tr_rlp_put_int(out, value);
    tr_rlp_put_bytes(out, data);
    tr_rlp_put_list(out, 0);
    tr_rlp_put_u64(out, tx->nonce & 1);
    tr_rlp_put_int(out, TR_VIEW(tx->r));
    tr_rlp_put_int(out, TR_VIEW(tx->s));
}

/* A header of before the merge, 15 fields. */
static void put_uncle(tr_buf *out, const rlp_body *body)
{
    const uint8_t *noise = body->noise;
    tr_rlp_mark list = tr_rlp_begin(out, 600);
    for (size_t i = 0; i < 2; i++) tr_rlp_put_bytes(out, (tr_bytes){noise + 32 * i, 32});
    tr_rlp_put_bytes(out, (tr_bytes){noise, 20});
    for (size_t i = 2; i < 5; i++) tr_rlp_put_bytes(out, (tr_bytes){noise + 32 * i, 32});
    tr_rlp_put_bytes(out, (tr_bytes){noise, 256});
    for (uint64_t v = 1; v < 1u << 25; v *= 33) tr_rlp_put_u64(out, v);
    tr_rlp_put_bytes(out, (tr_bytes){noise, 32});
    tr_rlp_put_bytes(out, (tr_bytes){noise + 32, 32});
    tr_rlp_put_bytes(out, (tr_bytes){noise, 8});
    tr_rlp_end(out, list);
}

static void put_bodies(tr_buf *out, const rlp_body *bodies)
{
    tr_rlp_mark all = tr_rlp_begin(out, 1 << 17);
    for (size_t b = 0; b < BODIES; b++) {
        tr_rlp_mark body = tr_rlp_begin(out, 1 << 14);
        tr_rlp_mark txs = tr_rlp_begin(out, 1 << 14);
        for (size_t i = 0; i < TXS; i++) {
            const rlp_tx *tx = &bodies[b].txs[i];
            if (tx->typed)
                put_typed(out, tx);
            else
                put_legacy(out, tx);
        }
        tr_rlp_end(out, txs);
        tr_rlp_mark uncles = tr_rlp_begin(out, 0);
        if (bodies[b].uncle) put_uncle(out, &bodies[b]);
        tr_rlp_end(out, uncles);
        tr_rlp_mark withdrawals = tr_rlp_begin(out, 600);
        for (size_t i = 0; i < WITHDRAWALS; i++) {
            const rlp_withdrawal *w = &bodies[b].withdrawals[i];
            tr_rlp_mark one = tr_rlp_begin(out, 0);
            tr_rlp_put_u64(out, w->index);
            tr_rlp_put_u64(out, w->validator);
            tr_rlp_put_bytes(out, TR_VIEW(w->to));
            tr_rlp_put_u64(out, w->amount);
            tr_rlp_end(out, one);
        }
        tr_rlp_end(out, withdrawals);
        tr_rlp_end(out, body);
    }
    tr_rlp_end(out, all);
}

static void *setup_rlp(const tr_bench_input *input)
{
    rlp_state *state = TR_ARENA_NEW(input->arena, rlp_state);
    if (state == NULL) return NULL;
    state->bodies = TR_ARENA_ARRAY(input->arena, rlp_body, BODIES);
    if (state->bodies == NULL) return NULL;
    uint64_t seed = 0x726c70;
    for (size_t i = 0; i < BODIES; i++) make_body(&seed, &state->bodies[i]);
    put_bodies(input->document, state->bodies);
    state->document = tr_arena_copy(input->arena, tr_buf_view(input->document));
    if (tr_buf_err(input->document) != TR_OK || state->document.data == NULL) return NULL;
    tr_arena_init(&state->arena, input->alloc, SIZE_MAX);
    tr_buf_init(&state->out, input->alloc, SIZE_MAX);
    return state;
}

/* Takes the whole document apart and adds up the numbers of transactions. */
static uint64_t run_rlp_decode(void *context)
{
    rlp_state *state = context;
    tr_rlp_tree tree;
    tr_arena_reset(&state->arena);
    if (tr_rlp_decode(NULL, &state->arena, state->document, &tree) != TR_OK) return 0;
    uint64_t sum = tree.count;
    TR_RLP_EACH(body, &tree, 0) sum += tr_rlp_item_count(&tree.items[body + 1]);
    return sum;
}

static uint64_t run_rlp_encode(void *context)
{
    rlp_state *state = context;
    tr_buf_clear(&state->out);
    put_bodies(&state->out, state->bodies);
    return state->out.len + state->out.data[state->out.len - 1];
}

static const tr_bench_row rows[] = {
    {.name = "rlp-decode-bodies",
     .what = "RLP: 8 block bodies of 160 transactions, taken apart",
     .ops = 1,
     .bytes = 0,
     .tier_ns = {60e3, 120e3, 600e3},
     .setup = setup_rlp,
     .run = run_rlp_decode},
    {.name = "rlp-encode-bodies",
     .what = "RLP: 8 block bodies of 160 transactions, written",
     .ops = 1,
     .bytes = 0,
     .tier_ns = {100e3, 200e3, 1000e3},
     .setup = setup_rlp,
     .run = run_rlp_encode},
};

const tr_bench_rows tr_bench_rows_rlp = {rows, TR_COUNTOF(rows)};
