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
    if (!bn_one_in(g, 32)) return;
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
    if (!bn_one_in(g, 16)) return;
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

/* e of the generators, from gnark-crypto 0.22.0, whose tower and final exponent are the same: the
 * highest coefficient first. */
TR_TEST(the_value_for_the_generators)
{
    tr_bn_gt e;
    uint8_t bytes[384];
    BN_EACH(name)
    {
        pair(&tr_bn_g1_generator, &tr_bn_g2_generator, &e);
        for (unsigned i = 0; i < 6; i++) {
            tr_bn_fp_write_be(bytes + 64 * i, &e.c[5 - i].c1);
            tr_bn_fp_write_be(bytes + 64 * i + 32, &e.c[5 - i].c0);
        }
        TR_CHECK_BYTES(
            TR_VIEW(bytes),
            tr_test_hex("00f97b5221474526b601f3730a3afa965ceee1b343940c383e5314859e762c97"
                        "13a8afd3085dae4c6c91476ef36cd1d318ce07bac42a9c0f9bd7fddaf5ebd723"
                        "0b53320e5a6488cb98a855ffc837d2a75ab90d61ac16cc1b7ab2cd3ed5e22b97"
                        "1dc0e7bbc3d70e6689dc206b4b91c85759dc1a23043c585fdfaf545838ca7429"
                        "14d3d6ca72d8a950a31dc10f7b4053c9e9ad9ebb590cb4a60f8215d4b99f2b4a"
                        "095c0fbf5d5a1ac023794a0d856f92591ba990ecfd4b7aef5c0d58c5dc2429fe"
                        "1c54a530398c9064bdc662d929e645cadda9a712cc5a8243f9cddbd2d98dd1f0"
                        "0afc2f3fd870678fbe359d7f9873f052478f590b211ce30bf5e3eeaef89eafdb"
                        "040ba9fa500f1a5c4b31984a74e68659c4b420bd699ce630b130b08a6ea1162b"
                        "13a9f2d6e29b128da5b1ad44b31977935fd2957387ecb1fc4e135402fdbd1de0"
                        "02e02d2cc795a2000a1b1f823879abbd397c4dea0918ed66b49d34b48efb8a4a"
                        "262b253feda94cfe0da01bde280a3ed6f87e5feb898578b55e1f63739d870e95"));
    }
}

enum { MOST = 40 };

/* Any number of pairs: the product of single pairings; pairs with infinity among them. */
TR_PROP(many_pairs)
{
    if (!bn_one_in(g, 64)) return;
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
    if (!bn_one_in(g, 32)) return;
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
