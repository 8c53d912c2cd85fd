/* Blocks from files: one gigagas of ERC-20 transfers or of Uniswap swaps, and the worst cases of
 * eest-benchmark.  bench/blocks.py writes the files, whose form it describes, to the folder of
 * inputs; a row whose file is not there does not run.
 *
 * What is measured: all transactions of the last block, each checked and run as tr_stf_run does,
 * senders given, on the state before it, which is a world in memory; what they did is then
 * forgotten.  Receipts, roots and system calls are no part of it.  The document is the gas used
 * (u64le), by which peers can tell that they did the same. */
#include "cli/bench/bench.h"
#include "cli/bench/worst_blocks.h"
#include "hash/keccak.h"
#include "os/file.h"
#include "state/memory.h"
#include "stf/tx.h"

enum { FILE_LIMIT = 64 << 20 };

typedef struct block {
    tr_stf_env env;
    uint64_t gas_used; /* as expected; 0: it is not known, and every transaction succeeds */
    tr_tx *txs;
    tr_addr *senders;
    size_t count;
} block;

typedef struct blocks {
    tr_memory_world *world;
    tr_state *state;
    tr_evm *evm;
    tr_chain_config config;
    block last;
} blocks;

static void take(tr_cursor *c, void *out, size_t size)
{
    tr_bytes raw = tr_cursor_take(c, size);
    if (raw.len == size) memcpy(out, raw.data, size);
}

static tr_u256 take_word(tr_cursor *c)
{
    uint8_t raw[32] = {0};
    take(c, raw, sizeof(raw));
    return tr_u256_from_be(raw);
}

static uint8_t take_byte(tr_cursor *c)
{
    uint8_t byte = 0;
    take(c, &byte, 1);
    return byte;
}

static bool read_accounts(tr_arena *arena, tr_cursor *c, tr_memory_world *world)
{
    uint32_t count = tr_cursor_u32le(c);
    for (uint32_t i = 0; i < count && c->err == TR_OK; i++) {
        tr_account_change a = {.exists = true, .had_none = true};
        take(c, a.address.b, sizeof(a.address));
        a.nonce = tr_cursor_u64le(c);
        a.balance = take_word(c);
        a.code = tr_cursor_take(c, tr_cursor_u32le(c));
        a.code_changed = a.code.len != 0;
        a.code_hash = tr_keccak256(a.code);
        a.slot_count = tr_cursor_u32le(c);
        if (a.slot_count > tr_cursor_left(c) / 64) return false;
        tr_slot_change *slots = TR_ARENA_ARRAY(arena, tr_slot_change, a.slot_count);
        if (slots == NULL) return false;
        for (size_t s = 0; s < a.slot_count; s++) {
            slots[s].key = take_word(c);
            slots[s].value = take_word(c);
            slots[s].before = TR_U256_ZERO;
        }
        a.slots = slots;
        tr_changes one = {&a, 1};
        if (tr_memory_world_apply(NULL, world, &one) != TR_OK) return false;
    }
    return c->err == TR_OK;
}

static bool read_tx(tr_arena *arena, tr_cursor *c, tr_tx *tx, tr_addr *sender)
{
    *tx = (tr_tx){.type = take_byte(c), .r = {[31] = 1}, .s = {[31] = 1}};
    tx->v = tx->type == TR_TX_LEGACY ? 27 : 0;
    tx->chain_id = tx->type == TR_TX_LEGACY ? 0 : 1;
    take(c, sender, sizeof(*sender));
    tx->to.some = take_byte(c) != 0;
    take(c, &tx->to.addr, sizeof(tr_addr));
    tx->nonce = tr_cursor_u64le(c);
    tx->gas = tr_cursor_u64le(c);
    tx->max_fee = tr_u256_of(tr_cursor_u64le(c));
    tx->max_priority = tr_u256_of(tr_cursor_u64le(c));
    tx->value = take_word(c);
    tx->data = tr_cursor_take(c, tr_cursor_u32le(c));
    uint32_t blobs = tr_cursor_u32le(c);
    if (blobs > tr_cursor_left(c) / sizeof(tr_hash)) return false;
    tr_hash *hashes = TR_ARENA_ARRAY(arena, tr_hash, blobs);
    if (hashes == NULL) return false;
    for (uint32_t i = 0; i < blobs; i++) take(c, &hashes[i], sizeof(tr_hash));
    tx->blob_hashes = (tr_list){hashes, blobs};
    tx->max_blob_fee = tr_u256_of(tr_cursor_u64le(c));
    return c->err == TR_OK;
}

static bool read_block(tr_arena *arena, tr_cursor *c, const tr_chain_config *config, block *b)
{
    *b = (block){.env = {.config = config,
                         .rules = tr_fork_rules_of(TR_OSAKA),
                         .evm = {.rules = tr_evm_rules_of(TR_OSAKA),
                                 .chain_id = config->chain_id,
                                 .gas_limit = 1000000000000,
                                 .blob_base_fee = tr_u256_of(1)}}};
    b->env.evm.number = tr_cursor_u64le(c);
    b->env.evm.time = tr_cursor_u64le(c);
    take(c, &b->env.evm.coinbase, sizeof(tr_addr));
    b->env.evm.base_fee = tr_u256_of(tr_cursor_u64le(c));
    b->env.evm.difficulty = take_word(c);
    b->gas_used = tr_cursor_u64le(c);
    b->count = tr_cursor_u32le(c);
    if (b->count > tr_cursor_left(c)) return false;
    b->txs = TR_ARENA_ARRAY(arena, tr_tx, b->count);
    b->senders = TR_ARENA_ARRAY(arena, tr_addr, b->count);
    if (b->txs == NULL || b->senders == NULL) return false;
    for (size_t i = 0; i < b->count; i++)
        if (!read_tx(arena, c, &b->txs[i], &b->senders[i])) return false;
    return c->err == TR_OK;
}

/* The gas that a block uses; 0 when a transaction is not valid, or did not do what it should. */
static uint64_t run_block(blocks *all, block *b)
{
    uint64_t used = 0;
    tr_state_clear(all->state, tr_memory_world_door(all->world));
    b->env.gas_left = b->env.blob_gas_left = UINT64_MAX;
    for (size_t i = 0; i < b->count; i++) {
        tr_stf_result result;
        tr_stf_expect(all->state, b->count, b->txs, b->senders, i);
        if (tr_stf_run(NULL, all->evm, all->state, &b->env, &b->txs[i], &b->senders[i], NULL, NULL,
                       &result) != TR_OK)
            return 0;
        if (b->gas_used == 0 && !result.success) return 0;
        used += result.gas_used;
    }
    return used;
}

static bool keep_changes(tr_arena *arena, blocks *all)
{
    tr_changes changes;
    return tr_state_changes(NULL, all->state, arena, &changes) == TR_OK &&
           tr_memory_world_apply(NULL, all->world, &changes) == TR_OK;
}

static bool prepare(const tr_bench_input *input, blocks *all, tr_bytes file)
{
    tr_cursor c = tr_cursor_of(file);
    uint64_t used = 0;
    if (tr_memory_world_new(NULL, input->alloc, SIZE_MAX, &all->world) != TR_OK) return false;
    tr_state_options state_options = {
        .alloc = input->alloc, .world = tr_memory_world_door(all->world), .limit = SIZE_MAX};
    tr_evm_options evm_options = {.alloc = input->alloc};
    if (tr_state_new(NULL, &state_options, &all->state) != TR_OK ||
        tr_evm_new(NULL, &evm_options, &all->evm) != TR_OK)
        return false;
    if (!read_accounts(input->arena, &c, all->world)) return false;
    for (uint32_t left = tr_cursor_u32le(&c); left > 0; left--) {
        if (!read_block(input->arena, &c, &all->config, &all->last)) return false;
        used = run_block(all, &all->last);
        if (used == 0 || (all->last.gas_used != 0 && used != all->last.gas_used)) return false;
        if (left > 1 && !keep_changes(input->arena, all)) return false;
    }
    uint8_t gas[8];
    tr_store64le(gas, used);
    tr_buf_put(input->document, TR_VIEW(gas));
    return used != 0 && c.err == TR_OK;
}

static void finish(void *of)
{
    blocks *all = of;
    tr_evm_free(all->evm);
    tr_state_free(all->state);
    tr_memory_world_free(all->world);
}

static void *setup(const tr_bench_input *input, const char *name)
{
    blocks *all = TR_ARENA_NEW(input->arena, blocks);
    tr_buf path, file;
    if (all == NULL) return NULL;
    *all = (blocks){.config = tr_chain_config_at(TR_OSAKA, 1)};
    tr_buf_init(&path, &input->arena->alloc, 4096);
    tr_buf_printf(&path, "%s/blocks/%s.bin", input->directory, name);
    tr_buf_init(&file, &input->arena->alloc, FILE_LIMIT);
    if (tr_file_read_all(NULL, tr_fs_system(), tr_buf_text(&path), FILE_LIMIT, &file) != TR_OK ||
        !prepare(input, all, tr_buf_view(&file))) {
        finish(all);
        return NULL;
    }
    input->manner->finish = finish;
    return all;
}

static uint64_t run(void *of)
{
    blocks *all = of;
    return run_block(all, &all->last);
}

#define SETUP(id, name)                                                                            \
    static void *setup_##id(const tr_bench_input *input)                                           \
    {                                                                                              \
        return setup(input, name);                                                                 \
    }
SETUP(erc20, "block-erc20")
SETUP(uniswap, "block-uniswap")
TR_WORST_BLOCKS(SETUP)

#define ROW(id, its_name)                                                                          \
    {.name = its_name,                                                                             \
     .what = "a block of eest-benchmark",                                                          \
     .ops = 1,                                                                                     \
     .tier_ns = {1e7, 1e8, 1e9},                                                                   \
     .setup = setup_##id,                                                                          \
     .run = run},
static const tr_bench_row rows[] = {{.name = "block-erc20",
                                     .what = "a block of 37,123 ERC-20 transfers",
                                     .ops = 1,
                                     .tier_ns = {1e7, 1e8, 1e9},
                                     .setup = setup_erc20,
                                     .run = run},
                                    {.name = "block-uniswap",
                                     .what = "a block of 6,413 swaps of Uniswap v3",
                                     .ops = 1,
                                     .tier_ns = {1e7, 1e8, 1e9},
                                     .setup = setup_uniswap,
                                     .run = run},
                                    TR_WORST_BLOCKS(ROW)};
const tr_bench_rows tr_bench_rows_block_files = {rows, TR_COUNTOF(rows)};
