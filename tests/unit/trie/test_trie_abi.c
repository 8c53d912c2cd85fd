/* The public functions of trestle/trie.h. */
#include "trestle/trie.h"

#include "harness.h"

static const char *const animals[][2] = {
    {"do", "verb"}, {"horse", "stallion"}, {"doge", "coin"}, {"dog", "puppy"}};

static const uint8_t *text(const char *s)
{
    return (const uint8_t *)s;
}

static void put(tr_patricia *trie, const char *key, const char *value)
{
    TR_CHECK_OK(tr_patricia_put(trie, text(key), strlen(key), text(value), strlen(value)));
}

static tr_patricia *make(int secure)
{
    tr_patricia *trie;
    TR_CHECK_OK(tr_patricia_new(secure, 0, &trie));
    for (size_t i = 0; i < TR_COUNTOF(animals); i++) put(trie, animals[i][0], animals[i][1]);
    return trie;
}

/* The roots are ethereum/tests': TrieTests, "dogs" and the empty trie. */
TR_TEST(known_roots)
{
    uint8_t root[32];
    tr_patricia *trie = make(0);
    TR_CHECK_OK(tr_patricia_root(trie, root));
    TR_CHECK_BYTES(TR_VIEW(root),
                   tr_test_hex("5991bb8c6514148a29db676a14ac506cd2cd5775ace63c30a4fe457715e9ac84"));
    for (size_t i = 0; i < TR_COUNTOF(animals); i++) put(trie, animals[i][0], "");
    TR_CHECK_OK(tr_patricia_root(trie, root));
    TR_CHECK_BYTES(TR_VIEW(root),
                   tr_test_hex("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"));
    tr_patricia_free(trie);
    tr_patricia_free(NULL);
    TR_CHECK_OK(tr_patricia_ordered_root(0, NULL, root));
    TR_CHECK_EQ(root[0], 0x56);
}

static void check_proof(int secure, const char *key, const char *value)
{
    uint8_t root[32], proof[1024];
    const uint8_t *found;
    size_t len, found_len;
    tr_patricia *trie = make(secure);
    TR_CHECK_OK(tr_patricia_root(trie, root));
    TR_CHECK_ERR(tr_patricia_prove(trie, text(key), strlen(key), proof, 3, &len), TR_E_LIMIT);
    TR_CHECK_OK(tr_patricia_prove(trie, text(key), strlen(key), proof, len, &len));
    tr_err err = tr_patricia_proof_check(root, secure, text(key), strlen(key), proof, len, &found,
                                         &found_len);
    TR_CHECK_ERR(err, value == NULL ? TR_E_NOT_FOUND : TR_OK);
    if (value != NULL) TR_CHECK_BYTES(tr_bytes_of(found, found_len), tr_bytes_str(value));
    for (size_t i = 0; i < len * 8; i++) { /* no bit of it can be changed */
        proof[i / 8] ^= (uint8_t)(1u << i % 8);
        err = tr_patricia_proof_check(root, secure, text(key), strlen(key), proof, len, &found,
                                      &found_len);
        TR_CHECK_MSG(err != TR_OK && err != TR_E_NOT_FOUND, "bit %zu changed", i);
        proof[i / 8] ^= (uint8_t)(1u << i % 8);
    }
    tr_patricia_free(trie);
}

TR_TEST(proofs)
{
    check_proof(0, "dog", "puppy");
    check_proof(1, "dog", "puppy");
    check_proof(0, "cat", NULL);
    check_proof(1, "cat", NULL);
}

TR_TEST(values_can_be_looked_up)
{
    const uint8_t *value;
    size_t len;
    tr_patricia *trie = make(1);
    TR_CHECK_OK(tr_patricia_get(trie, text("doge"), 4, &value, &len));
    TR_CHECK_BYTES(tr_bytes_of(value, len), TR_LIT("coin"));
    TR_CHECK_ERR(tr_patricia_get(trie, text("cat"), 3, &value, &len), TR_E_NOT_FOUND);
    tr_patricia_free(trie);
}

TR_TEST(keys_that_are_too_long)
{
    static const uint8_t key[TR_PATRICIA_KEY_BYTES + 1];
    const uint8_t *value;
    uint8_t proof[64], root[32] = {0};
    size_t len;
    int more;
    tr_patricia *trie = make(0);
    TR_CHECK_ERR(tr_patricia_put(trie, key, sizeof(key), key, 1), TR_E_RANGE);
    TR_CHECK_ERR(tr_patricia_get(trie, key, sizeof(key), &value, &len), TR_E_RANGE);
    TR_CHECK_ERR(tr_patricia_prove(trie, key, sizeof(key), proof, sizeof(proof), &len), TR_E_RANGE);
    TR_CHECK_ERR(tr_patricia_proof_check(root, 0, key, sizeof(key), proof, 1, &value, &len),
                 TR_E_RANGE);
    TR_CHECK_ERR(tr_patricia_range_check(root, key, key, sizeof(key), 0, NULL, proof, 1, &more),
                 TR_E_RANGE);
    tr_patricia_free(trie);
}

TR_TEST(memory_has_a_bound)
{
    tr_patricia *trie;
    uint8_t key[32] = {0}, root[32];
    tr_err err = tr_patricia_new(0, 200000, &trie);
    for (unsigned i = 0; err == TR_OK && i < 100000; i++) {
        key[0] = (uint8_t)i;
        key[1] = (uint8_t)(i >> 8);
        key[2] = (uint8_t)(i >> 16);
        err = tr_patricia_put(trie, key, sizeof(key), key, sizeof(key));
        if (err == TR_OK && i % 1000 == 0) err = tr_patricia_root(trie, root);
    }
    TR_CHECK_MSG(err == TR_E_LIMIT || err == TR_E_MEMORY, "%s", tr_err_name(err));
    tr_patricia_free(trie);
}

/* All of a trie, and a part with its edges. */
TR_TEST(ranges)
{
    uint8_t root[32], first[1] = {0}, last[1] = {0xff}, edges[2048], one[1024];
    tr_patricia_entry entries[4];
    static uint8_t keys[4] = {0x10, 0x20, 0x30, 0x40};
    static uint8_t value[40] = "a value that is longer than a hash";
    tr_patricia *trie;
    int more;
    TR_CHECK_OK(tr_patricia_new(0, 0, &trie));
    for (size_t i = 0; i < 4; i++) {
        TR_CHECK_OK(tr_patricia_put(trie, &keys[i], 1, value, sizeof(value)));
        entries[i] = (tr_patricia_entry){&keys[i], 1, value, sizeof(value)};
    }
    TR_CHECK_OK(tr_patricia_root(trie, root));
    TR_CHECK_OK(tr_patricia_range_check(root, first, last, 1, 4, entries, NULL, 0, &more));
    TR_CHECK_EQ(more, 0);
    TR_CHECK(tr_patricia_range_check(root, first, last, 1, 3, entries, NULL, 0, &more) != TR_OK);
    /* the edges of [0x20, 0x30]: two proofs in one list */
    size_t a, b;
    TR_CHECK_OK(tr_patricia_prove(trie, &keys[1], 1, one, sizeof(one), &a));
    TR_CHECK(one[0] == 0xf8 || one[0] == 0xf9);
    size_t head = one[0] == 0xf8 ? 2 : 3;
    memcpy(edges + 3, one + head, a - head);
    size_t payload = a - head;
    TR_CHECK_OK(tr_patricia_prove(trie, &keys[2], 1, one, sizeof(one), &b));
    head = one[0] == 0xf8 ? 2 : 3;
    memcpy(edges + 3 + payload, one + head, b - head);
    payload += b - head;
    TR_CHECK(payload > 255);
    edges[0] = 0xf9;
    edges[1] = (uint8_t)(payload >> 8);
    edges[2] = (uint8_t)payload;
    TR_CHECK_OK(tr_patricia_range_check(root, &keys[1], &keys[2], 1, 2, entries + 1, edges,
                                        payload + 3, &more));
    TR_CHECK_EQ(more, 1);
    TR_CHECK(tr_patricia_range_check(root, &keys[1], &keys[2], 1, 1, entries + 1, edges,
                                     payload + 3, &more) != TR_OK);
    tr_patricia_free(trie);
}
