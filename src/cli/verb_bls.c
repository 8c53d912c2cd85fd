/* BLS signatures over BLS12-381.  Keys are never arguments: they come from files, from standard
 * input or the terminal. */
#include <stdio.h>

#include "cli/request.h"
#include "cli/secret_input.h"
#include "cli/verbs.h"
#include "curve/bls12_381.h"

enum { KEY = 48, SIGNATURE = 96, SECRET_TEXT = 4096 };

enum { FLAG_KEY, FLAG_FROM, FLAG_INFO, FLAG_OUT };
static const char *const flags[] = {"--key", "--from", "--info", "--out", NULL};

/* The bytes of a secret in hex, 0x before them or not. */
static tr_err read_secret(tr_cli_request *r, const char *from, tr_secret *out)
{
    tr_secret text;
    *out = (tr_secret){NULL, 0, NULL};
    tr_err err = tr_cli_secret(&r->trail, from, "Secret: ", SECRET_TEXT, &text);
    tr_bytes hex = tr_secret_view(&text);
    while (hex.len != 0 && hex.data[hex.len - 1] <= ' ') hex.len--;
    if (hex.len >= 2 && hex.data[0] == '0' && (hex.data[1] | 0x20) == 'x')
        hex = tr_bytes_cut(hex, 2, hex.len);
    if (err == TR_OK) err = tr_secret_new(tr_locked_heap(), hex.len / 2, out);
    if (err == TR_OK &&
        (hex.len % 2 != 0 || !tr_secret_from_hex((const char *)hex.data, hex.len / 2, out->data)))
        err = tr_fail(&r->trail, TR_E_SYNTAX, "a secret is hex digits");
    tr_secret_free(&text);
    return err;
}

static tr_err write_key(tr_cli_request *r, const tr_bls_secret *key)
{
    enum { TEXT = 2 + 64 + 1 };
    char text[TEXT] = "0x";
    tr_secret_to_hex(key->b, sizeof(key->b), text + 2);
    text[TEXT - 1] = '\n';
    tr_err err = TR_OK;
    if (r->flags[FLAG_OUT] != NULL)
        err = tr_cli_write_private(&r->trail, r->flags[FLAG_OUT], tr_bytes_of(text, TEXT));
    else
        fwrite(text, 1, TEXT, stdout);
    tr_wipe(text, sizeof(text));
    return err;
}

static tr_err make_key(tr_cli_request *r)
{
    tr_bytes info = {NULL, 0};
    tr_secret secret;
    tr_bls_secret key;
    uint8_t public[KEY];
    if (r->flags[FLAG_INFO] != NULL) TR_TRY(tr_cli_word_bytes(r, r->flags[FLAG_INFO], &info));
    tr_err err = read_secret(r, r->flags[FLAG_FROM], &secret);
    if (err == TR_OK) err = tr_bls_keygen(tr_secret_view(&secret), info, &key);
    if (err == TR_E_ARGUMENT) err = tr_fail(&r->trail, err, "a secret has 32 bytes or more");
    if (err == TR_OK) err = write_key(r, &key);
    if (err == TR_OK) err = tr_bls_pubkey(&key, public);
    tr_secret_free(&secret);
    tr_wipe(&key, sizeof(key));
    if (err == TR_OK && r->flags[FLAG_OUT] != NULL) tr_cli_put_hex(r, NULL, public, KEY);
    return err;
}

static tr_err public_key(tr_cli_request *r)
{
    tr_bls_secret key;
    uint8_t public[KEY];
    TR_TRY(tr_cli_word_key(r, r->flags[FLAG_KEY], NULL, key.b));
    tr_err err = tr_bls_pubkey(&key, public);
    tr_wipe(&key, sizeof(key));
    if (err == TR_OK) tr_cli_put_hex(r, NULL, public, KEY);
    return err;
}

static tr_err sign(tr_cli_request *r)
{
    tr_bls_secret key;
    tr_bytes message;
    uint8_t signature[SIGNATURE];
    TR_TRY(tr_cli_word_key(r, r->flags[FLAG_KEY], r->words[0], key.b));
    tr_err err = tr_cli_word_bytes(r, r->words[0], &message);
    if (err == TR_OK) err = tr_bls_sign(&key, message, signature);
    tr_wipe(&key, sizeof(key));
    if (err == TR_OK) tr_cli_put_hex(r, NULL, signature, SIGNATURE);
    return err;
}

static tr_err prove(tr_cli_request *r)
{
    tr_bls_secret key;
    uint8_t proof[SIGNATURE];
    TR_TRY(tr_cli_word_key(r, r->flags[FLAG_KEY], NULL, key.b));
    tr_err err = tr_bls_prove_possession(&key, proof);
    tr_wipe(&key, sizeof(key));
    if (err == TR_OK) tr_cli_put_hex(r, NULL, proof, SIGNATURE);
    return err;
}

static tr_err check(tr_cli_request *r)
{
    uint8_t public[KEY], proof[SIGNATURE];
    TR_TRY(tr_cli_word_hex(r, r->words[0], "the public key", public, KEY));
    TR_TRY(tr_cli_word_hex(r, r->words[1], "the proof", proof, SIGNATURE));
    TR_TRY(tr_cli_refused(r, tr_bls_check_possession(&r->trail, public, proof)));
    tr_buf_put_str(&r->out, "ok\n");
    return TR_OK;
}

/* Words from first on, every step-th, as things of one size. */
static tr_err read_all(tr_cli_request *r, size_t first, size_t step, const char *what, size_t size,
                       uint8_t **out)
{
    size_t n = (r->count - first) / step;
    uint8_t *all = tr_arena_array(&r->arena, n, size, 1);
    if (all == NULL) return TR_E_MEMORY;
    for (size_t i = 0; i < n; i++)
        TR_TRY(tr_cli_word_hex(r, r->words[first + step * i], what, all + size * i, size));
    *out = all;
    return TR_OK;
}

static tr_err verify(tr_cli_request *r)
{
    tr_bytes message;
    uint8_t signature[SIGNATURE], *keys;
    TR_TRY(tr_cli_word_bytes(r, r->words[0], &message));
    TR_TRY(tr_cli_word_hex(r, r->words[1], "the signature", signature, SIGNATURE));
    TR_TRY(read_all(r, 2, 1, "a public key", KEY, &keys));
    TR_TRY(tr_cli_refused(r, tr_bls_fast_aggregate_verify(&r->trail, r->count - 2,
                                                          (const uint8_t(*)[KEY])keys, message,
                                                          signature)));
    tr_buf_put_str(&r->out, "ok\n");
    return TR_OK;
}

static tr_err verify_each(tr_cli_request *r)
{
    uint8_t signature[SIGNATURE], *keys;
    size_t n = (r->count - 1) / 2;
    if (r->count % 2 == 0)
        return tr_fail(&r->trail, TR_E_ARGUMENT, "each public key has a message behind it");
    TR_TRY(tr_cli_word_hex(r, r->words[0], "the signature", signature, SIGNATURE));
    TR_TRY(read_all(r, 1, 2, "a public key", KEY, &keys));
    tr_bytes *messages = TR_ARENA_ARRAY(&r->arena, tr_bytes, n);
    if (messages == NULL) return TR_E_MEMORY;
    for (size_t i = 0; i < n; i++) TR_TRY(tr_cli_word_bytes(r, r->words[2 + 2 * i], &messages[i]));
    TR_TRY(tr_cli_refused(r, tr_bls_aggregate_verify(&r->trail, &r->arena, n,
                                                     (const uint8_t(*)[KEY])keys, messages,
                                                     signature)));
    tr_buf_put_str(&r->out, "ok\n");
    return TR_OK;
}

/* Signatures, or public keys: the first one's length says which. */
static tr_err aggregate(tr_cli_request *r)
{
    uint8_t *all, out[SIGNATURE];
    tr_bytes first;
    TR_TRY(tr_cli_word_bytes(r, r->words[0], &first));
    size_t size = first.len == KEY ? KEY : SIGNATURE;
    TR_TRY(read_all(r, 0, 1, size == KEY ? "a public key" : "a signature", size, &all));
    if (size == KEY)
        TR_TRY(tr_bls_aggregate_keys(&r->trail, r->count, (const uint8_t(*)[KEY])all, out));
    else
        TR_TRY(tr_bls_aggregate(&r->trail, r->count, (const uint8_t(*)[SIGNATURE])all, out));
    tr_cli_put_hex(r, NULL, out, size);
    return TR_OK;
}

static const tr_cli_action actions[] = {
    {"make-key", 0, 0, make_key, "no key was made", "trestle bls make-key --from FILE --out FILE"},
    {"public-key", 0, 0, public_key, "no public key", "trestle bls public-key --key FILE"},
    {"sign", 1, 1, sign, "nothing was signed", "trestle bls sign 0x616263 --key FILE"},
    {"verify", 3, SIZE_MAX, verify, "the signature does not hold",
     "trestle bls verify MESSAGE SIGNATURE PUBLIC-KEY..."},
    {"verify-each", 3, SIZE_MAX, verify_each, "the signature does not hold",
     "trestle bls verify-each SIGNATURE PUBLIC-KEY MESSAGE [PUBLIC-KEY MESSAGE...]"},
    {"aggregate", 1, SIZE_MAX, aggregate, "they cannot be added up",
     "trestle bls aggregate SIGNATURE..., or public keys"},
    {"prove", 0, 0, prove, "no proof was made", "trestle bls prove --key FILE"},
    {"check", 2, 2, check, "the proof does not hold", "trestle bls check PUBLIC-KEY PROOF"},
};

int tr_cli_bls(int argc, char **argv)
{
    return tr_cli_act(argc, argv, flags, actions, TR_COUNTOF(actions),
                      "there are make-key, public-key, sign, verify, verify-each, aggregate, prove "
                      "and check");
}
