/* flatCallTracer: the tree of calls as a list in Parity's form, each with its place in the tree. */
#include "evm/trace_frames_internal.h"

enum { MOST_DEPTH = 1100 };

typedef struct flat_tracer {
    tr_trace trace;
    tr_trace_frames frames;
    tr_flat_options options;
    tr_trace_context context;
    tr_hash block_hash, tx_hash;
} flat_tracer;

static void on_tx_begin(tr_tracer *self, const tr_tx_begin *tx)
{
    flat_tracer *t = (flat_tracer *)self;
    if (!tr_trace_is_idle(&t->trace)) tr_frames_tx_begin(&t->frames, tx);
}

static void on_tx_end(tr_tracer *self, const tr_tx_end *tx)
{
    flat_tracer *t = (flat_tracer *)self;
    if (!tr_trace_is_idle(&t->trace)) tr_frames_tx_end(&t->frames, tx);
}

static void on_enter(tr_tracer *self, const tr_frame_begin *begin)
{
    flat_tracer *t = (flat_tracer *)self;
    if (tr_trace_is_idle(&t->trace)) return;
    tr_trace_frame *frame = tr_frames_enter(&t->frames, begin);
    if (frame != NULL) frame->has_value = true; /* a STATICCALL's is 0 */
}

/* Takes the youngest child off again. */
static void forget(tr_trace_frame *frame)
{
    tr_trace_frame *parent = frame->parent;
    if (frame->before == NULL)
        parent->first = NULL;
    else
        frame->before->next = NULL;
    parent->last = frame->before;
    parent->children--;
}

static void on_leave(tr_tracer *self, const tr_frame_end *end)
{
    flat_tracer *t = (flat_tracer *)self;
    if (tr_trace_is_idle(&t->trace)) return;
    tr_trace_frame *frame = tr_frames_leave(&t->frames, end);
    if (frame == NULL || frame->parent == NULL || t->options.include_precompiles) return;
    bool is_plain = frame->op == TR_OP_CALL || frame->op == TR_OP_STATICCALL;
    if (frame->precompile != 0 && is_plain) forget(frame);
}

static void on_step(tr_tracer *self, const tr_step *step)
{
    flat_tracer *t = (flat_tracer *)self;
    if (!tr_trace_is_idle(&t->trace)) tr_frames_step(&t->frames, step);
}

static bool begins_with(tr_bytes text, const char *with)
{
    tr_bytes start = tr_bytes_str(with);
    return tr_bytes_eq(tr_bytes_cut(text, 0, start.len), start);
}

/* Parity's words for an error. */
static tr_bytes parity_text(tr_bytes text)
{
    static const struct {
        const char *geth, *parity;
        bool is_start;
    } words[] = {
        {"contract creation code storage out of gas", "Out of gas", false},
        {"out of gas", "Out of gas", false},
        {"gas uint64 overflow", "Out of gas", false},
        {"max code size exceeded", "Out of gas", false},
        {"invalid jump destination", "Bad jump destination", false},
        {"execution reverted", "Reverted", false},
        {"return data out of bounds", "Out of bounds", false},
        {"stack limit reached 1024 (1023)", "Out of stack", false},
        {"precompiled failed", "Built-in failed", false},
        {"invalid input length", "Built-in failed", false},
        {"out of gas:", "Out of gas", true},
        {"invalid opcode:", "Bad instruction", true},
        {"stack underflow", "Stack underflow", true},
    };
    for (size_t i = 0; i < TR_COUNTOF(words); i++) {
        bool fits = words[i].is_start ? begins_with(text, words[i].geth)
                                      : tr_bytes_eq(text, tr_bytes_str(words[i].geth));
        if (fits) return tr_bytes_str(words[i].parity);
    }
    return text;
}

static const char *call_type(uint8_t op)
{
    switch (op) {
    case TR_OP_CALLCODE:
        return "callcode";
    case TR_OP_DELEGATECALL:
        return "delegatecall";
    case TR_OP_STATICCALL:
        return "staticcall";
    default:
        return "call";
    }
}

static void put_action(tr_json_writer *w, const tr_trace_frame *frame)
{
    tr_json_key(w, "action");
    tr_json_begin_object(w);
    if (frame->op == TR_OP_SELFDESTRUCT) {
        tr_put_addr(w, "address", &frame->from);
        tr_put_number(w, "balance", frame->value);
        tr_put_addr(w, "refundAddress", &frame->to);
    } else {
        bool creates = tr_frame_is_create(frame);
        if (creates)
            tr_put_str(w, "creationMethod", frame->op == TR_OP_CREATE2 ? "create2" : "create");
        else
            tr_put_str(w, "callType", call_type(frame->op));
        tr_put_addr(w, "from", &frame->from);
        tr_put_quantity(w, "gas", frame->gas);
        tr_put_data(w, creates ? "init" : "input", frame->input);
        if (!creates) tr_put_addr(w, "to", &frame->to);
        tr_put_number(w, "value", frame->value);
    }
    tr_json_end_object(w);
}

static void put_result(tr_json_writer *w, const tr_trace_frame *frame)
{
    tr_json_key(w, "result");
    tr_json_begin_object(w);
    if (tr_frame_is_create(frame)) {
        if (!frame->failed) tr_put_addr(w, "address", &frame->to);
        tr_put_data(w, "code", frame->output);
    } else {
        tr_put_data(w, "output", frame->output);
    }
    tr_put_quantity(w, "gasUsed", frame->gas_used);
    tr_json_end_object(w);
}

/* The way down from the root. */
static void put_trace_address(tr_json_writer *w, const uint64_t *place, size_t depth)
{
    tr_json_key(w, "traceAddress");
    tr_json_begin_array(w);
    for (size_t i = 0; i < depth; i++) tr_json_put_u64(w, place[i]);
    tr_json_end_array(w);
}

static void put_hash(tr_json_writer *w, const char *key, const tr_hash *hash)
{
    tr_json_key(w, key);
    if (hash == NULL)
        tr_json_put_null(w);
    else
        tr_json_put_hex(w, TR_VIEW(hash->b));
}

static void put_frame(tr_json_writer *w, const flat_tracer *t, tr_trace_frame *frame,
                      const uint64_t *place, size_t depth)
{
    static const tr_bytes reverted = {(const uint8_t *)"execution reverted", 18};
    const char *type = frame->op == TR_OP_SELFDESTRUCT ? "suicide"
                       : tr_frame_is_create(frame)     ? "create"
                                                       : "call";
    tr_json_begin_object(w);
    put_action(w, frame);
    put_hash(w, "blockHash", t->context.block_hash);
    tr_put_u64(w, "blockNumber", t->context.block_number);
    if (frame->failed)
        tr_put_text(w, "error",
                    t->options.convert_parity_errors ? parity_text(frame->error) : frame->error);
    bool has_result = !frame->failed || tr_bytes_eq(frame->error, reverted);
    if (has_result && frame->op != TR_OP_SELFDESTRUCT) put_result(w, frame);
    tr_put_u64(w, "subtraces", frame->children);
    put_trace_address(w, place, depth);
    put_hash(w, "transactionHash", t->context.tx_hash);
    tr_put_u64(w, "transactionPosition", t->context.tx_index);
    tr_put_str(w, "type", type);
    tr_json_end_object(w);
}

static tr_err write_flat(tr_trace *self, tr_trail *trail, tr_buf *out)
{
    flat_tracer *t = (flat_tracer *)self;
    uint64_t place[MOST_DEPTH] = {0};
    size_t depth = 0;
    TR_TRY(tr_frames_check(&t->frames, trail));
    tr_json_writer w = tr_json_write_to(out);
    tr_json_begin_array(&w);
    for (tr_trace_frame *frame = t->frames.root; frame != NULL;) {
        put_frame(&w, t, frame, place, depth);
        if (frame->first != NULL) {
            if (depth == MOST_DEPTH) return tr_fail(trail, TR_E_DEPTH, "calls nested too deeply");
            place[depth++] = 0;
            frame = frame->first;
            continue;
        }
        while (frame != NULL && frame->next == NULL) {
            frame = frame->parent;
            if (depth != 0) depth--;
        }
        if (frame == NULL || depth == 0) break;
        place[depth - 1]++;
        frame = frame->next;
    }
    tr_json_end_array(&w);
    return TR_OK;
}

tr_err tr_flat_tracer_new(tr_trail *trail, tr_arena *arena, const tr_trace_context *context,
                          const tr_flat_options *options, tr_trace **out)
{
    flat_tracer *t = tr_trace_new(trail, arena, sizeof(*t), write_flat);
    if (t == NULL) return TR_E_MEMORY;
    tr_frames_init(&t->frames, &t->trace, context);
    if (options != NULL) t->options = *options;
    if (context != NULL) t->context = *context;
    if (t->context.block_hash != NULL) {
        t->block_hash = *t->context.block_hash;
        t->context.block_hash = &t->block_hash;
    }
    if (t->context.tx_hash != NULL) {
        t->tx_hash = *t->context.tx_hash;
        t->context.tx_hash = &t->tx_hash;
    }
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
