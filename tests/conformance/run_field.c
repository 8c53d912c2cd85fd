/* geth's cases for the EVM's arithmetic: one file for each opcode, testcases_<opcode>.json. */
#include "vectors.h"

static void run_opcode(vec_run *run, const vec_file *file)
{
    tr_bytes path = tr_bytes_str(file->path);
    static const char before[] = "testcases_", after[] = ".json";
    const char *name = strstr(file->path, before);
    for (const char *next = name; next != NULL; next = strstr(next + 1, before)) name = next;
    if (name == NULL || path.len < strlen(after)) return;
    name += strlen(before);
    size_t len = strlen(name) - strlen(after);
    TR_JSON_EACH(test, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_bytes x = vec_hex(file, tr_json_text(tr_json_get(test, "X")));
        tr_bytes y = vec_hex(file, tr_json_text(tr_json_get(test, "Y")));
        tr_bytes want = vec_hex(file, tr_json_text(tr_json_get(test, "Expected"))), got;
        tr_buf in, op;
        tr_buf_init(&in, &file->arena->alloc, 64);
        tr_buf_put(&in, x);
        tr_buf_put(&in, y);
        tr_buf_init(&op, &file->arena->alloc, 64);
        tr_buf_printf(&op, "field.%.*s", (int)len, name);
        tr_err err = vec_op(run, file, tr_buf_text(&op), tr_buf_view(&in), &got);
        tr_bytes top = tr_json_text(tr_json_get(test, "Y"));
        vec_check(run, err == TR_OK && tr_bytes_eq(got, want), top, "%.*s: %s", (int)len, name,
                  err == TR_OK ? "another result" : tr_err_name(err));
    }
}

static const vec_row rows[] = {
    {"testcases_*.json", run_opcode, true, NULL},
};
const vec_rows vec_rows_field = {rows, TR_COUNTOF(rows)};
