/* Blocks of anybody's making against a small fixed state.  As they came, and set right: with a
 * header that follows from the parent, and with senders that have funds.  Whatever happens has a
 * code; what the steps of a block accept is accepted whole, with the same gas and the same changes.
 */
#include "eth/account.h"
#include "hash/keccak.h"
#include "os/heap.h"
#include "state/memory.h"
#include "stf/block.h"
#include "trie/node.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { SENDERS = 4, CONTRACTS = 6, GAS_LIMIT = 3000000, MEMORY = 64 << 20 };

/* What everything stands on, made once. */
static struct ground {
    tr_memory_world *world;
    tr_state *state;
    tr_evm *evm;
} ground;

static const char *const codes[CONTRACTS] = {
    "\x60\x01\x5f\x55\x00",                                         /* stores */
    "\x5f\x5f\x55\x60\x01\x54\x60\x02\x55\x00",                     /* clears and copies */
    "\x5f\x5f\x5f\x5f\x34\x60\x70\x61\xff\xff\xf1\x00",             /* calls 0x70 with value */
    "\x36\x5f\x5f\x37\x36\x5f\x34\xf0\x5f\x52\x60\x20\x5f\xa0\x00", /* creates its calldata */
    "\x36\x5f\x5f\x37\x36\x5f\xfd",                                 /* reverts with calldata */
    "\x60\x71\xff",                                                 /* destroys itself */
};
static const size_t code_sizes[CONTRACTS] = {5, 10, 12, 15, 7, 3};

static tr_addr sender_address(unsigned n)
{
    return (tr_addr){{0x51, (uint8_t)n}};
}

static void put(tr_addr address, uint64_t nonce, tr_bytes code)
{
    tr_slot_change slots[3];
    for (uint64_t i = 0; i < 3; i++)
        slots[i] = (tr_slot_change){.key = tr_u256_of(i), .value = tr_u256_of(i + 5)};
    tr_account_change change = {.address = address,
                                .exists = true,
                                .had_none = true,
                                .code_changed = code.len != 0,
                                .nonce = nonce,
                                .balance = tr_u256_shl(TR_U256_ONE, 80),
                                .code_hash =
                                    code.len != 0 ? tr_keccak256(code) : tr_empty_code_hash,
                                .code = code,
                                .slots = slots,
                                .slot_count = code.len != 0 ? 3 : 0};
    tr_changes changes = {&change, 1};
    TR_ASSERT(tr_memory_world_apply(NULL, ground.world, &changes) == TR_OK);
}

/* The contracts of requests answer with a word; those of hashes store what they get. */
static void put_system(void)
{
    static const tr_addr addresses[4] = {
        {{0x00, 0x0f, 0x3d, 0xf6, 0xd7, 0x32, 0x80, 0x7e, 0xf1, 0x31,
          0x9f, 0xb7, 0xb8, 0xbb, 0x85, 0x22, 0xd0, 0xbe, 0xac, 0x02}},
        {{0x00, 0x00, 0xf9, 0x08, 0x27, 0xf1, 0xc5, 0x3a, 0x10, 0xcb,
          0x7a, 0x02, 0x33, 0x5b, 0x17, 0x53, 0x20, 0x00, 0x29, 0x35}},
        {{0x00, 0x00, 0x09, 0x61, 0xef, 0x48, 0x0e, 0xb5, 0x5e, 0x80,
          0xd1, 0x9a, 0xd8, 0x35, 0x79, 0xa6, 0x4c, 0x00, 0x70, 0x02}},
        {{0x00, 0x00, 0xbb, 0xdd, 0xc7, 0xce, 0x48, 0x86, 0x42, 0xfb,
          0x57, 0x9f, 0x8b, 0x00, 0xf3, 0xa5, 0x90, 0x00, 0x72, 0x51}},
    };
    for (int i = 0; i < 4; i++)
        put(addresses[i], 1, i < 2 ? TR_LIT("\x5f\x35\x5f\x55") : TR_LIT("\x60\x20\x5f\xf3"));
}

static void make_ground(void)
{
    if (ground.evm != NULL) return;
    TR_ASSERT(tr_memory_world_new(NULL, tr_heap(), SIZE_MAX, &ground.world) == TR_OK);
    tr_state_options state = {
        .alloc = tr_heap(), .world = tr_memory_world_door(ground.world), .limit = MEMORY};
    tr_evm_options evm = {.alloc = tr_heap(), .memory_limit = MEMORY};
    TR_ASSERT(tr_state_new(NULL, &state, &ground.state) == TR_OK);
    TR_ASSERT(tr_evm_new(NULL, &evm, &ground.evm) == TR_OK);
    for (unsigned i = 0; i < SENDERS; i++) put(sender_address(i), 0, (tr_bytes){NULL, 0});
    for (unsigned i = 0; i < CONTRACTS; i++)
        put((tr_addr){{[19] = (uint8_t)(0x70 + i)}}, 1, tr_bytes_of(codes[i], code_sizes[i]));
    put_system();
}

static void forget(void)
{
    tr_state_clear(ground.state, tr_memory_world_door(ground.world));
}

typedef struct trial {
    tr_chain_config config;
    const tr_fork_rules *rules;
    tr_header parent;
    tr_hash parent_hash;
    tr_arena arena;
    tr_block block;
    tr_stf_outcome out;
} trial;

/* Half full, so that the base fee stays. */
static void make_parent(trial *t, tr_fork fork)
{
    t->config = tr_chain_config_at(fork, 1);
    t->rules = tr_fork_rules_of(fork);
    t->parent = (tr_header){.fields = t->rules->header_fields,
                            .uncles_hash = tr_no_uncles_hash,
                            .number = 999,
                            .gas_limit = GAS_LIMIT,
                            .gas_used = GAS_LIMIT / 2,
                            .time = 1000};
    if (t->rules->base_fee) t->parent.base_fee = tr_u256_of(100);
    if (t->rules->difficulty != TR_DIFFICULTY_NONE) t->parent.difficulty = tr_u256_of(1 << 20);
    t->parent_hash = tr_header_hash(&t->parent);
}

static bool is_named(tr_err err)
{
    return err == TR_OK || err == TR_E_ARGUMENT || err == TR_E_SIGNATURE ||
           err == TR_E_SIGNATURE_RANGE || err == TR_E_SIGNATURE_HIGH_S || err == TR_E_MEMORY ||
           err == TR_E_LIMIT ||
           (err >= TR_E_TX_TYPE && err <= TR_E_BLOCK_SYSTEM_CALL && err != TR_E_STATE);
}

static tr_err run_whole(trial *t)
{
    tr_trail trail;
    tr_trail_clear(&trail);
    tr_stf_parent parent = {.config = &t->config,
                            .header = &t->parent,
                            .hash = t->parent_hash,
                            .merged = t->rules->difficulty == TR_DIFFICULTY_NONE};
    tr_err err = tr_stf_block(&trail, ground.evm, ground.state, &t->arena, &parent, &t->block, NULL,
                              NULL, &t->out);
    TR_ASSERT(is_named(err));
    TR_ASSERT(err == TR_OK ? trail.code == TR_OK : trail.code == err);
    return err;
}

/* A header that follows from the parent. */
static void set_right(trial *t)
{
    static const tr_blob_params no_blobs = {.update_fraction = 1};
    tr_header *h = &t->block.header;
    const tr_blob_params *blobs = tr_chain_blobs(&t->config, t->parent.time + 5);
    h->fields = t->rules->header_fields;
    h->parent_hash = t->parent_hash;
    h->number = t->parent.number + 1;
    h->time = t->parent.time + 5;
    h->gas_limit = GAS_LIMIT;
    h->gas_used = 0;
    h->extra.len = TR_MIN(h->extra.len, (size_t)32);
    h->base_fee = tr_base_fee(&t->parent);
    h->difficulty =
        tr_difficulty(t->rules, h->number, h->time, t->parent.time, &t->parent.difficulty, false);
    memset(h->nonce, 0, sizeof(h->nonce));
    h->uncles_hash = tr_no_uncles_hash;
    h->blob_gas_used = 0;
    h->excess_blob_gas =
        tr_excess_blob_gas(t->rules, blobs == NULL ? &no_blobs : blobs, &t->parent);
    t->block.uncles.count = 0;
    t->block.has_withdrawals = t->rules->withdrawals;
    if (!t->rules->withdrawals) t->block.withdrawals.count = 0;
}

static tr_stf_block_env env_of(const trial *t)
{
    const tr_header *h = &t->block.header;
    bool stake = t->rules->difficulty == TR_DIFFICULTY_NONE;
    return (tr_stf_block_env){.config = &t->config,
                              .rules = t->rules,
                              .number = h->number,
                              .time = h->time,
                              .gas_limit = h->gas_limit,
                              .coinbase = h->coinbase,
                              .difficulty = stake ? tr_u256_from_be(h->mix.b) : h->difficulty,
                              .base_fee = h->base_fee,
                              .blob_base_fee = tr_u256_of(t->rules->blobs ? 1 : 0),
                              .blob_gas_max = 786432,
                              .has_beacon_root = t->rules->blobs,
                              .beacon_root = h->beacon_root,
                              .parent_hash = h->parent_hash,
                              .no_reward = stake,
                              .reward = tr_u256_of(t->rules->reward),
                              .withdrawals = t->block.withdrawals.at,
                              .withdrawal_count = t->block.withdrawals.count};
}

/* Makes a transaction one that may run: from somebody with funds, to one of the contracts. */
static void set_tx_right(tr_tx *tx, const tr_addr *sender)
{
    tr_acct *account = tr_state_account(ground.state, sender);
    TR_ASSERT(account != NULL);
    tx->nonce = account->nonce;
    tx->gas = 21000 + tx->gas % 400000;
    tx->max_fee = tr_u256_of(100 + tx->max_fee.w[0] % 1000);
    if (tr_u256_gt(tx->max_priority, tx->max_fee)) tx->max_priority = tx->max_fee;
    if (tx->type == TR_TX_LEGACY)
        tx->v = 27 + tx->v % 2;
    else
        tx->v %= 2;
    tx->chain_id = tx->type == TR_TX_LEGACY ? 0 : 1;
    memset(tx->r, 0, 32);
    memset(tx->s, 0, 32);
    tx->r[31] = tx->s[31] = 1;
    tx->value = tr_u256_of(tx->value.w[0] % 7);
    if (tx->to.some) tx->to.addr = (tr_addr){{[19] = (uint8_t)(0x70 + tx->to.addr.b[19] % 8)}};
}

/* The block of those that are good, step by step; then the same again, which must come to the
 * same. */
static tr_err run_steps(trial *t, bool again, tr_changes *changes)
{
    tr_stf_builder *builder;
    tr_stf_block_env env = env_of(t);
    tr_arena *arena = &t->arena;
    forget();
    TR_TRY(tr_stf_begin(NULL, ground.evm, ground.state, arena, &env, NULL, NULL, &builder));
    size_t count = TR_MIN(t->block.txs.count, (size_t)8), good = 0;
    tr_tx *txs = (tr_tx *)t->block.txs.at;
    for (size_t i = 0; i < count; i++) {
        tr_tx tx = txs[i];
        tr_receipt *receipt;
        tr_addr sender = sender_address(tx.r[0] % SENDERS);
        size_t n = tx.authorizations.count;
        tr_addr *signers = TR_ARENA_ARRAY(arena, tr_addr, n);
        tr_err *errs = TR_ARENA_ARRAY(arena, tr_err, n);
        if (signers == NULL || errs == NULL) return TR_E_MEMORY;
        for (size_t k = 0; k < n; k++) {
            signers[k] = sender_address((unsigned)k % SENDERS);
            errs[k] = TR_OK;
        }
        if (!again) set_tx_right(&tx, &sender);
        tr_tx_signers all = {signers, errs};
        tr_err err = tr_stf_add(NULL, builder, &tx, &sender, &all, NULL, &receipt);
        TR_ASSERT(is_named(err));
        TR_ASSERT(!again || err == TR_OK);
        /* Who sent it is kept in a byte that the check of signatures lets be. */
        tx.r[0] = txs[i].r[0];
        if (err == TR_OK) txs[good++] = tx;
    }
    t->block.txs.count = good;
    TR_TRY(tr_stf_end(NULL, builder, NULL, &t->out));
    return tr_state_changes(NULL, ground.state, arena, changes);
}

static bool same_changes(const tr_changes *a, const tr_changes *b)
{
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++) {
        const tr_account_change *x = &a->accounts[i], *y = &b->accounts[i];
        bool same = memcmp(&x->address, &y->address, sizeof(tr_addr)) == 0 &&
                    x->exists == y->exists && x->nonce == y->nonce &&
                    tr_u256_eq(x->balance, y->balance) && x->slot_count == y->slot_count &&
                    memcmp(&x->code_hash, &y->code_hash, sizeof(tr_hash)) == 0;
        for (size_t k = 0; same && k < x->slot_count; k++)
            same = tr_u256_eq(x->slots[k].key, y->slots[k].key) &&
                   tr_u256_eq(x->slots[k].value, y->slots[k].value);
        if (!same) return false;
    }
    return true;
}

static void check_steps(trial *t)
{
    tr_changes first, second;
    if (run_steps(t, false, &first) != TR_OK) return;
    tr_stf_outcome out = t->out;
    TR_ASSERT(out.gas_used <= GAS_LIMIT && out.blob_gas_used <= 786432);
    TR_ASSERT(out.receipt_count == t->block.txs.count);
    TR_ASSERT(run_steps(t, true, &second) == TR_OK);
    TR_ASSERT(out.gas_used == t->out.gas_used && same_changes(&first, &second));
    TR_ASSERT(memcmp(&out.receipts_root, &t->out.receipts_root, sizeof(tr_hash)) == 0);
    TR_ASSERT(out.request_count == t->out.request_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const tr_fork forks[] = {TR_OSAKA, TR_PRAGUE, TR_CANCUN,    TR_SHANGHAI,
                                    TR_PARIS, TR_LONDON, TR_BYZANTIUM, TR_BERLIN};
    trial t = {.parent_hash = {{0}}};
    if (len == 0) return 0;
    make_ground();
    make_parent(&t, forks[data[0] % TR_COUNTOF(forks)]);
    tr_arena_init(&t.arena, tr_heap(), SIZE_MAX);
    tr_bytes raw = {data + 1, len - 1};
    if (tr_block_decode(NULL, &t.arena, raw, &t.block) == TR_OK) {
        forget();
        TR_ASSERT(run_whole(&t) != TR_OK); /* no such parent */
        set_right(&t);
        forget();
        (void)run_whole(&t);
        check_steps(&t);
        forget();
    }
    tr_arena_free(&t.arena);
    return 0;
}
