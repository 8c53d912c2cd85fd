/* BlockchainTests, as far as headers and bodies go: what says that it is a block decodes, is
 * written back as it was, has its hash and keeps every rule towards its parent; what is refused for
 * a fault of its form is refused with that fault's code.  Execution comes with stf/. */
#include "eth/block.h"
#include "vectors.h"

/* What a fixture calls a fault, and the codes with which we refuse it. */
static const struct {
    const char *exception;
    tr_err errs[2];
} exceptions[] = {
    {"INCORRECT_EXCESS_BLOB_GAS", {TR_E_HEADER_EXCESS_BLOB_GAS, TR_E_HEADER_FIELDS}},
    {"INVALID_GASLIMIT", {TR_E_HEADER_GAS_LIMIT, TR_E_HEADER_FIELDS}},
    {"GASLIMIT_TOO_BIG", {TR_E_HEADER_GAS_LIMIT, TR_E_RANGE}},
    {"IMPORT_IMPOSSIBLE_UNCLES_OVER_PARIS", {TR_E_HEADER_UNCLES}},
    {"EXTRA_DATA_INVALID_DAO", {TR_E_HEADER_EXTRA, TR_E_BLOCK_UNCLES}},
    {"EXTRA_DATA_TOO_BIG", {TR_E_HEADER_EXTRA}},
    {"INVALID_BASEFEE_PER_GAS", {TR_E_HEADER_BASE_FEE}},
    {"INVALID_BLOCK_TIMESTAMP_OLDER_THAN_PARENT", {TR_E_HEADER_TIME}},
    {"INVALID_BLOCK_NUMBER", {TR_E_HEADER_NUMBER}},
    {"INVALID_DIFFICULTY", {TR_E_HEADER_DIFFICULTY}},
    {"IMPORT_IMPOSSIBLE_DIFFICULTY_OVER_PARIS", {TR_E_HEADER_DIFFICULTY}},
    {"GAS_USED_OVERFLOW", {TR_E_HEADER_GAS_USED, TR_E_RANGE}},
    {"INVALID_TRANSACTIONS_ROOT", {TR_E_BLOCK_TRANSACTIONS}},
    {"INVALID_WITHDRAWALS_ROOT", {TR_E_BLOCK_WITHDRAWALS}},
    {"UNCLE_PARENT_INCORRECT", {TR_E_BLOCK_UNCLES}},
    {"UNKNOWN_PARENT", {TR_E_HEADER_PARENT}},
    {"UNKNOWN_PARENT_ZERO", {TR_E_HEADER_PARENT}},
    {"RLP_INVALID_FIELD_OVERFLOW_64", {TR_E_RANGE}},
    {"RLP_INVALID_ADDRESS", {TR_E_RANGE}},
    {"RLP_WITHDRAWALS_NOT_READ", {TR_E_TYPE, TR_E_BLOCK_WITHDRAWALS}},
    {"TYPE_3_TX_WITH_FULL_BLOBS", {TR_E_TX_WRAPPED}},
    {"RLP_BLOCK_LIMIT_EXCEEDED", {TR_E_BLOCK_SIZE}},
};

static tr_bytes text_of(const tr_json *value, const char *key)
{
    return tr_json_text(tr_json_get(value, key));
}

/* Whether an error is one of those that an exception, a list with bars between, may mean.  *ours:
 * at least one is told from the form of a block. */
static bool fits(tr_bytes list, tr_err err, bool *ours)
{
    bool found = false;
    *ours = false;
    while (list.len != 0) {
        size_t end = 0, dot = 0;
        while (end < list.len && list.data[end] != '|') {
            if (list.data[end] == '.') dot = end + 1;
            end++;
        }
        tr_bytes one = tr_bytes_cut(list, dot, end - dot);
        for (size_t i = 0; i < TR_COUNTOF(exceptions); i++) {
            if (!tr_bytes_eq(one, tr_bytes_str(exceptions[i].exception))) continue;
            *ours = true;
            found |= err == exceptions[i].errs[0] ||
                     (exceptions[i].errs[1] != TR_OK && err == exceptions[i].errs[1]);
        }
        list = tr_bytes_cut(list, end + 1, SIZE_MAX);
    }
    return found;
}

/* Forks of the blob schedule alone. */
static bool is_bpo(tr_bytes name, unsigned *number)
{
    *number = name.len == 4 && memcmp(name.data, "BPO", 3) == 0 ? name.data[3] - '0' : 0;
    return *number >= 1 && *number <= 9;
}

/* Where a word is in the name of a network ("London", "BerlinToLondonAt5"), or the length. */
static size_t find(tr_bytes text, const char *word)
{
    tr_bytes want = tr_bytes_str(word);
    for (size_t i = 0; i + want.len <= text.len; i++)
        if (memcmp(text.data + i, want.data, want.len) == 0) return i;
    return text.len;
}

typedef struct stage {
    tr_fork fork;
    unsigned bpo; /* 0: none */
    bool dao;
} stage;

static bool read_stage(tr_bytes name, stage *out)
{
    *out = (stage){.fork = TR_OSAKA};
    if (is_bpo(name, &out->bpo)) return true;
    out->dao = tr_bytes_eq(name, TR_LIT("Dao"));
    if (out->dao) {
        out->fork = TR_HOMESTEAD;
        return true;
    }
    return tr_fork_find(name, &out->fork);
}

static uint64_t number_in(tr_bytes text)
{
    uint64_t value = 0;
    for (size_t i = 0; i < text.len && text.data[i] >= '0' && text.data[i] <= '9'; i++)
        value = 10 * value + text.data[i] - '0';
    return value;
}

/* The schedule's entry of a stage; where there is none mainnet's holds. */
static bool read_blobs(const tr_json *schedule, const stage *s, tr_blob_params *out)
{
    char bpo[] = {'B', 'P', 'O', (char)('0' + s->bpo), '\0'};
    const tr_json *entry =
        tr_json_get(schedule, s->bpo != 0 ? bpo : tr_fork_rules_of(s->fork)->name);
    tr_u256 target, max, fraction;
    if (entry == NULL) {
        tr_chain_config config = tr_chain_config_at(s->fork, 1);
        *out = config.blobs[0];
        return s->bpo == 0 && config.blob_count != 0;
    }
    if (tr_u256_from_hex(NULL, text_of(entry, "target"), &target) != TR_OK ||
        tr_u256_from_hex(NULL, text_of(entry, "max"), &max) != TR_OK ||
        tr_u256_from_hex(NULL, text_of(entry, "baseFeeUpdateFraction"), &fraction) != TR_OK)
        return false;
    *out = (tr_blob_params){0, (uint32_t)target.w[0], (uint32_t)max.w[0], fraction.w[0]};
    return true;
}

/* The second stage begins at a block, a time or a difficulty. */
static void begin_at(tr_chain_config *config, const stage *from, const stage *to, tr_bytes when)
{
    uint64_t start = 0;
    if (find(when, "Time") == 0) {
        start = 1000 * number_in(tr_bytes_cut(when, 4, SIZE_MAX)); /* "Time15k" */
    } else if (find(when, "Diff") == 0) {
        tr_bytes ttd = tr_bytes_cut(when, 4, SIZE_MAX);
        config->has_ttd = tr_u256_from_hex(NULL, ttd, &config->ttd) == TR_OK;
        start = TR_NEVER;
    } else {
        start = number_in(when);
    }
    for (unsigned i = from->fork + 1; i <= to->fork; i++) config->start[i] = start;
    if (to->dao) {
        config->dao_block = start;
        config->dao_support = true;
    }
}

static bool read_chain(tr_bytes network, const tr_json *schedule, tr_chain_config *out)
{
    stage from, to;
    size_t word = find(network, "To"), at = find(network, "At");
    bool two = at < network.len && word < at;
    if (!read_stage(two ? tr_bytes_cut(network, 0, word) : network, &from)) return false;
    *out = tr_chain_config_at(from.fork, 1);
    out->blob_count = 0;
    if (tr_fork_rules_of(from.fork)->blobs) {
        if (!read_blobs(schedule, &from, &out->blobs[0])) return false;
        out->blob_count = 1;
    }
    if (!two) return true;
    if (!read_stage(tr_bytes_cut(network, word + 2, at - word - 2), &to)) return false;
    tr_bytes when = tr_bytes_cut(network, at + 2, SIZE_MAX);
    begin_at(out, &from, &to, when);
    if (tr_fork_rules_of(to.fork)->blobs) {
        tr_blob_params *blobs = &out->blobs[out->blob_count++];
        if (!read_blobs(schedule, &to, blobs)) return false;
        blobs->time = 1000 * number_in(tr_bytes_cut(when, 4, SIZE_MAX));
    }
    return tr_chain_config_check(NULL, out) == TR_OK;
}

/* The blocks of one test that are good, in every one of its chains. */
enum { BLOCKS_MAX = 2000 };
typedef struct known {
    tr_hash hash;
    tr_block block;
    tr_u256 total; /* difficulty */
} known;

typedef struct chain {
    const vec_file *file;
    tr_chain_config config;
    known *blocks;
    size_t count;
} chain;

static const known *find_block(const chain *c, const tr_hash *hash)
{
    for (size_t i = c->count; i-- > 0;)
        if (memcmp(&c->blocks[i].hash, hash, sizeof(*hash)) == 0) return &c->blocks[i];
    return NULL;
}

static tr_err check_uncles(tr_trail *trail, const chain *c, const tr_block *block,
                           const known *parent)
{
    tr_header ancestors[TR_UNCLE_ANCESTORS];
    tr_hash included[TR_UNCLES_MAX * TR_UNCLE_ANCESTORS];
    tr_ancestry ancestry = {.ancestors = ancestors, .included = included};
    for (; parent != NULL && ancestry.count < TR_UNCLE_ANCESTORS;
         parent = find_block(c, &parent->block.header.parent_hash)) {
        ancestors[ancestry.count++] = parent->block.header;
        if (ancestry.count == TR_UNCLE_ANCESTORS) break;
        for (size_t i = 0; i < parent->block.uncles.count; i++)
            included[ancestry.included_count++] =
                tr_header_hash(TR_LIST_AT(tr_header, parent->block.uncles, i));
    }
    return tr_uncles_check(trail, &c->config, block, &ancestry);
}

/* Everything that can be said of a block without executing it. */
static tr_err check_block(tr_trail *trail, const chain *c, tr_bytes raw, known *out)
{
    TR_TRY(tr_block_decode(trail, c->file->arena, raw, &out->block));
    const tr_header *header = &out->block.header;
    out->hash = tr_header_hash(header);
    const known *parent = find_block(c, &header->parent_hash);
    if (parent == NULL) return tr_fail(trail, TR_E_HEADER_PARENT, "no such parent");
    bool carry, merged = c->config.has_ttd && !tr_u256_lt(parent->total, c->config.ttd);
    out->total = tr_u256_add_carry(parent->total, header->difficulty, &carry);
    TR_TRY(
        tr_header_check(trail, &c->config, &parent->block.header, &parent->hash, header, merged));
    tr_fork fork = tr_chain_fork(&c->config, header->number, header->time, merged);
    TR_TRY(tr_block_check(trail, c->file->arena, NULL, tr_fork_rules_of(fork), &out->block));
    return check_uncles(trail, c, &out->block, parent);
}

/* A good block as the guest sees it: hash, roots, and bytes. */
static const char *check_op(vec_run *run, const chain *c, tr_bytes raw, const known *block)
{
    const tr_header *header = &block->block.header;
    tr_bytes out = {NULL, 0};
    if (vec_op(run, c->file, "block.decode", raw, &out) != TR_OK || out.len < 128)
        return "not decoded";
    if (memcmp(out.data, &block->hash, 32) != 0) return "another hash";
    if (memcmp(out.data + 32, &header->transactions_root, 32) != 0) return "other transactions";
    if (block->block.has_withdrawals && memcmp(out.data + 64, &header->withdrawals_root, 32) != 0)
        return "other withdrawals";
    if (memcmp(out.data + 96, &header->uncles_hash, 32) != 0) return "other uncles";
    return tr_bytes_eq(tr_bytes_cut(out, 128, SIZE_MAX), raw) ? NULL : "another encoding";
}

static void run_one_block(vec_run *run, chain *c, tr_bytes name, const tr_json *item)
{
    tr_trail trail = {.text = ""};
    tr_bytes raw = vec_hex(c->file, text_of(item, "rlp"));
    tr_bytes exception = text_of(item, "expectException");
    known *block = &c->blocks[c->count];
    bool ours, wanted = vec_wants(run);
    tr_err err = check_block(&trail, c, raw, block);
    if (exception.data != NULL) {
        bool fit = fits(exception, err, &ours);
        if (!wanted) return;
        if (ours)
            vec_check(run, fit, name, "%s, expected %.*s", tr_err_name(err), (int)exception.len,
                      (const char *)exception.data);
        else if (err != TR_OK)
            vec_pass(run);
        else
            vec_skip(run, name, "a fault that execution finds");
        return;
    }
    const char *fault = err == TR_OK ? check_op(run, c, raw, block) : trail.text;
    tr_bytes hash = vec_hex(c->file, text_of(tr_json_get(item, "blockHeader"), "hash"));
    if (fault == NULL && !tr_bytes_eq(hash, TR_VIEW(block->hash.b)))
        fault = "not the hash that it should have";
    if (fault == NULL) c->count++;
    if (wanted) vec_check(run, fault == NULL, name, "%s", fault);
}

/* {name: {network, config, genesisRLP, blocks: [{rlp, blockHeader | expectException}]}} */
static void run_blockchain(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(test, file->json)
    {
        const tr_json *blocks = tr_json_get(test, "blocks");
        const tr_json *schedule = tr_json_get(tr_json_get(test, "config"), "blobSchedule");
        tr_bytes genesis = vec_hex(file, text_of(test, "genesisRLP"));
        chain c = {.file = file};
        size_t count = blocks == NULL ? 0 : blocks->count;
        c.blocks = TR_ARENA_ARRAY(file->arena, known, TR_MIN(count, BLOCKS_MAX) + 2);
        if (c.blocks == NULL || count > BLOCKS_MAX ||
            !read_chain(text_of(test, "network"), schedule, &c.config) ||
            tr_block_decode(NULL, file->arena, genesis, &c.blocks[0].block) != TR_OK) {
            vec_fail(run, test->key, "not a case");
            continue;
        }
        c.blocks[0].hash = tr_header_hash(&c.blocks[0].block.header);
        c.blocks[0].total = c.blocks[0].block.header.difficulty;
        c.count = 1;
        TR_JSON_EACH(item, blocks) run_one_block(run, &c, test->key, item);
    }
}

static const vec_row rows[] = {
    {"ethereum-tests-blockchain.tar.zst/**.json", run_blockchain, true, NULL},
    {"eest-v5.4.0-blockchain.tar.zst/**.json", run_blockchain, true, NULL},
};
const vec_rows vec_rows_blockchain = {rows, TR_COUNTOF(rows)};
