/* The pairing of BN254. */
#include "bn254_choices.h"

static void pair(const tr_bn_g1 *a, const tr_bn_g2 *b, tr_bn_gt *out)
{
    tr_bn_pairing(1, a, b, out);
}

static const uint8_t *order(void)
{
    return tr_test_hex("30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001").data;
}

/* e(k P, Q) = e(P, k Q) = e(P, Q)^k. */
TR_PROP(bilinear)
{
    uint8_t k[32];
    tr_bn_g1 p = bn_gen_g1(g), kp;
    tr_bn_g2 q = bn_gen_g2(g), kq;
    tr_bn_gt e, left, right;
    bn_gen_scalar(g, k);
    BN_EACH(name)
    {
        tr_bn_g1_mul(&p, k, &kp);
        tr_bn_g2_mul(&q, k, &kq);
        pair(&p, &q, &e);
        pair(&kp, &q, &left);
        pair(&p, &kq, &right);
        TR_CHECK(tr_bn_gt_eq(&left, &right));
        tr_bn_gt_pow(&e, k, &e);
        TR_CHECK(tr_bn_gt_eq(&left, &e));
    }
}

/* e(A + B, Q) = e(A, Q) e(B, Q), and the same in G2. */
TR_PROP(sums_become_products)
{
    tr_bn_g1 a = bn_gen_g1(g), b = bn_gen_g1(g), sum;
    tr_bn_g2 c = bn_gen_g2(g), d = bn_gen_g2(g), total;
    tr_bn_gt x, y, z;
    tr_bn_g1_add(&a, &b, &sum);
    pair(&a, &c, &x);
    pair(&b, &c, &y);
    tr_bn_gt_mul(&x, &y, &x);
    pair(&sum, &c, &z);
    TR_CHECK(tr_bn_gt_eq(&x, &z));
    tr_bn_g2_add(&c, &d, &total);
    pair(&a, &c, &x);
    pair(&a, &d, &y);
    tr_bn_gt_mul(&x, &y, &x);
    pair(&a, &total, &z);
    TR_CHECK(tr_bn_gt_eq(&x, &z));
}

TR_TEST(not_degenerate)
{
    tr_bn_gt e, power;
    tr_bn_g1 zero;
    tr_bn_g2 none;
    memset(&zero, 0, sizeof(zero));
    memset(&none, 0, sizeof(none));
    BN_EACH(name)
    {
        pair(&tr_bn_g1_generator, &tr_bn_g2_generator, &e);
        TR_CHECK(!tr_bn_pairing_is_one(1, &tr_bn_g1_generator, &tr_bn_g2_generator));
        tr_bn_gt_pow(&e, order(), &power);
        pair(&zero, &tr_bn_g2_generator, &e);
        TR_CHECK(tr_bn_gt_eq(&e, &power)); /* both are 1 */
        pair(&tr_bn_g1_generator, &none, &e);
        TR_CHECK(tr_bn_gt_eq(&e, &power));
        TR_CHECK(tr_bn_pairing_is_one(0, NULL, NULL));
        TR_CHECK(tr_bn_pairing_is_one(1, &zero, &none));
    }
}

enum { MOST = 40 };

/* Any number of pairs: the product of single pairings; pairs with infinity among them. */
TR_PROP(many_pairs)
{
    tr_bn_g1 a[MOST];
    tr_bn_g2 b[MOST];
    tr_bn_gt all, one, product;
    size_t n = 1 + tr_gen_below(g, 6);
    if (tr_gen_below(g, 8) == 0) n = MOST;
    for (size_t i = 0; i < n; i++) {
        if (i < 6) {
            a[i] = bn_gen_g1(g);
            b[i] = bn_gen_g2(g);
        } else {
            tr_bn_g1_add(&a[i - 1], &tr_bn_g1_generator, &a[i]);
            tr_bn_g2_add(&b[i - 1], &tr_bn_g2_generator, &b[i]);
        }
        if (tr_gen_below(g, 8) == 0) memset(&a[i], 0, sizeof(a[i]));
        if (tr_gen_below(g, 8) == 0) memset(&b[i], 0, sizeof(b[i]));
    }
    tr_bn_pairing(0, NULL, NULL, &product);
    for (size_t i = 0; i < n; i++) {
        pair(&a[i], &b[i], &one);
        tr_bn_gt_mul(&product, &one, &product);
    }
    BN_EACH(name)
    {
        tr_bn_pairing(n, a, b, &all);
        TR_CHECK_MSG(tr_bn_gt_eq(&all, &product), "%s: %zu pairs", name, n);
    }
}

/* e(a P, b Q) e(-ab P, Q) = 1, and not with another number. */
TR_PROP(checks_of_products)
{
    uint8_t x[32] = {0}, y[32] = {0}, xy[32];
    tr_bn_g1 p[2];
    tr_bn_g2 q[2];
    tr_bn_fr u, v;
    tr_bn_fr_of_u64(&u, 1 + tr_gen_u64(g) / 2);
    tr_bn_fr_of_u64(&v, 1 + tr_gen_u64(g) / 2);
    tr_bn_fr_write_be(x, &u);
    tr_bn_fr_write_be(y, &v);
    tr_bn_fr_mul(&u, &u, &v);
    tr_bn_fr_neg(&u, &u);
    tr_bn_fr_write_be(xy, &u);
    tr_bn_g1_mul(&tr_bn_g1_generator, x, &p[0]);
    tr_bn_g2_mul(&tr_bn_g2_generator, y, &q[0]);
    tr_bn_g1_mul(&tr_bn_g1_generator, xy, &p[1]);
    q[1] = tr_bn_g2_generator;
    BN_EACH(name) TR_CHECK(tr_bn_pairing_is_one(2, p, q));
    tr_bn_g1_add(&p[1], &tr_bn_g1_generator, &p[1]);
    BN_EACH(name) TR_CHECK(!tr_bn_pairing_is_one(2, p, q));
}
