/* Made by tools/make-fields: constants of eight lanes with limbs of 52 bits; R is 2^(52 limbs)
 * here, r that of a single element.
 *
 *   _modulus, _twice     p and 2p
 *   _factor_in, _factor_out, _one   R^2 / r, r, R modulo p
 *   _inverse             minus the inverse of p modulo 2^52
 *   _up, _down, _quotient   of an estimate of v / p: the top limb, moved up by _up bits that come
 *                        from the one below, times _quotient, down by 52 + _down bits */
#ifndef TR_FIELD_LANES_CONSTANTS_AVX512_H
#define TR_FIELD_LANES_CONSTANTS_AVX512_H

#include <stdint.h>

/* clang-format off */

enum { tr_bn_fp_x8_limbs = 5, tr_bn_fp_x8_up = 0, tr_bn_fp_x8_down = 45 };
static const uint64_t tr_bn_fp_x8_modulus[5] = {0x08c16d87cfd47, 0x916871ca8d3c2, 0x181585d97816a,
    0xa029b85045b68, 0x030644e72e131};
static const uint64_t tr_bn_fp_x8_twice[5] = {0x1182db0f9fa8e, 0x22d0e3951a784, 0x302b0bb2f02d5,
    0x405370a08b6d0, 0x060c89ce5c263};
static const uint64_t tr_bn_fp_x8_factor_in[5] = {0xb0f2afaec667a, 0xed9626b0fffbd,
    0x9e2a0fcad825a, 0xe357276f48b70, 0x00d791464ef86};
static const uint64_t tr_bn_fp_x8_factor_out[5] = {0xd438dc58f0d9d, 0x28f5c70b3dd35,
    0x879462c0a78eb, 0xdf2f666ea36f7, 0x00e0a77c19a07};
static const uint64_t tr_bn_fp_x8_one[5] = {0x20880f6fce4b4, 0x49baa989a8455, 0x18f014a498908,
    0x724f85a9201d8, 0x01f16424e1bb7};
static const uint64_t tr_bn_fp_x8_inverse = 0x20782e4866389;
static const uint64_t tr_bn_fp_x8_quotient = 0xa948e8c4c472b;

enum { tr_bn_fr_x8_limbs = 5, tr_bn_fr_x8_up = 0, tr_bn_fr_x8_down = 45 };
static const uint64_t tr_bn_fr_x8_modulus[5] = {0x1f593f0000001, 0x4879b9709143e, 0x181585d2833e8,
    0xa029b85045b68, 0x030644e72e131};
static const uint64_t tr_bn_fr_x8_twice[5] = {0x3eb27e0000002, 0x90f372e12287c, 0x302b0ba5067d0,
    0x405370a08b6d0, 0x060c89ce5c263};
static const uint64_t tr_bn_fr_x8_factor_in[5] = {0x31f8c9ffffab6, 0xac31329faef6e,
    0x9e2a3495d7570, 0xe357276f48b70, 0x00d791464ef86};
static const uint64_t tr_bn_fr_x8_factor_out[5] = {0x6341c4ffffffb, 0x959f60cd29ac9,
    0x879462e36fc76, 0xdf2f666ea36f7, 0x00e0a77c19a07};
static const uint64_t tr_bn_fr_x8_one[5] = {0xb6b753fffffac, 0x380f271055b9d, 0x18f016ecef7c8,
    0x724f85a9201d8, 0x01f16424e1bb7};
static const uint64_t tr_bn_fr_x8_inverse = 0x1f593efffffff;
static const uint64_t tr_bn_fr_x8_quotient = 0xa948e8c4c472b;

enum { tr_bls_fp_x8_limbs = 8, tr_bls_fp_x8_up = 29, tr_bls_fp_x8_down = 45 };
static const uint64_t tr_bls_fp_x8_modulus[8] = {0xeffffffffaaab, 0xfeb153ffffb9f, 0x6b0f6241eabff,
    0x12bf6730d2a0f, 0x764774b84f385, 0x1ba7b6434bacd, 0x1ea397fe69a4b, 0x000000001a011};
static const uint64_t tr_bls_fp_x8_twice[8] = {0xdffffffff5556, 0xfd62a7ffff73f, 0xd61ec483d57ff,
    0x257ece61a541e, 0xec8ee9709e70a, 0x374f6c869759a, 0x3d472ffcd3496, 0x0000000034022};
static const uint64_t tr_bls_fp_x8_factor_in[8] = {0x7fde37dba9366, 0x4e27525bc342b,
    0x1f5b1e9778489, 0xb872b2b91b9dc, 0xb206f497dfcaf, 0x4137cc89a9b0b, 0xd9d20d7e39959,
    0x000000000411c};
static const uint64_t tr_bls_fp_x8_factor_out[8] = {0x900000002fffd, 0x0bc40c0002760,
    0x3c758baebf400, 0x57455f4898575, 0xd77ce58537052, 0x071a97a256ec6, 0xec3fa80e4935c,
    0x0000000015f65};
static const uint64_t tr_bls_fp_x8_one[8] = {0x6480ea8e9b9af, 0x65766c8fe444f, 0x8b540fea96f7d,
    0x3b2ee82efd422, 0xa6723e5f0ade5, 0xff6eb6fdd4230, 0xe06ef23c24a25, 0x0000000014c8e};
static const uint64_t tr_bls_fp_x8_inverse = 0x3fffcfffcfffd;
static const uint64_t tr_bls_fp_x8_quotient = 0x9d835d2f3cc94;

enum { tr_bls_fr_x8_limbs = 5, tr_bls_fr_x8_up = 0, tr_bls_fr_x8_down = 46 };
static const uint64_t tr_bls_fr_x8_modulus[5] = {0xfffff00000001, 0x02fffe5bfefff, 0x9a1d80553bda4,
    0x7d483339d8080, 0x073eda753299d};
static const uint64_t tr_bls_fr_x8_twice[5] = {0xffffe00000002, 0x05fffcb7fdfff, 0x343b00aa77b48,
    0xfa906673b0101, 0x0e7db4ea6533a};
static const uint64_t tr_bls_fr_x8_factor_in[5] = {0x00234fffffdcb, 0x61039ef635000,
    0xdce3c3e2e7505, 0x7fa6f1563642b, 0x0247db575276a};
static const uint64_t tr_bls_fr_x8_factor_out[5] = {0x00001fffffffe, 0xfa00034802000,
    0xcbc4ff55884b7, 0x056f998c4fefe, 0x01824b159acc5};
static const uint64_t tr_bls_fr_x8_one[5] = {0x00022ffffffdd, 0x9700396c23000, 0xedf77458d1293,
    0xdf20ff1776e6a, 0x026821fa14f77};
static const uint64_t tr_bls_fr_x8_inverse = 0xffffeffffffff;
static const uint64_t tr_bls_fr_x8_quotient = 0x8d54253b7fb6e;

#endif
