/* The programs that machines are measured with: gas, error and output as anvil 1.7.1 had them. */
#include "cli/evm/fixture_internal.h"
#include "hash/keccak.h"
#include "os/heap.h"
#include "vectors.h"

/* A program's test: by its name, or "name#2": the third input of the file's only test. */
static const tr_json *find_test(vec_run *run, const vec_file *file, const tr_json *program,
                                fixture_indexes *at)
{
    char path[160];
    tr_buf text;
    const tr_json *document;
    size_t hash = 0;
    tr_bytes name = program->key, in = fixture_text(program, "file");
    while (hash < name.len && name.data[hash] != '#') hash++;
    bool numbered = hash < name.len;
    *at = (fixture_indexes){0};
    if (numbered) at->data = (size_t)(name.data[hash + 1] - '0');
    tr_buf_init_fixed(&text, path, sizeof(path) - 1);
    tr_buf_put_str(&text, numbered ? "benchmarks/*/" : "evm2/data/");
    tr_buf_put(&text, in);
    path[text.len] = '\0';
    tr_bytes data = vec_sibling(run, file, path);
    if (data.data == NULL || tr_json_parse(NULL, file->arena, data, &document) != TR_OK)
        return NULL;
    TR_JSON_EACH(test, document) if (tr_bytes_eq(test->key, name)) return test;
    return document->count == 1 ? document->first : NULL;
}

/* Whoever is there has money: so it was measured. */
static void fund(const tr_changes *pre)
{
    for (size_t i = 0; i < pre->count; i++) {
        tr_account_change *a = (tr_account_change *)&pre->accounts[i];
        a->balance = tr_u256_shl(TR_U256_ONE, 100);
    }
}

static tr_err read_call(const vec_file *file, const tr_json *test, const fixture_indexes *at,
                        tr_tx *tx, tr_addr *sender)
{
    const tr_json *in = tr_json_get(test, "transaction");
    tr_bytes to = fixture_text(in, "to");
    const tr_json *data = tr_json_at(tr_json_get(in, "data"), at->data);
    *tx = (tr_tx){.type = TR_TX_LEGACY, .gas = UINT64_C(100000000000)};
    tx->to.some = to.len > 2;
    if (data == NULL || !fixture_bytes(file->arena, tr_json_text(data), &tx->data) ||
        (tx->to.some && !fixture_exact(to, tx->to.addr.b, 20)) ||
        !fixture_number(tr_json_at(tr_json_get(in, "value"), 0), &tx->value) ||
        !fixture_exact(fixture_text(in, "sender"), sender->b, 20))
        return TR_E_JSON_FIELD;
    return TR_OK;
}

static tr_err run_program(tr_trail *trail, const vec_file *file, fixture *f, const tr_json *test,
                          const fixture_indexes *at, tr_stf_result *out)
{
    tr_tx tx;
    tr_addr sender;
    tr_chain_config config = tr_chain_config_at(TR_OSAKA, 31337);
    tr_stf_env env = {.config = &config,
                      .rules = tr_fork_rules_of(TR_OSAKA),
                      .gas_left = UINT64_MAX,
                      .blob_gas_left = UINT64_MAX,
                      .no_base_fee = true,
                      .evm = {.rules = tr_evm_rules_of(TR_OSAKA),
                              .chain_id = 31337,
                              .number = 0,
                              .time = 1767747671,
                              .gas_limit = INT64_MAX,
                              .base_fee = tr_u256_of(1000000000),
                              .difficulty = tr_u256_of(0x20000),
                              .blob_base_fee = TR_U256_ONE}};
    TR_TRY(fixture_state_begin(trail, f, test));
    fund(&f->test.pre);
    TR_TRY(fixture_ground(trail, f, &f->test.pre));
    TR_TRY(read_call(file, test, at, &tx, &sender));
    return tr_stf_run(trail, f->evm, f->state, &env, &tx, &sender, NULL, NULL, out);
}

static void run_one(vec_run *run, const vec_file *file, fixture *f, const tr_json *program)
{
    fixture_indexes at;
    tr_trail trail = {.text = ""};
    tr_stf_result result;
    tr_hash want;
    uint64_t gas;
    const tr_json *test = find_test(run, file, program, &at);
    const tr_json *error = tr_json_get(program, "error");
    if (test == NULL || !fixture_u64(tr_json_get(program, "gasUsed"), &gas) ||
        !fixture_exact(fixture_text(program, "outputKeccak"), want.b, 32)) {
        vec_fail(run, program->key, "not a program");
        return;
    }
    tr_err err = run_program(&trail, file, f, test, &at, &result);
    if (err != TR_OK) {
        vec_fail(run, program->key, "%s (%s)", trail.text, tr_err_name(err));
        return;
    }
    tr_hash output = tr_keccak256(result.output);
    bool failed = error != NULL && error->kind != TR_JSON_NULL;
    bool good = result.gas_used == gas && result.success != failed &&
                memcmp(&output, &want, sizeof(want)) == 0;
    vec_check(run, good, program->key, "%llu gas, expected %llu; %s; %zu bytes%s",
              (unsigned long long)result.gas_used, (unsigned long long)gas,
              tr_evm_status_text(result.status), result.output.len,
              memcmp(&output, &want, sizeof(want)) == 0 ? "" : ", not the expected ones");
}

static void run_expected(vec_run *run, const vec_file *file)
{
    fixture *f;
    tr_trail trail;
    const tr_json *programs = tr_json_get(file->json, "programs");
    if (vec_is_guest(run)) return;
    if (fixture_new(&trail, tr_heap(), &f) != TR_OK) {
        vec_fail(run, TR_LIT("file"), "%s", trail.text);
        return;
    }
    TR_JSON_EACH(program, programs) if (vec_wants(run)) run_one(run, file, f, program);
    fixture_free(f);
}

static const vec_row rows[] = {
    {"expected-anvil-1.7.1-osaka.json", run_expected, true},
    {"evm2/data/*.json", vec_part, false}, /* its own roots are zero */
};
const vec_rows vec_rows_evm_bench = {rows, TR_COUNTOF(rows)};
