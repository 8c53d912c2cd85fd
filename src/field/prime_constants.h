/* Made by tools/make-fields: what follows from the moduli.
 *
 *   _bits, _two_adicity    of the modulus and of what is below it by one
 *   _generator             a non-residue; the roots of unity are powers of it
 *   _modulus, _minus_2, _half_order   p, p - 2, (p - 1) / 2, plain
 *   _montgomery            the limbs of p, and minus its inverse modulo 2^64
 *   _root_exponent         of square roots: (p + 1) / 4 or, p - 1 being odd * 2^k, (odd - 1) / 2
 *   _one, _r, _r_squared   1, R and R^2 as elements; R is 2 to the power of 64 times the limbs
 *   _root_of_unity         of order 2^two_adicity */
#ifndef TR_FIELD_PRIME_CONSTANTS_H
#define TR_FIELD_PRIME_CONSTANTS_H

#include <stdint.h>

/* clang-format off */

typedef struct tr_bn_fp {
    uint64_t w[4];
} tr_bn_fp;
enum { tr_bn_fp_bits = 254, tr_bn_fp_two_adicity = 1, tr_bn_fp_generator = 3 };
static const uint64_t tr_bn_fp_modulus[4] = {0x3c208c16d87cfd47, 0x97816a916871ca8d,
    0xb85045b68181585d, 0x30644e72e131a029};
static const uint64_t tr_bn_fp_montgomery[5] = {0x3c208c16d87cfd47, 0x97816a916871ca8d,
    0xb85045b68181585d, 0x30644e72e131a029, 0x87d20782e4866389};
static const uint64_t tr_bn_fp_minus_2[4] = {0x3c208c16d87cfd45, 0x97816a916871ca8d,
    0xb85045b68181585d, 0x30644e72e131a029};
static const uint64_t tr_bn_fp_half_order[4] = {0x9e10460b6c3e7ea3, 0xcbc0b548b438e546,
    0xdc2822db40c0ac2e, 0x183227397098d014};
static const uint64_t tr_bn_fp_root_exponent[4] = {0x4f082305b61f3f52, 0x65e05aa45a1c72a3,
    0x6e14116da0605617, 0x0c19139cb84c680a};
static const tr_bn_fp tr_bn_fp_zero = {{0}};
static const tr_bn_fp tr_bn_fp_one = {{0xd35d438dc58f0d9d, 0x0a78eb28f5c70b3d, 0x666ea36f7879462c,
    0x0e0a77c19a07df2f}};
static const tr_bn_fp tr_bn_fp_r = {{0xf32cfc5b538afa89, 0xb5e71911d44501fb, 0x47ab1eff0a417ff6,
    0x06d89f71cab8351f}};
static const tr_bn_fp tr_bn_fp_r_squared = {{0xb1cd6dafda1530df, 0x62f210e6a7283db6,
    0xef7f0b0c0ada0afb, 0x20fd6e902d592544}};
static const tr_bn_fp tr_bn_fp_root_of_unity = {{0x68c3488912edefaa, 0x8d087f6872aabf4f,
    0x51e1a24709081231, 0x2259d6b14729c0fa}};

typedef struct tr_bn_fr {
    uint64_t w[4];
} tr_bn_fr;
enum { tr_bn_fr_bits = 254, tr_bn_fr_two_adicity = 28, tr_bn_fr_generator = 5 };
static const uint64_t tr_bn_fr_modulus[4] = {0x43e1f593f0000001, 0x2833e84879b97091,
    0xb85045b68181585d, 0x30644e72e131a029};
static const uint64_t tr_bn_fr_montgomery[5] = {0x43e1f593f0000001, 0x2833e84879b97091,
    0xb85045b68181585d, 0x30644e72e131a029, 0xc2e1f593efffffff};
static const uint64_t tr_bn_fr_minus_2[4] = {0x43e1f593efffffff, 0x2833e84879b97091,
    0xb85045b68181585d, 0x30644e72e131a029};
static const uint64_t tr_bn_fr_half_order[4] = {0xa1f0fac9f8000000, 0x9419f4243cdcb848,
    0xdc2822db40c0ac2e, 0x183227397098d014};
static const uint64_t tr_bn_fr_root_exponent[4] = {0xcdcb848a1f0fac9f, 0x0c0ac2e9419f4243,
    0x098d014dc2822db4, 0x0000000183227397};
static const tr_bn_fr tr_bn_fr_zero = {{0}};
static const tr_bn_fr tr_bn_fr_one = {{0xac96341c4ffffffb, 0x36fc76959f60cd29, 0x666ea36f7879462e,
    0x0e0a77c19a07df2f}};
static const tr_bn_fr tr_bn_fr_r = {{0x1bb8e645ae216da7, 0x53fe3ab1e35c59e3, 0x8c49833d53bb8085,
    0x0216d0b17f4e44a5}};
static const tr_bn_fr tr_bn_fr_r_squared = {{0x5e94d8e1b4bf0040, 0x2a489cbe1cfbb6b8,
    0x893cc664a19fcfed, 0x0cf8594b7fcc657c}};
static const tr_bn_fr tr_bn_fr_root_of_unity = {{0x636e735580d13d9c, 0xa22bf3742445ffd6,
    0x56452ac01eb203d8, 0x1860ef942963f9e7}};

typedef struct tr_bls_fp {
    uint64_t w[6];
} tr_bls_fp;
enum { tr_bls_fp_bits = 381, tr_bls_fp_two_adicity = 1, tr_bls_fp_generator = 2 };
static const uint64_t tr_bls_fp_modulus[6] = {0xb9feffffffffaaab, 0x1eabfffeb153ffff,
    0x6730d2a0f6b0f624, 0x64774b84f38512bf, 0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a};
static const uint64_t tr_bls_fp_montgomery[7] = {0xb9feffffffffaaab, 0x1eabfffeb153ffff,
    0x6730d2a0f6b0f624, 0x64774b84f38512bf, 0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a,
    0x89f3fffcfffcfffd};
static const uint64_t tr_bls_fp_minus_2[6] = {0xb9feffffffffaaa9, 0x1eabfffeb153ffff,
    0x6730d2a0f6b0f624, 0x64774b84f38512bf, 0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a};
static const uint64_t tr_bls_fp_half_order[6] = {0xdcff7fffffffd555, 0x0f55ffff58a9ffff,
    0xb39869507b587b12, 0xb23ba5c279c2895f, 0x258dd3db21a5d66b, 0x0d0088f51cbff34d};
static const uint64_t tr_bls_fp_root_exponent[6] = {0xee7fbfffffffeaab, 0x07aaffffac54ffff,
    0xd9cc34a83dac3d89, 0xd91dd2e13ce144af, 0x92c6e9ed90d2eb35, 0x0680447a8e5ff9a6};
static const tr_bls_fp tr_bls_fp_zero = {{0}};
static const tr_bls_fp tr_bls_fp_one = {{0x760900000002fffd, 0xebf4000bc40c0002,
    0x5f48985753c758ba, 0x77ce585370525745, 0x5c071a97a256ec6d, 0x15f65ec3fa80e493}};
static const tr_bls_fp tr_bls_fp_r = {{0xf4df1f341c341746, 0x0a76e6a609d104f1, 0x8de5476c4c95b6d5,
    0x67eb88a9939d83c0, 0x9a793e85b519952d, 0x11988fe592cae3aa}};
static const tr_bls_fp tr_bls_fp_r_squared = {{0xed48ac6bd94ca1e0, 0x315f831e03a7adf8,
    0x9a53352a615e29dd, 0x34c04e5e921e1761, 0x2512d43565724728, 0x0aa6346091755d4d}};
static const tr_bls_fp tr_bls_fp_root_of_unity = {{0x43f5fffffffcaaae, 0x32b7fff2ed47fffd,
    0x07e83a49a2e99d69, 0xeca8f3318332bb7a, 0xef148d1ea0f4c069, 0x040ab3263eff0206}};

typedef struct tr_bls_fr {
    uint64_t w[4];
} tr_bls_fr;
enum { tr_bls_fr_bits = 255, tr_bls_fr_two_adicity = 32, tr_bls_fr_generator = 7 };
static const uint64_t tr_bls_fr_modulus[4] = {0xffffffff00000001, 0x53bda402fffe5bfe,
    0x3339d80809a1d805, 0x73eda753299d7d48};
static const uint64_t tr_bls_fr_montgomery[5] = {0xffffffff00000001, 0x53bda402fffe5bfe,
    0x3339d80809a1d805, 0x73eda753299d7d48, 0xfffffffeffffffff};
static const uint64_t tr_bls_fr_minus_2[4] = {0xfffffffeffffffff, 0x53bda402fffe5bfe,
    0x3339d80809a1d805, 0x73eda753299d7d48};
static const uint64_t tr_bls_fr_half_order[4] = {0x7fffffff80000000, 0xa9ded2017fff2dff,
    0x199cec0404d0ec02, 0x39f6d3a994cebea4};
static const uint64_t tr_bls_fr_root_exponent[4] = {0x7fff2dff7fffffff, 0x04d0ec02a9ded201,
    0x94cebea4199cec04, 0x0000000039f6d3a9};
static const tr_bls_fr tr_bls_fr_zero = {{0}};
static const tr_bls_fr tr_bls_fr_one = {{0x00000001fffffffe, 0x5884b7fa00034802,
    0x998c4fefecbc4ff5, 0x1824b159acc5056f}};
static const tr_bls_fr tr_bls_fr_r = {{0xc999e990f3f29c6d, 0x2b6cedcb87925c23, 0x05d314967254398f,
    0x0748d9d99f59ff11}};
static const tr_bls_fr tr_bls_fr_r_squared = {{0xc62c1807439b73af, 0x1b3e0d188cf06990,
    0x73d13c71c7b5f418, 0x6e2a5bb9c8db33e9}};
static const tr_bls_fr tr_bls_fr_root_of_unity = {{0xb9b58d8c5f0e466a, 0x5b1b4c801819d7ec,
    0x0af53ae352a31e64, 0x5bf3adda19e9b27b}};

typedef struct tr_p256_fp {
    uint64_t w[4];
} tr_p256_fp;
enum { tr_p256_fp_bits = 256, tr_p256_fp_two_adicity = 1, tr_p256_fp_generator = 3 };
static const uint64_t tr_p256_fp_modulus[4] = {0xffffffffffffffff, 0x00000000ffffffff,
    0x0000000000000000, 0xffffffff00000001};
static const uint64_t tr_p256_fp_montgomery[5] = {0xffffffffffffffff, 0x00000000ffffffff,
    0x0000000000000000, 0xffffffff00000001, 0x0000000000000001};
static const uint64_t tr_p256_fp_minus_2[4] = {0xfffffffffffffffd, 0x00000000ffffffff,
    0x0000000000000000, 0xffffffff00000001};
static const uint64_t tr_p256_fp_half_order[4] = {0xffffffffffffffff, 0x000000007fffffff,
    0x8000000000000000, 0x7fffffff80000000};
static const uint64_t tr_p256_fp_root_exponent[4] = {0x0000000000000000, 0x0000000040000000,
    0x4000000000000000, 0x3fffffffc0000000};
static const tr_p256_fp tr_p256_fp_zero = {{0}};
static const tr_p256_fp tr_p256_fp_one = {{0x0000000000000001, 0xffffffff00000000,
    0xffffffffffffffff, 0x00000000fffffffe}};
static const tr_p256_fp tr_p256_fp_r = {{0x0000000000000003, 0xfffffffbffffffff,
    0xfffffffffffffffe, 0x00000004fffffffd}};
static const tr_p256_fp tr_p256_fp_r_squared = {{0xfffffffd0000000a, 0xffffffedfffffff7,
    0x00000005fffffffc, 0x0000001800000001}};
static const tr_p256_fp tr_p256_fp_root_of_unity = {{0xfffffffffffffffe, 0x00000001ffffffff,
    0x0000000000000000, 0xfffffffe00000002}};

typedef struct tr_p256_fn {
    uint64_t w[4];
} tr_p256_fn;
enum { tr_p256_fn_bits = 256, tr_p256_fn_two_adicity = 4, tr_p256_fn_generator = 7 };
static const uint64_t tr_p256_fn_modulus[4] = {0xf3b9cac2fc632551, 0xbce6faada7179e84,
    0xffffffffffffffff, 0xffffffff00000000};
static const uint64_t tr_p256_fn_montgomery[5] = {0xf3b9cac2fc632551, 0xbce6faada7179e84,
    0xffffffffffffffff, 0xffffffff00000000, 0xccd1c8aaee00bc4f};
static const uint64_t tr_p256_fn_minus_2[4] = {0xf3b9cac2fc63254f, 0xbce6faada7179e84,
    0xffffffffffffffff, 0xffffffff00000000};
static const uint64_t tr_p256_fn_half_order[4] = {0x79dce5617e3192a8, 0xde737d56d38bcf42,
    0x7fffffffffffffff, 0x7fffffff80000000};
static const uint64_t tr_p256_fn_root_exponent[4] = {0x279dce5617e3192a, 0xfde737d56d38bcf4,
    0x07ffffffffffffff, 0x07fffffff8000000};
static const tr_p256_fn tr_p256_fn_zero = {{0}};
static const tr_p256_fn tr_p256_fn_one = {{0x0c46353d039cdaaf, 0x4319055258e8617b,
    0x0000000000000000, 0x00000000ffffffff}};
static const tr_p256_fn tr_p256_fn_r = {{0x83244c95be79eea2, 0x4699799c49bd6fa6,
    0x2845b2392b6bec59, 0x66e12d94f3d95620}};
static const tr_p256_fn tr_p256_fn_r_squared = {{0xac8ebec90b65a624, 0x111f28ae0c0555c9,
    0x2543b9246ba5e93f, 0x503a54e76407be65}};
static const tr_p256_fn tr_p256_fn_root_of_unity = {{0x1015708f7e368fe1, 0x31c6c5456ecc4511,
    0x5281fe8998a19ea1, 0x0279089e10c63fe8}};

typedef struct tr_k1_fp {
    uint64_t w[4];
} tr_k1_fp;
enum { tr_k1_fp_bits = 256, tr_k1_fp_two_adicity = 1, tr_k1_fp_generator = 3 };
static const uint64_t tr_k1_fp_modulus[4] = {0xfffffffefffffc2f, 0xffffffffffffffff,
    0xffffffffffffffff, 0xffffffffffffffff};
static const uint64_t tr_k1_fp_montgomery[5] = {0xfffffffefffffc2f, 0xffffffffffffffff,
    0xffffffffffffffff, 0xffffffffffffffff, 0xd838091dd2253531};
static const uint64_t tr_k1_fp_minus_2[4] = {0xfffffffefffffc2d, 0xffffffffffffffff,
    0xffffffffffffffff, 0xffffffffffffffff};
static const uint64_t tr_k1_fp_half_order[4] = {0xffffffff7ffffe17, 0xffffffffffffffff,
    0xffffffffffffffff, 0x7fffffffffffffff};
static const uint64_t tr_k1_fp_root_exponent[4] = {0xffffffffbfffff0c, 0xffffffffffffffff,
    0xffffffffffffffff, 0x3fffffffffffffff};
static const tr_k1_fp tr_k1_fp_zero = {{0}};
static const tr_k1_fp tr_k1_fp_one = {{0x00000001000003d1, 0x0000000000000000, 0x0000000000000000,
    0x0000000000000000}};
static const tr_k1_fp tr_k1_fp_r = {{0x000007a2000e90a1, 0x0000000000000001, 0x0000000000000000,
    0x0000000000000000}};
static const tr_k1_fp tr_k1_fp_r_squared = {{0x002bb1e33795f671, 0x0000000100000b73,
    0x0000000000000000, 0x0000000000000000}};
static const tr_k1_fp tr_k1_fp_root_of_unity = {{0xfffffffdfffff85e, 0xffffffffffffffff,
    0xffffffffffffffff, 0xffffffffffffffff}};

typedef struct tr_k1_fn {
    uint64_t w[4];
} tr_k1_fn;
enum { tr_k1_fn_bits = 256, tr_k1_fn_two_adicity = 6, tr_k1_fn_generator = 5 };
static const uint64_t tr_k1_fn_modulus[4] = {0xbfd25e8cd0364141, 0xbaaedce6af48a03b,
    0xfffffffffffffffe, 0xffffffffffffffff};
static const uint64_t tr_k1_fn_montgomery[5] = {0xbfd25e8cd0364141, 0xbaaedce6af48a03b,
    0xfffffffffffffffe, 0xffffffffffffffff, 0x4b0dff665588b13f};
static const uint64_t tr_k1_fn_minus_2[4] = {0xbfd25e8cd036413f, 0xbaaedce6af48a03b,
    0xfffffffffffffffe, 0xffffffffffffffff};
static const uint64_t tr_k1_fn_half_order[4] = {0xdfe92f46681b20a0, 0x5d576e7357a4501d,
    0xffffffffffffffff, 0x7fffffffffffffff};
static const uint64_t tr_k1_fn_root_exponent[4] = {0x777fa4bd19a06c82, 0xfd755db9cd5e9140,
    0xffffffffffffffff, 0x01ffffffffffffff};
static const tr_k1_fn tr_k1_fn_zero = {{0}};
static const tr_k1_fn tr_k1_fn_one = {{0x402da1732fc9bebf, 0x4551231950b75fc4, 0x0000000000000001,
    0x0000000000000000}};
static const tr_k1_fn tr_k1_fn_r = {{0x896cf21467d7d140, 0x741496c20e7cf878, 0xe697f5e45bcd07c6,
    0x9d671cd581c69bc5}};
static const tr_k1_fn tr_k1_fn_r_squared = {{0x7bc0cfe0e9ff41ed, 0x0017648444d4322c,
    0xb1b31347f1d0b2da, 0x555d800c18ef116d}};
static const tr_k1_fn tr_k1_fn_root_of_unity = {{0xe823f5b94e5b77cf, 0xcab86f88ecd9ebea,
    0xd3d93fa52862700f, 0xd6304d1f577eeabe}};

typedef struct tr_bjj_fn {
    uint64_t w[4];
} tr_bjj_fn;
enum { tr_bjj_fn_bits = 251, tr_bjj_fn_two_adicity = 4, tr_bjj_fn_generator = 19 };
static const uint64_t tr_bjj_fn_modulus[4] = {0x677297dc392126f1, 0xab3eedb83920ee0a,
    0x370a08b6d0302b0b, 0x060c89ce5c263405};
static const uint64_t tr_bjj_fn_montgomery[5] = {0x677297dc392126f1, 0xab3eedb83920ee0a,
    0x370a08b6d0302b0b, 0x060c89ce5c263405, 0x532ce5aebc48f5ef};
static const uint64_t tr_bjj_fn_minus_2[4] = {0x677297dc392126ef, 0xab3eedb83920ee0a,
    0x370a08b6d0302b0b, 0x060c89ce5c263405};
static const uint64_t tr_bjj_fn_half_order[4] = {0x33b94bee1c909378, 0xd59f76dc1c907705,
    0x9b85045b68181585, 0x030644e72e131a02};
static const uint64_t tr_bjj_fn_root_exponent[4] = {0x533b94bee1c90937, 0x5d59f76dc1c90770,
    0x29b85045b6818158, 0x0030644e72e131a0};
static const tr_bjj_fn tr_bjj_fn_zero = {{0}};
static const tr_bjj_fn tr_bjj_fn_one = {{0x073315dea08f9c76, 0xe7acffc6a098f24b,
    0xf85a9201d818f015, 0x01f16424e1bb7724}};
static const tr_bjj_fn tr_bjj_fn_r = {{0x35e44abee7ecb21e, 0x74646cacf5f84ec4, 0xe472df203faa158f,
    0x0445b524f1ba50a8}};
static const tr_bjj_fn tr_bjj_fn_r_squared = {{0x30886e7b42917c21, 0x98dae87b55d7cd2a,
    0xeefe3d08cc608b7b, 0x02b4dbffb2bc97aa}};
static const tr_bjj_fn tr_bjj_fn_root_of_unity = {{0x2fb01b009b1974ef, 0x723c0b735eb3e91a,
    0x341f16b7f0533dec, 0x04edaec309cf7bc1}};

#endif
