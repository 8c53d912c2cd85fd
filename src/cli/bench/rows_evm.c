/* The programs of evm-bench: one call each, with all that it does to the state, which is undone
 * after it.  bench/evm_programs.py writes their files, whose form it describes, to the folder of
 * inputs; a row whose file is not there does not run.  setup runs a program once and refuses one
 * whose gas or output is not what the oracle says. */
#include "cli/bench/bench.h"
#include "cli/bench/evm_programs.h"
#include "evm/evm.h"
#include "hash/keccak.h"
#include "os/file.h"
#include "state/memory.h"

enum { P256 = 0x100, FILE_LIMIT = 16 << 20, GAS_LIMIT = 100000000000 };

typedef struct program {
    tr_memory_world *world;
    tr_state *state;
    tr_evm *evm;
    tr_evm_env env;
    tr_message message;
    uint64_t gas_used;
    tr_hash output;
} program;

static tr_u256 word(tr_cursor *c)
{
    tr_bytes raw = tr_cursor_take(c, 32);
    return raw.len == 32 ? tr_u256_from_be(raw.data) : TR_U256_ZERO;
}

static tr_addr address(tr_cursor *c)
{
    tr_addr a = {{0}};
    tr_bytes raw = tr_cursor_take(c, sizeof(a));
    if (raw.len == sizeof(a)) memcpy(a.b, raw.data, sizeof(a));
    return a;
}

static bool read_accounts(tr_arena *arena, tr_cursor *c, tr_memory_world *world)
{
    uint32_t count = tr_cursor_u32le(c);
    for (uint32_t i = 0; i < count && c->err == TR_OK; i++) {
        tr_account_change a = {.exists = true, .cleared = true, .nonce = 1};
        a.balance.w[3] = 1;
        a.address = address(c);
        a.code = tr_cursor_take(c, tr_cursor_u32le(c));
        a.code_changed = a.code.len != 0;
        a.code_hash = tr_keccak256(a.code);
        a.slot_count = tr_cursor_u32le(c);
        if (a.slot_count > tr_cursor_left(c) / 64) return false;
        tr_slot_change *slots = TR_ARENA_ARRAY(arena, tr_slot_change, a.slot_count);
        if (slots == NULL) return false;
        for (size_t s = 0; s < a.slot_count; s++) {
            tr_u256 key = word(c);
            slots[s] = (tr_slot_change){.key = key, .value = word(c)};
        }
        a.slots = slots;
        tr_changes one = {&a, 1};
        if (tr_memory_world_apply(NULL, world, &one) != TR_OK) return false;
    }
    return c->err == TR_OK;
}

static uint64_t intrinsic_gas(tr_bytes data)
{
    uint64_t gas = 21000;
    for (size_t i = 0; i < data.len; i++) gas += data.data[i] == 0 ? 4 : 16;
    return gas;
}

static uint64_t floor_gas(tr_bytes data)
{
    uint64_t gas = 21000;
    for (size_t i = 0; i < data.len; i++) gas += data.data[i] == 0 ? 10 : 40;
    return gas;
}

/* What a transaction does before its call: who sends, who is called and the coinbase are warm. */
static tr_checkpoint begin(program *p)
{
    tr_state_begin(p->state);
    bool warm = tr_state_warm_address(p->state, &p->message.sender) &&
                tr_state_warm_address(p->state, &p->message.to) &&
                tr_state_warm_address(p->state, &p->env.coinbase);
    TR_ASSERT(warm);
    return tr_state_checkpoint(p->state);
}

static bool is_right(program *p)
{
    tr_evm_result result;
    tr_checkpoint before = begin(p);
    tr_evm_run(p->evm, p->state, &p->env, &p->message, NULL, &result);
    uint64_t used = GAS_LIMIT - result.gas_left;
    uint64_t refund = (uint64_t)tr_state_refund(p->state), floor = floor_gas(p->message.input);
    used -= TR_MIN(refund, used / p->env.rules->refund_divisor);
    used = TR_MAX(used, floor);
    tr_hash output = tr_keccak256(result.output);
    tr_state_revert(p->state, before);
    return used == p->gas_used && tr_bytes_eq(TR_VIEW(output.b), TR_VIEW(p->output.b));
}

static bool prepare(const tr_bench_input *input, program *p, tr_bytes file)
{
    tr_cursor c = tr_cursor_of(file);
    if (tr_memory_world_new(NULL, input->alloc, SIZE_MAX, &p->world) != TR_OK) return false;
    if (!read_accounts(input->arena, &c, p->world)) return false;
    p->message = (tr_message){.kind = TR_CALL};
    p->message.sender = address(&c);
    p->message.to = address(&c);
    p->message.value = word(&c);
    p->message.input = tr_cursor_take(&c, tr_cursor_u32le(&c));
    p->gas_used = tr_cursor_u64le(&c);
    tr_bytes output = tr_cursor_take(&c, sizeof(p->output));
    if (c.err != TR_OK) return false;
    memcpy(p->output.b, output.data, sizeof(p->output));
    p->message.gas = GAS_LIMIT - intrinsic_gas(p->message.input);
    p->env = (tr_evm_env){.rules = tr_evm_rules_of(TR_OSAKA),
                          .chain_id = 1,
                          .time = 1800000000,
                          .gas_limit = GAS_LIMIT,
                          .base_fee = tr_u256_of(1000000000),
                          .blob_base_fee = tr_u256_of(1),
                          .origin = p->message.sender,
                          .gas_price = tr_u256_of(2000000000)};
    tr_state_options state_options = {
        .alloc = input->alloc, .world = tr_memory_world_door(p->world), .limit = SIZE_MAX};
    tr_evm_options evm_options = {.alloc = input->alloc};
    if (tr_state_new(NULL, &state_options, &p->state) != TR_OK) return false;
    tr_state_warm_low(p->state, p->env.rules->precompiles, P256);
    return tr_evm_new(NULL, &evm_options, &p->evm) == TR_OK && is_right(p);
}

static void finish(void *of)
{
    program *p = of;
    tr_evm_free(p->evm);
    tr_state_free(p->state);
    tr_memory_world_free(p->world);
}

static void *setup(const tr_bench_input *input, const char *name)
{
    program *p = TR_ARENA_NEW(input->arena, program);
    tr_buf path, file;
    if (p == NULL) return NULL;
    *p = (program){.world = NULL};
    tr_buf_init(&path, &input->arena->alloc, 4096);
    tr_buf_printf(&path, "%s/evm-bench/%s.bin", input->directory, name);
    tr_buf_init(&file, &input->arena->alloc, FILE_LIMIT);
    if (tr_file_read_all(NULL, tr_fs_system(), tr_buf_text(&path), FILE_LIMIT, &file) != TR_OK ||
        !prepare(input, p, tr_buf_view(&file))) {
        finish(p);
        return NULL;
    }
    input->manner->finish = finish;
    return p;
}

static uint64_t run(void *of)
{
    program *p = of;
    tr_evm_result result;
    tr_checkpoint before = begin(p);
    tr_evm_run(p->evm, p->state, &p->env, &p->message, NULL, &result);
    tr_state_revert(p->state, before);
    return result.gas_left;
}

#define SETUP(id, name)                                                                            \
    static void *setup_##id(const tr_bench_input *input)                                           \
    {                                                                                              \
        return setup(input, name);                                                                 \
    }
TR_EVM_PROGRAMS(SETUP)

#define ROW(id, its_name)                                                                          \
    {.name = "evm-" its_name,                                                                      \
     .what = "evm-bench: one call of " its_name,                                                   \
     .ops = 1,                                                                                     \
     .tier_ns = {1e3, 1e6, 1e8},                                                                   \
     .setup = setup_##id,                                                                          \
     .run = run},
static const tr_bench_row rows[] = {TR_EVM_PROGRAMS(ROW)};
const tr_bench_rows tr_bench_rows_evm = {rows, TR_COUNTOF(rows)};
