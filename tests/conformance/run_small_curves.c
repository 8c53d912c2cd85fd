/* P-256 (Wycheproof's cases) and signatures over Baby Jubjub. */
#include "vectors.h"

#include "field/u256.h"
#include "hash/sha2.h"

static tr_bytes text_of(const tr_json *object, const char *key)
{
    return tr_json_text(tr_json_get(object, key));
}

/* Wycheproof, signatures as r and s side by side: "valid" must be accepted and "invalid" refused.
 */
static void run_wycheproof_case(vec_run *run, const vec_file *file, const tr_json *group,
                                const tr_json *test)
{
    tr_buf in;
    tr_bytes got = {NULL, 0}, sig = vec_hex(file, text_of(test, "sig"));
    tr_bytes key = vec_hex(file, text_of(tr_json_get(group, "publicKey"), "uncompressed"));
    tr_hash hash = tr_sha256(vec_hex(file, text_of(test, "msg")));
    tr_buf_init(&in, &file->arena->alloc, 4096);
    tr_buf_put(&in, TR_VIEW(hash.b));
    tr_buf_put(&in, sig);
    tr_buf_put(&in, tr_bytes_cut(key, 1, SIZE_MAX));
    bool accepted = key.len == 65 && sig.len == 64 &&
                    vec_op(run, file, "curve.p256verify", tr_buf_view(&in), &got) == TR_OK &&
                    got.len == 32;
    bool want = tr_bytes_eq(text_of(test, "result"), TR_LIT("valid"));
    vec_check(run, accepted == want, text_of(test, "comment"),
              accepted ? "was accepted" : "was refused");
}

static void run_wycheproof(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(group, tr_json_get(file->json, "testGroups"))
    TR_JSON_EACH(test, tr_json_get(group, "tests"))
    {
        if (!vec_wants(run)) continue;
        if (tr_bytes_eq(text_of(group, "sha"), TR_LIT("SHA-256")))
            run_wycheproof_case(run, file, group, test);
        else
            vec_fail(run, text_of(test, "comment"), "its hash function is not known here");
    }
}

/* A decimal number as 32 bytes; false: it is none. */
static bool put_decimal(tr_buf *out, tr_bytes text)
{
    tr_u256 a;
    uint8_t bytes[32];
    if (tr_u256_from_dec(NULL, text, &a) != TR_OK) return false;
    tr_u256_to_be(a, bytes);
    tr_buf_put(out, TR_VIEW(bytes));
    return true;
}

static bool put_decimals(tr_buf *out, const tr_json *list)
{
    TR_JSON_EACH(number, list)
    if (!put_decimal(out, tr_json_text(number))) return false;
    return true;
}

static tr_bytes reversed(const vec_file *file, tr_bytes in, size_t len)
{
    uint8_t *out = tr_arena_get(file->arena, len, 1);
    if (out == NULL || in.len > len) return (tr_bytes){NULL, 0};
    memset(out, 0, len);
    for (size_t i = 0; i < in.len; i++) out[len - 1 - i] = in.data[i];
    return tr_bytes_of(out, len);
}

/* The same key and message must give the file's public key, R, S and packed R; the file's signature
 * must verify, and not for another message. */
static void run_bjj_case(vec_run *run, const vec_file *file, const tr_json *test, tr_bytes name,
                         uint8_t hash)
{
    tr_buf in, want, check;
    tr_bytes packed = vec_hex(file, text_of(test, "packed")), got = {NULL, 0};
    tr_bytes message = reversed(file, vec_hex(file, text_of(test, "msg_le_hex")), 32);
    tr_buf_init(&in, &file->arena->alloc, 4096);
    tr_buf_put_u8(&in, hash);
    tr_buf_put(&in, vec_hex(file, text_of(test, "sk")));
    tr_buf_put(&in, message);
    tr_buf_init(&want, &file->arena->alloc, 4096);
    bool read = put_decimals(&want, tr_json_get(test, "pk")) &&
                put_decimals(&want, tr_json_get(test, "R8")) &&
                put_decimal(&want, text_of(test, "S")) && packed.len == 64;
    tr_buf_put(&want, tr_bytes_cut(packed, 0, 32));
    tr_err err = vec_op(run, file, "curve.bjj_sign", tr_buf_view(&in), &got);
    if (!read || err != TR_OK || !tr_bytes_eq(got, tr_buf_view(&want))) {
        vec_fail(run, name, "another signature was made: %s", tr_err_name(err));
        return;
    }
    tr_buf_init(&check, &file->arena->alloc, 4096);
    tr_buf_put_u8(&check, hash);
    (void)put_decimals(&check, tr_json_get(test, "pk"));
    tr_buf_put(&check, message);
    tr_buf_put(&check, tr_bytes_cut(packed, 0, 32));
    tr_buf_put(&check, reversed(file, tr_bytes_cut(packed, 32, 32), 32));
    err = vec_op(run, file, "curve.bjj_verify", tr_buf_view(&check), &got);
    check.data[1 + 64 + 31] ^= 1; /* of the message */
    tr_err other = vec_op(run, file, "curve.bjj_verify", tr_buf_view(&check), &got);
    vec_check(run, err == TR_OK && other == TR_E_SIGNATURE, name, "%s, of another message %s",
              tr_err_name(err), tr_err_name(other));
}

static void run_bjj(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(test, tr_json_get(file->json, "eddsa"))
    {
        tr_bytes hash = text_of(test, "hash");
        bool poseidon = tr_bytes_eq(hash, TR_LIT("poseidon"));
        if (!poseidon && !tr_bytes_eq(hash, TR_LIT("mimc7")))
            vec_skip(run, hash);
        else if (vec_wants(run))
            run_bjj_case(run, file, test, hash, poseidon ? 0 : 1);
    }
}

static const vec_row rows[] = {
    {"wycheproof/ecdsa_secp256r1_sha256_p1363_test.json", run_wycheproof, true},
    {"babyjub/eddsa.json", run_bjj, true},
};
const vec_rows vec_rows_small_curves = {rows, TR_COUNTOF(rows)};
