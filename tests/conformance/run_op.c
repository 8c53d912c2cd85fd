/* Blocks of OP chains that hold nothing but deposits (type 0x7e).  The other transactions of such a
 * chain pay for L1, too: that is rollup/'s rule. */
#include "cli/evm/fixture_internal.h"
#include "eth/sender.h"
#include "os/heap.h"
#include "vectors.h"

/* A block, in whichever form the file has it. */
typedef struct op_block {
    tr_bytes name;
    const tr_json *pre, *txs;
    tr_fork fork; /* of L1, that has the rules of the chain's own one */
    tr_chain_config config;
    tr_stf_block_env env;
    tr_hash state_root, receipts_root;
} op_block;

static bool read_hash(const tr_json *in, const char *key, tr_hash *out)
{
    return fixture_exact(fixture_text(in, key), out->b, sizeof(out->b));
}

static const char *run_txs(tr_trail *trail, fixture *f, const op_block *block)
{
    tr_stf_builder *builder;
    tr_changes changes;
    tr_hash root;
    size_t n = block->txs->count, i = 0;
    tr_receipt *receipts = TR_ARENA_ARRAY(&f->arena, tr_receipt, n + 1);
    if (receipts == NULL) return "no memory";
    if (tr_stf_begin(trail, f->evm, f->state, &f->arena, &block->env, NULL, NULL, &builder) !=
        TR_OK)
        return trail->text;
    TR_JSON_EACH(item, block->txs)
    {
        tr_bytes raw;
        tr_tx tx;
        tr_receipt *receipt;
        if (!fixture_bytes(&f->arena, tr_json_text(item), &raw) ||
            tr_tx_decode(trail, &f->arena, raw, &tx) != TR_OK || tx.type != TR_TX_DEPOSIT)
            return "no deposit";
        if (tr_stf_add(trail, builder, &tx, &tx.from, NULL, NULL, &receipt) != TR_OK)
            return trail->text;
        receipts[i++] = *receipt;
    }
    if (tr_receipts_root(trail, &f->arena, NULL, n, receipts, &root) != TR_OK) return trail->text;
    if (memcmp(&root, &block->receipts_root, sizeof(root)) != 0) return "another receipts root";
    if (fixture_take(trail, f, &changes) != TR_OK ||
        tr_forest_root(trail, f->forest, NULL, &root) != TR_OK)
        return trail->text;
    return memcmp(&root, &block->state_root, sizeof(root)) == 0 ? NULL : "another state root";
}

static void run_block(vec_run *run, op_block *block)
{
    fixture *f;
    tr_trail trail;
    tr_changes pre;
    const char *fault;
    if (vec_is_guest(run)) return;
    if (fixture_new(&trail, tr_heap(), &f) != TR_OK) {
        vec_fail(run, block->name, "%s", trail.text);
        return;
    }
    block->config.deposits = true;
    block->config.regolith = 0;
    block->env.config = &block->config;
    block->env.rules = tr_fork_rules_of(block->fork);
    block->env.blob_base_fee = TR_U256_ONE;
    if (fixture_alloc(&trail, &f->arena, block->pre, &pre) != TR_OK ||
        fixture_ground(&trail, f, &pre) != TR_OK || fixture_plant(&trail, f, &pre) != TR_OK)
        fault = trail.text;
    else
        fault = run_txs(&trail, f, block);
    vec_check(run, fault == NULL, block->name, "%s", fault);
    fixture_state_end(f);
    fixture_free(f);
}

static bool is_deposit(const tr_json *tx)
{
    tr_bytes text = tr_json_text(tx);
    return text.len > 4 && memcmp(text.data, "0x7e", 4) == 0;
}

/* {env, alloc, txs, result} of op-t8n, at Fjord. */
static void run_t8n(vec_run *run, const vec_file *file)
{
    const tr_json *env = tr_json_get(file->json, "env"),
                  *result = tr_json_get(file->json, "result");
    op_block b = {.name = TR_LIT("block"),
                  .pre = tr_json_get(file->json, "alloc"),
                  .txs = tr_json_get(file->json, "txs"),
                  .fork = TR_CANCUN,
                  .config = tr_chain_config_at(TR_CANCUN, 1337)};
    const tr_json *parent = tr_json_get(env, "previousHeader");
    if (!vec_wants(run)) return;
    b.env.has_beacon_root = read_hash(env, "parentBeaconBlockRoot", &b.env.beacon_root);
    bool good = b.txs != NULL && fixture_u64(tr_json_get(env, "currentNumber"), &b.env.number) &&
                fixture_u64(tr_json_get(env, "currentTimestamp"), &b.env.time) &&
                fixture_u64(tr_json_get(env, "currentGasLimit"), &b.env.gas_limit) &&
                fixture_exact(fixture_text(env, "currentCoinbase"), b.env.coinbase.b, 20) &&
                fixture_number(tr_json_get(env, "currentDifficulty"), &b.env.difficulty) &&
                fixture_number(tr_json_get(parent, "baseFeePerGas"), &b.env.base_fee) &&
                read_hash(result, "stateRoot", &b.state_root) &&
                read_hash(result, "receiptRoot", &b.receipts_root);
    if (good)
        run_block(run, &b);
    else
        vec_fail(run, b.name, "not a block");
}

/* stateCases: {name, env, pre, transactions, expected} of op-golden, at Isthmus and Jovian. */
static void run_golden(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(test, tr_json_get(file->json, "stateCases"))
    {
        const tr_json *env = tr_json_get(test, "env"), *txs = tr_json_get(test, "transactions");
        const tr_json *header = tr_json_get(tr_json_get(test, "expected"), "header");
        op_block b = {.name = fixture_text(test, "name"),
                      .pre = tr_json_get(test, "pre"),
                      .txs = txs,
                      .fork = TR_PRAGUE,
                      .config = tr_chain_config_at(TR_PRAGUE, 0x2105)};
        bool all = txs != NULL;
        TR_JSON_EACH(tx, txs) all = all && is_deposit(tx);
        if (!all) {
            vec_skip(run, b.name);
            continue;
        }
        if (!vec_wants(run)) continue;
        b.env.has_beacon_root = read_hash(env, "parentBeaconBlockRoot", &b.env.beacon_root);
        bool good = fixture_u64(tr_json_get(env, "number"), &b.env.number) &&
                    fixture_u64(tr_json_get(env, "timestamp"), &b.env.time) &&
                    fixture_u64(tr_json_get(env, "gasLimit"), &b.env.gas_limit) &&
                    fixture_exact(fixture_text(env, "coinbase"), b.env.coinbase.b, 20) &&
                    fixture_number(tr_json_get(env, "baseFee"), &b.env.base_fee) &&
                    read_hash(env, "parentHash", &b.env.parent_hash) &&
                    read_hash(header, "stateRoot", &b.state_root) &&
                    read_hash(header, "receiptsRoot", &b.receipts_root);
        if (good)
            run_block(run, &b);
        else
            vec_fail(run, b.name, "not a block");
    }
    TR_JSON_EACH(test, tr_json_get(file->json, "headerCases"))
    vec_skip(run, fixture_text(test, "name"));
}

static const vec_row rows[] = {
    {"op-t8n/*.json", run_t8n, true},
    {"op-golden/isthmus_jovian.json", run_golden, true},
};
const vec_rows vec_rows_op = {rows, TR_COUNTOF(rows)};
