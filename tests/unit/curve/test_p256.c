/* P-256 against OpenSSL's points, in each code that this machine runs. */
#include "curve/p256_table.h"
#include "harness.h"
#include "p256_oracle.h"

static const char *const names[] = {"portable", "bmi2"};

static bool verify_with(const tr_p256_code *code, const p256_case *c)
{
    return code->verify(c->hash, c->r, c->s, c->x, c->y);
}

/* What all codes and OpenSSL say of a case. */
static void check(p256_oracle *o, const p256_case *c, bool want)
{
    TR_CHECK_EQ(p256_oracle_verify(o, c), want);
    for (size_t i = 0; i < TR_COUNTOF(names); i++) {
        const tr_p256_code *code = tr_p256_find(names[i]);
        if (code == NULL) continue;
        TR_CHECK_MSG(verify_with(code, c) == want, "%s does not say %d", names[i], want);
        tr_p256_use(code);
        TR_CHECK_EQ(tr_p256_verify(c->hash, c->r, c->s, c->x, c->y), want);
    }
}

TR_TEST(codes_are_found_by_name)
{
    TR_CHECK(tr_p256_find("portable") == &tr_p256_portable);
    TR_CHECK(tr_p256_find("other") == NULL);
}

TR_TEST(the_table_holds_the_odd_multiples)
{
    p256_oracle o = p256_oracle_make();
    tr_p256_fp x, y;
    uint8_t bytes[64];
    for (unsigned i = 0; i < TR_P256_G_TABLE; i++) {
        TR_CHECK(BN_set_word(o.u, 2 * i + 1));
        TR_CHECK(EC_POINT_mul(o.group, o.sum, o.u, NULL, NULL, o.context));
        p256_write_point(&o, o.sum, bytes, bytes + 32);
        TR_CHECK(tr_p256_fp_read_be(&x, bytes) && tr_p256_fp_read_be(&y, bytes + 32));
        TR_CHECK(tr_p256_fp_eq(&x, &tr_p256_generator_odd[i].x));
        TR_CHECK(tr_p256_fp_eq(&y, &tr_p256_generator_odd[i].y));
    }
    TR_CHECK(EC_GROUP_get_curve(o.group, NULL, NULL, o.u, o.context));
    p256_write(o.u, bytes);
    TR_CHECK(tr_p256_fp_read_be(&x, bytes) && tr_p256_fp_eq(&x, &tr_p256_b));
    p256_oracle_drop(&o);
}

/* A number of any size, a small one, or a small one below the order. */
static void number(tr_gen *g, p256_oracle *o, uint8_t out[32])
{
    uint64_t kind = tr_gen_below(g, 4);
    if (kind < 2) {
        tr_gen_fill(g, out, 32);
        return;
    }
    TR_CHECK(BN_set_word(o->u, tr_gen_below(g, 40)));
    if (kind == 2) TR_CHECK(BN_mod_sub(o->u, o->n, o->u, o->n, o->context));
    p256_write(o->u, out);
}

TR_PROP(signatures_verify_and_changed_ones_do_not)
{
    p256_oracle o = p256_oracle_make();
    p256_case c;
    uint8_t key[32], nonce[32];
    number(g, &o, c.hash);
    number(g, &o, key);
    number(g, &o, nonce);
    if (p256_oracle_sign(&o, key, nonce, &c)) {
        check(&o, &c, true);
        p256_read(c.s, o.s);
        TR_CHECK(BN_sub(o.s, o.n, o.s));
        p256_write(o.s, c.s); /* the high one of the two */
        check(&o, &c, true);
        ((uint8_t *)&c)[tr_gen_below(g, sizeof(c))] ^= (uint8_t)(1 << tr_gen_below(g, 8));
        check(&o, &c, p256_oracle_verify(&o, &c));
    }
    p256_oracle_drop(&o);
}

/* Any r and s with any key: nearly all are refused, and the small ones make the two sums meet. */
TR_PROP(any_numbers_as_openssl)
{
    p256_oracle o = p256_oracle_make();
    p256_case c;
    uint8_t key[32];
    number(g, &o, c.hash);
    number(g, &o, key);
    number(g, &o, c.r);
    number(g, &o, c.s);
    p256_read(key, o.u);
    TR_CHECK(EC_POINT_mul(o.group, o.key, o.u, NULL, NULL, o.context));
    if (!EC_POINT_is_at_infinity(o.group, o.key)) {
        p256_write_point(&o, o.key, c.x, c.y);
        check(&o, &c, p256_oracle_verify(&o, &c));
    }
    p256_oracle_drop(&o);
}

/* u G + v Q with Q = d G, by hash and s: hash = u s, s = r / v. */
static void set_sum(p256_oracle *o, uint64_t u, uint64_t v, bool v_negative, p256_case *c)
{
    TR_CHECK(BN_set_word(o->u, u) && BN_set_word(o->v, v));
    if (v_negative) TR_CHECK(BN_sub(o->v, o->n, o->v));
    p256_read(c->r, o->r);
    TR_CHECK(BN_mod_inverse(o->s, o->v, o->n, o->context) != NULL);
    TR_CHECK(BN_mod_mul(o->s, o->s, o->r, o->n, o->context));
    TR_CHECK(BN_mod_mul(o->e, o->s, o->u, o->n, o->context));
    p256_write(o->s, c->s);
    p256_write(o->e, c->hash);
}

TR_TEST(equal_and_opposite_points_in_the_ladder)
{
    p256_oracle o = p256_oracle_make();
    for (uint64_t d = 1; d <= 5; d++) {
        for (uint64_t v = 1; v <= 20; v++) {
            p256_case c;
            /* The sum is (u + d v) G; r is the x of 2 d v G, which u = d v gives. */
            TR_CHECK(BN_set_word(o.u, 2 * d * v));
            TR_CHECK(EC_POINT_mul(o.group, o.sum, o.u, NULL, NULL, o.context));
            p256_write_point(&o, o.sum, c.r, c.x);
            TR_CHECK(BN_set_word(o.u, d));
            TR_CHECK(EC_POINT_mul(o.group, o.key, o.u, NULL, NULL, o.context));
            p256_write_point(&o, o.key, c.x, c.y);
            set_sum(&o, d * v, v, false, &c);
            check(&o, &c, true);
            set_sum(&o, d * v, v, true, &c); /* infinity */
            check(&o, &c, false);
            set_sum(&o, 0, v, false, &c); /* d v G */
            check(&o, &c, false);
        }
    }
    p256_oracle_drop(&o);
}

/* x of the sum is n + 6 or the next after it that is on the curve: r is it less n. */
TR_TEST(x_above_the_order)
{
    p256_oracle o = p256_oracle_make();
    p256_case c;
    EC_POINT *point = EC_POINT_new(o.group);
    unsigned r = 6;
    for (;; r++) {
        TR_CHECK(BN_copy(o.x, o.n) != NULL && BN_add_word(o.x, r));
        if (EC_POINT_set_compressed_coordinates(o.group, point, o.x, 0, o.context)) break;
    }
    /* Q = (s R - hash G) / r. */
    memset(&c, 0, sizeof(c));
    c.s[31] = 77;
    c.hash[31] = 99;
    c.r[31] = (uint8_t)r;
    p256_read(c.r, o.r);
    TR_CHECK(BN_mod_inverse(o.r, o.r, o.n, o.context) != NULL);
    TR_CHECK(BN_set_word(o.u, 99) && BN_set_word(o.v, 77));
    TR_CHECK(BN_sub(o.u, o.n, o.u));
    TR_CHECK(BN_mod_mul(o.u, o.u, o.r, o.n, o.context));
    TR_CHECK(BN_mod_mul(o.v, o.v, o.r, o.n, o.context));
    TR_CHECK(EC_POINT_mul(o.group, o.key, o.u, point, o.v, o.context));
    p256_write_point(&o, o.key, c.x, c.y);
    check(&o, &c, true);
    c.r[31] ^= 1;
    check(&o, &c, false);
    /* x itself is no r. */
    p256_write(o.n, c.r);
    c.r[31] = (uint8_t)(c.r[31] + r);
    check(&o, &c, false);
    EC_POINT_free(point);
    p256_oracle_drop(&o);
}

TR_TEST(numbers_out_of_range)
{
    p256_oracle o = p256_oracle_make();
    const BIGNUM *p = EC_GROUP_get0_field(o.group);
    p256_case good = {.hash = {1}}, c;
    const uint8_t key[32] = {5}, nonce[32] = {7}, ff[32] = {[0 ... 31] = 0xff};
    TR_CHECK(p256_oracle_sign(&o, key, nonce, &good));
    check(&o, &good, true);
    uint8_t *const fields[] = {c.r, c.s, c.x, c.y};
    for (size_t i = 0; i < TR_COUNTOF(fields); i++) {
        c = good;
        memset(fields[i], 0, 32);
        check(&o, &c, false);
        p256_write(i < 2 ? o.n : p, fields[i]);
        check(&o, &c, false);
        memcpy(fields[i], ff, 32);
        check(&o, &c, false);
        c = good;
        fields[i][31] ^= 1;
        check(&o, &c, false);
    }
    c = good;
    memset(c.x, 0, sizeof(c.x)); /* no infinity */
    memset(c.y, 0, sizeof(c.y));
    check(&o, &c, false);
    /* A hash at or above the order is the same as what is left of it. */
    memset(&c, 0, sizeof(c));
    p256_write(o.n, c.hash);
    TR_CHECK(p256_oracle_sign(&o, key, nonce, &c));
    check(&o, &c, true);
    memset(c.hash, 0, 32);
    check(&o, &c, true);
    p256_oracle_drop(&o);
}
