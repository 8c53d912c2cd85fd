#include "os/pool.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <string.h>

#include "base/buf.h"
#include "os/clock.h"
#include "os/event.h"
#include "os/thread.h"

/* One word says which run this is (high half) and which job is next (low half).  A worker takes a
 * job by adding one to exactly the word it has seen, so that a worker that was late cannot take a
 * job of the next run by mistake.  Before the next run's fields are written the word is CLOSED. */
enum { CLOSED = UINT32_MAX };
#define SLICE ((size_t)UINT32_MAX - 1)

typedef struct worker {
    tr_pool *pool;
    tr_thread thread;
} worker;

struct tr_pool {
    tr_exec exec;
    tr_alloc *alloc;
    void *memory; /* this structure with its workers, not aligned */
    size_t size;
    size_t started;
    atomic_flag busy;
    _Atomic bool stop;
    tr_event work, finished;
    _Atomic(tr_exec_job *) job;
    _Atomic(void *) context;
    _Atomic size_t first, total;
    alignas(128) _Atomic uint64_t next;
    alignas(128) _Atomic size_t done;
    worker workers[];
};

static uint64_t word(uint32_t run, uint32_t index)
{
    return (uint64_t)run << 32 | index;
}

static bool has_work(uint64_t now, size_t total)
{
    return (uint32_t)now != CLOSED && (uint32_t)now < total;
}

/* Does jobs of the present run until none is left to take. */
static void work(tr_pool *pool)
{
    uint64_t now = atomic_load_explicit(&pool->next, memory_order_acquire);
    for (;;) {
        size_t total = atomic_load_explicit(&pool->total, memory_order_acquire);
        if (!has_work(now, total)) return;
        if (!atomic_compare_exchange_weak_explicit(&pool->next, &now, now + 1, memory_order_acq_rel,
                                                   memory_order_acquire))
            continue;
        /* The run cannot end before this job is counted, so its fields stay. */
        tr_exec_job *job = atomic_load_explicit(&pool->job, memory_order_relaxed);
        void *context = atomic_load_explicit(&pool->context, memory_order_relaxed);
        size_t first = atomic_load_explicit(&pool->first, memory_order_relaxed);
        job(context, first + (uint32_t)now);
        if (atomic_fetch_add_explicit(&pool->done, 1, memory_order_acq_rel) + 1 == total)
            tr_event_signal(&pool->finished);
        now = atomic_load_explicit(&pool->next, memory_order_acquire);
    }
}

static bool worker_ready(void *context)
{
    tr_pool *pool = context;
    if (atomic_load_explicit(&pool->stop, memory_order_acquire)) return true;
    uint64_t now = atomic_load_explicit(&pool->next, memory_order_acquire);
    return has_work(now, atomic_load_explicit(&pool->total, memory_order_acquire));
}

static void worker_run(void *context)
{
    tr_pool *pool = ((worker *)context)->pool;
    for (;;) {
        (void)tr_event_wait(&pool->work, worker_ready, pool, TR_NS_FOREVER);
        if (atomic_load_explicit(&pool->stop, memory_order_acquire)) return;
        work(pool);
    }
}

static bool run_finished(void *context)
{
    tr_pool *pool = context;
    return atomic_load_explicit(&pool->done, memory_order_acquire) ==
           atomic_load_explicit(&pool->total, memory_order_relaxed);
}

static void run_slice(tr_pool *pool, size_t first, size_t count, tr_exec_job *job, void *context)
{
    uint32_t run = (uint32_t)(atomic_load_explicit(&pool->next, memory_order_relaxed) >> 32) + 1;
    atomic_store_explicit(&pool->next, word(run, CLOSED), memory_order_relaxed);
    atomic_store_explicit(&pool->done, 0, memory_order_relaxed);
    /* Released, so that whoever reads a new field can no longer take a job of the old run. */
    atomic_store_explicit(&pool->total, count, memory_order_release);
    atomic_store_explicit(&pool->first, first, memory_order_release);
    atomic_store_explicit(&pool->job, job, memory_order_release);
    atomic_store_explicit(&pool->context, context, memory_order_release);
    atomic_store_explicit(&pool->next, word(run, 0), memory_order_release);
    tr_event_signal(&pool->work);
    work(pool);
    (void)tr_event_wait(&pool->finished, run_finished, pool, TR_NS_FOREVER);
}

static void pool_run(tr_exec *self, size_t count, tr_exec_job *job, void *context)
{
    tr_pool *pool = (tr_pool *)self;
    if (atomic_flag_test_and_set_explicit(&pool->busy, memory_order_acquire)) {
        for (size_t i = 0; i < count; i++) job(context, i);
        return;
    }
    for (size_t first = 0; first < count; first += SLICE)
        run_slice(pool, first, TR_MIN(count - first, SLICE), job, context);
    atomic_flag_clear_explicit(&pool->busy, memory_order_release);
}

static tr_err start_workers(tr_trail *trail, tr_pool *pool, const tr_pool_options *options)
{
    for (size_t i = 0; i < options->workers; i++) {
        char name[TR_THREAD_NAME];
        tr_buf text;
        tr_buf_init_fixed(&text, name, sizeof(name) - 1);
        tr_buf_printf(&text, "%.11s-%zu", options->name == NULL ? "pool" : options->name, i);
        name[text.len] = '\0';
        tr_thread_options thread = {
            .name = name,
            .pin_to = options->pin ? tr_thread_cpu_at(i + 1) : 0,
            .stack_size = options->stack_size,
        };
        worker *w = &pool->workers[i];
        w->pool = pool;
        TR_TRY(tr_thread_start(trail, &w->thread, &thread, worker_run, w));
        pool->started++;
    }
    return TR_OK;
}

tr_err tr_pool_new(tr_trail *trail, tr_alloc *alloc, const tr_pool_options *options, tr_pool **out)
{
    if (options->workers > TR_POOL_LIMIT)
        return tr_fail(trail, TR_E_ARGUMENT, "%zu workers are more than %d", options->workers,
                       TR_POOL_LIMIT);
    size_t size = sizeof(tr_pool) + options->workers * sizeof(worker) + alignof(tr_pool);
    uint8_t *memory = tr_alloc_get(alloc, size);
    if (memory == NULL) return tr_fail(trail, TR_E_MEMORY, "no memory for a pool");
    /* The allocator's alignment is less than that of the counters. */
    size_t gap = (size_t)(-(uintptr_t)memory & (alignof(tr_pool) - 1));
    tr_pool *pool = (tr_pool *)(void *)(memory + gap);
    memset(pool, 0, sizeof(*pool));
    pool->exec = (tr_exec){.width = options->workers + 1, .run = pool_run};
    pool->alloc = alloc;
    pool->memory = memory;
    pool->size = size;
    atomic_flag_clear(&pool->busy);
    atomic_init(&pool->next, word(0, CLOSED));
    tr_err err = start_workers(trail, pool, options);
    if (err != TR_OK) {
        tr_pool_free(pool);
        return err;
    }
    *out = pool;
    return TR_OK;
}

void tr_pool_free(tr_pool *pool)
{
    if (pool == NULL) return;
    atomic_store_explicit(&pool->stop, true, memory_order_release);
    tr_event_signal(&pool->work);
    for (size_t i = 0; i < pool->started; i++) tr_thread_join(&pool->workers[i].thread);
    tr_alloc_put(pool->alloc, pool->memory, pool->size);
}

tr_exec *tr_pool_exec(tr_pool *pool)
{
    return &pool->exec;
}
