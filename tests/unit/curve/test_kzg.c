/* KZG: setups that are wrong in each way, proofs that fit and proofs that do not, cells.  What the
 * functions give is compared with the consensus tests elsewhere (tests/conformance/run_kzg.c);
 * expected bytes here are those of the specification's simplest cases. */
#include "harness.h"

#include "curve/kzg_constants.h"
#include "curve/kzg_internal.h"
#include "os/heap.h"
#include "os/pool.h"

enum { CELLS = TR_KZG_CELLS, HALF = TR_KZG_CELLS / 2 };

/* One for all tests: it takes seconds. */
static const tr_kzg *setup(void)
{
    static tr_kzg *kzg;
    tr_trail trail;
    tr_trail_clear(&trail);
    if (kzg == NULL) {
        tr_err err = tr_kzg_load(&trail, tr_heap(), NULL, NULL, &kzg);
        TR_CHECK_MSG(err == TR_OK, "%s", trail.text);
    }
    return kzg;
}

static uint8_t blobs[3][TR_KZG_BLOB], cells[CELLS][TR_KZG_CELL], proofs[CELLS][48];

static void random_blob(uint8_t *blob)
{
    for (size_t at = 0; at < TR_KZG_BLOB; at += 8) tr_store64le(blob + at, tr_test_random());
    for (size_t at = 0; at < TR_KZG_BLOB; at += 32) blob[at] &= 0x3f;
}

TR_TEST(the_constant_is_the_ceremonys)
{
    TR_CHECK(tr_bls_g2_eq(&setup()->powers2[1], &tr_kzg_ceremony));
    TR_CHECK(tr_bls_g2_in_subgroup(&tr_kzg_ceremony));
}

TR_TEST(constant_and_linear_polynomials)
{
    uint8_t commitment[48], want[48], proof[48], z[32] = {1, 2, 3}, y[32];
    static const uint8_t infinity[48] = {0xc0};
    memset(blobs[0], 0, TR_KZG_BLOB);
    TR_CHECK_OK(tr_kzg_commit(NULL, setup(), NULL, blobs[0], commitment));
    TR_CHECK_BYTES(TR_VIEW(commitment), TR_VIEW(infinity));
    for (size_t i = 31; i < TR_KZG_BLOB; i += 32) blobs[0][i] = 1;
    TR_CHECK_OK(tr_kzg_commit(NULL, setup(), NULL, blobs[0], commitment));
    tr_bls_g1_compress(&tr_bls_g1_generator, want);
    TR_CHECK_BYTES(TR_VIEW(commitment), TR_VIEW(want));
    /* The polynomial x: its values are the roots, its commitment is the secret's point, and its
     * quotient at any z is one. */
    for (size_t i = 0; i < TR_KZG_BLOB_FIELDS; i++)
        tr_bls_fr_write_be(&blobs[0][32 * i], &setup()->roots[i]);
    TR_CHECK_OK(tr_kzg_prove(NULL, setup(), NULL, blobs[0], z, proof, y));
    TR_CHECK_BYTES(TR_VIEW(y), TR_VIEW(z));
    TR_CHECK_BYTES(TR_VIEW(proof), TR_VIEW(want));
    TR_CHECK_OK(tr_kzg_commit(NULL, setup(), NULL, blobs[0], commitment));
    tr_bls_g1_compress(&setup()->monomial[1], want);
    TR_CHECK_BYTES(TR_VIEW(commitment), TR_VIEW(want));
    TR_CHECK_OK(tr_kzg_point_check(NULL, commitment, z, y, proof));
}

TR_TEST(a_proof_is_of_one_statement)
{
    uint8_t commitment[48], proof[48], z[32], y[32], bent[48];
    tr_trail trail;
    random_blob(blobs[0]);
    TR_CHECK_OK(tr_kzg_commit(NULL, setup(), NULL, blobs[0], commitment));
    for (size_t i = 0; i < 3; i++) { /* any point, and roots */
        uint64_t at = tr_test_random() % TR_KZG_BLOB_FIELDS;
        tr_bls_fr_write_be(z, &setup()->roots[at]);
        if (i == 0) memcpy(z, blobs[0], 32);
        TR_CHECK_OK(tr_kzg_prove(NULL, setup(), NULL, blobs[0], z, proof, y));
        if (i > 0) TR_CHECK(memcmp(y, &blobs[0][32 * at], 32) == 0);
        TR_CHECK_OK(tr_kzg_point_check(&trail, commitment, z, y, proof));
        y[31] ^= 1;
        TR_CHECK_ERR(tr_kzg_point_check(&trail, commitment, z, y, proof), TR_E_KZG);
        y[31] ^= 1;
        z[31] ^= 1;
        TR_CHECK_ERR(tr_kzg_point_check(&trail, commitment, z, y, proof), TR_E_KZG);
        z[31] ^= 1;
        memcpy(bent, proof, 48);
        bent[0] ^= 0x20; /* the other y */
        TR_CHECK_ERR(tr_kzg_point_check(&trail, commitment, z, y, bent), TR_E_KZG);
        memset(bent, 0xff, sizeof(bent));
        TR_CHECK_ERR(tr_kzg_point_check(&trail, commitment, z, y, bent), TR_E_POINT);
        TR_CHECK_ERR(tr_kzg_point_check(&trail, bent, z, y, proof), TR_E_POINT);
        TR_CHECK_ERR(tr_kzg_point_check(&trail, commitment, bent, y, proof), TR_E_RANGE);
        TR_CHECK_ERR(tr_kzg_point_check(&trail, commitment, z, bent, proof), TR_E_RANGE);
    }
    memset(bent, 0xff, sizeof(bent));
    TR_CHECK_ERR(tr_kzg_prove(&trail, setup(), NULL, blobs[0], bent, proof, y), TR_E_RANGE);
    TR_CHECK_ERR(tr_kzg_prove_blob(&trail, setup(), NULL, blobs[0], bent, proof), TR_E_POINT);
    memset(&blobs[0][64], 0xff, 32);
    TR_CHECK_ERR(tr_kzg_commit(&trail, setup(), NULL, blobs[0], proof), TR_E_RANGE);
    TR_CHECK_EQ(trail.offset, 64);
    TR_CHECK_ERR(tr_kzg_prove(&trail, setup(), NULL, blobs[0], z, proof, y), TR_E_RANGE);
    TR_CHECK_ERR(tr_kzg_cells(&trail, setup(), NULL, blobs[0], cells[0], NULL), TR_E_RANGE);
}

TR_TEST(versioned_hash)
{
    /* SHA-256 of c0 and 47 zeros, by Python's hashlib; the first byte is the version. */
    static const uint8_t infinity[48] = {0xc0};
    tr_hash hash = tr_kzg_versioned_hash(infinity);
    TR_CHECK_BYTES(TR_VIEW(hash.b),
                   tr_test_hex("010657f37554c781402a22917dee2f75def7ab966d7b770905398eba3c444014"));
}

TR_TEST(blobs_together)
{
    uint8_t commitments[3][48], blob_proofs[3][48];
    const uint8_t *all[3];
    tr_trail trail;
    tr_pool *pool;
    TR_CHECK_OK(tr_pool_new(NULL, tr_test_alloc(), &(tr_pool_options){.workers = 1}, &pool));
    tr_exec *two = tr_pool_exec(pool);
    for (size_t i = 0; i < 3; i++) {
        random_blob(blobs[i]);
        all[i] = blobs[i];
        TR_CHECK_OK(tr_kzg_commit(NULL, setup(), two, blobs[i], commitments[i]));
        TR_CHECK_OK(
            tr_kzg_prove_blob(NULL, setup(), two, blobs[i], commitments[i], blob_proofs[i]));
    }
#define CHECK(n)                                                                                   \
    tr_kzg_check_blobs(&trail, setup(), two, n, all, (const uint8_t(*)[48])commitments,            \
                       (const uint8_t(*)[48])blob_proofs)
    for (size_t n = 0; n <= 3; n++) TR_CHECK_OK(CHECK(n));
    all[1] = blobs[0];
    TR_CHECK_ERR(CHECK(3), TR_E_KZG);
    all[1] = blobs[1];
    blobs[2][5] ^= 1;
    TR_CHECK_ERR(CHECK(3), TR_E_KZG);
    TR_CHECK_OK(CHECK(2));
    blobs[2][0] = 0xff;
    TR_CHECK_ERR(CHECK(3), TR_E_RANGE);
    commitments[2][0] = 0;
    TR_CHECK_ERR(CHECK(3), TR_E_POINT);
    TR_CHECK_ERR(CHECK(SIZE_MAX / 8), TR_E_LIMIT);
#undef CHECK
    tr_pool_free(pool);
}

static tr_err check_cells(tr_trail *trail, const uint8_t commitment[48], size_t n,
                          const uint64_t indexes[])
{
    const uint8_t *commitments[CELLS], *chosen[CELLS];
    uint8_t chosen_proofs[CELLS][48];
    for (size_t i = 0; i < n; i++) {
        commitments[i] = commitment;
        chosen[i] = cells[indexes[i] % CELLS];
        memcpy(chosen_proofs[i], proofs[indexes[i] % CELLS], 48);
    }
    return tr_kzg_check_cells(trail, setup(), NULL, n, commitments, indexes, chosen,
                              (const uint8_t(*)[48])chosen_proofs);
}

TR_TEST(cells_of_a_blob)
{
    uint8_t commitment[48];
    uint64_t indexes[CELLS] = {7, 100, 7, 0, 127};
    static uint8_t alone[CELLS][TR_KZG_CELL];
    tr_trail trail;
    random_blob(blobs[0]);
    TR_CHECK_OK(tr_kzg_commit(NULL, setup(), NULL, blobs[0], commitment));
    TR_CHECK_OK(tr_kzg_cells(NULL, setup(), NULL, blobs[0], cells[0], proofs));
    TR_CHECK_OK(tr_kzg_cells(NULL, setup(), NULL, blobs[0], alone[0], NULL));
    TR_CHECK(memcmp(alone, cells, sizeof(cells)) == 0);
    TR_CHECK(memcmp(cells, blobs[0], TR_KZG_BLOB) == 0);
    TR_CHECK_OK(check_cells(&trail, commitment, 5, indexes));
    TR_CHECK_OK(check_cells(&trail, commitment, 0, indexes));
    indexes[1] = 101 + CELLS;
    TR_CHECK_ERR(check_cells(&trail, commitment, 5, indexes), TR_E_ARGUMENT);
    indexes[1] = 101;
    cells[127][40] ^= 4;
    TR_CHECK_ERR(check_cells(&trail, commitment, 5, indexes), TR_E_KZG);
    TR_CHECK_OK(check_cells(&trail, commitment, 4, indexes));
    cells[127][0] = 0xff;
    TR_CHECK_ERR(check_cells(&trail, commitment, 5, indexes), TR_E_RANGE);
    memcpy(proofs[0], proofs[1], 48);
    TR_CHECK_ERR(check_cells(&trail, commitment, 4, indexes), TR_E_KZG);
    memset(proofs[0], 0, 48);
    TR_CHECK_ERR(check_cells(&trail, commitment, 4, indexes), TR_E_POINT);
    memset(commitment, 0, 48);
    TR_CHECK_ERR(check_cells(&trail, commitment, 1, indexes), TR_E_POINT);
}

static size_t choose(uint64_t indexes[], const uint8_t *chosen[], size_t want)
{
    size_t n = 0;
    for (size_t c = 0; c < CELLS; c++) {
        if (tr_test_random() % (CELLS - c) >= want - n) continue;
        chosen[n] = cells[c];
        indexes[n++] = c;
    }
    return n;
}

TR_TEST(any_half_recovers_all)
{
    static uint8_t all[CELLS][TR_KZG_CELL], all_proofs[CELLS][48];
    const uint8_t *chosen[CELLS];
    uint64_t indexes[CELLS];
    tr_trail trail;
    random_blob(blobs[0]);
    TR_CHECK_OK(tr_kzg_cells(NULL, setup(), NULL, blobs[0], cells[0], proofs));
#define RECOVER(n, proofs) tr_kzg_recover(&trail, setup(), NULL, n, indexes, chosen, all[0], proofs)
    for (size_t round = 0; round < 6; round++) {
        size_t want = round == 5 ? CELLS : HALF + round * round;
        size_t n = choose(indexes, chosen, want);
        TR_CHECK_EQ(n, want);
        memset(all, 0, sizeof(all));
        TR_CHECK_OK(RECOVER(n, round == 0 ? all_proofs : NULL));
        TR_CHECK(memcmp(all, cells, sizeof(cells)) == 0);
    }
    TR_CHECK(memcmp(all_proofs, proofs, sizeof(proofs)) == 0);
    size_t n = choose(indexes, chosen, HALF + 1);
    TR_CHECK_ERR(RECOVER(HALF - 1, NULL), TR_E_ARGUMENT);
    cells[indexes[3]][9] ^= 1;
    TR_CHECK_ERR(RECOVER(n, NULL), TR_E_KZG);
    cells[indexes[3]][0] = 0xff;
    TR_CHECK_ERR(RECOVER(n, NULL), TR_E_RANGE);
    indexes[4] = indexes[3];
    TR_CHECK_ERR(RECOVER(n, NULL), TR_E_ARGUMENT);
    indexes[n - 1] = CELLS;
    TR_CHECK_ERR(RECOVER(n, NULL), TR_E_ARGUMENT);
#undef RECOVER
}

/* Memory that runs out, of a setup whose memory is the test's. */
typedef struct short_of_memory {
    tr_kzg kzg;
    unsigned which;
} short_of_memory;

static tr_err with_little(tr_alloc *alloc, void *context)
{
    short_of_memory *s = context;
    uint8_t out[48], y[32], z[32] = {1};
    const uint8_t *all[1] = {blobs[0]}, *commitments[1] = {proofs[1]}, *chosen[CELLS];
    static const uint8_t infinity[1][48] = {{0xc0}};
    uint64_t indexes[CELLS];
    s->kzg.alloc = alloc;
    for (size_t i = 0; i < CELLS; i++) {
        indexes[i] = i;
        chosen[i] = cells[i];
    }
    switch (s->which) {
    case 0:
        return tr_kzg_commit(NULL, &s->kzg, NULL, blobs[0], out);
    case 1:
        return tr_kzg_prove(NULL, &s->kzg, NULL, blobs[0], z, out, y);
    case 2:
        return tr_kzg_check_blobs(NULL, &s->kzg, NULL, 1, all, infinity, infinity);
    case 3:
        return tr_kzg_cells(NULL, &s->kzg, NULL, blobs[0], cells[0], proofs);
    case 4:
        return tr_kzg_check_cells(NULL, &s->kzg, NULL, 1, commitments, indexes, chosen, infinity);
    default:
        return tr_kzg_recover(NULL, &s->kzg, NULL, CELLS, indexes, chosen, cells[0], NULL);
    }
}

TR_TEST(out_of_memory)
{
    short_of_memory s = {.kzg = *setup()};
    memset(blobs[0], 0, TR_KZG_BLOB);
    memset(cells, 0, sizeof(cells));
    memset(proofs[1], 0, 48);
    proofs[1][0] = 0xc0;
    for (s.which = 0; s.which < 6; s.which++) tr_test_out_of_memory(with_little, &s);
}
