/* KZG through the public header, against the case of the consensus tests whose blob is short to
 * write: all zero but for a one. */
#include "trestle/kzg.h"

#include <stdlib.h>

#include "harness.h"
#include "trestle/hash.h"

enum { BLOB = TR_KZG_SETUP_BLOB, CELL = TR_KZG_SETUP_CELL, CELLS = TR_KZG_SETUP_CELLS };
enum { HALF = CELLS / 2, THE_ONE = 3211 };

static const char commitment_hex[] = "93efc82d2017e9c57834a1246463e64774e56183bb247c8fc9dd98c56817e"
                                     "878d97b05f5c8d900acf1fbbbca6f146556";
static const char proof_hex[] = "9720099d507280aba6a9c9e8c31187336d10dc6a4b04646d1aa42c8d38f891de36"
                                "f939313cb99e9e7953606555db269a";

static uint8_t blobs[2][BLOB], cells[CELLS][CELL], proofs[CELLS][48];

/* One for all tests, with two threads: it takes seconds. */
static tr_kzg_setup *the_setup;

static void close_setup(void)
{
    tr_kzg_setup_close(the_setup);
}

static const tr_kzg_setup *setup(void)
{
    if (the_setup == NULL) {
        TR_CHECK_OK(tr_kzg_setup_open(NULL, 2, &the_setup));
        atexit(close_setup);
    }
    memset(blobs, 0, sizeof(blobs));
    blobs[0][32 * THE_ONE + 31] = 1;
    return the_setup;
}

TR_TEST(setups_that_cannot_be_opened)
{
    tr_kzg_setup *none = NULL;
    TR_CHECK_ERR(tr_kzg_setup_open("/no/such/file", 0, &none), TR_E_NOT_FOUND);
    TR_CHECK_ERR(tr_kzg_setup_open("/no/such/file", 2, &none), TR_E_NOT_FOUND);
    TR_CHECK_ERR(tr_kzg_setup_open("/dev/null", 1, &none), TR_E_KZG_SETUP);
    TR_CHECK_ERR(tr_kzg_setup_open(NULL, 257, &none), TR_E_ARGUMENT);
    TR_CHECK(none == NULL);
    tr_kzg_setup_close(NULL);
}

TR_TEST(a_blob)
{
    const tr_kzg_setup *s = setup();
    uint8_t commitment[48], proof[48], hash[32];
    TR_CHECK_OK(tr_kzg_setup_commit(s, blobs[0], commitment));
    TR_CHECK_BYTES(TR_VIEW(commitment), tr_test_hex(commitment_hex));
    TR_CHECK_OK(tr_kzg_setup_prove_blob(s, blobs[0], commitment, proof));
    TR_CHECK_BYTES(TR_VIEW(proof), tr_test_hex(proof_hex));
    /* SHA-256 by Python's hashlib; the first byte is the version. */
    tr_kzg_hash(commitment, hash);
    TR_CHECK_BYTES(TR_VIEW(hash),
                   tr_test_hex("01ad7666ef9d8f53b5adf54f029b13b6f171b1d0bd346a2ede315d3e243484ef"));
    memset(commitment, 0xff, sizeof(commitment));
    TR_CHECK_ERR(tr_kzg_setup_prove_blob(s, blobs[0], commitment, proof), TR_E_POINT);
    memset(blobs[0] + 32, 0xff, 32);
    TR_CHECK_ERR(tr_kzg_setup_commit(s, blobs[0], commitment), TR_E_RANGE);
}

TR_TEST(a_point)
{
    const tr_kzg_setup *s = setup();
    uint8_t z[32], y[32], proof[48], commitment[48];
    memcpy(commitment, tr_test_hex(commitment_hex).data, 48);
    memcpy(z, tr_test_hex("5eb7004fe57383e6c88b99d839937fddf3f99279353aaf8d5c9a75f91ce33c62").data,
           32);
    TR_CHECK_OK(tr_kzg_setup_prove_point(s, blobs[0], z, proof, y));
    TR_CHECK_BYTES(TR_VIEW(proof),
                   tr_test_hex("94425f5cf336685a6a4e806ad4601f4b0d3707a655718f968c57e225f0e4b8d5"
                               "fd61878234f25ec59d090c07ea725cf4"));
    TR_CHECK_BYTES(TR_VIEW(y),
                   tr_test_hex("5fd58150b731b4facfcdd89c0e393ff842f5f2071303eff99b51e103161cd233"));
    TR_CHECK_OK(tr_kzg_check_point(commitment, z, y, proof));
    y[31] ^= 1;
    TR_CHECK_ERR(tr_kzg_check_point(commitment, z, y, proof), TR_E_KZG);
    memset(y, 0xff, sizeof(y));
    TR_CHECK_ERR(tr_kzg_check_point(commitment, z, y, proof), TR_E_RANGE);
    TR_CHECK_ERR(tr_kzg_setup_prove_point(s, blobs[0], y, proof, y), TR_E_RANGE);
    proof[0] &= 0x7f;
    TR_CHECK_ERR(tr_kzg_check_point(commitment, z, z, proof), TR_E_POINT);
}

/* The second blob is zero: its commitment and its proof are infinity. */
TR_TEST(proofs_are_of_their_own_blobs)
{
    const tr_kzg_setup *s = setup();
    uint8_t commitments[2][48] = {{0}, {0xc0}}, given[2][48] = {{0}, {0xc0}};
    memcpy(commitments[0], tr_test_hex(commitment_hex).data, 48);
    memcpy(given[0], tr_test_hex(proof_hex).data, 48);
    TR_CHECK_OK(tr_kzg_setup_check_blobs(s, 2, blobs[0], commitments[0], given[0]));
    TR_CHECK_OK(tr_kzg_setup_check_blobs(s, 1, blobs[1], commitments[1], given[1]));
    TR_CHECK_OK(tr_kzg_setup_check_blobs(s, 0, NULL, NULL, NULL));
    TR_CHECK_ERR(tr_kzg_setup_check_blobs(s, SIZE_MAX, blobs[0], commitments[0], given[0]),
                 TR_E_MEMORY);
    TR_CHECK_ERR(tr_kzg_setup_check_blobs(s, 1, blobs[1], commitments[0], given[0]), TR_E_KZG);
    TR_CHECK_ERR(tr_kzg_setup_check_blobs(s, 1, blobs[0], commitments[0], given[1]), TR_E_KZG);
    blobs[1][31] = 1;
    TR_CHECK_ERR(tr_kzg_setup_check_blobs(s, 2, blobs[0], commitments[0], given[0]), TR_E_KZG);
}

static void all_cells(const tr_kzg_setup *s)
{
    uint8_t hash[32];
    TR_CHECK_OK(tr_kzg_setup_cells(s, blobs[0], cells[0], proofs[0]));
    /* SHA-256 of the consensus test's cells, and of its proofs. */
    tr_hash_sha256(cells[0], sizeof(cells), hash);
    TR_CHECK_BYTES(TR_VIEW(hash),
                   tr_test_hex("aedd5a5115f4790da2f91a6f31407374c78e20e75e0e2193e5b137c93af206d8"));
    tr_hash_sha256(proofs[0], sizeof(proofs), hash);
    TR_CHECK_BYTES(TR_VIEW(hash),
                   tr_test_hex("4abe0277af836b5ac6ee00f60ed684ba140b9d6a494800512d6a780d3954bc4e"));
}

TR_TEST(cells_and_their_proofs)
{
    const tr_kzg_setup *s = setup();
    uint8_t commitments[2][48], mine[2][CELL], some[2][48];
    uint64_t indexes[2] = {3, 127};
    all_cells(s);
    for (size_t i = 0; i < 2; i++) {
        memcpy(commitments[i], tr_test_hex(commitment_hex).data, 48);
        memcpy(mine[i], cells[indexes[i]], CELL);
        memcpy(some[i], proofs[indexes[i]], 48);
    }
    TR_CHECK_OK(tr_kzg_setup_check_cells(s, 2, commitments[0], indexes, mine[0], some[0]));
    indexes[1] = 126;
    TR_CHECK_ERR(tr_kzg_setup_check_cells(s, 2, commitments[0], indexes, mine[0], some[0]),
                 TR_E_KZG);
    indexes[1] = CELLS;
    TR_CHECK_ERR(tr_kzg_setup_check_cells(s, 2, commitments[0], indexes, mine[0], some[0]),
                 TR_E_ARGUMENT);
    TR_CHECK_OK(tr_kzg_setup_check_cells(s, 0, NULL, NULL, NULL, NULL));
    TR_CHECK_ERR(tr_kzg_setup_check_cells(s, SIZE_MAX, NULL, NULL, NULL, NULL), TR_E_MEMORY);
}

TR_TEST(half_of_the_cells_give_all)
{
    static uint8_t again[CELLS][CELL], again_proofs[CELLS][48];
    const tr_kzg_setup *s = setup();
    uint64_t indexes[HALF];
    all_cells(s);
    for (uint64_t i = 0; i < HALF; i++) indexes[i] = HALF + i;
    TR_CHECK_OK(tr_kzg_setup_recover(s, HALF, indexes, cells[HALF], again[0], again_proofs[0]));
    TR_CHECK(memcmp(again, cells, sizeof(cells)) == 0);
    TR_CHECK(memcmp(again_proofs, proofs, sizeof(proofs)) == 0);
    TR_CHECK_OK(tr_kzg_setup_recover(s, HALF, indexes, cells[HALF], again[0], NULL));
    TR_CHECK_ERR(tr_kzg_setup_recover(s, HALF - 1, indexes, cells[HALF], again[0], NULL),
                 TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_kzg_setup_recover(s, 0, NULL, NULL, again[0], NULL), TR_E_ARGUMENT);
    TR_CHECK_ERR(tr_kzg_setup_recover(s, SIZE_MAX, NULL, NULL, again[0], NULL), TR_E_ARGUMENT);
    indexes[1] = indexes[0];
    TR_CHECK_ERR(tr_kzg_setup_recover(s, HALF, indexes, cells[HALF], again[0], NULL),
                 TR_E_ARGUMENT);
}
