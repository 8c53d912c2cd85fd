/* geth's cases for the precompiles of BN254. */
#include "vectors.h"

static void run_precompile(vec_run *run, const vec_file *file, const char *op)
{
    TR_JSON_EACH(test, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_bytes in = vec_hex(file, tr_json_text(tr_json_get(test, "Input"))), got;
        tr_bytes want = vec_hex(file, tr_json_text(tr_json_get(test, "Expected")));
        tr_err err = vec_op(run, file, op, in, &got);
        vec_check(run, err == TR_OK && tr_bytes_eq(got, want),
                  tr_json_text(tr_json_get(test, "Name")), "%s: %s", op,
                  err == TR_OK ? "another result" : tr_err_name(err));
    }
}

static void run_add(vec_run *run, const vec_file *file)
{
    run_precompile(run, file, "bn254.add");
}

static void run_mul(vec_run *run, const vec_file *file)
{
    run_precompile(run, file, "bn254.mul");
}

static void run_pairing(vec_run *run, const vec_file *file)
{
    run_precompile(run, file, "bn254.pairing");
}

static const vec_row rows[] = {
    {"precompiles/bn256Add.json", run_add, true, NULL},
    {"precompiles/bn256ScalarMul.json", run_mul, true, NULL},
    {"precompiles/bn256Pairing.json", run_pairing, true, NULL},
};
const vec_rows vec_rows_bn254 = {rows, TR_COUNTOF(rows)};
