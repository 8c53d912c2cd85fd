#include "cli/evm/t8n.h"

#include "cli/evm/t8n_internal.h"
#include "eth/json.h"
#include "eth/sender.h"

/* The transition at work. */
typedef struct work {
    tr_trail *trail;
    fixture *f;
    tr_arena *arena;
    const t8n_input *in;
    tr_chain_config config;
    t8n_env env;
    tr_stf_builder *builder;
    t8n_included *txs;
    t8n_rejected *rejected;
    size_t tx_count, rejected_count;
    bool hash_missing;
} work;

static tr_err hash_of_env(fixture_door *self, tr_trail *trail, uint64_t number, tr_hash *out)
{
    work *w = self->context;
    if (t8n_find_hash(w->env.hashes, number, out)) return TR_OK;
    w->hash_missing = true;
    return tr_fail(trail, TR_E_NOT_FOUND,
                   w->env.hashes == NULL
                       ? "getHash(%llu) invoked, no blockhashes provided"
                       : "getHash(%llu) invoked, blockhash for that block not provided",
                   (unsigned long long)number);
}

/* Roots between transactions, before Byzantium. */
typedef struct roots {
    tr_stf_roots door;
    fixture *f;
} roots;

static tr_err root_between(tr_stf_roots *self, tr_trail *trail, tr_state *state, tr_hash *out)
{
    fixture *f = ((roots *)self)->f;
    tr_changes changes;
    (void)state;
    TR_TRY(fixture_take(trail, f, &changes));
    return tr_forest_root(trail, f->forest, NULL, out);
}

/* Transactions. */

tr_err t8n_signed(tr_trail *trail, tr_arena *arena, const tr_json *in, const tr_fork_rules *rules,
                  uint64_t chain_id, tr_tx *out)
{
    static const uint8_t zero[32];
    tr_seckey key;
    const tr_json *protect = tr_json_get(in, "protected");
    tr_bytes secret = fixture_text(in, "secretKey");
    TR_TRY(tr_tx_from_json(trail, arena, TR_JSON_FILE, in, out));
    bool is_signed = out->v != 0 || memcmp(out->r, zero, 32) != 0 || memcmp(out->s, zero, 32) != 0;
    if (secret.len == 0 || is_signed) return TR_OK;
    if (!fixture_exact(secret, key.b, sizeof(key.b)))
        return tr_fail(trail, TR_E_JSON_FIELD, "secretKey is not 32 bytes of hex");
    if (out->type == TR_TX_LEGACY) {
        bool protects = protect == NULL || protect->kind != TR_JSON_BOOL || protect->truth;
        out->chain_id = protects && rules->chain_id_signed ? chain_id : 0;
    }
    return tr_tx_sign(trail, arena, out, &key);
}

static tr_err reject(work *w, size_t index, tr_err err, const tr_trail *why, const tr_tx *tx,
                     const tr_addr *sender)
{
    tr_buf text;
    tr_buf_init(&text, &w->arena->alloc, 4096);
    t8n_refusal(&text, err, why, tx, sender, w->f->state,
                w->builder == NULL ? NULL : tr_stf_builder_env(w->builder));
    w->rejected[w->rejected_count++] = (t8n_rejected){index, tr_buf_view(&text)};
    return tr_buf_err(&text);
}

static tr_err find_signers(work *w, const tr_tx *tx, tr_tx_signers *out)
{
    size_t n = tx->authorizations.count;
    tr_addr *signers = TR_ARENA_ARRAY(w->arena, tr_addr, n + 1);
    tr_err *errs = TR_ARENA_ARRAY(w->arena, tr_err, n + 1);
    if (signers == NULL || errs == NULL)
        return tr_fail(w->trail, TR_E_MEMORY, "no memory for signers");
    if (n != 0) (void)tr_authorization_signers(w->arena, n, tx->authorizations.at, signers, errs);
    *out = (tr_tx_signers){signers, errs};
    return TR_OK;
}

/* Runs a transaction, or lists it among the rejected. */
static tr_err add(work *w, size_t index, const tr_tx *tx)
{
    tr_err err;
    tr_trail why;
    tr_receipt *receipt;
    tr_tx_signers signers;
    t8n_included *at = &w->txs[w->tx_count];
    tr_trail_clear(&why);
    *at = (t8n_included){.tx = *tx, .index = index};
    (void)tr_tx_senders(w->arena, w->env.block.rules, 1, tx, &at->sender, &err);
    if (err == TR_OK) {
        tr_tx_hash_many(1, tx, &at->hash);
        TR_TRY(find_signers(w, tx, &signers));
        t8n_watch *watch = w->in->watch;
        tr_tracer *tracer = watch == NULL ? NULL : watch->begin(watch, w->tx_count, &at->hash);
        err = tr_stf_add(&why, w->builder, tx, &at->sender, &signers, tracer, &receipt);
        if (watch != NULL) watch->end(watch);
    } else {
        tr_tx_context context = tr_stf_tx_context(tr_stf_builder_env(w->builder), tx);
        tr_err first = tr_tx_check(&why, tx, &context);
        if (first != TR_OK) err = first;
    }
    if (err == TR_OK) {
        w->tx_count++;
        return TR_OK;
    }
    if (!t8n_is_refusal(err)) {
        if (w->trail != NULL) *w->trail = why;
        return err;
    }
    return reject(w, index, err, &why, tx, &at->sender);
}

static int add_json(work *w, const tr_json *list)
{
    size_t index = 0;
    TR_JSON_EACH(item, list)
    {
        tr_tx tx;
        if (t8n_signed(w->trail, w->arena, item, w->env.block.rules, w->in->chain_id, &tx) != TR_OK)
            return T8N_JSON;
        if (add(w, index++, &tx) != TR_OK) return T8N_EVM;
    }
    return T8N_OK;
}

/* A list of transactions as a block's body has them; one that cannot be decoded is rejected. */
static int add_rlp(work *w, tr_rlp *list)
{
    for (size_t index = 0; tr_rlp_more(list); index++) {
        tr_trail why;
        tr_tx tx;
        tr_bytes item = tr_rlp_raw(list);
        if (list->err != TR_OK) break;
        tr_rlp one = tr_rlp_open(item);
        tr_trail_clear(&why);
        tr_tx_read(&one, w->arena, &tx);
        tr_err err = tr_rlp_finish(&one, &why, "transaction");
        err = err == TR_OK ? add(w, index, &tx) : reject(w, index, err, &why, NULL, NULL);
        if (err != TR_OK) return T8N_EVM;
    }
    return tr_rlp_finish(list, w->trail, "transactions") == TR_OK ? T8N_OK : T8N_RLP;
}

/* Room for all transactions, then each of them. */
static int add_all(work *w)
{
    const tr_json *txs = w->in->txs;
    tr_bytes raw = {NULL, 0};
    tr_rlp list;
    size_t count = txs == NULL ? 0 : txs->count;
    bool is_rlp = txs != NULL && txs->kind == TR_JSON_STRING;
    if (is_rlp) {
        if (!fixture_bytes(w->arena, txs->text, &raw)) {
            (void)tr_fail(w->trail, TR_E_SYNTAX, "the transactions are no hex text");
            return T8N_RLP;
        }
        tr_rlp document = tr_rlp_open(raw);
        list = tr_rlp_list(&document);
        if (document.err != TR_OK) {
            (void)tr_fail(w->trail, document.err, "the transactions are no list");
            return T8N_RLP;
        }
        count = tr_rlp_count(&list);
    } else if (txs != NULL && txs->kind != TR_JSON_ARRAY && txs->kind != TR_JSON_NULL) {
        (void)tr_fail(w->trail, TR_E_JSON_FIELD, "txs is no list");
        return T8N_JSON;
    }
    w->txs = TR_ARENA_ARRAY(w->arena, t8n_included, count + 1);
    w->rejected = TR_ARENA_ARRAY(w->arena, t8n_rejected, count + 1);
    if (w->txs == NULL || w->rejected == NULL) return T8N_EVM;
    return is_rlp ? add_rlp(w, &list) : add_json(w, txs);
}

/* What a header would say. */

static tr_err hash_all_logs(work *w, t8n_done *done)
{
    size_t n = 0, at = 0;
    for (size_t i = 0; i < done->outcome.receipt_count; i++)
        n += done->outcome.receipts[i].logs.count;
    tr_receipt_log *logs = TR_ARENA_ARRAY(w->arena, tr_receipt_log, n + 1);
    if (logs == NULL) return tr_fail(w->trail, TR_E_MEMORY, "no memory for logs");
    for (size_t i = 0; i < done->outcome.receipt_count; i++) {
        const tr_list *some = &done->outcome.receipts[i].logs;
        for (size_t k = 0; k < some->count; k++) logs[at++] = *TR_LIST_AT(tr_receipt_log, *some, k);
    }
    return tr_logs_hash(w->trail, w->arena, n, logs, &done->logs_hash);
}

static tr_err find_roots(work *w, t8n_done *done)
{
    tr_changes changes;
    tr_tx *txs = TR_ARENA_ARRAY(w->arena, tr_tx, w->tx_count + 1);
    if (txs == NULL) return tr_fail(w->trail, TR_E_MEMORY, "no memory for transactions");
    for (size_t i = 0; i < w->tx_count; i++) txs[i] = w->txs[i].tx;
    TR_TRY(tr_transactions_root(w->trail, w->arena, NULL, w->tx_count, txs, &done->tx_root));
    TR_TRY(tr_withdrawals_root(w->trail, w->arena, NULL, w->env.block.withdrawal_count,
                               w->env.block.withdrawals, &done->withdrawals_root));
    TR_TRY(hash_all_logs(w, done));
    TR_TRY(fixture_take(w->trail, w->f, &changes));
    return tr_forest_root(w->trail, w->f->forest, NULL, &done->state_root);
}

/* The transactions that were taken, as hex text of an RLP list. */
static tr_err write_body(work *w, tr_bytes *out)
{
    tr_buf raw, text;
    size_t size = 0;
    tr_buf_init(&raw, &w->arena->alloc, SIZE_MAX);
    tr_buf_init(&text, &w->arena->alloc, SIZE_MAX);
    for (size_t i = 0; i < w->tx_count; i++) size += tr_tx_write_size(&w->txs[i].tx);
    tr_rlp_put_list(&raw, size);
    for (size_t i = 0; i < w->tx_count; i++) tr_tx_write(&raw, &w->txs[i].tx);
    tr_json_writer json = tr_json_write_to(&text);
    tr_json_put_hex(&json, tr_buf_view(&raw));
    *out = tr_buf_view(&text);
    return tr_buf_err(&raw) == TR_OK ? tr_buf_err(&text) : tr_buf_err(&raw);
}

static tr_err write_all(work *w, const t8n_done *done, t8n_output *out)
{
    tr_buf alloc, result;
    tr_changes all;
    tr_buf_init(&alloc, &w->arena->alloc, SIZE_MAX);
    tr_buf_init(&result, &w->arena->alloc, SIZE_MAX);
    TR_TRY(tr_memory_world_all(w->trail, w->f->world, w->arena, &all));
    tr_json_writer json = tr_json_write_to(&alloc);
    fixture_alloc_write(&json, &all);
    json = tr_json_write_to(&result);
    t8n_write_result(&json, done);
    TR_TRY(write_body(w, &out->body));
    out->alloc = tr_buf_view(&alloc);
    out->result = tr_buf_view(&result);
    out->rejected = done->rejected_count;
    TR_TRY(tr_buf_err(&alloc));
    return tr_buf_err(&result);
}

static tr_err finish(work *w, t8n_output *out)
{
    t8n_done done = {.env = &w->env,
                     .txs = w->txs,
                     .rejected = w->rejected,
                     .tx_count = w->tx_count,
                     .rejected_count = w->rejected_count};
    TR_TRY(tr_stf_end(w->trail, w->builder, NULL, &done.outcome));
    TR_TRY(find_roots(w, &done));
    return write_all(w, &done, out);
}

/* The ground that the block stands on. */
static int prepare(work *w)
{
    tr_changes pre;
    fixture_state_end(w->f);
    if (fixture_network(w->trail, w->in->fork, w->in->blob_schedule, w->in->chain_id, &w->config) !=
        TR_OK)
        return T8N_CONFIG;
    int code = t8n_read_env(w->trail, w->arena, w->in->env, &w->config, &w->env);
    if (code != T8N_OK) return code;
    w->env.block.no_reward = !w->in->has_reward;
    w->env.block.reward = w->in->reward;
    if (fixture_alloc(w->trail, &w->f->arena, w->in->alloc, &pre) != TR_OK) return T8N_JSON;
    if (fixture_ground(w->trail, w->f, &pre) != TR_OK ||
        fixture_plant(w->trail, w->f, &pre) != TR_OK)
        return T8N_EVM;
    w->f->door.hash_of = hash_of_env;
    w->f->door.context = w;
    return T8N_OK;
}

int t8n_run(tr_trail *trail, fixture *f, tr_arena *arena, const t8n_input *in, t8n_output *out)
{
    work w = {.trail = trail, .f = f, .arena = arena, .in = in};
    roots between = {{root_between}, f};
    *out = (t8n_output){.rejected = 0};
    int code = prepare(&w);
    if (code != T8N_OK) return code;
    tr_err err =
        tr_stf_begin(trail, f->evm, f->state, arena, &w.env.block, &between.door, NULL, &w.builder);
    code = err == TR_OK ? add_all(&w) : T8N_EVM;
    if (code == T8N_OK && finish(&w, out) != TR_OK) code = T8N_EVM;
    fixture_state_end(f);
    return w.hash_missing ? T8N_BLOCK_HASH : code;
}
