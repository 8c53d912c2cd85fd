/* Base fee and blob fee.  The known answers are those of the EIPs and of go-ethereum's tests; the
 * sums are Python's (make_eth_constants.py). */
#include "headers.h"

#include "field/u256.h"

static tr_u256 hex(const char *text)
{
    tr_u256 value;
    TR_CHECK_OK(tr_u256_from_hex(NULL, tr_bytes_str(text), &value));
    return value;
}

static void check_same(tr_u256 got, tr_u256 want)
{
    uint8_t a[32], b[32];
    tr_u256_to_be(got, a);
    tr_u256_to_be(want, b);
    TR_CHECK_BYTES(TR_VIEW(a), TR_VIEW(b));
}

static tr_u256 next_fee(tr_u256 fee, uint64_t limit, uint64_t used)
{
    tr_header parent = {.base_fee = fee, .gas_limit = limit, .gas_used = used, .fields = 16};
    return tr_base_fee(&parent);
}

TR_TEST(base_fee)
{
    tr_u256 gwei = tr_u256_of(1000000000);
    check_same(next_fee(gwei, 20000000, 10000000), gwei);
    check_same(next_fee(gwei, 20000000, 9000000), tr_u256_of(987500000));
    check_same(next_fee(gwei, 20000000, 11000000), tr_u256_of(1012500000));
    check_same(next_fee(gwei, 20000000, 0), tr_u256_of(875000000));
    check_same(next_fee(gwei, 20000000, 20000000), tr_u256_of(1125000000));
    /* It goes up by one at least, and may stay where it is at the bottom. */
    check_same(next_fee(TR_U256_ZERO, 20000000, 10000001), TR_U256_ONE);
    check_same(next_fee(tr_u256_of(7), 20000000, 20000000), tr_u256_of(8));
    check_same(next_fee(tr_u256_of(7), 20000000, 0), tr_u256_of(7));
    check_same(next_fee(tr_u256_of(8), 20000000, 0), tr_u256_of(7));
    /* From a parent without, and from one whose limit makes no target. */
    tr_header parent = {.gas_limit = 1, .gas_used = 1, .fields = 15};
    check_same(tr_base_fee(&parent), gwei);
    check_same(next_fee(tr_u256_of(5), 1, 1), tr_u256_of(5));
}

/* (fee * change / target) / 8 with products of more than 256 bits. */
TR_TEST(base_fee_is_multiplied_before_it_is_divided)
{
    check_same(next_fee(TR_U256_MAX, 20000000, 0),
               tr_u256_sub(TR_U256_MAX, hex("1fffffffffffffff"
                                            "ffffffffffffffff"
                                            "ffffffffffffffff"
                                            "ffffffffffffffff")));
    check_same(next_fee(TR_U256_MAX, 20000000, 20000000), TR_U256_MAX);
    check_same(next_fee(TR_U256_MAX, UINT64_MAX - 1, UINT64_MAX - 1), TR_U256_MAX);
    /* 10^18 * 3 / 7 / 8: dividing first would lose the rest. */
    check_same(next_fee(tr_u256_of(1000000000000000000), 14, 10), tr_u256_of(1053571428571428571));
}

TR_PROP(base_fee_in_128_bits)
{
    uint64_t fee = tr_gen_u64(g) >> 4, limit = tr_gen_below(g, 1u << 30) + 2;
    uint64_t used = tr_gen_below(g, limit + 1), target = limit / 2, want = fee;
    if (used > target) {
        uint64_t step = (uint64_t)((unsigned __int128)fee * (used - target) / target / 8);
        want += step == 0 ? 1 : step;
    } else {
        want -= (uint64_t)((unsigned __int128)fee * (target - used) / target / 8);
    }
    check_same(next_fee(tr_u256_of(fee), limit, used), tr_u256_of(want));
}

TR_TEST(exponentials)
{
    for (size_t i = 0; i < TR_COUNTOF(known_exponentials); i++) {
        tr_u256 numerator = hex(known_exponentials[i].numerator);
        check_same(tr_fake_exponential(known_exponentials[i].factor, &numerator,
                                       known_exponentials[i].denominator),
                   hex(known_exponentials[i].result));
    }
    check_same(tr_fake_exponential(1, &TR_U256_MAX, 1), TR_U256_MAX);
    check_same(tr_fake_exponential(0, &TR_U256_MAX, 1), TR_U256_ZERO);
    check_same(tr_fake_exponential(1, &TR_U256_ONE, 0), TR_U256_MAX);
}

static const tr_blob_params cancun = {0, 3, 6, 3338477}, osaka = {0, 6, 9, 5007716};

TR_TEST(blob_fee)
{
    static const struct {
        uint64_t excess, fee;
    } cases[] = {{0, 1}, {2314057, 1}, {2314058, 2}, {10 * 1024 * 1024, 23}};
    for (size_t i = 0; i < TR_COUNTOF(cases); i++)
        check_same(tr_blob_fee(&cancun, cases[i].excess), tr_u256_of(cases[i].fee));
    check_same(tr_blob_fee(&cancun, UINT64_MAX), TR_U256_MAX);
}

static uint64_t excess_after(tr_fork fork, const tr_blob_params *params, uint64_t excess,
                             uint64_t blobs, uint64_t base_fee)
{
    tr_header parent = {.excess_blob_gas = excess,
                        .blob_gas_used = blobs * TR_BLOB_GAS,
                        .base_fee = tr_u256_of(base_fee),
                        .fields = TR_HEADER_CANCUN};
    return tr_excess_blob_gas(tr_fork_rules_of(fork), params, &parent);
}

TR_TEST(excess_blob_gas)
{
    const uint64_t blob = TR_BLOB_GAS;
    TR_CHECK_EQ(excess_after(TR_CANCUN, &cancun, 0, 0, 7), 0);
    TR_CHECK_EQ(excess_after(TR_CANCUN, &cancun, 0, 3, 7), 0);
    TR_CHECK_EQ(excess_after(TR_CANCUN, &cancun, 0, 4, 7), blob);
    TR_CHECK_EQ(excess_after(TR_CANCUN, &cancun, 1, 3, 7), 1);
    TR_CHECK_EQ(excess_after(TR_CANCUN, &cancun, 2 * blob + 5, 0, 7), 0);
    TR_CHECK_EQ(excess_after(TR_CANCUN, &cancun, UINT64_MAX, 6, 7), UINT64_MAX - 3 * blob);
    tr_header before = {.fields = TR_HEADER_SHANGHAI, .blob_gas_used = 6 * blob};
    TR_CHECK_EQ(tr_excess_blob_gas(tr_fork_rules_of(TR_CANCUN), &cancun, &before), 0);
}

/* EIP-7918: while 2^13 gas cost more than a blob, a third of the used blobs goes to the excess. */
TR_TEST(excess_blob_gas_with_a_base_cost)
{
    const uint64_t blob = TR_BLOB_GAS;
    /* With a blob fee of 1 the boundary is a base fee of 16. */
    TR_CHECK_EQ(excess_after(TR_OSAKA, &osaka, 0, 6, 16), 0);
    TR_CHECK_EQ(excess_after(TR_OSAKA, &osaka, 0, 6, 17), 2 * blob);
    TR_CHECK_EQ(excess_after(TR_PRAGUE, &osaka, 0, 6, 17), 0);
    TR_CHECK_EQ(excess_after(TR_OSAKA, &osaka, 0, 5, 17), 0);
    TR_CHECK_EQ(excess_after(TR_OSAKA, &osaka, 6 * blob, 0, 17), 6 * blob);
    TR_CHECK_EQ(excess_after(TR_OSAKA, &osaka, 6 * blob, 4, 17), 6 * blob + 4 * blob / 3);
    tr_blob_params none = {0, 0, 0, 1};
    TR_CHECK_EQ(excess_after(TR_OSAKA, &none, 5, 1, UINT64_MAX), 5 + blob);
    /* The fee of the parent's excess is worked out with the new fraction. */
    tr_blob_params slow = {0, 6, 9, 1000000}, fast = {0, 6, 9, UINT64_MAX};
    TR_CHECK_EQ(excess_after(TR_OSAKA, &slow, 6 * blob, 3, 17), 3 * blob);
    TR_CHECK_EQ(excess_after(TR_OSAKA, &fast, 6 * blob, 3, 17), 7 * blob);
    TR_CHECK_EQ(excess_after(TR_OSAKA, &fast, UINT64_MAX, 9, 100), UINT64_MAX);
}
