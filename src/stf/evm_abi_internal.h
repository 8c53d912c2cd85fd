/* Inside of the public EVM (trestle/evm.h): the machine, its memory and its world.
 *
 * The public header is for *_abi.c files: its structures are only named here. */
#ifndef TR_STF_EVM_ABI_INTERNAL_H
#define TR_STF_EVM_ABI_INTERNAL_H

#include "evm/tracers.h"
#include "state/forest.h"
#include "state/memory.h"
#include "stf/tx.h"

typedef struct tr_vm tr_vm;
struct tr_vm_options;
struct tr_vm_world;

/* All that a machine takes, counted against one bound. */
typedef struct vm_memory {
    tr_alloc alloc;
    tr_alloc *from;
    size_t left;
    bool refused; /* since the machine was last entered */
} vm_memory;

/* What transactions took of the block. */
typedef struct vm_spent {
    uint64_t gas, gas_left, blob_gas_left;
} vm_spent;

struct tr_vm {
    tr_world door; /* to the program's callbacks */
    struct tr_vm_world *callbacks;
    vm_memory memory;
    tr_memory_world *world; /* NULL: the world is the program's */
    tr_forest *forest;      /* of world, once a root was asked for */
    tr_state *state;
    tr_evm *evm;
    tr_chain_config config;
    tr_stf_env env;
    vm_spent committed;
    uint64_t block_gas_used;
    bool in_callback, dirty, broken;
    tr_arena run;   /* what a result points to */
    tr_arena codes; /* that callbacks gave */
    tr_arena lists; /* changes, and scratch */
    tr_trail trail;

    /* tracing */
    bool watched;
    tr_bytes tracer_name;
    const tr_json *tracer_options;
    tr_arena tracer_arena, trace_arena;
    tr_trace_context trace_context;
    tr_trace *trace; /* of the run that goes on */
    tr_buf trace_json;
    tr_err trace_err;
};

/* vm_make is tr_vm_new with the memory from an allocator. */
TR_NODISCARD tr_err vm_make(tr_alloc *from, const struct tr_vm_options *options, tr_vm **out);

/* vm_enter begins a function of the machine: TR_E_STATE when it cannot be used. */
TR_NODISCARD tr_err vm_enter(tr_vm *vm);

/* vm_limit says TR_E_LIMIT for a lack of memory that comes from the machine's bound. */
tr_err vm_limit(tr_vm *vm, tr_err err);

/* vm_lose ends a function that failed so that the state means nothing: rolls back, returns the
 * error. */
tr_err vm_lose(tr_vm *vm, tr_err err);

/* vm_forget empties the state and what was read for it. */
void vm_forget(tr_vm *vm);

/* The world's part. */
TR_NODISCARD tr_err vm_open_door(tr_vm *vm, const struct tr_vm_world *callbacks);
tr_world *vm_ground(tr_vm *vm);

/* vm_apply gives changes to the world in memory, and to the forest when there is one. */
TR_NODISCARD tr_err vm_apply(tr_vm *vm, const tr_changes *changes);

/* vm_watch gives the tracer of the run that begins, or NULL; vm_watched ends it. */
tr_tracer *vm_watch(tr_vm *vm, const tr_hash *tx_hash);
void vm_watched(tr_vm *vm, tr_err err);

#endif
