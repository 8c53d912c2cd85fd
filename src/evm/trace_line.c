/* Lines as the run goes: JSON as EIP-3155 has it. */
#include "codec/hex.h"
#include "evm/trace_internal.h"

typedef struct line_tracer {
    tr_trace trace;
    tr_trace_sink *sink;
    tr_step_options options;
    const tr_evm_rules *rules;
    tr_trace_fault_note note;
    unsigned precompile; /* of the frame that began last */
    size_t input_size;
    uint64_t written;
    tr_buf line;
} line_tracer;

static void on_tx_begin(tr_tracer *self, const tr_tx_begin *tx)
{
    ((line_tracer *)self)->rules = tx->env->rules;
}

static void end_line(line_tracer *t, tr_json_writer *w)
{
    tr_json_end_object(w);
    tr_buf_put_u8(&t->line, '\n');
    t->written += t->line.len;
    tr_trace_give(&t->trace, &t->line, t->sink);
}

/* A step as one line: as it is before the instruction, or what is left when it failed late. */
typedef struct line_view {
    size_t stack_size, memory_size;
    bool is_end; /* the line of a failure */
    tr_bytes error;
} line_view;

static void put_memory(tr_json_writer *w, const tr_step *step, size_t size)
{
    tr_buf *out = w->out;
    tr_json_key(w, "memory");
    tr_json_put_raw(w, TR_LIT("\""));
    tr_hex_put(out, step->memory);
    for (size_t i = step->memory.len; i < size; i++) tr_buf_put_str(out, "00");
    tr_buf_put_u8(out, '"');
}

static void put_line(line_tracer *t, const tr_step *step, const line_view *view)
{
    char scratch[TR_OP_SCRATCH];
    tr_json_writer w = tr_json_write_to(&t->line);
    if (t->options.limit != 0 && t->written > t->options.limit) return;
    tr_json_begin_object(&w);
    tr_put_u64(&w, "pc", step->pc);
    tr_put_u64(&w, "op", step->op);
    tr_put_quantity(&w, "gas", step->gas);
    tr_put_quantity(&w, "gasCost", tr_trace_cost(step, t->rules));
    if (t->options.enable_memory && view->memory_size != 0) put_memory(&w, step, view->memory_size);
    tr_put_u64(&w, "memSize", view->memory_size);
    if (t->options.disable_stack) {
        tr_json_key(&w, "stack");
        tr_json_put_null(&w);
    } else {
        tr_put_stack(&w, step, view->stack_size);
    }
    if (t->options.enable_return_data && !view->is_end && step->return_data.len != 0)
        tr_put_data(&w, "returnData", step->return_data);
    tr_put_u64(&w, "depth", (uint64_t)step->depth);
    tr_put_u64(&w, "refund", step->refund > 0 ? (uint64_t)step->refund : 0);
    tr_json_key(&w, "opName");
    tr_json_str(&w, tr_trace_op_name(step->op, scratch));
    if (view->error.len != 0) tr_put_text(&w, "error", view->error);
    end_line(t, &w);
}

/* What an instruction that failed late has taken from the stack, and the memory it has grown. */
static line_view late_view(const tr_step *step)
{
    line_view view = {step->stack_size, step->memory.len, true, {NULL, 0}};
    tr_u256 offset = TR_U256_ZERO, size = TR_U256_ZERO;
    size_t taken = 0;
    if (step->fault == TR_EVM_BAD_OPCODE || step->fault == TR_EVM_STATIC) return view;
    if (step->op == TR_OP_JUMP) taken = 1;
    if (step->op == TR_OP_JUMPI) taken = 2;
    if (step->op == TR_OP_REVERT) {
        taken = 2;
        (void)tr_step_peek(step, 1, &size);
    } else if (step->op == TR_OP_RETURNDATACOPY) {
        taken = 3;
        (void)tr_step_peek(step, 2, &size);
    }
    (void)tr_step_peek(step, 0, &offset);
    view.stack_size -= TR_MIN(taken, view.stack_size);
    uint64_t end = 0;
    if (tr_u256_iszero(size) || !tr_u256_is_u64(offset) || !tr_u256_is_u64(size)) return view;
    if (__builtin_add_overflow(offset.w[0], size.w[0], &end) || end > UINT32_MAX) return view;
    end = (end + 31) / 32 * 32;
    if (end > view.memory_size) view.memory_size = (size_t)end;
    return view;
}

static void on_step(tr_tracer *self, const tr_step *step)
{
    line_tracer *t = (line_tracer *)self;
    if (tr_trace_is_idle(&t->trace)) return;
    bool is_late = tr_trace_is_late_fault(step);
    tr_trace_note_fault(&t->note, step, t->rules);
    tr_bytes error = {(const uint8_t *)t->note.text, t->note.len};
    line_view before = {step->stack_size, step->memory.len, false, {NULL, 0}};
    if (!is_late) before.error = error;
    if (!step->is_repeat) put_line(t, step, &before);
    if (!is_late) return;
    line_view after = late_view(step);
    after.error = error.len != 0 ? error : TR_LIT("execution reverted");
    put_line(t, step, &after);
}

static void on_enter(tr_tracer *self, const tr_frame_begin *frame)
{
    line_tracer *t = (line_tracer *)self;
    char scratch[TR_OP_SCRATCH];
    if (tr_trace_is_idle(&t->trace)) return;
    t->precompile = frame->precompile;
    t->input_size = frame->input.len;
    t->note.status = TR_EVM_OK;
    if (!t->options.call_frames) return;
    bool is_create = frame->op == 0xf0 || frame->op == 0xf5;
    tr_bytes input = is_create ? frame->code : frame->input;
    tr_json_writer w = tr_json_write_to(&t->line);
    tr_json_begin_object(&w);
    tr_put_addr(&w, "from", &frame->from);
    tr_put_addr(&w, "to", &frame->to);
    if (t->options.enable_memory && input.len != 0) tr_put_data(&w, "input", input);
    tr_put_quantity(&w, "gas", frame->gas);
    if (frame->value != NULL) {
        tr_put_number(&w, "value", *frame->value);
    } else {
        tr_json_key(&w, "value");
        tr_json_put_null(&w);
    }
    tr_json_key(&w, "type");
    tr_json_str(&w, tr_trace_op_name(frame->op, scratch));
    end_line(t, &w);
}

static void on_leave(tr_tracer *self, const tr_frame_end *frame)
{
    line_tracer *t = (line_tracer *)self;
    char words[TR_FAULT_TEXT];
    if (tr_trace_is_idle(&t->trace)) return;
    tr_bytes error = tr_trace_end_text(&t->note, (tr_evm_status)frame->status, t->precompile,
                                       t->input_size, words);
    tr_json_writer w = tr_json_write_to(&t->line);
    tr_json_begin_object(&w);
    tr_json_key(&w, "output");
    tr_json_put_raw(&w, TR_LIT("\""));
    uint8_t *to = tr_buf_reserve(&t->line, 2 * frame->output.len);
    if (to != NULL && frame->output.len != 0) {
        tr_hex_encode(frame->output, to);
        t->line.len += 2 * frame->output.len;
    }
    tr_buf_put_u8(&t->line, '"');
    tr_put_quantity(&w, "gasUsed", frame->gas_used);
    if (error.len != 0) tr_put_text(&w, "error", error);
    end_line(t, &w);
    t->precompile = 0;
}

static tr_err write_nothing(tr_trace *self, tr_trail *trail, tr_buf *out)
{
    (void)self;
    (void)trail;
    (void)out;
    return TR_OK;
}

tr_err tr_line_tracer_new(tr_trail *trail, tr_arena *arena, tr_trace_sink *sink,
                          const tr_step_options *options, tr_trace **out)
{
    line_tracer *t = tr_trace_new(trail, arena, sizeof(*t), write_nothing);
    if (t == NULL) return TR_E_MEMORY;
    t->sink = sink;
    if (options != NULL) t->options = *options;
    tr_buf_init(&t->line, &arena->alloc, SIZE_MAX);
    t->trace.tracer.tx_begin = on_tx_begin;
    t->trace.tracer.enter = on_enter;
    t->trace.tracer.leave = on_leave;
    t->trace.tracer.step = on_step;
    *out = &t->trace;
    return TR_OK;
}
