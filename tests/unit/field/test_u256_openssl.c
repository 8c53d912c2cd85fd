/* u256 against the big numbers of OpenSSL. */
#include <openssl/bn.h>
#include <openssl/crypto.h>

#include "numbers.h"

static BIGNUM *bn_of(tr_u256 a)
{
    uint8_t bytes[32];
    tr_u256_to_be(a, bytes);
    return BN_bin2bn(bytes, sizeof(bytes), NULL);
}

/* The low 256 bits. */
static tr_u256 u256_of(const BIGNUM *a)
{
    uint8_t bytes[128] = {0};
    TR_CHECK(BN_num_bytes(a) <= (int)sizeof(bytes));
    TR_CHECK(BN_bn2binpad(a, bytes, sizeof(bytes)) == (int)sizeof(bytes));
    return tr_u256_from_be(bytes + sizeof(bytes) - 32);
}

typedef struct numbers {
    BN_CTX *context;
    tr_u256 a, b, m;
    BIGNUM *x, *y, *n, *r, *s, *full;
} numbers;

static numbers make(tr_gen *g)
{
    numbers v = {.context = BN_CTX_new(), .a = number(g), .b = number(g), .m = number(g)};
    if (tr_gen_bool(g)) v.a = multiple_of(g, v.m);
    if (tr_u256_iszero(v.m)) v.m = TR_U256_ONE;
    v.x = bn_of(v.a), v.y = bn_of(v.b), v.n = bn_of(v.m);
    v.r = BN_new(), v.s = BN_new(), v.full = BN_new();
    TR_CHECK(v.full != NULL && BN_set_bit(v.full, 256));
    return v;
}

static void drop(numbers *v)
{
    BIGNUM *all[] = {v->x, v->y, v->n, v->r, v->s, v->full};
    for (size_t i = 0; i < TR_COUNTOF(all); i++) BN_free(all[i]);
    BN_CTX_free(v->context);
}

TR_PROP(arithmetic_agrees_with_openssl)
{
    numbers v = make(g);
    tr_u256 rest;
    TR_CHECK(BN_add(v.r, v.x, v.y));
    CHECK_U256(tr_u256_add(v.a, v.b), u256_of(v.r));
    TR_CHECK(BN_mod_sub(v.r, v.x, v.y, v.full, v.context));
    CHECK_U256(tr_u256_sub(v.a, v.b), u256_of(v.r));
    TR_CHECK(BN_mul(v.r, v.x, v.y, v.context));
    CHECK_U256(tr_u256_mul(v.a, v.b), u256_of(v.r));
    tr_u512 product = tr_u256_mul_full(v.a, v.b);
    TR_CHECK(BN_rshift(v.r, v.r, 256));
    CHECK_U256(((tr_u256){{product.w[4], product.w[5], product.w[6], product.w[7]}}), u256_of(v.r));
    TR_CHECK(BN_div(v.r, v.s, v.x, v.n, v.context));
    CHECK_U256(tr_u256_divmod(&v.a, &v.m, &rest), u256_of(v.r));
    CHECK_U256(rest, u256_of(v.s));
    CHECK_U256(tr_u256_div(&v.a, &v.m), u256_of(v.r));
    CHECK_U256(tr_u256_mod(&v.a, &v.m), u256_of(v.s));
    TR_CHECK(BN_mod_add(v.r, v.x, v.y, v.n, v.context));
    CHECK_U256(tr_u256_addmod(&v.a, &v.b, &v.m), u256_of(v.r));
    TR_CHECK(BN_mod_mul(v.r, v.x, v.y, v.n, v.context));
    CHECK_U256(tr_u256_mulmod(&v.a, &v.b, &v.m), u256_of(v.r));
    drop(&v);
}

TR_PROP(powers_agree_with_openssl)
{
    numbers v = make(g);
    TR_CHECK(BN_mod_exp(v.r, v.x, v.y, v.full, v.context));
    CHECK_U256(tr_u256_exp(&v.a, &v.b), u256_of(v.r));
    drop(&v);
}

TR_PROP(text_agrees_with_openssl)
{
    tr_u256 a = number(g), back;
    BIGNUM *x = bn_of(a);
    char *want = BN_bn2dec(x), got[TR_U256_DEC_TEXT];
    (void)tr_u256_to_dec(a, got);
    TR_CHECK_STR(got, want);
    TR_CHECK_OK(tr_u256_from_dec(NULL, tr_bytes_str(want), &back));
    CHECK_U256(back, a);
    OPENSSL_free(want);
    want = BN_bn2hex(x);
    TR_CHECK_OK(tr_u256_from_hex(NULL, tr_bytes_str(want), &back));
    CHECK_U256(back, a);
    OPENSSL_free(want);
    BN_free(x);
}
