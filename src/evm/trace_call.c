/* callTracer and 4byteTracer. */
#include "evm/trace_frames_internal.h"

typedef struct call_tracer {
    tr_trace trace;
    tr_trace_frames frames;
} call_tracer;

static void on_tx_begin(tr_tracer *self, const tr_tx_begin *tx)
{
    call_tracer *t = (call_tracer *)self;
    if (!tr_trace_is_idle(&t->trace)) tr_frames_tx_begin(&t->frames, tx);
}

static void on_tx_end(tr_tracer *self, const tr_tx_end *tx)
{
    call_tracer *t = (call_tracer *)self;
    if (!tr_trace_is_idle(&t->trace)) tr_frames_tx_end(&t->frames, tx);
}

static void on_enter(tr_tracer *self, const tr_frame_begin *frame)
{
    call_tracer *t = (call_tracer *)self;
    if (!tr_trace_is_idle(&t->trace)) (void)tr_frames_enter(&t->frames, frame);
}

static void on_leave(tr_tracer *self, const tr_frame_end *frame)
{
    call_tracer *t = (call_tracer *)self;
    if (!tr_trace_is_idle(&t->trace)) (void)tr_frames_leave(&t->frames, frame);
}

static void on_step(tr_tracer *self, const tr_step *step)
{
    call_tracer *t = (call_tracer *)self;
    if (!tr_trace_is_idle(&t->trace)) tr_frames_step(&t->frames, step);
}

static void on_log(tr_tracer *self, const tr_log *log, int depth)
{
    call_tracer *t = (call_tracer *)self;
    (void)depth;
    if (!tr_trace_is_idle(&t->trace)) tr_frames_log(&t->frames, log);
}

static tr_err write_calls(tr_trace *self, tr_trail *trail, tr_buf *out)
{
    return tr_frames_write(&((call_tracer *)self)->frames, trail, out, NULL);
}

tr_err tr_call_tracer_new(tr_trail *trail, tr_arena *arena, const tr_trace_context *context,
                          const tr_call_options *options, tr_trace **out)
{
    call_tracer *t = tr_trace_new(trail, arena, sizeof(*t), write_calls);
    if (t == NULL) return TR_E_MEMORY;
    tr_frames_init(&t->frames, &t->trace, context);
    if (options != NULL) {
        t->frames.only_top = options->only_top_call;
        t->frames.with_log = options->with_log;
    }
    t->trace.tracer = (tr_tracer){
        .tx_begin = on_tx_begin,
        .tx_end = on_tx_end,
        .enter = on_enter,
        .leave = on_leave,
        .step = on_step,
        .log = on_log,
    };
    *out = &t->trace;
    return TR_OK;
}

/* 4byteTracer: the key is the selector and the size of what follows it. */
typedef struct selector_tracer {
    tr_trace trace;
    tr_trace_map seen;
} selector_tracer;

static void selector_enter(tr_tracer *self, const tr_frame_begin *frame)
{
    selector_tracer *t = (selector_tracer *)self;
    uint8_t key[12], op = frame->op;
    bool is_call = op == 0xf1 || op == 0xf2 || op == 0xf4 || op == 0xfa;
    bool is_new;
    if (tr_trace_is_idle(&t->trace) || frame->input.len < 4 || !is_call || frame->precompile != 0)
        return;
    memcpy(key, frame->input.data, 4);
    tr_store64be(key + 4, frame->input.len - 4);
    tr_trace_item *item = tr_trace_map_add(&t->trace, &t->seen, key, &is_new);
    if (item != NULL) item->count++;
}

static tr_err write_selectors(tr_trace *self, tr_trail *trail, tr_buf *out)
{
    selector_tracer *t = (selector_tracer *)self;
    tr_json_writer w = tr_json_write_to(out);
    (void)trail;
    tr_trace_map_sort(&t->seen);
    tr_json_begin_object(&w);
    for (const tr_trace_item *item = t->seen.first; item != NULL; item = item->next) {
        char text[40];
        tr_buf name;
        tr_buf_init_fixed(&name, text, sizeof(text));
        tr_buf_printf(&name, "0x%08x-%llu", tr_load32be(item->key),
                      (unsigned long long)tr_load64be(item->key + 4));
        tr_json_key_bytes(&w, tr_buf_view(&name));
        tr_json_put_u64(&w, item->count);
    }
    tr_json_end_object(&w);
    return TR_OK;
}

tr_err tr_selector_tracer_new(tr_trail *trail, tr_arena *arena, tr_trace **out)
{
    selector_tracer *t = tr_trace_new(trail, arena, sizeof(*t), write_selectors);
    if (t == NULL) return TR_E_MEMORY;
    t->seen = tr_trace_map_of(12);
    t->trace.tracer.enter = selector_enter;
    *out = &t->trace;
    return TR_OK;
}
