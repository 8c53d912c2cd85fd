/* Long division of u256.c, inline so that it is compiled once for every processor and once more for
 * those with BMI2, and the table of what is compiled twice. */
#ifndef TR_FIELD_U256_INTERNAL_H
#define TR_FIELD_U256_INTERNAL_H

#include "field/divide_internal.h"
#include "field/u256.h"

typedef struct tr_u256_backend {
    const char *name;
    tr_u256 (*mod_512)(const tr_u512 *a, const tr_u256 *m);
    tr_u256 (*mulmod)(const tr_u256 *a, const tr_u256 *b, const tr_u256 *m);
} tr_u256_backend;

extern const tr_u256_backend tr_u256_portable, tr_u256_bmi2;

/* tr_u256_use chooses for the whole process; before any thread. */
void tr_u256_use(const tr_u256_backend *chosen);

/* tr_u256_find gives the backend of this name, or NULL where this processor lacks it. */
const tr_u256_backend *tr_u256_find(const char *name);

/* A divisor of one limb.  On x86-64 the processor's division is faster here than a reciprocal. */
typedef struct tr_divisor_1 {
    uint64_t d, v;
    unsigned shift;
} tr_divisor_1;

static TR_FIELD_INLINE uint64_t tr_divide_step_1(const uint64_t *a, unsigned i,
                                                 const tr_divisor_1 *by, uint64_t *rest)
{
#if defined(__x86_64__)
    return tr_limb_div_hard(*rest, a[i], by->d, rest);
#else
    uint64_t next = tr_limb_shift_up(a[i], i == 0 ? 0 : a[i - 1], by->shift);
    return tr_limb_div_2by1(*rest, next, by->d, by->v, rest);
#endif
}

/* Division of len limbs by one; a quotient is wanted only of four. */
static TR_FIELD_INLINE uint64_t tr_divide_by_1(const uint64_t *a, unsigned len, uint64_t b,
                                               tr_u256 *q)
{
    uint64_t digit[4] = {0, 0, 0, 0}, rest = 0;
    while (len > 1 && a[len - 1] == 0) len--;
#if defined(__x86_64__)
    tr_divisor_1 by = {.d = b};
#else
    if (len == 1) {
        if (q != NULL) *q = tr_u256_of(a[0] / b);
        return a[0] % b;
    }
    unsigned shift = tr_clz64(b);
    tr_divisor_1 by = {.d = b << shift, .v = tr_limb_reciprocal(b << shift), .shift = shift};
    rest = tr_limb_shift_up(0, a[len - 1], shift);
#endif
    for (unsigned i = len; i-- > 4;) (void)tr_divide_step_1(a, i, &by, &rest);
    /* Without a loop the digits stay in registers. */
    if (len > 3) digit[3] = tr_divide_step_1(a, 3, &by, &rest);
    if (len > 2) digit[2] = tr_divide_step_1(a, 2, &by, &rest);
    if (len > 1) digit[1] = tr_divide_step_1(a, 1, &by, &rest);
    digit[0] = tr_divide_step_1(a, 0, &by, &rest);
    if (q != NULL) *q = (tr_u256){{digit[0], digit[1], digit[2], digit[3]}};
    return rest >> by.shift;
}

/* The digit at place i of a, shifted up, by d1:d0. */
static TR_FIELD_INLINE uint64_t tr_divide_step_2(const uint64_t *a, unsigned i, unsigned shift,
                                                 uint64_t d1, uint64_t d0, uint64_t v,
                                                 tr_two_limbs *rest)
{
    uint64_t next = tr_limb_shift_up(a[i], i == 0 ? 0 : a[i - 1], shift);
    return tr_limb_div_3by2(*rest, next, d1, d0, v, rest);
}

/* Division of len limbs by two; a quotient is wanted only of four. */
static TR_FIELD_INLINE tr_u256 tr_divide_by_2(const uint64_t *a, unsigned len, const tr_u256 *b,
                                              tr_u256 *q)
{
    while (len > 2 && a[len - 1] == 0) len--;
    unsigned shift = tr_clz64(b->w[1]);
    uint64_t d1 = tr_limb_shift_up(b->w[1], b->w[0], shift), d0 = b->w[0] << shift;
    uint64_t v = tr_limb_reciprocal_2(d1, d0), digit[3] = {0, 0, 0};
    tr_two_limbs rest = tr_limb_pair(tr_limb_shift_up(0, a[len - 1], shift),
                                     tr_limb_shift_up(a[len - 1], a[len - 2], shift));
    for (unsigned i = len - 1; i-- > 3;) (void)tr_divide_step_2(a, i, shift, d1, d0, v, &rest);
    if (len > 3) digit[2] = tr_divide_step_2(a, 2, shift, d1, d0, v, &rest);
    if (len > 2) digit[1] = tr_divide_step_2(a, 1, shift, d1, d0, v, &rest);
    digit[0] = tr_divide_step_2(a, 0, shift, d1, d0, v, &rest);
    if (q != NULL) *q = (tr_u256){{digit[0], digit[1], digit[2], 0}};
    rest >>= shift;
    return (tr_u256){{(uint64_t)rest, tr_limb_high(rest), 0, 0}};
}

/* tr_divide_digit where the estimate does not fit a limb. */
static TR_FIELD_CALL uint64_t tr_divide_digit_with_care(tr_u256 *r, uint64_t next, const tr_u256 *d)
{
    uint64_t digit = UINT64_MAX, carry = 0, borrow = 0;
    uint64_t from[5] = {next, r->w[0], r->w[1], r->w[2], r->w[3]};
    for (unsigned i = 0; i < 4; i++) {
        uint64_t part = tr_limb_mul_add(digit, d->w[i], 0, &carry);
        from[i] = tr_limb_sub(from[i], part, &borrow);
    }
    uint64_t above = tr_limb_sub(from[4], carry, &borrow);
    tr_u256 less = {{from[0], from[1], from[2], from[3]}};
    while (above != 0) {
        bool out;
        less = tr_u256_add_carry(less, *d, &out);
        above += out;
        digit--;
    }
    *r = less;
    return digit;
}

/* r:next minus digit times d, and d added back to it if that is negative.  Returns what is then
 * above the four limbs of r (nearly always 0), and whether d was added. */
static TR_FIELD_INLINE uint64_t tr_divide_take(tr_u256 *r, uint64_t next, uint64_t digit,
                                               const tr_u256 *d, bool *negative)
{
    uint64_t carry = 0;
    uint64_t part0 = tr_limb_mul_add(digit, d->w[0], 0, &carry);
    uint64_t part1 = tr_limb_mul_add(digit, d->w[1], 0, &carry);
    uint64_t part2 = tr_limb_mul_add(digit, d->w[2], 0, &carry);
    uint64_t part3 = tr_limb_mul_add(digit, d->w[3], 0, &carry);
    uint64_t r0 = next, r1 = r->w[0], r2 = r->w[1], r3 = r->w[2], above = r->w[3];
#if defined(__x86_64__)
    /* The parts, once taken, make room for the sum. */
    __asm__("subq %[p0], %[r0]\n\tsbbq %[p1], %[r1]\n\tsbbq %[p2], %[r2]\n\t"
            "sbbq %[p3], %[r3]\n\tsbbq %[p4], %[r4]\n\t"
            "movq %[r0], %[p0]\n\tmovq %[r1], %[p1]\n\tmovq %[r2], %[p2]\n\t"
            "movq %[r3], %[p3]\n\tmovq %[r4], %[p4]\n\t"
            "addq %[d0], %[p0]\n\tadcq %[d1], %[p1]\n\tadcq %[d2], %[p2]\n\t"
            "adcq %[d3], %[p3]\n\tadcq $0, %[p4]\n\t"
            "testq %[r4], %[r4]\n\tcmovneq %[p0], %[r0]\n\tcmovneq %[p1], %[r1]\n\t"
            "cmovneq %[p2], %[r2]\n\tcmovneq %[p3], %[r3]\n\tcmoveq %[r4], %[p4]"
            : [r0] "+&r"(r0), [r1] "+&r"(r1), [r2] "+&r"(r2), [r3] "+&r"(r3), [r4] "+&r"(above),
              [p0] "+&r"(part0), [p1] "+&r"(part1), [p2] "+&r"(part2), [p3] "+&r"(part3),
              [p4] "+&r"(carry)
            : [d0] "m"(d->w[0]), [d1] "m"(d->w[1]), [d2] "m"(d->w[2]), [d3] "m"(d->w[3])
            : "cc");
    *negative = above != 0;
    *r = (tr_u256){{r0, r1, r2, r3}};
    return carry;
#else
    uint64_t borrow = 0, out = 0;
    tr_u256 less, more;
    less.w[0] = tr_limb_sub(r0, part0, &borrow);
    less.w[1] = tr_limb_sub(r1, part1, &borrow);
    less.w[2] = tr_limb_sub(r2, part2, &borrow);
    less.w[3] = tr_limb_sub(r3, part3, &borrow);
    above = tr_limb_sub(above, carry, &borrow);
    for (unsigned i = 0; i < 4; i++) more.w[i] = tr_limb_add(less.w[i], d->w[i], &out);
    *negative = above != 0;
    for (unsigned i = 0; i < 4; i++) r->w[i] = *negative ? more.w[i] : less.w[i];
    return above + (*negative & out);
#endif
}

/* One digit of the quotient of r:next by d, r below d; r becomes the rest.  The estimate of the
 * digit from the upper limbs and the reciprocal of d's upper two is right or one too many, both
 * often; more is possible but rare.  So d is added back without a branch. */
static TR_FIELD_INLINE uint64_t tr_divide_digit(tr_u256 *r, uint64_t next, const tr_u256 *d,
                                                uint64_t v)
{
    tr_two_limbs high = tr_limb_pair(r->w[3], r->w[2]);
    uint64_t digit = tr_limb_high((tr_two_limbs)v * r->w[3] + high) + 1;
    if (TR_UNLIKELY(digit == 0 || r->w[3] >= d->w[3])) {
        tr_u256 copy = *r; /* so that r itself stays in registers */
        digit = tr_divide_digit_with_care(&copy, next, d);
        *r = copy;
        return digit;
    }
    bool negative;
    tr_u256 less = *r;
    uint64_t above = tr_divide_take(&less, next, digit, d, &negative);
    digit -= negative;
    while (TR_UNLIKELY(above >> 63 != 0)) {
        bool c;
        less = tr_u256_add_carry(less, *d, &c);
        above += c;
        digit--;
    }
    while (TR_UNLIKELY(above != 0 || less.w[3] >= d->w[3])) {
        if (above == 0 && tr_u256_lt(less, *d)) break;
        bool c;
        less = tr_u256_sub_borrow(less, *d, &c);
        above -= c;
        digit++;
    }
    *r = less;
    return digit;
}

static TR_FIELD_INLINE bool tr_divide_is_less(const tr_u256 *a, const tr_u256 *b)
{
    return a->w[3] != b->w[3] ? a->w[3] < b->w[3] : tr_u256_lt(*a, *b);
}

/* Division of len limbs (at most 8) by four, or by three, which become four by a shift of a whole
 * limb more.  A quotient is wanted only of four limbs by three, and then begins as 0. */
static TR_FIELD_INLINE tr_u256 tr_divide_by_4(const uint64_t *a, unsigned len, const tr_u256 *b,
                                              unsigned limb, tr_two_limbs *q)
{
    unsigned shift = tr_clz64(b->w[3 - limb]);
    uint64_t y[10];
    y[0] = 0;
    for (unsigned i = 0; i <= len; i++)
        y[limb + i] = tr_limb_shift_up(i == len ? 0 : a[i], i == 0 ? 0 : a[i - 1], shift);
    tr_u256 d;
    for (unsigned i = 0; i < 4; i++)
        d.w[i] = i < limb
                     ? 0
                     : tr_limb_shift_up(b->w[i - limb], i == limb ? 0 : b->w[i - limb - 1], shift);
    uint64_t v = tr_limb_reciprocal_2(d.w[3], d.w[2]);

    /* Leading limbs that do not reach the divisor make no digit. */
    unsigned i = len + 1 + limb - 4;
    tr_u256 r = {{y[i], y[i + 1], y[i + 2], y[i + 3]}};
    while (i > 0 && r.w[3] == 0) {
        tr_u256 longer = {{y[i - 1], r.w[0], r.w[1], r.w[2]}};
        if (!tr_divide_is_less(&longer, &d)) break;
        r = longer;
        i--;
    }
    while (i-- > 0) {
        uint64_t digit = tr_divide_digit(&r, y[i], &d, v);
        if (q != NULL) *q = *q << 64 | digit;
    }
    tr_u256 rest = TR_U256_ZERO;
    for (i = limb; i < 4; i++)
        rest.w[i - limb] = r.w[i] >> shift | (i == 3 ? 0 : (r.w[i + 1] << 1) << (63 - shift));
    return rest;
}

/* The rest of len limbs, 5 or 8. */
static TR_FIELD_INLINE tr_u256 tr_divide_rest(const uint64_t *a, unsigned len, const tr_u256 *m)
{
    if (m->w[3] != 0) return tr_divide_by_4(a, len, m, 0, NULL);
    if (m->w[2] != 0) return tr_divide_by_4(a, len, m, 1, NULL);
    if (m->w[1] != 0) return tr_divide_by_2(a, len, m, NULL);
    if (m->w[0] != 0) return tr_u256_of(tr_divide_by_1(a, len, m->w[0], NULL));
    return TR_U256_ZERO;
}

#endif
