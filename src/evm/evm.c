#include "evm/evm.h"

#include "evm/evm_internal.h"

enum {
    CACHE_LIMIT = 64 << 20,
    MEMORY_LIMIT = 1 << 30,
    MEMORY_FIRST = 64 << 10,
    GAS_PER_BYTE = 150,
};

const char *tr_evm_status_text(tr_evm_status status)
{
    static const char *const texts[] = {
        [TR_EVM_OK] = "ok",
        [TR_EVM_REVERT] = "execution reverted",
        [TR_EVM_OUT_OF_GAS] = "out of gas",
        [TR_EVM_STACK_UNDERFLOW] = "stack underflow",
        [TR_EVM_STACK_OVERFLOW] = "stack overflow",
        [TR_EVM_BAD_JUMP] = "invalid jump destination",
        [TR_EVM_BAD_OPCODE] = "invalid opcode",
        [TR_EVM_STATIC] = "write protection",
        [TR_EVM_RETURNDATA] = "return data out of bounds",
        [TR_EVM_PRECOMPILE] = "precompiled contract failed",
        [TR_EVM_COLLISION] = "contract address collision",
        [TR_EVM_CODE_SIZE] = "max code size exceeded",
        [TR_EVM_CODE_EF] = "invalid code: must not begin with 0xef",
        [TR_EVM_CODE_GAS] = "contract creation code storage out of gas",
        [TR_EVM_INITCODE_SIZE] = "max initcode size exceeded",
        [TR_EVM_DEPTH] = "max call depth exceeded",
        [TR_EVM_BALANCE] = "insufficient balance for transfer",
        [TR_EVM_NONCE] = "nonce uint64 overflow",
        [TR_EVM_ABORTED] = "aborted",
    };
    return (unsigned)status < TR_COUNTOF(texts) ? texts[status] : "unknown";
}

bool tr_code_delegate(tr_bytes code, tr_addr *out)
{
    static const uint8_t mark[3] = {0xef, 0x01, 0x00};
    if (code.len != 23 || memcmp(code.data, mark, sizeof(mark)) != 0) return false;
    memcpy(out->b, code.data + 3, sizeof(out->b));
    return true;
}

tr_err tr_evm_new(tr_trail *trail, const tr_evm_options *options, tr_evm **out)
{
    tr_alloc *alloc = options->alloc;
    *out = NULL;
    tr_evm *m = tr_alloc_get(alloc, sizeof(*m));
    if (m == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for an EVM");
    *m = (tr_evm){.alloc = alloc, .gas_per_byte = GAS_PER_BYTE};
    m->memory_limit = options->memory_limit != 0 ? options->memory_limit : MEMORY_LIMIT;
    tr_arena_init(&m->outputs, alloc, m->memory_limit);
    tr_arena_init(&m->initcodes, alloc, m->memory_limit);
    m->codes = (tr_code_cache){.alloc = alloc, .free = TR_CODE_NONE};
    m->codes.limit = options->cache_limit != 0 ? options->cache_limit : CACHE_LIMIT;
    memset(m->codes.chains, 0xff, sizeof(m->codes.chains));
    m->frames = tr_alloc_array(alloc, TR_EVM_DEPTH_LIMIT + 1, sizeof(tr_evm_frame));
    m->codes.entries = tr_alloc_array(alloc, TR_CODE_ENTRIES, sizeof(tr_code));
    size_t first = TR_MIN(m->memory_limit, (size_t)MEMORY_FIRST);
    m->memory = tr_alloc_get(alloc, first);
    if (m->memory != NULL) m->memory_cap = first;
    m->hashes = tr_alloc_array(alloc, TR_EVM_HASHES, sizeof(tr_evm_hash));
    if (m->frames == NULL || m->codes.entries == NULL || m->memory == NULL || m->hashes == NULL) {
        tr_evm_free(m);
        return tr_fail(trail, TR_E_MEMORY, "no memory for an EVM's frames");
    }
    memset(m->hashes, 0, TR_EVM_HASHES * sizeof(tr_evm_hash));
    *out = m;
    return TR_OK;
}

void tr_evm_free(tr_evm *m)
{
    if (m == NULL) return;
    tr_alloc *alloc = m->alloc;
    tr_code_cache_free(&m->codes);
    for (size_t i = 0; i < TR_STACK_PIECES; i++)
        tr_alloc_put(alloc, m->stacks[i], TR_STACK_PIECE * sizeof(tr_u256));
    tr_alloc_put(alloc, m->frames, (TR_EVM_DEPTH_LIMIT + 1) * sizeof(tr_evm_frame));
    tr_alloc_put(alloc, m->hashes, TR_EVM_HASHES * sizeof(tr_evm_hash));
    tr_alloc_put(alloc, m->memory, m->memory_cap);
    tr_alloc_put(alloc, m->copy, m->copy_cap);
    tr_arena_free(&m->outputs);
    tr_arena_free(&m->initcodes);
    tr_alloc_put(alloc, m, sizeof(*m));
}

/* A loop's table of handlers for a fork. */
static void make_table(tr_evm *m, unsigned which, const void *const *handlers)
{
    if (m->tables_of[which] == m->rules) return;
    for (unsigned i = 0; i < 256; i++)
        m->tables[which][i] = handlers[m->rules->ops[i].defined ? i : 256];
    m->tables_of[which] = m->rules;
}

void tr_evm_set_hot(tr_evm *m, uint64_t gas_per_byte)
{
    m->gas_per_byte = gas_per_byte;
}

static void run_frames(tr_evm *m)
{
    if (m->tracer != NULL) {
        make_table(m, 1, tr_evm_loop_traced(NULL));
        (void)tr_evm_loop_traced(m);
    } else {
        make_table(m, 0, tr_evm_loop_plain(NULL));
        while (tr_evm_loop_plain(m) != NULL && tr_evm_loop_fast(m) != NULL) continue;
    }
}

void tr_evm_run(tr_evm *m, tr_state *state, const tr_evm_env *env, const tr_message *message,
                tr_tracer *tracer, tr_evm_result *out)
{
    m->state = state;
    m->env = env;
    m->rules = env->rules;
    m->tracer = tracer;
    m->tx = tr_state_tx(state);
    m->depth = 0;
    tr_evm_next next = tr_evm_begin(m, message);
    if (next == TR_NEXT_FRAME) run_frames(m);
    if (m->end.status == TR_EVM_ABORTED) {
        tr_evm_unwind(m);
        m->end.gas_left = 0;
        m->returned = tr_bytes_of(NULL, 0);
    }
    bool has_output = m->end.status == TR_EVM_OK || m->end.status == TR_EVM_REVERT;
    *out = (tr_evm_result){.status = m->end.status, .gas_left = m->end.gas_left};
    if (has_output) out->output = m->returned;
}
