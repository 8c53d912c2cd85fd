/* Blockchain tests: chains of blocks from a genesis, with the blocks that must be refused. */
#include "cli/evm/fixture.h"
#include "os/heap.h"
#include "stateless.h"

static bool has_hash(const tr_json *header, const char *key, const uint8_t *hash)
{
    tr_hash want;
    return fixture_exact(fixture_text(header, key), want.b, sizeof(want.b)) &&
           memcmp(&want, hash, sizeof(want)) == 0;
}

/* A good block as an operation sees it, here or in the guest: hash, roots, and bytes. */
static const char *check_op(vec_run *run, const vec_file *file, const tr_json *block)
{
    const tr_json *header = tr_json_get(block, "blockHeader");
    tr_bytes out = {NULL, 0}, raw = vec_hex(file, fixture_text(block, "rlp"));
    if (header == NULL || tr_json_get(block, "expectException") != NULL) return NULL;
    if (vec_op(run, file, "block.decode", raw, &out) != TR_OK || out.len < 128)
        return "not decoded";
    if (!has_hash(header, "hash", out.data)) return "another hash";
    if (!has_hash(header, "transactionsTrie", out.data + 32)) return "other transactions";
    if (tr_json_get(header, "withdrawalsRoot") != NULL &&
        !has_hash(header, "withdrawalsRoot", out.data + 64))
        return "other withdrawals";
    if (!has_hash(header, "uncleHash", out.data + 96)) return "other uncles";
    return tr_bytes_eq(tr_bytes_cut(out, 128, SIZE_MAX), raw) ? NULL : "another encoding";
}

static void run_one(vec_run *run, const vec_file *file, fixture *f, const tr_json *test)
{
    fixture_outcome outcome = {.pass = true};
    const tr_json *blocks = tr_json_get(test, "blocks");
    const char *fault = NULL;
    tr_arena_mark mark = tr_arena_save(file->arena);
    TR_JSON_EACH(block, blocks)
    {
        if (fault == NULL) fault = check_op(run, file, block);
        tr_arena_rewind(file->arena, mark);
    }
    if (fault == NULL && f != NULL) fixture_block_run(f, test, NULL, &outcome);
    if (fault == NULL && outcome.pass) fault = stateless_check(run, file, test);
    tr_arena_rewind(file->arena, mark);
    vec_check(run, fault == NULL && outcome.pass, test->key, "%s",
              fault != NULL ? fault : outcome.why);
}

/* {name: {network, config, genesisRLP, pre, blocks: [{rlp, blockHeader | expectException}],
 * lastblockhash, postState}} */
static void run_block_test(vec_run *run, const vec_file *file)
{
    fixture *f = NULL;
    tr_trail trail;
    if (!vec_is_guest(run) && fixture_new(&trail, tr_heap(), &f) != TR_OK) {
        vec_fail(run, TR_LIT("file"), "%s", trail.text);
        return;
    }
    TR_JSON_EACH(test, file->json) if (vec_wants(run)) run_one(run, file, f, test);
    fixture_free(f);
}

static const vec_row rows[] = {
    {"ethereum-tests-blockchain.tar.zst/**.json", run_block_test, true},
    {"eest-v5.4.0-blockchain.tar.zst/**.json", run_block_test, true},
    {"eest-benchmark-v0.0.7.tar.zst/**.json", run_block_test, true},
    /* the same, wherever they lie */
    {"blockchain_tests/**.json", run_block_test, true},
    {"BlockchainTests/**.json", run_block_test, true},
};
const vec_rows vec_rows_block_test = {rows, TR_COUNTOF(rows)};
