/* Published constants and results of Poseidon and Poseidon2, and what must be refused. */
#include "field/u256.h"
#include "hash/poseidon.h"
#include "vectors.h"

/* BN254's scalar modulus and KoalaBear's: numbers that are too large. */
static const char bn_modulus[] = "30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001";

static void put_number(tr_buf *to, size_t bytes, uint64_t x)
{
    for (size_t i = bytes; i-- > 0;) tr_buf_put_u8(to, i >= 8 ? 0 : (uint8_t)(x >> 8 * i));
}

/* Every string or number below a value, in order: hex text as it is, numbers in four bytes. */
static void put_all(const vec_file *file, const tr_json *value, tr_buf *to)
{
    if (value == NULL) return;
    uint64_t x = 0;
    if (value->kind == TR_JSON_STRING)
        tr_buf_put(to, vec_hex(file, value->text));
    else if (tr_json_u64(value, &x) == TR_OK)
        put_number(to, 4, x);
    TR_JSON_EACH(item, value) put_all(file, item, to);
}

static tr_buf buffer(const vec_file *file)
{
    tr_buf b;
    tr_buf_init(&b, &file->arena->alloc, 1 << 20);
    return b;
}

static void check_op(vec_run *run, const vec_file *file, const char *op, tr_bytes name, tr_bytes in,
                     const tr_buf *want)
{
    tr_bytes got;
    tr_err err = vec_op(run, file, op, in, &got);
    vec_check(run, err == TR_OK && want->len > 0 && tr_bytes_eq(got, tr_buf_view(want)), name,
              "%s: %s", op, err == TR_OK ? "another result" : tr_err_name(err));
}

static void refuse(vec_run *run, const vec_file *file, const char *op, const char *name,
                   const tr_buf *in, tr_err want)
{
    tr_bytes got;
    if (!vec_wants(run)) return;
    tr_err err = vec_op(run, file, op, tr_buf_view(in), &got);
    vec_check(run, err == want, tr_bytes_str(name), "%s gives %s", op, tr_err_name(err));
}

/* circomlib's tables: C and M, for widths from 2 on. */
static void run_circomlib_constants(vec_run *run, const vec_file *file)
{
    const tr_json *c = tr_json_get(file->json, "C"), *m = tr_json_get(file->json, "M");
    for (unsigned t = 2; t <= TR_POSEIDON_INPUTS + 1; t++) {
        if (!vec_wants(run)) continue;
        uint8_t width = (uint8_t)t;
        tr_buf want = buffer(file);
        put_all(file, tr_json_at(c, t - 2), &want);
        put_all(file, tr_json_at(m, t - 2), &want);
        check_op(run, file, "poseidon.constants", TR_LIT("width"), (tr_bytes){&width, 1}, &want);
    }
    vec_check(run, c != NULL && c->count == TR_POSEIDON_INPUTS, TR_LIT("widths"), "another number");
}

/* Inputs that the test of go-iden3-crypto hashes: the file lists inputs and results mixed, so that
 * each result must be one of its strings. */
static const struct {
    uint8_t n, in[TR_POSEIDON_INPUTS];
} hashed[] = {
    {1, {1}},
    {2, {1, 2}},
    {5, {1, 2}},
    {6, {1, 2}},
    {5, {3, 4}},
    {6, {3, 4}},
    {6, {1, 2, 3, 4, 5, 6}},
    {14, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}},
    {14, {1, 2, 3, 4, 5, 6, 7, 8, 9}},
    {16, {1, 2, 3, 4, 5, 6, 7, 8, 9}},
    {16, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}},
};

static void run_circomlib_values(vec_run *run, const vec_file *file)
{
    for (size_t i = 0; i < TR_COUNTOF(hashed); i++) {
        if (!vec_wants(run)) continue;
        tr_buf in = buffer(file);
        tr_bytes got;
        char text[TR_U256_DEC_TEXT] = "";
        bool found = false;
        for (size_t k = 0; k < hashed[i].n; k++) put_number(&in, 32, hashed[i].in[k]);
        tr_err err = vec_op(run, file, "poseidon.hash", tr_buf_view(&in), &got);
        if (err == TR_OK && got.len == 32) tr_u256_to_dec(tr_u256_from_be(got.data), text);
        TR_JSON_EACH(item, tr_json_get(file->json, "strings"))
        {
            found = found || tr_bytes_eq(tr_json_text(item), tr_bytes_str(text));
        }
        vec_check(run, found, TR_LIT("inputs"), "number %zu: %s is not among the values", i,
                  err == TR_OK ? text : tr_err_name(err));
    }
    tr_buf in = buffer(file);
    refuse(run, file, "poseidon.hash", "no input", &in, TR_E_ARGUMENT);
    put_number(&in, 32, 1);
    tr_buf_put(&in, vec_hex(file, tr_bytes_str(bn_modulus)));
    refuse(run, file, "poseidon.hash", "the modulus", &in, TR_E_RANGE);
    put_number(&in, 31, 1);
    refuse(run, file, "poseidon.hash", "31 bytes", &in, TR_E_ARGUMENT);
    in = buffer(file);
    put_number(&in, 32 * (TR_POSEIDON_INPUTS + 1), 1);
    refuse(run, file, "poseidon.hash", "17 inputs", &in, TR_E_ARGUMENT);
}

/* HorizenLabs' table of width 3: a row for each round, in partial rounds all but the first zero. */
static void run_horizenlabs_constants(vec_run *run, const vec_file *file)
{
    const tr_json *rows = tr_json_get(file->json, "RC3");
    static const uint8_t width = 3;
    tr_buf want = buffer(file);
    size_t round = 0;
    if (!vec_wants(run)) return;
    TR_JSON_EACH(row, rows)
    {
        bool full = round < 4 || round >= rows->count - 4;
        put_all(file, full ? row : tr_json_at(row, 0), &want);
        round++;
    }
    check_op(run, file, "poseidon2.bn-constants", TR_LIT("RC3"), (tr_bytes){&width, 1}, &want);
    tr_buf ones = buffer(file), diagonal = buffer(file);
    put_number(&ones, 32, 1);
    put_number(&ones, 32, 1);
    put_number(&ones, 32, 2);
    put_all(file, tr_json_get(file->json, "MAT_DIAG3_M_1"), &diagonal);
    vec_check(run, tr_bytes_eq(tr_buf_view(&ones), tr_buf_view(&diagonal)), TR_LIT("MAT_DIAG3_M_1"),
              "is not 1, 1, 2");
}

static void run_horizenlabs_kats(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(test, file->json)
    {
        tr_bytes name = tr_json_text(tr_json_get(test, "params"));
        const tr_json *output = tr_json_get(test, "output");
        if (!tr_bytes_eq(name, TR_LIT("POSEIDON2_BN256_PARAMS"))) {
            vec_skip(run, name);
            continue;
        }
        if (!vec_wants(run)) continue;
        tr_buf in = buffer(file), want = buffer(file);
        for (size_t i = 0; i < output->count; i++) put_number(&in, 32, i);
        put_all(file, output, &want);
        check_op(run, file, "poseidon2.bn", name, tr_buf_view(&in), &want);
    }
    tr_buf in = buffer(file);
    put_number(&in, 32, 1);
    refuse(run, file, "poseidon2.bn", "width 1", &in, TR_E_ARGUMENT);
    tr_buf_put(&in, vec_hex(file, tr_bytes_str(bn_modulus)));
    refuse(run, file, "poseidon2.bn", "the modulus", &in, TR_E_RANGE);
    put_number(&in, 32 * 3, 1);
    refuse(run, file, "poseidon2.bn", "width 5", &in, TR_E_ARGUMENT);
}

static void check_koalabear_constants(vec_run *run, const vec_file *file, uint8_t width)
{
    static const char *const parts[] = {"EXTERNAL_INITIAL", "INTERNAL", "EXTERNAL_FINAL"};
    char text[80];
    tr_buf want = buffer(file), key;
    if (!vec_wants(run)) return;
    for (size_t i = 0; i < TR_COUNTOF(parts); i++) {
        tr_buf_init_fixed(&key, text, sizeof text);
        tr_buf_printf(&key, "KOALABEAR_POSEIDON2_RC_%u_%s", width, parts[i]);
        const tr_json *part = tr_json_get(tr_json_get(file->json, "constants"), tr_buf_text(&key));
        put_all(file, tr_json_get(part, "values"), &want);
    }
    tr_buf_init_fixed(&key, text, sizeof text);
    tr_buf_printf(&key, "%u", width);
    const tr_json *diagonals = tr_json_get(file->json, "internal_diag_V");
    put_all(file, tr_json_get(diagonals, tr_buf_text(&key)), &want);
    check_op(run, file, "poseidon2.koalabear-constants", TR_LIT("constants"), (tr_bytes){&width, 1},
             &want);
}

static void run_plonky3_koalabear(vec_run *run, const vec_file *file)
{
    check_koalabear_constants(run, file, 16);
    check_koalabear_constants(run, file, 24);
    TR_JSON_EACH(test, tr_json_get(file->json, "tests"))
    {
        const tr_json *input = tr_json_get(test, "input");
        tr_bytes name = tr_json_text(tr_json_get(test, "name"));
        if (input != NULL && input->count == 32) {
            vec_skip(run, name);
            continue;
        }
        if (!vec_wants(run)) continue;
        tr_buf in = buffer(file), want = buffer(file);
        put_all(file, input, &in);
        put_all(file, tr_json_get(test, "expected"), &want);
        check_op(run, file, "poseidon2.koalabear", name, tr_buf_view(&in), &want);
    }
    tr_buf in = buffer(file);
    put_number(&in, 4 * 15, 0);
    refuse(run, file, "poseidon2.koalabear", "width 15", &in, TR_E_ARGUMENT);
    put_number(&in, 4, TR_KOALABEAR_MODULUS);
    refuse(run, file, "poseidon2.koalabear", "the modulus", &in, TR_E_RANGE);
}

static const vec_row rows[] = {
    {"circomlib/poseidon_constants.json", run_circomlib_constants, true},
    {"circomlib/go-iden3-poseidon-test-values.json", run_circomlib_values, true},
    {"horizenlabs/poseidon2_bn256.json", run_horizenlabs_constants, true},
    {"horizenlabs/kats.json", run_horizenlabs_kats, true},
    {"plonky3/koalabear_poseidon2.json", run_plonky3_koalabear, true},
};
const vec_rows vec_rows_poseidon = {rows, TR_COUNTOF(rows)};
