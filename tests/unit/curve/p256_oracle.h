/* P-256 by OpenSSL's points and big numbers: makes signatures, and verifies them as the formula
 * says, for the test and the fuzzer. */
#ifndef TR_TESTS_P256_ORACLE_H
#define TR_TESTS_P256_ORACLE_H

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>

#include "base/base.h"

/* The five inputs of a verification, in the order of the precompile. */
typedef struct p256_case {
    uint8_t hash[32], r[32], s[32], x[32], y[32];
} p256_case;

typedef struct p256_oracle {
    EC_GROUP *group;
    BN_CTX *context;
    const BIGNUM *n;
    BIGNUM *e, *r, *s, *u, *v, *x, *y;
    EC_POINT *key, *sum;
} p256_oracle;

static inline p256_oracle p256_oracle_make(void)
{
    p256_oracle o = {.group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1),
                     .context = BN_CTX_new(),
                     .e = BN_new(),
                     .r = BN_new(),
                     .s = BN_new(),
                     .u = BN_new(),
                     .v = BN_new(),
                     .x = BN_new(),
                     .y = BN_new()};
    o.n = EC_GROUP_get0_order(o.group);
    o.key = EC_POINT_new(o.group);
    o.sum = EC_POINT_new(o.group);
    return o;
}

static inline void p256_oracle_drop(p256_oracle *o)
{
    BIGNUM *all[] = {o->e, o->r, o->s, o->u, o->v, o->x, o->y};
    for (size_t i = 0; i < TR_COUNTOF(all); i++) BN_free(all[i]);
    EC_POINT_free(o->key);
    EC_POINT_free(o->sum);
    EC_GROUP_free(o->group);
    BN_CTX_free(o->context);
}

static inline void p256_read(const uint8_t in[32], BIGNUM *out)
{
    TR_ASSERT(BN_bin2bn(in, 32, out) != NULL);
}

static inline void p256_write(const BIGNUM *in, uint8_t out[32])
{
    TR_ASSERT(BN_bn2binpad(in, out, 32) == 32);
}

static inline void p256_write_point(p256_oracle *o, const EC_POINT *point, uint8_t x[32],
                                    uint8_t y[32])
{
    TR_ASSERT(EC_POINT_get_affine_coordinates(o->group, point, o->x, o->y, o->context));
    p256_write(o->x, x);
    p256_write(o->y, y);
}

static inline bool p256_oracle_verify(p256_oracle *o, const p256_case *c)
{
    p256_read(c->hash, o->e);
    p256_read(c->r, o->r);
    p256_read(c->s, o->s);
    p256_read(c->x, o->x);
    p256_read(c->y, o->y);
    if (BN_is_zero(o->r) || BN_cmp(o->r, o->n) >= 0) return false;
    if (BN_is_zero(o->s) || BN_cmp(o->s, o->n) >= 0) return false;
    if (BN_cmp(o->x, EC_GROUP_get0_field(o->group)) >= 0) return false;
    if (BN_cmp(o->y, EC_GROUP_get0_field(o->group)) >= 0) return false;
    if (!EC_POINT_set_affine_coordinates(o->group, o->key, o->x, o->y, o->context)) return false;
    TR_ASSERT(BN_mod_inverse(o->s, o->s, o->n, o->context) != NULL);
    TR_ASSERT(BN_mod_mul(o->u, o->e, o->s, o->n, o->context));
    TR_ASSERT(BN_mod_mul(o->v, o->r, o->s, o->n, o->context));
    TR_ASSERT(EC_POINT_mul(o->group, o->sum, o->u, o->key, o->v, o->context));
    if (EC_POINT_is_at_infinity(o->group, o->sum)) return false;
    TR_ASSERT(EC_POINT_get_affine_coordinates(o->group, o->sum, o->x, o->y, o->context));
    TR_ASSERT(BN_nnmod(o->x, o->x, o->n, o->context));
    return BN_cmp(o->x, o->r) == 0;
}

/* Signs c->hash with a key and a nonce; false: one of them is 0 modulo the order, or r or s is. */
static inline bool p256_oracle_sign(p256_oracle *o, const uint8_t key[32], const uint8_t nonce[32],
                                    p256_case *c)
{
    p256_read(key, o->u);
    p256_read(nonce, o->v);
    p256_read(c->hash, o->e);
    TR_ASSERT(BN_nnmod(o->u, o->u, o->n, o->context) && BN_nnmod(o->v, o->v, o->n, o->context));
    if (BN_is_zero(o->u) || BN_is_zero(o->v)) return false;
    TR_ASSERT(EC_POINT_mul(o->group, o->key, o->u, NULL, NULL, o->context));
    TR_ASSERT(EC_POINT_mul(o->group, o->sum, o->v, NULL, NULL, o->context));
    TR_ASSERT(EC_POINT_get_affine_coordinates(o->group, o->sum, o->r, o->y, o->context));
    TR_ASSERT(BN_nnmod(o->r, o->r, o->n, o->context));
    TR_ASSERT(BN_mod_mul(o->s, o->r, o->u, o->n, o->context));
    TR_ASSERT(BN_mod_add(o->s, o->s, o->e, o->n, o->context));
    TR_ASSERT(BN_mod_inverse(o->v, o->v, o->n, o->context) != NULL);
    TR_ASSERT(BN_mod_mul(o->s, o->s, o->v, o->n, o->context));
    if (BN_is_zero(o->r) || BN_is_zero(o->s)) return false;
    p256_write(o->r, c->r);
    p256_write(o->s, c->s);
    p256_write_point(o, o->key, c->x, c->y);
    return true;
}

#endif
