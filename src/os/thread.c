#include "os/thread.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/bits.h"

enum { DEFAULT_STACK = 1 << 20 };

static cpu_set_t allowed;
static size_t allowed_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void look(void)
{
    if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) {
        CPU_ZERO(&allowed);
        CPU_SET(0, &allowed);
    }
    allowed_count = (size_t)CPU_COUNT(&allowed);
}

size_t tr_thread_cpus(void)
{
    pthread_once(&once, look);
    return allowed_count;
}

int tr_thread_cpu_at(size_t n)
{
    size_t left = n % tr_thread_cpus();
    for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET((size_t)cpu, &allowed) && left-- == 0) return cpu + 1;
    return 0;
}

static void *begin(void *argument)
{
    tr_thread *thread = argument;
    if (thread->name[0] != '\0') pthread_setname_np(pthread_self(), thread->name);
    thread->run(thread->context);
    return NULL;
}

static int set_attributes(pthread_attr_t *attributes, const tr_thread_options *options)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t size = options->stack_size == 0 ? DEFAULT_STACK : options->stack_size;
    size = (TR_MAX(size, (size_t)PTHREAD_STACK_MIN) + page - 1) / page * page;
    int error = pthread_attr_setstacksize(attributes, size);
    if (error != 0 || options->pin_to == 0) return error;
    cpu_set_t one;
    CPU_ZERO(&one);
    if (options->pin_to < 0 || options->pin_to > CPU_SETSIZE) return EINVAL;
    CPU_SET((size_t)options->pin_to - 1, &one);
    return pthread_attr_setaffinity_np(attributes, sizeof(one), &one);
}

static int create(tr_thread *thread, const tr_thread_options *options)
{
    pthread_attr_t attributes;
    int error = pthread_attr_init(&attributes);
    if (error != 0) return error;
    error = set_attributes(&attributes, options);
    if (error == 0) {
        sigset_t all, before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        error = pthread_create(&thread->id, &attributes, begin, thread);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    pthread_attr_destroy(&attributes);
    return error;
}

tr_err tr_thread_start(tr_trail *trail, tr_thread *thread, const tr_thread_options *options,
                       void (*run)(void *context), void *context)
{
    *thread = (tr_thread){.run = run, .context = context};
    if (options->name != NULL) {
        size_t len = strnlen(options->name, sizeof(thread->name) - 1);
        memcpy(thread->name, options->name, len);
    }
    int error = create(thread, options);
    if (error == 0) return TR_OK;
    tr_err code = error == EINVAL ? TR_E_ARGUMENT : error == EAGAIN ? TR_E_FULL : TR_E_MEMORY;
    return tr_fail(trail, code, "cannot start the thread %s: %s", thread->name,
                   strerrordesc_np(error));
}

void tr_thread_join(tr_thread *thread)
{
    TR_ASSERT(pthread_join(thread->id, NULL) == 0);
}
