/* KZG: blobs come from files, or standard input, as they are or in hex; cells are lines of index,
 * cell and proof. */
#include "curve/kzg.h"

#include <string.h>

#include "cli/input.h"
#include "cli/request.h"
#include "cli/verbs.h"
#include "codec/hex.h"
#include "os/file.h"
#include "os/heap.h"
#include "os/pool.h"
#include "os/thread.h"

enum { MOST_INPUT = 1 << 22, POINT = TR_KZG_POINT, FIELD = 32 };

enum { FLAG_COMMITMENT, FLAG_PROOF, FLAG_AT, FLAG_VALUE, FLAG_SETUP };
static const char *const flags[] = {"--commitment", "--proof", "--at", "--value", "--setup", NULL};
_Static_assert(TR_COUNTOF(flags) <= TR_CLI_FLAGS + 1, "flags of a request");

/* The points, and all processors. */
typedef struct setup {
    tr_pool *pool;
    tr_exec *exec;
    tr_kzg *kzg;
} setup;

static void close_setup(setup *s)
{
    tr_kzg_free(s->kzg);
    tr_pool_free(s->pool);
}

static tr_err open_setup(tr_cli_request *r, setup *out)
{
    size_t workers = TR_MIN(tr_thread_cpus() - 1, (size_t)TR_POOL_LIMIT);
    tr_pool_options options = {.workers = workers, .name = "kzg"};
    out->kzg = NULL;
    TR_TRY(tr_pool_new(&r->trail, tr_heap(), &options, &out->pool));
    out->exec = tr_pool_exec(out->pool);
    tr_err err = tr_kzg_load(&r->trail, tr_heap(), out->exec, r->flags[FLAG_SETUP], &out->kzg);
    if (err != TR_OK) tr_pool_free(out->pool);
    return err;
}

static tr_err read_file(tr_cli_request *r, const char *word, tr_bytes *out)
{
    tr_buf text;
    if (strcmp(word, "-") == 0) return tr_cli_read(&r->trail, &r->arena, word, MOST_INPUT, out);
    tr_buf_init(&text, &r->arena.alloc, MOST_INPUT);
    TR_TRY(tr_file_read_all(&r->trail, tr_fs_system(), word, MOST_INPUT, &text));
    *out = tr_buf_view(&text);
    return TR_OK;
}

/* The length tells hex text from bytes. */
static tr_err read_blob(tr_cli_request *r, const char *word, const uint8_t **out)
{
    tr_bytes in;
    TR_TRY(read_file(r, word, &in));
    if (in.len >= 2 * (size_t)TR_KZG_BLOB) {
        while (in.len > 0 && in.data[in.len - 1] <= ' ') in.len--;
        TR_TRY(tr_hex_decode_new(&r->trail, &r->arena, in, &in));
    }
    if (in.len != TR_KZG_BLOB)
        return tr_fail(&r->trail, TR_E_ARGUMENT, "a blob has %d bytes, this has %zu", TR_KZG_BLOB,
                       in.len);
    *out = in.data;
    return TR_OK;
}

static tr_err read_flag(tr_cli_request *r, unsigned flag, uint8_t *out, size_t size)
{
    if (r->flags[flag] == NULL)
        return tr_fail(&r->trail, TR_E_ARGUMENT, "%s is missing", flags[flag]);
    return tr_cli_word_hex(r, r->flags[flag], flags[flag], out, size);
}

static tr_err commit(tr_cli_request *r)
{
    setup s;
    const uint8_t *blob;
    uint8_t commitment[POINT];
    TR_TRY(read_blob(r, r->words[0], &blob));
    TR_TRY(open_setup(r, &s));
    tr_err err = tr_kzg_commit(&r->trail, s.kzg, s.exec, blob, commitment);
    if (err == TR_OK) tr_cli_put_hex(r, NULL, commitment, POINT);
    close_setup(&s);
    return err;
}

static tr_err prove_with(tr_cli_request *r, const setup *s, const uint8_t *blob)
{
    uint8_t commitment[POINT], proof[POINT], z[FIELD], y[FIELD];
    if (r->flags[FLAG_AT] != NULL) {
        TR_TRY(read_flag(r, FLAG_AT, z, FIELD));
        TR_TRY(tr_kzg_prove(&r->trail, s->kzg, s->exec, blob, z, proof, y));
        tr_cli_put_hex(r, "proof", proof, POINT);
        tr_cli_put_hex(r, "value", y, FIELD);
        return TR_OK;
    }
    if (r->flags[FLAG_COMMITMENT] != NULL)
        TR_TRY(read_flag(r, FLAG_COMMITMENT, commitment, POINT));
    else
        TR_TRY(tr_kzg_commit(&r->trail, s->kzg, s->exec, blob, commitment));
    TR_TRY(tr_kzg_prove_blob(&r->trail, s->kzg, s->exec, blob, commitment, proof));
    tr_cli_put_hex(r, NULL, proof, POINT);
    return TR_OK;
}

static tr_err prove(tr_cli_request *r)
{
    setup s;
    const uint8_t *blob;
    TR_TRY(read_blob(r, r->words[0], &blob));
    TR_TRY(open_setup(r, &s));
    tr_err err = prove_with(r, &s, blob);
    close_setup(&s);
    return err;
}

static tr_err verify_point(tr_cli_request *r)
{
    uint8_t commitment[POINT], proof[POINT], z[FIELD], y[FIELD];
    TR_TRY(read_flag(r, FLAG_COMMITMENT, commitment, POINT));
    TR_TRY(read_flag(r, FLAG_PROOF, proof, POINT));
    TR_TRY(read_flag(r, FLAG_AT, z, FIELD));
    TR_TRY(read_flag(r, FLAG_VALUE, y, FIELD));
    TR_TRY(tr_cli_refused(r, tr_kzg_point_check(&r->trail, commitment, z, y, proof)));
    tr_buf_put_str(&r->out, "ok\n");
    return TR_OK;
}

static tr_err verify(tr_cli_request *r)
{
    setup s;
    const uint8_t *blob;
    uint8_t commitment[1][POINT], proof[1][POINT];
    if (r->count == 0) return verify_point(r);
    TR_TRY(read_flag(r, FLAG_COMMITMENT, commitment[0], POINT));
    TR_TRY(read_flag(r, FLAG_PROOF, proof[0], POINT));
    TR_TRY(read_blob(r, r->words[0], &blob));
    TR_TRY(open_setup(r, &s));
    tr_err err =
        tr_kzg_check_blobs(&r->trail, s.kzg, s.exec, 1, &blob, (const uint8_t(*)[POINT])commitment,
                           (const uint8_t(*)[POINT])proof);
    close_setup(&s);
    TR_TRY(tr_cli_refused(r, err));
    tr_buf_put_str(&r->out, "ok\n");
    return TR_OK;
}

static tr_err hash(tr_cli_request *r)
{
    uint8_t commitment[POINT];
    TR_TRY(tr_cli_word_hex(r, r->words[0], "the commitment", commitment, POINT));
    tr_hash versioned = tr_kzg_versioned_hash(commitment);
    tr_cli_put_hex(r, NULL, versioned.b, sizeof(versioned.b));
    return TR_OK;
}

/* Some of a blob's cells, or all. */
typedef struct cell_set {
    size_t n;
    uint64_t indexes[TR_KZG_CELLS];
    uint8_t cells[TR_KZG_CELLS][TR_KZG_CELL], proofs[TR_KZG_CELLS][POINT];
    const uint8_t *places[TR_KZG_CELLS], *commitments[TR_KZG_CELLS];
} cell_set;

static void put_cells(tr_cli_request *r, const cell_set *set)
{
    for (unsigned i = 0; i < TR_KZG_CELLS; i++) {
        tr_buf_printf(&r->out, "%u ", i);
        tr_hex_put(&r->out, TR_VIEW(set->cells[i]));
        tr_buf_put_u8(&r->out, ' ');
        tr_hex_put(&r->out, TR_VIEW(set->proofs[i]));
        tr_buf_put_u8(&r->out, '\n');
    }
}

/* A line's next word. */
static tr_bytes next_word(tr_bytes *line)
{
    size_t len = 0;
    while (line->len > 0 && line->data[0] == ' ') *line = tr_bytes_cut(*line, 1, line->len);
    while (len < line->len && line->data[len] != ' ') len++;
    tr_bytes word = tr_bytes_cut(*line, 0, len);
    *line = tr_bytes_cut(*line, len, line->len);
    return word;
}

static bool read_index(tr_bytes word, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < word.len; i++) {
        if (word.data[i] < '0' || word.data[i] > '9') return false;
        *out = 10 * *out + (uint64_t)(word.data[i] - '0');
        if (*out >= TR_KZG_CELLS) return false;
    }
    return word.len != 0;
}

static tr_err read_line(tr_cli_request *r, tr_bytes line, cell_set *set)
{
    size_t n = set->n;
    if (n == TR_KZG_CELLS)
        return tr_fail(&r->trail, TR_E_LIMIT, "there are more than %d cells", TR_KZG_CELLS);
    if (!read_index(next_word(&line), &set->indexes[n]))
        return tr_fail(&r->trail, TR_E_SYNTAX, "line %zu does not begin with the index of a cell",
                       n + 1);
    tr_err err = tr_hex_decode_exact(&r->trail, next_word(&line), set->cells[n], TR_KZG_CELL);
    if (err == TR_OK) err = tr_hex_decode_exact(&r->trail, next_word(&line), set->proofs[n], POINT);
    if (err == TR_OK && next_word(&line).len != 0)
        err = tr_fail(&r->trail, TR_E_SYNTAX, "there is more behind the proof");
    if (err != TR_OK) return tr_because(&r->trail, err, "line %zu", n + 1);
    set->places[n] = set->cells[n];
    set->n++;
    return TR_OK;
}

static tr_err read_cells(tr_cli_request *r, const char *word, cell_set **out)
{
    tr_bytes in;
    TR_TRY(read_file(r, word, &in));
    cell_set *set = TR_ARENA_NEW(&r->arena, cell_set);
    if (set == NULL) return TR_E_MEMORY;
    set->n = 0;
    while (in.len != 0) {
        const uint8_t *end = memchr(in.data, '\n', in.len);
        size_t len = end == NULL ? in.len : (size_t)(end - in.data);
        if (len != 0) TR_TRY(read_line(r, tr_bytes_cut(in, 0, len), set));
        in = tr_bytes_cut(in, TR_MIN(len + 1, in.len), in.len);
    }
    *out = set;
    return TR_OK;
}

static tr_err cells(tr_cli_request *r)
{
    setup s;
    const uint8_t *blob;
    cell_set *set = TR_ARENA_NEW(&r->arena, cell_set);
    if (set == NULL) return TR_E_MEMORY;
    TR_TRY(read_blob(r, r->words[0], &blob));
    TR_TRY(open_setup(r, &s));
    tr_err err = tr_kzg_cells(&r->trail, s.kzg, s.exec, blob, set->cells[0], set->proofs);
    if (err == TR_OK) put_cells(r, set);
    close_setup(&s);
    return err;
}

static tr_err check(tr_cli_request *r)
{
    setup s;
    cell_set *set;
    uint8_t commitment[POINT];
    TR_TRY(read_flag(r, FLAG_COMMITMENT, commitment, POINT));
    TR_TRY(read_cells(r, r->words[0], &set));
    if (set->n == 0) return tr_fail(&r->trail, TR_E_ARGUMENT, "there is no cell");
    for (size_t i = 0; i < set->n; i++) set->commitments[i] = commitment;
    TR_TRY(open_setup(r, &s));
    tr_err err =
        tr_kzg_check_cells(&r->trail, s.kzg, s.exec, set->n, set->commitments, set->indexes,
                           set->places, (const uint8_t(*)[POINT])set->proofs);
    close_setup(&s);
    TR_TRY(tr_cli_refused(r, err));
    tr_buf_printf(&r->out, "ok, %zu cells\n", set->n);
    return TR_OK;
}

static tr_err recover(tr_cli_request *r)
{
    setup s;
    cell_set *set, *all = TR_ARENA_NEW(&r->arena, cell_set);
    if (all == NULL) return TR_E_MEMORY;
    TR_TRY(read_cells(r, r->words[0], &set));
    TR_TRY(open_setup(r, &s));
    tr_err err = tr_kzg_recover(&r->trail, s.kzg, s.exec, set->n, set->indexes, set->places,
                                all->cells[0], all->proofs);
    if (err == TR_OK) put_cells(r, all);
    r->refused = err == TR_E_KZG;
    close_setup(&s);
    return err;
}

static const tr_cli_action actions[] = {
    {"commit", 1, 1, commit, "no commitment", "trestle kzg commit blob.bin"},
    {"prove", 1, 1, prove, "no proof", "trestle kzg prove blob.bin --at HEX"},
    {"verify", 0, 1, verify, "the proof does not hold",
     "trestle kzg verify blob.bin --commitment HEX --proof HEX"},
    {"hash", 1, 1, hash, "no hash", "trestle kzg hash COMMITMENT"},
    {"cells", 1, 1, cells, "no cells", "trestle kzg cells blob.bin"},
    {"check", 1, 1, check, "the cells do not hold", "trestle kzg check CELLS --commitment HEX"},
    {"recover", 1, 1, recover, "the blob cannot be recovered",
     "trestle kzg recover CELLS, what `kzg cells` printed, half of its lines or more"},
};

int tr_cli_kzg(int argc, char **argv)
{
    return tr_cli_act(argc, argv, flags, actions, TR_COUNTOF(actions),
                      "there are commit, prove, verify, hash, cells, check and recover");
}
