#include "keys/mnemonic.h"

#include "hash/sha2.h"
#include "keys/mnemonic_internal.h"

#include <openssl/evp.h>

enum { WORDS_MIN = 12, WORDS_MAX = 24, BITS = 11, ROUNDS = 2048 };

static bool entropy_len_ok(size_t len)
{
    return len >= 16 && len <= TR_MNEMONIC_ENTROPY_MAX && len % 4 == 0;
}

/* The entropy and behind it the first byte of its SHA-256, of which len / 4 bits are used. */
static void with_checksum(tr_bytes entropy, uint8_t bits[TR_MNEMONIC_ENTROPY_MAX + 1])
{
    tr_hash digest = tr_sha256(entropy);
    memcpy(bits, entropy.data, entropy.len);
    bits[entropy.len] = digest.b[0];
    tr_wipe(&digest, sizeof(digest));
}

/* The i-th group of 11 bits. */
static unsigned get_group(const uint8_t *bits, size_t i)
{
    unsigned group = 0;
    for (size_t bit = i * BITS; bit < (i + 1) * BITS; bit++)
        group = group << 1 | (bits[bit / 8] >> (7 - bit % 8) & 1u);
    return group;
}

static void put_group(uint8_t *bits, size_t i, unsigned group)
{
    for (size_t k = 0; k < BITS; k++) {
        size_t bit = i * BITS + k;
        bits[bit / 8] |= (uint8_t)((group >> (BITS - 1 - k) & 1u) << (7 - bit % 8));
    }
}

tr_err tr_mnemonic_encode(tr_bytes entropy, char text[TR_MNEMONIC_TEXT_MAX])
{
    uint8_t bits[TR_MNEMONIC_ENTROPY_MAX + 1];
    if (!entropy_len_ok(entropy.len)) return TR_E_RANGE;
    with_checksum(entropy, bits);
    size_t words = entropy.len * 3 / 4, at = 0;
    for (size_t i = 0; i < words; i++) {
        const char *word = tr_words_english[get_group(bits, i)];
        if (i != 0) text[at++] = ' ';
        for (; *word != '\0'; word++) text[at++] = *word;
    }
    text[at] = '\0';
    tr_wipe(bits, sizeof(bits));
    return TR_OK;
}

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* next_word views the word at *at and moves behind it; empty at the end. */
static tr_bytes next_word(tr_bytes text, size_t *at)
{
    while (*at < text.len && is_space(text.data[*at])) (*at)++;
    size_t start = *at;
    while (*at < text.len && !is_space(text.data[*at])) (*at)++;
    return tr_bytes_cut(text, start, *at - start);
}

/* A word's place in the list, found by looking at all of it, so that the time says nothing about
 * the word but its length; TR_WORDS when it is not there. */
static unsigned place_of(tr_bytes word)
{
    char padded[TR_WORD_MAX] = {0};
    if (word.len == 0 || word.len > TR_WORD_MAX) return TR_WORDS;
    memcpy(padded, word.data, word.len);
    uint64_t want = tr_load64le(padded), place = TR_WORDS;
    for (unsigned i = 0; i < TR_WORDS; i++) {
        uint64_t differ = tr_load64le(tr_words_english[i]) ^ want;
        uint64_t same = ((differ | (0 - differ)) >> 63) - 1; /* all ones when equal */
        place = (place & ~same) | (i & same);
    }
    tr_wipe(padded, sizeof(padded));
    return (unsigned)place;
}

/* Reads all words into bits (cleared before). */
static tr_err read_words(tr_trail *trail, tr_bytes text, uint8_t *bits, size_t *count)
{
    size_t at = 0;
    *count = 0;
    for (tr_bytes word = next_word(text, &at); word.len != 0; word = next_word(text, &at)) {
        if (*count == WORDS_MAX)
            return tr_fail(trail, TR_E_MNEMONIC_COUNT, "%s", tr_err_text(TR_E_MNEMONIC_COUNT));
        unsigned place = place_of(word);
        if (place == TR_WORDS)
            return tr_fail_at(trail, TR_E_MNEMONIC_WORD, (uint64_t)(word.data - text.data),
                              "word %zu is not in the list", *count + 1);
        put_group(bits, *count, place);
        (*count)++;
    }
    if (*count < WORDS_MIN || *count % 3 != 0)
        return tr_fail(trail, TR_E_MNEMONIC_COUNT, "%s: there are %zu",
                       tr_err_text(TR_E_MNEMONIC_COUNT), *count);
    return TR_OK;
}

tr_err tr_mnemonic_decode(tr_trail *trail, tr_bytes text, uint8_t entropy[TR_MNEMONIC_ENTROPY_MAX],
                          size_t *len)
{
    uint8_t bits[TR_MNEMONIC_ENTROPY_MAX + 1] = {0}, again[TR_MNEMONIC_ENTROPY_MAX + 1];
    size_t words;
    tr_err err = read_words(trail, text, bits, &words);
    if (err == TR_OK) {
        *len = words * 4 / 3;
        with_checksum(tr_bytes_of(bits, *len), again);
        unsigned unused = 8 - (unsigned)*len / 4;
        if (again[*len] >> unused != bits[*len] >> unused)
            err = tr_fail(trail, TR_E_MNEMONIC_CHECKSUM, "%s", tr_err_text(TR_E_MNEMONIC_CHECKSUM));
        else
            memcpy(entropy, bits, *len);
        tr_wipe(again, sizeof(again));
    }
    tr_wipe(bits, sizeof(bits));
    return err;
}

tr_err tr_mnemonic_new(tr_trail *trail, size_t words, tr_random *random,
                       char text[TR_MNEMONIC_TEXT_MAX])
{
    uint8_t entropy[TR_MNEMONIC_ENTROPY_MAX];
    if (words < WORDS_MIN || words > WORDS_MAX || words % 3 != 0)
        return tr_fail(trail, TR_E_MNEMONIC_COUNT, "%s", tr_err_text(TR_E_MNEMONIC_COUNT));
    size_t len = words * 4 / 3;
    TR_TRY(tr_random_fill(trail, random, entropy, len));
    tr_err err = tr_mnemonic_encode(tr_bytes_of(entropy, len), text);
    tr_wipe(entropy, sizeof(entropy));
    return err;
}

tr_err tr_mnemonic_seed(tr_trail *trail, tr_bytes text, tr_bytes passphrase,
                        uint8_t seed[TR_MNEMONIC_SEED])
{
    uint8_t entropy[TR_MNEMONIC_ENTROPY_MAX], salt[8 + TR_MNEMONIC_PASSPHRASE_MAX] = "mnemonic";
    char words[TR_MNEMONIC_TEXT_MAX];
    size_t len;
    if (passphrase.len > TR_MNEMONIC_PASSPHRASE_MAX)
        return tr_fail(trail, TR_E_LIMIT, "a passphrase has at most %d bytes",
                       TR_MNEMONIC_PASSPHRASE_MAX);
    TR_TRY(tr_mnemonic_decode(trail, text, entropy, &len));
    /* the words again with single spaces: that text is what the BIP derives from */
    tr_err err = tr_mnemonic_encode(tr_bytes_of(entropy, len), words);
    tr_wipe(entropy, sizeof(entropy));
    if (passphrase.len != 0) memcpy(salt + 8, passphrase.data, passphrase.len);
    if (err == TR_OK &&
        PKCS5_PBKDF2_HMAC(words, (int)tr_bytes_str(words).len, salt, 8 + (int)passphrase.len,
                          ROUNDS, EVP_sha512(), TR_MNEMONIC_SEED, seed) != 1)
        err = tr_fail(trail, TR_E_MEMORY, "no memory for the key derivation");
    tr_wipe(words, sizeof(words));
    tr_wipe(salt, sizeof(salt));
    return err;
}
