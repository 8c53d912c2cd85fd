/* Signatures that accounts, Schnorr signers and passkeys make.  Keys are never arguments. */
#include <string.h>

#include "cli/request.h"
#include "cli/verbs.h"
#include "codec/address.h"
#include "curve/p256.h"
#include "curve/secp256k1.h"

enum { FLAG_KEY, FLAG_SCHEME };
static const char *const flags[] = {"--key", "--scheme", NULL};

typedef enum scheme { ECDSA, SCHNORR, P256 } scheme;

static tr_err read_scheme(tr_cli_request *r, scheme *out)
{
    static const char *const names[] = {"ecdsa", "schnorr", "p256"};
    *out = ECDSA;
    if (r->flags[FLAG_SCHEME] == NULL) return TR_OK;
    for (unsigned i = 0; i < TR_COUNTOF(names); i++) {
        if (strcmp(names[i], r->flags[FLAG_SCHEME]) != 0) continue;
        *out = (scheme)i;
        return TR_OK;
    }
    return tr_fail(&r->trail, TR_E_ARGUMENT, "the schemes are ecdsa, schnorr and p256");
}

/* r, s and perhaps who of the possible keys it was: 0 and 1, or 27 and 28 as wallets write them. */
static tr_err read_signature(tr_cli_request *r, const char *word, bool recovery, tr_ecdsa_sig *out)
{
    tr_bytes bytes;
    TR_TRY(tr_cli_word_bytes(r, word, &bytes));
    if (bytes.len != 65 && (recovery || bytes.len != 64))
        return tr_fail(&r->trail, TR_E_HEX_LENGTH, "the signature has %zu bytes, not %s", bytes.len,
                       recovery ? "65" : "64 or 65");
    memcpy(out->r, bytes.data, 32);
    memcpy(out->s, bytes.data + 32, 32);
    out->recovery = bytes.len == 65 ? bytes.data[64] : TR_ECDSA_NO_RECOVERY;
    if (out->recovery == 27 || out->recovery == 28) out->recovery -= 27;
    return TR_OK;
}

/* x and y alone, or with a 04 before them; or x and the parity of y, which P-256 lacks. */
static tr_err read_public(tr_cli_request *r, const char *word, scheme kind, tr_pubkey *out)
{
    tr_bytes bytes;
    TR_TRY(tr_cli_word_bytes(r, word, &bytes));
    if (kind == ECDSA && bytes.len != 64) return tr_pubkey_parse(bytes, out);
    if (bytes.len == 65 && bytes.data[0] == 4) bytes = tr_bytes_cut(bytes, 1, 64);
    if (bytes.len != 64)
        return tr_fail(&r->trail, TR_E_HEX_LENGTH, "the public key has %zu bytes, not 64",
                       bytes.len);
    memcpy(out->x, bytes.data, 32);
    memcpy(out->y, bytes.data + 32, 32);
    return TR_OK;
}

static tr_err public_key(tr_cli_request *r)
{
    scheme kind;
    tr_seckey key;
    tr_pubkey public;
    uint8_t text[TR_PUBKEY_COMPRESSED];
    TR_TRY(read_scheme(r, &kind));
    if (kind == P256) return tr_fail(&r->trail, TR_E_UNSUPPORTED, "P-256 is only verified");
    TR_TRY(tr_cli_word_key(r, r->flags[FLAG_KEY], NULL, key.b));
    tr_err err = tr_pubkey_of(&key, &public);
    tr_wipe(&key, sizeof(key));
    if (err != TR_OK) return err;
    tr_pubkey_compress(&public, text);
    tr_cli_put_hex(r, NULL, kind == ECDSA ? text : text + 1, kind == ECDSA ? sizeof(text) : 32);
    return TR_OK;
}

static tr_err sign_with(tr_cli_request *r, scheme kind, const tr_seckey *key)
{
    uint8_t out[65];
    size_t len = sizeof(out);
    tr_ecdsa_sig sig;
    tr_hash hash;
    tr_bytes message;
    if (kind == ECDSA) {
        TR_TRY(tr_cli_word_hex(r, r->words[0], "the hash", hash.b, sizeof(hash.b)));
        TR_TRY(tr_ecdsa_sign(key, &hash, &sig));
        memcpy(out, sig.r, 32);
        memcpy(out + 32, sig.s, 32);
        out[64] = sig.recovery;
    } else {
        len = 64;
        TR_TRY(tr_cli_word_bytes(r, r->words[0], &message));
        TR_TRY(tr_schnorr_sign(key, message, NULL, out));
    }
    tr_cli_put_hex(r, NULL, out, len);
    return TR_OK;
}

static tr_err sign(tr_cli_request *r)
{
    scheme kind;
    tr_seckey key;
    TR_TRY(read_scheme(r, &kind));
    if (kind == P256) return tr_fail(&r->trail, TR_E_UNSUPPORTED, "P-256 is only verified");
    TR_TRY(tr_cli_word_key(r, r->flags[FLAG_KEY], r->words[0], key.b));
    tr_err err = sign_with(r, kind, &key);
    tr_wipe(&key, sizeof(key));
    return err;
}

static tr_err recover(tr_cli_request *r)
{
    tr_hash hash;
    tr_ecdsa_sig sig;
    tr_pubkey public;
    uint8_t text[TR_ADDRESS_TEXT], compressed[TR_PUBKEY_COMPRESSED];
    TR_TRY(tr_cli_word_hex(r, r->words[0], "the hash", hash.b, sizeof(hash.b)));
    TR_TRY(read_signature(r, r->words[1], true, &sig));
    TR_TRY(tr_cli_refused(r, tr_ecdsa_recover(&hash, &sig, &public)));
    tr_addr address = tr_pubkey_address(&public);
    tr_address_format(&address, text);
    tr_pubkey_compress(&public, compressed);
    tr_buf_printf(&r->out, "%-11s %.*s\n", "address", TR_ADDRESS_TEXT, (const char *)text);
    tr_cli_put_hex(r, "public-key", compressed, sizeof(compressed));
    return TR_OK;
}

static tr_err verify_schnorr(tr_cli_request *r)
{
    tr_bytes message;
    uint8_t sig[64], x[32];
    TR_TRY(tr_cli_word_bytes(r, r->words[0], &message));
    TR_TRY(tr_cli_word_hex(r, r->words[1], "the signature", sig, sizeof(sig)));
    TR_TRY(tr_cli_word_hex(r, r->words[2], "the public key", x, sizeof(x)));
    TR_TRY(tr_cli_refused(r, tr_schnorr_verify(x, message, sig)));
    tr_buf_put_str(&r->out, "ok\n");
    return TR_OK;
}

static tr_err verify(tr_cli_request *r)
{
    scheme kind;
    tr_hash hash;
    tr_ecdsa_sig sig;
    tr_pubkey public;
    TR_TRY(read_scheme(r, &kind));
    if (kind == SCHNORR) return verify_schnorr(r);
    TR_TRY(tr_cli_word_hex(r, r->words[0], "the hash", hash.b, sizeof(hash.b)));
    TR_TRY(read_signature(r, r->words[1], false, &sig));
    tr_err err = read_public(r, r->words[2], kind, &public);
    r->refused = err == TR_E_POINT;
    if (err != TR_OK) return err;
    if (kind == ECDSA) {
        TR_TRY(tr_cli_refused(r, tr_ecdsa_verify(&public, &hash, &sig)));
        tr_buf_put_str(&r->out, tr_ecdsa_is_low_s(&sig)
                                    ? "ok\n"
                                    : "ok, but a transaction may not have so high an s\n");
        return TR_OK;
    }
    bool good = tr_p256_verify(hash.b, sig.r, sig.s, public.x, public.y);
    TR_TRY(tr_cli_refused(r, good ? TR_OK : TR_E_SIGNATURE));
    tr_buf_put_str(&r->out, "ok\n");
    return TR_OK;
}

static tr_err shared(tr_cli_request *r)
{
    tr_seckey key;
    tr_pubkey other;
    uint8_t x[32];
    TR_TRY(read_public(r, r->words[0], ECDSA, &other));
    TR_TRY(tr_cli_word_key(r, r->flags[FLAG_KEY], r->words[0], key.b));
    tr_err err = tr_ecdh_x(&key, &other, x);
    tr_wipe(&key, sizeof(key));
    if (err == TR_OK) tr_cli_put_hex(r, NULL, x, sizeof(x));
    tr_wipe(x, sizeof(x));
    return err;
}

static const tr_cli_action actions[] = {
    {"public-key", 0, 0, public_key, "no public key", "trestle signature public-key --key FILE"},
    {"sign", 1, 1, sign, "nothing was signed", "trestle signature sign HASH --key FILE"},
    {"recover", 2, 2, recover, "nobody has signed this",
     "trestle signature recover HASH SIGNATURE"},
    {"verify", 3, 3, verify, "the signature does not hold",
     "trestle signature verify HASH SIGNATURE PUBLIC-KEY --scheme p256"},
    {"shared", 1, 1, shared, "no shared point", "trestle signature shared PUBLIC-KEY --key FILE"},
};

int tr_cli_signature(int argc, char **argv)
{
    return tr_cli_act(argc, argv, flags, actions, TR_COUNTOF(actions),
                      "there are public-key, sign, recover, verify and shared");
}
