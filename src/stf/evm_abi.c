/* The public EVM: machines, and what is run on them. */
#include "trestle/evm.h"

#include "eth/sender.h"
#include "evm/precompile.h"
#include "os/heap.h"
#include "stf/evm_abi_internal.h"

_Static_assert((int)TR_VM_OK == (int)TR_EVM_OK && (int)TR_VM_STATIC == (int)TR_EVM_STATIC &&
                   (int)TR_VM_COLLISION == (int)TR_EVM_COLLISION &&
                   (int)TR_VM_INITCODE_SIZE == (int)TR_EVM_INITCODE_SIZE &&
                   (int)TR_VM_NONCE == (int)TR_EVM_NONCE,
               "the public numbers are the true ones");

enum { P256 = 0x100 };

static void *resize_within_limit(tr_alloc *self, void *old, size_t old_size, size_t new_size)
{
    vm_memory *memory = (vm_memory *)self;
    size_t left = memory->left + old_size;
    if (new_size > left) {
        memory->refused = true;
        return NULL;
    }
    void *given = memory->from->resize(memory->from, old, old_size, new_size);
    if (given != NULL || new_size == 0) memory->left = left - new_size;
    return given;
}

static void init(tr_vm *vm, tr_alloc *from, const tr_vm_options *options, tr_fork fork)
{
    size_t bound = options->max_bytes == 0 ? SIZE_MAX / 2 : options->max_bytes;
    *vm = (tr_vm){.memory = {{resize_within_limit}, from, bound, false}, .trace_err = TR_E_EMPTY};
    tr_alloc *alloc = &vm->memory.alloc;
    tr_arena *arenas[] = {&vm->run, &vm->codes, &vm->lists, &vm->tracer_arena, &vm->trace_arena};
    for (size_t i = 0; i < TR_COUNTOF(arenas); i++) tr_arena_init(arenas[i], alloc, SIZE_MAX);
    tr_buf_init(&vm->trace_json, alloc, SIZE_MAX);
    tr_trail_clear(&vm->trail);
    vm->config = tr_chain_config_at(fork, options->chain_id);
    vm->config.deposits = options->deposits != 0;
    vm->env = (tr_stf_env){.config = &vm->config, .rules = tr_fork_rules_of(fork)};
    vm->env.evm.rules = tr_evm_rules_of(fork);
    vm->env.evm.chain_id = options->chain_id;
    const tr_vm_block first = {.gas_limit = INT64_MAX};
    tr_vm_set_block(vm, &first);
}

static tr_err build(tr_vm *vm, const tr_vm_world *callbacks)
{
    tr_alloc *alloc = &vm->memory.alloc;
    tr_state_options state = {.alloc = alloc, .limit = SIZE_MAX};
    tr_evm_options evm = {.alloc = alloc};
    if (callbacks != NULL)
        TR_TRY(vm_open_door(vm, callbacks));
    else
        TR_TRY(tr_memory_world_new(NULL, alloc, SIZE_MAX, &vm->world));
    state.world = vm_ground(vm);
    TR_TRY(tr_state_new(NULL, &state, &vm->state));
    return tr_evm_new(NULL, &evm, &vm->evm);
}

tr_err vm_make(tr_alloc *from, const tr_vm_options *options, tr_vm **out)
{
    tr_fork fork;
    const tr_vm_world *w = options->world;
    *out = NULL;
    if (options->fork == NULL || !tr_fork_find(tr_bytes_str(options->fork), &fork))
        return TR_E_ARGUMENT;
    if (w != NULL && (w->account == NULL || w->slot == NULL || w->code == NULL))
        return TR_E_ARGUMENT;
    tr_vm *vm = tr_alloc_get(from, sizeof(*vm));
    if (vm == NULL) return TR_E_MEMORY;
    init(vm, from, options, fork);
    tr_err err = vm_limit(vm, build(vm, w));
    if (err != TR_OK) {
        tr_vm_free(vm);
        return err;
    }
    *out = vm;
    return TR_OK;
}

tr_err tr_vm_new(const tr_vm_options *options, tr_vm **out)
{
    return vm_make(tr_heap(), options, out);
}

void tr_vm_free(tr_vm *vm)
{
    if (vm == NULL) return;
    if (vm->evm != NULL) tr_evm_free(vm->evm);
    if (vm->state != NULL) tr_state_free(vm->state);
    if (vm->forest != NULL) tr_forest_free(vm->forest);
    tr_memory_world_free(vm->world);
    tr_buf_free(&vm->trace_json);
    tr_alloc_put(&vm->memory.alloc, vm->callbacks, sizeof(*vm->callbacks));
    tr_arena *arenas[] = {&vm->run, &vm->codes, &vm->lists, &vm->tracer_arena, &vm->trace_arena};
    for (size_t i = 0; i < TR_COUNTOF(arenas); i++) tr_arena_free(arenas[i]);
    tr_alloc_put(vm->memory.from, vm, sizeof(*vm));
}

const char *tr_vm_why(const tr_vm *vm)
{
    return vm->trail.text;
}

const char *tr_vm_status_text(int32_t status)
{
    return tr_evm_status_text((tr_evm_status)status);
}

/* Coming in and going out. */

tr_err vm_enter(tr_vm *vm)
{
    if (vm->in_callback) return TR_E_STATE;
    tr_trail_clear(&vm->trail);
    vm->memory.refused = false;
    if (vm->broken) return tr_fail(&vm->trail, TR_E_STATE, "a commit failed half way");
    return TR_OK;
}

tr_err vm_limit(tr_vm *vm, tr_err err)
{
    return err == TR_E_MEMORY && vm->memory.refused ? TR_E_LIMIT : err;
}

void vm_forget(tr_vm *vm)
{
    tr_state_clear(vm->state, vm_ground(vm));
    tr_arena_reset(&vm->codes);
    vm->dirty = false;
}

static vm_spent spent(const tr_vm *vm)
{
    return (vm_spent){vm->block_gas_used, vm->env.gas_left, vm->env.blob_gas_left};
}

static void roll_back(tr_vm *vm)
{
    vm_forget(vm);
    vm->block_gas_used = vm->committed.gas;
    vm->env.gas_left = vm->committed.gas_left;
    vm->env.blob_gas_left = vm->committed.blob_gas_left;
}

void tr_vm_rollback(tr_vm *vm)
{
    if (!vm->in_callback && !vm->broken) roll_back(vm);
}

tr_err vm_lose(tr_vm *vm, tr_err err)
{
    roll_back(vm);
    return vm_limit(vm, err);
}

void tr_vm_set_block(tr_vm *vm, const tr_vm_block *block)
{
    tr_evm_env *evm = &vm->env.evm;
    if (vm->in_callback) return;
    evm->number = block->number;
    evm->time = block->time;
    evm->gas_limit = block->gas_limit;
    memcpy(evm->coinbase.b, block->coinbase, sizeof(evm->coinbase.b));
    evm->difficulty = tr_u256_from_be(block->prevrandao);
    evm->base_fee = tr_u256_from_be(block->base_fee);
    evm->blob_base_fee = tr_u256_from_be(block->blob_base_fee);
    /* The machine counts gas in 63 bits. */
    vm->env.gas_left = TR_MIN(block->gas_limit, (uint64_t)INT64_MAX);
    const tr_blob_params *blobs = tr_chain_blobs(&vm->config, block->time);
    vm->env.blob_gas_left = blobs == NULL ? UINT64_MAX : (uint64_t)blobs->max * TR_BLOB_GAS;
    vm->block_gas_used = 0;
    vm->committed = spent(vm);
}

tr_err tr_vm_commit(tr_vm *vm)
{
    tr_changes changes;
    TR_TRY(vm_enter(vm));
    if (vm->world != NULL) {
        tr_arena_reset(&vm->lists);
        tr_err err = tr_state_changes(&vm->trail, vm->state, &vm->lists, &changes);
        if (err == TR_OK) err = vm_apply(vm, &changes);
        if (err != TR_OK) {
            vm->broken = true;
            return vm_limit(vm, err);
        }
    }
    tr_state_settle(vm->state);
    vm->committed = spent(vm);
    vm->dirty = false;
    return TR_OK;
}

/* Results. */

static tr_err copy_logs(tr_vm *vm, const tr_log *logs, size_t count, tr_vm_result *out)
{
    tr_vm_log *copy = TR_ARENA_ARRAY(&vm->run, tr_vm_log, count);
    if (copy == NULL) return TR_E_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const tr_log *log = &logs[i];
        tr_bytes data = tr_arena_copy(&vm->run, log->data);
        if (log->data.len != 0 && data.data == NULL) return TR_E_MEMORY;
        copy[i] =
            (tr_vm_log){.topic_count = log->topic_count, .data = data.data, .data_len = data.len};
        memcpy(copy[i].address, log->account->address.b, sizeof(copy[i].address));
        memcpy(copy[i].topics, log->topics, log->topic_count * sizeof(tr_hash));
    }
    out->logs = copy;
    out->log_count = count;
    return TR_OK;
}

/* Messages. */

static bool makes_sense(const tr_vm_message *m)
{
    static const uint8_t zero[32];
    if (m->kind > TR_VM_CREATE || m->gas > INT64_MAX) return false;
    if (m->input == NULL && m->input_len != 0) return false;
    if (m->code == NULL && m->code_len != 0) return false;
    if (m->kind == TR_VM_CREATE && m->code != NULL) return false;
    return m->kind != TR_VM_STATICCALL || memcmp(m->value, zero, sizeof(zero)) == 0;
}

/* code: where the message's own lies, when it has one. */
static tr_message from_public(const tr_vm_message *m, const tr_bytes *code)
{
    static const tr_message_kind kinds[] = {TR_CALL, TR_STATICCALL, TR_CREATE};
    tr_message message = {.kind = kinds[m->kind],
                          .value = tr_u256_from_be(m->value),
                          .gas = m->gas,
                          .input = tr_bytes_of(m->input, m->input_len),
                          .code = m->code == NULL ? NULL : code};
    memcpy(message.sender.b, m->sender, sizeof(m->sender));
    memcpy(message.to.b, m->to, sizeof(m->to));
    return message;
}

static bool warm_all(tr_vm *vm, tr_acct *sender, const tr_addr *to)
{
    const tr_evm_rules *rules = vm->env.evm.rules;
    if (!rules->has_access_sets) return true;
    tr_state_warm_low(vm->state, rules->precompiles, rules->p256 ? P256 : 0);
    (void)tr_state_warm_account(vm->state, sender);
    return tr_state_warm_address(vm->state, to) &&
           (!rules->warm_coinbase || tr_state_warm_address(vm->state, &vm->env.evm.coinbase));
}

/* What a create asks before it begins.  False: it does not, and end says why. */
static bool may_create(tr_vm *vm, tr_acct *sender, tr_message *message, tr_evm_result *end)
{
    uint32_t most = vm->env.evm.rules->initcode_max;
    *end = (tr_evm_result){.status = TR_EVM_ABORTED};
    message->to = tr_tx_create_address(&message->sender, sender->nonce);
    if (sender->nonce == UINT64_MAX)
        *end = (tr_evm_result){.status = TR_EVM_NONCE, .gas_left = message->gas};
    else if (most != 0 && message->input.len > most)
        *end = (tr_evm_result){.status = TR_EVM_INITCODE_SIZE};
    else
        return tr_state_set_nonce(vm->state, sender, sender->nonce + 1);
    return false;
}

static void tell_begin(tr_vm *vm, tr_tracer *tracer, const tr_message *message)
{
    if (tracer == NULL || tracer->tx_begin == NULL) return;
    const tr_tx_begin tx = {.state = vm->state,
                            .env = &vm->env.evm,
                            .from = message->sender,
                            .to = message->to,
                            .is_create = message->kind == TR_CREATE,
                            .value = message->value,
                            .gas = message->gas,
                            .input = message->input};
    tracer->tx_begin(tracer, &tx);
}

static void tell_end(tr_vm *vm, tr_tracer *tracer, uint64_t gas, const tr_evm_result *end)
{
    if (tracer == NULL || tracer->tx_end == NULL) return;
    const tr_tx_end tx = {.state = vm->state,
                          .gas_used = gas - end->gas_left,
                          .status = (int)end->status,
                          .output = end->output};
    tracer->tx_end(tracer, &tx);
}

static void set_origin(tr_vm *vm, const tr_vm_message *m)
{
    tr_evm_env *env = &vm->env.evm;
    memcpy(env->origin.b, m->sender, sizeof(m->sender));
    env->gas_price = tr_u256_from_be(m->gas_price);
    env->blob_hashes = NULL;
    env->blob_count = 0;
}

/* The run itself, in a transaction of the state.  What went wrong in the world or with memory is in
 * the state, or else it was the machine's memory. */
static bool run_message(tr_vm *vm, tr_message *message, tr_tracer *tracer, tr_evm_result *end)
{
    tr_state_begin(vm->state);
    tr_acct *sender = tr_state_account(vm->state, &message->sender);
    if (sender == NULL) return false;
    bool begins = message->kind != TR_CREATE || may_create(vm, sender, message, end);
    if (!begins && end->status == TR_EVM_ABORTED) return false;
    if (!warm_all(vm, sender, &message->to)) return false;
    tell_begin(vm, tracer, message);
    if (begins) tr_evm_run(vm->evm, vm->state, &vm->env.evm, message, tracer, end);
    if (end->status == TR_EVM_ABORTED) return false;
    tell_end(vm, tracer, message->gas, end);
    return true;
}

static tr_err state_error(tr_vm *vm)
{
    tr_err err = tr_state_error(vm->state, &vm->trail);
    return err == TR_OK ? tr_fail(&vm->trail, TR_E_MEMORY, "no memory to run a message") : err;
}

static tr_err finish_message(tr_vm *vm, const tr_message *m, const tr_evm_result *end,
                             tr_vm_result *out)
{
    size_t count;
    int64_t refund = tr_state_refund(vm->state);
    *out = (tr_vm_result){.status = (int32_t)end->status,
                          .gas_used = m->gas - end->gas_left,
                          .gas_left = end->gas_left,
                          .gas_refunded = refund > 0 ? (uint64_t)refund : 0,
                          .output = end->output.data,
                          .output_len = end->output.len};
    if (m->kind == TR_CREATE && end->status == TR_EVM_OK) {
        out->created = 1;
        memcpy(out->contract, m->to.b, sizeof(m->to.b));
    }
    if (!tr_state_end(vm->state, vm->env.evm.rules->clear_empty)) return state_error(vm);
    const tr_log *logs = tr_state_logs(vm->state, &count);
    return copy_logs(vm, logs, count, out);
}

tr_err tr_vm_run(tr_vm *vm, const tr_vm_message *message, tr_vm_result *out)
{
    tr_evm_result end;
    *out = (tr_vm_result){0};
    TR_TRY(vm_enter(vm));
    if (!makes_sense(message))
        return tr_fail(&vm->trail, TR_E_ARGUMENT, "the message makes no sense");
    tr_bytes code = tr_bytes_of(message->code, message->code_len);
    tr_message ran = from_public(message, &code);
    tr_arena_reset(&vm->run);
    set_origin(vm, message);
    vm->dirty = true;
    tr_tracer *tracer = vm_watch(vm, NULL);
    tr_err err = run_message(vm, &ran, tracer, &end) ? TR_OK : state_error(vm);
    if (err == TR_OK) err = finish_message(vm, &ran, &end, out);
    vm_watched(vm, err);
    if (err == TR_OK) return TR_OK;
    *out = (tr_vm_result){0};
    return vm_lose(vm, err);
}

/* Transactions. */

static tr_err find_signers(tr_vm *vm, const tr_tx *tx, tr_addr *sender, tr_tx_signers *signers)
{
    tr_err err;
    size_t n = tx->authorizations.count;
    tr_addr *addresses = TR_ARENA_ARRAY(&vm->run, tr_addr, n + 1);
    tr_err *errs = TR_ARENA_ARRAY(&vm->run, tr_err, n + 1);
    if (addresses == NULL || errs == NULL) return TR_E_MEMORY;
    (void)tr_tx_senders(&vm->run, vm->env.rules, 1, tx, sender, &err);
    if (err != TR_OK) return tr_fail(&vm->trail, err, "no sender: %s", tr_err_text(err));
    if (n != 0) (void)tr_authorization_signers(&vm->run, n, tx->authorizations.at, addresses, errs);
    *signers = (tr_tx_signers){addresses, errs};
    return TR_OK;
}

static void set_bloom(const tr_vm_result *result, uint8_t bloom[256])
{
    for (size_t i = 0; i < result->log_count; i++) {
        const tr_vm_log *log = &result->logs[i];
        tr_bytes strings[5] = {TR_VIEW(log->address)};
        for (uint32_t k = 0; k < log->topic_count; k++) strings[k + 1] = TR_VIEW(log->topics[k]);
        tr_bloom_add(bloom, log->topic_count + 1, strings);
    }
}

static tr_err fill_receipt(tr_vm *vm, const tr_tx *tx, const tr_addr *sender,
                           const tr_stf_result *ran, tr_vm_receipt *out)
{
    vm->block_gas_used += ran->gas_used;
    out->result = (tr_vm_result){.status = (int32_t)ran->status,
                                 .created = ran->created,
                                 .gas_used = ran->gas_used,
                                 .gas_left = tx->gas - ran->gas_used,
                                 .gas_refunded = ran->gas_refunded,
                                 .output = ran->output.data,
                                 .output_len = ran->output.len};
    if (ran->created) memcpy(out->result.contract, ran->contract.b, sizeof(ran->contract.b));
    out->type = tx->type;
    memcpy(out->sender, sender->b, sizeof(sender->b));
    tr_u256_to_be(vm->env.evm.gas_price, out->gas_price);
    out->cumulative_gas = vm->block_gas_used;
    out->blob_gas_used = ran->blob_gas_used;
    TR_TRY(copy_logs(vm, ran->logs, ran->log_count, &out->result));
    set_bloom(&out->result, out->bloom);
    return TR_OK;
}

static tr_err transact(tr_vm *vm, tr_bytes raw, tr_vm_receipt *out)
{
    tr_tx tx;
    tr_hash hash;
    tr_addr sender;
    tr_tx_signers signers;
    tr_stf_result ran;
    TR_TRY(tr_tx_decode(&vm->trail, &vm->run, raw, &tx));
    TR_TRY(find_signers(vm, &tx, &sender, &signers));
    tr_tx_hash_many(1, &tx, &hash);
    memcpy(out->hash, hash.b, sizeof(hash.b));
    vm->dirty = true;
    tr_tracer *tracer = vm_watch(vm, &hash);
    tr_err err =
        tr_stf_run(&vm->trail, vm->evm, vm->state, &vm->env, &tx, &sender, &signers, tracer, &ran);
    if (err == TR_OK) err = fill_receipt(vm, &tx, &sender, &ran, out);
    vm_watched(vm, err);
    return err;
}

tr_err tr_vm_transact(tr_vm *vm, const uint8_t *raw, size_t len, tr_vm_receipt *out)
{
    *out = (tr_vm_receipt){.type = 0};
    TR_TRY(vm_enter(vm));
    if (raw == NULL && len != 0) return tr_fail(&vm->trail, TR_E_ARGUMENT, "no transaction");
    bool was_dirty = vm->dirty;
    tr_arena_reset(&vm->run);
    vm->trace_err = TR_E_EMPTY;
    tr_err err = transact(vm, tr_bytes_of(raw, len), out);
    if (err == TR_OK) return TR_OK;
    *out = (tr_vm_receipt){.type = 0};
    /* An invalid transaction changes nothing; what else went wrong makes an end of the state. */
    if (err == TR_E_MEMORY || tr_state_error(vm->state, NULL) != TR_OK) return vm_lose(vm, err);
    vm->dirty = was_dirty;
    return err;
}

/* Precompiled contracts. */

static bool has_precompile(const tr_evm_rules *rules, uint32_t number)
{
    tr_addr address = {{0}};
    if (number == 0 || number > UINT16_MAX) return false;
    tr_store16be(address.b + 18, (uint16_t)number);
    return tr_precompile_at(rules, &address) == number;
}

static tr_err give_output(tr_bytes bytes, uint8_t *output, size_t room, tr_vm_result *out)
{
    out->output_len = bytes.len;
    if (bytes.len > room) return TR_E_LIMIT;
    if (bytes.len != 0) memcpy(output, bytes.data, bytes.len);
    out->output = output;
    return TR_OK;
}

tr_err tr_vm_precompile(const char *fork, uint32_t number, const uint8_t *input, size_t input_len,
                        uint64_t gas, uint8_t *output, size_t room, tr_vm_result *out)
{
    tr_fork found;
    tr_arena arena;
    tr_bytes bytes;
    tr_err err;
    *out = (tr_vm_result){.status = TR_VM_OUT_OF_GAS, .gas_used = gas};
    if (fork == NULL || (input == NULL && input_len != 0) ||
        !tr_fork_find(tr_bytes_str(fork), &found))
        return TR_E_ARGUMENT;
    const tr_evm_rules *rules = tr_evm_rules_of(found);
    if (!has_precompile(rules, number)) return TR_E_NOT_FOUND;
    uint64_t cost = tr_precompile_gas(rules, number, tr_bytes_of(input, input_len));
    if (cost > gas || cost == UINT64_MAX) return TR_OK;
    tr_arena_init(&arena, tr_heap(), SIZE_MAX);
    bool good =
        tr_precompile_run(rules, number, tr_bytes_of(input, input_len), &arena, &bytes, &err);
    if (good) {
        *out = (tr_vm_result){.status = TR_VM_OK, .gas_used = cost, .gas_left = gas - cost};
        err = give_output(bytes, output, room, out);
    } else {
        out->status = TR_VM_PRECOMPILE;
    }
    tr_arena_free(&arena);
    return err;
}
