/* Blobs: commitments, proofs, cells.  The documents are blobs of 131,072 bytes, each element below
 * 2^248; where proofs are checked, the commitment and the proof of 48 bytes behind each blob; where
 * cells are, the blob's commitment, then 128 cells of 2,048 bytes, then their proofs. */
#include "cli/bench/bench.h"
#include "curve/kzg.h"
#include "os/heap.h"

enum { BLOBS = 6 };

typedef struct state {
    const tr_kzg *kzg;
    uint8_t (*blobs)[TR_KZG_BLOB];
    uint8_t commitments[BLOBS][48], proofs[BLOBS][48];
    uint8_t cells[TR_KZG_CELLS][TR_KZG_CELL], cell_proofs[TR_KZG_CELLS][48];
} state;

/* Read once for all rows, for the life of the program. */
static const tr_kzg *setup(void)
{
    static tr_kzg *kzg;
    if (kzg == NULL && tr_kzg_load(NULL, tr_heap(), NULL, NULL, &kzg) != TR_OK) return NULL;
    return kzg;
}

static state *make(const tr_bench_input *input, size_t blobs)
{
    uint64_t seed = 0x626c6f62;
    state *s = TR_ARENA_NEW(input->arena, state);
    if (s == NULL) return NULL;
    s->kzg = setup();
    s->blobs = tr_arena_get(input->arena, blobs * sizeof(*s->blobs), 16);
    if (s->kzg == NULL || s->blobs == NULL) return NULL;
    for (size_t i = 0; i < blobs; i++) {
        for (size_t at = 0; at < TR_KZG_BLOB; at += 8)
            tr_store64le(&s->blobs[i][at], tr_bench_random(&seed));
        for (size_t at = 0; at < TR_KZG_BLOB; at += 32) s->blobs[i][at] = 0;
        if (tr_kzg_commit(NULL, s->kzg, NULL, s->blobs[i], s->commitments[i]) != TR_OK) return NULL;
    }
    return s;
}

static void *setup_blob(const tr_bench_input *input)
{
    state *s = make(input, 1);
    if (s != NULL) tr_buf_put(input->document, TR_VIEW(s->blobs[0]));
    return s;
}

static void *setup_blobs(const tr_bench_input *input)
{
    state *s = make(input, BLOBS);
    for (size_t i = 0; s != NULL && i < BLOBS; i++) {
        if (tr_kzg_prove_blob(NULL, s->kzg, NULL, s->blobs[i], s->commitments[i], s->proofs[i]) !=
            TR_OK)
            return NULL;
        tr_buf_put(input->document, TR_VIEW(s->blobs[i]));
        tr_buf_put(input->document, TR_VIEW(s->commitments[i]));
        tr_buf_put(input->document, TR_VIEW(s->proofs[i]));
    }
    return s;
}

static void *setup_cells(const tr_bench_input *input)
{
    state *s = make(input, 1);
    if (s == NULL ||
        tr_kzg_cells(NULL, s->kzg, NULL, s->blobs[0], s->cells[0], s->cell_proofs) != TR_OK)
        return NULL;
    tr_buf_put(input->document, TR_VIEW(s->commitments[0]));
    tr_buf_put(input->document, TR_VIEW(s->cells));
    tr_buf_put(input->document, TR_VIEW(s->cell_proofs));
    return s;
}

static uint64_t run_commit(void *context)
{
    state *s = context;
    TR_ASSERT(tr_kzg_commit(NULL, s->kzg, NULL, s->blobs[0], s->commitments[0]) == TR_OK);
    return s->commitments[0][47];
}

static uint64_t run_prove_blob(void *context)
{
    state *s = context;
    TR_ASSERT(tr_kzg_prove_blob(NULL, s->kzg, NULL, s->blobs[0], s->commitments[0], s->proofs[0]) ==
              TR_OK);
    return s->proofs[0][47];
}

static uint64_t run_cells(void *context)
{
    state *s = context;
    TR_ASSERT(tr_kzg_cells(NULL, s->kzg, NULL, s->blobs[0], s->cells[0], s->cell_proofs) == TR_OK);
    return s->cell_proofs[TR_KZG_CELLS - 1][47];
}

static uint64_t run_check_blobs(void *context)
{
    const state *s = context;
    const uint8_t *blobs[BLOBS];
    for (size_t i = 0; i < BLOBS; i++) blobs[i] = s->blobs[i];
    tr_err err =
        tr_kzg_check_blobs(NULL, s->kzg, NULL, BLOBS, blobs, (const uint8_t(*)[48])s->commitments,
                           (const uint8_t(*)[48])s->proofs);
    TR_ASSERT(err == TR_OK);
    return (uint64_t)err;
}

static uint64_t run_check_cells(void *context)
{
    const state *s = context;
    const uint8_t *commitments[TR_KZG_CELLS], *cells[TR_KZG_CELLS];
    uint64_t indexes[TR_KZG_CELLS];
    for (size_t i = 0; i < TR_KZG_CELLS; i++) {
        commitments[i] = s->commitments[0];
        cells[i] = s->cells[i];
        indexes[i] = i;
    }
    tr_err err = tr_kzg_check_cells(NULL, s->kzg, NULL, TR_KZG_CELLS, commitments, indexes, cells,
                                    (const uint8_t(*)[48])s->cell_proofs);
    TR_ASSERT(err == TR_OK);
    return (uint64_t)err;
}

static uint64_t run_recover(void *context)
{
    state *s = context;
    const uint8_t *cells[TR_KZG_CELLS / 2];
    uint64_t indexes[TR_KZG_CELLS / 2];
    for (size_t i = 0; i < TR_KZG_CELLS / 2; i++) {
        cells[i] = s->cells[2 * i];
        indexes[i] = 2 * i;
    }
    TR_ASSERT(tr_kzg_recover(NULL, s->kzg, NULL, TR_KZG_CELLS / 2, indexes, cells, s->cells[0],
                             s->cell_proofs) == TR_OK);
    return s->cell_proofs[TR_KZG_CELLS - 1][47];
}

/* Tiers: c-kzg's own time and twice that, where it was measured on the machine of reference. */
static const tr_bench_row rows[] = {
    {"kzg-commit",
     "a blob's commitment",
     1,
     TR_KZG_BLOB,
     {25e6, 50e6, 100e6},
     setup_blob,
     run_commit},
    {"kzg-prove-blob",
     "the proof that goes with a blob",
     1,
     TR_KZG_BLOB,
     {26e6, 53e6, 106e6},
     setup_blob,
     run_prove_blob},
    {"kzg-check-blobs-6",
     "six blobs and their proofs, checked together",
     1,
     BLOBS *TR_KZG_BLOB,
     {6e6, 9e6, 18e6},
     setup_blobs,
     run_check_blobs},
    {"kzg-cells",
     "a blob's 128 cells and their proofs",
     1,
     TR_KZG_BLOB,
     {105e6, 209e6, 418e6},
     setup_blob,
     run_cells},
    {"kzg-check-cells-128",
     "a blob's 128 cells, checked together",
     1,
     2 * TR_KZG_BLOB,
     {10e6, 20e6, 40e6},
     setup_cells,
     run_check_cells},
    {"kzg-recover",
     "every other cell missing: all of them and their proofs",
     1,
     2 * TR_KZG_BLOB,
     {185e6, 370e6, 740e6},
     setup_cells,
     run_recover},
};
const tr_bench_rows tr_bench_rows_kzg = {rows, TR_COUNTOF(rows)};
