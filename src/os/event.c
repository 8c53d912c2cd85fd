#include "os/event.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/thread.h"

/* How often a waiter looks before it sleeps: some microseconds, less than a sleep and a wake-up
 * cost, and enough for a partner that is in the middle of its step. */
enum { SPINS = 200 };

void tr_event_signal(tr_event *event)
{
    /* A read that is ordered after the change of the condition and before or after the waiter's
     * own addition: the operations on one atomic have one order. */
    if (atomic_fetch_add_explicit(&event->waiters, 0, memory_order_acq_rel) == 0) return;
    atomic_fetch_add_explicit(&event->wakes, 1, memory_order_acq_rel);
    syscall(SYS_futex, &event->wakes, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}

/* False when the deadline has passed. */
static bool sleep_on(tr_event *event, uint32_t wakes, int64_t deadline)
{
    struct timespec until = {deadline / TR_NS_PER_S, deadline % TR_NS_PER_S}, *limit = &until;
    if (deadline == TR_NS_FOREVER) limit = NULL;
    long result = syscall(SYS_futex, &event->wakes, FUTEX_WAIT_BITSET_PRIVATE, wakes, limit, NULL,
                          FUTEX_BITSET_MATCH_ANY);
    return !(result != 0 && errno == ETIMEDOUT);
}

tr_err tr_event_sleep(tr_event *event, bool (*ready)(void *context), void *context,
                      int64_t deadline)
{
    if (ready(context)) return TR_OK;
    if (deadline < 0) deadline = 0;
    atomic_fetch_add_explicit(&event->waiters, 1, memory_order_acq_rel);
    tr_err err = TR_OK;
    for (;;) {
        uint32_t wakes = atomic_load_explicit(&event->wakes, memory_order_acquire);
        if (ready(context)) break;
        if (!sleep_on(event, wakes, deadline)) {
            if (!ready(context)) err = TR_E_TIMEOUT;
            break;
        }
    }
    atomic_fetch_sub_explicit(&event->waiters, 1, memory_order_acq_rel);
    return err;
}

tr_err tr_event_wait(tr_event *event, bool (*ready)(void *context), void *context, int64_t deadline)
{
    int spins = tr_thread_cpus() > 1 ? SPINS : 1;
    for (int i = 0; i < spins; i++) {
        if (ready(context)) return TR_OK;
        tr_cpu_relax();
    }
    return tr_event_sleep(event, ready, context, deadline);
}
