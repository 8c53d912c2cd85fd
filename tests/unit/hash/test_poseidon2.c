/* Poseidon2 against what others publish, against its definition, and each way against the other. */
#include "hash/grain_internal.h"
#include "hash/poseidon2_constants.h"
#include "hash/poseidon2_internal.h"

#include "for_each_code.h"
#include "harness.h"

/* The permutation of 0, 1, 2 ...: width 2 and 4 as TACEO's and Barretenberg's programs print it, 3
 * as HorizenLabs' does. */
TR_TEST(poseidon2_bn_of_counting)
{
    static const struct {
        size_t width;
        const char *out;
    } cases[] = {
        {2, "1d01e56f49579cec72319e145f06f6177f6c5253206e78c2689781452a31878b"
            "0d189ec589c41b8cffa88cfc523618a055abe8192c70f75aa72fc514560f6c61"},
        {3, "0bb61d24daca55eebcb1929a82650f328134334da98ea4f847f760054f4a3033"
            "303b6f7c86d043bfcbcc80214f26a30277a15d3f74ca654992defe7ff8d03570"
            "1ed25194542b12eef8617361c3ba7c52e660b145994427cc86296242cf766ec8"},
        {4, "01bd538c2ee014ed5141b29e9ae240bf8db3fe5b9a38629a9647cf8d76c01737"
            "239b62e7db98aa3a2a8f6a0d2fa1709e7a35959aa6c7034814d9daa90cbac662"
            "04cbb44c61d928ed06808456bf758cbf0c18d1e15a7b6dbc8245fa7515d5e3cb"
            "2e11c5cff2a22c64d01304b778d78f6998eff1ab73163a35603f54794c30847a"},
    };
    FOR_EACH_CODE(code)
    {
        for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
            uint8_t state[128] = {0};
            for (size_t k = 0; k < cases[i].width; k++) state[32 * k + 31] = (uint8_t)k;
            TR_CHECK_OK(tr_poseidon2_bn_bytes(cases[i].width, state, state));
            TR_CHECK_BYTES(((tr_bytes){state, 32 * cases[i].width}), tr_test_hex(cases[i].out));
        }
    }
}

TR_TEST(poseidon2_bn_takes_2_to_4_numbers_below_the_modulus)
{
    tr_bn_fr state[5] = {{{0}}};
    uint8_t bytes[160] = {0};
    TR_CHECK_ERR(tr_poseidon2_bn(1, state), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_poseidon2_bn(5, state), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_poseidon2_bn_bytes(0, bytes, bytes), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_poseidon2_bn_bytes(5, bytes, bytes), TR_E_ARGUMENT);
    for (unsigned i = 0; i < 4; i++) tr_store64be(bytes + 64 + 8 * i, tr_bn_fr_modulus[3 - i]);
    TR_CHECK_ERR(tr_poseidon2_bn_bytes(3, bytes, bytes), TR_E_RANGE);
    bytes[95]--;
    TR_CHECK_OK(tr_poseidon2_bn_bytes(3, bytes, bytes));
}

/* KoalaBear's constants by the published procedure, and the diagonals as numbers. */
static void check_numbers(tr_grain *grain, size_t n, const uint32_t *have)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t x;
        do x = (uint32_t)tr_grain_bits(grain, 31);
        while (x >= TR_KOALABEAR_MODULUS);
        TR_CHECK_EQ(tr_kb_to((tr_koalabear){have[i] + TR_KOALABEAR_MODULUS}), x);
    }
}

/* sign 2^power; a power that is none is the number itself. */
static void check_diagonal(size_t width, const uint32_t *have, const int8_t *powers,
                           const char *signs)
{
    for (size_t i = 0; i < width; i++) {
        tr_koalabear two = tr_kb_of(2), x;
        x = powers[i] == 99 ? tr_kb_of(3)
                            : tr_kb_pow(powers[i] < 0 ? tr_kb_inv(two) : two,
                                        (uint64_t)(powers[i] < 0 ? -powers[i] : powers[i]));
        if (signs[i] == '-') x = tr_kb_sub((tr_koalabear){0}, x);
        TR_CHECK_EQ(have[i], x.v);
    }
}

TR_TEST(poseidon2_koalabear_has_the_published_parameters)
{
    static const int8_t of_16[] = {1, 0, 1, -1, 99, 2, -1, 99, 2, -8, -3, -24, -8, -3, -4, -24};
    static const int8_t of_24[] = {1,  0,  1,  -1,  99, 2,  -1, 99, 2,  -8, -2, -3,
                                   -4, -5, -6, -24, -8, -3, -4, -5, -6, -7, -9, -24};
    tr_grain grain;
    TR_CHECK_EQ(TR_COUNTOF(tr_poseidon2_kb16_constants.partial), 20);
    tr_grain_begin(&grain, 31, 16, 8, 20);
    check_numbers(&grain, 64, tr_poseidon2_kb16_constants.first);
    check_numbers(&grain, 20, tr_poseidon2_kb16_constants.partial);
    check_numbers(&grain, 64, tr_poseidon2_kb16_constants.last);
    check_diagonal(16, tr_poseidon2_kb16_constants.diagonal, of_16, "-+++++---+++----");
    TR_CHECK_EQ(TR_COUNTOF(tr_poseidon2_kb24_constants.partial), 23);
    tr_grain_begin(&grain, 31, 24, 8, 23);
    check_numbers(&grain, 96, tr_poseidon2_kb24_constants.first);
    check_numbers(&grain, 23, tr_poseidon2_kb24_constants.partial);
    check_numbers(&grain, 96, tr_poseidon2_kb24_constants.last);
    check_diagonal(24, tr_poseidon2_kb24_constants.diagonal, of_24, "-+++++---+++++++--------");
}

enum { MOST_STATES = 40 };

static tr_koalabear element(tr_gen *g)
{
    static const uint32_t edges[] = {
        0, 1, TR_KOALABEAR_MODULUS - 1, 0x01fffffe, 0x00ffffff, 0x01000000, 0x7e000001};
    if (tr_gen_below(g, 4) == 0) return (tr_koalabear){edges[tr_gen_below(g, TR_COUNTOF(edges))]};
    return (tr_koalabear){(uint32_t)tr_gen_below(g, TR_KOALABEAR_MODULUS)};
}

#define MANY_AS_ONE(width)                                                                         \
    TR_PROP(poseidon2_kb##width##_many_is_one_after_the_other)                                     \
    {                                                                                              \
        static tr_koalabear in[MOST_STATES][width], one[MOST_STATES][width],                       \
            many[MOST_STATES][width];                                                              \
        size_t n = (size_t)tr_gen_below(g, MOST_STATES);                                           \
        for (size_t i = 0; i < n; i++)                                                             \
            for (size_t k = 0; k < width; k++) in[i][k] = element(g);                              \
        memcpy(one, in, sizeof in);                                                                \
        for (size_t i = 0; i < n; i++) tr_poseidon2_kb##width(one[i]);                             \
        FOR_EACH_CODE(code)                                                                        \
        {                                                                                          \
            memcpy(many, in, sizeof in);                                                           \
            tr_poseidon2_kb##width##_many(n, many);                                                \
            TR_CHECK_BYTES(TR_VIEW(many), TR_VIEW(one));                                           \
        }                                                                                          \
    }

MANY_AS_ONE(16)
MANY_AS_ONE(24)

/* States at the borders: each state all 0 but one element, or all p - 1 but one. */
#define AT_BORDERS(width)                                                                          \
    TR_TEST(poseidon2_kb##width##_many_at_the_borders)                                             \
    {                                                                                              \
        static const uint32_t borders[] = {                                                        \
            0, TR_KOALABEAR_MODULUS - 1, 1, TR_KOALABEAR_MODULUS - 2, 0x00ffffff, 0x7e000001};     \
        enum { COUNT = 6 * (width + 1) };                                                          \
        static tr_koalabear in[2 * COUNT][width], one[2 * COUNT][width], many[2 * COUNT][width];   \
        for (size_t i = 0; i < 2 * (size_t)COUNT; i++)                                             \
            for (size_t k = 0; k < width; k++)                                                     \
                in[i][k].v = borders[i % (width + 1) == k ? i / 2 / (width + 1) : i / COUNT];      \
        memcpy(one, in, sizeof in);                                                                \
        for (size_t i = 0; i < 2 * (size_t)COUNT; i++) tr_poseidon2_kb##width(one[i]);             \
        FOR_EACH_CODE(code)                                                                        \
        {                                                                                          \
            memcpy(many, in, sizeof in);                                                           \
            tr_poseidon2_kb##width##_many(TR_COUNTOF(many), many);                                 \
            TR_CHECK_BYTES(TR_VIEW(many), TR_VIEW(one));                                           \
        }                                                                                          \
    }

AT_BORDERS(16)
AT_BORDERS(24)

/* Plonky3's tests. */
TR_TEST(poseidon2_koalabear_of_known_inputs)
{
    static const uint32_t in_16[16] = {894848333, 1437655012, 1200606629, 1690012884,
                                       71131202,  1749206695, 1717947831, 120589055,
                                       19776022,  42382981,   1831865506, 724844064,
                                       171220207, 1299207443, 227047920,  1783754913};
    static const uint32_t out_16[16] = {1934285469, 604889435,  133449501,  1026180808,
                                        1830659359, 176667110,  1391183747, 351743874,
                                        1238264085, 1292768839, 2023573270, 1201586780,
                                        1360691759, 1230682461, 748270449,  651545025};
    static const uint32_t in_24[24] = {886409618,  1327899896, 1902407911, 591953491,  648428576,
                                       1844789031, 1198336108, 355597330,  1799586834, 59617783,
                                       790334801,  1968791836, 559272107,  31054313,   1042221543,
                                       474748436,  135686258,  263665994,  1962340735, 1741539604,
                                       2026927696, 449439011,  1131357108, 50869465};
    static const uint32_t out_24[24] = {382801106,  82839311,   1503190615, 1987418517, 854076995,
                                        1862291425, 262755189,  1050814217, 722724562,  741265943,
                                        1026879332, 754316749,  1966025564, 1518878196, 502200188,
                                        1368172258, 845459257,  1711434837, 724453836,  171032289,
                                        655223446,  1098636135, 407832555,  1707498914};
    tr_koalabear of_16[16], of_24[24];
    for (size_t i = 0; i < 16; i++) of_16[i] = tr_kb_of(in_16[i]);
    for (size_t i = 0; i < 24; i++) of_24[i] = tr_kb_of(in_24[i]);
    tr_poseidon2_kb16(of_16);
    tr_poseidon2_kb24(of_24);
    for (size_t i = 0; i < 16; i++) TR_CHECK_EQ(tr_kb_to(of_16[i]), out_16[i]);
    for (size_t i = 0; i < 24; i++) TR_CHECK_EQ(tr_kb_to(of_24[i]), out_24[i]);
}
