/* Transactions: a thousand signed ones, decoded and hashed; and with their senders.
 *
 * The document: their number, 4 bytes little-endian; then each with its length, 4 bytes
 * little-endian, before its consensus form. */
#include "cli/bench/bench.h"
#include "eth/sender.h"

enum { TXS = 1000, KEYS = 64 };

typedef struct tx_state {
    tr_arena arena; /* emptied before each run */
    const tr_bytes *raw;
    tr_tx *txs;
    tr_hash *hashes;
    tr_addr *senders;
    tr_err *errs;
} tx_state;

static void fill(uint64_t *seed, void *to, size_t len)
{
    for (size_t i = 0; i < len; i++) ((uint8_t *)to)[i] = (uint8_t)tr_bench_random(seed);
}

static tr_bytes random_bytes(tr_arena *arena, uint64_t *seed, size_t len)
{
    uint8_t *to = tr_arena_get(arena, len, 1);
    if (to == NULL) return (tr_bytes){NULL, 0};
    fill(seed, to, len);
    return (tr_bytes){to, len};
}

static tr_list random_hashes(tr_arena *arena, uint64_t *seed, size_t count, uint8_t version)
{
    tr_hash *hashes = TR_ARENA_ARRAY(arena, tr_hash, count);
    if (hashes == NULL) return (tr_list){NULL, 0};
    fill(seed, hashes, count * sizeof(*hashes));
    for (size_t i = 0; version != 0 && i < count; i++) hashes[i].b[0] = version;
    return (tr_list){hashes, count};
}

static tr_list random_access(tr_arena *arena, uint64_t *seed, size_t count)
{
    tr_access *access = TR_ARENA_ARRAY(arena, tr_access, count);
    if (access == NULL) return (tr_list){NULL, 0};
    for (size_t i = 0; i < count; i++) {
        fill(seed, access[i].address.b, 20);
        access[i].keys = random_hashes(arena, seed, 1 + i, 0);
    }
    return (tr_list){access, count};
}

static tr_list random_authorizations(tr_arena *arena, uint64_t *seed, size_t count,
                                     const tr_seckey *key)
{
    tr_authorization *all = TR_ARENA_ARRAY(arena, tr_authorization, count);
    if (all == NULL) return (tr_list){NULL, 0};
    for (size_t i = 0; i < count; i++) {
        all[i] =
            (tr_authorization){.chain_id = tr_u256_of(1), .nonce = tr_bench_random(seed) >> 56};
        fill(seed, all[i].address.b, 20);
        if (tr_authorization_sign(NULL, &all[i], key) != TR_OK) return (tr_list){NULL, 0};
    }
    return (tr_list){all, count};
}

/* Types as a block of late 2025 has them: three in ten legacy, six in ten of type 2, and few of the
 * others. */
static uint8_t random_type(uint64_t *seed)
{
    static const uint8_t limits[] = {30, 32, 94, 97, 100};
    uint64_t percent = tr_bench_random(seed) % 100;
    uint8_t type = 0;
    while (percent >= limits[type]) type++;
    return type;
}

static void make_tx(tr_arena *arena, uint64_t *seed, const tr_seckey *key, tr_tx *tx)
{
    /* Plain transfers, token transfers, swaps, and now and then something long. */
    static const uint16_t calldata[] = {0, 0, 0, 68, 68, 68, 68, 100, 228, 356, 548, 1668};
    uint64_t choice = tr_bench_random(seed);
    *tx = (tr_tx){.type = random_type(seed), .chain_id = 1, .to.some = true};
    tx->nonce = tr_bench_random(seed) >> (choice % 4 == 0 ? 44 : 56);
    tx->gas = 21000 + (tr_bench_random(seed) >> 46);
    tx->max_fee = tr_u256_of(1000000000 + (tr_bench_random(seed) >> 30));
    tx->max_priority = tr_u256_of(tr_bench_random(seed) >> 36);
    if (tx->type <= TR_TX_ACCESS_LIST) tx->max_priority = tx->max_fee;
    fill(seed, tx->to.addr.b, 20);
    tx->data = random_bytes(arena, seed, calldata[(choice >> 8) % TR_COUNTOF(calldata)]);
    if (tx->data.len == 0) tx->value = tr_u256_of(tr_bench_random(seed) >> 4);
    if (tx->type == TR_TX_ACCESS_LIST) tx->access_list = random_access(arena, seed, 3);
    if (tx->type == TR_TX_BLOB) {
        tx->max_blob_fee = tr_u256_of(tr_bench_random(seed) >> 40);
        tx->blob_hashes = random_hashes(arena, seed, 1 + choice % 6, 1);
    }
    if (tx->type == TR_TX_SET_CODE)
        tx->authorizations = random_authorizations(arena, seed, 1 + choice % 2, key);
}

static void put_u32(tr_buf *out, size_t value)
{
    uint8_t le[4];
    tr_store32le(le, (uint32_t)value);
    tr_buf_put(out, TR_VIEW(le));
}

/* Makes and signs the transactions; the document and the views of their encodings. */
static const tr_bytes *make_all(const tr_bench_input *input)
{
    tr_bytes *raw = TR_ARENA_ARRAY(input->arena, tr_bytes, TXS);
    uint64_t seed = 0x7478;
    tr_seckey keys[KEYS];
    fill(&seed, keys, sizeof(keys));
    if (raw == NULL) return NULL;
    put_u32(input->document, TXS);
    for (size_t i = 0; i < TXS; i++) {
        tr_tx tx;
        const tr_seckey *key = &keys[tr_bench_random(&seed) % KEYS];
        make_tx(input->arena, &seed, key, &tx);
        if (tr_tx_sign(NULL, input->arena, &tx, key) != TR_OK) return NULL;
        raw[i] = tx.encoding;
        put_u32(input->document, tx.encoding.len);
        tr_buf_put(input->document, tx.encoding);
    }
    return tr_buf_err(input->document) == TR_OK ? raw : NULL;
}

static void *setup_txs(const tr_bench_input *input)
{
    tx_state *state = TR_ARENA_NEW(input->arena, tx_state);
    if (state == NULL) return NULL;
    state->raw = make_all(input);
    state->txs = TR_ARENA_ARRAY(input->arena, tr_tx, TXS);
    state->hashes = TR_ARENA_ARRAY(input->arena, tr_hash, TXS);
    state->senders = TR_ARENA_ARRAY(input->arena, tr_addr, TXS);
    state->errs = TR_ARENA_ARRAY(input->arena, tr_err, TXS);
    if (state->raw == NULL || state->txs == NULL || state->hashes == NULL ||
        state->senders == NULL || state->errs == NULL)
        return NULL;
    tr_arena_init(&state->arena, input->alloc, SIZE_MAX);
    return state;
}

static uint64_t run_decode_hash(void *context)
{
    tx_state *state = context;
    tr_arena_reset(&state->arena);
    uint64_t sum = tr_tx_decode_many(&state->arena, TXS, state->raw, state->txs, NULL);
    if (sum != TXS) return 0;
    tr_tx_hash_many(TXS, state->txs, state->hashes);
    for (size_t i = 0; i < TXS; i++) sum += tr_load64le(state->hashes[i].b) + state->txs[i].nonce;
    return sum;
}

static uint64_t run_senders(void *context)
{
    tx_state *state = context;
    uint64_t sum = run_decode_hash(context);
    if (tr_tx_senders(&state->arena, NULL, TXS, state->txs, state->senders, state->errs) != TXS)
        return 0;
    for (size_t i = 0; i < TXS; i++) sum += tr_load64le(state->senders[i].b);
    return sum;
}

static const tr_bench_row rows[] = {
    {.name = "tx-decode-hash-1000",
     .what = "signed transactions of types 0 to 4: decoded and hashed, 1000 at a time",
     .ops = TXS,
     .bytes = 0,
     .tier_ns = {400, 800, 3000},
     .setup = setup_txs,
     .run = run_decode_hash},
    {.name = "tx-senders-1000",
     .what = "signed transactions: decoded, hashed and their senders found, 1000 at a time",
     .ops = TXS,
     .bytes = 0,
     .tier_ns = {10e3, 30e3, 60e3},
     .setup = setup_txs,
     .run = run_senders},
};

const tr_bench_rows tr_bench_rows_tx = {rows, TR_COUNTOF(rows)};
