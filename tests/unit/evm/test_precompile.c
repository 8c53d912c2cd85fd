/* The precompiled contracts: who has them, what they cost at each fork, and their edges.  Whole
 * results are what tests/conformance/run_precompile.c compares; what is here are borders, failures
 * and relations.  Constants named "geth" are from core/vm/testdata/precompiles of go-ethereum. */
#include "evm/precompile.h"
#include "harness.h"

enum {
    ECRECOVER = 1,
    SHA256,
    RIPEMD160,
    IDENTITY,
    MODEXP,
    BN_ADD,
    BN_MUL,
    BN_PAIRING,
    BLAKE2F,
    KZG,
    G1_ADD,
    G1_MSM,
    G2_ADD,
    G2_MSM,
    BLS_PAIRING,
    MAP_G1,
    MAP_G2,
    P256 = 0x100,
};

static tr_addr address_of(unsigned number)
{
    tr_addr address = {{0}};
    tr_store16be(address.b + 18, (uint16_t)number);
    return address;
}

static tr_bytes zeros(size_t len)
{
    uint8_t *to = tr_arena_get(tr_test_arena(), len, 1);
    TR_CHECK(to != NULL);
    memset(to, 0, len);
    return tr_bytes_of(to, len);
}

static tr_bytes joined(tr_bytes a, tr_bytes b)
{
    tr_bytes out = zeros(a.len + b.len);
    if (a.len != 0) memcpy((uint8_t *)out.data, a.data, a.len);
    if (b.len != 0) memcpy((uint8_t *)out.data + a.len, b.data, b.len);
    return out;
}

/* A copy that differs in one byte. */
static tr_bytes with_byte(tr_bytes in, size_t at, uint8_t byte)
{
    tr_bytes out = joined(in, (tr_bytes){NULL, 0});
    TR_CHECK(at < out.len);
    ((uint8_t *)out.data)[at] = byte;
    return out;
}

static bool runs(tr_fork fork, unsigned number, tr_bytes input, tr_bytes *output)
{
    tr_err err = TR_E_RANGE;
    bool ok =
        tr_precompile_run(tr_evm_rules_of(fork), number, input, tr_test_arena(), output, &err);
    TR_CHECK_OK(err);
    TR_CHECK(ok || output->len == 0);
    return ok;
}

static bool fails(tr_fork fork, unsigned number, tr_bytes input)
{
    tr_bytes output;
    return !runs(fork, number, input, &output);
}

static tr_bytes result(tr_fork fork, unsigned number, tr_bytes input)
{
    tr_bytes output;
    TR_CHECK(runs(fork, number, input, &output));
    return output;
}

static uint64_t gas(tr_fork fork, unsigned number, tr_bytes input)
{
    return tr_precompile_gas(tr_evm_rules_of(fork), number, input);
}

/* Who has what. */

TR_TEST(each_fork_has_its_contracts)
{
    static const uint8_t last[TR_FORKS] = {4, 4, 4, 4, 8, 8, 8, 9, 9, 9, 9, 9, 9, 9, 9, 10, 17, 17};
    for (unsigned fork = 0; fork < TR_FORKS; fork++) {
        const tr_evm_rules *rules = tr_evm_rules_of((tr_fork)fork);
        for (unsigned number = 0; number < 0x300; number++) {
            tr_addr address = address_of(number);
            bool has =
                (number >= 1 && number <= last[fork]) || (number == P256 && fork == TR_OSAKA);
            TR_CHECK_EQ(tr_precompile_at(rules, &address), has ? number : 0);
        }
    }
}

TR_TEST(no_other_address_is_a_contract)
{
    const tr_evm_rules *rules = tr_evm_rules_of(TR_OSAKA);
    for (size_t i = 0; i < 18; i++) {
        tr_addr address = address_of(SHA256);
        address.b[i] = 0x80;
        TR_CHECK_EQ(tr_precompile_at(rules, &address), 0);
    }
}

/* A chain may have P256VERIFY before Osaka, at its own price (RIP-7212). */
TR_TEST(p256_of_other_chains)
{
    tr_evm_rules rules = *tr_evm_rules_of(TR_CANCUN);
    tr_addr address = address_of(P256);
    TR_CHECK_EQ(tr_precompile_at(&rules, &address), 0);
    rules.p256 = true;
    rules.p256_gas = 3450;
    TR_CHECK_EQ(tr_precompile_at(&rules, &address), P256);
    TR_CHECK_EQ(tr_precompile_gas(&rules, P256, zeros(160)), 3450);
}

/* EIP-7910. */
TR_TEST(names)
{
    static const char *const names[] = {"ECREC",
                                        "SHA256",
                                        "RIPEMD160",
                                        "ID",
                                        "MODEXP",
                                        "BN254_ADD",
                                        "BN254_MUL",
                                        "BN254_PAIRING",
                                        "BLAKE2F",
                                        "KZG_POINT_EVALUATION",
                                        "BLS12_G1ADD",
                                        "BLS12_G1MSM",
                                        "BLS12_G2ADD",
                                        "BLS12_G2MSM",
                                        "BLS12_PAIRING_CHECK",
                                        "BLS12_MAP_FP_TO_G1",
                                        "BLS12_MAP_FP2_TO_G2"};
    for (unsigned i = 0; i < TR_COUNTOF(names); i++)
        TR_CHECK_STR(tr_precompile_name(i + 1), names[i]);
    TR_CHECK_STR(tr_precompile_name(P256), "P256VERIFY");
}

/* Gas that depends on the length alone. */

TR_TEST(gas_by_length)
{
    static const struct {
        tr_fork fork;
        uint16_t number;
        uint32_t len;
        uint64_t gas;
    } cases[] = {
        {TR_FRONTIER, ECRECOVER, 0, 3000},
        {TR_OSAKA, ECRECOVER, 1000, 3000},
        {TR_FRONTIER, SHA256, 0, 60},
        {TR_FRONTIER, SHA256, 1, 72},
        {TR_OSAKA, SHA256, 32, 72},
        {TR_OSAKA, SHA256, 33, 84},
        {TR_FRONTIER, RIPEMD160, 0, 600},
        {TR_OSAKA, RIPEMD160, 32, 720},
        {TR_OSAKA, RIPEMD160, 65, 960},
        {TR_FRONTIER, IDENTITY, 0, 15},
        {TR_OSAKA, IDENTITY, 31, 18},
        {TR_OSAKA, IDENTITY, 320, 45},
        {TR_BYZANTIUM, BN_ADD, 0, 500},
        {TR_PETERSBURG, BN_ADD, 128, 500},
        {TR_ISTANBUL, BN_ADD, 128, 150},
        {TR_PETERSBURG, BN_MUL, 96, 40000},
        {TR_ISTANBUL, BN_MUL, 0, 6000},
        {TR_PETERSBURG, BN_PAIRING, 0, 100000},
        {TR_PETERSBURG, BN_PAIRING, 384, 260000},
        {TR_ISTANBUL, BN_PAIRING, 0, 45000},
        {TR_ISTANBUL, BN_PAIRING, 384, 113000},
        {TR_OSAKA, BN_PAIRING, 385, 113000},
        {TR_ISTANBUL, BLAKE2F, 212, 0},
        {TR_ISTANBUL, BLAKE2F, 214, 0},
        {TR_CANCUN, KZG, 0, 50000},
        {TR_PRAGUE, G1_ADD, 0, 375},
        {TR_PRAGUE, G2_ADD, 0, 600},
        {TR_PRAGUE, G1_MSM, 159, 0},
        {TR_PRAGUE, G1_MSM, 160, 12000},
        {TR_PRAGUE, G1_MSM, 320, 22776},
        {TR_PRAGUE, G1_MSM, 128 * 160, 797184},
        {TR_PRAGUE, G1_MSM, 129 * 160, 803412},
        {TR_PRAGUE, G1_MSM, 1000 * 160, 6228000},
        {TR_PRAGUE, G2_MSM, 287, 0},
        {TR_PRAGUE, G2_MSM, 288, 22500},
        {TR_PRAGUE, G2_MSM, 576, 45000},
        {TR_PRAGUE, G2_MSM, 128 * 288, 1509120},
        {TR_PRAGUE, G2_MSM, 129 * 288, 1520910},
        {TR_PRAGUE, BLS_PAIRING, 0, 37700},
        {TR_PRAGUE, BLS_PAIRING, 768, 102900},
        {TR_PRAGUE, MAP_G1, 64, 5500},
        {TR_PRAGUE, MAP_G2, 128, 23800},
        {TR_OSAKA, P256, 160, 6900},
        {TR_OSAKA, P256, 0, 6900},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++)
        TR_CHECK_EQ(gas(cases[i].fork, cases[i].number, zeros(cases[i].len)), cases[i].gas);
}

/* 1 */

/* geth, "ValidKey". */
static tr_bytes signed_input(void)
{
    return tr_test_hex("18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c"
                       "000000000000000000000000000000000000000000000000000000000000001c"
                       "73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f"
                       "eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549");
}

TR_TEST(recover_takes_any_s_and_any_tail)
{
    tr_bytes want = tr_test_hex("000000000000000000000000a94f5374fce5edbc8e2a8697c15331677e6ebf0b");
    tr_bytes in = signed_input();
    TR_CHECK_BYTES(result(TR_FRONTIER, ECRECOVER, in), want);
    TR_CHECK_BYTES(result(TR_FRONTIER, ECRECOVER, joined(in, TR_LIT("more"))), want);
    /* this s is a high one; the order less s with the other parity is the same key's */
    tr_bytes low = joined(in, (tr_bytes){NULL, 0});
    tr_bytes s = tr_test_hex("1146bf4e2fc4de1c94f1b81868960f68bc842490f1b6bc98387ba6b57599fbf8");
    ((uint8_t *)low.data)[63] = 27;
    memcpy((uint8_t *)low.data + 96, s.data, s.len);
    TR_CHECK_BYTES(result(TR_OSAKA, ECRECOVER, low), want);
}

TR_TEST(recover_finds_nothing_and_does_not_fail)
{
    tr_bytes in = signed_input();
    static const uint8_t v[] = {0, 1, 26, 29, 255};
    for (size_t i = 0; i < sizeof(v); i++)
        TR_CHECK_EQ(result(TR_FRONTIER, ECRECOVER, with_byte(in, 63, v[i])).len, 0);
    for (size_t i = 32; i < 63; i++)
        TR_CHECK_EQ(result(TR_FRONTIER, ECRECOVER, with_byte(in, i, 1)).len, 0);
    for (size_t len = 0; len <= 96; len += 16) /* s is zero */
        TR_CHECK_EQ(result(TR_FRONTIER, ECRECOVER, tr_bytes_cut(in, 0, len)).len, 0);
    tr_bytes high = joined(in, (tr_bytes){NULL, 0});
    memset((uint8_t *)high.data + 64, 0xff, 32); /* r is above the order */
    TR_CHECK_EQ(result(TR_FRONTIER, ECRECOVER, high).len, 0);
}

/* What is cut off is zero. */
TR_TEST(recover_fills_with_zeros)
{
    tr_bytes in = with_byte(signed_input(), 127, 0);
    tr_bytes whole = result(TR_FRONTIER, ECRECOVER, in);
    TR_CHECK_EQ(whole.len, 32);
    TR_CHECK_BYTES(result(TR_FRONTIER, ECRECOVER, tr_bytes_cut(in, 0, 127)), whole);
}

/* 2, 3, 4 */

TR_TEST(hashes_and_identity)
{
    TR_CHECK_BYTES(result(TR_FRONTIER, SHA256, TR_LIT("abc")),
                   tr_test_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"));
    TR_CHECK_BYTES(result(TR_FRONTIER, RIPEMD160, TR_LIT("abc")),
                   tr_test_hex("0000000000000000000000008eb208f7e05d987a9b044a8e98c6b087f15a0bfc"));
    TR_CHECK_BYTES(result(TR_FRONTIER, IDENTITY, TR_LIT("abc")), TR_LIT("abc"));
    TR_CHECK_EQ(result(TR_FRONTIER, IDENTITY, (tr_bytes){NULL, 0}).len, 0);
    tr_bytes in = TR_LIT("the caller's memory may change");
    TR_CHECK(result(TR_FRONTIER, IDENTITY, in).data != in.data);
}

/* 5 */

/* A head of three lengths, then bytes. */
static tr_bytes power_of(const char *base_len, const char *exponent_len, const char *modulus_len,
                         tr_bytes rest)
{
    uint8_t head[96] = {0};
    const char *const lengths[] = {base_len, exponent_len, modulus_len};
    for (size_t i = 0; i < 3; i++) {
        tr_bytes number = tr_test_hex(lengths[i]);
        TR_CHECK(number.len <= 32);
        memcpy(head + 32 * (i + 1) - number.len, number.data, number.len);
    }
    return joined(TR_VIEW(head), rest);
}

/* Made by another program: the formulas of EIP-198, 2565 and 7883 in whole numbers without bounds.
 * UINT64_MAX where the result does not fit. */
TR_TEST(modexp_gas)
{
    static const struct {
        const char *base_len, *exponent_len, *modulus_len, *rest;
        uint64_t byzantium, berlin, osaka;
    } cases[] = {
        {"00", "00", "00", "", 0, 200, 500},
        {"40", "01", "01",
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "00000000000000000000000000000000000000003",
         204, 200, 500},
        {"41", "01", "01",
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "0000000000000000000000000000000000000000003",
         211, 200, 500},
        {"01", "01", "0400", "0003", 17868, 5461, 32768},
        {"01", "01", "0401", "0003", 17899, 5547, 33282},
        {"20", "20", "20",
         "0000000000000000000000000000000000000000000000000000000000000000fffffffffffffffffffffffff"
         "fffffffffffffffffffffffffffffffffffffff",
         13056, 1360, 4080},
        {"21", "20", "21",
         "000000000000000000000000000000000000000000000000000000000000000000fffffffffffffffffffffff"
         "fffffffffffffffffffffffffffffffffffffffff",
         13884, 2125, 12750},
        {"08", "20", "09",
         "0000000000000000ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 1032,
         340, 4080},
        {"20", "21", "20",
         "0000000000000000000000000000000000000000000000000000000000000000fffffffffffffffffffffffff"
         "fffffffffffffffffffffffffffffffffffffffff",
         13465, 1402, 4336},
        {"20", "21", "20",
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "000000000000000000000000000000000000000ff",
         409, 200, 500},
        {"20", "21", "20",
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "000000000000000000000000000000000000001ff",
         409, 200, 500},
        {"20", "21", "20",
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "00000000000000000000000000000000000000200",
         460, 200, 500},
        {"20", "0100", "20",
         "00000000000000000000000000000000000000000000000000000000000000008000000000000000000000000"
         "000000000000000000000000000000000000000",
         104806, 10917, 61424},
        {"20", "20", "20", "0000000000000000000000000000000000000000000000000000000000000000ff",
         13056, 1360, 4080},
        {"20", "02", "20", "00000000000000000000000000000000000000000000000000000000000000000100",
         409, 200, 500},
        {"0100", "20", "01", "", 1894, 341, 2048},
        {"2000", "03", "0100", "", 396339, 349525, 2097152},
        {"00", "20", "00", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 0,
         200, 4080},
        {"ffffffff", "01", "01", "", UINT64_C(57646178282703899), UINT64_C(96076792050570581),
         UINT64_C(576460752303423488)},
        {"ffffffffffffffff", "01", "01", "", UINT64_MAX, UINT64_MAX, UINT64_MAX},
        {"010000000000000000", "01", "01", "", UINT64_MAX, UINT64_MAX, UINT64_MAX},
        {"01", "01", "8000000000000000000000000000000000000000000000000000000000000000", "",
         UINT64_MAX, UINT64_MAX, UINT64_MAX},
        {"01", "ffffffffffff", "01", "02", UINT64_C(112589990684249), UINT64_C(750599937894994),
         UINT64_C(72057594037919488)},
        {"01", "0400000000000000", "01", "", UINT64_C(115292150460684684),
         UINT64_C(768614336404564565), UINT64_MAX},
        {"0100000000", "0100000000", "0100000000", "", UINT64_MAX, UINT64_MAX, UINT64_MAX},
        {"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
         "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
         "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "", UINT64_MAX,
         UINT64_MAX, UINT64_MAX},
        {"00", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "01",
         "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", UINT64_MAX, UINT64_MAX,
         UINT64_MAX},
        {"00", "ffffffff", "00", "", 0, 200, UINT64_C(1099511619328)},
        {"0200", "0400", "0200",
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "00000000000000000000000000000000000000000000001",
         45673267, 11173888, 132055040},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_bytes in = power_of(cases[i].base_len, cases[i].exponent_len, cases[i].modulus_len,
                               tr_test_hex(cases[i].rest));
        TR_CHECK_EQ(gas(TR_BYZANTIUM, MODEXP, in), cases[i].byzantium);
        TR_CHECK_EQ(gas(TR_ISTANBUL, MODEXP, in), cases[i].byzantium);
        TR_CHECK_EQ(gas(TR_BERLIN, MODEXP, in), cases[i].berlin);
        TR_CHECK_EQ(gas(TR_PRAGUE, MODEXP, in), cases[i].berlin);
        TR_CHECK_EQ(gas(TR_OSAKA, MODEXP, in), cases[i].osaka);
    }
}

TR_TEST(modexp_of_no_or_short_input)
{
    TR_CHECK_EQ(gas(TR_BYZANTIUM, MODEXP, zeros(0)), 0);
    TR_CHECK_EQ(gas(TR_BERLIN, MODEXP, zeros(0)), 200);
    TR_CHECK_EQ(gas(TR_OSAKA, MODEXP, zeros(0)), 500);
    TR_CHECK_EQ(result(TR_OSAKA, MODEXP, zeros(0)).len, 0);
    /* a length that is cut: 1 << 8 */
    tr_bytes in = tr_bytes_cut(power_of("00", "00", "0100", zeros(0)), 0, 95);
    TR_CHECK_BYTES(result(TR_OSAKA, MODEXP, in), zeros(256));
    /* 3 ^ 2 modulo 0x0500 (its last byte is missing) */
    in = power_of("01", "01", "02", tr_test_hex("030205"));
    TR_CHECK_BYTES(result(TR_OSAKA, MODEXP, in), tr_test_hex("0009"));
    in = power_of("01", "01", "02", tr_test_hex("0302"));
    TR_CHECK_BYTES(result(TR_OSAKA, MODEXP, in), tr_test_hex("0000"));
    /* 0 ^ 0 is 1, but modulo 1 */
    in = power_of("00", "00", "02", tr_test_hex("0002"));
    TR_CHECK_BYTES(result(TR_OSAKA, MODEXP, in), tr_test_hex("0001"));
    in = power_of("00", "00", "02", tr_test_hex("0001"));
    TR_CHECK_BYTES(result(TR_OSAKA, MODEXP, in), tr_test_hex("0000"));
}

TR_TEST(modexp_of_an_endless_exponent)
{
    static const char *const endless =
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
    tr_bytes in = power_of("00", endless, "00", tr_test_hex("ff"));
    TR_CHECK_EQ(gas(TR_BYZANTIUM, MODEXP, in), 0);
    TR_CHECK_EQ(gas(TR_PRAGUE, MODEXP, in), 200);
    TR_CHECK_EQ(gas(TR_OSAKA, MODEXP, in), UINT64_MAX);
    TR_CHECK_EQ(result(TR_BYZANTIUM, MODEXP, in).len, 0);
    TR_CHECK_EQ(result(TR_PRAGUE, MODEXP, in).len, 0);
    TR_CHECK(fails(TR_OSAKA, MODEXP, in));
    /* no place for the modulus */
    TR_CHECK_BYTES(result(TR_PRAGUE, MODEXP, power_of("01", endless, "03", zeros(0))), zeros(3));
}

TR_TEST(modexp_has_a_longest_length)
{
    static const char *const most = "0400", *const more = "0401";
    tr_bytes rest = zeros(0);
    TR_CHECK_EQ(result(TR_OSAKA, MODEXP, power_of(most, most, most, rest)).len, 1024);
    TR_CHECK(fails(TR_OSAKA, MODEXP, power_of(more, "01", "01", rest)));
    TR_CHECK(fails(TR_OSAKA, MODEXP, power_of("01", more, "01", rest)));
    TR_CHECK(fails(TR_OSAKA, MODEXP, power_of("01", "01", more, rest)));
    TR_CHECK(fails(TR_OSAKA, MODEXP, power_of("00", more, "00", rest)));
    TR_CHECK_EQ(result(TR_PRAGUE, MODEXP, power_of(more, more, more, rest)).len, 1025);
}

/* base ^ (e 256 ^ n) is base ^ e to the power of 256 ^ n. */
TR_PROP(modexp_of_products)
{
    uint8_t head[96] = {0}, number[3 + 5 + 9];
    size_t more = (size_t)tr_gen_below(g, 200);
    tr_gen_fill(g, number, sizeof(number));
    tr_bytes base = tr_bytes_of(number, 3), modulus = tr_bytes_of(number + 8, 9);
    head[31] = 3;
    tr_store64be(head + 56, 5 + more);
    head[95] = 9;
    tr_bytes exponent = joined(tr_bytes_of(number + 3, 5), zeros(more));
    tr_bytes want =
        result(TR_PRAGUE, MODEXP, joined(TR_VIEW(head), joined(base, joined(exponent, modulus))));
    tr_store64be(head + 56, 5);
    tr_bytes first = result(TR_PRAGUE, MODEXP, joined(TR_VIEW(head), TR_VIEW(number)));
    head[31] = 9;
    tr_store64be(head + 56, 1 + more);
    exponent = joined(tr_test_hex("01"), zeros(more));
    tr_bytes got =
        result(TR_PRAGUE, MODEXP, joined(TR_VIEW(head), joined(first, joined(exponent, modulus))));
    TR_CHECK_BYTES(got, want);
    TR_CHECK_EQ(got.len, 9);
}

/* 6, 7, 8 */

static tr_bytes word_of(uint8_t last)
{
    return with_byte(zeros(32), 31, last);
}

/* The generator of BN254's G1. */
static tr_bytes bn_point(void)
{
    return joined(word_of(1), word_of(2));
}

TR_TEST(bn_sums_and_multiples)
{
    tr_bytes g = bn_point();
    tr_bytes twice = result(TR_BYZANTIUM, BN_ADD, joined(g, g));
    TR_CHECK_BYTES(result(TR_BYZANTIUM, BN_MUL, joined(g, word_of(2))), twice);
    TR_CHECK_BYTES(result(TR_BYZANTIUM, BN_ADD, g), g); /* infinity is missing */
    TR_CHECK_BYTES(result(TR_BYZANTIUM, BN_ADD, zeros(0)), zeros(64));
    TR_CHECK_BYTES(result(TR_BYZANTIUM, BN_MUL, zeros(0)), zeros(64));
    TR_CHECK_BYTES(result(TR_BYZANTIUM, BN_MUL, g), zeros(64));
    TR_CHECK_BYTES(result(TR_OSAKA, BN_ADD, joined(joined(g, g), TR_LIT("more"))), twice);
    /* the order, and the order less one: the scalar may be any */
    tr_bytes order =
        tr_test_hex("30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001");
    TR_CHECK_BYTES(result(TR_OSAKA, BN_MUL, joined(g, order)), zeros(64));
    tr_bytes less = result(TR_OSAKA, BN_MUL, joined(g, with_byte(order, 31, 0)));
    TR_CHECK_BYTES(result(TR_OSAKA, BN_ADD, joined(g, less)), zeros(64));
}

TR_TEST(bn_failures)
{
    tr_bytes g = bn_point();
    tr_bytes modulus =
        tr_test_hex("30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47");
    TR_CHECK(fails(TR_OSAKA, BN_ADD, joined(g, word_of(1)))); /* (1, 0) is missing a y */
    TR_CHECK(fails(TR_OSAKA, BN_MUL, word_of(1)));
    TR_CHECK(fails(TR_OSAKA, BN_ADD, joined(modulus, zeros(96)))); /* 0, but not below p */
    TR_CHECK(fails(TR_OSAKA, BN_MUL, joined(zeros(32), joined(modulus, zeros(32)))));
    TR_CHECK(fails(TR_OSAKA, BN_PAIRING, zeros(191)));
    TR_CHECK(fails(TR_OSAKA, BN_PAIRING, zeros(193)));
    TR_CHECK(fails(TR_OSAKA, BN_PAIRING, joined(word_of(1), zeros(160))));
    TR_CHECK(fails(TR_OSAKA, BN_PAIRING, joined(zeros(160), word_of(1))));
}

TR_TEST(bn_pairing_of_nothing_is_one)
{
    TR_CHECK_BYTES(result(TR_BYZANTIUM, BN_PAIRING, zeros(0)), word_of(1));
    TR_CHECK_BYTES(result(TR_OSAKA, BN_PAIRING, zeros(192)), word_of(1));
    TR_CHECK_BYTES(result(TR_OSAKA, BN_PAIRING, joined(bn_point(), zeros(128))), word_of(1));
    TR_CHECK_BYTES(result(TR_OSAKA, BN_PAIRING, zeros(5 * 192)), word_of(1));
}

/* 9 */

/* geth, "vector 5". */
static tr_bytes blake_input(void)
{
    return joined(
        tr_test_hex("0000000c48c9bdf267e6096a3ba7ca8485ae67bb2bf894fe72f36e3cf1361d5f3af54fa5"
                    "d182e6ad7f520e511f6c3e2b8c68059b6bbd41fbabd9831f79217e1319cde05b616263"),
        joined(zeros(125), tr_test_hex("0300000000000000000000000000000001")));
}

TR_TEST(blake2f)
{
    tr_bytes in = blake_input();
    TR_CHECK_EQ(in.len, 213);
    TR_CHECK_EQ(gas(TR_ISTANBUL, BLAKE2F, in), 12);
    TR_CHECK_EQ(gas(TR_ISTANBUL, BLAKE2F, with_byte(in, 0, 0xff)), 0xff00000c);
    TR_CHECK_BYTES(result(TR_ISTANBUL, BLAKE2F, in),
                   tr_test_hex("ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
                               "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"));
    TR_CHECK(fails(TR_ISTANBUL, BLAKE2F, with_byte(in, 212, 2)));
    TR_CHECK(fails(TR_ISTANBUL, BLAKE2F, tr_bytes_cut(in, 0, 212)));
    TR_CHECK(fails(TR_ISTANBUL, BLAKE2F, joined(in, zeros(1))));
    TR_CHECK(fails(TR_ISTANBUL, BLAKE2F, zeros(0)));
}

/* 0x0a */

/* geth, "pointEvaluation1". */
static tr_bytes point_input(void)
{
    return tr_test_hex("01e798154708fe7789429634053cbf9f99b619f9f084048927333fce637f549b"
                       "564c0a11a0f704f4fc3e8acfe0f8245f0ad1347b378fbf96e206da11a5d36306"
                       "24d25032e67a7e6a4910df5834b8fe70e6bcfeeac0352434196bdf4b2485d5a1"
                       "8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca2"
                       "5f26936857bc3a7c2539ea8ec3a952b7873033e038326e87ed3e1276fd140253"
                       "fa08e9fc25fb2d9a98527fc22a2c9612fbeafdad446cbc7bcdbdcd780af2c16a");
}

/* The versioned hash of infinity as a commitment, by sha256sum. */
static tr_bytes point_at_infinity(uint8_t y)
{
    tr_bytes infinity = with_byte(zeros(48), 0, 0xc0);
    tr_bytes hash = tr_test_hex("010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014");
    return joined(joined(hash, joined(word_of(9), word_of(y))), joined(infinity, infinity));
}

TR_TEST(point_evaluation)
{
    tr_bytes in = point_input(), out;
    tr_bytes want = tr_test_hex("0000000000000000000000000000000000000000000000000000000000001000"
                                "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001");
    TR_CHECK_BYTES(result(TR_CANCUN, KZG, in), want);
    TR_CHECK_BYTES(result(TR_CANCUN, KZG, point_at_infinity(0)), want);
    TR_CHECK(!runs(TR_CANCUN, KZG, point_at_infinity(1), &out));
    TR_CHECK(fails(TR_CANCUN, KZG, with_byte(in, 0, 2)));
    TR_CHECK(fails(TR_CANCUN, KZG, with_byte(in, 31, 0)));
    TR_CHECK(fails(TR_CANCUN, KZG, with_byte(in, 63, 0)));    /* another point */
    TR_CHECK(fails(TR_CANCUN, KZG, with_byte(in, 64, 0x74))); /* not below the order */
    TR_CHECK(fails(TR_CANCUN, KZG, tr_bytes_cut(in, 0, 191)));
    TR_CHECK(fails(TR_CANCUN, KZG, joined(in, zeros(1))));
    TR_CHECK(fails(TR_CANCUN, KZG, zeros(0)));
}

/* 0x0b to 0x11 */

/* (0, 2) and a point with x = 2 (by another program): on the curves, but not in the subgroups. */
static tr_bytes g1_outside(void)
{
    return with_byte(zeros(128), 127, 2);
}

static tr_bytes g2_outside(void)
{
    tr_bytes c0 = tr_test_hex("18c6b864ae17dc9da64203ffefb966306425a7bc6aeb7c75247438372716284a"
                              "4173830420cd476ba1a365b95bfcec38");
    tr_bytes c1 = tr_test_hex("172e93db764a8400a7d5071b6b6f5de0da2f0f4a063119abca014006b7c40a2c"
                              "fe291a1924e65db0d6d0fcfbf3bf3d5c");
    tr_bytes x = joined(with_byte(zeros(64), 63, 2), zeros(64));
    return joined(x, joined(joined(zeros(16), c0), joined(zeros(16), c1)));
}

/* Points of the subgroups. */
static tr_bytes g1_inside(void)
{
    return result(TR_PRAGUE, MAP_G1, with_byte(zeros(64), 63, 7));
}

static tr_bytes g2_inside(void)
{
    return result(TR_PRAGUE, MAP_G2, with_byte(zeros(128), 127, 7));
}

TR_TEST(bls_sums_do_not_ask_for_the_subgroup)
{
    tr_bytes p = g1_outside(), q = g2_outside();
    TR_CHECK_BYTES(result(TR_PRAGUE, G1_ADD, joined(p, zeros(128))), p);
    TR_CHECK_BYTES(result(TR_PRAGUE, G2_ADD, joined(q, zeros(256))), q);
    TR_CHECK(!tr_bytes_eq(result(TR_PRAGUE, G1_ADD, joined(p, p)), zeros(128)));
    TR_CHECK(!tr_bytes_eq(result(TR_PRAGUE, G2_ADD, joined(q, q)), zeros(256)));
}

TR_TEST(bls_products_and_pairings_do)
{
    tr_bytes p = g1_outside(), q = g2_outside();
    for (unsigned scalar = 0; scalar < 2; scalar++) { /* zero as well */
        tr_bytes word = word_of((uint8_t)scalar);
        TR_CHECK(fails(TR_PRAGUE, G1_MSM, joined(p, word)));
        TR_CHECK(fails(TR_PRAGUE, G2_MSM, joined(q, word)));
        TR_CHECK(fails(TR_PRAGUE, G1_MSM, joined(zeros(320), joined(p, word))));
        TR_CHECK(fails(TR_PRAGUE, G2_MSM, joined(zeros(576), joined(q, word))));
    }
    TR_CHECK(fails(TR_PRAGUE, BLS_PAIRING, joined(p, zeros(256))));
    TR_CHECK(fails(TR_PRAGUE, BLS_PAIRING, joined(zeros(128), q)));
    TR_CHECK_BYTES(result(TR_PRAGUE, BLS_PAIRING, joined(g1_inside(), zeros(256))), word_of(1));
    TR_CHECK_BYTES(result(TR_PRAGUE, BLS_PAIRING, joined(zeros(128), g2_inside())), word_of(1));
    TR_CHECK_BYTES(result(TR_PRAGUE, BLS_PAIRING, joined(g1_inside(), g2_inside())), word_of(0));
}

/* One product, and sums of it with products that are infinity. */
TR_TEST(bls_sums_of_products)
{
    static const char *const order =
        "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";
    static const char *const order_and_2 =
        "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000003";
    const struct {
        unsigned add, msm;
        tr_bytes point;
    } groups[] = {{G1_ADD, G1_MSM, g1_inside()}, {G2_ADD, G2_MSM, g2_inside()}};
    for (size_t i = 0; i < TR_COUNTOF(groups); i++) {
        tr_bytes p = groups[i].point, infinity = zeros(p.len);
        unsigned msm = groups[i].msm;
        tr_bytes twice = result(TR_PRAGUE, groups[i].add, joined(p, p));
        tr_bytes two = joined(p, word_of(2)), none = joined(p, word_of(0));
        tr_bytes far = joined(infinity, tr_test_hex(order_and_2));
        TR_CHECK_BYTES(result(TR_PRAGUE, msm, two), twice);
        TR_CHECK_BYTES(result(TR_PRAGUE, msm, joined(p, tr_test_hex(order_and_2))), twice);
        TR_CHECK_BYTES(result(TR_PRAGUE, msm, joined(p, tr_test_hex(order))), infinity);
        TR_CHECK_BYTES(result(TR_PRAGUE, msm, none), infinity);
        TR_CHECK_BYTES(result(TR_PRAGUE, msm, far), infinity);
        TR_CHECK_BYTES(result(TR_PRAGUE, msm, joined(none, joined(far, two))), twice);
        TR_CHECK_BYTES(result(TR_PRAGUE, msm, joined(far, none)), infinity);
        tr_bytes less = joined(p, with_byte(tr_test_hex(order), 31, 0)); /* minus the point */
        TR_CHECK_BYTES(result(TR_PRAGUE, msm, joined(two, less)), p);
        TR_CHECK_BYTES(result(TR_PRAGUE, msm, joined(joined(p, word_of(1)), less)), infinity);
    }
}

TR_TEST(bls_lengths)
{
    static const struct {
        unsigned number;
        size_t len; /* of one good input of zeros */
        bool many;
    } cases[] = {
        {G1_ADD, 256, false}, {G2_ADD, 512, false},     {G1_MSM, 160, true},  {G2_MSM, 288, true},
        {MAP_G1, 64, false},  {BLS_PAIRING, 384, true}, {MAP_G2, 128, false},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        unsigned number = cases[i].number;
        size_t len = cases[i].len;
        TR_CHECK(fails(TR_PRAGUE, number, zeros(0)));
        TR_CHECK(fails(TR_PRAGUE, number, zeros(len - 1)));
        TR_CHECK(fails(TR_PRAGUE, number, zeros(len + 1)));
        TR_CHECK(!fails(TR_PRAGUE, number, zeros(len)));
        TR_CHECK_EQ(fails(TR_PRAGUE, number, zeros(2 * len)), !cases[i].many);
        TR_CHECK(fails(TR_PRAGUE, number, with_byte(zeros(len), 0, 1))); /* above 381 bits */
    }
}

/* 0x100 */

TR_TEST(p256)
{
    /* geth, "CallP256Verify" */
    tr_bytes in = tr_test_hex("4cee90eb86eaa050036147a12d49004b6b9c72bd725d39d4785011fe190f0b4d"
                              "a73bd4903f0ce3b639bbbf6e8e80d16931ff4bcf5993d58468e8fb19086e8cac"
                              "36dbcd03009df8c59286b162af3bd7fcc0450c9aa81be5d10d312af6c66b1d60"
                              "4aebd3099c618202fcfe16ae7770b0c49ab5eadf74b754204a3bb6060e44eff3"
                              "7618b065f9832de4ca6ca971a7a1adc826d0f7c00181a5fb2ddf79ae00b4e10e");
    TR_CHECK_BYTES(result(TR_OSAKA, P256, in), word_of(1));
    for (size_t i = 0; i < 160; i += 32)
        TR_CHECK_EQ(result(TR_OSAKA, P256, with_byte(in, i, 0)).len, 0);
    TR_CHECK_EQ(result(TR_OSAKA, P256, tr_bytes_cut(in, 0, 159)).len, 0);
    TR_CHECK_EQ(result(TR_OSAKA, P256, joined(in, zeros(1))).len, 0);
    TR_CHECK_EQ(result(TR_OSAKA, P256, zeros(160)).len, 0);
    TR_CHECK_EQ(result(TR_OSAKA, P256, zeros(0)).len, 0);
}

/* Memory. */

typedef struct memory_case {
    unsigned number;
    tr_bytes input;
} memory_case;

static tr_err run_in(tr_alloc *alloc, void *context)
{
    const memory_case *c = context;
    tr_arena arena;
    tr_bytes output;
    tr_err err;
    tr_arena_init(&arena, alloc, (size_t)1 << 24);
    bool ok =
        tr_precompile_run(tr_evm_rules_of(TR_OSAKA), c->number, c->input, &arena, &output, &err);
    TR_CHECK(ok == (err == TR_OK));
    if (ok) TR_CHECK_EQ(arena.used, output.len); /* scratch has gone back */
    tr_arena_free(&arena);
    return err;
}

TR_TEST(no_memory_is_no_failure)
{
    memory_case cases[] = {
        {ECRECOVER, signed_input()},
        {SHA256, zeros(0)},
        {RIPEMD160, zeros(0)},
        {IDENTITY, zeros(5000)},
        {MODEXP, power_of("08", "08", "0400",
                          tr_test_hex("0000000000000003"
                                      "0000000000000010"
                                      "ffffff"))},
        {BN_ADD, zeros(128)},
        {BN_MUL, zeros(96)},
        {BN_PAIRING, zeros((size_t)40 * 192)},
        {BLAKE2F, blake_input()},
        {KZG, point_at_infinity(0)},
        {G1_ADD, zeros(256)},
        {G1_MSM, zeros((size_t)40 * 160)},
        {G2_ADD, zeros(512)},
        {G2_MSM, zeros((size_t)40 * 288)},
        {BLS_PAIRING, zeros((size_t)40 * 384)},
        {MAP_G1, zeros(64)},
        {MAP_G2, zeros(128)},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) tr_test_out_of_memory(run_in, &cases[i]);
}

/* A modulus that no arena holds, which somebody paid for. */
TR_TEST(a_modulus_too_long_is_no_failure)
{
    tr_bytes in = power_of("00", "01", "ffffffffffffffff", zeros(0)), output;
    tr_err err;
    TR_CHECK(
        !tr_precompile_run(tr_evm_rules_of(TR_PRAGUE), MODEXP, in, tr_test_arena(), &output, &err));
    TR_CHECK_ERR(err, TR_E_MEMORY);
}
