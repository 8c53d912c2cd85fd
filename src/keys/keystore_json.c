#include "keys/keystore.h"

#include "codec/json.h"
#include "keys/secret.h"

static bool same_text(tr_bytes a, const char *b)
{
    return tr_bytes_eq(a, tr_bytes_str(b));
}

/* Hex text of at least min and at most max bytes.  Some writers put 0x before it. */
static tr_err hex_member(tr_trail *trail, const tr_json *object, const char *key, size_t min,
                         size_t max, uint8_t *out, size_t *len)
{
    const tr_json *value = tr_json_get(object, key);
    if (value == NULL) return tr_fail(trail, TR_E_KEYSTORE, "the member %s is missing", key);
    if (value->kind != TR_JSON_STRING)
        return tr_fail_at(trail, TR_E_KEYSTORE, value->offset, "%s is not text", key);
    tr_bytes text = tr_json_text(value);
    if (text.len >= 2 && text.data[0] == '0' && (text.data[1] | 0x20) == 'x')
        text = tr_bytes_cut(text, 2, text.len);
    if (text.len > 2 * max)
        return tr_fail_at(trail, TR_E_LIMIT, value->offset, "%s has more than %zu bytes", key, max);
    if (text.len % 2 != 0 || text.len < 2 * min ||
        !tr_secret_from_hex((const char *)text.data, text.len / 2, out))
        return tr_fail_at(trail, TR_E_KEYSTORE, value->offset,
                          "%s is not the hex of %zu to %zu bytes", key, min, max);
    *len = text.len / 2;
    return TR_OK;
}

static tr_err number_member(tr_trail *trail, const tr_json *object, const char *key, uint64_t *out)
{
    const tr_json *value = tr_json_get(object, key);
    if (value == NULL) return tr_fail(trail, TR_E_KEYSTORE, "the member %s is missing", key);
    if (value->kind == TR_JSON_NUMBER && tr_json_u64(value, out) == TR_OK) return TR_OK;
    return tr_fail_at(trail, TR_E_KEYSTORE, value->offset, "%s is not a natural number", key);
}

/* The version is a number, or in old files its text. */
static tr_err decode_version(tr_trail *trail, const tr_json *root, unsigned *out)
{
    const tr_json *value = tr_json_get(root, "version");
    if (value == NULL) return tr_fail(trail, TR_E_KEYSTORE, "the member version is missing");
    bool known = value->kind == TR_JSON_NUMBER || value->kind == TR_JSON_STRING;
    if (known && same_text(value->text, "3")) {
        *out = 3;
    } else if (known && same_text(value->text, "1")) {
        *out = 1;
    } else {
        return tr_fail_at(trail, TR_E_KEYSTORE_VERSION, value->offset,
                          "the keystore's version is neither 3 nor 1");
    }
    return TR_OK;
}

static tr_err decode_scrypt(tr_trail *trail, const tr_json *params, tr_kdf *out)
{
    out->kind = TR_KDF_SCRYPT;
    TR_TRY(number_member(trail, params, "n", &out->n));
    TR_TRY(number_member(trail, params, "r", &out->r));
    return number_member(trail, params, "p", &out->p);
}

static tr_err decode_pbkdf2(tr_trail *trail, const tr_json *params, tr_kdf *out)
{
    out->kind = TR_KDF_PBKDF2;
    const tr_json *prf = tr_json_get(params, "prf");
    if (!same_text(tr_json_text(prf), "hmac-sha256"))
        return tr_fail(trail, TR_E_KEYSTORE_VERSION, "pbkdf2's prf is not hmac-sha256");
    return number_member(trail, params, "c", &out->rounds);
}

static tr_err decode_kdf(tr_trail *trail, const tr_json *crypto, tr_kdf *out)
{
    tr_bytes name = tr_json_text(tr_json_get(crypto, "kdf"));
    const tr_json *params = tr_json_get(crypto, "kdfparams");
    uint64_t key_len;
    TR_TRY(number_member(trail, params, "dklen", &key_len));
    out->key_len = key_len;
    TR_TRY(hex_member(trail, params, "salt", 0, sizeof(out->salt), out->salt, &out->salt_len));
    if (same_text(name, "scrypt")) return decode_scrypt(trail, params, out);
    if (same_text(name, "pbkdf2")) return decode_pbkdf2(trail, params, out);
    return tr_fail(trail, TR_E_KEYSTORE_VERSION, "the kdf is neither scrypt nor pbkdf2");
}

static tr_err decode_cipher(tr_trail *trail, const tr_json *crypto, tr_keystore *out)
{
    size_t len;
    const char *want = out->version == 1 ? "aes-128-cbc" : "aes-128-ctr";
    if (!same_text(tr_json_text(tr_json_get(crypto, "cipher")), want))
        return tr_fail(trail, TR_E_KEYSTORE_VERSION, "the cipher is not %s", want);
    TR_TRY(hex_member(trail, tr_json_get(crypto, "cipherparams"), "iv", 16, 16, out->iv, &len));
    size_t max = out->version == 1 ? TR_KEYSTORE_CIPHERTEXT_MAX : 32;
    TR_TRY(hex_member(trail, crypto, "ciphertext", 1, max, out->ciphertext, &out->ciphertext_len));
    if (out->version == 1 && out->ciphertext_len % 16 != 0)
        return tr_fail(trail, TR_E_KEYSTORE, "ciphertext is not whole blocks");
    return hex_member(trail, crypto, "mac", 32, 32, out->mac.b, &len);
}

static tr_err decode_address(tr_trail *trail, const tr_json *root, tr_keystore *out)
{
    size_t len;
    tr_bytes text = tr_json_text(tr_json_get(root, "address"));
    out->has_address = text.len != 0;
    if (!out->has_address) return TR_OK;
    return hex_member(trail, root, "address", 20, 20, out->address.b, &len);
}

/* The id is a UUID: five groups of hex.  Nothing hangs on it, so another form is read as none. */
static void decode_id(const tr_json *root, uint8_t id[16])
{
    static const uint8_t groups[] = {4, 2, 2, 2, 6};
    tr_bytes text = tr_json_text(tr_json_get(root, "id"));
    size_t at = 0, done = 0;
    bool ok = text.len == 36;
    for (size_t i = 0; ok && i < sizeof(groups); i++) {
        ok = tr_secret_from_hex((const char *)text.data + at, groups[i], id + done);
        done += groups[i];
        at += 2u * groups[i];
        if (i + 1 < sizeof(groups)) ok = ok && text.data[at++] == '-';
    }
    if (!ok) memset(id, 0, 16);
}

tr_err tr_keystore_decode(tr_trail *trail, tr_arena *arena, tr_bytes json, tr_keystore *out)
{
    const tr_json *root;
    memset(out, 0, sizeof(*out));
    if (json.len > TR_KEYSTORE_FILE_MAX)
        return tr_fail(trail, TR_E_LIMIT, "a keystore has at most %d bytes", TR_KEYSTORE_FILE_MAX);
    TR_TRY(tr_json_parse(trail, arena, json, &root));
    const tr_json *lower = tr_json_get(root, "crypto"), *upper = tr_json_get(root, "Crypto");
    if (lower == NULL && upper == NULL)
        return tr_fail(trail, TR_E_KEYSTORE, "the member crypto is missing");
    if (lower != NULL && upper != NULL)
        return tr_fail_at(trail, TR_E_DUPLICATE, upper->offset, "both crypto and Crypto are there");
    const tr_json *crypto = lower != NULL ? lower : upper;
    TR_TRY(decode_version(trail, root, &out->version));
    TR_TRY(decode_address(trail, root, out));
    decode_id(root, out->id);
    TR_TRY(decode_cipher(trail, crypto, out));
    return decode_kdf(trail, crypto, &out->kdf);
}

static void put_hex(tr_json_writer *w, const char *key, const uint8_t *bytes, size_t n)
{
    char text[2 * TR_KDF_SALT_MAX];
    tr_secret_to_hex(bytes, n, text);
    tr_json_key(w, key);
    tr_json_string(w, tr_bytes_of(text, 2 * n));
}

static void put_text(tr_json_writer *w, const char *key, const char *text)
{
    tr_json_key(w, key);
    tr_json_str(w, text);
}

static void put_number(tr_json_writer *w, const char *key, uint64_t number)
{
    tr_json_key(w, key);
    tr_json_put_u64(w, number);
}

static void put_kdf(tr_json_writer *w, const tr_kdf *kdf)
{
    put_text(w, "kdf", kdf->kind == TR_KDF_SCRYPT ? "scrypt" : "pbkdf2");
    tr_json_key(w, "kdfparams");
    tr_json_begin_object(w);
    put_number(w, "dklen", kdf->key_len);
    switch (kdf->kind) {
    case TR_KDF_SCRYPT:
        put_number(w, "n", kdf->n);
        put_number(w, "r", kdf->r);
        put_number(w, "p", kdf->p);
        break;
    case TR_KDF_PBKDF2:
        put_number(w, "c", kdf->rounds);
        put_text(w, "prf", "hmac-sha256");
        break;
    }
    put_hex(w, "salt", kdf->salt, kdf->salt_len);
    tr_json_end_object(w);
}

static void put_id(tr_json_writer *w, const uint8_t id[16])
{
    char hex[32], text[36];
    tr_secret_to_hex(id, 16, hex);
    size_t from = 0;
    for (size_t at = 0; at < sizeof(text); at++)
        text[at] = at == 8 || at == 13 || at == 18 || at == 23 ? '-' : hex[from++];
    tr_json_key(w, "id");
    tr_json_string(w, tr_bytes_of(text, sizeof(text)));
}

void tr_keystore_encode(const tr_keystore *keystore, tr_buf *out)
{
    TR_ASSERT(keystore->version == 3);
    tr_json_writer w = tr_json_write_to(out);
    tr_json_begin_object(&w);
    if (keystore->has_address) put_hex(&w, "address", keystore->address.b, 20);
    tr_json_key(&w, "crypto");
    tr_json_begin_object(&w);
    put_text(&w, "cipher", "aes-128-ctr");
    put_hex(&w, "ciphertext", keystore->ciphertext, keystore->ciphertext_len);
    tr_json_key(&w, "cipherparams");
    tr_json_begin_object(&w);
    put_hex(&w, "iv", keystore->iv, sizeof(keystore->iv));
    tr_json_end_object(&w);
    put_kdf(&w, &keystore->kdf);
    put_hex(&w, "mac", keystore->mac.b, sizeof(keystore->mac.b));
    tr_json_end_object(&w);
    put_id(&w, keystore->id);
    put_number(&w, "version", 3);
    tr_json_end_object(&w);
}
