#include "keys/key.h"

#include "keys/secret.h"

enum { TRIES = 4 }; /* one draw in 2^128 is no key: a source that gives four of them is broken */

tr_err tr_key_new(tr_trail *trail, tr_random *random, tr_seckey *out)
{
    for (int i = 0; i < TRIES; i++) {
        TR_TRY(tr_random_fill(trail, random, out->b, sizeof(out->b)));
        if (tr_seckey_check(out) == TR_OK) return TR_OK;
    }
    tr_wipe(out, sizeof(*out));
    return tr_fail(trail, TR_E_KEY_RANGE, "the random source gives no key");
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

tr_err tr_key_parse(tr_trail *trail, tr_bytes text, tr_seckey *out)
{
    while (text.len != 0 && is_space(text.data[0])) text = tr_bytes_cut(text, 1, text.len);
    while (text.len != 0 && is_space(text.data[text.len - 1])) text.len--;
    if (text.len == 66 && text.data[0] == '0' && (text.data[1] | 0x20) == 'x')
        text = tr_bytes_cut(text, 2, text.len);
    tr_err err = TR_OK;
    if (text.len != 64 || !tr_secret_from_hex((const char *)text.data, 32, out->b))
        err = tr_fail(trail, TR_E_SYNTAX, "a private key is 64 hex digits");
    else if (tr_seckey_check(out) != TR_OK)
        err = tr_fail(trail, TR_E_KEY_RANGE, "%s", tr_err_text(TR_E_KEY_RANGE));
    if (err != TR_OK) tr_wipe(out, sizeof(*out));
    return err;
}

tr_err tr_key_address(const tr_seckey *key, tr_addr *out)
{
    tr_pubkey pubkey;
    TR_TRY(tr_pubkey_of(key, &pubkey));
    *out = tr_pubkey_address(&pubkey);
    return TR_OK;
}
