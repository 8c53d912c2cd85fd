/* Poseidon2: the doors, BN254's tables, and KoalaBear one state after the other. */
#include "hash/grain_internal.h"
#include "hash/poseidon2_bn_impl.h"
#include "hash/poseidon2_constants.h"

/* For a width of 4 the procedure draws diagonals after the constants until one has the properties
 * it looks for, which is the fifth. */
enum { DIAGONALS_DRAWN = 4 };

const tr_poseidon2_table *tr_poseidon2_table_of(size_t width)
{
    static tr_poseidon2_table tables[TR_POSEIDON2_BN_WIDTH - 1];
    static tr_once made[TR_POSEIDON2_BN_WIDTH - 1];
    tr_poseidon2_table *table = &tables[width - 2];
    if (tr_once_begin(&made[width - 2])) {
        tr_grain grain;
        tr_grain_begin(&grain, tr_bn_fr_bits, (unsigned)width, TR_POSEIDON2_FULL,
                       TR_POSEIDON2_BN_PARTIAL);
        size_t count = TR_POSEIDON2_FULL * width + TR_POSEIDON2_BN_PARTIAL;
        for (size_t i = 0; i < count; i++) tr_grain_element(&grain, &table->constants[i]);
        for (size_t drawn = 0; drawn <= DIAGONALS_DRAWN; drawn++) {
            for (size_t i = 0; i < TR_POSEIDON2_BN_WIDTH; i++) {
                tr_grain_element_any(&grain, &table->diagonal[i]);
                tr_bn_fr_sub(&table->diagonal[i], &table->diagonal[i], &tr_bn_fr_one);
            }
        }
        tr_once_end(&made[width - 2]);
    }
    return table;
}

tr_err tr_poseidon2_bn(size_t width, tr_bn_fr state[])
{
    if (width < 2 || width > TR_POSEIDON2_BN_WIDTH) return TR_E_ARGUMENT;
    tr_poseidon2_chosen->bn(tr_poseidon2_table_of(width), width, state);
    return TR_OK;
}

tr_err tr_poseidon2_bn_bytes(size_t width, const uint8_t in[], uint8_t out[])
{
    tr_bn_fr state[TR_POSEIDON2_BN_WIDTH];
    if (width < 2 || width > TR_POSEIDON2_BN_WIDTH) return TR_E_ARGUMENT;
    for (size_t i = 0; i < width; i++)
        if (!tr_bn_fr_read_be(&state[i], in + 32 * i)) return TR_E_RANGE;
    TR_TRY(tr_poseidon2_bn(width, state));
    for (size_t i = 0; i < width; i++) tr_bn_fr_write_be(out + 32 * i, &state[i]);
    return TR_OK;
}

/* KoalaBear.  The matrix of full rounds has 2 M, M ... in its rows of blocks of four, M being
 * 2 3 1 1, 1 2 3 1, 1 1 2 3, 3 1 1 2. */
static TR_FIELD_INLINE void kb_mix_full(size_t width, tr_koalabear *s)
{
    tr_koalabear sum[4] = {{0}};
    for (size_t i = 0; i < width; i += 4) {
        tr_koalabear *x = &s[i], t01 = tr_kb_add(x[0], x[1]), t23 = tr_kb_add(x[2], x[3]);
        tr_koalabear all = tr_kb_add(t01, t23), t1 = tr_kb_add(all, x[1]),
                     t3 = tr_kb_add(all, x[3]);
        tr_koalabear x0 = x[0];
        x[0] = tr_kb_add(t1, t01);
        x[1] = tr_kb_add(t1, tr_kb_add(x[2], x[2]));
        x[2] = tr_kb_add(t3, t23);
        x[3] = tr_kb_add(t3, tr_kb_add(x0, x0));
        for (size_t k = 0; k < 4; k++) sum[k] = tr_kb_add(sum[k], x[k]);
    }
    for (size_t i = 0; i < width; i++) s[i] = tr_kb_add(s[i], sum[i % 4]);
}

static TR_FIELD_INLINE void kb_cube(tr_koalabear *x, uint32_t constant)
{
    uint32_t sum = x->v + constant; /* as a signed number, above -p and below p */
    tr_koalabear a = {sum + (TR_KOALABEAR_MODULUS & (0 - (sum >> 31)))};
    *x = tr_kb_mul(tr_kb_mul(a, a), a);
}

static TR_FIELD_INLINE void kb_full_rounds(size_t width, tr_koalabear *s, const uint32_t *constants)
{
    for (size_t round = 0; round < TR_POSEIDON2_FULL / 2; round++) {
        for (size_t i = 0; i < width; i++) kb_cube(&s[i], *constants++);
        kb_mix_full(width, s);
    }
}

static TR_FIELD_INLINE void kb_partial_rounds(size_t width, tr_koalabear *s, size_t rounds,
                                              const uint32_t *constants, const uint32_t *diagonal)
{
    for (size_t round = 0; round < rounds; round++) {
        tr_koalabear sum = {0};
        kb_cube(&s[0], constants[round]);
        for (size_t i = 0; i < width; i++) sum = tr_kb_add(sum, s[i]);
        for (size_t i = 0; i < width; i++)
            s[i] = tr_kb_add(sum, tr_kb_mul(s[i], (tr_koalabear){diagonal[i]}));
    }
}

void tr_poseidon2_kb16(tr_koalabear state[16])
{
    kb_mix_full(16, state);
    kb_full_rounds(16, state, tr_poseidon2_kb16_constants.first);
    kb_partial_rounds(16, state, TR_POSEIDON2_KB16_PARTIAL, tr_poseidon2_kb16_constants.partial,
                      tr_poseidon2_kb16_constants.diagonal);
    kb_full_rounds(16, state, tr_poseidon2_kb16_constants.last);
}

void tr_poseidon2_kb24(tr_koalabear state[24])
{
    kb_mix_full(24, state);
    kb_full_rounds(24, state, tr_poseidon2_kb24_constants.first);
    kb_partial_rounds(24, state, TR_POSEIDON2_KB24_PARTIAL, tr_poseidon2_kb24_constants.partial,
                      tr_poseidon2_kb24_constants.diagonal);
    kb_full_rounds(24, state, tr_poseidon2_kb24_constants.last);
}

static void kb16_many(size_t n, tr_koalabear states[][16])
{
    for (size_t i = 0; i < n; i++) tr_poseidon2_kb16(states[i]);
}

static void kb24_many(size_t n, tr_koalabear states[][24])
{
    for (size_t i = 0; i < n; i++) tr_poseidon2_kb24(states[i]);
}

const tr_poseidon2_code tr_poseidon2_portable = {"portable", permute, kb16_many, kb24_many};
const tr_poseidon2_code *tr_poseidon2_chosen = &tr_poseidon2_portable;

void tr_poseidon2_kb16_many(size_t n, tr_koalabear states[][16])
{
    tr_poseidon2_chosen->kb16_many(n, states);
}

void tr_poseidon2_kb24_many(size_t n, tr_koalabear states[][24])
{
    tr_poseidon2_chosen->kb24_many(n, states);
}
