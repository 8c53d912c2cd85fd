/* The tracers of the field: what debug_traceTransaction and `evm` tools write about a run.
 *
 * Each is made in an arena, whose limit bounds what it keeps, and given to the run as
 * &trace->tracer; after the run tr_trace_write writes its result.  A tracer never changes or ends a
 * run: when its memory ends (TR_E_LIMIT, TR_E_MEMORY) it stops taking notes and tr_trace_write
 * says so.  One tracer serves one transaction.  What a tracer reads of the state beyond what the
 * run reads (codes, for prestateTracer) the world must have.
 *
 * System calls are not traced.  The texts of errors are go-ethereum's. */
#ifndef TR_EVM_TRACERS_H
#define TR_EVM_TRACERS_H

#include "codec/json.h"
#include "evm/evm.h"

typedef struct tr_trace tr_trace;
struct tr_trace {
    tr_tracer tracer; /* first: hooks get back to the trace by a cast */
    tr_err (*write)(tr_trace *self, tr_trail *trail, tr_buf *out);
    tr_arena *arena;
    tr_err err; /* the first one; nothing is noted after it */
};

/* tr_trace_write writes the result as one JSON value (nothing, for those that write lines as the
 * run goes). */
TR_NODISCARD tr_err tr_trace_write(tr_trail *trail, tr_trace *trace, tr_buf *out);

/* Where the transaction lies; members that are NULL are not known.  A NULL context is all of that.
 */
typedef struct tr_trace_context {
    const tr_hash *block_hash, *tx_hash;
    uint64_t block_number, tx_index;
    uint64_t first_log; /* index in the block of the transaction's first log */
} tr_trace_context;

/* Where lines go.  An error is remembered like one of memory. */
typedef struct tr_trace_sink tr_trace_sink;
struct tr_trace_sink {
    tr_err (*put)(tr_trace_sink *self, tr_bytes text);
};

/* What is noted of each step.  Options NULL: all false. */
typedef struct tr_step_options {
    bool enable_memory, disable_stack, disable_storage, enable_return_data;
    uint64_t limit;   /* no step is noted once this many bytes are written; 0: none */
    bool call_frames; /* EIP-3155 lines: one more for each frame that begins */
} tr_step_options;

/* The struct logger, debug_traceTransaction's default: {gas, failed, returnValue, structLogs}. */
TR_NODISCARD tr_err tr_struct_tracer_new(tr_trail *trail, tr_arena *arena,
                                         const tr_step_options *options, tr_trace **out);

/* Lines as the run goes: EIP-3155's JSON, and the two forms of `evm run` for people: plain text and
 * a table in Markdown. */
TR_NODISCARD tr_err tr_line_tracer_new(tr_trail *trail, tr_arena *arena, tr_trace_sink *sink,
                                       const tr_step_options *options, tr_trace **out);
TR_NODISCARD tr_err tr_text_tracer_new(tr_trail *trail, tr_arena *arena, tr_trace_sink *sink,
                                       const tr_step_options *options, tr_trace **out);
TR_NODISCARD tr_err tr_markdown_tracer_new(tr_trail *trail, tr_arena *arena, tr_trace_sink *sink,
                                           const tr_step_options *options, tr_trace **out);

/* callTracer: the tree of calls. */
typedef struct tr_call_options {
    bool only_top_call, with_log;
} tr_call_options;
TR_NODISCARD tr_err tr_call_tracer_new(tr_trail *trail, tr_arena *arena,
                                       const tr_trace_context *context,
                                       const tr_call_options *options, tr_trace **out);

/* flatCallTracer: the same in a list, in Parity's form. */
typedef struct tr_flat_options {
    bool convert_parity_errors, include_precompiles;
} tr_flat_options;
TR_NODISCARD tr_err tr_flat_tracer_new(tr_trail *trail, tr_arena *arena,
                                       const tr_trace_context *context,
                                       const tr_flat_options *options, tr_trace **out);

/* prestateTracer: what the transaction touched, as it was before; with diff_mode what it changed,
 * before and after.  diff_mode with include_empty is TR_E_ARGUMENT. */
typedef struct tr_prestate_options {
    bool diff_mode, disable_code, disable_storage, include_empty;
} tr_prestate_options;
TR_NODISCARD tr_err tr_prestate_tracer_new(tr_trail *trail, tr_arena *arena,
                                           const tr_prestate_options *options, tr_trace **out);

/* 4byteTracer: selectors and sizes of call data, counted. */
TR_NODISCARD tr_err tr_selector_tracer_new(tr_trail *trail, tr_arena *arena, tr_trace **out);

/* erc7562Tracer: the tree of calls with what the rules of account abstraction ask about. */
typedef struct tr_erc7562_options {
    bool with_log;
    unsigned stack_top_items; /* 0: 3 */
    bool has_ignored;         /* ignored is meant, else the usual opcodes are */
    bool ignored[256];        /* opcodes that are not counted */
} tr_erc7562_options;
TR_NODISCARD tr_err tr_erc7562_tracer_new(tr_trail *trail, tr_arena *arena,
                                          const tr_trace_context *context,
                                          const tr_erc7562_options *options, tr_trace **out);

/* The forms that callTracer and prestateTracer had when they were scripts ("callTracerLegacy",
 * "prestateTracerLegacy"). */
TR_NODISCARD tr_err tr_call_legacy_tracer_new(tr_trail *trail, tr_arena *arena, tr_trace **out);
TR_NODISCARD tr_err tr_prestate_legacy_tracer_new(tr_trail *trail, tr_arena *arena, tr_trace **out);

/* muxTracer: several at once; the result is an object of theirs.  names and traces must live as
 * long as it. */
TR_NODISCARD tr_err tr_mux_tracer_new(tr_trail *trail, tr_arena *arena, size_t count,
                                      const tr_bytes names[], tr_trace *const traces[],
                                      tr_trace **out);

/* noopTracer: {}. */
TR_NODISCARD tr_err tr_noop_tracer_new(tr_trail *trail, tr_arena *arena, tr_trace **out);

/* tr_tracer_find makes the tracer of this name ("callTracer"; "": the struct logger), with its
 * options from an object as RPC gives it (config may be NULL; keys that no tracer knows are
 * ignored).  TR_E_TYPE: an option of the wrong type; TR_E_UNSUPPORTED: no such tracer, a script
 * (JavaScript is not run) among them; TR_E_DEPTH: muxTracer within itself. */
TR_NODISCARD tr_err tr_tracer_find(tr_trail *trail, tr_arena *arena,
                                   const tr_trace_context *context, tr_bytes name,
                                   const tr_json *config, tr_trace **out);

/* tr_trace_fault writes go-ethereum's words for how a frame ended: "" for TR_EVM_OK.  step is the
 * instruction that failed, or NULL; rules may be NULL. */
void tr_trace_fault(tr_buf *out, tr_evm_status status, const tr_step *step,
                    const tr_evm_rules *rules);

/* tr_revert_reason finds the words in what a REVERT gave: Error(string)'s, a view of output, or
 * what Panic(uint256)'s number means, written to scratch.  False: neither. */
enum { TR_REVERT_SCRATCH = 96 };
bool tr_revert_reason(tr_bytes output, char scratch[TR_REVERT_SCRATCH], tr_bytes *out);

#endif
