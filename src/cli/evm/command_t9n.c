/* trestle evm t9n: what can be said of transactions without a state. */
#include <string.h>

#include "cli/evm/command.h"
#include "codec/rlp.h"
#include "eth/sender.h"
#include "hash/keccak.h"

/* What is said of one transaction. */
typedef struct verdict {
    bool has_hash, has_sender;
    tr_hash hash;
    tr_addr sender;
    uint64_t intrinsic_gas;
    tr_buf error;
} verdict;

static void put_verdict(tr_json_writer *w, const verdict *v)
{
    tr_json_begin_object(w);
    if (v->error.len != 0) {
        tr_json_key(w, "error");
        tr_json_string(w, tr_buf_view(&v->error));
    }
    if (v->has_sender) {
        tr_json_key(w, "address");
        tr_json_put_hex(w, TR_VIEW(v->sender.b));
    }
    if (v->has_hash) {
        tr_json_key(w, "hash");
        tr_json_put_hex(w, TR_VIEW(v->hash.b));
    }
    if (v->has_sender) {
        char text[TR_U256_HEX_TEXT];
        tr_u256_to_hex(tr_u256_of(v->intrinsic_gas), text);
        tr_json_key(w, "intrinsicGas");
        tr_json_str(w, text);
    }
    tr_json_end_object(w);
}

/* Some faults have other words here than in t8n. */
static const char *own_words(tr_err err)
{
    switch (err) {
    case TR_E_TX_NONCE_MAX:
        return "nonce exceeds 2^64-1";
    case TR_E_TX_PRIORITY_FEE:
        return "maxFeePerGas < maxPriorityFeePerGas";
    case TR_E_TX_COST:
        return "gas * gasPrice exceeds 256 bits";
    case TR_E_TX_GAS_MAX:
        return "gas limit exceeds maximum";
    default:
        return NULL;
    }
}

/* What is left to say once the sender is known. */
static void check_tx(verdict *v, const tr_tx *tx, const tr_fork_rules *rules)
{
    tr_trail why;
    tr_chain_config config = tr_chain_config_at(rules->fork, tx->chain_id);
    tr_stf_env env = {.config = &config,
                      .rules = rules,
                      .gas_left = UINT64_MAX,
                      .blob_gas_left = UINT64_MAX,
                      .evm = {.chain_id = tx->chain_id}};
    tr_tx_context context = {.rules = rules,
                             .chain_id = tx->chain_id,
                             .gas_left = UINT64_MAX,
                             .blob_gas_left = UINT64_MAX};
    v->intrinsic_gas = tr_tx_intrinsic_gas(tx, rules);
    tr_trail_clear(&why);
    tr_err err = tr_tx_check(&why, tx, &context);
    const char *words = own_words(err);
    if (words != NULL)
        tr_buf_put_str(&v->error, words);
    else if (err != TR_OK)
        t8n_refusal(&v->error, err, &why, tx, &v->sender, NULL, &env);
}

static void judge_tx(tr_arena *arena, verdict *v, const tr_tx *tx, const tr_fork_rules *rules)
{
    tr_err err;
    tr_trail why;
    tr_trail_clear(&why);
    tr_tx_hash_many(1, tx, &v->hash);
    v->has_hash = true;
    if (tx->type >= 8 || (rules->tx_types >> tx->type & 1) == 0) {
        t8n_refusal(&v->error, TR_E_TX_TYPE_FORK, &why, tx, NULL, NULL, NULL);
        return;
    }
    (void)tr_tx_senders(arena, rules, 1, tx, &v->sender, &err);
    v->has_sender = err == TR_OK;
    if (v->has_sender)
        check_tx(v, tx, rules);
    else
        t8n_refusal(&v->error, err, &why, tx, NULL, NULL, NULL);
}

/* A legacy transaction with a number beyond 256 bits is no transaction of ours, but something can
 * be said of it: who sent it, if it is the price or the value that is too large. */
static bool judge_oversized(tr_arena *arena, verdict *v, tr_bytes item, const tr_fork_rules *rules)
{
    enum { FIELDS = 9, SIGNED = 6, PRICE = 1, VALUE = 4, DATA = 5, WORD = 32 };
    tr_bytes fields[FIELDS];
    tr_tx probe = {.type = TR_TX_LEGACY};
    size_t head = 0;
    tr_rlp document = tr_rlp_open(item), list = tr_rlp_list(&document);
    for (size_t i = 0; i < FIELDS; i++) {
        fields[i] = tr_rlp_bytes(&list);
        if (i == SIGNED - 1) head = (size_t)(list.at - item.data);
    }
    tr_rlp_leave(&document, &list);
    if (tr_rlp_finish(&document, NULL, "transaction") != TR_OK) return false;
    bool price = fields[PRICE].len > WORD, value = fields[VALUE].len > WORD;
    bool no_signature = fields[6].len != 1 || fields[7].len > WORD || fields[8].len > WORD;
    if (!price && !value && !no_signature) return false;
    v->hash = tr_keccak256(item);
    v->has_hash = true;
    if (no_signature) {
        tr_buf_put_str(&v->error, "invalid transaction v, r, s values");
        return true;
    }
    tr_rlp inner = tr_rlp_open(item), opened = tr_rlp_list(&inner);
    size_t start = (size_t)(opened.at - item.data);
    probe.v = fields[6].data[0];
    probe.to.some = fields[3].len != 0;
    probe.data = fields[DATA];
    probe.to_sign = tr_bytes_cut(item, start, head - start);
    probe.encoding = item;
    memcpy(probe.r + WORD - fields[7].len, fields[7].data, fields[7].len);
    memcpy(probe.s + WORD - fields[8].len, fields[8].data, fields[8].len);
    tr_err err;
    (void)tr_tx_senders(arena, rules, 1, &probe, &v->sender, &err);
    v->has_sender = err == TR_OK;
    v->intrinsic_gas = tr_tx_intrinsic_gas(&probe, rules);
    tr_buf_put_str(&v->error, !v->has_sender ? "invalid transaction v, r, s values"
                              : value        ? "value exceeds 256 bits"
                                             : "gasPrice exceeds 256 bits");
    return true;
}

/* Why an item is no transaction, in the words of go-ethereum where they are known. */
static void say_undecodable(verdict *v, tr_bytes item, const tr_trail *why)
{
    static const char *const names[] = {NULL, "AccessListTx", "DynamicFeeTx", "BlobTx",
                                        "SetCodeTx"};
    tr_rlp r = tr_rlp_open(item);
    if (tr_rlp_next_is_list(&r)) {
        t8n_refusal(&v->error, why->code, why, NULL, NULL, NULL, NULL);
        return;
    }
    tr_bytes text = tr_rlp_bytes(&r);
    if (text.len <= 1)
        tr_buf_put_str(&v->error, "typed transaction too short");
    else if (text.data[0] == 0 || text.data[0] >= TR_COUNTOF(names))
        tr_buf_put_str(&v->error, "transaction type not supported");
    else if (text.data[1] < 0xc0)
        tr_buf_printf(&v->error, "rlp: expected input list for types.%s", names[text.data[0]]);
    else
        t8n_refusal(&v->error, why->code, why, NULL, NULL, NULL, NULL);
}

static void judge_item(tr_arena *arena, verdict *v, tr_bytes item, const tr_fork_rules *rules)
{
    tr_trail why;
    tr_tx tx;
    tr_rlp one = tr_rlp_open(item);
    tr_trail_clear(&why);
    tr_tx_read(&one, arena, &tx);
    if (tr_rlp_finish(&one, &why, "transaction") == TR_OK)
        judge_tx(arena, v, &tx, rules);
    else if (item.len == 0 || item.data[0] < 0xc0 || !judge_oversized(arena, v, item, rules))
        say_undecodable(v, item, &why);
}

static tr_err judge_list(tr_trail *trail, tr_arena *arena, tr_bytes raw, tr_json_writer *w,
                         const tr_fork_rules *rules)
{
    tr_rlp document = tr_rlp_open(raw), list = tr_rlp_list(&document);
    if (document.err != TR_OK) return tr_rlp_finish(&document, trail, "transactions");
    while (tr_rlp_more(&list)) {
        verdict v = {.has_hash = false};
        tr_bytes item = tr_rlp_raw(&list);
        if (list.err != TR_OK) break;
        tr_buf_init(&v.error, &arena->alloc, 4096);
        judge_item(arena, &v, item, rules);
        put_verdict(w, &v);
    }
    tr_rlp_leave(&document, &list);
    return tr_rlp_finish(&document, trail, "transactions");
}

tr_err evm_t9n(tr_trail *trail, tr_arena *arena, tr_bytes rlp_list, const tr_json *txs,
               const tr_fork_rules *rules, uint64_t chain_id, tr_bytes *out)
{
    tr_buf text;
    tr_buf_init(&text, &arena->alloc, SIZE_MAX);
    tr_json_writer w = tr_json_write_to(&text);
    tr_json_begin_array(&w);
    if (txs == NULL) TR_TRY(judge_list(trail, arena, rlp_list, &w, rules));
    TR_JSON_EACH(item, txs)
    {
        tr_tx tx;
        verdict v = {.has_hash = false};
        tr_buf_init(&v.error, &arena->alloc, 4096);
        TR_TRY(t8n_signed(trail, arena, item, rules, chain_id, &tx));
        judge_tx(arena, &v, &tx, rules);
        put_verdict(&w, &v);
    }
    tr_json_end_array(&w);
    *out = tr_buf_view(&text);
    return tr_buf_err(&text);
}

/* The transactions, {txsRlp} or "0x..." or {txs}, as the flag says where. */
static int read_txs(evm_args *args, tr_bytes *raw, const tr_json **txs)
{
    const tr_json *in;
    tr_bytes text;
    const char *path = evm_flag(args, "input.txs");
    *txs = NULL;
    if (evm_read(args, path == NULL ? "txs.json" : path, &text) != TR_OK) return T8N_IO;
    if (tr_json_parse(&args->trail, args->arena, text, &in) != TR_OK) return T8N_JSON;
    if (in->kind == TR_JSON_OBJECT) {
        const tr_json *rlp = tr_json_get(in, "txsRlp");
        in = tr_json_text(rlp).len != 0 ? rlp : tr_json_get(in, "txs");
    }
    if (in != NULL && in->kind == TR_JSON_ARRAY) {
        *txs = in;
        return T8N_OK;
    }
    if (fixture_bytes(args->arena, tr_json_text(in), raw)) return T8N_OK;
    (void)tr_fail(&args->trail, TR_E_SYNTAX, "the transactions are no hex text");
    return T8N_IO;
}

int evm_command_t9n(evm_args *args)
{
    tr_bytes raw = {NULL, 0}, json;
    const tr_json *txs, *tree;
    uint64_t chain_id;
    tr_chain_config config;
    const char *fork = evm_flag(args, "state.fork");
    tr_bytes name = tr_bytes_str(fork == NULL ? "GrayGlacier" : fork);
    int code = read_txs(args, &raw, &txs);
    if (code == T8N_OK && (!evm_u64(args, "state.chainid", 1, &chain_id) ||
                           fixture_network(&args->trail, name, NULL, chain_id, &config) != TR_OK))
        code = T8N_CONFIG;
    if (code == T8N_OK) {
        const tr_fork_rules *rules = tr_fork_rules_of(tr_chain_fork(&config, 0, 0, config.has_ttd));
        tr_buf text;
        tr_buf_init(&text, &args->arena->alloc, SIZE_MAX);
        if (evm_t9n(&args->trail, args->arena, raw, txs, rules, chain_id, &json) != TR_OK)
            code = T8N_IO;
        else if (tr_json_parse(&args->trail, args->arena, json, &tree) == TR_OK) {
            evm_pretty(&text, tree, 2);
            printf("%s\n", tr_buf_text(&text));
        }
    }
    if (code == T8N_OK) return 0;
    fprintf(stderr, "ERROR(%d): %s\n", code, args->trail.text);
    return evm_fail(args, code, "the transactions cannot be read", "trestle evm t9n --help");
}
