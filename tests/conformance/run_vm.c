/* The VM tests of 2015: code that runs by itself on a few accounts, at the prices of Homestead. */
#include "eth/account.h"
#include "eth/receipt.h"
#include "evm/evm.h"
#include "hash/keccak.h"
#include "os/heap.h"
#include "vectors.h"

/* The accounts of a test as a world.  The value of the call is not moved in these tests, so it is
 * taken from the contract, and given to the caller, before. */
typedef struct vm_world {
    tr_world door;
    const vec_file *file;
    const tr_json *pre;
    tr_addr caller, contract;
    tr_u256 value;
} vm_world;

static tr_u256 number(const tr_json *json)
{
    tr_u256 x = TR_U256_ZERO;
    if (tr_u256_from_hex(NULL, tr_json_text(json), &x) != TR_OK) x = TR_U256_ZERO;
    return x;
}

static tr_addr address(const vec_file *file, tr_bytes text)
{
    tr_addr a = {{0}};
    tr_bytes raw = vec_hex(file, text);
    if (raw.len == 20) memcpy(a.b, raw.data, 20);
    return a;
}

static bool same(const tr_addr *a, const tr_addr *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

static const tr_json *find_account(const vm_world *w, const tr_json *accounts, const tr_addr *who)
{
    TR_JSON_EACH(account, accounts)
    {
        tr_addr a = address(w->file, account->key);
        if (same(&a, who)) return account;
    }
    return NULL;
}

static tr_u256 find_slot(const tr_json *account, const tr_u256 *key)
{
    TR_JSON_EACH(slot, tr_json_get(account, "storage"))
    {
        tr_u256 k;
        if (tr_u256_from_hex(NULL, slot->key, &k) == TR_OK && tr_u256_eq(k, *key))
            return number(slot);
    }
    return TR_U256_ZERO;
}

static tr_err read_account(tr_world *self, tr_trail *trail, const tr_addr *who,
                           tr_world_account *out)
{
    (void)trail;
    const vm_world *w = (const vm_world *)(const void *)self;
    const tr_json *account = find_account(w, w->pre, who);
    bool is_caller = same(who, &w->caller), is_contract = same(who, &w->contract);
    *out =
        (tr_world_account){.exists = account != NULL || is_caller, .code_hash = tr_empty_code_hash};
    if (account != NULL) {
        tr_bytes code = vec_hex(w->file, tr_json_text(tr_json_get(account, "code")));
        out->balance = number(tr_json_get(account, "balance"));
        out->nonce = number(tr_json_get(account, "nonce")).w[0];
        out->has_storage = tr_json_get(account, "storage")->count != 0;
        out->code_hash = tr_keccak256(code);
    }
    if (is_caller) out->balance = tr_u256_add(out->balance, w->value);
    if (is_contract) out->balance = tr_u256_sub(out->balance, w->value);
    return TR_OK;
}

static tr_err read_slot(tr_world *self, tr_trail *trail, const tr_addr *who, const tr_u256 *key,
                        tr_u256 *out)
{
    (void)trail;
    const vm_world *w = (const vm_world *)(const void *)self;
    *out = find_slot(find_account(w, w->pre, who), key);
    return TR_OK;
}

static tr_err read_code(tr_world *self, tr_trail *trail, const tr_addr *who, const tr_hash *hash,
                        tr_bytes *out)
{
    (void)trail, (void)hash;
    const vm_world *w = (const vm_world *)(const void *)self;
    *out = vec_hex(w->file, tr_json_text(tr_json_get(find_account(w, w->pre, who), "code")));
    return TR_OK;
}

/* The state after it against "post": each account and slot of one is in the other. */
static const char *compare(const vm_world *w, tr_state *state, const tr_json *post)
{
    TR_JSON_EACH(account, post)
    {
        tr_addr who = address(w->file, account->key);
        tr_acct *a = tr_state_account(state, &who);
        if (a == NULL || !a->exists) return "an account is not there";
        if (!tr_u256_eq(a->balance, number(tr_json_get(account, "balance"))))
            return "another balance";
        if (a->nonce != number(tr_json_get(account, "nonce")).w[0]) return "another nonce";
        TR_JSON_EACH(slot, tr_json_get(account, "storage"))
        {
            tr_u256 key = TR_U256_ZERO;
            if (tr_u256_from_hex(NULL, slot->key, &key) != TR_OK) return "no key";
            const tr_slot *s = tr_state_slot(state, a, &key);
            if (s == NULL || !tr_u256_eq(s->value, number(slot))) return "another slot";
        }
    }
    tr_changes changes;
    if (tr_state_changes(NULL, state, w->file->arena, &changes) != TR_OK) return "no changes";
    for (size_t i = 0; i < changes.count; i++) {
        const tr_account_change *c = &changes.accounts[i];
        const tr_json *account = find_account(w, post, &c->address);
        if (account == NULL && c->exists && !same(&c->address, &w->caller))
            return "one account more";
        for (size_t j = 0; c->exists && j < c->slot_count; j++)
            if (!tr_u256_eq(find_slot(account, &c->slots[j].key), c->slots[j].value))
                return "one slot more";
    }
    return NULL;
}

static bool same_logs(const vec_file *file, const tr_state *state, const tr_json *want)
{
    size_t count;
    const tr_log *logs = tr_state_logs(state, &count);
    tr_receipt_log *list = TR_ARENA_ARRAY(file->arena, tr_receipt_log, count);
    tr_hash hash;
    if (list == NULL) return false;
    for (size_t i = 0; i < count; i++)
        list[i] = (tr_receipt_log){.address = logs[i].account->address,
                                   .topics = {logs[i].topics, logs[i].topic_count},
                                   .data = logs[i].data};
    tr_bytes expected = vec_hex(file, tr_json_text(want));
    return tr_logs_hash(NULL, file->arena, count, list, &hash) == TR_OK &&
           tr_bytes_eq(TR_VIEW(hash.b), expected);
}

static const char *check(const vec_file *file, const tr_json *test, tr_evm *evm, vm_world *w,
                         tr_state *state)
{
    const tr_json *exec = tr_json_get(test, "exec"), *env_json = tr_json_get(test, "env");
    const tr_json *gas = tr_json_get(test, "gas");
    tr_bytes code = vec_hex(file, tr_json_text(tr_json_get(exec, "code")));
    tr_evm_env env = {.rules = tr_evm_rules_of(TR_HOMESTEAD),
                      .chain_id = 1,
                      .number = number(tr_json_get(env_json, "currentNumber")).w[0],
                      .time = number(tr_json_get(env_json, "currentTimestamp")).w[0],
                      .gas_limit = number(tr_json_get(env_json, "currentGasLimit")).w[0],
                      .difficulty = number(tr_json_get(env_json, "currentDifficulty")),
                      .gas_price = number(tr_json_get(exec, "gasPrice"))};
    env.coinbase = address(file, tr_json_text(tr_json_get(env_json, "currentCoinbase")));
    env.origin = address(file, tr_json_text(tr_json_get(exec, "origin")));
    tr_message message = {.kind = TR_CALL,
                          .sender = w->caller,
                          .to = w->contract,
                          .value = w->value,
                          .gas = number(tr_json_get(exec, "gas")).w[0],
                          .input = vec_hex(file, tr_json_text(tr_json_get(exec, "data"))),
                          .code = &code};
    tr_evm_result result;
    tr_state_begin(state);
    tr_evm_run(evm, state, &env, &message, NULL, &result);
    if (gas == NULL) return result.status == TR_EVM_OK ? "it should have failed" : NULL;
    if (result.status != TR_EVM_OK) return tr_evm_status_text(result.status);
    if (result.gas_left != number(gas).w[0]) return "other gas";
    if (!tr_bytes_eq(result.output, vec_hex(file, tr_json_text(tr_json_get(test, "out")))))
        return "another output";
    if (!same_logs(file, state, tr_json_get(test, "logs"))) return "other logs";
    if (!tr_state_end(state, false)) return "no end";
    return compare(w, state, tr_json_get(test, "post"));
}

static void run_test(vec_run *run, const vec_file *file, const tr_json *test)
{
    const tr_json *exec = tr_json_get(test, "exec");
    vm_world w = {.door = {read_account, read_slot, read_code, NULL, NULL},
                  .file = file,
                  .pre = tr_json_get(test, "pre"),
                  .caller = address(file, tr_json_text(tr_json_get(exec, "caller"))),
                  .contract = address(file, tr_json_text(tr_json_get(exec, "address"))),
                  .value = number(tr_json_get(exec, "value"))};
    tr_state_options state_options = {
        .alloc = tr_heap(), .world = &w.door, .limit = (size_t)1 << 30};
    tr_evm_options evm_options = {.alloc = tr_heap()};
    tr_state *state = NULL;
    tr_evm *evm = NULL;
    const char *fault = "no memory";
    if (tr_state_new(NULL, &state_options, &state) == TR_OK &&
        tr_evm_new(NULL, &evm_options, &evm) == TR_OK)
        fault = check(file, test, evm, &w, state);
    tr_evm_free(evm);
    tr_state_free(state);
    vec_check(run, fault == NULL, test->key, "%s", fault);
}

static void run_vm(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(test, file->json)
    {
        if (vec_wants(run)) run_test(run, file, test);
    }
}

static const vec_row rows[] = {
    {"VMTests/*/*.json", run_vm, true},
};
const vec_rows vec_rows_vm = {rows, TR_COUNTOF(rows)};
