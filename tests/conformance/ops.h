/* Operations: the primitives of the guest closure behind one door, bytes in and bytes out, so that
 * the same cases can be put to them natively and as rv64im under qemu-user.  This file and ops_*.c
 * are freestanding: they belong to the guest's side. */
#ifndef TR_CONFORMANCE_OPS_H
#define TR_CONFORMANCE_OPS_H

#include "base/base.h"

/* An operation reads in, takes memory from arena and writes its result to out. */
typedef tr_err tr_op_function(tr_arena *arena, tr_bytes in, tr_buf *out);

typedef struct tr_op {
    const char *name; /* "hash.keccak256" */
    tr_op_function *run;
} tr_op;

typedef struct tr_ops {
    const tr_op *ops;
    size_t count;
} tr_ops;

/* One table for each subject, in ops_<subject>.c; ops.c joins them. */
extern const tr_ops *const tr_op_tables[];
extern const size_t tr_op_table_count;

/* tr_op_find gives the operation of this name, or NULL. */
const tr_op *tr_op_find(tr_bytes name);

#endif
