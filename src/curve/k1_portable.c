/* secp256k1 without a library: recovery and verification.  A sum u1 G + u2 Q is one ladder of 128
 * doublings: both factors are split by the endomorphism (x, y) -> (beta x, y), which multiplies by
 * lambda, and the four halves have signed odd digits, far apart (wNAF).
 *
 * Public data only: time depends on values. */
#include "curve/k1_generator.h"
#include "curve/k1_internal.h"
#include "hash/sha2.h"

typedef struct point {
    tr_k1_fp x, y;
} point;

/* z = 0 is the point at infinity. */
typedef struct jacobian {
    tr_k1_fp x, y, z;
} jacobian;

static const tr_k1_fp seven = {{0x0000000700001ab7}};
static const tr_k1_fp beta = {
    {0x58a4361c8e81894e, 0x03fde1631c4b80af, 0xf8e98978d02e3905, 0x7a4a36aebcbb3d53}};

static void double_point(jacobian *out, const jacobian *p)
{
    tr_k1_fp a, s, m, t;
    tr_k1_fp_sqr(&a, &p->y);
    tr_k1_fp_mul(&s, &p->x, &a);
    tr_k1_fp_double(&s, &s);
    tr_k1_fp_double(&s, &s);
    tr_k1_fp_sqr(&t, &p->x);
    tr_k1_fp_double(&m, &t);
    tr_k1_fp_add(&m, &m, &t);
    tr_k1_fp_mul(&out->z, &p->y, &p->z);
    tr_k1_fp_double(&out->z, &out->z);
    tr_k1_fp_sqr(&t, &m);
    tr_k1_fp_sub(&t, &t, &s);
    tr_k1_fp_sub(&out->x, &t, &s);
    tr_k1_fp_sub(&t, &s, &out->x);
    tr_k1_fp_mul(&t, &m, &t);
    tr_k1_fp_sqr(&a, &a);
    tr_k1_fp_double(&a, &a);
    tr_k1_fp_double(&a, &a);
    tr_k1_fp_double(&a, &a);
    tr_k1_fp_sub(&out->y, &t, &a);
}

static void add_point(jacobian *p, const point *q)
{
    tr_k1_fp zz, h, r, hh, hhh, v, t;
    if (tr_k1_fp_is_zero(&p->z)) {
        *p = (jacobian){q->x, q->y, tr_k1_fp_one};
        return;
    }
    tr_k1_fp_sqr(&zz, &p->z);
    tr_k1_fp_mul(&h, &q->x, &zz);
    tr_k1_fp_sub(&h, &h, &p->x);
    tr_k1_fp_mul(&t, &zz, &p->z);
    tr_k1_fp_mul(&r, &q->y, &t);
    tr_k1_fp_sub(&r, &r, &p->y);
    if (tr_k1_fp_is_zero(&h)) {
        if (tr_k1_fp_is_zero(&r))
            double_point(p, p);
        else
            p->z = tr_k1_fp_zero;
        return;
    }
    tr_k1_fp_sqr(&hh, &h);
    tr_k1_fp_mul(&hhh, &hh, &h);
    tr_k1_fp_mul(&v, &p->x, &hh);
    tr_k1_fp_mul(&p->z, &p->z, &h);
    tr_k1_fp_sqr(&t, &r);
    tr_k1_fp_sub(&t, &t, &hhh);
    tr_k1_fp_sub(&t, &t, &v);
    tr_k1_fp_sub(&p->x, &t, &v);
    tr_k1_fp_sub(&t, &v, &p->x);
    tr_k1_fp_mul(&t, &r, &t);
    tr_k1_fp_mul(&hhh, &hhh, &p->y);
    tr_k1_fp_sub(&p->y, &t, &hhh);
}

static bool to_affine(point *out, const jacobian *p)
{
    tr_k1_fp inverse, square;
    if (tr_k1_fp_is_zero(&p->z)) return false;
    tr_k1_fp_inv(&inverse, &p->z);
    tr_k1_fp_sqr(&square, &inverse);
    tr_k1_fp_mul(&out->x, &p->x, &square);
    tr_k1_fp_mul(&square, &square, &inverse);
    tr_k1_fp_mul(&out->y, &p->y, &square);
    return true;
}

static void right_side(tr_k1_fp *out, const tr_k1_fp *x)
{
    tr_k1_fp t;
    tr_k1_fp_sqr(&t, x);
    tr_k1_fp_mul(&t, &t, x);
    tr_k1_fp_add(out, &t, &seven);
}

static bool lift(point *out, const tr_k1_fp *x, bool odd)
{
    tr_k1_fp square;
    right_side(&square, x);
    if (!tr_k1_fp_sqrt(&out->y, &square)) return false;
    if (tr_k1_fp_is_odd(&out->y) != odd) tr_k1_fp_neg(&out->y, &out->y);
    out->x = *x;
    return true;
}

/* Halves: signed digits of 129 bits, and how many there are. */
enum { DIGITS = 132, WIDTH = 5, FIXED_WIDTH = 7, ENTRIES = 1 << (WIDTH - 2) };

typedef struct digits {
    int8_t d[DIGITS];
    unsigned count;
} digits;

/* Every digit but 0 is odd, below 2^(width - 1) in absolute value, with width - 1 zeros above. */
static void make_digits(digits *out, const tr_k1_fn *half, unsigned width)
{
    uint64_t k[4];
    tr_k1_fn positive = *half;
    int sign = 1;
    tr_k1_fn_to_limbs(k, half);
    if (k[3] != 0) { /* a half is below 2^129 in absolute value */
        tr_k1_fn_neg(&positive, half);
        tr_k1_fn_to_limbs(k, &positive);
        sign = -1;
    }
    memset(out->d, 0, sizeof(out->d));
    out->count = 0;
    for (unsigned at = 0; (k[0] | k[1] | k[2]) != 0; at++) {
        if ((k[0] & 1) != 0) {
            int digit = (int)(k[0] & ((1u << width) - 1));
            if (digit >= 1 << (width - 1)) {
                digit -= 1 << width;
                uint64_t add = (uint64_t)-digit;
                for (unsigned i = 0; i < 3; i++) add = __builtin_add_overflow(k[i], add, &k[i]);
            } else {
                k[0] -= (uint64_t)digit;
            }
            out->d[at] = (int8_t)(sign * digit);
            out->count = at + 1;
        }
        k[0] = k[0] >> 1 | k[1] << 63;
        k[1] = k[1] >> 1 | k[2] << 63;
        k[2] >>= 1;
    }
}

/* k g / 2^384, rounded, modulo n. */
static void nearest(tr_k1_fn *out, const uint64_t k[4], const uint64_t g[4])
{
    uint64_t t[8] = {0};
    for (unsigned i = 0; i < 4; i++) {
        uint64_t carry = 0;
        for (unsigned j = 0; j < 4; j++) {
            unsigned __int128 sum = (unsigned __int128)k[i] * g[j] + t[i + j] + carry;
            t[i + j] = (uint64_t)sum;
            carry = (uint64_t)(sum >> 64);
        }
        t[i + 4] = carry;
    }
    uint64_t c[4] = {t[6], t[7], 0, 0}, round = t[5] >> 63;
    for (unsigned i = 0; i < 3; i++) round = __builtin_add_overflow(c[i], round, &c[i]);
    tr_k1_fn_of_limbs(out, c);
}

/* k = first + lambda second: the short vectors (a1, b1), (a2, b2) of the lattice of all (x, y) with
 * x + lambda y = 0 that lie nearest are taken off. */
void tr_k1_split(tr_k1_fn *first, tr_k1_fn *second, const tr_k1_fn *k)
{
    static const uint64_t g1[4] = {0xe893209a45dbb031, 0x3daa8a1471e8ca7f, 0xe86c90e49284eb15,
                                   0x3086d221a7d46bcd}; /* 2^384 b2 / n */
    static const uint64_t g2[4] = {0x1571b4ae8ac47f71, 0x221208ac9df506c6, 0x6f547fa90abfe4c4,
                                   0xe4437ed6010e8828}; /* -2^384 b1 / n */
    static const tr_k1_fn minus_b1 = {
        {0xc50468d00ad9263c, 0x1b1c8205faa6ed42, 0x1571b4ae8ac47f71, 0x221208ac9df506c6}};
    static const tr_k1_fn minus_b2 = {
        {0x0cac5e506a144696, 0x1e8a8dc5f3ba5939, 0x176cdf65ba244fce, 0xc25575eb8e173580}};
    static const tr_k1_fn lambda = {
        {0xf07deb3dc9926c9e, 0x2c93e7ad83c6944c, 0x73a9660652697d91, 0x532840178558d639}};
    uint64_t plain[4];
    tr_k1_fn c1, c2;
    tr_k1_fn_to_limbs(plain, k);
    nearest(&c1, plain, g1);
    nearest(&c2, plain, g2);
    tr_k1_fn_mul(&c1, &c1, &minus_b1);
    tr_k1_fn_mul(&c2, &c2, &minus_b2);
    tr_k1_fn_add(second, &c1, &c2);
    tr_k1_fn_mul(&c1, second, &lambda);
    tr_k1_fn_sub(first, k, &c1);
}

/* q, 3 q, 5 q and so on. */
static void make_table(point table[ENTRIES], const point *q)
{
    jacobian sum[ENTRIES], twice;
    point step;
    tr_k1_fp z[ENTRIES], scratch[ENTRIES], square;
    sum[0] = (jacobian){q->x, q->y, tr_k1_fp_one};
    double_point(&twice, &sum[0]);
    (void)to_affine(&step, &twice); /* no point has order 2 */
    for (unsigned i = 1; i < ENTRIES; i++) {
        sum[i] = sum[i - 1];
        add_point(&sum[i], &step);
    }
    for (unsigned i = 0; i < ENTRIES; i++) z[i] = sum[i].z;
    tr_k1_fp_inv_many(ENTRIES, z, scratch);
    for (unsigned i = 0; i < ENTRIES; i++) {
        tr_k1_fp_sqr(&square, &z[i]);
        tr_k1_fp_mul(&table[i].x, &sum[i].x, &square);
        tr_k1_fp_mul(&square, &square, &z[i]);
        tr_k1_fp_mul(&table[i].y, &sum[i].y, &square);
    }
}

static void add_digit(jacobian *sum, const tr_k1_fp *x, const tr_k1_fp *y, bool minus, bool lambda)
{
    point q = {*x, *y};
    if (lambda) tr_k1_fp_mul(&q.x, &q.x, &beta);
    if (minus) tr_k1_fp_neg(&q.y, &q.y);
    add_point(sum, &q);
}

/* out = u1 G + u2 q */
static void multiply_two(jacobian *out, const tr_k1_fn *u1, const tr_k1_fn *u2, const point *q)
{
    point table[ENTRIES];
    digits fixed[2], free[2];
    tr_k1_fn half[2];
    tr_k1_split(&half[0], &half[1], u1);
    for (unsigned i = 0; i < 2; i++) make_digits(&fixed[i], &half[i], FIXED_WIDTH);
    tr_k1_split(&half[0], &half[1], u2);
    for (unsigned i = 0; i < 2; i++) make_digits(&free[i], &half[i], WIDTH);
    make_table(table, q);
    unsigned at =
        TR_MAX(TR_MAX(fixed[0].count, fixed[1].count), TR_MAX(free[0].count, free[1].count));
    *out = (jacobian){tr_k1_fp_one, tr_k1_fp_one, tr_k1_fp_zero};
    while (at-- != 0) {
        double_point(out, out);
        for (unsigned i = 0; i < 2; i++) {
            int f = (int)fixed[i].d[at], d = (int)free[i].d[at];
            unsigned fi = (unsigned)(f < 0 ? -f : f) / 2, di = (unsigned)(d < 0 ? -d : d) / 2;
            if (f != 0) add_digit(out, &k1_generator[fi].x, &k1_generator[fi].y, f < 0, i == 1);
            if (d != 0) add_digit(out, &table[di].x, &table[di].y, d < 0, i == 1);
        }
    }
}

static tr_err recover(const tr_hash *hash, const tr_ecdsa_sig *sig, tr_pubkey *out)
{
    tr_k1_fn r, s, z, inverse, u1, u2;
    tr_k1_fp x, order;
    point at, key;
    jacobian sum;
    if (!tr_k1_fp_read_be(&x, sig->r) || !tr_k1_fn_read_be(&r, sig->r) ||
        !tr_k1_fn_read_be(&s, sig->s))
        return TR_E_SIGNATURE_RANGE;
    if ((sig->recovery & 2) != 0) { /* x is r plus the order, which has to be below p */
        tr_k1_fp_of_limbs(&order, tr_k1_fn_modulus);
        tr_k1_fp_add(&order, &x, &order);
        if (tr_k1_fp_cmp(&order, &x) < 0) return TR_E_SIGNATURE;
        x = order;
    }
    if (!lift(&at, &x, (sig->recovery & 1) != 0)) return TR_E_SIGNATURE;
    tr_k1_fn_reduce_be(&z, hash->b, sizeof(hash->b));
    tr_k1_fn_inv(&inverse, &r);
    tr_k1_fn_mul(&u1, &z, &inverse);
    tr_k1_fn_neg(&u1, &u1);
    tr_k1_fn_mul(&u2, &s, &inverse);
    multiply_two(&sum, &u1, &u2, &at);
    if (!to_affine(&key, &sum)) return TR_E_SIGNATURE;
    tr_k1_fp_write_be(out->x, &key.x);
    tr_k1_fp_write_be(out->y, &key.y);
    return TR_OK;
}

static bool read_key(point *out, const tr_pubkey *key)
{
    tr_k1_fp right, left;
    if (!tr_k1_fp_read_be(&out->x, key->x) || !tr_k1_fp_read_be(&out->y, key->y)) return false;
    right_side(&right, &out->x);
    tr_k1_fp_sqr(&left, &out->y);
    return tr_k1_fp_eq(&left, &right);
}

static tr_err verify(const tr_pubkey *key, const tr_hash *hash, const tr_ecdsa_sig *sig)
{
    tr_k1_fn r, s, z, u1, u2, got;
    point q, at;
    jacobian sum;
    uint8_t x[32];
    if (!read_key(&q, key)) return TR_E_POINT;
    if (!tr_k1_fn_read_be(&r, sig->r) || !tr_k1_fn_read_be(&s, sig->s)) return TR_E_SIGNATURE_RANGE;
    tr_k1_fn_reduce_be(&z, hash->b, sizeof(hash->b));
    tr_k1_fn_inv(&s, &s);
    tr_k1_fn_mul(&u1, &z, &s);
    tr_k1_fn_mul(&u2, &r, &s);
    multiply_two(&sum, &u1, &u2, &q);
    if (!to_affine(&at, &sum)) return TR_E_SIGNATURE;
    tr_k1_fp_write_be(x, &at.x);
    tr_k1_fn_reduce_be(&got, x, sizeof(x));
    return tr_k1_fn_eq(&got, &r) ? TR_OK : TR_E_SIGNATURE;
}

tr_hash tr_schnorr_challenge(const uint8_t key_x[32], tr_bytes message, const uint8_t sig[64])
{
    tr_hash tag = tr_sha256(TR_LIT("BIP0340/challenge"));
    tr_sha256_state state;
    tr_sha256_init(&state);
    tr_sha256_update(&state, TR_VIEW(tag.b));
    tr_sha256_update(&state, TR_VIEW(tag.b));
    tr_sha256_update(&state, tr_bytes_of(sig, 32));
    tr_sha256_update(&state, tr_bytes_of(key_x, 32));
    tr_sha256_update(&state, message);
    return tr_sha256_final(&state);
}

static tr_err schnorr_verify(const uint8_t key_x[32], tr_bytes message, const uint8_t sig[64])
{
    tr_k1_fp x, r;
    tr_k1_fn s, e;
    point key, at;
    jacobian sum;
    if (!tr_k1_fp_read_be(&x, key_x) || !lift(&key, &x, false)) return TR_E_POINT;
    if (!tr_k1_fp_read_be(&r, sig) || !tr_k1_fn_read_be(&s, sig + 32)) return TR_E_SIGNATURE;
    tr_hash challenge = tr_schnorr_challenge(key_x, message, sig);
    tr_k1_fn_reduce_be(&e, challenge.b, sizeof(challenge.b));
    tr_k1_fn_neg(&e, &e);
    multiply_two(&sum, &s, &e, &key);
    bool ok = to_affine(&at, &sum) && !tr_k1_fp_is_odd(&at.y) && tr_k1_fp_eq(&at.x, &r);
    return ok ? TR_OK : TR_E_SIGNATURE;
}

bool tr_k1_is_multiple(const tr_k1_fn *factor, size_t n, const tr_pubkey points[],
                       const bool there[])
{
    const point generator = {k1_generator[0].x, k1_generator[0].y};
    tr_k1_fn minus;
    jacobian sum;
    tr_k1_fn_neg(&minus, factor);
    multiply_two(&sum, &minus, &tr_k1_fn_zero, &generator);
    for (size_t i = 0; i < n; i++) {
        point q;
        if (!there[i]) continue;
        if (!read_key(&q, &points[i])) return false;
        add_point(&sum, &q);
    }
    return tr_k1_fp_is_zero(&sum.z);
}

const tr_k1_code tr_k1_portable = {
    .name = "portable",
    .recover = recover,
    .verify = verify,
    .schnorr_verify = schnorr_verify,
};
