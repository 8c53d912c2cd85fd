/* Our answer to a case. */
#include <stdio.h>
#include <stdlib.h>

#include "case.h"
#include "eth/account.h"
#include "eth/sender.h"
#include "hash/keccak.h"
#include "os/heap.h"
#include "state/forest.h"
#include "state/memory.h"
#include "stf/tx.h"

enum { MEMORY = 256 << 20 };

struct runner {
    tr_arena arena;
    tr_memory_world *world;
    tr_world door; /* the world's, with hashes of blocks */
    tr_state *state;
    tr_evm *evm;
    tr_chain_config configs[TR_FORKS];
};

/* A case at work. */
typedef struct work {
    runner *r;
    tr_bytes rest;
    bool bad;
    unsigned fork;
    tr_stf_env env;
    tr_changes pre;
    tr_tx tx;
    tr_addr sender;
    tr_stf_result result;
} work;

static tr_err hash_of_number(tr_world *self, tr_trail *trail, uint64_t number, tr_hash *out)
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

static runner *holder(tr_world *self)
{
    return (runner *)(void *)((char *)self - offsetof(runner, door));
}

static tr_err pass_account(tr_world *self, tr_trail *trail, const tr_addr *address,
                           tr_world_account *out)
{
    tr_world *world = tr_memory_world_door(holder(self)->world);
    return world->account(world, trail, address, out);
}

static tr_err pass_slot(tr_world *self, tr_trail *trail, const tr_addr *address, const tr_u256 *key,
                        tr_u256 *out)
{
    tr_world *world = tr_memory_world_door(holder(self)->world);
    return world->slot(world, trail, address, key, out);
}

static tr_err pass_code(tr_world *self, tr_trail *trail, const tr_addr *address,
                        const tr_hash *code_hash, tr_bytes *out)
{
    tr_world *world = tr_memory_world_door(holder(self)->world);
    return world->code(world, trail, address, code_hash, out);
}

runner *runner_new(void)
{
    tr_alloc *heap = tr_heap();
    runner *r = tr_alloc_get(heap, sizeof(runner));
    TR_ASSERT(r != NULL);
    *r = (runner){.door = {pass_account, pass_slot, pass_code, hash_of_number, NULL}};
    tr_arena_init(&r->arena, heap, MEMORY);
    tr_state_options state = {.alloc = heap, .world = &r->door, .limit = MEMORY};
    tr_evm_options evm = {.alloc = heap, .memory_limit = MEMORY};
    TR_ASSERT(tr_state_new(NULL, &state, &r->state) == TR_OK);
    TR_ASSERT(tr_evm_new(NULL, &evm, &r->evm) == TR_OK);
    for (unsigned f = 0; f < TR_FORKS; f++) r->configs[f] = tr_chain_config_at((tr_fork)f, 1);
    return r;
}

void runner_free(runner *r)
{
    tr_memory_world_free(r->world);
    tr_state_free(r->state);
    tr_evm_free(r->evm);
    tr_arena_free(&r->arena);
    tr_alloc_put(tr_heap(), r, sizeof(*r));
}

static const uint8_t *take(work *w, size_t n)
{
    static const uint8_t nothing[32];
    if (w->rest.len < n) {
        w->bad = true;
        w->rest.len = 0;
        return nothing;
    }
    const uint8_t *at = w->rest.data;
    w->rest = tr_bytes_of(at + n, w->rest.len - n);
    return at;
}

static uint64_t number(work *w, unsigned size)
{
    const uint8_t *at = take(w, size);
    uint64_t x = 0;
    for (unsigned i = 0; i < size; i++) x = x << 8 | at[i];
    return x;
}

static tr_u256 word(work *w)
{
    return tr_u256_from_be(take(w, 32));
}

static tr_addr address(work *w)
{
    tr_addr a;
    memcpy(a.b, take(w, sizeof(a.b)), sizeof(a.b));
    return a;
}

static tr_bytes blob(work *w)
{
    size_t n = (size_t)number(w, 4);
    if (n > w->rest.len) {
        w->bad = true;
        return (tr_bytes){NULL, 0};
    }
    return tr_bytes_of(take(w, n), n);
}

static int by_key(const void *a, const void *b)
{
    return tr_u256_cmp(((const tr_slot_change *)a)->key, ((const tr_slot_change *)b)->key);
}

static int by_address(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(tr_addr));
}

static tr_account_change read_account(work *w)
{
    tr_account_change a = {.exists = true, .had_none = true};
    a.address = address(w);
    a.nonce = number(w, 8);
    a.balance = word(w);
    a.code = blob(w);
    a.code_changed = a.code.len != 0;
    a.code_hash = a.code.len != 0 ? tr_keccak256(a.code) : tr_empty_code_hash;
    a.slot_count = (size_t)number(w, 2);
    tr_slot_change *slots = TR_ARENA_ARRAY(&w->r->arena, tr_slot_change, a.slot_count + 1);
    TR_ASSERT(slots != NULL);
    for (size_t i = 0; i < a.slot_count; i++) {
        slots[i] = (tr_slot_change){.key = word(w)};
        slots[i].value = word(w);
    }
    qsort(slots, a.slot_count, sizeof(slots[0]), by_key);
    a.slots = slots;
    return a;
}

static void read_env(work *w)
{
    w->fork = (unsigned)number(w, 1);
    if (w->fork >= TR_FORKS) {
        w->bad = true;
        w->fork = 0;
    }
    const tr_chain_config *config = &w->r->configs[w->fork];
    const tr_fork_rules *rules = tr_fork_rules_of((tr_fork)w->fork);
    w->env = (tr_stf_env){.config = config, .rules = rules, .blob_gas_left = UINT64_MAX};
    tr_evm_env *evm = &w->env.evm;
    *evm = (tr_evm_env){.rules = tr_evm_rules_of((tr_fork)w->fork), .chain_id = 1};
    evm->coinbase = address(w);
    evm->number = number(w, 8);
    evm->time = number(w, 8);
    evm->gas_limit = w->env.gas_left = number(w, 8);
    evm->difficulty = word(w);
    tr_u256 base_fee = tr_u256_of(number(w, 8)), blob_fee = tr_u256_of(number(w, 8));
    if (rules->base_fee) evm->base_fee = base_fee;
    if (!rules->blobs) return;
    evm->blob_base_fee = blob_fee;
    w->env.blob_gas_left = (uint64_t)tr_chain_blobs(config, evm->time)->max * TR_BLOB_GAS;
}

static void read_pre(work *w)
{
    size_t n = (size_t)number(w, 2);
    tr_account_change *accounts = TR_ARENA_ARRAY(&w->r->arena, tr_account_change, n + 1);
    TR_ASSERT(accounts != NULL);
    for (size_t i = 0; i < n; i++) accounts[i] = read_account(w);
    qsort(accounts, n, sizeof(accounts[0]), by_address);
    w->pre = (tr_changes){accounts, n};
}

static tr_list read_hashes(work *w)
{
    size_t n = (size_t)number(w, 1);
    tr_hash *hashes = TR_ARENA_ARRAY(&w->r->arena, tr_hash, n + 1);
    TR_ASSERT(hashes != NULL);
    for (size_t i = 0; i < n; i++) memcpy(hashes[i].b, take(w, 32), 32);
    return (tr_list){hashes, n};
}

static void read_lists(work *w)
{
    tr_tx *tx = &w->tx;
    size_t n = (size_t)number(w, 1);
    tr_access *list = TR_ARENA_ARRAY(&w->r->arena, tr_access, n + 1);
    TR_ASSERT(list != NULL);
    for (size_t i = 0; i < n; i++) {
        list[i].address = address(w);
        list[i].keys = read_hashes(w);
    }
    tx->access_list = (tr_list){list, n};
    tx->max_blob_fee = word(w);
    tx->blob_hashes = read_hashes(w);
    n = (size_t)number(w, 1);
    tr_authorization *all = TR_ARENA_ARRAY(&w->r->arena, tr_authorization, n + 1);
    TR_ASSERT(all != NULL);
    for (size_t i = 0; i < n; i++) {
        all[i] = (tr_authorization){.chain_id = word(w)};
        all[i].address = address(w);
        all[i].nonce = number(w, 8);
        all[i].parity = (uint8_t)number(w, 1);
        memcpy(all[i].r, take(w, 32), 32);
        memcpy(all[i].s, take(w, 32), 32);
    }
    tx->authorizations = (tr_list){all, n};
}

static void read_tx(work *w)
{
    tr_tx *tx = &w->tx;
    *tx = (tr_tx){.type = (uint8_t)number(w, 1)};
    w->sender = address(w);
    tx->nonce = number(w, 8);
    tx->gas = number(w, 8);
    tx->max_fee = word(w);
    tx->max_priority = word(w);
    if (tx->type < TR_TX_FEE_MARKET) tx->max_priority = tx->max_fee;
    tx->value = word(w);
    bool is_call = number(w, 1) != 0;
    tx->to.addr = address(w);
    tx->to.some = is_call;
    tx->data = blob(w);
    read_lists(w);
    if (tx->type > TR_TX_SET_CODE) w->bad = true;
    /* the sender is told: any signature of the right form will do */
    tx->chain_id = tx->type == TR_TX_LEGACY ? 0 : 1;
    tx->v = tx->type == TR_TX_LEGACY ? 27 : 0;
    tx->r[31] = tx->s[31] = 1;
}

static tr_err run_tx(work *w)
{
    runner *r = w->r;
    tr_trail trail;
    size_t n = w->tx.authorizations.count;
    tr_addr *signers = TR_ARENA_ARRAY(&r->arena, tr_addr, n + 1);
    tr_err *errs = TR_ARENA_ARRAY(&r->arena, tr_err, n + 1);
    TR_ASSERT(signers != NULL && errs != NULL);
    if (n != 0)
        (void)tr_authorization_signers(&r->arena, n, w->tx.authorizations.at, signers, errs);
    tr_trail_clear(&trail);
    TR_TRY(tr_tx_seal(&trail, &r->arena, &w->tx));
    tr_tx_signers all = {signers, errs};
    return tr_stf_run(&trail, r->evm, r->state, &w->env, &w->tx, &w->sender, &all, NULL,
                      &w->result);
}

static tr_hash hash_logs(work *w)
{
    tr_buf all;
    tr_buf_init(&all, tr_heap(), MEMORY);
    for (size_t i = 0; i < w->result.log_count; i++) {
        const tr_log *log = &w->result.logs[i];
        uint8_t size[4];
        tr_store32be(size, (uint32_t)log->data.len);
        tr_buf_put(&all, TR_VIEW(log->account->address.b));
        tr_buf_put_u8(&all, (uint8_t)log->topic_count);
        for (size_t k = 0; k < log->topic_count; k++) tr_buf_put(&all, TR_VIEW(log->topics[k].b));
        tr_buf_put(&all, TR_VIEW(size));
        tr_buf_put(&all, log->data);
    }
    TR_ASSERT(tr_buf_err(&all) == TR_OK);
    tr_hash hash = tr_keccak256(tr_buf_view(&all));
    tr_buf_free(&all);
    return hash;
}

static void put_hex(tr_buf *out, tr_bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) tr_buf_printf(out, "%02x", bytes.data[i]);
}

static void dump_state(const tr_changes *all)
{
    char text[256];
    tr_buf line;
    for (size_t i = 0; i < all->count; i++) {
        const tr_account_change *a = &all->accounts[i];
        char balance[TR_U256_HEX_TEXT], value[TR_U256_HEX_TEXT];
        tr_buf_init_fixed(&line, text, sizeof(text));
        put_hex(&line, TR_VIEW(a->address.b));
        tr_u256_to_hex(a->balance, balance);
        tr_buf_printf(&line, " %llu %s ", (unsigned long long)a->nonce, balance);
        put_hex(&line, TR_VIEW(a->code_hash.b));
        fprintf(stderr, "%.*s\n", (int)line.len, text);
        for (size_t k = 0; k < a->slot_count; k++) {
            tr_u256_to_hex(a->slots[k].key, balance);
            tr_u256_to_hex(a->slots[k].value, value);
            fprintf(stderr, "  %s %s\n", balance, value);
        }
    }
}

static tr_hash root_after(work *w, bool dump)
{
    runner *r = w->r;
    tr_changes changes, all;
    tr_hash root;
    TR_ASSERT(tr_state_changes(NULL, r->state, &r->arena, &changes) == TR_OK);
    TR_ASSERT(tr_memory_world_apply(NULL, r->world, &changes) == TR_OK);
    TR_ASSERT(tr_memory_world_all(NULL, r->world, &r->arena, &all) == TR_OK);
    TR_ASSERT(tr_state_root(NULL, &r->arena, NULL, &all, &root) == TR_OK);
    if (dump) dump_state(&all);
    return root;
}

static void answer_run(work *w, bool dump, tr_buf *answer)
{
    const tr_stf_result *result = &w->result;
    tr_bytes output = result->output;
    if (result->success && !w->tx.to.some) output.len = 0;
    tr_hash hash = tr_keccak256(output), logs = hash_logs(w);
    if (dump) fprintf(stderr, "%s\n", tr_evm_status_text(result->status));
    tr_buf_printf(answer, "%d %llu ", result->success, (unsigned long long)result->gas_used);
    put_hex(answer, TR_VIEW(hash.b));
    tr_buf_put_u8(answer, ' ');
    put_hex(answer, TR_VIEW(logs.b));
    tr_buf_put_u8(answer, ' ');
    tr_hash root = root_after(w, dump);
    put_hex(answer, TR_VIEW(root.b));
}

bool case_run(runner *r, tr_bytes one, bool dump, tr_buf *answer)
{
    work w = {.r = r, .rest = one};
    tr_arena_reset(&r->arena);
    read_env(&w);
    read_pre(&w);
    read_tx(&w);
    if (w.bad || w.rest.len != 0) return false;
    tr_memory_world_free(r->world);
    TR_ASSERT(tr_memory_world_new(NULL, tr_heap(), MEMORY, &r->world) == TR_OK);
    TR_ASSERT(tr_memory_world_apply(NULL, r->world, &w.pre) == TR_OK);
    tr_state_clear(r->state, &r->door);
    tr_err err = run_tx(&w);
    TR_ASSERT(err != TR_E_MEMORY && err != TR_E_LIMIT);
    if (err == TR_OK) {
        answer_run(&w, dump, answer);
    } else {
        if (dump) fprintf(stderr, "%s\n", tr_err_name(err));
        tr_buf_put_str(answer, "reject");
    }
    return true;
}
