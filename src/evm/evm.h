/* The EVM: runs one message (a call or a create, with all calls below it) on a state.
 *
 * An evm is a machine that is used again and again: stacks, memory, frames and the cache of
 * analysed code belong to it.  It never uses the native stack for calls, and takes no memory while
 * it runs but to grow what it has, up to its limits.
 *
 * What a message did to the state is there when it succeeded and undone when it failed.  Validity,
 * nonce and fees of transactions are stf/'s. */
#ifndef TR_EVM_EVM_H
#define TR_EVM_EVM_H

#include "evm/rules.h"
#include "evm/trace.h"
#include "state/state.h"

typedef enum tr_evm_status {
    TR_EVM_OK,
    TR_EVM_REVERT,
    /* exceptional halts: all gas of the frame is gone */
    TR_EVM_OUT_OF_GAS,
    TR_EVM_STACK_UNDERFLOW,
    TR_EVM_STACK_OVERFLOW,
    TR_EVM_BAD_JUMP,
    TR_EVM_BAD_OPCODE,
    TR_EVM_STATIC,     /* a change in a static call */
    TR_EVM_RETURNDATA, /* read beyond its end */
    TR_EVM_PRECOMPILE, /* a precompiled contract failed */
    TR_EVM_COLLISION,  /* the address of a create is taken */
    TR_EVM_CODE_SIZE,  /* of what a create returned */
    TR_EVM_CODE_EF,    /* likewise, begins with 0xef */
    TR_EVM_CODE_GAS,   /* no gas to store it */
    TR_EVM_INITCODE_SIZE,
    /* a call that did not begin: its gas comes back */
    TR_EVM_DEPTH,
    TR_EVM_BALANCE,
    TR_EVM_NONCE,
    /* the state failed (tr_state_error), or the machine has no memory: the run means nothing */
    TR_EVM_ABORTED,
} tr_evm_status;
const char *tr_evm_status_text(tr_evm_status status); /* "out of gas" */

/* What the block and the transaction say to the code. */
typedef struct tr_evm_env {
    const tr_evm_rules *rules;
    uint64_t chain_id, number, time, gas_limit;
    tr_addr coinbase;
    tr_u256 difficulty; /* or prevRandao, as a number */
    tr_u256 base_fee, blob_base_fee;
    /* of the transaction */
    tr_addr origin;
    tr_u256 gas_price;
    const tr_hash *blob_hashes;
    size_t blob_count;
} tr_evm_env;

typedef enum tr_message_kind {
    TR_CALL,
    TR_CALLCODE,
    TR_DELEGATECALL,
    TR_STATICCALL,
    TR_CREATE,
    TR_CREATE2,
} tr_message_kind;

/* A message from outside.  Of a create the nonce of the sender has been counted up already, to has
 * been worked out from it, and input is the initcode.  value is moved; it must be there
 * (TR_EVM_BALANCE). */
typedef struct tr_message {
    tr_message_kind kind; /* TR_CALL, TR_STATICCALL or TR_CREATE */
    tr_addr sender, to;
    tr_u256 value;
    uint64_t gas;
    tr_bytes input;
    const tr_bytes *code; /* to run instead of that at to (an embedder's, a tool's); else NULL */
} tr_message;

typedef struct tr_evm_result {
    tr_evm_status status;
    uint64_t gas_left;
    tr_bytes output; /* of a call or a revert; lives until the evm is used again */
} tr_evm_result;

typedef struct tr_evm_options {
    tr_alloc *alloc;
    size_t memory_limit; /* bytes of EVM memory over all depths; 0: what gas can buy in practice */
    size_t cache_limit;  /* bytes of analysed code that are kept; 0: 64 MiB */
} tr_evm_options;

typedef struct tr_evm tr_evm;
TR_NODISCARD tr_err tr_evm_new(tr_trail *trail, const tr_evm_options *options, tr_evm **out);
void tr_evm_free(tr_evm *evm);

/* tr_evm_run runs a message in the transaction that the state is in.  tracer: NULL for none; the
 * plain loop is then used, in which tracing costs nothing. */
void tr_evm_run(tr_evm *evm, tr_state *state, const tr_evm_env *env, const tr_message *message,
                tr_tracer *tracer, tr_evm_result *out);

/* A delegation (EIP-7702): 0xef0100 and an address. */
bool tr_code_delegate(tr_bytes code, tr_addr *out);

#endif
