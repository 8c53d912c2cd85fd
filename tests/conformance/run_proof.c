/* Hex-prefix, and proofs of accounts, storage and receipts as nodes of Ethereum gave them. */
#include "codec/rlp.h"
#include "eth_block.h"
#include "hash/keccak.h"
#include "run_call.h"

/* helios/: what its files are about.  The block is in helios/rpc/block.json, against which the two
 * roots are checked. */
#define HELIOS_STATE_ROOT    "7b3d5a01f69b7d2ea7479fd7ae35f4bac2700ab6d6d7b4807a7fedf53ced710e"
#define HELIOS_RECEIPTS_ROOT "f883e1a2fb8df9d1d988dec80f13c8aca724590ac357e45e30e0d48b1fbd64ee"
#define HELIOS_ADDRESS       "00000000219ab540356cbb839cbe05303d7705fa"
#define HELIOS_MINER         "4838b106fce9647bdf1e7877bf73ce8b0bad5f97"

static tr_bytes text_of(const tr_json *value, const char *key)
{
    return tr_json_text(tr_json_get(value, key));
}

static tr_bytes hex_of(const vec_file *file, const tr_json *value, const char *key)
{
    return vec_hex(file, text_of(value, key));
}

/* A number as JSON-RPC writes it: hex with any number of digits. */
static tr_bytes quantity(const vec_file *file, tr_bytes text)
{
    tr_bytes digits = tr_bytes_cut(text, 2, SIZE_MAX);
    tr_buf even;
    tr_buf_init(&even, &file->arena->alloc, text.len + 1);
    if (digits.len % 2 != 0) tr_buf_put_u8(&even, '0');
    tr_buf_put(&even, digits);
    return vec_hex(file, tr_buf_view(&even));
}

static void run_hex_prefix(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(item, file->json)
    {
        if (!vec_wants(run)) continue;
        uint8_t memory[128];
        tr_buf in;
        tr_bytes want = hex_of(file, item, "out"), got = {NULL, 0}, back = {NULL, 0};
        const tr_json *term = tr_json_get(item, "term");
        tr_buf_init_fixed(&in, memory, sizeof(memory));
        tr_buf_put_u8(&in, term != NULL && term->truth ? 1 : 0);
        TR_JSON_EACH(nibble, tr_json_get(item, "seq"))
        {
            uint64_t value = UINT64_MAX;
            if (tr_json_u64(nibble, &value) == TR_OK && value < 16)
                tr_buf_put_u8(&in, (uint8_t)value);
            else
                want.data = NULL;
        }
        tr_err err = vec_op(run, file, "trie.path.encode", tr_buf_view(&in), &got);
        if (err == TR_OK) err = vec_op(run, file, "trie.path.decode", got, &back);
        bool right = err == TR_OK && want.data != NULL && tr_bytes_eq(got, want) &&
                     tr_bytes_eq(back, tr_buf_view(&in));
        vec_check(run, right, item->key, "another encoding");
    }
}

/* Checks a list of nodes; *value is empty when they show that there is none. */
static tr_err check_nodes(vec_run *run, const vec_file *file, tr_bytes root, tr_bytes key,
                          const tr_json *nodes, tr_bytes *value)
{
    tr_buf in;
    uint8_t number[4];
    tr_bytes out = {NULL, 0};
    *value = out;
    if (root.len != 32 || nodes == NULL) return TR_E_ARGUMENT;
    tr_buf_init(&in, &file->arena->alloc, SIZE_MAX);
    tr_buf_put(&in, root);
    tr_buf_put_u8(&in, (uint8_t)key.len);
    tr_buf_put(&in, key);
    tr_store32le(number, (uint32_t)nodes->count);
    tr_buf_put(&in, TR_VIEW(number));
    TR_JSON_EACH(node, nodes)
    {
        tr_bytes bytes = vec_hex(file, tr_json_text(node));
        if (bytes.data == NULL) return TR_E_ARGUMENT;
        tr_store32le(number, (uint32_t)bytes.len);
        tr_buf_put(&in, TR_VIEW(number));
        tr_buf_put(&in, bytes);
    }
    TR_TRY(tr_buf_err(&in));
    TR_TRY(vec_op(run, file, "trie.check", tr_buf_view(&in), &out));
    *value = tr_bytes_cut(out, 1, SIZE_MAX);
    return TR_OK;
}

/* What a proof says of an account. */
typedef struct account {
    tr_bytes nonce, balance, storage_root, code_hash;
    const tr_json *account_proof, *storage_proof;
} account;

/* The account's encoding; empty when there is none: it has neither nonce nor balance nor code. */
static tr_bytes encode_account(const vec_file *file, const account *a)
{
    tr_buf out;
    tr_hash no_code = tr_keccak256((tr_bytes){NULL, 0});
    tr_buf_init(&out, &file->arena->alloc, 256);
    tr_rlp_put_int(&out, a->nonce);
    tr_rlp_put_int(&out, a->balance);
    if (out.len == 2 && out.data[0] == 0x80 && out.data[1] == 0x80 &&
        tr_bytes_eq(a->code_hash, TR_VIEW(no_code.b)))
        return (tr_bytes){NULL, 0};
    tr_buf_clear(&out);
    tr_rlp_mark list = tr_rlp_begin(&out, 80);
    tr_rlp_put_int(&out, a->nonce);
    tr_rlp_put_int(&out, a->balance);
    tr_rlp_put_bytes(&out, a->storage_root);
    tr_rlp_put_bytes(&out, a->code_hash);
    tr_rlp_end(&out, list);
    return tr_buf_view(&out);
}

static void check_slot(vec_run *run, const vec_file *file, tr_bytes root, const tr_json *slot)
{
    tr_bytes key = quantity(file, text_of(slot, "key")), got;
    tr_bytes value = quantity(file, text_of(slot, "value"));
    uint8_t padded[32] = {0};
    tr_buf want;
    if (!vec_wants(run)) return;
    if (key.data == NULL || key.len > 32 || value.data == NULL) {
        vec_fail(run, TR_LIT("slot"), "a slot that cannot be read");
        return;
    }
    memcpy(padded + 32 - key.len, key.data, key.len);
    tr_hash hashed = tr_keccak256(TR_VIEW(padded));
    tr_buf_init(&want, &file->arena->alloc, 64);
    tr_rlp_put_int(&want, value);
    if (want.len == 1 && want.data[0] == 0x80) tr_buf_clear(&want); /* zeros are not kept */
    tr_err err = check_nodes(run, file, root, TR_VIEW(hashed.b), tr_json_get(slot, "proof"), &got);
    vec_check(run, err == TR_OK && tr_bytes_eq(got, tr_buf_view(&want)), text_of(slot, "key"), "%s",
              err == TR_OK ? "another value in this slot" : tr_err_name(err));
}

static void check_account(vec_run *run, const vec_file *file, tr_bytes state_root, tr_bytes address,
                          const account *a)
{
    if (address.len != 20 || a->storage_root.len != 32 || a->code_hash.len != 32) {
        vec_fail(run, TR_LIT("account"), "an account that cannot be read");
        return;
    }
    if (vec_wants(run)) {
        tr_hash key = tr_keccak256(address);
        tr_bytes got, want = encode_account(file, a);
        tr_err err = check_nodes(run, file, state_root, TR_VIEW(key.b), a->account_proof, &got);
        vec_check(run, err == TR_OK && tr_bytes_eq(got, want), TR_LIT("account"), "%s",
                  err == TR_OK ? "another account" : tr_err_name(err));
    }
    TR_JSON_EACH(slot, a->storage_proof) check_slot(run, file, a->storage_root, slot);
}

static account read_account(const vec_file *file, const tr_json *fields, const char *storage_root,
                            const tr_json *proofs)
{
    return (account){
        .nonce = quantity(file, text_of(fields, "nonce")),
        .balance = quantity(file, text_of(fields, "balance")),
        .storage_root = hex_of(file, fields, storage_root),
        .code_hash = hex_of(file, fields, "codeHash"),
        .account_proof = tr_json_get(proofs, "accountProof"),
        .storage_proof = tr_json_get(proofs, "storageProof"),
    };
}

static void check_code(vec_run *run, tr_bytes name, tr_bytes code, tr_bytes code_hash)
{
    if (!vec_wants(run)) return;
    tr_hash hash = tr_keccak256(code);
    vec_check(run, tr_bytes_eq(TR_VIEW(hash.b), code_hash), name, "another code");
}

/* The answer to eth_getProof. */
static void check_answer(vec_run *run, const vec_file *file, tr_bytes state_root,
                         const tr_json *answer)
{
    account a = read_account(file, answer, "storageHash", answer);
    check_account(run, file, state_root, hex_of(file, answer, "address"), &a);
}

static void run_helios_proof(vec_run *run, const vec_file *file)
{
    check_answer(run, file, vec_hex(file, TR_LIT(HELIOS_STATE_ROOT)), file->json);
}

/* An account with its code and its proofs. */
static void check_helios_account(vec_run *run, const vec_file *file, tr_bytes address,
                                 const tr_json *item)
{
    const tr_json *fields = tr_json_get(item, "account");
    account a = read_account(file, fields, "storageRoot", item);
    check_account(run, file, vec_hex(file, TR_LIT(HELIOS_STATE_ROOT)), address, &a);
    check_code(run, TR_LIT("code"), hex_of(file, item, "code"), a.code_hash);
}

static void run_helios_account(vec_run *run, const vec_file *file)
{
    check_helios_account(run, file, vec_hex(file, TR_LIT(HELIOS_ADDRESS)), file->json);
}

static void run_helios_miner(vec_run *run, const vec_file *file)
{
    check_helios_account(run, file, vec_hex(file, TR_LIT(HELIOS_MINER)), file->json);
}

static void run_helios_accounts(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(item, tr_json_get(file->json, "accounts"))
    check_helios_account(run, file, vec_hex(file, item->key), item);
}

/* A receipt lies where its index says, and is the one that is described beside it. */
static void check_receipt(vec_run *run, const vec_file *file, const tr_json *item)
{
    const tr_json *receipt = tr_json_get(item, "receipt");
    tr_bytes index = quantity(file, text_of(receipt, "transactionIndex")), got;
    uint8_t key[16];
    tr_buf out;
    if (!vec_wants(run)) return;
    tr_buf_init_fixed(&out, key, sizeof(key));
    tr_rlp_put_int(&out, index);
    tr_err err = check_nodes(run, file, vec_hex(file, TR_LIT(HELIOS_RECEIPTS_ROOT)),
                             tr_buf_view(&out), tr_json_get(item, "receiptProof"), &got);
    tr_bytes want = vec_receipt_encoding(run, file, TR_JSON_RPC, receipt);
    vec_check(run, err == TR_OK && got.len != 0 && tr_bytes_eq(got, want),
              text_of(receipt, "transactionHash"), "%s",
              err == TR_OK ? "another receipt" : tr_err_name(err));
}

static void run_helios_receipt(vec_run *run, const vec_file *file)
{
    check_receipt(run, file, file->json);
}

static void run_helios_logs(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(item, tr_json_get(file->json, "receiptProofs")) check_receipt(run, file, item);
}

/* The block that the other files are about: its roots are those that they are checked against. */
static void run_helios_block(vec_run *run, const vec_file *file)
{
    vec_check_block(run, file, TR_JSON_RPC, file->json);
    static const struct {
        const char *key, *want;
    } roots[] = {{"stateRoot", HELIOS_STATE_ROOT}, {"receiptsRoot", HELIOS_RECEIPTS_ROOT}};
    for (size_t i = 0; i < TR_COUNTOF(roots); i++) {
        if (!vec_wants(run)) continue;
        tr_bytes want = vec_hex(file, tr_bytes_str(roots[i].want));
        vec_check(run, tr_bytes_eq(hex_of(file, file->json, roots[i].key), want),
                  tr_bytes_str(roots[i].key), "not the root that the proofs are checked against");
    }
}

/* The answer to the eth_getProof for this address among the requests, one or a list of them. */
static const tr_json *find_answer(const vec_file *file, const tr_json *payload,
                                  const tr_json *response, tr_bytes address)
{
    if (payload == NULL || response == NULL) return NULL;
    if (payload->kind == TR_JSON_ARRAY) {
        const tr_json *answer = response->first, *found = NULL;
        TR_JSON_EACH(one, payload)
        {
            if (found == NULL) found = find_answer(file, one, answer, address);
            answer = answer == NULL ? NULL : answer->next;
        }
        return found;
    }
    if (!tr_bytes_eq(text_of(payload, "method"), TR_LIT("eth_getProof"))) return NULL;
    const tr_json *result = tr_json_get(response, "result");
    return tr_bytes_eq(hex_of(file, result, "address"), address) ? result : NULL;
}

/* What a request of the prover was answered; all: the requests beside it. */
static void check_request(vec_run *run, const vec_file *file, const tr_json *block,
                          const tr_json *payload, const tr_json *response, const tr_json *all)
{
    tr_bytes state_root = hex_of(file, block, "stateRoot");
    tr_bytes method = text_of(payload, "method");
    const tr_json *params = tr_json_get(payload, "params"), *answer = NULL;
    const tr_json *result = tr_json_get(response, "result");
    tr_bytes address = vec_hex(file, tr_json_text(tr_json_at(params, 0)));
    TR_JSON_EACH(one, all)
    {
        if (answer == NULL)
            answer = find_answer(file, tr_json_get(one, "payload"), tr_json_get(one, "response"),
                                 address);
    }
    if (tr_bytes_eq(method, TR_LIT("eth_getProof"))) {
        if (tr_bytes_eq(hex_of(file, result, "address"), address))
            check_answer(run, file, state_root, result);
        else
            vec_fail(run, method, "the answer is about another address");
    } else if (tr_bytes_eq(method, TR_LIT("eth_getCode"))) {
        check_code(run, method, vec_hex(file, tr_json_text(result)),
                   hex_of(file, answer, "codeHash"));
    } else if (tr_bytes_eq(method, TR_LIT("eth_getBalance")) ||
               tr_bytes_eq(method, TR_LIT("eth_getTransactionCount"))) {
        const char *key = method.len == 14 ? "balance" : "nonce";
        tr_bytes want = text_of(answer, key);
        if (vec_wants(run))
            vec_check(run, want.len != 0 && tr_bytes_eq(want, tr_json_text(result)), method,
                      "not what the proof says");
    } else if (tr_bytes_eq(method, TR_LIT("eth_getBlockByHash"))) {
        vec_check_block(run, file, TR_JSON_RPC, result);
    } else if (vec_wants(run) && !vec_is_guest(run)) {
        const char *fault = call_check(file, block, payload, result, all);
        vec_check(run, fault == NULL, method, "%s", fault);
    }
}

static void run_lodestar(vec_run *run, const vec_file *file)
{
    const tr_json *block = tr_json_get(tr_json_get(file->json, "execution"), "block");
    const tr_json *all = tr_json_get(file->json, "dependentRequests");
    vec_check_block(run, file, TR_JSON_RPC, block);
    check_request(run, file, block, tr_json_get(file->json, "request"),
                  tr_json_get(file->json, "response"), all);
    TR_JSON_EACH(one, all)
    {
        const tr_json *payload = tr_json_get(one, "payload");
        const tr_json *response = tr_json_get(one, "response");
        if (payload == NULL || payload->kind != TR_JSON_ARRAY) {
            check_request(run, file, block, payload, response, all);
            continue;
        }
        const tr_json *answer = response == NULL ? NULL : response->first;
        TR_JSON_EACH(part, payload)
        {
            check_request(run, file, block, part, answer, all);
            answer = answer == NULL ? NULL : answer->next;
        }
    }
}

static const vec_row rows[] = {
    {"BasicTests/hexencodetest.json", run_hex_prefix, true},
    {"helios/rpc/proof.json", run_helios_proof, true},
    {"helios/rpc/block_miner_proof.json", run_helios_proof, true},
    {"helios/rpc/account.json", run_helios_account, true},
    {"helios/rpc/block_miner_account.json", run_helios_miner, true},
    {"helios/rpc/block.json", run_helios_block, true},
    {"helios/verifiable_api/access_list.json", run_helios_accounts, true},
    {"helios/verifiable_api/logs.json", run_helios_logs, true},
    {"helios/verifiable_api/receipt.json", run_helios_receipt, true},
    {"lodestar-prover/*/*.json", run_lodestar, true},
};
const vec_rows vec_rows_proof = {rows, TR_COUNTOF(rows)};
