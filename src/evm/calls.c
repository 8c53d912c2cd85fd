/* Frames: how they begin and end, and calls that need none. */
#include "evm/fast_internal.h"
#include "evm/precompile.h"
#include "hash/keccak.h"

/* A call or a create that is about to begin: everything has been paid. */
typedef struct begin {
    uint8_t op;
    bool is_static, moves_value, is_create, takes_code;
    tr_acct *from, *self, *target; /* who pays, whose storage it is, whose code */
    tr_addr caller, teller, to;    /* teller: from, as a tracer is told */
    tr_u256 value;
    tr_bytes input, code; /* code: that of a create or of an embedder (takes_code) */
    uint64_t gas;
    size_t out_at, out_len;
} begin;

static const tr_bytes nothing = {NULL, 0};

static tr_evm_next end_with(tr_evm *m, tr_evm_status status, uint64_t gas_left)
{
    m->end = (tr_evm_end){status, gas_left};
    return status == TR_EVM_ABORTED ? TR_NEXT_FAULT : TR_NEXT_OP;
}

static tr_evm_next aborted(tr_evm *m)
{
    return end_with(m, TR_EVM_ABORTED, 0);
}

/* Where the frame's memory and stack begin: behind those of the one below. */
static bool place(tr_evm *m, tr_evm_frame *f)
{
    bool first = m->depth == 0;
    const tr_evm_frame *below = first ? f : f - 1;
    f->memory = first ? m->memory : below->memory + below->memory_size;
    f->memory_size = 0;
    f->memory_room = 0;
    uint32_t piece = first ? 0 : below->stack_piece;
    tr_u256 *low = first ? m->stacks[0] : below->sp + 1;
    if (low != NULL && m->stacks[piece] + TR_STACK_PIECE - low <= TR_EVM_STACK_LIMIT) {
        low = m->stacks[++piece];
    }
    if (low == NULL) {
        low = tr_alloc_array(m->alloc, TR_STACK_PIECE, sizeof(tr_u256));
        m->stacks[piece] = low;
    }
    f->stack_piece = piece;
    f->low = low;
    f->sp = low;
    return low != NULL;
}

static bool is_ours(const tr_code_cache *cache, const void *analysis)
{
    uintptr_t at = (uintptr_t)analysis - (uintptr_t)cache->entries;
    return at < TR_CODE_ENTRIES * sizeof(tr_code) && at % sizeof(tr_code) == 0;
}

static bool own_code(tr_evm *m, tr_evm_frame *f, tr_bytes code)
{
    f->initcode = tr_arena_save(&m->initcodes);
    void *memory = tr_arena_get(&m->initcodes, tr_code_size(code.len), 8);
    if (memory == NULL) return false;
    tr_code made = {.pins = 0};
    tr_code_make(&made, code, memory);
    f->code = made.bytes;
    f->jumps = made.jumps;
    f->code_len = made.len;
    return true;
}

/* The account's code in the cache, or, where that is full, for this frame alone. */
static bool account_code(tr_evm *m, tr_evm_frame *f, tr_acct *account)
{
    tr_code *code = account->analysis;
    if (!is_ours(&m->codes, code) || code->memory == NULL ||
        memcmp(&code->hash, &account->code_hash, sizeof(tr_hash)) != 0) {
        code = tr_code_cached(&m->codes, &account->code_hash, account->code);
        if (code == NULL) return own_code(m, f, account->code);
        account->analysis = code;
    }
    code->pins++;
    code->was_used = true;
    f->cached = code;
    f->code = code->bytes;
    f->jumps = code->jumps;
    f->code_len = code->len;
    return true;
}

/* The fast form of the frame's code, or when to ask for it. */
static void find_fast(tr_evm *m, tr_evm_frame *f, uint64_t gas)
{
    f->cell = NULL;
    f->ask_below = INT64_MIN;
    tr_code *code = f->cached;
    if (code == NULL || m->tracer != NULL || m->gas_per_byte == UINT64_MAX) return;
    f->fast = tr_code_hot(&m->codes, code, m->rules, m->gas_per_byte);
    if (f->fast != NULL)
        f->cell = f->fast->cells;
    else if (code->dull != m->rules)
        f->ask_below = (int64_t)gas - (int64_t)(code->len * m->gas_per_byte - code->heat);
}

static tr_evm_next push_frame(tr_evm *m, const begin *b, tr_checkpoint checkpoint)
{
    tr_evm_frame *f = &m->frames[m->depth];
    if (!place(m, f)) return aborted(m);
    f->cached = NULL;
    bool is_ready = b->takes_code ? own_code(m, f, b->code) : account_code(m, f, b->target);
    if (!is_ready) return aborted(m);
    f->pc = f->code;
    find_fast(m, f, b->gas);
    f->gas = (int64_t)b->gas;
    f->input = b->input;
    f->self = b->self;
    f->value = b->value;
    f->caller = b->caller;
    f->code_address = b->target->address;
    f->to = b->to;
    f->op = b->op;
    f->is_static = b->is_static;
    f->is_create = b->is_create;
    f->gas_given = b->gas;
    f->checkpoint = checkpoint;
    f->out_at = b->out_at;
    f->out_len = b->out_len;
    m->depth++;
    m->returned = nothing;
    return TR_NEXT_FRAME;
}

static void tell_begin(tr_evm *m, const begin *b, unsigned precompile)
{
    if (TR_LIKELY(m->tracer == NULL)) return;
    tr_frame_begin told = {.state = m->state,
                           .depth = (int)m->depth + 1,
                           .op = b->op,
                           .from = b->teller,
                           .to = b->to,
                           .code_address = b->target->address,
                           .precompile = precompile,
                           .input = b->input,
                           .code = b->takes_code ? b->code : b->target->code,
                           .gas = b->gas,
                           .value = b->op == TR_OP_STATICCALL ? NULL : &b->value};
    tr_evm_tell_enter(m, &told);
}

static tr_evm_next end_without_frame(tr_evm *m, const begin *b, tr_evm_status status,
                                     uint64_t gas_left)
{
    if (TR_UNLIKELY(m->tracer != NULL)) {
        tr_bytes output = status == TR_EVM_OK ? m->returned : nothing;
        tr_evm_tell_leave(m, (int)m->depth + 1, b->op, status, b->gas - gas_left, output);
    }
    return end_with(m, status, gas_left);
}

/* Value goes over; whoever is called is touched, which matters only when it is empty. */
static bool move_value(tr_evm *m, const begin *b)
{
    tr_acct *to = b->self;
    if (tr_u256_iszero(b->value)) {
        if (to->exists ? !tr_acct_is_empty(to) : m->rules->clear_empty) return true;
        return tr_state_add_balance(m->state, to, &b->value);
    }
    tr_u256 left = tr_u256_sub(b->from->balance, b->value);
    return tr_state_set_balance(m->state, b->from, &left) &&
           tr_state_add_balance(m->state, to, &b->value);
}

static bool is_low_address(const tr_addr *a)
{
    return (tr_load64le(a->b) | tr_load64le(a->b + 8) | a->b[16] | a->b[17]) == 0;
}

static tr_evm_next run_precompile(tr_evm *m, const begin *b, unsigned number)
{
    uint64_t cost = tr_precompile_gas(m->rules, number, b->input);
    if (cost > b->gas) return end_without_frame(m, b, TR_EVM_OUT_OF_GAS, 0);
    tr_err err = TR_OK;
    tr_bytes output = nothing;
    tr_arena_reset(&m->outputs);
    bool ok = tr_precompile_run(m->rules, number, b->input, &m->outputs, &output, &err);
    if (err != TR_OK) return aborted(m);
    m->returned = ok ? output : nothing;
    return end_without_frame(m, b, ok ? TR_EVM_OK : TR_EVM_PRECOMPILE, ok ? b->gas - cost : 0);
}

/* Begins a call whose depth and balance have been found enough. */
static tr_evm_next begin_call(tr_evm *m, const begin *b)
{
    static const tr_addr ripemd = {{[19] = 3}};
    tr_checkpoint checkpoint = tr_state_checkpoint(m->state);
    unsigned precompile = 0;
    if (!b->takes_code && is_low_address(&b->to)) precompile = tr_precompile_at(m->rules, &b->to);
    if (precompile == 0 && !b->takes_code && b->target->has_code &&
        !tr_state_code(m->state, b->target))
        return aborted(m);
    tell_begin(m, b, precompile);
    if (b->moves_value && !move_value(m, b)) return aborted(m);
    if (precompile != 0) {
        tr_evm_next next = run_precompile(m, b, precompile);
        if (next != TR_NEXT_OP) return next;
        bool ok = m->end.status == TR_EVM_OK;
        if (!ok) tr_state_revert(m->state, checkpoint);
        /* No frame above that fails undoes it either. */
        bool touches = b->moves_value && memcmp(&b->to, &ripemd, sizeof(ripemd)) == 0 &&
                       (!ok || tr_u256_iszero(b->value));
        if (touches && !tr_state_touch_for_good(m->state, b->self)) return aborted(m);
        return next;
    }
    if (b->takes_code ? b->code.len == 0 : !b->target->has_code)
        return end_without_frame(m, b, TR_EVM_OK, b->gas);
    return push_frame(m, b, checkpoint);
}

static bool is_taken(const tr_evm *m, const tr_acct *account)
{
    return account->nonce != 0 || account->has_code || tr_state_has_storage(m->state, account);
}

/* Begins a create for which the creator's nonce has been counted up. */
static tr_evm_next begin_create(tr_evm *m, const begin *b)
{
    tell_begin(m, b, 0);
    if (is_taken(m, b->self)) return end_without_frame(m, b, TR_EVM_COLLISION, 0);
    tr_checkpoint checkpoint = tr_state_checkpoint(m->state);
    if (!tr_state_create(m->state, b->self)) return aborted(m);
    if (m->rules->create_nonce_one && !tr_state_set_nonce(m->state, b->self, 1)) return aborted(m);
    if (!tr_u256_iszero(b->value) && !move_value(m, b)) return aborted(m);
    return push_frame(m, b, checkpoint);
}

/* What the caller sees of a call that has ended. */
static void finish_call(tr_evm_frame *f, const tr_evm *m, size_t out_at, size_t out_len)
{
    f->gas += (int64_t)m->end.gas_left;
    size_t len = TR_MIN(out_len, m->returned.len);
    if (len != 0) memmove(f->memory + out_at, m->returned.data, len);
    *++f->sp = tr_u256_of(m->end.status == TR_EVM_OK);
}

static void finish_create(tr_evm_frame *f, const tr_evm *m, const tr_addr *created)
{
    f->gas += (int64_t)m->end.gas_left;
    *++f->sp = m->end.status == TR_EVM_OK ? tr_addr_to_u256(created) : TR_U256_ZERO;
}

/* A call that may not begin: its gas comes back. */
static tr_evm_status refusal(const tr_evm *m, const tr_acct *from, const tr_u256 *value)
{
    if (m->depth > TR_EVM_DEPTH_LIMIT) return TR_EVM_DEPTH;
    return tr_u256_lt(from->balance, *value) ? TR_EVM_BALANCE : TR_EVM_OK;
}

static void warm(tr_evm *m, tr_acct *account)
{
    if (m->rules->has_access_sets && account != NULL && !tr_acct_is_warm(account, m->tx))
        (void)tr_state_warm_account(m->state, account);
}

/* Pays and takes the words: the memory is there, the accounts are warm. */
static bool accept(tr_evm *m, tr_evm_frame *f, const tr_call_price *price, unsigned words)
{
    m->end.status = price->fault;
    if (price->fault != TR_EVM_OK) return false;
    f->gas -= (int64_t)(price->cost + price->passed);
    m->end.status = TR_EVM_ABORTED;
    if (!tr_evm_reserve(m, f, price->memory_end)) return false;
    warm(m, price->target);
    warm(m, price->delegate);
    f->sp -= words;
    m->returned = nothing;
    return true;
}

static tr_bytes memory_of(const tr_evm_frame *f, size_t at, size_t len)
{
    return len == 0 ? nothing : tr_bytes_of(f->memory + at, len);
}

static begin call_of(const tr_evm *m, const tr_evm_frame *f, uint8_t op, const tr_call_price *price,
                     const tr_addr *to)
{
    bool is_own = op == TR_OP_CALLCODE || op == TR_OP_DELEGATECALL;
    begin b = {.op = op,
               .is_static = f->is_static || op == TR_OP_STATICCALL,
               .moves_value = !is_own,
               .from = f->self,
               .self = is_own ? f->self : price->target,
               .target = price->delegate != NULL ? price->delegate : price->target,
               .caller = op == TR_OP_DELEGATECALL ? f->caller : f->self->address,
               .teller = f->self->address,
               .to = *to,
               .value = op == TR_OP_DELEGATECALL ? f->value : price->value,
               .input = memory_of(f, price->in_at, price->input.len),
               .gas = price->passed,
               .out_at = price->out_at,
               .out_len = price->out_len};
    if (!tr_u256_iszero(price->value)) b.gas += m->rules->call_stipend;
    return b;
}

tr_evm_next tr_evm_call(tr_evm *m, tr_evm_frame *f, uint8_t op)
{
    bool with_value = op == TR_OP_CALL || op == TR_OP_CALLCODE;
    tr_addr to = tr_u256_to_addr(&f->sp[-1]);
    tr_call_price price = tr_evm_call_price(m, f, op, f->gas);
    if (!accept(m, f, &price, with_value ? 7 : 6)) return TR_NEXT_FAULT;
    begin b = call_of(m, f, op, &price, &to);
    tr_evm_status refused = refusal(m, f->self, &price.value);
    tr_evm_next next;
    if (TR_UNLIKELY(refused != TR_EVM_OK)) {
        if (b.target == NULL) return aborted(m);
        if (price.delegate != NULL && !tr_state_code(m->state, price.delegate)) return aborted(m);
        tell_begin(m, &b, 0);
        next = end_without_frame(m, &b, refused, b.gas);
    } else {
        next = begin_call(m, &b);
    }
    if (next == TR_NEXT_OP) finish_call(f, m, b.out_at, b.out_len);
    return next;
}

static tr_addr create_address(const tr_addr *from, uint64_t nonce)
{
    uint8_t raw[32], *at = raw + 23;
    unsigned len = tr_be_len(nonce);
    raw[1] = 0x80 + 20;
    memcpy(raw + 2, from->b, 20);
    if (nonce != 0 && nonce < 0x80) {
        raw[22] = (uint8_t)nonce;
    } else {
        raw[22] = (uint8_t)(0x80 + len);
        for (unsigned i = len; i-- > 0;) *at++ = (uint8_t)(nonce >> (8 * i));
    }
    raw[0] = (uint8_t)(0xc0 + (at - raw) - 1);
    tr_hash hash = tr_keccak256(tr_bytes_of(raw, (size_t)(at - raw)));
    tr_addr to;
    memcpy(to.b, hash.b + 12, 20);
    return to;
}

static tr_addr create2_address(const tr_addr *from, const tr_u256 *salt, tr_bytes initcode)
{
    uint8_t raw[85] = {0xff};
    memcpy(raw + 1, from->b, 20);
    tr_u256_to_be(*salt, raw + 21);
    tr_hash hash = tr_keccak256(initcode);
    memcpy(raw + 53, hash.b, 32);
    hash = tr_keccak256(TR_VIEW(raw));
    tr_addr to;
    memcpy(to.b, hash.b + 12, 20);
    return to;
}

tr_evm_next tr_evm_create(tr_evm *m, tr_evm_frame *f, uint8_t op)
{
    tr_u256 salt = op == TR_OP_CREATE2 ? f->sp[-3] : TR_U256_ZERO;
    tr_call_price price = tr_evm_create_price(m, f, op, f->gas);
    if (!accept(m, f, &price, op == TR_OP_CREATE2 ? 4 : 3)) return TR_NEXT_FAULT;
    tr_acct *from = f->self;
    tr_bytes code = memory_of(f, price.in_at, price.input.len);
    begin b = {.op = op,
               .is_create = true,
               .takes_code = true,
               .from = from,
               .caller = from->address,
               .teller = from->address,
               .value = price.value,
               .code = code,
               .gas = price.passed};
    b.to = op == TR_OP_CREATE2 ? create2_address(&from->address, &salt, code)
                               : create_address(&from->address, from->nonce);
    tr_evm_status refused = refusal(m, from, &price.value);
    if (refused == TR_EVM_OK && from->nonce == UINT64_MAX) refused = TR_EVM_NONCE;
    tr_evm_next next;
    if (refused != TR_EVM_OK) {
        b.target = from;
        tell_begin(m, &b, 0);
        next = end_without_frame(m, &b, refused, b.gas);
    } else {
        if (!tr_state_set_nonce(m->state, from, from->nonce + 1)) return aborted(m);
        b.self = b.target = tr_state_account(m->state, &b.to);
        if (b.self == NULL) return aborted(m);
        warm(m, b.self);
        next = begin_create(m, &b);
    }
    if (next == TR_NEXT_OP) finish_create(f, m, &b.to);
    return next;
}

/* Keeps the code that a create returned; on success the deposit has been paid. */
static tr_evm_status deposit(tr_evm *m, tr_evm_frame *f, int64_t *gas)
{
    const tr_evm_rules *rules = m->rules;
    tr_bytes code = m->output;
    if (rules->code_max != 0 && code.len > rules->code_max) return TR_EVM_CODE_SIZE;
    if (rules->refuse_ef && code.len != 0 && code.data[0] == 0xef) return TR_EVM_CODE_EF;
    uint64_t cost = (uint64_t)code.len * rules->create_data_byte;
    if (cost > (uint64_t)*gas) {
        if (rules->create_needs_deposit) return TR_EVM_CODE_GAS;
        m->output = nothing;
        return TR_EVM_OK;
    }
    *gas -= (int64_t)cost;
    if (code.len == 0) return TR_EVM_OK;
    return tr_state_set_code(m->state, f->self, code) ? TR_EVM_OK : TR_EVM_ABORTED;
}

static void drop_code(tr_evm *m, tr_evm_frame *f)
{
    if (f->cached != NULL) {
        f->cached->pins--;
        if (f->cell == NULL) f->cached->heat += f->gas_given - m->end.gas_left;
    } else {
        tr_arena_rewind(&m->initcodes, f->initcode);
    }
}

/* A create of Frontier that could not pay for its code is told as what failed, though it did not.
 */
static void tell_end(tr_evm *m, const tr_evm_frame *f, tr_evm_status status, tr_bytes returned)
{
    bool is_unpaid = status == TR_EVM_OK && returned.len != m->output.len;
    tr_evm_tell_leave(m, (int)m->depth + 1, f->op, is_unpaid ? TR_EVM_CODE_GAS : status,
                      f->gas_given - m->end.gas_left, is_unpaid ? returned : m->output);
}

tr_evm_frame *tr_evm_leave(tr_evm *m, tr_evm_status status, int64_t gas)
{
    tr_evm_frame *f = &m->frames[m->depth - 1];
    tr_bytes returned = m->output;
    if (status == TR_EVM_OK && f->is_create) status = deposit(m, f, &gas);
    m->end.status = status;
    if (status == TR_EVM_ABORTED) return NULL;
    if (status != TR_EVM_OK) tr_state_revert(m->state, f->checkpoint);
    if (status != TR_EVM_OK && status != TR_EVM_REVERT) {
        gas = 0;
        m->output = nothing;
    }
    m->end.gas_left = (uint64_t)gas;
    m->returned = m->output;
    drop_code(m, f);
    m->depth--;
    if (TR_UNLIKELY(m->tracer != NULL)) tell_end(m, f, status, returned);
    if (m->depth == 0) return NULL;
    tr_evm_frame *below = f - 1;
    if (f->is_create) {
        if (status == TR_EVM_OK) m->returned = nothing;
        finish_create(below, m, &f->to);
    } else {
        finish_call(below, m, f->out_at, f->out_len);
    }
    return below;
}

bool tr_evm_try_fast(tr_evm *m, tr_evm_frame *f, size_t pc)
{
    f->ask_below = INT64_MIN;
    f->cached->heat = TR_MAX(f->cached->heat, f->cached->len * m->gas_per_byte);
    f->fast = tr_code_hot(&m->codes, f->cached, m->rules, m->gas_per_byte);
    if (f->fast == NULL) return false;
    f->cell = f->fast->cells + f->fast->targets[pc];
    return true;
}

void tr_evm_unwind(tr_evm *m)
{
    while (m->depth > 0) drop_code(m, &m->frames[--m->depth]);
}

/* An embedder's code, or the account's own or that of its delegate, which is warmed for free. */
static bool choose_code(tr_evm *m, begin *b, const tr_message *message)
{
    b->target = b->self;
    if (message->code != NULL) {
        b->takes_code = true;
        b->code = *message->code;
        return true;
    }
    tr_addr delegate;
    if (!m->rules->delegations || !b->self->has_code) return true;
    if (!tr_state_code(m->state, b->self)) return false;
    if (!tr_code_delegate(b->self->code, &delegate)) return true;
    b->target = tr_state_account(m->state, &delegate);
    warm(m, b->target);
    return b->target != NULL;
}

tr_evm_next tr_evm_begin(tr_evm *m, const tr_message *message)
{
    begin b = {.op = TR_OP_CALL,
               .moves_value = true,
               .is_static = message->kind == TR_STATICCALL,
               .is_create = message->kind == TR_CREATE,
               .self = tr_state_account(m->state, &message->to),
               .caller = message->sender,
               .teller = message->sender,
               .to = message->to,
               .value = message->value,
               .input = message->input,
               .gas = message->gas};
    if (b.is_static) b.op = TR_OP_STATICCALL;
    if (b.is_create) b.op = TR_OP_CREATE;
    b.target = b.self;
    /* Who gives nothing is not read: a witness need not have the caller of system calls. */
    bool gives = !tr_u256_iszero(message->value);
    b.from = gives ? tr_state_account(m->state, &message->sender) : b.self;
    m->returned = nothing;
    if (b.from == NULL || b.self == NULL) return aborted(m);
    if (tr_u256_lt(b.from->balance, b.value)) {
        tell_begin(m, &b, 0);
        return end_without_frame(m, &b, TR_EVM_BALANCE, b.gas);
    }
    if (b.is_create) {
        b.takes_code = true;
        b.code = message->input;
        b.input = nothing;
        return begin_create(m, &b);
    }
    if (!choose_code(m, &b, message)) return aborted(m);
    return begin_call(m, &b);
}
