/* Difficulty, geneses, blocks and receipts: ethereum-tests' base archive, execution-specs' assets,
 * and the blocks of eth-proofs. */
#include "eth/genesis.h"
#include "eth_block.h"

static const tr_json *get(const tr_json *value, const char *key)
{
    return tr_json_get(value, key);
}

static bool hash_is(const vec_file *file, const tr_json *text, const void *hash)
{
    tr_bytes want = vec_hex(file, tr_json_text(text));
    return want.len == 32 && memcmp(want.data, hash, 32) == 0;
}

/* Hex with 0x before it, or decimal. */
static bool read_number(const tr_json *json, tr_u256 *out)
{
    tr_bytes text = tr_json_text(json);
    if (text.len > 1 && text.data[0] == '0' && text.data[1] == 'x')
        return tr_u256_from_hex(NULL, text, out) == TR_OK;
    return tr_u256_from_dec(NULL, text, out) == TR_OK;
}

static bool put_u64(tr_buf *out, const tr_json *json)
{
    tr_u256 value;
    uint8_t le[8];
    if (!read_number(json, &value) || !tr_u256_is_u64(value)) return false;
    tr_store64le(le, value.w[0]);
    tr_buf_put(out, TR_VIEW(le));
    return true;
}

/* Whether the parent has uncles: "0x00", "0x01", their hash, or nothing said. */
static bool has_uncles(const vec_file *file, const tr_json *test)
{
    tr_bytes said = vec_hex(file, tr_json_text(get(test, "parentUncles")));
    if (said.len == 32) return memcmp(said.data, &tr_no_uncles_hash, 32) != 0;
    return said.len == 1 && said.data[0] != 0;
}

static void run_one_difficulty(vec_run *run, const vec_file *file, tr_fork fork,
                               const tr_json *test)
{
    uint8_t memory[64], be[32];
    tr_u256 parent, want;
    tr_buf in;
    tr_bytes out = {NULL, 0};
    tr_buf_init_fixed(&in, memory, sizeof(memory));
    tr_buf_put_u8(&in, (uint8_t)fork);
    bool ok = put_u64(&in, get(test, "currentBlockNumber")) &&
              put_u64(&in, get(test, "currentTimestamp")) &&
              put_u64(&in, get(test, "parentTimestamp")) &&
              read_number(get(test, "parentDifficulty"), &parent) &&
              read_number(get(test, "currentDifficulty"), &want);
    if (!ok) {
        vec_fail(run, test->key, "not a case");
        return;
    }
    tr_buf_put_u8(&in, has_uncles(file, test) ? 1 : 0);
    tr_u256_to_be(parent, be);
    tr_buf_put(&in, TR_VIEW(be));
    tr_err err = vec_op(run, file, "block.difficulty", tr_buf_view(&in), &out);
    tr_u256_to_be(want, be);
    vec_check(run, err == TR_OK && tr_bytes_eq(out, TR_VIEW(be)), test->key, "%s",
              err == TR_OK ? "another difficulty" : tr_err_name(err));
}

/* {name: {fork: {name: case}}} */
static void run_difficulty(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(suite, file->json)
    {
        TR_JSON_EACH(network, suite)
        {
            tr_fork fork;
            if (tr_bytes_eq(network->key, TR_LIT("_info"))) continue;
            if (!tr_fork_find(network->key, &fork)) {
                vec_fail(run, network->key, "no such fork");
                continue;
            }
            TR_JSON_EACH(test, network)
            if (vec_wants(run)) run_one_difficulty(run, file, fork, test);
        }
    }
}

/* {name: case} of a chain with three forks. */
static void run_chain_difficulty(vec_run *run, const vec_file *file, uint64_t homestead,
                                 uint64_t byzantium, uint64_t constantinople)
{
    tr_chain_config config = tr_chain_config_at(TR_FRONTIER, 1);
    config.start[TR_HOMESTEAD] = homestead;
    config.start[TR_BYZANTIUM] = byzantium;
    config.start[TR_CONSTANTINOPLE] = constantinople;
    TR_JSON_EACH(test, file->json)
    {
        tr_u256 number = TR_U256_MAX;
        if (!vec_wants(run)) continue;
        (void)read_number(get(test, "currentBlockNumber"), &number);
        tr_fork fork = tr_chain_fork(&config, tr_u256_to_u64(number), 0, false);
        run_one_difficulty(run, file, fork, test);
    }
}

static void run_mainnet_difficulty(vec_run *run, const vec_file *file)
{
    const uint64_t *start = tr_chain_config_mainnet.start;
    run_chain_difficulty(run, file, start[TR_HOMESTEAD], start[TR_BYZANTIUM],
                         start[TR_CONSTANTINOPLE]);
}

static void run_ropsten_difficulty(vec_run *run, const vec_file *file)
{
    run_chain_difficulty(run, file, 0, 1700000, 4230000);
}

static void run_homestead_difficulty(vec_run *run, const vec_file *file)
{
    run_chain_difficulty(run, file, 0, TR_NEVER, TR_NEVER);
}

static tr_err read_genesis(tr_trail *trail, const vec_file *file, const tr_json *in, tr_block *out)
{
    tr_genesis genesis;
    tr_chain_config frontier = tr_chain_config_at(TR_FRONTIER, 1);
    *out = (tr_block){.has_withdrawals = false};
    TR_TRY(tr_genesis_from_json(trail, file->arena, in, &frontier, &genesis));
    return tr_genesis_block(trail, file->arena, NULL, &genesis, &out->header);
}

/* {name: a genesis, and the block as result} */
static void run_geneses(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(test, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_trail trail;
        tr_block block;
        tr_buf out;
        tr_buf_init(&out, &file->arena->alloc, SIZE_MAX);
        if (read_genesis(&trail, file, test, &block) != TR_OK) {
            vec_fail(run, test->key, "%s", trail.text);
            continue;
        }
        tr_block_encode(&out, &block);
        tr_bytes want = vec_hex(file, tr_json_text(get(test, "result")));
        vec_check(run, tr_bytes_eq(tr_buf_view(&out), want), test->key, "another block");
    }
}

/* Mainnet's first block as bytes, its hash and its state root. */
static void run_genesis_hash(vec_run *run, const vec_file *file)
{
    if (!vec_wants(run)) return;
    tr_block block;
    tr_bytes raw = vec_hex(file, tr_json_text(get(file->json, "genesis_rlp_hex")));
    tr_bytes out = {NULL, 0};
    tr_err err = tr_block_decode(NULL, file->arena, raw, &block);
    if (err == TR_OK) err = vec_op(run, file, "block.decode", raw, &out);
    bool ok = err == TR_OK && out.len > 128 &&
              hash_is(file, get(file->json, "genesis_hash"), out.data) &&
              hash_is(file, get(file->json, "genesis_state_root"), &block.header.state_root) &&
              tr_bytes_eq(tr_bytes_cut(out, 128, SIZE_MAX), raw);
    vec_check(run, ok, TR_LIT("genesis"), "%s", tr_err_name(err));
}

/* A genesis file against the hash by which its chain is known. */
static void check_known_genesis(vec_run *run, const vec_file *file, const char *hash)
{
    if (!vec_wants(run)) return;
    tr_trail trail;
    tr_block block;
    if (read_genesis(&trail, file, file->json, &block) != TR_OK) {
        vec_fail(run, TR_LIT("genesis"), "%s", trail.text);
        return;
    }
    tr_hash got = tr_header_hash(&block.header);
    vec_check(run, tr_bytes_eq(vec_hex(file, tr_bytes_str(hash)), TR_VIEW(got.b)),
              TR_LIT("genesis"), "another hash");
}

static void run_mainnet_genesis(vec_run *run, const vec_file *file)
{
    check_known_genesis(run, file,
                        "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3");
}

static void run_sepolia_genesis(vec_run *run, const vec_file *file)
{
    check_known_genesis(run, file,
                        "25a5cc106eea7138acab33231d7160d69cb777ee0c2c553fcddf5138993e6dd9");
}

static const char *check_transactions(tr_trail *trail, const vec_file *file, const tr_json *list,
                                      const tr_header *header)
{
    if (list == NULL || (list->first != NULL && list->first->kind != TR_JSON_OBJECT)) return NULL;
    tr_hash root;
    tr_tx *txs = TR_ARENA_ARRAY(file->arena, tr_tx, list->count);
    if (txs == NULL) return "no memory";
    size_t i = 0;
    TR_JSON_EACH(item, list)
    {
        if (tr_tx_from_json(trail, file->arena, TR_JSON_FILE, item, &txs[i]) != TR_OK ||
            tr_tx_seal(trail, file->arena, &txs[i]) != TR_OK)
            return trail->text;
        i++;
    }
    if (tr_transactions_root(trail, file->arena, NULL, i, txs, &root) != TR_OK) return trail->text;
    return memcmp(&root, &header->transactions_root, 32) == 0 ? NULL
                                                              : "another root of the transactions";
}

static const char *check_withdrawals(tr_trail *trail, const vec_file *file, const tr_json *list,
                                     const tr_header *header)
{
    if (list == NULL) return NULL;
    tr_hash root;
    tr_withdrawal *all = TR_ARENA_ARRAY(file->arena, tr_withdrawal, list->count);
    if (all == NULL) return "no memory";
    size_t i = 0;
    TR_JSON_EACH(item, list)
    if (tr_withdrawal_from_json(trail, TR_JSON_FILE, item, &all[i++]) != TR_OK) return trail->text;
    if (tr_withdrawals_root(trail, file->arena, NULL, i, all, &root) != TR_OK) return trail->text;
    return memcmp(&root, &header->withdrawals_root, 32) == 0 ? NULL
                                                             : "another root of the withdrawals";
}

void vec_check_block(vec_run *run, const vec_file *file, tr_json_form form, const tr_json *block)
{
    tr_trail trail;
    tr_header header;
    tr_buf raw;
    tr_bytes out = {NULL, 0}, name = tr_json_text(get(block, "hash"));
    if (!vec_wants(run)) return;
    if (tr_header_from_json(&trail, file->arena, form, block, &header) != TR_OK) {
        vec_fail(run, name, "%s", trail.text);
        return;
    }
    tr_buf_init(&raw, &file->arena->alloc, SIZE_MAX);
    tr_header_encode(&raw, &header);
    tr_err err = vec_op(run, file, "block.header", tr_buf_view(&raw), &out);
    const char *fault = NULL;
    if (err != TR_OK)
        fault = tr_err_name(err);
    else if (!hash_is(file, get(block, "hash"), out.data))
        fault = "another hash";
    else if (!tr_bytes_eq(tr_bytes_cut(out, 32, SIZE_MAX), tr_buf_view(&raw)))
        fault = "another encoding";
    if (fault == NULL)
        fault = check_transactions(&trail, file, get(block, "transactions"), &header);
    if (fault == NULL) fault = check_withdrawals(&trail, file, get(block, "withdrawals"), &header);
    vec_check(run, fault == NULL, name, "%s", fault);
}

/* An answer to eth_getBlock, and one whose numbers are decimal. */
static void run_block(vec_run *run, const vec_file *file)
{
    vec_check_block(run, file, TR_JSON_RPC, file->json);
}

static void run_decimal_block(vec_run *run, const vec_file *file)
{
    vec_check_block(run, file, TR_JSON_FILE, file->json);
}

tr_bytes vec_receipt_encoding(vec_run *run, const vec_file *file, tr_json_form form,
                              const tr_json *receipt)
{
    tr_trail trail;
    tr_receipt read;
    tr_buf raw;
    tr_bytes out = {NULL, 0};
    if (tr_receipt_from_json(&trail, file->arena, form, receipt, &read) != TR_OK) return out;
    tr_buf_init(&raw, &file->arena->alloc, SIZE_MAX);
    tr_receipt_encode(&raw, &read);
    if (vec_op(run, file, "block.receipt", tr_buf_view(&raw), &out) != TR_OK) return out;
    return tr_bytes_eq(out, tr_buf_view(&raw)) ? out : (tr_bytes){NULL, 0};
}

/* All receipts of a block: each is a case, and their root is one. */
static void check_receipts(vec_run *run, const vec_file *file, tr_json_form form, const char *root)
{
    tr_buf all;
    tr_bytes out = {NULL, 0};
    bool complete = true;
    tr_buf_init(&all, &file->arena->alloc, SIZE_MAX);
    TR_JSON_EACH(item, file->json)
    {
        uint8_t len[4];
        tr_bytes raw = {NULL, 0}, name = tr_json_text(get(item, "transactionHash"));
        if (vec_wants(run)) {
            raw = vec_receipt_encoding(run, file, form, item);
            vec_check(run, raw.len != 0, name, "not a receipt, or another encoding");
        }
        complete &= raw.len != 0;
        tr_store32le(len, (uint32_t)raw.len);
        tr_buf_put(&all, TR_VIEW(len));
        tr_buf_put(&all, raw);
    }
    if (!complete || !vec_wants(run)) return;
    tr_err err = vec_op(run, file, "block.receipts-root", tr_buf_view(&all), &out);
    vec_check(run, err == TR_OK && tr_bytes_eq(out, vec_hex(file, tr_bytes_str(root))),
              TR_LIT("receiptsRoot"), "another root of the receipts");
}

/* The roots are those of the blocks beside the files. */
static void run_mainnet_receipts(vec_run *run, const vec_file *file)
{
    check_receipts(run, file, TR_JSON_FILE,
                   "befb9474a1512e4178a61a2afef9af608800bb5cb1a96c42036fbd598e8e64e0");
}

static void run_helios_receipts(vec_run *run, const vec_file *file)
{
    check_receipts(run, file, TR_JSON_RPC,
                   "f883e1a2fb8df9d1d988dec80f13c8aca724590ac357e45e30e0d48b1fbd64ee");
}

/* One receipt, and one transaction, of that block. */
static void run_receipt(vec_run *run, const vec_file *file)
{
    if (!vec_wants(run)) return;
    tr_bytes raw = vec_receipt_encoding(run, file, TR_JSON_RPC, file->json);
    vec_check(run, raw.len != 0, TR_LIT("receipt"), "not a receipt, or another encoding");
}

static void run_transaction(vec_run *run, const vec_file *file)
{
    tr_tx tx;
    tr_trail trail;
    tr_hash hash;
    if (!vec_wants(run)) return;
    if (tr_tx_from_json(&trail, file->arena, TR_JSON_RPC, file->json, &tx) != TR_OK ||
        tr_tx_seal(&trail, file->arena, &tx) != TR_OK) {
        vec_fail(run, TR_LIT("transaction"), "%s", trail.text);
        return;
    }
    tr_tx_hash_many(1, &tx, &hash);
    vec_check(run, hash_is(file, get(file->json, "hash"), &hash), TR_LIT("transaction"),
              "another hash");
}

static const vec_row rows[] = {
    {"DifficultyTests/**", run_difficulty, true},
    {"BasicTests/difficulty.json", run_mainnet_difficulty, true},
    {"BasicTests/difficultyMainNetwork.json", run_mainnet_difficulty, true},
    {"BasicTests/difficultyCustomMainNetwork.json", run_mainnet_difficulty, true},
    {"BasicTests/difficultyRopsten.json", run_ropsten_difficulty, true},
    {"BasicTests/difficultyCustomHomestead.json", run_homestead_difficulty, true},
    {"BasicTests/genesishashestest.json", run_genesis_hash, true},
    {"GenesisTests/*.json", run_geneses, true},
    {"assets/mainnet.json", run_mainnet_genesis, true},
    {"assets/sepolia.json", run_sepolia_genesis, true},
    {"assets/blocks/block_*.json", run_block, true},
    {"mainnet-block-10692962/block.json", run_decimal_block, true},
    {"mainnet-block-10692962/receipt-list.json", run_mainnet_receipts, true},
    {"helios/rpc/receipts.json", run_helios_receipts, true},
    {"helios/rpc/receipt.json", run_receipt, true},
    {"helios/rpc/transaction.json", run_transaction, true},
};
const vec_rows vec_rows_block = {rows, TR_COUNTOF(rows)};
