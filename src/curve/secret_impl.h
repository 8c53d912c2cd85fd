/* The template of multiples by secrets, after curve/group_impl.h: time and addresses do not depend
 * on the scalar.
 *
 *   TR_SECRET_3B        void (TR_GROUP_F *out, const TR_GROUP_F *a): a times 3 b, of y^2 = x^3 + b
 *   TR_SECRET_INVERSE   void (TR_GROUP_F *out, const TR_GROUP_F *a), of constant time; 0 for 0
 *
 * Points are homogeneous (x / z, y / z), with the complete formulas of J. Renes, C. Costello and
 * L. Batina, "Complete addition formulas for prime order elliptic curves" (2016): no case is
 * special, infinity (0, 1, 0) included, for points of odd order. */
#ifndef TR_CURVE_SECRET_IMPL_H
#define TR_CURVE_SECRET_IMPL_H

enum { TR_SECRET_WIDTH = 4, TR_SECRET_TABLE = 1 << TR_SECRET_WIDTH };

#endif

#ifdef TR_GROUP
#define TR_HOM TR_G(hom)

typedef struct TR_HOM {
    TR_GROUP_F x, y, z;
} TR_HOM;

TR_FIELD_SHARED void TR_G(hom_add)(TR_HOM *out, const TR_HOM *a, const TR_HOM *b)
{
    TR_GROUP_F t0, t1, t2, t3, t4, y, s;
    TR_GF(mul)(&t0, &a->x, &b->x);
    TR_GF(mul)(&t1, &a->y, &b->y);
    TR_GF(mul)(&t2, &a->z, &b->z);
    TR_GF(add)(&t3, &a->x, &a->y);
    TR_GF(add)(&s, &b->x, &b->y);
    TR_GF(mul)(&t3, &t3, &s);
    TR_GF(sub)(&t3, &t3, &t0);
    TR_GF(sub)(&t3, &t3, &t1); /* x1 y2 + x2 y1 */
    TR_GF(add)(&t4, &a->y, &a->z);
    TR_GF(add)(&s, &b->y, &b->z);
    TR_GF(mul)(&t4, &t4, &s);
    TR_GF(sub)(&t4, &t4, &t1);
    TR_GF(sub)(&t4, &t4, &t2); /* y1 z2 + y2 z1 */
    TR_GF(add)(&y, &a->x, &a->z);
    TR_GF(add)(&s, &b->x, &b->z);
    TR_GF(mul)(&y, &y, &s);
    TR_GF(sub)(&y, &y, &t0);
    TR_GF(sub)(&y, &y, &t2); /* x1 z2 + x2 z1 */
    TR_GF(double)(&s, &t0);
    TR_GF(add)(&t0, &s, &t0);
    TR_SECRET_3B(&t2, &t2);
    TR_SECRET_3B(&y, &y);
    TR_GF(add)(&s, &t1, &t2);
    TR_GF(sub)(&t1, &t1, &t2);
    TR_GF(mul)(&t2, &t4, &y);
    TR_GF(mul)(&out->x, &t3, &t1);
    TR_GF(sub)(&out->x, &out->x, &t2);
    TR_GF(mul)(&y, &y, &t0);
    TR_GF(mul)(&t1, &t1, &s);
    TR_GF(add)(&out->y, &t1, &y);
    TR_GF(mul)(&t0, &t0, &t3);
    TR_GF(mul)(&s, &s, &t4);
    TR_GF(add)(&out->z, &s, &t0);
}

TR_FIELD_SHARED void TR_G(hom_double)(TR_HOM *a)
{
    TR_GROUP_F t0, t1, t2, xy, z, s;
    TR_GF(sqr)(&t0, &a->y);
    TR_GF(mul)(&t1, &a->y, &a->z);
    TR_GF(sqr)(&t2, &a->z);
    TR_GF(mul)(&xy, &a->x, &a->y);
    TR_SECRET_3B(&t2, &t2);
    TR_GF(double)(&z, &t0);
    TR_GF(double)(&z, &z);
    TR_GF(double)(&z, &z);
    TR_GF(add)(&a->y, &t0, &t2);
    TR_GF(mul)(&s, &t2, &z);
    TR_GF(mul)(&a->z, &t1, &z);
    TR_GF(double)(&t1, &t2);
    TR_GF(add)(&t2, &t1, &t2);
    TR_GF(sub)(&t0, &t0, &t2);
    TR_GF(mul)(&a->y, &t0, &a->y);
    TR_GF(add)(&a->y, &a->y, &s);
    TR_GF(mul)(&a->x, &t0, &xy);
    TR_GF(double)(&a->x, &a->x);
}

/* out = table[index], looking at all of them. */
static inline void TR_G(hom_pick)(TR_HOM *out, const TR_HOM table[TR_SECRET_TABLE], unsigned index)
{
    *out = table[0];
    for (unsigned i = 1; i < TR_SECRET_TABLE; i++) {
        bool here = ((i ^ index) - 1) >> 31 != 0;
        TR_GF(select)(&out->x, &out->x, &table[i].x, here);
        TR_GF(select)(&out->y, &out->y, &table[i].y, here);
        TR_GF(select)(&out->z, &out->z, &table[i].z, here);
    }
}

TR_FIELD_SHARED void TR_G(secret_mul)(const TR_GROUP *a, const uint8_t scalar[32], TR_GROUP *out)
{
    TR_HOM table[TR_SECRET_TABLE], sum, term;
    memset(&table[0], 0, sizeof(table[0]));
    table[0].y = TR_GROUP_ONE;
    table[1] = (TR_HOM){a->x, a->y, TR_GROUP_ONE};
    if (TR_G(is_inf)(a)) table[1] = table[0]; /* the point is no secret */
    for (unsigned i = 2; i < TR_SECRET_TABLE; i++)
        TR_G(hom_add)(&table[i], &table[i - 1], &table[1]);
    sum = table[0];
    for (unsigned i = 0; i < 64; i++) {
        unsigned digit = i % 2 == 0 ? scalar[i / 2] >> 4 : scalar[i / 2] & 15u;
        for (unsigned j = 0; j < TR_SECRET_WIDTH; j++) TR_G(hom_double)(&sum);
        TR_G(hom_pick)(&term, table, digit);
        TR_G(hom_add)(&sum, &sum, &term);
    }
    TR_SECRET_INVERSE(&term.z, &sum.z);
    TR_GF(mul)(&out->x, &sum.x, &term.z);
    TR_GF(mul)(&out->y, &sum.y, &term.z);
    tr_wipe(table, sizeof(table));
    tr_wipe(&sum, sizeof(sum));
    tr_wipe(&term, sizeof(term));
}

#undef TR_HOM
#undef TR_SECRET_3B
#undef TR_SECRET_INVERSE
#endif
