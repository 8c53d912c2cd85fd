/* Sign a hash, find out who signed it, and refuse a changed one.
 *
 *     cc signature.c $(pkg-config --cflags --libs trestle) -o signature && ./signature */
#include <stdio.h>
#include <string.h>

#include <trestle/signature.h>

static void print_hex(const char *name, const unsigned char *bytes, size_t len)
{
    printf("%-9s ", name);
    for (size_t i = 0; i < len; i++) printf("%02x", bytes[i]);
    putchar('\n');
}

int main(void)
{
    uint8_t key[32], hash[32], public_key[64], address[20], signature[65], signer[20];
    memset(key, 0x46, sizeof(key)); /* the key of EIP-155's example: never use it */
    memset(hash, 0xab, sizeof(hash));

    if (tr_signature_public_key(key, public_key) != TR_OK) return 1;
    tr_signature_address(public_key, address);
    print_hex("address", address, sizeof(address));

    if (tr_signature_sign(key, hash, signature) != TR_OK) return 1;
    print_hex("signature", signature, sizeof(signature));
    if (tr_signature_recover(hash, signature, signer) != TR_OK) return 1;
    print_hex("signer", signer, sizeof(signer));
    if (memcmp(signer, address, sizeof(address)) != 0) return 1;

    hash[0] ^= 1;
    if (tr_signature_verify(public_key, hash, signature) != TR_E_SIGNATURE) return 1;
    puts("another hash is refused");
    return 0;
}
