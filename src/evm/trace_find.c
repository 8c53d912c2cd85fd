/* Tracers by name, and those that are made of others or of nothing. */
#include "codec/hex.h"
#include "evm/trace_internal.h"

static tr_err write_noop(tr_trace *self, tr_trail *trail, tr_buf *out)
{
    (void)self;
    (void)trail;
    tr_buf_put_str(out, "{}");
    return TR_OK;
}

tr_err tr_noop_tracer_new(tr_trail *trail, tr_arena *arena, tr_trace **out)
{
    *out = tr_trace_new(trail, arena, sizeof(**out), write_noop);
    return *out == NULL ? TR_E_MEMORY : TR_OK;
}

/* muxTracer: each hook goes to all. */
typedef struct mux_tracer {
    tr_trace trace;
    size_t count;
    const tr_bytes *names;
    tr_trace *const *traces;
} mux_tracer;

#define TO_ALL(hook, ...)                                                                          \
    do {                                                                                           \
        const mux_tracer *t = (const mux_tracer *)self;                                            \
        for (size_t i = 0; i < t->count; i++) {                                                    \
            tr_tracer *one = &t->traces[i]->tracer;                                                \
            one->is_system = self->is_system;                                                      \
            if (one->hook != NULL) one->hook(one, __VA_ARGS__);                                    \
        }                                                                                          \
    } while (0)

static void mux_tx_begin(tr_tracer *self, const tr_tx_begin *tx)
{
    TO_ALL(tx_begin, tx);
}

static void mux_tx_end(tr_tracer *self, const tr_tx_end *tx)
{
    TO_ALL(tx_end, tx);
}

static void mux_enter(tr_tracer *self, const tr_frame_begin *frame)
{
    TO_ALL(enter, frame);
}

static void mux_leave(tr_tracer *self, const tr_frame_end *frame)
{
    TO_ALL(leave, frame);
}

static void mux_step(tr_tracer *self, const tr_step *step)
{
    TO_ALL(step, step);
}

static void mux_log(tr_tracer *self, const tr_log *log, int depth)
{
    TO_ALL(log, log, depth);
}

static tr_err write_mux(tr_trace *self, tr_trail *trail, tr_buf *out)
{
    const mux_tracer *t = (const mux_tracer *)self;
    tr_json_writer w = tr_json_write_to(out);
    tr_json_begin_object(&w);
    for (size_t i = 0; i < t->count; i++) {
        tr_json_key_bytes(&w, t->names[i]);
        tr_json_put_raw(&w, (tr_bytes){NULL, 0});
        TR_TRY(tr_trace_write(trail, t->traces[i], out));
    }
    tr_json_end_object(&w);
    return TR_OK;
}

tr_err tr_mux_tracer_new(tr_trail *trail, tr_arena *arena, size_t count, const tr_bytes names[],
                         tr_trace *const traces[], tr_trace **out)
{
    mux_tracer *t = tr_trace_new(trail, arena, sizeof(*t), write_mux);
    if (t == NULL) return TR_E_MEMORY;
    t->count = count;
    t->names = names;
    t->traces = traces;
    t->trace.tracer = (tr_tracer){
        .tx_begin = mux_tx_begin,
        .tx_end = mux_tx_end,
        .enter = mux_enter,
        .leave = mux_leave,
        .step = mux_step,
        .log = mux_log,
    };
    *out = &t->trace;
    return TR_OK;
}

/* What makes a tracer of its name. */
typedef struct tracer_request {
    tr_arena *arena;
    const tr_trace_context *context;
    const tr_json *config;
} tracer_request;
typedef tr_err maker(tr_trail *trail, const tracer_request *asked, tr_trace **out);

/* A flag of an options struct and its name. */
typedef struct flag {
    const char *name;
    bool *value;
} flag;

static tr_err read_flags(tr_trail *trail, const tr_json *config, const flag *flags, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const tr_json *value = tr_json_get(config, flags[i].name);
        if (value == NULL || value->kind == TR_JSON_NULL) continue;
        if (value->kind != TR_JSON_BOOL)
            return tr_fail(trail, TR_E_TYPE, "%s: true or false expected", flags[i].name);
        *flags[i].value = value->truth;
    }
    return TR_OK;
}

/* A number that is not there stays as it is. */
static tr_err read_number(tr_trail *trail, const tr_json *config, const char *name, uint64_t *out)
{
    const tr_json *value = tr_json_get(config, name);
    if (value == NULL || value->kind == TR_JSON_NULL) return TR_OK;
    if (tr_json_u64(value, out) != TR_OK)
        return tr_fail(trail, TR_E_TYPE, "%s: a number from 0 on expected", name);
    return TR_OK;
}

static tr_err make_struct(tr_trail *trail, const tracer_request *asked, tr_trace **out)
{
    tr_step_options o = {0};
    const flag flags[] = {{"enableMemory", &o.enable_memory},
                          {"disableStack", &o.disable_stack},
                          {"disableStorage", &o.disable_storage},
                          {"enableReturnData", &o.enable_return_data}};
    TR_TRY(read_flags(trail, asked->config, flags, TR_COUNTOF(flags)));
    TR_TRY(read_number(trail, asked->config, "limit", &o.limit));
    return tr_struct_tracer_new(trail, asked->arena, &o, out);
}

static tr_err make_call(tr_trail *trail, const tracer_request *asked, tr_trace **out)
{
    tr_call_options o = {0};
    const flag flags[] = {{"onlyTopCall", &o.only_top_call}, {"withLog", &o.with_log}};
    TR_TRY(read_flags(trail, asked->config, flags, TR_COUNTOF(flags)));
    return tr_call_tracer_new(trail, asked->arena, asked->context, &o, out);
}

static tr_err make_flat(tr_trail *trail, const tracer_request *asked, tr_trace **out)
{
    tr_flat_options o = {0};
    const flag flags[] = {{"convertParityErrors", &o.convert_parity_errors},
                          {"includePrecompiles", &o.include_precompiles}};
    TR_TRY(read_flags(trail, asked->config, flags, TR_COUNTOF(flags)));
    return tr_flat_tracer_new(trail, asked->arena, asked->context, &o, out);
}

static tr_err make_prestate(tr_trail *trail, const tracer_request *asked, tr_trace **out)
{
    tr_prestate_options o = {0};
    const flag flags[] = {{"diffMode", &o.diff_mode},
                          {"disableCode", &o.disable_code},
                          {"disableStorage", &o.disable_storage},
                          {"includeEmpty", &o.include_empty}};
    TR_TRY(read_flags(trail, asked->config, flags, TR_COUNTOF(flags)));
    return tr_prestate_tracer_new(trail, asked->arena, &o, out);
}

/* An array of opcodes, as quantities. */
static tr_err read_ignored(tr_trail *trail, const tr_json *list, tr_erc7562_options *o)
{
    if (list == NULL || list->kind == TR_JSON_NULL) return TR_OK;
    if (list->kind != TR_JSON_ARRAY)
        return tr_fail(trail, TR_E_TYPE, "ignoredOpcodes: an array expected");
    o->has_ignored = true;
    TR_JSON_EACH(item, list)
    {
        uint64_t op;
        if (tr_hex_decode_u64(NULL, tr_json_text(item), &op) != TR_OK || op > 255)
            return tr_fail(trail, TR_E_TYPE, "ignoredOpcodes: 0x0 to 0xff expected");
        o->ignored[op] = true;
    }
    return TR_OK;
}

static tr_err make_erc7562(tr_trail *trail, const tracer_request *asked, tr_trace **out)
{
    tr_erc7562_options o = {0};
    uint64_t items = 0;
    const flag flags[] = {{"withLog", &o.with_log}};
    TR_TRY(read_flags(trail, asked->config, flags, TR_COUNTOF(flags)));
    TR_TRY(read_number(trail, asked->config, "stackTopItemsSize", &items));
    TR_TRY(read_ignored(trail, tr_json_get(asked->config, "ignoredOpcodes"), &o));
    o.stack_top_items = (unsigned)TR_MIN(items, 1024);
    return tr_erc7562_tracer_new(trail, asked->arena, asked->context, &o, out);
}

static tr_err make_selector(tr_trail *trail, const tracer_request *asked, tr_trace **out)
{
    return tr_selector_tracer_new(trail, asked->arena, out);
}

static tr_err make_call_legacy(tr_trail *trail, const tracer_request *asked, tr_trace **out)
{
    return tr_call_legacy_tracer_new(trail, asked->arena, out);
}

static tr_err make_prestate_legacy(tr_trail *trail, const tracer_request *asked, tr_trace **out)
{
    return tr_prestate_legacy_tracer_new(trail, asked->arena, out);
}

static tr_err make_noop(tr_trail *trail, const tracer_request *asked, tr_trace **out)
{
    return tr_noop_tracer_new(trail, asked->arena, out);
}

static const struct {
    const char *name;
    maker *make;
} makers[] = {
    {"", make_struct},
    {"structLogger", make_struct},
    {"callTracer", make_call},
    {"flatCallTracer", make_flat},
    {"prestateTracer", make_prestate},
    {"4byteTracer", make_selector},
    {"erc7562Tracer", make_erc7562},
    {"noopTracer", make_noop},
    {"callTracerLegacy", make_call_legacy},
    {"prestateTracerLegacy", make_prestate_legacy},
};

/* A mux's config names the others, each with its own. */
static tr_err make_mux(tr_trail *trail, const tracer_request *asked, tr_trace **out)
{
    size_t count = asked->config == NULL ? 0 : asked->config->count, i = 0;
    tr_bytes *names = TR_ARENA_ARRAY(asked->arena, tr_bytes, count);
    tr_trace **traces = TR_ARENA_ARRAY(asked->arena, tr_trace *, count);
    if (names == NULL || traces == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory");
    TR_JSON_EACH(member, asked->config)
    {
        if (tr_bytes_eq(member->key, TR_LIT("muxTracer")))
            return tr_fail(trail, TR_E_DEPTH, "muxTracer within muxTracer");
        names[i] = tr_arena_copy(asked->arena, member->key);
        if (names[i].data == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory");
        TR_TRY(
            tr_tracer_find(trail, asked->arena, asked->context, member->key, member, &traces[i++]));
    }
    return tr_mux_tracer_new(trail, asked->arena, count, names, traces, out);
}

tr_err tr_tracer_find(tr_trail *trail, tr_arena *arena, const tr_trace_context *context,
                      tr_bytes name, const tr_json *config, tr_trace **out)
{
    if (config != NULL && config->kind == TR_JSON_NULL) config = NULL;
    const tracer_request asked = {arena, context, config};
    if (config != NULL && config->kind != TR_JSON_OBJECT)
        return tr_fail(trail, TR_E_TYPE, "a tracer's options are an object");
    for (size_t i = 0; i < TR_COUNTOF(makers); i++)
        if (tr_bytes_eq(name, tr_bytes_str(makers[i].name)))
            return makers[i].make(trail, &asked, out);
    if (tr_bytes_eq(name, TR_LIT("muxTracer"))) return make_mux(trail, &asked, out);
    return tr_fail(trail, TR_E_UNSUPPORTED, "no tracer \"%.*s\" (JavaScript is not run)",
                   (int)TR_MIN(name.len, 40), (const char *)name.data);
}
