/* The public functions give what the inner ones give, also where the result replaces an operand. */
#include "numbers.h"
#include "trestle/u256.h"

typedef void binary(const uint64_t a[4], const uint64_t b[4], uint64_t out[4]);

static void check_binary(binary *function, tr_u256 a, tr_u256 b, tr_u256 want)
{
    tr_u256 out, left = a, right = b;
    function(a.w, b.w, out.w);
    CHECK_U256(out, want);
    function(left.w, b.w, left.w);
    CHECK_U256(left, want);
    function(a.w, right.w, right.w);
    CHECK_U256(right, want);
}

TR_PROP(public_arithmetic)
{
    tr_u256 a = number(g), b = number(g), m = number(g), out, rest;
    check_binary(tr_uint256_add, a, b, tr_u256_add(a, b));
    check_binary(tr_uint256_sub, a, b, tr_u256_sub(a, b));
    check_binary(tr_uint256_mul, a, b, tr_u256_mul(a, b));
    check_binary(tr_uint256_exp, a, b, tr_u256_exp(&a, &b));
    tr_uint256_addmod(a.w, b.w, m.w, out.w);
    CHECK_U256(out, tr_u256_addmod(&a, &b, &m));
    tr_uint256_mulmod(a.w, b.w, m.w, out.w);
    CHECK_U256(out, tr_u256_mulmod(&a, &b, &m));
    tr_uint256_divide(a.w, b.w, out.w, NULL);
    CHECK_U256(out, tr_u256_div(&a, &b));
    tr_uint256_divide_signed(a.w, b.w, out.w, NULL);
    CHECK_U256(out, tr_u256_sdiv(&a, &b));
    rest = b;
    tr_uint256_divide(a.w, rest.w, out.w, rest.w);
    CHECK_U256(rest, tr_u256_mod(&a, &b));
    out = a;
    tr_uint256_divide_signed(out.w, b.w, out.w, rest.w);
    CHECK_U256(out, tr_u256_sdiv(&a, &b));
    CHECK_U256(rest, tr_u256_smod(&a, &b));
}

TR_TEST(public_text)
{
    uint64_t a[4] = {7, 7, 7, 7};
    char text[TR_UINT256_TEXT];
    TR_CHECK_ERR(tr_uint256_parse("0xg", 3, a), TR_E_SYNTAX);
    TR_CHECK_ERR(tr_uint256_parse("", 0, a), TR_E_SYNTAX);
    TR_CHECK_EQ(a[0] + a[3], 14);
    TR_CHECK_OK(tr_uint256_parse("0x10000000000000000", 19, a));
    TR_CHECK_EQ(a[0], 0);
    TR_CHECK_EQ(a[1], 1);
    TR_CHECK_EQ(tr_uint256_text(a, text), 20);
    TR_CHECK_STR(text, "18446744073709551616");
    TR_CHECK_OK(tr_uint256_parse("255", 3, a));
    TR_CHECK_EQ(a[0], 255);
}
