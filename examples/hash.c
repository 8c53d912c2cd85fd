/* Hashes of one message, and of many at once.
 *
 *     cc hash.c $(pkg-config --cflags --libs trestle) -o hash && ./hash "some words" */
#include <stdio.h>
#include <string.h>

#include <trestle/hash.h>

static void print(const char *what, const uint8_t *hash, size_t len)
{
    printf("%-10s ", what);
    for (size_t i = 0; i < len; i++) printf("%02x", hash[i]);
    printf("\n");
}

int main(int argc, char **argv)
{
    const char *text = argc > 1 ? argv[1] : "Transfer(address,address,uint256)";
    const uint8_t *data = (const uint8_t *)text;
    size_t len = strlen(text);
    uint8_t hash[64];

    tr_hash_keccak256(data, len, hash);
    print("keccak256", hash, 32);
    tr_hash_sha256(data, len, hash);
    print("sha256", hash, 32);
    tr_hash_sha512(data, len, hash);
    print("sha512", hash, 64);
    tr_hash_ripemd160(data, len, hash);
    print("ripemd160", hash, 20);

    /* Every beginning of the text, all in one call. */
    enum { MOST = 16 };
    const uint8_t *starts[MOST];
    size_t lens[MOST];
    uint8_t hashes[MOST][32];
    size_t n = len < MOST ? len : MOST;
    for (size_t i = 0; i < n; i++) {
        starts[i] = data;
        lens[i] = i + 1;
    }
    tr_hash_keccak256_many(n, starts, lens, hashes[0]);
    for (size_t i = 0; i < n; i++) {
        tr_hash_keccak256(data, i + 1, hash);
        if (memcmp(hash, hashes[i], 32) != 0) return 1;
    }
    printf("%zu beginnings hashed at once\n", n);
    return 0;
}
