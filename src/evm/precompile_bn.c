/* 6, 7, 8: BN254 (EIP-196, 197, 1108).  Sums and multiples read their input filled with zeros or
 * cut to its length; pairings want whole pairs. */
#include "evm/precompile_internal.h"

#include "curve/bn254.h"

enum { G1 = 64, G2 = 128, SCALAR = 32, PAIR = G1 + G2 };

uint64_t tr_precompile_bn_add_gas(const tr_evm_rules *rules, tr_bytes input)
{
    (void)input;
    return rules->fork < TR_ISTANBUL ? 500 : 150;
}

uint64_t tr_precompile_bn_mul_gas(const tr_evm_rules *rules, tr_bytes input)
{
    (void)input;
    return rules->fork < TR_ISTANBUL ? 40000 : 6000;
}

uint64_t tr_precompile_bn_pairing_gas(const tr_evm_rules *rules, tr_bytes input)
{
    uint64_t pairs = input.len / PAIR;
    return rules->fork < TR_ISTANBUL ? 100000 + 80000 * pairs : 45000 + 34000 * pairs;
}

static tr_err give_point(tr_precompile_call *call, const tr_bn_g1 *point)
{
    uint8_t out[G1];
    tr_bn_g1_write(point, out);
    return tr_precompile_give(call, TR_VIEW(out));
}

tr_err tr_precompile_bn_add(tr_precompile_call *call)
{
    uint8_t in[2 * G1];
    tr_bn_g1 a, b;
    tr_precompile_fit(call->input, in, sizeof(in));
    TR_TRY(tr_bn_g1_read(NULL, in, &a));
    TR_TRY(tr_bn_g1_read(NULL, in + G1, &b));
    tr_bn_g1_add(&a, &b, &a);
    return give_point(call, &a);
}

tr_err tr_precompile_bn_mul(tr_precompile_call *call)
{
    uint8_t in[G1 + SCALAR];
    tr_bn_g1 a;
    tr_precompile_fit(call->input, in, sizeof(in));
    TR_TRY(tr_bn_g1_read(NULL, in, &a));
    tr_bn_g1_mul(&a, in + G1, &a);
    return give_point(call, &a);
}

static tr_err pairing(tr_precompile_call *call, size_t n, uint8_t *one)
{
    tr_bn_g1 *a = TR_ARENA_ARRAY(call->arena, tr_bn_g1, n);
    tr_bn_g2 *b = TR_ARENA_ARRAY(call->arena, tr_bn_g2, n);
    if (a == NULL || b == NULL) return TR_E_MEMORY;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *pair = call->input.data + PAIR * i;
        TR_TRY(tr_bn_g1_read(NULL, pair, &a[i]));
        TR_TRY(tr_bn_g2_read(NULL, pair + G1, &b[i]));
    }
    *one = tr_bn_pairing_is_one(n, a, b);
    return TR_OK;
}

tr_err tr_precompile_bn_pairing(tr_precompile_call *call)
{
    uint8_t out[32] = {0};
    if (call->input.len % PAIR != 0) return TR_E_ARGUMENT;
    tr_arena_mark mark = tr_arena_save(call->arena);
    tr_err err = pairing(call, call->input.len / PAIR, &out[31]);
    tr_arena_rewind(call->arena, mark);
    TR_TRY(err);
    return tr_precompile_give(call, TR_VIEW(out));
}
