#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

#include "harness.h"
#include "os/clock.h"
#include "os/pool.h"
#include "os/thread.h"

typedef struct seen {
    char name[32];
    int cpus, cpu;
    size_t stack;
    bool blocked;
} seen;

static void look_around(void *context)
{
    seen *s = context;
    pthread_getname_np(pthread_self(), s->name, sizeof(s->name));
    cpu_set_t set;
    pthread_getaffinity_np(pthread_self(), sizeof(set), &set);
    s->cpus = CPU_COUNT(&set);
    s->cpu = sched_getcpu();
    pthread_attr_t attributes;
    void *base;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstack(&attributes, &base, &s->stack);
    pthread_attr_destroy(&attributes);
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    s->blocked = sigismember(&mask, SIGINT) == 1 && sigismember(&mask, SIGTERM) == 1;
}

TR_TEST(thread_has_name_place_and_stack)
{
    seen s = {0};
    tr_thread thread;
    int pin = tr_thread_cpu_at(tr_thread_cpus() - 1);
    tr_thread_options options = {
        .name = "a-name-too-long-for-it", .pin_to = pin, .stack_size = 300000};
    TR_CHECK_OK(tr_thread_start(NULL, &thread, &options, look_around, &s));
    tr_thread_join(&thread);
    TR_CHECK_STR(s.name, "a-name-too-long");
    TR_CHECK_EQ(s.cpus, 1);
    TR_CHECK_EQ(s.cpu + 1, pin);
    TR_CHECK(s.stack >= 300000 && s.stack < 400000);
    TR_CHECK(s.blocked);
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    TR_CHECK(sigismember(&mask, SIGINT) == 0);
}

TR_TEST(no_such_processor_is_an_error)
{
    tr_thread thread;
    tr_trail trail;
    int bad[] = {-1, CPU_SETSIZE, CPU_SETSIZE + 1};
    for (size_t i = 0; i < TR_COUNTOF(bad); i++) {
        tr_thread_options options = {.name = "x", .pin_to = bad[i]};
        TR_CHECK_ERR(tr_thread_start(&trail, &thread, &options, look_around, NULL), TR_E_ARGUMENT);
        TR_CHECK_STR(trail.text, "cannot start the thread x: Invalid argument");
    }
}

TR_TEST(processors_are_counted)
{
    cpu_set_t set;
    TR_CHECK(sched_getaffinity(0, sizeof(set), &set) == 0);
    TR_CHECK_EQ(tr_thread_cpus(), (uint64_t)CPU_COUNT(&set));
    TR_CHECK_EQ(tr_thread_cpu_at(0), tr_thread_cpu_at(tr_thread_cpus()));
    TR_CHECK(CPU_ISSET((size_t)tr_thread_cpu_at(0) - 1, &set));
}

/* The pool. */
typedef struct jobs {
    _Atomic uint32_t *done;
    tr_exec *exec;
    _Atomic uint64_t inner;
} jobs;

static void count_job(void *context, size_t index)
{
    atomic_fetch_add(&((jobs *)context)->done[index], 1);
}

static tr_pool *pool_of(size_t workers)
{
    tr_pool *pool = NULL;
    tr_pool_options options = {.workers = workers, .name = "test", .pin = workers == 2};
    TR_CHECK_OK(tr_pool_new(NULL, tr_test_alloc(), &options, &pool));
    TR_CHECK_EQ(tr_exec_width(tr_pool_exec(pool)), workers + 1);
    return pool;
}

TR_TEST(pool_does_each_job_once)
{
    static _Atomic uint32_t done[3000];
    for (size_t workers = 0; workers <= 5; workers++) {
        tr_pool *pool = pool_of(workers);
        jobs j = {.done = done};
        size_t wrong = 0;
        for (size_t round = 0; round < 300; round++) {
            size_t count = round % 30 == 0 ? 3000 : round % 17;
            memset((void *)done, 0, sizeof(done));
            tr_exec_run(tr_pool_exec(pool), count, count_job, &j);
            for (size_t i = 0; i < 3000; i++) wrong += done[i] != (i < count);
        }
        tr_pool_free(pool);
        TR_CHECK_EQ(wrong, 0);
    }
}

static void inner_job(void *context, size_t index)
{
    atomic_fetch_add(&((jobs *)context)->inner, index + 1);
}

static void outer_job(void *context, size_t index)
{
    (void)index;
    tr_exec_run(((jobs *)context)->exec, 10, inner_job, context);
}

TR_TEST(a_job_may_run_jobs)
{
    tr_pool *pool = pool_of(3);
    jobs j = {.exec = tr_pool_exec(pool)};
    tr_exec_run(j.exec, 20, outer_job, &j);
    tr_pool_free(pool);
    TR_CHECK_EQ(j.inner, 20 * 55);
}

static void run_from_outside(void *context)
{
    for (int i = 0; i < 2000; i++) tr_exec_run(((jobs *)context)->exec, 7, inner_job, context);
}

TR_TEST(many_threads_may_run_on_one_pool)
{
    tr_pool *pool = pool_of(2);
    jobs j = {.exec = tr_pool_exec(pool)};
    tr_thread threads[3];
    for (size_t i = 0; i < 3; i++)
        TR_CHECK_OK(
            tr_thread_start(NULL, &threads[i], &(tr_thread_options){0}, run_from_outside, &j));
    for (size_t i = 0; i < 3; i++) tr_thread_join(&threads[i]);
    tr_pool_free(pool);
    TR_CHECK_EQ(j.inner, 3 * 2000 * 28);
}

static void slow_job(void *context, size_t index)
{
    (void)index;
    tr_clock_sleep(tr_clock_system(), 30 * TR_NS_PER_MS);
    atomic_fetch_add((_Atomic uint64_t *)context, 1);
}

TR_TEST(jobs_run_at_the_same_time)
{
    tr_pool *pool = pool_of(3);
    _Atomic uint64_t done = 0;
    int64_t before = tr_clock_monotonic(tr_clock_system());
    tr_exec_run(tr_pool_exec(pool), 8, slow_job, (void *)&done);
    int64_t took = tr_clock_monotonic(tr_clock_system()) - before;
    tr_pool_free(pool);
    TR_CHECK_EQ(done, 8);
    /* In turn they would take 240 ms. */
    TR_CHECK_MSG(took < 200 * TR_NS_PER_MS, "took %lld ns", (long long)took);
}

static tr_err make_pool(tr_alloc *alloc, void *context)
{
    (void)context;
    tr_pool *pool = NULL;
    TR_TRY(tr_pool_new(NULL, alloc, &(tr_pool_options){.workers = 2}, &pool));
    tr_pool_free(pool);
    return TR_OK;
}

TR_TEST(a_pool_without_memory_is_an_error)
{
    tr_test_out_of_memory(make_pool, NULL);
    tr_pool *pool = NULL;
    tr_trail trail;
    tr_pool_options many = {.workers = TR_POOL_LIMIT + 1};
    TR_CHECK_ERR(tr_pool_new(&trail, tr_test_alloc(), &many, &pool), TR_E_ARGUMENT);
    tr_pool_free(NULL);
}
