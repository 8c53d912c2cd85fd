/* A pool of worker threads that is an executor (base/exec.h).  The caller of a run works too, jobs
 * are handed out one at a time by a counter, and nothing is queued: a run that finds the pool busy
 * (another thread's run, or a job that runs jobs) is done in its caller's own thread. */
#ifndef TR_OS_POOL_H
#define TR_OS_POOL_H

#include "base/alloc.h"
#include "base/exec.h"

enum { TR_POOL_LIMIT = 256 };

typedef struct tr_pool tr_pool;

typedef struct tr_pool_options {
    size_t workers;    /* threads beside the caller, at most TR_POOL_LIMIT; 0 is allowed */
    bool pin;          /* worker i runs on the (i+1)-th processor this process may use only */
    const char *name;  /* of the threads; a number is added */
    size_t stack_size; /* 0: the default of tr_thread_start */
} tr_pool_options;

/* tr_pool_new starts the workers.  TR_E_MEMORY, TR_E_FULL, TR_E_ARGUMENT; then none is left. */
TR_NODISCARD tr_err tr_pool_new(tr_trail *trail, tr_alloc *alloc, const tr_pool_options *options,
                                tr_pool **out);

/* tr_pool_free ends the workers and waits for them.  No run may be going on. */
void tr_pool_free(tr_pool *pool);

/* tr_pool_exec is the pool as an executor, of width workers + 1; it lives as long as the pool. */
tr_exec *tr_pool_exec(tr_pool *pool);

#endif
