/* Keys: keystore files of ethereum-tests and of go-ethereum, keys and their addresses. */
#include "vectors.h"

#include "curve/secp256k1.h"
#include "keys/keystore.h"
#include "os/heap.h"

/* Decodes and decrypts a keystore in one go. */
static tr_err open_keystore(tr_trail *trail, const vec_file *file, tr_bytes json, tr_bytes password,
                            tr_seckey *key)
{
    tr_keystore keystore;
    tr_kdf_limits limits = tr_kdf_limits_default();
    TR_TRY(tr_keystore_decode(trail, file->arena, json, &keystore));
    return tr_keystore_decrypt(trail, tr_heap(), &keystore, &limits, password, key);
}

/* {name: {json: the keystore, password, priv}}; a key may lack its leading zeros. */
static void run_table(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(test, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_buf text;
        tr_seckey key, want = {{0}};
        tr_trail trail;
        tr_bytes priv = vec_hex(file, tr_json_text(tr_json_get(test, "priv")));
        tr_bytes password = tr_json_text(tr_json_get(test, "password"));
        tr_buf_init(&text, &file->arena->alloc, TR_KEYSTORE_FILE_MAX);
        tr_json_writer w = tr_json_write_to(&text);
        tr_json_put_value(&w, tr_json_get(test, "json"));
        tr_err err = open_keystore(&trail, file, tr_buf_view(&text), password, &key);
        if (err != TR_OK) {
            vec_fail(run, test->key, "%s: %s", tr_err_name(err), trail.text);
            continue;
        }
        if (priv.len <= 32 && priv.len != 0) memcpy(want.b + 32 - priv.len, priv.data, priv.len);
        vec_check(run, tr_bytes_eq(TR_VIEW(key.b), TR_VIEW(want.b)), test->key, "another key");
    }
}

/* What go-ethereum's tests say of each file of its folder: the password, and the address or the
 * error. */
static const struct {
    const char *name, *password, *address;
    tr_err err;
} geth_files[] = {
    {"UTC--2016-03-22T12-57-55.920751759Z--7ef5a6135f1fd6a02593eedc869c6d41d934aef8", "foobar",
     "7ef5a6135f1fd6a02593eedc869c6d41d934aef8", TR_OK},
    {"aaa", "foobar", "f466859ead1932d743d622cb74fc058882e8648a", TR_OK},
    {"zzz", "foobar", "289d485d9771714cce91d3393d764e1311907acc", TR_OK},
    {"fd9bd350f08ee3c0c19b85a8e16114a11a60aa4e", "foobar",
     "fd9bd350f08ee3c0c19b85a8e16114a11a60aa4e", TR_OK},
    {"cb61d5a9c4896fb9658090b597ef0e7be6f7b67e", "g", "cb61d5a9c4896fb9658090b597ef0e7be6f7b67e",
     TR_OK},
    {"very-light-scrypt.json", "", "45dea0fb0bba44f4fcf290bba71fd57d7117cbb8", TR_OK},
    /* An address is optional: these decrypt, only a scan of a folder passes them over. */
    {"no-address", "foobar", "f466859ead1932d743d622cb74fc058882e8648a", TR_OK},
    {".hiddenfile", "foobar", "f466859ead1932d743d622cb74fc058882e8648a", TR_OK},
    {"zero", "foobar", NULL, TR_E_KEYSTORE_ADDRESS},
    {"empty", "foobar", NULL, TR_E_SHORT},
    {"garbage", "foobar", NULL, TR_E_SYNTAX},
};

static bool ends_with_name(const char *path, const char *name)
{
    tr_bytes all = tr_bytes_str(path), end = tr_bytes_str(name);
    return all.len > end.len && all.data[all.len - end.len - 1] == '/' &&
           tr_bytes_eq(tr_bytes_cut(all, all.len - end.len, end.len), end);
}

static void run_geth_file(vec_run *run, const vec_file *file)
{
    size_t i = 0;
    while (i < TR_COUNTOF(geth_files) && !ends_with_name(file->path, geth_files[i].name)) i++;
    if (i == TR_COUNTOF(geth_files)) {
        vec_fail(run, TR_LIT("file"), "its password is not known");
        return;
    }
    if (!vec_wants(run)) return;
    tr_seckey key;
    tr_pubkey pubkey;
    tr_trail trail;
    tr_err err =
        open_keystore(&trail, file, file->data, tr_bytes_str(geth_files[i].password), &key);
    if (err != geth_files[i].err) {
        vec_fail(run, TR_LIT("file"), "%s, expected %s", tr_err_name(err),
                 tr_err_name(geth_files[i].err));
    } else if (err != TR_OK) {
        vec_pass(run);
    } else {
        tr_addr address = {{0}};
        if (tr_pubkey_of(&key, &pubkey) == TR_OK) address = tr_pubkey_address(&pubkey);
        tr_bytes want = vec_hex(file, tr_bytes_str(geth_files[i].address));
        vec_check(run, tr_bytes_eq(TR_VIEW(address.b), want), TR_LIT("file"), "another address");
    }
}

/* [{key, addr, ...}]: the signature that stands there belongs to no hash that is known. */
static void run_keyaddr(vec_run *run, const vec_file *file)
{
    TR_JSON_EACH(test, file->json)
    {
        if (!vec_wants(run)) continue;
        tr_seckey key;
        tr_pubkey pubkey;
        tr_bytes hex = vec_hex(file, tr_json_text(tr_json_get(test, "key")));
        tr_bytes want = vec_hex(file, tr_json_text(tr_json_get(test, "addr")));
        tr_bytes name = tr_json_text(tr_json_get(test, "seed"));
        if (hex.len != 32) {
            vec_fail(run, name, "a key of %zu bytes", hex.len);
            continue;
        }
        memcpy(key.b, hex.data, 32);
        tr_addr address = {{0}};
        if (tr_pubkey_of(&key, &pubkey) == TR_OK) address = tr_pubkey_address(&pubkey);
        vec_check(run, tr_bytes_eq(TR_VIEW(address.b), want), name, "another address");
    }
}

static const vec_row rows[] = {
    {"KeyStoreTests/*.json", run_table, true},
    {"keyaddrtest.json", run_keyaddr, true},
    {"v1_test_vector.json", run_table, true},
    {"v3_test_vector.json", run_table, true},
    {"accounts/keystore/testdata/**", run_geth_file, false},
};
const vec_rows vec_rows_keys = {rows, TR_COUNTOF(rows)};
