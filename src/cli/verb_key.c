/* Keys, keystore files and mnemonics.  No secret is ever an argument: secrets are read from files,
 * standard input or the terminal. */
#include "cli/input.h"
#include "cli/secret_input.h"
#include "cli/verb.h"
#include "cli/verbs.h"
#include "codec/address.h"
#include "keys/hd.h"
#include "keys/key.h"
#include "keys/keystore.h"
#include "keys/mnemonic.h"
#include "os/file.h"
#include "os/heap.h"

#include <stdlib.h>

enum { KEY_TEXT = 256, MNEMONIC_TEXT = 4096, COUNT_MAX = 1000 };

typedef struct options {
    const char *out, *from, *password_file, *passphrase_file, *words, *count;
    bool light, secret;
    const char *operand[3];
    size_t operands;
} options;

static int usage(const char *because)
{
    tr_cli_error("trestle key does not understand this", because, "trestle key --help");
    return 2;
}

/* Flags are known already (the table of verbs); here they get to their places. */
static bool read_options(int argc, char **argv, options *o)
{
    const struct {
        const char *flag;
        const char **value;
        bool *set;
    } flags[] = {
        {"--out", &o->out, NULL},
        {"--from", &o->from, NULL},
        {"--password-file", &o->password_file, NULL},
        {"--passphrase-file", &o->passphrase_file, NULL},
        {"--words", &o->words, NULL},
        {"--count", &o->count, NULL},
        {"--light", NULL, &o->light},
        {"--secret", NULL, &o->secret},
    };
    for (int i = 1; i < argc; i++) {
        size_t f = 0, len = strcspn(argv[i], "=");
        for (; f < TR_COUNTOF(flags); f++)
            if (strlen(flags[f].flag) == len && memcmp(flags[f].flag, argv[i], len) == 0) break;
        if (f == TR_COUNTOF(flags)) {
            if (o->operands == TR_COUNTOF(o->operand)) return false;
            o->operand[o->operands++] = argv[i];
        } else if (flags[f].set != NULL) {
            if (argv[i][len] == '=') return false;
            *flags[f].set = true;
        } else if (argv[i][len] == '=') {
            *flags[f].value = argv[i] + len + 1;
        } else if (++i < argc) {
            *flags[f].value = argv[i];
        } else {
            return false;
        }
    }
    return true;
}

static bool read_number(const char *text, size_t most, size_t *out)
{
    char *end;
    if (text == NULL) return true;
    if (text[0] < '0' || text[0] > '9') return false;
    unsigned long number = strtoul(text, &end, 10);
    if (*end != '\0' || number == 0 || number > most) return false;
    *out = number;
    return true;
}

static void print_address(const char *before, const tr_addr *address)
{
    uint8_t text[TR_ADDRESS_TEXT];
    tr_address_format(address, text);
    printf("%s%.*s\n", before, TR_ADDRESS_TEXT, (const char *)text);
}

static void print_key(const char *before, const tr_seckey *key)
{
    char text[64];
    tr_secret_to_hex(key->b, sizeof(key->b), text);
    printf("%s0x%.*s\n", before, (int)sizeof(text), text);
    tr_wipe(text, sizeof(text));
}

/* Encrypts a key and writes it to the file --out, or to standard output. */
static tr_err write_keystore(tr_trail *trail, const options *o, const tr_seckey *key)
{
    char text[2048];
    tr_buf json;
    tr_secret password;
    tr_keystore keystore = {0};
    tr_kdf cost = o->light ? tr_kdf_scrypt_light() : tr_kdf_scrypt_standard();
    tr_err err = tr_cli_password(trail, o->password_file, true, &password);
    if (err == TR_OK)
        err = tr_keystore_encrypt(trail, tr_heap(), key, &cost, tr_secret_view(&password),
                                  tr_random_system(), &keystore);
    tr_secret_free(&password);
    if (err != TR_OK) return err;
    tr_buf_init_fixed(&json, text, sizeof(text));
    tr_keystore_encode(&keystore, &json);
    tr_buf_put_u8(&json, '\n');
    TR_TRY(tr_buf_err(&json));
    if (o->out == NULL) {
        fwrite(json.data, 1, json.len, stdout);
        return TR_OK;
    }
    TR_TRY(tr_cli_write_private(trail, o->out, tr_buf_view(&json)));
    print_address("", &keystore.address);
    return TR_OK;
}

static int key_new(const options *o)
{
    tr_trail trail;
    tr_seckey key;
    tr_err err = tr_key_new(&trail, tr_random_system(), &key);
    if (err == TR_OK) err = write_keystore(&trail, o, &key);
    tr_wipe(&key, sizeof(key));
    if (err == TR_OK) return 0;
    return tr_cli_failed("no key was made", &trail,
                         "trestle key new --out FILE --password-file FILE");
}

/* The key in hex that --from or standard input has. */
static tr_err read_key(tr_trail *trail, const options *o, tr_seckey *key)
{
    tr_secret text;
    tr_err err = tr_cli_secret(trail, o->from, "Private key: ", KEY_TEXT, &text);
    if (err == TR_OK) err = tr_key_parse(trail, tr_secret_view(&text), key);
    tr_secret_free(&text);
    return err;
}

static int key_import(const options *o)
{
    tr_trail trail;
    tr_seckey key;
    tr_err err = read_key(&trail, o, &key);
    if (err == TR_OK) err = write_keystore(&trail, o, &key);
    tr_wipe(&key, sizeof(key));
    if (err == TR_OK) return 0;
    return tr_cli_failed("the key was not imported", &trail,
                         "trestle key import --from FILE --out FILE --password-file FILE");
}

static int key_address(const options *o)
{
    tr_trail trail;
    tr_seckey key;
    tr_addr address;
    tr_err err = read_key(&trail, o, &key);
    if (err == TR_OK) err = tr_key_address(&key, &address);
    tr_wipe(&key, sizeof(key));
    if (err != TR_OK) return tr_cli_failed("no address", &trail, "trestle key address --from FILE");
    print_address("", &address);
    return 0;
}

static tr_err load_keystore(tr_trail *trail, const char *path, tr_keystore *out)
{
    enum { TREE = 16 * TR_KEYSTORE_FILE_MAX };
    tr_arena arena;
    tr_buf text;
    tr_arena_init(&arena, tr_heap(), TREE);
    tr_buf_init(&text, &arena.alloc, TR_KEYSTORE_FILE_MAX);
    tr_err err = tr_file_read_all(trail, tr_fs_system(), path, TR_KEYSTORE_FILE_MAX, &text);
    if (err == TR_OK) err = tr_keystore_decode(trail, &arena, tr_buf_view(&text), out);
    tr_arena_free(&arena);
    return err;
}

static void print_keystore(const tr_keystore *k)
{
    if (k->has_address)
        print_address("address  ", &k->address);
    else
        printf("address  not in the file\n");
    printf("version  %u\n", k->version);
    if (k->kdf.kind == TR_KDF_SCRYPT)
        printf("kdf      scrypt, n %llu, r %llu, p %llu\n", (unsigned long long)k->kdf.n,
               (unsigned long long)k->kdf.r, (unsigned long long)k->kdf.p);
    else
        printf("kdf      pbkdf2, %llu rounds\n", (unsigned long long)k->kdf.rounds);
}

static int key_show(const options *o)
{
    static const char attempt[] = "trestle key show FILE --secret --password-file FILE";
    tr_trail trail;
    tr_keystore keystore;
    tr_secret password;
    tr_seckey key;
    tr_kdf_limits limits = tr_kdf_limits_default();
    if (o->operands != 2) return usage("key show needs one file");
    tr_err err = load_keystore(&trail, o->operand[1], &keystore);
    if (err != TR_OK)
        return tr_cli_failed("the file cannot be read as a keystore", &trail, attempt);
    print_keystore(&keystore);
    if (!o->secret) return 0;
    err = tr_cli_password(&trail, o->password_file, false, &password);
    if (err == TR_OK)
        err = tr_keystore_decrypt(&trail, tr_heap(), &keystore, &limits, tr_secret_view(&password),
                                  &key);
    tr_secret_free(&password);
    if (err != TR_OK) return tr_cli_failed("the keystore was not opened", &trail, attempt);
    print_key("key      ", &key);
    tr_wipe(&key, sizeof(key));
    return 0;
}

static int mnemonic_new(const options *o)
{
    tr_trail trail;
    char text[TR_MNEMONIC_TEXT_MAX + 1];
    size_t words = 12;
    if (!read_number(o->words, 24, &words)) return usage("--words is 12, 15, 18, 21 or 24");
    tr_err err = tr_mnemonic_new(&trail, words, tr_random_system(), text);
    if (err == TR_OK) {
        size_t len = strlen(text);
        text[len++] = '\n';
        if (o->out != NULL)
            err = tr_cli_write_private(&trail, o->out, tr_bytes_of(text, len));
        else
            fwrite(text, 1, len, stdout);
    }
    tr_wipe(text, sizeof(text));
    if (err == TR_OK) return 0;
    return tr_cli_failed("no mnemonic was made", &trail, "trestle key mnemonic new --out FILE");
}

static tr_err print_accounts(tr_trail *trail, const options *o, tr_bytes seed, size_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        tr_seckey key;
        tr_addr address;
        char before[64];
        TR_TRY(tr_hd_account(trail, seed, i, &key, &address));
        snprintf(before, sizeof(before), "%s/%u  ", TR_HD_ETHEREUM, (unsigned)i);
        print_address(before, &address);
        if (o->secret) print_key("  ", &key);
        tr_wipe(&key, sizeof(key));
    }
    return TR_OK;
}

static int mnemonic_derive(const options *o)
{
    tr_trail trail;
    tr_secret words, passphrase = {NULL, 0, NULL};
    uint8_t seed[TR_MNEMONIC_SEED];
    size_t count = 1;
    if (!read_number(o->count, COUNT_MAX, &count)) return usage("--count is from 1 to 1000");
    tr_err err = tr_cli_secret(&trail, o->from, "Mnemonic: ", MNEMONIC_TEXT, &words);
    if (err == TR_OK && o->passphrase_file != NULL)
        err = tr_cli_password(&trail, o->passphrase_file, false, &passphrase);
    if (err == TR_OK)
        err = tr_mnemonic_seed(&trail, tr_secret_view(&words), tr_secret_view(&passphrase), seed);
    tr_secret_free(&words);
    tr_secret_free(&passphrase);
    if (err == TR_OK) err = print_accounts(&trail, o, TR_VIEW(seed), count);
    tr_wipe(seed, sizeof(seed));
    if (err == TR_OK) return 0;
    return tr_cli_failed("nothing was derived", &trail,
                         "trestle key mnemonic derive --from FILE --count 3");
}

static int key_mnemonic(const options *o)
{
    if (o->operands == 2 && strcmp(o->operand[1], "new") == 0) return mnemonic_new(o);
    if (o->operands == 2 && strcmp(o->operand[1], "derive") == 0) return mnemonic_derive(o);
    return usage("key mnemonic has the forms new and derive");
}

int tr_cli_key(int argc, char **argv)
{
    options o = {0};
    if (!read_options(argc, argv, &o)) return usage("a flag lacks its value or has one too many");
    const char *what = o.operands == 0 ? "" : o.operand[0];
    if (strcmp(what, "mnemonic") == 0) return key_mnemonic(&o);
    if (strcmp(what, "show") == 0) return key_show(&o);
    if (o.operands == 1 && strcmp(what, "new") == 0) return key_new(&o);
    if (o.operands == 1 && strcmp(what, "import") == 0) return key_import(&o);
    if (o.operands == 1 && strcmp(what, "address") == 0) return key_address(&o);
    return usage("there are key new, import, show FILE, address, mnemonic new and mnemonic derive; "
                 "keys and passwords are never arguments");
}
