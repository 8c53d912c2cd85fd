/* Inputs of precompiled contracts: right ones from a few pools, then sometimes broken. */
#include "curve/secp256k1.h"
#include "evm/precompile.h"
#include "generate.h"
#include "os/heap.h"

enum { POOL = 8, FP = 64 };

/* Points in the form that the contracts take.  They come from our own arithmetic: the peers say
 * whether they lie on the curve.  Odd ones are the negatives of those before them. */
static struct pools {
    bool are_made;
    uint8_t bn[POOL][64], g1[POOL][2 * FP], g2[POOL][4 * FP];
    uint8_t signatures[POOL][128];
} pools;

static const char bn_g2[] = "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
                            "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
                            "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
                            "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa";
static const char bn_order_less_1[] =
    "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000000";
static const char bls_order_less_1[] =
    "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000000";
/* EIP-7951's example of a signature that holds */
static const char p256[] = "4cee90eb86eaa050036147a12d49004b6b9c72bd725d39d4785011fe190f0b4d"
                           "a73bd4903f0ce3b639bbbf6e8e80d16931ff4bcf5993d58468e8fb19086e8cac"
                           "36dbcd03009df8c59286b162af3bd7fcc0450c9aa81be5d10d312af6c66b1d60"
                           "4aebd3099c618202fcfe16ae7770b0c49ab5eadf74b754204a3bb6060e44eff3"
                           "7618b065f9832de4ca6ca971a7a1adc826d0f7c00181a5fb2ddf79ae00b4e10e";
/* of a blob with a proof that holds */
static const char point_evaluation[] =
    "01e798154708fe7789429634053cbf9f99b619f9f084048927333fce637f549b"
    "564c0a11a0f704f4fc3e8acfe0f8245f0ad1347b378fbf96e206da11a5d36306"
    "24d25032e67a7e6a4910df5834b8fe70e6bcfeeac0352434196bdf4b2485d5a1"
    "8f59a8d2a1a625a17f3fea0fe5eb8c896db3764f3185481bc22f91b4aaffcca25f26936857bc3a7c2539ea8ec3a952"
    "b7"
    "873033e038326e87ed3e1276fd140253fa08e9fc25fb2d9a98527fc22a2c9612fbeafdad446cbc7bcdbdcd780af2c1"
    "6a";

static size_t from_hex(const char *text, uint8_t *to)
{
    size_t n = strlen(text) / 2;
    for (size_t i = 0; i < n; i++) {
        unsigned byte = 0;
        for (unsigned k = 0; k < 2; k++) {
            char digit = text[2 * i + k];
            byte = byte << 4 | (unsigned)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
        }
        to[i] = (uint8_t)byte;
    }
    return n;
}

static void put_hex(tr_buf *out, const char *text)
{
    uint8_t bytes[256];
    size_t n = from_hex(text, bytes);
    tr_buf_put(out, tr_bytes_of(bytes, n));
}

static void ask(tr_arena *arena, unsigned number, tr_bytes input, uint8_t *to, size_t size)
{
    tr_bytes output;
    tr_err err;
    TR_ASSERT(tr_precompile_run(tr_evm_rules_of(TR_OSAKA), number, input, arena, &output, &err));
    TR_ASSERT(output.len == size);
    memcpy(to, output.data, size);
}

/* A field element of BLS12-381 below its modulus, in 64 bytes. */
static void any_fp(chance *c, uint8_t to[FP])
{
    memset(to, 0, FP);
    fill(c, to + 17, FP - 17);
}

static void make_points(chance *c, tr_arena *arena)
{
    uint8_t in[4 * FP + 32];
    for (unsigned i = 0; i < POOL; i++) {
        bool negate = i % 2 == 1;
        memset(in, 0, 64);
        in[31] = 1, in[63] = 2;
        if (negate) memcpy(in, pools.bn[i - 1], 64);
        fill(c, in + 64, 32);
        if (negate) (void)from_hex(bn_order_less_1, in + 64);
        ask(arena, 7, tr_bytes_of(in, 96), pools.bn[i], 64);
        if (negate) {
            memcpy(in, pools.g1[i - 1], 2 * FP);
            (void)from_hex(bls_order_less_1, in + 2 * FP);
            ask(arena, 0x0c, tr_bytes_of(in, 2 * FP + 32), pools.g1[i], 2 * FP);
            memcpy(in, pools.g2[i - 1], 4 * FP);
            (void)from_hex(bls_order_less_1, in + 4 * FP);
            ask(arena, 0x0e, tr_bytes_of(in, 4 * FP + 32), pools.g2[i], 4 * FP);
        } else {
            any_fp(c, in);
            any_fp(c, in + FP);
            ask(arena, 0x10, tr_bytes_of(in, FP), pools.g1[i], 2 * FP);
            ask(arena, 0x11, tr_bytes_of(in, 2 * FP), pools.g2[i], 4 * FP);
        }
        tr_arena_reset(arena);
    }
}

static void make_pools(void)
{
    chance c = {20261121};
    tr_arena arena;
    if (pools.are_made) return;
    tr_arena_init(&arena, tr_heap(), 16 << 20);
    make_points(&c, &arena);
    for (unsigned i = 0; i < POOL; i++) {
        tr_seckey key = {{[31] = (uint8_t)(i + 1)}};
        tr_hash hash;
        tr_ecdsa_sig sig;
        fill(&c, hash.b, 32);
        TR_ASSERT(tr_ecdsa_sign(&key, &hash, &sig) == TR_OK);
        uint8_t *to = pools.signatures[i];
        memcpy(to, hash.b, 32);
        to[63] = (uint8_t)(27 + (sig.recovery & 1));
        memcpy(to + 64, sig.r, 32);
        memcpy(to + 96, sig.s, 32);
    }
    tr_arena_free(&arena);
    pools.are_made = true;
}

static void put_any(tr_buf *out, chance *c, size_t n)
{
    for (size_t i = 0; i < n; i++) tr_buf_put_u8(out, (uint8_t)any(c));
}

static void put_word(tr_buf *out, tr_u256 x)
{
    uint8_t bytes[32];
    tr_u256_to_be(x, bytes);
    tr_buf_put(out, TR_VIEW(bytes));
}

static void put_bn(tr_buf *out, chance *c)
{
    if (percent(c, 10))
        tr_buf_put_zeros(out, 64);
    else
        tr_buf_put(out, TR_VIEW(pools.bn[below(c, POOL)]));
}

static void put_g1(tr_buf *out, chance *c)
{
    if (percent(c, 10))
        tr_buf_put_zeros(out, (size_t)2 * FP);
    else
        tr_buf_put(out, TR_VIEW(pools.g1[below(c, POOL)]));
}

static void put_g2(tr_buf *out, chance *c)
{
    if (percent(c, 10))
        tr_buf_put_zeros(out, (size_t)4 * FP);
    else
        tr_buf_put(out, TR_VIEW(pools.g2[below(c, POOL)]));
}

static size_t any_length(chance *c)
{
    static const uint16_t borders[] = {0, 1, 7, 8, 31, 32, 33, 63, 64, 65, 128, 1024, 1025};
    return percent(c, 30) ? borders[below(c, TR_COUNTOF(borders))] : below(c, 48);
}

static void put_modexp(tr_buf *out, chance *c)
{
    size_t base = any_length(c), modulus = any_length(c), exponent = any_length(c) / 4;
    put_word(out, percent(c, 1) ? any_word(c) : tr_u256_of(base));
    put_word(out, percent(c, 1) ? any_word(c) : tr_u256_of(exponent));
    put_word(out, percent(c, 1) ? any_word(c) : tr_u256_of(modulus));
    put_any(out, c, base);
    for (size_t i = 0; i < exponent; i++) tr_buf_put_u8(out, percent(c, 50) ? 0 : (uint8_t)any(c));
    if (percent(c, 30)) tr_buf_put_zeros(out, modulus / 2), modulus -= modulus / 2;
    put_any(out, c, modulus);
    if (modulus > 0 && percent(c, 30)) out->data[out->len - 1] &= 0xfe;
}

static void put_blake2f(tr_buf *out, chance *c)
{
    tr_buf_put_zeros(out, 3);
    tr_buf_put_u8(out, (uint8_t)below(c, 30));
    put_any(out, c, 64 + 128 + 16);
    tr_buf_put_u8(out, (uint8_t)below(c, percent(c, 5) ? 256 : 2));
}

/* Pairs whose product is 1, or any. */
static void put_bn_pairs(tr_buf *out, chance *c)
{
    unsigned n = (unsigned)below(c, 3), first = 2 * (unsigned)below(c, POOL / 2);
    bool is_one = n == 2 && percent(c, 50);
    for (unsigned i = 0; i < n; i++) {
        if (is_one)
            tr_buf_put(out, TR_VIEW(pools.bn[first + i]));
        else
            put_bn(out, c);
        if (percent(c, 90))
            put_hex(out, bn_g2);
        else
            tr_buf_put_zeros(out, 128);
    }
}

static void put_bls_pairs(tr_buf *out, chance *c)
{
    unsigned n = (unsigned)below(c, 3), first = 2 * (unsigned)below(c, POOL / 2);
    unsigned other = (unsigned)below(c, POOL);
    bool is_one = n == 2 && percent(c, 50);
    for (unsigned i = 0; i < n; i++) {
        if (is_one) {
            tr_buf_put(out, TR_VIEW(pools.g1[first + i]));
            tr_buf_put(out, TR_VIEW(pools.g2[other]));
        } else {
            put_g1(out, c);
            put_g2(out, c);
        }
    }
}

static void put_msm(tr_buf *out, chance *c, bool is_g2)
{
    unsigned n = (unsigned)below(c, 5);
    for (unsigned i = 0; i < n; i++) {
        if (is_g2)
            put_g2(out, c);
        else
            put_g1(out, c);
        put_word(out, any_word(c));
    }
}

static void put_fp(tr_buf *out, chance *c)
{
    uint8_t fp[FP];
    any_fp(c, fp);
    if (percent(c, 20)) memset(fp, 0, FP);
    tr_buf_put(out, TR_VIEW(fp));
}

static void put_right(tr_buf *out, chance *c, unsigned precompile)
{
    switch (precompile) {
    case 1:
        tr_buf_put(out, TR_VIEW(pools.signatures[below(c, POOL)]));
        break;
    case 5:
        put_modexp(out, c);
        break;
    case 6:
        put_bn(out, c), put_bn(out, c);
        break;
    case 7:
        put_bn(out, c), put_word(out, any_word(c));
        break;
    case 8:
        put_bn_pairs(out, c);
        break;
    case 9:
        put_blake2f(out, c);
        break;
    case 0x0a:
        put_hex(out, point_evaluation);
        break;
    case 0x0b:
        put_g1(out, c), put_g1(out, c);
        break;
    case 0x0c:
        put_msm(out, c, false);
        break;
    case 0x0d:
        put_g2(out, c), put_g2(out, c);
        break;
    case 0x0e:
        put_msm(out, c, true);
        break;
    case 0x0f:
        put_bls_pairs(out, c);
        break;
    case 0x10:
        put_fp(out, c);
        break;
    case 0x11:
        put_fp(out, c), put_fp(out, c);
        break;
    case 0x100:
        put_hex(out, p256);
        break;
    default:
        put_any(out, c, below(c, 150));
        break;
    }
}

void input_make(tr_buf *out, chance *c, unsigned precompile)
{
    make_pools();
    size_t start = out->len;
    put_right(out, c, precompile);
    size_t n = out->len - start;
    switch (below(c, 12)) {
    case 0:
        out->len -= n == 0 ? 0 : 1 + below(c, TR_MIN(n, (size_t)40));
        break;
    case 1:
        put_any(out, c, 1 + below(c, 40));
        break;
    case 2:
        if (n != 0) out->data[start + below(c, n)] ^= (uint8_t)(1u << below(c, 8));
        break;
    case 3:
        if (n != 0) out->data[start + below(c, n)] = (uint8_t)any(c);
        break;
    default:
        break;
    }
}
