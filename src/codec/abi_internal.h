/* What the files of the ABI share: the reader of type text, and the check of a word. */
#ifndef TR_CODEC_ABI_INTERNAL_H
#define TR_CODEC_ABI_INTERNAL_H

#include "codec/abi.h"

typedef struct abi_parser {
    tr_trail *trail;
    tr_arena *arena;
    const uint8_t *at, *end, *start;
    unsigned depth; /* tuples that are open */
} abi_parser;

abi_parser abi_parser_of(tr_trail *trail, tr_arena *arena, tr_bytes text);
void abi_skip_space(abi_parser *p);
bool abi_take_char(abi_parser *p, char c);
tr_bytes abi_take_word(abi_parser *p); /* an identifier, maybe empty */

/* abi_parse_members reads a comma list up to close, or to the end of the text for '\0'. */
TR_NODISCARD tr_err abi_parse_members(abi_parser *p, char close, const tr_abi_type **out);
TR_NODISCARD tr_err abi_parse_member(abi_parser *p, tr_abi_type **out);

/* abi_word_sign is all ones for a negative number and 0 for everything else. */
static inline uint64_t abi_word_sign(const tr_abi_type *type, const uint8_t *word)
{
    bool is_signed = type->kind == TR_ABI_INT || type->kind == TR_ABI_FIXED;
    return is_signed && word[32 - type->bits / 8] >= 0x80 ? UINT64_MAX : 0;
}

/* abi_word_clean is true when no bit outside of the type is set, or for a negative number all. */
static inline bool abi_word_clean(const tr_abi_type *type, const uint8_t *word)
{
    uint64_t sign = abi_word_sign(type, word), dirt = 0;
    for (size_t i = 0; i < 32; i += 8)
        dirt |= (tr_load64le(word + i) ^ sign) & tr_load64le(type->padding + i);
    return dirt == 0;
}

#endif
