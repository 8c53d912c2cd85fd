/* The words of JSON, for the tree reader and the JSON-RPC scanner: where a string, a number or a
 * literal ends, and what a string says.  Nothing here reads at or past end. */
#ifndef TR_CODEC_JSON_LEX_H
#define TR_CODEC_JSON_LEX_H

#include "base/base.h"

typedef struct tr_json_lex {
    const uint8_t *at, *end;
    tr_err err;      /* after a failure; at is then where the fault lies */
    const char *why; /* what was wrong, for the trail */
} tr_json_lex;

/* tr_json_lex_fail remembers the error and where it lies, and returns false. */
bool tr_json_lex_fail(tr_json_lex *lex, const uint8_t *at, tr_err err, const char *why);

/* Each goes past one word and returns true, or fails.  A string begins after its opening quote and
 * ends after its closing one; escaped says that its text differs from what is written. */
bool tr_json_lex_string(tr_json_lex *lex, bool *escaped);
bool tr_json_lex_number(tr_json_lex *lex);
bool tr_json_lex_literal(tr_json_lex *lex, const char *word);

/* tr_json_lex_string_rest is tr_json_lex_string for a string that was looked at already up to
 * lex->at: nothing before it is looked at again. */
bool tr_json_lex_string_rest(tr_json_lex *lex, bool *escaped);

/* tr_json_unescape writes the text of a string that tr_json_lex_string accepted (without its
 * quotes) to out, which has room for raw.len bytes, and returns its length. */
size_t tr_json_unescape(tr_bytes raw, uint8_t *out);

/* tr_utf8_len is how many bytes the character at p takes, with all of them well formed and before
 * end; 0 if it is none. */
size_t tr_utf8_len(const uint8_t *p, const uint8_t *end);

static inline const uint8_t *tr_json_skip_space(const uint8_t *at, const uint8_t *end)
{
    while (at != end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
    return at;
}

#endif
