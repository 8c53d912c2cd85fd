/* Points of BLS12-381 in their three forms: what is read is on the curve and in its subgroup, and
 * is written as it was; both backends agree; what has no point in one form has none in another. */
#include "curve/bls12_381_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { MOST = 256 };

static void check_g1(const tr_bls_g1 *a, const uint8_t *in, const uint8_t *again, size_t len)
{
    TR_ASSERT(tr_bls_portable.g1_on_curve(a) && tr_bls_portable.g1_in_subgroup(a));
    TR_ASSERT(memcmp(in, again, len) == 0);
}

static void check_g2(const tr_bls_g2 *a, const uint8_t *in, const uint8_t *again, size_t len)
{
    TR_ASSERT(tr_bls_portable.g2_on_curve(a) && tr_bls_portable.g2_in_subgroup(a));
    TR_ASSERT(memcmp(in, again, len) == 0);
}

static void check_short(const uint8_t *in)
{
    uint8_t again[96];
    tr_bls_g1 a, c;
    tr_bls_g2 b, d;
    tr_bls_use(tr_bls_find("bmi2") != NULL ? tr_bls_find("bmi2") : &tr_bls_portable);
    tr_err first = tr_bls_g1_decompress(NULL, in, &a), second = tr_bls_g2_decompress(NULL, in, &b);
    tr_bls_use(&tr_bls_portable);
    TR_ASSERT(tr_bls_g1_decompress(NULL, in, &c) == first);
    TR_ASSERT(tr_bls_g2_decompress(NULL, in, &d) == second);
    if (first == TR_OK) {
        TR_ASSERT(tr_bls_g1_eq(&a, &c));
        tr_bls_g1_compress(&a, again);
        check_g1(&a, in, again, 48);
    }
    if (second == TR_OK) {
        TR_ASSERT(tr_bls_g2_eq(&b, &d));
        tr_bls_g2_compress(&b, again);
        check_g2(&b, in, again, 96);
    }
}

static void check_long(const uint8_t *in)
{
    uint8_t again[192];
    tr_bls_g1 a;
    tr_bls_g2 b;
    if (tr_bls_g1_parse(NULL, in, &a) == TR_OK) {
        tr_bls_g1_serialize(&a, again);
        check_g1(&a, in, again, 96);
    }
    if (tr_bls_g2_parse(NULL, in, &b) == TR_OK) {
        tr_bls_g2_serialize(&b, again);
        check_g2(&b, in, again, 192);
    }
}

static void check_padded(const uint8_t *in)
{
    uint8_t again[256];
    tr_bls_g1 a;
    tr_bls_g2 b;
    if (tr_bls_g1_read(NULL, in, false, &a) == TR_OK) {
        tr_bls_g1_write(&a, again);
        TR_ASSERT(memcmp(in, again, 128) == 0);
        TR_ASSERT((tr_bls_g1_read(NULL, in, true, &a) == TR_OK) == tr_bls_g1_in_subgroup(&a));
    }
    if (tr_bls_g2_read(NULL, in, false, &b) == TR_OK) {
        tr_bls_g2_write(&b, again);
        TR_ASSERT(memcmp(in, again, 256) == 0);
        TR_ASSERT((tr_bls_g2_read(NULL, in, true, &b) == TR_OK) == tr_bls_g2_in_subgroup(&b));
    }
}

/* The first 256 bytes, and zeros behind them. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    uint8_t in[MOST] = {0};
    if (len != 0) memcpy(in, data, TR_MIN(len, (size_t)MOST));
    check_short(in);
    check_long(in);
    check_padded(in);
    return 0;
}
