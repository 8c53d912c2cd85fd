/* 0x0a to 0x11: BLS12-381 (EIP-2537), and the evaluation of a blob's polynomial (EIP-4844).  Sums
 * take any points of the curves, sums of products and pairings those of the subgroups. */
#include "evm/precompile_internal.h"

#include "curve/bls12_381.h"
#include "curve/kzg.h"

enum { FIELD = 64, G1 = 128, G2 = 256, SCALAR = 32, PAIR = G1 + G2, DISCOUNTS = 128 };

/* What a product costs in a sum of so many, in thousandths; in longer sums as in the longest. */
static const uint16_t g1_discounts[DISCOUNTS] = {
    1000, 949, 848, 797, 764, 750, 738, 728, 719, 712, 705, 698, 692, 687, 682, 677, 673, 669, 665,
    661,  658, 654, 651, 648, 645, 642, 640, 637, 635, 632, 630, 627, 625, 623, 621, 619, 617, 615,
    613,  611, 609, 608, 606, 604, 603, 601, 599, 598, 596, 595, 593, 592, 591, 589, 588, 586, 585,
    584,  582, 581, 580, 579, 577, 576, 575, 574, 573, 572, 570, 569, 568, 567, 566, 565, 564, 563,
    562,  561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 551, 550, 549, 548, 547, 547, 546, 545,
    544,  543, 542, 541, 540, 540, 539, 538, 537, 536, 536, 535, 534, 533, 532, 532, 531, 530, 529,
    528,  528, 527, 526, 525, 525, 524, 523, 522, 522, 521, 520, 520, 519,
};
static const uint16_t g2_discounts[DISCOUNTS] = {
    1000, 1000, 923, 884, 855, 832, 812, 796, 782, 770, 759, 749, 740, 732, 724, 717, 711, 704, 699,
    693,  688,  683, 679, 674, 670, 666, 663, 659, 655, 652, 649, 646, 643, 640, 637, 634, 632, 629,
    627,  624,  622, 620, 618, 615, 613, 611, 609, 607, 606, 604, 602, 600, 598, 597, 595, 593, 592,
    590,  589,  587, 586, 584, 583, 582, 580, 579, 578, 576, 575, 574, 573, 571, 570, 569, 568, 567,
    566,  565,  563, 562, 561, 560, 559, 558, 557, 556, 555, 554, 553, 552, 552, 551, 550, 549, 548,
    547,  546,  545, 545, 544, 543, 542, 541, 541, 540, 539, 538, 537, 537, 536, 535, 535, 534, 533,
    532,  532,  531, 530, 530, 529, 528, 528, 527, 526, 526, 525, 524, 524,
};

static uint64_t msm_gas(size_t count, uint64_t gas, const uint16_t discounts[DISCOUNTS])
{
    if (count == 0) return 0;
    return count * gas * discounts[TR_MIN(count, (size_t)DISCOUNTS) - 1] / 1000;
}

uint64_t tr_precompile_bls_g1_add_gas(const tr_evm_rules *rules, tr_bytes input)
{
    (void)rules;
    (void)input;
    return 375;
}

uint64_t tr_precompile_bls_g1_msm_gas(const tr_evm_rules *rules, tr_bytes input)
{
    (void)rules;
    return msm_gas(input.len / (G1 + SCALAR), 12000, g1_discounts);
}

uint64_t tr_precompile_bls_g2_add_gas(const tr_evm_rules *rules, tr_bytes input)
{
    (void)rules;
    (void)input;
    return 600;
}

uint64_t tr_precompile_bls_g2_msm_gas(const tr_evm_rules *rules, tr_bytes input)
{
    (void)rules;
    return msm_gas(input.len / (G2 + SCALAR), 22500, g2_discounts);
}

uint64_t tr_precompile_bls_pairing_gas(const tr_evm_rules *rules, tr_bytes input)
{
    (void)rules;
    return 37700 + 32600 * (uint64_t)(input.len / PAIR);
}

uint64_t tr_precompile_bls_map_g1_gas(const tr_evm_rules *rules, tr_bytes input)
{
    (void)rules;
    (void)input;
    return 5500;
}

uint64_t tr_precompile_bls_map_g2_gas(const tr_evm_rules *rules, tr_bytes input)
{
    (void)rules;
    (void)input;
    return 23800;
}

static tr_err give_g1(tr_precompile_call *call, const tr_bls_g1 *point)
{
    uint8_t out[G1];
    tr_bls_g1_write(point, out);
    return tr_precompile_give(call, TR_VIEW(out));
}

static tr_err give_g2(tr_precompile_call *call, const tr_bls_g2 *point)
{
    uint8_t out[G2];
    tr_bls_g2_write(point, out);
    return tr_precompile_give(call, TR_VIEW(out));
}

tr_err tr_precompile_bls_g1_add(tr_precompile_call *call)
{
    tr_bls_g1 a, b;
    if (call->input.len != 2 * G1) return TR_E_ARGUMENT;
    TR_TRY(tr_bls_g1_read(NULL, call->input.data, false, &a));
    TR_TRY(tr_bls_g1_read(NULL, call->input.data + G1, false, &b));
    tr_bls_g1_add(&a, &b, &a);
    return give_g1(call, &a);
}

tr_err tr_precompile_bls_g2_add(tr_precompile_call *call)
{
    tr_bls_g2 a, b;
    if (call->input.len != 2 * G2) return TR_E_ARGUMENT;
    TR_TRY(tr_bls_g2_read(NULL, call->input.data, false, &a));
    TR_TRY(tr_bls_g2_read(NULL, call->input.data + G2, false, &b));
    tr_bls_g2_add(&a, &b, &a);
    return give_g2(call, &a);
}

static tr_err sum_g1(tr_precompile_call *call, size_t n, tr_bls_g1 *sum)
{
    tr_bls_g1 *points = TR_ARENA_ARRAY(call->arena, tr_bls_g1, n);
    tr_bls_fr *scalars = TR_ARENA_ARRAY(call->arena, tr_bls_fr, n);
    if (points == NULL || scalars == NULL) return TR_E_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *term = call->input.data + i * (G1 + SCALAR);
        TR_TRY(tr_bls_g1_read(NULL, term, true, &points[i]));
        tr_bls_fr_reduce_be(&scalars[i], term + G1, SCALAR);
    }
    return tr_bls_g1_msm(NULL, &call->arena->alloc, NULL, n, points, scalars, sum);
}

tr_err tr_precompile_bls_g1_msm(tr_precompile_call *call)
{
    size_t n = call->input.len / (G1 + SCALAR);
    tr_bls_g1 sum;
    if (n == 0 || call->input.len % (G1 + SCALAR) != 0) return TR_E_ARGUMENT;
    tr_arena_mark mark = tr_arena_save(call->arena);
    tr_err err = sum_g1(call, n, &sum);
    tr_arena_rewind(call->arena, mark);
    TR_TRY(err);
    return give_g1(call, &sum);
}

static tr_err sum_g2(tr_precompile_call *call, size_t n, tr_bls_g2 *sum)
{
    tr_bls_g2 *points = TR_ARENA_ARRAY(call->arena, tr_bls_g2, n);
    tr_bls_fr *scalars = TR_ARENA_ARRAY(call->arena, tr_bls_fr, n);
    if (points == NULL || scalars == NULL) return TR_E_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *term = call->input.data + i * (G2 + SCALAR);
        TR_TRY(tr_bls_g2_read(NULL, term, true, &points[i]));
        tr_bls_fr_reduce_be(&scalars[i], term + G2, SCALAR);
    }
    return tr_bls_g2_msm(NULL, &call->arena->alloc, NULL, n, points, scalars, sum);
}

tr_err tr_precompile_bls_g2_msm(tr_precompile_call *call)
{
    size_t n = call->input.len / (G2 + SCALAR);
    tr_bls_g2 sum;
    if (n == 0 || call->input.len % (G2 + SCALAR) != 0) return TR_E_ARGUMENT;
    tr_arena_mark mark = tr_arena_save(call->arena);
    tr_err err = sum_g2(call, n, &sum);
    tr_arena_rewind(call->arena, mark);
    TR_TRY(err);
    return give_g2(call, &sum);
}

static tr_err pairing(tr_precompile_call *call, size_t n, uint8_t *one)
{
    tr_bls_g1 *a = TR_ARENA_ARRAY(call->arena, tr_bls_g1, n);
    tr_bls_g2 *b = TR_ARENA_ARRAY(call->arena, tr_bls_g2, n);
    if (a == NULL || b == NULL) return TR_E_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *pair = call->input.data + i * PAIR;
        TR_TRY(tr_bls_g1_read(NULL, pair, true, &a[i]));
        TR_TRY(tr_bls_g2_read(NULL, pair + G1, true, &b[i]));
    }
    *one = tr_bls_pairing_is_one(n, a, b);
    return TR_OK;
}

tr_err tr_precompile_bls_pairing(tr_precompile_call *call)
{
    uint8_t out[32] = {0};
    if (call->input.len == 0 || call->input.len % PAIR != 0) return TR_E_ARGUMENT;
    tr_arena_mark mark = tr_arena_save(call->arena);
    tr_err err = pairing(call, call->input.len / PAIR, &out[31]);
    tr_arena_rewind(call->arena, mark);
    TR_TRY(err);
    return tr_precompile_give(call, TR_VIEW(out));
}

tr_err tr_precompile_bls_map_g1(tr_precompile_call *call)
{
    tr_bls_fp u;
    tr_bls_g1 point;
    if (call->input.len != FIELD) return TR_E_ARGUMENT;
    if (!tr_bls_fp_read_padded(&u, call->input.data)) return TR_E_RANGE;
    tr_bls_map_to_g1(&u, &point);
    return give_g1(call, &point);
}

tr_err tr_precompile_bls_map_g2(tr_precompile_call *call)
{
    tr_bls_fp2 u;
    tr_bls_g2 point;
    if (call->input.len != 2 * FIELD) return TR_E_ARGUMENT;
    if (!tr_bls_fp_read_padded(&u.c0, call->input.data)) return TR_E_RANGE;
    if (!tr_bls_fp_read_padded(&u.c1, call->input.data + FIELD)) return TR_E_RANGE;
    tr_bls_map_to_g2(&u, &point);
    return give_g2(call, &point);
}

/* Versioned hash, z, y, commitment, proof. */
enum { KZG_INPUT = 192 };

uint64_t tr_precompile_kzg_gas(const tr_evm_rules *rules, tr_bytes input)
{
    (void)rules;
    (void)input;
    return 50000;
}

/* How many field elements a blob has, and the order of their field. */
static const uint8_t kzg_output[64] = {
    [30] = 0x10, [32] = 0x73, 0xed, 0xa7, 0x53, 0x29, 0x9d, 0x7d, 0x48, 0x33, 0x39,
    0xd8,        0x08,        0x09, 0xa1, 0xd8, 0x05, 0x53, 0xbd, 0xa4, 0x02, 0xff,
    0xfe,        0x5b,        0xfe, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01,
};

tr_err tr_precompile_kzg(tr_precompile_call *call)
{
    const uint8_t *in = call->input.data;
    if (call->input.len != KZG_INPUT) return TR_E_ARGUMENT;
    const uint8_t *z = in + 32, *y = in + 64, *commitment = in + 96, *proof = in + 144;
    tr_hash hash = tr_kzg_versioned_hash(commitment);
    if (memcmp(hash.b, in, sizeof(hash.b)) != 0) return TR_E_KZG;
    TR_TRY(tr_kzg_point_check(NULL, commitment, z, y, proof));
    return tr_precompile_give(call, TR_VIEW(kzg_output));
}
