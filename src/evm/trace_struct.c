/* The struct logger: every step as an object, with what its options ask for. */
#include "evm/trace_internal.h"

typedef struct struct_tracer {
    tr_trace trace;
    tr_step_options options;
    const tr_evm_rules *rules;
    tr_buf steps;           /* objects with commas between */
    tr_trace_map contracts; /* thing: a map of the slots seen in each */
    uint64_t gas_used;
    bool failed;
    tr_bytes output;
} struct_tracer;

static void on_tx_begin(tr_tracer *self, const tr_tx_begin *tx)
{
    ((struct_tracer *)self)->rules = tx->env->rules;
}

static void on_tx_end(tr_tracer *self, const tr_tx_end *tx)
{
    struct_tracer *t = (struct_tracer *)self;
    if (!tr_trace_is_idle(&t->trace)) t->gas_used = tx->gas_used;
}

static void on_leave(tr_tracer *self, const tr_frame_end *frame)
{
    struct_tracer *t = (struct_tracer *)self;
    if (tr_trace_is_idle(&t->trace) || frame->depth != 1) return;
    bool has_output = frame->status == TR_EVM_OK || frame->status == TR_EVM_REVERT;
    t->failed = frame->status != TR_EVM_OK;
    t->gas_used = frame->gas_used; /* unless a transaction says otherwise */
    t->output = (tr_bytes){NULL, 0};
    if (has_output) t->output = tr_trace_copy(&t->trace, frame->output);
}

/* Notes the slot that the step reads or writes, and gives all seen in its contract. */
static tr_trace_map *note_slot(struct_tracer *t, const tr_step *step)
{
    tr_u256 key, value;
    bool is_new;
    if (t->options.disable_storage || !tr_step_peek(step, 0, &key)) return NULL;
    if (step->op == TR_OP_SLOAD && step->fault != TR_EVM_OK)
        return NULL; /* the run will not read */
    if (step->op != TR_OP_SLOAD && (step->op != TR_OP_SSTORE || !tr_step_peek(step, 1, &value)))
        return NULL;
    tr_trace_item *contract =
        tr_trace_map_add(&t->trace, &t->contracts, step->account->address.b, &is_new);
    if (contract == NULL) return NULL;
    if (is_new) {
        tr_trace_map *slots = contract->thing = TR_TRACE_NEW(&t->trace, tr_trace_map);
        if (slots == NULL) return NULL;
        *slots = tr_trace_map_of(32);
    }
    if (step->op == TR_OP_SLOAD) {
        const tr_slot *slot = tr_state_slot(step->state, step->account, &key);
        if (slot == NULL) {
            t->trace.err = TR_E_STATE;
            return NULL;
        }
        value = slot->value;
    }
    tr_word_key bytes = tr_word_key_of(key);
    tr_trace_item *item = tr_trace_map_add(&t->trace, contract->thing, bytes.b, &is_new);
    if (item == NULL) return NULL;
    item->value = value;
    return contract->thing;
}

static void put_memory(tr_json_writer *w, tr_bytes memory)
{
    tr_json_key(w, "memory");
    tr_json_begin_array(w);
    for (size_t at = 0; at < memory.len; at += 32) {
        uint8_t word[32] = {0};
        tr_bytes piece = tr_bytes_cut(memory, at, 32);
        memcpy(word, piece.data, piece.len);
        tr_json_put_hex(w, TR_VIEW(word));
    }
    tr_json_end_array(w);
}

static void put_storage(tr_json_writer *w, tr_trace_map *slots)
{
    tr_json_key(w, "storage");
    tr_json_begin_object(w);
    for (const tr_trace_item *item = slots->first; item != NULL; item = item->next) {
        tr_put_hex_key(w, TR_VIEW(item->key));
        tr_put_word(w, item->value);
    }
    tr_json_end_object(w);
}

static void put_error(tr_json_writer *w, const struct_tracer *t, const tr_step *step)
{
    tr_trace_fault_note note;
    if (step->fault == TR_EVM_OK || tr_trace_is_late_fault(step)) return;
    tr_trace_note_fault(&note, step, t->rules);
    tr_put_text(w, "error", tr_bytes_of(note.text, note.len));
}

static void put_step(struct_tracer *t, const tr_step *step, tr_trace_map *slots)
{
    char scratch[TR_OP_SCRATCH];
    if (t->steps.len != 0) tr_buf_put_u8(&t->steps, ',');
    tr_json_writer w = tr_json_write_to(&t->steps);
    tr_json_begin_object(&w);
    tr_put_u64(&w, "pc", step->pc);
    tr_json_key(&w, "op");
    tr_json_str(&w, tr_trace_op_name(step->op, scratch));
    tr_put_u64(&w, "gas", step->gas);
    tr_put_u64(&w, "gasCost", tr_trace_cost(step, t->rules));
    tr_put_u64(&w, "depth", (uint64_t)step->depth);
    put_error(&w, t, step);
    if (!t->options.disable_stack) tr_put_stack(&w, step, step->stack_size);
    if (t->options.enable_return_data && step->return_data.len != 0)
        tr_put_data(&w, "returnData", step->return_data);
    if (t->options.enable_memory && step->memory.len != 0) put_memory(&w, step->memory);
    if (slots != NULL) put_storage(&w, slots);
    if (step->refund > 0) tr_put_u64(&w, "refund", (uint64_t)step->refund);
    tr_json_end_object(&w);
}

static void on_step(tr_tracer *self, const tr_step *step)
{
    struct_tracer *t = (struct_tracer *)self;
    if (tr_trace_is_idle(&t->trace) || step->is_repeat) return;
    if (t->options.limit != 0 && t->steps.len > t->options.limit) return;
    tr_trace_map *slots = note_slot(t, step);
    if (t->trace.err != TR_OK) return;
    put_step(t, step, slots);
    if (tr_buf_err(&t->steps) != TR_OK) t->trace.err = tr_trace_buf_lack(&t->trace, &t->steps);
}

static tr_err write_struct(tr_trace *self, tr_trail *trail, tr_buf *out)
{
    struct_tracer *t = (struct_tracer *)self;
    tr_json_writer w = tr_json_write_to(out);
    (void)trail;
    tr_json_begin_object(&w);
    tr_put_u64(&w, "gas", t->gas_used);
    tr_json_key(&w, "failed");
    tr_json_put_bool(&w, t->failed);
    tr_put_data(&w, "returnValue", t->output);
    tr_json_key(&w, "structLogs");
    tr_json_put_raw(&w, TR_LIT("["));
    tr_buf_put(out, tr_buf_view(&t->steps));
    tr_buf_put_u8(out, ']');
    tr_json_end_object(&w);
    return TR_OK;
}

tr_err tr_struct_tracer_new(tr_trail *trail, tr_arena *arena, const tr_step_options *options,
                            tr_trace **out)
{
    struct_tracer *t = tr_trace_new(trail, arena, sizeof(*t), write_struct);
    if (t == NULL) return TR_E_MEMORY;
    if (options != NULL) t->options = *options;
    t->contracts = tr_trace_map_of(sizeof(tr_addr));
    tr_buf_init(&t->steps, &arena->alloc, SIZE_MAX);
    t->trace.tracer.tx_begin = on_tx_begin;
    t->trace.tracer.tx_end = on_tx_end;
    t->trace.tracer.leave = on_leave;
    t->trace.tracer.step = on_step;
    *out = &t->trace;
    return TR_OK;
}
