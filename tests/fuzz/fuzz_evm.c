/* Any bytes as code, of three accounts that call each other: it ends within its gas and memory, and
 * the plain, the traced and the fast loop come to the same. */
#include <stdlib.h>

#include "eth/account.h"
#include "evm/evm_internal.h"
#include "hash/keccak.h"
#include "os/heap.h"

enum { ACCOUNTS = 3 };

typedef struct small_world {
    tr_world door;
    tr_bytes codes[ACCOUNTS];
} small_world;

static int number_of(const tr_addr *who)
{
    for (unsigned i = 0; i < 19; i++)
        if (who->b[i] != 0) return -1;
    return who->b[19] >= 0xa0 && who->b[19] < 0xa0 + ACCOUNTS ? who->b[19] - 0xa0 : -1;
}

static tr_err read_account(tr_world *self, tr_trail *trail, const tr_addr *who,
                           tr_world_account *out)
{
    (void)trail;
    const small_world *w = (const small_world *)(const void *)self;
    int i = number_of(who);
    *out = (tr_world_account){.code_hash = tr_empty_code_hash};
    if (i < 0) return TR_OK;
    *out = (tr_world_account){.exists = true,
                              .has_storage = i == 0,
                              .nonce = 1,
                              .balance = tr_u256_of(1000),
                              .code_hash = tr_keccak256(w->codes[i])};
    return TR_OK;
}

static tr_err read_slot(tr_world *self, tr_trail *trail, const tr_addr *who, const tr_u256 *key,
                        tr_u256 *out)
{
    (void)self, (void)trail, (void)who;
    *out = tr_u256_of(key->w[0] & 3);
    return TR_OK;
}

static tr_err read_code(tr_world *self, tr_trail *trail, const tr_addr *who, const tr_hash *hash,
                        tr_bytes *out)
{
    (void)trail, (void)hash;
    int i = number_of(who);
    *out = i < 0 ? (tr_bytes){NULL, 0} : ((const small_world *)(const void *)self)->codes[i];
    return TR_OK;
}

static void ignore_step(tr_tracer *self, const tr_step *step)
{
    (void)self;
    if (step->stack_size > 1024 || step->depth > 1025) abort();
}

/* What a run came to. */
typedef struct outcome {
    tr_evm_status status;
    uint64_t gas_left;
    int64_t refund;
    tr_hash output, changes;
    size_t logs;
} outcome;

static outcome run(small_world *w, const tr_evm_env *env, uint64_t gas, tr_bytes input,
                   tr_tracer *tracer, uint64_t hot)
{
    tr_state_options state_options = {.alloc = tr_heap(), .world = &w->door, .limit = 256 << 20};
    tr_evm_options evm_options = {.alloc = tr_heap(), .memory_limit = 64 << 20};
    tr_state *state;
    tr_evm *evm;
    if (tr_state_new(NULL, &state_options, &state) != TR_OK) abort();
    if (tr_evm_new(NULL, &evm_options, &evm) != TR_OK) abort();
    tr_evm_set_hot(evm, hot);
    tr_message message = {
        .kind = TR_CALL, .sender = {{[19] = 0xa2}}, .to = {{[19] = 0xa0}}, .gas = gas};
    message.input = input;
    tr_evm_result result;
    tr_state_begin(state);
    tr_evm_run(evm, state, env, &message, tracer, &result);
    outcome o;
    memset(&o, 0, sizeof(o));
    o.status = result.status;
    o.gas_left = result.gas_left;
    o.refund = tr_state_refund(state);
    o.output = tr_keccak256(result.output);
    (void)tr_state_logs(state, &o.logs);
    if (result.status == TR_EVM_ABORTED || result.gas_left > gas) abort();
    tr_arena arena;
    tr_arena_init(&arena, tr_heap(), 64 << 20);
    tr_changes changes;
    tr_sponge sponge;
    tr_keccak256_init(&sponge);
    if (!tr_state_end(state, env->rules->clear_empty)) abort();
    if (tr_state_changes(NULL, state, &arena, &changes) != TR_OK) abort();
    for (size_t i = 0; i < changes.count; i++) {
        const tr_account_change *c = &changes.accounts[i];
        tr_sponge_update(&sponge, TR_VIEW(c->address.b));
        tr_sponge_update(&sponge, TR_VIEW(c->balance.w));
        tr_sponge_update(&sponge, tr_bytes_of(&c->nonce, 8));
        tr_sponge_update(&sponge, TR_VIEW(c->code_hash.b));
        for (size_t j = 0; j < c->slot_count; j++) {
            tr_sponge_update(&sponge, TR_VIEW(c->slots[j].key.w));
            tr_sponge_update(&sponge, TR_VIEW(c->slots[j].value.w));
        }
    }
    o.changes = tr_keccak256_final(&sponge);
    tr_arena_free(&arena);
    tr_evm_free(evm);
    tr_state_free(state);
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len < 4 || len > 4096) return 0;
    uint64_t gas = (uint64_t)data[1] << 10 | data[2];
    size_t first = (size_t)data[3] * 4;
    tr_bytes all = tr_bytes_of(data + 4, len - 4);
    small_world w = {.door = {read_account, read_slot, read_code, NULL, NULL}};
    w.codes[0] = tr_bytes_cut(all, first, SIZE_MAX);
    w.codes[1] = tr_bytes_cut(all, 0, first);
    w.codes[2] = tr_bytes_cut(all, first / 2, first);
    tr_evm_env env = {.rules = tr_evm_rules_of((tr_fork)(data[0] % TR_FORKS)),
                      .chain_id = 1,
                      .number = 5,
                      .time = 99,
                      .gas_limit = 30000000};
    tr_tracer tracer = {.step = ignore_step};
    outcome plain = run(&w, &env, gas, all, NULL, UINT64_MAX);
    outcome fast = run(&w, &env, gas, all, NULL, 0);
    outcome traced = run(&w, &env, gas, all, &tracer, 0);
    if (memcmp(&plain, &fast, sizeof(plain)) != 0) abort();
    if (memcmp(&plain, &traced, sizeof(plain)) != 0) abort();
    return 0;
}
