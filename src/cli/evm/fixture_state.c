/* State tests: one transaction on a state. */
#include "cli/evm/fixture_internal.h"
#include "codec/hex.h"
#include "eth/sender.h"
#include "hash/keccak.h"

static const tr_json *get(const tr_json *value, const char *key)
{
    return tr_json_get(value, key);
}

/* Blocks of a state test have no ancestors: the hash of one is that of its number in digits. */
static tr_err hash_of_number(fixture_door *self, tr_trail *trail, uint64_t number, tr_hash *out)
{
    char text[24];
    tr_buf digits;
    (void)self;
    (void)trail;
    tr_buf_init_fixed(&digits, text, sizeof(text));
    tr_buf_printf(&digits, "%llu", (unsigned long long)number);
    *out = tr_keccak256(tr_buf_view(&digits));
    return TR_OK;
}

static tr_err read_env(tr_trail *trail, const tr_json *env, fixture_state_test *out)
{
    uint8_t random[32];
    tr_bytes mix = fixture_text(env, "currentRandom");
    out->has_base_fee = fixture_number(get(env, "currentBaseFee"), &out->base_fee);
    out->has_excess = fixture_u64(get(env, "currentExcessBlobGas"), &out->excess_blob_gas);
    bool good = fixture_exact(fixture_text(env, "currentCoinbase"), out->coinbase.b, 20) &&
                fixture_u64(get(env, "currentNumber"), &out->number) &&
                fixture_u64(get(env, "currentTimestamp"), &out->time) &&
                fixture_exact(mix, random, sizeof(random));
    tr_u256 limit;
    good = good && fixture_number(get(env, "currentGasLimit"), &limit);
    out->gas_limit = good ? TR_MIN(tr_u256_to_u64(limit), (uint64_t)INT64_MAX) : 0;
    (void)fixture_number(get(env, "currentDifficulty"), &out->difficulty);
    if (!good)
        return tr_fail(trail, TR_E_JSON_FIELD, "env lacks a field or has one that is not valid");
    out->random = tr_u256_from_be(random);
    return TR_OK;
}

tr_err fixture_state_begin(tr_trail *trail, fixture *f, const tr_json *test)
{
    fixture_state_test *t = &f->test;
    const tr_json *config = get(test, "config");
    fixture_state_end(f);
    *t = (fixture_state_test){.json = test, .chain_id = 1};
    if (get(config, "chainid") != NULL && !fixture_u64(get(config, "chainid"), &t->chain_id))
        return tr_fail(trail, TR_E_JSON_FIELD, "config.chainid is no number");
    TR_TRY(read_env(trail, get(test, "env"), t));
    TR_TRY(fixture_alloc(trail, &f->arena, get(test, "pre"), &t->pre));
    TR_TRY(fixture_ground(trail, f, &t->pre));
    f->door.hash_of = hash_of_number;
    return TR_OK;
}

void fixture_state_end(fixture *f)
{
    fixture_raze(f);
    tr_arena_reset(&f->scratch);
    tr_arena_reset(&f->arena);
}

/* A case at work. */
typedef struct one_case {
    fixture *f;
    const tr_json *post;
    const fixture_watch *watch;
    tr_chain_config config;
    tr_stf_env env;
    tr_tx tx;
    tr_addr sender;
    bool trusted; /* the sender */
    tr_tx_signers signers;
    tr_stf_result result;
    tr_trail trail;
    fixture_outcome *out;
} one_case;

static void set_env(one_case *c)
{
    const fixture_state_test *t = &c->f->test;
    bool merged = c->config.start[TR_PARIS] == 0 || c->config.has_ttd;
    tr_fork fork = tr_chain_fork(&c->config, t->number, t->time, merged);
    const tr_fork_rules *rules = tr_fork_rules_of(fork);
    const tr_blob_params *blobs = rules->blobs ? tr_chain_blobs(&c->config, t->time) : NULL;
    c->env = (tr_stf_env){.config = &c->config, .rules = rules, .gas_left = t->gas_limit};
    c->env.evm = (tr_evm_env){.rules = tr_evm_rules_of(fork),
                              .chain_id = t->chain_id,
                              .number = t->number,
                              .time = t->time,
                              .gas_limit = t->gas_limit,
                              .coinbase = t->coinbase};
    c->env.evm.difficulty = rules->difficulty == TR_DIFFICULTY_NONE ? t->random : t->difficulty;
    if (rules->base_fee) c->env.evm.base_fee = t->has_base_fee ? t->base_fee : tr_u256_of(10);
    c->env.blob_gas_left = UINT64_MAX;
    if (blobs == NULL) return;
    c->env.blob_gas_left = (uint64_t)blobs->max * TR_BLOB_GAS;
    c->env.evm.blob_base_fee = tr_blob_fee(blobs, t->has_excess ? t->excess_blob_gas : 0);
}

static tr_err read_indexes(one_case *c, fixture_indexes *out)
{
    uint64_t data, gas, value;
    const tr_json *indexes = get(c->post, "indexes");
    if (!fixture_u64(get(indexes, "data"), &data) || !fixture_u64(get(indexes, "gas"), &gas) ||
        !fixture_u64(get(indexes, "value"), &value))
        return tr_fail(&c->trail, TR_E_JSON_FIELD, "the case has no indexes");
    *out = (fixture_indexes){(size_t)data, (size_t)gas, (size_t)value};
    return TR_OK;
}

/* The fields of the test must make the transaction that the case has as bytes. */
static tr_err compare_fields(one_case *c)
{
    tr_tx built;
    fixture_indexes indexes;
    const tr_json *fields = get(c->f->test.json, "transaction");
    TR_TRY(read_indexes(c, &indexes));
    tr_err err =
        fixture_tx_from_json(&c->trail, &c->f->scratch, fields, &indexes, c->tx.chain_id, &built);
    if (err == TR_E_NOT_FOUND) return TR_OK;
    TR_TRY(err);
    if (tr_bytes_eq(built.encoding, c->tx.encoding)) return TR_OK;
    return tr_fail(&c->trail, TR_E_STATE, "the bytes are not the transaction that its fields make");
}

/* Without a key the sender is who the fixture says, and the signature one of the right form. */
static tr_err trust_sender(one_case *c, const tr_json *fields)
{
    c->trusted = true;
    c->tx.v = c->tx.type == TR_TX_LEGACY ? 27 : 0;
    c->tx.r[31] = c->tx.s[31] = 1;
    if (!fixture_exact(fixture_text(fields, "sender"), c->sender.b, sizeof(c->sender.b)))
        return tr_fail(&c->trail, TR_E_JSON_FIELD, "the sender is no address");
    return tr_tx_seal(&c->trail, &c->f->scratch, &c->tx);
}

/* What comes before execution: bytes to a transaction, and who sent it. */
static tr_err read_tx(one_case *c)
{
    tr_bytes text = fixture_text(c->post, "txbytes"), raw;
    fixture_indexes indexes;
    if (text.len <= 2) {
        const tr_json *fields = get(c->f->test.json, "transaction");
        TR_TRY(read_indexes(c, &indexes));
        tr_err err = fixture_tx_from_json(&c->trail, &c->f->scratch, fields, &indexes, 0, &c->tx);
        return err == TR_E_NOT_FOUND ? trust_sender(c, fields) : err;
    }
    if (!fixture_bytes(&c->f->scratch, text, &raw))
        return tr_fail(&c->trail, TR_E_JSON_FIELD, "txbytes is no hex text");
    return tr_tx_decode(&c->trail, &c->f->scratch, raw, &c->tx);
}

static tr_err find_signers(one_case *c)
{
    size_t n = c->tx.authorizations.count;
    tr_addr *signers = TR_ARENA_ARRAY(&c->f->scratch, tr_addr, n + 1);
    tr_err *errs = TR_ARENA_ARRAY(&c->f->scratch, tr_err, n + 1);
    if (signers == NULL || errs == NULL)
        return tr_fail(&c->trail, TR_E_MEMORY, "no memory for signers");
    if (n != 0)
        (void)tr_authorization_signers(&c->f->scratch, n, c->tx.authorizations.at, signers, errs);
    c->signers = (tr_tx_signers){signers, errs};
    return TR_OK;
}

/* Who sent it.  A fault that comes before the signature in the order of checks is the one that
 * counts. */
static tr_err find_sender(one_case *c)
{
    tr_err err;
    if (c->trusted) return TR_OK;
    (void)tr_tx_senders(&c->f->scratch, c->env.rules, 1, &c->tx, &c->sender, &err);
    if (err == TR_OK) return TR_OK;
    tr_tx_context context = tr_stf_tx_context(&c->env, &c->tx);
    TR_TRY(tr_tx_check(&c->trail, &c->tx, &context));
    return tr_fail(&c->trail, err, "no sender: %s", tr_err_text(err));
}

static tr_err run_tx(one_case *c)
{
    TR_TRY(read_tx(c));
    TR_TRY(find_sender(c));
    TR_TRY(find_signers(c));
    return tr_stf_run(&c->trail, c->f->evm, c->f->state, &c->env, &c->tx, &c->sender, &c->signers,
                      c->watch == NULL ? NULL : c->watch->tracer, &c->result);
}

/* The coinbase is touched by a reward of nothing: when the transaction ran, and in the fillings of
 * old, which list no state after it, also when it was refused. */
static tr_err touch_coinbase(one_case *c)
{
    tr_state *state = c->f->state;
    tr_u256 nothing = TR_U256_ZERO;
    tr_state_begin(state);
    tr_acct *coinbase = tr_state_account(state, &c->f->test.coinbase);
    bool good = coinbase != NULL && tr_state_add_balance(state, coinbase, &nothing) &&
                tr_state_end(state, c->env.evm.rules->clear_empty);
    return good ? TR_OK : tr_state_error(state, &c->trail);
}

static tr_err hash_logs(one_case *c)
{
    size_t n = c->result.log_count;
    tr_receipt_log *logs = TR_ARENA_ARRAY(&c->f->scratch, tr_receipt_log, n + 1);
    if (logs == NULL) return tr_fail(&c->trail, TR_E_MEMORY, "no memory for logs");
    for (size_t i = 0; i < n; i++) {
        const tr_log *log = &c->result.logs[i];
        logs[i] = (tr_receipt_log){.address = log->account->address, .data = log->data};
        logs[i].topics = (tr_list){log->topics, log->topic_count};
    }
    return tr_logs_hash(&c->trail, &c->f->scratch, n, logs, &c->out->logs_hash);
}

static tr_err find_root(one_case *c, tr_changes *changes)
{
    fixture *f = c->f;
    TR_TRY(tr_state_changes(&c->trail, f->state, &f->scratch, changes));
    TR_TRY(fixture_plant(&c->trail, f, &f->test.pre));
    TR_TRY(tr_forest_apply(&c->trail, f->forest, NULL, changes));
    return tr_forest_root(&c->trail, f->forest, NULL, &c->out->root);
}

/* Everything after the case, from nothing.  The world is made afresh for the next case. */
static tr_err list_post(one_case *c, const tr_changes *changes, tr_changes *all)
{
    fixture *f = c->f;
    TR_TRY(tr_memory_world_apply(&c->trail, f->world, changes));
    TR_TRY(tr_memory_world_all(&c->trail, f->world, &f->scratch, all));
    /* codes are the world's own: kept before that goes */
    for (size_t i = 0; i < all->count; i++) {
        tr_account_change *a = (tr_account_change *)&all->accounts[i];
        if (a->code.len != 0) a->code = tr_arena_copy(&f->scratch, a->code);
        if (a->code.len != 0 && a->code.data == NULL) return TR_E_MEMORY;
    }
    TR_TRY(fixture_ground(&c->trail, f, &f->test.pre));
    f->door.hash_of = hash_of_number;
    return TR_OK;
}

static bool same_slots(const tr_account_change *a, const tr_account_change *b, size_t *at)
{
    for (*at = 0; *at < a->slot_count && *at < b->slot_count; ++*at)
        if (!tr_u256_eq(a->slots[*at].key, b->slots[*at].key) ||
            !tr_u256_eq(a->slots[*at].value, b->slots[*at].value))
            return false;
    return a->slot_count == b->slot_count;
}

/* Where an account is not as it should be, in words. */
static void say_account(tr_buf *to, const tr_account_change *got, const tr_account_change *want)
{
    char a[TR_U256_HEX_TEXT], b[TR_U256_HEX_TEXT], key[TR_U256_HEX_TEXT];
    size_t at;
    if (got->nonce != want->nonce)
        tr_buf_printf(to, " nonce %llu, expected %llu;", (unsigned long long)got->nonce,
                      (unsigned long long)want->nonce);
    tr_u256_to_hex(got->balance, a);
    tr_u256_to_hex(want->balance, b);
    if (!tr_u256_eq(got->balance, want->balance))
        tr_buf_printf(to, " balance %s, expected %s;", a, b);
    if (memcmp(&got->code_hash, &want->code_hash, sizeof(tr_hash)) != 0)
        tr_buf_printf(to, " code of %zu bytes, expected %zu;", got->code.len, want->code.len);
    if (same_slots(got, want, &at)) return;
    if (at == got->slot_count ||
        (at < want->slot_count && tr_u256_lt(want->slots[at].key, got->slots[at].key))) {
        tr_u256_to_hex(want->slots[at].key, key);
        tr_u256_to_hex(want->slots[at].value, b);
        tr_buf_printf(to, " slot %s is 0, expected %s;", key, b);
        return;
    }
    bool both = at < want->slot_count && tr_u256_eq(want->slots[at].key, got->slots[at].key);
    tr_u256_to_hex(got->slots[at].key, key);
    tr_u256_to_hex(got->slots[at].value, a);
    tr_u256_to_hex(both ? want->slots[at].value : TR_U256_ZERO, b);
    tr_buf_printf(to, " slot %s is %s, expected %s;", key, a, b);
}

static bool same_account(const tr_account_change *a, const tr_account_change *b)
{
    size_t at;
    return a->nonce == b->nonce && tr_u256_eq(a->balance, b->balance) &&
           memcmp(&a->code_hash, &b->code_hash, sizeof(tr_hash)) == 0 && same_slots(a, b, &at);
}

/* The first account that differs from the state that the fixture lists. */
static void say_difference(tr_buf *to, const tr_changes *got, const tr_changes *want)
{
    size_t i = 0, k = 0;
    while (i < got->count || k < want->count) {
        const tr_account_change *a = i < got->count ? &got->accounts[i] : NULL;
        const tr_account_change *b = k < want->count ? &want->accounts[k] : NULL;
        int order = a == NULL   ? 1
                    : b == NULL ? -1
                                : memcmp(&a->address, &b->address, sizeof(tr_addr));
        tr_hex_put(to, TR_VIEW((order <= 0 ? a : b)->address.b));
        if (order != 0) {
            tr_buf_put_str(to, order < 0 ? " should not be there" : " is missing");
            return;
        }
        if (!same_account(a, b)) {
            say_account(to, a, b);
            return;
        }
        to->len -= 42;
        i++;
        k++;
    }
}

/* The sentence about a root that is not the expected one. */
static void say_root(one_case *c, const tr_changes *changes)
{
    tr_changes all, want = {NULL, 0};
    char text[FIXTURE_WHY / 2];
    tr_buf more;
    tr_buf_init_fixed(&more, text, sizeof(text) - 1);
    const tr_json *state = get(c->post, "state");
    if (state != NULL && list_post(c, changes, &all) == TR_OK &&
        fixture_alloc(NULL, &c->f->scratch, state, &want) == TR_OK)
        say_difference(&more, &all, &want);
    text[more.len] = '\0';
    fixture_say(c->out, "another state root; gas used %llu (%s). %s",
                (unsigned long long)c->out->gas_used, tr_evm_status_text(c->result.status), text);
}

static void judge(one_case *c, tr_err err, const tr_changes *changes)
{
    tr_hash root, logs;
    tr_bytes exception = fixture_text(c->post, "expectException");
    fixture_outcome *out = c->out;
    if (exception.len == 0 ? err != TR_OK : !fixture_exception_fits(exception, err)) {
        fixture_say(out, "%s (%s), expected %.*s", tr_err_name(err), c->trail.text,
                    (int)exception.len, exception.len == 0 ? "" : (const char *)exception.data);
    } else if (!fixture_exact(fixture_text(c->post, "hash"), root.b, 32) ||
               !fixture_exact(fixture_text(c->post, "logs"), logs.b, 32)) {
        fixture_say(out, "the case has no hash or no logs");
    } else if (memcmp(&root, &out->root, sizeof(root)) != 0) {
        say_root(c, changes);
    } else if (memcmp(&logs, &out->logs_hash, sizeof(logs)) != 0) {
        fixture_say(out, "other logs: %zu of them", c->result.log_count);
    } else {
        out->pass = true;
    }
}

static tr_err finish(one_case *c, tr_err err, tr_changes *changes)
{
    TR_TRY(hash_logs(c));
    if (err == TR_OK || get(c->post, "state") == NULL) TR_TRY(touch_coinbase(c));
    return find_root(c, changes);
}

void fixture_state_run(fixture *f, tr_bytes fork, const tr_json *post, const fixture_watch *watch,
                       fixture_outcome *out)
{
    one_case c = {.f = f, .post = post, .watch = watch, .out = out};
    tr_changes changes = {NULL, 0};
    *out = (fixture_outcome){.pass = false};
    tr_trail_clear(&c.trail);
    tr_arena_reset(&f->scratch);
    tr_state_clear(f->state, &f->door.world);
    tr_err err = fixture_network(&c.trail, fork, get(get(f->test.json, "config"), "blobSchedule"),
                                 f->test.chain_id, &c.config);
    if (err == TR_OK) {
        set_env(&c);
        out->err = run_tx(&c);
        out->gas_used = c.result.gas_used;
        tr_trail why = c.trail;
        err = finish(&c, out->err, &changes);
        if (err == TR_OK && out->err == TR_OK) err = compare_fields(&c);
        if (err == TR_OK) c.trail = why;
    }
    if (err != TR_OK) {
        fixture_say(out, "%s (%s)", c.trail.text, tr_err_name(err));
        return;
    }
    judge(&c, out->err, &changes);
    if (watch == NULL || watch->post == NULL) return;
    tr_changes all;
    if (list_post(&c, &changes, &all) == TR_OK) watch->post(watch->context, &all);
}
