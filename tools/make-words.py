#!/usr/bin/env python3
"""Writes src/keys/words_english.c from the English word list of BIP-39.

    tools/make-words.py english.txt > src/keys/words_english.c

The list is the file english.txt of the BIP (the package `mnemonic` of PyPI has it too); it is
checked by its SHA-256 before anything is written.
"""
import hashlib
import sys

SHA256 = "2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda"


def main():
    data = open(sys.argv[1], "rb").read()
    if hashlib.sha256(data).hexdigest() != SHA256:
        sys.exit("error: this is not the word list\n  because  its SHA-256 differs\n"
                 "  try  the english.txt of BIP-39")
    words = data.decode("ascii").split()
    assert len(words) == 2048 and words == sorted(words) and max(map(len, words)) == 8
    print('/* Made by tools/make-words.py from the English word list of BIP-39. */')
    print('#include "keys/mnemonic_internal.h"\n')
    print("const char tr_words_english[TR_WORDS][TR_WORD_MAX + 1] = {")
    line = "   "
    for word in words:
        item = f' "{word}",'
        if len(line) + len(item) > 100:
            print(line)
            line = "   "
        line += item
    print(line)
    print("};")


main()
