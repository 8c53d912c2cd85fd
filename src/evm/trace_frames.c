#include "evm/trace_frames_internal.h"

enum { MOST_BELOW = 1100 };

void tr_frames_init(tr_trace_frames *frames, tr_trace *trace, const tr_trace_context *context)
{
    *frames = (tr_trace_frames){.trace = trace};
    if (context != NULL) frames->log_index = context->first_log;
}

void tr_frames_tx_begin(tr_trace_frames *frames, const tr_tx_begin *tx)
{
    frames->has_tx = true;
    frames->gas_limit = tx->gas;
    frames->rules = tx->env->rules;
}

void tr_frames_tx_end(tr_trace_frames *frames, const tr_tx_end *tx)
{
    if (frames->root != NULL) frames->root->gas_used = tx->gas_used;
}

static tr_trace_frame *new_frame(tr_trace_frames *frames, const tr_frame_begin *begin)
{
    tr_trace_frame *frame = TR_TRACE_NEW(frames->trace, tr_trace_frame);
    if (frame == NULL) return NULL;
    bool is_create = begin->op == TR_OP_CREATE || begin->op == TR_OP_CREATE2;
    *frame = (tr_trace_frame){
        .parent = frames->top,
        .log_index = frames->log_index,
        .op = begin->op,
        .has_value = begin->value != NULL,
        .precompile = begin->precompile,
        .from = begin->from,
        .to = begin->to,
        .gas = begin->gas,
        .input = tr_trace_copy(frames->trace, is_create ? begin->code : begin->input),
    };
    if (begin->value != NULL) frame->value = *begin->value;
    return frame;
}

static void enter_below(tr_trace_frames *frames)
{
    if (frames->below_logs == NULL)
        frames->below_logs = tr_trace_get(frames->trace, MOST_BELOW * sizeof(uint64_t));
    if (frames->below_logs == NULL) return;
    if (frames->below < MOST_BELOW)
        frames->below_logs[frames->below++] = frames->log_index;
    else
        frames->trace->err = TR_E_STATE;
}

tr_trace_frame *tr_frames_enter(tr_trace_frames *frames, const tr_frame_begin *begin)
{
    if (frames->only_top && frames->top != NULL) {
        enter_below(frames);
        return NULL;
    }
    if (frames->top == NULL && frames->root != NULL) {
        frames->trace->err = TR_E_STATE;
        return NULL;
    }
    tr_trace_frame *frame = new_frame(frames, begin);
    if (frame == NULL) return NULL;
    if (frames->top == NULL) {
        frames->root = frame;
        if (frames->has_tx) frame->gas = frames->gas_limit;
    } else {
        tr_trace_frame *parent = frames->top;
        if (parent->last == NULL)
            parent->first = frame;
        else
            parent->last->next = frame;
        frame->before = parent->last;
        parent->last = frame;
        parent->children++;
    }
    frames->top = frame;
    frames->note.status = TR_EVM_OK;
    return frame;
}

/* What the frame gave, and why it failed. */
static void end_frame(tr_trace_frames *frames, tr_trace_frame *frame, const tr_frame_end *end)
{
    char scratch[TR_REVERT_SCRATCH], words[TR_FAULT_TEXT];
    tr_bytes reason;
    tr_evm_status status = (tr_evm_status)end->status;
    bool kept =
        status == TR_EVM_CODE_GAS && frames->rules != NULL && !frames->rules->create_needs_deposit;
    frame->gas_used = end->gas_used;
    if (kept) status = TR_EVM_OK;
    tr_bytes error =
        tr_trace_end_text(&frames->note, status, frame->precompile, frame->input.len, words);
    frame->failed = status != TR_EVM_OK;
    if (frame->failed) frame->error = tr_trace_copy(frames->trace, error);
    if (frame->failed) frames->log_index = frame->log_index;
    if (frame->failed && (status != TR_EVM_REVERT || end->output.len == 0)) return;
    frame->output = tr_trace_copy(frames->trace, end->output);
    frame->has_output = end->output.len != 0;
    if (!frame->failed) return;
    frame->has_reason = tr_revert_reason(frame->output, scratch, &reason);
    if (frame->has_reason) frame->reason = tr_trace_copy(frames->trace, reason);
}

tr_trace_frame *tr_frames_leave(tr_trace_frames *frames, const tr_frame_end *end)
{
    if (frames->below != 0) {
        frames->below--;
        if (end->status != TR_EVM_OK) frames->log_index = frames->below_logs[frames->below];
        frames->note.status = TR_EVM_OK;
        return NULL;
    }
    tr_trace_frame *frame = frames->top;
    if (frame == NULL) return NULL;
    end_frame(frames, frame, end);
    frames->top = frame->parent;
    return frame;
}

void tr_frames_log(tr_trace_frames *frames, const tr_log *log)
{
    tr_trace_frame *frame = frames->top;
    uint64_t index = frames->log_index++;
    if (!frames->with_log || frame == NULL || frames->below != 0) return;
    tr_trace_log *note = TR_TRACE_NEW(frames->trace, tr_trace_log);
    if (note == NULL) return;
    *note = (tr_trace_log){.log = *log, .index = index, .position = frame->children};
    note->address = log->account->address;
    note->log.data = tr_trace_copy(frames->trace, log->data);
    if (frame->last_log == NULL)
        frame->first_log = note;
    else
        frame->last_log->next = note;
    frame->last_log = note;
}

static void put_logs(tr_json_writer *w, const tr_trace_log *first)
{
    tr_json_key(w, "logs");
    tr_json_begin_array(w);
    for (const tr_trace_log *log = first; log != NULL; log = log->next) {
        tr_json_begin_object(w);
        tr_put_addr(w, "address", &log->address);
        tr_json_key(w, "topics");
        tr_json_begin_array(w);
        for (uint32_t i = 0; i < log->log.topic_count; i++)
            tr_json_put_hex(w, TR_VIEW(log->log.topics[i].b));
        tr_json_end_array(w);
        tr_put_data(w, "data", log->log.data);
        tr_put_quantity(w, "index", log->index);
        tr_put_quantity(w, "position", log->position);
        tr_json_end_object(w);
    }
    tr_json_end_array(w);
}

static void put_members(tr_trace_frame *frame, tr_json_writer *w)
{
    char scratch[TR_OP_SCRATCH];
    tr_put_addr(w, "from", &frame->from);
    tr_put_quantity(w, "gas", frame->gas);
    tr_put_quantity(w, "gasUsed", frame->gas_used);
    if (!frame->failed || !tr_frame_is_create(frame)) tr_put_addr(w, "to", &frame->to);
    tr_put_data(w, "input", frame->input);
    if (frame->has_output) tr_put_data(w, "output", frame->output);
    if (frame->failed) tr_put_text(w, "error", frame->error);
    if (frame->has_reason && frame->reason.len != 0) tr_put_text(w, "revertReason", frame->reason);
    frame->is_dropped = frame->failed || (frame->parent != NULL && frame->parent->is_dropped);
    if (!frame->is_dropped && frame->first_log != NULL) put_logs(w, frame->first_log);
    if (frame->has_value) tr_put_number(w, "value", frame->value);
    tr_json_key(w, "type");
    tr_json_str(w, tr_trace_op_name(frame->op, scratch));
}

tr_err tr_frames_check(const tr_trace_frames *frames, tr_trail *trail)
{
    if (frames->root == NULL || frames->top != NULL)
        return tr_fail(trail, TR_E_STATE, "incorrect number of top-level calls");
    return TR_OK;
}

/* An object for each frame, its end left open; the writer's depth does not grow with the calls'. */
tr_err tr_frames_write(tr_trace_frames *frames, tr_trail *trail, tr_buf *out,
                       void (*more)(tr_trace_frame *frame, tr_json_writer *w))
{
    TR_TRY(tr_frames_check(frames, trail));
    tr_trace_frame *frame = frames->root;
    while (frame != NULL) {
        tr_json_writer w = tr_json_write_to(out);
        tr_json_begin_object(&w);
        put_members(frame, &w);
        if (more != NULL) more(frame, &w);
        if (frame->first != NULL) {
            tr_buf_put_str(out, ",\"calls\":[");
            frame = frame->first;
            continue;
        }
        tr_json_end_object(&w);
        while (frame != NULL && frame->next == NULL) {
            frame = frame->parent;
            if (frame != NULL) tr_buf_put_str(out, "]}");
        }
        if (frame == NULL) break;
        tr_buf_put_u8(out, ',');
        frame = frame->next;
    }
    return TR_OK;
}
