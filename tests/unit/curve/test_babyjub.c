/* Baby Jubjub: multiples computed by Python from the affine formulas of EIP-2494, the group's laws,
 * packing, signatures. */
#include "curve/babyjub_internal.h"
#include "field/u256.h"
#include "harness.h"

static tr_bn_fr decimal(const char *text)
{
    tr_u256 a;
    tr_bn_fr out;
    TR_CHECK_OK(tr_u256_from_dec(NULL, tr_bytes_str(text), &a));
    TR_CHECK(tr_bn_fr_of_limbs_strict(&out, a.w));
    return out;
}

static tr_bjj_point point(const char *x, const char *y)
{
    return (tr_bjj_point){decimal(x), decimal(y)};
}

static bool same(const tr_bjj_point *a, const tr_bjj_point *b)
{
    return tr_bn_fr_eq(&a->x, &b->x) && tr_bn_fr_eq(&a->y, &b->y);
}

static void scalar_of(uint64_t k, uint8_t out[32])
{
    memset(out, 0, 32);
    tr_store64be(out + 24, k);
}

/* The generator of the whole group. */
static tr_bjj_point generator(void)
{
    return point("995203441582195749578291179787384436505546430278305826713579947235728471134",
                 "5472060717959818805561601436314318772137091100104008585924551046643952123905");
}

static const char order_less_1[] =
    "060c89ce5c263405370a08b6d0302b0bab3eedb83920ee0a677297dc392126f0";

TR_TEST(known_multiples)
{
    static const struct {
        const char *k, *x, *y;
    } cases[] = {
        {"01", "5299619240641551281634865583518297030282874472190772894086521144482721001553",
         "16950150798460657717958625567821834550301663161624707787222815936182638968203"},
        {"02", "10031262171927540148667355526369034398030886437092045105752248699557385197826",
         "633281375905621697187330766174974863687049529291089048651929454608812697683"},
        {"03", "2763488322167937039616325905516046217694264098671987087929565332380420898366",
         "15305195750036305661220525648961313310481046260814497672243197092298550508693"},
        {"05", "11480966271046430430613841218147196773252373073876138147006741179837832100836",
         "15148236048131954717802795400425086368006776860859772698778589175317365693546"},
        {"0123456789abcdef",
         "16084433226683277624892236411284311742374667712347897114979976160552793297587",
         "5904425938408794216708998868680334185710371267126509075804664829591622375556"},
        {order_less_1,
         "16588623631197723940611540161738978058265489928225261449611683042093087494064",
         "16950150798460657717958625567821834550301663161624707787222815936182638968203"},
        {"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
         "5857924024053727948400492106254890367249489210158198004715200015188913151270",
         "18340010664534591730336994701577228665592383711715913176253190280392454308031"},
    };
    for (size_t i = 0; i < TR_COUNTOF(cases); i++) {
        tr_bjj_point got, want = point(cases[i].x, cases[i].y);
        tr_bytes k = tr_test_hex(cases[i].k);
        uint8_t scalar[32] = {0};
        uint64_t limbs[4];
        memcpy(scalar + 32 - k.len, k.data, k.len);
        tr_bjj_mul(&tr_bjj_base, scalar, &got);
        TR_CHECK(same(&got, &want));
        for (unsigned j = 0; j < 4; j++) limbs[j] = tr_load64be(scalar + 24 - 8 * j);
        tr_bjj_mul_secret(&tr_bjj_base, limbs, &got);
        TR_CHECK(same(&got, &want));
    }
}

TR_TEST(the_formulas_are_complete)
{
    tr_bn_fr a, d;
    tr_bn_fr_of_u64(&a, 168700);
    tr_bn_fr_of_u64(&d, 168696);
    TR_CHECK(tr_bn_fr_is_square(&a) && !tr_bn_fr_is_square(&d));
}

TR_TEST(subgroups)
{
    uint8_t eight[32];
    tr_bjj_point all = generator(), got, neutral = {tr_bn_fr_zero, tr_bn_fr_one};
    scalar_of(8, eight);
    TR_CHECK(tr_bjj_on_curve(&all) && !tr_bjj_in_subgroup(&all));
    tr_bjj_mul(&all, eight, &got);
    TR_CHECK(same(&got, &tr_bjj_base));
    TR_CHECK(tr_bjj_in_subgroup(&tr_bjj_base) && tr_bjj_in_subgroup(&neutral));
    /* Of order 2: added to a point of the subgroup it leads out of it. */
    tr_bjj_point two = neutral;
    tr_bn_fr_neg(&two.y, &two.y);
    TR_CHECK(tr_bjj_on_curve(&two) && !tr_bjj_in_subgroup(&two));
    tr_bjj_add(&tr_bjj_base, &two, &got);
    TR_CHECK(tr_bjj_on_curve(&got) && !tr_bjj_in_subgroup(&got));
    tr_bjj_add(&two, &two, &got);
    TR_CHECK(same(&got, &neutral));
    tr_bn_fr_double(&got.x, &tr_bn_fr_one);
    got.y = got.x;
    TR_CHECK(!tr_bjj_on_curve(&got) && !tr_bjj_in_subgroup(&got));
}

/* Any point of the curve, of the subgroup or not. */
static tr_bjj_point any_point(tr_gen *g)
{
    uint8_t scalar[32];
    tr_bjj_point all = generator(), out;
    if (tr_gen_bool(g))
        tr_gen_fill(g, scalar, sizeof(scalar));
    else
        scalar_of(tr_gen_below(g, 20), scalar);
    tr_bjj_mul(&all, scalar, &out);
    return out;
}

TR_PROP(laws_of_the_group)
{
    tr_bjj_point a = any_point(g), b = any_point(g), c = any_point(g), left, right, negative = a;
    const tr_bjj_point neutral = {tr_bn_fr_zero, tr_bn_fr_one};
    TR_CHECK(tr_bjj_on_curve(&a));
    tr_bjj_add(&a, &b, &left);
    tr_bjj_add(&b, &a, &right);
    TR_CHECK(same(&left, &right) && tr_bjj_on_curve(&left));
    tr_bjj_add(&left, &c, &left);
    tr_bjj_add(&b, &c, &right);
    tr_bjj_add(&a, &right, &right);
    TR_CHECK(same(&left, &right));
    tr_bjj_add(&a, &neutral, &right);
    TR_CHECK(same(&a, &right));
    tr_bn_fr_neg(&negative.x, &a.x);
    tr_bjj_add(&a, &negative, &right);
    TR_CHECK(same(&right, &neutral));
}

TR_PROP(multiples_are_sums)
{
    tr_bjj_point a = any_point(g), left, right;
    uint64_t k = tr_gen_u64(g) >> 1, m = tr_gen_u64(g) >> 1;
    uint8_t scalar[32];
    scalar_of(k, scalar);
    tr_bjj_mul(&a, scalar, &left);
    scalar_of(m, scalar);
    tr_bjj_mul(&a, scalar, &right);
    tr_bjj_add(&left, &right, &left);
    scalar_of(k + m, scalar);
    tr_bjj_mul(&a, scalar, &right);
    TR_CHECK(same(&left, &right));
}

TR_PROP(packed_points_come_back)
{
    tr_bjj_point a = any_point(g), back;
    uint8_t packed[32], again[32];
    tr_bjj_pack(&a, packed);
    TR_CHECK_OK(tr_bjj_unpack(NULL, packed, &back));
    TR_CHECK(same(&a, &back));
    /* Any 32 bytes: what is read is a point, and packs to the same. */
    tr_gen_fill(g, packed, sizeof(packed));
    packed[31] &= (uint8_t)(0x80 | tr_gen_below(g, 64));
    if (tr_bjj_unpack(NULL, packed, &back) == TR_OK) {
        TR_CHECK(tr_bjj_on_curve(&back));
        tr_bjj_pack(&back, again);
        TR_CHECK_BYTES(TR_VIEW(again), TR_VIEW(packed));
    }
}

TR_TEST(packing_is_strict)
{
    uint8_t packed[32] = {1};
    tr_bjj_point back;
    TR_CHECK_OK(tr_bjj_unpack(NULL, packed, &back)); /* (0, 1) */
    packed[31] = 0x80;
    TR_CHECK_ERR(tr_bjj_unpack(NULL, packed, &back), TR_E_POINT);
    for (unsigned i = 0; i < 4; i++) tr_store64le(packed + 8 * i, tr_bn_fr_modulus[i]);
    TR_CHECK_ERR(tr_bjj_unpack(NULL, packed, &back), TR_E_POINT);
    memset(packed, 0, sizeof(packed));
    packed[0] = 3;
    unsigned refused = 0;
    for (; packed[0] < 40; packed[0]++) refused += tr_bjj_unpack(NULL, packed, &back) != TR_OK;
    TR_CHECK(refused > 5 && refused < 32); /* about half are no y of the curve */
}

TR_PROP(signatures)
{
    uint8_t key[32], s[32], number[32];
    tr_bn_fr message, other;
    tr_bjj_point pubkey, r8, wrong;
    tr_bjj_hash hash = tr_gen_bool(g) ? TR_BJJ_POSEIDON : TR_BJJ_MIMC7;
    tr_gen_fill(g, key, sizeof(key));
    tr_gen_fill(g, number, sizeof(number));
    tr_bn_fr_reduce_be(&message, number, sizeof(number));
    tr_bjj_pubkey(key, &pubkey);
    TR_CHECK(tr_bjj_in_subgroup(&pubkey));
    TR_CHECK_OK(tr_bjj_sign(hash, key, &message, &r8, s));
    TR_CHECK_OK(tr_bjj_verify(NULL, hash, &pubkey, &message, &r8, s));
    tr_bn_fr_add(&other, &message, &tr_bn_fr_one);
    TR_CHECK_ERR(tr_bjj_verify(NULL, hash, &pubkey, &other, &r8, s), TR_E_SIGNATURE);
    TR_CHECK_ERR(tr_bjj_verify(NULL, hash == TR_BJJ_MIMC7 ? TR_BJJ_POSEIDON : TR_BJJ_MIMC7, &pubkey,
                               &message, &r8, s),
                 TR_E_SIGNATURE);
    tr_bjj_add(&pubkey, &tr_bjj_base, &wrong);
    TR_CHECK_ERR(tr_bjj_verify(NULL, hash, &wrong, &message, &r8, s), TR_E_SIGNATURE);
    tr_bjj_add(&r8, &tr_bjj_base, &wrong);
    TR_CHECK_ERR(tr_bjj_verify(NULL, hash, &pubkey, &message, &wrong, s), TR_E_SIGNATURE);
    wrong = r8;
    tr_bn_fr_add(&wrong.x, &wrong.x, &tr_bn_fr_one);
    TR_CHECK_ERR(tr_bjj_verify(NULL, hash, &pubkey, &message, &wrong, s), TR_E_POINT);
    TR_CHECK_ERR(tr_bjj_verify(NULL, hash, &wrong, &message, &r8, s), TR_E_POINT);
    s[31] ^= 1;
    TR_CHECK_ERR(tr_bjj_verify(NULL, hash, &pubkey, &message, &r8, s), TR_E_SIGNATURE);
    tr_bytes most = tr_test_hex(order_less_1);
    memcpy(s, most.data, sizeof(s));
    s[31]++;
    TR_CHECK_ERR(tr_bjj_verify(NULL, hash, &pubkey, &message, &r8, s), TR_E_SIGNATURE_RANGE);
}
