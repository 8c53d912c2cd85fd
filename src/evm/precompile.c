#include "evm/precompile.h"

#include "curve/p256.h"
#include "curve/secp256k1.h"
#include "evm/precompile_internal.h"
#include "hash/hash.h"

enum { P256 = 0x100 };

tr_err tr_precompile_give(tr_precompile_call *call, tr_bytes bytes)
{
    call->output = tr_arena_copy(call->arena, bytes);
    return call->output.data == NULL ? TR_E_MEMORY : TR_OK;
}

static uint64_t by_words(uint64_t base, uint64_t word, tr_bytes input)
{
    return base + word * ((uint64_t)input.len / 32 + (input.len % 32 != 0));
}

/* 1: the address that signed, or nothing. */
static uint64_t recover_gas(const tr_evm_rules *rules, tr_bytes input)
{
    (void)rules;
    (void)input;
    return 3000;
}

static tr_err recover(tr_precompile_call *call)
{
    static const uint8_t zeros[31];
    struct {
        tr_hash hash;
        uint8_t v[32], r[32], s[32];
    } in;
    uint8_t out[32] = {0};
    tr_ecdsa_sig sig;
    tr_pubkey key;
    tr_precompile_fit(call->input, (uint8_t *)&in, sizeof(in));
    sig.recovery = (uint8_t)(in.v[31] - 27);
    if (sig.recovery > 1 || memcmp(in.v, zeros, sizeof(zeros)) != 0) return TR_OK;
    memcpy(sig.r, in.r, sizeof(sig.r));
    memcpy(sig.s, in.s, sizeof(sig.s));
    if (tr_ecdsa_recover(&in.hash, &sig, &key) != TR_OK) return TR_OK;
    tr_addr address = tr_pubkey_address(&key);
    memcpy(out + 12, address.b, sizeof(address.b));
    return tr_precompile_give(call, TR_VIEW(out));
}

/* 2, 3, 4: hashes, and the input itself. */
static uint64_t sha256_gas(const tr_evm_rules *rules, tr_bytes input)
{
    (void)rules;
    return by_words(60, 12, input);
}

static tr_err sha256(tr_precompile_call *call)
{
    tr_hash hash = tr_sha256(call->input);
    return tr_precompile_give(call, TR_VIEW(hash.b));
}

static uint64_t ripemd160_gas(const tr_evm_rules *rules, tr_bytes input)
{
    (void)rules;
    return by_words(600, 120, input);
}

static tr_err ripemd160(tr_precompile_call *call)
{
    uint8_t out[32] = {0};
    tr_ripemd160(call->input, out + 12);
    return tr_precompile_give(call, TR_VIEW(out));
}

static uint64_t identity_gas(const tr_evm_rules *rules, tr_bytes input)
{
    (void)rules;
    return by_words(15, 3, input);
}

static tr_err identity(tr_precompile_call *call)
{
    return tr_precompile_give(call, call->input);
}

/* 9: rounds, eight words of state, sixteen of a block, two of an offset, whether it is the last. */
enum { BLAKE2F_INPUT = 213, BLAKE2F_STATE = 64 };

static uint64_t blake2f_gas(const tr_evm_rules *rules, tr_bytes input)
{
    (void)rules;
    return input.len == BLAKE2F_INPUT ? tr_load32be(input.data) : 0;
}

static tr_err blake2f(tr_precompile_call *call)
{
    uint64_t words[8 + 16 + 2]; /* little-endian, as are we */
    if (call->input.len != BLAKE2F_INPUT) return TR_E_ARGUMENT;
    uint8_t final = call->input.data[BLAKE2F_INPUT - 1];
    if (final > 1) return TR_E_RANGE;
    memcpy(words, call->input.data + 4, sizeof(words));
    tr_blake2b_f(tr_load32be(call->input.data), words, words + 8, words + 24, final == 1);
    return tr_precompile_give(call, tr_bytes_of(words, BLAKE2F_STATE));
}

/* 0x100: 1, or nothing. */
static uint64_t p256_gas(const tr_evm_rules *rules, tr_bytes input)
{
    (void)input;
    return rules->p256_gas;
}

static tr_err p256(tr_precompile_call *call)
{
    static const uint8_t one[32] = {[31] = 1};
    const uint8_t *in = call->input.data;
    if (call->input.len != 160) return TR_OK;
    if (!tr_p256_verify(in, in + 32, in + 64, in + 96, in + 128)) return TR_OK;
    return tr_precompile_give(call, TR_VIEW(one));
}

typedef struct contract {
    tr_precompile_gas_function *gas;
    tr_precompile_run_function *run;
    const char *name; /* of EIP-7910 */
} contract;

/* By address; which of them a fork has is in its rules. */
static const contract contracts[] = {
    [0x01] = {recover_gas, recover, "ECREC"},
    [0x02] = {sha256_gas, sha256, "SHA256"},
    [0x03] = {ripemd160_gas, ripemd160, "RIPEMD160"},
    [0x04] = {identity_gas, identity, "ID"},
    [0x05] = {tr_precompile_modexp_gas, tr_precompile_modexp, "MODEXP"},
    [0x06] = {tr_precompile_bn_add_gas, tr_precompile_bn_add, "BN254_ADD"},
    [0x07] = {tr_precompile_bn_mul_gas, tr_precompile_bn_mul, "BN254_MUL"},
    [0x08] = {tr_precompile_bn_pairing_gas, tr_precompile_bn_pairing, "BN254_PAIRING"},
    [0x09] = {blake2f_gas, blake2f, "BLAKE2F"},
    [0x0a] = {tr_precompile_kzg_gas, tr_precompile_kzg, "KZG_POINT_EVALUATION"},
    [0x0b] = {tr_precompile_bls_g1_add_gas, tr_precompile_bls_g1_add, "BLS12_G1ADD"},
    [0x0c] = {tr_precompile_bls_g1_msm_gas, tr_precompile_bls_g1_msm, "BLS12_G1MSM"},
    [0x0d] = {tr_precompile_bls_g2_add_gas, tr_precompile_bls_g2_add, "BLS12_G2ADD"},
    [0x0e] = {tr_precompile_bls_g2_msm_gas, tr_precompile_bls_g2_msm, "BLS12_G2MSM"},
    [0x0f] = {tr_precompile_bls_pairing_gas, tr_precompile_bls_pairing, "BLS12_PAIRING_CHECK"},
    [0x10] = {tr_precompile_bls_map_g1_gas, tr_precompile_bls_map_g1, "BLS12_MAP_FP_TO_G1"},
    [0x11] = {tr_precompile_bls_map_g2_gas, tr_precompile_bls_map_g2, "BLS12_MAP_FP2_TO_G2"},
};
static const contract contract_p256 = {p256_gas, p256, "P256VERIFY"};

static const contract *contract_of(unsigned number)
{
    if (number == P256) return &contract_p256;
    TR_ASSERT(number != 0 && number < TR_COUNTOF(contracts));
    return &contracts[number];
}

unsigned tr_precompile_at(const tr_evm_rules *rules, const tr_addr *address)
{
    const uint8_t *b = address->b;
    if ((tr_load64be(b) | tr_load64be(b + 8) | tr_load16be(b + 16)) != 0) return 0;
    unsigned number = tr_load16be(b + 18);
    if (number == P256) return rules->p256 ? number : 0;
    return number <= rules->precompiles ? number : 0;
}

uint64_t tr_precompile_gas(const tr_evm_rules *rules, unsigned number, tr_bytes input)
{
    return contract_of(number)->gas(rules, input);
}

bool tr_precompile_run(const tr_evm_rules *rules, unsigned number, tr_bytes input, tr_arena *arena,
                       tr_bytes *output, tr_err *err)
{
    tr_precompile_call call = {rules, input, arena, {NULL, 0}};
    tr_err result = contract_of(number)->run(&call);
    *err = result == TR_E_MEMORY ? result : TR_OK;
    *output = result == TR_OK ? call.output : (tr_bytes){NULL, 0};
    return result == TR_OK;
}

const char *tr_precompile_name(unsigned number)
{
    return contract_of(number)->name;
}
