/* The accounts that every devnet begins with. */
#include "cli/input.h"
#include "cli/verb.h"
#include "cli/verbs.h"
#include "codec/address.h"
#include "keys/hd.h"
#include "keys/mnemonic.h"
#include "keys/secret.h"

#include <string.h>

enum { ACCOUNTS = 10 };

static const char words[] = "test test test test test test test test test test test junk";

static void print_account(bool json, uint32_t i, const tr_addr *address, const tr_seckey *key)
{
    uint8_t where[TR_ADDRESS_TEXT];
    char digits[64];
    tr_address_format(address, where);
    tr_secret_to_hex(key->b, sizeof(key->b), digits);
    printf(json ? "%s{\"address\":\"%.*s\",\"privateKey\":\"0x%.*s\"}" : "%s%.*s  0x%.*s\n",
           json && i != 0 ? "," : "", TR_ADDRESS_TEXT, (const char *)where, (int)sizeof(digits),
           digits);
}

int tr_cli_accounts(int argc, char **argv)
{
    bool json = argc == 2 && strcmp(argv[1], "--json") == 0;
    uint8_t seed[TR_MNEMONIC_SEED];
    tr_trail trail;
    if (argc != 1 && !json) {
        tr_cli_error("accounts has no operands", "it prints the ten accounts of the test mnemonic",
                     "trestle accounts --json");
        return 2;
    }
    tr_err err = tr_mnemonic_seed(&trail, tr_bytes_str(words), TR_LIT(""), seed);
    if (json)
        printf("{\"mnemonic\":\"%s\",\"path\":\"%s\",\"accounts\":[", words, TR_HD_ETHEREUM);
    else
        printf("mnemonic  %s\npath      %s/N\nEverybody has these keys: for tests alone.\n\n",
               words, TR_HD_ETHEREUM);
    for (uint32_t i = 0; err == TR_OK && i < ACCOUNTS; i++) {
        tr_seckey key;
        tr_addr address;
        err = tr_hd_account(&trail, TR_VIEW(seed), i, &key, &address);
        if (err == TR_OK) print_account(json, i, &address, &key);
    }
    if (json) puts("]}");
    if (err != TR_OK) return tr_cli_failed("the accounts cannot be derived", &trail, "again");
    return 0;
}
