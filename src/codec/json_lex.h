/* The words of JSON, for the tree reader and the JSON-RPC scanner: where a string, a number or a
 * literal ends, and what a string says.  Nothing here reads at or past end. */
#ifndef TR_CODEC_JSON_LEX_H
#define TR_CODEC_JSON_LEX_H

#include "base/base.h"

/* The lowest bit that is set in the result lies in the first byte of w (from the lowest) that is a
 * quote, a backslash, a control character or not ASCII; all other bits that are set lie above. */
static inline uint64_t tr_json_special_bytes(uint64_t w)
{
    const uint64_t ones = 0x0101010101010101u;
    uint64_t quote = w ^ (ones * '"');
    uint64_t slash = w ^ (ones * '\\');
    /* Each subtraction sets the top bit of a byte that it makes negative.  What it borrows can set
     * more, but only in bytes above that one. */
    return ((w - ones * 0x20) | (quote - ones) | (slash - ones) | w) & (ones * 0x80);
}

typedef struct tr_json_lex {
    const uint8_t *at, *end;
    tr_err err;      /* after a failure; at is then where the fault lies */
    const char *why; /* what was wrong, for the trail */
} tr_json_lex;

/* tr_json_lex_fail remembers the error and where it lies, and returns false. */
bool tr_json_lex_fail(tr_json_lex *lex, const uint8_t *at, tr_err err, const char *why);

/* Each goes past one word and returns true, or fails. */
bool tr_json_lex_number(tr_json_lex *lex);
bool tr_json_lex_literal(tr_json_lex *lex, const char *word);

/* tr_json_lex_string_rest goes past the rest of a string, its closing quote too, from any place
 * behind the opening quote that is not within an escape or a character.  It sets escaped to true if
 * the text differs from what is written. */
bool tr_json_lex_string_rest(tr_json_lex *lex, bool *escaped);

/* tr_json_lex_text goes past a string, with at on its opening quote; fast if it is short.  raw is
 * what stands between the quotes, escaped says that its text differs from that. */
static inline bool tr_json_lex_text(tr_json_lex *lex, tr_bytes *raw, bool *escaped)
{
    enum { FEW_WORDS = 4 };
    const uint8_t *from = lex->at + 1, *p = from, *end = lex->end;
    *escaped = false;
    for (int i = 0; i < FEW_WORDS && end - p >= 8; i++) {
        uint64_t marks = tr_json_special_bytes(tr_load64le(p));
        if (marks != 0) {
            p += (unsigned)__builtin_ctzll(marks) / 8;
            if (*p != '"') break;
            *raw = (tr_bytes){from, (size_t)(p - from)};
            lex->at = p + 1;
            return true;
        }
        p += 8;
    }
    lex->at = p;
    if (!tr_json_lex_string_rest(lex, escaped)) return false;
    *raw = (tr_bytes){from, (size_t)(lex->at - from) - 1};
    return true;
}

/* tr_json_unescape writes the text of a string that was accepted (without its quotes) to out, which
 * has room for raw.len bytes, and returns its length. */
size_t tr_json_unescape(tr_bytes raw, uint8_t *out);

/* tr_utf8_len is how many bytes the character at p takes, with all of them well formed and before
 * end; 0 if it is none. */
size_t tr_utf8_len(const uint8_t *p, const uint8_t *end);

/* The keys of one object: finds out whether one occurs twice.  Short lists are compared each with
 * each, long ones sorted (unless they came in order), so that the time grows as n log n. */
typedef struct tr_json_name {
    tr_bytes text;
    size_t offset;
} tr_json_name;

enum { TR_JSON_FEW_KEYS = 32 };

/* tr_json_keys_twice gives the offset of a key that occurred before, or SIZE_MAX.  The order of
 * keys is lost.  scratch has room for n, and may be NULL if n is at most TR_JSON_FEW_KEYS. */
size_t tr_json_keys_twice(tr_json_name *keys, tr_json_name *scratch, size_t n);

/* The loop that passes the plain part of a string: from at to the first byte that is a quote, a
 * backslash, a control character or not ASCII, or to end. */
typedef struct tr_json_code {
    const char *name; /* "portable", "avx2", "avx512" */
    const uint8_t *(*skip_plain)(const uint8_t *at, const uint8_t *end);
} tr_json_code;

extern const tr_json_code tr_json_portable, tr_json_avx2, tr_json_avx512;

/* tr_json_select sets what the functions here call, tr_json_chosen tells it.  tr_json_find gives
 * the code of a name if this machine can run it, else NULL. */
void tr_json_select(const tr_json_code *chosen);
const tr_json_code *tr_json_chosen(void);
const tr_json_code *tr_json_find(const char *name);

static inline const uint8_t *tr_json_skip_space(const uint8_t *at, const uint8_t *end)
{
    while (at != end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
    return at;
}

#endif
