/* Transactions: ethereum-tests' TransactionTests and txtest, and those of mainnet's blocks. */
#include "cli/evm/fixture.h"
#include "eth/block.h"
#include "eth/json.h"
#include "eth/sender.h"
#include "vectors.h"

static tr_err sender_of(const vec_file *file, const tr_fork_rules *rules, tr_bytes raw,
                        tr_addr *out)
{
    tr_tx tx;
    tr_err err;
    TR_TRY(tr_tx_decode(NULL, file->arena, raw, &tx));
    (void)tr_tx_senders(file->arena, rules, 1, &tx, out, &err);
    return err;
}

static bool hex_is(const vec_file *file, const tr_json *text, tr_bytes want)
{
    return text != NULL && tr_bytes_eq(vec_hex(file, tr_json_text(text)), want);
}

/* A number in hex without its leading zeros. */
static bool number_is(const vec_file *file, const tr_json *text, uint64_t want)
{
    tr_bytes be = vec_hex(file, tr_json_text(text));
    uint64_t value = 0;
    if (be.data == NULL || be.len > 8) return false;
    for (size_t i = 0; i < be.len; i++) value = value << 8 | be.data[i];
    return value == want;
}

/* Many of these transactions have more than one fault, and the test names another than the one that
 * we meet first: what else may be said of them. */
static bool has_another_fault(tr_bytes exception, tr_err err)
{
    static const struct {
        const char *exception;
        tr_err errs[5];
    } others[] = {
        {"TYPE_NOT_SUPPORTED", {TR_E_TYPE, TR_E_RANGE}},
        {"GASLIMIT_OVERFLOW", {TR_E_CANONICAL}},
        {"INVALID_SIGNATURE_VRS", {TR_E_RANGE, TR_E_TX_CHAIN_ID, TR_E_TX_INTRINSIC_GAS}},
        {"INVALID_CHAINID", {TR_E_RANGE, TR_E_TX_V, TR_E_TX_INTRINSIC_GAS}},
        {"EC_RECOVERY_FAIL", {TR_E_TX_INTRINSIC_GAS}},
        {"RLP_ERROR_SIZE", {TR_E_RANGE, TR_E_TYPE}},
    };
    for (size_t i = 0; i < TR_COUNTOF(others); i++) {
        tr_bytes name = tr_bytes_str(others[i].exception);
        if (exception.len < name.len) continue;
        if (!tr_bytes_eq(tr_bytes_cut(exception, exception.len - name.len, name.len), name))
            continue;
        for (size_t k = 0; k < TR_COUNTOF(others[i].errs); k++)
            if (err == others[i].errs[k]) return true;
    }
    return false;
}

/* One fork of a case: {hash, sender, intrinsicGas} or {exception}. */
static void run_fork(vec_run *run, const vec_file *file, tr_bytes name, tr_bytes raw,
                     const tr_json *result)
{
    tr_fork fork;
    tr_addr sender;
    tr_bytes out = {NULL, 0};
    if (!tr_fork_find(result->key, &fork)) {
        vec_fail(run, name, "no fork %.*s", (int)result->key.len, (const char *)result->key.data);
        return;
    }
    const tr_fork_rules *rules = tr_fork_rules_of(fork);
    uint8_t *in = tr_arena_get(file->arena, raw.len + 1, 1);
    if (in == NULL) {
        vec_fail(run, name, "no memory");
        return;
    }
    in[0] = (uint8_t)fork;
    if (raw.len != 0) memcpy(in + 1, raw.data, raw.len);
    tr_err err = vec_op(run, file, "tx.check", (tr_bytes){in, raw.len + 1}, &out);
    if (err == TR_OK) err = sender_of(file, rules, raw, &sender);
    tr_bytes exception = tr_json_text(tr_json_get(result, "exception"));
    if (exception.data != NULL) {
        bool fits = fixture_exception_fits(exception, err) || has_another_fault(exception, err);
        vec_check(run, err != TR_OK && fits, name, "%s: %s, expected %.*s", rules->name,
                  tr_err_name(err), (int)exception.len, (const char *)exception.data);
        return;
    }
    if (err != TR_OK || out.len < 72) {
        vec_fail(run, name, "%s: %s", rules->name, tr_err_name(err));
        return;
    }
    bool ok = hex_is(file, tr_json_get(result, "hash"), (tr_bytes){out.data, 32}) &&
              hex_is(file, tr_json_get(result, "sender"), TR_VIEW(sender.b)) &&
              number_is(file, tr_json_get(result, "intrinsicGas"), tr_load64le(out.data + 64)) &&
              tr_bytes_eq(tr_bytes_cut(out, 72, SIZE_MAX), raw);
    vec_check(run, ok, name, "%s: another hash, sender, gas or encoding", rules->name);
}

/* {name: {txbytes, result: {fork: ...}}} */
static void run_transaction_test(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(test, file->json)
    {
        tr_bytes text = tr_json_text(tr_json_get(test, "txbytes"));
        tr_bytes raw = vec_hex(file, text);
        if (text.data == NULL || (raw.data == NULL && text.len > 2)) {
            vec_fail(run, test->key, "not a case");
            continue;
        }
        TR_JSON_EACH(result, tr_json_get(test, "result"))
        {
            if (vec_wants(run)) run_fork(run, file, test->key, raw, result);
        }
    }
}

static bool read_number(const tr_json *json, uint64_t *out)
{
    return tr_json_u64(json, out) == TR_OK;
}

/* What a case of txtest says, as a transaction. */
static bool read_txtest(const vec_file *file, const tr_json *test, tr_tx *tx)
{
    uint64_t price, value;
    tr_bytes to = vec_hex(file, tr_json_text(tr_json_get(test, "to")));
    *tx = (tr_tx){0};
    if (!read_number(tr_json_get(test, "nonce"), &tx->nonce) ||
        !read_number(tr_json_get(test, "gasprice"), &price) ||
        !read_number(tr_json_get(test, "startgas"), &tx->gas) ||
        !read_number(tr_json_get(test, "value"), &value) || (to.len != 0 && to.len != 20))
        return false;
    tx->max_fee = tx->max_priority = tr_u256_of(price);
    tx->value = tr_u256_of(value);
    tx->to.some = to.len != 0;
    if (tx->to.some) memcpy(tx->to.addr.b, to.data, 20);
    tx->data = vec_hex(file, tr_json_text(tr_json_get(test, "data")));
    return true;
}

/* The signed form is of 2014 and may have a high s, which we never give: then it is only read. */
static const char *check_signed(const vec_file *file, tr_bytes form, const tr_seckey *key,
                                tr_tx *tx)
{
    tr_tx read;
    tr_pubkey pubkey;
    tr_addr sender;
    tr_ecdsa_sig sig;
    if (tr_tx_decode(NULL, file->arena, form, &read) != TR_OK) return "not decoded";
    if (tr_tx_signature(NULL, &read, NULL, &sig) != TR_OK) return "no signature";
    if (tr_tx_sign(NULL, file->arena, tx, key) != TR_OK) return "not signed";
    if (!tr_bytes_eq(read.to_sign, tx->to_sign)) return "signs something else";
    if (tr_ecdsa_is_low_s(&sig) && !tr_bytes_eq(form, tx->encoding)) return "another signed form";
    if (tr_pubkey_of(key, &pubkey) != TR_OK) return "not a key";
    tr_addr want = tr_pubkey_address(&pubkey);
    if (sender_of(file, NULL, form, &sender) != TR_OK) return "no sender";
    return tr_bytes_eq(TR_VIEW(sender.b), TR_VIEW(want.b)) ? NULL : "another sender";
}

static const char *run_one_txtest(const vec_file *file, const tr_json *test)
{
    tr_tx tx;
    tr_seckey key;
    tr_buf unsigned_form;
    tr_bytes secret = vec_hex(file, tr_json_text(tr_json_get(test, "key")));
    if (secret.len != 32 || !read_txtest(file, test, &tx)) return "not a case";
    memcpy(key.b, secret.data, 32);
    tr_buf_init(&unsigned_form, &file->arena->alloc, SIZE_MAX);
    tr_tx_encode(&unsigned_form, &tx);
    if (!hex_is(file, tr_json_get(test, "unsigned"), tr_buf_view(&unsigned_form)))
        return "another unsigned form";
    return check_signed(file, vec_hex(file, tr_json_text(tr_json_get(test, "signed"))), &key, &tx);
}

/* [{key, nonce, gasprice, startgas, to, value, data, unsigned, signed}] */
static void run_txtest(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(test, file->json)
    {
        if (!vec_wants(run)) continue;
        const char *fault = run_one_txtest(file, test);
        vec_check(run, fault == NULL, tr_json_text(tr_json_get(test, "key")), "%s", fault);
    }
}

/* The transactions of a block from their JSON, sealed. */
static tr_err read_txs(tr_trail *trail, const vec_file *file, const tr_json *list, tr_tx **out)
{
    tr_tx *txs = TR_ARENA_ARRAY(file->arena, tr_tx, list->count);
    if (txs == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory");
    *out = txs;
    TR_JSON_EACH(item, list)
    {
        TR_TRY(tr_tx_from_json(trail, file->arena, TR_JSON_RPC, item, txs));
        txs++;
    }
    return TR_OK;
}

/* A transaction decodes from its encoding to one that encodes so, and hashes to what its block
 * says. */
static const char *check_tx(vec_run *run, const vec_file *file, const tr_json *item,
                            const tr_tx *tx, const tr_hash *signing_hash)
{
    tr_bytes out = {NULL, 0};
    if (vec_op(run, file, "tx.decode", tx->encoding, &out) != TR_OK || out.len < 64)
        return "not decoded";
    if (!hex_is(file, tr_json_get(item, "hash"), (tr_bytes){out.data, 32})) return "another hash";
    if (memcmp(out.data + 32, signing_hash->b, 32) != 0) return "another signing hash";
    if (!tr_bytes_eq(tr_bytes_cut(out, 64, SIZE_MAX), tx->encoding)) return "another encoding";
    return NULL;
}

static void check_txs(vec_run *run, const vec_file *file, const tr_json *list, const tr_tx *txs)
{
    size_t n = list->count, i = 0;
    tr_hash *hashes = TR_ARENA_ARRAY(file->arena, tr_hash, n);
    tr_addr *senders = TR_ARENA_ARRAY(file->arena, tr_addr, n);
    tr_err *errs = TR_ARENA_ARRAY(file->arena, tr_err, n);
    if (hashes == NULL || senders == NULL || errs == NULL ||
        tr_tx_signing_hash_many(NULL, file->arena, n, txs, hashes) != TR_OK) {
        vec_fail(run, tr_bytes_str(file->path), "no memory");
        return;
    }
    (void)tr_tx_senders(file->arena, NULL, n, txs, senders, errs);
    TR_JSON_EACH(item, list)
    {
        if (vec_wants(run)) {
            const char *fault = check_tx(run, file, item, &txs[i], &hashes[i]);
            if (fault == NULL && errs[i] != TR_OK) fault = tr_err_name(errs[i]);
            if (fault == NULL && !hex_is(file, tr_json_get(item, "from"), TR_VIEW(senders[i].b)))
                fault = "another sender";
            vec_check(run, fault == NULL, tr_json_text(tr_json_get(item, "hash")), "%s", fault);
        }
        i++;
    }
}

/* A block as eth_getBlockByNumber gives it with its transactions: each of these, the root of all,
 * and the header's hash. */
static void run_block(vec_run *run, const vec_file *file)
{
    tr_trail trail;
    tr_tx *txs;
    tr_header header;
    tr_hash root;
    const tr_json *list = tr_json_get(file->json, "transactions");
    tr_bytes name = tr_json_text(tr_json_get(file->json, "number"));
    if (list == NULL || read_txs(&trail, file, list, &txs) != TR_OK) {
        vec_fail(run, name, "%s", list == NULL ? "no transactions" : trail.text);
        return;
    }
    check_txs(run, file, list, txs);
    if (!vec_wants(run)) return;
    if (tr_header_from_json(&trail, file->arena, TR_JSON_RPC, file->json, &header) != TR_OK ||
        tr_transactions_root(&trail, file->arena, NULL, list->count, txs, &root) != TR_OK) {
        vec_fail(run, name, "%s", trail.text);
        return;
    }
    tr_hash hash = tr_header_hash(&header);
    vec_check(run,
              hex_is(file, tr_json_get(file->json, "hash"), TR_VIEW(hash.b)) &&
                  hex_is(file, tr_json_get(file->json, "transactionsRoot"), TR_VIEW(root.b)),
              name, "another hash of the header, or root of the transactions");
}

static const vec_row rows[] = {
    {"TransactionTests/**", run_transaction_test, true},
    {"BasicTests/txtest.json", run_txtest, true},
    {"mainnet-blocks-txs.tar.zst/**", run_block, true},
};
const vec_rows vec_rows_tx = {rows, TR_COUNTOF(rows)};
