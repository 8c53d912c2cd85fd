/* The public EVM's world: the program's callbacks, or accounts in memory; what is read of it, what
 * was changed, and tracing. */
#include "trestle/evm.h"

#include "eth/account.h"
#include "hash/keccak.h"
#include "stf/evm_abi_internal.h"

/* Callbacks. */

static tr_err say(tr_vm *vm, tr_trail *trail, tr_err err, const char *what)
{
    vm->in_callback = false;
    return err == TR_OK
               ? TR_OK
               : tr_fail(trail, err, "the callback for %s failed: %s", what, tr_err_text(err));
}

static tr_err door_account(tr_world *self, tr_trail *trail, const tr_addr *address,
                           tr_world_account *out)
{
    static const tr_hash none;
    tr_vm *vm = (tr_vm *)self;
    tr_vm_account account = {0};
    *out = (tr_world_account){.code_hash = tr_empty_code_hash};
    vm->in_callback = true;
    TR_TRY(say(vm, trail, vm->callbacks->account(vm->callbacks->context, address->b, &account),
               "an account"));
    if (account.exists == 0) return TR_OK;
    out->exists = true;
    out->has_storage = account.has_storage != 0;
    out->nonce = account.nonce;
    out->balance = tr_u256_from_be(account.balance);
    if (memcmp(account.code_hash, none.b, sizeof(none.b)) != 0)
        memcpy(out->code_hash.b, account.code_hash, sizeof(account.code_hash));
    return TR_OK;
}

static tr_err door_slot(tr_world *self, tr_trail *trail, const tr_addr *address, const tr_u256 *key,
                        tr_u256 *out)
{
    tr_vm *vm = (tr_vm *)self;
    uint8_t name[32], value[32] = {0};
    tr_u256_to_be(*key, name);
    vm->in_callback = true;
    TR_TRY(say(vm, trail, vm->callbacks->slot(vm->callbacks->context, address->b, name, value),
               "a slot"));
    *out = tr_u256_from_be(value);
    return TR_OK;
}

static tr_err door_code(tr_world *self, tr_trail *trail, const tr_addr *address,
                        const tr_hash *code_hash, tr_bytes *out)
{
    tr_vm *vm = (tr_vm *)self;
    const uint8_t *code = NULL;
    size_t len = 0;
    vm->in_callback = true;
    TR_TRY(say(vm, trail,
               vm->callbacks->code(vm->callbacks->context, address->b, code_hash->b, &code, &len),
               "a code"));
    if (code == NULL && len != 0)
        return tr_fail(trail, TR_E_ARGUMENT, "the callback gave %zu bytes of no code", len);
    tr_hash hash = tr_keccak256(tr_bytes_of(code, len));
    if (memcmp(&hash, code_hash, sizeof(hash)) != 0)
        return tr_fail(trail, TR_E_CHECKSUM, "the callback gave another code of %zu bytes", len);
    *out = tr_arena_copy(&vm->codes, tr_bytes_of(code, len));
    return out->data == NULL ? tr_fail(trail, TR_E_MEMORY, "no memory for a code") : TR_OK;
}

static tr_err door_block_hash(tr_world *self, tr_trail *trail, uint64_t number, tr_hash *out)
{
    tr_vm *vm = (tr_vm *)self;
    *out = (tr_hash){{0}};
    if (vm->callbacks->block_hash == NULL) return TR_OK;
    vm->in_callback = true;
    return say(vm, trail, vm->callbacks->block_hash(vm->callbacks->context, number, out->b),
               "a block hash");
}

tr_err vm_open_door(tr_vm *vm, const tr_vm_world *callbacks)
{
    vm->callbacks = tr_alloc_get(&vm->memory.alloc, sizeof(*vm->callbacks));
    if (vm->callbacks == NULL) return TR_E_MEMORY;
    *vm->callbacks = *callbacks;
    vm->door = (tr_world){door_account, door_slot, door_code, door_block_hash, NULL};
    return TR_OK;
}

tr_world *vm_ground(tr_vm *vm)
{
    return vm->world == NULL ? &vm->door : tr_memory_world_door(vm->world);
}

/* The world in memory. */

static void drop_forest(tr_vm *vm)
{
    if (vm->forest != NULL) tr_forest_free(vm->forest);
    vm->forest = NULL;
}

tr_err vm_apply(tr_vm *vm, const tr_changes *changes)
{
    TR_TRY(tr_memory_world_apply(&vm->trail, vm->world, changes));
    /* A forest that could not follow is built again when it is asked for. */
    if (vm->forest != NULL && tr_forest_apply(NULL, vm->forest, NULL, changes) != TR_OK)
        drop_forest(vm);
    return TR_OK;
}

static tr_err may_set(tr_vm *vm)
{
    TR_TRY(vm_enter(vm));
    if (vm->world == NULL) return tr_fail(&vm->trail, TR_E_STATE, "the world is the program's");
    if (vm->dirty)
        return tr_fail(&vm->trail, TR_E_STATE, "something was run: commit it or roll it back");
    vm_forget(vm);
    return TR_OK;
}

/* An account of the world as a change that changes nothing. */
static tr_account_change as_it_is(tr_vm *vm, const uint8_t address[20])
{
    tr_world_account now;
    tr_world *ground = vm_ground(vm);
    tr_account_change change = {.exists = true};
    memcpy(change.address.b, address, sizeof(change.address.b));
    tr_err err = ground->account(ground, NULL, &change.address, &now);
    TR_ASSERT(err == TR_OK); /* memory always answers */
    change.existed = now.exists;
    change.had_none = !now.has_storage;
    change.nonce = now.nonce;
    change.balance = now.balance;
    change.code_hash = now.code_hash;
    return change;
}

static tr_err apply_one(tr_vm *vm, const tr_account_change *change)
{
    const tr_changes changes = {change, 1};
    return vm_limit(vm, vm_apply(vm, &changes));
}

tr_err tr_vm_set_account(tr_vm *vm, const uint8_t address[20], uint64_t nonce,
                         const uint8_t balance[32], const uint8_t *code, size_t code_len)
{
    TR_TRY(may_set(vm));
    if (code == NULL && code_len != 0)
        return tr_fail(&vm->trail, TR_E_ARGUMENT, "%zu bytes of no code", code_len);
    tr_account_change change = as_it_is(vm, address);
    tr_hash before = change.code_hash;
    change.nonce = nonce;
    change.balance = tr_u256_from_be(balance);
    change.code = tr_bytes_of(code, code_len);
    change.code_hash = tr_keccak256(change.code);
    change.code_changed = memcmp(&change.code_hash, &before, sizeof(before)) != 0;
    return apply_one(vm, &change);
}

tr_err tr_vm_set_slot(tr_vm *vm, const uint8_t address[20], const uint8_t key[32],
                      const uint8_t value[32])
{
    TR_TRY(may_set(vm));
    tr_slot_change slot = {.key = tr_u256_from_be(key), .value = tr_u256_from_be(value)};
    tr_account_change change = as_it_is(vm, address);
    if (!change.existed) return tr_fail(&vm->trail, TR_E_NOT_FOUND, "no such account");
    tr_world *ground = vm_ground(vm);
    TR_TRY(ground->slot(ground, &vm->trail, &change.address, &slot.key, &slot.before));
    if (tr_u256_eq(slot.before, slot.value)) return TR_OK;
    change.slots = &slot;
    change.slot_count = 1;
    return apply_one(vm, &change);
}

tr_err tr_vm_remove_account(tr_vm *vm, const uint8_t address[20])
{
    TR_TRY(may_set(vm));
    tr_account_change change = as_it_is(vm, address);
    if (!change.existed) return TR_OK;
    change.exists = false;
    change.cleared = !change.had_none;
    return apply_one(vm, &change);
}

tr_err tr_vm_set_block_hash(tr_vm *vm, uint64_t number, const uint8_t hash[32])
{
    TR_TRY(may_set(vm));
    tr_memory_world_set_block_hash(vm->world, number, (const tr_hash *)hash);
    return TR_OK;
}

static tr_err build_forest(tr_vm *vm)
{
    tr_changes all;
    tr_forest_options options = {.alloc = &vm->memory.alloc, .limit = SIZE_MAX};
    tr_arena_reset(&vm->lists);
    TR_TRY(tr_memory_world_all(&vm->trail, vm->world, &vm->lists, &all));
    TR_TRY(tr_forest_new(&vm->trail, &options, &vm->forest));
    return tr_forest_apply(&vm->trail, vm->forest, NULL, &all);
}

tr_err tr_vm_root(tr_vm *vm, uint8_t root[32])
{
    TR_TRY(vm_enter(vm));
    if (vm->world == NULL) return tr_fail(&vm->trail, TR_E_STATE, "the world is the program's");
    tr_err err = vm->forest == NULL ? build_forest(vm) : TR_OK;
    if (err == TR_OK) err = tr_forest_root(&vm->trail, vm->forest, NULL, (tr_hash *)root);
    if (err != TR_OK) drop_forest(vm);
    return vm_limit(vm, err);
}

/* The state. */

static tr_err lose_state(tr_vm *vm)
{
    return vm_lose(vm, tr_state_error(vm->state, &vm->trail));
}

tr_err tr_vm_get_account(tr_vm *vm, const uint8_t address[20], tr_vm_account *out)
{
    *out = (tr_vm_account){0};
    TR_TRY(vm_enter(vm));
    const tr_acct *a = tr_state_account(vm->state, (const tr_addr *)address);
    if (a == NULL) return lose_state(vm);
    if (!a->exists) return TR_OK;
    out->exists = 1;
    out->has_storage = tr_state_has_storage(vm->state, a);
    out->nonce = a->nonce;
    tr_u256_to_be(a->balance, out->balance);
    memcpy(out->code_hash, a->code_hash.b, sizeof(out->code_hash));
    return TR_OK;
}

tr_err tr_vm_get_slot(tr_vm *vm, const uint8_t address[20], const uint8_t key[32], uint8_t out[32])
{
    memset(out, 0, 32);
    TR_TRY(vm_enter(vm));
    tr_u256 name = tr_u256_from_be(key);
    tr_acct *a = tr_state_account(vm->state, (const tr_addr *)address);
    const tr_slot *slot = a == NULL ? NULL : tr_state_slot(vm->state, a, &name);
    if (slot == NULL) return lose_state(vm);
    tr_u256_to_be(slot->value, out);
    return TR_OK;
}

tr_err tr_vm_get_code(tr_vm *vm, const uint8_t address[20], const uint8_t **code, size_t *len)
{
    *code = NULL;
    *len = 0;
    TR_TRY(vm_enter(vm));
    tr_acct *a = tr_state_account(vm->state, (const tr_addr *)address);
    if (a == NULL || (a->has_code && !tr_state_code(vm->state, a))) return lose_state(vm);
    if (!a->has_code) return TR_OK;
    *code = a->code.data;
    *len = a->code.len;
    return TR_OK;
}

/* Changes. */

static const tr_vm_slot_change *copy_slots(tr_vm *vm, const tr_account_change *a)
{
    tr_vm_slot_change *out = TR_ARENA_ARRAY(&vm->lists, tr_vm_slot_change, a->slot_count);
    for (size_t i = 0; out != NULL && i < a->slot_count; i++) {
        tr_u256_to_be(a->slots[i].key, out[i].key);
        tr_u256_to_be(a->slots[i].before, out[i].before);
        tr_u256_to_be(a->slots[i].value, out[i].value);
    }
    return out;
}

static bool copy_change(tr_vm *vm, const tr_account_change *a, tr_vm_change *out)
{
    *out = (tr_vm_change){.exists = a->exists,
                          .existed = a->existed,
                          .cleared = a->cleared,
                          .code_changed = a->code_changed,
                          .slots = copy_slots(vm, a),
                          .slot_count = a->slot_count};
    memcpy(out->address, a->address.b, sizeof(out->address));
    if (!a->exists) return out->slots != NULL;
    out->nonce = a->nonce;
    tr_u256_to_be(a->balance, out->balance);
    memcpy(out->code_hash, a->code_hash.b, sizeof(out->code_hash));
    out->code = a->code.data;
    out->code_len = a->code.len;
    return out->slots != NULL;
}

tr_err tr_vm_changes(tr_vm *vm, const tr_vm_change **out, size_t *count)
{
    tr_changes changes;
    *out = NULL;
    *count = 0;
    TR_TRY(vm_enter(vm));
    tr_arena_reset(&vm->lists);
    tr_err err = tr_state_changes(&vm->trail, vm->state, &vm->lists, &changes);
    if (err != TR_OK) return vm_limit(vm, err);
    tr_vm_change *list = TR_ARENA_ARRAY(&vm->lists, tr_vm_change, changes.count);
    bool good = list != NULL;
    for (size_t i = 0; good && i < changes.count; i++)
        good = copy_change(vm, &changes.accounts[i], &list[i]);
    if (!good) return vm_limit(vm, tr_fail(&vm->trail, TR_E_MEMORY, "no memory for a list"));
    *out = list;
    *count = changes.count;
    return TR_OK;
}

/* Tracing. */

static tr_err keep_tracer(tr_vm *vm, const char *name, const char *options)
{
    tr_trace *trial;
    tr_arena *arena = &vm->tracer_arena;
    vm->tracer_options = NULL;
    vm->tracer_name = tr_arena_copy(arena, tr_bytes_str(name));
    if (vm->tracer_name.data == NULL) return TR_E_MEMORY;
    if (options != NULL) {
        tr_bytes text = tr_arena_copy(arena, tr_bytes_str(options));
        if (text.data == NULL) return TR_E_MEMORY;
        TR_TRY(tr_json_parse(&vm->trail, arena, text, &vm->tracer_options));
    }
    return tr_tracer_find(&vm->trail, &vm->trace_arena, NULL, vm->tracer_name, vm->tracer_options,
                          &trial);
}

tr_err tr_vm_set_tracer(tr_vm *vm, const char *name, const char *options)
{
    TR_TRY(vm_enter(vm));
    vm->watched = false;
    tr_arena_reset(&vm->tracer_arena);
    if (name == NULL) return TR_OK;
    tr_err err = vm_limit(vm, keep_tracer(vm, name, options));
    tr_arena_reset(&vm->trace_arena);
    vm->watched = err == TR_OK;
    return err;
}

tr_tracer *vm_watch(tr_vm *vm, const tr_hash *tx_hash)
{
    vm->trace = NULL;
    vm->trace_err = TR_E_EMPTY;
    if (!vm->watched) return NULL;
    vm->trace_context = (tr_trace_context){.tx_hash = tx_hash, .block_number = vm->env.evm.number};
    tr_arena_reset(&vm->trace_arena);
    tr_err err = tr_tracer_find(NULL, &vm->trace_arena, &vm->trace_context, vm->tracer_name,
                                vm->tracer_options, &vm->trace);
    if (err == TR_OK) return &vm->trace->tracer;
    vm->trace = NULL;
    vm->trace_err = vm_limit(vm, err);
    return NULL;
}

/* A trace that fails for want of memory is the trace's matter, not the run's. */
void vm_watched(tr_vm *vm, tr_err err)
{
    if (vm->trace == NULL || err != TR_OK) return;
    bool refused = vm->memory.refused;
    tr_buf_clear(&vm->trace_json);
    err = tr_trace_write(NULL, vm->trace, &vm->trace_json);
    tr_buf_put_u8(&vm->trace_json, 0);
    if (err == TR_OK) err = tr_buf_err(&vm->trace_json);
    vm->trace_err = vm_limit(vm, err);
    vm->memory.refused = refused;
    vm->trace = NULL;
}

tr_err tr_vm_trace(tr_vm *vm, const char **json, size_t *len)
{
    *json = NULL;
    *len = 0;
    TR_TRY(vm_enter(vm));
    TR_TRY(vm->trace_err);
    *json = (const char *)vm->trace_json.data;
    *len = vm->trace_json.len - 1;
    return TR_OK;
}
