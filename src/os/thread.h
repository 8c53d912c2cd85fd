/* Threads with a name, a place and a stack of known size. */
#ifndef TR_OS_THREAD_H
#define TR_OS_THREAD_H

#include <pthread.h>
#include <stddef.h>

#include "base/result.h"

enum { TR_THREAD_NAME = 16 }; /* with its zero byte: the kernel's limit */

typedef struct tr_thread_options {
    const char *name;  /* cut to 15 bytes; NULL: the name of the one who starts it */
    int pin_to;        /* 1 + the processor it may run on; 0: any */
    size_t stack_size; /* in bytes; 0: 1 MiB.  There is a guard page below. */
} tr_thread_options;

typedef struct tr_thread {
    pthread_t id;
    void (*run)(void *context);
    void *context;
    char name[TR_THREAD_NAME];
} tr_thread;

/* tr_thread_start runs run(context) in a new thread.  *thread stays where it is until the join.
 * The thread takes no signals: they go to the thread that asked for them.  TR_E_ARGUMENT: there is
 * no such processor.  TR_E_FULL: the system gives no more threads. */
TR_NODISCARD tr_err tr_thread_start(tr_trail *trail, tr_thread *thread,
                                    const tr_thread_options *options, void (*run)(void *context),
                                    void *context);

/* tr_thread_join waits until the thread has ended.  Each thread is joined once. */
void tr_thread_join(tr_thread *thread);

/* tr_thread_cpus is how many processors this process may use: at least 1; asked once. */
size_t tr_thread_cpus(void);

/* tr_thread_cpu_at is the number of the n-th of them, as pin_to wants it; n may go round. */
int tr_thread_cpu_at(size_t n);

#endif
