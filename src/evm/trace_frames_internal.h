/* The tree of calls that callTracer, flatCallTracer and erc7562Tracer are made of. */
#ifndef TR_EVM_TRACE_FRAMES_INTERNAL_H
#define TR_EVM_TRACE_FRAMES_INTERNAL_H

#include "evm/trace_internal.h"

typedef struct tr_trace_log tr_trace_log;
struct tr_trace_log {
    tr_trace_log *next;
    tr_log log;
    tr_addr address;
    uint64_t index, position;
};

typedef struct tr_trace_frame tr_trace_frame;
struct tr_trace_frame {
    tr_trace_frame *parent, *first, *last, *before, *next;
    size_t children;
    tr_trace_log *first_log, *last_log;
    uint64_t log_index; /* of the first log that it, or what it calls, could make */
    uint8_t op;
    bool has_value, has_output, failed;
    bool is_dropped; /* its logs do not count: it or one above failed */
    unsigned precompile;
    tr_addr from, to;
    tr_u256 value;
    uint64_t gas, gas_used;
    tr_bytes input, output, error, reason;
    bool has_reason;
    void *more; /* of the tracer */
};

typedef struct tr_trace_frames {
    tr_trace *trace;
    bool only_top, with_log;
    /* frames that are not noted, with only_top; log_index at their beginnings */
    size_t below;
    uint64_t *below_logs;
    tr_trace_frame *root, *top;
    bool has_tx;
    uint64_t gas_limit, log_index;
    const tr_evm_rules *rules;
    tr_trace_fault_note note;
} tr_trace_frames;

void tr_frames_init(tr_trace_frames *frames, tr_trace *trace, const tr_trace_context *context);
void tr_frames_tx_begin(tr_trace_frames *frames, const tr_tx_begin *tx);
void tr_frames_tx_end(tr_trace_frames *frames, const tr_tx_end *tx);
/* The frame begun or ended; NULL: none is noted. */
tr_trace_frame *tr_frames_enter(tr_trace_frames *frames, const tr_frame_begin *begin);
tr_trace_frame *tr_frames_leave(tr_trace_frames *frames, const tr_frame_end *end);
void tr_frames_log(tr_trace_frames *frames, const tr_log *log);
static inline void tr_frames_step(tr_trace_frames *frames, const tr_step *step)
{
    if (step->fault != TR_EVM_OK) tr_trace_note_fault(&frames->note, step, frames->rules);
}

/* tr_frames_write writes the tree as nested objects ("calls"); more, which may be NULL, adds the
 * tracer's own members.  TR_E_STATE when there is no frame, or one that did not end. */
TR_NODISCARD tr_err tr_frames_write(tr_trace_frames *frames, tr_trail *trail, tr_buf *out,
                                    void (*more)(tr_trace_frame *frame, tr_json_writer *w));
TR_NODISCARD tr_err tr_frames_check(const tr_trace_frames *frames, tr_trail *trail);

static inline bool tr_frame_is_create(const tr_trace_frame *frame)
{
    return frame->op == 0xf0 || frame->op == 0xf5;
}

#endif
