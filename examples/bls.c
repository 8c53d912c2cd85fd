/* Three sign one message; one signature and one check stand for all of them.
 *
 *     cc bls.c $(pkg-config --cflags --libs trestle) -o bls && ./bls */
#include <stdio.h>
#include <string.h>

#include <trestle/bls.h>

enum { SIGNERS = 3 };

static void print_hex(const char *name, const unsigned char *bytes, size_t len)
{
    printf("%-10s ", name);
    for (size_t i = 0; i < len; i++) printf("%02x", bytes[i]);
    putchar('\n');
}

int main(void)
{
    static const uint8_t message[] = {'b', 'l', 'o', 'c', 'k', ' ', '7'};
    uint8_t keys[SIGNERS][32], public_keys[SIGNERS][48], signatures[SIGNERS][96], proof[96],
        sum[96];

    for (unsigned i = 0; i < SIGNERS; i++) {
        uint8_t secret[32]; /* of real keys it comes from getrandom */
        memset(secret, (int)i, sizeof(secret));
        if (tr_bls12_make_key(secret, sizeof(secret), NULL, 0, keys[i]) != TR_OK) return 1;
        if (tr_bls12_public_key(keys[i], public_keys[i]) != TR_OK) return 1;
        print_hex("public key", public_keys[i], 48);

        /* Keys are added up only if each owner has shown that he has the private one. */
        if (tr_bls12_prove_possession(keys[i], proof) != TR_OK) return 1;
        if (tr_bls12_check_possession(public_keys[i], proof) != TR_OK) return 1;
        if (tr_bls12_sign(keys[i], message, sizeof(message), signatures[i]) != TR_OK) return 1;
    }

    if (tr_bls12_add_signatures(SIGNERS, signatures[0], sum) != TR_OK) return 1;
    print_hex("signature", sum, sizeof(sum));
    if (tr_bls12_verify_same(SIGNERS, public_keys[0], message, sizeof(message), sum) != TR_OK)
        return 1;
    puts("all three have signed");
    if (tr_bls12_verify_same(SIGNERS - 1, public_keys[0], message, sizeof(message), sum) !=
        TR_E_SIGNATURE)
        return 1;
    puts("two of them alone have not");
    return 0;
}
