#include "harness.h"
#include "os/random.h"

/* xoshiro256** seeded by splitmix64 from 0: from a Python transcription of the two published
 * algorithms,  x = splitmix64(0) four times; result = rotl(s1 * 5, 7) * 9. */
TR_TEST(seeded_numbers_are_the_published_ones)
{
    static const uint64_t want[] = {0x99ec5f36cb75f2b4, 0xbf6e1f784956452a, 0x1a5f849d4933e6e0,
                                    0x6aa594f1262d2d2c};
    tr_random_seeded random;
    tr_random_seed(&random, 0);
    for (size_t i = 0; i < TR_COUNTOF(want); i++) TR_CHECK_EQ(tr_random_next(&random), want[i]);
}

TR_PROP(seeded_bytes_are_the_numbers_in_little_endian)
{
    uint64_t seed = tr_gen_u64(g);
    size_t len = (size_t)tr_gen_below(g, 100);
    uint8_t bytes[100], want[104];
    tr_random_seeded a, b;
    tr_random_seed(&a, seed);
    tr_random_seed(&b, seed);
    memset(bytes, 0xee, sizeof(bytes));
    TR_CHECK_OK(tr_random_fill(NULL, &a.random, bytes, len));
    for (size_t i = 0; i < sizeof(want); i += 8) tr_store64le(want + i, tr_random_next(&b));
    TR_CHECK_BYTES(tr_bytes_of(bytes, len), tr_bytes_of(want, len));
    for (size_t i = len; i < sizeof(bytes); i++) TR_CHECK_EQ(bytes[i], 0xee);
}

TR_PROP(numbers_below_a_bound_are_below_it)
{
    uint64_t bound = tr_gen_u64(g);
    if (bound == 0) bound = 1;
    tr_random_seeded random;
    tr_random_seed(&random, tr_gen_u64(g));
    uint64_t value;
    TR_CHECK(tr_random_next_below(&random, bound) < bound);
    TR_CHECK_OK(tr_random_below(NULL, &random.random, bound, &value));
    TR_CHECK(value < bound);
}

TR_TEST(every_number_below_six_is_as_likely)
{
    tr_random_seeded random;
    tr_random_seed(&random, tr_test_random());
    unsigned seen[6] = {0};
    for (int i = 0; i < 60000; i++) seen[tr_random_next_below(&random, 6)]++;
    /* The deviation is about 91; six of them is one failure in a hundred million. */
    for (int i = 0; i < 6; i++)
        TR_CHECK_MSG(seen[i] > 9450 && seen[i] < 10550, "%d came %u times", i, seen[i]);
}

TR_TEST(system_numbers_differ_and_fill_all)
{
    uint8_t a[1000] = {0}, b[1000] = {0};
    TR_CHECK_OK(tr_random_fill(NULL, tr_random_system(), a, sizeof(a)));
    TR_CHECK_OK(tr_random_fill(NULL, tr_random_system(), b, sizeof(b)));
    TR_CHECK(memcmp(a, b, sizeof(a)) != 0);
    unsigned bits = 0, last = 0;
    for (size_t i = 0; i < sizeof(a); i++) bits += (unsigned)__builtin_popcount(a[i]);
    for (size_t i = sizeof(a) - 16; i < sizeof(a); i++) last |= a[i];
    TR_CHECK(bits > 3600 && bits < 4400 && last != 0);
    TR_CHECK_OK(tr_random_fill(NULL, tr_random_system(), NULL, 0));
}

static tr_err no_numbers(tr_random *self, tr_trail *trail, void *out, size_t len)
{
    (void)self;
    (void)out;
    (void)len;
    return tr_fail(trail, TR_E_IO, "none today");
}

TR_TEST(a_source_that_fails_is_an_error)
{
    tr_random none = {no_numbers};
    tr_trail trail;
    uint64_t value;
    TR_CHECK_ERR(tr_random_below(&trail, &none, 10, &value), TR_E_IO);
    TR_CHECK_STR(trail.text, "none today");
}
