/* trestle evm b11r: a block put together from its header's fields, transactions and uncles. */
#include <string.h>

#include "cli/evm/command.h"
#include "codec/hex.h"
#include "curve/secp256k1.h"
#include "eth/json.h"
#include "hash/keccak.h"

enum { VANITY = 32, SEAL = 65 };

static tr_err lacks(tr_trail *trail, const char *name)
{
    return tr_fail(trail, TR_E_JSON_FIELD, "the header's %s is missing or not valid", name);
}

static bool is_there(const tr_json *in, const char *name)
{
    const tr_json *value = tr_json_get(in, name);
    return value != NULL && value->kind != TR_JSON_NULL;
}

/* A member of fixed size, left as it is when it is missing. */
static bool read_exact(const tr_json *in, const char *name, uint8_t *out, size_t size)
{
    return !is_there(in, name) || fixture_exact(fixture_text(in, name), out, size);
}

static bool read_u64(const tr_json *in, const char *name, uint64_t *out)
{
    return !is_there(in, name) || fixture_u64(tr_json_get(in, name), out);
}

/* The root of no entries. */
static const tr_hash empty_root = {{0x56, 0xe8, 0x1f, 0x17, 0x1b, 0xcc, 0x55, 0xa6,
                                    0xff, 0x83, 0x45, 0xe6, 0x92, 0xc0, 0xf8, 0x6e,
                                    0x5b, 0x48, 0xe0, 0x1b, 0x99, 0x6c, 0xad, 0xc0,
                                    0x01, 0x62, 0x2f, 0xb5, 0xe3, 0x63, 0xb4, 0x21}};

static tr_err read_hashes(tr_trail *trail, const tr_json *in, tr_header *h)
{
    const struct {
        const char *name;
        uint8_t *at;
        size_t size;
    } fields[] = {
        {"parentHash", h->parent_hash.b, 32},
        {"sha3Uncles", h->uncles_hash.b, 32},
        {"miner", h->coinbase.b, 20},
        {"stateRoot", h->state_root.b, 32},
        {"transactionsRoot", h->transactions_root.b, 32},
        {"receiptsRoot", h->receipts_root.b, 32},
        {"logsBloom", h->bloom, sizeof(h->bloom)},
        {"mixHash", h->mix.b, 32},
        {"nonce", h->nonce, sizeof(h->nonce)},
    };
    h->uncles_hash = tr_no_uncles_hash;
    h->transactions_root = h->receipts_root = empty_root;
    for (size_t i = 0; i < TR_COUNTOF(fields); i++) {
        size_t got = 0;
        tr_bytes text = fixture_text(in, fields[i].name);
        bool good =
            fields[i].size > 32
                ? !is_there(in, fields[i].name) ||
                      (tr_hex_decode_0x(NULL, text, fields[i].at, fields[i].size, &got) == TR_OK &&
                       got == fields[i].size)
                : read_exact(in, fields[i].name, fields[i].at, fields[i].size);
        if (!good) return lacks(trail, fields[i].name);
    }
    return is_there(in, "stateRoot") ? TR_OK : lacks(trail, "stateRoot");
}

/* The fields that later forks added; each needs those before it. */
static tr_err read_late(tr_trail *trail, const tr_json *in, tr_header *h)
{
    h->fields = TR_HEADER_FRONTIER;
    if (is_there(in, "baseFeePerGas")) {
        h->fields = TR_HEADER_LONDON;
        if (!fixture_number(tr_json_get(in, "baseFeePerGas"), &h->base_fee))
            return lacks(trail, "baseFeePerGas");
    }
    if (is_there(in, "withdrawalsRoot")) {
        h->fields = TR_HEADER_SHANGHAI;
        if (!read_exact(in, "withdrawalsRoot", h->withdrawals_root.b, 32))
            return lacks(trail, "withdrawalsRoot");
    }
    if (is_there(in, "parentBeaconBlockRoot")) {
        h->fields = TR_HEADER_CANCUN;
        if (!read_exact(in, "parentBeaconBlockRoot", h->beacon_root.b, 32) ||
            !read_u64(in, "blobGasUsed", &h->blob_gas_used) ||
            !read_u64(in, "excessBlobGas", &h->excess_blob_gas))
            return lacks(trail, "parentBeaconBlockRoot, blobGasUsed or excessBlobGas");
    }
    if (is_there(in, "requestsHash")) {
        h->fields = TR_HEADER_PRAGUE;
        if (!read_exact(in, "requestsHash", h->requests_hash.b, 32))
            return lacks(trail, "requestsHash");
    }
    return TR_OK;
}

static tr_err read_header(tr_trail *trail, tr_arena *arena, const tr_json *in, tr_header *h)
{
    *h = (tr_header){.fields = TR_HEADER_FRONTIER};
    TR_TRY(read_hashes(trail, in, h));
    if (!fixture_u64(tr_json_get(in, "number"), &h->number)) return lacks(trail, "number");
    if (!fixture_u64(tr_json_get(in, "gasLimit"), &h->gas_limit)) return lacks(trail, "gasLimit");
    if (!fixture_u64(tr_json_get(in, "timestamp"), &h->time)) return lacks(trail, "timestamp");
    if (!read_u64(in, "gasUsed", &h->gas_used)) return lacks(trail, "gasUsed");
    if (is_there(in, "difficulty") &&
        !fixture_number(tr_json_get(in, "difficulty"), &h->difficulty))
        return lacks(trail, "difficulty");
    if (!fixture_bytes(arena, fixture_text(in, "extraData"), &h->extra))
        return lacks(trail, "extraData");
    return read_late(trail, in, h);
}

/* Clique: the signer is in the extra data, what it votes for in coinbase and nonce. */
static tr_err seal_clique(tr_trail *trail, tr_arena *arena, const tr_json *in, tr_header *h)
{
    tr_seckey key;
    tr_ecdsa_sig sig;
    tr_buf text;
    const tr_json *authorize = tr_json_get(in, "authorize");
    uint8_t *extra = tr_arena_get(arena, VANITY + SEAL, 1);
    if (extra == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a seal");
    memset(extra, 0, VANITY + SEAL);
    if (!fixture_exact(fixture_text(in, "secretKey"), key.b, sizeof(key.b)) ||
        !read_exact(in, "voted", h->coinbase.b, 20) || !read_exact(in, "vanity", extra, VANITY))
        return tr_fail(trail, TR_E_JSON_FIELD,
                       "the clique seal lacks a field, or one is not valid");
    bool for_it = authorize != NULL && authorize->kind == TR_JSON_BOOL && authorize->truth;
    memset(h->nonce, for_it ? 0 : 0xff, sizeof(h->nonce)); /* as the field's tool has it */
    h->extra = tr_bytes_of(extra, VANITY);
    tr_buf_init(&text, &arena->alloc, SIZE_MAX);
    tr_header_encode(&text, h);
    TR_TRY(tr_buf_err(&text));
    tr_hash hash = tr_keccak256(tr_buf_view(&text));
    tr_err err = tr_ecdsa_sign(&key, &hash, &sig);
    if (err != TR_OK) return tr_fail(trail, err, "the header cannot be signed");
    memcpy(extra + VANITY, sig.r, 32);
    memcpy(extra + VANITY + 32, sig.s, 32);
    extra[VANITY + SEAL - 1] = sig.recovery;
    h->extra = tr_bytes_of(extra, VANITY + SEAL);
    return TR_OK;
}

/* Uncles are whole blocks, of which the headers are taken. */
static tr_err read_ommers(tr_trail *trail, tr_arena *arena, const tr_json *in, tr_list *out)
{
    size_t count = in == NULL ? 0 : in->count, n = 0;
    tr_header *headers = TR_ARENA_ARRAY(arena, tr_header, count + 1);
    if (headers == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for uncles");
    TR_JSON_EACH(item, in)
    {
        tr_bytes raw;
        tr_block block;
        if (!fixture_bytes(arena, tr_json_text(item), &raw))
            return tr_fail(trail, TR_E_SYNTAX, "an uncle is no hex text");
        TR_TRY(tr_block_decode(trail, arena, raw, &block));
        headers[n++] = block.header;
    }
    *out = (tr_list){headers, n};
    return TR_OK;
}

static tr_err read_withdrawals(tr_trail *trail, tr_arena *arena, const tr_json *in, tr_list *out)
{
    size_t count = in == NULL ? 0 : in->count, n = 0;
    tr_withdrawal *all = TR_ARENA_ARRAY(arena, tr_withdrawal, count + 1);
    if (all == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for withdrawals");
    TR_JSON_EACH(item, in)
    TR_TRY(tr_withdrawal_from_json(trail, TR_JSON_FILE, item, &all[n++]));
    *out = (tr_list){all, n};
    return TR_OK;
}

static tr_err read_txs(tr_trail *trail, tr_arena *arena, tr_bytes raw, tr_list *out)
{
    size_t n = 0;
    tr_rlp document = tr_rlp_open(raw), list = tr_rlp_list(&document);
    size_t count = tr_rlp_count(&list);
    tr_tx *txs = TR_ARENA_ARRAY(arena, tr_tx, count + 1);
    if (txs == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for transactions");
    while (tr_rlp_more(&list)) tr_tx_read(&list, arena, &txs[n++]);
    tr_rlp_leave(&document, &list);
    *out = (tr_list){txs, n};
    return tr_rlp_finish(&document, trail, "transactions");
}

tr_err evm_b11r(tr_trail *trail, tr_arena *arena, const evm_b11r_input *in, tr_bytes *out)
{
    tr_block block = {.has_withdrawals = in->withdrawals != NULL};
    tr_buf raw, text;
    TR_TRY(read_header(trail, arena, in->header, &block.header));
    TR_TRY(read_ommers(trail, arena, in->ommers, &block.uncles));
    TR_TRY(read_withdrawals(trail, arena, in->withdrawals, &block.withdrawals));
    TR_TRY(read_txs(trail, arena, in->txs, &block.txs));
    if (block.uncles.count != 0 && !is_there(in->header, "sha3Uncles"))
        TR_TRY(tr_uncles_hash(trail, arena, block.uncles.count, block.uncles.at,
                              &block.header.uncles_hash));
    if (in->clique != NULL) TR_TRY(seal_clique(trail, arena, in->clique, &block.header));
    tr_buf_init(&raw, &arena->alloc, SIZE_MAX);
    tr_buf_init(&text, &arena->alloc, SIZE_MAX);
    tr_block_encode(&raw, &block);
    tr_hash hash = tr_header_hash(&block.header);
    tr_json_writer w = tr_json_write_to(&text);
    tr_json_begin_object(&w);
    tr_json_key(&w, "rlp");
    tr_json_put_hex(&w, tr_buf_view(&raw));
    tr_json_key(&w, "hash");
    tr_json_put_hex(&w, TR_VIEW(hash.b));
    tr_json_end_object(&w);
    *out = tr_buf_view(&text);
    TR_TRY(tr_buf_err(&raw));
    return tr_buf_err(&text);
}

/* Each part by its flag; "stdin" is one document with all of them. */
typedef struct parts {
    evm_args *args;
    const tr_json *document;
} parts;

static int read_part(parts *p, const char *flag, const char *fallback, const char *name,
                     const tr_json **out)
{
    const char *path = evm_flag(p->args, flag);
    if (path == NULL) path = fallback;
    *out = NULL;
    if (path == NULL) return T8N_OK;
    if (strcmp(path, "stdin") == 0) {
        if (p->document == NULL && evm_read_json(p->args, "stdin", &p->document) != TR_OK)
            return T8N_JSON;
        *out = tr_json_get(p->document, name);
        return T8N_OK;
    }
    tr_bytes text;
    if (evm_read(p->args, path, &text) != TR_OK) return T8N_IO;
    return tr_json_parse(&p->args->trail, p->args->arena, text, out) == TR_OK ? T8N_OK : T8N_JSON;
}

static int read_input(evm_args *args, evm_b11r_input *in)
{
    parts p = {.args = args};
    const tr_json *txs = NULL;
    int code = read_part(&p, "input.header", "header.json", "header", &in->header);
    if (code == T8N_OK) code = read_part(&p, "input.ommers", NULL, "ommers", &in->ommers);
    if (code == T8N_OK)
        code = read_part(&p, "input.withdrawals", NULL, "withdrawals", &in->withdrawals);
    if (code == T8N_OK) code = read_part(&p, "input.txs", "txs.rlp", "txs", &txs);
    if (code == T8N_OK) code = read_part(&p, "seal.clique", NULL, "clique", &in->clique);
    if (code == T8N_OK && !fixture_bytes(args->arena, tr_json_text(txs), &in->txs)) {
        (void)tr_fail(&args->trail, TR_E_SYNTAX, "the transactions are no hex text");
        code = T8N_RLP;
    }
    return code;
}

int evm_command_b11r(evm_args *args)
{
    evm_b11r_input in = {.header = NULL};
    tr_bytes json;
    const tr_json *tree;
    tr_buf text;
    const char *path = evm_flag(args, "output.block");
    int code = read_input(args, &in);
    tr_buf_init(&text, &args->arena->alloc, SIZE_MAX);
    if (code == T8N_OK && evm_b11r(&args->trail, args->arena, &in, &json) != TR_OK)
        code = args->trail.code == TR_E_JSON_FIELD ? T8N_JSON : T8N_RLP;
    if (code == T8N_OK && tr_json_parse(&args->trail, args->arena, json, &tree) == TR_OK) {
        evm_pretty(&text, tree, 2);
        if (evm_write(args, evm_flag(args, "output.basedir"), path == NULL ? "block.json" : path,
                      tr_buf_view(&text)) != TR_OK)
            code = T8N_IO;
    }
    if (code == T8N_OK) return 0;
    fprintf(stderr, "ERROR(%d): %s\n", code, args->trail.text);
    return evm_fail(args, code, "the block cannot be put together", "trestle evm b11r --help");
}
