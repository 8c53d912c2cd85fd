/* Recovery in every form that this machine has (portable, library, lanes) against libsecp256k1
 * itself, with the cases that an attacker would choose. */
#include "harness.h"

#include "curve/k1_internal.h"
#include "field/prime.h"

#include <secp256k1.h>
#include <secp256k1_recovery.h>

enum { MOST = 300 };

typedef struct batch {
    size_t n;
    tr_hash hashes[MOST];
    tr_ecdsa_sig sigs[MOST];
    tr_addr want[MOST], got[MOST];
    bool want_ok[MOST], got_ok[MOST];
} batch;

/* The oracle: libsecp256k1 by its own interface. */
static bool oracle(const tr_hash *hash, const tr_ecdsa_sig *sig, tr_pubkey *out)
{
    const secp256k1_context *context = secp256k1_context_static;
    secp256k1_ecdsa_recoverable_signature parsed;
    secp256k1_pubkey key;
    uint8_t compact[64], bytes[65];
    size_t len = sizeof(bytes);
    memcpy(compact, sig->r, 32);
    memcpy(compact + 32, sig->s, 32);
    if (sig->recovery > 3 || secp256k1_ecdsa_recoverable_signature_parse_compact(
                                 context, &parsed, compact, sig->recovery) != 1)
        return false;
    if (secp256k1_ecdsa_recover(context, &key, &parsed, hash->b) != 1) return false;
    secp256k1_ec_pubkey_serialize(context, bytes, &len, &key, SECP256K1_EC_UNCOMPRESSED);
    memcpy(out, bytes + 1, 64);
    return true;
}

static void expect(batch *b)
{
    static const tr_addr none;
    for (size_t i = 0; i < b->n; i++) {
        tr_pubkey key;
        b->want_ok[i] = oracle(&b->hashes[i], &b->sigs[i], &key);
        b->want[i] = b->want_ok[i] ? tr_pubkey_address(&key) : none;
    }
}

static void check(batch *b, const char *code)
{
    size_t want = 0;
    memset(b->got, 0xee, sizeof(b->got));
    memset(b->got_ok, 1, sizeof(b->got_ok));
    size_t found = tr_ecdsa_recover_many(b->n, b->hashes, b->sigs, b->got, b->got_ok);
    for (size_t i = 0; i < b->n; i++) {
        want += b->want_ok[i];
        TR_CHECK_MSG(
            b->got_ok[i] == b->want_ok[i] && memcmp(&b->got[i], &b->want[i], sizeof(tr_addr)) == 0,
            "%s: signature %zu of %zu comes out otherwise than in the library", code, i, b->n);
    }
    TR_CHECK_EQ(found, want);
}

/* Every implementation; the last is the one that the program began with. */
static void check_all(batch *b)
{
    expect(b);
    for (size_t i = 0; tr_k1_codes(i) != NULL; i++) {
        TR_CHECK(tr_k1_select(tr_k1_codes(i)));
        check(b, tr_k1_codes(i));
    }
}

static void check_best(batch *b)
{
    expect(b);
    check(b, tr_k1_chosen->name);
}

static void write_scalar(uint8_t out[32], const tr_k1_fn *a)
{
    tr_k1_fn_write_be(out, a);
}

/* Scalars whose digits make the windows meet: few small digits at chosen places, halves of the
 * endomorphism, and their negatives. */
static void sparse_scalar(tr_gen *g, tr_k1_fn *out)
{
    static const uint64_t lambda_plain[4] = {0xdf02967c1b23bd72, 0x122e22ea20816678,
                                             0xa5261c028812645a, 0x5363ad4cc05c30e0};
    tr_k1_fn lambda, part;
    tr_k1_fn_of_limbs(&lambda, lambda_plain);
    *out = tr_k1_fn_zero;
    for (uint64_t terms = 1 + tr_gen_below(g, 2); terms-- != 0;) {
        uint64_t limbs[4] = {0};
        unsigned at =
            tr_gen_bool(g) ? 4 * (unsigned)tr_gen_below(g, 62) : 12 * (unsigned)tr_gen_below(g, 21);
        limbs[at / 64] = (1 + tr_gen_below(g, 9)) << (at % 64);
        tr_k1_fn_of_limbs(&part, limbs);
        if (tr_gen_below(g, 4) == 0) tr_k1_fn_mul(&part, &part, &lambda);
        if (tr_gen_bool(g)) tr_k1_fn_neg(&part, &part);
        tr_k1_fn_add(out, out, &part);
    }
}

/* A signature for which the key is u1 G + u2 R, where R is k G: r is its x, s = u2 r, z = -u1 r. */
static void make_crafted(const tr_k1_fn *k, const tr_k1_fn *u1, const tr_k1_fn *u2, tr_hash *hash,
                         tr_ecdsa_sig *sig)
{
    tr_seckey key;
    tr_pubkey point;
    tr_k1_fn r, t;
    write_scalar(key.b, k);
    if (tr_pubkey_of(&key, &point) != TR_OK) return;
    tr_k1_fn_reduce_be(&r, point.x, 32);
    write_scalar(sig->r, &r);
    tr_k1_fn_mul(&t, u2, &r);
    write_scalar(sig->s, &t);
    tr_k1_fn_mul(&t, u1, &r);
    tr_k1_fn_neg(&t, &t);
    write_scalar(hash->b, &t);
    sig->recovery = point.y[31] & 1;
}

static void crafted(tr_gen *g, tr_hash *hash, tr_ecdsa_sig *sig)
{
    tr_k1_fn k, u1, u2;
    if (tr_gen_bool(g))
        sparse_scalar(g, &k);
    else
        tr_k1_fn_of_u64(&k, 1 + tr_gen_below(g, 40));
    if (tr_gen_bool(g)) tr_k1_fn_neg(&k, &k);
    sparse_scalar(g, &u2);
    sparse_scalar(g, &u1);
    if (tr_gen_below(g, 4) == 0) { /* the key is infinity, or nearly */
        tr_k1_fn_mul(&u1, &u2, &k);
        tr_k1_fn_neg(&u1, &u1);
        if (tr_gen_bool(g)) tr_k1_fn_add(&u1, &u1, &tr_k1_fn_one);
    }
    make_crafted(&k, &u1, &u2, hash, sig);
    if (tr_gen_below(g, 4) == 0) sig->recovery ^= 1;
}

/* Numbers at the borders: 0, n, p - n and p, and their neighbours. */
static void border(tr_gen *g, uint8_t out[32])
{
    static const char *const borders[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
        "000000000000000000000000000000014551231950b75fc4402da1722fc9baee",
        "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f",
        "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0",
        "00000000000000000000000000000000000000000000000000000000000000ff",
    };
    memcpy(out, tr_test_hex(borders[tr_gen_below(g, TR_COUNTOF(borders))]).data, 32);
    out[31] = (uint8_t)(out[31] + tr_gen_below(g, 5) - 2);
}

static void one_case(tr_gen *g, tr_hash *hash, tr_ecdsa_sig *sig)
{
    tr_gen_fill(g, hash->b, 32);
    tr_gen_fill(g, sig->r, 32);
    tr_gen_fill(g, sig->s, 32);
    sig->recovery = (uint8_t)tr_gen_below(g, 2);
    uint64_t kind = tr_gen_below(g, 16);
    if (kind == 0) border(g, sig->r);
    if (kind == 1) border(g, sig->s);
    if (kind == 2) border(g, hash->b);
    if (kind == 3) sig->recovery = (uint8_t)tr_gen_below(g, 6);
    if (kind == 4) { /* x above the order */
        memset(sig->r, 0, 16);
        sig->recovery = (uint8_t)(2 + tr_gen_below(g, 2));
        sig->r[15] = (uint8_t)tr_gen_below(g, 3);
    }
    if (kind == 5) crafted(g, hash, sig);
}

static void fill(tr_gen *g, batch *b, size_t n)
{
    b->n = n;
    for (size_t i = 0; i < n; i++) one_case(g, &b->hashes[i], &b->sigs[i]);
}

/* 100,000 signatures: as the campaign `recover` with more. */
TR_PROP(random_batches_come_out_as_in_the_library)
{
    static batch b;
    fill(g, &b, tr_gen_below(g, 201));
    check_best(&b);
}

/* One property case in 24 does the work, in all implementations. */
TR_PROP(batches_of_every_size_in_every_implementation)
{
    static batch b;
    if (tr_gen_below(g, 24) != 0) return;
    size_t n = tr_gen_below(g, 46);
    fill(g, &b, n <= 40 ? n : 85 + n);
    check_all(&b);
}

/* Points that meet in the ladder, in all lanes of a packet. */
TR_PROP(crafted_points_in_all_lanes)
{
    static batch b;
    if (tr_gen_below(g, 64) != 0) return;
    fill(g, &b, 128);
    for (size_t i = 0; i < b.n; i++) crafted(g, &b.hashes[i], &b.sigs[i]);
    check_all(&b);
}

/* R = k G for small k of both signs, with all small u1 and u2. */
TR_TEST(small_multiples_of_the_generator)
{
    static batch b;
    b.n = 0;
    for (int k = -3; k <= 3; k++)
        for (int u1 = -4; u1 <= 4; u1++)
            for (int u2 = -2; u2 <= 2; u2++) {
                tr_k1_fn s[3];
                const int from[3] = {k, u1, u2};
                if (k == 0 || u2 == 0) continue;
                for (int i = 0; i < 3; i++) {
                    tr_k1_fn_of_u64(&s[i], (uint64_t)(from[i] < 0 ? -from[i] : from[i]));
                    if (from[i] < 0) tr_k1_fn_neg(&s[i], &s[i]);
                }
                make_crafted(&s[0], &s[1], &s[2], &b.hashes[b.n], &b.sigs[b.n]);
                b.n++;
            }
    TR_CHECK_EQ(b.n, 216);
    check_all(&b);
    size_t infinite = 0;
    for (size_t i = 0; i < b.n; i++) infinite += !b.want_ok[i];
    TR_CHECK(infinite >= 6); /* u1 = -k u2 */
}

/* One good signature among bad ones of every sort, and one bad among good. */
TR_PROP(nobody_spoils_his_neighbours)
{
    static batch b;
    if (tr_gen_below(g, 24) != 0) return;
    const bool one_is_good = tr_gen_bool(g);
    size_t odd = tr_gen_below(g, 16);
    fill(g, &b, 16);
    for (size_t i = 0; i < b.n; i++) {
        tr_pubkey key;
        if ((i == odd) != one_is_good) continue;
        do {
            tr_gen_fill(g, b.hashes[i].b, 32);
            tr_gen_fill(g, b.sigs[i].r, 32);
            tr_gen_fill(g, b.sigs[i].s, 32);
            b.sigs[i].recovery = 0;
        } while (!oracle(&b.hashes[i], &b.sigs[i], &key));
    }
    check_all(&b);
}

TR_PROP(the_portable_code_verifies_as_the_library)
{
    tr_seckey key;
    tr_pubkey pubkey;
    tr_hash hash;
    tr_ecdsa_sig sig;
    uint8_t schnorr[64];
    if (tr_gen_below(g, 4) != 0) return; /* a quarter of the cases is enough */
    do tr_gen_fill(g, key.b, 32);
    while (tr_seckey_check(&key) != TR_OK);
    tr_gen_fill(g, hash.b, 32);
    TR_CHECK_OK(tr_pubkey_of(&key, &pubkey));
    TR_CHECK_OK(tr_ecdsa_sign(&key, &hash, &sig));
    TR_CHECK_OK(tr_schnorr_sign(&key, TR_VIEW(hash.b), NULL, schnorr));
    uint8_t *parts[] = {hash.b, sig.r, sig.s, pubkey.x, pubkey.y, schnorr, schnorr + 32};
    if (tr_gen_bool(g))
        parts[tr_gen_below(g, TR_COUNTOF(parts))][tr_gen_below(g, 32)] ^=
            (uint8_t)(1u << tr_gen_below(g, 8));
    if (tr_gen_below(g, 8) == 0) border(g, parts[tr_gen_below(g, TR_COUNTOF(parts))]);
    if (tr_ecdsa_check(&sig) == TR_OK)
        TR_CHECK_EQ(tr_k1_portable.verify(&pubkey, &hash, &sig),
                    tr_k1_library.verify(&pubkey, &hash, &sig));
    TR_CHECK_EQ(tr_k1_portable.schnorr_verify(pubkey.x, TR_VIEW(hash.b), schnorr),
                tr_k1_library.schnorr_verify(pubkey.x, TR_VIEW(hash.b), schnorr));
}

TR_TEST(an_unknown_implementation_is_not_selected)
{
    const char *name = tr_k1_chosen->name;
    TR_CHECK(!tr_k1_select("abacus"));
    TR_CHECK_STR(tr_k1_chosen->name, name);
}
