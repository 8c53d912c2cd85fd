#include "os/clock.h"

#include <errno.h>
#include <time.h>

#include "base/result.h"

static int64_t read_clock(clockid_t id)
{
    struct timespec now;
    TR_ASSERT(clock_gettime(id, &now) == 0);
    return now.tv_sec * TR_NS_PER_S + now.tv_nsec;
}

static int64_t system_monotonic(tr_clock *self)
{
    (void)self;
    return read_clock(CLOCK_MONOTONIC);
}

static int64_t system_wall(tr_clock *self)
{
    (void)self;
    return read_clock(CLOCK_REALTIME);
}

static void system_sleep(tr_clock *self, int64_t ns)
{
    (void)self;
    if (ns <= 0) return;
    struct timespec left = {ns / TR_NS_PER_S, ns % TR_NS_PER_S};
    while (clock_nanosleep(CLOCK_MONOTONIC, 0, &left, &left) == EINTR) {
    }
}

tr_clock *tr_clock_system(void)
{
    static tr_clock system = {system_monotonic, system_wall, system_sleep};
    return &system;
}

int64_t tr_clock_thread_cpu(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}

int64_t tr_clock_deadline(tr_clock *clock, int64_t ns)
{
    int64_t at;
    if (ns == TR_NS_FOREVER) return ns;
    return __builtin_add_overflow(tr_clock_monotonic(clock), ns, &at) ? TR_NS_FOREVER : at;
}

static int64_t sim_monotonic(tr_clock *self)
{
    return atomic_load(&((tr_clock_sim *)self)->now_monotonic);
}

static int64_t sim_wall(tr_clock *self)
{
    return atomic_load(&((tr_clock_sim *)self)->now_wall);
}

static void sim_sleep(tr_clock *self, int64_t ns)
{
    if (ns > 0) tr_clock_sim_advance((tr_clock_sim *)self, ns);
}

void tr_clock_sim_init(tr_clock_sim *sim, int64_t monotonic, int64_t wall)
{
    sim->clock = (tr_clock){sim_monotonic, sim_wall, sim_sleep};
    atomic_init(&sim->now_monotonic, monotonic);
    atomic_init(&sim->now_wall, wall);
}

void tr_clock_sim_advance(tr_clock_sim *sim, int64_t ns)
{
    TR_ASSERT(ns >= 0);
    atomic_fetch_add(&sim->now_monotonic, ns);
    atomic_fetch_add(&sim->now_wall, ns);
}

void tr_clock_sim_set_wall(tr_clock_sim *sim, int64_t wall)
{
    atomic_store(&sim->now_wall, wall);
}

/* Years are counted from March, so that the leap day is the last of its year, and in eras of 400
 * years, which all have the same number of days.  There are 719,468 days from 0000-03-01 to
 * 1970-01-01. */
static void set_day(tr_date *date, int64_t days)
{
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t day = shifted - era * 146097; /* of the era */
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    day -= 365 * year + year / 4 - year / 100; /* of the year */
    int64_t month = (5 * day + 2) / 153;       /* 0 is March */
    date->day = (unsigned)(day - (153 * month + 2) / 5 + 1);
    date->month = (unsigned)(month < 10 ? month + 3 : month - 9);
    date->year = (int)(year + era * 400 + (date->month <= 2));
}

tr_date tr_date_of(int64_t wall)
{
    int64_t seconds = wall / TR_NS_PER_S, ns = wall % TR_NS_PER_S;
    if (ns < 0) {
        ns += TR_NS_PER_S;
        seconds--;
    }
    int64_t days = seconds / 86400, rest = seconds % 86400;
    if (rest < 0) {
        rest += 86400;
        days--;
    }
    tr_date date = {.ns = (unsigned)ns};
    date.hour = (unsigned)(rest / 3600);
    date.minute = (unsigned)(rest / 60 % 60);
    date.second = (unsigned)(rest % 60);
    set_day(&date, days);
    return date;
}

static char *put_digits(char *at, unsigned value, unsigned count)
{
    for (unsigned i = count; i > 0; i--, value /= 10) at[i - 1] = (char)('0' + value % 10);
    return at + count;
}

size_t tr_rfc3339(int64_t wall, unsigned decimals, char out[TR_RFC3339_SIZE])
{
    TR_ASSERT(decimals <= 9);
    tr_date date = tr_date_of(wall);
    char *at = put_digits(out, (unsigned)date.year, 4);
    *at++ = '-';
    at = put_digits(at, date.month, 2);
    *at++ = '-';
    at = put_digits(at, date.day, 2);
    *at++ = 'T';
    at = put_digits(at, date.hour, 2);
    *at++ = ':';
    at = put_digits(at, date.minute, 2);
    *at++ = ':';
    at = put_digits(at, date.second, 2);
    if (decimals != 0) {
        unsigned fraction = date.ns;
        for (unsigned i = decimals; i < 9; i++) fraction /= 10;
        *at++ = '.';
        at = put_digits(at, fraction, decimals);
    }
    *at++ = 'Z';
    *at = '\0';
    return (size_t)(at - out);
}
