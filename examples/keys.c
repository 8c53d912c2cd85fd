/* A wallet: words, the first accounts that they hold, and one of them in a keystore file.
 *
 *     cc keys.c $(pkg-config --cflags --libs trestle) -o keys && ./keys */
#include <stdio.h>
#include <string.h>

#include <trestle/keys.h>

static const char words[] = "test test test test test test test test test test test junk";
static const char password[] = "correct horse";

int main(void)
{
    uint8_t seed[64], key[32], address[20], again[32];
    char json[TR_KEYS_KEYSTORE_MAX];
    size_t len;

    if (tr_keys_mnemonic_seed(words, strlen(words), "", 0, seed) != TR_OK) return 1;
    for (uint32_t i = 0; i < 3; i++) {
        if (tr_keys_account(seed, sizeof(seed), i, key, address) != TR_OK) return 1;
        printf("account %u  0x", (unsigned)i);
        for (size_t k = 0; k < sizeof(address); k++) printf("%02x", address[k]);
        putchar('\n');
    }

    if (tr_keys_keystore_encrypt(key, password, strlen(password), TR_KEYS_SCRYPT_LIGHT, json,
                                 sizeof(json), &len) != TR_OK)
        return 1;
    printf("keystore   %.40s... (%u bytes)\n", json, (unsigned)len);
    if (tr_keys_keystore_decrypt(json, len, "wrong", 5, again) != TR_E_PASSWORD) return 1;
    if (tr_keys_keystore_decrypt(json, len, password, strlen(password), again) != TR_OK) return 1;
    int same = memcmp(key, again, sizeof(key)) == 0;
    tr_keys_wipe(seed, sizeof(seed));
    tr_keys_wipe(key, sizeof(key));
    tr_keys_wipe(again, sizeof(again));
    puts(same ? "the key came back" : "another key came back");
    return same ? 0 : 1;
}
