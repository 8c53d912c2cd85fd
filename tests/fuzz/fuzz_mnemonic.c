/* Mnemonics: words that are accepted are the words of their entropy, and any entropy survives its
 * words. */
#include "keys/mnemonic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static size_t words_in(const char *text)
{
    size_t words = 1;
    for (; *text != '\0'; text++) words += *text == ' ';
    return words;
}

static void survives(tr_bytes entropy)
{
    char text[TR_MNEMONIC_TEXT_MAX];
    uint8_t back[TR_MNEMONIC_ENTROPY_MAX];
    size_t len;
    if (tr_mnemonic_encode(entropy, text) != TR_OK) return;
    TR_ASSERT(words_in(text) == entropy.len * 3 / 4);
    TR_ASSERT(tr_mnemonic_decode(NULL, tr_bytes_str(text), back, &len) == TR_OK);
    TR_ASSERT(tr_bytes_eq(tr_bytes_of(back, len), entropy));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    uint8_t entropy[TR_MNEMONIC_ENTROPY_MAX], again[TR_MNEMONIC_ENTROPY_MAX];
    char text[TR_MNEMONIC_TEXT_MAX];
    size_t entropy_len, again_len;
    tr_trail trail;
    tr_err err = tr_mnemonic_decode(&trail, tr_bytes_of(data, len), entropy, &entropy_len);
    if (err == TR_OK) {
        TR_ASSERT(tr_mnemonic_encode(tr_bytes_of(entropy, entropy_len), text) == TR_OK);
        TR_ASSERT(tr_mnemonic_decode(NULL, tr_bytes_str(text), again, &again_len) == TR_OK);
        TR_ASSERT(tr_bytes_eq(tr_bytes_of(entropy, entropy_len), tr_bytes_of(again, again_len)));
    } else {
        TR_ASSERT(trail.code == err);
        TR_ASSERT(err != TR_E_MNEMONIC_WORD || trail.offset < len);
    }
    survives(tr_bytes_of(data, len));
    return 0;
}
