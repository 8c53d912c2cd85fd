/* 5: base ^ exponent modulo modulus (EIP-198, 2565, 7823, 7883).  Three lengths of 32 bytes each,
 * then the numbers; zeros stand for what the input lacks. */
#include "evm/precompile_internal.h"

#include "field/modexp.h"
#include "field/u256.h"

enum {
    LENGTHS = 96,
    HEAD = 32,        /* bytes of the exponent that gas looks at */
    OSAKA_MAX = 1024, /* EIP-7823 */
};

/* A length of 2^64 or more is UINT64_MAX.  No input has as much; whether it can be paid is seen in
 * steps_of. */
typedef struct lengths {
    uint64_t base, exponent, modulus;
} lengths;

static uint64_t saturated(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static lengths read_lengths(tr_bytes input)
{
    uint8_t bytes[LENGTHS];
    uint64_t out[3];
    tr_precompile_fit(input, bytes, sizeof(bytes));
    for (unsigned i = 0; i < 3; i++) {
        const uint8_t *at = bytes + 32 * i;
        bool large = (tr_load64be(at) | tr_load64be(at + 8) | tr_load64be(at + 16)) != 0;
        out[i] = large ? UINT64_MAX : tr_load64be(at + 24);
    }
    return (lengths){out[0], out[1], out[2]};
}

/* What the input has of len bytes at offset. */
static tr_bytes present(tr_bytes input, uint64_t offset, uint64_t len)
{
    return tr_bytes_cut(input, (size_t)offset, (size_t)len);
}

static tr_u256 complexity_of_byzantium(uint64_t longest)
{
    tr_u256 l = tr_u256_of(longest), square = tr_u256_mul(l, l);
    if (longest <= 64) return square;
    if (longest <= 1024) return tr_u256_of(longest * longest / 4 + 96 * longest - 3072);
    tr_u256 sum = tr_u256_add(tr_u256_shr(square, 4), tr_u256_mul(l, tr_u256_of(480)));
    return tr_u256_sub(sum, tr_u256_of(199680));
}

static tr_u256 square_of_words(uint64_t longest)
{
    tr_u256 words = tr_u256_of(longest / 8 + (longest % 8 != 0));
    return tr_u256_mul(words, words);
}

/* Too long to be paid, unless each step is free; no product of it reaches 256 bits. */
#define ENDLESS ((tr_u256){{0, 0, 1, 0}})

/* The number of steps: the bits of the exponent below its first one, as far as its head tells, and
 * for each byte after the head so many steps. */
static tr_u256 steps_of(tr_bytes input, const lengths *n, uint64_t steps_per_byte)
{
    uint8_t head[HEAD] = {0};
    size_t len = (size_t)TR_MIN(n->exponent, (uint64_t)HEAD);
    tr_bytes have = present(input, saturated(LENGTHS, n->base), len);
    if (have.len != 0) memcpy(head + HEAD - len, have.data, have.len);
    unsigned bits = tr_u256_bit_length(tr_u256_from_be(head));
    tr_u256 rest = n->exponent == UINT64_MAX ? ENDLESS : tr_u256_of(n->exponent - len);
    tr_u256 steps = tr_u256_mul(rest, tr_u256_of(steps_per_byte));
    steps = tr_u256_add(steps, tr_u256_of(bits == 0 ? 0 : bits - 1));
    return tr_u256_iszero(steps) ? TR_U256_ONE : steps;
}

/* cost / divisor, at least so much; UINT64_MAX if it is more. */
static uint64_t priced(tr_u256 cost, uint64_t divisor, uint64_t least)
{
    uint64_t rest;
    if (tr_u256_is_u64(cost))
        cost.w[0] /= divisor;
    else
        cost = tr_u256_div_u64(&cost, divisor, &rest);
    uint64_t gas = tr_u256_to_u64(cost);
    return TR_MAX(gas, least);
}

uint64_t tr_precompile_modexp_gas(const tr_evm_rules *rules, tr_bytes input)
{
    lengths n = read_lengths(input);
    uint64_t longest = TR_MAX(n.base, n.modulus);
    if (rules->fork < TR_BERLIN)
        return priced(tr_u256_mul(complexity_of_byzantium(longest), steps_of(input, &n, 8)), 20, 0);
    if (rules->fork < TR_OSAKA)
        return priced(tr_u256_mul(square_of_words(longest), steps_of(input, &n, 8)), 3, 200);
    tr_u256 complexity = longest <= 32 ? tr_u256_of(16) : tr_u256_shl(square_of_words(longest), 1);
    return priced(tr_u256_mul(complexity, steps_of(input, &n, 16)), 1, 500);
}

static bool is_zero(tr_bytes number)
{
    for (size_t i = 0; i < number.len; i++)
        if (number.data[i] != 0) return false;
    return true;
}

/* The power, into out, which is as long as the modulus.  The modulus comes last: where the input
 * has some of it, it has all of the other two. */
static tr_err work_out(tr_precompile_call *call, const lengths *n, uint8_t *out)
{
    uint64_t exponent_at = saturated(LENGTHS, n->base);
    uint64_t modulus_at = saturated(exponent_at, n->exponent);
    tr_bytes base = present(call->input, LENGTHS, n->base);
    tr_bytes exponent = present(call->input, exponent_at, n->exponent);
    tr_bytes modulus = present(call->input, modulus_at, n->modulus);
    memset(out, 0, (size_t)n->modulus);
    if (is_zero(modulus)) return TR_OK;
    if (modulus.len < n->modulus) {
        uint8_t *whole = tr_arena_get(call->arena, (size_t)n->modulus, 1);
        if (whole == NULL) return TR_E_MEMORY;
        tr_precompile_fit(modulus, whole, (size_t)n->modulus);
        modulus = tr_bytes_of(whole, (size_t)n->modulus);
    }
    return tr_modexp(NULL, call->arena, base, exponent, modulus, out);
}

tr_err tr_precompile_modexp(tr_precompile_call *call)
{
    lengths n = read_lengths(call->input);
    uint64_t longest = TR_MAX(TR_MAX(n.base, n.modulus), n.exponent);
    if (call->rules->fork >= TR_OSAKA && longest > OSAKA_MAX) return TR_E_LIMIT;
    if (n.modulus == 0) return TR_OK;
    uint8_t *out = n.modulus > SIZE_MAX ? NULL : tr_arena_get(call->arena, (size_t)n.modulus, 1);
    if (out == NULL) return TR_E_MEMORY;
    tr_arena_mark mark = tr_arena_save(call->arena);
    tr_err err = work_out(call, &n, out);
    tr_arena_rewind(call->arena, mark);
    call->output = tr_bytes_of(out, (size_t)n.modulus);
    return err;
}
