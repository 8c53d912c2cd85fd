/* Steps for people, as `evm run` writes them: plain text, and a table in Markdown. */
#include "codec/address.h"
#include "codec/hex.h"
#include "evm/trace_internal.h"

typedef struct text_tracer {
    tr_trace trace;
    tr_trace_sink *sink;
    tr_step_options options;
    const tr_evm_rules *rules;
    tr_trace_fault_note note;
    uint64_t written;
    tr_trace_map contracts;
    tr_buf text;
} text_tracer;

static void on_tx_begin(tr_tracer *self, const tr_tx_begin *tx)
{
    ((text_tracer *)self)->rules = tx->env->rules;
}

static void give(text_tracer *t)
{
    t->written += t->text.len;
    tr_trace_give(&t->trace, &t->text, t->sink);
}

static const char *hex_of(tr_u256 word, char text[TR_U256_HEX_TEXT])
{
    (void)tr_u256_to_hex(word, text);
    return text;
}

/* Sixteen bytes a line: the offset, the bytes in two halves, what of them is text. */
static void put_dump(tr_buf *out, tr_bytes data)
{
    for (size_t at = 0; at < data.len; at += 16) {
        tr_bytes line = tr_bytes_cut(data, at, 16);
        tr_buf_printf(out, "%08zx ", at);
        for (size_t i = 0; i < 16; i++) {
            if (i == 8) tr_buf_put_u8(out, ' ');
            if (i < line.len)
                tr_buf_printf(out, " %02x", line.data[i]);
            else
                tr_buf_put_str(out, "   ");
        }
        tr_buf_put_str(out, "  |");
        for (size_t i = 0; i < line.len; i++) {
            uint8_t c = line.data[i];
            tr_buf_put_u8(out, c < 32 || c > 126 ? '.' : c);
        }
        tr_buf_put_str(out, "|\n");
    }
}

static void put_slots(text_tracer *t, const tr_step *step)
{
    tr_u256 key, value;
    bool is_new;
    if (t->options.disable_storage || !tr_step_peek(step, 0, &key)) return;
    if (step->op != TR_OP_SLOAD && (step->op != TR_OP_SSTORE || !tr_step_peek(step, 1, &value)))
        return;
    if (step->op == TR_OP_SLOAD) {
        const tr_slot *slot =
            step->fault == TR_EVM_OK ? tr_state_slot(step->state, step->account, &key) : NULL;
        if (slot == NULL) return;
        value = slot->value;
    }
    tr_trace_item *contract =
        tr_trace_map_add(&t->trace, &t->contracts, step->account->address.b, &is_new);
    if (contract == NULL) return;
    if (is_new) {
        tr_trace_map *slots = contract->thing = TR_TRACE_NEW(&t->trace, tr_trace_map);
        if (slots == NULL) return;
        *slots = tr_trace_map_of(32);
    }
    tr_word_key bytes = tr_word_key_of(key);
    tr_trace_item *item = tr_trace_map_add(&t->trace, contract->thing, bytes.b, &is_new);
    if (item == NULL) return;
    item->value = value;
    tr_buf_put_str(&t->text, "Storage:\n");
    const tr_trace_map *slots = contract->thing;
    for (item = slots->first; item != NULL; item = item->next) {
        for (size_t i = 0; i < 32; i++) tr_buf_printf(&t->text, "%02x", item->key[i]);
        tr_buf_put_str(&t->text, ": ");
        bytes = tr_word_key_of(item->value);
        for (size_t i = 0; i < 32; i++) tr_buf_printf(&t->text, "%02x", bytes.b[i]);
        tr_buf_put_u8(&t->text, '\n');
    }
}

static void put_step(text_tracer *t, const tr_step *step)
{
    char scratch[TR_OP_SCRATCH], hex[TR_U256_HEX_TEXT];
    tr_buf *out = &t->text;
    tr_buf_printf(out, "%-16spc=%08llu gas=%llu cost=%llu", tr_trace_op_name(step->op, scratch),
                  (unsigned long long)step->pc, (unsigned long long)step->gas,
                  (unsigned long long)tr_trace_cost(step, t->rules));
    if (step->fault != TR_EVM_OK && !tr_trace_is_late_fault(step)) {
        tr_trace_note_fault(&t->note, step, t->rules);
        tr_buf_printf(out, " ERROR: %.*s", (int)t->note.len, t->note.text);
    }
    tr_buf_put_u8(out, '\n');
    if (!t->options.disable_stack && step->stack_size != 0) {
        tr_buf_put_str(out, "Stack:\n");
        for (size_t i = 0; i < step->stack_size; i++)
            tr_buf_printf(out, "%08zu  %s\n", i,
                          hex_of(step->stack[step->stack_size - 1 - i], hex));
    }
    if (t->options.enable_memory && step->memory.len != 0) {
        tr_buf_put_str(out, "Memory:\n");
        put_dump(out, step->memory);
    }
    put_slots(t, step);
    if (t->options.enable_return_data && step->return_data.len != 0) {
        tr_buf_put_str(out, "ReturnData:\n");
        put_dump(out, step->return_data);
    }
    tr_buf_put_u8(out, '\n');
}

static void text_step(tr_tracer *self, const tr_step *step)
{
    text_tracer *t = (text_tracer *)self;
    if (tr_trace_is_idle(&t->trace) || step->is_repeat) return;
    if (t->options.limit != 0 && t->written > t->options.limit) return;
    put_step(t, step);
    give(t);
}

static tr_err write_nothing(tr_trace *self, tr_trail *trail, tr_buf *out)
{
    (void)self;
    (void)trail;
    (void)out;
    return TR_OK;
}

static text_tracer *new_tracer(tr_trail *trail, tr_arena *arena, tr_trace_sink *sink,
                               const tr_step_options *options)
{
    text_tracer *t = tr_trace_new(trail, arena, sizeof(*t), write_nothing);
    if (t == NULL) return NULL;
    t->sink = sink;
    if (options != NULL) t->options = *options;
    t->contracts = tr_trace_map_of(sizeof(tr_addr));
    tr_buf_init(&t->text, &arena->alloc, SIZE_MAX);
    t->trace.tracer.tx_begin = on_tx_begin;
    return t;
}

tr_err tr_text_tracer_new(tr_trail *trail, tr_arena *arena, tr_trace_sink *sink,
                          const tr_step_options *options, tr_trace **out)
{
    text_tracer *t = new_tracer(trail, arena, sink, options);
    if (t == NULL) return TR_E_MEMORY;
    t->trace.tracer.step = text_step;
    *out = &t->trace;
    return TR_OK;
}

/* Data between backticks: nothing where there is none. */
static void put_quoted(tr_buf *out, const char *name, tr_bytes data)
{
    tr_buf_printf(out, "  - %s: `", name);
    if (data.len != 0) tr_hex_put(out, data);
    tr_buf_put_str(out, "`\n");
}

static void markdown_enter(tr_tracer *self, const tr_frame_begin *frame)
{
    text_tracer *t = (text_tracer *)self;
    uint8_t from[TR_ADDRESS_TEXT], to[TR_ADDRESS_TEXT];
    char value[TR_U256_DEC_TEXT] = "<nil>";
    t->note.status = TR_EVM_OK;
    if (tr_trace_is_idle(&t->trace) || frame->depth != 1 || frame->op == 0xff) return;
    tr_address_format(&frame->from, from);
    tr_address_format(&frame->to, to);
    if (frame->value != NULL) (void)tr_u256_to_dec(*frame->value, value);
    tr_buf_printf(&t->text, "Pre-execution info:\n  - from: `%.*s`\n  - %s: `%.*s`\n",
                  TR_ADDRESS_TEXT, (const char *)from, frame->op == TR_OP_CREATE ? "create" : "to",
                  TR_ADDRESS_TEXT, (const char *)to);
    put_quoted(&t->text, "data", frame->op == TR_OP_CREATE ? frame->code : frame->input);
    tr_buf_printf(&t->text, "  - gas: `%llu`\n  - value: `%s` wei\n",
                  (unsigned long long)frame->gas, value);
    tr_buf_put_str(&t->text, "\n|  Pc   |      Op     | Cost |   Refund  |   Stack   |\n"
                             "|-------|-------------|------|-----------|-----------|\n");
    give(t);
}

static void markdown_leave(tr_tracer *self, const tr_frame_end *frame)
{
    text_tracer *t = (text_tracer *)self;
    char words[TR_FAULT_TEXT];
    if (tr_trace_is_idle(&t->trace)) return;
    tr_bytes error = tr_trace_end_text(&t->note, (tr_evm_status)frame->status, 0, 0, words);
    if (frame->depth != 1 || frame->op == 0xff) return;
    tr_buf_put_str(&t->text, "\nPost-execution info:\n");
    put_quoted(&t->text, "output", frame->output);
    tr_buf_printf(&t->text, "  - consumed gas: `%llu`\n", (unsigned long long)frame->gas_used);
    if (error.len == 0) error = TR_LIT("<nil>");
    tr_buf_printf(&t->text, "  - error: `%.*s`\n", (int)error.len, (const char *)error.data);
    give(t);
}

static void put_stack_cell(tr_buf *out, const tr_step *step)
{
    char hex[TR_U256_HEX_TEXT];
    size_t len = 2;
    for (size_t i = 0; i < step->stack_size; i++)
        len += tr_u256_to_hex(step->stack[i], hex) + (i != 0);
    for (; len < 10; len++) tr_buf_put_u8(out, ' ');
    tr_buf_put_u8(out, '[');
    for (size_t i = 0; i < step->stack_size; i++) {
        if (i != 0) tr_buf_put_u8(out, ',');
        tr_buf_put_str(out, hex_of(step->stack[i], hex));
    }
    tr_buf_put_str(out, "] |");
}

static void put_row(text_tracer *t, const tr_step *step, const char *name)
{
    tr_buf_printf(&t->text, "| %4llu  | %10s  |  %3llu |%10llu |", (unsigned long long)step->pc,
                  name, (unsigned long long)tr_trace_cost(step, t->rules),
                  step->refund > 0 ? (unsigned long long)step->refund : 0ULL);
    if (!t->options.disable_stack) put_stack_cell(&t->text, step);
    tr_buf_put_u8(&t->text, '\n');
}

static void markdown_step(tr_tracer *self, const tr_step *step)
{
    text_tracer *t = (text_tracer *)self;
    char scratch[TR_OP_SCRATCH];
    const char *name = tr_trace_op_name(step->op, scratch);
    if (tr_trace_is_idle(&t->trace)) return;
    if (t->options.limit != 0 && t->written > t->options.limit) return;
    bool is_late = tr_trace_is_late_fault(step);
    tr_trace_note_fault(&t->note, step, t->rules);
    if (!step->is_repeat) put_row(t, step, name);
    if (is_late) {
        tr_bytes words = tr_bytes_of(t->note.text, t->note.len);
        if (words.len == 0) words = TR_LIT("execution reverted");
        tr_buf_printf(&t->text, "\nError: at pc=%llu, op=%s: %.*s\n", (unsigned long long)step->pc,
                      name, (int)words.len, (const char *)words.data);
    } else if (step->fault != TR_EVM_OK) {
        tr_buf_printf(&t->text, "Error: %.*s\n", (int)t->note.len, t->note.text);
    }
    give(t);
}

tr_err tr_markdown_tracer_new(tr_trail *trail, tr_arena *arena, tr_trace_sink *sink,
                              const tr_step_options *options, tr_trace **out)
{
    text_tracer *t = new_tracer(trail, arena, sink, options);
    if (t == NULL) return TR_E_MEMORY;
    t->trace.tracer.enter = markdown_enter;
    t->trace.tracer.leave = markdown_leave;
    t->trace.tracer.step = markdown_step;
    *out = &t->trace;
    return TR_OK;
}
