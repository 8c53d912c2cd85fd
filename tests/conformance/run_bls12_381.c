/* BLS12-381: hashing to the curve (RFC 9380), Wycheproof's files for signatures and for hashing to
 * G2. */
#include "vectors.h"

#include "curve/bls12_381.h"

static tr_bytes text_of(const tr_json *object, const char *key)
{
    return tr_json_text(tr_json_get(object, key));
}

/* Inputs of operations: what begins with a length has it in two bytes. */
static void put_sized(tr_buf *to, tr_bytes bytes)
{
    tr_buf_put_u8(to, (uint8_t)bytes.len);
    tr_buf_put_u8(to, (uint8_t)(bytes.len >> 8));
    tr_buf_put(to, bytes);
}

/* RFC 9380: a coordinate is "0x..", or "0x..,0x.." in the extension; here each is padded to 64
 * bytes, as the operation has it. */
static bool put_coordinate(const vec_file *file, tr_buf *to, tr_bytes text)
{
    while (text.len > 0) {
        size_t end = 0;
        while (end < text.len && text.data[end] != ',') end++;
        tr_bytes number = vec_hex(file, tr_bytes_cut(text, 0, end));
        if (number.data == NULL || number.len != 48) return false;
        tr_buf_put_zeros(to, 16);
        tr_buf_put(to, number);
        text = tr_bytes_cut(text, end + 1, SIZE_MAX);
    }
    return true;
}

static void run_hash_to_curve(vec_run *run, const vec_file *file, const char *op)
{
    tr_bytes tag = text_of(file->json, "dst");
    TR_JSON_EACH(test, tr_json_get(file->json, "vectors"))
    {
        if (!vec_wants(run)) continue;
        const tr_json *point = tr_json_get(test, "P");
        tr_bytes message = text_of(test, "msg"), got = {0};
        tr_buf in, want;
        tr_buf_init(&in, &file->arena->alloc, 4096);
        put_sized(&in, tag);
        tr_buf_put(&in, message);
        tr_buf_init(&want, &file->arena->alloc, 256);
        bool known = put_coordinate(file, &want, text_of(point, "x")) &&
                     put_coordinate(file, &want, text_of(point, "y"));
        tr_err err = vec_op(run, file, op, tr_buf_view(&in), &got);
        vec_check(run, known && err == TR_OK && tr_bytes_eq(got, tr_buf_view(&want)), message, "%s",
                  err == TR_OK ? "another point" : tr_err_name(err));
    }
}

static void run_hash_g1(vec_run *run, const vec_file *file)
{
    run_hash_to_curve(run, file, "bls.hash-g1");
}

static void run_encode_g1(vec_run *run, const vec_file *file)
{
    run_hash_to_curve(run, file, "bls.encode-g1");
}

static void run_hash_g2(vec_run *run, const vec_file *file)
{
    run_hash_to_curve(run, file, "bls.hash-g2");
}

static void run_encode_g2(vec_run *run, const vec_file *file)
{
    run_hash_to_curve(run, file, "bls.encode-g2");
}

static void run_expand(vec_run *run, const vec_file *file)
{
    tr_bytes tag = text_of(file->json, "DST");
    TR_JSON_EACH(test, tr_json_get(file->json, "tests"))
    {
        if (!vec_wants(run)) continue;
        tr_bytes message = text_of(test, "msg"), got = {0};
        tr_bytes want = vec_hex(file, text_of(test, "uniform_bytes"));
        tr_buf in;
        tr_buf_init(&in, &file->arena->alloc, 4096);
        tr_buf_put_u8(&in, (uint8_t)want.len);
        tr_buf_put_u8(&in, (uint8_t)(want.len >> 8));
        put_sized(&in, tag);
        tr_buf_put(&in, message);
        tr_err err = vec_op(run, file, "bls.expand", tr_buf_view(&in), &got);
        vec_check(run, err == TR_OK && want.len != 0 && tr_bytes_eq(got, want), message, "%s",
                  err == TR_OK ? "other bytes" : tr_err_name(err));
    }
}

/* Wycheproof: "tcId 12: comment". */
static tr_bytes case_name(const vec_file *file, const tr_json *test)
{
    tr_buf name;
    uint64_t id = 0;
    tr_buf_init(&name, &file->arena->alloc, 1000);
    if (tr_json_u64(tr_json_get(test, "tcId"), &id) != TR_OK) id = 0;
    tr_buf_printf(&name, "tcId %llu: ", (unsigned long long)id);
    tr_buf_put(&name, text_of(test, "comment"));
    return tr_buf_view(&name);
}

static void judge(vec_run *run, const vec_file *file, const tr_json *test, bool accepted)
{
    bool ok = tr_bytes_eq(text_of(test, "result"), tr_bytes_str(accepted ? "valid" : "invalid"));
    vec_check(run, ok, case_name(file, test), accepted ? "was accepted" : "was refused");
}

static void run_verify(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(group, tr_json_get(file->json, "testGroups"))
    {
        tr_bytes tag = text_of(group, "ciphersuite"), got;
        tr_bytes key = vec_hex(file, text_of(tr_json_get(group, "publicKey"), "pk"));
        TR_JSON_EACH(test, tr_json_get(group, "tests"))
        {
            if (!vec_wants(run)) continue;
            tr_bytes message = vec_hex(file, text_of(test, "msg"));
            tr_bytes signature = vec_hex(file, text_of(test, "sig"));
            tr_buf in;
            tr_buf_init(&in, &file->arena->alloc, 1 << 20);
            put_sized(&in, tag);
            tr_buf_put(&in, key);
            tr_buf_put(&in, signature);
            tr_buf_put(&in, message);
            bool sized = key.len == 48 && signature.len == 96;
            judge(run, file, test,
                  sized && vec_op(run, file, "bls.verify", tr_buf_view(&in), &got) == TR_OK);
        }
    }
}

/* The keys, of 48 bytes each, and the messages; false: a key of another length, or not as many keys
 * as messages. */
static bool put_signers(const vec_file *file, tr_buf *to, const tr_json *test)
{
    size_t keys = 0, messages = 0;
    bool ok = true;
    TR_JSON_EACH(key, tr_json_get(test, "pubkeys")) keys++;
    tr_buf_put_u8(to, (uint8_t)keys);
    tr_buf_put_u8(to, (uint8_t)(keys >> 8));
    TR_JSON_EACH(key, tr_json_get(test, "pubkeys"))
    {
        tr_bytes bytes = vec_hex(file, tr_json_text(key));
        ok = ok && bytes.len == 48;
        tr_buf_put(to, bytes);
    }
    TR_JSON_EACH(message, tr_json_get(test, "messages"))
    {
        put_sized(to, vec_hex(file, tr_json_text(message)));
        messages++;
    }
    return ok && keys == messages;
}

static void run_aggregate_verify(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(group, tr_json_get(file->json, "testGroups"))
    {
        tr_bytes tag = text_of(group, "ciphersuite"), got;
        TR_JSON_EACH(test, tr_json_get(group, "tests"))
        {
            if (!vec_wants(run)) continue;
            tr_bytes signature = vec_hex(file, text_of(test, "sig"));
            tr_buf in;
            tr_buf_init(&in, &file->arena->alloc, 1 << 20);
            put_sized(&in, tag);
            tr_buf_put(&in, signature);
            bool sized = put_signers(file, &in, test) && signature.len == 96;
            judge(run, file, test,
                  sized &&
                      vec_op(run, file, "bls.aggregate-verify", tr_buf_view(&in), &got) == TR_OK);
        }
    }
}

static void run_wycheproof_hash(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(group, tr_json_get(file->json, "testGroups"))
    {
        tr_bytes tag = text_of(group, "dst"), got = {0};
        TR_JSON_EACH(test, tr_json_get(group, "tests"))
        {
            if (!vec_wants(run)) continue;
            tr_bls_g2 point;
            uint8_t compressed[96] = {0};
            tr_buf in;
            tr_buf_init(&in, &file->arena->alloc, 1 << 20);
            put_sized(&in, tag);
            tr_buf_put(&in, vec_hex(file, text_of(test, "msg")));
            tr_err err = vec_op(run, file, "bls.hash-g2", tr_buf_view(&in), &got);
            if (err == TR_OK && got.len == 256) err = tr_bls_g2_read(NULL, got.data, true, &point);
            if (err == TR_OK) tr_bls_g2_compress(&point, compressed);
            bool same = tr_bytes_eq(TR_VIEW(compressed), vec_hex(file, text_of(test, "expected")));
            judge(run, file, test, err == TR_OK && same);
        }
    }
}

static const vec_row rows[] = {
    {"hash-to-curve/BLS12381G1_XMD:SHA-256_SSWU_RO_.json", run_hash_g1, true},
    {"hash-to-curve/BLS12381G1_XMD:SHA-256_SSWU_NU_.json", run_encode_g1, true},
    {"hash-to-curve/BLS12381G2_XMD:SHA-256_SSWU_RO_.json", run_hash_g2, true},
    {"hash-to-curve/BLS12381G2_XMD:SHA-256_SSWU_NU_.json", run_encode_g2, true},
    {"hash-to-curve/expand_message_xmd_SHA256_*.json", run_expand, true},
    {"wycheproof/bls_sig_g2_aggregate_verify_test.json", run_aggregate_verify, true},
    {"wycheproof/bls_sig_g2_basic_verify_test.json", run_verify, true},
    {"wycheproof/bls_sig_g2_pop_verify_test.json", run_verify, true},
    {"wycheproof/bls_hash_to_g2_test.json", run_wycheproof_hash, true},
};
const vec_rows vec_rows_bls12_381 = {rows, TR_COUNTOF(rows)};
