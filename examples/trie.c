/* A trie of accounts: its root, a proof that one is there, a proof that one is not.
 *
 *     cc trie.c $(pkg-config --cflags --libs trestle) -o trie && ./trie */
#include <stdio.h>
#include <string.h>

#include <trestle/trie.h>

static const char *const names[] = {"Ada", "Ben", "Cyd", "Dov", "Eve"};

static const uint8_t *bytes(const char *text)
{
    return (const uint8_t *)text;
}

/* Proves a name and checks the proof, as somebody would who knows nothing but the root. */
static int show(tr_patricia *trie, const uint8_t root[32], const char *name)
{
    uint8_t proof[4096];
    const uint8_t *value;
    size_t proof_len, value_len;
    if (tr_patricia_prove(trie, bytes(name), strlen(name), proof, sizeof(proof), &proof_len) !=
        TR_OK)
        return 1;
    tr_err err = tr_patricia_proof_check(root, 1, bytes(name), strlen(name), proof, proof_len,
                                         &value, &value_len);
    if (err == TR_OK)
        printf("%s   %.*s   (a proof of %u bytes)\n", name, (int)value_len, (const char *)value,
               (unsigned)proof_len);
    else if (err == TR_E_NOT_FOUND)
        printf("%s   is not there   (a proof of %u bytes)\n", name, (unsigned)proof_len);
    else
        return 1;
    proof[proof_len / 2] ^= 1; /* nobody can change it */
    err = tr_patricia_proof_check(root, 1, bytes(name), strlen(name), proof, proof_len, &value,
                                  &value_len);
    return err == TR_OK || err == TR_E_NOT_FOUND;
}

int main(void)
{
    tr_patricia *trie;
    uint8_t root[32];
    if (tr_patricia_new(1, 0, &trie) != TR_OK) return 1;
    for (int i = 0; i < 5; i++) {
        char balance[32];
        int len = snprintf(balance, sizeof(balance), "balance %d", 100 * (i + 1));
        if (tr_patricia_put(trie, bytes(names[i]), strlen(names[i]), bytes(balance), (size_t)len) !=
            TR_OK)
            return 1;
    }
    if (tr_patricia_root(trie, root) != TR_OK) return 1;
    printf("root  0x");
    for (int i = 0; i < 32; i++) printf("%02x", root[i]);
    putchar('\n');
    int bad = show(trie, root, "Cyd") || show(trie, root, "Zoe");
    tr_patricia_free(trie);
    return bad;
}
