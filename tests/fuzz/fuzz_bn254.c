/* BN254: what is read is written back as it was, each form leads to the other, what the backends
 * find is the same, and the pairing precompile's input is judged alike by all of them.  The first
 * byte says what the rest is. */
#include "curve/bn254_internal.h"

static void must(bool ok)
{
    if (!ok) __builtin_trap();
}

static void check_g1(const tr_bn_g1 *p)
{
    uint8_t bytes[64];
    tr_bn_g1 again;
    must(tr_bn_g1_on_curve(p));
    tr_bn_g1_compress(p, bytes);
    must(tr_bn_g1_decompress(NULL, bytes, &again) == TR_OK);
    must(memcmp(p, &again, sizeof(again)) == 0);
    tr_bn_g1_write(p, bytes);
    must(tr_bn_g1_read(NULL, bytes, &again) == TR_OK);
    must(memcmp(p, &again, sizeof(again)) == 0);
}

static void check_g2(const tr_bn_g2 *p)
{
    uint8_t bytes[128];
    tr_bn_g2 again;
    must(tr_bn_g2_on_curve(p) && tr_bn_g2_in_subgroup(p));
    tr_bn_g2_compress(p, bytes);
    must(tr_bn_g2_decompress(NULL, bytes, &again) == TR_OK);
    must(memcmp(p, &again, sizeof(again)) == 0);
    tr_bn_g2_write(p, bytes);
    must(tr_bn_g2_read(NULL, bytes, &again) == TR_OK);
    must(memcmp(p, &again, sizeof(again)) == 0);
}

static void read_g1(const uint8_t *data)
{
    tr_bn_g1 p;
    uint8_t back[64];
    if (tr_bn_g1_read(NULL, data, &p) != TR_OK) return;
    tr_bn_g1_write(&p, back);
    must(memcmp(back, data, 64) == 0);
    check_g1(&p);
}

static void read_g2(const uint8_t *data)
{
    tr_bn_g2 p;
    uint8_t back[128];
    if (tr_bn_g2_read(NULL, data, &p) != TR_OK) return;
    tr_bn_g2_write(&p, back);
    must(memcmp(back, data, 128) == 0);
    check_g2(&p);
}

static void unpack_g1(const uint8_t *data)
{
    tr_bn_g1 p;
    uint8_t back[32];
    if (tr_bn_g1_decompress(NULL, data, &p) != TR_OK) return;
    tr_bn_g1_compress(&p, back);
    must(memcmp(back, data, 32) == 0);
    check_g1(&p);
}

static void unpack_g2(const uint8_t *data)
{
    tr_bn_g2 p;
    uint8_t back[64];
    if (tr_bn_g2_decompress(NULL, data, &p) != TR_OK) return;
    tr_bn_g2_compress(&p, back);
    must(memcmp(back, data, 64) == 0);
    check_g2(&p);
}

/* Scalars from the input times the generators: sums and products agree in all backends, and the
 * pairing is bilinear. */
static void multiply(const uint8_t *data)
{
    tr_bn_g1 p, q;
    tr_bn_g2 r, s;
    const tr_bn_backend *plain = tr_bn_find("portable");
    tr_bn_g1_mul(&tr_bn_g1_generator, data, &p);
    plain->g1_mul(&tr_bn_g1_generator, data, &q);
    must(memcmp(&p, &q, sizeof(p)) == 0);
    tr_bn_g2_mul(&tr_bn_g2_generator, data + 32, &r);
    plain->g2_mul(&tr_bn_g2_generator, data + 32, &s);
    must(memcmp(&r, &s, sizeof(r)) == 0);
    check_g1(&p);
    check_g2(&r);
    /* e(k G, r) e(G, -k r) = 1 */
    tr_bn_g1 left[2] = {p, tr_bn_g1_generator};
    tr_bn_g2 right[2] = {r, r};
    tr_bn_g2_mul(&r, data, &right[1]);
    tr_bn_g2_neg(&right[1], &right[1]);
    must(tr_bn_pairing_is_one(2, left, right));
}

enum { PAIRS = 4 };

static void pair(const uint8_t *data, size_t len)
{
    tr_bn_g1 a[PAIRS];
    tr_bn_g2 b[PAIRS];
    tr_bn_gt fast, slow;
    size_t n = len / 192;
    if (n > PAIRS) n = PAIRS;
    for (size_t i = 0; i < n; i++) {
        if (tr_bn_g1_read(NULL, data + 192 * i, &a[i]) != TR_OK) return;
        if (tr_bn_g2_read(NULL, data + 192 * i + 64, &b[i]) != TR_OK) return;
    }
    tr_bn_pairing(n, a, b, &fast);
    tr_bn_find("portable")->pairing(n, a, b, &slow);
    must(tr_bn_gt_eq(&fast, &slow));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const size_t least[] = {64, 128, 32, 64, 64, 0};
    if (len == 0) return 0;
    unsigned kind = data[0] % TR_COUNTOF(least);
    data++;
    len--;
    if (len < least[kind]) return 0;
    if (kind == 0) read_g1(data);
    if (kind == 1) read_g2(data);
    if (kind == 2) unpack_g1(data);
    if (kind == 3) unpack_g2(data);
    if (kind == 4) multiply(data);
    if (kind == 5) pair(data, len);
    return 0;
}
