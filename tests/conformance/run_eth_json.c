/* The shapes of go-ethereum's RPC answers: read into our structures, written again, compared. */
#include "eth/json.h"
#include "vectors.h"

static const tr_json *any(const tr_json *in, const char *name)
{
    const tr_json *value = tr_json_get(in, name);
    return value == NULL || value->kind == TR_JSON_NULL ? NULL : value;
}

/* Equal as values: members in any order.  *where is the key of the first difference. */
static bool same(const tr_json *a, const tr_json *b, tr_bytes *where)
{
    if (a == NULL || b == NULL || a->kind != b->kind || a->count != b->count) return false;
    const tr_json *other = b->first;
    TR_JSON_EACH(item, a)
    {
        if (a->kind == TR_JSON_OBJECT) {
            for (other = b->first; other != NULL; other = other->next)
                if (tr_bytes_eq(other->key, item->key)) break;
        }
        if (!same(item, other, where)) {
            if (where->len == 0) *where = item->key;
            return false;
        }
        other = other->next;
    }
    return a->truth == b->truth && (a->first != NULL || tr_bytes_eq(a->text, b->text));
}

/* Compares what was written with the document's value. */
static void compare(vec_run *run, const vec_file *file, tr_buf *out, const tr_json *want,
                    tr_bytes name)
{
    const tr_json *got;
    tr_bytes where = {NULL, 0};
    tr_err err = tr_buf_err(out);
    if (err == TR_OK) err = tr_json_parse(NULL, file->arena, tr_buf_view(out), &got);
    if (err != TR_OK) {
        vec_fail(run, name, "written: %s", tr_err_name(err));
    } else {
        vec_check(run, same(got, want, &where), name, "%.*s differs in %.*s", (int)out->len,
                  (const char *)out->data, (int)where.len, (const char *)where.data);
    }
}

static tr_hash hash_of(const vec_file *file, const tr_json *value)
{
    tr_hash hash = {{0}};
    tr_bytes bytes = vec_hex(file, tr_json_text(value));
    if (bytes.len == sizeof(hash)) memcpy(&hash, bytes.data, sizeof(hash));
    return hash;
}

static tr_addr addr_of(const vec_file *file, const tr_json *value)
{
    tr_addr addr = {{0}};
    tr_bytes bytes = vec_hex(file, tr_json_text(value));
    if (bytes.len == sizeof(addr)) memcpy(&addr, bytes.data, sizeof(addr));
    return addr;
}

static uint64_t number_of(const tr_json *value)
{
    tr_u256 number;
    return tr_u256_from_hex(NULL, tr_json_text(value), &number) == TR_OK ? tr_u256_to_u64(number)
                                                                         : 0;
}

/* A header, or a block whose transactions are given by their hashes or whole. */
typedef struct answer {
    tr_block block;
    tr_hash hash, *tx_hashes;
    tr_addr *froms;
    tr_hash no_uncles[1];
} answer;

static tr_err read_block(const vec_file *file, const tr_json *in, answer *a, bool *full)
{
    const tr_json *txs = any(in, "transactions");
    *full = txs != NULL && txs->first != NULL && txs->first->kind == TR_JSON_OBJECT;
    if (*full)
        TR_TRY(tr_block_from_json(NULL, file->arena, TR_JSON_RPC, in, &a->block));
    else
        TR_TRY(tr_header_from_json(NULL, file->arena, TR_JSON_RPC, in, &a->block.header));
    size_t count = txs == NULL ? 0 : txs->count, i = 0;
    a->block.txs.count = count;
    a->block.has_withdrawals = any(in, "withdrawals") != NULL;
    a->tx_hashes = TR_ARENA_ARRAY(file->arena, tr_hash, count);
    a->froms = TR_ARENA_ARRAY(file->arena, tr_addr, count);
    TR_JSON_EACH(tx, txs)
    {
        a->tx_hashes[i] = hash_of(file, *full ? tr_json_get(tx, "hash") : tx);
        a->froms[i] = addr_of(file, tr_json_get(tx, "from"));
        i++;
    }
    return TR_OK;
}

/* Whether something is there is api/'s to say. */
static bool has_nothing(vec_run *run, const tr_json *in)
{
    bool nothing = in->kind == TR_JSON_NULL || (in->kind == TR_JSON_ARRAY && in->first == NULL);
    if (nothing) vec_skip(run, TR_LIT("answer"));
    return nothing;
}

static void run_header(vec_run *run, const vec_file *file)
{
    const tr_json *in = file->json;
    answer a = {.no_uncles = {{{0}}}};
    if (has_nothing(run, in) || !vec_wants(run)) return;
    bool full, pending = any(in, "hash") == NULL;
    tr_err err = read_block(file, in, &a, &full);
    if (err != TR_OK) {
        vec_fail(run, TR_LIT("header"), "read: %s", tr_err_name(err));
        return;
    }
    a.hash = tr_header_hash(&a.block.header);
    tr_hash said = hash_of(file, tr_json_get(in, "hash"));
    vec_check(run, pending || memcmp(&a.hash, &said, 32) == 0, TR_LIT("hash"), "another hash");
    tr_buf out;
    tr_buf_init(&out, &file->arena->alloc, SIZE_MAX);
    tr_json_writer w = tr_json_write_to(&out);
    tr_json_begin_object(&w);
    tr_header_to_json(&w, &a.block.header, pending ? NULL : &a.hash);
    tr_json_end_object(&w);
    compare(run, file, &out, in, TR_LIT("header"));
}

/* In a block that is being built go-ethereum gives the transactions a hash of a block that does not
 * exist yet, so they are compared one by one. */
static void compare_transactions(vec_run *run, const vec_file *file, const answer *a,
                                 const tr_json *txs)
{
    uint64_t i = 0;
    TR_JSON_EACH(tx, txs)
    {
        tr_buf out;
        tr_hash block_hash = hash_of(file, tr_json_get(tx, "blockHash"));
        const tr_header *header = &a->block.header;
        tr_json_place place = {&block_hash, &header->number, &header->time, &i, &header->base_fee};
        tr_buf_init(&out, &file->arena->alloc, SIZE_MAX);
        tr_json_writer w = tr_json_write_to(&out);
        tr_tx_to_json(&w, TR_LIST_AT(tr_tx, a->block.txs, i), &a->tx_hashes[i], &a->froms[i],
                      &place);
        compare(run, file, &out, tx, TR_LIT("transaction"));
        i++;
    }
}

static void check_tx_hashes(vec_run *run, const vec_file *file, const answer *a)
{
    tr_hash *hashes = TR_ARENA_ARRAY(file->arena, tr_hash, a->block.txs.count);
    tr_tx_hash_many(a->block.txs.count, a->block.txs.at, hashes);
    vec_check(run, memcmp(hashes, a->tx_hashes, a->block.txs.count * sizeof(tr_hash)) == 0,
              TR_LIT("transactions"), "other hashes");
}

static void run_block(vec_run *run, const vec_file *file)
{
    const tr_json *in = file->json;
    answer a = {.no_uncles = {{{0}}}};
    if (has_nothing(run, in) || !vec_wants(run)) return;
    bool full, pending = any(in, "hash") == NULL;
    tr_err err = read_block(file, in, &a, &full);
    if (err != TR_OK) {
        vec_fail(run, TR_LIT("block"), "read: %s", tr_err_name(err));
        return;
    }
    a.hash = tr_header_hash(&a.block.header);
    if (full) check_tx_hashes(run, file, &a);
    if (full && pending) {
        compare_transactions(run, file, &a, tr_json_get(in, "transactions"));
        return;
    }
    tr_buf out;
    tr_buf_init(&out, &file->arena->alloc, SIZE_MAX);
    tr_json_writer w = tr_json_write_to(&out);
    tr_block_to_json(&w, &a.block, pending ? NULL : &a.hash, number_of(tr_json_get(in, "size")),
                     full, a.tx_hashes, a.froms, a.no_uncles);
    compare(run, file, &out, in, TR_LIT("block"));
}

/* A receipt's answer says a few things that are its transaction's. */
static void check_receipt(vec_run *run, const vec_file *file, const tr_json *in)
{
    tr_receipt receipt;
    tr_tx tx = {.type = 0};
    tr_addr created = addr_of(file, tr_json_get(in, "contractAddress"));
    tr_hash block_hash = hash_of(file, tr_json_get(in, "blockHash"));
    uint64_t number = number_of(tr_json_get(in, "blockNumber")), time = 0;
    uint64_t index = number_of(tr_json_get(in, "transactionIndex"));
    const tr_json *log = tr_json_at(tr_json_get(in, "logs"), 0);
    if (log != NULL) time = number_of(tr_json_get(log, "blockTimestamp"));
    tr_err err = tr_receipt_from_json(NULL, file->arena, TR_JSON_RPC, in, &receipt);
    if (err != TR_OK) {
        vec_fail(run, TR_LIT("receipt"), "read: %s", tr_err_name(err));
        return;
    }
    tx.to = (tr_to){any(in, "to") != NULL, addr_of(file, tr_json_get(in, "to"))};
    tx.blob_hashes.count = number_of(tr_json_get(in, "blobGasUsed")) / TR_BLOB_GAS;
    tr_u256 blob_fee = tr_u256_of(number_of(tr_json_get(in, "blobGasPrice")));
    tr_json_receipt whole = {
        .receipt = &receipt,
        .tx = &tx,
        .tx_hash = hash_of(file, tr_json_get(in, "transactionHash")),
        .from = addr_of(file, tr_json_get(in, "from")),
        .gas_used = number_of(tr_json_get(in, "gasUsed")),
        .effective_price = tr_u256_of(number_of(tr_json_get(in, "effectiveGasPrice"))),
        .created = any(in, "contractAddress") == NULL ? NULL : &created,
        .blob_fee = any(in, "blobGasPrice") == NULL ? NULL : &blob_fee,
        .first_log = log == NULL ? 0 : number_of(tr_json_get(log, "logIndex")),
        .place = {&block_hash, &number, &time, &index, NULL},
    };
    tr_buf out;
    tr_buf_init(&out, &file->arena->alloc, SIZE_MAX);
    tr_json_writer w = tr_json_write_to(&out);
    tr_receipt_to_json(&w, &whole);
    compare(run, file, &out, in, TR_LIT("receipt"));
}

static void run_receipts(vec_run *run, const vec_file *file)
{
    const tr_json *in = file->json;
    if (has_nothing(run, in)) return;
    if (in->kind == TR_JSON_OBJECT && vec_wants(run)) check_receipt(run, file, in);
    if (in->kind != TR_JSON_ARRAY) return;
    TR_JSON_EACH(receipt, in)
    {
        if (vec_wants(run)) check_receipt(run, file, receipt);
    }
}

static const vec_row rows[] = {
    {"internal/ethapi/testdata/eth_getBlockBy*.json", run_block, true},
    {"internal/ethapi/testdata/eth_getHeaderBy*.json", run_header, true},
    {"internal/ethapi/testdata/eth_getBlockReceipts-*.json", run_receipts, true},
    {"internal/ethapi/testdata/eth_getTransactionReceipt-*.json", run_receipts, true},
};
const vec_rows vec_rows_eth_json = {rows, TR_COUNTOF(rows)};
