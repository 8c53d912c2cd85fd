/* Waiting for another thread: spin a little, then sleep in the kernel.
 *
 * An event carries no data and remembers nothing.  The condition lies elsewhere, in atomics:
 *
 *   the one who changes it:   store the change (release), then tr_event_signal
 *   the one who waits:        tr_event_wait with a function that looks at it (acquire)
 *
 * No wake-up is lost: either the waiter sees the change, or the signal sees the waiter.  A signal
 * that finds nobody costs one atomic operation and no system call. */
#ifndef TR_OS_EVENT_H
#define TR_OS_EVENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/result.h"

typedef struct tr_event {
    _Atomic uint32_t waiters;
    _Atomic uint32_t wakes;
} tr_event;

/* tr_event_signal wakes everybody who waits, to look at their condition again. */
void tr_event_signal(tr_event *event);

/* tr_event_wait returns when ready(context) is true, or with TR_E_TIMEOUT when the system's
 * monotonic clock passes deadline (TR_NS_FOREVER: never).  ready is called often and from the
 * calling thread; it must be quick. */
tr_err tr_event_wait(tr_event *event, bool (*ready)(void *context), void *context,
                     int64_t deadline);

/* tr_event_sleep is tr_event_wait for what takes long anyway, a disk for example: it does not spin
 * first, so that many who wait leave the processors to others. */
tr_err tr_event_sleep(tr_event *event, bool (*ready)(void *context), void *context,
                      int64_t deadline);

/* tr_cpu_relax tells the processor that this is a loop that waits. */
static inline void tr_cpu_relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif
