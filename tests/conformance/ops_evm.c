/* The machine on an empty world. */
#include "eth/account.h"
#include "evm/evm.h"
#include "ops.h"

static tr_err no_account(tr_world *self, tr_trail *trail, const tr_addr *address,
                         tr_world_account *out)
{
    (void)self, (void)trail, (void)address;
    *out = (tr_world_account){.code_hash = tr_empty_code_hash};
    return TR_OK;
}

static tr_err no_slot(tr_world *self, tr_trail *trail, const tr_addr *address, const tr_u256 *key,
                      tr_u256 *out)
{
    (void)self, (void)trail, (void)address, (void)key;
    *out = TR_U256_ZERO;
    return TR_OK;
}

static tr_err no_code(tr_world *self, tr_trail *trail, const tr_addr *address, const tr_hash *hash,
                      tr_bytes *out)
{
    (void)self, (void)trail, (void)address, (void)hash;
    *out = (tr_bytes){NULL, 0};
    return TR_OK;
}

static void run(tr_evm *evm, tr_state *state, tr_fork fork, uint64_t gas, tr_bytes code,
                tr_bytes input, tr_buf *out)
{
    const tr_addr contract = {{[19] = 0xc0}}, sender = {{[19] = 0xee}};
    tr_evm_env env = {.rules = tr_evm_rules_of(fork), .chain_id = 1, .gas_limit = 30000000};
    tr_message message = {.kind = TR_CALL,
                          .sender = sender,
                          .to = contract,
                          .gas = gas,
                          .input = input,
                          .code = &code};
    tr_evm_result result;
    tr_state_begin(state);
    tr_evm_run(evm, state, &env, &message, NULL, &result);
    uint8_t left[8];
    tr_store64be(left, result.gas_left);
    tr_buf_put_u8(out, (uint8_t)result.status);
    tr_buf_put(out, TR_VIEW(left));
    tr_buf_put(out, result.output);
}

/* In: fork (1 byte), gas (8, big-endian), length of the code (4), code, input.  Out: the status (1
 * byte), the gas that is left (8), the output. */
static tr_err op_run(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    tr_cursor c = tr_cursor_of(in);
    uint8_t fork = tr_cursor_u8(&c);
    uint64_t gas = tr_cursor_u64be(&c);
    tr_bytes code = tr_cursor_take(&c, tr_cursor_u32be(&c));
    tr_bytes input = tr_cursor_take(&c, tr_cursor_left(&c));
    if (c.err != TR_OK) return c.err;
    if (fork >= TR_FORKS) return TR_E_ARGUMENT;
    tr_world world = {no_account, no_slot, no_code, NULL, NULL};
    tr_state_options state_options = {.alloc = &arena->alloc, .world = &world, .limit = 64 << 20};
    tr_evm_options evm_options = {.alloc = &arena->alloc, .memory_limit = 16 << 20};
    tr_arena_mark mark = tr_arena_save(arena);
    tr_state *state = NULL;
    tr_evm *evm = NULL;
    tr_err err = tr_state_new(NULL, &state_options, &state);
    if (err == TR_OK) err = tr_evm_new(NULL, &evm_options, &evm);
    uint8_t memory[4096];
    tr_buf result;
    tr_buf_init_fixed(&result, memory, sizeof(memory));
    if (err == TR_OK) run(evm, state, (tr_fork)fork, gas, code, input, &result);
    tr_evm_free(evm);
    tr_state_free(state);
    /* out may grow in the same arena. */
    tr_arena_rewind(arena, mark);
    TR_TRY(err);
    tr_buf_put(out, tr_buf_view(&result));
    return tr_buf_err(&result);
}

static const tr_op ops[] = {
    {"evm.run", op_run},
};
const tr_ops tr_ops_evm = {ops, TR_COUNTOF(ops)};
