/* Two threads, on two processors. */
#include <stdlib.h>

#include "cli/bench/bench.h"
#include "os/thread.h"

enum { THREADS = 2 };

typedef struct run {
    size_t count;
    tr_exec_job *job;
    void *context;
} run;

static void run_odd(void *context)
{
    run *r = context;
    for (size_t i = 1; i < r->count; i += THREADS) r->job(r->context, i);
}

/* The row's own thread is on the last processor. */
static void run_two(tr_exec *self, size_t count, tr_exec_job *job, void *context)
{
    run r = {count, job, context};
    tr_thread thread;
    tr_thread_options options = {.name = "bench-2", .pin_to = tr_thread_cpu_at(0)};
    (void)self;
    if (tr_thread_start(NULL, &thread, &options, run_odd, &r) != TR_OK) abort();
    for (size_t i = 0; i < count; i += THREADS) job(context, i);
    tr_thread_join(&thread);
}

tr_exec *tr_bench_two_threads(void)
{
    static tr_exec two = {THREADS, run_two};
    return &two;
}
