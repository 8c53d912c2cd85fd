/* The executor: how a pure room uses threads without knowing any.  The caller hands one in; NULL
 * or tr_exec_serial does the work in the caller's own thread. */
#ifndef TR_BASE_EXEC_H
#define TR_BASE_EXEC_H

#include <stddef.h>

typedef struct tr_exec tr_exec;
typedef void tr_exec_job(void *context, size_t index);

struct tr_exec {
    size_t width; /* how many jobs can run at once */
    /* run calls job(context, i) once for each i below count, in any order and from any thread,
     * and returns when all are done. */
    void (*run)(tr_exec *self, size_t count, tr_exec_job *job, void *context);
};

static inline size_t tr_exec_width(const tr_exec *exec)
{
    return exec == NULL ? 1 : exec->width;
}

static inline void tr_exec_run(tr_exec *exec, size_t count, tr_exec_job *job, void *context)
{
    if (exec == NULL || exec->width <= 1 || count <= 1) {
        for (size_t i = 0; i < count; i++) job(context, i);
    } else {
        exec->run(exec, count, job, context);
    }
}

#endif
