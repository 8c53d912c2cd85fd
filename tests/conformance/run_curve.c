/* Signatures: Wycheproof's files for secp256k1, the vectors of BIP-340; and of the other curves in
 * the same archive, when their time comes. */
#include "vectors.h"

#include "curve/secp256k1.h"
#include "hash/keccak.h"
#include "hash/sha2.h"

/* Wycheproof.  "valid" must be accepted and "invalid" refused; "acceptable" is left to us, but what
 * is accepted must have the result that the file has. */

static tr_bytes text_of(const tr_json *object, const char *key)
{
    return tr_json_text(tr_json_get(object, key));
}

static bool says(const tr_json *test, const char *result)
{
    return tr_bytes_eq(text_of(test, "result"), tr_bytes_str(result));
}

/* "tcId 12: comment" */
static tr_bytes case_name(const vec_file *file, const tr_json *test)
{
    tr_buf name;
    uint64_t id = 0;
    tr_bytes comment = text_of(test, "comment");
    tr_buf_init(&name, &file->arena->alloc, 1000);
    if (tr_json_u64(tr_json_get(test, "tcId"), &id) != TR_OK) id = 0;
    tr_buf_printf(&name, "tcId %llu: ", (unsigned long long)id);
    tr_buf_put(&name, comment);
    return tr_buf_view(&name);
}

static void judge(vec_run *run, const vec_file *file, const tr_json *test, bool accepted)
{
    bool ok = says(test, "acceptable") || says(test, accepted ? "valid" : "invalid");
    vec_check(run, ok, case_name(file, test), accepted ? "was accepted" : "was refused");
}

/* Reads a signature of the file; false: it is none. */
typedef bool reads(tr_bytes in, tr_ecdsa_sig *out);

static bool reads_der(tr_bytes der, tr_ecdsa_sig *out)
{
    return tr_ecdsa_parse_der(der, out) == TR_OK;
}

static bool reads_der_low_s(tr_bytes der, tr_ecdsa_sig *out)
{
    return tr_ecdsa_parse_der(der, out) == TR_OK && tr_ecdsa_is_low_s(out);
}

static bool reads_compact(tr_bytes compact, tr_ecdsa_sig *out)
{
    out->recovery = TR_ECDSA_NO_RECOVERY;
    if (compact.len != 64) return false;
    memcpy(out->r, compact.data, 32);
    memcpy(out->s, compact.data + 32, 32);
    return true;
}

/* Verification on the host, then as an operation: both have to say the same. */
static void verify_case(vec_run *run, const vec_file *file, const tr_json *test,
                        const tr_pubkey *key, const tr_hash *hash, const tr_ecdsa_sig *sig)
{
    tr_buf in;
    tr_bytes out;
    bool accepted = tr_ecdsa_verify(key, hash, sig) == TR_OK;
    tr_buf_init(&in, &file->arena->alloc, 1000);
    tr_buf_put(&in, TR_VIEW(key->x));
    tr_buf_put(&in, TR_VIEW(key->y));
    tr_buf_put(&in, TR_VIEW(hash->b));
    tr_buf_put(&in, TR_VIEW(sig->r));
    tr_buf_put(&in, TR_VIEW(sig->s));
    if ((vec_op(run, file, "k1.verify", tr_buf_view(&in), &out) == TR_OK) != accepted)
        vec_fail(run, case_name(file, test), "the portable code judges otherwise");
    else
        judge(run, file, test, accepted);
}

/* The hash that a group names, cut to the length of the curve's order as ECDSA does; false for one
 * that no file has been seen with. */
static bool digest(tr_bytes name, tr_bytes message, tr_hash *out)
{
    static const struct {
        const char *name;
        unsigned rate;
    } sponges[] = {{"SHA3-256", 136}, {"SHA3-384", 104}, {"SHA3-512", 72}, {"SHAKE256", 136}};
    if (tr_bytes_eq(name, TR_LIT("SHA-256"))) {
        *out = tr_sha256(message);
        return true;
    }
    if (tr_bytes_eq(name, TR_LIT("SHA-512"))) {
        uint8_t wide[64];
        tr_sha512(message, wide);
        memcpy(out->b, wide, sizeof(out->b));
        return true;
    }
    for (size_t i = 0; i < TR_COUNTOF(sponges); i++) {
        if (!tr_bytes_eq(name, tr_bytes_str(sponges[i].name))) continue;
        tr_sponge sponge;
        tr_sponge_init(&sponge, sponges[i].rate, sponges[i].name[3] == '3' ? 0x06 : 0x1f);
        tr_sponge_update(&sponge, message);
        tr_sponge_squeeze(&sponge, out->b, sizeof(out->b));
        return true;
    }
    return false;
}

static void run_ecdsa(vec_run *run, const vec_file *file, reads *read)
{
    TR_JSON_EACH(group, tr_json_get(file->json, "testGroups"))
    {
        tr_pubkey key;
        tr_bytes point = vec_hex(file, text_of(tr_json_get(group, "publicKey"), "uncompressed"));
        bool usable = tr_pubkey_parse(point, &key) == TR_OK;
        TR_JSON_EACH(test, tr_json_get(group, "tests"))
        {
            if (!vec_wants(run)) continue;
            tr_hash hash;
            tr_ecdsa_sig sig;
            bool readable = read(vec_hex(file, text_of(test, "sig")), &sig);
            if (!digest(text_of(group, "sha"), vec_hex(file, text_of(test, "msg")), &hash))
                vec_fail(run, case_name(file, test), "its hash function is not known here");
            else if (usable && readable)
                verify_case(run, file, test, &key, &hash, &sig);
            else
                judge(run, file, test, false);
        }
    }
}

static void run_ecdsa_der(vec_run *run, const vec_file *file)
{
    run_ecdsa(run, file, reads_der);
}

static void run_ecdsa_bitcoin(vec_run *run, const vec_file *file)
{
    run_ecdsa(run, file, reads_der_low_s);
}

static void run_ecdsa_p1363(vec_run *run, const vec_file *file)
{
    run_ecdsa(run, file, reads_compact);
}

/* A public key in X.509's form, for this curve by its name: no other parameters. */
static tr_err parse_spki(const vec_file *file, tr_bytes spki, tr_pubkey *key)
{
    static const char *const heads[] = {"3056301006072a8648ce3d020106052b8104000a034200",
                                        "3036301006072a8648ce3d020106052b8104000a032200"};
    for (size_t i = 0; i < TR_COUNTOF(heads); i++) {
        tr_bytes head = vec_hex(file, tr_bytes_str(heads[i]));
        if (tr_bytes_eq(tr_bytes_cut(spki, 0, head.len), head))
            return tr_pubkey_parse(tr_bytes_cut(spki, head.len, SIZE_MAX), key);
    }
    return TR_E_SYNTAX;
}

/* A number in hex of any length. */
static tr_err parse_key(tr_bytes number, tr_seckey *key)
{
    while (number.len != 0 && number.data[0] == 0) number = tr_bytes_cut(number, 1, SIZE_MAX);
    if (number.len > sizeof(key->b)) return TR_E_RANGE;
    memset(key->b, 0, sizeof(key->b));
    if (number.len != 0) memcpy(key->b + sizeof(key->b) - number.len, number.data, number.len);
    return TR_OK;
}

static void run_ecdh_case(vec_run *run, const vec_file *file, const tr_json *test)
{
    tr_pubkey other;
    tr_seckey key;
    uint8_t shared[32];
    bool ok = parse_spki(file, vec_hex(file, text_of(test, "public")), &other) == TR_OK &&
              parse_key(vec_hex(file, text_of(test, "private")), &key) == TR_OK &&
              tr_ecdh_x(&key, &other, shared) == TR_OK;
    bool same = ok && tr_bytes_eq(vec_hex(file, text_of(test, "shared")), TR_VIEW(shared));
    if (ok && !same && !says(test, "invalid"))
        vec_fail(run, case_name(file, test), "another shared secret");
    else
        judge(run, file, test, ok);
}

static void run_ecdh(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(group, tr_json_get(file->json, "testGroups"))
    TR_JSON_EACH(test, tr_json_get(group, "tests"))
    if (vec_wants(run)) run_ecdh_case(run, file, test);
}

/* BIP-340: lines of index, secret key, public key, aux_rand, message, signature, result, comment.
 * Where there is a secret key the signature must come out. */

enum { SECRET = 1, PUBLIC, AUX, MESSAGE, SIGNATURE, RESULT, FIELDS };

static tr_bytes next_field(tr_bytes *line, uint8_t end)
{
    size_t len = 0;
    while (len < line->len && line->data[len] != end) len++;
    tr_bytes field = tr_bytes_cut(*line, 0, len);
    *line = tr_bytes_cut(*line, len + 1, SIZE_MAX);
    return field;
}

static void run_schnorr_case(vec_run *run, const vec_file *file, const tr_bytes *field)
{
    tr_bytes public = vec_hex(file, field[PUBLIC]), message = vec_hex(file, field[MESSAGE]);
    tr_bytes sig = vec_hex(file, field[SIGNATURE]), secret = vec_hex(file, field[SECRET]);
    tr_bytes aux = vec_hex(file, field[AUX]);
    bool want = tr_bytes_eq(field[RESULT], TR_LIT("TRUE"));
    if (public.len != 32 || sig.len != 64) {
        vec_fail(run, field[0], "cannot be read");
        return;
    }
    bool accepted = tr_schnorr_verify(public.data, message, sig.data) == TR_OK;
    tr_buf in;
    tr_bytes nothing;
    tr_buf_init(&in, &file->arena->alloc, 100000);
    tr_buf_put(&in, public);
    tr_buf_put(&in, sig);
    tr_buf_put(&in, message);
    tr_err err = vec_op(run, file, "k1.schnorr-verify", tr_buf_view(&in), &nothing);
    if ((err == TR_OK) != accepted) {
        vec_fail(run, field[0], "the portable code judges otherwise");
    } else if (accepted != want) {
        vec_fail(run, field[0], accepted ? "was accepted" : "was refused");
    } else if (secret.len == 32 && aux.len == 32) {
        tr_seckey key;
        tr_pubkey pubkey;
        uint8_t made[64];
        memcpy(key.b, secret.data, 32);
        bool ok = tr_pubkey_of(&key, &pubkey) == TR_OK && tr_bytes_eq(TR_VIEW(pubkey.x), public) &&
                  tr_schnorr_sign(&key, message, aux.data, made) == TR_OK &&
                  tr_bytes_eq(TR_VIEW(made), sig);
        vec_check(run, ok, field[0], "another public key or signature was made");
    } else {
        vec_pass(run);
    }
}

static void run_schnorr(vec_run *run, const vec_file *file)
{
    tr_bytes rest = file->data;
    (void)next_field(&rest, '\n'); /* the names of the columns */
    while (rest.len != 0) {
        tr_bytes line = next_field(&rest, '\n'), field[FIELDS];
        if (line.len <= 1 || !vec_wants(run)) continue;
        for (size_t i = 0; i < FIELDS; i++) field[i] = next_field(&line, ',');
        run_schnorr_case(run, file, field);
    }
}

static const vec_row rows[] = {
    {"ecdsa_secp256k1_*_bitcoin_test.json", run_ecdsa_bitcoin, true},
    {"ecdsa_secp256k1_*_p1363_test.json", run_ecdsa_p1363, true},
    {"ecdsa_secp256k1_*_test.json", run_ecdsa_der, true},
    {"ecdh_secp256k1_*test.json", run_ecdh, true},
    {"bip340/*.csv", run_schnorr, false},
};
const vec_rows vec_rows_curve = {rows, TR_COUNTOF(rows)};
