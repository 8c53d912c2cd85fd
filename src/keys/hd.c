#include "keys/hd.h"

#include "hash/ripemd.h"
#include "hash/sha2.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

enum { SERIALIZED = 78, DEPTH_MAX = 255, SEED_MIN = 16, SEED_MAX = 64, COMPRESSED = 33 };

static const uint8_t version_private[4] = {0x04, 0x88, 0xad, 0xe4}; /* "xprv" */
static const uint8_t version_public[4] = {0x04, 0x88, 0xb2, 0x1e};  /* "xpub" */

static tr_err hmac_sha512(tr_bytes key, tr_bytes text, uint8_t out[64])
{
    unsigned len;
    bool ok = HMAC(EVP_sha512(), key.data, (int)key.len, text.data, text.len, out, &len) != NULL;
    return ok ? TR_OK : TR_E_MEMORY;
}

tr_err tr_hd_master(tr_bytes seed, tr_hd_key *out)
{
    uint8_t made[64];
    if (seed.len < SEED_MIN || seed.len > SEED_MAX) return TR_E_RANGE;
    *out = (tr_hd_key){.is_private = true};
    TR_TRY(hmac_sha512(TR_LIT("Bitcoin seed"), seed, made));
    memcpy(out->key.b, made, 32);
    memcpy(out->chain, made + 32, 32);
    tr_wipe(made, sizeof(made));
    tr_err err = tr_pubkey_of(&out->key, &out->pubkey);
    if (err != TR_OK) tr_wipe(out, sizeof(*out));
    return err;
}

static void fingerprint(const tr_pubkey *key, uint8_t out[4])
{
    uint8_t compressed[COMPRESSED], digest[20];
    tr_pubkey_compress(key, compressed);
    tr_hash once = tr_sha256(TR_VIEW(compressed));
    tr_ripemd160(TR_VIEW(once.b), digest);
    memcpy(out, digest, 4);
}

/* What the HMAC of a child's derivation covers: a private or a public key, then the number. */
static void child_text(const tr_hd_key *parent, uint32_t number, uint8_t text[COMPRESSED + 4])
{
    if (number >= TR_HD_HARDENED) {
        text[0] = 0;
        memcpy(text + 1, parent->key.b, 32);
    } else {
        tr_pubkey_compress(&parent->pubkey, text);
    }
    tr_store32be(text + COMPRESSED, number);
}

tr_err tr_hd_child(const tr_hd_key *parent, uint32_t number, tr_hd_key *out)
{
    uint8_t text[COMPRESSED + 4], made[64];
    tr_hd_key child = {.is_private = parent->is_private, .number = number};
    if (number >= TR_HD_HARDENED && !parent->is_private) return TR_E_HD_HARDENED;
    if (parent->depth == DEPTH_MAX) return TR_E_DEPTH;
    child.depth = (uint8_t)(parent->depth + 1);
    fingerprint(&parent->pubkey, child.parent);
    child_text(parent, number, text);
    tr_err err = hmac_sha512(TR_VIEW(parent->chain), TR_VIEW(text), made);
    tr_wipe(text, sizeof(text));
    if (err == TR_OK) {
        memcpy(child.chain, made + 32, 32);
        if (parent->is_private) {
            err = tr_seckey_add(&parent->key, made, &child.key);
            if (err == TR_OK) err = tr_pubkey_of(&child.key, &child.pubkey);
        } else {
            err = tr_pubkey_add(&parent->pubkey, made, &child.pubkey);
        }
        tr_wipe(made, sizeof(made));
    }
    if (err == TR_OK) *out = child;
    tr_wipe(&child, sizeof(child));
    return err;
}

/* One step of a path: decimal digits without a leading zero, then perhaps a mark. */
static tr_err read_step(tr_trail *trail, tr_cursor *c, uint32_t *number)
{
    uint64_t value = 0;
    size_t digits = 0, start = tr_cursor_offset(c);
    for (; c->at != c->end && *c->at >= '0' && *c->at <= '9' && digits <= 10; c->at++, digits++)
        value = value * 10 + (uint64_t)(*c->at - '0');
    if (digits == 0)
        return tr_fail_at(trail, TR_E_HD_PATH, start, "a step of the path is no number");
    if (value >= TR_HD_HARDENED || (digits > 1 && c->start[start] == '0'))
        return tr_fail_at(trail, TR_E_HD_PATH, start,
                          "a step of the path is not a number below 2^31");
    *number = (uint32_t)value;
    if (c->at != c->end && (*c->at == '\'' || *c->at == 'h' || *c->at == 'H')) {
        *number |= TR_HD_HARDENED;
        c->at++;
    }
    return TR_OK;
}

tr_err tr_hd_path(tr_trail *trail, const tr_hd_key *from, tr_bytes path, tr_hd_key *out)
{
    tr_cursor c = tr_cursor_of(path);
    tr_hd_key at = *from;
    tr_err err = TR_OK;
    if (tr_cursor_u8(&c) != 'm') err = tr_fail_at(trail, TR_E_HD_PATH, 0, "a path begins with m");
    while (err == TR_OK && tr_cursor_left(&c) != 0) {
        uint32_t number = 0;
        if (tr_cursor_u8(&c) != '/') {
            err = tr_fail_at(trail, TR_E_HD_PATH, tr_cursor_offset(&c) - 1,
                             "the steps of a path are divided by /");
            break;
        }
        err = read_step(trail, &c, &number);
        if (err != TR_OK) break;
        tr_hd_key child;
        err = tr_hd_child(&at, number, &child);
        if (err != TR_OK) {
            tr_fail_at(trail, err, tr_cursor_offset(&c), "%s", tr_err_text(err));
            break;
        }
        at = child;
        tr_wipe(&child, sizeof(child));
    }
    if (err == TR_OK) *out = at;
    tr_wipe(&at, sizeof(at));
    return err;
}

tr_hd_key tr_hd_public(const tr_hd_key *key)
{
    tr_hd_key public = *key;
    public.is_private = false;
    tr_wipe(&public.key, sizeof(public.key));
    return public;
}

tr_err tr_hd_encode(const tr_hd_key *key, char text[TR_BASE58_TEXT_MAX])
{
    uint8_t bytes[SERIALIZED];
    memcpy(bytes, key->is_private ? version_private : version_public, 4);
    bytes[4] = key->depth;
    memcpy(bytes + 5, key->parent, 4);
    tr_store32be(bytes + 9, key->number);
    memcpy(bytes + 13, key->chain, 32);
    if (key->is_private) {
        bytes[45] = 0;
        memcpy(bytes + 46, key->key.b, 32);
    } else {
        tr_pubkey_compress(&key->pubkey, bytes + 45);
    }
    tr_err err = tr_base58check_encode(TR_VIEW(bytes), text);
    tr_wipe(bytes, sizeof(bytes));
    return err;
}

/* The fields of the 78 bytes; the caller wipes them. */
static tr_err decode_fields(tr_trail *trail, const uint8_t *bytes, tr_hd_key *out)
{
    bool is_private = memcmp(bytes, version_private, 4) == 0;
    static const uint8_t no_parent[4];
    if (!is_private && memcmp(bytes, version_public, 4) != 0)
        return tr_fail(trail, TR_E_HD_KEY, "an extended key begins with xprv or xpub");
    *out = (tr_hd_key){.is_private = is_private, .depth = bytes[4]};
    memcpy(out->parent, bytes + 5, 4);
    out->number = tr_load32be(bytes + 9);
    memcpy(out->chain, bytes + 13, 32);
    if (out->depth == 0 && (out->number != 0 || memcmp(out->parent, no_parent, 4) != 0))
        return tr_fail(trail, TR_E_HD_KEY, "a master key with a number or a parent");
    tr_err err;
    if (!is_private) {
        err = tr_pubkey_parse(tr_bytes_of(bytes + 45, COMPRESSED), &out->pubkey);
    } else if (bytes[45] != 0) {
        err = TR_E_HD_KEY;
    } else {
        memcpy(out->key.b, bytes + 46, 32);
        err = tr_pubkey_of(&out->key, &out->pubkey);
    }
    return err == TR_OK ? TR_OK : tr_fail(trail, err, "extended key: %s", tr_err_text(err));
}

tr_err tr_hd_decode(tr_trail *trail, tr_bytes text, tr_hd_key *out)
{
    uint8_t bytes[TR_BASE58_BYTES_MAX];
    size_t len;
    TR_TRY(tr_base58check_decode(trail, text, bytes, &len));
    tr_err err = len == SERIALIZED
                     ? decode_fields(trail, bytes, out)
                     : tr_fail(trail, TR_E_HD_KEY, "an extended key has %d bytes", SERIALIZED);
    tr_wipe(bytes, sizeof(bytes));
    if (err != TR_OK) tr_wipe(out, sizeof(*out));
    return err;
}

tr_err tr_hd_account(tr_trail *trail, tr_bytes seed, uint32_t number, tr_seckey *key,
                     tr_addr *address)
{
    tr_hd_key master, chain, account;
    tr_err err = tr_hd_master(seed, &master);
    if (err != TR_OK) return tr_fail(trail, err, "the seed gives no master key");
    err = tr_hd_path(trail, &master, TR_LIT(TR_HD_ETHEREUM), &chain);
    if (err == TR_OK) {
        err = tr_hd_child(&chain, number, &account);
        if (err != TR_OK) tr_fail(trail, err, "account: %s", tr_err_text(err));
    }
    if (err == TR_OK) {
        *key = account.key;
        *address = tr_pubkey_address(&account.pubkey);
        tr_wipe(&account, sizeof(account));
    }
    tr_wipe(&master, sizeof(master));
    tr_wipe(&chain, sizeof(chain));
    return err;
}
