/* Difficulty: the formulas of the yellow paper and its successors, at their steps. */
#include "eth/header.h"
#include "harness.h"

static uint64_t difficulty(tr_fork fork, uint64_t number, uint64_t elapsed, uint64_t parent,
                           bool uncles)
{
    tr_u256 of_parent = tr_u256_of(parent);
    tr_u256 got =
        tr_difficulty(tr_fork_rules_of(fork), number, 1000 + elapsed, 1000, &of_parent, uncles);
    TR_CHECK(tr_u256_is_u64(got));
    return got.w[0];
}

enum { PARENT = 2048 * 1000000, STEP = 1000000 };

TR_TEST(steps)
{
    static const struct {
        tr_fork fork;
        uint32_t elapsed;
        bool uncles;
        int steps;
    } cases[] = {
        {TR_FRONTIER, 12, false, 1},        {TR_FRONTIER, 13, false, -1},
        {TR_FRONTIER, 100000, true, -1},    {TR_HOMESTEAD, 1, false, 1},
        {TR_HOMESTEAD, 9, true, 1},         {TR_HOMESTEAD, 10, false, 0},
        {TR_HOMESTEAD, 20, false, -1},      {TR_HOMESTEAD, 999, false, -98},
        {TR_HOMESTEAD, 1000, false, -99},   {TR_HOMESTEAD, 1u << 31, false, -99},
        {TR_BYZANTIUM, 8, false, 1},        {TR_BYZANTIUM, 8, true, 2},
        {TR_BYZANTIUM, 9, false, 0},        {TR_BYZANTIUM, 9, true, 1},
        {TR_BYZANTIUM, 18, true, 0},        {TR_BYZANTIUM, 27, true, -1},
        {TR_GRAY_GLACIER, 900, false, -99}, {TR_GRAY_GLACIER, 900, true, -98},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++)
        TR_CHECK_EQ(difficulty(cases[i].fork, 1, cases[i].elapsed, PARENT, cases[i].uncles),
                    PARENT + cases[i].steps * STEP);
}

TR_TEST(least)
{
    TR_CHECK_EQ(difficulty(TR_FRONTIER, 1, 13, 131072, false), 131072);
    TR_CHECK_EQ(difficulty(TR_FRONTIER, 1, 12, 131072, false), 131072 + 64);
    TR_CHECK_EQ(difficulty(TR_HOMESTEAD, 1, 5000, 131073, false), 131072);
    TR_CHECK_EQ(difficulty(TR_BYZANTIUM, 1, 5000, 0, false), 131072);
    TR_CHECK_EQ(difficulty(TR_PARIS, 1, 5, PARENT, false), 0);
    /* It holds for the sum with the bomb: 131072 - 99 * 64 + 2^18. */
    TR_CHECK_EQ(difficulty(TR_HOMESTEAD, 2000000, 5000, 131072, false), 386880);
}

/* The bomb: a block before each doubling, and at it. */
TR_TEST(bomb)
{
    static const struct {
        tr_fork fork;
        uint64_t delay;
    } forks[] = {{TR_FRONTIER, 0},           {TR_SPURIOUS, 0},       {TR_BYZANTIUM, 3000000},
                 {TR_PETERSBURG, 5000000},   {TR_ISTANBUL, 5000000}, {TR_MUIR_GLACIER, 9000000},
                 {TR_BERLIN, 9000000},       {TR_LONDON, 9700000},   {TR_ARROW_GLACIER, 10700000},
                 {TR_GRAY_GLACIER, 11400000}};
    for (size_t i = 0; i < TR_COUNTOF(forks); i++) {
        tr_fork fork = forks[i].fork;
        uint64_t delay = forks[i].delay, plain = difficulty(fork, 1, 10, PARENT, false);
        TR_CHECK_EQ(difficulty(fork, delay + 199999, 10, PARENT, false), plain);
        TR_CHECK_EQ(difficulty(fork, delay + 200000, 10, PARENT, false), plain + 1);
        TR_CHECK_EQ(difficulty(fork, delay + 299999, 10, PARENT, false), plain + 1);
        TR_CHECK_EQ(difficulty(fork, delay + 300000, 10, PARENT, false), plain + 2);
        TR_CHECK_EQ(difficulty(fork, delay + 6400000, 10, PARENT, false),
                    plain + ((uint64_t)1 << 62));
        TR_CHECK_EQ(difficulty(fork, delay / 2, 10, PARENT, false), plain);
    }
}

static tr_u256 wide(uint64_t number, tr_u256 parent)
{
    return tr_difficulty(tr_fork_rules_of(TR_FRONTIER), number, 1, 0, &parent, false);
}

TR_TEST(bomb_beyond_64_bits)
{
    tr_u256 small = tr_u256_of(131072);
    /* 20,000,000 blocks: 2^198 */
    tr_u256 got = wide(20000000, small);
    TR_CHECK(tr_u256_eq(got, (tr_u256){{131072 + 64, 0, 0, 1u << 6}}));
    got = wide(25700000, small);
    TR_CHECK(tr_u256_eq(got, (tr_u256){{131072 + 64, 0, 0, (uint64_t)1 << 63}}));
    /* The sum does not fit: it stays at the highest number. */
    TR_CHECK(tr_u256_eq(wide(25800000, small), TR_U256_MAX));
    TR_CHECK(tr_u256_eq(wide(UINT64_MAX, small), TR_U256_MAX));
    TR_CHECK(tr_u256_eq(wide(1, TR_U256_MAX), TR_U256_MAX));
    TR_CHECK(tr_u256_eq(wide(25700000, TR_U256_MAX), TR_U256_MAX));
}

TR_TEST(time_that_does_not_rise_counts_as_none)
{
    tr_u256 parent = tr_u256_of(PARENT);
    tr_u256 got = tr_difficulty(tr_fork_rules_of(TR_BYZANTIUM), 1, 5, 1000, &parent, false);
    TR_CHECK_EQ(got.w[0], PARENT + STEP);
}
