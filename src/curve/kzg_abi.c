#include "trestle/kzg.h"

#include "curve/kzg.h"
#include "os/heap.h"
#include "os/pool.h"

_Static_assert((int)TR_KZG_SETUP_BLOB == (int)TR_KZG_BLOB, "bytes of a blob");
_Static_assert((int)TR_KZG_SETUP_CELL == (int)TR_KZG_CELL, "bytes of a cell");
_Static_assert((int)TR_KZG_SETUP_CELLS == (int)TR_KZG_CELLS, "cells of a blob");

struct tr_kzg_setup {
    tr_kzg *kzg;
    tr_pool *pool; /* NULL: the caller's thread alone */
};

typedef const uint8_t point_bytes[48];

static tr_exec *exec_of(const tr_kzg_setup *setup)
{
    return setup->pool == NULL ? NULL : tr_pool_exec(setup->pool);
}

tr_err tr_kzg_setup_open(const char *path, unsigned threads, tr_kzg_setup **out)
{
    tr_err err = TR_OK;
    if (threads > TR_POOL_LIMIT) return TR_E_ARGUMENT;
    tr_kzg_setup *setup = tr_alloc_get(tr_heap(), sizeof(*setup));
    if (setup == NULL) return TR_E_MEMORY;
    *setup = (tr_kzg_setup){NULL, NULL};
    if (threads > 1) {
        tr_pool_options options = {.workers = threads - 1, .name = "trestle-kzg"};
        err = tr_pool_new(NULL, tr_heap(), &options, &setup->pool);
    }
    if (err == TR_OK) err = tr_kzg_load(NULL, tr_heap(), exec_of(setup), path, &setup->kzg);
    if (err == TR_OK)
        *out = setup;
    else
        tr_kzg_setup_close(setup);
    return err;
}

void tr_kzg_setup_close(tr_kzg_setup *setup)
{
    if (setup == NULL) return;
    tr_kzg_free(setup->kzg);
    if (setup->pool != NULL) tr_pool_free(setup->pool);
    tr_alloc_put(tr_heap(), setup, sizeof(*setup));
}

tr_err tr_kzg_setup_commit(const tr_kzg_setup *setup, const uint8_t *blob, uint8_t commitment[48])
{
    return tr_kzg_commit(NULL, setup->kzg, exec_of(setup), blob, commitment);
}

tr_err tr_kzg_setup_prove_blob(const tr_kzg_setup *setup, const uint8_t *blob,
                               const uint8_t commitment[48], uint8_t proof[48])
{
    return tr_kzg_prove_blob(NULL, setup->kzg, exec_of(setup), blob, commitment, proof);
}

tr_err tr_kzg_setup_prove_point(const tr_kzg_setup *setup, const uint8_t *blob, const uint8_t z[32],
                                uint8_t proof[48], uint8_t y[32])
{
    return tr_kzg_prove(NULL, setup->kzg, exec_of(setup), blob, z, proof, y);
}

/* Pointers to n things of one size that lie one behind the other. */
static const uint8_t **places(tr_arena *arena, size_t n, const uint8_t *first, size_t size)
{
    const uint8_t **all = TR_ARENA_ARRAY(arena, const uint8_t *, n);
    for (size_t i = 0; all != NULL && i < n; i++) all[i] = first + size * i;
    return all;
}

tr_err tr_kzg_setup_check_blobs(const tr_kzg_setup *setup, size_t n, const uint8_t *blobs,
                                const uint8_t *commitments, const uint8_t *proofs)
{
    tr_arena arena;
    tr_err err = TR_E_MEMORY;
    if (n == 0) return TR_OK;
    tr_arena_init(&arena, tr_heap(), SIZE_MAX);
    const uint8_t **each = places(&arena, n, blobs, TR_KZG_BLOB);
    if (each != NULL)
        err = tr_kzg_check_blobs(NULL, setup->kzg, exec_of(setup), n, each,
                                 (point_bytes *)commitments, (point_bytes *)proofs);
    tr_arena_free(&arena);
    return err;
}

tr_err tr_kzg_setup_cells(const tr_kzg_setup *setup, const uint8_t *blob, uint8_t *cells,
                          uint8_t *proofs)
{
    return tr_kzg_cells(NULL, setup->kzg, exec_of(setup), blob, cells, (uint8_t(*)[48])proofs);
}

tr_err tr_kzg_setup_check_cells(const tr_kzg_setup *setup, size_t n, const uint8_t *commitments,
                                const uint64_t *indexes, const uint8_t *cells,
                                const uint8_t *proofs)
{
    tr_arena arena;
    tr_err err = TR_E_MEMORY;
    if (n == 0) return TR_OK;
    tr_arena_init(&arena, tr_heap(), SIZE_MAX);
    const uint8_t **owners = places(&arena, n, commitments, TR_KZG_POINT);
    const uint8_t **each = owners == NULL ? NULL : places(&arena, n, cells, TR_KZG_CELL);
    if (each != NULL)
        err = tr_kzg_check_cells(NULL, setup->kzg, exec_of(setup), n, owners, indexes, each,
                                 (point_bytes *)proofs);
    tr_arena_free(&arena);
    return err;
}

tr_err tr_kzg_setup_recover(const tr_kzg_setup *setup, size_t n, const uint64_t *indexes,
                            const uint8_t *cells, uint8_t *all_cells, uint8_t *proofs)
{
    const uint8_t *each[TR_KZG_CELLS];
    if (n > TR_KZG_CELLS) return TR_E_ARGUMENT;
    for (size_t i = 0; i < n; i++) each[i] = cells + (size_t)TR_KZG_CELL * i;
    return tr_kzg_recover(NULL, setup->kzg, exec_of(setup), n, indexes, each, all_cells,
                          (uint8_t(*)[48])proofs);
}

tr_err tr_kzg_check_point(const uint8_t commitment[48], const uint8_t z[32], const uint8_t y[32],
                          const uint8_t proof[48])
{
    return tr_kzg_point_check(NULL, commitment, z, y, proof);
}

void tr_kzg_hash(const uint8_t commitment[48], uint8_t hash[32])
{
    tr_hash made = tr_kzg_versioned_hash(commitment);
    memcpy(hash, made.b, sizeof(made.b));
}
