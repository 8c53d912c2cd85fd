/* `trestle trie`: the root of entries, proofs of them, and checking proofs. */
#include <stdio.h>
#include <string.h>

#include "cli/input.h"
#include "cli/verb.h"
#include "cli/verbs.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "eth/account.h"
#include "eth/json.h"
#include "hash/keccak.h"
#include "os/file.h"
#include "os/heap.h"
#include "trie/proof.h"
#include "trie/trie.h"

static const size_t MOST_INPUT = (size_t)1 << 30;

typedef struct request {
    bool secure;
    const char *root;
    const char *words[3]; /* the action and its arguments */
    int count;
    tr_arena arena;
    tr_trail trail;
    tr_buf out;
    bool refused; /* a proof was read and does not hold */
} request;

static tr_err read_json(request *r, const char *path, const tr_json **out)
{
    tr_bytes in;
    if (strcmp(path, "-") == 0) {
        TR_TRY(tr_cli_read(&r->trail, &r->arena, path, MOST_INPUT, &in));
    } else {
        tr_buf file;
        tr_buf_init(&file, &r->arena.alloc, MOST_INPUT);
        TR_TRY(tr_file_read_all(&r->trail, tr_fs_system(), path, MOST_INPUT, &file));
        in = tr_buf_view(&file);
    }
    return tr_json_parse(&r->trail, &r->arena, in, out);
}

/* "0x..." is bytes, other text its characters. */
static tr_err read_bytes(request *r, tr_bytes text, tr_bytes *out)
{
    *out = text;
    if (text.len < 2 || text.data[0] != '0' || text.data[1] != 'x') return TR_OK;
    return tr_hex_decode_new(&r->trail, &r->arena, text, out);
}

static tr_err read_member(request *r, const tr_json *in, const char *name, tr_bytes *out)
{
    const tr_json *value = tr_json_get(in, name);
    if (value == NULL || value->kind != TR_JSON_STRING)
        return tr_fail(&r->trail, TR_E_JSON_FIELD, "%s is missing or no text", name);
    return read_bytes(r, value->text, out);
}

static tr_err read_hash(request *r, tr_bytes text, const char *name, tr_hash *out)
{
    if (tr_hex_decode_exact(NULL, text, out->b, sizeof(out->b)) == TR_OK) return TR_OK;
    return tr_fail(&r->trail, TR_E_JSON_FIELD, "%s is not 0x and 64 digits", name);
}

static tr_err read_nodes(request *r, const tr_json *in, const char *name, tr_trie_proof *out)
{
    const tr_json *array = tr_json_get(in, name);
    if (array == NULL || array->kind != TR_JSON_ARRAY)
        return tr_fail(&r->trail, TR_E_JSON_FIELD, "%s is missing or no array", name);
    tr_bytes *nodes = TR_ARENA_ARRAY(&r->arena, tr_bytes, array->count);
    if (nodes == NULL) return tr_fail(&r->trail, TR_E_MEMORY, "no memory for the proof");
    *out = (tr_trie_proof){nodes, array->count};
    TR_JSON_EACH(item, array) TR_TRY(read_bytes(r, tr_json_text(item), nodes++));
    return TR_OK;
}

/* Building. */

static tr_err build(request *r, const tr_json *entries, tr_trie **out)
{
    if (entries->kind != TR_JSON_OBJECT)
        return tr_fail(&r->trail, TR_E_TYPE, "the entries are no object of keys and values");
    tr_trie_change *changes = TR_ARENA_ARRAY(&r->arena, tr_trie_change, entries->count);
    if (changes == NULL) return tr_fail(&r->trail, TR_E_MEMORY, "no memory for the entries");
    size_t n = 0;
    TR_JSON_EACH(item, entries)
    {
        if (item->kind != TR_JSON_STRING)
            return tr_fail_at(&r->trail, TR_E_TYPE, item->offset, "a value is no text");
        TR_TRY(read_bytes(r, item->key, &changes[n].key));
        TR_TRY(read_bytes(r, item->text, &changes[n].value));
        n++;
    }
    tr_trie_options options = {.alloc = tr_heap(), .secure = r->secure, .limit = SIZE_MAX};
    TR_TRY(tr_trie_new(&r->trail, &options, out));
    tr_err err = tr_trie_update(&r->trail, *out, NULL, n, changes);
    if (err != TR_OK) tr_trie_free(*out);
    return err;
}

static tr_err root(request *r)
{
    const tr_json *entries;
    tr_trie *trie;
    tr_hash hash;
    TR_TRY(read_json(r, r->words[1], &entries));
    TR_TRY(build(r, entries, &trie));
    tr_err err = tr_trie_root(&r->trail, trie, NULL, &hash);
    if (err == TR_OK) tr_hex_put(&r->out, TR_VIEW(hash.b));
    tr_trie_free(trie);
    return err;
}

static void put_proof(request *r, const tr_hash *hash, tr_bytes key, const tr_bytes *value,
                      const tr_trie_proof *proof)
{
    tr_json_writer w = tr_json_write_to(&r->out);
    tr_json_begin_object(&w);
    tr_json_key(&w, "root");
    tr_json_put_hex(&w, TR_VIEW(hash->b));
    tr_json_key(&w, "secure");
    tr_json_put_bool(&w, r->secure);
    tr_json_key(&w, "key");
    tr_json_put_hex(&w, key);
    tr_json_key(&w, "value");
    if (value != NULL)
        tr_json_put_hex(&w, *value);
    else
        tr_json_put_null(&w);
    tr_json_key(&w, "proof");
    tr_json_begin_array(&w);
    for (size_t i = 0; i < proof->count; i++) tr_json_put_hex(&w, proof->nodes[i]);
    tr_json_end_array(&w);
    tr_json_end_object(&w);
}

static tr_err prove_in(request *r, tr_trie *trie, tr_bytes key)
{
    tr_hash hash;
    tr_trie_proof proof;
    tr_bytes value;
    TR_TRY(tr_trie_root(&r->trail, trie, NULL, &hash));
    TR_TRY(tr_trie_prove(&r->trail, trie, &r->arena, key, &proof));
    tr_err err = tr_trie_get(&r->trail, trie, key, &value);
    if (err != TR_OK && err != TR_E_NOT_FOUND) return err;
    put_proof(r, &hash, key, err == TR_OK ? &value : NULL, &proof);
    return TR_OK;
}

static tr_err prove(request *r)
{
    const tr_json *entries;
    tr_trie *trie;
    tr_bytes key;
    TR_TRY(read_bytes(r, tr_bytes_str(r->words[1]), &key));
    if (key.len > TR_TRIE_KEY_MAX && !r->secure)
        return tr_fail(&r->trail, TR_E_RANGE, "a key has at most %d bytes", TR_TRIE_KEY_MAX);
    TR_TRY(read_json(r, r->words[2], &entries));
    TR_TRY(build(r, entries, &trie));
    tr_err err = prove_in(r, trie, key);
    tr_trie_free(trie);
    return err;
}

/* Checking. */

static tr_err refuse(request *r, tr_err err)
{
    r->refused = true;
    return err;
}

/* What `trie prove` printed. */
static tr_err verify_entry(request *r, const tr_json *in)
{
    tr_hash hash, hashed;
    tr_bytes key, value, found;
    tr_trie_proof proof;
    const tr_json *secure = tr_json_get(in, "secure"), *claim = tr_json_get(in, "value");
    const tr_json *given = tr_json_get(in, "root");
    tr_bytes text = r->root != NULL ? tr_bytes_str(r->root) : tr_json_text(given);
    bool absent = claim == NULL || claim->kind == TR_JSON_NULL;
    TR_TRY(read_hash(r, text, "the root", &hash));
    TR_TRY(read_member(r, in, "key", &key));
    TR_TRY(read_nodes(r, in, "proof", &proof));
    if (!absent) TR_TRY(read_member(r, in, "value", &value));
    if (r->secure || (secure != NULL && secure->truth)) {
        hashed = tr_keccak256(key);
        key = TR_VIEW(hashed.b);
    } else if (key.len > TR_TRIE_KEY_MAX) {
        return tr_fail(&r->trail, TR_E_RANGE, "a key has at most %d bytes", TR_TRIE_KEY_MAX);
    }
    tr_err err = tr_trie_check(&r->trail, &hash, key, proof.count, proof.nodes, &found);
    bool shown = err == TR_OK || err == TR_E_NOT_FOUND;
    if (!shown) return refuse(r, err);
    if ((err == TR_E_NOT_FOUND) != absent || (!absent && !tr_bytes_eq(found, value)))
        return refuse(r, tr_fail(&r->trail, TR_E_TRIE_PROOF, "the proof shows another value"));
    tr_buf_put_str(&r->out, absent ? "holds: nothing is there" : "holds: ");
    if (!absent) tr_hex_put(&r->out, found);
    return TR_OK;
}

/* A number or a hash that an answer claims, beside what its proof shows. */
static tr_err claim_number(request *r, const tr_json *in, const char *name, const tr_u256 *shown)
{
    const tr_json *value = tr_json_get(in, name);
    tr_u256 claimed;
    if (value == NULL || tr_u256_from_hex(NULL, tr_json_text(value), &claimed) != TR_OK)
        return tr_fail(&r->trail, TR_E_JSON_FIELD, "%s is missing or no quantity", name);
    if (tr_u256_eq(claimed, *shown)) return TR_OK;
    return refuse(r, tr_fail(&r->trail, TR_E_TRIE_PROOF, "the proof shows another %s", name));
}

static tr_err claim_hash(request *r, const tr_json *in, const char *name, const tr_hash *shown)
{
    tr_hash claimed;
    TR_TRY(read_hash(r, tr_json_text(tr_json_get(in, name)), name, &claimed));
    if (memcmp(&claimed, shown, sizeof(claimed)) == 0) return TR_OK;
    return refuse(r, tr_fail(&r->trail, TR_E_TRIE_PROOF, "the proof shows another %s", name));
}

static tr_err verify_slot(request *r, const tr_hash *storage_root, const tr_json *in)
{
    tr_u256 key;
    tr_hash slot;
    tr_trie_proof proof;
    tr_u256 value;
    if (tr_u256_from_hex(NULL, tr_json_text(tr_json_get(in, "key")), &key) != TR_OK)
        return tr_fail(&r->trail, TR_E_JSON_FIELD, "the key of a slot is no number of 32 bytes");
    TR_TRY(read_nodes(r, in, "proof", &proof));
    tr_u256_to_be(key, slot.b);
    tr_err err = tr_storage_check(&r->trail, storage_root, &slot, proof.count, proof.nodes, &value);
    if (err != TR_OK) return refuse(r, tr_because(&r->trail, err, "in a proof of storage"));
    return claim_number(r, in, "value", &value);
}

/* An answer of eth_getProof: the account and each slot. */
static tr_err verify_account(request *r, const tr_json *in)
{
    tr_hash state_root;
    tr_bytes bytes;
    tr_addr address;
    tr_trie_proof proof;
    tr_account account;
    bool exists;
    if (r->root == NULL)
        return tr_fail(&r->trail, TR_E_ARGUMENT, "an account's proof needs --root, the state root");
    TR_TRY(read_hash(r, tr_bytes_str(r->root), "--root", &state_root));
    TR_TRY(read_member(r, in, "address", &bytes));
    if (bytes.len != sizeof(address.b))
        return tr_fail(&r->trail, TR_E_JSON_FIELD, "the address has %zu bytes", bytes.len);
    memcpy(address.b, bytes.data, sizeof(address.b));
    TR_TRY(read_nodes(r, in, "accountProof", &proof));
    tr_err err = tr_account_check(&r->trail, &state_root, &address, proof.count, proof.nodes,
                                  &account, &exists);
    if (err != TR_OK) return refuse(r, err);
    tr_u256 nonce = tr_u256_of(account.nonce);
    TR_TRY(claim_number(r, in, "nonce", &nonce));
    TR_TRY(claim_number(r, in, "balance", &account.balance));
    if (exists) {
        TR_TRY(claim_hash(r, in, "codeHash", &account.code_hash));
        TR_TRY(claim_hash(r, in, "storageHash", &account.storage_root));
    }
    const tr_json *slots = tr_json_get(in, "storageProof");
    TR_JSON_EACH(slot, slots) TR_TRY(verify_slot(r, &account.storage_root, slot));
    tr_buf_printf(&r->out, "holds: the account %s, and %zu slots",
                  exists ? "is there" : "is not there", slots == NULL ? 0 : slots->count);
    return TR_OK;
}

static tr_err verify(request *r)
{
    const tr_json *in;
    TR_TRY(read_json(r, r->words[1], &in));
    if (tr_json_get(in, "result") != NULL) in = tr_json_get(in, "result"); /* a whole answer */
    return tr_json_get(in, "accountProof") != NULL ? verify_account(r, in) : verify_entry(r, in);
}

/* What was typed. */

static const struct action {
    const char *name;
    int words;
    tr_err (*run)(request *r);
    const char *failed, *attempt;
} actions[] = {
    {"root", 2, root, "the entries have no root", "{\"0x01\": \"0xaa\", \"text\": \"value\"}"},
    {"prove", 3, prove, "the key cannot be proved", "trestle trie prove 0x01 entries.json"},
    {"verify", 2, verify, "the proof does not hold",
     "what `trie prove` printed, or an answer of eth_getProof with --root"},
};

static bool read_words(request *r, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--secure") == 0) {
            r->secure = true;
        } else if (strcmp(argv[i], "--root") == 0) {
            if (++i == argc) return false;
            r->root = argv[i];
        } else {
            if (r->count == 3) return false;
            r->words[r->count++] = argv[i];
        }
    }
    return r->count != 0;
}

static int run(request *r, const struct action *action)
{
    enum { REFUSED = 7 };
    int code = 0;
    tr_arena_init(&r->arena, tr_heap(), SIZE_MAX);
    tr_buf_init(&r->out, tr_heap(), SIZE_MAX);
    tr_trail_clear(&r->trail);
    tr_err err = action->run(r);
    if (err == TR_OK) err = tr_buf_err(&r->out);
    if (err != TR_OK) {
        if (r->trail.code == TR_OK) (void)tr_fail(&r->trail, err, "%s", tr_err_text(err));
        code = tr_cli_failed(action->failed, &r->trail, action->attempt);
        if (r->refused) code = REFUSED;
    } else {
        printf("%s\n", tr_buf_text(&r->out));
    }
    tr_buf_free(&r->out);
    tr_arena_free(&r->arena);
    return code;
}

int tr_cli_trie(int argc, char **argv)
{
    request r = {.secure = false};
    bool good = read_words(&r, argc, argv);
    for (size_t i = 0; good && i < TR_COUNTOF(actions); i++)
        if (strcmp(r.words[0], actions[i].name) == 0 && r.count == actions[i].words)
            return run(&r, &actions[i]);
    tr_cli_error("trie needs root, prove or verify and what to work on",
                 "root and prove take a file with a JSON object of keys and values",
                 "trestle trie prove 0x01 entries.json");
    return 2;
}
