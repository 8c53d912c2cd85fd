/* A Merkle tree over a list of names: its root, and a proof for each of them.
 *
 *     cc merkle.c $(pkg-config --cflags --libs trestle) -o merkle && ./merkle */
#include <stdio.h>
#include <string.h>

#include <trestle/hash.h>
#include <trestle/merkle.h>

enum { N = 5 };

static const char *const names[N] = {"Ada", "Ben", "Cyd", "Dov", "Eve"};
static const uint32_t rule =
    TR_MERKLE_RULE_KECCAK256 | TR_MERKLE_RULE_PROMOTE | TR_MERKLE_RULE_SORTED;

/* A leaf is hashed twice, so that no inner node can be taken for one. */
static void make_leaf(const char *name, uint8_t leaf[32])
{
    uint8_t once[32];
    tr_hash_keccak256((const uint8_t *)name, strlen(name), once);
    tr_hash_keccak256(once, sizeof(once), leaf);
}

int main(void)
{
    uint8_t leaves[N][32], nodes[N][32], root[32], again[32];
    uint8_t proof[TR_MERKLE_PROOF_NODES][32];
    size_t len;

    for (int i = 0; i < N; i++) make_leaf(names[i], leaves[i]);
    memcpy(nodes, leaves, sizeof(nodes));
    if (tr_merkle_tree_root(rule, N, nodes[0], root) != TR_OK) return 1;
    printf("root  0x");
    for (int i = 0; i < 32; i++) printf("%02x", root[i]);
    putchar('\n');

    for (size_t i = 0; i < N; i++) {
        memcpy(nodes, leaves, sizeof(nodes)); /* the functions work in them */
        if (tr_merkle_tree_prove(rule, N, nodes[0], i, proof[0], TR_MERKLE_PROOF_NODES, &len,
                                 again) != TR_OK)
            return 1;
        printf("%s   a proof of %u\n", names[i], (unsigned)len);
        if (memcmp(root, again, 32) != 0) return 1;
        if (!tr_merkle_proof_holds(rule, N, i, leaves[i], proof[0], len, root)) return 1;
        if (tr_merkle_proof_holds(rule, N, i, leaves[(i + 1) % N], proof[0], len, root)) return 1;
    }
    return 0;
}
