/* u256 against a model that knows nothing but single bits, and against the laws of arithmetic. */
#include "field/u256_internal.h"
#include "numbers.h"

/* A number as bits, lowest first; wide enough for any sum or product here. */
enum { BITS = 520 };
typedef struct bits {
    uint8_t b[BITS];
} bits;

static bits bits_of(tr_u256 a)
{
    bits r = {{0}};
    for (unsigned i = 0; i < 256; i++) r.b[i] = a.w[i / 64] >> (i % 64) & 1;
    return r;
}

static tr_u256 low_of(bits a)
{
    tr_u256 r = TR_U256_ZERO;
    for (unsigned i = 0; i < 256; i++) r.w[i / 64] |= (uint64_t)a.b[i] << (i % 64);
    return r;
}

static bits bits_add(bits a, bits b)
{
    uint8_t carry = 0;
    for (unsigned i = 0; i < BITS; i++) {
        uint8_t sum = (uint8_t)(a.b[i] + b.b[i] + carry);
        a.b[i] = sum & 1;
        carry = sum >> 1;
    }
    return a;
}

static bits bits_sub(bits a, bits b)
{
    for (unsigned i = 0; i < BITS; i++) b.b[i] ^= 1;
    bits one = {{1}};
    return bits_add(bits_add(a, b), one);
}

static bits bits_up(bits a)
{
    memmove(a.b + 1, a.b, BITS - 1);
    a.b[0] = 0;
    return a;
}

static bool bits_less(const bits *a, const bits *b)
{
    for (unsigned i = BITS; i-- > 0;)
        if (a->b[i] != b->b[i]) return a->b[i] < b->b[i];
    return false;
}

static bits bits_mul(bits a, bits b)
{
    bits r = {{0}};
    for (unsigned i = 0; i < 256; i++, a = bits_up(a))
        if (b.b[i]) r = bits_add(r, a);
    return r;
}

static bits bits_divmod(bits a, bits b, bits *rest)
{
    bits q = {{0}}, r = {{0}};
    for (unsigned i = BITS; i-- > 0;) {
        r = bits_up(r);
        r.b[0] = a.b[i];
        if (!bits_less(&r, &b)) {
            r = bits_sub(r, b);
            q.b[i] = 1;
        }
    }
    *rest = r;
    return q;
}

TR_PROP(sums_and_products_agree_with_single_bits)
{
    tr_u256 a = number(g), b = number(g);
    bits x = bits_of(a), y = bits_of(b), sum = bits_add(x, y);
    bool out;
    CHECK_U256(tr_u256_add_carry(a, b, &out), low_of(sum));
    TR_CHECK_EQ(out, sum.b[256]);
    CHECK_U256(tr_u256_sub_borrow(a, b, &out), low_of(bits_sub(x, y)));
    TR_CHECK_EQ(out, bits_less(&x, &y));
    CHECK_U256(tr_u256_neg(a), low_of(bits_sub((bits){{0}}, x)));
    bits product = bits_mul(x, y);
    tr_u512 full = tr_u256_mul_full(a, b);
    for (unsigned i = 0; i < 512; i++) TR_CHECK_EQ(full.w[i / 64] >> (i % 64) & 1, product.b[i]);
    CHECK_U256(tr_u256_mul(a, b), low_of(product));
}

TR_PROP(comparisons_agree_with_single_bits)
{
    tr_u256 a = number(g), b = tr_gen_below(g, 4) == 0 ? a : number(g);
    bits x = bits_of(a), y = bits_of(b);
    bool less = bits_less(&x, &y), more = bits_less(&y, &x);
    TR_CHECK_EQ(tr_u256_lt(a, b), less);
    TR_CHECK_EQ(tr_u256_gt(a, b), more);
    TR_CHECK_EQ(tr_u256_eq(a, b), !less && !more);
    TR_CHECK_EQ(tr_u256_cmp(a, b) + 1, more ? 2 : less ? 0 : 1);
    TR_CHECK_EQ(tr_u256_iszero(a), memcmp(x.b, (bits){{0}}.b, BITS) == 0);
    bool differ = x.b[255] != y.b[255];
    TR_CHECK_EQ(tr_u256_slt(a, b), differ ? x.b[255] : less);
    TR_CHECK_EQ(tr_u256_sgt(a, b), differ ? y.b[255] : more);
}

TR_PROP(division_agrees_with_single_bits)
{
    tr_u256 b = number(g), a = multiple_of(g, b), rest;
    if (tr_u256_iszero(b)) b = TR_U256_ONE;
    bits r, q = bits_divmod(bits_of(a), bits_of(b), &r);
    CHECK_U256(tr_u256_div(&a, &b), low_of(q));
    CHECK_U256(tr_u256_mod(&a, &b), low_of(r));
    CHECK_U256(tr_u256_divmod(&a, &b, &rest), low_of(q));
    CHECK_U256(rest, low_of(r));
}

TR_PROP(modular_operations_agree_with_single_bits)
{
    tr_u256 m = number(g), a = number(g), b = number(g);
    if (tr_gen_bool(g)) a = multiple_of(g, m);
    if (tr_gen_below(g, 4) == 0) b = tr_u256_not(a);
    if (tr_u256_iszero(m)) m = TR_U256_MAX;
    bits r;
    (void)bits_divmod(bits_add(bits_of(a), bits_of(b)), bits_of(m), &r);
    CHECK_U256(tr_u256_addmod(&a, &b, &m), low_of(r));
    (void)bits_divmod(bits_mul(bits_of(a), bits_of(b)), bits_of(m), &r);
    CHECK_U256(tr_u256_mulmod(&a, &b, &m), low_of(r));
    CHECK_U256(tr_u256_portable.mulmod(&a, &b, &m), low_of(r));
}

TR_TEST(backends_by_name)
{
    TR_CHECK(tr_u256_find("portable") == &tr_u256_portable);
    TR_CHECK(tr_u256_find("none of them") == NULL);
    tr_u256 a = {{1, 2, 3, 4}}, b = {{5, 6, 7, 8}}, m = {{9, 10, 11, 12}};
    tr_u256 want = tr_u256_mulmod(&a, &b, &m);
    tr_u256_use(&tr_u256_portable);
    CHECK_U256(tr_u256_mulmod(&a, &b, &m), want);
    if (tr_u256_find("bmi2") != NULL) tr_u256_use(tr_u256_find("bmi2"));
}

/* The estimate of a digit is wrong so rarely that chance does not find it: limbs of nothing but
 * the values at which it is. */
TR_PROP(rare_corrections_of_a_digit)
{
    static const uint64_t edges[] = {
        0,
        1,
        2,
        UINT64_MAX,
        UINT64_MAX - 1,
        (uint64_t)1 << 63,
        ((uint64_t)1 << 63) - 1,
        ((uint64_t)1 << 63) + 1,
    };
    tr_u256 m;
    tr_u512 a;
    for (unsigned i = 0; i < 4; i++) m.w[i] = edges[tr_gen_below(g, TR_COUNTOF(edges))];
    for (unsigned i = 0; i < 8; i++) a.w[i] = edges[tr_gen_below(g, TR_COUNTOF(edges))];
    if (tr_gen_bool(g)) a.w[7] = m.w[3], a.w[6] = m.w[2];
    if (tr_gen_bool(g)) m = tr_u256_shr(m, tr_gen_below(g, 200));
    if (tr_u256_iszero(m)) m = TR_U256_ONE;
    bits x = {{0}}, r;
    for (unsigned i = 0; i < 512; i++) x.b[i] = a.w[i / 64] >> (i % 64) & 1;
    (void)bits_divmod(x, bits_of(m), &r);
    CHECK_U256(tr_u512_mod(&a, &m), low_of(r));
    CHECK_U256(tr_u256_portable.mod_512(&a, &m), low_of(r));
    tr_u256 low = {{a.w[4], a.w[5], a.w[6], a.w[7]}}, rest;
    bits q = bits_divmod(bits_of(low), bits_of(m), &r);
    CHECK_U256(tr_u256_divmod(&low, &m, &rest), low_of(q));
    CHECK_U256(rest, low_of(r));
}

TR_PROP(shifts_agree_with_single_bits)
{
    tr_u256 a = number(g);
    uint64_t n = tr_gen_below(g, 5) == 0 ? tr_gen_u64(g) : tr_gen_below(g, 270);
    bits x = bits_of(a), up = {{0}}, down = {{0}}, signed_down;
    memset(signed_down.b, x.b[255], BITS);
    for (uint64_t i = 0; i < 256; i++) {
        if (i >= n) up.b[i] = x.b[i - n];
        if (n < 256 && i + n < 256) down.b[i] = signed_down.b[i] = x.b[i + n];
    }
    CHECK_U256(tr_u256_shl(a, n), low_of(up));
    CHECK_U256(tr_u256_shr(a, n), low_of(down));
    CHECK_U256(tr_u256_sar(a, n), low_of(signed_down));
}

TR_PROP(bits_and_bytes)
{
    tr_u256 a = number(g), b = number(g);
    bits x = bits_of(a), y = bits_of(b), all[4];
    unsigned length = 0;
    for (unsigned i = 0; i < 256; i++) {
        all[0].b[i] = x.b[i] & y.b[i];
        all[1].b[i] = x.b[i] | y.b[i];
        all[2].b[i] = x.b[i] ^ y.b[i];
        all[3].b[i] = !x.b[i];
        if (x.b[i]) length = i + 1;
        TR_CHECK_EQ(tr_u256_bit(a, i), x.b[i]);
    }
    TR_CHECK(!tr_u256_bit(a, 256));
    CHECK_U256(tr_u256_and(a, b), low_of(all[0]));
    CHECK_U256(tr_u256_or(a, b), low_of(all[1]));
    CHECK_U256(tr_u256_xor(a, b), low_of(all[2]));
    CHECK_U256(tr_u256_not(a), low_of(all[3]));
    TR_CHECK_EQ(tr_u256_bit_length(a), length);
    TR_CHECK_EQ(tr_u256_clz(a), 256 - length);
    TR_CHECK_EQ(tr_u256_is_negative(a), x.b[255]);
    for (unsigned i = 0; i < 40; i++) {
        uint64_t byte = 0;
        for (unsigned j = 0; j < 8 && i < 32; j++) byte |= (uint64_t)x.b[8 * (31 - i) + j] << j;
        CHECK_U256(tr_u256_byte(a, i), tr_u256_of(byte));
        bits extended = x;
        for (unsigned j = 8 * i + 8; j < 256; j++) extended.b[j] = x.b[8 * i + 7];
        CHECK_U256(tr_u256_signextend(a, i), low_of(extended));
    }
    CHECK_U256(tr_u256_byte(a, UINT64_MAX), TR_U256_ZERO);
    CHECK_U256(tr_u256_signextend(a, UINT64_MAX), a);
}

TR_PROP(big_endian_bytes)
{
    tr_u256 a = number(g);
    uint8_t all[32], few[32];
    tr_u256_to_be(a, all);
    for (unsigned i = 0; i < 32; i++) TR_CHECK_EQ(all[i], tr_u256_byte(a, i).w[0]);
    CHECK_U256(tr_u256_from_be(all), a);
    unsigned len = tr_u256_to_be_short(a, few);
    TR_CHECK_EQ(len, (tr_u256_bit_length(a) + 7) / 8);
    TR_CHECK_BYTES(tr_bytes_of(few, len), tr_bytes_of(all + 32 - len, len));
    CHECK_U256(tr_u256_from_be_short(tr_bytes_of(few, len)), a);
    uint8_t longer[40] = {1, 2, 3, 4, 5, 6, 7, 8};
    memcpy(longer + 8, all, 32);
    CHECK_U256(tr_u256_from_be_short(TR_VIEW(longer)), a);
}

/* The signed operations are defined by the unsigned ones on magnitudes. */
TR_PROP(signed_division_rounds_towards_zero)
{
    tr_u256 b = number(g), a = multiple_of(g, b);
    if (tr_gen_bool(g)) a = tr_u256_neg(a);
    if (tr_gen_bool(g)) b = tr_u256_neg(b);
    tr_u256 q = tr_u256_sdiv(&a, &b), r = tr_u256_smod(&a, &b);
    if (tr_u256_iszero(b)) {
        CHECK_U256(q, TR_U256_ZERO);
        CHECK_U256(r, TR_U256_ZERO);
        return;
    }
    CHECK_U256(tr_u256_add(tr_u256_mul(q, b), r), a);
    tr_u256 abs_r = tr_u256_is_negative(r) ? tr_u256_neg(r) : r;
    tr_u256 abs_b = tr_u256_is_negative(b) ? tr_u256_neg(b) : b;
    TR_CHECK(tr_u256_lt(abs_r, abs_b));
    TR_CHECK(tr_u256_iszero(r) || tr_u256_is_negative(r) == tr_u256_is_negative(a));
}

TR_TEST(zero_divisors_and_the_lowest_number)
{
    tr_u256 a = {{1, 2, 3, 4}}, zero = TR_U256_ZERO, minus_one = TR_U256_MAX, rest = a;
    tr_u256 lowest = {{0, 0, 0, (uint64_t)1 << 63}};
    CHECK_U256(tr_u256_div(&a, &zero), zero);
    CHECK_U256(tr_u256_mod(&a, &zero), zero);
    CHECK_U256(tr_u256_divmod(&a, &zero, &rest), zero);
    CHECK_U256(rest, zero);
    CHECK_U256(tr_u256_addmod(&a, &a, &zero), zero);
    CHECK_U256(tr_u256_mulmod(&a, &a, &zero), zero);
    CHECK_U256(tr_u256_sdiv(&lowest, &minus_one), lowest);
    CHECK_U256(tr_u256_smod(&lowest, &minus_one), zero);
}

TR_TEST(results_may_replace_operands)
{
    tr_u256 a = {{5, 6, 7, 8}}, b = {{9, 1, 2, 0}}, x = a, y = b;
    tr_u256 q = tr_u256_div(&a, &b), r = tr_u256_mod(&a, &b);
    x = tr_u256_divmod(&x, &y, &y);
    CHECK_U256(x, q);
    CHECK_U256(y, r);
    x = a;
    x = tr_u256_mulmod(&x, &x, &x);
    CHECK_U256(x, TR_U256_ZERO);
}

TR_PROP(powers_are_repeated_products)
{
    tr_u256 b = number(g), sum = TR_U256_ONE;
    if (tr_gen_below(g, 4) == 0) b = tr_u256_of(2);
    unsigned n = (unsigned)tr_gen_below(g, 300);
    tr_u256 e = tr_u256_of(n);
    for (unsigned i = 0; i < n; i++) sum = tr_u256_mul(sum, b);
    CHECK_U256(tr_u256_exp(&b, &e), sum);
    /* b^(x + y) = b^x b^y, (b^x)^y = b^(x y): where x + y and x y do not wrap. */
    tr_u256 x = tr_u256_shr(number(g), 128), y = tr_u256_shr(number(g), 128);
    tr_u256 xy = tr_u256_mul(x, y), x_and_y = tr_u256_add(x, y);
    tr_u256 to_x = tr_u256_exp(&b, &x), to_y = tr_u256_exp(&b, &y);
    CHECK_U256(tr_u256_exp(&b, &x_and_y), tr_u256_mul(to_x, to_y));
    CHECK_U256(tr_u256_exp(&b, &xy), tr_u256_exp(&to_x, &y));
}

TR_PROP(text_there_and_back)
{
    tr_u256 a = number(g), back;
    char dec[TR_U256_DEC_TEXT], hex[TR_U256_HEX_TEXT];
    size_t len = tr_u256_to_dec(a, dec);
    TR_CHECK_EQ(len, strlen(dec));
    TR_CHECK(dec[0] != '0' || tr_u256_iszero(a));
    TR_CHECK_OK(tr_u256_from_dec(NULL, tr_bytes_str(dec), &back));
    CHECK_U256(back, a);
    len = tr_u256_to_hex(a, hex);
    TR_CHECK_EQ(len, strlen(hex));
    TR_CHECK(hex[2] != '0' || tr_u256_iszero(a));
    TR_CHECK_OK(tr_u256_from_hex(NULL, tr_bytes_str(hex), &back));
    CHECK_U256(back, a);
    TR_CHECK_OK(tr_u256_from_hex(NULL, tr_bytes_str(hex + 2), &back));
    CHECK_U256(back, a);
}

TR_TEST(text_of_known_numbers)
{
    static const char max_dec[] =
        "115792089237316195423570985008687907853269984665640564039457584007913129639935";
    static const char max_hex[] =
        "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    char text[TR_U256_DEC_TEXT];
    tr_u256 a;
    TR_CHECK_EQ(tr_u256_to_dec(TR_U256_MAX, text), 78);
    TR_CHECK_STR(text, max_dec);
    TR_CHECK_EQ(tr_u256_to_hex(TR_U256_MAX, text), 66);
    TR_CHECK_STR(text, max_hex);
    TR_CHECK_EQ(tr_u256_to_dec(TR_U256_ZERO, text), 1);
    TR_CHECK_STR(text, "0");
    TR_CHECK_EQ(tr_u256_to_hex(TR_U256_ZERO, text), 3);
    TR_CHECK_STR(text, "0x0");
    (void)tr_u256_to_dec((tr_u256){{0, 1, 0, 0}}, text);
    TR_CHECK_STR(text, "18446744073709551616");
    TR_CHECK_OK(tr_u256_from_dec(NULL, TR_LIT("000010000000000000000000000000000000000001"), &a));
    CHECK_U256(a, ((tr_u256){{0xf436a000000001, 0x785ee10d5da46d9, 0, 0}}));
    TR_CHECK_OK(tr_u256_from_hex(NULL, TR_LIT("0X00aBc"), &a));
    CHECK_U256(a, tr_u256_of(0xabc));
}

TR_TEST(text_that_is_no_number)
{
    static const struct {
        const char *text;
        bool hex;
        tr_err err;
        uint64_t offset;
    } cases[] = {
        {"", false, TR_E_SYNTAX, 0},
        {"12a", false, TR_E_SYNTAX, 2},
        {"-1", false, TR_E_SYNTAX, 0},
        {" 1", false, TR_E_SYNTAX, 0},
        {"115792089237316195423570985008687907853269984665640564039457584007913129639936", false,
         TR_E_RANGE, 77},
        {"9999999999999999999999999999999999999999999999999999999999999999999999999999999", false,
         TR_E_RANGE, 77},
        {"", true, TR_E_SYNTAX, 0},
        {"0x", true, TR_E_SYNTAX, 2},
        {"0x0g", true, TR_E_SYNTAX, 3},
        {"1x0", true, TR_E_SYNTAX, 1},
        {"0x10000000000000000000000000000000000000000000000000000000000000000", true, TR_E_RANGE,
         66},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_trail trail;
        tr_u256 out = TR_U256_ONE;
        tr_bytes text = tr_bytes_str(cases[i].text);
        tr_err err = cases[i].hex ? tr_u256_from_hex(&trail, text, &out)
                                  : tr_u256_from_dec(&trail, text, &out);
        TR_CHECK_ERR(err, cases[i].err);
        TR_CHECK_EQ(trail.offset, cases[i].offset);
        CHECK_U256(out, TR_U256_ONE);
    }
}
