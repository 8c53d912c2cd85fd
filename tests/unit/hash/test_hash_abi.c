/* The public functions, through the public header alone, against answers of the standards. */
#include "trestle/hash.h"

#include "harness.h"

TR_TEST(one_message)
{
    const uint8_t *abc = (const uint8_t *)"abc";
    uint8_t out[64];
    tr_hash_keccak256(abc, 3, out);
    TR_CHECK_BYTES(tr_bytes_of(out, 32),
                   tr_test_hex("4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"));
    tr_hash_keccak512(NULL, 0, out);
    TR_CHECK_BYTES(tr_bytes_of(out, 64),
                   tr_test_hex("0eab42de4c3ceb9235fc91acffe746b29c29a8c366b7c60e4e67c466f36a4304"
                               "c00fa9caf9d87976ba469bcbe06713b435f091ef2769fb160cdab33d3670680e"));
    tr_hash_sha256(abc, 3, out);
    TR_CHECK_BYTES(tr_bytes_of(out, 32),
                   tr_test_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    tr_hash_sha512(abc, 3, out);
    TR_CHECK_BYTES(tr_bytes_of(out, 64),
                   tr_test_hex("ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                               "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"));
    tr_hash_ripemd160(abc, 3, out);
    TR_CHECK_BYTES(tr_bytes_of(out, 20), tr_test_hex("8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"));
    /* EIP-152, vector 5 */
    uint64_t h[8] = {0x6a09e667f2bdc948, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
                     0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
                     0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};
    const uint64_t m[16] = {0x636261}, t[2] = {3, 0};
    tr_hash_blake2b_f(12, h, m, t, 1);
    TR_CHECK_BYTES(TR_VIEW(h),
                   tr_test_hex("ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                               "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"));
}

TR_TEST(many_messages)
{
    enum { N = 150 };
    static uint8_t text[N];
    const uint8_t *data[N];
    size_t lens[N];
    uint8_t keccak[32 * N + 1], sha[32 * N + 1], one[32];
    for (size_t i = 0; i < N; i++) {
        text[i] = (uint8_t)i;
        data[i] = text + i;
        lens[i] = N - i;
    }
    keccak[32 * N] = sha[32 * N] = 0xaa;
    tr_hash_keccak256_many(N, data, lens, keccak);
    tr_hash_sha256_many(N, data, lens, sha);
    for (size_t i = 0; i < N; i++) {
        tr_hash_keccak256(data[i], lens[i], one);
        TR_CHECK_BYTES(tr_bytes_of(keccak + 32 * i, 32), TR_VIEW(one));
        tr_hash_sha256(data[i], lens[i], one);
        TR_CHECK_BYTES(tr_bytes_of(sha + 32 * i, 32), TR_VIEW(one));
    }
    TR_CHECK_EQ(keccak[32 * N], 0xaa);
    TR_CHECK_EQ(sha[32 * N], 0xaa);
}

/* Values of circomlibjs's tests. */
TR_TEST(poseidon)
{
    uint8_t in[17 * 32] = {0}, out[32];
    in[31] = 1;
    in[63] = 2;
    TR_CHECK_OK(tr_hash_poseidon(1, in, out));
    TR_CHECK_BYTES(TR_VIEW(out),
                   tr_test_hex("29176100eaa962bdc1fe6c654d6a3c130e96a4d1168b33848b897dc502820133"));
    TR_CHECK_OK(tr_hash_poseidon(2, in, out));
    TR_CHECK_BYTES(TR_VIEW(out),
                   tr_test_hex("115cc0f5e7d690413df64c6b9662e9cf2a3617f2743245519e19607a4417189a"));
    TR_CHECK_OK(tr_hash_poseidon(16, in, out));
    TR_CHECK_ERR(tr_hash_poseidon(17, in, out), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_hash_poseidon(0, NULL, out), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_hash_poseidon(SIZE_MAX, in, out), TR_E_ARGUMENT);
    memcpy(in + 32,
           tr_test_hex("30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001").data,
           32);
    TR_CHECK_ERR(tr_hash_poseidon(2, in, out), TR_E_RANGE);
    in[63] = 0;
    TR_CHECK_OK(tr_hash_poseidon(2, in, out));
}
