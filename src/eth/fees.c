/* What gas and blobs cost, block after block. */
#include "eth/header.h"

enum {
    FIRST_BASE_FEE = 1000000000,
    ELASTICITY = 2, /* gas limit to gas target */
    MOST_CHANGE = 8,
    LIMIT_CHANGE = 1024,
    LIMIT_LEAST = 5000,
    /* EIP-7918: a blob costs at least what 2^13 gas do; it has 2^17 blob gas. */
    BLOB_BASE_SHARE = TR_BLOB_GAS / 8192,
};

static tr_u256 mul(tr_u256 a, uint64_t b)
{
    tr_u512 product = tr_u256_mul_full(a, tr_u256_of(b));
    return product.w[4] != 0 ? TR_U256_MAX
                             : (tr_u256){{product.w[0], product.w[1], product.w[2], product.w[3]}};
}

static tr_u256 add(tr_u256 a, tr_u256 b)
{
    bool carry;
    tr_u256 sum = tr_u256_add_carry(a, b, &carry);
    return carry ? TR_U256_MAX : sum;
}

static tr_u256 div(tr_u256 a, uint64_t b)
{
    uint64_t rest;
    return tr_u256_div_u64(&a, b, &rest);
}

/* fee * part / whole, rounded down, as if the product had room. */
static tr_u256 share(const tr_u256 *fee, uint64_t part, uint64_t whole)
{
    uint64_t rest;
    tr_u256 each = tr_u256_div_u64(fee, whole, &rest);
    tr_u256 more = tr_u256_mul(tr_u256_of(rest), tr_u256_of(part));
    return add(mul(each, part), div(more, whole));
}

tr_u256 tr_base_fee(const tr_header *parent)
{
    if (parent->fields < TR_HEADER_LONDON) return tr_u256_of(FIRST_BASE_FEE);
    uint64_t target = parent->gas_limit / ELASTICITY;
    if (target == 0 || parent->gas_used == target) return parent->base_fee;
    if (parent->gas_used < target) {
        tr_u256 change = share(&parent->base_fee, target - parent->gas_used, target);
        return tr_u256_sub(parent->base_fee, div(change, MOST_CHANGE));
    }
    tr_u256 change = share(&parent->base_fee, parent->gas_used - target, target);
    change = div(change, MOST_CHANGE);
    return add(parent->base_fee, tr_u256_iszero(change) ? TR_U256_ONE : change);
}

bool tr_gas_limit_ok(uint64_t parent_limit, uint64_t limit, bool first_london)
{
    if (first_london)
        parent_limit =
            parent_limit > UINT64_MAX / ELASTICITY ? UINT64_MAX : parent_limit * ELASTICITY;
    uint64_t change = limit > parent_limit ? limit - parent_limit : parent_limit - limit;
    return change < parent_limit / LIMIT_CHANGE && limit >= LIMIT_LEAST && limit <= INT64_MAX;
}

uint64_t tr_excess_blob_gas(const tr_fork_rules *rules, const tr_blob_params *params,
                            const tr_header *parent)
{
    if (parent->fields < TR_HEADER_CANCUN) return 0;
    uint64_t sum, target = (uint64_t)params->target * TR_BLOB_GAS;
    if (__builtin_add_overflow(parent->excess_blob_gas, parent->blob_gas_used, &sum))
        sum = UINT64_MAX;
    if (sum < target) return 0;
    if (!rules->blob_base_cost || params->max == 0) return sum - target;
    tr_u256 fee = tr_blob_fee(params, parent->excess_blob_gas);
    if (!tr_u256_gt(parent->base_fee, mul(fee, BLOB_BASE_SHARE))) return sum - target;
    /* Blobs are cheaper than the gas to check them: the excess does not fall. */
    tr_u256 used = tr_u256_of(parent->blob_gas_used);
    tr_u256 grown = share(&used, params->max - params->target, params->max);
    tr_u256 excess = add(grown, tr_u256_of(parent->excess_blob_gas));
    return tr_u256_to_u64(excess);
}

tr_u256 tr_blob_fee(const tr_blob_params *params, uint64_t excess_blob_gas)
{
    tr_u256 excess = tr_u256_of(excess_blob_gas);
    return tr_fake_exponential(1, &excess, params->update_fraction);
}

/* Numbers of up to WIDE limbs, of which len are not zero, for the sum below: a result of 256 bits
 * times the denominator, times a numerator that is at most 178 times the denominator. */
enum { WIDE = 8 };
typedef struct wide {
    uint64_t w[WIDE];
    unsigned len;
} wide;

static void wide_trim(wide *a)
{
    while (a->len > 0 && a->w[a->len - 1] == 0) a->len--;
}

static void wide_add(wide *a, const wide *b)
{
    uint64_t carry = 0;
    unsigned len = TR_MAX(a->len, b->len) + 1;
    TR_ASSERT(len <= WIDE);
    for (unsigned i = 0; i < len; i++) a->w[i] = tr_limb_add(a->w[i], b->w[i], &carry);
    a->len = len;
    wide_trim(a);
}

static void wide_mul(wide *a, tr_u256 by)
{
    wide product = {.len = a->len + 2};
    TR_ASSERT(product.len <= WIDE && (by.w[2] | by.w[3]) == 0);
    for (unsigned i = 0; i < 2; i++) {
        uint64_t carry = 0;
        for (unsigned k = 0; k < a->len; k++)
            product.w[i + k] = tr_limb_mul_add(by.w[i], a->w[k], product.w[i + k], &carry);
        product.w[i + a->len] = carry;
    }
    *a = product;
    wide_trim(a);
}

static void wide_div(wide *a, uint64_t by)
{
    uint64_t rest = 0;
    for (unsigned i = a->len; i-- > 0;) {
        tr_u256 part = {{a->w[i], rest, 0, 0}};
        a->w[i] = tr_u256_div_u64(&part, by, &rest).w[0];
    }
    wide_trim(a);
}

tr_u256 tr_fake_exponential(uint64_t factor, const tr_u256 *numerator, uint64_t denominator)
{
    /* e^178 is above 2^256, with any factor that is not 0. */
    if (factor == 0) return TR_U256_ZERO;
    if (denominator == 0 || !tr_u256_lt(div(*numerator, denominator), tr_u256_of(178)))
        return TR_U256_MAX;
    wide sum = {.len = 0}, term = {.w = {factor}, .len = 1};
    wide_mul(&term, tr_u256_of(denominator));
    for (uint64_t i = 1; term.len > 0; i++) {
        wide_add(&sum, &term);
        /* At most 2^256 times denominator: above it the result has no room. */
        if (sum.len > 5) return TR_U256_MAX;
        wide_mul(&term, *numerator);
        wide_div(&term, denominator);
        wide_div(&term, i);
    }
    wide_div(&sum, denominator);
    return sum.len > 4 ? TR_U256_MAX : (tr_u256){{sum.w[0], sum.w[1], sum.w[2], sum.w[3]}};
}
