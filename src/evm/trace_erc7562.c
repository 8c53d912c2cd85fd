/* erc7562Tracer: the tree of calls with what ERC-7562's rules for validation ask about: opcodes
 * used, slots read and written, codes looked at, what was hashed. */
#include "evm/trace_frames_internal.h"
#include "hash/keccak.h"

/* What a frame is noted to have done. */
typedef struct frame_notes {
    tr_trace_map reads, writes, transient_reads, transient_writes;
    tr_trace_map codes; /* by address: value its size, count the opcode */
    tr_trace_item *looked_first, *looked_last;
    uint64_t used[256];
    bool out_of_gas;
    tr_trace_map *keccak; /* of the first frame: data, by hash */
} frame_notes;

typedef struct erc7562_tracer {
    tr_trace trace;
    tr_trace_frames frames;
    tr_erc7562_options options;
    tr_trace_map keccak;
    bool has_last; /* the step before */
    uint8_t last_op;
    bool has_last_top;
    tr_u256 last_top;
} erc7562_tracer;

static void on_tx_begin(tr_tracer *self, const tr_tx_begin *tx)
{
    erc7562_tracer *t = (erc7562_tracer *)self;
    if (!tr_trace_is_idle(&t->trace)) tr_frames_tx_begin(&t->frames, tx);
}

static void on_tx_end(tr_tracer *self, const tr_tx_end *tx)
{
    erc7562_tracer *t = (erc7562_tracer *)self;
    if (!tr_trace_is_idle(&t->trace)) tr_frames_tx_end(&t->frames, tx);
}

static void on_enter(tr_tracer *self, const tr_frame_begin *begin)
{
    erc7562_tracer *t = (erc7562_tracer *)self;
    if (tr_trace_is_idle(&t->trace)) return;
    tr_trace_frame *frame = tr_frames_enter(&t->frames, begin);
    if (frame == NULL) return;
    frame_notes *seen = frame->more = tr_trace_get(&t->trace, sizeof(*seen));
    if (seen == NULL) return;
    memset(seen, 0, sizeof(*seen));
    seen->reads = seen->writes = tr_trace_map_of(32);
    seen->transient_reads = seen->transient_writes = tr_trace_map_of(32);
    seen->codes = tr_trace_map_of(sizeof(tr_addr));
    if (frame->parent == NULL) seen->keccak = &t->keccak;
}

static void on_leave(tr_tracer *self, const tr_frame_end *end)
{
    static const tr_bytes gas = {(const uint8_t *)"out of gas", 10};
    erc7562_tracer *t = (erc7562_tracer *)self;
    if (tr_trace_is_idle(&t->trace)) return;
    const tr_trace_frame *frame = tr_frames_leave(&t->frames, end);
    if (frame == NULL || frame->parent == NULL || !frame->failed) return;
    bool is_gas = tr_bytes_eq(tr_bytes_cut(frame->error, 0, gas.len), gas);
    ((frame_notes *)frame->more)->out_of_gas = is_gas || end->status == TR_EVM_CODE_GAS;
}

static void on_log(tr_tracer *self, const tr_log *log, int depth)
{
    erc7562_tracer *t = (erc7562_tracer *)self;
    (void)depth;
    if (!tr_trace_is_idle(&t->trace)) tr_frames_log(&t->frames, log);
}

static bool is_call(uint8_t op)
{
    return op == TR_OP_CALL || op == TR_OP_CALLCODE || op == TR_OP_DELEGATECALL ||
           op == TR_OP_STATICCALL;
}

static bool is_ext(uint8_t op)
{
    return op == TR_OP_EXTCODEHASH || op == TR_OP_EXTCODESIZE || op == TR_OP_EXTCODECOPY;
}

/* A look at another's code counts, but for the question whether there is any. */
static void note_look(erc7562_tracer *t, const tr_step *step, frame_notes *seen)
{
    if (!is_ext(t->last_op) || !t->has_last_top) return;
    if (t->last_op == TR_OP_EXTCODESIZE && step->op == TR_OP_ISZERO) return;
    tr_trace_item *item = TR_TRACE_NEW(&t->trace, tr_trace_item);
    if (item == NULL) return;
    tr_addr address = tr_word_addr(t->last_top);
    *item = (tr_trace_item){0};
    memcpy(item->key, address.b, sizeof(address.b));
    if (seen->looked_last == NULL)
        seen->looked_first = item;
    else
        seen->looked_last->next = item;
    seen->looked_last = item;
}

static void note_code(erc7562_tracer *t, const tr_step *step, frame_notes *seen)
{
    tr_u256 word;
    bool is_new;
    if (!is_ext(step->op) && !is_call(step->op)) return;
    if (!tr_step_peek(step, is_ext(step->op) ? 0 : 1, &word)) return;
    tr_addr address = tr_word_addr(word);
    tr_trace_item *item = tr_trace_map_add(&t->trace, &seen->codes, address.b, &is_new);
    if (item == NULL || !is_new) return;
    item->count = step->op;
    tr_acct *account = tr_state_account(step->state, &address);
    if (account == NULL || (account->has_code && !tr_state_code(step->state, account)))
        t->trace.err = TR_E_STATE;
    else if (account->has_code)
        item->value = tr_u256_of(account->code.len);
}

static void note_slot(erc7562_tracer *t, const tr_step *step, frame_notes *seen)
{
    tr_u256 key;
    bool is_new;
    tr_trace_map *map = step->op == TR_OP_SLOAD    ? &seen->reads
                        : step->op == TR_OP_SSTORE ? &seen->writes
                        : step->op == TR_OP_TLOAD  ? &seen->transient_reads
                        : step->op == TR_OP_TSTORE ? &seen->transient_writes
                                                   : NULL;
    if (map == NULL || !tr_step_peek(step, 0, &key)) return;
    tr_word_key bytes = tr_word_key_of(key);
    if (step->op == TR_OP_SLOAD) { /* what was there before it was written */
        if (step->fault != TR_EVM_OK || tr_trace_map_find(&seen->writes, bytes.b) != NULL) return;
        tr_trace_item *item = tr_trace_map_add(&t->trace, map, bytes.b, &is_new);
        if (item == NULL || !is_new) return;
        const tr_slot *slot = tr_state_slot(step->state, step->account, &key);
        if (slot == NULL)
            t->trace.err = TR_E_STATE;
        else
            item->value = slot->value;
        return;
    }
    tr_trace_item *item = tr_trace_map_add(&t->trace, map, bytes.b, &is_new);
    if (item != NULL) item->count++;
}

static void note_hashed(erc7562_tracer *t, const tr_step *step)
{
    tr_u256 offset, size;
    bool is_new;
    if (step->op != TR_OP_KECCAK256 || !tr_step_peek(step, 0, &offset) ||
        !tr_step_peek(step, 1, &size))
        return;
    tr_arena_mark mark = tr_arena_save(t->trace.arena);
    tr_bytes data = tr_step_memory(&t->trace, step, offset, size);
    if (data.data == NULL) return;
    tr_hash hash = tr_keccak256(data);
    if (tr_trace_map_find(&t->keccak, hash.b) != NULL) {
        tr_arena_rewind(t->trace.arena, mark);
        return;
    }
    tr_trace_item *item = tr_trace_map_add(&t->trace, &t->keccak, hash.b, &is_new);
    if (item != NULL) item->data = data;
}

static void remember(erc7562_tracer *t, const tr_step *step)
{
    t->has_last = true;
    t->last_op = step->op;
    t->has_last_top = t->options.stack_top_items != 0 && tr_step_peek(step, 0, &t->last_top);
}

static void on_step(tr_tracer *self, const tr_step *step)
{
    erc7562_tracer *t = (erc7562_tracer *)self;
    if (tr_trace_is_idle(&t->trace) || t->frames.top == NULL) return;
    frame_notes *seen = t->frames.top->more;
    tr_frames_step(&t->frames, step);
    if (step->is_repeat) return;
    if (step->op == TR_OP_REVERT || step->op == TR_OP_RETURN) t->has_last = false;
    if (t->has_last) note_look(t, step, seen);
    note_code(t, step, seen);
    if (t->has_last && t->last_op == TR_OP_GAS && !is_call(step->op)) seen->used[TR_OP_GAS]++;
    if (step->op != TR_OP_GAS && !t->options.ignored[step->op]) seen->used[step->op]++;
    note_slot(t, step, seen);
    note_hashed(t, step);
    remember(t, step);
}

static void put_counts(tr_json_writer *w, const char *name, tr_trace_map *map)
{
    tr_trace_map_sort(map);
    tr_json_key(w, name);
    tr_json_begin_object(w);
    for (const tr_trace_item *item = map->first; item != NULL; item = item->next) {
        tr_put_hex_key(w, TR_VIEW(item->key));
        tr_json_put_u64(w, item->count);
    }
    tr_json_end_object(w);
}

static void put_slots(tr_json_writer *w, frame_notes *seen)
{
    tr_trace_map_sort(&seen->reads);
    tr_json_key(w, "accessedSlots");
    tr_json_begin_object(w);
    tr_json_key(w, "reads");
    tr_json_begin_object(w);
    for (const tr_trace_item *item = seen->reads.first; item != NULL; item = item->next) {
        tr_put_hex_key(w, TR_VIEW(item->key));
        tr_json_begin_array(w);
        tr_put_word(w, item->value);
        tr_json_end_array(w);
    }
    tr_json_end_object(w);
    put_counts(w, "writes", &seen->writes);
    put_counts(w, "transientReads", &seen->transient_reads);
    put_counts(w, "transientWrites", &seen->transient_writes);
    tr_json_end_object(w);
}

static void put_codes(tr_json_writer *w, frame_notes *seen)
{
    tr_json_key(w, "extCodeAccessInfo");
    tr_json_begin_array(w);
    for (const tr_trace_item *item = seen->looked_first; item != NULL; item = item->next)
        tr_json_put_hex(w, tr_bytes_of(item->key, sizeof(tr_addr)));
    tr_json_end_array(w);
    tr_trace_map_sort(&seen->codes);
    tr_json_key(w, "contractSize");
    tr_json_begin_object(w);
    for (const tr_trace_item *item = seen->codes.first; item != NULL; item = item->next) {
        tr_put_hex_key(w, tr_bytes_of(item->key, sizeof(tr_addr)));
        tr_json_begin_object(w);
        tr_put_u64(w, "contractSize", item->value.w[0]);
        tr_put_u64(w, "opcode", item->count);
        tr_json_end_object(w);
    }
    tr_json_end_object(w);
}

static void put_used(tr_json_writer *w, const frame_notes *seen)
{
    tr_json_key(w, "usedOpcodes");
    tr_json_begin_object(w);
    for (unsigned op = 0; op < 256; op++) {
        char text[8];
        tr_buf name;
        if (seen->used[op] == 0) continue;
        tr_buf_init_fixed(&name, text, sizeof(text));
        tr_buf_printf(&name, "0x%x", op);
        tr_json_key_bytes(w, tr_buf_view(&name));
        tr_json_put_u64(w, seen->used[op]);
    }
    tr_json_end_object(w);
}

/* Merges two sorted lists of what was hashed. */
static tr_trace_item *merge(tr_trace_item *a, tr_trace_item *b)
{
    tr_trace_item *first = NULL, **link = &first;
    while (a != NULL && b != NULL) {
        tr_trace_item **less = tr_bytes_cmp(a->data, b->data) <= 0 ? &a : &b;
        *link = *less;
        link = &(*less)->next;
        *less = *link;
    }
    *link = a != NULL ? a : b;
    return first;
}

/* Sorts from the bottom up: runs[i] is empty or 2^i items long. */
static tr_trace_item *sorted(tr_trace_item *list)
{
    tr_trace_item *runs[64] = {NULL}, *all = NULL;
    while (list != NULL) {
        tr_trace_item *run = list;
        list = list->next;
        run->next = NULL;
        unsigned i = 0;
        for (; runs[i] != NULL; i++) {
            run = merge(runs[i], run);
            runs[i] = NULL;
        }
        runs[i] = run;
    }
    for (unsigned i = 0; i < TR_COUNTOF(runs); i++) all = merge(runs[i], all);
    return all;
}

static void put_hashed(tr_json_writer *w, tr_trace_map *keccak)
{
    if (keccak == NULL || keccak->count == 0) return;
    keccak->first = sorted(keccak->first);
    tr_json_key(w, "keccak");
    tr_json_begin_array(w);
    for (const tr_trace_item *item = keccak->first; item != NULL; item = item->next)
        tr_json_put_hex(w, item->data);
    tr_json_end_array(w);
}

static void put_more(tr_trace_frame *frame, tr_json_writer *w)
{
    frame_notes *seen = frame->more;
    put_slots(w, seen);
    put_codes(w, seen);
    put_used(w, seen);
    tr_json_key(w, "outOfGas");
    tr_json_put_bool(w, seen->out_of_gas);
    put_hashed(w, seen->keccak);
}

static tr_err write_erc7562(tr_trace *self, tr_trail *trail, tr_buf *out)
{
    return tr_frames_write(&((erc7562_tracer *)self)->frames, trail, out, put_more);
}

/* The opcodes that every contract uses. */
static void ignore_usual(bool ignored[256])
{
    static const uint8_t usual[] = {
        0x50, 0x01, 0x03, 0x02, 0x04, 0x14, 0x10, 0x11,         /* POP ADD SUB MUL DIV EQ LT GT */
        0x12, 0x13, 0x1b, 0x1c, 0x16, 0x17, 0x19, TR_OP_ISZERO, /* SLT SGT SHL SHR AND OR NOT */
    };
    for (unsigned op = TR_OP_PUSH0; op <= TR_OP_SWAP16; op++) ignored[op] = true;
    for (size_t i = 0; i < sizeof(usual); i++) ignored[usual[i]] = true;
}

tr_err tr_erc7562_tracer_new(tr_trail *trail, tr_arena *arena, const tr_trace_context *context,
                             const tr_erc7562_options *options, tr_trace **out)
{
    erc7562_tracer *t = tr_trace_new(trail, arena, sizeof(*t), write_erc7562);
    if (t == NULL) return TR_E_MEMORY;
    tr_frames_init(&t->frames, &t->trace, context);
    if (options != NULL) t->options = *options;
    if (!t->options.has_ignored) ignore_usual(t->options.ignored);
    if (t->options.stack_top_items == 0) t->options.stack_top_items = 3;
    t->frames.with_log = t->options.with_log;
    t->keccak = tr_trace_map_of(sizeof(tr_hash));
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
