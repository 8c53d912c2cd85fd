/* The pairing of BLS12-381. */
#include "bls_choices.h"

static tr_bls_gt one(void)
{
    tr_bls_gt x;
    memset(&x, 0, sizeof(x));
    x.c[0].c0 = tr_bls_fp_one;
    return x;
}

/* What the library blst 0.3 gives for the generators, coefficient by coefficient. */
TR_TEST(pairing_of_the_generators)
{
    static const char *const want[12] = {
        "1250ebd871fc0a92a7b2d83168d0d727272d441befa15c503dd8e90ce98db3e7"
        "b6d194f60839c508a84305aaca1789b6",
        "089a1c5b46e5110b86750ec6a532348868a84045483c92b7af5af689452eafab"
        "f1a8943e50439f1d59882a98eaa0170f",
        "1368bb445c7c2d209703f239689ce34c0378a68e72a6b3b216da0e22a5031b54"
        "ddff57309396b38c881c4c849ec23e87",
        "193502b86edb8857c273fa075a50512937e0794e1e65a7617c90d8bd66065b1f"
        "ffe51d7a579973b1315021ec3c19934f",
        "01b2f522473d171391125ba84dc4007cfbf2f8da752f7c74185203fcca589ac7"
        "19c34dffbbaad8431dad1c1fb597aaa5",
        "018107154f25a764bd3c79937a45b84546da634b8f6be14a8061e55cceba478b"
        "23f7dacaa35c8ca78beae9624045b4b6",
        "19f26337d205fb469cd6bd15c3d5a04dc88784fbb3d0b2dbdea54d43b2b73f2c"
        "bb12d58386a8703e0f948226e47ee89d",
        "06fba23eb7c5af0d9f80940ca771b6ffd5857baaf222eb95a7d2809d61bfe02e"
        "1bfd1b68ff02f0b8102ae1c2d5d5ab1a",
        "11b8b424cd48bf38fcef68083b0b0ec5c81a93b330ee1a677d0d15ff7b984e89"
        "78ef48881e32fac91b93b47333e2ba57",
        "03350f55a7aefcd3c31b4fcb6ce5771cc6a0e9786ab5973320c806ad36082910"
        "7ba810c5a09ffdd9be2291a0c25a99a2",
        "04c581234d086a9902249b64728ffd21a189e87935a954051c7cdba7b3872629"
        "a4fafc05066245cb9108f0242d0fe3ef",
        "0f41e58663bf08cf068672cbd01a7ec73baca4d72ca93544deff686bfd6df543"
        "d48eaa24afe47e1efde449383b676631",
    };
    BLS_EACH(name)
    {
        tr_bls_gt x;
        uint8_t bytes[48];
        tr_bls_pairing(1, &tr_bls_g1_generator, &tr_bls_g2_generator, &x);
        for (unsigned i = 0; i < 12; i++) {
            tr_bls_fp_write_be(bytes, i % 2 == 0 ? &x.c[i / 2].c0 : &x.c[i / 2].c1);
            TR_CHECK_BYTES(TR_VIEW(bytes), tr_test_hex(want[i]));
        }
    }
}

/* e(a P, b Q) = e(a b P, Q) = e(P, a b Q), and = e(P, Q)^n for a small n = a b. */
TR_PROP(pairing_is_bilinear)
{
    uint8_t a[32], b[32];
    tr_bls_g1 p, ap, abp;
    tr_bls_g2 q, bq, abq;
    tr_bls_gt x, y;
    if (!bls_now_and_then(g)) return;
    bls_gen_scalar(g, a);
    bls_gen_scalar(g, b);
    p = bls_gen_g1(g);
    q = bls_gen_g2(g);
    tr_bls_g1_mul(&p, a, &ap);
    tr_bls_g1_mul(&ap, b, &abp);
    tr_bls_g2_mul(&q, b, &bq);
    tr_bls_g2_mul(&bq, a, &abq);
    BLS_EACH(name)
    {
        tr_bls_pairing(1, &ap, &bq, &x);
        tr_bls_pairing(1, &abp, &q, &y);
        TR_CHECK(tr_bls_gt_eq(&x, &y));
        tr_bls_pairing(1, &p, &abq, &y);
        TR_CHECK(tr_bls_gt_eq(&x, &y));
    }
}

TR_TEST(pairing_is_not_degenerate_and_multiplies)
{
    uint8_t k[32] = {0};
    tr_bls_g1 p;
    tr_bls_gt x, y, unit = one();
    k[31] = 5;
    tr_bls_g1_mul(&tr_bls_g1_generator, k, &p);
    BLS_EACH(name)
    {
        tr_bls_gt power = unit;
        tr_bls_pairing(1, &tr_bls_g1_generator, &tr_bls_g2_generator, &x);
        TR_CHECK(!tr_bls_gt_eq(&x, &unit));
        for (unsigned i = 0; i < 5; i++) tr_bls_gt_mul(&power, &x, &power);
        tr_bls_pairing(1, &p, &tr_bls_g2_generator, &y);
        TR_CHECK(tr_bls_gt_eq(&power, &y));
    }
}

TR_TEST(infinity_pairs_to_one)
{
    tr_bls_g1 p[2] = {tr_bls_g1_generator};
    tr_bls_g2 q[2] = {tr_bls_g2_generator, tr_bls_g2_generator};
    tr_bls_g2 none;
    tr_bls_gt x, y, unit = one();
    memset(&none, 0, sizeof(none));
    BLS_EACH(name)
    {
        tr_bls_pairing(0, NULL, NULL, &x);
        TR_CHECK(tr_bls_gt_eq(&x, &unit));
        TR_CHECK(tr_bls_pairing_is_one(0, NULL, NULL));
        TR_CHECK(tr_bls_pairing_is_one(1, &p[1], q));
        TR_CHECK(tr_bls_pairing_is_one(1, p, &none));
        TR_CHECK(!tr_bls_pairing_is_one(1, p, q));
        tr_bls_pairing(2, p, q, &x); /* the second has no point of G1 */
        tr_bls_pairing(1, p, q, &y);
        TR_CHECK(tr_bls_gt_eq(&x, &y));
    }
}

/* More pairs than are taken together, some of them with infinity, beside one at a time. */
TR_TEST(many_pairs_are_a_product)
{
    enum { MANY = 37 };
    tr_bls_g1 p[MANY];
    tr_bls_g2 q[MANY];
    for (unsigned i = 0; i < MANY; i++) {
        uint8_t k[32] = {0};
        tr_store64be(k, tr_test_random() >> 1);
        tr_store64be(k + 24, tr_test_random());
        tr_bls_g1_mul(&tr_bls_g1_generator, k, &p[i]);
        tr_bls_g2_mul(&tr_bls_g2_generator, k, &q[i]);
        if (i % 10 == 9) memset(&p[i], 0, sizeof(p[i]));
        if (i % 11 == 10) memset(&q[i], 0, sizeof(q[i]));
    }
    BLS_EACH(name)
    {
        tr_bls_gt product = one(), x;
        for (unsigned i = 0; i < MANY; i++) {
            tr_bls_pairing(1, &p[i], &q[i], &x);
            tr_bls_gt_mul(&product, &x, &product);
        }
        tr_bls_pairing(MANY, p, q, &x);
        TR_CHECK(tr_bls_gt_eq(&product, &x));
        TR_CHECK(!tr_bls_pairing_is_one(MANY, p, q));
    }
}

TR_PROP(opposite_pairs_cancel)
{
    tr_bls_g1 p[2] = {bls_gen_g1(g)};
    tr_bls_g2 q[2] = {bls_gen_g2(g)};
    if (!bls_now_and_then(g)) return;
    tr_bls_g1_neg(&p[0], &p[1]);
    q[1] = q[0];
    BLS_EACH(name) TR_CHECK(tr_bls_pairing_is_one(2, p, q));
}
