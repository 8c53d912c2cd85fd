/* Time behind one interface, so that a simulation can supply it.  All times are nanoseconds in an
 * int64_t: the wall clock since 1970-01-01 UTC, the monotonic one since an unknown moment. */
#ifndef TR_OS_CLOCK_H
#define TR_OS_CLOCK_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define TR_NS_PER_US  INT64_C(1000)
#define TR_NS_PER_MS  INT64_C(1000000)
#define TR_NS_PER_S   INT64_C(1000000000)
#define TR_NS_FOREVER INT64_MAX /* as a time to wait: no limit */

typedef struct tr_clock tr_clock;
struct tr_clock {
    int64_t (*monotonic)(tr_clock *self); /* never goes back */
    int64_t (*wall)(tr_clock *self);      /* may be set, and jump either way */
    void (*sleep)(tr_clock *self, int64_t ns);
};

static inline int64_t tr_clock_monotonic(tr_clock *clock)
{
    return clock->monotonic(clock);
}

static inline int64_t tr_clock_wall(tr_clock *clock)
{
    return clock->wall(clock);
}

/* tr_clock_sleep returns after at least ns nanoseconds; at once if ns is not above 0. */
static inline void tr_clock_sleep(tr_clock *clock, int64_t ns)
{
    clock->sleep(clock, ns);
}

/* tr_clock_deadline is the monotonic time ns from now; TR_NS_FOREVER stays what it is. */
int64_t tr_clock_deadline(tr_clock *clock, int64_t ns);

/* tr_clock_system is this machine's clock; any thread may use it and it is never freed. */
tr_clock *tr_clock_system(void);

/* tr_clock_thread_cpu is the time that the calling thread has been running: for measuring only,
 * nothing may depend on it. */
int64_t tr_clock_thread_cpu(void);

/* A clock that stands still until it is told to move.  Sleeping moves it, so that code which waits
 * runs on in a simulation.  Any thread may use it. */
typedef struct tr_clock_sim {
    tr_clock clock;
    _Atomic int64_t now_monotonic, now_wall;
} tr_clock_sim;

void tr_clock_sim_init(tr_clock_sim *sim, int64_t monotonic, int64_t wall);
void tr_clock_sim_advance(tr_clock_sim *sim, int64_t ns); /* both clocks; ns is not below 0 */
void tr_clock_sim_set_wall(tr_clock_sim *sim, int64_t wall);

/* A moment of the wall clock in UTC. */
typedef struct tr_date {
    int year;
    unsigned month, day, hour, minute, second; /* month and day from 1 */
    unsigned ns;
} tr_date;

tr_date tr_date_of(int64_t wall);

enum { TR_RFC3339_SIZE = sizeof("2262-04-11T23:47:16.854775807Z") };

/* tr_rfc3339 writes the moment with the given number of decimals (0 to 9) of a second, in UTC and
 * with a zero byte, and returns the length without it. */
size_t tr_rfc3339(int64_t wall, unsigned decimals, char out[TR_RFC3339_SIZE]);

#endif
