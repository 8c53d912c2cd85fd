#include "trestle/u256.h"

#include "field/u256.h"

_Static_assert(TR_UINT256_TEXT == TR_U256_DEC_TEXT, "the same size of text inside and outside");

static tr_u256 load(const uint64_t limbs[4])
{
    return (tr_u256){{limbs[0], limbs[1], limbs[2], limbs[3]}};
}

static void store(tr_u256 a, uint64_t out[4])
{
    memcpy(out, a.w, sizeof(a.w));
}

void tr_uint256_add(const uint64_t a[4], const uint64_t b[4], uint64_t out[4])
{
    store(tr_u256_add(load(a), load(b)), out);
}

void tr_uint256_sub(const uint64_t a[4], const uint64_t b[4], uint64_t out[4])
{
    store(tr_u256_sub(load(a), load(b)), out);
}

void tr_uint256_mul(const uint64_t a[4], const uint64_t b[4], uint64_t out[4])
{
    store(tr_u256_mul(load(a), load(b)), out);
}

void tr_uint256_divide(const uint64_t a[4], const uint64_t b[4], uint64_t quotient[4],
                       uint64_t rest[4])
{
    tr_u256 x = load(a), y = load(b), r;
    store(tr_u256_divmod(&x, &y, &r), quotient);
    if (rest != NULL) store(r, rest);
}

void tr_uint256_divide_signed(const uint64_t a[4], const uint64_t b[4], uint64_t quotient[4],
                              uint64_t rest[4])
{
    tr_u256 x = load(a), y = load(b);
    store(tr_u256_sdiv(&x, &y), quotient);
    if (rest != NULL) store(tr_u256_smod(&x, &y), rest);
}

void tr_uint256_addmod(const uint64_t a[4], const uint64_t b[4], const uint64_t m[4],
                       uint64_t out[4])
{
    tr_u256 x = load(a), y = load(b), n = load(m);
    store(tr_u256_addmod(&x, &y, &n), out);
}

void tr_uint256_mulmod(const uint64_t a[4], const uint64_t b[4], const uint64_t m[4],
                       uint64_t out[4])
{
    tr_u256 x = load(a), y = load(b), n = load(m);
    store(tr_u256_mulmod(&x, &y, &n), out);
}

void tr_uint256_exp(const uint64_t base[4], const uint64_t exponent[4], uint64_t out[4])
{
    tr_u256 x = load(base), e = load(exponent);
    store(tr_u256_exp(&x, &e), out);
}

tr_err tr_uint256_parse(const char *text, size_t len, uint64_t out[4])
{
    tr_u256 a;
    tr_bytes all = tr_bytes_of(text, len);
    bool hex = len >= 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    TR_TRY(hex ? tr_u256_from_hex(NULL, all, &a) : tr_u256_from_dec(NULL, all, &a));
    store(a, out);
    return TR_OK;
}

size_t tr_uint256_text(const uint64_t a[4], char text[TR_UINT256_TEXT])
{
    return tr_u256_to_dec(load(a), text);
}
