#include <time.h>

#include "harness.h"
#include "os/clock.h"

TR_TEST(system_clock_goes_forward)
{
    tr_clock *clock = tr_clock_system();
    int64_t before = tr_clock_monotonic(clock);
    tr_clock_sleep(clock, 3 * TR_NS_PER_MS);
    int64_t after = tr_clock_monotonic(clock);
    TR_CHECK(after - before >= 3 * TR_NS_PER_MS);
    tr_clock_sleep(clock, -1);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t wall = tr_clock_wall(clock) / TR_NS_PER_S;
    TR_CHECK(wall >= now.tv_sec && wall <= now.tv_sec + 60);
}

TR_TEST(simulated_clock_moves_when_told)
{
    tr_clock_sim sim;
    tr_clock_sim_init(&sim, 100, 2000);
    tr_clock *clock = &sim.clock;
    TR_CHECK_EQ(tr_clock_monotonic(clock), 100);
    TR_CHECK_EQ(tr_clock_wall(clock), 2000);
    tr_clock_sim_advance(&sim, 7);
    tr_clock_sleep(clock, 3);
    tr_clock_sleep(clock, -50);
    TR_CHECK_EQ(tr_clock_monotonic(clock), 110);
    TR_CHECK_EQ(tr_clock_wall(clock), 2010);
    tr_clock_sim_set_wall(&sim, 5);
    TR_CHECK_EQ(tr_clock_monotonic(clock), 110);
    TR_CHECK_EQ(tr_clock_wall(clock), 5);
}

TR_TEST(deadlines_do_not_overflow)
{
    tr_clock_sim sim;
    tr_clock_sim_init(&sim, 1000, 0);
    TR_CHECK_EQ(tr_clock_deadline(&sim.clock, 5), 1005);
    TR_CHECK_EQ(tr_clock_deadline(&sim.clock, TR_NS_FOREVER), TR_NS_FOREVER);
    TR_CHECK_EQ(tr_clock_deadline(&sim.clock, TR_NS_FOREVER - 10), TR_NS_FOREVER);
}

static void check_rfc3339(int64_t wall, unsigned decimals, const char *want)
{
    char text[TR_RFC3339_SIZE];
    TR_CHECK_EQ(tr_rfc3339(wall, decimals, text), strlen(want));
    TR_CHECK_STR(text, want);
}

TR_TEST(times_as_text)
{
    check_rfc3339(0, 0, "1970-01-01T00:00:00Z");
    check_rfc3339(0, 9, "1970-01-01T00:00:00.000000000Z");
    check_rfc3339(-1, 9, "1969-12-31T23:59:59.999999999Z");
    check_rfc3339(1709164800 * TR_NS_PER_S + 1999999, 3, "2024-02-29T00:00:00.001Z");
    check_rfc3339(951868799 * TR_NS_PER_S, 0, "2000-02-29T23:59:59Z");
    check_rfc3339(INT64_MAX, 9, "2262-04-11T23:47:16.854775807Z");
    check_rfc3339(INT64_MIN, 9, "1677-09-21T00:12:43.145224192Z");
}

/* The C library is the oracle. */
TR_PROP(dates_equal_those_of_gmtime)
{
    int64_t wall = (int64_t)tr_gen_u64(g);
    tr_date date = tr_date_of(wall);
    int64_t seconds = wall / TR_NS_PER_S - (wall % TR_NS_PER_S < 0);
    time_t moment = seconds;
    struct tm tm;
    TR_CHECK(gmtime_r(&moment, &tm) != NULL);
    TR_CHECK_EQ(date.year, tm.tm_year + 1900);
    TR_CHECK_EQ(date.month, tm.tm_mon + 1);
    TR_CHECK_EQ(date.day, tm.tm_mday);
    TR_CHECK_EQ(date.hour, tm.tm_hour);
    TR_CHECK_EQ(date.minute, tm.tm_min);
    TR_CHECK_EQ(date.second, tm.tm_sec);
    TR_CHECK_EQ(date.ns, (uint64_t)wall - (uint64_t)seconds * (uint64_t)TR_NS_PER_S);
}
