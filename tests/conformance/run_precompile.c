/* The precompiled contracts, with their gas: geth's files and those of the execution specs. */
#include <string.h>

#include "eth/fork.h"
#include "vectors.h"

static tr_bytes text_of(const tr_json *object, const char *key)
{
    return tr_json_text(tr_json_get(object, key));
}

typedef struct answer {
    tr_err err;
    uint64_t gas;
    bool ok;
    tr_bytes output;
} answer;

static answer call(vec_run *run, const vec_file *file, tr_fork fork, uint16_t number,
                   tr_bytes input)
{
    tr_buf in;
    tr_bytes got;
    tr_buf_init(&in, &file->arena->alloc, (size_t)1 << 24);
    tr_buf_put_u8(&in, (uint8_t)fork);
    tr_buf_put_u8(&in, (uint8_t)number);
    tr_buf_put_u8(&in, (uint8_t)(number >> 8));
    tr_buf_put(&in, input);
    tr_err err = vec_op(run, file, "precompile", tr_buf_view(&in), &got);
    if (err == TR_OK && got.len < 9) err = TR_E_SHORT;
    if (err != TR_OK) return (answer){.err = err};
    return (answer){TR_OK, tr_load64le(got.data), got.data[8] == 1, tr_bytes_cut(got, 9, SIZE_MAX)};
}

/* Which contract, from which fork on its gas is that of the file. */
typedef struct subject {
    const char *file;
    uint16_t number;
    tr_fork fork;
} subject;

static const subject subjects[] = {
    /* geth */
    {"ecRecover.json", 0x01, TR_FRONTIER},
    {"modexp.json", 0x05, TR_BYZANTIUM},
    {"modexp_eip2565.json", 0x05, TR_BERLIN},
    {"modexp_eip7883.json", 0x05, TR_OSAKA},
    {"bn256Add.json", 0x06, TR_ISTANBUL},
    {"bn256ScalarMul.json", 0x07, TR_ISTANBUL},
    {"bn256Pairing.json", 0x08, TR_ISTANBUL},
    {"blake2F.json", 0x09, TR_ISTANBUL},
    {"fail-blake2f.json", 0x09, TR_ISTANBUL},
    {"pointEvaluation.json", 0x0a, TR_CANCUN},
    {"blsG1Add.json", 0x0b, TR_PRAGUE},
    {"blsG1Mul.json", 0x0c, TR_PRAGUE},
    {"blsG1MultiExp.json", 0x0c, TR_PRAGUE},
    {"blsG2Add.json", 0x0d, TR_PRAGUE},
    {"blsG2Mul.json", 0x0e, TR_PRAGUE},
    {"blsG2MultiExp.json", 0x0e, TR_PRAGUE},
    {"blsPairing.json", 0x0f, TR_PRAGUE},
    {"blsMapG1.json", 0x10, TR_PRAGUE},
    {"blsMapG2.json", 0x11, TR_PRAGUE},
    {"fail-blsG1Add.json", 0x0b, TR_PRAGUE},
    {"fail-blsG1Mul.json", 0x0c, TR_PRAGUE},
    {"fail-blsG1MultiExp.json", 0x0c, TR_PRAGUE},
    {"fail-blsG2Add.json", 0x0d, TR_PRAGUE},
    {"fail-blsG2Mul.json", 0x0e, TR_PRAGUE},
    {"fail-blsG2MultiExp.json", 0x0e, TR_PRAGUE},
    {"fail-blsPairing.json", 0x0f, TR_PRAGUE},
    {"fail-blsMapG1.json", 0x10, TR_PRAGUE},
    {"fail-blsMapG2.json", 0x11, TR_PRAGUE},
    {"p256Verify.json", 0x100, TR_OSAKA},
    /* the execution specs */
    {"add_G1_bls.json", 0x0b, TR_PRAGUE},
    {"mul_G1_bls.json", 0x0c, TR_PRAGUE},
    {"msm_G1_bls.json", 0x0c, TR_PRAGUE},
    {"add_G2_bls.json", 0x0d, TR_PRAGUE},
    {"mul_G2_bls.json", 0x0e, TR_PRAGUE},
    {"msm_G2_bls.json", 0x0e, TR_PRAGUE},
    {"pairing_check_bls.json", 0x0f, TR_PRAGUE},
    {"map_fp_to_G1_bls.json", 0x10, TR_PRAGUE},
    {"map_fp2_to_G2_bls.json", 0x11, TR_PRAGUE},
    {"fail-add_G1_bls.json", 0x0b, TR_PRAGUE},
    {"fail-mul_G1_bls.json", 0x0c, TR_PRAGUE},
    {"fail-msm_G1_bls.json", 0x0c, TR_PRAGUE},
    {"fail-add_G2_bls.json", 0x0d, TR_PRAGUE},
    {"fail-mul_G2_bls.json", 0x0e, TR_PRAGUE},
    {"fail-msm_G2_bls.json", 0x0e, TR_PRAGUE},
    {"fail-pairing_check_bls.json", 0x0f, TR_PRAGUE},
    {"fail-map_fp_to_G1_bls.json", 0x10, TR_PRAGUE},
    {"fail-map_fp2_to_G2_bls.json", 0x11, TR_PRAGUE},
    {"secp256r1_test.json", 0x100, TR_OSAKA},
};

static const subject *subject_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;
    for (size_t i = 0; i < TR_COUNTOF(subjects); i++)
        if (strcmp(subjects[i].file, name) == 0) return &subjects[i];
    return NULL;
}

/* Passes if the call succeeds with this output, and gas unless that is NULL; fails with the reason
 * if not. */
static bool is_right(vec_run *run, tr_bytes name, const answer *got, tr_bytes output,
                     const tr_json *gas)
{
    uint64_t want = 0;
    if (got->err != TR_OK)
        vec_fail(run, name, "%s", tr_err_name(got->err));
    else if (!got->ok)
        vec_fail(run, name, "fails");
    else if (output.data == NULL || !tr_bytes_eq(got->output, output))
        vec_fail(run, name, "%zu bytes, expected %zu, or others", got->output.len, output.len);
    else if (gas != NULL && (tr_json_u64(gas, &want) != TR_OK || want != got->gas))
        vec_fail(run, name, "costs %llu, expected %llu", (unsigned long long)got->gas,
                 (unsigned long long)want);
    else
        return true;
    return false;
}

/* A list of {Name, Input, Expected and Gas, or ExpectedError}. */
static void run_list(vec_run *run, const vec_file *file)
{
    const subject *of = subject_of(file->path);
    if (of == NULL) {
        vec_fail(run, TR_LIT("file"), "of which contract is not known");
        return;
    }
    TR_JSON_EACH(test, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_bytes name = text_of(test, "Name"), input = vec_hex(file, text_of(test, "Input"));
        answer got = call(run, file, of->fork, of->number, input);
        const tr_json *gas = tr_json_get(test, "Gas");
        if (input.data == NULL)
            vec_fail(run, name, "the input is not hex");
        else if (tr_json_get(test, "ExpectedError") != NULL)
            vec_check(run, got.err == TR_OK && !got.ok, name, "succeeds: %s", tr_err_name(got.err));
        else if (gas == NULL)
            vec_fail(run, name, "the case has no gas");
        else if (is_right(run, name, &got, vec_hex(file, text_of(test, "Expected")), gas))
            vec_pass(run);
    }
}

/* Powers: with the gas of Prague as GasOld and that of Osaka as GasNew, or with neither. */
static void run_modexp(vec_run *run, const vec_file *file)
{
    static const struct {
        tr_fork fork;
        const char *gas;
    } forks[] = {{TR_PRAGUE, "GasOld"}, {TR_OSAKA, "GasNew"}};
    TR_JSON_EACH(test, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_bytes name = text_of(test, "Name"), input = vec_hex(file, text_of(test, "Input"));
        tr_bytes want = vec_hex(file, text_of(test, "Expected"));
        bool right = true;
        for (size_t i = 0; i < TR_COUNTOF(forks) && right; i++) {
            answer got = call(run, file, forks[i].fork, 0x05, input);
            right = is_right(run, name, &got, want, tr_json_get(test, forks[i].gas));
        }
        if (right) vec_pass(run);
    }
}

/* The contract's input from the parts of a proof, with the hash that belongs to the commitment;
 * shorter where a part is. */
static tr_bytes point_input(vec_run *run, const vec_file *file, const tr_json *parts)
{
    tr_buf in;
    tr_bytes hash, commitment = vec_hex(file, text_of(parts, "commitment"));
    tr_buf_init(&in, &file->arena->alloc, 4096);
    answer got = call(run, file, TR_CANCUN, 0x02, commitment);
    hash = got.output;
    if (got.err != TR_OK || hash.len != 32) return (tr_bytes){NULL, 0};
    tr_buf_put_u8(&in, 1);
    tr_buf_put(&in, tr_bytes_cut(hash, 1, SIZE_MAX));
    tr_buf_put(&in, vec_hex(file, text_of(parts, "z")));
    tr_buf_put(&in, vec_hex(file, text_of(parts, "y")));
    tr_buf_put(&in, commitment);
    tr_buf_put(&in, vec_hex(file, text_of(parts, "proof")));
    return tr_buf_view(&in);
}

/* output is true where the proof proves, false or null where it does not. */
static void run_point(vec_run *run, const vec_file *file)
{
    static const uint8_t want[64] = {
        [30] = 0x10, [32] = 0x73, 0xed, 0xa7, 0x53, 0x29, 0x9d, 0x7d, 0x48, 0x33, 0x39,
        0xd8,        0x08,        0x09, 0xa1, 0xd8, 0x05, 0x53, 0xbd, 0xa4, 0x02, 0xff,
        0xfe,        0x5b,        0xfe, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01,
    };
    TR_JSON_EACH(test, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_bytes name = text_of(test, "name");
        const tr_json *output = tr_json_get(test, "output");
        tr_bytes input = point_input(run, file, tr_json_get(test, "input"));
        if (output == NULL || input.data == NULL) {
            vec_fail(run, name, "the case cannot be read");
            continue;
        }
        answer got = call(run, file, TR_CANCUN, 0x0a, input);
        bool proves = output->kind == TR_JSON_BOOL && output->truth;
        bool right = got.err == TR_OK && got.gas == 50000 && got.ok == proves;
        if (proves) right = right && tr_bytes_eq(got.output, TR_VIEW(want));
        vec_check(run, right, name, "%s, and %s", tr_err_name(got.err),
                  got.ok ? "succeeds" : "fails");
    }
}

static const vec_row rows[] = {
    {"core/vm/testdata/precompiles/*.json", run_list, true},
    {"eip2537_bls_12_381_precompiles/vectors/*.json", run_list, true},
    {"eip7951_p256verify_precompiles/vectors/*.json", run_list, true},
    {"eip7883_modexp_gas_increase/vector/*.json", run_modexp, true},
    {"point_evaluation_vectors/*.json", run_point, true},
};
const vec_rows vec_rows_precompile = {rows, TR_COUNTOF(rows)};
