/* Transactions: what one says, and signing one.  Keys are never arguments: they come from files,
 * from standard input or the terminal. */
#include "cli/input.h"
#include "cli/secret_input.h"
#include "cli/verb.h"
#include "cli/verbs.h"
#include "codec/hex.h"
#include "eth/json.h"
#include "eth/sender.h"
#include "keys/key.h"
#include "keys/keystore.h"
#include "os/file.h"
#include "os/heap.h"

enum { MOST_INPUT = 1 << 26, KEY_TEXT = 256 };

typedef struct request {
    const char *fork, *key, *keystore, *password_file;
    bool json;
    const char *words[2];
    size_t count;
    const tr_fork_rules *rules;
    tr_arena arena;
    tr_trail trail;
    tr_buf out;
} request;

/* Flags are known already (the table of verbs); here they get to their places. */
static bool read_words(request *r, int argc, char **argv)
{
    const struct {
        const char *flag;
        const char **value;
    } flags[] = {
        {"--chain-fork", &r->fork},
        {"--key", &r->key},
        {"--keystore", &r->keystore},
        {"--password-file", &r->password_file},
    };
    for (int i = 1; i < argc; i++) {
        size_t f = 0, len = strcspn(argv[i], "=");
        for (; f < TR_COUNTOF(flags); f++)
            if (strlen(flags[f].flag) == len && memcmp(flags[f].flag, argv[i], len) == 0) break;
        if (strcmp(argv[i], "--json") == 0) {
            r->json = true;
        } else if (f == TR_COUNTOF(flags)) {
            if (r->count == TR_COUNTOF(r->words)) return false;
            r->words[r->count++] = argv[i];
        } else if (argv[i][len] == '=') {
            *flags[f].value = argv[i] + len + 1;
        } else if (++i < argc) {
            *flags[f].value = argv[i];
        } else {
            return false;
        }
    }
    return r->count == TR_COUNTOF(r->words);
}

/* The bytes of an argument: its own text, those of a file after @, or of standard input for -. */
static tr_err read_argument(request *r, const char *argument, tr_bytes *out)
{
    tr_buf text;
    if (argument[0] != '@') return tr_cli_read(&r->trail, &r->arena, argument, MOST_INPUT, out);
    tr_buf_init(&text, &r->arena.alloc, MOST_INPUT);
    TR_TRY(tr_file_read_all(&r->trail, tr_fs_system(), argument + 1, MOST_INPUT, &text));
    *out = tr_buf_view(&text);
    return TR_OK;
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* Hex text, or bytes as they are: no transaction begins with a digit, and none with a space that
 * hex might. */
static tr_err read_raw(request *r, tr_bytes *out)
{
    tr_bytes in;
    TR_TRY(read_argument(r, r->words[1], &in));
    bool binary = in.len != 0 && (in.data[0] < ' ' || in.data[0] >= 0x7e) && !is_space(in.data[0]);
    if (binary) {
        *out = in;
        return TR_OK;
    }
    while (in.len > 0 && is_space(in.data[in.len - 1])) in.len--;
    while (in.len > 0 && is_space(in.data[0])) in = tr_bytes_cut(in, 1, SIZE_MAX);
    if (in.data == NULL) in = TR_LIT("");
    return tr_hex_decode_new(&r->trail, &r->arena, in, out);
}

/* What is found out about a transaction beside its fields. */
typedef struct facts {
    tr_hash hash, signing_hash;
    tr_addr sender;
    tr_err sender_err, valid;
    tr_trail why; /* it is not valid */
} facts;

static tr_err find_facts(request *r, const tr_tx *tx, const tr_blob_sidecar *blobs, facts *out)
{
    tr_tx_context context = {.rules = r->rules,
                             .chain_id = tx->chain_id,
                             .deposits = true,
                             .gas_left = UINT64_MAX,
                             .blob_gas_left = UINT64_MAX};
    tr_tx_hash_many(1, tx, &out->hash);
    TR_TRY(tr_tx_signing_hash_many(&r->trail, &r->arena, 1, tx, &out->signing_hash));
    (void)tr_tx_senders(&r->arena, NULL, 1, tx, &out->sender, &out->sender_err);
    tr_trail_clear(&out->why);
    out->valid = tr_tx_check(&out->why, tx, &context);
    if (out->valid == TR_OK && blobs->count != 0)
        out->valid = tr_blob_sidecar_check(&out->why, tx, blobs);
    return TR_OK;
}

static void put_line(tr_buf *out, const char *name, tr_bytes value)
{
    tr_buf_printf(out, "%-20s ", name);
    tr_buf_put(out, value);
    tr_buf_put_u8(out, '\n');
}

static void put_hex_line(tr_buf *out, const char *name, tr_bytes value)
{
    tr_buf_printf(out, "%-20s ", name);
    tr_hex_put(out, value);
    tr_buf_put_u8(out, '\n');
}

/* One line for each field, as RPC names and writes them; what is a list, as JSON. */
static tr_err put_fields(request *r, const tr_tx *tx)
{
    tr_buf text;
    const tr_json *json;
    tr_buf_init(&text, &r->arena.alloc, SIZE_MAX);
    tr_json_writer w = tr_json_write_to(&text);
    tr_tx_to_json(&w, tx, NULL, NULL, NULL);
    TR_TRY(tr_buf_err(&text));
    TR_TRY(tr_json_parse(&r->trail, &r->arena, tr_buf_view(&text), &json));
    TR_JSON_EACH(member, json)
    {
        if (member->kind == TR_JSON_NULL) continue;
        if (member->kind == TR_JSON_STRING) {
            tr_buf_printf(&r->out, "%-20.*s ", (int)member->key.len,
                          (const char *)member->key.data);
            tr_buf_put(&r->out, member->text);
        } else {
            tr_buf_printf(&r->out, "%-20.*s ", (int)member->key.len,
                          (const char *)member->key.data);
            tr_json_writer value = tr_json_write_to(&r->out);
            tr_json_put_value(&value, member);
        }
        tr_buf_put_u8(&r->out, '\n');
    }
    return tr_buf_err(&r->out);
}

static tr_err print_text(request *r, const tr_tx *tx, const tr_blob_sidecar *blobs, const facts *f)
{
    tr_buf *out = &r->out;
    put_hex_line(out, "hash", TR_VIEW(f->hash.b));
    if (tx->type != TR_TX_DEPOSIT) put_hex_line(out, "signing hash", TR_VIEW(f->signing_hash.b));
    if (f->sender_err == TR_OK)
        put_hex_line(out, "sender", TR_VIEW(f->sender.b));
    else
        tr_buf_printf(out, "%-20s none: %s\n", "sender", tr_err_text(f->sender_err));
    TR_TRY(put_fields(r, tx));
    tr_buf_printf(out, "%-20s %llu (%s)\n", "intrinsic gas",
                  (unsigned long long)tr_tx_intrinsic_gas(tx, r->rules), r->rules->name);
    tr_buf_printf(out, "%-20s %llu\n", "floor gas",
                  (unsigned long long)tr_tx_floor_gas(tx, r->rules));
    if (blobs->count != 0) tr_buf_printf(out, "%-20s %zu\n", "blobs with it", blobs->count);
    put_line(out, "valid",
             f->valid == TR_OK ? TR_LIT("as far as it tells itself")
                               : tr_bytes_of(f->why.text, f->why.len));
    return tr_buf_err(out);
}

static void put_u64(tr_json_writer *w, const char *key, uint64_t value)
{
    tr_json_key(w, key);
    tr_json_put_u64(w, value);
}

static tr_err print_json(request *r, const tr_tx *tx, const tr_blob_sidecar *blobs, const facts *f)
{
    tr_json_writer w = tr_json_write_to(&r->out);
    const tr_addr *from = f->sender_err == TR_OK ? &f->sender : NULL;
    tr_json_begin_object(&w);
    tr_json_key(&w, "transaction");
    tr_tx_to_json(&w, tx, &f->hash, from, NULL);
    tr_json_key(&w, "signingHash");
    if (tx->type == TR_TX_DEPOSIT)
        tr_json_put_null(&w);
    else
        tr_json_put_hex(&w, TR_VIEW(f->signing_hash.b));
    tr_json_key(&w, "sender");
    if (from == NULL)
        tr_json_put_null(&w);
    else
        tr_json_put_hex(&w, TR_VIEW(from->b));
    tr_json_key(&w, "fork");
    tr_json_str(&w, r->rules->name);
    put_u64(&w, "intrinsicGas", tr_tx_intrinsic_gas(tx, r->rules));
    put_u64(&w, "floorGas", tr_tx_floor_gas(tx, r->rules));
    put_u64(&w, "size", tx->encoding.len);
    put_u64(&w, "blobs", blobs->count);
    tr_json_key(&w, "error");
    if (f->valid == TR_OK)
        tr_json_put_null(&w);
    else
        tr_json_str(&w, tr_err_name(f->valid));
    tr_json_end_object(&w);
    tr_buf_put_u8(&r->out, '\n');
    return tr_buf_err(&r->out);
}

static tr_err decode(request *r)
{
    tr_bytes raw;
    tr_tx tx;
    tr_blob_sidecar blobs;
    facts f;
    TR_TRY(read_raw(r, &raw));
    TR_TRY(tr_tx_decode_wrapped(&r->trail, &r->arena, raw, &tx, &blobs));
    TR_TRY(find_facts(r, &tx, &blobs, &f));
    return r->json ? print_json(r, &tx, &blobs, &f) : print_text(r, &tx, &blobs, &f);
}

static tr_err open_keystore(request *r, tr_seckey *key)
{
    tr_buf text;
    tr_keystore keystore;
    tr_secret password;
    tr_kdf_limits limits = tr_kdf_limits_default();
    tr_buf_init(&text, &r->arena.alloc, TR_KEYSTORE_FILE_MAX);
    TR_TRY(tr_file_read_all(&r->trail, tr_fs_system(), r->keystore, TR_KEYSTORE_FILE_MAX, &text));
    TR_TRY(tr_keystore_decode(&r->trail, &r->arena, tr_buf_view(&text), &keystore));
    tr_err err = tr_cli_password(&r->trail, r->password_file, false, &password);
    if (err == TR_OK)
        err = tr_keystore_decrypt(&r->trail, tr_heap(), &keystore, &limits,
                                  tr_secret_view(&password), key);
    tr_secret_free(&password);
    return err;
}

static tr_err read_key(request *r, tr_seckey *key)
{
    tr_secret text;
    if (r->keystore != NULL) return open_keystore(r, key);
    tr_err err = tr_cli_secret(&r->trail, r->key, "Private key: ", KEY_TEXT, &text);
    if (err == TR_OK) err = tr_key_parse(&r->trail, tr_secret_view(&text), key);
    tr_secret_free(&text);
    return err;
}

static tr_err print_signed(request *r, const tr_tx *tx)
{
    tr_hash hash;
    tr_tx_hash_many(1, tx, &hash);
    if (r->json) {
        tr_json_writer w = tr_json_write_to(&r->out);
        tr_json_begin_object(&w);
        tr_json_key(&w, "raw");
        tr_json_put_hex(&w, tx->encoding);
        tr_json_key(&w, "hash");
        tr_json_put_hex(&w, TR_VIEW(hash.b));
        tr_json_end_object(&w);
        tr_buf_put_u8(&r->out, '\n');
    } else {
        tr_buf_put_str(&r->out, "raw   ");
        tr_hex_put(&r->out, tx->encoding);
        tr_buf_put_str(&r->out, "\nhash  ");
        tr_hex_put(&r->out, TR_VIEW(hash.b));
        tr_buf_put_u8(&r->out, '\n');
    }
    return tr_buf_err(&r->out);
}

static tr_err sign(request *r)
{
    tr_bytes text;
    const tr_json *json;
    tr_tx tx;
    tr_seckey key;
    TR_TRY(read_argument(r, r->words[1], &text));
    TR_TRY(tr_json_parse(&r->trail, &r->arena, text, &json));
    TR_TRY(tr_tx_from_json(&r->trail, &r->arena, TR_JSON_FILE, json, &tx));
    tr_err err = read_key(r, &key);
    if (err == TR_OK) err = tr_tx_sign(&r->trail, &r->arena, &tx, &key);
    tr_wipe(&key, sizeof(key));
    if (err != TR_OK) return err;
    return print_signed(r, &tx);
}

static int run(request *r, bool signing)
{
    int code = 0;
    tr_arena_init(&r->arena, tr_heap(), SIZE_MAX);
    tr_buf_init(&r->out, tr_heap(), SIZE_MAX);
    tr_trail_clear(&r->trail);
    tr_err err = signing ? sign(r) : decode(r);
    if (err != TR_OK) {
        if (r->trail.code == TR_OK) (void)tr_fail(&r->trail, err, "%s", tr_err_text(err));
        code = tr_cli_failed(
            signing ? "nothing was signed" : "the transaction cannot be decoded", &r->trail,
            signing ? "trestle tx sign @tx.json --key FILE" : "trestle tx decode 0x02f8...");
    } else {
        (void)fwrite(r->out.data, 1, r->out.len, stdout);
    }
    tr_buf_free(&r->out);
    tr_arena_free(&r->arena);
    return code;
}

static int usage(const char *because)
{
    tr_cli_error("tx needs decode or sign and what to work on", because, "trestle tx --help");
    return 2;
}

int tr_cli_tx(int argc, char **argv)
{
    request r = {.fork = "Osaka"};
    tr_fork fork;
    if (!read_words(&r, argc, argv))
        return usage("decode takes a transaction in hex, sign takes one in JSON; @FILE and - too");
    bool signing = strcmp(r.words[0], "sign") == 0;
    if (!signing && strcmp(r.words[0], "decode") != 0)
        return usage("there are tx decode and tx sign");
    if (!tr_fork_find(tr_bytes_str(r.fork), &fork))
        return usage("--chain-fork is the name of a fork, like Prague");
    if (signing && r.keystore == NULL && strcmp(r.words[1], "-") == 0 &&
        (r.key == NULL || strcmp(r.key, "-") == 0))
        return usage("transaction and key cannot both come from standard input");
    r.rules = tr_fork_rules_of(fork);
    return run(&r, signing);
}
