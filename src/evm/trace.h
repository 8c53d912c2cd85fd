/* Tracing: what a run lets be watched.
 *
 * A tracer is a set of functions, each of which may be NULL; the run calls them as things happen.
 * The tracers of the field (struct log, call tree, pre-state, ...) are made of these alone, in
 * files of their own (trace_*.c), and write JSON. */
#ifndef TR_EVM_TRACE_H
#define TR_EVM_TRACE_H

#include "state/state.h"

typedef struct tr_tracer tr_tracer;

/* An instruction that is about to run: everything as it is before it, but for cost, which is what
 * it will take (with a call, but not a create, what it passes on too).
 *
 * When it fails, fault is how (tr_evm_status), and cost what it asked, or 0 when that was not found
 * out.  Most faults are known before: the instruction is told once, with the fault.  What shows
 * only as it runs (a jump to nowhere, return data beyond the end) is told by a second step with
 * the same values and is_repeat. */
typedef struct tr_step {
    tr_state *state;
    uint64_t pc, gas, cost;
    uint8_t op;
    int depth;            /* 1: the first frame */
    tr_acct *account;     /* whose storage it works on */
    const tr_u256 *stack; /* bottom first */
    size_t stack_size;
    tr_bytes memory;
    tr_bytes return_data; /* of the last call */
    tr_bytes code;        /* that runs */
    tr_addr caller, code_address;
    tr_u256 value;
    int64_t refund; /* with what the instruction itself adds */
    int fault;      /* TR_EVM_OK: none */
    bool is_repeat;
} tr_step;

/* A frame that begins, or a SELFDESTRUCT (op 0xff: from the account, to who inherits its balance),
 * which ends at once.  op is the opcode that made it; 0xf1 or 0xf0 for the first. */
typedef struct tr_frame_begin {
    tr_state *state;
    int depth; /* 1: the first */
    uint8_t op;
    tr_addr from, to;
    tr_addr code_address;
    unsigned precompile; /* its number, when the call is one's */
    tr_bytes input, code;
    uint64_t gas;
    const tr_u256 *value; /* NULL: the kind of call has none (STATICCALL); DELEGATECALL inherits */
} tr_frame_begin;

/* A create before Homestead that could not pay for its code leaves none and goes on: its status is
 * TR_EVM_CODE_GAS all the same, and output the code that was not kept. */
typedef struct tr_frame_end {
    tr_state *state;
    int depth;
    uint8_t op;
    int status; /* tr_evm_status */
    uint64_t gas_used;
    tr_bytes output;
} tr_frame_end;

/* A transaction, as stf/ begins and ends it. */
typedef struct tr_tx_begin {
    tr_state *state;
    const struct tr_evm_env *env;
    tr_addr from, to; /* to: of a create, the contract */
    bool is_create;
    tr_u256 value;
    uint64_t gas; /* its limit */
    uint64_t intrinsic_gas;
    tr_bytes input;
    const tr_addr *authorities; /* whose code the transaction may set, found out already */
    size_t authority_count;
} tr_tx_begin;

typedef struct tr_tx_end {
    tr_state *state;
    uint64_t gas_used; /* of the receipt */
    int status;
    tr_bytes output;
} tr_tx_end;

struct tr_tracer {
    void (*tx_begin)(tr_tracer *self, const tr_tx_begin *tx);
    void (*tx_end)(tr_tracer *self, const tr_tx_end *tx); /* before destroyed accounts go */
    void (*enter)(tr_tracer *self, const tr_frame_begin *frame);
    void (*leave)(tr_tracer *self, const tr_frame_end *frame);
    void (*step)(tr_tracer *self, const tr_step *step);
    void (*log)(tr_tracer *self, const tr_log *log, int depth);
    /* stop: looked at before each step when not NULL; true ends the run (TR_EVM_ABORTED). */
    bool (*stop)(tr_tracer *self);
    bool is_system; /* set by stf/ while a system call runs */
};

#endif
