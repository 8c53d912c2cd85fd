/* callTracer and prestateTracer as they were when they were scripts over single steps.  What they
 * cannot see from there they leave out or guess, in the same way. */
#include "eth/tx.h"
#include "evm/trace_internal.h"
#include "hash/keccak.h"

typedef struct legacy_call legacy_call;
struct legacy_call {
    legacy_call *below; /* on the stack of calls */
    legacy_call *parent, *first, *last, *next;
    uint8_t op;
    tr_addr from, to;
    tr_u256 value, out_offset, out_size;
    uint64_t gas_before, cost, gas, gas_used;
    bool has_to, has_value, has_gas, has_gas_used, has_output, has_error;
    tr_bytes input, output, error;
};

typedef struct legacy_tracer {
    tr_trace trace;
    const tr_evm_rules *rules;
    legacy_call *top;
    int count; /* of calls on the stack; the transaction's own is the first */
    bool has_descended;
    legacy_call root; /* what the run says of the first frame; its calls are those of base */
    legacy_call base;
    uint64_t gas_limit;
} legacy_tracer;

static void on_tx_begin(tr_tracer *self, const tr_tx_begin *tx)
{
    legacy_tracer *t = (legacy_tracer *)self;
    t->rules = tx->env->rules;
    t->gas_limit = tx->gas;
}

static void on_tx_end(tr_tracer *self, const tr_tx_end *tx)
{
    legacy_tracer *t = (legacy_tracer *)self;
    if (!tr_trace_is_idle(&t->trace)) t->root.gas_used = tx->gas_used;
}

static void on_enter(tr_tracer *self, const tr_frame_begin *frame)
{
    legacy_tracer *t = (legacy_tracer *)self;
    if (tr_trace_is_idle(&t->trace) || frame->depth != 1 || frame->op == TR_OP_SELFDESTRUCT) return;
    t->root = (legacy_call){.op = frame->op,
                            .from = frame->from,
                            .to = frame->to,
                            .gas = t->gas_limit != 0 ? t->gas_limit : frame->gas,
                            .has_to = true,
                            .has_value = true,
                            .has_gas = true,
                            .has_gas_used = true};
    if (frame->value != NULL) t->root.value = *frame->value;
    t->root.input =
        tr_trace_copy(&t->trace, frame->op == TR_OP_CREATE ? frame->code : frame->input);
}

static void on_leave(tr_tracer *self, const tr_frame_end *frame)
{
    legacy_tracer *t = (legacy_tracer *)self;
    char words[TR_FAULT_TEXT];
    tr_trace_fault_note none = {.status = TR_EVM_OK};
    if (tr_trace_is_idle(&t->trace) || frame->depth != 1 || frame->op == TR_OP_SELFDESTRUCT) return;
    legacy_call *root = &t->root;
    root->gas_used = frame->gas_used;
    tr_bytes error = tr_trace_end_text(&none, (tr_evm_status)frame->status, 0, 0, words);
    root->has_error = error.len != 0 || t->base.has_error;
    root->error = t->base.has_error ? t->base.error : tr_trace_copy(&t->trace, error);
    bool reverted = frame->status == TR_EVM_REVERT && frame->output.len != 0;
    root->has_output = !root->has_error || reverted;
    if (root->has_output) root->output = tr_trace_copy(&t->trace, frame->output);
}

static legacy_call *push(legacy_tracer *t, const tr_step *step)
{
    legacy_call *made = TR_TRACE_NEW(&t->trace, legacy_call);
    if (made == NULL) return NULL;
    *made = (legacy_call){.below = t->top,
                          .op = step->op,
                          .from = step->account->address,
                          .gas_before = step->gas,
                          .cost = step->cost};
    t->top = made;
    t->count++;
    t->has_descended = true;
    return made;
}

static legacy_call *pop(legacy_tracer *t)
{
    legacy_call *gone = t->top;
    t->top = gone->below;
    t->count--;
    return gone;
}

static void add_below(legacy_call *parent, legacy_call *child)
{
    child->parent = parent;
    if (parent->last == NULL)
        parent->first = child;
    else
        parent->last->next = child;
    parent->last = child;
}

static void begin_create(legacy_tracer *t, const tr_step *step)
{
    tr_u256 value, offset, size;
    if (!tr_step_peek(step, 0, &value) || !tr_step_peek(step, 1, &offset) ||
        !tr_step_peek(step, 2, &size))
        return;
    tr_bytes input = tr_step_memory(&t->trace, step, offset, size);
    legacy_call *made = push(t, step);
    if (made == NULL) return;
    made->input = input;
    made->value = value;
    made->has_value = true;
}

static void note_destroy(legacy_tracer *t, const tr_step *step)
{
    tr_u256 word;
    legacy_call *made = TR_TRACE_NEW(&t->trace, legacy_call);
    if (made == NULL || !tr_step_peek(step, 0, &word)) return;
    *made = (legacy_call){.op = step->op,
                          .from = step->account->address,
                          .to = tr_word_addr(word),
                          .value = step->account->balance,
                          .has_to = true,
                          .has_value = true};
    add_below(t->top, made);
}

static void begin_call(legacy_tracer *t, const tr_step *step)
{
    size_t more = step->op == TR_OP_CALL || step->op == TR_OP_CALLCODE ? 1 : 0;
    if (step->stack_size < 6 + more) return;
    const tr_u256 *top = step->stack + step->stack_size - 1;
    tr_addr to = tr_word_addr(top[-1]);
    if (tr_is_precompile(t->rules, &to)) return;
    const tr_u256 *range = top - 2 - more;
    tr_bytes input = tr_step_memory(&t->trace, step, range[0], range[-1]);
    legacy_call *made = push(t, step);
    if (made == NULL) return;
    made->to = to;
    made->has_to = true;
    made->input = input;
    made->out_offset = range[-2];
    made->out_size = range[-3];
    made->has_value = more == 1;
    if (more == 1) made->value = top[-2];
}

static void set_failed(legacy_tracer *t, legacy_call *call)
{
    if (call->has_error) return;
    call->has_error = true;
    call->error = tr_trace_copy(&t->trace, TR_LIT("internal failure"));
}

static void end_create(legacy_tracer *t, const tr_step *step, legacy_call *call, tr_u256 result)
{
    call->gas_used = call->gas_before - call->cost - step->gas;
    call->has_gas_used = true;
    if (tr_u256_iszero(result)) {
        set_failed(t, call);
        return;
    }
    call->to = tr_word_addr(result);
    call->has_to = call->has_output = true;
    tr_acct *account = tr_state_account(step->state, &call->to);
    if (account == NULL || (account->has_code && !tr_state_code(step->state, account)))
        t->trace.err = TR_E_STATE;
    else if (account->has_code)
        call->output = tr_trace_copy(&t->trace, account->code);
}

static void end_call(legacy_tracer *t, const tr_step *step, legacy_call *call, tr_u256 result)
{
    if (call->has_gas) {
        call->gas_used = call->gas_before - call->cost + call->gas - step->gas;
        call->has_gas_used = true;
    }
    if (tr_u256_iszero(result)) {
        set_failed(t, call);
        return;
    }
    call->has_output = true;
    call->output = tr_step_memory(&t->trace, step, call->out_offset, call->out_size);
}

/* Back in the frame that made the call on top. */
static void end_top(legacy_tracer *t, const tr_step *step)
{
    tr_u256 result = TR_U256_ZERO;
    (void)tr_step_peek(step, 0, &result);
    legacy_call *call = pop(t);
    if (call->op == TR_OP_CREATE || call->op == TR_OP_CREATE2)
        end_create(t, step, call, result);
    else
        end_call(t, step, call, result);
    add_below(t->top, call);
}

static void take_step(legacy_tracer *t, const tr_step *step)
{
    switch (step->op) {
    case TR_OP_CREATE:
    case TR_OP_CREATE2:
        begin_create(t, step);
        return;
    case TR_OP_SELFDESTRUCT:
        note_destroy(t, step);
        return;
    case TR_OP_CALL:
    case TR_OP_CALLCODE:
    case TR_OP_DELEGATECALL:
    case TR_OP_STATICCALL:
        begin_call(t, step);
        return;
    default:
        break;
    }
    if (t->has_descended && step->depth >= t->count) {
        t->top->gas = step->gas;
        t->top->has_gas = true;
    }
    t->has_descended = false;
    if (step->op == TR_OP_REVERT) {
        t->top->has_error = true;
        t->top->error = TR_LIT("execution reverted");
    } else if (t->count > 1 && step->depth == t->count - 1) {
        end_top(t, step);
    }
}

static void take_fault(legacy_tracer *t, const tr_step *step)
{
    tr_trace_fault_note note;
    if (t->top->has_error) return;
    tr_trace_note_fault(&note, step, t->rules);
    legacy_call *call = t->top;
    call->has_error = true;
    call->error = tr_trace_copy(&t->trace, tr_bytes_of(note.text, note.len));
    if (call->has_gas) {
        call->gas_used = call->gas;
        call->has_gas_used = true;
    }
    if (t->count == 1) return;
    (void)pop(t);
    add_below(t->top, call);
}

static void on_step(tr_tracer *self, const tr_step *step)
{
    legacy_tracer *t = (legacy_tracer *)self;
    if (tr_trace_is_idle(&t->trace)) return;
    bool is_late = tr_trace_is_late_fault(step);
    if (!step->is_repeat && (is_late || step->fault == TR_EVM_OK)) take_step(t, step);
    if (step->fault != TR_EVM_OK) take_fault(t, step);
}

static void put_call(tr_json_writer *w, const legacy_call *call)
{
    char scratch[TR_OP_SCRATCH];
    tr_json_key(w, "type");
    tr_json_str(w, tr_trace_op_name(call->op, scratch));
    tr_put_addr(w, "from", &call->from);
    if (call->has_to) tr_put_addr(w, "to", &call->to);
    if (call->has_value) tr_put_number(w, "value", call->value);
    if (call->has_gas) tr_put_quantity(w, "gas", call->gas);
    if (call->has_gas_used) tr_put_quantity(w, "gasUsed", call->gas_used);
    if (call->op != TR_OP_SELFDESTRUCT) tr_put_data(w, "input", call->input);
    if (call->has_output) tr_put_data(w, "output", call->output);
    if (call->has_error) tr_put_text(w, "error", call->error);
}

static tr_err write_legacy(tr_trace *self, tr_trail *trail, tr_buf *out)
{
    legacy_tracer *t = (legacy_tracer *)self;
    (void)trail;
    t->root.first = t->base.first;
    for (const legacy_call *call = &t->root; call != NULL;) {
        tr_json_writer w = tr_json_write_to(out);
        tr_json_begin_object(&w);
        put_call(&w, call);
        if (call->first != NULL) {
            tr_buf_put_str(out, ",\"calls\":[");
            call = call->first;
            continue;
        }
        tr_json_end_object(&w);
        while (call != NULL && call->next == NULL) {
            call = call->parent;
            if (call != NULL) tr_buf_put_str(out, "]}");
        }
        if (call == NULL) break;
        tr_buf_put_u8(out, ',');
        call = call->next;
    }
    return TR_OK;
}

tr_err tr_call_legacy_tracer_new(tr_trail *trail, tr_arena *arena, tr_trace **out)
{
    legacy_tracer *t = tr_trace_new(trail, arena, sizeof(*t), write_legacy);
    if (t == NULL) return TR_E_MEMORY;
    t->top = &t->base;
    t->count = 1;
    t->trace.tracer = (tr_tracer){
        .tx_begin = on_tx_begin,
        .tx_end = on_tx_end,
        .enter = on_enter,
        .leave = on_leave,
        .step = on_step,
    };
    *out = &t->trace;
    return TR_OK;
}

/* prestateTracer: accounts are read when they are first met, and those of the transaction itself
 * put right at the end. */
typedef struct met {
    tr_addr address;
    tr_u256 balance;
    uint64_t nonce;
    tr_bytes code;
    bool is_left_out;
    tr_trace_map slots;
} met;

typedef struct legacy_prestate {
    tr_trace trace;
    tr_trace_map accounts;
    bool has_begun, is_create;
    tr_addr from, to;
    tr_u256 value, gas_price;
} legacy_prestate;

static met *meet(legacy_prestate *t, tr_state *state, const tr_addr *address)
{
    bool is_new;
    tr_trace_item *item = tr_trace_map_add(&t->trace, &t->accounts, address->b, &is_new);
    if (item == NULL) return NULL;
    if (!is_new) return item->thing;
    met *account = item->thing = TR_TRACE_NEW(&t->trace, met);
    if (account == NULL) return NULL;
    *account = (met){.address = *address, .slots = tr_trace_map_of(32)};
    tr_acct *now = tr_state_account(state, address);
    if (now == NULL || (now->has_code && !tr_state_code(state, now))) {
        t->trace.err = TR_E_STATE;
        return account;
    }
    account->balance = now->balance;
    account->nonce = now->nonce;
    if (now->has_code) account->code = tr_trace_copy(&t->trace, now->code);
    return account;
}

static void prestate_tx_begin(tr_tracer *self, const tr_tx_begin *tx)
{
    legacy_prestate *t = (legacy_prestate *)self;
    if (tr_trace_is_idle(&t->trace)) return;
    t->from = tx->from;
    t->to = tx->to;
    t->is_create = tx->is_create;
    t->value = tx->value;
    t->gas_price = tx->env->gas_price;
}

static void prestate_tx_end(tr_tracer *self, const tr_tx_end *tx)
{
    legacy_prestate *t = (legacy_prestate *)self;
    if (tr_trace_is_idle(&t->trace)) return;
    met *to = meet(t, tx->state, &t->to), *from = meet(t, tx->state, &t->from);
    if (to == NULL || from == NULL) return;
    tr_u256 cost = tr_u256_mul(tr_u256_of(tx->gas_used), t->gas_price);
    to->balance = tr_u256_sub(to->balance, t->value);
    from->balance = tr_u256_add(tr_u256_add(from->balance, t->value), cost);
    from->nonce--;
    to->is_left_out = t->is_create;
}

static void meet_slot(legacy_prestate *t, const tr_step *step, tr_u256 key)
{
    bool is_new;
    met *account = meet(t, step->state, &step->account->address);
    if (account == NULL) return;
    tr_word_key bytes = tr_word_key_of(key);
    tr_trace_item *item = tr_trace_map_add(&t->trace, &account->slots, bytes.b, &is_new);
    if (item == NULL || !is_new) return;
    const tr_slot *slot = tr_state_slot(step->state, step->account, &key);
    if (slot == NULL)
        t->trace.err = TR_E_STATE;
    else
        item->value = slot->value;
}

static void meet_created(legacy_prestate *t, const tr_step *step)
{
    const tr_acct *self = step->account;
    tr_u256 offset, size, salt;
    tr_addr address;
    if (step->op == TR_OP_CREATE) {
        address = tr_tx_create_address(&self->address, self->nonce);
        (void)meet(t, step->state, &address);
        return;
    }
    if (!tr_step_peek(step, 1, &offset) || !tr_step_peek(step, 2, &size) ||
        !tr_step_peek(step, 3, &salt))
        return;
    tr_bytes code = tr_step_memory(&t->trace, step, offset, size);
    if (code.data == NULL) return;
    tr_hash hash = tr_keccak256(code);
    address = tr_create2_address(&self->address, &salt, &hash);
    (void)meet(t, step->state, &address);
}

static void prestate_step(tr_tracer *self, const tr_step *step)
{
    legacy_prestate *t = (legacy_prestate *)self;
    tr_u256 word;
    tr_addr address;
    if (tr_trace_is_idle(&t->trace) || step->is_repeat) return;
    if (step->fault != TR_EVM_OK && !tr_trace_is_late_fault(step)) return;
    if (!t->has_begun) (void)meet(t, step->state, &step->account->address);
    t->has_begun = true;
    switch (step->op) {
    case TR_OP_BALANCE:
    case TR_OP_EXTCODESIZE:
    case TR_OP_EXTCODECOPY:
    case TR_OP_EXTCODEHASH:
        if (!tr_step_peek(step, 0, &word)) return;
        break;
    case TR_OP_CALL:
    case TR_OP_CALLCODE:
    case TR_OP_DELEGATECALL:
    case TR_OP_STATICCALL:
        if (!tr_step_peek(step, 1, &word)) return;
        break;
    case TR_OP_CREATE:
    case TR_OP_CREATE2:
        meet_created(t, step);
        return;
    case TR_OP_SLOAD:
    case TR_OP_SSTORE:
        if (tr_step_peek(step, 0, &word)) meet_slot(t, step, word);
        return;
    default:
        return;
    }
    address = tr_word_addr(word);
    (void)meet(t, step->state, &address);
}

static void put_met(tr_json_writer *w, met *account)
{
    tr_json_begin_object(w);
    tr_put_number(w, "balance", account->balance);
    tr_put_data(w, "code", account->code);
    tr_put_u64(w, "nonce", account->nonce);
    tr_json_key(w, "storage");
    tr_json_begin_object(w);
    tr_trace_map_sort(&account->slots);
    for (const tr_trace_item *item = account->slots.first; item != NULL; item = item->next) {
        tr_put_hex_key(w, TR_VIEW(item->key));
        tr_put_word(w, item->value);
    }
    tr_json_end_object(w);
    tr_json_end_object(w);
}

static tr_err write_prestate(tr_trace *self, tr_trail *trail, tr_buf *out)
{
    legacy_prestate *t = (legacy_prestate *)self;
    tr_json_writer w = tr_json_write_to(out);
    (void)trail;
    tr_trace_map_sort(&t->accounts);
    tr_json_begin_object(&w);
    for (const tr_trace_item *item = t->accounts.first; item != NULL; item = item->next) {
        met *account = item->thing;
        if (account->is_left_out) continue;
        tr_put_hex_key(&w, TR_VIEW(account->address.b));
        put_met(&w, account);
    }
    tr_json_end_object(&w);
    return TR_OK;
}

tr_err tr_prestate_legacy_tracer_new(tr_trail *trail, tr_arena *arena, tr_trace **out)
{
    legacy_prestate *t = tr_trace_new(trail, arena, sizeof(*t), write_prestate);
    if (t == NULL) return TR_E_MEMORY;
    t->accounts = tr_trace_map_of(sizeof(tr_addr));
    t->trace.tracer.tx_begin = prestate_tx_begin;
    t->trace.tracer.tx_end = prestate_tx_end;
    t->trace.tracer.step = prestate_step;
    *out = &t->trace;
    return TR_OK;
}
