/* Blocks of transfers: each of 21,000 gas, between accounts of which no two are the same, in a
 * state of a million that lies in memory.  Senders are given; the state root after each block is
 * part of it.
 *
 * The document: u32le N (accounts), u32le B (blocks), u32le S (transfers in a block), u64le seed,
 * the root of the N accounts, then the root after each of the first B blocks, for a peer to
 * compare.  Everything else comes from one splitmix64 stream (tr_bench_random) that starts at seed:
 *
 *   account i = 0 .. N-1      address: three draws, little-endian, the first 20 of their bytes;
 *                             balance: 10^18 + a draw; nonce 0
 *   block b = 0 .. B-1        S times: draws d until d % N is an account that no block has yet and
 *                             that is not account 0, the sender; in the same way the receiver; then
 *                             a draw modulo 10^9, the value
 *
 * Run r = 0, 1, ... is block r % B with the nonces r / B: every transfer is a legacy transaction,
 * 21,000 gas at 2 * 10^9 wei.  Osaka, base fee 10^9; account 0 makes the blocks. */
#include "cli/bench/bench.h"
#include "eth/account.h"
#include "state/memory.h"
#include "stf/block.h"

enum { ACCOUNTS = 1000000, BATCH = 50000, BLOCKS = 8, TRANSFERS = 10000, GAS = 21000, SEED = 5 };

typedef struct transfers {
    tr_memory_world *world;
    tr_forest *forest;
    tr_state *state;
    tr_evm *evm;
    tr_arena scratch;
    tr_stf_env env;
    tr_chain_config config;
    tr_tx *txs; /* of all blocks, one after another */
    tr_addr *senders;
    size_t runs;
} transfers;

/* Takes what a run did to the world and to the tries. */
static tr_err take(transfers *t, const tr_changes *changes)
{
    TR_TRY(tr_memory_world_apply(NULL, t->world, changes));
    return tr_forest_apply(NULL, t->forest, NULL, changes);
}

static tr_err run_block(transfers *t, tr_hash *root)
{
    const size_t first = t->runs % BLOCKS * TRANSFERS;
    tr_changes changes;
    tr_arena_reset(&t->scratch);
    t->env.gas_left = t->env.evm.gas_limit;
    for (size_t i = first; i < first + TRANSFERS; i++) {
        tr_stf_result result;
        t->txs[i].nonce = t->runs / BLOCKS;
        tr_stf_expect(t->state, TRANSFERS, t->txs + first, t->senders + first, i - first);
        TR_TRY(tr_stf_run(NULL, t->evm, t->state, &t->env, &t->txs[i], &t->senders[i], NULL, NULL,
                          &result));
        if (result.gas_used != GAS || !result.success) return TR_E_STATE;
    }
    t->runs++;
    TR_TRY(tr_state_changes(NULL, t->state, &t->scratch, &changes));
    TR_TRY(take(t, &changes));
    tr_state_clear(t->state, tr_memory_world_door(t->world));
    return tr_forest_root(NULL, t->forest, NULL, root);
}

static bool make_accounts(tr_arena *arena, uint64_t *seed, transfers *t, tr_addr *addresses)
{
    tr_account_change *batch = TR_ARENA_ARRAY(arena, tr_account_change, BATCH);
    if (batch == NULL) return false;
    for (size_t i = 0; i < ACCOUNTS; i++) {
        uint8_t bytes[24];
        for (size_t w = 0; w < 3; w++) tr_store64le(bytes + 8 * w, tr_bench_random(seed));
        memcpy(addresses[i].b, bytes, sizeof(tr_addr));
        batch[i % BATCH] =
            (tr_account_change){.address = addresses[i],
                                .exists = true,
                                .had_none = true,
                                .balance = tr_u256_add(tr_u256_of(1000000000000000000),
                                                       tr_u256_of(tr_bench_random(seed))),
                                .code_hash = tr_empty_code_hash};
        tr_changes changes = {batch, BATCH};
        if (i % BATCH == BATCH - 1 && take(t, &changes) != TR_OK) return false;
    }
    return true;
}

static size_t draw_account(uint64_t *seed, bool *used)
{
    size_t account;
    do account = tr_bench_random(seed) % ACCOUNTS;
    while (used[account]);
    used[account] = true;
    return account;
}

static bool make_blocks(tr_arena *arena, uint64_t *seed, transfers *t, const tr_addr *addresses)
{
    bool *used = TR_ARENA_ARRAY(arena, bool, ACCOUNTS);
    t->txs = TR_ARENA_ARRAY(arena, tr_tx, BLOCKS * TRANSFERS);
    t->senders = TR_ARENA_ARRAY(arena, tr_addr, BLOCKS * TRANSFERS);
    if (used == NULL || t->txs == NULL || t->senders == NULL) return false;
    memset(used, 0, ACCOUNTS * sizeof(*used));
    used[0] = true;
    t->env.evm.coinbase = addresses[0];
    for (size_t i = 0; i < BLOCKS * TRANSFERS; i++) {
        t->senders[i] = addresses[draw_account(seed, used)];
        tr_to to = {.some = true, .addr = addresses[draw_account(seed, used)]};
        t->txs[i] = (tr_tx){.type = TR_TX_LEGACY,
                            .to = to,
                            .gas = GAS,
                            .max_fee = tr_u256_of(2000000000),
                            .max_priority = tr_u256_of(2000000000),
                            .value = tr_u256_of(tr_bench_random(seed) % 1000000000),
                            .v = 27,
                            .r = {[31] = 1},
                            .s = {[31] = 1}};
    }
    return true;
}

static bool open(tr_alloc *alloc, transfers *t)
{
    if (tr_memory_world_new(NULL, alloc, SIZE_MAX, &t->world) != TR_OK) return false;
    tr_forest_options forest = {.alloc = alloc, .limit = SIZE_MAX};
    tr_state_options state = {
        .alloc = alloc, .world = tr_memory_world_door(t->world), .limit = SIZE_MAX};
    tr_evm_options evm = {.alloc = alloc};
    tr_arena_init(&t->scratch, alloc, SIZE_MAX);
    t->config = tr_chain_config_at(TR_OSAKA, 1);
    t->env = (tr_stf_env){.config = &t->config,
                          .rules = tr_fork_rules_of(TR_OSAKA),
                          .blob_gas_left = UINT64_MAX,
                          .evm = {.rules = tr_evm_rules_of(TR_OSAKA),
                                  .chain_id = 1,
                                  .number = 1,
                                  .time = 1800000000,
                                  .gas_limit = (uint64_t)GAS * TRANSFERS,
                                  .base_fee = tr_u256_of(1000000000),
                                  .blob_base_fee = tr_u256_of(1)}};
    return tr_forest_new(NULL, &forest, &t->forest) == TR_OK &&
           tr_state_new(NULL, &state, &t->state) == TR_OK &&
           tr_evm_new(NULL, &evm, &t->evm) == TR_OK;
}

static bool fill(const tr_bench_input *input, transfers *t)
{
    uint64_t seed = SEED;
    tr_addr *addresses = TR_ARENA_ARRAY(input->arena, tr_addr, ACCOUNTS);
    tr_hash root;
    if (addresses == NULL || !make_accounts(input->arena, &seed, t, addresses) ||
        !make_blocks(input->arena, &seed, t, addresses))
        return false;
    uint8_t head[20];
    tr_store32le(head, ACCOUNTS);
    tr_store32le(head + 4, BLOCKS);
    tr_store32le(head + 8, TRANSFERS);
    tr_store64le(head + 12, SEED);
    tr_buf_put(input->document, TR_VIEW(head));
    if (tr_forest_root(NULL, t->forest, NULL, &root) != TR_OK) return false;
    tr_buf_put(input->document, TR_VIEW(root.b));
    for (size_t i = 0; i < BLOCKS; i++) {
        if (run_block(t, &root) != TR_OK) return false;
        tr_buf_put(input->document, TR_VIEW(root.b));
    }
    return true;
}

static void finish(void *of)
{
    transfers *t = of;
    tr_evm_free(t->evm);
    tr_state_free(t->state);
    tr_forest_free(t->forest);
    tr_memory_world_free(t->world);
    tr_arena_free(&t->scratch);
}

static void *setup(const tr_bench_input *input)
{
    input->manner->left_out = input->light;
    if (input->light) return NULL;
    transfers *t = TR_ARENA_NEW(input->arena, transfers);
    if (t == NULL) return NULL;
    *t = (transfers){.world = NULL};
    if (!open(input->alloc, t) || !fill(input, t)) {
        finish(t);
        return NULL;
    }
    input->manner->finish = finish;
    return t;
}

static uint64_t run(void *of)
{
    tr_hash root;
    return run_block(of, &root) == TR_OK ? tr_load64le(root.b) : 0;
}

static const tr_bench_row rows[] = {
    {.name = "block-transfers",
     .what = "blocks of 10,000 transfers in a state of 1,000,000 accounts, with the root",
     .ops = TRANSFERS,
     .tier_ns = {2000, 5000, 20000},
     .setup = setup,
     .run = run},
};
const tr_bench_rows tr_bench_rows_blocks = {rows, TR_COUNTOF(rows)};
