/* BLS signatures. */
#include "bls_choices.h"

/* Made with the library blst 0.3 (key_gen, sign) from the bytes 0 .. 31, info "info" and the
 * message "Trestle". */
static const char secret_hex[] = "4f73ca10a24bd1989a6ca6a99e5f1b795f4118c0f61ebf2a84b10f33c950e602";
static const char key_hex[] = "8a275bcded320ff9d7e178747b95821fbbaef791f8c7e31cd690deca81f5911b"
                              "43b40e32abf599051b453a6f09e82ecc";
static const char signature_hex[] =
    "8fb87f35080c439bc3cdfdbd3b766c0dc4dc4f4bf8de46095a08d8867d8721d6ff06454c8da08ff329166f2b307ad9"
    "0f0b18b74a52daca633672813f3c6aa233cb82199e5a11eadd06baa1e290000143cc682a0c330fad4e27d01df639fd"
    "f75d";
static const char proof_hex[] =
    "a14e7f441c7c1e937eac23393031d726bed3f16102ce74cff795d624f18013ec3c7aeef12d81daed0a38bcbfc0370a"
    "2005aa5813fb63828bcfcb11518ad3a6d9cd52fc6f9fb07065d7c71df72328a1444aadccf3390afbd8e0c36c36cbd3"
    "dc84";

#define MESSAGE TR_LIT("Trestle")

static tr_bls_secret known_secret(void)
{
    uint8_t ikm[32];
    tr_bls_secret secret;
    for (unsigned i = 0; i < 32; i++) ikm[i] = (uint8_t)i;
    TR_CHECK_OK(tr_bls_keygen(TR_VIEW(ikm), TR_LIT("info"), &secret));
    return secret;
}

TR_TEST(keys_and_signatures_of_another_library)
{
    tr_bls_secret secret = known_secret();
    uint8_t key[48], signature[96], proof[96];
    TR_CHECK_BYTES(TR_VIEW(secret.b), tr_test_hex(secret_hex));
    BLS_EACH(name)
    {
        TR_CHECK_OK(tr_bls_pubkey(&secret, key));
        TR_CHECK_BYTES(TR_VIEW(key), tr_test_hex(key_hex));
        TR_CHECK_OK(tr_bls_sign(&secret, MESSAGE, signature));
        TR_CHECK_BYTES(TR_VIEW(signature), tr_test_hex(signature_hex));
        TR_CHECK_OK(tr_bls_prove_possession(&secret, proof));
        TR_CHECK_BYTES(TR_VIEW(proof), tr_test_hex(proof_hex));
        TR_CHECK_OK(tr_bls_verify(NULL, key, MESSAGE, signature));
        TR_CHECK_OK(tr_bls_check_possession(NULL, key, proof));
    }
}

/* EIP-2333's first case: its master key is made in the same way. */
TR_TEST(secrets_of_eip_2333)
{
    tr_bls_secret secret;
    tr_bytes seed = tr_test_hex("c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e5349553"
                                "1f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04");
    TR_CHECK_OK(tr_bls_keygen(seed, (tr_bytes){0}, &secret));
    TR_CHECK_BYTES(TR_VIEW(secret.b),
                   tr_test_hex("0d7359d57963ab8fbbde1852dcf553fedbc31f464d80ee7d40ae683122b45070"));
    TR_CHECK_ERR(tr_bls_keygen(tr_bytes_cut(seed, 0, 31), (tr_bytes){0}, &secret), TR_E_ARGUMENT);
}

TR_TEST(secrets_have_a_range)
{
    uint8_t out[96];
    tr_bls_secret secret = {{0}};
    TR_CHECK_ERR(tr_bls_pubkey(&secret, out), TR_E_KEY_RANGE);
    memcpy(secret.b, bls_order(), 32);
    TR_CHECK_ERR(tr_bls_pubkey(&secret, out), TR_E_KEY_RANGE);
    TR_CHECK_ERR(tr_bls_sign(&secret, MESSAGE, out), TR_E_KEY_RANGE);
    TR_CHECK_ERR(tr_bls_prove_possession(&secret, out), TR_E_KEY_RANGE);
    secret.b[31]--;
    TR_CHECK_OK(tr_bls_pubkey(&secret, out));
}

TR_TEST(what_does_not_verify)
{
    tr_bls_secret secret = known_secret();
    uint8_t key[48], other[48], signature[96], proof[96], infinity[96] = {0xc0};
    TR_CHECK_OK(tr_bls_pubkey(&secret, key));
    TR_CHECK_OK(tr_bls_sign(&secret, MESSAGE, signature));
    TR_CHECK_OK(tr_bls_prove_possession(&secret, proof));
    secret.b[31] ^= 1;
    TR_CHECK_OK(tr_bls_pubkey(&secret, other));
    tr_trail trail;
    TR_CHECK_ERR(tr_bls_verify(&trail, key, TR_LIT("trestle"), signature), TR_E_SIGNATURE);
    TR_CHECK_EQ(trail.code, TR_E_SIGNATURE);
    TR_CHECK_ERR(tr_bls_verify(NULL, other, MESSAGE, signature), TR_E_SIGNATURE);
    TR_CHECK_ERR(tr_bls_verify(NULL, key, MESSAGE, infinity), TR_E_SIGNATURE);
    TR_CHECK_ERR(tr_bls_verify(NULL, infinity, MESSAGE, infinity), TR_E_POINT);
    TR_CHECK_ERR(tr_bls_check_possession(NULL, other, proof), TR_E_SIGNATURE);
    TR_CHECK_ERR(tr_bls_check_possession(NULL, key, signature), TR_E_SIGNATURE);
    TR_CHECK_ERR(tr_bls_verify(NULL, key, tr_bytes_of(key, 48), proof), TR_E_SIGNATURE);
    signature[0] ^= 0x20; /* the opposite point */
    TR_CHECK_ERR(tr_bls_verify(NULL, key, MESSAGE, signature), TR_E_SIGNATURE);
    signature[0] ^= 0xa0;
    TR_CHECK_ERR(tr_bls_verify(NULL, key, MESSAGE, signature), TR_E_POINT);
    key[0] ^= 0x80;
    TR_CHECK_ERR(tr_bls_verify(NULL, key, MESSAGE, proof), TR_E_POINT);
}

/* Five signers: the same message, and one each. */
enum { SIGNERS = 5 };

typedef struct signers {
    uint8_t keys[SIGNERS][48], same[SIGNERS][96], each[SIGNERS][96];
    tr_bytes messages[SIGNERS];
    uint8_t all_same[96], all_each[96];
} signers;

static void make_signers(signers *s)
{
    static const uint8_t letters[] = "abcde";
    for (unsigned i = 0; i < SIGNERS; i++) {
        uint8_t ikm[40] = {0};
        tr_bls_secret secret;
        ikm[39] = (uint8_t)i;
        s->messages[i] = tr_bytes_of(letters + i, 1);
        TR_CHECK_OK(tr_bls_keygen(TR_VIEW(ikm), (tr_bytes){0}, &secret));
        TR_CHECK_OK(tr_bls_pubkey(&secret, s->keys[i]));
        TR_CHECK_OK(tr_bls_sign(&secret, MESSAGE, s->same[i]));
        TR_CHECK_OK(tr_bls_sign(&secret, s->messages[i], s->each[i]));
    }
    TR_CHECK_OK(tr_bls_aggregate(NULL, SIGNERS, s->same, s->all_same));
    TR_CHECK_OK(tr_bls_aggregate(NULL, SIGNERS, s->each, s->all_each));
}

TR_TEST(aggregates_verify)
{
    signers s;
    uint8_t key[48];
    tr_arena *arena = tr_test_arena();
    make_signers(&s);
    TR_CHECK_OK(tr_bls_fast_aggregate_verify(NULL, SIGNERS, s.keys, MESSAGE, s.all_same));
    TR_CHECK_ERR(tr_bls_fast_aggregate_verify(NULL, SIGNERS - 1, s.keys, MESSAGE, s.all_same),
                 TR_E_SIGNATURE);
    TR_CHECK_ERR(tr_bls_fast_aggregate_verify(NULL, SIGNERS, s.keys, TR_LIT("x"), s.all_same),
                 TR_E_SIGNATURE);
    TR_CHECK_OK(tr_bls_aggregate_keys(NULL, SIGNERS, s.keys, key));
    TR_CHECK_OK(tr_bls_verify(NULL, key, MESSAGE, s.all_same));
    TR_CHECK_OK(tr_bls_aggregate_verify(NULL, arena, SIGNERS, s.keys, s.messages, s.all_each));
    TR_CHECK_ERR(tr_bls_aggregate_verify(NULL, arena, SIGNERS, s.keys, s.messages, s.all_same),
                 TR_E_SIGNATURE);
    tr_bytes first = s.messages[0];
    s.messages[0] = s.messages[1];
    s.messages[1] = first;
    TR_CHECK_ERR(tr_bls_aggregate_verify(NULL, arena, SIGNERS, s.keys, s.messages, s.all_each),
                 TR_E_SIGNATURE);
    TR_CHECK_EQ(arena->used, 0);
}

TR_TEST(aggregates_of_nothing_and_of_what_is_no_point)
{
    signers s;
    uint8_t out[96], opposite[2][48];
    tr_arena *arena = tr_test_arena();
    make_signers(&s);
    TR_CHECK_ERR(tr_bls_aggregate(NULL, 0, s.same, out), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_bls_aggregate_keys(NULL, 0, s.keys, out), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_bls_fast_aggregate_verify(NULL, 0, s.keys, MESSAGE, s.all_same), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_bls_aggregate_verify(NULL, arena, 0, s.keys, s.messages, s.all_each),
                 TR_E_ARGUMENT);
    memcpy(opposite[0], s.keys[0], 48);
    memcpy(opposite[1], s.keys[0], 48);
    opposite[1][0] ^= 0x20;
    TR_CHECK_OK(tr_bls_aggregate_keys(NULL, 2, opposite, out));
    TR_CHECK_EQ(out[0], 0xc0);
    TR_CHECK_ERR(tr_bls_fast_aggregate_verify(NULL, 2, opposite, MESSAGE, s.all_same), TR_E_POINT);
    s.keys[3][0] ^= 0x80;
    TR_CHECK_ERR(tr_bls_aggregate_keys(NULL, SIGNERS, s.keys, out), TR_E_POINT);
    TR_CHECK_ERR(tr_bls_fast_aggregate_verify(NULL, SIGNERS, s.keys, MESSAGE, s.all_same),
                 TR_E_POINT);
    TR_CHECK_ERR(tr_bls_aggregate_verify(NULL, arena, SIGNERS, s.keys, s.messages, s.all_each),
                 TR_E_POINT);
    s.same[2][0] ^= 0x80;
    TR_CHECK_ERR(tr_bls_aggregate(NULL, SIGNERS, s.same, out), TR_E_POINT);
}

TR_TEST(other_schemes_have_other_tags)
{
    signers s;
    tr_arena *arena = tr_test_arena();
    tr_bytes tag = TR_LIT("BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_");
    tr_bytes own = TR_LIT("BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_");
    make_signers(&s);
    TR_CHECK_OK(tr_bls_verify_tagged(NULL, s.keys[0], MESSAGE, own, s.same[0]));
    TR_CHECK_ERR(tr_bls_verify_tagged(NULL, s.keys[0], MESSAGE, tag, s.same[0]), TR_E_SIGNATURE);
    TR_CHECK_ERR(
        tr_bls_aggregate_verify_tagged(NULL, arena, SIGNERS, s.keys, s.messages, tag, s.all_each),
        TR_E_SIGNATURE);
}

static tr_err verify_in(tr_alloc *alloc, void *context)
{
    const signers *s = context;
    tr_arena arena;
    tr_arena_init(&arena, alloc, 1 << 20);
    tr_err err = tr_bls_aggregate_verify(NULL, &arena, SIGNERS, s->keys, s->messages, s->all_each);
    tr_arena_free(&arena);
    return err;
}

TR_TEST(aggregates_without_memory)
{
    signers s;
    make_signers(&s);
    tr_test_out_of_memory(verify_in, &s);
}
