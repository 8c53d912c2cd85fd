/* The word list of mnemonics. */
#ifndef TR_KEYS_MNEMONIC_INTERNAL_H
#define TR_KEYS_MNEMONIC_INTERNAL_H

enum { TR_WORDS = 2048, TR_WORD_MAX = 8 };

/* tr_words_english is sorted, and the first four letters tell each word from all others. */
extern const char tr_words_english[TR_WORDS][TR_WORD_MAX + 1];

#endif
