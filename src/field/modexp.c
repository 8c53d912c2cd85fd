#include "field/modexp.h"

#include "field/modexp_impl.h"

const tr_modexp_code tr_modexp_portable = {"portable", 1,     mul,    sqr,      mul_low,
                                           divide_low, leave, divide, wide_mul, wide_sqr};

static const tr_modexp_code *chosen = &tr_modexp_portable;

void tr_modexp_use(const tr_modexp_code *code)
{
    chosen = code;
}

enum {
    TABLE_MAX = 32, /* odd powers for a window of 6 bits */
    SHORT = 24,     /* bytes of a modulus that is not worth another limb */
};

/* Numbers modulo an odd m, in Montgomery form, or modulo 2^(64 n), as they are. */
typedef struct ring {
    const tr_modexp_code *code;
    size_t n;
    const uint64_t *m; /* NULL: the power of two */
    uint64_t minus_inverse;
    uint64_t *t; /* 2 n limbs */
} ring;

/* Rows of width limbs each.  The modulus is odd 2^k; the results are modulo its two parts. */
typedef struct work {
    const tr_modexp_code *code;
    size_t width; /* of the modulus, a multiple of code->step */
    size_t n;     /* of the odd part, as well */
    uint64_t k;
    uint64_t *modulus, *odd, *base, *by_odd, *by_two, *t, *table;
    uint64_t *number; /* as long as the base and the modulus, and a limb */
} work;

enum { ROWS = 7 + TABLE_MAX }; /* t is two of them */

static tr_bytes without_zeros(tr_bytes in)
{
    while (in.len != 0 && in.data[0] == 0) in = tr_bytes_cut(in, 1, SIZE_MAX);
    return in;
}

/* The lowest n limbs of a big-endian number. */
static void read_limbs(size_t n, uint64_t *out, tr_bytes in)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t limb[8] = {0};
        size_t take = TR_MIN(in.len, sizeof(limb));
        in.len -= take;
        if (take != 0) memcpy(limb + sizeof(limb) - take, in.data + in.len, take);
        out[i] = tr_load64be(limb);
    }
}

/* n limbs that are below 2^(8 len). */
static void write_limbs(size_t n, const uint64_t *in, uint8_t *out, size_t len)
{
    memset(out, 0, len);
    for (size_t i = 0; i < n && len != 0; i++) {
        uint8_t limb[8];
        size_t take = TR_MIN(len, sizeof(limb));
        tr_store64be(limb, in[i]);
        len -= take;
        memcpy(out + len, limb + sizeof(limb) - take, take);
    }
}

static uint64_t minus_inverse_of(uint64_t odd)
{
    uint64_t x = odd; /* right modulo 8, then twice the bits each time */
    for (unsigned i = 0; i < 5; i++) x *= 2 - odd * x;
    return 0 - x;
}

static uint64_t bits_of(size_t n, const uint64_t *a)
{
    while (n != 0 && a[n - 1] == 0) n--;
    return n == 0 ? 0 : 64 * (uint64_t)n - tr_clz64(a[n - 1]);
}

static void ring_mul(const ring *r, uint64_t *out, const uint64_t *a, const uint64_t *b)
{
    if (r->m != NULL) {
        r->code->mul(r->n, out, a, b, r->m, r->minus_inverse, r->t);
    } else {
        r->code->mul_low(r->n, r->t, a, b);
        memcpy(out, r->t, r->n * sizeof(*out));
    }
}

static void ring_sqr(const ring *r, uint64_t *out, const uint64_t *a)
{
    if (r->m != NULL)
        r->code->sqr(r->n, out, a, r->m, r->minus_inverse, r->t);
    else
        ring_mul(r, out, a, a);
}

/* Powers: windows of the exponent that begin and end with a one, from the top. */

static bool bit_at(tr_bytes exponent, uint64_t at)
{
    return (exponent.data[exponent.len - 1 - at / 8] >> (at % 8) & 1) != 0;
}

static unsigned window_width(uint64_t bits)
{
    return bits > 671 ? 6 : bits > 239 ? 5 : bits > 79 ? 4 : bits > 23 ? 3 : 1;
}

/* The window below bit at, whose top bit is one; *low is its lowest bit. */
static unsigned window_below(tr_bytes exponent, uint64_t at, unsigned width, uint64_t *low)
{
    unsigned window = 0;
    *low = at > width ? at - width : 0;
    while (!bit_at(exponent, *low)) ++*low;
    for (uint64_t i = at; i-- > *low;) window = window << 1 | bit_at(exponent, i);
    return window;
}

/* out = base ^ exponent; the exponent begins with a byte that is not zero.  out is not base. */
static void power(const ring *r, uint64_t *out, const uint64_t *base, tr_bytes exponent,
                  uint64_t *table)
{
    uint64_t low, at = 8 * (uint64_t)exponent.len - (tr_clz64(exponent.data[0]) - 56);
    unsigned width = window_width(at);
    size_t size = r->n * sizeof(*out);
    memcpy(table, base, size);
    if (width > 1) ring_sqr(r, out, base);
    for (size_t i = 1; i < (size_t)1 << (width - 1); i++)
        ring_mul(r, table + i * r->n, table + (i - 1) * r->n, out);
    memcpy(out, table + window_below(exponent, at, width, &low) / 2 * r->n, size);
    at = low;
    while (at != 0) {
        if (!bit_at(exponent, at - 1)) {
            ring_sqr(r, out, out);
            at--;
            continue;
        }
        unsigned window = window_below(exponent, at, width, &low);
        for (; at != low; at--) ring_sqr(r, out, out);
        ring_mul(r, out, out, table + window / 2 * r->n);
    }
}

/* a, of len limbs, n or more, becomes its remainder by m, of n limbs; of a there is one limb more,
 * and scratch is for 2 n limbs.  The top limb of m is not zero. */
static void reduce(const tr_modexp_code *code, size_t n, const uint64_t *m, uint64_t *a, size_t len,
                   uint64_t *scratch)
{
    unsigned shift = tr_clz64(m[n - 1]) & 63; /* which it is, for the analyser */
    uint64_t *d = scratch, *minus_d = scratch + n, borrow = 0, rest = 0;
    a[len] = 0;
    for (size_t i = len + 1; i-- > 1;) a[i] = tr_limb_shift_up(a[i], a[i - 1], shift);
    a[0] <<= shift;
    for (size_t i = n; i-- > 1;) d[i] = tr_limb_shift_up(m[i], m[i - 1], shift);
    d[0] = m[0] << shift;
    for (size_t i = 0; i < n; i++) minus_d[i] = tr_limb_sub(0, d[i], &borrow);
    if (n == 1) {
        uint64_t v = tr_limb_reciprocal(d[0]);
        for (size_t i = len + 1; i-- > 0;) (void)tr_limb_div_2by1(rest, a[i], d[0], v, &rest);
        a[0] = rest;
    } else {
        code->divide(n, a, len + 1, d, minus_d);
    }
    for (size_t i = 0; i < n && shift != 0; i++)
        a[i] = a[i] >> shift | (i + 1 < n ? a[i + 1] << (64 - shift) : 0);
}

/* w->by_odd = base ^ exponent modulo the odd part, which is above 1. */
static void power_by_odd(work *w, tr_bytes base, tr_bytes exponent)
{
    ring r = {w->code, w->n, w->odd, minus_inverse_of(w->odd[0]), w->t};
    size_t limbs = (base.len + 7) / 8, true_n = w->n;
    while (w->odd[true_n - 1] == 0) true_n--;
    memset(w->number, 0, w->n * sizeof(*w->number)); /* times 2^(64 n) */
    read_limbs(limbs, w->number + w->n, base);
    reduce(w->code, true_n, w->odd, w->number, w->n + limbs, w->t);
    memset(w->base, 0, w->n * sizeof(*w->base));
    memcpy(w->base, w->number, true_n * sizeof(*w->base));
    power(&r, w->by_odd, w->base, exponent, w->table);
    w->code->leave(w->n, w->by_odd, w->odd, r.minus_inverse, w->t);
}

/* w->by_two = base ^ exponent modulo 2^(64 limbs), or modulo 2^k alone where that is simpler. */
static void power_by_two(work *w, tr_bytes base, tr_bytes exponent)
{
    size_t limbs = (size_t)((w->k + 63) / 64), bytes = 8 * limbs;
    ring r = {w->code, limbs, NULL, 0, w->t};
    read_limbs(limbs, w->base, base);
    if ((w->base[0] & 1) != 0) {
        /* The orders of odd numbers divide 2^(64 limbs). */
        if (exponent.len > bytes)
            exponent = without_zeros(tr_bytes_cut(exponent, exponent.len - bytes, SIZE_MAX));
    } else {
        uint64_t low;
        read_limbs(1, &low, exponent);
        if (exponent.len > 8 || low >= w->k) return; /* zero, as it was */
    }
    if (exponent.len == 0)
        w->by_two[0] = 1;
    else
        power(&r, w->by_two, w->base, exponent, w->table);
}

/* w->by_odd becomes what is both: by_odd + odd ((by_two - by_odd) / odd modulo 2^k). */
static void join(work *w)
{
    size_t limbs = (size_t)((w->k + 63) / 64);
    uint64_t borrow = 0, carry = 0, *quotient = w->table, *product = w->t;
    memset(quotient, 0, w->width * sizeof(*quotient));
    for (size_t i = 0; i < limbs; i++)
        w->by_two[i] = tr_limb_sub(w->by_odd[i], w->by_two[i], &borrow);
    w->code->divide_low(limbs, quotient, w->by_two, w->odd, minus_inverse_of(w->odd[0]));
    if (w->k % 64 != 0) quotient[limbs - 1] &= ((uint64_t)1 << (w->k % 64)) - 1;
    w->code->mul_low(w->width, product, w->odd, quotient);
    for (size_t i = 0; i < w->width; i++)
        w->by_odd[i] = tr_limb_add(w->by_odd[i], product[i], &carry);
}

/* The modulus, which is not zero, and its two parts. */
static void split(work *w, tr_bytes modulus)
{
    size_t zeros = 0;
    read_limbs(w->width, w->modulus, modulus);
    while (w->modulus[zeros] == 0) zeros++;
    unsigned shift = tr_ctz64(w->modulus[zeros]);
    w->k = 64 * (uint64_t)zeros + shift;
    for (size_t i = zeros; i < w->width; i++) {
        uint64_t above = i + 1 < w->width ? w->modulus[i + 1] : 0;
        w->odd[i - zeros] = w->modulus[i] >> shift | (shift == 0 ? 0 : above << (64 - shift));
    }
    w->n = (size_t)((bits_of(w->width, w->odd) + 63) / 64);
    w->n = (w->n + w->code->step - 1) / w->code->step * w->code->step;
}

/* Scratch; the rows are all zeros. */
static bool take_work(tr_arena *arena, size_t base_len, size_t modulus_len, work *w)
{
    w->code = modulus_len <= SHORT ? &tr_modexp_portable : chosen;
    w->width = modulus_len / 8 + 1;
    w->width = (w->width + w->code->step - 1) / w->code->step * w->code->step;
    uint64_t *rows = tr_arena_array(arena, w->width, ROWS * sizeof(uint64_t), alignof(uint64_t));
    w->number = TR_ARENA_ARRAY(arena, uint64_t, w->width + base_len / 8 + 2);
    if (rows == NULL || w->number == NULL) return false;
    uint64_t **const each[] = {&w->modulus, &w->odd, &w->base, &w->by_odd, &w->by_two, &w->t};
    for (size_t i = 0; i < TR_COUNTOF(each); i++) *each[i] = rows + i * w->width;
    w->table = w->t + 2 * w->width;
    memset(rows, 0, (ROWS - TABLE_MAX) * w->width * sizeof(*rows));
    return true;
}

/* base, base^2 or base^3 without Montgomery's form: a division for each product, of any modulus.
 * False: no memory. */
enum { SHORT_EXPONENT = 3 };

static bool power_short(tr_arena *arena, tr_bytes base, unsigned exponent, tr_bytes modulus,
                        uint8_t *out, size_t len)
{
    const tr_modexp_code *code = modulus.len <= SHORT ? &tr_modexp_portable : chosen;
    size_t n = (modulus.len + 7) / 8, limbs = TR_MAX(n, (base.len + 7) / 8);
    uint64_t *m = tr_arena_array(arena, 6 * n + 2 + limbs, sizeof(uint64_t), alignof(uint64_t));
    if (m == NULL) return false;
    uint64_t *scratch = m + n, *power = scratch + 2 * n, *product = power + n;
    uint64_t *number = product + 2 * n + 1; /* and a limb above */
    read_limbs(n, m, modulus);
    read_limbs(limbs, number, base);
    reduce(code, n, m, number, limbs, scratch);
    memcpy(power, number, n * sizeof(*power));
    for (unsigned i = 1; i < exponent; i++) {
        if (i == 1)
            code->wide_sqr(n, product, number);
        else
            code->wide_mul(n, product, power, number);
        reduce(code, n, m, product, 2 * n, scratch);
        memcpy(power, product, n * sizeof(*power));
    }
    write_limbs(n, power, out, len);
    return true;
}

tr_err tr_modexp(tr_trail *trail, tr_arena *arena, tr_bytes base, tr_bytes exponent,
                 tr_bytes modulus, uint8_t *out)
{
    size_t len = modulus.len;
    work w = {0};
    modulus = without_zeros(modulus);
    exponent = without_zeros(exponent);
    base = without_zeros(base);
    if (len != 0) memset(out, 0, len);
    if (modulus.len == 0 || (modulus.len == 1 && modulus.data[0] == 1)) return TR_OK;
    if (exponent.len == 0) {
        out[len - 1] = 1;
        return TR_OK;
    }
    if (base.len == 0) return TR_OK;
    tr_arena_mark mark = tr_arena_save(arena);
    if (exponent.len == 1 && exponent.data[0] <= SHORT_EXPONENT) {
        bool is_done = power_short(arena, base, exponent.data[0], modulus, out, len);
        tr_arena_rewind(arena, mark);
        return is_done ? TR_OK : tr_fail(trail, TR_E_MEMORY, "no memory for a power");
    }
    if (!take_work(arena, base.len, modulus.len, &w)) {
        tr_arena_rewind(arena, mark);
        return tr_fail(trail, TR_E_MEMORY, "no memory for a power");
    }
    split(&w, modulus);
    bool odd_above_1 = bits_of(w.n, w.odd) > 1;
    if (odd_above_1) power_by_odd(&w, base, exponent);
    if (w.k != 0) {
        power_by_two(&w, base, exponent);
        join(&w);
    }
    write_limbs(w.width, w.by_odd, out, len);
    tr_arena_rewind(arena, mark);
    return TR_OK;
}
