/* KZG: the consensus tests of EIP-4844 and EIP-7594, one YAML file for each case. */
#include <pthread.h>
#include <stdio.h>

#include "curve/kzg.h"
#include "curve/kzg_internal.h"
#include "os/heap.h"
#include "vectors.h"

/* The form that these YAML files have: "input:", keys with a text or number beside them, with a
 * list of such below or in brackets, or with a list of lists; and "output". */
typedef struct item {
    tr_bytes value; /* hex text decoded, other text as it is */
    size_t list;    /* which one of a list of lists */
} item;

typedef struct field {
    tr_bytes name;
    item *items;
    size_t count, room, lists;
} field;

enum { MOST_FIELDS = 8 };

typedef struct document {
    const vec_file *file;
    tr_cursor at;
    field fields[MOST_FIELDS];
    size_t count;
} document;

static tr_bytes next_line(tr_cursor *in)
{
    size_t n = 0, left = tr_cursor_left(in);
    while (n < left && in->at[n] != '\n') n++;
    tr_bytes line = tr_cursor_take(in, n);
    if (n < left) (void)tr_cursor_take(in, 1);
    return line;
}

static bool take(tr_bytes *line, const char *prefix)
{
    tr_bytes p = tr_bytes_str(prefix);
    if (!tr_bytes_eq(tr_bytes_cut(*line, 0, p.len), p)) return false;
    *line = tr_bytes_cut(*line, p.len, SIZE_MAX);
    return true;
}

static void put_item(const document *doc, field *f, tr_bytes text)
{
    if (f->count == f->room) {
        size_t room = TR_MAX(2 * f->room, (size_t)128);
        item *items = TR_ARENA_ARRAY(doc->file->arena, item, room);
        TR_ASSERT(items != NULL);
        if (f->count > 0) memcpy(items, f->items, f->count * sizeof(*items));
        f->items = items;
        f->room = room;
    }
    if (take(&text, "'")) text.len -= text.len > 0 ? 1 : 0;
    if (tr_bytes_eq(tr_bytes_cut(text, 0, 2), TR_LIT("0x"))) text = vec_hex(doc->file, text);
    f->items[f->count++] = (item){text, f->lists == 0 ? 0 : f->lists - 1};
}

/* [1, 2, 3], perhaps over several lines. */
static void read_brackets(document *doc, field *f, tr_bytes line)
{
    for (;;) {
        tr_bytes word = line;
        while (take(&line, " ") || take(&line, ",")) word = line;
        if (line.len == 0) {
            if (tr_cursor_left(&doc->at) == 0) return;
            line = next_line(&doc->at);
            continue;
        }
        if (line.data[0] == ']') return;
        word.len = 0;
        while (word.len < line.len && line.data[word.len] != ',' && line.data[word.len] != ']')
            word.len++;
        put_item(doc, f, word);
        line = tr_bytes_cut(line, word.len, SIZE_MAX);
    }
}

static void read_line(document *doc, tr_bytes line)
{
    field *f = doc->count == 0 ? NULL : &doc->fields[doc->count - 1];
    size_t dashes = 0, name = 0;
    while (take(&line, " ")) continue;
    while (take(&line, "- ")) dashes++;
    if (line.len == 0) return;
    if (dashes > 0) {
        TR_ASSERT(f != NULL);
        if (dashes == 2) f->lists++;
        put_item(doc, f, line);
        return;
    }
    while (name < line.len && line.data[name] != ':') name++;
    TR_ASSERT(doc->count < MOST_FIELDS);
    f = &doc->fields[doc->count++];
    *f = (field){.name = tr_bytes_cut(line, 0, name)};
    line = tr_bytes_cut(line, name + 1, SIZE_MAX);
    while (take(&line, " ")) continue;
    if (take(&line, "["))
        read_brackets(doc, f, line);
    else if (line.len > 0)
        put_item(doc, f, line);
}

static void read_document(document *doc, const vec_file *file)
{
    *doc = (document){.file = file, .at = tr_cursor_of(file->data)};
    while (tr_cursor_left(&doc->at) > 0) read_line(doc, next_line(&doc->at));
}

static const field *get(const document *doc, const char *name)
{
    static const field none = {.count = 0};
    for (size_t i = 0; i < doc->count; i++)
        if (tr_bytes_eq(doc->fields[i].name, tr_bytes_str(name))) return &doc->fields[i];
    return &none;
}

/* The only item of a field; NULL if it has not this length, which our functions are not even given.
 */
static const uint8_t *one(const document *doc, const char *name, size_t len)
{
    const field *f = get(doc, name);
    return f->count == 1 && f->items[0].value.len == len ? f->items[0].value.data : NULL;
}

static bool all_have(const field *f, size_t len)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->items[i].value.data == NULL || f->items[i].value.len != len) return false;
    return true;
}

static const uint8_t **pointers(const document *doc, const field *f)
{
    const uint8_t **out = TR_ARENA_ARRAY(doc->file->arena, const uint8_t *, f->count + 1);
    TR_ASSERT(out != NULL);
    for (size_t i = 0; i < f->count; i++) out[i] = f->items[i].value.data;
    return out;
}

typedef const uint8_t (*points)[48];

static points joined(const document *doc, const field *f)
{
    uint8_t(*out)[48] = tr_arena_get(doc->file->arena, (f->count + 1) * sizeof(*out), 1);
    TR_ASSERT(out != NULL);
    for (size_t i = 0; i < f->count; i++) memcpy(out[i], f->items[i].value.data, sizeof(out[i]));
    return (points)out;
}

static const uint64_t *numbers(const document *doc, const field *f)
{
    uint64_t *out = TR_ARENA_ARRAY(doc->file->arena, uint64_t, f->count + 1);
    TR_ASSERT(out != NULL);
    for (size_t i = 0; i < f->count; i++) {
        tr_bytes digits = f->items[i].value;
        out[i] = 0;
        for (size_t k = 0; k < digits.len; k++) out[i] = out[i] * 10 + (digits.data[k] - '0');
    }
    return out;
}

static tr_kzg *shared_kzg; /* for the life of the program */

static void load_setup(void)
{
    tr_trail trail;
    if (tr_kzg_load(&trail, tr_heap(), NULL, NULL, &shared_kzg) != TR_OK)
        printf("%s\n", trail.text);
}

static const tr_kzg *setup(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, load_setup);
    return shared_kzg;
}

/* What a function gave, as the lists of bytes that "output" has; count 0: only an answer. */
typedef struct answer {
    tr_err err;
    size_t count, size[2];
    const uint8_t *bytes[2];
    size_t each[2]; /* items of size / each bytes: of a list */
} answer;

static bool output_is(const document *doc, const answer *a)
{
    const field *f = get(doc, "output");
    tr_bytes word = f->count == 1 ? f->items[0].value : (tr_bytes){NULL, 0};
    if (tr_bytes_eq(word, TR_LIT("null"))) return a->err != TR_OK && a->err != TR_E_KZG;
    if (tr_bytes_eq(word, TR_LIT("false"))) return a->err == TR_E_KZG;
    if (tr_bytes_eq(word, TR_LIT("true"))) return a->err == TR_OK;
    if (a->err != TR_OK) return false;
    size_t at = 0;
    for (size_t list = 0; list < a->count; list++) {
        for (size_t i = 0; i < a->each[list]; i++) {
            size_t size = a->size[list] / a->each[list];
            tr_bytes got = tr_bytes_of(a->bytes[list] + i * size, size);
            if (at >= f->count || !tr_bytes_eq(f->items[at++].value, got)) return false;
        }
    }
    return a->count > 0 && at == f->count;
}

static void judge(vec_run *run, const document *doc, answer a)
{
    vec_check(run, output_is(doc, &a), TR_LIT("case"), "another answer: %s", tr_err_name(a.err));
}

#define RUN(name)                                                                                  \
    static answer put_##name(vec_run *run, const document *doc, const tr_kzg *kzg);                \
    static void run_##name(vec_run *run, const vec_file *file)                                     \
    {                                                                                              \
        document doc;                                                                              \
        const tr_kzg *kzg = setup();                                                               \
        if (!vec_wants(run)) return;                                                               \
        if (kzg == NULL) {                                                                         \
            vec_fail(run, TR_LIT("file"), "there is no setup");                                    \
            return;                                                                                \
        }                                                                                          \
        read_document(&doc, file);                                                                 \
        judge(run, &doc, put_##name(run, &doc, kzg));                                              \
    }                                                                                              \
    static answer put_##name(vec_run *run, const document *doc, const tr_kzg *kzg)

/* Where a function's output stays until it is compared. */
static _Thread_local uint8_t out_point[48], out_field[32], out_cells[TR_KZG_CELLS * TR_KZG_CELL];
static _Thread_local uint8_t out_proofs[TR_KZG_CELLS][48];

static answer failed(tr_err err)
{
    return (answer){.err = err};
}

static answer point_answer(tr_err err)
{
    return (answer){err, 1, {48}, {out_point}, {1}};
}

static answer cells_answer(tr_err err, bool proofs)
{
    return (answer){err,
                    proofs ? 2 : 1,
                    {sizeof(out_cells), sizeof(out_proofs)},
                    {out_cells, out_proofs[0]},
                    {TR_KZG_CELLS, TR_KZG_CELLS}};
}

RUN(commit)
{
    (void)run;
    const uint8_t *blob = one(doc, "blob", TR_KZG_BLOB);
    if (blob == NULL) return failed(TR_E_ARGUMENT);
    return point_answer(tr_kzg_commit(NULL, kzg, NULL, blob, out_point));
}

RUN(prove)
{
    (void)run;
    const uint8_t *blob = one(doc, "blob", TR_KZG_BLOB), *z = one(doc, "z", 32);
    if (blob == NULL || z == NULL) return failed(TR_E_ARGUMENT);
    tr_err err = tr_kzg_prove(NULL, kzg, NULL, blob, z, out_point, out_field);
    return (answer){err, 2, {48, 32}, {out_point, out_field}, {1, 1}};
}

RUN(prove_blob)
{
    (void)run;
    const uint8_t *blob = one(doc, "blob", TR_KZG_BLOB), *point = one(doc, "commitment", 48);
    if (blob == NULL || point == NULL) return failed(TR_E_ARGUMENT);
    return point_answer(tr_kzg_prove_blob(NULL, kzg, NULL, blob, point, out_point));
}

RUN(challenge)
{
    (void)run;
    (void)kzg;
    const uint8_t *blob = one(doc, "blob", TR_KZG_BLOB), *point = one(doc, "commitment", 48);
    tr_bls_fr challenge;
    if (blob == NULL || point == NULL) return failed(TR_E_ARGUMENT);
    tr_kzg_blob_challenge(blob, point, &challenge);
    tr_bls_fr_write_be(out_field, &challenge);
    return (answer){TR_OK, 1, {32}, {out_field}, {1}};
}

RUN(check)
{
    (void)kzg;
    const uint8_t *point = one(doc, "commitment", 48), *proof = one(doc, "proof", 48);
    const uint8_t *z = one(doc, "z", 32), *y = one(doc, "y", 32);
    uint8_t in[48 + 32 + 32 + 48];
    tr_bytes got;
    if (point == NULL || proof == NULL || z == NULL || y == NULL) return failed(TR_E_ARGUMENT);
    memcpy(in, point, 48);
    memcpy(in + 48, z, 32);
    memcpy(in + 80, y, 32);
    memcpy(in + 112, proof, 48);
    return failed(vec_op(run, doc->file, "kzg.point", TR_VIEW(in), &got));
}

RUN(check_blob)
{
    (void)run;
    const uint8_t *blob = one(doc, "blob", TR_KZG_BLOB), *point = one(doc, "commitment", 48);
    const uint8_t *proof = one(doc, "proof", 48);
    if (blob == NULL || point == NULL || proof == NULL) return failed(TR_E_ARGUMENT);
    return failed(tr_kzg_check_blobs(NULL, kzg, NULL, 1, &blob, (points)point, (points)proof));
}

RUN(check_blobs)
{
    (void)run;
    const field *blobs = get(doc, "blobs"), *commitments = get(doc, "commitments");
    const field *proofs = get(doc, "proofs");
    if (blobs->count != commitments->count || blobs->count != proofs->count ||
        !all_have(blobs, TR_KZG_BLOB) || !all_have(commitments, 48) || !all_have(proofs, 48))
        return failed(TR_E_ARGUMENT);
    return failed(tr_kzg_check_blobs(NULL, kzg, NULL, blobs->count, pointers(doc, blobs),
                                     joined(doc, commitments), joined(doc, proofs)));
}

static answer cells(const document *doc, const tr_kzg *kzg, bool proofs)
{
    const uint8_t *blob = one(doc, "blob", TR_KZG_BLOB);
    if (blob == NULL) return failed(TR_E_ARGUMENT);
    return cells_answer(tr_kzg_cells(NULL, kzg, NULL, blob, out_cells, proofs ? out_proofs : NULL),
                        proofs);
}

RUN(cells)
{
    (void)run;
    return cells(doc, kzg, false);
}

RUN(cells_and_proofs)
{
    (void)run;
    return cells(doc, kzg, true);
}

RUN(check_cells)
{
    (void)run;
    const field *commitments = get(doc, "commitments"), *indexes = get(doc, "cell_indices");
    const field *all = get(doc, "cells"), *proofs = get(doc, "proofs");
    size_t n = all->count;
    if (commitments->count != n || indexes->count != n || proofs->count != n ||
        !all_have(all, TR_KZG_CELL) || !all_have(commitments, 48) || !all_have(proofs, 48))
        return failed(TR_E_ARGUMENT);
    return failed(tr_kzg_check_cells(NULL, kzg, NULL, n, pointers(doc, commitments),
                                     numbers(doc, indexes), pointers(doc, all),
                                     joined(doc, proofs)));
}

RUN(cells_challenge)
{
    (void)run;
    (void)kzg;
    const field *commitments = get(doc, "commitments"), *which = get(doc, "commitment_indices");
    const field *indexes = get(doc, "cell_indices"), *values = get(doc, "cosets_evals");
    const field *proofs = get(doc, "proofs");
    size_t n = indexes->count;
    tr_bls_fr challenge;
    if (which->count != n || proofs->count != n || values->count != n * TR_KZG_CELL_FIELDS ||
        !all_have(values, 32) || !all_have(commitments, 48) || !all_have(proofs, 48))
        return failed(TR_E_ARGUMENT);
    uint8_t *bytes = tr_arena_get(doc->file->arena, n * TR_KZG_CELL + 1, 1);
    const uint8_t **all = TR_ARENA_ARRAY(doc->file->arena, const uint8_t *, n + 1);
    TR_ASSERT(bytes != NULL && all != NULL);
    for (size_t i = 0; i < values->count; i++)
        memcpy(bytes + i * 32, values->items[i].value.data, 32);
    for (size_t i = 0; i < n; i++) all[i] = bytes + i * TR_KZG_CELL;
    tr_kzg_cells_challenge(commitments->count, pointers(doc, commitments), n, numbers(doc, which),
                           numbers(doc, indexes), all, joined(doc, proofs), &challenge);
    tr_bls_fr_write_be(out_field, &challenge);
    return (answer){TR_OK, 1, {32}, {out_field}, {1}};
}

RUN(recover)
{
    (void)run;
    const field *indexes = get(doc, "cell_indices"), *all = get(doc, "cells");
    if (indexes->count != all->count || !all_have(all, TR_KZG_CELL)) return failed(TR_E_ARGUMENT);
    return cells_answer(tr_kzg_recover(NULL, kzg, NULL, all->count, numbers(doc, indexes),
                                       pointers(doc, all), out_cells, out_proofs),
                        true);
}

static void run_setup(vec_run *run, const vec_file *file)
{
    tr_kzg *kzg = NULL;
    tr_trail trail;
    if (!vec_wants(run)) return;
    tr_trail_clear(&trail);
    tr_err err = tr_kzg_new(&trail, tr_heap(), NULL, file->data, &kzg);
    tr_kzg_free(kzg);
    vec_check(run, err == TR_OK, TR_LIT("file"), "%s", trail.text);
}

static const vec_row rows[] = {
    {"kzg/trusted_setup.txt", run_setup, false},
    {"blob_to_kzg_commitment/*.yaml", run_commit, false},
    {"compute_blob_kzg_proof/*.yaml", run_prove_blob, false},
    {"compute_cells/*.yaml", run_cells, false},
    {"compute_cells_and_kzg_proofs/*.yaml", run_cells_and_proofs, false},
    {"compute_challenge/*.yaml", run_challenge, false},
    {"compute_kzg_proof/*.yaml", run_prove, false},
    {"compute_verify_cell_kzg_proof_batch_challenge/*.yaml", run_cells_challenge, false},
    {"recover_cells_and_kzg_proofs/*.yaml", run_recover, false},
    {"verify_blob_kzg_proof/*.yaml", run_check_blob, false},
    {"verify_blob_kzg_proof_batch/*.yaml", run_check_blobs, false},
    {"verify_cell_kzg_proof_batch/*.yaml", run_check_cells, false},
    {"verify_kzg_proof/*.yaml", run_check, false},
};
const vec_rows vec_rows_kzg = {rows, TR_COUNTOF(rows)};
