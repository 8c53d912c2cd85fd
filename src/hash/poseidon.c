/* Poseidon with circomlib's parameters, and MiMC-7. */
#include "hash/poseidon.h"

#include "hash/keccak.h"
#include "hash/poseidon_impl.h"

const tr_poseidon_code tr_poseidon_portable = {"portable", hash};
const tr_poseidon_code *tr_poseidon_chosen = &tr_poseidon_portable;

tr_err tr_poseidon(size_t n, const tr_bn_fr in[], tr_bn_fr *out)
{
    if (n < 1 || n > TR_POSEIDON_INPUTS) return TR_E_ARGUMENT;
    tr_bn_fr state[TR_POSEIDON_WIDTH];
    state[0] = tr_bn_fr_zero;
    memcpy(&state[1], in, n * sizeof *in);
    tr_poseidon_chosen->hash(tr_poseidon_table_of((unsigned)n + 1), state, out);
    return TR_OK;
}

tr_err tr_poseidon_bytes(size_t n, const uint8_t in[], uint8_t out[32])
{
    if (n < 1 || n > TR_POSEIDON_INPUTS) return TR_E_ARGUMENT;
    tr_bn_fr elements[TR_POSEIDON_INPUTS], digest;
    for (size_t i = 0; i < n; i++)
        if (!tr_bn_fr_read_be(&elements[i], in + 32 * i)) return TR_E_RANGE;
    TR_TRY(tr_poseidon(n, elements, &digest));
    tr_bn_fr_write_be(out, &digest);
    return TR_OK;
}

/* MiMC-7: rounds of x^7, whose constants are keccak of keccak of ... "mimc", the first zero. */
enum { MIMC_ROUNDS = 91 };

static const tr_bn_fr *mimc_constants(void)
{
    static tr_bn_fr constants[MIMC_ROUNDS];
    static tr_once once;
    if (tr_once_begin(&once)) {
        tr_hash link = tr_keccak256(TR_LIT("mimc"));
        for (size_t i = 1; i < MIMC_ROUNDS; i++) {
            link = tr_keccak256(TR_VIEW(link.b));
            tr_bn_fr_reduce_be(&constants[i], link.b, sizeof link.b);
        }
        tr_once_end(&once);
    }
    return constants;
}

static void mimc7(const tr_bn_fr *constants, const tr_bn_fr *in, const tr_bn_fr *key, tr_bn_fr *out)
{
    tr_bn_fr x = *in, base, square, fourth;
    for (size_t i = 0; i < MIMC_ROUNDS; i++) {
        tr_bn_fr_add(&base, &x, key);
        tr_bn_fr_add(&base, &base, &constants[i]);
        tr_bn_fr_sqr(&square, &base);
        tr_bn_fr_sqr(&fourth, &square);
        tr_bn_fr_mul(&x, &base, &square);
        tr_bn_fr_mul(&x, &x, &fourth);
    }
    tr_bn_fr_add(out, &x, key);
}

void tr_mimc7(size_t n, const tr_bn_fr in[], const tr_bn_fr *key, tr_bn_fr *out)
{
    const tr_bn_fr *constants = mimc_constants();
    tr_bn_fr r = *key, h;
    for (size_t i = 0; i < n; i++) {
        mimc7(constants, &in[i], &r, &h);
        tr_bn_fr_add(&r, &r, &in[i]);
        tr_bn_fr_add(&r, &r, &h);
    }
    *out = r;
}
