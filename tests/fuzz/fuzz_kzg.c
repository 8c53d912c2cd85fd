/* The point evaluation precompile on any bytes, and the reader of setups on any text.
 *
 * A proof that is accepted is not accepted for another value; a constant polynomial has its value
 * everywhere and no other. */
#include "curve/kzg.h"
#include "os/heap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_bytes(const uint8_t in[160])
{
    uint8_t other[32];
    tr_err err = tr_kzg_point_check(NULL, in, in + 48, in + 80, in + 112);
    TR_ASSERT(err == TR_OK || err == TR_E_KZG || err == TR_E_POINT || err == TR_E_RANGE);
    if (err != TR_OK) return;
    memcpy(other, in + 80, 32);
    other[31] ^= 1;
    TR_ASSERT(tr_kzg_point_check(NULL, in, in + 48, other, in + 112) != TR_OK);
}

/* The constant polynomial c has the value c everywhere, and infinity as its proof. */
static void check_constant(const uint8_t in[64])
{
    static const uint8_t infinity[48] = {0xc0};
    uint8_t commitment[48], z[32], c[32];
    tr_bls_g1 point;
    memcpy(z, in, 32);
    memcpy(c, in + 32, 32);
    z[0] &= 0x3f; /* below the order */
    c[0] &= 0x3f;
    tr_bls_g1_mul(&tr_bls_g1_generator, c, &point);
    tr_bls_g1_compress(&point, commitment);
    TR_ASSERT(tr_kzg_point_check(NULL, commitment, z, c, infinity) == TR_OK);
    c[31] ^= 1;
    TR_ASSERT(tr_kzg_point_check(NULL, commitment, z, c, infinity) == TR_E_KZG);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    if (len > 0 && data[0] == '4') {
        tr_kzg *kzg;
        TR_ASSERT(tr_kzg_new(NULL, tr_heap(), NULL, tr_bytes_of(data, len), &kzg) ==
                  TR_E_KZG_SETUP);
        return 0;
    }
    if (len == 160) check_bytes(data);
    if (len == 64) check_constant(data);
    return 0;
}
