/* Hashes over fields.  Elements of BN254 are 32 bytes, of KoalaBear 4, most significant first; the
 * constants are asked for by a width of one byte and come in the order of their use. */
#include "hash/poseidon2_constants.h"
#include "hash/poseidon2_internal.h"
#include "hash/poseidon_internal.h"
#include "ops.h"

static tr_err put_bn(tr_buf *out, size_t n, const tr_bn_fr *elements)
{
    uint8_t bytes[32];
    for (size_t i = 0; i < n; i++) {
        tr_bn_fr_write_be(bytes, &elements[i]);
        tr_buf_put(out, TR_VIEW(bytes));
    }
    return tr_buf_err(out);
}

/* Constants are kept less by the modulus. */
static tr_err put_kb(tr_buf *out, size_t n, const uint32_t *elements, uint32_t more)
{
    uint8_t bytes[4];
    for (size_t i = 0; i < n; i++) {
        tr_store32be(bytes, tr_kb_to((tr_koalabear){elements[i] + more}));
        tr_buf_put(out, TR_VIEW(bytes));
    }
    return tr_buf_err(out);
}

/* In: 1 to 16 elements.  Out: their hash. */
static tr_err op_poseidon(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    uint8_t digest[32];
    if (in.len % 32 != 0) return TR_E_ARGUMENT;
    TR_TRY(tr_poseidon_bytes(in.len / 32, in.data, digest));
    tr_buf_put(out, TR_VIEW(digest));
    return tr_buf_err(out);
}

/* Out: the constants of all rounds, then the matrix. */
static tr_err op_poseidon_constants(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    unsigned t = in.len == 1 ? in.data[0] : 0;
    if (t < 2 || t > TR_POSEIDON_WIDTH) return TR_E_ARGUMENT;
    size_t constants = t * (TR_POSEIDON_FULL + (size_t)tr_poseidon_rounds(t)), matrix = t * t;
    tr_bn_fr *all = TR_ARENA_ARRAY(arena, tr_bn_fr, constants + matrix);
    if (all == NULL) return TR_E_MEMORY;
    tr_poseidon_constants(t, all, all + constants);
    return put_bn(out, constants + matrix, all);
}

/* In and out: 2, 3 or 4 elements. */
static tr_err op_poseidon2_bn(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    uint8_t state[32 * TR_POSEIDON2_BN_WIDTH];
    if (in.len % 32 != 0) return TR_E_ARGUMENT;
    TR_TRY(tr_poseidon2_bn_bytes(in.len / 32, in.data, state));
    tr_buf_put(out, tr_bytes_of(state, in.len));
    return tr_buf_err(out);
}

static tr_err op_poseidon2_bn_constants(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    size_t width = in.len == 1 ? in.data[0] : 0;
    if (width < 2 || width > TR_POSEIDON2_BN_WIDTH) return TR_E_ARGUMENT;
    return put_bn(out, TR_POSEIDON2_FULL * width + TR_POSEIDON2_BN_PARTIAL,
                  tr_poseidon2_table_of(width)->constants);
}

/* In and out: 16 or 24 elements.  All of them go through the form for many states, which must not
 * mix them: the neighbours are other states. */
static tr_err op_poseidon2_kb(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    tr_koalabear wide[3][24] = {{{0}}}, narrow[3][16] = {{{0}}};
    size_t width = in.len / 4;
    if (in.len != 4 * 16 && in.len != 4 * 24) return TR_E_ARGUMENT;
    tr_koalabear *state = width == 16 ? narrow[1] : wide[1];
    for (size_t i = 0; i < width; i++) {
        uint32_t x = tr_load32be(in.data + 4 * i);
        if (x >= TR_KOALABEAR_MODULUS) return TR_E_RANGE;
        state[i] = tr_kb_of(x);
    }
    if (width == 16)
        tr_poseidon2_kb16_many(3, narrow);
    else
        tr_poseidon2_kb24_many(3, wide);
    for (size_t i = 0; i < width; i++) TR_TRY(put_kb(out, 1, &state[i].v, 0));
    return tr_buf_err(out);
}

/* Out: the constants of the first full rounds, the partial ones and the last full ones, then the
 * diagonal. */
static tr_err op_poseidon2_kb_constants(tr_arena *arena, tr_bytes in, tr_buf *out)
{
    (void)arena;
    unsigned width = in.len == 1 ? in.data[0] : 0;
#define PUT(part) TR_TRY(put_kb(out, TR_COUNTOF(part), part, TR_KOALABEAR_MODULUS))
    if (width == 16) {
        PUT(tr_poseidon2_kb16_constants.first);
        PUT(tr_poseidon2_kb16_constants.partial);
        PUT(tr_poseidon2_kb16_constants.last);
        return put_kb(out, 16, tr_poseidon2_kb16_constants.diagonal, 0);
    }
    if (width != 24) return TR_E_ARGUMENT;
    PUT(tr_poseidon2_kb24_constants.first);
    PUT(tr_poseidon2_kb24_constants.partial);
    PUT(tr_poseidon2_kb24_constants.last);
#undef PUT
    return put_kb(out, 24, tr_poseidon2_kb24_constants.diagonal, 0);
}

static const tr_op ops[] = {
    {"poseidon.hash", op_poseidon},
    {"poseidon.constants", op_poseidon_constants},
    {"poseidon2.bn", op_poseidon2_bn},
    {"poseidon2.bn-constants", op_poseidon2_bn_constants},
    {"poseidon2.koalabear", op_poseidon2_kb},
    {"poseidon2.koalabear-constants", op_poseidon2_kb_constants},
};
const tr_ops tr_ops_poseidon = {ops, TR_COUNTOF(ops)};
