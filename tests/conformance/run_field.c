/* geth's cases for the EVM's arithmetic: one file for each opcode, testcases_<opcode>.json.  Each
 * is put to the function of field/ and to the machine. */
#include "vectors.h"

/* Runs PUSH32 x, PUSH32 y, the opcode, and returns the word. */
static tr_err run_machine(vec_run *run, const vec_file *file, tr_bytes name, tr_bytes x, tr_bytes y,
                          tr_bytes *out)
{
    static const char *const names[] = {"add", "mul",     "sub", "div",  "sdiv", "mod", "smod",
                                        "exp", "signext", "lt",  "gt",   "slt",  "sgt", "eq",
                                        "and", "or",      "xor", "byte", "shl",  "shr", "sar"};
    static const uint8_t codes[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
                                    0x0a, 0x0b, 0x10, 0x11, 0x12, 0x13, 0x14,
                                    0x16, 0x17, 0x18, 0x1a, 0x1b, 0x1c, 0x1d};
    /* Osaka, 100,000 gas, 75 bytes of code */
    static const uint8_t head[] = {17, 0, 0, 0, 0, 0, 1, 0x86, 0xa0, 0, 0, 0, 75};
    static const uint8_t tail[] = {0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3, 0, 0};
    size_t i = 0;
    while (i < TR_COUNTOF(names) && !tr_bytes_eq(tr_bytes_str(names[i]), name)) i++;
    if (i == TR_COUNTOF(names)) return TR_E_NOT_FOUND;
    tr_buf in;
    tr_buf_init(&in, &file->arena->alloc, 128);
    tr_buf_put(&in, TR_VIEW(head));
    tr_buf_put_u8(&in, 0x7f);
    tr_buf_put(&in, x);
    tr_buf_put_u8(&in, 0x7f);
    tr_buf_put(&in, y);
    tr_buf_put_u8(&in, codes[i]);
    tr_buf_put(&in, TR_VIEW(tail));
    TR_TRY(vec_op(run, file, "evm.run", tr_buf_view(&in), out));
    if (out->len != 41 || out->data[0] != 0) return TR_E_SHORT;
    *out = tr_bytes_cut(*out, 9, 32);
    return TR_OK;
}

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
        bool right = err == TR_OK && tr_bytes_eq(got, want);
        if (right) {
            err = run_machine(run, file, tr_bytes_of(name, len), x, y, &got);
            right = err == TR_OK && tr_bytes_eq(got, want);
        }
        tr_bytes top = tr_json_text(tr_json_get(test, "Y"));
        vec_check(run, right, top, "%.*s: %s", (int)len, name,
                  err == TR_OK ? "another result" : tr_err_name(err));
    }
}

static const vec_row rows[] = {
    {"testcases_*.json", run_opcode, true},
};
const vec_rows vec_rows_field = {rows, TR_COUNTOF(rows)};
