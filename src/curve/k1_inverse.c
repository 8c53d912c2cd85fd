#include "curve/k1_inverse.h"

#include "base/base.h"

/* Numbers of up to 257 bits and a sign: limbs of 62 bits, the top one signed. */
typedef struct signed62 {
    int64_t v[5];
} signed62;

typedef struct prime {
    signed62 m;
    uint64_t inverse; /* of m modulo 2^62 */
} prime;

enum { STEPS = 62 };
static const uint64_t mask62 = UINT64_MAX >> 2;

static const prime prime_p = {
    {{0x3ffffffefffffc2f, 0x3fffffffffffffff, 0x3fffffffffffffff, 0x3fffffffffffffff, 255}},
    0x27c7f6e22ddacacf,
};
static const prime prime_n = {
    {{0x3fd25e8cd0364141, 0x2abb739abd2280ee, 0x3fffffffffffffeb, 0x3fffffffffffffff, 255}},
    0x34f20099aa774ec1,
};

/* What 62 steps do to (f, g), times 2^62: f' = u f + v g, g' = q f + r g. */
typedef struct steps {
    int64_t u, v, q, r;
} steps;

/* The steps look at the low words only.  eta is the negative of the paper's delta; several steps
 * that only halve or only add are taken at once. */
static int64_t divide_steps(int64_t eta, uint64_t f, uint64_t g, steps *out)
{
    uint64_t u = 1, v = 0, q = 0, r = 1;
    int left = STEPS;
    for (;;) {
        int zeros = __builtin_ctzll(g | UINT64_MAX << left);
        g >>= zeros;
        u <<= zeros;
        v <<= zeros;
        eta -= zeros;
        left -= zeros;
        if (left == 0) break;
        if (eta < 0) {
            uint64_t old_f = f, old_u = u, old_v = v;
            eta = -eta;
            f = g, u = q, v = r;
            g = 0 - old_f, q = 0 - old_u, r = 0 - old_v;
        }
        int64_t bits = TR_MIN(eta + 1, (int64_t)TR_MIN(left, 6));
        uint64_t w = g * f * (f * f - 2) & ((1ULL << bits) - 1); /* -g / f */
        g += f * w;
        q += u * w;
        r += v * w;
    }
    *out = (steps){(int64_t)u, (int64_t)v, (int64_t)q, (int64_t)r};
    return eta;
}

/* (a x + b y + m k) / 2^62, where the sum is a multiple of 2^62. */
static void combine(signed62 *out, int64_t a, const signed62 *x, int64_t b, const signed62 *y,
                    int64_t k, const signed62 *m)
{
    __int128 sum = 0;
    for (int i = 0; i < 5; i++) {
        sum += (__int128)a * x->v[i] + (__int128)b * y->v[i] + (__int128)k * m->v[i];
        if (i != 0) out->v[i - 1] = (int64_t)((uint64_t)sum & mask62);
        sum >>= 62;
    }
    out->v[4] = (int64_t)sum;
}

/* How many times m makes a x + b y a multiple of 2^62 and keeps it within (-2 m, m) 2^62, when x
 * and y are within (-2 m, m). */
static int64_t multiple(const prime *p, int64_t a, const signed62 *x, int64_t b, const signed62 *y)
{
    int64_t k = (x->v[4] < 0 ? a : 0) + (y->v[4] < 0 ? b : 0);
    uint64_t low = (uint64_t)a * (uint64_t)x->v[0] + (uint64_t)b * (uint64_t)y->v[0];
    return k - (int64_t)((p->inverse * low + (uint64_t)k) & mask62);
}

static void carry(signed62 *a)
{
    for (int i = 0; i < 4; i++) {
        a->v[i + 1] += a->v[i] >> 62;
        a->v[i] = (int64_t)((uint64_t)a->v[i] & mask62);
    }
}

static void add_multiple(signed62 *a, int64_t k, const signed62 *m)
{
    for (int i = 0; i < 5; i++) a->v[i] += k * m->v[i];
    carry(a);
}

static signed62 read_words(const uint64_t a[4])
{
    return (signed62){{(int64_t)(a[0] & mask62), (int64_t)((a[0] >> 62 | a[1] << 2) & mask62),
                       (int64_t)((a[1] >> 60 | a[2] << 4) & mask62),
                       (int64_t)((a[2] >> 58 | a[3] << 6) & mask62), (int64_t)(a[3] >> 56)}};
}

static void write_words(uint64_t out[4], const signed62 *a)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint64_t)a->v[i] >> (2 * i) | (uint64_t)a->v[i + 1] << (62 - 2 * i);
}

static bool is_zero(const signed62 *a)
{
    return (a->v[0] | a->v[1] | a->v[2] | a->v[3] | a->v[4]) == 0;
}

static void inverse(const prime *p, uint64_t out[4], const uint64_t a[4])
{
    signed62 f = p->m, g = read_words(a), d = {{0}}, e = {{1}};
    int64_t eta = -1;
    while (!is_zero(&g)) {
        steps t;
        signed62 was_f = f, was_d = d;
        eta = divide_steps(eta, (uint64_t)f.v[0] | (uint64_t)f.v[1] << 62,
                           (uint64_t)g.v[0] | (uint64_t)g.v[1] << 62, &t);
        int64_t for_d = multiple(p, t.u, &d, t.v, &e), for_e = multiple(p, t.q, &d, t.r, &e);
        combine(&d, t.u, &was_d, t.v, &e, for_d, &p->m);
        combine(&e, t.q, &was_d, t.r, &e, for_e, &p->m);
        combine(&f, t.u, &was_f, t.v, &g, 0, &p->m);
        combine(&g, t.q, &was_f, t.r, &g, 0, &p->m);
    }
    if (d.v[4] < 0) add_multiple(&d, 1, &p->m);
    if (f.v[4] < 0) {
        for (int i = 0; i < 5; i++) d.v[i] = -d.v[i];
        carry(&d);
    }
    if (d.v[4] < 0) add_multiple(&d, 1, &p->m);
    write_words(out, &d);
}

void tr_k1_inverse_p(uint64_t out[4], const uint64_t a[4])
{
    inverse(&prime_p, out, a);
}

void tr_k1_inverse_n(uint64_t out[4], const uint64_t a[4])
{
    inverse(&prime_n, out, a);
}
